"""Cut a page's content where binding has to fill something in: the content that WeasyPrint wrote → Segments.

Cuts are made at each hole for a page number, at text and drawings that move with the number, and at hyphens. Lengths are
those of the content: CSS pixels from the top.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from studyguide.pdf.section_pages import HOLES, POINTS, Follow, Hole, Push, Segment, Slide

# A drawing in a line is written after all text of the page: first the frame that clips it, then its origin.
_MARK = re.compile(
    rb"(?P<left>[\d.]+) (?P<top>[\d.]+) [\d.]+ (?P<height>[\d.]+) re\nW\nn\n/Figure\n<</MCID (?P<figure>\d+)>>\nBDC\nq\n"
    rb"/a1 gs\n1 0 0 1 (?P<origin>[\d.]+) [\d.]+ cm"
    rb"|/\w+\n<</MCID (?P<mcid>\d+)>>\nBDC|BT\n1 0 0 -1 (?P<x>[\d.]+) (?P<y>[\d.]+) Tm|/(?P<face>[A-Z]{6}) (?P<size>[\d.]+) Tf"
    rb"|\[(?P<glyphs><[^\]]*)\] TJ"
)
# Operators between two runs of text that draw nothing.
_INVISIBLE = re.compile(
    rb"(?:\nBT\nET|\nET|\nEMC|\n?/\w+\n<</(?:MCID \d+|ActualText<\w+>)>>\nBDC|\n[\d. ]+ rg|\n/a1\.0 gs|\n[qQ])*\n?"
)
_MAX_RISE = 4
"""Pixels from the foot of a drawing up to the base of its line, at most: a minus has no depth."""
_GLYPHS = re.compile(rb"<([0-9a-f]*)>")
# A hyphen of hyphenation is followed by a word joiner (book.css), of which WeasyPrint writes the width alone.
_JOINER = b">0.0"
PAGINATION = b"/Artifact <</Type/Pagination>> BDC"


@dataclass(frozen=True, slots=True)
class Content:
    """The content of a page, or of a specimen, and the facts that cutting needs."""

    data: bytes
    height: float
    """The height of the page in points."""
    hole_faces: Mapping[str, Mapping[bytes, str]]
    """For each face of holes, by its key: glyph, as four hexadecimal digits → the digit that it draws."""
    hyphens: Mapping[str, tuple[bytes, ...]]
    """The glyphs of the hyphen and of the soft hyphen of each face, by its key, as four hexadecimal digits."""
    targets: Mapping[int, str] = field(default_factory=dict)
    """The target of the link around each piece of marked content, by its MCID; empty without a link."""
    blocks: Mapping[int, int] = field(default_factory=dict)
    """The block around each piece of marked content, by its MCID. A number moves only text of its own block, such as a cell."""
    is_artifact: bool = False
    """True for a specimen: its marked content becomes artifacts."""


class _PlacedHole(NamedTuple):
    """A hole and its place in the content."""

    hole: Hole
    x: float
    y: float

    def precedes(self, drawing: re.Match[bytes], block: int) -> bool:
        """True if the hole is on the line of a drawing, where the line comes from, and in the same block."""
        left, top, height = (float(drawing[name]) for name in ("left", "top", "height"))
        is_before = self.x < left if HOLES[self.hole.kind].side == "left" else self.x > left
        return self.hole.block == block and is_before and top < self.y <= top + height + _MAX_RISE


def cut_content(content: Content) -> Iterator[Segment]:
    """Yield the pieces of the content, in order: bytes, and what binding fills in."""
    return _ContentCutter(content).cut()


class _ContentCutter:
    """The state of one pass over the content."""

    def __init__(self, content: Content) -> None:
        self._content = content
        self._position = 0
        """The end of what was yielded."""
        self._mcid, self._face, self._size = -1, "", 0.0
        self._x, self._line = b"0", b"0"
        """The left and the base of the last run of text."""
        self._beginnings: list[re.Match[bytes]] = []
        """The matches at which the last two runs of text begin."""
        self._moving_holes: list[_PlacedHole] = []
        """The holes up to whose number moves what follows."""
        self._slide_line, self._slide_block = b"", 0
        """The line and the block of the last hole; the line is empty once text stands there that does not move."""
        self._text_end = 0
        """The position at which the last run of text ends."""

    def cut(self) -> Iterator[Segment]:
        """Yield the pieces of the content."""
        for match in _MARK.finditer(self._content.data):
            if match["figure"]:
                yield from self._cut_drawing(match)
            elif match["mcid"]:
                self._mcid = int(match["mcid"])
                if self._content.is_artifact:
                    yield self._take(match.start(), match.end()) + PAGINATION
            elif match["y"]:
                yield from self._cut_beginning(match)
            elif match["face"]:
                self._face, self._size = match["face"].decode(), float(match["size"])
            elif self._face in self._content.hole_faces:
                yield from self._cut_hole(match)
            else:
                yield from self._cut_text(match)
        yield self._content.data[self._position :]

    def _take(self, end: int, resume: int | None = None) -> bytes:
        """Return the content from the end of what was yielded to ``end``; the next piece begins at ``resume``, or there."""
        piece = self._content.data[self._position : end]
        self._position = end if resume is None else resume
        return piece

    @property
    def _block(self) -> int:
        return self._content.blocks.get(self._mcid, 0)

    def _cut_drawing(self, match: re.Match[bytes]) -> Iterator[Segment]:
        """Cut the content at the frame and at the origin of a drawing that follows holes on its line."""
        block = self._content.blocks.get(int(match["figure"]), 0)
        holes = tuple(each.hole for each in self._moving_holes if each.precedes(match, block))
        for name in ("left", "origin") if holes else ():
            yield self._take(match.start(name), match.end(name))
            yield Follow(float(match[name]), holes)

    def _cut_beginning(self, match: re.Match[bytes]) -> Iterator[Segment]:
        """Cut the content at the beginning of a run of text that follows a hole on its line."""
        self._x, self._line = match["x"], match["y"]
        self._beginnings = [*self._beginnings[-1:], match]
        is_beside = self._line == self._slide_line and self._block == self._slide_block
        if is_beside and _INVISIBLE.fullmatch(self._content.data, self._text_end, match.start()):
            yield self._take(match.start("x"), match.end("x"))
            yield Slide(float(self._x))
        else:
            self._slide_line = b""

    def _cut_hole(self, match: re.Match[bytes]) -> Iterator[Segment]:
        """Cut out a hole, and cut the content at the text before it if that text is to move up to the number."""
        glyphs = b"".join(_GLYPHS.findall(match["glyphs"]))
        kind = self._content.hole_faces[self._face][glyphs[:4]]
        x, y = float(self._x), float(self._line)
        target = self._content.targets.get(self._mcid, "")
        point = x * POINTS, self._content.height - y * POINTS
        hole = Hole(target, self._face, len(glyphs) // 4, kind, self._size, *point, bool(self._slide_line), self._block)
        moved, before = HOLES[kind].moved, self._beginnings[0]
        if moved == "before" and before["y"] == self._line and before.start() >= self._position:
            yield self._take(before.start("x"), before.end("x"))
            yield Push(float(before["x"]), hole)
        yield self._take(match.start(), match.end())
        yield hole
        if moved == "after":
            self._moving_holes.append(_PlacedHole(hole, x, y))
        self._slide_line, self._slide_block, self._text_end = self._line, self._block, match.end()

    def _cut_text(self, match: re.Match[bytes]) -> Iterator[Segment]:
        """Replace a hyphen that divides a word by the glyph of the soft hyphen, which looks alike and is not copied."""
        self._text_end = match.end()
        hyphen, soft = self._content.hyphens.get(self._face, (b"", b""))
        if hyphen and match["glyphs"].endswith(hyphen + _JOINER):
            end = match.end("glyphs") - len(_JOINER)
            yield self._take(end - len(hyphen), end) + soft
