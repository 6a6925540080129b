"""Run builds, fresh and resident, and measure them."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parent.parent
PYTHON = str(ROOT / ".venv" / "bin" / "python")
PROGRAM = ("build.py", "studyguide", "templates", "styles")
"""The files and folders of the program, copied for a measurement."""

MAX_WAIT = 1800  # seconds for one build of `watch`
MAX_REST = 10  # seconds between the last file of a build and the line that says that it is over
POLL = 0.002  # seconds
PAUSE = 1.0  # seconds between two saves, so that what follows a build is over
# `watch` prints a line for each edition, and one when a build is over.
_END = re.compile(r"^(?!built ).*\d s\)?\s*$", re.MULTILINE)
_PROBLEMS = " to mend"
"""Printed after the problems of a guide; if it has errors, that is the end."""


class CommandError(Exception):
    """A command that is measured failed; the message has the end of its output."""


@dataclass(frozen=True, slots=True)
class Run:
    """The seconds, the CPU seconds and the memory of one run."""

    seconds: float
    """From the start of its process to the end, or for `watch` from the save of a file to the last file written."""
    cpu: float = 0.0
    """Seconds of processor time of all its processes; 0 if it is not known."""
    megabytes: int = 0
    """The memory of its largest process; 0 if it is not known."""


def take_median(runs: Sequence[Run]) -> Run:
    """Return the median of each figure."""
    return Run(median(run.seconds for run in runs), median(run.cpu for run in runs), max(run.megabytes for run in runs))


def run_command(command: Sequence[str], folder: Path, variables: Mapping[str, str] | None = None) -> Run:
    """Run a command in a folder. Raises CommandError."""
    with tempfile.TemporaryDirectory() as name:
        result, log = Path(name) / "result", Path(name) / "log"
        measured = [
            sys.executable,
            "-I",
            "-S",
            str(ROOT / "benchmarks" / "measure.py"),
            str(result),
            str(log),
            *command,
        ]
        process = subprocess.run(measured, cwd=folder, env=_make_environment(variables or {}), check=False)
        if process.returncode:
            end = log.read_text(encoding="utf-8", errors="replace")[-3000:]
            raise CommandError(f"{' '.join(command)} failed:\n{end}")
        return read_result(result)


def read_result(path: Path) -> Run:
    """Return what measure.py wrote."""
    result = json.loads(path.read_text(encoding="utf-8"))
    return Run(result["seconds"], result["cpu"], result["kilobytes"] // 1000)


def _make_environment(variables: Mapping[str, str]) -> dict[str, str]:
    """Return our environment without what would make Python slower or build.py skip the start of its own Python."""
    left_out = {"PYTHONDONTWRITEBYTECODE", "PYTHONUNBUFFERED", "VIRTUAL_ENV", "STUDYGUIDE_CACHE"}
    return {name: value for name, value in os.environ.items() if name not in left_out} | dict(variables)


def sync_folder(source: Path, target: Path) -> None:
    """Make the target equal to the source. Files that are equal in size and time are not touched, so that they keep their inodes."""
    target.mkdir(parents=True, exist_ok=True)
    wanted = {path.relative_to(source): path for path in source.rglob("*") if not path.is_dir()}
    for path in list(target.rglob("*")):
        if not path.is_dir() and path.relative_to(target) not in wanted:
            path.unlink()
    for name, path in wanted.items():
        copy, status = target / name, path.stat()
        if copy.exists():
            found = copy.stat()
            if (found.st_size, found.st_mtime_ns) == (status.st_size, status.st_mtime_ns):
                continue
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(path, copy)


class Workshop:
    """A folder with a copy of the program, a guide, a cache and the files that are built; all can be put back as they were."""

    def __init__(self, folder: Path, book: Path, editions: Sequence[str] = ()) -> None:
        """Copy the program and the guide. ``editions`` are what is built; all if there are none."""
        self.folder, self.editions = folder, tuple(editions)
        self.program, self.book, self.out = folder / "program", folder / "book", folder / "out"
        self._cache, self._saved = folder / "cache", folder / "saved"
        self.program.mkdir(parents=True)
        for name in PROGRAM:
            source = ROOT / name
            if source.is_dir():
                shutil.copytree(source, self.program / name, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy2(source, self.program)
        (self.program / ".venv").symlink_to(ROOT / ".venv", target_is_directory=True)
        shutil.copytree(book, self.book)
        # The first run of a program that was just installed compiles it, the others do not.
        subprocess.run([PYTHON, "-m", "compileall", "-q", str(self.program / "studyguide")], check=True)

    @property
    def variables(self) -> dict[str, str]:
        return {"STUDYGUIDE_CACHE": str(self._cache)}

    def _make_command(self, name: str) -> list[str]:
        options = [word for edition in self.editions for word in ("-e", edition)]
        return [PYTHON, "build.py", name, str(self.book), "-o", str(self.out), *options]

    def build(self) -> Run:
        """Build in a process of its own."""
        return run_command([*self._make_command("build"), "-q"], self.program, self.variables)

    def build_cold(self) -> Run:
        """Build without a cache and without files of an earlier build."""
        for folder in (self._cache, self.out):
            shutil.rmtree(folder, ignore_errors=True)
        return self.build()

    def _list_folders(self) -> Iterator[tuple[Path, Path]]:
        for path in (self.book, self.out, self._cache, self.program / "styles"):
            yield path, self._saved / path.name

    def save(self) -> None:
        """Keep the guide, the styles, the cache and the built files as they are now."""
        for path, saved in self._list_folders():
            sync_folder(path, saved)

    def restore(self) -> None:
        """Put back what was saved, and build, so that the record of the last build has the stamps of the files."""
        for path, saved in self._list_folders():
            sync_folder(saved, path)
        self.build()
        os.sync()

    def list_sizes(self) -> dict[str, int]:
        """Return the kilobytes of each file that was built."""
        return {path.name: path.stat().st_size // 1000 for path in sorted(self.out.iterdir()) if path.is_file()}

    @contextmanager
    def watch(self) -> Iterator["Watch"]:
        """Start `watch` and wait for its first build; end it with Ctrl-C."""
        result, log = self.folder / "watch.json", self.folder / "watch.log"
        log.write_bytes(b"")
        measured = [sys.executable, "-I", "-S", str(ROOT / "benchmarks" / "measure.py"), str(result), str(log)]
        process = subprocess.Popen(
            [*measured, *self._make_command("watch")],
            cwd=self.program,
            env=_make_environment({**self.variables, "PYTHONUNBUFFERED": "1"}),
            start_new_session=True,
        )
        session = Watch(self.out, log, process)
        try:
            session.wait(lambda: "watching" in session.read_log(0))
            time.sleep(PAUSE)
            yield session
        finally:
            process.send_signal(signal.SIGINT)
            process.wait()
        session.megabytes = read_result(result).megabytes


class Watch:
    """A `watch` that runs."""

    def __init__(self, out: Path, log: Path, process: "subprocess.Popen[bytes]") -> None:
        self._out, self._log, self._process = out, log, process
        self.megabytes = 0
        """The memory of its largest process, in megabytes; known when it has ended."""

    def read_log(self, start: int) -> str:
        """Return what it printed from this byte on."""
        with self._log.open("rb") as file:
            file.seek(start)
            return file.read().decode("utf-8", errors="replace")

    def wait(self, is_so: Callable[[], bool]) -> None:
        """Wait until something is so. Raises CommandError if `watch` ends, or after half an hour."""
        end = time.monotonic() + MAX_WAIT
        while not is_so():
            if self._process.poll() is not None or time.monotonic() > end:
                raise CommandError(f"`watch` did not build:\n{self.read_log(0)[-3000:]}")
            time.sleep(POLL)

    def _read_stamps(self) -> dict[str, tuple[int, int]]:
        stamps = {}
        with os.scandir(self._out) as entries:
            for entry in entries:
                if not entry.name.startswith("."):
                    status = entry.stat()
                    stamps[entry.name] = status.st_ino, status.st_mtime_ns
        return stamps

    def time_save(self, save: Callable[[], object]) -> Run:
        """Save a file, and measure until every built file is a new one, or until `watch` says that the build is over.

        The second is the case where it does not write a file that would be the same. Raises CommandError if the guide has errors.
        """
        before, offset = self._read_stamps(), self._log.stat().st_size

        def is_over() -> bool:
            log = self.read_log(offset)
            if _END.search(log):
                return True
            if _PROBLEMS in log:
                raise CommandError(f"the guide has errors:\n{log[-3000:]}")
            return False

        def is_written() -> bool:
            try:
                after = self._read_stamps()
            except FileNotFoundError:  # a temporary file
                return False
            return after.keys() >= before.keys() and all(after[name] != stamp for name, stamp in before.items())

        start = time.perf_counter()
        save()
        self.wait(lambda: is_written() or is_over())
        seconds = time.perf_counter() - start
        limit = time.monotonic() + MAX_REST
        self.wait(lambda: is_over() or time.monotonic() > limit)
        time.sleep(PAUSE)
        return Run(seconds)
