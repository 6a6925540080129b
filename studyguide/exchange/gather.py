"""Gather the questions of a guide as programs for quizzes hold them: Guide → Exercises, and what is no question."""

import re
from collections.abc import Iterator
from decimal import Decimal

from studyguide.exchange.formats import Format, Loss
from studyguide.exchange.markup import MarkupWriter, join_blocks
from studyguide.exercises import GAP, Exercise, ExercisePart, Gap, GapAnswer, Option
from studyguide.html_text import drop_notes, strip_tags
from studyguide.kinds.blanks import SHOWN_GAP, convert_number, read_amount
from studyguide.kinds.choices import is_true_or_false
from studyguide.locale import load_locale
from studyguide.maths import write_formulas
from studyguide.model import Blank, Chapter, Choice, Guide, Passage, Question, QuestionPart
from studyguide.text import strip_markdown

_MAX_TITLE = 200  # characters; Moodle's table of questions has room for 255
_PERCENT = "%"
_NUMBER_OF_BLANK = re.compile(r'(<span class="blank">)\(\d+\)\u00a0')


def gather_exercises(guide: Guide, form: Format) -> list[Exercise]:
    """Return the questions of a guide in their order, with their texts as the format wants them."""
    return [
        _Gatherer(question, chapter, guide, form).gather()
        for chapter in guide.chapters
        for question in chapter.questions
    ]


def find_other_texts(guide: Guide) -> Iterator[Loss]:
    """Yield the texts of a guide that belong to no question, and which no format for quizzes has room for."""
    for chapter in guide.chapters:
        if chapter.kind != "questions":
            yield Loss(chapter.place, f"the chapter `{chapter.title}` has no questions and is not written")
        elif chapter.text:
            yield Loss(chapter.place, f"the introduction of `{chapter.title}` is not written")
        for division in chapter.divisions:
            if not division.count and division.text:
                title = strip_markdown(division.title.markdown)
                yield Loss(division.place, f"the introduction of the section `{title}` is not written")


