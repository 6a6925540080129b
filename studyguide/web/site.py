"""Put a site together: Book, Pages → Artifact, a folder of files."""

import re
from collections.abc import Iterator, Sequence
from html import unescape

from markupsafe import escape

from studyguide.drawings import tidy_drawing
from studyguide.html_text import find_style_sources
from studyguide.model import Artifact, Book, WebOptions
from studyguide.runtime.fonts import subset_maths_face, subset_web_face
from studyguide.runtime.search_index import SearchText, can_index, index_texts
from studyguide.store import CacheStore, digest
from studyguide.web.pages import Page, make_page_address

_FACE = re.compile(r"url\(fonts/([^)]+)\)")
_SEARCH_MARK = re.compile(rb"<!--/?search-->")
_SEARCH = re.compile(rb"<!--search-->.*?<!--/search-->", re.DOTALL)
"""Parts of a page that serve the search alone: the button, the window and the line of the key."""
_SEARCH_SCRIPT = "search.js"


def describe_lack(options: WebOptions) -> str:
    """Return a warning if this machine cannot make the search that the options want."""
    if options.search and not can_index():
        return "  the web pages have no search: `pip install pagefind_bin` adds it, where that package has a file for this machine"
    return ""


def finish(book: Book, pages: Sequence[Page], store: CacheStore) -> Artifact:
    """Return the folder of the site, the same bytes for the same book; the store keeps the index of the search."""
    options = book.edition.options
    assert isinstance(options, WebOptions)
    texts = tuple(text for page in pages for text in page.texts) if options.search and can_index() else ()
    files = [
        *((page.file, (_SEARCH_MARK if texts else _SEARCH).sub(b"", page.data)) for page in pages),
        ("style.css", _name_faces(book.styles).encode()),
        *((name, text.encode()) for name, text in book.scripts if texts or name != _SEARCH_SCRIPT),
        (".nojekyll", b""),
        *_list_pictures(book, pages),
        *_list_maths_face(pages, store),
        *_list_faces(book, pages, store),
        *((f"search/{path}", data) for path, data in _recall_index(texts, book.config.language, store)),
    ]
    if options.site_url:
        files.append(("sitemap.xml", _write_map(pages, options.site_url).encode()))
    return Artifact(book.file_stem, b"", book.edition.name, inner=tuple(sorted(files)))


def _recall_index(texts: tuple[SearchText, ...], language: str, store: CacheStore) -> tuple[tuple[str, bytes], ...]:
    """Return the files of the index of these texts, from the store if it has them."""
    if not texts:
        return ()
    key = digest("search index", language, texts)
    files: tuple[tuple[str, bytes], ...] | None = store.get(key)
    if files is None:
        files = index_texts(texts, language)
        store.put(key, files)
    return files


def _list_pictures(book: Book, pages: Sequence[Page]) -> Iterator[tuple[str, bytes]]:
    """Yield the pictures that are no part of a page."""
    used = {path for page in pages for path in page.pictures} | find_style_sources(book.styles)
    for asset in book.assets:
        if asset.path in used:
            yield asset.path, tidy_drawing(asset.data) if asset.is_drawing else asset.data


def _list_maths_face(pages: Sequence[Page], store: CacheStore) -> Iterator[tuple[str, bytes]]:
    """Yield the face of formulas with the letters of all pages, from the store if it has it: to cut it takes a second."""
    letters = "".join(sorted({letter for page in pages for letter in page.letters}))
    if letters:
        key = digest("face of web pages", letters)
        face: bytes | None = store.get(key)
        if face is None:
            face = subset_maths_face(letters)
            store.put(key, face)
        yield "maths.woff2", face


def _name_faces(css: str) -> str:
    """Return the styles with the names that the faces have in the folder."""
    return _FACE.sub(lambda match: f"url({_name_face(match[1])})", css)


def _name_face(name: str) -> str:
    return f"fonts/{name.rpartition('.')[0]}.woff2"


def _list_faces(book: Book, pages: Sequence[Page], store: CacheStore) -> Iterator[tuple[str, bytes]]:
    """Yield the faces that the styles name, with the letters of all pages, from the store if it has them."""
    names = dict.fromkeys(_FACE.findall(book.styles))
    letters = _find_letters(pages) if names else ""
    for name in names:
        key = digest("face of web pages", name, letters)
        face: bytes | None = store.get(key)
        if face is None:
            face = subset_web_face(name, letters, book.faces)
            store.put(key, face)
        yield _name_face(name), face


def _find_letters(pages: Sequence[Page]) -> str:
    """Return each character of the texts of the pages once, and those of ASCII, which a reader may type."""
    found = {letter for page in pages for letter in unescape(page.data.decode())}
    return "".join(sorted(found.union(map(chr, range(0x20, 0x7F)))))


def _write_map(pages: Sequence[Page], site_url: str) -> str:
    """Return the map of the site (sitemaps.org 0.9)."""
    names = ("" if page.file == "index.html" else page.file for page in pages if page.file != "404.html")
    urls = "".join(f"<url><loc>{escape(make_page_address(site_url, name))}</loc></url>\n" for name in names)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{urls}</urlset>\n'
