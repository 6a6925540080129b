"""The order of the stages: Project → Guide → Books → Artifacts.

What touches the machine comes from outside: ``workers``, which do many jobs at once, and ``store``, which keeps results of
earlier builds.
"""

import re
from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from itertools import chain
from time import perf_counter
from types import MappingProxyType
from typing import Any

from studyguide import anki, epub, pdf, web
from studyguide.compose.composition import Composition
from studyguide.compose.templates import find_template_faults
from studyguide.guide.markup import render_chapter
from studyguide.guide.numbering import assemble_guide
from studyguide.guide.parse import parse_chapter
from studyguide.html_text import strip_tags
from studyguide.language_guess import guess_language
from studyguide.locale import OwnWords
from studyguide.model import (
    Artifact,
    Book,
    Chapter,
    Config,
    Edition,
    FigureFault,
    Guide,
    OwnFace,
    Pagination,
    Part,
    Project,
    Section,
    Source,
)
from studyguide.output import FAILURE, Job, MoreDigitsNeededError, Output
from studyguide.output_jobs import FinishJob, JobRunner, Results
from studyguide.pdf import cover
from studyguide.pdf.glyph_fallback import make_letter_problem
from studyguide.pdf.missing_letters import find_letter, make_script_problem, name_script_of
from studyguide.problems import ContentError, Place, Problem, UnknownNameError, suggest_names
from studyguide.reading.config import configure
from studyguide.review.calendar import Calendar, write_calendar
from studyguide.review.plan import plan_reviews
from studyguide.rules.check import find_problems
from studyguide.rules.figure_faults import FigureJob, judge_figure, list_figure_jobs
from studyguide.rules.ignore import drop_ignored
from studyguide.rules.spelling import Speller, find_misspelt_words
from studyguide.rules.styles import is_readable
from studyguide.runtime.fonts import FaceJob, read_own_face
from studyguide.runtime.workers import NO_WORKERS, RunJobs, Workers, run_in_process
from studyguide.store import NULL_STORE, CacheStore, MemoryStore, digest
from studyguide.text import CONTROL_CHARACTER

# `output = "pdf"` in guide.toml. Another form of book is a package with an OUTPUT, and a row here.
OUTPUTS: dict[str, Output] = {output.name: output for output in (pdf.OUTPUT, epub.OUTPUT, anki.OUTPUT, web.OUTPUT)}

_QUESTION_IN_A_LANGUAGE = re.compile(r"^## .*\{.*\blang=.*\}.*\n(?:(?!## ).*\n?)*", re.MULTILINE)
_LETTERS_OF_A_SCRIPT = 3  # from so many on, a text is in the script, and does not mention a letter of it
_CHARACTERS_PER_PAGE = 1500  # of Markdown, measured on the project's own guide and rounded down


# ---------------------------------------------------------------- Project → Guide


@dataclass(frozen=True, slots=True)
class ChapterJob:
    """A chapter to be read: its file, the words for parts, and the language of the book."""

    content: Source | Chapter
    """Its file; of another format the chapter that an importer made, which is not rendered yet."""
    parts: tuple[Part, ...]
    language: str
    former: Chapter | None = field(default=None, repr=False)
    """The result for an earlier text of the file: it saves work and changes no result."""
    typography: bool = True
    """False if quotation marks and dashes are to stay as they are typed."""
    marks_places: bool = False
    """True if the HTML is to have marks of the places of its elements, for messages about pages."""
    own_words: OwnWords = ()

    @property
    def key(self) -> str:
        facts = (self.parts, self.language, self.typography, self.marks_places, self.own_words)
        return digest("chapter", *self._list_facts(), *facts)

    @property
    def file_key(self) -> str:
        """The key, in the cache, of the ``key`` of the job that read the file last."""
        name = "" if isinstance(self.content, Source) else self.content.id
        return digest("chapter read last", self.place.path, name, self.language, self.typography, self.own_words)

    @property
    def place(self) -> Place:
        return Place(self.content.path if isinstance(self.content, Source) else self.content.place.path)

    def _list_facts(self) -> tuple[object, ...]:
        """Return all that tells the chapter from another."""
        if isinstance(self.content, Source):
            return self.content.path, self.content.text
        return self.content, self.content.definitions, self.content.definition_places


