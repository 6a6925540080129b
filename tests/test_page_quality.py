"""The measure of page quality finds the faults of a PDF, and none in a PDF without them."""

from pathlib import Path

import pytest

from benchmarks.page_quality import (
    PageQuality,
    TextArea,
    count_lines,
    ends_sentence,
    find_hole,
    measure_book,
    merge_intervals,
    write_table,
)
from studyguide.runtime.fontconfig import use_project_fonts

STYLES = """
@page { size: A4; margin: 25mm 21mm 25mm 23mm; }
h1, h2, p, li { font: 10pt/20pt "IBM Plex Serif"; margin: 0; orphans: 1; widows: 1; }
body, ul { margin: 0; }
h1 { bookmark-level: 1; }
h2 { bookmark-level: 2; break-after: auto; }
.next { break-before: page; }
.note { float: footnote; font-size: 7pt; }
"""
LINES = 35
"""The lines of 20 pt that fit on a page of 247 mm."""
AREA = TextArea(50, 550, 100, 200)


def fill(lines: int) -> str:
    return "<p>Full.</p>" * lines


def measure(folder: Path, *sections: str) -> PageQuality:
    """The quality of a book of these sections, each of which begins on a new page."""
    use_project_fonts()
    import weasyprint

    text = "".join(f'<section class="next">{section}</section>' for section in sections)
    html = f"<html lang='en'><head><title>x</title><style>{STYLES}</style></head><body>{text}</body></html>"
    weasyprint.HTML(string=html).write_pdf(folder / "book.pdf", pdf_variant="pdf/ua-1")
    return measure_book(folder / "book.pdf")


def test_intervals_that_touch_are_one() -> None:
    assert merge_intervals([(1, 2), (5, 8), (2, 4), (6, 7)]) == [(5, 8), (1, 4)]


@pytest.mark.parametrize(
    ("intervals", "share"),
    [
        ([(100, 200)], 0),
        ([(150, 200)], 0.5),
        ([(150, 160)], 0.5),  # the white above the first thing is no hole
        ([(140, 200), (100, 110)], 0.3),  # above footnotes
        ([(90, 200)], 0),
        ([], 0),
    ],
)
def test_a_hole_is_the_largest_white_below_the_first_thing(intervals: list[tuple[float, float]], share: float) -> None:
    assert find_hole(intervals, AREA) == pytest.approx(share)


def test_a_superscript_is_no_line_of_its_own() -> None:
    assert count_lines([700, 704, 685, 685.2]) == 2


def test_a_sentence_may_end_in_a_bracket() -> None:
    assert [ends_sentence(text) for text in ("So it is.", "(It is.) ", "“Is it?”", "it is", "pre-")] == [
        True, True, True, False, False,
    ]  # fmt: skip


def test_a_book_without_faults_has_none(tmp_path: Path) -> None:
    text = "<p>It goes on<br>and on,<br>and on,<br>and ends.</p>"
    book = measure(
        tmp_path,
        f"<h1>1 One</h1>{fill(LINES - 3)}{text}{fill(LINES - 4)}<h2>1.1 Why?</h2>{fill(1)}",
        "<h1>2 Two</h1><p>Short.</p>",
    )
    assert (book.pages, book.continued) == (3, 1)
    assert (book.widows, book.orphans, book.headings, book.count_holes(0.08)) == ([], [], [], 0)
    assert str(book.questions) == "0 of 1; 0"


def test_a_single_line_at_the_foot_is_an_orphan_and_one_at_the_head_a_widow(tmp_path: Path) -> None:
    text = "<p>It goes on<br>and on,<br>and ends.</p>"
    book = measure(tmp_path, f"<h1>1 One</h1>{fill(LINES - 2)}{text}{fill(LINES - 4)}{text}")
    assert (book.orphans, book.widows) == ([0], [2])


def test_the_rest_of_an_item_has_no_label(tmp_path: Path) -> None:
    items = "<ul><li>One.</li><li>Two, a sentence.<br>And its rest.</li></ul>"
    book = measure(tmp_path, f"<h1>1 One</h1>{fill(LINES - 3)}{items}")
    assert (book.orphans, book.widows) == ([0], [1])
    whole = measure(tmp_path, f"<h1>1 One</h1>{fill(LINES - 2)}<ul><li>One.</li><li>Two.</li></ul>")
    assert (whole.orphans, whole.widows) == ([], [])


def test_a_footnote_is_no_end_of_a_paragraph(tmp_path: Path) -> None:
    text = "<p>It goes on<span class=note>A note</span><br>and on,<br>and ends.</p>"
    book = measure(tmp_path, f"<h1>1 One</h1>{fill(LINES - 3)}{text}")
    assert (book.pages, book.orphans, book.widows) == (2, [0], [])


def test_a_hole_is_not_counted_on_the_last_page_of_a_section(tmp_path: Path) -> None:
    book = measure(
        tmp_path,
        f"<h1>1 One</h1>{fill(20)}<p class=next>Then this.</p>",
        f"<h1>2 Two</h1>{fill(30)}<p class=next>Then this.</p>",
    )
    assert book.pages == 4
    assert {page for page, hole in book.holes.items() if hole > 0.08} == {0, 2}
    assert book.largest_hole == (pytest.approx(14 / 35, abs=0.02), 0)
    assert (book.count_holes(0.08), book.count_holes(0.15)) == (2, 1)


def test_a_heading_without_its_text_is_at_the_foot(tmp_path: Path) -> None:
    book = measure(tmp_path, f"<h1>1 One</h1>{fill(20)}<h2>1.1 Why?</h2><p class=next>Because.</p>")
    assert book.headings == [0]
    bare = measure(tmp_path, f"<h1>1 One</h1>{fill(20)}<h2>1.1 Why?</h2><h2 class=next>1.2 Why not?</h2>")
    assert bare.headings == []


def test_page_breaks_are_counted_in_questions_and_answers(tmp_path: Path) -> None:
    book = measure(
        tmp_path,
        f"<h1>1 One</h1><h2>1.1 Why?</h2>{fill(10)}<h2 class=next>1.2 Whole?</h2>{fill(5)}"
        f'<h2 id="answer-long">1.3 Long?</h2>{fill(2 * LINES)}',
        f'<h1>2 Two</h1><h2 id="answer-short">2.1 Short?</h2>{fill(5)}<a href="#answer-long">x</a><a href="#answer-short">x</a>',
    )
    assert (str(book.questions), str(book.answers)) == ("0 of 2; 0", "1 of 2; 2")
    header, _, row = write_table([book])
    assert header.count("|") == row.count("|")
