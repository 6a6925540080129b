"""Nothing runs off the page: code and words are broken, tables and formulas made smaller, and the rest is reported."""

import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pypdfium2
import pytest
from conftest import ROOT, SMALL, judge_pdfs, lay, page_texts
from hard import hard
from PIL import Image
from pypdfium2 import raw
from test_book import labels, references

import build
from studyguide.compose.composition import Composition
from studyguide.html_text import find_marked_place
from studyguide.model import Edition
from studyguide.pdf.assembly import list_block_html
from studyguide.pdf.finish import make_jobs
from studyguide.pipeline import OUTPUTS, check_guide, read_guide
from studyguide.reading.project import read_project

MM = 72 / 25.4
TAB = 21
"""Points at the outer edge where a chapter's tab may stand."""
CALL = "result = compute(first=alpha, second=beta, third=[1, 2, 3], fourth='some words in a string', fifth=omega"
LINE = f"        {CALL}, sixth=(7, 8, 9), last=True)"
DOCUMENT = '    """A text of two lines, the first of them so long that it has to be broken,\n    and the second: no"""'
SOLID = "x" * 150
DEEP = f"    return some_function_of({'y' * 60}, another=True)"
INLINE = "of_one_piece_" * 9 + "end"
URL = "https://example.org/" + "/".join(f"a{number}.longish.part" for number in range(12))


