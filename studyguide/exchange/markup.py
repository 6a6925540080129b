"""Turn the HTML of a passage into HTML that other programs take: without classes, drawings of formulas, or links into the book."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Any

from lxml import html as lxml_html

from studyguide.exchange.formats import Format
from studyguide.exercises import GAP, ExercisePart
from studyguide.html_text import VOID_TAGS, read_file_path
from studyguide.model import Passage

Element = Any  # lxml.html.HtmlElement

_KEPT_TAGS = frozenset((
    "a", "abbr", "b", "blockquote", "br", "cite", "code", "dd", "dl", "dt", "em", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "kbd",
    "li", "ol", "p", "pre", "q", "samp", "small", "strong", "sub", "sup", "table", "tbody", "td", "th", "thead", "tr", "ul", "var",
))  # fmt: skip
"""The elements that both HTML and QTI 2.1 have."""
_MARKS_OF_TEXT = frozenset(("del", "ins", "mark", "s", "u"))
_BLOCKS = frozenset(("div", "section", "figure", "figcaption", "aside", "details", "summary"))
_KEPT_ATTRIBUTES = frozenset(("colspan", "rowspan", "scope", "lang"))
_OUTER_LINK = ("https:", "http:", "mailto:")
_ONE_PARAGRAPH = re.compile(r"<p>((?:(?!</?p>).)*)</p>", re.DOTALL)


@dataclass
class MarkupWriter:
    """Writes the passages of one question as well-formed HTML, and remembers what it met."""

    form: Format
    pictures: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)

    def write(self, passage: Passage) -> str:
        """Return the HTML of a passage, each of its blanks as ``GAP``."""
        source = str(passage.html).replace(GAP, "")
        if not source.strip():
            return ""
        return self._write_inside(lxml_html.fragment_fromstring(source, create_parent="div")).strip()

    def write_line(self, passage: Passage) -> str:
        """Return the HTML of a passage without the tags of a paragraph if it is one."""
        markup = self.write(passage)
        paragraph = _ONE_PARAGRAPH.fullmatch(markup)
        return paragraph[1] if paragraph else markup

    def write_paragraph(self, passage: Passage, before: str = "") -> str:
        """Return a line as a paragraph that begins with the text ``before``."""
        line = self.write(passage)
        return f"<p>{escape(before)}{line}</p>" if line else ""

    def _write_inside(self, element: Element) -> str:
        pieces = [escape(element.text or "", quote=False)]
        for child in element:
            if isinstance(child.tag, str):
                pieces.append(self._write_element(child))
            pieces.append(escape(child.tail or "", quote=False))
        return "".join(pieces)

    def _write_element(self, element: Element) -> str:
        if special := self._find_special(element):
            return special(element)
        tag = element.tag
        inside = self._write_inside(element)
        if tag in _BLOCKS:
            return f"<div>{inside}</div>" if inside.strip() else ""
        if tag in _MARKS_OF_TEXT and not self.form.has_marks_of_text:
            self.lost.append("the marks of its text")
        elif tag in _KEPT_TAGS | _MARKS_OF_TEXT:
            attributes = _write_attributes(element)
            return f"<{tag}{attributes}/>" if tag in VOID_TAGS else f"<{tag}{attributes}>{inside}</{tag}>"
        return inside

    def _find_special(self, element: Element) -> Callable[[Element], str] | None:
        """Return what writes an element that is more than its tag and what is in it; None for others."""
        names = (element.get("class") or "").split()
        if element.tag == "span" and "blank" in names:
            return lambda _: GAP
        if element.tag == "span" and "footnote" in names:
            return lambda note: f" ({self._write_inside(note)})"
        if element.tag == "span" and "note-again" in names:
            return lambda _: ""
        if element.tag == "div" and "formula" in names:
            return lambda formula: f"<p>{self._write_inside(formula)}</p>"
        by_tag = {
            "svg": self._write_formula,
            "img": self._write_picture,
            "a": self._write_link,
            "pre": lambda code: f"<pre><code>{escape(''.join(code.itertext()), quote=False)}</code></pre>",
            "input": lambda box: "☑ " if box.get("checked") is not None else "☐ ",
        }
        return by_tag.get(element.tag)

    def _write_formula(self, drawing: Element) -> str:
        latex = drawing.get("data-tex")
        if latex is None:
            return ""  # the number of a formula, which its LaTeX has too
        display = "formula" in (drawing.getparent().get("class") or "").split() and drawing.getparent().tag == "div"
        return self.form.write_formula(latex, display)

    def _write_picture(self, picture: Element) -> str:
        path, words = read_file_path(picture.get("src", "")), picture.get("alt", "")
        if self.form.write_address is None:
            self.lost.append(f"the picture `{path}`")
            return escape(f"[{words}]") if words else ""
        self.pictures.append(path)
        return f'<img src="{escape(self.form.write_address(path))}" alt="{escape(words)}"/>'

    def _write_link(self, link: Element) -> str:
        inside = self._write_inside(link)
        address = link.get("href") or ""
        if address.startswith(_OUTER_LINK):
            return f'<a href="{escape(address)}">{inside}</a>'
        if address:
            self.lost.append("its links into the book")
        return inside


def _write_attributes(element: Element) -> str:
    kept = ((name, value) for name, value in element.attrib.items() if name in _KEPT_ATTRIBUTES)
    return "".join(f' {name}="{escape(value)}"' for name, value in kept)


def join_blocks(blocks: Sequence[str]) -> str:
    """Return blocks of HTML below each other."""
    return "\n".join(block for block in blocks if block)


def write_feedback(parts: Sequence[ExercisePart]) -> str:
    """Return parts of a question as one text, each below its name."""
    return "\n".join(f"<h4>{escape(part.label, quote=False)}</h4>\n{part.text}" for part in parts)
