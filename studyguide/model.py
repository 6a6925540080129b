"""The values that flow from stage to stage, in the order in which the stages make them."""

import datetime
import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from functools import cached_property, lru_cache
from html import unescape
from typing import Any, NamedTuple

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
"""The endings that the file name of a figure may have."""
CHAPTER_ENDINGS = (".md", ".markdown", ".mdown", ".mkd")
"""The endings that the file name of a chapter may have, in letters of any case."""
UNDATED = datetime.date(2000, 1, 1)
"""The date of an EPUB, which must have one, if the guide has none."""

# ---------------------------------------------------------------- the disk as a value


@dataclass(frozen=True, slots=True)
class Source:
    """A text file of the project."""

    path: str
    """As one would type it from the folder where the program was started."""
    text: str = field(repr=False)
    files: tuple["Asset", ...] = field(default=(), repr=False)
    """The files of a package, by their paths in it; a package has no text."""
    chapters: "tuple[Chapter, ...] | None" = field(default=None, repr=False)
    """The chapters that an importer made of a file in another format, without their HTML; None for a file in ours."""
    origin: str = ""
    """The path as typed, of a template, a style or a file of words in a guide's folder; its ``path`` is that in the program's."""

    def at(self, line: int, needle: str) -> Place:
        """Return the place of ``needle`` at or below ``line``; the line itself if the needle is not found."""
        lines = _split_lines(self.text)
        for number in range(line, len(lines) + 1):
            if needle in lines[number - 1]:
                return Place(self.path, number, lines[number - 1].index(needle) + 1)
        return Place(self.path, line, 1)


@lru_cache(maxsize=16)
def _split_lines(text: str) -> tuple[str, ...]:
    """Split a text once for all places that are looked up in it."""
    return tuple(text.splitlines())


@dataclass(frozen=True, slots=True)
class FigureFault:
    """A fault of the file of a figure, wherever it is shown: ``before``, the name of the figure, and ``found`` are a sentence."""

    rule: str
    found: str
    fix: str
    before: str = ""


@dataclass(frozen=True, slots=True)
class Asset:
    """A figure, as the bytes of its file."""

    path: str
    """Relative to the content folder, as links name it: ``figures/network.svg``."""
    data: bytes = field(repr=False)
    faults: tuple[FigureFault, ...] | None = field(default=None, repr=False)
    """None if it was not judged."""

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.data).hexdigest()

    @property
    def ending(self) -> str:
        """``svg``, whatever the case of its name."""
        return self.path.rpartition(".")[2].lower()

    @property
    def is_drawing(self) -> bool:
        """True for a drawing, False for a picture of pixels."""
        return self.ending == "svg"

    @property
    def media_type(self) -> str:
        return {"svg": "image/svg+xml", "jpg": "image/jpeg"}.get(self.ending, f"image/{self.ending}")


@dataclass(frozen=True)
class OwnFace:
    """A face of the guide as its books use it: static, without hints, under its family's name."""

    path: str
    """The file that it was made of, as typed."""
    name: str
    """The family, as the file says and authors write it."""
    family: str
    """The family in styles and in books, of letters and digits, and none of the program's."""
    weight: int
    """400 is regular, 700 bold."""
    is_italic: bool
    data: bytes = field(repr=False)
    """An OpenType file."""
    space: float = 0.25
    """The width of a space, in parts of the type size."""
    letter: float = 0.45
    """The mean width of a letter of running text, in parts of the type size."""

    @cached_property
    def digest(self) -> str:
        return hashlib.sha256(self.data).hexdigest()

    @property
    def file_name(self) -> str:
        """The name of its file in an EPUB, and in the addresses of styles."""
        return f"own-{self.digest[:16]}.{'otf' if self.data.startswith(b'OTTO') else 'ttf'}"


class Typecase(NamedTuple):
    """The facts that decide which letters a book can print."""

    language: str
    faces: tuple[OwnFace, ...] = ()
    """The guide's own faces that its look names."""


@dataclass(frozen=True, slots=True)
class Project:
    """All files that a build reads."""

    content: str
    """The content folder, or the file of a guide that is one file."""
    config: Source | None
    sources: tuple[Source, ...]
    """The files of the chapters, in the order of their names."""
    assets: tuple[Asset, ...] = ()
    templates: tuple[Source, ...] = ()
    """Paths relative to the templates folder: ``pdf/document.html``. The guide's own come last, and the last of a path counts."""
    styles: tuple[Source, ...] = ()
    """Paths relative to the styles folder: ``pages/a4.css``. The guide's own come last, and the last of a path counts."""
    own_words: tuple[Source, ...] = ()
    """The guide's own words, in the format of ``locale``: ``de.toml``."""
    own_figures: "tuple[Figure, ...]" = ()
    """The figures that the guide's own templates and styles show."""
    fonts: tuple[Asset, ...] = ()
    """The files of the guide's own faces, with paths as typed."""
    problems: tuple[Problem, ...] = ()
    moment: datetime.datetime | None = None
    """The time that the books bear, in UTC."""
    is_imported: bool = False
    """True if a file was converted from another format: a character that the faces lack is then no error."""
    files: frozenset[str] = frozenset()
    """The files and folders of the content folder that links lead to, named as in ``Asset``."""
    pictures: tuple[str, ...] = ()
    """The pictures of the content folder, named as in ``Asset``, if a chapter names one that is not there."""

    @property
    def date(self) -> datetime.date | None:
        """The day that the books bear."""
        return self.moment and self.moment.date()

    @property
    def place(self) -> Place:
        return Place(self.content)

    @property
    def is_whole(self) -> bool:
        """True if all files could be read; a file that is no part of the guide is a warning."""
        return all(problem.severity == "warning" for problem in self.problems)

    def join_texts(self) -> str:
        """Return the text of all files that authors write, with the characters that entities stand for."""
        return _join_texts(self)

    def list_letters(self) -> str:
        """Return each character of these texts once."""
        return _list_letters(self)


