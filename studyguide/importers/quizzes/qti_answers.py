"""Read what an item of QTI takes for right, and what it counts: elements → names of options, Gaps, marks."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

from studyguide.exercises import Gap, GapAnswer
from studyguide.importers.quizzes.texts import make_gap
from studyguide.importers.quizzes.xml_tree import Element
from studyguide.limits import LIMITS

_NUMBERS = frozenset(("float", "integer"))
_COMPARISONS = frozenset(("match", "equal", "stringMatch", "member", "equalRounded"))
_MAX_DIGITS = 50
_MAX_EXPONENT = 100
_SAME = Decimal("0.01")  # marks that are shared among gaps are rounded in a file


@dataclass(frozen=True, slots=True)
class Response:
    """A declared response (4.3, 5.1): the values that are right, and what single values count."""

    name: str
    kind: str
    """``baseType``."""
    is_single: bool
    right: tuple[str, ...]
    shares: dict[str, Decimal] = field(default_factory=dict)

    @property
    def is_number(self) -> bool:
        return self.kind in _NUMBERS

    def list_full_answers(self) -> list[str]:
        """Return the right values, also those that only count as much as these."""
        most = max(self.shares.values(), default=Decimal(0))
        full = [key for key, share in self.shares.items() if share > 0 and (share == most or not self.is_single)]
        return list(dict.fromkeys((*self.right, *full))) if self.is_single or not self.right else list(self.right)

    def list_part_answers(self) -> list[str]:
        """Return the values that count, and less than the right ones."""
        full = self.list_full_answers()
        return [key for key, share in self.shares.items() if share > 0 and key not in full]


def read_responses(item: Element) -> dict[str, Response]:
    """Return the declared responses by their names."""
    return {each.get("identifier", ""): _read_response(each) for each in item.findall("responseDeclaration")}


def _read_response(declaration: Element) -> Response:
    kind = declaration.get("baseType", "")
    shares: dict[str, Decimal] = {}
    for entry in declaration.iterfind("mapping/mapEntry"):
        share = read_number(entry.get("mappedValue", ""))
        shares[_tidy(entry.get("mapKey", ""))] = share if share is not None else Decimal(0)
    right = tuple(_tidy("".join(each.itertext())) for each in declaration.iterfind("correctResponse/value"))
    return Response(declaration.get("identifier", ""), kind, declaration.get("cardinality") == "single", right, shares)


def _tidy(text: str) -> str:
    return " ".join(text.split())


def read_number(text: str) -> Decimal | None:
    """Return a number; None if the text is none, or one that no question needs."""
    if len(text) > _MAX_DIGITS:
        return None
    try:
        number = Decimal(text.strip())
    except InvalidOperation:
        return None
    return number if number.is_finite() and abs(number.adjusted()) < _MAX_EXPONENT else None


# ---------------------------------------------------------------- gaps


def read_gap(response: Response, item: Element) -> Gap:
    """Return the answers of a gap: those that the declaration names, or those with which a response is compared (8.3)."""
    compared = list(_list_compared(response, item)) if response.is_number or not response.list_full_answers() else []
    answers = compared or [GapAnswer(text) for text in response.list_full_answers()]
    return make_gap([each for each in answers if each.text], response.is_number)


def _list_compared(response: Response, item: Element) -> Iterator[GapAnswer]:
    """Yield the values that the processing compares a response with, each with its tolerance."""
    for comparison in item.iterfind("responseProcessing//*"):
        names = {each.get("identifier") for each in comparison.findall("variable")}
        is_denied = any(True for _ in comparison.iterancestors("not"))
        if comparison.tag not in _COMPARISONS or response.name not in names or is_denied:
            continue
        values = [_tidy("".join(each.itertext())) for each in comparison.iterfind(".//baseValue")]
        if any(each.get("identifier") == response.name for each in comparison.findall("correct")):
            values += response.right
        yield from (GapAnswer(value, _read_tolerance(comparison, value)) for value in dict.fromkeys(values))


def _read_tolerance(comparison: Element, value: str) -> str:
    """Return how far a number may be off; the smaller of two tolerances if it may be further off on one side."""
    mode = comparison.get("toleranceMode", "exact")
    sizes = [each for each in map(read_number, comparison.get("tolerance", "").split()) if each is not None]
    number = read_number(value)
    if mode == "exact" or not sizes or number is None:
        return "0"
    size = min(sizes) * abs(number) / 100 if mode == "relative" else min(sizes)
    return f"{size.normalize():f}"


# ---------------------------------------------------------------- marks


def read_marks(item: Element, weight: Decimal) -> Decimal | None:
    """Return what an item counts at most, times its weight in a test; None if it does not say so."""
    declared = {each.get("identifier"): each for each in item.findall("outcomeDeclaration")}
    most = None
    if "MAXSCORE" in declared:
        most = read_number("".join(declared["MAXSCORE"].itertext()))
    if most is None and "SCORE" in declared:
        most = read_number(declared["SCORE"].get("normalMaximum", ""))
    if most is None:
        most = _sum_marks(item)
    total = most * weight if most is not None else weight if weight != 1 else None
    if total is None or total > LIMITS["marks"].maximum:
        return total
    return Decimal(round(total)) if abs(total - round(total)) <= _SAME else total


def _sum_marks(item: Element) -> Decimal | None:
    """Return the sum of what the processing adds to the score for a right response; None if that cannot be seen."""
    processing = item.find("responseProcessing")
    if processing is None:
        return None
    counts = [_find_most(condition) for condition in processing.findall("responseCondition")]
    mapped = {each.get("identifier") for each in processing.iter("mapResponse")}
    if "map_response" in processing.get("template", ""):
        mapped = {each.get("identifier") for each in item.findall("responseDeclaration")}
    for declaration in item.findall("responseDeclaration"):
        if declaration.get("identifier") in mapped:
            counts.append(_count_mapping(declaration))
    known = [each for each in counts if each is not None]
    return sum(known, Decimal(0)) if known else None


def _find_most(condition: Element) -> Decimal | None:
    values = [
        read_number("".join(value.itertext()))
        for outcome in condition.iter("setOutcomeValue")
        if outcome.get("identifier") == "SCORE"
        for value in outcome.iter("baseValue")
    ]
    return max((each for each in values if each is not None), default=None)


def _count_mapping(declaration: Element) -> Decimal | None:
    mapping = declaration.find("mapping")
    upper = read_number(mapping.get("upperBound", "")) if mapping is not None else None
    shares = [each for each in _read_response(declaration).shares.values() if each > 0]
    if upper is not None or not shares:
        return upper
    return max(shares) if declaration.get("cardinality") == "single" else sum(shares, Decimal(0))


def convert_marks(marks: Decimal | None) -> int | None:
    """Return marks as a guide has them; None for one mark, which is what every question has, and for those that it cannot have."""
    is_kept = marks is not None and marks == marks.to_integral_value() and 1 < marks <= LIMITS["marks"].maximum
    return int(marks) if is_kept and marks is not None else None
