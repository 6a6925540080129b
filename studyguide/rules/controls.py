"""The check of characters that turn the direction of text: Project, Guide → Problems."""

import html
import re
from collections.abc import Iterator

from studyguide.bidi import BIDI_CONTROL
from studyguide.model import Guide, Project, Source
from studyguide.problems import Problem
from studyguide.rules.markdown import CODE_IN_LINE, blank_code_blocks

_ENDS = "\u202c\u2069"
"""The characters that end what another has begun: PDF and PDI (UAX #9, 2.3 and 2.6)."""
_HEADING = re.compile(r" {0,3}#{1,6}\s|[ >]*(?:title|summary)\s*[:=]")
_SHOWN_FIX = "delete it, or write its number; your editor may not show it"
_PROSE_FIX = 'delete it, or put the words into `<span dir="rtl">…</span>`'


def bidi_control(project: Project, guide: Guide) -> Iterator[Problem]:
    """Code that reads otherwise than it runs hides what it does (CVE-2021-42574), and a title another title."""
    sources = {source.path: source for source in project.sources}
    for chapter in guide.chapters:
        source = sources.get(chapter.place.path)
        if source and BIDI_CONTROL.search(html.unescape(source.text)):
            yield from _find_controls(source)


def _find_controls(source: Source) -> Iterator[Problem]:
    """Yield a Problem for each line of code and each heading with such a character, and for those that no other ends."""
    still_open: list[tuple[int, str]] = []
    outside_code = blank_code_blocks(source.text).split("\n")
    for number, (line, outside) in enumerate(zip(source.text.split("\n"), outside_code, strict=True), 1):
        if not line.strip():
            yield from _report_open(source, still_open)
            still_open = []
        elif not outside.strip():
            yield from _report_shown(source, number, BIDI_CONTROL.findall(line), "this code")
        else:
            code = "".join(match[0] for match in CODE_IN_LINE.finditer(line))
            yield from _report_shown(source, number, BIDI_CONTROL.findall(code), "this code")
            controls = BIDI_CONTROL.findall(html.unescape(CODE_IN_LINE.sub("", line)))
            if _HEADING.match(line):
                yield from _report_shown(source, number, controls, "this title")
                continue
            for control in controls:
                if control in _ENDS and still_open:
                    still_open.pop()
                else:
                    still_open.append((number, control))
    yield from _report_open(source, still_open)


def _report_shown(source: Source, number: int, controls: list[str], subject: str) -> Iterator[Problem]:
    for control in dict.fromkeys(controls):
        found = f"U+{ord(control):04X} would turn the order of letters in {subject}, and is printed as its number"
        yield Problem(source.at(number, control), "bidi-control", found, _SHOWN_FIX)


def _report_open(source: Source, controls: list[tuple[int, str]]) -> Iterator[Problem]:
    for number, control in dict.fromkeys(controls):
        found = f"U+{ord(control):04X} turns the order of letters up to the end of its paragraph, without a partner"
        yield Problem(source.at(number, control), "bidi-control", found, _PROSE_FIX)
