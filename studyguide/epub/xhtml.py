"""The documents of an EPUB as text and as trees: what all that takes one apart, and puts it together, agrees on."""

from typing import Any

from lxml import etree

from studyguide.model import Html

EPUB = "{http://www.idpf.org/2007/ops}"
HTML = "{http://www.w3.org/1999/xhtml}"


def parsed(html: str) -> Any:
    """The outermost element of a document."""
    return etree.fromstring(html.encode())


def written(tree: Any) -> Html:
    """The document of a tree."""
    for span in tree.iter(f"{HTML}span"):
        span.text = span.text or ""  # as one tag, readers of plain HTML would not see where a page break ends
    html = etree.tostring(tree, encoding="unicode", doctype="<!DOCTYPE html>")
    return Html('<?xml version="1.0" encoding="utf-8"?>\n' + html)


def drawings_apart(html: str) -> tuple[list[tuple[str, str]], str]:
    """What stands before each drawing and the drawing itself without `<svg` and `</svg>`, then what follows the last.

    The insides of drawings are most of a document, and nobody looks for words there.
    """
    *pieces, rest = str(html).split("</svg>")  # Html would make text of whatever it is joined with
    halves = (piece.partition("<svg") for piece in pieces)
    return [(before, drawing) for before, _, drawing in halves], rest
