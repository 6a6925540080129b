"""Pack a Volume as an EPUB 3, with EbookLib. The only file that knows it.

EbookLib 0.20 rewrites XHTML through an HTML parser, dates its files by the clock and cannot say a package's language;
so every document goes in as it is, and a writer of our own mends the rest.
"""

import datetime
import io
import itertools
import re
import uuid
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from html import unescape
from typing import Any

from ebooklib import epub
from lxml import etree

from studyguide.cache import Memory, digest, program
from studyguide.dates import UNDATED
from studyguide.fonts import lettered
from studyguide.hypertext import sources
from studyguide.locale import load_locale
from studyguide.maths import remade
from studyguide.model import Artifact, Asset, Html, Sheet, Volume
from studyguide.outputs.accessibility import statements
from studyguide.outputs.archive import Archive
from studyguide.outputs.cover import Cover, Front, picture
from studyguide.outputs.drawings import inline
from studyguide.outputs.ncx import ncx
from studyguide.outputs.xhtml import EPUB, HTML, parsed, written
from studyguide.problems import Place

XHTML = "application/xhtml+xml"
NCX = "application/x-dtbncx+xml"
PACKAGE_PREFIX = "a11y: http://www.idpf.org/epub/vocab/package/a11y/# schema: http://schema.org/"
# A page may begin in front of a figure's picture.
FIGURE = re.compile(r"(<figure[^>]*>\s*(?:<span[^>]*></span>\s*)*)<img\b([^>]*?)\s*/?>")


@dataclass(frozen=True, slots=True)
class Page:
    """A document of the EPUB to be made of a sheet."""

    sheet: Sheet
    maths: str
    """The form of its formulas."""
    drawings: tuple[Asset, ...] = ()
    """The figures that it shows and that may be taken into the text."""

    @property
    def key(self) -> str:
        sheet, drawings = self.sheet, [(asset.path, asset.digest) for asset in self.drawings]
        return digest("document", program(), sheet.name, sheet.title, sheet.role, sheet.html, self.maths, drawings)

    @property
    def place(self) -> Place:
        return self.sheet.place


def jobs(volume: Volume) -> tuple[Page | Cover, ...]:
    drawings = {asset.path: asset for asset in volume.assets if asset.drawn}
    covers = [Cover(volume.cover)] if volume.cover else []
    pages = (
        Page(
            sheet,
            volume.edition.maths,
            tuple(drawings[path] for path in sorted(sources(sheet.html)) if path in drawings),
        )
        for sheet in volume.sheets
    )
    return (*covers, *pages)


def work(job: Page | Cover) -> "Document | Front":
    return picture(job) if isinstance(job, Cover) else document(job)


@dataclass(frozen=True, slots=True)
class Document:
    """A document as it stands in the archive."""

    sheet: Sheet
    packed: bytes = field(repr=False)
    """Deflated, which takes longer than all the rest; so it is done where the document is made, and remembered."""


def document(page: Page) -> Document:
    sheet = notes_apart(page.sheet)
    sheet = drawn(replace(sheet, html=remade(sheet.html, page.maths)), page.drawings)
    deflate = zlib.compressobj(9, wbits=-zlib.MAX_WBITS)
    return Document(sheet, deflate.compress(sheet.html.encode()) + deflate.flush())


def finish(volume: Volume, made: Sequence[Document | Front], store: Memory) -> Artifact:
    """The volume as the bytes of an EPUB file, the same for the same volume; the store remembers faces cut to size."""
    documents = [each for each in made if isinstance(each, Document)]
    sheets = [each.sheet for each in documents]
    book = epub.EpubBook()
    describe(book, volume, sheets)
    for each in text_items(book, volume, sheets, store):
        book.add_item(each)
    for each in picture_items(volume, sheets, [each for each in made if isinstance(each, Front)]):
        book.add_item(each)
    book.spine = [sheet.name for sheet in sheets if sheet.role != "nav"]
    book.spine.insert(2, "nav")
    target = io.BytesIO()
    packed = {f"EPUB/{each.sheet.name}.xhtml": each.packed for each in documents}
    date = datetime.datetime.combine(volume.dated or UNDATED, datetime.time())
    writer = Writer(target, book, {"mtime": date, "epub3_pages": False, "epub2_guide": False, "packed": packed})
    writer.process()
    writer.write()
    return Artifact(f"{volume.config.name}{volume.edition.suffix}.epub", target.getvalue(), volume.edition.name)


def describe(book: epub.EpubBook, volume: Volume, sheets: Sequence[Sheet]) -> None:
    """Say in the package what a library lists."""
    config = volume.config
    book.set_identifier(f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, f'studyguide:{config.name}:{volume.edition.name}')}")
    book.set_title(volume.title)
    book.set_language(config.language)
    for number, author in enumerate(config.authors, 1):
        book.add_author(author, uid=f"creator-{number}")
    date = config.date.isoformat() if config.date else ""
    for name, text in (("description", config.description), ("rights", config.licence), ("date", date)):
        if text:
            book.add_metadata("DC", name, text)
    for name, value in statements(sheets, load_locale(config.language)):
        book.add_metadata(None, "meta", value, {"property": name})
    if config.series:
        book.add_metadata(None, "meta", config.series, {"property": "belongs-to-collection", "id": "series"})
        book.add_metadata(None, "meta", "series", {"property": "collection-type", "refines": "#series"})
    if volume.page_source:
        book.add_metadata("DC", "source", volume.page_source, {"id": "page-source"})
        book.add_metadata(None, "meta", "pagination", {"property": "source-of", "refines": "#page-source"})
        book.add_metadata(None, "meta", volume.page_source, {"property": "pageBreakSource"})


