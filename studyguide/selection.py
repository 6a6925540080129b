"""Guide, Edition → Guide: the questions and chapters that an edition takes, under the numbers that they have in every edition."""

import hashlib
from dataclasses import replace

from studyguide.model import Chapter, Edition, Guide, Question


def select(guide: Guide, edition: Edition) -> Guide:
    """The guide without the questions that the edition leaves out, and without the chapters that they leave empty."""
    taken = (
        replace(chapter, questions=tuple(each for each in chapter.questions if takes(edition, chapter, each)))
        for chapter in guide.chapters
    )
    return replace(guide, chapters=tuple(each for each in taken if each.questions or told(edition, each)))


def told(edition: Edition, chapter: Chapter) -> bool:
    """Whether an edition has a chapter that asks nothing."""
    return chapter.kind != "questions" and chapter.id not in edition.without


def takes(edition: Edition, chapter: Chapter, question: Question) -> bool:
    return (
        (not edition.chapters or chapter.id in edition.chapters)
        and (not edition.difficulties or question.difficulty in edition.difficulties)
        and (not edition.tags or not set(edition.tags).isdisjoint(question.tags))
        and set(edition.without).isdisjoint({chapter.id, question.difficulty, *question.tags})
    )


def shuffled(chapter: Chapter, seed: int | None) -> Chapter:
    """The chapter with its questions in the seed's order: a new question is put among the others and moves none."""

    def order(question: Question) -> str:
        return hashlib.sha256(f"{seed} {question.id}".encode()).hexdigest()

    return chapter if seed is None else replace(chapter, questions=tuple(sorted(chapter.questions, key=order)))
