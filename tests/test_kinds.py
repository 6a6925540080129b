"""The kinds of question in the finished books: what is asked beside the question, and what only the key says."""

import re
import zipfile
from html import unescape
from pathlib import Path

import pypdfium2
import pypdfium2.raw as raw
import pytest
from conftest import find_epub_faults, judge_pdfs, lay, page_texts
from every_kind import EVERY_KIND
from PIL import Image

import build
from studyguide.kinds.blanks import convert_number, read_amount, split_answers
from studyguide.kinds.shuffle import find_letters, list_printed, shuffle
from studyguide.pipeline import read_guide
from studyguide.reading.project import read_project


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = lay(tmp_path_factory.mktemp("kinds"), {"content/01-kinds.md": EVERY_KIND})
    assert build.main(["build", str(folder / "content"), "-q", "-o", str(folder / "dist")]) == 0
    return folder / "dist"


def read_halves(path: Path) -> tuple[str, str]:
    """Return the text of the questions of a printed guide, and that of its answer key."""
    pages = [page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(path)]
    (key,) = (number for number, text in enumerate(pages) if text.startswith("Answers 1 Every kind"))
    return "\n".join(pages[:key]), "\n".join(pages[key:])


def squeeze(text: str) -> str:
    return " ".join(text.replace("\u00a0", " ").split())


def strip_tags(markup: str) -> str:
    return squeeze(unescape(re.sub("<[^>]*>", " ", markup))).replace(" ;", ";")


def test_the_questions_show_gaps_and_the_key_what_belongs_there(books: Path) -> None:
    asked, key = map(squeeze, read_halves(books / "every-kind.pdf"))
    assert "The capital of France is ______." in asked
    assert "Water consists of (1) ______ and (2) ______." in asked
    assert "At ______ m/s." in asked
    for words in ("Paris", "hydrogen", "oxygen", "19.6"):
        assert words not in asked
        assert words in key
    assert "Right: (1) hydrogen; (2) oxygen / O2" in key
    assert "Right: 19.6 ± 0.1" in key


def test_several_right_options_are_announced_and_all_in_the_key(books: Path) -> None:
    asked, key = map(squeeze, read_halves(books / "every-kind.pdf"))
    assert asked.count("More than one option is right.") == 1
    assert "Right: A, C" in key


def test_what_is_matched_and_ordered_is_asked_in_another_order_and_answered_in_letters(books: Path) -> None:
    asked, key = map(squeeze, read_halves(books / "every-kind.pdf"))
    (rows,) = re.findall(r"Which letter belongs to which number\? (1 .*?) 1\.7", asked)
    partners = dict(re.findall(r"([A-C]) (Italy|Greece|Peru)", rows))
    capitals = dict(re.findall(r"([1-3]) (Rome|Athens|Lima)", rows))
    assert len(partners) == len(capitals) == 3
    (letters,) = re.findall(r"Right: 1 ([A-C]), 2 ([A-C]), 3 ([A-C])", key)
    right = {"Rome": "Italy", "Athens": "Greece", "Lima": "Peru"}
    assert {capitals[number]: partners[letter] for number, letter in zip("123", letters, strict=True)} == right
    (steps,) = re.findall(r"Put these in the right order\. (.*?) A patient", asked)
    shown = dict(re.findall(r"([A-C]) (The (?:forward pass|loss|backward pass))", steps))
    (order,) = re.findall(r"Right order: ([A-C]), ([A-C]), ([A-C])", key)
    assert [shown[letter] for letter in order] == ["The forward pass", "The loss", "The backward pass"]
    assert list(shown.values()) != ["The forward pass", "The loss", "The backward pass"]


