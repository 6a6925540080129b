"""Read one item of QTI 2.1 or 2.2: elements → Exercise. Sections are those of its Information Model, 2.1."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from studyguide.exercises import PART_NAMES, Exercise, ExercisePart, Option
from studyguide.importers.model import Note
from studyguide.importers.quizzes.html_markdown import convert_html, escape_text
from studyguide.importers.quizzes.qti_answers import Response, convert_marks, read_gap, read_marks, read_responses
from studyguide.importers.quizzes.qti_markup import GAP_TAGS, MarkupReader
from studyguide.importers.quizzes.texts import list_labels, split_parts
from studyguide.importers.quizzes.values import BrokenQuizError, Quiz
from studyguide.importers.quizzes.xml_tree import (
    Element,
    check_declarations,
    drop_namespaces,
    measure_depth,
    parse_xml,
)
from studyguide.limits import describe_excess
from studyguide.problems import Place
from studyguide.text import list_words, strip_markdown

_OPEN = "extendedTextInteraction"
_KINDS = {
    "choiceInteraction": "choice",
    "matchInteraction": "matching",
    "orderInteraction": "ordering",
    _OPEN: "open",
}
_ONE = Decimal(1)
_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
_OWN_LANGUAGE = "en"  # that of a guide that states none


@dataclass(frozen=True, slots=True)
class ItemPlace:
    """The place of an item in a package and in its test."""

    path: str
    number: int
    """Counted from 1."""
    category: tuple[str, ...] = ()
    weight: Decimal = _ONE


def parse_qti(text: str, tag: str) -> Element:
    """Return the outermost element of a file of QTI, which is a ``tag``; no element has a namespace. Raises BrokenQuizError."""
    check_declarations(text, "no file of QTI")
    root = parse_xml(text)
    if excess := describe_excess("nesting", measure_depth(root)):
        raise BrokenQuizError(f"this XML {excess}")
    drop_namespaces(root)
    if root.tag != tag:
        raise BrokenQuizError(f"this XML is no `{tag}` of QTI 2.1: its outermost element is `{root.tag}`")
    return root


def read_item(quiz: Quiz, item: Element, place: ItemPlace, find_picture: Callable[[str], str]) -> None:
    """Add the question of an item, or its text if it asks nothing, to the quiz."""
    _ItemReader(quiz, item, place, find_picture).read()


class _ItemReader:
    """Reads one item."""

    def __init__(self, quiz: Quiz, item: Element, place: ItemPlace, find_picture: Callable[[str], str]) -> None:
        self._quiz, self._item, self._place = quiz, item, place
        self._responses = read_responses(item)
        self._markup = MarkupReader(find_picture, self._note, lists_options=_must_list(item))
        self._reasons: dict[str, str] = {}

    def read(self) -> None:
        item, markup = self._item, self._markup
        body = item.find("itemBody")
        text = convert_html(markup.read(body)) if body is not None else ""
        self._quiz.words[self._place.number] = " ".join(_list_words(item))
        said = self._read_feedback()
        kind, fields = self._read_kind()
        answers = self._describe_answers() if kind == "open" else []
        parts = self._read_parts(kind, said, answers)
        title = self._choose_title(text)
        self._note_settings()
        if not (markup.interactions or markup.gaps or parts):
            self._note("label", title)
            self._quiz.prose.append((self._place.category, self._place.number, text))
            return
        self._quiz.exercises.append(
            Exercise(
                kind,
                # An identifier of QTI has no colon, and one of a guide no point.
                item.get("identifier", "").replace(".", ":"),
                title,
                Place(self._place.path, self._place.number),
                text,
                parts=tuple(sorted(parts, key=lambda part: PART_NAMES.index(part.name))),
                marks=self._read_marks(),
                category=self._place.category,
                **fields,
            )
        )

    def _choose_title(self, text: str) -> str:
        """Return the title of the item if a paragraph is called so, or there is no better one: what its interaction asks."""
        title = " ".join(self._item.get("title", "").split())
        known = [list_words(block) for block in text.split("\n\n")]
        prompts = [strip_markdown(each) for each in map(convert_html, self._markup.prompts) if "\n" not in each]
        is_one = len(self._markup.interactions) + len(self._markup.gaps) == 1
        if list_words(title) in known or not is_one or not prompts:
            return title
        self._note("label", title)
        return prompts[0]

    def _note(self, kind: str, text: str) -> None:
        self._quiz.notes.append(Note(kind, self._place.number, text))

    def _note_settings(self) -> None:
        for each in self._item.iter("templateDeclaration", "templateProcessing"):
            self._note("setting", " ".join("".join(each.itertext()).split()))
        language = self._item.get(_LANGUAGE, "")
        if language.partition("-")[0].lower() not in ("", _OWN_LANGUAGE):
            self._note("language", language)

    def _read_marks(self) -> int | None:
        marks = read_marks(self._item, self._place.weight)
        kept = convert_marks(marks)
        if kept is None and marks not in (None, 0, 1):
            self._note("odd-marks", f"{marks:f}")
        return kept

    # ------------------------------------------------------------ what is asked

    def _read_kind(self) -> tuple[str, dict[str, Any]]:
        """Return the kind of the question, and the fields that only this kind has."""
        markup = self._markup
        gaps = tuple(self._read_gap(each) for each in markup.gaps)
        if markup.lists_options:
            unknown = [each.tag for each in markup.interactions if each.tag not in _KINDS]
            for tag in unknown:
                self._note("unknown-kind", tag)
            if len(markup.interactions) > 1 or not unknown:
                self._note("composite", "")
            return "open", {"gaps": gaps}
        asked = [each for each in markup.interactions if each.tag != _OPEN]
        if gaps or not asked:
            return "blanks" if gaps else "open", {"gaps": gaps}
        (element,) = asked
        kind = _KINDS[element.tag]
        response = self._find_response(element)
        match kind:
            case "choice":
                return kind, {"options": tuple(self._read_options(element, response))}
            case "matching":
                return kind, {"pairs": tuple(self._read_pairs(element, response))}
            case _:
                return kind, {"items": tuple(self._read_items(element, response))}

    def _find_response(self, element: Element) -> Response:
        name = element.get("responseIdentifier", "")
        return self._responses.get(name) or Response(name, "", is_single=True, right=())

    def _read_gap(self, element: Element) -> Any:
        """Return the answers of a gap; of one that offers words, the right ones."""
        response = self._find_response(element)
        for part in response.list_part_answers():
            self._note("part-worth", part)
        if element.tag == "textEntryInteraction":
            return read_gap(response, self._item)
        texts = {each.get("identifier"): " ".join("".join(each.itertext()).split()) for each in element}
        right = [texts[name] for name in response.list_full_answers() if name in texts]
        for text in texts.values():
            if text not in right:
                self._note("gap-option", text)
        named = replace(response, kind="string", right=tuple(right), shares={})
        return read_gap(named, self._item)

    def _read_options(self, element: Element, response: Response) -> Iterator[Option]:
        right, in_part = response.list_full_answers(), response.list_part_answers()
        for choice in element.iter("simpleChoice"):
            name = choice.get("identifier", "")
            markup, reasons = self._markup.read_alone(choice)
            if self._reasons.get(name):
                reasons.append(self._reasons[name])
            text = convert_html(markup)
            if name in in_part:
                self._note("part-worth", text)
            yield Option(text, name in right, "\n\n".join(map(convert_html, reasons)))

    def _read_texts(self, element: Element, tag: str) -> dict[str, str]:
        """Return the texts of what can be chosen, by their identifiers."""
        texts = {}
        for each in element.iter(tag):
            markup, reasons = self._markup.read_alone(each)
            texts[each.get("identifier", "")] = convert_html(markup)
            self._markup.reasons += reasons
        return texts

    def _read_pairs(self, element: Element, response: Response) -> Iterator[tuple[str, str]]:
        """Yield the pairs in the order of the first set (7.2.4); what belongs to nothing is noted."""
        sets = [self._read_texts(each, "simpleAssociableChoice") for each in element.findall("simpleMatchSet")]
        first, second = (*sets, {}, {})[:2]
        pairs = [(one, two) for one, _, two in (value.partition(" ") for value in response.list_full_answers())]
        pairs = [(two, one) if one in second and two in first else (one, two) for one, two in pairs]
        names = list(first)
        known = sorted(
            (each for each in pairs if each[0] in first and each[1] in second), key=lambda each: names.index(each[0])
        )
        used = {name for pair in known for name in pair}
        for name, text in (*first.items(), *second.items()):
            if name not in used:
                self._note("stray-answer", text)
        yield from ((first[one], second[two]) for one, two in known)

    def _read_items(self, element: Element, response: Response) -> Iterator[str]:
        texts = self._read_texts(element, "simpleChoice")
        for name in response.right:
            if name in texts:
                yield texts.pop(name)
        for text in texts.values():
            self._note("stray-answer", text)

    # ------------------------------------------------------------ what is said of it

    def _read_feedback(self) -> str:
        """Return what is said of the question (6.6); what is said of an option is kept for it."""
        names = {each.get("identifier") for each in self._item.iter("simpleChoice")}
        said = []
        for each in self._item.findall("modalFeedback"):
            markup, _ = self._markup.read_alone(each)
            name = each.get("identifier", "")
            if name in names and not self._markup.lists_options:
                self._reasons[name] = markup
            else:
                if each.get("title"):
                    self._note("label", each.get("title"))
                said.append(convert_html(markup))
        return "\n\n".join(filter(None, said))

    def _read_parts(self, kind: str, said: str, answers: list[str]) -> list[ExercisePart]:
        self._quiz.notes += [Note("label", self._place.number, label) for label in list_labels(said)]
        markup = self._markup
        reasons = list(map(convert_html, markup.reasons))
        return [
            *(ExercisePart("hint", "", convert_html(each)) for each in markup.hints),
            *(ExercisePart("answer", "", "\n".join(f"- {each}" for each in answers)) for _ in answers[:1]),
            *split_parts(said, "answer" if kind == "open" else "explanation", reasons),
            *(part for each in markup.for_graders for part in split_parts(convert_html(each), "answer")),
        ]

    def _describe_answers(self) -> list[str]:
        """Return the right values of all responses but gaps as Markdown, for a question that has no other room for them."""
        gaps = {each.get("responseIdentifier") for each in self._markup.gaps}
        texts = {
            each.get("identifier"): convert_html(self._markup.read_alone(each)[0]).replace("\n", " ")
            for each in self._item.iterfind("itemBody//*[@identifier]")
        }
        return [
            " → ".join(texts.get(name) or escape_text(name) for name in _split_names(value, response))
            for response in self._responses.values()
            if response.name not in gaps
            for value in response.list_full_answers()
        ]


def _split_names(value: str, response: Response) -> list[str]:
    return value.split() if response.kind in ("pair", "directedPair") else [value]


def _must_list(item: Element) -> bool:
    """Return True for an item that asks in several ways, or in one that a guide does not have: its options are lists in its text."""
    tags = [each.tag for each in item.iterfind("itemBody//*") if each.tag.endswith("Interaction") and each.tag != _OPEN]
    others = [tag for tag in tags if tag not in GAP_TAGS]
    return len(others) > 1 or not _KINDS.keys() >= {*others} or (len(others) < len(tags) and bool(others))


def _list_words(item: Element) -> Iterator[str]:
    """Yield the texts of an item that a guide must have; of a formula, its LaTeX."""
    yield item.get("title", "")
    for part in item.iter("itemBody", "modalFeedback"):
        yield from _list_texts(part)
    for response in item.iterfind("responseDeclaration"):
        if response.get("baseType") in ("string", "float", "integer"):
            right = [each.text or "" for each in response.iterfind("correctResponse/value")]
            mapped = (each.get("mapKey", "") for each in response.iterfind("mapping/mapEntry"))
            yield from dict.fromkeys((*right, *mapped))


def _list_texts(element: Element) -> Iterator[str]:
    if element.tag == "math":
        yield from (each.text or "" for each in element.iter("annotation"))
        return
    yield element.text or ""
    for child in element:
        yield from _list_texts(child)
        yield child.tail or ""
