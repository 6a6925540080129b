"""The use cases: what a person can ask of the program, from the files that are read to the files that are written.

``cli`` turns a command line into a call of one of these functions. They return values or raise ContentError,
UnknownNameError, MissingLibraryError or OSError; what they say meanwhile goes to a ``Reporter``.
"""

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any, Protocol

from studyguide import CHECKOUT_FOLDER
from studyguide.limits import LIMITS
from studyguide.locale import REFERENCE, find_language
from studyguide.model import UNDATED, Artifact, Config, Edition, Guide, Project
from studyguide.problems import (
    ContentError,
    Place,
    Problem,
    UnknownNameError,
    replace_invisible,
    suggest_names,
)
from studyguide.reading.dates import EPOCH_VARIABLE
from studyguide.reading.project import read_project
from studyguide.runtime import cache
from studyguide.runtime.user_folder import find_user_folder
from studyguide.runtime.workers import WithLimits, Workers, run_with_limits
from studyguide.runtime.write import finish_interrupted_write, write_artifacts
from studyguide.scripts import find_scripts
from studyguide.store import CacheStore, MemoryStore, digest

# The stages are imported where they are needed: together they take 0.3 s, and a build of nothing new needs none.
if TYPE_CHECKING:
    from studyguide.exchange.formats import Export, Format
    from studyguide.importers.report import Report
    from studyguide.runtime.run_examples import Run


PRELOAD = "studyguide.preload"
"""The module that loads what workers need."""


class MissingLibraryError(Exception):
    """This machine lacks something that pip does not install; the message says what to do."""


class PrintRefusedError(ContentError):
    """A guide cannot be printed; its EPUB was built and written."""


class NothingToImportError(Exception):
    """A source is not in a format that can be imported, or files are in the way; the message says what to do."""


class UntrustedCodeError(Exception):
    """Nobody has allowed the code of a guide to run; the message says what to do."""


def describe_system_error(error: OSError) -> str:
    """Return a message such as `dist/guide.pdf: No space left on device`."""
    return replace_invisible(f"{f'{error.filename}: ' if error.filename else ''}{error.strerror or error}")


class Reporter(Protocol):
    """Tells a person what happens. Nothing depends on whether anybody listens."""

    def say(self, line: str) -> None:
        """Tell of a result."""

    def warn(self, line: str) -> None:
        """Tell of something that went wrong, or what was understood of a source."""

    def report_error(self, message: str) -> None:
        """Tell why there is no result this time."""

    def follow_build(
        self, editions: Sequence[str]
    ) -> AbstractContextManager[tuple[Callable[[], None], Callable[[Artifact], None]]]:
        """Return what to call for each section that is set and for each book that is finished."""

    def tell_build(self, written: "WrittenBooks") -> None:
        """Tell of the books that were written."""


def cache_folder() -> Path:
    """Return where results of earlier builds are kept."""
    if folder := os.environ.get("STUDYGUIDE_CACHE"):
        return Path(folder)
    return CHECKOUT_FOLDER / ".cache" if CHECKOUT_FOLDER else find_user_folder() / "results"


def result_store() -> cache.DiskStore:
    """Return the store of the results of stages."""
    return cache.DiskStore(cache_folder() / "store")


# ---------------------------------------------------------------- reading


_MAX_SHOWN_LETTERS = 20  # that are left out, printed by name, or as a box


@dataclass(frozen=True, slots=True)
class ReadingOptions:
    """Options for reading a source that may be in another format."""

    dialect: str | None = None
    """The name of a family of formats; None to find it out."""
    allow_missing_answers: bool = False
    sheet_time: float = LIMITS["seconds"].maximum
    """The most seconds that one piece of work may take."""

    @property
    def allowed_rules(self) -> tuple[str, ...]:
        """The rules that may be broken."""
        return ("missing-answer",) if self.allow_missing_answers else ()


@dataclass(frozen=True, slots=True)
class _ReadJob:
    """A guide to be read from the disk."""

    source: str
    subject: str = "the reading of this guide"

    @property
    def place(self) -> Place:
        return Place(self.source)