def test_sub_questions_shared_texts_sections_and_marks_are_printed(books: Path) -> None:
    asked, key = map(squeeze, read_halves(books / "every-kind.pdf"))
    for words in (
        "Facts About facts.",
        "She coughs, too. For questions 1.8 to 1.9.",
        "(a) How many weights has it? 2 marks",
    ):
        assert words in asked
    assert "Hint Two matrices." in asked
    assert "Twenty" not in asked
    assert "(a) Answer Twenty." in key
    assert "(b) Answer Six." in key
    assert "1 mark " in asked
    assert "5 marks" in asked


def test_every_edition_and_the_epub_hold_every_kind(books: Path) -> None:
    assert {path.name for path in books.iterdir()} == {
        "every-kind.pdf", "every-kind-workbook.pdf", "every-kind-answers.pdf", "every-kind-teacher.pdf", "every-kind.epub"
    }  # fmt: skip
    assert find_epub_faults(books / "every-kind.epub") == []
    with zipfile.ZipFile(books / "every-kind.epub") as archive:
        asked = archive.read("EPUB/chapter-kinds.xhtml").decode()
        key = archive.read("EPUB/answers-kinds.xhtml").decode()
    assert "Paris" not in asked
    assert "Paris" in key


SECTIONS = {
    "content/01-sums.md": "---\ntitle: Sums\n---\n# Easy sums {#easy-sums}\n\n"
    "## One and one? {#one}\n\n### Answer\nTwo, see [more](#hard-sums) and [the net](#net).\n\n"
    "## A long sum {#net .shared questions=1}\n\nOf three.\n\n## And two? {#two}\n\n### Answer\nThree.\n\n"
    "# Hard sums\n\n## One and nine? {#nine}\n\n### Answer\nTen.\n",
    "content/guide.toml": '[editions.hard]\nchapters = ["hard-sums"]\n\n[editions.rest]\nwithout = ["hard-sums"]\n',
}


def test_the_lists_of_contents_show_the_sections_and_editions_choose_them(tmp_path: Path) -> None:
    lay(tmp_path, SECTIONS)
    names = ("guide", "hard", "rest", "tablet")
    wanted = [word for name in names for word in ("-e", name)]
    assert build.main(["build", str(tmp_path / "content"), "-q", *wanted, "-o", str(tmp_path / "dist")]) == 0
    contents = {}
    for name, ending in (("guide", ""), ("hard", "-hard"), ("rest", "-rest")):
        pages = pypdfium2.PdfDocument(tmp_path / "dist" / f"sums{ending}.pdf")
        texts = [squeeze(page.get_textpage().get_text_range()) for page in pages]
        (contents[name],) = (text for text in texts if re.search("^(?:v )?Contents", text))
    assert re.search(r"Easy sums \d 1\.1 One and one\?.* Hard sums \d 1\.3 One and nine\?", contents["guide"])
    assert "Easy sums" not in contents["hard"]
    assert "1.3 One and nine?" in contents["hard"]
    assert "Hard sums" not in contents["rest"]
    assert "1.2 And two?" in contents["rest"]
    assert find_epub_faults(tmp_path / "dist" / "sums.epub") == []
    with zipfile.ZipFile(tmp_path / "dist" / "sums.epub") as archive:
        nav = archive.read("EPUB/nav.xhtml").decode()
        key = archive.read("EPUB/answers-sums.xhtml").decode()
    assert re.search(r'#hard-sums">Hard sums</a>\s*<ol>\s*<li><a href="chapter-sums\.xhtml#nine"', nav)
    assert 'href="chapter-sums.xhtml#hard-sums"' in key
    assert 'href="chapter-sums.xhtml#net"' in key


def test_sections_that_are_called_alike_are_told_apart(tmp_path: Path) -> None:
    text = (
        "---\ntitle: Sums\n---\n# More\n\n## One? {#a}\n\n### Answer\nA.\n\n# More\n\n## Two? {#b}\n\n### Answer\nB.\n"
    )
    lay(tmp_path, {"content/01-a.md": text, "content/02-b.md": text.replace("#a", "#c").replace("#b", "#d")})
    guide = read_guide(read_project(str(tmp_path / "content")))
    sections = [each.section for each in guide.questions]
    assert len(set(sections)) == 4
    assert [each.id for chapter in guide.chapters for each in chapter.divisions] == sections


