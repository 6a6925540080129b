"""Keep together what the end of a line must not divide, and name headings for the outline: HTML → HTML."""

import re
from functools import lru_cache
from html import escape
from unicodedata import east_asian_width

from studyguide.html_text import TAG, VERBATIM, strip_tags
from studyguide.maths import write_formulas
from studyguide.model import Html
from studyguide.text import WORD_CHARACTER

_LAST_TWO_WORDS = re.compile(r"(?<=\S )([^\s<>]+ [^\s<>]{1,9})$")
_COUNTED = re.compile(
    rf"(?<![\w.])((?:\d{{1,3}}(?:,\d{{3}})*|\d+)(?:[.,]\d+)?) (?=[^\W\d_A-ZÀ-ÞΑ-ΩЀ-Я\u0590-\u08ff](?!\d){WORD_CHARACTER})"
)
"""A number and what it counts, which begins with no capital: ``40 layers``, ``2,5 секунды``.

Between a number and a word from right to left, readers of PDF do not find a no-break space, and would copy them as one word.
"""
_SIZE = re.compile(r"(?<![×·+−=] )(?<![\d,.])(\d+) × (\d+)(?!\d|[,.]\d|\u00a0?[ ]?[×·+−=])")
"""``3 × 3``, which is a size and no product of many."""
_QUOTIENT = re.compile(r"(?<=[\d)]) / (?=[\d(])")
_REPORT_NUMBER = re.compile(r"\barXiv:\d+\.\d+")
"""Pango would break it behind the colon."""
_COMPOUND = re.compile(r"(?<![\w.,/-])\d+-[a-z]{2,}(?![\w-])")
"""``20-layer``, which is divided behind its hyphen otherwise."""
_DASH = re.compile(r"(?<=[Ѐ-ӿ»]) (?=[—–] )")
"""The space before a dash in a Russian sentence, where no line begins with one."""
_CLOSING, _OPENING = "、，。．）」』】》〉〕｝］”", "（「『【《〈〔｛［“"
"""Marks as wide as a letter, whose ink is in the half beside the text that they close or open; quotation marks are as wide in Chinese."""
_WIDE_MARK_BESIDE_ANOTHER = re.compile(rf"[{_CLOSING}](?=[{_CLOSING}{_OPENING}])|(?<=[{_OPENING}])[{_OPENING}]")
"""A mark whose empty half stands beside another mark."""
_LAST_LETTERS = re.compile(
    r'((?:[\u3041-\u30ff\u3400-\u9fff\uf900-\ufaff]{2}|[\uac00-\ud7a3]{2,8})(?:<span class="half">[^<]</span>|[、，。．）」』】》〉〕”？！.?!)])*)'
    r"(?=</(?:p|figcaption|li|dd)>)"
)
"""The last two letters of a Chinese or Japanese paragraph, or the last word of a Korean one, with the marks behind."""
_MAY_HAVE_NUMBERS = re.compile(r"\d| / ")
_SHORT_LAST_WORD = re.compile(r"(?<=[^\s>]) (?=[^\s<>&]{1,8}</(?:p|figcaption|li|dd)>|\d{4}\.</span>)")

_MAX_TITLE = 120
"""The letters of a title in a list: two lines of the table of contents."""
_MIN_TITLE = 40
"""The letters that a shortened title has at the least, with a piece that cannot be divided if need be."""
_IDEOGRAPHS = "\u2e80-\u9fff\uf900-\ufaff\uff00-\uff60"
"""Letters that are words without spaces between them."""
_TITLE_PIECE = re.compile(rf"{VERBATIM.pattern}|<[^>]*>|\s+|[{_IDEOGRAPHS}]|[^\s<{_IDEOGRAPHS}]+", re.DOTALL)
_DANGLING = re.compile(r"[\s,;:.!?(–—-]+$")
"""Marks and spaces that do not stand before dots."""

_HEADING = re.compile(r"<(h[12])((?: [^>]*)?)>((?:(?!</h[12]>).)*?<svg\b.*?)</\1>", re.DOTALL)
"""A heading with a drawing in it."""


def label_headings(page: Html) -> Html:
    """Return a page whose headings say in ``data-outline`` what the outline of a PDF shows, where they hold a formula."""

    def label(heading: re.Match[str]) -> str:
        tag, attributes, title = heading.groups()
        text = escape(strip_tags(write_formulas(title)))
        return f'<{tag}{attributes} data-outline="{text}">{title}</{tag}>'

    return Html(_HEADING.sub(label, str(page)))


def keep_last_two_words(title: Html) -> Html:
    """Return a title whose last word is not alone on its last line."""
    return Html(_LAST_TWO_WORDS.sub(r'<span class="nowrap">\1</span>', str(title)))


def shorten_title(title: Html) -> Html:
    """Return a title for a list: a long one ends in dots behind a word, and never inside code or a formula."""
    width, open_tags = 0, list[str]()
    kept = shown = ""
    for piece in _TITLE_PIECE.findall(str(title)):
        is_tag = piece.startswith("<") and not VERBATIM.match(piece)
        if not is_tag and not piece.isspace():
            before, width = width, width + _measure_text(piece)
            if width > _MAX_TITLE and before >= _MIN_TITLE:
                return Html(kept)
        shown += piece
        if is_tag and not piece.endswith("/>"):
            open_tags = open_tags[:-1] if piece.startswith("</") else [*open_tags, piece[1:-1].split()[0]]
        width += piece.isspace()
        if not is_tag:
            kept = _DANGLING.sub("", shown) + "…" + "".join(f"</{name}>" for name in reversed(open_tags))
    return title


def _measure_text(piece: str) -> int:
    """Return the letters of a piece of a title; wide ones count twice, and those of a formula as in a line of text."""
    return sum(1 + (east_asian_width(letter) in "WF") for letter in strip_tags(write_formulas(piece)))


def add_no_break_spaces(page: Html) -> Html:
    """Return a page whose lines do not end between a number and what it counts, nor before a short last word or letter.

    Nor do they begin with a dash in a Russian sentence. Of two wide marks side by side, one loses its empty half.
    """
    end, out = 0, []
    text = str(page)
    for verbatim in (*VERBATIM.finditer(text), None):
        out.append(_join_words(text[end : verbatim.start() if verbatim else None]))
        if verbatim:
            out.append(verbatim[0])
            end = verbatim.end()
    return Html("".join(out))


@lru_cache(maxsize=8192)  # pieces of chapters that were edited, which several editions have
def _join_words(prose: str) -> str:
    pieces = (each if each.startswith("<") else _squeeze_marks(_join_numbers(each)) for each in TAG.split(prose))
    joined = _DASH.sub("\u00a0", _SHORT_LAST_WORD.sub("\u00a0", "".join(pieces)))
    return joined if joined.isascii() else _LAST_LETTERS.sub(r'<span class="nowrap">\1</span>', joined)


def _squeeze_marks(text: str) -> str:
    return text if text.isascii() else _WIDE_MARK_BESIDE_ANOTHER.sub(r'<span class="half">\g<0></span>', text)


def _join_numbers(text: str) -> str:
    if not _MAY_HAVE_NUMBERS.search(text):
        return text
    text = _SIZE.sub("\\1\u00a0×\u00a0\\2", _COUNTED.sub("\\1\u00a0", _QUOTIENT.sub("\u00a0/\u00a0", text)))
    for pattern in (_REPORT_NUMBER, _COMPOUND):
        text = pattern.sub(r'<span class="nowrap">\g<0></span>', text)
    return text
