"""Take out of a foreign guide what a book has itself: lists of contents, links to the top, badges. Lines → Document."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import pairwise
from urllib.parse import unquote

from studyguide.importers.document import Document, Node
from studyguide.importers.model import Line, Note
from studyguide.importers.wording import Wording
from studyguide.text import keep_letters

ANCHOR_LINK = re.compile(
    r"!?\[((?:[^\[\]]|\[[^\[\]]*\])*)\]\(\s*(?:<?((?:https?://github\.com/[\w.-]+/[\w.-]+(?:/blob/[^()\s#]*)?/?|[\w./-]*readme\.md)?"
    r"#[^()\s>]*)>?[^()]*)?\)",
    re.IGNORECASE,
)
"""A link to a place of the same file, or to nothing, by its text and target."""
_SCHEDULE = re.compile(r"\s*<!--\s*(?:SR|ID):[^<>]*-->")
"""Marks that Obsidian and Anki write behind a card: when it is due, or its number."""
_LINK_TO_ANCHOR = re.compile(
    r"(?:<br\s*/?>)?(?:\*\*|__)?\s?\[{1,2}(?:[^\[\]]|\[[^\[\]]*\]){0,200}\]{1,2}\(\s*#[^()]*\)\]?\s?(?:\*\*|__)?"
)
_BADGE = re.compile(
    r"\[?!\[[^\[\]]*\]\([^()]*(?:shields\.io|badge|travis-ci|codecov|hits\.|visitor|komarev)[^()]*\)(?:\]\([^()]*\))?",
    re.IGNORECASE,
)
_MIN_LINKS = 3
"""So many links to places of the same file make a list of contents."""
_MIN_TOP_LINKS = 10
"""A short link to one anchor that repeats so often leads to the top, whatever it says."""
_MAX_TOP_WORDS = 5


def tidy(lines: tuple[Line, ...], notes: tuple[Note, ...], wording: Wording) -> Document:
    """Return the document of the lines, without what is left out on purpose, which is noted."""
    found = list(notes)
    kept = list(_remove_schedules(lines, found))
    repeated = _find_repeated_links(kept)
    out: list[Line] = []
    for line in kept:
        text = line.text
        if not line.code and ("](#" in text or ("](" in text and _BADGE.search(text))):
            text = _remove_links(text, line.origin + 1, found, wording, repeated)
            if not re.sub(r"[\s*_|]|<br\s*/?>|\|\|", "", text) and text != line.text:
                text = ""
        out.append(line if text is line.text else replace(line, text=text))
    document = Document(tuple(out), wording)
    gone = set(_find_contents(document))
    entries: list[tuple[str, str]] = []
    for start, end in _list_runs(sorted(gone)):
        text = " ".join(line.text for line in out[start:end])
        found.append(Note("contents", out[start].origin + 1, text))
        pairs = ((normalise_entry(name), read_target(target)) for name, target in ANCHOR_LINK.findall(text))
        entries += [pair for pair in pairs if pair[0]]
    lines = tuple(replace(line, text="") if at in gone else line for at, line in enumerate(out))
    return Document(
        lines, wording, tuple(found), tuple(name for name, _ in entries), tuple(target for _, target in entries)
    )


def read_target(target: str) -> str:
    """Return the letters of the anchor that an entry of a list of contents leads to."""
    return normalise_entry(unquote(target.partition("#")[2]).replace("-", " "))


def normalise_entry(text: str) -> str:
    """Return the letters of an entry of a list of contents, or of a title, without the label or the number before it."""
    return keep_letters(re.sub(r"^\W*(?:q\w{0,7}\s*)?\d+[.):]?\s*[:.)]?\s*", "", text, flags=re.IGNORECASE))


def _remove_schedules(lines: Iterable[Line], notes: list[Note]) -> Iterator[Line]:
    """Yield the lines without what programs for flash cards write into them, which is noted."""
    for line in lines:
        marks = _SCHEDULE.findall(line.text) if line.code in ("", "raw") and "<!--" in line.text else []
        notes += [Note("schedule", line.origin + 1, mark) for mark in marks]
        text = _SCHEDULE.sub("", line.text) if marks else line.text
        yield replace(line, text=text, code=line.code if text.strip() else "") if marks else line


def _find_repeated_links(lines: Iterable[Line]) -> frozenset[str]:
    """Return the short links to an anchor that repeat in so many lines that they can only lead to the top."""
    counts = Counter(
        link for line in lines if not line.code and "](#" in line.text for link in _LINK_TO_ANCHOR.findall(line.text)
    )
    return frozenset(
        link
        for link, count in counts.items()
        if count >= _MIN_TOP_LINKS and len(_read_link(link).split()) <= _MAX_TOP_WORDS
    )


def _read_link(link: str) -> str:
    """Return the words of a link."""
    return re.sub(r"^\W*|\W*\]*\(\s*#.*$", "", link) or re.sub(r"[\[\]*_\s]|\(#.*", "", link)


def _remove_links(text: str, number: int, notes: list[Note], wording: Wording, repeated: frozenset[str]) -> str:
    for found in _BADGE.findall(text):
        notes.append(Note("badge", number, found))
    text = _BADGE.sub("", text)
    for found in _LINK_TO_ANCHOR.findall(text):
        if found in repeated or wording.is_top_link(_read_link(found)):
            notes.append(Note("back-to-top", number, found))
            text = text.replace(found, " " if text.lstrip().startswith("#") else "", 1)
    return text


def _list_runs(numbers: list[int]) -> Iterator[tuple[int, int]]:
    """Yield the first and one past the last of numbers that follow each other."""
    start = previous = None
    for number in numbers:
        if previous is not None and number > previous + 1:
            yield start or 0, previous + 1
            start = number
        start = number if start is None else start
        previous = number
    if previous is not None:
        yield start or 0, previous + 1


# ---------------------------------------------------------------- lists of contents


def _find_contents(document: Document) -> Iterator[int]:
    """Yield the lines of lists of contents: lists, tables or paragraphs in a row that are links to places of the file."""
    run: list[tuple[Node, int]] = []
    found: list[tuple[int, int, int]] = []
    blocks = sorted(_list_flow(document.nodes), key=lambda node: node.start)
    for node in [*blocks, None]:
        links = _count_links(document, node) if node else 0
        if node and links:
            run.append((node, links))
            continue
        if run:
            found.append((run[0][0].start, run[-1][0].end, sum(count for _, count in run)))
        run = []
    # A section of one question has a list of one link.
    found += _find_announced(document, blocks)
    has_list = sum(count for *_, count in found) >= _MIN_LINKS
    for first, last, count in found:
        is_beside = document.depths[first] or _is_alone_below_heading(document, first, last)
        if count >= _MIN_LINKS or (has_list and is_beside):
            yield from (at for at in range(first, last) if not document.lines[at].tag)
            yield from _find_titles_above(document, first, last)


def _list_flow(nodes: Iterable[Node]) -> Iterator[Node]:
    """Yield the nodes that stand in no list and no quotation, those in containers too."""
    for node in nodes:
        if node.kind == "container":
            yield from _list_flow(node.children)
        else:
            yield node


def _is_alone_below_heading(document: Document, first: int, last: int) -> bool:
    """Return True if nothing but these lines stands between a heading and the next."""
    above = [node for node in document.headings if node.end <= first]
    below = [node for node in document.headings if node.start >= last]
    between = document.lines[above[-1].end : first] if above else ()
    after = document.lines[last : below[0].start] if below else document.lines[last:]
    return bool(above) and not any(re.search(r"\w", line.text) for line in (*between, *after))


def _find_announced(document: Document, blocks: list[Node]) -> Iterator[tuple[int, int, int]]:
    """Yield the lists right below a heading or a line that says that the contents follow, if they are not questions."""
    for above, node in pairwise(blocks):
        title = document.read_title(above) if above.kind == "heading" else document.read_text(above)
        if node.kind not in ("list", "table") or not document.wording.is_contents(title):
            continue
        text = document.read_text(node)
        if "](" in text or not document.wording.asks(re.sub(r"^\s*(?:[-*+]|\d+[.)])\s+", "", text)):
            yield node.start, node.end, _MIN_LINKS


def _count_links(document: Document, node: Node) -> int:
    """Return the number of links to places of the file in a block that has little else."""
    if node.kind not in ("list", "table", "paragraph"):
        return 0
    lines = [line for line in document.lines[node.start : node.end] if not line.tag]
    text = " ".join(line.text for line in lines if not line.code)
    links = ANCHOR_LINK.findall(text)
    if not links:
        return 0
    rest = re.findall(r"[^\W\d_]{2,}", ANCHOR_LINK.sub(" ", text))
    words = re.findall(r"[^\W\d_]{2,}", " ".join(name for name, _ in links))
    return len(links) if len(rest) <= max(2, len(words) // 4) else 0


def _find_titles_above(document: Document, at: int, end: int) -> Iterator[int]:
    """Yield the title of the container and the heading above a list of contents that is all there is below them."""
    lines = document.lines
    while at > 0 and (not lines[at - 1].text.strip() or lines[at - 1].tag):
        at -= 1
        if lines[at].tag == "summary":
            yield at
    following = next((line for line in lines[end:] if re.search(r"\w", line.text) and not line.tag), None)
    level = _read_level(lines[at - 1].text) if at else 0
    is_alone = level and (following is None or 0 < _read_level(following.text) <= level)
    if is_alone or (at and document.wording.is_contents(lines[at - 1].text)):
        yield at - 1


def _read_level(text: str) -> int:
    """Return the level of a heading, 0 for any other line."""
    found = re.match(r" {0,3}(#{1,6})\s", text)
    return len(found[1]) if found else 0
