"""Find things in HTML that this program has written: attributes in double quotes, a space before each."""

import html
import posixpath
import re
from collections.abc import Callable
from functools import lru_cache
from urllib.parse import quote, unquote

from studyguide.problems import Place

TAG = re.compile(r"(<[^>]*>)")
"""Splits HTML into texts and tags."""
VOID_TAGS = frozenset({"br", "col", "hr", "img", "input", "wbr"})
"""Elements without an end."""
BLOCK_TAGS = ("p", "li", "h1", "h2", "h3", "h4", "h5", "h6", "td", "th", "dt", "dd")
"""Elements that begin a line."""
NOTE_START = '<span class="footnote">'
NOTE_AGAIN = re.compile(r'<span class="note-again">(\d+)</span>')
"""A further call of a footnote: the number of notes from that note to here."""
VERBATIM = re.compile(r"<(?:pre|code|svg|style)\b.*?</(?:pre|code|svg|style)>", re.DOTALL)
"""Elements whose text is no prose."""
_DOT_SEGMENT = re.compile(r"(?:^|/)\.\.?/")
_PLACE_MARK = re.compile(r"<!--at:(\d+):(\d+):([^:<>]*)-->")
# Literal beginnings are searched for five times as fast as a class of characters.
_ID = re.compile(r' id="([^"]*)"')
_ID_ATTRIBUTE = re.compile(r'(<[^<>]*?) id="[^"]*"')
_LINK_TAG = re.compile(r"</?a\b[^<>]*>")
_SOURCE = re.compile(r' src="([^"]*)"')
_STYLE_SOURCE = re.compile(r"""url\(\s*["']?(?!data:|fonts/)([^"')]+?)["']?\s*\)""", re.IGNORECASE)


def find_ids(page: str) -> list[str]:
    """Return the identifiers of a page in their order."""
    return [html.unescape(name) if "&" in name else name for name in _ID.findall(page)]


def find_headings(page: str, level: int) -> list[tuple[str, str]]:
    """Return the identifier and the HTML of each heading of a level, in their order."""
    found = re.findall(rf'<h{level}\b[^>]*? id="([^"]*)"[^>]*>(.*?)</h{level}>', page, re.DOTALL)
    return [(html.unescape(name), title) for name, title in found]


def find_sources(page: str) -> set[str]:
    """Return the paths of the files that a page shows."""
    return {read_file_path(html.unescape(address)) for address in _SOURCE.findall(page)}


def replace_sources(page: str, name: Callable[[str], str]) -> str:
    """Return a page with new addresses of the files that it shows: ``name`` returns that of a path."""
    return _SOURCE.sub(lambda match: f' src="{name(read_file_path(html.unescape(match[1])))}"', page)


@lru_cache(maxsize=16)
def find_style_sources(styles: str) -> frozenset[str]:
    """Return the paths of the figures that a stylesheet shows."""
    return frozenset(read_file_path(each) for each in _STYLE_SOURCE.findall(styles))


def replace_style_sources(styles: str, name: Callable[[str], str]) -> str:
    """Return a stylesheet with new addresses of its figures: ``name`` returns that of a path."""
    return _STYLE_SOURCE.sub(lambda match: f"url({name(read_file_path(match[1]))})", styles)


def read_file_path(address: str) -> str:
    """Return the path that the address of a file of the guide stands for: ``my plan.png`` of ``./a/../my%20plan.png?raw=true``."""
    path = re.sub(r"(?<=[^?])\?(?:raw|inline|sanitize)=true$", "", address)
    if "://" in path or path.startswith("data:"):
        return path
    path = unquote(path)
    return posixpath.normpath(path) if _DOT_SEGMENT.search(path) else path


def make_file_address(path: str) -> str:
    """Return the address of a file of the guide; the reverse of ``read_file_path``."""
    return quote(path, safe="/:\\")


def write_place_mark(place: Place) -> str:
    """Return the text of a comment that says where in its file the element stands that the comment begins, or stands before."""
    path = quote(place.path, safe="/ ").replace("-", "%2D")  # a comment of XML holds no two hyphens
    return f"at:{place.line}:{place.column}:{path}"


def find_marked_place(markup: str, element: int) -> Place | None:
    """Return the place of an element of a piece of HTML with marks of places, or None if it has no mark.

    ``element`` counts the elements from 0. One without a mark stands where the last one before it does, or else the next one.
    """
    place, number, end_of_tag = None, -1, -1
    for tag in TAG.finditer(markup):
        if mark := _PLACE_MARK.fullmatch(tag[0]):
            if number < element or tag.start() == end_of_tag or place is None:
                place = Place(unquote(mark[3]), int(mark[1]), int(mark[2]))
        elif not tag[0].startswith(("</", "<!")):
            number, end_of_tag = number + 1, tag.end()
        if place and number > element:
            break
    return place


def split_notes(markup: str) -> tuple[list[str], list[str]]:
    """Return the texts around the footnotes of a piece of HTML, one more than there are notes, and the HTML of each note."""
    before, *rest = markup.split(NOTE_START)
    texts, notes = [before], []
    for text in rest:
        end = _find_end_of_span(text)
        texts.append(text[end + len("</span>") :])
        notes.append(text[:end])
    return texts, notes


def drop_names(markup: str) -> str:
    """Return HTML for a second place in a document: without identifiers."""
    return _ID_ATTRIBUTE.sub(r"\1", str(markup))


def list_title(markup: str) -> str:
    """Return a title as lists have it, which are links themselves: without footnotes, links and identifiers."""
    return drop_names(_LINK_TAG.sub("", str(drop_notes(markup))))


def drop_notes(markup: str) -> str:
    """Return a title without its footnotes."""
    return NOTE_AGAIN.sub("", "".join(split_notes(markup)[0])) if NOTE_START in markup else markup


def _find_end_of_span(text: str) -> int:
    """Return the index of the tag that closes a ``span`` whose inside ``text`` begins with."""
    depth = 1
    for match in re.finditer(r"<(/?)span\b[^>]*>", text):
        if match[0].endswith("/>"):
            continue
        depth += -1 if match[1] else 1
        if depth == 0:
            return match.start()
    return len(text)


def strip_tags(markup: str) -> str:
    """Return the text of a piece of HTML, with single spaces."""
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]*>", "", markup))).strip()
