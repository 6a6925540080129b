"""Say of a guide what its lists of contents, questions and subjects show, and nothing that an edit of an answer changes."""

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import NamedTuple

from studyguide.compose.plan import SectionPlan, has_answer
from studyguide.html_text import find_headings, list_title
from studyguide.model import Chapter, Guide, Html, Passage, Question
from studyguide.store import digest


class Title(NamedTuple):
    """The title of a question, of a section of a chapter, or a heading of a text."""

    html: Html


class SectionOutline(NamedTuple):
    """The facts of a section of a chapter, or of a heading of its text, for lists of the whole book."""

    id: str
    title: Title


class QuestionOutline(NamedTuple):
    """The facts of a question for lists of the whole book. Templates of such lists get nothing else, because the list is made anew if
    any of this changes."""

    id: str
    number: str
    title: Title
    lang: str
    direction: str
    difficulty: str
    tags: tuple[str, ...]
    section: str
    has_answer: bool


class ChapterOutline(NamedTuple):
    """The facts of a chapter for lists of the whole book."""

    id: str
    number: str
    title: str
    kind: str
    sections: tuple[SectionOutline, ...]
    questions: tuple[QuestionOutline, ...]
    headings: tuple[SectionOutline, ...]
    """The headings ``##`` of a chapter of prose."""

    @property
    def groups(self) -> list[tuple[SectionOutline | None, tuple[QuestionOutline, ...]]]:
        """The questions of each of its sections; None stands for those before the first."""
        known = {each.id: each for each in self.sections}
        runs = groupby(self.questions, lambda question: question.section)
        return [(known.get(name), tuple(run)) for name, run in runs]


class PlanOutline(NamedTuple):
    """The facts of a section for lists of the whole book."""

    name: str
    title: str
    role: str
    anchor: str
    listed: bool
    chapter: ChapterOutline | None


class GuideOutline(NamedTuple):
    """The facts of the guide for lists of the whole book."""

    chapters: tuple[ChapterOutline, ...]
    questions: tuple[QuestionOutline, ...]
    terms: tuple[str, ...]
    """The identifiers of the terms."""

    @property
    def has_answers(self) -> bool:
        """True if one of its questions has an answer in the edition."""
        return any(each.has_answer for each in self.questions)

    @property
    def digest(self) -> str:
        """The digest of all of it."""
        facts = [
            (
                each.id,
                each.number,
                str(each.title.html),
                each.lang,
                each.difficulty,
                each.tags,
                each.section,
                each.has_answer,
            )
            for each in self.questions
        ]
        counts = [
            (*chapter[:4], _list_facts(chapter.sections), len(chapter.questions), _list_facts(chapter.headings))
            for chapter in self.chapters
        ]
        return digest("guide", counts, facts, self.terms)


def _list_facts(sections: Iterable[SectionOutline]) -> list[tuple[str, str]]:
    return [(each.id, str(each.title.html)) for each in sections]


def outline_guide(guide: Guide, names: tuple[str, ...]) -> GuideOutline:
    """Return what lists say of a guide; ``names`` are those of the parts that answer a question."""
    chapters = tuple(outline_chapter(chapter, names) for chapter in guide.chapters)
    questions = tuple(question for chapter in chapters for question in chapter.questions)
    return GuideOutline(chapters, questions, tuple(term.id for term in guide.terms))


def _outline_question(question: Question, names: tuple[str, ...]) -> QuestionOutline:
    return QuestionOutline(
        question.id,
        question.number,
        _outline_title(question.title),
        question.lang,
        question.direction,
        question.difficulty,
        question.tags,
        question.section,
        has_answer(question, names),
    )


def _outline_title(title: Passage) -> Title:
    return Title(Html(list_title(title.html)))


def outline_chapter(chapter: Chapter, names: tuple[str, ...]) -> ChapterOutline:
    """Return what lists say of a chapter; ``names`` as above."""
    questions = tuple(_outline_question(question, names) for question in chapter.questions)
    sections = tuple(SectionOutline(each.id, _outline_title(each.title)) for each in chapter.sections)
    headings = tuple(_outline_headings(chapter.text)) if chapter.kind == "prose" else ()
    return ChapterOutline(chapter.id, chapter.number, chapter.title, chapter.kind, sections, questions, headings)


def _outline_headings(text: Passage) -> Iterator[SectionOutline]:
    """Yield the headings of the second level of a text."""
    for name, title in find_headings(text.html, level=2):
        yield SectionOutline(name, Title(Html(list_title(title))))


def outline_plans(
    plans: Iterable[SectionPlan], guide: Guide, outline: GuideOutline, names: tuple[str, ...]
) -> list[PlanOutline]:
    """Return what lists say of the sections; ``outline`` is that of the guide, and ``names`` are as above."""
    # A chapter whose questions are shuffled, or not all answered, is not the guide's.
    known = {id(chapter): described for chapter, described in zip(guide.chapters, outline.chapters, strict=True)}
    return [
        PlanOutline(
            plan.name,
            plan.title,
            plan.role,
            plan.anchor,
            plan.listed,
            (known.get(id(plan.chapter)) or outline_chapter(plan.chapter, names)) if plan.chapter else None,
        )
        for plan in plans
    ]
