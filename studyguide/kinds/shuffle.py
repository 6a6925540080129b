"""The order in which the items of a question are printed: a permutation that is never the right one, and the same in every build."""

import hashlib
from collections.abc import Iterator
from string import ascii_uppercase

LETTERS = (*ascii_uppercase, *(first + second for first in ascii_uppercase for second in ascii_uppercase))
"""The names of options and items, in their order."""
_ALPHABETS = {
    "ar": "أ ب ج د ه و ز ح ط ي ك ل م ن س ع ف ص ق ر ش ت",
    "fa": "الف ب ج د ه و ز ح ط ی ک ل م ن س ع ف ص ق ر ش ت",
    "he": "א ב ג ד ה ו ז ח ט י כ ל מ נ ס ע פ צ ק ר ש ת",
    "ur": "الف ب ج د ہ و ز ح ط ی ک ل م ن س ع ف ص ق ر ش ت",
}
"""Language → the letters by which its schools number options. Other languages, and options beyond them, have Latin letters."""


def write_letter(letter: str, language: str) -> str:
    """Return what a book of this language prints for one of ``LETTERS``."""
    alphabet = _ALPHABETS.get(language.partition("-")[0].lower(), "").split()
    place = LETTERS.index(letter)
    return alphabet[place] if place < len(alphabet) else letter


def shuffle(count: int, name: str) -> tuple[int, ...]:
    """Return the places, from 0, in the order in which they are printed; ``name`` is that of the question, and a seed's if it has one.

    Where there is another order at all, not the one that was given comes out.
    """
    order = sorted(range(count), key=lambda place: hashlib.sha256(f"{name} {place}".encode()).digest())
    if order == sorted(order) and count > 1:
        order = [*order[1:], order[0]]
    return tuple(order)


def find_letters(count: int, name: str) -> tuple[str, ...]:
    """Return the letter of each item in the order that was given; the letters stand at the items as they are printed."""
    places = {place: letter for letter, place in zip(LETTERS, shuffle(count, name), strict=False)}
    return tuple(places[place] for place in range(count))


def list_printed(count: int, name: str) -> Iterator[tuple[str, int]]:
    """Yield the letter and the place of each item in the order in which they are printed."""
    return zip(LETTERS, shuffle(count, name), strict=False)
