"""A heading is the question, and what follows it the answer."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

from studyguide.importers.candidates import Candidate, make_candidate, measure_title, read_title
from studyguide.importers.document import Document, Node, Scope

_MIN_REAL_TITLES = 0.6
"""The share of headings with a label, such as `Question 3: Knots`, below which stands the real question."""


def find(document: Document) -> Iterator[Candidate]:
    """Yield a candidate for each heading that is not that of an answer, a hint or the file."""
    scopes = [scope for scope in document.root.walk() if scope.opener and scope.opener.kind == "heading"]
    titles = [scope for scope in scopes if scope.opener and scope.opener.level == 1]
    asking = Counter(scope.opener.level for scope in scopes if scope.opener and _asks(document, scope.opener))
    found: list[Candidate] = []
    for scope in scopes:
        node = scope.opener
        if not node or (node.level == 1 and len(titles) == 1 and len(scopes) > 1):
            continue
        text = document.read_title(node)
        is_answer = document.wording.is_answer_title(text) and not (
            asking[node.level] > 1 and _is_topic(document, text)
        )
        if is_answer or document.wording.is_hint(text):
            continue
        if _is_label_below_label(document, scope, text) or _is_label_above_label(document, scope, text):
            continue
        form = ("heading", str(node.level))
        candidate = make_candidate(
            document, "headings", form, node.start, node.end, text, level=node.level, scope=scope
        )
        if candidate:
            found.append(candidate)
    yield from _take_real_titles(document, found)


def _asks(document: Document, node: Node) -> bool:
    return document.wording.asks(read_title(document.read_title(node), document.wording).text)


def _is_label_below_label(document: Document, scope: Scope, text: str) -> bool:
    """Return True for a heading such as `Interview question` below one such as `Question 3: The lamp`, which is the title."""
    around = document.parents.get(id(scope))
    if not _is_label(document, text) or not around or not around.opener or around.opener.kind != "heading":
        return False
    outer = document.read_title(around.opener)
    return read_title(outer, document.wording).is_labelled and not _is_label(document, outer)


def _is_label_above_label(document: Document, scope: Scope, text: str) -> bool:
    """Return True for a heading that is nothing but a label and a number, if one in its scope is a label too, above the question."""
    if not _is_label(document, text):
        return False
    inner = [each.opener for each in scope.inner if each.opener and each.opener.kind == "heading"]
    return any(_is_label(document, document.read_title(node)) for node in inner if node)


def _is_label(document: Document, text: str) -> bool:
    """Return True if a heading is nothing but the label of a question, its number, and signs."""
    bare = re.sub(r"^[\W_]+|[\W_]+$", "", text)
    label = document.wording.find_question_label(bare)
    return label is not None and len(label[0]) == len(bare)


def _is_topic(document: Document, text: str) -> bool:
    """Return True if a heading that may announce an answer goes on like the name of a thing: `Solution spaces`."""
    rest = document.wording.cut_answer_label(text)
    joins = r"(?!(?:and|or|to|for|of|with|in|by|key|sheet|explained)\b)[^\W\d_]{2,}"
    return bool(rest) and bool(re.match(joins, rest, re.IGNORECASE)) and text.rstrip().endswith(" " + rest)


def _take_real_titles(document: Document, found: Sequence[Candidate]) -> Iterator[Candidate]:
    """Yield the candidates; where headings with labels only name topics, the bold or asking line below each is its title."""
    labelled = [each for each in found if each.is_labelled]
    below = {each.start: _find_title_below(document, each) for each in labelled}
    counts = Counter(each.title.casefold() for each in labelled)
    vague = [each for each in labelled if below[each.start] and (counts[each.title.casefold()] > 1 or not each.asks)]
    replaces = len(vague) > 1 and len(vague) >= _MIN_REAL_TITLES * len(labelled)
    for each in found:
        real = below.get(each.start) if replaces else None
        yield replace(real, label=f"{each.label}{each.title} {real.label}".strip()) if real else each


def _find_title_below(document: Document, candidate: Candidate) -> Candidate | None:
    """Return the candidate with the paragraph below its heading as title, if that is bold as a whole or asks; else None."""
    at = candidate.body
    while at < len(document.lines) and not document.lines[at].text.strip():
        at += 1
    size = measure_title(document, document.lines[at:])
    words = " ".join(line.text.strip() for line in document.lines[at : at + size])
    is_bold = re.fullmatch(r"(\*\*|__)(?=\S).+(?<=\S)\1\W*", words) is not None
    title = read_title(words, document.wording)
    if not size or not (is_bold or document.wording.asks(title.text)) or document.wording.is_answer_label(words):
        return None
    return replace(
        candidate,
        body=at + size,
        title=title.text,
        label=title.label,
        asks=document.wording.asks(title.text),
        source=title.source,
    )
