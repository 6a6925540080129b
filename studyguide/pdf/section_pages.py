"""The values between make-up and binding: the pages of a section.

Lengths are PDF points from the lower left corner of a page. Numbers of objects are a section's own: its parts, then its links,
then its pages, then two that belong to the book: the document element and the dictionary of faces.
"""

from array import array
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from studyguide.page_breaks import PageStart


class HoleKind(NamedTuple):
    """The label of a hole, and its place in the room."""

    label: str
    """``page``, or ``range`` for the running head of a page of the key."""
    side: str
    """The side of the room on which the label stands: ``left`` or ``right``."""
    moved: str = ""
    """The text of its line that moves up to the label: ``before`` it, ``after`` it, or none."""

    @property
    def sign(self) -> int:
        """1 if text moves to the right, up to the label, -1 if it moves to the left."""
        return 1 if self.side == "right" else -1


HOLES = {
    "0": HoleKind("page", "right"),
    "1": HoleKind("page", "left", "after"),
    "2": HoleKind("range", "left"),
    "3": HoleKind("range", "right"),
    "4": HoleKind("page", "right", "before"),
    "5": HoleKind("page", "left"),
    "6": HoleKind("page", "right", "after"),
    "7": HoleKind("range", "right"),
    "8": HoleKind("range", "left"),
    "9": HoleKind("page", "left", "before"),
}
"""Digit of a hole → its kind. From ``5`` on, a digit is the mirror image of that five before it, for text from right to left."""
NO_TEXT = "\u200b"
"""The text of a glyph whose letters another one stands for, a space of no width: each must have one (ISO 14289-1, 7.21.7)."""
SEPARATOR = b"\n\0\n"
POINTS = 0.75
"""Points in a CSS pixel, the unit of WeasyPrint's content."""


# A book of 1,000 questions has 100,000 of these: tuples are read from the cache several times faster than dataclasses.


class Hole(NamedTuple):
    """Room for a page number in a page's content."""

    target: str
    """The anchor whose page is written, as ``#anchor``; empty for the page with the hole."""
    face: str
    """The key of the face that the number is set in."""
    digits: int
    kind: str
    """The digit that it is set in, a key of ``HOLES``."""
    size: float
    """The size of the type, in the units of the content."""
    x: float
    y: float
    slid: bool
    """True if it follows another hole on its line, and moves up with the text between them."""
    block: int
    """The paragraph, cell or other block that it stands in."""


class Slide(NamedTuple):
    """The beginning of text that follows a hole on its line, and moves up to its number."""

    x: float


class Push(NamedTuple):
    """The beginning of text that stands before a hole, and moves up to its number."""

    x: float
    hole: Hole


class Follow(NamedTuple):
    """The place of a drawing that follows holes on its line, and moves up with the text; it is drawn after all text."""

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
    """Its text, for screen readers."""
    owner: int
    """The structure element that it belongs to."""
    block: int
    """The block that it stands in."""


class Anchor(NamedTuple):
    """A place with a name on a page, in points."""

    name: str
    x: float
    y: float


class Bookmark(NamedTuple):
    """An entry of the outline, and its place on a page in points."""

    level: int
    label: str
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class SetPage:
    """The facts of a page that is made up, as a recto without running head and folio; its content is in ``PageContent``."""

    box: tuple[float, ...]
    anchors: tuple[Anchor, ...] = ()
    bookmarks: tuple[Bookmark, ...] = ()
    start: PageStart | None = None
    holes: tuple[str, ...] = ()
    """The targets of its page numbers, in the order of its content."""


