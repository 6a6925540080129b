"""Find what runs off the pages of a laid-out document, and mark it to be set smaller: WeasyPrint's boxes → Excesses, Overflows.

A mark is an attribute of the box's element, which the next layout reads. Lengths are CSS pixels.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from math import ceil, floor
from typing import Any, NamedTuple

from studyguide.pdf.section_pages import Overflow
from studyguide.pdf.strips import LABEL_SIZE, MIN_LABEL_SIZE, is_turned

# Classes of styles/book.css that are tried on a table, one after the other, until it fits.
_TABLE_CLASSES = ("wide", "wide small", "turned", "turned small")
# Shares of their size to which other things may shrink.
MIN_SCALES = {"formula": 0.7, "figure": 0.25}
_TOLERANCE = 2 / 3  # pixels: half a point
_MILLIMETRE = 96 / 25.4  # pixels


class PlacedBox(NamedTuple):
    """A box at its place on a page."""

    page: Any
    box: Any
    around: Any
    """The line or the block around it."""
    measure: float
    """The width that it may have, in pixels."""

    @property
    def kind(self) -> str:
        """A kind of ``Overflow``; empty for a box that is not checked."""
        if getattr(self.box, "text", "").strip():
            return "line"
        if self.box.is_table_wrapper:
            return "table"
        if not hasattr(self.box, "replacement"):
            return ""
        if self.box.element_tag == "img":
            return "figure"
        return "formula" if "formula" in self.around.element.get("class", "").split() else "inline formula"

    @property
    def owner(self) -> Any:
        """The element of the box, which may have boxes on several pages; of a text, the line, which may have several boxes."""
        return self.around if self.kind == "line" else self.box.element

    @property
    def start_side(self) -> str:
        """The side of the page at which lines begin, and at which there is a side column: ``left`` or ``right``."""
        return "right" if self.page.style["direction"] == "rtl" else "left"

    @property
    def free_sides(self) -> tuple[float, float]:
        """The pixels between the measure of the page and the text around it, at the left and at the right."""
        left = self.around.content_box_x() - self.page.content_box_x()
        return left, self.page.width - left - self.around.width

    @property
    def excess_width(self) -> float:
        """The pixels by which it is wider than the measure; 0 or less if it fits."""
        width = self.box.margin_width()
        if self.kind == "line":
            # A space that is kept hangs beyond the end of its line.
            width *= len(self.box.text.rstrip()) / len(self.box.text)
        left, start = self.page.content_box_x(), self.box.position_x
        if self.start_side == "right":
            left += self.page.width - self.measure
        return float(max(left - start, start + width - left - self.measure))

    def find_excess_height(self, captions: Mapping[Any, float], page_height: float) -> float:
        """Return the pixels by which it is taller than a page; 0 or less if it fits.

        ``captions`` are the heights of captions in pixels, by the element of the figure.
        """
        if self.kind == "table":
            return 0  # a table continues on the next page
        # The box of a text is taller than its line.
        height = self.box.baseline if self.kind == "line" else self.box.margin_height()
        return float(height + captions.get(self.around.element, 0.0) - page_height)


class Excess(NamedTuple):
    """A box that is too wide or too tall, and by how much."""

    placed: PlacedBox
    is_tall: bool
    """True if it is too tall, False if it is too wide."""
    pixels: float


def find_excesses(pages: Iterable[Any], page_height: float, turned_measure: float) -> tuple[Excess, ...]:
    """Return what is wider than the measure or taller than a page's text, each element once; lengths are pixels."""
    # Only boxes of the margins have a keyword, such as `@top-left`.
    flow = [(page, box) for page in pages for box in page.children if not hasattr(box, "at_keyword")]
    boxes = [each for page, box in flow for each in _find_placed_boxes(page, box, None, page.width, turned_measure)]
    captions = {each.around.element: each.box.margin_height() for each in boxes if each.box.element_tag == "figcaption"}
    found: dict[Any, Excess] = {}
    for each in boxes:
        if each.kind and each.excess_width > _TOLERANCE:
            found.setdefault(each.owner, Excess(each, False, each.excess_width))
        elif each.kind and (foot := each.find_excess_height(captions, page_height)) > _TOLERANCE:
            found.setdefault(each.owner, Excess(each, True, foot))
    return tuple(found.values())


def widen_small_labels(pages: Iterable[Any], find_label_share: Callable[[str], float]) -> bool:
    """Mark drawings whose smallest words are too small to be set wider, into the side column; return True if there is one.

    ``find_label_share`` returns the size of a drawing's smallest words as a part of its width, by its address; 0 if it has none. A drawing
    that its author gave a size keeps it. Each drawing is told the size of its words. Its caption gets the same room, so that both
    have one axis.
    """
    found = False
    for page in pages:
        for box in page.children:
            margins, figure = "", None
            for placed in (
                () if hasattr(box, "at_keyword") else _find_placed_boxes(page, box, None, page.width, page.width)
            ):
                if placed.kind == "figure":
                    share = find_label_share(placed.box.element.get("src", ""))
                    margins = _widen_drawing(placed, share) if share else ""
                    found |= bool(margins)
                elif margins and placed.box.element_tag == "figcaption":
                    placed.box.element.set("style", margins)
                elif placed.box.element_tag == "figure" and placed.box.element is not figure:
                    # The lines of a figure have its element, too.
                    margins, figure = "", placed.box.element
    return found