def table(columns: int, rows: int, heading: str = "Column", cell: str = "{}.{}") -> str:
    """A table of the kind that GitHub knows."""
    lines = [[f"{heading}{column}" for column in range(columns)], ["---"] * columns]
    lines += [[cell.format(row, column) for column in range(columns)] for row in range(rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def nested(depth: int, code: str) -> str:
    """Lists in lists, and a fence in the innermost."""
    items = [f"{'  ' * level}- level {level}" for level in range(depth)]
    pad = "  " * depth
    return "\n".join([*items, "", *(pad + line for line in ("```python", *code.split("\n"), "```"))])


NESTED = nested(6, DEEP) + "\n\n- Twelve columns in a list:\n\n" + textwrap.indent(table(12, 2, "Nestled"), "  ")
SUM = " + ".join(f"a_{{{number}}}" for number in range(17))
MENDED = f"""\
---
title: Wide things
---
## Is code broken? {{#code}}

### Answer
```python
def f(x):
{LINE}
{DOCUMENT}
    return x
{SOLID}
```

The word `{INLINE}` and <{URL}> are long.

{NESTED}

## Are tables made to fit? {{#tables}}

### Answer
Nine:

{table(9, 3, "Heading")}

Twelve:

{table(12, 3, "Upright")}

Fourteen, of which one leads away:

{table(14, 40, "Lyingdown").replace("| 0.0 |", "| [off](#code) |")}

Sixteen:

{table(16, 2, "Smallest")}

## Are formulas and figures? {{#figures}}

### Answer
$$
{SUM} = b
$$

![A tall tower.](figures/tower.svg "A tower, with a caption below.")

Text that follows.
"""
TOWER = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 280"><title>t</title><path d="M5 0H95V280H5Z"/></svg>'


@dataclass(frozen=True)
class Paper:
    """A page size as styles/pages/ has it, in points."""

    name: str
    width: float
    height: float
    head: float
    foot: float
    inner: float
    outer: float

    def margins(self, place: int) -> tuple[float, float]:
        """The left and the right margin of a page of the file, counted from 0."""
        return (self.outer, self.inner) if place % 2 else (self.inner, self.outer)


PAPERS = (
    Paper("a4", 210 * MM, 297 * MM, 25 * MM, 25 * MM, 23 * MM, 21 * MM),
    Paper("letter", 612, 792, 23 * MM, 22 * MM, 25 * MM, 24 * MM),
)


@dataclass(frozen=True)
class Book:
    path: Path
    paper: Paper

    @property
    def file(self) -> pypdfium2.PdfDocument:
        return pypdfium2.PdfDocument(self.path)

    def page_with(self, words: str) -> pypdfium2.PdfPage:
        return next(page for page in self.file if words in page.get_textpage().get_text_bounded())


@pytest.fixture(scope="module", params=PAPERS, ids=[paper.name for paper in PAPERS])
def book(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Book:
    folder = tmp_path_factory.mktemp(request.param.name)
    files = {"guide.toml": SMALL["guide.toml"], "01-wide.md": MENDED, "figures/tower.svg": TOWER}
    content = lay(folder / "content", files)
    command = ["build", str(content), "-q", "-e", "guide", "--page", request.param.name, "--out", str(folder)]
    assert build.main(command) == 0
    return Book(folder / "a-small-guide.pdf", request.param)


def boxes(page: pypdfium2.PdfPage, words: str) -> Iterator[tuple[float, float, float, float]]:
    """Left, bottom, right and top of each character of these words where they are first found."""
    text = page.get_textpage()
    at, count = text.search(words).get_next()
    return (text.get_charbox(place) for place in range(at, at + count))


def test_no_character_lies_outside_the_page_area(book: Book) -> None:
    paper, tolerance = book.paper, 0.5
    for place, page in enumerate(book.file):
        left, right = paper.margins(place)
        text = page.get_textpage()
        assert page.get_size() == pytest.approx((paper.width, paper.height), abs=0.1)
        for index in range(text.count_chars() if place else 0):
            if not text.get_text_range(index, 1).strip():
                continue
            x0, y0, x1, y1 = text.get_charbox(index)
            if y1 < paper.height - paper.head and TAB < x0 < paper.width - TAB:
                found = f"{text.get_text_range(index, 1)} on page {place}"
                assert x0 >= left - tolerance, found
                assert x1 <= paper.width - right + tolerance, found
                assert y0 >= paper.foot - tolerance, found


@pytest.mark.parametrize("page", ["a5", "eink"])
def test_a_folio_of_three_digits_has_room_in_the_margin(page: str, tmp_path: Path) -> None:
    assert (
        build.main(
            ["build", str(ROOT / "tests" / "sample"), "-q", "-e", "workbook", "--page", page, "--out", str(tmp_path)]
        )
        == 0
    )
    book = pypdfium2.PdfDocument(tmp_path / "bread-workbook.pdf")
    for place, recto in list(enumerate(book))[4::2]:
        text, (width, height) = recto.get_textpage(), recto.get_size()
        heads = [box for box in map(text.get_charbox, range(text.count_chars())) if box[1] > height - 14 * MM]
        if heads:
            left, _, right, _ = max(heads)  # the last digit of the folio
            further = 3 - len(book.get_page_label(place))
            assert right + further * (right - left) * 1.3 < width - 1 * MM


def test_the_margins_stay_white(book: Book) -> None:
    paper, scale = book.paper, 2
    for place, page in enumerate(list(book.file)[1:], 1):
        left, right = (round(margin * scale) for margin in paper.margins(place))
        head, foot = round(paper.head * scale), round(paper.foot * scale)
        picture = page.render(scale=scale).to_pil().convert("L")
        width, height = picture.size
        for area in (
            (TAB * scale, head, left - 3, height),
            (width - right + 3, head, width - TAB * scale, height),
            (0, height - foot + 3, width, height),
        ):
            assert picture.crop(area).getextrema() == (255, 255), f"page {place}, {area}"


def test_a_line_of_code_is_copied_as_it_was_written(book: Book) -> None:
    pages = [page.get_textpage().get_text_bounded() for page in book.file]
    squeezed = "".join("".join(pages).split())
    for line in (LINE, *DOCUMENT.split("\n"), SOLID, DEEP, INLINE, URL):
        assert "".join(line.split()) in squeezed
    code = next(page for page in pages if "def f(x):" in page)
    lines = code[code.index("def f(x):") : code.index("The word")].splitlines()
    assert all(lines)
    assert not re.search("[↪↳⤷]", code)


def test_a_line_of_code_that_goes_on_has_a_mark_in_its_indent(book: Book) -> None:
    page, scale = book.page_with("def f(x):"), 4
    picture = page.render(scale=scale).to_pil().convert("L")
    height = page.get_height()
    start = next(boxes(page, "result"))

    def ink_left_of(box: tuple[float, float, float, float], width: float) -> bool:
        left, bottom, _, top = box
        area = ((left - width) * scale, (height - top - 2) * scale, (left - 0.6) * scale, (height - bottom) * scale)
        return picture.crop(tuple(round(each) for each in area)).getextrema()[0] < 220

    text = page.get_textpage()
    at, _ = text.search(CALL[:20]).get_next()
    first = text.get_charbox(at)
    after = [text.get_charbox(place) for place in range(at, at + 400) if text.get_text_range(place, 1).strip()]
    turned_over = next(box for box in after if box[1] < first[1] - 6)
    assert turned_over[0] == pytest.approx(first[0] + 2 * 0.6 * 8.4, abs=1)
    assert ink_left_of(turned_over, 9)
    assert not ink_left_of(start, 9)
    assert not ink_left_of(next(boxes(page, SOLID[:20])), 9)


def test_a_table_takes_the_side_column_then_smaller_type(book: Book) -> None:
    text = next(boxes(book.page_with("Nine:"), "Nine:"))
    wide = list(boxes(book.page_with("Heading0"), "Heading0"))
    small = list(boxes(book.page_with("Upright0"), "Upright0"))
    assert wide[0][0] < text[0] - 90
    assert small[0][0] < text[0] - 90
    assert small[-1][3] - small[-1][1] == pytest.approx(7 / 9 * (wide[-1][3] - wide[-1][1]), abs=0.1)


def test_a_wide_table_in_a_list_begins_at_the_left_edge(book: Book) -> None:
    place = next(place for place, page in enumerate(book.file) if page.get_textpage().search("Nestled0").get_next())
    assert next(boxes(book.file[place], "Nestled0"))[0] == pytest.approx(book.paper.margins(place)[0], abs=1)


def test_a_table_wider_than_that_is_turned_and_goes_on_below_its_heading(book: Book) -> None:
    pages = [page for page in book.file if "Lyingdown0" in page.get_textpage().get_text_bounded()]
    assert len(pages) > 1
    for page in pages:
        first, last = next(boxes(page, "Lyingdown0")), next(boxes(page, "Lyingdown13"))
        assert first[0] == pytest.approx(last[0], abs=2)
        assert last[1] > first[1] + 400
        text = page.get_textpage()
        at, _ = text.search("Lyingdown0").get_next()
        assert raw.FPDFText_GetCharAngle(text, at) == pytest.approx(4.712, abs=0.01)
        assert page.get_rotation() == 0
    assert "39.13" in pages[-1].get_textpage().get_text_bounded()


def test_a_link_on_a_turned_page_lies_on_its_words(book: Book) -> None:
    link = next(each for each in references(book.path) if each.text.startswith("off"))
    assert re.fullmatch(r"off \(p\. ?\d+\)", link.text)
    assert "Is code broken?" in book.file[link.target - 1].get_textpage().get_text_bounded()


def test_a_figure_has_its_caption_on_its_page(book: Book) -> None:
    page = book.page_with("A tower, with a caption")
    picture = page.render(scale=1).to_pil().convert("L")
    black = sum(picture.histogram()[:40])
    assert black > 0.2 * picture.width * picture.height


def test_what_was_made_to_fit_conforms_to_pdf_ua(book: Book) -> None:
    assert all(line.endswith("conforms") for line in judge_pdfs(book.path))


def test_a_title_that_is_one_long_word_stays_on_every_page_of_it(small: Path) -> None:
    word = "Donaudampfschifffahrtselektrizitaetenhauptbetriebswerkbauunterbeamtengesellschaft" * 2
    settings = SMALL["guide.toml"].replace("A Small Guide", f"A {word}").replace("Ada Example", word)
    question = f'## What is {word}? {{#long tags="{word}"}}\n\n### Answer\nA word.\n'
    (small / "00-welcome.md").unlink()
    lay(small, {"guide.toml": f'{settings}name = "long"\n', "01-first-things.md": f"# {word}\n\n{question}"})
    assert build.main(["-q", "-e", "guide"]) == 0
    for page in pypdfium2.PdfDocument(Path("dist/long.pdf")):
        text = page.get_textpage()
        found = [
            text.get_charbox(place) for place in range(text.count_chars()) if text.get_text_range(place, 1).strip()
        ]
        assert all(0 < left < right < page.get_width() for left, _, right, _ in found)


@pytest.mark.parametrize("page", sorted(path.stem for path in (ROOT / "styles" / "pages").glob("*.css")))
def test_the_number_of_a_page_stands_on_it_once(small: Path, page: str) -> None:
    assert build.main(["-q", "-e", "guide", "--page", page]) == 0
    path = Path("dist/a-small-guide.pdf")
    for label, page in zip(labels(path), pypdfium2.PdfDocument(path), strict=True):
        head = page.get_textpage().get_text_bounded(bottom=page.get_height() - 14 * MM)
        assert head.split().count(label) <= 1, head


# ---------------------------------------------------------------- what cannot be mended

BEYOND = f"""\
---
title: Too wide
---
An introduction, with a formula ${SUM} + {SUM} = x$ in it.

## Is this too wide? {{#first}}

### Answer
Before it.

{table(30, 2, "Extraordinarily")}

## And this? {{#second}}

### Hint
Think of LONG.

### Answer
$$
{SUM} + {SUM} = c
$$

![A long strip.](figures/strip.png "A strip.")
"""


@pytest.fixture
def wide(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    content = lay(tmp_path / "content", {"guide.toml": SMALL["guide.toml"], "01-wide.md": BEYOND})
    (content / "figures").mkdir()
    Image.new("L", (100, 4000)).save(content / "figures" / "strip.png")
    return content


def test_what_does_not_fit_is_reported_with_its_line_and_nothing_is_written(
    wide: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert build.main(["-q"]) == 1
    assert (
        capsys.readouterr().err
        == """\
content/01-wide.md:4:34: the inline formula `An introduction, with a formula a sub 0…` is 165 mm wider than the page [too-wide]
  fix: give it lines of its own, between `$$` and `$$`
content/01-wide.md:11:1: the table `Extraordinarily0 Extraordinarily1 Extra…` is 357 mm wider than the page, even turned and in small type [too-wide]
  fix: leave columns out, shorten the longest words, or make two tables of it
content/01-wide.md:23:1: the formula `a_{0} + a_{1} + a_{2} + a_{3} + a_{4} +…` is 80 mm wider than the page, even at 70% of its size [too-wide]
  fix: make two formulas of it
content/01-wide.md:26:18: the figure `figures/strip.png` is 18 mm taller than the page, even at 25% of its size [too-tall]
  fix: crop it, or make two figures of it
4 problems; nothing was written
"""
    )
    assert not Path("dist").exists()


TOO_WIDE = f"{SUM} + {SUM} = d"
TWICE = f"""\
# Wide

$$
{TOO_WIDE}
$$

## One? {{#one}}

- [x] An option
  > $${TOO_WIDE}$$
- [ ] Another

### Answer
Before it.[^note]

$$
{TOO_WIDE}
$$

And the same again:

- in a list

  $$
  {TOO_WIDE}
  $$

### Explanation
Text ${TOO_WIDE}$ and
text ${TOO_WIDE}$.

[^note]: A note of two lines,
    with $${TOO_WIDE}$$
"""
TERMS = f"""\
---
title: Terms
kind: glossary
---
Narrow
: It fits.

Wide
: It does not:

  $$
  {TOO_WIDE}
  $$
"""


def test_what_is_too_wide_more_than_once_is_reported_at_each_of_its_lines(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    files = {"guide.toml": SMALL["guide.toml"], "01-wide.md": TWICE, "02-terms.md": TERMS}
    lay(tmp_path / "content", files)
    expected = {
        f"content/{name}:{number}"
        for name, text in list(files.items())[1:]
        for number, line in enumerate(text.split("\n"), 1)
        if TOO_WIDE in line
    }
    assert len(expected) == 8
    for _ in range(2):  # the second time from the cache
        assert build.main(["-q"]) == 1
        found = re.findall(r"^(\S+:\d+):\d+: the (?:inline )?formula `", capsys.readouterr().err, re.MULTILINE)
        assert sorted(found) == sorted(expected)


def test_an_early_line_moves_the_report_and_sets_no_sheet_anew(wide: Path) -> None:
    def keys_and_lines(text: str) -> tuple[list[str], list[int]]:
        (wide / "01-wide.md").write_text(text, encoding="utf-8")
        project = read_project("content")
        guide = check_guide(project)
        jobs = make_jobs(Composition(project, guide, Edition("guide"), OUTPUTS["pdf"]).compose())
        return [job.key for job in jobs], [chapter.questions[0].place.line for chapter in guide.chapters]

    keys, lines = keys_and_lines(BEYOND)
    later, moved = keys_and_lines(BEYOND.replace("title: Too wide\n", "title: Too wide\n\n\n"))
    assert later == keys
    assert moved == [line + 2 for line in lines]


@pytest.mark.parametrize("name", ["sample", "hard"])
def test_marks_of_places_change_no_block(name: str, tmp_path: Path) -> None:
    project = read_project(str(ROOT / "tests" / "sample" if name == "sample" else hard(tmp_path / "hard")))
    plain, marked = (
        Composition(project, read_guide(project, marks_places=marks), Edition("guide"), OUTPUTS["pdf"]).compose()
        for marks in (False, True)
    )
    count = 0
    for one, other in zip(make_jobs(plain), make_jobs(marked), strict=True):
        blocks = list_block_html(other)
        count += sum("<!--at:" in block for block in blocks)
        assert [re.sub("<!--at:[^<>]*-->", "", block) for block in blocks] == list_block_html(one)
    assert count > 20


@pytest.mark.parametrize(
    ("element", "line"),
    [(0, 2), (1, 2), (2, 5), (3, 5), (4, 6), (5, 6), (6, 6)],
    ids=["div", "p", "ul", "li", "b", "img", "i"],
)
def test_an_element_stands_where_its_mark_says_or_else_the_one_before_it(element: int, line: int) -> None:
    page = (
        "<div><p><!--at:2:1:a.md-->One</p><ul><!--at:5:1:a.md--><li>two <!-- no mark --></li></ul>"
        '<b><!--at:6:3:a.md-->three</b> <img src="a.svg"/><i>four</i></div>'
    )
    place = find_marked_place(page, element)
    assert place is not None
    assert (place.path, place.line) == ("a.md", line)


def test_an_element_of_a_text_without_marks_has_no_place() -> None:
    assert find_marked_place("<p>One</p>", 0) is None


def test_no_line_holds_the_end_of_a_word_alone(small: Path) -> None:
    words = "normalisation of representations in generalising architectures " * 6
    texts = [f"{words[: words.rindex(' ', 0, 200 + 2 * number)]} interpolated." for number in range(60)]
    lay(small, {"00-welcome.md": "---\ntitle: Welcome\nkind: prose\n---\n" + "\n\n".join(texts)})
    assert build.main(["-q", "-e", "guide"]) == 0
    text = "".join(page_texts("dist/a-small-guide.pdf"))
    divided = re.findall(r"\w+\ufffe\r?\n?\w+\W", text)
    assert len(divided) > 20
    assert [word for word in divided if word.endswith(".")] == []


def test_code_in_a_narrow_cell_does_not_run_into_the_next(small: Path) -> None:
    rows = f"| `.easy`, `.medium`, `.hard` | the difficulty |\n| `space` | {'the lines below a question ' * 9} |\n"
    text = f"---\ntitle: Welcome\nkind: prose\n---\n\n| mark | meaning |\n| --- | --- |\n{rows}"
    lay(small, {"00-welcome.md": text})
    assert build.main(["-q", "-e", "guide"]) == 0
    document = pypdfium2.PdfDocument("dist/a-small-guide.pdf")
    (page,) = (each.get_textpage() for each in document if ".medium" in each.get_textpage().get_text_range())

    def find_edges(words: str) -> tuple[float, float]:
        """The left and the right edge of words, in points."""
        start, count = page.search(words).get_next()
        return page.get_charbox(start)[0], page.get_charbox(start + count - 1)[2]

    assert find_edges(".hard")[1] < find_edges("the difficulty")[0]
