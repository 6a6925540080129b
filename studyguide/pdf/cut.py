"""Cut a page's content where binding has to fill something in: the content that WeasyPrint wrote → Segments.

It is cut where a page number is to be written, where text and drawings begin that move with the number, and at hyphens.
Lengths are those of the content, pixels of CSS from the top.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from studyguide.pdf.section_pages import HOLES, POINTS, Follow, Hole, Push, Segment, Slide

# Drawings in a line are written when all text of the page is: the frame that they are cut to, then their own origin.
MARK = re.compile(
    rb"(?P<left>[\d.]+) (?P<top>[\d.]+) [\d.]+ (?P<height>[\d.]+) re\nW\nn\n/Figure\n<</MCID (?P<figure>\d+)>>\nBDC\nq\n/a1 gs\n"
    rb"1 0 0 1 (?P<there>[\d.]+) [\d.]+ cm"
    rb"|/\w+\n<</MCID (?P<mcid>\d+)>>\nBDC|BT\n1 0 0 -1 (?P<x>[\d.]+) (?P<y>[\d.]+) Tm|/(?P<face>[A-Z]{6}) (?P<size>[\d.]+) Tf"
    rb"|\[(?P<shown><[^\]]*)\] TJ"
)
# What may stand between two runs of text on a line without anything being drawn there.
UNDRAWN = re.compile(rb"(?:\nBT\nET|\nET|\nEMC|\n?/\w+\n<</MCID \d+>>\nBDC|\n[\d. ]+ rg|\n/a1\.0 gs|\n[qQ])*\n?")
BELOW = 4
"""How far a drawing's foot may stand above the line that it is in: a minus has no depth."""
GLYPHS = re.compile(rb"<([0-9a-f]*)>")
# A hyphen of hyphenation is followed by a word joiner (book.css), of which WeasyPrint writes the width alone.
JOINER = b">0.0"
PAGINATION = b"/Artifact <</Type/Pagination>> BDC"


@dataclass(frozen=True, slots=True)
class Content:
    """What is known of a page's content, or of a specimen's, which is an artifact."""

    data: bytes
    height: float
    """Of the page, in points."""
    hole_faces: Mapping[str, Mapping[bytes, str]]
    """The digit that each glyph of a hole's face is."""
    hyphens: Mapping[str, tuple[bytes, ...]]
    """The glyphs of the hyphen and of the soft hyphen of each face."""
    targets: Mapping[int, str] = field(default_factory=dict)
    """Where the link of each marked piece of content leads."""
    blocks: Mapping[int, int] = field(default_factory=dict)
    """The block that each marked piece stands in: in a table a number moves nothing but its own cell."""
    artifact: bool = False


class Written(NamedTuple):
    """A hole where it stands."""

    hole: Hole
    x: float
    y: float

    def precedes(self, drawing: re.Match[bytes], block: int) -> bool:
        """Whether it stands on the line of a drawing, in front of it."""
        left, top, height = (float(drawing[name]) for name in ("left", "top", "height"))
        return self.hole.block == block and self.x < left and top < self.y <= top + height + BELOW


class Pen:
    """Goes over the content once, and knows where it is."""

    def __init__(self, content: Content) -> None:
        self.content = content
        self.done = 0
        """All up to here has been handed out."""
        self.mcid, self.face, self.size = -1, "", 0.0
        self.x, self.line = b"0", b"0"
        self.begun: list[re.Match[bytes]] = []
        """The beginnings of the last two runs of text."""
        self.written: list[Written] = []
        self.sliding, self.holder, self.after = b"", 0, 0
        """The line on which text follows a hole, the block of that, and where the last run of text ended."""

    def segments(self) -> Iterator[Segment]:
        for match in MARK.finditer(self.content.data):
            if match["figure"]:
                yield from self.drawing(match)
            elif match["mcid"]:
                self.mcid = int(match["mcid"])
                if self.content.artifact:
                    yield self.up_to(match.start(), match.end()) + PAGINATION
            elif match["y"]:
                yield from self.beginning(match)
            elif match["face"]:
                self.face, self.size = match["face"].decode(), float(match["size"])
            elif self.face in self.content.hole_faces:
                yield from self.hole(match)
            else:
                yield from self.text(match)
        yield self.content.data[self.done :]

    def up_to(self, end: int, beyond: int | None = None) -> bytes:
        """The content up to ``end`` that has not been handed out; the next begins there, or ``beyond``."""
        piece = self.content.data[self.done : end]
        self.done = end if beyond is None else beyond
        return piece

    @property
    def block(self) -> int:
        return self.content.blocks.get(self.mcid, 0)

    def drawing(self, match: re.Match[bytes]) -> Iterator[Segment]:
        block = self.content.blocks.get(int(match["figure"]), 0)
        holes = tuple(each.hole for each in self.written if each.precedes(match, block))
        for name in ("left", "there") if holes else ():
            yield self.up_to(match.start(name), match.end(name))
            yield Follow(float(match[name]), holes)

    def beginning(self, match: re.Match[bytes]) -> Iterator[Segment]:
        """A run of text begins."""
        self.x, self.line = match["x"], match["y"]
        self.begun = [*self.begun[-1:], match]
        beside = self.line == self.sliding and self.block == self.holder
        if beside and UNDRAWN.fullmatch(self.content.data, self.after, match.start()):
            yield self.up_to(match.start("x"), match.end("x"))
            yield Slide(float(self.x))
        else:
            self.sliding = b""

    def hole(self, match: re.Match[bytes]) -> Iterator[Segment]:
        glyphs = b"".join(GLYPHS.findall(match["shown"]))
        kind = self.content.hole_faces[self.face][glyphs[:4]]
        x, y = float(self.x), float(self.line)
        target = self.content.targets.get(self.mcid, "")
        at = x * POINTS, self.content.height - y * POINTS
        hole = Hole(target, self.face, len(glyphs) // 4, kind, self.size, *at, bool(self.sliding), self.block)
        side, before = HOLES[kind][1], self.begun[0]
        if side == "pushed" and before["y"] == self.line and before.start() >= self.done:
            yield self.up_to(before.start("x"), before.end("x"))
            yield Push(float(before["x"]), hole)
        yield self.up_to(match.start(), match.end())
        yield hole
        if side == "left":
            self.written.append(Written(hole, x, y))
        self.sliding, self.holder, self.after = self.line, self.block, match.end()

    def text(self, match: re.Match[bytes]) -> Iterator[Segment]:
        """A hyphen that divides a word becomes the glyph of the soft hyphen, which looks alike and is not copied."""
        self.after = match.end()
        hyphen, soft = self.content.hyphens.get(self.face, (b"", b""))
        if hyphen and match["shown"].endswith(hyphen + JOINER):
            end = match.end("shown") - len(JOINER)
            yield self.up_to(end - len(hyphen), end) + soft
