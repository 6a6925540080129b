"""Bind sections into one PDF: pages in their order, page numbers in their holes, links, outline, structure, faces.

Nothing is laid out here, and no library reads or writes the file: a section's objects are bytes with open references, so binding is
filling in numbers. ``bind_section`` writes a section's part of the file, which is kept; here is what belongs to the whole book. What
the format asks for is in ISO 32000-1 (the section is named where it is not plain).
"""

import hashlib
import re
import zlib
from array import array
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, pairwise

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
from studyguide.pdf.syntax import write_box, write_decimal, write_key, write_references, write_string
from studyguide.problems import ContentError, Problem
from studyguide.runtime import fonts

BindSection = Callable[[PlacedSection, SectionPlan], BoundSection]
"""(section, plan) → its part of the file, kept from an earlier build or bound now."""


def bind(
    sections: Sequence[PlacedSection],
    pages: tuple[Page, ...],
    metadata: Metadata,
    face_file: Callable[[str, tuple[int, ...]], bytes],
    bind_section: BindSection,
) -> bytes:
    """Return the book's file. ``face_file`` gives the file of a face, by its digest, with these glyphs in it.

    Raises ContentError for a reference to what nobody defines, and for a number that its hole cannot hold.
    """
    return Binder(sections, metadata, pages, face_file, bind_section).bind()


