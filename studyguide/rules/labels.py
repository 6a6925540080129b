"""Check for names of parts that are written as bold text: Project, Guide → Problems."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from studyguide.markdown_blocks import parse_blocks
from studyguide.model import Guide, Passage, Project, Question, QuestionPart
from studyguide.problems import Place, Problem

_BOLD_START = re.compile(
    r" {0,3}(?P<label>(?P<mark>\*\*|__)(?P<word>[^*_\n]{1,60}?)\s*(?:[:：.。]\s*(?P=mark)|(?P=mark)\s*[:：]|(?P=mark)(?=[ \t]*$)))",
    re.MULTILINE,
)
"""A line that begins with bold words and a colon or a full stop, or that is nothing but bold words."""


@dataclass(frozen=True, slots=True)
class BoldLabel:
    """The name of a part as bold text at the beginning of a line."""

    place: Place
    typed: str
    """As its author typed it: ``**Answer:**``."""
    word: str
    """The word without the marks."""
    name: str
    """The name of the part that the word begins."""
    heading: str
    """The heading to type in its place: ``### Answer``."""
    inside: str
    """The heading of the part that it is text of; empty for the question itself."""


def find_bold_labels(guide: Guide, question: Question) -> Iterator[BoldLabel]:
    """Yield the names of parts in bold in the texts of a question, but those of a part in its own text."""
    words = {word.casefold(): part.name for part in guide.config.parts for word in (part.name, *part.words)}
    for passage, part, level in _list_texts(question):
        for line, match in _find_bold_starts(passage):
            name = words.get(match["word"].strip().casefold(), "")
            if name and name != (part.name if part else ""):
                place = passage.find_place(line, match.start("label") + 1)
                word, inside = match["word"].strip(), part.heading if part else ""
                yield BoldLabel(place, match["label"], word, name, f"{'#' * level} {word}", inside)


def _list_texts(question: Question) -> Iterator[tuple[Passage, QuestionPart | None, int]]:
    """Yield each text that parts may follow, the part that it is of, and the level of the headings of such parts."""
    yield from ((each, None, 3) for each in (question.stem, question.below))
    yield from _list_part_texts(question.parts, 3)
    for subquestion in question.subquestions:
        yield subquestion.text, None, 4
        yield from _list_part_texts(subquestion.parts, 4)


def _list_part_texts(parts: Iterable[QuestionPart], level: int) -> Iterator[tuple[Passage, QuestionPart, int]]:
    return ((part.text, part, level) for part in parts)


def _find_bold_starts(passage: Passage) -> Iterator[tuple[int, re.Match[str]]]:
    """Yield the lines, from 0, of paragraphs outside lists, boxes and quotations that begin with bold words."""
    if not _BOLD_START.search(passage.markdown):
        return
    lines = passage.markdown.split("\n")
    for block in parse_blocks(passage.markdown, is_guide=True):
        if block.kind == "paragraph" and not block.depth:
            for number in range(block.start, block.end):
                if match := _BOLD_START.match(lines[number]):
                    yield number, match


def bold_label(project: Project, guide: Guide) -> Iterator[Problem]:
    """A part is found by its heading; under a bold word, an answer is printed with the hint, in a workbook too."""
    for chapter in guide.chapters:
        if not chapter.headings:
            continue  # a file of another format, whose importer knows bold labels
        for question in chapter.questions:
            for label in find_bold_labels(guide, question):
                owner = f"the part `{label.inside}`" if label.inside else "the question"
                found = f"`{label.typed}` is text of {owner}"
                yield Problem(label.place, "bold-label", found, f"write `{label.heading}` on a line of its own")
