"""Make the links of an edition lead to what the edition holds: HTML → HTML, and in print the target of each name."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from html import unescape

from markupsafe import escape

from studyguide.model import Html, Section

_LINK = re.compile(r'<a\b([^>]*?)\bhref="#([^"]*)"([^>]*)>(.*?)</a>', re.DOTALL)
_TEXT_LINK = "ref="
"""Stands before the name that a link in the text names, because that may lead elsewhere than a reference of a template. No
identifier can have the sign of equality."""


@dataclass(frozen=True, slots=True)
class LinkResolver:
    """Knows the section of each anchor of an edition, and the links to it.

    A link in the text to a question leads to its answer, unless the link is among the questions. A link to what the edition
    does not hold becomes plain text. With ``page`` a link in the text is followed by its page number.
    """

    section_of: Mapping[str, str]
    """The name of the section of each anchor; empty for anchors of sections that are made later."""
    document_ending: str
    """As in ``Output``. If it is empty, links keep the names that they lead to, and ``Section.targets`` has the anchors."""
    page: str
    """HTML that follows a link in the text: room for its page number; empty in an edition without pages."""

    def resolve_links(self, section: Section) -> Section:
        """Return the section with every link resolved."""
        targets: dict[str, str] = {}
        html = _LINK.sub(partial(self._resolve_link, section, targets), section.html)
        return replace(section, html=Html(html), targets=targets)

    def _resolve_link(self, section: Section, targets: dict[str, str], match: re.Match[str]) -> str:
        before, escaped_name, after, text = match.groups()
        name = unescape(escaped_name)
        is_in_text = "crossref" in before + after
        anchor = self._find_anchor(name, prefers_answer=is_in_text and section.role in ("key", "prose"))
        if anchor is None:
            return text
        if is_in_text and self.page:
            text = _append_page_number(text, self.page, "crossref rtl" in before + after)
        if not self.document_ending:
            key = f"{_TEXT_LINK}{name}" if is_in_text else name
            targets[key] = anchor
            return f'<a{before}href="#{escape(key)}"{after}>{text}</a>'
        target = self.section_of[anchor]
        path = "" if target in ("", section.name) else f"{target}{self.document_ending}"
        return f'<a{before}href="{path}#{escape(anchor)}"{after}>{text}</a>'

    def _find_anchor(self, name: str, prefers_answer: bool) -> str | None:
        names = (f"answer-{name}", name) if prefers_answer else (name, f"answer-{name}")
        return next((each for each in names if each in self.section_of), None)


def _append_page_number(text: str, page: str, is_in_rtl_text: bool) -> str:
    """Append the number so that no line ends before it: where nothing holds both together, WeasyPrint breaks a word too early."""
    direction = ' dir="ltr"' if is_in_rtl_text else ""
    number = f'<span class="at"{direction}> {page}</span>'
    before, space, last = text.rpartition(" ")
    if "<" in last or ">" in last:
        return f"{text}{number}"
    return f'{before}{space}<span class="nowrap">{last}{number}</span>'
