"""Turn the disk into a Project. The only reader of the disk."""

import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from studyguide import HOME
from studyguide.dates import dated
from studyguide.model import Asset, Project, Source
from studyguide.problems import ContentError, Place, Problem, Rule

PICTURES = (".svg", ".png", ".jpg", ".jpeg", ".gif", ".webp")
# One pattern with these three as its branches takes four times as long.
TARGETS = (
    re.compile(r"\]\(\s*<?([^)\s>]+)"),
    re.compile(r"""src=["']([^"']+)["']"""),
    re.compile(r"^ {0,3}\[[^\]\n]+\]:\s*<?([^\s>]+)", re.MULTILINE),
)


def read(content: str) -> Project:
    """Everything that a build of this folder, or of this one Markdown file, needs.

    Raises ContentError where there is nothing to build.
    """
    root = Path(content)
    if not root.exists():
        raise ContentError(
            [
                Problem(
                    Place(content),
                    "no-content",
                    "there is no such file or folder",
                    "name the folder that holds the chapters",
                )
            ]
        )
    folder = root if root.is_dir() else root.parent
    chapters = [root] if root.is_file() else sorted(root.glob("*.md"))
    chapters = [path for path in chapters if path == root or path.name.casefold() != "readme.md"]
    if not chapters:
        fix = "write the first chapter, `01-name.md`, or name another folder"
        raise ContentError([Problem(Place(content), "no-content", "there is no chapter in this folder", fix)])
    problems: list[Problem] = []
    sources = tuple(filter(None, (text(path, problems) for path in chapters)))
    path = folder / "guide.toml"
    config = text(path, problems) if root.is_dir() and path.is_file() else None
    return Project(
        content=content,
        config=config,
        sources=sources,
        assets=tuple(pictures(folder, sources)),
        templates=tuple(ours("templates", "*.html", "*.xhtml", "*.svg")),
        styles=tuple(ours("styles", "*.css")),
        problems=tuple(problems),
        dated=dated(config, root),
    )


def text(path: Path, problems: list[Problem]) -> Source | None:
    """A file of the author's, with its line ends made alike; or a Problem, where it is not UTF-8."""
    name = str(path)
    data = path.read_bytes()
    try:
        return Source(name, data.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n"))
    except UnicodeDecodeError as error:
        before = data[: error.start]
        place = Place(name, before.count(b"\n") + 1, error.start - before.rfind(b"\n"))
        found = f"the byte 0x{data[error.start]:02x} is not UTF-8"
        problems.append(Problem(place, "not-utf8", found, "save the file as UTF-8 in your editor"))
        return None


def pictures(folder: Path, sources: Iterable[Source]) -> Iterator[Asset]:
    """The pictures that the chapters name and that are in the folder; a link that leads out of it is not followed."""
    root = folder.resolve()
    names = {name for source in sources for target in TARGETS for name in target.findall(source.text)}
    for name in sorted(name for name in names if name.lower().endswith(PICTURES)):
        path = Path(os.path.normpath(root / name)).resolve()
        if path.is_relative_to(root) and path.is_file():
            yield Asset(name, path.read_bytes())


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
    root = HOME / folder
    for path in sorted(path for pattern in patterns for path in root.rglob(pattern)):
        yield Source(path.relative_to(root).as_posix(), path.read_text(encoding="utf-8"))
