"""Give each question and each answer lines of its own: Lines → Lines.

In CommonMark a question that is glued to the paragraph above is part of it.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from studyguide.importers.document import Document
from studyguide.importers.model import Line
from studyguide.importers.options import TASK, read_letter
from studyguide.importers.wording import Wording

_NUMBERED = re.compile(r"^ {0,3}(\d{1,4})[.)]\s+\S")
_INLINE_ANSWER = re.compile(r"(?<=\S)\s+(?=[*_]{0,2}(?:A|Ans|Answer)\s*[:：][*_]{0,2}\s*\S)")
_INLINE_OPTION = re.compile(
    r"(?:(?<=\s)|(?<=\|)|^)(?P<open>[*_]{0,2}\(?)(?P<letter>[a-jA-J])(?P<close>[).．、])(?=[*_]{0,2}\s*[^\s])"
)
"""The letter of one of several options on a line: `a) Wax  b) Tin`."""
_MIN_INLINE_OPTIONS = 3
_CODE_INDENT = 4  # columns that make code of a line, beyond those of its item
_SENTENCE_START = re.compile(r"[^\W\d_a-z]|[\"“«¿¡]")
_CODE_SIGNS = re.compile(r"[{}<>=\\|]|;$|\w\(|^[#$>]|//|::")
_MIN_PROSE_WORDS = 3
_BOLD_LINE = re.compile(r"(\*\*|__)(?=\S)(.+?)(?<=\S)\1\W*")


def separate_questions(document: Document) -> Document:
    """Return the document with a line for each answer, and a blank line before each question that is glued to a paragraph."""
    lines = tuple(_part_rules(document.lines))
    lines = tuple(_split_options(lines, document.wording))
    lines = tuple(_split_keys(tuple(_split_answers(lines, document.wording)), document.wording))
    document = _dedent_prose(replace(document, lines=lines))
    lines = document.lines
    breaks = set(_find_breaks(document))
    if not breaks:
        return document
    out: list[Line] = []
    for at, line in enumerate(lines):
        out += [Line("", line.origin), line] if at in breaks else [line]
    return replace(document, lines=tuple(out))


def _part_rules(lines: Sequence[Line]) -> Iterator[Line]:
    """Yield the lines; where headings have signs, a line of hyphens below a text is a rule and makes no heading of the text."""
    has_signs = sum(not line.code and re.match(r" {0,3}#{1,6} ", line.text) is not None for line in lines) > 1
    for above, line in pairwise([Line("", 0), *lines]):
        is_rule = has_signs and not line.code and not line.tag and re.fullmatch(r" {0,3}-{2,}\s*", line.text)
        if is_rule and above.text.strip() and not above.code and not above.text.lstrip().startswith("|"):
            yield Line("", line.origin)
        yield line


def _split_options(lines: Sequence[Line], wording: Wording) -> Iterator[Line]:
    """Yield the lines, each of the options that stand on one line, with a key behind them, as one of its own."""
    for line in lines:
        starts = [] if line.code or line.tag or re.match(r"\s*(?:#|\|)", line.text) else _find_options(line.text)
        if not starts:
            yield line
            continue
        before = line.text[: starts[0]]
        mark = re.match(r"\s*(?:(?:[-*+]|\d{1,4}[.)])\s+)?", before)
        indent = " " * (mark.end() if mark else 0)
        if before.strip():
            yield from (replace(line, text=before.rstrip()), replace(line, text=""))
        pieces = [line.text[start:stop] for start, stop in zip(starts, [*starts[1:], None], strict=True)]
        key = re.search(rf"\s+(?=[*_]{{0,3}}(?:{wording.key_label})\s*[*_]{{0,3}}[:：])", pieces[-1], re.IGNORECASE)
        if key:
            pieces[-1:] = [pieces[-1][: key.start()], pieces[-1][key.end() :]]
        yield from (replace(line, text=indent + piece.strip().rstrip("|").rstrip()) for piece in pieces)


def _find_options(text: str) -> list[int]:
    """Return where the options of a line begin, whose letters follow each other from A; none for a line of other text.

    There are three of them, or two in parentheses at the start of the line, and what stands before them ends in a sign.
    """
    found = list(_INLINE_OPTION.finditer(text))
    first = next((at for at, each in enumerate(found) if each["letter"] in "aA"), len(found))
    run: list[re.Match[str]] = []
    for each in found[first:]:
        is_alike = not run or (each["open"], each["close"]) == (run[0]["open"], run[0]["close"])
        if is_alike and ord(each["letter"]) == ord(found[first]["letter"]) + len(run):
            run.append(each)
    before = text[: run[0].start()].strip(" \t*_-+") if run else ""
    is_start = not before or re.fullmatch(r"\d{1,4}[.)]", before)
    if len(run) < 2 or (len(run) < _MIN_INLINE_OPTIONS and not (is_start and run[0]["close"] == ")")):
        return []
    return [each.start() for each in run] if is_start or before.endswith((*"?:.)]_？：。）",)) else []


def _split_keys(lines: Sequence[Line], wording: Wording) -> Iterator[Line]:
    """Yield the lines, the key on the line of the last option as one of its own."""
    for line in lines:
        is_option = not line.code and not line.tag and (read_letter(line.text) or TASK.match(line.text))
        found = wording.inline_key.search(line.text) if is_option else None
        if found and re.search(r"\w", line.text[4 : found.start()]):
            yield replace(line, text=line.text[: found.start()].rstrip())
            yield replace(line, text=line.text[found.start() :].lstrip())
        else:
            yield line


def _split_answers(lines: Sequence[Line], wording: Wording) -> Iterator[Line]:
    """Yield the lines, an answer that follows its labelled question on the same line as one of its own."""
    for line in lines:
        has_label = not line.code and not line.tag and wording.find_question_label(line.text.strip().lstrip("*_-+ "))
        found = _INLINE_ANSWER.search(line.text) if has_label else None
        if found:
            yield replace(line, text=line.text[: found.start()])
            yield replace(line, text=line.text[found.end() :])
        else:
            yield line


def _find_breaks(document: Document) -> Iterator[int]:
    """Yield the lines inside paragraphs that open a question all the same."""
    paragraphs = (node for outer in document.nodes for node in outer.walk() if node.kind == "paragraph")
    inside = {at for node in paragraphs for at in range(node.start + 1, node.end)}
    last = 0
    for at, line in enumerate(document.lines):
        if line.code or line.tag:
            continue
        if at in inside and _opens_question(line, document.wording):
            yield at
        found = _NUMBERED.match(line.text)
        if found:
            if at in inside and int(found[1]) == last + 1:
                yield at
            last = int(found[1])


def _opens_question(line: Line, wording: Wording) -> bool:
    """Return True if a line is in bold and asks or has a number, or begins with the label of a question."""
    if line.indent > 3:
        return False
    bold = _BOLD_LINE.fullmatch(line.text.strip())
    bare = bold[2] if bold else line.text.strip()
    label = wording.find_question_label(bare)
    return bool(
        (label and len(label[0]) < len(bare)) or (bold and (wording.asks(bare) or re.match(r"\d+[.)]\s", bare)))
    )


# ---------------------------------------------------------------- prose that is indented


def _dedent_prose(document: Document) -> Document:
    """Return the document with blocks of sentences that are indented like code, below a heading or in an item, as paragraphs."""
    lines = list(document.lines)
    for scope in document.root.walk():
        for outer in scope.nodes:
            for node in outer.walk():
                block = lines[node.start : node.end]
                if node.kind == "code" and _is_prose([line.text.strip() for line in block if line.text.strip()]):
                    lines[node.start : node.end] = [
                        replace(line, text=line.text.strip() if node is outer else line.text[_CODE_INDENT:])
                        for line in block
                    ]
    return replace(document, lines=tuple(lines))


def _is_prose(texts: Sequence[str]) -> bool:
    """Return True for lines of sentences: the first begins with a letter, the last ends with a sign, and none looks like code."""
    if not texts or not _SENTENCE_START.match(texts[0]) or not texts[-1].endswith((".", "!", "?", "。", "।", ":")):
        return False
    return all(not _CODE_SIGNS.search(text) and len(text.split()) >= _MIN_PROSE_WORDS for text in texts)
