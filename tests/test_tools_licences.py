"""`make licences` lists what the program needs, and stops at a licence that does not fit."""

import re
from importlib import metadata
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from conftest import ROOT, lay

from tools import check_licences, licences, packages


def pins() -> dict[str, str]:
    lines = (ROOT / "constraints.txt").read_text().splitlines()
    pairs = (line.split("==") for line in lines if "==" in line)
    return {re.sub(r"[-_.]+", "-", name).lower(): version for name, version in pairs}


def check() -> Result:
    return CliRunner().invoke(check_licences.main, [])


def test_every_package_of_the_program_is_listed_is_compatible_and_has_its_pinned_version() -> None:
    result = check()
    assert result.exit_code == 0
    *rows, last = result.stdout.splitlines()
    listed = {row.split()[0]: row.split()[1] for row in rows}
    asked = [
        line.split()[0].rstrip(";")
        for line in (ROOT / "requirements.txt").read_text().splitlines()
        if line[:1].isalpha()
    ]
    assert set(asked) <= set(listed)
    # Needed by those that are asked for, one of them as an extra.
    assert {"cffi", "zopfli", "idna", "fontpkg"} <= set(listed)
    assert not {"pytest", "mypy", "torch", "diffoscope", "license-expression"} & set(listed)
    native = {"fontconfig", "glib", "harfbuzz", "pango", "python"}
    assert native <= set(listed)
    pinned = pins()
    assert {
        name: version for name, version in listed.items() if name not in native and pinned.get(name) != version
    } == {}
    assert all(row.split()[2] == "compatible" for row in rows)
    assert last == f"{len(rows)} packages, all compatible with AGPL-3.0-or-later"


def test_what_a_person_has_read_is_what_is_pinned() -> None:
    assert dict(each.split() for each in licences.READ_BY_A_PERSON).items() <= pins().items()


def test_what_a_person_has_read_as_bsd_with_three_clauses_has_the_third_in_its_text() -> None:
    read = [each.split()[0] for each, licence in licences.READ_BY_A_PERSON.items() if licence == "BSD-3-Clause"]
    installed = {name: metadata.distribution(name) for name in read if is_installed(name)}
    assert {"protobuf", "pysocks", "weasyprint"} <= installed.keys()
    for name, distribution in installed.items():
        files = [each for each in distribution.files or () if each.name.startswith("LICENSE")]
        text = " ".join(" ".join(each.read_text() for each in files).split())
        assert "Redistributions in binary form must reproduce the above copyright notice" in text, name
        assert "Neither the name of" in text, name


def is_installed(name: str) -> bool:
    try:
        return bool(metadata.distribution(name))
    except metadata.PackageNotFoundError:
        return False


