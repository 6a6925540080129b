"""Turn a quiz into chapters of ours, and tell what became of its words: Source → Converted."""

import re

from studyguide.importers.audit import doubles, labels, lost, words
from studyguide.importers.canonical import Writer
from studyguide.importers.drafts import is_answered
from studyguide.importers.folder import folder, named
from studyguide.importers.quizzes.detect import read_quiz
from studyguide.importers.quizzes.drafts import draft_chapters
from studyguide.importers.quizzes.values import Quiz
from studyguide.importers.report import Converted, Report, left_out
from studyguide.importers.trace import places
from studyguide.model import Source
from studyguide.problems import Place

_ANSWERS = re.compile(r"\]\(<([^<>]*)>\)")
"""The answers of a blank, which look like a tag."""


def convert_quiz(source: Source, taken: set[str], figures: frozenset[str] = frozenset()) -> Converted:
    """Return the chapters of a quiz; ``taken`` are the identifiers of the files before, and become those of this one too.

    ``figures`` are the pictures beside the file.
    """
    quiz = read_quiz(source)
    title, drafts = draft_chapters(quiz, named(source.path))
    writer = Writer(
        drafts, figures.union(picture.path for picture in quiz.pictures), folder(source.path), quiz.notes, taken
    )
    chapters = tuple(writer.write())
    notes = [*quiz.notes, *labels(drafts), *doubles(drafts)]
    text = _write_words(quiz)
    result = [title, *(_ANSWERS.sub(r"](\1)", each.text) for each in chapters)]
    notes += lost(Source(source.path, text), result, (note.text for note in left_out(notes)))
    asked = [each for draft in drafts for each in draft.questions]
    report = Report(
        source.path,
        (),
        len(asked),
        tuple(each.line for each in asked if not (is_answered(each.body) or each.has_key)),
        len(chapters),
        sum(words(text).values()),
        tuple(sorted(notes, key=lambda note: (note.kind, note.line))),
        tuple((ours, _find_file(theirs, quiz)) for ours, theirs in places(source, drafts, chapters)),
        tuple(quiz.files),
    )
    return Converted(title, chapters, report, pictures=tuple(quiz.pictures))


def _find_file(place: Place, quiz: Quiz) -> Place:
    """Return a place in a quiz, whose line is a number if it is a package, as one that its reader can open."""
    return Place(f"{place.path}/{quiz.files[place.line - 1]}") if quiz.files else place


def _write_words(quiz: Quiz) -> str:
    """Return the words of the file on the lines where they stand."""
    last = max(quiz.words, default=0)
    return "\n".join(quiz.words.get(number, "").replace("\n", " ") for number in range(1, last + 1))
