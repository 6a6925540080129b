"""Give an EPUB the page numbers of a printed book: Book, PageBreaks → Book.

Sections of the same name hold the same passages in both; each break goes where its page begins.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from html import escape
from itertools import chain

from lxml import etree

from studyguide.epub.xhtml import EPUB, HTML, parse_document, serialise_document, split_at_drawings
from studyguide.locale import load_locale
from studyguide.model import Book, Html
from studyguide.page_breaks import (
    PICTURE,
    Element,
    PageBreak,
    count_letters,
    find_blocks,
    is_block,
    is_counted,
    is_picture,
    is_uncounted,
)


def add_page_breaks(book: Book, breaks: Mapping[str, Sequence[PageBreak]], printed: Book) -> Book:
    """Return the book with the pages that begin in each of its sections, and with a list of the pages.

    ``breaks`` has the pages of each section of the printed edition by the section's name.
    """
    shared = {section.name: breaks[section.name] for section in book.sections if breaks.get(section.name)}
    if not shared:
        return book
    locale = load_locale(book.config.language, own=book.config.own_words)
    page_list = _render_page_list(locale.landmarks.pages, shared)
    sections = [
        replace(section, text=Html(str(section.html).replace("</body>", f"{page_list}</body>")))
        if section.role == "nav"
        else section
        for section in book.sections
    ]
    return replace(book, sections=tuple(sections), page_breaks=shared, page_source=_cite(printed))


def _cite(printed: Book) -> str:
    """Name a printed edition: its file and its version."""
    config = printed.config
    colophon = load_locale(config.language, own=config.own_words).colophon
    version = colophon.version.format(version=config.version) if config.version else ""
    return ", ".join(filter(None, [f"{printed.file_stem}.pdf", version]))


def _render_page_list(title: str, breaks: Mapping[str, Sequence[PageBreak]]) -> str:
    lines = (
        f'<li><a href="{name}.xhtml#page-{page.label}">{page.label}</a></li>\n'
        for name, pages in breaks.items()
        for page in pages
    )
    return (
        f'<nav epub:type="page-list" role="doc-pagelist" id="page-list" hidden="hidden">\n<h2>{escape(title)}</h2>\n'
        f"<ol>\n{''.join(lines)}</ol>\n</nav>\n"
    )


def mark_pages(html: str, breaks: Sequence[PageBreak]) -> str:
    """Return a document with a mark for each page.

    A page whose beginning is unknown, such as a blank one, is marked where the next begins.
    """
    if not breaks:
        return html
    text, drawings = _remove_drawings(html)
    tree = parse_document(text)
    blocks = dict(find_blocks(tree))
    waiting: list[Element] = []
    for label, start in breaks:
        waiting.append(_make_mark(label))
        if start and start.address in blocks:
            _insert_marks(blocks[start.address], start.letters, waiting)
            waiting = []
    next(tree.iter(f"{HTML}section")).extend(waiting)
    pieces = serialise_document(tree).split("<svg/>")
    return "".join(chain.from_iterable(zip(pieces, [*drawings, ""], strict=True)))


def _remove_drawings(html: str) -> tuple[str, list[str]]:
    """Return the document with an empty ``<svg/>`` for each drawing, and the drawings: most of a document is drawings."""
    pieces, rest = split_at_drawings(html)
    text = "".join(f"{before}<svg/>" for before, _ in pieces) + rest
    return text, [f"<svg{drawing}</svg>" for _, drawing in pieces]


def _make_mark(label: str) -> Element:
    attributes = {f"{EPUB}type": "pagebreak", "role": "doc-pagebreak", "id": f"page-{label}", "aria-label": label}
    return etree.Element(f"{HTML}span", attributes)


def _insert_marks(block: Element, letters: int, marks: Sequence[Element]) -> None:
    """Insert the marks behind so many letters of a block, or at its end if it has fewer."""
    if letters == 0:
        _split_text(block, "text", 0, marks)
        return
    for holder, slot, text in _find_slots(block):
        if count_letters(text) <= letters:
            letters -= count_letters(text)
        elif slot == "before":
            parent = holder.getparent()
            index = parent.index(holder)
            parent[index:index] = marks
            return
        else:
            _split_text(holder, slot, _find_letter(text, letters), marks)
            return
    block.extend(marks)


def _find_slots(element: Element) -> Iterator[tuple[Element, str, str]]:
    """Yield the texts and pictures of a block, without those of blocks inside it: the element, ``text``, ``tail`` or
    ``before`` it, and the text."""
    yield element, "text", element.text or ""
    for child in element:
        if not is_block(child) and not is_uncounted(child):
            yield from ((child, "before", PICTURE),) if is_picture(child) else _find_slots(child)
        yield child, "tail", child.tail or ""


def _find_letter(text: str, letters: int) -> int:
    """Return the index of the letter that follows so many others, or of the word that it begins."""
    index = [place for place, character in enumerate(text) if is_counted(character)][letters]
    word = index - len(text[:index].rpartition(" ")[2].rpartition("\n")[2])
    return index if count_letters(text[word:index]) else word


def _split_text(holder: Element, slot: str, index: int, marks: Sequence[Element]) -> None:
    """Divide the ``text`` or the ``tail`` of an element, and insert the marks between the halves."""
    text = getattr(holder, slot) or ""
    setattr(holder, slot, text[:index])
    marks[-1].tail = text[index:]
    parent, place = (holder, 0) if slot == "text" else (holder.getparent(), holder.getparent().index(holder) + 1)
    parent[place:place] = marks
