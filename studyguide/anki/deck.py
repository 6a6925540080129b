"""Pack a deck with genanki: Book, Cards → Artifact."""

import datetime
import hashlib
import html
import io
import itertools
import json
import sqlite3
import warnings
import zipfile
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from studyguide.anki.cards import CARDS, FIELDS, Card, name_medium
from studyguide.html_text import find_style_sources, replace_sources, replace_style_sources
from studyguide.model import UNDATED, Artifact, Book, Section
from studyguide.runtime.zip_archive import Archive
from studyguide.store import CacheStore

if TYPE_CHECKING:
    import genanki

CARD_FACES = ("card-front", "card-back")
"""The roles of the sections with the templates of a card."""
_FIRST_ID = 1 << 30
"""Identifiers of decks and of types of notes are numbers from here to twice as much, as in genanki's instructions."""
_LEVEL = "::"
"""Stands between the names of a deck and of a deck inside it."""
_WRITER_VERSION = slice(96, 100)
"""The place, in a database, of the version of SQLite that wrote it (SQLite's file format, 1.3)."""


def finish(book: Book, results: Sequence[Sequence[Card]], store: CacheStore) -> Artifact:
    """Return the file of the deck, the same bytes for the same book."""
    import genanki  # it takes 0.1 s, which a build without a deck need not pay

    chapters = [section for section in book.sections if section.role == CARDS]
    note_type = _make_note_type(book)
    decks = [genanki.Deck(_make_id(book, "deck"), _name_deck(book.config.title), html.escape(book.config.description))]
    order = itertools.count(1)
    for section, cards, name in zip(chapters, results, _number_chapters(chapters), strict=True):
        title = f"{_name_deck(book.config.title)}{_LEVEL}{_name_deck(name)}"
        deck = genanki.Deck(_make_id(book, "deck", section.name), title)
        for card in cards:
            deck.add_note(_make_note(book, note_type, card, next(order)))
        decks.append(deck)
    media = {name: path for cards in results for card in cards for path, name in card.media}
    media |= {name: path for path, name in _name_static_media(book).items()}
    return Artifact(f"{book.file_stem}.apkg", _pack(book, genanki.Package(decks), media), book.edition.name)


def _make_note_type(book: Book) -> "genanki.Model":
    """Return the type of the notes: their fields, the two faces of a card, and its styles."""
    import genanki

    front, back = (_find_face(book, role) for role in CARD_FACES)
    return genanki.Model(
        _make_id(book, "note type"),
        book.config.title,
        fields=[{"name": name, "rtl": book.config.direction == "rtl"} for name in FIELDS],
        templates=[{"name": "Card", "qfmt": front, "afmt": back}],
        css=_write_styles(book),
    )


def _write_styles(book: Book) -> str:
    """Return the styles of a card. Anki puts them into an element, which nothing in them may end."""
    names = _name_static_media(book)
    css = replace_style_sources(book.styles, lambda path: names.get(path, path))
    return css.strip().replace("</", "<\\/")


def _find_face(book: Book, role: str) -> str:
    """Return the template of a face of a card, with the names that its pictures have in the deck."""
    names = _name_static_media(book)
    html = next(str(section.html) for section in book.sections if section.role == role)
    return replace_sources(html, lambda path: names.get(path, path)).strip()


def _name_static_media(book: Book) -> dict[str, str]:
    """Return the names of the pictures of styles and faces, by their paths. Anki keeps a medium that no note shows if ``_`` begins its name."""
    sections = (section for section in book.sections if section.role in CARD_FACES)
    shown = find_style_sources(book.styles).union(*(section.sources for section in sections))
    return {asset.path: f"_{name_medium(asset)}" for asset in book.assets if asset.path in shown}


def _make_note(book: Book, note_type: "genanki.Model", card: Card, place: int) -> "genanki.Note":
    """Return the note of a card. Anki knows it again by its GUID, and shows new cards in the order of their places."""
    import genanki

    guid = genanki.guid_for("studyguide", book.config.name, card.id)
    return genanki.Note(note_type, list(card.fields.values()), tags=card.tags, guid=guid, due=place)


def _number_chapters(sections: Sequence[Section]) -> Iterator[str]:
    """Yield the names of the decks of the chapters. Anki lists decks by their names, so each begins with a number of equal width.

    A glossary has no number, and comes last.
    """
    numbers = [next((entry.number for entry in section.entries), "").partition(".")[0] for section in sections]
    width = max(map(len, numbers), default=0)
    for number, section in zip(numbers, sections, strict=True):
        yield f"{number.zfill(width)} {section.title}" if number else section.title


def _name_deck(title: str) -> str:
    """Return the name of a deck, in which two colons would begin a deck inside it."""
    return title.replace(_LEVEL, "∷")


def _make_id(book: Book, *names: str) -> int:
    """Return the number of something that the guide has under these names, in every build the same."""
    text = "\n".join(("studyguide", book.config.name, *names))
    return _FIRST_ID + int.from_bytes(hashlib.sha256(text.encode()).digest()[:8]) % _FIRST_ID


def _pack(book: Book, package: "genanki.Package", media: dict[str, str]) -> bytes:
    """Return the bytes of a package: its database, and the pictures with a list of their names."""
    assets = {asset.path: asset.data for asset in book.assets}
    target = io.BytesIO()
    with Archive(target, zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("collection.anki2", _write_database(package, _find_moment(book)))
        archive.writestr("media", json.dumps(dict(enumerate(media)), ensure_ascii=False))
        for number, path in enumerate(media.values()):
            archive.writestr(str(number), assets[path])
    return target.getvalue()


def _find_moment(book: Book) -> int:
    """Return the time of the notes, in seconds since 1970: Anki updates a note only with one of a later time."""
    moment = book.moment or datetime.datetime.combine(UNDATED, datetime.time(), datetime.UTC)
    return int(moment.timestamp())


def _write_database(package: "genanki.Package", moment: int) -> bytes:
    """Return the database of a package, whatever version of SQLite writes it."""
    connection = sqlite3.connect(":memory:")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # genanki takes an end of line in an attribute for a mistake
        package.write_to_db(connection.cursor(), moment, itertools.count(moment * 1000))
    connection.commit()
    data = bytearray(connection.serialize())
    connection.close()
    data[_WRITER_VERSION] = bytes(4)
    return bytes(data)
