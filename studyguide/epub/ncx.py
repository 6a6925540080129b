"""Make the contents and the page list for old readers: the navigation document → an NCX (OPF 2.0.1)."""

from collections.abc import Container, Sequence

from lxml import etree

from studyguide.epub.documents import Document
from studyguide.epub.xhtml import EPUB, HTML, Element, parse_document
from studyguide.model import Section
from studyguide.problems import ContentError, Problem

_NAMESPACE = "http://www.daisy.org/z3986/2005/ncx/"
_DOCTYPE = '<!DOCTYPE ncx PUBLIC "-//NISO//DTD ncx 2005-1//EN" "http://www.daisy.org/z3986/2005/ncx-2005-1.dtd">'


def make_ncx(navigation: Section, documents: Sequence[Document], identifier: str, title: str, language: str) -> bytes:
    """Return the NCX of a book; ``documents`` are in reading order, the navigation document among them.

    Raises ContentError for a navigation document, of a guide's own template, without contents.
    """
    tree = parse_document(navigation.html)
    lists = {nav.get(f"{EPUB}type"): nav for nav in tree.iter(f"{HTML}nav")}
    contents = lists["toc"].find(f"{HTML}ol") if "toc" in lists else None
    pages = [link for nav in [lists.get("page-list")] if nav is not None for link in nav.iter(f"{HTML}a")]
    links = [*(contents.iter(f"{HTML}a") if contents is not None else ()), *pages]
    order = _number_targets([link.get("href") for link in links], documents)
    if contents is None or not _is_list_of_links(contents, order):
        found = "this template cannot be used: the contents are no list of links to places of the book"
        fix = 'print them in `<nav epub:type="toc">` as an `<ol>`, with an `<a>` at the beginning of each `<li>`'
        raise ContentError([Problem(navigation.place, "template-error", found, fix)])
    root = etree.Element(
        "ncx", {"version": "2005-1", "{http://www.w3.org/XML/1998/namespace}lang": language}, {None: _NAMESPACE}
    )
    head = etree.SubElement(root, "head")
    facts = {"uid": identifier, "depth": str(_measure_depth(contents)), "totalPageCount": str(len(pages))}
    facts["maxPageNumber"] = pages[-1].text if pages else "0"
    for name, value in facts.items():
        etree.SubElement(head, "meta", {"name": f"dtb:{name}", "content": value})
    _add_label(root, "docTitle", title)
    _add_points(etree.SubElement(root, "navMap"), contents, order)
    if pages:
        holder = etree.SubElement(root, "pageList")
        _add_label(holder, "navLabel", "".join(lists["page-list"].find(f"{HTML}h2").itertext()))
        for link in pages:
            target = {"id": f"target-{link.text}", "type": "normal", "value": link.text}
            _add_point(holder, "pageTarget", target, link, order)
    return bytes(etree.tostring(root, encoding="utf-8", xml_declaration=True, doctype=_DOCTYPE, pretty_print=True))


def _is_list_of_links(contents: Element, order: Container[str]) -> bool:
    """Return True if each line of the contents, which are not empty, begins with a link to one of these targets."""
    lines = list(contents.iter(f"{HTML}li"))
    links = [line.find(f"{HTML}a") for line in lines]
    return bool(lines) and all(link is not None and link.get("href") in order for link in links)


def _number_targets(targets: Sequence[str], documents: Sequence[Document]) -> dict[str, int]:
    """Return the place of each target in reading order, from 1: its ``playOrder``."""
    wanted = set(targets)
    ends = ((document, ["", *(f"#{name}" for name in document.ids)]) for document in documents)
    places = (f"{document.name}.xhtml{anchor}" for document, anchors in ends for anchor in anchors)
    return {target: number for number, target in enumerate((each for each in places if each in wanted), 1)}


def _measure_depth(contents: Element) -> int:
    """Return how many levels the contents have."""
    return 1 + max((_measure_depth(inner) for inner in contents.iterfind(f"{HTML}li/{HTML}ol")), default=0)


def _add_points(holder: Element, contents: Element, order: dict[str, int]) -> None:
    for line in contents.iterfind(f"{HTML}li"):
        link = line.find(f"{HTML}a")
        point = _add_point(holder, "navPoint", {"id": f"point-{order[link.get('href')]}"}, link, order)
        for inner in line.iterfind(f"{HTML}ol"):
            _add_points(point, inner, order)


def _add_point(holder: Element, kind: str, attributes: dict[str, str], link: Element, order: dict[str, int]) -> Element:
    target = link.get("href")
    point = etree.SubElement(holder, kind, {**attributes, "playOrder": str(order[target])})
    _add_label(point, "navLabel", " ".join("".join(link.itertext()).split()))
    etree.SubElement(point, "content", {"src": target})
    return point


def _add_label(holder: Element, kind: str, text: str) -> None:
    etree.SubElement(etree.SubElement(holder, kind), "text").text = text
