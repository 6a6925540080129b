"""State the accessibility of an EPUB from what is really in it: documents → Inventories → metadata of the package.

Conformance is claimed only if nothing is wrong: every figure has a text and every formula words, headings are in order,
each document states its language, and each page of the page list is marked once.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from studyguide import __version__
from studyguide.epub.xhtml import split_at_drawings
from studyguide.locale import Locale

_STANDARD = "EPUB Accessibility 1.1 - WCAG 2.1 Level AA"
_TAG = re.compile(r"<(html|img|svg|math|h[1-6])\b([^>]*)>")
_FORMULA_CLASS = re.compile(r'\bclass="(?:[^"]*\bformula\b|tag")')
_TEXT_ATTRIBUTES = {"img": "alt", "svg": "aria-label", "math": "alttext"}
"""The attribute that holds an element's alternative text."""
# Kinds of element, as `_name_kind` names them.
_PICTURES, _FORMULAS = frozenset({"img", "drawing"}), frozenset({"svg", "math"})
_LISTED_PAGE = re.compile(r'#(page-\d+)"')
_MARKED_PAGE = re.compile(r'role="doc-pagebreak" id="(page-\d+)"')
_MOVING = re.compile(r"<(?:animate|audio|video|set)\b")


@dataclass(frozen=True, slots=True)
class Inventory:
    """The kinds of element in a document or in a book, and those of which something is wrong."""

    kinds: frozenset[str] = frozenset()
    wrong: frozenset[str] = frozenset()
    has_motion: bool = False
    has_pages: bool = False
    """True if it lists the page numbers of a printed book."""
    has_references: bool = False
    listed_pages: tuple[str, ...] = ()
    """The identifiers of the pages in the page list."""
    marked_pages: tuple[str, ...] = ()
    """The identifiers of the pages that begin in the text."""

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


def describe_accessibility(inventories: Iterable[Inventory], locale: Locale) -> Iterator[tuple[str, str]]:
    """Yield properties of the package with their values (schema.org, Dublin Core, EPUB Accessibility 1.1).

    ``inventories`` are those of its documents.
    """
    inventory = _add_up(list(inventories))
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


def take_inventory(html: str, role: str) -> Inventory:
    """Return the inventory of one document; ``role`` is that of its section."""
    outline = _empty_drawings(html)
    is_navigation, is_cover = role == "nav", role == "cover"
    return Inventory(
        # What the cover shows says nothing of the text.
        kinds=frozenset() if is_cover else frozenset(_name_kind(*tag) for tag in _TAG.findall(outline)),
        wrong=frozenset(_find_faults(outline)),
        has_motion=_MOVING.search(html) is not None,
        has_pages="doc-pagelist" in outline,
        has_references='class="ref"' in outline,
        listed_pages=tuple(_LISTED_PAGE.findall(outline.partition("doc-pagelist")[2])) if is_navigation else (),
        marked_pages=() if is_navigation else tuple(_MARKED_PAGE.findall(outline)),
    )


def _add_up(inventories: Sequence[Inventory]) -> Inventory:
    """Return the inventory of a book with these documents; a page that is not marked once and listed once is wrong."""
    listed = Counter(page for each in inventories for page in each.listed_pages)
    marked = Counter(page for each in inventories for page in each.marked_pages)
    lost = {page for page in listed | marked if (listed[page], marked[page]) != (1, 1)}
    return Inventory(
        kinds=frozenset().union(*(each.kinds for each in inventories)),
        wrong=frozenset(lost).union(*(each.wrong for each in inventories)),
        has_motion=any(each.has_motion for each in inventories),
        has_pages=any(each.has_pages for each in inventories),
        has_references=any(each.has_references for each in inventories),
    )


def _empty_drawings(html: str) -> str:
    """Return a document without the insides of its drawings, which are most of it."""
    pieces, rest = split_at_drawings(html)
    return "".join(f"{before}<svg{drawing.partition('>')[0]}>" for before, drawing in pieces) + rest


def _name_kind(tag: str, attributes: str) -> str:
    """Return ``svg`` for a formula, ``drawing`` for any other SVG, and the tag of everything else."""
    return "drawing" if tag == "svg" and not _FORMULA_CLASS.search(attributes) else tag


def _find_faults(html: str) -> Iterator[str]:
    """Yield the kinds of the elements that lack a text, a language or a heading above them."""
    level = 0
    for tag, attributes in _TAG.findall(html):
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
