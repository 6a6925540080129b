"""Pack an EPUB 3 with EbookLib: Book, Documents → Artifact."""

import datetime
import io
import re
import uuid
from collections.abc import Iterable, Iterator, Sequence

from ebooklib import epub

from studyguide.drawings import tidy_drawing
from studyguide.epub.accessibility import describe_accessibility
from studyguide.epub.division import divide_documents
from studyguide.epub.documents import Document, name_picture
from studyguide.epub.ebooklib_compat import Writer
from studyguide.epub.ncx import make_ncx
from studyguide.html_text import find_style_sources, make_file_address
from studyguide.locale import load_locale
from studyguide.model import UNDATED, Artifact, Book
from studyguide.runtime.fonts import subset_named_face
from studyguide.store import CacheStore, digest

_XHTML = "application/xhtml+xml"
_NCX = "application/x-dtbncx+xml"


def finish(book: Book, documents: Sequence[Document], store: CacheStore) -> Artifact:
    """Return the EPUB, the same bytes for the same book; the store keeps faces that were cut to the package's letters."""
    book, documents = divide_documents(book, documents, store)
    package = epub.EpubBook()
    _add_metadata(package, book, documents)
    for item in (*_make_text_items(package, book, documents, store), *_make_picture_items(book, documents)):
        package.add_item(item)
    package.spine = [document.name for document in documents if document.role != "nav"]
    package.spine.insert(2, "nav")
    target = io.BytesIO()
    deflated = {f"EPUB/{document.name}.xhtml": document.deflated for document in documents}
    date = datetime.datetime.combine(book.date or UNDATED, datetime.time())
    writer = Writer(target, package, {"mtime": date, "epub3_pages": False, "epub2_guide": False, "deflated": deflated})
    writer.process()
    writer.write()
    return Artifact(f"{book.file_stem}.epub", target.getvalue(), book.edition.name)


def _add_metadata(package: epub.EpubBook, book: Book, documents: Sequence[Document]) -> None:
    """State in the package what a library lists."""
    config = book.config
    package.set_identifier(
        f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, f'studyguide:{config.name}:{book.edition.name}')}"
    )
    package.set_title(book.title)
    package.set_language(config.language)
    if config.direction == "rtl":
        package.set_direction(config.direction)
    for number, author in enumerate(config.authors, 1):
        package.add_author(author, uid=f"creator-{number}")
    date = config.date.isoformat() if config.date else ""
    for name, text in (("description", config.description), ("rights", config.licence), ("date", date)):
        if text:
            package.add_metadata("DC", name, text)
    for name, value in describe_accessibility(
        (document.inventory for document in documents), load_locale(config.language, own=config.own_words)
    ):
        package.add_metadata(None, "meta", value, {"property": name})
    if config.series:
        package.add_metadata(None, "meta", config.series, {"property": "belongs-to-collection", "id": "series"})
        package.add_metadata(None, "meta", "series", {"property": "collection-type", "refines": "#series"})
    if book.page_source:
        package.add_metadata("DC", "source", book.page_source, {"id": "page-source"})
        package.add_metadata(None, "meta", "pagination", {"property": "source-of", "refines": "#page-source"})
        package.add_metadata(None, "meta", book.page_source, {"property": "pageBreakSource"})


def _make_text_items(
    package: epub.EpubBook, book: Book, documents: Sequence[Document], store: CacheStore
) -> Iterator[epub.EpubItem]:
    """Yield the documents, the stylesheet, the NCX and the faces."""
    for document in documents:  # their text is compressed already
        yield _make_item(document.name, f"{document.name}.xhtml", _XHTML, b"", *document.properties)
    yield _make_item("style", "style.css", "text/css", _name_style_pictures(book.styles).encode())
    # EbookLib's own NCX has one level, no pages and no playing order.
    navigation = next(section for section in book.sections if section.role == "nav")
    ncx = make_ncx(navigation, documents, package.uid, book.title, book.config.language)
    yield _make_item("ncx", "toc.ncx", _NCX, ncx)
    for name, data in _cut_faces(book, documents, store):
        yield _make_item(name.partition(".")[0], f"fonts/{name}", f"font/{name.rpartition('.')[2]}", data)


def _name_style_pictures(styles: str) -> str:
    """Return the styles with the paths that their pictures have in the package."""
    for path in find_style_sources(styles):
        styles = re.sub(
            rf"""url\(\s*["']?{re.escape(make_file_address(path))}["']?\s*\)""", f"url({name_picture(path)})", styles
        )
    return styles


def _make_picture_items(book: Book, documents: Iterable[Document]) -> Iterator[epub.EpubItem]:
    """Yield the cover, and the figures that are not part of a document."""
    if book.cover:
        yield _make_item("cover-image", "cover.png", "image/png", book.cover, "cover-image")
    used = {path for document in documents for path in document.sources} | find_style_sources(book.styles)
    for number, asset in enumerate((asset for asset in book.assets if asset.path in used), 1):
        yield _make_item(
            f"figure-{number}",
            name_picture(asset.path),
            asset.media_type,
            tidy_drawing(asset.data) if asset.is_drawing else asset.data,
        )


def _make_item(name: str, path: str, media_type: str, data: bytes, *properties: str) -> epub.EpubItem:
    """Return a file of the package, with its properties in the manifest (EPUB 3.3, D.4)."""
    item = epub.EpubItem(uid=name, file_name=path, media_type=media_type, content=data)
    item.properties = list(properties)
    return item


def _cut_faces(book: Book, documents: Iterable[Document], store: CacheStore) -> Iterator[tuple[str, bytes]]:
    """Yield the file name and the bytes of each face that the styles name, with the letters of the package only."""
    names = dict.fromkeys(re.findall(r"url\(fonts/([^)]+)\)", book.styles))
    letters = "".join(sorted({letter for document in documents for letter in document.letters})) if names else ""
    for name in names:
        key = digest("face of an EPUB", name, letters)
        data: bytes | None = store.get(key)
        if data is None:
            data = subset_named_face(name, letters, book.faces)
            store.put(key, data)
        yield name, data
