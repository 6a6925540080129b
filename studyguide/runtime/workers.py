"""Run many jobs at once: in this process, in worker processes of this machine, or on a Dask cluster.

Each way is a ``RunJobs``: it takes a function and its jobs, and yields the results in the order of the jobs. A job that exceeds
its limit of time or memory is a Problem; on a cluster, the cluster's own settings limit both. Messages about a job begin with its
``subject``, if it has one, and are about its ``place``.
"""

import os
import pickle
import resource
import shutil
import signal
import sys
import sysconfig
import tempfile
import threading
import traceback
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import CancelledError, Executor, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass
from functools import partial
from multiprocessing import forkserver, get_context, parent_process, resource_tracker
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from types import FrameType
from typing import Any, Generic, Protocol, TypeVar

from studyguide import PACKAGE_FOLDER
from studyguide.limits import LIMITS
from studyguide.problems import ContentError, Place, Problem
from studyguide.runtime.cache import digest_program_files

_BYTES_PER_MEGABYTE = 1_000_000
_SIGNALS_OF_MEMORY = (-signal.SIGABRT, -signal.SIGTRAP)
"""Exit codes of a process that a library has ended, as GLib does where there is no memory."""

Job = TypeVar("Job")
Result = TypeVar("Result")


class RunJobs(Protocol):
    """Yield ``work(job)`` for each job, in the order of the jobs. Raises what ``work`` raises."""

    def __call__(self, work: Callable[[Job], Result], jobs: Sequence[Job], /) -> Iterator[Result]: ...


def run_in_process(work: Callable[[Job], Result], jobs: Sequence[Job], /) -> Iterator[Result]:
    """Run the jobs one after the other in this process, without a time limit."""
    return map(work, jobs)


@dataclass(frozen=True, slots=True)
class Workers:
    """The processes that run the jobs of a build. It is a ``RunJobs``: calling it runs jobs."""

    run: RunJobs
    run_light: RunJobs
    """For jobs that need no prepared worker: this process does a single one, and others as long as there is no worker."""
    prepare: Callable[[], None] = lambda: None
    """Begin to load, in the background, what jobs need. Call it once it is certain that there will be jobs."""
    run_here: RunJobs = run_in_process
    """Run jobs in this process, which has the values that they need. Such a job may not run another one."""
    run_isolated: RunJobs = run_in_process
    """Run jobs in another process of this machine: killing it is the only way to stop code in C."""
    are_local: bool = True
    """False if they are on other machines."""

    def __call__(self, work: Callable[[Job], Result], jobs: Sequence[Job], /) -> Iterator[Result]:
        return self.run(work, jobs)


NO_WORKERS = Workers(run_in_process, run_in_process)
"""All jobs run in this process."""


@contextmanager
def open_workers(
    count: int, scheduler: str | None = None, seconds: float = LIMITS["seconds"].maximum, preload: str = ""
) -> Iterator[Workers]:
    """Run jobs in ``count`` processes, or on the cluster of the scheduler at an address; ``seconds`` limits each job.

    One process is this one. ``preload`` is the name of the module that loads what jobs need. Raises ContentError if there is no
    such cluster.
    """
    here = partial(run_with_limits, seconds)
    if scheduler:
        with _connect(scheduler) as executor, _open_pool(1, seconds) as pool:
            run = partial(run_on_cluster, executor)
            yield Workers(run, run, run_here=here, run_isolated=pool.run_isolated, are_local=False)
    elif count == 1:
        with _open_pool(1, seconds) as pool:
            yield Workers(here, here, run_here=here, run_isolated=pool.run_isolated)
    else:
        with _open_pool(count, seconds, preload) as pool:
            yield Workers(pool.run, pool.run_light, pool.prepare, here, pool.run_isolated)


@contextmanager
def _open_pool(count: int, seconds: float, preload: str = "") -> Iterator["WorkerPool"]:
    pool = WorkerPool(count, seconds, preload)
    try:
        yield pool
    finally:
        pool.close()


