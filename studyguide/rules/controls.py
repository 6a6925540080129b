"""The check of characters that turn the direction of text: Project, Guide → Problems."""

import html
import re
from collections.abc import Callable, Iterator

from studyguide.bidi import BIDI_CONTROL
from studyguide.model import Guide, Passage, Project
from studyguide.problems import Place, Problem
from studyguide.rules.markdown import CODE_IN_LINE, blank_code_blocks

_ENDS = "\u202c\u2069"
"""The characters that end what another has begun: PDF and PDI (UAX #9, 2.3 and 2.6)."""
_HEADING = re.compile(r" {0,3}#{1,6}\s|[ >]*(?:title|summary)\s*[:=]")
_SHOWN_FIX = "delete it, or write its number; your editor may not show it"
_PROSE_FIX = 'delete it, or put the words into `<span dir="rtl">…</span>`'

_FindPlace = Callable[[int, str], Place]
"""Line, from 1, and character → the place of the character."""


def bidi_control(project: Project, guide: Guide) -> Iterator[Problem]:
    """Code that reads otherwise than it runs hides what it does (CVE-2021-42574), and a title another title."""
    sources = {source.path: source for source in project.sources}
    for chapter in guide.chapters:
        source = sources.get(chapter.place.path)
        if source and source.chapters is None:
            yield from _find_controls(source.text, source.at)
        else:
            titles = {id(each.title) for each in chapter.titled}
            for passage in chapter.passages:
                yield from _find_controls_in_passage(passage, "## " if id(passage) in titles else "")


def _find_controls_in_passage(passage: Passage, mark: str) -> Iterator[Problem]:
    """Yield the Problems of a text of another format; ``mark`` is that of a title, or empty."""

    def find_place(number: int, _: str) -> Place:
        return passage.find_place(number - 1, 1)

    return _find_controls(f"{mark}{passage.markdown}", find_place)


def _find_controls(text: str, find_place: _FindPlace) -> Iterator[Problem]:
    """Yield a Problem for each line of code and each heading with such a character, and for those that no other ends."""
    if not BIDI_CONTROL.search(html.unescape(text)):
        return
    still_open: list[tuple[int, str]] = []
    outside_code = blank_code_blocks(text).split("\n")
    for number, (line, outside) in enumerate(zip(text.split("\n"), outside_code, strict=True), 1):
        if not line.strip():
            yield from _report_open(find_place, still_open)
            still_open = []
        elif not outside.strip():
            yield from _report_shown(find_place, number, BIDI_CONTROL.findall(line), "this code")
        else:
            code = "".join(match[0] for match in CODE_IN_LINE.finditer(line))
            yield from _report_shown(find_place, number, BIDI_CONTROL.findall(code), "this code")
            controls = BIDI_CONTROL.findall(html.unescape(CODE_IN_LINE.sub("", line)))
            if _HEADING.match(line):
                yield from _report_shown(find_place, number, controls, "this title")
                continue
            for control in controls:
                if control in _ENDS and still_open:
                    still_open.pop()
                else:
                    still_open.append((number, control))
    yield from _report_open(find_place, still_open)


def _report_shown(find_place: _FindPlace, number: int, controls: list[str], subject: str) -> Iterator[Problem]:
    for control in dict.fromkeys(controls):
        found = f"U+{ord(control):04X} would turn the order of letters in {subject}, and is printed as its number"
        yield Problem(find_place(number, control), "bidi-control", found, _SHOWN_FIX)


def _report_open(find_place: _FindPlace, controls: list[tuple[int, str]]) -> Iterator[Problem]:
    for number, control in dict.fromkeys(controls):
        found = f"U+{ord(control):04X} turns the order of letters up to the end of its paragraph, without a partner"
        yield Problem(find_place(number, control), "bidi-control", found, _PROSE_FIX)
