"""Change and measure faces, in TrueType and OpenType files: the bytes of a font file → bytes, or facts.

Only this module imports fontTools and uharfbuzz, inside its functions: a build of nothing new does not load it.
"""

import io
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

_Face = Any  # fontTools.ttLib.TTFont
_FAMILY_NAME_IDS = (1, 2, 4, 6)  # family, style, full name, PostScript name: OpenType, table `name`
_STYLE_NAME_ID = 2
_UNIQUE_NAME_ID = 3
_DIGITS = range(0x30, 0x3A)
_MOVING_TABLES = ("GPOS", "GSUB", "kern", "morx", "mort", "kerx", "trak")
"""Tables by which letters are moved and replaced."""
_SPACES = (0x20, 0xA0)
_UNITS = 1000
"""The units of what is measured: thousandths of the type size."""
_MAX_UNPACKED = 50_000_000
"""The bytes of a face out of its container."""
_MAX_FAMILY = 100
"""The characters of a family's name."""
_DROPPED_TABLES = (
    "DSIG", "STAT", "BASE", "VORG", "vhea", "vmtx", "SVG ", "CBDT", "CBLC", "EBDT", "EBLC", "EBSC", "sbix", "COLR", "CPAL", "meta", "kern",
)  # fmt: skip
_ENGLISH = {
    " ": 18, "e": 10, "t": 7, "a": 7, "o": 6, "i": 6, "n": 6, "s": 5, "h": 5, "r": 5, "d": 3, "l": 3, "u": 2, "c": 2, "m": 2, "w": 2, "f": 2,
    "g": 2, "y": 2, "p": 2, "b": 1, ",": 1, ".": 1, "v": 1, "k": 1,
}  # fmt: skip
"""Letters of English text and how many of a hundred they are."""
_HYPHEN, _SOFT_HYPHEN = 0x2D, 0xAD


class ShapedGlyph(NamedTuple):
    """A glyph in a line of text; lengths are thousandths of the type size."""

    glyph: int
    width: int
    """Its own width."""
    advance: int
    """The distance to the next one."""
    x: int
    y: int
    """Its distance to the right of its place, and above the base line."""
    text: str
    """The letters that it stands for; empty if another glyph stands for them."""


def shape_text(data: bytes, text: str, direction: str) -> tuple[ShapedGlyph, ...]:
    """Return the glyphs of a text of one script and one direction, ``ltr`` or ``rtl``, from left to right."""
    import uharfbuzz

    face = uharfbuzz.Face(data)
    font, buffer = uharfbuzz.Font(face), uharfbuzz.Buffer()
    font.scale = _UNITS, _UNITS
    buffer.add_str(text)
    buffer.guess_segment_properties()
    buffer.direction = direction
    uharfbuzz.shape(font, buffer)
    starts = sorted({info.cluster for info in buffer.glyph_infos})
    ends = dict(zip(starts, [*starts[1:], len(text)], strict=True))
    shaped = []
    for info, position in zip(buffer.glyph_infos, buffer.glyph_positions, strict=True):
        letters = text[info.cluster : ends.pop(info.cluster, info.cluster)]
        own = font.get_glyph_h_advance(info.codepoint)
        shaped.append(
            ShapedGlyph(info.codepoint, own, position.x_advance, position.x_offset, position.y_offset, letters)
        )
    return tuple(shaped)


def subset_to_glyphs(data: bytes, glyphs: Iterable[int]) -> bytes:
    """Return the face with these glyphs only, which keep their numbers; it has nothing that laying out needs."""
    from fontTools import subset

    if is_cubic(data):
        return _subset_cubic(data, glyphs)
    options = subset.Options(
        retain_gids=True, notdef_outline=True, hinting=False, layout_features=[], name_IDs=[], glyph_names=False
    )
    options.drop_tables += ["GSUB", "GPOS", "GDEF", "DSIG", "STAT", "meta", "gasp"]
    return _save(_subset(_open(data), options, gids=glyphs))


