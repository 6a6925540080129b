"""The place of an edit is found by what its author changed, and by nothing else."""

from pathlib import Path

import pytest
from conftest import PIXEL, SMALL, lay

from studyguide.edit import Edit
from studyguide.model import Artifact, Pagination
from studyguide.pipeline import read_guide
from studyguide.reading.project import read_project
from studyguide.watching import Version, _describe_page

CHAPTER = "01-first-things.md"


def read(folder: Path, **changed: str) -> Version:
    """The small guide with other chapters; ``changed`` has the beginnings of their names."""
    files = {name: changed.get(name[3:8], text) for name, text in SMALL.items()}
    project = read_project(str(lay(folder, files)))
    return Version(project, read_guide(project))


def find(tmp_path: Path, old: str, new: str) -> Edit | None:
    assert old in SMALL[CHAPTER]
    return read(tmp_path / "b", first=SMALL[CHAPTER].replace(old, new)).find_edit_since(read(tmp_path / "a"))


@pytest.mark.parametrize(
    ("old", "new", "words", "anchor"),
    [
        ("What is *one*?", "What is *1*?", "question 1.1", "first"),
        (".easy", ".medium", "question 1.1", "first"),
        ("Look at your thumb.", "Look.", "question 1.1", "first.hint"),
        ("The number $1$", "It is $1$", "question 1.1", "first.answer"),
        ("- [x] `2`", "- [x] `two`", "question 1.2", "second"),
        ("\\frac{4}{2}", "\\frac{6}{3}", "question 1.2", "second.explanation"),
        ("An introduction.", "A beginning.", "chapter `First things`", "first-things"),
        ("## What is *one*?", "## What is none? {#none}\n\n### Answer\nNothing.\n\n## What is *one*?", "question 1.1", "none"),
    ],
)  # fmt: skip
def test_an_edit_is_found_where_its_author_made_it(tmp_path: Path, old: str, new: str, words: str, anchor: str) -> None:
    edit = find(tmp_path, old, new)
    assert edit is not None
    assert (str(edit), edit.anchors[0]) == (words, anchor)


def test_another_number_or_line_is_no_edit_of_a_question(tmp_path: Path) -> None:
    """The second question stands three lines further down, and is the third one."""
    edit = find(tmp_path, "## What is *one*?", "\n\n\n## What is *one*?")
    assert edit is None
    edit = find(tmp_path, "## Which", "## What is none? {#none}\n\n### Answer\nNothing.\n\n## Which")
    assert edit is not None and edit.question is not None and edit.question.id == "none"


def test_a_figure_that_is_drawn_anew_is_an_edit_of_its_question(tmp_path: Path) -> None:
    before = read(tmp_path)
    figure = tmp_path / "figures" / "dots.svg"
    figure.write_text(figure.read_text(encoding="utf-8").replace('r="9"', 'r="8"'), encoding="utf-8")
    (tmp_path / "figures" / "other.png").write_bytes(PIXEL)
    project = read_project(str(tmp_path))
    edit = Version(project, read_guide(project)).find_edit_since(before)
    assert edit is not None and edit.anchors[0] == "second.explanation"


def test_a_figure_that_is_drawn_anew_is_an_edit_of_the_section_that_shows_it(tmp_path: Path) -> None:
    section = "# More {#more}\n\n![A picture](figures/more.svg)\n\n## What is *one*?"
    figure = SMALL["figures/dots.svg"]
    lay(tmp_path, {"figures/more.svg": figure})
    before = read(tmp_path, first=SMALL[CHAPTER].replace("## What is *one*?", section))
    lay(tmp_path, {"figures/more.svg": figure.replace('r="9"', 'r="8"')})
    project = read_project(str(tmp_path))
    edit = Version(project, read_guide(project)).find_edit_since(before)
    assert edit is not None and edit.anchors == ("more", "first-things")


def test_the_page_of_an_edit_is_that_of_the_nearest_anchor_that_the_book_has(tmp_path: Path) -> None:
    edit = find(tmp_path, "The number $1$", "It is $1$")
    assert edit is not None
    pages = Pagination(("i", "1", "2", "3"), {"first": (1,), "answer-first": (3,)})
    ebook, book = Artifact("a.epub", b""), Artifact("a.pdf", b"", pages=4, pagination=pages)
    assert edit.find_page(pages.anchors) == 3
    assert _describe_page([ebook, book], edit) == " on page 3"
    assert _describe_page([ebook], edit) == ""
