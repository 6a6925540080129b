"""The faces of the printed book: which they are, and the parts of them that a book embeds.

Fontconfig is shown the fonts that the project depends on, and nothing of the machine's own, so two machines make the
same pages.
"""

import hashlib
import io
import os
import tempfile
from functools import cache, lru_cache
from importlib.metadata import distribution, version
from importlib.resources import files
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from studyguide.problems import ContentError, Place, Problem

# The packages that carry whole static TrueType files; a variable font or a split web font prints wrong letters.
PACKAGES = (
    "fontpkg_ibm_plex_serif",
    "fontpkg_ibm_plex_sans_condensed",
    "fontpkg_ibm_plex_mono",
    "fontpkg_fira_sans",
)
# Plex has no Greek and no Hebrew letters, its condensed sans no Cyrillic ones: the families behind it stand in.
SANS = ("IBM Plex Sans Condensed", "Fira Sans", "Frank Ruhl Libre")
ALIASES = {
    "serif": ("IBM Plex Serif", "Noto Serif", "Frank Ruhl Libre"),
    "sans-serif": SANS,
    "IBM Plex Sans": SANS,
    "monospace": ("IBM Plex Mono", "Fira Sans", "Frank Ruhl Libre"),
}
# Variable faces, of which static ones are made, with the letters that they stand in for.
SIGNS = (0x20, 0x2D, 0xA0, 0xAD)  # within a run of a script Pango wants spaces and hyphens of its face
GREEK = (*SIGNS, *range(0x370, 0x400), *range(0x1F00, 0x2000))
HEBREW = (*SIGNS, *range(0x591, 0x5F5), 0x20AA)
VARIABLE = (
    ("fontpkg_noto_serif", "NotoSerif[wdth,wght].ttf", GREEK),
    ("fontpkg_noto_serif", "NotoSerif-Italic[wdth,wght].ttf", GREEK),
    ("fontpkg_frank_ruhl_libre", "FrankRuhlLibre[wght].ttf", HEBREW),
)
WEIGHTS = (400, 600)
# What binding writes is set in these faces, by weight, under a name of their own, so that it finds the room for it.
HOLES = "Holes"
HOLE_FACES = {
    400: ("fontpkg_ibm_plex_serif", "IBMPlexSerif-Regular.ttf"),
    500: ("fontpkg_ibm_plex_sans_condensed", "IBMPlexSansCondensed-Regular.ttf"),
    600: ("fontpkg_ibm_plex_sans_condensed", "IBMPlexSansCondensed-SemiBold.ttf"),
    700: ("fontpkg_ibm_plex_serif", "IBMPlexSerif-SemiBold.ttf"),
}


def folder(package: str) -> Path:
    """Where a package has its faces. Raises ContentError where it is not installed."""
    try:
        return Path(str(files(package) / "files"))
    except ModuleNotFoundError as error:
        found = "this package of faces is not installed"
        raise ContentError([Problem(Place(package), "missing-font", found, "run `make setup`")]) from error


@cache
def home() -> Path:
    """Where this machine keeps what is made of the faces."""
    path = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "studyguide" / "fonts"
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError:  # a home that cannot be written to
        path = Path(tempfile.mkdtemp(prefix="studyguide-fonts-"))
    return path


def keep(path: Path, data: bytes) -> None:
    """Write a file that other processes may be writing too."""
    temporary = path.with_suffix(f".{os.getpid()}")
    temporary.write_bytes(data)
    temporary.replace(path)


@cache
def folders() -> tuple[Path, ...]:
    """Where the faces of the book are, the static ones made of variable ones among them."""
    made = home() / hashlib.sha256(repr((VARIABLE, WEIGHTS, version("fonttools"))).encode()).hexdigest()[:16]
    made.mkdir(exist_ok=True)
    for package, file, letters in VARIABLE:
        variable = folder(package) / file
        for weight in WEIGHTS:
            path = made / f"{package}-{version(package)}-{file.partition('[')[0]}-{weight}.ttf"
            if not path.is_file():
                keep(path, static(variable, letters, weight))
    return (*map(folder, PACKAGES), made)


def static(path: Path, letters: tuple[int, ...], weight: int) -> bytes:
    """The variable face at this weight, with these letters and no more."""
    from fontTools import subset as subsetting
    from fontTools.varLib import instancer

    font = opened(path.read_bytes())
    # Before it is made static, which takes five times as long for all its letters.
    subsetter = subsetting.Subsetter(subsetting.Options(layout_features=["*"], name_IDs=["*"], notdef_outline=True))
    subsetter.populate(unicodes=letters)
    subsetter.subset(font)
    axes = {axis.axisTag: axis.defaultValue for axis in font["fvar"].axes}
    return saved(instancer.instantiateVariableFont(font, {**axes, "wght": weight}), reorder=True)


