"""Turn the text of a foreign guide into lines that a CommonMark parser understands as their author meant them.

    text → fences → meant → tags → Lines, Notes

Every line knows which line of the source it comes from.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from studyguide.dialects.fences import fenced
from studyguide.dialects.model import Line, Note
from studyguide.dialects.tags import preformatted, tagged

CODE = 4
"""Columns that make code of a line that is not in a list."""
ITEM = re.compile(r"\s*(?:[-*+]|\d{1,9}[.)])\s")
DEEP_TAG = re.compile(r"\s{4,}</?(?:p|div|center|img|a|picture|source|br|h[1-6])\b", re.IGNORECASE)
ALERT = re.compile(r"^(\s*>\s*)\[!(NOTE|TIP|IMPORTANT|WARNING|CAUTION)\]\s*$", re.IGNORECASE)
"""How GitHub marks a remark."""
GLUED = re.compile(r"(#{1,6})(?=[^\W_]|[*_`]{1,3}\w)")
HIGHLIGHT = re.compile(r"^[ \t]*\{%-?[ \t]*(?:end)?highlight(?:[ \t]+([\w+#-]+))?[^%]*%\}[ \t]*$")
"""How Jekyll marks code."""


def read_lines(text: str) -> tuple[tuple[Line, ...], tuple[Note, ...]]:
    """The lines of a text, its raw HTML as Markdown, and what was mended."""
    notes: list[Note] = []
    tags = ((at, each.strip()) for at, each in enumerate(text.splitlines(), 1) if "highlight" in each)
    notes += [Note("label", at, each) for at, each in tags if HIGHLIGHT.fullmatch(each)]
    read = [HIGHLIGHT.sub(r"```\1", each.expandtabs(4)) for each in text.splitlines()]
    lines = fenced([Line(each, at) for at, each in enumerate(read)], notes)
    return tuple(tagged(list(preformatted(meant(lines))))), tuple(notes)


def meant(lines: Sequence[Line]) -> Iterator[Line]:
    """The lines as GitHub means them: headings whose signs no space follows, remarks in bold, and tags, which are no code
    however far they are indented, unless a list holds them.
    """
    listed = False
    glued = [at for at, line in enumerate(lines) if not line.code and GLUED.match(line.text)]
    usual = any(lines[at].text.startswith("##") for at in glued)
    for line in lines:
        if not line.code and (alert := ALERT.match(line.text)):
            yield replace(line, text=f"{alert[1]}**{alert[2].capitalize()}**")
            yield replace(line, text=alert[1].rstrip())
            continue
        if line.indent < CODE and line.text.strip():
            listed = ITEM.match(line.text) is not None
        if not line.code and not listed and DEEP_TAG.match(line.text):
            yield replace(line, text=line.text.lstrip())
            continue
        found = GLUED.match(line.text) if usual and not line.code else None
        yield replace(line, text=f"{found[1]} {line.text[found.end() :]}") if found else line
