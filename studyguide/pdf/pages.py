"""Number the pages of the book: PlacedSections, Edition → Pages; find what is visible at once → Problems.

A section that opens on a recto, and a key that would show an answer with its question, get a blank page before them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product

from studyguide.model import Edition, Entry, Pagination, PrintOptions
from studyguide.pdf.section_pages import SectionPages, SetPage
from studyguide.problems import Place, Problem

_MAX_BLANK_PAGES = 0.05  # share of all pages
_APART = ("chapter-end", "book-end")
"""The places of the key in editions that keep questions and answers apart."""


@dataclass(frozen=True, slots=True)
class PlacedSection:
    """A section in its place in the book."""

    made_up: SectionPages
    place: Place
    front: bool = False
    """True if it is front matter, numbered in roman."""
    mirrored: bool = True
    """True if its text block moves to the outer side on a verso."""
    recto: bool = False
    """True if it opens on a recto."""
    entries: tuple[Entry, ...] = ()
    """The questions that are asked or answered in it."""
    lists_pages: bool = False
    """True if it states the pages of other sections."""


@dataclass(slots=True)
class Page:
    """A page of the book."""

    section: PlacedSection | None
    """None for a blank page."""
    index: int
    """The number of the page in its section, from 0."""
    label: str
    is_verso: bool
    box: tuple[float, ...]

    @property
    def facts(self) -> SetPage | None:
        """The page as it was made up; None for a blank page."""
        return self.section.made_up.pages[self.index] if self.section else None

    @property
    def is_moved(self) -> bool:
        """True if its text is moved from the place at which it was laid out."""
        return self.is_verso and self.section is not None and self.section.mirrored


def get_print_options(edition: Edition) -> PrintOptions:
    """Return the options of an edition that is printed."""
    assert isinstance(edition.options, PrintOptions)
    return edition.options


def paginate(sections: Sequence[PlacedSection], edition: Edition) -> tuple[Page, ...]:
    """Return every page with its label.

    A blank page comes before a section that would not open on a recto, or whose answers would be seen too soon. If the edition
    does not decide, chapters open on a recto if few pages are blank then.
    """
    openings = get_print_options(edition).openings
    opens_on_recto = openings == "recto"
    if openings == "auto":
        # Sections that list pages are made later, and must not change the pages that they list.
        text = _paginate([each for each in sections if not each.lists_pages], edition, opens_on_recto=True)
        opens_on_recto = sum(page.section is None for page in text) <= _MAX_BLANK_PAGES * len(text)
    return _paginate(sections, edition, opens_on_recto=opens_on_recto)


def _paginate(sections: Sequence[PlacedSection], edition: Edition, *, opens_on_recto: bool) -> tuple[Page, ...]:
    pages: list[Page] = []
    start, has_versos = 0, get_print_options(edition).form != "screen"
    for place, section in enumerate(sections):
        is_first = not section.front and (place == 0 or sections[place - 1].front)
        while has_versos and (
            (((section.recto and (opens_on_recto or section.front)) or is_first) and len(pages) % 2)
            or _is_seen_too_soon(section, pages, edition)
        ):
            pages.append(_make_blank(pages, start, section))
        start = len(pages) if is_first else start
        for index, facts in enumerate(section.made_up.pages):
            number = len(pages) - start + 1
            label = format_roman(number) if section.front else str(number)
            pages.append(Page(section, index, label, has_versos and len(pages) % 2 == 1, facts.box))
    return tuple(pages)


def _make_blank(pages: Sequence[Page], start: int, section: PlacedSection) -> Page:
    """Return an empty page before a section; it counts among the pages before it."""
    number = len(pages) - start + 1
    front = all(page.section is None or page.section.front for page in pages)
    label = format_roman(number) if front else str(number)
    return Page(None, 0, label, len(pages) % 2 == 1, section.made_up.pages[0].box)


def _is_seen_too_soon(section: PlacedSection, pages: Sequence[Page], edition: Edition) -> bool:
    """True if an answer would be seen with its question, if the section began on the next page."""
    if edition.key not in _APART or not section.entries or not pages or pages[-1].section is None:
        return False
    questions = {answer: entry.question for entry in section.entries for answer in entry.answers}
    # Two pages before it and two of its own: pages that are further apart are never seen together.
    count = len(pages)
    pages_of_questions: dict[str, list[int]] = {}
    for back, page in enumerate(pages[:-3:-1], 1):
        for anchor in page.facts.anchors if page.facts else ():
            pages_of_questions.setdefault(anchor.name, []).append(count - back)
    return any(
        are_seen_together(page, count + ahead, edition)
        for ahead, facts in enumerate(section.made_up.pages[:2])
        for answer in facts.anchors
        if answer.name in questions
        for page in pages_of_questions.get(questions[answer.name], ())
    )


def are_seen_together(one: int, other: int, edition: Edition) -> bool:
    """True if two pages, counted from 0, are seen at once: they face each other, or one shows through the other."""
    if get_print_options(edition).form == "screen":
        return one == other
    is_opening = (one + 1) // 2 == (other + 1) // 2
    return is_opening or (get_print_options(edition).see_through == "strict" and one // 2 == other // 2)


def find_pagination(pages: Sequence[Page]) -> Pagination:
    """Return the labels of all pages, and the pages of each anchor."""
    found: dict[str, list[int]] = {}
    for place, page in enumerate(pages):
        for anchor in page.facts.anchors if page.facts else ():
            found.setdefault(anchor.name, []).append(place)
    return Pagination(tuple(page.label for page in pages), {name: tuple(each) for name, each in found.items()})


def find_spoilers(sections: Sequence[PlacedSection], pages: Sequence[Page], edition: Edition) -> Iterator[Problem]:
    """Yield a problem for each answer that is seen with its question, if the edition keeps them apart."""
    if edition.key not in _APART:
        return
    pagination = find_pagination(pages)
    entries = {entry.question: entry for section in sections for entry in section.entries}
    for entry in entries.values():
        for answer in entry.answers:
            pairs = product(pagination.anchors.get(entry.question, ()), pagination.anchors.get(answer, ()))
            for question_page, answer_page in pairs:
                if not are_seen_together(question_page, answer_page, edition):
                    continue
                found = (
                    f"in the edition `{edition.name}` the answer to question {entry.number} on page"
                    f" {pagination.labels[answer_page]} ({entry.answer_place}) is seen with the question on page"
                    f" {pagination.labels[question_page]}"
                )
                fix = 'take its part out of `with-question`, or write `key = "inline"`'
                yield Problem(entry.place, "spoiler", found, fix)
                break


def format_roman(number: int) -> str:
    """Return a number in lower-case roman numerals, such as ``xiv``."""
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
