"""Find in a stylesheet what WeasyPrint knows and this program cannot print: CSS → StyleFaults."""

from collections.abc import Iterable, Iterator
from typing import Any

import tinycss2

from studyguide.output import StyleFault

_SEE_THROUGH = "`opacity` is not supported in print; mix the colour with white"


def find_unprintable(css: str) -> Iterator[StyleFault]:
    """Yield each declaration that makes a group of its own on a page, or asks for more than the text of an attribute."""
    yield from _judge_nodes(tinycss2.parse_stylesheet(css, skip_comments=True, skip_whitespace=True))


def _judge_nodes(nodes: Iterable[Any]) -> Iterator[StyleFault]:
    for node in nodes:
        if node.type == "declaration":
            if node.lower_name == "opacity" and not _is_opaque(node.value):
                yield StyleFault(node.source_line, node.source_column, _SEE_THROUGH)
            for name in _find_typed_attributes(node.value):
                found = f"`attr(…)` prints the text of an attribute alone; write `attr({name})`"
                yield StyleFault(node.source_line, node.source_column, found)
        elif node.type in ("qualified-rule", "at-rule") and node.content is not None:
            yield from _judge_nodes(
                tinycss2.parse_blocks_contents(node.content, skip_comments=True, skip_whitespace=True)
            )


def _is_opaque(value: Iterable[Any]) -> bool:
    """Return True for a number from 1, or a percentage from 100, alone."""
    least = {"number": 1, "percentage": 100}
    words = [each for each in value if each.type not in ("whitespace", "comment")]
    return len(words) == 1 and words[0].type in least and words[0].value >= least[words[0].type]


def _find_typed_attributes(value: Iterable[Any]) -> Iterator[str]:
    """Yield the name of each attribute that is asked for with a type, as in ``attr(href url)``."""
    for node in value:
        if node.type == "function" and node.lower_name == "attr":
            words = [each.lower_value for each in node.arguments if each.type == "ident"]
            if len(words) > 1 and words[1] != "string":
                yield words[0]
