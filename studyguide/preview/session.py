"""Build a guide for the page again and again: the reader's view first, because it is ready sooner, then the printed pages."""

import os
import sys
import webbrowser
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from queue import Empty, SimpleQueue
from threading import Event, Lock, Thread
from time import perf_counter
from typing import Any

from studyguide import app
from studyguide.edit import Edit
from studyguide.model import Artifact, Edition, Guide, PrintOptions, Project
from studyguide.preview.board import PRINTED, READER, Board, Choice, PrintedPane, ReaderPane
from studyguide.preview.printed import Printed
from studyguide.preview.reader import Reader
from studyguide.preview.server import open_socket, serving
from studyguide.problems import ContentError, Problem, UnknownNameError
from studyguide.runtime.workers import RunJobs, Workers
from studyguide.store import CacheStore
from studyguide.text import count_things
from studyguide.watching import (
    Version,
    defer_collection,
    list_watched,
    open_store,
    spare_collection,
    tell_difference,
    tell_failure,
    wait_for_changes,
)

_PROGRESS_EVERY = 0.3
"""Seconds between two messages about a build."""
_GRAPHICAL = ("DISPLAY", "WAYLAND_DISPLAY")
"""Variables one of which is set where a browser has a screen; without one, Python would open a browser in the terminal."""


@dataclass(frozen=True, slots=True)
class PreviewOptions:
    """Options of a preview."""

    build: app.BuildOptions
    """The options of each build; the first of its editions is shown at the beginning."""
    port: int = 0
    """0 for any that is free."""
    opens_browser: bool = True


_Message = Choice | list[str] | Exception
"""A message of another thread to the session: another choice of the reader, the names of changed files, or the error of a watch that failed."""


def preview(source: str, options: PreviewOptions, workers: Workers, reporter: app.Reporter) -> None:
    """Show a guide in the browser, and again whenever it is saved.

    Raises KeyboardInterrupt at Ctrl-C, PortTakenError, and OSError if the system does not tell of changes.
    """
    list_watched(source)
    board, messages = Board(), SimpleQueue[_Message]()
    with open_socket(options.port) as socket, serving(board, messages.put, socket) as address:
        session = _Session(source, options.build, workers, reporter, board)
        reporter.say(f"preview of {source}: {address}")
        reporter.warn("Ctrl-C ends it")
        with _watch_source(source, messages):
            if options.opens_browser:
                _open_browser(address)
            session.build([], is_first=True)
            spare_collection()
            while True:
                session.answer(_take_messages(messages))


def _take_messages(messages: "SimpleQueue[_Message]") -> list[Choice | list[str]]:
    """Wait for a message, and return it with those that wait behind it. Raises the error of a watch that has failed."""
    taken = [messages.get()]
    with suppress(Empty):
        while True:
            taken.append(messages.get_nowait())
    if failure := next((each for each in taken if isinstance(each, Exception)), None):
        raise failure
    return [each for each in taken if not isinstance(each, Exception)]


