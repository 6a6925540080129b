"""Every value that flows from stage to stage, in the order in which they come to be."""

import datetime
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from markupsafe import Markup

from studyguide.bidi import get_direction
from studyguide.problems import Place, Problem

Html = Markup
"""Text that is safe to put into a page as it is."""

NOTHING = Html()
NOWHERE = Place("")

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


@dataclass(frozen=True, slots=True)
class Part:
    """A kind of section that a question can have, declared once for the guide."""

    name: str
    label: str
    names: tuple[str, ...] = ()
    """Other headings that mean the same, such as another language's word."""
    place: str = "key"
    """Where an edition puts it that does not say otherwise: ``question`` or ``key``."""

    @property
    def words(self) -> tuple[str, ...]:
        """What an author may write behind ``###``."""
        return (self.label, *self.names)


@dataclass(frozen=True, slots=True)
class Edition:
    """One book made from the guide: what stands where, on which page, in which form."""

    name: str
    output: str = "pdf"
    """A name in ``pipeline.OUTPUTS``."""
    title: str = ""
    """What this edition is called on its cover; nothing for the guide itself."""
    suffix: str = ""
    """Stands between the guide's file name and the extension."""
    questions: bool = True
    """Whether the questions are in it."""
    key: str = "book-end"
    """Where the answers are: ``inline``, ``chapter-end``, ``book-end`` or ``none``."""
    with_question: tuple[str, ...] | None = None
    """The names of the parts beside the question; as the parts say where it is not given."""
    in_key: tuple[str, ...] | None = None
    """The names of the parts in the key; as the parts say where it is not given."""
    chapters: tuple[str, ...] = ()
    """The identifiers of the chapters whose questions are in it; all where none is named."""
    difficulties: tuple[str, ...] = ()
    """The difficulties of the questions in it; all where none is named."""
    tags: tuple[str, ...] = ()
    """One of these each question in it has; any where none is named."""
    without: tuple[str, ...] = ()
    """Chapters, of prose as well, difficulties and tags that are left out."""
    see_through: str = ""
    """``strict`` keeps an answer also from the back of its question's leaf, where ink may show through."""
    seed: int | None = None
    """Shuffles the questions of each chapter, always in the same way for the same number; the key stays in order."""
    space: int = 0
    """Ruled lines below each question, at the least: a longer answer has more."""
    page: str = "a4"
    """A file of ``styles/pages/``, without its ``.css``."""
    form: str = "duplex"
    """What it is made for: ``screen``, ``duplex`` for paper printed on both sides, or ``press``."""
    pages: str = "guide"
    """The printed edition whose page numbers an EPUB has; none where it is empty."""
    reveal: str = "linked"
    """How an EPUB gives its answers away: ``linked``, ``popup`` or ``inline``."""
    maths: str = "svg"
    """How the formulas of an EPUB are made: ``svg``, ``mathml`` or ``both``."""
    fonts: str = "reader"
    """Whose faces an EPUB has: the ``reader``'s own, or those of the printed ``book``."""


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

DIFFICULTIES = ("easy", "medium", "hard")


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
    cover: "Volume | None" = field(repr=False, default=None)
    """The printed cover as a book of one sheet, for an EPUB, which shows a picture of it."""
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


@dataclass(frozen=True, slots=True)
class Artifact:
    """A finished file, not yet on the disk."""

    path: str
    data: bytes = field(repr=False)
    edition: str = ""
    pages: int | None = None
    """Printed pages; a reflowable book has none."""
    seconds: float = 0


# ---------------------------------------------------------------- what it was made with


OURS = "AGPL-3.0-or-later"
"""The licence of the program."""


@dataclass(frozen=True, slots=True)
class Package:
    """Something that the program stands on."""

    name: str
    version: str
    licence: str
    """An SPDX expression, or whatever the package says instead."""
    purl: str
    """Its package URL without the version: ``pkg:pypi/click``."""
    needs: tuple[str, ...] = ()
    """The names of those that it needs in turn."""
    optional: bool = False
    """Whether no book needs it."""

    @property
    def face(self) -> bool:
        """Whether it holds faces and nothing else."""
        return self.name.startswith("fontpkg-")
