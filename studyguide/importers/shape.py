"""Set the lines of a foreign guide as its author meant them: Outline → Outline.

A question that is glued to what stands above gets a line of its own, an answer on the line of its question another, and a
``<details>`` that holds questions becomes the section that it is.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from studyguide.importers.model import Line
from studyguide.importers.outline import HINT, LABEL, Outline, asks, is_answer_summary

NUMBERED = re.compile(r"^ {0,3}(\d{1,4})[.)]\s+\S")
INLINE_ANSWER = re.compile(r"(?<=\S)\s+(?=[*_]{0,2}(?:A|Ans|Answer)\s*[:：][*_]{0,2}\s*\S)")
HEADING = re.compile(r"\s{0,3}(#{1,6})\s")
MANY = 2
"""So many questions inside of a ``<details>`` show that it is no answer."""


def shape(outline: Outline) -> Outline:
    return parted(replace(outline, lines=tuple(unfolded(tuple(told_apart(outline.lines))))))


def told_apart(lines: Sequence[Line]) -> Iterator[Line]:
    """The lines with an answer that follows its question on the same line on one of its own."""
    for line in lines:
        found = None
        if not line.code and not line.tag and LABEL.match(line.text.strip().lstrip("*_-+ ")):
            found = INLINE_ANSWER.search(line.text)
        if found:
            yield replace(line, text=line.text[: found.start()])
            yield replace(line, text=line.text[found.end() :])
        else:
            yield line


# ---------------------------------------------------------------- details


@dataclass(slots=True)
class Fold:
    """A ``<details>`` with the lines that it begins and ends with, and what is right inside of it."""

    start: int
    summary: int | None = None
    end: int | None = None
    asked: int = 0
    """How many ``<details>`` of questions it holds."""
    levels: list[int] = field(default_factory=list)
    """Those of the headings in it."""


def unfolded(lines: Sequence[Line]) -> Iterator[Line]:
    """The lines with each outermost ``<details>`` that holds questions as a heading and what is below it."""
    opened: dict[int, str] = {}
    closed: set[int] = set()
    level = 0
    for fold in folds(lines):
        if fold.summary is None or fold.end is None or not is_section(lines[fold.summary].text, fold):
            continue
        above = [len(mark[1]) for line in lines[: fold.start] if not line.code and (mark := HEADING.match(line.text))]
        level = min(fold.levels) - 1 if fold.levels else level or (above[-1] + 1 if above else 2)
        opened[fold.summary] = "#" * max(1, min(6, level))
        closed |= {fold.start, fold.end}
    for at, line in enumerate(lines):
        if at in opened:
            yield Line("", line.origin)
            yield Line(f"{opened[at]} {line.text.strip().strip('*_ ')}", line.origin)
            yield Line("", line.origin)
        elif at in closed:
            yield Line("", line.origin)
        else:
            yield line


def is_section(summary: str, fold: Fold) -> bool:
    return (
        (fold.asked >= MANY or len(fold.levels) >= MANY)
        and bool(summary.strip())
        and not asks(summary)
        and not is_answer_summary(summary)
        and not HINT.match(summary)
    )


def folds(lines: Sequence[Line]) -> Iterator[Fold]:
    """Every outermost ``<details>`` that ends."""
    open_: list[Fold] = []
    for at, line in enumerate(lines):
        if line.tag == "details":
            open_.append(Fold(at))
        elif line.tag == "summary" and open_:
            fold = open_[-1]
            fold.summary = at if fold.summary is None else fold.summary
            if len(open_) == 2 and not is_answer_summary(line.text) and not HINT.match(line.text):
                open_[0].asked += 1
        elif line.tag == "/details" and open_:
            fold = open_.pop()
            fold.end = at
            if not open_:
                yield fold
        elif (
            len(open_) == 1
            and not line.code
            and not line.tag
            and (mark := HEADING.match(line.text))
            and asks(line.text[mark.end() :])
        ):
            open_[0].levels.append(len(mark[1]))


# ---------------------------------------------------------------- paragraphs


def parted(outline: Outline) -> Outline:
    """The outline with a blank line before each question that CommonMark would take for a line of the paragraph above."""
    breaks = set()
    last = 0
    inside = {at for block in outline.blocks if block.kind == "paragraph" for at in range(block.start + 1, block.end)}
    for at, line in enumerate(outline.lines):
        if line.code or line.tag:
            continue
        if at in inside and is_title(line):
            breaks.add(at)
        found = NUMBERED.match(line.text)
        if found:
            if at in inside and int(found[1]) == last + 1:
                breaks.add(at)
            last = int(found[1])
    if not breaks:
        return outline
    lines: list[Line] = []
    for at, line in enumerate(outline.lines):
        if at in breaks:
            lines.append(Line("", line.origin))
        lines.append(line)
    return replace(outline, lines=tuple(lines))


def is_title(line: Line) -> bool:
    """Whether a line in the midst of a paragraph opens a question all the same: in bold, or with a label."""
    if line.indent > 3:
        return False
    bold = re.fullmatch(r"(\*\*|__)(?=\S)(.+?)(?<=\S)\1\W*", line.text.strip())
    bare = bold[2] if bold else line.text.strip()
    label = LABEL.match(bare)
    return bool((label and label.end() < len(bare)) or (bold and (asks(bare) or re.match(r"\d+[.)]\s", bare))))
