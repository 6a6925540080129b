"""Questions as programs for quizzes hold them: what ``exchange`` writes and ``importers`` reads in GIFT, Moodle XML and QTI.

The texts are HTML on the way out, and our Markdown on the way in.
"""

from dataclasses import dataclass

from studyguide.problems import Place

GAP = "\ufffc"
"""Stands in a text where a gap is: OBJECT REPLACEMENT CHARACTER."""
PART_NAMES = ("hint", "answer", "explanation", "pitfalls", "follow-ups")
"""The built-in parts of a question in our format, in their order."""


@dataclass(frozen=True, slots=True)
class Option:
    """An option of a question with choices."""

    text: str
    is_right: bool
    reason: str = ""
    """Why it is right or wrong; empty if nobody says so."""


@dataclass(frozen=True, slots=True)
class GapAnswer:
    """A text, or a number, that may stand in a gap. It is plain text."""

    text: str
    tolerance: str = "0"
    """The distance by which a number may be off, in its own unit."""


@dataclass(frozen=True, slots=True)
class Gap:
    """A gap in a text."""

    answers: tuple[GapAnswer, ...]
    is_number: bool = False


@dataclass(frozen=True, slots=True)
class ExercisePart:
    """A text beside a question: a hint, an answer, an explanation."""

    name: str
    """Its name among ``PART_NAMES``, or that of a part that the guide has itself."""
    label: str
    text: str


@dataclass(frozen=True, slots=True)
class Exercise:
    """One question."""

    kind: str
    """``choice``, ``truth``, ``blanks``, ``matching``, ``ordering`` or ``open``."""
    id: str
    title: str
    """Plain text, for lists of questions."""
    place: Place
    text: str
    options: tuple[Option, ...] = ()
    """The options; the first of a ``truth`` says that it is true, the second that it is false."""
    gaps: tuple[Gap, ...] = ()
    pairs: tuple[tuple[str, str], ...] = ()
    items: tuple[str, ...] = ()
    """The items to put in order, in the right order."""
    parts: tuple[ExercisePart, ...] = ()
    language: str = ""
    """As a tag of RFC 5646."""
    marks: int | None = None
    tags: tuple[str, ...] = ()
    """Its difficulty among them."""
    category: tuple[str, ...] = ()
    """The titles of its chapter and, if it has one, of its section."""
    pictures: tuple[str, ...] = ()
    """The paths of the pictures that it shows."""
    lost: tuple[str, ...] = ()
    """The things that the texts here have lost already, each as words that follow *without*."""

    @property
    def has_several_right(self) -> bool:
        return sum(option.is_right for option in self.options) > 1
