"""The benchmarks measure what they say: edits that a guide survives, all processes of a command, a watch that goes on."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import ROOT, lay

from benchmarks.edits import EDITS, QUESTIONS_OF_GUIDE, SENTENCE, Edit, add_tag, add_term, change_colour, choose_chapter
from benchmarks.others import PRINCE, WEASYPRINT, find_formulas, join_chapters, substitute_formulas
from benchmarks.report import COLD, FIVE_FILES, NOTHING, TWO_FILES, WATCH, Results, compare, write_report, write_tables
from benchmarks.runs import CommandError, Run, Watch, Workshop, run_command, sync_folder, take_median
from benchmarks.synthetic import count_questions, write_book
from studyguide.pipeline import check_guide
from studyguide.reading.project import read_project

SAMPLE = ROOT / "tests" / "sample"


@pytest.fixture
def workshop(tmp_path: Path) -> Workshop:
    return Workshop(tmp_path / "shop", SAMPLE, ("guide",))


@pytest.mark.parametrize("edit", EDITS, ids=[edit.name for edit in EDITS])
def test_each_edit_changes_one_file_and_leaves_a_guide_without_errors(edit: Edit, workshop: Workshop) -> None:
    def read_all() -> dict[str, str]:
        folders = (workshop.book, workshop.program / "styles")
        return {
            str(path): path.read_text() for folder in folders for path in folder.rglob("*.*") if path.suffix != ".png"
        }

    states = [read_all()]
    for number in (1, 2):
        edit.apply(workshop, number)
        states.append(read_all())
        assert len([path for path, text in states[-1].items() if text != states[-2][path]]) == 1
    assert check_guide(read_project(str(workshop.book))).questions


def test_the_edits_also_fit_the_real_guide(tmp_path: Path) -> None:
    workshop = Workshop(tmp_path / "shop", ROOT / "content")
    assert choose_chapter(workshop.book).name == "03-training-and-optimisation.md"
    for edit in EDITS:
        edit.apply(workshop, 1)
    assert len(check_guide(read_project(str(workshop.book))).questions) == QUESTIONS_OF_GUIDE


def test_an_added_tag_is_one_that_another_question_has() -> None:
    text = '## A? {#a .easy tags="x"}\n\n## B? {#b .easy tags="x y"}\n'
    assert add_tag(text, 1) == text.replace('tags="x"', 'tags="x y"')


def test_an_added_term_is_a_word_of_the_chapters_that_is_no_term_yet() -> None:
    chapters = "network " * 12 + "weights " * 12 + "seldom"
    assert add_term("Network\n: It.\n", 0, chapters).startswith("Network\n: It.\n\nWeights\n: ")


def test_a_colour_changes_by_the_number_of_the_edit() -> None:
    assert change_colour("--accent: #0c4aff;", 1) == "--accent: #0c4b00;"


def test_a_book_of_copies_has_as_many_questions_and_no_errors(tmp_path: Path) -> None:
    book = write_book(tmp_path / "book", 3, SAMPLE)
    guide = check_guide(read_project(str(book)))
    assert len(guide.questions) == count_questions(book) == 3 * count_questions(SAMPLE)
    assert len({chapter.title for chapter in guide.chapters}) == len(guide.chapters)
    workbook = next(edition for edition in guide.config.editions if edition.name == "workbook")
    assert set(workbook.without) == {"welcome-1", "welcome-2", "welcome-3"}
    assert [problem for problem in guide.problems if "near-twins" in str(problem)] == []


def test_a_folder_is_put_back_and_what_did_not_change_is_not_touched(tmp_path: Path) -> None:
    source = lay(tmp_path / "source", {"same.txt": "same", "inner/changed.txt": "old", "lost.txt": "lost"})
    target = tmp_path / "target"
    sync_folder(source, target)
    inode = (target / "same.txt").stat().st_ino
    lay(target, {"inner/changed.txt": "newer", "extra/more.txt": "more"})
    (target / "lost.txt").unlink()
    sync_folder(source, target)
    found = {path.relative_to(target).as_posix(): path.read_text() for path in target.rglob("*.*")}
    assert found == {"same.txt": "same", "inner/changed.txt": "old", "lost.txt": "lost"}
    assert (target / "same.txt").stat().st_ino == inode


# One child is waited for, the other is not; each takes a second of processor time.
CHILDREN = """
import subprocess, sys
code = "import time; data = bytearray(150_000_000)\\nwhile time.process_time() < 1: pass"
subprocess.Popen([sys.executable, "-c", code], start_new_session=True)
subprocess.run([sys.executable, "-c", code])
"""


@pytest.mark.skipif(
    sys.platform != "linux", reason="only Linux lets a process wait for those that its children leave behind"
)
def test_all_processes_count_once_in_time_and_in_memory_the_largest(tmp_path: Path) -> None:
    run = run_command([sys.executable, "-c", CHILDREN], tmp_path)
    assert 2 < run.cpu < 3
    assert 150 < run.megabytes < 300


def test_a_command_that_fails_is_an_error_with_its_output(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="so it is"):
        run_command([sys.executable, "-c", "raise SystemExit('so it is')"], tmp_path)


class _FakeProcess:
    def poll(self) -> None:
        return None


def write_log(log: Path, text: str) -> None:
    with log.open("a") as file:
        file.write(text)


@pytest.mark.parametrize(
    "finish",
    [
        lambda out, log: [(out / name).write_text("new and longer") for name in ("a.pdf", "b.pdf")],
        lambda out, log: write_log(log, "built guide in 3.1 s\n2 blocks made anew, 0.4 s\n"),
        lambda out, log: write_log(log, "nothing has changed; dist is up to date (0.12 s)\n"),
    ],
    ids=["all files are new", "it says that it is over", "nothing had to be done"],
)
def test_a_save_is_over(
    finish: Callable[[Path, Path], object], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("benchmarks.runs.PAUSE", 0)
    monkeypatch.setattr("benchmarks.runs.MAX_REST", 0)
    monkeypatch.setattr("benchmarks.runs.MAX_WAIT", 5)
    out, log = lay(tmp_path / "out", {"a.pdf": "a", "b.pdf": "b"}), tmp_path / "log"
    log.write_text("watching; 1.0 s\n")
    session = Watch(out, log, _FakeProcess())  # type: ignore[arg-type]
    assert session.time_save(lambda: finish(out, log)).seconds < 1


def test_a_save_is_not_over_when_one_file_is_new(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("benchmarks.runs.MAX_WAIT", 0.3)
    out, log = lay(tmp_path / "out", {"a.pdf": "a", "b.pdf": "b"}), tmp_path / "log"
    log.write_text("watching\n")
    session = Watch(out, log, _FakeProcess())  # type: ignore[arg-type]
    with pytest.raises(CommandError, match="did not build"):
        session.time_save(
            lambda: [(out / "a.pdf").write_text("new and longer"), write_log(log, "built guide in 3.1 s\n")]
        )
    with pytest.raises(CommandError, match="errors"):
        session.time_save(lambda: write_log(log, "problems: 0 mended, 1 to mend\n"))


@pytest.mark.nightly
def test_a_watch_is_measured_and_ends(workshop: Workshop) -> None:
    workshop.build_cold()
    workshop.save()
    with workshop.watch() as session:
        run = session.time_save(lambda: EDITS[0].apply(workshop, 1))
    assert 0 < run.seconds < 600
    assert session.megabytes > 20
    workshop.restore()
    assert "One more sentence" not in choose_chapter(workshop.book).read_text()


def test_the_median_of_each_figure_counts_and_the_most_memory() -> None:
    runs = [Run(1, 9, 100), Run(3, 7, 300), Run(2, 8, 200)]
    assert take_median(runs) == Run(2, 8, 300)


def test_chapters_are_joined_with_notes_and_links_of_their_own() -> None:
    chapters = {
        "01-a.md": "---\ntitle: A\n---\nSee [b](02-b.md).[^x]\n\n```python run\n1\n```\n\n[^x]: A note.\n",
        "02-b.md": "---\ntitle: B\n---\nSo.[^x]\n\n[^x]: Another.\n",
    }
    text = join_chapters(chapters)
    assert "# A {#chapter-01-a}\n" in text
    assert "[b](#chapter-02-b)" in text
    assert "```python\n" in text
    assert [text.count(f"[^chapter-{name}-x]") for name in ("01-a", "02-b")] == [2, 2]


def test_refused_formulas_become_code_and_code_stays() -> None:
    text = "A $x$ and $y + z$ for $5 or `$x$`.\n\n$$\ny^2\n$$\n\n```python\n$x$\n```\n"
    assert find_formulas(text) == ["$x$", "$y + z$", "$$\ny^2\n$$"]
    changed = substitute_formulas(text, {"$x$", "$$\ny^2\n$$"})
    assert changed == "A `x` and $y + z$ for $5 or `$x$`.\n\n`y^2`\n\n```python\n$x$\n```\n"


def make_results() -> Results:
    results = Results()
    for size, factor in ((342, 3), (114, 1), (1026, 9)):
        for label in (FIVE_FILES, TWO_FILES):
            results.builds[size, label, COLD] = Run(20 * factor, 40 * factor, 500 + factor)
    results.builds[114, FIVE_FILES, NOTHING] = Run(0.15, 0.1, 25)
    for number, edit in enumerate(EDITS, 1):
        results.builds[114, FIVE_FILES, edit.name] = Run(2 * number, 1, 100)
    results.builds[114, FIVE_FILES, f"{WATCH}{SENTENCE}"] = Run(0.875)
    results.watch_megabytes[114, FIVE_FILES] = 600
    results.sizes[114, FIVE_FILES] = {"guide.pdf": 3560}
    results.others = {WEASYPRINT: (Run(50, 50, 900), 4000), PRINCE: (Run(6, 6, 240), 2400)}
    results.notes.append("A note.")
    return results


def test_the_report_has_a_table_for_each_size_and_the_ratios() -> None:
    lines = list(write_tables(make_results()))
    assert [line for line in lines if line.startswith("## ")] == [
        "## 114 questions", "## 342 questions", "## 1,026 questions", "## Other programs", "## Compared",
    ]  # fmt: skip
    assert "| a sentence in an answer | 2.00 | 1.00 | 100 | 0.88 |  |  |  |  |" in lines
    tables = [line for line in lines if line.startswith("|")]
    assert {line.count("|") for line in tables} == {6, 10}
    ratios = list(compare(make_results()))
    assert ratios[0].endswith(": 0.33 of the time that Prince takes for one PDF.")
    assert "0.40 of the time and 0.80 of the CPU" in ratios[1]
    assert sum("3.00 times as long" in ratio for ratio in ratios) == 4
    assert ratios[-1] == "- The largest process of all builds used 600 MB."


def test_the_part_about_reading_stays_unless_it_was_measured() -> None:
    before = "# Benchmarks\n\nOld.\n\n## Reading\n\nAs it was.\n"
    kept = write_report(make_results(), 3, 1, (1, 3, 9), before, "")
    assert "The others are 3 and 9 copies of its chapters" in kept
    assert kept.endswith("## Reading\n\nAs it was.\n")
    assert "Old." not in kept
    assert "{" not in kept
    measured = write_report(make_results(), 3, 1, (1, 3, 9), before, "| new |")
    assert measured.endswith("| new |\n")
    assert "As it was." not in measured
    assert "{" not in measured
