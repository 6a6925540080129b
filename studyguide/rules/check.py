"""Judge the Project and the Guide: every rule is a sentence and a generator of Problems.

A rule's name is its function's, with hyphens; `docs/rules/` has a page of that name that shows it.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import suppress

from studyguide.bidi import get_direction
from studyguide.limits import check_limit
from studyguide.model import DIFFICULTIES, Asset, Chapter, Figure, Guide, Link, Passage, Project, Question
from studyguide.problems import Place, Problem, instead, nearest
from studyguide.rules import drawings
from studyguide.rules.pictures import PICTURES, BrokenPictureError, pixels, unpack
from studyguide.selection import select_questions
from studyguide.text import is_language_tag

OWN_FILES = ("cover.png", "cover.svg")
"""Pictures that stand beside the guide's own in an EPUB."""


def missing_answer(project: Project, guide: Guide) -> Iterator[Problem]:
    """Whoever turns to the key must find something there."""
    words = {word: part.name for part in guide.config.parts for word in part.words}
    for chapter in guide.chapters:
        for question in chapter.questions:
            # Below a heading that is misspelt, or in code that has no end, there may be one; that is told already.
            headings = [section.heading for section in question.sections if not section.name]
            told = is_part(question, guide) or any(words.get(nearest(each, words)) == "answer" for each in headings)
            if not (question.answered or told or unclosed(chapter)):
                found = f"the question `{question.title.markdown}` has no answer"
                yield Problem(question.place, "missing-answer", found, "write `### Answer` and the answer below it")


def unknown_part(project: Project, guide: Guide) -> Iterator[Problem]:
    """An edition puts a part where its name says, so a part without a known name would be nowhere."""
    words = [word for part in guide.config.parts for word in part.words]
    for question in guide.questions:
        for section in question.sections:
            if not section.name:
                fix = instead(section.heading, words)
                yield Problem(section.place, "unknown-part", f"there is no part `{section.heading}`", fix)


def repeated_part(project: Project, guide: Guide) -> Iterator[Problem]:
    """Of two parts of one name a reader would take the second for another question's."""
    for question in guide.questions:
        names = [section.name for section in question.sections]
        for place, section in enumerate(question.sections):
            if section.name and section.name in names[:place]:
                found = f"this question has the part `{section.heading}` already"
                yield Problem(section.place, "repeated-part", found, "put both texts under one heading")


def empty_part(project: Project, guide: Guide) -> Iterator[Problem]:
    """A heading without a text promises what is not there."""
    for question in guide.questions:
        for section in question.sections:
            if not section.text and (question.answered or section.name != "answer"):
                found = f"the part `{section.heading}` is empty"
                yield Problem(section.place, "empty-part", found, "write its text, or take the heading out")


def unknown_mark(project: Project, guide: Guide) -> Iterator[Problem]:
    """A misspelt difficulty would leave its question out of every selection."""
    difficulties = [f".{each}" for each in DIFFICULTIES]
    for question in guide.questions:
        for mark in question.unknown:
            word = mark.partition("=")[0]
            if word in MARKS:
                found, fix = f"the mark `{mark[:60]}` cannot be used", f"write it once, such as `{MARKS[word]}`"
            elif word in difficulties or word.startswith("#"):
                found, fix = f"the mark `{mark[:60]}` is the second of its kind", "leave one of them"
            else:
                found = f"the question has the unknown mark `{mark[:60]}`"
                fix = instead(word, (*difficulties, *MARKS))
            yield Problem(question.place, "unknown-mark", found, fix)


MARKS = {"tags": 'tags="one two"', "lang": "lang=de", "space": "space=6"}
"""What stands behind a question beside its identifier and its difficulty, and how."""


def bad_language(project: Project, guide: Guide) -> Iterator[Problem]:
    """A voice reads a text in the language that it is said to be in, and print divides its words by it."""
    for question in guide.questions:
        if question.lang and not is_language_tag(question.lang):
            found = f"`{question.lang}` is no language"
            yield Problem(question.place, "bad-language", found, "write its tag, such as `lang=de` or `lang=en-GB`")


