"""Matching: a table of two columns whose rows belong together. The second column is printed in another order."""

import re
from collections.abc import Iterator, Sequence

from studyguide.kinds.items import RawItem, RawText

_BAR = re.compile(r"(?<!\\)\|")
_ROWS_OF_HEAD = 2  # the heads of the columns, and the line of dashes


def read_items(lines: Sequence[str]) -> list[RawItem]:
    """Return an item for each row of a table; one without a second cell has no partner."""
    items = []
    for number, line in enumerate(lines[_ROWS_OF_HEAD:], _ROWS_OF_HEAD):
        if cells := list(_split_row(line, number)):
            items.append(RawItem(cells[0], cells[1] if len(cells) > 1 else None, tuple(cells[2:])))
    return items


def _split_row(line: str, number: int) -> Iterator[RawText]:
    """Yield the cells of a row; the bars around it are no cells."""
    bars = [match.start() for match in _BAR.finditer(line)]
    starts, ends = [0, *(bar + 1 for bar in bars)], [*bars, len(line)]
    spans = list(zip(starts, ends, strict=True))
    if spans and not line[slice(*spans[0])].strip():
        del spans[0]
    if spans and not line[slice(*spans[-1])].strip():
        del spans[-1]
    for start, end in spans:
        cell = line[start:end]
        yield RawText((cell.strip().replace("\\|", "|"),), number, start + len(cell) - len(cell.lstrip()))