@lru_cache(maxsize=2)
def _join_texts(project: Project) -> str:
    """Join the texts once for all that a build looks for in them."""
    own = [source for source in (*project.templates, *project.own_words) if source.origin]
    texts = [source.text for source in (*project.sources, *([project.config] if project.config else []), *own)]
    texts += [chapter.join_texts() for source in project.sources if source.chapters for chapter in source.chapters]
    texts += [asset.data.decode(errors="replace") for asset in project.assets if asset.is_drawing]
    text = "\n".join(texts)
    return f"{text}\n{unescape(text)}" if "&" in text else text


@lru_cache(maxsize=2)
def _list_letters(project: Project) -> str:
    """List the letters once for all editions of a build."""
    return "".join(sorted(set(project.join_texts())))


# ---------------------------------------------------------------- guide.toml

DIFFICULTIES = ("easy", "medium", "hard")
REVIEW_DAYS = (1, 3, 7, 16)
"""The days after the first look on which one looks at a question again, if an edition wants a plan and names no days."""


# ``reading.config`` reads the metadata of these fields. ``reading.keys`` shows their docstrings to authors.
def _one_of(default: Any, *values: str) -> Any:
    """Declare a field whose value in guide.toml must be one of these."""
    return field(default=default, metadata={"one_of": values})


def _limited(default: Any, limit: str) -> Any:
    """Declare a field whose value in guide.toml has the limit of this name in ``limits``, and not the one of its type."""
    return field(default=default, metadata={"limit": limit})


def _address() -> Any:
    """Declare a field whose value in guide.toml is the address of a web page; empty for none."""
    return field(default="", metadata={"limit": "setting", "is_address": True})


def _tables(kind: type, limit: str) -> Any:
    """Declare a field whose value in guide.toml is a list of tables, each of which sets the fields of a dataclass; ``limit`` as above."""
    return field(default=(), metadata={"tables": kind, "limit": limit})


def _colour() -> Any:
    """Declare a field whose value in guide.toml is a colour such as ``#0c4a63``; empty for the program's own."""
    return field(default="", metadata={"colour": True})


def _within(low: float, high: float) -> Any:
    """Declare a field whose value in guide.toml is a number from ``low`` to ``high``; None for the program's own."""
    return field(default=None, metadata={"within": (low, high)})


@dataclass(frozen=True, slots=True)
class Look:
    """The colours, faces and sizes that a guide, or one of its editions, has in the place of the program's."""

    accent: str = _colour()
    """The colour of the cover, of numbers and tabs, and of titles unless `heading` says another: `"#7a1f2b"`."""
    heading: str = _colour()
    """The colour of the titles of chapters and sections."""
    ink: str = _colour()
    """The colour of the text."""
    background: str = _colour()
    """The colour of the ground on a screen: of web pages, of cards, and of an EPUB that takes the book's colours. Printed pages stay as
    white as their paper."""
    night_accent: str = _colour()
    """The accent of web pages and cards at night. Without it, it is a lighter `accent`."""
    night_heading: str = _colour()
    """The colour of the titles of web pages and cards at night. Without it, it is a lighter `heading`."""
    night_ink: str = _colour()
    """The colour of the text of web pages and cards at night."""
    night_background: str = _colour()
    """The colour of the ground of web pages and cards at night."""
    text: str = ""
    """The face of the text: the name of a family in `fonts/`, or of one that the program has."""
    sans: str = ""
    """The face of labels, tables and page references."""
    code: str = ""
    """The face of code."""
    size: float | None = _within(6.0, 24.0)
    """The size of the text in points, on every page size. Titles, captions and code grow and shrink with it."""
    leading: float | None = _within(7.0, 40.0)
    """The distance of the lines of text in points. Without it, it follows `size`."""

    def at_night(self, ground: str) -> "Look":
        """Return the look with the colours that it sets for the night, and no other; ``ground`` is that of the program's night."""
        return Look(
            accent=self.night_accent,
            heading=self.night_heading,
            ink=self.night_ink,
            background=self.night_background or ground,
        )

    def choose_faces(self, faces: Iterable[OwnFace]) -> tuple[OwnFace, ...]:
        """Return those of the guide's faces that this look names."""
        return tuple(face for face in faces if face.name in (self.text, self.sans, self.code))

    def over(self, other: "Look") -> "Look":
        """Return this look, with what another says where this one is silent."""
        own = {each.name: getattr(self, each.name) for each in fields(self)}
        return replace(other, **{name: value for name, value in own.items() if value not in ("", None)})


ANSWERING_PARTS = ("answer", "explanation")
"""The names of the parts of which either answers its question."""


@dataclass(frozen=True, slots=True)
class Part:
    """A kind of part that a question can have, such as the hint."""

    name: str
    label: str
    """The word that the books print above the part, and that you may write after ``###``. A part of your own is called as its table
    if you set none."""
    names: tuple[str, ...] = ()
    """More words that you may write after ``###`` for this part."""
    place: str = _one_of("key", "question", "key")
    """The place of the part unless an edition moves it: beside the ``question``, or with the answer in the ``key``."""

    @property
    def words(self) -> tuple[str, ...]:
        """The words that an author may write after ``###``."""
        return (self.label, *self.names)


