"""Write guides as strangers write them, in many forms and languages, with the places of their questions.

The weights of the importers are fitted to these guides, and property tests read them. A guide depends on nothing but its form, its
language and its seed. A form is a function that writes the questions of one section; the words are in ``foreign_texts/``, one file
for each language.
"""

import random
import re
import tomllib
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any, cast

_TEXTS = Path(__file__).resolve().parent / "foreign_texts"
LANGUAGES = tuple(sorted(path.stem for path in _TEXTS.glob("*.toml")))
_EMOJI = ("🚀", "✨", "📌", "💡", "🔥")
_LETTERS = "ABCD"


@dataclass(frozen=True, slots=True)
class ForeignQuestion:
    """A question that a reader of the guide finds in it."""

    title: str
    has_answer: bool
    line: int
    """The line that has the title, from 1."""


@dataclass(frozen=True, slots=True)
class ForeignGuide:
    """The text of a guide, and what an importer should find in it."""

    text: str
    questions: tuple[ForeignQuestion, ...]
    form: str
    language: str


@dataclass(frozen=True, slots=True)
class Entry:
    """A question of the texts: its title, a short and a full answer, and what the guide has of them."""

    title: str
    short: str
    full: str
    asks: bool
    """False for a topic, which no question mark and no verb shows to be a question."""
    is_answered: bool = True


@dataclass(frozen=True, slots=True)
class Texts:
    """The words of one language."""

    title: str
    introduction: str
    closing: tuple[str, str]
    sections: tuple[str, ...]
    lead: str
    question: tuple[str, str]
    answer: tuple[str, str]
    show: str
    correct: str
    contents: str
    top: str
    answers: str
    placeholder: str
    colon: str
    asking: tuple[tuple[str, str, str], ...]
    tasks: tuple[tuple[str, str, str], ...]
    topics: tuple[tuple[str, str, str], ...]


@cache
def load_texts(language: str) -> Texts:
    """Return the words of one of ``LANGUAGES``."""
    table: dict[str, Any] = tomllib.loads((_TEXTS / f"{language}.toml").read_text(encoding="utf-8"))
    fields = {key: tuple(map(_freeze, value)) if isinstance(value, list) else value for key, value in table.items()}
    return Texts(**cast(Any, fields))


def _freeze(value: str | list[str]) -> str | tuple[str, ...]:
    return value if isinstance(value, str) else tuple(value)


@dataclass(slots=True)
class Style:
    """The habits of the author of one guide, all drawn from its seed."""

    level: int
    """The level of the headings of questions."""
    is_numbered: bool
    is_labelled: bool
    has_short_label: bool
    has_own_colon: bool
    is_bold: bool
    has_emoji: bool
    has_source: bool
    has_rich_answers: bool
    has_top_links: bool
    has_contents: bool
    has_introduction: bool
    has_lead: bool
    has_closing: bool
    has_twin: bool
    number_restarts: bool
    number_jumps: bool
    forgets_labels: bool
    forgets_answers: bool
    writes_placeholders: bool


def _draw_style(chance: random.Random) -> Style:
    return Style(
        level=chance.choice((2, 3, 3, 4)),
        is_numbered=chance.random() < 0.5,
        is_labelled=chance.random() < 0.4,
        has_short_label=chance.random() < 0.5,
        has_own_colon=chance.random() < 0.5,
        is_bold=chance.random() < 0.5,
        has_emoji=chance.random() < 0.2,
        has_source=chance.random() < 0.15,
        has_rich_answers=chance.random() < 0.4,
        has_top_links=chance.random() < 0.3,
        has_contents=chance.random() < 0.4,
        has_introduction=chance.random() < 0.6,
        has_lead=chance.random() < 0.4,
        has_closing=chance.random() < 0.4,
        has_twin=chance.random() < 0.1,
        number_restarts=chance.random() < 0.2,
        number_jumps=chance.random() < 0.15,
        forgets_labels=chance.random() < 0.15,
        forgets_answers=chance.random() < 0.25,
        writes_placeholders=chance.random() < 0.5,
    )


