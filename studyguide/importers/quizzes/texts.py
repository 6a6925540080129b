"""Texts that GIFT and Moodle XML have alike: categories, places of gaps, parts of a question."""

import re
from collections.abc import Sequence
from functools import cache

from studyguide.exercises import GAP, PART_NAMES, ExercisePart, Gap, GapAnswer
from studyguide.locale import LANGUAGES, load_locale

_CONTEXT = re.compile(r"\s*\$[a-z]+\$(?:/top(?=/|$))?/?")
_SHOWN_GAPS = (re.compile(r"(?<!_)_{5}(?!_)"), re.compile(r"_{3,}"))
"""Moodle's own sign for a gap, and what people type."""
_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
_END_OF_SENTENCE = re.compile(r"[?!.:](?:\s|</\w+>)*$")
_HEADING = re.compile(r"#{1,6} (.+)")
_ONE_OF_SUBQUESTION = re.compile(r"\\?\([a-z]\\?\) (.+)")


def read_category(path: str) -> tuple[str, ...]:
    """Return the names of a category and those that it is in; a doubled stroke is part of a name."""
    names = re.split(r"(?<!/)/(?!/)", _CONTEXT.sub("", path.strip()))
    return tuple(name.replace("//", "/").strip() for name in names if name.strip())


def find_gap_place(before: str, after: str) -> str:
    """Return the text around a gap with the gap in it: in the line if the sentence goes on, and below it if it has ended."""
    if _END_OF_SENTENCE.search(before) and re.fullmatch(r"\s*(?:</\w+>\s*)*", after):
        return f"{before}{after}\n<p>{GAP}</p>"
    return f"{before}{GAP}{after}"


def place_gap(text: str) -> str:
    """Return the HTML of a question with the gap where its text shows one, or below."""
    for shown in _SHOWN_GAPS:
        marked, count = shown.subn(GAP, text, count=1)
        if count:
            return marked
    return f"{text}\n<p>{GAP}</p>"


def make_gap(answers: Sequence[GapAnswer], is_number: bool) -> Gap:
    """Return a gap; it is one of words if one of its answers is no number."""
    numbers = [text for answer in answers for text in (answer.text, answer.tolerance)]
    return Gap(tuple(answers), is_number and all(map(_NUMBER.fullmatch, numbers)))


def read_share(text: str) -> float:
    """Return how many percent an answer counts; 0 if it is no number."""
    return float(text) if _NUMBER.fullmatch(text) else 0.0


@cache
def _name_parts() -> dict[str, str]:
    """Return the name of each part by its label in every language, in lower case."""
    return {
        label.casefold(): name
        for language in LANGUAGES
        for name, label in load_locale(language).parts.items()
        if name in PART_NAMES
    }


def list_labels(markdown: str) -> list[str]:
    """Return the labels of parts in a feedback as they are written."""
    headings = (heading[1].strip() for line in markdown.split("\n") if (heading := _HEADING.fullmatch(line)))
    return [label for label in headings if label.casefold() in _name_parts()]


def split_parts(markdown: str, first: str, reasons: Sequence[str] = ()) -> list[ExercisePart]:
    """Return the parts of a feedback, which stand below their labels; what stands above the labels is the part ``first``.

    ``reasons``, what is said of single answers, belongs to the explanation.
    """
    texts: dict[str, list[str]] = {name: [] for name in PART_NAMES}
    name = first
    for line in markdown.split("\n"):
        heading = _HEADING.fullmatch(line)
        label = heading[1].strip().casefold() if heading else ""
        if found := _name_parts().get(label):
            name = found
            continue
        inner = _ONE_OF_SUBQUESTION.fullmatch(label)
        if inner and inner[1] in _name_parts():
            name = "answer"
        texts[name].append(line)
    texts["explanation"] += [line for reason in reasons for line in ("", reason)]
    joined = {name: "\n".join(lines).strip() for name, lines in texts.items()}
    return [ExercisePart(name, "", text) for name, text in joined.items() if text]
