"""Every value that flows from stage to stage, in the order in which they come to be."""

import datetime
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from markupsafe import Markup

from studyguide.bidi import get_direction
from studyguide.problems import Place, Problem

Html = Markup
"""Text that is safe to put into a page as it is."""

NOTHING = Html()
NOWHERE = Place("")

PICTURE_FORMATS = {"png": "PNG", "jpg": "JPEG", "jpeg": "JPEG", "gif": "GIF", "webp": "WEBP"}
"""Pillow's name of each format that a picture of pixels may have, by the ending of its file. Pillow knows sixty formats, and
opens some of them in other programs."""
IMAGE_ENDINGS = (".svg", *(f".{ending}" for ending in PICTURE_FORMATS))
"""How the file name of a figure may end."""
UNDATED = datetime.date(2000, 1, 1)
"""What an EPUB, which must have a date, says of a guide without one."""

# ---------------------------------------------------------------- the disk as a value


@dataclass(frozen=True, slots=True)
class Source:
    """A text file of the project."""

    path: str
    """As a person would type it from the folder where the build was started."""
    text: str = field(repr=False)

    def at(self, line: int, needle: str) -> Place:
        """The place of ``needle`` at or below ``line``, or that line where it is not to be found."""
        lines = lines_of(self.text)
        for number in range(line, len(lines) + 1):
            if needle in lines[number - 1]:
                return Place(self.path, number, lines[number - 1].index(needle) + 1)
        return Place(self.path, line, 1)


@lru_cache(maxsize=16)
def lines_of(text: str) -> tuple[str, ...]:
    """Divided once for all places that are looked for in a file."""
    return tuple(text.splitlines())


@dataclass(frozen=True, slots=True)
class Asset:
    """A file that is not text to us: a figure."""

    path: str
    """Relative to the content folder, as links name it: ``figures/network.svg``."""
    data: bytes = field(repr=False)

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.data).hexdigest()

    @property
    def ending(self) -> str:
        """``svg``, whatever the case of its name."""
        return self.path.rpartition(".")[2].lower()

    @property
    def drawn(self) -> bool:
        """Whether it is a drawing, and not a picture of pixels."""
        return self.ending == "svg"

    @property
    def media_type(self) -> str:
        return {"svg": "image/svg+xml", "jpg": "image/jpeg"}.get(self.ending, f"image/{self.ending}")


@dataclass(frozen=True, slots=True)
class Project:
    """Everything that a build reads."""

    content: str
    """The content folder, or the one file of a guide without a folder."""
    config: Source | None
    sources: tuple[Source, ...]
    """The chapters, in the order of their file names."""
    assets: tuple[Asset, ...] = ()
    templates: tuple[Source, ...] = ()
    """Paths relative to the templates folder: ``pdf/document.html``."""
    styles: tuple[Source, ...] = ()
    """Paths relative to the styles folder: ``pages/a4.css``."""
    problems: tuple[Problem, ...] = ()
    dated: datetime.date | None = None
    """The day that its files bear."""
    foreign: bool = False
    """Whether a file of it was in another format: its letters are not ours to choose."""

    @property
    def place(self) -> Place:
        return Place(self.content)


# ---------------------------------------------------------------- guide.toml

DIFFICULTIES = ("easy", "medium", "hard")


def _one_of(default: Any, *values: str) -> Any:
    """Declare a field whose value in guide.toml must be one of these; ``reading.config`` reads the metadata."""
    return field(default=default, metadata={"one_of": values})


@dataclass(frozen=True, slots=True)
class Part:
    """A kind of section that a question can have, declared once for the guide."""

    name: str
    label: str
    names: tuple[str, ...] = ()
    """Other headings that mean the same, such as another language's word."""
    place: str = _one_of("key", "question", "key")
    """Where an edition puts it that does not say otherwise: ``question`` or ``key``."""

    @property
    def words(self) -> tuple[str, ...]:
        """What an author may write behind ``###``."""
        return (self.label, *self.names)


