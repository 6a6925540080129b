"""Checks of multiple-choice questions, one by one and over the whole book: Project, Guide → Problems."""

import math
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from studyguide.kinds.choices import is_true_or_false
from studyguide.locale import load_locale
from studyguide.model import ANSWERING_PARTS, Choice, Guide, Project, Question
from studyguide.problems import Place, Problem
from studyguide.rules.boxes import ITEM, find_box, find_glued_boxes
from studyguide.rules.markdown import blank_code_blocks
from studyguide.text import split_words, strip_markdown

_MAX_CHANCE = 1 / 500
"""Probability below which a run of right options is reported; a higher bound would accuse one random guide in a few."""
_MAX_LISTED_PLACES = 3  # in one message

SUBQUESTION_FIX = (
    "ask it as a question of its own, below `##`, or take the boxes out and write the answer below `#### Answer`"
)
_BOX_FIX = "write `- [ ] ` or `- [x] ` before each option, and before nothing else"
# An option that is an amount: a sign, digits, a unit.
_AMOUNT = re.compile(r"[^\w\s]?\s*(?P<number>\d[\d.,\s]*)(?P<unit>[^\W\d_]{1,12}|%|°C?)?\.?")


def no_correct_choice(project: Project, guide: Guide) -> Iterator[Problem]:
    """The key of a multiple-choice question names the right letter."""
    for question in guide.questions:
        if question.choices and not any(choice.correct for choice in question.choices):
            place = question.choices[0].text.place
            found, fix = "none of these options is marked as right", "write `- [x]` before the right one"
            for box in (
                each for choice in question.choices for each in find_glued_boxes(choice.text) if each.box != "[ ]"
            ):
                found, fix, place = (
                    f"the box `{box.box}` of the right option has no blank behind it",
                    box.fix,
                    box.place,
                )
            yield Problem(place, "no-correct-choice", found, fix)


def true_and_false(project: Project, guide: Guide) -> Iterator[Problem]:
    """A statement is true or false, and not both."""
    for question in guide.questions:
        language = guide.config.language
        locale = load_locale(question.lang or language, language, guide.config.own_words)
        choices = question.choices
        if is_true_or_false(choices, locale.labels.true_or_false) and all(choice.correct for choice in choices):
            words = " and ".join(f"`{choice.text.markdown}`" for choice in choices)
            found = f"{words} are both marked as right"
            yield Problem(choices[1].text.place, "true-and-false", found, "write `- [ ]` before one of them")


def unmarked_option(project: Project, guide: Guide) -> Iterator[Problem]:
    """An item without a box is no option: it has no letter, and stands in the text of another option."""
    for question in guide.questions:
        for choice in question.choices:
            lines = blank_code_blocks(choice.text.markdown).split("\n")[1:]
            glued = {each.line: each for each in find_glued_boxes(choice.text)}
            indents = choice.text.indents or [True] * len(lines)  # those of another format are not known
            for number, (line, indent) in enumerate(zip(lines, indents, strict=False), 1):
                item = ITEM.match(line)
                place = choice.text.find_place(number, 1)
                if item and item["box"]:
                    found = f"this item has a box, and stands inside the option `{choice.letter}`"
                    fix = "indent it as the other options are, or take the box out"
                    yield Problem(place, "unmarked-option", found, fix)
                elif number in glued and not indent:
                    # `no_correct_choice` reports that of the right option.
                    if glued[number].box == "[ ]" or any(each.correct for each in question.choices):
                        found = f"the box `{glued[number].box}` of this item has no blank behind it"
                        yield Problem(glued[number].place, "unmarked-option", found, glued[number].fix)
                elif item and not indent:
                    yield Problem(place, "unmarked-option", "this item among options has no box", _BOX_FIX)
        for passage in (question.stem, question.below):
            if glued_box := next(find_glued_boxes(passage), None):
                if question.is_answered or question.choices:  # else `missing_answer` reports it
                    found = f"the box `{glued_box.box}` of this item has no blank behind it"
                    yield Problem(glued_box.place, "unmarked-option", found, glued_box.fix)
            elif box := find_box(passage):
                found = "this item has a box, and is no option: not every item of its list has one, or it is not the last list"
                yield Problem(box, "unmarked-option", found, _BOX_FIX)
        for number, each in enumerate(question.subquestions):
            # `missing_answer` reports one without an answer.
            if is_subquestion_answered(question, number) and (box := find_box(each.text)):
                found = f"this item has a box, and the sub-question `({each.letter})` cannot have options"
                yield Problem(box, "unmarked-option", found, SUBQUESTION_FIX)


def is_subquestion_answered(question: Question, number: int) -> bool:
    """Return True if a question has an answer for one of its sub-questions, or one for all of them."""
    each = question.subquestions[number]
    whole = any(part.name in ANSWERING_PARTS and part.text for part in question.parts)
    return whole or bool(each.blanks) or any(part.text for part in each.parts)


