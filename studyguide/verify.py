"""Build a guide twice, here and as far from here as a machine can be from itself: Project → the places that differ.

The second build knows nothing of the first: a copy of the program and of the content in another folder, another home, user,
mask, time zone, language, seed of hashes and number of processes, a clock that is ahead, and no cache.
"""

import calendar
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from studyguide import PROGRAM_ROOT
from studyguide.compare import differences
from studyguide.model import Project
from studyguide.reading.dates import EPOCH_VARIABLE, read_config_date

# What a copy of the program needs, beside the libraries.
PROGRAM = ("build.py", "studyguide", "templates", "styles", "docs/rules")
ELSEWHERE = "somewhere élse"
ENVIRONMENT = {
    "USER": "somebody",
    "LOGNAME": "somebody",
    "TZ": "<+14>-14",
    "LANG": "tr_TR.UTF-8",
    "LC_ALL": "tr_TR.UTF-8",
    "PYTHONHASHSEED": "4242",
}
FORGOTTEN = ("XDG_", "LC_", "GIT_")
"""How variables begin that the second build does not have."""
UMASK = 0o077

# Python imports a module of this name before anything else, in each of its processes.
CLOCK = "sitecustomize.py"
AHEAD = '''\
"""A clock that is 400 days ahead, for whatever asks Python for the time."""

import datetime
import time

SECONDS = 400 * 86400
now, now_ns = time.time, time.time_ns
gmtime, localtime, strftime, ctime = time.gmtime, time.localtime, time.strftime, time.ctime
time.time = lambda: now() + SECONDS
time.time_ns = lambda: now_ns() + SECONDS * 10**9
time.gmtime = lambda seconds=None: gmtime(time.time() if seconds is None else seconds)
time.localtime = lambda seconds=None: localtime(time.time() if seconds is None else seconds)
time.strftime = lambda form, moment=None: strftime(form, moment or time.localtime())
time.ctime = lambda seconds=None: ctime(time.time() if seconds is None else seconds)
Original = datetime.datetime


class Kind(type):
    def __instancecheck__(cls, value):
        return isinstance(value, Original)


class Later(Original, metaclass=Kind):
    @classmethod
    def now(cls, tz=None):
        return cls.fromtimestamp(time.time(), tz)

    @classmethod
    def utcnow(cls):
        return cls.now(datetime.timezone.utc).replace(tzinfo=None)

    @classmethod
    def today(cls):
        return cls.now()


Later.__name__ = Later.__qualname__ = "datetime"
Later.__module__ = "datetime"
datetime.datetime = Later
'''


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of two builds."""

    files: int
    """How many were compared."""
    places: tuple[str, ...]
    """Where they differ."""


class FailedBuildError(Exception):
    """One of the builds failed, and has said why; holds what it returned."""

    def __init__(self, code: int) -> None:
        self.code = code
        super().__init__(code)


def verify(project: Project, options: Sequence[str], jobs: int) -> Verdict:
    """Build twice with these options, the second time in so many processes. Raises FailedBuildError."""
    with tempfile.TemporaryDirectory(prefix="studyguide-") as name:
        folder = Path(name)
        one = folder / "one"
        run([str(PROGRAM_ROOT / "build.py"), "build", project.content, "--out", str(one), *options], surroundings())
        return verdict(one, built_elsewhere(project, options, jobs, folder))


def built_elsewhere(project: Project, options: Sequence[str], jobs: int, folder: Path) -> Path:
    """Build under all other conditions, below the folder; where the books are. Raises FailedBuildError."""
    away, out = folder / ELSEWHERE, folder / "other"
    content = copied(project, away)
    kept = {key: value for key, value in surroundings().items() if not key.startswith(FORGOTTEN)}
    command = [str(away / "program" / "build.py"), "build", content, "--out", str(out), *options, "--jobs", str(jobs)]
    run(command, {**kept, **ENVIRONMENT, **elsewhere(project, away)}, cwd=away, umask=UMASK)
    return out


def surroundings() -> dict[str, str]:
    return {**os.environ, "VIRTUAL_ENV": os.environ.get("VIRTUAL_ENV", sys.prefix)}


def verdict(one: Path, other: Path) -> Verdict:
    """What tells the files of two folders apart."""
    files = sorted({path.name for path in (*one.iterdir(), *other.iterdir())})
    return Verdict(len(files), tuple(place for name in files for place in compared(one / name, other / name)))


def compared(one: Path, other: Path) -> Iterator[str]:
    if not one.exists() or not other.exists():
        yield f"{one.name}: only in the {'second' if not one.exists() else 'first'}"
        return
    for place in differences(one.read_bytes(), other.read_bytes()):
        yield f"{one.name}: {place}" if not place.startswith(" ") else place


def run(command: Sequence[str], environment: dict[str, str], cwd: Path | None = None, umask: int = -1) -> None:
    command = [sys.executable, *command, "--quiet"]
    done = subprocess.run(command, env=environment, cwd=cwd, umask=umask, check=False)
    if done.returncode:
        raise FailedBuildError(done.returncode)


def elsewhere(project: Project, away: Path) -> dict[str, str]:
    """The variables that name places there."""
    places = {"HOME": str(away / "home"), "STUDYGUIDE_CACHE": str(away / "cache"), "PYTHONPATH": str(away / "clock")}
    if project.dated and not read_config_date(project.config):
        # No repository comes along; another checkout of it would give this day.
        places[EPOCH_VARIABLE] = str(calendar.timegm(project.dated.timetuple()))
    return places


def copied(project: Project, away: Path) -> str:
    """Put the program, the content and the clock there, the last file first; the name of the content."""
    for name in PROGRAM:
        source, target = PROGRAM_ROOT / name, away / "program" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, target)
    root = Path(project.content)
    base, folder = (root if root.is_dir() else root.parent), away / "content"
    texts = [each for each in (project.config, *project.sources) if each]
    files = {str(Path(each.path).relative_to(base)): each.text.encode() for each in texts}
    files |= {asset.path: asset.data for asset in project.assets}
    for name, data in sorted(files.items(), reverse=True):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    (away / "home").mkdir()
    (away / "clock").mkdir()
    (away / "clock" / CLOCK).write_text(AHEAD, encoding="utf-8")
    return "content" if root.is_dir() else f"content/{root.name}"
