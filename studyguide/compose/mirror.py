"""Mirror the styles of a book that runs from right to left: CSS → CSS.

The stylesheets are written for a book that runs from left to right. What they say of the left is true of the right in the other one:
margins, positions, floats, corners of pages, and the sides on which page numbers stand in their holes. Logical properties such as
``padding-inline`` stay as they are, because whoever lays the text out turns them. A rule for text of the other direction,
``[dir=rtl]``, becomes one for ``[dir=ltr]``.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Any

import tinycss2

_CODE = re.compile(r"\.(?:code|kept|long)\b")
"""Selectors of code, which runs from left to right in every book, and has its bar where its lines begin."""
_SIDE = re.compile(r"\b(left|right)\b")
_DIRECTION = re.compile(r"(?<=\[dir=)(ltr|rtl)(?=\])")
_OTHER = {"left": "right", "right": "left", "ltr": "rtl", "rtl": "ltr"}
_PHYSICAL = re.compile(r"left|right|(?:margin|padding|border)-(?:left|right)(?:-\w+)?")
_SIDED_VALUES = {"text-align", "float", "clear"}
_FOUR_SIDES = {"margin", "padding", "border-width", "border-style", "border-color", "inset"}
_SIDES = 4
_NESTED_RULES = {"media", "supports"}
_HOLES = str.maketrans("01234", "56789")


def mirror_holes(digits: str) -> str:
    """Return the digits of a hole for a book that runs from right to left; see ``pdf.section_pages.HOLES``."""
    return digits.translate(_HOLES)


def mirror_styles(css: str) -> str:
    """Return a stylesheet with left and right exchanged."""
    return "".join(_mirror_rules(tinycss2.parse_stylesheet(css, skip_comments=True)))


def _mirror_rules(rules: Iterable[Any]) -> Iterator[str]:
    for rule in rules:
        if rule.type == "qualified-rule":
            selector = tinycss2.serialize(rule.prelude)
            if _CODE.search(selector):
                yield rule.serialize()
            else:
                yield f"{_swap(_DIRECTION, selector)}{{{_mirror_block(rule.content)}}}"
        elif rule.type == "at-rule" and rule.content is not None:
            yield _mirror_at_rule(rule)
        else:
            yield rule.serialize()


def _mirror_at_rule(rule: Any) -> str:
    """Return an at-rule with a block: ``@page``, one of its margins, or a condition around rules."""
    name = _swap(_SIDE, str(rule.at_keyword))
    if rule.lower_at_keyword in _NESTED_RULES:
        rules = tinycss2.parse_rule_list(rule.content, skip_comments=True)
        block = "".join(_mirror_rules(rules))
    else:
        block = _mirror_block(rule.content)
    return f"@{name}{tinycss2.serialize(rule.prelude)}{{{block}}}"


def _mirror_block(content: Iterable[Any]) -> str:
    """Return the declarations of a block, and the margins of a page."""
    nodes = tinycss2.parse_blocks_contents(content, skip_comments=True)
    has_holes = any(node.type == "declaration" and "Holes" in tinycss2.serialize(node.value) for node in nodes)
    out = []
    for node in nodes:
        if node.type == "declaration":
            value = _mirror_value(node.lower_name, node.value, has_holes=has_holes)
            important = " !important" if node.important else ""
            out.append(f"{_mirror_property(node.name)}:{value}{important};")
        elif node.type == "at-rule":
            out.append(_mirror_at_rule(node))
        else:
            out.append(node.serialize())
    return "".join(out)


def _mirror_property(name: str) -> str:
    return _swap(_SIDE, name) if _PHYSICAL.fullmatch(name) else name


def _mirror_value(name: str, value: Iterable[Any], *, has_holes: bool) -> str:
    text = str(tinycss2.serialize(value)).strip()
    if name in _SIDED_VALUES:
        return _swap(_SIDE, text)
    if name == "content" and has_holes:
        return mirror_holes(text)
    if name in _FOUR_SIDES:
        sides = list(_split_sides(value))
        if len(sides) == _SIDES:
            top, right, bottom, left = sides
            return f"{top} {left} {bottom} {right}"
    return text


def _split_sides(value: Iterable[Any]) -> Iterator[str]:
    """Yield the values between white space."""
    return (node.serialize() for node in value if node.type not in ("whitespace", "comment"))


def _swap(pattern: re.Pattern[str], text: str) -> str:
    return pattern.sub(lambda match: _OTHER[match[0]], text)
