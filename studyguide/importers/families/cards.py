"""Flash cards in text: both sides on a line, ``question::answer``, or a sign on a line or at its start between them."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from studyguide.importers.candidates import Candidate, make_candidate
from studyguide.importers.document import Document, Node
from studyguide.importers.families.flow import walk_flow
from studyguide.importers.model import CODE_SPAN, Line

_SEPARATORS = (re.compile(r"(?<![:;])(?:::{1,2}|;;)(?![:;])"), re.compile(r"\t+|\s(?:=>|->|→|⇒|—|–)\s"))
"""Signs between the sides of a card: those that need nothing more, and those that do where the front asks."""
_POINTS = re.compile("[>→⇒]")
"""The sign of an arrow; behind a dash or a tab the front has to have a question mark."""
_BULLET = re.compile(r"^\s*(?:(?:[-*+]|\d{1,4}[.)])\s+)?")
_BETWEEN = re.compile(r"^\s*\?{1,2}\s*$")
_DEFINED = re.compile(r"^\s{0,3}:\s+(?=\S)")
_SIDE_LABELS = re.compile(
    r"^\s*(?P<front>front|vorderseite|recto)\s*:\s+|^\s*(?P<back>back|rückseite|verso)\s*:\s+", re.IGNORECASE
)
_PICTURE = re.compile(r"!\[\[[^\[\]]*\]\]|!\[[^\[\]]*\]\([^()]*\)")
_TAGS = re.compile(r"^\s*(?:#[^\s#]+\s*)+$")
"""A line of tags, such as `#flashcards/history`."""
_DECK_SHARE = 0.6
"""The share of its lines that are cards which makes a file a deck: one word, such as `France::Paris`, is a card in it."""
_MAX_ALIKE = 0.3
"""The share of fronts that repeat another's; more are names of something else, such as `std::map`."""


def find(document: Document) -> Iterator[Candidate]:
    """Yield a candidate for each card; in a deck it ends where the next begins, however that is written."""
    is_deck = _is_deck(document)
    found = sorted(_list_cards(document, is_deck), key=lambda each: each.start)
    for each, following in pairwise([*found, None]):
        if each:
            is_open = is_deck and following and each.end is None
            yield replace(each, end=following.start) if is_open and following else each


def _list_cards(document: Document, is_deck: bool) -> Iterator[Candidate]:
    """Yield every card, those of one block after those of another."""
    flow = list(walk_flow(document, "paragraph", "list", "heading", "quote", "fence", "table"))
    for node in flow:
        if node.kind == "paragraph":
            yield from _read_paragraph(document, node, is_deck)
        elif node.kind == "list":
            yield from _read_list(document, node, is_deck)
    for above, node in pairwise(flow):
        first, second = (_DEFINED.match(document.lines[each.start].text) for each in (above, node))
        if above.kind == node.kind == "paragraph" and second and not first:
            yield from _make_card(document, "definition", _Card(above.start, above.end, node.start, node.end))


def _is_deck(document: Document) -> bool:
    """Return True if most lines of a file are cards, and their fronts differ."""
    fronts: list[str] = []
    cards, lines_with_text = 0, 0
    for node in walk_flow(document, "paragraph", "list", "quote", "fence", "table"):
        if node.kind not in ("paragraph", "list"):
            lines_with_text += node.end - node.start
            continue
        lines = [line.text for line in document.lines[node.start : node.end] if _has_words(line)]
        lines_with_text += len(lines)
        marks = [at for at, text in enumerate(lines) if at and _BETWEEN.match(text)]
        if marks:
            cards += len(lines)
            fronts += [lines[at - 1] for at in marks]
        else:
            found = [sides[0] for text in lines if (sides := _split_sides(document, text, True))]
            cards += len(found)
            fronts += found
    alike = len(fronts) - len(set(fronts))
    is_list = len(fronts) > 1 or bool(fronts and document.wording.asks(fronts[0]))
    return is_list and alike <= _MAX_ALIKE * len(fronts) and cards >= _DECK_SHARE * lines_with_text


def _has_words(line: Line) -> bool:
    """Return True if a line holds words of its author."""
    return bool(line.text.strip()) and not line.code and not _TAGS.match(line.text)


