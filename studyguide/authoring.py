"""The use cases of a person who writes: a new guide, the keys of guide.toml, and the names that a shell completes.

``cli`` turns a command line into a call of one of these functions, as it does with those of ``app``.
"""

import os
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from studyguide import CHECKOUT_FOLDER
from studyguide.limits import LIMITS
from studyguide.locale import REFERENCE, find_language
from studyguide.marks import MARKS
from studyguide.model import Artifact, Config, Part, Project, Source
from studyguide.problems import ContentError, NameSuggester, UnknownNameError, replace_invisible, shorten_quotation
from studyguide.reading import keys, project, schema, starter
from studyguide.runtime import person
from studyguide.runtime.write import write_artifacts

_MAX_CONFIG_SIZE = 1_000_000  # bytes of a guide.toml whose editions a shell completes
_UNTITLED = "A study guide"
_CONFIG = "guide.toml"


class FolderInUseError(Exception):
    """A new guide would stand among other files; the message says what to do."""


# ---------------------------------------------------------------- guide.toml


def list_page_names(source: str = "") -> tuple[str, ...]:
    """Return the names of the page sizes: of the program, and of the guide in the folder ``source``, if there is one."""
    from studyguide.pipeline import list_page_sizes

    return list_page_sizes(Project("", None, (), styles=_list_styles(source)))


def _list_styles(source: str) -> tuple[Source, ...]:
    """Return the program's styles, and the page sizes of the guide in a folder, whose text is not read."""
    folder = Path(source or ".")
    paths: tuple[Path, ...] = ()
    if source and (folder / _CONFIG).is_file():
        with suppress(OSError):
            paths = tuple(islice(sorted((folder / "styles" / "pages").glob("*.css")), LIMITS["own-files"].maximum))
    own = (Source(f"pages/{path.name}", "", origin=str(path)) for path in paths)
    return (*project.read_styles(), *own)


def list_keys(source: str = "") -> tuple[keys.Key, ...]:
    """Return every key of guide.toml, with the page sizes of the guide in the folder ``source``."""
    from studyguide.pipeline import OUTPUTS

    return keys.list_keys(OUTPUTS, list_page_names(source))


def make_schema(source: str = "") -> dict[str, Any]:
    """Return the JSON Schema of guide.toml, with the page sizes of the guide in the folder ``source``."""
    from studyguide.pipeline import OUTPUTS

    return schema.make_schema(list_keys(source), OUTPUTS)


def write_schema(text: str, path: Path) -> None:
    """Write the schema into a file, whose folder may be new."""
    write_artifacts([Artifact(path.name, f"{text}\n".encode())], path.parent)


def explain(name: str, source: str = "") -> str:
    """Return the page of a rule, or of the keys, marks and parts of this name in the guide in the folder ``source``.

    Raises UnknownNameError.
    """
    rules = project.read_rules()
    if name in rules:
        return rules[name].page.strip()
    known = list_keys(source)
    parts = _read_config(source).parts
    word = name.strip("{}# ")
    found = [
        *_explain_mark(word.strip(".").partition("=")[0].strip()),
        *(_explain_part(part) for part in parts if word.casefold() in map(str.casefold, (part.name, *part.words))),
        *map(keys.describe_key, keys.find_keys(known, name)),
    ]
    if found:
        return "\n\n\n".join(found)
    names = {*rules, *MARKS, *(each for key in known for each in (key.name, key.path))}
    suggester = NameSuggester({*names, *(each for part in parts for each in part.words)})
    near = suggester.find_nearest(name)
    fix = (f"write `{near}`; " if near else "") + "`studyguide rules` lists the rules"
    raise UnknownNameError(f"there is no rule, key, mark or part `{shorten_quotation(name)}`: {fix}")


def _explain_mark(name: str) -> Iterator[str]:
    """Yield what a mark behind a heading does."""
    if mark := MARKS.get(name):
        yield f"`{mark.example}`: a mark behind a heading, `{mark.heading} {{{mark.example}}}`\n\n  It {mark.description}."


def _explain_part(part: Part) -> str:
    """Return where a part of a question is printed, and which words begin it."""
    place = "beside the question" if part.place == "question" else "with the answer, in the key"
    heads = [f"`### {word}`" for word in dict.fromkeys(part.words)]
    others = f" {', '.join(heads[1:])} {'means' if len(heads) == 2 else 'mean'} the same." if heads[1:] else ""
    return (
        f"{heads[0]}: a part of a question\n\n  It is printed {place}, unless an edition moves it.{others}\n"
        f"  In a sub-question it has one `#` more."
    )


# ---------------------------------------------------------------- names that a shell completes


def list_explained_names() -> dict[str, str]:
    """Return the names of rules, keys and marks, each with half a sentence about it."""
    rules = {rule.name: rule.summary for rule in project.read_rules().values()}
    marks = {name: mark.description for name, mark in MARKS.items()}
    return {**marks, **{key.name: key.description for key in reversed(list_keys())}, **rules}