def read_chapter(job: ChapterJob) -> Chapter:
    """Return the chapter, its Markdown as safe HTML."""
    chapter = parse_chapter(job.content, job.parts) if isinstance(job.content, Source) else job.content
    rendered = render_chapter(chapter, job.language, job.former, job.typography, job.marks_places, job.own_words)
    return replace(rendered, key=job.key)


def read_config(project: Project) -> Config:
    """Return what guide.toml says; mistakes are in ``Config.problems``."""
    pages, guess = list_page_sizes(project), partial(_guess_language, project)
    config = configure(project.config, OUTPUTS, pages, guess, project.own_words)
    return replace(config, own_figures=project.own_figures)


def _guess_language(project: Project) -> str:
    """Return the language that the chapters are probably in, apart from questions that state their own."""
    return guess_language("\n".join(text for source in project.sources for text in _list_texts(source)))


def _list_texts(source: Source) -> Iterator[str]:
    """Yield the texts of a file without its questions that state a language of their own."""
    if source.chapters is None:
        yield _QUESTION_IN_A_LANGUAGE.sub("", source.text)
    else:
        yield from (chapter.join_texts() for chapter in source.chapters)


def list_page_sizes(project: Project) -> tuple[str, ...]:
    """Return the names of all page sizes."""
    folder, ending = "pages/", ".css"
    paths = (source.path for source in project.styles if source.path.startswith(folder))
    return tuple(dict.fromkeys(path.removeprefix(folder).removesuffix(ending) for path in paths))


def read_guide(
    project: Project, run_jobs: RunJobs = run_in_process, store: CacheStore = NULL_STORE, marks_places: bool = False
) -> Guide:
    """Return the guide that the project holds, with whatever is wrong in it; ``check_guide`` finds the problems.

    With ``marks_places`` its HTML has marks of the places of its elements.
    """
    config = read_config(project)
    jobs = [
        ChapterJob(content, config.parts, config.language, None, config.typography, marks_places, config.own_words)
        for source in project.sources
        for content in ((source,) if source.chapters is None else source.chapters)
    ]
    chapters: dict[str, Chapter] = {job.key: found for job in jobs if (found := store.get(job.key))}
    waiting = [job for job in jobs if job.key not in chapters]
    if not marks_places:  # those of an earlier text are not where they were
        waiting = [replace(job, former=_recall_former(job, store)) for job in waiting]
    for job, chapter in zip(waiting, run_jobs(read_chapter, waiting), strict=True):
        store.put(job.key, chapter)
        if not marks_places:
            store.put(job.file_key, job.key)
        chapters[job.key] = chapter
    faces, problems = _read_faces(project, run_jobs, store)
    config = replace(config, problems=(*config.problems, *problems))
    return replace(assemble_guide(config, [chapters[job.key] for job in jobs]), faces=faces)


def _read_faces(
    project: Project, run_jobs: RunJobs, store: CacheStore
) -> tuple[tuple[OwnFace, ...], tuple[Problem, ...]]:
    """Return the guide's own faces, and what is wrong with their files."""
    jobs = [FaceJob(asset) for asset in project.fonts]
    results = {job.key: found for job in jobs if (found := store.get(job.key))}
    waiting = [job for job in jobs if job.key not in results]
    for job, found in zip(waiting, run_jobs(read_own_face, waiting), strict=True):
        store.put(job.key, found)
        results[job.key] = found
    pairs = [results[job.key] for job in jobs]
    return tuple(face for faces, _ in pairs for face in faces), tuple(each for _, found in pairs for each in found)