def _widen_drawing(placed: PlacedBox, share: float) -> str:
    """Mark a drawing to be as wide as its words need, or as the page has room for.

    Returns the margins, as CSS, of a caption that has the room of the drawing; an empty text if the drawing does not become wider.
    """
    element, width = placed.box.element, placed.box.width
    element.set(LABEL_SIZE, f"{share * width:.2f}")
    side, (at_left, at_right) = placed.start_side, placed.free_sides
    at_start, at_end = (at_left, at_right) if side == "left" else (at_right, at_left)
    room = placed.around.width + at_start
    wanted = min(MIN_LABEL_SIZE / share, room)
    is_figure = placed.box.style["display"] == ("block", "flow")
    if element.get("style") or not is_figure or wanted <= width + _TOLERANCE:
        return ""
    element.set("data-wide", "")
    # Into the side column only as far as the room behind it does not do.
    margin = min(0.0, placed.around.width + at_end - wanted)
    element.set("style", f"width:{wanted:.1f}px;max-width:none;margin-{side}:{margin:.1f}px")
    end = min(0.0, placed.around.width - wanted - margin)
    return f"margin-{side}:{margin:.1f}px;margin-{'right' if side == 'left' else 'left'}:{end:.1f}px"


def _find_placed_boxes(page: Any, box: Any, around: Any, measure: float, turned_measure: float) -> Iterator[PlacedBox]:
    """Yield a box and the boxes inside it, each with its place.

    Boxes with an absolute or fixed position are left out, and so is the inside of a table that is too wide.
    """
    if box.style["position"] in ("absolute", "fixed"):
        return
    measure = turned_measure if is_turned(box) else measure
    placed = PlacedBox(page, box, around, measure)
    yield placed
    if placed.kind != "table" or placed.excess_width <= _TOLERANCE:
        # Of all boxes that are displayed inline only lines can cut their text.
        inner = around if box.style["display"] == ("inline", "flow") and not hasattr(box, "text_overflow") else box
        for child in getattr(box, "children", ()):
            yield from _find_placed_boxes(page, child, inner, measure, turned_measure)


def shrink_excess(excess: Excess) -> bool:
    """Mark the element to be set smaller, or a table to be set wider; return False if nothing is left to try."""
    placed = excess.placed
    if placed.kind == "table":
        return _widen_table(placed)
    size = placed.box.margin_height() if excess.is_tall else placed.box.margin_width()
    return _shrink_box(placed, 1 - excess.pixels / size)


def _widen_table(placed: PlacedBox) -> bool:
    """Mark a table with the next class that was not tried; return False if there is none."""
    table = placed.box.element
    tried = table.get("data-fit")
    untried = _TABLE_CLASSES[_TABLE_CLASSES.index(tried) + 1 :] if tried else _TABLE_CLASSES
    if untried:
        table.set("data-fit", untried[0])
        side, (at_left, at_right) = placed.start_side, placed.free_sides
        table.set("style", f"margin-{side}:{-(at_left if side == 'left' else at_right):.1f}px")
    return bool(untried)


def _shrink_box(placed: PlacedBox, factor: float) -> bool:
    """Mark an element to be scaled by a factor, as far as its kind may shrink; return False if it cannot become smaller."""
    element = placed.box.element
    tried = float(element.get("data-fit", "1"))
    scale = max(MIN_SCALES.get(placed.kind, 1), floor(tried * factor * 1000) / 1000)
    if scale >= tried:
        return False
    element.set("data-fit", str(scale))
    if placed.kind == "figure":
        element.set("style", f"width:auto;height:{placed.box.height * scale / tried:.1f}px")
    else:
        element.set("style", f"{element.get('style')};font-size:{scale}em")
    return True


def make_overflow(excess: Excess, numbers: Mapping[Any, int]) -> Overflow:
    """Return an excess as a value without boxes; ``numbers`` are those of the elements of its block."""
    placed = excess.placed
    element = placed.box.element
    match placed.kind:
        case "table":
            text = " ".join(next(element.iter("tr")).itertext())
        case "figure":
            text = element.get("src")
        case "formula":
            text = element.get("data-tex")
        case "inline formula":
            text = " ".join(placed.around.element.itertext())
        case _:
            text = "".join(box.text for box in placed.around.descendants() if hasattr(box, "text"))
    number = numbers.get(placed.around.element if placed.kind == "line" else element, 0)
    return Overflow(placed.kind, excess.is_tall, text, ceil(excess.pixels / _MILLIMETRE), number)
