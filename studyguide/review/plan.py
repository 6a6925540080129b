"""Say which questions are new and which are looked at again on which day: questions → ReviewDays."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Generic, NamedTuple, Protocol, TypeVar


class _Numbered(Protocol):
    """A question, or what a list says of one."""

    @property
    def id(self) -> str: ...
    @property
    def number(self) -> str: ...


AnyQuestion = TypeVar("AnyQuestion", bound=_Numbered)


class Run(NamedTuple, Generic[AnyQuestion]):
    """Questions whose numbers follow each other."""

    first: AnyQuestion
    last: AnyQuestion

    @property
    def numbers(self) -> str:
        """``4.1–4.7``, or ``4.1`` for a single question."""
        ends = dict.fromkeys((self.first.number, self.last.number))
        return "–".join(ends)


class ReviewDay(NamedTuple, Generic[AnyQuestion]):
    """The questions of a day."""

    day: int
    """Counted from 1."""
    new: tuple[Run[AnyQuestion], ...]
    again: tuple[Run[AnyQuestion], ...]


def plan_reviews(
    questions: Sequence[AnyQuestion], intervals: Iterable[int], per_day: int
) -> Iterator[ReviewDay[AnyQuestion]]:
    """Yield the days on which there is something to do.

    On each of the first days ``per_day`` questions are new, and they come again after each of the ``intervals``, in days.
    """
    waits = sorted({each for each in intervals if each > 0})
    new: dict[int, Sequence[AnyQuestion]] = {}
    again: dict[int, list[AnyQuestion]] = defaultdict(list)
    for day, start in enumerate(range(0, len(questions), per_day), 1):
        new[day] = questions[start : start + per_day]
        for wait in waits:
            again[day + wait] += new[day]
    for day in sorted({*new, *again}):
        yield ReviewDay(day, tuple(_find_runs(new.get(day, ()))), tuple(_find_runs(again[day])))


def _find_runs(questions: Iterable[AnyQuestion]) -> Iterator[Run[AnyQuestion]]:
    """Yield the questions as runs; one ends where a chapter does, and before a number that the edition leaves out."""
    run: Run[AnyQuestion] | None = None
    for question in questions:
        if run and _find_place(question) == _find_next_place(run.last):
            run = run._replace(last=question)
            continue
        if run:
            yield run
        run = Run(question, question)
    if run:
        yield run


def _find_place(question: _Numbered) -> tuple[str, int]:
    """Return the number of the question's chapter, and its place there."""
    chapter, _, place = question.number.rpartition(".")
    return chapter, int(place)


def _find_next_place(question: _Numbered) -> tuple[str, int]:
    chapter, place = _find_place(question)
    return chapter, place + 1
