"""Signs that no face of the printed book has, in letters: HTML → HTML.

An e-reader has faces for emoji; print says their names: `[baby]`. A letter of a script without a face stays as it is, and
becomes a problem when it is set.
"""

import re
import unicodedata

from studyguide.fonts import covered

# What says the same and is there.
TWINS = {
    "▶": "→", "►": "→", "▸": "→", "➤": "→", "➜": "→", "➔": "→", "➡": "→", "⇒": "→", "⟶": "→", "⬅": "←", "⇐": "←", "⬆": "↑", "⬇": "↓",
    "✅": "✓", "✔": "✓", "☑": "✓", "❎": "❌", "✖": "❌", "✗": "❌", "✘": "❌", "☐": "▯", "□": "▯", "●": "•", "⚫": "•",
}  # fmt: skip
SIGNS = {"So", "Sm", "Sk", "Po", "No", "Nl"}
JOINERS = "\u200d\ufe0e\ufe0f\u20e3\U0001f3fb-\U0001f3ff"
"""What joins signs to one, or gives them a colour; none of it has a name that would help."""
FULL_WIDTH = range(0x3000, 0x3040), range(0xFF00, 0xFFF0)
"""Punctuation of scripts that the book has no letters of."""


def spelled(html: str) -> str:
    """The HTML with each such sign as its twin, or by its name."""
    known = covered()
    lacking = {sign: spelling(sign) for sign in set(html) if ord(sign) > 0x7F and ord(sign) not in known}
    found = {sign: text for sign, text in lacking.items() if text}
    if not found:
        return html
    signs = "".join(map(re.escape, sorted(found)))
    return re.sub(f"([{signs}])[{JOINERS}]*", lambda sign: found[sign[1]], html)


def spelling(sign: str) -> str:
    """What a sign is printed as; nothing where it is a letter, which nothing else can stand for."""
    if any(ord(sign) in each for each in FULL_WIDTH):
        return ""
    twin = TWINS.get(sign) or unicodedata.normalize("NFKC", sign)
    if twin != sign and all(ord(each) in covered() for each in twin):
        return f"({twin})" if twin.isdecimal() else twin
    if unicodedata.category(sign) not in SIGNS:
        return ""
    name = unicodedata.name(sign, f"U+{ord(sign):04X}").removeprefix("REGIONAL INDICATOR SYMBOL LETTER ")
    return f"[{name if len(name) == 1 else name.lower()}]"
