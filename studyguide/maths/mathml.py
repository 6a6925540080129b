"""Finish the elements of a formula for those who draw, speak or show it: elements → elements, MathML."""

import re
import unicodedata
from collections.abc import Sequence
from html import escape
from xml.etree.ElementTree import Element

from studyguide.maths.latex import LARGE_OPERATORS, NAMED_OPERATORS, convert_latex
from studyguide.maths.tags import TAG

_SCRIPTS = {"msub": "munder", "msup": "mover", "msubsup": "munderover"}
"""Elements with something at the right, and those with it above and below."""
_UNDER_AND_OVER = {"munder", "mover", "munderover"}
_WIDE_ACCENTS = ("^", "~", "ˇ")
_INTEGRALS = ("∫", "∬", "∭", "∮")
_CLOSING = (")", "]", "}", "⟩", "⌋", "⌉")
_ALPHABETS = {
    "bold": "BOLD", "italic": "ITALIC", "bold-italic": "BOLD ITALIC", "double-struck": "DOUBLE-STRUCK", "script": "SCRIPT",
    "bold-script": "BOLD SCRIPT", "fraktur": "FRAKTUR", "bold-fraktur": "BOLD FRAKTUR", "sans-serif": "SANS-SERIF",
    "bold-sans-serif": "SANS-SERIF BOLD", "sans-serif-italic": "SANS-SERIF ITALIC",
    "sans-serif-bold-italic": "SANS-SERIF BOLD ITALIC", "monospace": "MONOSPACE",
}  # fmt: skip
"""Values of ``mathvariant``, and what Unicode calls their letters."""
_OLDER_NAMES = {"FRAKTUR": "BLACK-LETTER"}
_WORDS_OF_NAMES = re.compile(r"\b(LATIN|GREEK|LETTER|LUNATE) ")


def write_elements(latex: str, display: bool) -> Element:
    """Return the root of a formula in MathML without a namespace. Raises MathsError."""
    root = Element("math", {"display": "block" if display else "inline"})
    row = Element("mrow")
    row.extend(convert_latex(latex, display))
    root.append(row)
    _unwrap_signs(root)
    _place_limits(root, display)
    _separate_names(root)
    _widen_accents(root)
    for element in root.iter():
        _style_letters(element)
        if not display:
            element.attrib.pop(TAG, None)
    return root


def _unwrap_signs(root: Element) -> None:
    """Take the braces off a sign with something above or below it, which hide that it is one."""
    for element in root.iter():
        if element.tag in _UNDER_AND_OVER and len(element):
            base = element[0]
            if base.tag == "mrow" and len(base) == 1 and base[0].tag == "mo":
                element[0] = base[0]


def _place_limits(holder: Element, display: bool) -> None:
    """Put the limits of operators above and below them where the formula has room, and beside them elsewhere."""
    for child in holder:
        inner = display
        if child.tag in _SCRIPTS and child.tag != "msup" and len(child):
            movable = child[0].attrib.get("movablelimits")
            if movable == "always" or (display and movable != "never" and _has_limits(child[0])):
                child.tag = _SCRIPTS[child.tag]
            elif not display and movable is None and (child[0].text or "") not in ("∑", "∏") and _has_limits(child[0]):
                # ziamath takes a fraction and an exponent for as large as the formula.
                child[0].attrib |= {"movablelimits": "never", "rspace": "0em"}
        elif child.tag == "msup" and len(child) and _takes_exponent_above(child[0], display):
            child.tag = "mover"
        if "displaystyle" in child.attrib:
            inner = child.get("displaystyle") == "true"
        elif child.tag in ("mtable", "mfrac"):
            inner = False
        if child.tag in (*_SCRIPTS, *_UNDER_AND_OVER, "mroot"):
            _place_limits(_take(child[:1]), inner)
            _place_limits(_take(child[1:]), False)
        else:
            _place_limits(child, inner)
        if (movable := child.attrib.get("movablelimits")) in ("always", "never"):
            child.set("movablelimits", "false")


def _takes_exponent_above(base: Element, display: bool) -> bool:
    """True for an operator whose upper limit, which it has alone, stands above it."""
    return base.get("movablelimits") == "always" or (
        display and base.tag == "mo" and (base.text or "") in LARGE_OPERATORS and base.get("movablelimits") != "never"
    )


def _take(children: Sequence[Element]) -> Element:
    """Return an element that holds these too."""
    holder = Element("mrow")
    holder.extend(children)
    return holder


def _has_limits(base: Element) -> bool:
    """True for an operator whose limits stand above and below it."""
    return base.get("movablelimits") == "true" or (
        base.tag == "mo" and (base.text or "") in (*NAMED_OPERATORS, *LARGE_OPERATORS)
    )


