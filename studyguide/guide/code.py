"""Reduce highlighting to what the styles show, divide listings into pieces for pages, and let long lines break: a pass over a tree."""

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from operator import itemgetter
from types import MappingProxyType
from typing import NamedTuple

from lxml import etree
from lxml.html import HtmlElement

from studyguide.guide.passage_tree import PassageTree

NARROWEST_MEASURE = 44  # characters of code side by side, six lists deep on A5
_MAX_WHOLE_LINES = 10  # of code that stands on one page
_MIN_PIECE_LINES = 4  # with text, at the beginning and the end of longer code
_MAX_SOLID_LINES = 24  # without a blank one and without a statement at the margin, that stand on one page
_CLAUSE = re.compile(r"(else|elif|except|finally)\b")
# Pygments' short names of the kinds of token that styles/code.css shows in a look of their own, by the class of that look.
_LOOKS = {
    **dict.fromkeys(("k", "kn", "kd", "kr", "kc", "ow", "nf", "nc"), "bold"),
    **dict.fromkeys(("c", "c1", "cm", "ch", "sd"), "italic"),
}
_TOKEN_NAME = re.compile(r"\w{1,3}")
_WORD = re.compile(r"\S+")
# The classes of guide.fences.ListingStyle.
_NUMBERED = re.compile(r"numbered-(\d{1,6})")
_MARKED = re.compile(r"marked-(\d{1,6})-(\d{1,6})")


class _Token(NamedTuple):
    """Characters of one line that were highlighted as one."""

    text: str
    look: str = ""
    """A class of the styles, or nothing."""
    is_marked: bool = False
    """True if an element of its own was around it."""
    around: tuple[HtmlElement, ...] = ()
    """The author's elements around it, the outermost first; one without a text is the last of these."""


class _Line(NamedTuple):
    """A line of a listing."""

    tokens: list[_Token]
    number: str = ""
    """The number that is printed before it, with the spaces around; empty in a listing without numbers."""
    is_marked: bool = False

    @property
    def text(self) -> str:
        return "".join(token.text for token in self.tokens)


@dataclass(slots=True)
class _OpenElement:
    """An element of a new line that is not complete."""

    element: HtmlElement
    original: HtmlElement | None = None
    """The author's element that it is a copy of."""
    last: HtmlElement | None = None
    """Its last child; to ask the element takes as long as it has children."""

    def add_text(self, text: str) -> None:
        if self.last is None:
            self.element.text = (self.element.text or "") + text
        else:
            self.last.tail = (self.last.tail or "") + text

    def add_element(self, tag: str, attributes: Mapping[str, str] = MappingProxyType({})) -> HtmlElement:
        self.last = etree.SubElement(self.element, tag, dict(attributes))
        return self.last

    def add_copy(self, original: HtmlElement) -> HtmlElement:
        """Add a copy of an element without its text, or of a formula's mark."""
        if isinstance(original.tag, str):
            return self.add_element(original.tag, original.attrib)
        self.last = etree.ProcessingInstruction(original.target, original.text)
        self.element.append(self.last)
        return self.last


def divide_listings(tree: PassageTree) -> None:
    """Divide each listing into spans of class ``kept``, which no page break divides.

    Highlighting is left in the classes ``bold`` and ``italic``. Lines too long for the narrowest measure become spans of class
    ``long``, which may break. The classes of ``ListingStyle`` become numbers before the lines, and marks around them.
    """
    for listing in tree.root.iter("pre"):
        code = _find_code(listing)
        if code is None:
            continue
        lines = _read_lines(code)
        for child in list(code):
            code.remove(child)
        code.text = None
        for piece in _split_listing(lines):
            kept = _OpenElement(etree.SubElement(code, "span", {"class": "kept"}))
            for line in piece:
                _write_line(kept, line)


