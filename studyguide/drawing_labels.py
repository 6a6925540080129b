"""Find the smallest words of a drawing: the bytes of an SVG file → DrawingLabel."""

import re
from collections.abc import Iterator
from functools import lru_cache
from math import isfinite, sqrt
from typing import NamedTuple

from studyguide.svg import NUMBER, SVG, BrokenDrawingError, Element, measure_scale, parse_drawing

MIN_POINTS = 7.0
"""Type smaller than this is hard to read on paper."""

_TEXT, _SPAN = f"{SVG}text", f"{SVG}tspan"
_INITIAL_SIZE = 16.0  # units of the drawing; what browsers and WeasyPrint take for `medium`
_UNITS = {"": 1.0, "px": 1.0, "pt": 96 / 72, "mm": 96 / 25.4, "cm": 96 / 2.54, "in": 96.0}
_SIZE = re.compile(r"\s*([0-9.]+(?:e[+-]?[0-9]+)?)\s*(px|pt|mm|cm|in|em|%|)\s*(?:;|$)", re.IGNORECASE)
_STYLE = re.compile(r"(?:^|;)\s*font-size\s*:([^;]*)|(?:^|;)\s*font\s*:[^;/]*?\s([0-9.]+(?:px|pt|em))", re.IGNORECASE)


class DrawingLabel(NamedTuple):
    """Words in a drawing."""

    words: str
    share: float
    """The size of their type as a part of the drawing's width."""


@lru_cache(maxsize=256)
def find_smallest_label(data: bytes) -> DrawingLabel | None:
    """Return the words in the smallest type; None if a drawing has no words, no width, or is broken.

    Subscripts and superscripts do not count, and sizes from a ``<style>`` element are not known.
    """
    try:
        root = parse_drawing(data)
    except BrokenDrawingError:
        return None
    width = _find_width(root)
    if not (isfinite(width) and width > 0):
        return None
    labels = [DrawingLabel(words, size / width) for words, size in _list_labels(root)]
    return min(labels, key=lambda label: label.share, default=None)


def _find_width(root: Element) -> float:
    """Return the width of what a drawing shows, in its units; 0 if it does not say."""
    numbers = [float(number) for number in NUMBER.findall(root.get("viewBox", ""))]
    return numbers[2] if len(numbers) == 4 else _read_size(root.get("width", ""), 0.0)


def _list_labels(root: Element) -> Iterator[tuple[str, float]]:
    """Yield the words of each text, and the size of their type in units of the drawing."""
    waiting = [(root, _INITIAL_SIZE, 1.0)]
    while waiting:
        element, around, scale = waiting.pop()
        size = _find_size(element, around)
        scale *= sqrt(measure_scale(element.get("transform", "")))
        if element.tag in (_TEXT, _SPAN) and not _is_script(element, size, around):
            own = [element.text, *(child.tail for child in element)]
            if words := " ".join("".join(filter(None, own)).split()):
                yield words, size * scale
        waiting += [(child, size, scale) for child in element]


def _is_script(element: Element, size: float, around: float) -> bool:
    """True for a subscript or superscript: smaller than the words around it, and above or below their line."""
    return element.tag == _SPAN and size < around and any(name in element.attrib for name in ("dy", "baseline-shift"))


def _find_size(element: Element, around: float) -> float:
    """Return the size of an element's type; ``around`` is that of the element around it."""
    style = _STYLE.search(element.get("style", ""))
    text = (style[1] or style[2]) if style else element.get("font-size", "")
    return _read_size(text, around)


def _read_size(text: str, around: float) -> float:
    found = _SIZE.match(text)
    if not found:
        return around
    number, unit = float(found[1]), found[2].lower()
    return number * around / (100 if unit == "%" else 1) if unit in ("em", "%") else number * _UNITS[unit]
