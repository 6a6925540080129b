"""Draw a formula with ziamath: MathML → SVG. Tables and arrows with labels are laid out here."""

from collections.abc import Container, Sequence
from functools import cache
from typing import Any
from xml.etree.ElementTree import Element, fromstring, tostring

from studyguide.maths.latex import LARGE_OPERATORS
from studyguide.maths.tags import TAG, TAG_COLOUR

_MATHML = "{http://www.w3.org/1998/Math/MathML}"
_COMBINING = {"^": "\u0302", "ˆ": "\u0302", "~": "\u0303", "ˇ": "\u030c"}
"""Accents, and the same as the face has them in several widths."""
_ARROWS = frozenset("←→↔⇐⇒⇔↦↩↪↼↽⇀⇁⇋⇌↞↠⇄=")
_UNROWED = frozenset({
    "msub", "msup", "msubsup", "munder", "mover", "munderover", "mmultiscripts", "mi", "mfrac", "mroot", "msqrt", "menclose", "labelled-arrow",
})  # fmt: skip
_RELATIONS = frozenset("=<>≤≥≠≈≡∼≅→←↔⇒⇔↦∈⊂⊆+−×⊕⊗∘")
"""Signs that have room on both sides also where something stands above or below them."""
_VARIANTS = {"monospace": "mono", "sans-serif": "sans"}
"""Names of ``mathvariant`` that ziamath has others for."""
_STRUT = (0.7, 0.3)
"""The height and the depth, in em, that a row of formulas has at the least: those of a line."""


def draw_mathml(mathml: str, units_per_em: float) -> str:
    """Return the SVG of a formula."""
    # Imported here because it takes 0.1 s, which a build that draws no new formula need not pay.
    import ziafont
    import ziamath

    _register_nodes()
    # Glyphs as paths of their own: shared <symbol>s would repeat their ids in every formula of a page.
    ziamath.config.svg2 = False
    ziafont.config.svg2 = False
    svg: str = ziamath.Math(_name_nodes(mathml), size=units_per_em).svg()
    return svg


def _name_nodes(mathml: str) -> str:
    """Return the MathML with the names and signs that ziamath has for things."""
    root = fromstring(mathml)
    for element in root.iter():
        element.tag = element.tag.removeprefix(_MATHML)
        if element.attrib.pop(TAG, ""):
            element.set("mathcolor", TAG_COLOUR)
    for element in root.iter():
        if (variant := element.get("mathvariant")) in _VARIANTS:
            element.set("mathvariant", _VARIANTS[variant or ""])
        if element.tag == "mover":
            accent = element[1]
            if accent.get("stretchy") == "true" and (accent.text or "") in _COMBINING:
                accent.text = _COMBINING[accent.text or ""]
        if element.tag == "mo" and (element.text or "") in LARGE_OPERATORS - {"∑", "∏"}:
            element.attrib |= {"largeop": "true", "lspace": "0em", "rspace": "0.167em", **element.attrib}
        if element.tag in ("munder", "mover", "munderover"):
            base = element[0]
            if base.get("stretchy") == "true" and (base.text or "") in _ARROWS:
                element.set("kind", element.tag)
                element.tag = "labelled-arrow"
    for holder in root.iter():
        for place in reversed(range(len(holder))):
            if holder.tag in ("mrow", "math", "mtd") and len(holder) > 1 and _is_sign_with_words(holder[place]):
                holder.insert(place + 1, Element("mspace", {"width": "0.278em"}))
                holder.insert(place, Element("mspace", {"width": "0.278em"}))
    root.set("xmlns", _MATHML.strip("{}"))
    return tostring(root, encoding="unicode")


def _is_sign_with_words(element: Element) -> bool:
    """True for a relation or a sign of calculation with something above or below it."""
    return element.tag in ("munder", "mover") and element[0].tag == "mo" and (element[0].text or "") in _RELATIONS


def _has_stretchy(element: Element, signs: Container[str]) -> bool:
    """True if an element has a sign that stretches, outside of rows of its own."""
    if element.tag == "mo":
        return element.get("stretchy", "true" if (element.text or "").strip() in signs else "false") == "true"
    # Scripts and accents of a sign stretch with it, and all but these elements lay out their children as rows.
    return element.tag in _UNROWED and any(_has_stretchy(child, signs) for child in element)


