"""An EPUB edition says how a question gives its answer away, and in which form its formulas are."""

import re
from collections import Counter
from pathlib import Path

import pytest
from conftest import conforms, entries, lay
from lxml import etree

import build
from studyguide.locale import load_locale
from studyguide.maths import convert_formulas, set_formula

XHTML = "{http://www.w3.org/1999/xhtml}"
MATHML = "{http://www.w3.org/1998/Math/MathML}"
OPS = "{http://www.idpf.org/2007/ops}"
CHAPTER = "chapter-first-things.xhtml"
KEY = "answers-first-things.xhtml"

Book = dict[str, etree._Element]


def built(small: Path, settings: str, *others: str) -> Book:
    """The documents of the tablet edition with these settings, which EPUBCheck has passed."""
    guide = small / "guide.toml"
    lay(small, {"guide.toml": f"{guide.read_text()}\n[editions.tablet]\n{settings}\n"})
    editions = [word for name in ("tablet", *others) for word in ("-e", name)]
    assert build.main(["-q", *editions]) == 0
    (path,) = Path("dist").glob("*.epub")
    conforms(path)
    book = {name: etree.fromstring(data) for name, data in entries(path).items() if name.endswith((".xhtml", ".opf"))}
    sound(book)
    return book


def sound(book: Book) -> None:
    """Identifiers are unique in their document, and every link inside leads somewhere."""
    documents = {name: tree for name, tree in book.items() if name.endswith(".xhtml")}
    anchors = {name: [each.get("id") for each in tree.iter() if each.get("id")] for name, tree in documents.items()}
    assert [each for name in anchors for each, count in Counter(anchors[name]).items() if count > 1] == []
    for name, tree in documents.items():
        for link in tree.iter(f"{XHTML}a"):
            target, _, anchor = link.get("href", "").partition("#")
            assert ":" in target or not anchor or anchor in anchors[target or name], (name, link.get("href"))


def text(element: etree._Element) -> str:
    return " ".join("".join(element.itertext()).split())


def by_id(tree: etree._Element, anchor: str) -> etree._Element:
    (found,) = [each for each in tree.iter() if each.get("id") == anchor]
    return found


def popped(book: Book, question: str) -> dict[str, etree._Element]:
    """The notes that a question opens, by the words of its marks."""
    tree = book[CHAPTER]
    marks = [each for each in by_id(tree, question).iter(f"{XHTML}a") if each.get("role") == "doc-noteref"]
    assert {mark.get(f"{OPS}type") for mark in marks} <= {"noteref"}
    return {mark.text: by_id(tree, mark.get("href").removeprefix("#")) for mark in marks}


# ---------------------------------------------------------------- reveal


@pytest.mark.parametrize("maths", ["svg", "mathml", "both"])
@pytest.mark.parametrize("reveal", ["linked", "popup", "inline"])
def test_every_combination_is_a_sound_book(small: Path, reveal: str, maths: str) -> None:
    book = built(small, f'reveal = "{reveal}"\nmaths = "{maths}"')
    assert (KEY in book) is (reveal != "inline")
    anchors = [each.get("id", "") for name, tree in book.items() if name != "content.opf" for each in tree.iter()]
    # Footnotes are numbered in each document.
    own = Counter(each for each in anchors if each and not re.fullmatch(r"note(ref)?-\d+", each))
    assert [each for each, count in own.items() if count > 1] == []


def test_a_popup_note_opens_from_its_question_and_leads_back(small: Path) -> None:
    book = built(small, 'reveal = "popup"')
    notes = popped(book, "first")
    assert list(notes) == ["Hint", "Answer"]
    for note in notes.values():
        assert (note.tag, note.get(f"{OPS}type"), note.get("role")) == (f"{XHTML}aside", "footnote", "doc-footnote")
        (back,) = [each for each in note.iter(f"{XHTML}a") if each.get("role") == "doc-backlink"]
        assert back.get("href") == "#first"
    assert text(notes["Hint"]) == "Question 1.1: Hint Look at your thumb."
    assert text(notes["Answer"]).startswith("Question 1.1: Answer The number")


