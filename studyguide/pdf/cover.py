"""Picture the printed cover for an EPUB: Volume → Front, an SVG and a PNG of the same page as it is laid out for print.

The SVG has outlines for letters, so that it needs no faces; old readers, and shops, show the PNG.
"""

import io
import math
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from xml.sax.saxutils import escape

from studyguide import pdf
from studyguide.model import Volume
from studyguide.pdf.gathering import Face, Gathering
from studyguide.pdf.typeset import typeset
from studyguide.problems import Place
from studyguide.runtime import fonts
from studyguide.runtime.cache import NOTHING, digest, program

WIDTH, HEIGHT = 1600, 2560


@dataclass(frozen=True, slots=True)
class Cover:
    """A printed cover, whose page has the proportions of the pictures, to be pictured."""

    volume: Volume = field(repr=False)

    @property
    def key(self) -> str:
        return digest("cover", program(), *(job.key for job in pdf.jobs(self.volume)))

    @property
    def place(self) -> Place:
        return self.volume.sheets[0].place


@dataclass(frozen=True, slots=True)
class Front:
    """The cover, pictured."""

    svg: bytes = field(repr=False)
    png: bytes = field(repr=False)


def picture(cover: Cover) -> Front:
    gatherings = [typeset(job) for job in pdf.jobs(cover.volume)]
    page = pdf.finish(cover.volume, gatherings, NOTHING).data
    return Front("".join(outlined(gatherings[0], cover.volume.title)).encode(), rendered(page))


def rendered(data: bytes) -> bytes:
    """The first page as a PNG."""
    # Imported here because they take 0.2 s, which a build of nothing new need not pay.
    import pypdfium2

    page = pypdfium2.PdfDocument(data)[0]
    picture = page.render(scale=WIDTH / page.get_width()).to_pil().convert("RGB").quantize(256)
    out = io.BytesIO()
    picture.save(out, "PNG", optimize=True)
    return out.getvalue()


# ---------------------------------------------------------------- the page as an SVG

Matrix = tuple[float, float, float, float, float, float]
TOKEN = re.compile(r"\[[^\]]*\]|<<.*?>>|/[^\s/\[<]+|[-+]?[.\d]+|[A-Za-z*]+")
SHOWN = re.compile(r"<([0-9a-f]*)>|([-+]?[.\d]+)")


@dataclass(frozen=True, slots=True)
class State:
    """How the next thing is drawn."""

    at: Matrix
    fill: str = "#000000"
    line: str = "#000000"
    width: float = 1
    cap: str = "0"
    opacity: tuple[tuple[str, str], ...] = ()


def outlined(gathering: Gathering, title: str) -> Iterator[str]:
    """The page that the gathering has, read from its content; WeasyPrint writes few operators for a cover."""
    leaf = gathering.leaves[0]
    faces = {face.key: face for face in gathering.faces}
    scale = WIDTH / leaf.box[2]
    state, kept = State((scale, 0, 0, -scale, 0, HEIGHT)), list[State]()
    path, face, size = "", "", 0.0
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}">\n'
        f"<title>{escape(title)}</title>\n"
    )
    for operator, given in operations(b"".join(each for each in leaf.segments if isinstance(each, bytes))):
        match operator:
            case "q":
                kept.append(state)
            case "Q":
                state = kept.pop()
            case "m" | "l" | "c" | "h" | "re":
                path += traced(operator, given, state.at)
            case "f" | "S" | "B":
                yield f'<path d="{path}"{paint(state, operator)}/>\n'
                path = ""
            case "n":
                path = ""
            case "Tf":
                face, size = given[-2][1:], float(given[-1])
            case "Tm":
                text = matrix(given)
            case "TJ":
                letters = written(faces[face], given[-1], size, times(text, state.at))
                yield f'<path d="{letters}"{paint(state, "f")}/>\n'
            case _:
                state = changed(state, operator, given)
    yield "</svg>\n"


def operations(content: bytes) -> Iterator[tuple[str, list[str]]]:
    """The operators of a page's content, each with what is given to it."""
    given: list[str] = []
    for token in TOKEN.findall(content.decode("ascii")):
        if token[0].isalpha():
            yield token, given
            given = []
        else:
            given.append(token)


def changed(state: State, operator: str, given: Sequence[str]) -> State:
    """The state as an operator sets it; one that draws nothing and sets nothing that is seen leaves it."""
    match operator:
        case "cm":
            return replace(state, at=times(matrix(given), state.at))
        case "rg":
            return replace(state, fill=colour(given))
        case "RG":
            return replace(state, line=colour(given))
        case "w":
            return replace(state, width=float(given[-1]))
        case "J":
            return replace(state, cap=given[-1])
        case "gs":
            # WeasyPrint names these for what they set: /a0.5 for surfaces, /A0.5 for lines.
            return replace(state, opacity=(*state.opacity, (given[-1][1], given[-1][2:])))
    return state


def traced(operator: str, given: Sequence[str], at: Matrix) -> str:
    """A piece of a path, as an SVG writes it."""
    if operator == "h":
        return "Z"
    if operator != "re":
        return operator.upper() + points(given, at)
    x, y, width, height = map(float, given)
    corners = ((x, y), (x + width, y), (x + width, y + height), (x, y + height))
    return "M" + "L".join(points(map(str, corner), at) for corner in corners) + "Z"


def written(face: Face, shown: str, size: float, at: Matrix) -> str:
    """The outlines of a run of glyphs."""
    widths, x, outlines = dict(face.widths), 0.0, []
    for glyphs, back in SHOWN.findall(shown):
        x -= float(back or 0) / 1000 * size
        for glyph in (int(glyphs[place : place + 4], 16) for place in range(0, len(glyphs), 4)):
            outlines.append(fonts.outline(face.digest, glyph, times((size, 0, 0, size, x, 0), at)))
            x += widths[glyph] / 1000 * size
    return "".join(outlines)


def paint(state: State, operator: str) -> str:
    opacity = dict(state.opacity)
    there = {
        "fill": state.fill if operator in "fB" else "none",
        "fill-opacity": opacity.get("a", "1") if operator in "fB" else "1",
    }
    if operator in "SB":
        a, b = state.at[:2]
        there |= {"stroke": state.line, "stroke-width": f"{state.width * math.hypot(a, b):.2f}"}
        there |= {"stroke-opacity": opacity.get("A", "1"), "stroke-linecap": "round" if state.cap == "1" else "butt"}
    plain = {"fill-opacity": 1.0, "stroke-opacity": 1.0}
    said = {name: value for name, value in there.items() if name not in plain or float(value) != plain[name]}
    return "".join(f' {name}="{value}"' for name, value in said.items())


def matrix(given: Sequence[str]) -> Matrix:
    a, b, c, d, e, f = map(float, given[-6:])
    return a, b, c, d, e, f


def times(inner: Matrix, outer: Matrix) -> Matrix:
    """The matrix that does what the inner one does, and then what the outer one does."""
    a, b, c, d, e, f = inner
    u, v, w, x, y, z = outer
    return a * u + b * w, a * v + b * x, c * u + d * w, c * v + d * x, e * u + f * w + y, e * v + f * x + z


def points(given: Iterable[str], at: Matrix) -> str:
    numbers = list(map(float, given))
    moved = (times((0, 0, 0, 0, x, y), at)[4:] for x, y in zip(numbers[::2], numbers[1::2], strict=True))
    return " ".join(f"{x:.1f} {y:.1f}" for x, y in moved)


def colour(given: Sequence[str]) -> str:
    return "#" + "".join(f"{round(255 * float(part)):02x}" for part in given[-3:])
