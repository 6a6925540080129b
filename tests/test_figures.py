"""The file of a figure is judged: its numbers, its size, and what typesetting cannot do with it."""

import io
from pathlib import Path
from typing import Any

import numpy as np
import pypdfium2
import pypdfium2.raw as raw
import pytest
from conftest import SMALL, entries, lay
from PIL import Image

import build
from studyguide.drawing_labels import find_cut_labels, find_smallest_label
from studyguide.model import Asset
from studyguide.rules.drawing_numbers import list_declarations, measure_outline
from studyguide.rules.drawing_size import count_dashes, count_tiles, measure_drawing
from studyguide.rules.figure_faults import judge_asset
from studyguide.svg import parse_drawing, simplify_drawing


def draw(inside: str, attributes: str = 'viewBox="0 0 9 9"') -> bytes:
    return f'<svg xmlns="http://www.w3.org/2000/svg" {attributes}>{inside}</svg>'.encode()


def judge(data: bytes, name: str = "a.svg") -> list[tuple[str, str]]:
    return [(fault.rule, fault.found) for fault in judge_asset(Asset(name, data))]


# ---------------------------------------------------------------- numbers

WRONG_VIEW_BOXES = {
    "0 0 a b": "and not four numbers",
    "0 0": "and not four numbers",
    "0 0 9 9 9": "and not four numbers",
    "0 0 9 9px": "and not four numbers",
    "nan nan inf inf": "and not four numbers",
    "0 0 1_0 9": "and not four numbers",
    "0 0 0 0": "in which the width or the height is not more than 0",
    "0 0 -5 5": "in which the width or the height is not more than 0",
    "0 0 9 1e400": "and 1,000,000,000 is the largest number",
}


@pytest.mark.parametrize("value", WRONG_VIEW_BOXES)
@pytest.mark.parametrize("tag", ["svg", "symbol", "marker", "pattern"])
def test_a_view_box_has_four_numbers_and_is_not_empty(tag: str, value: str) -> None:
    attribute = f'viewBox="{value}"'
    data = draw("", attribute) if tag == "svg" else draw(f'<{tag} id="a" {attribute}/>')
    found = f"is no drawing: `viewBox` of `{tag}` is `{value}`, {WRONG_VIEW_BOXES[value]}"
    assert judge(data) == [("broken-figure", found)]


@pytest.mark.parametrize(
    ("attribute", "found"),
    [
        ('width="nan"', "`width` of `svg` is `nan`, and `nan` is no number"),
        ('width="-5"', "`width` of `svg` is `-5`, which is less than 0"),
        ('height="wide"', "`height` of `svg` is `wide`, and not a length"),
        ('height="1e309px"', "`height` of `svg` is `1e309px`, and 1,000,000,000 is the largest number"),
    ],
)
def test_the_size_of_a_drawing_is_a_length(attribute: str, found: str) -> None:
    assert judge(draw("", f'viewBox="0 0 9 9" {attribute}')) == [("broken-figure", f"is no drawing: {found}")]


@pytest.mark.parametrize(
    ("inside", "attribute"),
    [
        ('<path d="M0 0Lnan nan"/>', "d"),
        ('<path d="M0 0 L inf 1"/>', "d"),
        ('<path d="M0 0L1e300 1"/>', "d"),
        ('<g transform="scale(1e309)"/>', "transform"),
        ('<g transform="translate(NaN, 3)"/>', "transform"),
        ('<linearGradient gradientTransform="rotate(-inf)"/>', "gradientTransform"),
        ('<pattern patternTransform="scale(1e99)"/>', "patternTransform"),
        ('<rect width="nan" height="9"/>', "width"),
        ('<image height="Infinity"/>', "height"),
        ('<circle r="-inf"/>', "r"),
        ('<polygon points="1,2 nan,3"/>', "points"),
        ('<stop offset="nan"/>', "offset"),
        ('<g opacity="nan"/>', "opacity"),
        ('<text font-size="1e8">x</text>', "font-size"),
        ('<text style="font: 1e8px x">x</text>', "font"),
        ('<rect style="width: nan"/>', "width"),
        ("<style>@media all {rect {stroke-width: 1e309}}</style>", "stroke-width"),
        ('<path stroke-dasharray="1 inf"/>', "stroke-dasharray"),
        ('<marker orient="nan"/>', "orient"),
    ],
)
def test_a_number_that_is_none_or_too_large_is_told_with_its_attribute(inside: str, attribute: str) -> None:
    ((rule, found),) = judge(draw(inside))
    assert rule == "broken-figure"
    assert found.startswith(f"is no drawing: `{attribute}` of `")


