"""Checks of guide.toml against the guide: the language, and the editions' selections: Project, Guide → Problems."""

from collections.abc import Iterator
from dataclasses import replace

from studyguide.locale import find_language
from studyguide.model import DIFFICULTIES, EbookOptions, Edition, Guide, Project, Source
from studyguide.problems import Place, Problem, suggest_names
from studyguide.selection import select_questions
from studyguide.text import is_language_tag
from studyguide.toml_text import find_key, hide_comments


def english_words(project: Project, guide: Guide) -> Iterator[Problem]:
    """A book has words of its own, such as "Contents" and "Answer", and there is a file of them for each language."""
    language = guide.config.language
    if guide.config.is_language_guessed or not project.config:
        return  # the build says what it guessed, and which words it has
    if find_language(language, guide.config.own_words) is None and is_language_tag(language):
        found = f"there are no words of a book in `{language}`: contents, labels and instructions are in English"
        fix = f"translate the program's `studyguide/locale/en.toml` into `locale/{language}.toml` in the folder of the guide"
        yield Problem(find_setting(project.config, "language"), "english-words", found, fix)


def unknown_selection(project: Project, guide: Guide) -> Iterator[Problem]:
    """A misspelt chapter, section or tag would select nothing, or leave nothing out."""
    for edition in guide.config.editions:
        for name, known in find_unknown_names(guide, edition):
            assert project.config is not None  # only its tables name anything
            place = _find_name(project.config, edition, name)
            found = f"no question is selected by `{name}`"
            fix = suggest_names(name, known) if known else 'give questions tags: `{tags="…"}` behind their headings'
            yield Problem(place, "unknown-selection", found, fix)


def find_setting(config: Source, key: str = "", table: str = "") -> Place:
    """Return the place in guide.toml of a key of the guide, or of an edition's table; of the table itself without a key."""
    return Place(config.path, *find_key(config.text, ("editions", table) if table else (), key))


def _find_name(config: Source, edition: Edition, name: str) -> Place:
    """Return the place of a name in quotation marks that stands in the table of an edition."""
    bare = replace(config, text=hide_comments(config.text))
    return bare.at(find_setting(config, table=edition.table).line, f'"{name}"')


def find_unknown_names(guide: Guide, edition: Edition) -> Iterator[tuple[str, set[str]]]:
    """Yield each chapter, tag or question that an edition names and that there is not, and the names that there are."""
    sections = {section.id for chapter in guide.chapters for section in chapter.sections}
    chapters = sections | {chapter.id for chapter in guide.chapters if chapter.questions}
    everything = sections | {chapter.id for chapter in guide.chapters}
    questions = {question.id for question in guide.questions}
    tags = _list_tags(guide)
    named = [(name, chapters) for name in edition.chapters] + [(name, tags) for name in edition.tags]
    named += [(name, everything | tags | set(DIFFICULTIES)) for name in edition.without]
    for take in edition.paper.exam.take if edition.paper else ():
        named += [(take.chapter, chapters), (take.tag, tags), *((name, questions) for name in take.questions)]
    return ((name, known) for name, known in named if name and name not in known)


def _list_tags(guide: Guide) -> set[str]:
    return {tag for question in guide.questions for tag in question.tags}


def empty_edition(project: Project, guide: Guide) -> Iterator[Problem]:
    """A book without questions is not worth its paper."""
    tags = _list_tags(guide)
    for edition in guide.config.editions:
        if edition.tags and tags.isdisjoint(edition.tags):
            continue  # `unknown_selection` reports it
        if project.config and guide.questions and not select_questions(guide, edition).questions:
            place = find_setting(project.config, table=edition.table)
            found = f"no question is left for the edition `{edition.table}`"
            yield Problem(place, "empty-edition", found, "name more chapters, difficulties or tags, or leave out fewer")
        elif project.config and not edition.questions and edition.key in ("inline", "none"):
            place = find_setting(project.config, table=edition.table)
            found = f"the edition `{edition.name}` has no questions, and no answers apart from them"
            yield Problem(place, "empty-edition", found, f"write `questions = true`{_suggest_key(edition)}")


def _suggest_key(edition: Edition) -> str:
    """Return the key that gives a book of answers a place for them, in words that go on; empty if its form has no such place."""
    if not edition.options.answers_inline:
        return ', or `key = "book-end"`'
    return ', or `key = "book-end"` without `reveal = "inline"`' if isinstance(edition.options, EbookOptions) else ""


def review_start(project: Project, guide: Guide) -> Iterator[Problem]:
    """A calendar has dates, and a build does not ask the clock."""
    if not project.config or project.moment or guide.config.review_start:
        return
    if table := next((each.table for each in guide.config.editions if each.options.review_days), ""):
        found = "the plan of reviews has no first day, so no calendar is written"
        fix = "write `review-start = 2026-01-31`, or a `date`, above the tables"
        yield Problem(find_setting(project.config, "review", table), "review-start", found, fix)


def undated_deck(project: Project, guide: Guide) -> Iterator[Problem]:
    """Anki takes a note for an update if its date is later than that of the note that a learner has."""
    decks = (each.table for each in guide.config.editions if each.options.is_known_by_date)
    if project.config and not project.moment and (table := next(decks, "")):
        found = "the deck has no date, so Anki does not take its next version for an update"
        fix = "write `date = 2026-01-31` above the tables, and a later one each time"
        yield Problem(find_setting(project.config, "output", table), "undated-deck", found, fix)


def press_date(project: Project, guide: Guide) -> Iterator[Problem]:
    """A file for the press must have a date, and a build does not ask the clock."""
    editions = (each.table for each in guide.config.editions if each.options.needs_date)
    if project.config and not guide.config.date and (table := next(editions, "")):
        found = "an edition for the press has a date, and the guide has none"
        place = find_setting(project.config, "form", table)
        yield Problem(place, "press-date", found, "write `date = 2026-01-31` above the tables")
