"""Tell files in our own format from those in another, and refuse those that cannot be read: Source → Problem."""

import re
from collections.abc import Iterator

from studyguide.importers.candidates import read_title
from studyguide.importers.quizzes.detect import find_broken_quiz, is_quiz
from studyguide.importers.wording import recognise_wording
from studyguide.limits import check_limit
from studyguide.model import Project, Source
from studyguide.problems import Place, Problem

_OUR_PARTS = re.compile(r"^### (?:Hint|Answer|Explanation|Pitfalls|Follow-ups)\s*(?:\{[^{}\n]*\}\s*)?$", re.MULTILINE)
_LIST = re.compile(r"(?:^- .*\n?(?:^(?:[ \t].*)?\n)*)+", re.MULTILINE)
_BOX = re.compile(r"^- \[[ xX]\] ", re.MULTILINE)
_OUR_CHOICE = re.compile(r"^- \[[xX]\] ", re.MULTILINE)
_OUR_KEYS = {"title", "summary", "kind"}
_NESTING = re.compile(r"^(?P<indent>[ \t]*)(?P<marks>(?:(?:[-*+]|\d{1,9}[.)])[ \t]+|>[ \t]?)*)")
_MAX_INDENT = 10
"""Columns that nobody indents a level by."""


def is_ours(source: Source) -> bool:
    """Return True for a file in our own format: by its front matter, its identifiers, or an answer of ours below every question."""
    if is_quiz(source):
        return False
    front, _ = read_front_matter(source.text)
    if front and set(front) <= _OUR_KEYS:
        return True
    asked = re.findall(r"^## +(.*)$", source.text, re.MULTILINE)
    if sum("{#" in each for each in asked) >= 0.5 * max(1, len(asked)):
        return True
    wording = recognise_wording(source.text)
    pieces = re.split(r"^## .*$", source.text, flags=re.MULTILINE)[1:]
    return (
        bool(asked)
        and all(map(_has_answer, pieces))
        and not any(read_title(each, wording).label or wording.find_question_label(each) for each in asked)
    )


def _has_answer(piece: str) -> bool:
    """Return True if a part of ours stands below a question, or the right option and no heading."""
    if _OUR_PARTS.search(piece):
        return True
    lists = [each[0] for each in _LIST.finditer(piece) if _BOX.search(each[0])]
    return "\n#" not in piece and len(lists) == 1 and bool(_OUR_CHOICE.search(piece))


def is_foreign(project: Project) -> bool:
    """Return True for a project of another format, in which nothing is in ours."""
    return not project.config and not any(map(is_ours, project.sources))


def find_refusal(source: Source) -> Problem | None:
    """Return a Problem for a file that is no guide in Markdown, or none that is safe to read; None for another."""
    if not source.text.strip() and not source.path.lower().endswith(".zip"):
        place, fix = Place(source.path, 1, 1), "name a file of questions and answers"
        return Problem(place, "not-markdown", "the file is empty", fix)
    if re.match(r"\s*(?:<\?xml[^<>]*>\s*)?(?:<!doctype html|<html)\b", source.text, re.IGNORECASE):
        fix = "name the Markdown file that the page was made from"
        return Problem(Place(source.path, 1, 1), "not-markdown", "this is an HTML page", fix)
    return next(find_broken_quiz(source) if is_quiz(source) else _check_limits(source), None)


def _check_limits(source: Source) -> Iterator[Problem]:
    """Yield a Problem for text that would take the readers of lines too long, or that is nested too deep for them."""
    written = 0
    for number, line in enumerate(source.text.splitlines(), 1):
        place = Place(source.path, number, 1)
        written += bool(line) and not line.isspace()
        yield from check_limit("lines", written, "this file", place)
        yield from check_limit("line", len(line), "this line", place)
        prefix = _NESTING.match(line)
        marks = re.findall(r"[-*+>]|\d[.)]", prefix["marks"]) if prefix else []
        deep = len(marks) + (len(prefix["indent"]) // _MAX_INDENT if prefix and marks else 0)
        yield from check_limit("levels", deep, "this line", place)


def read_front_matter(text: str) -> tuple[dict[str, str], str]:
    """Return the outermost keys of a front matter with their values, and the text with the lines of both blanked."""
    found = re.match(r"---[ \t]*\n((?:[\w-]+[ \t]*:.*\n|[ \t#-].*\n|\n)*?)---[ \t]*(?:\n|$)", text)
    separator = ":"
    if not found:
        found = re.match(r"\+\+\+[ \t]*\n((?:.*\n)*?)\+\+\+[ \t]*(?:\n|$)", text)
        separator = "="
    if not found:
        return {}, text
    keys: dict[str, str] = {}
    for line in found[1].splitlines():
        key = re.match(rf"([\w-]+)[ \t]*{separator}(.*)", line)
        if key:
            keys[key[1]] = key[2].strip().strip("\"'")
        elif keys:
            keys[list(keys)[-1]] += f" {line.strip()}"
    return keys, "\n" * found[0].count("\n") + text[found.end() :]
