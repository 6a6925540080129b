"""Take a drawing into the text: the bytes of an SVG file and its words → an inline ``<svg>``.

Inside a document a drawing follows the colour of the text, at night and on sepia. What could do anything but be looked
at, and what paints a light ground of its own, on which such letters could not be read, stays a file.
"""

import re
from collections.abc import Iterator
from typing import Any

from lxml import etree
from tinycss2.color3 import parse_color

SVG = "{http://www.w3.org/2000/svg}"
HREFS = ("href", "{http://www.w3.org/1999/xlink}href")
SPOKEN = ("title", "desc", "metadata")
"""What would be read besides the text, or by nobody."""
NOT_INLINE = {"script", "foreignObject", "svg"}
OWN = {"id", "width", "height", "x", "y", "version", "baseProfile", "role"}
"""Attributes of the outermost element that belong to a file."""
FOREIGN = ("{", "aria-", "data-")
"""How attributes begin that say nothing of the look, but for a reference in the old way."""
COLOURS = ("fill", "stroke", "color", "stop-color", "flood-color")
GROUNDS = ("fill", "stop-color", "background", "background-color")
DECLARATION = re.compile(r"(?<![\w-])([\w-]+)\s*:\s*([^;{}]+)")
URL = re.compile(r"url\(\s*['\"]?#([^)'\"]*)['\"]?\s*\)")
RULE = re.compile(r"([^{}]+)(\{[^{}]*\})")
# Relative luminance (WCAG 2.2): below the first a colour is lost on black, above the second it is no ground for letters.
DARK, LIGHT = 0.1, 0.3


class BrokenDrawingError(ValueError):
    """What is no SVG; says why."""


def parsed(data: bytes) -> Any:
    """The outermost element. Raises BrokenDrawingError."""
    try:
        root = etree.fromstring(data, etree.XMLParser(no_network=True, remove_comments=True, remove_pis=True))
    except etree.XMLSyntaxError as error:
        raise BrokenDrawingError(error.msg) from error
    if root.tag != f"{SVG}svg":
        raise BrokenDrawingError(f"its outermost element is `{root.tag.rpartition('}')[2]}` and not an SVG's")
    return root


def inline(data: bytes, words: str, prefix: str) -> str | None:
    """The drawing as an element of a document, told in these words, or nothing for one that has to stay a file.

    Its identifiers begin with the prefix. Raises BrokenDrawingError.
    """
    root = parsed(data)
    box = viewed(root)
    for element in list(root.iter("*")):
        tag = etree.QName(element)
        if element is not root and (tag.namespace != SVG[1:-1] or tag.localname in SPOKEN):
            parent, tail = element.getparent(), element.tail
            if parent is not None:  # not inside one that is out already
                parent.remove(element)
                put_back(parent, tail)
    if box is None or any(map(bound_to_a_file, root.iter("*"))) or any(map(light, grounds(root))):
        return None
    drawing = etree.Element(f"{SVG}svg", nsmap={None: SVG[1:-1], "xlink": HREFS[1][1:-5]})
    kept = {name: value for name, value in root.attrib.items() if name not in OWN and not name.startswith(FOREIGN)}
    own = {"id": f"{prefix}-drawing"} if styled(root) else {}
    attributes = {"fill": "currentColor", **kept, **own, "viewBox": box, "role": "img", "aria-label": words}
    drawing.text = root.text
    drawing.extend(list(root))
    for name, value in attributes.items():
        drawing.set(name, value)
    for element in drawing.iter("*"):
        adapt(element, prefix, drawing)
    etree.cleanup_namespaces(drawing, top_nsmap={None: SVG[1:-1]})
    return str(etree.tostring(drawing, encoding="unicode", with_tail=False))


def put_back(parent: Any, tail: str | None) -> None:
    """The text that followed an element that was taken out."""
    if tail and tail.strip():
        if len(parent):
            parent[-1].tail = (parent[-1].tail or "") + tail
        else:
            parent.text = (parent.text or "") + tail


