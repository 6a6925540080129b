"""D9: questions without a mark of their own, one a line, or alone in a quotation; those of lists are found by ``items``."""

import re
from collections.abc import Iterator

from studyguide.dialects.outline import Candidate, Outline, asks, make

LONG = 300
"""Characters that no question has."""


def find(outline: Outline) -> Iterator[Candidate]:
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


def is_question(text: str) -> bool:
    return asks(text) and len(text) < LONG and "](" not in text
