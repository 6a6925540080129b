"""Divide documents that are too large for e-readers, between two questions: Book, Documents → Book, Documents.

A reader lays out a whole document before it shows a page of it. Links lead to the piece that has their target, and notes go to the
piece that names them.
"""

import itertools
import math
import re
import zlib
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from html import unescape

from studyguide.epub.accessibility import Inventory
from studyguide.epub.documents import Document, describe_document
from studyguide.html_text import find_ids
from studyguide.model import Book, Html
from studyguide.store import CacheStore, digest

_MAX_SIZE = 300_000  # bytes of a document
_PIECE_SIZE = 240_000  # bytes of questions that a piece has at most, if they can be shared out evenly
_SLACK = 30_000  # bytes for what is besides the questions: the beginning, and notes
_SECTION = re.compile(r"<(/?)section\b[^>]*>")
_NOTE = re.compile(r"<aside\b.*?</aside>\s*", re.DOTALL)
# The notes of a document, and the answers that pop up: both are asides at its end.
_NOTES = re.compile(
    r'(<div class="notes">\s*)((?:<aside\b.*?</aside>\s*)+)(</div>)'
    r'|(<section class="popups"[^>]*>\s*<h2\b[^>]*>.*?</h2>\s*)((?:<aside\b.*?</aside>\s*)+)(</section>)',
    re.DOTALL,
)
_NOTE_CLASSES = (' class="notes"', ' class="popups"')
_LINK = re.compile(r'\bhref="([^"#:]*)#([^"]*)"')


@dataclass(frozen=True, slots=True)
class _Piece:
    """A part of a document, or a whole one."""

    name: str
    document: Document
    """The document that it is a part of."""
    html: str
    is_first: bool = True


def divide_documents(book: Book, documents: Sequence[Document], store: CacheStore) -> tuple[Book, tuple[Document, ...]]:
    """Return the book and its documents, none larger than 300 kB that can be divided; the store keeps changed documents."""
    large = {document.name for document in documents if document.deflated.size > _MAX_SIZE and document.role != "nav"}
    taken = {document.name for document in documents}
    names: dict[str, tuple[str, ...]] = {}
    homes: dict[str, dict[str, str]] = {}
    for document in documents:
        if document.name not in large or len(found := _list_ids_of_pieces(document, store)) < 2:
            continue
        names[document.name] = tuple(_name_pieces(document.name, len(found), taken))
        taken.update(names[document.name])
        homes[document.name] = {
            identifier: name
            for name, ids in reversed(list(zip(names[document.name], found, strict=True)))
            for identifier in ids
        }
    if not names:
        return book, tuple(documents)
    moves = digest("moves", sorted((name, sorted(home.items())) for name, home in homes.items()))
    done: list[Document] = []
    for document in documents:
        done += _recall_parts(document, names.get(document.name) or (document.name,), homes, moves, store)
    sections = tuple(
        replace(section, text=Html(_move_links(str(section.html), section.name, section.name, homes)))
        if section.role == "nav"
        else section
        for section in book.sections
    )
    return replace(book, sections=sections), tuple(done)


def _list_ids_of_pieces(document: Document, store: CacheStore) -> tuple[tuple[str, ...], ...]:
    """Return the identifiers in each piece of a document; there is none if it cannot be divided."""
    key = digest("pieces", document.deflated.checksum, document.deflated.size)
    found: tuple[tuple[str, ...], ...] | None = store.get(key)
    if found is None:
        found = tuple(tuple(find_ids(text)) for text in _split_document(document))
        store.put(key, found)
    return found


def _name_pieces(name: str, count: int, taken: Container[str]) -> Iterator[str]:
    """Yield the names of so many pieces of a document; ``taken`` are the names of documents."""
    free = (each for number in itertools.count(2) if (each := f"{name}-{number}") not in taken)
    return itertools.chain([name], itertools.islice(free, count - 1))