def _separate_names(holder: Element) -> None:
    """Keep the names of operators, and large signs with an index, a little apart from the letters beside them."""
    for child in holder:
        _separate_names(child)
    if holder.tag not in ("mrow", "math", "mtd", "mstyle", "mpadded", "msqrt", "menclose"):
        return
    place = 0
    while place < len(holder):
        child = holder[place]
        name = _find_name(child)
        if name is not None:
            name.attrib |= {"lspace": "0em", "rspace": "0em"}
            if place + 1 < len(holder) and _needs_room(holder[place + 1]):
                holder.insert(place + 1, Element("mspace", {"width": "0.167em"}))
            if place and (_needs_room(holder[place - 1]) or (holder[place - 1].text or "") in _CLOSING):
                holder.insert(place, Element("mspace", {"width": "0.167em"}))
                place += 1
        elif _is_function_with_index(child) and place + 1 < len(holder) and _needs_room(holder[place + 1]):
            holder.insert(place + 1, Element("mspace", {"width": "0.167em" if child.tag == "msub" else "0.1em"}))
        elif _is_large_with_index(child) and place + 1 < len(holder) and _needs_room(holder[place + 1]):
            holder.insert(place + 1, Element("mspace", {"width": "0.167em"}))
        place += 1


def _find_name(element: Element) -> Element | None:
    """Return the name of an operator that an element is, or that stands at its left."""
    while element.tag in (*_SCRIPTS, *_UNDER_AND_OVER) and len(element):
        element = element[0]
    text = (element.text or "").replace("\u2009", "").replace("\u2006", "")
    return element if element.tag == "mo" and len(text) > 1 and text.isalpha() and text != "mod" else None


def _is_function_with_index(element: Element) -> bool:
    """True for the name of a function with something at its upper or lower right."""
    return element.tag in _SCRIPTS and element[0].tag == "mi" and len(element[0].text or "") > 1


def _is_large_with_index(element: Element) -> bool:
    """True for the sign of a sum, a product or an integral with something at its right; TeX sets a thin space behind it."""
    return element.tag in _SCRIPTS and (element[0].text or "") in (*LARGE_OPERATORS, *_INTEGRALS)


def _needs_room(neighbour: Element) -> bool:
    """True for a letter, a number, what is made of them, and what stands between ``\\left`` and ``\\right``."""
    if neighbour.tag == "mrow" and len(neighbour) and neighbour[0].get("fence") == "true":
        return True
    name = _find_name(neighbour)
    while neighbour.tag in (*_SCRIPTS, "mrow") and len(neighbour):
        neighbour = neighbour[0]
    return name is not None or neighbour.tag in ("mi", "mn", "mfrac", "msqrt", "mroot", "mover")


def _widen_accents(root: Element) -> None:
    """Let ``\\widehat`` and its like span the letters below them."""
    for element in root.iter("mover"):
        sign = element[1]
        is_wide = element.get("accent") != "true" and sign.get("stretchy") != "false"
        if (
            sign.tag == "mo"
            and (sign.text or "") in _WIDE_ACCENTS
            and is_wide
            and (len(element[0]) or sign.text == "ˇ")
        ):
            has_several = element[0].tag == "mrow" and len(element[0]) > 1
            if has_several:
                element.set("accent", "true")
                sign.set("stretchy", "true")
    for element in root.iter("munder"):
        if element[1].tag == "mo" and (element[1].text or "") in ("←", "→", "↔"):
            element.set("accentunder", "true")
            element[1].set("stretchy", "true")


def _style_letters(element: Element) -> None:
    """Write letters of an alphabet of its own, such as bold ones, as Unicode has them: few readers know ``mathvariant``."""
    alphabet = _ALPHABETS.get(element.get("mathvariant", ""))
    if not alphabet or element.tag == "mtext":
        return
    text = element.text or ""
    styled = "".join(_style_letter(letter, alphabet) for letter in text)
    element.text = styled
    del element.attrib["mathvariant"]


def _style_letter(letter: str, alphabet: str) -> str:
    """Return a letter of an alphabet of mathematics, or the letter itself if Unicode has none."""
    name = _WORDS_OF_NAMES.sub("", unicodedata.name(letter, ""))
    older = _OLDER_NAMES.get(alphabet, alphabet)
    for each in (
        f"MATHEMATICAL {alphabet} {name}",
        f"{older} {name}",
        "PLANCK CONSTANT" if (alphabet, letter) == ("ITALIC", "h") else "",
    ):
        try:
            return unicodedata.lookup(each)
        except KeyError:
            continue
    if " " in alphabet:
        return _style_letter(letter, "BOLD" if "BOLD" in alphabet else "SANS-SERIF")
    return letter


# ---------------------------------------------------------------- MathML as text


def write_text(root: Element) -> str:
    """Return MathML as latex2mathml writes it: each sign as its number."""
    return f'<math xmlns="http://www.w3.org/1998/Math/MathML"{_write_attributes(root)}>{"".join(map(_write_element, root))}</math>'


def _write_element(element: Element) -> str:
    text = re.sub(r"[^A-Za-z0-9. ]", lambda sign: f"&#x{ord(sign[0]):05X};", element.text or "")
    return f"<{element.tag}{_write_attributes(element)}>{text}{''.join(map(_write_element, element))}</{element.tag}>"


def _write_attributes(element: Element) -> str:
    return "".join(f' {name}="{escape(value)}"' for name, value in element.attrib.items())


