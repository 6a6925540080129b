"""Replace signs that no face of the printed book has: HTML → HTML with their names or similar signs.

An e-reader has faces for emoji. In print, one that decorates the beginning or the end of a line is left out, and for one inside a
sentence its name stands: `[baby]`. A letter of a script without a face stays in place, and becomes a problem before it is set; in
a guide that somebody else wrote, it is printed as a box. Identifiers and addresses stay as they are.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from studyguide.html_text import TAG
from studyguide.model import Html, Typecase
from studyguide.problems import Place, Problem
from studyguide.runtime import fonts
from studyguide.scripts import find_script, write_install_command
from studyguide.store import CacheStore, digest

# Signs of the same meaning that the faces have.
_TWINS = {
    "▶": "→", "►": "→", "▸": "→", "➤": "→", "➜": "→", "➔": "→", "➡": "→", "⬅": "←",
    "⬆": "↑", "⬇": "↓", "\u2011": "-", "✅": "✓", "✔": "✓", "☑": "✓", "❎": "❌", "✖": "❌", "✗": "❌",
    "✘": "❌", "🚫": "❌", "⛔": "❌", "🛑": "❌", "☐": "▯", "□": "▯", "●": "•", "⚫": "•",
}  # fmt: skip
_BOX = "▯"
_INVISIBLE_CATEGORIES = {"Cc", "Cf", "Zs", "Zl", "Zp"}
_INVISIBLE_MARKS = re.compile("[\u034f\u180b-\u180d\u20e3\ufe00-\ufe0f\U000e0100-\U000e01ef]")
"""Marks that choose a form of the character before them; that of keys is left out."""
_MARK_CATEGORIES = {"Mn", "Mc", "Me"}
_SIGN_CATEGORIES = {"So", "Sm", "Sk", "Po", "No", "Nl"}
_JOINERS = "\u200d\ufe0e\ufe0f\u20e3\U0001f3fb-\U0001f3ff"
"""Characters that join signs to one or give them a colour; they are left out, because their names do not help a reader."""
_NOT_ASCII = re.compile(r"[^\x00-\x7f]")
_KEYCAP = re.compile("\ufe0f?\u20e3")
_FULL_WIDTH = range(0x3000, 0x3040), range(0xFF00, 0xFFF0)
"""The ranges of punctuation of scripts whose letters the faces lack."""

_INLINE_TAGS = {
    "a", "abbr", "b", "bdi", "bdo", "big", "cite", "del", "em", "i", "ins", "mark", "q", "s", "small", "span", "strong", "sub", "sup",
    "u",
}  # fmt: skip
"""Elements that begin no line."""
_VERBATIM_TAGS = {"code", "kbd", "pre", "samp", "svg"}
"""Elements in which a sign is no decoration."""
_LABEL = re.compile(r'<span class="(?:hole|kicker|letter|number)"')
"""The beginning of what stands before a title or behind it."""
_TAG_NAME = re.compile(r"<(/?)([a-z][a-z0-9]*)")
_SHOWN_ATTRIBUTE = re.compile(r'( (?:alt|title|aria-label|data-book|data-outline|data-running)=")([^"]*)')
"""The attributes that are read or printed; others are identifiers and addresses."""
_JUDGEMENTS = "👍👎"
"""Emoji that say of what follows them if it is good."""
_BINDING = re.compile(r"[:,;(\[“„«‘=/+–—\d-]")
"""Signs and digits that bind what follows to the sentence."""


class _LineText(NamedTuple):
    """A text between two tags, in a line."""

    place: int
    """Its index among the texts and tags."""
    is_verbatim: bool


def replace_unprintable(
    html: Html, case: Typecase, names: Mapping[str, str], allows_boxes: bool, store: CacheStore
) -> Html:
    """Return the HTML without signs that no face has, and, if boxes are allowed, with a box for any other such character.

    ``case`` is what the book is printed with, and ``names`` has names of signs in its language. Reading the faces takes longer than composing a chapter, so
    the store keeps which of the characters are lacking.
    """
    lacking = _find_lacking(html, case, store)
    if not lacking and "\u20e3" not in html:
        return html

    def replace(text: str) -> str:
        text = _spell_signs(text, case, names, lacking)
        return _box_characters(text, lacking) if allows_boxes else text

    def replace_shown(attribute: re.Match[str]) -> str:
        return attribute[1] + replace("".join(_drop_decoration([attribute[2]], case, lacking)))

    pieces = _drop_decoration(TAG.split(str(html)), case, lacking)
    return Html(
        "".join(_SHOWN_ATTRIBUTE.sub(replace_shown, each) if _is_tag(each) else replace(each) for each in pieces)
    )


def find_lacking_letters(text: str, case: Typecase, store: CacheStore) -> str:
    """Return the letters that no face of a book has and nothing can replace, each once and sorted."""
    lacking = _find_lacking(text, case, store)
    return "".join(letter for letter in lacking if not _find_spelling(letter, case, {}))


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


def _find_lacking(text: str, case: Typecase, store: CacheStore) -> str:
    """Return the characters of a text that no face has, each once and sorted.

    A mark is looked for together with its letter, as it is printed (Unicode's normalisation form C).
    """
    characters = "".join(sorted(set(_NOT_ASCII.findall(unicodedata.normalize("NFC", text)))))
    key = digest("lacking", characters, case.language, [face.digest for face in case.faces])
    lacking: str | None = store.get(key) if characters else ""
    if lacking is None:
        lacking = "".join(letter for letter in characters if _is_lacking(letter, case))
        store.put(key, lacking)
    return lacking


def _spell_signs(html: str, case: Typecase, names: Mapping[str, str], lacking: str) -> str:
    """Return the HTML with a twin or a name for each sign in ``lacking``; names not in ``names`` are those of Unicode."""
    texts = {sign: _find_spelling(sign, case, names) for sign in lacking}
    found = {sign: text for sign, text in texts.items() if text}
    if not found:
        return _KEYCAP.sub("", html) if "\u20e3" in html else html
    signs = "".join(map(re.escape, sorted(found)))
    return _KEYCAP.sub("", re.sub(f"([{signs}])[{_JOINERS}]*", lambda sign: found[sign[1]], html))


def _box_characters(text: str, lacking: str) -> str:
    """Return a text with a box for each letter that is in ``lacking``, or has a mark that is; its marks go with it."""
    boxed = set(lacking)
    if boxed.isdisjoint(unicodedata.normalize("NFC", text)):
        return text
    letters: list[str] = []
    for character in text:
        if letters and unicodedata.category(character) in _MARK_CATEGORIES:
            letters[-1] += character
        else:
            letters.append(character)
    return "".join(_BOX if boxed.intersection(unicodedata.normalize("NFC", each)) else each for each in letters)


def _drop_decoration(pieces: list[str], case: Typecase, lacking: str) -> list[str]:
    """Return texts and tags without the emoji that decorate the beginning or the end of a line, or of a title inside another.

    An emoji is no decoration if it is all of its line, if a small letter or a point follows it, if a colon or a digit stands before
    it, or if its line has another one inside.
    """
    emoji = "".join(sign for sign in lacking if _is_emoji(sign, case))
    if not emoji:
        return pieces
    run = f"(?:[{emoji}][{_JOINERS}]*\\s*)+"
    first, last, any_one = re.compile(rf"(\s*)({run})"), re.compile(rf"\s*({run})$"), re.compile(f"[{emoji}]")
    inner = re.compile(rf"(?<=[:·|–—]\s){run}(?=(\w))")
    out = list(pieces)
    for line in _split_lines(pieces):
        texts = [
            out[each.place]
            if each.is_verbatim
            else inner.sub(lambda found: found[0] if found[1].islower() else "", out[each.place])
            for each in line
        ]
        start = None if line[0].is_verbatim else first.match(texts[0])
        if start:
            texts[0] = start[1] + texts[0][start.end() :]
        end = None if line[-1].is_verbatim else last.search(texts[-1])
        if end:
            texts[-1] = texts[-1][: end.start()]
        left = "".join(texts).strip()
        if not left or any(
            any_one.search(text) for each, text in zip(line, texts, strict=True) if not each.is_verbatim
        ):
            continue
        if start and (left[0].islower() or left[0] in ".,;:!?)" or start[2][0] in _JUDGEMENTS):
            texts[0] = start[0] + texts[0][len(start[1]) :]
        if end and _BINDING.match(left[-1]):
            texts[-1] += end[0]
        for each, text in zip(line, texts, strict=True):
            # A link without a text would be one that nobody can see.
            if text.strip() or not pieces[max(each.place - 1, 0)].startswith("<a "):
                out[each.place] = text
    return out


def _split_lines(pieces: list[str]) -> Iterator[list[_LineText]]:
    """Yield the texts of each line, without the numbers and letters that stand before titles and behind them."""
    line: list[_LineText] = []
    verbatim, is_label = 0, False
    for place, piece in enumerate(pieces):
        if not _is_tag(piece):
            if piece.strip() and not is_label:
                line.append(_LineText(place, verbatim > 0))
            continue
        is_label = _LABEL.match(piece) is not None
        end, name = found.groups() if (found := _TAG_NAME.match(piece)) else ("", "span")
        if name in _VERBATIM_TAGS:
            verbatim += -1 if end else 1
        if name not in _INLINE_TAGS and (name == "pre" or name not in _VERBATIM_TAGS) and line:
            yield line
            line = []
    if line:
        yield line


def _is_tag(piece: str) -> bool:
    return piece.startswith("<")


def _is_emoji(sign: str, case: Typecase) -> bool:
    """Return True for a sign that is a picture, and has no twin."""
    return unicodedata.category(sign) == "So" and _find_spelling(sign, case, {}).startswith("[")


def _is_lacking(letter: str, case: Typecase) -> bool:
    """Return True if a character is visible and no face of a book has it."""
    return (
        ord(letter) > 0x7F
        and unicodedata.category(letter) not in _INVISIBLE_CATEGORIES
        and not _INVISIBLE_MARKS.match(letter)
        and not fonts.has_face(letter, case)
    )


def find_unprintable(text: str, case: Typecase) -> tuple[str, ...]:
    """Return the characters that no face of a book has, sorted, without those that have a twin."""
    letters = set(unicodedata.normalize("NFC", text))
    return tuple(sorted(letter for letter in letters if _is_lacking(letter, case) and letter not in _TWINS))


def _find_spelling(sign: str, case: Typecase, names: Mapping[str, str]) -> str:
    """Return the text that is printed for a sign; empty for a letter, which nothing can replace."""
    if any(ord(sign) in each for each in _FULL_WIDTH):
        return ""
    twin = _TWINS.get(sign) or unicodedata.normalize("NFKC", sign)
    if twin != sign and all(fonts.has_face(each, case) for each in twin):
        return f"({twin})" if twin.isdecimal() else twin
    if sign in names:
        return f"[{names[sign]}]"
    if unicodedata.category(sign) not in _SIGN_CATEGORIES:
        return ""
    name = unicodedata.name(sign, f"U+{ord(sign):04X}").removeprefix("REGIONAL INDICATOR SYMBOL LETTER ")
    return f"[{name if len(name) == 1 else name.lower()}]"
