"""An item of a list is the question, as a heading, in bold or plain, and what is indented under it the answer."""

import re
from collections.abc import Iterator
from dataclasses import replace

from studyguide.importers.candidates import Candidate, make_candidate, read_title
from studyguide.importers.document import Document, Node, strip_heading
from studyguide.importers.families.bold import split_opening
from studyguide.importers.families.flow import walk_flow
from studyguide.importers.model import Line
from studyguide.importers.options import read_letter

_BOX = re.compile(r"\[[ xX]\]\s+")
_ITEM_MARK = re.compile(r"\s*(?:[-*+]|\d{1,9}[.)])\s*")
_OPTION = re.compile(r"\W{0,3}[A-Ha-h][.:)]\s")


def find(document: Document) -> Iterator[Candidate]:
    """Yield a candidate for each item of a list, for those of inner lists that ask, and for paragraphs with a number."""
    yield from _find_numbered_paragraphs(document)
    for node in walk_flow(document, "list"):
        for item in node.children:
            candidate = _read_item(document, node, item)
            if candidate:
                yield candidate
            for inner in (each for each in item.children if each.kind == "list"):
                for deeper in inner.children:
                    candidate = _read_item(document, inner, deeper, "inner")
                    if candidate:
                        yield candidate


def _read_item(document: Document, node: Node, item: Node, place: str = "") -> Candidate | None:
    first = item.children[0] if item.children else None
    if item.kind != "item" or first is None or first.kind not in ("heading", "paragraph"):
        return None
    mark = _ITEM_MARK.match(document.lines[item.start].text)
    column = mark.end() if mark else 0
    line = document.lines[first.start]
    text = line.text[column:] if first.start == item.start else line.text.strip()
    box = _BOX.match(text)
    text = text[box.end() :] if box else text
    if _OPTION.match(text) or (box and not document.wording.asks(text)):
        return None
    order = "number" if node.mark in ".)" else "bullet"
    if first.kind == "heading":
        form = ("item", order, "heading")
        candidate = make_candidate(document, "items", form, item.start, first.start + 1, strip_heading(text))
    else:
        below = document.lines[first.start + 1 : first.end]
        below = tuple(replace(each, text=each.text[min(column, each.indent) :]) for each in below)
        opening = split_opening([replace(line, text=text), *below])
        title, lead = opening or split_question(document, text, below)
        shape = place or ("bold" if opening else "task" if box else "plain")
        candidate = make_candidate(document, "items", ("item", order, shape), item.start, first.end, title, lead=lead)
    if not candidate:
        return None
    number = int(item.info) if item.info.isdecimal() and candidate.number is None else candidate.number
    label = f"{item.info} {candidate.label}".strip()
    return replace(candidate, column=column, number=number, group=node.start, label=label)


def split_question(document: Document, text: str, below: tuple[Line, ...]) -> tuple[str, tuple[Line, ...]]:
    """Return a title that goes on to a question mark, or to the line where the answer begins; and the lines after it."""
    by_letter = document.has_letter_labels
    size = next(
        (
            at
            for at, line in enumerate(below)
            if document.wording.is_answer_label(line.text, by_letter) or _begins_options(below[at:])
        ),
        len(below),
    )
    texts = [text, *(line.text for line in below[:size])]
    size = next((at for at, each in enumerate(texts) if each.rstrip().endswith(("?", "？"))), size)
    return " ".join([text, *(line.text.strip() for line in below[:size])]), below[size:]


def _begins_options(lines: tuple[Line, ...]) -> bool:
    """Return True if a line begins with the letter A of an option, and the next with B."""
    return len(lines) > 1 and read_letter(lines[0].text) == "A" and read_letter(lines[1].text) == "B"


def _find_numbered_paragraphs(document: Document) -> Iterator[Candidate]:
    """Yield paragraphs that begin with a number that makes no list: `(1) What …`."""
    for node in walk_flow(document, "paragraph"):
        first = document.lines[node.start].text.strip()
        title = read_title(first, document.wording)
        if title.number is None or title.is_labelled:
            continue
        lines = document.lines[node.start : node.end]
        size = next((at for at, line in enumerate(lines, 1) if line.text.rstrip().endswith("?")), 1)
        text = " ".join(line.text.strip() for line in lines[:size])
        form = ("item", "number", "text")
        candidate = make_candidate(document, "items", form, node.start, node.start + size, text)
        if candidate:
            yield candidate
