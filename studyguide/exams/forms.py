"""Put an exam in the order of a form: Guide, Paper → Guide of one chapter, with numbers, letters and marks."""

import re
from collections.abc import Sequence
from dataclasses import replace

from studyguide.exams.draw import divide_units, draw_questions, order_by
from studyguide.kinds.choices import is_true_or_false
from studyguide.kinds.shuffle import LETTERS
from studyguide.locale import Locale, load_locale
from studyguide.model import NOWHERE, Chapter, Choice, Config, Edition, Guide, Paper, Question
from studyguide.store import digest
from studyguide.text import strip_markdown

_NAMES_LETTERS = re.compile(r"\b[A-Z]\b\W+(?:\w+\W+)?\b[A-Z]\b")
"""Two letters with a word between them: an option that speaks of others, such as `A and C`."""
CHAPTER = "exam"
"""The identifier of the only chapter of an exam."""


def make_form(guide: Guide, edition: Edition, paper: Paper) -> Guide:
    """Return the guide with one chapter: the questions of the paper's form. ``guide`` has those that the edition may take."""
    seed = edition.seed or 0
    draws = draw_questions(guide, paper.exam, seed)
    taken = {question.id for draw in draws for question in draw.questions}
    units = divide_units(question for question in guide.questions if question.id in taken)
    if paper.form:
        units.sort(key=lambda unit: order_by(seed, paper.form, unit[0].id))
    questions = tuple(
        _ask_in_form(question, f"{seed} {paper.form}" if paper.form else "", number, paper, guide.config)
        for number, question in enumerate((each for unit in units for each in unit), 1)
    )
    sources = [chapter for chapter in guide.chapters if any(each.id in taken for each in chapter.questions)]
    stems = {question.shared for question in questions}
    chapter = Chapter(
        id=CHAPTER,
        place=sources[0].place if sources else NOWHERE,
        title=edition.title,
        summary=guide.config.title,
        questions=questions,
        divisions=tuple(each for source in sources for each in source.divisions if each.count and each.id in stems),
        key=digest(guide.config.title, *(source.key or repr(source) for source in sources)),
    )
    return replace(guide, chapters=(chapter,))


def _ask_in_form(question: Question, form: str, number: int, paper: Paper, config: Config) -> Question:
    """Return a question as the form asks it: without its difficulty, which is no part of an exam."""
    locale = load_locale(question.lang or config.language, config.language, config.own_words)
    return replace(
        question,
        number=str(number),
        form=form,
        section="",
        difficulty="",
        choices=_shuffle_choices(question, form, locale) if form else question.choices,
        marks=count_marks(question, paper.exam.marks_each),
    )


def count_marks(question: Question, marks_each: int) -> int:
    """Return the marks of a question: its own, or those of its sub-questions together, or ``marks_each``."""
    if question.marks is not None:
        return question.marks
    inner = [each.marks for each in question.subquestions if each.marks is not None]
    return sum(inner) if inner else marks_each


def _shuffle_choices(question: Question, form: str, locale: Locale) -> tuple[Choice, ...]:
    """Return the options in the order of a form, with new letters.

    An option such as "none of these" stays last. Where one speaks of the letters of others, or all are true and false, no option moves.
    """
    choices = question.choices
    texts = [strip_markdown(choice.text.markdown) for choice in choices]
    if is_true_or_false(choices, locale.labels.true_or_false) or any(map(_NAMES_LETTERS.search, texts)):
        return choices
    is_last = [_stays_last(text, locale.exam.last_options) for text in texts]
    moving = [choice for choice, stays in zip(choices, is_last, strict=True) if not stays]
    staying = [choice for choice, stays in zip(choices, is_last, strict=True) if stays]
    order = sorted(range(len(moving)), key=lambda place: order_by(form, question.id, place))
    shuffled = (*(moving[place] for place in order), *staying)
    return tuple(replace(choice, letter=letter) for letter, choice in zip(LETTERS, shuffled, strict=False))


def _stays_last(text: str, beginnings: Sequence[str]) -> bool:
    """Return True for an option that speaks of all others, such as "none of these"."""
    return text.casefold().startswith(tuple(each.casefold() for each in beginnings))