def test_the_notes_of_a_question_have_the_hints_and_answers_of_the_questions_within_it(small: Path) -> None:
    inner = "## Two things {#two}\n\n### (a) One?\n\n#### Hint\nThink inward.\n\n#### Answer\nFirstly.\n\n### (b) Other?\n\n#### Answer\nSecondly.\n\n### (c) A [____](gap)\n"
    chapter = next(small.glob("*first-things.md"))
    chapter.write_text(f"{chapter.read_text()}\n{inner}")
    notes = {name: text(note) for name, note in popped(built(small, 'reveal = "popup"'), "two").items()}
    assert "(a) Think inward." in notes["Hint"]
    assert "(a) Firstly. (b) Secondly. (c) gap" in notes["Answer"]


def test_a_hint_that_pops_up_is_not_told_in_the_question_and_the_full_answer_stays_in_the_key(small: Path) -> None:
    book = built(small, 'reveal = "popup"')
    assert "thumb" not in text(by_id(book[CHAPTER], "first"))
    assert "Zero is less" not in text(book[CHAPTER])
    assert "Zero is less" in text(by_id(book[KEY], "answer-first"))
    links = {each.get("href"): text(each) for each in by_id(book[CHAPTER], "first").iter(f"{XHTML}a")}
    assert links[f"{KEY}#answer-first"] == "Answer key →"


def test_the_note_of_a_multiple_choice_names_the_right_letters_alone(small: Path) -> None:
    notes = popped(built(small, 'reveal = "popup"'), "second")
    assert {name: text(note) for name, note in notes.items()} == {"Answer": "Question 1.2: Answer Right: B"}


def test_the_notes_stand_at_the_end_under_a_heading_in_words(small: Path) -> None:
    (section,) = [
        each
        for each in built(small, 'reveal = "popup"')[CHAPTER].iter(f"{XHTML}section")
        if each.get("class") == "popups"
    ]
    assert text(section[0]) == "Hints and short answers"
    assert section.get("aria-labelledby") == section[0].get("id")
    assert section.getnext() is None
    assert not list(section.iter(f"{XHTML}details", f"{XHTML}script"))


def test_a_copy_in_a_note_has_no_identifiers(small: Path) -> None:
    chapter = small / "01-first-things.md"
    lay(small, {chapter.name: chapter.read_text().replace("The number", "#### Which {#which}\nThe number")})
    book = built(small, 'reveal = "popup"')
    homes = [name for name, tree in book.items() for each in tree.iter() if each.get("id") == "which"]
    assert homes == [KEY]
    assert "Which" in text(popped(book, "first")["Answer"])


def test_a_workbook_pops_up_the_hint_and_no_answer(small: Path) -> None:
    book = built(small, 'reveal = "popup"\nkey = "none"')
    assert list(popped(book, "first")) == ["Hint"]
    assert popped(book, "second") == {}


def test_inline_puts_the_answer_below_its_question(small: Path) -> None:
    book = built(small, 'reveal = "inline"')
    assert "Zero is less" in text(by_id(book[CHAPTER], "first"))
    assert popped(book, "first") == {}


