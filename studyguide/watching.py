"""Watch a guide: wait until one of its files is saved, and build its books again."""

import gc
import os
import signal
import threading
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from threading import Event
from typing import Any

import watchfiles
from watchfiles import DefaultFilter
from watchfiles._rust_notify import WatchfilesRustInternalError

from studyguide import CHECKOUT_FOLDER, RESOURCE_FOLDER, app
from studyguide.edit import Edit, find_edit
from studyguide.model import Artifact, Guide, Project
from studyguide.problems import ContentError, Place, Problem, UnknownNameError, format_problems, replace_invisible
from studyguide.reading.project import read_project
from studyguide.runtime import cache
from studyguide.runtime.workers import Workers
from studyguide.runtime.write import is_written_by_build
from studyguide.store import CacheStore, MemoryStore
from studyguide.text import count_things

_LONGEST_WAIT = 1_000  # milliseconds, until a folder that was replaced is noticed
_LONGEST_SAVE = 200  # milliseconds after the first change, until a build begins though files still change
_QUIET = 10  # milliseconds without a change, after which a save is over

# ---------------------------------------------------------------- changes


def wait_for_changes(source: str, out: Path | None = None, stop: Event | None = None) -> Iterator[list[str]]:
    """Yield the names of files that changed: of a guide, and in a checkout of the templates or the styles. Raises KeyboardInterrupt.

    What a build writes to the folder ``out`` is no change. The iteration ends when ``stop`` is set.
    """
    is_input = partial(_may_go_into_book, DefaultFilter(), os.path.realpath(out) if out else "")
    for paths in _wait_for_paths(list_watched(source), is_input, stop or Event()):
        yield sorted({replace_invisible(os.path.relpath(path)) for path in paths})


def list_watched(source: str) -> list[Path]:
    """Return the folders and files that a guide is made of. Raises ContentError if there is no such guide."""
    if not Path(source).exists():
        read_project(source)  # raises, with the names that exist
    own = [RESOURCE_FOLDER / name for name in ("templates", "styles")] if CHECKOUT_FOLDER else []
    return [Path(source), *own]


def _wait_for_paths(folders: Sequence[Path], is_input: Callable[[Any, str], bool], stop: Event) -> Iterator[set[str]]:
    """Yield the paths that changed in folders or files, each of which may vanish and come again.

    What takes the place of a folder that is moved or deleted is not watched by what watched that folder. So all are watched anew,
    and what happened meanwhile is yielded with the first changes after that, as a change of the folder.
    """
    missed: set[str] = set()
    while not stop.is_set():
        found = {path: _identify_file(path) for path in folders}
        for changes in _watch_paths([path for path in folders if found[path]], is_input, stop):
            if paths := missed | {path for _, path in changes or ()}:
                yield paths
            # A new folder can have the inode of the one that was deleted.
            deleted = {os.path.realpath(path) for change, path in changes or () if change is change.deleted}
            missed = {
                str(path)
                for path in folders
                if _identify_file(path) != found[path] or os.path.realpath(path) in deleted
            }
            if changes is None:
                missed.add(str(folders[0]))
            if missed:
                break


def _watch_paths(paths: Sequence[Path], is_input: Callable[[Any, str], bool], stop: Event) -> Iterator[set[Any] | None]:
    """Yield what changed, once a second at least; None, at the end, if that cannot be said.

    Raises OSError with what to do if the system watches no more files.
    """
    try:
        yield from watchfiles.watch(
            *paths,
            watch_filter=is_input,
            debounce=_LONGEST_SAVE,
            step=_QUIET,
            stop_event=stop,
            rust_timeout=_LONGEST_WAIT,
            yield_on_timeout=True,
            ignore_permission_denied=True,  # a link may lead to a folder of others
        )
    except FileNotFoundError:  # one of them has just been deleted
        yield None
    except WatchfilesRustInternalError as error:
        if "Unable to decode path" not in str(error):
            raise _make_watch_error(paths, error) from error
        yield None  # a file has a name that is no UTF-8
    except OSError as error:
        raise _make_watch_error(paths, error) from error


def _make_watch_error(paths: Sequence[Path], error: Exception) -> OSError:
    advice = (
        "end other programs that watch files, or let the system watch more (on Linux `fs.inotify.max_user_watches`)"
    )
    return OSError(f"{paths[0]}: the system does not watch it for changes: {error}; {advice}")


def _identify_file(path: Path) -> tuple[int, int] | None:
    """Return what tells a file or a folder from another of its name; None if there is none."""
    try:
        status = os.stat(path)
    except OSError:
        return None
    return status.st_dev, status.st_ino


def _may_go_into_book(is_usual: Callable[[Any, str], bool], out: str, change: Any, path: str) -> bool:
    """True if a changed file may go into a book; the folder of the books may be inside that of the guide, or be it."""
    is_output = bool(out) and Path(os.path.realpath(path)).is_relative_to(out) and is_written_by_build(path)
    return is_usual(change, path) and not is_output


@dataclass(frozen=True, slots=True)
class Version:
    """A guide as it was built last."""

    project: Project
    guide: Guide

    def find_edit_since(self, former: "Version | None") -> Edit | None:
        """Return the first edit since another version, or None if there is none."""
        if former is None:
            return None
        before = {asset.path: asset.digest for asset in former.project.assets}
        figures = {asset.path for asset in self.project.assets if before.get(asset.path) != asset.digest}
        return find_edit(former.guide, self.guide, figures)


def open_store(options: app.BuildOptions) -> CacheStore:
    """Return a store for a process that builds again and again."""
    return cache.ResidentStore(app.result_store()) if options.use_cache else MemoryStore()


