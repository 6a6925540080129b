"""D5: an item of a list is the question, as a heading, in bold or plain, and what is indented under it the answer."""

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache

from studyguide.dialects.bold import opening
from studyguide.dialects.outline import NUMBER, Candidate, Outline, asks, heading_text, is_answer_label, items, make

BOX = re.compile(r"\[[ xX]\]\s+")


@lru_cache(maxsize=1)
def find(outline: Outline) -> tuple[Candidate, ...]:
    """Every candidate of the family; ``labelled`` looks at the same."""
    return tuple(found(outline))


def found(outline: Outline) -> Iterator[Candidate]:
    yield from counted(outline)
    for lot, item, first, column in items(outline):
        if first is None or first.kind not in ("heading", "paragraph"):
            continue
        lines = outline.lines[first.start : first.end]
        text = lines[0].text[column:] if first.start == item.start else lines[0].text.strip()
        ordered = "number" if lot.mark in ".)" else "bullet"
        number = int(item.info) if item.info.isdecimal() else None
        box = BOX.match(text)
        text = text[box.end() :] if box else text
        if re.match(r"\W{0,3}[A-Ha-h][.:)]\s", text) or (box and not asks(text)):
            continue
        if first.kind == "heading":
            made = make(outline, "items", ("item", ordered, "heading"), item.start, first.start + 1, heading_text(text))
        else:
            below = [replace(line, text=line.text[min(column, line.indent) :]) for line in lines[1:]]
            bold = opening([replace(lines[0], text=text), *below])
            if bold:
                title, lead = bold
                made = make(outline, "items", ("item", ordered, "bold"), item.start, first.end, title, lead=lead)
            else:
                # The title goes on to the line that says that the answer begins.
                size = next((at for at, line in enumerate(below) if is_answer_label(line.text)), len(below))
                asked = next(
                    (
                        at
                        for at, line in enumerate([text, *(each.text for each in below[:size])])
                        if line.rstrip().endswith("?")
                    ),
                    size,
                )
                size = min(size, asked)
                title = " ".join([text, *(line.text.strip() for line in below[:size])])
                lead = tuple(below[size:])
                shape = "task" if box else "plain"
                made = make(outline, "items", ("item", ordered, shape), item.start, first.end, title, lead=lead)
        if made:
            own = made.number if made.number is not None else number
            yield replace(made, column=column, number=own, group=lot.start, label=f"{item.info} {made.label}".strip())


def counted(outline: Outline) -> Iterator[Candidate]:
    """Paragraphs that begin with a number that makes no list: `(1) What …`."""
    for block in outline.top:
        first = outline.lines[block.start]
        if block.kind == "paragraph" and NUMBER.match(first.text.strip()):
            lines = outline.lines[block.start : block.end]
            size = next((at for at, line in enumerate(lines, 1) if line.text.rstrip().endswith("?")), 1)
            title = " ".join(line.text.strip() for line in lines[:size])
            made = make(outline, "items", ("item", "number", "text"), block.start, block.start + size, title)
            if made:
                yield made
