"""A table with a column of questions and one of answers."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache

from studyguide.importers.candidates import Candidate, make_candidate
from studyguide.importers.document import Document, Node
from studyguide.importers.families.flow import walk_flow
from studyguide.importers.model import Line
from studyguide.importers.options import LETTERS
from studyguide.importers.vocabulary import LANGUAGES, load_vocabulary

_MIN_ROWS = 3
"""So many rows are a list of questions without a column of answers."""
_FRONT_TITLES = frozenset({"front", "question text", "question title"})
_BACK_TITLES = frozenset({"back"})
_NUMBER_CELL = re.compile(r"[\d.#]+")
_OPTION_HEAD = re.compile(r"[*_]*(?:[^\W\d_]{2,12}\s+)?\(?[A-J][).]?[*_:]*")
"""The head of a column of options: `A`, `Option A`."""
_HIDDEN_BAR = "\ue002"


def find(document: Document) -> Iterator[Candidate]:
    """Yield a candidate for each row of a table with a column of questions."""
    for node in walk_flow(document, "table"):
        head, _, *rows = [split_row(line.text) for line in document.lines[node.start : node.end]]
        asked = next((at for at, cell in enumerate(head) if _is_question_column(cell)), None)
        options = _find_option_columns(head)
        told = next((at for at, cell in enumerate(head) if at not in options and _is_answer_column(cell)), None)
        if asked is None or (told is None and len(rows) < _MIN_ROWS):
            continue
        for place, row in enumerate(rows):
            candidate = _read_row(document, node, place, head, row, asked, told, options) if asked < len(row) else None
            if candidate:
                yield candidate


def _find_option_columns(head: Sequence[str]) -> range:
    """Return the columns of options: those whose heads end in letters that follow each other from A, two or more."""
    letters = [cell.strip(" *_:.()")[-1:] if _OPTION_HEAD.fullmatch(cell) else "" for cell in head]
    first = letters.index("A") if "A" in letters else len(head)
    last = first
    while last < len(head) and letters[last] == LETTERS[last - first]:
        last += 1
    return range(first, last) if last > first + 1 else range(0)


def _is_question_column(cell: str) -> bool:
    return _is_titled(cell, _FRONT_TITLES, ("question_labels",))


def _is_answer_column(cell: str) -> bool:
    return _is_titled(cell, _BACK_TITLES, ("answer_labels", "explanation_labels"))


def _is_titled(cell: str, titles: frozenset[str], keys: tuple[str, ...]) -> bool:
    """Return True if the head of a column is one of these titles, or a label of any language, in the plural or with a word before it."""
    bare = cell.strip(" *_:").casefold()
    labels = _gather_labels(keys) | titles
    return any(
        each in labels
        for each in (bare, bare.rstrip("s"), bare.rpartition(" ")[2], bare.rpartition(" ")[2].rstrip("s"))
        if each
    )


@cache
def _gather_labels(keys: tuple[str, ...]) -> frozenset[str]:
    """Return the labels of all languages: a table may be in another language than the text around it."""
    return frozenset(
        label
        for tag in LANGUAGES
        for key in keys
        for label in getattr(load_vocabulary(tag), key)
        if len(label) > 1 or label in "qa"
    )


def _read_row(
    document: Document,
    node: Node,
    place: int,
    head: Sequence[str],
    row: Sequence[str],
    asked: int,
    told: int | None,
    options: range,
) -> Candidate | None:
    """Return the candidate of a row; the head of the table belongs to its first row."""
    line = node.start + 2 + place
    others = [
        (head[at] if at < len(head) else "", cell) for at, cell in enumerate(row) if at not in (asked, told, *options)
    ]
    notes = [f"{name}: {cell}" for name, cell in others if cell and not _NUMBER_CELL.fullmatch(cell)]
    reply = row[told] if told is not None and told < len(row) else ""
    origin = document.lines[line].origin
    parts = re.split(r"\s*<br\s*/?>\s*", reply)
    fold = parts.pop(0) if len(parts) > 1 and document.wording.is_answer_summary(parts[0]) else ""
    choices = [
        f"{letter}. {row[at]}" for letter, at in zip(LETTERS, options, strict=False) if at < len(row) and row[at]
    ]
    told_lines = (f"**Answer:** {parts[0]}", *parts[1:]) if choices else ("**Answer:**", *parts)
    lead = tuple(Line(text, origin) for text in (*notes, "", *choices, "", *told_lines))
    is_first = place == 0
    start = node.start if is_first else line
    found = make_candidate(document, "tables", ("table",), start, line + 1, row[asked], lead=lead, end=line + 1)
    if not found:
        return None
    counted = [cell for _, cell in others if cell and _NUMBER_CELL.fullmatch(cell)]
    label = " ".join([*(head if is_first else ()), *counted, found.label, fold])
    return replace(found, label=label, is_certain=True)


def split_row(text: str) -> list[str]:
    """Return the cells of a row; a bar in code or behind a backslash divides none."""
    bare = re.sub(r"`[^`]*`", lambda span: span[0].replace("|", _HIDDEN_BAR), text.strip()).replace("\\|", _HIDDEN_BAR)
    return [cell.strip().replace(_HIDDEN_BAR, "|") for cell in bare.removeprefix("|").removesuffix("|").split("|")]
