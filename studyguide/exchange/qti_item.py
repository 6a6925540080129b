"""Write one item of QTI 2.1: Exercise → XML. A right answer counts the marks of the question, each gap its share of them."""

import re
from collections.abc import Iterator, Sequence
from html import escape

from studyguide.exercises import GAP, Exercise, Gap, Option
from studyguide.html_text import TAG
from studyguide.kinds.shuffle import LETTERS

QTI = "http://www.imsglobal.org/xsd/imsqti_v2p1"
SCHEMA = (
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
    f'xsi:schemaLocation="{QTI} http://www.imsglobal.org/xsd/qti/qtiv2p1/imsqti_v2p1.xsd"'
)
_BLOCK = re.compile(r"<(?:p|div|pre|ul|ol|dl|table|blockquote|h[1-6]|hr)\b")
_SHOWN_WIDTH = 15  # characters; the same for every gap, since its length says nothing of the answer
_ESSAY_LINES = 15


def write_item(exercise: Exercise, feedback: str) -> str:
    """Return the file of a question; ``feedback`` is the HTML of what is said about it."""
    return "\n".join(
        [
            '<?xml version="1.0" encoding="UTF-8"?>',
            f'<assessmentItem xmlns="{QTI}" {SCHEMA} identifier="{exercise.id.replace(":", ".")}" '
            f'title="{escape(exercise.title)}" adaptive="false" timeDependent="false" xml:lang="{escape(exercise.language)}">',
            *_declare_responses(exercise),
            *_declare_outcomes(exercise, feedback),
            "<itemBody>",
            f"<div>{_write_text(exercise)}</div>",
            *_write_interaction(exercise),
            "</itemBody>",
            *_process_responses(exercise),
            *_write_feedback(feedback),
            "</assessmentItem>\n",
        ]
    )


def _adapt(markup: str) -> str:
    """Return HTML with the language of a text as XML states it."""
    return TAG.sub(lambda tag: tag[0].replace(' lang="', ' xml:lang="'), markup)


def _write_text(exercise: Exercise) -> str:
    """Return what is asked, with a field in each gap (7.3.1)."""
    first, *others = _adapt(exercise.text).split(GAP)
    fields = (
        f'<textEntryInteraction responseIdentifier="{_name_response(number)}" expectedLength="{_SHOWN_WIDTH}"/>{after}'
        for number, after in enumerate(others, 1)
    )
    return first + "".join(fields)


def _name_response(number: int) -> str:
    return f"RESPONSE_{number}"


# ---------------------------------------------------------------- declarations (4.3, 5)


def _declare_responses(exercise: Exercise) -> Iterator[str]:
    count = len(exercise.pairs) or len(exercise.items)
    match exercise.kind:
        case "choice" | "truth":
            right = [letter for letter, option in zip(LETTERS, exercise.options, strict=False) if option.is_right]
            yield _declare("RESPONSE", "multiple" if len(right) > 1 else "single", "identifier", right)
        case "matching":
            pairs = [f"{letter} N{number}" for number, letter in enumerate(LETTERS[:count], 1)]
            yield _declare("RESPONSE", "multiple", "directedPair", pairs)
        case "ordering":
            yield _declare("RESPONSE", "ordered", "identifier", LETTERS[:count])
        case "open" if not exercise.gaps:
            yield _declare("RESPONSE", "single", "string", ())
        case _:
            share = _share_marks(exercise)
            for number, gap in enumerate(exercise.gaps, 1):
                yield _declare_gap(_name_response(number), gap, share)


def _declare(name: str, cardinality: str, kind: str, values: Sequence[str], more: str = "") -> str:
    right = "".join(f"<value>{escape(value, quote=False)}</value>" for value in values)
    right = f"<correctResponse>{right}</correctResponse>" if right else ""
    return (
        f'<responseDeclaration identifier="{name}" cardinality="{cardinality}" baseType="{kind}">'
        f"{right}{more}</responseDeclaration>"
    )


def _declare_gap(name: str, gap: Gap, share: str) -> str:
    """Return a number with its right value, or words with all that count."""
    if gap.is_number:
        return _declare(name, "single", "float", [gap.answers[0].text])
    entries = "".join(
        f'<mapEntry mapKey="{escape(answer.text)}" mappedValue="{share}" caseSensitive="false"/>'
        for answer in gap.answers
    )
    return _declare(name, "single", "string", [gap.answers[0].text], f'<mapping defaultValue="0">{entries}</mapping>')


def _share_marks(exercise: Exercise) -> str:
    marks = 1 if exercise.marks is None else exercise.marks
    return f"{marks / max(1, len(exercise.gaps)):.4g}"


