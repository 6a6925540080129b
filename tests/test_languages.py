"""Words of other languages and scripts in the finished books."""

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import pikepdf
import pypdfium2
import pypdfium2.raw as pdfium
import pytest
from conftest import ROOT, SMALL, conforms, documents, entries, judge_pdfs, lay, need, page_texts
from lxml.html import fromstring

import build
from studyguide.bidi import find_misordered_words
from studyguide.guide.markup import render_passage
from studyguide.guide.wording import choose_wording
from studyguide.model import Chapter, Passage
from studyguide.problems import Place

ENGLISH = {
    "guide.toml": 'title = "Tongues"\ndate = 2026-01-31\n',
    "01-words.md": """\
---
title: Words
---
The German *Zeitgeist*{: lang=de } and <span lang="de">Wortschatz</span>, the Greek
<span lang="el">ἄνθρωπος</span>, **λόγος**, *μέτρον*, the Russian **нейрон**, *сеть* and <span lang="he">רשת</span>.

| Ἀρχή | Сеть | רשת |
|---|---|---|
| ἀριθμός | слой | שכבה |

    φωνή слово מילה

## What is ὕλη, вес or משקל? {#greek}

### Answer
A matter, see [the other](#hebrew).

## מהי רשת עצבית, ומה בינה לבין CNN? {#hebrew .easy lang=he-IL}

בשנת 2012 ניצחה AlexNet *בתחרות* הגדולה.

- [x] שכבה
- [ ] מסנן `x + 1`

### Hint
חשבו.

### Answer
תשובה קצרה, ראו [את הראשונה](#greek).[^note]

1. אחת

[^note]: הערה.
""",
}
GERMAN = {
    "guide.toml": 'title = "Deutsch"\nlanguage = "de"\n',
    "01-wort.md": """\
---
title: Wort
kind: prose
---
Die Anwendungsgebiete umfassen Versicherungsmathematik, Zuverlässigkeitsuntersuchungen, Nachrichtenübertragungen
und maschinelles Lernen. Selbstverständlich sind Aufmerksamkeitsmechanismen und Rückwärtsausbreitungsverfahren
berücksichtigt, ebenso Faltungsnetzwerke, Verlustfunktionen, Regularisierungsverfahren und das Well-Known-Verfahren.
""",
}


@pytest.fixture(scope="module")
def english(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made(tmp_path_factory.mktemp("english"), ENGLISH)


@pytest.fixture(scope="module")
def german(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made(tmp_path_factory.mktemp("german"), GERMAN)


def made(folder: Path, files: dict[str, str]) -> Path:
    """The guide as a PDF and as an EPUB, each by its ending."""
    lay(folder / "content", files)
    editions = ["--edition", "guide", "--edition", "tablet"]
    assert build.main(["build", str(folder / "content"), "--out", str(folder), "--quiet", *editions]) == 0
    (pdf,) = folder.glob("*.pdf")
    return pdf


def elements(path: Path) -> Iterator[tuple[str, str, str]]:
    """Role, language and text of each structure element that names its language."""
    with pikepdf.open(path) as pdf:
        pages = {page.objgen: number for number, page in enumerate(pdf.pages)}
        texts = {number: marked(path, number) for number in pages.values()}

        def text(element: pikepdf.Dictionary) -> str:
            said = ""
            for kid in element.K:
                if isinstance(kid, int):
                    said += texts[pages[element.Pg.objgen]].get(kid, "")
                elif "/K" in kid:
                    said += text(kid)
            return said

        for each in pdf.objects:
            if isinstance(each, pikepdf.Dictionary) and each.get("/Type") == "/StructElem" and "/Lang" in each:
                yield str(each.S), str(each.Lang), text(each)


def marked(path: Path, number: int) -> dict[int, str]:
    """The text of each marked content of a page."""
    page = pypdfium2.PdfDocument(path)[number]
    textpage = page.get_textpage()
    said: dict[int, str] = {}
    for each in page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_TEXT]):
        mcid = pdfium.FPDFPageObj_GetMarkedContentID(each)
        length = pdfium.FPDFTextObj_GetText(each, textpage, None, 0)
        buffer = (pdfium.FPDF_WCHAR * length)()
        pdfium.FPDFTextObj_GetText(each, textpage, buffer, length)
        said[mcid] = said.get(mcid, "") + bytes(buffer).decode("utf-16-le").rstrip("\0")
    return said


