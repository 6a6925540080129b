"""Find the smallest words of a drawing, and those that its edge cuts: the bytes of an SVG file → DrawingLabel, CutLabel."""

import re
from collections.abc import Callable, Iterator
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


# ---------------------------------------------------------------- words at the edge


class CutLabel(NamedTuple):
    """Words in a drawing that go on beyond its edge. Lengths are units of the drawing."""

    words: str
    side: str
    """``left`` or ``right``."""
    excess: float


class _Frame(NamedTuple):
    """The place and the size that an element inherits, in units of the drawing, and the anchor of its text."""

    scale: float = 1.0
    shift: float = 0.0
    size: float = _INITIAL_SIZE
    anchor: str = "start"


_ANCHOR = re.compile(r"(?:^|;)\s*text-anchor\s*:\s*([a-z]+)")
_TRANSFORM = re.compile(r"\s*(translate|scale|matrix)\s*\(([^)]*)\)[\s,]*")
_PLAIN_LENGTH = re.compile(rf"\s*({NUMBER.pattern})(?:px)?\s*")
_UNMEASURED = frozenset({"dx", "rotate", "textLength", "letter-spacing", "word-spacing", "writing-mode", "direction"})
"""Attributes that move letters in ways that are not followed."""
_STARTS = {"start": 0.0, "middle": 0.5, "end": 1.0}
_HIDDEN_SHARE = 0.15
"""The part of the type size up to which words may go beyond the edge: their last letter still shows."""


@lru_cache(maxsize=256)
def find_cut_labels(data: bytes, measure_words: Callable[[str], float | None]) -> tuple[CutLabel, ...]:
    """Return the words that go beyond the left or the right edge of a drawing, where it cuts them.

    ``measure_words`` returns the width of words in parts of the type size, or None if it does not know it. Words that are turned, that stand
    on a path, or whose place a ``<style>`` element may say, are left out.
    """
    try:
        root = parse_drawing(data)
    except BrokenDrawingError:
        return ()
    numbers = [float(number) for number in NUMBER.findall(root.get("viewBox", ""))]
    has_style = any(
        "text-anchor" in (each.text or "") or "font" in (each.text or "") for each in root.iter(f"{SVG}style")
    )
    if len(numbers) != 4 or has_style or "overflow" in root.get("style", "") or root.get("overflow") == "visible":
        return ()
    left, right = numbers[0], numbers[0] + numbers[2]
    found = []
    for words, x, frame in _list_placed_words(root):
        if (share := measure_words(words)) is not None:
            width = share * frame.size * frame.scale
            start = x * frame.scale + frame.shift - width * _STARTS[frame.anchor]
            side, excess = max(("left", left - start), ("right", start + width - right), key=lambda each: each[1])
            if isfinite(excess) and excess > _HIDDEN_SHARE * frame.size * frame.scale:
                found.append(CutLabel(words, side, excess))
    return tuple(found)


def _list_placed_words(root: Element) -> Iterator[tuple[str, float, _Frame]]:
    """Yield words that stand in one line, the x of their anchor, and their frame."""
    waiting = [(root, _Frame())]
    while waiting:
        element, around = waiting.pop()
        frame = (
            _find_frame(element, around)
            if element is not root
            else around._replace(size=_find_size(element, around.size))
        )
        if frame is None:
            continue
        if element.tag == _TEXT:
            yield from _list_lines(element, frame)
        elif element is root or element.tag in (f"{SVG}g", f"{SVG}a"):
            waiting += [(child, frame) for child in element]


def _find_frame(element: Element, around: _Frame) -> _Frame | None:
    """Return the frame inside an element; None if it turns or slants what is in it."""
    scale, shift = around.scale, around.shift
    text, end = element.get("transform", "").strip(), 0
    for found in _TRANSFORM.finditer(text):
        numbers = [float(number) for number in NUMBER.findall(found[2])]
        if found.start() != end or not numbers:
            return None
        end = found.end()
        if found[1] == "matrix":
            if len(numbers) != 6 or numbers[1] or numbers[2]:
                return None
            scale, shift = scale * numbers[0], shift + scale * numbers[4]
        elif found[1] == "scale":
            scale *= numbers[0]
        else:
            shift += scale * numbers[0]
    if end != len(text) or scale <= 0 or "transform" in element.get("style", ""):
        return None
    anchor = _ANCHOR.search(element.get("style", ""))
    name = anchor[1] if anchor else element.get("text-anchor", around.anchor)
    return _Frame(scale, shift, _find_size(element, around.size), name) if name in _STARTS else None


def _list_lines(text: Element, frame: _Frame) -> Iterator[tuple[str, float, _Frame]]:
    """Yield the words of a text and of each of its parts that has a place of its own."""
    for each in text.iter():
        is_moved = not _UNMEASURED.isdisjoint(each.attrib) or "spacing" in each.get("style", "")
        if is_moved or each.tag not in (_TEXT, _SPAN):
            return
    spans = list(text.iter(_SPAN))
    placed = [each for each in spans if "x" in each.attrib]
    # Words in types of two sizes, as a formula has them, are not measured.
    if len(placed) != len(spans) or any(len(each) for each in spans):
        return
    own = [(text, text.text or "" if not spans else "")]
    for element, words in [*own, *((each, each.text or "") for each in placed)]:
        x = _PLAIN_LENGTH.fullmatch(element.get("x", "0"))
        inner = frame if element is text else _find_frame(element, frame)
        if x and inner and words.strip():
            yield " ".join(words.split()), float(x[1]), inner
