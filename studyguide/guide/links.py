"""Identifiers and links of a passage: headings get identifiers, and links to chapter files lead into the book."""

import re
from html import escape
from urllib.parse import quote, unquote

from lxml.html import HtmlElement

from studyguide.guide.passage_tree import PassageTree
from studyguide.model import Link
from studyguide.problems import Problem
from studyguide.text import escape_url, find_foreign_character, is_book_name, name_chapter, slugify

_SAFE = ";/?:@&=+$,-_.!~*'()#%"
"""Characters that markdown-it leaves as they are in an address."""
WIKI = "#wiki:"
"""The beginning of a link to another note by its name, ``[[Name#Heading]]``, until the guide is put together."""
REFUSED = "data-refused"
"""The attribute with the address of a link that no book may have."""
HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
CHAPTER_FILE = re.compile(r"^(?:\./)?(?P<name>[^/#:]+)(?i:\.md|\.markdown|\.mdown|\.mkd)(?:#(?P<id>.+))?$")
_OTHER_FILE = re.compile(r"(?!#|//|www\.)[^:]+(?:#.*)?$", re.DOTALL)
"""An address without a scheme that does not lead into the text itself."""


def identify_headings(tree: PassageTree) -> None:
    """Give every heading without an identifier one of its chapter's and its text, and every ``<a name>`` its name."""
    root = tree.root
    for anchor in root.iter("a"):
        name = anchor.attrib.pop("name", None)
        if name and anchor.get("id") is None:
            anchor.set("id", name)
    for element in root.iter("*"):
        _correct_identifier(element)
    names = Names({each.get("id", "") for each in root.iter("*")})
    nameless = [heading for heading in root.iter(*HEADINGS) if not heading.get("id")]
    for heading in nameless:
        heading.set("id", names.take(f"{tree.chapter_id}-{slugify(_text_of(heading))}"))
    tree.heading_names = frozenset(str(heading.get("id")) for heading in nameless)


def _correct_identifier(element: HtmlElement) -> None:
    """Turn an invalid ``id`` into an identifier, which links to the old ``id`` find too, and drop an empty one."""
    name = element.get("id")
    if name == "":
        del element.attrib["id"]
    elif name and find_foreign_character(name):
        element.set("id", slugify(name))


class Names:
    """Identifiers that are taken."""

    def __init__(self, taken: set[str]) -> None:
        self.taken = taken
        self._copies: dict[str, int] = {}

    def take(self, name: str) -> str:
        """Take and return the name, or with ``-2``, ``-3`` … the first that is free."""
        free = name
        while free in self.taken or is_book_name(free):
            self._copies[name] = self._copies.get(name, 1) + 1
            free = f"{name}-{self._copies[name]}"
        self.taken.add(free)
        return free


def find_anchors(tree: PassageTree) -> None:
    """Find identifier and place of the headings, then of all other elements that have an identifier."""
    # Not by XPath: its strings are lxml's own, which the cache refuses to read.
    headings, others = list(tree.root.iter(*HEADINGS)), list(tree.root.iter("*"))
    elements = (*headings, *(each for each in others if each.tag not in HEADINGS))
    tree.anchors = tuple((each.get("id"), tree.find_place(each)) for each in elements if each.get("id") is not None)


def _text_of(element: HtmlElement) -> str:
    return "".join(element.itertext())


def resolve_links(tree: PassageTree) -> None:
    """Point links to the file of a chapter, which work where the Markdown is read, into the book.

    A link into the book has the class ``crossref``, and in text from right to left also ``rtl``. What is kept of the links is as
    their author wrote them.
    """
    links = []
    for anchor in tree.root.iter("a"):
        if anchor.get("href") is None and anchor.get("id") is not None:
            continue  # a place that links lead to
        address = anchor.get("href") or anchor.attrib.pop(REFUSED, "")
        target = unquote(address)  # as the author typed it: the parser encodes what no address may hold
        links.append(Link(target, tree.find_place(anchor)))
        if not len(anchor) and not _text_of(anchor).strip():
            found, fix = (
                f"the link to `{target}` has no words, so that nobody sees it",
                "write them in the brackets, or delete it",
            )
            tree.problems.append(Problem(links[-1].place, "empty-link", found, fix, severity="warning"))
        if chapter := CHAPTER_FILE.match(target):
            target = "#" + (chapter["id"] or name_chapter(chapter["name"]))
        if "href" in anchor.attrib:
            anchor.set("href", escape_url(target if target.startswith("#") else address))
        if target.startswith("#"):
            is_in_rtl_text = _find_direction(anchor, tree.direction) == "rtl"
            anchor.set("class", "crossref rtl" if is_in_rtl_text else "crossref")
    tree.links = tuple(links)


def leads_to_file(target: str) -> bool:
    """True for a link to a file that is no chapter, which no book takes along."""
    return bool(_OTHER_FILE.match(target)) and not CHAPTER_FILE.match(target)


def unlink(html: str, target: str) -> str:
    """Return HTML with the words of a link instead of the link."""
    addresses = "|".join(
        re.escape(escape(each)) for each in {escape_url(target), escape_url(quote(target, safe=_SAFE))}
    )
    link = re.compile(rf'<a\b(?P<before>[^<>]*) href="(?:{addresses})"(?P<after>[^<>]*)>(?P<words>.*?)</a>', re.DOTALL)

    def keep_words(found: re.Match[str]) -> str:
        attributes = found["before"] + found["after"]
        return f"<a{attributes}>{found['words']}</a>" if " id=" in attributes else found["words"]

    return link.sub(keep_words, html)


def _find_direction(element: HtmlElement, direction: str) -> str:
    """Return the direction of the element's text; ``direction`` is that of the passage."""
    around = (each.get("dir") for each in (element, *element.iterancestors()))
    return next(filter(None, around), direction)
