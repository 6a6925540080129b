"""Find questions, or answers, that are nearly the same: Project, Guide → Problems."""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, islice

from studyguide.model import Guide, Passage, Project, Question
from studyguide.problems import Problem
from studyguide.text import split_words, strip_markdown

_MIN_SIMILARITY = 0.75
"""Shared part of all words of two texts, by weight, from which they are twins."""
_MAX_COMPARISONS = 300
"""The most comparisons of one text with others, those that share its rarest words first; guides of real words need a few dozen."""
_MIN_QUESTION_WORDS = 3  # different ones
_MIN_ANSWER_WORDS = 8  # different ones: `Yes, always` is not a twin


def near_twins(project: Project, guide: Guide) -> Iterator[Problem]:
    """A reader who has learnt one of two similar questions has learnt the other; one is a mistake, or too much."""
    asked = [(question, _find_question_words(question)) for question in guide.questions]
    is_answered = [
        (question, split_words(part.text.markdown))
        for question in guide.questions
        for part in question.pick(("answer",))
    ]
    reported = set()
    for kind, texts, min_words in (
        ("question", asked, _MIN_QUESTION_WORDS),
        ("answer", is_answered, _MIN_ANSWER_WORDS),
    ):
        for question, other in _find_twins([each for each in texts if len(set(each[1])) >= min_words]):
            if question.id not in reported:
                reported.add(question.id)
                of = "" if kind == "question" else "that of "
                found = f"this {kind} is nearly {of}`{strip_markdown(other.title.markdown)}`, {other.place}"
                yield Problem(question.place, "near-twins", found, "take one of them out, or say how they differ")


def _find_question_words(question: Question) -> tuple[str, ...]:
    passages: tuple[Passage, ...] = (question.title, question.stem, *(choice.text for choice in question.choices))
    return split_words("\n".join(passage.markdown for passage in passages))


@dataclass(frozen=True, slots=True)
class _Text:
    """The different words of a question, or of an answer to it."""

    question: Question
    words: frozenset[str]
    weight: float
    """Sum of the weights of the words."""


def _find_twins(texts: Sequence[tuple[Question, Sequence[str]]]) -> Iterator[tuple[Question, Question]]:
    """Yield each question whose text is nearly that of an earlier one, and the earlier one.

    The weight of a word falls with the number of texts that use it. Two texts that share enough share one of the rarest words
    of each, so that only few have to be compared (prefix filtering); and none is compared with a text that is a twin itself.
    """
    sets = [(question, frozenset(words)) for question, words in texts]
    uses = Counter(word for _, words in sets for word in words)
    weights = {word: math.log(1 + len(sets) / count) for word, count in uses.items()}
    ranks = {word: rank for rank, word in enumerate(sorted(uses, key=lambda word: (uses[word], word)))}
    earlier_texts: dict[str, list[_Text]] = defaultdict(list)
    """By each of the rarest words in them."""
    for question, words in sets:
        text = _Text(question, words, sum(map(weights.__getitem__, words)))
        rarest = list(_find_rarest(words, ranks, weights, (1 - _MIN_SIMILARITY) * text.weight))
        candidates = chain.from_iterable(map(earlier_texts.__getitem__, rarest))
        if twin := _find_twin(text, islice(candidates, _MAX_COMPARISONS), weights):
            yield question, twin.question
        else:
            for word in rarest:
                earlier_texts[word].append(text)


def _find_twin(text: _Text, candidates: Iterable[_Text], weights: Mapping[str, float]) -> _Text | None:
    """Return the first candidate that is similar enough to the text."""
    compared = set()
    for other in candidates:
        lighter, heavier = sorted((text.weight, other.weight))
        if other.question.id in compared or lighter < _MIN_SIMILARITY * heavier:
            continue
        compared.add(other.question.id)
        shared = sum(map(weights.__getitem__, text.words & other.words))
        if shared >= _MIN_SIMILARITY * (text.weight + other.weight - shared):
            return other
    return None


def _find_rarest(
    words: Iterable[str], ranks: Mapping[str, int], weights: Mapping[str, float], max_weight: float
) -> Iterator[str]:
    """Yield the words from the rarest on, until those before weigh more than ``max_weight``."""
    before = 0.0
    for word in sorted(words, key=ranks.__getitem__):
        if before > max_weight:
            return
        yield word
        before += weights[word]
