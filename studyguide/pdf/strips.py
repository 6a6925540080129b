"""Cut a laid-out galley into slices, and draw each by itself: WeasyPrint's boxes → Slices with their content.

A slice is a strip that is not yet taken out of WeasyPrint's document. Lengths are CSS pixels.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from studyguide.drawing_labels import MIN_POINTS
from studyguide.pdf.galley import Decoration, Rule
from studyguide.pdf.page_making import Break
from studyguide.pdf.section_pages import POINTS

Box = Any  # weasyprint.formatting_structure.boxes.Box
_Stream = Any  # weasyprint.pdf.stream.Stream

_AVOID = ("avoid", "avoid-page", "avoid-column")
_FORCE = ("page", "left", "right", "recto", "verso")
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6", "header")
LABEL_SIZE = "data-label"
"""The attribute of a drawing with the size in pixels in which its smallest words are set."""
MIN_LABEL_SIZE = MIN_POINTS / POINTS  # pixels
_MIN_FIGURE_SCALE = 0.82
"""A figure may be scaled to this share of its height to fill a page, if its smallest words stay as large as they have to be."""
_SIDES = ("top", "right", "bottom", "left")


@dataclass(eq=False, slots=True)
class Slice:
    """A slice of a galley."""

    kind: str
    """``line``, ``row``, ``picture`` or ``block``."""
    box: Box
    path: tuple[Box, ...]
    """The boxes around it, the outermost first."""
    top: float
    bottom: float
    positioned: list[Box] = field(default_factory=list)
    """Boxes with an absolute position, and floats, that are drawn with it."""
    begun: tuple[Box, ...] = ()
    """The boxes of ``path`` that begin with it, and empty boxes before it."""
    heads: tuple[int, ...] = ()
    """The slices of its table's head rows."""
    break_before: Break = Break.ALLOWED
    content: bytes = b""

    @property
    def outer(self) -> Box:
        """The box whose styles apply to breaks before and after it."""
        return getattr(self.box, "table_row", self.box)

    @property
    def is_turned(self) -> bool:
        """True if it belongs to a table that is printed sideways."""
        return any(is_turned(box) for box in (*self.path, self.box))

    def list_boxes(self) -> Iterator[Box]:
        """Yield the boxes inside it, itself included."""
        for box in (self.box, *self.positioned):
            yield from _list_descendants(box)


def is_turned(box: Box) -> bool:
    """True for a table that is printed sideways."""
    return box.element is not None and "turned" in box.element.get("data-fit", "").split()


def _resolve(box: Box) -> Box:
    """Return the box that a placeholder of a positioned box stands for."""
    return getattr(box, "_box", box)


def _list_descendants(box: Box) -> Iterator[Box]:
    box = _resolve(box)
    yield box
    for child in getattr(box, "children", ()):
        yield from _list_descendants(child)


# ---------------------------------------------------------------- cutting


