"""Pages that were laid out lying, for a table that is wider than the paper, stand in the book, their head at the left.

Gathering → Gathering. Running head and folio are drawn on them as on any page.
"""

from collections.abc import Sequence
from dataclasses import replace
from itertools import islice

from studyguide.pdf.gathering import Gathering, Leaf, Link


def upright(gathering: Gathering) -> Gathering:
    """The gathering with every page upright."""
    links = iter(gathering.links)
    pages = [stood(leaf, list(islice(links, len(leaf.links)))) for leaf in gathering.leaves]
    return replace(
        gathering,
        leaves=tuple(leaf for leaf, _ in pages),
        links=tuple(link for _, links in pages for link in links),
    )


def stood(leaf: Leaf, links: Sequence[Link]) -> tuple[Leaf, Sequence[Link]]:
    """A leaf, and the links on it, whose order is that of their leaves."""
    _, _, width, height = leaf.box
    if width <= height:
        return leaf, links
    standing = replace(
        leaf,
        box=(0, 0, height, width),
        segments=(b"q 0 1 -1 0 %.3f 0 cm\n" % height, *leaf.segments, b"\nQ"),
        anchors=tuple(each._replace(x=round(height - each.y, 3), y=each.x) for each in leaf.anchors),
        bookmarks=tuple(each._replace(x=round(height - each.y, 3), y=each.x) for each in leaf.bookmarks),
    )
    return standing, [each._replace(box=turned(each.box, height)) for each in links]


def turned(box: Sequence[float], height: float) -> tuple[float, float, float, float]:
    """A rectangle on a lying page of this height, on the same page upright."""
    left, bottom, right, top = box
    return round(height - top, 3), left, round(height - bottom, 3), right
