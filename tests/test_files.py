"""Pictures, scripts, files and front matter, as people write them for other programs, reach the books or are told."""

import io
import re
import subprocess
import zipfile
from pathlib import Path

import pypdfium2
import pytest
from conftest import conforms, documents, entries, judge_pdfs, lay, need, page_texts
from lxml import etree
from PIL import Image

import build

HTML = "{http://www.w3.org/1999/xhtml}"
QUESTION = "## Why? {#why}\n\n### Answer\nSo.\n"


def draw_png(path: Path, width: int = 64, height: int = 64, mode: str = "RGB") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new(mode, (width, height)).save(path)


def answer(text: str) -> dict[str, str]:
    return {"guide.toml": 'title = "T"\n', "01-a.md": f"---\ntitle: A\n---\n## Why? {{#why}}\n\n### Answer\n{text}\n"}


class Guide:
    """A guide in ./content, and its books in ./dist."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder, self.capsys = folder, capsys

    def lay(self, files: dict[str, str]) -> "Guide":
        lay(self.folder / "content", files)
        return self

    def run(self, *args: str, code: int = 0) -> list[str]:
        """Return the lines of messages of a command that ends with this code."""
        assert build.main(args) == code, self.capsys.readouterr().err
        return self.capsys.readouterr().err.splitlines()

    def build(self, *editions: str, code: int = 0) -> list[str]:
        chosen = [word for edition in editions or ("guide", "tablet") for word in ("-e", edition)]
        return self.run("build", "content", "-q", "-j", "1", *chosen, code=code)

    @property
    def epub(self) -> Path:
        (path,) = (self.folder / "dist").glob("*.epub")
        return path

    @property
    def pdf(self) -> Path:
        (path,) = (self.folder / "dist").glob("*.pdf")
        return path

    def find_pictures(self) -> list[tuple[float, float]]:
        """Return the width and height in millimetres of each picture of the printed book, in its order."""
        found = []
        for page in pypdfium2.PdfDocument(self.pdf):
            for each in page.get_objects(filter=[pypdfium2.raw.FPDF_PAGEOBJ_IMAGE]):
                left, bottom, right, top = each.get_bounds() if hasattr(each, "get_bounds") else each.get_pos()
                found.append(((right - left) * 25.4 / 72, (top - bottom) * 25.4 / 72))
        return found

    def read_answers(self) -> etree._Element:
        return documents(entries(self.epub))["answers-a.xhtml"]


@pytest.fixture
def guide(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Guide:
    monkeypatch.chdir(tmp_path)
    return Guide(tmp_path, capsys)


# ---------------------------------------------------------------- names of pictures


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("pics/two words.png", "![P](pics/two%20words.png)"),
        ("pics/two words.png", "![P](<pics/two words.png>)"),
        ("pics/two words.png", "![P][p]\n\n[p]: <pics/two words.png>"),
        ("plan(2).png", "![P](plan(2).png)"),
        ("plan(2).png", "![P](plan%282%29.png)"),
        ("plan(2).png", r"![P](plan\(2\).png)"),
        ("straße.png", "![P](straße.png)"),
        ("straße.png", "![P](./stra%C3%9Fe.png)"),
        ("q & a.png", '<img src="q &amp; a.png" alt="P">'),
        ("plain.png", "![P](plain.png?raw=true)"),
        ("100%.png", "![P](100%.png)"),
        ("a%20b.png", "![P](a%2520b.png)"),
        ("a#b.png", "![P](a#b.png)"),
        ("a&b.png", "![P](a&b.png)"),
        ("plain.png", "![P](pics/../plain.png)"),
        ("pics/plain.png", "![P](pics/./plain.png)"),
    ],
)
def test_a_picture_of_any_name_is_in_both_books(name: str, typed: str, guide: Guide) -> None:
    draw_png(guide.folder / "content" / name)
    guide.lay(answer(typed)).build()
    assert len(guide.find_pictures()) == 1
    (image,) = guide.read_answers().iter(f"{HTML}img")
    assert image.get("src") in entries(guide.epub)
    conforms(guide.epub)


def test_two_pictures_of_like_names_stay_two(guide: Guide) -> None:
    for name in ("a b.png", "a(b.png", "a-b.png"):
        draw_png(guide.folder / "content" / name)
    guide.lay(answer("![1](a%20b.png)\n\n![2](a%28b.png)\n\n![3](a-b.png)")).build("tablet")
    assert len({image.get("src") for image in guide.read_answers().iter(f"{HTML}img")}) == 3


def test_a_drawing_of_any_name_is_part_of_the_text(guide: Guide) -> None:
    svg = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 90 30"><circle cx="9" cy="9" r="5"/></svg>'
    guide.lay({"two dots.svg": svg, **answer("![Dots](two%20dots.svg)")}).build("tablet")
    assert next(guide.read_answers().iter("{http://www.w3.org/2000/svg}svg")).get("aria-label") == "Dots"


def test_a_picture_of_a_readme_may_have_a_blank_in_its_name(guide: Guide) -> None:
    draw_png(guide.folder / "content" / "my plan.png")
    text = "# T\n\n## 1. Why is it so?\n\n![P](<my plan.png>)\n\n## 2. What is it?\n\nIt is it.\n"
    guide.lay({"README.md": text})
    guide.run("build", "content/README.md", "-q", "-j", "1", "-e", "tablet")
    assert any(name.endswith(".png") and name != "cover.png" for name in entries(guide.epub))


# ---------------------------------------------------------------- sizes of pictures


def test_a_small_picture_keeps_its_size(guide: Guide) -> None:
    draw_png(guide.folder / "content" / "p.png")
    guide.lay(answer("![P](p.png)")).build()
    assert guide.find_pictures() == [pytest.approx((16.9, 16.9), abs=0.2)]
    (image,) = guide.read_answers().iter(f"{HTML}img")
    assert (image.get("style"), image.get("width")) == (None, None)
    assert not re.search(r"figure img \{[^}]*(?<!max-)width:", entries(guide.epub)["style.css"].decode())


@pytest.mark.parametrize(
    ("typed", "millimetres", "style"),
    [
        ("![P](p.png){ width=300 }", 79.4, "width: 300px"),
        ("![P](p.png){ width=3cm }", 30, "width: 3cm"),
        ('<img src="p.png" alt="P" width="300" height="75">', 79.4, "width: 300px"),
        ('<p align="center"><img src="p.png" alt="P" height="50"></p>', 52.9, "height: 50px"),
        ('![P](p.png){: style="width: 5cm" align=left }', 50, "margin-left: 0; width: 5cm"),
    ],
)
def test_the_size_that_an_author_asks_for_is_kept(typed: str, millimetres: float, style: str, guide: Guide) -> None:
    draw_png(guide.folder / "content" / "p.png", 1200, 300)
    guide.lay(answer(typed)).build()
    ((width, height),) = guide.find_pictures()
    assert (width, height) == pytest.approx((millimetres, millimetres / 4), abs=0.3)
    (image,) = guide.read_answers().iter(f"{HTML}img")
    assert image.get("style") == style
    conforms(guide.epub)


def test_a_share_of_the_measure_is_kept(guide: Guide) -> None:
    draw_png(guide.folder / "content" / "p.png", 1200, 300)
    guide.lay(answer("![P](p.png)\n\n![P](p.png){ width=50% }")).build("guide")
    whole, half = guide.find_pictures()
    assert half[0] == pytest.approx(whole[0] / 2, abs=0.3)


def test_a_drawing_in_the_text_of_an_epub_keeps_the_size_that_is_asked_for(guide: Guide) -> None:
    svg = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 90 30" style="opacity: 0.9"><circle cx="9" cy="9" r="5"/></svg>'
    guide.lay({"d.svg": svg, **answer("![D](d.svg){ width=40% }")}).build("tablet")
    (drawing,) = guide.read_answers().iter("{http://www.w3.org/2000/svg}svg")
    assert drawing.get("style") == "opacity: 0.9; width: 40%"
    conforms(guide.epub)


# ---------------------------------------------------------------- numbers of lists


def test_print_and_epub_count_a_list_as_it_is_written(guide: Guide) -> None:
    typed = (
        '<ol start="3"><li>flour</li><li value="7">salt</li><li>yeast</li></ol>\n\n<ol reversed><li>mix</li><li>rest</li></ol>\n\n'
        "b. sift\nc. stir\n\niv. fold\nv. bake"
    )
    guide.lay(answer(typed)).build()
    printed = re.findall(r"(\w+)\.\s+(flour|salt|yeast|mix|rest|sift|stir|fold|bake)", " ".join(page_texts(guide.pdf)))
    assert [number for number, _ in printed] == ["3", "7", "8", "2", "1", "b", "c", "iv", "v"]
    shown = [(each.get("start"), each.get("type")) for each in guide.read_answers().iter(f"{HTML}ol")]
    assert shown[-4:] == [("3", None), (None, None), ("2", "a"), ("4", "i")]
    assert [each.get("value") for each in guide.read_answers().iter(f"{HTML}li") if each.get("value")] == [
        "7",
        "2",
        "1",
    ]
    conforms(guide.epub)


def test_numbers_of_lines_are_printed_and_no_text_of_the_code(guide: Guide) -> None:
    guide.lay(answer('```python linenums="41" hl_lines="2"\na = 1\nb = 2\n```')).build()
    (page,) = [text for text in page_texts(guide.pdf) if "b = 2" in text]
    assert re.search(r"41\s+a = 1\s+42\s+b = 2", page)
    (code,) = guide.read_answers().iter(f"{HTML}code")
    assert "".join(code.itertext()).split("\n") == ["a = 1", "b = 2", ""]
    assert [each.text for each in code.iter(f"{HTML}mark")] == ["b = 2"]
    conforms(guide.epub)
    assert judge_pdfs(guide.pdf) == [f"{guide.pdf.name} {part} conforms" for part in ("ua1", "3a")]


# ---------------------------------------------------------------- footnotes


def test_a_table_of_a_footnote_is_a_table_at_the_foot_of_the_page(guide: Guide) -> None:
    note = "[^n]: Sums:\n\n    | flour | water |\n    |---|---|\n    | 500 | 350 |\n"
    guide.lay(answer(f"So.[^n]\n\n{note}")).build()
    command = [need("pdftotext"), "-layout", guide.pdf, "-"]
    printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    assert re.search(r"1\. Sums:\n+ *flour +water\n+ *500 +350\n", printed)
    assert judge_pdfs(guide.pdf) == [f"{guide.pdf.name} {part} conforms" for part in ("ua1", "3a")]
    (note,) = guide.read_answers().iter(f"{HTML}aside")
    assert "".join(note.itertext()).split() == ["1.", "Sums:", "flour", "water", "500", "350"]
    conforms(guide.epub)


# ---------------------------------------------------------------- kinds of pictures


def test_a_grey_picture_of_16_bits_is_named_with_what_to_do(guide: Guide) -> None:
    draw_png(guide.folder / "content" / "scan.png", mode="I;16")
    said = guide.lay(answer("![S](scan.png)")).build("guide", code=1)
    assert said[:2] == [
        "content/01-a.md:7:6: the figure `scan.png` has 16 bits for each pixel, which print cannot show [broken-figure]",
        "  fix: save it with 8 bits",
    ]


LABEL = (
    '<foreignObject width="9" height="9"><div xmlns="http://www.w3.org/1999/xhtml"><p>Read</p></div></foreignObject>'
)
SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 90 30">{}</svg>'


def test_a_drawing_shows_the_plain_text_that_stands_beside_its_html(guide: Guide) -> None:
    nested = f'<switch>{LABEL}<g><switch>{LABEL}<text y="9">Plain words</text></switch></g></switch>'
    guide.lay({"d.svg": SVG.format(nested), **answer("![D](d.svg)")}).build()
    printed = subprocess.run([need("pdftotext"), guide.pdf, "-"], check=True, capture_output=True, text=True).stdout
    assert "Plain words" in printed
    drawing = next(guide.read_answers().iter("{http://www.w3.org/2000/svg}svg"))
    assert "".join(drawing.itertext()) == "Plain words"
    conforms(guide.epub)


def test_a_drawing_shows_one_of_its_languages(guide: Guide) -> None:
    words = '<switch><text y="9" systemLanguage="de">Ja</text><text y="9">Yes</text></switch>'
    guide.lay({"d.svg": SVG.format(words), **answer("![D](d.svg)")}).build("tablet")
    drawing = next(guide.read_answers().iter("{http://www.w3.org/2000/svg}svg"))
    assert "".join(drawing.itertext()) == "Yes"


@pytest.mark.parametrize("words", [LABEL, f"<switch>{LABEL}</switch>", LABEL + LABEL])
def test_a_drawing_with_html_alone_is_refused_with_the_setting_to_change(words: str, guide: Guide) -> None:
    said = guide.lay({"d.svg": SVG.format(words), **answer("![D](d.svg)")}).run("check", code=1)
    told = [line for line in said if "foreignObject" in line]
    assert told == ["content/01-a.md:7:6: the figure `d.svg` holds words as HTML (`foreignObject`) [unsafe-figure]"]
    assert "htmlLabels: false" in said[said.index(told[0]) + 1]


# ---------------------------------------------------------------- scripts

KOREAN = {
    "guide.toml": 'title = "질문"\nlanguage = "ko"\nauthors = ["Ann Lee"]\n',
    "01-a.md": "---\ntitle: 기초\n---\n## 스택이란 무엇입니까? {#stack}\n\n### Answer\n나중에 온 것이 먼저 간다.\n",
}


@pytest.mark.usefixtures("no_script_faces")
def test_an_epub_in_a_script_that_print_lacks_is_built(guide: Guide) -> None:
    said = guide.lay(KOREAN).build("tablet")
    assert [line for line in said if "missing-glyph" in line] == []
    book = entries(guide.epub)
    assert "스택이란" in book["chapter-a.xhtml"].decode()
    assert Image.open(io.BytesIO(book["cover.png"])).size == (1600, 2560)
    conforms(guide.epub)


@pytest.mark.usefixtures("no_script_faces")
def test_print_without_a_face_is_refused_once_for_each_script_and_the_epub_is_written(guide: Guide) -> None:
    files = KOREAN | {"02-b.md": "---\ntitle: B\n---\n## Thai? {#thai}\n\n### Answer\nภาษาไทย and พยัญชนะ.\n"}
    said = guide.lay(files).build("guide", "tablet", code=1)
    assert [line for line in said if "missing-glyph" in line or line.startswith("  fix: run")] == [
        "content/01-a.md:2:8: the guide cannot be printed: 46% of its letters are Korean, which no face has [missing-glyph]",
        "  fix: run `.venv/bin/pip install -c constraints.txt pylopdf-fonts-ko justmytype-intl-cjk`",
        "content/02-b.md:7:1: the guide cannot be printed: 26% of its letters are Thai, which no face has [missing-glyph]",
        "  fix: run `.venv/bin/pip install -c constraints.txt fontpkg-sarabun`",
    ]
    assert said[-1].endswith("; only the EPUB was written")
    assert [path.suffix for path in (guide.folder / "dist").iterdir()] == [".epub"]


@pytest.mark.usefixtures("no_script_faces")
def test_print_alone_without_a_face_is_refused_and_nothing_is_written(guide: Guide) -> None:
    said = guide.lay(KOREAN).build("guide", code=1)
    assert "  fix: build the EPUB alone with `-e tablet`, or run `.venv/bin/pip install" in "\n".join(said)
    assert said[-1].endswith("; nothing was written")
    assert not (guide.folder / "dist").exists()


@pytest.mark.usefixtures("no_script_faces")
def test_a_few_letters_without_a_face_are_told_with_their_letters(guide: Guide) -> None:
    said = guide.lay(answer(f"{'Plain words. ' * 100}\n\nかきく.")).build("guide", "tablet", code=1)
    assert said[:2] == [
        "content/01-a.md:9:1: no face of the printed book has Japanese letters: `か` `き` `く` [missing-glyph]",
        "  fix: build the EPUB alone with `-e tablet`, or run "
        "`.venv/bin/pip install -c constraints.txt pylopdf-fonts-jp justmytype-intl-cjk`",
    ]


def test_letters_in_remarks_do_not_count(guide: Guide) -> None:
    guide.lay(answer("So. <!-- 나중에 온 것이 먼저 -->")).build("guide")


@pytest.mark.usefixtures("no_script_faces")
def test_a_readme_in_another_script_is_an_epub_with_one_plain_message(guide: Guide) -> None:
    guide.lay(
        {
            "README.md": "# 질문\n\n## 1. 스택이란 무엇입니까?\n\n나중에 온 것.\n\n## 2. 큐란 무엇입니까?\n\n먼저 온 것.\n"
        }
    )
    said = guide.run("build", "content/README.md", "-j", "1", "-e", "guide", "-e", "tablet", code=1)
    assert len([line for line in said if "cannot be printed" in line]) == 1
    assert not any("nchor" in line for line in said)
    assert "스택이란" in "".join(data.decode() for name, data in entries(guide.epub).items() if name.endswith(".xhtml"))


def test_a_language_without_words_of_a_book_is_told_once(guide: Guide) -> None:
    files = {
        "guide.toml": 'title = "Fragor"\nlanguage = "sv-SE"\n',
        "01-a.md": QUESTION,
        "02-b.md": QUESTION.replace("why", "who"),
    }
    said = guide.lay(files).run("check")
    assert [line for line in said if "english-words" in line] == [
        "content/guide.toml:2:1: warning: there are no words of a book in `sv-SE`: contents, labels and instructions are in "
        "English [english-words]"
    ]
    guide.lay({"guide.toml": 'title = "Fragen"\nlanguage = "de-AT"\n'})
    assert guide.run("check") == []


# ---------------------------------------------------------------- old HTML


def test_html_4_becomes_what_an_epub_knows(guide: Guide) -> None:
    text = """\
