"""What a printing press asks of a book: one ink, ground that goes on beyond the edge, and marks to cut along.

    SectionContent → SectionContent   every colour as a grey of the black ink, every link as text (``printed``)
    page      → page        clipped to the bleed, with crop marks and its boxes (``framed``, ``boxes``)

A colour is printed with as much ink as makes the paper as bright as the screen is: ``ink`` and the output profile are
the same curve.
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

MM = 72 / 25.4
BLEED = 3 * MM
"""How far what reaches the edge is drawn beyond it, for a knife that is not quite there."""
MARGIN = 10 * MM
"""From the trimmed page to the edge of the file's."""
MARK = (4 * MM, 9 * MM)
"""Where a crop mark begins and ends, from the trimmed page."""
STYLES = f"@page {{ bleed: {BLEED}pt }}\n"
Box = tuple[float, ...]

# ---------------------------------------------------------------- one ink

SPREAD = 0.8
"""Dots of ink spread on paper: a half-tone of one half covers 0.5 + 0.25 · 0.8 = 70 % (a dot gain of 20 %)."""
SOLID = 0.1
"""Greys darker than this are printed solid, for so dense a half-tone fills in, and makes the edges of letters rough."""


def brightness(grey: float) -> float:
    """Of paper under a half-tone, as a share of the bare paper's."""
    dot = 1 - grey
    return 1 - (dot + SPREAD * dot * (1 - dot))


def ink(brightness: float) -> float:
    """The grey that is as bright as this: the other way round."""
    covered, whole = 1 - brightness, 1 + SPREAD
    grey = 1 - (whole - max(whole**2 - 4 * SPREAD * covered, 0) ** 0.5) / (2 * SPREAD)
    return grey if grey >= SOLID else 0


