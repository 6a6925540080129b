"""Questions without a mark of their own: a line each, alone in a quotation, or above options."""

import re
from collections.abc import Iterator
from itertools import pairwise

from studyguide.importers.candidates import Candidate, make_candidate, read_title
from studyguide.importers.document import Document
from studyguide.importers.families.flow import walk_flow
from studyguide.importers.options import TASK, read_letter

_MAX_LENGTH = 300  # characters
_MIN_ASKING = 0.5
"""The share of the lines of a paragraph that ask if it is a list of questions."""
_MIN_INDENT = 2
"""Columns that an answer below a question is indented by."""


def find(document: Document) -> Iterator[Candidate]:
    """Yield the paragraphs above options, the lines of paragraphs most of whose lines ask, and quotations that ask."""
    yield from _find_above_options(document)
    for node in walk_flow(document, "paragraph", "quote"):
        lines = document.lines[node.start : node.end]
        if node.kind == "quote":
            text = " ".join(re.sub(r"^\s*>\s?", "", line.text).strip() for line in lines)
            candidate = make_candidate(document, "bare", ("line", "quote"), node.start, node.end, text)
            if candidate and _is_question(document, text):
                yield candidate
            continue
        for at in range(node.start, node.end - 2):
            letters = [read_letter(line.text) for line in document.lines[at : at + 3]]
            text = document.lines[at].text
            if letters == ["", "A", "B"] and not document.wording.is_answer_label(text, by_letter=False):
                candidate = make_candidate(document, "bare", ("line", "options"), at, at + 1, text, asks=True)
                if candidate:
                    yield candidate
        outer = lines[0].indent + _MIN_INDENT  # what is indented more is an answer to the line above
        plain = [at for at, line in enumerate(lines, node.start) if line.indent < outer]
        asking = [at for at in plain if _is_question(document, document.lines[at].text)]
        if len(asking) < _MIN_ASKING * len(plain):
            continue
        for at in asking:
            candidate = make_candidate(document, "bare", ("line", "plain"), at, at + 1, document.lines[at].text)
            if candidate:
                yield candidate


def _find_above_options(document: Document) -> Iterator[Candidate]:
    """Yield the paragraphs right above options, whatever they say."""
    for above, below in pairwise(walk_flow(document, "paragraph", "list", "quote", "fence")):
        first, second = (document.lines[at].text for at in (below.start, min(below.start + 1, below.end - 1)))
        has_boxes = below.kind == "list" and TASK.match(first) and TASK.match(second)
        has_letters = read_letter(first) == "A" and read_letter(second) == "B"
        title = document.read_text(above)
        is_answer = document.wording.is_answer_label(title, document.has_letter_labels) or read_letter(title) == "A"
        if above.kind == "paragraph" and (has_boxes or has_letters) and not is_answer and len(title) < _MAX_LENGTH:
            candidate = make_candidate(document, "bare", ("line", "options"), above.start, above.end, title, asks=True)
            if candidate:
                yield candidate


def _is_question(document: Document, text: str) -> bool:
    title = read_title(text, document.wording).text
    return document.wording.asks(title) and len(title) < _MAX_LENGTH and "](" not in title
