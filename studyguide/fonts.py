"""The faces of the printed book: which they are, and the parts of them that a book embeds.

Fontconfig is shown the fonts that the project depends on, and nothing of the machine's own, so two machines make the
same pages.
"""

import hashlib
import io
import os
import tempfile
from functools import cache
from importlib.metadata import distribution
from importlib.resources import files
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from studyguide.problems import ContentError, Place, Problem

# The packages that carry whole static TrueType files; a variable font or a split web font prints wrong letters.
# Fira Sans stands in for the Greek letters that Plex has not.
PACKAGES = (
    "fontpkg_ibm_plex_serif",
    "fontpkg_ibm_plex_sans_condensed",
    "fontpkg_ibm_plex_mono",
    "fontpkg_fira_sans",
)
ALIASES = {
    "serif": "IBM Plex Serif",
    "sans-serif": "IBM Plex Sans Condensed",
    "IBM Plex Sans": "IBM Plex Sans Condensed",
    "monospace": "IBM Plex Mono",
}
# Page numbers are set in these faces, by weight, under a name of their own, so that binding finds the room for them.
HOLES = "Holes"
HOLE_FACES = {
    400: ("fontpkg_ibm_plex_serif", "IBMPlexSerif-Regular.ttf"),
    600: ("fontpkg_ibm_plex_sans_condensed", "IBMPlexSansCondensed-SemiBold.ttf"),
}


def folder(package: str) -> Path:
    """Where a package has its faces. Raises ContentError where it is not installed."""
    try:
        return Path(str(files(package) / "files"))
    except ModuleNotFoundError as error:
        found = "this package of faces is not installed"
        raise ContentError([Problem(Place(package), "missing-font", found, "run `make setup`")]) from error


@cache
def pin() -> None:
    """Make this process, and those it starts, see the project's faces only. Must run before anything loads Pango."""
    folders = "".join(f"<dir>{escape(str(folder(package)))}</dir>" for package in PACKAGES)
    aliases = "".join(
        f'<match target="pattern"><test name="family"><string>{word}</string></test>'
        f'<edit name="family" mode="assign" binding="strong"><string>{family}</string></edit></match>'
        for word, family in ALIASES.items()
    )
    home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "studyguide" / "fonts"
    try:
        home.mkdir(parents=True, exist_ok=True)
    except OSError:  # a home that cannot be written to
        home = Path(tempfile.mkdtemp(prefix="studyguide-fonts-"))
    text = (
        '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>'
        f"{folders}{aliases}<cachedir>{escape(str(home))}</cachedir></fontconfig>"
    )
    path = home / f"{hashlib.sha256(text.encode()).hexdigest()[:16]}.conf"
    if not path.is_file():
        temporary = path.with_suffix(f".{os.getpid()}")
        temporary.write_text(text, encoding="utf-8")
        temporary.replace(path)
    os.environ["FONTCONFIG_FILE"] = str(path)


def true_face(weight: int) -> bytes:
    """The file of the face for page numbers that is nearest in weight."""
    package, file = HOLE_FACES[min(HOLE_FACES, key=lambda each: abs(each - weight))]
    return (folder(package) / file).read_bytes()


@cache
def hole_face(weight: int) -> bytes:
    """The file of a face for page numbers, renamed: WeasyPrint keeps faces apart by their names."""
    font = opened(true_face(weight))
    font["name"].names = [name for name in font["name"].names if name.nameID in (1, 2, 4, 6)]
    for name in font["name"].names:
        name.string = "Regular" if name.nameID == 2 else HOLES
    out = io.BytesIO()
    font.save(out, reorderTables=None)
    return out.getvalue()


@cache
def hole_digest(weight: int) -> str:
    """Of the face under its own name, whose glyphs it has."""
    return hashlib.sha256(true_face(weight)).hexdigest()


@cache
def hole_metrics(weight: int) -> dict[str, tuple[int, int]]:
    """Glyph and width, in thousandths of the size, of each character of that face."""
    font = opened(true_face(weight))
    units, advances, cmap = font["head"].unitsPerEm, font["hmtx"], font.getBestCmap()
    return {chr(code): (font.getGlyphID(name), round(advances[name][0] * 1000 / units)) for code, name in cmap.items()}


def subset(digest: str, glyphs: tuple[int, ...]) -> bytes:
    """The face whose file has this digest, with these glyphs only, under their old numbers."""
    from fontTools import subset as subsetting

    font = opened(library()[digest])
    options = subsetting.Options(
        retain_gids=True, notdef_outline=True, hinting=False, layout_features=[], name_IDs=[], glyph_names=False
    )
    options.drop_tables += ["GSUB", "GPOS", "GDEF", "DSIG", "STAT", "meta", "gasp"]
    subsetter = subsetting.Subsetter(options)
    subsetter.populate(gids=glyphs)
    subsetter.subset(font)
    out = io.BytesIO()
    font.save(out, reorderTables=None)
    return out.getvalue()


@cache
def library() -> dict[str, bytes]:
    """Every face of the project, by the digest of its file."""
    paths = sorted(path for package in PACKAGES for path in folder(package).glob("*.ttf"))
    return {hashlib.sha256(data).hexdigest(): data for data in (path.read_bytes() for path in paths)}


def opened(data: bytes) -> Any:
    from fontTools.ttLib import TTFont

    # The time of the change would make every build another file.
    return TTFont(io.BytesIO(data), recalcTimestamp=False, lazy=True)


def srgb() -> bytes:
    """The profile of the book's colours, from WeasyPrint's files but without its modules, which take 0.6 s to load."""
    return Path(str(distribution("weasyprint").locate_file("weasyprint/pdf/sRGB2014.icc"))).read_bytes()
