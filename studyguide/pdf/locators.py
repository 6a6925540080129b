"""Fill the last lines of an entry with page numbers: Galley of its text, Galleys of locators → Galley.

A locator (ISO 999) is a page number or a range of pages behind an entry of the index or the glossary. Which pages join to a range
changes whenever pages shift, so a locator is no part of the entry's block: each shape of a locator, such as a number of two digits
and a comma, is set once, and copies of it are placed on the lines here. Lengths are CSS pixels.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from html import unescape
from itertools import count
from typing import NamedTuple

from studyguide.html_text import TAG, VOID_TAGS
from studyguide.pdf.galley import Galley, StripLink
from studyguide.pdf.section_pages import POINTS, Follow, Hole, Push, Segment

_LIST = re.compile(
    r'(\s?)<span class="locators">((?:<span class="locator">.*?</span>\s*)+)</span>(?=\s*</(?:p|li)>)', re.DOTALL
)
_LOCATOR = re.compile(r'<span class="locator">.*?</span>(?=\s*(?:<span class="locator">|$))', re.DOTALL)
_HREF = re.compile(r'(?<= href=")([^"#]*#)([^"]*)')
_TITLE = re.compile(r'(?<= title=")([^"]*)')
_IDENTIFIER = re.compile(r' id="[^"]*"')
_SPACE = '<span style="white-space:pre"> </span>'
_INLINE = re.compile(rb"/S /(?:Span|NonStruct|Link|Figure|Formula|Reference)\b")
_ROUNDING = 0.01  # px by which a line may be longer than its measure

# Names of places in the galleys that are set here; none of the book has a full stop at its beginning.
_TEXT_END, _START, _LABEL, _END = ".text-end", ".start", ".label", ".end"
_LINE, _NEXT_LINE, _LEFT, _RIGHT = ".line", ".next-line", ".left", ".right"


class Locator(NamedTuple):
    """A page number or a range of pages, with its targets apart from what it looks like."""

    shape: str
    """Its HTML with the numbers of its links in place of their targets and titles."""
    targets: tuple[str, ...]
    """The anchor that each link leads to."""
    titles: tuple[str, ...]
    """The title of each link, for screen readers."""


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of an index or a glossary."""

    html: str
    """The block's HTML, with a mark in place of its locators."""
    frame: str
    """The opening tags around the locators, without identifiers."""
    has_space: bool
    """True if the first locator is apart from the text before it."""
    locators: tuple[Locator, ...]

    @property
    def specimens(self) -> tuple[str, ...]:
        """The HTML of the blocks that measure its lines and show its locators, in this order."""
        return (_make_ruler(self.frame), *(_make_specimen(self.frame, locator) for locator in self.locators))


def find_entry(html: str) -> Entry | None:
    """Return a block as an entry with locators, or None if it has none."""
    match = _LIST.search(html)
    if match is None:
        return None
    locators = tuple(_read_locator(each) for each in _LOCATOR.findall(match[2]))
    marked = f"{html[: match.start()]}{_mark(_TEXT_END)}{html[match.end() :]}"
    return Entry(marked, "".join(_find_open_tags(html[: match.start()])), bool(match[1]), locators)


def _read_locator(html: str) -> Locator:
    numbers, titles = count(), count()
    shape = _TITLE.sub(lambda _: str(next(titles)), _HREF.sub(lambda match: f"{match[1]}{next(numbers)}", html))
    targets = tuple(unescape(target) for _, target in _HREF.findall(html))
    return Locator(shape, targets, tuple(map(unescape, _TITLE.findall(html))))


def _find_open_tags(html: str) -> Iterator[str]:
    """Yield the tags that are still open at the end of a piece of HTML, without identifiers."""
    opened: list[str] = []
    for match in TAG.finditer(html):
        tag = match[0]
        if tag.startswith("</"):
            opened.pop()
        elif not tag.startswith("<!") and not tag.endswith("/>") and tag.strip("<>").split()[0] not in VOID_TAGS:
            opened.append(tag)
    yield from (_IDENTIFIER.sub("", tag) for tag in opened)


def _mark(name: str) -> str:
    """Return an element of no width with a name."""
    return f'<span id="{name}"></span>'


