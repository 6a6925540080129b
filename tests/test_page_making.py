"""Page breaks as a compositor would choose them. Most pages here are 200 px high, and a line is 20 px: ten lines a page."""

from collections.abc import Sequence
from itertools import pairwise
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studyguide.pdf import page_making
from studyguide.pdf.page_making import (
    COSTS,
    LARGE_HOLE,
    SPARE,
    Break,
    NotePart,
    PageFrame,
    PagePlan,
    Strip,
    make_columns,
    make_pages,
    price_pages,
)

FRAME = PageFrame(200, 10)
LINE = Strip(20)
FAULTS = {Break.AVOID, Break.HEADING, Break.WIDOW}


def paragraph(count: int, unit: int = 0) -> list[Strip]:
    """Lines with the penalties of `orphans: 2; widows: 2`."""
    return [
        Strip(20, break_before=Break.WIDOW if place in {1, count - 1} else Break.ALLOWED, unit=unit)
        for place in range(count)
    ]


def extents(pages: Sequence[PagePlan]) -> list[tuple[int, int]]:
    return [(page.first, page.last) for page in pages]


def measure(strips: Sequence[Strip], page: PagePlan, frame: PageFrame = FRAME) -> float:
    """The height of a page, added up strip by strip, before ruled lines are added; its spaces have grown."""
    if page.first < page.last and strips[page.first].fills_page:
        return frame.height
    height = page.gain - page.loss
    for number in range(page.first, page.last):
        strip = strips[number]
        if number > page.first or number == 0 or strip.break_before is Break.FORCED:
            height += strip.space
        height += strip.height
    if page.first < page.last:
        height += strips[page.first].head_height - strips[page.last - 1].trailing
    lines = [strips[part.strip].notes[part.note][line] for part in page.notes for line in range(part.first, part.last)]
    return height + sum(lines) + (frame.note_space if lines else 0)


# ---------------------------------------------------------------- text


def test_no_strips_make_no_pages() -> None:
    assert make_pages([], FRAME) == ()


def test_what_fits_stands_on_one_page() -> None:
    assert make_pages([LINE] * 10, FRAME) == (PagePlan(0, 10, 0, (), (), 0),)


def test_lengths_that_differ_by_a_rounding_error_are_equal() -> None:
    assert extents(make_pages([Strip(200 / 7 + 1e-9)] * 7, FRAME)) == [(0, 7)]


def test_a_full_page_is_followed_by_the_rest() -> None:
    assert extents(make_pages([LINE] * 25, FRAME)) == [(0, 10), (10, 20), (20, 25)]


def test_space_falls_away_at_the_head_of_a_page_but_not_of_the_section() -> None:
    strips = [Strip(90, 20), Strip(90, 20), Strip(190, 20)]
    pages = make_pages(strips, FRAME)
    assert extents(pages) == [(0, 1), (1, 2), (2, 3)]
    assert [page.hole for page in pages] == [90, 110, 10]


def test_blank_lines_of_code_fall_away_at_the_foot() -> None:
    assert extents(make_pages([Strip(100), Strip(120, trailing=20), LINE], FRAME)) == [(0, 2), (2, 3)]


def test_a_paragraph_leaves_two_lines_on_either_page() -> None:
    # The paragraph of nine lines begins on the last line of the page.
    assert extents(make_pages(paragraph(9) + paragraph(9), FRAME))[0] == (0, 9)
    # Its last line would stand alone.
    assert extents(make_pages(paragraph(2) + paragraph(9) + paragraph(9), FRAME))[0] == (0, 9)


def test_a_paragraph_of_three_lines_is_not_divided() -> None:
    assert extents(make_pages(paragraph(8) + paragraph(3) + paragraph(9), FRAME))[0] == (0, 8)


def test_a_heading_goes_to_the_page_of_its_text() -> None:
    strips = [LINE] * 9 + [Strip(20), Strip(20, break_before=Break.HEADING)] + [LINE] * 8
    assert extents(make_pages(strips, FRAME)) == [(0, 9), (9, 19)]


def test_a_fault_is_made_where_nothing_else_is_possible() -> None:
    strips = [Strip(20, break_before=Break.AVOID)] * 15
    assert extents(make_pages(strips, FRAME)) in [[(0, cut), (cut, 15)] for cut in range(5, 11)]


