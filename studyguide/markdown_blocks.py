"""Find the blocks of a Markdown text and their lines: text → Blocks (headings, lists, fences, definitions …).

markdown-it reads CommonMark and knows the lines of a block. Lines are counted from 0 here, and an end is the line after the
last one.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from mdit_py_plugins.footnote import footnote_plugin

_BOX_LINE = re.compile(r"(?P<colons>:{3,})(?P<info>.*)")
_FENCE_MARK = re.compile("`{3,}|~{3,}")
_CELL_BAR = re.compile(r"(?<!\\)\|")
_KIND_OF_TOKEN = {
    "heading_open": "heading",
    "bullet_list_open": "list",
    "ordered_list_open": "list",
    "list_item_open": "item",
    "blockquote_open": "quote",
    "table_open": "table",
    "paragraph_open": "paragraph",
    "fence": "fence",
    "code_block": "code",
    "html_block": "html",
    "hr": "rule",
    "footnote_reference_open": "note",
    "container_box_open": "box",
}

KNOWN_ROLES = frozenset({
    "kbd", "sub", "sup", "del", "strike", "u", "file", "code", "command", "program", "option", "envvar", "guilabel",
    "menuselection", "subscript", "superscript", "emphasis", "strong", "literal", "math",
})  # fmt: skip
"""MyST's roles, ``{kbd}`Ctrl```, that say how something looks; ``guide.syntax`` reads them."""
RUN_INFO = "python run"
"""The info string of a fence (CommonMark 4.5) whose code ``prove`` runs."""


@dataclass(frozen=True, slots=True)
class Block:
    kind: str
    """A value of ``_KIND_OF_TOKEN``, or ``definition`` of a link target."""
    start: int
    """First line, from 0."""
    end: int
    """Line after the last."""
    depth: int
    """Number of blocks that it is nested in."""
    level: int = 0
    """Level of a heading, 1 to 6."""
    mark: str = ""
    """Characters that it is written with: ``##``, ``-``, three backticks …"""
    info: str = ""
    """Info string of a fence, or number of an ordered list's item."""


@cache
def _make_parser(is_guide: bool) -> MarkdownIt:
    """Return the parser. Only the blocks matter here; `guide.markup` converts inline text."""
    parser = MarkdownIt("commonmark").enable("table").disable("inline")
    if is_guide:
        parser.use(footnote_plugin, move_to_end=False)
        use_boxes(parser)
    return parser


@lru_cache(maxsize=1_000)
def parse_blocks(text: str, *, is_guide: bool = False) -> tuple[Block, ...]:
    """Return every block of the text in order, each before the blocks inside it; definitions come last.

    ``is_guide`` is True for a chapter of our own format, which has footnotes and boxes (``:::``) as blocks with others inside.
    """
    env: dict[str, Any] = {}
    found = tuple(_read_tokens(text, env, _make_parser(is_guide)))
    references = (*env.get("references", {}).values(), *env.get("duplicate_refs", ()))
    return (*found, *(Block("definition", each["map"][0], each["map"][1], 0) for each in references))


def find_lost_cells(text: str) -> Iterator[tuple[int, str]]:
    """Yield the line and the text of each cell beyond the head of its table, which Markdown leaves out."""
    lines = text.split("\n")
    for table in (block for block in parse_blocks(text) if block.kind == "table"):
        width = len(_split_row(lines[table.start]))
        for number in range(table.start + 2, min(table.end, len(lines))):
            yield from ((number, cell) for cell in _split_row(lines[number])[width:] if cell)


def find_short_rows(text: str) -> Iterator[tuple[int, str, int, int]]:
    """Yield the line, the text and the number of cells of each row with fewer cells than the head of its table, and those of the head.

    A row of one cell in bold or italics is a heading in the table.
    """
    lines = text.split("\n")
    for table in (block for block in parse_blocks(text) if block.kind == "table"):
        width = len(_split_row(lines[table.start]))
        for number in range(table.start + 2, min(table.end, len(lines))):
            row = lines[number].strip()
            cells = _split_row(row)
            is_heading = len(cells) == 1 and cells[0][:1] in ("*", "_", "{")  # or attributes of the table
            if row and len(cells) < width and not is_heading:
                yield number, row, len(cells), width


