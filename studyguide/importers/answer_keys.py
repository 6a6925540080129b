"""Answers that stand at the end of a guide, or of a section, by the numbers of their questions: Document → Document, answers."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from studyguide.importers.candidates import Candidate
from studyguide.importers.document import Document
from studyguide.importers.model import Line, Note

_ENTRY = re.compile(
    r"\s{0,3}(?:[-*+]\s+)?(?:\|\s*)?[*_]{0,2}(?:[^\W\d_]{1,9}\s*)?(\d{1,4})\s*[.):|–—、：-]+[*_]{0,2}\s*(?=\S)",
    re.IGNORECASE,
)
_PART = re.compile(r"\s{0,3}(?:#{1,6}\s|(\*\*|__)[^*_]+\1\W*$)")
"""The title of a part of a key."""
_INLINE_ENTRY = re.compile(r"(?:^|(?<=[\s,;|]))(\d{1,3})\s*[.):、-]\s*\(?([A-Ja-j])\)?(?=[\s,;|.]|$)")
"""One of several entries on a line: `1. B  2. C`."""
_KEY_LINE = re.compile(
    r"^\W*(?P<title>[^\d:：]{2,40}?)\s*[:：][*_\s]*(?P<entries>(?:\d{1,3}\s*[.):、=–→-]*\s*\(?[A-Ja-j]\)?[\s,;|.]*){3,})$"
)
"""A key on one line: `Answers: 1-b, 2-c, 3-a`."""
_KEY_LINE_ENTRY = re.compile(r"(\d{1,3})\s*[.):、=–→-]*\s*\(?([A-Ja-j])")
_TITLED_LINE = re.compile(r"^\W*(?P<title>[^\d:：]{2,40}?)\s*[:：][*_\s]*(?=\d)")
"""The title of a key on one line."""
_RUN_ENTRY = re.compile(r"(?:^|(?<=[\s,;|]))(\d{1,3})[.)][*_]{0,2}\s+(?=\S)")
_MIN_ENTRIES = 3
_MIN_OWNED = 0.8
"""The share of the entries of a key that have the number of a question."""

T = TypeVar("T")
Entry = tuple[int, tuple[Line, ...]]
"""An answer by its number."""


def take_answer_keys(
    document: Document, candidates: Sequence[Candidate]
) -> tuple[Document, Mapping[int, tuple[Line, ...]]]:
    """Return the document without its keys, and the answer in them to each question, by the first line of the question.

    A section is a key if it is called one and its entries have the numbers of questions above it.
    """
    lines, notes = list(document.lines), list(document.notes)
    answers: dict[int, tuple[Line, ...]] = {}
    done = 0
    for key in sorted(_find_sections(document), key=lambda key: key.start):
        found = tuple(_read_entries(lines[key.first : key.end]))
        owned = _find_owners(found, [each for each in candidates if done <= each.start < key.start])
        if len(owned) < _MIN_ENTRIES or len(owned) < _MIN_OWNED * len(found) or _goes_on(candidates, key):
            continue
        answers |= owned
        used = {line.origin for answer in owned.values() for line in answer}
        texts = {line.origin: line.text for line in lines[key.start : key.end]}
        rest = [line for line in lines[key.start : key.end] if line.origin not in used and re.search(r"\w", line.text)]
        lines[key.start : key.end] = [replace(line, text="", code="", tag="") for line in lines[key.start : key.end]]
        notes += [Note("label", line.origin + 1, line.text) for line in rest]
        firsts = {answer[0].origin for answer in owned.values()}
        notes += [Note("label", at + 1, _read_number(text)) for at, text in texts.items() if at in firsts]
        done = key.end
    return (replace(document, lines=tuple(lines), notes=tuple(notes)), answers) if answers else (document, answers)


@dataclass(frozen=True, slots=True)
class _Section:
    """A section that says that answers follow."""

    start: int
    first: int
    """The line below its title."""
    end: int


def _read_number(text: str) -> str:
    """Return what stands before the answer on a line of a key; the whole line if it has several."""
    titled = _TITLED_LINE.match(text)
    if run := _split_run(text):
        return " ".join([titled["title"] if titled else "", *(str(number) for number, _ in run)]).strip()
    mark = _ENTRY.match(text)
    return mark[0] if mark and len(_INLINE_ENTRY.findall(text)) < 2 else text


def _find_sections(document: Document) -> Iterator[_Section]:
    """Yield every heading, paragraph and container that says that answers follow, with the lines below it."""
    wording = document.wording
    for scope in document.root.walk():
        opener = scope.opener
        if opener and wording.is_key_title(document.read_title(opener)):
            yield _Section(scope.start, opener.body if opener.kind == "container" else opener.end, scope.end)
        for node in scope.nodes:
            text = document.read_text(node) if node.kind == "paragraph" and node.end == node.start + 1 else ""
            key_line = _KEY_LINE.match(text) or (_TITLED_LINE.match(text) if _split_run(text) else None)
            if key_line and wording.is_key_title(key_line["title"]):
                yield _Section(node.start, node.start, node.end)
            elif text and wording.is_key_title(text):
                yield _Section(node.start, node.end, scope.end)


def _goes_on(candidates: Sequence[Candidate], key: _Section) -> bool:
    """Return True if the numbers of the questions above a section go on below it, so that it is the answer to one of them."""
    above = [each for each in candidates if each.start < key.start and each.number is not None]
    last = max(above, key=lambda each: each.start, default=None)
    below = [each for each in candidates if each.start >= key.end and last and each.form == last.form]
    first = min(below, key=lambda each: each.start, default=None)
    return bool(last and first and last.number is not None and first.number == last.number + 1)


def _find_owners(found: Sequence[Entry], candidates: Sequence[Candidate]) -> dict[int, tuple[Line, ...]]:
    """Return the answers by the first line of their question; where numbers begin anew, those of the same run."""
    keys = tuple(_list_runs(found))
    if len(keys) < 2:
        starts = _find_nearest_run([number for number, _ in found], candidates)
        return {starts[number]: answer for number, answer in found if number in starts}
    asking = Counter(each.form for each in candidates if each.asks or each.is_labelled)
    form = asking.most_common(1)[0][0] if asking else ()
    marked = [(each.number, each) for each in candidates if each.form == form and each.number is not None]
    asked = [run for run in _list_runs(marked) if any(each.asks or each.is_labelled for _, each in run)]
    if len(asked) != len(keys):
        return {}
    both = [(dict(key), dict(run)) for key, run in zip(keys, asked, strict=True)]
    return {run[number].start: answer for key, run in both for number, answer in key.items() if number in run}


def _list_runs(numbers: Sequence[tuple[int, T]]) -> Iterator[list[tuple[int, T]]]:
    """Yield the runs that count upwards."""
    run: list[tuple[int, T]] = []
    for each in numbers:
        if run and each[0] <= run[-1][0]:
            yield run
            run = []
        run.append(each)
    if run:
        yield run


def _find_nearest_run(numbers: Sequence[int], candidates: Sequence[Candidate]) -> dict[int, int]:
    """Return the first lines of the questions with these numbers, by their numbers: those of the run of one form that ends last.

    A run that has most of the numbers and asks comes before one that does not.
    """
    forms: dict[tuple[str, ...], list[tuple[int, Candidate]]] = defaultdict(list)
    for each in candidates:
        if each.number is not None:
            forms[each.form].append((each.number, each))
    best: tuple[bool, bool, int] = (False, False, -1)
    starts: dict[int, int] = {}
    for members in forms.values():
        for run in _list_runs(members):
            own = {number: each.start for number, each in run}
            covers = sum(number in own for number in numbers) >= _MIN_OWNED * len(numbers)
            asks = 2 * sum(each.asks or each.is_labelled for _, each in run) >= len(run)
            rank = (covers, asks, run[-1][1].start)
            if rank > best:
                best, starts = rank, own
    return starts


def _read_entries(lines: Sequence[Line]) -> Iterator[Entry]:
    """Yield the numbered answers among these lines, as they stand below a question."""
    key_line = _KEY_LINE.match(lines[0].text) if len(lines) == 1 else None
    if key_line:
        for number, letter in _KEY_LINE_ENTRY.findall(key_line["entries"]):
            yield int(number), (Line(f"**Answer:** {letter}", lines[0].origin),)
        return
    if len(lines) == 1 and (run := _split_run(lines[0].text)):
        yield from ((number, (Line(f"**Answer:** {text}", lines[0].origin),)) for number, text in run)
        return
    marks = [None if line.code or line.tag else _ENTRY.match(line.text) for line in lines]
    starts = [at for at, mark in enumerate(marks) if mark]
    numbers = Counter(int(mark[1]) for mark in marks if mark)
    for start, stop in zip(starts, [*starts, len(lines)][1:], strict=True):
        mark, first = marks[start], lines[start]
        if not mark:
            continue
        several = _INLINE_ENTRY.findall(first.text)
        if len(several) > 1:
            yield from ((int(number), (Line(f"**Answer:** {letter}", first.origin),)) for number, letter in several)
            continue
        run = _split_run(first.text)
        if run and not any(numbers[number] for number, _ in run[1:]):
            yield from ((number, (Line(f"**Answer:** {text}", first.origin),)) for number, text in run)
            continue
        text = first.text[mark.end() :].rstrip(" |") if "|" in mark[0] else first.text[mark.end() :]
        end = next((at for at in range(start, stop) if _PART.match(lines[at].text)), stop)
        below = [replace(line, text=line.text[min(line.indent, 4) :]) for line in lines[start + 1 : end]]
        yield int(mark[1]), (Line(f"**Answer:** {text}", first.origin), *below)


def _split_run(text: str) -> list[tuple[int, str]]:
    """Return the numbered answers that stand on one line, `1. iron  2. zinc  3. tin`; none if they do not count on by one."""
    titled = _TITLED_LINE.match(text)
    text = text[titled.end() :] if titled else text.strip()
    marks: list[re.Match[str]] = []
    for mark in _RUN_ENTRY.finditer(text):
        if (not marks and mark.start() == 0) or (marks and int(mark[1]) == int(marks[-1][1]) + 1):
            marks.append(mark)
    ends = [*(mark.start() for mark in marks), len(text)][1:] if marks else []
    run = [(int(mark[1]), text[mark.end() : end].strip(" ,;|")) for mark, end in zip(marks, ends, strict=True)]
    return run if len(run) >= _MIN_ENTRIES and all(answer for _, answer in run) else []
