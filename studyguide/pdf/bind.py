"""Bind Gatherings into one PDF: pages in their order, page numbers in their holes, links, outline, structure, faces.

Nothing is laid out here, and no library reads or writes the file: a gathering's objects are bytes with open references,
so binding is filling in numbers. What the format asks for is in ISO 32000-1 (the section is named where it is not plain).
"""

import hashlib
import re
import struct
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, chain, pairwise

from studyguide.output import MoreDigitsNeededError
from studyguide.pdf import press
from studyguide.pdf.conformance import Metadata, intents, packet
from studyguide.pdf.gathering import HOLES, POINTS, SEPARATOR, Face, Follow, Gathering, Hole, Link, Push, Segment, Slide
from studyguide.pdf.pages import Page, Quire, pagination
from studyguide.pdf.syntax import box, decimal, references, string, string_or_number
from studyguide.problems import ContentError, Problem
from studyguide.runtime import fonts

ROW = struct.Struct(">BIH")
"""Of the cross-reference stream: the kind of entry, where, and which inside."""
LEVEL = 3
"""Of compression: at 6 the file is 11 % smaller, and binding takes a third longer."""
CHUNK = 200
"""Objects in an object stream, and entries in a leaf of a name or number tree."""


def bind(
    quires: Sequence[Quire],
    pages: tuple[Page, ...],
    metadata: Metadata,
    face_file: Callable[[str, tuple[int, ...]], bytes],
) -> bytes:
    """The book's file. ``face_file`` gives the file of a face, by its digest, with these glyphs in it.

    Raises ContentError for a reference to what nobody defines, and for a number that its hole cannot hold.
    """
    return Binder(quires, metadata, pages, face_file).bound()