@pytest.mark.parametrize(
    ("inside", "attributes"),
    [
        ("", 'viewBox="0,0,10,10"'),
        ("", 'viewBox=" -1.5e1 .5 +10 1e1 "'),
        ("", 'viewBox=""'),
        ("", 'width="100%" height="auto"'),
        ("", 'width="12pt" height=" 5 "'),
        ('<path id="nan" class="inf" d="M1e3-5.5.5a1 1 0 0110 10z"/>', ""),
        ('<text font-family="Infinity">nan</text>', ""),
        ('<rect transform="matrix(1,0 0,1 -3.5e-7,2)rotate(45deg)" style="fill: url(#a); stroke-width: .5px"/>', ""),
        ('<path d="M0 0H900" stroke-dasharray="1 2"/>', ""),
        ('<pattern id="p" width=".5" height=".5" patternUnits="userSpaceOnUse"/>', ""),
        ('<style>rect {fill: url(#p)}</style><pattern id="p" width="1" height="1"><rect/></pattern><rect/>', ""),
        ('<marker id="m"><path d="M0 0"/></marker>' + '<path d="M0 0L1 1" marker-end="url(#m)"/>' * 2_000, ""),
    ],
)
def test_what_drawing_programs_write_is_a_drawing(inside: str, attributes: str) -> None:
    assert judge(draw(inside, attributes)) == []


# ---------------------------------------------------------------- sizes


@pytest.mark.parametrize(
    ("shape", "vertices", "length"),
    [
        ('<path d="M0 0L3 4"/>', 2, 5),
        ('<path d="M1,1l3 4 3 4z"/>', 4, 20),
        ('<path d="M0 0h10v-5H0V0"/>', 5, 30),
        ('<path d="M0 0C0 10 10 10 10 0"/>', 2, 30),
        ('<path d="M0 0q0 10 10 10"/>', 2, 20),
        ('<path d="m0 0 1 0 1 0"/>', 3, 2),
        ('<line x1="1" x2="4"/>', 2, 5),
        ('<polyline points="0,0 3,4 0,0"/>', 3, 10),
        ('<polygon points="0 0 3 4"/>', 2, 10),
        ('<rect width="50%" height="5"/>', 0, 110),
        ("<g/>", 0, 0),
    ],
)
def test_an_outline_has_vertices_and_a_length(shape: str, vertices: int, length: float) -> None:
    (element,) = parse_drawing(draw(shape))
    assert measure_outline(element, 100) == (vertices, pytest.approx(length))


@pytest.mark.parametrize("arc", ["A5 5 0 1 1 10 0", "a5,5 0 1110,0", "a5 5 0 01-10 0"])
def test_an_arc_is_one_vertex_and_no_shorter_than_it_is(arc: str) -> None:
    (element,) = parse_drawing(draw(f'<path d="M0 0{arc}"/>'))
    vertices, length = measure_outline(element, 100)
    assert vertices == 2
    assert length >= 15.7


