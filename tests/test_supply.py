"""What the program stands on: its licences, and the archive of a release."""

import hashlib
import json
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from conftest import ROOT, lay, listing

import build
from studyguide import supply

NAMES = [
    "a-small-guide.pdf",
    "a-small-guide-workbook.pdf",
    "a-small-guide-answers.pdf",
    "a-small-guide-teacher.pdf",
    "a-small-guide.epub",
    "LICENCE.txt",
    "sbom.cdx.json",
    "SHA256SUMS",
]
PERMISSION = "Redistribution and use in source and binary forms are permitted provided that this notice is kept."
ENDORSING = f"{PERMISSION} Neither the name\n  of the author may be used to endorse."
ADVERTISING = f"{ENDORSING} All advertising materials must name the author."


def pins() -> dict[str, str]:
    lines = (ROOT / "constraints.txt").read_text().splitlines()
    pairs = (line.split("==") for line in lines if "==" in line)
    return {re.sub(r"[-_.]+", "-", name).lower(): version for name, version in pairs}


# ---------------------------------------------------------------- licences


def test_every_package_of_the_program_is_listed_is_compatible_and_has_its_pinned_version(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert build.main(["licences"]) == 0
    *rows, last = capsys.readouterr().out.splitlines()
    listed = {row.split()[0]: row.split()[1] for row in rows}
    asked = [line.split()[0] for line in (ROOT / "requirements.txt").read_text().splitlines() if line[:1].isalpha()]
    assert set(asked) <= set(listed)
    # Needed by those that are asked for, one of them as an extra.
    assert {"cffi", "zopfli", "idna", "fontpkg"} <= set(listed)
    assert not {"pytest", "mypy", "torch"} & set(listed)
    native = {"fontconfig", "glib", "harfbuzz", "pango", "python"}
    assert native <= set(listed)
    pinned = pins()
    assert {
        name: version for name, version in listed.items() if name not in native and pinned.get(name) != version
    } == {}
    assert all(row.split()[2] == "compatible" for row in rows)
    assert last == f"{len(rows)} packages, all compatible with AGPL-3.0-or-later"


@pytest.fixture
def stand_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for packages that this environment does not have, and requirements of them alone."""
    (tmp_path / "home").mkdir()
    monkeypatch.setattr(supply, "HOME", tmp_path / "home")
    monkeypatch.setattr(supply, "OPTIONAL", ())
    monkeypatch.syspath_prepend(str(tmp_path))
    return tmp_path


def install(folder: Path, name: str, facts: str, text: str = "", version: str = "1.0") -> None:
    stem = f"{name.replace('-', '_')}-{version}.dist-info"
    record = f"{stem}/METADATA,,\n{stem}/LICENSE,,\n"
    about = f"Metadata-Version: 2.4\nName: {name}\nVersion: {version}\n{facts}\n"
    lay(folder / stem, {"METADATA": about, "RECORD": record, **({"LICENSE": text} if text else {})})
    with (folder / "home" / "requirements.txt").open("a") as file:
        file.write(f"{name}  # for a test\n")


@pytest.mark.parametrize(
    ("facts", "text", "found"),
    [
        ("License-Expression: MIT", "", "MIT"),
        ("License-Expression: GPL-2.0-only OR (MIT AND Apache-2.0)", "", "GPL-2.0-only OR (MIT AND Apache-2.0)"),
        ("License: Apache-2.0", "", "Apache-2.0"),
        ("License: BSD", PERMISSION, "BSD-2-Clause"),
        ("Classifier: License :: OSI Approved :: BSD License", ENDORSING, "BSD-3-Clause"),
        ("License: Our own\nClassifier: License :: OSI Approved :: MIT License", "", "MIT"),
    ],
)
def test_a_licence_that_fits_is_found_however_a_package_says_it(
    facts: str, text: str, found: str, stand_in: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    install(stand_in, "stand-in", facts, text)
    assert build.main(["licences"]) == 0
    assert capsys.readouterr().out.splitlines()[0].split() == ["stand-in", "1.0", "compatible", *found.split()]


@pytest.mark.parametrize(
    ("facts", "text"),
    [
        ("", ""),
        ("License: Proprietary", ""),
        ("License: see LICENSE", PERMISSION),
        ("License-Expression: GPL-2.0-only", ""),
        ("License-Expression: MIT AND GPL-2.0-only", ""),
        ("License-Expression: (MIT OR GPL-2.0-only) AND SSPL-1.0", ""),
        ("License-Expression: MIT AND", ""),
        ("License-Expression: (MIT", ""),
        ("License-Expression: MIT/X", ""),
        ("License-Expression: OFL-1.1", ""),
        ("Classifier: License :: OSI Approved :: BSD License", ""),
        ("Classifier: License :: OSI Approved :: BSD License", "All rights reserved."),
        ("Classifier: License :: OSI Approved :: BSD License", ADVERTISING),
        ("Classifier: License :: OSI Approved :: MIT License\nClassifier: License :: Other/Proprietary License", ""),
    ],
)
def test_a_licence_that_is_unknown_or_does_not_fit_fails(
    facts: str, text: str, stand_in: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    install(stand_in, "steady", "License-Expression: MIT")
    install(stand_in, "stand-in", facts, text)
    assert build.main(["licences"]) == 1
    assert "not known to be compatible with AGPL-3.0-or-later: stand-in; " in capsys.readouterr().err


def test_faces_may_have_the_licence_of_faces(stand_in: Path) -> None:
    install(stand_in, "fontpkg-stand-in", "License-Expression: OFL-1.1")
    assert build.main(["licences"]) == 0


def test_what_a_person_has_read_counts_for_that_version_only(
    stand_in: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(supply, "STATED", {"stand-in 1.0": "MIT"})
    install(stand_in, "stand-in", "License: as you like it")
    assert build.main(["licences"]) == 0
    monkeypatch.setattr(supply, "STATED", {"stand-in 1.1": "MIT"})
    assert build.main(["licences"]) == 1
    assert "as you like it" in capsys.readouterr().out


def test_a_package_that_is_not_installed_is_one_message(stand_in: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (stand_in / "home" / "requirements.txt").write_text("not-there-at-all\n")
    assert build.main(["licences"]) == 1
    assert capsys.readouterr().err == "Error: not-there-at-all is not installed; run `make setup`\n"


# ---------------------------------------------------------------- a release


@pytest.fixture(scope="module")
def released(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small guide, its books in dist/ and its archive in release/."""
    from conftest import SMALL

    folder = tmp_path_factory.mktemp("released")
    content = str(lay(folder / "content", SMALL))
    assert build.main(["build", content, "-q", "-o", str(folder / "dist")]) == 0
    assert build.main(["release", content, "-o", str(folder / "release")]) == 0
    return folder


def files(released: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(released / "release" / "a-small-guide-1.zip") as archive:
        assert archive.testzip() is None
        return {name.removeprefix("a-small-guide-1/"): archive.read(name) for name in archive.namelist()}


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def test_an_archive_has_the_books_as_they_are_built_and_what_goes_along(released: Path) -> None:
    assert list(listing(released / "release")) == ["a-small-guide-1.zip", "a-small-guide-1.zip.sha256"]
    found = files(released)
    assert list(found) == NAMES
    for path in (released / "dist").iterdir():
        assert found[path.name] == path.read_bytes()


def test_every_file_of_the_archive_and_the_archive_itself_have_checksums(released: Path) -> None:
    found = files(released)
    lines = found.pop("SHA256SUMS").decode().splitlines()
    assert lines == [f"{digest(data)}  {name}" for name, data in found.items()]
    said = (released / "release" / "a-small-guide-1.zip.sha256").read_text()
    assert said == f"{digest((released / 'release/a-small-guide-1.zip').read_bytes())}  a-small-guide-1.zip\n"


def test_the_licence_names_that_of_the_books_and_that_of_every_face(released: Path) -> None:
    text = files(released)["LICENCE.txt"].decode()
    assert "© 2026 Ada Example, Bo Example" in text
    assert "Licence of the books: CC BY 4.0" in text
    faces = [name for name in pins() if name.startswith("fontpkg-")]
    assert re.findall(r"^  (\S+) \S+: OFL-1\.1$", text, re.MULTILINE) == sorted(faces)


def test_the_bill_of_materials_has_every_book_and_every_package_that_made_it(released: Path) -> None:
    found = files(released)
    bill = json.loads(found["sbom.cdx.json"])
    assert (bill["bomFormat"], bill["specVersion"]) == ("CycloneDX", "1.6")
    parts = {each["bom-ref"]: each for each in bill["components"]}
    assert len(parts) == len(bill["components"])
    books = {each["name"]: each["hashes"][0]["content"] for each in parts.values() if each["type"] == "file"}
    assert books == {name: digest(found[name]) for name in NAMES[:5]}
    needed = [each for each in supply.packages() if not each.optional]
    assert {f"{each.purl}@{each.version}" for each in needed} < set(parts)
    assert not any("distributed" in name or "pytest" in name for name in parts)
    assert all(each["licenses"][0]["expression"] for each in parts.values() if each["type"] != "file")
    # Everything hangs together, and nothing hangs on what is not there.
    needs = {each["ref"]: each["dependsOn"] for each in bill["dependencies"]}
    reached, waiting = set(), [bill["metadata"]["component"]["bom-ref"]]
    while waiting:
        end = waiting.pop()
        if end not in reached:
            reached.add(end)
            waiting += needs[end]
    assert reached == {*parts, bill["metadata"]["component"]["bom-ref"]}
    assert "://" not in found["sbom.cdx.json"].decode()


def test_a_release_has_the_same_bytes_elsewhere(released: Path, tmp_path: Path) -> None:
    command = [sys.executable, str(ROOT / "build.py"), "release", os.path.relpath(released / "content", tmp_path)]
    other = {
        "VIRTUAL_ENV": sys.prefix,
        "PYTHONHASHSEED": "7",
        "TZ": "<+14>-14",
        "LANG": "tr_TR.UTF-8",
        "HOME": str(tmp_path),
    }
    cache = {"STUDYGUIDE_CACHE": str(tmp_path / "cache")}
    subprocess.run(command, check=True, capture_output=True, cwd=tmp_path, env={**os.environ, **other, **cache})
    assert listing(tmp_path / "release") == listing(released / "release")


def test_a_release_with_a_licence_that_does_not_fit_is_not_made(
    small: Path, stand_in: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    install(stand_in, "stand-in", "License-Expression: GPL-2.0-only")
    assert build.main(["release"]) == 1
    assert capsys.readouterr().err == "Error: `./build.py licences` has something against stand-in\n"
    assert not Path("release").exists()


def test_a_release_of_a_guide_with_problems_is_not_made(small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lay(small, {"02-more.md": "## Why?\n\n### Answr\nSo.\n"})
    assert build.main(["release"]) == 1
    assert "there is no part `Answr`" in capsys.readouterr().err
    assert not Path("release").exists()
