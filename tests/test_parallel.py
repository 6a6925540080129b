"""Jobs run in this process, in worker processes and on a cluster; what goes wrong there is a Problem or is made up for."""

import importlib
import multiprocessing
import os
import re
import resource
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
from studyguide.limits import LIMITS
from studyguide.problems import ContentError, Place, Problem
from studyguide.runtime import workers as parallel

PLACE = Place("content/04-cnn.md")
LARGE = 60_000_000  # bytes, far more than a pipe holds


@dataclass(frozen=True)
class Task:
    number: int
    folder: Path = Path()
    place: Place = PLACE


def double(task: Task) -> int:
    return task.number * 2


def double_and_record(task: Task) -> int:
    (task.folder / str(task.number)).touch()
    return task.number * 2


def die_at_zero(task: Task) -> int:
    if task.number == 0:
        os.kill(os.getpid(), signal.SIGKILL)
    return double_and_record(task)


def die_at_first_zero(task: Task) -> int:
    if task.number == 0 and not (task.folder / "died").exists():
        (task.folder / "died").touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return double_and_record(task)


def die_while_sending_zero(task: Task) -> bytes:
    def kill_sender() -> None:
        while sys._current_frames()[threading.main_thread().ident or 0].f_code.co_name != "_send":
            time.sleep(0.001)
        os.kill(os.getpid(), signal.SIGKILL)

    if task.number == 0:
        threading.Thread(target=kill_sender, daemon=True).start()
        return bytes(LARGE)
    return b"whole"


def search_for_ever_at_zero(task: Task) -> int:
    """Stay in C code that holds the interpreter's lock, so that neither a signal handler nor another thread runs."""
    if task.number == 0:
        re.match("(a*)*b", "a" * 60)
    return task.number * 2


def break_a_rule(task: Task) -> int:
    raise ContentError([Problem(task.place, "no-answer", "there is no answer", "write one")])


def return_a_lock(_: Task) -> object:
    return threading.Lock()


def process_of(_: Task) -> int:
    time.sleep(0.1)  # for the other worker to take a job, too
    return os.getpid()


def running_workers() -> set[int | None]:
    return {worker.pid for worker in multiprocessing.active_children()}


def tasks(*numbers: int, folder: Path = Path()) -> list[Task]:
    return [Task(number, folder) for number in numbers]


def test_results_come_in_the_order_of_the_jobs() -> None:
    with parallel.open_workers(2) as run_jobs:
        assert list(run_jobs(double, tasks(*range(20)))) == list(range(0, 40, 2))


def test_a_result_comes_while_later_jobs_still_run() -> None:
    with parallel.open_workers(2) as run_jobs:
        results = run_jobs(time.sleep, [0, 3600])
        assert next(results) is None


@pytest.mark.parametrize("size", [0, 5_000_000])
def test_workers_stay_for_the_next_round(size: int) -> None:
    with parallel.open_workers(2) as run_jobs:
        assert list(run_jobs(bytes, [size] * 4)) == [bytes(size)] * 4
        first = running_workers()
        assert list(run_jobs(double, tasks(*range(8)))) == list(range(0, 16, 2))
        assert first <= running_workers()
        assert len(running_workers()) <= 2
    assert running_workers() == set()


