"""Write questions as Moodle XML: Exercises → XML. Moodle's page `Moodle XML format` describes it."""

import base64
import re
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from urllib.parse import quote

from studyguide.exchange.formats import Export, Format, describe_obstacle
from studyguide.exchange.markup import write_feedback
from studyguide.exchange.moodle_text import (
    divide_worth,
    show_gap,
    write_blocks,
    write_tex,
    write_words,
)
from studyguide.exercises import GAP, Exercise, Gap, GapAnswer
from studyguide.model import Asset

_TYPES = {
    "choice": "multichoice",
    "truth": "truefalse",
    "matching": "matching",
    "ordering": "ordering",
    "open": "essay",
}
_PENALTY = "0.3333333"
_CLOZE_SIGN = re.compile(r"[\\~=#{}/\"]")
_ESSAY = {
    "responseformat": "editor",
    "responserequired": "1",
    "responsefieldlines": "15",
    "attachments": "0",
    "attachmentsrequired": "0",
}


def _write(exercises: Sequence[Exercise], title: str, assets: Mapping[str, Asset]) -> Export:
    blocks = write_blocks(
        exercises,
        title,
        write_category_block=_write_category_block,
        describe_obstacle=describe_obstacle,
        list_lost=lambda exercise: _list_lost(exercise, assets),
        write_exercise=lambda exercise: "\n".join(_write_exercise(exercise, assets)),
    )
    document = "\n\n".join(['<?xml version="1.0" encoding="UTF-8"?>\n<quiz>', *blocks.texts, "</quiz>\n"])
    return Export(document.encode(), blocks.count, blocks.losses)


def _write_category_block(category: str) -> str:
    return f'<question type="category">\n{_write_text("category", category)}\n</question>'


def _list_lost(exercise: Exercise, assets: Mapping[str, Asset]) -> Iterator[str]:
    if len(exercise.gaps) > 1 and exercise.marks not in (None, len(exercise.gaps)):
        yield "its marks, since each blank counts one"
    if any("<" in partner for _, partner in exercise.pairs):
        yield "the look of its second column"
    yield from (f"the picture `{path}`" for path in exercise.pictures if path not in assets)


def _write_exercise(exercise: Exercise, assets: Mapping[str, Asset]) -> Iterator[str]:
    """Yield the lines of a question."""
    hints = [part for part in exercise.parts if part.name == "hint"]
    others = [part for part in exercise.parts if part.name != "hint"]
    is_cloze = len(exercise.gaps) > 1
    kind = "cloze" if is_cloze else _name_gap_type(exercise.gaps[0]) if exercise.gaps else _TYPES[exercise.kind]
    text = _write_cloze(exercise) if is_cloze else show_gap(exercise.text)
    yield f'<question type="{kind}">'
    yield _write_text("name", exercise.title)
    yield _write_html("questiontext", text, assets, exercise.pictures)
    yield _write_html("generalfeedback", write_feedback(others), assets, exercise.pictures)
    if not is_cloze:
        yield f"<defaultgrade>{1 if exercise.marks is None else exercise.marks}</defaultgrade>"
    yield f"<penalty>{_PENALTY}</penalty>"
    yield "<hidden>0</hidden>"
    yield f"<idnumber>{escape(exercise.id)}</idnumber>"
    if not is_cloze:
        yield from _write_answers(exercise, assets)
    yield from (_write_html("hint", hint.text, assets, exercise.pictures) for hint in hints)
    if exercise.tags:
        yield f"<tags>{''.join(_write_text('tag', tag) for tag in exercise.tags)}</tags>"
    yield "</question>"


def _name_gap_type(gap: Gap) -> str:
    return "numerical" if gap.is_number else "shortanswer"


