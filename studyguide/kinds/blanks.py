"""Blanks: what an author writes as the answer of a gap, ``[____](Paris; City of Light)`` or ``[____](9.81 ± 0.05 m/s²)``."""

import re
from typing import NamedTuple

GAP = re.compile("_{2,}")
"""The words of a link that is a blank."""
SHOWN_GAP = "______"
"""What a blank looks like; its length says nothing of the answer."""
_NUMBER = re.compile(r"[-+−]?\s*\d[\d\u00a0\u202f ,'’]*(?:[.,]\d+)?(?:[eE][-+−]?\d+)?(?:\s*[·×]\s*10\^?[-−]?\d+)?")
_TOLERANCE = re.compile(r"\s*(?:±|\+/?-)\s*(?P<size>\d+(?:[.,]\d+)?)\s*(?P<percent>%)?\s*")


class Amount(NamedTuple):
    """The answer of a blank that is a number."""

    number: str
    tolerance: str
    """As it is written, without its sign; empty if the number must be exact."""
    unit: str


def split_answers(text: str) -> tuple[str, ...]:
    """Return the answers in what an author wrote for a blank, the first of which the key names; semicolons stand between them."""
    return tuple(each.strip() for each in re.split(r"(?<!\\);", text) if each.strip())


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
    """Return a number that ``read_amount`` has found as programs write it: ``1234.5`` of ``1,234.5`` or, in German, ``1.234,5``."""
    text = re.sub(r"[\s'’]", "", number).replace("−", "-")
    text = re.sub(r"[·×]10\^?", "e", text)
    has_decimal_comma = not language.startswith("en") and "," in text
    is_grouped = not has_decimal_comma and re.fullmatch(r"[-+]?\d{1,3}(?:,\d{3})+(?:\.\d+)?(?:e.*)?", text)
    if has_decimal_comma:
        text = text.replace(".", "")
    return text.replace(",", "" if is_grouped else ".")