@dataclass(slots=True)
class Page:
    """A guide while it is written."""

    texts: Texts
    style: Style
    chance: random.Random
    lines: list[str] = field(default_factory=list)
    questions: list[ForeignQuestion] = field(default_factory=list)
    number: int = 0
    key: list[str] = field(default_factory=list)
    """The rows of the list of right options at the end of the guide."""

    @property
    def colon(self) -> str:
        return self.texts.colon if self.style.has_own_colon else ": "

    def write(self, *lines: str) -> None:
        self.lines.extend(lines)

    def write_block(self, *lines: str) -> None:
        """Write lines with a blank line after them."""
        self.write(*lines, "")

    def ask(self, entry: Entry, line: str, *, has_answer: bool | None = None) -> None:
        """Write the line that has the title of a question, and remember it."""
        answered = entry.is_answered if has_answer is None else has_answer
        self.questions.append(ForeignQuestion(entry.title, answered, len(self.lines) + 1))
        self.write(line)

    def count(self) -> int:
        """Return the number of the next question."""
        self.number += 1
        if self.style.number_jumps and self.chance.random() < 0.2:
            self.number += 1
        return self.number

    def decorate(self, title: str) -> str:
        """Return a title with what this author adds to all of them."""
        before = f"{self.chance.choice(_EMOJI)} " if self.style.has_emoji else ""
        after = " [[src](https://example.org/notes)]" if self.style.has_source else ""
        return f"{before}{title}{after}"

    def introduce(self, title: str) -> str:
        """Return a title behind its label and its number, as far as this author writes them."""
        number = self.count()
        if self.style.is_labelled and not self.forgets_label():
            return f"{self.texts.question[self.style.has_short_label]} {number}{self.colon}{self.decorate(title)}"
        return f"{number}. {self.decorate(title)}" if self.style.is_numbered else self.decorate(title)

    def mark(self, text: str) -> str:
        """Return a text in bold if this author likes that."""
        return f"**{text}**" if self.style.is_bold else text

    def mark_label(self, label: str) -> str:
        """Return a label with its colon and the space behind it, if there is one."""
        mark = self.colon.rstrip()
        return f"{self.mark(label + mark)}{self.colon.removeprefix(mark)}"

    def list_answer(self, entry: Entry, *, headings: bool = False) -> list[str]:
        """Return the lines of an answer, or of its placeholder; none where it is missing.

        With ``headings`` a heading may be among them, a level below that of the questions.
        """
        if not entry.is_answered:
            return [self.texts.placeholder] if self.style.writes_placeholders else []
        if not self.style.has_rich_answers or self.chance.random() < 0.5:
            return [entry.full]
        extras = {
            "bold": [f"**{entry.short}**", "", entry.full],
            "list": [entry.full, "", f"- {entry.short}", f"- {self.texts.sections[0]}"],
            "code": [entry.full, "", "```python", f"# {entry.short}", "print(4 * 4)", "```"],
            "numbers": [entry.full, "", f"1. {entry.short}", f"2. {self.texts.sections[1]}"],
            "heading": [entry.full, "", f"{'#' * (self.style.level + 1)} {entry.short}", "", entry.full],
        }
        if not headings:
            del extras["heading"]
        return extras[self.chance.choice(sorted(extras))]

    def list_options(self, entry: Entry) -> tuple[list[str], int]:
        """Return four options, and the place of the right one from 0."""
        rows = (*self.texts.asking, *self.texts.tasks, *self.texts.topics)
        others = sorted({short for _, short, _ in rows} - {entry.short})
        options = [entry.short, *self.chance.sample(others, len(_LETTERS) - 1)]
        self.chance.shuffle(options)
        return options, options.index(entry.short)

    def end_answer(self) -> None:
        """Write a link to the top, if this author does so."""
        if self.style.has_top_links:
            self.write_block(f"[⬆ {self.texts.top}](#top)")

    def forgets_label(self) -> bool:
        """Return True now and then, if this author forgets labels."""
        return self.style.forgets_labels and self.chance.random() < 0.2


def _indent(lines: Sequence[str], width: int) -> list[str]:
    return [f"{' ' * width}{line}" if line else "" for line in lines]


# ---------------------------------------------------------------- forms: headings, labels, lists, lines


def _write_headings(page: Page, entries: Sequence[Entry]) -> None:
    for entry in entries:
        page.ask(entry, f"{'#' * page.style.level} {page.introduce(entry.title)}")
        page.write_block("", *page.list_answer(entry, headings=True))
        page.end_answer()


def _write_topic_headings(page: Page, entries: Sequence[Entry]) -> None:
    """Write a heading with a number and a topic, and the question itself in bold below."""
    for entry in entries:
        topic = page.chance.choice(page.texts.sections)
        page.write_block(f"{'#' * page.style.level} {page.texts.question[0]} {page.count()}{page.colon}{topic}")
        page.ask(entry, f"**{entry.title}**")
        page.write_block("", *page.list_answer(entry))


