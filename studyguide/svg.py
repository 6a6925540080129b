"""Read an SVG file: bytes → an lxml tree, in which every name has its namespace."""

import re
from functools import lru_cache
from typing import Any

from lxml import etree

from studyguide.limits import LIMITS

Element = Any  # lxml.etree._Element

SVG = "{http://www.w3.org/2000/svg}"
HREFS = ("href", "{http://www.w3.org/1999/xlink}href")
LOCAL_URL = re.compile(r"url\(\s*['\"]?#([^)'\"]*)['\"]?\s*\)")
"""A reference in CSS to another part of the same drawing."""

NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?")
"""A number in an attribute of a drawing."""
_XML_NAME = re.compile(
    "[A-Za-z_\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd]"
    "[-.0-9A-Za-z_\u00b7\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u037d\u037f-\u1fff\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd]*"
)
"""An identifier in XML (Namespaces in XML 1.0, 3): a name without a colon; its rarest characters are left out."""


class BrokenDrawingError(ValueError):
    """The bytes are no SVG; the message says why."""


def simplify_drawing(data: bytes) -> bytes:
    """Return a drawing without what its readers take in different ways, and which does not change how a browser shows it.

    Each ``<switch>`` gives way to what a reader without HTML shows of it (SVG 1.1, 5.8.2): drawing programs write words as HTML, and
    plain text beside it. An identifier that is no name or stands there twice, and a picture or a use of nothing, go. A switch that has
    HTML alone stays, and so does a file that is no drawing, is too large for one, or declares something of its own.
    """
    is_too_large = len(data) > LIMITS["drawing"].maximum
    if is_too_large or b"<!ENTITY" in data or b"<!ELEMENT" in data:
        return data
    try:
        root = parse_drawing(data)
    except BrokenDrawingError:
        return data
    changes = [_choose_plain_text(root), _remove_wrong_identifiers(root), _remove_empty_references(root)]
    return bytes(etree.tostring(root)) if any(changes) else data


def _choose_plain_text(root: Element) -> bool:
    """Replace switches; return True if there is one."""
    # From the inside out, for a switch may hold another.
    switches = list(root.iter(f"{SVG}switch"))
    for switch in reversed(switches):
        choices = [each for each in switch if each.tag != f"{SVG}foreignObject"]
        plain = [each for each in choices if each.get("systemLanguage") is None]
        if choices:
            _replace_switch(switch, (plain or choices)[0])
    return bool(switches)


def _remove_wrong_identifiers(root: Element) -> bool:
    """Remove identifiers that XML does not allow, and all but the first of one name; return True if there is one."""
    names = set[str]()
    is_changed = False
    for element in root.iter("*"):
        name = element.get("id")
        if name is None:
            continue
        if name in names or not _XML_NAME.fullmatch(name):
            del element.attrib["id"]
            is_changed = True
        names.add(name)
    return is_changed


def _remove_empty_references(root: Element) -> bool:
    """Remove pictures and uses without an address; return True if there is one."""
    empty = [
        element
        for element in root.iter(f"{SVG}image", f"{SVG}use")
        if not any(element.get(name, "").strip() for name in HREFS)
    ]
    for element in empty:
        parent, before = element.getparent(), element.getprevious()
        if element.tail and before is not None:
            before.tail = (before.tail or "") + element.tail
        elif element.tail:
            parent.text = (parent.text or "") + element.tail
        parent.remove(element)
    return bool(empty)


def _replace_switch(switch: Element, chosen: Element) -> None:
    """Turn a switch into a group that holds one of its children, without the condition of this one."""
    for name in ("systemLanguage", "requiredFeatures", "requiredExtensions"):
        chosen.attrib.pop(name, None)
    for child in list(switch):
        if child is not chosen:
            switch.remove(child)
    switch.tag = f"{SVG}g"


@lru_cache(maxsize=1_000)
def _has_wrong_name(name: str) -> bool:
    namespace, _, local_name = name.rpartition("}")
    return ":" in local_name or bool(set("{}") & set(namespace[1:]))


def parse_drawing(data: bytes) -> Element:
    """Return the outermost element, without comments and processing instructions. Raises BrokenDrawingError."""
    try:
        root = etree.fromstring(data, etree.XMLParser(no_network=True, remove_comments=True, remove_pis=True))
    except etree.XMLSyntaxError as error:
        raise BrokenDrawingError(error.msg) from error
    # libxml2 accepts these as names, and lxml does not. Their number is all that the time depends on: lxml searches all attributes
    # of an element for the value of each, and all elements around it for its namespaces.
    for element in root.iter("*"):
        if any(map(_has_wrong_name, (element.tag, *element.attrib))):
            raise BrokenDrawingError(f"`{element.tag.rpartition('}')[2]}` has a name of no namespace")
    if root.tag != f"{SVG}svg":
        raise BrokenDrawingError(f"its outermost element is `{root.tag.rpartition('}')[2]}` and not an SVG's")
    return root


def measure_scale(transform: str) -> float:
    """Return by how much a ``transform`` multiplies areas; 0 for one that hides everything."""
    scale = 1.0
    for function in transform.split(")"):
        name, _, text = function.strip(" ,\t\r\n").partition("(")
        name, numbers = name.strip(), [float(number) for number in NUMBER.findall(text)]
        if name == "matrix" and len(numbers) == 6:
            scale *= abs(numbers[0] * numbers[3] - numbers[1] * numbers[2])
        elif name.startswith("scale") and numbers:
            scale *= abs(numbers[0] * (numbers[1] if len(numbers) > 1 else numbers[0] if name == "scale" else 1))
    return scale
