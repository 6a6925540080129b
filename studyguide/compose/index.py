"""Find the pages of terms and tags: anchors, Pagination → PageRuns of a term, and the IndexParts of a book."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby

from studyguide.compose.alphabet import find_heading, make_sort_key
from studyguide.compose.glossary import Vocabulary, find_terms
from studyguide.compose.plan import group_by_tag
from studyguide.locale import Index
from studyguide.model import Guide, Pagination, Question, Term, Uses
from studyguide.text import slugify

TermUses = Mapping[str, Mapping[str, int]]
"""Term → anchor of a use → number of uses that it stands for."""

_MAX_RUNS = 8  # runs of pages in a line of the index: a reader follows no more
_AUTHOR_WEIGHT = 1000  # uses that a title or a tag with the term counts for: more than any text has
_MIN_COMMON_START = 4  # letters in which two names agree that are neighbours in the index


@dataclass(frozen=True, slots=True)
class PageRun:
    """Consecutive pages, by the names of places on them.

    It holds no page number: binding fills the numbers in.
    """

    first: str
    """An anchor that begins on the first page."""
    last: str = ""
    """An anchor that ends on the last page; empty if the first page is the only one."""
    first_digits: int = 1
    last_digits: int = 0
    """The number of digits of the first and of the last page's number."""


@dataclass(frozen=True, slots=True)
class IndexLine:
    """A term or a tag with its pages, or another name of a term that says which one to look up."""

    name: str
    runs: tuple[PageRun, ...] = ()
    term: str = ""
    """The anchor of its entry in the glossary, whose page is not known yet."""
    see: str = ""
    """The name to look up instead."""


IndexPart = tuple[str, tuple[IndexLine, ...]]
"""A heading of the index, a letter, and the lines below it."""


@dataclass(frozen=True)
class PageLists:
    """The runs of pages in the glossary and the index of an edition."""

    guide: Guide
    """With the questions of the edition."""
    vocabulary: Vocabulary
    uses: Sequence[Uses]
    """The uses of terms in each section."""
    pagination: Pagination
    words: Index
    """The words of the book's language."""

    @cached_property
    def answer_pages(self) -> list[tuple[int, ...]]:
        """The pages of the answer to each question, or in a book without a key those of the question."""
        questions = self.guide.questions
        return [self.pagination.anchors.get(_find_answer_anchor(each, self.pagination), ()) for each in questions]

    @cached_property
    def pages(self) -> dict[str, tuple[PageRun, ...]]:
        """The pages of each term, for the glossary."""
        return {term: choose_page_runs(anchors, self.pagination) for term, anchors in self._term_uses.items()}

    @cached_property
    def index(self) -> tuple[IndexPart, ...]:
        tags = group_by_tag(self.guide.questions, self.words)
        return make_index(self.guide.terms, self._term_uses, tags, self.pagination, self.words)

    @cached_property
    def _term_uses(self) -> TermUses:
        return group_uses(self.uses, self.guide.questions, self.vocabulary, self.pagination)


def group_uses(
    uses: Iterable[Uses], questions: Iterable[Question], vocabulary: Vocabulary, pagination: Pagination
) -> TermUses:
    """Return the uses in all sections by their terms, and with a greater weight the answers to questions whose titles name a term."""
    found: dict[str, dict[str, int]] = {}
    for some in uses:
        times_in: Counter[tuple[str, str]] = Counter()
        for anchor, (term, times) in some.items():
            times_in[term, _find_owner(anchor, term)] += times
        for anchor, (term, _) in some.items():
            found.setdefault(term, {})[anchor] = times_in[term, _find_owner(anchor, term)]
    for question in questions if vocabulary.terms else ():
        for term in find_terms(question.title.markdown, vocabulary):
            found.setdefault(term, {})[_find_answer_anchor(question, pagination)] = _AUTHOR_WEIGHT
    return found


def _find_owner(anchor: str, term: str) -> str:
    """Return the identifier of the question or the heading that a use of a term stands below: all of its parts count as one."""
    return anchor.removeprefix("use-").removesuffix(f".{term}").partition(".")[0].removeprefix("answer-")


