"""Guide, Edition → Guide: the questions and chapters of an edition, numbered as in every other edition."""

import hashlib
from dataclasses import replace

from studyguide.model import Chapter, Edition, Guide, Question


def select_questions(guide: Guide, edition: Edition) -> Guide:
    """Return the guide without the questions that the edition leaves out and the chapters that this leaves empty."""
    is_selective = edition.chapters or edition.difficulties or edition.tags or edition.without
    selected = (
        replace(chapter, questions=tuple(each for each in chapter.questions if _is_selected(each, chapter, edition)))
        if is_selective
        else chapter
        for chapter in guide.chapters
    )
    kept = tuple(each for each in selected if each.questions or _belongs_without_questions(each, edition))
    return replace(guide, chapters=kept)


def _belongs_without_questions(chapter: Chapter, edition: Edition) -> bool:
    """Return True if the edition includes this chapter although it has no questions: prose or a glossary."""
    return chapter.kind != "questions" and chapter.id not in edition.without


def _is_selected(question: Question, chapter: Chapter, edition: Edition) -> bool:
    return (
        (not edition.chapters or not {chapter.id, question.section}.isdisjoint(edition.chapters))
        and (not edition.difficulties or question.difficulty in edition.difficulties)
        and (not edition.tags or not set(edition.tags).isdisjoint(question.tags))
        and set(edition.without).isdisjoint({chapter.id, question.section, question.difficulty, *question.tags})
    )


def shuffle_questions(chapter: Chapter, seed: int | None) -> Chapter:
    """Return the chapter with the questions of each section in the order of the seed; without a seed, the chapter itself.

    The order depends on each identifier alone, so a new question moves no other. Questions that share a stem stay together.
    """
    if seed is None:
        return chapter
    sections = {name: place for place, name in enumerate(dict.fromkeys(each.section for each in chapter.questions))}

    def order(question: Question) -> tuple[int, str]:
        name = question.shared or question.id
        return sections[question.section], hashlib.sha256(f"{seed} {name}".encode()).hexdigest()

    return replace(chapter, questions=tuple(sorted(chapter.questions, key=order)))
