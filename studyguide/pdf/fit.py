"""Find what runs off the pages of a document that is laid out, and have it set smaller.

Reads WeasyPrint's boxes and marks the elements that they are made of; lengths are pixels of CSS.
"""

from collections.abc import Iterable, Iterator, Mapping
from math import ceil, floor
from typing import Any, NamedTuple

from studyguide.pdf.section_pages import Overflow
from studyguide.pdf.strips import is_turned

# What a table becomes, one after the other until it fits: classes of styles/book.css.
TABLE = ("wide", "wide small", "turned", "turned small")
# How small anything else may become.
LEAST = {"formula": 0.7, "figure": 0.25}
TOLERANCE = 2 / 3  # half a point
MILLIMETRE = 96 / 25.4


class Placed(NamedTuple):
    """A box where it stands on its page."""

    page: Any
    box: Any
    around: Any
    """The line or the block that it stands in."""
    anchor: str
    measure: float
    """The width that it may have."""

    @property
    def kind(self) -> str:
        if getattr(self.box, "text", "").strip():
            return "line"
        if self.box.is_table_wrapper:
            return "table"
        if not hasattr(self.box, "replacement"):
            return ""
        if self.box.element_tag == "img":
            return "figure"
        return "formula" if self.around.element.get("class") == "formula" else "inline formula"

    @property
    def whole(self) -> Any:
        """What it is a piece of: an element goes on on the next page, a line is made of several."""
        return self.around if self.kind == "line" else self.box.element

    @property
    def past_the_edge(self) -> float:
        width = self.box.margin_width()
        if self.kind == "line":
            # A space that is kept hangs beyond the end of its line.
            width *= len(self.box.text.rstrip()) / len(self.box.text)
        left, start = self.page.content_box_x(), self.box.position_x
        return float(max(left - start, start + width - left - self.measure))

    def past_the_foot(self, captions: Mapping[Any, float], page_height: float) -> float:
        if self.kind == "table":
            return 0  # it goes on on the next page
        # The box of a text is taller than its line.
        height = self.box.baseline if self.kind == "line" else self.box.margin_height()
        return float(height + captions.get(self.around.element, 0.0) - page_height)


class Excess(NamedTuple):
    """What reaches too far, and how far."""

    it: Placed
    tall: bool
    pixels: float


def beyond(pages: Iterable[Any], page_height: float, turned_measure: float) -> tuple[Excess, ...]:
    """What is wider than the measure or taller than a page's text, each element once."""
    # Only boxes of the margins have a keyword, such as `@top-left`.
    flow = [(page, box) for page in pages for box in page.children if not hasattr(box, "at_keyword")]
    boxes = [each for page, box in flow for each in placed(page, box, None, "", page.width, turned_measure)]
    captions = {each.around.element: each.box.margin_height() for each in boxes if each.box.element_tag == "figcaption"}
    found: dict[Any, Excess] = {}
    for each in boxes:
        if each.kind and each.past_the_edge > TOLERANCE:
            found.setdefault(each.whole, Excess(each, False, each.past_the_edge))
        elif each.kind and (foot := each.past_the_foot(captions, page_height)) > TOLERANCE:
            found.setdefault(each.whole, Excess(each, True, foot))
    return tuple(found.values())


def placed(page: Any, box: Any, around: Any, anchor: str, measure: float, turned_measure: float) -> Iterator[Placed]:
    """A box and those inside; neither what is placed on purpose nor the inside of a table that is itself too wide."""
    if box.style["position"] in ("absolute", "fixed"):
        return
    if box.element_tag == "section":
        anchor = box.element.get("id", anchor)
    measure = turned_measure if is_turned(box) else measure
    this = Placed(page, box, around, anchor, measure)
    yield this
    if this.kind != "table" or this.past_the_edge <= TOLERANCE:
        # Of all boxes that are displayed inline only lines can cut their text.
        inner = around if box.style["display"] == ("inline", "flow") and not hasattr(box, "text_overflow") else box
        for child in getattr(box, "children", ()):
            yield from placed(page, child, inner, anchor, measure, turned_measure)


def mend(excess: Excess) -> bool:
    """Mark the element to be set smaller, or wider; whether there was anything left to try."""
    it = excess.it
    if it.kind == "table":
        return widen(it)
    size = it.box.margin_height() if excess.tall else it.box.margin_width()
    return shrink(it, 1 - excess.pixels / size)


def widen(it: Placed) -> bool:
    table = it.box.element
    tried = table.get("data-fit")
    left = TABLE[TABLE.index(tried) + 1 :] if tried else TABLE
    if left:
        table.set("data-fit", left[0])
        table.set("style", f"margin-left:{it.page.content_box_x() - it.around.content_box_x():.1f}px")
    return bool(left)


def shrink(it: Placed, factor: float) -> bool:
    element = it.box.element
    tried = float(element.get("data-fit", "1"))
    scale = max(LEAST.get(it.kind, 1), floor(tried * factor * 1000) / 1000)
    if scale >= tried:
        return False
    element.set("data-fit", str(scale))
    if it.kind == "figure":
        element.set("style", f"width:auto;height:{it.box.height * scale / tried:.1f}px")
    else:
        element.set("style", f"{element.get('style')};font-size:{scale}em")
    return True


def overflow(excess: Excess, anchor: str) -> Overflow:
    """The same as a value, with what is left of it when the page is gone."""
    it = excess.it
    element = it.box.element
    match it.kind:
        case "table":
            text = " ".join(next(element.iter("tr")).itertext())
        case "figure":
            text = element.get("src")
        case "formula":
            text = element.get("data-tex")
        case "inline formula":
            text = " ".join(it.around.element.itertext())
        case _:
            text = "".join(box.text for box in it.around.descendants() if hasattr(box, "text"))
    return Overflow(it.kind, excess.tall, it.anchor or anchor, text, ceil(excess.pixels / MILLIMETRE))
