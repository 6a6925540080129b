"""Turn the boxes and folds of other programs into containers or remarks: Lines → Lines.

    > [!question]- What … ?                Obsidian and GitHub; a quotation
    ??? question "What … ?"                MkDocs, ``!!!`` if it does not fold; indentation
    .. dropdown:: What … ?                 Sphinx; indentation
    ::: details What … ?                   VuePress, Docusaurus, HackMD; colons
    :::{dropdown} What … ?                 MyST; colons, also for fences, which ``fences`` turns into colons
    ::: {.callout-tip collapse="true"}     Quarto; colons, and a heading for the title
    >! It is … !<                          Reddit; signs

A syntax is a row of ``_SYNTAXES``. A box that asks, answers, hints or folds becomes a container; any other is a remark with a
title in bold. Tags are read by ``tags``, shortcodes by ``shortcodes``.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from studyguide.importers.fences import STRUCTURE, mark_fences
from studyguide.importers.model import (
    ANSWER_BOXES,
    ASKING_BOXES,
    ATTRIBUTE,
    BOX_KINDS,
    DIRECTIVE_BOXES,
    FOLDING_BOXES,
    REMARK_BOXES,
    Line,
    Note,
    find_title,
    read_attributes,
)

_INDENT_COLUMNS = 4
"""Columns that the text of an admonition of MkDocs is indented by."""
_MAX_DEPTH = 8
"""Boxes in so many others are left as they are."""
_MAX_SPOILER_LINES = 40
_COLONS = re.compile(r"\s*(:{3,})(.*)")
_QUOTED_BOX = re.compile(
    rf"(?P<indent>\s*)>[ \t]*(?:!!!|\?\?\?|:::|\.\. |(?:`{{3,}}|~{{3,}})\{{(?:{'|'.join(sorted(DIRECTIVE_BOXES))})\}})"
)
_CLASS = re.compile(r"(?<![\w#-])\.?([a-zA-Z][\w-]*)")
_OPTION = re.compile(r"\s*:(?P<key>[\w-]+):(?:\s+(?P<value>.*))?$")
_HEADING = re.compile(r"\s*#{1,6}\s+(?P<title>.*)$")

_Ends = Mapping[int, tuple[int, bool]]
"""By the line of an opening of colons its last line, not included, and True if a closing stands there."""
_Body = tuple[int, list[Line]]
"""The first line below a box, and the lines in it."""


@dataclass(frozen=True, slots=True)
class _Syntax:
    """A way to write a box. ``opening`` may have the groups of ``_read_box``; ``find_body`` finds the end."""

    signs: str
    opening: re.Pattern[str]
    find_body: Callable[[Sequence[Line], int, re.Match[str], _Ends], _Body]
    kind: str = ""
    """Kind of box, if the opening names none."""


@dataclass(frozen=True, slots=True)
class _Box:
    first: Line
    mark: str
    """First line without the title."""
    kind: str
    title: str
    folds: bool
    body: tuple[Line, ...] = ()
    is_quoted: bool = False
    end: int = 0
    """First line below it."""


def resolve_boxes(lines: Sequence[Line], notes: list[Note], depth: int = 0, quote: str = "") -> Iterator[Line]:
    """Yield the lines with each box resolved, the boxes in it too; lines outside of boxes get ``quote`` before them."""
    ends = _pair_colons(lines)
    at = 0
    while at < len(lines):
        box = _read_box(lines, at, ends, notes) if depth < _MAX_DEPTH else None
        if box:
            yield from _write_box(box, notes, depth)
            at = box.end
        elif depth < _MAX_DEPTH and not lines[at].code and (found := _QUOTED_BOX.match(lines[at].text)):
            end, body = _find_quotation(lines, at, found, ends)
            bare = mark_fences([replace(lines[at], text=_strip_quote(lines[at].text, found["indent"])), *body], notes)
            yield from resolve_boxes(bare, notes, depth + 1, (quote or found["indent"]) + "> ")
            at = end
        else:
            yield _quote_line(lines[at], quote) if quote else lines[at]
            at += 1


def _read_box(lines: Sequence[Line], at: int, ends: _Ends, notes: list[Note]) -> _Box | None:
    """Return the box that opens on a line; None if none does, or if its kind is unknown."""
    start = "" if lines[at].code else lines[at].text.lstrip()[:3]
    rows = ((row, row.opening.match(lines[at].text)) for row in _SYNTAXES if start.startswith(row.signs))
    syntax, found = next(((row, match) for row, match in rows if match), (None, None))
    box = _read_opening(lines[at], found, syntax.kind) if syntax and found else None
    if not syntax or not found or not box:
        return None
    end, body = syntax.find_body(lines, at, found, ends)
    if end == at:
        return None
    if syntax.find_body is _find_colons and not ends[at][1]:
        notes.append(Note("unclosed-box", lines[at].origin + 1))
    box = replace(box, body=tuple(body), is_quoted=syntax.find_body is _find_quotation, end=end)
    if "directive" in found.re.groupindex and found["directive"]:
        box = _read_options(box, notes)
    elif "braces" in found.re.groupindex and found["braces"] and not box.title:
        box = _take_heading(box)
    return replace(box, folds=box.folds or box.kind in FOLDING_BOXES)


def _read_opening(line: Line, found: re.Match[str], default: str) -> _Box | None:
    """Return a box without its text; None if its kind is unknown. The kind is ``default`` if the line does not tell it."""
    groups = {name: value or "" for name, value in found.groupdict().items()}
    given = groups.get("title", "").strip()
    braces = groups.get("braces", "") + groups.get("behind", "")
    attributes = read_attributes(braces)
    names = [groups.get("kind") or default, *_CLASS.findall(ATTRIBUTE.sub("", braces))]
    names = [name.lower().removeprefix("callout-") for name in names]
    directive = groups.get("directive", "").lower()
    kind = directive if directive in DIRECTIVE_BOXES else next((name for name in names if name in BOX_KINDS), "")
    title = find_title(attributes) or re.sub(r"^\[(.*)\]$", r"\1", given).strip()
    folds = bool(groups.get("fold")) or "collapse" in attributes or "dropdown" in names
    return _Box(line, line.text.replace(title, "", 1).strip(), kind, title, folds) if kind else None


def _read_options(box: _Box, notes: list[Note]) -> _Box:
    """Return the box of a directive with its options read, which are noted; the title of a remark is its first words."""
    body, kind, title, folds = list(box.body), box.kind, box.title, box.folds
    while body and (option := _OPTION.match(body[0].text)):
        notes.append(Note("tag", body[0].origin + 1, body.pop(0).text.strip()))
        classes = re.split(r"[\s,]+", (option["value"] or "").lower()) if option["key"] == "class" else []
        folds = folds or not {"dropdown", "toggle"}.isdisjoint(classes)
        known = [each for each in classes if each in BOX_KINDS - {"dropdown", "toggle"}]
        kind = known[0] if known and kind == "admonition" else kind
    kind = "note" if kind == "admonition" else kind
    if box.kind in REMARK_BOXES and title:
        body, title = [replace(box.first, text=" " * box.first.indent + title), *body], ""
    elif box.kind == "solution" and title and " " not in title:
        # The argument is the label of an exercise.
        notes.append(Note("tag", box.first.origin + 1, title))
        title = ""
    return replace(box, body=tuple(body), kind=kind, title=title, folds=folds)


def _take_heading(box: _Box) -> _Box:
    """Return the box with the heading that it begins with as its title."""
    at = next((at for at, line in enumerate(box.body) if line.text.strip()), len(box.body))
    heading = _HEADING.match(box.body[at].text) if at < len(box.body) and not box.body[at].code else None
    title, body = (heading["title"], box.body[at + 1 :]) if heading else (box.title, box.body)
    return replace(box, title=title, body=body)


# ---------------------------------------------------------------- ends


def _find_quotation(lines: Sequence[Line], at: int, found: re.Match[str], ends: _Ends) -> _Body:
    """Return the rest of a quotation, without its signs."""
    end = at + 1
    while end < len(lines) and lines[end].text.lstrip().startswith(">"):
        end += 1
    return end, [replace(line, text=_strip_quote(line.text, found["indent"])) for line in lines[at + 1 : end]]


def _strip_quote(text: str, indent: str) -> str:
    """Return a line of a quotation without its sign."""
    return indent + re.sub(r"^\s*> ?", "", text)


def _quote_line(line: Line, quote: str) -> Line:
    """Return the line as one of a quotation, whose sign with its indentation is ``quote``."""
    indent = quote[: len(quote) - len(quote.lstrip())]
    return replace(line, text=(quote + line.text.removeprefix(indent)).rstrip(), code="")


def _find_indented(lines: Sequence[Line], at: int, found: re.Match[str], ends: _Ends) -> _Body:
    """Return the lines that are indented below an opening, without that; four columns, or any number for Sphinx."""
    least, end = len(found["indent"]) + _INDENT_COLUMNS, at + 1
    if "directive" in found.re.groupindex:
        below = next((line for line in lines[at + 1 : at + 3] if line.text.strip()), None)
        least = max(len(found["indent"]) + 2, min(least, below.indent if below else least))
    while end < len(lines) and (lines[end].indent >= least or not lines[end].text.strip()):
        end += 1
    return end, [replace(line, text=found["indent"] + line.text[least:]) for line in lines[at + 1 : end]]


def _find_colons(lines: Sequence[Line], at: int, found: re.Match[str], ends: _Ends) -> _Body:
    """Return the lines up to the closing colons; if there are none, up to where the text goes on."""
    end, is_closed = ends[at]
    return end + is_closed, list(lines[at + 1 : end])


def _find_spoiler(lines: Sequence[Line], at: int, found: re.Match[str], ends: _Ends) -> _Body:
    """Return the lines up to the sign that ends a spoiler; none if there is no such sign."""
    for end in range(at, min(at + _MAX_SPOILER_LINES, len(lines))):
        text = lines[end].text.rstrip()
        if not text or lines[end].code:
            break
        if text.endswith("!<"):
            bare = (re.sub(r"^\s*(?:>!?)?\s*|\s*!<$", "", line.text.rstrip()) for line in lines[at : end + 1])
            pairs = zip(lines[at : end + 1], bare, strict=True)
            return end + 1, [replace(line, text=found["indent"] + text) for line, text in pairs]
    return at, []


def _pair_colons(lines: Sequence[Line]) -> _Ends:
    """Return the end of each opening of colons; colons close the innermost box with as many, or else the innermost one.

    A box that nothing closes ends above the next of its kind, or above what hardly stands in a box.
    """
    opened: list[tuple[int, int]] = []
    counts: Counter[int] = Counter()
    ends: dict[int, tuple[int, bool]] = {}
    unclosed: set[int] = set()
    for at, line in enumerate(lines):
        found = None if line.code else _COLONS.match(line.text)
        if not found:
            continue
        size = len(found[1])
        if found[2].strip():
            opened.append((at, size))
            unclosed.add(at)
            counts[size] += 1
            continue
        has_equal = counts[size] > 0
        while opened:
            start, width = opened.pop()
            counts[width] -= 1
            if width == size or not has_equal:
                ends[start] = at, True
                unclosed.discard(start)
                break
    stop = len(lines)
    for at in range(len(lines) - 1, -1, -1) if unclosed else ():
        if at in unclosed:
            ends[at] = stop, False
            stop = at
        elif not lines[at].code and (STRUCTURE.match(lines[at].text) or lines[at].text.startswith("# ")):
            stop = at
    return ends


# ---------------------------------------------------------------- meaning


def _write_box(box: _Box, notes: list[Note], depth: int) -> Iterator[Line]:
    """Yield a box as a container, or as a remark."""
    name = box.title or ("Answer" if box.kind in ANSWER_BOXES else box.kind.capitalize())
    if box.title or name.lower() != box.kind:
        notes.append(Note("label", box.first.origin + 1, box.mark))
    indent = " " * box.first.indent
    blank = replace(box.first, text="")
    if box.is_quoted and box.kind in REMARK_BOXES and not box.folds:
        yield replace(box.first, text=f"{indent}> **{name}**")
        yield replace(box.first, text=f"{indent}>")
        yield from resolve_boxes(box.body, notes, depth + 1, f"{indent}> ")
        return
    body = resolve_boxes(mark_fences(box.body, notes) if box.is_quoted else box.body, notes, depth + 1)
    if box.folds or (box.kind in ASKING_BOXES and box.title):
        yield replace(box.first, text=indent, tag="details")
        yield replace(box.first, text=indent + name, tag="summary")
        yield from (blank, *body, blank)
        yield replace(box.first, text=indent, tag="/details")
    else:
        yield from (blank, replace(box.first, text=f"{indent}**{name}{':' * (box.kind in ASKING_BOXES)}**"), blank)
        yield from (*body, blank)


_SYNTAXES = (
    _Syntax(
        ">",
        re.compile(r"(?P<indent>\s*)>\s?\[!(?P<kind>[\w-]+)(?:\|[^\[\]]*)?\](?P<fold>[+-]?)[ \t]*(?P<title>.*)$"),
        _find_quotation,
    ),
    _Syntax(
        "!!!",
        re.compile(r"(?P<indent>\s*)!!![ \t]+(?P<kind>[\w-]+)(?:[ \t]+[\w-]+)*(?:[ \t]+\"(?P<title>.*)\")?[ \t]*$"),
        _find_indented,
    ),
    _Syntax(
        "???",
        re.compile(
            r"(?P<indent>\s*)(?P<fold>\?\?\?)\+?[ \t]+(?P<kind>[\w-]+)(?:[ \t]+[\w-]+)*(?:[ \t]+\"(?P<title>.*)\")?[ \t]*$"
        ),
        _find_indented,
    ),
    _Syntax("..", re.compile(r"(?P<indent>\s*)\.\.[ \t]+(?P<directive>[\w-]+)::[ \t]*(?P<title>.*)$"), _find_indented),
    _Syntax(
        ":::",
        re.compile(
            r"(?P<indent>\s*):{3,}[ \t]*(?:\{(?P<directive>[\w-]+)\}|(?P<braces>\{[^{}]*\})|(?P<kind>[a-zA-Z][\w-]*))"
            r"(?P<title>(?:[ \t\[{].*?)?)(?P<behind>(?<=\])\{[^{}]*\}|\{[.#:][^{}]*\}|\{[\w-]+=[^{}]*\})?\s*$"
        ),
        _find_colons,
    ),
    _Syntax(">!", re.compile(r"(?P<indent>\s*)>!(?=[^\[])"), _find_spoiler, "spoiler"),
)
"""A row for each way to write a box."""
