"""Tests of the command line: its output, its messages and its exit codes."""

import json
import os
import re
import stat
import subprocess
import sys
from pathlib import Path

import pypdfium2
import pytest
from conftest import ROOT, lay, listing

import build
from studyguide import cli
from studyguide.model import Artifact, PageSize
from studyguide.pdf.jobs import GalleyJob
from studyguide.pdf.typeset import typeset_batch
from studyguide.problems import ContentError, Place
from studyguide.runtime import fonts, preflight, write

NAMES = [
    "a-small-guide-answers.pdf",
    "a-small-guide-teacher.pdf",
    "a-small-guide-workbook.pdf",
    "a-small-guide.epub",
    "a-small-guide.pdf",
]


def test_a_build_leaves_every_edition_in_dist_and_says_so(small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert build.main([]) == 0
    assert list(listing(Path("dist"))) == NAMES
    out = capsys.readouterr()
    *table, last = out.out.splitlines()
    assert [line.split()[0] for line in table] == ["file", *sorted((f"dist/{name}" for name in NAMES), key=order)]
    assert re.fullmatch(r"\d+ pieces? set anew, [\d.]+ s", last)
    assert "Traceback" not in out.err


def order(path: str) -> int:
    editions = ("guide.pdf", "workbook.pdf", "answers.pdf", "teacher.pdf", ".epub")
    return next(place for place, end in enumerate(editions) if path.endswith(end))


def test_the_same_content_gives_the_same_bytes(small: Path) -> None:
    for out in ("one", "two"):  # the second is not to come from what the first remembered
        assert build.main(["-q", "--no-cache", "-o", out]) == 0
    assert listing(Path("one")) == listing(Path("two"))


def test_one_edition_on_another_page(small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert build.main(["--edition", "workbook", "--page", "letter", "--quiet"]) == 0
    assert list(listing(Path("dist"))) == ["a-small-guide-workbook.pdf"]
    assert pypdfium2.PdfDocument("dist/a-small-guide-workbook.pdf")[1].get_size() == (612, 792)
    assert capsys.readouterr().out == ""


def test_one_file_is_a_guide_by_itself(small: Path) -> None:
    assert build.main(["build", "content/01-first-things.md", "-q", "-e", "tablet"]) == 0
    assert list(listing(Path("dist"))) == ["first-things.epub"]


def test_check_says_how_much_there_is(small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert build.main(["check"]) == 0
    assert capsys.readouterr().out == "content: 2 chapters, 2 questions, no problems\n"


def test_dump_prints_the_guide_as_markdown_in_json(small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert build.main(["dump"]) == 0
    first, second = json.loads(capsys.readouterr().out)["chapters"][1]["questions"]
    assert (first["id"], first["number"], first["title"]) == ("first", "1.1", "What is one?")
    assert first["parts"]["hint"] == "Look at your thumb."
    assert second["choices"] == [{"text": "`1`", "correct": False}, {"text": "`2`", "correct": True}]


@pytest.mark.parametrize(
    ("args", "code", "words"),
    [
        (["biuld"], 2, "build"),
        (["--edition", "guid"], 2, "write `guide`"),
        (["--page", "a44"], 2, "write `a4`"),
        (["--nonsense"], 2, "No such option"),
        (["check", "nowhere"], 1, "nowhere: there is no such file or folder"),
        ([""], 2, "it is empty; write a name, or leave it out"),
        (["build", ""], 2, "'[SOURCE]': it is empty"),
        (["check", ""], 2, "'[SOURCE]': it is empty"),
        (["watch", ""], 2, "'[SOURCE]': it is empty"),
        (["dump", ""], 2, "'[SOURCE]': it is empty"),
        (["prove", ""], 2, "'[SOURCE]': it is empty"),
        (["import", "", "--to", "x"], 2, "'SOURCE': it is empty; write a name\n"),
        (["import", "content", "--to", ""], 2, "'--to': it is empty; write a name\n"),
        (["explain", ""], 2, "'NAME': it is empty; write a name\n"),
        (["--out", ""], 2, "'--out' / '-o': it is empty"),
        (["--page", ""], 2, "'--page': it is empty"),
        (["--scheduler", ""], 2, "'--scheduler': it is empty"),
        (["--dialect", ""], 2, "'--dialect': it is empty"),
        (["--edition", ""], 2, "write one of `answers`, `guide`"),
        (["-e", "guide,tablet"], 2, "there is no edition `guide,tablet`: write `-e guide -e tablet`"),
        (["-e", "guide, tablet,"], 2, "write `-e guide -e tablet`"),
        (
            ["-o", "out/my.pdf"],
            2,
            "`out/my.pdf` looks like a book, and this is the folder that all books go to; write `out`",
        ),
        (["-o", "My.EPUB"], 2, "`My.EPUB` looks like a book"),
        (["-o", "content/guide.toml"], 2, "`content/guide.toml` is a file; write the name of a folder"),
        (["import", "content", "--to", "content/guide.toml"], 2, "`content/guide.toml` is a file"),
        (["-o", "/dev/null"], 2, "`/dev/null` is a file"),
        (["-o", "content/guide.toml/books"], 1, "./build.py: content/guide.toml"),
        (["check", "a" * 5000], 1, "File name too long"),
        (["a" * 5000], 1, "File name too long"),
        (["-j", "0"], 2, "0 is not in the range 1<=x<=512"),
        (["-j", "100000"], 2, "100000 is not in the range 1<=x<=512"),
        *(
            (["check", "--sheet-time", each], 2, f"{shown} is not in the range 0<x<=86400")
            for each, shown in (("inf", "inf"), ("1e12", "1000000000000.0"), ("0", "0.0"), ("-1", "-1.0"))
        ),
        (["check", "--sheet-time", "nan"], 2, "`nan` is no number; write one of seconds, such as `900`"),
        (["check", "--sheet-time", "soon"], 2, "'soon' is not a valid number of seconds"),
    ],
)
def test_a_wrong_command_is_told_what_would_be_right(
    args: list[str], code: int, words: str, small: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert build.main(args) == code
    message = capsys.readouterr().err
    assert words in message
    assert "Traceback" not in message


def test_the_shortest_and_the_longest_time_are_times(small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert build.main(["check", "--sheet-time", "86400"]) == 0
    assert build.main(["dump", "--sheet-time", "1e-300"]) == 1
    error = capsys.readouterr().err
    assert "takes more than 1e-300 seconds of work [over-limit]" in error
    assert "Traceback" not in error


@pytest.mark.parametrize("command", ["serve", "prov", "proof", "improve"])
def test_no_slip_leads_to_the_command_that_runs_code(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert build.main([command]) == 2
    assert "prove'" not in capsys.readouterr().err.replace(f"'{command}'", "")


@pytest.mark.parametrize("folder", ["out[/x]", "out[draft]", ":smile:", "[bold]a", "a\\[b"])
def test_the_table_shows_the_name_of_a_folder_as_it_was_typed(folder: str, capsys: pytest.CaptureFixture[str]) -> None:
    cli.ConsoleReporter().list_books([Artifact("a.epub", b"")], Path(folder))
    assert capsys.readouterr().out.splitlines()[1].split()[0] == f"{folder}/a.epub"


def test_the_table_shows_names_that_are_no_text(capsys: pytest.CaptureFixture[str]) -> None:
    cli.ConsoleReporter().list_books([Artifact("a.epub", b"")], Path(os.fsdecode(b"out\xff\x1b[2J")))
    assert "out\ufffd\ufffd[2J/a.epub" in capsys.readouterr().out


def run_without(package: str, *args: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the program as a Python does that has not this package."""
    code = f"import sys; sys.modules[{package!r}] = None; import build; sys.exit(build.main({args!r}))"
    options = {"cwd": ROOT, "env": {**os.environ, **environment}, "capture_output": True, "text": True}
    return subprocess.run([sys.executable, "-c", code], check=False, **options)


@pytest.mark.parametrize(
    ("package", "args"),
    [
        ("click", ["rules"]),
        ("markdown_it", ["check", "tests/sample"]),
        ("yaml", ["dump", "tests/sample"]),
        ("tinycss2", ["check", "tests/sample"]),
        ("watchfiles", ["watch", "tests/sample"]),
        ("markupsafe", ["build", "tests/sample"]),
        ("lxml", ["prove", "tests/sample"]),
        ("ebooklib", ["build", "tests/sample", "--no-cache", "-j", "1", "-e", "tablet", "-o", "/nonexistent"]),
    ],
)
def test_a_package_that_is_missing_is_one_message(package: str, args: list[str]) -> None:
    done = run_without(package, *args)
    *before, message = done.stderr.splitlines()
    assert (done.returncode, done.stdout, before) == (1, "", [])
    assert message.startswith("./build.py: ")
    assert package in message
    assert message.endswith(f"; run `make setup` in {ROOT}")


def test_a_package_that_is_missing_in_another_environment_is_not_to_be_installed_again(tmp_path: Path) -> None:
    if not (ROOT / ".venv").exists():
        pytest.skip("there is no .venv")
    message = run_without("click", "rules", VIRTUAL_ENV=str(tmp_path)).stderr
    assert message.endswith(f"; run `deactivate` to leave {tmp_path}\n")


@pytest.mark.parametrize("module", ["studyguide.app", "studyguide.reading.project", "json.decoder"])
def test_a_module_of_the_program_that_is_missing_is_a_fault_of_the_program(module: str) -> None:
    done = run_without(module, "check", "tests/sample")
    assert done.returncode == 1
    assert "Traceback" in done.stderr
    assert "make setup" not in done.stderr


@pytest.mark.parametrize(
    ("variables", "is_deleted"),
    [
        ({"HOME": "{}"}, True),
        ({"HOME": "{}", "XDG_CACHE_HOME": ""}, True),
        ({"HOME": "/nonexistent", "XDG_CACHE_HOME": "{}/.cache"}, True),
        ({"HOME": "/nonexistent", "XDG_CACHE_HOME": ".cache"}, False),
        ({}, False),
    ],
)
def test_make_clean_deletes_books_cache_and_faces(variables: dict[str, str], is_deleted: bool, tmp_path: Path) -> None:
    (tmp_path / "program").mkdir()
    lay(tmp_path, {"program/dist/a.pdf": "", "program/.cache/store/a": "", "program/content/a.md": ""})
    lay(tmp_path, {".cache/studyguide/fonts/a.ttf": "", ".cache/other/a": "", "studyguide/a.py": ""})
    environment = {name: value.format(tmp_path) for name, value in variables.items()}
    command = ["make", "-C", str(tmp_path / "program"), "-f", str(ROOT / "Makefile"), "clean"]
    subprocess.run(command, check=True, capture_output=True, env={"PATH": os.environ["PATH"], **environment})
    assert [path.name for path in (tmp_path / "program").iterdir()] == ["content"]
    assert (tmp_path / ".cache/studyguide/fonts").exists() != is_deleted
    assert (tmp_path / ".cache/other/a").exists()
    assert (tmp_path / "studyguide/a.py").exists()


def test_a_problem_leaves_dist_as_it_was(small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert build.main(["-q"]) == 0
    before = listing(Path("dist"))
    (small / "02-more.md").write_text("## Why?\n\n### Answr\nSo.\n")
    assert build.main([]) == 1
    assert listing(Path("dist")) == before
    assert "nothing was written" in capsys.readouterr().err


def test_all_problems_of_all_files_come_at_once_and_sorted(small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lay(small, {"02-b.md": "## Why? {#why}\n\n### Answer\n[x](#y)", "03-a.md": "Prose.", "guide.toml": "tittle = 1"})
    assert build.main(["check"]) == 1
    lines = [line for line in capsys.readouterr().err.splitlines() if line.startswith("content")]
    assert [line.split(" ")[0] for line in lines] == [
        "content/02-b.md:4:5:",
        "content/03-a.md:1:1:",
        "content/guide.toml:1:1:",
    ]


def test_a_folder_that_cannot_be_made_is_one_message(small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("file").write_text("")
    assert build.main(["-q", "-e", "tablet", "-o", "file/dist"]) == 1
    assert "file" in capsys.readouterr().err


def test_a_write_that_fails_leaves_the_old_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write.write_artifacts([Artifact("a.pdf", b"old"), Artifact("b.pdf", b"old")], tmp_path)

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        write.write_artifacts([Artifact("a.pdf", b"new")], tmp_path)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"a.pdf": b"old", "b.pdf": b"old"}


def test_a_full_disk_is_named_by_the_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left") as caught:
        write.write_artifacts([Artifact("a.pdf", b"new")], tmp_path / "books")
    assert caught.value.filename == str(tmp_path / "books")


def test_a_book_can_be_read_by_everybody(tmp_path: Path) -> None:
    mask = os.umask(0o022)
    try:
        (path,) = write.write_artifacts([Artifact("a.pdf", b"new")], tmp_path)
    finally:
        os.umask(mask)
    assert stat.S_IMODE(path.stat().st_mode) == 0o644


def test_a_machine_without_pango_is_told_how_to_get_it(
    small: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(preflight, "load_library", lambda *_: None)
    assert build.main([]) == 1
    message = capsys.readouterr().err.strip()
    assert "\n" not in message
    assert all(word in message for word in ("apt install", "dnf install", "brew install"))


def test_a_figure_that_is_no_picture_is_named(small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (small / "figures" / "dots.svg").write_text("<svg")
    assert build.main(["-q", "-e", "guide"]) == 1
    assert "figures/dots.svg" in capsys.readouterr().err


def test_the_look_at_the_machine_passes_here() -> None:
    subprocess.run([sys.executable, preflight.__file__], check=True)


def test_a_missing_face_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fonts, "_PACKAGES", ("fontpkg_not_there",))
    with pytest.raises(ContentError, match=r"fontpkg_not_there.*\n.*make setup"):
        fonts.list_face_folders.__wrapped__()


def make_galley_job(html: str, styles: str = "") -> GalleyJob:
    page = PageSize(595, 842, 70, 70, 60, 60)
    return GalleyJob(f'<section class="sheet">{html}</section>', 1, "en", styles, (), page, Place("content/04-cnn.md"))


def test_what_weasyprint_cannot_set_is_said_with_its_chapter(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import weasyprint

    def broken(*_: object, **__: object) -> None:
        raise AssertionError("no box left")

    monkeypatch.setattr(weasyprint.HTML, "render", broken)
    job = make_galley_job("<p>Why?</p>")
    with pytest.raises(ContentError, match=r"content/04-cnn\.md: this cannot be laid out: AssertionError: no box left"):
        typeset_batch([job])


def test_a_style_that_weasyprint_does_not_know_is_said_with_its_chapter() -> None:
    job = make_galley_job("<p>Why?</p>", "p { colour: red }")
    with pytest.raises(ContentError, match=r"^content/04-cnn\.md: Ignored `colour: red ` at .* \[layout\]\n"):
        typeset_batch([job])