# MathML of latex2mathml, and what ziamath sets well instead.
_FIXES = (
    # A hat that is an accent, not an operator above.
    (re.compile(r"<mo>&#x0005E;</mo></mover>"), "<mo>&#x002C6;</mo></mover>"),
    # Plus or minus is an operator; after another sign, a bracket or at the beginning it belongs to what follows.
    (re.compile(r"<mi>&#x000B1;</mi>"), "<mo>&#x000B1;</mo>"),
    (
        re.compile(
            r"(<mrow>|<mo[^>]*>(?:&#x0003D;|&#x02248;|&#x0223C;|&#x00028;|&#x0005B;|&#x0007B;|&#x0002C;|&#x0003C;|&#x0003E;"
            r"|&#x02264;|&#x02265;|&#x02260;|&#x02208;|&#x02192;|&#x000B7;|&#x022C5;|&#x000D7;)</mo>)"
            r"<mo>(&#x02212;|&#x0002B;|&#x000B1;|&#x02213;)</mo>"
        ),
        r'\1<mo form="prefix">\2</mo>',
    ),
    # A comma in braces stands in a number, `1{,}000`, and has no space; another is followed by a thin one, and the cells of a matrix stand apart.
    (re.compile(r"<mrow><mo>&#x0002C;</mo></mrow>"), '<mo lspace="0em" rspace="0em">&#x0002C;</mo>'),
    (re.compile(r"<mo>(&#x0002C;)</mo>"), r'<mo lspace="0em" rspace="0.167em">\1</mo>'),
    # A derivative's sign stands close to what it is of; a name of a function close to a bracket, and apart from a letter.
    (re.compile(r"<mo>&#x02202;</mo>"), '<mo lspace="0em" rspace="0.02em">&#x02202;</mo>'),
    (
        re.compile(r"(?<!<msup>)(?<!<msub>)(<mi>(?:log|ln|exp|sin|cos|tan|det|dim)</mi>)(?!<mo|</)"),
        r'\1<mspace width="0.1em"/>',
    ),
    (re.compile(r"<mtable(?=>| data-)"), '<mtable columnspacing="0.8em" rowspacing="0.5em"'),
    # Multiplication needs as much room as addition.
    (re.compile(r"<mo>(&#x000D7;|&#x02299;)</mo>"), r'<mo lspace="0.222em" rspace="0.222em">\1</mo>'),
)
# ziamath does not close brackets around a large sum whose index is beside it, so the index goes below.
_LARGE_OPERATOR = re.compile(
    r"<msub>(<mo>&#x0(?:2211|220F);</mo>(?:<mi>[^<]*</mi>|<mrow>(?:(?!</?mrow>).)*</mrow>))</msub>"
)


def mend_spacing(mathml: str, display: bool) -> str:
    """Return MathML with the distances that print needs."""
    for pattern, replacement in _FIXES:
        mathml = pattern.sub(replacement, mathml)
    return _LARGE_OPERATOR.sub(r"<munder>\1</munder>", mathml) if display else mathml


# ---------------------------------------------------------------- MathML for e-readers

_TEXT_STYLES = {
    "bold": "font-weight: bold", "italic": "font-style: italic", "monospace": "font-family: monospace",
    "sans-serif": "font-family: sans-serif",
}  # fmt: skip
_EDGES = {"solid": "1px solid", "dashed": "1px dashed", "double": "3px double"}


def style_for_readers(root: Element) -> None:
    """Say in styles, which the readers know, the alignment, the distances and the rules of tables, and the faces of words."""
    for element in root.iter():
        element.attrib.pop(TAG, None)
    for text in root.iter("mtext"):
        if style := _TEXT_STYLES.get(text.attrib.pop("mathvariant", "")):
            text.set("style", style)
    for table in root.iter("mtable"):
        columns = table.attrib.pop("data-columns", "").split()
        rows = table.attrib.pop("data-rows", "").split()
        gaps = table.get("columnspacing", "0.8em").split()
        gap = table.get("rowspacing", "0.5em").removesuffix("em")
        for at, row in enumerate(table):
            for place, cell in enumerate(row):
                sides = [_halve(gaps[(place - 1) % len(gaps)]) if place else "0", _halve(gaps[place % len(gaps)])]
                if place == len(row) - 1:
                    sides[1] = "0"
                if columns:
                    sides = [side if side != "0" else "0.4em" for side in sides]
                height = f"{float(gap) / 2:.4g}em"
                styles = [
                    f"padding: {height} {sides[1]} {height} {sides[0]}",
                    f"text-align: {cell.get('columnalign', 'center')}",
                ]
                edges = {
                    "left": columns[0] if columns and not place else "none",
                    "right": columns[place + 1] if place + 1 < len(columns) else "none",
                    "top": rows[0] if rows and not at else "none",
                    "bottom": rows[at + 1] if at + 1 < len(rows) else "none",
                }
                styles += [f"border-{side}: {_EDGES[kind]}" for side, kind in edges.items() if kind in _EDGES]
                cell.set("style", "; ".join(styles))


def _halve(length: str) -> str:
    number = float(length.removesuffix("em")) / 2
    return f"{number:.4g}em" if number else "0"
