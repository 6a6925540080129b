"""The check that each word of a chapter is in its HTML: Project, Guide → Problems.

What stands in a file is compared with what was made of it, whatever the parser thought of it: first its lines with the texts that they
became, then the words of each text with its HTML. What is no word of the book is blanked before: comments, tags, addresses, names of
notes, attributes and the marks of blocks. It is better to blank too much, for a false alarm is worse than a miss.
"""

import re
from collections.abc import Iterator
from functools import cache, lru_cache

from studyguide.markdown_blocks import find_lost_cells
from studyguide.model import Chapter, Guide, Passage, Project, Source
from studyguide.problems import Place, Problem
from studyguide.rules.markdown import NOTE_TEXT, find_note_marks
from studyguide.text import list_words, quote_words

_TAG = re.compile("<[^<>]*>")
_COMMENT = re.compile(r"<!--(?:[^-]|-(?!->))*(?:-->|\Z)")
_FRONT_MATTER = re.compile(
    r"\A(?:(?:[ \t]*\n)+(?=\S+[ \t]*\n[\w-]+\s*[:=]))?(-{3,}|\+\+\+)[ \t]*\n(?:.*\n)*?(?:\1|\.\.\.)[ \t]*(?:\n|\Z)"
)
"""Also below blank lines, where `broken-yaml` reports it."""
_NO_WORDS = re.compile(
    r"""
    </?[A-Za-z][^<>]*>                                # a tag
    | (?<=_\]\()[^()\n]*(?:\([^()\n]*\)[^()\n]*)* | (?<=\]\()<[^<>\n]*> | (?<=\]\()[^\s()<>]+ | ^[ >]*\[[^\]\n]*\]:[ ]*\S+    # an address
    | (?<=\])\[[^\[\]\n]*\] | \[\^[^\[\]\s]+\]            # the name of an address or a note
    | \[\[[^\[\]|\n]*(?:\|\d{1,4}(?:x\d{1,4})?(?=\])|[|\]])   # the target of a link between notes, the size of a picture
    | %%(?:[^%]|%(?!%))*%%                            # a remark
    | \{[^{}\n]*\}                                    # attributes
    | ^[ \t>*+-]*(?:`{3,}|~{3,}|:{3,})[^\n]*           # the first or the last line of a block
    | ^[ \t>]*(?:!!!|\?\?\?\+?)[ ]*[\w-]+(?:[ ]+(?:inline|end)\b)* | \[![\w|-]+\]  # the kind of a box
    | ^[ \t]*\*\[[^\]\n]+\]:[^\n]*                      # what an abbreviation stands for
    | ^[ \t>*+-]*(?:\(?(?:\d{1,9}|[A-Za-z]|[ivxlcdm]{1,9}|@[\w-]*)[.)][ \t]+)+   # the number of an item
    | \|\d{1,4}(?:x\d{1,4})?(?=\]) | :[\w+-]+:             # a size, an emoji
    """,
    re.VERBOSE | re.MULTILINE,
)


def lost_word(project: Project, guide: Guide) -> Iterator[Problem]:
    """An author has to be able to trust that a book has all that was typed, even where this program has a fault."""
    sources = {source.path: source for source in project.sources}
    for chapter in guide.chapters:
        source = sources.get(chapter.place.path)
        if source and source.chapters is None:  # importers account for the words of other formats
            yield from _find_lost_lines(source, chapter)
        for passage in chapter.passages:
            if not passage.problems:  # which say what became of its words
                yield from _find_lost_words(passage)
        yield from _find_lost_notes(chapter)


def _find_lost_lines(source: Source, chapter: Chapter) -> Iterator[Problem]:
    """Yield a Problem for each line of the file with words that no text, heading, note or front matter of the chapter has."""
    known = {place.line for place in chapter.definition_places} | {place.line for _, place in chapter.headings}
    for passage in chapter.passages:
        known.update(range(passage.place.line, passage.place.line + passage.markdown.count("\n") + 1))
    for term in chapter.terms:  # whose names may stand on several lines, and are one text
        known.update(range(term.title.place.line, term.meaning.place.line))
    titles = (
        question.title.markdown for question in chapter.questions
    )  # one with a line below it may have several lines
    named = set(_list_words(" ".join((chapter.title, chapter.summary, *titles))))
    text = _FRONT_MATTER.sub(lambda lines: "\n" * lines[0].count("\n"), source.text)
    for number, line in enumerate(_blank_marks(text).split("\n"), 1):
        if number not in known and (lost := [word for word in _list_words(line) if word not in named]):
            yield _report_words(source.at(number, ""), lost)