def copied(path: Path) -> str:
    """The text that a reader copies from all pages, a divided word joined as readers join it."""
    return "\n".join(page_texts(path)).replace("\ufffe", "")


def test_a_foreign_word_says_its_language(english: Path) -> None:
    said = {(language, text.strip()) for _, language, text in elements(english)}
    assert {("de", "Zeitgeist"), ("de", "Wortschatz"), ("el", "ἄνθρωπος")} <= said


def test_a_question_says_its_language_and_the_books_own_words_theirs(english: Path) -> None:
    found = list(elements(english))
    assert [role for role, language, _ in found if language == "he-IL"].count("/Sect") == 2
    assert {text.strip() for role, language, text in found if language == "en"} >= {"Answer", "Right: A"}


def test_a_divided_word_is_copied_whole(german: Path) -> None:
    text = copied(german)
    assert not {"\u2010", "\u00ad", "\u2060", "\ufffd"} & set(text)
    for word in re.findall(r"[\w-]{8,}", GERMAN["01-wort.md"]):
        assert word in text


def test_a_word_is_divided_by_a_soft_hyphen_and_no_other(german: Path) -> None:
    """As ISO 32000-1 asks of a tagged file (14.8.2.2.3)."""
    command = [need("pdftotext"), german, "-"]
    text = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    divided = re.findall(r"(\w+)\u00ad\n(\w+)", text)
    assert divided
    assert all(len(before) >= 4 and len(after) >= 4 for before, after in divided)
    assert "Well-Known" in text.replace("\u00ad\n", "")


def test_greek_cyrillic_and_hebrew_are_printed_in_text_headings_tables_and_code(english: Path) -> None:
    text = copied(english)
    for word in re.findall(r"[\u0370-\u03ff\u1f00-\u1fff]{3,}|[\u0400-\u04ff]{3,}", ENGLISH["01-words.md"]):
        assert word in text
    said = "".join(
        text for number in range(len(pypdfium2.PdfDocument(english))) for text in marked(english, number).values()
    )
    for word in ("רשת", "שכבה", "מילה", "משקל", "תשובה"):
        assert word in said or word[::-1] in said


def test_letters_that_plex_lacks_come_from_faces_of_the_same_weight_and_slope(english: Path) -> None:
    with pikepdf.open(english) as pdf:
        fonts = [each for each in pdf.objects if isinstance(each, pikepdf.Dictionary) and "/FontFile2" in each]
        names = {str(each.FontName).partition("+")[2] for each in fonts}
    assert names >= {
        "Noto-Serif", "Noto-Serif-Italic", "Noto-Serif-Semi-Bold", "Frank-Ruhl-Libre", "Frank-Ruhl-Libre-Semi-Bold",
    }  # fmt: skip


class Word(NamedTuple):
    text: str
    left: float
    right: float
    lefts: tuple[float, ...]
    """The direction of its letters."""


def line(path: Path, begin: str, end: str = "", beside: str = "") -> list[Word]:
    """The words of the text from one to the other, in the order in which they are read, and where they stand.

    They are on the page that has the words ``beside`` too.
    """
    for page in pypdfium2.PdfDocument(path):
        textpage = page.get_textpage()
        found = re.search(f"{begin}.*?{end}", textpage.get_text_range(), re.DOTALL)
        if found and beside in textpage.get_text_range():
            words = []
            for match in re.finditer(r"[^\s,.?]+", found[0]):
                span = range(found.start() + match.start(), found.start() + match.end())
                edges = [textpage.get_charbox(at, loose=True) for at in span]
                lefts = tuple(edge[0] for edge in edges)
                words.append(Word(match[0], min(lefts), max(edge[2] for edge in edges), lefts))
            return words
    raise AssertionError(begin)


