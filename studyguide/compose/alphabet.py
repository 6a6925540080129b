"""Put names in the order of a language's alphabet: name, Index → sort key, heading.

The alphabet is the text of ``alphabet`` in the language's file: small letters, and vowel signs, in their order.
"""

import re
import unicodedata

from studyguide.locale import Index

OTHERS = "#"
"""The heading of names that begin with no letter."""
_LETTERS = ("L", "M")
"""The first letters of the Unicode categories of letters and of vowel signs."""
_NEVER_ACCENTS = (0, 9)
"""The combining classes of vowel signs and of viramas, which Indian alphabets count as letters."""
_HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af]")
_HAN_HEADING = "漢字"
"""The heading of names that begin with a Chinese character whose sound is unknown: one for each character would be one for each name."""
_SYLLABLE = re.compile("[가-힣]")
_INITIALS = "ㄱㄱㄴㄷㄷㄹㅁㅂㅂㅅㅅㅇㅈㅈㅊㅋㅌㅍㅎ"
"""The heading of each of the 19 initial sounds of Korean, in the order of Unicode: tense ones stand with their plain ones."""
_SYLLABLES_OF_INITIAL = 588
_HIRAGANA = re.compile("[あ-ん]")
_KANA = {number: number - 0x60 for number in range(0x30A1, 0x30F7)} | {ord("ー"): ""}
"""Katakana → hiragana; the sign for a long vowel counts for nothing."""
_KANA_ROWS = "あかさたなはまやらわ"
"""The headings of an index in Japanese."""
_THAI_LEADING_VOWEL = re.compile("([เ-ไ])([ก-ฮ])")
"""A vowel that is written before its consonant and sounds behind it, where it also counts."""
_SMALL_KANA = str.maketrans("ぁぃぅぇぉっゃゅょゎ", "あいうえおつやゆよわ")


def make_sort_key(name: str, index: Index) -> tuple[tuple[int, int], ...]:
    """Return a key that sorts names: digits and signs first, then the letters of the alphabet, then those of other scripts.

    Case and accents make no difference, but a letter with an accent may be one of the alphabet itself, such as ``ñ``.
    """
    return tuple(_place_letter(letter, index.alphabet) for letter in _spell(name, index))


def find_heading(name: str, index: Index) -> str:
    """Return the letter that a name stands under in an index: its first one, a capital."""
    first = _spell(name, index)[0].upper()
    if _HAN.match(first):
        return _HAN_HEADING
    if _HIRAGANA.match(first):
        return max(row for row in _KANA_ROWS if row <= first)
    return first if first.isalpha() else OTHERS


def _place_letter(letter: str, alphabet: str) -> tuple[int, int]:
    if letter in alphabet:
        return 1, alphabet.index(letter)
    return (2 if unicodedata.category(letter)[0] in _LETTERS else 0), ord(letter)


def _spell(name: str, index: Index) -> str:
    """Return the name in the small letters that it is sorted by, each without its accents if the alphabet does not have it with them."""
    letters = _sound_out(unicodedata.normalize("NFC", name).casefold(), index.han)
    letters = _THAI_LEADING_VOWEL.sub(r"\2\1", letters)
    letters = "".join(
        letter if letter in index.alphabet else _strip_letter(letter, index.alphabet) for letter in letters
    )
    return letters.translate(_KANA).translate(_SMALL_KANA) or name


def _sound_out(name: str, han: str) -> str:
    """Return the name with its sound in the place of Chinese characters, and the initial sound before each Korean syllable."""
    if han != "number" and _HAN.search(name):
        # Only books in Chinese need it, and it takes a third of a second to load.
        from pypinyin import Style, lazy_pinyin

        name = " ".join(lazy_pinyin(name, style=Style.BOPOMOFO if han == "zhuyin" else Style.TONE3))
    return _SYLLABLE.sub(lambda found: _find_initial(found[0]) + found[0], name)


def _find_initial(syllable: str) -> str:
    return _INITIALS[(ord(syllable) - ord("가")) // _SYLLABLES_OF_INITIAL]


def _strip_letter(letter: str, alphabet: str) -> str:
    """Return a letter without its accents, or with the one that makes it a letter of the alphabet: ``ê`` for ``ế``."""
    parts = unicodedata.normalize("NFD", letter)
    with_one = (unicodedata.normalize("NFC", parts[0] + accent) for accent in parts[1:])
    return next((each for each in with_one if each in alphabet), "") or "".join(
        each for each in parts if unicodedata.combining(each) in _NEVER_ACCENTS
    )
