"""Values that say which rule a guide breaks, where, and what to type instead; and the errors that carry them."""

from bisect import bisect
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from typing import Literal
from unicodedata import category

_MAX_QUOTED = 60  # characters of a text that a message quotes

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


def shorten_quotation(text: str) -> str:
    """Return a text as a message quotes it: the first characters of a long one."""
    return text if len(text) <= _MAX_QUOTED else f"{text[:_MAX_QUOTED]}…"


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
_MAX_COMPARED_NAMES = 2_000  # with one word, those nearest to it in the alphabet
_MAX_COMPARED_LETTERS = 100  # of a word; the time for two words is quadratic in their length


class NameSuggester:
    """Finds the known names most like unknown ones, for as many unknown ones as a list of problems shows.

    The comparison with thousands of names takes long, and a guide may have a hundred thousand unknown ones.
    """

    def __init__(self, known: Iterable[str]) -> None:
        self._names = sorted(known)
        self._compared = [each for each in self._names if len(each) <= _MAX_COMPARED_LETTERS]
        self._folded = {each.casefold(): each for each in self._names}
        self._words_left = _MAX_LISTED_PROBLEMS

    def find_nearest(self, word: str, similarity: float = 0.6) -> str:
        """Return the known name most like this word, or "" if none is; ``similarity`` is the least ratio of difflib."""
        if not self._words_left or len(word) > _MAX_COMPARED_LETTERS:
            return ""
        self._words_left -= 1
        first = max(0, bisect(self._compared, word) - _MAX_COMPARED_NAMES // 2)
        return "".join(
            get_close_matches(word, self._compared[first : first + _MAX_COMPARED_NAMES], n=1, cutoff=similarity)
        )

    def suggest(self, word: str) -> str:
        """Say what to type for an unknown word: the name in other letters, small or capital, the nearest one, or the first ones."""
        if near := self._folded.get(word.casefold()) or self.find_nearest(word):
            return f"write `{near}`"
        if not self._names:
            return "take it out: there is none that could be named"
        shown = ", ".join(f"`{each}`" for each in self._names[:_MAX_LISTED_NAMES])
        more = len(self._names) - _MAX_LISTED_NAMES
        return f"write one of {shown}" + (f" or {more} others" if more > 0 else "")


def suggest_names(word: str, known: Iterable[str]) -> str:
    """Say what to type for the one word that is unknown: the nearest known name, or the first ones if none is close."""
    return NameSuggester(known).suggest(word)
