"""The boxes of options, `[ ]` and `[x]`, in the texts of questions: Passage → Places. Several checks ask for them."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from studyguide.model import Passage
from studyguide.problems import Place
from studyguide.rules.markdown import blank_code_blocks

ITEM = re.compile(r"\s*(?:[-*+]|\d+[.)])\s+(?P<box>\[[ xX]\]\s)?")
"""The beginning of an item of a list, with its box if it has one."""
_GLUED_BOX = re.compile(r"\s*(?P<mark>[-*+]|\d+[.)])\s+(?P<box>\[[ xX]\])(?P<word>[^\s\[(:][^\n]{0,40})")


class GluedBox(NamedTuple):
    """A box with no blank behind it, which is none."""

    line: int
    """Counted from 0 in its passage."""
    place: Place
    box: str
    fix: str


def find_box(passage: Passage) -> Place | None:
    """Return the place of the first item of a list with a box, which begins an option; None if there is none."""
    for number, line in enumerate(blank_code_blocks(passage.markdown).split("\n")):
        item = ITEM.match(line)
        if item and item["box"]:
            return passage.find_place(number, 1)
    return None


def find_glued_boxes(passage: Passage) -> Iterator[GluedBox]:
    """Yield each item of a list whose box has no blank behind it."""
    for number, line in enumerate(blank_code_blocks(passage.markdown).split("\n")):
        if match := _GLUED_BOX.match(line):
            typed, word = f"{match['mark']} {match['box']}", match["word"].split()[0]
            place = passage.find_place(number, match.start("box") + 1)
            yield GluedBox(number, place, match["box"], f"write a blank behind the box: `{typed} {word}`")
