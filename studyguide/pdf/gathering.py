"""The values between make-up and binding: the pages of a section.

Lengths are PDF points from the lower left corner of a page. Numbers of objects are a gathering's own: its parts, then
its links, then its leaves, then two that belong to the book: the document element and the dictionary of faces.
"""

from dataclasses import dataclass, field
from typing import NamedTuple

from studyguide.page_breaks import PageStart

HOLES = {
    "0": ("page", "right"),
    "1": ("page", "left"),
    "2": ("range", "left"),
    "3": ("range", "right"),
    "4": ("page", "pushed"),
}
"""What is written into a hole that is set in this digit, and at which side of its room it stands; pushed is at the right, with
the text before it moved up to it."""
SEPARATOR = b"\n\0\n"
POINTS = 0.75
"""In a CSS pixel, the unit of WeasyPrint's content."""


# A book of 1,000 questions has 100,000 of these: tuples are read from the cache several times faster than dataclasses.


class Hole(NamedTuple):
    """Room for a page number in a page's content."""

    target: str
    """Whose page: ``#anchor``; nothing for the page that the hole is on."""
    face: str
    """The key of the face that the number is set in."""
    digits: int
    kind: str
    """The digit that it is set in, a key of ``HOLES``."""
    size: float
    """Of the type, in the units of the content."""
    x: float
    y: float
    slid: bool
    """Whether it follows another on its line, and moves up with the text between them."""
    block: int
    """The paragraph, cell or other block that it stands in."""


class Slide(NamedTuple):
    """Where text begins that follows a hole on its line, and moves up to the number that is written there."""

    x: float


class Push(NamedTuple):
    """Where text begins that stands before a hole, and moves up to the number that is written there."""

    x: float
    hole: Hole


class Follow(NamedTuple):
    """Where a drawing stands that follows holes on its line, and moves up with the text; it is drawn after all text."""

    x: float
    holes: tuple[Hole, ...]


Segment = bytes | Hole | Slide | Push | Follow
"""A piece of a page's content: as it is, or to be filled in when the book is bound."""


class Link(NamedTuple):
    """A link annotation."""

    box: tuple[float, float, float, float]
    target: str
    """``#anchor``, or an address."""
    words: str
    """What it says, for those who listen."""
    owner: int
    """The structure element that it belongs to."""
    block: int
    """The block that it stands in."""


class Anchor(NamedTuple):
    name: str
    x: float
    y: float


class Bookmark(NamedTuple):
    level: int
    label: str
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Leaf:
    """A page as it was laid out: a recto without running head and folio."""

    box: tuple[float, ...]
    segments: tuple[Segment, ...] = field(repr=False)
    elements: tuple[int, ...] = field(repr=False)
    """The structure element of each marked content, in the order of their numbers."""
    links: tuple[int, ...]
    anchors: tuple[Anchor, ...]
    bookmarks: tuple[Bookmark, ...]
    start: PageStart | None = None


@dataclass(frozen=True, slots=True)
class Face:
    """A face as a gathering used it; widths are thousandths of its size."""

    weight: int

    key: str
    """What the content calls it."""
    digest: str
    """Of its file."""
    name: str
    family: str
    flags: int
    ascent: int
    descent: int
    widths: tuple[tuple[int, int], ...] = field(repr=False)
    characters: tuple[tuple[int, str], ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Overflow:
    """Something that reaches beyond the measure or the foot of its page, whatever was done to make it fit."""

    kind: str
    """``table``, ``formula``, ``inline formula``, ``figure`` or ``line``."""
    tall: bool
    """Whether it is too tall, not too wide."""
    anchor: str
    """The question or the answer that it stands in, or nothing."""
    text: str
    """What of it is to be found in the source."""
    millimetres: int


@dataclass(frozen=True, slots=True)
class Gathering:
    """A run of pages, set and not yet bound."""

    leaves: tuple[Leaf, ...]
    specimens: tuple[tuple[Segment, ...], ...] = field(repr=False)
    """What is drawn on a verso and on a recto besides their text."""
    objects: bytes = field(repr=False)
    """Its parts as PDF writes them, between ``SEPARATOR``s, their references open: ``objects % numbers``."""
    references: tuple[int, ...] = field(repr=False)
    """What stands in the open places, in their order."""
    streams: tuple[tuple[int, bytes], ...] = field(repr=False)
    """The streams of those parts that have one."""
    links: tuple[Link, ...] = field(repr=False)
    top: tuple[int, ...] = field(repr=False)
    """The outermost structure elements."""
    resources: int
    faces: tuple[Face, ...] = field(repr=False)
    overflows: tuple[Overflow, ...] = ()
    pictures: tuple[tuple[str, str], ...] = ()
    """The figures that are made of pixels, each with its colour space, such as ``/DeviceRGB``."""
