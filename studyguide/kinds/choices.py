"""Multiple choice: options that are pictures, true or false."""

import re
from collections.abc import Sequence

from studyguide.model import Choice
from studyguide.text import strip_markdown

_PAIR = 2
_PICTURE = re.compile(r"!\[[^\[\]]*\]\([^()]*\)(?:\{[^{}]*\})?")


def is_true_or_false(choices: Sequence[Choice], words: Sequence[str]) -> bool:
    """Return True for two options that are the words for true and for false in the language of the question."""
    texts = [strip_markdown(choice.text.markdown).strip(" .").casefold() for choice in choices]
    return len(choices) == _PAIR and texts == [word.casefold() for word in words]


def are_pictures(choices: Sequence[Choice]) -> bool:
    """Return True if each option is a picture and nothing else."""
    return len(choices) >= _PAIR and all(_PICTURE.fullmatch(choice.text.markdown.strip()) for choice in choices)
