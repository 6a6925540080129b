"""Replace the formulas of a passage by drawings, or by their LaTeX: lxml tree → drawings for its HTML, and Problems."""

import html
import re
from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from dataclasses import replace

from lxml import etree
from lxml.html import HtmlElement

from studyguide import maths
from studyguide.guide.places import read_place
from studyguide.guide.wording import Wording
from studyguide.limits import check_limit
from studyguide.model import Passage
from studyguide.problems import Place, Problem

_DISPLAY, _INLINE = r"\[", r"\("
_MARK = "formula"
_DRAWN = re.compile(rf"<\?{_MARK} (\d+)\?>")


def draw_formulas(
    root: HtmlElement, passage: Passage, wording: Wording, drawings: Mapping[tuple[str, bool], str]
) -> tuple[Callable[[str], str], list[Problem]]:
    """Mark the formulas of a tree. Return what puts their drawings into its HTML, and a Problem for each that cannot be set.

    ``drawings`` are those that were drawn before with the same wording, by LaTeX and whether they stand on lines of their own.
    """
    problems: list[Problem] = []
    pages: list[str] = []
    for element in list(_list_formulas(root)):
        text = element.text or ""
        is_display, latex = text.startswith(_DISPLAY), text[2:-2].strip()
        found = tuple(_find_excess(latex, read_place(element, passage)))
        shown = "" if found else drawings.get((latex, is_display), "")
        if not found and not shown:
            try:
                shown = maths.set_formula(latex, is_display, wording.locale, wording.is_borrowed)
            except maths.MathsError as error:
                message = f"the formula `{latex}` cannot be set: {error}"
                place = read_place(element, passage)
                found = (Problem(place, "bad-maths", message, error.fix, is_shown_as_typed=True),)
        problems += found
        shown = shown or _show_as_typed(latex, is_display)
        if is_display:
            _lift_out_of_line(element)
            is_tagged = 'class="tag"' in shown
            shown = f'<div class="formula{" tagged" * is_tagged}">{shown}</div>'
        mark = etree.ProcessingInstruction(_MARK, str(len(pages)))
        mark.tail = element.tail
        element.getparent().replace(element, mark)
        pages.append(shown)
    return lambda page: _DRAWN.sub(lambda match: pages[int(match[1])], page), problems


def _list_formulas(root: HtmlElement) -> Iterator[HtmlElement]:
    for element in root.iter("span", "div"):
        if element.get("class") == "arithmatex" and not len(element):
            text = element.text or ""
            if text.startswith((_DISPLAY, _INLINE)):
                yield element


def _find_excess(latex: str, place: Place) -> Iterator[Problem]:
    """Yield a Problem if a formula is too long or too deeply nested."""
    sizes = {"formula": len(latex), "formula-nesting": maths.measure_nesting(latex)}
    for name, size in sizes.items():
        for problem in check_limit(name, size, "the formula", place):
            yield replace(problem, is_shown_as_typed=True)


def _show_as_typed(latex: str, is_display: bool) -> str:
    """Return the LaTeX of a formula that cannot be set, as code."""
    mark = "$$" if is_display else "$"
    return f"<code>{html.escape(mark + latex + mark, quote=False)}</code>".replace("\n", "<br/>")


def _lift_out_of_line(formula: HtmlElement) -> None:
    """Divide the paragraph around a formula that stands on lines of its own."""
    paragraph = formula.getparent()
    if paragraph.tag != "p" or paragraph.getparent() is None:
        return
    before = deepcopy(paragraph)
    place = paragraph.index(formula)
    for child in list(before)[place:]:
        before.remove(child)
    for child in list(paragraph)[:place]:
        paragraph.remove(child)
    paragraph.text, formula.tail, after = None, None, formula.tail
    paragraph.remove(formula)
    paragraph.text = (after or "").lstrip() or None
    if len(before) or (before.text or "").strip():
        paragraph.addprevious(before)
    paragraph.addprevious(formula)
    if not len(paragraph) and not paragraph.text:
        paragraph.getparent().remove(paragraph)
