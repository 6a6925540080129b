r"""Set formulas: LaTeX → SVG in a line of text, with the formula in words for those who listen; SVG → MathML.

The only module that knows ziamath and latex2mathml. WeasyPrint cannot set MathML, and many e-readers cannot either. A chapter
is marked up once for all editions, so each drawing carries its LaTeX, from which an EPUB makes MathML.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from html import escape, unescape
from xml.etree import ElementTree

from studyguide.locale import Locale
from studyguide.model import Html
from studyguide.speech import speak

# ziamath draws at this size; its lengths, divided by it, are em.
_UNITS_PER_EM = 48.0
_MATHML = "{http://www.w3.org/1998/Math/MathML}"


class MathsError(ValueError):
    """A formula cannot be set; the message says why."""


_FUNCTION_FIRST = re.compile(r"\s*\\(log|ln|exp|sin|cos|tan|det|dim)\b")
"""A formula that begins with the name of a function: ziamath leaves a thin space before it."""


@lru_cache(maxsize=4096)
def set_formula(latex: str, display: bool, locale: Locale, is_borrowed: bool = False) -> Html:
    """Return an inline ``<svg>`` with lengths in em and its baseline on that of the line.

    ``display`` sets the formula large; ``locale`` has the words for its label; ``is_borrowed`` is True if the text around it is in
    another language than the words. Raises MathsError for LaTeX that cannot be set.
    """
    try:
        raw = _convert_to_mathml(latex, display)
        svg = ElementTree.fromstring(_draw_mathml(_fix_mathml(raw, display)))
    except (MathsError, ImportError):
        raise
    except Exception as error:  # both libraries let any of Python's errors through
        raise MathsError(str(error).strip() or "something is missing in it") from error
    left, top, width, height = (float(number) for number in svg.attrib["viewBox"].split())
    if _FUNCTION_FIRST.match(latex):
        left, width = left + _UNITS_PER_EM / 6, width - _UNITS_PER_EM / 6
    below = top + height  # the baseline is at y = 0
    words = escape(speak(raw, locale))
    lang = f' lang="{locale.language}"' if is_borrowed else ""
    tex = escape(latex).replace("\n", "&#10;")  # XML would make a space of the end of a line
    # The size is there twice: a converter for Kindle makes a picture of the drawing and drops its style.
    return Html(
        f'<svg xmlns="http://www.w3.org/2000/svg" class="formula" data-tex="{tex}" role="img"{lang} aria-label="{words}"'
        f' viewBox="{left:g} {top:g} {width:g} {height:g}" width="{width / _UNITS_PER_EM:.3f}em" height="{height / _UNITS_PER_EM:.3f}em"'
        f' style="width:{width / _UNITS_PER_EM:.3f}em;height:{height / _UNITS_PER_EM:.3f}em;vertical-align:{-below / _UNITS_PER_EM:.3f}em">'
        f"<title>{words}</title>{_merge_shapes(svg)}</svg>"
    )


def _draw_mathml(mathml: str) -> str:
    """Return the SVG that ziamath draws."""
    # Imported here because it takes 0.1 s, which a build that draws no new formula need not pay.
    import ziafont
    import ziamath

    # Glyphs as paths of their own: shared <symbol>s would repeat their ids in every formula of a page.
    ziamath.config.svg2 = False
    ziafont.config.svg2 = False
    svg: str = ziamath.Math(mathml, size=_UNITS_PER_EM).svg()
    return svg


_ACTIVE_ATTRIBUTES = ("href", "src", "style", "class", "id", "altimg", "actiontype", "encoding")
"""Attributes of MathML that link, fetch, or change the look of the text around a formula."""
_UPRIGHT_LETTER = re.compile(r"\\mathrm\{([A-Za-z])\}")


def measure_nesting(latex: str) -> int:
    r"""Return how deep braces, ``\left`` and ``\begin`` are nested; each level doubles the time that a formula takes."""
    level = deepest = 0
    for mark in re.findall(r"\\left(?![a-z])|\\right(?![a-z])|\\begin|\\end|\\.|[{}]", latex):
        level += {"{": 1, r"\left": 1, r"\begin": 1, "}": -1, r"\right": -1, r"\end": -1}.get(mark, 0)
        deepest = max(deepest, level)
    return deepest


def _convert_to_mathml(latex: str, display: bool) -> str:
    """Return the MathML that latex2mathml writes. Raises MathsError for a command that it does not know."""
    import latex2mathml.converter

    # latex2mathml drops `\mathrm` of a single letter.
    latex = _UPRIGHT_LETTER.sub(r"\\text{\1}", latex)
    mathml: str = latex2mathml.converter.convert(latex, display="block" if display else "inline")
    if unknown := re.search(r"\\[A-Za-z]+", mathml):
        raise MathsError(f"`{unknown.group()}` is not known")
    # latex2mathml copies the contents of a command's braces into attributes unchanged.
    for element in ElementTree.fromstring(mathml).iter():
        tag = element.tag.removeprefix(_MATHML)
        if not re.fullmatch(r"m[a-z]+", tag) or tag in ("mglyph", "maction", "merror"):
            raise MathsError(f"the element `{tag}` has no place in a formula")
        for name, value in element.attrib.items():
            if (
                name in _ACTIVE_ATTRIBUTES
                or name.startswith(("on", "data", "{"))
                or not re.fullmatch(r"[\w#.,%+\-() ]*", value)
            ):
                raise MathsError(f"the attribute `{name}` has no place in a formula")
    return mathml


@lru_cache(maxsize=4096)
def _write_mathml(latex: str, display: bool) -> str:
    """Return the MathML of a formula that ``set_formula`` can set."""
    return _fix_mathml(_convert_to_mathml(latex, display), display)


_SPOKEN = re.compile(r' role="img"( lang="[\w-]+")? aria-label="([^"]*)"')
_DRAWN_FORMULA = re.compile(r'(<div class="formula">)?(<svg\b[^>]*) data-tex="([^"]*)"([^>]*>.*?</svg>)', re.DOTALL)


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
        lang, words = _SPOKEN.findall(match[4])[0]
        said = f'<math alttext="{escape(unescape(words))}" '
        math = _write_mathml(unescape(match[3]), bool(display)).replace("<math ", said, 1)
        # EPUBCheck lets no MathML say its language; the drawing stays its sibling, for styles/both.css.
        return display + (f"<span{lang}>{math}{drawing}</span>" if lang else math + drawing)

    return Html(_DRAWN_FORMULA.sub(formula, str(page)))


def find_drawings(page: str) -> Iterator[tuple[tuple[str, bool], str]]:
    """Yield the LaTeX of each formula of a page that ``set_formula`` has set, whether it stands on a line of its own, and the SVG."""
    for display, start, latex, rest in _DRAWN_FORMULA.findall(page):
        yield (unescape(latex), bool(display)), f'{start} data-tex="{latex}"{rest}'


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


# MathML of latex2mathml, and what ziamath sets well instead.
_MATHML_FIXES = (
    # A hat that is an accent, not an operator above.
    (re.compile(r"<mo>&#x0005E;</mo></mover>"), "<mo>&#x002C6;</mo></mover>"),
    # Plus or minus is an operator; after a relation, a bracket or at the beginning it belongs to what follows.
    (re.compile(r"<mi>&#x000B1;</mi>"), "<mo>&#x000B1;</mo>"),
    (
        re.compile(
            r"(<mrow>|<mo[^>]*>(?:&#x0003D;|&#x02248;|&#x0223C;|&#x00028;|&#x0002C;)</mo>)<mo>(&#x02212;|&#x000B1;)</mo>"
        ),
        r'\1<mo form="prefix">\2</mo>',
    ),
    # A comma in braces stands in a number, `1{,}000`, and has no space; another is followed by a thin one, and the cells of a matrix stand apart.
    (re.compile(r"<mrow><mo>&#x0002C;</mo></mrow>"), '<mo lspace="0em" rspace="0em">&#x0002C;</mo>'),
    (re.compile(r"<mo>(&#x0002C;)</mo>"), r'<mo lspace="0em" rspace="0.167em">\1</mo>'),
    # A derivative's sign stands close to what it is of; a name of a function close to a bracket, and apart from a letter.
    (re.compile(r"<mo>&#x02202;</mo>"), '<mo lspace="0em" rspace="0.02em">&#x02202;</mo>'),
    (
        re.compile(r"<mo>(max|min|sup|inf|gcd|det|Pr|lim)</mo>(?=<mo[^>]*>&#x00028;)"),
        r'<mo lspace="0em" rspace="0em">\1</mo>',
    ),
    (
        re.compile(r"(?<!<msup>)(?<!<msub>)(<mi>(?:log|ln|exp|sin|cos|tan|det|dim)</mi>)(?!<mo|</)"),
        r'\1<mspace width="0.1em"/>',
    ),
    (re.compile(r"<mtable>"), '<mtable columnspacing="0.8em" rowspacing="0.5em">'),
    # Multiplication needs as much room as addition.
    (re.compile(r"<mo>(&#x000D7;|&#x02299;)</mo>"), r'<mo lspace="0.222em" rspace="0.222em">\1</mo>'),
)
# ziamath does not close brackets around a large sum whose index is beside it, so the index goes below.
_LARGE_OPERATOR = re.compile(
    r"<msub>(<mo>&#x0(?:2211|220F);</mo>(?:<mi>[^<]*</mi>|<mrow>(?:(?!</?mrow>).)*</mrow>))</msub>"
)


def _fix_mathml(mathml: str, display: bool) -> str:
    for pattern, replacement in _MATHML_FIXES:
        mathml = pattern.sub(replacement, mathml)
    return _LARGE_OPERATOR.sub(r"<munder>\1</munder>", mathml) if display else mathml
