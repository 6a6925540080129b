"""Jobs are done in processes and on a cluster, and what goes wrong there is said."""

import importlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT, listing

import build
from studyguide import parallel
from studyguide.problems import ContentError, Place

PLACE = Place("content/04-cnn.md")


@dataclass(frozen=True)
class Task:
    number: int
    deadly: bool = False
    place: Place = PLACE


def double(task: Task) -> int:
    if task.deadly:
        os.kill(os.getpid(), signal.SIGKILL)
    return task.number * 2


def test_results_come_in_the_order_of_the_jobs() -> None:
    with parallel.workers(2) as each:
        assert list(each(double, [Task(number) for number in range(20)])) == list(range(0, 40, 2))


def test_a_process_that_dies_is_reported_with_its_sheet() -> None:
    tasks = [Task(1), Task(2, deadly=True), Task(3)]
    with parallel.workers(2) as each, pytest.raises(ContentError, match=r"content/04-cnn\.md") as caught:
        list(each(double, tasks))
    assert caught.value.problems[0].rule == "worker-died"


def test_no_scheduler_is_one_message(small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert build.main(["-q", "-e", "tablet", "--scheduler", "tcp://127.0.0.1:9"]) == 1
    message = capsys.readouterr().err
    assert "127.0.0.1:9" in message
    assert "no scheduler answers" in message
    assert "Traceback" not in message


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """The address of a real scheduler on loopback, and its two workers."""
    note = tmp_path / "scheduler.json"
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "env": environment, "cwd": tmp_path}
    dask = [sys.executable, "-m", "dask"]
    head = [
        *dask,
        "scheduler",
        "--host",
        "127.0.0.1",
        "--port",
        "0",
        "--no-dashboard",
        "--no-jupyter",
        "--scheduler-file",
        str(note),
    ]
    processes = [subprocess.Popen(head, **quiet)]
    try:
        for _ in range(200):
            if note.exists():
                break
            time.sleep(0.1)
        one = ["--host", "127.0.0.1", "--nworkers", "1", "--nthreads", "1", "--no-nanny", "--no-dashboard"]
        hands = [subprocess.Popen([*dask, "worker", *one, "--scheduler-file", str(note)], **quiet) for _ in range(2)]
        processes += hands
        import json

        yield json.loads(note.read_text())["address"], hands
    finally:
        for process in processes:
            process.kill()
            process.wait()


@pytest.mark.nightly
def test_a_cluster_makes_the_same_books_and_a_lost_worker_is_made_up_for(
    small: Path, cluster: tuple[str, list[subprocess.Popen[bytes]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    address, hands = cluster
    assert build.main(["-q", "--no-cache", "-o", "here"]) == 0
    whole = parallel.spread

    def losing(executor: Executor, work: Callable[[Any], Any], jobs: Sequence[Any]) -> Iterator[Any]:
        """One of the two is lost when the first sheet is done, with others in its hands."""
        for place, result in enumerate(whole(executor, work, jobs)):
            if place == 0 and len(jobs) > 5:
                hands[0].kill()
            yield result

    monkeypatch.setattr(parallel, "spread", losing)
    assert build.main(["-q", "--no-cache", "--scheduler", address, "-o", "there"]) == 0
    assert hands[0].wait() != 0
    monkeypatch.setattr(parallel, "spread", whole)
    assert listing(Path("here")) == listing(Path("there"))
    assert build.main(["-q", "--no-cache", "--scheduler", address, "-o", "again"]) == 0
    assert listing(Path("here")) == listing(Path("again"))


def test_a_pool_that_is_stopped_among_its_work_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    complaints: list[object] = []
    monkeypatch.setattr(threading, "excepthook", complaints.append)
    for _ in range(3):
        pool = parallel.Pool(2, 60)
        # Results so large that a process is killed in the middle of one.
        results = iter(pool.each(bytes, [60_000_000] * 20))
        next(results)
        assert pool.executor
        thread = pool.executor._executor_manager_thread
        results.close()  # type: ignore[attr-defined]
        pool.close()
        assert thread
        thread.join()
    assert complaints == []


def test_an_import_is_not_broken_off_where_time_is_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "slow_to_import.py").write_text("import time\ntime.sleep(0.4)\nwhole = True\n")
    monkeypatch.syspath_prepend(tmp_path)
    assert parallel.Timely(lambda _: importlib.import_module("slow_to_import").whole, 0.1)(PLACE)