@dataclass(frozen=True, slots=True)
class MediumOptions:
    """The options that only editions of one output have. An output without options of its own uses this class."""

    @property
    def ruled_lines(self) -> int:
        """The least number of ruled lines below each question; 0 for none."""
        return 0

    @property
    def has_sheets(self) -> bool:
        """True if each question has a page of its own, with room for what an interviewer writes."""
        return False

    @property
    def review_days(self) -> tuple[int, ...]:
        """The days after which a question is looked at again, for a plan; empty for no plan."""
        return ()

    @property
    def new_per_day(self) -> int:
        """The number of questions that the plan has for the first time on a day."""
        return 1

    @property
    def has_spine(self) -> bool:
        """True if left and right pages have their wider margin at different sides."""
        return False

    @property
    def needs_date(self) -> bool:
        """True if the file is only valid with a date."""
        return False

    @property
    def is_known_by_date(self) -> bool:
        """True if a reader's program tells a later file from an earlier one by its date."""
        return False

    @property
    def has_term_cards(self) -> bool:
        """True if each term of the glossary is a card, in an output that is made of cards."""
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

    def with_page(self, page: str) -> "MediumOptions":
        """Return the options with another page size; the same if the medium has no pages."""
        return self


@dataclass(frozen=True, slots=True)
class PrintOptions(MediumOptions):
    """Options of a PDF."""

    page: str = "a4"
    """The size of the paper. Each name is that of a file in ``styles/pages/``; ``eink`` is a tablet of 10.3 inches."""
    form: str = _one_of("duplex", "screen", "duplex", "press")
    """The use of the PDF: ``duplex`` for paper that is printed on both sides, ``screen`` for pages that are all alike, or ``press`` for
    a printing house, as PDF/X-4 with bleed and crop marks. ``press`` needs a ``date``."""
    see_through: str = _one_of("", "", "strict")
    """The value ``strict`` keeps an answer also off the back of its question's paper, where ink may show through."""
    openings: str = _one_of("auto", "auto", "recto", "any")
    """The page that a chapter opens on: a right-hand page (``recto``), ``any`` page, or ``auto``, which is a right-hand page unless more
    than one page in twenty would be blank."""
    space: int = _limited(0, "space")
    """The number of ruled lines below each question that wants writing, and below each part of such a question, at the least. A
    longer answer has more, and marks divide them among the parts."""
    review: tuple[int, ...] = field(
        default=(), metadata={"limit": "reviews", "each": "review-day", "if_true": REVIEW_DAYS}
    )
    """The days after which a question is looked at again. The book gets a plan of reviews, and a calendar beside it; ``true`` means
    1, 3, 7 and 16 days."""
    review_per_day: int = _limited(8, "review-per-day")
    """The number of questions that the plan of reviews has for the first time on a day."""
    sheets: bool = False
    """The value ``true`` makes sheets for a mock interview: each question has a page of its own, with follow-ups, a rating and room for
    notes."""

    @property
    def has_sheets(self) -> bool:
        return self.sheets

    @property
    def review_days(self) -> tuple[int, ...]:
        return self.review

    @property
    def new_per_day(self) -> int:
        return max(self.review_per_day, 1)

    @property
    def ruled_lines(self) -> int:
        return self.space

    @property
    def has_spine(self) -> bool:
        return self.form != "screen"

    @property
    def needs_date(self) -> bool:
        return self.form == "press"  # PDF/X

    def with_page(self, page: str) -> "PrintOptions":
        return replace(self, page=page)


@dataclass(frozen=True, slots=True)
class EbookOptions(MediumOptions):
    """Options of an EPUB."""

    pages: str = "guide"
    """The printed edition whose page numbers this edition has if both are built at once. An empty text gives it none."""
    reveal: str = _one_of("linked", "linked", "popup", "inline")
    """The way to an answer: a link (``linked``), a box with the hint or the short answer that opens beside the question (``popup``), or
    none because the answer follows the question (``inline``)."""
    maths: str = _one_of("svg", "svg", "mathml", "both")
    """The form of formulas: drawings (``svg``), ``mathml``, or ``both``, MathML in readers that know it and drawings in others."""
    fonts: str = _one_of("reader", "reader", "book")
    """The fonts of the text: those of the ``reader``, or those of the printed ``book``, which add about 90 kB."""
    colours: str = _one_of("reader", "reader", "book")
    """The colours of the titles, the text and the ground: those of the ``reader``, or those of ``[look]`` (``book``)."""

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
class AnkiOptions(MediumOptions):
    """Options of a deck for Anki."""

    pages: str = "guide"
    """The printed edition whose page numbers stand on the backs of the cards, if it is built at the same time; none if empty."""
    glossary: bool = False
    """The value `true` makes each term of the glossary a card, too: the term on its front, the meaning on its back."""

    @property
    def answers_inline(self) -> bool:
        return True

    @property
    def has_term_cards(self) -> bool:
        return self.glossary

    @property
    def is_known_by_date(self) -> bool:
        return True

    @property
    def page_source(self) -> str:
        return self.pages


@dataclass(frozen=True, slots=True)
class WebOptions(MediumOptions):
    """Options of a folder of web pages."""

    pages: str = "guide"
    """The printed edition whose page numbers stand beside the questions; none if empty."""
    search: bool = True
    """The value `false` leaves out the search through all questions and texts."""
    self_test: bool = True
    """The value `false` leaves out the self-test, which asks one question at a time and keeps, in the reader's browser, what was known."""
    fonts: str = _one_of("book", "book", "reader")
    """The fonts of the text: those that `[look]` names (``book``), with the letters that the pages show, or those of the ``reader``."""
    site_url: str = _address()
    """The address of the start page, such as `https://example.org/guide/`, for a map of the site and for previews of links."""

    @property
    def answers_inline(self) -> bool:
        return True  # folded below the questions

    @property
    def page_source(self) -> str:
        return self.pages


