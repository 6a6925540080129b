"""Read GIFT, a text of Moodle's quizzes: text → Quiz. Moodle's page `GIFT format` describes it.

Signs behind a backslash are private characters while the text is taken apart.
"""

import re
from collections.abc import Iterator
from html import unescape
from typing import Any

from studyguide.exercises import PART_NAMES, Exercise, Gap, GapAnswer, Option
from studyguide.importers.gift import TRUTH
from studyguide.importers.model import Note
from studyguide.importers.quizzes.html_markdown import convert_html, escape_text
from studyguide.importers.quizzes.texts import find_gap_place, list_labels, read_category, read_share, split_parts
from studyguide.importers.quizzes.values import Quiz
from studyguide.problems import Place

_ESCAPED = "\\:#={}~n"
_HIDDEN = {sign: chr(0xE0F0 + place) for place, sign in enumerate(_ESCAPED)}
_SHOWN = {hidden: "\n" if sign == "n" else sign for sign, hidden in _HIDDEN.items()}
_LABEL = re.compile(r"\[(id|tag):([^\]]*)\]")
_NAME = re.compile(r"::(.*?)::", re.DOTALL)
_FORM = re.compile(r"\s*\[(html|markdown|plain|moodle)\]")
_ANSWER = re.compile(r"([=~])\s*(?:%(-?[\d.]+)%)?([^=~]*)")
_ORDER = re.compile(r">[ \t]*\d*(?:[ \t]+[A-Z_]+)*[ \t]*(?=\n|$)")
_NUMBER = re.compile(
    r"\s*(?:%(-?[\d.]+)%)?\s*(-?(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][-+]?\d+)?)\s*(?:(:|\.\.)\s*(-?(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][-+]?\d+)?))?"
)
_OPENING = re.compile(r"\s*(?://[^\n]*\n\s*)*(?:\$CATEGORY:|::[^:\n]*::)")
_ALL = 100.0
_SHOWN_GAP = "______"


def is_gift(path: str, text: str) -> bool:
    """Return True for a file of questions in GIFT: by its name, or by how it begins."""
    return path.lower().endswith(".gift") or (
        not path.lower().endswith((".md", ".markdown")) and _OPENING.match(text) is not None
    )


def read_gift(path: str, text: str) -> Quiz:
    """Return the questions of a file."""
    quiz = Quiz(words={number: _show(_hide(line)) for number, line in enumerate(text.splitlines(), 1)})
    category: tuple[str, ...] = ()
    for line, block in _split_blocks(text):
        labels, rest = _take_comments(block, line, quiz.notes)
        category, rest = _take_category(rest, category, line, quiz.notes)
        if rest.strip():
            _QuestionReader(quiz, Place(path, line), category, labels).read(_hide(rest))
    return quiz


def _split_blocks(text: str) -> Iterator[tuple[int, str]]:
    """Yield the blocks between blank lines, and the line that each begins on."""
    lines = text.splitlines()
    start = 0
    for number in range(len(lines) + 1):
        if number == len(lines) or not lines[number].strip():
            if number > start:
                yield start + 1, "\n".join(lines[start:number])
            start = number + 1


def _take_comments(block: str, line: int, notes: list[Note]) -> tuple[dict[str, list[str]], str]:
    """Return the labels of a question, which stand in comments, and the block without its comments."""
    labels: dict[str, list[str]] = {"id": [], "tag": []}
    kept = []
    for number, each in enumerate(block.split("\n"), line):
        if each.lstrip().startswith("//"):
            for name, value in _LABEL.findall(each):
                labels[name].append(value.strip())
            notes.append(Note("comment", number, each))
        else:
            kept.append(each)
    return labels, "\n".join(kept)


def _take_category(block: str, category: tuple[str, ...], line: int, notes: list[Note]) -> tuple[tuple[str, ...], str]:
    """Return the category that holds from here on, and the block without it."""
    first, _, rest = block.lstrip().partition("\n")
    if not first.startswith("$CATEGORY:"):
        return category, block
    notes.append(Note("setting", line, first))
    return read_category(first.removeprefix("$CATEGORY:")), rest


def _hide(text: str) -> str:
    return re.sub(rf"\\([{re.escape(_ESCAPED)}])", lambda sign: _HIDDEN[sign[1]], text)


def _show(text: str) -> str:
    return re.sub(f"[{''.join(_SHOWN)}]", lambda sign: _SHOWN[sign[0]], text)


