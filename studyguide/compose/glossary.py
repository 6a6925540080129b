"""The words of the glossary: linked where they are used, and listed with the pages where they are.

mark     HTML, Vocabulary → HTML, the first use of each term in each question linked to its entry
uses     HTML → the anchors of what is marked; asked: and of the questions that name a term
discussed, index    anchors, Pagination → Runs of pages for a term; terms and tags → IndexLines
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from itertools import count, groupby

from studyguide.html_text import TAG
from studyguide.model import Html, Pagination, Question, Term
from studyguide.text import slugify

SECTION = re.compile(r"(?=<section\b|<h2\b)")
PART = re.compile(r'(?=<div class="part\b)')
"""Where a part of a question begins."""
SKIPPED = ("h1", "h2", "h3", "h4", "h5", "h6", "code", "pre", "svg", "dt")
USE = re.compile(r'<(?:a|span) id="(use-[^"]*)" class="term" data-uses="(\d+)" (?:href|data-term)="#([^"]*)">')


@dataclass(frozen=True)
class Vocabulary:
    """The names of the glossary's terms, ready to be found in a text."""

    terms: tuple[tuple[str, tuple[str, ...]], ...]
    """The identifier and the names of each."""

    @cached_property
    def homes(self) -> dict[str, str]:
        """The term of each name; of one with capitals inside, such as GAN, only the first letter may be either."""
        return {folded(name): id for id, names in self.terms for name in names}

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        names = sorted(self.homes, key=len, reverse=True)
        return re.compile(rf"\b({'|'.join(map(re.escape, names))})(?:e?s)?\b", re.IGNORECASE)

    def term(self, word: str) -> str:
        return self.homes.get(folded(word)) or self.homes.get(word.lower(), "")


def folded(name: str) -> str:
    return name[0].lower() + name[1:]


def mark(html: Html, vocabulary: Vocabulary, sheet: str) -> Html:
    """The page with the first use of each term in each question, or below each heading of prose, linked.

    The first use in each part of a question, and one in another link, is marked without a link of its own, for the index.
    """
    if not vocabulary.terms:
        return html
    marks = Marks(vocabulary, sheet)
    return Html("".join(piece for section in SECTION.split(html) for piece in marks.section(section)))


class Marks:
    """The marks of one sheet, made section by section."""

    def __init__(self, vocabulary: Vocabulary, sheet: str) -> None:
        self.vocabulary, self.sheet, self.serial = vocabulary, sheet, count(1)
        self.times: Counter[str] = Counter()
        """How often the section uses each term."""
        self.linked: set[str] = set()
        """The terms that the section has linked."""
        self.marked: set[str] = set()
        """Those that its part has marked."""

    def section(self, html: str) -> Iterator[str]:
        pattern = self.vocabulary.pattern
        found = (match for piece, where in told(html) if where for match in pattern.finditer(piece))
        self.times, self.linked = Counter(self.vocabulary.term(match[1]) for match in found), set()
        for part in PART.split(html):
            self.marked = set()
            for piece, where in told(part):
                yield pattern.sub(partial(self.use, where), piece) if where else piece

    def use(self, where: str, match: re.Match[str]) -> str:
        term = self.vocabulary.term(match[1])
        if not term or term in self.marked:  # `map` is no `mAP`
            return match[0]
        self.marked.add(term)
        anchor = f'id="use-{self.sheet}-{next(self.serial)}" class="term" data-uses="{self.times[term]}"'
        if where == "link" or term in self.linked:
            return f'<span {anchor} data-term="#{term}">{match[0]}</span>'
        self.linked.add(term)
        return f'<a {anchor} href="#{term}">{match[0]}</a>'


def told(html: str) -> Iterator[tuple[str, str]]:
    """The tags and the texts of a page in their order, and what a piece is: ``text``, a text in a ``link``, or nothing of these."""
    skipped = links = 0
    for piece in TAG.split(html):
        if not piece.startswith("<"):
            yield piece, "" if skipped else "link" if links else "text"
            continue
        name = piece.strip("</>").split(maxsplit=1)[0].lower()
        step = 0 if piece.endswith("/>") else -1 if piece.startswith("</") else 1
        skipped += step * (name in SKIPPED)
        links += step * (name == "a")
        yield piece, ""


# ---------------------------------------------------------------- page numbers


@dataclass(frozen=True, slots=True)
class Run:
    """Pages without a gap, and where to go for them."""

    first: str
    last: str
    anchor: str

    def __str__(self) -> str:
        return self.first if self.first == self.last else f"{self.first}–{self.last}"


def unaccented(name: str) -> str:
    return "".join(each for each in unicodedata.normalize("NFD", name) if not unicodedata.combining(each))