@dataclass(frozen=True, slots=True)
class MediumOptions:
    """The options that only editions of one output have. An output without options of its own uses this class."""

    @property
    def ruled_lines(self) -> int:
        """The least number of ruled lines below each question; 0 for none."""
        return 0

    @property
    def has_spine(self) -> bool:
        """True if left and right pages have their wider margin at different sides."""
        return False

    @property
    def needs_date(self) -> bool:
        """True if the file is only valid with a date."""
        return False

    @property
    def answers_inline(self) -> bool:
        """True if the options put the answers where the questions are, whatever ``Edition.key`` says."""
        return False

    @property
    def answers_pop_up(self) -> bool:
        """True if a hint and an answer pop up where the question asks for them."""
        return False

    @property
    def page_source(self) -> str:
        """The name of the printed edition whose page numbers this one has; empty for none."""
        return ""


@dataclass(frozen=True, slots=True)
class PrintOptions(MediumOptions):
    """Options of a PDF."""

    page: str = "a4"
    """A file of ``styles/pages/``, without its ``.css``."""
    form: str = _one_of("duplex", "screen", "duplex", "press")
    """``screen``, ``duplex`` for paper that is printed on both sides, or ``press``."""
    see_through: str = _one_of("", "", "strict")
    """``strict`` keeps an answer also from the other side of its question's leaf, where ink may show through."""
    space: int = 0
    """Ruled lines below each question, at the least: a longer answer has more."""

    @property
    def ruled_lines(self) -> int:
        return self.space

    @property
    def has_spine(self) -> bool:
        return self.form != "screen"

    @property
    def needs_date(self) -> bool:
        return self.form == "press"  # PDF/X


@dataclass(frozen=True, slots=True)
class EbookOptions(MediumOptions):
    """Options of an EPUB."""

    pages: str = "guide"
    """The printed edition whose page numbers it has; none if empty."""
    reveal: str = _one_of("linked", "linked", "popup", "inline")
    """How a reader gets to an answer: ``linked``, ``popup`` or ``inline``."""
    maths: str = _one_of("svg", "svg", "mathml", "both")
    """How formulas are written: ``svg``, ``mathml`` or ``both``."""
    fonts: str = _one_of("reader", "reader", "book")
    """Whose faces it is set in: those of the ``reader``, or those of the printed ``book``."""

    @property
    def answers_inline(self) -> bool:
        return self.reveal == "inline"

    @property
    def answers_pop_up(self) -> bool:
        return self.reveal == "popup"

    @property
    def page_source(self) -> str:
        return self.pages


@dataclass(frozen=True, slots=True)
class Edition:
    """One book made from the guide: which questions, which parts where, in which form."""

    name: str
    output: str = "pdf"
    """A name in ``pipeline.OUTPUTS``."""
    title: str = ""
    """The edition's title on its cover; empty for the guide itself."""
    suffix: str = ""
    """Stands between the guide's file name and the extension."""
    questions: bool = True
    """False for a book of answers only."""
    key: str = _one_of("book-end", "inline", "chapter-end", "book-end", "none")
    """Where the answers are: ``inline``, ``chapter-end``, ``book-end`` or ``none``."""
    with_question: tuple[str, ...] | None = None
    """The names of the parts beside the question; None for those whose ``Part.place`` says so."""
    in_key: tuple[str, ...] | None = None
    """The names of the parts in the key; None for those whose ``Part.place`` says so."""
    chapters: tuple[str, ...] = ()
    """The identifiers of the chapters whose questions are in it; empty for all."""
    difficulties: tuple[str, ...] = _one_of((), *DIFFICULTIES)
    """The difficulties of the questions in it; empty for all."""
    tags: tuple[str, ...] = ()
    """Each question in it has one of these tags; empty for no such condition."""
    without: tuple[str, ...] = ()
    """Chapters, of prose as well, difficulties and tags that are left out."""
    seed: int | None = None
    """Shuffles the questions of each chapter, always in the same way for the same number; the key stays in order."""
    options: MediumOptions = PrintOptions()


