"""The day that the files of a guide bear, whatever the clock says."""

import os
import subprocess
from pathlib import Path

import pikepdf
import pytest
from conftest import SMALL, commit, entries, lay, page_texts

import build
from studyguide.reading.dates import find_moment

UNDATED = SMALL["guide.toml"].replace("date = 2026-01-31\n", "")


@pytest.fixture
def undated(small: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The small guide without a `date`, on a machine that gives none."""
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    lay(small, {"guide.toml": UNDATED})
    return small


def days() -> tuple[str, str]:
    """Return the dates in the EPUB and in the printed guide."""
    assert build.main(["-q", "-e", "guide", "-e", "tablet"]) == 0
    package = entries("dist/a-small-guide.epub")["content.opf"].decode()
    modified = package.partition('"dcterms:modified">')[2].partition("<")[0]
    with pikepdf.open("dist/a-small-guide.pdf") as file:
        return modified, str(file.docinfo.get("/CreationDate", ""))


def test_source_date_epoch_dates_a_guide_that_does_not_say_its_date(
    undated: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit(undated, 1_600_000_000)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1767139199")
    assert days() == ("2025-12-30T00:00:00Z", "D:20251230000000Z")
    # What is remembered bears the day as well.
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "0")
    assert days() == ("1970-01-01T00:00:00Z", "D:19700101000000Z")


def test_the_date_of_guide_toml_is_the_books_own_and_comes_first(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1767139199")
    assert days() == ("2026-01-31T00:00:00Z", "D:20260131000000Z")


def test_the_newest_commit_of_the_content_dates_it_and_a_later_one_of_something_else_does_not(undated: Path) -> None:
    commit(undated, 1_600_000_000)
    Path("notes.txt").write_text("Not of the guide.")
    commit(Path("notes.txt"), 1_700_000_000)
    assert days() == ("2020-09-13T00:00:00Z", "D:20200913000000Z")
    path = undated / "00-welcome.md"
    path.write_text(path.read_text() + "\nMore.\n")
    commit(undated, 1_800_000_000)
    assert days() == ("2027-01-15T00:00:00Z", "D:20270115000000Z")


def test_a_guide_without_any_date_says_which_one_its_epub_has(
    undated: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert days() == ("2000-01-01T00:00:00Z", "")
    Path("dist/a-small-guide.epub").unlink()
    assert build.main(["-e", "tablet", "--no-cache"]) == 0
    assert (
        "no `date` in guide.toml, no SOURCE_DATE_EPOCH, no git commit; EPUBs say 2000-01-01" in capsys.readouterr().out
    )


@pytest.mark.parametrize("value", ["yesterday", "1e9", "99999999999999999999", "-40000000000"])
def test_a_source_date_epoch_that_is_no_time_is_one_message(
    value: str, undated: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", value)
    assert build.main(["-q", "-e", "tablet"]) == 1
    assert capsys.readouterr().err.splitlines() == [
        f"SOURCE_DATE_EPOCH: `{value}` is no time in seconds [wrong-value]",
        "  fix: write what `date +%s` prints, or unset it",
        "1 problem; nothing was written",
    ]


def test_the_day_does_not_depend_on_who_owns_the_repository(undated: Path) -> None:
    commit(undated, 1_600_000_000)
    if os.getuid():
        pytest.skip("only root can give a folder away")
    for path in (Path.cwd(), *Path(".git").rglob("*"), Path(".git")):
        os.chown(path, 12345, 12345)
    assert str(find_moment(None, undated)) == "2020-09-13 12:26:40+00:00"


@pytest.mark.parametrize("kind", ["inner folder", "working tree", "inner repository", "one file"])
def test_the_day_is_found_wherever_the_repository_keeps_it(kind: str, undated: Path, tmp_path: Path) -> None:
    guide = undated
    if kind == "inner folder":
        guide = lay(tmp_path / "books" / "one", SMALL)
    commit(Path(), 1_600_000_000)
    if kind == "working tree":
        subprocess.run(["git", "worktree", "add", "-q", "../other"], check=True, cwd=tmp_path)
        guide = tmp_path.parent / "other" / "content"
        subprocess.run(["git", "config", "extensions.worktreeConfig", "true"], check=True)
        Path(".git/worktrees/other/config.worktree").write_text("[core]\n\tbare = false\n")
    elif kind == "inner repository":
        outer = tmp_path / "outer"
        subprocess.run(["git", "init", "-q", str(outer)], check=True)
        allowed = ["-c", "protocol.file.allow=always"]
        subprocess.run(["git", *allowed, "submodule", "--quiet", "add", str(tmp_path), "inner"], check=True, cwd=outer)
        guide = outer / "inner" / "content"
    elif kind == "one file":
        guide = undated / "00-welcome.md"
    assert str(find_moment(None, guide)) == "2020-09-13 12:26:40+00:00"


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ('version = "1"\ndate = 2026-01-31\n', "Version 1, 31 January 2026"),
        ("date = 2026-01-31\n", "31 January 2026"),
        ('version = "1"\n', "Version 1"),
        ("", ""),
    ],
)
def test_the_colophon_has_the_version_and_the_date_and_either_without_the_other(
    small: Path, settings: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1767139199")
    web = '[editions.web]\noutput = "web"\nsearch = false\n'
    lay(small, {"guide.toml": f'title = "A Small Guide"\nauthors = ["Ada Example"]\nlanguage = "en"\n{settings}{web}'})
    assert build.main(["-q", "-e", "guide", "-e", "tablet", "-e", "web"]) == 0
    ebook = entries("dist/a-small-guide.epub")["colophon.xhtml"].decode()
    pages = (*page_texts("dist/a-small-guide.pdf"), ebook, Path("dist/a-small-guide-web/index.html").read_text())
    *printed, ebook, start = (page.replace("\xa0", " ").replace("\r", "") for page in pages)
    by = "© 2026 Ada Example" if "date" in settings else "by Ada Example"
    facts = next(page for page in printed if by in page).split("\n")
    assert facts[facts.index(by) + 1].startswith(said or "Set in")
    for page in (ebook, start):
        after = page.partition(f"<p>{by}</p>")[2].split("\n")[1]
        assert after == f"<p>{said}</p>" if said else "January" not in page and "Version" not in page