def test_a_block_that_is_kept_whole_is_not_divided_to_close_a_hole() -> None:
    block = [Strip(20)] + [Strip(20, break_before=Break.AVOID)] * 8
    # The hole would be 14 % of the page.
    assert extents(make_pages([Strip(172), *block], FRAME)) == [(0, 1), (1, 10)]
    # It would be 60 %.
    assert extents(make_pages([LINE] * 4 + block + [LINE] * 9, FRAME))[:2] == [(0, 4), (4, 14)]


def test_a_break_is_forced() -> None:
    strips = [LINE] * 4 + [Strip(20, 30, Break.FORCED)] + [LINE] * 5
    pages = make_pages(strips, FRAME)
    assert extents(pages) == [(0, 4), (4, 10)]
    # The space after a forced break stays.
    assert [page.hole for page in pages] == [120, 50]


def test_a_small_hole_is_better_than_a_divided_listing() -> None:
    statement = Strip(10, break_before=Break.LISTING)
    assert extents(make_pages([Strip(10)] * 20 + [statement] + [Strip(10)] * 17, FRAME)) == [(0, 19), (19, 38)]
    assert extents(make_pages([Strip(10)] * 15 + [statement] * 8, FRAME)) == [(0, 20), (20, 23)]


def test_a_small_hole_is_better_than_a_divided_paragraph_and_a_large_one_is_not() -> None:
    line = Strip(10, break_before=Break.PARAGRAPH)
    assert extents(make_pages([Strip(10)] * 20 + [line] + [Strip(10)] * 17, FRAME)) == [(0, 19), (19, 38)]
    assert extents(make_pages([Strip(10)] * 15 + [line] * 8, FRAME)) == [(0, 20), (20, 23)]


def test_two_holes_are_better_than_one_as_large_as_both() -> None:
    strips = [Strip(136), Strip(32), Strip(168), Strip(180)]
    assert extents(make_pages(strips, FRAME)) == [(0, 2), (2, 3), (3, 4)]


def test_a_small_hole_is_better_than_a_divided_question() -> None:
    assert extents(make_pages([Strip(10, unit=1)] * 19 + [Strip(10, unit=2)] * 18, FRAME)) == [(0, 19), (19, 37)]


def test_a_strip_that_is_taller_than_the_page_stands_alone() -> None:
    strips = [LINE, Strip(500), LINE]
    pages = make_pages(strips, FRAME)
    assert extents(pages) == [(0, 1), (1, 2), (2, 3)]
    assert pages[1].hole == 0


def test_a_heading_stands_at_the_foot_before_a_strip_that_is_taller_than_the_page() -> None:
    strips = [*[LINE] * 5, Strip(500, break_before=Break.HEADING)]
    assert extents(make_pages(strips, FRAME)) == [(0, 5), (5, 6)]


def test_strips_side_by_side_stand_on_one_page() -> None:
    # The second strip begins at the top of the first, and ends before it; the third begins below both.
    strips = [Strip(100), Strip(60), Strip(20, -60), Strip(60, 40)]
    pages = make_pages(strips, FRAME)
    assert extents(pages) == [(0, 3), (3, 4)]
    assert pages[0].hole == 40


def test_ten_thousand_strips_without_height_stand_on_one_page() -> None:
    assert extents(make_pages([Strip(0)] * 10_000, FRAME)) == [(0, 10_000)]


def test_a_page_of_its_own_stands_between_the_text_before_and_after() -> None:
    strips = [*[LINE] * 6, Strip(200, fills_page=True), *[LINE] * 5]
    assert extents(make_pages(strips, FRAME)) == [(0, 6), (6, 7), (7, 12)]


def test_a_hole_before_a_page_of_its_own_is_cheap() -> None:
    # Two holes of 10 % would be the alternative.
    strips = [*[LINE] * 18, Strip(200, fills_page=True)]
    assert [page.hole for page in make_pages(strips, FRAME)] == [0, 40, 0]


def test_the_space_after_a_page_of_its_own_falls_away() -> None:
    pages = make_pages([Strip(200, fills_page=True), Strip(200, 20)], FRAME)
    assert extents(pages) == [(0, 1), (1, 2)]
    assert pages[1].hole == 0


def test_the_repeated_head_of_a_table_takes_room() -> None:
    row = Strip(20, head_height=40)
    assert extents(make_pages([LINE] + [row] * 25, FRAME)) == [(0, 10), (10, 18), (18, 26)]


