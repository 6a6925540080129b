"""What an EPUB says of its accessibility, from what is really inside: Sheets → statements of its package.

Conformance is claimed where ``faults`` finds nothing: every figure has a text and every formula words, headings are in
order, each document says its language, and each page of the list is marked once.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from studyguide import __version__
from studyguide.model import Html, Sheet
from studyguide.outputs.xhtml import drawings_apart
from studyguide.words import Words

STANDARD = "EPUB Accessibility 1.1 - WCAG 2.1 Level AA"
TAG = re.compile(r"<(html|img|svg|math|h[1-6])\b([^>]*)>")
FORMULA = re.compile(r'\bclass="[^"]*\bformula\b')
WORDS_OF = {"img": "alt", "svg": "aria-label", "math": "alttext"}
"""The attribute that tells an element in words."""
MOVING = re.compile(r"<(?:animate|audio|video|set)\b")


def statements(sheets: Sequence[Sheet], language: Words) -> Iterator[tuple[str, str]]:
    """Properties of the package and their values, after schema.org, Dublin Core and EPUB Accessibility 1.1."""
    moving = any(MOVING.search(sheet.html) for sheet in sheets)
    sheets = [replace(sheet, html=outlined(sheet.html)) for sheet in sheets]
    text = "".join(sheet.html for sheet in sheets if sheet.role != "cover")
    wrong = {fault for sheet in sheets for fault in faults(sheet)} | set(unlisted(sheets))
    kinds = {kind(tag, attributes) for tag, attributes in TAG.findall(text)}
    pictures, drawn, mathml = bool(kinds & {"img", "drawing"}), "svg" in kinds, "math" in kinds
    formulas = drawn or mathml
    pages = "doc-pagelist" in text
    yield "schema:accessMode", "textual"
    if pictures or drawn:
        yield "schema:accessMode", "visual"
        yield "schema:accessModeSufficient", "textual,visual"
    if not wrong & {"img", "drawing", "svg", "math"}:
        yield "schema:accessModeSufficient", "textual"
    features = {
        "tableOfContents": True,
        "readingOrder": True,
        "structuralNavigation": True,
        "displayTransformability": True,
        "pageBreakMarkers": pages,
        "pageNavigation": pages,
        "alternativeText": pictures and not wrong & {"img", "drawing"},
        "describedMath": formulas and not wrong & {"svg", "math"},
        "MathML": mathml,
    }
    for name, there in features.items():
        if there:
            yield "schema:accessibilityFeature", name
    yield "schema:accessibilityHazard", "unknown" if moving else "none"
    told = {
        "pictures": features["alternativeText"],
        "formulas": features["describedMath"],
        "links": 'class="ref"' in text,
        "pages": pages,
        "checked": not wrong,
    }
    summary = [language.accessible[name] for name, there in told.items() if there]
    if summary:
        yield "schema:accessibilitySummary", " ".join(summary)
    if not wrong:
        yield "dcterms:conformsTo", STANDARD
        yield "a11y:certifiedBy", f"studyguide {__version__}"


def outlined(html: str) -> Html:
    """A document without the insides of its drawings, which are most of it."""
    pieces, rest = drawings_apart(html)
    return Html("".join(f"{before}<svg{drawing.partition('>')[0]}>" for before, drawing in pieces) + rest)


def kind(tag: str, attributes: str) -> str:
    """What an element is: an ``svg`` is a formula, another one a ``drawing``."""
    return "drawing" if tag == "svg" and not FORMULA.search(attributes) else tag


def faults(sheet: Sheet) -> Iterator[str]:
    """The elements of a document that are not as they should be."""
    level = 0
    for tag, attributes in TAG.findall(sheet.html):
        if tag in WORDS_OF:
            if not re.search(rf'\b{WORDS_OF[tag]}="[^"]', attributes):
                yield kind(tag, attributes)
        elif tag == "html":
            if not re.search(r'\bxml:lang="[^"]', attributes):
                yield tag
        else:
            if int(tag[1]) > level + 1:
                yield tag
            level = int(tag[1])


def unlisted(sheets: Iterable[Sheet]) -> Iterator[str]:
    """The pages that are not both marked once and listed once."""
    html = {kind: "".join(sheet.html for sheet in sheets if (sheet.role == "nav") is kind) for kind in (True, False)}
    listed = Counter(re.findall(r'#(page-\d+)"', html[True].partition("doc-pagelist")[2]))
    marked = Counter(re.findall(r'role="doc-pagebreak" id="(page-\d+)"', html[False]))
    yield from (page for page in listed | marked if (listed[page], marked[page]) != (1, 1))