def _recall_former(job: ChapterJob, store: CacheStore) -> Chapter | None:
    """Return the chapter as its file was read last, if the store still has it."""
    key = store.get(job.file_key)
    former: Chapter | None = store.get(key) if key else None
    return former


def judge_figures(
    project: Project, guide: Guide, workers: Workers = NO_WORKERS, store: CacheStore = NULL_STORE
) -> Project:
    """Return the project with the faults of each figure that the guide shows. Raises ContentError for one that takes too long."""
    jobs = list_figure_jobs(guide, {asset.path: asset for asset in project.assets})
    faults: dict[str, tuple[FigureFault, ...]] = {}
    waiting: dict[str, FigureJob] = {}
    for job in jobs.values():
        found = store.get(job.key)
        if found is None:
            waiting.setdefault(job.key, job)
        else:
            faults[job.key] = found
    light = [job for job in waiting.values() if job.is_light]
    heavy = [job for job in waiting.values() if not job.is_light]
    results = chain(workers.run_light(judge_figure, light), workers.run_isolated(judge_figure, heavy))
    for job, found in zip((*light, *heavy), results, strict=True):
        store.put(job.key, found)
        faults[job.key] = found
    keys = {path: job.key for path, job in jobs.items()}
    judged = (replace(each, faults=faults[keys[each.path]] if each.path in keys else None) for each in project.assets)
    return replace(project, assets=tuple(judged))


def check_guide(
    project: Project,
    workers: Workers = NO_WORKERS,
    store: CacheStore = NULL_STORE,
    strict: bool = False,
    speller: Speller | None = None,
    allowed: Container[str] = frozenset(),
) -> Guide:
    """Return the guide with its warnings. Errors of rules in ``allowed`` do not count.

    Raises ContentError with everything that is wrong if there is an error, or, if ``strict``, any warning.
    """
    guide = read_guide(project, workers.run_light, store)
    project = judge_figures(project, guide, workers, store)
    misspelt = find_misspelt_words(project, guide, speller) if speller else ()
    (checked,) = workers.run_here(_find_problems, [_CheckJob(project, guide, store)])
    counted = map(_soften_problem, checked) if project.is_imported else checked
    found = (problem for problem in chain(counted, misspelt) if problem.rule not in allowed)
    (own,) = workers.run_here(_find_look_problems, [_CheckJob(project, guide, store)])
    problems = tuple(sorted(set(drop_ignored(guide, chain(found, own), speller is not None))))
    if any(strict or problem.severity == "error" for problem in problems):
        raise ContentError(problems)
    return replace(guide, problems=problems)


@dataclass(frozen=True, slots=True)
class _CheckJob:
    """A guide to be checked."""

    project: Project
    guide: Guide
    store: CacheStore
    subject: str = "the check of this guide"

    @property
    def place(self) -> Place:
        return self.project.place


def _find_look_problems(job: _CheckJob) -> tuple[Problem, ...]:
    """Return what is wrong with the guide's own templates and styles."""
    return (*find_template_faults(job.project.templates), *_find_style_faults(job.project, job.guide, job.store))


def _find_style_faults(project: Project, guide: Guide, store: CacheStore) -> Iterator[Problem]:
    """Yield a Problem for each declaration in the guide's own styles that the outputs of its editions do not understand."""
    wanted = {edition.output for edition in guide.config.editions}
    for output in (each for name, each in OUTPUTS.items() if name in wanted):
        for source in _list_own_styles(project, output):
            if not is_readable(source):
                continue
            key = digest("style faults", output.name, source.text)
            faults = store.get(key)
            if faults is None:
                faults = tuple(output.find_style_faults(source.text))
                store.put(key, faults)
            for fault in faults:
                place = Place(source.origin, fault.line, fault.column)
                yield Problem(place, "broken-style", fault.found, "mend it, or leave it out")