def test_a_hole_is_spread_over_the_pages_before() -> None:
    """A greedy page maker leaves no hole on the first page and a large one on the second."""
    block = [Strip(20)] + [Strip(20, break_before=Break.AVOID)] * 4
    # Blocks of five lines; after eleven single lines a page has room for one and a half of them.
    strips = [LINE] * 11 + block * 3 + [LINE] * 4
    pages = make_pages(strips, FRAME)
    assert price_pages(strips, FRAME, pages) <= price_pages(strips, FRAME, make_greedily(strips, FRAME))


def test_the_last_page_has_more_than_a_line() -> None:
    # A line is a tenth of the page.
    pages = make_pages(paragraph(21), FRAME)
    assert pages[-1].last - pages[-1].first >= 2
    assert make_pages([LINE] * 21, FRAME)[-1] == PagePlan(19, 21, 0, (), (), 160)


# ---------------------------------------------------------------- figures


def test_a_figure_shrinks_to_close_a_hole() -> None:
    strips = [*[LINE] * 6, Strip(100, shrinkable=28), *[LINE] * 8]
    pages = make_pages(strips, FRAME)
    assert extents(pages) == [(0, 7), (7, 15)]
    assert pages[0].loss == 20
    assert pages[0].hole == 0


def test_a_figure_does_not_shrink_below_its_limit() -> None:
    strips = [*[LINE] * 7, Strip(100, shrinkable=28), *[LINE] * 8]
    pages = make_pages(strips, FRAME)
    assert extents(pages)[0] == (0, 7)
    assert not any(page.loss for page in pages)


def test_a_listing_is_divided_rather_than_a_figure_shrunk_to_its_limit() -> None:
    statement = Strip(10, break_before=Break.LISTING)
    for height, last in ((27, 19), (5, 21)):
        figure = Strip(height, break_before=Break.AVOID, shrinkable=27)
        assert extents(make_pages([Strip(10)] * 19 + [statement, figure] + [LINE] * 5, FRAME))[0] == (0, last)


def test_a_figure_does_not_shrink_for_a_note_that_has_no_room_even_so() -> None:
    assert make_pages([Strip(190, shrinkable=5, notes=((10, 10, 10),))], FRAME)[0].loss == 0


def test_figures_of_a_page_shrink_together() -> None:
    strips = [*[LINE] * 2, Strip(90, shrinkable=25), Strip(90, shrinkable=25), *[LINE] * 8]
    assert make_pages(strips, FRAME)[0] == PagePlan(0, 4, 20, (), (), 0)


def test_a_figure_does_not_shrink_for_a_small_hole() -> None:
    strips = [*[LINE] * 10, Strip(25, shrinkable=7), *[LINE] * 8]
    assert not any(page.loss for page in make_pages(strips, FRAME))


def test_a_figure_that_is_a_little_taller_than_the_page_shrinks() -> None:
    assert make_pages([Strip(220, shrinkable=60)], FRAME) == (PagePlan(0, 1, 20, (), (), 0),)


# ---------------------------------------------------------------- spaces that grow


def spaced(count: int, stretch: float) -> list[Strip]:
    """Lines with 5 px between two of them."""
    return [Strip(20, 5, stretch=stretch) for _ in range(count)]


def test_spaces_grow_so_that_a_page_ends_at_its_foot() -> None:
    # Of seven lines, with six spaces between them, and the space at the head of the section.
    assert make_pages([*spaced(7, 5), Strip(200)], FRAME)[0] == PagePlan(0, 7, 0, (), (), 0, 25)


def test_spaces_do_not_grow_above_their_limit() -> None:
    assert make_pages([*spaced(7, 2), Strip(200)], FRAME)[0] == PagePlan(0, 7, 0, (), (), 13, 12)


def test_the_space_that_falls_away_at_the_head_of_a_page_does_not_grow() -> None:
    pages = make_pages([Strip(200), Strip(150, 5, stretch=40), Strip(20, 5, stretch=7), Strip(200)], FRAME)
    assert [(page.gain, page.hole) for page in pages] == [(0, 0), (7, 18), (0, 0)]


def test_the_spaces_of_a_sections_last_page_do_not_grow() -> None:
    assert make_pages(spaced(7, 5), FRAME) == (PagePlan(0, 7, 0, (), (), 25, 0),)