@dataclass(frozen=True, slots=True)
class IndexLine:
    name: str
    runs: tuple[Run, ...] = ()
    term: str = ""
    """The anchor of its entry in the glossary, whose page is not known yet."""
    see: str = ""
    """The name to look up instead."""

    @property
    def letter(self) -> str:
        """What it stands under: its first letter without accents, or a sign for what begins with none."""
        first = unaccented(self.name)[0].upper()
        return first if first.isalpha() else "#"


MANY = 8
"""Runs of pages in a line of the index: a reader follows no more."""
CHOSEN = 1000
"""How often a term seems to be used where a title or a tag names it: an author's word outweighs any count."""


def uses(pages: Iterable[Html]) -> dict[str, dict[str, int]]:
    """The anchors of what is marked, by the term, each with how often its question uses the term."""
    found: dict[str, dict[str, int]] = {}
    for page in pages:
        for anchor, times, term in USE.findall(page):
            found.setdefault(term, {})[anchor] = int(times)
    return found


def asked(
    used: Mapping[str, dict[str, int]], questions: Iterable[Question], vocabulary: Vocabulary, pagination: Pagination
) -> dict[str, dict[str, int]]:
    """The uses, and above them the answers to the questions whose titles name the term."""
    found = {term: dict(anchors) for term, anchors in used.items()}
    for question in questions if vocabulary.terms else ():
        for match in vocabulary.pattern.finditer(question.title.markdown):
            found.setdefault(vocabulary.term(match[1]), {})[answer(question, pagination)] = CHOSEN
    return found


def answer(question: Question, pagination: Pagination) -> str:
    """The anchor where a question is answered, or where it is asked in a book without a key."""
    anchor = f"answer-{question.id}"
    return anchor if anchor in pagination.anchors else question.id


def discussed(used: Mapping[str, int], pagination: Pagination) -> tuple[Run, ...]:
    """The pages of a term: all, or where there are many of them those of the questions that use it most."""
    for least in sorted({0, *used.values()}):
        found = runs((anchor for anchor, times in used.items() if times >= least), pagination)
        if len(found) <= MANY:
            break
    return found


def runs(anchors: Iterable[str], pagination: Pagination) -> tuple[Run, ...]:
    """The pages of these anchors, neighbours joined; front matter, with its roman numbers, is left out."""
    pages: dict[int, str] = {}
    for anchor in anchors:
        for page in pagination.anchors.get(anchor, ()):
            if pagination.labels[page].isdecimal():
                pages.setdefault(page, anchor)
    joined = [
        [page for _, page in group] for _, group in groupby(enumerate(sorted(pages)), lambda each: each[1] - each[0])
    ]
    return tuple(Run(pagination.labels[each[0]], pagination.labels[each[-1]], pages[each[0]]) for each in joined)


def index(
    terms: Sequence[Term],
    used: Mapping[str, dict[str, int]],
    tags: Mapping[str, Sequence[Question]],
    pagination: Pagination,
) -> tuple[IndexLine, ...]:
    """The lines of the index in the order of the alphabet; a tag that is also a term's name shares its line."""
    return tuple(
        sorted(lines(terms, used, tags, pagination), key=lambda line: (line.letter, unaccented(line.name).casefold()))
    )


def lines(
    terms: Sequence[Term],
    used: Mapping[str, dict[str, int]],
    tags: Mapping[str, Sequence[Question]],
    pagination: Pagination,
) -> Iterator[IndexLine]:
    homes = {slugify(name): term for term in terms for name in term.names}
    tagged: dict[str, list[str]] = {}
    for tag, questions in tags.items():
        anchors = [answer(each, pagination) for each in questions]
        if term := homes.get(slugify(tag)) or homes.get(slugify(tag).removesuffix("s")):
            tagged.setdefault(term.id, []).extend(anchors)
        elif found := runs(anchors, pagination):
            yield IndexLine(capital(tag.replace("-", " ")), found)
    for term in terms:
        first, *others = term.names
        others = [
            other for place, other in enumerate(others) if not any(beside(other, each) for each in others[:place])
        ]
        found = discussed(used.get(term.id, {}) | dict.fromkeys(tagged.get(term.id, ()), CHOSEN), pagination)
        if not found:  # the glossary itself is in the order of the alphabet
            continue
        yield IndexLine(capital(first), found, term.id)
        for other in others:
            if not beside(other, first):
                yield IndexLine(capital(other), see=capital(first))


def beside(name: str, other: str) -> bool:
    """Whether two names would stand side by side, so that no one needs to be told of both."""
    return slugify(other).startswith(slugify(name)[:4])


def capital(name: str) -> str:
    """The name as a line begins with it; one such as `mAP` keeps its small letter."""
    return name if name[1:2].isupper() else name[0].upper() + name[1:]
