"""D2: a heading is the question, and what follows it the answer."""

import re
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

from studyguide.importers.outline import (
    ANSWER_HEAD,
    HINT,
    SECTION,
    Candidate,
    Outline,
    Title,
    asks,
    is_answer_heading,
    make,
    read_title,
)
from studyguide.markdown_blocks import Block

SIGN = re.compile(r"^[^\w\s`*\[(<\"'“‘$!]")
"""An emoji or the like, which marks questions; which one may say how hard it is."""
MANY = 2
"""So many headings that ask, right below one that does not, make a section of it."""


def find(outline: Outline) -> Iterator[Candidate]:
    titled = len(outline.headings) > 1 and sum(each.level == 1 for each in outline.headings) == 1
    above = set(sections(outline))
    asking = Counter(each.level for each in outline.headings if asks(read_title(outline.heading(each)).text))
    # Where questions are, `Answer sets` is the name of a thing.
    levels = {level for level, count in asking.items() if count >= MANY}
    for block in outline.headings:
        text = outline.heading(block)
        if (titled and block.level == 1) or block.start in above:
            continue
        if is_another(text) and not (block.level in levels and is_topic(text)):
            continue
        title = read_title(text)
        form = ("heading", "0" if title.labelled else str(block.level), mark(title, text))
        found = make(outline, "headings", form, block.start, block.end, text, level=block.level)
        if found:
            yield found


def is_topic(text: str) -> bool:
    """True if a heading that may announce an answer goes on like the name of a thing: `Solution spaces`."""
    found = ANSWER_HEAD.match(text)
    return (
        found is not None
        and bool(
            re.match(r"(?!(?:and|or|to|for|of|with|in|by|key|sheet|explained)\b)[^\W\d_]{2,}", found["rest"], re.I)
        )
        and (re.match(r"\s\w", text[found.start("rest") - 1 :]) is not None)
    )


def is_another(text: str) -> bool:
    """Whether a heading says that it is that of an answer, a hint or a chapter."""
    return bool(is_answer_heading(text) or HINT.match(text) or (SECTION.match(text) and not asks(text)))


def mark(title: Title, text: str) -> str:
    """What marks a heading as a question."""
    return (
        "labelled" if title.labelled else "number" if title.number is not None else "sign" if SIGN.match(text) else ""
    )


def sections(outline: Outline) -> Iterator[int]:
    """Where a heading starts that says nothing and asks nothing, and headings that ask stand below it."""
    for place, (block, below) in enumerate(pairwise(outline.headings), 1):
        hollow = not any(line.text.strip() for line in outline.lines[block.end : below.start])
        title = read_title(outline.heading(block))
        if hollow and below.level > block.level and not title.labelled and not asks(title.text):
            inner = list(children(outline, place, block.level))
            good = sum(asks(read_title(outline.heading(each)).text) for each in inner)
            if good >= max(MANY, 0.5 * len(inner)):
                yield block.start


def children(outline: Outline, place: int, level: int) -> Iterator[Block]:
    """The headings from this place on that are one step below the level, as far as that reaches."""
    first = outline.headings[place].level
    for each in outline.headings[place:]:
        if each.level <= level:
            return
        if each.level == first:
            yield each
