"""Make the pictures of the documents: two openings of the guide, and a page of the sample in three looks, with their covers.

.venv/bin/python -m tools.make_pictures
"""

import shutil
import tempfile
from pathlib import Path

import click
import pypdfium2
from PIL import Image, ImageOps

from tools import ROOT
from tools.program import run_build

_SAMPLE = ROOT / "tests" / "sample"
_LOOKS = {
    "default": "",
    "garden": """
[look]
accent = "#2f5d3a"
text = "Fira Sans"
sans = "Fira Sans"
size = 9.75
leading = 14
""",
    "press": """
[look]
accent = "#7a1f2b"
heading = "#16191c"
sans = "IBM Plex Mono"
size = 10.5
leading = 15.5
""",
}
_OVERFITTING = "What is overfitting, and what do you do about it?"
_OPENINGS = {"questions": 1, "key": 2}
"""Name of a picture of an opening → the place of its page among those with the title of one question; the contents come first."""
_PAGES = {"cover": (0, 1.0), "chapter": (8, 0.64)}
"""Name of a picture → the page that it shows, from 0, and the part of its height."""
_WIDTH = 620  # pixels of a page among three looks
_OPENING_WIDTH = 800  # pixels of a page of an opening
_GAP = 24  # pixels between two pages, and around them
_GROUND = "#d9dcde"


@click.command()
def main() -> None:
    """Write ``questions.png`` and ``key.png`` into docs/, and ``look-cover.png`` and ``look-chapter.png`` into docs/pictures/."""
    with tempfile.TemporaryDirectory() as folder:
        run_build("content", Path(folder), ["--quiet", "--edition", "guide"])
        guide = pypdfium2.PdfDocument(next(Path(folder).glob("*.pdf")))
        for name, at in _OPENINGS.items():
            _picture_opening(guide, at).quantize(128, Image.Quantize.MAXCOVERAGE).save(
                ROOT / "docs" / f"{name}.png", optimize=True
            )
        books = [_build(Path(folder) / name, look) for name, look in _LOOKS.items()]
        for name, (page, part) in _PAGES.items():
            pages = [_picture(book, page, part) for book in books]
            _join(pages).quantize(128, Image.Quantize.MAXCOVERAGE).save(
                ROOT / "docs" / "pictures" / f"look-{name}.png", optimize=True
            )


def _build(folder: Path, look: str) -> Path:
    """Return the printed guide of the sample in this look. Raises BuildFailedError."""
    shutil.copytree(_SAMPLE, folder)
    with (folder / "guide.toml").open("a", encoding="utf-8") as settings:
        settings.write(look)
    out = folder / "books"
    run_build(str(folder), out, ["--quiet", "--edition", "guide"])
    return next(out.glob("*.pdf"))


def _picture_opening(book: pypdfium2.PdfDocument, at: int) -> Image.Image:
    """Return the left and the right page where the question's title stands, with a line around them."""
    pages = [
        number
        for number, page in enumerate(book)
        if _OVERFITTING in " ".join(page.get_textpage().get_text_bounded().split())
    ]
    left = pages[at] - 1 + pages[at] % 2  # the first page of a book is a right-hand page
    opening = [_render(book[number], _OPENING_WIDTH) for number in (left, left + 1)]
    joined = Image.new("RGB", (2 * _OPENING_WIDTH, opening[0].height))
    for number, each in enumerate(opening):
        joined.paste(each, (number * _OPENING_WIDTH, 0))
    return ImageOps.expand(joined, border=3, fill=_GROUND)


def _render(page: pypdfium2.PdfPage, width: int) -> Image.Image:
    picture: Image.Image = page.render(scale=width / page.get_width()).to_pil().convert("RGB")
    return picture


def _picture(book: Path, page: int, part: float) -> Image.Image:
    """Return the upper part of a page."""
    picture = _render(pypdfium2.PdfDocument(book)[page], _WIDTH)
    return picture.crop((0, 0, picture.width, round(picture.height * part)))


def _join(pictures: list[Image.Image]) -> Image.Image:
    """Return the pictures beside each other, on a ground that shows their edges."""
    width = sum(each.width for each in pictures) + _GAP * (len(pictures) + 1)
    joined = Image.new("RGB", (width, pictures[0].height + 2 * _GAP), _GROUND)
    left = _GAP
    for each in pictures:
        joined.paste(each, (left, _GAP))
        left += each.width + _GAP
    return joined


if __name__ == "__main__":
    main()