@dataclass(frozen=True, slots=True)
class Ignore:
    """A warning that the author has looked at and lets stand."""

    rule: str = ""
    where: str = ""
    """The identifier of the question, the term or the chapter; the whole guide where it is not given."""
    reason: str = ""
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True)
class Config:
    """What guide.toml says, and what holds where it says nothing."""

    title: str = ""
    subtitle: str = ""
    series: str = ""
    """The series that the book belongs to."""
    authors: tuple[str, ...] = ()
    language: str = "en"
    version: str = ""
    date: datetime.date | None = None
    licence: str = ""
    description: str = ""
    name: str = ""
    """The stem of every file in dist/; made from the title where it is not given."""
    parts: tuple[Part, ...] = ()
    editions: tuple[Edition, ...] = ()
    words: tuple[str, ...] = ()
    """Words that are spelt rightly, whatever a dictionary says."""
    ignores: tuple[Ignore, ...] = ()
    problems: tuple[Problem, ...] = ()


# ---------------------------------------------------------------- one chapter


@dataclass(frozen=True, slots=True)
class Link:
    """A link as the author wrote it."""

    target: str
    place: Place


@dataclass(frozen=True, slots=True)
class Figure:
    """A picture as the author wrote it."""

    path: str
    alt: str
    place: Place


@dataclass(frozen=True, slots=True)
class Passage:
    """A run of Markdown and, after ``markup``, the safe HTML that it became."""

    markdown: str
    place: Place
    html: Html = NOTHING
    anchors: tuple[tuple[str, Place], ...] = ()
    """Identifiers of the headings inside, for links to point at."""
    links: tuple[Link, ...] = ()
    figures: tuple[Figure, ...] = ()
    problems: tuple[Problem, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.markdown.strip())


@dataclass(frozen=True, slots=True)
class Choice:
    """One option of a multiple-choice question."""

    text: Passage
    correct: bool
    letter: str
    reason: Passage = Passage("", NOWHERE)
    """Why it is right or wrong, for the key."""


@dataclass(frozen=True, slots=True)
class Section:
    """One part of one question as it was written: ``### Hint`` and what follows."""

    heading: str
    """The author's word."""
    text: Passage
    place: Place
    name: str = ""
    """The Part that the word means; empty where it means none."""


@dataclass(frozen=True, slots=True)
class Question:
    """A question with its stem, its choices and its parts."""

    id: str
    place: Place
    title: Passage
    stem: Passage
    choices: tuple[Choice, ...] = ()
    sections: tuple[Section, ...] = ()
    named: bool = False
    """Whether the author gave the identifier, so that it must be unique as it is."""
    difficulty: str = ""
    tags: tuple[str, ...] = ()
    space: int | None = None
    """Ruled lines below it where there are any; as the edition says where it is not given."""
    unknown: tuple[str, ...] = ()
    """Words of the heading's braces that mean nothing here."""
    lang: str = ""
    """Its language, where that is not the book's."""
    number: str = ""
    """``4.7``, given by ``assemble``."""

    @property
    def passages(self) -> tuple[Passage, ...]:
        return (
            self.title,
            self.stem,
            *(each for choice in self.choices for each in (choice.text, choice.reason)),
            *(section.text for section in self.sections),
        )

    @property
    def direction(self) -> str:
        return get_direction(self.lang)

    @property
    def answered(self) -> bool:
        """Whether a reader finds an answer in the key."""
        given = any(section.name in ("answer", "explanation") and section.text for section in self.sections)
        return given or any(choice.correct for choice in self.choices)

    def pick(self, names: tuple[str, ...]) -> tuple[Section, ...]:
        """The sections of these parts that have a text, in the order of ``names``."""
        return tuple(section for name in names for section in self.sections if section.name == name and section.text)


@dataclass(frozen=True, slots=True)
class Term:
    """An entry of a glossary."""

    id: str
    """``term-dropout``."""
    title: Passage
    """The line above the meaning: ``Convolutional neural network (CNN)``."""
    names: tuple[str, ...]
    """The words that mean it, each for itself; the first is the one to look up."""
    meaning: Passage


