"""Turn guide.toml into a Config; without it, or where it is silent, the built-in parts and editions hold."""

import datetime
import json
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

from studyguide.limits import check_limit
from studyguide.model import DIFFICULTIES, Config, Edition, Ignore, Part, Source
from studyguide.problems import WARNINGS, Place, Problem, instead
from studyguide.text import INVALID_XML_CHARACTER
from studyguide.words import words

# The sections that a question can have: `### Hint` and what follows. Their labels are the language's.
PARTS = (
    Part("hint", "Hint", place="question"),
    Part("answer", "Answer", ("Short answer", "Solution")),
    Part("explanation", "Explanation", ("Why",)),
    Part("pitfalls", "Pitfalls", ("Pitfall", "Common mistakes")),
    Part("follow-ups", "Follow-ups", ("Follow-up", "Follow-up questions")),
)

# The books that are made of every guide. Their titles are the language's.
EDITIONS = (
    Edition("guide"),
    Edition("workbook", suffix="-workbook", key="none", space=5),
    Edition("answers", suffix="-answers", questions=False),
    Edition("teacher", suffix="-teacher", key="inline"),
    Edition("tablet", output="epub"),
)

# The values that some keys of a part and of an edition may have; others depend on the guide, see `choices`.
OF_PART = {"place": ("question", "key")}
OF_EDITION = {
    "key": ("inline", "chapter-end", "book-end", "none"),
    "form": ("screen", "duplex", "press"),
    "reveal": ("linked", "popup", "inline"),
    "maths": ("svg", "mathml", "both"),
    "fonts": ("reader", "book"),
    "difficulties": DIFFICULTIES,
    "see-through": ("", "strict"),
}
TABLES = ("parts", "editions", "ignore")
"""The keys of guide.toml that hold tables."""

LISTED = "`./build.py rules` lists"

# What a value must be, by the annotation of its field, and how a person would call it.
TYPES: dict[str, tuple[type, str]] = {
    "tuple": (list, 'a list such as `["one", "two"]`'),
    "str": (str, "text in quotation marks"),
    "bool": (bool, "`true` or `false`"),
    "int": (int, "a number"),
    "date": (datetime.date, "a date such as `2026-01-31`"),
}


# What becomes a piece of the name of a file, which must not lead to another folder.
NAMES = ("name", "suffix")
FILE_NAME = re.compile(r"(?!\.)[\w.\- ]{0,100}")
FILE_NAME_FIX = "begin with a letter, a digit, `-` or `_`, and write no other marks than `-`, `_` and `.`"


