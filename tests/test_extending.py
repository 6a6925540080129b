"""README's table "To … touch …" is whole: with the files changed that a row names, and no others, the program can do the new thing."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from conftest import ROOT, lay

FUNCTIONS = '''

def shouted_title(project: Project, guide: Guide) -> Iterator[Problem]:
    """Capital letters are hard to read."""
    for question in guide.questions:
        if question.title.markdown.isupper():
            yield Problem(question.place, "shouted-title", "the question is in capital letters", "write it in small ones")


def too_excited(project: Project, guide: Guide) -> Iterator[Problem]:
    """A question ends with a question mark."""
    for question in guide.questions:
        if question.title.markdown.endswith("!"):
            yield Problem(question.place, "too-excited", "the question ends with `!`", "end it with `?`")
'''
ERROR_PAGE = "# shouted-title\n\nError: a question is in capital letters.\n\nCapital letters are hard to read.\n"
WARNING_PAGE = "# too-excited\n\nWarning: a question ends with an exclamation mark.\n\nA question asks.\n"
CHAPTER = "## WHY IS IT? {#why}\n\n### Answer\nBecause.\n\n## Tell me how! {#how}\n\n### Answer\nSo.\n"
IGNORE = '[[ignore]]\nrule = "too-excited"\nreason = "It is meant."\n'
ERROR = """\
content/01-a.md:1:1: the question is in capital letters [shouted-title]
  fix: write it in small ones
"""
WARNING = """\
content/01-a.md:6:1: warning: the question ends with `!` [too-excited]
  fix: end it with `?`
"""


def copy_program(folder: Path) -> Path:
    """A copy of the program, in which a test can change files as one does who works on it."""
    for name in ("studyguide", "templates", "styles", "docs/rules"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "build.py", folder)
    return folder


def run(program: Path, *args: str) -> tuple[int, str]:
    """The exit code and all output of a command of the program, in the folder of its content."""
    command = [sys.executable, str(program / "build.py"), *args]
    environment = {**os.environ, "VIRTUAL_ENV": sys.prefix, "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(command, cwd=program.parent, env=environment, check=False, capture_output=True, text=True)
    return done.returncode, done.stderr + done.stdout


def test_add_a_check(tmp_path: Path) -> None:
    program = copy_program(tmp_path / "program")
    lay(tmp_path / "content", {"01-a.md": CHAPTER})
    known = run(program, "rules")[1].splitlines()
    with (program / "studyguide/rules/questions.py").open("a") as subject:
        subject.write(FUNCTIONS)
    table = program / "studyguide/rules/check.py"
    rows = {"ERRORS": "questions.shouted_title", "WARNINGS": "questions.too_excited"}
    text = table.read_text()
    for name, row in rows.items():
        head = f"\n{name}: tuple[Check, ...] = (\n"
        assert text.count(head) == 1
        text = text.replace(head, f"{head}    {row},\n")
    table.write_text(text)
    lay(program / "docs/rules", {"shouted-title.md": ERROR_PAGE, "too-excited.md": WARNING_PAGE})

    assert run(program, "check") == (1, f"{ERROR}{WARNING}1 problem and 1 warning; nothing was written\n")
    assert run(program, "explain", "shouted-title") == (0, ERROR_PAGE)
    assert run(program, "explain", "too-excited") == (0, WARNING_PAGE)
    new = [
        "shouted-title        error    a question is in capital letters",
        "too-excited          warning  a question ends with an exclamation mark",
    ]
    assert run(program, "rules")[1].splitlines() == sorted([*known, *new])
    lay(tmp_path / "content", {"01-a.md": CHAPTER.replace("WHY IS IT", "Why is it")})
    assert run(program, "check") == (0, f"{WARNING}content: 1 chapters, 2 questions, 1 warning\n")
    lay(tmp_path / "content", {"guide.toml": IGNORE})
    assert run(program, "check", "--strict") == (0, "content: 1 chapters, 2 questions, no problems\n")
