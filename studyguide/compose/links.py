"""Make the links of an edition lead to what the edition holds: HTML → HTML, and in print the target of each name."""

import re
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from html import unescape

from markupsafe import escape

from studyguide.model import Html
from studyguide.page_breaks import LAST_PAGE

_LINK = re.compile(r'<a\b([^>]*?)\bhref="#([^"]*)"([^>]*)>(.*?)</a>', re.DOTALL)
_TEXT_LINK = "ref="
"""Stands before the name that a link in the text names, because that may lead elsewhere than a reference of a template. No
identifier can have the sign of equality."""


def find_links(html: Html) -> tuple[str, ...]:
    """Return the name that each link of a section leads to, each once; with ``ref=`` before it for a link in the text."""
    return tuple(dict.fromkeys(_name_link(link) for link in _LINK.finditer(html)))


@dataclass(frozen=True, slots=True)
class LinkResolver:
    """Knows the section of each anchor of an edition, and the links to it.

    A link in the text to a question leads to its answer, unless the link is among the questions. A link to what the edition
    does not hold becomes plain text. With ``page`` a link in the text is followed by its page number.
    """

    section_of: Mapping[str, str]
    """The name of the section of each anchor, in the sections that are made now."""
    elsewhere: tuple[Container[str], ...]
    """The anchors of sections that are made before or later."""
    document_ending: str
    """As in ``Output``. If it is empty, links keep the names that they lead to, and ``Section.targets`` has the anchors."""
    page: str
    """HTML that follows a link in the text: room for its page number; empty in an edition without pages."""
    still_page: str = ""
    """The mark of a link in text of the other direction, where no text moves up to a number."""
    direction: str = "ltr"
    """``ltr`` or ``rtl``: that of the book, and of ``page``."""

    def find_targets(self, names: tuple[str, ...], role: str) -> dict[str, str]:
        """Return the anchor of each name, without the names of what the edition does not hold. ``role`` is the section's."""
        return dict(self._find_anchors(names, role))

    def resolve_links(self, html: Html, targets: Mapping[str, str], section_name: str) -> Html:
        """Return the HTML of the section of this name with every link resolved."""
        return Html(_LINK.sub(partial(self._resolve_link, targets, section_name), html))

    def write_address(self, anchor: str, section_name: str) -> str:
        """Return the address of an anchor in a document of its own, for a link in the section of this name."""
        target = self.section_of.get(anchor, "")
        return f"{'' if target in ('', section_name) else f'{target}{self.document_ending}'}#{anchor}"

    def _find_anchors(self, names: tuple[str, ...], role: str) -> Iterator[tuple[str, str]]:
        for key in names:
            if key in self.section_of and not key.startswith(_TEXT_LINK):
                yield key, key  # as most links
                continue
            if key.startswith(LAST_PAGE):
                yield key, key
                continue
            name = key.removeprefix(_TEXT_LINK)
            prefers_answer = name != key and role in ("key", "prose")
            candidates = (f"answer-{name}", name) if prefers_answer else (name, f"answer-{name}")
            anchor = next(filter(self._is_known, candidates), None)
            if anchor is not None:
                yield key, anchor

    def _is_known(self, anchor: str) -> bool:
        return anchor in self.section_of or any(anchor in each for each in self.elsewhere)

    def _resolve_link(self, targets: Mapping[str, str], section_name: str, link: re.Match[str]) -> str:
        before, _, after, text = link.groups()
        name = _name_link(link)
        if name not in targets:
            return text
        if self.page and name.startswith(_TEXT_LINK):
            direction = "rtl" if "crossref rtl" in before + after else "ltr"
            if direction == self.direction:
                text = _append_page_number(text, self.page)
            else:
                text = _append_page_number(text, self.still_page, self.direction)
        address = self.write_address(targets[name], section_name) if self.document_ending else f"#{name}"
        return f'<a{before}href="{escape(address)}"{after}>{text}</a>'


def _name_link(link: re.Match[str]) -> str:
    before, name, after, _ = link.groups()
    prefix = _TEXT_LINK if "crossref" in before or "crossref" in after else ""
    return prefix + (unescape(name) if "&" in name else name)


def _append_page_number(text: str, page: str, direction: str = "") -> str:
    """Append the number so that no line ends before it: where nothing holds both together, WeasyPrint breaks a word too early.

    ``direction`` is that of the number, ``ltr`` or ``rtl``; empty if it is that of the text.
    """
    number = f'<span dir="{direction}">{page}</span>' if direction else page
    number = f'<span class="at"> {number}</span>'
    before, space, last = text.rpartition(" ")
    if "<" in last or ">" in last:
        return f"{text}{number}"
    return f'{before}{space}<span class="nowrap">{last}{number}</span>'
