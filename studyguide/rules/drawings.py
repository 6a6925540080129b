"""Judge a drawing: the bytes of an SVG file → the dangers that it holds and its embedded pictures.

A drawing may do nothing but be looked at: what runs, fetches, or holds another document is a danger.
"""

import base64
import binascii
import re
from collections.abc import Iterator
from typing import Any

import tinycss2
from lxml import etree

from studyguide.rules.drawing_size import walk_tokens
from studyguide.svg import HREFS, SVG, Element, parse_drawing

# The effects of a filter, `fe…`, are allowed besides.
_ALLOWED_ELEMENTS = {
    "circle", "clipPath", "defs", "desc", "ellipse", "filter", "g", "image", "line", "linearGradient", "marker", "mask",
    "metadata", "path", "pattern", "polygon", "polyline", "radialGradient", "rect", "stop", "style", "svg", "symbol", "text",
    "textPath", "title", "tspan", "use",
}  # fmt: skip
_HTML_HOLDER = f"{SVG}foreignObject"
HTML_WORDS = "words as HTML (`foreignObject`)"
"""The danger that a drawing program makes of labels with line breaks or formulas."""
_HARMLESS_NAMESPACES = ("http://www.w3.org/1999/02/22-rdf-syntax-ns#", "http://www.w3.org/2000/01/rdf-schema#")
"""The only namespaces under www.w3.org, besides SVG, that no reader acts on; those of drawing programs are their own."""
_SVG_DOCTYPE = re.compile(r"-//W3C//DTD SVG 1\.[01]( Basic| Tiny)?//EN")
"""Public identifiers that every SVG reader knows and none fetches."""
_EMBEDDED_PICTURE = re.compile(r"\s*data:image/(png|jpeg|gif|webp);base64,([A-Za-z0-9+/=\s]*)")
_FETCHING_AT_RULES = ("import", "font-face", "namespace", "document", "-moz-document")


def find_dangers(data: bytes) -> Iterator[str]:
    """Yield, in words, each thing in a drawing that acts, fetches, or holds another document. Raises BrokenDrawingError.

    Its time is quadratic in the attributes of an element; call it once their number is known to be small.
    """
    parse_drawing(data)
    root = etree.fromstring(data, etree.XMLParser(no_network=True, resolve_entities=False))
    document = root.getroottree().docinfo
    if (document.encoding or "UTF-8").upper() not in ("UTF-8", "UTF8", "US-ASCII", "ASCII"):
        yield f"the encoding `{document.encoding}`, which is not UTF-8"
    doctype = document.internalDTD
    if doctype is not None and (any(True for _ in doctype.iterentities()) or any(True for _ in doctype.iterelements())):
        yield "entities of its own"
    if doctype is not None and not _SVG_DOCTYPE.fullmatch(document.public_id or ""):
        yield "a document type of its own"
    around = [*root.itersiblings(preceding=True), *root.itersiblings()]
    if any(isinstance(each, etree._ProcessingInstruction) for each in (*around, *root.iter(etree.PI))):
        yield "an instruction `<?…?>`"
    for element in root.iter("*"):
        if not any(around.tag == _HTML_HOLDER for around in element.iterancestors()):
            yield from _find_element_dangers(element)


def _find_element_dangers(element: Element) -> Iterator[str]:
    tag = etree.QName(element)
    if element.tag == _HTML_HOLDER:
        yield HTML_WORDS
    elif tag.namespace == SVG[1:-1]:
        if tag.localname not in _ALLOWED_ELEMENTS and not tag.localname.startswith("fe"):
            yield f"the element `{tag.localname}`"
    elif not tag.namespace or (
        tag.namespace.startswith("http://www.w3.org/") and tag.namespace not in _HARMLESS_NAMESPACES
    ):
        yield f"the element `{tag.localname}`, which is none of SVG's"
    if tag.localname == "style" and _reaches_outside(element.text or ""):
        yield "a style that reaches outside"
    for name, value in element.attrib.items():
        local_name = etree.QName(name).localname.lower()
        if local_name.startswith("on") or local_name == "base":
            yield f"the attribute `{local_name}`"
        elif local_name in ("href", "src") and not value.startswith("#") and not _EMBEDDED_PICTURE.fullmatch(value):
            yield f"a reference to `{value[:40]}`"
        elif local_name not in ("href", "src") and _reaches_outside(value):
            yield "a style that reaches outside"


def _reaches_outside(css: str) -> bool:
    """True if CSS, or an attribute's value that may be CSS, refers to anything but a part of its drawing."""
    # Read as a browser does, because `\75 rl(…)` is a way of writing `url(…)`.
    if not re.search(r"[(@\\]", css):
        return False
    return any(map(_is_outward, walk_tokens(tinycss2.parse_component_value_list(css))))


def _is_outward(token: Any) -> bool:
    match token.type:
        case "url":
            return not token.value.startswith("#")
        case "function":
            strings = [each.value for each in token.arguments if each.type == "string"]
            return token.lower_name in ("src", "image") or not all(each.startswith("#") for each in strings)
        case "at-keyword":
            return token.lower_value in _FETCHING_AT_RULES
        case "error":
            return token.kind in ("bad-url", "bad-string")
    return False


def find_embedded_pictures(root: Element) -> Iterator[tuple[str, bytes]]:
    """Yield the file ending and the bytes of each picture of pixels inside a drawing; no bytes if it is not base64."""
    for element in root.iter("*"):
        for name in HREFS:
            if found := _EMBEDDED_PICTURE.fullmatch(element.get(name, "")):
                try:
                    yield found[1], base64.b64decode(found[2])
                except binascii.Error:
                    yield found[1], b""
