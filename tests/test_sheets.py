"""Sheets of a mock interview: a page for each question, with what an interviewer needs beside it."""

import re
from pathlib import Path

import pypdfium2
import pytest
from conftest import lay

import build

CHAPTER = """---
title: Sums
---
An introduction.

## What is one? {#one .easy tags="counting first"}

### Hint
Less than two.

### Answer
A number.

### Follow-ups
- Is nought one, too?

## What is two? {#two .hard marks=3}

### Answer
The next.
"""


def read_pages(path: Path) -> list[str]:
    pages = (page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(path))
    return [" ".join(page.replace("\u00a0", " ").split()) for page in pages]


@pytest.mark.parametrize("page", ["a4", "a5"])
def test_each_question_has_a_page_with_follow_ups_a_rating_and_room(page: str, tmp_path: Path) -> None:
    settings = f'[editions.interview]\nsheets = true\npage = "{page}"\n'
    lay(tmp_path, {"content/01-sums.md": CHAPTER, "content/guide.toml": settings})
    assert build.main(["build", str(tmp_path / "content"), "-q", "-e", "interview", "-o", str(tmp_path / "dist")]) == 0
    pages = read_pages(tmp_path / "dist" / "sums-interview.pdf")
    first, second = (text for text in pages if "right, with reasons, limits and an example" in text)
    for sheet in (first, second):
        assert all(f" {word} " in f" {sheet} " for word in ("Name", "Date", "Rating", "Notes"))
        assert "1 no answer, or a wrong one 2 the idea" in sheet
    assert "1.1 What is one?" in first
    assert "Hint: Less than two." in first
    assert "counting · first" in first
    assert "Then ask – Is nought one, too?" in first
    assert "Then ask" not in second
    assert re.search(r"1\.2 .*What is two\?", second)
    assert "3 marks" in second
    (key,) = (number for number, text in enumerate(pages) if "The next." in text and "What is two?" in text)
    assert "nought" not in pages[key]
    assert re.search(r"→ p\. \d", first)


def test_an_edition_with_answers_below_the_questions_has_no_sheets(tmp_path: Path) -> None:
    settings = "[editions.teacher]\nsheets = true\n"
    lay(tmp_path, {"content/01-sums.md": CHAPTER, "content/guide.toml": settings})
    assert build.main(["build", str(tmp_path / "content"), "-q", "-e", "teacher", "-o", str(tmp_path / "dist")]) == 0
    (page,) = (text for text in read_pages(tmp_path / "dist" / "sums-teacher.pdf") if "The next." in text)
    assert "Follow-ups – Is nought one, too?" in page
    assert "Rating" not in page