@cache
def pin() -> None:
    """Make this process, and those it starts, see the project's faces only. Must run before anything loads Pango."""
    places = "".join(f"<dir>{escape(str(path))}</dir>" for path in folders())
    aliases = "".join(
        f'<match target="pattern"><test name="family"><string>{word}</string></test>'
        f'<edit name="family" mode="assign" binding="strong">'
        f"{''.join(f'<string>{family}</string>' for family in families)}</edit></match>"
        for word, families in ALIASES.items()
    )
    text = (
        '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>'
        f"{places}{aliases}<cachedir>{escape(str(home()))}</cachedir></fontconfig>"
    )
    path = home() / f"{hashlib.sha256(text.encode()).hexdigest()[:16]}.conf"
    if not path.is_file():
        keep(path, text.encode())
    os.environ["FONTCONFIG_FILE"] = str(path)


def true_face(weight: int) -> bytes:
    """The file of that one of these faces that is nearest in weight."""
    package, file = HOLE_FACES[min(HOLE_FACES, key=lambda each: abs(each - weight))]
    return (folder(package) / file).read_bytes()


@cache
def hole_face(weight: int) -> bytes:
    """The file of such a face, renamed: WeasyPrint keeps faces apart by their names."""
    font = opened(true_face(weight))
    font["name"].names = [name for name in font["name"].names if name.nameID in (1, 2, 4, 6)]
    for name in font["name"].names:
        name.string = "Regular" if name.nameID == 2 else HOLES
    return saved(font)


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


@lru_cache(maxsize=64)
def hyphens(data: bytes) -> tuple[int, ...]:
    """The glyphs of the hyphen and of the soft hyphen, which look alike in these faces; nothing in a face of letters."""
    font = opened(data)
    cmap = font.getBestCmap()
    return tuple(font.getGlyphID(cmap[code]) for code in (0x2D, 0xAD) if code in cmap)


def subset(digest: str, glyphs: tuple[int, ...]) -> bytes:
    """The face whose file has this digest, with these glyphs only, under their old numbers."""
    from fontTools import subset as subsetting

    font = opened(library()[digest])
    options = subsetting.Options(
        retain_gids=True, notdef_outline=True, hinting=False, layout_features=[], name_IDs=[], glyph_names=False
    )
    options.drop_tables += ["GSUB", "GPOS", "GDEF", "DSIG", "STAT", "meta", "gasp"]
    return cut(font, subsetting.Subsetter(options), gids=glyphs)


def lettered(name: str, letters: str) -> bytes:
    """The face of this file name with these letters only, for text that a reader sets. Raises LookupError."""
    from fontTools import subset as subsetting

    paths = {path.name: path for place in map(folder, PACKAGES) for path in place.glob("*.ttf")}
    font = opened(paths[name].read_bytes())
    options = subsetting.Options(notdef_outline=True, hinting=False)
    options.drop_tables += ["DSIG", "STAT", "meta"]
    return cut(font, subsetting.Subsetter(options), text=letters)


def cut(font: Any, subsetter: Any, **kept: Any) -> bytes:
    """The file of a face with no more than is kept of it."""
    subsetter.populate(**kept)
    subsetter.subset(font)
    return saved(font)


@cache
def library() -> dict[str, bytes]:
    """Every face of the project, by the digest of its file."""
    paths = sorted(path for place in folders() for path in place.glob("*.ttf"))
    return {hashlib.sha256(data).hexdigest(): data for data in (path.read_bytes() for path in paths)}


@cache
def covered() -> frozenset[int]:
    """Every character that a face of the project has."""
    return frozenset(code for data in library().values() for code in opened(data).getBestCmap())


def opened(data: bytes) -> Any:
    from fontTools.ttLib import TTFont

    # The time of the change would make every build another file.
    return TTFont(io.BytesIO(data), recalcTimestamp=False, lazy=True)


def saved(font: Any, reorder: bool | None = None) -> bytes:
    """The file of a face, its tables sorted by their names where that is asked for, which takes longer."""
    out = io.BytesIO()
    font.save(out, reorderTables=reorder)
    return out.getvalue()


def srgb() -> bytes:
    """The profile of the book's colours, from WeasyPrint's files but without its modules, which take 0.6 s to load."""
    return Path(str(distribution("weasyprint").locate_file("weasyprint/pdf/sRGB2014.icc"))).read_bytes()
