"""Take WeasyPrint's document apart: its objects → a Gathering, with every reference between them open.

Goes in: the PDF that WeasyPrint would write, as objects of pydyf, and the laid-out pages behind it. Comes out: what binding
needs of each page, and the objects of the section's structure as bytes, numbered within the gathering. On the way the structure
loses what says nothing, the pages are cut where page numbers are to stand, and what WeasyPrint gets wrong is put right.
"""

import hashlib
import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import chain
from typing import Any, NamedTuple
from urllib.parse import unquote

from studyguide.pdf.cut import Content, Pen
from studyguide.pdf.gathering import (
    HOLES,
    POINTS,
    SEPARATOR,
    Anchor,
    Bookmark,
    Face,
    Gathering,
    Job,
    Leaf,
    Link,
    Segment,
)
from studyguide.pdf.page_starts import find_page_starts
from studyguide.pdf.rotate import turned
from studyguide.pdf.weasyprint_compat import get_font_key, get_fonts, get_page_boxes, map_link_annotations
from studyguide.runtime import fonts
from studyguide.runtime.truetype import find_hyphen_glyphs

BOOK = "studyguide://book/"
"""What is linked to in the book: an address that cannot exist."""
SPECIMENS = 4
"""A verso, a recto, and both as the first page of a section."""

REFERENCE = re.compile(rb"\b(\d+) 0 R\b")
HEADER = re.compile(rb"\((\d+-\d+-\d+)\)")
# Elements that say nothing but that here is text, and those that may hold text themselves.
WRAPPERS = ("/Span", "/NonStruct")
INLINE = (*WRAPPERS, "/Link", "/Figure", "/Formula")
PLAIN = {"Type", "S", "K", "Pg", "P"}
HOLDERS = {
    "/P", "/H1", "/H2", "/H3", "/H4", "/H5", "/H6", "/LBody", "/Lbl", "/TD", "/TH", "/Caption", "/Link", "/Span",
    "/NonStruct",
}  # fmt: skip
PICTURE = re.compile(rb"/i([0-9a-f]{32})[01] (\d+) 0 R")