@dataclass(frozen=True, slots=True)
class Take:
    """Questions that an exam takes: so many of those that meet all conditions, or those that are named."""

    count: int | None = _limited(None, "questions")
    """The number of questions to draw. Without it, the exam takes all that meet the conditions."""
    chapter: str = ""
    """The chapter or section that the questions are drawn from, by its identifier. All chapters if you leave it out."""
    difficulty: str = _one_of("", *DIFFICULTIES)
    """The difficulty of the questions. Any if you leave it out."""
    tag: str = ""
    """A tag that each of the questions has. Any if you leave it out."""
    questions: tuple[str, ...] = ()
    """The identifiers of the questions to take, which no other table of the exam draws."""


@dataclass(frozen=True, slots=True)
class Exam:
    """The settings of an edition that is an exam."""

    take: tuple[Take, ...] = _tables(Take, "takes")
    """The questions of an exam: a list of tables, each of which draws some. An edition with this key becomes three files for each form:
    the questions, an answer sheet, and a key for graders."""
    time: int = _limited(0, "minutes")
    """The time of the exam in minutes, printed on its first page. 0 prints none."""
    instructions: str = _limited("", "setting")
    """A text for the first page of the exam."""
    forms: tuple[str, ...] = _limited((), "forms")
    """The names of forms that ask the same questions in different orders. Without it there is one form, in the order of the guide."""
    marks_each: int = _limited(1, "marks")
    """The marks of a question that has none of its own, nor sub-questions with marks."""


@dataclass(frozen=True, slots=True)
class Paper:
    """One of the books that an exam is made into."""

    exam: Exam
    edition: str
    """The name of the edition in guide.toml."""
    title: str
    """The title of the exam."""
    kind: str
    """``questions``, ``sheet`` or ``key``."""
    form: str = ""
    """The name of its form; empty if there is only one."""


@dataclass(frozen=True, slots=True)
class Edition:
    """One book made from the guide: which questions, which parts where, in which form."""

    name: str
    output: str = "pdf"
    """The kind of file that is made."""
    title: str = ""
    """The name of the edition on its cover. A new edition is called as its table if you set none."""
    suffix: str = ""
    """The end of the file's name, before the dot. A new edition has ``-`` and the name of its table if you set none."""
    questions: bool = True
    """The value ``false`` makes a book of answers only."""
    key: str = _one_of("book-end", "inline", "chapter-end", "book-end", "none")
    """The place of the answers: below each question (``inline``), at the end of its chapter, at the end of the book, or in no place."""
    with_question: tuple[str, ...] | None = None
    """The parts beside the question. Without it, each part stands where its ``place`` says."""
    in_key: tuple[str, ...] | None = None
    """The parts in the answer key. Without it, each part stands where its ``place`` says."""
    chapters: tuple[str, ...] = ()
    """The chapters and sections whose questions the edition has, by their identifiers. All if you leave it out."""
    difficulties: tuple[str, ...] = _one_of((), *DIFFICULTIES)
    """The difficulties of the questions that the edition has. All if you leave it out."""
    tags: tuple[str, ...] = ()
    """Tags of which each question of the edition has at least one. Any if you leave it out."""
    without: tuple[str, ...] = ()
    """Chapters (prose too), sections, difficulties and tags that the edition leaves out."""
    without_pages: tuple[str, ...] = _one_of((), "how-to-use", "progress", "index")
    """Pages of the program's own that the edition leaves out: how to use the book, the list for ticking off questions (`progress`), and
    the `index`, which is a list of subjects on a screen."""
    speaking_time: int | None = _limited(None, "speaking-time")
    """The seconds in which an answer is to be said that has no time of its own. The guide's number if you leave it out."""
    seed: int | None = None
    """A number that shuffles the questions of each section or chapter, always in the same way. Questions that share a text stay together,
    and the answer key stays in order. Of an exam it draws the questions, too."""
    options: MediumOptions = PrintOptions()
    look: Look = Look()
    """Colours, faces and sizes of this edition alone."""
    paper: Paper | None = None
    """The part of the book in an exam; None for other editions."""

    @property
    def table(self) -> str:
        """The name of its table in guide.toml."""
        return self.paper.edition if self.paper else self.name

    @property
    def has_sheets(self) -> bool:
        """True if its questions stand on sheets; where its answers follow its questions there is no room for them."""
        return self.options.has_sheets and self.questions and self.key != "inline"