def subset_to_letters(data: bytes, letters: str, flavor: str | None = None) -> bytes:
    """Return the face with these letters only, for text that an e-reader or a browser lays out; packed, if ``flavor`` is ``woff2``."""
    from fontTools import subset

    options = subset.Options(notdef_outline=True, hinting=False)
    options.drop_tables += ["DSIG", "STAT", "meta"]
    face = _subset(_open(data), options, text=letters)
    face.flavor = flavor
    return _save(face)


def subset_for_maths(data: bytes, letters: str) -> bytes:
    """Return the face of formulas as WOFF2, with these letters, and with their larger forms and the table by which browsers set formulas."""
    from fontTools import subset

    options = subset.Options(layout_features=["*"], notdef_outline=True, hinting=False)
    options.drop_tables += ["DSIG", "STAT", "meta"]
    face = _subset(_open(data), options, text=letters)
    face.flavor = "woff2"
    return _save(face)


def make_static(data: bytes, characters: Iterable[int], weight: int) -> bytes:
    """Return the variable face at this weight (400 is regular), with these characters only."""
    from fontTools import subset
    from fontTools.varLib import instancer

    # First the subset: making all letters static takes five times as long.
    options = subset.Options(layout_features=["*"], name_IDs=["*"], notdef_outline=True)
    face = _subset(_open(data), options, unicodes=characters)
    axes = {axis.axisTag: axis.defaultValue for axis in face["fvar"].axes}
    return _save(instancer.instantiateVariableFont(face, {**axes, "wght": weight}), reorder_tables=True)


def make_script_face(data: bytes, characters: Iterable[int], name: tuple[str, str], weight: int, model: bytes) -> bytes:
    """Return a face of these characters, with the ascent, the descent and the spaces of ``model``.

    ``name`` is its family and its style. A variable face is made static at the weight, which is also what the result says that it has.
    """
    # fontTools takes minutes for a face of thirty thousand letters, HarfBuzz less than a second.
    import uharfbuzz

    whole = uharfbuzz.Face(data)
    wanted = uharfbuzz.SubsetInput()
    wanted.unicode_set.update(characters)
    for tags in (
        wanted.layout_feature_tag_set,
        wanted.layout_script_tag_set,
    ):  # all of them, which the complement of none is
        tags.clear()
        tags.invert()
    wanted.flags = uharfbuzz.SubsetFlags.NOTDEF_OUTLINE
    wanted.drop_table_tag_set.update(map(_number_tag, ("DSIG", "VORG", "vhea", "vmtx", "STAT", "BASE")))
    if whole.axis_infos:
        wanted.pin_all_axes_to_default(whole)
        wanted.pin_axis_location(whole, "wght", weight)
    face = _open(wanted.subset(whole).blob.data)
    # The names and the bounds of the glyphs are in the outlines, which take ten seconds to read and to write.
    face.recalcBBoxes = False
    face.setGlyphOrder([f"glyph{number:05}" for number in range(face["maxp"].numGlyphs)])
    _set_line_height(face, model)
    if "CFF " not in face:  # the width of a glyph is in its outline, too
        _set_spaces(face, model)
    face["OS/2"].usWeightClass = weight
    _name_face(face, *name)
    return _save(face, reorder_tables=True)


class FaceFacts(NamedTuple):
    """The facts of a file of a face that is not the program's."""

    family: str
    weight: int
    is_italic: bool
    embedding: int
    """The bits of ``fsType`` (OpenType, table ``OS/2``)."""
    glyphs: int
    weights: tuple[int, int] | None
    """The lowest and the highest weight of a variable face; None for a static one."""
    space: float
    """The width of a space, in parts of the type size."""
    letter: float
    """The mean width of a letter of English text, in parts of the type size."""


class BrokenFaceError(ValueError):
    """A file is no face; the message says what is wrong with it."""