class Take:
    """WeasyPrint's document, and how its objects become a gathering's."""

    def __init__(self, raw: Any, document: Any, job: Job) -> None:
        self.document, self.job = document, job
        self.prefix = hashlib.sha256(job.html.encode()).hexdigest()[:8].encode()
        self.objects = {each.number: each for each in raw.objects}
        numbers = raw.pages["Kids"][::3]
        body = len(numbers) - (SPECIMENS if job.furnished else 0)
        self.leaves, self.specimens = numbers[:body], numbers[body:]
        root = self.at(raw.catalog["StructTreeRoot"])
        self.body = self.at(root["K"][0])
        nums = self.at(root["ParentTree"])["Nums"]
        self.pages = {number: place for place, number in enumerate(numbers)}
        self.parents = dict(zip(nums[::2], nums[1::2], strict=True))
        self.hole_faces = {
            get_font_key(font): {b"%04x" % fonts.measure_hole_face(font.weight)[kind][0]: kind for kind in HOLES}
            for font in get_fonts(document)
            if font.family == fonts.HOLE_FAMILY
        }
        self.hyphens = {
            get_font_key(font): tuple(b"%04x" % glyph for glyph in glyphs)
            for font in get_fonts(document)
            if len(glyphs := find_hyphen_glyphs(font.file_content)) == 2
        }
        self.boxes = map_link_annotations(document)
        self.drop_inner_links()
        for kid in self.body["K"]:
            self.condense(number_of(kid), raw.catalog["Lang"].string)
        self.local: dict[int, int] = {}
        boxes = get_page_boxes(document)[:body]
        self.page_starts = tuple(find_page_starts(boxes, boxes[0].children[0].element))

    def drop_inner_links(self) -> None:
        """WeasyPrint makes an annotation of every box inside a link; the link's own box holds them all."""
        inner = {
            number
            for number in self.boxes
            if self.at(self.parents[self.objects[number]["StructParent"]])["S"] != "/Link"
        }
        for leaf in self.leaves:
            page = self.objects[leaf]
            if "Annots" in page:
                page["Annots"][:] = [each for each in page["Annots"] if number_of(each) not in inner]
        for number in inner:
            owner = self.at(self.parents[self.objects[number]["StructParent"]])
            owner["K"][:] = [kid for kid in owner["K"] if self.annotation_of(kid) != number]

    def condense(self, number: int, language: str) -> None:
        """Give a paragraph its text itself, which WeasyPrint wraps line by line: a quarter of the elements remain.

        What is in the language of what it stands in need not say so.
        """
        import pydyf

        element = self.objects[number]
        own = element.pop("Lang", None) or language
        if own != language:
            element["Lang"] = pydyf.String(own)
        kids: list[Any] = []
        for kid in element["K"]:
            child = self.at(kid) if isinstance(kid, bytes) else None
            if child is None or child.get("Type") == "/OBJR":
                kids.append(kid)
                continue
            self.condense(child.number, own)
            bare = child["S"] in WRAPPERS and child.keys() == PLAIN and child["Pg"] == element["Pg"]
            if element["S"] in HOLDERS and bare and all(isinstance(each, int) for each in child["K"]):
                kids += child["K"]
                page = self.pages[number_of(element["Pg"])]
                for mcid in child["K"]:
                    self.parents[page][mcid] = element.reference
            else:
                kids.append(kid)
        element["K"][:] = kids
        if element["S"] == "/LI":
            self.give_body(element)

    def give_body(self, item: Any) -> None:
        """Put the blocks of a list's item into a body, which WeasyPrint gives to items of a line only (14.8.4.3.3)."""
        import pydyf

        loose = [kid for kid in item["K"] if isinstance(kid, bytes) and self.at(kid).get("S") not in ("/Lbl", "/LBody")]
        if not loose:
            return
        head = {"Type": "/StructElem", "S": "/LBody", "P": item.reference, "Pg": item["Pg"]}
        body = pydyf.Dictionary({**head, "K": pydyf.Array(loose)})
        body.number = max(self.objects) + 1
        self.objects[body.number] = body
        for kid in loose:
            self.at(kid)["P"] = body.reference
        item["K"][:] = [kid for kid in item["K"] if kid not in loose] + [body.reference]

    def annotation_of(self, kid: Any) -> int:
        """The annotation that a kid of a structure element stands for, or 0."""
        each = self.at(kid) if isinstance(kid, bytes) else {}
        return number_of(each["Obj"]) if isinstance(each, dict) and each.get("Type") == "/OBJR" else 0

    def at(self, reference: bytes) -> Any:
        return self.objects[number_of(reference)]

    def gathering(self) -> Gathering:
        leaves = set(self.leaves)
        resources = number_of(self.objects[self.leaves[0]]["Resources"])
        faces = number_of(self.objects[resources]["Font"])
        top = [number_of(kid) for kid in self.body["K"] if number_of(self.at(kid)["Pg"]) in leaves]
        links = [number_of(each) for leaf in self.leaves for each in self.objects[leaf].get("Annots", ())]
        outside = {*leaves, *links, self.body.number, faces}
        kept = tuple(self.reachable([resources, *top], outside))
        order = (*kept, *links, *self.leaves, self.body.number, faces)
        self.local = {number: place for place, number in enumerate(order)}
        parts = [self.part(number) for number in kept]
        return Gathering(
            leaves=tuple(self.leaf(place, number) for place, number in enumerate(self.leaves)),
            specimens=tuple(self.segments(number, artifact=True) for number in self.specimens),
            objects=SEPARATOR.join(part.head for part in parts),
            references=tuple(chain.from_iterable(part.references for part in parts)),
            streams=tuple((place, part.stream) for place, part in enumerate(parts) if part.stream is not None),
            links=tuple(self.link(number) for number in links),
            top=tuple(self.local[number] for number in top),
            resources=self.local[resources],
            faces=tuple(face(font) for font in get_fonts(self.document)),
            pictures=tuple(sorted(self.pictures(kept))),
        )

    def pictures(self, numbers: tuple[int, ...]) -> Iterator[tuple[str, str]]:
        """Figures made of pixels, which WeasyPrint names by their addresses; it joins none of a scheme of ours."""
        paths = [asset.path for asset in self.job.assets]
        names = {hashlib.md5(path.encode(), usedforsecurity=False).hexdigest().encode(): path for path in paths}
        for number in numbers:
            for name, picture in PICTURE.findall(halves(self.objects[number])[0]):
                yield names.get(name, self.job.place.path), self.objects[int(picture)].extra["ColorSpace"]

    def reachable(self, roots: list[int], outside: set[int]) -> Iterator[int]:
        """The objects that these need, themselves first, each once."""
        seen, waiting = set(outside), list(reversed(roots))
        while waiting:
            number = waiting.pop()
            if number not in seen:
                seen.add(number)
                yield number
                waiting += [int(found) for found in reversed(REFERENCE.findall(halves(self.objects[number])[0]))]

    def part(self, number: int) -> "Part":
        """An object with its references open."""
        each = self.objects[number]
        if isinstance(each, dict) and each.get("S") == "/Figure" and "A" in each:
            each["A"]["BBox"][:] = self.figure_box(each)
        head, stream = halves(each)
        if stream is not None:
            # Which PDF/A forbids (ISO 19005-3, 6.2.8).
            head = head.replace(b"/Interpolate true", b"/Interpolate false")
        if b"/Headers" in head or b"/ID" in head:
            # WeasyPrint names a heading cell by its object's number, which is another's in another gathering.
            head = HEADER.sub(rb"(" + self.prefix + rb"-\1)", head)
        references = tuple(self.local[int(found)] for found in REFERENCE.findall(head))
        return Part(REFERENCE.sub(b"%d 0 R", head.replace(b"%", b"%%")), references, stream)

    def figure_box(self, element: Any) -> list[float]:
        """WeasyPrint gives pixels from the top, PDF wants points from the foot."""
        page = self.document.pages[self.leaves.index(number_of(element["Pg"]))]
        left, top, right, bottom = element["A"]["BBox"]
        box = [round(each * POINTS, 3) for each in (left, page.height - bottom, right, page.height - top)]
        return list(turned(box, page.height * POINTS)) if page.width > page.height else box

    def link(self, number: int) -> Link:
        annotation, element = self.objects[number], self.boxes[number]
        text = "".join(piece for piece in texts(element) if piece)
        owner = number_of(self.parents[annotation["StructParent"]])
        return Link(
            box=corners(annotation["Rect"]),
            target=self.target_of(annotation),
            words=element.get("title") or " ".join(text.split()),
            owner=self.local[owner],
            block=self.block(owner),
        )

    @staticmethod
    def target_of(annotation: Any) -> str:
        address = str(annotation["A"]["URI"].string)
        # WeasyPrint writes letters outside ASCII as an address on the web has them.
        return unquote(address.removeprefix(BOOK)) if address.startswith(BOOK) else address

    def leaf(self, place: int, number: int) -> Leaf:
        page, laid_out = self.objects[number], self.document.pages[place]
        elements = tuple(number_of(each) for each in self.parents[place])
        targets = {mcid: self.target(element) for mcid, element in enumerate(elements)}
        blocks = {mcid: self.block(element) for mcid, element in enumerate(elements)}

        def point(x: float, y: float) -> tuple[float, float]:
            return round(x * POINTS, 3), round((laid_out.height - y) * POINTS, 3)

        return Leaf(
            box=tuple(round(float(each), 3) for each in page["TrimBox"]),
            segments=self.segments(number, targets=targets, blocks=blocks),
            elements=tuple(self.local[element] for element in elements),
            links=tuple(self.local[number_of(each)] for each in page.get("Annots", ())),
            anchors=tuple(Anchor(name, *point(*at[:2])) for name, at in laid_out.anchors.items()),
            bookmarks=tuple(Bookmark(level, label, *point(*at)) for level, label, at, _ in laid_out.bookmarks),
            start=self.page_starts[place],
        )

    def block(self, number: int) -> int:
        """The paragraph, cell or other block that an element stands in."""
        while self.objects[number]["S"] in INLINE and number != self.body.number:
            number = number_of(self.objects[number]["P"])
        return number

    def target(self, number: int) -> str:
        """Where the link leads that this element belongs to, or nothing."""
        while number != self.body.number:
            element = self.objects[number]
            if element["S"] == "/Link":
                for kid in element["K"]:
                    if number := self.annotation_of(kid):
                        return self.target_of(self.objects[number])
            number = number_of(element["P"])
        return ""

    def segments(self, number: int, **known: Any) -> tuple[Segment, ...]:
        stream = self.at(self.objects[number]["Contents"])
        stream.compress = False
        # WeasyPrint writes a kerning of less than a thousandth as 0, behind every glyph.
        data = (halves(stream)[1] or b"").replace(b">0<", b"").replace(b">0]", b">]")
        height = float(self.objects[number]["MediaBox"][3])
        return tuple(Pen(Content(data, height, self.hole_faces, self.hyphens, **known)).segments())


