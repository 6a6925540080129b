"""Say where in the source the things stand that run off the page: Book, SectionPages → Problems.

A block knows no lines of a source, or an early line that is added would set all later ones anew.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from studyguide.model import Book, Chapter
from studyguide.pdf.fit import LEAST
from studyguide.pdf.section_pages import Overflow, SectionPages
from studyguide.problems import Place, Problem

FIXES = {
    "table": "leave columns out, shorten the longest words, or make two tables of it",
    "formula": "make two formulas of it",
    "inline formula": "give it lines of its own, between `$$` and `$$`",
    "figure": "crop it, or make two figures of it",
    "line": "put a space into its longest word, or nest it less deeply",
}
SHOWN = 40


def overflows(book: Book, made_up: Sequence[SectionPages]) -> Iterator[Problem]:
    """What the authors have to mend, for everything that could not be made to fit."""
    chapters = {chapter.place: chapter for chapter in book.chapters}
    for section, pages in zip(book.sections, made_up, strict=True):
        for each in pages.overflows:
            chapter = chapters.get(section.place)
            yield problem(each, locate(each, chapter) if chapter else section.place)


def problem(overflow: Overflow, place: Place) -> Problem:
    text = " ".join(overflow.text.split())
    name = text if len(text) <= SHOWN else f"{text[: SHOWN - 1].rstrip()}…"
    tried = ""
    if overflow.kind == "table":
        tried = ", even turned and in small type"
    if overflow.kind in LEAST:
        tried = f", even at {LEAST[overflow.kind]:.0%} of its size"
    found = f"the {overflow.kind} `{name}` is {overflow.millimetres} mm"
    if overflow.tall:
        return Problem(place, "too-tall", f"{found} taller than the page{tried}", FIXES[overflow.kind])
    return Problem(place, "too-wide", f"{found} wider than the page{tried}", FIXES[overflow.kind])


def locate(overflow: Overflow, chapter: Chapter) -> Place:
    """The line of its question, or of its chapter, that has most of its words in their order."""
    name = overflow.anchor.removeprefix("answer-").partition(".")[0]
    asked = next((question for question in chapter.questions if question.id == name), None)
    words = re.findall(r"\w+", overflow.text)
    lines = [
        (replace(passage.place.below(number), column=0), line)
        for passage in (asked or chapter).passages
        for number, line in enumerate(passage.markdown.splitlines())
    ]
    return max(lines, key=lambda each: shared(words, each[1]), default=(chapter.place, ""))[0]


def shared(words: Sequence[str], line: str) -> int:
    """How many of the words stand in the line, in their order."""
    at = count = 0
    for word in words:
        place = line.find(word, at)
        if place >= 0:
            at, count = place + len(word), count + 1
    return count
