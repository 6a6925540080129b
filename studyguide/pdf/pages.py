"""Quires, Edition → Pages: which page of the book each page of a gathering is, and what is seen together with what.

A quire that opens on a recto, and a key that would show an answer with its question, get a blank page before them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product

from studyguide.model import Edition, Entry, Pagination, PrintOptions
from studyguide.pdf.gathering import Gathering, Leaf
from studyguide.problems import Place, Problem

APART = ("chapter-end", "book-end")
"""Where the key is in editions that keep questions and answers apart."""


@dataclass(frozen=True, slots=True)
class Quire:
    """A gathering in its place in the book."""

    gathering: Gathering
    place: Place
    front: bool = False
    """Whether it is front matter, numbered in roman."""
    mirrored: bool = True
    """Whether its text block moves to the outer side on a verso."""
    recto: bool = False
    """Whether it opens on a recto."""
    entries: tuple[Entry, ...] = ()
    """The questions that it asks or answers."""


@dataclass(slots=True)
class Page:
    """A page of the book: a leaf that knows its number."""

    quire: Quire | None
    leaf: Leaf | None
    label: str
    verso: bool
    box: tuple[float, ...]
    number: int = 0
    """Of its object."""
    parent: int = 0
    """The number of the node of the page tree that it hangs on."""

    @property
    def moved(self) -> bool:
        """Whether its text stands elsewhere than it was laid out."""
        return self.verso and self.quire is not None and self.quire.mirrored


def print_options(edition: Edition) -> PrintOptions:
    """Return the options of an edition that is printed."""
    assert isinstance(edition.options, PrintOptions)
    return edition.options


def paginate(quires: Sequence[Quire], edition: Edition) -> tuple[Page, ...]:
    """Every page with its label; blank ones where a quire would not open on a recto, or an answer be seen too soon."""
    pages: list[Page] = []
    start, leaves = 0, print_options(edition).form != "screen"
    for place, quire in enumerate(quires):
        first = not quire.front and (place == 0 or quires[place - 1].front)
        while leaves and (((quire.recto or first) and len(pages) % 2) or spoils(quire, pages, edition)):
            pages.append(blank(pages, start, quire))
        start = len(pages) if first else start
        for leaf in quire.gathering.leaves:
            number = len(pages) - start + 1
            label = roman(number) if quire.front else str(number)
            pages.append(Page(quire, leaf, label, leaves and len(pages) % 2 == 1, leaf.box))
    return tuple(pages)


def blank(pages: Sequence[Page], start: int, quire: Quire) -> Page:
    """An empty page before a quire; it counts among the pages before it."""
    number = len(pages) - start + 1
    front = all(page.quire is None or page.quire.front for page in pages)
    return Page(None, None, roman(number) if front else str(number), len(pages) % 2 == 1, quire.gathering.leaves[0].box)


def spoils(quire: Quire, pages: Sequence[Page], edition: Edition) -> bool:
    """Whether one of its answers would be seen with its question if the quire began on the next page."""
    if edition.key not in APART or not quire.entries or not pages or pages[-1].quire is None:
        return False
    questions = {answer: entry.question for entry in quire.entries for answer in entry.answers}
    # Two pages before it and two of its own: what is further apart is never seen together.
    count = len(pages)
    asked = [
        (anchor.name, count - at)
        for at, page in enumerate(pages[:-3:-1], 1)
        if page.leaf
        for anchor in page.leaf.anchors
    ]
    told = [(anchor.name, count + at) for at, leaf in enumerate(quire.gathering.leaves[:2]) for anchor in leaf.anchors]
    return any(
        questions.get(answer) == question and together(page, there, edition)
        for answer, there in told
        for question, page in asked
    )


def together(one: int, other: int, edition: Edition) -> bool:
    """Whether two pages, counted from 0, are seen at once: they face each other, or one shows through the other's leaf."""
    if print_options(edition).form == "screen":
        return one == other
    opening = (one + 1) // 2 == (other + 1) // 2
    return opening or (print_options(edition).see_through == "strict" and one // 2 == other // 2)


def pagination(pages: Sequence[Page]) -> Pagination:
    found: dict[str, list[int]] = {}
    for place, page in enumerate(pages):
        for anchor in page.leaf.anchors if page.leaf else ():
            found.setdefault(anchor.name, []).append(place)
    return Pagination(tuple(page.label for page in pages), {name: tuple(each) for name, each in found.items()})


def spoilers(quires: Sequence[Quire], pages: Sequence[Page], edition: Edition) -> Iterator[Problem]:
    """Every answer that is seen together with its question, though this edition is to keep them apart."""
    if edition.key not in APART:
        return
    where = pagination(pages)
    entries = {entry.question: entry for quire in quires for entry in quire.entries}
    for entry in entries.values():
        for answer in entry.answers:
            pairs = product(where.anchors.get(entry.question, ()), where.anchors.get(answer, ()))
            for asked, told in (pair for pair in pairs if together(*pair, edition)):
                found = (
                    f"in the edition `{edition.name}` the answer to question {entry.number} on page {where.labels[told]}"
                    f" ({entry.answer_place}) is seen with the question on page {where.labels[asked]}"
                )
                fix = 'take its part out of `with-question`, or write `key = "inline"`'
                yield Problem(entry.place, "spoiler", found, fix)
                break


def roman(number: int) -> str:
    """The number as front matter has it: ``xiv``."""
    out = ""
    for value, letters in (
        (100, "c"),
        (90, "xc"),
        (50, "l"),
        (40, "xl"),
        (10, "x"),
        (9, "ix"),
        (5, "v"),
        (4, "iv"),
        (1, "i"),
    ):
        count, number = divmod(number, value)
        out += letters * count
    return out
