"""Texts as Moodle shows them, in GIFT and in Moodle XML."""

import re
from collections.abc import Sequence
from html import escape

from studyguide.exercises import GAP
from studyguide.html_text import strip_tags

SHOWN_GAP = "_____"
"""Moodle's own sign for a gap."""


def write_tex(latex: str, display: bool) -> str:
    """Return a formula as the filters of Moodle find it."""
    before, after = (r"\[", r"\]") if display else (r"\(", r"\)")
    return escape(f"{before}{latex}{after}", quote=False)


def write_words(markup: str) -> str:
    """Return a text of HTML without its tags, as Moodle has the second column of a question that matches."""
    return escape(strip_tags(markup), quote=False)


def divide_worth(count: int) -> str:
    """Return the percentage that each of so many right, or wrong, options counts, in the form that Moodle knows."""
    return f"{100 / count:.5f}".rstrip("0").rstrip(".")


def show_gap(text: str) -> str:
    """Return a text with Moodle's sign for its gap."""
    return text.replace(GAP, SHOWN_GAP)


def write_category(titles: Sequence[str]) -> str:
    """Return the path of a category; a guide of one chapter may have its title. Moodle doubles a stroke in a title."""
    names = (strip_line(title).replace("/", "//") for title in dict.fromkeys(titles) if title)
    return "/".join(["$course$/top", *names])


def strip_line(text: str) -> str:
    """Return a text as one line."""
    return re.sub(r"\s+", " ", text).strip()
