"""Link the terms of the glossary where they are used, and count their uses for the index: Chapter, Vocabulary → Chapter, Uses.

A text is marked by itself: a question without its parts, each part of it, the reasons of its options, and what stands below a
heading of prose. So its HTML is the same wherever it stands, in every edition.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache, partial
from html import unescape

from markupsafe import escape

from studyguide.html_text import TAG
from studyguide.model import Chapter, Html, Passage, Question, Uses
from studyguide.store import digest
from studyguide.text import COMBINING_MARKS

_HEADING_START = re.compile(r"(?=<h2\b)")
_ID_OF_HEADING = re.compile(r'<h2\b[^>]* id="([^"]*)"')
_FEW_NAMES = 6  # of which a list is as fast
_UNMARKED_ELEMENTS = ("h1", "h2", "h3", "h4", "h5", "h6", "code", "pre", "svg", "dt")


# Letters between which no spaces stand: Thai and its neighbours, Chinese and Japanese. Korean words have endings of the same letters.
_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\u9fff\uf900-\ufaff\U00020000-\U000323af"
_HANGUL = "\uac00-\ud7ff"
_MARKS_OF_WORDS = "".join(mark for mark in COMBINING_MARKS if not "\u0e00" <= mark <= "\u0eff")
"""Marks that a word with spaces around it may end in; regular expressions do not count them as its letters."""
_NO_WORD_BEFORE = rf"(?<![^\W{_UNSPACED}])(?<![{_MARKS_OF_WORDS}])"
_NO_WORD_AFTER = rf"(?![^\W{_UNSPACED}{_HANGUL}])(?![{COMBINING_MARKS}])"


@dataclass(frozen=True, eq=False)
class Vocabulary:
    """The names of the glossary's terms, ready to be found in a text. Two are never equal, so that texts are quickly remembered."""

    terms: tuple[tuple[str, tuple[str, ...]], ...]
    """The identifier and the names of each."""

    @cached_property
    def digest(self) -> str:
        """The digest of the terms."""
        return digest("vocabulary", self.terms)

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """Matches a name in any case; group 1 is the name without the ending of a plural."""
        return re.compile(
            rf"{_NO_WORD_BEFORE}({_join_names(self._terms_by_name)})(?:e?s)?{_NO_WORD_AFTER}", re.IGNORECASE
        )

    def find_term(self, word: str) -> str:
        """Return the identifier of the term with this name, or an empty string.

        Case makes no difference, but for a name with capitals after its first letter: `Gan` is not GAN.
        """
        return self._terms_by_name.get(_lower_first(word)) or self._terms_by_name.get(word.lower(), "")

    @cached_property
    def _terms_by_name(self) -> dict[str, str]:
        return {_lower_first(name): id for id, names in self.terms for name in names}


@lru_cache(maxsize=8192)  # titles: those of a large guide, which each edition asks for
def find_terms(text: str, vocabulary: Vocabulary) -> tuple[str, ...]:
    """Return the identifier of each term that a text names."""
    return tuple({vocabulary.find_term(match[1]): None for match in vocabulary.pattern.finditer(text)})


def _join_names(names: Iterable[str]) -> str:
    """Return a regular expression for any of these names; of two that begin alike it finds the longer.

    It tries each beginning once, and so is several times as fast as a list of the names.
    """
    names = sorted(names, key=len, reverse=True)
    if len(names) <= _FEW_NAMES:
        return "|".join(map(re.escape, names))
    rest_of: dict[str, list[str]] = {}
    for name in names:
        first = name[:1].lower()
        rest_of.setdefault(first if len(first) == 1 else name[:1], []).append(name[1:])
    # The name that ends here comes last.
    branches = (f"{re.escape(first)}(?:{_join_names(rest)})" if first else "" for first, rest in rest_of.items())
    return "|".join(branches)


def _lower_first(name: str) -> str:
    return name[0].lower() + name[1:]


@lru_cache(maxsize=8)
def make_vocabulary(terms: tuple[tuple[str, tuple[str, ...]], ...]) -> Vocabulary:
    """Return the vocabulary of these terms, for all editions the same."""
    return Vocabulary(terms)


