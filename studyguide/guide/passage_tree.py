"""A passage on its way from sanitised HTML to the HTML of a book: the value that the passes of ``passes`` change in place."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from lxml import etree
from lxml.html import HtmlElement

from studyguide.guide.places import PLACE, SourceLines
from studyguide.guide.wording import ENGLISH, Wording
from studyguide.html_text import BLOCK_TAGS, write_place_mark
from studyguide.model import Figure, Link
from studyguide.problems import Place, Problem

FORMULA = "formula"
"""The name of the processing instruction that stands for a formula; its text is the place in ``PassageTree.formulas``."""
_VOID_TAGS = ("br", "hr", "img", "col", "wbr")
_MARKED_TAGS = {"blockquote", "dd", "div", "dt", "h1", "h2", "h3", "h4", "h5", "h6", "li", "p", "span", "table", "td"}
"""The elements that a mark of their place may begin."""
_UNMARKED_TAGS = ("pre", "thead")
"""Elements without marks inside them: listings are divided by what they begin with, and tables compared by their heads."""


@dataclass(slots=True)
class PassageTree:
    """The tree of a passage, and what its passes find."""

    root: HtmlElement
    """An element around the HTML of the passage; it is no part of it."""
    lines: SourceLines
    chapter_id: str = ""
    direction: str = "ltr"
    """``ltr`` or ``rtl``: that of the text."""
    wording: Wording = ENGLISH
    """The words that the program adds."""
    drawings: Mapping[tuple[str, bool], str] = field(default_factory=dict)
    """Formulas that were drawn before with the same wording, by LaTeX and whether they stand on lines of their own."""
    marks_places: bool = False
    """True if the HTML is to have marks of the places of its elements."""
    has_captions: bool = True
    """True if the titles of figures are to be printed below them."""
    is_title: bool = False
    """True for a line such as the title of a question."""
    anchors: tuple[tuple[str, Place], ...] = ()
    heading_names: frozenset[str] = frozenset()
    figures: tuple[Figure, ...] = ()
    links: tuple[Link, ...] = ()
    blanks: list[tuple[tuple[str, ...], Place]] = field(default_factory=list)
    """The answers of each blank, and its place."""
    block_lines: tuple[int, ...] = ()
    problems: list[Problem] = field(default_factory=list)
    formulas: list[str] = field(default_factory=list)
    """The HTML of each formula, which is put in when the tree is written: a drawing is many elements that no pass looks at."""

    def find_place(self, element: HtmlElement) -> Place:
        """Return the place of an element in its file."""
        return self.lines.read_place(element)

    def mark_formula(self, formula: HtmlElement) -> str:
        """Return the mark of the place of a formula as HTML; an empty text in a tree without marks."""
        if not self.marks_places or next(formula.iterancestors(*_UNMARKED_TAGS), None) is not None:
            return ""
        return f"<!--{write_place_mark(self.find_place(formula))}-->"

    def settle_places(self) -> None:
        """Remove the places from the tree, for a book does not have them; leave marks, if it is to have these.

        The lines of blocks are kept beside the tree.
        """
        self.block_lines = tuple(self.lines.read_line(each) for each in self.root.iter(*BLOCK_TAGS))
        if self.marks_places:
            self._mark_elements()
        for element in self.root.iter("*"):
            element.attrib.pop(PLACE, None)

    def _mark_elements(self) -> None:
        for element in list(self.root.iter(*_MARKED_TAGS, "img", "pre")):
            if PLACE in element.attrib and next(element.iterancestors(*_UNMARKED_TAGS), None) is None:
                mark = etree.Comment(write_place_mark(self.find_place(element)))
                if element.tag in _MARKED_TAGS:
                    mark.tail, element.text = element.text, None
                    element.insert(0, mark)
                else:
                    element.addprevious(mark)

    def write_html(self, inline: bool = False) -> str:
        """Return the passage as XML; ``inline`` without the ``<p>`` around it."""
        for element in self.root.iter():
            # An empty <span/> would swallow the rest of its parent in an HTML parser.
            if isinstance(element.tag, str) and element.tag not in _VOID_TAGS and not len(element):
                element.text = element.text or ""
        text: str = etree.tostring(self.root, encoding="unicode", method="xml")
        text = text.removeprefix("<div>").removesuffix("</div>").strip()
        if inline:
            text = text.removeprefix("<p>").removesuffix("</p>")
        before, *rest = text.split(f"<?{FORMULA} ")
        pieces = [before]
        for number, _, after in (each.partition("?>") for each in rest):
            pieces += [self.formulas[int(number)], after]
        return "".join(pieces)
