"""Turn the HTML of a foreign guide into the Markdown that means the same: Lines → Lines.

``<details>`` and ``<summary>``, which to CommonMark are text like any other, get lines of their own and are marked.
"""

import html
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from urllib.parse import quote

from studyguide.importers.model import CODE_SPAN, Line, words_of

DETAILS = re.compile(r"</?(?:details|summary)\b[^<>]*>", re.IGNORECASE)
TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)((?:\s[^<>]*)?)/?>")
ANGLED = re.compile(r"\]\(<([^<>\n]*)>")
"""The target of a link between angle brackets, which may have blanks and looks like a tag."""
KEPT_IN_ADDRESS = "/:?#[]@!$&'*+,;=%~"
ATTRIBUTE = re.compile(r"""([\w-]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""")
TERM = re.compile(r"<(dt|dd|/?dl)\b[^<>]*>((?:(?!</?d[tdl]\b).)*)(?:</d[td]\s*>)?", re.IGNORECASE)
"""A term or a meaning in HTML with its words, or the beginning or the end of their list."""
WHOLE = re.compile(r"<(?:h[1-6]|summary|details|a|img|source)\b", re.IGNORECASE)
PAIRED = re.compile(r"<(/?)(h[1-6]|summary|a)(\s[^<>]*(?<!/))?>")
UNENDED = re.compile(r"<(?:img|a|source|summary|details)\s[^<>]*$")
# A tag that is opened here may be closed some lines below; more than this is a mistake of the author's.
FAR = 12

MARKS = {"b": "**", "strong": "**", "i": "*", "em": "*", "s": "~~", "del": "~~", "strike": "~~"}
KNOWN = words_of("""
    a abbr article aside b big blockquote br caption center cite code col colgroup dd del dfn div dl dt em
    figcaption figure font h1 h2 h3 h4 h5 h6 hr i img ins kbd li mark ol p picture pre q s samp section small
    source span strike strong sub sup table tbody td tfoot th thead tr tt u ul var wbr details summary quiz
""")
DROPPED = words_of("""
    p div center span font picture source section article ul ol small big u quiz
""")
"""Tags that say nothing in a book; what they hold stays."""


def preformatted(lines: Iterable[Line]) -> Iterator[Line]:
    """``<pre>`` as a fence; tables and comments, which stay as they are, marked."""
    until = ""
    for line in lines:
        low = line.text.lower()
        if line.code:
            yield line
        elif until == "</pre>":
            before, end, after = line.text.partition("</pre>")
            body = html.unescape(re.sub(r"</?code[^<>]*>", "", before))
            if body.strip() or not end:
                yield replace(line, text=body, code="code")
            if end:
                yield replace(line, text="```", code="fence")
                if after.strip():
                    yield replace(line, text=after)
                until = ""
        elif until:
            yield replace(line, code="raw")
            until = "" if until in low else until
        elif "<pre" in low and "`" not in line.text:
            before, _, after = line.text.partition(line.text[low.index("<pre") :][:4])
            if before.strip():
                yield replace(line, text=before)
            body = after.partition(">")[2]
            yield replace(line, text="```", code="fence")
            body, end, rest = body.partition("</pre>")
            body = html.unescape(re.sub(r"</?code[^<>]*>", "", body))
            if body.strip():
                yield replace(line, text=body, code="code")
            until = "" if end else "</pre>"
            if end:
                yield replace(line, text="```", code="fence")
                if rest.strip():
                    yield replace(line, text=rest)
        elif low.lstrip().startswith("<!--"):
            yield replace(line, code="raw")
            until = "" if "-->" in low else "-->"
        elif low.lstrip().startswith("<table"):
            yield replace(line, code="raw")
            until = "" if "</table" in low else "</table"
        else:
            yield line


def tagged(lines: Sequence[Line]) -> Iterator[Line]:
    """The lines with ``<details>`` and ``<summary>`` on lines of their own, and other tags as Markdown."""
    at = 0
    while at < len(lines):
        line = lines[at]
        at += 1
        if line.code or "<" not in line.text:
            yield line
            continue
        # A tag that is not closed on its line takes those below along.
        limit = min(at + FAR, len(lines))
        while at < limit and not lines[at].code and is_open(line.text):
            line = replace(line, text=f"{line.text.rstrip()} {lines[at].text.strip()}")
            at += 1
        for piece in define_terms(line):
            yield from split_details(piece)


def define_terms(line: Line) -> Iterator[Line]:
    """Yield the line, a term and a meaning of a list of HTML as those of a list in Markdown, on lines of their own."""
    if not TERM.search(line.text) or "`" in line.text:
        yield line
        return
    for mark, text in TERM.findall(line.text):
        words = text.strip()
        if mark.lower() == "dt":
            yield replace(line, text="")
        if words:
            yield replace(line, text=f": {words}" if mark.lower() == "dd" else words)


def is_open(text: str) -> bool:
    """Whether a tag begins on this line and ends on another."""
    if not WHOLE.search(text):
        return False
    bare = CODE_SPAN.sub("", text).lower()
    if UNENDED.search(bare):
        return True
    depth: Counter[str] = Counter()
    for closing, name, _ in PAIRED.findall(bare):
        depth[name] += -1 if closing else 1
    return any(count > 0 and (name != "a" or "href" in bare) for name, count in depth.items())


