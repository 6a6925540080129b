"""Make a new guide: the files of ``templates/new/`` and the keys of guide.toml → Artifacts."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from textwrap import wrap
from typing import Any

from studyguide.model import Artifact
from studyguide.reading.config import EDITIONS, PARTS
from studyguide.reading.keys import EXAM, Key, describe_owners, write_brackets
from studyguide.reading.project import read_program_files
from studyguide.toml_text import format_toml

_LINE_WIDTH = 110  # characters of a comment in guide.toml
_FILES = (
    ("guide.txt", "guide.toml", "every setting, with what it does"),
    ("00-welcome.md", "00-welcome.md", "a chapter of prose"),
    ("01-paper.md", "01-paper.md", "a chapter of three questions, which show the format"),
    ("figures/sheets.svg", "figures/sheets.svg", "a picture in one of them"),
    ("README.md", "README.md", "for those who find the folder"),
    ("gitignore.txt", ".gitignore", "keeps the books out of git"),
    ("book.yml", ".github/workflows/book.yml", "builds the books on GitHub"),
)
"""The file of ``templates/new/``, its name in the new guide, and what it is for."""
_MARK = re.compile(r"@([A-Z]+)@")


@dataclass(frozen=True, slots=True)
class StarterFile:
    """A file of a new guide, not yet on the disk."""

    artifact: Artifact
    purpose: str
    """Its use for an author, in half a sentence."""


def make_starter(keys: Sequence[Key], settings: Mapping[str, Any], program: str) -> tuple[StarterFile, ...]:
    """Return the files of a new guide in the order in which an author reads them.

    ``settings`` has values of keys of the guide, and a ``title`` among them. ``program`` is what pip installs the program from, for
    the workflow; empty if it is not known.
    """
    texts = {source.path: source.text for source in read_program_files("templates/new", "*.*")}
    words = {"KEYS": "\n".join(_write_keys(keys, settings)), "TITLE": settings["title"], "PROGRAM": program}
    return tuple(
        StarterFile(Artifact(name, _MARK.sub(lambda mark: words[mark[1]], texts[template]).encode()), purpose)
        for template, name, purpose in _FILES
    )


def _write_keys(keys: Sequence[Key], settings: Mapping[str, Any]) -> Iterator[str]:
    """Yield the lines of guide.toml: the settings, then every other key and table as a comment."""
    yield from (f"{name} = {format_toml(value)}" for name, value in settings.items())
    others = (key for key in keys if not key.outer and (key.table or key.name not in settings))
    for head, group in groupby(
        others, key=lambda key: _name_table(key.table, key.owners) if key.table and not key.brackets else ""
    ):
        if head:
            yield from ("", f"#{head}")
        rows = tuple(group)
        if output := _find_unnamed_output(rows[0].owners):
            yield f"#output = {format_toml(output)}"
        for owners, own in groupby(rows, key=lambda key: key.owners):
            if owners:
                yield from ("", f"# Of {describe_owners(owners)} only:")
            for key in own:
                yield from _write_key(key)


def _write_key(key: Key) -> Iterator[str]:
    """Yield the lines about a key, or about a kind of tables."""
    if key.brackets:
        yield from ("", "", f"# {'-' * 16} {key.brackets}", *_write_comment(key.description))
    else:
        yield from ("", *_write_comment(_describe_key(key)), f"#{_write_value(key)}")


def _find_unnamed_output(owners: Sequence[str]) -> str:
    """Return the output whose keys these are if no built-in edition has it, so that its edition has to name it; else an empty text."""
    known = {EXAM, *(each.output for each in EDITIONS)}
    return "" if known.intersection(owners) or not owners else owners[0]


def _name_table(table: str, owners: Sequence[str]) -> str:
    """Return the head of a table with the name of a built-in part or edition, or of a new one for an exam."""
    editions = {each.output: each.name for each in reversed(EDITIONS)}
    output = owners[0] if owners else EDITIONS[0].output
    names = {
        "parts.NAME": PARTS[0].name, "editions.NAME": "midterm" if output == EXAM else editions.get(output, output), "editions.NAME.look": editions.get(output, output),
    }  # fmt: skip
    return write_brackets(table.replace("NAME", names.get(table, "")))


def _describe_key(key: Key) -> str:
    """Return what a comment says of a key: its description, then its values."""
    values = ", ".join(f"`{each}`" for each in key.values if each)
    return f"{key.description} Values: {values}." if values else key.description


def _write_value(key: Key) -> str:
    """Return the line that sets a key to its default, or to an example if it has none."""
    if key.default is None:
        return f"{key.name} = {format_toml(key.example)}  # an example"
    return f"{key.name} = {format_toml(key.default)}"


def _write_comment(text: str) -> Iterable[str]:
    return (f"# {line}" for line in wrap(text, _LINE_WIDTH, break_on_hyphens=False))