def repeated_option(project: Project, guide: Guide) -> Iterator[Problem]:
    """Two options with the same text cannot be told apart: one of them cannot be right and the other wrong."""
    for question in guide.questions:
        first: dict[str, Choice] = {}
        for choice in question.choices:
            other = first.setdefault(" ".join(choice.text.markdown.split()), choice)
            if other is not choice:
                found = f"the option `{choice.letter}` says the same as `{other.letter}`"
                yield Problem(choice.text.place, "repeated-option", found, "change one of them, or take it out")
        steps: set[str] = set()
        for item in question.items if question.kind == "ordering" else ():
            step = " ".join(item.text.markdown.split())
            if step in steps:
                found = f"the step `{strip_markdown(step)}` is in the list twice, and the key has one order of the two"
                yield Problem(item.text.place, "repeated-option", found, "say how they differ, or take one out")
            steps.add(step)


def single_option(project: Project, guide: Guide) -> Iterator[Problem]:
    """A question with one option leaves nothing to choose."""
    for question in guide.questions:
        if len(question.choices) == 1 and not any(find_glued_boxes(question.choices[0].text)):
            fix = "write another option, or write the answer below `### Answer`"
            yield Problem(question.choices[0].text.place, "single-option", "the question has one option alone", fix)


def longest_option(project: Project, guide: Guide) -> Iterator[Problem]:
    """A reader who knows nothing picks the longest option, because a right one needs its conditions."""
    answers = list(_find_right_choices(guide))
    longest = [answer for answer in answers if answer.is_longest]
    if _is_unlikely(len(longest), [answer.chance for answer in answers]):
        found = f"the right option is the longest in {len(longest)} of {len(answers)} questions"
        fix = f"shorten it, or lengthen another, in some of them: {_format_places(answer.place for answer in longest)}"
        yield Problem(longest[0].place, "longest-option", found, fix)


def same_letter(project: Project, guide: Guide) -> Iterator[Problem]:
    """A reader who knows nothing picks the letter that was right before."""
    answers = list(_find_right_choices(guide))
    for position in sorted({answer.position for answer in answers}):
        possible = [answer for answer in answers if len(answer.others) >= position]
        here = [answer for answer in possible if answer.position == position]
        if _is_unlikely(len(here), [answer.chance for answer in possible]):
            found = f"the right option is `{here[0].choice.letter}` in {len(here)} of {len(possible)} questions"
            fix = f"move it in some of them: {_format_places(answer.place for answer in here)}"
            yield Problem(here[0].place, "same-letter", found, fix)


def missing_unit(project: Project, guide: Guide) -> Iterator[Problem]:
    """Among options with a unit, one without it is no possible answer."""
    for question in guide.questions:
        amounts = [
            _AMOUNT.fullmatch(strip_markdown(choice.text.markdown).replace("$", "")) for choice in question.choices
        ]
        units = [amount["unit"] for amount in amounts if amount and amount["unit"]]
        if len(units) < 2 or not all(amounts):
            continue
        for choice, amount in zip(question.choices, amounts, strict=True):
            # Zero needs no unit.
            if amount and not amount["unit"] and amount["number"].strip("0., "):
                found = f"`{strip_markdown(choice.text.markdown)}` has no unit, unlike other options"
                fix = f"write `{amount['number'].strip()} {units[0]}`, or in which unit it is"
                yield Problem(choice.text.place, "missing-unit", found, fix)


@dataclass(frozen=True, slots=True)
class _RightChoice:
    """The right option of a question that has exactly one."""

    choice: Choice
    position: int
    """Counted from 0."""
    others: tuple[Choice, ...]

    @property
    def place(self) -> Place:
        return self.choice.text.place

    @property
    def chance(self) -> float:
        """Probability that a guess is right."""
        return 1 / (len(self.others) + 1)

    @property
    def is_longest(self) -> bool:
        return _count_letters(self.choice) > max(map(_count_letters, self.others))


def _count_letters(choice: Choice) -> int:
    return sum(map(len, split_words(choice.text.markdown)))


def _find_right_choices(guide: Guide) -> Iterator[_RightChoice]:
    for question in guide.questions:
        right = [position for position, choice in enumerate(question.choices) if choice.correct]
        if len(right) == 1 and len(question.choices) > 1:
            (position,) = right
            others = (*question.choices[:position], *question.choices[position + 1 :])
            yield _RightChoice(question.choices[position], position, others)


def _is_unlikely(hits: int, chances: Sequence[float]) -> bool:
    """Return True if so many hits or more, one try for each of the chances, have a probability below _MAX_CHANCE.

    The binomial distribution with the mean of the chances stands for the exact one.
    """
    if not hits:
        return False
    count, mean = len(chances), sum(chances) / len(chances)
    logarithms = (
        math.lgamma(count + 1)
        - math.lgamma(each + 1)
        - math.lgamma(count - each + 1)
        + each * math.log(mean)
        + (count - each) * math.log(1 - mean)
        for each in range(hits, count + 1)
    )
    return sum(map(math.exp, logarithms)) < _MAX_CHANCE


def _format_places(places: Iterable[Place]) -> str:
    """List the first places, and say how many more there are."""
    every = list(places)
    first, rest = every[:_MAX_LISTED_PLACES], len(every) - _MAX_LISTED_PLACES
    return ", ".join(f"{place.path}:{place.line}" for place in first) + (f" and {rest} more" if rest > 0 else "")
