"""Say a formula in words, as a teacher of mathematics reads it out: MathML, Locale → text.

The words and the order in which they follow each other are the language's, in ``[maths]`` of its file.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from itertools import pairwise
from xml.etree import ElementTree

from studyguide.locale import Locale, Maths

_NAMESPACE = "{http://www.w3.org/1998/Math/MathML}"
# Signs that are said like another one, which the languages' files have.
_TWINS = {
    "−": "-", "·": "×", "⋅": "×", "*": "×", "∼": "~", "∥": "‖", "′": "'", "⋯": "…", "⋮": "…", "⋱": "…", "ˆ": "^",
    "ϵ": "ε", "ϕ": "φ",
}  # fmt: skip
_SILENT = ("\u2061", "\u2062")
"""Function application and invisible times."""
_ACCENTS = {
    "^": "hat", "ˆ": "hat", "¯": "bar", "ˉ": "bar", "‾": "bar", "―": "bar", "˜": "tilde", "~": "tilde", "→": "vector",
    "˙": "dot",
}  # fmt: skip
_POWERS = {"2": "squared", "3": "cubed", "⊤": "transposed", "T": "transposed", "′": "prime"}
_LARGE = ("∑", "∏", "∫")
_NAMED = ("lim", "max", "min", "sup", "inf", "argmax", "argmin")
"""Operators that have a variable at the lower right."""
_BRACES = ("⏞", "⏟", "⎴", "⎵", "⏜", "⏝")
_ARROWS = ("←", "→", "↔", "⇐", "⇒", "⇔", "↦", "⇌", "⇋")
_OPENING, _CLOSING = ("(", "[", "{"), (")", "]", "}")
_MINUS = ("-", "−")
_POSTFIXES = ("!", "'", "′", "⊤", "∞", "…", "⋯")
"""Operators, or signs that MathML takes for operators, behind which a minus takes something away."""
_SHORT_FRACTION = 2  # words
_BARS = {"|": "absolute-value", "‖": "norm", "∥": "norm"}
"""Signs that stand at both sides of something, and the name that we give an element for it."""
_SCRIPTS = ("msub", "msup", "msubsup")
_DEEPEST = 8
"""Pairs of bars inside each other that are found."""
_COMMAS = ",，、،"
_SPACE_AT_COMMA = re.compile(" (?=[,;，；、،؛])|(?<=[，；、]) ")
"""A space before a comma or semicolon, or behind one as wide as a Chinese character."""
_WHOLE = (*_SCRIPTS, *_BARS.values(), "mfrac", "mroot", "munder", "mover", "munderover", "mtable", "mtr")
"""Elements whose children have a meaning by their place, or are grouped already."""


def speak(mathml: str, locale: Locale) -> str:
    """Return the formula in words."""
    words = re.sub(r"\s+", " ", _say(ElementTree.fromstring(mathml), locale.maths))
    return _SPACE_AT_COMMA.sub("", words).strip(f" {_COMMAS}")


def _say(node: ElementTree.Element, maths: Maths) -> str:
    """Return an element in words, with spaces around them."""
    kind, phrases = _kind(node), maths.phrases
    parts = [_say(child, maths) for child in (node if kind in _WHOLE else _group_row(list(node)))]
    match kind, parts:
        case (("mi" | "mo" | "mn" | "mtext" | "ms"), _):
            return f" {_word((node.text or '').strip(), maths)} "
        case "mrow", _ if _is_cases(node):
            return _fill(phrases.cases, rows="; ".join(_say(row, maths) for row in node[1]))
        case "mrow", [_] if _text(node) == "," and _kind(node[0]) == "mo":
            return f" {phrases.number_comma} "
        case "mfrac", [above, below]:
            is_short = len((above + below).split()) <= _SHORT_FRACTION
            return _fill(phrases.short_fraction if is_short else phrases.fraction, above=above, below=below)
        case "msqrt", _:
            return _fill(phrases.square_root, radicand="".join(parts))
        case "mroot", [radicand, order]:
            phrase = phrases.cube_root if _text(node[1]) == "3" else phrases.root
            return _fill(phrase, radicand=radicand, order=order)
        case "msub", [_, _]:
            return _say_subscript(node, parts, maths)
        case "msup", [base, above]:
            return _say_power(base, node[1], above, maths)
        case "mover", [base, above]:
            if _text(node[1]) in _BRACES:
                return base
            if _kind(node[0]) in ("munder", "mover") and _text(node[0][1]) in _BRACES:
                return f" {base}, {above}, "
            accent = maths.accents.get(_ACCENTS.get(_text(node[1]), ""), "{base} {above}")
            return _fill(accent, base=base, above=above)
        case "munder", [operator, below]:
            if _text(node[0]) == "lim":
                return _say_subscript(node, parts, maths)
            if _text(node[1]) in _BRACES:
                return operator
            if _kind(node[0]) in ("munder", "mover") and _text(node[0][1]) in _BRACES:
                return f" {operator}, {below}, "
            return _fill(phrases.over, operator=operator, below=below)
        case (("msubsup" | "munderover"), [base, below, above]):
            if _text(node[0]) in _ARROWS:
                return f" {base} {above}, {below} "
            if _text(node[0]) in _LARGE:
                return _fill(phrases.from_to, operator=base, below=below, above=above)
            return _say_power(_fill(phrases.index, base=base, index=below), node[2], above, maths)
        case "mtable", rows if node.get("displaystyle") == "true" or node.get("columnspacing") == "0em":
            # formulas below each other
            return f" {'; '.join(rows)} "
        case "mtable", rows:
            return _fill(phrases.matrix.choose(len(rows)), count=str(len(rows)), rows="; ".join(rows))
        case "mtr", cells:
            # The cells of a formula on several lines are pieces of one formula.
            is_piece = any(child.get("columnalign") == "right" for child in node)
            return (" " if is_piece else ", ").join(cells)
        case "negative", _:
            return f" {phrases.negative} "
        case "absolute-value", _:
            return _fill(phrases.absolute_value, inside="".join(parts))
        case "norm", _:
            return _fill(phrases.norm, inside="".join(parts))
        case (("mspace" | "mphantom" | "annotation"), _):
            return " "
        case _:
            return "".join(parts)


def _is_cases(row: ElementTree.Element) -> bool:
    """True for a brace with a table behind it, and nothing that closes it."""
    signs = [child for child in row if _kind(child) != "mo" or _text(child)]
    return [_text(child) if _kind(child) == "mo" else _kind(child) for child in signs] == ["{", "mtable"]


def _say_subscript(node: ElementTree.Element, parts: Sequence[str], maths: Maths) -> str:
    """Say an ``msub``: an index, or what an operator goes over."""
    base, below = parts
    if _text(node[0]) not in (*_LARGE, *_NAMED):
        return _fill(maths.phrases.index, base=base, index=below)
    signs = [_text(child) for child in node[1]]
    if _text(node[0]) == "lim" and "→" in signs:
        inside = [_say(child, maths) for child in node[1]]
        at = signs.index("→")
        variable, value = "".join(inside[:at]), "".join(inside[at + 1 :])
        return _fill(maths.phrases.limit, operator=base, variable=variable, value=value)
    return _fill(maths.phrases.beside, operator=base, below=below)


def _say_power(base: str, above: ElementTree.Element, exponent: str, maths: Maths) -> str:
    """Say what is at the upper right of ``base``: the element, and the same in words."""
    return _fill(getattr(maths.powers, _POWERS.get(_text(above), "other")), base=base, exponent=exponent)


def _name_negatives(row: Sequence[ElementTree.Element]) -> list[ElementTree.Element]:
    """Return a row with an element of our own in place of each minus that has nothing before it to take from."""
    named = list(row)
    for at, (child, following) in enumerate(pairwise(row)):
        before = row[at - 1] if at else None
        if (
            _text(child) in _MINUS
            and _kind(child) == "mo"
            and _text(following)
            and (before is None or (_kind(before) == "mo" and _text(before) not in (*_CLOSING, *_POSTFIXES)))
        ):
            named[at] = ElementTree.Element("negative")
    return named


def _group_row(row: Sequence[ElementTree.Element]) -> list[ElementTree.Element]:
    """Return a row with an element of our own in place of each pair of bars and what is between them, and of each negative sign."""
    return _nest(row, range(len(row)), _match_bars(row), _DEEPEST)


def _match_bars(row: Sequence[ElementTree.Element]) -> dict[int, int]:
    """Return the place of the closing bar of each opening one; a bar by itself, as in P(A | B), has none."""
    matched: dict[int, int] = {}
    waiting: list[dict[str, int]] = [{}]  # the bars that may be opening ones, by their signs, for each open bracket
    for at, child in enumerate(row):
        scripted = _kind(child) in _SCRIPTS
        sign = _text(child[0] if scripted else child)
        if sign in _OPENING:
            waiting.append({})
        elif sign in _CLOSING:
            waiting = waiting[:-1] or [{}]
        elif sign in _BARS:
            opening = waiting[-1].get(sign, at)
            if opening + 1 < at:
                matched[opening] = at
                waiting[-1] = {sign: place for sign, place in waiting[-1].items() if place < opening}
            elif not scripted:
                waiting[-1][sign] = at
    return matched


def _nest(
    row: Sequence[ElementTree.Element], places: range, matched: Mapping[int, int], deepest: int
) -> list[ElementTree.Element]:
    """Return these places of a row, pairs of bars grouped, so many inside each other at the most, and negative signs named."""
    grouped: list[ElementTree.Element] = []
    at = places.start
    while at < places.stop:
        closing = matched.get(at) if deepest else None
        if closing is None:
            grouped.append(row[at])
            at += 1
            continue
        pair = ElementTree.Element(_BARS[_text(row[at])])
        pair.extend(_nest(row, range(at + 1, closing), matched, deepest - 1))
        if _kind(row[closing]) in _SCRIPTS:  # MathML has what stands at the upper right of a pair at its closing bar
            scripted = ElementTree.Element(row[closing].tag)
            scripted.extend([pair, *row[closing][1:]])
            pair = scripted
        grouped.append(pair)
        at = closing + 1
    return _name_negatives(grouped)


def _word(text: str, maths: Maths) -> str:
    """Return a sign, a letter, a number or a name in words."""
    if text in _SILENT:
        return ""
    # A bold or script letter is a letter of its own in Unicode, which speech leaves out.
    for each in (text, unicodedata.normalize("NFKC", text)):
        sign = _TWINS.get(each, each)
        for words in (maths.symbols, maths.letters, maths.functions):
            if sign in words:
                return words[sign]
    return unicodedata.normalize("NFKC", text)


def _fill(phrase: str, **parts: str) -> str:
    return f" {phrase.format(**{name: part.strip() for name, part in parts.items()})} "


def _kind(node: ElementTree.Element) -> str:
    return node.tag.removeprefix(_NAMESPACE)


def _text(node: ElementTree.Element) -> str:
    return "".join(node.itertext()).strip()
