"""The values that an export is made of: a Format, and the Export that it writes."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from studyguide.exercises import Exercise
from studyguide.model import Asset
from studyguide.problems import Place, replace_invisible


class Loss(NamedTuple):
    """A question, or another text, that a file holds in part or not at all."""

    place: Place
    words: str

    def __str__(self) -> str:
        return replace_invisible(f"{self.place}: {self.words}")


@dataclass(frozen=True, slots=True)
class Export:
    """A finished file, not yet on the disk, and what it does not hold."""

    data: bytes = field(repr=False)
    count: int
    """The questions in it."""
    losses: tuple[Loss, ...]


class Format(NamedTuple):
    """A format that questions can be written in."""

    name: str
    label: str
    """As its makers write it."""
    ending: str
    """The end of its file's name."""
    write_formula: Callable[[str, bool], str]
    """Turns LaTeX, and whether it stands on a line of its own, into HTML."""
    write_address: Callable[[str], str] | None
    """Turns the path of a picture into the address by which a text names it; None if there can be no pictures."""
    has_marks_of_text: bool
    """True if words can be struck out, underlined and highlighted."""
    write: Callable[[Sequence[Exercise], str, Mapping[str, Asset]], Export]
    """Turns the questions, the title of the guide and its pictures by their paths into a file."""


def describe_losses(exercise: Exercise, lost: Sequence[str]) -> list[Loss]:
    """Return the one loss of a question that is written without some things; nothing if the list is empty."""
    words = list(dict.fromkeys((*exercise.lost, *lost)))
    if not words:
        return []
    listed = words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
    return [Loss(exercise.place, f"`{exercise.title}` is written without {listed}")]


def describe_absence(exercise: Exercise, reason: str) -> Loss:
    """Return the loss of a question that is not written."""
    return Loss(exercise.place, f"`{exercise.title}` is not written: {reason}")


def describe_obstacle(exercise: Exercise) -> str:
    """Return why a question can be written in no format; empty if it can."""
    if exercise.gaps and exercise.kind not in ("blanks", "open"):
        return "it has blanks beside its options or items"
    if exercise.kind == "choice" and not any(option.is_right for option in exercise.options):
        return "none of its options is right"
    return ""
