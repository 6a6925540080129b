"""Read the XML of strangers: text → elements. It may declare nothing, so that nothing in it grows or names a file."""

import re
from typing import Any

from lxml import etree

from studyguide.importers.quizzes.values import BrokenQuizError

Element = Any  # lxml.etree._Element

_DECLARES = re.compile(r"<!(?:DOCTYPE|ENTITY|ELEMENT)")
_POSITION = re.compile(r",? line \d+, column \d+$")
"""The end of a message of libxml2: a place."""


def check_declarations(text: str, whose: str) -> None:
    """Raise BrokenQuizError if a text declares a document type; ``whose`` says of what there is none with one."""
    if declared := _DECLARES.search(text):
        line = text.count("\n", 0, declared.start()) + 1
        raise BrokenQuizError(f"this XML has a `{declared[0]}`, which {whose} has", line)


def parse_xml(text: str) -> Element:
    """Return the outermost element, without comments. Raises BrokenQuizError."""
    parser = etree.XMLParser(no_network=True, resolve_entities=False, remove_comments=True, remove_pis=True)
    try:
        return etree.fromstring(text.encode(), parser)
    except etree.XMLSyntaxError as error:
        found = f"this XML is broken: {_POSITION.sub('', error.msg or 'it ends too early')}"
        raise BrokenQuizError(found, error.lineno or 1) from error


def drop_namespaces(root: Element) -> None:
    """Name all elements of a tree by their local names."""
    for element in root.iter("*"):
        element.tag = etree.QName(element).localname
    etree.cleanup_namespaces(root)


def measure_depth(root: Element) -> int:
    """Return how many elements are inside each other."""
    deepest, level = 0, 0
    for event, _ in etree.iterwalk(root, events=("start", "end")):
        level += 1 if event == "start" else -1
        deepest = max(deepest, level)
    return deepest


def write_xml(element: Element) -> str:
    """Return an element as XML, without the text behind it."""
    return etree.tostring(element, encoding="unicode", with_tail=False)  # type: ignore[no-any-return]
