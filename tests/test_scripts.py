"""Guides in scripts whose faces are optional packages, and in the other scripts of the basic faces."""

import re
from pathlib import Path

import pikepdf
import pytest
from conftest import ROOT, conforms, documents, entries, judge_pdfs, lay, page_texts

import build
from studyguide.compose.typography import add_no_break_spaces
from studyguide.model import Html
from studyguide.pipeline import read_config, read_guide
from studyguide.reading.project import read_project
from studyguide.runtime import fonts
from studyguide.scripts import SCRIPTS, find_named_scripts, find_script, find_scripts, list_faces, write_install_command

FOLDER = ROOT / "tests" / "scripts"
LEFT_TO_RIGHT = ["bn", "el", "hi", "ja", "ko", "ru", "ta", "te", "th", "vi", "zh-Hans", "zh-Hant"]


@pytest.mark.parametrize(
    ("letter", "language", "name"),
    [
        ("中", "zh", "Chinese"),
        ("中", "zh-CN", "Chinese"),
        ("中", "zh_TW", "Traditional Chinese"),
        ("中", "zh-Hant-HK", "Traditional Chinese"),
        ("中", "ja", "Japanese"),
        ("中", "ko", "Korean"),
        ("中", "en", "Chinese"),
        ("か", "en", "Japanese"),
        ("か", "zh", "Chinese"),
        ("간", "ja", "Korean"),
        ("，", "zh", "Chinese"),
        ("ก", "en", "Thai"),
        ("ह", "en", "Devanagari"),
        ("।", "bn", "Bengali"),
        ("ٹ", "ur", "Arabic"),
    ],
)
def test_a_letter_belongs_to_a_script_by_itself_and_by_the_language(letter: str, language: str, name: str) -> None:
    found = find_script(letter, language)
    assert found is not None
    assert found.name == name


@pytest.mark.parametrize("letter", ["a", "é", "ж", "λ", "ש", "ế", "—", "ა"])
def test_other_letters_belong_to_none(letter: str) -> None:
    assert find_script(letter, "en") is None


def test_a_book_has_the_script_of_its_language_first_and_those_of_its_letters() -> None:
    assert [script.name for script in find_scripts("Plain words", "en")] == []
    assert [script.name for script in find_scripts("Plain words", "th")] == ["Thai"]
    assert [script.name for script in find_scripts("漢字 กา かな", "ja")] == ["Japanese", "Thai"]


def test_a_stylesheet_names_its_scripts() -> None:
    css = 'html { font-family: "IBM Plex Serif", "Sarabun", "Noto Serif KR", serif }'
    assert [script.name for script in find_named_scripts(css)] == ["Thai", "Korean"]


def test_the_colophon_names_the_faces_that_the_text_is_printed_in() -> None:
    basic = ["IBM Plex Serif", "IBM Plex Sans Condensed", "IBM Plex Mono"]
    assert list(list_faces("Plain words — “so”", ())) == basic
    assert list(list_faces("Вопрос", ())) == [*basic, "Fira Sans"]
    assert list(list_faces("λ ש", ())) == [*basic, "Noto Serif", "Fira Sans", "Frank Ruhl Libre"]
    assert list(list_faces("ก", find_scripts("ก", "th"))) == [*basic, "Sarabun"]


def test_what_a_message_installs_is_listed_and_pinned() -> None:
    listed = re.findall(r"(?m)^([a-z][\w-]+) +# \S", (ROOT / "requirements-scripts.txt").read_text(encoding="utf-8"))
    assert set(listed) == {name for script in SCRIPTS for name in script.requirements}
    pins = (ROOT / "constraints.txt").read_text(encoding="utf-8")
    assert [name for name in listed if f"\n{name}==" not in pins] == []
    assert write_install_command(SCRIPTS[-1]) == "pip install fontpkg-sarabun"


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.name)
def test_each_script_has_a_stylesheet_and_faces_of_both_families(script: fonts.Script) -> None:
    assert (ROOT / "styles" / "scripts" / script.style).is_file()
    assert {script.text, script.sans} <= {face.family for face in script.letter_faces}