def read_source(source: str, seconds: float = LIMITS["seconds"].maximum) -> Project:
    """Return the files of a guide: the chapters of a folder in our format, everything in a folder of another format.

    Raises ContentError if there is nothing to read, or if it takes too long.
    """
    return WithLimits(_read_source, seconds, writes_files=False)(_ReadJob(source))


def _read_source(job: _ReadJob) -> Project:
    source = job.source
    if not Path(source).is_dir() or (Path(source) / "guide.toml").exists():
        return read_project(source)
    from studyguide.importers import is_foreign

    with suppress(ContentError):  # all files may stand in inner folders
        own = read_project(source)
        if not is_foreign(own):
            return own
    everything = read_project(source, everything=True)
    return everything if is_foreign(everything) else read_project(source)


def import_source(project: Project, options: ReadingOptions) -> "tuple[Project, tuple[Report, ...]]":
    """Return the project with the chapters of files in another format, and what was understood.

    Raises UnknownNameError for the dialect, and ContentError if there is no text to read or if it takes too long.
    """
    if not project.is_whole or (project.config and not options.dialect):
        return project, ()  # a folder with a guide.toml is ours; the import takes 0.1 s
    from studyguide.importers import FAMILIES, is_foreign, translate

    if not (options.dialect or is_foreign(project)):
        return project, ()
    if options.dialect and options.dialect not in FAMILIES:
        raise UnknownNameError(f"there is no dialect `{options.dialect}`: {suggest_names(options.dialect, FAMILIES)}")
    convert = WithLimits(partial(translate, dialect=options.dialect or ""), options.sheet_time)
    converted: tuple[Project, tuple[Report, ...]] = convert(project)
    if converted[0].problems:
        raise ContentError(converted[0].problems)
    return converted


# ---------------------------------------------------------------- build


@dataclass(frozen=True, slots=True)
class BuildOptions:
    """Options of a build."""

    reading: ReadingOptions = ReadingOptions()
    editions: tuple[str, ...] = ()
    """Names of editions; empty for all."""
    page: str | None = None
    """A page size instead of the editions' own."""
    out: Path = Path("dist")
    use_cache: bool = True
    strict: bool = False
    """True if warnings count as errors."""


@dataclass(frozen=True)
class _BuiltBooks:
    """The result of a build, before anything is written."""

    guide: Guide
    project: Project
    artifacts: tuple[Artifact, ...]
    pieces: int
    """Blocks of printed pages and documents of EPUBs that were set."""
    refusals: tuple[Problem, ...] = ()
    """Why the printed editions were not built."""


@dataclass(frozen=True, slots=True)
class WrittenBooks:
    """The result of a build that is on the disk."""

    project: Project
    guide: Guide
    artifacts: tuple[Artifact, ...]
    folder: Path
    pieces: int
    """Blocks of printed pages and documents of EPUBs that were set."""
    seconds: float


def build(
    source: str,
    options: BuildOptions,
    workers: Workers,
    reporter: Reporter,
    store: CacheStore | None = None,
    even_unchanged: bool = False,
) -> tuple[Problem, ...]:
    """Build what is not up to date, write it, and return the warnings. Nothing is written unless all can be built.

    A guide in a script without a face is the exception: its EPUB is written, and then PrintRefusedError tells why nothing is printed.

    ``store`` is the cache; None for the one on the disk, or none if the options do not want one. ``even_unchanged`` builds from
    the cache what is up to date too, so that a process that stays has everything in memory.
    """
    start = perf_counter()
    if finish_interrupted_write(options.out):
        reporter.say(f"an earlier build was stopped while it wrote; {options.out} now has all that it made")
    project = read_source(source, options.reading.sheet_time)
    request, inputs = _describe_request(source, options), digest_inputs(project)
    is_wanted = even_unchanged or not options.use_cache
    if not is_wanted and (last := cache.find_last_build(cache_folder(), request, inputs)):
        reporter.say(f"nothing has changed; {options.out} is up to date ({perf_counter() - start:.2f} s)")
        return tuple(last["warnings"])
    from studyguide.runtime.fonts import list_face_folders

    list_face_folders()  # before there are other processes: each would make a temporary folder if the cache cannot be written to
    workers.prepare()
    store = store or (result_store() if options.use_cache else MemoryStore())
    done = build_books(project, options, workers, reporter, store)
    files = write_artifacts(done.artifacts, options.out)
    warnings = done.guide.problems
    left: tuple[str, ...] = ()
    if options.use_cache and not done.refusals:
        left = cache.find_leftover_files(cache_folder(), request, files)
        cache.record_build(cache_folder(), request, inputs, files, warnings)
    store.prune()
    if store.complaint:
        reporter.warn(store.complaint)
    for path in dict.fromkeys(options.out / Path(each).relative_to(options.out).parts[0] for each in left):
        reporter.say(f"{path} is of an earlier build and stays; delete it if you do not need it")
    if not project.moment:
        reporter.say(
            f"the guide has no day: no `date` in guide.toml, no {EPOCH_VARIABLE}, no git commit; EPUBs say {UNDATED}"
        )
    reporter.tell_build(
        WrittenBooks(project, done.guide, done.artifacts, options.out, done.pieces, perf_counter() - start)
    )
    if done.refusals:
        raise PrintRefusedError((*warnings, *done.refusals))
    return warnings