def _close(frame: str) -> str:
    names = [match[0].strip("<>").split()[0] for match in TAG.finditer(frame)]
    return "".join(f"</{name}>" for name in reversed(names))


def _make_ruler(frame: str) -> str:
    """Return a block whose second and third line tell where lines begin and end, and how far apart they are."""
    width = "display:inline-block;width:100%;text-indent:0;direction:ltr"
    edges = (
        f'<span style="{width};text-align:left">{_mark(_LEFT)}.</span>'
        f'<span style="{width};text-align:right">.{_mark(_RIGHT)}</span>'
    )
    return f"{frame}.<br/>{_mark(_LINE)}.<br/>{_mark(_NEXT_LINE)}.<br/>{edges}{_close(frame)}"


def _make_specimen(frame: str, locator: Locator) -> str:
    """Return a block with one locator, a space before it."""
    return f"{frame}{_mark(_START)}{_SPACE}{_mark(_LABEL)}{locator.shape}{_mark(_END)}{_close(frame)}"


# ---------------------------------------------------------------- galleys


class _Point(NamedTuple):
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Ruler:
    """The lines of an entry."""

    start: float
    """The x at which a line begins that continues the entry."""
    left: float
    right: float
    pitch: float
    rise: float
    """The distance from the top of a line down to the place of a mark in it."""

    def holds(self, x: float) -> bool:
        """True if text that ends at x, on the right or on the left, is not too long."""
        return self.left - _ROUNDING <= x <= self.right + _ROUNDING


@dataclass(frozen=True, slots=True)
class Shape:
    """A locator as it is set, to be copied."""

    galley: Galley
    start: _Point
    """The place of the space before it."""
    label: _Point
    """The place of the locator itself."""
    end: _Point
    root: int
    """The structure element that stands for the paragraph or the item of the entry."""
    elements: tuple[int, ...]
    """The elements below it, each before its kids."""


def measure_shape(galley: Galley) -> Shape:
    """Return the locator of a specimen."""
    start, label, end = (_find_mark(galley, name)[1] for name in (_START, _LABEL, _END))
    root = _find_text_holder(galley)
    return Shape(galley, start, label, end, root, tuple(_list_inner_elements(galley, root)))


def measure_ruler(galley: Galley) -> Ruler:
    """Return the lines of a specimen."""
    line, next_line, left, right = (_find_mark(galley, name)[1] for name in (_LINE, _NEXT_LINE, _LEFT, _RIGHT))
    pitch = next_line.y - line.y
    return Ruler(line.x, left.x, right.x, pitch, line.y - pitch - galley.strips[0].top)


def fill_entry(entry: Entry, text: Galley, ruler: Ruler, shapes: Sequence[Shape]) -> Galley:
    """Return the galley of an entry with its locators.

    ``text`` is that of ``entry.html``; ``ruler`` and ``shapes`` are those of ``entry.specimens``. Text may run to the left.
    """
    place, end = _find_mark(text, _TEXT_END)
    strip = text.strips[place]
    filled = _FilledGalley(text)
    x, line_y, added = end.x, end.y, 0
    for number, (locator, shape) in enumerate(zip(entry.locators, shapes, strict=True)):
        is_apart = bool(number) or entry.has_space
        first = shape.start if is_apart else shape.label
        if is_apart and not ruler.holds(x + shape.end.x - first.x):
            line_y = strip.bottom + added * ruler.pitch + ruler.rise
            added += 1
            x, first = ruler.start, shape.label
        filled.add(locator, shape, x - first.x, line_y - shape.start.y)
        x += shape.end.x - first.x
    return filled.finish(place, added * ruler.pitch)


def _find_mark(galley: Galley, name: str) -> tuple[int, _Point]:
    """Return the strip and the place of a mark."""
    return next(
        (number, _Point(anchor.x, anchor.y))
        for number, strip in enumerate(galley.strips)
        for anchor in strip.anchors
        if anchor.name == name
    )