def split_details(line: Line) -> Iterator[Line]:
    """The line with ``<details>`` and ``<summary>`` apart; a summary ends with its line at the latest, for code may follow."""
    text, indent = protect(line.text), " " * line.indent
    if text.lstrip().startswith("|"):
        # A row of a table is one line, whatever folds in it.
        text = DETAILS.sub(lambda tag: "<br>" if tag[0].lower() == "</summary>" else "", text)
    pieces = DETAILS.split(text)
    if len(pieces) == 1:
        yield from plain_line(line, text)
        return
    within = ""
    for piece, tag in zip(pieces, [*DETAILS.findall(text), ""], strict=True):
        if within == "summary":
            words = re.sub(r"\s+", " ", reveal(as_markdown(re.sub(r"<br\s*/?>", " ", piece)))).strip()
            yield replace(line, text=indent + words, tag="summary")
        elif piece.strip() and re.sub(r"<br\s*/?>", "", piece).strip():
            yield from plain_line(line, indent + piece.strip())
        before, within = within, re.sub(r"[<>]|\s.*", "", tag.lower(), flags=re.DOTALL)
        if within in ("details", "/details") or (within == "/summary" and before != "summary"):
            yield replace(line, text=indent, tag=within)


def plain_line(line: Line, text: str) -> Iterator[Line]:
    """The line, or none or several: a heading, a rule and a paragraph of HTML stand alone."""
    text = ANGLED.sub(lambda found: f"]({quote(found[1], safe=KEPT_IN_ADDRESS)}", text)
    if not TAG.search(text):
        yield replace(line, text=reveal(text))
        return
    indent = " " * (len(text) - len(text.lstrip()))
    heading = re.match(
        r"\s*(?:</?(?:div|p|center|a)\b[^<>]*>\s*)*<h([1-6])\b[^<>]*>(.*?)</h\1>(.*)", text, re.IGNORECASE
    )
    if heading:
        title = re.sub(r"\s+", " ", reveal(as_markdown(re.sub(r"<br\s*/?>", " ", heading[2])))).strip()
        yield replace(line, text="")
        yield replace(line, text=f"{indent}{'#' * int(heading[1])} {title}" if title else "")
        yield replace(line, text="")
        if heading[3].strip():
            yield from plain_line(line, indent + heading[3].strip())
        return
    ends = re.search(r"</?(?:p|div|center|ul|ol)\b[^<>]*>\s*$", text, re.IGNORECASE)
    starts = re.match(r"\s*</?(?:p|div|center|ul|ol)\b", text, re.IGNORECASE)
    if not text.lstrip().startswith("|"):
        text = re.sub(r"(?i)^(\s*)(?:<br\s*/?>\s*)+|(?:\s*<br\s*/?>)+\s*$", r"\1", text)
        text = re.sub(r"(?i)<li\b[^<>]*>\s*", "- ", text)
    words = reveal(as_markdown(text))
    if starts and words.strip():
        yield replace(line, text="")
    yield replace(line, text=indent + words.strip() if starts else words.rstrip())
    if ends and words.strip():
        yield replace(line, text="")


def protect(text: str) -> str:
    """The text with the angle brackets inside its code spans hidden."""
    return CODE_SPAN.sub(lambda span: span[0].replace("<", "\ue000").replace(">", "\ue001"), text)


def reveal(text: str) -> str:
    return text.replace("\ue000", "<").replace("\ue001", ">")


def as_markdown(text: str) -> str:
    """The text with the tags that have an equal in Markdown replaced by it."""
    out: list[str] = []
    done, links = 0, []
    tags = [(tag[2].lower(), bool(tag[1])) for tag in TAG.finditer(text)]
    # Emphasis may go on over the end of a line, where Markdown has none.
    broken = {name for name in (*MARKS, "code") if tags.count((name, False)) != tags.count((name, True))}
    for tag in TAG.finditer(text):
        out.append(text[done : tag.start()])
        done = tag.end()
        name, closing = tag[2].lower(), bool(tag[1])
        given = {key.lower(): a or b or c for key, a, b, c in ATTRIBUTE.findall(tag[3])}
        if name in broken:
            continue
        if name not in KNOWN or "{" in tag[3]:
            # What HTML does not know is an example, and would be gone from the page.
            out.append(f"`{tag[0]}`")
        elif name in MARKS:
            out.append(MARKS[name])
        elif name == "code":
            out.append("`")
        elif name == "a":
            if not closing:
                links.append(given.get("href", ""))
                out.append("[" if links[-1] else "")
            elif links:
                target = links.pop()
                out.append(f"]({target})" if target else "")
        elif name == "img":
            out.append(f"![{given.get('alt', '')}]({given.get('src', '').replace(' ', '%20')})")
        elif name == "hr":
            out.append("---")
        elif name == "li":
            pass
        elif name not in DROPPED:
            out.append(tag[0])
    out.append(text[done:])
    joined = "".join(out)
    joined = re.sub(r"(?<!\*)\*\*(\s*)\*\*(?!\*)", r"\1", joined) if "<" in text else joined
    # Markdown knows no emphasis that begins or ends with a space.
    joined = re.sub(r"`([^`]*)`", lambda span: f"`{html.unescape(span[1])}`", joined)
    return re.sub(r"(?<![*\w])\*\*\s*([^*]+?)\s*\*\*(?!\*)", r"**\1**", joined)
