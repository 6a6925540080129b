"""Decide what an edition consists of: Guide, Edition → SectionPlans, and which parts of a question stand where."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Protocol, TypeVar

from studyguide.compose.alphabet import make_sort_key
from studyguide.locale import Index, Locale
from studyguide.model import Chapter, Edition, Entry, Guide, Paper, Part, Question, Subquestion
from studyguide.selection import shuffle_questions

_PROBING = ("follow-ups",)
"""The parts that a sheet for an interviewer has beside its question."""

_PAGE_NAMES = {"by-subject": "index"}
"""The names of templates that are not those of their pages in guide.toml."""


@dataclass(frozen=True, slots=True)
class SectionPlan:
    """A section to be made: its template, and the chapter that the template shows."""

    name: str
    title: str
    role: str
    """The name of the template without its ending."""
    chapter: Chapter | None = None
    listed: bool = True
    """True if it is in the table of contents."""
    recto: bool = False
    """True if it begins on a right-hand page."""
    lists_pages: bool = False
    """True if it states the pages of other sections, and so is made when those have their pages."""

    @property
    def anchor(self) -> str:
        """The identifier of its heading."""
        if self.chapter is None:
            return self.name
        return f"answers-{self.chapter.id}" if self.role == "key" else self.chapter.id


def plan_sections(guide: Guide, edition: Edition, locale: Locale, has_pages: bool) -> Iterator[SectionPlan]:
    """Yield the sections of an edition in their order; ``guide`` has the questions that the edition takes."""
    if edition.paper:
        yield from _plan_paper(guide.chapters[0], edition.paper)
        return
    for plan in _plan_book(guide, edition, locale, has_pages):
        if _PAGE_NAMES.get(plan.role, plan.role) not in edition.without_pages:
            yield plan


def _plan_book(guide: Guide, edition: Edition, locale: Locale, has_pages: bool) -> Iterator[SectionPlan]:
    """Yield the sections of a book that is no exam, with all pages of the program's own.

    A key has the questions that have an answer.
    """
    asked = [chapter for chapter in guide.chapters if chapter.questions]
    names = list_answering_parts(guide, edition)
    keys = {chapter.id: key for chapter in asked if (key := keep_answered(chapter, names)).questions}
    glossaries = [chapter for chapter in guide.chapters if chapter.kind == "glossary"]
    title, headings = guide.config.title, locale.headings
    yield plan_cover(guide)
    if has_pages:
        yield SectionPlan("half-title", title, "half-title", listed=False, recto=True)
    yield SectionPlan("colophon", title, "colophon", listed=False)
    if has_pages:  # without pages there is the navigation document instead
        yield SectionPlan("contents", headings.contents, "contents", listed=False, recto=True)
    yield SectionPlan("how-to-use", headings.how_to_use, "how-to-use")
    if edition.questions:
        for chapter in guide.chapters:
            if chapter.kind != "glossary":
                role = "chapter" if chapter.kind == "questions" else "prose"
                shown = shuffle_questions(chapter, edition.seed)
                yield SectionPlan(f"chapter-{chapter.id}", chapter.title, role, shown, recto=True)
            if edition.key == "chapter-end" and chapter.id in keys:
                yield _plan_key(keys[chapter.id], locale)
    if edition.key == "book-end":
        for index, chapter in enumerate(keys.values()):
            yield replace(_plan_key(chapter, locale), recto=index == 0)
    if has_pages and edition.questions and asked:
        yield SectionPlan("progress", headings.progress, "progress")
    if edition.options.review_days and asked:
        yield SectionPlan("review-plan", headings.review_plan, "review-plan")
    for chapter in glossaries:
        yield SectionPlan(f"chapter-{chapter.id}", chapter.title, "glossary", chapter, lists_pages=has_pages)
    if has_pages and (glossaries or any(question.tags for question in guide.questions)):
        yield SectionPlan("index", headings.index, "index", lists_pages=True)
    elif edition.questions and any(question.tags for question in guide.questions):
        yield SectionPlan("by-subject", headings.by_subject, "by-subject")


def _plan_paper(chapter: Chapter, paper: Paper) -> Iterator[SectionPlan]:
    """Yield the sections of a book of an exam; all of its questions are in the chapter."""
    if paper.kind == "questions":
        yield SectionPlan("exam-front", chapter.title, "exam-front", chapter)
        yield SectionPlan(f"chapter-{chapter.id}", chapter.title, "chapter", chapter)
    elif paper.kind == "sheet":
        yield SectionPlan("answer-sheet", chapter.title, "answer-sheet", chapter)
    else:
        yield SectionPlan(f"answers-{chapter.id}", chapter.title, "key", chapter)


def plan_cards(guide: Guide, edition: Edition, faces: Iterable[str]) -> Iterator[SectionPlan]:
    """Yield the sections of a deck of cards: the templates of their faces, and the questions or the terms of each chapter."""
    yield from (SectionPlan(face, guide.config.title, face, listed=False) for face in faces)
    for chapter in guide.chapters:
        if chapter.questions or (chapter.terms and edition.options.has_term_cards):
            shown = shuffle_questions(chapter, edition.seed)
            yield SectionPlan(f"chapter-{chapter.id}", chapter.title, "cards", shown)


def plan_cover(guide: Guide) -> SectionPlan:
    """Return the section of the cover."""
    return SectionPlan("cover", guide.config.title, "cover", listed=False)


def _plan_key(chapter: Chapter, locale: Locale) -> SectionPlan:
    title = locale.headings.answers_to_chapter.format(number=chapter.number, title=chapter.title)
    return SectionPlan(f"answers-{chapter.id}", title, "key", chapter)


def list_answering_parts(guide: Guide, edition: Edition) -> tuple[str, ...]:
    """Return the names of the parts that answer a question: those in the key, or below the question."""
    places = place_parts(guide, edition)
    return places["key"] or places["inline"]


def has_answer(question: Question, names: tuple[str, ...]) -> bool:
    """Return True if a question has a part of one of these names, or an answer that the program itself writes."""
    owners: tuple[Question | Subquestion, ...] = (question, *question.subquestions)
    has_reason = any(choice.reason for choice in question.choices)
    return question.has_key or has_reason or any(each.pick(names) for each in owners)


def keep_answered(chapter: Chapter, names: tuple[str, ...]) -> Chapter:
    """Return the chapter with the questions that have an answer; the chapter itself if all have one."""
    answered = tuple(each for each in chapter.questions if has_answer(each, names))
    return chapter if len(answered) == len(chapter.questions) else replace(chapter, questions=answered)


def place_parts(guide: Guide, edition: Edition) -> dict[str, tuple[str, ...]]:
    """Return the names of the parts that stand beside the ``question``, below it (``inline``), in the ``key``, in a
    ``popup``, and as what an interviewer asks next (``probing``)."""
    places = _place_answers(guide, edition)
    probing = tuple(
        name for name in _PROBING if edition.has_sheets and any(part.name == name for part in guide.config.parts)
    )
    left = {place: tuple(name for name in names if name not in probing) for place, names in places.items()}
    return {**left, "probing": probing}


def _place_answers(guide: Guide, edition: Edition) -> dict[str, tuple[str, ...]]:
    """Return the names of the parts of each place, those that an interviewer asks among them."""
    parts: tuple[Part, ...] = guide.config.parts
    names = {place: tuple(part.name for part in parts if part.place == place) for place in ("question", "key")}
    beside = edition.with_question if edition.with_question is not None else names["question"]
    in_key = edition.in_key if edition.in_key is not None else names["key"]
    if edition.key == "inline":
        return {"question": beside, "inline": in_key, "key": (), "popup": ()}
    if not (edition.options.answers_pop_up and edition.questions):
        return {"question": beside, "inline": (), "key": in_key, "popup": ()}
    available = beside if edition.key == "none" else (*beside, *in_key)
    popup = tuple(name for name in ("hint", "answer") if name in available)
    return {
        "question": tuple(name for name in beside if name not in popup),
        "inline": (),
        "key": in_key,
        "popup": popup,
    }


def make_entries(guide: Guide, chapter: Chapter) -> Iterator[Entry]:
    """Yield, for each question of the chapter, where it and everything that gives its answer away are to be found."""
    answering = [part.name for part in guide.config.parts if part.place == "key"]
    for question in chapter.questions:
        places = {part.name: part.place for part in reversed(question.parts) if part.text}
        yield Entry(
            number=question.number,
            question=question.id,
            answers=(f"answer-{question.id}", *(f"{question.id}.{name}" for name in answering)),
            place=question.place,
            answer_place=next((places[name] for name in ("answer", *answering) if name in places), question.place),
        )


class _Tagged(Protocol):
    """A question, or what a list says of one."""

    @property
    def tags(self) -> tuple[str, ...]: ...


AnyQuestion = TypeVar("AnyQuestion", bound=_Tagged)


def group_by_tag(questions: Iterable[AnyQuestion], index: Index) -> dict[str, tuple[AnyQuestion, ...]]:
    """Return the questions of each tag, the tags in the order of the language’s index."""
    found: dict[str, list[AnyQuestion]] = defaultdict(list)
    for question in questions:
        for tag in question.tags:
            found[tag].append(question)
    return {tag: tuple(found[tag]) for tag in sorted(found, key=lambda tag: make_sort_key(tag, index))}
