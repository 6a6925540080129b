"""Put a drawing into the text: the bytes of an SVG file and its alternative text → an inline ``<svg>``.

Inside a document a drawing follows the colour of the text, at night and on sepia. A drawing that sets the look of the page
around it, or that paints a light ground of its own on which letters of the text's colour could not be read, stays a file.
"""

import itertools
import re
from collections.abc import Iterable, Iterator
from html import unescape
from typing import Any

import tinycss2
from lxml import etree
from tinycss2.color3 import parse_color

from studyguide.html_text import read_file_path
from studyguide.model import Asset
from studyguide.svg import HREFS, LOCAL_URL, SVG, Element, parse_drawing

# The mark of a page may stand before the picture of a figure.
_FIGURE = re.compile(r"(<figure[^>]*>\s*(?:<p\b[^>]*>\s*)?(?:<span[^>]*></span>\s*)*)<img\b([^>]*?)\s*/?>")
_ATTRIBUTE = re.compile(r'([\w-]+)="([^"]*)"')
_UNSEEN_ELEMENTS = ("title", "desc", "metadata")
"""Elements that a screen reader would read besides the alternative text, or that nobody reads."""
_FILE_ONLY_ELEMENTS = {"script", "foreignObject", "svg"}
_ROOT_ATTRIBUTES_OF_A_FILE = {"id", "width", "height", "x", "y", "version", "baseProfile", "role"}
_INVISIBLE_ATTRIBUTES = ("{", "aria-", "data-")
"""Beginnings of attributes that do not change the look; ``xlink:href``, which does, begins with ``{`` too."""
_COLOUR_PROPERTIES = ("fill", "stroke", "color", "stop-color", "flood-color")
_GROUND_PROPERTIES = ("fill", "stop-color", "background", "background-color")
_DECLARATION = re.compile(r"(?<![\w-])([\w-]+)\s*:\s*([^;{}]+)")
_RULE = re.compile(r"([^{}]+)(\{[^{}]*\})")
_INSIGNIFICANT_CSS = re.compile(r"/\*.*?\*/|\s+|;(?=\s*\})", re.DOTALL)
"""Comments, white space, and the semicolon behind the last declaration of a rule: two stylesheets that differ in these are the same."""
# Relative luminance from 0 to 1 (WCAG 2.2, "relative luminance").
_LOST_ON_BLACK = 0.1  # below it a colour cannot be seen on black
_TOO_LIGHT_FOR_TEXT = 0.3  # above it a colour is no ground for letters that may be light


def inline_drawings(html: str, name: str, drawings: Iterable[Asset]) -> str:
    """Replace the pictures of figures by their drawings, where a drawing need not stay a file; ``name`` is the document's."""
    by_path, serial = {asset.path: asset for asset in drawings}, itertools.count(1)

    def replace_picture(match: re.Match[str]) -> str:
        before, attributes = match.groups()
        values = {name: unescape(value) for name, value in _ATTRIBUTE.findall(attributes)}
        asset = by_path.get(read_file_path(values["src"]))
        svg = asset and inline_drawing(
            asset.data, values.get("alt", ""), f"{name}-figure-{next(serial)}", values.get("style", "")
        )
        return f"{before}{svg}" if svg else match[0]

    return _FIGURE.sub(replace_picture, html) if by_path else html


