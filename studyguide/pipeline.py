"""The stages in their order: Project → Artifacts.

Two things come from outside, so that every stage can be tried without them: ``each``, which does many jobs at once, and
``store``, which remembers what a stage made of the same things before.
"""

from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from time import perf_counter
from types import MappingProxyType
from typing import Any

from studyguide import pdf
from studyguide.compose.composition import Composition
from studyguide.epub import package as epub
from studyguide.epub.page_list import cited, paginated
from studyguide.guide.markup import render_chapter
from studyguide.guide.numbering import assemble_guide
from studyguide.guide.parse import parse_chapter
from studyguide.model import Artifact, Chapter, Config, Edition, Guide, Pagination, Part, Project, Source, Volume
from studyguide.pdf.bind import NarrowHoleError
from studyguide.pdf.gathering import Break
from studyguide.pdf.typeset import typeset
from studyguide.problems import ContentError, Place, Problem, UnknownNameError, instead
from studyguide.reading.config import configure
from studyguide.rules.check import check
from studyguide.rules.ignore import spared
from studyguide.rules.lint import lint
from studyguide.rules.spelling import Speller, misspelt
from studyguide.runtime.cache import NOTHING, Memory, digest, program
from studyguide.runtime.workers import Each, alone


@dataclass(frozen=True, slots=True)
class Output:
    """A form that an edition can have: its work, in jobs that do not know of each other, and how that is put together."""

    jobs: Callable[[Volume], Sequence[Any]]
    work: Callable[[Any], Any]
    finish: Callable[[Volume, Sequence[Any], Memory], Artifact]
    numbered: Callable[[Volume, Sequence[Any]], Pagination] | None = None
    """Where things stand, in a form that has pages; sheets that list pages are made from it."""
    breaks: Callable[[Volume, Sequence[Any]], Mapping[str, Sequence[Break]]] | None = None
    """How the pages of each sheet begin, in a form that has pages; one that has none takes its own from there."""


# `output = "pdf"` in guide.toml.
OUTPUTS: dict[str, Output] = {
    "pdf": Output(pdf.jobs, typeset, pdf.finish, pdf.numbered, pdf.breaks),
    "epub": Output(epub.jobs, epub.work, epub.finish),
}


@dataclass(frozen=True, slots=True)
class Manuscript:
    """A chapter to be read: its file, and the words for parts."""

    source: Source
    parts: tuple[Part, ...]

    @property
    def key(self) -> str:
        return digest("chapter", program(), self.source.path, self.source.text, self.parts)

    @property
    def place(self) -> Place:
        return Place(self.source.path)


def chapter(manuscript: Manuscript) -> Chapter:
    return replace(render_chapter(parse_chapter(manuscript.source, manuscript.parts)), key=manuscript.key)


def configured(project: Project) -> Config:
    return configure(project.config, OUTPUTS, page_sizes(project))


def understand(project: Project, each: Each = alone, store: Memory = NOTHING) -> Guide:
    """The guide that the project holds, with whatever is wrong in it; ``check`` tells what."""
    config = configured(project)
    manuscripts = [Manuscript(source, config.parts) for source in project.sources]
    chapters = {key: result for key, result, _ in remembered(chapter, manuscripts, each, store)}
    return assemble_guide(config, [chapters[manuscript.key] for manuscript in manuscripts])


@dataclass(frozen=True, slots=True)
class Timed:
    """The work, and how many seconds it took wherever it was done."""

    work: Callable[[Any], Any]

    def __call__(self, job: Any) -> tuple[Any, float]:
        start = perf_counter()
        return self.work(job), perf_counter() - start


def remembered(
    work: Callable[[Any], Any], jobs: Iterable[Any], each: Each, store: Memory, done: Callable[[], None] = lambda: None
) -> Iterator[tuple[str, Any, float]]:
    """Key, result and seconds of each job, in any order and each once: those remembered, then those done now."""
    wanted = {}
    for job in jobs:
        key = job.key
        if key in wanted:
            continue
        result = store.get(key)
        if result is None:
            wanted[key] = job
        else:
            yield key, result, 0.0
    # The largest first, or one of them would keep everybody waiting at the end.
    order = sorted(wanted, key=lambda key: -getattr(wanted[key], "size", 0))
    for key, (result, seconds) in zip(order, each(Timed(work), [wanted[key] for key in order]), strict=True):
        store.put(key, result)
        done()
        yield key, result, seconds


def page_sizes(project: Project) -> tuple[str, ...]:
    """What an edition's `page` may be."""
    folder, ending = "pages/", ".css"
    paths = (source.path for source in project.styles if source.path.startswith(folder))
    return tuple(path.removeprefix(folder).removesuffix(ending) for path in paths)


def checked(
    project: Project,
    each: Each = alone,
    store: Memory = NOTHING,
    strict: bool = False,
    speller: Speller | None = None,
    allowed: Container[str] = frozenset(),
) -> Guide:
    """The guide with its warnings, if it has no errors but of rules ``allowed``, or no problem at all where that is ``strict``.

    Raises ContentError with everything that is wrong.
    """
    guide = understand(project, each, store)
    spelt = misspelt(project, guide, speller) if speller else ()
    told = (problem for problem in chain(check(project, guide), lint(guide), spelt) if problem.rule not in allowed)
    problems = tuple(sorted(set(spared(guide, told, speller is not None))))
    if any(strict or problem.severity == "error" for problem in problems):
        raise ContentError(problems)
    return replace(guide, problems=problems)


def chosen(guide: Guide, names: Iterable[str], page: str | None) -> tuple[Edition, ...]:
    """The editions of these names, or all of them; on another page where one is given. Raises UnknownNameError."""
    known = {edition.name: edition for edition in guide.config.editions}
    for name in names:
        if name not in known:
            raise UnknownNameError(f"there is no edition `{name}`: {instead(name, known)}")
    editions = tuple(known[name] for name in dict.fromkeys(names or known))
    return tuple(replace(edition, page=page) for edition in editions) if page else editions


