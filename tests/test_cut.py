"""A page's content is cut where binding has to fill something in."""

import pytest

from studyguide.pdf.bind import _fill_phrase, find_parents, write_character_map
from studyguide.pdf.cut import PAGINATION, Content, cut_content
from studyguide.pdf.section_pages import Follow, Hole, Push, Segment, Slide

HOLES = {"HOLESX": {b"0001": "0", b"0002": "1", b"0003": "4"}}


def run(text: bytes, x: float, y: float = 100, face: bytes = b"SERIFX", mcid: int = 0) -> bytes:
    """A run of text as WeasyPrint writes it."""
    return b"/Span\n<</MCID %d>>\nBDC\nBT\n1 0 0 -1 %g %g Tm\n/%b 12 Tf\n[<%b>] TJ\nET\nEMC" % (mcid, x, y, face, text)


def cut(*runs: bytes, **facts: object) -> list[Segment]:
    content = Content(b"\n".join(runs), 842, HOLES, {"SERIFX": (b"00ad", b"00ae")}, **facts)
    return [segment for segment in cut_content(content) if segment]


def fill_segments(segments: list[Segment]) -> bytes:
    """The content with a word for what is open."""
    return b"".join(each if isinstance(each, bytes) else type(each).__name__.encode() for each in segments)


def test_a_page_without_anything_open_is_one_piece() -> None:
    page = run(b"0041", 50)
    assert cut(page) == [page]


def test_a_number_is_cut_out_with_its_place_size_digits_and_target() -> None:
    before, hole, more, *_ = cut(
        run(b"0041", 50), run(b"00010001", 60, 200, b"HOLESX", 3), targets={3: "#q"}, blocks={3: 9}
    )
    assert isinstance(before, bytes) and isinstance(hole, Hole) and isinstance(more, bytes)
    assert (hole.target, hole.digits, hole.kind, hole.size, hole.block) == ("#q", 2, "0", 12, 9)
    assert (hole.x, hole.y) == (60 * 0.75, 842 - 200 * 0.75)
    assert before.endswith(b"/HOLESX 12 Tf\n")
    assert more == b"\nET\nEMC"


def test_text_behind_a_number_on_its_line_moves_and_that_of_another_line_does_not() -> None:
    hole = run(b"0002", 60, 100, b"HOLESX")
    assert [type(each) for each in cut(hole, run(b"0041", 90, 100))].count(Slide) == 1
    assert [type(each) for each in cut(hole, run(b"0041", 90, 120))].count(Slide) == 0
    assert Slide(90) in cut(hole, run(b"0041", 90, 100))


def test_text_of_another_cell_on_the_line_does_not_move() -> None:
    hole, text = run(b"0002", 60, 100, b"HOLESX", 1), run(b"0041", 90, 100, mcid=2)
    assert Slide(90) in cut(hole, text, blocks={1: 7, 2: 7})
    assert Slide(90) not in cut(hole, text, blocks={1: 7, 2: 8})


def test_a_second_number_on_the_line_follows_the_first() -> None:
    first, second = run(b"0002", 60, 100, b"HOLESX"), run(b"0002", 90, 100, b"HOLESX")
    assert [each.slid for each in cut(first, second) if isinstance(each, Hole)] == [False, True]


def test_text_before_a_pushed_number_moves_up_to_it() -> None:
    segments = cut(run(b"0041", 20, 100), run(b"0003", 60, 100, b"HOLESX"))
    (push,) = [each for each in segments if isinstance(each, Push)]
    (hole,) = [each for each in segments if isinstance(each, Hole)]
    assert (push.x, push.hole) == (20, hole)
    assert not [each for each in cut(run(b"0041", 20, 80), run(b"0003", 60, 100, b"HOLESX")) if isinstance(each, Push)]


def test_a_drawing_behind_a_number_on_its_line_moves_with_the_text() -> None:
    def drawing(left: float, top: float) -> bytes:
        return b"%g %g 20 10 re\nW\nn\n/Figure\n<</MCID 5>>\nBDC\nq\n/a1 gs\n1 0 0 1 %g %g cm" % (left, top, left, top)

    hole = run(b"0002", 60, 100, b"HOLESX")
    follow = [each for each in cut(hole, drawing(90, 92)) if isinstance(each, Follow)]
    assert [each.x for each in follow] == [90, 90]
    assert all(len(each.holes) == 1 for each in follow)
    for left, top in ((30, 92), (90, 130)):  # in front of it, and on another line
        assert not [each for each in cut(hole, drawing(left, top)) if isinstance(each, Follow)]


def test_a_hyphen_that_divides_a_word_becomes_a_soft_one_and_another_stays() -> None:
    joined = fill_segments(cut(run(b"004100ad>0.0", 50).replace(b">0.0>]", b">0.0]")))
    assert b"<004100ae>0.0] TJ" in joined
    assert b"<004100ad>] TJ" in fill_segments(cut(run(b"004100ad", 50)))


def test_what_a_specimen_draws_is_an_artifact() -> None:
    text = fill_segments(cut(run(b"0041", 50), is_artifact=True))
    assert PAGINATION in text
    assert b"MCID" not in text


def test_nothing_of_a_page_is_lost() -> None:
    page = [run(b"0041", 20), run(b"0002", 60, 100, b"HOLESX"), run(b"0042", 90), run(b"0003", 95, 300, b"HOLESX")]
    assert b"0041" in fill_segments(cut(*page))
    assert fill_segments(cut(*page)).count(b"ET") == 4


# ---------------------------------------------------------------- what binding makes of values


def test_an_entry_of_the_outline_hangs_on_the_nearest_higher_one_before_it() -> None:
    assert find_parents([1, 2, 2, 3, 2, 1, 3]) == [None, 0, 0, 2, 0, None, 5]
    assert find_parents([2, 1]) == [None, None]


@pytest.mark.parametrize(
    ("first", "last", "said"), [("1.1", "1.1", "Answer 1.1"), ("1.1", "1.4", "Answers 1.1 to 1.4")]
)
def test_a_running_head_names_one_answer_or_a_range(first: str, last: str, said: str) -> None:
    assert _fill_phrase("Answer {first}", "Answers {first} to {last}", first, last) == said


def test_glyphs_are_copied_as_their_characters_a_hundred_in_a_block() -> None:
    cmap = write_character_map({number: chr(0x41 + number % 26) for number in range(1, 151)} | {200: "ffi", 201: "𝐱"})
    assert [line for line in cmap.splitlines() if line.endswith(b"beginbfchar")] == [
        b"100 beginbfchar",
        b"52 beginbfchar",
    ]
    assert b"<0001><0042>" in cmap
    assert b"<00c8><006600660069>" in cmap
    assert b"<00c9><d835dc31>" in cmap
