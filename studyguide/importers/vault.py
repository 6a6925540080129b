"""Links between the files of a foreign folder: marks in the text of each file, and links once all files are converted.

A file is named by its path, by the end of that, or by one of its aliases, as in Obsidian's `[[Note#Heading|words]]`.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from studyguide.importers.detect import front_matter
from studyguide.model import Source

WIKI_LINK = re.compile(
    r"(?<!\[)(?P<embed>!?)\[\[(?P<target>[^\[\]|#\n]*)(?P<part>#[^\[\]|\n]*)?(?:\\?\|(?P<words>[^\[\]\n]*))?\]\](?![\](])"
)
BLOCK_NAME = re.compile(r"(?:^|(?<=\s))\^((?=[a-z]*\d)(?=\d*[a-z])[a-z\d]{6})\s*$")
"""A mark that Obsidian writes behind a paragraph that another note links to."""
_OPEN, _BETWEEN, _CLOSE = "\ue020", "\ue021", "\ue022"
_MARK = re.compile(f"{_OPEN}(\\d+){_BETWEEN}([^{_BETWEEN}]*){_BETWEEN}([^{_CLOSE}]*){_CLOSE}")


@dataclass(frozen=True, slots=True)
class Vault:
    """The names of all files of a folder."""

    names: Mapping[str, int] = field(default_factory=dict)
    """The place of each file among the sources, by its names."""

    def find_file(self, name: str) -> int | None:
        """Return the place of the file of this name."""
        return self.names.get(_normalise(name))


NO_VAULT = Vault()
"""The names of no other files, for a file that stands alone."""


def list_names(sources: Sequence[Source]) -> Vault:
    """Return the names of these files; what several are called is the name of the first."""
    names: dict[str, int] = {}
    paths = [source.path.split("/") for source in sources]
    depth = max(map(len, paths), default=0)
    for size in range(depth, 0, -1):
        for place, path in enumerate(paths):
            if size <= len(path):
                names.setdefault(_normalise("/".join(path[-size:])), place)
    for place, source in enumerate(sources):
        for alias in _list_aliases(source):
            names.setdefault(_normalise(alias), place)
    return Vault(names)


def _list_aliases(source: Source) -> Iterable[str]:
    front, _ = front_matter(source.text)
    said = front.get("aliases", "") or front.get("alias", "")
    return (each.strip(" \"'") for each in re.split(r"[,\[\]]|(?:^|\s)-\s", said) if each.strip(" \"'"))


def _normalise(name: str) -> str:
    return re.sub(r"\.(?:md|markdown)$", "", name.strip().removeprefix("./").strip("/"), flags=re.IGNORECASE).casefold()


def mark_link(place: int, part: str, words: str) -> str:
    """Return the mark of a link to a part of a file, which ``resolve_marks`` replaces."""
    return f"{_OPEN}{place}{_BETWEEN}{part}{_BETWEEN}{words}{_CLOSE}"


def resolve_marks(text: str, anchors: Sequence[Mapping[str, str]]) -> str:
    """Return a text with its marks as links, to the anchors of each file; the anchor of a whole file has no name."""
    if _OPEN not in text:
        return text

    def write_link(mark: re.Match[str]) -> str:
        known = anchors[int(mark[1])]
        target = known.get(mark[2]) or known.get("")
        return f"[{mark[3]}](#{target})" if target else mark[3]

    return _MARK.sub(write_link, text)
