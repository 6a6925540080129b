"""Divide a section into blocks: HTML of a section → Blocks, each of which is set by itself.

A block is a chapter's opening, one question, one part of an answer, a run of prose, a footnote, or an entry of contents,
glossary or index. The containers around it (the question's ``section``, the list's ``ol``) are data beside it: their
identifiers differ between editions, and the block's HTML does not.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import NamedTuple

from studyguide.html_text import NOTE_AGAIN, NOTE_START, TAG, VOID_TAGS, split_notes
from studyguide.pdf.locators import Entry, find_entry

_WORD_JOINER = "\u2060"  # so that no line begins with the mark of a footnote
_CONTAINERS = re.compile(
    r'<(?:section class="(?:answer|question)"|nav\b|dl class="(?:glossary|subjects)"|div class="columns")'
)
"""The beginnings of elements that are divided further."""
_SINGLE = re.compile(r'<(?:header\b|div class="(?:part|ask|space|division)\b|section\b|table class="progress"|aside\b)')
"""The beginnings of elements that are blocks by themselves."""
_ENTRY_LIST = re.compile(r"<[ou]l\b")
_HEADING = re.compile(r"<h[12]\b")
_TABLE_HEAD = re.compile(r"<thead>.*?</thead>", re.DOTALL)
_ATTRIBUTE = re.compile(r' ([\w-]+)="([^"]*)"')


@dataclass(frozen=True, slots=True)
class Container:
    """An element around blocks."""

    tag: str
    classes: str = ""
    id: str = ""
    lang: str = ""
    direction: str = ""
    serial: int = 0
    """A number that differs from those of other containers of the section."""

    @property
    def opening(self) -> str:
        """The part of its opening tag that matters for typesetting.

        A ``section`` has no class, and identifiers are left out, so a part of an answer is one block in every edition.
        """
        attributes = {"class": "" if self.tag == "section" else self.classes, "lang": self.lang, "dir": self.direction}
        text = "".join(f' {name}="{value}"' for name, value in attributes.items() if value)
        return f"<{self.tag}{text}>"


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of a section."""

    html: str
    path: tuple[Container, ...] = ()
    """The containers around it, the outermost first."""
    notes: tuple[str, ...] = ()
    """The HTML of the footnotes that are called in it, each a block."""
    entry: Entry | None = None
    """The entry that it is, if page numbers follow its text; ``html`` is without them."""


class _Piece(NamedTuple):
    """A child of a container."""

    opening: str
    """Its opening tag; empty for text."""
    inner: tuple[int, int]
    """The beginning and the end of the HTML inside it, in the section's HTML."""
    html: str


def divide_section(html: str) -> tuple[Block, ...]:
    """Return the blocks of a section in their order; footnotes are numbered through the section."""
    counter = _Counter()
    found = _divide(html, (0, len(html)), (), counter)
    number = 1
    blocks = []
    for block in found:
        text, notes = _take_notes(block.html, number)
        number += len(notes)
        entry = find_entry(text)
        blocks.append(Block(entry.html if entry else text, block.path, notes, entry))
    return tuple(blocks)


@dataclass
class _Counter:
    containers: int = 0

    def count(self) -> int:
        self.containers += 1
        return self.containers


def _divide(html: str, span: tuple[int, int], path: tuple[Container, ...], counter: _Counter) -> Iterator[Block]:
    run: list[str] = []
    for piece in _find_children(html, *span):
        if _is_divided(piece, path):
            yield from _split_run(run, path)
            run = []
            inner = (*path, _make_container(piece.opening, counter.count()))
            yield from _divide(html, piece.inner, inner, counter)
        elif _is_single(piece, path):
            yield from _split_run(run, path)
            run = []
            yield Block(piece.html, path)
        else:
            run.append(piece.html)
    yield from _split_run(run, path)