def build_books(
    project: Project, options: BuildOptions, workers: Workers, reporter: Reporter, store: CacheStore
) -> _BuiltBooks:
    """Return every edition that is wanted, not yet on the disk."""
    project, reports = import_source(project, options.reading)
    for report in reports:
        reporter.warn(str(report))
    guide: Guide | None = None
    counts = PieceCounter()
    try:
        guide = check_project(project, options, workers, store)
        if guess := describe_language_guess(guide.config):
            reporter.warn(guess)
        if store.complaint:
            store = MemoryStore()  # a store that loses what it is given would have everything done twice
        editions, refusals = choose_printable(project, guide, options)
        make_script_faces(project, guide)
        artifacts = tuple(build_editions(project, guide, editions, workers, reporter, store, counts))
    except ContentError as error:
        warnings = guide.problems if guide else ()
        raise ContentError((*warnings, *error.problems)) from error
    return _BuiltBooks(guide, project, artifacts, counts.pieces, refusals)


def describe_language_guess(config: Config) -> str:
    """Return which language was guessed and how to state another; an empty text for English, or if guide.toml states it."""
    if not config.is_language_guessed or config.language == REFERENCE:
        return ""
    from studyguide.language_guess import name_language

    guess = f"language: {name_language(config.language)}, guessed from its text"
    if not find_language(config.language, config.own_words):
        guess += ", contents and labels are in English"
    return f'{guess}; `language = "…"` in guide.toml states another'


@dataclass
class PieceCounter:
    """Counts what a build has set anew."""

    pieces: int = 0
    """Blocks of printed pages and documents of EPUBs."""


def check_project(project: Project, options: BuildOptions, workers: Workers, store: CacheStore) -> Guide:
    """Return the guide with its warnings. Raises ContentError for errors, and UnknownNameError for the page size."""
    from studyguide.pipeline import check_guide, list_page_sizes

    if options.page and options.page not in list_page_sizes(project):
        raise UnknownNameError(
            f"there is no page size `{options.page}`: {suggest_names(options.page, list_page_sizes(project))}"
        )
    return check_guide(project, workers, store, options.strict, allowed=options.reading.allowed_rules)


def choose_printable(
    project: Project, guide: Guide, options: BuildOptions
) -> tuple[tuple[Edition, ...], tuple[Problem, ...]]:
    """Return the editions to build, and why those with pages are not among them.

    Raises ContentError if a script without a face leaves none.
    """
    from studyguide.pdf.missing_letters import find_missing_scripts
    from studyguide.pipeline import OUTPUTS, choose_editions

    editions = choose_editions(guide, options.editions, options.page)
    ebooks = tuple(each for each in editions if not OUTPUTS[each.output].has_pages)
    if len(ebooks) == len(editions):
        return editions, ()
    possible = [each.name for each in guide.config.editions if not OUTPUTS[each.output].has_pages]
    refusals = find_missing_scripts(project, guide, () if ebooks else possible)
    if refusals and not ebooks:
        raise ContentError(refusals)
    return (ebooks if refusals else editions), refusals


def make_script_faces(project: Project, guide: Guide) -> None:
    """Make the faces of the guide's scripts that this machine does not have yet, before there are other processes that need them."""
    from studyguide.runtime.fonts import is_installed, keep_script_faces

    for script in filter(is_installed, find_scripts(project.list_letters(), guide.config.language)):
        keep_script_faces(script)