def list_edition_names(source: str) -> tuple[str, ...]:
    """Return the names of the editions of a guide; the built-in ones if it has no guide.toml that can be read."""
    return tuple(edition.name for edition in _read_config(source).editions)


def _read_config(source: str) -> Config:
    """Return the settings of the guide in a folder; the built-in ones if it has no guide.toml that can be read."""
    from studyguide.pipeline import read_config

    path = Path(source) / _CONFIG
    config = None
    with suppress(OSError, UnicodeDecodeError):
        if path.is_file() and path.stat().st_size <= _MAX_CONFIG_SIZE:
            config = Source(str(path), path.read_text(encoding="utf-8"))
    return read_config(Project(source, config, (), styles=_list_styles(source)))


def list_dialects() -> tuple[str, ...]:
    """Return the names of the formats that can be read besides our own."""
    from studyguide.importers import FAMILIES

    return tuple(FAMILIES)


# ---------------------------------------------------------------- a new guide


@dataclass(frozen=True, slots=True)
class NewGuide:
    """A guide that was just written."""

    folder: Path
    files: tuple[starter.StarterFile, ...]
    foreign_language: str
    """The tag of the person's language if the program speaks it and the guide is in English; empty otherwise."""
    has_program: bool
    """True if its workflow knows what to install."""
    has_author: bool
    """True if its guide.toml names an author."""


def start_guide(folder: Path, title: str, author: str, language: str) -> NewGuide:
    """Write a guide that can be built into a folder; what is empty is guessed.

    Raises FolderInUseError if files are in the way, and ContentError for a value that guide.toml cannot have; then nothing is written.
    """
    own = person.find_language_tag()
    tag = find_language(own)
    author = author or person.find_author()
    settings = {
        "title": title or _guess_title(folder),
        "authors": [author] if author else [],
        "language": language or (own if tag == REFERENCE else REFERENCE),
    }
    program = person.find_program_address(CHECKOUT_FOLDER)
    files = starter.make_starter(list_keys(), {key: value for key, value in settings.items() if value}, program)
    _check_settings(folder, files)
    _check_room(folder, files)
    _check_inner_folders(folder, files)
    write_artifacts([each.artifact for each in files], folder)
    is_foreign = tag not in (None, REFERENCE) and not language
    return NewGuide(folder, files, own if is_foreign else "", bool(program), bool(author))


def find_free_folder() -> Path:
    """Return the current folder for a new guide, if it is empty. Raises FolderInUseError if it is not."""
    if any(not each.name.startswith(".") for each in Path().iterdir()):
        raise FolderInUseError(
            "the current folder is not empty; `studyguide new my-guide` writes a guide into a new one"
        )
    return Path()


def _guess_title(folder: Path) -> str:
    """Return a title made from the name of a folder: `My guide` for `my-guide`."""
    name = os.fsencode(folder.resolve().name).decode("utf-8", "replace")
    words = re.sub(r"[-_\ufffd]", " ", replace_invisible(name)).split()
    return " ".join(words)[:1].upper() + " ".join(words)[1:] or _UNTITLED


def _check_settings(folder: Path, files: Iterable[starter.StarterFile]) -> None:
    """Raise ContentError if a title, an author or a language cannot stand in guide.toml."""
    from studyguide.pipeline import read_config

    text = next(each.artifact.data.decode() for each in files if each.artifact.path == _CONFIG)
    config = read_config(Project(str(folder), Source(str(folder / _CONFIG), text), (), styles=project.read_styles()))
    if config.problems:
        raise ContentError(config.problems)


def _check_inner_folders(folder: Path, files: Iterable[starter.StarterFile]) -> None:
    """Raise FolderInUseError if an inner folder of the guide is a file, or a link that leads elsewhere."""
    for inner in sorted({parent for each in files for parent in Path(each.artifact.path).parents} - {Path()}):
        path = folder / inner
        if path.is_symlink() or (path.exists() and not path.is_dir()):
            what = "a link" if path.is_symlink() else "a file"
            raise FolderInUseError(
                f"{replace_invisible(str(path))} is {what}, and the guide wants a folder of its own there; nothing was written:"
                " name another folder"
            )


def _check_room(folder: Path, files: Iterable[starter.StarterFile]) -> None:
    """Raise FolderInUseError if a file would be written over, or if other chapters would be mixed with the new ones."""
    existing = [each.artifact.path for each in files if os.path.lexists(folder / each.artifact.path)]
    if existing:
        name = replace_invisible(str(folder / existing[0]))
        more = f", and so {'is' if len(existing) == 2 else 'are'} {len(existing) - 1} more" if len(existing) > 1 else ""
        raise FolderInUseError(f"{name} is there already{more}; nothing was written: name another folder")
    if project.is_guide(folder):
        raise FolderInUseError(
            f"{replace_invisible(str(folder))} has chapters already; nothing was written: `studyguide build` builds them,"
            " and `studyguide new` wants a folder of its own"
        )
