"""Flash cards in text: `question::answer` (or `;;`), a `?` on a line of its own between both, or `: ` before the answer."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from studyguide.importers.model import CODE_SPAN, Line
from studyguide.importers.outline import Candidate, Outline, asks, make
from studyguide.markdown_blocks import Block

COLONS = re.compile(r"(?<![:;])(?:::{1,2}|;;)(?![:;])")
BULLET = re.compile(r"^\s*(?:(?:[-*+]|\d{1,4}[.)])\s+)?")
BETWEEN = re.compile(r"^\s*\?{1,2}\s*$")
DEFINED = re.compile(r"^\s{0,3}:\s+(?=\S)")
TAGS = re.compile(r"^\s*(?:#[^\s#]+\s*)+$")
"""A line of tags, such as `#flashcards/history`."""
MOST = 0.6
"""The share of its lines that are cards which makes a file a deck: one word, such as `France::Paris`, is a card in it."""


def find(outline: Outline) -> Iterator[Candidate]:
    deck = is_deck(outline)
    found = sorted(list_cards(outline, deck), key=lambda each: each.start)
    for each, following in pairwise([*found, None]):
        # In a deck a card ends where the next begins, however that is written.
        is_open = each and deck and following and each.end is None
        if each:
            yield replace(each, end=following.start) if is_open and following else each


def list_cards(outline: Outline, deck: bool) -> Iterator[Candidate]:
    """Every card, those of one block after those of another."""
    for block in outline.top:
        if block.kind == "paragraph":
            yield from carded(outline, block, deck)
        elif block.kind == "list":
            yield from one_a_line(outline, block, deck)
    for above, block in pairwise(outline.top):
        first, second = (DEFINED.match(outline.lines[each.start].text) for each in (above, block))
        if above.kind == block.kind == "paragraph" and second and not first:
            yield from card(outline, "definition", above.start, above.end, block.start, block.end)


def is_deck(outline: Outline) -> bool:
    """True if most lines of a file are cards, and their fronts differ."""
    fronts: list[str] = []
    count, said = 0, 0
    for block in outline.top:
        if block.kind not in ("paragraph", "list"):
            said += 0 if block.kind in ("heading", "rule") else block.end - block.start
            continue
        lines = [line.text for line in outline.lines[block.start : block.end] if is_said(line)]
        said += len(lines)
        marks = [at for at, text in enumerate(lines) if at and BETWEEN.match(text)]
        if marks:
            count += len(lines)
            fronts += [f"{lines[at - 1]}?" for at in marks]
        else:
            found = [sides[0] for text in lines if (sides := read_sides(text, True))]
            count += len(found)
            fronts += found
    alike = len(fronts) - len(set(fronts))
    return bool(fronts) and alike <= 0.3 * len(fronts) and count >= MOST * said and (len(fronts) > 1 or asks(fronts[0]))


def is_said(line: Line) -> bool:
    """True if a line holds words of its author."""
    return bool(line.text.strip()) and not line.code and not TAGS.match(line.text)


def read_sides(text: str, deck: bool) -> tuple[str, str] | None:
    """The front and the back of the card that a line is; none if it is no card. A ``deck`` has fronts of one word too."""
    bare = BULLET.sub("", text)
    found = COLONS.search(CODE_SPAN.sub(lambda span: "`" * len(span[0]), bare))
    if not found:
        return None
    front, back = bare[: found.start()].strip(), bare[found.end() :].strip()
    if not back or not re.search(r"[^\W_]", front) or "|" in front or "](" in front:
        return None
    if not deck and (len(front.split()) < 2 or "`" in front):
        return None
    return front, back


def one_a_line(outline: Outline, block: Block, deck: bool) -> Iterator[Candidate]:
    """The cards of a list; outside of a ``deck`` of one that holds nothing else."""
    places = [at for at in range(block.start, block.end) if is_said(outline.lines[at])]
    sides = {at: read_sides(outline.lines[at].text, deck) for at in places}
    found = [(at, *both) for at, both in sides.items() if both]
    if found and (deck or len(found) == len(places)):
        yield from lined(outline, found, block.end, deck)


def lined(outline: Outline, found: Sequence[tuple[int, str, str]], end: int, deck: bool) -> Iterator[Candidate]:
    """The cards that are a line each, by that line; what stands below one, up to the next, belongs to it."""
    stops = [*(at for at, _, _ in found[1:]), end]
    for (at, asked, told), stop in zip(found, stops, strict=True):
        lead = (Line(f"**Answer:** {told}", outline.lines[at].origin),)
        made = make(outline, "cards", ("card", "colons"), at, at + 1, asked, lead=lead, end=stop)
        if made:
            yield replace(made, certain=made.certain or deck)


def carded(outline: Outline, block: Block, deck: bool) -> Iterator[Candidate]:
    """The cards of a paragraph: lines with both sides, and lines between whose sides another stands, one below the other."""
    lines = outline.lines[block.start : block.end]
    middle = next((at for at, line in enumerate(lines) if DEFINED.match(line.text)), 0)
    if middle and not any(BETWEEN.match(line.text) for line in lines):
        yield from card(outline, "definition", block.start, block.start + middle, block.start + middle, block.end)
        return
    sides = {at: read_sides(line.text, deck) for at, line in enumerate(lines) if is_said(line)}
    marks = [at for at, line in enumerate(lines) if at and BETWEEN.match(line.text)]
    if not marks and not deck and not all(sides.values()):
        return
    # The front of a card of several lines is the line above its mark; that of the first may have more.
    starts = {at: at for at, both in sides.items() if both and at + 1 not in marks}
    for mark in marks:
        above = [at for at in range(mark) if at in starts or at in marks]
        start = 0 if not above else mark - 1
        if start not in marks:
            starts[start] = mark
    ordered = sorted(starts)
    for start, stop in zip(ordered, [*ordered, len(lines)][1:], strict=True):
        first, mark = block.start + start, block.start + starts[start]
        if mark > first:
            for each in card(outline, "mark", first, mark, mark + 1, block.start + stop):
                # A card that stands alone goes on in the blocks below it.
                end = block.start + stop if stop < len(lines) else None
                yield replace(each, end=end, certain=each.certain or deck)
        elif both := sides[start]:
            yield from lined(outline, [(first, *both)], block.start + stop, deck)


def card(outline: Outline, form: str, start: int, middle: int, answer: int, end: int) -> Iterator[Candidate]:
    """The card whose question goes up to the line ``middle``, and whose answer is below."""
    title = " ".join(line.text.strip() for line in outline.lines[start:middle])
    told = [replace(line, text=DEFINED.sub("", line.text)) for line in outline.lines[answer:end]]
    lead = (Line("**Answer:**", outline.lines[middle].origin), *told)
    made = make(outline, "cards", ("card", form), start, end, title, lead=lead)
    if made:
        yield made
