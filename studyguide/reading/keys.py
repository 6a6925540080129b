"""Describe the keys of guide.toml: dataclasses of ``model`` and their docstrings → ``Key``s.

A key is a field that ``reading.config`` reads. The docstring below the field is what authors are told of it, so the schema, the
messages of `explain` and the file that `new` writes are made from one place.
"""

import ast
import datetime
import inspect
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import Field, dataclass, field, fields, replace
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

from studyguide.limits import LIMITS
from studyguide.model import Config, Edition, Exam, Ignore, Look, Part
from studyguide.output import Output
from studyguide.reading.config import find_value_type, list_key_fields
from studyguide.toml_text import format_toml, parse_toml

EXAM = "exam"
"""The name of the editions that are no output of their own and have keys of their own."""
_EXAMPLE_FILE = Path(__file__).parent / "example.toml"
_TABLE_FIELDS = {
    "look": ("look", "[look]"), "parts": ("parts", "[parts.NAME]"), "editions": ("editions", "[editions.NAME]"), "ignores": ("ignore", "[[ignore]]"),
}  # fmt: skip
"""The fields of ``Config`` that hold tables: the name of each in guide.toml, and its brackets."""
_EDITION_LOOK = "editions.NAME.look"
_GENERIC_EXAMPLES: Mapping[type, Any] = {
    list: ["…"],
    str: "…",
    bool: True,
    int: 10,
    float: 10.5,
    datetime.date: datetime.date(2026, 1, 31),
}


@dataclass(frozen=True, slots=True)
class Key:
    """One key of guide.toml, or one kind of its tables."""

    name: str
    """As an author writes it: ``with-question``."""
    table: str
    """The name of its table, in which ``NAME`` is the author's: ``editions.NAME``. Empty for a key of the guide."""
    description: str
    """Whole sentences, in which backticks mark what an author types."""
    config_field: Field[Any]
    """The field that it sets."""
    values: tuple[str, ...] = ()
    """The values that it may have; empty for any."""
    owners: tuple[str, ...] = ()
    """The outputs whose editions have it, or ``EXAM``; empty for all editions."""
    brackets: str = ""
    """The head of the tables if it is a kind of tables."""
    inner: "tuple[Key, ...]" = field(default=(), repr=False)
    """The keys of each of its tables, if its value is a list of tables."""
    outer: str = ""
    """The name of the key in whose list of tables it stands: ``take``."""

    @property
    def path(self) -> str:
        """The name with those of its tables: ``editions.NAME.page``, ``editions.NAME.take.count``."""
        return ".".join(filter(None, (self.table, self.outer, self.name)))

    @property
    def value_type(self) -> type:
        """The type of its value in TOML."""
        return list if self.inner else find_value_type(str(self.config_field.type))[0]

    @property
    def value_words(self) -> str:
        """The kind of its value, in words for an author."""
        if self.brackets:
            return f"a table{' for each' * (self.name != 'look')}: `{self.brackets}`"
        if self.inner:
            return "a list of tables such as `[{ count = 10 }]`"
        if self.config_field.metadata.get("colour"):
            return 'a colour as `#` and six digits from 0 to f, such as `"#0c4a63"`'
        if self.config_field.metadata.get("is_address"):
            return 'an address such as `"https://example.org/guide/"`'
        words = find_value_type(str(self.config_field.type))[1]
        return f"{words}, or `true`" if "if_true" in self.config_field.metadata else words

    @property
    def entry_type(self) -> type:
        """The type of the entries of its list, or of its value if that is none."""
        is_numbers = "tuple[int" in str(self.config_field.type)
        return int if is_numbers else str if self.value_type is list else self.value_type

    @property
    def default(self) -> Any:
        """Its value where guide.toml is silent; None if there is none, or if it depends on something else."""
        if self.config_field.metadata.get("is_guessed"):
            return None
        value = getattr(self.config_field, "default", None)
        is_stated = isinstance(value, bool | int | str) and value != ""
        return value if is_stated else list(value) if isinstance(value, tuple) and value else None

    @property
    def maximum(self) -> int | None:
        """The largest number, the most characters or the most entries; None for no limit of its own."""
        name = self.config_field.metadata.get("limit")
        return LIMITS[name].maximum if name else None

    @property
    def example(self) -> Any:
        """A value that it may have."""
        found = _read_examples().get(self.path)
        if found is not None:
            return found
        other = next((each for each in reversed(self.values) if each != self.default), None)
        value = _GENERIC_EXAMPLES[self.value_type] if other is None else other
        return [value] if self.value_type is list and not isinstance(value, list) else value