def _write_answers(exercise: Exercise, assets: Mapping[str, Asset]) -> Iterator[str]:
    """Yield what a question has of its type."""
    pictures = exercise.pictures
    match exercise.kind:
        case "choice":
            yield f"<single>{'false' if exercise.has_several_right else 'true'}</single>"
            yield "<shuffleanswers>true</shuffleanswers>"
            yield "<answernumbering>ABCD</answernumbering>"
            right = sum(option.is_right for option in exercise.options)
            wrong = len(exercise.options) - right
            for option in exercise.options:
                worth = divide_worth(right) if option.is_right else f"-{divide_worth(wrong)}" if right > 1 else "0"
                yield _write_answer(worth, option.text, option.reason, assets, pictures)
        case "truth":
            for option, word in zip(exercise.options, ("true", "false"), strict=True):
                yield _write_answer("100" if option.is_right else "0", word, option.reason, assets, pictures)
        case "matching":
            yield "<shuffleanswers>true</shuffleanswers>"
            for text, partner in exercise.pairs:
                inside = _write_inside(text, assets, pictures)
                answer = _write_text("answer", write_words(partner))
                yield f'<subquestion format="html">\n{inside}\n{answer}\n</subquestion>'
        case "ordering":
            yield "<layouttype>VERTICAL</layouttype>"
            yield "<selecttype>ALL</selecttype>"
            yield f"<selectcount>{len(exercise.items)}</selectcount>"
            yield "<gradingtype>ABSOLUTE_POSITION</gradingtype>"
            for number, item in enumerate(exercise.items, 1):
                yield _write_answer(str(number), item, "", assets, pictures)
        case "blanks":
            yield from _write_gap_answers(exercise.gaps[0])
        case _:
            yield from (f"<{name}>{value}</{name}>" for name, value in _ESSAY.items())
            yield _write_html("graderinfo", "", assets, ())
            yield _write_html("responsetemplate", "", assets, ())


def _write_gap_answers(gap: Gap) -> Iterator[str]:
    if not gap.is_number:
        yield "<usecase>0</usecase>"
    for answer in gap.answers:
        text = f"<text>{escape(answer.text, quote=False)}</text>"
        tolerance = f"\n<tolerance>{answer.tolerance}</tolerance>" if gap.is_number else ""
        yield f'<answer fraction="100" format="moodle_auto_format">\n{text}{tolerance}\n</answer>'


def _write_cloze(exercise: Exercise) -> str:
    """Return the text with the answers in its gaps, in Moodle's notation."""
    first, *others = exercise.text.split(GAP)
    return first + "".join(f"{_write_cloze_gap(gap)}{after}" for gap, after in zip(exercise.gaps, others, strict=True))


def _write_cloze_gap(gap: Gap) -> str:
    def write_answer(answer: GapAnswer) -> str:
        text = escape(_CLOZE_SIGN.sub(lambda sign: f"\\{sign[0]}", answer.text), quote=False)
        return f"={text}:{answer.tolerance}" if gap.is_number else f"={text}"

    return f"{{1:{'NUMERICAL' if gap.is_number else 'SHORTANSWER'}:{'~'.join(map(write_answer, gap.answers))}}}"


def _write_answer(worth: str, text: str, feedback: str, assets: Mapping[str, Asset], pictures: Sequence[str]) -> str:
    inside = _write_inside(text, assets, pictures)
    return (
        f'<answer fraction="{worth}" format="html">\n{inside}\n'
        f"{_write_html('feedback', feedback, assets, pictures)}\n</answer>"
    )


def _write_text(tag: str, text: str) -> str:
    return f"<{tag}><text>{escape(text, quote=False)}</text></{tag}>"


def _write_html(tag: str, markup: str, assets: Mapping[str, Asset], pictures: Sequence[str]) -> str:
    return f'<{tag} format="html">\n{_write_inside(markup, assets, pictures)}\n</{tag}>'


def _write_inside(markup: str, assets: Mapping[str, Asset], pictures: Sequence[str]) -> str:
    """Return a text, and the files of the pictures that it shows."""
    pieces = [f"<text>{escape(markup, quote=False)}</text>"]
    for path in pictures:
        if path in assets and f'"{escape(_write_address(path))}"' in markup:
            data = base64.b64encode(assets[path].data).decode()
            pieces.append(f'<file name="{escape(_name_file(path))}" path="/" encoding="base64">{data}</file>')
    return "\n".join(pieces)


def _name_file(path: str) -> str:
    return path.replace("/", "-")


def _write_address(path: str) -> str:
    return f"@@PLUGINFILE@@/{quote(_name_file(path))}"


FORMAT = Format("moodle-xml", "Moodle XML", ".xml", write_tex, _write_address, True, _write)
