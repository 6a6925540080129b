"""An edition takes the questions that it names, in an order that a new question does not upset."""

import pytest

from studyguide.model import Chapter, Config, Edition, Guide, Passage, Question
from studyguide.problems import Place
from studyguide.selection import select_questions, shuffle_questions

PLACE = Place("content/01-case.md")


def question(id: str, difficulty: str = "", tags: str = "", section: str = "", shared: str = "") -> Question:
    nothing, found = Passage("", PLACE), tuple(tags.split())
    return Question(id, PLACE, nothing, nothing, difficulty=difficulty, tags=found, section=section, shared=shared)


FIRST = Chapter("first", PLACE, "First", questions=(question("a", "easy", "one"), question("b", "hard", "one two")))
SECOND = Chapter("second", PLACE, "Second", questions=(question("c", "easy", "two"), question("d", "medium")))
GUIDE = Guide(
    Config(),
    (Chapter("aims", PLACE, "Aims", kind="prose"), FIRST, SECOND, Chapter("words", PLACE, "Words", kind="glossary")),
)


@pytest.mark.parametrize(
    ("named", "left"),
    [
        ({}, "aims first:a,b second:c,d words"),
        ({"chapters": ("second",)}, "aims second:c,d words"),
        ({"difficulties": ("easy",)}, "aims first:a second:c words"),
        ({"difficulties": ("easy", "hard"), "tags": ("two",)}, "aims first:b second:c words"),
        ({"tags": ("one",)}, "aims first:a,b words"),
        ({"without": ("easy",)}, "aims first:b second:d words"),
        ({"without": ("two", "aims")}, "first:a second:d words"),
        ({"without": ("first", "words")}, "aims second:c,d"),
        ({"tags": ("none",)}, "aims words"),
    ],
)
def test_an_edition_has_what_it_names_and_no_chapter_that_is_left_empty(
    named: dict[str, tuple[str, ...]], left: str
) -> None:
    chapters = select_questions(GUIDE, Edition("some", **named)).chapters
    found = [f"{each.id}:{','.join(one.id for one in each.questions)}".rstrip(":") for each in chapters]
    assert " ".join(found) == left


def test_a_new_question_moves_no_other_one_of_a_shuffled_chapter() -> None:
    many = Chapter("many", PLACE, "Many", questions=tuple(question(f"q{number}") for number in range(20)))
    more = Chapter("many", PLACE, "Many", questions=(*many.questions, question("new")))
    order = [each.id for each in shuffle_questions(many, 5).questions]
    assert [each.id for each in shuffle_questions(more, 5).questions if each.id != "new"] == order
    assert sorted(order) == sorted(each.id for each in many.questions)
    assert order != [each.id for each in many.questions]
    assert order != [each.id for each in shuffle_questions(many, 6).questions]
    assert shuffle_questions(many, None) is many


def test_a_shuffled_chapter_keeps_its_sections_and_what_shares_a_stem() -> None:
    names = [f"{section}{number}" for section in "ab" for number in range(6)]
    made = (question(name, section=name[0], shared="stem" if name in ("a2", "a3") else "") for name in names)
    order = [each.id for each in shuffle_questions(Chapter("some", PLACE, "Some", questions=tuple(made)), 5).questions]
    assert order != names
    assert [name[0] for name in order] == ["a"] * 6 + ["b"] * 6
    assert order.index("a3") == order.index("a2") + 1
