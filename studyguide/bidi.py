"""The direction of text, the characters that turn it, and places where it changes in a way that WeasyPrint cannot set.

WeasyPrint 70 orders the letters of one piece of text as Unicode says (UAX #9), and the pieces of a line, its inline
elements, by the direction of their parent alone. So words that run against their paragraph come out in the wrong order
where an element begins or ends among them.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

Element = Any  # lxml.html.HtmlElement; importing lxml would slow down every start

_RIGHT_TO_LEFT_LANGUAGES = {
    "ar", "ara", "arc", "ckb", "dv", "fa", "fas", "he", "heb", "per", "ps", "sd", "syr", "ug", "ur", "urd", "yi",
}  # fmt: skip
_RIGHT_TO_LEFT_SCRIPTS = {"adlm", "arab", "aran", "hebr", "nkoo", "syrc", "thaa"}
_INLINE_TAGS = {
    "a", "abbr", "b", "bdi", "cite", "code", "del", "em", "i", "ins", "kbd", "mark", "q", "s", "samp", "small", "span",
    "strong", "sub", "sup", "u", "var",
}  # fmt: skip
# These classes are not text of the line: a formula is a picture, a footnote is printed elsewhere.
_CLASSES_OUTSIDE_LINE = {"arithmatex", "footnote"}
_NUMBER_OR_WORD = re.compile(r"[0-9A-Za-z]+(?:[.,:/][0-9A-Za-z]+)*")
"""A piece that runs from left to right in a line from right to left."""
# Bidirectional classes (UAX #9, table 4): strong letters, and digits.
_DIRECTION_OF_CLASS = {"L": "ltr", "R": "rtl", "AL": "rtl"}
_DIGIT_CLASSES = {"EN", "AN"}


BIDI_CONTROL = re.compile("[\u202a-\u202e\u2066-\u2069]")
"""A character that embeds, overrides or isolates text, or ends that (UAX #9, 2): code may read otherwise than it runs."""


def show_bidi_controls(text: str) -> str:
    """Return text whose bidirectional control characters are replaced by their numbers, ``[U+202E]``."""
    return BIDI_CONTROL.sub(lambda control: f"[U+{ord(control[0]):04X}]", text)


def get_direction(language: str) -> str:
    """Return ``rtl`` or ``ltr``, the values of HTML's ``dir``, for a language tag."""
    code, *others = language.lower().split("-")
    return "rtl" if code in _RIGHT_TO_LEFT_LANGUAGES or _RIGHT_TO_LEFT_SCRIPTS & set(others) else "ltr"


def order_runs(line: str, direction: str) -> list[tuple[str, str]]:
    """Return the runs of a line of numbers and words of one language, each with its direction, from left to right."""
    if direction == "ltr":
        return [(line, direction)]
    runs, end = list[tuple[str, str]](), 0
    for match in _NUMBER_OR_WORD.finditer(line):
        runs += [(line[end : match.start()], "rtl"), (match[0], "ltr")]
        end = match.end()
    return [run for run in reversed([*runs, (line[end:], "rtl")]) if run[0]]


def find_misordered_words(element: Element, direction: str) -> Iterator[tuple[Element, str, str]]:
    """Yield each place below the element where print would put pieces in the wrong order: its element, the words before and after."""
    return _read_element(element, _Line(direction))


@dataclass(slots=True)
class _Line:
    """A paragraph as far as it has been read, as if it were one line."""

    direction: str
    last_direction: str = ""
    """Direction of the last letter."""
    last_piece: str = ""
    """Piece of text that holds the last letter."""
    is_cut: bool = False
    """True if an element has begun or ended since the last letter."""

    def read(self, text: str | None) -> Iterator[tuple[str, str]]:
        """Read on, and yield the words on both sides of a misordered place."""
        for character in text or "":
            kind = unicodedata.bidirectional(character)
            # A number runs with the letters before it.
            direction = (
                (self.last_direction or self.direction) if kind in _DIGIT_CLASSES else _DIRECTION_OF_CLASS.get(kind)
            )
            if direction is None:
                continue
            if self.is_cut and direction == self.last_direction != self.direction:
                yield self.last_piece.split()[-1], (text or "").split()[0]
            self.last_direction, self.last_piece, self.is_cut = direction, text or "", False
        self.is_cut = True


def _read_element(element: Element, line: _Line) -> Iterator[tuple[Element, str, str]]:
    yield from ((element, *words) for words in line.read(element.text))
    for child in element:
        direction = child.get("dir", "")
        if child.get("class") in _CLASSES_OUTSIDE_LINE or (direction and child.tag in _INLINE_TAGS):
            if child.get("class") != "arithmatex":
                yield from _read_element(child, _Line(direction or line.direction))
        elif child.tag in _INLINE_TAGS:
            yield from _read_element(child, line)
        else:
            yield from _read_element(child, _Line(direction or line.direction))
            line = _Line(line.direction)
        line.is_cut = True
        yield from ((element, *words) for words in line.read(child.tail))
