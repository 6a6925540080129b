"""Which way text runs, and where it changes in a way that WeasyPrint cannot set.

WeasyPrint 70 orders the letters of one piece of text as Unicode says (UAX #9), and the pieces of a line, its inline
elements, by the direction of their parent alone. So words that run against their paragraph come out in the wrong order
where an element begins or ends among them.
"""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

RIGHT_TO_LEFT = {"ar", "fa", "he", "ur", "yi"}
INLINE = {
    "a", "abbr", "b", "bdi", "cite", "code", "del", "em", "i", "ins", "kbd", "mark", "q", "s", "samp", "small", "span",
    "strong", "sub", "sup", "u", "var",
}  # fmt: skip
# These are no text of the line: a formula is a picture, a footnote stands elsewhere.
APART = {"arithmatex", "footnote"}
WAYS = {"L": "ltr", "R": "rtl", "AL": "rtl"}
NUMBERS = {"EN", "AN"}


def direction(language: str) -> str:
    """``rtl`` or ``ltr``, as HTML has it."""
    return "rtl" if language.lower().split("-")[0] in RIGHT_TO_LEFT else "ltr"


def torn(element: Any, way: str) -> Iterator[tuple[str, str]]:
    """The words on both sides of each place below the element where print would put pieces in the wrong order."""
    return walk(element, Line(way))


@dataclass(slots=True)
class Line:
    """A paragraph as far as it has been read."""

    way: str
    last: str = ""
    """Which way the last letter runs."""
    before: str = ""
    """The piece that it is in."""
    cut: bool = False
    """Whether an element has begun or ended since."""

    def read(self, text: str | None) -> Iterator[tuple[str, str]]:
        for character in text or "":
            kind = unicodedata.bidirectional(character)
            # A number runs with the letters before it.
            way = (self.last or self.way) if kind in NUMBERS else WAYS.get(kind)
            if way is None:
                continue
            if self.cut and way == self.last != self.way:
                yield self.before.split()[-1], (text or "").split()[0]
            self.last, self.before, self.cut = way, text or "", False
        self.cut = True


def walk(element: Any, line: Line) -> Iterator[tuple[str, str]]:
    yield from line.read(element.text)
    for child in element:
        way = child.get("dir", "")
        if child.get("class") in APART or (way and child.tag in INLINE):
            if child.get("class") != "arithmatex":
                yield from walk(child, Line(way or line.way))
        elif child.tag in INLINE:
            yield from walk(child, line)
        else:
            yield from walk(child, Line(way or line.way))
            line = Line(line.way)
        line.cut = True
        yield from line.read(child.tail)
