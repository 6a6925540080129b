"""Judge the numbers of a drawing, and measure its outlines: an lxml tree of SVG → faults in words, vertices and lengths."""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from math import dist, hypot, inf, isfinite, pi
from typing import Any, NamedTuple

import tinycss2
from lxml import etree

from studyguide.svg import NUMBER, SVG, Element

_NO_NUMBER = re.compile(r"(?<![A-Za-z])[+-]?(?:nan|inf(?:inity)?)(?![A-Za-z])", re.IGNORECASE)
"""Words that Python, and so WeasyPrint, reads as numbers."""
_NUMERIC = frozenset({
    "baseline-shift", "cx", "cy", "dx", "dy", "fill-opacity", "flood-opacity", "font", "font-size", "fr", "fx", "fy",
    "gradientTransform", "height", "letter-spacing", "markerHeight", "markerWidth", "offset", "opacity", "orient", "pathLength",
    "patternTransform", "points", "r", "refX", "refY", "rotate", "rx", "ry", "startOffset", "stop-opacity", "stroke-dasharray",
    "stroke-dashoffset", "stroke-miterlimit", "stroke-opacity", "stroke-width", "textLength", "transform", "transform-origin",
    "width", "word-spacing", "x", "x1", "x2", "y", "y1", "y2",
})  # fmt: skip
"""Attributes, and properties of CSS, whose values are numbers."""
_LARGEST_NUMBER = 1e9
_SMALLEST_SIDE = 1e-6
_LARGEST_FONT_SIZE = 1e6  # Pango counts in 1/1024, with 32 bits
_PATH_LETTERS = frozenset("MmZzLlHhVvCcSsQqTtAaEe")
_ARGUMENTS = {"m": 2, "l": 2, "h": 1, "v": 1, "c": 6, "s": 4, "q": 4, "t": 2, "a": 7}
"""The numbers that each command of a path takes."""
_ARC_FLAG = re.compile("[01]")
_SEPARATOR = re.compile(r"[\s,]*")
_COMMAND = re.compile(r"([MmZzLlHhVvCcSsQqTtAa])([^MmZzLlHhVvCcSsQqTtAa]*)")

_Point = tuple[float, float]


class Declaration(NamedTuple):
    """An attribute, or a declaration of CSS in an attribute ``style`` or an element ``<style>``."""

    element: Element
    name: str
    value: str


def list_declarations(root: Element) -> Sequence[Declaration]:
    """Return the attributes of a drawing and the declarations of its styles."""
    return tuple(
        Declaration(element, name, value) for element in root.iter("*") for name, value in _list_values(element)
    )


def _list_values(element: Element) -> Iterator[tuple[str, str]]:
    for name, value in element.attrib.items():
        yield name, value
        if name == "style":
            yield from list_css_declarations(value)
    if element.tag == f"{SVG}style":
        yield from list_css_declarations(element.text or "")


def find_number_faults(declarations: Iterable[Declaration]) -> Iterator[str]:
    """Yield, in words, each value that is no number where a reader needs one, or is too large for it, once for each attribute."""
    seen: set[str] = set()
    for element, name, value in declarations:
        if name not in seen and (fault := _find_fault(element, name, value)):
            seen.add(name)
            yield f"`{name}` of `{etree.QName(element).localname}` is `{_shorten(value)}`, {fault}"


def _shorten(value: str) -> str:
    return value if len(value) <= 40 else f"{value[:39]}…"


def list_css_declarations(css: str | Sequence[Any]) -> Iterator[tuple[str, str]]:
    """Yield the property and the value of each declaration of CSS, text or tokens, inside rules too."""
    for node in tinycss2.parse_blocks_contents(css, skip_comments=True, skip_whitespace=True):
        if node.type == "declaration":
            yield node.lower_name, tinycss2.serialize(node.value).strip()
        elif node.type in ("qualified-rule", "at-rule") and node.content:
            yield from list_css_declarations(node.content)


def _find_fault(element: Element, name: str, value: str) -> str:
    """Return what is wrong with the value of an attribute or a property, in words; empty if nothing is."""
    if name == "viewBox":
        return _find_view_box_fault(value)
    if name == "d":
        if set(re.findall("[A-Za-z]", value)) - _PATH_LETTERS:
            return "which has a letter that is no command of a path"
    elif name not in _NUMERIC:
        return ""
    elif found := _NO_NUMBER.search(value):
        return f"and `{found[0]}` is no number"
    if element.getparent() is None and name in ("width", "height"):
        return _find_size_fault(value)
    largest = _LARGEST_FONT_SIZE if name in ("font", "font-size") else _LARGEST_NUMBER
    if any(abs(float(number)) > largest for number in NUMBER.findall(value)):
        return f"and {largest:,.0f} is the largest number"
    return ""


def _find_view_box_fault(value: str) -> str:
    words = re.split(r"[\s,]+", value.strip(" \t\r\n,"))
    if words == [""]:
        return ""  # as if there were none
    if len(words) != 4 or not all(map(_is_number, words)):
        return "and not four numbers"
    numbers = [float(word) for word in words]
    if max(map(abs, numbers)) > _LARGEST_NUMBER:
        return f"and {_LARGEST_NUMBER:,.0f} is the largest number"
    if min(numbers[2:]) <= 0:
        return "in which the width or the height is not more than 0"
    return (
        ""
        if min(numbers[2:]) >= _SMALLEST_SIDE
        else f"in which the width or the height is less than {_SMALLEST_SIDE:f}"
    )


