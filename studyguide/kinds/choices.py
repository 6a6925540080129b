"""Multiple choice: several right options, true or false."""

from collections.abc import Sequence

from studyguide.model import Choice
from studyguide.text import strip_markdown

_PAIR = 2


def is_true_or_false(choices: Sequence[Choice], words: Sequence[str]) -> bool:
    """Return True for two options that are the words for true and for false in the language of the question."""
    texts = [strip_markdown(choice.text.markdown).strip(" .").casefold() for choice in choices]
    return len(choices) == _PAIR and texts == [word.casefold() for word in words]


def count_right(choices: Sequence[Choice]) -> int:
    """Return how many options are right."""
    return sum(choice.correct for choice in choices)
