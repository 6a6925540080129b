"""Checks of the kinds of question: blanks, items, marks, sub-questions, sections: Project, Guide → Problems."""

import html
import re
from collections.abc import Iterator
from unicodedata import category

from studyguide.html_text import strip_tags
from studyguide.kinds import KINDS
from studyguide.kinds.blanks import read_amount
from studyguide.model import Guide, Passage, Project, Question
from studyguide.problems import Problem
from studyguide.rules.questions import is_meant_as_question
from studyguide.text import strip_markdown

_MIN_ITEMS = 2
_BEHIND_BLANK = re.compile(r'<span class="blank">[^<]*</span>(?:<[^>]*>|\s)*([^\s<]?)')
"""The first character behind each blank of a text."""
_TOLERANCE_SIGN = re.compile(r"±|\+/?-")
_TEX = re.compile(r'data-tex="([^"]*)"')
_GAP_AS_TEX = re.compile(r"\[_{2,}\]")


def missing_items(project: Project, guide: Guide) -> Iterator[Problem]:
    """A question that asks to match or to order must have something to match or to order."""
    for question in guide.questions:
        kind = KINDS.get(question.kind)
        if kind and len(question.items) < _MIN_ITEMS:
            count = "one item" if question.items else "no items"
            found = f"the question is marked `.{question.kind}`, and has {count}"
            yield Problem(question.place, "missing-items", found, kind.remedy)


def missing_partner(project: Project, guide: Guide) -> Iterator[Problem]:
    """Every item has one partner, and no two items or partners are the same, or the key would be one of several."""
    for question in guide.questions:
        if question.kind != "matching":
            continue
        partners: dict[str, str] = {}
        items: dict[str, str] = {}
        for item in question.items:
            text, partner = strip_markdown(item.text.markdown), strip_markdown(item.partner.markdown)
            if not item.text or not item.partner:
                found = f"`{text or partner}` has nothing that it is matched with"
                yield Problem(item.text.place, "missing-partner", found, "fill both cells of its row")
                continue
            if partner in partners:
                found = f"`{text}` and `{partners[partner]}` are matched with the same words, `{partner}`"
                yield Problem(item.partner.place, "missing-partner", found, "change one of them")
            elif text in items:
                found = f"`{text}` is matched with both `{items[text]}` and `{partner}`"
                yield Problem(item.text.place, "missing-partner", found, "change one of them, or take its row out")
            partners.setdefault(partner, text)
            items.setdefault(text, partner)


def empty_blank(project: Project, guide: Guide) -> Iterator[Problem]:
    """A blank without an answer has nothing for the key."""
    for question in guide.questions:
        for blank in question.blanks:
            if not any(map(_is_seen, blank.answers)):
                fix = "write what stands there in the parentheses: `[____](Paris)`"
                yield Problem(blank.place, "empty-blank", "this blank has no answer", fix)
    for chapter in guide.chapters:
        asked = {id(passage) for question in chapter.questions for passage in question.asked_passages}
        for passage in chapter.passages:
            for blank in passage.blanks if id(passage) not in asked else ():
                found = "this blank stands where nothing is asked, and no key gives its answer"
                yield Problem(blank.place, "empty-blank", found, "move it into the text of a question")
            yield from _find_gaps_in_formulas(passage)


def _is_seen(answer: Passage) -> bool:
    """Return True for an answer that shows something: a drawing, or a character that is neither a space nor a control, and no gap."""
    text = html.unescape(strip_tags(str(answer.html)))
    return not answer.blanks and (
        "<svg" in answer.html or "<img" in answer.html or any(category(each)[0] not in "CZ" for each in text)
    )


def _find_gaps_in_formulas(passage: Passage) -> Iterator[Problem]:
    """Yield a Problem for each formula with a gap, which would be set as brackets."""
    for latex in _TEX.findall(str(passage.html)) if "__]" in passage.markdown else ():
        if _GAP_AS_TEX.search(latex):
            found = f"the formula `{html.unescape(latex)[:60]}` has a gap in it, and a formula cannot have one"
            fix = "end the formula before the gap, and begin another behind it: `$x =$ [____](5)`"
            yield Problem(passage.place, "empty-blank", found, fix)


