r"""Turn the HTML of a field into that of Anki: formulas as ``\(…\)`` for MathJax, pictures by their names in the deck, links as words."""

import re
from collections.abc import Iterator, Mapping
from html import escape
from typing import Any

from studyguide.html_text import VOID_TAGS, read_file_path
from studyguide.maths import write_for_mathjax

Element = Any  # lxml.etree._Element

_SVG = "{http://www.w3.org/2000/svg}svg"
_OUTER_LINK = ("https:", "http:", "mailto:")
_VERBATIM = ("code", "pre", "kbd", "samp")
_COMMAND = re.compile(r"\[(?=sound:|anki:|/?latex\]|/?\$\$?\])", re.IGNORECASE)
"""The first sign of what Anki takes for a sound, a voice or a formula of its own, in a field that has it as text."""
_FORMULA_SIGN = re.compile(r"\\(?=[()\[\]])")
_NO_FORMULA = '<span class="tex2jax_ignore">\\</span>'
"""MathJax finds no formula in an element of this class."""


class FieldWriter:
    """Writes the fields of one card, and remembers the pictures that they show."""

    def __init__(self, numbers: Mapping[str, str], media: Mapping[str, str]) -> None:
        """``numbers`` are those of questions by their identifiers, ``media`` the names of pictures in the deck by their paths."""
        self._numbers, self._media = numbers, media
        self.shown: set[str] = set()
        """The paths of the pictures that were written."""

    def write(self, field: Element) -> str:
        """Return the HTML of a field; within an element that states its language, if that is not the book's."""
        inside = "".join(self._write_inside(field)).strip()
        if inside and field.get("lang"):
            return f'<div lang="{escape(field.get("lang"))}" dir="{escape(field.get("dir", "ltr"))}">{inside}</div>'
        return inside

    def escape(self, text: str) -> str:
        """Return text as HTML that Anki shows as it is."""
        return _escape_text(text)

    def _write_inside(self, element: Element, is_verbatim: bool = False) -> Iterator[str]:
        escape_text = _escape_code if is_verbatim else _escape_text
        yield escape_text(element.text or "")
        for child in element:
            if isinstance(child.tag, str):
                yield from self._write_element(child, is_verbatim)
            yield escape_text(child.tail or "")

    def _write_element(self, element: Element, is_verbatim: bool) -> Iterator[str]:
        names = (element.get("class") or "").split()
        inside = "".join(self._write_inside(element, is_verbatim or element.tag in _VERBATIM))
        if element.tag == _SVG:
            yield _write_formula(element)
        elif element.tag == "img":
            yield self._write_picture(element)
        elif element.tag == "a":
            yield self._write_link(element, inside)
        elif "footnote" in names:
            yield f' <span class="footnote">({inside.strip()})</span>'
        elif "note-again" not in names and not (element.tag == "wbr" and is_verbatim):  # code moves sideways
            yield _write_tag(element, inside)

    def _write_picture(self, picture: Element) -> str:
        path = read_file_path(picture.get("src", ""))
        if path in self._media:
            self.shown.add(path)
        style = f' style="{escape(picture.get("style"))}"' if picture.get("style") else ""
        return f'<img src="{escape(self._media.get(path, path))}" alt="{escape(picture.get("alt", ""))}"{style}>'

    def _write_link(self, link: Element, inside: str) -> str:
        """Return a link to the outside as it is, and one to a question as its words and the question's number."""
        address = link.get("href", "")
        if address.startswith(_OUTER_LINK):
            return f'<a href="{escape(address)}">{inside}</a>'
        number = self._numbers.get(address.rpartition("#")[2], "")
        if not number or number in inside:
            return inside
        return f'{inside} <span class="see">({number})</span>'


def _write_formula(drawing: Element) -> str:
    """Return a formula as MathJax finds it. A drawing without LaTeX is the number of a formula, which its LaTeX has."""
    latex = drawing.get("data-tex")
    if latex is None:
        return ""
    parent = drawing.getparent()
    display = parent.tag == "div" and "formula" in (parent.get("class") or "").split()
    return _COMMAND.sub("&#91;", escape(write_for_mathjax(latex, display), quote=False))


def _write_tag(element: Element, inside: str) -> str:
    """Return an element without its identifier, which could be one of Anki's own."""
    attributes = "".join(f' {name}="{escape(value)}"' for name, value in element.attrib.items() if name != "id")
    return f"<{element.tag}{attributes}>" + ("" if element.tag in VOID_TAGS else f"{inside}</{element.tag}>")


def _escape_text(text: str) -> str:
    return _FORMULA_SIGN.sub(lambda _: _NO_FORMULA, _escape_code(text))


def _escape_code(text: str) -> str:
    return _COMMAND.sub("&#91;", escape(text, quote=False))