class Part(NamedTuple):
    """A PDF object with its references open."""

    head: bytes
    references: tuple[int, ...]
    stream: bytes | None


def texts(element: Any) -> Iterator[str]:
    """The text of an HTML element, without its page numbers."""
    if element.get("class") not in ("at", "hole"):
        yield element.text or ""
        for child in element:
            yield from texts(child)
            yield child.tail or ""


def corners(box: Any) -> tuple[float, float, float, float]:
    """Left, bottom, right, top of a box that WeasyPrint gives from the top."""
    left, top, right, bottom = (round(float(each), 3) for each in box)
    return left, bottom, right, top


def number_of(reference: bytes) -> int:
    return int(reference.split()[0])


def halves(each: Any) -> tuple[bytes, bytes | None]:
    """An object as it is written, its dictionary apart from its stream."""
    head, stream, rest = each.data.partition(b"\nstream\n")
    return head, rest.removesuffix(b"\nendstream") if stream and hasattr(each, "stream") else None


def face(font: Any) -> Face:
    """What binding needs to know of a face as this gathering used it."""
    widths, characters = dict(font.widths), dict(font.to_unicode)
    match find_hyphen_glyphs(font.file_content):
        case hyphen, soft if hyphen in widths:
            widths[soft], characters[soft] = widths[hyphen], "\u00ad"
    return Face(
        weight=font.weight,
        key=get_font_key(font),
        digest=fonts.digest_hole_face(font.weight) if font.family == fonts.HOLE_FAMILY else digest(font.file_content),
        name=font.name.decode().partition("+")[2],
        family=font.family,
        flags=font.flags,
        ascent=font.ascent,
        descent=font.descent,
        widths=tuple(sorted(widths.items())),
        characters=tuple(sorted(characters.items())),
    )


@lru_cache(maxsize=64)
def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