def test_a_hebrew_question_runs_from_right_to_left(english: Path) -> None:
    words = line(english, "בשנת", "הגדולה")
    assert [word.text for word in words] == ["בשנת", "2012", "ניצחה", "AlexNet", "בתחרות", "הגדולה"]
    assert all(first.left >= second.right - 0.5 for first, second in pairwise(words))
    for word in words:
        assert list(word.lefts) == sorted(word.lefts, reverse=word.text[0] >= "א")


def test_a_hebrew_question_stands_at_the_right_its_number_and_its_page_in_their_columns(english: Path) -> None:
    def first(begin: str) -> Word:
        return line(english, begin, beside="AlexNet")[0]

    edge = pytest.approx(first("בשנת").right, abs=1)
    assert [first(begin).right for begin in ("מהי", r"\bA\b", r"\bB\b")] == [edge] * 3
    assert first(r"1\.2").left == pytest.approx(first(r"1\.1").left, abs=0.5)
    assert line(english, "→", beside="AlexNet")[0].left > first("מהי").right


def test_the_contents_and_the_epub_know_the_direction_of_a_title(english: Path) -> None:
    (path,) = english.parent.glob("*.epub")
    texts = {name: data.decode() for name, data in entries(path).items() if name.endswith(".xhtml")}
    assert '<section class="question whole" id="hebrew" lang="he-IL" dir="rtl">' in texts["chapter-words.xhtml"]
    assert '<p class="meta" lang="en" dir="ltr">' in texts["chapter-words.xhtml"]
    assert '<code dir="ltr">x + 1</code>' in texts["chapter-words.xhtml"]
    assert '<span lang="he-IL" dir="rtl">מהי רשת' in texts["nav.xhtml"]
    words = line(english, "מהי רשת עצבית, ומה בינה", "CNN")
    assert all(first.left >= second.right - 0.5 for first, second in pairwise(words))