@cache
def _register_nodes() -> None:
    """Give ziamath the nodes of tables and of arrows with labels."""
    from ziafont.fonttypes import BBox
    from ziamath.drawable import HLine, VLine
    from ziamath.nodes import Mnode
    from ziamath.nodes.mrow import Mrow
    from ziamath.operators import operators

    stretchy = {sign for (sign, _), facts in operators.items() if facts.get("stretchy") == "true"}

    class Row(Mrow, tag="mrow"):  # type: ignore[misc, call-arg]
        """A row that is measured beforehand only if a sign of it stretches: measuring doubles the time of each level."""

        def _get_height_nostretch(self, line: Sequence[Element], **kwargs: Any) -> tuple[float, float]:
            if not any(_has_stretchy(child, stretchy) for child in line):
                return 0.0, 0.0
            measured: tuple[float, float] = super()._get_height_nostretch(line, **kwargs)
            return measured

    class Table(Mnode, tag="mtable"):  # type: ignore[misc, call-arg]
        """A table whose rows stand clear of each other, with its rules."""

        def __init__(self, element: Element, parent: Any, **kwargs: Any) -> None:
            super().__init__(element, parent, **kwargs)
            rows = [[Mnode.fromelement(cell, parent=self, **kwargs) for cell in row] for row in element]
            sides = [[cell.get("columnalign", "center") for cell in row] for row in element]
            self._lay_out(rows, sides)

        def _lay_out(self, rows: Sequence[Sequence[Any]], sides: Sequence[Sequence[str]]) -> None:
            em = self.glyphsize
            strut = _STRUT if self.element.get("displaystyle") == "true" else (0.0, 0.0)
            boxes = [[cell.bbox for cell in row if cell.bbox.ymax > cell.bbox.ymin] for row in rows]
            heights = [max([strut[0] * em, *(box.ymax for box in row)]) for row in boxes]
            depths = [max([strut[1] * em, *(-box.ymin for box in row)]) for row in boxes]
            count = max(map(len, rows))
            widths = [
                max((max(row[at].bbox.xmax, row[at].xadvance()) for row in rows if at < len(row)), default=0.0)
                for at in range(count)
            ]
            gaps = self._measure("columnspacing", count - 1)
            room = self._measure("rowspacing", len(rows) - 1)
            columns = self.element.get("data-columns", "").split()
            lines = self.element.get("data-rows", "").split()
            edge = 0.4 * em
            left = edge if columns and columns[0] != "none" else 0.0
            right = edge if columns and columns[-1] != "none" else 0.0
            above = edge / 2 if lines and lines[0] != "none" else 0.0
            below = edge / 2 if lines and lines[-1] != "none" else 0.0
            width = left + sum(widths) + sum(gaps) + right
            height = above + sum(heights) + sum(depths) + sum(room) + below
            top = -height / 2 - self.units_to_points(self.font.math.consts.axisHeight)
            y = top + above
            for row, places, up, down, gap in zip(rows, sides, heights, depths, [*room, below], strict=True):
                y += up
                x = left
                for cell, side, wide, after in zip(row, places, widths, [*gaps, right], strict=False):
                    spare = wide - max(cell.bbox.xmax, cell.xadvance())
                    self.nodes.append(cell)
                    self.nodexy.append((x + {"left": 0.0, "right": spare}.get(side, spare / 2), y))
                    x += wide + after
                y += down + gap
            self._draw_rules(lines, [above, *room, below], heights, depths, top, width)
            self._draw_columns(columns, [left, *gaps, right], widths, top, height)
            self.bbox = BBox(0, width, -(top + height), -top)

        def _measure(self, name: str, count: int) -> list[float]:
            """Return so many of the distances of this name, in points."""
            lengths = [self.size_px(each) for each in self.element.get(name, "0.3em").split()] or [0.0]
            return [lengths[at % len(lengths)] for at in range(count)]

        def _draw_rules(
            self,
            kinds: Sequence[str],
            gaps: Sequence[float],
            heights: Sequence[float],
            depths: Sequence[float],
            top: float,
            width: float,
        ) -> None:
            """Draw the rules above, between and below the rows."""
            y = top
            for at, kind in enumerate(kinds):
                place = y + (0 if at == 0 else gaps[at] if at == len(kinds) - 1 else gaps[at] / 2)
                for x, shift, length in self._divide_rule(kind, width):
                    self.nodes.append(HLine(length, self._rule, self.style))
                    self.nodexy.append((x, place + shift - self._rule / 2))
                y += gaps[at] + (heights[at] + depths[at] if at < len(heights) else 0)

        def _draw_columns(
            self, kinds: Sequence[str], gaps: Sequence[float], widths: Sequence[float], top: float, height: float
        ) -> None:
            """Draw the rules before, between and behind the columns."""
            x = 0.0
            for at, kind in enumerate(kinds):
                if at >= len(gaps):
                    break
                place = x + (0 if at == 0 else gaps[at] if at == len(kinds) - 1 else gaps[at] / 2)
                for y, shift, length in self._divide_rule(kind, height):
                    self.nodes.append(VLine(length, self._rule, self.style))
                    self.nodexy.append((place + shift, top + y))
                x += gaps[at] + (widths[at] if at < len(widths) else 0)

        @property
        def _rule(self) -> float:
            return float(self.units_to_points(self.font.math.consts.fractionRuleThickness))

        def _divide_rule(self, kind: str, length: float) -> list[tuple[float, float, float]]:
            """Return the pieces of a rule: where each begins, how far it is shifted, and how long it is."""
            if kind == "dashed":
                step = 0.35 * self.glyphsize
                return [
                    (at * step, 0.0, min(step * 0.6, length - at * step))
                    for at in range(int(length / step) + 1)
                    if length > at * step
                ]
            if kind == "double":
                return [(0.0, -1.5 * self._rule, length), (0.0, 1.5 * self._rule, length)]
            return [(0.0, 0.0, length)] if kind == "solid" else []

    class LabelledArrow(Mnode, tag="labelled-arrow"):  # type: ignore[misc, call-arg]
        """An arrow as long as what stands above and below it."""

        def __init__(self, element: Element, parent: Any, **kwargs: Any) -> None:
            super().__init__(element, parent, **kwargs)
            labels = list(element)[1:]
            for label in labels:
                self.increase_child_scriptlevel(label)
            nodes = [Mnode.fromelement(label, parent=self, **kwargs) for label in labels]
            length = max([1.2 * self.glyphsize, *(node.bbox.xmax for node in nodes)])
            element[0].attrib |= {"lspace": "0em", "rspace": "0em"}
            arrow = Mnode.fromelement(element[0], parent=self, **{**kwargs, "width": length})
            arrow_left, arrow_right = arrow.bbox.xmin, arrow.bbox.xmax
            width = max(arrow_right - arrow_left, length)
            room = 0.278 * self.glyphsize
            gap = 0.12 * self.glyphsize
            self.nodes.append(arrow)
            self.nodexy.append((room + (width - arrow_right + arrow_left) / 2 - arrow_left, 0))
            top, bottom = arrow.bbox.ymax, arrow.bbox.ymin
            for node, is_above in zip(
                nodes, [kind == "over" for kind in _list_places(element.get("kind", ""))], strict=True
            ):
                y = -(top + gap - node.bbox.ymin) if is_above else -bottom + gap + node.bbox.ymax
                self.nodes.append(node)
                self.nodexy.append((room + (width - node.bbox.xmax) / 2, y))
            tops = [-y + node.bbox.ymax for node, (_, y) in zip(self.nodes, self.nodexy, strict=True)]
            bottoms = [-y + node.bbox.ymin for node, (_, y) in zip(self.nodes, self.nodexy, strict=True)]
            self.bbox = BBox(0, width + 2 * room, min(bottoms), max(tops))


def _list_places(kind: str) -> list[str]:
    """Return where the labels of ``munder``, ``mover`` or ``munderover`` stand, in their order."""
    return [place for place in ("under", "over") if place in kind.removeprefix("m")]
