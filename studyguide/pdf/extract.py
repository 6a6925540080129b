"""Take galleys out of WeasyPrint's document: pydyf objects and slices → Galleys, each independent of the document.

The input is the PDF that WeasyPrint would write, as pydyf objects, with a page for each galley, and the slices of each page
with their content. The structure loses elements without a meaning, the content is cut at the holes for page numbers, and
WeasyPrint's mistakes are corrected.
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
from studyguide.pdf.section_pages import HOLES, NO_TEXT, POINTS, Face, Overflow, Segment
from studyguide.pdf.strips import Cutter, Slice, find_rule, find_shrinkable, find_trailing
from studyguide.pdf.weasyprint_compat import (
    JOINED_LETTERS,
    GlyphUse,
    get_font_key,
    get_fonts,
    get_page_boxes,
    map_link_annotations,
)
from studyguide.runtime import fonts
from studyguide.runtime.truetype import find_hyphen_glyphs, find_letter_glyphs, measure_ascent, measure_characters

_REFERENCE = re.compile(rb"\b(\d+) 0 R\b")
_HEADER = re.compile(rb"\((\d+)-(\d+-\d+)\)")
# Elements of the structure without a meaning, and those that stand in a line.
_WRAPPERS = ("/Span", "/NonStruct")
_INLINE = (*_WRAPPERS, "/Link", "/Figure", "/Formula")
# The entries of an element without attributes.
_PLAIN_KEYS = {"Type", "S", "K", "Pg", "P"}
# Elements that may hold text themselves.
_TEXT_HOLDERS = {
    "/P", "/H1", "/H2", "/H3", "/H4", "/H5", "/H6", "/LBody", "/Lbl", "/TD", "/TH", "/Caption", "/Link", "/Span",
    "/NonStruct",
}  # fmt: skip
_CONTENT_NUMBER = re.compile(rb"<</MCID (\d+)>>")
_RESOURCE = re.compile(rb"/(\S+) (gs|Do|scn|SCN|sh)\b")
_CATEGORIES = {b"gs": "ExtGState", b"Do": "XObject", b"scn": "Pattern", b"SCN": "Pattern", b"sh": "Shading"}
_SERIAL_NAME = re.compile(rb"[xps]\d+")
_PICTURE = re.compile(rb"/i([0-9a-f]{32})[01] (\d+) 0 R")
_PICTURE_NAME = re.compile(rb"i[0-9a-f]{32}[01]")


class Extraction:
    """The objects of a WeasyPrint document, from which galleys are taken one by one."""

    def __init__(self, pdf: Any, uses: Sequence[Sequence[GlyphUse]], document: Any) -> None:
        self._document, self._uses = document, uses
        self._objects = {each.number: each for each in pdf.objects}
        self._page_numbers = pdf.pages["Kids"][::3]
        self._language = pdf.catalog["Lang"].string
        root = self._get_object(pdf.catalog["StructTreeRoot"])
        self._body = self._get_object(root["K"][0])
        nums = self._get_object(root["ParentTree"])["Nums"]
        self._page_places = {number: place for place, number in enumerate(self._page_numbers)}
        self._parents = dict(zip(nums[::2], nums[1::2], strict=True))
        self._hole_faces = {
            get_font_key(font): {b"%04x" % measure_characters(font.file_content)[kind][0]: kind for kind in HOLES}
            for font in get_fonts(document)
            if font.family == fonts.HOLE_FAMILY
        }
        self._hyphens = {
            get_font_key(font): tuple(b"%04x" % glyph for glyph in glyphs)
            for font in get_fonts(document)
            if len(glyphs := find_hyphen_glyphs(font.file_content)) == 2
        }
        self._link_elements = map_link_annotations(document)
        self._drop_inner_links()
        for kid in self._body["K"]:
            self._merge_wrappers(_read_number(kid), self._language)

    def _drop_inner_links(self) -> None:
        """Remove the annotations of boxes inside a link: WeasyPrint makes one of each, and that of the link covers them."""
        inner = {
            number
            for number in self._link_elements
            if self._get_object(self._parents[self._objects[number]["StructParent"]])["S"] != "/Link"
        }
        for leaf in self._page_numbers:
            page = self._objects[leaf]
            if "Annots" in page:
                page["Annots"][:] = [each for each in page["Annots"] if _read_number(each) not in inner]
        for number in inner:
            owner = self._get_object(self._parents[self._objects[number]["StructParent"]])
            owner["K"][:] = [kid for kid in owner["K"] if self._find_annotation(kid) != number]

    def _merge_wrappers(self, number: int, language: str) -> None:
        """Move the text of wrappers inside an element into the element itself, and drop languages that are inherited.

        WeasyPrint wraps each line of a paragraph; a quarter of the elements remain. ``language`` is that of the parent.
        """
        import pydyf

        element = self._objects[number]
        own = element.pop("Lang", None) or language
        if own != language:
            element["Lang"] = pydyf.String(own)
        kids: list[Any] = []
        for kid in element["K"]:
            child = self._get_object(kid) if isinstance(kid, bytes) else None
            if child is None or child.get("Type") == "/OBJR":
                kids.append(kid)
                continue
            self._merge_wrappers(child.number, own)
            is_bare = child["S"] in _WRAPPERS and child.keys() == _PLAIN_KEYS and child["Pg"] == element["Pg"]
            if element["S"] in _TEXT_HOLDERS and is_bare and all(isinstance(each, int) for each in child["K"]):
                kids += child["K"]
                page = self._page_places[_read_number(element["Pg"])]
                for mcid in child["K"]:
                    self._parents[page][mcid] = element.reference
            else:
                kids.append(kid)
        element["K"][:] = kids
        if element["S"] == "/LI":
            self._wrap_list_body(element)

    def _wrap_list_body(self, item: Any) -> None:
        """Put the blocks of a list item into a body (14.8.4.3.3), which WeasyPrint makes only for an item of one line."""
        import pydyf

        loose = [
            kid
            for kid in item["K"]
            if isinstance(kid, bytes) and self._get_object(kid).get("S") not in ("/Lbl", "/LBody")
        ]
        if not loose:
            return
        head = {"Type": "/StructElem", "S": "/LBody", "P": item.reference, "Pg": item["Pg"]}
        body = pydyf.Dictionary({**head, "K": pydyf.Array(loose)})
        body.number = max(self._objects) + 1
        self._objects[body.number] = body
        for kid in loose:
            self._get_object(kid)["P"] = body.reference
        item["K"][:] = [kid for kid in item["K"] if kid not in loose] + [body.reference]

    def _find_annotation(self, kid: Any) -> int:
        """Return the number of the annotation to which a kid of a structure element refers, or 0."""
        each = self._get_object(kid) if isinstance(kid, bytes) else {}
        return _read_number(each["Obj"]) if isinstance(each, dict) and each.get("Type") == "/OBJR" else 0

    def _get_object(self, reference: bytes) -> Any:
        """Return the object of a reference, such as ``12 0 R``."""
        return self._objects[_read_number(reference)]

    # ------------------------------------------------------------ one galley

    def extract_galley(
        self,
        place: int,
        cutter: Cutter,
        depth: int,
        overflows: Sequence[Overflow],
        prefix: bytes,
        is_furniture: bool = False,
    ) -> Galley:
        """Return the galley on a page.

        ``place`` is the index of the page, ``depth`` the number of containers around the block, the section included, and
        ``prefix`` makes the names of heading cells unique. ``is_furniture`` is True for specimens.
        """
        page, box = self._objects[self._page_numbers[place]], get_page_boxes(self._document)[place]
        top = [_read_number(kid) for kid in self._body["K"] if self._get_object(kid)["Pg"] == page.reference]
        for _ in range(depth):
            top = [_read_number(kid) for number in top for kid in self._objects[number]["K"] if isinstance(kid, bytes)]
        elements = tuple(self._list_elements(top))
        local = {number: index for index, number in enumerate(elements)}
        height = self._document.pages[place].height
        annotations = [_read_number(each) for each in page.get("Annots", ())]
        content = [_read_number(each) for each in self._parents[place]]
        facts = {
            "targets": {mcid: self._find_target(element) for mcid, element in enumerate(content)},
            "blocks": {mcid: local.get(self._find_block(element), 0) for mcid, element in enumerate(content)},
        }
        root = next(_list_outer_boxes(box)).element
        notes = {mark: serial for serial, mark in enumerate(each for each in root.iter("sup") if _is_note_mark(each))}
        starts = StartFinder(root)
        content_bytes = b"\n".join(slice_.content for slice_ in cutter.slices)
        resources, pictures, names = self._extract_resources(content_bytes)
        strips = [
            self._extract_strip(slice_, facts | {"names": names, "is_artifact": is_furniture}, annotations, notes)
            for slice_ in cutter.slices
        ]
        return Galley(
            strips=tuple(
                strip._replace(start=start)
                for strip, start in zip(strips, starts.find_starts(cutter.slices), strict=True)
            ),
            height=float(
                max((child.position_y + child.margin_height() for child in _list_outer_boxes(box)), default=0.0)
            ),
            elements=tuple(self._extract_element(number, local, annotations, prefix) for number in elements),
            top=tuple(local[number] for number in top),
            content_elements=tuple(local.get(number, 0) for number in content),
            links=tuple(self._extract_link(number, local, height) for number in annotations),
            resources=resources,
            faces=tuple(map(_make_face, sorted(self._uses[place], key=lambda use: get_font_key(use.font)))),
            decorations=tuple(cutter.decorations),
            break_after=cutter.break_after,
            end=starts.end,
            page_references=tuple(_find_page_references(cutter.slices)),
            overflows=tuple(overflows),
            pictures=pictures,
            box=tuple(round(float(each), 3) for each in page["TrimBox"]),
        )

    def _extract_strip(
        self, slice_: Slice, facts: Mapping[str, Any], annotations: Sequence[int], notes: Mapping[Any, int]
    ) -> GalleyStrip:
        """Return a slice as a strip; ``facts`` go to ``_cut_segments``, ``notes`` has the serial numbers of footnotes."""
        boxes = list(slice_.list_boxes())
        elements = {annotation: place for place, annotation in enumerate(annotations)}
        links = [
            elements[box.link_annotation.number]
            for box in (*slice_.begun, *boxes)
            if getattr(box, "link_annotation", None) is not None and box.link_annotation.number in elements
        ]
        begun = [box for box in (*slice_.begun, *boxes) if box.style["anchor"] and not _is_text(box)]
        anchors = {box.style["anchor"]: box for box in reversed(begun)}
        held = {box.style["anchor"]: box for box in slice_.path if box.style["anchor"] and box not in slice_.begun}
        shrinkable, centre = find_shrinkable(slice_)
        return GalleyStrip(
            top=float(slice_.top),
            bottom=float(slice_.bottom),
            break_before=slice_.break_before,
            segments=tuple(self._cut_segments(slice_.content, **facts)),
            notes=tuple(dict.fromkeys(notes[box.element] for box in boxes if box.element in notes)),
            anchors=tuple(
                StripAnchor(name, *map(float, box.hit_area()[:2])) for name, box in reversed(anchors.items())
            ),
            held=tuple(StripAnchor(name, float(box.hit_area()[0]), 0.0) for name, box in held.items()),
            bookmarks=tuple(_find_bookmarks([*slice_.begun, *boxes])),
            links=tuple(dict.fromkeys(links)),
            heads=slice_.heads,
            shrinkable=float(shrinkable),
            centre=float(centre),
            trailing=float(find_trailing(slice_)),
            rule=find_rule(slice_) if slice_.kind == "block" else None,
            is_turned=slice_.is_turned,
        )

    def _list_elements(self, top: Sequence[int]) -> Iterator[int]:
        """Yield the numbers of these structure elements and of those below them, each before its kids."""
        for number in top:
            yield number
            kids = (kid for kid in self._objects[number]["K"] if isinstance(kid, bytes))
            yield from self._list_elements(
                [_read_number(kid) for kid in kids if self._get_object(kid).get("Type") != "/OBJR"]
            )

    def _extract_element(
        self, number: int, local: Mapping[int, int], annotations: Sequence[int], prefix: bytes
    ) -> Element:
        """Return a structure element; ``local`` has the index in the galley of each element, by its number."""
        each = self._objects[number]
        entries = {key: value for key, value in each.items() if key not in ("Type", "K", "P", "Pg")}
        figure: tuple[float, ...] = ()
        if each["S"] == "/Figure" and "A" in each:
            # WeasyPrint gives pixels from the top of the page, PDF wants points from its foot: binding knows the page.
            figure = tuple(float(each) for each in entries.pop("A")["BBox"])
        head = _write_entries(entries)
        if b"/Headers" in head or b"/ID" in head:
            # WeasyPrint names a heading cell by its object's number, which is another's in another galley.
            head = _HEADER.sub(lambda match: b"(%b-%d-%b)" % (prefix, local[int(match[1])], match[2]), head)
        kids: list[tuple[str, int]] = []
        for kid in each["K"]:
            if not isinstance(kid, bytes):
                kids.append(("content", kid))
            elif annotation := self._find_annotation(kid):
                kids.append(("link", annotations.index(annotation)))
            else:
                kids.append(("element", local[_read_number(kid)]))
        return Element(head.replace(b"%", b"%%"), tuple(kids), figure)

    def _extract_link(self, number: int, local: Mapping[int, int], page_height: float) -> StripLink:
        """Return the link of an annotation on a page of this height in pixels."""
        annotation, element = self._objects[number], self._link_elements[number]
        text = "".join(piece for piece in _list_texts(element) if piece)
        owner = _read_number(self._parents[annotation["StructParent"]])
        left, bottom, right, top = (float(each) / POINTS for each in annotation["Rect"])
        return StripLink(
            box=(left, page_height - bottom, right, page_height - top),
            target=self._read_target(annotation),
            words=element.get("title") or " ".join(text.split()),
            owner=local[owner],
            block=local.get(self._find_block(owner), 0),
        )

    @staticmethod
    def _read_target(annotation: Any) -> str:
        """Return ``#anchor`` for a link into the book, or its address."""
        address = str(annotation["A"]["URI"].string)
        # WeasyPrint writes letters outside ASCII as an address on the web has them.
        return unquote(address.removeprefix(BOOK)) if address.startswith(BOOK) else address

    def _find_block(self, number: int) -> int:
        """Return the number of the paragraph, cell or other block around an element."""
        while self._objects[number]["S"] in _INLINE and number != self._body.number:
            number = _read_number(self._objects[number]["P"])
        return number

    def _find_target(self, number: int) -> str:
        """Return the target of the link around an element, or nothing."""
        while number != self._body.number:
            element = self._objects[number]
            if element["S"] == "/Link":
                for kid in element["K"]:
                    if number := self._find_annotation(kid):
                        return self._read_target(self._objects[number])
            number = _read_number(element["P"])
        return ""

    # ------------------------------------------------------------ content and resources

    def _cut_segments(
        self, data: bytes, names: Mapping[tuple[bytes, bytes], bytes], **facts: Any
    ) -> Iterator[Segment | int]:
        """Yield the pieces of a slice's content, with its resources renamed; an integer is the MCID of marked content."""
        # WeasyPrint writes a kerning of less than a thousandth as 0, behind every glyph.
        data = data.replace(b">0<", b"").replace(b">0]", b">]")
        data = _RESOURCE.sub(lambda match: b"/%b %b" % (names.get((match[1], match[2]), match[1]), match[2]), data)
        for segment in cut_content(Content(data, 0.0, self._hole_faces, self._hyphens, **facts)):
            if not isinstance(segment, bytes):
                yield segment
                continue
            pieces = _CONTENT_NUMBER.split(segment)
            yield pieces[0]
            for number, text in zip(pieces[1::2], pieces[2::2], strict=True):
                yield int(number)
                yield text

    def _extract_resources(
        self, content: bytes
    ) -> tuple[tuple[Resource, ...], tuple[tuple[str, str], ...], Mapping[tuple[bytes, bytes], bytes]]:
        """Return the resources that the content names, the pictures of pixels in them, and the new names of the resources.

        A new name is under the old one and the operator that uses it.
        """
        names: dict[tuple[bytes, bytes], bytes] = {}
        entries = self._get_object(self._objects[self._page_numbers[0]]["Resources"])
        found, pictures = [], dict[tuple[str, str], None]()
        for name, operator in sorted(set(_RESOURCE.findall(content))):
            category = _CATEGORIES[operator]
            if name.decode() in entries.get(category, {}):  # else it is a space of colours, such as /lab-d50 scn
                value = entries[category][name.decode()]
                data = value if isinstance(value, bytes) else value.data
                found.append(self._extract_resource(category, name, data, pictures))
                names[name, operator] = found[-1].name
        found.append(self._extract_resource("ColorSpace", b"", entries["ColorSpace"], {}))
        return tuple(found), tuple(pictures), names

    def _extract_resource(
        self, category: str, name: bytes, data: bytes, pictures: dict[tuple[str, str], None]
    ) -> Resource:
        """Return a resource with all objects that it needs, and add the pictures of pixels in it to ``pictures``."""
        fonts_number = _read_number(self._get_object(self._objects[self._page_numbers[0]]["Resources"])["Font"])
        numbers: list[int] = []
        waiting = [int(found) for found in _REFERENCE.findall(data)]
        while waiting:
            number = waiting.pop(0)
            if number in numbers or number == fonts_number:
                continue
            numbers.append(number)
            head = _split_object(self._objects[number])[0]
            waiting += [int(found) for found in _REFERENCE.findall(head)]
            for picture, inner in _PICTURE.findall(head):
                pictures[picture.decode(), self._objects[int(inner)].extra["ColorSpace"]] = None
        if _PICTURE_NAME.fullmatch(name):
            pictures[name[1:-1].decode(), self._objects[numbers[0]].extra["ColorSpace"]] = None
        places = {number: index for index, number in enumerate(numbers)} | {fonts_number: FACES}
        parts = tuple(self._extract_part(number, places) for number in numbers)
        references = tuple(places[int(found)] for found in _REFERENCE.findall(data))
        value = _REFERENCE.sub(b"%d 0 R", data.replace(b"%", b"%%"))
        if _SERIAL_NAME.fullmatch(name):
            # A serial number in the document: equal drawings of several galleys get one name.
            name = name[:1] + _digest_bytes(repr((value, references, parts)).encode())[:16].encode()
        return Resource(category.encode(), name, value, references, parts)

    def _extract_part(self, number: int, places: Mapping[int, int]) -> Part:
        """Return an object as a part; ``places`` has the index of each object that it may refer to, by its number."""
        head, stream = _split_object(self._objects[number])
        if stream is not None:
            # PDF/A forbids interpolation (ISO 19005-3, 6.2.8).
            head = head.replace(b"/Interpolate true", b"/Interpolate false")
        references = tuple(places[int(found)] for found in _REFERENCE.findall(head))
        return Part(_REFERENCE.sub(b"%d 0 R", head.replace(b"%", b"%%")), references, stream)


