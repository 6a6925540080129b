"""The interface of a form of book: what an output declares, and the stages that make its file.

An output is a package of its own, such as ``pdf``, ``epub`` or ``anki``, and a row in ``pipeline.OUTPUTS``. Composition and
configuration do not ask which output they work for: they use what it declares.
"""

from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

from studyguide.model import Artifact, Book, Html, MediumOptions, Pagination, Typecase
from studyguide.page_breaks import PageBreak
from studyguide.problems import ContentError, Place, Problem
from studyguide.store import CacheStore


class MoreDigitsNeededError(ContentError):
    """The room for page numbers is too narrow: the edition has to be composed again with one digit more."""


class JobsNeededError(Exception):
    """A result cannot be put together until these jobs are done."""

    def __init__(self, jobs: Sequence["Job"]) -> None:
        super().__init__()
        self.jobs = jobs


class EntryLostError(Exception):
    """The store has lost an entry, and what it was made of is not at hand: the work has to be done with the whole book."""


class Job(Protocol):
    """Work on a value that is independent of all other work. It may have a ``size``, by which large jobs come first."""

    @property
    def key(self) -> str:
        """The digest of everything that the result is made of."""

    @property
    def place(self) -> Place:
        """The file that messages name."""


def find_nothing_missing() -> str:
    """Return no message: the output needs nothing that pip does not install."""
    return ""


def keep_all_characters(
    html: Html, case: Typecase, signs: Mapping[str, str], allows_boxes: bool, store: CacheStore
) -> Html:
    """Return the HTML as it is: the output can show all characters."""
    return html


def prepare_nothing() -> None:
    """Do nothing: the jobs of the output need no more than their own modules."""


def lack_nothing(options: MediumOptions) -> str:
    """Return no message: the output can make everything that its options ask for."""
    return ""


def find_no_problems(book: Book, results: Sequence[Any]) -> Iterable[Problem]:
    """Return no problem: what the output is made of is right once its jobs are done."""
    return ()


def find_no_unprintable(text: str, case: Typecase) -> Sequence[str]:
    """Return no character: the output can show all of them."""
    return ()


def find_no_lacking_letters(text: str, case: Typecase, store: CacheStore) -> str:
    """Return no letter: the output can show all of them."""
    return ""


FAILURE = "this cannot be laid out"
"""The first words of a problem of the rule ``layout`` whose cause is not known."""


class StyleFault(NamedTuple):
    """A declaration or a rule that cannot be used."""

    line: int
    column: int
    found: str


def find_no_style_faults(css: str) -> Sequence[StyleFault]:
    """Return no fault: the output does not read its styles."""
    return ()


Assemble = Callable[[Any, Mapping[str, Any], CacheStore], Any]
Finish = Callable[[Book, Sequence[Any], CacheStore], Artifact]


@dataclass(frozen=True, slots=True)
class Paging:
    """The stages of an output that has pages: they tell where things stand once its jobs are done."""

    paginate: Callable[[Book, Sequence[Any]], Pagination]
    """(book, results) → the pages of each anchor; the sections that list pages are made from it."""
    find_page_breaks: Callable[[Book, Sequence[Any]], Mapping[str, Sequence[PageBreak]]]
    """(book, results) → how the pages of each section begin, by the section's name; an output without pages can mark them."""


