"""Replace the formulas of a passage by drawings, or by their LaTeX: a pass over its tree."""

import html
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import replace

from lxml import etree
from lxml.html import HtmlElement

from studyguide import maths
from studyguide.guide.passage_tree import FORMULA, PassageTree
from studyguide.limits import check_limit
from studyguide.problems import Place, Problem

_DISPLAY, _INLINE = r"\[", r"\("


def draw_formulas(tree: PassageTree) -> None:
    """Put a mark for each formula into the tree, and its drawing beside it; report each that cannot be set."""
    for element in list(_list_formulas(tree.root)):
        text = element.text or ""
        is_display, latex = text.startswith(_DISPLAY), text[2:-2].strip()
        shown = _draw_formula(tree, latex, is_display, tree.find_place(element)) or _show_as_typed(latex, is_display)
        shown = tree.mark_formula(element) + str(shown)
        if is_display:
            _lift_out_of_line(element)
            is_tagged = 'class="tag"' in shown
            shown = f'<div class="formula{" tagged" * is_tagged}">{shown}</div>'
        mark = etree.ProcessingInstruction(FORMULA, str(len(tree.formulas)))
        mark.tail = element.tail
        element.getparent().replace(element, mark)
        tree.formulas.append(shown)


def _draw_formula(tree: PassageTree, latex: str, is_display: bool, place: Place) -> str:
    """Return the drawing of a formula; empty for one that cannot be set, which is reported."""
    found = tuple(_find_excess(latex, place))
    shown = "" if found else tree.drawings.get((latex, is_display), "")
    if not found and not shown:
        try:
            shown = maths.set_formula(latex, is_display, tree.wording.locale, tree.wording.is_borrowed)
        except maths.MathsError as error:
            message = f"the formula `{latex}` cannot be set: {error}"
            found = (Problem(place, "bad-maths", message, error.fix, is_shown_as_typed=True),)
    tree.problems += found
    return shown


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
