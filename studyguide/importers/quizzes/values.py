"""The values that flow while a quiz is read."""

from dataclasses import dataclass, field

from studyguide.exercises import Exercise
from studyguide.importers.model import Note
from studyguide.model import Asset


class BrokenQuizError(ValueError):
    """The text is no quiz that can be read; the message says why."""

    def __init__(self, found: str, line: int = 1, path: str = "") -> None:
        super().__init__(found)
        self.line, self.path = line, path
        """The line; the file, if it is one of a package."""


@dataclass(slots=True)
class Quiz:
    """The content of a file of a program for quizzes, its texts as our Markdown."""

    exercises: list[Exercise] = field(default_factory=list)
    prose: list[tuple[tuple[str, ...], int, str]] = field(default_factory=list)
    """Texts that ask nothing: category, line, Markdown."""
    pictures: list[Asset] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    title: str = ""
    """The title of all, if the file says one that is not that of a category."""
    files: list[str] = field(default_factory=list)
    """The files of a package that hold its questions; the lines of its questions and notes are their numbers, counted from 1."""
    words: dict[int, str] = field(default_factory=dict)
    """The words of each line of the file, for the audit."""
