"""Quotation marks, dashes and dots as a printed book has them: an extension of Python-Markdown, for each language.

A word that begins with hyphens, such as ``--force``, is a command and stays as it is.
"""

import re

from markdown import Markdown
from markdown.extensions.smarty import SmartyExtension, SubstituteTextPattern

_MARKS = {
    "en": "“”‘’",
    "de": "„“‚‘",
    "cs": "„“‚‘",
    "sk": "„“‚‘",
    "sl": "„“‚‘",
    "bg": "„“‚‘",
    "lt": "„“‚‘",
    "is": "„“‚‘",
    "pl": "„”‚’",
    "hu": "„”»«",
    "ro": "„”«»",
    "hr": "„”‚’",
    "nl": "“”‘’",
    "pt": "“”‘’",
    "tr": "“”‘’",
    "ga": "“”‘’",
    "hi": "“”‘’",
    "bn": "“”‘’",
    "ta": "“”‘’",
    "te": "“”‘’",
    "vi": "“”‘’",
    "ko": "“”‘’",
    "es": "«»“”",
    "it": "«»“”",
    "ca": "«»“”",
    "el": "«»“”",
    "ru": "«»„“",
    "uk": "«»„“",
    "be": "«»„“",
    "nb": "«»‘’",
    "nn": "«»‘’",
    "no": "«»‘’",
    "sv": "””’’",
    "fi": "””’’",
    "da": "»«›‹",
}
"""Language → the marks around a quotation and around one inside it. Those of French stand apart from the words."""
_PAIRS = {"ar": "«»", "fa": "«»", "ja": "「」", "th": "“”", "zh": "“”"}
"""Language → the marks around a quotation that may begin behind a letter, where smarty takes a mark for a closing one."""
_TRADITIONAL_CHINESE = re.compile(r"zh-(?:\w+-)*(?:hant|tw|hk|mo)\b")
_PAIR = r'"([^"]+)"'
_FRENCH = ("«\u202f", "\u202f»", "“", "”")
_STRAIGHT = ('"', '"', "'", "'")
_APOSTROPHE = "’"
_APOSTROPHE_IN_WORD = "(?<=[A-Za-zÀ-ɏ])'(?=[A-Za-zÀ-ɏ])"
"""An apostrophe of a Latin word, in languages whose own words have none."""
_SINGLE_PAIR = r"(?<![\w'])'(?=\S)([^'\"]*?(?<=\S))'(?!\w)"
"""A quotation between single marks. In a language that ends it with another mark than the apostrophe, all other marks are apostrophes."""
_OPENING_BEHIND_SIGN = r'(?<=\u0003)"(?=\w)'
"""A mark behind an apostrophe or a dash, which is set aside as a text that ends in this character: ``dell’«altro»``."""
_BEFORE_QUOTES = 40
"""The priority of patterns that come before those of smarty for quotation marks, whose is 30."""
_LAST = 0
"""The priority behind that of all other patterns: what they find inside a quotation is not found after it."""
_DASHES = r"(?:(?<=[^\s-]){0}(?=[^\s-])|(?<=\s){0}(?=\s))"
"""A dash stands between words, or between spaces."""


def choose_marks(language: str) -> tuple[str, ...]:
    """Return the four marks of a language; straight ones if its custom is not known."""
    name = language.partition("-")[0].lower()
    if name == "fr":
        return _FRENCH
    return tuple(_MARKS[name]) if name in _MARKS else _STRAIGHT


def choose_pair(language: str) -> str:
    """Return the two marks of a language whose quotations are found by their two ends; empty for other languages."""
    tag = language.lower().replace("_", "-")
    if _TRADITIONAL_CHINESE.match(tag):
        return _PAIRS["ja"]
    return _PAIRS.get(tag.partition("-")[0], "")


class Typography(SmartyExtension):
    """Typographic marks of one language."""

    def __init__(self, language: str) -> None:
        names = ("left-double-quote", "right-double-quote", "left-single-quote", "right-single-quote")
        marks = dict(zip(names, choose_marks(language), strict=True))
        self._pair = choose_pair(language)
        super().__init__(substitutions=marks, smart_quotes=bool(self._pair) or choose_marks(language) != _STRAIGHT)

    def educateQuotes(self, md: Markdown) -> None:
        first, last = (self.substitutions[f"{side}-single-quote"] for side in ("left", "right"))
        if last != _APOSTROPHE:
            patterns: list[tuple[str, tuple[str | int, ...]]] = [(_APOSTROPHE_IN_WORD, (_APOSTROPHE,))]
            if not self._pair:
                opening = self.substitutions["left-double-quote"]
                patterns = [(_SINGLE_PAIR, (first, 1, last)), ("'", (_APOSTROPHE,)), (_OPENING_BEHIND_SIGN, (opening,))]
            for number, (pattern, parts) in enumerate(patterns):
                name = f"apostrophe-{number}"
                self.inlinePatterns.register(SubstituteTextPattern(pattern, parts, md), name, _BEFORE_QUOTES - number)
        if not self._pair:
            super().educateQuotes(md)
            return
        marks = (self._pair[0], 1, self._pair[1])
        self.inlinePatterns.register(SubstituteTextPattern(_PAIR, marks, md), "quoted-pair", _LAST)

    def educateDashes(self, md: Markdown) -> None:
        for priority, hyphens, name in ((50, "---", "mdash"), (45, "--", "ndash")):
            pattern = SubstituteTextPattern(_DASHES.format(hyphens), (self.substitutions[name],), md)
            self.inlinePatterns.register(pattern, f"smarty-{name}", priority)