def _list_own_styles(project: Project, output: Output) -> Iterator[Source]:
    """Yield the guide's own styles that the books of an output may have."""
    others = {each.own_stylesheet for each in OUTPUTS.values() if each is not output}
    for source in project.styles:
        if source.origin and source.path not in others and source.path not in output.foreign_stylesheets:
            yield source


def _move_to_style(project: Project, problem: Problem) -> Problem:
    """Return a problem of layout at the first of the guide's own styles for print, if it has any: most likely that is the cause."""
    own = next(
        (style for each in OUTPUTS.values() if each.has_pages for style in _list_own_styles(project, each)), None
    )
    if own is None:
        return problem
    detail = "" if problem.found.startswith(FAILURE) else f": {problem.found}"
    found = f"with this style, the text at {problem.place} cannot be laid out{detail}"
    fix = "leave its rules out one after the other, until the book can be built"
    return Problem(Place(own.origin), "layout", found, fix)


def _find_problems(job: _CheckJob) -> tuple[Problem, ...]:
    return tuple(find_problems(job.project, job.guide, job.store))


def _soften_problem(problem: Problem) -> Problem:
    """Return a problem of a guide in another format as it counts there: who reads that may not be able to mend its formulas."""
    if not problem.is_shown_as_typed:
        return problem
    return replace(problem, found=f"{problem.found}; it is shown as typed", severity="warning")


def choose_editions(guide: Guide, names: Iterable[str], page: str | None) -> tuple[Edition, ...]:
    """Return the editions of these names, or all; the printed ones on another page if one is given.

    The name of an exam means all of its books. Raises UnknownNameError.
    """
    known: dict[str, list[Edition]] = {}
    for edition in guide.config.editions:
        for name in dict.fromkeys((edition.table, edition.name)):
            known.setdefault(name, []).append(edition)
    for name in names:
        if name not in known:
            several = " ".join(f"-e {each.strip()}" for each in name.split(",") if each.strip())
            fix = f"write `{several}`" if "," in name else suggest_names(name, known)
            raise UnknownNameError(f"there is no edition `{name}`: {fix}")
    editions = tuple(dict.fromkeys(chain.from_iterable(known[name] for name in names or known)))
    if page:
        editions = tuple(replace(edition, options=edition.options.with_page(page)) for edition in editions)
    return editions


# ---------------------------------------------------------------- Guide → Artifacts


@dataclass(frozen=True, slots=True)
class EditionBuild:
    """An edition on its way: composed, and the jobs that it takes."""

    composition: Composition
    book: Book
    jobs: tuple[Job, ...]
    seconds: float
    """Spent in this process so far."""
    pagination: Pagination | None = None
    """The things on its pages, without those of sections that list pages; None for an edition without pages."""

    @property
    def edition(self) -> Edition:
        return self.composition.edition

    @property
    def output(self) -> Output:
        return self.composition.output

    def pick(self, results: Results) -> tuple[Any, ...]:
        """Return the results of its own jobs in their order."""
        return tuple(results[job.key].result for job in self.jobs)