def _is_divided(piece: _Piece, path: Sequence[Container]) -> bool:
    in_list_of_pages = bool(path) and (path[-1].tag == "nav" or path[-1].classes == "columns")
    return bool(_CONTAINERS.match(piece.html) or (in_list_of_pages and _ENTRY_LIST.match(piece.html)))


def _is_single(piece: _Piece, path: Sequence[Container]) -> bool:
    in_list = bool(path) and path[-1].tag in ("ol", "ul", "dl")
    return bool(piece.opening) and (in_list or bool(_SINGLE.match(piece.html)))


def _split_run(run: Sequence[str], path: tuple[Container, ...]) -> Iterator[Block]:
    """Yield blocks of a run of elements: one begins at each heading, but tables with the same head stay in one block.

    Such tables get the same columns, which is settled inside a block.
    """
    groups: list[list[str]] = []
    for html in run:
        if not html.strip():
            continue
        if not groups or _HEADING.match(html):
            groups.append([])
        groups[-1].append(html)
    texts = ["\n".join(group) for group in groups]
    starts = list(range(len(texts)))
    first_with: dict[str, int] = {}
    for index, text in enumerate(texts):
        for head in set(_TABLE_HEAD.findall(text)):
            first = first_with.setdefault(head, index)
            starts[first : index + 1] = [min(starts[first : index + 1])] * (index + 1 - first)
    for _, members in groupby(range(len(texts)), starts.__getitem__):
        yield Block("\n".join(texts[index] for index in members), path)


def _make_container(opening: str, serial: int) -> Container:
    attributes = dict(_ATTRIBUTE.findall(opening))
    tag = opening.strip("<>").split(maxsplit=1)[0]
    return Container(
        tag,
        attributes.get("class", ""),
        attributes.get("id", ""),
        attributes.get("lang", ""),
        attributes.get("dir", ""),
        serial,
    )


def _find_children(html: str, start: int, end: int) -> Iterator[_Piece]:
    """Yield the elements and the texts between two places of well-formed HTML, without the elements inside them."""
    depth, begin, inner, opening = 0, start, start, ""
    for match in TAG.finditer(html, start, end):
        tag = match[0]
        if tag.startswith("<!"):
            continue
        if tag.startswith("</"):
            depth -= 1
            if depth == 0:
                yield _Piece(opening, (inner, match.start()), html[begin : match.end()])
                begin = match.end()
            continue
        is_void = tag.endswith("/>") or tag.strip("<>").split(maxsplit=1)[0].lower() in VOID_TAGS
        if depth == 0:
            if html[begin : match.start()].strip():
                yield _Piece("", (begin, begin), html[begin : match.start()])
            begin, inner, opening = match.start(), match.end(), tag
        if not is_void:
            depth += 1
        elif depth == 0:
            yield _Piece(opening, (inner, inner), html[begin : match.end()])
            begin = match.end()
    if html[begin:end].strip():
        yield _Piece("", (begin, begin), html[begin:end])


def _number_further_calls(text: str, number: int) -> str:
    """Return HTML with further calls of footnotes by their numbers; ``number`` is that of the next note."""
    return NOTE_AGAIN.sub(lambda call: f'{_WORD_JOINER}<sup class="noteref again">{number - int(call[1])}</sup>', text)


def _take_notes(html: str, number: int) -> tuple[str, tuple[str, ...]]:
    """Return a block's HTML with the numbers of its footnotes, the first being ``number``, in their places, and the notes."""
    if NOTE_START not in html and "note-again" not in html:
        return html, ()
    texts, notes = split_notes(html)
    out = []
    for serial, text in enumerate(texts):
        following = number + serial
        out.append(_number_further_calls(text, following))
        if serial < len(notes):
            out.append(f'{_WORD_JOINER}<sup class="noteref">{following}</sup>')
    numbered = enumerate(notes, number)
    return "".join(out), tuple(
        f'<div class="footnote"><span class="marker">{serial}. </span>{note}</div>' for serial, note in numbered
    )
