"""What several stages look for in HTML, and small changes to it: HTML → HTML, or the text of it.

It is HTML that this program has written: attributes in double quotes, a space before each.
"""

import html
import re

from studyguide.model import Html

TAG = re.compile(r"(<[^>]*>)")
"""Divides a page into texts and tags."""
# Literal beginnings, which are searched for five times as fast as a class of characters.
ANCHOR = re.compile(r' id="([^"]*)"')
SOURCE = re.compile(r' src="([^"]*)"')


def anchors(page: str) -> list[str]:
    """The identifiers of a page in their order."""
    return ANCHOR.findall(page)


def sources(page: str) -> set[str]:
    """The files that a page shows."""
    return set(SOURCE.findall(page))


LAST_WORDS = re.compile(r"(?<=\S )([^\s<>]+ [^\s<>]{1,9})$")


def ended(title: Html) -> Html:
    """A title whose last word is not alone on its last line."""
    return Html(LAST_WORDS.sub(r'<span class="nowrap">\1</span>', str(title)))


KEPT = re.compile(r"<(?:pre|code|svg|style)\b.*?</(?:pre|code|svg|style)>", re.DOTALL)
COUNTED = re.compile(r"(?<![\w.])((?:\d{1,3}(?:,\d{3})*|\d+)(?:\.\d+)?) (?=[a-z]{2})")
SIZE = re.compile(r"(?<![×·+−=] )(?<![\d,.])(\d+) × (\d+)(?!\d|[,.]\d|\u00a0?[ ]?[×·+−=])")
"""``3 × 3``, which is a size and no product of many."""
QUOTIENT = re.compile(r"(?<=[\d)]) / (?=[\d(])")
REPORT = re.compile(r"\barXiv:\d+\.\d+")
"""A number that Pango would break behind the colon."""
SHORT_END = re.compile(r"(?<=[^\s>]) (?=[^\s<>&]{1,8}</(?:p|figcaption|li|dd)>|\d{4}\.</span>)")


def together(words: str) -> str:
    """Words between two tags, with what must not be parted by the end of a line."""
    words = SIZE.sub("\\1\u00a0×\u00a0\\2", COUNTED.sub("\\1\u00a0", QUOTIENT.sub("\u00a0/\u00a0", words)))
    return REPORT.sub(r'<span class="nowrap">\g<0></span>', words)


def tied(page: Html) -> Html:
    """A page for print whose lines do not end between a number and what it counts, nor before a paragraph's short last word."""
    done, out = 0, []
    text = str(page)
    for kept in (*KEPT.finditer(text), None):
        piece = text[done : kept.start() if kept else None]
        pieces = (each if each.startswith("<") else together(each) for each in TAG.split(piece))
        out.append(SHORT_END.sub("\u00a0", "".join(pieces)))
        if kept:
            out.append(kept[0])
            done = kept.end()
    return Html("".join(out))


def untagged(markup: str) -> str:
    """The text of a piece of HTML, spaces folded."""
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]*>", "", markup))).strip()
