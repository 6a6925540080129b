"""Which page of the book each page of a gathering is, and what is seen together with what."""

from dataclasses import replace

import pytest

from studyguide.model import Edition, Entry, PrintOptions
from studyguide.pdf.gathering import Anchor, Gathering, Leaf
from studyguide.pdf.pages import Page, Quire, paginate, pagination, spoilers, together
from studyguide.problems import Place

PLACE = Place("content/01-case.md", 7)
GUIDE = Edition("guide")
BOX = (0.0, 0.0, 595.0, 842.0)


def leaf(*names: str) -> Leaf:
    return Leaf(BOX, (), (), (), tuple(Anchor(name, 0, 0) for name in names), ())


def quire(*leaves: Leaf, **facts: object) -> Quire:
    return replace(Quire(Gathering(leaves, (), b"", (), (), (), (), 0, ()), PLACE), **facts)


def entry(id: str) -> Entry:
    return Entry("1.1", id, (f"answer-{id}",), PLACE, Place("content/01-case.md", 9))


def list_folios(pages: tuple[Page, ...]) -> list[str]:
    """The label of each page, in brackets where it is blank."""
    return [page.label if page.leaf else f"({page.label})" for page in pages]


def test_front_matter_is_counted_in_roman_and_the_text_begins_with_one_on_a_recto() -> None:
    front, text = quire(leaf(), leaf(), leaf(), front=True), quire(leaf(), leaf())
    pages = paginate([front, text], GUIDE)
    assert list_folios(pages) == ["i", "ii", "iii", "(iv)", "1", "2"]
    assert [page.verso for page in pages] == [False, True] * 3


def test_a_chapter_that_opens_on_a_recto_gets_a_blank_page_that_counts_among_those_before_it() -> None:
    one, two = quire(leaf(), recto=True), quire(leaf(), leaf(), recto=True)
    assert list_folios(paginate([one, two], GUIDE)) == ["1", "(2)", "3", "4"]


def test_a_sheet_that_may_open_anywhere_follows_at_once() -> None:
    assert list_folios(paginate([quire(leaf()), quire(leaf()), quire(leaf())], GUIDE)) == ["1", "2", "3"]


def test_a_screen_has_no_blank_page_and_no_verso() -> None:
    pages = paginate(
        [quire(leaf(), front=True), quire(leaf(), recto=True), quire(leaf(), recto=True)],
        Edition("screen", options=PrintOptions(form="screen")),
    )
    assert list_folios(pages) == ["i", "1", "2"]
    assert not any(page.verso or page.moved for page in pages)


def test_the_text_of_a_verso_moves_where_its_gathering_is_mirrored() -> None:
    pages = paginate([quire(leaf(), leaf(), mirrored=False), quire(leaf(), leaf())], GUIDE)
    assert [page.moved for page in pages] == [False, False, False, True]


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
    assert together(one, other, edition) is together(other, one, edition) is seen


def test_a_key_that_would_face_its_question_begins_a_page_later() -> None:
    asked = quire(leaf(), leaf("q"))
    key = quire(leaf("answer-q"), entries=(entry("q"),))
    assert list_folios(paginate([asked, key], Edition("ends", key="chapter-end"))) == ["1", "2", "(3)", "4"]
    assert list_folios(paginate([asked, key], Edition("guide", key="inline"))) == ["1", "2", "3"]
    # The back of the question's own leaf is no opening.
    other = quire(leaf("q"))
    assert list_folios(paginate([other, key], Edition("ends", key="chapter-end"))) == ["1", "2"]
    assert list_folios(
        paginate([other, key], Edition("ends", key="chapter-end", options=PrintOptions(see_through="strict")))
    ) == [
        "1",
        "(2)",
        "3",
    ]


def test_an_answer_that_no_blank_page_parts_from_its_question_is_a_problem_with_both_places() -> None:
    both = quire(leaf("q", "answer-q"), entries=(entry("q"),))
    quires = [both]
    edition = Edition("leaky")
    (problem,) = spoilers(quires, paginate(quires, edition), edition)
    assert (problem.rule, str(problem.place)) == ("spoiler", "content/01-case.md:7")
    assert "in the edition `leaky` the answer to question 1.1 on page 1 (content/01-case.md:9)" in problem.found
    assert list(spoilers(quires, paginate(quires, edition), replace(edition, key="inline"))) == []


def test_every_page_of_an_anchor_is_known_in_order() -> None:
    pages = paginate([quire(leaf("a"), leaf(), front=True), quire(leaf("b"), leaf("a", "b"))], GUIDE)
    found = pagination(pages)
    assert found.labels == ("i", "ii", "1", "2")
    assert found.anchors == {"a": (0, 3), "b": (2, 3)}
