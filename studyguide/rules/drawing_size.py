"""Measure the work that a drawing makes: an lxml tree of SVG → elements, bytes, dashes and tiles, repeated ones counted.

Styles and inheritance are not followed exactly: a part counts as used wherever it may be.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import tinycss2
from lxml import etree

from studyguide.limits import LIMITS
from studyguide.rules.drawing_numbers import (
    Declaration,
    list_css_declarations,
    measure_extent,
    measure_outline,
    read_length,
)
from studyguide.svg import HREFS, SVG, BrokenDrawingError, Element, measure_scale

_SHAPES = frozenset({"circle", "ellipse", "line", "path", "polygon", "polyline", "rect", "text", "textPath", "tspan"})
_WITHOUT_REFERENCES = frozenset({"d", "gradientTransform", "id", "patternTransform", "points", "transform", "viewBox"})
_NOT_INHERITED = frozenset({"clip-path", "filter", "mask", *HREFS})
"""Attributes whose part is drawn once for an element, whatever is inside it."""
_BYTES_OF_FONT_SIZE = 10
"""The outline of a letter is no longer than this many times its size."""


def measure_attributes(root: Element) -> int:
    """Return the largest number of attributes that one element has."""
    return max(len(element.attrib) for element in root.iter("*"))


def measure_depth(root: Element) -> int:
    """Return how many elements are nested in each other at the most."""
    deepest, waiting = 0, [(root, 1)]
    while waiting:
        element, level = waiting.pop()
        deepest = max(deepest, level)
        waiting += [(each, level + 1) for each in element]
    return deepest


class DrawnSize(NamedTuple):
    """Sums over an element and all that is drawn with it, each as often as it is drawn."""

    elements: int = 0
    bytes: int = 0
    """Characters of attributes and text."""
    shapes: int = 0
    vertices: int = 0
    length: float = 0
    """The length of the outlines, in units of the drawing."""

    def plus(self, other: "DrawnSize", times: int = 1) -> "DrawnSize":
        return DrawnSize(
            self.elements + times * other.elements,
            self.bytes + times * other.bytes,
            self.shapes + times * other.shapes,
            self.vertices + times * other.vertices,
            self.length + times * other.length,
        )


@dataclass(frozen=True, slots=True)
class _Reference:
    """An element that another one is drawn with."""

    target: Element
    name: str
    """The attribute or the property."""


def measure_drawing(root: Element, declarations: Iterable[Declaration]) -> DrawnSize:
    """Return the size of a drawing. Raises BrokenDrawingError for an element that is drawn inside itself."""
    font_size = _find_font_size(declarations)
    references = _find_references(root)
    size = _measure(root, references, font_size)
    possible: dict[Element, list[_Reference]] = {}
    count = 0
    for element, found in _find_possible_references(root):
        possible[element] = found
        count += len(found)
        if count > LIMITS["elements"].maximum:
            return size.plus(DrawnSize(count))
    if not count:
        return size
    both = {element: [*own, *possible[element]] for element, own in references.items()}
    return _measure(root, both, font_size, may_loop=True)


def _measure(
    root: Element, references: dict[Element, list[_Reference]], font_size: float, may_loop: bool = False
) -> DrawnSize:
    """Return the size of a drawing of which each element is drawn with others.

    With ``may_loop`` references back are passed over; without it they raise BrokenDrawingError.
    """
    extent = measure_extent(root)
    sizes: dict[Element, DrawnSize] = {}
    # Each element is visited twice: to put what it is drawn with first, and to add up.
    waiting, begun = [root], set[Element]()
    while waiting:
        element = waiting[-1]
        if element in begun or element in sizes:
            begun.discard(waiting.pop())
            if element not in sizes:
                sizes[element] = _add_up(element, references[element], sizes, extent, font_size)
            continue
        begun.add(element)
        needed = [*element, *(each.target for each in references[element])]
        if not may_loop and not begun.isdisjoint(needed):
            raise BrokenDrawingError("a part of it holds itself")
        waiting += [each for each in needed if each not in sizes and each not in begun]
    return sizes[root]


def _add_up(
    element: Element,
    references: Iterable[_Reference],
    sizes: dict[Element, DrawnSize],
    extent: float,
    font_size: float,
) -> DrawnSize:
    tag = etree.QName(element).localname
    outline = measure_outline(element, extent)
    text = (element.text or "") + "".join(each.tail or "" for each in element)
    length = outline.length + (len(text) * font_size * _BYTES_OF_FONT_SIZE if tag in _SHAPES else 0)
    characters = len(text) + sum(map(len, element.attrib.values()))
    size = DrawnSize(1, characters, int(tag in _SHAPES), outline.vertices, length)
    for child in element:
        size = size.plus(sizes[child])
    own = size
    for each in references:
        if each.target not in sizes:
            continue  # a reference back
        if each.name in _NOT_INHERITED:
            times = 1
        elif each.name.startswith(("marker", "--")):
            times = max(1, own.vertices)
        else:
            times = max(1, own.shapes)
        size = size.plus(sizes[each.target], times)
    return size


# ---------------------------------------------------------------- references


def _find_references(root: Element) -> dict[Element, list[_Reference]]:
    """Return the parts of its drawing that the attributes of each element name."""
    by_name = _map_identifiers(root)
    return {
        element: list(
            dict.fromkeys(
                _Reference(by_name[target], name) for name, target in _list_named_parts(element) if target in by_name
            )
        )
        for element in root.iter("*")
    }


def _find_possible_references(root: Element) -> Iterator[tuple[Element, list[_Reference]]]:
    """Yield each element with the parts of its drawing that stylesheets may give it."""
    rules = _StyleRules(_map_identifiers(root))
    for element in root.iter(f"{SVG}style"):
        rules.add(tinycss2.parse_stylesheet(element.text or "", skip_comments=True, skip_whitespace=True))
    for element in root.iter("*"):
        yield element, rules.list_references(element)


def _map_identifiers(root: Element) -> dict[str, Element]:
    """Return the first element of each identifier."""
    return {element.get("id"): element for element in reversed(list(root.iter("*")))}


def _list_named_parts(element: Element) -> Iterator[tuple[str, str]]:
    """Yield the attribute or property and the identifier of each part that an element names."""
    for name, value in element.attrib.items():
        if name in HREFS:
            if value.startswith("#"):
                yield name, value[1:]
        elif name == "style":
            for key, text in list_css_declarations(value):
                yield from ((key, target) for target in list_local_names(text))
        elif name not in _WITHOUT_REFERENCES:
            yield from ((name, target) for target in list_local_names(value))


def list_local_names(css: str) -> Iterator[str]:
    """Yield the identifiers of the parts of its own drawing that a value of CSS refers to."""
    if "#" not in css or "(" not in css:
        return
    for token in walk_tokens(tinycss2.parse_component_value_list(css)):
        strings = [token] if token.type == "url" else token.arguments if token.type == "function" else ()
        yield from (each.value[1:] for each in strings if each.type in ("url", "string") and each.value.startswith("#"))


def walk_tokens(tokens: Iterable[Any]) -> Iterator[Any]:
    """Yield all tokens of tinycss2, nested ones too."""
    waiting = list(tokens)
    while waiting:
        token = waiting.pop()
        yield token
        waiting += [*(getattr(token, "content", None) or ()), *(getattr(token, "arguments", None) or ())]


@dataclass(frozen=True, slots=True)
class _StyleRules:
    """The rules of stylesheets that refer to parts of the drawing.

    Of a selector only its last element counts: a rule may fit more elements here than it does, and never fewer.
    """

    _by_name: dict[str, Element]
    _by_key: dict[str, dict[tuple[frozenset[str], _Reference], None]] = field(default_factory=lambda: defaultdict(dict))
    """Each rule once, by one of the keys that an element needs for it to fit; ``*`` if it needs none."""

    def add(self, nodes: Iterable[Any]) -> None:
        for node in nodes:
            if node.type not in ("qualified-rule", "at-rule") or not node.content:
                continue
            inner = tinycss2.parse_blocks_contents(node.content, skip_comments=True, skip_whitespace=True)
            self.add(inner)
            references = [
                _Reference(self._by_name[target], each.lower_name)
                for each in inner
                if each.type == "declaration"
                for target in list_local_names(tinycss2.serialize(each.value))
                if target in self._by_name
            ]
            if references:
                selectors = [frozenset[str]()] if node.type == "at-rule" else _list_selector_keys(node.prelude)
                for keys in selectors:
                    self._by_key[max(keys, default="*")] |= dict.fromkeys((keys, each) for each in references)

    def list_references(self, element: Element) -> list[_Reference]:
        """Return the parts that the rules may give an element."""
        if not self._by_key:
            return []
        classes = (f".{name}" for name in element.get("class", "").split())
        keys = {"*", etree.QName(element).localname, f"#{element.get('id')}", *classes}
        found = (reference for key in keys for needed, reference in self._by_key.get(key, ()) if needed <= keys)
        return list(dict.fromkeys(found))


def _list_selector_keys(prelude: Iterable[Any]) -> Iterator[frozenset[str]]:
    """Yield what an element must have to be what each selector ends with: ``#identifier``, ``.class`` and its name."""
    keys: set[str] = set()
    before = ""
    has_ended = False
    """True after a space or another sign that the next element of the selector begins with."""
    for token in prelude:
        value = getattr(token, "value", "")
        if token.type == "literal" and value == ",":
            yield frozenset(keys)
            keys, has_ended = set(), False
        elif token.type == "whitespace" or (token.type == "literal" and value in (">", "+", "~")):
            has_ended = True
            continue
        elif token.type != "comment":
            if has_ended:
                keys, before, has_ended = set(), "", False
            if token.type == "hash":
                keys.add(f"#{value}")
            elif token.type == "ident" and before != ":":
                keys.add(f".{value}" if before == "." else value)
            elif token.type == "literal" and value == "|":
                keys.clear()
        before = value if token.type == "literal" else ""
    yield frozenset(keys)