@contextmanager
def _watch_source(source: str, messages: "SimpleQueue[_Message]") -> Iterator[None]:
    """Put the names of changed files into a queue, from a thread of its own, and an error if it cannot go on."""
    stop = Event()

    def watch() -> None:
        try:
            for names in wait_for_changes(source, stop=stop):
                messages.put(names)
        except Exception as error:  # without changes the page would stay as it is for ever
            messages.put(error)

    thread = Thread(target=watch, name="watch", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def _open_browser(address: str) -> None:
    """Open the page in the browser of this machine, if it has one with windows."""
    if sys.platform == "darwin" or any(map(os.environ.get, _GRAPHICAL)):
        Thread(target=webbrowser.open, args=(address,), daemon=True).start()


@dataclass
class _Session:
    """The state of a preview between two builds."""

    source: str
    options: app.BuildOptions
    workers: Workers
    reporter: app.Reporter
    board: Board
    store: CacheStore = field(init=False)
    choice: Choice = field(init=False)
    version: Version | None = None
    serial: int = 0
    problems: tuple[Problem, ...] = ()
    fresh: tuple[str, ...] = ()
    """The panes that the current build has made anew."""
    pdfium: Lock = field(default_factory=Lock)
    """Held by the thread that uses pdfium."""

    def __post_init__(self) -> None:
        self.store = open_store(self.options)
        self.choice = Choice("".join(self.options.editions[:1]), self.options.page or "")

    def answer(self, messages: list[Choice | list[str]]) -> None:
        """Build after changes of files, or for another choice of edition and page."""
        names = list(dict.fromkeys(name for message in messages if isinstance(message, list) for name in message))
        for message in messages:
            if isinstance(message, Choice):
                self.choice = message
        with defer_collection():
            self.build(names)

    def build(self, names: list[str], is_first: bool = False) -> None:
        """Build both views, publish each as soon as it is ready, and tell what is wrong.

        Raises UnknownNameError and MissingLibraryError, which are for the command line.
        """
        changed = f"{', '.join(names[:3])}{' and more' if len(names) > 3 else ''} changed; " if names else ""
        self.board.publish(is_building=True, message=f"{changed}building …", choice=self.choice, source=self.source)
        start = perf_counter()
        self.fresh = ()
        try:
            found = self._build(start)
        except ContentError as error:
            found = error.problems
            self._publish_failure(found)
        except OSError as error:
            if is_first:
                raise
            self.board.publish(is_building=False, message=app.describe_system_error(error))
            return
        except (UnknownNameError, app.MissingLibraryError):
            raise
        except Exception as error:  # a fault of the program must not end the preview
            found = tell_failure(error, self.source, self.problems, self.reporter)
            self._publish_failure(found)
        tell_difference(self.problems, found, self.reporter)
        self.problems = found

    def _publish_failure(self, problems: tuple[Problem, ...]) -> None:
        """Show why there is no new book; the former one stays."""
        stale = tuple(pane for pane in (READER, PRINTED) if pane not in self.fresh)
        self.board.publish(problems=problems, stale=stale, is_building=False, message="not built: see the problems")

    def _build(self, start: float) -> tuple[Problem, ...]:
        """Build, and return the warnings. Raises ContentError."""
        laps = _Laps(start)
        project = app.read_source(self.source, self.options.reading.sheet_time)
        laps.take("read")
        project, _ = app.import_source(project, self.options.reading)
        self.workers.prepare()
        workers = replace(self.workers, run_light=_tell_jobs(self.workers.run_light, self.board))
        guide = app.check_project(project, self._options, workers, self.store)
        laps.take("check")
        editions, refusals = self._list_editions(project, guide)
        version = Version(project, guide)
        edit = version.find_edit_since(self.version)
        self.version = version
        self.serial += 1
        problems = (*guide.problems, *refusals)
        self.board.publish(title=guide.config.title, problems=problems)
        app.make_script_faces(project, guide)
        if ebook := next((each for each in editions if each.output == "epub"), None):
            with self.pdfium:  # it pictures the cover
                book = self._make(version, ebook)
            self._show_reader(book, edit)
            laps.take("reader")
        where = ""
        if chosen := next((each for each in editions if each.name == self.choice.edition), None):
            pane = self._show_printed(self._make(version, chosen), chosen, guide, edit)
            laps.take("print")
            where = (
                f" on page {pane.book.labels[pane.place.page]}"
                if edit and pane.edit == self.serial and pane.place
                else ""
            )
        else:
            self.board.publish(printed=None)
        self.store.prune()
        message = f"built in {perf_counter() - start:.1f} s{f': {edit}{where}' if edit else ''}"
        self.board.publish(is_building=False, stale=(), message=message, phases=laps.seconds)
        self.reporter.say(message)
        return problems

    def _list_editions(self, project: Project, guide: Guide) -> tuple[tuple[Edition, ...], tuple[Problem, ...]]:
        """Return the editions that can be built, and why others cannot, and choose one to be printed.

        It is the first one if the guide does not have that of the choice any more. Raises UnknownNameError if it never had it.
        """
        from studyguide.pipeline import choose_editions, list_page_sizes

        if self.version is None and self.choice.edition:
            choose_editions(guide, (self.choice.edition,), None)
        editions, refusals = app.choose_printable(project, guide, replace(self._options, editions=()))
        printed = [each for each in editions if isinstance(each.options, PrintOptions)]
        fitting = [each for each in printed if self.choice.edition in (each.name, each.table)]
        if self.version is None and any(each.name == self.choice.edition for each in editions) and not fitting:
            instead = (
                f"beside the reader's view stands `{printed[0].name}`" if printed else "the reader's view is shown"
            )
            self.reporter.warn(f"the edition `{self.choice.edition}` has no printed pages; {instead}")
        self.choice = replace(self.choice, edition=next((each.name for each in (*fitting, *printed)), ""))
        named = tuple((each.name, each.title) for each in printed)
        self.board.publish(choice=self.choice, editions=named, sizes=list_page_sizes(project))
        return editions, refusals

    @property
    def _options(self) -> app.BuildOptions:
        return replace(self.options, page=self.choice.page or None)

    def _make(self, version: Version, edition: Edition) -> Artifact:
        """Return the book of an edition."""
        project, guide = version.project, version.guide
        progress = _Progress(self.reporter, self.board)
        counter = app.PieceCounter()
        books = [*app.build_editions(project, guide, (edition,), self.workers, progress, self.store, counter)]
        return next(book for book in books if book.is_book)

    def _show_reader(self, book: Artifact, edit: Edit | None) -> None:
        former = self.board.state.reader
        reader = Reader(book.data, former.book if former else None)
        place = reader.find_anchor(edit.anchors) if edit else ""
        number = self.serial if place else former.edit if former else 0
        pane = ReaderPane(self.serial, reader, place or (former.place if former else ""), number)
        self.fresh = (READER,)
        self.board.publish(reader=pane, stale=tuple(each for each in self.board.state.stale if each != READER))

    def _show_printed(self, book: Artifact, edition: Edition, guide: Guide, edit: Edit | None) -> PrintedPane:
        assert isinstance(edition.options, PrintOptions)
        former = self.board.state.printed
        printed = Printed(book, self.pdfium, edition.options.form != "screen", guide.config.direction)
        place = printed.find_edit(edit) if edit else None
        pane = PrintedPane(self.serial, printed, place, self.serial if place else former.edit if former else 0)
        self.board.publish(printed=pane)
        if former:
            former.book.close()
        return pane


@dataclass
class _Laps:
    """The seconds of each phase of a build."""

    last: float
    seconds: dict[str, float] = field(default_factory=dict)

    def take(self, name: str) -> None:
        """End a phase."""
        now = perf_counter()
        self.seconds[name], self.last = now - self.last, now


@dataclass(frozen=True, slots=True)
class _Progress:
    """Tells on the page how far a long build is."""

    inner: app.Reporter
    board: Board

    def say(self, line: str) -> None:
        self.inner.say(line)

    def warn(self, line: str) -> None:
        self.inner.warn(line)

    def report_error(self, message: str) -> None:
        self.inner.report_error(message)

    def tell_build(self, written: app.WrittenBooks) -> None:
        raise TypeError("a preview writes no books")

    @contextmanager
    def follow_build(self, editions: Sequence[str]) -> Iterator[tuple[Callable[[], None], Callable[[Artifact], None]]]:
        count, told = 0, perf_counter()

        def count_piece() -> None:
            nonlocal count, told
            count += 1
            if perf_counter() - told > _PROGRESS_EVERY:
                told = perf_counter()
                self.board.publish(message=f"building {' '.join(editions)}: {count_things(count, 'piece')} set")

        yield count_piece, lambda _: None


def _tell_jobs(run: RunJobs, board: Board) -> RunJobs:
    """Return what runs jobs as ``run`` does, and tells on the page how many files are read."""
    told = perf_counter()

    def run_jobs(work: Callable[[Any], Any], jobs: Sequence[Any], /) -> Iterator[Any]:
        nonlocal told
        for number, result in enumerate(run(work, jobs), 1):
            if perf_counter() - told > _PROGRESS_EVERY:
                told = perf_counter()
                board.publish(message=f"reading and checking: {number} of {count_things(len(jobs), 'file')}")
            yield result

    return run_jobs
