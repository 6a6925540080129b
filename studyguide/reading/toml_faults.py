"""Say what keeps a text from being TOML: a Source and the error of ``parse_toml`` → a Problem."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from studyguide.model import Source
from studyguide.problems import Place, Problem
from studyguide.toml_text import DEEP_VALUE, LARGE_NUMBER, LONG_KEY, KeyLine, list_key_lines

_WORDS = 'write `key = "value"`'
_BACKSLASH_FIX = "write `\\\\` for a backslash, or put the text between single quotation marks"
_QUOTATION_FIX = "close the quotation mark in the same line"
_BRACKET_FIX = "put a comma between the entries, and `]` behind the last"
_BRACE_FIX = "put a comma between the entries, and `}` behind the last, in the same line"
_HEADER_FIX = "write `[name]` or `[[name]]` on a line of its own, with as many brackets behind the name as before it"
# Patterns of tomllib's messages; what they mean, and the remedy.
_FAULTS = (
    (r"Invalid hex value|Escaped character", "`\\u` has no number of a character behind it", _BACKSLASH_FIX),
    (r"Unescaped", "a backslash in a text has no meaning there", _BACKSLASH_FIX),
    (r"Illegal character '\\n'|Unterminated string|Expected \"", "a text has no end", _QUOTATION_FIX),
    (r"Illegal character", "there is a character that cannot be printed", "delete it"),
    (r"Unclosed array", "a list has no end", _BRACKET_FIX),
    (r"Unclosed inline table", "a table in braces has no end", _BRACE_FIX),
    (r"Expected '\]", "the name of a table has no end", _HEADER_FIX),
    (r"Expected newline", "something stands behind the value", f"{_WORDS}, and nothing behind it"),
    (r"Expected '='", "a key has no value", f"{_WORDS}; a name with spaces stands in quotation marks"),
    (r"Invalid initial character", "a name is missing", f"{_WORDS}, or `[name]` for a table"),
    (r"Invalid statement", "this line sets no key", _WORDS),
    (r"Invalid value", "this is no value", f"{_WORDS}, or a number, `true`, `false`, a date or a list"),
    (LONG_KEY, LONG_KEY, "write shorter keys"),
    (LARGE_NUMBER, LARGE_NUMBER, "write a smaller number"),
    (DEEP_VALUE, DEEP_VALUE, "write fewer brackets"),
)
_TWICE = re.compile("Cannot (?:overwrite|declare|mutate|redefine)|Duplicate inline table key '?(.*?)'?$")
_PLACE = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")


def describe_toml_fault(source: Source, error: Exception) -> Problem:
    """Return the fault for which a text is no TOML, at its place, and the remedy."""
    # Python 3.11 gives the place in the message only.
    at = _PLACE.search(str(error))
    path = source.origin or source.path
    last = len(source.text.splitlines())
    place = Place(path, int(at[1]), int(at[2])) if at and at[1] else Place(path, max(last, 1), 1)
    message = _PLACE.sub("", str(error))
    if twice := _TWICE.match(message):
        return _describe_repetition(source, place, twice[1] or "")
    found, fix = next(((found, fix) for words, found, fix in _FAULTS if re.match(words, message)), ("", _WORDS))
    found = f": {found[0].lower()}{found[1:]}" if found else ""
    return Problem(place, "broken-toml", f"this is not TOML{found}", fix)


def write_header(line: KeyLine) -> str:
    """Return the name of a table in its brackets."""
    return f"{line.brackets}{'.'.join(line.names)}{']' * len(line.brackets)}"


@dataclass(frozen=True, slots=True)
class _Repetition:
    """A line whose name is taken, and the line that took it, if it is known."""

    line: KeyLine
    first: KeyLine | None

    @property
    def is_same(self) -> bool:
        return self.first is not None and self.first.brackets == self.line.brackets


def _describe_repetition(source: Source, place: Place, inner: str) -> Problem:
    """Return the problem of a name that is there already; ``inner`` is that of a key in braces, or empty."""
    again = _find_repetition(list_key_lines(source.text), place.line)
    if inner or again is None:
        name = f"the key `{inner}`" if inner else "a name"
        return Problem(place, "broken-toml", f"{name} is there twice", "leave one of the two")
    line, first = again.line, again.first
    place = Place(place.path, line.line, line.column)
    where = f", first in line {first.line}" if first else ""
    name = ".".join(line.names)
    if not line.brackets:
        owner = f" of `[{'.'.join(line.table)}]`" if line.table else ""
        found = f"the key `{name}`{owner} is there twice{where}"
        return Problem(place, "broken-toml", found, "leave one of the two that have this name")
    header = write_header(line)
    if again.is_same:
        found = f"the table `{header}` is there twice{where}"
        fix = "move the keys of the second below the first, and take its line out"
    elif first and first.brackets:
        found, fix = (
            f"`{header}` has the name of `{write_header(first)}` in line {first.line}",
            "give both the same brackets",
        )
    else:
        found = f"the table `{header}` has the name of a key{where}"
        fix = "leave one of the two that have this name"
    return Problem(place, "broken-toml", found, fix)


def _find_repetition(lines: Sequence[KeyLine], last: int) -> _Repetition | None:
    """Return the last line that sets a key or begins a table at or above a line of the file, and an earlier one of its name."""
    known = [each for each in lines if each.line <= last]
    if not known:
        return None
    line, names = known[-1], known[-1].path
    earlier = [each for each in known[:-1] if each.path[: len(names)] == names or _is_above(each, names)]
    same = [each for each in earlier if each.brackets == line.brackets and each.path == names]
    return _Repetition(line, next(iter([*same, *earlier]), None))


def _is_above(line: KeyLine, names: tuple[str, ...]) -> bool:
    """Return True if the line sets a key that the names would make a table of."""
    own = line.path
    return not line.brackets and own == names[: len(own)]
