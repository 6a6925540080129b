"""Turn the text of a foreign guide into lines that a CommonMark parser understands as their author meant them.

    text → fences → gift → boxes → shortcodes → meant → tags → Lines, Notes

Every line knows which line of the source it comes from.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from studyguide.importers.boxes import unboxed
from studyguide.importers.fences import fenced, mark_formulas
from studyguide.importers.gift import unquizzed
from studyguide.importers.model import Line, Note
from studyguide.importers.shortcodes import expanded, highlighted
from studyguide.importers.tags import preformatted, tagged

CODE = 4
"""Columns that make code of a line that is not in a list."""
ITEM = re.compile(r"\s*(?:[-*+]|\d{1,9}[.)])\s")
DEEP_TAG = re.compile(r"\s{4,}</?(?:p|div|center|img|a|picture|source|br|h[1-6])\b", re.IGNORECASE)
COMMENT = re.compile(r"\s*<!--(?:(?!-->).)*-->")
LOOSE_LABEL = re.compile(r"(\s{0,3})\*\*(?=\s|[^*]{1,20}\s\*\*)\s*([^\s*][^*]{0,19}?)\s*\*\*")
GLUED_BULLET = re.compile(r"^[+-](?=[^\W\d_])", re.MULTILINE)
SIGNED_ITEM = re.compile(r"^(\s*)\+\s+")
MANY_BULLETS = 5
GLUED = re.compile(r"(#{1,6})(?=[^\W_]|[*_`]{1,3}\w)")


def read_lines(text: str) -> tuple[tuple[Line, ...], tuple[Note, ...]]:
    """The lines of a text, its raw HTML as Markdown, and what was mended."""
    notes: list[Note] = []
    lines = [highlighted(Line(each.expandtabs(4), at), notes) for at, each in enumerate(text.splitlines())]
    lines = (
        list(part_bullets(list(drop_comments(lines, notes)))) if "<!--" in text or GLUED_BULLET.search(text) else lines
    )
    lines = list(close_emphasis(lines)) if "** " in text or " **" in text else lines
    lines = list(expanded(unboxed(list(unquizzed(mark_formulas(fenced(lines, notes)), notes)), notes), notes))
    return tuple(tagged(list(preformatted(meant(lines))))), tuple(notes)


def drop_comments(lines: Iterable[Line], notes: list[Note]) -> Iterator[Line]:
    """Yield the lines, those with words without the comments beside them, which are noted."""
    for line in lines:
        found = COMMENT.findall(line.text) if not line.code and "<!--" in line.text and "`" not in line.text else []
        rest = COMMENT.sub("", line.text) if found else ""
        if found and re.search(r"\w", rest):
            notes += [Note("comment", line.origin + 1, comment.strip()) for comment in found]
            yield replace(line, text=rest)
        else:
            yield line


def part_bullets(lines: Sequence[Line]) -> Iterator[Line]:
    """Yield the lines; where many begin with a bullet that no blank follows, it is an item of a list all the same."""
    glued = [at for at, line in enumerate(lines) if not line.code and GLUED_BULLET.match(line.text)]
    is_usual = len(glued) >= MANY_BULLETS
    for at, line in enumerate(lines):
        found = GLUED_BULLET.match(line.text) if is_usual and not line.code else None
        if found:
            # Bullets of several signs are one list in the eyes of a reader.
            yield replace(line, text=f"- {line.text[found.end() :]}")
        elif is_usual and not line.code and (item := SIGNED_ITEM.match(line.text)):
            yield replace(line, text=f"{item[1]}- {line.text[item.end() :]}")
        else:
            yield line


def close_emphasis(lines: Iterable[Line]) -> Iterator[Line]:
    """Yield the lines, a label at the start of one in bold although blanks stand inside the signs: `** Q: ** What …`."""
    for line in lines:
        found = None if line.code else LOOSE_LABEL.match(line.text)
        yield replace(line, text=f"{found[1]}**{found[2]}**{line.text[found.end() :]}") if found else line


def meant(lines: Sequence[Line]) -> Iterator[Line]:
    """The lines as GitHub means them: headings whose signs no space follows, and tags, which are no code
    however far they are indented, unless a list holds them.
    """
    listed = False
    glued = [at for at, line in enumerate(lines) if not line.code and GLUED.match(line.text)]
    usual = any(lines[at].text.startswith("##") for at in glued)
    for line in lines:
        if line.code == "formula":
            yield line
            continue
        if line.indent < CODE and line.text.strip():
            listed = ITEM.match(line.text) is not None
        if not line.code and not listed and DEEP_TAG.match(line.text):
            yield replace(line, text=line.text.lstrip())
            continue
        found = GLUED.match(line.text) if usual and not line.code else None
        yield replace(line, text=f"{found[1]} {line.text[found.end() :]}") if found else line
