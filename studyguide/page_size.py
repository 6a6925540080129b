"""Read the size of a book's pages from its styles: CSS → variables, PageSize."""

import re
from collections.abc import Mapping

from studyguide.model import PageSize
from studyguide.problems import ContentError, Place, Problem

_POINTS = {"mm": 72 / 25.4, "cm": 72 / 2.54, "in": 72.0, "pt": 1.0}
LENGTH = re.compile(r"(\d*\.?\d+)(mm|cm|in|pt)")
"""A length that a style may set, such as ``18mm``."""
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)


def find_tokens(*texts: str) -> dict[str, str]:
    """Return the variables that CSS sets, ``--name: value``, by name; the last of a name counts."""
    return {
        name: value.strip()
        for text in texts
        for name, value in re.findall(r"(?<![\w-])--([\w-]+):\s*([^;}]+)", remove_comments(text))
    }


def remove_comments(css: str) -> str:
    """Return CSS without its comments."""
    return _COMMENT.sub("", css)


def read_length(value: str) -> float | None:
    """Return a length such as ``18mm`` in points; None if the value is no length."""
    found = LENGTH.fullmatch(value)
    return float(found[1]) * _POINTS[found[2]] if found else None


def read_page_size(tokens: Mapping[str, str], place: Place) -> PageSize:
    """Return the size of the pages that a stylesheet describes; ``place`` is its file. Raises ContentError for a wrong variable."""
    names = ("width", "height", "head", "foot", "inner", "outer")
    width, height, head, foot, inner, outer = (_read_length(tokens, name, place) for name in names)
    columns = tuple(
        (role, _read_count(tokens, f"{role}-columns", place), _read_length(tokens, f"{role}-gap", place))
        for role in ("glossary", "index", "answer-sheet")
    )
    if width - inner - outer <= 0 or height - head - foot <= 0:
        found = "this style cannot be used: the page leaves no room for text"
        raise ContentError(
            [Problem(place, "template-error", found, "make `--width` and `--height` larger than the margins")]
        )
    return PageSize(width, height, head, foot, inner, outer, columns)


def _read_length(tokens: Mapping[str, str], name: str, place: Place) -> float:
    """Return a variable that is a length such as ``18mm``, in points. Raises ContentError."""
    if name not in tokens:
        raise describe_missing_token(name, place)
    length = read_length(tokens[name])
    if length is None:
        found = f"this style cannot be used: `--{name}: {tokens[name]}` is no length"
        units = ", ".join(_POINTS)
        fix = f"write a number and one of the units {units}, such as `18mm`"
        raise ContentError([Problem(place, "template-error", found, fix)])
    return length


def _read_count(tokens: Mapping[str, str], name: str, place: Place) -> int:
    """Return a variable that is a number of columns. Raises ContentError."""
    if name not in tokens:
        raise describe_missing_token(name, place)
    if not re.fullmatch("[1-9]", tokens[name]):
        found = f"this style cannot be used: `--{name}: {tokens[name]}` is no number of columns"
        raise ContentError([Problem(place, "template-error", found, "write a number from 1 to 9")])
    return int(tokens[name])


def describe_missing_token(name: str, place: Place) -> ContentError:
    """Return the error of a variable that nothing sets."""
    found, fix = f"this style cannot be used: nothing sets `--{name}`", f"set `--{name}: …;` there"
    return ContentError([Problem(place, "template-error", found, fix)])