def of_rgb(*channels: float) -> float:
    """The brightness of a colour of sRGB (IEC 61966-2-1)."""
    linear = (each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in channels)
    return sum(share * each for share, each in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def of_lab(lightness: float, *_: float) -> float:
    root = (lightness + 16) / 116
    return root**3 if root > 6 / 29 else lightness * 27 / 24389


def of_cmyk(*inks: float) -> float:
    """As ISO 32000-1, 10.3.5 makes it red, green and blue."""
    return of_rgb(*(1 - min(1, each + inks[3]) for each in inks[:3]))


NUMBERS = rb"([-\d.]+(?: [-\d.]+)*)"
# The operators by which WeasyPrint sets a colour, each on a line of its own.
COLOUR = re.compile(rb"^(?:/(lab-d50|lab-d65|DeviceCMYK) (?:cs|CS)\n)?" + NUMBERS + rb" (rg|RG|scn|SCN)$", re.MULTILINE)
SPACES: Mapping[bytes | None, Callable[..., float]] = {
    None: of_rgb,
    b"lab-d50": of_lab,
    b"lab-d65": of_lab,
    b"DeviceCMYK": of_cmyk,
}
RGB = re.compile(rb"(/CS |/ColorSpace )/DeviceRGB")
GRADIENT = re.compile(rb"/C([01]) \[([\d.]+ [\d.]+ [\d.]+)\]")
LAB = re.compile(rb"/lab-d\d\d \[/Lab <<.*?>>\]")
LENGTH = re.compile(rb"/Length \d+")


def grey(space: bytes | None, numbers: bytes) -> bytes:
    return write_decimal(ink(SPACES[space](*map(float, numbers.split()))))


def inked(content: bytes) -> bytes:
    """A drawing in black ink alone."""

    def replacement(match: re.Match[bytes]) -> bytes:
        space, numbers, operator = match.groups()
        return grey(space, numbers) + (b" G" if operator.isupper() else b" g")

    return COLOUR.sub(replacement, content)


def one_ink(content: SectionContent) -> SectionContent:
    """The content in greys; its pictures have no colours."""

    def segments(segments: Iterable[Segment]) -> tuple[Segment, ...]:
        return tuple(inked(each) if isinstance(each, bytes) else each for each in segments)

    objects = RGB.sub(rb"\1/DeviceGray", LAB.sub(b"", content.objects))
    objects = GRADIENT.sub(lambda match: b"/C%b [%b]" % (match[1], grey(None, match[2])), objects)
    heads, streams = objects.split(SEPARATOR), dict(content.streams)
    for place, data in content.streams:
        if b"/Subtype /Form" in heads[place] or b"/PatternType 1" in heads[place]:
            streams[place] = zlib.compress(inked(zlib.decompress(data)))
            heads[place] = LENGTH.sub(b"/Length %d" % len(streams[place]), heads[place])
    return replace(
        content,
        pages=tuple(page._replace(segments=segments(page.segments)) for page in content.pages),
        specimens=tuple(map(segments, content.specimens)),
        objects=SEPARATOR.join(heads),
        streams=tuple(streams.items()),
    )


# ---------------------------------------------------------------- no links

OPEN = re.compile(rb"(?<!%)%d 0 R")
POINTER, LINK, SPAN = b"<</Type /OBJR", b"<</Type /StructElem/S /Link", b"<</Type /StructElem/S /Span"


def unlinked(content: SectionContent) -> SectionContent:
    """The content with text where links were: PDF/X-4 forbids annotations on the page."""
    parts = content.objects.split(SEPARATOR)
    links = range(len(parts), len(parts) + len(content.links))
    gone = {*links, *(place for place, part in enumerate(parts) if part.startswith(POINTER))}
    kept = [place for place in range(links.stop + len(content.pages) + 2) if place not in gone]
    new = {old: place for place, old in enumerate(kept)}
    heads: list[bytes] = []
    references: list[int] = []

    def keep(head: bytes, named: Sequence[int]) -> None:
        each = iter(named)
        head = OPEN.sub(lambda match: b"" if next(each) in gone else match[0], head)
        heads.append(head.replace(LINK, SPAN))
        references.extend(new[each] for each in named if each not in gone)

    unread = iter(content.references)
    for place, head in enumerate(parts):
        named = tuple(islice(unread, len(OPEN.findall(head))))
        if place not in gone:
            keep(head, named)
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


def printed(content: SectionContent) -> SectionContent:
    return unlinked(one_ink(content))


# ---------------------------------------------------------------- the section of paper


def around(trim: Box, distance: float) -> Box:
    left, bottom, right, top = trim
    return left - distance, bottom - distance, right + distance, top + distance


def boxes(trim: Box) -> bytes:
    """The page as it is cut, what is printed of it, and the paper that it is printed on (14.11.2)."""
    return b"/MediaBox[%b]/BleedBox[%b]/TrimBox[%b]" % (
        write_box(around(trim, MARGIN)),
        write_box(around(trim, BLEED)),
        write_box(trim),
    )


def framed(content: bytes, trim: Box) -> bytes:
    """A page's content as far as the bleed, and crop marks outside of it, which are no part of the text (14.8.2.2.2)."""
    left, bottom, right, top = around(trim, BLEED)
    lines = b"".join(b"%b %b m %b %b l\n" % tuple(map(write_decimal, line)) for line in marks(trim))
    clip = write_box((left, bottom, right - left, top - bottom))
    return b"q\n%b re W n\n%b\nQ\n/Artifact <</Type/Page>> BDC\n0 G 0.25 w\n%bS\nEMC" % (clip, content, lines)


def marks(trim: Box) -> Iterator[tuple[float, ...]]:
    """Two lines at each corner, which do not touch what is printed."""
    left, bottom, right, top = trim
    near, far = MARK
    for x in (left, right):
        yield x, bottom - far, x, bottom - near
        yield x, top + near, x, top + far
    for y in (bottom, top):
        yield left - far, y, left - near, y
        yield right + near, y, right + far, y


# ---------------------------------------------------------------- the output profile

STEPS = 256
WHITE = (0.9642, 1.0, 0.8249)
"""D50, which all profiles refer to."""


def profile() -> Profile:
    """Black ink on white paper, as a monochrome output profile of version 2 (ICC.1:2001-04).

    6.1 has the header, 6.2 the table of tags, 6.3.3 the tags that such a profile needs, 6.5 their types.
    """
    name = "Black ink on white paper, dot gain 20 %"
    curve = [round(0xFFFF * brightness(step / (STEPS - 1))) for step in range(STEPS)]
    said = name.encode() + b"\0"
    tags = {
        b"desc": b"desc" + struct.pack(">2I", 0, len(said)) + said + bytes(4 + 4 + 2 + 1 + 67),
        b"kTRC": b"curv" + struct.pack(f">2I{STEPS}H", 0, STEPS, *curve),
        b"wtpt": b"XYZ " + struct.pack(">4i", 0, *map(fixed, WHITE)),
        b"cprt": b"text" + bytes(4) + b"No copyright, use freely\0",
    }
    table, body, start = b"", b"", 128 + 4 + 12 * len(tags)
    for tag, data in tags.items():
        table += struct.pack(">4s2I", tag, start + len(body), len(data))
        body += data + bytes(-len(data) % 4)
    header = struct.pack(
        ">I4xI 4s4s4s 6H 4s24x I3i48x",
        start + len(body), 0x02400000, b"prtr", b"GRAY", b"XYZ ", 2026, 1, 1, 0, 0, 0, b"acsp", 1, *map(fixed, WHITE),
    )  # fmt: skip
    return Profile(name, 1, header + struct.pack(">I", len(tags)) + table + body)


def fixed(number: float) -> int:
    """A number of 16 bits before the point and 16 after it."""
    return round(number * 0x10000)
