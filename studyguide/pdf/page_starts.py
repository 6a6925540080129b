"""Say how each page of a document begins: pages that WeasyPrint has laid out → PageStarts."""

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from studyguide.page_breaks import (
    PICTURE,
    Element,
    PageStart,
    count_letters,
    find_blocks,
    is_block,
    is_uncounted,
)

Box = Any  # weasyprint.formatting_structure.boxes.Box


class _Piece(NamedTuple):
    """A run of text on a line, or a picture."""

    block: Element
    text: str


def find_page_starts(pages: Iterable[Box], root: Element) -> Iterator[PageStart | None]:
    """Yield how each page begins; None for one that has no text and no picture. ``root`` is the document's element."""
    addresses = {element: address for address, element in find_blocks(root)}
    letters_before: dict[Element, int] = {}
    heads: set[Element] = set()
    for page in pages:
        start = None
        for piece in _find_pieces(page.children[0], None, heads):
            before = letters_before.setdefault(piece.block, 0)
            if start is None and count_letters(piece.text):
                start = PageStart(addresses[piece.block], before)
            letters_before[piece.block] += count_letters(piece.text)
        yield start


def _find_pieces(box: Box, block: Element | None, heads: set[Element]) -> Iterator[_Piece]:
    """Yield the text and the pictures in blocks, in their order.

    Content that a style generates is left out, and so is the head of a table but where it first stands; ``heads`` has
    those that were seen.
    """
    if "::" in (box.element_tag or "") or box.style["position"] in ("absolute", "fixed"):
        return
    element = box.element
    if getattr(box, "is_header", False):
        if element in heads:
            return
        heads.add(element)
    if is_block(element):
        block = element
    if not is_uncounted(element):
        if block is not None and hasattr(box, "replacement"):
            yield _Piece(block, PICTURE)
        elif block is not None and hasattr(box, "text"):
            yield _Piece(block, box.text)
        for child in getattr(box, "children", ()):
            yield from _find_pieces(child, block, heads)