@dataclass(frozen=True, slots=True)
class Table:
    """One table of the file: its values, where it begins, and the known values of some of its keys."""

    source: Source
    name: str
    values: Mapping[str, Any]
    problems: list[Problem]
    """Where what is wrong in the file is gathered."""
    allowed: Mapping[str, Sequence[str]]
    serial: int = 0
    """Which one it is, counted from 0, of tables of one name: `[[ignore]]`."""

    def place(self, key: str) -> Place:
        # tomllib does not say where a key is, so find the line that sets it.
        lines = self.source.text.splitlines()
        header = re.compile(rf"\s*\[\[?\s*{re.escape(self.name)}\s*\]")
        headers = [number for number, line in enumerate(lines) if header.match(line)] if self.name else []
        start = headers[self.serial] if self.serial < len(headers) else -1
        for number, line in enumerate(lines[start + 1 :], start + 2):
            if re.match(rf"\s*(\[\s*)?([\w.-]+\.)?[\"']?{re.escape(key)}[\"']?\s*[=\].]", line):
                return Place(self.source.path, number, line.index(key) + 1)
        return Place(self.source.path, max(start, 0) + 1, 1)

    def refuse(self, key: str, found: str, fix: str) -> None:
        self.problems.append(Problem(self.place(key), "wrong-value", found, fix))

    def read(self, into: Any) -> dict[str, Any]:
        """The values that are fields of ``into``; what is not goes to the problems."""
        ours = ("problems", "parts", "editions", "ignores", *(("place",) if into is Ignore else ()))
        named = ("name",) if self.name else ()  # a table's name is the one in its brackets
        known = {each.name: str(each.type) for each in fields(into) if each.name not in (*ours, *named)}
        taken: dict[str, Any] = {}
        for key, value in self.values.items():
            name = key.replace("-", "_")
            if name not in known:
                where = f"in `[{self.name}]`" if self.name else "in guide.toml"
                keys = [each.replace("_", "-") for each in known]
                fix = instead(key, [*keys, *(() if self.name else TABLES)])
                self.problems.append(Problem(self.place(key), "unknown-key", f"there is no key `{key}` {where}", fix))
            elif words := mistaken(value, known[name]):
                self.refuse(key, f"`{key}` is `{shown(value)}`", f"write {words}")
            else:
                for each in value if isinstance(value, list) else [value]:
                    self.judge(key, each)
                taken[name] = tuple(value) if isinstance(value, list) else value
        return taken

    def judge(self, key: str, value: Any) -> None:
        """Find what is wrong with a value of the right type."""
        if key in self.allowed and value not in self.allowed[key]:
            self.refuse(key, f"`{key}` is `{value}`", instead(str(value), self.allowed[key]))
        elif isinstance(value, str):
            self.problems.extend(self.unwritable(key, value))
            if key in ("title", "subtitle", "series"):
                self.problems.extend(check_limit("title", len(value), f"`{key}`", self.place(key)))
        elif key == "space":
            self.problems.extend(check_limit("space", value, f"`{key}`", self.place(key)))

    def unwritable(self, key: str, text: str) -> Iterator[Problem]:
        """What no book can hold, or no file can be named."""
        if INVALID_XML_CHARACTER.search(text):
            found = (
                f"`{key}` has a character that cannot be printed, U+{ord(INVALID_XML_CHARACTER.findall(text)[0]):04X}"
            )
            yield Problem(self.place(key), "wrong-value", found, "delete it")
        elif key in NAMES and not FILE_NAME.fullmatch(text):
            yield Problem(self.place(key), "wrong-value", f"`{key}` is `{text}`", FILE_NAME_FIX)


def mistaken(value: Any, annotation: str) -> str:
    """How a person would call what a field of this annotation must be, where the value is something else."""
    kind, words = next(each for word, each in TYPES.items() if word in annotation)
    wrong = not isinstance(value, kind) or (kind is int and isinstance(value, bool))
    if wrong or (kind is list and not all(isinstance(each, str) for each in value)):
        return words
    return ""


def shown(value: Any) -> str:
    """A value as it stands in the file."""
    return json.dumps(value, ensure_ascii=False, default=str).strip('"')


def configure(source: Source | None, outputs: Iterable[str], pages: Iterable[str]) -> Config:
    """The configuration, with what is wrong in it; ``outputs`` and ``pages`` are the names that an edition may use."""
    if source is None:
        return Config(parts=built_in_parts("en"), editions=built_in_editions("en"))
    try:
        data = tomllib.loads(source.text)
    except (ValueError, RecursionError) as error:  # of a number or a nesting that Python has no room for, too
        return replace(configure(None, outputs, pages), problems=(broken(source, error),))
    problems: list[Problem] = []
    groups = {key: data.pop(key, {}) for key in ("parts", "editions")}
    ignored = data.pop("ignore", [])
    top = Table(source, "", data, problems, {})
    for key, tables in groups.items():
        if not isinstance(tables, dict) or not all(isinstance(each, dict) for each in tables.values()):
            top.refuse(key, f"`{key}` is no table", f"write a table for each: `[{key}.name]`")
            groups[key] = {}
    if not isinstance(ignored, list) or not all(isinstance(each, dict) for each in ignored):
        top.refuse("ignore", "`ignore` is no table", "write a table for each: `[[ignore]]`")
        ignored = []
    language = str(data.get("language", "en"))
    parts = merged(top, "parts", groups["parts"], built_in_parts(language), OF_PART)
    built_in = built_in_editions(language)
    allowed = {
        **OF_EDITION,
        "output": tuple(outputs),
        "page": tuple(pages),
        **choices(parts, built_in, groups["editions"]),
    }
    editions = merged(top, "editions", groups["editions"], built_in, allowed)
    return replace(
        Config(**top.read(Config)),
        parts=parts,
        editions=tuple(replace(each, key="inline") if in_place(each) else each for each in editions),
        ignores=tuple(read_ignore(Table(source, "ignore", each, problems, {}, at)) for at, each in enumerate(ignored)),
        problems=tuple(problems),
    )