@pytest.mark.parametrize("follows", [Strip(20, break_before=Break.FORCED), Strip(200, fills_page=True)])
def test_spaces_do_not_grow_before_a_forced_break_or_a_page_of_its_own(follows: Strip) -> None:
    assert make_pages([*spaced(7, 5), follows], FRAME)[0] == PagePlan(0, 7, 0, (), (), 25, 0)


def test_spaces_do_not_grow_where_ruled_lines_do() -> None:
    strips = [Strip(100, growth=30), Strip(40, 5, stretch=40), Strip(200)]
    assert make_pages(strips, FRAME)[0] == PagePlan(0, 2, 0, ((0, 1),), (), 25, 0)


def test_spaces_grow_above_the_notes() -> None:
    strips = [Strip(100, notes=((10, 10),)), Strip(40, 5, stretch=30), Strip(200)]
    assert make_pages(strips, FRAME)[0] == PagePlan(0, 2, 0, (), (NotePart(0, 0, 0, 2),), 0, 25)


def test_a_figure_shrinks_or_spaces_grow_but_not_both() -> None:
    strips = [*spaced(4, 5), Strip(120, 5, shrinkable=30, stretch=5), Strip(200)]
    page = make_pages(strips, FRAME)[0]
    assert (page.last, page.loss, page.gain) == (5, 25, 0)


def test_spaces_grow_rather_than_a_question_is_divided() -> None:
    following = [Strip(10, unit=2) for _ in range(12)]
    for stretch, last in ((0, 20), (2, 17)):
        strips = [Strip(10, unit=1, stretch=stretch) for _ in range(17)] + following
        assert make_pages(strips, FRAME)[0].last == last


def test_a_large_hole_that_spaces_close_is_found_where_each_fuller_page_has_a_smaller_one() -> None:
    # The page could end after any line of the second question; its hole before that is half a page before the spaces grow.
    strips = [Strip(10, unit=1, stretch=12) for _ in range(10)] + [Strip(10, unit=2) for _ in range(20)]
    assert make_pages(strips, FRAME)[0] == PagePlan(0, 10, 0, (), (), 0, 100)


# ---------------------------------------------------------------- notes


def test_a_note_stands_on_the_page_of_its_mark() -> None:
    # Eight lines, the rule and its space, and three lines of the note: 200.
    strips = [Strip(20, notes=((10, 10, 10),))] + [LINE] * 14
    first, second = make_pages(strips, FRAME)
    assert (first.last, first.notes, second.notes) == (8, (NotePart(0, 0, 0, 3),), ())


def test_a_line_goes_with_its_note_to_the_next_page() -> None:
    strips = [LINE] * 9 + [Strip(20, notes=((10, 10),))] + [LINE] * 4
    first, second = make_pages(strips, FRAME)
    assert (first.last, second.notes) == (9, (NotePart(9, 0, 0, 2),))


def test_a_note_goes_on_overleaf() -> None:
    # The mark may not leave the lines before it. 140 px of text and 10 of space leave room for five lines.
    text = [Strip(20)] + [Strip(20, break_before=Break.AVOID)] * 5
    strips = [*text, Strip(20, break_before=Break.AVOID, notes=((10,) * 8,)), *[LINE] * 7]
    first, second = make_pages(strips, FRAME)
    assert first.notes == (NotePart(6, 0, 0, 5),)
    assert second.notes == (NotePart(6, 0, 5, 8),)
    assert (second.first, second.last) == (7, 14)
    assert second.hole == 20


def test_two_lines_of_a_divided_note_go_overleaf() -> None:
    text = [Strip(20)] + [Strip(20, break_before=Break.AVOID)] * 6
    strips = [*text, Strip(10, break_before=Break.AVOID, notes=((10,) * 5,))]
    strips += [LINE, Strip(20, break_before=Break.AVOID), *[LINE] * 5]
    first, second = make_pages(strips, FRAME)
    # There is room for four.
    assert first.notes == (NotePart(7, 0, 0, 3),)
    assert second.notes == (NotePart(7, 0, 3, 5),)


def test_a_note_of_three_lines_is_not_divided() -> None:
    text = [Strip(20)] + [Strip(20, break_before=Break.AVOID)] * 7
    strips = [LINE, *text, Strip(20, break_before=Break.AVOID, notes=((10,) * 3,)), *[LINE] * 3]
    notes = [page.notes for page in make_pages(strips, FRAME)]
    assert notes == [(), (NotePart(9, 0, 0, 3),)] or (NotePart(9, 0, 0, 3),) in notes


