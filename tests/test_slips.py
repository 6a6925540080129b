"""Tests that a usual typing mistake is reported, and that right text which resembles one is not."""

import json
from pathlib import Path

import pytest

import build

ANSWERED = "\n\n### Answer\nSo.\n"


def check(folder: Path, capsys: pytest.CaptureFixture[str], text: str, name: str = "01-a.md") -> list[dict[str, str]]:
    """Return the problems of a guide of one file; a file that is no README is in our own format."""
    if name != "README.md":
        (folder / "guide.toml").touch()
    (folder / name).write_text(text, encoding="utf-8")
    build.main(["check", str(folder), "--format", "json"])
    found: list[dict[str, str]] = json.loads(capsys.readouterr().out)
    return found


@pytest.mark.parametrize(
    ("text", "typed", "heading"),
    [
        ("## Why?\n\n### Hint\nThink.\n\n**Answer:** So.\n", "**Answer:**", "### Answer"),
        ("## Why?\n\n__Answer__: so.\n", "__Answer__:", "### Answer"),
        ("## Why?\n\nA text.\n**solution :** so.\n", "**solution :**", "### solution"),
        ("## Why?\n\n### Hint\n**Answer**\n\nSo.\n", "**Answer**", "### Answer"),
        ("## Why?\n\n### (a) When?\n\n**Answer.** Now.\n", "**Answer.**", "#### Answer"),
    ],
)
def test_an_answer_below_a_bold_word_is_told_and_so_is_the_lack_of_one(
    text: str, typed: str, heading: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = {each["rule"]: each for each in check(tmp_path, capsys, text)}
    assert found["bold-label"]["fix"] == f"write `{heading}` on a line of its own"
    assert f"`{typed}`" in found["bold-label"]["found"]
    assert found["bold-label"]["severity"] == "warning"
    if "(a)" not in text:
        assert found["missing-answer"]["fix"].startswith(f"write `{heading}` in the place of `{typed}` in line ")


def test_a_bold_word_is_known_in_the_language_and_by_the_parts_of_the_guide(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "guide.toml").write_text('language = "de"\n[parts.source]\nlabel = "Quelle"\n', encoding="utf-8")
    text = "## Warum?\n\n### Hinweis\nDenke.\n\n**Antwort:** So.\n\n**Quelle:** ein Buch.\n"
    found = [each["fix"] for each in check(tmp_path, capsys, text) if each["rule"] == "bold-label"]
    assert found == ["write `### Antwort` on a line of its own", "write `### Quelle` on a line of its own"]


@pytest.mark.parametrize(
    "text",
    [
        f"## Why?\n\n**Note:** this.{ANSWERED}",
        f"## Why?\n\n**Answer** in one sentence.{ANSWERED}",
        f"## Why?\n\nThe **answer:** so.{ANSWERED}",
        "## Why?\n\n### Answer\n**Answer:** so.\n",
        f"## Why?\n\n- **Answer:** so.\n\n> **Hint:** so.\n\n```text\n**Hint:** so.\n```{ANSWERED}",
        f"## Why?\n\n- [x] One.\n  > **Answer:** so.\n- [ ] Two.{ANSWERED}",
        "---\nkind: prose\n---\n**Answer:** so.\n",
    ],
)
def test_bold_words_that_begin_no_part_are_let_alone(
    text: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "bold-label" not in [each["rule"] for each in check(tmp_path, capsys, text)]


@pytest.mark.parametrize(
    "heading", ["# In which order? {.easy}", '# In which order {tags="a"}', "# In which order?", "# In which order"]
)
def test_a_question_with_one_sign_too_few_is_told_so_and_nothing_else(
    heading: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = f"# Orders\n\n## Why?{ANSWERED}\n{heading}\n\n### Hint\nThink.{ANSWERED}"
    (problem,) = check(tmp_path, capsys, text)
    assert (problem["line"], problem["rule"], problem["fix"]) == (8, "heading-level", "write `##` for a question")


def test_a_section_may_be_named_by_a_question(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert check(tmp_path, capsys, f"# Orders\n\n## Why?{ANSWERED}\n# What is an order?\n\n## Which?{ANSWERED}") == []


def test_an_unanswered_question_of_an_imported_guide_may_stay(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = "".join(f"### {number}. What is {number}?\n\n**Answer:** It is {number}.\n\n" for number in range(1, 5))
    (problem,) = check(tmp_path, capsys, f"# Questions\n\n{asked}### 5. What is more?\n", "README.md")
    assert problem["rule"] == "missing-answer"
    assert "`--allow-missing-answers`" in problem["fix"]
    own = tmp_path / "own"
    own.mkdir()
    (problem,) = check(own, capsys, f"## Why?{ANSWERED}\n## When?\n")
    assert problem["fix"] == "write `### Answer` and the answer below it"


@pytest.mark.parametrize(
    ("text", "rule", "place", "fix"),
    [
        ("- [ ] Sand\n- [ ] Water", "no-correct-choice", "3:7", "write `- [x]` before the right one"),
        ("- [ ] Sand\n- [x]Water", "no-correct-choice", "4:3", "write a blank behind the box: `- [x] Water`"),
        ("- [x]Sand\n- [ ]Water", "missing-answer", "3:3", "write a blank behind the box: `- [x] Sand`"),
        ("- [x]Sand\n- [ ] Water", "missing-answer", "3:3", "write a blank behind the box: `- [x] Sand`"),
        ("- [x] Sand\n- [ ]Water\n- [ ] Air", "unmarked-option", "4:3", "write a blank behind the box: `- [ ] Water`"),
        (f"- [x]Sand\n- [ ]Water{ANSWERED}", "unmarked-option", "3:3", "write a blank behind the box: `- [x] Sand`"),
        ("1. One\n2. Two", "unknown-mark", "1:1", "write `.ordering`"),
    ],
)
def test_a_slip_in_options_or_in_the_mark_of_a_kind_is_one_message(
    text: str, rule: str, place: str, fix: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    mark = " .orderng" if rule == "unknown-mark" else ""
    found = check(tmp_path, capsys, f"## Which? {{#which{mark}}}\n\n{text}\n")
    seen = [(each["rule"], f"{each['line']}:{each['column']}", each["fix"]) for each in found]
    assert seen == [(rule, place, fix)]


@pytest.mark.parametrize(
    "before", ["", f"## Why? {{#why}}{ANSWERED}\n", f"# Title\n\n## Why?{ANSWERED}\n### Hint\nThink.\n\n"]
)
def test_a_question_without_a_blank_behind_its_signs_is_one_message(
    before: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = f"##Which is $\\ce{{H+}}$? {{#proton .easy}}\n\n### Hint\nThink.{ANSWERED}\nSee [it](#proton).\n\n```text\n##A {{#b}}\n```\n"
    found = check(tmp_path, capsys, before + asked)
    assert [(each["rule"], each["line"], each["fix"]) for each in found] == [
        ("heading-level", before.count("\n") + 1, "write a blank behind `##`")
    ]