class Cutter:
    """The slices of one galley, made from the boxes of a page of WeasyPrint. Heights are those of pages, in pixels."""

    def __init__(self, page: Box, page_height: float, turned_height: float) -> None:
        self.slices: list[Slice] = []
        self.decorations: list[Decoration] = []
        self._page_height, self._turned_height = page_height, turned_height
        self._positioned: list[Box] = []
        self._begun: list[Box] = []
        """Containers that begin with the next slice."""
        self._walk(_resolve(page.children[0]), ())
        self._attach_positioned()
        if self._begun and self.slices:
            self.slices[-1].begun += tuple(self._begun)
        self._widen()
        for before, after in zip(self.slices, self.slices[1:], strict=False):
            after.break_before = self._judge_break(before, after)

    def _walk(self, box: Box, path: tuple[Box, ...]) -> None:
        kind = self._find_kind(box, path)
        if kind:
            self._add(Slice(kind, box, path, *_measure(box)))
            return
        if box.is_table_wrapper:
            self._begun.append(box)
            self._walk_table(box, path)
            return
        first = len(self.slices)
        self._begun.append(box)
        inner = (*path, box)
        for child in map(_resolve, getattr(box, "children", ())):
            if child.style["position"] in ("absolute", "fixed") or child.is_floated():
                self._positioned.append(child)
            else:
                self._walk(child, inner)
        if len(self.slices) > first and box.element_tag not in ("html", "body") and _is_decorated(box):
            self.decorations.append(_decorate(box, first, len(self.slices)))

    def _find_kind(self, box: Box, path: Sequence[Box]) -> str:
        from weasyprint.formatting_structure import boxes

        if isinstance(box, boxes.LineBox):
            return "line"
        if isinstance(box, boxes.ReplacedBox):
            return "picture"
        if isinstance(box, (boxes.FlexContainerBox, boxes.GridContainerBox)):
            return "block"
        if not isinstance(box, boxes.BlockLevelBox) or box.element_tag in ("html", "body"):
            return ""
        limit = self._turned_height if any(map(is_turned, (*path, box))) else self._page_height
        is_kept = box.style["break_inside"] in _AVOID and box.border_height() <= limit
        if box.element_tag == "figure" and not _is_decorated(box):
            return ""  # its picture may be scaled, its caption not
        if is_kept and not _has_ruled_space(box):
            return "block"
        is_empty = not getattr(box, "children", ()) and not box.is_table_wrapper
        return "block" if is_empty and (box.height or _is_decorated(box)) else ""

    def _walk_table(self, wrapper: Box, path: tuple[Box, ...]) -> None:
        """Make a slice of each row. The borders of the table are cut with the rows."""
        table = wrapper.get_wrapped_table()
        for child in wrapper.children:
            if child is not table:
                self._walk(child, (*path, wrapper))
        grid = getattr(table, "collapsed_border_grid", None)
        heads: list[int] = []
        number = 0
        for group in table.children:
            for row in group.children:
                piece = _cut_row(wrapper, table, group, row, grid, number)
                number += 1
                slice_ = Slice(
                    "row", piece, (*path, wrapper, table, group), row.position_y, row.position_y + row.height
                )
                if group.is_header:
                    heads.append(len(self.slices))
                else:
                    slice_.heads = tuple(heads)
                self._add(slice_)

    def _add(self, slice_: Slice) -> None:
        slice_.begun = tuple(self._begun)
        self._begun = []
        self.slices.append(slice_)

    def _attach_positioned(self) -> None:
        """Draw each box with an absolute position with the slice that it is nearest to."""
        for box in self._positioned:
            middle = box.position_y + box.margin_height() / 2
            if not self.slices:
                self.slices.append(Slice("block", box, (), box.position_y, box.position_y))
                continue
            nearest = min(self.slices, key=lambda each: max(each.top - middle, middle - each.bottom, 0.0))
            nearest.positioned.append(box)

    def _widen(self) -> None:
        """Give the padding of containers to their first and last slices, which stay apart from their neighbours."""
        last_of: dict[Box, Slice] = {}
        for slice_ in self.slices:
            for box in slice_.path:
                last_of[box] = slice_
            tops = [box.border_box_y() for box in slice_.begun if _has_edge(box)]
            slice_.top = min([slice_.top, *tops])
        for box, slice_ in last_of.items():
            if _has_edge(box):
                slice_.bottom = max(slice_.bottom, box.border_box_y() + box.border_height())

    # ------------------------------------------------------------ breaks

    @cached_property
    def _lines(self) -> dict[Slice, tuple[int, int]]:
        """The number of lines before the end of each line of a paragraph, and in the paragraph."""
        paragraphs: dict[Box, list[Slice]] = {}
        for slice_ in self.slices:
            if slice_.kind == "line":
                paragraphs.setdefault(slice_.path[-1], []).append(slice_)
        return {slice_: (number, len(lines)) for lines in paragraphs.values() for number, slice_ in enumerate(lines, 1)}

    def _judge_break(self, before: Slice, after: Slice) -> Break:
        shared = 0
        while shared < min(len(before.path), len(after.path)) and before.path[shared] is after.path[shared]:
            shared += 1
        around = before.path[:shared]
        ends = (*before.path[shared:], before.outer)
        begins = (*after.path[shared:], after.outer)
        if after.top < before.bottom - 0.5:
            return Break.AVOID  # side by side: one stands beside the other
        if any(box.style["break_after"] in _FORCE for box in ends) or any(
            box.style["break_before"] in _FORCE for box in begins
        ):
            return Break.FORCED
        if any(self._is_kept_whole(box) for box in around):
            return Break.AVOID
        if before.kind == "line" and after.kind == "line" and before.path[-1] is after.path[-1]:
            number, count = self._lines[before]
            style = before.path[-1].style
            is_fault = number < min(style["orphans"], count) or count - number < min(style["widows"], count)
            return Break.WIDOW if is_fault else Break.PARAGRAPH
        if kind := _judge_end(ends):
            return kind
        if any(box.style["break_before"] in _AVOID for box in begins) or _is_head_row(before):
            return Break.AVOID
        if any(cell.rowspan > 1 for cell in getattr(before.outer, "children", ()) if hasattr(cell, "rowspan")):
            return Break.AVOID
        is_listing = all(_is_code_piece(each.box) for each in (before, after))
        return Break.LISTING if is_listing else Break.ALLOWED

    def _is_kept_whole(self, box: Box) -> bool:
        limit = self._turned_height if is_turned(box) else self._page_height
        return box.style["break_inside"] in _AVOID and box.border_height() <= limit

    @property
    def break_before(self) -> Break:
        """The break before the galley that its first boxes ask for."""
        if not self.slices:
            return Break.ALLOWED
        begins = (*self.slices[0].path, self.slices[0].outer)
        if any(box.style["break_before"] in _FORCE for box in begins):
            return Break.FORCED
        return Break.AVOID if any(box.style["break_before"] in _AVOID for box in begins) else Break.ALLOWED

    @property
    def break_after(self) -> Break:
        """The break after the galley that its last boxes ask for."""
        if not self.slices:
            return Break.ALLOWED
        ends = (*self.slices[-1].path, self.slices[-1].outer)
        if any(box.style["break_after"] in _FORCE for box in ends):
            return Break.FORCED
        return _judge_end(ends) or Break.ALLOWED


