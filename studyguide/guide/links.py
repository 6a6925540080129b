"""Identifiers and links of a passage: headings get identifiers, and links to chapter files lead into the book."""

import re
from collections.abc import Iterator

from lxml.html import HtmlElement

from studyguide.guide.places import find_place
from studyguide.model import Link, Passage
from studyguide.problems import Place
from studyguide.text import escape_url, slugify

_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_CHAPTER_FILE = re.compile(r"^(?:\./)?(?:\d+[-_ ]*)?(?P<name>[^/#:]+)\.md(?:#(?P<id>.+))?$")


def identify_headings(root: HtmlElement, prefix: str) -> None:
    """Give every heading without an identifier one made of ``prefix`` and its text."""
    for heading in root.iter(*_HEADINGS):
        if not heading.get("id"):
            heading.set("id", f"{prefix}-{slugify(_text_of(heading))}")


def find_anchors(root: HtmlElement, passage: Passage) -> Iterator[tuple[str, Place]]:
    """Yield identifier and place of the headings, then of all other elements that have an identifier."""
    for heading in root.iter(*_HEADINGS):
        yield heading.get("id"), find_place(passage, _text_of(heading).split(" ")[0])
    # Not by XPath: its strings are lxml's own, which the cache refuses to read.
    others = (element.get("id") for element in root.iter("*") if element.tag not in _HEADINGS)
    names = [name for name in others if name is not None]
    for number, name in enumerate(names):
        in_braces = f"#{name}" in passage.markdown and f'"{name}"' not in passage.markdown
        needle = f"#{name}" if in_braces else f'"{name}"'
        yield name, find_place(passage, needle, 1, last=name in names[:number])


def _text_of(element: HtmlElement) -> str:
    return "".join(element.itertext())


def resolve_links(root: HtmlElement, passage: Passage, direction: str = "ltr") -> tuple[Link, ...]:
    """Point links to the file of a chapter, which work where the Markdown is read, into the book.

    A link into the book has the class ``crossref``, and in text from right to left also ``rtl``; ``direction`` is that of the
    passage. Returns the links as their author wrote them.
    """
    links = []
    for anchor in root.iter("a"):
        target = anchor.get("href", "")
        links.append(Link(target, find_place(passage, f"]({target}", 2)))
        if chapter := _CHAPTER_FILE.match(target):
            target = "#" + (chapter["id"] or slugify(chapter["name"]))
        anchor.set("href", escape_url(target))
        if target.startswith("#"):
            is_in_rtl_text = _find_direction(anchor, direction) == "rtl"
            anchor.set("class", "crossref rtl" if is_in_rtl_text else "crossref")
    return tuple(links)


def _find_direction(element: HtmlElement, direction: str) -> str:
    """Return the direction of the element's text; ``direction`` is that of the passage."""
    around = (each.get("dir") for each in (element, *element.iterancestors()))
    return next(filter(None, around), direction)