def test_a_long_note_takes_three_pages() -> None:
    strips = [Strip(20, notes=((10,) * 50,))] + [LINE] * 6
    pages = make_pages(strips, FRAME)
    parts = [part for page in pages for part in page.notes]
    assert len(parts) == 3
    assert parts[0].first == 0
    assert all(before.last == after.first for before, after in pairwise(parts))
    assert parts[-1].last == 50
    assert all(measure(strips, page) <= FRAME.height for page in pages)


def test_a_long_note_goes_on_after_the_text() -> None:
    pages = make_pages([Strip(20, notes=((10,) * 50,))], FRAME)
    assert extents(pages) == [(0, 1), (1, 1), (1, 1)]
    assert [part.last - part.first for page in pages for part in page.notes] == [17, 19, 14]


def test_a_long_note_ends_before_a_strip_that_has_no_room_beside_it() -> None:
    pages = make_pages([Strip(20, notes=((10,) * 50,)), Strip(200)], FRAME)
    assert extents(pages) == [(0, 1), (1, 1), (1, 1), (1, 2)]


def test_a_note_is_divided_rather_than_the_block_that_calls_it() -> None:
    first, *rest = [Strip(20, notes=((10,) * 8,))] + [Strip(20, break_before=Break.AVOID)] * 7
    one, two = make_pages([first, *rest, *[LINE] * 5], FRAME)
    assert (one.last, one.notes, two.notes) == (8, (NotePart(0, 0, 0, 3),), (NotePart(0, 0, 3, 8),))


def test_a_note_that_has_no_room_beside_its_strip_stands_on_the_next_page() -> None:
    strips = [Strip(195, notes=((10,), (10, 10))), *[LINE] * 3]
    first, second = make_pages(strips, FRAME)
    assert first.notes == ()
    assert second.notes == (NotePart(0, 0, 0, 1), NotePart(0, 1, 0, 2))


def test_notes_of_one_page_share_the_rule() -> None:
    strips = [Strip(20, notes=((10,),)), Strip(20, notes=((10,), (10,)))] + [LINE] * 6
    (page,) = make_pages(strips, FRAME)
    assert page.hole == 0
    assert page.notes == (NotePart(0, 0, 0, 1), NotePart(1, 0, 0, 1), NotePart(1, 1, 0, 1))


def test_a_line_of_a_note_that_is_taller_than_the_page_has_a_page() -> None:
    pages = make_pages([Strip(20, notes=((300, 10),))], FRAME)
    assert [(part.first, part.last) for page in pages for part in page.notes] == [(0, 1), (1, 2)]


# ---------------------------------------------------------------- ruled lines


def test_ruled_lines_fill_the_page() -> None:
    strips = [Strip(50, growth=30), Strip(20), Strip(20, growth=30)]
    # 110 px are left: three lines of 30, the first strip gets two of them.
    assert make_pages(strips, FRAME) == (PagePlan(0, 3, 0, ((0, 2), (2, 1)), (), 20),)


def test_ruled_lines_fill_each_page() -> None:
    strips = [Strip(70, growth=30, unit=unit, break_before=Break.ALLOWED) for unit in range(1, 5)]
    assert make_pages(strips, FRAME) == (
        PagePlan(0, 2, 0, ((0, 1), (1, 1)), (), 0),
        PagePlan(2, 4, 0, ((2, 1), (3, 1)), (), 0),
    )


def test_a_smaller_ruled_line_may_fit_where_a_larger_one_does_not() -> None:
    strips = [Strip(85, growth=50), Strip(85, growth=30)]
    assert make_pages(strips, FRAME)[0].lines == ((0, 0), (1, 1))


def test_ruled_lines_are_spread_over_the_pages() -> None:
    # Seven to ten would fit on the first page.
    assert extents(make_pages([Strip(20, growth=10)] * 17, FRAME)) == [(0, 8), (8, 17)]


def test_ruled_lines_do_not_make_more_pages() -> None:
    strips = [Strip(45, growth=10, unit=unit) for unit in range(12)]
    assert extents(make_pages(strips, FRAME)) == [(0, 4), (4, 8), (8, 12)]


# ---------------------------------------------------------------- columns


def lengths(pages: Sequence[Sequence[tuple[int, int]]]) -> list[list[int]]:
    return [[last - first for first, last in page] for page in pages]


