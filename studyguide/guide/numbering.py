"""Turn Chapters into the Guide: numbers, and identifiers that are unique in the whole book."""

from collections.abc import Iterable
from dataclasses import replace
from itertools import count

from studyguide.model import Chapter, Config, Guide, Question
from studyguide.text import slugify


def assemble(config: Config, chapters: Iterable[Chapter]) -> Guide:
    """The chapters in their order: those with questions count from 1, and so do the questions in each."""
    chapters = tuple(chapters)
    taken = {chapter.id for chapter in chapters}
    taken |= {question.id for chapter in chapters for question in chapter.questions if question.named}
    numbers = count(1)
    numbered = tuple(
        number(chapter, str(next(numbers)), taken) if chapter.kind == "questions" else chapter for chapter in chapters
    )
    title = config.title or (numbered[0].title if numbered else "")
    return Guide(replace(config, title=title, name=config.name or slugify(title)), numbered)


def number(chapter: Chapter, mark: str, taken: set[str]) -> Chapter:
    questions = tuple(
        replace(question, id=unique(question, taken), number=f"{mark}.{place}")
        for place, question in enumerate(chapter.questions, 1)
    )
    return replace(chapter, number=mark, questions=questions)


def unique(question: Question, taken: set[str]) -> str:
    """The question's identifier; twins whose identifiers come from their text get a number each."""
    if question.named:
        return question.id
    names = (question.id, *(f"{question.id}-{copy}" for copy in range(2, len(taken) + 3)))
    name = next(each for each in names if each not in taken)
    taken.add(name)
    return name