def inline_drawing(data: bytes, alt_text: str, id_prefix: str, size: str = "") -> str | None:
    """Return the drawing as an element of a document, or None if it has to stay a file.

    All its identifiers begin with ``id_prefix``; ``size`` is a declaration of CSS. Raises BrokenDrawingError.
    """
    root = parse_drawing(data)
    view_box = _find_view_box(root)
    _remove_unseen_elements(root)
    if view_box is None or any(map(_needs_file, root.iter("*"))) or any(map(_is_light, _find_grounds(root))):
        return None
    drawing = etree.Element(f"{SVG}svg", nsmap={None: SVG[1:-1], "xlink": HREFS[1][1:-5]})
    kept = {
        name: value
        for name, value in root.attrib.items()
        if name not in _ROOT_ATTRIBUTES_OF_A_FILE and not name.startswith(_INVISIBLE_ATTRIBUTES)
    }
    own_id = {"id": f"{id_prefix}-drawing"} if next(root.iter(f"{SVG}style"), None) is not None else {}
    attributes = {"fill": "currentColor", **kept, **own_id, "viewBox": view_box, "role": "img", "aria-label": alt_text}
    drawing.text = root.text
    drawing.extend(list(root))
    _tidy_stylesheets(drawing)
    for name, value in attributes.items():
        drawing.set(name, value)
    for element in drawing.iter("*"):
        _adapt_element(element, id_prefix, drawing)
    if size:
        drawing.set("style", "; ".join(filter(None, (drawing.get("style", "").strip(" ;"), size))))
    etree.cleanup_namespaces(drawing, top_nsmap={None: SVG[1:-1]})
    return str(etree.tostring(drawing, encoding="unicode", with_tail=False))


def tidy_drawing(data: bytes) -> bytes:
    """Return the file of a drawing with stylesheets that every reader understands. Raises BrokenDrawingError."""
    if b"style" not in data:
        return data
    root = parse_drawing(data)
    return bytes(etree.tostring(root)) if _tidy_stylesheets(root) else data


def _tidy_stylesheets(root: Element) -> bool:
    """Leave out what no browser reads in the stylesheets of a drawing, and close what has no end; return True if anything changed.

    EPUBCheck takes each for a fault, down to the second of two semicolons.
    """
    has_changed = False
    for element in root.iter(f"{SVG}style"):
        css = element.text or ""
        tidy = "".join(_list_rules(tinycss2.parse_stylesheet(css, skip_comments=True, skip_whitespace=True)))
        if _INSIGNIFICANT_CSS.sub("", tidy) != _INSIGNIFICANT_CSS.sub("", css):
            element.text, has_changed = tidy, True
    return has_changed


def _list_rules(nodes: Iterable[Any]) -> Iterator[str]:
    """Yield the rules and the declarations of CSS that are well formed."""
    for node in nodes:
        if node.type == "declaration" and _is_sound(node.value):
            important = " !important" if node.important else ""
            yield f"{node.name}:{tinycss2.serialize(node.value).strip()}{important};"
        elif node.type in ("qualified-rule", "at-rule"):
            prelude = tinycss2.serialize(node.prelude).strip()
            name = f"@{node.at_keyword} " if node.type == "at-rule" else ""
            if not _is_sound(node.prelude):
                continue
            if node.content is not None and (prelude or name):
                inner = tinycss2.parse_blocks_contents(node.content, skip_comments=True, skip_whitespace=True)
                yield f"{name}{prelude}{{{''.join(_list_rules(inner))}}}\n"
            elif name:
                yield f"{name}{prelude};\n"


def _is_sound(tokens: Iterable[Any]) -> bool:
    """Return True if brackets and strings among tokens of tinycss2 have their ends."""
    return all(
        token.type != "error"
        and _is_sound((*(getattr(token, "content", None) or ()), *(getattr(token, "arguments", None) or ())))
        for token in tokens
    )


def _remove_unseen_elements(root: Element) -> None:
    """Remove titles, descriptions and elements of other namespaces; the text behind each stays."""
    for element in list(root.iter("*")):
        tag = etree.QName(element)
        if element is not root and (tag.namespace != SVG[1:-1] or tag.localname in _UNSEEN_ELEMENTS):
            parent, tail = element.getparent(), element.tail
            if parent is not None:  # None inside an element that is removed already
                parent.remove(element)
                _append_text(parent, tail)


def _append_text(parent: Element, text: str | None) -> None:
    if text and text.strip():
        if len(parent):
            parent[-1].tail = (parent[-1].tail or "") + text
        else:
            parent.text = (parent.text or "") + text


def _find_view_box(root: Element) -> str | None:
    """Return the ``viewBox``, or one made of width and height in pixels."""
    sizes = [re.fullmatch(r"\s*([\d.]+)(?:px)?\s*", root.get(name, "")) for name in ("width", "height")]
    return root.get("viewBox") or (f"0 0 {sizes[0][1]} {sizes[1][1]}" if sizes[0] and sizes[1] else None)