def test_no_strips_make_no_columns() -> None:
    assert make_columns([], 3, 200, 100) == ()


@pytest.mark.parametrize(("count", "balanced"), [(10, [4, 3, 3]), (11, [4, 4, 3]), (12, [4, 4, 4]), (2, [1, 1])])
def test_the_columns_of_the_last_page_are_balanced(count: int, balanced: list[int]) -> None:
    assert lengths(make_columns([LINE] * count, 3, 200, 100)) == [balanced]


def test_the_columns_of_the_first_page_stand_below_its_title() -> None:
    assert lengths(make_columns([LINE] * (15 + 30 + 9), 3, 200, 100)) == [[5, 5, 5], [10, 10, 10], [3, 3, 3]]


def test_a_heading_stays_with_its_entry_in_a_column() -> None:
    entry = [Strip(20, 10), Strip(20, break_before=Break.HEADING)]
    assert lengths(make_columns([LINE] * 4 + entry + [LINE] * 3, 2, 100, 100)) == [[4, 5]]


def test_space_falls_away_at_the_head_of_every_column() -> None:
    assert lengths(make_columns([Strip(20, 10)] * 4, 2, 50, 50)) == [[2, 2]]


def test_the_longest_column_of_the_last_page_is_as_short_as_possible() -> None:
    # Columns of 40, 52 and 39 px would have the smaller sum of squares.
    strips = [Strip(40), Strip(7, 1), Strip(45), Strip(39)]
    assert lengths(make_columns(strips, 3, 100, 100)) == [[2, 1, 1]]


def test_few_lines_on_a_last_page_get_more_from_the_pages_before() -> None:
    pages = lengths(make_columns([LINE] * (2 * 30 + 1), 3, 200, 200))
    assert len(pages) == 3
    assert pages[0] == pages[1] == [9, 9, 9]
    assert pages[2] == [3, 2, 2]


def test_a_strip_that_is_taller_than_a_column_has_one() -> None:
    assert lengths(make_columns([LINE, Strip(500), LINE], 3, 200, 200)) == [[1, 1, 1]]


@given(st.lists(st.tuples(st.floats(1, 80), st.floats(0, 20), st.sampled_from(Break)), max_size=60), st.integers(1, 4))
def test_every_strip_stands_in_one_column(rows: list[tuple[float, float, Break]], count: int) -> None:
    strips = [Strip(height, space, kind) for height, space, kind in rows]
    pages = make_columns(strips, count, 100, 60)
    assert [number for page in pages for first, last in page for number in range(first, last)] == list(
        range(len(strips))
    )
    assert all(0 < len(page) <= count for page in pages)
    for place, page in enumerate(pages):
        for first, last in page:
            assert first < last
            used = sum(strip.height + strip.space for strip in strips[first:last]) - strips[first].space
            assert last == first + 1 or used <= (100 if place else 60) + 2 * SPARE


# ---------------------------------------------------------------- compared with a greedy page maker


def make_greedily(strips: Sequence[Strip], frame: PageFrame) -> tuple[PagePlan, ...]:
    """Make pages as long as possible that end without a fault, as a page maker does that does not look ahead.

    It shrinks no figure and divides no note; only a note that cannot stand with its strip goes on overleaf.
    """
    pages: list[PagePlan] = []
    first = 0
    while first < len(strips):
        page = fill_page(strips, frame, first)
        pages.append(page)
        first = page.last
    return tuple(pages)


def fill_page(strips: Sequence[Strip], frame: PageFrame, first: int) -> PagePlan:
    best = None
    for last in range(first + 1, len(strips) + 1):
        notes = tuple(
            NotePart(number, serial, 0, len(lines))
            for number in range(first, last)
            for serial, lines in enumerate(strips[number].notes)
            if lines
        )
        page = PagePlan(first, last, 0, (), notes, 0)
        if measure(strips, page, frame) > frame.height + SPARE:
            return best or page
        follows = strips[last] if last < len(strips) else None
        is_forced = strips[first].fills_page or (
            follows and (follows.fills_page or follows.break_before is Break.FORCED)
        )
        if best is None or is_forced or follows is None or follows.break_before not in FAULTS:
            best = page
        if is_forced:
            return page
    assert best is not None
    return best


