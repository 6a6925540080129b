"""Guess the language of a text: text → language tag.

The letters decide, and where several languages share them, the frequent words of ``language_guess.toml``.
"""

import re
import tomllib
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

DEFAULT = "en"
"""The guess for a text that shows no language."""

# Code, formulas, tags, addresses, words that state their language, and marks in braces belong to no language. Repetition is bounded, so that the time is linear.
_NO_PROSE = re.compile(
    r"""^[ ]{0,3}(?P<fence>```+|~~~+).*?(?:^[ ]{0,3}(?P=fence)|\Z)
    | <!--.*?(?:-->|\Z)
    | `[^`\n]{1,500}`
    | \$\$[^$]{1,20000}\$\$
    | \$[^$\n]{1,5000}\$
    | <(?P<tag>\w{1,10})\b[^<>]{0,300}\blang=[^<>]{1,300}>[^<>]{0,500}</(?P=tag)>
    | <[^<>]{1,500}>
    | \w{2,10}://[^\s)>\]]{1,500}
    | (?<=\])\([^)\n]{0,500}\)
    | \{[^{}\n]{0,500}\}""",
    re.DOTALL | re.MULTILINE | re.VERBOSE,
)
_MAX_READ = 200_000  # characters, from which the language of any text is known
_WORD = re.compile(r"[^\W\d_]+")

_LETTERS = {
    script: re.compile(f"[{ranges}]")
    for script, ranges in {
        "latin": "A-Za-zªº\u00c0-\u024f\u1e00-\u1eff",
        "arabic": "\u0600-\u06ff\u0750-\u077f\u08a0-\u08ff\ufb50-\ufdff\ufe70-\ufefc",
        "bengali": "\u0980-\u09ff",
        "cyrillic": "\u0400-\u052f",
        "devanagari": "\u0900-\u097f",
        "greek": "\u0370-\u03ff\u1f00-\u1fff",
        "han": "\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff",
        "hangul": "\u1100-\u11ff\u3130-\u318f\uac00-\ud7af",
        "hebrew": "\u0590-\u05ff",
        "kana": "\u3041-\u30ff\uff66-\uff9f",
        "tamil": "\u0b80-\u0bff",
        "telugu": "\u0c00-\u0c7f",
        "thai": "\u0e01-\u0e5b",
    }.items()
}
_LANGUAGES_OF_LETTERS = {
    "bengali": "bn", "devanagari": "hi", "greek": "el", "hangul": "ko", "hebrew": "he", "tamil": "ta", "telugu": "te", "thai": "th",
}  # fmt: skip
"""The languages that have letters of their own, or the one that is written most with them."""
_MAIN_LANGUAGES_OF_LETTERS = {"arabic": "ar", "cyrillic": "ru", "han": "zh", "kana": "ja"}
"""The languages that are written most with letters that other languages have, too."""
_FOREIGN_SHARE = 0.12
"""From this share of the letters on, a text is in another script than Latin: technical texts have whole sentences of English words."""
_MAIN_SHARE = 0.66
"""From this share of the letters of other scripts on, a script is that of the text; one that quotes several is in Latin letters."""
_KANA_SHARE = 0.1
"""From this share of kana among East Asian signs on, a text is Japanese; a Chinese one may mention a few of them."""
_HANGUL_SHARE = 0.3
"""The share for Korean, which may explain its words by Chinese signs."""
_LETTER_SHARE = 0.005
"""From this share on, letters that Arabic lacks are no names of another language: Urdu and Persian have more than 3 %."""

# Signs that the two kinds of Chinese write differently, in the same order.
_SIMPLIFIED = re.compile(
    "[这个为时会对来过问题样实现发关开没还进动种两应经数据长务级线语请类变统组设计认间给让从么吗义们说国学东车与无]"
)
_TRADITIONAL = re.compile(
    "[這個為時會對來過問題樣實現發關開沒還進動種兩應經數據長務級線語請類變統組設計認間給讓從麼嗎義們說國學東車與無]"
)
_URDU = re.compile("[ٹڈڑےں]")
_PERSIAN = re.compile("[پچژگ\u06a9\u06cc]")  # the last two are the Persian forms of kaf and yeh