def test_a_character_that_is_written_as_an_entity_is_a_problem_at_its_paragraph(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    text = f"---\ntitle: Words\n---\n## One? {{#one}}\n\nText.\n\n### Answer\nOne &#4304;. {'More words. ' * 20}\n"
    lay(tmp_path / "content", {"01-words.md": text})
    for _ in range(2):  # the second time from the cache
        assert build.main(["build", "content", "--quiet", "--jobs", "2"]) == 1
        said = capsys.readouterr().err.splitlines()
        assert said[::2] == [
            "content/01-words.md:9:1: no face of the printed book has the character `ა` (U+10D0) [missing-glyph]",
            "1 problem; nothing was written",
        ]


def test_a_character_that_no_face_has_is_a_problem_at_each_of_its_lines(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    text = f"---\ntitle: Words\nkind: prose\n---\nOne ა.\n\nTwo ა and Ա.\n\n{'More words. ' * 50}\n"
    lay(tmp_path / "content", {"01-words.md": text})
    assert build.main(["build", "content", "--quiet", "--jobs", "2"]) == 1
    said = capsys.readouterr().err.splitlines()
    assert said[::2] == [
        "content/01-words.md:5:5: no face of the printed book has the character `ა` (U+10D0) [missing-glyph]",
        "content/01-words.md:7:5: no face of the printed book has the character `ა` (U+10D0) [missing-glyph]",
        "content/01-words.md:7:11: no face of the printed book has the character `Ա` (U+0531) [missing-glyph]",
        "3 problems; nothing was written",
    ]


def test_books_in_other_languages_pass_pdf_ua(english: Path, german: Path) -> None:
    assert all(line.endswith("conforms") for line in judge_pdfs(english, german))


@pytest.mark.parametrize(
    ("way", "text", "right"),
    [
        ("rtl", "רשת <em>עצבית</em> היא CNN.", True),
        ("rtl", "רשת ABC <em>DEF</em> היא", False),
        ("rtl", "רשת <span dir='ltr'>ABC <em>DEF</em></span> היא", True),
        ("rtl", "רשת ABC <code dir='ltr'>x</code> היא", True),
        ("rtl", "רשת 3 <em>4</em> היא", True),
        ("rtl", "רשת CNN <em>4</em> היא", False),
        ("ltr", "A <em>רשת</em>, עצבית.", False),
        ("ltr", "A <em>רשת</em> or עצבית.", True),
        ("ltr", "A <em>רשת</em><br/>עצבית.", True),
    ],
)
def test_pieces_are_torn_where_they_run_against_their_paragraph(way: str, text: str, right: bool) -> None:
    assert (not list(find_misordered_words(fromstring(f"<div><p>{text}</p></div>"), way))) == right


# ---------------------------------------------------------------- formulas, boxes and emoji in the language of the book

SPOKEN = """\
---
title: A 🚀 and B
---
!!! note
    $x^2$

## 1? {#one}

### Answer
$$
\\sum_{i=1}^n \\sqrt{x_i}
$$

## 2? {#two lang=fr}

### Answer
$x^2$

## 3? {#three lang=fi}

### Answer
$x^2$
"""
WORDS = {
    "de": {
        "one": "die Summe von i gleich 1 bis n über die Wurzel aus x Index i, Ende der Wurzel",
        "two": "x au carré",
        "three": "x Quadrat",
        "box": "Hinweis",
        "sign": "A [Rakete] and B",
        "key": "Antwort",
        "page": "Antwort 1.1",
    },
    "fr": {
        "one": "la somme de i égale 1 à n de la racine carrée de x indice i, fin de la racine",
        "two": "x au carré",
        "three": "x au carré",
        "box": "Remarque",
        "sign": "A [fusée] and B",
        "key": "Réponse",
        "page": "Réponse 1.1",
    },
}


@pytest.fixture(scope="module", params=["de", "fr"])
def spoken(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[str, dict[str, str], Path]:
    """The words of a language, and a PDF beside an EPUB in it that has each formula as a drawing and as MathML."""
    config = f'title = "A"\nlanguage = "{request.param}"\n[editions.tablet]\nmaths = "both"\n'
    return (
        request.param,
        WORDS[request.param],
        made(tmp_path_factory.mktemp(request.param), {"guide.toml": config, "01-a.md": SPOKEN}),
    )


def test_an_epub_speaks_its_formulas_in_the_language_of_the_book_or_of_the_question(
    spoken: tuple[str, dict[str, str], Path],
) -> None:
    language, words, pdf = spoken
    (path,) = pdf.parent.glob("*.epub")
    key = documents(entries(path))["answers-a.xhtml"]
    for name in ("one", "two", "three"):
        (answer,) = key.xpath(f"//*[@id='answer-{name}']")
        assert answer.xpath(".//@aria-label | .//@alttext") == [words[name]] * 2
        assert answer.xpath("string(.//*[local-name() = 'title'])") == words[name]
        # Formulas in a question of a language that the program has no words of are in that of the book.
        inside = answer.xpath(".//*[local-name() = 'svg' or local-name() = 'math']")
        languages = [each.xpath("string(ancestor-or-self::*[@lang][1]/@lang)") for each in inside]
        assert languages == ["fr" if name == "two" else language] * 2
    conforms(path)


@pytest.mark.parametrize(
    ("language", "otherwise", "words", "named"),
    [
        ("de-AT", "en", "x Quadrat", ""),
        ("fi", "fr", "x au carré", ' lang="fr"'),
        ("nl", "nl", "x squared", ' lang="en"'),
        ("en-GB", "de", "x squared", ""),
    ],
)
def test_a_formula_names_its_language_where_the_text_around_it_is_in_another(
    language: str, otherwise: str, words: str, named: str
) -> None:
    place = Place("01-a.md")
    html = render_passage(
        Passage("$x^2$", place), Chapter("a", place, "A"), wording=choose_wording(language, otherwise)
    ).html
    assert f'role="img"{named} aria-label="{words}"' in html


@pytest.mark.parametrize(
    ("box", "title"),
    [("!!! note", "Hinweis"), ("!!! tip inline", "Tipp"), ('!!! note "Mine"', "Mine"), ("!!! own", "Own")],
)
def test_a_box_without_a_title_has_one_in_the_language_of_the_book(box: str, title: str) -> None:
    place = Place("01-a.md")
    html = render_passage(
        Passage(f"{box}\n    One.", place), Chapter("a", place, "A"), wording=choose_wording("de")
    ).html
    assert f'<p class="admonition-title">{title}</p>' in html


def test_a_pdf_speaks_its_formulas_and_its_links_in_the_language_of_the_book(
    spoken: tuple[str, dict[str, str], Path],
) -> None:
    language, words, path = spoken
    with pikepdf.open(path) as pdf:
        objects = [each for each in pdf.objects if isinstance(each, pikepdf.Dictionary)]
        said = {str(each.Alt) for each in objects if each.get("/Type") == "/StructElem" and "/Alt" in each}
        spoken_in = {str(each.get("/Lang")) for each in objects if str(each.get("/Alt")) == words["three"]}
        links = {str(each.Contents) for each in objects if each.get("/Subtype") == "/Link"}
    assert {words["one"], words["two"], words["three"]} <= said
    assert {words["key"], words["page"]} <= links
    assert language in spoken_in
    text = copied(path)
    assert words["box"] in text
    assert words["sign"] in text


def test_a_language_is_added_by_one_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As CONTRIBUTING.md says: a file in studyguide/locale/, and nothing else."""
    for name in ("studyguide", "styles", "templates"):
        shutil.copytree(ROOT / name, tmp_path / name)
    shutil.copy(ROOT / "build.py", tmp_path)
    english = (ROOT / "studyguide" / "locale" / "en.toml").read_text(encoding="utf-8")
    other = re.sub(r'(?m)^(?!plural|han)((?:[^#\n]*= |  ))"', r'\1"Xy ', english)
    lay(tmp_path, {"studyguide/locale/xy.toml": other})
    lay(tmp_path / "content", SMALL | {"guide.toml": SMALL["guide.toml"].replace('"en"', '"xy-Latn"')})
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("VIRTUAL_ENV", sys.prefix)
    script = "import studyguide.locale as found; print(found.LANGUAGES)"
    listed = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True).stdout
    assert "'xy'" in listed
    subprocess.run([sys.executable, "build.py", "--quiet", "-e", "guide", "-e", "tablet"], check=True)
    text = copied(tmp_path / "dist" / "a-small-guide.pdf").replace("\u00a0", " ")
    expected = (
        "Xy Contents",
        "Xy Version 1Xy , Xy 31 Xy January 2026",
        "Xy Hint",
        "Xy Answers 1.1 to 1.2 · Xy questions on page",
    )
    assert [words for words in expected if words not in text] == []
    book = documents(entries(tmp_path / "dist" / "a-small-guide.epub"))
    said = book["answers-first-things.xhtml"].xpath("//*[@class = 'formula']/@aria-label")
    assert said == ["1", "Xy 4 over 2 Xy equals 2"]


def test_a_mark_that_no_face_has_is_a_problem_where_guide_toml_has_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    text = f"---\ntitle: Words\nkind: prose\n---\n{'More words. ' * 50}\n"
    config = 'title = "Words"\nlicence = "Ba\u0366"\nsubtitle = "A\u0366"\n'
    lay(tmp_path / "content", {"01-words.md": text, "guide.toml": config})
    assert build.main(["build", "content", "--quiet", "--jobs", "2"]) == 1
    said = capsys.readouterr().err.splitlines()
    assert said[::2] == [
        "content/guide.toml:2:14: no face of the printed book has the character `\u0366` (U+0366) [missing-glyph]",
        "content/guide.toml:3:14: no face of the printed book has the character `\u0366` (U+0366) [missing-glyph]",
        "2 problems; nothing was written",
    ]
    assert build.main(["build", "content", "--quiet", "-e", "tablet"]) == 0
