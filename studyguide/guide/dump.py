"""Guide → plain data for JSON, its texts as Markdown: for other programs, and to see what was understood."""

from collections.abc import Iterable
from typing import Any

from studyguide.model import Chapter, Guide, Question
from studyguide.text import strip_markdown


def dump_guide(guide: Guide, reports: Iterable[Any] = ()) -> dict[str, Any]:
    """Return the guide as dicts, lists and strings.

    ``reports`` are those of the importers on a converted guide: their notes, with kind, line and text, on what it lost on purpose
    and on what may be read otherwise, and the evidence for each form of its questions.
    """
    reports = tuple(reports)
    return {
        "title": guide.config.title,
        "chapters": [_dump_chapter(chapter) for chapter in guide.chapters],
        "left_out": [_dump_note(note) for report in reports for note in report.left_out],
        "doubts": [_dump_note(note) for report in reports for note in report.doubts],
        "evidence": [
            {
                "family": each.family,
                "form": each.form,
                "questions": each.chosen,
                "terms": {name: round(value, 2) for name, value in each.terms},
            }
            for report in reports
            for each in report.evidence
        ],
    }


def _dump_note(note: Any) -> dict[str, Any]:
    return {"kind": note.kind, "line": note.line, "text": note.text}


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
