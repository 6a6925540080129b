"""Pages that a compositor would not let pass are made up again."""

from collections.abc import Sequence
from itertools import zip_longest
from pathlib import Path

import pypdfium2
import pytest
from conftest import SMALL, lay

import build
from studyguide.model import PageSize
from studyguide.pdf.blocks import Block, Container
from studyguide.pdf.galley import Decoration, Galley, GalleyStrip
from studyguide.pdf.makeup import MAX_STRETCH, STRETCH, Material, lay_out_section
from studyguide.pdf.page_making import Break
from studyguide.pdf.section_writer import draw_decoration

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

What follows is no list, and so long that the last page is not short.

It has a second paragraph.

It has a third paragraph.
"""


def book(folder: Path, files: dict[str, str], edition: str = "guide") -> pypdfium2.PdfDocument:
    source = lay(folder / "content", {**SMALL, **files})
    assert build.main(["build", str(source), "-e", edition, "--out", str(folder / "dist"), "--quiet"]) == 0
    (path,) = (folder / "dist").glob("*.pdf")
    return pypdfium2.PdfDocument(path)


def texts(pdf: pypdfium2.PdfDocument) -> list[str]:
    return [" ".join(page.get_textpage().get_text_range().split()) for page in pdf]


def lefts(pdf: pypdfium2.PdfDocument, word: str) -> list[float]:
    """Return the place where a word begins."""
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
    pages = [
        text for text in texts(book(tmp_path, {"01-first-things.md": chapter})) if "Tag1" in text or "Tag2" in text
    ]
    assert [text.count("Tag") for text in pages] != [137], "more tags are needed for a second page"
    assert pages[-1].count("Tag") > 15


# ---------------------------------------------------------------- spaces that grow

PAGE = PageSize(150, 150, 0, 0, 0, 0)
"""200 px high and wide, without margins."""


def make_galley(*extents: tuple[float, float], kind: Break = Break.ALLOWED, height: float = 0.0) -> Galley:
    """A galley with strips from a top to a bottom."""
    strips = tuple(GalleyStrip(top, bottom, kind, ()) for top, bottom in extents)
    return Galley(strips, height or extents[-1][1], (), (), (), (), (), ())


def lay_out(*galleys: Galley, columns: int = 1, texts: Sequence[str] = ()) -> list[list[float]]:
    """Return the distances by which the strips of each page are moved from their places in the galleys."""
    path = (Container("dl", "glossary"),) if columns > 1 else ()
    blocks = [Block(text, path) for _, text in zip_longest(galleys, texts, fillvalue="")]
    material = Material(PAGE, blocks, galleys, [()] * len(galleys), (), None, columns, 100.0)
    return [[placed.dy for placed in layout.placed] for layout in lay_out_section(material)]


NEXT_PAGE = make_galley((0, 200))


def test_the_space_between_two_paragraphs_grows_and_that_between_their_lines_does_not() -> None:
    text = make_galley((0, 40), (40, 80), (90, 130), (130, 170))
    assert lay_out(text, NEXT_PAGE)[0] == [0, 0, STRETCH * 10, STRETCH * 10]


def test_the_space_between_two_blocks_grows() -> None:
    assert lay_out(make_galley((0, 80), height=90), make_galley((10, 90)), NEXT_PAGE)[0] == [0, 80 + STRETCH * 10]


def test_spaces_grow_in_proportion_to_the_foot_of_the_page() -> None:
    galley = make_galley((0, 60), (71, 131), (136.5, 192.5))
    assert lay_out(galley, NEXT_PAGE)[0] == pytest.approx([0, 5, 7.5])


def test_a_large_space_grows_no_more_than_others_unless_it_is_before_a_question() -> None:
    one, other = make_galley((0, 70), height=95), make_galley((25, 90))
    assert lay_out(one, other, NEXT_PAGE)[0] == [0, 70 + MAX_STRETCH]
    head = '<header class="head"><h2>Why?</h2></header>'
    assert lay_out(one, other, NEXT_PAGE, texts=["", head, ""])[0] == pytest.approx([0, 70 + STRETCH * 25])


def test_the_space_below_a_title_is_always_the_same() -> None:
    title, text = make_galley((0, 40), height=70), make_galley((0, 40), (50, 90))
    assert lay_out(title, text, NEXT_PAGE, texts=['<h1 class="plain">Index</h1>', "", ""])[0] == [
        0,
        70,
        70 + STRETCH * 10,
    ]


def test_the_spaces_of_the_last_page_do_not_grow() -> None:
    assert lay_out(make_galley((0, 40), (80, 120), (140, 182))) == [[0, 0, 0]]


def test_small_spaces_and_those_between_the_statements_of_a_listing_do_not_grow() -> None:
    assert lay_out(make_galley((0, 90), (94, 180)), NEXT_PAGE)[0] == [0, 0]
    assert lay_out(make_galley((0, 90), (100, 180), kind=Break.LISTING), NEXT_PAGE)[0] == [0, 0]


def test_strips_side_by_side_stay_at_one_height() -> None:
    # The second and the third stand beside the first; only the space above the fourth goes across the page.
    assert lay_out(make_galley((0, 100), (0, 40), (60, 90), (110, 180)), NEXT_PAGE)[0] == [0, 0, 0, STRETCH * 10]


def test_the_spaces_of_columns_grow_but_for_the_last_page() -> None:
    entries = [make_galley((10, 90)) for _ in range(7)]
    full, last = lay_out(*entries, columns=2)
    assert full == [-10, 80 + STRETCH * 10] * 2
    assert last == [-10, 80, -10]


def test_columns_end_at_the_foot_of_the_page() -> None:
    galleys = [make_galley((0, 190)), make_galley((0, 40), (140, 194)), make_galley((0, 150)), make_galley((0, 150))]
    assert lay_out(*galleys, columns=2)[0] == pytest.approx([0, 0, 6])


def test_the_border_of_a_box_follows_spaces_that_grow_inside_it() -> None:
    red = 1.0, 0.0, 0.0
    box = Decoration(0, 2, 5, 95, 0, 190, None, ((0.0, red),) * 3 + ((2.0, red),))
    galley = Galley((*make_galley((5, 90), (100, 185)).strips,), 190, (), (), (), (), (), (), (box,))
    material = Material(PAGE, [Block("")] * 2, [galley, NEXT_PAGE], [()] * 2, (), None)
    border = draw_decoration(box, lay_out_section(material)[0].placed, galley)
    assert b"5.000 0.000 2.000 195.500 re" in border
