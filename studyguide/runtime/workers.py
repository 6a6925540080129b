"""Do many jobs at once: in this process, in a pool of them, or on a cluster.

Each way is a function of the same shape: ``each(work, jobs)`` yields the results in the order of the jobs. A job that takes
longer than it may is a Problem; on a cluster it is the cluster that says how long a job may take.
"""

import faulthandler
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from types import FrameType
from typing import Any

from studyguide.limits import LIMITS
from studyguide.problems import ContentError, Place, Problem

Each = Callable[[Callable[[Any], Any], Sequence[Any]], Iterator[Any]]


def alone(work: Callable[[Any], Any], jobs: Sequence[Any]) -> Iterator[Any]:
    return map(work, jobs)


def place_of(job: Any) -> Place:
    return getattr(job, "place", Place("a sheet"))


class Late(BaseException):
    """The time of a job is over. Not an Exception, for libraries catch those."""


@dataclass(frozen=True, slots=True)
class Timely:
    """Work that ends after so many seconds, done or not."""

    work: Callable[[Any], Any]
    seconds: float

    def __call__(self, job: Any) -> Any:
        def late(_: int, frame: FrameType | None) -> None:
            # An import that is broken off leaves half a module behind, for all later work of the process.
            if not importing(frame):
                raise Late

        before = signal.signal(signal.SIGALRM, late)
        # Again and again, for the first may fall into code that swallows it, such as the end of a generator.
        signal.setitimer(signal.ITIMER_REAL, self.seconds, 1)
        try:
            return self.work(job)
        except Late as error:
            found = f"this takes more than {self.seconds:g} {LIMITS['seconds'].unit}"
            raise ContentError([Problem(place_of(job), "over-limit", found, LIMITS["seconds"].fix)]) from error
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, before)


def importing(frame: FrameType | None) -> bool:
    while frame and not frame.f_code.co_filename.startswith("<frozen importlib"):
        frame = frame.f_back
    return frame is not None


@dataclass(frozen=True, slots=True)
class Fatal:
    """The same in a process that may be lost: it ends where code that knows no signals does not come back."""

    work: Timely

    def __call__(self, job: Any) -> Any:
        with Path(os.devnull).open("wb") as nowhere:
            faulthandler.dump_traceback_later(2 * self.work.seconds + 1, exit=True, file=nowhere)
            try:
                return self.work(job)
            finally:
                faulthandler.cancel_dump_traceback_later()


@contextmanager
def workers(count: int, scheduler: str | None = None, seconds: float = LIMITS["seconds"].maximum) -> Iterator[Each]:
    """As many processes of this machine, or the cluster whose scheduler listens at the address."""
    if scheduler:
        with cluster(scheduler) as executor:
            yield lambda work, jobs: spread(executor, work, jobs)
    elif count == 1:
        yield lambda work, jobs: alone(Timely(work, seconds), jobs)
    else:
        pool = Pool(count, seconds)
        try:
            yield pool.each
        finally:
            pool.close()


def cores() -> int:
    """The processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def begin(first: int) -> None:
    """What a process of the pool does before its first job; ``first`` is the process whose pool it is."""
    # Ctrl-C reaches every process of a terminal; only the first one is to answer it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=follow, args=(first,), daemon=True).start()


def follow(first: int) -> None:
    """End with the first process: one that is killed cannot say goodbye, and its workers would wait for ever."""
    while alive(first):
        time.sleep(1)
    os._exit(1)


def alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def spread(executor: Executor, work: Callable[[Any], Any], jobs: Sequence[Any]) -> Iterator[Any]:
    futures = [executor.submit(work, job) for job in jobs]
    try:
        for future in futures:
            yield future.result()
    finally:
        for future in futures:
            future.cancel()


class Pool:
    """Processes that start with the first job, and survive one that dies."""

    def __init__(self, count: int, seconds: float) -> None:
        self.count, self.seconds = count, seconds
        self.executor: ProcessPoolExecutor | None = None

    def opened(self, count: int) -> ProcessPoolExecutor:
        # A fork of a process with threads may hang; a spawned one starts clean, and as slowly as it has to.
        return ProcessPoolExecutor(count, get_context("forkserver"), begin, (os.getpid(),))

    def each(self, work: Callable[[Any], Any], jobs: Sequence[Any]) -> Iterator[Any]:
        timely = Timely(work, self.seconds)
        if len(jobs) < 2:
            yield from map(timely, jobs)
            return
        done = 0
        work = Fatal(timely)
        try:
            self.executor = self.executor or self.opened(self.count)
            for result in spread(self.executor, work, jobs):
                yield result
                done += 1
        except BrokenProcessPool:
            self.executor = None
            yield from self.one_by_one(work, jobs[done:])

    def one_by_one(self, work: Callable[[Any], Any], jobs: Sequence[Any]) -> Iterator[Any]:
        """A process died: do the rest one at a time, to know which job kills, or to finish if none does."""
        with self.opened(1) as executor:
            for job in jobs:
                try:
                    yield executor.submit(work, job).result()
                except BrokenProcessPool as error:
                    found = "the process that set this died, for want of memory or of time perhaps"
                    fix = "make it smaller, or give the machine more memory"
                    raise ContentError([Problem(place_of(job), "worker-died", found, fix)]) from error

    def close(self) -> None:
        if self.executor:
            # What still runs is wanted no more: all results are in, or the build was stopped.
            running = list((self.executor._processes or {}).values())
            results: Any = self.executor._result_queue
            thread: Any = self.executor._executor_manager_thread
            self.executor.shutdown(wait=False, cancel_futures=True)
            # Its thread trips over a process that ends in the middle of a result while it still holds cancelled jobs.
            end = time.monotonic() + 1
            while thread and any(job.future.cancelled() for job in list(thread.pending_work_items.values())):
                if time.monotonic() > end:
                    break
                time.sleep(0.01)
            for process in running:
                process.terminate()
            # Or the thread would wait for the rest of a result, and Python for the thread.
            results._writer.close()


@contextmanager
def cluster(address: str) -> Iterator[Executor]:
    """The executor of a Dask cluster. Raises ContentError where there is none."""
    place = Place(address)
    try:
        from distributed import Client
    except ModuleNotFoundError as error:
        fix = "run `make cluster`, or leave `--scheduler` out"
        raise ContentError([Problem(place, "no-scheduler", "`distributed` is not installed", fix)]) from error
    try:
        client = Client(address, timeout=10, set_as_default=False)
    except (OSError, ValueError, TimeoutError) as error:
        found = f"no scheduler answers there: {str(error).splitlines()[0] if str(error) else type(error).__name__}"
        fix = "start one with `dask scheduler`, and workers with `dask worker ADDRESS`"
        raise ContentError([Problem(place, "no-scheduler", found, fix)]) from error
    with client:
        yield client.get_executor(pure=False)
