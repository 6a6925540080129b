"""The lists and the key of a book whose titles are long and whose questions are not all answered."""

import re
import zipfile
from pathlib import Path

import pypdfium2
import pytest
from conftest import conforms, lay

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


# ---------------------------------------------------------------- a manual: headings in the contents, and no pages that it has no use for

PROSE = """\
---
title: Bake a loaf
kind: prose
---
Begin in the evening.

## Weigh the *flour*

It is dry.

### To the gram

So.

## Heat the `oven`[^hot] {#heat}

It is slow.

[^hot]: Hot.
"""
ASKED = '## What is a peel? {#peel tags="tools"}\n\n### Answer\nA shovel for loaves, [as told](#heat).\n'
WEB = '[editions.web]\noutput = "web"\n'
LISTED = f"""\
title = "T"
list-headings = true
[editions.guide]
without-pages = ["how-to-use", "progress", "index"]
[editions.tablet]
without-pages = ["how-to-use", "index"]
{WEB}without-pages = ["how-to-use", "index"]
"""
HEADINGS = ["Weigh the flour", "Heat the oven"]


def build_manual(folder: Path, settings: str) -> Path:
    """Build the books of a guide with a chapter of prose; return their folder."""
    guide = lay(folder / "guide", {"guide.toml": settings, "01-bake.md": PROSE, "02-ask.md": ASKED})
    editions = ["-e", "guide", "-e", "tablet", "-e", "web"]
    assert build.main(["build", str(guide), "--strict", "-q", "-o", str(folder / "dist"), *editions]) == 0
    return folder / "dist"


@pytest.fixture(scope="module")
def manual(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_manual(tmp_path_factory.mktemp("manual"), LISTED)


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_manual(tmp_path_factory.mktemp("plain"), f'title = "T"\n{WEB}')


def read_lists(books: Path) -> dict[str, str]:
    """Return the texts of the contents of each book."""
    with zipfile.ZipFile(books / "t.epub") as book:
        navigation = book.read("EPUB/nav.xhtml").decode().partition('id="landmarks"')[0]
    pages = next(page for page in read_pages(books / "t.pdf") if page.startswith("Contents"))
    return {"pdf": pages, "epub": navigation, "web": (books / "t-web" / "index.html").read_text(encoding="utf-8")}


def test_the_contents_list_the_headings_of_prose_if_the_guide_says_so(manual: Path, plain: Path) -> None:
    lists = read_lists(manual)
    assert "Page Answer Bake a loaf 1 Weigh the flour 1 Heat the oven 1 1 Ask" in lists["pdf"]
    found = re.findall(r'<li><a href="chapter-bake\.xhtml#(.*?)">(.*?)</a>', lists["epub"])
    assert [words for _, words in found] == HEADINGS
    assert found == re.findall(r'<li><a href="?chapter-bake\.html#(.*?)"?>(.*?)</a>', lists["web"])
    page = (manual / "t-web" / "chapter-bake.html").read_text(encoding="utf-8")
    assert all(re.search(rf'id="?{re.escape(name)}["> ]', page) for name, _ in found)
    assert not any(heading in text for heading in HEADINGS for text in read_lists(plain).values())


def test_an_edition_leaves_out_the_pages_that_it_has_no_use_for(manual: Path, plain: Path) -> None:
    titles = {
        "pdf": ["How to use this book", "Progress", "Index"],
        "epub": ["How to use this book", "Questions by subject"],
    }
    titles["web"] = titles["epub"]
    for form, text in read_lists(plain).items():
        assert [title for title in titles[form] if title not in text] == []
    for form, text in read_lists(manual).items():
        assert [title for title in titles[form] if title in text] == []
    words = " ".join(read_pages(manual / "t.pdf"))
    assert not any(title in words for title in titles["pdf"])
    assert not {"how-to-use.html", "by-subject.html"} & {each.name for each in (manual / "t-web").iterdir()}
    conforms(manual / "t.epub")


def test_the_outline_of_a_pdf_has_the_headings_of_prose_in_their_levels(manual: Path) -> None:
    outline = [(each.level, each.get_title()) for each in pypdfium2.PdfDocument(manual / "t.pdf").get_toc()]
    bake = outline.index((0, "Bake a loaf"))
    assert outline[bake + 1 : bake + 3] == [(1, "Weigh the flour"), (2, "To the gram")]