def count_cores() -> int:
    """Return how many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _timeout_error(job: object, seconds: float) -> ContentError:
    limit = LIMITS["seconds"]
    found = f"{_name_subject(job)} takes more than {seconds:g} {limit.unit}"
    return ContentError([Problem(_place_of(job), "over-limit", found, limit.fix)])


def _memory_error(job: object) -> ContentError:
    limit = LIMITS["memory"]
    found = f"{_name_subject(job)} takes more than {limit.maximum:,} {limit.unit}"
    return ContentError([Problem(_place_of(job), "over-limit", found, limit.fix)])


def _death_error(job: object) -> ContentError:
    found = f"the process that set {_name_subject(job)} died, perhaps for want of memory"
    fix = "make it smaller, or give the machine more memory"
    return ContentError([Problem(_place_of(job), "worker-died", found, fix)])


def _name_subject(job: object) -> str:
    return str(getattr(job, "subject", "this"))


def _place_of(job: object) -> Place:
    place = getattr(job, "place", None)
    return place if isinstance(place, Place) else Place("a sheet")


# ---------------------------------------------------------------- in this process


class JobTimeout(BaseException):
    """Raised inside a job whose time is over. Not an Exception, because libraries catch those."""


@dataclass(frozen=True, slots=True)
class WithLimits(Generic[Job, Result]):
    """Work with limits of time and memory in this process; only its main thread may call it.

    Work may have a method ``prepare`` that loads what it needs; its time does not count. Raises ContentError after ``seconds``, or
    if this process would take more memory than a process may. Code in C that never returns to Python is not interrupted.
    """

    work: Callable[[Job], Result]
    seconds: float
    writes_files: bool = True
    """True if the work writes temporary files: an error of the disk then names their folder."""

    def __call__(self, job: Job) -> Result:
        def interrupt(_: int, frame: FrameType | None) -> None:
            # An interrupted import leaves half a module behind, which breaks all later work of this process.
            if not _is_importing(frame):
                raise JobTimeout

        if prepare := getattr(self.work, "prepare", None):
            prepare()
        previous = signal.signal(signal.SIGALRM, interrupt)
        try:
            # Repeated every second: Python drops an exception that is raised while a generator is finalised, for example.
            signal.setitimer(signal.ITIMER_REAL, self.seconds, 1)
            with _limit_memory(), _name_temporary_folder() if self.writes_files else nullcontext():
                return self.work(job)
        except JobTimeout as error:
            raise _timeout_error(job, self.seconds) from error
        except MemoryError as error:
            raise _memory_error(job) from error
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, previous)


@contextmanager
def _limit_memory() -> Iterator[None]:
    """Let this process take no more memory than the limit, for a while; where the system knows no such limit, change nothing."""
    kind = resource.RLIMIT_DATA  # and not RLIMIT_AS, which counts what threads and files reserve and do not use
    soft, hard = resource.getrlimit(kind)
    wanted = LIMITS["memory"].maximum * _BYTES_PER_MEGABYTE
    least = min((each for each in (soft, hard) if each != resource.RLIM_INFINITY), default=wanted)
    with suppress(ValueError, OSError):
        resource.setrlimit(kind, (min(wanted, least), hard))
    try:
        yield
    finally:
        with suppress(ValueError, OSError):
            resource.setrlimit(kind, (soft, hard))


def _is_importing(frame: FrameType | None) -> bool:
    while frame and not frame.f_code.co_filename.startswith("<frozen importlib"):
        frame = frame.f_back
    return frame is not None


@contextmanager
def _name_temporary_folder() -> Iterator[None]:
    """Say in an error of the disk that it is about temporary files, the only ones that a job writes."""
    try:
        yield
    except OSError as error:
        folder = tempfile.tempdir or os.environ.get("TMPDIR") or "the folder of temporary files"
        if error.errno and str(error.filename or folder).startswith(folder):
            advice = "temporary files are written there; make room, or set TMPDIR to another folder"
            raise OSError(error.errno, f"{error.strerror}: {advice}", error.filename or folder) from error
        raise


def run_with_limits(seconds: float, work: Callable[[Job], Result], jobs: Sequence[Job], /) -> Iterator[Result]:
    """Run the jobs one after the other in this process, each for ``seconds`` at the most. Raises ContentError for a longer one."""
    return map(WithLimits(work, seconds), jobs)


# ---------------------------------------------------------------- in worker processes


class WorkerPool:
    """Worker processes that start when jobs need them and stay until ``close``.

    They are forks of one process, the fork server, which has no threads and has loaded, after ``prepare``, what jobs need: that is
    done once for all of them, while this process does something else, and does not count as time of a job. A thread of this process serves each running job. Each worker has a pipe of its own: where all workers share one, as in
    concurrent.futures and pebble, a worker that is killed while it sends a result leaves half a message and a held lock behind,
    and the pool hangs.
    """

    def __init__(self, count: int, seconds: float, preload: str = "") -> None:
        self._seconds = seconds
        self._preload = preload
        self._first: Future[None] | None = None
        """The start of the first worker, once ``prepare`` has begun it."""
        self._threads = ThreadPoolExecutor(count)
        self._idle: list[_Worker] = []
        self._alive: list[_Worker] = []
        self._lock = threading.Lock()
        self._is_closed = False
        self._temporary_folder = ""
        """The folder of the workers' temporary files, which a killed worker leaves behind; empty before the first worker starts."""

    def prepare(self) -> None:
        """Start the fork server, which loads the module ``preload``, and then a worker; return at once."""
        if self._preload and not self._first:
            with _name_temporary_folder():
                _start_fork_server(self._preload)
            self._first = self._threads.submit(self._run_job, _do_nothing, None)

    def run_light(self, work: Callable[[Job], Result], jobs: Sequence[Job], /) -> Iterator[Result]:
        """Run a single job, and others as long as the first worker starts, in this process; run the rest as ``run`` does."""
        rest = deque(jobs)
        while rest and (len(jobs) == 1 or (self._first and not self._first.done())):
            yield from run_with_limits(self._seconds, work, [rest.popleft()])
        yield from self.run(work, tuple(rest))

    def run(self, work: Callable[[Job], Result], jobs: Sequence[Job], /) -> Iterator[Result]:
        """Yield the results in the order of the jobs. Raises ContentError for a job that is too slow or kills its worker.

        A job whose worker died runs once more when all others are done: what killed it may have been their use of memory.
        """
        if not jobs or (len(jobs) == 1 and not self._first):
            yield from run_with_limits(self._seconds, work, jobs)
        else:
            yield from self.run_isolated(work, jobs)

    def run_isolated(self, work: Callable[[Job], Result], jobs: Sequence[Job], /) -> Iterator[Result]:
        """Do as ``run`` does, and no job in this process."""
        with _submit(self._threads, partial(self._run_job, work), jobs) as futures:
            for job, future in zip(jobs, futures, strict=True):
                try:
                    result = future.result()
                except _WorkerDiedError:
                    wait(futures)
                    result = self._run_again(work, job)
                yield result

    def close(self) -> None:
        """Kill the workers, whatever they do."""
        self._is_closed = True
        # A first worker that starts holds the lock until the fork server has loaded everything, which nobody needs any more.
        while self._first and not self._first.done():
            _kill_fork_server()
            wait([self._first], timeout=0.05)
        with self._lock:
            for worker in self._alive:
                worker.process.kill()
        self._threads.shutdown(cancel_futures=True)
        for worker in tuple(self._alive):
            self._remove(worker)
        if self._temporary_folder:
            shutil.rmtree(self._temporary_folder, ignore_errors=True)

    def _run_again(self, work: Callable[[Job], Result], job: Job) -> Result:
        try:
            return self._threads.submit(self._run_job, work, job).result()
        except _WorkerDiedError as error:
            raise _death_error(job) from error

    def _run_job(self, work: Callable[[Job], Result], job: Job) -> Result:
        try:
            worker = self._idle.pop()
        except IndexError:
            worker = self._start()
        try:
            worker.pipe.send((work, job))
            is_done, value = worker.pipe.recv()
        except (EOFError, OSError) as error:
            code = self._remove(worker)
            if code == -signal.SIGALRM:
                raise _timeout_error(job, self._seconds) from error
            if code in _SIGNALS_OF_MEMORY:
                raise _memory_error(job) from error
            raise _WorkerDiedError from error
        self._idle.append(worker)
        if is_done:
            result: Result = value
            return result
        raise value

    def _start(self) -> "_Worker":
        # A fork of a process with threads may hang; the fork server has none.
        context = get_context("forkserver")
        ours, theirs = context.Pipe()
        with _name_temporary_folder(), self._lock, theirs:
            if self._is_closed:
                raise _WorkerDiedError
            self._temporary_folder = self._temporary_folder or tempfile.mkdtemp(prefix="studyguide-")
            arguments = (theirs, self._seconds, self._temporary_folder)
            process = context.Process(target=_serve_jobs, args=arguments, daemon=True)
            _start_fork_server(self._preload)
            process.start()
            worker = _Worker(process, ours)
            self._alive.append(worker)
        return worker

    def _remove(self, worker: "_Worker") -> int | None:
        """End a worker, and return its exit code: the negated number of the signal that ended it."""
        # Starting a process polls all others: two threads that poll one at once would both read its only exit code.
        with self._lock:
            worker.process.kill()
            worker.process.join()
            worker.pipe.close()
            self._alive.remove(worker)
            return worker.process.exitcode