@pytest.fixture
def stand_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for packages that this environment does not have, and requirements of them alone."""
    (tmp_path / "home").mkdir()
    monkeypatch.setattr(packages, "ROOT", tmp_path / "home")
    monkeypatch.setattr(packages, "OPTIONAL_REQUIREMENTS", ())
    monkeypatch.syspath_prepend(str(tmp_path))
    return tmp_path


def install(folder: Path, name: str, facts: str, version: str = "1.0", requirements: str = "requirements.txt") -> None:
    stem = f"{name.replace('-', '_')}-{version}.dist-info"
    about = f"Metadata-Version: 2.4\nName: {name}\nVersion: {version}\n{facts}\n"
    lay(folder / stem, {"METADATA": about, "RECORD": f"{stem}/METADATA,,\n"})
    with (folder / "home" / requirements).open("a") as file:
        file.write(f"{name}  # for a test\n")


@pytest.mark.parametrize(
    ("facts", "found"),
    [
        ("License-Expression: MIT", "MIT"),
        ("License-Expression: GPL-2.0-only OR (MIT AND Apache-2.0)", "GPL-2.0-only OR (MIT AND Apache-2.0)"),
        ("License: Apache-2.0", "Apache-2.0"),
        ("License: MIT\nClassifier: License :: OSI Approved :: BSD License", "MIT"),
        ("License: Our own\nClassifier: License :: OSI Approved :: MIT License", "MIT"),
        ("Classifier: License :: OSI Approved :: Apache Software License", "Apache-2.0"),
    ],
)
def test_a_licence_that_fits_is_found_however_a_package_says_it(facts: str, found: str, stand_in: Path) -> None:
    install(stand_in, "stand-in", facts)
    result = check()
    assert result.exit_code == 0
    assert result.stdout.splitlines()[0].split() == ["stand-in", "1.0", "compatible", *found.split()]


@pytest.mark.parametrize(
    "facts",
    [
        "",
        "License: Proprietary",
        "License: see LICENSE",
        "License: BSD",
        "License: GPL-2.0-only",
        "License-Expression: GPL-2.0-only",
        "License-Expression: MIT AND GPL-2.0-only",
        "License-Expression: (MIT OR GPL-2.0-only) AND SSPL-1.0",
        "License-Expression: GPL-2.0-or-later WITH Classpath-exception-2.0 AND SSPL-1.0",
        "License-Expression: MIT AND",
        "License-Expression: (MIT",
        "License-Expression: MIT/X",
        "License-Expression: LicenseRef-Ours",
        "License-Expression: OFL-1.1",
        "Classifier: License :: OSI Approved :: BSD License",
        "Classifier: License :: OSI Approved :: MIT License\nClassifier: License :: Other/Proprietary License",
    ],
)
def test_a_licence_that_is_unknown_or_does_not_fit_fails(facts: str, stand_in: Path) -> None:
    install(stand_in, "steady", "License-Expression: MIT")
    install(stand_in, "stand-in", facts)
    result = check()
    assert result.exit_code == 1
    expected = "Error: not known to be compatible with AGPL-3.0-or-later: stand-in; tools/licences.py has what is\n"
    assert result.stderr == expected
    row = next(line for line in result.stdout.splitlines() if line.startswith("stand-in"))
    assert "NOT KNOWN TO BE COMPATIBLE" in row


def test_what_a_package_needs_is_judged_too(stand_in: Path) -> None:
    install(stand_in, "deep", "License: Proprietary", requirements="another.txt")
    install(stand_in, "stand-in", "License-Expression: MIT\nRequires-Dist: deep; extra == 'more'")
    assert check().exit_code == 0
    (stand_in / "home" / "requirements.txt").write_text("stand-in[more]\n")
    result = check()
    assert result.exit_code == 1
    assert "AGPL-3.0-or-later: deep;" in result.stderr


def test_an_option_of_the_program_is_judged_where_it_is_installed(
    stand_in: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(packages, "OPTIONAL_REQUIREMENTS", ("requirements-more.txt",))
    (stand_in / "home" / "requirements-more.txt").write_text("not-there-at-all\n")
    install(stand_in, "stand-in", "License-Expression: MIT")
    assert check().exit_code == 0
    (stand_in / "home" / "requirements-more.txt").write_text("")
    install(stand_in, "extra", "License: Proprietary", requirements="requirements-more.txt")
    result = check()
    assert result.exit_code == 1
    row = next(line for line in result.stdout.splitlines() if line.startswith("extra"))
    assert row.split() == ["extra", "1.0", "NOT", "KNOWN", "TO", "BE", "COMPATIBLE", "optional", "Proprietary"]


def test_faces_may_have_the_licence_of_faces(stand_in: Path) -> None:
    install(stand_in, "fontpkg-stand-in", "License-Expression: OFL-1.1")
    assert check().exit_code == 0


def test_what_a_person_has_read_counts_for_that_version_only(stand_in: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(licences, "READ_BY_A_PERSON", {"stand-in 1.0": "MIT"})
    install(stand_in, "stand-in", "License: as you like it")
    assert check().exit_code == 0
    monkeypatch.setattr(licences, "READ_BY_A_PERSON", {"stand-in 1.1": "MIT"})
    result = check()
    assert result.exit_code == 1
    assert "as you like it" in result.stdout


def test_a_package_that_is_not_installed_is_one_message(stand_in: Path) -> None:
    (stand_in / "home" / "requirements.txt").write_text("not-there-at-all\n")
    result = check()
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == "Error: not-there-at-all is not installed; run `make setup`\n"
