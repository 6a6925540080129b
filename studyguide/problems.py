"""What is wrong with a guide, where, and what to type instead."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from unicodedata import category

# The rules whose problems make a book worse, not wrong; whatever breaks another rule is an error.
WARNINGS = frozenset(
    {
        "echoed-question",
        "given-away",
        "left-out",
        "lone-tag",
        "long-answer",
        "longest-option",
        "missing-unit",
        "near-twins",
        "raw-markdown",
        "same-letter",
        "spelling",
        "stray-tag",
        "unused-ignore",
        "unused-note",
    }
)


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A point in a file of the project."""

    path: str
    line: int = 0
    """Counted from 1; 0 is the file as a whole."""
    column: int = 0
    """Counted from 1 in characters; 0 is the line as a whole."""

    def __str__(self) -> str:
        return ":".join([self.path, *(str(number) for number in (self.line, self.column) if number)])

    def below(self, lines: int) -> "Place":
        """The beginning of the line that stands so many lines further down."""
        return replace(self, line=self.line + lines, column=1)


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing to mend; ``rule`` is also the name of the page of docs/rules/ that shows it."""

    place: Place
    rule: str
    found: str
    fix: str
    needle: str = ""
    """What to look for in the source, where the place is no line of it."""

    @property
    def severity(self) -> str:
        return severity(self.rule)

    def __str__(self) -> str:
        kind = "warning: " if self.severity == "warning" else ""
        place, found, fix = map(visible, (str(self.place), self.found, self.fix))
        return f"{place}: {kind}{found} [{self.rule}]\n  fix: {fix}"


def visible(text: str) -> str:
    """A message without what would move a terminal's cursor, or begin a line that a program behind it obeys."""
    return "".join("\ufffd" if hidden(each) else each for each in text.replace("\n", " "))


def hidden(character: str) -> bool:
    return category(character) in ("Cc", "Cf", "Cs", "Zl", "Zp")


@dataclass(frozen=True, slots=True)
class Rule:
    """What Problems go by: the page that explains it."""

    name: str
    summary: str
    """What breaks it, in half a sentence."""
    page: str = field(repr=False)
    """Markdown: what it means, what is wrong and what is right."""

    @property
    def severity(self) -> str:
        return severity(self.name)


def severity(rule: str) -> str:
    return "warning" if rule in WARNINGS else "error"


class ContentError(Exception):
    """The content cannot become a book; holds every Problem that was found, sorted and each once."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(set(problems)))
        # A worker of a pool rebuilds the error from its argument, which a generator could not be.
        super().__init__(self.problems)

    def __str__(self) -> str:
        return "\n".join(map(str, self.problems))


class UnknownNameError(LookupError):
    """Who gave a command named what is not there; says what to type."""


MOST = 20
"""Words that a message lists."""


def nearest(word: str, known: Iterable[str]) -> str:
    """The known word that is most like this one; nothing where none is near."""
    return "".join(get_close_matches(word, sorted(known), n=1))


def instead(word: str, known: Iterable[str]) -> str:
    """What to type for an unknown word: the nearest known one, or some of them where none is near."""
    words = sorted(known)
    if near := nearest(word, words):
        return f"write `{near}`"
    others = f" or {len(words) - MOST} others" if len(words) > MOST else ""
    return "write one of " + ", ".join(f"`{each}`" for each in words[:MOST]) + others
