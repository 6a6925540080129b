r"""Set formulas: LaTeX → SVG in a line of text, with the formula in words for those who listen; SVG → MathML.

reading, chemistry   pieces of LaTeX; chemical formulas
latex                LaTeX → elements of MathML; latex2mathml converts what has no rows
mathml               elements as they are drawn, spoken and shown by e-readers
drawing              MathML → SVG, with ziamath
tags                 the numbers of formulas, which stand at the margin
plain                MathML → a line of text

WeasyPrint cannot set MathML, and many e-readers cannot either. A chapter is marked up once for all editions, so each drawing
carries its LaTeX, from which an EPUB makes MathML.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from html import escape, unescape
from xml.etree import ElementTree

from studyguide.locale import Locale
from studyguide.maths.drawing import draw_mathml
from studyguide.maths.latex import list_commands
from studyguide.maths.mathml import mend_spacing, style_for_readers, write_elements, write_text
from studyguide.maths.plain import write_plain
from studyguide.maths.reading import MathsError, expand_macros, strip_comments
from studyguide.maths.tags import TAG_GAP, show_tags, take_drawn_tags, take_tags
from studyguide.model import Html
from studyguide.speech import speak

__all__ = [
    "MathsError",
    "convert_formulas",
    "convert_to_mathml",
    "find_drawings",
    "list_commands",
    "measure_nesting",
    "set_formula",
    "write_for_mathjax",
    "write_formulas",
    "write_mathml_as_text",
]

# ziamath draws at this size; its lengths, divided by it, are em.
_UNITS_PER_EM = 48.0


_FUNCTION_FIRST = re.compile(r"\s*\\(log|ln|exp|sin|cos|tan|det|dim)\b")
"""A formula that begins with the name of a function: ziamath leaves a thin space before it."""


@lru_cache(maxsize=4096)
def set_formula(latex: str, display: bool, locale: Locale, is_borrowed: bool = False) -> Html:
    """Return an inline ``<svg>`` with lengths in em and its baseline on that of the line.

    ``display`` sets the formula large; ``locale`` has the words for its label; ``is_borrowed`` is True if the text around it is in
    another language than the words. Raises MathsError for LaTeX that cannot be set.
    """
    try:
        root = write_elements(latex, display)
        svg = ElementTree.fromstring(draw_mathml(mend_spacing(write_text(root), display), _UNITS_PER_EM))
    except (MathsError, ImportError):
        raise
    except Exception as error:  # ziamath lets any of Python's errors through
        raise MathsError("something is missing in it") from error
    left, top, width, height = (float(number) for number in svg.attrib["viewBox"].split())
    if _FUNCTION_FIRST.match(latex):
        left, width = left + _UNITS_PER_EM / 6, width - _UNITS_PER_EM / 6
    tex = escape(latex).replace("\n", "&#10;")  # XML would make a space of the end of a line
    names = f'class="formula" data-tex="{tex}"'
    lang = f' lang="{locale.language}"' if is_borrowed else ""
    tags, end, start = take_drawn_tags(svg)
    if not tags:
        return _write_drawing(svg, (left, top, width, height), names, speak(write_text(root), locale), lang)
    tag_width = left + width - start
    words = take_tags(root)
    # The margin keeps the room that the tags need.
    room = f"margin-inline-end:{tag_width / _UNITS_PER_EM + TAG_GAP:.3f}em"
    drawing = _write_drawing(svg, (left, top, end - left, height), names, speak(write_text(root), locale), lang, room)
    svg[:] = tags
    return Html(drawing + _write_drawing(svg, (start, top, tag_width, height), 'class="tag"', words, ""))


def _write_drawing(
    svg: ElementTree.Element, box: tuple[float, float, float, float], names: str, words: str, lang: str, style: str = ""
) -> Html:
    """Return a drawing of ziamath, of which ``box`` is shown, as HTML; ``words`` are its label."""
    left, top, width, height = box
    below = top + height  # the baseline is at y = 0
    words = escape(words)
    # The size is there twice: a converter for Kindle makes a picture of the drawing and drops its style.
    return Html(
        f'<svg xmlns="http://www.w3.org/2000/svg" {names} role="img"{lang} aria-label="{words}"'
        f' viewBox="{left:g} {top:g} {width:g} {height:g}" width="{width / _UNITS_PER_EM:.3f}em" height="{height / _UNITS_PER_EM:.3f}em"'
        f' style="width:{width / _UNITS_PER_EM:.3f}em;height:{height / _UNITS_PER_EM:.3f}em;vertical-align:{-below / _UNITS_PER_EM:.3f}em'
        f'{";" * bool(style)}{style}"><title>{words}</title>{_merge_shapes(svg)}</svg>'
    )


def convert_to_mathml(latex: str, display: bool) -> str:
    """Return the MathML of a formula, which ``speak`` reads. Raises MathsError."""
    return write_text(write_elements(latex, display))


def measure_nesting(latex: str) -> int:
    r"""Return how deep braces, ``\left`` and ``\begin`` are nested; each level doubles the time that a formula takes."""
    try:
        latex = expand_macros(strip_comments(latex))
    except MathsError:
        return 0  # set_formula says why it cannot be set
    level = deepest = 0
    for mark in re.findall(r"\\left(?![a-z])|\\right(?![a-z])|\\begin|\\end|\\.|[{}]", latex):
        level += {"{": 1, r"\left": 1, r"\begin": 1, "}": -1, r"\right": -1, r"\end": -1}.get(mark, 0)
        deepest = max(deepest, level)
    return deepest


@lru_cache(maxsize=4096)
def _write_mathml(latex: str, display: bool, is_tagged: bool) -> list[str]:
    """Return the MathML of a formula that ``set_formula`` can set, and of its tags if they stand apart."""
    roots = [write_elements(latex, display)]
    if is_tagged:
        roots.append(show_tags(write_elements(latex, display)))
        take_tags(roots[0])
    for root in roots:
        style_for_readers(root)
    return [mend_spacing(write_text(root), display) for root in roots]


_SPOKEN = re.compile(r' role="img"( lang="[\w-]+")? aria-label="([^"]*)"')
_DRAWN_FORMULA = re.compile(
    r'(<div class="formula(?: tagged)?">)?(<svg\b[^>]*) data-tex="([^"]*)"([^>]*>.*?</svg>(?:<svg [^>]*class="tag".*?</svg>)?)',
    re.DOTALL,
)


def convert_formulas(page: Html, form: str) -> Html:
    """Return a page with its formulas in the form of an edition: ``svg``, ``mathml`` or ``both`` side by side.

    No reader uses ``altimg``. Of both, ``styles/both.css`` shows the MathML where a reader knows ``math-style``, a property
    of MathML alone, and the drawing elsewhere; the hidden one is not read out.
    """

    def formula(match: re.Match[str]) -> str:
        display = match[1] or ""
        drawing = match[2] + match[4] if form != "mathml" else ""
        if form == "svg":
            return display + drawing
        spoken = _SPOKEN.findall(match[4])
        lang = spoken[0][0]
        elements = _write_mathml(unescape(match[3]), bool(display), len(spoken) > 1)
        math = "".join(
            each.replace("<math ", f'<math alttext="{escape(unescape(words))}" ', 1)
            for each, (_, words) in zip(elements, spoken, strict=True)
        )
        # EPUBCheck lets no MathML say its language; the drawing stays its sibling, for styles/both.css.
        return display + (f"<span{lang}>{math}{drawing}</span>" if lang else math + drawing)

    return Html(_DRAWN_FORMULA.sub(formula, str(page)))


def write_for_mathjax(latex: str, display: bool) -> str:
    r"""Return the LaTeX of a formula that ``set_formula`` can set between the signs by which MathJax finds it: ``\(…\)``, ``\[…\]``.

    It is one line, and defines no commands, which would hold for the formulas behind it, too.
    """
    before, after = (r"\[", r"\]") if display else (r"\(", r"\)")
    line = re.sub(r"\s*\n\s*", " ", expand_macros(strip_comments(latex)))
    line = re.sub(r"\\mathds(?![A-Za-z])", lambda _: r"\mathbb", line)  # MathJax knows no `\mathds`
    return f"{before}{line}{after}"


def find_drawings(page: str) -> Iterator[tuple[tuple[str, bool], str]]:
    """Yield the LaTeX of each formula of a page that ``set_formula`` has set, whether it stands on a line of its own, and the SVG."""
    for display, start, latex, rest in _DRAWN_FORMULA.findall(page):
        yield (unescape(latex), bool(display)), f'{start} data-tex="{latex}"{rest}'


def write_formulas(markup: str) -> str:
    """Return HTML with its formulas as text, for a list of titles that cannot show them."""
    return _DRAWN_FORMULA.sub(
        lambda match: escape(_write_as_text(unescape(match[3]), bool(match[1])), quote=False), markup
    )


@lru_cache(maxsize=4096)
def _write_as_text(latex: str, display: bool) -> str:
    """Return a formula that ``set_formula`` can set as a line of text."""
    return write_plain(write_elements(latex, display))


def write_mathml_as_text(mathml: str) -> str:
    """Return MathML of any origin, without a namespace, as a line of text. Raises MathsError."""
    try:
        return write_plain(ElementTree.fromstring(mathml)).strip()
    except (ElementTree.ParseError, IndexError, ValueError) as error:  # too few children, or none where one must be
        raise MathsError("something is missing in it") from error


def _merge_shapes(svg: ElementTree.Element) -> str:
    """Return all glyphs and rules as one path: each element of a drawing costs WeasyPrint as much as a paragraph."""
    shapes = list(svg.iter())[1:]
    kinds = {(shape.tag.rpartition("}")[2], frozenset(shape.attrib)) for shape in shapes}
    if kinds <= {("path", frozenset({"d", "fill"})), ("rect", frozenset({"x", "y", "width", "height", "fill"}))}:
        return f'<path d="{"".join(map(_write_path, shapes))}" fill="currentColor"/>'
    # Strokes and tall brackets stay as ziamath drew them.
    inner = "".join(ElementTree.tostring(child, encoding="unicode") for child in svg)
    inner = re.sub(r'\s*xmlns(:\w+)?="[^"]*"|ns\d+:', "", inner)
    return re.sub(r'(fill|stroke)="black"', r'\1="currentColor"', inner)


def _write_path(shape: ElementTree.Element) -> str:
    if "d" in shape.attrib:
        return re.sub(r"-?\d+(\.\d+)?", _round_length, shape.attrib["d"]).replace(" Z ", "Z")
    x, y, width, height = (_round_length(shape.attrib[name]) for name in ("x", "y", "width", "height"))
    return f"M{x} {y}h{width}v{height}h-{width}Z"


def _round_length(number: re.Match[str] | str) -> str:
    """Return a length with one decimal: a tenth of a unit is a fiftieth of a point in print."""
    text = f"{float(number if isinstance(number, str) else number.group()):.1f}"
    return text.removesuffix(".0")
