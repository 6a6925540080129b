"""Make drafts of the chapters of a quiz: Quiz → DraftGuide."""

import re
from collections.abc import Iterator, Sequence
from itertools import takewhile

from studyguide.exercises import GAP, Exercise, Gap, GapAnswer, Option
from studyguide.importers.anatomy import Body
from studyguide.importers.drafts import DraftChapter, DraftGuide, DraftQuestion
from studyguide.importers.folder import make_title
from studyguide.importers.model import Line, Note
from studyguide.importers.options import Option as DraftOption
from studyguide.importers.quizzes.html_markdown import escape_text
from studyguide.importers.quizzes.values import Quiz
from studyguide.kinds import KINDS
from studyguide.model import DIFFICULTIES, Source
from studyguide.text import find_foreign_character, list_words

_MAX_TITLE = 300  # characters
_FENCE = re.compile(r"\s*(`{3,})")
_NO_TITLE = re.compile(r"(?:[-*+>#|]|\d{1,9}[.)]|`{3}|\$\$|!\[)(?:\s|`|\$|\[|\*\*$|$)|!\[")
_PLAIN_ANSWER = re.compile(r"[\w.,-]+")


def draft_quiz(quiz: Quiz, source: Source) -> DraftGuide:
    """Return the guide in a quiz, with a chapter for each category."""
    categories = [*(each.category for each in quiz.exercises), *(category for category, _, _ in quiz.prose)]
    shared = _count_shared(categories)
    if quiz.title:
        # It is said apart, so that a category which all are in has a name of its own.
        shared = int(shared > 0 and categories[0][0] == quiz.title)
    title = quiz.title or next((category[shared - 1] for category in categories if shared), make_title(source.path))
    drafts: dict[tuple[str, ...], DraftChapter] = {}

    def find_draft(category: tuple[str, ...], line: int) -> DraftChapter:
        own = category[min(shared, len(category) - 1) :] if category else (title,)
        return drafts.setdefault(category, DraftChapter(": ".join(own), line))

    for exercise in quiz.exercises:
        find_draft(exercise.category, exercise.place.line).questions.append(_draft_question(exercise, quiz.notes))
    for category, line, text in quiz.prose:
        draft = find_draft(category, line)
        draft.prose += [*_write_lines(text, line), Line("", line - 1)]
    return DraftGuide(
        source,
        title,
        tuple(drafts.values()),
        quiz.notes,
        _join_words(quiz),
        pictures=tuple(quiz.pictures),
        files=tuple(quiz.files),
    )


def _join_words(quiz: Quiz) -> str:
    """Return the words of the file on the lines where they stand."""
    last = max(quiz.words, default=0)
    return "\n".join(quiz.words.get(number, "").replace("\n", " ") for number in range(1, last + 1))


def _count_shared(categories: Sequence[tuple[str, ...]]) -> int:
    """Return how many names all categories begin with."""
    columns = zip(*categories, strict=False) if categories else ()
    return sum(1 for _ in takewhile(lambda column: len(set(column)) == 1, columns))


def _draft_question(exercise: Exercise, notes: list[Note]) -> DraftQuestion:
    line = exercise.place.line
    text = _fill_gaps(exercise.text, exercise.gaps)
    title, stem = _divide_text(text, exercise.title)
    if not title:
        title = escape_text(exercise.title) or "Question"
    elif exercise.title:
        notes.append(Note("label", line, exercise.title))
    parts = {name: _write_lines(text, line) for name, text in _join_parts(exercise)}
    body = Body(
        stem=_write_lines(stem, line),
        options=tuple(_draft_option(option, line) for option in exercise.options),
        hint=parts.get("hint", ()),
        answer=parts.get("answer", ()),
        explanation=parts.get("explanation", ()),
        more=parts.get("follow-ups", ()),
        pitfalls=parts.get("pitfalls", ()),
    )
    difficulty = next((tag for tag in exercise.tags if tag in DIFFICULTIES), "")
    tags = (re.sub(r"[\s\"{}]+", "-", tag).strip("-") for tag in exercise.tags if tag != difficulty)
    return DraftQuestion(
        _guard_title(title),
        line,
        body,
        id=_choose_id(exercise),
        kind=exercise.kind if exercise.kind in KINDS else "",
        items=tuple(_draft_items(exercise, line)),
        difficulty=difficulty,
        tags=tuple(filter(None, tags)),
        marks=exercise.marks,
        has_filled_blanks=bool(exercise.gaps) and all(gap.answers for gap in exercise.gaps),
    )


