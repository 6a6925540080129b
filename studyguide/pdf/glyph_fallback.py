"""Replace signs that no face of the printed book has: HTML → HTML with their names or similar signs.

An e-reader has faces for emoji; in print their names stand: `[baby]`. A letter of a script without a face stays in place, and
becomes a problem before it is set; in a guide that somebody else wrote, it is printed as a box.
"""

import re
import unicodedata
from collections.abc import Mapping

from studyguide.model import Html
from studyguide.problems import Place, Problem
from studyguide.runtime.fonts import list_covered_characters
from studyguide.store import CacheStore, digest

# Signs of the same meaning that the faces have.
_TWINS = {
    "▶": "→", "►": "→", "▸": "→", "➤": "→", "➜": "→", "➔": "→", "➡": "→", "⬅": "←",
    "⬆": "↑", "⬇": "↓", "\u2011": "-", "✅": "✓", "✔": "✓", "☑": "✓", "❎": "❌", "✖": "❌", "✗": "❌",
    "✘": "❌", "☐": "▯", "□": "▯", "●": "•", "⚫": "•",
}  # fmt: skip
_BOX = "▯"
_INVISIBLE_CATEGORIES = {"Cc", "Cf", "Zs", "Zl", "Zp"}
_INVISIBLE_MARKS = re.compile("[\u034f\u180b-\u180d\u20e3\ufe00-\ufe0f\U000e0100-\U000e01ef]")
"""Marks that choose a form of the character before them; that of keys is left out."""
_SIGN_CATEGORIES = {"So", "Sm", "Sk", "Po", "No", "Nl"}
_JOINERS = "\u200d\ufe0e\ufe0f\u20e3\U0001f3fb-\U0001f3ff"
"""Characters that join signs to one or give them a colour; they are left out, because their names do not help a reader."""
_NOT_ASCII = re.compile(r"[^\x00-\x7f]")
_KEYCAP = re.compile("\ufe0f?\u20e3")
_FULL_WIDTH = range(0x3000, 0x3040), range(0xFF00, 0xFFF0)
"""The ranges of punctuation of scripts whose letters the faces lack."""


def replace_unprintable(html: Html, names: Mapping[str, str], allows_boxes: bool, store: CacheStore) -> Html:
    """Return the HTML without signs that no face has, and, if boxes are allowed, with a box for any other such character.

    ``names`` has names of signs in the language of the book. Reading the faces takes longer than composing a chapter, so
    the store keeps which of the characters are lacking.
    """
    lacking = _find_lacking(html, store)
    text = _spell_signs(str(html), names, lacking)
    return Html(_box_characters(text, lacking) if allows_boxes else text)


def find_lacking_letters(text: str, store: CacheStore) -> str:
    """Return the letters of a text that no face has and nothing can replace, each once and sorted."""
    return "".join(letter for letter in _find_lacking(text, store) if not _find_spelling(letter, {}))


def make_letter_problem(letter: str, place: Place) -> Problem:
    """Return the problem of a letter that no face has."""
    found = f"no face of the printed book has the character `{letter}` (U+{ord(letter):04X})"
    return Problem(place, "missing-glyph", found, "write it in letters of a script that the book has")


def _find_lacking(text: str, store: CacheStore) -> str:
    """Return the characters of a text that no face has, each once and sorted.

    A mark is looked for together with its letter, as it is printed (Unicode's normalisation form C).
    """
    characters = "".join(sorted(set(_NOT_ASCII.findall(unicodedata.normalize("NFC", text)))))
    key = digest("lacking", characters)
    lacking: str | None = store.get(key) if characters else ""
    if lacking is None:
        lacking = "".join(filter(_is_lacking, characters))
        store.put(key, lacking)
    return lacking


def _spell_signs(html: str, names: Mapping[str, str], lacking: str) -> str:
    """Return the HTML with a twin or a name for each sign in ``lacking``; names not in ``names`` are those of Unicode."""
    texts = {sign: _find_spelling(sign, names) for sign in lacking}
    found = {sign: text for sign, text in texts.items() if text}
    if not found:
        return _KEYCAP.sub("", html) if "\u20e3" in html else html
    signs = "".join(map(re.escape, sorted(found)))
    return _KEYCAP.sub("", re.sub(f"([{signs}])[{_JOINERS}]*", lambda sign: found[sign[1]], html))


def _box_characters(html: str, lacking: str) -> str:
    """Return the HTML with a box for each character in ``lacking``."""
    return html.translate(dict.fromkeys(map(ord, lacking), _BOX)) if lacking else html


def _is_lacking(letter: str) -> bool:
    """True if a character is visible and no face has it."""
    return (
        ord(letter) > 0x7F
        and ord(letter) not in list_covered_characters()
        and unicodedata.category(letter) not in _INVISIBLE_CATEGORIES
        and not _INVISIBLE_MARKS.match(letter)
    )


def find_unprintable(text: str) -> tuple[str, ...]:
    """Return the characters of a text that no face has, sorted, without those that have a twin."""
    letters = set(unicodedata.normalize("NFC", text))
    return tuple(sorted(letter for letter in letters if _is_lacking(letter) and letter not in _TWINS))


def _find_spelling(sign: str, names: Mapping[str, str]) -> str:
    """Return the text that is printed for a sign; empty for a letter, which nothing can replace."""
    if any(ord(sign) in each for each in _FULL_WIDTH):
        return ""
    twin = _TWINS.get(sign) or unicodedata.normalize("NFKC", sign)
    if twin != sign and all(ord(each) in list_covered_characters() for each in twin):
        return f"({twin})" if twin.isdecimal() else twin
    if sign in names:
        return f"[{names[sign]}]"
    if unicodedata.category(sign) not in _SIGN_CATEGORIES:
        return ""
    name = unicodedata.name(sign, f"U+{ord(sign):04X}").removeprefix("REGIONAL INDICATOR SYMBOL LETTER ")
    return f"[{name if len(name) == 1 else name.lower()}]"
