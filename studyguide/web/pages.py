"""Make the pages of a site: Section → Page, each by itself."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from html import unescape
from urllib.parse import quote

from markupsafe import escape

from studyguide.bidi import get_direction
from studyguide.drawings import inline_drawings
from studyguide.html_text import (
    BLOCK_TAGS,
    NOTE_AGAIN,
    NOTE_START,
    find_sources,
    make_file_address,
    read_file_path,
    split_notes,
    strip_tags,
)
from studyguide.locale import Locale, load_locale
from studyguide.maths import convert_formulas, write_formulas
from studyguide.model import Asset, Book, Html, Section, WebOptions
from studyguide.problems import Place
from studyguide.runtime.search_index import SearchText
from studyguide.store import digest
from studyguide.web.lean import make_lean

_FILES = {"nav": "index.html", "not-found": "404.html"}
"""Names of sections whose files have names that servers know."""
_PARTS_OF_START_PAGE = ("cover", "colophon")
"""The roles of sections that have no page of their own."""
_LISTED = ("how-to-use", "prose", "chapter", "glossary", "by-subject")
"""The roles of the pages that the list of pages has."""
_SOURCE = re.compile(r' src="([^"]*)"')
_ADDRESS_SIGNS = "!#$%&'()*+,/:;=?@[]~"
"""Signs that an address has besides letters, digits, `-`, `.` and `_` (RFC 3986, 2.2)."""
_SCRIPT = ' src="site.js"'
_PAGE_MARK = re.compile(r"<!--page:([^<>]*?)-->")
_QUESTION = re.compile(
    r'<article class="question" id="([^"]*)" [^>]*data-number="([^"]*)"[^>]*>.*?<!--/text-->', re.DOTALL
)
_HEADING = re.compile(r"<h2>(.*?)</h2>", re.DOTALL)
_TERM = re.compile(r'<dt id="([^"]*)">(.*?)</dt>(.*?)(?=<dt id="|</main>)', re.DOTALL)
_FORMULA = re.compile(r"<math\b.*?</math>", re.DOTALL)
_TAG = re.compile(r"<[^>]*>")
_LABEL = re.compile(r"<(summary|h3|nav|button|template)\b.*?</\1>", re.DOTALL)
_BLOCK = re.compile(rf"(?=</?(?:{'|'.join((*BLOCK_TAGS, 'div', 'pre'))})\b)")
_MAIN = re.compile(r"<main\b[^>]*>(.*?)<!--notes-->", re.DOTALL)


@dataclass(frozen=True, slots=True)
class PageLink:
    """A page in the list of pages."""

    file: str
    title: str


@dataclass(frozen=True, slots=True)
class Frame:
    """The facts of a site that all its pages share."""

    guide: str
    """The name under which a browser keeps what a reader does."""
    title: str
    description: str
    language: str
    own_words: tuple[tuple[str, str], ...]
    """The guide's own words, by their languages."""
    site_url: str
    """With a slash at its end; empty if it is not known."""
    links: tuple[PageLink, ...]


@dataclass(frozen=True, slots=True)
class PageJob:
    """A page to be made of a section."""

    section: Section
    frame: Frame
    drawings: tuple[Asset, ...] = ()
    """The SVG files that the section may show."""
    numbers: tuple[tuple[str, str], ...] = ()
    """The identifiers of its questions, and the printed numbers of their pages."""

    @property
    def key(self) -> str:
        drawings = [(asset.path, asset.digest) for asset in self.drawings]
        section = self.section
        return digest("page of a site", section.name, section.title, section.digest, self.frame, drawings, self.numbers)

    @property
    def place(self) -> Place:
        return self.section.place


@dataclass(frozen=True, slots=True)
class Page:
    """A finished page."""

    file: str
    data: bytes = field(repr=False)
    pictures: tuple[str, ...]
    """The paths of the pictures that are files of their own."""
    texts: tuple[SearchText, ...] = field(repr=False)
    letters: str
    """Each character of its formulas once."""