def unpack_face(data: bytes) -> bytes:
    """Return the file of a face in a container for the web (WOFF, WOFF2) as it was before; others as they are.

    Raises BrokenFaceError.
    """
    if data[:4] in (b"\0\1\0\0", b"true", b"OTTO"):
        return data
    if data[:4] == b"ttcf":
        raise BrokenFaceError("it holds several faces (TTC)")
    if data[:4] not in (b"wOFF", b"wOF2"):
        raise BrokenFaceError("it is neither TrueType nor OpenType nor WOFF")
    if int.from_bytes(data[16:20]) > _MAX_UNPACKED:
        raise BrokenFaceError("it is too large when it is unpacked")
    try:
        face = _open(data)
        face.flavor = face.flavorData = None
        return _save(face)
    except MemoryError:
        raise
    except Exception as error:  # fontTools lets any of Python's errors through
        raise BrokenFaceError(f"it cannot be unpacked ({type(error).__name__})") from error


def describe_face(data: bytes) -> FaceFacts:
    """Return the facts of a face. Raises BrokenFaceError."""
    try:
        face = _open(data)
        names, header, style = face["name"], face["head"], face["OS/2"]
        family = names.getDebugName(16) or names.getDebugName(1) or ""
        axes = {axis.axisTag: axis for axis in face["fvar"].axes} if "fvar" in face else {}
        wght = axes.get("wght")
        weights = (round(wght.minValue), round(wght.maxValue)) if wght else ((400, 400) if axes else None)
        widths, cmap, units = face["hmtx"], face.getBestCmap() or {}, header.unitsPerEm
        if _SPACES[0] not in cmap or not units:
            raise BrokenFaceError("it has no space")
        letters = [(widths[cmap[ord(letter)]][0], count) for letter, count in _ENGLISH.items() if ord(letter) in cmap]
        mean = sum(width * count for width, count in letters) / max(sum(count for _, count in letters), 1)
        return FaceFacts(
            family=" ".join(family.split())[:_MAX_FAMILY],
            weight=max(100, min(900, round(style.usWeightClass, -2))),
            is_italic=bool(style.fsSelection & 1 or header.macStyle & 2 or face["post"].italicAngle),
            embedding=style.fsType,
            glyphs=face["maxp"].numGlyphs,
            weights=weights,
            space=widths[cmap[_SPACES[0]]][0] / units,
            letter=(mean or units / 2) / units,
        )
    except (MemoryError, BrokenFaceError):
        raise
    except Exception as error:
        raise BrokenFaceError(f"a table of it cannot be read ({type(error).__name__}: {str(error)[:80]})") from error


def make_plain_face(data: bytes, name: tuple[str, str], location: int, weight: int, model: bytes) -> bytes:
    """Return a face of a guide as books use it: static, without hints and programs, with the line height of ``model``.

    ``name`` is its family and its style; a variable face is made static at ``location`` of its axis of weights, and says that it has
    ``weight``. Raises BrokenFaceError.
    """
    import uharfbuzz

    try:
        whole = uharfbuzz.Face(data)
        wanted, flags = uharfbuzz.SubsetInput(), uharfbuzz.SubsetFlags
        for everything in (wanted.unicode_set, wanted.layout_feature_tag_set, wanted.layout_script_tag_set):
            everything.clear()
            everything.invert()
        wanted.flags = flags.NOTDEF_OUTLINE | flags.NO_HINTING
        wanted.drop_table_tag_set.update(map(_number_tag, _DROPPED_TABLES))
        if whole.axis_infos:
            wanted.pin_all_axes_to_default(whole)
            if any(axis.tag == "wght" for axis in whole.axis_infos):
                wanted.pin_axis_location(whole, "wght", location)
        face = _open(wanted.subset(whole).blob.data)
        face.recalcBBoxes = False
        face.setGlyphOrder([f"glyph{number:05}" for number in range(face["maxp"].numGlyphs)])
        _set_line_height(face, model)
        face["OS/2"].usWeightClass = weight
        _name_face(face, *name)
        return _save(face, reorder_tables=True)
    except MemoryError:
        raise
    except Exception as error:
        raise BrokenFaceError(f"it cannot be read ({type(error).__name__}: {str(error)[:80]})") from error


