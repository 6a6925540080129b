"""Turn the HTML of a foreign guide into the Markdown that means the same: Lines → Lines.

``<details>`` and ``<summary>``, which to CommonMark are text like any other, become lines of their own, marked as a container.
So do the folds of MDX and other programs, a row of ``_FOLD_NAMES`` each, whose title is an attribute.
"""

import html
import re
from collections import Counter
from collections.abc import Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from urllib.parse import quote

from studyguide.importers.model import CODE_SPAN, Line, Note, find_title, read_attributes, split_words

_FOLD_NAMES = "accordion|accordionitem|accordion-item|collapse|collapsible|dropdown|expandable|spoiler|toggle"
"""Tags that fold besides ``<details>``; one without a title is an example of a tag, unless it is of ``_PLAIN_FOLDS``."""
_PLAIN_FOLDS = ("spoiler", "toggle")
"""Tags that fold without a title, at the beginning of a line, if they are closed somewhere."""
_FOLD = re.compile(rf"<(/?)(details|summary|{_FOLD_NAMES})(?=[\s/>])((?:\"[^\"<]*\"|[^<>])*+)(?<!/)>", re.IGNORECASE)
_DETAILS = re.compile(r"</?(?:details|summary)\b[^<>]*>", re.IGNORECASE)
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)((?:\s[^<>]*)?)/?>")
_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
_ANGLED_TARGET = re.compile(r"\]\(<([^<>\n]*)>")
"""The target of a link between angle brackets, which may have spaces and looks like a tag."""
_ADDRESS_SIGNS = "/:?#[]@!$&'*+,;=%~"
_TERM = re.compile(r"<(dt|dd|/?dl)\b[^<>]*>((?:(?!</?d[tdl]\b).)*)(?:</d[td]\s*>)?", re.IGNORECASE)
"""A term or a meaning in HTML with its words, or the beginning or the end of their list."""
_HEADING = re.compile(r"\s*(?:</?(?:div|p|center|a)\b[^<>]*>\s*)*<h([1-6])\b[^<>]*>(.*?)</h\1>(.*)", re.IGNORECASE)
_OUTER_START = re.compile(r"\s*</?(?:p|div|center|ul|ol)\b", re.IGNORECASE)
_OUTER_END = re.compile(r"</?(?:p|div|center|ul|ol)\b[^<>]*>\s*$", re.IGNORECASE)
_JOINED = re.compile(rf"<(?:h[1-6]|summary|details|{_FOLD_NAMES}|a|img|source)\b", re.IGNORECASE)
_PAIRED = re.compile(r"<(/?)(h[1-6]|summary|a)(\s[^<>]*(?<!/))?>")
_UNENDED = re.compile(rf"<(?:img|a|source|summary|details|{_FOLD_NAMES})\s[^<>]*$")
_MAX_JOINED_LINES = 12
"""A tag that is opened on a line may be closed so many lines below; more is a mistake of the author's."""
_PRE = re.compile(r"<pre\b[^<>]*>?", re.IGNORECASE)
_RAW_ENDS = {"<!--": "-->", "<table": "</table"}
"""Openings of HTML that stays as it is, and its ends."""

_MARKS = {
    "b": "**", "strong": "**", "i": "*", "em": "*", "s": "~~", "del": "~~", "strike": "~~", "code": "`", "hr": "---", "li": "",
}  # fmt: skip
"""Tags that are the same signs in Markdown at either end."""
_KNOWN = split_words("""
    a abbr article aside b big blockquote br caption center cite code col colgroup dd del dfn div dl dt em
    figcaption figure font h1 h2 h3 h4 h5 h6 hr i img ins kbd li mark ol p picture pre q s samp section small
    source span strike strong sub sup table tbody td tfoot th thead tr tt u ul var wbr details summary quiz
    accordiongroup accordions collapsegroup
""")
_DROPPED = split_words("""
    p div center span font picture source section article ul ol small big u quiz accordiongroup accordions collapsegroup
""")
"""Tags that say nothing in a book; what they hold stays."""
_HIDDEN = str.maketrans("<>", "\ue000\ue001")
_SHOWN = str.maketrans("\ue000\ue001", "<>")


@dataclass(slots=True)
class _Folds:
    """The folds of a text while its lines are read, besides ``<details>``."""

    closed: frozenset[str]
    """Names of the tags that are closed somewhere."""
    opened: list[str] = field(default_factory=list)
    """Names of the tags that are open."""

    def take(self, tag: re.Match[str]) -> bool:
        """Return True if a tag is one of a fold, and remember it."""
        name = tag[2].lower()
        if name in ("details", "summary"):
            return True
        if tag[1] and name in self.opened:
            del self.opened[len(self.opened) - 1 - self.opened[::-1].index(name) :]
            return True
        is_plain = name in _PLAIN_FOLDS and not tag.string[: tag.start()].strip()
        if tag[1] or name not in self.closed or not (is_plain or find_title(read_attributes(tag[3]))):
            return False
        self.opened.append(name)
        return True


