"""Find what looks odd in a foreign guide, and what became of each of its words: Outline, Drafts → Notes."""

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from studyguide.importers.drafts import Draft
from studyguide.importers.model import Note
from studyguide.importers.candidates import Candidate
from studyguide.importers.document import Document
from studyguide.importers.tidy import ANCHOR_LINK
from studyguide.importers.report import left_out
from studyguide.model import Source
from studyguide.text import list_words, strip_markdown


def odd(
    source: Source,
    document: Document,
    questions: Iterable[Candidate],
    drafts: Sequence[Draft],
    result: Iterable[str],
    notes: Sequence[Note],
) -> Iterator[Note]:
    """Return the remarks on a guide and its conversion, beside these notes."""
    labelled = tuple(labels(drafts))
    yield from labelled
    yield from lost(source, result, (note.text for note in left_out((*notes, *labelled))))
    yield from gaps(numbers(questions, document))
    yield from doubles(drafts)
    yield from disagreeing(notes, drafts)


def words(text: str) -> Counter[str]:
    """The words of a text of two letters or digits and more, those in tags left out."""
    bare = re.sub(r"</?[a-zA-Z][^<>]*>", " ", text)
    return Counter(word for word in list_words(bare) if len(word) > 1)


def lost(source: Source, result: Iterable[str], left_out: Iterable[str]) -> Iterator[Note]:
    """Every word of the source that is neither in the result nor in what was left out on purpose, by its line."""
    missing = words(source.text)
    missing -= words("\n".join(result))
    missing -= words("\n".join(left_out))
    if not missing:
        return
    for number, line in enumerate(source.text.splitlines(), 1):
        for word in words(line):
            if missing[word] > 0:
                missing[word] -= 1
                yield Note("lost-word", number, word)


def gaps(numbers: Iterable[tuple[int, int]]) -> Iterator[Note]:
    """Return the places at which an author's numbers do not go on by one; a number 1 begins anew."""
    for (before, _), (number, line) in pairwise(numbers):
        if number not in (before + 1, 1):
            yield Note("number", line, f"{before} → {number}")


def numbers(questions: Iterable[Candidate], document: Document) -> Iterator[tuple[int, int]]:
    """The numbers that the author gave, and their lines."""
    for each in questions:
        if each.number is not None:
            yield each.number, document.lines[each.start].origin + 1


def labels(drafts: Iterable[Draft]) -> Iterator[Note]:
    """The words before titles, answers and options that say what these are."""
    for draft in drafts:
        for each in draft.questions:
            found = [(each.label, each.line), *((line.text, line.origin + 1) for line in each.body.labels)]
            yield from (Note("label", line, text.strip()) for text, line in found if re.search(r"\w", text))


def doubles(drafts: Sequence[Draft]) -> Iterator[Note]:
    counts, seen = twins(drafts), set()
    for draft in drafts:
        for each in draft.questions:
            name = strip_markdown(each.title).casefold()
            if counts[name] > 1 and name in seen:
                yield Note("twin", each.line, each.title)
            seen.add(name)


def bare_words(title: str) -> str:
    return re.sub(r"[\W_]+", "", strip_markdown(title)).casefold()


def begun(start: str, known: Sequence[str]) -> bool:
    """Return True if one of these texts, which are in order, begins so."""
    at = bisect_left(known, start)
    return at < len(known) and known[at].startswith(start)


def disagreeing(notes: Iterable[Note], drafts: Sequence[Draft]) -> Iterator[Note]:
    """Return the entries of a list of contents that are the title of no question."""
    said = [each.title for draft in drafts for each in draft.questions]
    said += [part for draft in drafts for part in (draft.title, *draft.title.split(": "))]
    said += [line.text for draft in drafts for line in draft.prose if line.text.lstrip().startswith("#")]
    known = sorted({bare_words(each) for each in said})
    for note in list(notes):
        if note.kind != "contents":
            continue
        named = [re.sub(r"^\W*\d+[.):]\s*", "", name) for name, _ in ANCHOR_LINK.findall(note.text)]
        missing = [name for name in named if not begun(bare_words(name), known)]
        if len(missing) < 0.6 * len(named):
            for name in missing:
                yield Note("contents-differ", note.line, strip_markdown(name))


def twins(drafts: Sequence[Draft]) -> Counter[str]:
    return Counter(strip_markdown(each.title).casefold() for draft in drafts for each in draft.questions)
