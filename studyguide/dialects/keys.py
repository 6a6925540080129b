"""Answers that stand at the end of a guide, or of a section, by the numbers of their questions."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from studyguide.blocks import Block
from studyguide.dialects.model import Line, Note
from studyguide.dialects.outline import ANSWER, Candidate, Outline

TITLE = re.compile(rf"\W*(?:{ANSWER}|keys?)(?:\W+(?:keys?|sheet|list))?\W*", re.IGNORECASE)
ENTRY = re.compile(
    r"\s{0,3}(?:[-*+]\s+)?(?:\|\s*)?[*_]{0,2}(?:q(?:uestion)?\s*)?(\d{1,4})\s*[.):|–—-]+[*_]{0,2}\s*(?=\S)",
    re.IGNORECASE,
)
FEW = 3
"""So many numbered answers make a key."""


def keyed(outline: Outline, candidates: Sequence[Candidate]) -> tuple[Outline, Mapping[int, tuple[Line, ...]]]:
    """The outline without its keys, and the answer in them of each question, by the line where that starts.

    A section is a key where it is called one and its entries have the numbers of questions above it.
    """
    lines, notes = list(outline.lines), list(outline.notes)
    answers: dict[int, tuple[Line, ...]] = {}
    done = 0
    for section, end in sections(outline):
        found = dict(entries(lines[section.end : end]))
        owners = numbered(each for each in candidates if done <= each.start < section.start)
        if len(found) < FEW or sum(number in owners for number in found) < 0.8 * len(found):
            continue
        answers |= {owners[number]: said for number, said in found.items() if number in owners}
        lines[section.start : end] = [replace(line, text="", code="") for line in lines[section.start : end]]
        notes.append(Note("label", lines[section.start].origin + 1, outline.heading(section)))
        done = end
    return (Outline(tuple(lines), tuple(notes)), answers) if answers else (outline, answers)


def sections(outline: Outline) -> Iterator[tuple[Block, int]]:
    """Every heading that says that answers follow, and where what is below it ends."""
    for place, block in enumerate(outline.headings):
        if TITLE.fullmatch(outline.heading(block)):
            following = (each.start for each in outline.headings[place + 1 :] if each.level <= block.level)
            yield block, next(following, len(outline.lines))


def numbered(candidates: Iterator[Candidate]) -> dict[int, int]:
    """Where the question of each number starts; what asks comes before what only has a number."""
    out: dict[int, int] = {}
    for each in sorted(candidates, key=lambda each: not (each.asks or each.certain)):
        if each.number is not None:
            out.setdefault(each.number, each.start)
    return out


def entries(lines: Sequence[Line]) -> Iterator[tuple[int, tuple[Line, ...]]]:
    """The numbered answers among these lines, as they stand below a question."""
    marks = [None if line.code or line.tag else ENTRY.match(line.text) for line in lines]
    starts = [at for at, mark in enumerate(marks) if mark]
    for start, stop in zip(starts, [*starts, len(lines)][1:], strict=True):
        mark, first = marks[start], lines[start]
        if mark:
            text = first.text[mark.end() :].rstrip(" |") if "|" in mark[0] else first.text[mark.end() :]
            below = [replace(line, text=line.text[min(line.indent, 4) :]) for line in lines[start + 1 : stop]]
            yield int(mark[1]), (Line(f"**Answer:** {text}", first.origin), *below)
