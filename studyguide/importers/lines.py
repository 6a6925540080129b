"""Turn the text of a foreign guide into lines that a CommonMark parser understands as their author meant them.

    text → fences → gift → boxes → shortcodes → headings → tags → Lines, Notes

Every line knows its line of the source. Every fold and every box that folds is a pair ``details`` and ``/details``.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from studyguide.importers.boxes import resolve_boxes
from studyguide.importers.fences import STRUCTURE, mark_fences, mark_formulas
from studyguide.importers.gift import resolve_gift
from studyguide.importers.model import Line, Note
from studyguide.importers.shortcodes import replace_highlight, replace_shortcodes
from studyguide.importers.tags import mark_raw, replace_tags

_TAB_COLUMNS = 4
_CODE_COLUMNS = 4
"""Columns that make code of a line that is not in a list."""
_MAX_BLANKS = 120
_MANY_BLANKS = re.compile(rf"\s{{{_MAX_BLANKS + 1},}}")
_MIN_BULLETS = 5
"""So many bullets without a space behind them are a habit of the author's."""
_ITEM = re.compile(r"\s*(?:[-*+]|\d{1,9}[.)])\s")
_DEEP_TAG = re.compile(r"\s{4,}</?(?:p|div|center|img|a|picture|source|br|h[1-6])\b", re.IGNORECASE)
_COMMENT = re.compile(r"\s*<!--(?:(?!-->).)*-->")
_GLUED_BULLET = re.compile(r"^[+-](?=[^\W\d_])")
_PLUS_ITEM = re.compile(r"^(\s*)\+\s+")
_LOOSE_LABEL = re.compile(r"(\s{0,3})\*\*(?=\s|[^*]{1,20}\s\*\*)\s*([^\s*][^*]{0,19}?)\s*\*\*")
_GLUED_HEADING = re.compile(r"(#{1,6})(?=[^\W_]|[*_`]{1,3}\w)")
_EMOJI = re.compile(r"(?:[\u2600-\u27bf\u2b00-\u2bff\U0001f000-\U0001faff][\ufe0f\u200d]*\s*)+")
_ESCAPED_LETTER = re.compile(r"^(\s*(?:[-*+>]\s+)?[*_(]{0,3}[A-Ja-j])\\([.)])(?=[*_\s])")
"""The letter of an option as word processors export it."""
_VERDICTS = frozenset("✅❌✔✖☑✓✗👍👎")
"""Signs that can be an answer."""


def read_lines(text: str) -> tuple[tuple[Line, ...], tuple[Note, ...]]:
    """Return the lines of a text, its raw HTML as Markdown, and notes on what was mended or left out."""
    notes: list[Note] = []
    lines = [Line(_shorten_blanks(each.expandtabs(_TAB_COLUMNS)), at) for at, each in enumerate(text.splitlines())]
    lines = [replace_highlight(line, notes) for line in lines]
    lines = [line if line.code else replace(line, text=_ESCAPED_LETTER.sub(r"\1\2", line.text)) for line in lines]
    lines = _separate_bullets(list(_drop_comments(mark_fences(lines, notes), notes)))
    lines = mark_formulas(list(_close_emphasis(lines)))
    boxes = resolve_boxes(list(resolve_gift(lines, notes)), notes)
    flat = _mend_headings(list(replace_shortcodes(boxes, notes)))
    return tuple(_drop_emoji(list(replace_tags(list(mark_raw(flat)), notes)), notes)), tuple(notes)


def _shorten_blanks(text: str) -> str:
    """Return a line with no more blanks in a row than anybody types, so that no pattern takes long for them."""
    return _MANY_BLANKS.sub(" " * _MAX_BLANKS, text) if len(text) > _MAX_BLANKS else text


def _drop_comments(lines: Iterable[Line], notes: list[Note]) -> Iterator[Line]:
    """Yield the lines, those with words without the comments beside them, which are noted."""
    for line in lines:
        found = _COMMENT.findall(line.text) if not line.code and "<!--" in line.text and "`" not in line.text else []
        rest = _COMMENT.sub("", line.text) if found else ""
        if re.search(r"\w", rest):
            notes += [Note("comment", line.origin + 1, comment.strip()) for comment in found]
            yield replace(line, text=rest)
        else:
            yield line


def _separate_bullets(lines: list[Line]) -> list[Line]:
    """Return the lines; where many begin with a bullet that no space follows, a bullet is an item of a list all the same."""
    if sum(not line.code and _GLUED_BULLET.match(line.text) is not None for line in lines) < _MIN_BULLETS:
        return lines
    # Bullets of several signs are one list in the eyes of a reader.
    return [
        line if line.code else replace(line, text=_PLUS_ITEM.sub(r"\1- ", _GLUED_BULLET.sub("- ", line.text)))
        for line in lines
    ]


def _mend_headings(lines: Sequence[Line]) -> Iterator[Line]:
    """Yield the lines as GitHub reads them: headings whose signs no space follows, and tags, which are no code
    however far they are indented, unless a list holds them.
    """
    is_in_list = False
    glued = [None if line.code else _GLUED_HEADING.match(line.text) for line in lines]
    is_habit = any(found and line.text.startswith("##") for found, line in zip(glued, lines, strict=True))
    for line, found in zip(lines, glued, strict=True):
        if line.code != "formula" and line.indent < _CODE_COLUMNS and line.text.strip():
            is_in_list = _ITEM.match(line.text) is not None
        if not line.code and not is_in_list and _DEEP_TAG.match(line.text):
            yield replace(line, text=line.text.lstrip())
        elif found and is_habit:
            yield replace(line, text=f"{found[1]} {line.text[found.end() :]}")
        else:
            yield line


def _close_emphasis(lines: Iterable[Line]) -> Iterator[Line]:
    """Yield the lines, a label at the start of one in bold although blanks stand inside the signs: `** Q: ** What …`."""
    for line in lines:
        found = None if line.code or "**" not in line.text else _LOOSE_LABEL.match(line.text)
        yield replace(line, text=f"{found[1]}**{found[2]}**{line.text[found.end() :]}") if found else line


def _drop_emoji(lines: Sequence[Line], notes: list[Note]) -> Iterator[Line]:
    """Yield the lines without paragraphs that are only emoji, which are noted, unless one is all there is below a title."""
    for at, line in enumerate(lines):
        text = line.text.strip()
        is_emoji = not line.code and not line.tag and _EMOJI.fullmatch(text) and _VERDICTS.isdisjoint(text)
        if is_emoji and _is_decoration(lines, at):
            notes.append(Note("emoji-line", line.origin + 1, text))
            yield replace(line, text="")
        else:
            yield line


def _is_decoration(lines: Sequence[Line], at: int) -> bool:
    """Return True if a line is a paragraph of its own, and not all there is between two titles."""
    if any(lines[place].text.strip() and not lines[place].tag for place in (at - 1, at + 1) if 0 <= place < len(lines)):
        return False
    below, above = (
        next((lines[place] for place in places if lines[place].text.strip() or lines[place].tag), None)
        for places in (range(at + 1, len(lines)), range(at - 1, -1, -1))
    )
    has_fold_below = below is not None and below.tag == "details"
    return has_fold_below or not (_is_structure(above) and _is_structure(below))


def _is_structure(line: Line | None) -> bool:
    """Return True for a title, a fold or an end of the text."""
    return (
        line is None
        or bool(line.tag)
        or re.match(r"\s*(?:#|\*\*|\d+[.)]\s)", line.text) is not None
        or bool(STRUCTURE.match(line.text))
    )
