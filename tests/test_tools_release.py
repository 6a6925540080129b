"""`make release` puts the books into one archive, with licence, bill of materials and checksums."""

import hashlib
import json
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner
from conftest import ROOT, SMALL, lay, listing

import build
from studyguide.model import Config
from tools import make_release, packages
from tools.bill_of_materials import find_schema_error

STEM = "a-small-guide-1"
BOOKS = [
    "a-small-guide-answers.pdf",
    "a-small-guide-teacher.pdf",
    "a-small-guide-workbook.pdf",
    "a-small-guide.epub",
    "a-small-guide.pdf",
]
NAMES = [*BOOKS, "LICENCE.txt", "sbom.cdx.json", "SHA256SUMS"]


def run(folder: Path, *args: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Make a release in a folder as `make release` does."""
    command = [sys.executable, "-m", "tools.make_release", *args]
    environment = {**os.environ, "VIRTUAL_ENV": sys.prefix, "PYTHONPATH": str(ROOT), **variables}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def released(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small guide, its books in dist/ and its archive in release/."""
    folder = tmp_path_factory.mktemp("released")
    content = str(lay(folder / "content", SMALL))
    assert build.main(["build", content, "-q", "-o", str(folder / "dist")]) == 0
    done = run(folder)
    assert done.returncode == 0, done.stderr
    assert re.fullmatch(rf"release/{STEM}\.zip: 5 books, \d+ kB\n", done.stdout)
    return folder


def files(released: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(released / "release" / f"{STEM}.zip") as archive:
        assert archive.testzip() is None
        return {name.removeprefix(f"{STEM}/"): archive.read(name) for name in archive.namelist()}


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def test_an_archive_has_the_books_as_they_are_built_and_what_goes_along(released: Path) -> None:
    assert list(listing(released / "release")) == [f"{STEM}.zip", f"{STEM}.zip.sha256"]
    found = files(released)
    assert list(found) == NAMES
    assert sorted(path.name for path in (released / "dist").iterdir()) == BOOKS
    for path in (released / "dist").iterdir():
        assert found[path.name] == path.read_bytes()


def sums_hold(folder: Path, name: str) -> bool:
    command = ["sha256sum", "--check", "--strict", "--quiet", name]
    return subprocess.run(command, cwd=folder, check=False, capture_output=True).returncode == 0


def test_sha256sum_finds_every_file_right_and_a_changed_byte_or_sum_wrong(released: Path, tmp_path: Path) -> None:
    assert sums_hold(released / "release", f"{STEM}.zip.sha256")
    with zipfile.ZipFile(released / "release" / f"{STEM}.zip") as archive:
        archive.extractall(tmp_path)
    folder = tmp_path / STEM
    sums = (folder / "SHA256SUMS").read_text()
    assert [line.split()[1] for line in sums.splitlines()] == NAMES[:-1]
    assert sums_hold(folder, "SHA256SUMS")
    (folder / "SHA256SUMS").write_text(sums.replace(sums[:8], "0badf00d", 1))
    assert not sums_hold(folder, "SHA256SUMS")
    (folder / "SHA256SUMS").write_text(sums)
    (folder / BOOKS[0]).write_bytes((folder / BOOKS[0]).read_bytes()[:-1] + b"!")
    assert not sums_hold(folder, "SHA256SUMS")


def test_the_licence_names_that_of_the_books_and_that_of_every_face(released: Path) -> None:
    text = files(released)["LICENCE.txt"].decode()
    assert "© 2026 Ada Example, Bo Example" in text
    assert "Licence of the books: CC BY 4.0" in text
    asked = (ROOT / "requirements.txt").read_text()
    faces = re.findall(r"^fontpkg-\S+", asked, re.MULTILINE)
    assert re.findall(r"^  (\S+) \S+: OFL-1\.1$", text, re.MULTILINE) == sorted(faces)


def test_the_bill_of_materials_has_every_book_and_every_package_that_made_it(released: Path) -> None:
    found = files(released)
    bill = json.loads(found["sbom.cdx.json"])
    assert (bill["bomFormat"], bill["specVersion"]) == ("CycloneDX", "1.6")
    assert bill["metadata"]["timestamp"] == "2026-01-31T00:00:00+00:00"
    parts = {each["bom-ref"]: each for each in bill["components"]}
    assert len(parts) == len(bill["components"])
    books = {each["name"]: each["hashes"][0]["content"] for each in parts.values() if each["type"] == "file"}
    assert books == {name: digest(found[name]) for name in BOOKS}
    needed = [each for each in packages.list_packages() if not each.is_optional]
    assert {each["name"] for each in parts.values() if each["type"] == "library"} == {each.name for each in needed}
    assert not any("distributed" in name or "pytest" in name for name in parts)
    assert all(each["licenses"] for each in parts.values() if each["type"] != "file")
    # Everything hangs together, and nothing hangs on what is not there.
    needs = {each["ref"]: each.get("dependsOn", []) for each in bill["dependencies"]}
    reached, waiting = set(), [bill["metadata"]["component"]["bom-ref"]]
    while waiting:
        end = waiting.pop()
        if end not in reached:
            reached.add(end)
            waiting += needs[end]
    assert reached == {*parts, bill["metadata"]["component"]["bom-ref"]}


def test_the_bill_of_materials_is_valid_and_one_that_is_not_is_found_out(released: Path) -> None:
    text = files(released)["sbom.cdx.json"].decode()
    assert find_schema_error(text) == ""
    bill = json.loads(text)
    bill["components"][0]["mimeType"] = "text/plain"
    assert "mimeType" in find_schema_error(json.dumps(bill))
    bill = json.loads(text)
    bill["components"][0]["licenses"] = [{"license": {"id": "Not-A-Licence"}}]
    assert "Not-A-Licence" in find_schema_error(json.dumps(bill))


@pytest.mark.nightly
def test_a_release_has_the_same_bytes_elsewhere(released: Path, tmp_path: Path) -> None:
    content = os.path.relpath(released / "content", tmp_path)
    other = {"PYTHONHASHSEED": "7", "TZ": "<+14>-14", "LANG": "tr_TR.UTF-8", "HOME": str(tmp_path)}
    assert run(tmp_path, content, **other).returncode == 0
    assert listing(tmp_path / "release") == listing(released / "release")


def test_a_release_without_day_version_and_licence_is_made_too() -> None:
    config = Config(title="Plain", name="plain", authors=("Ada",))
    (first, second) = (make_release.pack_release(config, {"plain.pdf": b"%PDF"}, [], None) for _ in range(2))
    assert first == second
    assert list(first) == ["plain.zip", "plain.zip.sha256"]
    assert b"The authors have named no licence." in first["plain.zip"]
    assert b"timestamp" not in first["plain.zip"]


def test_a_release_with_a_licence_that_does_not_fit_is_not_made(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = packages.Package("stand-in", "1.0", "GPL-2.0-only", "pypi")
    monkeypatch.setattr(make_release, "list_installed", lambda: (wrong,))
    result = CliRunner().invoke(make_release.main, [])
    assert result.exit_code == 1
    assert result.stderr == "Error: `make licences` has something against stand-in\n"
    assert not Path("release").exists()


def test_a_release_of_a_guide_with_problems_is_not_made(small: Path, tmp_path: Path) -> None:
    lay(small, {"02-more.md": "## Why?\n\n### Answr\nSo.\n"})
    done = run(tmp_path)
    assert done.returncode == 1
    assert "there is no part `Answr`" in done.stderr
    assert "Traceback" not in done.stderr
    assert not Path("release").exists()


@pytest.mark.nightly
def test_a_release_is_of_the_editions_that_are_named(small: Path, tmp_path: Path) -> None:
    assert run(tmp_path, "content", "-e", "tablet", "-o", "out").returncode == 0
    with zipfile.ZipFile(tmp_path / "out" / f"{STEM}.zip") as archive:
        assert archive.namelist()[:2] == [f"{STEM}/a-small-guide.epub", f"{STEM}/LICENCE.txt"]
    done = run(tmp_path, "content", "-e", "tablt")
    assert (done.returncode, "there is no edition `tablt`" in done.stderr) == (2, True)


def test_a_release_that_cannot_be_written_is_one_message(small: Path, tmp_path: Path) -> None:
    Path("out").write_text("in the way")
    done = run(tmp_path, "-e", "tablet", "-o", "out/there")
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith("Error: ")
    assert done.stderr.endswith("nothing was replaced\n")
