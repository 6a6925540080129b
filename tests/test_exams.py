"""Exams: the questions, the answer sheet and the key of each form, on the finished PDFs."""

import re
from collections.abc import Mapping
from pathlib import Path

import pytest
from conftest import judge_pdfs, lay, listing, page_texts
from test_config import list_problems, read_config

import build
from studyguide.exams.draw import draw_questions
from studyguide.exams.forms import make_form
from studyguide.model import Edition, Exam, Guide, Take
from studyguide.pipeline import read_guide
from studyguide.reading.project import read_project

COLOURS = ("Amber", "Beige", "Coral", "Denim", "Ebony")
CHOICES = "".join(
    f"## Which colour is number {number}? {{#colour-{number} .easy marks=2}}\n\n"
    + "".join(f"- [{'x' if place == number % 4 else ' '}] {colour} {number}\n" for place, colour in enumerate(COLOURS))
    + "- [ ] None of these\n\n"
    for number in range(6)
)
OTHERS = """
## Water boils at 100 °C. {#boils}

- [x] True
- [ ] False

## Which letters are vowels? {#letters .hard tags="abc"}

- [ ] B
- [x] E
- [ ] Both A and B

## The capital of France is [____](<Paris; City of Light>). {#capital}

## A stone falls at [____](<9.81 ± 0.05>) m/s². {#stone}

## Which capital belongs to which country? {#match .matching marks=3}

| Capital | Country |
| --- | --- |
| Rome | Italy |
| Athens | Greece |
| Lima | Peru |

## A patient has a fever {#patient .shared questions=2}

She coughs, too.

## What do you ask first? {#ask-first}

### Hint
Think of time.

### Answer
Since when.

## What do you do next? {#do-next}

### Answer
Listen to her lungs.

## A network has one hidden layer {#net}

### (a) How many weights has it? {marks=2}

#### Answer
Twenty.

### (b) How many biases? {marks=3}

#### Answer
Six.
"""
CONFIG = """title = "Facts"
[editions.midterm]
take = [{ count = 4, difficulty = "easy" }, { chapter = "others" }]
time = 45
instructions = "No books."
forms = ["A", "B"]
seed = 3
"""
FILES = {"guide.toml": CONFIG, "01-colours.md": CHOICES, "02-others.md": OTHERS}


def make_books(folder: Path, files: Mapping[str, str] = FILES, *options: str) -> dict[str, Path]:
    """Return the PDFs of an exam by the ends of their names."""
    lay(folder, dict(files))
    arguments = ["build", str(folder), "-e", "midterm", "--out", str(folder / "dist"), "--quiet", *options]
    assert build.main(arguments) == 0
    return {path.stem.partition("-midterm")[2].strip("-"): path for path in (folder / "dist").glob("*.pdf")}


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return make_books(tmp_path_factory.mktemp("exam"))


def read(path: Path) -> str:
    return " ".join(" ".join(page_texts(path)).replace("\u00a0", " ").split())


def list_asked(path: Path) -> dict[str, tuple[str, str]]:
    """Return the title and what stands below of each question of a form, by its number."""
    text = read(path)
    titles = (
        "Which colour is number \\d|Water boils|Which letters|The capital|A stone|Which capital|What do you|A network"
    )
    found = re.split(rf"(\d+) (?:\d marks? )?({titles})", text)
    return {number: (title, rest) for number, title, rest in zip(found[1::3], found[2::3], found[3::3], strict=True)}


def test_an_exam_is_three_files_for_each_form(books: dict[str, Path]) -> None:
    assert sorted(books) == ["A", "A-key", "A-sheet", "B", "B-key", "B-sheet"]


def test_the_first_page_has_the_name_the_time_the_instructions_and_the_marks(books: dict[str, Path]) -> None:
    first = " ".join(page_texts(books["A"])[0].split())
    # 4 × 2 for colours, 3 for the pairs, 5 for the network, 1 for each of six others
    for words in ("Midterm · Form A", "45 minutes 22 marks", "Name", "No books.", "Reached"):
        assert words in first
    assert re.search(r"Question 1 2 3 4 5 6 7 8 9 10", first)
    assert re.search(r"Total Marks .* 22 Reached", first)
    assert "Which" not in first