@cache
def _read_examples() -> Mapping[str, Any]:
    """Return the examples of ``example.toml``, which is a guide.toml with all keys, by the path of each key."""
    found: dict[str, Any] = {}

    def collect(values: Mapping[str, Any], table: str) -> None:
        for key, value in values.items():
            if isinstance(value, dict):
                collect(value, f"{table}.{key}" if table else key)
                continue
            found.setdefault(f"{table}.{key}" if table else key, value)
            if isinstance(value, list) and value and isinstance(value[0], dict):
                for each in value:
                    collect(each, f"{table}.{key}" if table else key)

    tables = parse_toml(_EXAMPLE_FILE.read_text(encoding="utf-8"))
    for group in ("parts", "editions"):
        for values in tables.pop(group).values():
            collect(values, f"{group}.NAME")
    collect(tables, "")
    return found


def list_keys(outputs: Mapping[str, Output], pages: Iterable[str]) -> tuple[Key, ...]:
    """Return every key of guide.toml and every kind of its tables, in the order of their fields.

    ``outputs`` has every form of book by its name, ``pages`` the page sizes that an edition may name.
    """
    values = {"output": tuple(outputs), "page": tuple(pages)}
    docs = _read_docstrings(Config)
    tables = {each.name: each for each in fields(Config) if each.name in _TABLE_FIELDS}
    heads = {
        name: Key(_TABLE_FIELDS[name][0], "", docs.get(name, ""), each, brackets=_TABLE_FIELDS[name][1])
        for name, each in tables.items()
    }
    editions: list[tuple[type, tuple[str, ...]]] = [(Edition, ())]
    editions += [(output.options, (name,)) for name, output in outputs.items()]
    editions.append((Exam, (EXAM,)))
    return (
        *_list_table("", [(Config, ())], values),
        heads["look"],
        *_list_table("look", [(Look, ())], values),
        heads["parts"],
        *_list_table("parts.NAME", [(Part, ())], values),
        heads["editions"],
        *_list_table("editions.NAME", editions, values),
        _describe_edition_look(),
        *_list_table(_EDITION_LOOK, [(Look, ())], values),
        heads["ignores"],
        *_list_table("ignore", [(Ignore, ())], values),
    )


def _describe_edition_look() -> Key:
    """Return the table of the look of one edition."""
    own = next(each for each in fields(Edition) if each.name == "look")
    return Key("look", "editions.NAME", _read_docstrings(Edition)["look"], own, brackets=f"[{_EDITION_LOOK}]")


def _list_table(
    table: str, kinds: Iterable[tuple[type, tuple[str, ...]]], values: Mapping[str, tuple[str, ...]]
) -> Iterator[Key]:
    """Yield the keys of a table, which are the fields of dataclasses, each with its owners; a list of tables is followed by its keys."""
    found: dict[str, Key] = {}
    for kind, owners in kinds:
        for key in _list_own_keys(table, kind, owners, values):
            other = found.get(key.name)
            found[key.name] = replace(other, owners=(*other.owners, *owners)) if other else key
    for key in found.values():
        yield key
        yield from key.inner


def _list_own_keys(
    table: str, kind: type, owners: tuple[str, ...], values: Mapping[str, tuple[str, ...]], outer: str = ""
) -> Iterator[Key]:
    docs = _read_docstrings(kind)
    for each in list_key_fields(kind):
        name = each.name.replace("_", "-")
        rows = each.metadata.get("tables")
        yield Key(
            name,
            table,
            docs.get(each.name, ""),
            each,
            values.get(name) or each.metadata.get("one_of", ()),
            owners,
            inner=tuple(_list_own_keys(table, rows, owners, values, name)) if rows else (),
            outer=outer,
        )