def _do_nothing(_: None) -> None:
    """Do a job of no work."""


def _start_fork_server(preload: str) -> None:
    """Start the fork server of this process if it does not run yet; it imports the module ``preload`` on its own time."""
    fork_server = forkserver._forkserver
    before = {name: os.environ.get(name) for name in ("PYTHONPATH", "PYTHONSAFEPATH")}
    # Python starts it as `python -c`, which finds modules in the working folder before all others. That may be a stranger's.
    folders = filter(None, [_find_own_folder(), before["PYTHONPATH"]])
    os.environ.update(PYTHONSAFEPATH="1", PYTHONPATH=os.pathsep.join(folders))
    # Ctrl-C reaches every process of a terminal, and only this one is to answer it. The fork server and the workers inherit the
    # mask of this thread, which the start of the resource tracker clears in Python 3.11.
    try:
        resource_tracker.ensure_running()
        mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            fork_server.set_forkserver_preload([preload] if preload else [])
            fork_server.ensure_running()
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, mask)
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def _find_own_folder() -> str:
    """Return the folder that a new Python has to look into for this program; empty if it does so by itself.

    Python 3.11 does not hand on the path of this process. The folder of installed packages stays behind the standard library.
    """
    folder = PACKAGE_FOLDER.parent
    return "" if folder == Path(sysconfig.get_path("purelib")).resolve() else str(folder)