heights = st.integers(5, 250).map(float)
lines_of_a_note = st.lists(st.integers(5, 30).map(float), max_size=40).map(tuple)
a_strip = st.builds(
    Strip,
    height=st.one_of(st.just(20.0), heights),
    space=st.sampled_from([0.0, 0.0, 10.0, 0.1]),
    break_before=st.sampled_from([Break.ALLOWED] * 6 + list(Break)),
    head_height=st.sampled_from([0.0, 0.0, 0.0, 15.0]),
    unit=st.integers(0, 3),
    growth=st.sampled_from([0.0] * 9 + [12.0]),
    notes=st.just(()),
    shrinkable=st.just(0.0),
    trailing=st.just(0.0),
    fills_page=st.sampled_from([False] * 15 + [True]),
    stretch=st.sampled_from([0.0, 0.0, 5.0, 30.0]),
)
plain_strips = st.lists(a_strip, min_size=1, max_size=60)


@st.composite
def strips_with_everything(draw: st.DrawFn) -> list[Strip]:
    strips = draw(plain_strips)
    for number, strip in enumerate(strips):
        extra = draw(st.integers(0, 9))
        if extra == 0:
            strips[number] = strip._replace(shrinkable=strip.height * 0.28)
        elif extra == 1:
            strips[number] = strip._replace(trailing=strip.height / 4)
        elif extra <= 3 and not strip.fills_page:
            strips[number] = strip._replace(notes=tuple(draw(st.lists(lines_of_a_note, min_size=1, max_size=3))))
    return strips


@given(strips_with_everything())
def test_every_strip_stands_on_one_page_in_order(strips: list[Strip]) -> None:
    pages = make_pages(strips, FRAME)
    assert [number for page in pages for number in range(page.first, page.last)] == list(range(len(strips)))
    assert all(page.first < page.last or page.notes for page in pages)


@given(strips_with_everything())
def test_no_page_is_overfull_unless_one_strip_is_too_tall(strips: list[Strip]) -> None:
    for page in make_pages(strips, FRAME):
        used = measure(strips, page)
        assert 0 <= page.loss <= sum(strip.shrinkable for strip in strips[page.first : page.last]) + SPARE
        if used > FRAME.height + 2 * SPARE:
            assert page.last - page.first <= 1
            assert page.last == page.first or not page.notes
            assert page.last > page.first or sum(part.last - part.first for part in page.notes) == 1
        elif not (page.first < page.last and strips[page.first].fills_page):
            assert 0 <= page.gain <= sum(strip.stretch for strip in strips[page.first + 1 : page.last]) + SPARE
            used += sum(strips[number].growth * lines for number, lines in page.lines)
            assert page.hole == pytest.approx(FRAME.height - used, abs=3 * SPARE)


@given(strips_with_everything())
def test_forced_breaks_and_pages_of_their_own_are_kept(strips: list[Strip]) -> None:
    pages = make_pages(strips, FRAME)
    starts = {page.first for page in pages}
    for number, strip in enumerate(strips):
        if strip.break_before is Break.FORCED or strip.fills_page:
            assert number in starts
        if strip.fills_page:
            assert (number, number + 1) in extents(pages)


@given(strips_with_everything())
def test_every_line_of_a_note_is_printed_once_in_order_and_not_before_its_mark(strips: list[Strip]) -> None:
    pages = make_pages(strips, FRAME)
    expected = [
        (number, serial, line)
        for number, strip in enumerate(strips)
        for serial, lines in enumerate(strip.notes)
        for line in range(len(lines))
    ]
    printed = [
        (part.strip, part.note, line) for page in pages for part in page.notes for line in range(part.first, part.last)
    ]
    assert printed == expected
    for page in pages:
        assert all(part.strip < page.last and part.first < part.last for part in page.notes)


@given(strips_with_everything())
def test_a_divided_note_leaves_two_lines_on_either_page(strips: list[Strip]) -> None:
    for page in make_pages(strips, FRAME):
        for part in page.notes:
            count = len(strips[part.strip].notes[part.note])
            is_whole = part.last - part.first == count
            # On a page that has only notes, one line may be all that fits.
            if not is_whole and page.first < page.last:
                assert part.last - part.first >= 2
                assert part.last == count or count - part.last >= 2