def tolerance_unit(project: Project, guide: Guide) -> Iterator[Problem]:
    """A number that may be a little off is measured or computed, and says in what."""
    for question in guide.questions:
        for passage in question.asked_passages:
            behind = _BEHIND_BLANK.findall(str(passage.html))
            for blank, character in zip(passage.blanks, behind, strict=False):
                amounts = [amount for each in blank.answers if (amount := read_amount(each.markdown))]
                if any(each.tolerance and not each.unit for each in amounts) and not _begins_unit(character):
                    found = f"the answer `{blank.answers[0].markdown}` has a tolerance and no unit"
                    fix = "write the unit behind the number or the blank, or take the tolerance out"
                    yield Problem(blank.place, "tolerance-unit", found, fix)
                for each in blank.answers:
                    if (amount := read_amount(each.markdown)) and _TOLERANCE_SIGN.search(amount.unit):
                        found = f"the answer `{each.markdown}` has a tolerance that cannot be read"
                        fix = "write the number, the tolerance, and the unit once: `19.6 ± 0.1 m/s` or `19.6 ± 2 % m/s`"
                        yield Problem(blank.place, "tolerance-unit", found, fix)


def _begins_unit(character: str) -> bool:
    return bool(character) and (character.isalpha() or character in "%°‰Ω€$£")


def marks_sum(project: Project, guide: Guide) -> Iterator[Problem]:
    """The marks of a question are those of its sub-questions together."""
    for question in guide.questions:
        inner = [each.marks for each in question.subquestions]
        if question.marks is None or not any(each is not None for each in inner):
            continue
        total = sum(each or 0 for each in inner)
        if total != question.marks:
            found = f"the question counts {question.marks} marks, and its sub-questions {total}"
            yield Problem(question.place, "marks-sum", found, "change one of them, or leave the question's own out")


def subquestion_order(project: Project, guide: Guide) -> Iterator[Problem]:
    """Sub-questions are (a), (b), (c), in this order: people name them in their answers."""
    for question in guide.questions:
        for place, each in enumerate(question.subquestions):
            expected = chr(ord("a") + place)
            if each.letter != expected:
                found = f"the sub-question `({each.letter})` stands where `({expected})` is due"
                yield Problem(each.title.place, "subquestion-order", found, f"write `### ({expected}) …`")
            yield from _find_missing_answer(question, place)


def _find_missing_answer(question: Question, number: int) -> Iterator[Problem]:
    """Yield a Problem for a sub-question without an answer, unless the question has one for all of them."""
    each = question.subquestions[number]
    whole = any(part.name in ("answer", "explanation") and part.text for part in question.parts)
    if not (whole or each.blanks or any(part.text for part in each.parts)):
        found = f"the sub-question `({each.letter})` has no answer"
        fix = "write `#### Answer` and its answer below it, or `### Answer` for all sub-questions below the last"
        yield Problem(each.title.place, "missing-answer", found, fix)


def empty_section(project: Project, guide: Guide) -> Iterator[Problem]:
    """A section has questions, and a stem for several questions is followed by as many."""
    for chapter in guide.chapters:
        for division in chapter.divisions:
            title = strip_markdown(division.title.markdown)
            name = "shared" if division.count else "section"
            questions = [each for each in chapter.questions if getattr(each, name) == division.id]
            if is_meant_as_question(division, chapter):
                continue  # `heading_level` reports it
            if not questions and not division.count and chapter.questions:
                found = f"the section `{title}` has no questions"
                yield Problem(division.place, "empty-section", found, "write them below it with `##`, or take it out")
            elif len(questions) < division.count:
                found = f"{division.count} questions share the text `{title}`, and {len(questions)} follow"
                instead = f"`questions={len(questions)}`" if questions else "take it out"
                fix = f"write the others below it, or {instead}"
                yield Problem(division.place, "empty-section", found, fix)