def make_jobs(book: Book) -> tuple[PageJob, ...]:
    """Return a job for each section that has a page of its own."""
    sections = [section for section in book.sections if section.role not in _PARTS_OF_START_PAGE]
    drawings = {asset.path: asset for asset in book.assets if asset.is_drawing}
    frame = _make_frame(book, sections)
    return tuple(
        PageJob(
            section,
            frame,
            tuple(drawings[path] for path in section.sources if path in drawings),
            tuple((entry.question, book.page_numbers.get(entry.question, "")) for entry in section.entries),
        )
        for section in sections
    )


def name_file(section: Section) -> str:
    return _FILES.get(section.name, f"{section.name}.html")


def _make_frame(book: Book, sections: Sequence[Section]) -> Frame:
    options, config = book.edition.options, book.config
    assert isinstance(options, WebOptions)
    return Frame(
        guide=f"{config.name}/{book.edition.name}",
        title=config.title,
        description=config.description,
        language=config.language,
        own_words=config.own_words,
        site_url=options.site_url,
        links=tuple(PageLink(name_file(each), each.title) for each in sections if each.role in _LISTED),
    )


def make_page(job: PageJob) -> Page:
    """Return the page of a section."""
    section, frame = job.section, job.frame
    html, file = str(section.html), name_file(section)
    texts = tuple(_find_texts(html, file, section)) if section.role in _LISTED else ()
    html = _move_notes_to_end(html)
    html = _write_page_numbers(html, dict(job.numbers), load_locale(frame.language, own=frame.own_words))
    html = html.replace("<!--head-->", _write_head(frame, file, section.title), 1)
    html = html.replace("<!--chapters-->", _write_links(frame, file), 1)
    html = html.replace("<!--neighbours-->", _write_neighbours(frame, file), 1)
    html = inline_drawings(str(convert_formulas(Html(html), "mathml")), "-drawing", job.drawings)
    pictures = tuple(sorted(find_sources(html.replace(_SCRIPT, ""))))
    html = make_lean(_name_pictures(html))
    return Page(file, html.encode(), pictures, texts, _find_letters(html))


# ---------------------------------------------------------------- texts for the search


def _find_texts(html: str, file: str, section: Section) -> Iterator[SearchText]:
    """Yield the texts of a page: of each question, of each term, and of the page without these."""
    found = _MAIN.search(html)
    body = found[1] if found else ""
    for question in _QUESTION.finditer(body):
        heading = _HEADING.search(question[0])
        title = f"{question[2]} {_write_text(heading[1])}" if heading else question[2]
        text = question[0].partition("<!--text-->")[2]
        yield SearchText(f"{file}#{unescape(question[1])}", title, _write_text(text))
    if section.role == "glossary":
        for name, title, text in _TERM.findall(f"{body}</main>"):
            yield SearchText(f"{file}#{unescape(name)}", _write_text(title), _write_text(text))
    elif section.role in ("chapter", "prose", "how-to-use"):
        yield SearchText(file, section.title, _write_text(_QUESTION.sub("", body)))


def _write_text(html: str) -> str:
    """Return the text of a piece of HTML without the labels of its parts, its formulas as lines of text."""
    return strip_tags(_BLOCK.sub(" ", _LABEL.sub(" ", write_formulas(html))))


# ---------------------------------------------------------------- the text of a page


def _find_letters(html: str) -> str:
    """Return each character of the formulas of a page once."""
    return "".join(sorted({letter for each in _FORMULA.findall(html) for letter in unescape(_TAG.sub("", each))}))


# ---------------------------------------------------------------- what a page has besides its text


