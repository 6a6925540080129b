"""Link the terms of the glossary where they are used, and mark their uses for the index: HTML, Vocabulary → HTML."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from itertools import count

from studyguide.html_text import TAG
from studyguide.model import Html

Uses = Mapping[str, dict[str, int]]
"""Term → anchor of a mark → number of times that the question around it uses the term."""

_SECTION_START = re.compile(r"(?=<section\b|<h2\b)")
_PART_START = re.compile(r'(?=<div class="part\b)')  # a part of a question: its hint, its answer …
_UNMARKED_ELEMENTS = ("h1", "h2", "h3", "h4", "h5", "h6", "code", "pre", "svg", "dt")
_MARK = re.compile(r'<(?:a|span) id="(use-[^"]*)" class="term" data-uses="(\d+)" (?:href|data-term)="#([^"]*)">')


@dataclass(frozen=True)
class Vocabulary:
    """The names of the glossary's terms, ready to be found in a text."""

    terms: tuple[tuple[str, tuple[str, ...]], ...]
    """The identifier and the names of each."""

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """Matches a name in any case; group 1 is the name without the ending of a plural."""
        names = sorted(self._terms_by_name, key=len, reverse=True)
        return re.compile(rf"\b({'|'.join(map(re.escape, names))})(?:e?s)?\b", re.IGNORECASE)

    def find_term(self, word: str) -> str:
        """Return the identifier of the term with this name, or an empty string.

        Case makes no difference, but for a name with capitals after its first letter: `Gan` is not GAN.
        """
        return self._terms_by_name.get(_lower_first(word)) or self._terms_by_name.get(word.lower(), "")

    @cached_property
    def _terms_by_name(self) -> dict[str, str]:
        return {_lower_first(name): id for id, names in self.terms for name in names}


def _lower_first(name: str) -> str:
    return name[0].lower() + name[1:]


def mark_terms(html: Html, vocabulary: Vocabulary, section: str) -> Html:
    """Return the section's HTML with the first use of each term in each question, or below each heading of prose, linked.

    For the index, the first use in each further part of a question, and one inside another link, gets an anchor only.
    """
    if not vocabulary.terms:
        return html
    marker = _Marker(vocabulary, section)
    return Html("".join(piece for section in _SECTION_START.split(html) for piece in marker.mark_question(section)))


def find_uses(pages: Iterable[Html]) -> Uses:
    """Return the marks that ``mark_terms`` made."""
    uses: dict[str, dict[str, int]] = {}
    for page in pages:
        for anchor, times, term in _MARK.findall(page):
            uses.setdefault(term, {})[anchor] = int(times)
    return uses


class _Marker:
    """Marks the terms of one section of the book, question by question; its anchors are numbered through the section."""

    def __init__(self, vocabulary: Vocabulary, section: str) -> None:
        self.vocabulary, self.section, self.serial = vocabulary, section, count(1)
        self.times_used: Counter[str] = Counter()
        """Term → its uses in the question."""
        self.linked: set[str] = set()
        """The terms that are linked in the question."""
        self.marked: set[str] = set()
        """The terms that are marked in the part of the question."""

    def mark_question(self, html: str) -> Iterator[str]:
        pattern = self.vocabulary.pattern
        matches = (match for piece, kind in _split_text(html) if kind for match in pattern.finditer(piece))
        self.times_used, self.linked = Counter(self.vocabulary.find_term(match[1]) for match in matches), set()
        for part in _PART_START.split(html):
            self.marked = set()
            for piece, kind in _split_text(part):
                yield pattern.sub(partial(self._mark_use, kind), piece) if kind else piece

    def _mark_use(self, kind: str, match: re.Match[str]) -> str:
        term = self.vocabulary.find_term(match[1])
        if not term or term in self.marked:
            return match[0]
        self.marked.add(term)
        anchor = f'id="use-{self.section}-{next(self.serial)}" class="term" data-uses="{self.times_used[term]}"'
        if kind == "link" or term in self.linked:
            return f'<span {anchor} data-term="#{term}">{match[0]}</span>'
        self.linked.add(term)
        return f'<a {anchor} href="#{term}">{match[0]}</a>'


def _split_text(html: str) -> Iterator[tuple[str, str]]:
    """Yield the tags and texts in their order, each with its kind: `text`, `link` (text in a link), or empty for no marks."""
    unmarked = links = 0  # elements that are open
    for piece in TAG.split(html):
        if not piece.startswith("<"):
            yield piece, "" if unmarked else "link" if links else "text"
            continue
        name = piece.strip("</>").split(maxsplit=1)[0].lower()
        step = 0 if piece.endswith("/>") else -1 if piece.startswith("</") else 1
        unmarked += step * (name in _UNMARKED_ELEMENTS)
        links += step * (name == "a")
        yield piece, ""
