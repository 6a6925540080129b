"""Look up the words of a guide: Project, Guide, Speller → warnings."""

import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Protocol

from studyguide.html_text import strip_tags
from studyguide.model import Guide, Passage, Project, Source
from studyguide.problems import Place, Problem
from studyguide.text import split_words

# Elements whose text is not in the language of the text around them.
_FOREIGN = re.compile(r"<(pre|code|svg|kbd|samp|math)\b.*?</\1>|<(\w+)(?=[^>]* lang=)[^>]*>.*?</\2>", re.DOTALL)
_BLOCK_TAG = re.compile(r"</?(?:p|li|td|th|h[1-6]|dt|dd|figcaption)\b[^>]*>|<br ?/>|<span class=\"footnote\">")
_WORD = re.compile(r"[\w.]*\w(?:[’']\w+)*")
# Text before a word at the start of a sentence, which has a capital in any case; after `A. ` comes a name.
_SENTENCE_START = re.compile(r"(?:^|(?<!\b[A-Z])[.!?:…])\W*$")
_MAX_SENTENCE_START_LENGTH = 4  # characters before a word
_MIN_WORD_LENGTH = 2  # letters; a single one is a symbol


class Speller(Protocol):
    """A dictionary, as `runtime.dictionary` opens it."""

    def has_word(self, word: str) -> bool: ...

    def suggest_words(self, word: str) -> tuple[str, ...]: ...


def find_misspelt_words(project: Project, guide: Guide, speller: Speller) -> Iterator[Problem]:
    """Report each unknown word at the first place where it is used."""
    sources = {source.path: source for source in project.sources}
    own = {token for term in guide.terms for name in term.names for token in split_words(name)}
    own |= {token for word in guide.config.words for token in split_words(word)}
    uses: dict[str, list[tuple[str, Passage]]] = defaultdict(list)
    for passage in _find_passages(guide):
        for word in _find_words(passage):
            uses[word.casefold()].append((word, passage))
    for folded, places in uses.items():
        word, passage = places[0]
        if own & _find_stems(folded) or speller.has_word(word) or speller.has_word(folded):
            continue
        near = ", ".join(f"`{each}`" for each in speller.suggest_words(word))
        fix = (f"write {near}, or " if near else "") + f'put `"{folded}"` into the `words` of guide.toml'
        more = f", which stands in {len(places)} places" if len(places) > 1 else ""
        place = _find_word(word, passage, sources.get(passage.place.path))
        found = f"the dictionary has no `{word}`{more}"
        yield Problem(place, "spelling", found, fix, severity="warning")


def _find_word(word: str, passage: Passage, source: Source | None) -> Place:
    """Return the place of a word of a passage; ``source`` is the file, if it is one that can be read."""
    if source and source.chapters is None:
        return source.at(passage.place.line, word)
    lines = passage.markdown.split("\n")
    return passage.find_place(next((number for number, line in enumerate(lines) if word in line), 0), 1)


def _find_stems(word: str) -> set[str]:
    """Return the word, and the words of which it may be a plural or a genitive."""
    return {word, word.removesuffix("'s"), word.removesuffix("s"), word.removesuffix("es")}


def _find_passages(guide: Guide) -> Iterator[Passage]:
    """Yield all passages that are in the language of the guide."""
    for chapter in guide.chapters:
        foreign = {passage for question in chapter.questions if question.lang for passage in question.passages}
        yield from (passage for passage in chapter.passages if passage not in foreign)


def _find_words(passage: Passage) -> Iterator[str]:
    """Yield the words that a dictionary can have: no code, no formulas, no numbers, no names."""
    text = strip_tags(_BLOCK_TAG.sub(". ", _FOREIGN.sub(" ", passage.html)))
    for match in _WORD.finditer(text):
        word = match[0].replace("’", "'").strip(".'_")
        has_inner_capital = word[1:] != word[1:].lower()
        if not word.replace("'", "").isalpha() or len(word) < _MIN_WORD_LENGTH or has_inner_capital:
            continue
        before = text[max(0, match.start() - _MAX_SENTENCE_START_LENGTH) : match.start()]
        if word[0].islower() or _SENTENCE_START.search(before):
            yield word