def test_the_identifier_of_a_section_is_taken(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lay(tmp_path, {"content/01-a.md": SECTIONS["content/01-sums.md"].replace("#net .", "#nine .")})
    assert build.main(["check", str(tmp_path / "content")]) == 1
    assert "the identifier `nine` is taken" in capsys.readouterr().err


def test_every_kind_is_accessible_in_print(books: Path) -> None:
    verdicts = judge_pdfs(*sorted(books.glob("*.pdf")))
    assert verdicts
    assert [line for line in verdicts if not line.endswith("conforms")] == []


KEYS = {  # what is asked, and what gives it away
    "The capital of France": "Right: Paris",
    "Water consists of": "Right: (1) hydrogen",
    "How fast does a stone fall": "Right: 19.6",
    "Which animals are mammals?": "Right: A, C",
    "Which capital belongs": "Right: 1 ",
    "In which order does training": "Right order:",
    "(a) How many weights has it?": "(a) Answer Twenty.",
}


def test_a_key_that_stands_apart_says_in_words_what_its_letters_mean(books: Path) -> None:
    with zipfile.ZipFile(books / "every-kind.epub") as archive:
        epub = strip_tags(archive.read("EPUB/answers-kinds.xhtml").decode())
    for key in (squeeze(read_halves(books / "every-kind.pdf")[1]), epub):
        assert "Right: A True" in key
        assert re.search(r"Right: A ?, C A A whale C A bat", key)
        assert re.search(r"Right: 1 (.) ?, 2 (.) ?, 3 (.) 1 Rome \1 Italy 2 Athens \2 Greece 3 Lima \3 Peru", key)
        assert re.search(r"Right order: (.) ?, (.) ?, (.) \1 The forward pass \2 The loss \3 The backward pass", key)


@pytest.mark.parametrize("name", ["teacher", "answers"])
def test_a_key_at_its_question_does_not_say_the_options_again(name: str, books: Path) -> None:
    text = squeeze(" ".join(page_texts(books / f"every-kind-{name}.pdf")))
    for words in ("A whale", "Italy", "The forward pass"):
        assert text.count(words) == 1
    assert "Right: A, C" in text


REASONED = """## Which flour? {#flour}

- [ ] Cake flour
  > It has too little protein.
- [x] Strong flour[^note]
- [ ] Rye flour
- [x] Code

  ```python
  b = 2
  ```
  > It is $b$.
- [x] As here: $$E = mc^2$$
  > Einstein said so.

[^note]: As bakers say.

## Which picture? {#picture}

- [ ] ![A grey square.](p.png)
  > It is too pale.
- [x] ![Another square.](p.png)

## Which formula? {#formula}

- [x] It is

  $$a = b$$
- [ ] $b$
"""


def test_options_stand_in_the_key_before_their_reasons_once(tmp_path: Path) -> None:
    lay(tmp_path, {"content/01-a.md": REASONED, "content/guide.toml": 'title = "T"\n'})
    Image.new("RGB", (600, 400), "grey").save(tmp_path / "content" / "p.png")
    wanted = [word for name in ("guide", "teacher", "tablet") for word in ("-e", name)]
    assert build.main(["build", str(tmp_path / "content"), "-q", *wanted, "-o", str(tmp_path / "dist")]) == 0
    text = squeeze(" ".join(page_texts(tmp_path / "dist" / "t.pdf")))
    _, _, key = text.partition("Right: B, D, E ")
    assert key.startswith("A Cake flour It has too little protein. B Strong flour D Code b = 2 It is")
    assert "Rye" not in key
    assert "bakers" not in key  # the note stands where it is asked
    assert squeeze(" ".join(page_texts(tmp_path / "dist" / "t-teacher.pdf"))).count("Cake flour") == 1
    assert [line for line in judge_pdfs(*(tmp_path / "dist").glob("*.pdf")) if not line.endswith("conforms")] == []
    assert find_epub_faults(tmp_path / "dist" / "t.epub") == []


PARTED = """---
title: Parts
---
## A titration {#titration}

### (a) Why?

#### Answer
To learn it.

### (b) It holds [____](<0.100 ± 0.001 mol>). How much is it?

#### Hint
Think of moles.

### (c) And then?

#### Answer
It is strong.

## Water, [____](wet) {#wet}

### (a) Its [____](hydrogen)

### (b) Two

Its [____](oxygen) and its [____](<bonds; pairs>).

### (c) Its [____](<2.24 L>)
"""


def test_the_words_of_gaps_stand_in_the_key_at_the_part_of_the_question_that_has_them(tmp_path: Path) -> None:
    config = '[editions.pages]\noutput = "web"\n'
    lay(tmp_path, {"content/01-parts.md": PARTED, "content/guide.toml": config})
    assert build.main(["build", str(tmp_path / "content"), "-q", "-o", str(tmp_path / "dist")]) == 0
    texts = {path.stem: squeeze(" ".join(page_texts(path))) for path in (tmp_path / "dist").glob("*.pdf")}
    with zipfile.ZipFile(tmp_path / "dist" / "parts.epub") as archive:
        texts["epub"] = strip_tags(archive.read("EPUB/answers-parts.xhtml").decode())
    texts["web"] = strip_tags((tmp_path / "dist" / "parts-pages" / "chapter-parts.html").read_text("utf-8"))
    assert set(texts) == {"parts", "parts-answers", "parts-teacher", "parts-workbook", "epub", "web"}
    for name, text in texts.items():
        if name == "parts-workbook":
            assert "mol" not in text.replace("moles", "")
            assert "Its ______ (b) Two Its (1) ______ and its (2) ______. (c) Its ______" in text
            continue
        hint = "(b) Hint Think of moles. " if name == "parts-teacher" else ""
        assert f"(a) Answer To learn it. {hint}(b) 0.100 ± 0.001 mol (c) Answer It is strong." in text, name
        assert "Right: wet (a) hydrogen (b) (1) oxygen; (2) bonds / pairs (c) 2.24 L" in text, name
    assert [line for line in judge_pdfs(*(tmp_path / "dist").glob("*.pdf")) if not line.endswith("conforms")] == []
    assert find_epub_faults(tmp_path / "dist" / "parts.epub") == []


@pytest.mark.parametrize("key", ["book-end", "chapter-end"])
@pytest.mark.parametrize("page", ["a4", "a5"])
def test_no_opening_that_asks_shows_what_only_the_key_may_say(key: str, page: str, tmp_path: Path) -> None:
    config = f'[editions.guide]\nkey = "{key}"\npage = "{page}"\n'
    lay(tmp_path, {"content/01-kinds.md": EVERY_KIND, "content/guide.toml": config})
    assert build.main(["build", str(tmp_path / "content"), "-q", "-e", "guide", "-o", str(tmp_path / "dist")]) == 0
    (path,) = (tmp_path / "dist").iterdir()
    texts = [squeeze(each.get_textpage().get_text_range()) for each in pypdfium2.PdfDocument(path)]
    for asked, given in KEYS.items():
        # A question stands with the reference to its answer, an arrow to the right; so does its title in the key with another.
        asking = {number for number, text in enumerate(texts) if asked in text and "→" in text}
        giving = {number for number, text in enumerate(texts) if given in text}
        assert asking, asked
        assert giving, given
        # The pages 2n - 1 and 2n of a file face each other.
        assert {(number + 1) // 2 for number in asking}.isdisjoint((number + 1) // 2 for number in giving), asked


def test_kinds_are_said_in_the_language_of_the_book(tmp_path: Path) -> None:
    text = "## Die Sonne geht im Osten auf. {#sonne marks=2}\n\n- [x] Richtig\n- [ ] Falsch\n"
    lay(tmp_path, {"content/01-kinds.md": text, "content/guide.toml": 'language = "de"\n'})
    assert build.main(["build", str(tmp_path / "content"), "-q", "-e", "tablet", "-o", str(tmp_path / "dist")]) == 0
    (path,) = (tmp_path / "dist").iterdir()
    with zipfile.ZipFile(path) as archive:
        asked = archive.read("EPUB/chapter-kinds.xhtml").decode()
    assert "2 Punkte" in asked
    assert 'class="choices short"' in asked


@pytest.mark.parametrize("count", range(2, 8))
def test_a_shuffled_order_is_a_permutation_but_never_the_right_one(count: int) -> None:
    for number in range(50):
        name = f"question-{number}"
        order = shuffle(count, name)
        assert sorted(order) == list(range(count))
        assert order != tuple(range(count))
        printed = dict(list_printed(count, name))
        assert [printed[letter] for letter in find_letters(count, name)] == list(range(count))


@pytest.mark.parametrize(
    ("answer", "amount"),
    [
        ("9.81 ± 0.05 m/s²", ("9.81", "0.05", "m/s²")),
        ("3 000", ("3 000", "", "")),
        ("19.6 ± 2 % m", ("19.6", "2 %", "m")),
        ("-5 °C", ("-5", "", "°C")),
        ("Paris", None),
    ],
)
def test_an_answer_that_is_a_number_has_a_tolerance_and_a_unit(
    answer: str, amount: tuple[str, str, str] | None
) -> None:
    assert read_amount(answer) == amount


def test_answers_of_a_blank_stand_between_semicolons() -> None:
    assert split_answers("Paris; City of Light ;") == ("Paris", "City of Light")


def test_the_words_of_a_blank_keep_their_place(tmp_path: Path) -> None:
    lay(tmp_path, {"content/01-a.md": "## It is [____](). {#x}\n"})
    (question,) = read_guide(read_project(str(tmp_path / "content"))).questions
    (blank,) = question.blanks
    assert (blank.place.line, blank.place.column) == (1, 17)  # where its answer stands


def check(text: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> list[str]:
    lay(folder, {"content/01-a.md": text})
    code = build.main(["check", str(folder / "content")])
    said = capsys.readouterr().err
    assert code == (1 if "nothing was written" in said else 0)
    return [line.partition("01-a.md:")[2] for line in said.splitlines() if "01-a.md:" in line]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (
            "## Why? {#why}\n\n### (a) One? {marks=2 .hard}\n\n#### Answer\nSo.\n",
            "3:9: the sub-question `(a)` has the mark `.hard`, which only a question can have [unknown-mark]",
        ),
        (
            "## Both {.shared questions=0}\n\n## Why? {#why}\n\n### Answer\nSo.\n",
            "1:1: the shared text has the mark `questions=0`, which means nothing there [unknown-mark]",
        ),
        (
            '---\ntitle: T\n---\n# Part {tags="a"}\n\n## Why? {#why}\n\n### Answer\nSo.\n',
            '4:1: the section has the mark `tags="a"`, which means nothing there [unknown-mark]',
        ),
        (
            "## Why? {#why marks=1001}\n\n### Answer\nSo.\n",
            "1:1: `marks` has 1,001 marks, and 1,000 are the most [over-limit]",
        ),
        (
            "## Why? {#why .ordering}\n\n" + "".join(f"{number}. Step {number}\n" for number in range(1, 28)),
            "1:1: the question has 27 items to match or to order, and 26 are the most [over-limit]",
        ),
        ("## Is it [____](a)? {#why}\n\n### Answer\nOr [____](b).\n", "4:11: this blank stands where nothing is asked, and no key gives its answer [empty-blank]"),
    ],
)  # fmt: skip
def test_a_mark_that_means_nothing_and_too_much_of_a_kind_are_reported(
    text: str, found: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert check(text, tmp_path, capsys) == [found]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("## Which? {#why .ordering}\n\n- First\n- Second\n", ["1:1: the question is marked `.ordering`, and has no items [missing-items]"]),
        ("## Which? {#why .matching}\n\n| A | B |\n|---|---|\n| a | b |\n| c |\n", ["6:3: `c` has nothing that it is matched with [missing-partner]"]),
        ("## Which? {#why .matching}\n\n| A | B |\n|---|---|\n| a | b |\n| a | c |\n", ["6:3: `a` is matched with both `b` and `c` [missing-partner]"]),
        (
            "## Which? {#why .matching}\n\n| A | B | C |\n|---|---|---|\n| a | b | x |\n| c | d | |\n",
            ["5:11: warning: the cell `x` is in no book: two columns are matched [lost-cell]"],
        ),
        (
            "## Which? {#why .ordering}\n\n1. a\n2. b\n3. a\n",
            ["5:4: warning: the step `a` is in the list twice, and the key has one order of the two [repeated-option]"],
        ),
        (
            "## Which? {#why .ordering .matching}\n\n1. a\n2. b\n",
            ["1:1: the mark `.matching` is the second of its kind [unknown-mark]"],
        ),
        (
            "## How long? {#why}\n\nIt is [____](<3 m ± 0.1 m>).\n",
            ["3:14: warning: the answer `3 m ± 0.1 m` has a tolerance that cannot be read [tolerance-unit]"],
        ),
        (
            "## How long? {#why}\n\nIt is [____] (Paris).\n\n### Answer\nSo.\n",
            ["3:7: warning: `[____] (` would be printed as it stands [raw-markdown]"],
        ),
        (
            "## How long? {#why}\n\nIt is $x = [____](5)$.\n\n### Answer\nSo.\n",
            ["3:1: the formula `x = [____](5)` has a gap in it, and a formula cannot have one [empty-blank]"],
        ),
        ("## Why [____](<\u200b>)? {#why}\n", ["1:15: this blank has no answer [empty-blank]"]),
        ("## Why [____]([____](x))? {#why}\n", ["1:15: this blank has no answer [empty-blank]"]),
        ("## Why [____](<" + "x;" * 51 + ">)? {#why}\n", ["1:15: this blank has 51 answers, and 50 are the most [over-limit]"]),
        (
            "## Why? {#why .ordering .shared}\n\n1. a\n2. b\n",
            ["1:1: the mark `.shared` is the second of its kind [unknown-mark]"],
        ),
        (
            "## Why? {#why questions=2}\n\n### Answer\nSo.\n",
            ["1:1: the mark `questions=2` belongs to a text that questions share [unknown-mark]"],
        ),
        ("## Why? {#why}\n\n### (A) One\n\nSo.\n\n### Answer\nSo.\n", ["3:5: there is no part `(A) One` [unknown-part]"]),
    ],
)  # fmt: skip
def test_each_slip_of_an_author_is_reported_once_where_it_is(
    text: str, found: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert check(text, tmp_path, capsys) == found


def test_a_list_with_numbers_inside_a_step_is_part_of_the_step(tmp_path: Path) -> None:
    text = "## Which? {#why .ordering}\n\n1. One\n   1. inner\n   2. inner too\n2. Two\n\n   ```\n   1. code\n   ```\n3. Three\n"
    (question,) = read_guide(read_project(str(lay(tmp_path, {"content/01-a.md": text}) / "content"))).questions
    assert [each.text.markdown.split("\n")[0] for each in question.items] == ["One", "Two", "Three"]


@pytest.mark.parametrize(
    ("number", "language", "found"),
    [
        ("1,234,567.8", "en", "1234567.8"),
        ("1.234.567,8 ± 1 m", "de", "1234567.8"),
        ("1,234", "en", "1234"),
        ("1,234", "de", "1.234"),
        ("1,234", "hi-IN", "1234"),
        ("12,34,567.8", "hi", "1234567.8"),
        ("12 345,6", "fr", "12345.6"),
        ("6.02 · 10^23", "en", "6.02e23"),
        ("1,2,3", "en", None),
        ("1e999999999", "en", "1"),
        ("10^-5", "en", "10"),
    ],
)
def test_a_number_is_one_that_every_program_can_read(number: str, language: str, found: str | None) -> None:
    amount = read_amount(number)
    assert (amount and convert_number(amount.number, language)) == found


@pytest.mark.parametrize(
    "answer",
    [
        "R&amp;D; AT&T",
        "two words; three more words",
        "f(x) = 2 (or so)",
        "50 % of it",
        "<javascript:alert(1)>",
        "x:y",
        "#include",
        "<50 %>",
        "<$x^2$>",
    ],
)
def test_any_words_can_be_the_answer_of_a_blank(
    answer: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert check(f"## Is it [____]({answer})? {{#why}}\n", tmp_path, capsys) == []
    (question,) = read_guide(read_project(str(tmp_path / "content"))).questions
    (blank,) = question.blanks
    assert "; ".join(each.markdown for each in blank.answers) == answer.strip("<>")
    assert question.title.html.count("<") == 2  # the gap alone


def test_options_that_are_pictures_stand_together_and_are_not_blown_up(tmp_path: Path) -> None:
    Image.new("RGB", (1200, 800), "grey").save(tmp_path / "p.png")
    options = "".join(f"- [{'x' if number == 2 else ' '}] ![Picture number {number}.](p.png)\n" for number in range(4))
    lay(tmp_path, {"content/01-a.md": f"## Which is it? {{#which}}\n\n{options}"})
    (tmp_path / "p.png").rename(tmp_path / "content" / "p.png")
    assert build.main(["build", str(tmp_path / "content"), "-q", "-e", "guide", "-o", str(tmp_path / "dist")]) == 0
    (path,) = (tmp_path / "dist").iterdir()
    pages = [
        [each.get_bounds() for each in page.get_objects() if each.type == raw.FPDF_PAGEOBJ_IMAGE]
        for page in pypdfium2.PdfDocument(path)
    ]
    bounds, given = filter(None, pages)
    assert (len(bounds), len(given)) == (4, 1)  # the key shows the right one again
    assert all(right - left < 49 * 72 / 25.4 for left, _, right, _ in (*bounds, *given))
    assert len({round(left) for left, *_ in bounds}) == 2  # two beside each other


def test_questions_that_share_a_text_stay_with_it_where_a_page_has_room(tmp_path: Path) -> None:
    line = "Words that fill a line of the page and go on to the next one, so that the page is full sooner than later. "
    before = "".join(f"## Why {number}? {{#why-{number}}}\n\n{line * 3}\n\n### Answer\nSo.\n\n" for number in range(8))
    for count in range(1, 9):  # wherever the page ends
        group = f"## A case {{.shared questions=2}}\n\n{line * count}\n\n" + "".join(
            f"## And {each}? {{#and-{each}}}\n\n### Answer\nSo.\n\n" for each in ("first", "then")
        )
        folder = lay(tmp_path / str(count), {"content/01-a.md": before + group})
        assert build.main(["build", str(folder / "content"), "-q", "-e", "guide", "-o", str(folder / "dist")]) == 0
        (path,) = (folder / "dist").iterdir()
        texts = [squeeze(page.get_textpage().get_text_range()) for page in pypdfium2.PdfDocument(path)]
        asked = [
            {number for number, text in enumerate(texts) if words in text and "Right" not in text}
            for words in ("For questions 1.9 to 1.10.", "1.9 And first?", "1.10 And then?")
        ]
        first = [min(numbers - {4}) for numbers in asked]  # not the contents
        assert len(set(first)) == 1, (count, asked)
