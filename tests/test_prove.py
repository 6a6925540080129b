"""``./build.py prove``: code that is marked to be run does what is written beside it, and sums come out."""

import io
import sys
from pathlib import Path

import pytest
from conftest import lay, until

import build
from studyguide import app
from studyguide.model import Project
from studyguide.rules.prove import report_failures
from studyguide.runtime import run_examples

CHAPTER = """\
## One? {#one}

### Answer
Text.

<!-- check: 2 + 2 == 4 -->

```python run
for number in range(2):
    print(number)
# 0
# 1
print("a  b")  # a  b
```

- In a list:

  ```python run
  print(number + 1)  # 2
  ```

```python
print(1 / 0)
```
"""


def prove_chapter(folder: Path, chapter: str, capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    lay(folder / "content", {"01-a.md": chapter})
    code = build.main(["prove", str(folder / "content"), "--yes"])
    out, err = capsys.readouterr()
    return code, (out + err).replace(f"{folder}/", "")


def test_what_is_right_is_counted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert prove_chapter(tmp_path, CHAPTER, capsys) == (0, "content: 3 examples and sums are right\n")


@pytest.mark.parametrize(
    ("right", "wrong", "line"),
    [
        ("== 4", "== 5", "content/01-a.md:6: `2 + 2 == 5` is not true [wrong-claim]"),
        (
            "2 + 2",
            "2 +",
            "content/01-a.md:6: `2 + == 4` raises SyntaxError: invalid syntax (<string>, line 1) [failed-code]",
        ),
        (
            "2 + 2 == 4",
            "np.ones(2) == 1",
            "content/01-a.md:6: `np.ones(2) == 1` raises ValueError: The truth value of an array",
        ),
        ("# a  b", "# a b", "content/01-a.md:13: the code prints `a  b`, not `a b` [wrong-output]"),
        ("# 1\n", "", "content/01-a.md:9: the code prints `0 / 1`, not `0` [wrong-output]"),
        ("  # 2", "", "content/01-a.md:19: the code prints `2` [wrong-output]"),
        (
            "number + 1",
            "nothing",
            "content/01-a.md:19: the code raises NameError: name 'nothing' is not defined [failed-code]",
        ),
        ("range(2)", "range 2", "content/01-a.md:9: this is not Python: invalid syntax [failed-code]"),
    ],
)
def test_what_is_wrong_is_a_problem_with_its_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], right: str, wrong: str, line: str
) -> None:
    code, words = prove_chapter(tmp_path, CHAPTER.replace(right, wrong, 1), capsys)
    assert code == 1
    assert words.startswith(line)


def test_a_guide_that_others_wrote_is_proved_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    text = "### What is {0}?\n\n```python run\nprint({0})  # {1}\n```\n\n<!-- check: {0} > 0 -->\n\n"
    Path("guide.md").write_text("# Numbers\n\n" + text.format(1, 1) + text.format(2, 2))
    assert build.main(["prove", "guide.md", "--dialect", "headings", "-y"]) == 0
    assert capsys.readouterr().out == "guide.md: 4 examples and sums are right\n"
    Path("guide.md").write_text("# Numbers\n\n" + text.format(1, 1) + text.format(2, 3))
    assert build.main(["prove", "guide.md"]) == 1
    assert "guide.md:14: the code prints `2`, not `3` [wrong-output]" in capsys.readouterr().err


