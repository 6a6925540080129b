"""Gather what is found in a foreign guide into chapters: Outline, Choice → Drafts."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from studyguide.importers.body import Body, anatomy, dedented, trimmed
from studyguide.importers.choose import Choice
from studyguide.importers.model import Line, Note
from studyguide.importers.outline import Candidate, Outline, asks
from studyguide.text import strip_markdown


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


def drafted(
    outline: Outline, choice: Choice, title: str, answers: Mapping[int, tuple[Line, ...]], notes: list[Note]
) -> Iterator[Draft]:
    """The chapters: sections with questions, and what is said between them; some answers stand elsewhere."""
    drafts: list[tuple[int, Draft]] = [(1, Draft(title))]
    questions = {each.start: each for each in choice.questions}
    sections = {each.start: each for each in choice.sections}
    events = sorted({*questions, *sections})
    own = next(
        (
            each
            for each in outline.headings
            if not events and strip_markdown(outline.heading(each)) == strip_markdown(title)
        ),
        None,
    )
    drafts[0][1].prose += outline.lines[own.end if own else 0 : events[0] if events else len(outline.lines)]
    for at, stop in zip(events, [*events, len(outline.lines)][1:], strict=True):
        section = sections.get(at)
        if section:
            name = outline.heading(section)
            if section.level == 1 and strip_markdown(name) == title and len(drafts) == 1 and not drafts[0][1].questions:
                drafts[0][1].prose += outline.lines[section.end : stop]
                continue
            drafts.append((section.level, Draft(name, outline.lines[at].origin + 1)))
            drafts[-1][1].prose += outline.lines[section.end : stop]
            continue
        found = questions[at]
        end = min(stop, found.end if found.end is not None else stop)
        drafts[-1][1].questions.append(asked(outline, found, end, answers.get(at, ()), notes))
        drafts[-1][1].prose += trimmed(outline.lines[end:stop])
    yield from gathered(drafts, notes)


def gathered(drafts: Sequence[tuple[int, Draft]], notes: list[Note]) -> Iterator[Draft]:
    """The chapters without empty ones; those of prose that follow each other are one."""
    prose: Draft | None = None
    above: list[tuple[int, str]] = []
    for place, (level, draft) in enumerate(drafts):
        draft.prose = list(trimmed(draft.prose))
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


def asked(outline: Outline, found: Candidate, end: int, answer: Sequence[Line], notes: list[Note]) -> Asked:
    """The question with what stands below it up to the line ``end``, and the answer that stands elsewhere."""
    lines = [*found.lead, *outline.lines[found.body : end]]
    lead = len(found.lead)
    lines = [*lines[:lead], *dedented(lines[lead:], found.column)]
    if answer:
        lines += [Line("", answer[0].origin), *answer]
    body = follow_ups(found, lines) or anatomy(lines, found.dialect != "tables", outline.has_letter_labels)
    if body.placeholder:
        notes.append(Note("placeholder", body.placeholder.origin + 1, body.placeholder.text))
    line = outline.lines[found.start].origin + 1
    asking = found.form[-1] == "topic" and asks(" ".join(line.text.strip() for line in body.answer))
    if not body.stem and body.answer and (asking or is_shown(found.title, body.answer)):
        body = replace(body, stem=body.answer, answer=())
    return Asked(found.title, line, body, found.label)


def is_shown(title: str, lines: Sequence[Line]) -> bool:
    """Return True for lines of code and nothing else, which the question points to."""
    if not all(line.code in ("code", "fence") for line in lines if line.text.strip()):
        return False
    return title.rstrip("*_ ").endswith(":") or bool(
        re.search(r"\b(?:this|these|following|below|output|outcome|logs?)\b", title)
    )


def follow_ups(found: Candidate, lines: Sequence[Line]) -> Body | None:
    """Questions that are nested below one of a list and are all that stands there."""
    said = [line for line in lines if line.text.strip()]
    marked = [re.match(r"\s*(?:[-*+]|\d+[.)])\s+(.*)", line.text) for line in said]
    if found.form[0] != "item" or not said or not all(mark and asks(mark[1]) for mark in marked):
        return None
    return Body(more=tuple(trimmed(lines)))


def is_answered(body: Body) -> bool:
    return any(line.text.strip() for line in (*body.answer, *body.explanation)) or any(
        each.correct for each in body.options
    )