class _Gatherer:
    """Turns one question into an Exercise."""

    def __init__(self, question: Question, chapter: Chapter, guide: Guide, form: Format) -> None:
        self._question, self._chapter = question, chapter
        self._config = guide.config
        self._language = question.lang or guide.config.language
        self._labels = {part.name: part.label for part in guide.config.parts}
        self._writer = MarkupWriter(form)

    def gather(self) -> Exercise:
        question, writer = self._question, self._writer
        kind = self._name_kind()
        text = self._write_text()
        options = tuple(map(self._write_option, question.choices))
        items = [(writer.write_line(item.text), writer.write_line(item.partner)) for item in question.items]
        gaps = tuple(map(self._read_gap, question.blanks))
        parts = tuple(self._write_parts())
        if any(each.marks is not None for each in question.subquestions):
            writer.lost.append("the marks of its sub-questions")
        return Exercise(
            kind,
            question.id,
            _write_title(question.title),
            question.place,
            _add_units(text, question.blanks, gaps),
            options=_put_true_first(options, question.choices, self._truth) if kind == "truth" else options,
            gaps=gaps,
            pairs=tuple(items) if kind == "matching" else (),
            items=tuple(text for text, _ in items) if kind == "ordering" else (),
            parts=parts,
            language=self._language,
            marks=question.marks,
            tags=(*filter(None, [question.difficulty]), *question.tags),
            category=self._list_titles(),
            pictures=tuple(dict.fromkeys(writer.pictures)),
            lost=tuple(writer.lost),
        )

    @property
    def _truth(self) -> tuple[str, str]:
        true, false = load_locale(self._language, own=self._config.own_words).labels.true_or_false
        return true, false

    def _name_kind(self) -> str:
        question = self._question
        if question.kind:
            return question.kind
        if question.choices:
            is_truth = is_true_or_false(question.choices, self._truth)
            return "truth" if is_truth and sum(choice.correct for choice in question.choices) == 1 else "choice"
        return "blanks" if question.blanks else "open"

    def _write_text(self) -> str:
        """Return what is asked, below the text that the question shares with others."""
        question, writer = self._question, self._writer
        shared = [each for each in self._chapter.divisions if question.shared and each.id == question.shared]
        blocks = [block for each in shared for block in (writer.write_paragraph(each.title), writer.write(each.text))]
        blocks += [writer.write_paragraph(question.title), writer.write(question.stem), writer.write(question.below)]
        for each in question.subquestions:
            blocks += [writer.write_paragraph(each.title, f"({each.letter}) "), writer.write(each.text)]
        return join_blocks(blocks)

    def _write_option(self, choice: Choice) -> Option:
        writer = self._writer
        text, reason = (writer.write_line(each).replace(GAP, SHOWN_GAP) for each in (choice.text, choice.reason))
        return Option(text, choice.correct, reason)

    def _write_parts(self) -> Iterator[ExercisePart]:
        yield from (self._write_part(part) for part in self._question.parts if part.text)
        for each in self._question.subquestions:
            yield from (self._write_part(part, f"({each.letter}) ") for part in each.parts if part.text)

    def _write_part(self, part: QuestionPart, before: str = "") -> ExercisePart:
        label = self._labels.get(part.name, part.heading)
        return ExercisePart(
            "" if before else part.name, f"{before}{label}", self._writer.write(part.text).replace(GAP, SHOWN_GAP)
        )

    def _read_gap(self, blank: Blank) -> Gap:
        """Return the answers of a blank: numbers if the first is one that may be off or has no unit, words otherwise."""
        amounts = [read_amount(answer.markdown) for answer in blank.answers]
        first = amounts[0] if amounts else None
        if first and (first.tolerance or not first.unit):
            numbers = [self._convert_amount(each.number, each.tolerance) for each in amounts if each]
            if len(numbers) < len(amounts):
                self._writer.lost.append("the words that a blank takes beside its number")
            return Gap(tuple(numbers), is_number=True)
        answers = [_write_plainly(answer) for answer in blank.answers]
        if any("data-tex" in answer.html for answer in blank.answers):
            self._writer.lost.append("the look of the formulas in its blanks")
        return Gap(tuple(map(GapAnswer, answers)))

    def _convert_amount(self, number: str, tolerance: str) -> GapAnswer:
        """Return a number and its tolerance as every program reads them, a tolerance in percent as a number."""
        value = convert_number(number, self._language)
        size = convert_number(tolerance.removesuffix(_PERCENT), self._language) if tolerance else "0"
        if tolerance.endswith(_PERCENT):
            size = f"{(abs(Decimal(value)) * Decimal(size) / 100).normalize():f}"
        return GapAnswer(value, size)

    def _list_titles(self) -> tuple[str, ...]:
        sections = [each for each in self._chapter.divisions if not each.count and each.id == self._question.section]
        return (self._chapter.title, *(_write_title(each.title) for each in sections))


def _write_title(title: Passage) -> str:
    text = strip_tags(write_formulas(drop_notes(_NUMBER_OF_BLANK.sub(r"\1", str(title.html)))))
    return text if len(text) <= _MAX_TITLE else f"{text[:_MAX_TITLE].rpartition(' ')[0]} …"


def _write_plainly(answer: Passage) -> str:
    return strip_tags(write_formulas(str(answer.html)))


def _add_units(text: str, blanks: tuple[Blank, ...], gaps: tuple[Gap, ...]) -> str:
    """Return the text with the unit of each number behind its gap: a program compares the number alone."""
    first, *others = text.split(GAP)
    pieces = [first]
    for blank, gap, after in zip(blanks, gaps, others, strict=True):
        amount = read_amount(blank.answers[0].markdown) if gap.is_number else None
        pieces.append(f"{GAP}\u00a0{amount.unit}{after}" if amount and amount.unit else f"{GAP}{after}")
    return "".join(pieces)


def _put_true_first(
    options: tuple[Option, ...], choices: tuple[Choice, ...], words: tuple[str, str]
) -> tuple[Option, ...]:
    is_true_first = strip_markdown(choices[0].text.markdown).strip(" .").casefold() == words[0].casefold()
    return options if is_true_first else options[::-1]
