"""Reduce highlighting to what the styles show, divide listings into pieces for pages, and let long lines break: HTML → HTML."""

import html
import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

NARROWEST_MEASURE = 44  # characters of code side by side, six lists deep on A5
_MAX_WHOLE_LINES = 10  # of code that stands on one page
_MIN_PIECE_LINES = 4  # with text, at the beginning and the end of longer code
_MAX_SOLID_LINES = 24  # without a blank one and without a statement at the margin, that stand on one page
_CLAUSE = re.compile(r"(else|elif|except|finally)\b")
# pymdownx.highlight puts an empty element first, which would be a line that stays behind when its listing moves to the
# next page.
_LISTING = re.compile(r"(<pre\b[^>]*>)(?:<span></span>)?(<code\b[^>]*>)(.*?)(?=</code>)", re.DOTALL)
_TAG = re.compile(r"<(/?)(\w+)[^<>]*(?<!/)>")
# The classes of guide.fences.ListingStyle.
_NUMBERED = re.compile(r"\bnumbered-(\d{1,6})\b")
_MARKED = re.compile(r"\bmarked-(\d{1,6})-(\d{1,6})\b")
_STYLE_CLASSES = re.compile(r' class="(?:(?:numbered-\d{1,6}|marked-\d{1,6}-\d{1,6}) ?)+"')
# Pygments' short names of the kinds of token that styles/code.css shows in a look of their own, by the class of that look.
_LOOKS = {
    **dict.fromkeys(("k", "kn", "kd", "kr", "kc", "ow", "nf", "nc"), "bold"),
    **dict.fromkeys(("c", "c1", "cm", "ch", "sd"), "italic"),
}
_TOKEN = re.compile(r'<span class="(\w{1,3})">([^<>]*)</span>')
# Spaces look the same in every look.
_ONE_LOOK = re.compile(r'<span class="(bold|italic)">[^<>]*</span>(?:(?: |<wbr/>)*<span class="\1">[^<>]*</span>)+')
_SPAN_TAG = re.compile(r"</?span[^<>]*>")
_RUN_WITHOUT_SPACES = re.compile(r"(?:<[^<>]*>|[^\s<])+")


class _Line(NamedTuple):
    """A line of a listing."""

    html: str
    number: str
    """What is printed before it, with the spaces around; empty in a listing without numbers."""
    is_marked: bool

    def decorate(self, code: str) -> str:
        """Return the code of the line with its number and its mark."""
        if self.is_marked:
            text = code.rstrip("\n")
            code = f"<mark>{text}</mark>{code[len(text) :]}"
        # The number is no text: it is neither copied nor read out with the code.
        return f'<span class="line-number" data-number="{self.number}"></span>{code}' if self.number else code


def divide_listings(page: str) -> str:
    """Return the HTML with each listing divided into spans of class ``kept``, which no page break divides.

    Highlighting is left in the classes ``bold`` and ``italic``. Lines too long for the narrowest measure become spans of class
    ``long``, which may break. The classes of ``ListingStyle`` become numbers before the lines, and marks around them.
    """

    def divide(listing: re.Match[str]) -> str:
        lines = list(_read_lines(listing[2], listing[3]))
        return listing[1] + _STYLE_CLASSES.sub("", listing[2]) + "".join(map(_keep_together, _split_listing(lines)))

    return _LISTING.sub(divide, page)


def _read_lines(tag: str, code: str) -> Iterator[_Line]:
    """Yield the lines of highlighted code; ``tag`` has the classes of its style."""
    first = _NUMBERED.search(tag)
    marked = [(int(start), int(end)) for start, end in _MARKED.findall(tag)]
    lines = list(_split_lines(code))
    width = len(str(int(first[1]) + len(lines) - 1)) if first else 0
    for place, line in enumerate(lines, 1):
        number = f"{int(first[1]) + place - 1:>{width}} " if first else ""
        yield _Line(line, number, any(start <= place <= end for start, end in marked))


