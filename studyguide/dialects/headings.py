"""D2: a heading is the question, and what follows it the answer."""

import re
from collections.abc import Iterator

from studyguide.dialects.outline import HINT, SECTION, Candidate, Outline, asks, is_answer_heading, make, read_title


def find(outline: Outline) -> Iterator[Candidate]:
    titled = len(outline.headings) > 1 and sum(each.level == 1 for each in outline.headings) == 1
    for block in outline.headings:
        text = outline.heading(block)
        if (
            (titled and block.level == 1)
            or is_answer_heading(text)
            or HINT.match(text)
            or (SECTION.match(text) and not asks(text))
        ):
            continue
        title = read_title(text)
        symbol = re.match(r"^[^\w\s`*\[(<\"'“‘$!]", text)
        shape = "labelled" if title.labelled else "number" if title.number is not None else symbol[0] if symbol else ""
        found = make(
            outline,
            "headings",
            ("heading", "0" if title.labelled else str(block.level), shape),
            block.start,
            block.end,
            text,
            level=block.level,
        )
        if found:
            yield found