@dataclass(frozen=True, slots=True)
class Ignore:
    """A warning that the author accepts."""

    rule: str = ""
    """The name of the warning, which stands in brackets behind its message. Each ignore needs it."""
    where: str = ""
    """The identifier of the question, the term or the chapter with the warning. The whole guide if you leave it out."""
    reason: str = _limited("", "setting")
    """Your reason for keeping the text as it is. Each ignore needs it."""
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True)
class Config:
    """The contents of guide.toml, with the defaults of keys that it does not set."""

    title: str = ""
    """The title of the guide, on its cover and at the head of its pages."""
    subtitle: str = ""
    """A line below the title on the cover."""
    series: str = ""
    """The series that the book belongs to, stated in the EPUB."""
    authors: tuple[str, ...] = _limited((), "authors")
    """The authors, in the order in which the cover names them."""
    language: str = field(default="en", metadata={"is_guessed": True})
    """The tag of the language, such as ``en-GB`` or ``de``. Guessed from the text if you leave it out."""
    is_language_guessed: bool = False
    """True if guide.toml does not state the language."""
    version: str = ""
    """The version of the guide, printed in the colophon."""
    date: datetime.date | None = None
    """The date of the guide, printed in the colophon. Without it, the books have the day of the newest git commit."""
    review_start: datetime.date | None = None
    """The first day of the calendars of reviews. The date of the books if you leave it out."""
    licence: str = _limited("", "setting")
    """The licence of the text, printed in the colophon."""
    cover: str = ""
    """The figure on the cover, such as ``figures/loaf.svg``. It stands on the colour of the cover, so draw it in white. Without it, the
    cover has words alone."""
    cover_text: str = _limited("", "setting")
    """A description of the figure on the cover for those who cannot see it."""
    cover_place: Place = NOWHERE
    """The place of the key ``cover``."""
    cover_form: str = _one_of("motif", "motif", "page")
    """The place of the figure on the cover: below the words (`motif`), or the whole cover, with its own words in it (`page`)."""
    logo: str = ""
    """A small figure, such as `figures/logo.svg`, printed on the cover and with the facts of the book."""
    logo_text: str = _limited("", "setting")
    """A description of the logo for those who cannot see it."""
    logo_place: Place = NOWHERE
    """The place of the key ``logo``."""
    own_figures: "tuple[Figure, ...]" = ()
    """As those of ``Project``."""
    description: str = _limited("", "setting")
    """A sentence or two about the guide, stated in each file for libraries and shops."""
    name: str = ""
    """The beginning of each file's name. Made from the title if you leave it out."""
    list_headings: bool = False
    """The value ``true`` puts the headings ``##`` of prose chapters into the contents, below their chapters."""
    parts: tuple[Part, ...] = ()
    """A table for each part of a question. It changes a built-in part (``hint``, ``answer``, ``explanation``, ``pitfalls`` or
    ``follow-ups``) or adds one of your own."""
    editions: tuple[Edition, ...] = ()
    """A table for each book that is made of the guide. It changes a built-in edition (``guide``, ``workbook``, ``answers``, ``teacher`` or
    ``tablet``) or adds one of your own."""
    typography: bool = True
    """The value ``true`` makes quotation marks, dashes and dots those of a printed book, and ``false`` prints them as typed."""
    speaking_time: int = _limited(0, "speaking-time")
    """The seconds in which an answer is to be said that has no time of its own. 0 is no time."""
    words_per_minute: int = _limited(150, "speaking-rate")
    """The number of words that one says in a minute, by which answers with a time are measured. 0 measures none."""
    look: Look = Look()
    """A table of colours, faces and sizes in the place of the program's."""
    words: tuple[str, ...] = _limited((), "words")
    """Words that ``check --spelling`` accepts although the dictionary lacks them."""
    own_words: tuple[tuple[str, str], ...] = ()
    """The guide's own words in the place of the program's, as ``locale.OwnWords``."""
    ignores: tuple[Ignore, ...] = ()
    """A table for each warning that is to stay."""
    problems: tuple[Problem, ...] = ()

    @property
    def cover_figures(self) -> "tuple[Figure, ...]":
        """The figure on the cover, if there is one."""
        return (Figure(self.cover, self.cover_text, self.cover_place),) if self.cover else ()

    @property
    def look_figures(self) -> "tuple[Figure, ...]":
        """The figures that are part of the look: the logo, and those of the guide's own templates and styles."""
        logo = (Figure(self.logo, self.logo_text, self.logo_place),) if self.logo else ()
        return (*logo, *self.own_figures)

    @property
    def direction(self) -> str:
        """``ltr`` or ``rtl``: that of the book."""
        return get_direction(self.language)


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
class Blank:
    """A gap in a text that the reader fills in."""

    answers: tuple["Passage", ...]
    """The words that may stand there; the key names the first."""
    place: Place


@dataclass(frozen=True, slots=True)
class Passage:
    """A run of Markdown and, once it is rendered, its safe HTML."""

    markdown: str
    place: Place
    html: Html = NOTHING
    anchors: tuple[tuple[str, Place], ...] = ()
    """Identifiers of the headings inside, for links to point at."""
    links: tuple[Link, ...] = ()
    figures: tuple[Figure, ...] = ()
    problems: tuple[Problem, ...] = ()
    indents: tuple[int, ...] = ()
    """The characters of the file before each line that are no part of the text, such as those of ``> ``, the first line's aside."""
    lines: tuple[int, ...] = ()
    """The line of the file that each line of the text is made of, in a file of another format; empty if they follow each other."""
    block_lines: tuple[int, ...] = field(default=(), repr=False)
    """The line of the text, from 0, in which each element of ``html_text.BLOCK_TAGS`` in the HTML begins."""
    blanks: tuple[Blank, ...] = ()
    """Its gaps, in their order."""
    heading_names: frozenset[str] = frozenset()
    """The anchors that were made of headings, and may be changed so that each is unique in the book."""

    def __bool__(self) -> bool:
        return bool(self.markdown.strip())

    def find_place(self, line: int, column: int) -> Place:
        """Return the place in the file of a character of the text: its line, from 0, and its column, from 1.

        A text of another format has no column, because an importer changed it.
        """
        if not self.place.column:
            return replace(self.place, line=self.lines[line]) if line < len(self.lines) else self.place
        if not line:
            return replace(self.place, column=self.place.column + column - 1)
        indent = sum(self.indents[line - 1 : line])
        return replace(self.place.below(line), column=column + indent)


@dataclass(frozen=True, slots=True)
class Choice:
    """One option of a multiple-choice question."""

    text: Passage
    correct: bool
    letter: str
    reason: Passage = Passage("", NOWHERE)
    """The reason why it is right or wrong, for the key."""


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that is matched or put in order, in the right order of the author's list."""

    text: Passage
    partner: Passage = Passage("", NOWHERE)
    """The text that it is matched with."""
    left_out: tuple[Passage, ...] = ()
    """The cells of its row beyond the second, which are in no book."""


@dataclass(frozen=True, slots=True)
class QuestionPart:
    """A part of a question as its author wrote it: ``### Hint`` and the text below."""

    heading: str
    """The heading as the author wrote it."""
    text: Passage
    place: Place
    name: str = ""
    """The name of the ``Part`` that the heading means; empty if it means none."""
    seconds: int | None = None
    """The time in which an answer is to be said; None for the edition's own, 0 for none."""
    marks: str = ""
    """Text between the braces at the end of the heading, where it has no meaning."""

    @property
    def is_answer(self) -> bool:
        """True for the answer itself, which may have a speaking time."""
        return self.name == "answer"