def _write_entries(entries: Mapping[str, Any]) -> bytes:
    """Return the entries of a dictionary as PDF writes them, without the brackets around them."""
    import pydyf

    data: bytes = pydyf.Dictionary(entries).data
    return data.removeprefix(b"<<").removesuffix(b">>")


def _list_outer_boxes(page: Any) -> Iterator[Any]:
    """Yield the boxes of a page's sections."""
    for html in page.children:
        if not hasattr(html, "at_keyword"):
            for body in html.children:
                yield from body.children


def _is_text(box: Any) -> bool:
    """Return True for a box whose anchor is that of the element around it."""
    return box.__class__.__name__ in ("TextBox", "LineBox")


def _is_note_mark(element: Any) -> bool:
    """Return True for the raised number of a footnote."""
    return bool(element.get("class") == "noteref")


def _find_bookmarks(boxes: Sequence[Any]) -> Iterator[StripBookmark]:
    """Yield the entries of the outline that lead to these boxes."""
    for box in boxes:
        level = box.style["bookmark_level"]
        if level != "none" and box.bookmark_label and not _is_text(box):
            yield StripBookmark(level, box.bookmark_label, *map(float, box.hit_area()[:2]))


def _find_page_references(slices: Sequence[Slice]) -> Iterator[PageReference]:
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