def test_forms_ask_the_same_questions_in_different_orders_with_numbers_from_one(books: dict[str, Path]) -> None:
    one, other = list_asked(books["A"]), list_asked(books["B"])
    assert list(one) == list(other) == [str(number) for number in range(1, 13)]
    titles, others = ([title for title, _ in form.values()] for form in (one, other))
    assert sorted(titles) == sorted(others)
    assert titles != others


@pytest.mark.parametrize("form", ["A", "B"])
def test_the_letters_of_the_key_follow_the_options_of_the_form(books: dict[str, Path], form: str) -> None:
    right = dict(re.findall(r"(?<= )(\d+) ([A-F]) 2(?= )", read(books[f"{form}-key"])))
    options = {number: below for number, (title, below) in list_asked(books[form]).items() if "colour" in title}
    assert right.keys() == options.keys()
    for number, below in options.items():
        shown = dict(re.findall(r"([A-F]) (\w+ \d|None of these)", below))
        serial = int(list_asked(books[form])[number][0][-1])
        assert shown[right[number]] == f"{COLOURS[serial % 4]} {serial}"
        assert shown["F"] == "None of these"


def test_options_that_are_true_or_false_or_name_letters_keep_their_order(books: dict[str, Path]) -> None:
    for form in ("A", "B"):
        text = read(books[form])
        assert "A True B False" in text
        assert "A B B E C Both A and B" in text


def test_questions_of_a_shared_text_stay_together(books: dict[str, Path]) -> None:
    for form in ("A", "B"):
        text = read(books[form])
        assert re.search(
            r"She coughs, too\. For questions (\d+) to (\d+)\. \1 (?:1 mark )?What do you ask first\?", text
        )
        titles = [title for title, _ in list_asked(books[form]).values()]
        first = titles.index("What do you")
        assert titles[first + 1] == "What do you"
        assert "(a) How many weights has it? 2 marks" in text


def test_only_the_key_tells_an_answer(books: dict[str, Path]) -> None:
    for form in ("A", "B"):
        for word in ("Paris", "City of Light", "9.81 ± 0.05", "Since when", "Listen to her lungs", "Twenty", "Six"):
            assert word in read(books[f"{form}-key"])
            assert word not in read(books[form])
            assert word not in read(books[f"{form}-sheet"])
        assert "Think of time" not in read(books[form])  # a hint is no part of an exam
        assert "Answer" not in read(books[form])


@pytest.mark.parametrize("form", ["A", "B"])
def test_the_sheet_has_as_many_circles_and_boxes_as_the_form_has_options(books: dict[str, Path], form: str) -> None:
    assert len(page_texts(books[f"{form}-sheet"])) == 1
    text = read(books[f"{form}-sheet"])
    asked = list_asked(books[form])
    for number, (title, _) in asked.items():
        following = rf"(?= {int(number) + 1}\b|$)"
        if "colour" in title:
            assert re.search(rf" {number} A B C D E F{following}", text)
        elif title == "Water boils":
            assert re.search(rf" {number} A B{following}", text)
        elif title == "Which capital":
            assert re.search(rf" {number} 1 2 3{following}", text)
        elif title in ("What do you", "A network"):
            assert re.search(rf" {number} on the question paper{following}", text)


def test_the_pairs_of_a_form_have_an_order_of_their_own(books: dict[str, Path]) -> None:
    for form in ("A", "B"):
        below = next(below for title, below in list_asked(books[form]).values() if title == "Which capital")
        partners = dict(re.findall(r"([A-C]) (Italy|Greece|Peru)", below))
        letters = re.findall(r"1 ([A-C]), 2 ([A-C]), 3 ([A-C])", read(books[f"{form}-key"]))[0]
        assert [partners[letter] for letter in letters] == ["Italy", "Greece", "Peru"]


def test_two_builds_give_the_same_bytes_and_another_seed_gives_others(tmp_path: Path) -> None:
    first = make_books(tmp_path / "a", FILES, "--no-cache")
    second = make_books(tmp_path / "b", FILES, "--no-cache")
    assert listing(first["A"].parent) == listing(second["A"].parent)
    other = make_books(tmp_path / "c", {**FILES, "guide.toml": CONFIG.replace("seed = 3", "seed = 4")})
    assert list_asked(other["A"]) != list_asked(first["A"])


def test_the_papers_of_an_exam_keep_the_standards(books: dict[str, Path]) -> None:
    assert [line for line in judge_pdfs(*books.values()) if not line.endswith("conforms")] == []


