"""Write questions in GIFT, a text of Moodle's quizzes: Exercises → text.

// [id:capital] [tag:easy]
::The capital of France is ______.::[html]<p>The capital of France is {=Paris =City of Light}.</p>
"""

import re
from collections.abc import Iterator, Mapping, Sequence

from studyguide.exchange.formats import Export, Format, describe_obstacle
from studyguide.exchange.markup import write_feedback
from studyguide.exchange.moodle_text import (
    divide_worth,
    strip_line,
    write_blocks,
    write_tex,
    write_words,
)
from studyguide.exercises import GAP, Exercise, Gap
from studyguide.model import Asset

_SIGN = re.compile(r"[\\~=#{}:]")
_SIGN_OF_ITEM = re.compile(r"[\\~={}]")
"""Without those that entities are made of; GIFT has none in an item."""
_MAX_GAPS = 1


def _write(exercises: Sequence[Exercise], title: str, assets: Mapping[str, Asset]) -> Export:
    """Return the file, each chapter and section a category."""
    blocks = write_blocks(
        exercises,
        title,
        write_category_block=lambda category: f"$CATEGORY: {category}",
        describe_obstacle=_describe_obstacle,
        list_lost=_list_lost,
        write_exercise=_write_exercise,
    )
    return Export(("\n\n".join(blocks.texts) + "\n").encode(), blocks.count, blocks.losses)


def _describe_obstacle(exercise: Exercise) -> str:
    if len(exercise.gaps) > _MAX_GAPS:
        return "GIFT has no questions with several blanks; Moodle XML has"
    if any("->" in answer.text for gap in exercise.gaps for answer in gap.answers):
        return "GIFT takes the `->` in its answer for the sign of a pair"
    return describe_obstacle(exercise)


def _list_lost(exercise: Exercise) -> Iterator[str]:
    if exercise.marks not in (None, 1):
        yield "its marks"
    if exercise.kind == "ordering" and exercise.parts:
        yield from (part.label for part in exercise.parts)
    if exercise.kind == "ordering" and any("\n" in item for item in exercise.items):
        yield "the lines of its items"
    if any("<" in partner for _, partner in exercise.pairs):
        yield "the look of its second column"


def _write_exercise(exercise: Exercise) -> str:
    labels = [f"[id:{exercise.id}]", *(f"[tag:{strip_line(tag)}]" for tag in exercise.tags)]
    answer = "{" + _write_answer(exercise) + "}"
    before, found, after = exercise.text.partition(GAP)
    text = f"{_escape(before)}{answer}{_escape(after)}" if found else f"{_escape(before)}{answer}"
    return f"// {' '.join(labels)}\n::{_escape(exercise.title)}::[html]{text}"


def _write_answer(exercise: Exercise) -> str:
    """Return what stands between the braces."""
    feedback = f"####{_escape(write_feedback(exercise.parts))}" if exercise.parts else ""
    match exercise.kind:
        case "ordering":
            items = "\n".join(map(_encode, exercise.items))
            return f">{len(exercise.items)} ALL VERTICAL ABSOLUTE_POSITION\n{items}\n"
        case "truth":
            body = _write_truth(exercise)
        case "choice":
            body = "\n" + "\n".join(_write_options(exercise)) + "\n"
        case "matching":
            pairs = [f"={_escape(text)} -> {_escape(write_words(partner))}" for text, partner in exercise.pairs]
            body = "\n" + "\n".join(pairs) + "\n"
        case "blanks":
            body = _write_gap(exercise.gaps[0])
        case _:
            body = ""
    return body + feedback


def _write_truth(exercise: Exercise) -> str:
    """Return ``TRUE`` or ``FALSE`` with the reasons: that of the wrong statement comes first."""
    is_true = exercise.options[0].is_right
    right, wrong = exercise.options if is_true else exercise.options[::-1]
    reasons = f"#{_escape(wrong.reason)}#{_escape(right.reason)}" if right.reason or wrong.reason else ""
    return f"{'TRUE' if is_true else 'FALSE'}{reasons}"


def _write_options(exercise: Exercise) -> Iterator[str]:
    right = sum(option.is_right for option in exercise.options)
    wrong = len(exercise.options) - right
    for option in exercise.options:
        sign = "=" if option.is_right else "~"
        if right > 1:
            sign = f"~%{divide_worth(right)}%" if option.is_right else f"~%-{divide_worth(wrong)}%"
        reason = f"#{_escape(option.reason)}" if option.reason else ""
        yield f"{sign}{_escape(option.text)}{reason}"


def _write_gap(gap: Gap) -> str:
    if not gap.is_number:
        return " ".join(f"={_escape(answer.text)}" for answer in gap.answers)
    numbers = [f"{answer.text}:{answer.tolerance}" for answer in gap.answers]
    return f"#{numbers[0]}" if len(numbers) == 1 else "#" + " ".join(f"={number}" for number in numbers)


def _encode(item: str) -> str:
    """Return an item on one line. Moodle's plugin knows no backslashes, so a sign of GIFT is an entity of HTML."""
    return _SIGN_OF_ITEM.sub(lambda sign: f"&#{ord(sign[0])};", strip_line(item))


def _escape(text: str) -> str:
    """Return a text on one line, with what would be a sign of GIFT escaped."""
    return _SIGN.sub(lambda sign: f"\\{sign[0]}", text).replace("\n", "\\n")


FORMAT = Format("gift", "GIFT", ".gift", write_tex, None, True, _write)
