"""Give tables of one text that have the same heads the same columns: WeasyPrint's boxes → marks on their elements.

A mark is an attribute of the table's element, which the next layout reads. Lengths are CSS pixels.
"""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

_SETTLED = {"data-fit", "data-even"}
"""The marks of a table whose columns are settled."""


class _Table(NamedTuple):
    """A table with a head, and the measure around it."""

    element: Any
    heads: tuple[Any, ...]
    """The boxes of its columns' heads."""
    room: float
    """The measure of the text around it."""

    @property
    def titles(self) -> tuple[str, ...]:
        return tuple("".join(head.element.itertext()) for head in self.heads)

    @property
    def widths(self) -> tuple[float, ...]:
        return tuple(head.border_width() for head in self.heads)


def even_columns(pages: Sequence[Any]) -> bool:
    """Mark tables of one text that have the same heads to have the same columns; return True if there were any."""
    placed = {table.element: table for page in pages for table in _find_tables(page)}
    if len(placed) < 2:
        return False
    found = False
    for text in pages[0].children[0].element.iter():
        alike: dict[tuple[str, ...], list[_Table]] = {}
        for table in (placed[child] for child in text if child in placed):
            alike.setdefault(table.titles, []).append(table)
        for group in alike.values():
            if len({table.widths for table in group}) > 1:
                found = True
                _even(group)
    return found


def _find_tables(box: Any) -> Iterator[_Table]:
    """Yield the tables inside a box whose columns may change."""
    for child in getattr(box, "children", ()):
        if hasattr(child, "at_keyword") or child.style["position"] in ("absolute", "fixed"):
            continue
        if getattr(child, "is_table_wrapper", False) and not _SETTLED & child.element.attrib.keys():
            groups = child.get_wrapped_table().children
            head = groups[0] if groups else None  # a table may be nothing but a caption
            if head and head.is_header:
                yield _Table(child.element, tuple(head.children[0].children), box.width)
        yield from _find_tables(child)


def _even(group: Sequence[_Table]) -> None:
    """Mark each column to be as wide as the widest of its kind, or as there is room for."""
    kinds = tuple(zip(*(table.widths for table in group), strict=True))
    least, most = sum(map(min, kinds)), sum(map(max, kinds))
    whole = min(most, *(table.room for table in group))
    share = (whole - least) / (most - least)
    widths = [min(kind) + share * (max(kind) - min(kind)) for kind in kinds]
    for table in group:
        table.element.set("data-even", "")
        table.element.set("style", f"width:{whole:.1f}px")
        for head, width in zip(table.heads, widths, strict=True):
            # Of a percentage WeasyPrint takes off what the longest word of another column needs.
            head.element.set("style", f"{head.element.get('style', '')};width:{width / whole:.2%}")
