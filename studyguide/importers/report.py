"""The report on a converted guide for its author: what was understood, what was left out, and what is odd."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from studyguide.importers.assign import Evidence
from studyguide.importers.model import Note
from studyguide.model import Chapter
from studyguide.problems import replace_invisible
from studyguide.text import count_things

_LEFT_OUT = {
    "contents": ("contents list", "contents lists"),
    "back-to-top": ("link back to the top", "links back to the top"),
    "badge": ("badge", "badges"),
    "placeholder": ("promise of an answer", "promises of an answer"),
    "front-matter": ("key of the front matter", "keys of the front matter"),
    "empty-section": ("heading of nothing", "headings of nothing"),
    "code-note": ("word behind the language of code", "words behind the language of code"),
    "stray-fence": ("mark of code that nothing follows", "marks of code that nothing follows"),
    "tag": ("tag of a site generator", "tags of a site generator"),
    "schedule": ("mark of a program for flash cards", "marks of a program for flash cards"),
    "comment": ("comment, which no book prints", "comments, which no book prints"),
    "block-name": ("name of a paragraph, for links", "names of paragraphs, for links"),
    "emoji": ("name of an emoji, shown as a sign", "names of emoji, shown as signs"),
    "emoji-line": ("line of nothing but emoji", "lines of nothing but emoji"),
    "label": ("label, which a book has its own for", "labels, which a book has its own for"),
    "setting": ("setting of a program for quizzes", "settings of a program for quizzes"),
    "part-worth": (
        "answer that counts in part, which here counts nothing",
        "answers that count in part, which here count nothing",
    ),
    "stray-answer": ("answer that belongs to nothing", "answers that belong to nothing"),
    "language": (
        "language of a question; `language` in guide.toml states that of a guide",
        "languages of questions; `language` in guide.toml states that of a guide",
    ),
    "gap-option": ("word that a gap offers beside the right one", "words that a gap offers beside the right one"),
    "test-feedback": ("text about a whole test", "texts about a whole test"),
    "odd-marks": ("mark that is no whole number from 1 to 1,000", "marks that are no whole number from 1 to 1,000"),
    "unknown-kind": (
        "question of another kind, kept as an open one without this word",
        "questions of other kinds, kept as open ones without these words",
    ),
}
"""Kinds of notes on what is left out on purpose, such as what a book has itself: the name of one, and of several."""
_ODD = {
    "unclosed-fence": ("code without an end, closed", "code without an end, closed"),
    "unclosed-box": ("box without an end, closed", "boxes without an end, closed"),
    "unclosed-brace": ("question whose answers have no closing brace", "questions whose answers have no closing brace"),
    "dead-link": (
        "link that leads to no place of the book, kept as text",
        "links that lead to no place of the book, kept as text",
    ),
    "missing-picture": ("picture that is not there, kept as text", "pictures that are not there, kept as text"),
    "remote-picture": ("picture of the web, kept as a link", "pictures of the web, kept as links"),
    "embedded-note": ("file shown inside of another, kept as a link", "files shown inside of others, kept as links"),
    "twin": ("question with the text of another", "questions with the text of another"),
    "number": ("number that jumps", "numbers that jump"),
    "key-beyond": ("key with a letter that no option has", "keys with a letter that no option has"),
    "two-keys": ("key that names other options than those marked", "keys that name other options than those marked"),
    "contents-differ": (
        "question of the contents list that is not there",
        "questions of the contents list that are not there",
    ),
    "composite": (
        "question that asks in several ways, kept as an open one with its options as lists",
        "questions that ask in several ways, kept as open ones with their options as lists",
    ),
    "formula-words": ("formula without its LaTeX, kept as words", "formulas without their LaTeX, kept as words"),
    "media": ("sound, film or other file, kept as its name", "sounds, films and other files, kept as their names"),
    "variable": (
        "value that a program makes up, kept as its name",
        "values that a program makes up, kept as their names",
    ),
    "missing-item": ("file that is not there", "files that are not there"),
    "item-again": ("file that is named again", "files that are named again"),
    "lost-word": ("word lost", "words lost"),
}
"""Kinds of notes on what an author should look at, in the same way."""
_UNSURE = {
    "unsure-question": "may be no question",
    "unsure-answer": "has words above a fold, which may belong to the question or to the answer",
}
"""Kinds of notes on questions that may be read otherwise, which are printed with their titles."""
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

    @property
    def doubts(self) -> tuple[Note, ...]:
        """Return the notes on questions that may be read otherwise."""
        return tuple(note for note in self.notes if note.kind in _UNSURE)

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
    place = f", in {count_things(report.chapters, 'chapter')}" if report.chapters else ""
    yield f"{report.path}: {count_things(report.questions, 'question')}, {answered} with an answer{place}"
    for note in report.notes:
        if note.kind == "misread":
            yield f"  this looks misread, {_name_lines(report, [note.line])}: {note.text}"
    for each in report.evidence:
        if each.chosen:
            yield (
                f"  understood: {each.chosen} as {each.family} ({each.form}), of {each.found} such places: "
                f"{each.asking} ask, {each.answered} announce an answer"
            )
    for note in report.doubts[:_MAX_SHOWN_TEXTS]:
        title = note.text[:_MAX_SHOWN_LENGTH]
        yield f"  read with doubt, {_name_lines(report, [note.line])}: `{title}` {_UNSURE[note.kind]}"
    if len(report.doubts) > _MAX_SHOWN_TEXTS:
        yield f"  read with doubt: {len(report.doubts) - _MAX_SHOWN_TEXTS} more; `studyguide dump` lists them"
    if report.open:
        yield f"  without an answer: {_name_lines(report, report.open)}"
    for kinds, intro in ((_LEFT_OUT, "left out"), (_ODD, "odd")):
        for kind, (name, names) in kinds.items():
            notes = [note for note in report.notes if note.kind == kind]
            if notes:
                lines = _name_lines(report, [note.line for note in notes])
                yield f"  {intro}: {count_things(len(notes), name, names)}{_quote_texts(kind, notes)}, {lines}"
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