def right_to_left_book(project: Project, guide: Guide) -> Iterator[Problem]:
    """A book that opens at its other side would need pages of its own; a question may run either way."""
    language = guide.config.language
    if get_direction(language) == "rtl" and project.config:
        found = f"a whole book in `{language}`, from right to left, is not supported"
        fix = f"leave `language` out, and write `{{lang={language}}}` behind the heading of each question"
        yield Problem(project.config.at(1, "language"), "right-to-left-book", found, fix)


def duplicate_id(project: Project, guide: Guide) -> Iterator[Problem]:
    """A link, an answer and a bookmark are found by their identifier, so two things cannot share one."""
    first: dict[str, Place] = {}
    answers = {f"answer-{question.id}": question.place for question in guide.questions}
    files = {id(chapter.place) for chapter in guide.chapters}
    for name, place in named(guide):
        taken = first.setdefault(name, place)
        if taken is not place or name in answers:
            other = taken if taken is not place else answers[name]
            # A question may stand where its chapter does: at the beginning of the file.
            where = f" by the name of {other.path}" if id(other) in files else f": {other}"
            found = f"the identifier `{name}` is taken{where}"
            fix = (
                "give the file another name" if id(place) in files else f"write `{{#{name}-2}}`, or another of your own"
            )
            yield Problem(place, "duplicate-id", found, fix)


def broken_link(project: Project, guide: Guide) -> Iterator[Problem]:
    """On paper a wrong link is a wrong page number."""
    if project.problems or any(map(unclosed, guide.chapters)):
        return  # a file that cannot be read, or not to its end, may hold what the link leads to
    known = {name for name, _ in named(guide)}
    for link in links(guide):
        if link.target.startswith(("http://", "https://", "mailto:")) or entry(link):
            continue
        name = meant(link.target)
        if name not in known or not ("#" in link.target or link.target.endswith(".md")):
            near = instead(name, known)
            fix = near.replace("`", "`#", 1) if near.count("`") == 2 else "write `#` and a question's identifier"
            fix = f"write `https://{link.target}`" if link.target.startswith("www.") else fix
            yield Problem(link.place, "broken-link", f"the link `{link.target}` leads nowhere", fix)


def meant(target: str) -> str:
    """The identifier that a link leads to: ``#dropout`` in whatever file, or the chapter of ``03-training.md``."""
    _, mark, name = target.rpartition("#")
    return name if mark else target.removesuffix(".md").lstrip("./0123456789-_ ")


def missing_term(project: Project, guide: Guide) -> Iterator[Problem]:
    """A word that is linked to the glossary is looked up there."""
    if project.problems:
        return  # the glossary may be what cannot be read
    known = {name for name, _ in named(guide)}
    for link in links(guide):
        if (name := entry(link)) and name not in known:
            found = f"the glossary has no entry for the link `{link.target}`"
            near = instead(name, [term.id for term in guide.terms])
            other = near.replace("`", "`#", 1) + ", or " if near.startswith("write `") else ""
            fix = f"{other}write the term and its meaning there"
            yield Problem(link.place, "missing-term", found, fix)


def missing_figure(project: Project, guide: Guide) -> Iterator[Problem]:
    """A book is whole when it is made; nothing is fetched later."""
    known = [asset.path for asset in project.assets]
    for figure in figures(guide):
        if not figure.path:
            found, fix = "a figure names no file", "save it in `figures/`, and name it there"
            yield Problem(figure.place, "missing-figure", found, fix)
        elif figure.path not in known and not outside(figure.path):
            fix = instead(figure.path, known) if known else "put the file there, or mend its path"
            if not figure.path.lower().endswith(PICTURES):
                fix = "save it as SVG, PNG, JPEG, GIF or WebP, and name that file"
            elif "\\" in figure.path:
                fix = f"write `{figure.path.replace(chr(92), '/')}`"
            yield Problem(figure.place, "missing-figure", f"there is no figure `{figure.path}`", fix)


