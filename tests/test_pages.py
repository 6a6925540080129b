"""Which page of the book each page of a section is, and what is seen together with what."""

from dataclasses import replace

import pytest

from studyguide.model import Edition, Entry, PrintOptions
from studyguide.pdf.pages import (
    Page,
    PlacedSection,
    are_seen_together,
    find_pagination,
    find_spoilers,
    paginate,
)
from studyguide.pdf.section_pages import Anchor, SectionPages, SetPage
from studyguide.problems import Place

PLACE = Place("content/01-case.md", 7)
GUIDE = Edition("guide")
BOX = (0.0, 0.0, 595.0, 842.0)


def page(*names: str) -> SetPage:
    """A page with anchors of these names."""
    return SetPage(BOX, tuple(Anchor(name, 0, 0) for name in names))


def section(*pages: SetPage, **facts: object) -> PlacedSection:
    return replace(PlacedSection(SectionPages("", pages), PLACE), **facts)


def entry(id: str) -> Entry:
    return Entry("1.1", id, (f"answer-{id}",), PLACE, Place("content/01-case.md", 9))


def list_folios(pages: tuple[Page, ...]) -> list[str]:
    """The label of each page, in brackets where it is blank."""
    return [each.label if each.section else f"({each.label})" for each in pages]


def test_front_matter_is_counted_in_roman_and_the_text_begins_with_one_on_a_recto() -> None:
    front, text = section(page(), page(), page(), front=True), section(page(), page())
    pages = paginate([front, text], GUIDE)
    assert list_folios(pages) == ["i", "ii", "iii", "(iv)", "1", "2"]
    assert [each.is_verso for each in pages] == [False, True] * 3


def test_a_chapter_that_opens_on_a_recto_gets_a_blank_page_that_counts_among_those_before_it() -> None:
    one, two = section(page(), recto=True), section(page(), page(), recto=True)
    strict = Edition("guide", options=PrintOptions(openings="recto"))
    assert list_folios(paginate([one, two], strict)) == ["1", "(2)", "3", "4"]


def test_short_chapters_open_anywhere_unless_the_edition_says_otherwise() -> None:
    chapters = [section(page(), recto=True) for _ in range(5)]
    assert list_folios(paginate(chapters, GUIDE)) == ["1", "2", "3", "4", "5"]
    strict = Edition("guide", options=PrintOptions(openings="recto"))
    assert list_folios(paginate(chapters, strict)) == ["1", "(2)", "3", "(4)", "5", "(6)", "7", "(8)", "9"]


def test_sections_that_list_pages_do_not_change_where_chapters_open() -> None:
    chapters = [section(page(), recto=True) for _ in range(5)]
    index = section(*(page() for _ in range(200)), lists_pages=True)
    assert list_folios(paginate([*chapters, index], GUIDE))[:5] == ["1", "2", "3", "4", "5"]


def test_front_matter_opens_on_a_recto_wherever_chapters_open() -> None:
    front = [section(page(), front=True), section(page(), front=True, recto=True)]
    chapters = [section(page(), recto=True) for _ in range(5)]
    assert list_folios(paginate([*front, *chapters], GUIDE)) == ["i", "(ii)", "iii", "(iv)", "1", "2", "3", "4", "5"]


def test_long_chapters_open_on_a_recto_unless_the_edition_says_otherwise() -> None:
    chapters = [section(*(page() for _ in range(41)), recto=True) for _ in range(2)]
    assert list_folios(paginate(chapters, GUIDE))[41] == "(42)"
    anywhere = Edition("guide", options=PrintOptions(openings="any"))
    assert len(paginate(chapters, anywhere)) == 82


def test_a_section_that_may_open_anywhere_follows_at_once() -> None:
    assert list_folios(paginate([section(page()), section(page()), section(page())], GUIDE)) == ["1", "2", "3"]


def test_a_screen_has_no_blank_page_and_no_verso() -> None:
    pages = paginate(
        [section(page(), front=True), section(page(), recto=True), section(page(), recto=True)],
        Edition("screen", options=PrintOptions(form="screen")),
    )
    assert list_folios(pages) == ["i", "1", "2"]
    assert not any(each.is_verso or each.is_moved for each in pages)


def test_the_text_of_a_verso_moves_where_its_section_is_mirrored() -> None:
    pages = paginate([section(page(), page(), mirrored=False), section(page(), page())], GUIDE)
    assert [each.is_moved for each in pages] == [False, False, False, True]


@pytest.mark.parametrize(
    ("one", "other", "see_through", "form", "seen"),
    [
        (1, 2, "", "duplex", True),  # a verso faces the recto after it
        (0, 1, "", "duplex", False),  # the two sides of a leaf
        (2, 3, "", "duplex", False),
        (2, 3, "strict", "duplex", True),  # ink shows through
        (3, 4, "strict", "duplex", True),
        (1, 2, "", "screen", False),
        (4, 4, "", "screen", True),
        (1, 4, "strict", "duplex", False),
    ],
)
def test_pages_are_seen_together_where_they_face_each_other_or_show_through(
    one: int, other: int, see_through: str, form: str, seen: bool
) -> None:
    edition = Edition("guide", options=PrintOptions(see_through=see_through, form=form))
    assert are_seen_together(one, other, edition) is are_seen_together(other, one, edition) is seen


def test_a_key_that_would_face_its_question_begins_a_page_later() -> None:
    asked = section(page(), page("q"))
    key = section(page("answer-q"), entries=(entry("q"),))
    assert list_folios(paginate([asked, key], Edition("ends", key="chapter-end"))) == ["1", "2", "(3)", "4"]
    assert list_folios(paginate([asked, key], Edition("guide", key="inline"))) == ["1", "2", "3"]
    # The back of the question's own leaf is no opening.
    other = section(page("q"))
    assert list_folios(paginate([other, key], Edition("ends", key="chapter-end"))) == ["1", "2"]
    assert list_folios(
        paginate([other, key], Edition("ends", key="chapter-end", options=PrintOptions(see_through="strict")))
    ) == [
        "1",
        "(2)",
        "3",
    ]


def test_an_answer_that_no_blank_page_parts_from_its_question_is_a_problem_with_both_places() -> None:
    both = section(page("q", "answer-q"), entries=(entry("q"),))
    sections = [both]
    edition = Edition("leaky")
    (problem,) = find_spoilers(sections, paginate(sections, edition), edition)
    assert (problem.rule, str(problem.place)) == ("spoiler", "content/01-case.md:7")
    assert "in the edition `leaky` the answer to question 1.1 on page 1 (content/01-case.md:9)" in problem.found
    assert list(find_spoilers(sections, paginate(sections, edition), replace(edition, key="inline"))) == []


def test_every_page_of_an_anchor_is_known_in_order() -> None:
    pages = paginate([section(page("a"), page(), front=True), section(page("b"), page("a", "b"))], GUIDE)
    found = find_pagination(pages)
    assert found.labels == ("i", "ii", "1", "2")
    assert found.anchors == {"a": (0, 3), "b": (2, 3)}
