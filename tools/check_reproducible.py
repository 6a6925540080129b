"""Build a guide twice, here and as far from here as a machine can be from itself, and compare the books byte for byte.

The second build knows nothing of the first: a copy of the program and of the content in another folder, another home, user,
mask, time zone, language, seed of hashes and number of processes, a clock that is ahead, and no cache. reprotest, a program
of the Reproducible Builds project, also varies the kernel's name, the host's, address space and the order of files.
"""

import os
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from studyguide.model import Project
from tools import ROOT
from tools.program import BuildFailedError, list_files, read_project, run_build, set_environment, take_build_options

PROGRAM = ("build.py", "studyguide", "templates", "styles", "docs/rules")
"""The files and folders that a copy of the program needs, beside the libraries."""
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
"""Prefixes of the environment variables that the second build does not get."""
UMASK = 0o077

# Python imports a module of this name before anything else, in each of its processes.
CLOCK_MODULE = "sitecustomize.py"
CLOCK = '''\
"""Set the clock of this process 400 days ahead."""

from datetime import timedelta

import time_machine

time_machine.travel(timedelta(days=400), tick=True).start()
'''

SEARCH_PATH = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
"""The search path for programs: this virtual environment, then the machine."""
FORK_SERVER_SECONDS = 3
"""Seconds between the end of a build and the unmounting of its folder, in which its fork server ends."""


# Another user would need sudo.
VARIATIONS = "+all,-user_group"
NEEDED_BY_REPROTEST = ("reprotest", "disorderfs", "faketime", "diffoscope")
REMEDY = "Debian, Ubuntu: apt install reprotest disorderfs faketime diffoscope-minimal"


def build_elsewhere(source: str, options: Sequence[str], folder: Path) -> Path:
    """Build under all other conditions, below the folder; return where the books are. Raises BuildFailedError."""
    away, out = folder / ELSEWHERE, folder / "second"
    project = read_project(source)
    content = copy_program(project, away)
    (away / "home").mkdir()
    (away / "clock").mkdir()
    (away / "clock" / CLOCK_MODULE).write_text(CLOCK, encoding="utf-8")
    places = {"HOME": away / "home", "STUDYGUIDE_CACHE": away / "cache", "PYTHONPATH": away / "clock"}
    kept = {key: value for key, value in set_environment().items() if not key.startswith(FORGOTTEN)}
    environment = kept | ENVIRONMENT | {key: str(path) for key, path in places.items()} | pin_time(project)
    words = [*options, "--quiet", "--jobs", str((os.cpu_count() or 1) + 1)]
    run_build(content, out, words, program=away, environment=environment, cwd=away, umask=UMASK)
    return out


def pin_time(project: Project) -> dict[str, str]:
    """Return the variable that gives a copy, which no git repository comes along with, the time of the original."""
    return {"SOURCE_DATE_EPOCH": str(int(project.moment.timestamp()))} if project.moment else {}


def copy_program(project: Project, away: Path) -> str:
    """Copy the program and the content, its last file first, into a new folder; return the name of the content there."""
    for name in PROGRAM:
        (away / name).parent.mkdir(parents=True, exist_ok=True)
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, away / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / name, away / name)
    root = Path(project.content)
    base = root if root.is_dir() else root.parent
    for name, data in sorted(list_content(project, base).items(), reverse=True):
        path = away / "guide" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return "guide" if root.is_dir() else f"guide/{root.name}"


def list_content(project: Project, base: Path) -> dict[str, bytes]:
    """Return the files of a guide by their paths in its folder. Those that only links lead to are empty: no book has them."""
    files = {f"{name}/.empty" if (base / name).is_dir() else name: b"" for name in project.files}
    own = [each for each in (*project.templates, *project.styles, *project.own_words) if each.origin]
    texts = {each.path: each.text for each in (project.config, *project.sources) if each}
    texts |= {each.origin: each.text for each in own}
    files |= {str(Path(path).relative_to(base)): text.encode() for path, text in texts.items()}
    files |= {str(Path(font.path).relative_to(base)): font.data for font in project.fonts}
    return files | {asset.path: asset.data for asset in project.assets}


