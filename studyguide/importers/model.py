"""The values that flow while a foreign guide is read: its lines, and what is to be told of them."""

import re
from dataclasses import dataclass

BOX = re.compile(r"\[[ xX]\]\s+(?=$|[`~]{3})")
"""A box before code, which a parser would take for text."""
CODE_SPAN = re.compile(r"(?<!`)(`+)(?!`)(.+?)(?<!`)\1(?!`)")


@dataclass(frozen=True, slots=True)
class Line:
    text: str
    origin: int
    """The line of the source, counted from 0."""
    code: str = ""
    """``fence`` for the two lines around a block of code, ``code`` for those inside, ``formula`` for the lines of a formula,
    ``raw`` for HTML that stays."""
    tag: str = ""
    """``details``, ``/details``, ``summary``, whose text is that of the line, or ``/summary``, where that one went on."""

    @property
    def indent(self) -> int:
        return len(self.text) - len(self.text.lstrip())

    @property
    def view(self) -> str:
        """What a parser is to see: code cannot be mistaken for anything else."""
        if self.tag:
            return " " * min(self.indent, 3) + "<!---->"
        if self.code == "formula":
            return " " * self.indent + "$$"
        return "" if self.code == "code" else BOX.sub("", self.text) if self.code == "fence" else self.text


@dataclass(frozen=True, slots=True)
class Note:
    """Something to tell about a line: what was left out or mended there."""

    kind: str
    line: int
    """Counted from 1."""
    text: str = ""


def words_of(text: str) -> frozenset[str]:
    """The words of a table that is written as a text."""
    return frozenset(text.split())