@given(strips_with_everything())
def test_ruled_lines_are_shared_evenly(strips: list[Strip]) -> None:
    for page in make_pages(strips, FRAME):
        growing = [number for number in range(page.first, page.last) if strips[number].growth]
        assert [number for number, _ in page.lines] == growing
        if growing:
            added = [lines for _, lines in page.lines]
            assert max(added) - min(added) <= 1
            assert added == sorted(added, reverse=True)
            assert page.hole < max(strips[number].growth for number in growing)


@given(strips_with_everything())
def test_spaces_grow_as_far_as_they_may_where_the_text_goes_on(strips: list[Strip]) -> None:
    for page in make_pages(strips, FRAME):
        limit = sum(strip.stretch for strip in strips[page.first + 1 : page.last])
        follows = strips[page.last] if page.last < len(strips) else None
        is_end = follows is None or follows.fills_page or follows.break_before is Break.FORCED
        if is_end or page.lines:
            assert page.gain == 0
        else:
            assert page.hole == pytest.approx(0, abs=3 * SPARE) or page.gain == pytest.approx(limit, abs=3 * SPARE)


@given(plain_strips)
def test_pages_cost_no_more_than_greedy_ones(strips: list[Strip]) -> None:
    greedy = price_pages(strips, FRAME, make_greedily(strips, FRAME))
    assert price_pages(strips, FRAME, make_pages(strips, FRAME)) <= greedy + 1e-6


@given(strips_with_everything())
def test_pages_with_notes_cost_no_more_than_greedy_ones(strips: list[Strip]) -> None:
    """A note of one or two lines, which greedy pages never divide."""
    strips = [strip._replace(notes=tuple((10.0,) * min(len(lines), 2) for lines in strip.notes)) for strip in strips]
    pages = make_greedily(strips, FRAME)
    if all(measure(strips, page) <= FRAME.height + SPARE for page in pages):
        assert price_pages(strips, FRAME, make_pages(strips, FRAME)) <= price_pages(strips, FRAME, pages) + 1e-6


@given(plain_strips)
@settings(max_examples=20)
def test_the_same_strips_make_the_same_pages(strips: list[Strip]) -> None:
    assert make_pages(strips, FRAME) == make_pages(tuple(strips), FRAME)


def test_a_fault_costs_more_than_any_hole() -> None:
    largest_hole = COSTS.page + COSTS.hole + COSTS.large_hole + COSTS.huge_hole
    assert largest_hole < min(COSTS.avoid, COSTS.widow, COSTS.heading, COSTS.note_apart)


def test_a_page_with_grown_spaces_costs_less_than_one_with_a_large_hole() -> None:
    assert COSTS.stretched < COSTS.hole * LARGE_HOLE**2 + COSTS.large_hole


# ---------------------------------------------------------------- compared with every other way


def make_best(strips: Sequence[Strip], frame: PageFrame) -> float:
    """The lowest price of all ways to divide strips without notes into pages."""
    best = float("inf")
    for mask in range(2 ** (len(strips) - 1)):
        cuts = [0, *(place + 1 for place in range(len(strips) - 1) if mask >> place & 1), len(strips)]
        pages = [weigh_page(strips, frame, first, last) for first, last in pairwise(cuts)]
        if all(pages):
            best = min(best, price_pages(strips, frame, [page for page in pages if page]))
    return best


def weigh_page(strips: Sequence[Strip], frame: PageFrame, first: int, last: int) -> PagePlan | None:
    """A page with the loss that makes it fit; None if it is not allowed."""
    if any(strip.fills_page for strip in strips[first:last]) and last > first + 1:
        return None
    if any(strip.break_before is Break.FORCED for strip in strips[first + 1 : last]):
        return None
    page = PagePlan(first, last, 0, (), (), 0)
    over = max(measure(strips, page, frame) - frame.height, 0)
    limit = sum(strip.shrinkable for strip in strips[first:last])
    if over > limit + SPARE and last > first + 1:
        return None
    return page._replace(loss=0.0 if over <= SPARE else min(over, limit))


@given(st.lists(a_strip, min_size=1, max_size=8), st.integers(0, 7))
def test_no_other_pages_cost_less(strips: list[Strip], figure: int) -> None:
    if figure < len(strips):
        strips[figure] = strips[figure]._replace(shrinkable=strips[figure].height * 0.28)
    # Pages with large holes are left out of the search otherwise.
    with patch.object(page_making, "MAX_HOLE_SEARCHED", 1):
        pages = make_pages(strips, FRAME)
    assert price_pages(strips, FRAME, pages) == pytest.approx(make_best(strips, FRAME))
