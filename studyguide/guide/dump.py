"""Guide → plain data for JSON, its texts as Markdown: for other programs, and to see what was understood."""

from collections.abc import Iterable
from typing import Any

from studyguide.model import Chapter, Guide, Question
from studyguide.text import strip_markdown


def dump_guide(guide: Guide, left_out: Iterable[Any] = ()) -> dict[str, Any]:
    """Return the guide as dicts, lists and strings.

    ``left_out`` are the importers' notes, with kind, line and text, of what a converted guide lost on purpose.
    """
    return {
        "title": guide.config.title,
        "chapters": [_dump_chapter(chapter) for chapter in guide.chapters],
        "left_out": [{"kind": note.kind, "line": note.line, "text": note.text} for note in left_out],
    }


def _dump_chapter(chapter: Chapter) -> dict[str, Any]:
    return {
        "id": chapter.id,
        "title": chapter.title,
        "summary": chapter.summary,
        "intro": chapter.text.markdown,
        "questions": [_dump_question(question) for question in chapter.questions],
        "definitions": chapter.definitions,
    }


def _dump_question(question: Question) -> dict[str, Any]:
    return {
        "id": question.id,
        "number": question.number,
        "title": strip_markdown(question.title.markdown),
        "difficulty": question.difficulty,
        "tags": list(question.tags),
        "stem": question.stem.markdown,
        "choices": [{"text": choice.text.markdown, "correct": choice.correct} for choice in question.choices],
        "kind": question.kind,
        "items": [[item.text.markdown, item.partner.markdown] for item in question.items],
        "blanks": [[answer.markdown for answer in blank.answers] for blank in question.blanks],
        "below": question.below.markdown,
        "marks": question.marks,
        "subquestions": [
            {
                "letter": each.letter,
                "title": each.title.markdown,
                "text": each.text.markdown,
                "marks": each.marks,
                "parts": {part.name or part.heading: part.text.markdown for part in each.parts},
            }
            for each in question.subquestions
        ],
        "parts": {part.name or part.heading: part.text.markdown for part in question.parts},
    }
