"""Draw the questions of an exam: Guide, Edition → Questions, always the same for the same seed."""

import hashlib
from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import NamedTuple

from studyguide.model import Exam, Guide, Question, Take

Unit = tuple[Question, ...]
"""Questions that share a stem, or one question: they are asked together."""


class Draw(NamedTuple):
    """The questions that one ``Take`` gets."""

    take: Take
    questions: tuple[Question, ...]
    available: int
    """The number of questions that meet its conditions, and are not taken before."""


def draw_questions(guide: Guide, exam: Exam, seed: int) -> tuple[Draw, ...]:
    """Return the questions of each ``Take`` of an exam; ``guide`` has the questions that the edition may take.

    Questions that a ``Take`` names are for it alone. Those of a shared stem are taken together, or not at all. Who has fewer questions
    to choose from chooses first, and who takes all that are left comes last.
    """
    named = {name for take in exam.take for name in take.questions}
    taken: set[str] = set()
    draws: dict[int, Draw] = {}

    def count_rivals(place: int) -> tuple[bool, int]:
        take = exam.take[place]
        return take.count is None, len(_list_fitting(guide, take, named))

    for place in sorted(range(len(exam.take)), key=count_rivals):
        take = exam.take[place]
        fitting = _list_fitting(guide, take, named | taken)
        units = divide_units(fitting)
        wanted = len(fitting) if take.count is None else take.count
        chosen = _fill(sorted(units, key=lambda unit: order_by(seed, "draw", unit[0].id)), wanted)
        found = tuple(question for unit in chosen for question in unit)
        taken |= {question.id for question in found}
        draws[place] = Draw(take, found, len(fitting))
    return tuple(draws[place] for place in range(len(exam.take)))


def order_by(*facts: object) -> bytes:
    """Return a key that puts things in an order that depends on all of these facts, and on nothing else."""
    return hashlib.sha256(" ".join(map(str, facts)).encode()).digest()


def divide_units(questions: Iterable[Question]) -> list[Unit]:
    """Return questions in the units that are asked together; those of a unit follow each other."""
    return [tuple(group) for _, group in groupby(questions, _name_unit)]


def _name_unit(question: Question) -> tuple[str, str]:
    return (question.shared, "") if question.shared else ("", question.id)


def _list_fitting(guide: Guide, take: Take, others: set[str]) -> list[Question]:
    """Return the questions that a ``Take`` may get, in the order of the guide; ``others`` are named, or taken before."""
    named = frozenset(take.questions)
    return [
        question
        for chapter in guide.chapters
        for question in chapter.questions
        if (question.id in named if named else question.id not in others)
        and take.chapter in ("", chapter.id)
        and take.difficulty in ("", question.difficulty)
        and (not take.tag or take.tag in question.tags)
    ]


def _fill(units: Sequence[Unit], wanted: int) -> list[Unit]:
    """Return the first units that are ``wanted`` questions together; if there are none, as many of the first as fit."""
    wanted = max(0, min(wanted, sum(map(len, units))))
    limit = (1 << (wanted + 1)) - 1
    sums = [1]  # bit n: units from here to the end can be n questions together
    for unit in reversed(units):
        sums.append((sums[-1] | sums[-1] << len(unit)) & limit)
    sums.reverse()
    if not sums[0] >> wanted & 1:
        wanted = sums[0].bit_length() - 1
    chosen = []
    for unit, rest in zip(units, sums[1:], strict=True):
        if len(unit) <= wanted and rest >> (wanted - len(unit)) & 1:
            chosen.append(unit)
            wanted -= len(unit)
    return chosen