def _split_lines(code: str) -> Iterator[str]:
    """Yield the lines of highlighted code, each complete HTML: a span over several lines becomes one for each line."""
    open_tags: list[str] = []
    for line in re.findall(r".*\n|.+", code):
        before = "".join(open_tags)
        for tag in _TAG.finditer(line):
            if tag[1]:
                open_tags.pop()
            else:
                open_tags.append(tag[0])
        yield before + line + "".join(_TAG.sub(r"</\2>", tag) for tag in reversed(open_tags))


def _split_listing(lines: Sequence[_Line]) -> Iterator[Sequence[_Line]]:
    """Yield the lines of a listing in pieces: a short one as a whole, a long one divided where its sense allows it."""
    texts = [_TAG.sub("", line.html).rstrip() for line in lines]
    starts = [0]
    for position in _find_breaks(texts) if len(lines) > _MAX_WHOLE_LINES else ():
        parts = (texts[starts[-1] : position], texts[position:])
        if all(sum(map(bool, part)) >= _MIN_PIECE_LINES for part in parts):
            starts.append(position)
    yield from (lines[start:end] for start, end in pairwise([*starts, len(lines)]))


def _find_breaks(texts: Sequence[str]) -> Iterator[int]:
    """Yield the lines before which a page may end, in order.

    These are the lines after blank ones, statements in a long run, and any line in a very long run without statements.
    """
    after_blank = [number for number in range(1, len(texts)) if texts[number] and not texts[number - 1]]
    for start, end in pairwise([0, *after_blank, len(texts)]):
        if start:
            yield start
        if end - start > _MAX_WHOLE_LINES:
            inside = range(start + 1, end)
            statements = [number for number in inside if _starts_statement(texts[number], texts[number - 1])]
            yield from statements or (inside if end - start > _MAX_SOLID_LINES else ())


def _starts_statement(line: str, line_before: str) -> bool:
    """Return True if a statement begins here that neither ends another nor belongs to a comment or decorator above."""
    continuing = ("", " ", "\t", ")", "]", "}", "#", "@")
    return line[:1] not in continuing and line_before[:1] not in ("#", "@") and not _CLAUSE.match(line)


def _keep_together(lines: Sequence[_Line]) -> str:
    pieces = (_merge_tokens(_hang_long_line(line)) for line in lines)
    return f'<span class="kept">{"".join(pieces)}</span>'


def _hang_long_line(line: _Line) -> str:
    """Let a line longer than the narrowest measure break, its continuation indented two characters more than itself."""
    text = html.unescape(_TAG.sub("", line.html)).rstrip().expandtabs()
    width = len(line.number)
    if len(text) + width <= NARROWEST_MEASURE:
        return line.decorate(line.html)
    hang = min(len(text) - len(text.lstrip()), NARROWEST_MEASURE // 2) + 2 + width
    start = f'<span class="long" style="padding-left:{hang}ch;text-indent:-{hang}ch">'
    return f"{start}{line.decorate(_RUN_WITHOUT_SPACES.sub(_allow_breaks, line.html))}</span>"


def _allow_breaks(run: re.Match[str]) -> str:
    """Put ``<wbr/>`` between the elements of a long run, where WeasyPrint never breaks; inside an element it does."""
    if len(html.unescape(_TAG.sub("", run[0]))) <= NARROWEST_MEASURE // 2:
        return run[0]
    return re.sub("(?!^)(?=<span)|(?<=</span>)(?!$)", "<wbr/>", run[0])


def _merge_tokens(line: str) -> str:
    """Replace the spans of tokens by one for each run that looks alike; what looks like plain code has none."""

    def simplify(token: re.Match[str]) -> str:
        name, text = token.groups()
        return f'<span class="{_LOOKS[name]}">{text}</span>' if name in _LOOKS and text else text

    def merge(run: re.Match[str]) -> str:
        return f'<span class="{run[1]}">{_SPAN_TAG.sub("", run[0])}</span>'

    return _ONE_LOOK.sub(merge, _TOKEN.sub(simplify, line))
