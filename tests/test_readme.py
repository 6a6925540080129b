"""README and Makefile tell the truth."""

import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest
from conftest import ROOT, lay
from test_docs import list_headings

from studyguide.__main__ import main

README = (ROOT / "README.md").read_text(encoding="utf-8")
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
CHAPTERS = {path.name: path.read_text(encoding="utf-8") for path in sorted((ROOT / "docs").glob("*.md"))}
DOCS = "".join((README, CONTRIBUTING, *CHAPTERS.values()))
FENCED = "\n".join(re.findall(r"```(?:sh|console)\n(.*?)```", README, re.DOTALL))
GLANCE = re.findall(r"^\| `(studyguide.*?)` \|", CHAPTERS["72-command-line.md"], re.MULTILINE)
COMMANDS = [shlex.split(line, comments=True) for line in (*FENCED.splitlines(), *GLANCE) if line.strip()]


def test_readme_opens_with_the_two_commands() -> None:
    assert README.index("make book") < README.index("make test") < 2500


@pytest.mark.parametrize("command", [each for each in COMMANDS if each[0] == "make"], ids=" ".join)
def test_a_make_command_of_the_readme_exists(command: list[str]) -> None:
    targets = [word for word in command[1:] if "=" not in word]
    subprocess.run(["make", "-n", *targets], cwd=ROOT, check=True, capture_output=True)


# What these say of the small guide is asked by tests of their own: test_verify, test_supply.
BY_NIGHT = ("verify", "release")
ENDLESS = ("preview", "watch")
"""Commands that end with Ctrl-C; their tests are test_preview and test_watch."""


@pytest.mark.parametrize(
    "command",
    [
        pytest.param(each, marks=[pytest.mark.nightly] if each[1:2] and each[1] in BY_NIGHT else [], id=" ".join(each))
        for each in COMMANDS
        if each[0] == "studyguide"
    ],
)
def test_a_build_command_of_the_readme_works(command: list[str], small: Path) -> None:
    if command[1:2] != ["new"]:  # which makes it
        shutil.copytree(small, "my-guide")
    Path("some").mkdir()
    shutil.copy(ROOT / "tests" / "dialects" / "labelled.md", "some/README.md")
    options = ["--help"] if command[1:2] and command[1] in ENDLESS else []
    assert main([*command[1:], *options]) == 0


def test_the_chapter_in_the_readme_is_a_guide_without_a_problem(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (chapter,) = re.findall(r"````markdown\n(---.*?)````", README, re.DOTALL)
    lay(tmp_path / "my-guide", {"01-training.md": chapter})
    assert main(["check", "my-guide", "--strict"]) == 0
    assert capsys.readouterr() == ("my-guide: 1 chapter, 1 question, no problems\n", "")


def test_the_report_of_an_import_in_the_manual_is_a_real_one() -> None:
    report = (ROOT / "tests" / "dialects" / "details.expected").read_text(encoding="utf-8").partition(">>> report\n")[2]
    assert f"```text\n{report}```" in CHAPTERS["60-import.md"]


@pytest.mark.parametrize("text", [README, CONTRIBUTING], ids=["README", "CONTRIBUTING"])
def test_a_link_of_the_readme_leads_somewhere(text: str) -> None:
    for target in re.findall(r"\]\(([^()\s:]+)\)", text):
        name, _, heading = target.partition("#")
        assert (ROOT / name).exists(), target
        if heading:
            page = (ROOT / name).read_text(encoding="utf-8") if name else text
            assert heading in list_headings(page), target


def test_every_file_that_the_readme_and_its_pages_name_is_there() -> None:
    for name in re.findall(r"`((?:content|templates|styles|studyguide|tests|tools|docs)/[\w./-]*)`", DOCS):
        assert (ROOT / name).exists(), name


def test_make_alone_prints_every_target() -> None:
    out = subprocess.run(["make", "--no-print-directory"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert [line.split()[1] for line in out.splitlines()] == targets