def broken_figure(project: Project, guide: Guide) -> Iterator[Problem]:
    """An EPUB takes drawings into its text, where a fault in one would be a fault of the whole document."""
    for figure, asset in pictured(project, guide):
        try:
            yield from too_large(asset, figure)
        except drawings.BrokenDrawingError as error:
            found = f"the figure `{figure.path}` is no drawing: {error}"
            yield Problem(figure.place, "broken-figure", found, "save it again as plain SVG, or mend it there")
        except BrokenPictureError as error:
            found = f"the figure `{figure.path}` is no picture: {error}"
            yield Problem(figure.place, "broken-figure", found, "save it again as PNG, JPEG, GIF or WebP")


def too_large(asset: Asset, figure: Figure) -> Iterator[Problem]:
    """A few bytes may hold a picture that fills the memory. Raises BrokenDrawingError and BrokenPictureError."""
    what = f"the figure `{asset.path}`"
    if not asset.drawn:
        yield from too_many_pixels(asset.data, asset.ending, what, figure)
        return
    yield from check_limit("drawing", len(asset.data), what, figure.place)
    yield from check_limit("nesting", drawings.depth(drawings.parsed(asset.data)), what, figure.place)
    yield from check_limit("elements", drawings.weight(asset.data), what, figure.place)
    for ending, data in drawings.embedded(asset.data):
        yield from too_many_pixels(data, ending, f"a picture in {what}", figure)


def too_many_pixels(data: bytes, ending: str, what: str, figure: Figure) -> Iterator[Problem]:
    """Unpacks what is small enough. Raises BrokenPictureError."""
    large = list(check_limit("pixels", pixels(data, ending), what, figure.place))
    yield from large
    if not large:
        unpack(data, ending)


def unsafe_figure(project: Project, guide: Guide) -> Iterator[Problem]:
    """A drawing is a document, and some readers run and fetch what one holds."""
    for figure, asset in pictured(project, guide):
        if asset.drawn:
            with suppress(drawings.BrokenDrawingError):  # which is another rule's
                for danger in dict.fromkeys(drawings.dangers(asset.data)):
                    found = f"the figure `{figure.path}` holds {danger}"
                    fix = "save it again as plain SVG, with nothing in it but shapes and words"
                    yield Problem(figure.place, "unsafe-figure", found, fix)


def figure_outside(project: Project, guide: Guide) -> Iterator[Problem]:
    """A guide takes its figures along wherever its folder goes."""
    for figure in figures(guide):
        if outside(figure.path):
            found = f"the figure `{figure.path}` is not in the content folder"
            yield Problem(figure.place, "figure-outside", found, "copy it to `figures/` and name it there")


def figure_name(project: Project, guide: Guide) -> Iterator[Problem]:
    """An EPUB is an archive, in which two files of one name are one, and whose names every system must be able to write."""
    for figure, _ in pictured(project, guide):
        if figure.path.casefold() in OWN_FILES or set(figure.path) & set('\\:*?"<>|'):
            found = f"the figure `{figure.path}` cannot have this name in an EPUB"
            yield Problem(
                figure.place, "figure-name", found, "name it `figures/` and plain letters, digits and hyphens"
            )


def missing_alt(project: Project, guide: Guide) -> Iterator[Problem]:
    """Who cannot see a figure is told what it shows."""
    for figure in figures(guide):
        if not figure.alt.strip():
            fix = f"write what it shows: `![A network of three layers]({figure.path})`"
            yield Problem(figure.place, "missing-alt", f"the figure `{figure.path}` has no text in its place", fix)