@pytest.mark.nightly
@pytest.mark.parametrize("language", LEFT_TO_RIGHT)
def test_a_guide_in_each_script_is_printed_and_packed(language: str, tmp_path: Path) -> None:
    arguments = ["build", str(FOLDER / language), "-q", "-o", str(tmp_path), "-e", "guide", "-e", "tablet"]
    assert build.main(arguments) == 0
    (pdf,), (epub,) = tmp_path.glob("*.pdf"), tmp_path.glob("*.epub")
    lines = list_lines(language)
    assert len(lines) > 20
    printed = squeeze("".join(page_texts(pdf)))
    assert [line for line in lines if squeeze(line) not in printed] == []
    packed = squeeze("".join("".join(each.itertext()) for each in documents(entries(epub)).values()))
    assert [line for line in lines if squeeze(line) not in packed] == []
    assert [line for line in judge_pdfs(pdf) if not line.endswith("conforms")] == []
    assert count_missing_glyphs(pdf) == 0
    conforms(epub)


def count_missing_glyphs(path: Path) -> int:
    """Return how often the glyph is shown that stands for a letter which a face lacks: that with the number 0."""
    shown = 0
    with pikepdf.open(path) as pdf:
        for page in pdf.pages:
            for operands, operator in pikepdf.parse_content_stream(page):
                if str(operator) == "TJ":
                    texts = [bytes(each) for each in operands[0] if isinstance(each, pikepdf.String)]
                    shown += sum(
                        text[place : place + 2] == b"\0\0" for text in texts for place in range(0, len(text), 2)
                    )
    return shown


def test_a_letter_without_a_glyph_is_counted(tmp_path: Path) -> None:
    with pikepdf.new() as pdf:
        page = pdf.add_blank_page()
        page.Contents = pdf.make_stream(b"BT [<00010000> 3 <0000>] TJ ET")
        pdf.save(tmp_path / "two.pdf")
    assert count_missing_glyphs(tmp_path / "two.pdf") == 2


def list_lines(language: str) -> list[str]:
    """Return the lines of text of a guide without the marks of Markdown; code, tables and formulas are left out."""
    config = read_config(read_project(str(FOLDER / language)))
    found = [config.title, config.subtitle]
    for path in sorted((FOLDER / language).glob("*.md")):
        text = re.sub(
            r"(?ms)^(```|\$\$).*?^\1$|^\|.*?$|^###.*?$|^(kind:|---).*?$", "", path.read_text(encoding="utf-8")
        )
        marks = r"(?m)^(title: |summary: |## |- \[.\] |- |: )|\*+| \{.*\}$"
        found += [line for line in re.sub(marks, "", text).splitlines() if line.strip()]
    return found


def squeeze(text: str) -> str:
    """Return the text without spaces, and without the hyphens at which lines were divided."""
    return re.sub(r"\s|\ufffe|\u200b|\u00ad", "", text)


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("他说（是）。对", '他说（是<span class="half">）</span>。对'),
        (
            "「（甲）」、乙",
            '「<span class="half">（</span>甲<span class="half">）</span><span class="half">」</span>、乙',
        ),
        ("是“好。”吗", '是“好<span class="half">。</span>”吗'),
        ("何ですか？」と", "何ですか？」と"),
        ("“One” (two), “three”.", "“One” (two), “three”."),
    ],
)
def test_of_two_wide_marks_side_by_side_one_has_half_its_width(typed: str, shown: str) -> None:
    assert str(add_no_break_spaces(Html(f"<td>{typed}</td>"))) == f"<td>{shown}</td>"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("<p>答えを見ます。</p>", "ます。"),
        ("<p>（参见权重衰减等方法）。</p>", '方法<span class="half">）</span>。'),
        ("<li>이야기할 수 있습니다.</li>", "있습니다."),
    ],
)
def test_no_letter_stands_alone_on_the_last_line(typed: str, kept: str) -> None:
    assert f'<span class="nowrap">{kept}</span></' in str(add_no_break_spaces(Html(typed)))