def _list_texts(element: Any) -> Iterator[str]:
    """Yield the texts in an HTML element, without its page numbers."""
    if element.get("class") not in ("at", "hole"):
        yield element.text or ""
        for child in element:
            yield from _list_texts(child)
            yield child.tail or ""


def _read_number(reference: bytes) -> int:
    """Return the number of the object of a reference."""
    return int(reference.split()[0])


def _split_object(item: Any) -> tuple[bytes, bytes | None]:
    """Return an object as PDF writes it: its dictionary, and its stream or None."""
    head, stream, rest = item.data.partition(b"\nstream\n")
    return head, rest.removesuffix(b"\nendstream") if stream and hasattr(item, "stream") else None


def _make_face(use: GlyphUse) -> Face:
    """Return a face with the glyphs that a galley uses; widths are thousandths of its size."""
    font, widths, characters = use.font, dict(use.widths), dict(use.characters)
    match find_hyphen_glyphs(font.file_content):
        case hyphen, soft if hyphen in widths:
            widths[soft], characters[soft] = widths[hyphen], "\u00ad"
    # WeasyPrint gives each glyph of letters that are joined the text of all of them, or none, which no glyph may have.
    letters = find_letter_glyphs(font.file_content, *JOINED_LETTERS)
    characters = {glyph: letters.get(glyph, text) or NO_TEXT for glyph, text in characters.items()}
    # WeasyPrint's values are rounded at the size that the document uses first.
    ascent, descent = measure_ascent(font.file_content)
    return Face(
        weight=font.weight,
        key=get_font_key(font),
        digest=fonts.digest_hole_face(font.file_content)
        if font.family == fonts.HOLE_FAMILY
        else _digest_bytes(font.file_content),
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
def _digest_bytes(data: bytes) -> str:
    """Return the SHA-256 of data, in hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()