def test_a_job_that_kills_its_worker_is_reported_when_the_others_are_done(tmp_path: Path) -> None:
    with parallel.open_workers(2) as run_jobs, pytest.raises(ContentError, match=r"content/04-cnn\.md") as caught:
        list(run_jobs(die_at_zero, tasks(0, 1, 2, 3, folder=tmp_path)))
    assert [problem.rule for problem in caught.value.problems] == ["worker-died"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["1", "2", "3"]


def test_a_job_whose_worker_dies_once_runs_again(tmp_path: Path) -> None:
    with parallel.open_workers(2) as run_jobs:
        assert list(run_jobs(die_at_first_zero, tasks(2, 0, 1, folder=tmp_path))) == [4, 0, 2]
    assert (tmp_path / "died").exists()


def test_a_worker_that_dies_within_a_result_takes_no_other_job_with_it() -> None:
    with parallel.open_workers(2) as run_jobs:
        results = run_jobs(die_while_sending_zero, tasks(1, 2, 0, 3))
        assert [next(results), next(results)] == [b"whole"] * 2
        with pytest.raises(ContentError) as caught:
            next(results)
        assert [problem.rule for problem in caught.value.problems] == ["worker-died"]
        assert list(run_jobs(double, tasks(1, 2, 3))) == [2, 4, 6]


def test_idle_workers_that_are_killed_are_replaced() -> None:
    with parallel.open_workers(2) as run_jobs:
        before = set(run_jobs(process_of, tasks(1, 2, 3)))
        for worker in multiprocessing.active_children():
            worker.kill()
            worker.join()
        assert list(run_jobs(double, tasks(1, 2, 3))) == [2, 4, 6]
        assert before.isdisjoint(run_jobs(process_of, tasks(1, 2, 3)))


def test_workers_ignore_ctrl_c() -> None:
    with parallel.open_workers(2) as run_jobs:
        first = set(run_jobs(process_of, tasks(*range(8))))
        for worker in first:
            os.kill(worker, signal.SIGINT)
        assert list(run_jobs(double, tasks(*range(8)))) == list(range(0, 16, 2))
        assert first <= running_workers()


def test_a_job_that_does_not_return_from_c_code_is_stopped_in_time() -> None:
    with parallel.open_workers(2, seconds=5) as run_jobs:
        with pytest.raises(ContentError) as caught:
            list(run_jobs(search_for_ever_at_zero, tasks(1, 0, 2)))
        (problem,) = caught.value.problems
        assert (problem.place, problem.rule) == (PLACE, "over-limit")
        assert problem.found == "this takes more than 5 seconds of work"
        assert list(run_jobs(search_for_ever_at_zero, tasks(1, 2, 3))) == [2, 4, 6]


def take_all_memory(task: Task) -> int:
    return len(bytearray(6_000_000_000 if task.number == 0 else 1))


def abort_for_want_of_memory(task: Task) -> None:
    if task.number == 0:
        os.abort()


@pytest.mark.parametrize("count", [1, 2])
def test_a_job_that_takes_too_much_memory_is_one_problem(count: int) -> None:
    with parallel.open_workers(count) as run_jobs:
        with pytest.raises(ContentError) as caught:
            list(run_jobs(take_all_memory, tasks(1, 0, 2)))
        assert list(run_jobs(take_all_memory, tasks(1, 2))) == [1, 1]
    (problem,) = caught.value.problems
    assert (problem.place, problem.rule) == (PLACE, "over-limit")
    assert problem.found == "this takes more than 4,000 megabytes of memory"


def test_a_library_that_ends_a_process_for_want_of_memory_is_the_same_problem() -> None:
    with parallel.open_workers(2) as run_jobs, pytest.raises(ContentError) as caught:
        list(run_jobs(abort_for_want_of_memory, tasks(1, 0, 2)))
    (problem,) = caught.value.problems
    assert (problem.place, problem.rule) == (PLACE, "over-limit")


def read_memory_limit(_: Task) -> int:
    return resource.getrlimit(resource.RLIMIT_DATA)[0]


@pytest.mark.parametrize("count", [1, 2])
def test_the_limit_of_memory_holds_during_a_job_and_in_no_other_program(count: int) -> None:
    before = resource.getrlimit(resource.RLIMIT_DATA)
    with parallel.open_workers(count) as workers:
        for run in (workers, workers.run_light, workers.run_isolated):
            assert set(run(read_memory_limit, tasks(1, 2))) == {LIMITS["memory"].maximum * 1_000_000}
    assert resource.getrlimit(resource.RLIMIT_DATA) == before


@pytest.mark.parametrize("count", [1, 2])
def test_an_isolated_job_is_done_by_another_process(count: int) -> None:
    with parallel.open_workers(count) as workers:
        assert os.getpid() not in set(workers.run_isolated(process_of, tasks(1)))
        assert list(workers.run_isolated(process_of, ())) == []
    assert running_workers() == set()


@pytest.mark.parametrize("count", [1, 2])
def test_what_a_job_raises_comes_back_as_it_is(count: int) -> None:
    with parallel.open_workers(count) as run_jobs:
        with pytest.raises(ContentError) as caught:
            list(run_jobs(break_a_rule, tasks(1, 2, 3)))
        assert caught.value.problems == (Problem(PLACE, "no-answer", "there is no answer", "write one"),)


def test_a_result_that_cannot_be_sent_is_an_error_of_its_job() -> None:
    with parallel.open_workers(2) as run_jobs:
        with pytest.raises(TypeError, match="pickle"):
            list(run_jobs(return_a_lock, tasks(1, 2, 3)))
        assert list(run_jobs(double, tasks(1, 2, 3))) == [2, 4, 6]


def test_a_pool_that_is_closed_within_a_result_says_nothing(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    complaints: list[object] = []
    monkeypatch.setattr(threading, "excepthook", complaints.append)
    for _ in range(3):
        with parallel.open_workers(2) as run_jobs:
            assert next(run_jobs(bytes, [LARGE] * 20)) == bytes(LARGE)
        assert running_workers() == set()
    assert complaints == []
    assert capfd.readouterr() == ("", "")


def test_ctrl_c_within_a_result_ends_all_processes_without_a_traceback(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(
        f"import sys; sys.path.insert(0, {str(ROOT)!r})\n"
        "from studyguide.runtime import workers as parallel\n"
        "if __name__ == '__main__':\n"
        "    try:\n"
        "        with parallel.open_workers(2) as run_jobs:\n"
        f"            for result in run_jobs(bytes, [{LARGE}] * 100_000):\n"
        "                print('result', flush=True)\n"
        "    except KeyboardInterrupt:\n"
        "        sys.exit(7)\n"
    )
    # A shell lets what it starts in the background ignore Ctrl-C, and so all that is started there.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    streams = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    process = subprocess.Popen([sys.executable, str(script)], start_new_session=True, **streams)
    assert process.stdout
    assert process.stdout.readline() == "result\n"
    os.killpg(process.pid, signal.SIGINT)
    # The workers hold the other end of this pipe, too: it ends with the last of them.
    _, errors = process.communicate(timeout=60)
    assert (process.returncode, errors) == (7, "")


@pytest.fixture
def own_fork_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder of modules that a fork server of this test can load; it is another than that of the tests before and after."""
    parallel._kill_fork_server()
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    yield tmp_path
    parallel._kill_fork_server()


def list_modules(_: Task) -> list[str]:
    return list(sys.modules)


def test_a_prepared_worker_does_a_single_job_and_has_loaded_what_it_needs(own_fork_server: Path) -> None:
    (own_fork_server / "needed.py").touch()
    with parallel.open_workers(2, preload="needed") as workers:
        assert list(workers(process_of, tasks(1))) == [os.getpid()]
        assert running_workers() == set()
        workers.prepare()
        (other,) = workers(process_of, tasks(1))
        assert other in running_workers() - {os.getpid()}
        assert list(workers.run_light(process_of, tasks(1))) == [os.getpid()]
        for modules in workers(list_modules, tasks(1, 2, 3)):
            assert "needed" in modules
    assert "needed" not in sys.modules


def test_no_job_pays_for_the_time_in_which_its_worker_is_prepared(own_fork_server: Path) -> None:
    (own_fork_server / "slow.py").write_text("import time\ntime.sleep(3)\n")
    with parallel.open_workers(2, seconds=1, preload="slow") as workers:
        workers.prepare()
        assert list(workers(double, tasks(1, 2, 3))) == [2, 4, 6]


def test_who_leaves_early_does_not_wait_for_workers_that_are_being_prepared(own_fork_server: Path) -> None:
    (own_fork_server / "endless.py").write_text("import time\ntime.sleep(3600)\n")
    with parallel.open_workers(2, preload="endless") as workers:
        workers.prepare()
    with parallel.open_workers(2) as workers:
        assert list(workers(double, tasks(1, 2, 3))) == [2, 4, 6]


def test_what_cannot_be_loaded_beforehand_keeps_nobody_from_working(own_fork_server: Path) -> None:
    with parallel.open_workers(2, preload="not_there") as workers:
        workers.prepare()
        assert list(workers(double, tasks(1))) == [2]


def test_no_process_is_started_where_nothing_has_changed(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert build.main(["-q", "-j", "2", "-e", "tablet"]) == 0
    monkeypatch.setattr(parallel, "_start_fork_server", pytest.fail)
    assert build.main(["-q", "-j", "2", "-e", "tablet"]) == 0


def test_processes_load_nothing_from_the_working_folder(
    own_fork_server: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path_factory.mktemp("stranger")
    monkeypatch.chdir(folder)
    for name in ("multiprocessing", "needed", "studyguide"):
        (folder / f"{name}.py").write_text(f"import pathlib; pathlib.Path({str(folder / 'seen')!r}).touch()\n")
    (own_fork_server / "needed.py").touch()
    with parallel.open_workers(2, preload="needed") as workers:
        workers.prepare()
        assert list(workers(double, tasks(1, 2))) == [2, 4]
    assert not (folder / "seen").exists()


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
    whole = parallel.run_on_cluster

    def losing(executor: Executor, work: Callable[[Any], Any], jobs: Sequence[Any]) -> Iterator[Any]:
        """One of the two is lost when the first section is done, with others in its hands."""
        for place, result in enumerate(whole(executor, work, jobs)):
            if place == 0 and len(jobs) > 5:
                hands[0].kill()
            yield result

    monkeypatch.setattr(parallel, "run_on_cluster", losing)
    assert build.main(["-q", "--no-cache", "--scheduler", address, "-o", "there"]) == 0
    assert hands[0].wait() != 0
    monkeypatch.setattr(parallel, "run_on_cluster", whole)
    assert listing(Path("here")) == listing(Path("there"))
    assert build.main(["-q", "--no-cache", "--scheduler", address, "-o", "again"]) == 0
    assert listing(Path("here")) == listing(Path("again"))


def test_an_import_is_not_interrupted_when_time_is_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "slow_to_import.py").write_text("import time\ntime.sleep(0.4)\nwhole = True\n")
    monkeypatch.syspath_prepend(tmp_path)
    assert parallel.WithLimits(lambda _: importlib.import_module("slow_to_import").whole, 0.1)(PLACE)
