"""A guide that may be misread is told so, with the line to look at and the option that reads it otherwise; it is built all the same."""

import json
from pathlib import Path

import pytest
from conftest import ROOT

import build
from studyguide.importers import translate
from studyguide.importers.assign import Choice, choose_questions
from studyguide.importers.doubt import find_doubts
from studyguide.importers.families import find_candidates
from studyguide.importers.lines import read_lines
from studyguide.importers.tidy import tidy
from studyguide.importers.wording import recognise_wording
from studyguide.model import Project, Source

SURE = "# Tides\n\n" + "".join(f"## What is tide {number}?\n\nThe sea at hour {number}.\n\n" for number in range(6))
FOLDED = SURE.replace("at hour 0.\n", "at hour 0.\n\n<details><summary>SUMMARY</summary>It rises.</details>\n")
TOPICS = "# Notes\n\n" + "".join(
    f"### Shell {name}\n\nIt is found at the shore.\n\n" for name in ("a", "b", "c", "d", "e")
)
BESIDE = (
    "# Sea\n\n"
    + "".join(f"**What is wave {number}?**\n\nWater.\n\n" for number in range(4))
    + "".join(f"# Boat {number}\n\nIt floats on the water and is made of wood.\n\n" for number in range(12))
)
CONTENTS = (
    "# Birds\n\n"
    + "".join(f"- [{name}](#{name.lower()})\n" for name in ("Gull", "Tern", "Auk", "Skua", "Eider", "Plover"))
    + "\n"
    + "".join(f"## What does bird {number} eat?\n\nFish.\n\n" for number in range(4))
)


def read_report(text: str) -> str:
    """Return the report on a foreign guide."""
    _, reports = translate(Project("guide.md", None, (Source("guide.md", text),)))
    return str(reports[0])


def test_a_guide_whose_questions_ask_is_not_doubted() -> None:
    assert "misread" not in read_report(SURE)


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        (BESIDE, 3, "only 4 of 16 questions ask something, or have a label or a number; `--dialect"),
        (CONTENTS, 3, "6 of 6 entries of its list of contents are the title of no question and no chapter"),
    ],
    ids=["few ask", "contents"],
)
def test_a_doubt_names_its_line_and_what_reads_otherwise(text: str, line: int, reason: str) -> None:
    assert f"  this looks misread, line {line}: {reason}" in read_report(text)


def test_headings_beside_the_questions_are_named() -> None:
    lines, notes = read_lines(BESIDE)
    document = tidy(lines, notes, recognise_wording(BESIDE))
    candidates = find_candidates(document)
    bold = tuple(each for each in candidates if each.family == "bold")
    (doubt,) = find_doubts(document, candidates, Choice(bold, (), ()), ())
    reason = "12 headings of level 1 are taken for no questions; `--dialect headings` takes headings alone"
    assert (doubt.line, doubt.text) == (19, reason)


def test_a_guess_is_called_one() -> None:
    lines, notes = read_lines(TOPICS)
    document = tidy(lines, notes, recognise_wording(TOPICS))
    candidates = find_candidates(document)
    weights = {"bias": -9.0}
    choice = choose_questions(document, candidates, weights=weights)
    assert [each.title for each in choice.questions] == [f"Shell {name}" for name in ("a", "b", "c", "d", "e")]
    (doubt,) = find_doubts(document, candidates, choice, ())
    assert doubt.line == 3
    assert doubt.text.startswith(
        "nothing in it looks like questions, so the parts that are written alike are taken for them"
    )


def test_a_doubtful_guide_is_built_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("guide.md").write_text(TOPICS, encoding="utf-8")
    assert build.main(["build", "guide.md", "-e", "tablet", "--out", "out", "--jobs", "1"]) == 0
    assert list(Path("out").glob("*.epub"))
    assert "this looks misread" in "".join(capsys.readouterr())


def test_a_question_for_which_little_speaks_is_named_by_title_and_line() -> None:
    text = (ROOT / "tests" / "dialects" / "bold.md").read_text(encoding="utf-8")
    assert "  read with doubt, line 17: `Curds and whey 🚀` may be no question" in read_report(text)
    assert "doubt" not in read_report(SURE)


def test_words_above_a_fold_that_may_be_either_are_named() -> None:
    text = FOLDED.replace("SUMMARY", "Click to expand")
    assert (
        "  read with doubt, line 3: `What is tide 0?` has words above a fold, which may belong to the question or to the answer"
        in read_report(text)
    )
    for summary in ("Show answer", "Example", "More"):
        assert "doubt" not in read_report(FOLDED.replace("SUMMARY", summary))


def test_the_weights_of_signs_are_in_the_dump_and_not_in_the_report(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "form: covers" not in read_report(SURE)
    assert "understood: 6 as headings (heading 2)" in read_report(SURE)
    monkeypatch.chdir(tmp_path)
    Path("list.md").write_text(FOLDED.replace("SUMMARY", "Click to expand"), encoding="utf-8")
    assert build.main(["dump", "list.md"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["evidence"][0]["terms"]["form: covers"] > 1
    assert found["doubts"] == [{"kind": "unsure-answer", "line": 3, "text": "What is tide 0?"}]
