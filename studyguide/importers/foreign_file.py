"""Read one foreign file: Source → DraftGuide."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from studyguide.importers.answer_keys import take_answer_keys
from studyguide.importers.assign import Choice, Evidence, choose_questions
from studyguide.importers.audit import find_structure_notes
from studyguide.importers.candidates import Candidate, read_title
from studyguide.importers.detect import read_front_matter
from studyguide.importers.document import Document
from studyguide.importers.doubt import find_doubts
from studyguide.importers.drafts import DraftChapter, DraftGuide, make_drafts
from studyguide.importers.families import find_candidates
from studyguide.importers.folder import make_title
from studyguide.importers.lines import read_lines
from studyguide.importers.model import Line, Note
from studyguide.importers.quizzes.detect import is_quiz, read_quiz
from studyguide.importers.quizzes.drafts import draft_quiz
from studyguide.importers.separate import separate_questions
from studyguide.importers.tidy import tidy
from studyguide.importers.wording import recognise_wording
from studyguide.model import Source
from studyguide.text import strip_markdown


def read_foreign_file(
    source: Source, dialect: str, is_question: bool = False, may_be_prose: bool = False
) -> DraftGuide | None:
    """Return what is found in a file; None where no question is found, unless it may be prose.

    With ``is_question`` the whole file is one question.
    """
    if is_quiz(source) and not dialect:
        return draft_quiz(read_quiz(source), source)
    front, body = read_front_matter(source.text)
    lines, found = read_lines(body)
    document = separate_questions(tidy(lines, found, recognise_wording(body)))
    answers: Mapping[int, tuple[Line, ...]] = {}
    candidates: Sequence[Candidate] = ()
    title = front.get("title", "") or _read_first_title(document) or make_title(source.path)
    if is_question:
        choice = _choose_whole(document, title)
    else:
        candidates = find_candidates(document, dialect)
        document, answers = take_answer_keys(document, candidates)
        candidates = find_candidates(document, dialect) if answers else candidates
        choice = choose_questions(document, candidates, is_named=bool(dialect))
    if not choice.questions and not may_be_prose:
        return None
    notes = [*document.notes]
    notes += [Note("front-matter", 1, f"{key} {value}") for key, value in front.items() if key != "title"]
    chapters = tuple(make_drafts(document, choice, title, answers, notes))
    if is_question:
        chapters = tuple(map(_move_prose, chapters))
    else:
        notes += find_doubts(document, candidates, choice, chapters)
    notes += find_structure_notes(document, choice.questions, chapters, notes)
    return DraftGuide(source, title, chapters, notes, source.text, tuple(choice.evidence), is_question)


def _choose_whole(document: Document, title: str) -> Choice:
    """Return the whole text as one question, whose heading comes first."""
    first = next((each for each in document.headings if strip_markdown(document.read_title(each)) == title), None)
    start, below = (first.start, first.end) if first else (0, 0)
    text = read_title(document.read_title(first) if first else title, document.wording)
    asks = document.wording.asks(title)
    question = Candidate("files", ("file",), start, below, text.text, text.number, text.label, asks=asks)
    return Choice((question,), (), (Evidence("files", "a file each", 1, 1, int(question.asks), 0),))


def _move_prose(chapter: DraftChapter) -> DraftChapter:
    """Return the chapter of a file that is one question with the text above the question as the beginning of its stem."""
    if not chapter.prose or not chapter.questions:
        return chapter
    first, *others = chapter.questions
    stem = (*chapter.prose, Line("", chapter.prose[-1].origin), *first.body.stem)
    return replace(chapter, prose=[], questions=[replace(first, body=replace(first.body, stem=stem)), *others])


def _read_first_title(document: Document) -> str:
    found = next((each for each in document.headings if each.level == 1), None)
    return strip_markdown(document.read_title(found)) if found else ""