@pytest.mark.parametrize(
    ("language", "typed", "shown"),
    [
        ("zh", '他说"模型在背书"，对吗？', "他说“模型在背书”，对吗？"),
        ("zh-Hans", '叫"A"和"B"', "叫“A”和“B”"),
        ("zh-TW", '他說"模型在背書"', "他說「模型在背書」"),
        ("zh-Hant-HK", '他說"模型"', "他說「模型」"),
        ("ja", '"引用"もあります', "「引用」もあります"),
        ("ar", 'كلمة "الطبقات" و"العقد"', "كلمة «الطبقات» و«العقد»"),
        ("he", 'צה"ל', 'צה"ל'),
        ("it", "un po' dell'\"altro\" e l'errore 'due parole'", "un po’ dell’«altro» e l’errore “due parole”"),
        ("fr", "l'erreur n'est pas \"l'une\"", "l’erreur n’est pas «\u202fl’une\u202f»"),
        ("de", "Geht's \"Lars' Auto\" 'gut so'", "Geht’s „Lars’ Auto“ ‚gut so‘"),
        ("el", 'γι\' αυτό "ναι"', "γι’ αυτό «ναι»"),
        ("uk", "м'яч", "м’яч"),
        ("ja", "'it's'です", "'it’s'です"),
        ("vi", 'từ "lớp"', "từ “lớp”"),
    ],
)
def test_quotation_marks_are_those_of_the_language(language: str, typed: str, shown: str, tmp_path: Path) -> None:
    settings = f'title = "X"\nlanguage = "{language}"\n'
    chapter = f"---\ntitle: X\n---\n## Q\n\n### Answer\n{typed}\n"
    lay(tmp_path, {"guide.toml": settings, "01-words.md": chapter})
    (question,) = read_guide(read_project(str(tmp_path))).questions
    assert shown in str(question.parts[0].text.html)


@pytest.mark.nightly
@pytest.mark.parametrize(
    ("language", "head"),
    [
        ("hi", "उत्तर 1.1 से 1.2 · सभी प्रश्न पृष्ठ 1 पर"),
        ("ja", "問1.1～1.2の解答 · 問題はすべて1ページ"),
        ("ko", "문제 1.1~1.2의 정답 · 문제는 모두 1쪽"),
        ("ru", "Ответы 1.1–1.2 · вопросы на странице 1"),
        ("zh-Hant", "第1.1至1.2題解答 · 題目均見第1頁"),
    ],
)
def test_the_running_head_of_the_key_has_its_words_in_the_script(language: str, head: str, tmp_path: Path) -> None:
    assert build.main(["build", str(FOLDER / language), "-q", "-o", str(tmp_path), "-e", "guide"]) == 0
    (pdf,) = tmp_path.glob("*.pdf")
    pages = [squeeze(page) for page in page_texts(pdf)]
    assert sum(squeeze(head) in page for page in pages) == 1


@pytest.mark.nightly
def test_lines_of_chinese_end_at_the_same_edge(tmp_path: Path) -> None:
    text = "训练集用来调整参数，验证集用来选择模型，测试集只在最后使用一次；" * 12
    chapter = f"---\ntitle: 数据\nkind: prose\n---\n{text}\n"
    lay(
        tmp_path / "content",
        {"guide.toml": 'title = "书"\nlanguage = "zh"\ndate = 2026-01-31\n', "01-data.md": chapter},
    )
    arguments = ["build", str(tmp_path / "content"), "-q", "-o", str(tmp_path / "out"), "-e", "guide"]
    assert build.main(arguments) == 0
    (pdf,) = (tmp_path / "out").glob("*.pdf")
    ends = find_line_ends(pdf)
    assert len(ends) > 6
    assert max(ends[:-1]) - min(ends[:-1]) < 1  # point


def find_line_ends(path: Path) -> list[float]:
    """Return the right edge of each line of the page with the text, from the top, in points."""
    import pypdfium2

    for page in pypdfium2.PdfDocument(path):
        text = page.get_textpage()
        content = text.get_text_range()
        if content.count("训练集") > 3:
            boxes = [
                text.get_charbox(place, loose=True)
                for place, letter in enumerate(content)
                if "\u4e00" <= letter <= "\uffef"
            ]
            rows: dict[int, float] = {}
            for _, bottom, right, top in boxes:
                if top - bottom < 14:
                    rows[round(bottom)] = max(rows.get(round(bottom), 0), right)
            return [rows[row] for row in sorted(rows, reverse=True)]
    raise AssertionError("no page has the text")
