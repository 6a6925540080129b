"""The marks in the braces behind a heading, with the words that `explain` and the manual have for them; the checks ask for the names."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from studyguide.kinds import KINDS


class Mark(NamedTuple):
    """A mark behind a heading."""

    example: str
    description: str
    """The end of a sentence that begins with the mark, in Markdown."""
    heading: str = "## …"


_DIFFICULTY = "states the difficulty"

MARKS: Mapping[str, Mark] = MappingProxyType({
    "id": Mark("#id", "names the question for links: letters, digits, `-` and `_`, a letter first. Give one to each question that others link to"),
    "easy": Mark(".easy", _DIFFICULTY),
    "medium": Mark(".medium", _DIFFICULTY),
    "hard": Mark(".hard", _DIFFICULTY),
    "tags": Mark('tags="one two"', "states the subjects of the question, for the index and for editions"),
    "marks": Mark("marks=2", "says how much a right answer counts"),
    "space": Mark(
        "space=6",
        "sets the ruled lines below the question in the workbook. Without it, the space follows the length of the answer, and the questions"
        " of a page share the lines that are left over. There is none where a reader ticks, fills in, matches or orders. Questions within a"
        " question divide it, in proportion to their marks",
    ),
    "lang": Mark("lang=de", "states the language of the question, if it is not the book's"),
    "time": Mark("time=30", "states the seconds in which the answer is said", "### Answer"),
    "shared": Mark(".shared", "makes a text of the heading that the questions below it share; `questions=2` says how many"),
    "questions": Mark("questions=2", "says how many questions share a text, with `.shared`"),
    **{name: Mark(f".{name}", f"asks in another way: {kind.remedy}") for name, kind in KINDS.items()},
})  # fmt: skip
"""The marks by their names, in the order of the manual."""