@dataclass(frozen=True, slots=True)
class Subquestion:
    """A question within a question: ``### (a) Which …?``, with answers of its own."""

    letter: str
    """``a``."""
    title: Passage
    text: Passage
    parts: tuple[QuestionPart, ...] = ()
    marks: int | None = None
    """As those of a question."""
    unknown: tuple[str, ...] = ()
    """As those of a question."""

    @property
    def passages(self) -> tuple[Passage, ...]:
        return self.title, self.text, *(part.text for part in self.parts)

    @property
    def blanks(self) -> tuple[Blank, ...]:
        """The blanks of its texts, numbered from 1 if there are several."""
        return self.title.blanks + self.text.blanks

    def change_passages(self, change: Callable[[Passage], Passage]) -> "Subquestion":
        """Return the sub-question with each of its passages changed."""
        parts = tuple(replace(part, text=change(part.text)) for part in self.parts)
        return replace(self, title=change(self.title), text=change(self.text), parts=parts)

    def pick(self, names: tuple[str, ...]) -> tuple[QuestionPart, ...]:
        """Return the parts of these names that have a text, in the order of ``names``."""
        return tuple(part for name in names for part in self.parts if part.name == name and part.text)


@dataclass(frozen=True, slots=True)
class Division:
    """A text before questions of a chapter: a section of the chapter, or a stem that several questions share."""

    id: str
    place: Place
    title: Passage
    text: Passage
    count: int = 0
    """The number of questions that share it; 0 for a section, which goes on to the next."""
    unknown: tuple[str, ...] = ()
    """As those of a question."""
    has_own_id: bool = False
    """As that of a question."""


@dataclass(frozen=True, slots=True)
class Question:
    """A question with its stem, its choices and its parts."""

    id: str
    place: Place
    title: Passage
    stem: Passage
    choices: tuple[Choice, ...] = ()
    below: Passage = Passage("", NOWHERE)
    """The text below the choices or the items."""
    kind: str = ""
    """A key of ``kinds.KINDS``; empty for an open question, or one with choices or blanks."""
    items: tuple[Item, ...] = ()
    """The things that a question of a kind asks to match or to order."""
    subquestions: tuple[Subquestion, ...] = ()
    parts: tuple[QuestionPart, ...] = ()
    marks: int | None = None
    """The worth of a right answer; None if its author did not say."""
    section: str = ""
    """The identifier of the section of the chapter that it stands in; empty if there is none."""
    shared: str = ""
    """The identifier of the stem that it shares with others; empty if there is none."""
    has_own_id: bool = False
    """True if the author gave the identifier, which therefore must be unique."""
    difficulty: str = ""
    tags: tuple[str, ...] = ()
    space: int | None = None
    """Ruled lines below it or, together, below its sub-questions, in an edition that has any; None for the edition's own number."""
    unknown: tuple[str, ...] = ()
    """Words in the heading's braces that have no meaning."""
    lang: str = ""
    """Its language, if that is not the book's."""
    number: str = ""
    """Such as ``4.7``; set when the guide is assembled."""
    form: str = ""
    """The form of an exam, by which its items are shuffled besides its identifier."""

    @property
    def order_name(self) -> str:
        """The name of the order in which its items are printed."""
        return f"{self.id} {self.form}" if self.form else self.id

    @property
    def passages(self) -> tuple[Passage, ...]:
        return (
            self.title,
            self.stem,
            *(each for choice in self.choices for each in (choice.text, choice.reason)),
            *(each for item in self.items for each in (item.text, item.partner)),
            self.below,
            *(each for subquestion in self.subquestions for each in subquestion.passages),
            *(part.text for part in self.parts),
        )

    def find_lines(self) -> frozenset[int]:
        """Return the ``id`` of each of its passages that is a line: a title, or an item without a second line."""
        items = (each for item in self.items for each in (item.text, item.partner) if "\n" not in each.markdown)
        return frozenset(map(id, (self.title, *(each.title for each in self.subquestions), *items)))

    def change_passages(self, change: Callable[[Passage], Passage]) -> "Question":
        """Return the question with each of its passages changed."""
        return replace(
            self,
            title=change(self.title),
            stem=change(self.stem),
            choices=tuple(replace(each, text=change(each.text), reason=change(each.reason)) for each in self.choices),
            items=tuple(replace(each, text=change(each.text), partner=change(each.partner)) for each in self.items),
            subquestions=tuple(each.change_passages(change) for each in self.subquestions),
            below=change(self.below),
            parts=tuple(replace(part, text=change(part.text)) for part in self.parts),
        )

    @property
    def direction(self) -> str:
        return get_direction(self.lang)

    @property
    def is_answered(self) -> bool:
        """True if a reader finds an answer in the key."""
        given = any(part.name in ANSWERING_PARTS and part.text for part in self.all_parts)
        return given or self.has_key

    @property
    def all_parts(self) -> tuple[QuestionPart, ...]:
        """Its own parts, and those of its sub-questions."""
        return (*self.parts, *(part for each in self.subquestions for part in each.parts))

    @property
    def asked_passages(self) -> tuple[Passage, ...]:
        """The texts that ask, in which blanks may stand."""
        inner = (each for subquestion in self.subquestions for each in (subquestion.title, subquestion.text))
        return self.title, self.stem, self.below, *inner

    @property
    def own_blanks(self) -> tuple[Blank, ...]:
        """The blanks outside its sub-questions, numbered from 1 if there are several."""
        return self.title.blanks + self.stem.blanks + self.below.blanks

    @property
    def blanks(self) -> tuple[Blank, ...]:
        """Its own blanks, and then those of its sub-questions."""
        return (*self.own_blanks, *(blank for each in self.subquestions for blank in each.blanks))

    @property
    def has_key(self) -> bool:
        """True if the program itself writes the right answer: letters, words of blanks, an order."""
        return any(choice.correct for choice in self.choices) or bool(self.items) or bool(self.blanks)

    def pick(self, names: tuple[str, ...]) -> tuple[QuestionPart, ...]:
        """Return the parts of these names that have a text, in the order of ``names``."""
        return tuple(part for name in names for part in self.parts if part.name == name and part.text)


