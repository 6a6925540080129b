"""A paragraph in bold, or the bold opening of one, is the question."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from studyguide.importers.candidates import Candidate, make_candidate
from studyguide.importers.document import Document, Node
from studyguide.importers.families.flow import walk_flow
from studyguide.importers.model import Line

BOLD = re.compile(r"^\s*(\*{2,3}|__)(?=\S)(.+?)(?<=\S)\1(?!\*)")
_SIGN = re.compile(r"\s{0,3}([^\w\s*_<>\[\]()#|`~\"'“‘$&+=-]{1,3})\s*(?=\*\*|__)")
"""An emoji or the like, which marks questions."""
_ITALIC = re.compile(r"([*_])(?=[^\s*_])([^*_]+)(?<=\S)\1")
_MAX_TITLE_LINES = 4


def find(document: Document) -> Iterator[Candidate]:
    """Yield a candidate for each paragraph that opens in bold, or that asks in italics."""
    for node in walk_flow(document, "paragraph"):
        first = document.lines[node.start]
        if document.wording.is_answer_label(first.text, document.has_letter_labels):
            continue
        found = read_bold_paragraph(document, node)
        if found:
            yield found
        elif slanted := _ITALIC.fullmatch(document.read_text(node)):
            candidate = make_candidate(document, "bold", ("bold", "italic"), node.start, node.end, slanted[2])
            if candidate and candidate.asks:
                yield candidate


def read_bold_paragraph(document: Document, node: Node) -> Candidate | None:
    first, *below = document.lines[node.start : node.end]
    sign = _SIGN.match(first.text)
    opening = split_opening([replace(first, text=first.text[sign.end() :] if sign else first.text), *below])
    if not opening:
        return None
    title, lead = opening
    is_alone = not lead or lead[0].origin != first.origin
    form = ("bold", "whole" if is_alone else "opening")
    candidate = make_candidate(document, "bold", form, node.start, node.end, title, lead=lead)
    if not candidate or not sign:
        return candidate
    if candidate.label:
        return replace(candidate, label=f"{sign[1]} {candidate.label}")
    return replace(candidate, title=f"{sign[1]} {candidate.title}")


def split_opening(lines: Sequence[Line]) -> tuple[str, tuple[Line, ...]] | None:
    """Return the bold text at the beginning of a paragraph and the lines that follow; None if nothing is bold there."""
    text, size = lines[0].text, 1
    while size < min(len(lines), _MAX_TITLE_LINES) and not BOLD.match(text) and re.match(r"^\s*(\*\*|__)", text):
        text = f"{text.rstrip()} {lines[size].text.strip()}"
        size += 1
    found = BOLD.match(text)
    if not found:
        return None
    rest = text[found.end() :].strip()
    belongs = re.fullmatch(r"[\W\d_]*", rest) or (re.search(r":\s*\**\s*$", found[0]) and rest) or rest.startswith("`")
    if not belongs and len(found[2].rstrip(" :.)")) <= len("Q123"):
        belongs = True
    title = text.strip() if belongs else found[0].strip()
    lead = [] if belongs or not rest else [Line(rest, lines[size - 1].origin)]
    return title, (*lead, *lines[size:])