@pytest.mark.parametrize(
    ("inside", "elements"),
    [
        ("<g/><g/>", 3),
        ('<g id="a"><path/></g><use href="#a"/>', 6),
        ('<pattern id="p"><path/></pattern><g fill="url(#p)"><rect/><rect/></g>', 10),
        ('<pattern id="p"><path/></pattern><rect style="fill: URL( \'#p\' )"/>', 6),
        ('<mask id="p"><path/></mask><g mask="url(#p)"><rect/><rect/></g>', 8),
        ('<marker id="m"><path/></marker><polyline points="0 0 1 1 2 2" marker-mid="url(#m)"/>', 10),
        ("<style>.a, #b > rect.c {fill: url(#p)}</style><pattern id='p'/><rect class='a'/><rect class='c'/><rect/>", 8),
        ("<style>rect:hover g {fill: url(#p)}</style><pattern id='p'/><g/><rect/>", 6),
        ("<style>svg|rect {fill: url(#p)}</style><pattern id='p'/><rect/>", 5),
        ("<style>g {&amp; rect {fill: url(#p)}}</style><pattern id='p'/><rect/>", 5),
    ],
)
def test_elements_are_counted_as_often_as_they_may_be_drawn(inside: str, elements: int) -> None:
    root = parse_drawing(draw(inside))
    assert measure_drawing(root, list_declarations(root)).elements == elements


def test_the_shortest_dash_and_the_smallest_tile_count() -> None:
    root = parse_drawing(
        draw(
            '<g style="stroke-dasharray: 4 2"/><path stroke-dasharray="1,3,2"/><style>a {stroke-dasharray: 5}</style>'
            '<pattern width="3" height="2" patternUnits="userSpaceOnUse" patternTransform="scale(.5)"/>',
            'viewBox="0 0 3 4"',
        )
    )
    assert count_dashes(list_declarations(root), 30) == 15
    assert count_tiles(root) == int(5 * 5 / (3 * 2 * 0.25))


@pytest.mark.parametrize(
    "inside",
    [
        "<g " + " ".join(f'xmlns:n{number}="http://a/{number}"' for number in range(3_000)) + ">" + "<g/>" * 9_000 + "</g>",
        "<g transform='" + "(" * 90_000 + "'/>",
        "<g transform='" + "a" * 900_000 + "'/>",
        "<path d='M0 0" + "z" * 900_000 + "'/>",
        "<path d='a" + "1 " * 400_000 + "'/>",
    ],
    ids=["namespaces", "brackets", "letters", "commands", "arcs"],
)  # fmt: skip
def test_a_drawing_that_looks_hard_is_judged_in_linear_time(inside: str) -> None:
    assert judge(draw(inside)) == []


def test_a_drawing_that_is_too_large_is_not_read_for_its_plain_text() -> None:
    inside = "<switch><foreignObject/><text>x</text></switch>"
    assert b"switch" not in simplify_drawing(draw(inside))
    large = draw(inside + " " * 2_000_000)
    assert simplify_drawing(large) is large


def test_a_picture_within_a_drawing_is_judged_too() -> None:
    (fault,) = judge_asset(Asset("a.svg", draw('<image href="data:image/png;base64,AAAA"/>')))
    assert (fault.rule, fault.before, fault.found) == (
        "broken-figure",
        "a picture in ",
        "is no picture: it is not PNG, as its name says",
    )


@pytest.mark.parametrize(("scans", "rules"), [(1, []), (90, []), (101, ["over-limit"])])
def test_a_jpeg_may_go_over_its_pixels_some_times(scans: int, rules: list[str]) -> None:
    out = io.BytesIO()
    Image.new("L", (9, 9)).save(out, "JPEG", progressive=True)
    data = out.getvalue()
    scan = data[data.rfind(b"\xff\xda") : -2]
    more = scan * (scans - data.count(b"\xff\xda"))
    assert [rule for rule, _ in judge(data[:-2] + more + b"\xff\xd9", "a.jpg")] == rules


# ---------------------------------------------------------------- what only typesetting finds


