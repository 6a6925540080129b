"""Gather what is found in a foreign guide into chapters: Outline, Choice → Drafts."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import takewhile

from studyguide.importers.anatomy import Body, dedent, take_apart, trim
from studyguide.importers.assign import Choice
from studyguide.importers.candidates import Candidate
from studyguide.importers.document import Document
from studyguide.importers.model import Line, Note
from studyguide.importers.wording import Wording
from studyguide.text import strip_markdown


_MIN_TASK_WORDS = 6
"""A text of fewer words below a title is no task, whatever word it begins with."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question to be written."""

    title: str
    line: int
    body: Body
    label: str = ""
    """The text that stood before the title."""
    name: str = ""
    """The identifier that it had; empty for one that is made of the title."""
    marks: str = ""
    """The marks behind the identifier, in the braces of its heading."""
    has_key: bool = False
    """True if its blanks or items are its answer."""


@dataclass(slots=True)
class Draft:
    """A chapter to be written."""

    title: str
    line: int = 1
    prose: list[Line] = field(default_factory=list)
    questions: list[Asked] = field(default_factory=list)


def make_drafts(
    document: Document, choice: Choice, title: str, answers: Mapping[int, tuple[Line, ...]], notes: list[Note]
) -> Iterator[Draft]:
    """Yield the chapters: sections with questions, and the text between them; some answers stand elsewhere."""
    drafts: list[tuple[int, Draft]] = [(1, Draft(title))]
    questions = {each.start: each for each in choice.questions}
    sections = {each.start: each for each in choice.sections}
    events = sorted({*questions, *sections})
    lines = document.lines
    own = next((each for each in document.headings if not events and _is_title(document.read_title(each), title)), None)
    drafts[0][1].prose += lines[own.end if own else 0 : events[0] if events else len(lines)]
    for at, stop in zip(events, [*events, len(lines)][1:], strict=True):
        section = sections.get(at)
        if section:
            is_own = section.level == 1 and _is_title(section.title, title)
            if is_own and len(drafts) == 1 and not drafts[0][1].questions:
                drafts[0][1].prose += lines[section.body : stop]
                continue
            level = section.level or drafts[-1][0] + (1 if drafts[-1][1].questions == [] else 0)
            drafts.append((level, Draft(section.title, lines[at].origin + 1)))
            if "](" in section.title:  # a title has no room for an address
                drafts[-1][1].prose += [Line(section.title, lines[at].origin), Line("", lines[at].origin)]
            drafts[-1][1].prose += lines[section.body : stop]
            continue
        found = questions[at]
        end = min(stop, found.end if found.end is not None else stop)
        drafts[-1][1].questions.append(_make_question(document, found, end, answers.get(at, ()), notes))
        drafts[-1][1].prose += trim(lines[end:stop])
    yield from gather_chapters(drafts, notes)


def _is_title(text: str, title: str) -> bool:
    return strip_markdown(text) == strip_markdown(title)


def gather_chapters(drafts: Sequence[tuple[int, Draft]], notes: list[Note]) -> Iterator[Draft]:
    """Yield the chapters without empty ones; those of prose that follow each other are one."""
    prose: Draft | None = None
    above: list[tuple[int, str]] = []
    for place, (level, draft) in enumerate(drafts):
        draft.prose = list(trim([_show_title(line) for line in draft.prose]))
        above = [each for each in above if each[0] < level]
        said = any(re.search(r"\w", line.text) for line in draft.prose)
        if draft.questions:
            if prose:
                yield prose
                prose = None
            draft.title = ": ".join([*(name for _, name in above), draft.title])
            yield draft
        elif said and prose:
            prose.prose += [
                Line("", draft.line - 1),
                Line(f"{'#' * max(2, level)} {draft.title}", draft.line - 1),
                Line("", draft.line - 1),
                *draft.prose,
            ]
        elif said:
            prose = draft
        elif place and place + 1 < len(drafts) and drafts[place + 1][0] > level:
            above.append((level, draft.title))
        elif place:
            notes.append(Note("empty-section", draft.line, draft.title))
    if prose:
        yield prose


def _show_title(line: Line) -> Line:
    """Return the title of a container that is no question as a line in bold; any other line as it is."""
    if line.tag != "summary" or not line.text.strip():
        return line
    return Line(f"**{line.text.strip().strip('*')}**\n", line.origin)


