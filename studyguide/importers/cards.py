"""Flash cards in text: `question::answer`, a `?` on a line of its own between both, or `: ` before the answer."""

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

from studyguide.importers.model import Line
from studyguide.importers.outline import Candidate, Outline, make
from studyguide.markdown_blocks import Block

COLONS = re.compile(r"(?<!:):{2,3}(?!:)")
BULLET = re.compile(r"^\s*(?:[-*+]\s+)?")
BETWEEN = re.compile(r"^\s*\?{1,2}\s*$")
DEFINED = re.compile(r"^\s{0,3}:\s+(?=\S)")


def find(outline: Outline) -> Iterator[Candidate]:
    for block in outline.top:
        if block.kind in ("paragraph", "list"):
            yield from one_a_line(outline, block)
        if block.kind == "paragraph":
            yield from parted(outline, block)
    for above, block in pairwise(outline.top):
        first, second = (DEFINED.match(outline.lines[each.start].text) for each in (above, block))
        if above.kind == block.kind == "paragraph" and second and not first:
            yield from card(outline, "definition", above.start, above.end, block.start, block.end)


def one_a_line(outline: Outline, block: Block) -> Iterator[Candidate]:
    """The cards of a block that is nothing else."""
    lines = [(at, outline.lines[at]) for at in range(block.start, block.end) if outline.lines[at].text.strip()]
    sides = [COLONS.split(BULLET.sub("", line.text), 1) for _, line in lines]
    if all(len(each) == 2 and is_front(each[0]) and each[1].strip() for each in sides):
        for (at, line), (asked, told) in zip(lines, sides, strict=True):
            lead = (Line(f"**Answer:** {told.strip()}", line.origin),)
            made = make(outline, "cards", ("card", "colons"), at, at + 1, asked, lead=lead, end=at + 1)
            if made:
                yield made


def is_front(text: str) -> bool:
    """Whether this may be the front of a card: several words, of which none is code."""
    return len(text.split()) > 1 and not re.search(r"[`|]", text)


def parted(outline: Outline, block: Block) -> Iterator[Candidate]:
    """The card of a paragraph in which something stands between question and answer."""
    lines = outline.lines[block.start : block.end]
    at = next((at for at, line in enumerate(lines) if BETWEEN.match(line.text) or DEFINED.match(line.text)), 0)
    if at:
        middle = block.start + at
        defined = DEFINED.match(lines[at].text) is not None
        form, answer = ("definition", middle) if defined else ("mark", middle + 1)
        yield from card(outline, form, block.start, middle, answer, block.end)


def card(outline: Outline, form: str, start: int, middle: int, answer: int, end: int) -> Iterator[Candidate]:
    """The card whose question goes up to the line ``middle``, and whose answer is below."""
    title = " ".join(line.text.strip() for line in outline.lines[start:middle])
    told = [replace(line, text=DEFINED.sub("", line.text)) for line in outline.lines[answer:end]]
    lead = (Line("**Answer:**", outline.lines[middle].origin), *told)
    made = make(outline, "cards", ("card", form), start, end, title, lead=lead)
    if made:
        yield made
