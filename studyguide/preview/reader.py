"""The book as a reader sees it: an EPUB in memory → the files that a browser asks for."""

import io
import re
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from html import escape, unescape
from threading import Lock

from studyguide.html_text import strip_tags
from studyguide.model import Html

_FOLDER = "EPUB/"
_DOCUMENT = ".xhtml"
_SPINE = re.compile(r'<itemref\b[^>]*\bidref="([^"]+)"')
_TITLE = re.compile(r"<title>(.*?)</title>", re.DOTALL)
_MEDIA_TYPES = {
    "xhtml": "application/xhtml+xml",
    "css": "text/css",
    "ttf": "font/ttf",
    "svg": "image/svg+xml",
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "gif": "image/gif",
    "webp": "image/webp",
}
"""By the ending of the name; the page asks for no other file."""


@dataclass(frozen=True, slots=True)
class ReaderDocument:
    """A document of the book."""

    name: str
    """``chapter-basics.xhtml``."""
    title: str


class Reader:
    """An EPUB whose files are read when they are asked for, by any thread."""

    def __init__(self, data: bytes, former: "Reader | None" = None) -> None:
        """``former`` is an earlier form of the book: what has not changed since is not read again."""
        self._archive, self._lock = zipfile.ZipFile(io.BytesIO(data)), Lock()
        self._checksums = {each.filename: each.CRC for each in self._archive.infolist()}
        self._texts: dict[str, str] = {}
        """The texts that were read so far, by the names of their files."""
        if former:
            same = former._checksums.items() & self._checksums.items()
            self._texts = {name: former._texts[name] for name, _ in same if name in former._texts}

    def read_file(self, name: str) -> tuple[bytes, str] | None:
        """Return a file and its media type by the name that documents use, or None if a browser has no use for it."""
        media_type = _MEDIA_TYPES.get(name.rpartition(".")[2])
        if media_type is None or f"{_FOLDER}{name}" not in self._checksums:
            return None
        with self._lock:
            return self._archive.read(f"{_FOLDER}{name}"), media_type

    @cached_property
    def documents(self) -> tuple[ReaderDocument, ...]:
        """The documents in the order of reading."""
        names = [f"{unescape(name)}{_DOCUMENT}" for name in _SPINE.findall(self._read_text("content.opf"))]
        return tuple(ReaderDocument(name, self._find_title(name)) for name in names)

    @cached_property
    def style_checksum(self) -> int:
        """Another number for another stylesheet."""
        return self._checksums.get(f"{_FOLDER}style.css", 0)

    def find_anchor(self, anchors: Sequence[str]) -> str:
        """Return the address of the first of these anchors that the book has, such as ``answers-a.xhtml#answer-b``, or ""."""
        for anchor in anchors:
            mark = f' id="{escape(anchor)}"'
            for document in self.documents:
                if mark in self._read_text(document.name):
                    return f"{document.name}#{anchor}"
        return ""

    def _read_text(self, name: str) -> str:
        path = f"{_FOLDER}{name}"
        with self._lock:
            if path not in self._texts:
                self._texts[path] = self._archive.read(path).decode()
            return self._texts[path]

    def _find_title(self, name: str) -> str:
        match = _TITLE.search(self._read_text(name))
        return unescape(strip_tags(Html(match[1]))) if match else name
