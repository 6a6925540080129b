"""Bind sections into one PDF: PlacedSections, Pages, Metadata → the bytes of the file.

Nothing is laid out here, and no library reads or writes the file: a section's objects are bytes with open references, so
binding fills in numbers. ``bind_section`` writes a section's part of the file, which is kept; this module writes what belongs
to the whole book: the tree of pages, destinations, outline, faces and metadata. Section numbers are those of ISO 32000-1.
"""

import hashlib
import re
import zlib
from array import array
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, pairwise

from studyguide.model import OwnFace
from studyguide.page_breaks import LAST_PAGE
from studyguide.pdf import press
from studyguide.pdf.bind_section import (
    CATALOG,
    CHUNK,
    DOCUMENT,
    FACES,
    FIRST_NUMBER,
    FREE_ROW,
    INFO,
    LEVEL,
    ROOT,
    ROW,
    STRUCTURE,
    BoundSection,
    PlannedPage,
    SectionPlan,
    count_numbers,
    pack_objects,
)
from studyguide.pdf.conformance import Metadata, write_output_intents, write_xmp_packet
from studyguide.pdf.pages import Page, PlacedSection, find_pagination
from studyguide.pdf.section_pages import Face, merge_faces
from studyguide.pdf.syntax import write_box, write_decimal, write_key, write_references, write_stream, write_string
from studyguide.problems import ContentError, Problem
from studyguide.runtime import fonts, truetype

BindSection = Callable[[PlacedSection, SectionPlan], BoundSection]
"""(section, plan) → the section's part of the file, kept from an earlier build or bound now."""


def bind(
    sections: Sequence[PlacedSection],
    pages: tuple[Page, ...],
    metadata: Metadata,
    face_file: Callable[[str, tuple[int, ...]], bytes],
    bind_section: BindSection,
    own: tuple[OwnFace, ...] = (),
) -> bytes:
    """Return the bytes of the book's file. ``face_file`` returns the file of a face, by its digest, with these glyphs in it.

    ``own`` are the faces of the guide.

    Raises ContentError for a reference to an anchor that does not exist, and MoreDigitsNeededError for a page number that its
    hole cannot hold.
    """
    return _Binder(sections, metadata, pages, face_file, bind_section, own).bind()


