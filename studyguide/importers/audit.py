"""Find what looks odd in a foreign guide, and the words that did not come into its chapters: DraftGuide, Chapters → Notes."""

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from studyguide.importers.candidates import Candidate
from studyguide.importers.document import Document
from studyguide.importers.drafts import DraftChapter, DraftGuide
from studyguide.importers.model import Note
from studyguide.importers.report import list_left_out
from studyguide.importers.tidy import ANCHOR_LINK, read_target
from studyguide.model import Chapter, Question
from studyguide.text import list_words, strip_markdown

_MAX_MISSING_SHARE = 0.6
"""A list of contents of whose entries a greater share is missing is one of other things."""
_ANSWERS = re.compile(r"\]\(<([^<>]*)>\)")
"""The answers of a blank, which look like a tag."""


def find_structure_notes(
    document: Document, questions: Iterable[Candidate], chapters: Sequence[DraftChapter], notes: Iterable[Note]
) -> Iterator[Note]:
    """Yield notes on numbers that jump, and on lists of contents, which are in ``notes``, that disagree with the questions."""
    yield from _find_number_gaps(questions, document)
    yield from _find_missing_contents(notes, chapters)


def find_word_notes(guide: DraftGuide, chapters: Sequence[Chapter]) -> Iterator[Note]:
    """Yield notes on labels that are left out, on questions that are alike, and on each word that is in no chapter."""
    labels = tuple(_find_labels(guide))
    yield from labels
    yield from _find_twins(guide)
    yield from _find_lost_words(guide, chapters, (note.text for note in list_left_out((*guide.notes, *labels))))


def count_words(text: str) -> Counter[str]:
    """Count the words of two letters or digits and more, without those of tags and of the targets of links into the text."""
    bare = re.sub(r"</?[a-zA-Z][^<>]*>|(?<=\])\(#[^()\s]*\)", " ", text)
    return Counter(word for word in list_words(bare) if len(word) > 1)


def _find_lost_words(guide: DraftGuide, chapters: Iterable[Chapter], left_out: Iterable[str]) -> Iterator[Note]:
    """Yield a note on each word that is neither in a chapter nor in what was left out on purpose, at its line."""
    texts = [_ANSWERS.sub(r"](\1)", chapter.join_texts()) for chapter in chapters]
    texts += [_join_attributes(question) for chapter in chapters for question in chapter.questions]
    missing = count_words(guide.text)
    missing -= count_words("\n".join(("title", guide.title, *texts)))  # the key of a front matter is one of ours too
    missing -= count_words("\n".join(left_out))
    for number, line in enumerate(guide.text.splitlines(), 1) if missing else ():
        for word in count_words(line):
            if missing[word] > 0:
                missing[word] -= 1
                yield Note("lost-word", number, word)


def _join_attributes(question: Question) -> str:
    """Return the words of the attributes of a question; those of an identifier that is made of the title are none of the author's."""
    id_words = set(list_words(question.id)) - set(list_words(question.title.markdown))
    return " ".join((*sorted(id_words), question.difficulty, *question.tags, str(question.marks or "")))


def _find_number_gaps(questions: Iterable[Candidate], document: Document) -> Iterator[Note]:
    """Yield a note where an author's numbers do not go on by one; a number 1 begins anew."""
    numbers = ((each.number, document.lines[each.start].origin + 1) for each in questions if each.number is not None)
    for (before, _), (number, line) in pairwise(numbers):
        if number not in (before + 1, 1):
            yield Note("number", line, f"{before} → {number}")


def _find_labels(guide: DraftGuide) -> Iterator[Note]:
    """Yield a note on each text before a title, an answer or an option that says what these are."""
    for each in guide.questions:
        found = [(each.label, each.line), *((line.text, line.origin + 1) for line in each.body.labels)]
        yield from (Note("label", line, text.strip()) for text, line in found if re.search(r"\w", text))


def _find_twins(guide: DraftGuide) -> Iterator[Note]:
    """Yield a note on each question with the title of an earlier one."""
    seen: set[str] = set()
    for each in guide.questions:
        title = strip_markdown(each.title).casefold()
        if title in seen:
            yield Note("twin", each.line, each.title)
        seen.add(title)


def _find_missing_contents(notes: Iterable[Note], chapters: Sequence[DraftChapter]) -> Iterator[Note]:
    """Yield a note on each entry of a list of contents that is the title of nothing."""
    titles = [each.title for chapter in chapters for each in chapter.questions]
    titles += [part for chapter in chapters for part in (chapter.title, *chapter.title.split(": "))]
    titles += [line.text for chapter in chapters for line in chapter.prose if line.text.lstrip().startswith("#")]
    known = sorted({_join_letters(each) for each in titles})
    for note in [note for note in notes if note.kind == "contents"]:
        links = ANCHOR_LINK.findall(note.text)
        entries = [(re.sub(r"^\W*\d+[.):]\s*", "", name), read_target(target)) for name, target in links]
        missing = [
            entry
            for entry, target in entries
            if not _is_beginning(_join_letters(entry), known) and not (target and _is_beginning(target, known))
        ]
        if len(missing) < _MAX_MISSING_SHARE * len(entries):
            yield from (Note("contents-differ", note.line, strip_markdown(entry)) for entry in missing)


def _join_letters(title: str) -> str:
    return re.sub(r"[\W_]+", "", strip_markdown(title)).casefold()


def _is_beginning(start: str, texts: Sequence[str]) -> bool:
    """Return True if one of these texts, which are in order, begins so."""
    at = bisect_left(texts, start)
    return at < len(texts) and texts[at].startswith(start)
