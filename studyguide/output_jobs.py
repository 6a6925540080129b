"""Do the jobs of outputs: take results from the store, and let workers do the rest.

Processes of this machine read what they need from the store on the disk and keep their results there, so galleys, the bulk of
a book, never pass through this process. A cluster does not reach that disk, and a store in memory is only here: then galleys
come back as results, and this process puts sections together and makes the files.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from time import perf_counter
from typing import Any

from studyguide.model import Artifact, Book, Html
from studyguide.output import Assemble, EntryLostError, Job, JobsNeededError, Output, prepare_nothing
from studyguide.problems import ContentError, Place
from studyguide.runtime.workers import Workers
from studyguide.store import CacheStore

_MAX_SECTIONS = 120
"""Sections that are worked on at once: more take more memory; with fewer, processes wait for the slowest more often."""


@dataclass(frozen=True, slots=True)
class Result:
    """The result of a job."""

    key: str
    result: Any
    seconds: float
    """Duration of the work, in any process; 0 if the result was in the store."""


Results = Mapping[str, Result]
"""By the keys of the jobs."""


@dataclass(frozen=True, slots=True)
class FinishJob:
    """A book and the results of its jobs, in their order, to be made a file."""

    output: Output
    book: Book
    results: tuple[Any, ...]

    @property
    def place(self) -> Place:
        return Place(f"edition {self.book.edition.name}")

    def lighten(self) -> "FinishJob":
        """Return the job without the HTML that making the file seldom reads, and which is most of a book."""
        roles = self.output.roles_of_finish
        sections = (each if each.role in roles else replace(each, text=Html("")) for each in self.book.sections)
        return replace(self, book=replace(self.book, sections=tuple(sections), mark_places=None))


class JobRunner:
    """Does the jobs of outputs and keeps their results in the store."""

    def __init__(self, workers: Workers, store: CacheStore, count_job: Callable[[], None]) -> None:
        """``count_job`` is called for each job that is done."""
        self._workers, self._store, self._count_job = workers, store, count_job
        self._shared = store.branch() if workers.are_local else None
        """The store as other processes reach it; None if they do not."""

    def run(
        self, work: Callable[[Any], Any], jobs: Iterable[Job], prepare: Callable[[], None] = prepare_nothing
    ) -> Iterator[Result]:
        """Yield the result of each job, once and in any order: those in the store, then those that are done now."""
        waiting: list[Job] = []
        yield from self._recall(jobs, waiting)
        for job, (result, seconds) in zip(waiting, self._workers.run(_TimedWork(work, prepare), waiting), strict=True):
            self._store.put(job.key, result)
            self._count_job()
            yield Result(job.key, result, seconds)

    def assemble(self, output: Output, jobs: Iterable[Job]) -> Iterator[Result]:
        """Yield the result of each job, as ``run`` does, of an output that puts results together from smaller jobs."""
        waiting: list[Job] = []
        yield from self._recall(jobs, waiting)
        # Sections of one chapter in several editions consist of the same blocks.
        sizes = Counter[Place]()
        for job in waiting:
            sizes[job.place] = max(sizes[job.place], _measure(job))
        remaining = iter(sorted(waiting, key=lambda job: (-sizes[job.place], job.place)))
        while chosen := list(islice(remaining, _MAX_SECTIONS)):
            yield from self._assemble_together(output, chosen)

    def finish(self, jobs: Sequence[FinishJob]) -> Iterator[tuple[Artifact | ContentError, float]]:
        """Yield the file of each book, or the error with its problems, and the duration of the work in seconds."""
        if self._shared is None:
            yield from self._run_with_store(_finish_book, jobs, None)
            return
        light = [job.lighten() for job in jobs]
        for job, (outcome, seconds) in zip(jobs, self._run_with_store(_finish_book, light, self._shared), strict=True):
            if isinstance(outcome, EntryLostError):
                yield from self._run_with_store(_finish_book, [job], None)
            else:
                yield outcome, seconds

    def _recall(self, jobs: Iterable[Job], waiting: list[Job]) -> Iterator[Result]:
        """Yield each result that the store has, and add the other jobs to ``waiting``, the largest first."""
        lacking: list[Job] = []
        for key, job in {job.key: job for job in jobs}.items():
            result = self._store.get(key)
            if result is None:
                lacking.append(job)
            else:
                yield Result(key, result, 0.0)
        # Large ones first, or one of them would keep everybody waiting at the end.
        waiting += sorted(lacking, key=_measure, reverse=True)

    def _assemble_together(self, output: Output, jobs: list[Job]) -> Iterator[Result]:
        """Yield the result of each job, after the smaller jobs that they lack."""
        assemble = output.assemble
        assert assemble is not None
        parts: dict[str, Any] = {}
        """Results of smaller jobs that are in this process, because other processes do not find them in the store."""
        shared = self._shared
        asked: set[str] = set()
        spent: dict[Place, float] = defaultdict(float)
        while jobs:
            missing: dict[str, Job] = {}
            later: list[Job] = []
            work = _Assembling(assemble, {} if shared else parts)
            for job, (attempt, seconds) in zip(jobs, self._run_with_store(work, jobs, shared), strict=True):
                spent[job.place] += seconds
                if attempt.missing:
                    missing |= {part.key: part for part in attempt.missing}
                    later.append(job)
                else:
                    yield Result(job.key, attempt.result, spent.pop(job.place))
            is_lost = not asked.isdisjoint(missing)  # somebody emptied the cache, or the disk damages files
            asked |= missing.keys()
            parts |= self._run_smaller(output, list(missing.values()), None if is_lost else shared, spent)
            shared = None if parts else shared
            jobs = later

    def _run_smaller(
        self, output: Output, jobs: Sequence[Job], shared: CacheStore | None, spent: dict[Place, float]
    ) -> dict[str, Any]:
        """Do smaller jobs, add their durations to ``spent``, and return the results that other processes do not find."""
        assert output.batch_jobs is not None
        batches = [_Batch(batch) for batch in output.batch_jobs(jobs)]
        found: dict[str, Any] = {}
        work = _BatchWork(output.run_job, output.prepare_worker, shared)
        for batch, (results, seconds, branch) in zip(batches, self._workers.run(work, batches), strict=True):
            spent[batch.place] += seconds
            if branch is not None:
                self._store.merge(branch)
            for job, result in zip(batch, results, strict=False):
                self._store.put(job.key, result)
                found[job.key] = result
            for _ in batch:
                self._count_job()
        return found

    def _run_with_store(
        self, work: Callable[[Any, CacheStore], Any], jobs: Sequence[Any], shared: CacheStore | None
    ) -> Iterator[tuple[Any, float]]:
        """Yield the result of each job, and its seconds: from processes that share a store, or else from this one.

        A single job is done here, where the store may have its entries in memory.
        """
        if shared is None or len(jobs) == 1:
            for job in jobs:
                start = perf_counter()
                yield work(job, self._store), perf_counter() - start
            return
        for result, seconds, branch in self._workers.run_light(_StoredWork(work, shared), jobs):
            self._store.merge(branch)
            yield result, seconds


def _measure(job: Job) -> int:
    return getattr(job, "size", 0)


class _Batch(tuple[Job, ...]):
    """Jobs that are done in one go. The place in messages is that of the first."""

    @property
    def place(self) -> Place:
        return self[0].place


# ---------------------------------------------------------------- work, in any process


@dataclass(frozen=True, slots=True)
class _TimedWork:
    """Work whose result comes with the seconds that it took."""

    work: Callable[[Any], Any]
    prepare: Callable[[], None]
    """Loads what the work needs; that is no part of the time of a job."""

    def __call__(self, job: Any) -> tuple[Any, float]:
        start = perf_counter()
        return self.work(job), perf_counter() - start


@dataclass(frozen=True, slots=True)
class _StoredWork:
    """Work that uses the store; its result comes with the seconds and with the branch of the store that it used."""

    work: Callable[[Any, CacheStore], Any]
    store: CacheStore

    def __call__(self, job: Any) -> tuple[Any, float, CacheStore]:
        start, branch = perf_counter(), self.store.branch() or self.store
        return self.work(job, branch), perf_counter() - start, branch


@dataclass(frozen=True, slots=True)
class _BatchWork:
    """Work on a batch: the results go into the store, if there is one, or else come back."""

    work: Callable[[Any], Sequence[Any]]
    prepare: Callable[[], None]
    """Loads what the work needs; that is no part of the time of a job."""
    store: CacheStore | None

    def __call__(self, batch: _Batch) -> tuple[Sequence[Any], float, CacheStore | None]:
        start = perf_counter()
        results = self.work(batch)
        branch = self.store.branch() if self.store else None
        if branch:
            for job, result in zip(batch, results, strict=True):
                branch.put(job.key, result)
        is_kept = branch is not None and not branch.complaint
        return () if is_kept else results, perf_counter() - start, branch


@dataclass(frozen=True, slots=True)
class _Attempt:
    """The result of a job, or the smaller jobs that it lacks."""

    result: Any = None
    missing: tuple[Job, ...] = ()


@dataclass(frozen=True, slots=True)
class _Assembling:
    """Puts a job's result together from ``parts``, by their keys, and from what the store has, and keeps it there."""

    assemble: Assemble
    parts: Mapping[str, Any]

    def __call__(self, job: Job, store: CacheStore) -> _Attempt:
        try:
            result = self.assemble(job, self.parts, store)
        except JobsNeededError as needed:
            return _Attempt(missing=tuple(needed.jobs))
        store.put(job.key, result)
        return _Attempt(result)


def _finish_book(job: FinishJob, store: CacheStore) -> Artifact | ContentError | EntryLostError:
    try:
        return job.output.finish(job.book, job.results, store)
    except (ContentError, EntryLostError) as error:
        return error
