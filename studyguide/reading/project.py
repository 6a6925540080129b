"""Turn the disk into a Project. The only reader of the disk."""

import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from studyguide import PROGRAM_ROOT
from studyguide.limits import LIMITS, over
from studyguide.model import IMAGE_ENDINGS, Asset, Project, Source
from studyguide.problems import ContentError, Place, Problem, Rule
from studyguide.reading.dates import find_date
from studyguide.runtime.file_stamp import FileStamp, read_file_stamp
from studyguide.text import UNWRITABLE

FURNITURE = {
    "license",
    "licence",
    "contributing",
    "code_of_conduct",
    "changelog",
    "security",
    "authors",
    "pull_request_template",
}
"""Files of a repository that say nothing of its subject."""
# One pattern with these three as its branches takes four times as long.
TARGETS = (
    re.compile(r"\]\(\s*<?([^)\s>]+)"),
    re.compile(r"""src=["']([^"']+)["']"""),
    re.compile(r"^ {0,3}\[[^\]\n]+\]:\s*<?([^\s>]+)", re.MULTILINE),
)


def read(content: str, everything: bool = False) -> Project:
    """Everything that a build of this folder, or of this one Markdown file, needs.

    A guide of another format has ``everything``: README files and the files of folders within. Raises ContentError where
    there is nothing to build, and where the files change again and again while they are read.
    """
    for _ in range(TIMES):
        shelf = Shelf(Path(content), everything)
        project = taken(shelf)
        if shelf.as_it_was():
            return project
    found, fix = "the files change while they are read", "build again when all of them are saved"
    raise ContentError([Problem(Place(content), "changing-content", found, fix)])


TIMES = 5
"""How often a guide is read that somebody is saving."""


def taken(shelf: "Shelf") -> Project:
    """The project as it stands on the shelf."""
    content = str(shelf.content)
    if not shelf.content.exists():
        found, fix = "there is no such file or folder", "name the folder that holds the chapters"
        raise ContentError([Problem(Place(content), "no-content", found, fix)])
    if shelf.content.suffix == ".toml" and shelf.content.is_file():
        raise ContentError(
            [Problem(Place(content), "no-content", "this is no chapter", "name the folder that it is in")]
        )
    if not shelf.chapters:
        fix = "write the first chapter, `01-name.md`, or name another folder"
        raise ContentError([Problem(Place(content), "no-content", "there is no chapter in this folder", fix)])
    problems = list(over("chapters", len(shelf.chapters), "the guide", Place(content)))
    if problems:
        raise ContentError(problems)
    config = text(shelf, shelf.config, problems) if shelf.config else None
    sources: list[Source] = []
    size = 0
    for path in shelf.chapters:
        source = text(shelf, path, problems)
        if source:
            sources.append(source)
            size += len(source.text)
            if too_much := list(over("guide", size, "the guide", Place(content))):
                raise ContentError(too_much)
    return Project(
        content=content,
        config=config,
        sources=tuple(sources),
        assets=tuple(pictures(shelf, sources, problems)),
        templates=tuple(ours("templates", "*.html", "*.xhtml", "*.svg")),
        styles=tuple(ours("styles", "*.css")),
        problems=tuple(problems),
        dated=find_date(config, shelf.content),
    )


def natural(path: Path) -> tuple[tuple[int, str], ...]:
    """What puts `2-name.md` before `10-name.md`, and the files of a folder before those of folders in it."""
    names = [*("/" + name for name in path.parts[:-1]), path.name]
    return tuple(
        (int(each), "") if each.isdecimal() else (-1, each) for name in names for each in re.split(r"(\d+)", name)
    )


def is_guide(path: Path) -> bool:
    """Whether a file of another's guide may hold something to learn."""
    hidden = any(part.startswith((".", "_")) or part == "node_modules" for part in path.parts)
    return not hidden and path.stem.casefold() not in FURNITURE


