"""Ordering: a list with numbers in the right order, whose items are printed in another."""

import re
from collections.abc import Sequence

from studyguide.kinds.items import RawItem, RawText

_NUMBER = re.compile(r"\s{0,3}\d{1,9}[.)]\s+")


def read_items(lines: Sequence[str]) -> list[RawItem]:
    """Return the items of the outermost list."""
    starts = [number for number, line in enumerate(lines) if _NUMBER.match(line)]
    items = []
    for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
        mark = _NUMBER.match(lines[start])
        assert mark is not None
        width = mark.end()
        below = [line[min(width, len(line) - len(line.lstrip())) :] for line in lines[start + 1 : end]]
        while below and not below[-1].strip():
            below.pop()
        items.append(RawItem(RawText((lines[start][width:], *below), start, width)))
    return items
