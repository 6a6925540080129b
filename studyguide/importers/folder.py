"""A folder of foreign files: their order, what they are named for, and whether each of them is one question."""

import re
from collections.abc import Iterable, Sequence
from pathlib import PurePosixPath

from studyguide.importers.wording import recognise_wording
from studyguide.model import Source

NAMELESS = {"readme", "index"}
FILE_LINK = re.compile(r"\]\(\s*<?(?:\./)?([^()\s>#]+\.(?:md|markdown|mdown|mkd))(?:#[^()\s>]*)?>?\s*\)", re.IGNORECASE)
TITLE = re.compile(r"^\s{0,3}#{1,2}\s+(.+?)\s*#*\s*$|^(\S.*)\n=+\s*$|^title:\s*[\"']?(.+?)[\"']?\s*$", re.MULTILINE)


def named(path: str) -> str:
    """A title made of a path: of the file's name, or the folder's where the file has none of its own."""
    place = PurePosixPath(path)
    name = place.parent.name if place.stem.casefold() in NAMELESS and place.parent.name else place.stem
    words = re.sub(r"[-_\s]+", " ", re.sub(r"^\d+[-_. ]+", "", name)).strip() or name
    return words[0].upper() + words[1:]


def is_index(source: Source) -> bool:
    return PurePosixPath(source.path).stem.casefold() in NAMELESS


def ordered(sources: Sequence[Source]) -> tuple[Source, ...]:
    """The sources, which come in natural order, as the contents lists of the READMEs among them have them."""
    places: dict[str, int] = {}
    for index in sorted(filter(is_index, sources), key=lambda source: source.path.count("/")):
        base = PurePosixPath(index.path).parent
        places.setdefault(
            index.path, len(places) if base == shallowest(sources) else places.get(index.path, len(places))
        )
        for target in FILE_LINK.findall(index.text):
            places.setdefault(str(base / target), len(places))
    return tuple(sorted(sources, key=lambda source: places.get(source.path, len(places))))


def shallowest(sources: Iterable[Source]) -> PurePosixPath:
    return min((PurePosixPath(source.path).parent for source in sources), key=lambda path: len(path.parts))


def title_of(source: Source) -> str:
    found = TITLE.search(source.text)
    return next(filter(None, found.groups())) if found else ""


def is_one_each(sources: Sequence[Source]) -> bool:
    """Return True if most files are one question each, whose titles ask."""
    files = [source for source in sources if not is_index(source)]
    wording = recognise_wording("\n".join(source.text for source in files))
    return len(files) > 1 and sum(
        wording.asks(title_of(source) or named(source.path)) for source in files
    ) >= 0.6 * len(files)


def folder(path: str) -> str:
    parent = str(PurePosixPath(path).parent)
    return "" if parent == "." else f"{parent.rstrip('/')}/"


def within(folder: str, path: str) -> str:
    """The path as seen from above the folder."""
    out: list[str] = []
    for part in (*folder.split("/"), *path.split("/")):
        if part == ".." and out:
            out.pop()
        elif part not in ("", "."):
            out.append(part)
    return "/".join(out)