@dataclass(frozen=True, slots=True)
class Output:
    """A form of book. Its jobs do not know of each other, so they can be done in any order and in any process."""

    name: str
    """The value of ``output`` in guide.toml."""
    options: type[MediumOptions]
    """The options that only editions of this output have; their fields are keys of guide.toml."""
    template_folder: str
    """A template in this folder of ``templates/`` stands in for the shared one of the same name."""
    stylesheets: Callable[[Any], Sequence[str]]
    """(options) → the files of ``styles/`` that an edition uses, besides ``code.css`` and ``tokens.css``."""
    own_stylesheet: str = field(kw_only=True, default="")
    """The name, in a guide's ``styles/``, of the file that follows all other styles."""
    foreign_stylesheets: Container[str] = field(kw_only=True, default=())
    """The files of ``styles/`` that only other outputs use."""
    find_style_faults: Callable[[str], Sequence[StyleFault]] = field(kw_only=True, default=find_no_style_faults)
    """(CSS) → what this output does not understand in it."""
    make_jobs: Callable[[Book], Sequence[Job]]
    """(book) → the work that has to be done for it."""
    run_job: Callable[[Any], Any]
    """(job) → its result; runs in a worker. If ``assemble`` is there: (a batch of jobs) → the result of each."""
    finish: Finish
    """(book, results in the order of the jobs, a store for parts) → the file. Of the sections only those with ``roles_of_finish``
    have their HTML; raises EntryLostError if it needs that of others. Then it is called with the whole book."""
    roles_of_finish: Container[str] = ()
    """The roles of the sections whose HTML ``finish`` reads."""
    assemble: Assemble | None = None
    """(job, results of smaller jobs by their keys, a store with results of others, also for what is large) → the job's result.
    Raises JobsNeededError with the smaller jobs that it lacks. None if the jobs are done as they are."""
    batch_jobs: Callable[[Sequence[Any]], Sequence[tuple[Any, ...]]] | None = None
    """(smaller jobs) → the same in groups, each to be done in one go."""
    paging: Paging | None = None
    """None for an output without pages; its references are links and no page numbers."""
    document_ending: str = ""
    """The ending of a section's file, for links; empty if all sections are in one file."""
    find_problems: Callable[[Book, Sequence[Any]], Iterable[Problem]] = find_no_problems
    """(book, results in the order of the jobs) → what is wrong with the book. Only here it can ``mark_places``."""
    has_cover_picture: bool = False
    """True if the file shows a picture of the printed cover."""
    add_page_breaks: Callable[[Book, Mapping[str, Sequence[PageBreak]], Book], Book] | None = None
    """(book, page breaks of a printed edition, that edition) → the book with that edition's page numbers."""
    cites_pages: bool = False
    """True if it names the page of each question in a printed edition: ``Book.page_numbers`` then has them."""
    card_faces: Sequence[str] = ()
    """The templates of the faces of a card, if the file is made of cards: each question is one, with its answer, and a question
    without an answer is left out."""
    card_fields: Sequence[str] = ()
    """The fields that the templates of the faces name in double braces."""
    file_ending: str = ""
    """The ending of the file's name; empty if it is the output's name."""
    scripts: Sequence[str] = ()
    """The paths of its files of JavaScript in ``templates/``."""
    describe_lack: Callable[[Any], str] = lack_nothing
    """(options) → a warning of what this machine cannot make of an edition with these options; empty if it can make all of it."""
    find_missing_library: Callable[[], str] = find_nothing_missing
    """() → what to install on this machine before anything can be built, in words; empty if nothing is missing."""
    prepare_worker: Callable[[], None] = prepare_nothing
    """() → nothing: imports and loads what ``run_job`` needs, once for all workers, in the process that they are forked from."""
    find_unprintable: Callable[[str, Typecase], Sequence[str]] = find_no_unprintable
    """(text, what the book is printed with) → its characters that this output replaces by a name or a box."""
    find_lacking_letters: Callable[[str, Typecase, CacheStore], str] = find_no_lacking_letters
    """(text, what the book is printed with, a store) → its letters that this output can neither show nor replace by a name."""
    replace_unprintable: Callable[[Html, Typecase, Mapping[str, str], bool, CacheStore], Html] = keep_all_characters
    """(a section's HTML, what the book is printed with, the words for signs, True if a box may stand for a letter, a store) → the HTML without characters that
    this output cannot show. It runs once for each section that is composed anew."""

    @property
    def ending(self) -> str:
        return self.file_ending or self.name

    @property
    def has_pages(self) -> bool:
        return self.paging is not None