def _move_notes_to_end(html: str) -> str:
    """Move footnotes to the end of the page; a mark in the place of each leads there, and its number leads back."""
    if NOTE_START not in html:
        return html.replace("<!--notes-->", "", 1)
    texts, notes = split_notes(html)
    pieces = [_write_further_calls(texts[0], 0)]
    for number, text in enumerate(texts[1:], 1):
        pieces += _write_call(number, is_first=True), _write_further_calls(text, number)
    listed = "".join(
        f'<p id="-note-{number}"><a href="#-note-{number}.ref" role="doc-backlink">{number}.</a> {note}</p>\n'
        for number, note in enumerate(notes, 1)
    )
    return "".join(pieces).replace("<!--notes-->", f'<div class="notes">\n{listed}</div>', 1)


def _write_further_calls(text: str, count: int) -> str:
    """Write the numbers of notes that are called again; ``count`` is the number of notes before the text."""
    return NOTE_AGAIN.sub(lambda again: _write_call(count + 1 - int(again[1])), text)


def _write_call(number: int, is_first: bool = False) -> str:
    name = f' id="-note-{number}.ref"' if is_first else ""
    return f'<sup><a{name} href="#-note-{number}" class="noteref" role="doc-noteref">{number}</a></sup>'


def _write_page_numbers(html: str, numbers: dict[str, str], locale: Locale) -> str:
    """Write the printed page number of each question into its head."""

    def write(mark: re.Match[str]) -> str:
        label = numbers.get(unescape(mark[1]))
        page = locale.page_references.page.format(number=label)
        return f'<span class="in-print">{escape(locale.web.in_print.format(page=page))}</span>' if label else ""

    return _PAGE_MARK.sub(write, html)


def _write_head(frame: Frame, file: str, title: str) -> str:
    """Return the metadata of a page."""
    is_start = file == _FILES["nav"]
    named = {"studyguide": frame.guide, "description": frame.description if is_start else ""}
    properties = {
        "og:type": "website" if is_start else "article",
        "og:title": frame.title if is_start else title,
        "og:site_name": frame.title,
        "og:description": frame.description,
        "og:locale": frame.language.replace("-", "_"),
        "og:url": make_page_address(frame.site_url, "" if is_start else file) if frame.site_url else "",
    }
    tags = [f'<meta name="{name}" content="{escape(value)}">' for name, value in named.items() if value]
    tags += [f'<meta property="{name}" content="{escape(value)}">' for name, value in properties.items() if value]
    return "\n".join(tags)


def make_page_address(site_url: str, file: str) -> str:
    """Return the address of a file of the site in the letters of ASCII (RFC 3986)."""
    return quote(f"{site_url}{quote(file)}", safe=_ADDRESS_SIGNS)


def _write_links(frame: Frame, file: str) -> str:
    """Return the list of pages, in which this one is marked."""
    lines = (_write_link(link, ' aria-current="page"' * (link.file == file)) for link in frame.links)
    return f"<ol>{''.join(f'<li>{line}</li>' for line in lines)}</ol>"


def _write_neighbours(frame: Frame, file: str) -> str:
    """Return links to the pages before and behind this one."""
    place = next((place for place, link in enumerate(frame.links) if link.file == file), None)
    if place is None:
        return ""
    left, right = ("→", "←") if get_direction(frame.language) == "rtl" else ("←", "→")
    before = [_write_link(frame.links[place - 1], ' rel="prev"', before=left)] if place else []
    behind = [_write_link(link, ' rel="next"', behind=right) for link in frame.links[place + 1 : place + 2]]
    return "".join((*before, *behind))


def _write_link(link: PageLink, attributes: str, before: str = "", behind: str = "") -> str:
    arrows = [f'<span aria-hidden="true">{arrow}</span>' if arrow else "" for arrow in (before, behind)]
    return f'<a href="{escape(link.file)}"{attributes}>{" ".join(filter(None, (arrows[0], escape(link.title), arrows[1])))}</a>'


def _name_pictures(html: str) -> str:
    """Return the page with the addresses that its pictures have in the folder."""
    return _SOURCE.sub(lambda match: f' src="{make_file_address(read_file_path(unescape(match[1])))}"', html)
