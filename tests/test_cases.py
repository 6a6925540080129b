"""Every rule has a file in cases/ that shows what an author types and what is printed.

A case is a title, a line with a dot, what is typed, a dot, what is printed, a dot. What is typed is the chapter
`01-case.md`; a line `>>> name` begins another file of the content folder, `>>> name as latin-1` one in that encoding.
"""

import ast
import re
from pathlib import Path

import pytest
from conftest import ROOT

import build

CASES = ROOT / "tests" / "cases"


def cases() -> list[tuple[Path, str, str, str]]:
    found = []
    for path in sorted(CASES.glob("*.md")):
        pieces = re.split(r"^\.\n", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
        found += [(path, *(each.strip("\n") for each in pieces[at : at + 3])) for at in range(0, len(pieces) - 1, 3)]
    return found


@pytest.mark.parametrize(
    ("path", "title", "typed", "printed"), cases(), ids=[f"{path.stem}: {title}" for path, title, *_ in cases()]
)
def test_a_rule_says_where_what_and_what_to_type(
    path: Path, title: str, typed: str, printed: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str], accept: bool,
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    (tmp_path / "content").mkdir()
    first, *others = re.split(r"^>>> (.+)\n", typed + "\n", flags=re.MULTILINE)
    for name, text in [("01-case.md", first), *zip(others[::2], others[1::2], strict=True)]:
        file, _, encoding = name.partition(" as ")
        if text.strip() or file != "01-case.md":
            (tmp_path / "content" / file).write_bytes(text.encode(encoding or "utf-8"))
    code = build.main(["check", "content"])
    seen = capsys.readouterr().err.strip()
    if accept and seen != printed.strip():
        before, after = path.read_text(encoding="utf-8").split(f"{title}\n.\n{typed}\n.\n", 1)
        rest = after.split("\n.\n" if printed else ".\n", 1)[1]
        path.write_text(f"{before}{title}\n.\n{typed}\n.\n{seen}\n.\n{rest}", encoding="utf-8")
        return
    assert seen == printed.strip()
    assert code == 1
    assert f"[{path.stem}]" in seen


def test_every_rule_has_a_case() -> None:
    rules = set()
    for path in (ROOT / "studyguide").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Problem" and len(node.args) > 1:
                rule = node.args[1]
                assert isinstance(rule, ast.Constant), f"{path}: a rule's name is written where it is used"
                rules.add(rule.value)
    # These are faults of templates, figures, layouts, machines and the program itself; other tests make them, and those of code that is run.
    assert rules - {
        "template-error",
        "layout",
        "missing-glyph",
        "narrow-hole",
        "spoiler",
        "press-picture",
        "cmyk-picture",
        "too-tall",
        "too-wide",
        "worker-died",
        "outside-content",
        "changing-content",
        "no-scheduler",
        "missing-font",
        "failed-code",
        "wrong-output",
        "wrong-claim",
    } == {path.stem for path in CASES.glob("*.md")}
