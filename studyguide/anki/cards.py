"""Make the cards of a deck: Section → Cards, each section by itself."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lxml import etree

from studyguide.anki.markup import FieldWriter
from studyguide.locale import load_locale
from studyguide.model import Asset, Book, Section
from studyguide.problems import Place
from studyguide.store import digest

FIELDS = (
    "Question", "Context", "Details", "Choices", "Tasks", "Hint", "Key", "Answer", "Explanation", "More",
    "Chapter", "Difficulty", "Number", "Page", "Id",
)  # fmt: skip
"""The fields of a note. Anki does not update notes whose fields have other names or another order, so a change of these makes
every deck that learners have one that cannot be updated."""
CARDS = "cards"
"""The role of a section of questions or terms."""
_SPACE = re.compile(r"\s+")  # Anki divides tags at the wide spaces of Chinese and Japanese, too


@dataclass(frozen=True, slots=True)
class Card:
    """A question, or a term of the glossary, as Anki holds it."""

    id: str
    fields: Mapping[str, str]
    """The HTML of each of ``FIELDS``."""
    tags: tuple[str, ...]
    media: tuple[tuple[str, str], ...]
    """The pictures that it shows: the path of each, and its name in the deck."""


@dataclass(frozen=True, slots=True)
class CardsJob:
    """A section whose questions or terms become cards."""

    section: Section
    numbers: tuple[tuple[str, str], ...]
    """The numbers of the questions that its texts link to, by their identifiers."""
    pages: tuple[tuple[str, str], ...]
    """The page of each of its questions in a printed book, in words, by the question's identifier."""
    media: tuple[tuple[str, str], ...]
    """The name in the deck of each picture that it shows, by its path."""

    @property
    def key(self) -> str:
        section = self.section
        return digest("cards", section.name, section.title, section.digest, self.numbers, self.pages, self.media)

    @property
    def place(self) -> Place:
        return self.section.place


def make_jobs(book: Book) -> tuple[CardsJob, ...]:
    """Return a job for each section of questions or terms."""
    assets = {asset.path: asset for asset in book.assets}
    numbers = {entry.question: entry.number for section in book.sections for entry in section.entries}
    return tuple(
        CardsJob(
            section,
            tuple((name, numbers[name]) for name in sorted(set(section.targets.values())) if name in numbers),
            tuple((entry.question, _cite_page(book, entry.question)) for entry in section.entries),
            tuple((path, name_medium(assets[path])) for path in section.sources if path in assets),
        )
        for section in book.sections
        if section.role == CARDS
    )


def make_cards(job: CardsJob) -> tuple[Card, ...]:
    """Return the cards of a section in their order."""
    root = etree.fromstring(str(job.section.html).encode())
    return tuple(_make_card(article, job) for article in root.iter("article"))


def _cite_page(book: Book, question: str) -> str:
    """Return the page of a question in the printed edition, as in "The Guide, p. 57"; empty if there is none."""
    number = book.page_numbers.get(question)
    if not number:
        return ""
    locale = load_locale(book.config.language, own=book.config.own_words)
    return f"{book.page_source}{locale.labels.comma}{locale.page_references.page.format(number=number)}"


def _make_card(article: Any, job: CardsJob) -> Card:
    writer = FieldWriter(dict(job.numbers), dict(job.media))
    name = article.get("id")
    written = {each.get("data-field"): writer.write(each) for each in article.iterchildren("div")}
    tags = [tag for each in article.iterchildren("data") if (tag := _SPACE.sub("_", each.get("value").strip()))]
    fields = {**written, "Page": writer.escape(dict(job.pages).get(name, "")), "Id": writer.escape(name)}
    media = tuple((path, medium) for path, medium in job.media if path in writer.shown)
    return Card(name, {each: fields.get(each, "") for each in FIELDS}, tuple(dict.fromkeys(tags)), media)


def name_medium(asset: Asset) -> str:
    """Return the name of a picture in the deck. Anki keeps the media of all decks in one folder, so it begins with a digest."""
    stem = asset.path.rpartition("/")[2].rpartition(".")[0]
    plain = re.sub("[^A-Za-z0-9-]+", "-", stem).strip("-")
    return f"{asset.digest[:16]}-{plain}"[:80].rstrip("-") + f".{asset.ending}"
