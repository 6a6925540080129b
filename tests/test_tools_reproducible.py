"""`make verify` finds what makes a second build differ, and says where."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT, commit, lay, need

from tools import check_reproducible
from tools.check_reproducible import PROGRAM, build_elsewhere, describe_difference, find_differences

# What a build could take from its surroundings, by what is different in the second one.
SURROUNDINGS = {
    "program": "__file__",
    "folder": "os.getcwd()",
    "content": "sys.argv[2]",
    "home": "os.path.expanduser('~')",
    "user": "getpass.getuser()",
    "mask": "(os.umask(0o22), os.umask(0o22))",
    "zone": "time.timezone",
    "language": "os.environ.get('LANG')",
    "locale": "os.environ.get('LC_ALL')",
    "hash": "hash('a')",
    "jobs": "'--jobs' in sys.argv",
    "cache": "os.environ.get('STUDYGUIDE_CACHE')",
    "time": "time.time() // 86400",
    "today": "datetime.date.today()",
    "now": "datetime.datetime.now().date()",
    "local": "time.strftime('%Y-%m')",
    "child": "subprocess.run([sys.executable, '-c', 'import time; print(time.time() // 86400)'], capture_output=True)",
    "forgotten": "os.environ.get('XDG_DATA_HOME')",
}
STEADY = {"steady": "'always'", "day": "os.environ.get('SOURCE_DATE_EPOCH')"}
STAND_IN = """\
import datetime, getpass, os, subprocess, sys, time
from pathlib import Path
out = Path(sys.argv[sys.argv.index("--out") + 1])
out.mkdir(parents=True)
"""


@pytest.fixture
def program(tmp_path: Path) -> Path:
    """A copy of the program and of the tools, to be spoilt."""
    folder = tmp_path / "program"
    for name in (*PROGRAM, "tools"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / name, folder / name)
    return folder


def stand_in(program: Path, values: dict[str, str]) -> None:
    """Put a build.py there that writes a file for each value, which takes no time."""
    lines = [f"(out / {name!r}).write_text(str({value}))\n" for name, value in values.items()]
    (program / "build.py").write_text(STAND_IN + "".join(lines))


def verify(program: Path, *args: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run the tool of a program as `make verify` does."""
    command = [sys.executable, "-m", "tools.check_reproducible", *args]
    environment = {**os.environ, "VIRTUAL_ENV": sys.prefix, "XDG_DATA_HOME": "/data", "LC_ALL": "C.UTF-8", **variables}
    return subprocess.run(command, cwd=program, env=environment, capture_output=True, text=True, check=False)


def content(program: Path) -> str:
    """The small guide that the fixture ``small`` has laid beside the program."""
    return str(program.parent / "content")


# ---------------------------------------------------------------- finding


def test_whatever_a_build_takes_from_its_surroundings_is_found_and_named(small: Path, program: Path) -> None:
    stand_in(program, SURROUNDINGS | STEADY)
    done = verify(program, content(program), SOURCE_DATE_EPOCH="1769817600")
    found = re.findall(r"^(\w+): differs from byte [\d,]+ on$", done.stderr, re.MULTILINE)
    assert sorted(found) == sorted(SURROUNDINGS)
    assert done.returncode == 1
    assert done.stderr.endswith(f"Error: {content(program)}: the same content does not give the same bytes\n")
    assert "the same bytes twice" not in done.stdout


def test_a_build_that_takes_nothing_has_the_same_bytes(small: Path, program: Path) -> None:
    stand_in(program, STEADY)
    done = verify(program, content(program), SOURCE_DATE_EPOCH="1769817600")
    assert (done.returncode, done.stdout) == (0, f"{content(program)}: the same bytes twice\n")


def test_a_book_that_only_one_build_has_is_named(small: Path, program: Path) -> None:
    stand_in(program, {"steady": "'always'"})
    with (program / "build.py").open("a") as file:
        file.write("(out / ('other' if '--jobs' in sys.argv else 'one')).touch()\n")
    lines = verify(program, content(program)).stderr.splitlines()
    assert lines[:2] == ["one: only in the first build", "other: only in the second build"]


@pytest.mark.nightly
def test_a_template_that_is_not_the_same_twice_is_found_in_print(small: Path, program: Path) -> None:
    need("pdftotext")
    template = program / "templates" / "colophon.html"
    template.write_text(template.read_text() + "<p>{{ range(1000000000) | random }}</p>\n")
    done = verify(program, content(program), "-e", "guide")
    assert done.returncode == 1
    first, *rest = done.stderr.splitlines()
    assert re.fullmatch(r"a-small-guide\.pdf: differs from byte [\d,]+ on", first)
    assert [bool(re.fullmatch(rf".*\{sign}\d+", line)) for sign in "-+" for line in rest].count(True) == 2
    assert any("© 2026 Ada Example" in line for line in rest)


@pytest.mark.nightly
def test_reprotest_finds_what_only_it_varies(small: Path, program: Path) -> None:
    need("reprotest")
    stand_in(program, {"steady": "'always'"})
    done = verify(program, content(program), "--reprotest")
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, f"{content(program)}: the same bytes twice")
    for value in ("os.uname().nodename", "os.uname().release", "os.listdir()", "int(time.time()) // 86400"):
        stand_in(program, {"host": value})
        done = verify(program, content(program), "--reprotest")
        assert done.returncode == 1, value
        assert "dist/host" in done.stdout
        assert "Error: " in done.stderr


