"""The values that flow while a foreign guide is read: its lines, and the notes on what was left out or mended."""

import re
from dataclasses import dataclass

TASK_BOX = re.compile(r"\[[ xX]\]\s+(?=$|[`~]{3})")
"""A box to tick before a fence, which a parser would take for text."""
CODE_SPAN = re.compile(r"(?<!`)(`+)(?!`)(.+?)(?<!`)\1(?!`)")
ATTRIBUTE = re.compile(r"""([\w-]+)\s*=\s*(?:"([^"]*)"|“([^”]*)”|'([^']*)'|\{`([^`]*)`\}|([^\s"'>{}]+))""")
"""An attribute of a tag, a shortcode or a box: its name, and its value in one of the other groups."""
TITLE_ATTRIBUTES = ("title", "summary", "header", "heading", "label", "question", "text")
"""Attributes that hold the title of a fold, the first that is there."""


@dataclass(frozen=True, slots=True)
class Line:
    text: str
    origin: int
    """Line of the source, counted from 0."""
    code: str = ""
    """``fence`` for the two lines around a block of code, ``code`` for those inside, ``formula`` for the lines of a formula,
    ``raw`` for HTML that stays."""
    tag: str = ""
    """``details`` and ``/details`` around a container, ``summary`` for its title, which is the text of the line, or ``/summary``
    where a title of several lines ends."""

    @property
    def indent(self) -> int:
        """Number of spaces before the text."""
        return len(self.text) - len(self.text.lstrip())

    @property
    def view(self) -> str:
        """The line for a parser of Markdown, which sees no code and no containers."""
        if self.tag:
            return " " * min(self.indent, 3) + "<!---->"
        if self.code == "formula":
            return " " * self.indent + "$$"
        return "" if self.code == "code" else TASK_BOX.sub("", self.text) if self.code == "fence" else self.text


@dataclass(frozen=True, slots=True)
class Note:
    """A note on a line: what was left out or mended there."""

    kind: str
    line: int
    """Counted from 1."""
    text: str = ""


def split_words(text: str) -> frozenset[str]:
    """Return the words of a table that is a text."""
    return frozenset(text.split())


def read_attributes(text: str) -> dict[str, str]:
    """Return the attributes in a text, their names in small letters."""
    return {name.lower(): next(filter(None, values), "") for name, *values in ATTRIBUTE.findall(text)}


def find_title(attributes: dict[str, str]) -> str:
    """Return the title that the attributes of a fold give it; empty if they give none."""
    return next((attributes[name].strip() for name in TITLE_ATTRIBUTES if attributes.get(name)), "")


# Names of boxes, by what a box of that name does.
ASKING_BOXES = split_words("question faq help quiz exercise problem flashcard card")
ANSWER_BOXES = split_words("answer solution success check done")
FOLDING_BOXES = split_words(
    "answer solution hint details spoiler collapse collapsible expand dropdown toggle accordion"
)
"""Boxes that fold without a sign of it."""
REMARK_BOXES = split_words(
    "note tip info important warning caution danger example abstract summary bug failure quote seealso attention error"
)
BOX_KINDS = ASKING_BOXES | ANSWER_BOXES | FOLDING_BOXES | REMARK_BOXES
DIRECTIVE_BOXES = BOX_KINDS | {"admonition"}
"""Names of boxes in MyST and Sphinx; an admonition's class says of which kind it is."""
