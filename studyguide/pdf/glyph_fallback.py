"""Signs that no face of the printed book has, in letters: HTML → HTML.

An e-reader has faces for emoji; print says their names: `[baby]`. A letter of a script without a face stays as it is, and
becomes a problem when it is set; where it is in another's guide, it is printed as a box.
"""

import re
import unicodedata
from collections.abc import Mapping

from studyguide.model import Html
from studyguide.runtime.fonts import list_covered_characters
from studyguide.store import CacheStore, digest

# What says the same and is there.
TWINS = {
    "▶": "→", "►": "→", "▸": "→", "➤": "→", "➜": "→", "➔": "→", "➡": "→", "⇒": "→", "⟶": "→", "⬅": "←", "⇐": "←", "⬆": "↑", "⬇": "↓",
    "\u2011": "-", "✅": "✓", "✔": "✓", "☑": "✓", "❎": "❌", "✖": "❌", "✗": "❌", "✘": "❌", "☐": "▯", "□": "▯", "●": "•", "⚫": "•",
}  # fmt: skip
BOX = "▯"
UNSEEN = {"Cc", "Cf", "Mn", "Me", "Zs", "Zl", "Zp"}
SIGNS = {"So", "Sm", "Sk", "Po", "No", "Nl"}
JOINERS = "\u200d\ufe0e\ufe0f\u20e3\U0001f3fb-\U0001f3ff"
"""What joins signs to one, or gives them a colour; none of it has a name that would help."""
NOT_ASCII = re.compile(r"[^\x00-\x7f]")
KEYCAP = re.compile("\ufe0f?\u20e3")
FULL_WIDTH = range(0x3000, 0x3040), range(0xFF00, 0xFFF0)
"""Punctuation of scripts that the book has no letters of."""


def replace_unprintable(html: Html, names: Mapping[str, str], allows_boxes: bool, store: CacheStore) -> Html:
    """Return a section without the signs that no face has, and with boxes for other characters that no face has.

    ``names`` are those of signs in the language of the book. Reading the faces takes longer than composing a chapter, so the store
    keeps which of the characters are lacking.
    """
    characters = "".join(sorted(set(NOT_ASCII.findall(html))))
    key = digest("lacking", characters)
    lacking: str | None = store.get(key)
    if lacking is None:
        lacking = "".join(filter(is_lacking, characters))
        store.put(key, lacking)
    text = spelled(str(html), names, lacking)
    return Html(boxed(text, lacking) if allows_boxes else text)


def spelled(html: str, names: Mapping[str, str], lacking: str) -> str:
    """Return the HTML with each sign that is lacking as its twin, or by its name in the language of the book or else in Unicode."""
    texts = {sign: spelling(sign, names) for sign in lacking}
    found = {sign: text for sign, text in texts.items() if text}
    if not found:
        return KEYCAP.sub("", html) if "\u20e3" in html else html
    signs = "".join(map(re.escape, sorted(found)))
    return KEYCAP.sub("", re.sub(f"([{signs}])[{JOINERS}]*", lambda sign: found[sign[1]], html))


def boxed(html: str, lacking: str) -> str:
    """Return the HTML with a box for each character that is lacking."""
    return html.translate(dict.fromkeys(map(ord, lacking), BOX)) if lacking else html


def is_lacking(letter: str) -> bool:
    return (
        ord(letter) > 0x7F
        and ord(letter) not in list_covered_characters()
        and unicodedata.category(letter) not in UNSEEN
    )


def unprinted(text: str) -> tuple[str, ...]:
    """The characters of a text that print has no faces for."""
    return tuple(sorted(letter for letter in set(text) if is_lacking(letter) and letter not in TWINS))


def spelling(sign: str, names: Mapping[str, str]) -> str:
    """What a sign is printed as; nothing where it is a letter, which nothing else can stand for."""
    if any(ord(sign) in each for each in FULL_WIDTH):
        return ""
    twin = TWINS.get(sign) or unicodedata.normalize("NFKC", sign)
    if twin != sign and all(ord(each) in list_covered_characters() for each in twin):
        return f"({twin})" if twin.isdecimal() else twin
    if sign in names:
        return f"[{names[sign]}]"
    if unicodedata.category(sign) not in SIGNS:
        return ""
    name = unicodedata.name(sign, f"U+{ord(sign):04X}").removeprefix("REGIONAL INDICATOR SYMBOL LETTER ")
    return f"[{name if len(name) == 1 else name.lower()}]"
