"""Give an EPUB the page numbers of a printed book: Volume, Breaks → Volume.

Sheets of the same name hold the same passages in both; each break goes where its page begins.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain
from typing import Any

from lxml import etree

from studyguide.locale import load_locale
from studyguide.model import Html, Sheet, Volume
from studyguide.outputs.pdf.gathering import Break
from studyguide.outputs.pdf.opening import PICTURE, apart, block, blocks, lettered, letters, pictured
from studyguide.outputs.xhtml import EPUB, HTML, drawings_apart, parsed, written


def paginated(volume: Volume, breaks: Mapping[str, Sequence[Break]], source: str) -> Volume:
    """The volume with a break where each page of its own sheets begins, and with a list of them; ``source`` has them."""
    shared = {sheet.name: breaks[sheet.name] for sheet in volume.sheets if breaks.get(sheet.name)}
    if not shared:
        return volume
    listed = page_list(load_locale(volume.config.language).landmarks.pages, shared)
    sheets = [
        replace(sheet, html=Html(str(sheet.html).replace("</body>", f"{listed}</body>")))
        if sheet.role == "nav"
        else marked(sheet, shared.get(sheet.name, ()))
        for sheet in volume.sheets
    ]
    return replace(volume, sheets=tuple(sheets), page_source=source)


def cited(volume: Volume) -> str:
    """How a printed book is called: its file and its version."""
    config = volume.config
    colophon = load_locale(config.language).colophon
    version = colophon.version.format(version=config.version) if config.version else ""
    return ", ".join(filter(None, [f"{config.name}{volume.edition.suffix}.pdf", version]))


def page_list(title: str, breaks: Mapping[str, Sequence[Break]]) -> str:
    lines = (
        f'<li><a href="{name}.xhtml#page-{page.label}">{page.label}</a></li>\n'
        for name, pages in breaks.items()
        for page in pages
    )
    return (
        f'<nav epub:type="page-list" role="doc-pagelist" id="page-list" hidden="hidden">\n<h2>{title}</h2>\n'
        f"<ol>\n{''.join(lines)}</ol>\n</nav>\n"
    )


def marked(sheet: Sheet, breaks: Sequence[Break]) -> Sheet:
    """The sheet with its breaks; one whose place is unknown, as a blank page's is, goes where the next one goes."""
    if not breaks:
        return sheet
    text, drawings = undrawn(sheet.html)
    tree = parsed(text)
    places = dict(blocks(tree))
    waiting: list[Any] = []
    for label, opening in breaks:
        waiting.append(mark(label))
        if opening and opening[:3] in places:
            put(places[opening[:3]], opening.letters, waiting)
            waiting = []
    next(tree.iter(f"{HTML}section")).extend(waiting)
    pieces = written(tree).split("<svg/>")
    return replace(sheet, html=Html("".join(chain.from_iterable(zip(pieces, [*drawings, ""], strict=True)))))


def undrawn(html: str) -> tuple[str, list[str]]:
    """A document with an empty element for each of its drawings, of which most of it is made, and the drawings."""
    pieces, rest = drawings_apart(html)
    text = "".join(f"{before}<svg/>" for before, _ in pieces) + rest
    return text, [f"<svg{drawing}</svg>" for _, drawing in pieces]


def mark(label: str) -> Any:
    attributes = {f"{EPUB}type": "pagebreak", "role": "doc-pagebreak", "id": f"page-{label}", "aria-label": label}
    return etree.Element(f"{HTML}span", attributes)


def put(home: Any, count: int, marks: Sequence[Any]) -> None:
    """Put the marks behind so many letters of a block, at its end if it has no more."""
    if count == 0:
        into_text(home, "text", 0, marks)
        return
    for holder, slot, text in slots(home):
        if letters(text) <= count:
            count -= letters(text)
        elif slot == "before":
            parent = holder.getparent()
            at = parent.index(holder)
            parent[at:at] = marks
            return
        else:
            into_text(holder, slot, behind(text, count), marks)
            return
    home.extend(marks)


def slots(element: Any) -> Iterator[tuple[Any, str, str]]:
    """The texts and pictures of a block, those of the blocks inside left out: whose it is, where it is kept, the text."""
    yield element, "text", element.text or ""
    for child in element:
        if not block(child) and not apart(child):
            yield from ((child, "before", PICTURE),) if pictured(child) else slots(child)
        yield child, "tail", child.tail or ""


def behind(text: str, count: int) -> int:
    """Where the letter that follows so many others stands, or the word that it begins."""
    at = [place for place, character in enumerate(text) if lettered(character)][count]
    word = at - len(text[:at].rpartition(" ")[2].rpartition("\n")[2])
    return at if letters(text[word:at]) else word


def into_text(holder: Any, slot: str, at: int, marks: Sequence[Any]) -> None:
    """Divide a text, and put the marks between its halves."""
    text = getattr(holder, slot) or ""
    setattr(holder, slot, text[:at])
    marks[-1].tail = text[at:]
    parent, place = (holder, 0) if slot == "text" else (holder.getparent(), holder.getparent().index(holder) + 1)
    parent[place:place] = marks