def _kill_fork_server() -> None:
    """Kill the fork server, whatever it loads; the next worker starts another."""
    if process := getattr(forkserver._forkserver, "_forkserver_pid", None):
        with suppress(ProcessLookupError, ChildProcessError):
            os.kill(process, signal.SIGKILL)
            os.waitid(os.P_PID, process, os.WEXITED | os.WNOWAIT)  # multiprocessing itself takes the exit code


@dataclass(frozen=True, slots=True, eq=False)
class _Worker:
    process: ForkServerProcess
    pipe: "Connection[Any, Any]"


class _WorkerDiedError(Exception):
    """A worker process ended before its job did."""


def _serve_jobs(pipe: "Connection[Any, Any]", seconds: float, temporary_folder: str) -> None:
    """Run jobs in a worker process: receive ``(work, job)``, send ``(True, result)`` or ``(False, exception)``."""
    tempfile.tempdir = temporary_folder
    # Without a handler the kernel ends the process, even in C code that does not return to Python.
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    threading.Thread(target=_exit_with_parent, daemon=True).start()
    while True:
        try:
            work, job = pipe.recv()
        except EOFError:
            return
        signal.setitimer(signal.ITIMER_REAL, seconds)
        try:
            with _limit_memory(), _name_temporary_folder():
                outcome = (True, work(job))
        except MemoryError:
            outcome = (False, _memory_error(job))
        except Exception as error:
            error.add_note(traceback.format_exc())
            outcome = (False, error)
        signal.setitimer(signal.ITIMER_REAL, 0)
        try:
            pipe.send(outcome)
        except (pickle.PicklingError, AttributeError, TypeError) as error:
            pipe.send((False, error))


def _exit_with_parent() -> None:
    """End this worker with its parent: a parent that is killed with SIGKILL cannot end its workers."""
    if parent := parent_process():
        parent.join()
    os._exit(1)


