"""Turn the text of a foreign guide into lines that a CommonMark parser understands as their author meant them.

    text → fences → gift → boxes → shortcodes → meant → tags → Lines, Notes

Every line knows which line of the source it comes from.
"""

import re
from collections.abc import Iterator, Sequence
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
GLUED = re.compile(r"(#{1,6})(?=[^\W_]|[*_`]{1,3}\w)")


def read_lines(text: str) -> tuple[tuple[Line, ...], tuple[Note, ...]]:
    """The lines of a text, its raw HTML as Markdown, and what was mended."""
    notes: list[Note] = []
    lines = [highlighted(Line(each.expandtabs(4), at), notes) for at, each in enumerate(text.splitlines())]
    lines = list(expanded(unboxed(list(unquizzed(mark_formulas(fenced(lines, notes)), notes)), notes), notes))
    return tuple(tagged(list(preformatted(meant(lines))))), tuple(notes)


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