def broken(source: Source, error: Exception) -> Problem:
    """What is wrong with a text that is no TOML."""
    # Python 3.11 gives the place in the message only.
    at = re.search(r"line (\d+), column (\d+)", str(error))
    last = len(source.text.splitlines())
    place = Place(source.path, int(at[1]), int(at[2])) if at else Place(source.path, last, 1)
    what = re.sub(r" \(at .*\)$", "", str(error))
    # So it calls a key or a table that is there already.
    twice = re.match("Cannot (overwrite|declare|mutate)", what)
    fix = "leave one of the two that have this name" if twice else 'write `key = "value"`'
    return Problem(place, "broken-toml", f"this is not TOML: {what[0].lower()}{what[1:]}", fix)


def choices(
    parts: Iterable[Part], built_in: Iterable[Edition], tables: Mapping[str, Any]
) -> dict[str, tuple[str, ...]]:
    """The values of an edition's keys that name parts, or a printed edition."""
    names = tuple(part.name for part in parts)
    outputs = {each.name: each.output for each in built_in}
    outputs |= {name: values.get("output", outputs.get(name, "pdf")) for name, values in tables.items()}
    printed = ("", *(name for name, output in outputs.items() if output == "pdf"))
    return {"with-question": names, "in-key": names, "pages": printed}


def in_place(edition: Edition) -> bool:
    """Whether an EPUB has its answers where the questions are, by another word for it."""
    return (edition.output, edition.reveal) == ("epub", "inline")


def read_ignore(table: Table) -> Ignore:
    ignore = Ignore(**table.read(Ignore), place=table.place("rule"))
    for key, value, fix in (
        ("rule", ignore.rule, f'write `rule = "near-twins"`, or another warning that {LISTED}'),
        ("reason", ignore.reason, 'write `reason = "…"`, and in it why the warning is to stand'),
    ):
        if not value.strip():
            table.problems.append(Problem(ignore.place, "incomplete-ignore", f"this ignore has no `{key}`", fix))
    if ignore.rule and ignore.rule not in WARNINGS:
        fix = f"write the name of a warning that {LISTED}"
        table.refuse("rule", f"`rule` is `{ignore.rule}`, which is no warning", fix)
    return ignore


def built_in_parts(language: str) -> tuple[Part, ...]:
    """Under the language's labels; the English words mean the same everywhere."""
    labels = words(language).parts
    return tuple(replace(part, label=labels[part.name], names=(part.label, *part.names)) for part in PARTS)


def built_in_editions(language: str) -> tuple[Edition, ...]:
    titles = words(language).editions
    return tuple(replace(edition, title=titles.get(edition.name, "")) for edition in EDITIONS)


def merged(
    top: Table, group: str, tables: Mapping[str, Any], built_in: tuple[Any, ...], allowed: Mapping[str, Sequence[str]]
) -> tuple[Any, ...]:
    """The built-in parts or editions with the file's changes, then those that only the file has."""
    known = {each.name: each for each in built_in}
    for name, values in tables.items():
        if not FILE_NAME.fullmatch(name):  # an edition's is a piece of its file's name, a part's of identifiers
            top.refuse(group, f"a table of `{group}` is named `{name}`", FILE_NAME_FIX)
            continue
        kind = Part if group == "parts" else Edition
        taken = Table(top.source, f"{group}.{name}", values, top.problems, allowed).read(kind)
        if name in known:
            known[name] = replace(known[name], **taken)
        elif kind is Part:
            known[name] = Part(**{"label": name.capitalize(), **taken, "name": name})
        else:
            known[name] = Edition(**{"title": name.capitalize(), "suffix": f"-{name}", **taken, "name": name})
    return tuple(known.values())
