"""Languages and directions of a passage: code runs from left to right, and what print cannot set is a Problem."""

from collections.abc import Iterator

from lxml.html import HtmlElement

from studyguide.bidi import find_misordered_words
from studyguide.guide.places import read_place
from studyguide.model import Passage
from studyguide.problems import Problem
from studyguide.text import is_language_tag


def set_code_direction(root: HtmlElement, direction: str) -> None:
    """Set code from left to right where the text around it, whose direction is given, runs from right to left."""
    for code in root.iter("code", "kbd", "pre", "samp"):
        if "rtl" in (direction, *(around.get("dir") for around in code.iterancestors())):
            code.set("dir", "ltr")


def check_languages(root: HtmlElement, passage: Passage) -> Iterator[Problem]:
    """Yield a Problem for each ``lang`` that is no language tag."""
    for element in root.iter():
        tag = element.get("lang")
        if tag is not None and not is_language_tag(tag):
            found = f"`{tag}` is no language"
            yield Problem(read_place(element, passage), "bad-language", found, "write its tag, such as `de` or `en-GB`")


def check_directions(root: HtmlElement, passage: Passage, direction: str) -> Iterator[Problem]:
    """Yield a Problem for words that would be printed in the wrong order; ``direction`` is that of the passage."""
    for element, before, after in find_misordered_words(root, direction):
        found = f"the order of `{before}` and `{after}`, which run against their paragraph, is not supported in print"
        other = "rtl" if direction == "ltr" else "ltr"
        fix = f'put both into one `<span dir="{other}">…</span>`'
        yield Problem(read_place(element, passage), "mixed-directions", found, fix)
