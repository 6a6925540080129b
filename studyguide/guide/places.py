"""The place in its file of an element of a Passage's HTML, which ``tree`` writes into the element."""

import re
from dataclasses import replace

from lxml.html import HtmlElement

from studyguide.model import Passage
from studyguide.problems import Place

PLACE = "data-at"
"""The attribute with a place: ``line:column``, the line counted from 0 in the passage, the column from 1."""
_POINT = re.compile(rf' {PLACE}="(\d{{1,9}}):(\d{{1,9}})"')


def read_place(element: HtmlElement, passage: Passage) -> Place:
    """Return the place of an element, or of the nearest element around it that has one, or of the passage."""
    around = (each.get(PLACE) for each in (element, *element.iterancestors()))
    return _make_place(next(filter(None, around), ""), passage)


def find_place_in(tag: str, passage: Passage) -> Place:
    """Return the place that stands in the text of a tag; for a comment or another mark that has none, the first such in the text."""
    if match := _POINT.search(tag):
        return _make_place(f"{match[1]}:{match[2]}", passage)
    before, found, _ = passage.markdown.partition(tag)
    return _make_place(f"{before.count(chr(10))}:{len(before) - before.rfind(chr(10))}" if found else "", passage)


def forget_place(tag: str) -> str:
    """Return the text of a tag without its place."""
    return _POINT.sub("", tag) if PLACE in tag else tag


def _make_place(point: str, passage: Passage) -> Place:
    line, _, column = point.partition(":")
    if not (line.isdecimal() and column.isdecimal()) or len(point) > 20:
        return passage.place
    indent = 0 if int(line) else passage.place.column - 1
    return replace(passage.place.below(int(line)), column=int(column) + indent)