def _find_lost_words(passage: Passage) -> Iterator[Problem]:
    """Yield a Problem for each line of a text with words that its HTML does not have."""
    for number, words in _compare_words(passage.markdown, str(passage.html)):
        yield _report_words(passage.find_place(number, 1), words)


@lru_cache(maxsize=5_000)
def _compare_words(markdown: str, html: str) -> tuple[tuple[int, list[str]], ...]:
    """Return the number, from 0, and the words of each line of Markdown with words that its HTML does not have.

    A preview checks the texts of a chapter again and again, and most of them are as they were.
    """
    kept = _list_kept_words(html)

    @cache
    def letters() -> str:
        """Return all words as one: a tag without a partner, which is not in the HTML, may stand inside a word of the text."""
        return "".join(_list_words(_TAG.sub("", html)))

    if "|" in markdown:
        kept.update(word for _, cell in find_lost_cells(markdown) for word in _list_words(cell))
    lines = enumerate(map(_list_words, _blank_marks(markdown).split("\n")))
    lost = ((number, [word for word in words if word not in kept and word not in letters()]) for number, words in lines)
    return tuple((number, words) for number, words in lost if words)


def _find_lost_notes(chapter: Chapter) -> Iterator[Problem]:
    """Yield a Problem for each line of a footnote with words that no text has; `unused_note` reports a note without a mark."""
    noted = tuple(_list_noted_words(chapter))
    all_words = frozenset(word for words, _ in noted for word in words)
    lost = set(all_words)
    for passage in sorted(chapter.passages, key=lambda each: "[^" not in each.markdown):
        if not lost:
            return
        lost -= _pick_kept_words(all_words, str(passage.html))
    for words, place in noted:
        if missing := [word for word in words if word in lost]:
            yield _report_words(place, missing)


def _list_noted_words(chapter: Chapter) -> Iterator[tuple[list[str], Place]]:
    """Yield the words and the place of each line of the footnotes that have a mark."""
    if not chapter.definitions:
        return
    marks = find_note_marks(chapter)
    is_note = False
    lines = _blank_marks(chapter.definitions).split("\n")
    for typed, line, place in zip(chapter.definitions.split("\n"), lines, chapter.definition_places, strict=False):
        if typed.startswith("["):
            note = NOTE_TEXT.match(typed)
            is_note = note is not None and note[1] in marks
        if is_note:
            yield _list_words(line), place


@lru_cache(maxsize=5_000)
def _pick_kept_words(words: frozenset[str], html: str) -> frozenset[str]:
    """Return those of the words that a text's HTML has. As ``_compare_words`` does, it remembers the texts of a chapter."""
    return words & _list_kept_words(html)


def _list_kept_words(html: str) -> set[str]:
    """Return the words of a text's HTML and of its attributes. Tags may stand between words, and inside one."""
    return {*list_words(html), *list_words(_TAG.sub("", html))}


def _blank_marks(markdown: str) -> str:
    """Return Markdown without what is no word of the book, its lines where they were."""
    text = _COMMENT.sub(lambda comment: "\n" * comment[0].count("\n"), markdown) if "<!--" in markdown else markdown
    return _NO_WORDS.sub(lambda mark: " " + "\n" * mark[0].count("\n"), text)


def _list_words(text: str) -> list[str]:
    """Return the words of two letters or digits and more."""
    return [word for word in list_words(text) if len(word) > 1]


def _report_words(place: Place, words: list[str]) -> Problem:
    found = f"{quote_words(words)} of this line are in no book"
    return Problem(place, "lost-word", found, "write the line in another way, as a paragraph of its own")
