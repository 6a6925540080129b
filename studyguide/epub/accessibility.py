"""State the accessibility of an EPUB from what is really in it: Sections → metadata of the package.

Conformance is claimed only if nothing is wrong: every figure has a text and every formula words, headings are in order,
each document states its language, and each page of the page list is marked once.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from studyguide import __version__
from studyguide.epub.xhtml import split_at_drawings
from studyguide.locale import Locale
from studyguide.model import Html, Section

_STANDARD = "EPUB Accessibility 1.1 - WCAG 2.1 Level AA"
_TAG = re.compile(r"<(html|img|svg|math|h[1-6])\b([^>]*)>")
_FORMULA_CLASS = re.compile(r'\bclass="[^"]*\bformula\b')
_TEXT_ATTRIBUTES = {"img": "alt", "svg": "aria-label", "math": "alttext"}
"""The attribute that holds an element's alternative text."""
# Kinds of element, as `_name_kind` names them.
_PICTURES, _FORMULAS = frozenset({"img", "drawing"}), frozenset({"svg", "math"})
_MOVING = re.compile(r"<(?:animate|audio|video|set)\b")


@dataclass(frozen=True, slots=True)
class _Inventory:
    """The kinds of element in the documents of a book, and those of which something is wrong."""

    kinds: frozenset[str]
    wrong: frozenset[str]
    has_motion: bool
    has_pages: bool
    """True if it has the page numbers of a printed book."""
    has_references: bool

    def has_text_for(self, kinds: frozenset[str]) -> bool:
        """True if there is something of these kinds, and all of it has an alternative text."""
        return bool(self.kinds & kinds) and not self.wrong & kinds

    @property
    def features(self) -> dict[str, bool]:
        """Values of schema:accessibilityFeature, and whether the book has each."""
        return {
            "tableOfContents": True,
            "readingOrder": True,
            "structuralNavigation": True,
            "displayTransformability": True,
            "pageBreakMarkers": self.has_pages,
            "pageNavigation": self.has_pages,
            "alternativeText": self.has_text_for(_PICTURES),
            "describedMath": self.has_text_for(_FORMULAS),
            "MathML": "math" in self.kinds,
        }


def describe_accessibility(sections: Sequence[Section], locale: Locale) -> Iterator[tuple[str, str]]:
    """Yield properties of the package with their values (schema.org, Dublin Core, EPUB Accessibility 1.1)."""
    inventory = _take_inventory(sections)
    yield "schema:accessMode", "textual"
    if inventory.kinds & (_PICTURES | {"svg"}):
        yield "schema:accessMode", "visual"
        yield "schema:accessModeSufficient", "textual,visual"
    if not inventory.wrong & (_PICTURES | _FORMULAS):
        yield "schema:accessModeSufficient", "textual"
    for name, is_there in inventory.features.items():
        if is_there:
            yield "schema:accessibilityFeature", name
    yield "schema:accessibilityHazard", "unknown" if inventory.has_motion else "none"
    statements = {
        "pictures": inventory.has_text_for(_PICTURES),
        "formulas": inventory.has_text_for(_FORMULAS),
        "links": inventory.has_references,
        "pages": inventory.has_pages,
        "checked": not inventory.wrong,
    }
    summary = [locale.accessibility[name] for name, is_true in statements.items() if is_true]
    if summary:
        yield "schema:accessibilitySummary", " ".join(summary)
    if not inventory.wrong:
        yield "dcterms:conformsTo", _STANDARD
        yield "a11y:certifiedBy", f"studyguide {__version__}"


def _take_inventory(sections: Sequence[Section]) -> _Inventory:
    outlines = [replace(section, html=_empty_drawings(section.html)) for section in sections]
    text = "".join(section.html for section in outlines if section.role != "cover")
    return _Inventory(
        kinds=frozenset(_name_kind(tag, attributes) for tag, attributes in _TAG.findall(text)),
        wrong=frozenset(
            [*(fault for section in outlines for fault in _find_faults(section)), *_find_lost_pages(outlines)]
        ),
        has_motion=any(_MOVING.search(section.html) for section in sections),
        has_pages="doc-pagelist" in text,
        has_references='class="ref"' in text,
    )


def _empty_drawings(html: str) -> Html:
    """Return a document without the insides of its drawings, which are most of it."""
    pieces, rest = split_at_drawings(html)
    return Html("".join(f"{before}<svg{drawing.partition('>')[0]}>" for before, drawing in pieces) + rest)


def _name_kind(tag: str, attributes: str) -> str:
    """Return ``svg`` for a formula, ``drawing`` for any other SVG, and the tag of everything else."""
    return "drawing" if tag == "svg" and not _FORMULA_CLASS.search(attributes) else tag


def _find_faults(section: Section) -> Iterator[str]:
    """Yield the kinds of the elements that lack a text, a language or a heading above them."""
    level = 0
    for tag, attributes in _TAG.findall(section.html):
        if tag in _TEXT_ATTRIBUTES:
            if not re.search(rf'\b{_TEXT_ATTRIBUTES[tag]}="[^"]', attributes):
                yield _name_kind(tag, attributes)
        elif tag == "html":
            if not re.search(r'\bxml:lang="[^"]', attributes):
                yield tag
        else:
            if int(tag[1]) > level + 1:
                yield tag
            level = int(tag[1])


def _find_lost_pages(sections: Iterable[Section]) -> Iterator[str]:
    """Yield the pages that are not marked once and listed once."""
    navigation = "".join(section.html for section in sections if section.role == "nav")
    text = "".join(section.html for section in sections if section.role != "nav")
    listed = Counter(re.findall(r'#(page-\d+)"', navigation.partition("doc-pagelist")[2]))
    marked = Counter(re.findall(r'role="doc-pagebreak" id="(page-\d+)"', text))
    yield from (page for page in listed | marked if (listed[page], marked[page]) != (1, 1))