# ---------------------------------------------------------------- describing


def test_without_diffoscope_the_first_bytes_that_differ_are_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "one").write_bytes(b"x" * 1500 + b"\0here")
    (tmp_path / "other").write_bytes(b"x" * 1500 + b"\xffthere")
    monkeypatch.setattr(check_reproducible, "SEARCH_PATH", "")
    told = describe_difference(tmp_path / "one", tmp_path / "other")
    assert told == "one: differs from byte 1,500 on\n  b'\\x00here'\n  b'\\xffthere'"
    # One that is installed, and does not work for want of a library.
    (tmp_path / "diffoscope").write_text("#!/bin/sh\necho no libmagic >&2\nexit 2\n")
    (tmp_path / "diffoscope").chmod(0o755)
    monkeypatch.setattr(check_reproducible, "SEARCH_PATH", str(tmp_path))
    assert describe_difference(tmp_path / "one", tmp_path / "other") == told


def test_a_file_that_ends_early_differs_from_its_end_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "one").write_bytes(b"abc")
    (tmp_path / "other").write_bytes(b"abcd")
    monkeypatch.setattr(check_reproducible, "SEARCH_PATH", "")
    assert describe_difference(tmp_path / "one", tmp_path / "other") == "one: differs from byte 3 on\n  b''\n  b'd'"


# ---------------------------------------------------------------- guides


@pytest.mark.nightly
def test_the_small_guide_has_the_same_bytes_twice(small: Path) -> None:
    settings = (small / "guide.toml").read_text()
    more = '[editions.web]\noutput = "web"\n[editions.anki]\noutput = "anki"\n'
    lay(small, {"guide.toml": settings + more, "styles/print.css": ".question { color: #234 }\n"})
    done = verify(ROOT, str(small), "-e", "guide", "-e", "tablet", "-e", "web", "-e", "anki")
    assert (done.returncode, done.stdout) == (0, f"{small}: the same bytes twice\n")


@pytest.mark.nightly
def test_the_projects_own_guide_has_the_same_bytes_elsewhere(dist: Path, tmp_path: Path) -> None:
    # Two of the five files: the others are made of the same blocks, and a build elsewhere takes minutes.
    other = build_elsewhere(str(ROOT / "content"), ("-e", "guide", "-e", "tablet"), tmp_path)
    names = [path.name for path in other.iterdir()]
    assert len(names) == 2
    same = tmp_path / "same"
    same.mkdir()
    for name in names:
        shutil.copy(dist / name, same)
    assert list(find_differences(same, other)) == []


def test_a_guide_that_cannot_be_built_is_no_difference(small: Path) -> None:
    (small / "02-more.md").write_text("## Why?\n\n### Answr\nSo.\n")
    done = verify(ROOT, str(small))
    assert done.returncode == 1
    assert "there is no part `Answr`" in done.stderr
    assert "the same" not in done.stderr
    assert "Traceback" not in done.stderr


def test_a_command_that_is_wrong_is_told_as_the_build_tells_it(small: Path) -> None:
    done = verify(ROOT, str(small), "-e", "tablt")
    assert done.returncode == 2
    assert "there is no edition `tablt`" in done.stderr


def test_both_builds_get_the_whole_guide_and_every_option(small: Path, program: Path) -> None:
    look = {
        "styles/print.css": "p {}\n",
        "locale/en.toml": '[boxes]\nhint = "Clue"\n',
        "templates/cover.html": "Cover\n",
    }
    lay(
        small,
        {
            **look,
            "02-more.md": "---\ntitle: More\nkind: prose\n---\n[The rest](notes/rest.txt)\n",
            "notes/rest.txt": "",
        },
    )
    (small / "fonts").mkdir()
    (small / "fonts" / "own.ttf").write_bytes(b"\0\1")
    first = ["--edition", "tablet", "--edition", "guide", "--page", "letter", "--dialect", "headings"]
    options = [*first, "--allow-missing-answers", "--strict", "--quiet"]
    files = "{path.name: path.read_bytes() for path in sorted(Path(sys.argv[2]).rglob('*')) if path.is_file()}"
    stand_in(program, {"options": f"sys.argv[5:{5 + len(options)}] == {options}", "files": files})
    with (program / "build.py").open("a") as file:
        file.write("assert (out / 'options').read_text() == 'True'\n")
    done = verify(program, content(program), *options[:-1])
    assert (done.returncode, done.stdout) == (0, f"{content(program)}: the same bytes twice\n")


@pytest.mark.nightly
def test_a_file_that_others_wrote_is_verified_as_it_is_built_with_the_day_of_its_commit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    source = tmp_path / "guide.md"
    source.write_text("# Words\n\n### Alpha\n\nThe first.\n\n### Omega\n\nTBD\n")
    commit(tmp_path, 1_600_000_000)
    done = verify(ROOT, str(source), "-e", "tablet", "--dialect", "headings", "--allow-missing-answers")
    assert (done.returncode, done.stdout) == (0, f"{source}: the same bytes twice\n")
