"""Prepare a book for a printing press: one ink, bleed, and marks to cut along.

    SectionContent → SectionContent  every colour as a grey of the black ink, every link as text (``prepare_for_press``)
    content of a page → content      clipped to the bleed, with crop marks (``frame_page``)
    rectangle of a page → bytes      the page's boxes (``write_page_boxes``)

A colour becomes the grey at which the printed paper is as bright as the screen: ``_find_grey`` and the output profile are the
same curve.
"""

import re
import struct
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice

from studyguide.pdf.conformance import Profile
from studyguide.pdf.section_pages import SEPARATOR, SectionContent, Segment
from studyguide.pdf.syntax import write_box, write_decimal

_MILLIMETRE = 72 / 25.4
_BLEED = 3 * _MILLIMETRE
"""Points beyond the edge to which a ground is drawn that reaches the edge, because a cut is not exact."""
_MARGIN = 10 * _MILLIMETRE
"""Points from the edge of the trimmed page to the edge of the paper."""
_CROP_MARK = (4 * _MILLIMETRE, 9 * _MILLIMETRE)
"""Points from the trimmed page to the beginning and to the end of a crop mark."""
STYLES = f"@page {{ bleed: {_BLEED}pt }}\n"
_Box = tuple[float, ...]

# ---------------------------------------------------------------- one ink

_DOT_SPREAD = 0.8
"""The growth of dots of ink on paper: a half-tone of one half covers 0.5 + 0.25 · 0.8 = 70 % (a dot gain of 20 %)."""
_MIN_GREY = 0.1
"""Darker greys become black, because so dense a half-tone fills in and makes the edges of letters rough."""


def _measure_brightness(grey: float) -> float:
    """Return the brightness of paper under a half-tone of this grey, as a share of the brightness of bare paper."""
    dot = 1 - grey
    return 1 - (dot + _DOT_SPREAD * dot * (1 - dot))


def _find_grey(brightness: float) -> float:
    """Return the grey, from 0 (black) to 1, whose half-tone has this brightness: the inverse of ``_measure_brightness``."""
    covered, whole = 1 - brightness, 1 + _DOT_SPREAD
    grey = 1 - (whole - max(whole**2 - 4 * _DOT_SPREAD * covered, 0) ** 0.5) / (2 * _DOT_SPREAD)
    return grey if grey >= _MIN_GREY else 0


