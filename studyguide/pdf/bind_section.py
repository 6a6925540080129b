"""Bind the pages of one section: SectionContent, SectionPlan → BoundSection, its part of the file.

The plan has everything that a section needs to know of the rest of the book: the numbers of its objects, the labels of pages
that it refers to, and the sides on which its pages lie. So a bound section is kept until it or its plan changes. Section
numbers are those of ISO 32000-1.
"""

import struct
import zlib
from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, groupby
from typing import NamedTuple

from studyguide.model import OwnFace
from studyguide.output import MoreDigitsNeededError
from studyguide.pdf import press
from studyguide.pdf.section_pages import (
    HOLES,
    NO_TEXT,
    POINTS,
    SEPARATOR,
    Face,
    Follow,
    Hole,
    Link,
    PageContent,
    Push,
    SectionContent,
    SectionPages,
    Segment,
    Slide,
)
from studyguide.pdf.syntax import write_box, write_decimal, write_references, write_stream, write_string
from studyguide.problems import Place, Problem
from studyguide.runtime import fonts
from studyguide.runtime.truetype import ShapedGlyph

_REGULAR = 400
_SYMBOLIC = 4
"""The flag of a face whose letters are not those of Latin alone (table 121)."""
ROW = struct.Struct(">BIH")
"""A row of the cross-reference stream (7.5.8.3): the kind of entry, the place, and the index there."""
FREE_ROW = ROW.pack(0, 0, 0xFFFF)
"""The row of a number that no object has."""
LEVEL = 3
"""The level of compression: at 6 the file is 11 % smaller, and binding takes a third longer."""
CHUNK = 200
"""Objects in an object stream, and entries in a leaf of a name or number tree."""
ROOT, DOCUMENT, FACES, STRUCTURE, CATALOG, INFO = range(1, 7)
"""The numbers of objects that every book has: the tree of pages, the outermost structure element, the dictionary of faces, the
root of the structure, the catalogue and the information dictionary."""
FIRST_NUMBER = 16
"""The first number of a section's objects."""
_RANGE = 256
"""Objects. A section has a multiple of so many numbers, so that an edit rarely moves those of later sections."""


class PlannedPage(NamedTuple):
    """A page in its place in the book."""

    label: str
    box: tuple[float, ...]
    is_verso: bool
    shift: float
    """The points by which its text is moved to the right."""
    labels: tuple[str, ...]
    """The labels of its holes, in their order."""
    range: str
    """The running head of a page of the key; empty elsewhere."""


class SectionPlan(NamedTuple):
    """All that binding a section needs to know of the rest of the book."""

    first: int
    """The first of its numbers; those of its pages come first."""
    pages: tuple[PlannedPage, ...]
    is_pressed: bool
    language: str
    """The book's language, which its labels are in."""


@dataclass(frozen=True, slots=True)
class BoundSection:
    """A section's part of the file."""

    data: bytes = field(repr=False)
    """The bytes of its objects."""
    rows: bytes = field(repr=False)
    """Its part of the cross-reference table; the places of objects count from the beginning of ``data``."""
    placed: bytes = field(repr=False)
    """An array of 32 bits: the index in ``rows`` of each object that has a place in ``data``, and the place."""
    top: tuple[int, ...]
    """Its outermost structure elements."""
    node: int
    """Its node of the tree of pages."""
    parents: tuple[tuple[int, int, int], ...]
    """Its leaves of the parent tree: the lowest and the highest key, and the number."""
    used: tuple[tuple[str, str], ...]
    """The characters that were written into holes, by the key of their face."""
    faces: tuple[Face, ...]
    """The faces of letters in holes that the faces of holes lack, with those glyphs."""


