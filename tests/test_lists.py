"""The lists and the key of a book whose titles are long and whose questions are not all answered."""

import re
import zipfile
from pathlib import Path

import pypdfium2
import pytest
from conftest import lay

import build
from studyguide.compose.typography import shorten_title
from studyguide.model import Html

LONG = (
    "What does `a basket of cane` hold, and what does it hold when the dough has been in it for more than an hour, and is as"
    " warm as the kitchen in which it stands?"
)
BREAD = f"""\
# 🍞 Bread

## What is a [peel](https://example.org/peel) for? ✨

To load loaves.

## {LONG}

# Cake

## What is in a cake?

# Oven

## How hot is it inside of the oven before `getDerivedTemperatureFromProperties(x)`?

As hot as it can be.
"""
UNANSWERED = "Questions in this book that have no answer: 2."


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the guide and of the EPUB of a guide that somebody else wrote."""
    folder = lay(tmp_path_factory.mktemp("lists"), {"bread.md": BREAD})
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        options = ["-q", "--allow-missing-answers", "-e", "guide", "-e", "answers", "-e", "tablet"]
        assert build.main(["build", "bread.md", *options]) == 0
    return folder / "dist"


def read_pages(path: Path) -> list[str]:
    """Return the text of each page, with single spaces."""
    document = pypdfium2.PdfDocument(path)
    return [" ".join(page.get_textpage().get_text_range().split()) for page in document]


def test_a_link_in_a_title_leaves_its_words_in_the_contents_with_the_pages_of_question_and_answer(books: Path) -> None:
    contents = next(page for page in read_pages(books / "bread.pdf") if "Contents" in page)
    assert "1.1 What is a peel for? 1 4 1.2" in contents


def test_code_in_the_contents_goes_to_the_next_line_and_is_not_divided(books: Path) -> None:
    document = pypdfium2.PdfDocument(books / "bread.pdf")
    contents = next(text for page in document if "Contents" in (text := page.get_textpage().get_text_range()))
    contents = re.sub(r"\s*\r\n", "\n", contents)
    assert "before\ngetDerivedTemperatureFromProperties(x)?" in contents


def test_a_long_title_is_shortened_in_the_lists_of_a_printed_book_and_whole_elsewhere(books: Path) -> None:
    pages = read_pages(books / "bread.pdf")
    assert [page.split()[0] for page in pages if "an hour, and is as…" in page] == ["Contents", "Progress"]
    assert any("the kitchen in which it stands?" in page for page in pages)
    titles = [entry.get_title() for entry in pypdfium2.PdfDocument(books / "bread.pdf").get_toc()]
    assert f"1.2 {LONG.replace('`', '')}" in titles
    with zipfile.ZipFile(books / "bread.epub") as archive:
        (navigation,) = (archive.read(name).decode() for name in archive.namelist() if name.endswith("nav.xhtml"))
    assert "in which it stands?" in navigation


@pytest.mark.parametrize(
    ("title", "shown"),
    [
        ("Short", "Short"),
        (f"{'word ' * 22}and (then, <em>the <code>x = y + z(1)</code></em> end)", f"{'word ' * 22}and (then…"),
        (f"{'word ' * 20}<em>and then, the other words</em> end", f"{'word ' * 20}<em>and then, the other…</em>"),
        (f"Which <code>{'a b ' * 40}</code> is it?", f"Which <code>{'a b ' * 40}</code>…"),
        ("面" * 70, "面" * 60 + "…"),
    ],
)
def test_a_title_is_cut_behind_a_word_and_never_in_code(title: str, shown: str) -> None:
    assert shorten_title(Html(title)) == shown


def test_a_key_holds_the_questions_that_have_an_answer_and_the_book_says_how_many_have_none(books: Path) -> None:
    guide = read_pages(books / "bread.pdf")
    key = " ".join(page for page in guide if page.startswith("Answers "))
    assert "Answers 1 Bread 1.1 What is a peel for?" in key and "Answers 3 Oven 3.1 How hot is it" in key
    assert not any(left_out in key for left_out in ("1.2", "2.1", "Cake"))
    assert any(UNANSWERED in page for page in guide)
    question = next(page for page in guide if "What is in a cake?" in page and "Contents" not in page)
    assert "→" not in question
    answers = read_pages(books / "bread-answers.pdf")
    assert any(UNANSWERED in page for page in answers)
    assert not any("What is in a cake?" in page for page in answers)


def test_a_question_of_an_epub_without_an_answer_has_no_link_to_one(books: Path) -> None:
    with zipfile.ZipFile(books / "bread.epub") as archive:
        texts = {name: archive.read(name).decode() for name in archive.namelist() if name.endswith(".xhtml")}
    chapters = "".join(text for name, text in texts.items() if "chapter-" in name)
    assert chapters.count("#answer-") == 2
    assert not any("answers-cake" in name for name in texts)
    assert any(UNANSWERED in text for text in texts.values())


def test_an_emoji_that_decorates_a_title_is_in_the_epub_and_not_in_print(books: Path) -> None:
    printed = " ".join(read_pages(books / "bread.pdf"))
    assert "[" not in printed and "Answers 1: Bread" in printed
    with zipfile.ZipFile(books / "bread.epub") as archive:
        assert "for? ✨" in "".join(archive.read(name).decode() for name in archive.namelist() if "chapter-" in name)