def mark_raw(lines: Iterable[Line]) -> Iterator[Line]:
    """Yield the lines, ``<pre>`` as a fence; tables and comments, which stay as they are, marked."""
    end = ""
    for line in lines:
        low = line.text.lower()
        opening = next((opening for opening in _RAW_ENDS if low.lstrip().startswith(opening)), "")
        if line.code:
            yield line
        elif end == "</pre>":
            end = yield from _mark_code(line, line.text, keeps_blank=True)
        elif end:
            yield replace(line, code="raw")
            end = "" if end in low else end
        elif "`" not in line.text and (pre := _PRE.search(line.text)):
            if line.text[: pre.start()].strip():
                yield replace(line, text=line.text[: pre.start()])
            yield replace(line, text="```", code="fence")
            end = yield from _mark_code(line, line.text[pre.end() :])
        elif opening:
            yield replace(line, code="raw")
            end = "" if _RAW_ENDS[opening] in low else _RAW_ENDS[opening]
        else:
            yield line


def _mark_code(line: Line, text: str, *, keeps_blank: bool = False) -> Generator[Line, None, str]:
    """Yield a text inside of ``<pre>`` as code, and what follows its end; return that end if it is not in the text."""
    body, end, rest = text.partition("</pre>")
    body = html.unescape(re.sub(r"</?code[^<>]*>", "", body))
    if body.strip() or (keeps_blank and not end):
        yield replace(line, text=body, code="code")
    if end:
        yield replace(line, text="```", code="fence")
    if rest.strip():
        yield replace(line, text=rest)
    return "" if end else "</pre>"


def replace_tags(lines: Sequence[Line], notes: list[Note]) -> Iterator[Line]:
    """Yield the lines, each fold as the lines of a container, and other tags as Markdown."""
    closings = (tag for line in lines if not line.code for tag in _FOLD.findall(line.text) if tag[0])
    folds = _Folds(frozenset(name.lower() for _, name, _ in closings))
    at = 0
    while at < len(lines):
        line = lines[at]
        at += 1
        if line.code or "<" not in line.text:
            yield line
            continue
        # A tag that is not closed on its line takes those below along.
        limit = min(at + _MAX_JOINED_LINES, len(lines))
        while at < limit and not lines[at].code and not lines[at].tag and _is_open(line.text):
            line = replace(line, text=f"{line.text.rstrip()} {lines[at].text.strip()}")
            at += 1
        for piece in _define_terms(line):
            yield from _split_folds(piece, folds, notes)


def _define_terms(line: Line) -> Iterator[Line]:
    """Yield the line, a term and a meaning of a list of HTML as those of a list in Markdown, on lines of their own."""
    if not _TERM.search(line.text) or "`" in line.text:
        yield line
        return
    for mark, text in _TERM.findall(line.text):
        words = text.strip()
        if mark.lower() == "dt":
            yield replace(line, text="")
        if words:
            yield replace(line, text=f": {words}" if mark.lower() == "dd" else words)


def _is_open(text: str) -> bool:
    """Return True if a tag begins on this line and ends on another."""
    if not _JOINED.search(text):
        return False
    bare = CODE_SPAN.sub("", text).lower()
    if _UNENDED.search(bare):
        return True
    depths: Counter[str] = Counter()
    for slash, name, _ in _PAIRED.findall(bare):
        depths[name] += -1 if slash else 1
    return any(depth > 0 and (name != "a" or "href" in bare) for name, depth in depths.items())


def _split_folds(line: Line, folds: _Folds, notes: list[Note]) -> Iterator[Line]:
    """Yield the line, its folds and their titles apart; a title ends with its line at the latest, for code may follow."""
    if line.tag:
        yield replace(line, text=" " * line.indent + _to_title(_hide(line.text), line, notes))
        return
    text, indent = _hide(line.text), " " * line.indent
    if text.lstrip().startswith("|"):
        # A row of a table is one line, whatever folds in it.
        text = _DETAILS.sub(lambda tag: "<br>" if tag[0].lower() == "</summary>" else "", text)
    tags = [tag for tag in _FOLD.finditer(text) if folds.take(tag)]
    if not tags:
        yield from _write_plain(line, text, notes)
        return
    done, name = 0, ""
    for tag in tags:
        yield from _write_piece(line, text[done : tag.start()], name, notes)
        done, before, name = tag.end(), name, f"{tag[1]}{tag[2]}".lower()
        if tag[2].lower() != "summary":
            name = f"{tag[1]}details"
            yield replace(line, text=indent, tag=name)
            title = "" if tag[1] else _find_fold_title(tag)
            if title:
                yield replace(line, text=indent + _show(title), tag="summary")
        elif name == "/summary" and before != "summary":
            yield replace(line, text=indent, tag=name)
    yield from _write_piece(line, text[done:], name, notes)


def _find_fold_title(tag: re.Match[str]) -> str:
    """Return the title of a fold by its attributes; the name of a tag that has none, empty for ``<details>``."""
    title = find_title(read_attributes(tag[3]))
    return title or ("" if tag[2].lower() == "details" else tag[2].capitalize())


