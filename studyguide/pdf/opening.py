"""Say how each page of a document begins, in terms that hold in the EPUB as well: pages laid out → Openings.

Reads WeasyPrint's boxes and the elements that they are made of; ``outputs/pagelist.py`` walks the same elements there.
"""

from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any, NamedTuple

from studyguide.pdf.gathering import Opening

BLOCKS = {
    "p",
    "li",
    "pre",
    "figure",
    "figcaption",
    "caption",
    "td",
    "th",
    "dt",
    "dd",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
}
INLINE = {"a", "span", "sup"}
"""What may have an identifier that no block is counted from."""
PICTURES = {"img", "svg", "math"}
PICTURE = "\ufffc"
"""What a figure or a formula counts as."""
APART = {"at", "hole", "pages", "footnote", "noteref"}
"""Classes of what only one of the media has, or has elsewhere."""


def blocks(root: Any) -> Iterator[tuple[tuple[str, str, int], Any]]:
    """Each block of a document with its address: the identifier before it, its tag, how many of that tag lie between."""
    anchor, counts = "", dict[str, int]()
    for element in root.iter("*"):
        tag = local(element.tag)
        if tag not in INLINE and element.get("id"):
            anchor, counts = element.get("id"), {}
        if block(element):
            yield (anchor, tag, counts.get(tag, 0)), element
            counts[tag] = counts.get(tag, 0) + 1


@cache
def local(tag: str) -> str:
    """A tag without its namespace."""
    return str(tag).rpartition("}")[2]


def block(element: Any) -> bool:
    tag = local(element.tag)
    return (tag in BLOCKS and not apart(element)) or (tag == "div" and pictured(element))


def pictured(element: Any) -> bool:
    return local(element.tag) in PICTURES or "formula" in element.get("class", "").split()


def apart(element: Any) -> bool:
    return not APART.isdisjoint(element.get("class", "").split())


def letters(text: str) -> int:
    """How many characters count: white space and hyphens differ from one medium to the other."""
    return sum(map(lettered, text))


def lettered(character: str) -> bool:
    return character.isalnum() or character == PICTURE


class Piece(NamedTuple):
    """A run of text on a line, or a picture."""

    block: Any
    text: str


def openings(pages: Iterable[Any], root: Any) -> Iterator[Opening | None]:
    """How each page begins; nothing for one that has no text and no picture."""
    addresses = {element: address for address, element in blocks(root)}
    seen: dict[Any, int] = {}
    heads: set[Any] = set()
    for page in pages:
        opening = None
        for piece in pieces(page.children[0], None, heads):
            before = seen.setdefault(piece.block, 0)
            if opening is None and letters(piece.text):
                opening = Opening(*addresses[piece.block], before)
            seen[piece.block] += letters(piece.text)
        yield opening


def pieces(box: Any, around: Any, heads: set[Any]) -> Iterator[Piece]:
    """What stands in a block, in its order, but nothing that a style makes, and a table's head only where it begins."""
    if "::" in (box.element_tag or "") or box.style["position"] in ("absolute", "fixed"):
        return
    element = box.element
    if getattr(box, "is_header", False):
        if element in heads:
            return
        heads.add(element)
    if block(element):
        around = element
    if not apart(element):
        if around is not None and hasattr(box, "replacement"):
            yield Piece(around, PICTURE)
        elif around is not None and hasattr(box, "text"):
            yield Piece(around, box.text)
        for child in getattr(box, "children", ()):
            yield from pieces(child, around, heads)