<center>In the middle</center>

Some <tt>code</tt>, <strike>old</strike>, <big>large</big>, <font color="red">red</font>, <acronym title="t">HT</acronym>.

<p align="right">At the right</p>

<table align="center" border="1"><tr><td align="center" nowrap>cell</td></tr></table>

<hr noshade> <ul compact><li>item</li></ul>
"""
    guide.lay(answer(text)).build()
    answers = guide.read_answers()
    words = "".join(answers.itertext())
    for word in ("In the middle", "code", "old", "large", "red", "HT", "At the right", "cell", "item"):
        assert word in words
    assert any("In the middle" in page for page in page_texts(guide.pdf))
    styles = {"".join(each.itertext()): each.get("style") for each in answers.iter() if each.get("style")}
    assert styles["In the middle"] == styles["cell"] == "text-align: center"
    assert styles["At the right"] == "text-align: right"
    assert [each.text for each in answers.iter(f"{HTML}s")] == ["old"]
    conforms(guide.epub)


@pytest.mark.parametrize(
    "text",
    [
        "<li>alone</li>",
        "<dd>alone</dd>",
        "<dl><dt>alone</dt></dl>",
        "<dl>alone</dl>",
        "<ul>alone<li>b</li> and <b>more</b> words</ul>",
        "<summary>alone</summary>",
        "<details>alone</details>",
        "<details>alone<summary>b</summary>c</details>",
        "<figcaption>alone</figcaption>",
        "<ruby>alone</ruby> <rt>b</rt>",
        "<map>alone</map> <data>b</data> <bdo>c</bdo> d<wbr>e",
        '<ol start="c" type="z"><li>alone</li></ol>',
    ],
)
def test_elements_out_of_place_keep_their_words(text: str, guide: Guide) -> None:
    guide.lay(answer(text)).run("build", "content", "-q", "-j", "1", "-e", "tablet")
    kept = next(each for each in guide.read_answers().iter(f"{HTML}div") if each.get("class") == "text")
    assert "alone" in "".join(kept.itertext())
    conforms(guide.epub)


# ---------------------------------------------------------------- files


def test_a_link_to_a_file_is_words_and_a_warning(guide: Guide) -> None:
    text = (
        "See [the sort](code/my%20sort.py), [all](code), [the paper](paper.pdf#page=2) and [the notes](notes/more.md)."
    )
    guide.lay({"code/my sort.py": "", "paper.pdf": "", "notes/more.md": "", **answer(text)})
    said = guide.build()
    assert [re.search("`(.*)`", line)[1] for line in said if "file-link" in line] == [
        "code/my sort.py", "code", "paper.pdf", "notes/more.md",
    ]  # fmt: skip
    answers = guide.read_answers()
    assert "See the sort, all, the paper and the notes." in "".join(answers.itertext())
    assert not [link for link in answers.iter(f"{HTML}a") if "code" in link.get("href", "")]
    conforms(guide.epub)


@pytest.mark.parametrize("target", ["code/gone.py", "../secret.txt", "/etc/passwd", "gone.md"])
def test_a_link_to_a_file_that_is_not_in_the_folder_is_an_error(target: str, guide: Guide) -> None:
    lay(guide.folder, {"secret.txt": ""})
    said = guide.lay(answer(f"See [this]({target}).")).run("check", code=1)
    assert re.fullmatch(
        rf"content/01-a\.md:7:\d+: the link `{re.escape(target)}` leads nowhere \[broken-link\]", said[0]
    )


def test_a_file_that_is_taken_away_is_told_in_the_next_build(guide: Guide) -> None:
    guide.lay({"a.py": "", **answer("See [this](a.py).")}).build("tablet")
    (guide.folder / "content" / "a.py").unlink()
    assert "[broken-link]" in guide.build("tablet", code=1)[0]


@pytest.mark.parametrize("ending", [".markdown", ".MD", ".mdown", ".mkd"])
def test_a_chapter_of_another_ending_is_in_the_book_and_can_be_linked(ending: str, guide: Guide) -> None:
    link = f"## Who? {{#who}}\n\n### Answer\nSee [it](02-b{ending}).\n"
    guide.lay({"guide.toml": 'title = "T"\n', "01-a.md": link, f"02-b{ending}": QUESTION}).build("tablet")
    book = entries(guide.epub)
    assert "chapter-b.xhtml" in book
    assert b'href="chapter-b.xhtml#b"' in book["answers-a.xhtml"]


# ---------------------------------------------------------------- front matter


def test_front_matter_of_other_programs_is_told_once_and_builds(guide: Guide) -> None:
    front = "title: Caches\nlayout: post\ntags: [a, b]\nformat:\n  html:\n    toc: true\naliases:\n  - x\n"
    said = guide.lay({"01-a.md": f"---\n{front}---\n{QUESTION}"}).build("tablet")
    assert said == [
        "content/01-a.md:3:1: warning: the books make nothing of `layout`, `tags`, `format`, `aliases` in the front matter "
        "[foreign-key]",
        "  fix: take it out, or let it stand for other programs",
    ]
    assert "Caches" in entries(guide.epub)["nav.xhtml"].decode()


@pytest.mark.parametrize(
    "front",
    ['+++\ntitle = "Caches"\ndate = 2024-01-02\n[params]\nx = 1\n+++', "---\ntitle: Caches\n..."],
)
def test_front_matter_in_toml_and_of_another_end_gives_the_title(front: str, guide: Guide) -> None:
    guide.lay({"01-a.md": f"{front}\n{QUESTION}"}).build("tablet")
    assert "Caches" in entries(guide.epub)["nav.xhtml"].decode()
    assert "+++" not in zipfile.Path(guide.epub, "EPUB/chapter-a.xhtml").read_text(encoding="utf-8")


def test_front_matter_in_toml_that_is_none_is_an_error_at_its_line(guide: Guide) -> None:
    said = guide.lay({"01-a.md": f'+++\ntitle = "A"\nlayout: post\n+++\n{QUESTION}'}).run("check", code=1)
    assert said[0].startswith("content/01-a.md:3: the front matter between `+++` is not TOML [broken-toml]")


def test_a_misspelt_key_stays_an_error(guide: Guide) -> None:
    said = guide.lay({"01-a.md": f"---\nTitel: A\n---\n{QUESTION}"}).run("check", code=1)
    assert said[:2] == [
        "content/01-a.md:2:1: there is no front matter key `Titel` [unknown-key]",
        "  fix: write `title`",
    ]


# ---------------------------------------------------------------- diagrams


@pytest.mark.parametrize("language", ["mermaid", "plantuml", "dot", "{.graphviz}"])
def test_an_author_is_told_that_a_diagram_is_printed_as_its_source(language: str, guide: Guide) -> None:
    said = guide.lay(answer(f"So.\n\n- In a list:\n\n  ```{language}\n  a -> b\n  ```")).run("check")
    assert len(said) == 2
    assert said[0].startswith("content/01-a.md:11:1: warning: this diagram in ")


# ---------------------------------------------------------------- large documents


def test_a_large_document_is_divided_between_questions_and_all_links_lead_on(guide: Guide) -> None:
    long = "It turns, warms, waits and writes. " * 260
    texts = [
        f"## Why is it so with case number {number}? {{#case-{number}}}\n\n### Hint\nLook.\n\n### Answer\n"
        f"See [the next](#case-{number % 50 + 1}).[^{number}] {long}\n\n[^{number}]: Note number {number}.\n\n"
        for number in range(1, 51)
    ]
    guide.lay({"guide.toml": 'title = "T"\n', "01-a.md": "".join(texts), "02-a-2.md": QUESTION}).build()
    book = entries(guide.epub)
    sizes = {name: len(data) for name, data in book.items() if name.endswith(".xhtml")}
    pieces = [name for name in sizes if name.startswith("answers-a") and name != "answers-a-2.xhtml"]
    assert len(pieces) == 3 and all(100_000 < sizes[name] < 300_000 for name in pieces)
    assert max(sizes.values()) < 300_000
    trees = documents(book)
    ids = {name: [each.get("id") for each in tree.iter() if each.get("id")] for name, tree in trees.items()}
    for name, tree in trees.items():
        assert len(ids[name]) == len(set(ids[name]))
        for link in tree.iter(f"{HTML}a"):
            file, _, target = link.get("href").partition("#")
            assert not target or target in ids[file or name], (name, link.get("href"))
    answers = [each for name in pieces for each in ids[name] if each.startswith("answer-case")]
    assert answers == [f"answer-case-{number}" for number in range(1, 51)]
    for name in pieces:
        marks = [each.get("href") for each in trees[name].iter(f"{HTML}a") if each.get("class") == "noteref"]
        assert len(marks) > 10 and all(mark.startswith("#") for mark in marks)
    conforms(guide.epub)


# ---------------------------------------------------------------- names of parts


def test_no_page_has_the_name_of_a_part_alone(guide: Guide) -> None:
    rows = "| Key | Value |\n|---|---|\n{}\n"
    questions = [
        f"## Case {count}? {{#case-{count}}}\n\n### Answer\nShort.\n\n### Explanation\n"
        + rows.format("".join(f"| k{row} | v{row} |\n" for row in range(count)))
        for count in (36, 38, 40, 44, 60, 90)
    ]
    guide.lay({"guide.toml": 'title = "T"\n', "01-a.md": "\n".join(questions)}).build("guide")
    pages = page_texts(guide.pdf)
    for page in (text for text in pages if "Explanation" in text):
        assert re.search(r"\bk0\b", page), page
    for count in (60, 90):
        (start,) = [page for page in pages if re.search(rf"Case {count}\?\s+← p", page)]
        assert "Short." in start and re.search(r"\bk0\b", start), start