@cache
def _read_docstrings(kind: type) -> Mapping[str, str]:
    """Return the docstring below each field of a class and of its bases, on one line and with single backticks."""
    found: dict[str, str] = {}
    for base in reversed(kind.__mro__[:-1]):
        tree = _parse_module(base.__module__)
        body = next(each.body for each in tree.body if isinstance(each, ast.ClassDef) and each.name == base.__name__)
        for statement, following in pairwise(body):
            if (
                isinstance(statement, ast.AnnAssign)
                and isinstance(statement.target, ast.Name)
                and isinstance(following, ast.Expr)
                and isinstance(following.value, ast.Constant)
            ):
                found[statement.target.id] = " ".join(str(following.value.value).split()).replace("``", "`")
    return found


@cache
def _parse_module(name: str) -> ast.Module:
    return ast.parse(inspect.getsource(sys.modules[name]))


def find_keys(keys: Iterable[Key], name: str) -> tuple[Key, ...]:
    """Return the keys that a person means by a name: ``page``, ``editions.NAME.page``, ``editions.pocket.page``, ``take.count``."""
    *tables, last = name.strip("[]").split(".")
    return tuple(each for each in keys if each.name == last and _is_meant(each.path.split(".")[:-1], tables))


def _is_meant(tables: Sequence[str], words: Sequence[str]) -> bool:
    """Return True if the words name these tables: all of them, all but the author's ``NAME``, or the last of them; no words name any."""
    is_whole = len(words) == len(tables) and all(
        each in ("NAME", word) for each, word in zip(tables, words, strict=True)
    )
    short = [each for each in tables if each != "NAME"]
    return not words or is_whole or [*words] in (short, short[-1:])


# ---------------------------------------------------------------- the page of a key


def describe_key(key: Key) -> str:
    """Return a page about a key for a person at a terminal."""
    lines = [f"`{key.name}`: {_describe_place(key)}", "", key.description, "", f"  write    {key.value_words}"]
    lines += [f"  values   {each}" for each in describe_values(key)]
    if not key.brackets:
        lines.append(f"  default  {'none' if key.default is None else f'`{format_toml(key.default)}`'}")
        if limit := key.config_field.metadata.get("limit"):
            lines.append(f"  most     {LIMITS[limit].maximum:,} {LIMITS[limit].unit}")
    return "\n".join([*lines, "", *(f"    {line}" for line in _write_example(key))])


def describe_values(key: Key) -> tuple[str, ...]:
    """Return which values a key may have, in words; nothing for any."""
    if key.values:
        return (", ".join(f"`{each}`" for each in dict.fromkeys(key.values) if each),)
    if within := key.config_field.metadata.get("within"):
        low, high = within
        return (f"from {low:g} to {high:g}",)
    return ()


def _describe_place(key: Key) -> str:
    """Return the place of a key in guide.toml, in words."""
    if key.brackets:
        return "tables of guide.toml"
    if not key.table:
        return "a key of guide.toml, above all tables"
    outer = f"the tables of `{key.outer}` in " if key.outer else ""
    return (
        f"a key of {outer}`{write_brackets(key.table)}`{f', for {describe_owners(key.owners)}' if key.owners else ''}"
    )


def write_brackets(table: str) -> str:
    """Return the line that begins a table: ``[editions.NAME]``, and ``[[ignore]]`` for one without a name."""
    return f"[[{table}]]" if table == "ignore" else f"[{table}]"


def describe_owners(owners: Sequence[str]) -> str:
    """Return which editions have a key, in words."""
    if owners == (EXAM,):
        return "exams"
    return f"editions with {' or '.join(map(_write_output, owners))}"


def _write_output(name: str) -> str:
    return f'`output = "{name}"`'


def _write_example(key: Key) -> Iterator[str]:
    """Yield the lines of guide.toml that set a key."""
    if key.brackets:
        path, value = next(
            each for each in _read_examples().items() if each[0].startswith(f"{key.brackets.strip('[]')}.")
        )
        yield key.brackets
        yield f"{path.rpartition('.')[2]} = {format_toml(value)}"
        return
    if key.table:
        yield write_brackets(key.table)
    yield (
        f"{key.outer} = {format_toml([{key.name: key.example}])}"
        if key.outer
        else f"{key.name} = {format_toml(key.example)}"
    )
