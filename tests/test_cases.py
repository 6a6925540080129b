"""Every rule has a page in docs/rules/ that shows what an author types and what is printed.

A page is its name, its severity and what breaks it, what it means, then examples: under `## Wrong: …` the files of the content
folder and what a command prints of them, under `## Right` files that the command has nothing against.
"""

import ast
import re
import shlex
from dataclasses import dataclass
from pathlib import Path

import pytest
from conftest import ROOT

from studyguide.__main__ import main
from studyguide.reading.project import read_rules
from studyguide.rules.check import ERRORS, WARNINGS, list_warnings, name_rule

PAGES = ROOT / "docs" / "rules"
# These are faults of templates, pictures, machines and the program itself; other tests make them.
WITHOUT_CASE = {
    "template-error",
    "lost-word",
    "layout",
    "narrow-hole",
    "spoiler",
    "press-picture",
    "cmyk-picture",
    "too-tall",
    "worker-died",
    "program-failed",
    "outside-content",
    "changing-content",
    "no-scheduler",
    "missing-font",
    "restricted-face",
    "missing-style",
}
EXAMPLE = re.compile(r"^## (Wrong: [^\n]+|Right)\n(.*?)(?=^## (?:Wrong: |Right\n)|\Z)", re.DOTALL | re.MULTILINE)
FILE = re.compile(r"^In `content/([^`]+)`(?:, saved as ([\w-]+))?:\n\n(`{3,})\w+\n(.*?)^\3$", re.DOTALL | re.MULTILINE)
PRINTED = re.compile(r"^`studyguide ([^`]+)` prints:\n\n(`{3,})text\n(.*?)^\2$", re.DOTALL | re.MULTILINE)


# Hunspell looks for suggestions for a time, so which it has found by then depends on the machine. That they are printed is seen
# in test_messages.py, with a speller that has always the same.
SUGGESTIONS = re.compile(r"(?<=^  fix: )(?:write (?:`[^`]+`, )+or )?(?=put `)", re.MULTILINE)


def drop_suggestions(printed: str) -> str:
    """Remove the words that a dictionary suggests from printed messages."""
    return SUGGESTIONS.sub("", printed)


@dataclass(frozen=True)
class Case:
    rule: str
    title: str
    text: str
    command: str

    def __str__(self) -> str:
        return f"{self.rule}: {self.title}"

    def lay(self, folder: Path) -> None:
        folder.mkdir()
        for name, encoding, _, text in FILE.findall(self.text):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(text.encode(encoding or "utf-8"))


def cases() -> list[Case]:
    found = []
    for path in sorted(PAGES.glob("*.md")):
        page = path.read_text(encoding="utf-8")
        commands = PRINTED.findall(page)
        found += [Case(path.stem, title, text, commands[0][0]) for title, text in EXAMPLE.findall(page) if commands]
    return found


@pytest.mark.parametrize("case", [case for case in cases() if case.title != "Right"], ids=str)
def test_a_rule_says_where_what_and_what_to_type(
    case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], accept: bool
) -> None:
    monkeypatch.chdir(tmp_path)
    case.lay(tmp_path / "content")
    ((command, fence, printed),) = PRINTED.findall(case.text)
    code = main(shlex.split(command))
    seen = capsys.readouterr().err
    if accept and drop_suggestions(seen) != drop_suggestions(printed):
        path = PAGES / f"{case.rule}.md"
        new = case.text.replace(f"{fence}text\n{printed}{fence}", f"{fence}text\n{seen}{fence}")
        path.write_text(path.read_text(encoding="utf-8").replace(case.text, new), encoding="utf-8")
        return
    assert drop_suggestions(seen) == drop_suggestions(printed)
    assert code == (0 if case.rule in list_warnings() else 1)
    assert f"[{case.rule}]" in seen


@pytest.mark.parametrize("case", [case for case in cases() if case.title == "Right"], ids=str)
def test_what_a_page_calls_right_has_no_problem(
    case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    case.lay(tmp_path / "content")
    code = main(shlex.split(case.command))
    assert (code, capsys.readouterr().err) == (0, "")


def test_every_rule_has_a_page_and_what_is_wrong_and_right_of_it() -> None:
    used = set()
    for path in (ROOT / "studyguide").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Problem" and len(node.args) > 1:
                rule = node.args[1]
                assert isinstance(rule, ast.Constant), f"{path}: a rule's name is written where it is used"
                used.add(rule.value)
    assert used == set(read_rules())
    shown = {(case.rule, case.title.split(":")[0]) for case in cases()}
    assert shown == {(rule, kind) for rule in used - WITHOUT_CASE for kind in ("Wrong", "Right")}


def test_a_page_says_whose_it_is_how_severe_and_what_breaks_the_rule() -> None:
    for name, rule in read_rules().items():
        assert rule.page.startswith(f"# {name}\n\n{rule.severity.capitalize()}: {rule.summary}.\n\n"), name


def test_a_page_says_error_or_warning_as_the_table_of_checks_does() -> None:
    assert {name for name, rule in read_rules().items() if rule.severity == "warning"} == list_warnings()
    checked = [name_rule(check) for check in (*ERRORS, *WARNINGS)]
    assert len(checked) == len(set(checked))
    assert set(checked) <= set(read_rules())


def test_the_list_of_pages_is_whole(accept: bool) -> None:
    path = PAGES / "README.md"
    head, _, _ = (before := path.read_text(encoding="utf-8")).partition("| rule |")
    rows = [f"| [{rule.name}]({rule.name}.md) | {rule.severity} | {rule.summary} |" for rule in read_rules().values()]
    table = "\n".join(["| rule | severity | what breaks it |", "| --- | --- | --- |", *rows]) + "\n"
    if accept:
        path.write_text(head + table, encoding="utf-8")
    assert before == head + table or accept
