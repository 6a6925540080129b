"""Values that say which rule a guide breaks, where, and what to type instead; and the errors that carry them."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from typing import Literal
from unicodedata import category

Severity = Literal["error", "warning"]
"""An error keeps the guide from being built; a warning is printed, and the guide is built."""


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
        """Return the place at the beginning of the line that is ``lines`` lines further down."""
        return replace(self, line=self.line + lines, column=1)


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One fault of a guide, and how to mend it."""

    place: Place
    rule: str
    """Name of the rule that is broken, and of its page in docs/rules/."""
    found: str
    fix: str
    severity: Severity = "error"
    """Set by ``rules.check.find_problems`` for the checks in its table of warnings."""
    is_shown_as_typed: bool = False
    """True if the books can show what is at the place as its author typed it."""

    def __str__(self) -> str:
        kind = "warning: " if self.severity == "warning" else ""
        place, found, fix = map(replace_invisible, (str(self.place), self.found, self.fix))
        return f"{place}: {kind}{found} [{self.rule}]\n  fix: {fix}"


def replace_invisible(text: str) -> str:
    """Replace characters that would move a terminal's cursor, or begin a line that a program reads as a command."""
    return "".join("\ufffd" if is_invisible(each) else each for each in text.replace("\n", " "))


def is_invisible(character: str) -> bool:
    """True if the character is a control, a format mark, a surrogate, or a line or paragraph separator."""
    return category(character) in ("Cc", "Cf", "Cs", "Zl", "Zp")


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule that Problems name, as its page in docs/rules/ describes it."""

    name: str
    severity: Severity
    summary: str
    """The fault that breaks the rule, in half a sentence."""
    page: str = field(repr=False)
    """Markdown: the meaning of the rule, with wrong and right examples."""


_MAX_LISTED_PROBLEMS = 100  # of one rule, in a text for a person


class ContentError(Exception):
    """The content cannot become a book; ``problems`` has each Problem that was found once, sorted."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(set(problems)))
        # A worker of a pool rebuilds the error from its argument, which a generator could not be.
        super().__init__(self.problems)

    def __str__(self) -> str:
        return format_problems(self.problems)


def format_problems(problems: Sequence[Problem]) -> str:
    """Write the problems for a person, of each rule the first ``_MAX_LISTED_PROBLEMS``, and how many more there are."""
    lines: list[str] = []
    counts = Counter[str]()
    for problem in problems:
        counts[problem.rule] += 1
        if counts[problem.rule] <= _MAX_LISTED_PROBLEMS:
            lines.append(str(problem))
    for rule, count in counts.items():
        if count > _MAX_LISTED_PROBLEMS:
            lines.append(f"… and {count - _MAX_LISTED_PROBLEMS:,} more [{rule}]; `--format json` lists all")
    return "\n".join(lines)


class UnknownNameError(LookupError):
    """The user named something that does not exist; the message says what to type instead."""


class LocaleError(ValueError):
    """The file of a language is not as the reference is; the message names the file and the key."""


_MAX_LISTED_NAMES = 20  # in one message


def find_nearest(word: str, known: Iterable[str]) -> str:
    """Return the known word most like this one, or "" if none is close."""
    return "".join(get_close_matches(word, sorted(known), n=1))


def suggest_names(word: str, known: Iterable[str]) -> str:
    """Say what to type for an unknown word: the nearest known one, or the first known ones if none is close."""
    words = sorted(known)
    if near := find_nearest(word, words):
        return f"write `{near}`"
    others = f" or {len(words) - _MAX_LISTED_NAMES} others" if len(words) > _MAX_LISTED_NAMES else ""
    return "write one of " + ", ".join(f"`{each}`" for each in words[:_MAX_LISTED_NAMES]) + others