class _FilledGalley:
    """A galley to which content is added."""

    def __init__(self, text: Galley) -> None:
        self._text = text
        self._elements = list(text.elements)
        self._contents = list(text.content_elements)
        self._links = list(text.links)
        self._segments: list[Segment | int] = []
        self._holder = _find_text_holder(text)
        self._sources: dict[int, Galley] = {}

    def add(self, locator: Locator, shape: Shape, dx: float, dy: float) -> None:
        """Add a copy of a locator, so far to the right of and below its place in ``shape``."""
        galley = shape.galley
        self._sources[id(galley)] = galley
        first = len(self._elements)
        numbers = {shape.root: self._holder} | {each: first + index for index, each in enumerate(shape.elements)}
        contents, links = len(self._contents), len(self._links)
        bases = {"content": contents, "link": links}

        def renumber(kids: Sequence[tuple[str, int]]) -> tuple[tuple[str, int], ...]:
            return tuple([(kind, numbers[kid] if kind == "element" else bases[kind] + kid) for kind, kid in kids])

        holder = self._elements[self._holder]
        self._elements[self._holder] = holder._replace(kids=(*holder.kids, *renumber(galley.elements[shape.root].kids)))
        for number in shape.elements:
            element = galley.elements[number]
            self._elements.append(element._replace(kids=renumber(element.kids)))
        self._contents += [numbers.get(each, self._holder) for each in galley.content_elements]
        for (left, top, right, bottom), target, words, owner, _ in galley.links:
            box = left + dx, top + dy, right + dx, bottom + dy
            title = locator.titles[int(words)]
            self._links.append(StripLink(box, _find_target(locator, target), title, numbers[owner], self._holder))
        self._copy_segments(locator, galley, dx, dy, contents)

    def _copy_segments(self, locator: Locator, galley: Galley, dx: float, dy: float, contents: int) -> None:
        """Add the drawing of a locator; its first marked content gets the number ``contents``."""

        def move(hole: Hole) -> Hole:
            _, face, digits, kind, size, x, y, is_slid, _ = hole
            target = _find_target(locator, hole.target)
            return Hole(target, face, digits, kind, size, x + dx * POINTS, y - dy * POINTS, is_slid, self._holder)

        self._segments.append(b"\nq 1 0 0 1 %.3f %.3f cm\n" % (dx, dy))
        for strip in galley.strips:
            for segment in strip.segments:
                match segment:
                    case int():
                        self._segments.append(contents + segment)
                    case Hole():
                        self._segments.append(move(segment))
                    case Push():
                        self._segments.append(segment._replace(hole=move(segment.hole)))
                    case Follow():
                        self._segments.append(segment._replace(holes=tuple(map(move, segment.holes))))
                    case _:
                        self._segments.append(segment)
        self._segments.append(b"\nQ\n")

    def finish(self, place: int, growth: float) -> Galley:
        """Return the galley, the strip of this number so much higher."""
        text, added = self._text, tuple(range(len(self._text.links), len(self._links)))
        strips = list(text.strips)
        strip = strips[place]
        strips[place] = strip._replace(
            bottom=strip.bottom + growth,
            segments=(*strip.segments, *self._segments),
            anchors=tuple(anchor for anchor in strip.anchors if anchor.name != _TEXT_END),
            links=(*strip.links, *added),
        )
        galleys = (text, *self._sources.values())
        return replace(
            text,
            strips=tuple(strips),
            height=text.height + growth,
            elements=tuple(self._elements),
            content_elements=tuple(self._contents),
            links=tuple(self._links),
            resources=tuple(dict.fromkeys(each for galley in galleys for each in galley.resources)),
            faces=tuple(dict.fromkeys(each for galley in galleys for each in galley.faces)),
        )


def _find_target(locator: Locator, target: str) -> str:
    """Return the target of a link or a hole whose number in the locator is ``target``."""
    return f"#{locator.targets[int(target[1:])]}"


def _find_text_holder(galley: Galley) -> int:
    """Return the last element that is no part of a line: the paragraph or the item that ends with the mark."""
    return max(number for number, each in enumerate(galley.elements) if not _INLINE.search(each.head))


def _list_inner_elements(galley: Galley, root: int) -> list[int]:
    """Return the elements below an element, each before its kids."""
    found: list[int] = []
    for kind, kid in galley.elements[root].kids:
        if kind == "element":
            found += [kid, *_list_inner_elements(galley, kid)]
    return found
