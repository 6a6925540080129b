"""The files of a foreign folder by their names, for the links between them: Sources → Vault.

A file is named by its path, by the end of that, or by one of its aliases, as in Obsidian's `[[Note#Heading|words]]`.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from studyguide.importers.detect import read_front_matter
from studyguide.model import Source

Anchors = Mapping[str, str]
"""The identifier of each heading of a file by its anchor on GitHub, and that of the whole file by an empty text."""


@dataclass(frozen=True, slots=True)
class Vault:
    """The files of a folder."""

    anchors: Mapping[str, Anchors] = field(default_factory=dict)
    """The anchors of each file, by its names; a file in our own format has none."""

    def find_file(self, name: str) -> Anchors | None:
        """Return the anchors of the file of this name; None if there is no such file."""
        return self.anchors.get(_normalise(name))


NO_VAULT = Vault()
"""The files beside a file that stands alone."""


def make_vault(sources: Sequence[Source], anchors: Sequence[Anchors]) -> Vault:
    """Return the files by their names; what several are called is the name of the first."""
    named: dict[str, Anchors] = {}
    paths = [source.path.split("/") for source in sources]
    depth = max(map(len, paths), default=0)
    for size in range(depth, 0, -1):
        for path, each in zip(paths, anchors, strict=True):
            if size <= len(path):
                named.setdefault(_normalise("/".join(path[-size:])), each)
    for source, each in zip(sources, anchors, strict=True):
        for alias in _list_aliases(source):
            named.setdefault(_normalise(alias), each)
    return Vault(named)


def _list_aliases(source: Source) -> Iterable[str]:
    front, _ = read_front_matter(source.text)
    names = front.get("aliases", "") or front.get("alias", "")
    return (each.strip(" \"'") for each in re.split(r"[,\[\]]|(?:^|\s)-\s", names) if each.strip(" \"'"))


def _normalise(name: str) -> str:
    return re.sub(r"\.(?:md|markdown)$", "", name.strip().removeprefix("./").strip("/"), flags=re.IGNORECASE).casefold()
