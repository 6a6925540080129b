"""The cover: words alone, or the figure that guide.toml names."""

import io
import zipfile
from pathlib import Path

import pikepdf
import pypdfium2
import pytest
from conftest import SMALL, judge_pdfs, lay
from PIL import Image

import build

FIGURE = """\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 100">
<rect width="400" height="100" fill="#ff0000"/>
</svg>
"""
COVER = 'cover = "figures/a loaf.svg"\ncover-text = "A loaf seen from above"\n'


def count_red_pixels(picture: Image.Image) -> int:
    return sum(count for count, colour in picture.convert("RGB").getcolors(1 << 24) if colour == (255, 0, 0))


def picture_first_page(path: Path) -> Image.Image:
    """Return the cover of a PDF at 72 dpi."""
    return pypdfium2.PdfDocument(path)[0].render().to_pil()


def read_epub_cover(path: Path) -> Image.Image:
    with zipfile.ZipFile(path) as archive:
        (name,) = (name for name in archive.namelist() if name.endswith("/cover.png"))
        return Image.open(io.BytesIO(archive.read(name)))


def list_told_texts(path: Path) -> set[str]:
    """Return the texts that stand in the place of pictures in a PDF."""
    with pikepdf.open(path) as pdf:
        return {str(each.Alt) for each in pdf.objects if isinstance(each, pikepdf.Dictionary) and "/Alt" in each}


def test_a_cover_shows_the_figure_that_the_guide_names_and_says_its_text(small: Path) -> None:
    lay(small, {"guide.toml": SMALL["guide.toml"] + COVER, "figures/a loaf.svg": FIGURE})
    assert build.main(["build", "-q", "-e", "guide", "-e", "tablet"]) == 0
    printed = Path("dist/a-small-guide.pdf")
    assert count_red_pixels(picture_first_page(printed)) > 40_000
    assert "A loaf seen from above" in list_told_texts(printed)
    assert count_red_pixels(read_epub_cover(Path("dist/a-small-guide.epub"))) > 250_000
    assert judge_pdfs(printed) == ["a-small-guide.pdf ua1 conforms", "a-small-guide.pdf 3a conforms"]


def test_a_cover_without_a_figure_shows_words_and_no_picture(small: Path) -> None:
    assert build.main(["build", "-q", "-e", "guide"]) == 0
    with pikepdf.open("dist/a-small-guide.pdf") as pdf:
        drawn = [str(command.operator) for command in pikepdf.parse_content_stream(pdf.pages[0])]
    assert "c" not in drawn  # a curve, of which letters have none here
    text = pypdfium2.PdfDocument("dist/a-small-guide.pdf")[0].get_textpage().get_text_range()
    assert text.split() == ["A", "Small", "Guide", "Ada", "Example,", "Bo", "Example"]


@pytest.mark.parametrize(
    ("keys", "problem"),
    [
        (COVER, "content/guide.toml:7:1: there is no figure `figures/a loaf.svg` [missing-figure]"),
        ('cover = "/loaf.svg"\ncover-text = "A loaf"', "content/guide.toml:7:1: the figure `/loaf.svg` is not in the content folder"),
        ('cover = "loaf.svg"', "write what it shows: `cover-text = "),
        ("cover = 3", "content/guide.toml:7:1: `cover` is `3` [wrong-value]"),
    ],
)  # fmt: skip
def test_a_cover_that_cannot_be_shown_is_a_problem_of_its_key(
    keys: str, problem: str, small: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lay(small, {"guide.toml": SMALL["guide.toml"] + keys, "loaf.svg": FIGURE})
    assert build.main(["check"]) == 1
    said = "".join(capsys.readouterr())
    assert said.count(problem) == 1 and "1 problem" in said
