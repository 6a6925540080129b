"""Make the links of an edition lead to what the edition holds: HTML → HTML."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial

from studyguide.model import Html, Section

_LINK = re.compile(r'<a\b([^>]*?)\bhref="#([^"]*)"([^>]*)>(.*?)</a>', re.DOTALL)


@dataclass(frozen=True, slots=True)
class LinkResolver:
    """Knows the section of each anchor of an edition, and writes the links to it.

    A link in the text to a question leads to its answer, unless the link is among the questions. A link to what the edition
    does not hold becomes plain text. With ``page`` a link in the text is followed by its page number.
    """

    section_of: Mapping[str, str]
    """The name of the section of each anchor; empty for anchors of sections that are made later."""
    document_ending: str
    """As in ``Output``."""
    page: str
    """HTML that follows a link in the text: room for its page number; empty in an edition without pages."""

    def resolve_links(self, section: Section) -> Section:
        """Return the section with every link resolved."""
        return replace(section, html=Html(_LINK.sub(partial(self._resolve_link, section), section.html)))

    def _resolve_link(self, section: Section, match: re.Match[str]) -> str:
        before, name, after, text = match.groups()
        is_in_text = "crossref" in before + after
        names = (name, f"answer-{name}")
        order = reversed(names) if is_in_text and section.role in ("key", "prose") else names
        anchor = next((each for each in order if each in self.section_of), None)
        if anchor is None:
            return text
        if is_in_text and self.page:
            direction = ' dir="ltr"' if 'dir="rtl"' in section.html else ""
            text = _append_page_number(text, f'<span class="at"{direction}> {self.page}</span>')
        target = self.section_of[anchor]
        path = f"{target}{self.document_ending}" if self.document_ending and target not in ("", section.name) else ""
        return f'<a{before}href="{path}#{anchor}"{after}>{text}</a>'


def _append_page_number(text: str, number: str) -> str:
    """Append the number so that no line ends before it: where nothing holds both together, WeasyPrint breaks a word too early."""
    before, space, last = text.rpartition(" ")
    if "<" in last or ">" in last:
        return f"{text}{number}"
    return f'{before}{space}<span class="nowrap">{last}{number}</span>'
