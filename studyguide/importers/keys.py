"""Answers that stand at the end of a guide, or of a section, by the numbers of their questions."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from studyguide.importers.model import Line, Note
from studyguide.importers.outline import ANSWER, Candidate, Outline

MANY = r"answers|solutions|respuestas|soluciones|réponses|antworten|lösungen|ответы|keys?"
TITLE = re.compile(rf"\W*(?:{ANSWER}|{MANY})(?:\W+(?:keys?|sheet|list))?(?:\s*\([^()]*\))?\W*", re.IGNORECASE)
PLURAL = re.compile(rf"\b(?:{MANY}|sheet|list)\b", re.IGNORECASE)
"""What the title of a key says that is no heading, for a single answer may have such a label."""
ENTRY = re.compile(
    r"\s{0,3}(?:[-*+]\s+)?(?:\|\s*)?[*_]{0,2}(?:q(?:uestion)?\s*)?(\d{1,4})\s*[.):|–—-]+[*_]{0,2}\s*(?=\S)",
    re.IGNORECASE,
)
PART = re.compile(r"\s{0,3}(?:#{1,6}\s|(\*\*|__)[^*_]+\1\W*$)")
"""The title of a part of a key."""
FEW = 3
"""So many numbered answers make a key."""

T = TypeVar("T")
Entry = tuple[int, tuple[Line, ...]]
"""An answer by its number."""


def keyed(outline: Outline, candidates: Sequence[Candidate]) -> tuple[Outline, Mapping[int, tuple[Line, ...]]]:
    """The outline without its keys, and the answer in them of each question, by the line where that starts.

    A section is a key where it is called one and its entries have the numbers of questions above it.
    """
    lines, notes = list(outline.lines), list(outline.notes)
    answers: dict[int, tuple[Line, ...]] = {}
    done = 0
    for key in sorted(sections(outline), key=lambda key: key.start):
        found = tuple(entries(lines[key.first : key.end]))
        owned = owners(found, [each for each in candidates if done <= each.start < key.start])
        if len(owned) < FEW or len(owned) < 0.8 * len(found):
            continue
        answers |= owned
        used = {line.origin for said in owned.values() for line in said}
        rest = [line for line in lines[key.start : key.end] if line.origin not in used and re.search(r"\w", line.text)]
        lines[key.start : key.end] = [replace(line, text="", code="", tag="") for line in lines[key.start : key.end]]
        notes += [Note("label", line.origin + 1, line.text) for line in rest]
        done = key.end
    return (Outline(tuple(lines), tuple(notes)), answers) if answers else (outline, answers)


@dataclass(frozen=True, slots=True)
class Key:
    """A section that says that answers follow."""

    start: int
    first: int
    """The line below its title."""
    end: int


def sections(outline: Outline) -> Iterator[Key]:
    """Every heading, paragraph and summary that says that answers follow, with what is below it."""
    for place, block in enumerate(outline.headings):
        if TITLE.fullmatch(outline.heading(block)):
            following = (each.start for each in outline.headings[place + 1 :] if each.level <= block.level)
            yield Key(block.start, block.end, next(following, len(outline.lines)))
    for block in outline.top:
        text = outline.text(block) if block.kind == "paragraph" and block.end == block.start + 1 else ""
        if TITLE.fullmatch(text) and PLURAL.search(text):
            following = (each.start for each in outline.headings if each.start > block.start)
            yield Key(block.start, block.end, next(following, len(outline.lines)))
    for at, line in enumerate(outline.lines):
        if (
            line.tag == "summary"
            and outline.hidden[at] == 1
            and TITLE.fullmatch(line.text)
            and PLURAL.search(line.text)
        ):
            end = next((n for n in range(at, len(outline.lines)) if outline.hidden[n] == 0), len(outline.lines))
            yield Key(at, at + 1, end)


def owners(found: Sequence[Entry], candidates: Sequence[Candidate]) -> dict[int, tuple[Line, ...]]:
    """The answers by the line where their question starts; where numbers begin anew, those of the same run."""
    keys = tuple(runs(found))
    if len(keys) < 2:
        starts = numbered(candidates)
        return {starts[number]: said for number, said in found if number in starts}
    asking = Counter(each.form for each in candidates if each.asks or each.certain)
    form = asking.most_common(1)[0][0] if asking else ()
    marked = [(each.number, each) for each in candidates if each.form == form and each.number is not None]
    asked = [run for run in runs(marked) if any(each.asks or each.certain for _, each in run)]
    if len(asked) != len(keys):
        return {}
    both = [(dict(key), dict(run)) for key, run in zip(keys, asked, strict=True)]
    return {run[number].start: said for key, run in both for number, said in key.items() if number in run}


def runs(numbers: Sequence[tuple[int, T]]) -> Iterator[list[tuple[int, T]]]:
    """Those that count upwards, together."""
    run: list[tuple[int, T]] = []
    for each in numbers:
        if run and each[0] <= run[-1][0]:
            yield run
            run = []
        run.append(each)
    if run:
        yield run


def numbered(candidates: Iterable[Candidate]) -> dict[int, int]:
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
            end = next((at for at in range(start, stop) if PART.match(lines[at].text)), stop)
            below = [replace(line, text=line.text[min(line.indent, 4) :]) for line in lines[start + 1 : end]]
            yield int(mark[1]), (Line(f"**Answer:** {text}", first.origin), *below)
