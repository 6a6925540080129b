"""Take galleys out of WeasyPrint's document: its objects → Galleys, each independent of the document.

Goes in: the PDF that WeasyPrint would write, as objects of pydyf, with a page for each galley, and the slices of each page with
their content. On the way the structure loses what says nothing, the content is cut where page numbers are to stand, and
WeasyPrint's mistakes are put right.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any
from urllib.parse import unquote

from studyguide.pdf.cut import Content, cut_content
from studyguide.pdf.galley import (
    FACES,
    Element,
    Galley,
    GalleyStrip,
    PageReference,
    Part,
    Resource,
    StripAnchor,
    StripBookmark,
    StripLink,
)
from studyguide.pdf.jobs import BOOK
from studyguide.pdf.page_starts import StartFinder
from studyguide.pdf.section_pages import HOLES, POINTS, Face, Overflow, Segment
from studyguide.pdf.strips import Cutter, Slice, find_rule, find_shrinkable, find_trailing
from studyguide.pdf.weasyprint_compat import GlyphUse, get_font_key, get_fonts, get_page_boxes, map_link_annotations
from studyguide.runtime import fonts
from studyguide.runtime.truetype import find_hyphen_glyphs, measure_ascent

REFERENCE = re.compile(rb"\b(\d+) 0 R\b")
HEADER = re.compile(rb"\((\d+)-(\d+-\d+)\)")
# Elements that say nothing but that here is text, and those that may hold text themselves.
WRAPPERS = ("/Span", "/NonStruct")
INLINE = (*WRAPPERS, "/Link", "/Figure", "/Formula")
PLAIN = {"Type", "S", "K", "Pg", "P"}
HOLDERS = {
    "/P", "/H1", "/H2", "/H3", "/H4", "/H5", "/H6", "/LBody", "/Lbl", "/TD", "/TH", "/Caption", "/Link", "/Span",
    "/NonStruct",
}  # fmt: skip
CONTENT_NUMBER = re.compile(rb"<</MCID (\d+)>>")
RESOURCE = re.compile(rb"/(\S+) (gs|Do|scn|SCN|sh)\b")
CATEGORIES = {b"gs": "ExtGState", b"Do": "XObject", b"scn": "Pattern", b"SCN": "Pattern", b"sh": "Shading"}
SERIAL_NAME = re.compile(rb"[xps]\d+")
PICTURE = re.compile(rb"/i([0-9a-f]{32})[01] (\d+) 0 R")
PICTURE_NAME = re.compile(rb"i[0-9a-f]{32}[01]")


class Extraction:
    """WeasyPrint's document, and how its objects become galleys."""

    def __init__(self, raw: Any, uses: Sequence[Sequence[GlyphUse]], document: Any) -> None:
        self.document, self.uses = document, uses
        self.objects = {each.number: each for each in raw.objects}
        self.leaves = raw.pages["Kids"][::3]
        self.language = raw.catalog["Lang"].string
        root = self.at(raw.catalog["StructTreeRoot"])
        self.body = self.at(root["K"][0])
        nums = self.at(root["ParentTree"])["Nums"]
        self.pages = {number: place for place, number in enumerate(self.leaves)}
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
            self.condense(number_of(kid), self.language)

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

    # ------------------------------------------------------------ one galley

    def galley(
        self,
        place: int,
        cutter: Cutter,
        depth: int,
        overflows: Sequence[Overflow],
        prefix: bytes,
        is_furniture: bool = False,
    ) -> Galley:
        """Return the galley on a page; ``depth`` is the number of containers around the block, the section included."""
        page, box = self.objects[self.leaves[place]], get_page_boxes(self.document)[place]
        top = [number_of(kid) for kid in self.body["K"] if self.at(kid)["Pg"] == page.reference]
        for _ in range(depth):
            top = [number_of(kid) for number in top for kid in self.objects[number]["K"] if isinstance(kid, bytes)]
        elements = tuple(self.reachable_elements(top))
        local = {number: index for index, number in enumerate(elements)}
        annotations = [number_of(each) for each in page.get("Annots", ())]
        content = [number_of(each) for each in self.parents[place]]
        known = {
            "targets": {mcid: self.target(element) for mcid, element in enumerate(content)},
            "blocks": {mcid: local.get(self.block(element), 0) for mcid, element in enumerate(content)},
        }
        root = next(list_outer_boxes(box)).element
        notes = {mark: serial for serial, mark in enumerate(each for each in root.iter("sup") if is_note_mark(each))}
        starts = StartFinder(root)
        content_bytes = b"\n".join(slice_.content for slice_ in cutter.slices)
        resources, pictures, names = self.resources(content_bytes)
        strips = [
            self.strip(slice_, known | {"names": names, "is_artifact": is_furniture}, annotations, notes)
            for slice_ in cutter.slices
        ]
        return Galley(
            strips=tuple(
                strip._replace(start=start)
                for strip, start in zip(strips, starts.find_starts(cutter.slices), strict=True)
            ),
            height=float(
                max((child.position_y + child.margin_height() for child in list_outer_boxes(box)), default=0.0)
            ),
            elements=tuple(self.element(number, local, annotations, prefix) for number in elements),
            top=tuple(local[number] for number in top),
            content_elements=tuple(local.get(number, 0) for number in content),
            links=tuple(self.link(number, local) for number in annotations),
            resources=resources,
            faces=tuple(map(face, sorted(self.uses[place], key=lambda use: get_font_key(use.font)))),
            decorations=tuple(cutter.decorations),
            break_after=cutter.break_after,
            end=starts.end,
            page_references=tuple(find_page_references(cutter.slices)),
            overflows=tuple(overflows),
            pictures=pictures,
            box=tuple(round(float(each), 3) for each in page["TrimBox"]),
        )

    def strip(
        self, slice_: Slice, known: Mapping[str, Any], annotations: Sequence[int], notes: Mapping[Any, int]
    ) -> GalleyStrip:
        boxes = list(slice_.list_boxes())
        elements = {annotation: place for place, annotation in enumerate(annotations)}
        links = [
            elements[box.link_annotation.number]
            for box in (*slice_.begun, *boxes)
            if getattr(box, "link_annotation", None) is not None and box.link_annotation.number in elements
        ]
        begun = [box for box in (*slice_.begun, *boxes) if box.style["anchor"] and not is_text(box)]
        anchors = {box.style["anchor"]: box for box in reversed(begun)}
        held = {box.style["anchor"]: box for box in slice_.path if box.style["anchor"] and box not in slice_.begun}
        shrinkable, centre = find_shrinkable(slice_)
        return GalleyStrip(
            top=float(slice_.top),
            bottom=float(slice_.bottom),
            break_before=slice_.break_before,
            segments=tuple(self.segments(slice_.content, **known)),
            notes=tuple(dict.fromkeys(notes[box.element] for box in boxes if box.element in notes)),
            anchors=tuple(
                StripAnchor(name, *map(float, box.hit_area()[:2])) for name, box in reversed(anchors.items())
            ),
            held=tuple(StripAnchor(name, float(box.hit_area()[0]), 0.0) for name, box in held.items()),
            bookmarks=tuple(find_bookmarks([*slice_.begun, *boxes])),
            links=tuple(dict.fromkeys(links)),
            heads=slice_.heads,
            shrinkable=float(shrinkable),
            centre=float(centre),
            trailing=float(find_trailing(slice_)),
            rule=find_rule(slice_) if slice_.kind == "block" else None,
            is_turned=slice_.is_turned,
        )

    def reachable_elements(self, top: Sequence[int]) -> Iterator[int]:
        """Yield the elements of the structure below these, each before its kids."""
        for number in top:
            yield number
            kids = (kid for kid in self.objects[number]["K"] if isinstance(kid, bytes))
            yield from self.reachable_elements([number_of(kid) for kid in kids if self.at(kid).get("Type") != "/OBJR"])

    def element(self, number: int, local: Mapping[int, int], annotations: Sequence[int], prefix: bytes) -> Element:
        each = self.objects[number]
        entries = {key: value for key, value in each.items() if key not in ("Type", "K", "P", "Pg")}
        figure: tuple[float, ...] = ()
        if each["S"] == "/Figure" and "A" in each:
            # WeasyPrint gives pixels from the top of the page, PDF wants points from its foot: binding knows the page.
            figure = tuple(float(each) for each in entries.pop("A")["BBox"])
        head = serialise(entries)
        if b"/Headers" in head or b"/ID" in head:
            # WeasyPrint names a heading cell by its object's number, which is another's in another galley.
            head = HEADER.sub(lambda match: b"(%b-%d-%b)" % (prefix, local[int(match[1])], match[2]), head)
        kids: list[tuple[str, int]] = []
        for kid in each["K"]:
            if not isinstance(kid, bytes):
                kids.append(("content", kid))
            elif annotation := self.annotation_of(kid):
                kids.append(("link", annotations.index(annotation)))
            else:
                kids.append(("element", local[number_of(kid)]))
        return Element(head.replace(b"%", b"%%"), tuple(kids), figure)

    def link(self, number: int, local: Mapping[int, int]) -> StripLink:
        annotation, element = self.objects[number], self.boxes[number]
        text = "".join(piece for piece in texts(element) if piece)
        owner = number_of(self.parents[annotation["StructParent"]])
        left, bottom, right, top = (float(each) / POINTS for each in annotation["Rect"])
        page_height = next(
            page.height for page in self.document.pages for link in page.links if link[3].element is element
        )
        return StripLink(
            box=(left, page_height - bottom, right, page_height - top),
            target=self.target_of(annotation),
            words=element.get("title") or " ".join(text.split()),
            owner=local[owner],
            block=local.get(self.block(owner), 0),
        )

    @staticmethod
    def target_of(annotation: Any) -> str:
        address = str(annotation["A"]["URI"].string)
        # WeasyPrint writes letters outside ASCII as an address on the web has them.
        return unquote(address.removeprefix(BOOK)) if address.startswith(BOOK) else address

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

    # ------------------------------------------------------------ content and what it uses

    def segments(
        self, data: bytes, names: Mapping[tuple[bytes, bytes], bytes], **known: Any
    ) -> Iterator[Segment | int]:
        # WeasyPrint writes a kerning of less than a thousandth as 0, behind every glyph.
        data = data.replace(b">0<", b"").replace(b">0]", b">]")
        data = RESOURCE.sub(lambda match: b"/%b %b" % (names.get((match[1], match[2]), match[1]), match[2]), data)
        for segment in cut_content(Content(data, 0.0, self.hole_faces, self.hyphens, **known)):
            if not isinstance(segment, bytes):
                yield segment
                continue
            pieces = CONTENT_NUMBER.split(segment)
            yield pieces[0]
            for number, text in zip(pieces[1::2], pieces[2::2], strict=True):
                yield int(number)
                yield text

    def resources(
        self, content: bytes
    ) -> tuple[tuple[Resource, ...], tuple[tuple[str, str], ...], Mapping[tuple[bytes, bytes], bytes]]:
        """Return the resources that the content names, the pictures of pixels in them, and the new names of the resources.

        A new name is under the old one and the operator that uses it.
        """
        names: dict[tuple[bytes, bytes], bytes] = {}
        entries = self.at(self.objects[self.leaves[0]]["Resources"])
        found, pictures = [], dict[tuple[str, str], None]()
        for name, operator in sorted(set(RESOURCE.findall(content))):
            category = CATEGORIES[operator]
            if name.decode() in entries.get(category, {}):  # else it is a space of colours, such as /lab-d50 scn
                value = entries[category][name.decode()]
                data = value if isinstance(value, bytes) else value.data
                found.append(self.resource(category, name, data, pictures))
                names[name, operator] = found[-1].name
        found.append(self.resource("ColorSpace", b"", entries["ColorSpace"], {}))
        return tuple(found), tuple(pictures), names

    def resource(self, category: str, name: bytes, data: bytes, pictures: dict[tuple[str, str], None]) -> Resource:
        fonts_number = number_of(self.at(self.objects[self.leaves[0]]["Resources"])["Font"])
        numbers: list[int] = []
        waiting = [int(found) for found in REFERENCE.findall(data)]
        while waiting:
            number = waiting.pop(0)
            if number in numbers or number == fonts_number:
                continue
            numbers.append(number)
            head = halves(self.objects[number])[0]
            waiting += [int(found) for found in REFERENCE.findall(head)]
            for picture, inner in PICTURE.findall(head):
                pictures[picture.decode(), self.objects[int(inner)].extra["ColorSpace"]] = None
        if PICTURE_NAME.fullmatch(name):
            pictures[name[1:-1].decode(), self.objects[numbers[0]].extra["ColorSpace"]] = None
        places = {number: index for index, number in enumerate(numbers)} | {fonts_number: FACES}
        parts = tuple(self.part(number, places) for number in numbers)
        references = tuple(places[int(found)] for found in REFERENCE.findall(data))
        value = REFERENCE.sub(b"%d 0 R", data.replace(b"%", b"%%"))
        if SERIAL_NAME.fullmatch(name):
            # A serial number in the document: equal drawings of several galleys get one name.
            name = name[:1] + digest(repr((value, references, parts)).encode())[:16].encode()
        return Resource(category.encode(), name, value, references, parts)

    def part(self, number: int, places: Mapping[int, int]) -> Part:
        head, stream = halves(self.objects[number])
        if stream is not None:
            # Which PDF/A forbids (ISO 19005-3, 6.2.8).
            head = head.replace(b"/Interpolate true", b"/Interpolate false")
        references = tuple(places[int(found)] for found in REFERENCE.findall(head))
        return Part(REFERENCE.sub(b"%d 0 R", head.replace(b"%", b"%%")), references, stream)


