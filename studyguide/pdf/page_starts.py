"""Find the start of each strip of a galley, for a page that begins with it: boxes that WeasyPrint has laid out → PageStarts."""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from studyguide.page_breaks import (
    INLINE_TAGS,
    PICTURE,
    Element,
    PageStart,
    count_letters,
    find_blocks,
    is_block,
    is_uncounted,
)
from studyguide.pdf.strips import Slice

Box = Any  # weasyprint.formatting_structure.boxes.Box


class _Piece(NamedTuple):
    """A run of text on a line, or a picture."""

    block: Element
    text: str


class StartFinder:
    """The blocks of one galley, whose root element is ``root``."""

    def __init__(self, root: Element) -> None:
        self._addresses = {element: address for address, element in find_blocks(root)}
        self._end = _find_end(root)

    @property
    def end(self) -> tuple[str, tuple[tuple[str, int], ...]]:
        """The last identifier, or nothing, and the number of blocks of each tag after it."""
        return self._end

    def find_starts(self, slices: Sequence[Slice]) -> Iterator[PageStart | None]:
        """Yield the start of each slice; None for one that has no text and no picture."""
        letters_before: dict[Element, int] = {}
        for slice_ in slices:
            start = None
            for piece in _find_slice_pieces(slice_):
                before = letters_before.setdefault(piece.block, 0)
                if start is None and count_letters(piece.text):
                    start = PageStart(self._addresses[piece.block], before)
                letters_before[piece.block] += count_letters(piece.text)
            yield start


def _find_end(root: Element) -> tuple[str, tuple[tuple[str, int], ...]]:
    anchor, counts = "", dict[str, int]()
    for address, _ in find_blocks(root):
        if address.anchor != anchor:
            anchor, counts = address.anchor, {}
        counts[address.tag] = address.serial + 1
    last = next((element.get("id") for element in reversed(list(root.iter("*"))) if _has_anchor(element)), "")
    return (anchor, tuple(counts.items())) if last == anchor else (last, ())


def _find_slice_pieces(slice_: Slice) -> Iterator[_Piece]:
    block = None
    for box in slice_.path:
        if box.element is None:
            continue
        if is_block(box.element):
            block = box.element
        if is_uncounted(box.element):
            return
    # The first box of a page is that of its text; others are margins.
    text = slice_.box.children[0] if slice_.kind == "page" else slice_.box
    for box in (*(each for each in slice_.positioned if each.is_floated()), text):
        yield from _find_pieces(box, block)


def _find_pieces(box: Box, block: Element | None) -> Iterator[_Piece]:
    """Yield the text and the pictures in blocks, in their order, without content that a style generates."""
    if "::" in (box.element_tag or "") or box.style["position"] in ("absolute", "fixed"):
        return
    element = box.element
    if is_block(element):
        block = element
    if not is_uncounted(element):
        if block is not None and hasattr(box, "replacement"):
            yield _Piece(block, PICTURE)
        elif block is not None and hasattr(box, "text"):
            yield _Piece(block, box.text)
        for child in getattr(box, "children", ()):
            yield from _find_pieces(child, block)


def _has_anchor(element: Element) -> bool:
    return bool(element.get("id")) and element.tag not in INLINE_TAGS
