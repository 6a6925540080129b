"""Where the blocks of a Markdown text stand: headings, lists, fences, definitions, by line.

The only file that knows markdown-it, which reads CommonMark and counts lines. Lines are counted from 0 here, and an end
is the line after the last one.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from markdown_it import MarkdownIt

# Only the blocks matter here; inline text is the business of `markup`.
PARSER = MarkdownIt("commonmark").enable("table").disable("inline")

KINDS = {
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
}

RUN = "python run"
"""What stands behind the fence of code that is to be run."""


@dataclass(frozen=True, slots=True)
class Block:
    kind: str
    """A value of ``KINDS``, or ``definition`` for a link target."""
    start: int
    end: int
    depth: int
    """How many blocks it is nested in."""
    level: int = 0
    """Of a heading, 1 to 6."""
    mark: str = ""
    """What it is written with: ``##``, ``-``, three backticks …"""
    info: str = ""
    """What stands behind the mark of a fence, or the number of an item."""


def blocks(text: str) -> tuple[Block, ...]:
    """Every block of the text, in order; a block stands before those inside it."""
    env: dict[str, Any] = {}
    found = tuple(walk(text, env))
    references = (Block("definition", each["map"][0], each["map"][1], 0) for each in env.get("references", {}).values())
    return (*found, *references)


def walk(text: str, env: dict[str, Any]) -> Iterator[Block]:
    depth = 0
    for token in PARSER.parse(text, env):
        depth -= token.nesting == -1
        if token.type in KINDS and token.map:
            level = int(token.tag[1]) if token.type == "heading_open" else 0
            yield Block(KINDS[token.type], token.map[0], token.map[1], depth, level, token.markup, token.info)
        depth += token.nesting == 1