@dataclass(frozen=True, slots=True)
class Chapter:
    """One file of the content: prose, a glossary, or an introduction and questions."""

    id: str
    place: Place
    title: str
    kind: str = "questions"
    """``questions``, ``prose`` or ``glossary``."""
    summary: str = ""
    text: Passage = Passage("", NOWHERE)
    """What stands before the first question; all of it in a prose chapter."""
    questions: tuple[Question, ...] = ()
    terms: tuple[Term, ...] = ()
    headings: tuple[tuple[int, Place], ...] = ()
    """Level and place of every heading at the outermost level, the title's own left out."""
    definitions: str = field(default="", repr=False)
    """Footnotes and link targets defined anywhere in the file, for every passage of it."""
    problems: tuple[Problem, ...] = ()
    number: str = ""
    """``4``, given by ``assemble``; a prose chapter has none."""
    key: str = ""
    """A name for everything that the chapter was made from, for the cache."""

    @property
    def passages(self) -> tuple[Passage, ...]:
        asked = (passage for question in self.questions for passage in question.passages)
        explained = (passage for term in self.terms for passage in (term.title, term.meaning))
        return (self.text, *asked, *explained)


# ---------------------------------------------------------------- the book


@dataclass(frozen=True, slots=True)
class Guide:
    """The whole book, numbered, before any edition or medium."""

    config: Config
    chapters: tuple[Chapter, ...]
    problems: tuple[Problem, ...] = ()
    """The warnings; a guide with errors becomes no book."""

    @property
    def questions(self) -> tuple[Question, ...]:
        return tuple(question for chapter in self.chapters for question in chapter.questions)

    @property
    def terms(self) -> tuple[Term, ...]:
        return tuple(term for chapter in self.chapters for term in chapter.terms)


@dataclass(frozen=True, slots=True)
class Entry:
    """A question as the sheets of an edition hold it: where to look for it and for its answer."""

    number: str
    question: str
    """The anchor of the question."""
    answers: tuple[str, ...]
    """The anchors that tell its answer: the answer itself first, then those of its parts."""
    place: Place
    answer_place: Place


@dataclass(frozen=True, slots=True)
class Pagination:
    """Where things stand in a printed edition."""

    labels: tuple[str, ...]
    """The printed number of each page."""
    anchors: Mapping[str, tuple[int, ...]]
    """The pages of each anchor, counted from 0, all of them in their order."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A run of pages in print, one document in an EPUB."""

    name: str
    """The stem of its file in an EPUB: ``chapter-basic-concepts``."""
    title: str
    role: str
    """The template that made it: ``cover``, ``chapter``, ``key`` …"""
    html: Html = field(repr=False)
    place: Place = NOWHERE
    """The chapter that it is made of, for messages."""
    entries: tuple[Entry, ...] = ()
    """The questions that it asks or answers."""
    recto: bool = False
    """Whether it opens on a right-hand page, in a book that has left and right pages."""


@dataclass(frozen=True, slots=True)
class Volume:
    """One edition, composed: everything that an output needs to make its file."""

    config: Config
    edition: Edition
    sheets: tuple[Sheet, ...]
    styles: str = field(repr=False, default="")
    assets: tuple[Asset, ...] = ()
    """The figures that the sheets show."""
    chapters: tuple[Chapter, ...] = field(repr=False, default=())
    """What the sheets are made of, for messages."""
    page_source: str = ""
    """The printed book whose page numbers it has, where it has no pages itself."""
    cover: bytes = field(repr=False, default=b"")
    """A PNG of the printed cover, for an output that shows a picture of it."""
    shift: float = 0
    """How far the text of a verso stands to the right of where it stands on a recto, in points."""
    dated: datetime.date | None = None
    """The day that its file bears."""
    foreign: bool = False
    """Whether a letter that no face has is printed as a box, and is no problem."""

    @property
    def title(self) -> str:
        """What a library lists: the guide's title and, where it has one, the edition's."""
        return ": ".join(filter(None, [self.config.title, self.edition.title]))

    @property
    def file_stem(self) -> str:
        """The name of its file without the ending."""
        return f"{self.config.name}{self.edition.suffix}"


@dataclass(frozen=True, slots=True)
class Artifact:
    """A finished file, not yet on the disk."""

    path: str
    data: bytes = field(repr=False)
    edition: str = ""
    pages: int | None = None
    """Printed pages; a reflowable book has none."""
    seconds: float = 0
