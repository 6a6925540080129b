"""Make the pictures of docs/40-look.md: the same opening of the sample in three looks, side by side, and their covers.

.venv/bin/python -m tools.picture_looks
"""

import shutil
import tempfile
from pathlib import Path

import click
import pypdfium2
from PIL import Image

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
_PAGES = {"cover": (0, 1.0), "chapter": (8, 0.64)}
"""Name of a picture → the page that it shows, from 0, and the part of its height."""
_WIDTH = 620  # pixels of a page
_GAP = 24  # pixels between two pages, and around them
_GROUND = "#d9dcde"


@click.command()
def main() -> None:
    """Write ``look-cover.png`` and ``look-chapter.png`` into docs/pictures/."""
    with tempfile.TemporaryDirectory() as folder:
        books = [_build(Path(folder) / name, look) for name, look in _LOOKS.items()]
        for name, (page, part) in _PAGES.items():
            shown = [_picture(book, page, part) for book in books]
            _join(shown).quantize(128).save(ROOT / "docs" / "pictures" / f"look-{name}.png", optimize=True)


def _build(folder: Path, look: str) -> Path:
    """Return the printed guide of the sample in this look. Raises BuildFailedError."""
    shutil.copytree(_SAMPLE, folder)
    with (folder / "guide.toml").open("a", encoding="utf-8") as settings:
        settings.write(look)
    out = folder / "books"
    run_build(str(folder), out, ["--quiet", "--edition", "guide"])
    return next(out.glob("*.pdf"))


def _picture(book: Path, page: int, part: float) -> Image.Image:
    """Return the upper part of a page."""
    shown = pypdfium2.PdfDocument(book)[page]
    picture: Image.Image = shown.render(scale=_WIDTH / shown.get_width()).to_pil().convert("RGB")
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