def _number_tag(tag: str) -> int:
    """Return the name of a table as HarfBuzz knows it: four bytes, the first the highest."""
    return int.from_bytes(tag.encode())


def is_cubic(data: bytes) -> bool:
    """True if the outlines of a face are those of PostScript, in the table ``CFF``."""
    return data.startswith(b"OTTO")


def read_outlines(data: bytes) -> bytes:
    """Return the table ``CFF`` of a face with cubic outlines."""
    outlines: bytes = _open(data).reader["CFF "]
    return outlines


def _subset_cubic(data: bytes, glyphs: Iterable[int]) -> bytes:
    """Return the face with these glyphs only; the identifier of each in its outlines (CID) is its number."""
    import uharfbuzz

    flags = uharfbuzz.SubsetFlags
    whole = uharfbuzz.Face(data)
    wanted = uharfbuzz.SubsetInput()
    wanted.glyph_set.update(glyphs)
    wanted.drop_table_tag_set.update(map(_number_tag, ("GSUB", "GPOS", "GDEF")))
    wanted.flags = flags.RETAIN_GIDS | flags.NO_HINTING | flags.NOTDEF_OUTLINE | flags.CFF_IDENTITY_CHARSET
    subset: bytes = wanted.subset(whole).blob.data
    return subset


def _set_line_height(face: _Face, model: bytes) -> None:
    """Give a face the ascent and the descent of ``model``: a line with letters of both stands like the lines around it."""
    units = face["head"].unitsPerEm
    ascent, descent = (each * units // 1000 for each in measure_ascent(model))
    header, metrics = face["hhea"], face["OS/2"]
    header.ascent, header.descent, header.lineGap = ascent, descent, 0
    metrics.sTypoAscender, metrics.sTypoDescender, metrics.sTypoLineGap = ascent, descent, 0
    metrics.usWinAscent, metrics.usWinDescent = ascent, -descent


def _set_spaces(face: _Face, model: bytes) -> None:
    """Make the spaces of a face as wide as those of ``model``."""
    units, names, widths = face["head"].unitsPerEm, face.getBestCmap(), measure_characters(model)
    for code in _SPACES:
        if code in names and chr(code) in widths:
            face["hmtx"][names[code]] = (widths[chr(code)][1] * units // 1000, 0)


def _name_face(face: _Face, family: str, style: str) -> None:
    """Give a face these names and no others."""
    texts = {1: family, _STYLE_NAME_ID: style, 4: f"{family} {style}", 6: f"{family} {style}".replace(" ", "-")}
    face["name"].names = []
    for number, text in texts.items():
        face["name"].setName(text, number, 3, 1, 0x409)


def make_signs(data: bytes, characters: Iterable[int], model: bytes) -> bytes:
    """Return the face with these characters only, with the ascent, the descent and the spaces of ``model``.

    A face of mathematics has room for tall brackets above and below its letters; lines with a sign of it would stand apart.
    """
    from fontTools import subset

    options = subset.Options(layout_features=[], name_IDs=["*"], notdef_outline=True)
    options.drop_tables += ["MATH", "GSUB", "GPOS", "GDEF", "DSIG"]
    face = _subset(_open(data), options, unicodes=characters)
    _set_line_height(face, model)
    _set_spaces(face, model)
    return _save(face, reorder_tables=True)


def make_hole_face(data: bytes, family: str, checksum: str) -> bytes:
    """Return the face under another family name, as its regular style, with digits of one width that nothing moves or replaces.

    The checksum is kept as its unique name.
    """
    face = _open(data)
    digits = _find_digits(face)
    for table in face["cmap"].tables:
        if table.isUnicode():
            table.cmap.update(digits)
    widest = max(face["hmtx"][name][0] for name in digits.values())
    for name in digits.values():
        face["hmtx"][name] = widest, face["hmtx"][name][1]
    for tag in _MOVING_TABLES:
        if tag in face:
            del face[tag]
    face["name"].names = [name for name in face["name"].names if name.nameID in _FAMILY_NAME_IDS]
    for name in face["name"].names:
        name.string = "Regular" if name.nameID == _STYLE_NAME_ID else family
    face["name"].setName(checksum, _UNIQUE_NAME_ID, 3, 1, 0x409)
    return _save(face)


@lru_cache(maxsize=64)
def read_unique_name(data: bytes) -> str:
    """Return the unique name of a face."""
    return str(_open(data)["name"].getDebugName(_UNIQUE_NAME_ID))


def _find_digits(face: _Face) -> dict[int, str]:
    """Return the glyph of each digit: of those as high as capitals, if the face has others beside them (OpenType, ``lnum``)."""
    found = {code: name for code, name in face.getBestCmap().items() if code in _DIGITS}
    if "GSUB" not in face:
        return found
    table = face["GSUB"].table
    numbers = [
        number
        for each in table.FeatureList.FeatureRecord
        if each.FeatureTag == "lnum"
        for number in each.Feature.LookupListIndex
    ]
    lining: dict[str, str] = {}
    for number in sorted(set(numbers)):
        for sub in table.LookupList.Lookup[number].SubTable:
            lining |= getattr(getattr(sub, "ExtSubTable", sub), "mapping", {})
    return {code: lining.get(name, name) for code, name in found.items() if isinstance(lining.get(name, name), str)}


def list_characters(data: bytes) -> Iterable[int]:
    """Return the code points that the face has glyphs for."""
    characters: Iterable[int] = _open(data).getBestCmap()
    return characters


@lru_cache(maxsize=16)
def measure_characters(data: bytes) -> dict[str, tuple[int, int]]:
    """Return the glyph number and the width, in thousandths of the type size, of each character of the face; digits are lining."""
    face = _open(data)
    units, advances, cmap = face["head"].unitsPerEm, face["hmtx"], face.getBestCmap() | _find_digits(face)
    return {chr(code): (face.getGlyphID(name), round(advances[name][0] * 1000 / units)) for code, name in cmap.items()}


@lru_cache(maxsize=64)
def find_hyphen_glyphs(data: bytes) -> tuple[int, ...]:
    """Return the glyph numbers of the hyphen and the soft hyphen, without those that the face lacks."""
    face = _open(data)
    cmap = face.getBestCmap()
    return tuple(face.getGlyphID(cmap[code]) for code in (_HYPHEN, _SOFT_HYPHEN) if code in cmap)


@lru_cache(maxsize=64)
def find_letter_glyphs(data: bytes, first: int, last: int) -> Mapping[int, str]:
    """Return the letter of each glyph of the face that is the plain form of a letter from ``first`` to ``last``, code points."""
    face = _open(data)
    return {face.getGlyphID(name): chr(code) for code, name in face.getBestCmap().items() if first <= code <= last}


@lru_cache(maxsize=64)
def measure_ascent(data: bytes) -> tuple[int, int]:
    """Return the ascent and the descent of the face, in thousandths of the type size; the descent is negative."""
    face = _open(data)
    header, units = face["hhea"], face["head"].unitsPerEm
    return round(header.ascent * 1000 / units), round(header.descent * 1000 / units)


def _open(data: bytes) -> _Face:
    from fontTools.ttLib import TTFont

    # With the time of the change in it, every build would make another file.
    return TTFont(io.BytesIO(data), recalcTimestamp=False, lazy=True)


def _subset(face: _Face, options: Any, **kept: Any) -> _Face:
    """Remove everything but ``kept``, a keyword argument of ``Subsetter.populate``, from the face, and return it."""
    from fontTools import subset

    subsetter = subset.Subsetter(options)
    subsetter.populate(**kept)
    subsetter.subset(face)
    return face


def _save(face: _Face, reorder_tables: bool | None = None) -> bytes:
    """Return the file of the face; sorting its tables by name is slower."""
    out = io.BytesIO()
    face.save(out, reorderTables=reorder_tables)
    return out.getvalue()
