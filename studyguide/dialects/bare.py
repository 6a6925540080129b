"""D9: questions without answers, one a line; those of lists are found by ``items``."""

from collections.abc import Iterator

from studyguide.dialects.outline import Candidate, Outline, asks, make


def find(outline: Outline) -> Iterator[Candidate]:
    for block in outline.top:
        if block.kind != "paragraph":
            continue
        lines = outline.lines[block.start : block.end]
        if all(asks(line.text) and len(line.text) < 300 and "](" not in line.text for line in lines):
            for at, line in enumerate(lines, block.start):
                found = make(outline, "bare", ("line",), at, at + 1, line.text)
                if found:
                    yield found
