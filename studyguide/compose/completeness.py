"""Check that a section has all the texts that its edition promises, whatever its template does: SectionPlan, HTML → Problems."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from studyguide.compose.plan import SectionPlan
from studyguide.html_text import drop_notes
from studyguide.model import Chapter, Division, Edition, Html, Passage, Question
from studyguide.problems import Problem
from studyguide.text import list_words, quote_words

_TAG = re.compile("<[^<>]*>")


def find_missing_texts(
    plan: SectionPlan, html: str, edition: Edition, parts: Mapping[str, tuple[str, ...]]
) -> Iterator[Problem]:
    """Yield a Problem for each text of the plan's chapter that the section should have and has not.

    ``parts`` says which parts of a question stand where, as ``place_parts`` does.
    """
    words: set[str] = set()
    position = 0  # the end of the text that was found last; most texts stand in their order
    for passage in _list_expected_texts(plan, edition, parts):
        text = str(passage.html)
        start = html.find(text, position)
        if start >= 0:
            position = start + len(text)
        if start >= 0 or text in html:
            continue
        words = words or set(_list_words(html))
        if lost := [word for word in _list_words(text) if word not in words]:
            found = f"the template `{plan.role}.html` leaves {quote_words(lost)} out of the edition `{edition.name}`"
            fix = "let the template print this text"
            yield Problem(passage.place, "template-error", found, fix)


def _list_words(html: str) -> list[str]:
    return list_words(_TAG.sub(" ", html))


def _list_expected_texts(
    plan: SectionPlan, edition: Edition, parts: Mapping[str, tuple[str, ...]]
) -> Iterator[Passage]:
    """Yield the texts that a section has to have."""
    chapter = plan.chapter
    if chapter is None:
        return
    if plan.role in ("chapter", "prose", "glossary"):
        yield chapter.text
    for term in chapter.terms:
        yield from (term.title, term.meaning)
    if plan.role == "chapter":
        yield from (text for division in _list_divisions(chapter) for text in (division.title, division.text))
    if plan.role == "cards":  # a card has the text that its question shares, and no introductions
        shared = (division for division in _list_divisions(chapter) if division.count)
        yield from (text for division in shared for text in (division.title, division.text))
    for question in chapter.questions if plan.role in ("chapter", "key", "cards") else ():
        yield from _list_texts_of_question(question, plan.role, edition, parts)


def _list_texts_of_question(
    question: Question, role: str, edition: Edition, parts: Mapping[str, tuple[str, ...]]
) -> Iterator[Passage]:
    is_asked = role != "key" or not edition.questions
    has_answer = role == "key" or edition.key == "inline"
    title = question.title
    yield _drop_notes(title) if role == "key" else title
    if is_asked:
        yield from (question.stem, *(choice.text for choice in question.choices), question.below)
        yield from (each for item in question.items for each in (item.text, item.partner))
        yield from (each for subquestion in question.subquestions for each in (subquestion.title, subquestion.text))
    if has_answer:
        yield from (choice.reason for choice in question.choices)
        yield from (each for blank in question.blanks for each in blank.answers)
    names = (*(parts["question"] if is_asked else ()), *(parts["inline"] + parts["popup"] if role != "key" else ()))
    names = (*names, *parts["key" if role == "key" else "probing"])
    picked = (question.pick(names), *(each.pick(names) for each in question.subquestions))
    yield from (part.text for parts_of_one in picked for part in parts_of_one)


def _list_divisions(chapter: Chapter) -> Iterator[Division]:
    """Yield the sections and shared stems of which the chapter has a question, for an edition may leave all out."""
    named = {name for question in chapter.questions for name in (question.section, question.shared)}
    return (division for division in chapter.divisions if division.id in named)


def _drop_notes(title: Passage) -> Passage:
    """Return a title as a key has it."""
    return replace(title, html=Html(drop_notes(str(title.html))))