def _needs_file(element: Element) -> bool:
    """Return True if an element runs, fetches, or sets the look of the page around the drawing."""
    tag = etree.QName(element).localname
    if tag in _FILE_ONLY_ELEMENTS and element.getparent() is not None:
        return True
    if tag == "style" and re.search(r"@|:root|\bsvg\b|<", element.text or ""):
        return True
    for name, value in element.attrib.items():
        if name.lower().startswith("on") or (name in HREFS and not value.startswith(("#", "data:image/"))):
            return True
    texts = [element.text or "" if tag == "style" else "", *element.attrib.values()]
    return any("url(" in LOCAL_URL.sub("", text) for text in texts)


def _find_grounds(root: Element) -> Iterator[str]:
    """Yield the colours of surfaces, as the drawing writes them."""
    for element in root.iter("*"):
        yield from (element.get(name, "") for name in _GROUND_PROPERTIES)
        css = (element.text or "") if element.tag == f"{SVG}style" else element.get("style", "")
        yield from (value for name, value in _DECLARATION.findall(css) if name in _GROUND_PROPERTIES)


def _measure_luminance(colour: str) -> float | None:
    """Return the relative luminance of a CSS colour, from 0 to 1; None if it is no colour or transparent."""
    found = parse_color(colour.partition("!")[0].strip())
    if found is None or isinstance(found, str) or not found.alpha:
        return None
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in found[:3])
    return float(0.2126 * red + 0.7152 * green + 0.0722 * blue)


def _is_light(colour: str) -> bool:
    return (_measure_luminance(colour) or 0) > _TOO_LIGHT_FOR_TEXT


def _adapt_colour(colour: str) -> str:
    """Return the colour, or ``currentColor`` if it would be lost on black."""
    luminance = _measure_luminance(colour)
    return "currentColor" if luminance is not None and luminance < _LOST_ON_BLACK else colour


def _adapt_colours_in_css(css: str) -> str:
    def replace_colour(match: re.Match[str]) -> str:
        name, value = match.groups()
        return f"{name}:{_adapt_colour(value)}" if name in _COLOUR_PROPERTIES else match[0]

    return _DECLARATION.sub(replace_colour, css)


def _adapt_element(element: Element, id_prefix: str, drawing: Element) -> None:
    """Replace dark colours by that of the text, and make identifiers unique in the document."""
    tag = etree.QName(element).localname
    if tag == "style":
        element.text = _scope_css(_adapt_colours_in_css(element.text or ""), id_prefix)
    if tag == "stop" and "stop-color" not in element.get("style", ""):
        element.set("stop-color", element.get("stop-color", "currentColor"))
    for name, value in element.attrib.items():
        if name.startswith(_INVISIBLE_ATTRIBUTES) and name != HREFS[1] and element is not drawing:
            del element.attrib[name]
        elif name == "id" and element is not drawing:
            element.set("id", f"{id_prefix}-{value}")
        elif name in HREFS and value.startswith("#"):
            element.set(name, f"#{id_prefix}-{value[1:]}")
        elif name in _COLOUR_PROPERTIES:
            element.set(name, _adapt_colour(value))
        elif name == "style":
            css = re.sub(r"(?<![\w-])(?:width|height)\s*:[^;]*;?", "", value) if element is drawing else value
            element.set(name, _adapt_colours_in_css(css))
        if "url(" in element.get(name, ""):
            element.set(name, LOCAL_URL.sub(rf"url(#{id_prefix}-\1)", element.get(name)))


def _scope_css(css: str, id_prefix: str) -> str:
    """Return a drawing's stylesheet with selectors that match inside this drawing only."""

    def scope_rule(match: re.Match[str]) -> str:
        selectors = re.sub(r"#(?=[\w-])", f"#{id_prefix}-", match[1]).split(",")
        return ", ".join(f"#{id_prefix}-drawing {each.strip()}" for each in selectors) + match[2]

    css = re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)
    return LOCAL_URL.sub(rf"url(#{id_prefix}-\1)", _RULE.sub(scope_rule, css))