def count_numbers(made_up: SectionPages) -> int:
    """Return how many numbers a section is given."""
    needed = made_up.size + len(made_up.pages) + made_up.size // CHUNK * 2 + 16
    return -(-needed // _RANGE) * _RANGE


def bind_section(
    made_up: SectionPages, content: SectionContent, plan: SectionPlan, place: Place, own: tuple[OwnFace, ...] = ()
) -> BoundSection:
    """Return the section's part of the file; ``own`` are the faces of the guide. Raises MoreDigitsNeededError for a page number that its hole cannot hold."""
    content = press.prepare_for_press(content) if plan.is_pressed else content
    return _SectionBinder(made_up, content, plan, place, own).bind()


class _SectionBinder:
    """The state of a section's part that is being written."""

    def __init__(
        self,
        made_up: SectionPages,
        content: SectionContent,
        plan: SectionPlan,
        place: Place,
        own: tuple[OwnFace, ...],
    ) -> None:
        self.own = own
        self.made_up, self.content, self.plan, self.place = made_up, content, plan, place
        self.hole_digests = {face.key: face.digest for face in made_up.faces if face.family == fonts.HOLE_FAMILY}
        self.parts = content.part_count
        self.next = plan.first + len(plan.pages) + self.parts + len(content.links)
        self.plain: list[tuple[int, bytes]] = []
        self.streams: list[tuple[int, bytes, bytes]] = []
        self.used: dict[str, set[str]] = {}
        self.lent: dict[fonts.LabelFace, dict[int, ShapedGlyph]] = {}
        """The glyphs that were written into holes of other faces than those of the holes, by their numbers."""

    def bind(self) -> BoundSection:
        plan, content = self.plan, self.content
        first = plan.first
        start = first + len(plan.pages)
        pages = range(first, start)
        numbers = [*range(start, self.next), *pages, DOCUMENT, FACES]
        node = self.reserve()
        self.bind_parts(numbers)
        keys: list[tuple[int, bytes]] = []
        for number, page, drawn in zip(pages, plan.pages, content.pages, strict=True):
            self.bind_page(number, page, drawn, node, numbers, is_first=number == first)
            keys.append((number, b"[%b]" % write_references(numbers[element] for element in drawn.elements)))
        # The parent tree has a key for each page and each link (14.7.4.4): the number of the object itself.
        keys += [
            (numbers[self.parts + index], b"%d 0 R" % numbers[link.owner]) for index, link in enumerate(content.links)
        ]
        self.add(b"<</Type/Pages/Parent %d 0 R/Count %d/Kids[%b]>>" % (ROOT, len(pages), write_references(pages)), node)
        parents = tuple(self.bind_keys(keys))
        return self.finish(tuple(numbers[element] for element in content.top), node, parents)

    def reserve(self) -> int:
        self.next += 1
        return self.next - 1

    def add(self, data: bytes, number: int = 0) -> int:
        number = number or self.reserve()
        self.plain.append((number, data))
        return number

    def bind_parts(self, numbers: Sequence[int]) -> None:
        """Write the section's own objects."""
        content = self.content
        heads = (content.objects % tuple(map(numbers.__getitem__, content.references))).split(SEPARATOR)
        streams = dict(content.streams)
        self.plain += [(numbers[part], head) for part, head in enumerate(heads) if part not in streams]
        self.streams += [(numbers[part], heads[part], stream) for part, stream in streams.items()]

    def bind_keys(self, keys: Sequence[tuple[int, bytes]]) -> Iterator[tuple[int, int, int]]:
        """Write leaves of the parent tree; yield the lowest and the highest key and the number of each."""
        for start in range(0, len(keys), CHUNK):
            chunk = sorted(keys[start : start + CHUNK])
            low, high = chunk[0][0], chunk[-1][0]
            entries = b" ".join(b"%d %b" % entry for entry in chunk)
            yield low, high, self.add(b"<</Limits[%d %d]/Nums[%b]>>" % (low, high, entries))

    # ------------------------------------------------------------ pages

    def bind_page(
        self, number: int, page: PlannedPage, drawn: PageContent, node: int, numbers: Sequence[int], *, is_first: bool
    ) -> None:
        targets = self.made_up.pages[number - self.plan.first].holes
        labels = dict(zip(targets, page.labels, strict=True))
        text = b"".join(self.fill(drawn.segments, labels, page))
        move = b"1 0 0 1 %b 0 cm\n" % write_decimal(page.shift) if page.shift else b""
        data = b"q\n%b%b\nQ" % (move, text)
        if self.content.specimens:
            furniture = self.content.specimens[2 * is_first + (not page.is_verso)]
            data += b"\nq\n%b\nQ" % b"".join(self.fill(furniture, {}, page))
        links = b"/Annots[%b]" % write_references(numbers[link] for link in drawn.links) if drawn.links else b""
        boxes = b"/MediaBox[%b]" % write_box(page.box)
        if self.plan.is_pressed:
            boxes, data = press.write_page_boxes(page.box), press.frame_page(data, page.box)
        contents = self.reserve()
        packed = zlib.compress(data, LEVEL)
        self.streams.append((contents, b"<</Filter/FlateDecode/Length %d>>" % len(packed), packed))
        self.add(
            b"<</Type/Page/Parent %d 0 R%b/Contents %d 0 R/Resources %d 0 R/StructParents %d/Tabs/S%b>>"
            % (node, boxes, contents, numbers[self.content.resources], number, links),
            number,
        )
        holes: dict[int, list[Hole]] = {}
        for segment in drawn.segments:
            if isinstance(segment, Hole):
                holes.setdefault(segment.block, []).append(segment)
        for place in drawn.links:
            link = self.content.links[place - self.parts]
            self.add(
                self.write_annotation(link, holes.get(link.block, ()), labels, page, numbers[place]), numbers[place]
            )

    def fill(self, segments: Iterable[Segment], labels: Mapping[str, str], page: PlannedPage) -> Iterator[bytes]:
        """Yield the content with its holes filled, and with the places of text and drawings that move with them."""
        slack = 0.0
        for segment in segments:
            if isinstance(segment, bytes):
                yield segment
            elif isinstance(segment, Slide):
                yield write_decimal(segment.x + slack)
            elif isinstance(segment, Follow):
                yield write_decimal(segment.x + sum(self.measure_move(hole, labels, page) for hole in segment.holes))
            elif isinstance(segment, Push):
                yield write_decimal(segment.x + self.measure_move(segment.hole, labels, page))
            else:
                label = _find_label(segment, labels, page)
                free = self.measure_free(segment, label)
                # A folio has the margin to itself; elsewhere a wide number would stand on the text before it.
                if segment.target and label.isdigit() and free < 0:
                    found = f"the page number {label} is wider than the {segment.digits} digits that there is room for"
                    fix = "this is a fault of the program: please report it"
                    raise MoreDigitsNeededError([Problem(self.place, "narrow-hole", found, fix)])
                kind = HOLES[segment.kind]
                slack = slack if segment.slid else 0.0
                if kind.moved == "after":
                    slack += kind.sign * free * segment.size / 1000
                yield self.write_label(segment, label, free if kind.side == "right" else 0)

    def write_label(self, hole: Hole, label: str, pad: int) -> bytes:
        """Return the operators that show a label at this distance from the left of its room, in thousandths of the size."""
        out = [b"[%d] TJ" % -pad] if pad else []
        for face, glyphs in self.set_label(hole, label):
            if face is None:
                self.used.setdefault(hole.face, set()).update(glyph.text for glyph in glyphs)
            else:
                own = self.lent.setdefault(face, {})
                for glyph in glyphs:
                    own[glyph.glyph] = max(glyph, own.get(glyph.glyph, glyph), key=lambda each: bool(each.text))
                out.append(b"/%b %b Tf" % (name_label_face(face).encode(), write_decimal(hole.size)))
            out += write_glyphs(glyphs, hole.size)
            if face is not None:
                out.append(b"/%b %b Tf" % (hole.face.encode(), write_decimal(hole.size)))
        return b" ".join(out)

    def set_label(self, hole: Hole, label: str) -> tuple[fonts.LabelRun, ...]:
        return fonts.set_label(label, self.hole_digests[hole.face], self.plan.language, self.own)

    def measure_free(self, hole: Hole, label: str) -> int:
        """Return how much of its room the label leaves, in thousandths of the size; less than 0 if it is wider."""
        room = hole.digits * fonts.measure_digit(self.hole_digests[hole.face], self.own)
        return room - sum(run.width for run in self.set_label(hole, label))

    def measure_move(self, hole: Hole, labels: Mapping[str, str], page: PlannedPage) -> float:
        """Return how far to the right text moves up to the number, in the units of the content: by the room that it leaves."""
        return HOLES[hole.kind].sign * self.measure_free(hole, _find_label(hole, labels, page)) * hole.size / 1000

    # ------------------------------------------------------------ links

    def write_annotation(
        self, link: Link, holes: Sequence[Hole], labels: Mapping[str, str], page: PlannedPage, number: int
    ) -> bytes:
        left, bottom, right, top = link.box
        at_left, at_right = self.find_move(link, holes, labels, page)
        left, right = left + at_left + page.shift, right + at_right + page.shift
        if link.target.startswith("#"):
            action = b"/Dest %b" % write_string(link.target[1:])
        else:
            action = b"/A<</S/URI/URI %b>>" % write_string(link.target)
        return b"<</Type/Annot/Subtype/Link/F 4/BS<</W 0>>/Rect[%b]/Contents %b/StructParent %d%b>>" % (
            write_box((left, bottom, right, top)), write_string(link.words), number, action,
        )  # fmt: skip

    def find_move(
        self, link: Link, holes: Sequence[Hole], labels: Mapping[str, str], page: PlannedPage
    ) -> tuple[float, float]:
        """Return how far the left and the right of a link move with its text, which moves up to numbers on its line, in points.

        ``holes`` are those of its block.
        """
        left, bottom, right, top = link.box
        beside = [
            (hole, HOLES[hole.kind], self.measure_move(hole, labels, page) * POINTS)
            for hole in holes
            if HOLES[hole.kind].moved and bottom <= hole.y <= top
        ]
        before = sum(
            move
            for hole, kind, move in beside
            if kind.moved == "after" and (hole.x < left if kind.side == "left" else hole.x > right)
        )
        for hole, kind, move in beside:
            if left <= hole.x <= right:
                # The side that moves is that of the text before the number, or that behind it.
                at = (0, move) if kind.moved == "before" else (before, before + move)
                return at if kind.side == "left" else at[::-1]
        return before, before

    # ------------------------------------------------------------ bytes

    def finish(self, top: tuple[int, ...], node: int, parents: tuple[tuple[int, int, int], ...]) -> BoundSection:
        """Return the section's part: streams by themselves, all other objects in object streams (7.5.7)."""
        first, size = self.plan.first, count_numbers(self.made_up)
        rows = bytearray(FREE_ROW * size)
        placed = array("I")
        out: list[bytes] = []
        position = 0

        def put(number: int, head: bytes, stream: bytes) -> None:
            nonlocal position
            data = write_stream(number, head, stream)
            placed.extend((number - first, position))
            out.append(data)
            position += len(data)

        for number, head, stream in self.streams:
            put(number, head, stream)
        for holder, numbers, head, packed in pack_objects(self.plain, self.reserve):
            for index, number in enumerate(numbers):
                ROW.pack_into(rows, (number - first) * ROW.size, 2, holder, index)
            put(holder, head, packed)
        assert self.next - first <= size, "a section has more objects than numbers"
        used = tuple((key, "".join(sorted(characters))) for key, characters in sorted(self.used.items()))
        lent = tuple(_make_label_face(face, glyphs) for face, glyphs in sorted(self.lent.items()))
        return BoundSection(b"".join(out), bytes(rows), placed.tobytes(), top, node, parents, used, lent)


def _find_label(hole: Hole, labels: Mapping[str, str], page: PlannedPage) -> str:
    """Return the label for a hole."""
    if HOLES[hole.kind].label == "range":
        return page.range
    return labels[hole.target] if hole.target else page.label


def name_label_face(face: fonts.LabelFace) -> str:
    """Return the name of a face in the content."""
    return f"Label{face.digest[:8]}"


def _make_label_face(face: fonts.LabelFace, glyphs: Mapping[int, ShapedGlyph]) -> Face:
    """Return a face with the glyphs that are used of it."""
    empty = Face(
        weight=_REGULAR,
        key=name_label_face(face),
        digest=face.digest,
        name=face.family.replace(" ", "-"),
        family=face.family,
        flags=_SYMBOLIC,
        ascent=face.ascent,
        descent=face.descent,
        glyphs=b"",
        glyph_widths=b"",
        texts="",
    )
    return empty.with_glyphs(
        {number: glyph.width for number, glyph in glyphs.items()},
        {number: glyph.text or NO_TEXT for number, glyph in glyphs.items()},
    )


def write_glyphs(glyphs: Sequence[ShapedGlyph], size: float) -> Iterator[bytes]:
    """Yield the operators that show glyphs beside one another (9.4.3), and raise those that stand above the base line (9.3.7)."""
    for rise, group in groupby(glyphs, lambda glyph: glyph.y):
        if rise:
            yield b"%b Ts" % write_decimal(rise * size / 1000)
        pieces, pad = [], 0
        for glyph in group:
            pad -= glyph.x
            pieces.append(b"%b<%04x>" % (b"%d" % pad if pad else b"", glyph.glyph))
            pad = glyph.width - glyph.advance + glyph.x
        yield b"[%b%b] TJ" % (b"".join(pieces), b"%d" % pad if pad else b"")
        if rise:
            yield b"0 Ts"


def pack_objects(
    plain: Sequence[tuple[int, bytes]], reserve: Callable[[], int]
) -> Iterator[tuple[int, tuple[int, ...], bytes, bytes]]:
    """Yield object streams (7.5.7): the number, the numbers of the objects in it, the dictionary and the compressed data."""
    for start in range(0, len(plain), CHUNK):
        numbers, data = zip(*plain[start : start + CHUNK], strict=True)
        starts = accumulate((len(each) + 1 for each in data), initial=0)
        header = b" ".join(b"%d %d" % each for each in zip(numbers, starts, strict=False)) + b"\n"
        packed = zlib.compress(header + b"\n".join(data), LEVEL)
        head = b"<</Type/ObjStm/N %d/First %d/Filter/FlateDecode/Length %d>>" % (len(numbers), len(header), len(packed))
        yield reserve(), numbers, head, packed
