"""Take what an edit left as it was from an earlier reading of the file: Chapter, the same file's former Chapter → Passages, formulas.

The HTML of a passage depends on its Markdown, its language, the identifier of its chapter and, if it has a bracket, the
definitions of the file. Where it stands changes only the lines of its places; those in its footnotes stand elsewhere.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache

from studyguide.maths import find_drawings
from studyguide.model import Blank, Chapter, Passage
from studyguide.problems import Place

_Context = tuple[str, str, int, tuple[int, ...], tuple[int, ...], bool, str, str, tuple[tuple[str, int, int], ...]]
"""Everything that a passage of one chapter is made of: Markdown, file, column, indents, how many lines below the first each line
stands, inline or not, language, definitions, and in which file and how many lines below the passage they stand."""


class FormerChapter:
    """The passages and formulas of an earlier reading of a chapter; nothing if there was none, or if its identifier was another."""

    def __init__(self, former: Chapter | None, chapter: Chapter) -> None:
        is_same = former and (former.id, former.place.path) == (chapter.id, chapter.place.path)
        self._former = former if is_same else None
        self._chapter = chapter
        self._passages = dict(self._list_passages())
        self.find_formulas = cache(self._find_formulas)

    def find_passage(self, passage: Passage, inline: bool, lang: str) -> Passage | None:
        """Return the passage as ``markup`` would render it, or None; ``lang`` is that of its question, empty for the book's."""
        found = self._passages.get(_make_context(passage, inline, lang, self._chapter))
        return replace(_move_passage(found, passage.place), lines=passage.lines) if found else None

    def _find_formulas(self, lang: str) -> Mapping[tuple[str, bool], str]:
        """Return the drawings of formulas in texts of this language, by LaTeX and whether they stand on lines of their own."""
        pages = (each.html for (*_, language, _, _), each in self._passages.items() if language == lang)
        return {key: drawing for page in pages for key, drawing in find_drawings(page)}

    def _list_passages(self) -> Iterator[tuple[_Context, Passage]]:
        if former := self._former:
            for passage, inline, lang in _list_texts(former):
                if passage:
                    yield _make_context(passage, inline, lang, former), passage


def _list_texts(chapter: Chapter) -> Iterator[tuple[Passage, bool, str]]:
    """Yield each passage, whether it is rendered without the ``<p>`` around it, and its language."""
    yield chapter.text, False, ""
    for division in chapter.divisions:
        yield division.title, True, ""
        yield division.text, False, ""
    for question in chapter.questions:
        lines = question.find_lines()
        for passage in question.passages:
            yield passage, id(passage) in lines, question.lang
    for term in chapter.terms:
        yield term.title, True, ""
        yield term.meaning, False, ""


def _make_context(passage: Passage, inline: bool, lang: str, chapter: Chapter) -> _Context:
    definitions = chapter.definitions if "[" in passage.markdown else ""
    place = passage.place
    notes = chapter.definition_places if "[^" in passage.markdown else ()
    return (
        passage.markdown,
        place.path,
        place.column,
        passage.indents,
        tuple(line - place.line for line in passage.lines),
        inline,
        lang,
        definitions,
        tuple((note.path, note.line - place.line, note.column) for note in notes),
    )


def _move_passage(passage: Passage, place: Place) -> Passage:
    """Return the passage at another line of its file."""
    lines = place.line - passage.place.line
    if not lines:
        return passage
    moved: dict[int, Place] = {}  # by identity, in which `duplicate_id` tells one place from another

    def move(old: Place) -> Place:
        return moved.setdefault(id(old), replace(old, line=old.line + lines))

    return replace(
        passage,
        place=place,
        anchors=tuple((name, move(each)) for name, each in passage.anchors),
        links=tuple(replace(each, place=move(each.place)) for each in passage.links),
        figures=tuple(replace(each, place=move(each.place)) for each in passage.figures),
        blanks=tuple(_move_blank(each, move(each.place)) for each in passage.blanks),
        problems=tuple(replace(each, place=move(each.place)) for each in passage.problems),
    )


def _move_blank(blank: Blank, place: Place) -> Blank:
    """Return the blank at another place, where its answers stand too."""
    return Blank(tuple(_move_passage(each, place) for each in blank.answers), place)