def _make_question(document: Document, found: Candidate, end: int, answer: Sequence[Line], notes: list[Note]) -> Asked:
    """Return the question with the text below it up to the line ``end``, and the answer that stands elsewhere."""
    body_lines = document.lines[found.body : end]
    lines = [*found.lead, *dedent(body_lines, found.column)]
    if answer:
        lines += [Line("", answer[0].origin), *answer]
    body = _read_follow_ups(found, lines, document) or take_apart(
        lines, document.wording, not found.is_certain, document.has_letter_labels
    )
    if body.placeholder:
        notes.append(Note("placeholder", body.placeholder.origin + 1, body.placeholder.text))
    notes += [Note(kind, line.origin + 1, line.text.strip()) for kind, line in body.faults]
    line = document.lines[found.start].origin + 1
    if sum(option.correct for option in body.options) > 1 and document.wording.single_choice.search(found.title):
        notes.append(Note("two-keys", line, found.title))
    if (
        not body.stem
        and body.answer
        and not body.is_announced
        and _is_shown(document.wording, found.title, body.answer)
    ):
        body = replace(body, stem=body.answer, answer=())
    if (
        not body.stem
        and not body.is_announced
        and (_ends_in_questions(found, body.answer, document) or _asks_below(found, body.answer, document))
    ):
        body = replace(body, stem=body.answer, answer=())
    if found.source:
        source = Line(found.source, document.lines[found.start].origin)
        body = replace(body, **_append_source(body, source))
    return Asked(found.title, line, body, found.label)


def _append_source(body: Body, source: Line) -> dict[str, tuple[Line, ...]]:
    """Return the part of a question to which the link to its source belongs, with it at its end."""
    part = "explanation" if body.explanation else "answer" if body.answer else "more"
    lines: tuple[Line, ...] = getattr(body, part)
    return {part: (*lines, *([Line("", source.origin)] if lines else []), source)}


def _is_shown(wording: Wording, title: str, lines: Sequence[Line]) -> bool:
    """Return True for lines of code and nothing else, which the question points to."""
    return wording.points_below(title) and all(line.code in ("code", "fence") for line in lines if line.text.strip())


def _ends_in_questions(found: Candidate, lines: Sequence[Line], document: Document) -> bool:
    """Return True if the text below a title that does not ask ends in a list of questions, so that it poses a task."""
    marked = [re.match(r"(?:[-*+]|\d+[.)])\s+(.*)", line.text) for line in lines if line.text.strip() and not line.code]
    ends = list(takewhile(lambda mark: mark is not None, reversed(marked)))
    asking = [mark for mark in ends if mark and mark[1].rstrip("*_ ").endswith(("?", "？"))]
    return not found.asks and len(asking) > 1 and 2 * len(asking) >= len(ends)


def _asks_below(found: Candidate, lines: Sequence[Line], document: Document) -> bool:
    """Return True if the text below a title that does not ask is nothing but the question itself."""
    text = " ".join(line.text.strip() for line in lines)
    is_plain = all(not line.code and re.match(r"\s{0,3}[^\s#|>*+-]", line.text) for line in lines if line.text.strip())
    ends = text.rstrip("*_ ").endswith(("?", "？", "؟"))
    asks = ends or (document.wording.asks(text) and len(text.split()) >= _MIN_TASK_WORDS)
    return (
        found.family == "headings"
        and bool(lines)
        and not found.asks
        and is_plain
        and asks
        and all(line.text.strip() for line in lines)
    )


def _read_follow_ups(found: Candidate, lines: Sequence[Line], document: Document) -> Body | None:
    """Return a question whose text is nothing but further questions in a list; None if it has another text."""
    text = [line for line in lines if line.text.strip()]
    marked = [re.match(r"\s*(?:[-*+]|\d+[.)])\s+(.*)", line.text) for line in text]
    if found.family not in ("items", "bold", "labelled") or not text or not all(marked):
        return None
    titles = [mark[1] for mark in marked if mark]
    are_marked = 2 * sum(title.rstrip("*_ ").endswith(("?", "？")) for title in titles) >= len(titles)
    if not are_marked or not all(map(document.wording.asks, titles)):
        return None
    return Body(more=tuple(trim(lines)))


def is_answered(body: Body) -> bool:
    """Return True if a question has an answer, or options with a right one."""
    return any(line.text.strip() for line in (*body.answer, *body.explanation)) or any(
        each.correct for each in body.options
    )
