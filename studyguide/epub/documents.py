"""Make the documents of an EPUB: Section → Document, each by itself."""

import itertools
import re
import zlib
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from html import unescape

from lxml import etree

from studyguide.epub.drawings import inline_drawing
from studyguide.epub.xhtml import EPUB, HTML, parse_document, serialise_document
from studyguide.html_text import find_sources
from studyguide.maths import convert_formulas
from studyguide.model import Asset, Book, EbookOptions, Html, Section
from studyguide.problems import Place
from studyguide.store import digest

# The mark of a page may stand before the picture of a figure.
_FIGURE = re.compile(r"(<figure[^>]*>\s*(?:<span[^>]*></span>\s*)*)<img\b([^>]*?)\s*/?>")
_ATTRIBUTE = re.compile(r'([\w-]+)="([^"]*)"')


@dataclass(frozen=True, slots=True)
class DocumentJob:
    """A document to be made of a section."""

    section: Section
    maths: str
    """As in ``EbookOptions``."""
    drawings: tuple[Asset, ...] = ()
    """The SVG files that the section shows."""

    @property
    def key(self) -> str:
        section, drawings = self.section, [(asset.path, asset.digest) for asset in self.drawings]
        return digest("document", section.name, section.title, section.role, section.html, self.maths, drawings)

    @property
    def place(self) -> Place:
        return self.section.place


@dataclass(frozen=True, slots=True)
class Document:
    """A document as it stands in the archive."""

    section: Section
    deflated: bytes = field(repr=False)
    """Its text, compressed: compressing takes longer than everything else, so it is done once and kept in the cache."""


def make_jobs(book: Book) -> tuple[DocumentJob, ...]:
    """Return a job for each section."""
    assert isinstance(book.edition.options, EbookOptions)
    drawings = {asset.path: asset for asset in book.assets if asset.is_drawing}
    return tuple(
        DocumentJob(
            section,
            book.edition.options.maths,
            tuple(drawings[path] for path in sorted(find_sources(section.html)) if path in drawings),
        )
        for section in book.sections
    )


def make_document(job: DocumentJob) -> Document:
    """Return the document of a section, compressed."""
    section = _move_notes_to_end(job.section)
    section = _inline_drawings(replace(section, html=convert_formulas(section.html, job.maths)), job.drawings)
    deflate = zlib.compressobj(9, wbits=-zlib.MAX_WBITS)
    return Document(section, deflate.compress(section.html.encode()) + deflate.flush())


def _inline_drawings(section: Section, drawings: Iterable[Asset]) -> Section:
    """Replace the pictures of figures by their drawings, where a drawing need not stay a file."""
    by_path, serial = {asset.path: asset for asset in drawings}, itertools.count(1)

    def replace_picture(match: re.Match[str]) -> str:
        before, attributes = match.groups()
        values = {name: unescape(value) for name, value in _ATTRIBUTE.findall(attributes)}
        asset = by_path.get(values["src"])
        svg = asset and inline_drawing(asset.data, values.get("alt", ""), f"{section.name}-figure-{next(serial)}")
        return f"{before}{svg}" if svg else match[0]

    return replace(section, html=Html(_FIGURE.sub(replace_picture, str(section.html)))) if by_path else section


def _move_notes_to_end(section: Section) -> Section:
    """Move footnotes to the end of the document; a mark in the place of each leads there, and a number leads back."""
    if 'class="footnote"' not in section.html:
        return section
    tree = parse_document(section.html)
    notes = [span for span in tree.iter(f"{HTML}span") if span.get("class") == "footnote"]
    holder = etree.SubElement(next(tree.iter(f"{HTML}section")), f"{HTML}div", {"class": "notes"})
    for number, note in enumerate(notes, 1):
        name = f"{section.name}-note-{number}"
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
    return replace(section, html=serialise_document(tree))
