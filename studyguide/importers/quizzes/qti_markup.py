"""Turn the text of an item of QTI into HTML that ``convert_html`` reads: elements → HTML, and what stood among it.

Formulas become LaTeX if they carry it, and words otherwise. Gaps become ``GAP``.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from html import escape
from itertools import groupby

from studyguide.exercises import GAP
from studyguide.html_text import VOID_TAGS
from studyguide.importers.quizzes.xml_tree import Element, measure_depth, write_xml
from studyguide.kinds.blanks import SHOWN_GAP
from studyguide.maths import MathsError, write_mathml_as_text

GAP_TAGS = frozenset(("textEntryInteraction", "inlineChoiceInteraction"))
_CHOICE_TAGS = frozenset(
    ("simpleChoice", "simpleAssociableChoice", "gapText", "gapImg", "hotspotChoice", "associableHotspot")
)
_SET_TAGS = frozenset(("simpleMatchSet",))
_LATEX = frozenset(("application/x-tex", "application/x-latex", "latex", "tex", "tex-math"))
"""Values of ``encoding`` by which programs say that an annotation is LaTeX."""
_GRADERS = frozenset(("author", "scorer", "tutor", "proctor", "testConstructor"))
"""The readers of a rubric who are no candidates (2.1, 6.2)."""
_MAX_WRITTEN_DEPTH = 12  # elements of MathML inside each other; each may double the time that they take
_UNREAD = frozenset(("script", "style", "stylesheet"))


@dataclass
class MarkupReader:
    """Reads the texts of one item."""

    find_picture: Callable[[str], str]
    """Turns the address of a picture into the path by which the guide shows it."""
    note: Callable[[str, str], None]
    """Takes the kind and the text of what is not understood."""
    gaps: list[Element] = field(default_factory=list)
    interactions: list[Element] = field(default_factory=list)
    """All that ask, apart from gaps."""
    prompts: list[str] = field(default_factory=list)
    """HTML of what the interactions ask."""
    reasons: list[str] = field(default_factory=list)
    """HTML of what is said about a response."""
    hints: list[str] = field(default_factory=list)
    for_graders: list[str] = field(default_factory=list)
    lists_options: bool = False
    """True if the options of interactions are lists in the text, because they cannot be those of the question."""

    def read_alone(self, element: Element) -> tuple[str, list[str]]:
        """Return the HTML in an element, and apart from it what is said about the response that it is."""
        before, self.reasons = self.reasons, []
        markup = self.read(element)
        found, self.reasons = self.reasons, before
        return markup, found

    def read(self, element: Element) -> str:
        """Return the HTML in an element."""
        pieces = [_write_text(element.text)]
        for child in element:
            pieces += [self._read_element(child), _write_text(child.tail)]
        return "".join(pieces)

    def _read_element(self, element: Element) -> str:
        tag = element.tag
        if tag in _UNREAD:
            return ""
        if tag in GAP_TAGS:
            self.gaps.append(element)
            return GAP
        if tag.endswith("Interaction"):
            return self._read_interaction(element)
        readers: dict[str, Callable[[Element], str]] = {
            "math": self._read_formula,
            "img": lambda picture: self._show_picture(picture.get("src", ""), picture.get("alt", "")),
            "object": self._read_object,
            "a": lambda link: f'<a href="{escape(link.get("href", ""))}">{self.read(link)}</a>',
            "gap": lambda _: SHOWN_GAP,
            "printedVariable": self._read_variable,
            "feedbackInline": self._keep_reason,
            "feedbackBlock": self._keep_reason,
            "infoControl": self._keep_hint,
            "rubricBlock": self._read_rubric,
        }
        if reader := readers.get(tag):
            return reader(element)
        return f"<{tag}/>" if tag in VOID_TAGS else f"<{tag}>{self.read(element)}</{tag}>"

    def _read_interaction(self, element: Element) -> str:
        """Return what an interaction asks, and keep it; its options are a list if they cannot be read as such."""
        self.interactions.append(element)
        prompt = element.find("prompt")
        asked = self.read(prompt) if prompt is not None else ""
        self.prompts += filter(None, [asked])
        return f"<div>{asked}</div>{self._list_options(element) if self.lists_options else ''}"

    def _list_options(self, element: Element) -> str:
        """Return what is in an interaction beside its prompt, options that follow each other as one list."""
        pieces = []
        for is_list, group in groupby(element, lambda child: child.tag in _CHOICE_TAGS):
            if is_list:
                items = "".join(f"<li>{self.read(each)}</li>" for each in group if len(each) or each.text)
                pieces.append(f"<ul>{items}</ul>" if items else "")
                continue
            for each in group:
                if each.tag != "prompt":
                    pieces.append(self._list_options(each) if each.tag in _SET_TAGS else self._read_element(each))
        return "".join(pieces)

    def _read_formula(self, formula: Element) -> str:
        for note in formula.iter("annotation"):
            if (note.get("encoding") or "").lower() in _LATEX and (note.text or "").strip():
                latex = escape(note.text.strip().strip("$"), quote=False)
                return rf"\[{latex}\]" if formula.get("display") == "block" else rf"\({latex}\)"
        words = " ".join(" ".join(formula.itertext()).split())
        if measure_depth(formula) <= _MAX_WRITTEN_DEPTH:
            with suppress(MathsError):
                words = write_mathml_as_text(write_xml(formula)) or words
        self.note("formula-words", words)
        return escape(words, quote=False)

    def _show_picture(self, address: str, words: str) -> str:
        return f'<img src="{escape(self.find_picture(address))}" alt="{escape(words)}"/>'

    def _read_object(self, element: Element) -> str:
        address, words = element.get("data", ""), " ".join("".join(element.itertext()).split())
        if element.get("type", "image/").startswith("image/"):
            return self._show_picture(address, words)
        self.note("media", address)
        return f"{self.read(element)} ({escape(address)})"

    def _read_variable(self, element: Element) -> str:
        name = element.get("identifier", "")
        self.note("variable", name)
        return escape(f"{{{name}}}")

    def _keep_reason(self, element: Element) -> str:
        self.reasons.append(self.read(element))
        return ""

    def _keep_hint(self, element: Element) -> str:
        self.note("label", element.get("title", ""))
        self.hints.append(self.read(element))
        return ""

    def _read_rubric(self, element: Element) -> str:
        markup = f"<div>{self.read(element)}</div>"
        views = (element.get("view") or "candidate").split()
        if "candidate" in views or not _GRADERS.intersection(views):
            return markup
        self.for_graders.append(markup)
        return ""


def _write_text(text: str | None) -> str:
    """Return a text as HTML, in which ``GAP`` stands for gaps alone."""
    return escape((text or "").replace(GAP, ""), quote=False)
