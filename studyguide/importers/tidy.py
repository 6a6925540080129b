"""Take out of a foreign guide what a book has itself: contents lists, links back to the top, badges."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import pairwise

from studyguide.importers.model import Line, Note
from studyguide.importers.outline import ANCHOR_LINK, BADGE, CONTENTS, TOP, TOP_LINK, Outline
from studyguide.markdown_blocks import Block

SCHEDULE = re.compile(r"\s*<!--\s*(?:SR|ID):[^<>]*-->")
"""Marks that Obsidian and Anki write behind a card: when it is due, or its number."""
FEW = 3
"""So many links to places of the same file make a contents list."""


def tidy(lines: tuple[Line, ...], notes: tuple[Note, ...]) -> Outline:
    """The outline of the lines without what is left out on purpose, which is noted."""
    out: list[Line] = []
    said = list(notes)
    for line in without_schedules(lines, said):
        text = line.text
        if not line.code and ("](#" in text or ("](" in text and "badge" in text) or "shields" in text):
            text = without_links(text, line.origin + 1, said)
            if not re.sub(r"[\s*_|]|<br\s*/?>|\|\|", "", text) and text != line.text:
                text = ""
        out.append(line if text is line.text else replace(line, text=text))
    outline = Outline(tuple(out), tuple(said))
    gone = set(contents(outline))
    for start, end in runs(sorted(gone)):
        text = " ".join(line.text for line in out[start:end])
        said.append(Note("contents", out[start].origin + 1, text))
    kept = [replace(line, text="") if at in gone else line for at, line in enumerate(out)]
    return Outline(tuple(kept), tuple(said))


def without_schedules(lines: Iterable[Line], notes: list[Note]) -> Iterator[Line]:
    """The lines without what programs for flash cards write into them, which is noted."""
    for line in lines:
        marks = SCHEDULE.findall(line.text) if line.code in ("", "raw") else []
        notes += [Note("schedule", line.origin + 1, mark) for mark in marks]
        text = SCHEDULE.sub("", line.text) if marks else line.text
        yield replace(line, text=text, code=line.code if text.strip() else "") if marks else line


def without_links(text: str, number: int, notes: list[Note]) -> str:
    for found in BADGE.findall(text):
        notes.append(Note("badge", number, found))
    text = BADGE.sub("", text)
    for found in TOP_LINK.findall(text):
        words = re.sub(r"[\[\]]|\(#.*", "", found)
        if TOP.fullmatch(" ".join(re.findall(r"[^\W_]+", words))) or re.fullmatch(r"\W*[⬆↑▲🔝⇧⤴]\W*", words):
            notes.append(Note("back-to-top", number, found))
            text = text.replace(found, " " if text.lstrip().startswith("#") else "", 1)
    return text


def runs(numbers: list[int]) -> Iterator[tuple[int, int]]:
    """Numbers that follow each other, as first and one past the last."""
    start = previous = None
    for number in numbers:
        if previous is not None and number > previous + 1:
            yield start or 0, previous + 1
            start = number
        start = number if start is None else start
        previous = number
    if previous is not None:
        yield start or 0, previous + 1


def contents(outline: Outline) -> Iterator[int]:
    """The lines of contents lists: lists, tables or paragraphs in a row that are links to places of the file."""
    run: list[tuple[Block, int]] = []
    found: list[tuple[int, int, int]] = []
    for block in [*(each for each in outline.blocks if each.depth == 0), None]:
        links = linked(outline, block) if block else 0
        if block and links:
            run.append((block, links))
            continue
        if run:
            found.append((run[0][0].start, run[-1][0].end, sum(count for _, count in run)))
        run = []
    # A section of one question has a list of one link.
    found += announced(outline)
    small = any(count >= FEW for *_, count in found)
    for first, last, count in found:
        if count >= FEW or (small and outline.hidden[first]):
            yield from (at for at in range(first, last) if not outline.lines[at].tag)
            yield from titles_above(outline, first, last)


def announced(outline: Outline) -> Iterator[tuple[int, int, int]]:
    """The lists right below a heading that says that the contents follow, whatever they hold."""
    blocks = [each for each in outline.blocks if each.depth == 0]
    for above, block in pairwise(blocks):
        title = outline.text(above) if above.kind in ("heading", "paragraph") else ""
        if block.kind in ("list", "table") and CONTENTS.fullmatch(title):
            yield block.start, block.end, FEW


def linked(outline: Outline, block: Block) -> int:
    """How many links to places of the file the block has, if it has little else."""
    if block.kind not in ("list", "table", "paragraph"):
        return 0
    lines = [line for line in outline.lines[block.start : block.end] if not line.tag]
    text = " ".join(line.text for line in lines if not line.code)
    links = ANCHOR_LINK.findall(text)
    if not links:
        return 0
    rest = re.findall(r"[^\W\d_]{2,}", ANCHOR_LINK.sub(" ", text))
    words = re.findall(r"[^\W\d_]{2,}", " ".join(name for name, _ in links))
    return len(links) if len(rest) <= max(2, len(words) // 4) else 0


def titles_above(outline: Outline, at: int, end: int) -> Iterator[int]:
    """The summary and the heading of a contents list that is all there is below them."""
    lines = outline.lines
    while at > 0 and (not lines[at - 1].text.strip() or lines[at - 1].tag):
        at -= 1
        if lines[at].tag == "summary":
            yield at
    following = next((line for line in lines[end:] if re.search(r"\w", line.text) and not line.tag), None)
    level = marks(lines[at - 1].text) if at else 0
    if (level and (following is None or 0 < marks(following.text) <= level)) or (
        at
        and (
            CONTENTS.fullmatch(lines[at - 1].text)
            or re.fullmatch(r"\W*questions?\W*", lines[at - 1].text, re.IGNORECASE)
        )
    ):
        yield at - 1


def marks(text: str) -> int:
    """The level of a heading, 0 for any other line."""
    found = re.match(r" {0,3}(#{1,6})\s", text)
    return len(found[1]) if found else 0