def serialise(entries: Mapping[str, Any]) -> bytes:
    """Return the entries of a dictionary as PDF writes them, without the brackets around them."""
    import pydyf

    data: bytes = pydyf.Dictionary(entries).data
    return data.removeprefix(b"<<").removesuffix(b">>")


def list_outer_boxes(page: Any) -> Iterator[Any]:
    """Yield the boxes of a page's sections."""
    for html in page.children:
        if not hasattr(html, "at_keyword"):
            for body in html.children:
                yield from body.children


def is_text(box: Any) -> bool:
    """True for a box that has its anchor from the element around it."""
    return box.__class__.__name__ in ("TextBox", "LineBox")


def is_note_mark(element: Any) -> bool:
    """True for the raised number of a footnote."""
    return bool(element.get("class") == "noteref")


def find_bookmarks(boxes: Sequence[Any]) -> Iterator[StripBookmark]:
    """Yield the entries of the outline that lead to these boxes."""
    for box in boxes:
        level = box.style["bookmark_level"]
        if level != "none" and box.bookmark_label and not is_text(box):
            yield StripBookmark(level, box.bookmark_label, *map(float, box.hit_area()[:2]))


def find_page_references(slices: Sequence[Slice]) -> Iterator[PageReference]:
    """Yield the page numbers in the text, in the order of the HTML, with the last strip of the link that each stands in."""
    last: dict[Any, int] = {}
    for place, slice_ in enumerate(slices):
        for box in slice_.list_boxes():
            if (
                box.element is not None
                and box.element_tag == "a"
                and box.element.get("href", "").startswith(f"{BOOK}#")
            ):
                last[box.element] = place
    for element, place in last.items():
        for span in element.iter("span"):
            if span.get("class") == "at":
                yield PageReference(element.get("href").removeprefix(BOOK), place)


