"""The contents and the list of pages for old readers: the navigation document → an NCX, as OPF 2.0.1 has it."""

from collections.abc import Sequence
from typing import Any

from lxml import etree

from studyguide.epub.xhtml import EPUB, HTML, parsed
from studyguide.hypertext import anchors
from studyguide.model import Sheet

NCX = "http://www.daisy.org/z3986/2005/ncx/"
DOCTYPE = '<!DOCTYPE ncx PUBLIC "-//NISO//DTD ncx 2005-1//EN" "http://www.daisy.org/z3986/2005/ncx-2005-1.dtd">'


def ncx(sheets: Sequence[Sheet], identifier: str, title: str, language: str) -> bytes:
    """The NCX of a book; ``sheets`` are its documents in reading order."""
    navigation = parsed(next(sheet.html for sheet in sheets if sheet.role == "nav"))
    lists = {nav.get(f"{EPUB}type"): nav for nav in navigation.iter(f"{HTML}nav")}
    contents = lists["toc"].find(f"{HTML}ol")
    pages = [link for nav in [lists.get("page-list")] if nav is not None for link in nav.iter(f"{HTML}a")]
    order = played([link.get("href") for link in (*contents.iter(f"{HTML}a"), *pages)], sheets)
    root = etree.Element(
        "ncx", {"version": "2005-1", "{http://www.w3.org/XML/1998/namespace}lang": language}, {None: NCX}
    )
    head = etree.SubElement(root, "head")
    facts = {"uid": identifier, "depth": str(depth(contents)), "totalPageCount": str(len(pages))}
    facts["maxPageNumber"] = pages[-1].text if pages else "0"
    for name, value in facts.items():
        etree.SubElement(head, "meta", {"name": f"dtb:{name}", "content": value})
    label(root, "docTitle", title)
    add_points(etree.SubElement(root, "navMap"), contents, order)
    if pages:
        holder = etree.SubElement(root, "pageList")
        label(holder, "navLabel", "".join(lists["page-list"].find(f"{HTML}h2").itertext()))
        for link in pages:
            target = {"id": f"target-{link.text}", "type": "normal", "value": link.text}
            add_point(holder, "pageTarget", target, link, order)
    return bytes(etree.tostring(root, encoding="utf-8", xml_declaration=True, doctype=DOCTYPE, pretty_print=True))


def played(targets: Sequence[str], sheets: Sequence[Sheet]) -> dict[str, int]:
    """Each target's number in reading order."""
    wanted = set(targets)
    inside = ((sheet, ["", *(f"#{name}" for name in anchors(sheet.html))]) for sheet in sheets)
    every = (f"{sheet.name}.xhtml{anchor}" for sheet, ends in inside for anchor in ends)
    return {target: number for number, target in enumerate((each for each in every if each in wanted), 1)}


def depth(contents: Any) -> int:
    """How many levels the contents have."""
    return 1 + max((depth(inner) for inner in contents.iterfind(f"{HTML}li/{HTML}ol")), default=0)


def add_points(holder: Any, contents: Any, order: dict[str, int]) -> None:
    for line in contents:
        link = line.find(f"{HTML}a")
        point = add_point(holder, "navPoint", {"id": f"point-{order[link.get('href')]}"}, link, order)
        for inner in line.iterfind(f"{HTML}ol"):
            add_points(point, inner, order)


def add_point(holder: Any, kind: str, attributes: dict[str, str], link: Any, order: dict[str, int]) -> Any:
    target = link.get("href")
    point = etree.SubElement(holder, kind, {**attributes, "playOrder": str(order[target])})
    label(point, "navLabel", " ".join("".join(link.itertext()).split()))
    etree.SubElement(point, "content", {"src": target})
    return point


def label(holder: Any, kind: str, text: str) -> None:
    etree.SubElement(etree.SubElement(holder, kind), "text").text = text
