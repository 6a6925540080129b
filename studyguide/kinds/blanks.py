"""Blanks: what an author writes as the answer of a gap, ``[____](Paris; City of Light)`` or ``[____](9.81 ± 0.05 m/s²)``."""

import re
from html import unescape
from typing import NamedTuple

GAP = re.compile("_{2,}")
"""The words of a link that is a blank."""
_SEMICOLON = re.compile(r"(?<!\\)(?:&[#\w]{1,32})?;")
"""A semicolon, with what makes it the end of a character reference, such as ``&lt;``."""
SHOWN_GAP = "______"
"""The look of a blank; its length says nothing of the answer."""
_GROUPS = (
    r"[0-9]{1,3}(?:,[0-9]{3})+(?!,)",
    r"[0-9]{1,2}(?:,[0-9]{2})+,[0-9]{3}(?!,)",
    r"[0-9]{1,3}(?:[\u00a0\u202f '’][0-9]{3})+",
    r"[0-9]{1,3}(?:\.[0-9]{3})+(?=,[0-9])",
    r"[0-9]{1,3}(?:\.[0-9]{3}){2,}",
)
"""Digits in groups: ``1,234``, ``1,00,000`` as in India, ``1 234``, ``1.234`` before a decimal comma, ``1.234.567``."""
_INTEGER = rf"(?:{'|'.join(_GROUPS)}|[0-9]+)"
_EXPONENT = r"[0-9]{1,3}(?![0-9])"
_NUMBER = re.compile(
    rf"[-+−]?\s*{_INTEGER}(?:[.,][0-9]+)?(?![.,'’]?[0-9])(?:[eE][-+−]?{_EXPONENT})?(?:\s*[·×]\s*10\^?[-−]?{_EXPONENT})?"
)
_POINT_LANGUAGES = ("ar", "bn", "en", "he", "hi", "ja", "ko", "ta", "te", "th", "ur", "zh")
"""The languages that write a point before decimals, and commas between thousands."""
_TOLERANCE = re.compile(r"\s*(?:±|\+/?-)\s*(?P<size>[0-9]+(?:[.,][0-9]+)?)\s*(?P<percent>%)?\s*")


class Amount(NamedTuple):
    """The answer of a blank that is a number."""

    number: str
    tolerance: str
    """As it is written, without its sign; empty if the number must be exact."""
    unit: str


def split_answers(text: str) -> tuple[str, ...]:
    """Return the answers in what an author wrote for a blank, the first of which the key names; semicolons stand between them.

    A semicolon that ends a character reference, such as ``&lt;``, divides nothing.
    """
    marks = [mark for mark in _SEMICOLON.finditer(text) if unescape(mark[0]).endswith(";")]
    starts, ends = [0, *(mark.end() for mark in marks)], [*(mark.end() - 1 for mark in marks), len(text)]
    answers = (text[start:end].strip() for start, end in zip(starts, ends, strict=True))
    return tuple(answer for answer in answers if answer)


def read_amount(answer: str) -> Amount | None:
    """Return the number, tolerance and unit of an answer; None if it does not begin with a number."""
    number = _NUMBER.match(answer)
    if not number:
        return None
    rest = answer[number.end() :]
    tolerance = _TOLERANCE.match(rest)
    unit = rest[tolerance.end() :] if tolerance else rest
    size = f"{tolerance['size']}{' %' if tolerance['percent'] else ''}" if tolerance else ""
    return Amount(number[0].strip(), size, unit.strip())


def convert_number(number: str, language: str) -> str:
    """Return a number that ``read_amount`` has found as programs write it: ``1234.5`` of ``1,234.5`` or ``1.234,5``.

    ``1,234`` is more than a thousand in English and other languages with a decimal point, and a little more than 1 elsewhere.
    """
    text = re.sub(r"[\s'’]", "", number).replace("−", "-")
    text = re.sub(r"[·×]10\^?", "e", text)
    decimal = _find_decimal_mark(text, language)
    whole, mark, rest = text.rpartition(decimal) if decimal else (text, "", "")
    return f"{re.sub('[.,]', '', whole)}{'.' if mark else ''}{rest}"


def _find_decimal_mark(text: str, language: str) -> str:
    """Return the mark before the decimals of a number; empty if its marks stand between thousands, or it has none."""
    marks: list[str] = re.findall("[.,]", text)
    if len(set(marks)) > 1:
        return marks[-1]
    is_grouped = len(marks) > 1 or (
        language.partition("-")[0].lower() in _POINT_LANGUAGES
        and re.fullmatch(r"[-+]?[0-9]{1,3},[0-9]{3}(?:e.*)?", text)
    )
    return marks[0] if marks and not is_grouped else ""
