"""Checks of guide.toml against the guide: the language, and the editions' selections: Project, Guide → Problems."""

from collections.abc import Iterator

from studyguide.locale import find_language
from studyguide.model import DIFFICULTIES, Edition, Guide, Project
from studyguide.problems import Problem, suggest_names
from studyguide.selection import select_questions
from studyguide.text import is_language_tag


def english_words(project: Project, guide: Guide) -> Iterator[Problem]:
    """A book has words of its own, such as "Contents" and "Answer", and there is a file of them for each language."""
    language = guide.config.language
    if guide.config.is_language_guessed or not project.config:
        return  # the build says what it guessed, and which words it has
    if find_language(language, guide.config.own_words) is None and is_language_tag(language):
        found = f"there are no words of a book in `{language}`: contents, labels and instructions are in English"
        fix = "translate `studyguide/locale/en.toml` into a file of this language beside it"
        yield Problem(project.config.at(1, "language"), "english-words", found, fix)


def unknown_selection(project: Project, guide: Guide) -> Iterator[Problem]:
    """A misspelt chapter, section or tag would select nothing, or leave nothing out."""
    for edition in guide.config.editions:
        for name, known in find_unknown_names(guide, edition):
            assert project.config is not None  # only its tables name anything
            place = project.config.at(1, f'"{name}"')
            found = f"no question is selected by `{name}`"
            fix = suggest_names(name, known) if known else 'give questions tags: `{tags="…"}` behind their headings'
            yield Problem(place, "unknown-selection", found, fix)


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
            place = project.config.at(1, f"editions.{edition.table}")
            found = f"no question is left for the edition `{edition.table}`"
            yield Problem(place, "empty-edition", found, "name more chapters, difficulties or tags, or leave out fewer")
        elif project.config and not edition.questions and edition.key in ("inline", "none"):
            place = project.config.at(1, f"editions.{edition.name}")
            found = f"the edition `{edition.name}` has no questions, and no answers apart from them"
            fix = 'take `questions = false` out, or write `key = "book-end"` without `reveal = "inline"`'
            yield Problem(place, "empty-edition", found, fix)


def review_start(project: Project, guide: Guide) -> Iterator[Problem]:
    """A calendar has dates, and a build does not ask the clock."""
    if not project.config or project.moment or guide.config.review_start:
        return
    if any(each.options.review_days for each in guide.config.editions):
        found = "the plan of reviews has no first day, so no calendar is written"
        fix = "write `review-start = 2026-01-31`, or a `date`, above the tables"
        yield Problem(project.config.at(1, "review"), "review-start", found, fix)


def undated_deck(project: Project, guide: Guide) -> Iterator[Problem]:
    """Anki takes a note for an update if its date is later than that of the note that a learner has."""
    if project.config and not project.moment and any(each.options.is_known_by_date for each in guide.config.editions):
        found = "the deck has no date, so Anki does not take its next version for an update"
        place = project.config.at(1, '"anki"')
        yield Problem(
            place, "undated-deck", found, "write `date = 2026-01-31` above the tables, and a later one each time"
        )


def press_date(project: Project, guide: Guide) -> Iterator[Problem]:
    """A file for the press must have a date, and a build does not ask the clock."""
    if project.config and not guide.config.date and any(each.options.needs_date for each in guide.config.editions):
        found = "an edition for the press has a date, and the guide has none"
        yield Problem(project.config.at(1, "press"), "press-date", found, "write `date = 2026-01-31` above the tables")
