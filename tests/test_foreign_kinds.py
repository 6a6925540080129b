"""Small foreign guides, at least three for each kind of misreading, and what a reader finds in each.

``dialects/kinds.txt`` holds them: a name, the text, ``%%%``, and the truth. Lines of the truth:

    note: two-keys 9      the report has a note of this kind at line 9; ``3-6`` is a range, ``a|b`` either kind
    # Rocks               the next questions stand in a chapter of this title
    + What is basalt?     a question with an answer; ``-`` one without, ``?`` either

and, indented, what holds for the question above:

    x text, o text        an option has exactly this text, and is right, or wrong
    no x                  no option is right
    a: e: s: h: f: text   the answer, the explanation, the stem, the hint, the follow-ups contain the text
    t: text               the text is somewhere in the question
    !: text               the text is nowhere in the question

Signs such as an emoji at either end of a title are no part of it.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import pytest
from conftest import ROOT

from studyguide.importers import FAMILIES, translate
from studyguide.importers.candidates import Candidate, make_candidate
from studyguide.importers.document import Document
from studyguide.importers.report import Report
from studyguide.model import Guide, Project, Question, Source
from studyguide.pipeline import read_guide
from studyguide.rules.check import find_problems
from studyguide.text import strip_markdown
from tools.foreign_guides import FORMS, LANGUAGES, write_guide

PARTS = {"a": "answer", "e": "explanation", "h": "hint", "f": "follow-ups"}
SIGNS = "[\u2190-\u2bff\U0001f000-\U0001faff\ufe0f]+"
MIN_RECALL = 0.9
MIN_PRECISION = 0.9


@dataclass(frozen=True, slots=True)
class Kind:
    """A guide of a kind that was misread, and its truth."""

    name: str
    text: str
    truth: tuple[str, ...]


def read_kinds() -> Iterator[Kind]:
    """Yield the guides of ``kinds.txt``."""
    text = (ROOT / "tests" / "dialects" / "kinds.txt").read_text(encoding="utf-8")
    for piece in re.split(r"^=== ", text, flags=re.MULTILINE)[1:]:
        name, _, rest = piece.partition("\n")
        guide, _, truth = rest.partition("%%%\n")
        yield Kind(name.strip(), guide, tuple(line for line in truth.splitlines() if line.strip()))


KINDS = tuple(read_kinds())


def read_foreign(text: str) -> tuple[Project, Guide, Sequence[Report]]:
    """Return the project that a foreign guide becomes, its guide and its reports."""
    project, reports = translate(Project("guide.md", None, (Source("guide.md", text),)))
    return project, read_guide(project), reports


def space(text: str) -> str:
    """Return a text without marks, and with one space between its words."""
    return re.sub(r"\s+", " ", strip_markdown(text)).strip()


def read_title(text: str) -> str:
    """Return the words of a title, without signs at its ends."""
    return re.sub(rf"^{SIGNS}\s+|\s+{SIGNS}$", "", space(text))


def list_questions(guide: Guide) -> list[tuple[str, Question]]:
    """Return each question with the titles above it."""
    return [
        (
            " / ".join([chapter.title, *(each.title for each in chapter.divisions if each.id == question.section)]),
            question,
        )
        for chapter in guide.chapters
        for question in chapter.questions
    ]


def is_answered(question: Question) -> bool:
    told = {part.name for part in question.parts} & {"answer", "explanation"}
    return bool(told) or any(choice.correct for choice in question.choices)


def write_question(question: Question) -> str:
    """Return all texts of a question."""
    return "\n".join(passage.markdown for passage in question.passages)


def check_detail(question: Question, detail: str) -> str:
    """Return what is wrong with a question by one indented line of the truth; empty if nothing is."""
    mark, _, text = detail.partition(" ")
    right = [space(choice.text.markdown) for choice in question.choices if choice.correct]
    wrong = [space(choice.text.markdown) for choice in question.choices if not choice.correct]
    if mark == "no":
        return f"these options are right: {right}" if right else ""
    if mark in ("x", "o"):
        return "" if text in (right if mark == "x" else wrong) else f"`{detail}` is not among x {right}, o {wrong}"
    mark = mark.removesuffix(":")
    if mark == "t":
        return "" if text in write_question(question) else f"`{text}` is not in it"
    if mark == "!":
        return f"`{text}` is in it" if text in write_question(question) else ""
    where = question.stem.markdown + question.below.markdown
    if mark != "s":
        where = "\n".join(part.text.markdown for part in question.parts if part.name == PARTS[mark])
    return "" if text in where else f"`{detail}` is not in `{where}`"


def check_note(report: Report, line: str) -> str:
    """Return what is wrong with the notes of a report by a line of the truth; empty if nothing is."""
    _, kinds, place = line.split()
    first, _, last = place.partition("-")
    lines = range(int(first), int(last or first) + 1)
    notes = [(note.kind, note.line) for note in report.notes if note.kind in ("key-beyond", "two-keys")]
    is_told = any(kind in kinds.split("|") and number in lines for kind, number in notes)
    return "" if is_told else f"no note `{kinds} {place}`, but {notes}"


def find_faults(kind: Kind) -> Iterator[str]:
    """Yield a sentence for each thing that was read otherwise than the truth says."""
    project, guide, reports = read_foreign(kind.text)
    if not reports:
        yield "no question was found"
        return
    found = list_questions(guide)
    wanted = [line for line in kind.truth if line[:2] in ("+ ", "- ", "? ")]
    titles = [read_title(question.title.markdown) for _, question in found]
    if titles != [read_title(line[2:]) for line in wanted]:
        yield f"the titles are {titles}"
        return
    questions = iter(found)
    section, wanted_section, question = "", "", found[0][1]
    for line in kind.truth:
        if line.startswith("note: "):
            fault = check_note(reports[0], line)
        elif line.startswith("# "):
            wanted_section, fault = line[2:], ""
        elif line.startswith("  "):
            fault = check_detail(question, line.strip())
            fault = fault and f"{space(question.title.markdown)}: {fault}"
        else:
            section, question = next(questions)
            is_right = line[0] == "?" or is_answered(question) == (line[0] == "+")
            fault = "" if is_right else f"`{line}`, but it has {'an' if is_answered(question) else 'no'} answer"
            if wanted_section not in section:
                yield f"{line[2:]}: stands in `{section}`, not in `{wanted_section}`"
        if fault:
            yield fault
    told = any(line.startswith("note: ") for line in kind.truth)
    for note in reports[0].notes:
        if note.kind == "lost-word":
            yield f"line {note.line}: the word `{note.text}` is lost"
        elif note.kind in ("key-beyond", "two-keys") and not told:
            yield f"line {note.line}: a false alarm, {note.kind}"
    for problem in find_problems(project, guide):
        if problem.severity == "error" and problem.rule != "missing-answer":
            yield str(problem)


@pytest.mark.parametrize("kind", KINDS, ids=[kind.name for kind in KINDS])
def test_a_guide_of_a_kind_that_was_misread_is_understood(kind: Kind) -> None:
    faults = list(find_faults(kind))
    assert not faults, "\n".join(faults)


def test_the_guides_of_all_kinds_have_names_of_their_own_and_true_lines() -> None:
    assert max(Counter(kind.name for kind in KINDS).values()) == 1
    for kind in KINDS:
        for line in kind.truth:
            if line[:2] in ("+ ", "- ", "? "):
                assert any(space(line[2:])[:8] in space(each) for each in kind.text.splitlines()), (kind.name, line)
            elif line[:4] in ("  x ", "  o "):
                assert line[4:] in space(kind.text), (kind.name, line)
            elif re.match(r"  [aeshft!]: ", line):
                assert line[5:] in kind.text, (kind.name, line)
            else:
                assert re.match(r"note: [a-z|-]+ \d+(-\d+)?$|# |  no x$", line), (kind.name, line)


# ---------------------------------------------------------------- every form in every language


@pytest.mark.parametrize("form", FORMS)
def test_what_a_writer_of_a_form_writes_is_read_in_every_language(form: str) -> None:
    wanted, hits, seen, worst = 0, 0, 0, []
    for seed, language in enumerate(LANGUAGES):
        written = write_guide(form, language, seed)
        _, guide, reports = read_foreign(written.text)
        questions = list_questions(guide) if reports else []
        titles = Counter(read_title(question.title.markdown) for _, question in questions)
        truth = Counter(read_title(question.title) for question in written.questions)
        shared = (titles & truth).total()
        wanted, hits, seen = wanted + truth.total(), hits + shared, seen + titles.total()
        if shared < max(truth.total(), titles.total()):
            worst.append(f"{language}: {shared} of {truth.total()}, {titles.total()} found")
    assert hits >= MIN_RECALL * wanted, worst
    assert hits >= MIN_PRECISION * seen, worst


# ---------------------------------------------------------------- a family more


def find_flags(document: Document) -> Iterable[Candidate]:
    """Yield the lines that begin with a sign that no family knows."""
    for at, line in enumerate(document.lines):
        if line.text.startswith("¤ "):
            found = make_candidate(document, "flags", ("flags",), at, at + 1, line.text.removeprefix("¤ "))
            if found:
                yield found


def test_a_family_that_is_added_is_scored_and_chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    parts = ("spring", "hand", "wheel", "dial", "pin")
    text = "# Clocks\n\n" + "".join(
        f"¤ The {part} of a clock\n\nThe {part} is a part that wears.\n\n" for part in parts
    )
    assert not read_foreign(text)[2]
    monkeypatch.setitem(FAMILIES, "flags", find_flags)
    _, guide, reports = read_foreign(text)
    questions = [question for _, question in list_questions(guide)]
    assert [space(question.title.markdown) for question in questions] == [f"The {part} of a clock" for part in parts]
    assert all(map(is_answered, questions))
    assert [(each.found, each.chosen) for each in reports[0].evidence if each.family == "flags"] == [(5, 5)]
