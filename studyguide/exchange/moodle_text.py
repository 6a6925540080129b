"""Texts as Moodle shows them, and the blocks of its files, in GIFT and in Moodle XML."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from html import escape

from studyguide.exchange.formats import Loss, describe_absence, describe_losses
from studyguide.exercises import GAP, Exercise
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


@dataclass(frozen=True, slots=True)
class Blocks:
    """The blocks of a file of Moodle's: categories and questions."""

    texts: list[str]
    count: int
    """The questions among them."""
    losses: tuple[Loss, ...]


def write_blocks(
    exercises: Iterable[Exercise],
    title: str,
    write_category_block: Callable[[str], str],
    describe_obstacle: Callable[[Exercise], str],
    list_lost: Callable[[Exercise], Iterable[str]],
    write_exercise: Callable[[Exercise], str],
) -> Blocks:
    """Return a block for each exercise that has no obstacle, and before those of a chapter or section one for its category.

    ``list_lost`` names the things that the block of an exercise does not hold.
    """
    losses: list[Loss] = []
    texts: list[str] = []
    category: tuple[str, ...] = ()
    count = 0
    for exercise in exercises:
        if reason := describe_obstacle(exercise):
            losses.append(describe_absence(exercise, reason))
            continue
        if exercise.category != category:
            category = exercise.category
            texts.append(write_category_block(write_category((title, *category))))
        losses += describe_losses(exercise, list(list_lost(exercise)))
        texts.append(write_exercise(exercise))
        count += 1
    return Blocks(texts, count, tuple(losses))