def _write_labels(page: Page, entries: Sequence[Entry]) -> None:
    for entry in entries:
        label = page.texts.question[page.style.has_short_label]
        if page.style.is_numbered:
            label = f"{label} {page.count()}"
        page.ask(entry, f"{page.mark_label(label)}{page.decorate(entry.title)}")
        answer = page.list_answer(entry)
        label = "" if page.forgets_label() else page.mark_label(page.texts.answer[page.style.has_short_label])
        page.write_block("", *(f"{label}{line}" if place == 0 else line for place, line in enumerate(answer)))
        page.end_answer()


def _write_numbered_bold_items(page: Page, entries: Sequence[Entry]) -> None:
    for entry in entries:
        mark = f"{page.count()}. "
        page.ask(entry, f"{mark}**{page.decorate(entry.title)}**")
        page.write_block("", *_indent(page.list_answer(entry), len(mark)))


def _write_numbered_items(page: Page, entries: Sequence[Entry]) -> None:
    for entry in entries:
        mark = f"{page.count()}. "
        page.ask(entry, f"{mark}{page.decorate(entry.title)}")
        page.write_block("", *_indent(page.list_answer(entry), len(mark)))


def _write_bold_bullets(page: Page, entries: Sequence[Entry]) -> None:
    for entry in entries:
        page.ask(entry, f"- **{page.decorate(entry.title)}**")
        page.write_block("", *_indent(page.list_answer(entry), 2))


def _write_bold_paragraphs(page: Page, entries: Sequence[Entry]) -> None:
    for entry in entries:
        page.ask(entry, f"**{page.introduce(entry.title)}**")
        page.write_block("", *page.list_answer(entry))
        page.end_answer()


def _write_bare_lines(page: Page, entries: Sequence[Entry]) -> None:
    for entry in entries:
        page.ask(entry, page.decorate(entry.title))
        page.write_block("", *page.list_answer(entry))


def _write_glued_lines(page: Page, entries: Sequence[Entry]) -> None:
    """Write questions alone, with no blank line between them."""
    for entry in entries:
        page.ask(entry, entry.title, has_answer=False)
    page.write("")


def _write_question_list(page: Page, entries: Sequence[Entry]) -> None:
    for entry in entries:
        mark = f"{page.count()}." if page.style.is_numbered else "-"
        page.ask(entry, f"{mark} {page.decorate(entry.title)}", has_answer=False)
    page.write("")


# ---------------------------------------------------------------- forms: folds


def _write_details(page: Page, entries: Sequence[Entry]) -> None:
    """Write folds whose titles are the questions."""
    for entry in entries:
        page.write("<details>")
        title = page.introduce(entry.title)
        page.ask(entry, f"<summary>{f'<b>{title}</b>' if page.style.is_bold else title}</summary>")
        page.write_block("", *page.list_answer(entry), "", "</details>")


def _write_headings_with_details(page: Page, entries: Sequence[Entry]) -> None:
    for entry in entries:
        page.ask(entry, f"{'#' * page.style.level} {page.introduce(entry.title)}")
        answer = page.list_answer(entry)
        if answer:
            page.write("", f"<details><summary>{page.mark(page.texts.show)}</summary>", "", *answer, "", "</details>")
        page.write("")
        page.end_answer()


def _write_containers(page: Page, entries: Sequence[Entry]) -> None:
    for entry in entries:
        page.ask(entry, f"::: details {page.introduce(entry.title)}")
        page.write_block(*page.list_answer(entry), ":::")


def _write_admonitions(page: Page, entries: Sequence[Entry]) -> None:
    for entry in entries:
        page.ask(entry, f'??? question "{page.introduce(entry.title)}"')
        page.write_block("", *_indent(page.list_answer(entry), 4))


def _write_callouts(page: Page, entries: Sequence[Entry]) -> None:
    for entry in entries:
        page.ask(entry, f"> [!question]- {page.introduce(entry.title)}")
        page.write_block(*(f"> {line}".rstrip() for line in page.list_answer(entry)))


# ---------------------------------------------------------------- forms: options


def _write_choices(page: Page, entries: Sequence[Entry], finish: Callable[[Page, list[str], int], None]) -> None:
    """Write questions with four options; ``finish`` writes the options, and which of them is right."""
    for entry in entries:
        page.ask(entry, f"{page.count()}. {page.decorate(entry.title)}", has_answer=True)
        page.write("")
        finish(page, *page.list_options(entry))
        page.write("")


