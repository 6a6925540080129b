"""Turn the Guide into plain data, its texts as Markdown: for other programs, and to see what was understood."""

from collections.abc import Iterable
from typing import Any

from studyguide.model import Chapter, Guide, Question
from studyguide.text import strip_markdown


def dump(guide: Guide, left_out: Iterable[Any] = ()) -> dict[str, Any]:
    """The guide; of one that was converted also what was left out of it on purpose, as notes with kind, line and text."""
    return {
        "title": guide.config.title,
        "chapters": [of_chapter(chapter) for chapter in guide.chapters],
        "left_out": [{"kind": note.kind, "line": note.line, "text": note.text} for note in left_out],
    }


def of_chapter(chapter: Chapter) -> dict[str, Any]:
    return {
        "id": chapter.id,
        "title": chapter.title,
        "summary": chapter.summary,
        "intro": chapter.text.markdown,
        "questions": [of_question(question) for question in chapter.questions],
        "definitions": chapter.definitions,
    }


def of_question(question: Question) -> dict[str, Any]:
    return {
        "id": question.id,
        "number": question.number,
        "title": strip_markdown(question.title.markdown),
        "difficulty": question.difficulty,
        "tags": list(question.tags),
        "stem": question.stem.markdown,
        "choices": [{"text": choice.text.markdown, "correct": choice.correct} for choice in question.choices],
        "parts": {section.name or section.heading: section.text.markdown for section in question.sections},
    }
