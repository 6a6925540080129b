"""Describe the work of typesetting as values, for any process on any machine: Section → SectionJob; block → GalleyJob.

``assembly`` puts a ``SectionJob`` together from galleys. A ``GalleyJob`` is one block, or a document that WeasyPrint divides
into pages itself, such as a cover.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

from studyguide.html_text import find_sources, find_style_sources
from studyguide.model import Asset, OwnFace, PageSize, Section
from studyguide.problems import Place
from studyguide.store import digest

_PAGED_ROLES = ("cover", "half-title", "colophon")
BOOK = "studyguide://book/"
"""The base of links into the book: an address that cannot exist."""
_LINK = re.compile(r'(<a\b[^>]*?\bhref=")#')


@dataclass(frozen=True, eq=False)
class GalleyJob:
    """A block to be set as one galley, or a document whose pages are each a galley."""

    html: str = field(repr=False)
    """The block with the tags of its containers around it; the whole document if ``is_paged``."""
    depth: int
    """The number of containers around the block."""
    language: str
    styles: str = field(repr=False)
    assets: tuple[Asset, ...]
    page: PageSize
    place: Place
    """The source of its text, for messages."""
    is_paged: bool = False
    is_furniture: bool = False
    """True if its pages show running heads and folios and nothing of the text."""
    faces: tuple[OwnFace, ...] = ()
    """The guide's own faces; ``styles`` name them by what they are made of."""

    @cached_property
    def key(self) -> str:
        figures = [(asset.path, asset.digest) for asset in self.assets]
        facts = (self.depth, self.language, figures, self.page, self.is_paged, self.is_furniture)
        return digest("galley", self.html, _digest_styles(self.styles), repr(facts))

    @property
    def size(self) -> int:
        return len(self.html)


@dataclass(frozen=True, eq=False)
class SectionJob:
    """A section to be made up from its blocks."""

    section: Section
    styles: str = field(repr=False)
    assets: tuple[Asset, ...]
    page: PageSize
    faces: tuple[OwnFace, ...] = ()
    """As those of a ``GalleyJob``."""

    @cached_property
    def key(self) -> str:
        figures = [(asset.path, asset.digest) for asset in self.assets]
        facts = (self.section.role, figures, self.page, sorted(self.section.targets.items()))
        return digest("section", self.section.digest, _digest_styles(self.styles), repr(facts))

    @property
    def place(self) -> Place:
        """The source of its text, for messages."""
        return self.section.place

    @property
    def size(self) -> int:
        return len(self.html)

    @cached_property
    def html(self) -> str:
        """The HTML of the whole document, whose links lead to the book; its text is in a ``section`` of class ``sheet``."""
        return _LINK.sub(rf"\1{BOOK}#", str(self.section.html))

    @property
    def is_paged(self) -> bool:
        """True if WeasyPrint makes up its pages itself."""
        return self.section.role in _PAGED_ROLES

    def find_target(self, name: str) -> str:
        """Return the anchor that a name in a link leads to."""
        return self.section.targets.get(name, name)


@lru_cache(maxsize=16)
def _digest_styles(styles: str) -> str:
    """Return the digest of a stylesheet, which many jobs share."""
    return digest(styles)


def find_assets(html: str, assets: Iterable[Asset], styles: str) -> tuple[Asset, ...]:
    """Return the figures that a piece of HTML shows in these styles."""
    paths = find_sources(html) | find_style_sources(styles)
    return tuple(asset for asset in assets if asset.path in paths)


_MAX_BATCH_SIZE = 24_000  # characters of HTML; a document has a cost of its own, and a job should take about a second


def batch_jobs(jobs: Sequence[GalleyJob]) -> list[tuple[GalleyJob, ...]]:
    """Return the jobs in groups that WeasyPrint can lay out as one document, each of about a second's work."""
    batches: list[list[GalleyJob]] = []
    sizes: list[int] = []
    open_batches: dict[tuple[object, ...], int] = {}
    for job in jobs:
        kind = (job.place, job.language, job.styles, job.page)
        place = open_batches.get(kind, -1)
        if job.is_paged or place < 0 or sizes[place] + job.size > _MAX_BATCH_SIZE:
            batches.append([])
            sizes.append(0)
            place = len(batches) - 1
            if not job.is_paged:
                open_batches[kind] = place
        batches[place].append(job)
        sizes[place] += job.size
    return [tuple(batch) for batch in batches]
