"""Find the lines in the source of what runs off a page: Book, SectionPages → Problems.

A block does not know its line in the source, because one more line early in a file would set all later blocks anew.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from studyguide.model import Book, Chapter
from studyguide.pdf.fit import MIN_SCALES
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


def report_overflows(book: Book, made_up: Sequence[SectionPages]) -> Iterator[Problem]:
    """Yield a problem for everything that could not be made to fit."""
    chapters = {chapter.place: chapter for chapter in book.chapters}
    for section, pages in zip(book.sections, made_up, strict=True):
        for each in pages.overflows:
            chapter = chapters.get(section.place)
            yield _make_problem(each, _find_place(each, chapter) if chapter else section.place)


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


def _find_place(overflow: Overflow, chapter: Chapter) -> Place:
    """Return the line of its question, or of its chapter, that has the most of its words in their order."""
    name = overflow.anchor.removeprefix("answer-").partition(".")[0]
    own = next((question for question in chapter.questions if question.id == name), None)
    words = re.findall(r"\w+", overflow.text)
    lines = [
        (replace(passage.place.below(number), column=0), line)
        for passage in (own or chapter).passages
        for number, line in enumerate(passage.markdown.splitlines())
    ]
    return max(lines, key=lambda each: _count_shared_words(words, each[1]), default=(chapter.place, ""))[0]


def _count_shared_words(words: Sequence[str], line: str) -> int:
    """Return the number of words that stand in the line, in their order."""
    start = count = 0
    for word in words:
        place = line.find(word, start)
        if place >= 0:
            start, count = place + len(word), count + 1
    return count