def _read_lines(code: HtmlElement) -> list[_Line]:
    """Return the lines of code with the numbers and marks that its classes ask for; these classes are removed."""
    classes = code.get("class", "").split()
    firsts = [match for match in map(_NUMBERED.fullmatch, classes) if match]
    marks = [match for match in map(_MARKED.fullmatch, classes) if match]
    lines = list(_split_lines(_list_tokens(code, ())))
    if not firsts and not marks:
        return [_Line(tokens) for tokens in lines]
    others = [each for each in classes if not _NUMBERED.fullmatch(each) and not _MARKED.fullmatch(each)]
    code.attrib.pop("class")
    if others:
        code.set("class", " ".join(others))
    width = len(str(int(firsts[0][1]) + len(lines) - 1)) if firsts else 0
    return [
        _Line(
            tokens,
            f"{int(firsts[0][1]) + place - 1:>{width}} " if firsts else "",
            any(int(mark[1]) <= place <= int(mark[2]) for mark in marks),
        )
        for place, tokens in enumerate(lines, 1)
    ]


def _find_code(listing: HtmlElement) -> HtmlElement | None:
    """Return the code of a listing that begins with it; None for one that does not."""
    first = listing[0] if len(listing) and not listing.text else None
    if first is not None and first.tag == "span" and not (len(first) or first.text or first.tail or first.attrib):
        # pymdownx.highlight puts an empty element first, which would be a line that stays behind when its listing moves to the
        # next page.
        listing.remove(first)
        first = listing[0] if len(listing) else None
    return first if first is not None and first.tag == "code" else None


def _list_tokens(element: HtmlElement, around: tuple[HtmlElement, ...]) -> Iterator[_Token]:
    """Yield the text of an element in tokens."""
    if element.text:
        yield _Token(element.text, around=around)
    for child in element:
        name = child.get("class", "") if child.tag == "span" and not len(child) and len(child.attrib) == 1 else ""
        if _TOKEN_NAME.fullmatch(name):
            if child.text:
                yield _Token(child.text, _LOOKS.get(name, ""), True, around)
        elif isinstance(child.tag, str) and (len(child) or child.text):
            yield from _list_tokens(child, (*around, child))
        else:
            yield _Token("", around=(*around, child))
        if child.tail:
            yield _Token(child.tail, around=around)


def _split_lines(tokens: Iterator[_Token]) -> Iterator[list[_Token]]:
    """Yield the tokens of each line: one over several lines becomes one for each."""
    line: list[_Token] = []
    for token in tokens:
        if "\n" not in token.text:
            line.append(token)
            continue
        *whole, rest = token.text.split("\n")
        for text in whole:
            yield [*line, token._replace(text=text + "\n")]
            line = []
        if rest:
            line.append(token._replace(text=rest))
    if line:
        yield line


def _split_listing(lines: Sequence[_Line]) -> Iterator[Sequence[_Line]]:
    """Yield the lines of a listing in pieces: a short one as a whole, a long one divided where its sense allows it."""
    texts = [line.text.rstrip() for line in lines]
    starts = [0]
    for position in _find_breaks(texts) if len(lines) > _MAX_WHOLE_LINES else ():
        parts = (texts[starts[-1] : position], texts[position:])
        if all(sum(map(bool, part)) >= _MIN_PIECE_LINES for part in parts):
            starts.append(position)
    yield from (lines[start:end] for start, end in pairwise([*starts, len(lines)]))


def _find_breaks(texts: Sequence[str]) -> Iterator[int]:
    """Yield the lines before which a page may end, in order.

    These are the lines after blank ones, statements in a long run, and any line in a very long run without statements.
    """
    after_blank = [number for number in range(1, len(texts)) if texts[number] and not texts[number - 1]]
    for start, end in pairwise([0, *after_blank, len(texts)]):
        if start:
            yield start
        if end - start > _MAX_WHOLE_LINES:
            inside = range(start + 1, end)
            statements = [number for number in inside if _starts_statement(texts[number], texts[number - 1])]
            yield from statements or (inside if end - start > _MAX_SOLID_LINES else ())


def _starts_statement(line: str, line_before: str) -> bool:
    """Return True if a statement begins here that neither ends another nor belongs to a comment or decorator above."""
    continuing = ("", " ", "\t", ")", "]", "}", "#", "@")
    return line[:1] not in continuing and line_before[:1] not in ("#", "@") and not _CLAUSE.match(line)