def _declare_outcomes(exercise: Exercise, feedback: str) -> Iterator[str]:
    most = "" if exercise.marks is None else f' normalMaximum="{exercise.marks}"'
    yield (
        f'<outcomeDeclaration identifier="SCORE" cardinality="single" baseType="float"{most}>'
        "<defaultValue><value>0</value></defaultValue></outcomeDeclaration>"
    )
    if _has_reasons(exercise):
        cardinality = "multiple" if exercise.has_several_right else "single"
        yield f'<outcomeDeclaration identifier="FEEDBACK" cardinality="{cardinality}" baseType="identifier"/>'
    if feedback:
        yield (
            '<outcomeDeclaration identifier="SOLUTION" cardinality="single" baseType="identifier">'
            "<defaultValue><value>solution</value></defaultValue></outcomeDeclaration>"
        )


def _has_reasons(exercise: Exercise) -> bool:
    return any(option.reason for option in exercise.options)


# ---------------------------------------------------------------- interactions (7)


def _write_interaction(exercise: Exercise) -> Iterator[str]:
    match exercise.kind:
        case "choice" | "truth":
            most = 0 if exercise.has_several_right else 1  # 0: as many as one likes
            is_shuffled = str(exercise.kind == "choice").lower()
            yield f'<choiceInteraction responseIdentifier="RESPONSE" shuffle="{is_shuffled}" maxChoices="{most}">'
            yield from map(_write_choice, LETTERS, exercise.options)
            yield "</choiceInteraction>"
        case "matching":
            count = len(exercise.pairs)
            yield f'<matchInteraction responseIdentifier="RESPONSE" shuffle="true" maxAssociations="{count}">'
            yield from _write_match_set(LETTERS, [text for text, _ in exercise.pairs])
            yield from _write_match_set(
                [f"N{number}" for number in range(1, count + 1)], [each for _, each in exercise.pairs]
            )
            yield "</matchInteraction>"
        case "ordering":
            yield '<orderInteraction responseIdentifier="RESPONSE" shuffle="true">'
            yield from (
                _write_choice(name, Option(item, is_right=True))
                for name, item in zip(LETTERS, exercise.items, strict=False)
            )
            yield "</orderInteraction>"
        case "open" if not exercise.gaps:
            yield f'<extendedTextInteraction responseIdentifier="RESPONSE" expectedLines="{_ESSAY_LINES}"/>'


def _write_choice(name: str, option: Option) -> str:
    reason = ""
    if option.reason:
        tag = "feedbackBlock" if _BLOCK.search(option.reason) else "feedbackInline"
        reason = (
            f'<{tag} outcomeIdentifier="FEEDBACK" identifier="{name}" showHide="show">{_adapt(option.reason)}</{tag}>'
        )
    return f'<simpleChoice identifier="{name}">{_adapt(option.text)}{reason}</simpleChoice>'


def _write_match_set(names: Sequence[str], texts: Sequence[str]) -> Iterator[str]:
    yield "<simpleMatchSet>"
    for name, text in zip(names, texts, strict=False):
        yield f'<simpleAssociableChoice identifier="{name}" matchMax="1">{_adapt(text)}</simpleAssociableChoice>'
    yield "</simpleMatchSet>"


# ---------------------------------------------------------------- what a response counts (8), and what is said of it (6.6)


def _process_responses(exercise: Exercise) -> Iterator[str]:
    """Yield how the score comes about; an essay is judged by a person."""
    if exercise.kind == "open" and not exercise.gaps:
        return
    yield "<responseProcessing>"
    share = _share_marks(exercise)
    for number, gap in enumerate(exercise.gaps, 1):
        name = _name_response(number)
        yield (
            _add_if(_compare_number(name, gap), share) if gap.is_number else _add(f'<mapResponse identifier="{name}"/>')
        )
    if not exercise.gaps:
        yield _add_if('<match><variable identifier="RESPONSE"/><correct identifier="RESPONSE"/></match>', share)
    if _has_reasons(exercise):
        yield '<setOutcomeValue identifier="FEEDBACK"><variable identifier="RESPONSE"/></setOutcomeValue>'
    yield "</responseProcessing>"


def _compare_number(name: str, gap: Gap) -> str:
    """Return the condition that a number is one of those of a gap."""
    conditions = [
        f'<equal toleranceMode="absolute" tolerance="{answer.tolerance}"><variable identifier="{name}"/>'
        f'<baseValue baseType="float">{answer.text}</baseValue></equal>'
        for answer in gap.answers
    ]
    return conditions[0] if len(conditions) == 1 else f"<or>{''.join(conditions)}</or>"


def _add_if(condition: str, share: str) -> str:
    value = _add(f'<baseValue baseType="float">{share}</baseValue>')
    return f"<responseCondition><responseIf>{condition}{value}</responseIf></responseCondition>"


def _add(value: str) -> str:
    return f'<setOutcomeValue identifier="SCORE"><sum><variable identifier="SCORE"/>{value}</sum></setOutcomeValue>'


def _write_feedback(feedback: str) -> Iterator[str]:
    if feedback:
        yield f'<modalFeedback outcomeIdentifier="SOLUTION" identifier="solution" showHide="show">{_adapt(feedback)}</modalFeedback>'