@dataclass(slots=True)
class Binder:
    """The file as it grows."""

    sections: Sequence[PlacedSection]
    metadata: Metadata
    pages: tuple[Page, ...]
    face_file: Callable[[str, tuple[int, ...]], bytes]
    bind_section: BindSection
    size: int = 0
    """The next number that is free; 0 is never used."""
    plain: list[tuple[int, bytes]] = field(default_factory=list)
    """Objects of the book that go into object streams."""
    streams: list[tuple[int, bytes, bytes]] = field(default_factory=list)
    anchors: Mapping[str, tuple[int, ...]] = field(init=False)
    firsts: list[int] = field(default_factory=list)
    """The first number of each section."""

    def __post_init__(self) -> None:
        self.anchors = find_pagination(self.pages).anchors
        self.size = FIRST_NUMBER
        for section in self.sections:
            self.firsts.append(self.reserve(count_numbers(section.made_up)))

    def reserve(self, count: int = 1) -> int:
        first, self.size = self.size, self.size + count
        return first

    def add(self, data: bytes, number: int = 0) -> int:
        number = number or self.reserve()
        self.plain.append((number, data))
        return number

    def add_stream(self, data: bytes, head: bytes = b"", level: int = LEVEL) -> int:
        number = self.reserve()
        packed = zlib.compress(data, level)
        self.streams.append((number, b"<<%b/Filter/FlateDecode/Length %d>>" % (head, len(packed)), packed))
        return number

    def bind(self) -> bytes:
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
        """Yield what binding each section has to know."""
        pages = iter(page for page in self.pages if page.section)
        for section, first in zip(self.sections, self.firsts, strict=True):
            own = [next(pages) for _ in section.made_up.pages]
            for target in section.made_up.link_targets:
                if target.startswith("#"):
                    self.find_page(target, section)
            yield SectionPlan(first, tuple(self.plan_page(section, page) for page in own), self.metadata.is_pressed)

    def plan_page(self, section: PlacedSection, page: Page) -> PlannedPage:
        facts = section.made_up.pages[page.index]
        labels = tuple(
            self.pages[self.find_page(target, section)].label if target else page.label for target in facts.holes
        )
        shift = self.metadata.shift if page.is_moved else 0.0
        return PlannedPage(page.label, page.box, page.is_verso, shift, labels, self.describe_range(section, page))

    def describe_range(self, section: PlacedSection, page: Page) -> str:
        """Return the running head of a page of the key: which answers are on it, and where their questions are."""
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

        ``#end=anchor`` is the last page of what has the anchor.
        """
        name = target.removeprefix("#").removeprefix(LAST_PAGE)
        if name not in self.anchors:
            found = f"nothing is called `{name}`"
            raise ContentError([Problem(section.place, "broken-link", found, "mend the template that links to it")])
        is_end = target.startswith(f"#{LAST_PAGE}")
        return self.anchors[name][-1 if is_end else 0]  # what goes on over a page is found where it begins

    # ------------------------------------------------------------ faces

    def bind_faces(self, bound: Sequence[BoundSection]) -> None:
        """Embed each face once, with every glyph that any section uses or that was written into holes."""
        used: dict[str, list[Face]] = {}
        for face in merge_faces(chain.from_iterable(section.made_up.faces for section in self.sections)):
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
                    glyph, width = fonts.measure_hole_face(face.weight)[character]
                    widths[glyph], characters[glyph] = width, character
            font = self.bind_face(named, digest, widths, characters)
            entries |= {face.key: font for face in faces}
        names = b"".join(b"/%b %d 0 R" % (key.encode(), font) for key, font in sorted(entries.items()))
        self.add(b"<<%b>>" % names, FACES)

    def bind_face(self, face: Face, digest: str, widths: Mapping[int, int], characters: Mapping[int, str]) -> int:
        data = self.face_file(digest, tuple(sorted(widths)))
        file = self.add_stream(data, b"/Length1 %d" % len(data), level=9)
        tag = "".join(chr(65 + byte % 26) for byte in hashlib.sha256(data).digest()[:6])
        name = f"/{tag}+{face.name}".encode()
        fixed = len(widths) > 1 and len(set(widths.values())) == 1
        descriptor = self.add(
            b"<</Type/FontDescriptor/FontName %b/FontFamily %b/Flags %d/FontBBox[0 %d %d %d]/ItalicAngle 0/Ascent %d"
            b"/Descent %d/CapHeight %d/StemV 80/FontFile2 %d 0 R>>"
            % (
                name, write_string(face.family), face.flags + fixed, face.descent, max(widths.values()), face.ascent, face.ascent,
                face.descent, face.ascent, file,
            )
        )  # fmt: skip
        descendant = self.add(
            b"<</Type/Font/Subtype/CIDFontType2/BaseFont %b/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>"
            b"/CIDToGIDMap/Identity/W[%b]/FontDescriptor %d 0 R>>"
            % (name, b" ".join(b"%d[%d]" % each for each in sorted(widths.items())), descriptor)
        )
        return self.add(
            b"<</Type/Font/Subtype/Type0/BaseFont %b/Encoding/Identity-H/DescendantFonts[%d 0 R]/ToUnicode %d 0 R>>"
            % (name, descendant, self.add_stream(to_unicode(characters)))
        )

    # ------------------------------------------------------------ what stands beside the pages

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

    def tree(self, entries: Sequence[tuple[int | bytes, bytes]], kind: bytes) -> int:
        """A name or number tree (7.9.6, 7.9.7) of two levels; ``entries`` are sorted."""
        kids = []
        for place in range(0, len(entries), CHUNK):
            chunk = entries[place : place + CHUNK]
            write = [(write_key(key), value) for key, value in chunk]
            inner = b" ".join(b"%b %b" % each for each in write)
            kids.append(self.add(b"<</Limits[%b %b]/%b[%b]>>" % (write[0][0], write[-1][0], kind, inner)))
        return self.add(b"<</Kids[%b]>>" % write_references(kids))

    def write_destination(self, page: Page, number: int, x: float, y: float) -> bytes:
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
        """Write what the file says of itself; return its identifier, 32 hexadecimal digits made of what it holds."""
        meta = self.metadata
        wanted = {target[1:] for section in self.sections for target in section.made_up.link_targets}
        named = {
            anchor.name.encode(): self.write_destination(page, number, anchor.x, anchor.y)
            for page, number in reversed(list(self.number_pages()))
            if page.facts
            for anchor in reversed(page.facts.anchors)
            if anchor.name in wanted or not _INSIDE.search(anchor.name)
        }
        for page, number in self.number_pages():
            for anchor in page.facts.anchors if page.facts else ():
                if LAST_PAGE + anchor.name in wanted:
                    named[f"{LAST_PAGE}{anchor.name}".encode()] = self.write_destination(
                        page, number, anchor.x, anchor.y
                    )
        names = self.tree(sorted(named.items()), b"Names")
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
        outline = self.outline()
        held = hashlib.sha256()
        for data in chain(
            (section.data for section in bound), (data for _, data in self.plain), (s[2] for s in self.streams)
        ):
            held.update(data)
        identity = held.hexdigest()[:32]
        xmp = write_xmp_packet(meta, identity)
        number = self.reserve()
        self.streams.append((number, b"<</Type/Metadata/Subtype/XML/Length %d>>" % len(xmp), xmp))
        self.add(
            b"<</Type/Catalog/Pages %d 0 R/Lang %b/MarkInfo<</Marked true>>/ViewerPreferences<</DisplayDocTitle true>>"
            b"/PageMode/UseOutlines/StructTreeRoot %d 0 R/Metadata %d 0 R/Names<</Dests %d 0 R>>/PageLabels<</Nums[%b]>>"
            b"/OutputIntents[%b]%b>>"
            % (
                ROOT, write_string(meta.language), STRUCTURE, number, names, self.labels(), write_output_intents(meta, profile), outline,
            ),
            CATALOG,
        )  # fmt: skip
        return identity

    def labels(self) -> bytes:
        """Where the numbering begins, and how it counts (12.4.2)."""
        first = next((place for place, page in enumerate(self.pages) if page.label == "1"), None)
        arabic = b"%d<</S/D>>" % first if first is not None else b""
        return (b"0<</S/r>>" if first else b"") + arabic

    def outline(self) -> bytes:
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
        parent = parents_of([level for level, _, _ in entries])
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
        """Return the sections' parts, then the book's own objects, and a cross-reference stream (7.5.8)."""
        # PDF/X-4 stands on version 1.6, and nothing here is of a later one.
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
        where: dict[int, tuple[int, int, int]] = {}

        def put(number: int, head: bytes, stream: bytes) -> None:
            nonlocal position
            data = b"%d 0 obj\n%b\nstream\n%b\nendstream\nendobj\n" % (number, head, stream)
            where[number] = (1, position, 0)
            out.append(data)
            position += len(data)

        for number, head, stream in self.streams:
            put(number, head, stream)
        for holder, numbers, head, packed in pack_objects(self.plain, self.reserve):
            where |= {number: (2, holder, index) for index, number in enumerate(numbers)}
            put(holder, head, packed)
        table = self.reserve()
        where[table] = (1, position, 0)
        rows += FREE_ROW * (self.size - len(rows) // ROW.size)
        for number, row in where.items():
            ROW.pack_into(rows, number * ROW.size, *row)
        packed = zlib.compress(bytes(rows), LEVEL)
        head = b"<</Type/XRef/Size %d/W[1 4 2]/Root %d 0 R/Info %d 0 R/ID[<%b><%b>]/Filter/FlateDecode/Length %d>>" % (
            self.size, CATALOG, INFO, identity.encode(), identity.encode(), len(packed),
        )  # fmt: skip
        start = position
        put(table, head, packed)
        out.append(b"startxref\n%d\n%%%%EOF\n" % start)
        return b"".join(out)


# ---------------------------------------------------------------- small things of the book and of the format

_INSIDE = re.compile(r"\.|^use-")
"""Names of parts and of uses of a term: nobody outside the book leads to them."""


def _fill_phrase(one: str, several: str, first: str, last: str) -> str:
    """Return the phrase for one number or for several, filled in."""
    return (one if first == last else several).format(first=first, last=last)


def parents_of(levels: Sequence[int]) -> list[int | None]:
    """For each entry of an outline the nearest one before it that stands higher, or nothing."""
    found: list[int | None] = []
    above: list[int] = []
    for place, level in enumerate(levels):
        above = [each for each in above if levels[each] < level]
        found.append(above[-1] if above else None)
        above.append(place)
    return found


def to_unicode(characters: Mapping[int, str]) -> bytes:
    """Which characters the glyphs stand for, so that text can be searched and copied (9.10.3)."""
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
