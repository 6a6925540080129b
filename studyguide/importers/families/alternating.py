"""Items of a list are in turn a question and its answer: ``* What is an oven?``, ``* An oven is a box.``"""

import re
from collections.abc import Iterator
from itertools import pairwise

from studyguide.importers.candidates import Candidate, make_candidate
from studyguide.importers.document import Document, Node
from studyguide.importers.families.flow import walk_flow
from studyguide.importers.model import Line

_MIN_PAIRS = 3
_MIN_SHARE = 0.8
"""The share of the items that are in pairs."""


def find(document: Document) -> Iterator[Candidate]:
    """Yield a candidate for each item that asks, of lists in which the item behind most of such does not."""
    items = [item for node in walk_flow(document, "list") if node.mark not in ".)" for item in node.children]
    pairs = [
        (first, second)
        for first, second in pairwise(items)
        if _asks(document, first) and not _asks(document, second) and not _has_heading_between(document, first, second)
    ]
    if len(pairs) < _MIN_PAIRS or 2 * len(pairs) < _MIN_SHARE * len(items):
        return
    for first, second in pairs:
        lead = _read_answer(document, second)
        title = _strip_mark(document.lines[first.start].text)
        form = ("item", "alternating")
        found = make_candidate(document, "alternating", form, first.start, second.end, title, lead=lead, end=second.end)
        if found:
            yield found


def _asks(document: Document, item: Node) -> bool:
    return document.wording.asks(_strip_mark(document.lines[item.start].text))


def _has_heading_between(document: Document, first: Node, second: Node) -> bool:
    return any(first.start < heading.start < second.start for heading in document.headings)


def _strip_mark(text: str) -> str:
    return re.sub(r"^\s*[-*+]\s+", "", text)


def _read_answer(document: Document, item: Node) -> tuple[Line, ...]:
    """Return the lines of an item without its mark and its indentation."""
    first, *below = document.lines[item.start : item.end]
    width = len(first.text) - len(_strip_mark(first.text))
    return (
        Line(f"**Answer:** {_strip_mark(first.text)}", first.origin),
        *(Line(line.text[min(width, line.indent) :], line.origin, line.code, line.tag) for line in below),
    )