def _letter_options(options: Sequence[str], indent: int = 3) -> list[str]:
    return [f"{' ' * indent}{letter}) {option}" for letter, option in zip(_LETTERS, options, strict=True)]


def _finish_with_line(page: Page, options: list[str], right: int) -> None:
    page.write(*(f"   - {letter}) {option}" for letter, option in zip(_LETTERS, options, strict=True)), "")
    page.write(f"   {page.mark(f'{page.texts.correct}{page.colon}{_LETTERS[right]}')}")


def _finish_on_last_option(page: Page, options: list[str], right: int) -> None:
    lines = [f"{line}  " for line in _letter_options(options)]
    lines[-1] += f"{page.texts.correct}{page.colon}{_LETTERS[right]}"
    page.write(*lines)


def _finish_with_ticks(page: Page, options: list[str], right: int) -> None:
    page.write(*(f"   - [{'x' if place == right else ' '}] {option}" for place, option in enumerate(options)))


def _finish_with_bold(page: Page, options: list[str], right: int) -> None:
    page.write(*(f"   - {f'**{option}**' if place == right else option}" for place, option in enumerate(options)))


def _finish_with_fold(page: Page, options: list[str], right: int) -> None:
    page.write(*(f"   - {letter}. {option}" for letter, option in zip(_LETTERS, options, strict=True)), "")
    answer = f"{page.texts.correct}{page.colon}{_LETTERS[right]}"
    page.write(f"   <details><summary>{page.texts.show}</summary>", "", f"   {answer}", "", "   </details>")


def _finish_with_key(page: Page, options: list[str], right: int) -> None:
    page.write(*(f"   {letter}) {option}  " for letter, option in zip(_LETTERS, options, strict=True)))
    page.key.append(f"{page.number}. {_LETTERS[right]}")


def _choices(finish: Callable[[Page, list[str], int], None]) -> Callable[[Page, Sequence[Entry]], None]:
    return lambda page, entries: _write_choices(page, entries, finish)


# ---------------------------------------------------------------- forms: tables, cards, terms


def _write_table(page: Page, entries: Sequence[Entry]) -> None:
    page.write(f"| {page.texts.question[0]} | {page.texts.answer[0]} |", "| --- | --- |")
    for entry in entries:
        page.ask(entry, f"| {entry.title} | {entry.full} |", has_answer=True)
    page.write("")


def _write_cards(page: Page, entries: Sequence[Entry], sign: str) -> None:
    for entry in entries:
        page.ask(entry, f"{entry.title}{sign}{entry.full}", has_answer=True)
        page.write("")


def _write_turned_cards(page: Page, entries: Sequence[Entry]) -> None:
    for entry in entries:
        page.ask(entry, entry.title, has_answer=True)
        page.write_block("?", entry.full)


def _write_html_terms(page: Page, entries: Sequence[Entry]) -> None:
    page.write("<dl>")
    for entry in entries:
        page.ask(entry, f"<dt>{entry.title}</dt>", has_answer=True)
        page.write(f"<dd>{entry.full}</dd>")
    page.write_block("</dl>")


def _write_terms(page: Page, entries: Sequence[Entry]) -> None:
    for entry in entries:
        page.ask(entry, entry.title, has_answer=True)
        page.write_block(f": {entry.full}")


FORMS: dict[str, Callable[[Page, Sequence[Entry]], None]] = {
    "headings": _write_headings,
    "topic-headings": _write_topic_headings,
    "labels": _write_labels,
    "numbered-bold-items": _write_numbered_bold_items,
    "numbered-items": _write_numbered_items,
    "bold-bullets": _write_bold_bullets,
    "bold-paragraphs": _write_bold_paragraphs,
    "bare-lines": _write_bare_lines,
    "glued-lines": _write_glued_lines,
    "question-list": _write_question_list,
    "details": _write_details,
    "headings-with-details": _write_headings_with_details,
    "containers": _write_containers,
    "admonitions": _write_admonitions,
    "callouts": _write_callouts,
    "choices-line": _choices(_finish_with_line),
    "choices-last-option": _choices(_finish_on_last_option),
    "choices-ticks": _choices(_finish_with_ticks),
    "choices-bold": _choices(_finish_with_bold),
    "choices-fold": _choices(_finish_with_fold),
    "choices-key": _choices(_finish_with_key),
    "table": _write_table,
    "cards-colons": lambda page, entries: _write_cards(page, entries, "::"),
    "cards-semicolons": lambda page, entries: _write_cards(page, entries, ";;"),
    "cards-turned": _write_turned_cards,
    "html-terms": _write_html_terms,
    "terms": _write_terms,
}
_ONLY_ASKING = {"bare-lines", "glued-lines"}
"""Forms in which nothing but its words tells a question from other text."""
_WITHOUT_TOPICS = {"question-list", "numbered-items", "table"} | {name for name in FORMS if name.startswith("choices")}
_WITH_HEADINGS = {"headings", "topic-headings", "headings-with-details"}
_WITH_KEY = {"choices-key"}