@dataclass(frozen=True, slots=True)
class Term:
    """An entry of a glossary."""

    id: str
    """``term-dropout``."""
    title: Passage
    """The term as written: ``Convolutional neural network (CNN)``."""
    names: tuple[str, ...]
    """The words for it; the glossary lists it under the first."""
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
    """The text before the first question; all of the text in a prose chapter."""
    questions: tuple[Question, ...] = ()
    divisions: tuple[Division, ...] = ()
    """Its sections and the stems that questions share, in their order."""
    terms: tuple[Term, ...] = ()
    headings: tuple[tuple[int, Place], ...] = ()
    """Level and place of every heading outside lists and quotations, without the title's; none of a file of another format."""
    definitions: str = field(default="", repr=False)
    """The definitions of footnotes and link targets of the file, which hold for all of its passages."""
    definition_places: tuple[Place, ...] = field(default=(), repr=False)
    """The place of each line of ``definitions``."""
    problems: tuple[Problem, ...] = ()
    number: str = ""
    """Such as ``4``; set when the guide is assembled; empty for prose."""
    key: str = ""
    """The digest of everything that the chapter is made of, for the cache."""

    def join_texts(self) -> str:
        """Return its title and the Markdown of all its texts."""
        return "\n\n".join((self.title, *(each.markdown for each in self.passages if each), self.definitions))

    def change_passages(self, change: Callable[[Passage], Passage]) -> "Chapter":
        """Return the chapter with each of its passages changed, those of terms' names aside."""
        return replace(
            self,
            text=change(self.text),
            divisions=tuple(replace(each, title=change(each.title), text=change(each.text)) for each in self.divisions),
            questions=tuple(question.change_passages(change) for question in self.questions),
            terms=tuple(replace(term, meaning=change(term.meaning)) for term in self.terms),
        )

    @property
    def titled(self) -> "tuple[Question | Division, ...]":
        """Everything in it that has an identifier and a title."""
        return (*self.questions, *self.divisions)

    @property
    def sections(self) -> tuple[Division, ...]:
        """The sections that have a question, without shared stems."""
        filled = {question.section for question in self.questions}
        return tuple(each for each in self.divisions if not each.count and each.id in filled)

    @property
    def added_names(self) -> tuple[str, ...]:
        """The identifiers of the pages that the templates add for the chapter: its answers, and the texts that pop up."""
        return f"answers-{self.id}", f"popups-{self.id}"

    @property
    def passages(self) -> tuple[Passage, ...]:
        asked = (passage for question in self.questions for passage in question.passages)
        divided = (passage for division in self.divisions for passage in (division.title, division.text))
        explained = (passage for term in self.terms for passage in (term.title, term.meaning))
        return (self.text, *divided, *asked, *explained)


# ---------------------------------------------------------------- the book


@dataclass(frozen=True, slots=True)
class Guide:
    """The content as a whole, numbered; independent of edition and medium."""

    config: Config
    chapters: tuple[Chapter, ...]
    problems: tuple[Problem, ...] = ()
    """The warnings; a guide with errors is not built."""
    faces: tuple[OwnFace, ...] = ()
    """The guide's own faces."""

    @property
    def typecase(self) -> Typecase:
        """The facts that decide which letters its books can print, those of editions with another look aside."""
        return Typecase(self.config.language, self.config.look.choose_faces(self.faces))

    @property
    def questions(self) -> tuple[Question, ...]:
        return tuple(question for chapter in self.chapters for question in chapter.questions)

    @property
    def figures(self) -> tuple[Figure, ...]:
        """The figures of its texts, of its cover and of its look."""
        shown = (each for chapter in self.chapters for passage in chapter.passages for each in passage.figures)
        return (*self.config.cover_figures, *self.config.look_figures, *shown)

    @property
    def terms(self) -> tuple[Term, ...]:
        return tuple(term for chapter in self.chapters for term in chapter.terms)


@dataclass(frozen=True, slots=True)
class Entry:
    """A question of an edition: the places of the question and of its answer."""

    number: str
    question: str
    """The anchor of the question."""
    answers: tuple[str, ...]
    """The anchors of everything that gives the answer away: the answer itself, then its parts."""
    place: Place
    answer_place: Place


@dataclass(frozen=True, slots=True)
class Pagination:
    """The pages of a printed edition, and the things on them."""

    labels: tuple[str, ...]
    """The printed number of each page."""
    anchors: Mapping[str, tuple[int, ...]]
    """The pages of each anchor, as indices from 0 in ascending order."""


Uses = Mapping[str, tuple[str, int]]
"""Anchor of a mark → the term that is used there, and how many times the text around it uses the term."""


@dataclass(frozen=True, slots=True)
class StoredHtml:
    """HTML that stays where it is kept until it is needed. In another process, and in the store, it is plain ``Html``."""

    digest: str
    """SHA-256 of the HTML, in hexadecimal."""
    read: Callable[[], Html] = field(repr=False, compare=False)

    def __reduce__(self) -> tuple[Any, ...]:
        return Html, (str(self.read()),)