def _split_sides(document: Document, text: str, is_deck: bool) -> tuple[str, str] | None:
    """Return the front and the back of the card that a line is; None if it is no card."""
    bare = _BULLET.sub("", text)
    hidden = CODE_SPAN.sub(lambda span: "`" * len(span[0]), bare)
    certain, likely = (pattern.search(hidden) for pattern in _SEPARATORS)
    found = certain or likely
    if not found:
        return None
    front, back = bare[: found.start()].strip(), bare[found.end() :].strip()
    if not back or not re.search(r"[^\W_]", front) or "|" in front or "](" in front:
        return None
    if not certain and not (_POINTS.search(found[0]) or front.rstrip("*_ ").endswith(("?", "？"))):
        return None
    if not certain and (not document.wording.asks(front) or front.count("**") % 2):
        return None
    if not is_deck and (len(front.split()) < 2 or ("`" in front and not document.wording.asks(front))):
        return None
    return front, back


def _read_list(document: Document, node: Node, is_deck: bool) -> Iterator[Candidate]:
    """Yield the cards of a list; outside of a deck those of one that holds nothing else."""
    places = [at for at in range(node.start, node.end) if _has_words(document.lines[at])]
    sides = {at: _split_sides(document, document.lines[at].text, is_deck) for at in places}
    found = [(at, *both) for at, both in sides.items() if both]
    if found and (is_deck or len(found) == len(places)):
        yield from _read_lines(document, found, node.end, is_deck)


def _read_lines(
    document: Document, found: Sequence[tuple[int, str, str]], end: int, is_deck: bool
) -> Iterator[Candidate]:
    """Yield the cards that are a line each, by that line; text below one, up to the next, belongs to it."""
    stops = [*(at for at, _, _ in found[1:]), end]
    for (at, front, back), stop in zip(found, stops, strict=True):
        lead = (Line(f"**Answer:** {back}", document.lines[at].origin),)
        candidate = make_candidate(document, "cards", ("card", "line"), at, at + 1, front, lead=lead, end=stop)
        if candidate:
            yield replace(candidate, is_certain=is_deck)


def _read_paragraph(document: Document, node: Node, is_deck: bool) -> Iterator[Candidate]:
    """Yield the cards of a paragraph: lines with both sides, and lines between whose sides a sign stands."""
    lines = document.lines[node.start : node.end]
    middle = next((at for at, line in enumerate(lines) if _DEFINED.match(line.text)), 0)
    if middle and not any(_BETWEEN.match(line.text) for line in lines):
        first = node.start + middle
        yield from _make_card(document, "definition", _Card(node.start, first, first, node.end))
        return
    labels = [_SIDE_LABELS.match(line.text) for line in lines]
    if labels[0] and labels[0]["front"] and any(each and each["back"] for each in labels):
        back = next(at for at, each in enumerate(labels) if each and each["back"])
        yield from _make_card(document, "sides", _Card(node.start, node.start + back, node.start + back, node.end))
        return
    sides = {at: _split_sides(document, line.text, is_deck) for at, line in enumerate(lines) if _has_words(line)}
    marks = [at for at, line in enumerate(lines) if at and _BETWEEN.match(line.text)]
    if not marks and not is_deck and not all(sides.values()):
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
        first, mark = node.start + start, node.start + starts[start]
        if mark > first:
            for each in _make_card(document, "mark", _Card(first, mark, mark + 1, node.start + stop)):
                # A card that stands alone goes on in the blocks below it.
                end = node.start + stop if stop < len(lines) else None
                yield replace(each, end=end, is_certain=is_deck)
        elif both := sides[start]:
            yield from _read_lines(document, [(first, *both)], node.start + stop, is_deck)


@dataclass(frozen=True, slots=True)
class _Card:
    """The lines of a card: its first, the line after its front, the first of its back, the line after its last."""

    start: int
    front_end: int
    back: int
    end: int


def _make_card(document: Document, form: str, card: _Card) -> Iterator[Candidate]:
    lines = document.lines
    front_lines = lines[card.start : card.front_end]
    pictures = tuple(line for line in front_lines[1:] if _PICTURE.fullmatch(line.text.strip()))
    front = _SIDE_LABELS.sub("", " ".join(line.text.strip() for line in front_lines if line not in pictures))
    back = [
        replace(line, text=_SIDE_LABELS.sub("", _DEFINED.sub("", line.text))) for line in lines[card.back : card.end]
    ]
    lead = (*pictures, Line("**Answer:**", lines[card.front_end].origin), *back)
    found = make_candidate(document, "cards", ("card", form), card.start, card.end, front, lead=lead, end=card.end)
    if found:
        yield found