def _recall_parts(
    document: Document, names: Sequence[str], homes: Mapping[str, Mapping[str, str]], moves: str, store: CacheStore
) -> Sequence[Document]:
    """Return the documents of these names that a document is divided into; ``moves`` is the digest of ``homes``."""
    checksum, size = document.deflated.checksum, document.deflated.size
    keys = [digest("divided", document.name, name, checksum, size, moves) for name in names]
    found: list[Document | None] = [store.get(key) for key in keys]
    if None not in found:
        return [each for each in found if each]
    texts = _split_document(document) if len(names) > 1 else [""]
    pieces = (
        _Piece(name, document, text, not place) for place, (name, text) in enumerate(zip(names, texts, strict=True))
    )
    parts = [_make_piece(piece, homes) for piece in pieces]
    for key, part in zip(keys, parts, strict=True):
        store.put(key, part)
    return parts


def _split_document(document: Document) -> list[str]:
    """Return the HTML of the pieces of a document, each with one question at least; none if it has less than two questions."""
    html = _inflate(document)
    # The expression is tried at each character: where there are no notes, that takes 30 ms.
    first = min((place for name in _NOTE_CLASSES if (place := html.find(name)) >= 0), default=len(html))
    start = html.rfind("<", 0, first) if first < len(html) else first
    extras = [tuple(filter(None, match.groups())) for match in _NOTES.finditer(html, start)]
    html = html[:start] + _NOTES.sub("", html[start:])
    opening, starts, end = _find_sections(html)
    if len(starts) < 2:
        return []
    head, prologue, epilogue = html[: starts[0]], html[:opening], html[end:]
    size = sum(len(html[start:stop].encode()) for start, stop in zip(starts, [*starts[1:], end], strict=True))
    room = size / math.ceil(size / _PIECE_SIZE)
    bodies, filled = [head], 0
    for start, stop in zip(starts, [*starts[1:], end], strict=True):
        item = html[start:stop]
        length = len(item.encode())
        if filled and (filled >= room or filled + length > _MAX_SIZE - _SLACK):
            bodies.append(prologue)
            filled = 0
        bodies[-1] += item
        filled += length
    notes = [_share_notes(block, bodies) for block in extras]
    return [body + "".join(shares[place] for shares in notes) + epilogue for place, body in enumerate(bodies)]


def _find_sections(html: str) -> tuple[int, list[int], int]:
    """Return where the outermost section's start tag ends, where each section in it begins, and where it ends."""
    starts: list[int] = []
    opening = depth = 0
    for tag in _SECTION.finditer(html):
        if tag[1]:
            depth -= 1
            if depth == 0:
                return opening, starts, tag.start()
            continue
        if depth == 0:
            opening = tag.end()
        elif depth == 1:
            starts.append(tag.start())
        depth += not tag[0].endswith("/>")
    return opening, [], len(html)


def _share_notes(block: tuple[str, ...], bodies: Sequence[str]) -> list[str]:
    """Return the notes of each piece: those that it names, and for the last also those that no piece names."""
    start, notes, end = block
    shares = [""] * len(bodies)
    for note in _NOTE.findall(notes):
        (identifier,) = find_ids(note)[:1] or [""]
        place = next((place for place, body in enumerate(bodies) if f'href="#{identifier}"' in body), -1)
        shares[place] += note
    return [f"{start}{share}{end}\n" if share else "" for share in shares]


def _make_piece(piece: _Piece, homes: Mapping[str, Mapping[str, str]]) -> Document:
    """Return the document of a piece, with its links as the division of the book has them."""
    before = piece.html or _inflate(piece.document)
    html = _move_links(before, piece.document.name, piece.name, homes)
    if html == before and not piece.html:
        return piece.document
    described = describe_document(piece.name, piece.document.role, html)
    # What is wrong or right was found in the document as a whole.
    inventory = piece.document.inventory if piece.is_first else Inventory()
    # Their paths are those of the guide, which the package does not have.
    return replace(described, sources=piece.document.sources if piece.is_first else (), inventory=inventory)


def _move_links(html: str, old_name: str, name: str, homes: Mapping[str, Mapping[str, str]]) -> str:
    """Return a document with links to where their targets are; ``old_name`` is its name before the division."""

    def move(link: re.Match[str]) -> str:
        file = link[1].removesuffix(".xhtml") if link[1] else old_name
        home = homes.get(file, {}).get(unescape(link[2]))
        if home is None:
            return link[0]
        return f'href="#{link[2]}"' if home == name else f'href="{home}.xhtml#{link[2]}"'

    return _LINK.sub(move, html)


def _inflate(document: Document) -> str:
    return zlib.decompress(document.deflated.data, wbits=-zlib.MAX_WBITS).decode()