def test_an_exam_without_forms_asks_in_the_order_of_the_guide(tmp_path: Path) -> None:
    config = CONFIG.replace('forms = ["A", "B"]\n', "")
    made = make_books(tmp_path, {**FILES, "guide.toml": config})
    assert sorted(made) == ["", "key", "sheet"]
    titles = [title for title, _ in list_asked(made[""]).values()]
    assert titles[4:] == [
        "Water boils", "Which letters", "The capital", "A stone", "Which capital", "What do you", "What do you", "A network"
    ]  # fmt: skip
    assert "A Amber" in read(made[""])


def test_an_exam_speaks_the_language_of_the_guide(tmp_path: Path) -> None:
    text = "## Was ist Eisen? {#eisen}\n\n- [ ] Keine der Antworten\n- [ ] Luft\n- [x] Metall\n- [ ] Wasser\n"
    config = 'title = "Fakten"\nlanguage = "de"\n[editions.midterm]\ntitle = "Klausur"\ntake = [{ count = 1 }]\ntime = 5\nforms = ["A"]\n'
    made = make_books(tmp_path, {"guide.toml": config, "01-a.md": text})
    assert "Klausur · Variante A 5 Minuten 1 Punkt" in read(made["A"])
    assert "D Keine der Antworten" in read(made["A"])
    assert "Antwortbogen" in read(made["A-sheet"])
    assert "Lösung zum Bewerten" in read(made["A-key"])


# ---------------------------------------------------------------- what is drawn


@pytest.fixture(scope="module")
def guide(tmp_path_factory: pytest.TempPathFactory) -> Guide:
    return read_guide(read_project(str(lay(tmp_path_factory.mktemp("drawn"), FILES))))


def draw(guide: Guide, *takes: Take, seed: int = 0) -> list[list[str]]:
    return [[question.id for question in each.questions] for each in draw_questions(guide, Exam(takes), seed)]


def test_questions_are_drawn_by_chapter_tag_difficulty_and_name_and_none_twice(guide: Guide) -> None:
    easy, rest, tagged, named = draw(
        guide,
        Take(3, difficulty="easy"),
        Take(chapter="colours"),
        Take(tag="abc"),
        Take(questions=("stone", "colour-1")),
    )
    assert len(easy) == 3
    assert len(rest) == 2
    assert not set(easy) & set(rest)
    assert "colour-1" not in easy + rest
    assert tagged == ["letters"]
    assert sorted(named) == ["colour-1", "stone"]


@pytest.mark.parametrize(("count", "drawn"), [(-1, 0), (2**62, 15)])
def test_a_number_that_is_no_number_of_questions_draws_what_there_is(guide: Guide, count: int, drawn: int) -> None:
    assert len(draw(guide, Take(count))[0]) == min(drawn, len(guide.questions))


def test_the_files_of_an_exam_without_a_suffix_have_a_hyphen() -> None:
    config = read_config("[editions.guide]\ntake = [{ count = 1 }]\n")
    assert [edition.suffix for edition in config.editions if edition.paper] == ["", "-sheet", "-key"]


def test_a_seed_decides_what_is_drawn(guide: Guide) -> None:
    drawn = {tuple(sorted(draw(guide, Take(3, chapter="colours"), seed=seed)[0])) for seed in range(20)}
    assert len(drawn) > 5
    assert draw(guide, Take(3), seed=9) == draw(guide, Take(3), seed=9)


@pytest.mark.parametrize("count", range(1, 9))
def test_questions_of_a_shared_text_are_drawn_together_and_the_number_is_kept(guide: Guide, count: int) -> None:
    for seed in range(20):
        (drawn,) = draw(guide, Take(count, chapter="others"), seed=seed)
        assert len(drawn) == count
        assert ("ask-first" in drawn) == ("do-next" in drawn)


def test_marks_are_the_questions_own_or_its_parts_or_those_for_each(guide: Guide) -> None:
    config = read_config('[editions.test]\ntake = [{ chapter = "others" }]\nmarks-each = 4\n')
    edition = next(each for each in config.editions if each.name == "test")
    assert edition.paper
    (chapter,) = make_form(guide, edition, edition.paper).chapters
    marks = {question.id: question.marks for question in chapter.questions}
    assert (marks["match"], marks["net"], marks["boils"]) == (3, 5, 4)


# ---------------------------------------------------------------- guide.toml


