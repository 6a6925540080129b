"""Turn the boxes of other systems into ``<details>`` or a title in bold: Lines → Lines.

    > [!question]- What … ?    Obsidian, and GitHub without a title
    ??? question "What … ?"    MkDocs, `!!!` where it does not fold
    ::: details What … ?       VuePress, Docusaurus

A box that asks, answers, hints or folds becomes ``<details>``, which the families know; any other is a remark.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from studyguide.importers.fences import fenced
from studyguide.importers.model import Line, Note, words_of

CALLOUT = re.compile(r"^(?P<indent>\s*)>\s?(?P<mark>\[!(?P<kind>[\w-]+)\](?P<fold>[+-]?))[ \t]*(?P<title>.*)$")
ADMONITION = re.compile(
    r"^(?P<indent>\s*)(?P<mark>(?:!!!|(?P<fold>\?\?\?)\+?)[ \t]+(?P<kind>[\w-]+)(?:[ \t]+[\w-]+)*)(?:[ \t]+\"(?P<title>.*)\")?[ \t]*$"
)
CONTAINER = re.compile(r"^(?P<indent>\s*)(?P<mark>:{3,}[ \t]*(?P<kind>[a-zA-Z][\w-]*))(?P<title>(?:[ \t\[].*)?)$")
INSIDE = 4
"""Columns that the text of an admonition is indented by."""
DEEP = 8
"""So many boxes inside each other are a mistake."""
FAR = 400
"""So many lines are no container."""
ASKING = words_of("question faq help quiz exercise problem flashcard card")
ANSWERING = words_of("answer solution success check done")
FOLDING = words_of("answer solution hint details spoiler collapse expand")
"""What folds without a sign of it."""
REMARKS = words_of("note tip info important warning caution danger example abstract summary bug failure quote seealso")
KINDS = ASKING | ANSWERING | FOLDING | REMARKS


@dataclass(frozen=True, slots=True)
class Box:
    first: Line
    mark: str
    kind: str
    title: str
    folds: bool
    body: tuple[Line, ...]
    quoted: bool
    """Whether its text is a quotation."""
    end: int
    """The first line below it."""


def unboxed(lines: Sequence[Line], notes: list[Note], depth: int = 0) -> Iterator[Line]:
    """The lines with each box as what it means, the boxes in it too."""
    at = 0
    while at < len(lines):
        box = read_box(lines, at) if depth < DEEP else None
        if not box:
            yield lines[at]
            at += 1
            continue
        yield from meaning(box, notes, depth)
        at = box.end


def read_box(lines: Sequence[Line], at: int) -> Box | None:
    line = lines[at]
    if line.code or not line.text.lstrip().startswith((">", "!!!", "???", ":::")):
        return None
    for form, read in ((CALLOUT, quoted), (ADMONITION, indented), (CONTAINER, contained)):
        found = form.match(line.text)
        if found and found["kind"].lower() in KINDS:
            end, body = read(lines, at, found)
            if end == at:
                return None
            folds = bool("fold" in form.groupindex and found["fold"]) or found["kind"].lower() in FOLDING
            title = (found["title"] or "").strip().removeprefix("[").removesuffix("]").strip()
            return Box(line, found["mark"], found["kind"].lower(), title, folds, tuple(body), form is CALLOUT, end)
    return None


def quoted(lines: Sequence[Line], at: int, found: re.Match[str]) -> tuple[int, list[Line]]:
    """Where a callout ends, and what it says without the signs of a quotation."""
    end = at + 1
    while end < len(lines) and lines[end].text.lstrip().startswith(">"):
        end += 1
    bare = [re.sub(r"^\s*> ?", "", line.text) for line in lines[at + 1 : end]]
    return end, [
        replace(line, text=found["indent"] + text) for line, text in zip(lines[at + 1 : end], bare, strict=True)
    ]


def indented(lines: Sequence[Line], at: int, found: re.Match[str]) -> tuple[int, list[Line]]:
    """Where an admonition ends, and what it says without its indentation."""
    least, end = len(found["indent"]) + INSIDE, at + 1
    while end < len(lines) and (lines[end].indent >= least or not lines[end].text.strip()):
        end += 1
    return end, [replace(line, text=found["indent"] + line.text[least:]) for line in lines[at + 1 : end]]


def contained(lines: Sequence[Line], at: int, found: re.Match[str]) -> tuple[int, list[Line]]:
    """Where a container ends, and what it says; nothing where it does not end."""
    closing = ":" * found["mark"].count(":")
    end = next((n for n in range(at + 1, min(at + FAR, len(lines))) if lines[n].text.strip() == closing), at - 1)
    return end + 1, list(lines[at + 1 : end])


def meaning(box: Box, notes: list[Note], depth: int) -> Iterator[Line]:
    """The box as lines that say the same."""
    known = "Answer" if box.kind in ANSWERING else box.kind.capitalize()
    name = box.title or known
    if name.lower() != box.kind:
        notes.append(Note("label", box.first.origin + 1, box.mark))
    body = fenced(box.body, notes) if box.quoted else box.body
    indent = " " * box.first.indent
    blank = replace(box.first, text="")
    if box.folds or (box.kind in ASKING and box.title):
        yield replace(box.first, text=indent, tag="details")
        yield replace(box.first, text=indent + name, tag="summary")
        yield from (blank, *unboxed(body, notes, depth + 1), blank)
        yield replace(box.first, text=indent, tag="/details")
    elif box.quoted and box.kind in REMARKS:
        yield replace(box.first, text=f"{indent}> **{name}**")
        yield replace(box.first, text=f"{indent}>")
        yield from (replace(line, text=f"{indent}> {line.text[len(indent) :]}".rstrip()) for line in box.body)
    else:
        yield from (blank, replace(box.first, text=f"{indent}**{name}{':' if box.kind in ASKING else ''}**"), blank)
        yield from (*unboxed(body, notes, depth + 1), blank)
