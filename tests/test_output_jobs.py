"""Jobs that are put together from smaller ones: whether processes share the store, or only this one has it."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT

from studyguide.epub import OUTPUT
from studyguide.output import JobsNeededError, Output
from studyguide.output_jobs import JobRunner
from studyguide.pdf.bind_section import BoundSection
from studyguide.pdf.section_pages import SectionContent
from studyguide.pipeline import Builder, check_guide, choose_editions
from studyguide.problems import Place
from studyguide.reading.project import read_project
from studyguide.runtime.cache import DiskStore, load_entry
from studyguide.runtime.workers import open_workers
from studyguide.store import CacheStore, MemoryStore


@dataclass(frozen=True)
class Piece:
    """A job: a letter is set, or a word is put together from letters."""

    text: str

    @property
    def key(self) -> str:
        return f"{type(self).__name__} {self.text}"

    @property
    def place(self) -> Place:
        return Place(type(self).__name__)


class Letter(Piece):
    """A small job."""


class Word(Piece):
    """A job that needs small ones."""


def set_letters(batch: Sequence[Letter]) -> tuple[str, ...]:
    return tuple(letter.text.upper() for letter in batch)


def join_letters(word: Word, parts: Mapping[str, str], store: CacheStore) -> str:
    """Return the word in capitals; its second half is asked for only when the first is there."""
    found: list[str] = []
    half = len(word.text) // 2
    for letters in (word.text[:half], word.text[half:]):
        jobs = [Letter(letter) for letter in letters]
        found += [(parts.get(job.key) or store.get(job.key) or "") for job in jobs]
        if missing := [job for job, text in zip(jobs, found[-len(jobs) :], strict=True) if not text]:
            raise JobsNeededError(missing)
    return "".join(found)


def batch_letters(letters: Sequence[Letter]) -> list[tuple[Letter, ...]]:
    return [tuple(letters[start : start + 2]) for start in range(0, len(letters), 2)]


CAPITALS: Output = replace(OUTPUT, run_job=set_letters, assemble=join_letters, batch_jobs=batch_letters)
WORDS = [Word("planer"), Word("lager"), Word("regal"), Word("planer")]
RESULTS = {"Word planer": "PLANER", "Word lager": "LAGER", "Word regal": "REGAL"}


class ForgetfulStore(DiskStore):
    """A store on a disk that loses whatever is written to it, without a word."""

    def save(self, key: str, data: bytes) -> None:
        pass


def assemble_words(store: CacheStore, is_local: bool = True) -> tuple[dict[str, Any], int]:
    """Return the results, and the number of letters that were set."""
    counts = Counter[str]()
    with open_workers(2) as workers:
        runner = JobRunner(replace(workers, are_local=is_local), store, lambda: counts.update(["letter"]))
        found = list(runner.assemble(CAPITALS, WORDS))
    assert len(found) == len(RESULTS)
    return {each.key: each.result for each in found}, counts["letter"]


@pytest.mark.parametrize("is_local", [True, False])
@pytest.mark.parametrize("make_store", [DiskStore, lambda folder: MemoryStore()])
def test_words_are_the_same_wherever_they_are_put_together(
    make_store: Callable[[Path], CacheStore], is_local: bool, tmp_path: Path
) -> None:
    assert assemble_words(make_store(tmp_path / "store"), is_local) == (RESULTS, len(set("planerlagerregal")))


def test_what_the_store_has_is_not_done_again(tmp_path: Path) -> None:
    store = DiskStore(tmp_path / "store")
    assemble_words(store)
    assert assemble_words(DiskStore(tmp_path / "store")) == (RESULTS, 0)


def test_a_disk_that_loses_everything_makes_a_build_slower_and_does_not_end_it(tmp_path: Path) -> None:
    found, letters = assemble_words(ForgetfulStore(tmp_path / "store"))
    assert found == RESULTS
    assert letters > len(set("planerlagerregal"))


def test_a_store_that_cannot_be_written_to_is_said_by_whoever_tried(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    store = DiskStore(tmp_path / "file" / "store")
    assert assemble_words(store) == (RESULTS, len(set("planerlagerregal")))
    assert store.complaint.startswith("nothing was remembered for the next build: ")


def test_what_other_processes_wrote_counts_towards_the_limit_of_the_store(tmp_path: Path) -> None:
    def measure_files(folder: Path) -> Iterator[int]:
        return (path.stat().st_size - 32 for path in folder.glob("??/*"))  # without their checksums

    store = DiskStore(tmp_path / "store")
    assemble_words(store)
    assert store.bytes_written == sum(measure_files(tmp_path / "store")) > 0


def test_files_are_the_same_when_the_cache_has_lost_what_pages_show(tmp_path: Path) -> None:
    project = read_project(str(ROOT / "tests" / "sample"))
    guide = check_guide(project)
    editions = choose_editions(guide, ["guide", "workbook", "tablet"], None)

    def build_files() -> list[bytes]:
        with open_workers(2, preload="studyguide.preload") as workers:
            return [each.data for each in Builder(project, guide, workers, DiskStore(tmp_path)).build(editions)]

    files = build_files()
    lost = 0
    for path in tmp_path.glob("??/*"):
        if isinstance(load_entry(path.read_bytes()[32:]), (SectionContent, BoundSection)):
            path.unlink()
            lost += 1
    assert lost > 20
    assert build_files() == files
