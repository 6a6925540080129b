"""Report what runs off a page, and letters that no face has: Book, SectionPages → Problems with their places.

A block does not know its line in the source, because one more line early in a file would set all later blocks anew. The same
book with marks of places, which is composed for a message alone, has the same elements in the same blocks.
"""

from collections.abc import Iterator, Sequence
from functools import cache, cached_property

from studyguide.html_text import find_marked_place
from studyguide.model import Book, Section
from studyguide.pdf.assembly import list_block_html
from studyguide.pdf.fit import MIN_SCALES
from studyguide.pdf.glyph_fallback import make_letter_problem
from studyguide.pdf.jobs import SectionJob
from studyguide.pdf.section_pages import Overflow, SectionPages
from studyguide.problems import Place, Problem

_FIXES = {
    "table": "leave columns out, shorten the longest words, or make two tables of it",
    "formula": "make two formulas of it",
    "inline formula": "give it lines of its own, between `$$` and `$$`",
    "figure": "crop it, or make two figures of it",
    "line": "put a space into its longest word, or nest it less deeply",
}
_MAX_NAME_LENGTH = 40  # characters


def report_faults(book: Book, made_up: Sequence[SectionPages]) -> Iterator[Problem]:
    """Yield a problem for everything that could not be made to fit, and for every letter that no face has."""
    finder = _PlaceFinder(book)
    for section, pages in zip(book.sections, made_up, strict=True):
        for each in pages.overflows:
            yield _make_problem(each, finder.find_place(section, each.block, each.element))
        for letter, block in pages.lacking:
            yield make_letter_problem(letter, finder.find_place(section, block), book.config.language)


class _PlaceFinder:
    """Finds the places of the elements of a book."""

    def __init__(self, book: Book) -> None:
        self._book = book
        self._list_blocks = cache(self._list_marked_blocks)

    def find_place(self, section: Section, block: int, element: int = 0) -> Place:
        """Return the place of an element of a block; that of the section if its text is no author's."""
        blocks = self._list_blocks(section.name)
        found = find_marked_place(blocks[block], element) if block < len(blocks) else None
        return found or section.place

    def _list_marked_blocks(self, name: str) -> list[str]:
        sections = self._marked_sections
        if name not in sections:
            return []
        assert self._book.page is not None
        return list_block_html(SectionJob(sections[name], "", (), self._book.page))

    @cached_property
    def _marked_sections(self) -> dict[str, Section]:
        marked = self._book.mark_places() if self._book.mark_places else ()
        return {section.name: section for section in marked}


def _make_problem(overflow: Overflow, place: Place) -> Problem:
    """Return the problem of an overflow at a place."""
    text = " ".join(overflow.text.split())
    name = text if len(text) <= _MAX_NAME_LENGTH else f"{text[: _MAX_NAME_LENGTH - 1].rstrip()}…"
    tried = ""
    if overflow.kind == "table":
        tried = ", even turned and in small type"
    if overflow.kind in MIN_SCALES:
        tried = f", even at {MIN_SCALES[overflow.kind]:.0%} of its size"
    found = f"the {overflow.kind} `{name}` is {overflow.millimetres} mm"
    if overflow.is_tall:
        return Problem(place, "too-tall", f"{found} taller than the page{tried}", _FIXES[overflow.kind])
    return Problem(place, "too-wide", f"{found} wider than the page{tried}", _FIXES[overflow.kind])
