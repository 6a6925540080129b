"""Find the blocks of a Markdown text and their lines: text → Blocks (headings, lists, fences, definitions …).

markdown-it reads CommonMark and knows the lines of a block. Lines are counted from 0 here, and an end is the line after the
last one.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from markdown_it import MarkdownIt
from mdit_py_plugins.container import container_plugin
from mdit_py_plugins.footnote import footnote_plugin

# Only the blocks matter here; `guide.markup` converts inline text.
_PARSER = MarkdownIt("commonmark").enable("table").disable("inline")
_GUIDE_PARSER = MarkdownIt("commonmark").enable("table").disable("inline")
_GUIDE_PARSER.use(footnote_plugin, move_to_end=False)
_GUIDE_PARSER.use(container_plugin, "box", validate=lambda *_: True)

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


def parse_blocks(text: str, *, is_guide: bool = False) -> tuple[Block, ...]:
    """Return every block of the text in order, each before the blocks inside it; definitions come last.

    ``is_guide`` is True for a chapter of our own format, which has footnotes and boxes (``:::``) as blocks with others inside.
    """
    env: dict[str, Any] = {}
    found = tuple(_read_tokens(text, env, _GUIDE_PARSER if is_guide else _PARSER))
    references = (*env.get("references", {}).values(), *env.get("duplicate_refs", ()))
    return (*found, *(Block("definition", each["map"][0], each["map"][1], 0) for each in references))


def find_lost_cells(text: str) -> Iterator[tuple[int, str]]:
    """Yield the line and the text of each cell beyond the head of its table, which Markdown leaves out."""
    lines = text.split("\n")
    for table in (block for block in parse_blocks(text) if block.kind == "table"):
        width = len(_split_row(lines[table.start]))
        for number in range(table.start + 2, min(table.end, len(lines))):
            yield from ((number, cell) for cell in _split_row(lines[number])[width:] if cell)


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
