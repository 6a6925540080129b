"""Ordering: a list with numbers in the right order, whose items are printed in another."""

import re
from collections.abc import Sequence

from studyguide.kinds.items import RawItem, RawText

_NUMBER = re.compile(r"\s{0,3}\d{1,9}[.)]\s+")


def read_items(lines: Sequence[str]) -> list[RawItem]:
    """Return the items of the outermost list; none if it has bullets."""
    starts = _find_starts(lines)
    items = []
    for (start, width), (end, _) in zip(starts, [*starts[1:], (len(lines), 0)], strict=False):
        below = [line[min(width, len(line) - len(line.lstrip())) :] for line in lines[start + 1 : end]]
        while below and not below[-1].strip():
            below.pop()
        items.append(RawItem(RawText((lines[start][width:], *below), start, width)))
    return items


def _find_starts(lines: Sequence[str]) -> list[tuple[int, int]]:
    """Return the line of each item, and how many characters stand before its text; what is indented that far belongs to the item."""
    starts: list[tuple[int, int]] = []
    for number, line in enumerate(lines):
        mark = _NUMBER.match(line)
        if mark and (not starts or len(line) - len(line.lstrip()) < starts[-1][1]):
            starts.append((number, mark.end()))
    return starts