def build_editions(
    project: Project,
    guide: Guide,
    editions: Sequence[Edition],
    workers: Workers,
    reporter: Reporter,
    store: CacheStore,
    counts: PieceCounter,
) -> Iterator[Artifact]:
    """Yield the files of these editions as they are finished. Raises MissingLibraryError before any is begun."""
    from studyguide.pipeline import OUTPUTS, Builder

    outputs = [output for output in OUTPUTS.values() if any(each.output == output.name for each in editions)]
    for output in outputs:
        if message := output.find_missing_library():
            raise MissingLibraryError(message)
        for message in dict.fromkeys(
            output.describe_lack(each.options) for each in editions if each.output == output.name
        ):
            if message:
                reporter.warn(message)
        text = "".join(chapter.join_texts() for chapter in guide.chapters) if project.is_imported else ""
        if characters := output.find_unprintable(text, guide.typecase):
            more = f" and {len(characters) - _MAX_SHOWN_LETTERS} others" if len(characters) > _MAX_SHOWN_LETTERS else ""
            shown = " ".join(characters[:_MAX_SHOWN_LETTERS])
            reporter.warn(f"  no face of the printed book has {shown}{more}: left out, printed by name, or as a box")
    with reporter.follow_build([edition.name for edition in editions]) as (count_section, finish_book):

        def count_job() -> None:
            counts.pieces += 1
            count_section()

        for artifact in Builder(project, guide, workers, store, count_job).build(editions):
            if artifact.is_book:
                finish_book(artifact)
            yield artifact


def _describe_request(source: str, options: BuildOptions) -> str:
    """Return what tells two builds of the same files apart: what is asked for, and where it goes."""
    reading = options.reading
    wanted = (options.editions, options.page, options.strict, reading.dialect, reading.allowed_rules)
    return repr((os.path.realpath(source), os.path.realpath(options.out), *wanted))


def digest_inputs(project: Project) -> str:
    """Return a digest of everything that goes into a build, this program included."""
    texts = [project.config, *project.sources, *project.templates, *project.styles, *project.own_words]
    facts = [fact for each in texts if each for fact in (each.path, each.origin, each.text)]
    figures = [(asset.path, asset.digest) for asset in (*project.assets, *project.fonts)]
    return digest(cache.digest_program(), *facts, figures, sorted(project.files), project.problems, project.moment)


# ---------------------------------------------------------------- check, import, export, prove, dump


@dataclass(frozen=True, slots=True)
class CheckReport:
    """A guide that can be built."""

    guide: Guide
    reports: "tuple[Report, ...]" = field(repr=False)

    @property
    def warnings(self) -> tuple[Problem, ...]:
        return self.guide.problems


def check(
    source: str, options: ReadingOptions, workers: Workers, strict: bool = False, spelling: bool = False
) -> CheckReport:
    """Read and check a guide. Raises ContentError, and NoDictionaryError if ``spelling`` has no dictionary."""
    from studyguide.pipeline import check_guide, read_config
    from studyguide.runtime.dictionary import open_dictionary

    project, reports = import_source(read_source(source, options.sheet_time), options)
    speller = open_dictionary(read_config(project).language) if spelling else None
    guide = check_guide(project, workers, result_store(), strict, speller, options.allowed_rules)
    return CheckReport(guide, reports)


def import_guide(source: str, folder: Path, options: ReadingOptions) -> "tuple[int, tuple[Report, ...]]":
    """Write a guide of another format as chapters of ours; return how many, and what was understood.

    Raises NothingToImportError, without having written anything.
    """
    from studyguide.importers import write_project
    from studyguide.pipeline import read_config

    project, reports = import_source(read_source(source, options.sheet_time), options)
    if not project.is_whole:
        raise ContentError(project.problems)
    if not reports:
        raise NothingToImportError(f"{source}: no question of another format is found here; nothing was written")
    chapters = write_project(project)
    files = [Artifact(each.path, each.text.encode()) for each in chapters]
    files += [Artifact(asset.path, asset.data) for asset in project.assets]
    if project.config:
        config = read_config(project)
        is_stated = config.is_language_guessed and config.language != REFERENCE
        language = f'language = "{config.language}"\n' if is_stated else ""
        files.append(Artifact("guide.toml", (language + project.config.text).encode()))
    if existing := [each.path for each in files if (folder / each.path).exists()]:
        more = f" and {len(existing) - 1} more" if len(existing) > 1 else ""
        raise NothingToImportError(
            f"{replace_invisible(str(folder / existing[0]))}{more} would be written over; name another folder with --to"
        )
    write_artifacts(files, folder)
    return len(chapters), reports