def _judge_end(ends: Sequence[Box]) -> Break | None:
    """Return the fault of a break after these boxes, or None."""
    kept = [box for box in ends if box.style["break_after"] in _AVOID]
    if not kept:
        return None
    return Break.HEADING if any(box.element_tag in _HEADINGS for box in kept) else Break.AVOID


def _has_ruled_space(box: Box) -> bool:
    """True for a question with room to write below it: the white above the lines may differ from page to page."""
    children = [_resolve(child) for child in getattr(box, "children", ())]
    return any(child.element is not None and child.element.get("class", "").startswith("space") for child in children)


def _is_head_row(slice_: Slice) -> bool:
    return slice_.kind == "row" and slice_.path[-1].is_header


def _is_code_piece(box: Box) -> bool:
    return box.element is not None and box.element.get("class") == "kept"


def _measure(box: Box) -> tuple[float, float]:
    """Return the top and the bottom of a box."""
    if not hasattr(box, "margin_top") or box.margin_top == "auto":
        return box.position_y, box.position_y + box.height
    if box.__class__.__name__ == "LineBox":
        return box.position_y, box.position_y + box.height
    return box.border_box_y(), box.border_box_y() + box.border_height()


def _cut_row(wrapper: Box, table: Box, group: Box, row: Box, grid: Any, number: int) -> Box:
    """Return a table of one row, at its place."""
    part = group.copy_with_children([row])
    part.is_header = part.is_footer = False
    one = table.copy_with_children([part])
    one.skipped_rows = 0
    if grid:
        vertical, horizontal = grid
        one.collapsed_border_grid = vertical[number : number + 1], horizontal[number : number + 2]
    piece = wrapper.copy_with_children([one])
    piece.table_row = row
    return piece


def _has_edge(box: Box) -> bool:
    """True if the box has padding or a border at its top or bottom."""
    if box.element_tag in ("html", "body") or not hasattr(box, "border_top_width") or not hasattr(box, "padding_top"):
        return False
    if box.__class__.__name__ == "PageBox":
        return False
    sizes = (box.padding_top, box.padding_bottom, box.border_top_width, box.border_bottom_width)
    return any(isinstance(size, (int, float)) and size > 0 for size in sizes)


# ---------------------------------------------------------------- decorations


def _is_decorated(box: Box) -> bool:
    """True if the box has a border or a background."""
    if any(box.style[f"border_{side}_width"] for side in _SIDES):
        return True
    return bool(
        box.background and (box.background.color.alpha > 0 or any(layer.image for layer in box.background.layers))
    )