@contextmanager
def defer_collection() -> Iterator[None]:
    """Let Python look for garbage after the work, and not while somebody waits for it: with a book in memory it takes 0.1 s."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
        with _hold_interrupt():
            gc.collect()


def spare_collection() -> None:
    """Let Python look for garbage among new values only: those of the first build, which is done, mostly stay."""
    with _hold_interrupt():
        gc.collect()
        gc.freeze()


@contextmanager
def _hold_interrupt() -> Iterator[None]:
    """Let Ctrl-C wait until the end: an exception in a callback of the garbage collector would be lost.

    A mask of signals would not do, for the system may hand them to another thread, and Python to the main one all the same.
    """
    handle = signal.getsignal(signal.SIGINT)
    if not callable(handle) or threading.current_thread() is not threading.main_thread():
        yield
        return
    held: list[tuple[int, Any]] = []
    signal.signal(signal.SIGINT, lambda *interrupt: held.append(interrupt))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, handle)
        if held:
            handle(*held[0])


# ---------------------------------------------------------------- building again


@dataclass
class _LineReporter:
    """Tells of each build in one line; what was said before is not said again."""

    inner: app.Reporter
    last: Version | None = None
    said: set[str] = field(default_factory=set)

    def say(self, line: str) -> None:
        if line not in self.said:
            self.said.add(line)
            self.inner.say(line)

    def warn(self, line: str) -> None:
        self.inner.warn(line)

    def report_error(self, message: str) -> None:
        self.inner.report_error(message)

    def follow_build(
        self, editions: Sequence[str]
    ) -> AbstractContextManager[tuple[Callable[[], None], Callable[[Artifact], None]]]:
        """Follow the first build, which may take minutes."""
        return nullcontext((lambda: None, lambda _: None)) if self.last else self.inner.follow_build(editions)

    def tell_build(self, written: app.WrittenBooks) -> None:
        """List the books of the first build; of the others tell which question is new, and where it is."""
        version = Version(written.project, written.guide)
        edit = version.find_edit_since(self.last)
        if self.last:
            self.inner.say(f"{_describe_books(written, edit)}; {_describe_work(written)}")
        else:
            self.inner.tell_build(written)
        self.last = version


def _describe_books(written: app.WrittenBooks, edit: Edit | None) -> str:
    """Return such words as `guide 361 pages, tablet: question 4.7 on page 93`."""
    books = [book for book in written.artifacts if book.is_book]
    shown = ", ".join(
        f"{book.edition} {count_things(book.pages, 'page')}" if book.pages else book.edition for book in books
    )
    return f"{shown}: {edit}{_describe_page(books, edit)}" if edit else shown


def _describe_page(books: Sequence[Artifact], edit: Edit) -> str:
    """Return `` on page 93``: the page in the first printed book that has the place of the edit."""
    for book in books:
        if book.pagination and (page := edit.find_page(book.pagination.anchors)) is not None:
            return f" on page {book.pagination.labels[page]}"
    return ""


def _describe_work(written: app.WrittenBooks) -> str:
    return f"{count_things(written.pieces, 'piece')} set anew, {written.seconds:.1f} s"


def watch(source: str, options: app.BuildOptions, workers: Workers, reporter: app.Reporter) -> None:
    """Build whenever a file of the guide, a template or a style is saved, until Ctrl-C."""
    watched, store, lines = list_watched(source), open_store(options), _LineReporter(reporter)
    attempt = partial(_attempt, source, options, workers, lines, store)
    with suppress(KeyboardInterrupt):
        problems = attempt((), even_unchanged=True)
        spare_collection()
        reporter.warn(f"watching {', '.join(map(os.path.relpath, watched))}; Ctrl-C ends it")
        for names in wait_for_changes(source, options.out):
            reporter.warn(f"{', '.join(names[:3])}{' and more' if len(names) > 3 else ''} changed")
            with defer_collection():
                problems = attempt(problems)


def _attempt(
    source: str,
    options: app.BuildOptions,
    workers: Workers,
    reporter: app.Reporter,
    store: CacheStore,
    before: Sequence[Problem],
    even_unchanged: bool = False,
) -> Sequence[Problem]:
    """Build, tell which problems are new and how many are gone since ``before``, and return all of them."""
    try:
        found: Sequence[Problem] = app.build(source, options, workers, reporter, store, even_unchanged)
    except ContentError as error:
        found = error.problems
    except OSError as error:
        reporter.report_error(app.describe_system_error(error))
        return before
    except (UnknownNameError, app.MissingLibraryError) as error:
        reporter.report_error(str(error))
        return before
    except Exception as error:  # a fault of the program must not end the watch
        found = tell_failure(error, source, before, reporter)
    tell_difference(before, found, reporter)
    return found


def tell_failure(
    error: Exception, source: str, before: Sequence[Problem], reporter: app.Reporter
) -> tuple[Problem, ...]:
    """Return the problem that the program has failed, and print where, unless that is in ``before`` and was printed then."""
    found = f"the program failed: {type(error).__name__}: {error}"
    fix = "undo what you changed last, and tell the makers of the program, with what the terminal shows"
    problem = Problem(Place(source), "program-failed", found, fix)
    if problem not in before:
        reporter.warn("\n".join(map(replace_invisible, "".join(traceback.format_exception(error)).splitlines())))
    return (problem,)


def tell_difference(before: Sequence[Problem], found: Sequence[Problem], reporter: app.Reporter) -> None:
    """Tell which problems are new, how many are gone, and how many there are."""
    if unseen := [problem for problem in found if problem not in before]:
        reporter.warn(format_problems(unseen))
    mended = sum(problem not in found for problem in before)
    if found or mended:
        reporter.warn(f"problems: {mended} mended, {len(found)} to mend")
