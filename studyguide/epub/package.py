"""Pack an EPUB 3 with EbookLib: Volume, Documents → Artifact."""

import datetime
import io
import re
import uuid
from collections.abc import Iterable, Iterator, Sequence
from html import unescape

from ebooklib import epub

from studyguide.epub.accessibility import describe_accessibility
from studyguide.epub.documents import Document
from studyguide.epub.ebooklib_compat import Writer
from studyguide.epub.ncx import make_ncx
from studyguide.html_text import find_sources
from studyguide.locale import load_locale
from studyguide.model import UNDATED, Artifact, Sheet, Volume
from studyguide.runtime.fonts import subset_named_face
from studyguide.store import CacheStore, digest

_XHTML = "application/xhtml+xml"
_NCX = "application/x-dtbncx+xml"


def finish(volume: Volume, documents: Sequence[Document], store: CacheStore) -> Artifact:
    """Return the EPUB, the same bytes for the same volume; the store keeps faces that were cut to the book's letters."""
    sheets = [document.sheet for document in documents]
    book = epub.EpubBook()
    _add_metadata(book, volume, sheets)
    for item in (*_make_text_items(book, volume, sheets, store), *_make_picture_items(volume, sheets)):
        book.add_item(item)
    book.spine = [sheet.name for sheet in sheets if sheet.role != "nav"]
    book.spine.insert(2, "nav")
    target = io.BytesIO()
    deflated = {f"EPUB/{document.sheet.name}.xhtml": document.deflated for document in documents}
    date = datetime.datetime.combine(volume.dated or UNDATED, datetime.time())
    writer = Writer(target, book, {"mtime": date, "epub3_pages": False, "epub2_guide": False, "deflated": deflated})
    writer.process()
    writer.write()
    return Artifact(f"{volume.file_stem}.epub", target.getvalue(), volume.edition.name)


def _add_metadata(book: epub.EpubBook, volume: Volume, sheets: Sequence[Sheet]) -> None:
    """State in the package what a library lists."""
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
    for name, value in describe_accessibility(sheets, load_locale(config.language)):
        book.add_metadata(None, "meta", value, {"property": name})
    if config.series:
        book.add_metadata(None, "meta", config.series, {"property": "belongs-to-collection", "id": "series"})
        book.add_metadata(None, "meta", "series", {"property": "collection-type", "refines": "#series"})
    if volume.page_source:
        book.add_metadata("DC", "source", volume.page_source, {"id": "page-source"})
        book.add_metadata(None, "meta", "pagination", {"property": "source-of", "refines": "#page-source"})
        book.add_metadata(None, "meta", volume.page_source, {"property": "pageBreakSource"})


def _make_text_items(
    book: epub.EpubBook, volume: Volume, sheets: Sequence[Sheet], store: CacheStore
) -> Iterator[epub.EpubItem]:
    """Yield the documents, the stylesheet, the NCX and the faces."""
    for sheet in sheets:
        yield _make_item(sheet.name, f"{sheet.name}.xhtml", _XHTML, sheet.html.encode(), *_find_properties(sheet))
    yield _make_item("style", "style.css", "text/css", volume.styles.encode())
    # EbookLib's own NCX has one level, no pages and no playing order.
    yield _make_item("ncx", "toc.ncx", _NCX, make_ncx(sheets, book.uid, volume.title, volume.config.language))
    for name, data in _cut_faces(volume.styles, sheets, store):
        yield _make_item(name.partition(".")[0], f"fonts/{name}", "font/ttf", data)


def _make_picture_items(volume: Volume, sheets: Iterable[Sheet]) -> Iterator[epub.EpubItem]:
    """Yield the cover, and the figures that are not part of a document."""
    if volume.cover:
        yield _make_item("cover-image", "cover.png", "image/png", volume.cover, "cover-image")
    used = {path for sheet in sheets for path in find_sources(sheet.html)}
    for number, asset in enumerate((asset for asset in volume.assets if asset.path in used), 1):
        yield _make_item(f"figure-{number}", asset.path, asset.media_type, asset.data)


def _make_item(name: str, path: str, media_type: str, data: bytes, *properties: str) -> epub.EpubItem:
    """Return a file of the package, with its properties in the manifest (EPUB 3.3, D.4)."""
    item = epub.EpubItem(uid=name, file_name=path, media_type=media_type, content=data)
    item.properties = list(properties)
    return item


def _find_properties(sheet: Sheet) -> Iterator[str]:
    """Yield the properties that the manifest must state of a document; EbookLib finds none of them."""
    if sheet.role == "nav":
        yield "nav"
    if "<svg" in sheet.html:
        yield "svg"
    if re.search(r"<math\b", sheet.html):
        yield "mathml"


def _cut_faces(styles: str, sheets: Iterable[Sheet], store: CacheStore) -> Iterator[tuple[str, bytes]]:
    """Yield the file name and the bytes of each face that the styles name, with the letters of the book only."""
    names = re.findall(r"url\(fonts/([^)]+)\)", styles)
    letters = "".join(sorted({letter for sheet in sheets for letter in unescape(sheet.html)})) if names else ""
    for name in names:
        key = digest("face of an EPUB", name, letters)
        data: bytes | None = store.get(key)
        if data is None:
            data = subset_named_face(name, letters)
            store.put(key, data)
        yield name, data
