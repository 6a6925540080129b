"""`verify` finds what makes a second build differ, and says where."""

import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pikepdf
import pytest
from conftest import ROOT, page_texts

import build
from studyguide.compare import differences, objects
from studyguide.foreign import taken
from studyguide.verify import PROGRAM, built_elsewhere, verdict

# What a build could take from its surroundings, by what is different in the second one.
SURROUNDINGS = {
    "program": "__file__",
    "folder": "os.getcwd()",
    "home": "os.path.expanduser('~')",
    "user": "__import__('getpass').getuser()",
    "mask": "(os.umask(0o22), os.umask(0o22))",
    "zone": "__import__('time').timezone",
    "language": "os.environ.get('LANG')",
    "hash": "hash('a')",
    "jobs": "'--jobs' in __import__('sys').argv",
    "cache": "store.folder",
    "time": "__import__('time').time() // 86400",
    "today": "datetime.date.today()",
    "now": "datetime.datetime.now().date()",
    "local": "__import__('time').strftime('%Y-%m')",
}


@pytest.fixture
def program(tmp_path: Path) -> Path:
    """A copy of the program, to be spoilt."""
    folder = tmp_path / "program"
    for name in PROGRAM:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, folder / name)
    return folder


def verified(program: Path, *args: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(program / "build.py"), "verify", "content", *args]
    env = {**os.environ, "VIRTUAL_ENV": sys.prefix}
    return subprocess.run(command, check=False, capture_output=True, text=True, env=env)


def test_the_small_guide_has_the_same_bytes_twice(small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert build.main(["verify", "content"]) == 0
    assert capsys.readouterr().out == "content: the same bytes twice, in 5 files\n"
    assert not Path("dist").exists()


@pytest.mark.nightly
def test_the_projects_own_guide_has_the_same_bytes_elsewhere(dist: Path, tmp_path: Path) -> None:
    found = verdict(dist, built_elsewhere(taken(str(ROOT / "content")), (), 3, tmp_path))
    assert (found.files, found.places) == (5, ())


def test_whatever_a_build_takes_from_its_surroundings_is_found_and_named(small: Path, program: Path) -> None:
    path = program / "studyguide" / "outputs" / "epub.py"
    items = "".join(
        f"    book.add_item(epub.EpubItem('{name}', '{name}.txt', 'text/plain', str({value}).encode()))\n"
        for name, value in {**SURROUNDINGS, "steady": "'always'"}.items()
    )
    place = "    book.spine = ["
    text = path.read_text()
    assert text.count(place) == 1
    path.write_text(text.replace(place, items + place).replace("import io\n", "import io\nimport os\n"))
    done = verified(program, "-e", "tablet")
    found = {line.split(",")[0] for line in done.stderr.splitlines() if not line.startswith(" ")}
    assert found == {
        *(f"a-small-guide.epub: EPUB/{name}.txt" for name in SURROUNDINGS),
        "Error: content: the same content does not give the same bytes",
    }
    assert done.returncode == 1


def colophon(folder: Path) -> int:
    """The page that has it, counted from 1."""
    assert build.main(["-q", "-e", "guide", "-o", str(folder / "dist")]) == 0
    texts = page_texts(folder / "dist" / "a-small-guide.pdf")
    (found,) = [place for place, text in enumerate(texts, 1) if "© 2026" in text]
    return found


def test_a_template_that_is_not_the_same_twice_is_found_in_print(small: Path, program: Path, tmp_path: Path) -> None:
    template = program / "templates" / "colophon.html"
    template.write_text(template.read_text() + "<p>{{ range(1000000000) | random }}</p>\n")
    done = verified(program, "-e", "guide")
    assert done.returncode == 1
    first, one, other, *_ = done.stderr.splitlines()
    assert re.match(rf"a-small-guide\.pdf: object \d+ of page {colophon(tmp_path)}, line \d+$", first)
    assert (one[:2], other[:2]) == ("  ", "  ")
    assert one != other
    assert "the same bytes twice" not in done.stdout


def test_a_guide_that_cannot_be_built_is_no_difference(small: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (small / "02-more.md").write_text("## Why?\n\n### Answr\nSo.\n")
    assert build.main(["verify", "content"]) == 1
    err = capfd.readouterr().err
    assert "there is no part `Answr`" in err
    assert "the same" not in err


def test_a_single_file_without_a_date_is_verified(
    small: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1600000000")
    assert build.main(["verify", "content/01-first-things.md", "-e", "tablet"]) == 0
    assert capsys.readouterr().out == "content/01-first-things.md: the same bytes twice, in 1 file\n"


def test_a_guide_that_others_wrote_is_verified_as_it_is_built(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("guide.md").write_text("# Words\n\n### Alpha\n\nThe first.\n\n### Omega\n\nTBD\n")
    command = ["verify", "guide.md", "-e", "tablet", "--dialect", "headings"]
    assert build.main([*command, "--allow-missing-answers"]) == 0
    assert capsys.readouterr().out == "guide.md: the same bytes twice, in 1 file\n"


def test_every_object_of_a_printed_edition_is_compared(small: Path) -> None:
    assert build.main(["-q", "-e", "guide"]) == 0
    path = Path("dist/a-small-guide.pdf")
    ours = dict(objects(path.read_bytes()))
    with pikepdf.open(path) as file:
        kinds = ("/ObjStm", "/XRef")
        known = [
            each for each in file.objects if not isinstance(each, pikepdf.Stream) or each.get("/Type") not in kinds
        ]
        assert sorted(ours) == sorted(f"object {each.objgen[0]}" for each in known)
        for each in known:
            if isinstance(each, pikepdf.Stream):
                assert each.read_bytes() in ours[f"object {each.objgen[0]}"]


def test_files_that_are_only_packed_differently_are_told_apart(tmp_path: Path) -> None:
    made = []
    for name, level in (("one", zipfile.ZIP_STORED), ("two", zipfile.ZIP_DEFLATED)):
        with zipfile.ZipFile(tmp_path / name, "w", level) as archive:
            archive.writestr(zipfile.ZipInfo("text"), "x" * 100, level)
        made.append((tmp_path / name).read_bytes())
    assert list(differences(*made)) == ["the parts are the same, and are packed in another way from byte 8"]
    assert list(differences(made[0], made[0])) == []
