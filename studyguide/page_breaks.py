"""Say where a printed page begins in terms that hold in the EPUB as well.

A place is an address (the identifier before a block, the block's tag, how many such blocks lie between) and a number of
letters. A letter counts alike in both media; white space, hyphens, notes and page numbers do not count. The functions walk
lxml trees and WeasyPrint's trees, which have the same interface.
"""

from collections.abc import Iterator
from functools import cache
from typing import Any, NamedTuple

Element = Any  # lxml.etree._Element, or the element of a WeasyPrint box

_BLOCK_TAGS = {
    "p", "li", "pre", "figure", "figcaption", "caption", "td", "th", "dt", "dd", "h1", "h2", "h3", "h4", "h5", "h6",
}  # fmt: skip
INLINE_TAGS = {"a", "span", "sup"}
"""Elements whose identifier no block is counted from."""
_PICTURE_TAGS = {"img", "svg", "math"}
LAST_PAGE = "end="
"""Stands before a name, in a link, that means the last page of what has the name. No identifier has the sign of equality."""
PICTURE = "\ufffc"
"""The character that a figure or a formula counts as."""
_UNCOUNTED_CLASSES = {"at", "hole", "pages", "footnote", "noteref"}
"""Classes of elements that only one of the media has, or has elsewhere."""


class BlockAddress(NamedTuple):
    """Which block of a document: found again in every medium."""

    anchor: str
    """The last identifier at or before the block; empty if there is none."""
    tag: str
    serial: int
    """The number of blocks of that tag between the anchor and the block."""


class PageStart(NamedTuple):
    """The place at which the text of a page begins."""

    address: BlockAddress
    letters: int
    """The number of letters and digits of the block on earlier pages; a picture counts as one."""


class PageBreak(NamedTuple):
    """The beginning of a page of a printed book."""

    label: str
    """The printed page number."""
    start: PageStart | None
    """None for a blank page."""


def find_blocks(root: Element) -> Iterator[tuple[BlockAddress, Element]]:
    """Yield each block of a document with its address."""
    anchor, counts = "", dict[str, int]()
    for element in root.iter("*"):
        tag = _remove_namespace(element.tag)
        if tag not in INLINE_TAGS and element.get("id"):
            anchor, counts = element.get("id"), {}
        if is_block(element):
            yield BlockAddress(anchor, tag, counts.get(tag, 0)), element
            counts[tag] = counts.get(tag, 0) + 1


@cache
def _remove_namespace(tag: str) -> str:
    return str(tag).rpartition("}")[2]


def is_block(element: Element) -> bool:
    """True for an element that letters are counted in: a paragraph, a cell, a displayed formula."""
    tag = _remove_namespace(element.tag)
    return (tag in _BLOCK_TAGS and not is_uncounted(element)) or (tag == "div" and is_picture(element))


def is_picture(element: Element) -> bool:
    """True for a figure or a formula."""
    return _remove_namespace(element.tag) in _PICTURE_TAGS or "formula" in element.get("class", "").split()


def is_uncounted(element: Element) -> bool:
    """True if the letters of an element do not count, because another medium does not have them there."""
    return not _UNCOUNTED_CLASSES.isdisjoint(element.get("class", "").split())


def count_letters(text: str) -> int:
    """Count the characters that every medium has: no white space and no hyphens."""
    return sum(map(is_counted, text))


def is_counted(character: str) -> bool:
    """True for letters, digits and ``PICTURE``."""
    return character.isalnum() or character == PICTURE