def test_another_questions_names_are_not_known(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    other = "\n## Two?\n\n### Answer\n```python run\nprint(number)  # 1\n```\n"
    code, words = prove_chapter(tmp_path, CHAPTER + other, capsys)
    assert code == 1
    assert "name 'number' is not defined" in words


def test_code_that_needs_what_is_not_installed_is_passed_over(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, words = prove_chapter(tmp_path, CHAPTER.replace("for number", "import no_such_package\nfor number"), capsys)
    assert code == 0
    assert words == "content: 1 examples and sums are right; not all could be run without no_such_package\n"


@pytest.mark.parametrize("status", [0, 3])
def test_code_that_ends_python_is_a_problem(tmp_path: Path, capsys: pytest.CaptureFixture[str], status: int) -> None:
    code, words = prove_chapter(
        tmp_path, CHAPTER.replace("for number", f"import os\nos._exit({status})\nfor number"), capsys
    )
    assert code == 1
    assert "the code ends Python" in words


@pytest.mark.parametrize(
    ("code", "says"),
    [
        ("exec('raise KeyboardInterrupt')", "19: the code raises KeyboardInterrupt [failed-code]"),
        ("type('E', (Exception,), {'__str__': lambda e: 5 / 0}).x", "19: the code raises AttributeError"),
        (
            "exec('class E(Exception):\\n def __str__(e): 5 / 0\\nraise E')",
            "19: the code raises an error without a text",
        ),
        (
            "__import__('threading').Thread(target=__import__('time').sleep, args=(600,)).start()",
            "19: the code prints `None`",
        ),
        ("-" * 100_000 + "1", "19: this is not Python: MemoryError"),
        ("'x' * 3_000_000", f"19: the code prints `{'x' * 1_000}…`, not `2` [wrong-output]"),
    ],
)
def test_an_error_of_the_guides_own_is_a_problem_with_its_line(
    code: str, says: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status, words = prove_chapter(tmp_path, CHAPTER.replace("number + 1", code), capsys)
    assert status == 1
    assert words.startswith(f"content/01-a.md:{says}")
    assert len(words) < 2_000


WRITE_ANSWER = """import os
for number in range(3, 20):
    try:
        os.write(number, {!r})
    except OSError:
        pass
os._exit(0)
"""


@pytest.mark.parametrize(
    "answer",
    [
        '{"failures": [{"kind": "raised", "example": 99}], "right": 1, "missing_packages": []}',
        '{"failures": [{"kind": "raised", "example": 0, "line": "1"}], "right": 1, "missing_packages": []}',
        '{"failures": [{"kind": "raised", "example": "0"}], "right": 1, "missing_packages": []}',
        '{"failures": [{"kind": "wrong-output", "example": 0, "printed": 5}], "right": 1, "missing_packages": []}',
        '{"failures": [], "right": "1", "missing_packages": []}',
        '{"failures": [], "right": 1, "missing_packages": [5]}',
        "[" * 60_000,
    ],
)
def test_an_answer_that_the_code_has_written_is_none(
    answer: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = WRITE_ANSWER.format(answer.encode())
    status, words = prove_chapter(tmp_path, CHAPTER.replace("for number", f"{code}\nfor number"), capsys)
    assert status == 1
    assert words.startswith("content: the code ends Python: it wrote into the answer of `prove` [failed-code]")


def test_a_missing_package_of_any_name_begins_no_line_of_the_log(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = "raise ModuleNotFoundError(name='a\\n::error::b\\x1b[2J')\nfor number"
    status, words = prove_chapter(tmp_path, CHAPTER.replace("for number", code), capsys)
    assert status == 0
    assert words.endswith("not all could be run without a ::error::b\ufffd[2J\n")


def test_code_of_a_file_that_cannot_be_read_is_not_passed_over(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status, words = prove_chapter(tmp_path, CHAPTER.replace("for number", "'\0'\nfor number"), capsys)
    assert status == 1
    assert "[control-character]" in words


def test_code_that_asks_python_to_end_is_a_problem_with_its_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, words = prove_chapter(tmp_path, CHAPTER.replace("number + 1", "exit(0)"), capsys)
    assert code == 1
    assert words.startswith("content/01-a.md:19: the code raises SystemExit: 0 [failed-code]")


def test_what_a_process_of_the_code_prints_is_not_taken_for_its_own(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    chapter = CHAPTER.replace("for number", 'import os\n_ = os.system("echo aside")\nfor number')
    assert prove_chapter(tmp_path, chapter, capsys) == (0, "content: 3 examples and sums are right\n")


@pytest.fixture
def fresh(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a guide that creates a file when it is run, in a working folder with a cache of its own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("STUDYGUIDE_CACHE", str(tmp_path / "cache"))
    code = f"open({str(tmp_path / 'ran')!r}, 'w').close()"
    return lay(tmp_path / "content", {"01-a.md": f"## One?\n\n### Answer\nA.\n\n```python run\n{code}\n```\n"})


class Terminal(io.StringIO):
    """A terminal on which a person has typed a text."""

    def isatty(self) -> bool:
        return True


def test_code_of_a_stranger_is_not_run_where_nobody_can_be_asked(
    fresh: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert build.main(["prove"]) == 1
    message = capsys.readouterr().err
    assert message == (
        "Error: content has code to run (examples and sums: 1), which may do what you may do; "
        "read it, and then add `--yes`\n"
    )
    assert not Path("ran").exists()


@pytest.mark.parametrize(
    ("typed", "code", "is_run"), [("y\n", 0, True), ("n\n", 1, False), ("\n", 1, False), ("", 130, False)]
)
def test_a_person_is_asked_once_about_the_code_of_a_guide(
    typed: str,
    code: int,
    is_run: bool,
    fresh: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(sys, "stdin", Terminal(typed))
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    assert build.main(["prove"]) == code
    words = capsys.readouterr().err
    assert "content has code to run (examples and sums: 1). It runs as you" in words
    assert Path("ran").exists() == is_run
    Path("ran").unlink(missing_ok=True)
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    assert build.main(["prove", "./content/../content"]) == (0 if is_run else 1)
    assert Path("ran").exists() == is_run


def test_yes_is_an_answer_for_this_guide_and_no_other(fresh: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert build.main(["prove", "--yes"]) == 0
    Path("ran").unlink()
    fresh.rename("other")
    assert build.main(["prove", "other"]) == 1
    assert not Path("ran").exists()


def test_the_programs_own_guide_and_a_guide_without_code_need_no_answer(
    fresh: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(app, "CHECKOUT_FOLDER", Path.cwd())
    assert build.main(["prove", "content"]) == 0
    assert Path("ran").exists()
    monkeypatch.undo()
    lay(fresh, {"01-a.md": "## One?\n\n### Answer\nA.\n"})
    assert build.main(["prove", str(fresh)]) == 0


def test_a_cache_that_cannot_be_used_forgets_the_answer(fresh: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("cache").write_text("no folder")
    assert build.main(["prove", "--yes"]) == 0
    assert build.main(["prove"]) == 1


def test_code_that_writes_into_the_answer_is_a_problem(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    noise = "import os\nfor handle in range(3, 20):\n    try:\n        _ = os.write(handle, b'\\xff noise')\n    except OSError:\n        pass\n"
    code, words = prove_chapter(tmp_path, CHAPTER.replace("for number", f"{noise}for number", 1), capsys)
    assert code == 1
    assert "the code ends Python: it wrote into the answer of `prove` [failed-code]" in words


def test_what_the_code_has_started_ends_with_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    note = tmp_path / "process"
    start = (
        "import subprocess\n"
        "child = subprocess.Popen(['sleep', '3600'], stdin=-3, stdout=-3, stderr=-3)\n"
        f"_ = open({str(note)!r}, 'w').write(str(child.pid))\n"
    )
    run = run_examples.run_examples([run_examples.Example("content/01-a.md", 5, "", start)])
    assert (run.right, run.failures) == (1, ())
    child = int(note.read_text())
    until(lambda: not Path(f"/proc/{child}/cmdline").exists() or not Path(f"/proc/{child}/cmdline").read_bytes())


def test_code_that_does_not_end_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_examples, "TIMEOUT", 1)
    run = run_examples.run_examples([run_examples.Example("content/01-a.md", 5, "", "while True: pass")])
    assert (run.right, run.failures) == (0, (run_examples.Failure("timed-out"),))
    (problem,) = report_failures(Project("content", None, ()), (), run.failures)
    assert str(problem) == "content: the code runs longer than 600 s [failed-code]\n  fix: make it shorter"
