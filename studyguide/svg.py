"""Read an SVG file: bytes → an lxml tree, in which every name has its namespace."""

import re
from typing import Any

from lxml import etree

from studyguide.limits import LIMITS

Element = Any  # lxml.etree._Element

SVG = "{http://www.w3.org/2000/svg}"
HREFS = ("href", "{http://www.w3.org/1999/xlink}href")
LOCAL_URL = re.compile(r"url\(\s*['\"]?#([^)'\"]*)['\"]?\s*\)")
"""A reference in CSS to another part of the same drawing."""


class BrokenDrawingError(ValueError):
    """The bytes are no SVG; the message says why."""


def choose_plain_text(data: bytes) -> bytes:
    """Return a drawing in which each ``<switch>`` gives way to what a reader without HTML shows of it (SVG 1.1, 5.8.2).

    Drawing programs write words as HTML, and plain text beside it. A switch that has HTML alone stays, and so does a file that
    is no drawing, is too large for one, or declares something of its own.
    """
    is_too_large = len(data) > LIMITS["drawing"].maximum
    if is_too_large or b"switch" not in data or b"<!ENTITY" in data or b"<!ELEMENT" in data:
        return data
    try:
        root = parse_drawing(data)
    except BrokenDrawingError:
        return data
    # From the inside out, for a switch may hold another.
    for switch in reversed(list(root.iter(f"{SVG}switch"))):
        choices = [each for each in switch if each.tag != f"{SVG}foreignObject"]
        plain = [each for each in choices if each.get("systemLanguage") is None]
        if choices:
            _replace_switch(switch, (plain or choices)[0])
    return bytes(etree.tostring(root))


def _replace_switch(switch: Element, chosen: Element) -> None:
    """Turn a switch into a group that holds one of its children, without the condition of this one."""
    for name in ("systemLanguage", "requiredFeatures", "requiredExtensions"):
        chosen.attrib.pop(name, None)
    for child in list(switch):
        if child is not chosen:
            switch.remove(child)
    switch.tag = f"{SVG}g"


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