def _is_number(word: str) -> bool:
    number = NUMBER.match(word)  # `fullmatch` of a million digits and a letter would take hours
    return number is not None and number.end() == len(word)


def _find_size_fault(value: str) -> str:
    """Return what is wrong with the width or the height of a drawing."""
    number = NUMBER.match(value.strip())
    if not number:
        return "" if value.strip().lower() in ("", "auto", "inherit") or "(" in value else "and not a length"
    if abs(float(number[0])) > _LARGEST_NUMBER:
        return f"and {_LARGEST_NUMBER:,.0f} is the largest number"
    return "" if float(number[0]) >= 0 else "which is less than 0"


# ---------------------------------------------------------------- outlines


class Outline(NamedTuple):
    """The line around a shape."""

    vertices: int
    """The points at which markers are drawn."""
    length: float
    """In units of the drawing; at least that of the line."""


def measure_outline(element: Element, extent: float) -> Outline:
    """Return the outline of a shape, or an empty one; percentages are of ``extent``. A curve counts as the lines around it."""
    tag = etree.QName(element).localname

    def read(name: str) -> float:
        return read_length(element.get(name, "0"), extent)

    if tag == "path":
        return _measure_path(element.get("d", ""))
    if tag in ("polyline", "polygon"):
        numbers = [float(number) for number in NUMBER.findall(element.get("points", ""))]
        points = list(zip(numbers[::2], numbers[1::2], strict=False))
        return Outline(len(points), _measure_lines([*points, *points[:1]]))
    if tag == "line":
        return Outline(2, abs(read("x1")) + abs(read("x2")) + abs(read("y1")) + abs(read("y2")))
    if tag == "rect":
        return Outline(0, 2 * (abs(read("width")) + abs(read("height"))))
    if tag in ("circle", "ellipse"):
        return Outline(0, 2 * pi * max(abs(read("r")), abs(read("rx")), abs(read("ry"))))
    return Outline(0, 0)


def read_length(text: str, extent: float) -> float:
    """Return a length in units of the drawing, or more if it is in other units; 0 for a text that is none."""
    number = NUMBER.match(text.strip())
    if not number:
        return 0
    rest = text.strip()[number.end() :].strip()
    return float(number[0]) * (extent / 100 if rest.startswith("%") else 100 if rest and rest != "px" else 1)


def _measure_lines(points: Sequence[_Point]) -> float:
    return sum(dist(*pair) for pair in pairwise(points))


def _measure_path(data: str) -> Outline:
    vertices, length = 0, 0.0
    here = start = (0.0, 0.0)
    for letter, text in _COMMAND.findall(data):
        command, is_relative = letter.lower(), letter.islower()
        if command == "z":
            length += dist(here, start)
            here, vertices = start, vertices + 1
            continue
        for number, arguments in enumerate(_list_arguments(command, text)):
            x, y = here if is_relative else (0.0, 0.0)
            if command == "h":
                points = [(x + arguments[0], here[1])]
            elif command == "v":
                points = [(here[0], y + arguments[0])]
            elif command == "a":
                points = [(x + arguments[5], y + arguments[6])]
                length += 2 * pi * max(abs(arguments[0]), abs(arguments[1]), dist(here, points[0]))
            else:
                points = [(x + a, y + b) for a, b in zip(arguments[::2], arguments[1::2], strict=True)]
            if command == "m" and number == 0:
                start = points[0]
            else:
                length += _measure_lines([here, *points]) * (2 if command in "st" else 1)  # one point is not written
            here, vertices = points[-1], vertices + 1
    return Outline(vertices, length if isfinite(length) else inf)


def _list_arguments(command: str, text: str) -> Iterator[Sequence[float]]:
    """Yield the numbers of each use of a command of a path."""
    if command == "a":
        yield from _list_arc_arguments(text)
        return
    numbers, count = [float(number) for number in NUMBER.findall(text)], _ARGUMENTS[command]
    yield from (numbers[first : first + count] for first in range(0, len(numbers) - count + 1, count))


def _list_arc_arguments(text: str) -> Iterator[Sequence[float]]:
    """Yield the seven numbers of each arc; the two flags among them may be written without a space."""
    position = 0
    while True:
        numbers: list[float] = []
        for pattern in (NUMBER, NUMBER, NUMBER, _ARC_FLAG, _ARC_FLAG, NUMBER, NUMBER):
            separator = _SEPARATOR.match(text, position)
            found = pattern.match(text, separator.end() if separator else position)
            if not found:
                return
            numbers.append(float(found[0]))
            position = found.end()
        yield numbers


def measure_extent(root: Element) -> float:
    """Return the larger side of what a drawing shows, in its units."""
    numbers = [float(number) for number in NUMBER.findall(root.get("viewBox", ""))][2:4]
    sides = numbers or [read_length(root.get(name, "300"), 300) for name in ("width", "height")]
    return hypot(*sides)
