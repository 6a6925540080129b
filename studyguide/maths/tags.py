r"""Take the tags of a formula, ``\tag{3}``, apart from it, for they stand at the margin: MathML, SVG → the same without tags, the tags.

``latex`` marks the elements of tags with the attribute ``TAG``, and ``drawing`` draws them in the colour ``TAG_COLOUR``, which no
formula has otherwise.
"""

import re
from collections.abc import Iterable, Iterator
from xml.etree.ElementTree import Element, SubElement

TAG = "data-tag"
TAG_COLOUR = "tag"
TAG_GAP = 2  # em, at the least, between a formula and its tags
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")


def take_tags(root: Element) -> str:
    """Take the tags out of MathML; return their words."""
    words = []
    for holder in list(root.iter()):
        for child in [each for each in holder if each.get(TAG)]:
            words.append("".join(child.itertext()))
            holder.remove(child)
    return " ".join(filter(None, words))


def show_tags(root: Element) -> Element:
    """Change MathML so that it shows its tags alone, each in a row as high as that of the formula; return it."""
    row = root[0]
    table = next((each for each in root.iter("mtable") if each.find(f"mtr/mtd[@{TAG}]") is not None), None)
    if table is None:
        row[:] = _hide_body(row)
        return root
    row[:] = [table]
    for line in table:
        tags = line[-1]
        tags[:] = [*_hide_body(part for cell in line[:-1] for part in cell), *tags]
        line[:] = [tags]
    return root


def _hide_body(row: Iterable[Element]) -> list[Element]:
    """Return the tags of a row behind something invisible that is as high as the rest, and has no width."""
    parts = list(row)
    space = Element("mpadded", {"width": "0"})
    SubElement(space, "mphantom").extend(each for each in parts if not each.get(TAG))
    return [space, *(each for each in parts if each.get(TAG))]


def take_drawn_tags(svg: Element) -> tuple[list[Element], float, float]:
    """Take the tags out of a drawing; return their shapes, the x at which the rest ends, and the x at which they begin.

    Nothing is taken where something stands behind the tags, such as the bracket around rows.
    """
    tags = [shape for shape in svg if shape.get("fill") == TAG_COLOUR]
    rest = [shape for shape in svg if shape.get("fill") != TAG_COLOUR]
    start = min((x for shape in tags for x in _list_x(shape)), default=0.0)
    end = max((x for shape in rest for x in _list_x(shape)), default=0.0)
    if not tags or not rest or end > start:
        for shape in tags:
            shape.set("fill", "black")
        return [], 0.0, 0.0
    svg[:] = rest
    return tags, end, start


def _list_x(shape: Element) -> Iterator[float]:
    """Yield the x of the points of a shape as ziamath draws it: a path, a rule or a line."""
    if "d" in shape.attrib:
        yield from map(float, _NUMBER.findall(shape.attrib["d"])[::2])
    else:
        yield from (float(shape.get(name, "0")) for name in ("x", "x1", "x2"))
        yield float(shape.get("x", "0")) + float(shape.get("width", "0"))