def _measure_rgb(*channels: float) -> float:
    """Return the brightness, from 0 to 1, of a colour of sRGB (IEC 61966-2-1)."""
    linear = (each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in channels)
    return sum(share * each for share, each in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def _measure_lab(lightness: float, *_: float) -> float:
    """Return the brightness, from 0 to 1, of a colour of L*a*b*; ``lightness`` goes from 0 to 100."""
    root = (lightness + 16) / 116
    return root**3 if root > 6 / 29 else lightness * 27 / 24389


def _measure_cmyk(*inks: float) -> float:
    """Return the brightness, from 0 to 1, of a colour in four inks, converted to RGB as in ISO 32000-1, 10.3.5."""
    return _measure_rgb(*(1 - min(1, each + inks[3]) for each in inks[:3]))


_NUMBERS = rb"([-\d.]+(?: [-\d.]+)*)"
# The operators by which WeasyPrint sets a colour, each on a line of its own.
_COLOUR = re.compile(
    rb"^(?:/(lab-d50|lab-d65|DeviceCMYK) (?:cs|CS)\n)?" + _NUMBERS + rb" (rg|RG|scn|SCN)$", re.MULTILINE
)
_SPACES: Mapping[bytes | None, Callable[..., float]] = {
    None: _measure_rgb,
    b"lab-d50": _measure_lab,
    b"lab-d65": _measure_lab,
    b"DeviceCMYK": _measure_cmyk,
}
_RGB = re.compile(rb"(/CS |/ColorSpace )/DeviceRGB")
_GRADIENT = re.compile(rb"/C([01]) \[([\d.]+ [\d.]+ [\d.]+)\]")
_LAB = re.compile(rb"/lab-d\d\d \[/Lab <<.*?>>\]")
_LENGTH = re.compile(rb"/Length \d+")


def _convert_colour(space: bytes | None, numbers: bytes) -> bytes:
    """Return the grey of a colour; ``numbers`` are its components, with spaces between them."""
    return write_decimal(_find_grey(_SPACES[space](*map(float, numbers.split()))))


def _convert_drawing(content: bytes) -> bytes:
    """Return a drawing in black ink alone."""

    def replace_colour(match: re.Match[bytes]) -> bytes:
        space, numbers, operator = match.groups()
        return _convert_colour(space, numbers) + (b" G" if operator.isupper() else b" g")

    return _COLOUR.sub(replace_colour, content)


def _convert_to_black(content: SectionContent) -> SectionContent:
    """Return the content in greys. Its pictures have no colours: `conformance` reports those that have."""

    def convert_segments(segments: Iterable[Segment]) -> tuple[Segment, ...]:
        return tuple(_convert_drawing(each) if isinstance(each, bytes) else each for each in segments)

    objects = _RGB.sub(rb"\1/DeviceGray", _LAB.sub(b"", content.objects))
    objects = _GRADIENT.sub(lambda match: b"/C%b [%b]" % (match[1], _convert_colour(None, match[2])), objects)
    heads, streams = objects.split(SEPARATOR), dict(content.streams)
    for place, data in content.streams:
        if b"/Subtype /Form" in heads[place] or b"/PatternType 1" in heads[place]:
            streams[place] = zlib.compress(_convert_drawing(zlib.decompress(data)))
            heads[place] = _LENGTH.sub(b"/Length %d" % len(streams[place]), heads[place])
    return replace(
        content,
        pages=tuple(page._replace(segments=convert_segments(page.segments)) for page in content.pages),
        specimens=tuple(map(convert_segments, content.specimens)),
        objects=SEPARATOR.join(heads),
        streams=tuple(streams.items()),
    )


# ---------------------------------------------------------------- no links

_REFERENCE = re.compile(rb"(?<!%)%d 0 R")
_LINK_POINTER, _LINK, _SPAN = b"<</Type /OBJR", b"<</Type /StructElem/S /Link", b"<</Type /StructElem/S /Span"


def _remove_links(content: SectionContent) -> SectionContent:
    """Return the content with text instead of links, because PDF/X-4 forbids annotations on the page."""
    parts = content.objects.split(SEPARATOR)
    links = range(len(parts), len(parts) + len(content.links))
    removed = {*links, *(place for place, part in enumerate(parts) if part.startswith(_LINK_POINTER))}
    remaining = [place for place in range(links.stop + len(content.pages) + 2) if place not in removed]
    new = {old: place for place, old in enumerate(remaining)}
    heads: list[bytes] = []
    references: list[int] = []

    def add_part(head: bytes, numbers: Sequence[int]) -> None:
        each = iter(numbers)
        head = _REFERENCE.sub(lambda match: b"" if next(each) in removed else match[0], head)
        heads.append(head.replace(_LINK, _SPAN))
        references.extend(new[each] for each in numbers if each not in removed)

    unread = iter(content.references)
    for place, head in enumerate(parts):
        numbers = tuple(islice(unread, len(_REFERENCE.findall(head))))
        if place not in removed:
            add_part(head, numbers)
    return replace(
        content,
        pages=tuple(
            page._replace(elements=tuple(new[each] for each in page.elements), links=()) for page in content.pages
        ),
        objects=SEPARATOR.join(heads),
        references=tuple(references),
        streams=tuple((new[place], data) for place, data in content.streams),
        links=(),
        top=tuple(new[each] for each in content.top),
        resources=new[content.resources],
    )


def prepare_for_press(content: SectionContent) -> SectionContent:
    """Return the content in greys and without links."""
    return _remove_links(_convert_to_black(content))


# ---------------------------------------------------------------- the sheet of paper


def _grow_box(trim: _Box, distance: float) -> _Box:
    """Return the rectangle whose sides are this distance outside of another's; all in points."""
    left, bottom, right, top = trim
    return left - distance, bottom - distance, right + distance, top + distance


def write_page_boxes(trim: _Box) -> bytes:
    """Return the boxes of a page (14.11.2): its paper, the part that is printed, and the part that is left after cutting."""
    return b"/MediaBox[%b]/BleedBox[%b]/TrimBox[%b]" % (
        write_box(_grow_box(trim, _MARGIN)),
        write_box(_grow_box(trim, _BLEED)),
        write_box(trim),
    )


def frame_page(content: bytes, trim: _Box) -> bytes:
    """Return a page's content, clipped to the bleed, and crop marks outside of it, which are artifacts (14.8.2.2.2)."""
    left, bottom, right, top = _grow_box(trim, _BLEED)
    lines = b"".join(b"%b %b m %b %b l\n" % tuple(map(write_decimal, line)) for line in _list_crop_marks(trim))
    clip = write_box((left, bottom, right - left, top - bottom))
    return b"q\n%b re W n\n%b\nQ\n/Artifact <</Type/Page>> BDC\n0 G 0.25 w\n%bS\nEMC" % (clip, content, lines)


def _list_crop_marks(trim: _Box) -> Iterator[tuple[float, ...]]:
    """Yield two lines at each corner, outside of the bleed: the x and y of both ends, in points."""
    left, bottom, right, top = trim
    near, far = _CROP_MARK
    for x in (left, right):
        yield x, bottom - far, x, bottom - near
        yield x, top + near, x, top + far
    for y in (bottom, top):
        yield left - far, y, left - near, y
        yield right + near, y, right + far, y


# ---------------------------------------------------------------- the output profile

_CURVE_STEPS = 256
_WHITE = (0.9642, 1.0, 0.8249)
"""The XYZ of D50, the white of every profile."""


def make_profile() -> Profile:
    """Return the profile of black ink on white paper, a monochrome output profile of version 2 (ICC.1:2001-04).

    6.1 has the header, 6.2 the table of tags, 6.3.3 the tags that such a profile needs, 6.5 their types.
    """
    name = "Black ink on white paper, dot gain 20 %"
    curve = [round(0xFFFF * _measure_brightness(step / (_CURVE_STEPS - 1))) for step in range(_CURVE_STEPS)]
    description = name.encode() + b"\0"
    tags = {
        b"desc": b"desc" + struct.pack(">2I", 0, len(description)) + description + bytes(4 + 4 + 2 + 1 + 67),
        b"kTRC": b"curv" + struct.pack(f">2I{_CURVE_STEPS}H", 0, _CURVE_STEPS, *curve),
        b"wtpt": b"XYZ " + struct.pack(">4i", 0, *map(_to_fixed_point, _WHITE)),
        b"cprt": b"text" + bytes(4) + b"No copyright, use freely\0",
    }
    table, body, start = b"", b"", 128 + 4 + 12 * len(tags)
    for tag, data in tags.items():
        table += struct.pack(">4s2I", tag, start + len(body), len(data))
        body += data + bytes(-len(data) % 4)
    header = struct.pack(
        ">I4xI 4s4s4s 6H 4s24x I3i48x",
        start + len(body), 0x02400000, b"prtr", b"GRAY", b"XYZ ", 2026, 1, 1, 0, 0, 0, b"acsp", 1,
        *map(_to_fixed_point, _WHITE),
    )  # fmt: skip
    return Profile(name, 1, header + struct.pack(">I", len(tags)) + table + body)


def _to_fixed_point(number: float) -> int:
    """Return a number as a fixed-point number of 32 bits, 16 of them behind the point."""
    return round(number * 0x10000)
