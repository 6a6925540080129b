"""Make up the pages of a document that is laid out, where a compositor would not let them pass, and have it laid out again.

Reads WeasyPrint's pages and marks the elements that they are made of; lengths are pixels of CSS.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from math import floor
from typing import Any, NamedTuple

from studyguide.pdf.fill import SPARE, foot, inside, lowest
from studyguide.pdf.weasyprint_compat import get_page_boxes

# How small a figure becomes to stand on the page before, and how much of that page has to be empty without it.
NEARLY, HOLE = 0.72, 0.08
FEW = 0.12
"""How little of a page the end of an index may fill."""
FITTED = {"data-fit", "data-even"}
"""The marks of a table whose columns are as they are to be."""


def make_up(document: Any) -> bool:
    """Mark what is to be set otherwise; whether there was anything."""
    pages = get_page_boxes(document)
    marked = [omit_own_pages(document.pages), even_columns(pages)]
    return any(marked) or draw_back(pages) or end_listings(pages) or close_up(pages)


def omit_own_pages(pages: Sequence[Any]) -> bool:
    """Leave out the "(p. 42)" of what is on page 42 itself, and put it back where that moved away; whether any changed."""
    home = {name: page for page in reversed(pages) for name in page.anchors}
    own = {}
    for page in pages:
        for link in (box.element for _, _, _, box in page.links if box.element_tag == "a"):
            for number in (span for span in link.iter("span") if span.get("class") == "at"):
                # A link may end on a later page than it begins, and its number stands at its end.
                own[number] = home.get(link.get("href").partition("#")[2]) is page
    changed = [number for number, is_own in own.items() if number.get("style") == (None if is_own else "display:none")]
    for number in changed:
        # What is put back stays.
        number.set("style", "display:none" if own[number] else "display:inline")
    return bool(changed)


class Table(NamedTuple):
    """A table with a head, where it stands."""

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
    """Mark tables of one text that have the same heads to have the same columns; whether there were any."""
    placed = {table.element: table for page in pages for table in tables(page)}
    found = False
    for text in pages[0].children[0].element.iter():
        alike: dict[tuple[str, ...], list[Table]] = {}
        for table in (placed[child] for child in text if child in placed):
            alike.setdefault(table.titles, []).append(table)
        for group in alike.values():
            if len({table.widths for table in group}) > 1:
                found = True
                even(group)
    return found


def tables(page: Any) -> Iterator[Table]:
    """Those that may have other columns."""
    for box in inside(page):
        for child in getattr(box, "children", ()):
            if getattr(child, "is_table_wrapper", False) and not FITTED & child.element.attrib.keys():
                head = child.get_wrapped_table().children[0]
                if head.is_header:
                    yield Table(child.element, tuple(head.children[0].children), box.width)


def even(group: Sequence[Table]) -> None:
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


def draw_back(pages: Sequence[Any]) -> bool:
    """Mark the first figure that stands at the head of a page and would, a little smaller, fill a hole on the page before."""
    for before, page in pairwise(pages):
        figure = next((box for box in inside(page) if box.element_tag == "figure"), None)
        first = next((box for box in inside(page) if not getattr(box, "children", ())), None)
        if figure is None or first is None or first.element_tag != "img" or first not in inside(figure):
            continue
        room = foot(before) - SPARE - end(before)
        scale = (room - figure.border_height() + first.height) / first.height
        if room > HOLE * before.height and NEARLY <= scale < 1 and not first.element.get("data-fit"):
            first.element.set("data-fit", str(floor(scale * 1000) / 1000))
            first.element.set("style", f"width:auto;height:{floor(first.height * scale)}px")
            return True
    return False


def end(page: Any) -> float:
    """Where the last block of a page ends, with its margin; what goes on on the next page reaches to the foot."""
    *boxes, last = inside(page)
    around = (box for box in boxes if hasattr(box, "margin_bottom") and last in inside(box))
    ends = (box.position_y + box.margin_height() for box in around)
    return float(max((each for each in ends if each < foot(page) - SPARE), default=foot(page)))


def end_listings(pages: Sequence[Any]) -> bool:
    """Take the blank lines from pieces of code that end a page; whether there were any."""
    found = False
    for page in pages[:-1]:
        boxes = list(inside(page))
        pieces = [box for box in boxes if box.element_tag == "span" and box.element.get("class") == "kept"]
        if pieces and boxes[-1] in inside(pieces[-1]):
            found = strip_end(pieces[-1].element) or found
    return found


def strip_end(element: Any) -> bool:
    """Take the blank lines from the end of an element's text; whether there were any."""
    last, part = (element[-1], "tail") if len(element) else (element, "text")
    text = getattr(last, part) or ""
    if not text.endswith("\n\n"):
        return False
    setattr(last, part, text.rstrip("\n") + "\n")
    return True


def close_up(pages: Sequence[Any]) -> bool:
    """Mark an index to be set closer where few of its lines stand on a page of their own; whether it was not yet."""
    ends = [(page, columns) for page in pages if (columns := columns_on(page)) is not None]
    if len(ends) < 2:
        return False
    page, columns = ends[-1]
    few = max(map(lowest, inside(page))) - page.content_box_y() < FEW * page.height
    if not few or columns.get("data-fit"):
        return False
    columns.set("data-fit", "close")
    return True


def columns_on(page: Any) -> Any:
    """The element whose text stands in columns on this page, or nothing."""
    boxes = (box for box in inside(page) if box.element_tag == "div")
    return next((box.element for box in boxes if box.element.get("class") == "columns"), None)