# ---------------------------------------------------------------- lines, dashes and tiles


def count_dashes(declarations: Sequence[Declaration], length: float) -> int:
    """Return how many dashes a drawing has if all lines of this length have the shortest of its dashes."""
    dashes = [each.value for each in declarations if each.name == "stroke-dasharray"]
    lengths = [found for text in dashes if (found := _measure_dash(text))]
    longest = max((read_length(each.value, 1) for each in declarations if each.name == "pathLength"), default=0)
    return _round(max(length, longest) / min(lengths)) if lengths else 0


def _measure_dash(text: str) -> float:
    """Return the mean length of the dashes and gaps of a ``stroke-dasharray``; 0 if there are none."""
    lengths = [abs(read_length(word, 0)) for word in text.replace(",", " ").split()]
    return sum(lengths) / len(lengths) if lengths else 0


def measure_outlines(root: Element, size: DrawnSize) -> int:
    """Return how many times as long as the larger side of a drawing all its lines are."""
    return _round(size.length / (measure_extent(root) or 1))


def count_tiles(root: Element) -> int:
    """Return how often the pattern with the most tiles is repeated if it fills what the drawing shows, or each of its shapes."""
    extent, most, scales, shapes = measure_extent(root), 0.0, _measure_scales(root), _count_filled_shapes(root)
    smallest = min((scale for scale in scales.values() if scale), default=1.0)
    for pattern in root.iter(f"{SVG}pattern"):
        is_in_units = pattern.get("patternUnits") == "userSpaceOnUse"
        side = extent if is_in_units else 1
        area = read_length(pattern.get("width", "0"), side) * read_length(pattern.get("height", "0"), side)
        area *= measure_scale(pattern.get("patternTransform", "")) * (min(1.0, smallest) if is_in_units else 1)
        if area > 0:
            most = max(most, side * side / area * (1 if is_in_units else max(1, shapes[pattern])))
    return _round(most)


def _count_filled_shapes(root: Element) -> Counter[Element]:
    """Return how many shapes, at the most, each part of a drawing is drawn in."""
    shapes = Counter[Element]()
    for element, references in (*_find_references(root).items(), *_find_possible_references(root)):
        if references:
            inside = sum(1 for each in element.iter("*") if etree.QName(each).localname in _SHAPES)
            shapes.update(dict.fromkeys({each.target for each in references}, inside))
    return shapes


def _measure_scales(root: Element) -> dict[Element, float]:
    """Return by how much the ``transform`` of each element, and of those around it, multiply areas."""
    scales: dict[Element, float] = {}
    for element in root.iter("*"):
        scales[element] = scales.get(element.getparent(), 1.0) * measure_scale(element.get("transform", ""))
    return scales


def _find_font_size(declarations: Iterable[Declaration]) -> float:
    """Return the largest size of letters, in units of the drawing."""
    sizes = [each.value for each in declarations if each.name in ("font", "font-size")]
    return max([16.0, *(read_length(word, 16) for text in sizes for word in text.split())])


def _round(number: float) -> int:
    return int(min(number, 1e18))