@dataclass(frozen=True, slots=True)
class Section:
    """A run of pages in print, one document in an EPUB."""

    name: str
    """The stem of its file in an EPUB: ``chapter-basic-concepts``."""
    title: str
    role: str
    """The name of its template: ``cover``, ``chapter``, ``key`` …"""
    text: Html | StoredHtml = field(repr=False)
    place: Place = NOWHERE
    """The file of its chapter, or of its template, for messages."""
    entries: tuple[Entry, ...] = ()
    """The questions in it, or the questions whose answers are in it."""
    recto: bool = False
    """True if it begins on a right-hand page, in a book that has left and right pages."""
    uses: Uses = field(repr=False, default_factory=dict)
    """The uses of terms in it."""
    uses_digest: str = ""
    targets: Mapping[str, str] = field(repr=False, default_factory=dict)
    """In an edition with pages or cards the anchor that each name in its links leads to."""
    sources: tuple[str, ...] = ()
    """The paths of the files that it shows, in alphabetical order."""

    @property
    def html(self) -> Html:
        return self.text.read() if isinstance(self.text, StoredHtml) else self.text

    @property
    def digest(self) -> str:
        """The SHA-256 of the HTML, in hexadecimal."""
        return self.text.digest if isinstance(self.text, StoredHtml) else hashlib.sha256(self.text.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class PageSize:
    """The paper of a printed book and the area of its text. Lengths are points; the sides are those of a recto."""

    width: float
    height: float
    top: float
    bottom: float
    inner: float
    outer: float
    columns: tuple[tuple[str, int, float], ...] = ()
    """For sections in columns: the section's role, the number of columns, and the gap between two."""
    direction: str = "ltr"
    """``rtl`` in a book that opens from the other side: a recto is a left-hand page, and its inner margin is at the right."""

    @property
    def left(self) -> float:
        """The margin at the left of a recto."""
        return self.outer if self.direction == "rtl" else self.inner

    @property
    def text_width(self) -> float:
        return self.width - self.inner - self.outer

    @property
    def text_height(self) -> float:
        return self.height - self.top - self.bottom

    @property
    def turned_width(self) -> float:
        """The width of a table that is printed sideways."""
        return self.text_height

    @property
    def turned_height(self) -> float:
        """The room for the rows of a table that is printed sideways."""
        return self.text_width

    @property
    def shift(self) -> float:
        """The distance in points by which the text of a verso stands to the right of a recto's."""
        return self.outer - self.inner if self.direction == "ltr" else self.inner - self.outer

    def get_columns(self, role: str) -> tuple[int, float, float]:
        """Return the number of columns of a section, the width of one, and the gap between two."""
        count, gap = next(((count, gap) for name, count, gap in self.columns if name == role), (1, 0.0))
        return count, (self.text_width - (count - 1) * gap) / count, gap


@dataclass(frozen=True, slots=True)
class Book:
    """One edition, composed: everything that an output needs to make its file."""

    config: Config
    edition: Edition
    sections: tuple[Section, ...]
    styles: str = field(repr=False, default="")
    assets: tuple[Asset, ...] = ()
    """The figures that the sections show."""
    faces: tuple[OwnFace, ...] = ()
    """The guide's own faces that the styles name."""
    page_source: str = ""
    """The printed book that its page numbers come from, if it has no pages of its own."""
    page_breaks: Mapping[str, Sequence[Any]] = field(repr=False, default_factory=dict)
    """The ``PageBreak``s of that printed book in each section, by the section's name."""
    page_numbers: Mapping[str, str] = field(repr=False, default_factory=dict)
    """The printed number of the page of each question in that book, by the question's identifier."""
    scripts: tuple[tuple[str, str], ...] = field(repr=False, default=())
    """The names of the files of JavaScript that come with it, and their texts, for an output that has some."""
    cover: bytes = field(repr=False, default=b"")
    """A PNG of the printed cover, for an output that shows a picture of it."""
    page: PageSize | None = None
    """None for an output without pages."""
    moment: datetime.datetime | None = None
    """The time that its file bears, in UTC."""
    mark_places: Callable[[], Sequence[Section]] | None = field(repr=False, compare=False, default=None)
    """() → the sections with marks of the places of their elements, for messages; see ``html_text.find_marked_place``. None when
    the file is made, in another process."""
    allows_boxes: bool = False
    """True if a letter that no face has is printed as a box; otherwise it is an error."""

    @property
    def date(self) -> datetime.date | None:
        """The day that its file bears."""
        return self.moment and self.moment.date()

    @property
    def title(self) -> str:
        """The title for libraries: the guide's and, if it has one, the edition's."""
        return ": ".join(filter(None, [self.config.title, self.edition.title]))

    @property
    def file_stem(self) -> str:
        """The name of its file without the ending."""
        return f"{self.config.name}{self.edition.suffix}"


@dataclass(frozen=True, slots=True)
class Artifact:
    """A finished file, or a folder of files, not yet on the disk."""

    path: str
    data: bytes = field(repr=False)
    """Empty for a folder."""
    edition: str = ""
    pages: int | None = None
    """Printed pages; a reflowable book has none."""
    pagination: Pagination | None = field(default=None, repr=False, compare=False)
    """The things on its pages, if it has pages."""
    is_book: bool = True
    """False for a file that comes with a book."""
    seconds: float = 0
    inner: tuple[tuple[str, bytes], ...] = field(default=(), repr=False)
    """The paths in a folder and the bytes of its files; empty for a file. A file that an earlier build wrote there is deleted if it is
    not among them."""

    @property
    def files(self) -> tuple[tuple[str, bytes], ...]:
        """The path and the bytes of each file: of the folder's files, or its own."""
        return tuple((f"{self.path}/{name}", data) for name, data in self.inner) or ((self.path, self.data),)

    @property
    def size(self) -> int:
        """The number of bytes of all its files."""
        return sum(len(data) for _, data in self.files)
