"""Chapters → Guide: numbers, and identifiers that are unique in the whole book."""

from collections.abc import Iterable
from dataclasses import replace
from itertools import count

from studyguide.model import Chapter, Config, Guide, Question
from studyguide.text import slugify


def assemble_guide(config: Config, chapters: Iterable[Chapter]) -> Guide:
    """Return the Guide of the chapters in their order.

    Chapters with questions are numbered from 1, and so are the questions in each. A title or file name that the
    configuration lacks is taken from the first chapter.
    """
    chapters = tuple(chapters)
    taken = {chapter.id for chapter in chapters}
    taken |= {question.id for chapter in chapters for question in chapter.questions if question.has_own_id}
    numbers = count(1)
    numbered = tuple(
        _number_questions(chapter, str(next(numbers)), taken) if chapter.kind == "questions" else chapter
        for chapter in chapters
    )
    title = config.title or (numbered[0].title if numbered else "")
    return Guide(replace(config, title=title, name=config.name or slugify(title)), numbered)


def _number_questions(chapter: Chapter, chapter_number: str, taken: set[str]) -> Chapter:
    """Number the chapter and its questions; adds the identifiers that it gives to ``taken``."""
    questions = tuple(
        replace(question, id=_choose_identifier(question, taken), number=f"{chapter_number}.{position}")
        for position, question in enumerate(chapter.questions, 1)
    )
    return replace(chapter, number=chapter_number, questions=questions)


def _choose_identifier(question: Question, taken: set[str]) -> str:
    """Return the author's identifier, or one made of the title: with ``-2``, ``-3`` … where another has the same."""
    if question.has_own_id:
        return question.id
    candidates = (question.id, *(f"{question.id}-{copy}" for copy in range(2, len(taken) + 3)))
    identifier = next(each for each in candidates if each not in taken)
    taken.add(identifier)
    return identifier
