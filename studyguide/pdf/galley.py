"""The values between typesetting and make-up: a block's Galley, cut into Strips.

A galley is a block of a section, set once as one column without page breaks. Its lengths are CSS pixels from the top left
corner of the paper; ``section_writer`` moves its strips to their places on pages.
"""

from dataclasses import dataclass, field
from typing import NamedTuple

from studyguide.page_breaks import PageStart
from studyguide.pdf.page_making import Break
from studyguide.pdf.section_pages import Face, Overflow, Segment

FACES = -1
"""The reference to the dictionary of the book's faces, in ``Part.references``."""


class Part(NamedTuple):
    """A PDF object; each ``%d 0 R`` in its dictionary is a reference."""

    head: bytes
    references: tuple[int, ...]
    """Numbers of parts of the same resource, or ``FACES``."""
    stream: bytes | None


class Resource(NamedTuple):
    """An entry of a page's resources (ISO 32000-1, 7.8.3) with all objects that it needs."""

    category: bytes
    """A category of resources, such as ``XObject``."""
    name: bytes
    """Made from the digest of its parts, so that equal drawings of several galleys are one resource."""
    value: bytes
    """The bytes of the entry, with its references open."""
    references: tuple[int, ...]
    parts: tuple[Part, ...]


class Element(NamedTuple):
    """An element of the structure tree (14.7.2)."""

    head: bytes
    """Its entries but for K, P and Pg."""
    kids: tuple[tuple[str, int], ...]
    """``("element", n)``, ``("content", MCID in the galley)`` or ``("link", n)``."""
    figure: tuple[float, ...] = ()
    """Left, top, right and bottom of a figure."""


class StripAnchor(NamedTuple):
    """A place with a name in a galley."""

    name: str
    x: float
    y: float


class StripBookmark(NamedTuple):
    """An entry of the outline, and its place in a galley."""

    level: int
    label: str
    x: float
    y: float


class StripLink(NamedTuple):
    """A link annotation on a strip."""

    box: tuple[float, float, float, float]
    """Left, top, right, bottom."""
    target: str
    """``#anchor``, or an address."""
    words: str
    """Its text, for screen readers."""
    owner: int
    """Its structure element."""
    block: int
    """The element of the paragraph, cell or other block around it."""


class Rule(NamedTuple):
    """A ruled line to write on, which may be repeated below its strip."""

    x: float
    width: float
    thickness: float
    colour: tuple[float, float, float]
    pitch: float
    """The distance of two lines."""


class GalleyStrip(NamedTuple):
    """A slice of a galley that no page break may divide: a line, a row of a table, a picture, a block that is kept whole."""

    top: float
    bottom: float
    break_before: Break
    segments: tuple[Segment | int, ...]
    """Its content; an integer is the MCID of marked content, a number within the galley."""
    notes: tuple[int, ...] = ()
    """The serial numbers, within the block, of the footnotes that are called in it."""
    anchors: tuple[StripAnchor, ...] = ()
    """The places with names that begin in it."""
    held: tuple[StripAnchor, ...] = ()
    """The places with names that began before it and go on in it; y is not used."""
    bookmarks: tuple[StripBookmark, ...] = ()
    links: tuple[int, ...] = ()
    """Numbers of the galley's links."""
    heads: tuple[int, ...] = ()
    """The strips of the head rows of its table, which are repeated where a page begins with it."""
    shrinkable: float = 0.0
    """Pixels of height that it may lose; its content is scaled."""
    centre: float = 0.0
    """The x around which it is scaled."""
    trailing: float = 0.0
    """Pixels of blank lines at its end, which fall away at the foot of a page."""
    rule: Rule | None = None
    """The ruled line that may be repeated below it."""
    is_turned: bool = False
    """True for a part of a table that is printed sideways, on pages of its own."""
    start: PageStart | None = None
    """The start of a page that begins with this strip; an empty anchor means the anchor before the block."""


class Decoration(NamedTuple):
    """Background and borders of a box whose strips may stand on several pages."""

    first: int
    last: int
    """The end of its strips, ``first`` to ``last - 1``."""
    left: float
    right: float
    top: float
    bottom: float
    background: tuple[float, float, float] | None
    borders: tuple[tuple[float, tuple[float, float, float]], ...]
    """Width and colour of the top, right, bottom and left border."""


class PageReference(NamedTuple):
    """A page number in the text that may be left out: "(p. 42)" on page 42 itself."""

    target: str
    strip: int


@dataclass(frozen=True, slots=True)
class Galley:
    """A block, set in type."""

    strips: tuple[GalleyStrip, ...] = field(repr=False)
    height: float
    """Its height with the spaces above the first and below the last strip."""
    elements: tuple[Element, ...] = field(repr=False)
    top: tuple[int, ...]
    """The outermost elements."""
    content_elements: tuple[int, ...] = field(repr=False)
    """The element of each marked content."""
    links: tuple[StripLink, ...] = field(repr=False)
    resources: tuple[Resource, ...] = field(repr=False)
    faces: tuple[Face, ...] = field(repr=False)
    decorations: tuple[Decoration, ...] = ()
    break_after: Break = Break.ALLOWED
    """The page break after it that its last boxes ask for."""
    end: tuple[str, tuple[tuple[str, int], ...]] = ("", ())
    """The last anchor, or nothing, and the number of blocks of each tag after it: where counting goes on in the next block."""
    page_references: tuple[PageReference, ...] = ()
    overflows: tuple[Overflow, ...] = ()
    lacking: tuple[str, ...] = ()
    """The letters in it that no face has."""
    pictures: tuple[tuple[str, str], ...] = ()
    """The figures that are made of pixels: the MD5 of the address of each, and its colour space, such as ``/DeviceRGB``."""
    box: tuple[float, ...] = ()
    """The page's rectangle in points, of a galley that is a page: a cover, or the furniture of pages."""