@contextmanager
def _submit(
    executor: Executor, work: Callable[[Job], Result], jobs: Sequence[Job]
) -> Iterator[Sequence[Future[Result]]]:
    """Submit the jobs; at the end, cancel those that have not begun."""
    futures = [executor.submit(work, job) for job in jobs]
    try:
        yield futures
    finally:
        for future in futures:
            future.cancel()


# ---------------------------------------------------------------- on a cluster

_CLUSTER_TIMEOUT = 7  # seconds, for a scheduler to answer and to have a worker
_CONNECTION_TIMEOUT = 5  # seconds of these


def run_on_cluster(executor: Executor, work: Callable[[Job], Result], jobs: Sequence[Job], /) -> Iterator[Result]:
    """Run the jobs in an executor that replaces lost workers itself. Raises ContentError for a job that the cluster gives up."""
    from distributed import KilledWorker

    with _submit(executor, work, jobs) as futures:
        for job, future in zip(jobs, futures, strict=True):
            try:
                yield future.result()
            except KilledWorker as error:
                raise _death_error(job) from error
            except CancelledError as error:
                raise _cluster_error("the cluster", "it was lost", "look at what the scheduler says") from error


@contextmanager
def _connect(address: str) -> Iterator[Executor]:
    """Connect to a Dask cluster. Raises ContentError if there is none that can do the work of this program."""
    try:
        from distributed import Client
    except ModuleNotFoundError as error:
        fix = "run `pip install 'studyguide[cluster]'`, or leave `--scheduler` out"
        raise _cluster_error(address, "`distributed` is not installed", fix) from error
    # A client that finds no scheduler would complain of its own end, and one whose scheduler is silent would wait for ever.
    _await_cluster(address)
    with Client(address, timeout=_CLUSTER_TIMEOUT, set_as_default=False) as client:
        _check_machines(client, address)
        yield client.get_executor(pure=False)


def _await_cluster(address: str) -> None:
    """Wait until the scheduler has a worker. Raises ContentError after ``_CLUSTER_TIMEOUT``."""
    is_answering = False

    async def await_worker() -> None:
        nonlocal is_answering
        arguments = Security().get_connection_args("client")
        async with rpc(address, connection_args=arguments, timeout=_CONNECTION_TIMEOUT) as scheduler:
            while not (await scheduler.identity())["workers"]:
                is_answering = True
                await asyncio.sleep(0.2)

    import asyncio

    from distributed import Security
    from distributed.core import rpc

    try:
        asyncio.run(asyncio.wait_for(await_worker(), _CLUSTER_TIMEOUT))
    except Exception as error:  # of an address that is none, any of Python's errors
        if is_answering:
            fix = f"start one on each machine: `dask worker {address}`"
            raise _cluster_error(address, "the scheduler has no worker", fix) from error
        reason = (str(error).splitlines() or ["it is silent"])[0]
        fix = "start one with `dask scheduler`, and write the address that it prints, such as `tcp://HOST:8786`"
        raise _cluster_error(address, f"no scheduler answers there: {reason}", fix) from error


def _check_machines(client: Any, address: str) -> None:
    """Ask the scheduler and each worker for their version of this program. Raises ContentError if one has another or none."""
    own = _describe_program()
    try:
        found = {"scheduler": client.run_on_scheduler(_describe_program)}
    except Exception as error:  # whatever the scheduler's Python lets through
        found = {"scheduler": error}
    workers = client.run(_describe_program, on_error="return")
    for name, answer in (found | {f"worker {name}": answer for name, answer in workers.items()}).items():
        if answer != own:
            is_lacking = isinstance(answer, Exception)
            fault = f"cannot load this program: {answer}" if is_lacking else "runs another version of this program"
            fix = "copy this program there, and start it anew in the program's folder, with `PYTHONPATH=.`"
            raise _cluster_error(address, f"the {name} {fault}", fix)


def _describe_program() -> tuple[str, tuple[int, ...]]:
    """Return what has to be the same on all machines of a cluster: the digest of the program's files, and Python's version."""
    return digest_program_files(), tuple(sys.version_info[:2])


def _cluster_error(address: str, found: str, fix: str) -> ContentError:
    return ContentError([Problem(Place(address), "no-scheduler", found, fix)])