def _decorate(box: Box, first: int, last: int) -> Decoration:
    top, left = box.border_box_y(), box.border_box_x()
    background = box.background.color if box.background and box.background.color.alpha > 0 else None
    return Decoration(
        first,
        last,
        left,
        left + box.border_width(),
        top,
        top + box.border_height(),
        _to_rgb(background) if background is not None else None,
        tuple(
            (float(getattr(box, f"border_{side}_width")), _to_rgb(_get_colour(box, f"border_{side}_color")))
            for side in _SIDES
        ),
    )


def _get_colour(box: Box, name: str) -> Any:
    colour = box.style[name]
    return box.style["color"] if colour == "currentcolor" else colour


def _to_rgb(colour: Any) -> tuple[float, float, float]:
    red, green, blue = colour.to("srgb").coordinates
    return float(red), float(green), float(blue)


def find_rule(slice_: Slice) -> Rule | None:
    """Return the ruled line that may be repeated below a slice, or None."""
    for box in slice_.list_boxes():
        if box.element is not None and box.element.get("class") == "space grows" and getattr(box, "children", ()):
            line = _resolve(box.children[-1])
            width = float(line.border_bottom_width)
            colour = _to_rgb(_get_colour(line, "border_bottom_color"))
            return Rule(line.border_box_x(), line.border_width(), width, colour, line.border_height())
    return None


def find_shrinkable(slice_: Slice) -> tuple[float, float]:
    """Return the height in pixels that a picture of a figure may lose, and the x of its middle."""
    is_figure = slice_.kind == "picture" and slice_.box.element_tag == "img"
    if not is_figure or not any(box.element_tag == "figure" for box in slice_.path):
        return 0.0, 0.0
    box = slice_.box
    smallest = float(box.element.get(LABEL_SIZE, "inf"))
    least = min(1.0, max(_MIN_FIGURE_SCALE, MIN_LABEL_SIZE / smallest))
    return box.height * (1 - least), box.content_box_x() + box.width / 2


def find_trailing(slice_: Slice) -> float:
    """Return the height in pixels of the blank lines that end a piece of code."""
    if not _is_code_piece(slice_.box):
        return 0.0
    text = "".join(slice_.box.element.itertext())
    blank = len(text) - len(text.rstrip("\n")) - 1
    if blank <= 0:
        return 0.0
    line = next((box for box in _list_descendants(slice_.box) if box.__class__.__name__ == "LineBox"), None)
    return blank * line.height if line is not None else 0.0


class WholePage:
    """A page that WeasyPrint made up itself, as one slice: a cover, or the furniture of pages."""

    break_before = break_after = Break.FORCED

    def __init__(self, page: Box) -> None:
        self.slices = [Slice("page", page, (), 0.0, float(page.margin_height()))]
        self.decorations: list[Decoration] = []


# ---------------------------------------------------------------- drawing


def draw_slices(page: Box, stream: _Stream, slices: Sequence[Slice]) -> None:
    """Write the content of each slice, by itself, into ``Slice.content``."""
    for slice_ in slices:
        own = stream.clone()
        with own.stacked():
            _draw_slice(page, own, slice_)
        slice_.content = b"\n".join(
            each if isinstance(each, bytes) else each.encode() if isinstance(each, str) else each.data
            for each in own.stream
        )


def _draw_slice(page: Box, stream: _Stream, slice_: Slice) -> None:
    from weasyprint import draw
    from weasyprint.stacking import StackingContext, _dispatch_children

    if slice_.kind == "page":
        draw.draw_page(page, stream)
        return
    if slice_.kind == "line":
        contexts: list[Any] = []
        floats: list[Any] = []
        line = _dispatch_children(slice_.box, page, contexts, [], floats, {})
        draw.draw_inline_level(stream, page, line)
        for context in (*floats, *contexts):
            draw.draw_stacking_context(stream, context)
    else:
        draw.draw_stacking_context(stream, StackingContext.from_box(slice_.box, page))
    for box in slice_.positioned:
        if box is not slice_.box:
            draw.draw_stacking_context(stream, StackingContext.from_box(box, page))