def _split_row(line: str) -> list[str]:
    """Return the cells of a row; the bars at its ends are no cells."""
    cells = [cell.strip() for cell in _CELL_BAR.split(line.strip())]
    return cells[not cells[0] : len(cells) - (len(cells) > 1 and not cells[-1])]


def _read_tokens(text: str, env: dict[str, Any], parser: MarkdownIt) -> Iterator[Block]:
    """Yield the blocks except definitions, which markdown-it puts into ``env``."""
    depth = 0
    for token in parser.parse(text, env):
        depth -= token.nesting == -1
        if token.map and (kind := _KIND_OF_TOKEN.get(token.type)):
            level = int(token.tag[1]) if kind == "heading" else 0
            yield Block(kind, token.map[0], token.map[1], depth, level, token.markup, token.info)
        depth += token.nesting == 1


# ---------------------------------------------------------------- boxes


def get_line(state: StateBlock, line: int) -> str:
    """Return the text of a line without its indentation."""
    return state.src[state.bMarks[line] + state.tShift[line] : state.eMarks[line]]


def is_indented_code(state: StateBlock, line: int) -> bool:
    """Return True if a line is indented as code is."""
    return state.sCount[line] - state.blkIndent >= 4


def use_boxes(parser: MarkdownIt) -> None:
    """Add a rule for boxes, ``::: note Title`` to ``:::``, which may stand inside each other."""
    ends = ["paragraph", "reference", "blockquote", "list"]
    parser.block.ruler.before("fence", "container_box", _read_box, {"alt": ends})


def _read_box(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Read a box. Colons alone begin none: as the end of a box that is not there they are text."""
    if not get_line(state, start).startswith(":::") or is_indented_code(state, start):
        return False
    opening = _BOX_LINE.fullmatch(get_line(state, start))
    if not opening or not opening["info"].strip():
        return False
    if silent:
        return True
    last = find_box_end(state, start, end)
    old = state.parentType, state.lineMax
    state.parentType, state.lineMax = "container", last
    token = state.push("container_box_open", "div", 1)
    token.markup, token.info, token.block, token.map = opening["colons"], opening["info"], True, [start, last]
    state.md.block.tokenize(state, start + 1, last)
    state.push("container_box_close", "div", -1)
    state.parentType, state.lineMax = old
    state.line = last + (last < end and is_box_end(get_line(state, last)))
    return True


def is_box_end(line: str) -> bool:
    """Return True if a line is nothing but the colons that end a box."""
    return line.strip().startswith(":::") and not line.strip().strip(":")


def find_box_end(state: StateBlock, start: int, end: int) -> int:
    """Return the line that ends the box which begins in line ``start``; ``end``, or that of a list around it, if none does.

    A line ends the box that has as many colons as it, else the innermost box with fewer: Pandoc counts none, Docusaurus and
    VitePress want as many at the least. Code that has an end may hold any lines.
    """
    inside = [_count_colons(get_line(state, start))]
    endless: set[str] = set()
    line = start + 1
    while line < end:
        text = get_line(state, line).rstrip()
        if text and state.sCount[line] < state.blkIndent:
            return line
        if not text or is_indented_code(state, line):
            pass
        elif fence := _FENCE_MARK.match(text):
            last = line if fence[0] in endless else _find_fence_end(state, line, end, fence[0])
            endless.update({fence[0]} if last == line else ())
            line = last
        elif text.startswith(":::"):
            colons = _count_colons(text)
            if not is_box_end(text):
                inside.append(colons)
            elif colons in inside:
                del inside[len(inside) - 1 - inside[::-1].index(colons) :]
            elif colons > inside[-1]:
                inside.pop()
            if not inside:
                return line
        line += 1
    return end


def _count_colons(text: str) -> int:
    return len(text) - len(text.lstrip(":"))


def _find_fence_end(state: StateBlock, start: int, end: int, mark: str) -> int:
    """Return the last line of the code that begins in line ``start``; ``start`` itself if nothing ends it."""
    for line in range(start + 1, end):
        text = get_line(state, line).rstrip()
        if text.startswith(mark) and not text.strip(mark[0]):
            return line
    return start