# ---------------------------------------------------------------- the whole guide


def write_guide(form: str, language: str, seed: int) -> ForeignGuide:
    """Return a guide of 6 to 14 questions in one of ``FORMS`` and of ``LANGUAGES``."""
    chance = random.Random(f"{form} {language} {seed}")
    page = Page(load_texts(language), _draw_style(chance), chance)
    sections = list(_divide(_choose_entries(page, form), chance))
    # Headings of questions at level 2 leave no level for sections.
    has_sections = len(sections) > 1 and not (form in _WITH_HEADINGS and page.style.level == 2)
    contents = _write_front(page, sum(map(len, sections)) if form in _WITH_HEADINGS else 0)
    for name, entries in zip(page.texts.sections, sections, strict=False):
        if has_sections:
            page.write_block(f"## {name}")
            if page.style.has_lead:
                page.write_block(page.texts.lead)
            # A key at the end tells its rows apart by their numbers.
            if page.style.number_restarts and form not in _WITH_KEY:
                page.number = 0
        FORMS[form](page, entries)
    if page.key:
        page.write_block(f"## {page.texts.answers}", "", *page.key)
    if page.style.has_closing:
        page.write_block(f"## {page.texts.closing[0]}", "", page.texts.closing[1])
    _fill_contents(page, contents)
    return ForeignGuide("\n".join(page.lines), tuple(page.questions), form, language)


def _choose_entries(page: Page, form: str) -> list[Entry]:
    """Return the questions of a guide in their order: some without an answer, one perhaps twice."""
    kinds = [(page.texts.asking, True), (page.texts.tasks, True), (page.texts.topics, False)]
    kinds = kinds[:1] if form in _ONLY_ASKING else kinds[:2] if form in _WITHOUT_TOPICS else kinds
    known = [(*row, asks) for rows, asks in kinds for row in rows]
    chosen = page.chance.sample(known, page.chance.randint(6, min(14, len(known))))
    if page.style.has_twin:
        chosen.append(chosen[0])
    forgotten = 0.15 if page.style.forgets_answers else 0.0
    return [Entry(*row, is_answered=page.chance.random() >= forgotten) for row in chosen]


def _divide(entries: Sequence[Entry], chance: random.Random) -> Iterator[Sequence[Entry]]:
    """Yield the questions of one to three sections, two at least in each."""
    cuts = sorted(chance.sample(range(2, len(entries) - 1, 2), chance.choice((0, 1, 2)) if len(entries) > 6 else 0))
    for start, end in pairwise((0, *cuts, len(entries))):
        yield entries[start:end]


def _write_front(page: Page, count: int) -> range:
    """Write what stands above the questions; return the places of ``count`` lines that are kept for the list of contents."""
    page.write_block(f"# {page.texts.title}")
    if page.style.has_introduction:
        page.write_block(page.texts.introduction)
    if not page.style.has_contents or not count:
        return range(0)
    page.write_block(f"## {page.texts.contents}")
    start = len(page.lines)
    page.write_block(*([""] * count))
    return range(start, start + count)


def _fill_contents(page: Page, places: range) -> None:
    """Write the list of contents: the titles of the questions, with links to the headings that they are or stand below."""
    for place, question in zip(places, page.questions, strict=bool(places)):
        heading = next(line for line in reversed(page.lines[: question.line]) if line.startswith("#"))
        page.lines[place] = f"- [{question.title}](#{_make_anchor(heading)})"


def _make_anchor(heading: str) -> str:
    """Return the anchor of a heading as GitHub makes it."""
    words = re.sub(r"\[\[(\w+)\]\([^)]*\)\]", r"\1", heading.lstrip("#").strip()).lower()
    kept = (sign for sign in words if sign in " -" or sign.isalnum() or unicodedata.category(sign).startswith("M"))
    return "".join(kept).replace(" ", "-")