class Shelf:
    """The content folder: nothing outside of it can be reached, and what has been read is noted."""

    def __init__(self, content: Path, everything: bool) -> None:
        self.content, self.everything = content, everything
        self.folder = content if content.is_dir() else content.parent
        # Who names one file means it, wherever a link leads.
        self.root = self.folder.resolve() if content.is_dir() else content.resolve().parent
        self.seen: dict[Path, FileStamp] = {}
        self.chapters = self.listed()
        config = self.folder / "guide.toml"
        self.config = config if content.is_dir() and os.path.lexists(config) else None

    def listed(self) -> list[Path]:
        """The chapters in the natural order of their names."""
        if not self.content.is_dir():
            return [self.content] if self.content.exists() else []
        if self.everything:
            paths = [path for path in self.content.rglob("*.md") if is_guide(path.relative_to(self.content))]
        else:
            paths = [path for path in self.content.glob("*.md") if path.name.casefold() != "readme.md"]
        return sorted(paths, key=natural)

    def within(self, path: Path) -> Path | None:
        """The plain file that a path leads to, if that is in the folder when all links are followed."""
        try:
            found = path.resolve(strict=True)
        except (OSError, ValueError, RuntimeError):  # not there, no path at all, a ring of links
            return None
        return found if found.is_relative_to(self.root) and found.is_file() else None

    def data(self, path: Path, most: int) -> bytes | None:
        """The bytes of a file, or of its beginning where it is larger than that; nothing where there is none to be had."""
        found = self.within(path)
        if found is None:
            return None
        with found.open("rb") as file:
            self.seen[found] = read_file_stamp(found)
            return file.read(most + 1)

    def as_it_was(self) -> bool:
        """Whether nothing has changed since it was read."""
        try:
            return (
                all(read_file_stamp(path) == seen for path, seen in self.seen.items())
                and self.listed() == self.chapters
            )
        except OSError:
            return False


def text(shelf: Shelf, path: Path, problems: list[Problem]) -> Source | None:
    """A file of the author's; nothing, and a Problem more, where it cannot be a text of the guide."""
    try:
        return checked(shelf, path)
    except ContentError as error:
        problems += error.problems
        return None


def checked(shelf: Shelf, path: Path) -> Source:
    """A file of the author's, with its line ends made alike. Raises ContentError."""
    name = os.fsencode(path).decode("utf-8", "replace")
    if name != str(path):
        raise ContentError([Problem(Place(name), "not-utf8", "the name of this file is not UTF-8", "rename it")])
    data = shelf.data(path, LIMITS["file"].most)
    if data is None:
        found, fix = "this is no file of the content folder", "put the file itself there, not a link or a folder"
        raise ContentError([Problem(Place(name), "outside-content", found, fix)])
    if too_large := list(over("file", len(data), "the file", Place(name))):
        raise ContentError(too_large)
    source = Source(name, decoded(name, data).replace("\r\n", "\n").replace("\r", "\n"))
    if strange := UNWRITABLE.search(source.text):
        place = source.at(source.text.count("\n", 0, strange.start()) + 1, strange[0])
        found, fix = (
            f"the character U+{ord(strange[0]):04X} cannot be printed",
            "delete it; your editor may not show it",
        )
        raise ContentError([Problem(place, "control-character", found, fix)])
    return source


def decoded(name: str, data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = data[: error.start]
        place = Place(name, before.count(b"\n") + 1, error.start - before.rfind(b"\n"))
        found, fix = f"the byte 0x{data[error.start]:02x} is not UTF-8", "save the file as UTF-8 in your editor"
        raise ContentError([Problem(place, "not-utf8", found, fix)]) from error


def pictures(shelf: Shelf, sources: Iterable[Source], problems: list[Problem]) -> Iterator[Asset]:
    """The pictures that the chapters name and that are in the folder; a link that leads out of it is not followed."""
    names = set()
    for source in sources:
        inner = os.path.relpath(Path(source.path).parent, shelf.folder)
        found = {
            name for target in TARGETS for name in target.findall(source.text) if name.lower().endswith(IMAGE_ENDINGS)
        }
        names |= {name if inner == "." else Path(os.path.normpath(Path(inner) / name)).as_posix() for name in found}
    size = 0
    for name in sorted(names):
        place = Place(os.path.normpath(shelf.folder / name))
        data = shelf.data(Path(os.path.normpath(shelf.root / name)), LIMITS["figure"].most)
        if data is None:
            continue
        if too_large := list(over("figure", len(data), f"the figure `{name}`", place)):
            problems += too_large
            continue
        size += len(data)
        if too_large := list(over("figures", size, "the guide", Place(str(shelf.content)))):
            problems += too_large
            return
        yield Asset(name, data)


def rules() -> dict[str, Rule]:
    """The rules that Problems name, by their pages: the second line of text of each says in short what breaks the rule."""
    found = {}
    for source in ours("docs/rules", "*.md"):
        name = source.path.removesuffix(".md")
        if name != "README":
            line = source.text.split("\n\n", 2)[1]
            found[name] = Rule(name, line.partition(": ")[2].removesuffix("."), source.text)
    return found


def ours(folder: str, *patterns: str) -> Iterator[Source]:
    root = PROGRAM_ROOT / folder
    for path in sorted(path for pattern in patterns for path in root.rglob(pattern)):
        yield Source(path.relative_to(root).as_posix(), path.read_text(encoding="utf-8"))