def no_correct_choice(project: Project, guide: Guide) -> Iterator[Problem]:
    """The key of a multiple-choice question names the right letter."""
    for question in guide.questions:
        if question.choices and not any(choice.correct for choice in question.choices):
            place = question.choices[0].text.place
            yield Problem(
                place,
                "no-correct-choice",
                "none of these options is marked as right",
                "write `- [x]` before the right one",
            )


def unused_note(project: Project, guide: Guide) -> Iterator[Problem]:
    """What a note says is printed where its mark stands, and nowhere without one."""
    files = {source.path: source for source in project.sources}
    for chapter in guide.chapters:
        marks = {mark for passage in chapter.passages for mark in NOTE.findall(passage.markdown)}
        for name in dict.fromkeys(NOTE_TEXT.findall(chapter.definitions)):
            if name not in marks:
                place = files[chapter.place.path].at(1, f"[^{name}]:")
                found = f"no text has the mark `[^{name}]`, so that its note is in no book"
                yield Problem(place, "unused-note", found, f"write `[^{name}]` where the note belongs, or take it out")


NOTE = re.compile(r"\[\^([^\]\s]+)\]")
NOTE_TEXT = re.compile(r"^\[\^([^\]\s]+)\]:", re.MULTILINE)


def heading_level(project: Project, guide: Guide) -> Iterator[Problem]:
    """`#` is the title, `##` a question, `###` a part of it; whoever listens finds the way by these levels."""
    for chapter in guide.chapters:
        above = 1
        for level, place in chapter.headings:
            if level == 1:
                yield Problem(
                    place,
                    "heading-level",
                    "the chapter has a second title",
                    "write `##`, or put it in a file of its own",
                )
            elif level > above + 1:
                found = f"a heading of level {level} follows one of level {above}"
                yield Problem(place, "heading-level", found, f"write `{'#' * (above + 1)}`")
            above = max(level, 1)
    for question in guide.questions:
        if is_part(question, guide):
            title = question.title.markdown
            found = f"the part `{title}` has the level of a question"
            yield Problem(question.place, "heading-level", found, f"write `### {title}`")


def no_questions(project: Project, guide: Guide) -> Iterator[Problem]:
    """A chapter of prose says so, lest a forgotten `##` go unseen."""
    for chapter in guide.chapters:
        if chapter.kind == "questions" and not chapter.questions:
            fix = "begin each question with `## `, or write `kind: prose` in the front matter"
            yield Problem(chapter.place, "no-questions", "the chapter has no questions", fix)


def over_limit(project: Project, guide: Guide) -> Iterator[Problem]:
    """A guide is to be built in a time and a memory that a machine has."""
    yield from check_limit("questions", len(guide.questions), "the guide", Place(project.content))
    for chapter in guide.chapters:
        yield from check_limit("title", len(chapter.title), "the title", chapter.place)
    for question in guide.questions:
        yield from check_limit("title", len(question.title.markdown), "the title", question.place)
        yield from check_limit("space", question.space or 0, "`space`", question.place)
        yield from check_limit("options", len(question.choices), "the question", question.place)


def no_terms(project: Project, guide: Guide) -> Iterator[Problem]:
    """A glossary whose entries are not understood would print as one paragraph."""
    for chapter in guide.chapters:
        if chapter.kind == "glossary" and not chapter.terms:
            fix = "write a term on a line of its own, and `: ` and its meaning on the next"
            yield Problem(chapter.place, "no-terms", "the glossary has no entries", fix)


def unknown_selection(project: Project, guide: Guide) -> Iterator[Problem]:
    """A misspelt chapter or tag would select nothing, or leave nothing out."""
    chapters = {chapter.id for chapter in guide.chapters if chapter.questions}
    everything = {chapter.id for chapter in guide.chapters}
    tags = {tag for question in guide.questions for tag in question.tags}
    for edition in guide.config.editions:
        named = [(name, chapters) for name in edition.chapters] + [(name, tags) for name in edition.tags]
        named += [(name, everything | tags | set(DIFFICULTIES)) for name in edition.without]
        for name, known in named:
            if project.config and name not in known:
                place = project.config.at(1, f'"{name}"')
                found = f"no question is selected by `{name}`"
                yield Problem(place, "unknown-selection", found, instead(name, known))