def texts(element: Any) -> Iterator[str]:
    """The text of an HTML element, without its page numbers."""
    if element.get("class") not in ("at", "hole"):
        yield element.text or ""
        for child in element:
            yield from texts(child)
            yield child.tail or ""


def number_of(reference: bytes) -> int:
    return int(reference.split()[0])


def halves(each: Any) -> tuple[bytes, bytes | None]:
    """An object as it is written, its dictionary apart from its stream."""
    head, stream, rest = each.data.partition(b"\nstream\n")
    return head, rest.removesuffix(b"\nendstream") if stream and hasattr(each, "stream") else None


def face(use: GlyphUse) -> Face:
    """What binding needs to know of a face as a galley uses it."""
    font, widths, characters = use.font, dict(use.widths), dict(use.characters)
    match find_hyphen_glyphs(font.file_content):
        case hyphen, soft if hyphen in widths:
            widths[soft], characters[soft] = widths[hyphen], "\u00ad"
    # WeasyPrint's own are rounded at the size that the document happens to use first.
    ascent, descent = measure_ascent(font.file_content)
    return Face(
        weight=font.weight,
        key=get_font_key(font),
        digest=fonts.digest_hole_face(font.weight) if font.family == fonts.HOLE_FAMILY else digest(font.file_content),
        name=font.name.decode().partition("+")[2],
        family=font.family,
        flags=font.flags,
        ascent=ascent,
        descent=descent,
        glyphs=b"",
        glyph_widths=b"",
        texts="",
    ).with_glyphs(widths, characters)


@lru_cache(maxsize=64)
def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