def choose_page_runs(uses: Mapping[str, int], pagination: Pagination) -> tuple[PageRun, ...]:
    """Return the pages of a term: all, or if these are too many runs, those of the questions that use it most.

    ``uses`` is anchor → number of uses.
    """
    for min_times in sorted({0, *uses.values()}):
        runs = _join_pages((anchor for anchor, times in uses.items() if times >= min_times), pagination)
        if len(runs) <= _MAX_RUNS:
            break
    return runs


def make_index(
    terms: Sequence[Term],
    uses: TermUses,
    tags: Mapping[str, Sequence[Question]],
    pagination: Pagination,
    words: Index,
) -> tuple[IndexPart, ...]:
    """Return the lines of the index by their headings, in the order of the language; a tag that is also a term's name shares the term's line."""
    terms_by_name = {slugify(name): term for term in terms for name in term.names}
    anchors_by_term: dict[str, list[str]] = {}
    lines = []
    for tag, questions in tags.items():
        anchors = [_find_answer_anchor(each, pagination) for each in questions]
        if term := terms_by_name.get(slugify(tag)) or terms_by_name.get(slugify(tag).removesuffix("s")):
            anchors_by_term.setdefault(term.id, []).extend(anchors)
        elif runs := _join_pages(anchors, pagination):
            lines.append(IndexLine(_capitalize(tag.replace("-", " ")), runs))
    for term in terms:
        tagged = dict.fromkeys(anchors_by_term.get(term.id, ()), _AUTHOR_WEIGHT)
        lines += _make_term_lines(term, choose_page_runs({**uses.get(term.id, {}), **tagged}, pagination))
    lines.sort(key=lambda line: make_sort_key(line.name, words))
    parts = groupby(lines, key=lambda line: find_heading(line.name, words))
    return tuple((heading, tuple(below)) for heading, below in parts)


def _make_term_lines(term: Term, runs: tuple[PageRun, ...]) -> Iterator[IndexLine]:
    """Yield the line of a term, and one for each other name that is elsewhere in the index; none for a term without pages."""
    if not runs:  # the glossary itself is in alphabetical order
        return
    first, *others = term.names
    yield IndexLine(_capitalize(first), runs, term.id)
    for number, other in enumerate(others, 1):
        if not any(_are_neighbours(other, earlier) for earlier in term.names[:number]):
            yield IndexLine(_capitalize(other), see=_capitalize(first))


def _find_answer_anchor(question: Question, pagination: Pagination) -> str:
    """Return the anchor of the answer, or in a book without a key that of the question."""
    anchor = f"answer-{question.id}"
    return anchor if anchor in pagination.anchors else question.id


def _join_pages(anchors: Iterable[str], pagination: Pagination) -> tuple[PageRun, ...]:
    """Return the pages of the anchors, consecutive ones joined, without the roman page numbers of the front matter."""
    labels, pages_of = pagination.labels, pagination.anchors
    pages: dict[int, str] = {}
    for anchor in anchors:
        for page in pages_of.get(anchor, ()):
            pages.setdefault(page, anchor)
    arabic = (page for page in sorted(pages) if labels[page].isdecimal())
    runs = [[page for _, page in group] for _, group in groupby(enumerate(arabic), lambda each: each[1] - each[0])]
    return tuple(
        PageRun(pages[run[0]], pages[run[-1]], len(labels[run[0]]), len(labels[run[-1]]))
        if len(run) > 1
        else PageRun(pages[run[0]], first_digits=len(labels[run[0]]))
        for run in runs
    )


def _are_neighbours(name: str, other: str) -> bool:
    """Return True if two names would stand side by side in the index, where one of them is enough."""
    return slugify(other).startswith(slugify(name)[:_MIN_COMMON_START])


def _capitalize(name: str) -> str:
    """Return the name with a capital at its beginning; one such as `mAP` keeps its small letter."""
    return name if name[1:2].isupper() else name[0].upper() + name[1:]
