"""Rule what is left of the pages of a book to write in.

Reads WeasyPrint's boxes and adds lines to the elements that they are made of; lengths are pixels of CSS.
"""

from collections.abc import Iterable, Iterator
from copy import deepcopy
from typing import Any

SPARE = 1
"""What stays free at a page's foot, for lengths are sums of fractions."""


def fill(pages: Iterable[Any]) -> bool:
    """Add lines to the spaces that may grow, each page's the same share; whether there is any such space.

    Nothing moves to another page: what is set again takes no more than its page has left.
    """
    found = False
    for page in pages:
        boxes = list(inside(page))
        spaces = [box for box in boxes if box.element_tag == "div" and box.element.get("class") == "space grows"]
        if not spaces:
            continue
        found = True
        room, line = foot(page) - SPARE - max(map(lowest, boxes)), spaces[0].children[0].border_height()
        lines = int(room // line)
        # The last line stands at the foot of the page.
        spaces[0].element.set("style", f"padding-top:{max(room - lines * line, 0):.1f}px")
        for place, space in enumerate(spaces):
            share = lines // len(spaces) + (place < lines % len(spaces))
            space.element.extend(deepcopy(space.element[0]) for _ in range(share))
    return found


def inside(box: Any) -> Iterator[Any]:
    """The boxes of the text, without those of margins, of footnotes and of what is placed on purpose."""
    for child in getattr(box, "children", ()):
        if not hasattr(child, "at_keyword") and child.style["position"] not in ("absolute", "fixed"):
            yield child
            yield from inside(child)


def lowest(box: Any) -> float:
    """Where a box that holds no other ends; one that holds others may reach to the foot of its page."""
    if getattr(box, "children", ()):
        return 0
    return float(box.position_y + (box.border_height() if hasattr(box, "border_height") else 0))


def foot(page: Any) -> float:
    """Where the text ends: at the foot of the page, or at its notes."""
    notes = [box.position_y for box in page.children if getattr(box, "at_keyword", "") == "@footnote" and box.children]
    return float(min([page.content_box_y() + page.height, *notes]))
