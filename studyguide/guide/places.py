"""The place in its file of an element of a Passage's HTML, which ``tree`` writes into the element."""

import re
from dataclasses import dataclass, field, replace

from lxml.html import HtmlElement

from studyguide.model import Passage
from studyguide.problems import Place

PLACE = "data-at"
"""The attribute with a place: ``line:column``, the line counted from 0 in the passage, the column from 1."""
_POINT = re.compile(rf' {PLACE}="(\d{{1,9}}):(\d{{1,9}})"')


@dataclass(frozen=True, slots=True)
class SourceLines:
    """The lines that a passage is rendered from: its own, a blank one, and the definitions of its chapter."""

    passage: Passage
    definition_places: tuple[Place, ...] = ()
    """The place of each line of the definitions."""
    last_line: int = field(init=False)
    """The number of the passage's last line, from 0; to count the lines for each place would take quadratic time."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "last_line", self.passage.markdown.count("\n"))

    def read_place(self, element: HtmlElement) -> Place:
        """Return the place of an element, or of the nearest element around it that has one, or of the passage."""
        around = (each.get(PLACE) for each in (element, *element.iterancestors()))
        return self._make_place(next(filter(None, around), ""))

    def read_line(self, element: HtmlElement) -> int:
        """Return the line, from 0, of an element, or of the nearest element around it that has one."""
        around = (each.get(PLACE) for each in (element, *element.iterancestors()))
        line = next(filter(None, around), "").partition(":")[0]
        return int(line) if line.isdecimal() and len(line) < 10 else 0

    def find_place_in(self, tag: str) -> Place:
        """Return the place that stands in the text of a tag; for a comment or another mark that has none, the first such in the text."""
        if match := _POINT.search(tag):
            return self._make_place(f"{match[1]}:{match[2]}")
        before, found, _ = self.passage.markdown.partition(tag)
        return self._make_place(f"{before.count(chr(10))}:{len(before) - before.rfind(chr(10))}" if found else "")

    def _make_place(self, point: str) -> Place:
        line, _, column = point.partition(":")
        place = self.passage.place
        if not (line.isdecimal() and column.isdecimal()) or len(point) > 20:
            return place
        below = int(line) - self.last_line - 2
        if 0 <= below < len(self.definition_places):
            found = self.definition_places[below]
            return replace(found, column=int(column)) if found.column else found
        return self.passage.find_place(int(line), int(column))


def forget_place(tag: str) -> str:
    """Return the text of a tag without its place."""
    return _POINT.sub("", tag) if PLACE in tag else tag
