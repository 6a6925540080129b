"""The Report on a converted guide: the parts that were understood, those that were not, and its text for the author."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from studyguide.importers.assign import Evidence
from studyguide.importers.model import Note
from studyguide.model import Asset, Source
from studyguide.problems import Place, Problem, replace_invisible

# What is left out on purpose: a book has its own.
LEFT_OUT = {
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
ODD = {
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
NAMED = {
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
"""Notes that are printed with their texts."""
MOST = 80
"""The characters of a text that are said."""


@dataclass(frozen=True, slots=True)
class Report:
    path: str
    evidence: tuple[Evidence, ...]
    questions: int
    open: tuple[int, ...]
    """The lines of the questions without an answer."""
    chapters: int
    words: int
    notes: tuple[Note, ...]
    places: tuple[tuple[Place, Place], ...] = ()
    """The place of each chapter and question in our format, and its former place."""
    files: tuple[str, ...] = ()
    """The files of a package; lines are then their numbers."""

    @property
    def left_out(self) -> tuple[Note, ...]:
        """Return the parts that are left out on purpose."""
        return tuple(left_out(self.notes))

    def locate(self, numbers: Sequence[int]) -> str:
        """The lines of these numbers, or the files of a package."""
        if not self.files:
            return lines_of(numbers)
        known = [self.files[number - 1] for number in sorted(set(numbers)) if number <= len(self.files)]
        return f"in {', '.join(known[:6])}{' …' if len(known) > 6 else ''}"

    def __str__(self) -> str:
        return "\n".join(map(replace_invisible, said(self)))


@dataclass(frozen=True, slots=True)
class Converted:
    """A foreign guide in our own format."""

    title: str
    chapters: tuple[Source, ...]
    report: Report
    problems: tuple[Problem, ...] = ()
    anchors: Mapping[str, str] = field(default_factory=dict)
    """The identifier of each heading by its anchor on GitHub, and that of the whole file by an empty text."""
    pictures: tuple[Asset, ...] = ()
    """The pictures that the file itself held."""


def said(report: Report) -> Iterator[str]:
    answered = report.questions - len(report.open)
    place = f", in {report.chapters} chapters" if report.chapters else ""
    yield f"{report.path}: {report.questions} questions, {answered} with an answer{place}"
    for each in report.evidence:
        if each.chosen:
            yield (
                f"  understood: {each.chosen} as {each.family} ({each.form}): of {each.found} such places "
                f"{each.asking} ask and {each.answered} announce an answer"
            )
    if report.open:
        yield f"  without an answer: {report.locate(report.open)}"
    for names, intro in ((LEFT_OUT, "left out"), (ODD, "odd")):
        for kind, words in names.items():
            found = [note for note in report.notes if note.kind == kind]
            if found:
                texts = sorted({note.text[:MOST] for note in found if note.text}) if kind in NAMED else []
                few = f" ({', '.join(texts[:8])}{', …' if len(texts) > 8 else ''})" if texts else ""
                yield f"  {intro}: {len(found)} {words}{few}, {report.locate([note.line for note in found])}"
    lost = sum(note.kind == "lost-word" for note in report.notes)
    yield f"  words: {report.words:,} read, {f'{lost} lost' if lost else 'every one accounted for'}"


def left_out(notes: Iterable[Note]) -> Iterator[Note]:
    """The notes on parts that are left out on purpose; of a link that leads nowhere, its target."""
    return (note for note in notes if note.kind in LEFT_OUT or note.kind == "dead-link")


def lines_of(numbers: Sequence[int]) -> str:
    known = sorted(set(numbers))
    few = ", ".join(map(str, known[:6]))
    return f"line{'s' if len(known) > 1 else ''} {few}{' …' if len(known) > 6 else ''}"
