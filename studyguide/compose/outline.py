"""Say of a guide what its lists of contents, questions and subjects show, and nothing that an edit of an answer changes."""

from typing import NamedTuple, TypeVar

from studyguide.model import NOWHERE, Chapter, Guide, Passage, Question


class QuestionOutline(NamedTuple):
    """What a list of the whole book says of a question. Templates of such lists get nothing else, because the list is made anew if
    any of this changes."""

    id: str
    number: str
    title: Passage
    """Its Markdown and HTML, without a place."""
    lang: str
    direction: str
    difficulty: str
    tags: tuple[str, ...]


class ChapterOutline(NamedTuple):
    """What a list of the whole book says of a chapter."""

    id: str
    number: str
    title: str
    kind: str
    questions: tuple[QuestionOutline, ...]


AnyQuestion = TypeVar("AnyQuestion", Question, QuestionOutline)


class PlanOutline(NamedTuple):
    """What a list of the whole book says of a section."""

    name: str
    title: str
    role: str
    anchor: str
    listed: bool
    chapter: ChapterOutline | None


class GuideOutline(NamedTuple):
    """What a list of the whole book says of the guide."""

    chapters: tuple[ChapterOutline, ...]
    questions: tuple[QuestionOutline, ...]
    terms: tuple[str, ...]
    """The identifiers of the terms."""


def outline_guide(guide: Guide) -> GuideOutline:
    """Return what lists say of a guide."""
    chapters = tuple(map(outline_chapter, guide.chapters))
    questions = tuple(question for chapter in chapters for question in chapter.questions)
    return GuideOutline(chapters, questions, tuple(term.id for term in guide.terms))


def _outline_question(question: Question) -> QuestionOutline:
    title = Passage(question.title.markdown, NOWHERE, question.title.html)
    return QuestionOutline(
        question.id, question.number, title, question.lang, question.direction, question.difficulty, question.tags
    )


def outline_chapter(chapter: Chapter) -> ChapterOutline:
    """Return what lists say of a chapter."""
    questions = tuple(map(_outline_question, chapter.questions))
    return ChapterOutline(chapter.id, chapter.number, chapter.title, chapter.kind, questions)
