"""What an EPUB says of its accessibility, from what is really inside: Sheets → statements of its package.

Conformance is claimed where ``faults`` finds nothing: every figure has a text and every formula words, headings are in
order, each document says its language, and each page of the list is marked once.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from studyguide import __version__
from studyguide.locale import Locale
from studyguide.model import Html, Sheet
from studyguide.outputs.xhtml import drawings_apart

STANDARD = "EPUB Accessibility 1.1 - WCAG 2.1 Level AA"
TAG = re.compile(r"<(html|img|svg|math|h[1-6])\b([^>]*)>")
FORMULA = re.compile(r'\bclass="[^"]*\bformula\b')
WORDS_OF = {"img": "alt", "svg": "aria-label", "math": "alttext"}
"""The attribute that tells an element in words."""
PICTURES, FORMULAS = frozenset({"img", "drawing"}), frozenset({"svg", "math"})
"""What ``kind`` says of them."""
MOVING = re.compile(r"<(?:animate|audio|video|set)\b")


@dataclass(frozen=True, slots=True)
class Inside:
    """What is in the documents of a book, by what its elements are, and what of that is not as it should be."""

    kinds: frozenset[str]
    wrong: frozenset[str]
    moving: bool
    pages: bool
    """Whether it has the page numbers of a printed book."""
    links: bool

    def told(self, kinds: frozenset[str]) -> bool:
        """Whether there is something of these kinds, and all of it in words."""
        return bool(self.kinds & kinds) and not self.wrong & kinds

    @property
    def features(self) -> dict[str, bool]:
        """Values of schema:accessibilityFeature, and whether the book has each."""
        return {
            "tableOfContents": True,
            "readingOrder": True,
            "structuralNavigation": True,
            "displayTransformability": True,
            "pageBreakMarkers": self.pages,
            "pageNavigation": self.pages,
            "alternativeText": self.told(PICTURES),
            "describedMath": self.told(FORMULAS),
            "MathML": "math" in self.kinds,
        }


def look(sheets: Sequence[Sheet]) -> Inside:
    outlines = [replace(sheet, html=outlined(sheet.html)) for sheet in sheets]
    text = "".join(sheet.html for sheet in outlines if sheet.role != "cover")
    return Inside(
        kinds=frozenset(kind(tag, attributes) for tag, attributes in TAG.findall(text)),
        wrong=frozenset([*(fault for sheet in outlines for fault in faults(sheet)), *unlisted(outlines)]),
        moving=any(MOVING.search(sheet.html) for sheet in sheets),
        pages="doc-pagelist" in text,
        links='class="ref"' in text,
    )


def statements(sheets: Sequence[Sheet], locale: Locale) -> Iterator[tuple[str, str]]:
    """Properties of the package and their values, after schema.org, Dublin Core and EPUB Accessibility 1.1."""
    inside = look(sheets)
    yield "schema:accessMode", "textual"
    if inside.kinds & (PICTURES | {"svg"}):
        yield "schema:accessMode", "visual"
        yield "schema:accessModeSufficient", "textual,visual"
    if not inside.wrong & (PICTURES | FORMULAS):
        yield "schema:accessModeSufficient", "textual"
    for name, there in inside.features.items():
        if there:
            yield "schema:accessibilityFeature", name
    yield "schema:accessibilityHazard", "unknown" if inside.moving else "none"
    told = {
        "pictures": inside.told(PICTURES),
        "formulas": inside.told(FORMULAS),
        "links": inside.links,
        "pages": inside.pages,
        "checked": not inside.wrong,
    }
    summary = [locale.accessibility[name] for name, there in told.items() if there]
    if summary:
        yield "schema:accessibilitySummary", " ".join(summary)
    if not inside.wrong:
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
