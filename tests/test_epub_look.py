"""Tests of the figures of an EPUB, which follow the text's colour, and of its cover."""

import io
import re
from collections import Counter
from pathlib import Path

import pytest
from conftest import SMALL, Built, conforms, documents, entries, lay
from lxml import etree
from PIL import Image

import build
from studyguide.drawings import inline_drawing
from studyguide.svg import BrokenDrawingError

SVG = "{http://www.w3.org/2000/svg}"
XHTML = "{http://www.w3.org/1999/xhtml}"
TABLET = ["-q", "-e", "tablet"]


def tablet(folder: Path, **files: str) -> dict[str, bytes]:
    """The small guide's EPUB with other figures: `dots` is shown already, and each other one behind it."""
    shown = "".join(f"\n![The {name}.](figures/{name}.svg)\n" for name in files if name != "dots")
    lay(folder, {f"figures/{name}.svg": text for name, text in files.items()})
    lay(folder, {"01-first-things.md": SMALL["01-first-things.md"] + shown})
    assert build.main(TABLET) == 0
    return entries(Path("dist/a-small-guide.epub"))


@pytest.fixture(scope="session")
def book(built: Built) -> dict[str, bytes]:
    return entries(built.epub)


def figures(book: dict[str, bytes]) -> list[etree._Element]:
    return [figure for tree in documents(book).values() for figure in tree.iter(f"{XHTML}figure")]


def drawing(inside: str, attributes: str = 'viewBox="0 0 10 10"') -> str:
    space = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
    return f"<svg {space} {attributes}>{inside}</svg>"


# ---------------------------------------------------------------- figures


def test_every_figure_is_in_the_text_with_its_words_and_no_file_is_left(book: dict[str, bytes], built: Built) -> None:
    shown = [figure.path for chapter in built.guide.chapters for each in chapter.passages for figure in each.figures]
    drawn = [path for path in shown if path.endswith(".svg")]
    found = [svg for figure in figures(book) for svg in figure.iter(f"{SVG}svg")]
    assert len(found) == len(drawn) >= 2
    assert len(figures(book)) == len(shown)
    for svg in found:
        assert svg.get("role") == "img"
        assert len(svg.get("aria-label")) > 40
        assert svg.get("viewBox")
        assert not {"width", "height"} & set(svg.attrib)
        assert list(svg.iter(f"{SVG}title", f"{SVG}desc", f"{SVG}metadata", etree.Comment)) == []
    assert {name for name in book if name.startswith("figures/")} == set(shown) - set(drawn)


def test_no_figure_is_black(book: dict[str, bytes]) -> None:
    for svg in (svg for figure in figures(book) for svg in figure.iter(f"{SVG}svg")):
        text = etree.tostring(svg).decode()
        assert 'fill="currentColor"' in text
        assert not re.search(r'"(black|#000|#000000|#16191c)"', text)


def test_an_identifier_of_an_epub_is_that_of_one_thing(small: Path) -> None:
    twice = drawing(
        '<defs><circle id="dot" r="2"/></defs><use xlink:href="#dot"/><path clip-path="url(#dot)" d="M0 0"/>'
    )
    book = tablet(small, dots=twice, other=twice)
    ids = Counter(
        each.get("id") for tree in documents(book).values() for each in tree.iter(f"{SVG}*") if each.get("id")
    )
    assert len(ids) == 2
    assert set(ids.values()) == {1}
    conforms(Path("dist/a-small-guide.epub"))
    for figure in figures(book):
        (name,) = (each.get("id") for each in figure.iter(f"{SVG}circle"))
        assert [each.get("{http://www.w3.org/1999/xlink}href") for each in figure.iter(f"{SVG}use")] == [f"#{name}"]
        assert [each.get("clip-path") for each in figure.iter(f"{SVG}path")] == [f"url(#{name})"]


@pytest.mark.parametrize(
    ("typed", "seen"),
    [
        ('fill="black"', 'fill="currentColor"'),
        ('stroke="#16191c"', 'stroke="currentColor"'),
        ('fill="rgb(0, 0, 0)"', 'fill="currentColor"'),
        ('fill="#b3541e"', 'fill="#b3541e"'),
        ('fill="none"', 'fill="none"'),
        ('style="stroke:#000;fill:none"', 'style="stroke:currentColor;fill:none"'),
    ],
)
def test_what_is_dark_has_the_colour_of_the_text_and_nothing_else(typed: str, seen: str) -> None:
    assert f'<path d="M0 0" {seen}/>' in str(inline_drawing(drawing(f'<path d="M0 0" {typed}/>').encode(), "", "x"))


def test_the_styles_of_a_drawing_are_for_itself_alone() -> None:
    text = str(
        inline_drawing(drawing("<style>.a, #b { fill: #000 }</style><path id='b' class='a' d=''/>").encode(), "", "x")
    )
    assert "#x-drawing .a, #x-drawing #x-b{ fill:currentColor}" in text.replace("b {", "b{")
    assert 'id="x-drawing"' in text