def viewed(root: Any) -> str | None:
    """The part of the plane that is seen, of which a drawing's proportions are made."""
    sizes = [re.fullmatch(r"\s*([\d.]+)(?:px)?\s*", root.get(name, "")) for name in ("width", "height")]
    return root.get("viewBox") or (f"0 0 {sizes[0][1]} {sizes[1][1]}" if sizes[0] and sizes[1] else None)


def styled(root: Any) -> bool:
    return next(root.iter(f"{SVG}style"), None) is not None


def bound_to_a_file(element: Any) -> bool:
    """Whether an element runs, fetches, or says how what is around the drawing looks."""
    tag = etree.QName(element).localname
    if tag in NOT_INLINE and element.getparent() is not None:
        return True
    if tag == "style" and re.search(r"@|:root|\bsvg\b|<", element.text or ""):
        return True
    for name, value in element.attrib.items():
        if name.lower().startswith("on") or (name in HREFS and not value.startswith(("#", "data:image/"))):
            return True
    texts = [element.text or "" if tag == "style" else "", *element.attrib.values()]
    return any("url(" in URL.sub("", text) for text in texts)


def grounds(root: Any) -> Iterator[str]:
    """The colours that surfaces have."""
    for element in root.iter("*"):
        yield from (element.get(name, "") for name in GROUNDS)
        for name, value in DECLARATION.findall(css_of(element)):
            if name in GROUNDS:
                yield value


def css_of(element: Any) -> str:
    return (element.text or "") if element.tag == f"{SVG}style" else element.get("style", "")


def luminance(colour: str) -> float | None:
    """How bright a colour is, from 0 to 1; nothing for what is none."""
    found = parse_color(colour.partition("!")[0].strip())
    if found is None or isinstance(found, str) or not found.alpha:
        return None
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in found[:3])
    return float(0.2126 * red + 0.7152 * green + 0.0722 * blue)


def light(colour: str) -> bool:
    return (luminance(colour) or 0) > LIGHT


def painted(colour: str) -> str:
    """The colour, or that of the text where it would be lost on black."""
    bright = luminance(colour)
    return "currentColor" if bright is not None and bright < DARK else colour


def repainted(css: str) -> str:
    def replacement(match: re.Match[str]) -> str:
        name, value = match.groups()
        return f"{name}:{painted(value)}" if name in COLOURS else match[0]

    return DECLARATION.sub(replacement, css)


def adapt(element: Any, prefix: str, drawing: Any) -> None:
    """Give an element the text's colour where it is black, and identifiers that no other drawing has."""
    tag = etree.QName(element).localname
    if tag == "style":
        element.text = scoped(repainted(element.text or ""), prefix)
    if tag == "stop" and "stop-color" not in element.get("style", ""):
        element.set("stop-color", element.get("stop-color", "currentColor"))
    for name, value in element.attrib.items():
        if name.startswith(FOREIGN) and name != HREFS[1] and element is not drawing:
            del element.attrib[name]
        elif name == "id" and element is not drawing:
            element.set("id", f"{prefix}-{value}")
        elif name in HREFS and value.startswith("#"):
            element.set(name, f"#{prefix}-{value[1:]}")
        elif name in COLOURS:
            element.set(name, painted(value))
        elif name == "style":
            css = re.sub(r"(?<![\w-])(?:width|height)\s*:[^;]*;?", "", value) if element is drawing else value
            element.set(name, repainted(css))
        if "url(" in element.get(name, ""):
            element.set(name, URL.sub(rf"url(#{prefix}-\1)", element.get(name)))


def scoped(css: str, prefix: str) -> str:
    """A drawing's styles, for itself alone."""

    def replacement(match: re.Match[str]) -> str:
        selectors = re.sub(r"#(?=[\w-])", f"#{prefix}-", match[1]).split(",")
        return ", ".join(f"#{prefix}-drawing {each.strip()}" for each in selectors) + match[2]

    css = re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)
    return URL.sub(rf"url(#{prefix}-\1)", RULE.sub(replacement, css))
