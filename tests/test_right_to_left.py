"""Books that run from right to left: their pages, lists, tables and references are mirrored, and code and formulas are not."""

import re
import subprocess
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import pikepdf
import pypdfium2
import pytest
from conftest import ROOT, conforms, documents, entries, judge_pdfs, lay, need

import build
from studyguide.bidi import get_direction, order_runs
from studyguide.compose.mirror import mirror_holes, mirror_styles
from studyguide.kinds.shuffle import write_letter
from studyguide.locale import load_locale
from studyguide.pdf.section_pages import HOLES

HEBREW = ROOT / "tests" / "scripts" / "he"
WIDE = "\n".join(
    ["| " + " | ".join(f"עמודה-{column}-ארוכה" for column in range(11)) + " |", "|" + "---|" * 11]
    + ["| " + " | ".join(f"ערך-{row}-{column}-ארוך" for column in range(11)) + " |" for row in range(3)]
)
FOREIGN = f"""\
---
title: שפות
---
## What is a layer? {{#english lang=en}}

- [x] A set of neurons
- [ ] A file

### Answer
See [the other question](#table), then go on.

## מה יש בטבלה? {{#table}}

### Answer
{WIDE}
"""


class Box(NamedTuple):
    """A place on a page in points, from the lower left corner."""

    left: float
    bottom: float
    right: float
    top: float


class Page:
    """A page of a PDF, whose words can be searched for.

    PDFium turns the order of Latin words on a page of Hebrew text, but not that of their letters.
    """

    def __init__(self, path: Path, words: str) -> None:
        """Find the only page that has all of these words."""
        self._document = pypdfium2.PdfDocument(path)
        found = [page for page in self._document if all(each in _read(page) for each in words.split("|"))]
        assert len(found) == 1, (words, len(found))
        self._page = found[0]
        self.width = self._page.get_width()

    def find(self, pattern: str, number: int = 0) -> Box:
        """Return the box around a text; ``number`` counts those that the pattern matches, from 0."""
        text = self._page.get_textpage()
        match = list(re.finditer(pattern, text.get_text_range().replace("\xa0", " ")))[number]
        boxes = [
            Box(*text.get_charbox(place)) for place in range(match.start(), match.end()) if match.string[place].strip()
        ]
        lefts, bottoms, rights, tops = zip(*boxes, strict=True)
        return Box(min(lefts), min(bottoms), max(rights), max(tops))


def _read(page: pypdfium2.PdfPage) -> str:
    return str(page.get_textpage().get_text_range())


def build_books(source: Path, dist: Path, *editions: str) -> None:
    chosen = [word for edition in editions for word in ("-e", edition)]
    assert build.main(["build", str(source), "--out", str(dist), "--quiet", *chosen]) == 0


@pytest.fixture(scope="module")
def hebrew(tmp_path_factory: pytest.TempPathFactory) -> Path:
    dist = tmp_path_factory.mktemp("hebrew")
    build_books(HEBREW, dist, "guide", "tablet")
    return dist


