"""Read Moodle XML: text → Quiz. Moodle's page `Moodle XML format` describes it."""

import base64
import binascii
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

from studyguide.exercises import PART_NAMES, Exercise, Gap, GapAnswer, Option
from studyguide.importers.model import Note
from studyguide.importers.quizzes.cloze import read_cloze
from studyguide.importers.quizzes.html_markdown import convert_html, escape_text
from studyguide.importers.quizzes.pictures import can_show, keep_picture
from studyguide.importers.quizzes.texts import list_labels, make_gap, place_gap, read_category, read_share, split_parts
from studyguide.importers.quizzes.values import BrokenQuizError, Quiz
from studyguide.importers.quizzes.xml_tree import Element, check_declarations, parse_xml
from studyguide.problems import Place

_OPENING = re.compile(r"\s*(?:<\?xml[^<>]*\?>\s*)?(?:<!--(?:(?!-->).)*-->\s*)*<quiz\b", re.DOTALL)
_PICTURE = re.compile(r"@@PLUGINFILE@@/([^\"'\s<>]*)")
_KINDS = {
    "multichoice": "choice",
    "truefalse": "truth",
    "matching": "matching",
    "ddmatch": "matching",
    "ordering": "ordering",
}
_TEXTS = frozenset((
    "name", "questiontext", "generalfeedback", "answer", "subquestion", "hint", "tags", "idnumber", "graderinfo", "defaultgrade",
))  # fmt: skip
"""The elements of a question that become a part of ours; all others are settings."""
_ALL = 100.0


def is_moodle_xml(text: str) -> bool:
    """Return True for a quiz of Moodle."""
    return _OPENING.match(text) is not None


def read_moodle_xml(path: str, text: str) -> Quiz:
    """Return the questions of a file. Raises BrokenQuizError."""
    check_declarations(text, "no quiz of Moodle")
    if not is_moodle_xml(text):
        raise BrokenQuizError("this XML is no quiz of Moodle: its outermost element is not `quiz`")
    root = parse_xml(text)
    quiz = Quiz(words=dict(_list_words(root)))
    category: tuple[str, ...] = ()
    for question in root.iter("question"):
        kind = question.get("type", "")
        if kind == "category":
            category = read_category(_get_text(question, "category"))
            quiz.notes.append(Note("setting", question.sourceline, " ".join(question.itertext())))
        else:
            _QuestionReader(quiz, question, Place(path, question.sourceline), category).read()
    return quiz


def _list_words(root: Element) -> Iterator[tuple[int, str]]:
    """Yield the lines of a file with the words of the elements that begin there; files and their bytes are no words."""
    lines: dict[int, list[str]] = {}
    for element in root.iter("*"):
        if element.tag != "file" and element.text and element.text.strip():
            lines.setdefault(element.sourceline, []).append(element.text)
    return ((line, " ".join(texts)) for line, texts in sorted(lines.items()))


def _get_text(element: Element, path: str) -> str:
    """Return the text of the element at a path, which stands in a ``text`` of it."""
    found = element.find(f"{path}/text") if path else element.find("text")
    return "".join(found.itertext()) if found is not None else ""


