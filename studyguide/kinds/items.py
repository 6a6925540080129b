"""An item as it is written: lines of Markdown, and where they stand."""

from typing import NamedTuple


class RawText(NamedTuple):
    """A text within the lines of a block."""

    lines: tuple[str, ...]
    """Without what makes them an item or a cell."""
    line: int
    """The first line, from 0, among those of the block."""
    column: int
    """The characters before it on that line."""


class RawItem(NamedTuple):
    """An item and, if it is matched with something, its partner."""

    text: RawText
    partner: RawText | None = None
    left_out: tuple[RawText, ...] = ()
    """The cells beyond that of the partner."""
