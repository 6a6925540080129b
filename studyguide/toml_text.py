"""Read TOML that may come from a stranger: text → tables, or a ValueError; write values as TOML."""

import json
import re
import tomllib
from collections.abc import Mapping
from datetime import date
from typing import Any

_MAX_KEY_NAMES = 20  # in one dotted key; tomllib takes quadratic time for them
_NAME = r"""(?:"[^"\n]*+"|'[^'\n]*+'|(?<![\w-])[\w-]++)"""
_LONG_KEY = re.compile(rf"(?:{_NAME}[ \t]*+\.[ \t]*+){{{_MAX_KEY_NAMES}}}")
_MAX_DIGITS = 100  # of a number; Python refuses to print one of more than 4,300
LONG_KEY = f"A key has more than {_MAX_KEY_NAMES} names"
LARGE_NUMBER = f"A number has more than {_MAX_DIGITS} digits"
DEEP_VALUE = "Its lists and tables are too deep inside each other"
_LONG_NUMBER = re.compile(r"0[xob][\da-fA-F_]{80,}|\d[\d_]{99,}")


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
