"""Jobs run in this process, in worker processes and on a cluster; what goes wrong there is a Problem or is made up for."""

import asyncio
import importlib
import multiprocessing
import os
import re
import resource
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import CancelledError, Executor, Future
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT, listing, until
from distributed import KilledWorker

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


@pytest.fixture(autouse=True)
def no_running_loop() -> Iterator[None]:
    """Hide the event loop that the browser of other tests leaves running in this process; a cluster needs one of its own."""
    loop = asyncio._get_running_loop()
    asyncio._set_running_loop(None)
    yield
    asyncio._set_running_loop(loop)


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


@pytest.fixture
def silent() -> Iterator[str]:
    """The address of a server that accepts connections and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"tcp://127.0.0.1:{server.getsockname()[1]}"


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("tcp://127.0.0.1:9", "Timed out trying to connect"),
        ("127.0.0.1:9", "Timed out trying to connect"),
        ("foo", "missing port number in address 'foo'"),
        ("foo:bar", "invalid literal"),
        (" ", "missing port number"),
        ("tcp://", "missing port number"),
        ("tcp://127.0.0.1:99999", "Timed out trying to connect"),
        ("gopher://a:1", "unknown address scheme 'gopher'"),
        ("inproc://a", "not enough values"),
        ("tls://127.0.0.1:9", "TLS expects"),
        ("silent", "it is silent"),
    ],
)
def test_no_scheduler_is_one_message(
    address: str,
    reason: str,
    silent: str,
    small: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(parallel, "_CONNECTION_TIMEOUT", 0.5)
    monkeypatch.setattr(parallel, "_CLUSTER_TIMEOUT", 1)
    address = silent if address == "silent" else address
    assert build.main(["-q", "-e", "tablet", "--scheduler", address]) == 1
    found, fix, end = capsys.readouterr().err.splitlines()
    assert found.startswith(f"{address}: no scheduler answers there: {reason}")
    assert found.endswith(" [no-scheduler]")
    assert fix.endswith("and write the address that it prints, such as `tcp://HOST:8786`")
    assert end == "1 problem; nothing was written"


def test_a_program_that_finds_no_scheduler_ends_without_another_word(small: Path, silent: str) -> None:
    code = (
        f"import sys; sys.path.insert(0, {str(ROOT)!r}); import build; from studyguide.runtime import workers\n"
        f"workers._CLUSTER_TIMEOUT = 1\nsys.exit(build.main(['-q', '-e', 'tablet', '--scheduler', {silent!r}]))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr.count("\n"), "Traceback" in done.stderr) == (1, "", 3, False)


class Killing(Executor):
    """An executor whose jobs all fail with one error."""

    def __init__(self, error: BaseException) -> None:
        self.error = error

    def submit(self, *_: object) -> Future[Any]:
        future: Future[Any] = Future()
        future.set_exception(self.error)
        return future


def test_a_job_that_the_cluster_gives_up_is_reported_with_its_place() -> None:
    error = KilledWorker("job", None, 3)
    with pytest.raises(ContentError) as caught:
        list(parallel.run_on_cluster(Killing(error), double, tasks(1, 2)))
    assert [(problem.place, problem.rule) for problem in caught.value.problems] == [(PLACE, "worker-died")]


def test_a_cluster_that_is_lost_is_reported() -> None:
    with pytest.raises(ContentError) as caught:
        list(parallel.run_on_cluster(Killing(CancelledError()), double, tasks(1, 2)))
    assert [problem.rule for problem in caught.value.problems] == ["no-scheduler"]


def read_cluster_commands() -> list[str]:
    """Return the commands of docs/75-publish.md that make a cluster and build on it, as one types them in a checkout."""
    section = (ROOT / "docs" / "75-publish.md").read_text(encoding="utf-8").partition("## On many machines\n")[2]
    lines = [line.partition("#")[0].strip() for line in section.splitlines() if line.startswith("    ")]
    assert [line.split()[0] for line in lines] == ["pip", "dask", "dask", "studyguide"]
    in_checkout = {"dask": "PYTHONPATH=. .venv/bin/dask", "studyguide": "./build.py"}
    assert f"`{in_checkout['dask']} scheduler`" in section
    return [f"{in_checkout[name]} {rest}" for name, _, rest in (line.partition(" ") for line in lines[1:])]


def test_a_cluster_is_made_by_the_commands_in_the_documentation(
    small: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    if not (ROOT / ".venv").exists():
        pytest.skip("there is no .venv")
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    scheduler, worker, builder = (line.replace("HOST:8786", f"127.0.0.1:{port}") for line in read_cluster_commands())
    address = builder.split()[-1]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": ROOT, "start_new_session": True}
    local = "--host 127.0.0.1 --no-dashboard"
    processes = [subprocess.Popen(f"exec env {scheduler} {local} --port {port}", shell=True, **quiet)]
    try:
        monkeypatch.setattr(parallel, "_CLUSTER_TIMEOUT", 0.5)
        words: list[str] = []

        def find_scheduler() -> bool:
            assert build.main(["-q", "-e", "tablet", "--no-cache", "--scheduler", address]) == 1
            words.append(capsys.readouterr().err)
            return "no scheduler answers" not in words[-1]

        until(find_scheduler)
        assert words[-1].startswith(
            f"{address}: the scheduler has no worker [no-scheduler]\n  fix: start one on each machine: `dask worker {address}`\n"
        )
        processes.append(subprocess.Popen(f"exec env {worker} {local} --nworkers 1", shell=True, **quiet))
        monkeypatch.setattr(parallel, "_CLUSTER_TIMEOUT", 600)
        command = f"{ROOT / builder.partition(' ')[0]} {builder.partition(' ')[2]} -q -e tablet --no-cache -o there"
        runs: list[subprocess.CompletedProcess[str]] = []

        def find_worker() -> bool:
            runs.append(subprocess.run(command, shell=True, capture_output=True, text=True, check=False))
            return "has no worker" not in runs[-1].stderr

        until(find_worker)
        done = runs[-1]
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
        assert list(listing(Path("there"))) == ["a-small-guide.epub"]
        monkeypatch.setattr(parallel, "digest_program_files", lambda: "another version")
        assert build.main(["-q", "-e", "tablet", "--no-cache", "--scheduler", address]) == 1
        message = capsys.readouterr().err
        assert message.startswith(f"{address}: the scheduler runs another version of this program [no-scheduler]\n")
        assert "copy this program there, and start it anew in the program's folder, with `PYTHONPATH=.`" in message
        monkeypatch.setattr(parallel, "_describe_program", name_nothing)
        assert build.main(["-q", "-e", "tablet", "--no-cache", "--scheduler", address]) == 1
        assert "the scheduler cannot load this program: " in capsys.readouterr().err
    finally:
        for process in processes:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def name_nothing() -> None:
    """Be a function that no machine of a cluster can load: its module is in no path there."""


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