@pytest.mark.parametrize("key", ["reveal", "maths"])
def test_a_printed_book_has_no_key_of_an_epub(key: str, small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    guide = (small / "guide.toml").read_text()
    value = {"reveal": "popup", "maths": "mathml"}[key]
    lay(small, {"guide.toml": f'{guide}\n[editions.one]\n{key} = "{value}"\n'})
    assert build.main(["-q", "-e", "one"]) == 1
    assert (
        f'`{key}` is a key of editions with `output = "epub"`, and `one` has `output = "pdf"` [unknown-key]'
        in capsys.readouterr().err
    )


@pytest.mark.parametrize("reveal", ["popup", "inline"])
def test_each_printed_page_is_marked_once_in_reading_order(small: Path, reveal: str) -> None:
    long = " ".join(f"word{number}" for number in range(1500))
    questions = "".join(
        f"## Why {number}? {{#why-{number}}}\n\n### Hint\n{long[:900]}\n\n### Answer\nSo.\n\n### Explanation\n{long}\n\n"
        for number in range(6)
    )
    lay(small, {"02-long.md": f"---\ntitle: Long\n---\n{long}\n\n{questions}"})
    book = built(small, f'reveal = "{reveal}"', "guide")
    names = {each.get("id"): each.get("href") for each in book["content.opf"].iter("{*}item")}
    spine = [names[each.get("idref")] for each in book["content.opf"].iter("{*}itemref")]
    marks = [
        f"{name}#{each.get('id')}"
        for name in spine
        for each in book[name].iter(f"{XHTML}span")
        if each.get("role") == "doc-pagebreak"
    ]
    (pages,) = [each for each in book["nav.xhtml"].iter(f"{XHTML}nav") if each.get("role") == "doc-pagelist"]
    assert marks == [each.get("href") for each in pages.iter(f"{XHTML}a")]
    labels = [int(mark.rpartition("-")[2]) for mark in marks]
    assert labels == sorted(set(labels))
    assert len(labels) > 8
    inside = [each for section in book["chapter-long.xhtml"].iter(f"{XHTML}aside") for each in section.iter()]
    assert not any(each.get("role") == "doc-pagebreak" for each in inside)


# ---------------------------------------------------------------- maths


def test_mathml_is_in_the_book_with_its_words_and_the_package_says_so(small: Path) -> None:
    book = built(small, 'maths = "mathml"')
    formulas = {math.get("alttext"): math.get("display") for math in book[KEY].iter(f"{MATHML}math")}
    assert formulas == {"1": "inline", "4 over 2 equals 2": "block"}
    drawn = [each for name in (CHAPTER, KEY) for each in book[name].iter("{http://www.w3.org/2000/svg}svg")]
    assert [each.get("aria-label") for each in drawn] == ["Two dots side by side."]  # the figure
    assert read_maths_properties(book) == ("svg mathml", {"MathML", "describedMath"})  # svg is the figure's


def test_both_forms_of_a_formula_stand_side_by_side(small: Path) -> None:
    book = built(small, 'maths = "both"')
    for math in book[KEY].iter(f"{MATHML}math"):
        assert math.getnext().get("aria-label") == math.get("alttext")
    assert read_maths_properties(book) == ("svg mathml", {"MathML", "describedMath"})


def test_only_a_book_with_both_forms_chooses_between_them(small: Path) -> None:
    guide = (small / "guide.toml").read_text()
    chooses = {}
    for maths in ("svg", "mathml", "both"):
        lay(small, {"guide.toml": f'{guide}\n[editions.tablet]\nmaths = "{maths}"\n'})
        assert build.main(["-q", "-e", "tablet"]) == 0
        chooses[maths] = b"@supports (math-style: compact)" in entries("dist/a-small-guide.epub")["style.css"]
    assert chooses == {"svg": False, "mathml": False, "both": True}


def test_without_a_word_formulas_are_drawn(small: Path) -> None:
    book = built(small, "")
    assert not list(book[KEY].iter(f"{MATHML}math"))
    assert read_maths_properties(book) == ("svg", {"describedMath"})


def read_maths_properties(book: Book) -> tuple[str, set[str]]:
    """Return the properties of the answer key in the package, and the accessibility features for formulas."""
    package = book["content.opf"]
    (properties,) = [each.get("properties") for each in package.iter("{*}item") if each.get("href") == KEY]
    features = {each.text for each in package.iter("{*}meta") if each.get("property") == "schema:accessibilityFeature"}
    return properties, features & {"MathML", "describedMath"}


@pytest.mark.parametrize("latex", [r"a < b \& c", 'x = "y"', "a\n+ b", r"\begin{pmatrix}a & b\\c & d\end{pmatrix}"])
def test_the_formula_of_a_drawing_is_the_one_that_was_written(latex: str) -> None:
    page = f"<p>{set_formula(latex, False, load_locale('en'))}</p>"
    assert re.findall('alttext="(.*?)"', convert_formulas(page, "mathml")) == re.findall('aria-label="(.*?)"', page)
    assert [each.get("data-tex") for each in etree.fromstring(page)] == [latex]
    assert len(etree.fromstring(convert_formulas(page, "both"))) == 2
