"""The values that flow while a quiz is read."""

from dataclasses import dataclass, field

from studyguide.exercises import Exercise
from studyguide.importers.model import Note
from studyguide.model import Asset


class BrokenQuizError(ValueError):
    """The text is no quiz that can be read; the message says why."""

    def __init__(self, found: str, line: int = 1) -> None:
        super().__init__(found)
        self.line = line


@dataclass(slots=True)
class Quiz:
    """What a file of a program for quizzes holds, its texts as our Markdown."""

    exercises: list[Exercise] = field(default_factory=list)
    prose: list[tuple[tuple[str, ...], int, str]] = field(default_factory=list)
    """Texts that ask nothing: category, line, Markdown."""
    pictures: list[Asset] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    words: dict[int, str] = field(default_factory=dict)
    """The words of each line of the file, for the audit."""
