"""D5: an item of a list is the question, as a heading, in bold or plain, and what is indented under it the answer."""

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache

from studyguide.importers.bold import opening
from studyguide.importers.model import Line
from studyguide.importers.outline import NUMBER, Candidate, Outline, asks, heading_text, is_answer_label, items, make

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
        line = outline.lines[first.start]
        text = line.text[column:] if first.start == item.start else line.text.strip()
        box = BOX.match(text)
        text = text[box.end() :] if box else text
        if re.match(r"\W{0,3}[A-Ha-h][.:)]\s", text) or (box and not asks(text)):
            continue
        ordered = "number" if lot.mark in ".)" else "bullet"
        if first.kind == "heading":
            made = make(outline, "items", ("item", ordered, "heading"), item.start, first.start + 1, heading_text(text))
        else:
            below = outline.lines[first.start + 1 : first.end]
            below = tuple(replace(each, text=each.text[min(column, each.indent) :]) for each in below)
            bold = opening([replace(line, text=text), *below])
            title, lead = bold or whole(text, below, outline.has_letter_labels)
            shape = "bold" if bold else "task" if box else "plain"
            made = make(outline, "items", ("item", ordered, shape), item.start, first.end, title, lead=lead)
        if made:
            number = int(item.info) if item.info.isdecimal() and made.number is None else made.number
            label = f"{item.info} {made.label}".strip()
            yield replace(made, column=column, number=number, group=lot.start, label=label)


def whole(text: str, below: tuple[Line, ...], by_letter: bool) -> tuple[str, tuple[Line, ...]]:
    """A title that goes on to a question mark, or to the line that says that the answer begins; and the lines after it."""
    size = next((at for at, line in enumerate(below) if is_answer_label(line.text, by_letter)), len(below))
    texts = [text, *(line.text for line in below[:size])]
    size = next((at for at, each in enumerate(texts) if each.rstrip().endswith("?")), size)
    return " ".join([text, *(line.text.strip() for line in below[:size])]), below[size:]


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