def empty_edition(project: Project, guide: Guide) -> Iterator[Problem]:
    """A book without questions is not worth its paper."""
    for edition in guide.config.editions:
        if project.config and guide.questions and not select_questions(guide, edition).questions:
            place = project.config.at(1, f"editions.{edition.name}")
            found = f"no question is left for the edition `{edition.name}`"
            yield Problem(place, "empty-edition", found, "name more chapters, difficulties or tags, or leave out fewer")


def press_date(project: Project, guide: Guide) -> Iterator[Problem]:
    """A file for the press must say when it was made, and a build does not look at the clock."""
    if project.config and not guide.config.date and any(each.form == "press" for each in guide.config.editions):
        found = "an edition for the press has a date, and the guide has none"
        yield Problem(project.config.at(1, "press"), "press-date", found, "write `date = 2026-01-31` above the tables")


RULES: tuple[Callable[[Project, Guide], Iterator[Problem]], ...] = (
    missing_answer,
    unknown_part,
    repeated_part,
    empty_part,
    unknown_mark,
    bad_language,
    right_to_left_book,
    duplicate_id,
    broken_link,
    missing_term,
    missing_figure,
    broken_figure,
    unsafe_figure,
    figure_outside,
    figure_name,
    missing_alt,
    no_correct_choice,
    unused_note,
    heading_level,
    no_questions,
    over_limit,
    no_terms,
    unknown_selection,
    empty_edition,
    press_date,
)


def check(project: Project, guide: Guide) -> Iterator[Problem]:
    """Everything that is wrong, the problems that the earlier stages found included."""
    yield from project.problems
    yield from guide.config.problems
    for chapter in guide.chapters:
        yield from chapter.problems
        for passage in chapter.passages:
            yield from passage.problems
    for rule in RULES:
        yield from rule(project, guide)


def named(guide: Guide) -> Iterator[tuple[str, Place]]:
    """Every identifier of the book and what it names."""
    for chapter in guide.chapters:
        yield chapter.id, chapter.place
        for question in chapter.questions:
            yield question.id, question.place
        for term in chapter.terms:
            yield term.id, term.title.place
        for passage in chapter.passages:
            yield from passage.anchors


def passages(guide: Guide) -> Iterator[Passage]:
    for chapter in guide.chapters:
        yield from chapter.passages


def unclosed(chapter: Chapter) -> bool:
    """Whether a code block has taken the rest of the chapter in."""
    return any(problem.rule == "unclosed-fence" for problem in chapter.problems)


def is_part(question: Question, guide: Guide) -> bool:
    """Whether what stands as a question was meant as a part of the one before it."""
    words = {word.casefold() for part in guide.config.parts for word in part.words}
    return not question.answered and question.title.markdown.casefold() in words


def links(guide: Guide) -> Iterator[Link]:
    for passage in passages(guide):
        yield from passage.links


def entry(link: Link) -> str:
    """The identifier of the glossary's entry that a link leads to, if it leads there."""
    path, _, name = link.target.rpartition("#")
    return name if name.startswith("term-") and ":" not in path else ""


def figures(guide: Guide) -> Iterator[Figure]:
    for passage in passages(guide):
        yield from passage.figures


def pictured(project: Project, guide: Guide) -> Iterator[tuple[Figure, Asset]]:
    """The figures whose files are there."""
    known = {asset.path: asset for asset in project.assets}
    return ((figure, known[figure.path]) for figure in figures(guide) if figure.path in known)


def outside(path: str) -> bool:
    """Whether a figure's path leads out of the content folder, to the disk or to the web."""
    return "://" in path or path.startswith(("/", "\\", "file:", "data:")) or ".." in path.split("/")