class _QuestionReader:
    """Reads one question."""

    def __init__(self, quiz: Quiz, place: Place, category: tuple[str, ...], labels: dict[str, list[str]]) -> None:
        self._quiz, self._place, self._category, self._labels = quiz, place, category, labels
        self._form = "moodle"
        self._reasons: list[str] = []

    def read(self, block: str) -> None:
        """Add the question, or the text that asks nothing, to the quiz."""
        title = ""
        if name := _NAME.match(block.lstrip()):
            title, block = " ".join(_show(name[1]).split()), block.lstrip()[name.end() :]
        if form := _FORM.match(block):
            self._form, block = form[1], block[form.end() :]
            self._note("setting", form[0])
        before, brace, rest = block.partition("{")
        told, end, after = rest.partition("}")
        if brace and not end:
            self._note("unclosed-brace", title)
        if not brace:
            self._quiz.prose.append((self._category, self._place.line, self._convert(block)))
            return
        told, _, feedback = told.partition("####")
        self._quiz.exercises.append(self._read_answers(title, before, told, after, feedback))

    def _convert(self, text: str, form: str = "") -> str:
        """Return a text as Markdown."""
        if own := _FORM.match(text):
            form, text = own[1], text[own.end() :]
            self._note("setting", own[0])
        text, form = _show(text), form or self._form
        if form == "markdown":
            return text.strip()
        return escape_text(text).strip() if form == "plain" else convert_html(text)

    def _read_answers(self, title: str, before: str, told: str, after: str, feedback: str) -> Exercise:
        told = told.strip()
        kind, fields = self._read_kind(told)
        is_gap = kind == "blanks"
        text = find_gap_place(before, after) if is_gap else f"{before}{_SHOWN_GAP if after.strip() else ''}{after}"
        if not is_gap and re.fullmatch(r"\s*(?:</\w+>\s*)*", after):
            text = before + after
        said = self._convert(feedback)
        self._quiz.notes += [Note("label", self._place.line, label) for label in list_labels(said)]
        parts = split_parts(said, "answer" if kind == "open" else "explanation", self._reasons)
        ids = self._labels["id"]
        return Exercise(
            kind,
            ids[0] if ids else "",
            title,
            self._place,
            self._convert(text),
            parts=tuple(sorted(parts, key=lambda part: PART_NAMES.index(part.name))),
            tags=tuple(self._labels["tag"]),
            category=self._category,
            **fields,
        )

    def _read_kind(self, told: str) -> tuple[str, dict[str, Any]]:
        """Return the kind of a question, and the fields of it that only this kind has."""
        if not told:
            return "open", {}
        if told.partition("#")[0].strip().upper() in TRUTH:
            return "truth", {"options": self._read_truth(told)}
        if told.startswith("#"):
            return "blanks", {"gaps": (self._read_numbers(told[1:]),)}
        if order := _ORDER.match(told):
            self._note("setting", order[0])
            lines = told[order.end() :].split("\n")
            return "ordering", {"items": tuple(self._convert(line) for line in lines if line.strip())}
        answers = _ANSWER.findall(told)
        if answers and all("->" in text for _, _, text in answers):
            pairs = (text.partition("->") for _, _, text in answers)
            return "matching", {
                "pairs": tuple((self._convert(one), self._convert(two, "moodle")) for one, _, two in pairs)
            }
        if any(sign == "~" for sign, *_ in answers):
            return "choice", {"options": tuple(self._read_options(answers))}
        if answers:
            return "blanks", {"gaps": (self._read_words(answers),)}
        self._note("unknown-kind", _show(told))
        return "open", {}

    def _note(self, kind: str, text: str) -> None:
        self._quiz.notes.append(Note(kind, self._place.line, text))

    def _read_truth(self, told: str) -> tuple[Option, Option]:
        """Return both options; the reason of the wrong one comes first."""
        word, *reasons = told.split("#")
        self._note("setting", word)
        is_true = TRUTH[word.strip().upper()] == "True"
        wrong, right = (*map(self._convert, reasons), "", "")[:2]
        return (
            Option("True", is_true, right if is_true else wrong),
            Option("False", not is_true, wrong if is_true else right),
        )

    def _read_options(self, answers: list[tuple[str, str, str]]) -> Iterator[Option]:
        is_multiple = all(sign == "~" for sign, *_ in answers)
        for sign, worth, text in answers:
            words, _, reason = text.partition("#")
            share = read_share(worth) if worth else _ALL if sign == "=" else 0
            is_right = share > 0 if is_multiple else sign == "="
            if worth:
                kind = "part-worth" if share > 0 and not is_multiple and not is_right else "setting"
                self._note(kind, f"%{worth}%{_show(words).strip()}" if kind == "part-worth" else f"%{worth}%")
            yield Option(self._convert(words), is_right, self._convert(reason))

    def _read_words(self, answers: list[tuple[str, str, str]]) -> Gap:
        found = []
        for _, worth, text in answers:
            words, _, reason = text.partition("#")
            self._add_reason(reason)
            answer = unescape(_show(words)).strip()
            if worth and read_share(worth) < _ALL:
                self._note("part-worth", f"%{worth}%{answer}")
            else:
                found.append(GapAnswer(answer))
            if worth:
                self._note("setting", worth)
        return Gap(tuple(found))

    def _add_reason(self, reason: str) -> None:
        if reason.strip():
            self._reasons.append(self._convert(reason))

    def _read_numbers(self, told: str) -> Gap:
        found = []
        for answer in [each for each in told.split("=") if each.strip()]:
            words, _, reason = answer.partition("#")
            self._add_reason(reason)
            # A colon and a point may be escaped, though they need not be.
            number = _NUMBER.match(_show(words))
            if number is None or (number[1] and read_share(number[1]) < _ALL):
                self._note("part-worth", _show(words).strip())
            else:
                found.append(_read_range(number) if number[3] == ".." else GapAnswer(number[2], number[4] or "0"))
                self._note("setting", " ".join(filter(None, number.groups())))
        return Gap(tuple(found), is_number=True)


def _read_range(number: re.Match[str]) -> GapAnswer:
    """Return the middle of a range, and how far it reaches."""
    low, high = float(number[2]), float(number[4])
    return GapAnswer(f"{(low + high) / 2:g}", f"{abs(high - low) / 2:g}")