@dataclass(slots=True)
class Binder:
    """The file as it grows."""

    quires: Sequence[Quire]
    metadata: Metadata
    pages: tuple[Page, ...]
    face_file: Callable[[str, tuple[int, ...]], bytes]
    size: int = 1
    """The next number that is free; 0 is never used."""
    plain: list[tuple[int, bytes]] = field(default_factory=list)
    """Objects that go into object streams."""
    streams: list[tuple[int, bytes, bytes]] = field(default_factory=list)
    anchors: Mapping[str, tuple[int, ...]] = field(init=False)
    holes: Mapping[str, Face] = field(init=False)
    """The faces that holes are set in, by what the content calls them."""
    written_in: dict[str, set[str]] = field(default_factory=dict)
    """The characters that were written into holes, by the digest of their face."""

    def __post_init__(self) -> None:
        self.anchors = pagination(self.pages).anchors
        faces = chain.from_iterable(quire.gathering.faces for quire in self.quires)
        self.holes = {face.key: face for face in faces if face.family == fonts.HOLE_FAMILY}

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

    def bound(self) -> bytes:
        catalog, info, root = self.reserve(), self.reserve(), self.reserve()
        document, faces, structure = self.reserve(), self.reserve(), self.reserve()
        nodes = [self.reserve() for _ in range(0, len(self.pages), CHUNK)]
        for place, page in enumerate(self.pages):
            page.number, page.parent = self.reserve(), nodes[place // CHUNK]
        parents, top = self.bind_quires(document, faces)
        self.bind_faces(faces)
        self.bind_page_tree(root, nodes)
        self.add(
            b"<</Type/StructTreeRoot/K[%d 0 R]/ParentTree %d 0 R>>" % (document, self.tree(parents, b"Nums")), structure
        )
        kids = b" ".join(b"%d 0 R" % number for number in top)
        self.add(b"<</Type/StructElem/S/Document/P %d 0 R/K[%b]>>" % (structure, kids), document)
        identity = self.bind_catalog(catalog, info, root, structure)
        return self.written(catalog, info, identity)

    # ------------------------------------------------------------ faces

    def bind_faces(self, number: int) -> None:
        """Embed each face once, with every glyph that any gathering used or that was written into holes."""
        used: dict[str, list[Face]] = {}
        for face in chain.from_iterable(quire.gathering.faces for quire in self.quires):
            used.setdefault(face.digest, []).append(face)
        entries: dict[str, int] = {}
        for digest, faces in sorted(used.items()):
            widths = dict(chain.from_iterable(face.widths for face in faces))
            characters = dict(chain.from_iterable(reversed(face.characters) for face in faces))
            named = next((face for face in faces if face.family != fonts.HOLE_FAMILY), faces[0])
            for face in faces:
                for text in self.written_in.pop(face.key, ()):
                    glyph, width = fonts.measure_hole_face(face.weight)[text]
                    widths[glyph], characters[glyph] = width, text
            font = self.bind_face(named, digest, widths, characters)
            entries |= {face.key: font for face in faces}
        self.add(
            b"<<%b>>" % b"".join(b"/%b %d 0 R" % (key.encode(), font) for key, font in sorted(entries.items())), number
        )

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
                name, string(face.family), face.flags + fixed, face.descent, max(widths.values()), face.ascent, face.ascent,
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

    # ------------------------------------------------------------ pages

    def bind_quires(self, document: int, faces: int) -> tuple[list[tuple[int, bytes]], list[int]]:
        """Write all pages and what they need; the entries of the parent tree and the outermost elements."""
        parents: list[tuple[int, bytes]] = []
        top: list[int] = []
        place, tree = 0, 0
        for quire in self.quires:
            gathering = quire.gathering
            while self.pages[place].quire is None:
                self.bind_blank(self.pages[place])
                place += 1
            pages = self.pages[place : place + len(gathering.leaves)]
            place += len(pages)
            parts = gathering.objects.count(SEPARATOR) + 1
            first = self.reserve(parts + len(gathering.links))
            numbers = [*range(first, self.size), *(page.number for page in pages), document, faces]
            self.bind_parts(gathering, numbers)
            first_key = tree + len(pages)
            for page in pages:
                assert page.leaf is not None
                parents.append(
                    (tree, b"[%b]" % b" ".join(b"%d 0 R" % numbers[element] for element in page.leaf.elements))
                )
                self.bind_page(page, quire, numbers, tree)
                for number in page.leaf.links:
                    link = gathering.links[number - parts]
                    self.add(self.annotation(link, page, first_key + number - parts, quire), numbers[number])
                tree += 1
            parents += [(tree + place_, b"%d 0 R" % numbers[link.owner]) for place_, link in enumerate(gathering.links)]
            tree += len(gathering.links)
            top += [numbers[element] for element in gathering.top]
        return parents, top

    def bind_parts(self, gathering: Gathering, numbers: Sequence[int]) -> None:
        """Write the gathering's own objects."""
        heads = (gathering.objects % tuple(map(numbers.__getitem__, gathering.references))).split(SEPARATOR)
        streams = dict(gathering.streams)
        self.plain += [(numbers[place], head) for place, head in enumerate(heads) if place not in streams]
        self.streams += [(numbers[place], heads[place], stream) for place, stream in streams.items()]

    def bind_page(self, page: Page, quire: Quire, numbers: Sequence[int], tree: int) -> None:
        assert page.leaf is not None
        content = b"".join(self.filled(page.leaf.segments, page, quire))
        move = b"1 0 0 1 %b 0 cm\n" % decimal(self.metadata.shift) if page.moved else b""
        content = b"q\n%b%b\nQ" % (move, content)
        if quire.gathering.specimens:
            first = page.leaf is quire.gathering.leaves[0]
            furniture = quire.gathering.specimens[2 * first + (not page.verso)]
            content += b"\nq\n%b\nQ" % b"".join(self.filled(furniture, page, quire))
        links = b"/Annots[%b]" % references(numbers[link] for link in page.leaf.links) if page.leaf.links else b""
        resources = b"/Resources %d 0 R" % numbers[quire.gathering.resources]
        self.add_page(page, content, b"%b/StructParents %d/Tabs/S%b" % (resources, tree, links))

    def bind_blank(self, page: Page) -> None:
        self.add_page(page, b"", b"/Resources<<>>")

    def add_page(self, page: Page, content: bytes, entries: bytes) -> None:
        boxes = b"/MediaBox[%b]" % box(page.box)
        if self.metadata.pressed:
            boxes, content = press.boxes(page.box), press.framed(content, page.box)
        head = b"/Type/Page/Parent %d 0 R%b/Contents %d 0 R" % (page.parent, boxes, self.add_stream(content))
        self.add(b"<<%b%b>>" % (head, entries), page.number)

    def filled(self, segments: Iterable[Segment], page: Page, quire: Quire) -> Iterator[bytes]:
        slack = 0.0
        for segment in segments:
            if isinstance(segment, bytes):
                yield segment
            elif isinstance(segment, Slide):
                yield decimal(segment.x - slack)
            elif isinstance(segment, Follow):
                yield decimal(segment.x - sum(self.spare(hole, page, quire) for hole in segment.holes))
            elif isinstance(segment, Push):
                yield decimal(segment.x + self.spare(segment.hole, page, quire))
            else:
                metrics = fonts.measure_hole_face(self.holes[segment.face].weight)
                label = self.label_in(segment, page, quire)
                self.written_in.setdefault(segment.face, set()).update(label)
                free = self.free(segment, label)
                # A folio has the margin to itself; elsewhere a wide number would stand on the text before it.
                if segment.target and label.isdigit() and free < 0:
                    found = f"the page number {label} is wider than the {segment.digits} digits that there is room for"
                    fix = "this is a fault of the program: please report it"
                    raise MoreDigitsNeededError([Problem(quire.place, "narrow-hole", found, fix)])
                left = HOLES[segment.kind][1] == "left"
                slack = (slack if segment.slid else 0.0) + (free * segment.size / 1000 if left else 0.0)
                pad = b"" if left else b"%d" % -free
                yield b"[%b<%b>] TJ" % (pad, b"".join(b"%04x" % metrics[each][0] for each in label))

    def label_in(self, hole: Hole, page: Page, quire: Quire) -> str:
        """What is written into a hole."""
        if HOLES[hole.kind][0] == "range":
            return self.range_on(page)
        return self.pages[self.page_of(hole.target, quire)].label if hole.target else page.label

    def free(self, hole: Hole, label: str) -> int:
        """What the label leaves of its room, in thousandths of the size; less than 0 where it is wider."""
        metrics = fonts.measure_hole_face(self.holes[hole.face].weight)
        return hole.digits * metrics["0"][1] - sum(metrics[each][1] for each in label)

    def range_on(self, page: Page) -> str:
        """What the running head of a page of the key says: which answers are on it, and where their questions are."""
        assert page.quire is not None
        assert page.leaf is not None
        names = {anchor.name for anchor in page.leaf.anchors}
        entries = [entry for entry in page.quire.entries if entry.answers[0] in names]
        if not entries:
            return ""
        forms = self.metadata.locale.running_heads
        heads = [span(forms.answer, forms.answers, entries[0].number, entries[-1].number)]
        places = sorted(self.anchors[entry.question][0] for entry in entries if entry.question in self.anchors)
        if places:
            one = forms.question_on_page if len(entries) == 1 else forms.questions_on_page
            heads.append(span(one, forms.questions_on_pages, self.pages[places[0]].label, self.pages[places[-1]].label))
        return " · ".join(heads)

    def page_of(self, target: str, quire: Quire) -> int:
        name = target.removeprefix("#")
        if name not in self.anchors:
            raise ContentError(
                [
                    Problem(
                        quire.place, "broken-link", f"nothing is called `{name}`", "mend the template that links to it"
                    )
                ]
            )
        return self.anchors[name][0]  # what goes on over a page is found where it begins

    def annotation(self, link: Link, page: Page, key: int, quire: Quire) -> bytes:
        shift = self.metadata.shift if page.moved else 0
        left, bottom, right, top = link.box
        at_left, at_right = self.moved(link, page, quire)
        left, right = left + at_left, right + at_right
        if link.target.startswith("#"):
            self.page_of(link.target, quire)
            action = b"/Dest %b" % string(link.target[1:])
        else:
            action = b"/A<</S/URI/URI %b>>" % string(link.target)
        return b"<</Type/Annot/Subtype/Link/F 4/BS<</W 0>>/Rect[%b]/Contents %b/StructParent %d%b>>" % (
            box((left + shift, bottom, right + shift, top)), string(link.words), key, action,
        )  # fmt: skip

    def spare(self, hole: Hole, page: Page, quire: Quire) -> float:
        """What the number leaves of its room, in the units of the content."""
        return self.free(hole, self.label_in(hole, page, quire)) * hole.size / 1000

    def moved(self, link: Link, page: Page, quire: Quire) -> tuple[float, float]:
        """How far the left and the right of a link move with its text, which moves up to numbers on its line, in points."""
        assert page.leaf is not None
        left, bottom, right, top = link.box
        beside = [
            (hole, self.spare(hole, page, quire) * POINTS)
            for hole in page.leaf.segments
            if isinstance(hole, Hole) and hole.block == link.block and bottom <= hole.y <= top
        ]
        before = sum(spare for hole, spare in beside if HOLES[hole.kind][1] == "left" and hole.x < left)
        for hole, spare in beside:
            if HOLES[hole.kind][1] != "right" and left <= hole.x <= right:
                return (spare, 0) if HOLES[hole.kind][1] == "pushed" else (-before, -before - spare)
        return -before, -before

    def bind_page_tree(self, root: int, nodes: Sequence[int]) -> None:
        """A tree of pages of two levels, no node with more kids than a chunk."""
        for place, node in enumerate(nodes):
            kids = [page.number for page in self.pages[place * CHUNK : (place + 1) * CHUNK]]
            self.add(b"<</Type/Pages/Parent %d 0 R/Count %d/Kids[%b]>>" % (root, len(kids), references(kids)), node)
        self.add(b"<</Type/Pages/Count %d/Kids[%b]>>" % (len(self.pages), references(nodes)), root)

    # ------------------------------------------------------------ what stands beside the pages

    def tree(self, entries: Sequence[tuple[int | bytes, bytes]], kind: bytes) -> int:
        """A name or number tree (7.9.6, 7.9.7) of two levels; ``entries`` are sorted."""
        kids = []
        for place in range(0, len(entries), CHUNK):
            chunk = entries[place : place + CHUNK]
            write = [(string_or_number(key), value) for key, value in chunk]
            inner = b" ".join(b"%b %b" % each for each in write)
            kids.append(self.add(b"<</Limits[%b %b]/%b[%b]>>" % (write[0][0], write[-1][0], kind, inner)))
        return self.add(b"<</Kids[%b]>>" % references(kids))

    def destination(self, page: Page, x: float, y: float) -> bytes:
        shift = self.metadata.shift if page.moved else 0
        return b"[%d 0 R/XYZ %b %b 0]" % (page.number, decimal(x + shift), decimal(y))

    def bind_catalog(self, catalog: int, info: int, root: int, structure: int) -> str:
        """Write what the file says of itself; its identifier, 32 hexadecimal digits made of what it holds."""
        meta = self.metadata
        wanted = {link.target[1:] for quire in self.quires for link in quire.gathering.links}
        named = {
            anchor.name.encode(): self.destination(page, anchor.x, anchor.y)
            for page in reversed(self.pages)
            if page.leaf
            for anchor in reversed(page.leaf.anchors)
            if anchor.name in wanted or not INSIDE.search(anchor.name)
        }
        names = self.tree(sorted(named.items()), b"Names")
        date = b"/CreationDate %b/ModDate %b" % (string(meta.date), string(meta.date)) if meta.date else b""
        trapped = b"/Trapped/False" if meta.pressed else b""
        self.add(
            b"<</Title %b/Author %b/Subject %b/Producer(studyguide)%b%b>>"
            % (string(meta.title), string(", ".join(meta.authors)), string(meta.description), date, trapped),
            info,
        )
        profile = self.add_stream(meta.profile.data, b"/N %d" % meta.profile.components)
        outline = self.outline()
        held = chain((data for _, data in self.plain), (data for _, _, data in self.streams))
        identity = hashlib.sha256(b"".join(held)).hexdigest()[:32]
        xmp = packet(meta, identity)
        number = self.reserve()
        self.streams.append((number, b"<</Type/Metadata/Subtype/XML/Length %d>>" % len(xmp), xmp))
        self.add(
            b"<</Type/Catalog/Pages %d 0 R/Lang %b/MarkInfo<</Marked true>>/ViewerPreferences<</DisplayDocTitle true>>"
            b"/PageMode/UseOutlines/StructTreeRoot %d 0 R/Metadata %d 0 R/Names<</Dests %d 0 R>>/PageLabels<</Nums[%b]>>"
            b"/OutputIntents[%b]%b>>"
            % (
                root, string(meta.language), structure, number, names, self.labels(), intents(meta, profile), outline,
            ),
            catalog,
        )  # fmt: skip
        return identity

    def labels(self) -> bytes:
        """Where the numbering begins, and how it counts (12.4.2)."""
        first = next((place for place, page in enumerate(self.pages) if page.label == "1"), None)
        arabic = b"%d<</S/D>>" % first if first is not None else b""
        return (b"0<</S/r>>" if first else b"") + arabic

    def outline(self) -> bytes:
        entries = [
            (bookmark.level, bookmark.label, self.destination(page, bookmark.x, bookmark.y))
            for page in self.pages
            if page.leaf
            for bookmark in page.leaf.bookmarks
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
                b"<</Title %b/Parent %d 0 R/Dest %b%b%b>>" % (string(label), home, destination, data, count),
                numbers[place],
            )
        outer = kids[None]
        self.add(b"<</First %d 0 R/Last %d 0 R/Count %d>>" % (numbers[outer[0]], numbers[outer[-1]], len(outer)), root)
        return b"/Outlines %d 0 R" % root

    # ------------------------------------------------------------ the file

    def written(self, catalog: int, info: int, identity: str) -> bytes:
        """Streams as they are, everything else in object streams (7.5.7), and a cross-reference stream (7.5.8)."""
        # PDF/X-4 stands on version 1.6, and nothing here is of a later one.
        out = [b"%%PDF-1.%d\n%%\xe2\xe3\xcf\xd3\n" % (6 if self.metadata.pressed else 7)]
        position = len(out[0])
        where: dict[int, tuple[int, int, int]] = {}

        def put(number: int, head: bytes, stream: bytes) -> None:
            nonlocal position
            data = b"%d 0 obj\n%b\nstream\n%b\nendstream\nendobj\n" % (number, head, stream)
            where[number] = (1, position, 0)
            out.append(data)
            position += len(data)

        for number, head, stream in self.streams:
            put(number, head, stream)
        for place in range(0, len(self.plain), CHUNK):
            numbers, data = zip(*self.plain[place : place + CHUNK], strict=True)
            holder = self.reserve()
            where |= {number: (2, holder, inside) for inside, number in enumerate(numbers)}
            starts = accumulate((len(each) + 1 for each in data), initial=0)
            header = b" ".join(b"%d %d" % each for each in zip(numbers, starts, strict=False)) + b"\n"
            packed = zlib.compress(header + b"\n".join(data), LEVEL)
            head = b"<</Type/ObjStm/N %d/First %d/Filter/FlateDecode/Length %d>>" % (
                len(numbers), len(header), len(packed),
            )  # fmt: skip
            put(holder, head, packed)
        table = self.reserve()
        where[table] = (1, position, 0)
        rows = b"".join(ROW.pack(*where.get(number, (0, 0, 0))) for number in range(self.size))
        packed = zlib.compress(rows, LEVEL)
        head = b"<</Type/XRef/Size %d/W[1 4 2]/Root %d 0 R/Info %d 0 R/ID[<%b><%b>]/Filter/FlateDecode/Length %d>>" % (
            self.size, catalog, info, identity.encode(), identity.encode(), len(packed),
        )  # fmt: skip
        start = position
        put(table, head, packed)
        out.append(b"startxref\n%d\n%%%%EOF\n" % start)
        return b"".join(out)


# ---------------------------------------------------------------- small things of the book and of the format

INSIDE = re.compile(r"\.|^use-")
"""Names of parts and of uses of a term: nobody outside the book leads to them."""


def span(one: str, several: str, first: str, last: str) -> str:
    """The phrase for one number or for several, filled in."""
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
