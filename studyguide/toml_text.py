"""Read TOML that may come from a stranger: text → tables, or a ValueError; find the lines that set keys; write values as TOML."""

import json
import re
import tomllib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

_MAX_KEY_NAMES = 20  # in one dotted key; tomllib takes quadratic time for them
_NAME = r"""(?:"[^"\n]*+"|'[^'\n]*+'|(?<![\w-])[\w-]++)"""
_ANY_NAME = re.compile(_NAME)
_LONG_KEY = re.compile(rf"(?:{_NAME}[ \t]*+\.[ \t]*+){{{_MAX_KEY_NAMES}}}")
_MAX_DIGITS = 100  # of a number; Python refuses to print one of more than 4,300
_MAX_DEPTH = 100  # of lists and tables inside each other
LONG_KEY = f"A key has more than {_MAX_KEY_NAMES} names"
LARGE_NUMBER = f"A number has more than {_MAX_DIGITS} digits"
DEEP_VALUE = "Its lists and tables are too deep inside each other"
_LONG_NUMBER = re.compile(r"0[xob][\da-fA-F_]{80,}|\d[\d_]{99,}")
_ASIDE = re.compile(
    r'''"""(?:[^"\\]|\\.|"(?!""))*+(?:"""|\Z)|'{3}(?:[^']|'(?!''))*+(?:'{3}|\Z)|"(?:[^"\\\n]|\\[^\n])*+"?|'[^'\n]*+'?|#[^\n]*+''',
    re.DOTALL,
)
"""A text in quotation marks or a comment, with or without an end."""
_KEY_LINE = re.compile(rf"\s*+(\[{{1,2}}+)?\s*+({_NAME}(?:\s*+\.\s*+{_NAME})*+)\s*+(?(1)\]|=)")
"""The beginning of a line that sets a key or begins a table."""


def parse_toml(text: str) -> dict[str, Any]:
    """Return the keys and tables of a text. Raises ValueError that ends with `(at line 1, column 1)` if it knows the place."""
    if key := _LONG_KEY.search(text):
        raise ValueError(f"{LONG_KEY} {_describe_place(text, key.start())}")
    try:
        tables = tomllib.loads(text)
    except RecursionError as error:
        raise ValueError(DEEP_VALUE) from error
    if _is_deep(tables):
        raise ValueError(DEEP_VALUE)
    if _has_large_number(tables):
        number = _LONG_NUMBER.search(text)
        place = f" {_describe_place(text, number.start())}" if number else ""
        raise ValueError(f"{LARGE_NUMBER}{place}")
    return tables


def _is_deep(tables: dict[str, Any]) -> bool:
    """Return True if lists and tables are deeper inside each other than a recursive function can follow with ease."""
    values: list[Any] = [tables]
    for _ in range(_MAX_DEPTH):
        values = [
            inner
            for each in values
            for inner in (each.values() if isinstance(each, dict) else each)
            if isinstance(inner, dict | list)
        ]
    return bool(values)


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
    columns: tuple[int, ...]
    """The place of each of its names, counted from 1 in characters."""
    names: tuple[str, ...]
    """Its names, which dots divide."""
    brackets: str
    """``[`` for a table, ``[[`` for one of a list of tables; empty for a key."""
    table: tuple[str, ...]
    """The names of the table in which it stands; for a table its own."""

    @property
    def column(self) -> int:
        """The place of its last name."""
        return self.columns[-1]

    @property
    def path(self) -> tuple[str, ...]:
        """Its names with those of its table."""
        return self.names if self.brackets else (*self.table, *self.names)


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
            typed = list(_ANY_NAME.finditer(line, match.start(2), match.end(2)))
            names = tuple(name[0].strip("\"'") for name in typed)
            table = names if match[1] else table
            columns = tuple(name.start() + (2 if name[0][0] in "\"'" else 1) for name in typed)
            found.append(KeyLine(number, columns, names, match[1] or "", table))
    return tuple(found)


_Path = tuple[tuple[str, ...], int]
"""The names of a key or a table with those of the tables around it; its place, from 0, among tables of one name."""


@lru_cache(maxsize=2)
def _index_keys(text: str) -> Mapping[_Path, KeyLine]:
    """Return the first line that sets each key or begins each table; where none does, one that names it before a dot."""
    found: dict[_Path, KeyLine] = {}
    prefixes: dict[_Path, KeyLine] = {}
    counts: Counter[tuple[str, ...]] = Counter()
    serial = 0
    for each in list_key_lines(text):
        if each.brackets:
            serial = counts[each.path]
            counts[each.path] += 1
        found.setdefault((each.path, serial), each)
        for length in range(len(each.path) - len(each.names) + 1, len(each.path)):
            prefixes.setdefault((each.path[:length], 0 if each.brackets else serial), each)
    return {**prefixes, **found}


def find_key(text: str, table: tuple[str, ...], key: str, serial: int = 0) -> tuple[int, int]:
    """Return the line and column, from 1, of a key in a table; tomllib gives no positions.

    Where no line sets the key, or if ``key`` is empty, they are those of the table, of the key in whose value it stands, or of the
    table around it. ``serial`` is counted from 0, among tables of one name.
    """
    lines = _index_keys(text)
    path = (*table, key) if key else table
    for number in (serial, 0):  # tables in braces have one line for all of a name
        for length in range(len(path), 0, -1):
            line = lines.get((path[:length], number))
            if line:
                is_key = key and length == len(path)
                return line.line, line.columns[length - 1 - (len(line.path) - len(line.names))] if is_key else 1
    return 1, 1