class PageContent(NamedTuple):
    """The content of a page."""

    segments: tuple[Segment, ...]
    elements: tuple[int, ...]
    """The structure element of each marked content, in the order of their numbers."""
    links: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Face:
    """A face as a section uses it; widths are thousandths of its size."""

    weight: int
    key: str
    """Its name in the content."""
    digest: str
    """The digest of its file."""
    name: str
    family: str
    flags: int
    ascent: int
    descent: int
    glyphs: bytes = field(repr=False)
    """The numbers of its glyphs in ascending order, as an array of 16 bits; a tuple takes ten times as long to load."""
    glyph_widths: bytes = field(repr=False)
    """The width of each glyph, as an array of 16 bits."""
    texts: str = field(repr=False)
    """The text that is copied for each glyph, with null characters between them; empty for a glyph without a text."""

    @property
    def widths(self) -> dict[int, int]:
        """Glyph → width."""
        return dict(zip(array("H", self.glyphs), array("H", self.glyph_widths), strict=True))

    @property
    def characters(self) -> dict[int, str]:
        """Glyph → the text that is copied for it."""
        return {
            glyph: text for glyph, text in zip(array("H", self.glyphs), self.texts.split("\0"), strict=False) if text
        }

    def with_glyphs(self, widths: Mapping[int, int], characters: Mapping[int, str]) -> "Face":
        """Return the face with these glyphs instead of its own."""
        glyphs = sorted(widths)
        return replace(
            self,
            glyphs=array("H", glyphs).tobytes(),
            glyph_widths=array("H", (widths[glyph] for glyph in glyphs)).tobytes(),
            texts="\0".join(characters.get(glyph, "") for glyph in glyphs),
        )


@dataclass(frozen=True, slots=True)
class Overflow:
    """A part of a block that is wider than the measure or taller than a page, and could not be made to fit."""

    kind: str
    """``table``, ``formula``, ``inline formula``, ``figure`` or ``line``."""
    is_tall: bool
    """True if it is too tall, False if it is too wide."""
    text: str
    """Its text, its LaTeX or its address."""
    millimetres: int
    element: int
    """The number of its element among those of its block."""
    block: int = 0
    """The number of its block in a section that is put together; footnotes come behind all others."""


class LackingLetter(NamedTuple):
    """A letter that no face has."""

    letter: str
    block: int
    """As in ``Overflow``."""


@dataclass(frozen=True, slots=True)
class SectionContent:
    """The content of a section's pages and their structure, which binding needs only if something changed."""

    pages: tuple[PageContent, ...] = field(repr=False)
    specimens: tuple[tuple[Segment, ...], ...] = field(repr=False)
    """The furniture of a verso and of a recto, then of both as the first page of a section."""
    objects: bytes = field(repr=False)
    """Its parts as PDF writes them, between ``SEPARATOR``s, their references open: ``objects % numbers``."""
    references: tuple[int, ...] = field(repr=False)
    """The objects at the open places, in their order."""
    streams: tuple[tuple[int, bytes], ...] = field(repr=False)
    """The streams of those parts that have one."""
    links: tuple[Link, ...] = field(repr=False)
    top: tuple[int, ...] = field(repr=False)
    """The outermost structure elements."""
    resources: int

    @property
    def part_count(self) -> int:
        return self.objects.count(SEPARATOR) + 1


@dataclass(frozen=True, slots=True)
class SectionPages:
    """The pages of a section, made up and not yet bound."""

    key: str
    """The digest of everything that they are made of."""
    pages: tuple[SetPage, ...]
    faces: tuple[Face, ...] = field(repr=False, default=())
    overflows: tuple[Overflow, ...] = ()
    lacking: tuple[LackingLetter, ...] = ()
    pictures: tuple[tuple[str, str], ...] = ()
    """The figures that are made of pixels, each with its colour space, such as ``/DeviceRGB``."""
    link_targets: frozenset[str] = field(repr=False, default=frozenset())
    """The names that its links lead to."""
    size: int = 0
    """The number of objects that binding writes for it."""


def merge_faces(faces: Iterable[Face]) -> tuple[Face, ...]:
    """Return each face once, with all glyphs that are used of it."""
    found: dict[str, list[Face]] = {}
    for face in faces:
        found.setdefault(face.key, []).append(face)
    merged = []
    for same in found.values():
        if len({face.glyphs for face in same}) == 1 and len({face.texts for face in same}) == 1:
            merged.append(same[0])
            continue
        widths: dict[int, int] = {}
        characters: dict[int, str] = {}
        for face in reversed(same):
            widths |= face.widths
            characters |= face.characters
        merged.append(same[0].with_glyphs(widths, characters))
    return tuple(merged)
