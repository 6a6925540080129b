"""Replace signs that no face of the printed book has: HTML → HTML with their names or similar signs.

An e-reader has faces for emoji; in print their names stand: `[baby]`. A letter of a script without a face stays in place, and
becomes a problem before it is set; in a guide that somebody else wrote, it is printed as a box.
"""

import re
import unicodedata
from collections.abc import Mapping

from studyguide.model import Html
from studyguide.problems import Place, Problem
from studyguide.runtime import fonts
from studyguide.scripts import find_script, write_install_command
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


def replace_unprintable(
    html: Html, language: str, names: Mapping[str, str], allows_boxes: bool, store: CacheStore
) -> Html:
    """Return the HTML without signs that no face has, and, if boxes are allowed, with a box for any other such character.

    ``language`` is that of the book, and ``names`` has names of signs in it. Reading the faces takes longer than composing a chapter, so
    the store keeps which of the characters are lacking.
    """
    lacking = _find_lacking(html, language, store)
    text = _spell_signs(str(html), language, names, lacking)
    return Html(_box_characters(text, lacking) if allows_boxes else text)


def find_lacking_letters(text: str, language: str, store: CacheStore) -> str:
    """Return the letters that no face of a book in this language has and nothing can replace, each once and sorted."""
    lacking = _find_lacking(text, language, store)
    return "".join(letter for letter in lacking if not _find_spelling(letter, language, {}))


def make_letter_problem(letter: str, place: Place, language: str) -> Problem:
    """Return the problem of a letter that no face of a book in this language has."""
    found = f"no face of the printed book has the character `{letter}` (U+{ord(letter):04X})"
    return Problem(place, "missing-glyph", found, write_fix(letter, language))


def write_fix(letter: str, language: str) -> str:
    """Return what helps where no face of a book in this language has a letter."""
    script = find_script(letter, language)
    if script and not fonts.is_installed(script):
        return f"run `{write_install_command(script)}`"
    return "write it in letters of a script that the book has"


def _find_lacking(text: str, language: str, store: CacheStore) -> str:
    """Return the characters of a text that no face has, each once and sorted.

    A mark is looked for together with its letter, as it is printed (Unicode's normalisation form C).
    """
    characters = "".join(sorted(set(_NOT_ASCII.findall(unicodedata.normalize("NFC", text)))))
    key = digest("lacking", characters, language)
    lacking: str | None = store.get(key) if characters else ""
    if lacking is None:
        lacking = "".join(letter for letter in characters if _is_lacking(letter, language))
        store.put(key, lacking)
    return lacking


def _spell_signs(html: str, language: str, names: Mapping[str, str], lacking: str) -> str:
    """Return the HTML with a twin or a name for each sign in ``lacking``; names not in ``names`` are those of Unicode."""
    texts = {sign: _find_spelling(sign, language, names) for sign in lacking}
    found = {sign: text for sign, text in texts.items() if text}
    if not found:
        return _KEYCAP.sub("", html) if "\u20e3" in html else html
    signs = "".join(map(re.escape, sorted(found)))
    return _KEYCAP.sub("", re.sub(f"([{signs}])[{_JOINERS}]*", lambda sign: found[sign[1]], html))


def _box_characters(html: str, lacking: str) -> str:
    """Return the HTML with a box for each character in ``lacking``."""
    return html.translate(dict.fromkeys(map(ord, lacking), _BOX)) if lacking else html


def _is_lacking(letter: str, language: str) -> bool:
    """True if a character is visible and no face of a book in this language has it."""
    return (
        ord(letter) > 0x7F
        and unicodedata.category(letter) not in _INVISIBLE_CATEGORIES
        and not _INVISIBLE_MARKS.match(letter)
        and not fonts.has_face(letter, language)
    )


def find_unprintable(text: str, language: str) -> tuple[str, ...]:
    """Return the characters that no face of a book in this language has, sorted, without those that have a twin."""
    letters = set(unicodedata.normalize("NFC", text))
    return tuple(sorted(letter for letter in letters if _is_lacking(letter, language) and letter not in _TWINS))


def _find_spelling(sign: str, language: str, names: Mapping[str, str]) -> str:
    """Return the text that is printed for a sign; empty for a letter, which nothing can replace."""
    if any(ord(sign) in each for each in _FULL_WIDTH):
        return ""
    twin = _TWINS.get(sign) or unicodedata.normalize("NFKC", sign)
    if twin != sign and all(fonts.has_face(each, language) for each in twin):
        return f"({twin})" if twin.isdecimal() else twin
    if sign in names:
        return f"[{names[sign]}]"
    if unicodedata.category(sign) not in _SIGN_CATEGORIES:
        return ""
    name = unicodedata.name(sign, f"U+{ord(sign):04X}").removeprefix("REGIONAL INDICATOR SYMBOL LETTER ")
    return f"[{name if len(name) == 1 else name.lower()}]"
