"""Read and write the documents of an EPUB: text ↔ lxml trees."""

from typing import Any

from lxml import etree

from studyguide.model import Html

Element = Any  # lxml.etree._Element

EPUB = "{http://www.idpf.org/2007/ops}"
HTML = "{http://www.w3.org/1999/xhtml}"


def parse_document(html: str) -> Element:
    """Return the outermost element of a document."""
    return etree.fromstring(html.encode())


def serialise_document(root: Element) -> Html:
    """Return the text of a document, with its declaration and doctype."""
    for span in root.iter(f"{HTML}span"):
        span.text = span.text or ""  # readers of plain HTML take `<span/>` for a tag that is not closed
    html = etree.tostring(root, encoding="unicode", doctype="<!DOCTYPE html>")
    return Html('<?xml version="1.0" encoding="utf-8"?>\n' + html)


def split_at_drawings(html: str) -> tuple[list[tuple[str, str]], str]:
    """Return (text before a drawing, the drawing without ``<svg`` and ``</svg>``) for each drawing, and the text behind the last.

    Drawings are most of a document, and no words are looked for inside them.
    """
    *pieces, rest = str(html).split("</svg>")  # str, because Html would escape what it is joined with
    halves = (piece.partition("<svg") for piece in pieces)
    return [(before, drawing) for before, _, drawing in halves], rest
