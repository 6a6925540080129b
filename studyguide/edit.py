"""Find the place of an edit: a Guide before, a Guide after → the question, or the chapter, that its author has changed."""

from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain

from studyguide.model import Chapter, Guide, Passage, Question


@dataclass(frozen=True, slots=True)
class Edit:
    """The first place of a guide that differs from what was there before."""

    chapter: Chapter
    question: Question | None
    """None for an edit outside of the questions."""
    anchors: tuple[str, ...]
    """Names of places in a book, the nearest to the edit first. Not every edition has each of them."""

    def find_page(self, anchors: Mapping[str, tuple[int, ...]]) -> int | None:
        """Return the first page that has the edit, from 0, or None; ``anchors`` are those of a ``Pagination``."""
        return next((anchors[name][0] for name in self.anchors if anchors.get(name)), None)

    def __str__(self) -> str:
        """Return words for a status line: ``question 4.7``."""
        return f"question {self.question.number}" if self.question else f"chapter `{self.chapter.title}`"


def find_edit(before: Guide, after: Guide, figures: Container[str] = ()) -> Edit | None:
    """Return the first edit that tells two guides apart; None if all their texts are equal.

    ``figures`` has the paths of the figures whose files differ. A question is not edited because it has another number, or
    stands on another line.
    """
    former = {chapter.id: chapter for chapter in before.chapters}
    found = (_find_in_chapter(former.get(chapter.id), chapter, figures) for chapter in after.chapters)
    return next(filter(None, found), None)


def _find_in_chapter(before: Chapter | None, after: Chapter, figures: Container[str]) -> Edit | None:
    if before is None:
        return Edit(after, None, (after.id,))
    if before.key and before.key == after.key and not figures:
        return None  # the same text was read in the same way
    former = {question.id: _list_facts(question) for question in before.questions}
    for question in after.questions:
        if question.id not in former:
            return Edit(after, question, (question.id, f"answer-{question.id}"))
        facts = _list_facts(question)
        if changed := [name for name, value in facts.items() if former[question.id].get(name) != value]:
            return Edit(after, question, tuple(_list_anchors(question, changed[0])))
        if shown := [name for name, passage in _list_texts(question) if _shows(passage, figures)]:
            return Edit(after, question, tuple(_list_anchors(question, shown[0])))
    return _find_outside_questions(before, after, figures)


def _find_outside_questions(before: Chapter, after: Chapter, figures: Container[str]) -> Edit | None:
    """Return the edit of a term, of the text of a section, or of the chapter's own text."""
    terms = {term.id: (term.title.markdown, term.meaning.markdown) for term in before.terms}
    for term in after.terms:
        if terms.get(term.id) != (term.title.markdown, term.meaning.markdown) or _shows(term.meaning, figures):
            return Edit(after, None, (term.id, after.id))
    divisions = {each.id: (each.title.markdown, each.text.markdown) for each in before.divisions}
    for division in after.divisions:
        is_same = divisions.get(division.id) == (division.title.markdown, division.text.markdown)
        if not is_same or _shows(division.text, figures):
            return Edit(after, None, (division.id, after.id))
    if _shows(after.text, figures) or before.join_texts() != after.join_texts():
        return Edit(after, None, (after.id,))
    return None


def _shows(passage: Passage, figures: Container[str]) -> bool:
    return any(figure.path in figures for figure in passage.figures)


def _list_texts(question: Question) -> Iterator[tuple[str, Passage]]:
    """Yield the texts of a question: the name of each part, or an empty one for what asks."""
    parts = {id(part.text): part.name for part in question.all_parts}
    reasons = {id(choice.reason): "answer" for choice in question.choices}
    for passage in question.passages:
        yield parts.get(id(passage)) or reasons.get(id(passage), ""), passage


def _list_facts(question: Question) -> dict[str, object]:
    """Return all that an author types of a question, by the name of the part; an empty name for what asks."""
    found: dict[str, list[object]] = {"": [_list_marks(question)]}
    for name, passage in _list_texts(question):
        found.setdefault(name, []).append(passage.markdown)
    return dict(found)


def _list_marks(question: Question) -> tuple[object, ...]:
    choices = tuple(choice.correct for choice in question.choices)
    return question.difficulty, question.tags, question.marks, question.space, question.lang, question.kind, choices


def _list_anchors(question: Question, part: str) -> Iterable[str]:
    """Return the names of the place of a part of a question, and then of the question."""
    answer = f"answer-{question.id}"
    if not part:
        return question.id, answer
    return chain((f"{question.id}.{part}",), (answer, question.id))
