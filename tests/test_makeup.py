"""Pages that a compositor would not let pass are made up again."""

from pathlib import Path

import pypdfium2
from conftest import SMALL, lay

import build

PLAN = """\
---
title: A plan
kind: prose
---
| Day | What to read | And then |
| --- | --- | --- |
| 1 | Alpha | Alef |
| 2 | All that was said before, once more and from the beginning to the end | Rest |

| Day | What to read | And then |
| --- | --- | --- |
| 3 | Beta | Bet, and all that was said before, once more and from the beginning |

| Day | What to read | Or else |
| --- | --- | --- |
| 4 | Gamma | Gimel |
"""
LATER = """\
---
title: Later
kind: prose
---
Read [what is below](#below), and [the second question](#second).

## Below {#below}

It is here.
"""
FIGURE = """\
---
title: A figure and a list
kind: prose
---
FILLER

![Two dots side by side.](figures/dots.svg "Two dots.")

- One
- Two, and what belongs to it, so that it takes a line more than one: two lines for all that there is to say
- Three
"""


def book(folder: Path, files: dict[str, str], edition: str = "guide") -> pypdfium2.PdfDocument:
    source = lay(folder / "content", {**SMALL, **files})
    assert build.main(["build", str(source), "-e", edition, "--out", str(folder / "dist"), "--quiet"]) == 0
    (path,) = (folder / "dist").glob("*.pdf")
    return pypdfium2.PdfDocument(path)


def texts(pdf: pypdfium2.PdfDocument) -> list[str]:
    return [" ".join(page.get_textpage().get_text_range().split()) for page in pdf]


def lefts(pdf: pypdfium2.PdfDocument, word: str) -> list[float]:
    """Where a word begins, wherever it stands."""
    found = []
    for page in (page.get_textpage() for page in pdf):
        searcher = page.search(word, match_case=True)
        while place := searcher.get_next():
            found.append(round(page.get_charbox(place[0], loose=True)[0], 1))
    return found


def test_a_reference_to_its_own_page_names_none(tmp_path: Path) -> None:
    text = " ".join(texts(book(tmp_path, {"02-later.md": LATER})))
    assert "Read what is below, and the second question (p. " in text


def test_tables_of_one_text_with_the_same_heads_have_the_same_columns(tmp_path: Path) -> None:
    pdf = book(tmp_path, {"02-plan.md": PLAN})
    alike, other = set(lefts(pdf, "And then")), set(lefts(pdf, "Or else"))
    assert (len(lefts(pdf, "And then")), len(alike), len(other)) == (2, 1, 1)
    assert lefts(pdf, "Alef") == lefts(pdf, "Bet,") == list(alike)
    assert other != alike


def test_a_figure_stands_on_its_page_where_the_list_below_it_does_not(tmp_path: Path) -> None:
    text = texts(book(tmp_path, {"02-figure.md": FIGURE.replace("FILLER", "A line.\n\n" * 22)}))
    page = next(number for number, each in enumerate(text) if "A line. A line." in each)
    assert ("Two dots." in text[page], "One" in text[page], "One" in text[page + 1]) == (True, False, True)


def test_a_figure_that_nearly_fits_is_set_smaller_and_leaves_no_hole(tmp_path: Path) -> None:
    files = {"figures/dots.svg": SMALL["figures/dots.svg"].replace("480 60", "480 240")}
    for lines in range(15, 20):
        text = FIGURE.replace("FILLER", "A line.\n\n" * lines).replace("A figure", f"{lines} lines, a figure")
        files[f"{lines}-after-{lines}-lines.md"] = text
    pages = [text for text in texts(book(tmp_path, files)) if "A line. A line." in text]
    assert ["Two dots." in text for text in pages] == [True] * 5


def test_an_index_does_not_end_with_a_page_of_a_few_lines(tmp_path: Path) -> None:
    tags = " ".join(f"tag{number}" for number in range(100, 237))
    chapter = SMALL["01-first-things.md"].replace('tags="counting"', f'tags="{tags}"')
    pages = [text for text in texts(book(tmp_path, {"01-first-things.md": chapter})) if "Tag1" in text or "Tag2" in text]
    assert [text.count("Tag") for text in pages] != [137], "more tags are needed for a second page"
    assert pages[-1].count("Tag") > 15