@pytest.mark.parametrize(
    "inside",
    [
        "<script>alert(1)</script>",
        "<foreignObject/>",
        '<path onclick="alert(1)"/>',
        '<image href="https://example.org/a.png"/>',
        '<use xlink:href="other.svg#a"/>',
        '<path fill="url(other.svg#a)"/>',
        "<style>@import 'other.css'; path { fill: red }</style>",
        '<svg viewBox="0 0 1 1"/>',
        '<rect width="10" height="10" fill="white"/>',
        '<rect width="10" height="10" style="fill:#ffe0a0"/>',
    ],
)
def test_what_runs_fetches_or_has_a_ground_of_its_own_stays_a_file(inside: str) -> None:
    assert inline_drawing(drawing(inside).encode(), "", "x") is None


def test_a_drawing_that_stays_a_file_is_in_the_book(small: Path) -> None:
    book = tablet(small, dots=drawing('<rect width="10" height="10" fill="white"/>'))
    assert 'src="figures/dots.svg"' in book["answers-first-things.xhtml"].decode()
    assert "figures/dots.svg" in book


def test_a_drawing_without_a_view_has_its_size_for_one_and_none_without_a_size() -> None:
    assert 'viewBox="0 0 40 30"' in str(inline_drawing(drawing("", 'width="40" height="30px"').encode(), "", "x"))
    assert inline_drawing(drawing("", "").encode(), "", "x") is None


def test_what_a_program_notes_for_itself_is_left_out(small: Path) -> None:
    notes = 'xmlns:own="urn:own" own:version="1" aria-labelledby="name" viewBox="0 0 10 10" id="svg1" version="1.1"'
    inside = (
        '<title id="name">Twice</title><metadata><own:a/></metadata><own:view zoom="2"/><g own:label="Layer" id="a">'
        '<linearGradient id="b"><stop offset="0"/></linearGradient><rect width="9" height="9" fill="url(#b)"/></g>'
        "<style>#a { stroke: #000 }</style>"
    )
    book = tablet(small, dots="<!-- made by a program -->" + drawing(inside, notes))
    (svg,) = (svg for figure in figures(book) for svg in figure.iter(f"{SVG}svg"))
    text = etree.tostring(svg, with_tail=False).decode()
    assert not re.search("own|Twice|labelledby|version|made by", text)
    assert svg.get("aria-label") == "Two dots side by side."
    assert next(svg.iter(f"{SVG}stop")).get("stop-color") == "currentColor"
    conforms(Path("dist/a-small-guide.epub"))


@pytest.mark.parametrize("data", [b"", b"<svg", b"\x89PNG", b"<html/>"])
def test_what_is_no_drawing_says_so(data: bytes) -> None:
    with pytest.raises(BrokenDrawingError):
        inline_drawing(data, "", "x")


# ---------------------------------------------------------------- the cover


def test_the_cover_of_the_package_has_1600_by_2560_pixels_and_the_printed_ground(book: dict[str, bytes]) -> None:
    items = etree.fromstring(book["content.opf"]).iter("{*}item")
    (item,) = (item for item in items if item.get("properties") == "cover-image")
    assert (item.get("href"), item.get("media-type")) == ("cover.png", "image/png")
    with Image.open(io.BytesIO(book["cover.png"])) as picture:
        assert picture.size == (1600, 2560)
        colours = dict(map(reversed, picture.convert("RGB").getcolors(256)))
    assert max(colours, key=colours.get) == (0x0C, 0x4A, 0x63)
    assert colours[255, 255, 255] > 10_000  # the letters


def test_the_page_of_the_cover_shows_its_picture_and_says_its_title(book: dict[str, bytes], built: Built) -> None:
    (image,) = etree.fromstring(book["cover.xhtml"]).iter(f"{XHTML}img")
    assert image.get("src") == "cover.png"
    assert image.get("alt").startswith(built.guide.config.title)


def test_the_cover_is_the_same_in_two_builds(small: Path) -> None:
    seen = set()
    for _ in range(2):
        assert build.main([*TABLET, "--no-cache"]) == 0
        book = entries(Path("dist/a-small-guide.epub"))
        seen.add(book["cover.png"])
    assert len(seen) == 1


# ---------------------------------------------------------------- the styles


def test_no_length_is_in_pixels_and_no_text_has_a_colour(book: dict[str, bytes]) -> None:
    css = book["style.css"].decode()
    assert not re.search(r"[\d.]+px\b", css)
    assert set(re.findall(r"(?<![-\w])color:\s*([^;}]+)", css)) == {"inherit"}


# ---------------------------------------------------------------- faces


def test_an_epub_brings_the_letters_of_the_printed_book_where_it_is_asked_to(small: Path) -> None:
    from fontTools.ttLib import TTFont

    book = tablet(small)
    assert [name for name in book if name.endswith(".ttf")] == []
    assert "font-family: monospace" in book["style.css"].decode()
    lay(small, {"guide.toml": SMALL["guide.toml"] + '[editions.tablet]\nfonts = "book"\n'})
    book = tablet(small)
    named = re.findall(r"src: url\(([^)]+)\)", book["style.css"].decode())
    assert sorted(name for name in book if name.endswith(".ttf")) == sorted(named)
    assert len(named) == 8
    letters = set(TTFont(io.BytesIO(book["fonts/IBMPlexSerif-Regular.ttf"])).getBestCmap())
    assert set(map(ord, "Whatisone?")) <= letters
    assert ord("Ж") not in letters
    assert sum(len(book[name]) for name in named) < 300_000  # bytes; whole, they are 1.2 million
    conforms(Path("dist/a-small-guide.epub"))
