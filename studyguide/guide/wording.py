"""Choose the words that the program adds to an author's text: titles of boxes, and formulas read out."""

from dataclasses import dataclass

from studyguide.locale import REFERENCE, Locale, OwnWords, find_language, load_locale


@dataclass(frozen=True, slots=True)
class Wording:
    """The words for a text."""

    locale: Locale
    is_borrowed: bool
    """True if the text is in a language that the program has no words of, so that these are in another language."""


def choose_wording(language: str, book_language: str = REFERENCE, own: OwnWords = ()) -> Wording:
    """Return the words for a text in this language; if there are none, those of the book's language, or English."""
    locale = load_locale(language, book_language, own)
    return Wording(locale, find_language(language, own) != locale.language)


ENGLISH = choose_wording(REFERENCE)