@dataclass(slots=True)
class _Binder:
    """The state of a file that is being written."""

    sections: Sequence[PlacedSection]
    metadata: Metadata
    pages: tuple[Page, ...]
    face_file: Callable[[str, tuple[int, ...]], bytes]
    bind_section: BindSection
    own: tuple[OwnFace, ...]
    size: int = 0
    """The next free number of an object; 0 is never used."""
    plain: list[tuple[int, bytes]] = field(default_factory=list)
    """Objects of the book that go into object streams."""
    streams: list[tuple[int, bytes, bytes]] = field(default_factory=list)
    """Streams of the book: number, dictionary and data."""
    anchors: Mapping[str, tuple[int, ...]] = field(init=False)
    """The pages of each anchor, from 0."""
    firsts: list[int] = field(default_factory=list)
    """The first number of each section."""

    def __post_init__(self) -> None:
        self.anchors = find_pagination(self.pages).anchors
        self.size = FIRST_NUMBER
        for section in self.sections:
            self.firsts.append(self.reserve(count_numbers(section.made_up)))

    def reserve(self, count: int = 1) -> int:
        """Return the first of so many numbers that no other object gets."""
        first, self.size = self.size, self.size + count
        return first

    def add(self, data: bytes, number: int = 0) -> int:
        """Add an object, with a new number if it has none; return its number."""
        number = number or self.reserve()
        self.plain.append((number, data))
        return number

    def add_stream(self, data: bytes, head: bytes = b"", level: int = LEVEL) -> int:
        """Add a compressed stream; ``head`` has the entries of its dictionary that are its own. Return its number."""
        number = self.reserve()
        packed = zlib.compress(data, level)
        self.streams.append((number, b"<<%b/Filter/FlateDecode/Length %d>>" % (head, len(packed)), packed))
        return number

    def bind(self) -> bytes:
        """Return the bytes of the file."""
        plans = list(self.plan_sections())
        bound = [self.bind_section(section, plan) for section, plan in zip(self.sections, plans, strict=True)]
        self.bind_faces(bound)
        self.bind_page_tree(bound)
        parents = [leaf for section in bound for leaf in section.parents]
        limits = self.add(b"<</Kids[%b]>>" % write_references(number for _, _, number in sorted(parents)))
        self.add(b"<</Type/StructTreeRoot/K[%d 0 R]/ParentTree %d 0 R>>" % (DOCUMENT, limits), STRUCTURE)
        kids = write_references(number for section in bound for number in section.top)
        self.add(b"<</Type/StructElem/S/Document/P %d 0 R/K[%b]>>" % (STRUCTURE, kids), DOCUMENT)
        return self.write(bound, self.bind_catalog(bound))

    # ------------------------------------------------------------ plans

    def plan_sections(self) -> Iterator[SectionPlan]:
        """Yield the plan of each section: all that binding it needs to know of the rest of the book."""
        pages = iter(page for page in self.pages if page.section)
        for section, first in zip(self.sections, self.firsts, strict=True):
            own = [next(pages) for _ in section.made_up.pages]
            for target in section.made_up.link_targets:
                if target.startswith("#") and target[1:] not in self.anchors:
                    self.find_page(target, section)  # raises ContentError for one that does not exist
            planned = tuple(self.plan_page(section, page) for page in own)
            yield SectionPlan(first, planned, self.metadata.is_pressed, self.metadata.language)

    def plan_page(self, section: PlacedSection, page: Page) -> PlannedPage:
        """Return a page of a section with its label, its place and the labels in its holes."""
        facts = section.made_up.pages[page.index]
        labels = tuple(
            self.pages[self.find_page(target, section)].label if target else page.label for target in facts.holes
        )
        shift = self.metadata.shift if page.is_moved else 0.0
        return PlannedPage(page.label, page.box, page.is_verso, shift, labels, self.describe_range(section, page))

    def describe_range(self, section: PlacedSection, page: Page) -> str:
        """Return the running head of a page of the key, or nothing: the numbers of answers and the pages of questions."""
        if not section.entries:
            return ""
        names = {anchor.name for anchor in section.made_up.pages[page.index].anchors}
        entries = [entry for entry in section.entries if entry.answers[0] in names]
        if not entries:
            return ""
        forms = self.metadata.locale.running_heads
        heads = [_fill_phrase(forms.answer, forms.answers, entries[0].number, entries[-1].number)]
        places = sorted(self.anchors[entry.question][0] for entry in entries if entry.question in self.anchors)
        if places:
            one = forms.question_on_page if len(entries) == 1 else forms.questions_on_page
            labels = self.pages[places[0]].label, self.pages[places[-1]].label
            heads.append(_fill_phrase(one, forms.questions_on_pages, *labels))
        return " · ".join(heads)

    def find_page(self, target: str, section: PlacedSection) -> int:
        """Return the page of an anchor, from 0. Raises ContentError if there is no such anchor.

        ``#end=anchor`` is the last page of the element with the anchor.
        """
        name = target.removeprefix("#").removeprefix(LAST_PAGE)
        if name not in self.anchors:
            found = f"nothing is called `{name}`"
            raise ContentError([Problem(section.place, "broken-link", found, "mend the template that links to it")])
        is_end = target.startswith(f"#{LAST_PAGE}")
        return self.anchors[name][-1 if is_end else 0]  # a text of several pages is found at its first

    # ------------------------------------------------------------ faces

    def bind_faces(self, bound: Sequence[BoundSection]) -> None:
        """Embed each face once, with all glyphs that sections use or that stand in holes."""
        used: dict[str, list[Face]] = {}
        own = chain.from_iterable(section.made_up.faces for section in self.sections)
        for face in merge_faces(chain(own, chain.from_iterable(section.faces for section in bound))):
            used.setdefault(face.digest, []).append(face)
        filled: dict[str, set[str]] = {}
        for key, text in chain.from_iterable(section.used for section in bound):
            filled.setdefault(key, set()).update(text)
        entries: dict[str, int] = {}
        for digest, faces in sorted(used.items()):
            widths: dict[int, int] = {}
            characters: dict[int, str] = {}
            for face in faces:
                widths |= face.widths
                characters = face.characters | characters
            named = next((face for face in faces if face.family != fonts.HOLE_FAMILY), faces[0])
            for face in faces:
                for character in sorted(filled.get(face.key, ())):
                    glyph, width = fonts.measure_hole_face(digest, self.own)[character]
                    widths[glyph], characters[glyph] = width, character
            font = self.bind_face(named, digest, widths, characters)
            entries |= {face.key: font for face in faces}
        names = b"".join(b"/%b %d 0 R" % (key.encode(), font) for key, font in sorted(entries.items()))
        self.add(b"<<%b>>" % names, FACES)

    def bind_face(self, face: Face, digest: str, widths: Mapping[int, int], characters: Mapping[int, str]) -> int:
        """Embed a face with these glyphs; return the number of its font. Widths are thousandths of the size."""
        data = self.face_file(digest, tuple(sorted(widths)))
        if truetype.is_cubic(data):
            key, subtype, numbers = b"FontFile3", b"CIDFontType0", b""
            file = self.add_stream(truetype.read_outlines(data), b"/Subtype/CIDFontType0C", level=9)
        else:
            key, subtype, numbers = b"FontFile2", b"CIDFontType2", b"/CIDToGIDMap/Identity"
            file = self.add_stream(data, b"/Length1 %d" % len(data), level=9)
        tag = "".join(chr(65 + byte % 26) for byte in hashlib.sha256(data).digest()[:6])
        name = f"/{tag}+{face.name}".encode()
        fixed = len(widths) > 1 and len(set(widths.values())) == 1
        descriptor = self.add(
            b"<</Type/FontDescriptor/FontName %b/FontFamily %b/Flags %d/FontBBox[0 %d %d %d]/ItalicAngle 0/Ascent %d"
            b"/Descent %d/CapHeight %d/StemV 80/%b %d 0 R>>"
            % (
                name, write_string(face.family), face.flags + fixed, face.descent, max(widths.values()), face.ascent,
                face.ascent, face.descent, face.ascent, key, file,
            )
        )  # fmt: skip
        descendant = self.add(
            b"<</Type/Font/Subtype/%b/BaseFont %b/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>"
            b"%b/W[%b]/FontDescriptor %d 0 R>>"
            % (subtype, name, numbers, b" ".join(b"%d[%d]" % each for each in sorted(widths.items())), descriptor)
        )
        return self.add(
            b"<</Type/Font/Subtype/Type0/BaseFont %b/Encoding/Identity-H/DescendantFonts[%d 0 R]/ToUnicode %d 0 R>>"
            % (name, descendant, self.add_stream(write_character_map(characters)))
        )

    # ------------------------------------------------------------ the pages' tree, names and outline

    def bind_page_tree(self, bound: Sequence[BoundSection]) -> None:
        """Write the root of the tree of pages: a node for each section, and the blank pages between them."""
        nodes = iter(bound)
        kids = []
        for page in self.pages:
            if page.section is None:
                boxes = (
                    press.write_page_boxes(page.box)
                    if self.metadata.is_pressed
                    else b"/MediaBox[%b]" % write_box(page.box)
                )
                data = press.frame_page(b"", page.box) if self.metadata.is_pressed else b""
                contents = self.add_stream(data)
                head = b"<</Type/Page/Parent %d 0 R%b/Contents %d 0 R/Resources<<>>>>" % (ROOT, boxes, contents)
                kids.append(self.add(head))
            elif page.index == 0:
                kids.append(next(nodes).node)
        self.add(b"<</Type/Pages/Count %d/Kids[%b]>>" % (len(self.pages), write_references(kids)), ROOT)

    def write_tree(self, entries: Sequence[tuple[int | bytes, bytes]], kind: bytes) -> int:
        """Write a name or number tree (7.9.6, 7.9.7) of two levels; return the number of its root. ``entries`` are sorted."""
        kids = []
        for place in range(0, len(entries), CHUNK):
            chunk = entries[place : place + CHUNK]
            pairs = [(write_key(key), value) for key, value in chunk]
            inner = b" ".join(b"%b %b" % each for each in pairs)
            kids.append(self.add(b"<</Limits[%b %b]/%b[%b]>>" % (pairs[0][0], pairs[-1][0], kind, inner)))
        return self.add(b"<</Kids[%b]>>" % write_references(kids))

    def write_destination(self, page: Page, number: int, x: float, y: float) -> bytes:
        """Return a destination on a page; ``number`` is that of the page's object, x and y are points."""
        shift = self.metadata.shift if page.is_moved else 0
        return b"[%d 0 R/XYZ %b %b 0]" % (number, write_decimal(x + shift), write_decimal(y))

    def number_pages(self) -> Iterator[tuple[Page, int]]:
        """Yield each page that has text with the number of its object."""
        firsts = iter(self.firsts)
        first = 0
        for page in self.pages:
            if page.section is not None:
                first = next(firsts) if page.index == 0 else first
                yield page, first + page.index

    def bind_catalog(self, bound: Sequence[BoundSection]) -> str:
        """Write the catalogue, the metadata and the outline; return an identifier of the file, 32 hexadecimal digits."""
        meta = self.metadata
        targets = {target[1:] for section in self.sections for target in section.made_up.link_targets}
        named = {
            anchor.name.encode(): self.write_destination(page, number, anchor.x, anchor.y)
            for page, number in reversed(list(self.number_pages()))
            if page.facts
            for anchor in reversed(page.facts.anchors)
            if anchor.name in targets or not _INSIDE.search(anchor.name)
        }
        for page, number in self.number_pages():
            for anchor in page.facts.anchors if page.facts else ():
                if LAST_PAGE + anchor.name in targets:
                    named[f"{LAST_PAGE}{anchor.name}".encode()] = self.write_destination(
                        page, number, anchor.x, anchor.y
                    )
        names = self.write_tree(sorted(named.items()), b"Names")
        date = b"/CreationDate %b/ModDate %b" % (write_string(meta.date), write_string(meta.date)) if meta.date else b""
        trapped = b"/Trapped/False" if meta.is_pressed else b""
        self.add(
            b"<</Title %b/Author %b/Subject %b/Producer(studyguide)%b%b>>"
            % (
                write_string(meta.title),
                write_string(", ".join(meta.authors)),
                write_string(meta.description),
                date,
                trapped,
            ),
            INFO,
        )
        profile = self.add_stream(meta.profile.data, b"/N %d" % meta.profile.components)
        outline = self.bind_outline()
        hasher = hashlib.sha256()
        for data in chain(
            (section.data for section in bound), (data for _, data in self.plain), (s[2] for s in self.streams)
        ):
            hasher.update(data)
        identity = hasher.hexdigest()[:32]
        xmp = write_xmp_packet(meta, identity)
        number = self.reserve()
        self.streams.append((number, b"<</Type/Metadata/Subtype/XML/Length %d>>" % len(xmp), xmp))
        self.add(
            b"<</Type/Catalog/Pages %d 0 R/Lang %b/MarkInfo<</Marked true>>/ViewerPreferences<</DisplayDocTitle true%b>>"
            b"/PageMode/UseOutlines/StructTreeRoot %d 0 R/Metadata %d 0 R/Names<</Dests %d 0 R>>/PageLabels<</Nums[%b]>>"
            b"/OutputIntents[%b]%b>>"
            % (
                ROOT, write_string(meta.language), b"/Direction/R2L" if meta.direction == "rtl" else b"", STRUCTURE, number, names, self.write_page_labels(),
                write_output_intents(meta, profile), outline,
            ),
            CATALOG,
        )  # fmt: skip
        return identity

    def write_page_labels(self) -> bytes:
        """Return the entries of the tree of page labels (12.4.2): roman numbers, then arabic ones from page 1."""
        first = next((place for place, page in enumerate(self.pages) if page.label == "1"), None)
        arabic = b"%d<</S/D>>" % first if first is not None else b""
        return (b"0<</S/r>>" if first else b"") + arabic

    def bind_outline(self) -> bytes:
        """Write the outline; return its entry of the catalogue, or nothing if the outline is empty."""
        entries = [
            (bookmark.level, bookmark.label, self.write_destination(page, number, bookmark.x, bookmark.y))
            for page, number in self.number_pages()
            if page.facts
            for bookmark in page.facts.bookmarks
        ]
        if not entries:
            return b""
        root = self.reserve()
        numbers = [self.reserve() for _ in entries]
        parent = find_parents([level for level, _, _ in entries])
        kids: dict[int | None, list[int]] = {}
        for place, above in enumerate(parent):
            kids.setdefault(above, []).append(place)
        before = {after: this for each in kids.values() for this, after in pairwise(each)}
        after = {this: next_ for next_, this in before.items()}
        for place, (_, label, destination) in enumerate(entries):
            above, inner = parent[place], kids.get(place, [])
            links = [(b"Prev", before.get(place)), (b"Next", after.get(place))]
            links += [(b"First", inner[0]), (b"Last", inner[-1])] if inner else []
            data = b"".join(b"/%b %d 0 R" % (name, numbers[each]) for name, each in links if each is not None)
            count = b"/Count -%d" % len(inner) if inner else b""
            home = root if above is None else numbers[above]
            self.add(
                b"<</Title %b/Parent %d 0 R/Dest %b%b%b>>" % (write_string(label), home, destination, data, count),
                numbers[place],
            )
        outer = kids[None]
        self.add(b"<</First %d 0 R/Last %d 0 R/Count %d>>" % (numbers[outer[0]], numbers[outer[-1]], len(outer)), root)
        return b"/Outlines %d 0 R" % root

    # ------------------------------------------------------------ the file

    def write(self, bound: Sequence[BoundSection], identity: str) -> bytes:
        """Return the file: the sections' parts, the book's own objects, and a cross-reference stream (7.5.8)."""
        # PDF/X-4 is based on version 1.6. Nothing here needs a later one.
        out = [b"%%PDF-1.%d\n%%\xe2\xe3\xcf\xd3\n" % (6 if self.metadata.is_pressed else 7)]
        position = len(out[0])
        rows = bytearray(ROW.pack(0, 0, 0xFFFF) + FREE_ROW * (FIRST_NUMBER - 1))
        for section in bound:
            start = len(rows)
            rows += section.rows
            placed = array("I", section.placed)
            for index, place in zip(placed[::2], placed[1::2], strict=True):
                ROW.pack_into(rows, start + index * ROW.size, 1, position + place, 0)
            out.append(section.data)
            position += len(section.data)
        entries: dict[int, tuple[int, int, int]] = {}

        def put(number: int, head: bytes, stream: bytes) -> None:
            nonlocal position
            data = write_stream(number, head, stream)
            entries[number] = (1, position, 0)
            out.append(data)
            position += len(data)

        for number, head, stream in self.streams:
            put(number, head, stream)
        for holder, numbers, head, packed in pack_objects(self.plain, self.reserve):
            entries |= {number: (2, holder, index) for index, number in enumerate(numbers)}
            put(holder, head, packed)
        table = self.reserve()
        entries[table] = (1, position, 0)
        rows += FREE_ROW * (self.size - len(rows) // ROW.size)
        for number, row in entries.items():
            ROW.pack_into(rows, number * ROW.size, *row)
        packed = zlib.compress(bytes(rows), LEVEL)
        head = b"<</Type/XRef/Size %d/W[1 4 2]/Root %d 0 R/Info %d 0 R/ID[<%b><%b>]/Filter/FlateDecode/Length %d>>" % (
            self.size, CATALOG, INFO, identity.encode(), identity.encode(), len(packed),
        )  # fmt: skip
        start = position
        put(table, head, packed)
        out.append(b"startxref\n%d\n%%%%EOF\n" % start)
        return b"".join(out)


# ---------------------------------------------------------------- helpers

_INSIDE = re.compile(r"\.|^use-")
"""Anchors of parts of a question and of uses of a term, to which no link from outside the book leads."""


def _fill_phrase(one: str, several: str, first: str, last: str) -> str:
    """Return the phrase for one number or for several, filled in."""
    return (one if first == last else several).format(first=first, last=last)


def find_parents(levels: Sequence[int]) -> list[int | None]:
    """Return, for each level of an outline's entries, the index of the nearest entry before it that stands higher, or None."""
    found: list[int | None] = []
    above: list[int] = []
    for place, level in enumerate(levels):
        above = [each for each in above if levels[each] < level]
        found.append(above[-1] if above else None)
        above.append(place)
    return found


def write_character_map(characters: Mapping[int, str]) -> bytes:
    """Return a ToUnicode CMap (9.10.3): the characters of each glyph, with which text is searched and copied."""
    lines = [
        b"/CIDInit/ProcSet findresource begin 12 dict begin begincmap/CIDSystemInfo<</Registry(Adobe)/Ordering(UCS)"
        b"/Supplement 0>>def/CMapName/Adobe-Identity-UCS def/CMapType 2 def 1 begincodespacerange<0000><ffff>"
        b"endcodespacerange"
    ]
    entries = sorted(characters.items())
    for place in range(0, len(entries), 100):
        chunk = entries[place : place + 100]
        lines.append(b"%d beginbfchar" % len(chunk))
        lines += [b"<%04x><%b>" % (glyph, text.encode("utf-16-be").hex().encode()) for glyph, text in chunk]
        lines.append(b"endbfchar")
    return b"\n".join([*lines, b"endcmap CMapName currentdict/CMap defineresource pop end end"])