def _divide_text(text: str, name: str) -> tuple[str, str]:
    """Return the title of a question, empty if none of its paragraphs can be one, and the rest of its text.

    The title is the paragraph that the question is named by; its first one if there is none.
    """
    blocks = text.split("\n\n")
    named = (number for number, block in enumerate(blocks) if list_words(block) == list_words(name))
    number = next(named, 0)
    title = blocks[number]
    if "\n" in title or "![" in title or len(title) > _MAX_TITLE or _NO_TITLE.match(title) or not title.strip():
        return "", text
    return title, "\n\n".join((*blocks[:number], *blocks[number + 1 :]))


def _join_parts(exercise: Exercise) -> Iterator[tuple[str, str]]:
    names = dict.fromkeys(part.name for part in exercise.parts)
    for name in names:
        yield name, "\n\n".join(part.text for part in exercise.parts if part.name == name)


def _guard_title(title: str) -> str:
    """Return a title whose last words are no marks."""
    return re.sub(r"\}$", r"\\}", re.sub(r"\{(?=[^{}]*\}$)", r"\\{", title.strip()))


def _choose_id(exercise: Exercise) -> str:
    """Return the identifier that a question has in the quiz, if it can have it here; else an empty text."""
    if exercise.id and not find_foreign_character(exercise.id):
        return exercise.id
    return ""


def _draft_items(exercise: Exercise, line: int) -> Iterator[tuple[Sequence[Line], Sequence[Line]]]:
    """Yield the things that are matched, each with its partner, or those that are put in order."""
    for pair in exercise.pairs:
        text, partner = (_write_lines(re.sub(r"\\?\n+", " ", text).strip(), line) for text in pair)
        yield text, partner
    for item in exercise.items:
        yield _write_lines(item.strip(), line), ()


def _draft_option(option: Option, line: int) -> DraftOption:
    reason = [f"> {each}".rstrip() for each in option.reason.split("\n")] if option.reason else []
    lines = tuple(_write_lines("\n".join([option.text, *reason]), line))
    return DraftOption(lines, Line("", line - 1), option.is_right)


def _write_lines(markdown: str, line: int) -> tuple[Line, ...]:
    """Return a text as lines of which code and formulas are marked."""
    lines: list[Line] = []
    fence = code = ""
    for text in markdown.split("\n") if markdown else ():
        opening = _FENCE.match(text)
        if fence:
            is_end = text.strip() == fence
            lines.append(Line(text, line - 1, "fence" if is_end else "code"))
            fence = "" if is_end else fence
        elif opening:
            fence = opening[1]
            lines.append(Line(text, line - 1, "fence"))
        elif text.strip() == "$$" or code:
            code = "" if code and text.strip() == "$$" else "formula"
            lines.append(Line(text, line - 1, "formula"))
        else:
            lines.append(Line(text, line - 1))
    return tuple(lines)


# ---------------------------------------------------------------- blanks


def _fill_gaps(text: str, gaps: Sequence[Gap]) -> str:
    """Return a text with its gaps as ours are written."""
    first, *others = text.split(GAP)
    written = [*map(_write_gap, gaps), *["______"] * len(others)]
    return first + "".join(f"{gap}{after}" for gap, after in zip(written, others, strict=False))


def _write_gap(gap: Gap) -> str:
    answers = [_write_answer(answer, gap.is_number) for answer in gap.answers]
    address = "; ".join(answers)
    return f"[____]({address})" if _PLAIN_ANSWER.fullmatch(address) else f"[____](<{address}>)"


def _write_answer(answer: GapAnswer, is_number: bool) -> str:
    """Return an answer as the address of a link: in Markdown, with what an address cannot hold encoded."""
    if is_number:
        return answer.text if float(answer.tolerance or 0) == 0 else f"{answer.text} ± {answer.tolerance}"
    escaped = escape_text(answer.text).replace(";", "\\;").replace("%", "%25")
    return re.sub(r"[\\<>\n]", lambda sign: f"%{ord(sign[0]):02X}", escaped)