def test_an_exam_becomes_editions_with_names_of_their_own() -> None:
    config = read_config('[editions.midterm]\ntake = [{ count = 1 }]\nforms = ["A", "B"]\n')
    assert config.problems == ()
    assert [edition.name for edition in config.editions if edition.paper] == [
        "midterm-A", "midterm-A-sheet", "midterm-A-key", "midterm-B", "midterm-B-sheet", "midterm-B-key"
    ]  # fmt: skip
    assert {edition.table for edition in config.editions if edition.paper} == {"midterm"}


@pytest.mark.parametrize(
    ("text", "place", "rule", "found"),
    [
        ("take = 5", "2:1", "wrong-value", "`take` is no list of tables"),
        ("take = []", "2:1", "wrong-value", "`take` is no list of tables"),
        ("take = [{ cuont = 5 }]", "2:1", "unknown-key", "there is no key `cuont` in `take`"),
        ("take = [{ count = 0 }]", "2:1", "wrong-value", "`count` is `0`"),
        ('take = [{ count = "5" }]', "2:1", "wrong-value", "`count` is `5`"),
        ('take = [{ difficulty = "esay" }]', "2:1", "wrong-value", "`difficulty` is `esay`"),
        ("time = 5", "2:1", "wrong-value", "`time` is a key of an exam, and `test` takes no questions"),
        ('take = [{ count = 1 }]\nkey = "none"', "3:1", "wrong-value", "`test` is an exam, whose key is a file of its own"),
        ('take = [{ count = 1 }]\noutput = "epub"', "3:1", "wrong-value", "`test` is an exam, and an exam is printed"),
        ('take = [{ count = 1 }]\nforms = ["A", "a"]', "3:1", "wrong-value", "`forms` has `A` twice"),
        ('take = [{ count = 1 }]\nforms = ["A", "A "]', "3:1", "wrong-value", "`forms` has `A` twice"),
        (
            'take = [{ count = 1 }]\nforms = ["A-key", "A"]', "3:1", "wrong-value",
            "the forms `A-key` and `A` would be written to one file, `…-test-A-key.pdf`",
        ),
        (
            f"take = [{', '.join(['{ count = 1 }'] * 51)}]", "2:1", "over-limit",
            "`take` has 51 tables of questions, and 50 are the most",
        ),
        ("take = [{ count = 1 }]\nreview = true", "3:1", "wrong-value", "`review` is not for an exam, and `test` is one"),
        ("take = [{ count = 1 }]\nsheets = true", "3:1", "wrong-value", "`sheets` is not for an exam, and `test` is one"),
        ('take = [{ count = 1 }]\nforms = ["../A"]', "3:1", "wrong-value", "`forms` is `../A`"),
        ("take = [{ count = 1 }]\ntime = 20000", "3:1", "over-limit", "`time` has 20,000 minutes, and 10,000 are the most"),
    ],
)  # fmt: skip
def test_a_mistake_in_an_exam_has_its_place(text: str, place: str, rule: str, found: str) -> None:
    assert list_problems(f"[editions.test]\n{text}\n") == [(place, rule, found)]


def test_the_books_of_all_exams_have_a_limit() -> None:
    forms = ", ".join(f'"{number}"' for number in range(26))
    text = "".join(f"[editions.e{number}]\ntake = [{{ count = 1 }}]\nforms = [{forms}]\n" for number in range(3))
    assert [rule for _, rule, _ in list_problems(text)] == ["over-limit"]
    assert len(read_config(text).editions) == 200


def test_an_edition_that_is_no_exam_has_its_own_name_for_its_table() -> None:
    assert Edition("guide").table == "guide"


def test_gaps_within_parts_are_named_by_their_parts_on_the_answer_sheet_and_in_the_key(tmp_path: Path) -> None:
    part = (
        "### (a) One?\n\n#### Answer\nFirstly.\n\n### (b) A [____](gap)\n\n### (c) A [____](hole) and a [____](slit)\n"
    )
    config = '[editions.midterm]\ntake = [{ chapter = "gaps" }]\n'
    books = make_books(tmp_path, {"guide.toml": config, "01-gaps.md": f"## Which? {{#which}}\n\n{part}"})
    assert "1 (b) (c) (1) (c) (2) on the question paper" in read(books["sheet"])
    key = read(books["key"])
    assert "1 (b) gap; (c) (1) hole; (2) slit, p. 1 1 Total 1" in key
    assert "(a) Answer Firstly. (b) gap (c) (1) hole; (2) slit" in key
    assert "{" not in key