@dataclass(frozen=True, slots=True)
class _ExportJob:
    """A guide whose questions are to be written for another program."""

    guide: Guide
    project: Project
    form: "Format"
    subject: str = "the export of this guide"

    @property
    def place(self) -> Place:
        return self.project.place


def export_guide(
    source: str, name: str, target: Path | None, options: ReadingOptions, workers: Workers
) -> "tuple[Path, Export]":
    """Write the questions of a guide in the format of this name; return the file, and what it holds and does not.

    ``target`` is the file; None for one in ``dist`` with the name of the guide's books. Raises ContentError for a guide with errors.
    """
    from studyguide.exchange import FORMATS
    from studyguide.pipeline import check_guide

    form = FORMATS[name]
    project, _ = import_source(read_source(source, options.sheet_time), options)
    guide = check_guide(project, workers, result_store(), allowed=options.allowed_rules)
    work = WithLimits(_export_guide, options.sheet_time, writes_files=False)
    export = work(_ExportJob(guide, project, form))
    path = target or Path("dist") / f"{guide.config.name}{form.ending}"
    write_artifacts([Artifact(path.name, export.data)], path.parent)
    return path, export


def _export_guide(job: _ExportJob) -> "Export":
    from studyguide.exchange import export_guide

    return export_guide(job.guide, job.project, job.form)


def prove(source: str, options: ReadingOptions, ask: Callable[[int], bool]) -> "Run":
    """Run the code of a guide that is marked to be run, and check its sums. Raises ContentError for what is wrong.

    ``ask`` is called with the number of examples if this guide has never been allowed to run; the answer is True to allow it, for
    good. Raises UntrustedCodeError if it is False.
    """
    from studyguide.rules.prove import find_examples, report_failures
    from studyguide.runtime.run_examples import run_examples

    project, _ = import_source(read_source(source, options.sheet_time), options)
    if not project.is_whole:  # code of a file that cannot be read would not run, and nobody would know
        raise ContentError(project.problems)
    examples = find_examples(project)
    if examples and not _is_trusted(source):
        if not ask(len(examples)):
            raise UntrustedCodeError(f"{source}: no code was run")
        _trust(source)
    folder = Path(source)
    run = run_examples(examples, folder if folder.is_dir() else folder.parent)
    if run.failures:
        raise ContentError(report_failures(project, examples, run.failures))
    return run


def _is_trusted(source: str) -> bool:
    """Return True if the code of this guide has been allowed to run, or if the guide is the program's own."""
    is_own = CHECKOUT_FOLDER and Path(source).resolve().is_relative_to((CHECKOUT_FOLDER / "content").resolve())
    return bool(is_own) or _find_trust_mark(source).exists()


def _trust(source: str) -> None:
    """Remember that the code of this guide may run; without a cache to remember it in, the next call asks again."""
    mark = _find_trust_mark(source)
    with suppress(OSError):
        mark.parent.mkdir(parents=True, exist_ok=True)
        mark.touch()


def _find_trust_mark(source: str) -> Path:
    """Return the path of the empty file that says that the code of this guide may run."""
    return cache_folder() / "trusted" / digest(os.path.realpath(source).encode(errors="surrogateescape"))


def dump(source: str, options: ReadingOptions) -> tuple[dict[str, Any], tuple[Problem, ...]]:
    """Return the guide as plain data, and the problems of its files."""
    from studyguide.guide.dump import dump_guide
    from studyguide.pipeline import read_guide

    project, reports = import_source(read_source(source, options.sheet_time), options)
    run = partial(run_with_limits, options.sheet_time)
    return dump_guide(read_guide(project, run), reports), () if project.is_whole else project.problems
