"""Put names in the order of a language's alphabet: name, alphabet → sort key, heading.

An alphabet is the text of ``alphabet`` in the language's file: small letters, and vowel signs, in their order.
"""

import unicodedata

OTHERS = "#"
"""The heading of names that begin with no letter."""
_LETTERS = ("L", "M")
"""The first letters of the Unicode categories of letters and of vowel signs."""
_NEVER_ACCENTS = (0, 9)
"""The combining classes of vowel signs and of viramas, which Indian alphabets count as letters."""


def make_sort_key(name: str, alphabet: str) -> tuple[tuple[int, int], ...]:
    """Return a key that sorts names: digits and signs first, then the letters of the alphabet, then those of other scripts.

    Case and accents make no difference, but a letter with an accent may be one of the alphabet itself, such as ``ñ``.
    """
    return tuple(_place_letter(letter, alphabet) for letter in _strip_accents(name, alphabet))


def find_heading(name: str, alphabet: str) -> str:
    """Return the letter that a name stands under in an index: its first one, a capital."""
    first = _strip_accents(name, alphabet)[0].upper()
    return first if first.isalpha() else OTHERS


def _place_letter(letter: str, alphabet: str) -> tuple[int, int]:
    if letter in alphabet:
        return 1, alphabet.index(letter)
    return (2 if unicodedata.category(letter)[0] in _LETTERS else 0), ord(letter)


def _strip_accents(name: str, alphabet: str) -> str:
    """Return the name in small letters, each without its accents if the alphabet does not have it with them."""
    letters = unicodedata.normalize("NFC", name).casefold()
    return "".join(letter if letter in alphabet else _strip_letter(letter) for letter in letters)


def _strip_letter(letter: str) -> str:
    parts = unicodedata.normalize("NFD", letter)
    return "".join(each for each in parts if unicodedata.combining(each) in _NEVER_ACCENTS)
