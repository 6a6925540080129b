"""D9: questions without a mark of their own, one a line, alone in a quotation or above options; those of lists are found by ``items``."""

import re
from collections.abc import Iterator
from itertools import pairwise

from studyguide.importers.choices import OPTION, TASK
from studyguide.importers.outline import Candidate, Outline, asks, is_answer_label, make

LONG = 300
"""Characters that no question has."""


def find(outline: Outline) -> Iterator[Candidate]:
    yield from posed(outline)
    for block in outline.top:
        lines = outline.lines[block.start : block.end]
        if block.kind == "paragraph" and all(is_question(line.text) for line in lines):
            for at, line in enumerate(lines, block.start):
                found = make(outline, "bare", ("line",), at, at + 1, line.text)
                if found:
                    yield found
        elif block.kind == "quote":
            text = " ".join(re.sub(r"^\s*>\s?", "", line.text).strip() for line in lines)
            found = make(outline, "bare", ("quote",), block.start, block.end, text) if is_question(text) else None
            if found:
                yield found


def posed(outline: Outline) -> Iterator[Candidate]:
    """The paragraphs right above options, whatever they say."""
    for above, block in pairwise(outline.top):
        first, second = (outline.lines[at].text for at in (block.start, min(block.start + 1, block.end - 1)))
        boxes = block.kind == "list" and TASK.match(first) and TASK.match(second)
        letters = is_letter(first, "A") and is_letter(second, "B")
        title = outline.text(above)
        is_told = is_answer_label(title, outline.has_letter_labels) or is_letter(title, "A")
        if above.kind == "paragraph" and (boxes or letters) and not is_told:
            found = make(outline, "bare", ("line", "options"), above.start, above.end, title, asks=True)
            if found and len(title) < LONG:
                yield found


def is_letter(text: str, letter: str) -> bool:
    found = OPTION.match(text)
    return bool(found and found[2].upper() == letter)


def is_question(text: str) -> bool:
    return asks(text) and len(text) < LONG and "](" not in text
