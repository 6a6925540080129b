"""The report on a converted guide for its author: what was understood, what was left out, and what is odd."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from studyguide.importers.assign import Evidence
from studyguide.importers.model import Note
from studyguide.model import Chapter
from studyguide.problems import replace_invisible

_LEFT_OUT = {
    "contents": "contents lists",
    "back-to-top": "links back to the top",
    "badge": "badges",
    "placeholder": "promises of an answer",
    "front-matter": "keys of the front matter",
    "empty-section": "headings of nothing",
    "code-note": "words behind the language of code",
    "stray-fence": "marks of code that nothing follows",
    "tag": "tags of a site generator",
    "schedule": "marks of a program for flash cards",
    "comment": "comments, which no book prints",
    "block-name": "names of paragraphs, for links",
    "emoji": "names of emoji, shown as signs",
    "emoji-line": "lines of nothing but emoji",
    "label": "labels, which a book has its own for",
    "setting": "settings of a program for quizzes",
    "part-worth": "answers that count in part, which here count nothing",
    "stray-answer": "answers that belong to nothing",
    "language": "languages of questions; `language` in guide.toml states that of a guide",
    "gap-option": "words that a gap offers beside the right one",
    "test-feedback": "texts about a whole test",
    "odd-marks": "marks that are no whole number from 1 to 1,000",
    "unknown-kind": "questions of other kinds, kept as open ones without these words",
}
"""Kinds of notes on what is left out on purpose, such as what a book has itself."""
_ODD = {
    "unclosed-fence": "code without an end, closed",
    "unclosed-box": "boxes without an end, closed",
    "unclosed-brace": "questions whose answers have no closing brace",
    "dead-link": "links that lead to no place of the book, kept as text",
    "missing-picture": "pictures that are not there, kept as text",
    "remote-picture": "pictures of the web, kept as links",
    "embedded-note": "files shown inside of others, kept as links",
    "twin": "questions with the text of another",
    "number": "numbers that jump",
    "key-beyond": "keys with a letter that no option has",
    "two-keys": "keys that name other options than those marked",
    "contents-differ": "questions of the contents list that are not there",
    "composite": "questions that ask in several ways, kept as open ones with their options as lists",
    "formula-words": "formulas without their LaTeX, kept as words",
    "media": "sounds, films and other files, kept as their names",
    "variable": "values that a program makes up, kept as their names",
    "missing-item": "files that are not there",
    "item-again": "files that are named again",
    "lost-word": "words lost",
}
"""Kinds of notes on what an author should look at."""
_SHOWN = {
    "lost-word",
    "contents-differ",
    "missing-picture",
    "part-worth",
    "stray-answer",
    "unknown-kind",
    "language",
    "gap-option",
    "test-feedback",
    "odd-marks",
    "formula-words",
    "media",
    "variable",
    "missing-item",
    "item-again",
}
"""Kinds of notes that are printed with their texts."""
_MAX_SHOWN_LENGTH = 80  # characters of a text
_MAX_SHOWN_TERMS = 3
_MAX_SHOWN_TEXTS = 8
_MAX_SHOWN_LINES = 6


@dataclass(frozen=True, slots=True)
class Report:
    """The result of reading a file."""

    path: str
    evidence: tuple[Evidence, ...]
    questions: int
    open: tuple[int, ...]
    """The lines of the questions without an answer."""
    chapters: int
    words: int
    notes: tuple[Note, ...]
    files: tuple[str, ...] = ()
    """The files of a package; lines are then their numbers."""

    @property
    def left_out(self) -> tuple[Note, ...]:
        """Return the notes on what is left out on purpose."""
        return tuple(list_left_out(self.notes))

    def __str__(self) -> str:
        return "\n".join(map(replace_invisible, _write_report(self)))


@dataclass(frozen=True, slots=True)
class Converted:
    """The chapters of a foreign file, and the report on it."""

    chapters: tuple[Chapter, ...]
    report: Report


def list_left_out(notes: Iterable[Note]) -> Iterator[Note]:
    """Yield the notes on what is left out on purpose; of a link that leads nowhere, its target is."""
    return (note for note in notes if note.kind in _LEFT_OUT or note.kind == "dead-link")


def _write_report(report: Report) -> Iterator[str]:
    """Yield the lines of the report."""
    answered = report.questions - len(report.open)
    place = f", in {report.chapters} chapters" if report.chapters else ""
    yield f"{report.path}: {report.questions} questions, {answered} with an answer{place}"
    for note in report.notes:
        if note.kind == "misread":
            yield f"  this looks misread, {_name_lines(report, [note.line])}: {note.text}"
    for each in report.evidence:
        if each.chosen:
            terms = "; ".join(f"{name} {value:+.1f}" for name, value in each.terms[:_MAX_SHOWN_TERMS])
            yield (
                f"  understood: {each.chosen} as {each.family} ({each.form}), of {each.found} such places: "
                f"{each.asking} ask, {each.answered} announce an answer{f' ({terms})' if terms else ''}"
            )
    if report.open:
        yield f"  without an answer: {_name_lines(report, report.open)}"
    for kinds, intro in ((_LEFT_OUT, "left out"), (_ODD, "odd")):
        for kind, subject in kinds.items():
            notes = [note for note in report.notes if note.kind == kind]
            if notes:
                lines = _name_lines(report, [note.line for note in notes])
                yield f"  {intro}: {len(notes)} {subject}{_quote_texts(kind, notes)}, {lines}"
    lost = sum(note.kind == "lost-word" for note in report.notes)
    yield f"  words: {report.words:,} read, {f'{lost} lost' if lost else 'every one accounted for'}"


def _quote_texts(kind: str, notes: Iterable[Note]) -> str:
    """Return the texts of notes in parentheses; nothing for a kind whose texts say no more than its name."""
    texts = sorted({note.text[:_MAX_SHOWN_LENGTH] for note in notes if note.text}) if kind in _SHOWN else []
    more = ", …" if len(texts) > _MAX_SHOWN_TEXTS else ""
    return f" ({', '.join(texts[:_MAX_SHOWN_TEXTS])}{more})" if texts else ""


def _name_lines(report: Report, lines: Iterable[int]) -> str:
    """Return the lines in words, or the files of a package."""
    known = sorted(set(lines))
    more = " …" if len(known) > _MAX_SHOWN_LINES else ""
    if report.files:
        names = [report.files[number - 1] for number in known if number <= len(report.files)]
        return f"in {', '.join(names[:_MAX_SHOWN_LINES])}{more}"
    return f"line{'s' if len(known) > 1 else ''} {', '.join(map(str, known[:_MAX_SHOWN_LINES]))}{more}"
