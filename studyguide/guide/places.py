"""The place of some characters of a Passage in its file."""

from dataclasses import replace
from functools import lru_cache

from studyguide.model import Passage
from studyguide.problems import Place


@lru_cache(maxsize=1_000)
def find_place(passage: Passage, needle: str, skip: int = 0, last: bool = False) -> Place:
    """Return the place of the first ``needle`` in the Markdown, or the last, or of the passage if it has none.

    ``skip`` is the number of characters of the needle before the place.
    """
    at = passage.markdown.rfind(needle) if last else passage.markdown.find(needle)
    if at < 0:
        return passage.place
    line, start = passage.markdown.count("\n", 0, at), passage.markdown.rfind("\n", 0, at) + 1
    indent = 0 if line else passage.place.column - 1
    return replace(passage.place.below(line), column=at - start + skip + 1 + indent)