def mark_chapter(chapter: Chapter, vocabulary: Vocabulary) -> tuple[Chapter, Uses]:
    """Return the chapter with the first use of each term in each of its texts linked, and all the uses."""
    if not vocabulary.terms:
        return chapter, {}
    uses: dict[str, tuple[str, int]] = {}

    def mark(name: str, *passages: Passage) -> Iterator[Passage]:
        texts, found = mark_terms(tuple(passage.html for passage in passages), name, vocabulary)
        uses.update(found)
        return map(_replace_html, passages, texts)

    summary, in_summary = mark_terms((escape(chapter.summary),), f"{chapter.id}.summary", vocabulary)
    text, in_text = mark_prose(chapter.text.html, chapter.id, vocabulary)
    uses |= {**in_summary, **in_text}
    questions = tuple(_mark_question(question, mark) for question in chapter.questions)
    return replace(chapter, summary=summary[0], text=_replace_html(chapter.text, text), questions=questions), uses


def _replace_html(passage: Passage, html: Html) -> Passage:
    return passage if html == passage.html else replace(passage, html=html)


def _mark_question(question: Question, mark: Callable[..., Iterator[Passage]]) -> Question:
    items = (each for item in question.items for each in (item.text, item.partner))
    asked = (question.stem, *(choice.text for choice in question.choices), *items, question.below)
    stem, *found, below = mark(question.id, *asked)
    texts, pairs = found[: len(question.choices)], iter(found[len(question.choices) :])
    reasons = mark(f"answer-{question.id}", *(choice.reason for choice in question.choices))
    choices = zip(question.choices, texts, reasons, strict=True)
    return replace(
        question,
        stem=stem,
        below=below,
        choices=tuple(replace(choice, text=text, reason=reason) for choice, text, reason in choices),
        items=tuple(replace(item, text=next(pairs), partner=next(pairs)) for item in question.items),
        parts=tuple(
            replace(part, text=text)
            for part in question.parts
            for text in mark(f"{question.id}.{part.name}", part.text)
        ),
    )


def mark_prose(html: Html, name: str, vocabulary: Vocabulary) -> tuple[Html, Uses]:
    """Return prose with the first use of each term below each heading of the second level linked, and the uses.

    ``name`` is the identifier of the text before the first of these headings.
    """
    uses: dict[str, tuple[str, int]] = {}
    marked = []
    for piece in _HEADING_START.split(html):
        heading = _ID_OF_HEADING.match(piece)
        (text,), found = mark_terms((Html(piece),), unescape(heading[1]) if heading else name, vocabulary)
        marked.append(text)
        uses |= found
    return Html("".join(marked)), uses


@lru_cache(maxsize=8192)  # texts: those of a large guide, which each edition asks for
def mark_terms(texts: tuple[Html, ...], name: str, vocabulary: Vocabulary) -> tuple[tuple[Html, ...], Uses]:
    """Return texts that stand together, with the first use of each term in them linked, and the uses.

    A use inside another link gets an anchor and no link of its own. ``name`` is unique in the book, and the anchors begin with it.
    """
    times_used: Counter[str] = Counter()

    def mark_use(kind: str, match: re.Match[str]) -> str:
        term = vocabulary.find_term(match[1])
        times_used[term] += 1
        if not term or times_used[term] > 1:
            return match[0]
        attributes = f'id="{escape(_name_use(name, term))}" class="term"'
        if kind == "link":
            return f"<span {attributes}>{match[0]}</span>"
        return f'<a {attributes} href="#{escape(term)}">{match[0]}</a>'

    mark_link, mark_text = partial(mark_use, "link"), partial(mark_use, "text")
    find_and_mark = vocabulary.pattern.sub
    marked = tuple(
        Html(
            "".join(
                find_and_mark(mark_link if kind == "link" else mark_text, piece) if kind else piece
                for piece, kind in _split_text(text)
            )
        )
        for text in texts
    )
    return marked, {_name_use(name, term): (term, times) for term, times in times_used.items() if term}


def _name_use(name: str, term: str) -> str:
    return f"use-{name}.{term}"


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