@dataclass(frozen=True)
class Builder:
    """Builds editions of one guide: what all of them share."""

    project: Project
    guide: Guide
    workers: Workers = NO_WORKERS
    store: CacheStore = field(default_factory=MemoryStore)
    """Keeps results; those of this build have to stay until the builder is done."""
    count_job: Callable[[], None] = lambda: None
    """Called for each job that is done."""

    @cached_property
    def _runner(self) -> JobRunner:
        return JobRunner(self.workers, self.store, self.count_job)

    def build(self, editions: Iterable[Edition], digits: int = 0) -> Iterator[Artifact]:
        """Yield one book for each edition, and what comes with it; editions without pages come after those with pages.

        ``digits`` is the room for page numbers; 0 for a likely number. Raises ContentError with the problems of all editions.
        """
        try:
            yield from self._build(editions, digits or estimate_digits(self.guide))
        except ContentError as error:
            raise ContentError(map(self._move_to_cause, error.problems)) from error

    def _move_to_cause(self, problem: Problem) -> Problem:
        """Return a problem of the file of a figure at the first line that shows the figure, and one of layout at the guide's style."""
        if problem.rule == "layout":
            return _move_to_style(self.project, problem)
        shown = list_figure_jobs(self.guide, {asset.path: asset for asset in self.project.assets})
        figure = shown.get(problem.place.path)
        return replace(problem, place=figure.place) if figure else problem

    def _build(self, editions: Iterable[Edition], digits: int) -> Iterator[Artifact]:
        builds = [self._compose_edition(edition, digits) for edition in editions]
        if missing := tuple(self._find_missing_letters(builds)):
            raise ContentError(missing)
        results = self._run_rounds(builds)
        builds = [self._add_page_lists(each, results) for each in builds]
        results = self._run_rounds(builds, results)
        builds = [self._add_page_breaks(each, builds, results) for each in builds]
        results = self._run_rounds(builds, results)
        problems = [problem for each in builds for problem in each.output.find_problems(each.book, each.pick(results))]
        again: list[EditionBuild] = []
        for current, outcome in self._finish(builds, results) if not problems else ():
            if isinstance(outcome, MoreDigitsNeededError) or any(
                _takes_page_breaks_from(current, each) for each in again
            ):
                again.append(current)
            elif isinstance(outcome, ContentError):
                problems += outcome.problems
            else:
                yield outcome
                yield from _make_calendar(current)
        if problems:
            raise ContentError(problems)
        if again:
            yield from self._build([each.edition for each in again], digits + 1)

    def _compose_edition(self, edition: Edition, digits: int) -> EditionBuild:
        start = perf_counter()
        output = OUTPUTS[edition.output]
        composition = Composition(self.project, self.guide, edition, output, digits, self.store)
        (composed,) = self.workers.run_here(_compose, [_ComposeJob(composition)])
        book = replace(composed, mark_places=lambda: self._mark_places(composition))
        if output.has_cover_picture:
            book = replace(book, cover=self._picture_cover(edition, digits))
        # Without pages of its own an edition waits for the page breaks of a printed one.
        jobs = tuple(output.make_jobs(book)) if output.has_pages else ()
        return EditionBuild(composition, book, jobs, perf_counter() - start)

    @cached_property
    def _marked_guide(self) -> Guide:
        """The guide with marks of the places of its elements."""
        return read_guide(self.project, self.workers.run_light, self.store, marks_places=True)

    def _mark_places(self, composition: Composition, pagination: Pagination | None = None) -> tuple[Section, ...]:
        """Return the sections of an edition with marks of the places of their elements.

        With a pagination they are all; without one, those that list pages are not among them.
        """
        marked = replace(composition, whole_guide=self._marked_guide)
        book = marked.compose()
        return (*book.sections, *(marked.list_pages(book, pagination) if pagination else ()))

    def _picture_cover(self, edition: Edition, digits: int) -> bytes:
        """Return a PNG of the printed cover, without the texts that its faces cannot show."""
        try:
            return self._picture_texts(edition, digits, self._keep_if_printable)
        except ContentError as error:
            # A letter may be in one of the faces, and not in one of the cover's.
            if any(problem.rule != "missing-glyph" for problem in error.problems):
                raise
            return self._picture_texts(edition, digits, lambda text: text if text.isascii() else "")

    def _picture_texts(self, edition: Edition, digits: int, keep: Callable[[str], str]) -> bytes:
        """Return a PNG of the printed cover with what ``keep`` returns of its texts."""
        printed = cover.choose_cover_edition(edition)
        config = self.guide.config
        title, subtitle, *authors = map(keep, (config.title, config.subtitle, *config.authors))
        config = replace(config, title=title, subtitle=subtitle, authors=tuple(filter(None, authors)))
        printed = replace(printed, title=keep(printed.title))
        guide = replace(self.guide, config=config)
        composition = Composition(self.project, guide, printed, pdf.OUTPUT, digits, self.store)
        job = cover.CoverJob(composition.compose_cover(cover.STYLESHEETS))
        (result,) = self._runner.run(cover.picture_cover, [job], pdf.OUTPUT.prepare_worker)
        picture: bytes = result.result
        return picture

    def _keep_if_printable(self, text: str) -> str:
        """Return the text, or an empty one if the faces of the printed book lack some of its characters."""
        is_printable = not CONTROL_CHARACTER.search(text) and not pdf.OUTPUT.find_lacking_letters(
            text, self.guide.typecase, self.store
        )
        return text if is_printable else ""

    def _find_missing_letters(self, builds: Iterable[EditionBuild]) -> Iterator[Problem]:
        """Yield a Problem for each letter that the printed editions have no face for, at each of its lines.

        Of a script with more than a letter or two there is one Problem, where its first letter stands. A letter that is written as
        an entity is reported when it is set, at its block.
        """
        paths: dict[str, set[str]] = {}
        for build in builds:
            for section in build.book.sections:
                for letter in self._find_lacking_letters(build, section):
                    paths.setdefault(letter, set()).add(section.place.path)
        ebooks = [edition.name for edition in self.guide.config.editions if not OUTPUTS[edition.output].has_pages]
        scripts: dict[str, list[str]] = {}
        for letter in sorted(paths, key=lambda each: (not each.isalpha(), each)):
            scripts.setdefault(name_script_of(letter, self.guide.config.language), []).append(letter)
        for script, letters in scripts.items():
            if len(letters) >= _LETTERS_OF_A_SCRIPT:
                yield make_script_problem(script, letters, self.project, self.guide.config.language, ebooks)
            else:
                for letter in letters:
                    for place in find_letter(letter, paths[letter], self.project):
                        yield make_letter_problem(letter, place, self.guide.config.language)

    def _find_lacking_letters(self, build: EditionBuild, section: Section) -> str:
        """Return the letters of a section that its output can neither show nor replace. To read its HTML again takes longer."""
        output, case = build.output, build.composition.typecase
        key = digest("letters", output.name, section.digest, [face.digest for face in case.faces])
        letters: str | None = self.store.get(key)
        if letters is None:
            html = section.html
            letters = output.find_lacking_letters(html, case, self.store) and output.find_lacking_letters(
                strip_tags(html), case, self.store
            )
            self.store.put(key, letters)
        return letters

    def _run_rounds(self, builds: Sequence[EditionBuild], known: Results = MappingProxyType({})) -> Results:
        """Return the results of the jobs of all editions: known, from the store, or done now."""
        results = dict(known)
        for output in OUTPUTS.values():
            jobs = [job for each in builds if each.output is output for job in each.jobs if job.key not in known]
            if output.assemble:
                done = self._runner.assemble(output, jobs)
            else:
                done = self._runner.run(output.run_job, jobs, output.prepare_worker)
            results |= {each.key: each for each in done}
        return results

    def _add_page_lists(self, current: EditionBuild, results: Results) -> EditionBuild:
        """Return the edition with the sections that state pages; the other sections have their pages now."""
        paging = current.output.paging
        if paging is None:
            return current
        start = perf_counter()
        pagination = paging.paginate(current.book, current.pick(results))
        composition = current.composition
        sections = composition.list_pages(current.book, pagination)
        jobs = current.output.make_jobs(replace(current.book, sections=sections))
        return replace(
            current,
            book=replace(
                current.book,
                sections=(*current.book.sections, *sections),
                mark_places=lambda: self._mark_places(composition, pagination),
            ),
            jobs=(*current.jobs, *jobs),
            seconds=current.seconds + perf_counter() - start,
            pagination=pagination,
        )

    def _add_page_breaks(self, current: EditionBuild, builds: Sequence[EditionBuild], results: Results) -> EditionBuild:
        """Return an edition without pages with its jobs, and with the page breaks of the printed edition that it follows."""
        if current.output.has_pages:
            return current
        start = perf_counter()
        book = current.book
        for printed in builds:
            paging, output = printed.output.paging, current.output
            if not paging or not _takes_page_breaks_from(current, printed):
                continue
            if output.add_page_breaks:
                breaks = paging.find_page_breaks(printed.book, printed.pick(results))
                book = output.add_page_breaks(book, breaks, printed.book)
            if output.cites_pages:
                numbers = _number_questions(book, paging.paginate(printed.book, printed.pick(results)))
                book = replace(book, page_numbers=numbers, page_source=printed.book.title)
        jobs = tuple(current.output.make_jobs(book))
        return replace(current, book=book, jobs=jobs, seconds=current.seconds + perf_counter() - start)

    def _finish(
        self, builds: Iterable[EditionBuild], results: Results
    ) -> Iterator[tuple[EditionBuild, Artifact | ContentError]]:
        """Yield the file of each edition, or what is wrong with it; a file's seconds are those of the work on it, in all processes.

        An edition without pages comes after the printed one that it takes its page numbers from, which may have to be set again.
        """
        # The work on an edition without pages takes longest, and begins first.
        ordered = sorted(builds, key=lambda each: each.output.has_pages)
        jobs = [FinishJob(each.output, each.book, each.pick(results)) for each in ordered]
        finished = list(zip(ordered, self._runner.finish(jobs), strict=True))
        for current, (outcome, seconds) in sorted(finished, key=lambda each: not each[0].output.has_pages):
            if isinstance(outcome, Artifact):
                work = sum(results[key].seconds for key in dict.fromkeys(job.key for job in current.jobs))
                yield current, replace(outcome, seconds=current.seconds + work + seconds, pagination=current.pagination)
            else:
                yield current, outcome


