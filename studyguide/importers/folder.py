"""A folder of foreign files: their order, what they are named for, and whether each of them is one question."""

import re
from collections.abc import Sequence
from pathlib import PurePosixPath

from studyguide.importers.wording import recognise_wording
from studyguide.model import Source

_NAMELESS = {"readme", "index"}
_FILE_LINK = re.compile(
    r"\]\(\s*<?(?:\./)?([^()\s>#]+\.(?:md|markdown|mdown|mkd))(?:#[^()\s>]*)?>?\s*\)", re.IGNORECASE
)
_TITLE = re.compile(r"^\s{0,3}#{1,2}\s+(.+?)\s*#*\s*$|^(\S.*)\n=+\s*$|^title:\s*[\"']?(.+?)[\"']?\s*$", re.MULTILINE)
_MIN_ASKING_SHARE = 0.6


def make_title(path: str) -> str:
    """Return a title made of a path: of the file's name, or the folder's where the file has none of its own."""
    place = PurePosixPath(path)
    name = place.parent.name if place.stem.casefold() in _NAMELESS and place.parent.name else place.stem
    words = re.sub(r"[-_\s]+", " ", re.sub(r"^\d+[-_. ]+", "", name)).strip() or name
    return words[0].upper() + words[1:]


def is_index(source: Source) -> bool:
    """Return True for a file that is about its folder."""
    return PurePosixPath(source.path).stem.casefold() in _NAMELESS


def order_sources(sources: Sequence[Source]) -> tuple[Source, ...]:
    """Return the sources, which come in natural order, as the contents lists of the READMEs among them have them."""
    places: dict[str, int] = {}
    for index in sorted(filter(is_index, sources), key=lambda source: source.path.count("/")):
        base = PurePosixPath(index.path).parent
        places.setdefault(index.path, len(places))
        for target in _FILE_LINK.findall(index.text):
            places.setdefault(str(base / target), len(places))
    return tuple(sorted(sources, key=lambda source: places.get(source.path, len(places))))


def is_question_per_file(sources: Sequence[Source]) -> bool:
    """Return True if most files are one question each, whose titles ask."""
    files = [source for source in sources if not is_index(source)]
    wording = recognise_wording("\n".join(source.text for source in files))
    asking = sum(wording.asks(_read_title(source) or make_title(source.path)) for source in files)
    return len(files) > 1 and asking >= _MIN_ASKING_SHARE * len(files)


def _read_title(source: Source) -> str:
    found = _TITLE.search(source.text)
    return next(filter(None, found.groups())) if found else ""


def get_folder(path: str) -> str:
    """Return the path of the folder of a file with a slash at its end; empty if there is none."""
    parent = str(PurePosixPath(path).parent)
    return "" if parent == "." else f"{parent.rstrip('/')}/"


def join_path(folder: str, path: str) -> str:
    """Return a path that starts in the folder as seen from above it, without ``.`` and ``..``."""
    parts: list[str] = []
    for part in (*folder.split("/"), *path.split("/")):
        if part == ".." and parts:
            parts.pop()
        elif part not in ("", "."):
            parts.append(part)
    return "/".join(parts)