@pytest.fixture(scope="module")
def foreign(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("foreign")
    config = 'title = "שפות"\nname = "foreign"\nlanguage = "he"\ndate = 2026-01-31\n'
    lay(folder / "content", {"guide.toml": config, "01-words.md": FOREIGN})
    build_books(folder / "content", folder / "dist", "guide")
    return folder / "dist" / "foreign.pdf"


def test_numbers_in_a_line_from_the_right_run_from_the_left() -> None:
    assert order_runs("תשובות 4.1–4.7", "rtl") == [("4.7", "ltr"), ("–", "rtl"), ("4.1", "ltr"), ("תשובות ", "rtl")]
    assert order_runs("Answers 4.1–4.7", "ltr") == [("Answers 4.1–4.7", "ltr")]


# ---------------------------------------------------------------- pages


def test_the_file_says_that_its_pages_turn_to_the_right(hebrew: Path) -> None:
    with pikepdf.open(hebrew / "he.pdf") as pdf:
        assert pdf.Root.ViewerPreferences.Direction == "/R2L"


def test_a_recto_is_a_left_hand_page(hebrew: Path) -> None:
    recto = Page(hebrew / "he.pdf", "יסודות הרשת|קובץ")
    verso = Page(hebrew / "he.pdf", "נתונים והערכה|קבוצת|קשה")
    assert recto.find("1$").right < recto.width / 8
    assert verso.find("2$").left > verso.width * 7 / 8


def test_text_stands_at_the_outer_side_of_each_page(hebrew: Path) -> None:
    recto = Page(hebrew / "he.pdf", "יסודות הרשת|קובץ")
    verso = Page(hebrew / "he.pdf", "נתונים והערכה|קבוצת|קשה")
    inner, outer = 23, 21  # mm of styles/pages/a4.css
    shift = verso.find(r"2\.1").right - recto.find(r"1\.1").right
    assert shift == pytest.approx((inner - outer) * 72 / 25.4, abs=0.7)


def test_the_number_of_a_question_is_at_its_right_and_its_page_at_its_left(hebrew: Path) -> None:
    page = Page(hebrew / "he.pdf", "יסודות הרשת|קובץ")
    title, number = page.find("מהי שכבה ברשת עצבית"), page.find(r"1\.1")
    arrow, word, last = page.find("←"), page.find("עמ׳"), page.find("(?<=עמ׳)3")
    assert number.left > title.right
    assert last.right < word.left < word.right < arrow.left < title.left


def test_the_contents_have_their_pages_at_the_left(hebrew: Path) -> None:
    page = Page(hebrew / "he.pdf", "תוכן העניינים|מעקב התקדמות")
    title, number = page.find("מהי שכבה ברשת עצבית"), page.find(r"1\.1")
    row = [page.find(r"\d", place) for place in range(len(re.findall(r"\d", _read(page._page))))]
    beside = [box for box in row if abs(box.bottom - title.bottom) < 5 and box.right < title.left]
    assert number.left > title.right
    assert len(beside) == 2  # of the question, and of its answer
    assert all(box.right < page.width / 4 for box in beside)


def test_the_head_of_a_page_of_the_key_reads_from_the_right(hebrew: Path) -> None:
    page = Page(hebrew / "he.pdf", "תשובות|מכפילים")
    answers, first, last = page.find("תשובות(?= 1)"), page.find(r"1\.1(?= עד)"), page.find(r"(?<=עד )1\.2")
    questions, number = page.find("השאלות"), page.find("(?<=בעמוד )1")
    assert number.right < questions.left < last.left < first.left < answers.left
    assert answers.right < page.width / 2


# ---------------------------------------------------------------- text


def test_the_text_is_copied_in_the_order_in_which_it_is_read(hebrew: Path) -> None:
    done = subprocess.run([need("pdftotext"), hebrew / "he.pdf", "-"], check=True, capture_output=True, text=True)
    letters = re.sub(r"[\W_]", "", done.stdout)  # where words of two directions meet, it puts their spaces elsewhere
    assert "המאמרהידועשלAlexNetהופיעבשנת2012ומאזגדלוהרשתות" in letters
    assert "מפעיליםאתהפונקציהreluעלכלאיברשלהווקטור" in letters


def test_options_have_the_letters_of_the_language_at_their_right(hebrew: Path) -> None:
    page = Page(hebrew / "he.pdf", "יסודות הרשת|קובץ")
    letters = [page.find(rf"\b{letter}\b") for letter in "אבג"]
    assert len({round(box.right) for box in letters}) == 1
    assert letters[0].left > page.find("אוסף של נוירונים").right
    assert Page(hebrew / "he.pdf", "תשובות|מכפילים").find("נכון: א")


def test_lists_and_tables_begin_at_the_right(hebrew: Path) -> None:
    page = Page(hebrew / "he.pdf", "תשובות|מכפילים")
    assert page.find("1(?= ?מכפילים)").left > page.find("מכפילים").right
    cells = [page.find(word) for word in ("צפופה", "1024", "Linear")]
    assert all(one.left > other.right for one, other in pairwise(cells))
    assert page.find("צפופה").right == pytest.approx(page.find("שכבה היא").right, abs=1)


def test_a_second_line_begins_where_that_of_its_item_does(hebrew: Path) -> None:
    page = Page(hebrew / "he.pdf", "תשובות|מכפילים")
    assert page.find("בשורה").right == pytest.approx(page.find("מפעילים").right, abs=1)


def test_code_and_formulas_run_from_left_to_right(hebrew: Path) -> None:
    page = Page(hebrew / "he.pdf", "תשובות|מכפילים")
    assert page.find("def").right < page.find("step").left
    assert page.find("def").left < page.width / 4
    assert page.find("return").left > page.find("def").left


def test_the_first_column_of_the_glossary_is_at_the_right(hebrew: Path) -> None:
    page = Page(hebrew / "he.pdf", "מילון|יחידה")
    assert page.find("אופטימיזציה").left > page.find("נוירון").right


# ---------------------------------------------------------------- the other direction inside


def test_an_english_question_runs_from_left_to_right_between_the_columns(foreign: Path) -> None:
    page = Page(foreign, "file|layer")
    first, last, number, word = page.find("What"), page.find("layer"), page.find(r"1\.1"), page.find("עמ׳")
    assert word.right < first.left < first.right < last.left < last.right < number.left
    assert page.find(r"א(?=\r)").right < page.find("set").left


def test_the_label_and_the_page_of_a_reference_keep_clear_of_an_english_answer(foreign: Path) -> None:
    page = Page(foreign, "תשובות|question")
    words = [page.find(word) for word in ("See", "other", "question", "then")]
    assert all(one.right < other.left for one, other in pairwise(words))
    assert page.find("תשובה ").left > page.find("go").right


def test_each_row_of_a_wide_table_is_seen(foreign: Path) -> None:
    """A row that another one covers is in the file, and not on the paper."""
    document = pypdfium2.PdfDocument(foreign)
    page = next(page for page in document if "ערך-0-0" in _read(page))
    picture = page.render(scale=2).to_pil().convert("L")
    text = page.get_textpage()
    content = text.get_text_range()
    for row in range(3):
        place = content.index(f"ערך-{row}-0")
        left, bottom, right, top = (2 * each for each in text.get_charbox(place))
        ink = picture.crop((int(left), int(picture.height - top), int(right) + 1, int(picture.height - bottom) + 1))
        assert min(ink.tobytes()) < 128, row


# ---------------------------------------------------------------- EPUB


def test_the_epub_turns_its_pages_to_the_right(hebrew: Path) -> None:
    book = entries(hebrew / "he.epub")
    package = book["content.opf"].decode()
    assert 'page-progression-direction="rtl"' in package
    assert 'dir="rtl"' in re.findall("<package[^>]*>", package)[0]
    assert {tree.get("dir") for tree in documents(book).values()} == {"rtl"}


def test_the_styles_of_the_epub_are_mirrored(hebrew: Path) -> None:
    styles = entries(hebrew / "he.epub")["style.css"].decode()
    assert re.search(r"\.letter\s*\{[^}]*margin-left:\s*0\.5em", styles)
    assert re.search(r"\.code\s*\{[^}]*border-left:", styles)


def test_the_links_of_the_epub_point_the_way_that_its_pages_turn(hebrew: Path) -> None:
    texts = "".join(data.decode() for name, data in entries(hebrew / "he.epub").items() if name.endswith(".xhtml"))
    assert re.search(r"<p class=\"ref\"><a [^>]*>תשובה ←</a>", texts)
    assert re.search(r"<p class=\"ref\"><a [^>]*>→ שאלה</a>", texts)


# ---------------------------------------------------------------- values


@pytest.mark.parametrize(
    ("css", "mirrored"),
    [
        ("p{margin:1pt 2pt 3pt 4pt}", "p{margin:1pt 4pt 3pt 2pt;}"),
        ("p{margin:0 calc(1mm + 2mm) 0 0}", "p{margin:0 0 0 calc(1mm + 2mm);}"),
        ("p{margin:1pt 2pt}", "p{margin:1pt 2pt;}"),
        ("p{padding-left:1pt;left:0}", "p{padding-right:1pt;right:0;}"),
        ("p{border-left:1pt solid}", "p{border-right:1pt solid;}"),
        ("p{text-align:left;float:right}", "p{text-align:right;float:left;}"),
        ("p{padding-inline:1mm 0}", "p{padding-inline:1mm 0;}"),
        ("p{margin-left:0!important}", "p{margin-right:0 !important;}"),
        ("[dir=rtl] p{left:0}", "[dir=ltr] p{right:0;}"),
        (".kept{border-left:1pt solid}", ".kept{border-left:1pt solid}"),
        ("@page verso{@top-left{content:'2';font:1pt Holes}}", '@page verso{@top-right{content:"7";font:1pt Holes;}}'),
        ("@page verso{@top-left{content:'2'}}", '@page verso{@top-right{content:"2";}}'),
        ("@supports (color:red){p{left:0}}", "@supports (color:red){p{right:0;}}"),
    ],
)
def test_styles_exchange_left_and_right(css: str, mirrored: str) -> None:
    assert mirror_styles(css) == mirrored


def test_a_mirrored_hole_stands_at_the_other_side_and_its_text_moves_the_other_way() -> None:
    for digit in "01234":
        one, other = HOLES[digit], HOLES[mirror_holes(digit)]
        assert (one.label, one.moved) == (other.label, other.moved)
        assert one.sign == -other.sign


@pytest.mark.parametrize(
    ("language", "direction"),
    [
        ("he", "rtl"),
        ("ar-EG", "rtl"),
        ("ur", "rtl"),
        ("pa-Arab-PK", "rtl"),
        ("pa", "ltr"),
        ("en", "ltr"),
        ("fas", "rtl"),
    ],
)
def test_a_language_has_a_direction(language: str, direction: str) -> None:
    assert get_direction(language) == direction


@pytest.mark.parametrize(
    ("language", "letters"), [("he", "אב"), ("ar-EG", "أب"), ("en", "AB"), ("he-IL", "אב"), ("de", "AB")]
)
def test_options_have_the_letters_of_a_language(language: str, letters: str) -> None:
    assert "".join(write_letter(letter, language) for letter in "AB") == letters


def test_an_option_beyond_the_alphabet_has_a_latin_letter() -> None:
    assert write_letter("Z", "he") == "Z"


@pytest.mark.parametrize("language", ["ar", "fa", "he", "ur"])
def test_arrows_in_the_words_of_a_language_point_as_those_of_its_books(language: str) -> None:
    sentence = load_locale(language).how_to_use.references_in_print
    assert sentence.index("←") < sentence.index("→")  # to the answer, then back


# ---------------------------------------------------------------- whole books


@pytest.mark.nightly
@pytest.mark.parametrize("language", ["ar", "fa", "he", "ur"])
def test_books_from_right_to_left_conform(language: str, tmp_path: Path) -> None:
    build_books(ROOT / "tests" / "scripts" / language, tmp_path)
    paths = sorted(tmp_path.glob("*.pdf"))
    assert all(verdict.endswith("conforms") for verdict in judge_pdfs(*paths))
    conforms(tmp_path / f"{language}.epub")