_MIN_SCORE = 6
"""The weight of frequent words that show a language: two or three sentences."""
_MIN_LEAD = 1.4
"""By this factor another language has to surpass English."""


def guess_language(text: str) -> str:
    """Return the tag of the language that a Markdown text is probably in, such as ``es`` or ``zh-Hans``; ``en`` in doubt.

    Code, formulas and addresses do not count.
    """
    prose = _NO_PROSE.sub(" ", unicodedata.normalize("NFC", text[:_MAX_READ]))
    counts = Counter({script: len(letters.findall(prose)) for script, letters in _LETTERS.items()})
    foreign = Counter({script: number for script, number in counts.items() if script != "latin"})
    least = max(_FOREIGN_SHARE * counts.total(), _MAIN_SHARE * foreign.total())
    east_asian = counts["han"] + counts["kana"] + counts["hangul"]
    if east_asian > least:
        return _guess_east_asian_language(prose, counts, east_asian)
    ((script, number),) = foreign.most_common(1)
    if number <= least:
        return _guess_by_words(prose, "latin", DEFAULT)
    if script == "arabic":
        return _guess_language_of_arabic_letters(prose, number)
    if script == "cyrillic":
        return _guess_by_words(prose, script, _MAIN_LANGUAGES_OF_LETTERS[script])
    return _LANGUAGES_OF_LETTERS[script]


def list_languages_of_letters(text: str, least: int) -> list[str]:
    """Return the languages of the scripts other than Latin of which a text has at least so many letters."""
    languages = _LANGUAGES_OF_LETTERS | _MAIN_LANGUAGES_OF_LETTERS
    return [
        languages[script]
        for script, letters in _LETTERS.items()
        if script in languages and len(letters.findall(text)) >= least
    ]


def name_language(tag: str) -> str:
    """Return the English name of a language that ``guess_language`` returns."""
    name: str = _load_languages()[tag]["name"]
    return name


def _guess_east_asian_language(prose: str, counts: Mapping[str, int], signs: int) -> str:
    if counts["hangul"] >= _HANGUL_SHARE * signs:
        return "ko"
    if counts["kana"] >= _KANA_SHARE * signs:
        return "ja"
    return "zh-Hant" if len(_TRADITIONAL.findall(prose)) > len(_SIMPLIFIED.findall(prose)) else "zh-Hans"


def _guess_language_of_arabic_letters(prose: str, count: int) -> str:
    if len(_URDU.findall(prose)) > _LETTER_SHARE * count:
        return "ur"
    return "fa" if len(_PERSIAN.findall(prose)) > _LETTER_SHARE * count else "ar"


def _guess_by_words(prose: str, letters: str, default: str) -> str:
    """Return the language with these letters whose frequent words are the most, or the default if no other clearly surpasses it."""
    weights = _map_words_to_languages(letters)
    scores: dict[str, float] = defaultdict(float)
    for word, number in Counter(_WORD.findall(prose.casefold())).items():
        for language in weights.get(word, ()):
            scores[language] += number / len(weights[word])
    best = max(scores, key=lambda each: scores[each], default=default)
    is_clear = scores[best] >= max(_MIN_SCORE, _MIN_LEAD * scores[default])
    return best if is_clear else default


@cache
def _map_words_to_languages(letters: str) -> Mapping[str, tuple[str, ...]]:
    """Return the frequent words of the languages with these letters, each with its languages, between which it counts in parts."""
    found: dict[str, tuple[str, ...]] = {}
    for language, row in _load_languages().items():
        for word in row["words"] if row.get("letters") == letters else ():
            found[word] = (*found.get(word, ()), language)
    return found


@cache
def _load_languages() -> Mapping[str, Mapping[str, Any]]:
    return tomllib.loads((files("studyguide") / "language_guess.toml").read_text(encoding="utf-8"))
