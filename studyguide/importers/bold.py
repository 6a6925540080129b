"""D4: a paragraph in bold, or the bold opening of one, is the question."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache

from studyguide.importers.model import Line
from studyguide.importers.outline import Candidate, Outline, is_answer_label, make

BOLD = re.compile(r"^\s*(\*{2,3}|__)(?=\S)(.+?)(?<=\S)\1(?!\*)")

SIGN = re.compile(r"\s{0,3}([^\w\s*_<>\[\]()#|`~\"'“‘$&+=-]{1,3})\s*(?=\*\*|__)")
"""An emoji or the like, which marks questions."""
ITALIC = re.compile(r"([*_])(?=[^\s*_])([^*_]+)(?<=\S)\1")


@lru_cache(maxsize=1)
def find(outline: Outline) -> tuple[Candidate, ...]:
    """Every candidate of the family; ``labelled`` looks at the same."""
    return tuple(found(outline))


def found(outline: Outline) -> Iterator[Candidate]:
    for block in outline.top:
        if block.kind != "paragraph":
            continue
        first, *below = outline.lines[block.start : block.end]
        sign = SIGN.match(first.text)
        bold = opening([replace(first, text=first.text[sign.end() :] if sign else first.text), *below])
        if is_answer_label(outline.lines[block.start].text, outline.has_letter_labels):
            continue
        if bold:
            title, lead = bold
            alone = not lead or lead[0].origin != outline.lines[block.start].origin
            form = ("bold", "whole" if alone else "opening", *((sign[1],) if sign else ()))
            candidate = make(outline, "bold", form, block.start, block.end, title, lead=lead)
            if candidate and sign:
                candidate = replace(candidate, title=f"{sign[1]} {candidate.title}")
            if candidate:
                yield candidate
        elif slanted := ITALIC.fullmatch(outline.text(block)):
            candidate = make(outline, "bold", ("bold", "italic"), block.start, block.end, slanted[2])
            if candidate and candidate.asks:
                yield candidate


def opening(lines: Sequence[Line]) -> tuple[str, tuple[Line, ...]] | None:
    """What stands in bold at the beginning of a paragraph, and the lines that follow; none where nothing does."""
    text, size = lines[0].text, 1
    while size < min(len(lines), 4) and not BOLD.match(text) and re.match(r"^\s*(\*\*|__)", text):
        text = f"{text.rstrip()} {lines[size].text.strip()}"
        size += 1
    found = BOLD.match(text)
    if not found:
        return None
    rest = text[found.end() :].strip()
    rest_of_title = (
        re.fullmatch(r"[\W\d_]*", rest) or (re.search(r":\s*\**\s*$", found[0]) and rest) or rest.startswith("`")
    )
    if not rest_of_title and len(found[2].rstrip(" :.)")) <= 4:
        rest_of_title = True
    title = text.strip() if rest_of_title else found[0].strip()
    lead = [] if rest_of_title or not rest else [Line(rest, lines[size - 1].origin)]
    return title, (*lead, *lines[size:])