def _write_piece(line: Line, text: str, name: str, notes: list[Note]) -> Iterator[Line]:
    """Yield a piece of a line behind the tag of a fold, whose name is ``name``: its title or plain text."""
    indent = " " * line.indent
    if name == "summary":
        yield replace(line, text=indent + _to_title(text, line, notes), tag="summary")
    elif _BREAK.sub("", text).strip():
        yield from _write_plain(line, indent + text.strip(), notes)


def _write_plain(line: Line, text: str, notes: list[Note]) -> Iterator[Line]:
    """Yield the line, or none or several: a heading, a rule and a paragraph of HTML stand alone."""
    text = _ANGLED_TARGET.sub(lambda found: f"]({quote(found[1], safe=_ADDRESS_SIGNS)}", text)
    if not _TAG.search(text):
        yield replace(line, text=_show(text))
        return
    indent = " " * (len(text) - len(text.lstrip()))
    heading = _HEADING.match(text)
    if heading:
        title = _to_title(heading[2], line, notes)
        yield replace(line, text="")
        yield replace(line, text=f"{indent}{'#' * int(heading[1])} {title}" if title else "")
        yield replace(line, text="")
        if heading[3].strip():
            yield from _write_plain(line, indent + heading[3].strip(), notes)
        return
    starts, ends = _OUTER_START.match(text), _OUTER_END.search(text)
    if not text.lstrip().startswith("|"):
        text = re.sub(r"(?i)^(\s*)(?:<br\s*/?>\s*)+|(?:\s*<br\s*/?>)+\s*$", r"\1", text)
        text = re.sub(r"(?i)<li\b[^<>]*>\s*", "- ", text)
    words = _show(_to_markdown(text, line, notes))
    blank = [replace(line, text="")] if words.strip() else []
    if starts:
        yield from blank
    yield replace(line, text=indent + words.strip() if starts else words.rstrip())
    if ends:
        yield from blank


def _hide(text: str) -> str:
    """Return the text with the angle brackets inside its code spans hidden."""
    return CODE_SPAN.sub(lambda span: span[0].translate(_HIDDEN), text)


def _show(text: str) -> str:
    """Return the text with hidden angle brackets shown again."""
    return text.translate(_SHOWN)


def _to_title(text: str, line: Line, notes: list[Note]) -> str:
    """Return a title in Markdown, on one line."""
    return re.sub(r"\s+", " ", _show(_to_markdown(_BREAK.sub(" ", text), line, notes))).strip()


def _to_markdown(text: str, line: Line, notes: list[Note]) -> str:
    """Return the text with the tags that have an equal in Markdown replaced by it."""
    tags = list(_TAG.finditer(text))
    counts = Counter((tag[2].lower(), tag[1]) for tag in tags)
    # Emphasis may go on over the end of a line, where Markdown has none.
    unpaired = {name for name in _MARKS if name not in ("hr", "li") and counts[name, ""] != counts[name, "/"]}
    targets: list[str] = []
    out, done = [], 0
    for tag in tags:
        out.append(text[done : tag.start()])
        done = tag.end()
        name = tag[2].lower()
        if name in unpaired:
            continue
        if name not in _KNOWN or "{" in tag[3]:
            # A tag that HTML does not know is an example, and would be gone from the page.
            out.append(f"`{tag[0]}`")
        elif name == "a":
            out.append(_write_link(tag, targets))
        elif name == "img":
            out.append(_write_picture(tag, line, notes))
        else:
            out.append(_MARKS.get(name, "" if name in _DROPPED else tag[0]))
    return _mend_emphasis("".join((*out, text[done:])))


def _write_link(tag: re.Match[str], targets: list[str]) -> str:
    """Return the beginning or the end of a link; ``targets`` are those of the links that are open, and change."""
    if not tag[1]:
        targets.append(read_attributes(tag[3]).get("href", ""))
        return "[" if targets[-1] else ""
    target = targets.pop() if targets else ""
    return f"]({target})" if target else ""


def _write_picture(tag: re.Match[str], line: Line, notes: list[Note]) -> str:
    """Return a picture in Markdown; nothing for one of a single pixel, which counts readers and is noted."""
    attributes = read_attributes(tag[3])
    if attributes.get("width", "").removesuffix("px") in ("0", "1") and attributes.get("height", "1").removesuffix(
        "px"
    ) in ("0", "1"):
        notes.append(Note("badge", line.origin + 1, _show(tag[0])))
        return ""
    return f"![{attributes.get('alt', '')}]({attributes.get('src', '').replace(' ', '%20')})"


def _mend_emphasis(text: str) -> str:
    """Return the text without empty emphasis, or spaces at the ends of emphasis, of which Markdown knows neither."""
    text = re.sub(r"(?<!\*)\*\*(\s*)\*\*(?!\*)", r"\1", text)
    text = re.sub(r"`([^`]*)`", lambda span: f"`{html.unescape(span[1])}`", text)
    return re.sub(r"(?<![*\w])\*\*\s*([^*]+?)\s*\*\*(?!\*)", r"**\1**", text)
