"""Read an SVG file: bytes → an lxml tree, in which every name has its namespace."""

import re
from typing import Any

from lxml import etree

Element = Any  # lxml.etree._Element

SVG = "{http://www.w3.org/2000/svg}"
HREFS = ("href", "{http://www.w3.org/1999/xlink}href")
LOCAL_URL = re.compile(r"url\(\s*['\"]?#([^)'\"]*)['\"]?\s*\)")
"""A reference in CSS to another part of the same drawing."""


class BrokenDrawingError(ValueError):
    """The bytes are no SVG; the message says why."""


def parse_drawing(data: bytes) -> Element:
    """Return the outermost element, without comments and processing instructions. Raises BrokenDrawingError."""
    try:
        root = etree.fromstring(data, etree.XMLParser(no_network=True, remove_comments=True, remove_pis=True))
    except etree.XMLSyntaxError as error:
        raise BrokenDrawingError(error.msg) from error
    # libxml2 accepts these as names, and lxml does not.
    for element in root.iter("*"):
        names = (element.tag, *element.attrib)
        if any(":" in name.rpartition("}")[2] for name in names) or any(
            set("{}") & set(each) for each in element.nsmap.values()
        ):
            raise BrokenDrawingError(f"`{element.tag.rpartition('}')[2]}` has a name of no namespace")
    if root.tag != f"{SVG}svg":
        raise BrokenDrawingError(f"its outermost element is `{root.tag.rpartition('}')[2]}` and not an SVG's")
    return root
