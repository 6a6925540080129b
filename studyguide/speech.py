"""Say a formula in words, as a teacher of mathematics reads it out: MathML, Locale → text.

The words and the order in which they follow each other are the language's, in ``[maths]`` of its file.
"""

import re
import unicodedata
from collections.abc import Sequence
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
_SHORT_FRACTION = 2  # words


def speak(mathml: str, locale: Locale) -> str:
    """Return the formula in words."""
    words = re.sub(r"\s+", " ", _say(ElementTree.fromstring(mathml), locale.maths))
    return words.replace(" ,", ",").replace(" ;", ";").strip(" ,")


def _say(node: ElementTree.Element, maths: Maths) -> str:
    """Return an element in words, with spaces around them."""
    kind, phrases = node.tag.removeprefix(_NAMESPACE), maths.phrases
    parts = [_say(child, maths) for child in node]
    match kind, parts:
        case (("mi" | "mo" | "mn" | "mtext" | "ms"), _):
            return f" {_word((node.text or '').strip(), maths)} "
        case "mrow", [_] if _text(node) == "," and node[0].tag == f"{_NAMESPACE}mo":
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
            accent = maths.accents.get(_ACCENTS.get(_text(node[1]), ""), "{base} {above}")
            return _fill(accent, base=base, above=above)
        case "munder", [operator, below]:
            return _fill(phrases.over, operator=operator, below=below)
        case (("msubsup" | "munderover"), [base, below, above]):
            if _text(node[0]) in _LARGE:
                return _fill(phrases.from_to, operator=base, below=below, above=above)
            return _say_power(_fill(phrases.index, base=base, index=below), node[2], above, maths)
        case "mtable", rows:
            phrase = phrases.matrix_of_one_row if len(rows) == 1 else phrases.matrix
            return _fill(phrase, count=str(len(rows)), rows="; ".join(rows))
        case "mtr", cells:
            return ", ".join(cells)
        case (("mspace" | "mphantom" | "annotation"), _):
            return " "
        case _:
            return "".join(parts)


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


def _text(node: ElementTree.Element) -> str:
    return "".join(node.itertext()).strip()
