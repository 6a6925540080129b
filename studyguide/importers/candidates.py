"""Candidates: the places of a Document that may open a question. Each family finds its own; a form is how one is written."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from studyguide.importers.document import Document, Scope
from studyguide.importers.model import CODE_SPAN, Line
from studyguide.importers.wording import Wording

_NUMBER = re.compile(
    r"^(?:#\s*)?(?:[(\[](?P<boxed>\d{1,4})[)\]]|(?P<keys>\d{1,2})\ufe0f?\u20e3|(?:\d{1,3}\.){1,3}(?P<last>\d{1,4})[.):、]?(?=\s+\D)|"
    r"(?P<number>\d{1,4})\s*(?:\\?[.):、]+|\s[-–—])|(?P<plain>\d{1,3})(?=\s+[^\W\d_])|[A-Z](?P<coded>\d{1,3})[.:)](?=\s))\s*(?=\S)"
)
_TRAILING_SOURCE = re.compile(r"\s*(\[?\[[^\[\]]*\](?:\([^()\s]*\)|\]\([^()\s]*\))\]?)\s*([*_]{0,3})\s*$")
"""A link at the end of a title, in brackets of its own or with a word such as `src`."""
_MAX_SOURCES = 4
_MAX_SOURCE_LENGTH = 500  # characters
_SOURCE_WORD = re.compile(r"\[+\W*(?:src|source|ref|link|\d{1,2}|[↗🔗*]|fuente|quelle|источник)\W*\]", re.IGNORECASE)
_BOLD_NAME = re.compile(r"^(\*{2,3}|__)([^\s*_][^*_]{0,30})\1\s+(?=[^\s*_])")
"""Words in bold before others that are not."""
_ASIDE = re.compile(r"[*_]*\([^()]*\)[*_]*")
"""A remark in parentheses, behind a label and before the question."""
_ARROW = re.compile(r"\s+(?:=>|⇒)\s+(?=\S)")
_DECORATION = re.compile(
    "^(?:[\u2190-\u21ff\u2300-\u27bf\u2900-\u297f\u2b00-\u2bff\U0001f000-\U0001faff]\ufe0f?\u200d?|\U0001f3fb-\U0001f3ff)+\\s*"
)
"""Emoji and arrows at the start of a title; they mark it, and are no part of it."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """Lines that may open a question."""

    family: str
    form: tuple[str, ...]
    """The way it is written; candidates of one form are judged together."""
    start: int
    body: int
    """First line below the title."""
    title: str
    number: int | None = None
    label: str = ""
    """Text before the title that tells no more than its number."""
    is_labelled: bool = False
    """True if a label says that it is a question."""
    asks: bool = False
    """True if its words sound like a question or a task."""
    level: int = 0
    """Level of its heading; 0 if it has none."""
    column: int = 0
    """Columns that the lines below it are indented by."""
    lead: tuple[Line, ...] = ()
    """Text that follows the title on its own lines."""
    end: int | None = None
    """Line after its last, if its form says so."""
    group: int = -1
    """First line of the list that it is an item of."""
    scope: Scope | None = None
    """The scope that it opens."""
    source: str = ""
    """Links at the end of the title that lead to its source."""
    bare_number: str = ""
    """A number at the start of its title without a sign behind it, which may be part of the title."""
    is_certain: bool = False
    """True if its form leaves no doubt: a row of a table of questions and answers."""


@dataclass(frozen=True, slots=True)
class Title:
    text: str
    number: int | None = None
    is_labelled: bool = False
    label: str = ""
    """Text before the title, and not in it."""
    source: str = ""
    bare_number: str = ""
    """A number without a sign behind it, or with a letter before it, which may be part of the title."""


def unwrap(text: str) -> str:
    """Return a text without emphasis around the whole of it."""
    for mark in ("***", "**", "__", "*", "_"):
        size = len(mark)
        if len(text) > 2 * size and text.startswith(mark) and text.endswith(mark) and mark not in text[size:-size]:
            return unwrap(text[size:-size].strip())
    return text


def read_title(text: str, wording: Wording) -> Title:
    """Return a title without its number, its label and the link to its source."""
    number, is_labelled, label, source, bare_number = None, False, "", "", ""
    text = text.strip()
    for _ in range(6):
        before = text
        while (found := _find_trailing_source(text)) and source.count("](") < _MAX_SOURCES:
            source = f"{found[1]} {source}".strip()
            text = text[: found.start()].rstrip() + found[2]
        # `**Which …? ***`: the stars behind it are a mark of the author's.
        text = re.sub(r"\s+\*{3,}$", "", text)
        text = text[2:] if text.startswith("**") and "**" not in text[2:] else text
        text = unwrap(text)
        opening = re.match(r"^(\*{2,3}|__)", text)
        mark = opening[0] if opening else ""
        bare = text[len(mark) :].lstrip()
        name = _BOLD_NAME.match(text)
        named = wording.find_question_label(name[2]) if name else None
        if name and named and named[0] == name[2]:
            # A label in bold needs no sign behind it: `**Q1** What …?`
            is_labelled, label = True, f"{label}{name[2]} "
            number = named[1] if named[1] is not None else number
            text = text[name.end() :]
            continue
        sign = _DECORATION.match(bare)
        found_label = wording.find_question_label(bare)
        found_number = None if found_label else _NUMBER.match(bare)
        if found_label or found_number:
            size = len(found_label[0]) if found_label else found_number.end() if found_number else 0
            rest = bare[size:].strip()
            if not rest.strip("*_ "):
                break
            if found_label:
                is_labelled, value = True, found_label[1]
            else:
                digits = next(filter(None, found_number.groups()), None) if found_number else None
                value = int(digits) if digits else None
                if found_number and (found_number["plain"] or found_number["coded"]):
                    bare_number = found_number[0].strip()
            number = value if value is not None else number
            label += bare[:size]
            text = _remove_opening(rest, mark)
        elif sign and _has_label(bare[sign.end() :], wording):
            label += bare[: sign.end()]
            text = _remove_opening(bare[sign.end() :].strip(), mark)
        if text == before:
            break
    return Title(text, number, is_labelled, label, source, bare_number)


def _find_trailing_source(text: str) -> re.Match[str] | None:
    """Return the link to a source at the end of a title that has other words; None if there is none."""
    start = max(0, len(text) - _MAX_SOURCE_LENGTH)
    found = _TRAILING_SOURCE.search(text, start)
    return found if found and found.start() and _SOURCE_WORD.match(found[1]) else None


def _has_label(text: str, wording: Wording) -> bool:
    """Return True if a text begins with a label or a number, so that a sign before it is no part of the title either."""
    return bool(wording.find_question_label(text) or _NUMBER.match(text))


def _remove_opening(rest: str, mark: str) -> str:
    """Return the text behind a label, with the emphasis that began before it unless that ends right behind the label."""
    closed = re.match(rf"^\s*{re.escape(mark)}\s*", rest) if mark else None
    return (rest[closed.end() :] if closed else mark + rest if mark and mark in rest else rest).strip()


def make_candidate(
    document: Document, family: str, form: tuple[str, ...], start: int, body: int, text: str, **more: object
) -> Candidate | None:
    """Return the candidate that this title opens; None if nothing is left of it, or if it is the label of an answer.

    Where the title is a label and nothing else, the lines below it are the question.
    """
    wording = document.wording
    title = read_title(text, wording)
    if not re.search(r"[^\W_]", title.text):
        return None
    candidate = Candidate(
        family,
        form,
        start,
        body,
        title.text,
        title.number,
        title.label,
        title.is_labelled,
        wording.asks(title.text),
        source=title.source,
        bare_number=title.bare_number,
    )
    candidate = _split_at_arrow(document, replace(candidate, **more))  # type: ignore[arg-type]
    bare = title.text.strip("*_ ")
    found = wording.find_question_label(bare)
    if candidate.is_labelled and _ASIDE.fullmatch(title.text) and candidate.label:
        return _take_title_below(document, candidate, f"{candidate.label}{title.text} ", candidate.number)
    if family == "headings" and bare.isdecimal() and not candidate.is_labelled:
        return _take_title_below(document, candidate, bare, int(bare))
    if found and len(found[0]) == len(bare):
        return _take_title_below(document, candidate, *found)
    return candidate


def _split_at_arrow(document: Document, candidate: Candidate) -> Candidate:
    """Return a candidate with the text behind an arrow in its title as its answer: `Q1. Proof twice => [proof](proof.txt)`."""
    hidden = CODE_SPAN.sub(lambda span: "`" * len(span[0]), candidate.title)
    found = _ARROW.search(hidden)
    if not found or not (candidate.is_labelled or candidate.asks) or candidate.family == "cards":
        return candidate
    answer = Line(f"**Answer:** {candidate.title[found.end() :]}", document.lines[candidate.start].origin)
    return replace(candidate, title=candidate.title[: found.start()], lead=(answer, *candidate.lead))


def _take_title_below(document: Document, candidate: Candidate, label: str, number: int | None) -> Candidate:
    """Return the candidate with the paragraph below its title as its title."""
    lines = candidate.lead or document.lines[candidate.body :]
    start = 0 if candidate.lead else next((at for at, line in enumerate(lines) if line.text.strip()), 0)
    size = measure_title(document, lines[start:]) + start
    if size == start:
        return candidate
    words = " ".join(line.text.strip() for line in lines[start:size])
    title = read_title(words, document.wording)
    candidate = replace(
        candidate,
        title=title.text,
        label=label + title.label,
        number=number if number is not None else title.number if candidate.number is None else candidate.number,
        is_labelled=True,
        asks=document.wording.asks(title.text),
        source=title.source,
    )
    if candidate.lead:
        return replace(candidate, lead=candidate.lead[size:])
    return replace(candidate, body=candidate.body + size)


def measure_title(document: Document, lines: Sequence[Line]) -> int:
    """Return the number of lines from the first that may be one title: to a question mark, an answer, a list or a blank line."""
    size = 0
    while (
        size < len(lines)
        and lines[size].text.strip()
        and not (lines[size].code or lines[size].tag or re.match(r"\s*(?:#|[-*+] |\||>)", lines[size].text))
        and not document.wording.is_answer_label(lines[size].text)
        and not re.match(r"\s*\(?[A-Ha-h][.)]\s", lines[size].text)
        and not (size and lines[size - 1].text.rstrip("*_ \\").endswith(("?", "？")))
        and not (size and lines[size - 1].text.rstrip().endswith("**") and lines[0].text.lstrip().startswith("**"))
    ):
        size += 1
    return size