Results = Mapping[str, tuple[Any, float]]
"""What came of each job and in how many seconds, by the job's key."""


@dataclass(frozen=True, slots=True)
class Order:
    """An edition composed, and the jobs that it takes."""

    composition: Composition
    volume: Volume
    jobs: tuple[Any, ...]
    seconds: float

    @property
    def edition(self) -> Edition:
        return self.composition.edition

    @property
    def output(self) -> Output:
        return OUTPUTS[self.edition.output]

    def made(self, results: Results) -> list[Any]:
        return [results[job.key][0] for job in self.jobs]


def build(
    project: Project,
    guide: Guide,
    editions: Iterable[Edition],
    each: Each = alone,
    store: Memory = NOTHING,
    done: Callable[[], None] = lambda: None,
    digits: int = 0,
) -> Iterator[Artifact]:
    """One file for each edition, what has no pages last, with room for page numbers of so many digits or of a likely number.

    ``done`` is called for each job that is done. Raises ContentError with the problems of all editions.
    """
    digits = digits or room(guide)
    orders = [order(project, guide, edition, digits, store) for edition in editions]
    results = worked(project, orders, each, store, done)
    orders = [paged(this, results) for this in orders]
    results = worked(project, orders, each, store, done, results)
    orders = [following(this, orders, results) for this in orders]
    results = worked(project, orders, each, store, done, results)
    problems: list[Problem] = []
    # What follows a book comes after it, for that may have to be set again.
    waiting = sorted(orders, key=lambda this: this.output.breaks is None)
    while waiting:
        this = waiting.pop(0)
        try:
            yield finished(this, results, store)
        except NarrowHoleError:
            again = [this, *(other for other in waiting if follows(other, this))]
            waiting = [other for other in waiting if other not in again]
            yield from build(project, guide, [other.edition for other in again], each, store, done, digits + 1)
        except ContentError as error:
            problems += error.problems
    if problems:
        raise ContentError(problems)


def order(project: Project, guide: Guide, edition: Edition, digits: int, store: Memory) -> Order:
    start = perf_counter()
    composition = Composition(project, guide, edition, digits, store)
    volume = composition.volume()
    output = OUTPUTS[edition.output]
    jobs = tuple(output.jobs(volume)) if output.breaks else ()
    return Order(composition, volume, jobs, perf_counter() - start)


def worked(
    project: Project,
    orders: Sequence[Order],
    each: Each,
    store: Memory,
    done: Callable[[], None],
    known: Results = MappingProxyType({}),
) -> Results:
    """What came of the jobs of all orders: known, remembered or done now."""
    results = dict(known)
    for output in OUTPUTS.values():
        jobs = [job for this in orders if this.output is output for job in this.jobs if job.key not in known]
        try:
            made = remembered(output.work, jobs, each, store, done)
            results |= {key: (result, seconds) for key, result, seconds in made}
        except ContentError as error:
            raise ContentError(there for problem in error.problems for there in lines(problem, project)) from error
    return results


def lines(problem: Problem, project: Project) -> Iterator[Problem]:
    """A problem at each line that has its needle: a sheet knows its chapter, but no lines."""
    files = [source for source in (*project.sources, project.config) if source and problem.needle]
    own = [source for source in files if source.path == problem.place.path]
    places = [
        source.at(number, problem.needle)
        for source in own or files
        for number, line in enumerate(source.text.splitlines(), 1)
        if problem.needle in line
    ]
    for place in places or [problem.place]:
        yield replace(problem, place=place)


def paged(this: Order, results: Results) -> Order:
    """The order with the sheets that list pages, where its form has pages; the other sheets have theirs now."""
    if not this.output.numbered:
        return this
    start = perf_counter()
    late = this.composition.late(this.volume, this.output.numbered(this.volume, this.made(results)))
    jobs = this.output.jobs(replace(this.volume, sheets=late))
    return replace(
        this,
        volume=replace(this.volume, sheets=(*this.volume.sheets, *late)),
        jobs=(*this.jobs, *jobs),
        seconds=this.seconds + perf_counter() - start,
    )


def follows(this: Order, other: Order) -> bool:
    """Whether this one takes its page breaks from the other."""
    return not this.output.breaks and this.edition.pages == other.edition.name


def following(this: Order, orders: Sequence[Order], results: Results) -> Order:
    """The order with its jobs, where its form has no pages, and the page breaks of the book that it follows."""
    if this.output.breaks:
        return this
    start = perf_counter()
    volume = this.volume
    for book in orders:
        if book.output.breaks and follows(this, book):
            volume = paginated(volume, book.output.breaks(book.volume, book.made(results)), cited(book.volume))
    return replace(
        this, volume=volume, jobs=tuple(this.output.jobs(volume)), seconds=this.seconds + perf_counter() - start
    )


def finished(this: Order, results: Results, store: Memory) -> Artifact:
    """The edition's file; its seconds are those of the work on it, in all processes."""
    start = perf_counter()
    artifact = this.output.finish(this.volume, this.made(results), store)
    work = sum(results[key][1] for key in dict.fromkeys(job.key for job in this.jobs))
    return replace(artifact, seconds=this.seconds + work + perf_counter() - start)


# Characters of Markdown on a printed page, measured on the guide itself and rounded down.
PAGE = 1500


def room(guide: Guide) -> int:
    """How many digits a page number will probably have."""
    length = sum(len(passage.markdown) for chapter in guide.chapters for passage in chapter.passages)
    return len(str(length // PAGE + 10))
