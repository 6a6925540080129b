"""Make the documents of an EPUB: Section → Document, each by itself."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from html import unescape

from lxml import etree

from studyguide.drawings import inline_drawings
from studyguide.epub.accessibility import Inventory, take_inventory
from studyguide.epub.page_list import mark_pages
from studyguide.epub.xhtml import EPUB, HTML, parse_document, serialise_document
from studyguide.html_text import find_ids, find_sources, read_file_path
from studyguide.maths import convert_formulas
from studyguide.model import Asset, Book, EbookOptions, Html, Section
from studyguide.page_breaks import PageBreak
from studyguide.problems import Place
from studyguide.runtime.zip_archive import Deflated, deflate
from studyguide.store import digest

_SOURCE = re.compile(r' src="([^"]*)"')
_PLAIN_PATH = re.compile(r"[A-Za-z0-9_/.-]+")


@dataclass(frozen=True, slots=True)
class DocumentJob:
    """A document to be made of a section."""

    section: Section
    maths: str
    """As in ``EbookOptions``."""
    drawings: tuple[Asset, ...] = ()
    """The SVG files that the section shows."""
    page_breaks: tuple[PageBreak, ...] = ()
    """The pages of a printed book that begin in it."""

    @property
    def key(self) -> str:
        section, drawings = self.section, [(asset.path, asset.digest) for asset in self.drawings]
        facts = (section.name, section.title, section.role, section.digest, self.maths, drawings, self.page_breaks)
        return digest("document", *facts)

    @property
    def place(self) -> Place:
        return self.section.place


@dataclass(frozen=True, slots=True)
class Document:
    """A document as it stands in the archive, and what the package has to know of it."""

    name: str
    """The stem of its file."""
    role: str
    deflated: Deflated = field(repr=False)
    """Its text, compressed: compressing takes longer than everything else, so it is done once and kept in the cache."""
    properties: tuple[str, ...]
    """The properties that the manifest must state (EPUB 3.3, D.4); EbookLib finds none of them."""
    ids: tuple[str, ...] = field(repr=False)
    sources: tuple[str, ...]
    """The paths of the pictures that are files of their own."""
    letters: str = field(repr=False)
    """Each character of it once."""
    inventory: Inventory


def make_jobs(book: Book) -> tuple[DocumentJob, ...]:
    """Return a job for each section."""
    assert isinstance(book.edition.options, EbookOptions)
    drawings = {asset.path: asset for asset in book.assets if asset.is_drawing}
    return tuple(
        DocumentJob(
            section,
            book.edition.options.maths,
            tuple(drawings[path] for path in section.sources if path in drawings),
            tuple(book.page_breaks.get(section.name, ())),
        )
        for section in book.sections
    )


def make_document(job: DocumentJob) -> Document:
    """Return the document of a section, compressed."""
    section = job.section
    html = mark_pages(str(section.html), job.page_breaks)
    html = _move_notes_to_end(html, section.name)
    html = str(convert_formulas(Html(html), job.maths))
    html = inline_drawings(html, section.name, job.drawings)
    sources = find_sources(html)
    html = _name_pictures(html)
    return replace(describe_document(section.name, section.role, html), sources=tuple(sorted(sources)))


def describe_document(name: str, role: str, html: str) -> Document:
    """Return a document of this text, with what the package has to know of it."""
    return Document(
        name=name,
        role=role,
        deflated=deflate(html.encode()),
        properties=tuple(_find_properties(html, role)),
        ids=tuple(find_ids(html)),
        sources=tuple(sorted(find_sources(html))),
        letters="".join(sorted(set(unescape(html)))),
        inventory=take_inventory(html, role),
    )


def name_picture(path: str) -> str:
    """Return the path that a picture has in the package: EPUBCheck warns of blanks in a name, and old readers find no others."""
    if _PLAIN_PATH.fullmatch(path) and path == path.lower():  # two files of an archive cannot differ in capitals alone
        return path
    stem, _, ending = path.rpartition(".")
    return f"{re.sub('[^A-Za-z0-9_/.-]+', '-', stem)}-{digest('picture', path)[:8]}.{ending.lower()}"


def _name_pictures(html: str) -> str:
    """Return the document with the paths that its pictures have in the package."""

    def name_source(match: re.Match[str]) -> str:
        return f' src="{name_picture(read_file_path(unescape(match[1])))}"'

    return _SOURCE.sub(name_source, html)


def _find_properties(html: str, role: str) -> Iterator[str]:
    if role == "nav":
        yield "nav"
    if "<svg" in html:
        yield "svg"
    if re.search(r"<math\b", html):
        yield "mathml"


def _move_notes_to_end(html: str, document_name: str) -> str:
    """Move footnotes to the end of the document; a mark in the place of each leads there, and a number leads back."""
    if 'class="footnote"' not in html:
        return html
    tree = parse_document(html)
    _number_further_calls(tree, document_name)
    notes = [span for span in tree.iter(f"{HTML}span") if span.get("class") == "footnote"]
    holder = etree.SubElement(next(tree.iter(f"{HTML}section")), f"{HTML}div", {"class": "notes"})
    for number, note in enumerate(notes, 1):
        name = f"{document_name}-note-{number}"
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
    return serialise_document(tree)


def _number_further_calls(tree: etree._Element, document_name: str) -> None:
    """Turn further calls of a footnote into links with its number; they hold the number of notes from that note to here."""
    count = 0
    for span in list(tree.iter(f"{HTML}span")):
        if span.get("class") == "footnote":
            count += 1
        elif span.get("class") == "note-again":
            number = count + 1 - int(span.text)
            span.tag, span.text = f"{HTML}a", str(number)
            span.attrib.update({"href": f"#{document_name}-note-{number}", "class": "noteref", "role": "doc-noteref"})
            span.set(f"{EPUB}type", "noteref")