class _QuestionReader:
    """Reads one question."""

    def __init__(self, quiz: Quiz, question: Element, place: Place, category: tuple[str, ...]) -> None:
        self._quiz, self._question, self._place, self._category = quiz, question, place, category
        self._reasons: list[str] = []

    def read(self) -> None:
        """Add the question, or the text that asks nothing, to the quiz."""
        question = self._question
        kind = question.get("type", "")
        self._note_settings()
        if kind == "description":
            self._quiz.prose.append((self._category, self._place.line, self._convert(question.find("questiontext"))))
            return
        markup = _get_text(question, "questiontext")
        fields: dict[str, Any] = {}
        match kind:
            case "shortanswer" | "numerical":
                ours, markup = "blanks", place_gap(markup)
                fields = {"gaps": (self._read_gap(is_number=kind == "numerical"),)}
            case "cloze":
                ours = "blanks"
                markup, fields["gaps"], asides = read_cloze(markup)
                self._note_asides(asides)
            case "essay":
                ours = "open"
            case _ if kind in _KINDS:
                ours = _KINDS[kind]
                fields = self._read_fields(ours)
            case _:
                ours = "open"
                words = (" ".join(each.itertext()) for each in question if each.tag in ("answer", "subquestion"))
                self._note("unknown-kind", " ".join([kind, *words]))
        self._quiz.exercises.append(self._write(ours, markup, fields))

    def _write(self, kind: str, markup: str, fields: dict[str, Any]) -> Exercise:
        question = self._question
        said = self._convert(question.find("generalfeedback"))
        self._quiz.notes += [Note("label", self._place.line, label) for label in list_labels(said)]
        parts = [
            *split_parts(said, "answer" if kind == "open" else "explanation", self._reasons),
            *split_parts(self._convert(question.find("graderinfo")), "answer"),
            *(part for hint in question.findall("hint") for part in split_parts(self._convert(hint), "hint")),
        ]
        grade = (question.findtext("defaultgrade") or "1").strip()
        marks = int(float(grade)) if re.fullmatch(r"\d{1,3}(?:\.0+)?", grade) else None
        if marks is None or marks == 1:
            self._note("setting", grade)
        identifier = (question.findtext("idnumber") or "").strip()
        self._note("setting", f"{identifier} {grade}")
        return Exercise(
            kind,
            identifier,
            " ".join(_get_text(question, "name").split()),
            self._place,
            self._convert(question.find("questiontext"), markup),
            parts=tuple(sorted(parts, key=lambda part: PART_NAMES.index(part.name))),
            marks=None if marks == 1 else marks,
            tags=tuple(filter(None, ("".join(tag.itertext()).strip() for tag in question.iterfind("tags/tag")))),
            category=self._category,
            **fields,
        )

    def _note(self, kind: str, text: str) -> None:
        self._quiz.notes.append(Note(kind, self._place.line, text))

    def _note_settings(self) -> None:
        for element in self._question:
            words = " ".join(element.itertext()).strip()
            if element.tag not in _TEXTS and words:
                self._quiz.notes.append(Note("setting", element.sourceline, words))

    def _note_asides(self, asides: dict[str, list[str]]) -> None:
        for kind, texts in asides.items():
            for text in texts:
                if kind == "reason":
                    self._reasons.append(convert_html(text))
                else:
                    self._note(kind, text)

    def _convert(self, element: Element | None, markup: str | None = None) -> str:
        """Return the text of an element as Markdown, or ``markup`` instead of it, its pictures added to those of the quiz."""
        if element is None:
            return ""
        text = _get_text(element, "") if markup is None else markup
        names = {each.get("name", ""): each for each in element.findall("file")}
        text = _PICTURE.sub(lambda found: self._keep_picture(unquote(found[1]), names) or found[1], text)
        form = element.get("format", "html")
        if form == "markdown":
            return text.strip()
        return escape_text(text).strip() if form == "plain_text" else convert_html(text)

    def _keep_picture(self, name: str, files: dict[str, Element]) -> str:
        """Return the path of a picture of the file; empty if there is none, or none that a guide may have."""
        file = files.get(name.rpartition("/")[2])
        if file is None or not can_show(name):
            return ""
        try:
            data = base64.b64decode("".join(file.itertext()))
        except (binascii.Error, ValueError):
            return ""
        return keep_picture(self._quiz, name, data)

    def _read_fields(self, kind: str) -> dict[str, Any]:
        if kind == "matching":
            return {"pairs": tuple(self._read_pairs())}
        answers = self._question.findall("answer")
        if kind == "ordering":
            return {"items": tuple(self._convert(answer) for answer in answers)}
        if kind == "truth":
            return {"options": self._read_truth(answers)}
        shares = [_read_share(answer) for answer in answers]
        is_multiple = (self._question.findtext("single") or "true").strip().lower() in ("false", "0")
        rights = [share > 0 if is_multiple else share >= _ALL for share in shares]
        for answer, share, is_right in zip(answers, shares, rights, strict=True):
            if share > 0 and not is_right:
                self._note("part-worth", f"{share:g}% {_get_text(answer, '')[:40]}")
        options = zip(answers, rights, strict=True)
        return {
            "options": tuple(
                Option(self._convert(answer), is_right, self._convert(answer.find("feedback")))
                for answer, is_right in options
            )
        }

    def _read_truth(self, answers: list[Element]) -> tuple[Option, Option]:
        words = ("True", "False")
        found = {_get_text(answer, "").strip().casefold(): answer for answer in answers}
        options = []
        for word in words:
            answer = found.get(word.casefold())
            is_right = answer is not None and _read_share(answer) > 0
            options.append(Option(word, is_right, self._convert(answer.find("feedback")) if answer is not None else ""))
        return options[0], options[1]

    def _read_pairs(self) -> Iterator[tuple[str, str]]:
        for each in self._question.findall("subquestion"):
            text, partner = self._convert(each), convert_html(_get_text(each, "answer"))
            if text:
                yield text, partner
            elif partner:
                self._note("stray-answer", partner)

    def _read_gap(self, is_number: bool) -> Gap:
        found = []
        for answer in self._question.findall("answer"):
            text = _get_text(answer, "").strip()
            if feedback := self._convert(answer.find("feedback")):
                self._reasons.append(feedback)
            tolerance = (answer.findtext("tolerance") or "0").strip()
            if _read_share(answer) < _ALL or text == "*":
                self._note("part-worth", f"{text} {tolerance}")
            else:
                found.append(GapAnswer(text, tolerance))
                self._note("setting", f"{text} {tolerance}" if is_number else "")
        return make_gap(found, is_number)


def _read_share(answer: Element) -> float:
    return read_share(answer.get("fraction", ""))