def _make_calendar(current: EditionBuild) -> Iterator[Artifact]:
    """Yield the calendar of an edition with a plan of reviews, if it is known on which day they begin."""
    edition, book = current.edition, current.book
    start = book.config.review_start or book.date
    if edition.options.review_days and start:
        questions = current.composition.guide.questions
        days = plan_reviews(questions, edition.options.review_days, edition.options.new_per_day)
        calendar = Calendar(book.file_stem, book.title, start, book.date or start, current.composition.locale)
        yield Artifact(f"{book.file_stem}.ics", write_calendar(calendar, days), edition.name, is_book=False)


@dataclass(frozen=True, slots=True)
class _ComposeJob:
    """An edition to be composed."""

    composition: Composition

    @property
    def subject(self) -> str:
        return f"the edition `{self.composition.edition.name}`"

    @property
    def place(self) -> Place:
        return self.composition.project.place


def _compose(job: _ComposeJob) -> Book:
    return job.composition.compose()


def _number_questions(book: Book, pagination: Pagination) -> dict[str, str]:
    """Return the printed number of the page on which each question of a book is asked; in a book of answers, answered."""
    found = {}
    for entry in (entry for section in book.sections for entry in section.entries):
        pages = next(filter(None, map(pagination.anchors.get, (entry.question, *entry.answers[:1]))), ())
        if pages:
            found[entry.question] = pagination.labels[pages[0]]
    return found


def _takes_page_breaks_from(current: EditionBuild, printed: EditionBuild) -> bool:
    """Return True if the edition takes its page breaks from the printed one."""
    return not current.output.has_pages and current.edition.options.page_source == printed.edition.name


def estimate_digits(guide: Guide) -> int:
    """Return how many digits a page number will probably have."""
    length = sum(len(passage.markdown) for chapter in guide.chapters for passage in chapter.passages)
    return len(str(length // _CHARACTERS_PER_PAGE + 10))
