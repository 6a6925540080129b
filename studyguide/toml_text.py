"""Read TOML that may come from a stranger: text → tables, or a ValueError; find the lines that set keys; write values as TOML."""

import json
import re
import tomllib
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from operator import itemgetter
from typing import Any

_MAX_KEY_NAMES = 20  # in one dotted key; tomllib takes quadratic time for them
_NAME = r"""(?:"[^"\n]*+"|'[^'\n]*+'|(?<![\w-])[\w-]++)"""
_LONG_KEY = re.compile(rf"(?:{_NAME}[ \t]*+\.[ \t]*+){{{_MAX_KEY_NAMES}}}")
_MAX_DIGITS = 100  # of a number; Python refuses to print one of more than 4,300
LONG_KEY = f"A key has more than {_MAX_KEY_NAMES} names"
LARGE_NUMBER = f"A number has more than {_MAX_DIGITS} digits"
DEEP_VALUE = "Its lists and tables are too deep inside each other"
_LONG_NUMBER = re.compile(r"0[xob][\da-fA-F_]{80,}|\d[\d_]{99,}")
_ASIDE = re.compile(
    r'''"""(?:[^"\\]|\\.|"(?!""))*+(?:"""|\Z)|'{3}(?:[^']|'(?!''))*+(?:'{3}|\Z)|"(?:[^"\\\n]|\\[^\n])*+"?|'[^'\n]*+'?|#[^\n]*+''',
    re.DOTALL,
)
"""A text in quotation marks or a comment, with or without an end."""
_KEY_LINE = re.compile(rf"\s*+(\[{{0,2}})\s*+({_NAME}(?:\s*+\.\s*+{_NAME})*+)\s*+[=\]]")
"""The beginning of a line that sets a key or begins a table."""


def parse_toml(text: str) -> dict[str, Any]:
    """Return the keys and tables of a text. Raises ValueError that ends with `(at line 1, column 1)` if it knows the place."""
    if key := _LONG_KEY.search(text):
        raise ValueError(f"{LONG_KEY} {_describe_place(text, key.start())}")
    try:
        tables = tomllib.loads(text)
    except RecursionError as error:
        raise ValueError(DEEP_VALUE) from error
    if _has_large_number(tables):
        number = _LONG_NUMBER.search(text)
        place = f" {_describe_place(text, number.start())}" if number else ""
        raise ValueError(f"{LARGE_NUMBER}{place}")
    return tables


def _has_large_number(tables: dict[str, Any]) -> bool:
    waiting: list[Any] = [tables]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            waiting += value.values()
        elif isinstance(value, list):
            waiting += value
        elif isinstance(value, int) and abs(value) >= 10**_MAX_DIGITS:
            return True
    return False


def _describe_place(text: str, start: int) -> str:
    """Return the place of a character in the words of tomllib."""
    return f"(at line {text.count(chr(10), 0, start) + 1}, column {start - text.rfind(chr(10), 0, start)})"


def format_toml(value: Any) -> str:
    """Return a text, a number, a truth value, a date, or a list or a table of them as TOML on one line."""
    if isinstance(value, Mapping):
        return f"{{ {', '.join(f'{key} = {format_toml(each)}' for key, each in value.items())} }}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(format_toml, value))}]"
    if isinstance(value, date):
        return value.isoformat()
    return json.dumps(value, ensure_ascii=False)


# ---------------------------------------------------------------- places in a file


@dataclass(frozen=True, slots=True)
class KeyLine:
    """A line that sets a key or begins a table."""

    line: int
    """Counted from 1."""
    column: int
    """The place of its last name, counted from 1 in characters."""
    names: tuple[str, ...]
    """Its names, which dots divide."""
    brackets: str
    """``[`` for a table, ``[[`` for one of a list of tables; empty for a key."""
    table: tuple[str, ...]
    """The names of the table in which it stands; for a table its own."""


def hide_comments(text: str) -> str:
    """Return the text with a space for each character of a comment, so that all places stay."""
    return _ASIDE.sub(lambda match: " " * len(match[0]) if match[0].startswith("#") else match[0], text)


def _hide_asides(match: re.Match[str]) -> str:
    """Return a text of several lines, or a comment, as blank lines."""
    words = match[0]
    return re.sub(r"[^\n]", " ", words) if words.startswith("#") or "\n" in words else words


@lru_cache(maxsize=2)
def list_key_lines(text: str) -> tuple[KeyLine, ...]:
    """Return the lines that set a key or begin a table, in their order; comments and texts of several lines have none."""
    found: list[KeyLine] = []
    table: tuple[str, ...] = ()
    for number, line in enumerate(_ASIDE.sub(_hide_asides, text).split("\n"), 1):
        if match := _KEY_LINE.match(line):
            names = tuple(name.strip("\"'") for name in re.findall(_NAME, match[2]))
            table = names if match[1] else table
            column = line.rindex(names[-1], 0, match.end()) + 1
            found.append(KeyLine(number, column, names, match[1], table))
    return tuple(found)


@lru_cache(maxsize=2)
def _index_keys(text: str) -> tuple[Mapping[tuple[str, ...], Sequence[int]], Mapping[str, Sequence[tuple[int, int]]]]:
    """Return the lines on which each table begins, and the lines and columns at which each key is set."""
    headers: dict[tuple[str, ...], list[int]] = {}
    keys: dict[str, list[tuple[int, int]]] = {}
    lines = text.split("\n")
    for each in list_key_lines(text):
        if each.brackets:
            headers.setdefault(each.names, []).append(each.line)
        for name in each.names:
            keys.setdefault(name, []).append((each.line, lines[each.line - 1].index(name) + 1))
    return headers, keys


def find_key(text: str, table: tuple[str, ...], key: str, serial: int = 0) -> tuple[int, int]:
    """Return the line and column, from 1, of a key in or below a table, else those of the table; tomllib gives no positions.

    ``serial`` is counted from 0, among tables of one name.
    """
    headers, keys = _index_keys(text)
    starts = headers.get(table, [])
    start = starts[serial] if serial < len(starts) else 0
    places = keys.get(key, [])
    following = bisect_right(places, start, key=itemgetter(0))
    return places[following] if following < len(places) else (max(start, 1), 1)
