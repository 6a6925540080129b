"""Rewrite Markdown so that Python-Markdown reads its blocks as CommonMark does: text → text.

Python-Markdown needs nested blocks indented by four columns, a blank line before a list or table, and ``1.`` for ``1)``.
"""

import re
from collections.abc import Iterable, Iterator, Sequence

from studyguide.markdown_blocks import Block, parse_blocks

_LIST_OR_TABLE = re.compile(r"^\s*([-*+]|\d+[.)]|\|?.+\|)\s*", re.MULTILINE)
_ITEM_MARK = re.compile(r"(\s*)([-*+]|\d{1,9}[.)])(\s+|$)")
_INDENT = 4  # columns for each level of a list


def normalise_markdown(text: str) -> str:
    """Return the text with its lists, tables and fences in the form that Python-Markdown reads."""
    if not _LIST_OR_TABLE.search(text):
        return text
    lines = text.splitlines()
    blocks = _drop_quoted(parse_blocks(text))
    gaps = set(_find_missing_gaps(blocks, lines))
    out: list[str] = []
    for number, line in enumerate(_indent_items(blocks, lines)):
        if number in gaps and out and out[-1].strip():
            out.append("")
        out.append(line)
    return "\n".join(out)


def _drop_quoted(blocks: Sequence[Block]) -> list[Block]:
    """Return the blocks outside quotations: inside, ``>`` comes before any indentation."""
    quotes = [block for block in blocks if block.kind == "quote"]
    return [block for block in blocks if not any(quote.start <= block.start < quote.end for quote in quotes)]


def _indent_items(blocks: Iterable[Block], lines: Sequence[str]) -> list[str]:
    """Return the lines with every list item indented for its depth, outer items before those inside them."""
    indented = list(lines)
    around: list[Block] = []
    for item in (block for block in blocks if block.kind == "item"):
        around = [outer for outer in around if outer.depth < item.depth and outer.end >= item.end]
        _indent_item(item, lines, indented, _INDENT * len(around))
        around.append(item)
    return indented


def _indent_item(item: Block, lines: Sequence[str], indented: list[str], column: int) -> None:
    """Move the item's mark to ``column`` and its other lines to four columns from there, in ``indented``."""
    original, current = _ITEM_MARK.match(lines[item.start]), _ITEM_MARK.match(indented[item.start])
    if not original or not current:
        return
    # More than four spaces after the mark begin indented code (CommonMark 5.2).
    width = len(original[2]) + (len(original[3]) if len(original[3]) <= 4 else 1)
    content = len(current[1]) + width
    rest = indented[item.start][current.end() :]
    indented[item.start] = " " * column + current[2].replace(")", ".") + " " + rest
    for number in range(item.start + 1, item.end):
        line = indented[number]
        if line.strip() and len(line) - len(line.lstrip()) >= content:
            indented[number] = " " * (column + _INDENT) + line[content:]


def _find_missing_gaps(blocks: Iterable[Block], lines: Sequence[str]) -> Iterator[int]:
    """Yield the numbers of the lines that need a blank line above them."""
    last_item: dict[int, Block] = {}  # by depth
    last_block: dict[int, Block] = {}  # by depth, within its parent
    for block in blocks:
        before = last_block.get(block.depth)
        if block.kind == "table" or (block.kind == "list" and not _is_tight(last_item.get(block.depth - 1), before)):
            yield block.start
        elif block.kind == "fence":
            yield from (block.start, block.end)
        elif block.kind == "item" and before and not all(line.strip() for line in lines[before.start : before.end]):
            yield block.start
        if block.kind == "item":
            last_item[block.depth] = block
        if block.kind in ("item", "list"):
            last_block.pop(block.depth + 1, None)
        last_block[block.depth] = block


def _is_tight(item: Block | None, before: Block | None) -> bool:
    """Return True if a list right below ``before`` makes ``item`` tight: ``before`` is the item's first paragraph."""
    return bool(item and before and before.start == item.start and before.kind == "paragraph")