def text_items(book: epub.EpubBook, volume: Volume, sheets: Sequence[Sheet], store: Memory) -> Iterator[epub.EpubItem]:
    """The documents, and what they are shown and found with."""
    for sheet in sheets:
        yield item(sheet.name, f"{sheet.name}.xhtml", XHTML, sheet.html.encode(), *properties(sheet))
    yield item("style", "style.css", "text/css", volume.styles.encode())
    # EbookLib's own NCX has one depth, no pages and no order.
    yield item("ncx", "toc.ncx", NCX, ncx(sheets, book.uid, volume.title, volume.config.language))
    for name, data in faces(volume.styles, sheets, store):
        yield item(name.partition(".")[0], f"fonts/{name}", "font/ttf", data)


def picture_items(volume: Volume, sheets: Iterable[Sheet], fronts: Iterable[Front]) -> Iterator[epub.EpubItem]:
    """The cover, and the figures that are not taken into the text."""
    for front in fronts:
        # In pixels as well, for shops and readers that know no SVG.
        yield item("cover-image", "cover.png", "image/png", front.png, "cover-image")
        yield item("cover-drawing", "cover.svg", "image/svg+xml", front.svg)
    seen = {path for sheet in sheets for path in sources(sheet.html)}
    for number, asset in enumerate((asset for asset in volume.assets if asset.path in seen), 1):
        yield item(f"figure-{number}", asset.path, asset.media_type, asset.data)


def item(name: str, path: str, media_type: str, data: bytes, *said: str) -> epub.EpubItem:
    """A file of the package, with the properties that it has there."""
    made = epub.EpubItem(uid=name, file_name=path, media_type=media_type, content=data)
    made.properties = list(said)
    return made


def faces(styles: str, sheets: Iterable[Sheet], store: Memory) -> Iterator[tuple[str, bytes]]:
    """The faces that the styles name, each with the letters of the book."""
    names = re.findall(r"url\(fonts/([^)]+)\)", styles)
    letters = "".join(sorted({letter for sheet in sheets for letter in unescape(sheet.html)})) if names else ""
    for name in names:
        key = digest("face of an EPUB", program(), name, letters)
        data: bytes | None = store.get(key)
        if data is None:
            data = lettered(name, letters)
            store.put(key, data)
        yield name, data


class Writer(epub.EpubWriter):  # type: ignore[misc]
    """EbookLib's writer with a language and a direction on the package."""

    def _write_opf_file(self, root: Any) -> None:
        root.set("{http://www.w3.org/XML/1998/namespace}lang", self.book.language)
        root.set("dir", "ltr")
        root.set("prefix", PACKAGE_PREFIX)
        super()._write_opf_file(root)

    def write(self) -> None:
        self.out = Archive(self.file_name, zipfile.ZIP_DEFLATED, self.options["packed"])
        self.out.writestr("mimetype", "application/epub+zip", zipfile.ZIP_STORED)
        self._write_container()
        self._write_opf()
        self._write_items()
        self.out.close()


def properties(sheet: Sheet) -> Iterable[str]:
    """What the package must say of a document: EbookLib looks for none of it."""
    if sheet.role == "nav":
        yield "nav"
    if "<svg" in sheet.html:
        yield "svg"
    if re.search(r"<math\b", sheet.html):
        yield "mathml"


def drawn(sheet: Sheet, drawings: Iterable[Asset]) -> Sheet:
    """The sheet with its figures taken into the text, where they can be."""
    known, count = {asset.path: asset for asset in drawings}, itertools.count(1)

    def replacement(match: re.Match[str]) -> str:
        before, attributes = match.groups()
        said = {name: unescape(value) for name, value in re.findall(r'([\w-]+)="([^"]*)"', attributes)}
        asset = known.get(said["src"])
        svg = asset and inline(asset.data, said.get("alt", ""), f"{sheet.name}-figure-{next(count)}")
        return f"{before}{svg}" if svg else match[0]

    return replace(sheet, html=Html(FIGURE.sub(replacement, str(sheet.html)))) if known else sheet


def notes_apart(sheet: Sheet) -> Sheet:
    """The sheet with its footnotes at its end, and a mark that leads there and back in each one's place."""
    if 'class="footnote"' not in sheet.html:
        return sheet
    tree = parsed(sheet.html)
    notes = [span for span in tree.iter(f"{HTML}span") if span.get("class") == "footnote"]
    section = next(tree.iter(f"{HTML}section"))
    holder = etree.SubElement(section, f"{HTML}div", {"class": "notes"})
    for number, note in enumerate(notes, 1):
        name = f"{sheet.name}-note-{number}"
        mark = etree.Element(f"{HTML}a", {"id": f"{name}.ref", "href": f"#{name}", "class": "noteref"})
        mark.set(f"{EPUB}type", "noteref")
        mark.set("role", "doc-noteref")
        mark.text, mark.tail = str(number), note.tail
        aside = etree.SubElement(holder, f"{HTML}aside", {"id": name, "role": "doc-footnote"})
        aside.set(f"{EPUB}type", "footnote")
        back = etree.Element(f"{HTML}a", {"href": f"#{name}.ref", "role": "doc-backlink"})
        back.text, back.tail = f"{number}.", " " + (note.text or "")
        text = etree.SubElement(aside, f"{HTML}p")
        text.append(back)
        text.extend(list(note))
        note.getparent().replace(note, mark)
    return replace(sheet, html=written(tree))