@pytest.mark.parametrize(
    ("inside", "found"),
    [
        (
            '<rect transform="rotate(abc)" width="9" height="9"/>',
            "ValueError: could not convert string to float: 'abc'",
        ),
        ('<g opacity="abc"/>', "ValueError: could not convert string to float: 'abc'"),
        ("<style>a:::b {fill: red}</style><g/>", "Failed to apply CSS rule in SVG rule"),
    ],
)
def test_a_drawing_that_weasyprint_cannot_set_is_told_where_it_is_shown(
    inside: str, found: str, small: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    chapter = SMALL["01-first-things.md"].replace("figures/dots.svg", "a%20b.svg")
    lay(small, {"01-first-things.md": chapter, "a b.svg": draw(inside).decode()})
    assert build.main(["-q", "-j", "1", "-e", "guide"]) == 1
    said = capsys.readouterr().err
    assert said.startswith(f"content/01-first-things.md:31:27: the figure `a b.svg` cannot be printed: {found}")
    assert said.splitlines()[0].endswith("[broken-figure]")
    assert said.splitlines()[1:] == ["  fix: save it again as plain SVG, or as PNG", "1 problem; nothing was written"]


# ---------------------------------------------------------------- names


@pytest.mark.parametrize(
    ("name", "typed", "fix"),
    [
        ("figures/Loop.PNG", "figures/loop.png", "write `figures/Loop.PNG`"),
        ("loops/loop.png", "figures/loop.png", "write `loops/loop.png`"),
        ("a%20b.png", "a%20b.png", "write `a%2520b.png`"),
        (".hidden/loop.png", "loop.png", "put the file there, or mend its path"),
    ],
)
def test_a_figure_that_is_there_under_another_name_is_suggested(
    name: str, typed: str, fix: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = lay(tmp_path / "content", {"01-a.md": f"## Why?\n\n### Answer\n![So.]({typed})\n"})
    (folder / name).parent.mkdir(exist_ok=True)
    Image.new("L", (9, 9)).save(folder / name)
    assert build.main(["check", str(folder)]) == 1
    first, second, _ = capsys.readouterr().err.splitlines()
    assert first.endswith("[missing-figure]")
    assert second == f"  fix: {fix}"


@pytest.mark.parametrize(
    ("inside", "left"),
    [
        ('<g id="a"/><path id="a"/>', '<g id="a"/><path/>'),
        ('<g id="1 2"/><path id="x:y"/><path id=""/>', "<g/><path/><path/>"),
        ("<text>a<image/>b</text><use/><image x='1'>t</image>c", "<text>ab</text>c"),
        ('<g id="é-1.b"/><use href="#é-1.b"/>', None),
    ],
)
def test_identifiers_of_no_use_and_references_to_nothing_leave_a_drawing(inside: str, left: str | None) -> None:
    data = draw(inside)
    plain = simplify_drawing(data)
    if left is None:
        assert plain is data
    else:
        assert f">{left}</svg>".encode() in plain


# ---------------------------------------------------------------- words

SMALL_TYPE = '<text x="9" y="40" font-size="11">encoder</text><text x="9" y="80" font-size="30">large</text>'


@pytest.mark.parametrize(
    ("inside", "words", "size"),
    [
        (SMALL_TYPE, "encoder", 11),
        ('<g font-size="20"><text>a<tspan font-size="50%">b</tspan></text></g>', "b", 10),
        ('<g transform="scale(0.5)"><text style="fill: red; font-size: 20px">a</text></g>', "a", 10),
        ('<text style="font: 600 12px sans-serif">a</text>', "a", 12),
        ('<text font-size="20">x<tspan font-size="9" dy="3">1</tspan></text>', "x", 20),
        ("<text>a</text>", "a", 16),
    ],
    ids=["smallest", "span", "scaled", "shorthand", "subscript", "initial"],
)
def test_the_smallest_words_of_a_drawing_are_found(inside: str, words: str, size: float) -> None:
    label = find_smallest_label(draw(inside, 'viewBox="0 0 100 100"'))
    assert label is not None
    assert (label.words, round(label.share * 100, 6)) == (words, size)


@pytest.mark.parametrize("data", [draw("<path/>"), draw("<text>a</text>", ""), b"<svg", draw("<text> </text>")])
def test_a_drawing_without_words_or_without_a_width_has_no_label(data: bytes) -> None:
    assert find_smallest_label(data) is None


@pytest.mark.parametrize(
    ("inside", "found"),
    [
        ('<text x="62" font-size="20">abcd</text>', []),  # the last letter still shows
        ('<text x="64" font-size="20">abcd</text>', [("abcd", "right", 4)]),
        ('<text x="70" font-size="20">abcd</text>', [("abcd", "right", 10)]),
        ('<text x="70" font-size="20">abγ</text>', []),
        ('<text x="70" font-size="20" text-anchor="end">abcd</text>', []),
        ('<text x="30" font-size="20" style="text-anchor: end">abcd</text>', [("abcd", "left", 10)]),
        ('<g text-anchor="middle"><text x="90" font-size="20">abcd</text></g>', [("abcd", "right", 10)]),
        ('<g transform="translate(50) scale(2)"><text x="10" font-size="10">abcd</text></g>', [("abcd", "right", 10)]),
        ('<text font-size="20"><tspan x="9">ab</tspan><tspan x="85">cd</tspan></text>', [("cd", "right", 5)]),
        ('<text x="70" font-size="20" transform="rotate(90)">abcd</text>', []),
        ('<text x="70" font-size="20" textLength="20">abcd</text>', []),
        ('<style>text { text-anchor: end }</style><text x="70" font-size="20">abcd</text>', []),
        ('<defs><text x="70" font-size="20">abcd</text></defs>', []),
        ('<text x="1e999" font-size="20">abcd</text><text x="7.7.7">abcd</text>', []),
    ],
)
def test_words_that_go_beyond_the_edge_of_a_drawing_are_found(inside: str, found: list[tuple[str, str, float]]) -> None:
    def measure_words(words: str) -> float | None:
        return len(words) / 2 if words.isascii() else None

    labels = find_cut_labels(draw(inside, 'viewBox="0 0 100 100"'), measure_words)
    assert [(words, side, round(excess, 6)) for words, side, excess in labels] == found


@pytest.mark.parametrize("page", ["a5", "a4"])
def test_no_words_of_a_drawing_are_printed_in_type_below_seven_points(
    page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    drawing = draw(SMALL_TYPE, 'viewBox="0 0 480 300"').decode()
    figure = "![A drawing with two words, one of them small.](d.svg)"
    # Figures at the beginning of a part, after a text and in a list, and many of them, so that some are made lower to fill a page.
    answers = [figure, f"So.\n\n{figure}", f"So.\n\n- One\n\n  {figure}"] * 4
    text = "".join(f"## Why {number}?\n\n### Answer\n{answer}\n\n" for number, answer in enumerate(answers))
    lay(Path("content"), {"01-a.md": text, "d.svg": drawing})
    assert build.main(["build", "content", "-q", "--page", page, "-e", "guide"]) == 0
    sizes = list_type_sizes(next(Path("dist").glob("*.pdf")), "encoder")
    assert len(sizes) == 12
    assert min(sizes) >= 6.99
    if page == "a5":
        assert max(sizes) < 7.1  # no wider than the words need


def list_type_sizes(path: Path, word: str) -> list[float]:
    """Return the size of each such word in a PDF, in points."""
    sizes = []
    for page in pypdfium2.PdfDocument(path):
        text = page.get_textpage()
        start = text.get_text_range().find(word)
        while start >= 0:
            matrix = raw.FS_MATRIX()
            raw.FPDFText_GetMatrix(text, start, matrix)
            sizes.append(raw.FPDFText_GetFontSize(text, start) * abs(matrix.d))
            start = text.get_text_range().find(word, start + 1)
    return sizes


LONG_CAPTION = "Long " + "and longer " * 30
CAPTIONED = f"""## Where does a caption stand? {{#where}}

![A bar.](d.svg "Short."){{width=30%}}

![A bar.](d.svg "Filling.")

![A bar.](d.svg "{LONG_CAPTION}"){{width=30%}}

### Answer
Below the drawing.
"""


def test_a_caption_stands_in_the_middle_below_its_drawing_in_every_book(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, chromium: Any
) -> None:
    monkeypatch.chdir(tmp_path)
    drawing = draw('<rect width="90" height="20" fill="#ff00ff"/>', 'viewBox="0 0 90 20"').decode()
    settings = 'name = "g"\n[editions.web]\noutput = "web"\nsearch = false\n'
    lay(Path("content"), {"guide.toml": settings, "01-a.md": CAPTIONED, "d.svg": drawing})
    assert build.main(["build", "content", "-q", "-e", "guide", "-e", "tablet", "-e", "web"]) == 0

    (page,) = (
        each for each in pypdfium2.PdfDocument("dist/g.pdf") if "Filling." in each.get_textpage().get_text_range()
    )
    picture = np.asarray(page.render(scale=4).to_pil().convert("RGB"))
    rows = (picture == (255, 0, 255)).all(axis=2)
    columns = [np.flatnonzero(row) / 4 for row in rows if row.any()]
    drawn = sorted({(each[0], each[-1]) for each in columns}, key=lambda ends: ends[1] - ends[0])
    narrow, full = drawn[0], drawn[-1]
    for words in ("Short.", "Filling."):
        left, right = find_words(page, words)
        assert (left + right) / 2 == pytest.approx(sum(full) / 2, abs=2)
        assert (left + right) / 2 == pytest.approx(sum(narrow) / 2, abs=2)
    assert find_words(page, "Long and")[0] == pytest.approx(full[0], abs=2), "a long caption begins with the text"

    chapter = next(data for name, data in entries("dist/g.epub").items() if name.startswith("chapter"))
    Path("book").mkdir()
    Path("book/chapter.xhtml").write_bytes(chapter)
    Path("book/style.css").write_bytes(entries("dist/g.epub")["style.css"])
    for path in (Path("book/chapter.xhtml"), next(Path("dist/g-web").glob("chapter-*.html"))):
        screen = chromium.new_page(viewport={"width": 700, "height": 900})
        screen.goto(path.resolve().as_uri())
        for figure in screen.locator("figure").all():
            boxes = [figure.locator(each).first.bounding_box() for each in ("svg, img", "figcaption")]
            middles = [box["x"] + box["width"] / 2 for box in boxes]
            assert middles[0] == pytest.approx(middles[1], abs=1), path
        assert screen.locator("figcaption").first.bounding_box()["width"] < 100
        screen.close()


def test_the_caption_of_a_drawing_that_grows_into_the_side_column_stands_in_its_middle(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    inside = '<rect width="480" height="40" fill="#ff00ff"/><text x="9" y="60" font-size="7">words</text>'
    figures = '![A bar.](d.svg "Short.")\n\n![A bar.](small.svg "Narrow."){width=30%}\n'
    lay(
        Path("content"),
        {
            "guide.toml": 'name = "g"\n',
            "01-a.md": f"## Where is it?\n\n{figures}\n### Answer\nBelow.\n",
            "d.svg": draw(inside, 'viewBox="0 0 480 64"').decode(),
            "small.svg": draw('<rect width="90" height="20" fill="#00ff00"/>', 'viewBox="0 0 90 20"').decode(),
        },
    )
    assert build.main(["build", "content", "-q", "-e", "guide"]) == 0
    (page,) = (
        each for each in pypdfium2.PdfDocument("dist/g.pdf") if "Narrow." in each.get_textpage().get_text_range()
    )
    picture = np.asarray(page.render(scale=4).to_pil().convert("RGB"))
    wide, narrow = (
        np.flatnonzero((picture == colour).all(axis=2).any(axis=0)) / 4 for colour in ((255, 0, 255), (0, 255, 0))
    )
    assert sum(wide[[0, -1]]) < sum(narrow[[0, -1]]) - 20, "it grew"
    for words, drawn in (("Short.", wide), ("Narrow.", narrow)):
        assert sum(find_words(page, words)) / 2 == pytest.approx((drawn[0] + drawn[-1]) / 2, abs=2)


def find_words(page: pypdfium2.PdfPage, words: str) -> tuple[float, float]:
    """Return the left and the right end of some words of a page, in points."""
    text = page.get_textpage()
    start = text.get_text_range().find(words)
    boxes = [text.get_charbox(number) for number in range(start, start + len(words))]
    return boxes[0][0], boxes[-1][2]
