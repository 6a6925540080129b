"""Take a drawing into the text: the bytes of an SVG file and its words → an inline ``<svg>``.

Inside a document a drawing follows the colour of the text, at night and on sepia. What says how the page around it looks,
and what paints a light ground of its own, on which such letters could not be read, stays a file. What could do anything
but be looked at is no figure of a guide: ``dangers`` tells what of it does.
"""

import base64
import binascii
import re
from collections.abc import Iterable, Iterator
from typing import Any

import tinycss2
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


ELEMENTS = {
    "circle", "clipPath", "defs", "desc", "ellipse", "filter", "g", "image", "line", "linearGradient", "marker", "mask",
    "metadata", "path", "pattern", "polygon", "polyline", "radialGradient", "rect", "stop", "style", "svg", "symbol", "text",
    "textPath", "title", "tspan", "use",
}  # fmt: skip
"""Those that can only be looked at; the effects of a filter, ``fe…``, come to them."""
NOTES = ("http://www.w3.org/1999/02/22-rdf-syntax-ns#", "http://www.w3.org/2000/01/rdf-schema#")
"""The only namespaces of W3C's, besides SVG, that nothing acts on; those of drawing programs are theirs alone."""
PUBLIC = re.compile(r"-//W3C//DTD SVG 1\.[01]( Basic| Tiny)?//EN")
"""A document type that every SVG reader knows and none fetches."""
PIXELS = re.compile(r"\s*data:image/(png|jpeg|gif|webp);base64,([A-Za-z0-9+/=\s]*)")
OUTSIDE = ("import", "font-face", "namespace", "document", "-moz-document")


class BrokenDrawingError(ValueError):
    """What is no SVG; says why."""


def parsed(data: bytes) -> Any:
    """The outermost element. Raises BrokenDrawingError."""
    try:
        root = etree.fromstring(data, etree.XMLParser(no_network=True, remove_comments=True, remove_pis=True))
    except etree.XMLSyntaxError as error:
        raise BrokenDrawingError(error.msg) from error
    # libxml2 takes these for names, and lxml does not.
    for element in root.iter("*"):
        names = (element.tag, *element.attrib)
        if any(":" in name.rpartition("}")[2] for name in names) or any(
            set("{}") & set(each) for each in element.nsmap.values()
        ):
            raise BrokenDrawingError(f"`{element.tag.rpartition('}')[2]}` has a name of no namespace")
    if root.tag != f"{SVG}svg":
        raise BrokenDrawingError(f"its outermost element is `{root.tag.rpartition('}')[2]}` and not an SVG's")
    return root


def dangers(data: bytes) -> Iterator[str]:
    """What of a drawing acts, fetches, or holds another document, in words. Raises BrokenDrawingError."""
    parsed(data)
    root = etree.fromstring(data, etree.XMLParser(no_network=True, resolve_entities=False))
    document = root.getroottree().docinfo
    if (document.encoding or "UTF-8").upper() not in ("UTF-8", "UTF8", "US-ASCII", "ASCII"):
        yield f"the encoding `{document.encoding}`, which is not UTF-8"
    subset = document.internalDTD
    if subset is not None and (any(True for _ in subset.iterentities()) or any(True for _ in subset.iterelements())):
        yield "entities of its own"
    if subset is not None and not PUBLIC.fullmatch(document.public_id or ""):
        yield "a document type of its own"
    before = list(root.itersiblings(preceding=True)) + list(root.itersiblings())
    if any(isinstance(each, etree._ProcessingInstruction) for each in (*before, *root.iter(etree.PI))):
        yield "an instruction `<?…?>`"
    for element in root.iter("*"):
        yield from acts(element)


def acts(element: Any) -> Iterator[str]:
    tag = etree.QName(element)
    if tag.namespace == SVG[1:-1]:
        if tag.localname not in ELEMENTS and not tag.localname.startswith("fe"):
            yield f"the element `{tag.localname}`"
    elif not tag.namespace or (tag.namespace.startswith("http://www.w3.org/") and tag.namespace not in NOTES):
        yield f"the element `{tag.localname}`, which is none of SVG's"
    if tag.localname == "style" and reaches(element.text or ""):
        yield "a style that reaches outside"
    for name, value in element.attrib.items():
        plain = etree.QName(name).localname.lower()
        if plain.startswith("on") or plain == "base":
            yield f"the attribute `{plain}`"
        elif plain in ("href", "src") and not value.startswith("#") and not PIXELS.fullmatch(value):
            yield f"a reference to `{value[:40]}`"
        elif plain not in ("href", "src") and reaches(value):
            yield "a style that reaches outside"


def reaches(css: str) -> bool:
    """Whether CSS, or the value of an attribute that may be some, names anything but a part of its drawing."""
    # Read as a browser does, for `\75 rl(…)` is a way of writing `url(…)`.
    if not re.search(r"[(@\\]", css):
        return False
    return any(map(outward, tokens(tinycss2.parse_component_value_list(css))))


def tokens(found: Iterable[Any]) -> Iterator[Any]:
    """All tokens, those inside of others too."""
    waiting = list(found)
    while waiting:
        token = waiting.pop()
        yield token
        waiting += [*(getattr(token, "content", None) or ()), *(getattr(token, "arguments", None) or ())]


def outward(token: Any) -> bool:
    match token.type:
        case "url":
            return not token.value.startswith("#")
        case "function":
            strings = [each.value for each in token.arguments if each.type == "string"]
            return token.lower_name in ("src", "image") or not all(each.startswith("#") for each in strings)
        case "at-keyword":
            return token.lower_value in OUTSIDE
        case "error":
            return token.kind in ("bad-url", "bad-string")
    return False


def weight(data: bytes) -> int:
    """How many elements are drawn, each as often as ``use`` repeats it. Raises BrokenDrawingError for one inside itself."""
    root = parsed(data)
    known = {f"#{element.get('id')}": element for element in reversed(list(root.iter("*")))}
    below = {
        element: [*element, *(known[name] for name in parts(element) if name in known)] for element in root.iter("*")
    }
    weights: dict[Any, int] = {}
    # Each element is seen twice: when those below it are wanted, and when they are known.
    waiting, begun = [root], set[Any]()
    while waiting:
        element = waiting[-1]
        if element in begun or element in weights:
            begun.discard(waiting.pop())
            weights[element] = 1 + sum(weights[each] for each in below[element])
            continue
        begun.add(element)
        if not begun.isdisjoint(below[element]):
            raise BrokenDrawingError("a part of it holds itself")
        waiting += [each for each in below[element] if each not in weights]
    return weights[root]


def parts(element: Any) -> Iterator[str]:
    """The other parts of its drawing that an element is drawn with: ``#name``."""
    for name, value in element.attrib.items():
        if name in HREFS:
            yield value
        elif "url(" in value:
            yield from (f"#{each}" for each in URL.findall(value))


def depth(root: Any) -> int:
    """How many elements are inside each other, at the most."""
    deepest, waiting = 0, [(root, 1)]
    while waiting:
        element, level = waiting.pop()
        deepest = max(deepest, level)
        waiting += [(each, level + 1) for each in element]
    return deepest


def embedded(data: bytes) -> Iterator[tuple[str, bytes]]:
    """The pictures of pixels that a drawing holds, each with the end that its name would have."""
    for element in parsed(data).iter("*"):
        for name in HREFS:
            if found := PIXELS.fullmatch(element.get(name, "")):
                try:
                    yield found[1], base64.b64decode(found[2])
                except binascii.Error:
                    yield found[1], b""


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