def _write_line(piece: _OpenElement, line: _Line) -> None:
    """Add a line to a piece. One longer than the narrowest measure may break, its continuation indented two characters more."""
    text, tokens, width = line.text, line.tokens, len(line.number)
    shown = text.rstrip().expandtabs()
    breaks: frozenset[int] = frozenset()
    if len(shown) + width > NARROWEST_MEASURE:
        hang = min(len(shown) - len(shown.lstrip()), NARROWEST_MEASURE // 2) + 2 + width
        style = f"padding-left:{hang}ch;text-indent:-{hang}ch"
        piece = _OpenElement(piece.add_element("span", {"class": "long", "style": style}))
        breaks = frozenset(_find_line_breaks(text, tokens))
    if line.number:
        # The number is no text: it is neither copied nor read out with the code.
        piece.add_element("span", {"class": "line-number", "data-number": line.number})
    if line.is_marked:
        tokens = [token._replace(text=token.text.removesuffix("\n")) for token in tokens]
        _write_tokens(_OpenElement(piece.add_element("mark")), tokens, breaks)
        piece.add_text("\n" * text.endswith("\n"))
    else:
        _write_tokens(piece, tokens, breaks)


def _write_tokens(piece: _OpenElement, tokens: Sequence[_Token], breaks: frozenset[int]) -> None:
    """Add tokens of a line to a piece, and a place for a line break before those with the numbers ``breaks``."""
    writer = _LineWriter(piece)
    for around, numbers in groupby(range(len(tokens)), lambda number: tokens[number].around):
        writer.open_elements(around)
        for look, pieces in _merge_tokens(tokens, numbers, breaks):
            writer.write(look, pieces)


def _find_line_breaks(text: str, line: Sequence[_Token]) -> Iterator[int]:
    """Yield the tokens before which a long run without spaces may break: WeasyPrint never breaks between elements by itself."""
    runs = [match.span() for match in _WORD.finditer(text) if len(match[0]) > NARROWEST_MEASURE // 2]
    place = 0
    for number, (before, after) in enumerate(pairwise(line), 1):
        place += len(before.text)
        can_break = (after.is_marked and (before.is_marked or not before.text[-1:].isspace())) or (
            before.is_marked and not after.text[:1].isspace()
        )
        run = bisect_left(runs, place, key=itemgetter(1))
        if can_break and run < len(runs) and runs[run][0] <= place:
            yield number


def _merge_tokens(
    line: Sequence[_Token], numbers: Iterable[int], breaks: frozenset[int]
) -> Iterator[tuple[str, list[str | None]]]:
    """Yield each run of tokens that look alike: their look and their texts, with None where the line may break.

    Spaces look the same in every look.
    """
    run_look, run, gap = "", list[str | None](), list[str | None]()
    for number in numbers:
        text, look, *_ = line[number]
        gap += [None] if number in breaks else []
        if look == run_look:
            run += [*gap, text]
            gap = []
        elif not look and not text.strip(" "):
            gap.append(text)
        else:
            yield run_look, run
            if look:
                yield "", gap
                gap = []
            run_look, run, gap = look, [*gap, text], []
    yield run_look, run
    yield "", gap


class _LineWriter:
    """Adds a line to a tree."""

    def __init__(self, piece: _OpenElement) -> None:
        self._open = [piece]

    def open_elements(self, around: Sequence[HtmlElement]) -> None:
        """Close what is not around the text that follows, and open copies of what is."""
        same = 1
        for each, wanted in zip(self._open[1:], around, strict=False):
            if each.original is not wanted:
                break
            same += 1
        del self._open[same:]
        for original in around[same - 1 :]:
            self._open.append(_OpenElement(self._open[-1].add_copy(original), original))

    def write(self, look: str, pieces: Sequence[str | None]) -> None:
        """Add texts in one look, with a place for a line break for each None."""
        if not pieces:
            return
        parent = self._open[-1]
        if look:
            parent = _OpenElement(parent.add_element("span", {"class": look}))
        for text in _join_texts(pieces):
            if text is None:
                parent.add_element("wbr")
            elif text:
                parent.add_text(text)


def _join_texts(pieces: Iterable[str | None]) -> Iterator[str | None]:
    """Yield the texts between two breaks as one: a tree takes long for many."""
    for is_text, same in groupby(pieces, lambda piece: piece is not None):
        texts = list(same)
        yield from ["".join(filter(None, texts))] if is_text else texts
