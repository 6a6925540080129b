"""Write a formula as a line of text, for lists of titles that hold text alone: elements → text, ``O(n log n)``."""

import re
import unicodedata
from collections.abc import Sequence
from xml.etree.ElementTree import Element

_SPACED = frozenset("=≠<>≤≥≈≡∼≅∝∈∉⊂⊆⊃⊇∪∩→←↔⇒⇐⇔⟹⟸⟺↦+−±∓×⋅·∧∨⊕⊗∣∥:≔⊢⊨≪≫")
"""Signs with a space on both sides."""
_PREFIXES = frozenset("+−±∓")
_LARGE = frozenset("∑∏∐⋃⋂⨁⨂∫∬∭∮")
_BRACES = frozenset("⏞⏟⎴⎵⏜⏝―")
"""Signs above and below a formula, which text leaves out."""
_OPENING = frozenset("([{⟨⌊⌈,;")
_RAISED = str.maketrans("0123456789+−-=()niT⊤∘°′*", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ⁿⁱᵀᵀ°°′*")
_LOWERED = str.maketrans("0123456789+−-=()aeoxijkmnprtu", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎ₐₑₒₓᵢⱼₖₘₙₚᵣₜᵤ")
_ACCENTS = {
    "^": "\u0302", "ˆ": "\u0302", "~": "\u0303", "˜": "\u0303", "¯": "\u0304", "―": "\u0305", "→": "\u20d7", "˙": "\u0307",
    "¨": "\u0308", "ˇ": "\u030c",
}  # fmt: skip
"""Accents above a letter, and the characters that Unicode joins to it."""


def write_plain(root: Element) -> str:
    """Return the formula as text."""
    text = _write(root)
    return re.sub(r"\s+", " ", unicodedata.normalize("NFC", text)).strip()


def _write(element: Element) -> str:
    parts = list(element)
    match element.tag, parts:
        case (("mi" | "mn" | "mo" | "mtext"), _):
            return _write_signs(element.text or "")
        case "mspace", _:
            width = element.get("width", "0").removesuffix("em")
            return " " if re.fullmatch(r"[\d.]+", width) and float(width) > 0.1 else ""
        case "mfrac", [above, below]:
            is_stack = element.get("linethickness") == "0"
            over, under = (_wrap(_write(each).strip()) for each in (above, below))
            return f"{over} {under}" if is_stack else f"{over}/{under}"
        case "msqrt", _:
            return f"√{_wrap(_write_row(parts).strip())}"
        case "mroot", [radicand, order]:
            return f"{_raise(_write(order).strip(), '')}√{_wrap(_write(radicand).strip())}"
        case (("msub" | "munder"), [base, below]):
            if (sign := _write(below).strip()) in _BRACES:
                return _write(base)
            return f"{_write(base)} ({sign})" if _is_braced(base) else _write(base) + _lower(sign)
        case "msup", [base, above]:
            return _write(base) + _raise(_write(above).strip(), "^")
        case "msubsup" | "munderover", [base, below, above]:
            return _write(base) + _lower(_write(below).strip()) + _raise(_write(above).strip(), "^")
        case "mover", [base, above]:
            if (sign := _write(above).strip()) in _BRACES:
                return _write(base)
            return f"{_write(base)} ({sign})" if _is_braced(base) else _write_over(_write(base), sign)
        case "mtable", _:
            between = " " if element.get("displaystyle") == "true" else ", "
            return "; ".join(between.join(_write_row(list(cell)).strip() for cell in row if len(cell)) for row in parts)
        case "mrow", [Element(tag="mo", text=","), *rest] if not rest:
            return ","
        case "mphantom", _:
            return " "
        case _:
            return _write_row(parts)


def _write_row(elements: Sequence[Element]) -> str:
    """Return what stands side by side, with spaces round the signs that have them."""
    text = ""
    for at, element in enumerate(elements):
        written = _write(element)
        sign = written.strip()
        if element.tag in ("mo", "mi") and sign in _SPACED:
            is_prefix = sign in _PREFIXES and (not text.strip() or text.rstrip()[-1] in _OPENING | _SPACED)
            written = sign if is_prefix else f" {sign} "
        elif element.tag == "mo" and sign in (",", ";"):
            written = f"{sign} "
        elif _is_name(element):
            has_room = at + 1 < len(elements) and not _write(elements[at + 1]).lstrip().startswith(("(", "["))
            written = (" " if text and text[-1].isalnum() else "") + written + (" " if has_room else "")
        elif (
            element.tag in ("munder", "mover", "munderover", "msub", "msup", "msubsup")
            and (element[0].text or "") in _LARGE
        ):
            written += " "
        text += written
    return text


def _is_name(element: Element) -> bool:
    """True for the name of a function, with or without something at its right."""
    while element.tag in ("msub", "msup", "msubsup", "munder", "mover", "munderover") and len(element):
        element = element[0]
    return element.tag in ("mi", "mo") and len(element.text or "") > 1 and (element.text or "")[0].isalpha()


def _is_braced(element: Element) -> bool:
    """True for what has a brace above or below it."""
    return element.tag in ("munder", "mover") and _write(element[1]).strip() in _BRACES


def _write_signs(text: str) -> str:
    """Return signs as text; a bold letter is a letter, and a double-struck one stays."""
    return (
        "".join(
            unicodedata.normalize("NFKC", sign) if ord(sign) > 0xFFFF or sign in "\u2009\u2006\u2061\u2062" else sign
            for sign in text
        )
        .replace("\u2061", "")
        .replace("\u2062", "")
    )


def _wrap(text: str) -> str:
    """Return a text in brackets if it has several parts."""
    return text if re.fullmatch(r"[\w′.]*", text) else f"({text})"


def _raise(text: str, mark: str) -> str:
    """Return a text as signs at the upper right, or behind ``mark`` if there are none for it."""
    raised = text.replace(" ", "").translate(_RAISED)
    is_raised = all(old != new or old in "°′*" for old, new in zip(text.replace(" ", ""), raised, strict=True))
    return raised if is_raised else f"{mark}{text if len(text) == 1 else f'({text})'}"


def _lower(text: str) -> str:
    """Return a text as signs at the lower right, or behind ``_`` if there are none for it."""
    lowered = text.replace(" ", "").translate(_LOWERED)
    is_lowered = all(old != new for old, new in zip(text.replace(" ", ""), lowered, strict=True))
    return lowered if is_lowered else f"_{text}" if text.isalnum() else f"_({text})"


def _write_over(base: str, above: str) -> str:
    """Return what has something above it."""
    if above in _ACCENTS:
        return base.strip() + _ACCENTS[above] if len(base.strip()) == 1 else base
    return base + _raise(above, "^")
