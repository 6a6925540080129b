"""Judge the styles of a guide: the CSS of its ``styles/`` → Problems. A style says how a book looks, and reaches nothing outside."""

import re
from collections.abc import Iterable, Iterator
from typing import Any

import tinycss2

from studyguide.html_text import read_file_path
from studyguide.model import IMAGE_ENDINGS, Guide, Project, Source
from studyguide.page_size import find_tokens
from studyguide.problems import Place, Problem, suggest_names
from studyguide.rules.drawing_size import walk_tokens

_REFUSED_AT_RULES = frozenset(
    {"import", "font-face", "namespace", "document", "-moz-document", "font-palette-values", "charset"}
)
_FETCHING_FUNCTIONS = frozenset(
    {"src", "image", "image-set", "-webkit-image-set", "cross-fade", "element", "expression", "paint"}
)
_REFUSED_PROPERTIES = frozenset({"behavior", "-ms-behavior", "-moz-binding"})
_BRACKET = re.compile(r"[][(){}]")
_MAX_BRACKETS = 20
_USE = re.compile(r"var\(\s*--([\w-]+)")


def unsafe_style(project: Project, guide: Guide) -> Iterator[Problem]:
    """A book holds all that it shows, and no reader fetches or runs anything for it."""
    program = "".join(source.text for source in project.styles if not source.origin)
    for source in _list_own_styles(project):
        for found, node in _find_dangers(source.text, program) if is_readable(source) else ():
            place = Place(source.origin, node.source_line, node.source_column)
            fix = "leave it out"
            if found.startswith("`@font-face`"):
                fix = 'put the file into `fonts/`, and name its family in `[look]`: `text = "…"`'
            elif "figure" in found:
                fix = "save the picture in `figures/` of the guide, and write `url(figures/name.png)`"
            yield Problem(place, "unsafe-style", found, fix)


def broken_style(project: Project, guide: Guide) -> Iterator[Problem]:
    """A reader of CSS leaves out a rule with a mistake without a word, and often all that follows."""
    for source in _list_own_styles(project):
        if place := _find_deep_brackets(source):
            found = "this is no CSS: its brackets are too deep inside each other"
            yield Problem(place, "broken-style", found, "write fewer brackets")
            continue
        for node in _find_errors(tinycss2.parse_stylesheet(source.text, skip_comments=True, skip_whitespace=True)):
            place = Place(source.origin, node.source_line, node.source_column)
            found = f"this is no CSS: {node.message.rstrip('.')}"
            yield Problem(place, "broken-style", found, "mend the rule at that line: `selector { property: value; }`")


def unused_token(project: Project, guide: Guide) -> Iterator[Problem]:
    """A variable that no style uses changes nothing, and is often misspelt."""
    used = set(_USE.findall("\n".join(source.text for source in project.styles)))
    program = {name for source in project.styles if not source.origin for name in find_tokens(source.text)}
    names = [f"--{name}" for name in program]
    for source in _list_own_styles(project):
        for name in find_tokens(source.text):
            if name not in used | program:
                found = f"no style uses `--{name}`"
                yield Problem(
                    _find_place(source, f"--{name}"), "unused-token", found, suggest_names(f"--{name}", names)
                )


def _find_place(source: Source, needle: str) -> Place:
    """Return the place of a needle in one of the guide's own files."""
    place = source.at(1, needle)
    return Place(source.origin, place.line, place.column)


def _list_own_styles(project: Project) -> Iterator[Source]:
    return (source for source in project.styles if source.origin)


def is_readable(source: Source) -> bool:
    """Return True if a style has no more brackets inside each other than its readers can follow."""
    return _find_deep_brackets(source) is None


def _find_deep_brackets(source: Source) -> Place | None:
    """Return where more brackets are open at once than any style needs, and than those who read it can follow."""
    depth = 0
    for match in _BRACKET.finditer(source.text):
        depth += 1 if match[0] in "([{" else -1
        if depth > _MAX_BRACKETS:
            return Place(source.origin, source.text.count("\n", 0, match.start()) + 1)
    return None


def _find_errors(nodes: Iterable[Any]) -> Iterator[Any]:
    """Yield the errors of rules, and of what is in their blocks."""
    for node in nodes:
        if node.type == "error":
            yield node
        elif node.type in ("qualified-rule", "at-rule") and node.content is not None:
            yield from _find_errors(
                tinycss2.parse_blocks_contents(node.content, skip_comments=True, skip_whitespace=True)
            )


def _find_dangers(css: str, program: str) -> Iterator[tuple[str, Any]]:
    """Yield, in words, what reaches outside, and the token that does; a copy of one of the program's styles has its drawings."""
    for node, address in _list_addresses(css):
        if not _is_figure(address) and not (address.startswith("data:") and address in program):
            yield f"`{address[:60]}` is no figure of the guide", node
    for node in walk_tokens(tinycss2.parse_component_value_list(css)):
        if node.type == "at-keyword" and node.lower_value in _REFUSED_AT_RULES:
            yield f"`@{node.value}` reaches outside of the style", node
        elif node.type == "function" and node.lower_name in _FETCHING_FUNCTIONS:
            yield f"`{node.name}(…)` reaches outside of the book", node
        elif node.type == "ident" and node.lower_value in _REFUSED_PROPERTIES:
            yield f"`{node.value}` runs a program", node


def _list_addresses(css: str) -> Iterator[tuple[Any, str]]:
    """Yield each address in a style, with its token."""
    for node in walk_tokens(tinycss2.parse_component_value_list(css)):
        if node.type == "url":
            yield node, node.value
        elif node.type == "function" and node.lower_name == "url":
            yield node, next((each.value for each in node.arguments if each.type == "string"), "")
        elif node.type == "error" and node.kind in ("bad-url", "bad-string"):
            yield node, ""


def _is_figure(address: str) -> bool:
    """Return True for the path of a picture in the guide's folder."""
    path = read_file_path(address)
    is_inside = ":" not in path and "\\" not in path and not path.startswith(("/", "..", "//"))
    return is_inside and path.lower().endswith(IMAGE_ENDINGS)
