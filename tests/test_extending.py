"""CONTRIBUTING's table "To … touch …" is whole: with the files changed that a row names, and no others, the program can do the new thing."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
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


@pytest.mark.parametrize("package", ["", "compose", "epub", "pdf", "reading", "rules"])
def test_the_docstring_of_a_package_names_each_of_its_modules(package: str) -> None:
    folder = ROOT / "studyguide" / package
    named = set(re.findall(r"\w+", (folder / "__init__.py").read_text(encoding="utf-8").split('"""')[1]))
    modules = {path.stem for path in folder.glob("*.py")} - {"__init__"}
    assert sorted(modules - named) == []


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
    assert run(program, "check") == (0, f"{WARNING}content: 1 chapter, 2 questions, 1 warning\n")
    lay(tmp_path / "content", {"guide.toml": IGNORE})
    assert run(program, "check", "--strict") == (0, "content: 1 chapter, 2 questions, no problems\n")


OUTPUT = '''"""Book → plain text."""

from collections.abc import Sequence

from studyguide.html_text import strip_tags
from studyguide.model import Artifact, Book, MediumOptions, Section
from studyguide.output import Output
from studyguide.problems import Place
from studyguide.store import CacheStore, digest
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TextOptions(MediumOptions):
    rule: str = "-"


@dataclass(frozen=True, slots=True)
class TextJob:
    section: Section

    @property
    def key(self) -> str:
        return digest("text", self.section.html)

    @property
    def place(self) -> Place:
        return self.section.place


def make_jobs(book: Book) -> Sequence[TextJob]:
    return [TextJob(section) for section in book.sections]


def run_job(job: TextJob) -> str:
    return strip_tags(job.section.html)


def finish(book: Book, texts: Sequence[str], store: CacheStore) -> Artifact:
    rule = f"\\n{book.edition.options.rule * 3}\\n"
    return Artifact(f"{book.file_stem}.txt", rule.join(texts).encode(), book.edition.name)


OUTPUT = Output(
    name="text",
    options=TextOptions,
    template_folder="text",
    stylesheets=lambda options: [],
    make_jobs=make_jobs,
    run_job=run_job,
    finish=finish,
)
'''
TEMPLATES = {
    "document.html": "{{ section.html }}\n",
    "reference.html": "{% macro reference(anchor, arrow, text, locale, pushed, own='') %}{{ text }}{% endmacro %}\n",
}
EDITION = '[editions.plain]\noutput = "text"\nrule = "="\n'


def test_add_an_output(tmp_path: Path) -> None:
    program = copy_program(tmp_path / "program")
    lay(tmp_path / "content", {"01-a.md": "## Why is it? {#why}\n\n### Answer\nBecause.\n", "guide.toml": EDITION})
    assert "`output` is `text`" in run(program, "check")[1]
    lay(program / "studyguide/text_book", {"__init__.py": OUTPUT})
    lay(program / "templates/text", TEMPLATES)
    pipeline = program / "studyguide/pipeline.py"
    text = pipeline.read_text()
    rows, line = "(pdf.OUTPUT, epub.OUTPUT, anki.OUTPUT, web.OUTPUT)", "from studyguide import anki, epub, pdf, web\n"
    assert text.count(rows) == text.count(line) == 1
    pipeline.write_text(
        text.replace(rows, "(pdf.OUTPUT, epub.OUTPUT, anki.OUTPUT, web.OUTPUT, text_book.OUTPUT)").replace(
            line, "from studyguide import anki, epub, pdf, text_book, web\n"
        )
    )

    code, said = run(program, "build", "-e", "plain", "-j", "1", "--no-cache")
    assert code == 0, said
    (book,) = (tmp_path / "dist").iterdir()
    *_, chapter, key = book.read_text().split("\n===\n")
    assert "1.1 Why is it? Answer" in chapter
    assert "Because." in key
    assert "Because." not in chapter


FAMILY = '''"""A question is a line that begins with `Q>`, its answer the next one, which begins with `A>`."""

from collections.abc import Iterator

from studyguide.importers.candidates import Candidate, make_candidate
from studyguide.importers.document import Document
from studyguide.importers.model import Line


def find(document: Document) -> Iterator[Candidate]:
    for at, line in enumerate(document.lines[:-1]):
        answer = document.lines[at + 1]
        if line.text.startswith("Q> ") and answer.text.startswith("A> "):
            lead = (Line("**Answer:** " + answer.text[3:], answer.origin),)
            title = line.text[3:]
            found = make_candidate(document, "arrows", ("arrow",), at, at + 1, title, lead=lead, end=at + 2)
            if found:
                yield found
'''
GUIDE = "# Facts\n\n" + "".join(f"Q> What is {word}?\nA> It is {word} indeed.\n\n" for word in ("red", "green", "blue"))


def test_add_a_family_of_guides(tmp_path: Path) -> None:
    program = copy_program(tmp_path / "program")
    lay(tmp_path, {"facts.md": GUIDE})
    lay(program / "studyguide/importers/families", {"arrows.py": FAMILY})
    package = program / "studyguide/importers/families/__init__.py"
    text = package.read_text()
    line, row = "from studyguide.importers.families import alternating,", '    "bare": lines.find,\n'
    assert text.count(line) == text.count(row) == 1
    package.write_text(
        text.replace(line, "from studyguide.importers.families import alternating, arrows,").replace(
            row, f'    "arrows": arrows.find,\n{row}'
        )
    )

    code, said = run(program, "check", "facts.md")
    assert code == 0, said
    assert "3 questions, 3 with an answer" in said
    assert "understood: 3 as arrows" in said
    code, said = run(program, "import", "facts.md", "--to", "new", "--dialect", "arrows")
    assert code == 0, said
    (chapter,) = (tmp_path / "new").glob("*.md")
    assert "## What is green?" in chapter.read_text()
    assert "It is green indeed." in chapter.read_text()