# ---------------------------------------------------------------- comparing


def find_differences(first: Path, second: Path) -> Iterator[str]:
    """Describe each file that is not the same in two folders."""
    for name in sorted({*list_files(first), *list_files(second)}):
        one, other = first / name, second / name
        if not one.exists() or not other.exists():
            yield f"{name}: only in the {'first' if one.exists() else 'second'} build"
        elif one.read_bytes() != other.read_bytes():
            yield describe_difference(one, other)


def describe_difference(one: Path, other: Path) -> str:
    """Name the place where two files begin to differ, and say what is different there.

    diffoscope says it in the words of the format: the text of a page, the entry of an EPUB. Without it: the bytes.
    """
    first, second = one.read_bytes(), other.read_bytes()
    pairs = enumerate(zip(first, second, strict=False))
    at = next((place for place, (a, b) in pairs if a != b), min(len(first), len(second)))
    explanation = run_diffoscope(one, other) or f"  {first[at : at + 40]!r}\n  {second[at : at + 40]!r}"
    return f"{one.name}: differs from byte {at:,} on\n{explanation}"


def run_diffoscope(one: Path, other: Path) -> str:
    """Return the report of diffoscope on two files; empty if it, or a library that it needs, is not installed."""
    if not (program := shutil.which("diffoscope", path=SEARCH_PATH)):
        return ""
    command = [program, "--no-progress", "--text-color=never", "--max-diff-block-lines=40", str(one), str(other)]
    done = subprocess.run(command, capture_output=True, check=False, env={**os.environ, "LC_ALL": "C.UTF-8"})
    return done.stdout.decode(errors="replace").rstrip("\n") if done.returncode == 1 else ""


# ---------------------------------------------------------------- reprotest


def check_with_reprotest(source: str, options: Sequence[str], folder: Path) -> bool:
    """Let reprotest build twice and compare; return True if the bytes are the same.

    Raises BuildFailedError, and ClickException if it is not installed.
    """
    if missing := [name for name in NEEDED_BY_REPROTEST if not shutil.which(name, path=SEARCH_PATH)]:
        raise click.ClickException(f"{', '.join(missing)} not installed. {REMEDY}")
    project = read_project(source)
    content = copy_program(project, folder / "program")
    words = [sys.executable, "build.py", "build", content, "--out", "dist", *options, "--no-cache", "--quiet"]
    # The fork server of a build ends just after it, and reprotest cannot unmount a folder in which a process still is.
    build = f"{shlex.join(words)} && sleep {FORK_SERVER_SECONDS}"
    command = ["reprotest", f"--variations={VARIATIONS}", "--build-command", build]
    command += [str(folder / "program"), "dist/*"]
    environment = set_environment() | pin_time(project) | {"PATH": SEARCH_PATH}
    done = subprocess.run(command, check=False, env=environment)
    if done.returncode not in (0, 1):
        raise BuildFailedError(done.returncode)
    return done.returncode == 0


@click.command()
@take_build_options
@click.option("--reprotest", is_flag=True, help="Let reprotest do it, which varies more; Linux only.")
def main(source: str, dialect: str | None, options: Sequence[str], reprotest: bool) -> None:
    """Build twice and compare byte for byte.

    Nothing is built into dist/. The second time everything is different that should not matter: another folder, home, user,
    mask, time zone, language, seed of hashes and number of processes, a clock that is 400 days ahead, and no cache.
    """
    with tempfile.TemporaryDirectory(prefix="studyguide-") as name:
        first = Path(name) / "first"
        if reprotest:
            is_same = check_with_reprotest(source, options, Path(name))
        else:
            run_build(source, first, [*options, "--quiet"])
            differences = list(find_differences(first, build_elsewhere(source, options, Path(name))))
            is_same = not differences
            click.echo("\n".join(differences), err=True, nl=bool(differences))
    if not is_same:
        raise click.ClickException(f"{source}: the same content does not give the same bytes")
    click.echo(f"{source}: the same bytes twice")


if __name__ == "__main__":
    main()
