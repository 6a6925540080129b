"""Load the words that a book prints or speaks: language tag → Locale.

A language is a file of this folder, ``de.toml``, and nothing else; English is the reference that the others are held to.
"""

import gettext
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any, get_origin, get_type_hints

from studyguide.problems import LocaleError

REFERENCE = "en"
_FOLDER = files(__name__)
LANGUAGES = tuple(sorted(each.name.removesuffix(".toml") for each in _FOLDER.iterdir() if each.name.endswith(".toml")))
"""The languages that there is a file for, each a tag or the beginning of one."""
_LONG_CODES = {
    "ara": "ar", "ben": "bn", "chi": "zh", "cmn": "zh", "deu": "de", "ell": "el", "eng": "en", "fas": "fa", "fra": "fr",
    "fre": "fr", "ger": "de", "gre": "el", "heb": "he", "hin": "hi", "ita": "it", "jpn": "ja", "kor": "ko", "per": "fa",
    "por": "pt", "rus": "ru", "spa": "es", "tam": "ta", "tel": "te", "tha": "th", "urd": "ur", "vie": "vi", "zho": "zh",
}  # fmt: skip
"""Codes of three letters (ISO 639-2 and 639-3) that authors write in the place of the two of RFC 5646."""
_SCRIPTS = {"zh-hk": "zh-hant", "zh-mo": "zh-hant", "zh-tw": "zh-hant"}
"""Tags of regions, and the tag of the script that is written there."""
OwnWords = tuple[tuple[str, str], ...]
"""Tag of a language → TOML with words that a guide has in the place of the program's."""
_MONTHS = 12
_NUMBERS = range(200)
"""Numbers that show how many forms a language's rule of the plural knows."""
_HAN_ORDERS = ("pinyin", "zhuyin", "number")
_COUNT = "{count}"


# ---------------------------------------------------------------- the tables of a file, explained in en.toml


@dataclass(frozen=True, slots=True)
class Counted:
    """A phrase with a number, in the forms that the language has for different numbers."""

    forms: tuple[str, ...]
    plural: str
    """The language's rule, as gettext writes it: an expression of ``n`` whose value is the place of a form, from 0."""

    def choose(self, count: int) -> str:
        """Return the form for a number, which has yet to be filled in; the last one if the rule has none for so large a number."""
        rule, _ = _compile_rule(self.plural)
        try:
            place = rule(count)
        except ZeroDivisionError:
            place = -1
        return self.forms[place] if 0 <= place < len(self.forms) else self.forms[-1]


@dataclass(frozen=True, slots=True)
class Headings:
    contents: str
    how_to_use: str
    answers: str
    answers_to_chapter: str
    answer_key: str
    popups: str
    progress: str
    review_plan: str
    by_subject: str
    index: str
    marks: str


@dataclass(frozen=True, slots=True)
class Labels:
    question: str
    answer: str
    page: str
    numbered_question: str
    numbered_answer: str
    next_question: str
    right_choices: str
    right_order: str
    several_right: str
    match: str
    order: str
    shared: str
    shared_by_one: str
    marks: Counted
    seconds: str
    true_or_false: tuple[str, ...]
    colon: str
    comma: str


@dataclass(frozen=True, slots=True)
class PageReferences:
    page: str
    pages: str


@dataclass(frozen=True, slots=True)
class RunningHeads:
    answer: str
    answers: str
    question_on_page: str
    questions_on_page: str
    questions_on_pages: str


@dataclass(frozen=True, slots=True)
class Colophon:
    by: str
    version: str
    licence: str
    date: str
    months: tuple[str, ...]
    set_in: str


@dataclass(frozen=True, slots=True)
class Index:
    alphabet: str
    han: str
    instruction: str
    see: str


@dataclass(frozen=True, slots=True)
class Progress:
    instruction: str


@dataclass(frozen=True, slots=True)
class Exam:
    form: str
    name: str
    time: Counted
    total: str
    marks: str
    reached: str
    answer_sheet: str
    key: str
    sheet_instruction: str
    on_the_paper: str
    right: str
    last_options: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Review:
    instruction: str
    day: str
    date: str
    new: str
    again: str
    event: str


@dataclass(frozen=True, slots=True)
class Sheets:
    name: str
    date: str
    probing: str
    notes: str
    rubric: str
    levels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Landmarks:
    heading: str
    cover: str
    start: str
    pages: str


@dataclass(frozen=True, slots=True)
class Pictures:
    cover: str


@dataclass(frozen=True, slots=True)
class HowToUse:
    only_answers: tuple[str, ...]
    answers_inline: tuple[str, ...]
    no_answers: tuple[str, ...]
    sheets: tuple[str, ...]
    answers_apart: str
    references_in_print: str
    references_on_screen: str
    without_answer: str
    key_in_print: str
    popups: str
    numbers: str


@dataclass(frozen=True, slots=True)
class Web:
    show_answer: str
    search: str
    close: str
    nothing_found: str
    search_failed: str
    needs_server: str
    dark: str
    keys: str
    use_keys: str
    key_next: str
    key_previous: str
    key_open: str
    skip: str
    neighbours: str
    questions: str
    read: str
    self_test: str
    start: str
    knew: str
    not_yet: str
    next: str
    end_test: str
    place_in_test: str
    last_question: str
    known_count: str
    all: str
    chapter: str
    difficulty: str
    subject: str
    only_unknown: str
    shuffled: str
    no_question: str
    reset: str
    confirm_reset: str
    not_kept: str
    check: str
    is_right: str
    is_wrong: str
    gap: str
    in_print: str
    not_found: str
    folded: str
    about_test: str


@dataclass(frozen=True, slots=True)
class Powers:
    squared: str
    cubed: str
    transposed: str
    prime: str
    other: str


@dataclass(frozen=True, slots=True)
class Phrases:
    index: str
    short_fraction: str
    fraction: str
    square_root: str
    cube_root: str
    root: str
    negative: str
    from_to: str
    over: str
    beside: str
    limit: str
    matrix: Counted
    cases: str
    absolute_value: str
    norm: str
    number_comma: str


@dataclass(frozen=True, slots=True)
class Maths:
    """The words for formulas that are read out."""

    symbols: Mapping[str, str]
    letters: Mapping[str, str]
    functions: Mapping[str, str]
    accents: Mapping[str, str]
    powers: Powers
    phrases: Phrases


@dataclass(frozen=True, slots=True, eq=False)
class Locale:
    """The words of one language. ``load_locale`` returns the same object for the same language, so it may be a key."""

    language: str
    """The tag, or the beginning of its tags, that is the name of its file."""
    plural: str
    parts: Mapping[str, str]
    editions: Mapping[str, str]
    headings: Headings
    labels: Labels
    page_references: PageReferences
    difficulties: Mapping[str, str]
    difficulty_meanings: Mapping[str, str]
    running_heads: RunningHeads
    colophon: Colophon
    index: Index
    progress: Progress
    exam: Exam
    review: Review
    sheets: Sheets
    landmarks: Landmarks
    pictures: Pictures
    accessibility: Mapping[str, str]
    how_to_use: HowToUse
    web: Web
    boxes: Mapping[str, str]
    signs: Mapping[str, str]
    maths: Maths


# ---------------------------------------------------------------- loading


def load_locale(language: str, otherwise: str = REFERENCE, own: OwnWords = ()) -> Locale:
    """Return the words of a language tag such as ``en-GB``; those of ``otherwise`` where there are none, else English.

    ``own`` are words that take the place of the program's. Raises LocaleError if the language's file or they are wrong.
    """
    return _load(find_language(language, own) or find_language(otherwise, own) or REFERENCE, own)


def find_language(tag: str, own: OwnWords = ()) -> str | None:
    """Return the longest beginning of a tag that there is a file for, as ``normalise_tag`` writes it; None if there is none."""
    parts = normalise_tag(tag).split("-")
    beginnings = ("-".join(parts[:length]) for length in range(len(parts), 0, -1))
    known = {*LANGUAGES, *(name for name, _ in own)}
    return next((name for each in beginnings for name in (each, _SCRIPTS.get(each)) if name in known), None)


def normalise_tag(tag: str) -> str:
    """Return a tag in lower case, with hyphens and with the code of two letters of its language, if that has one."""
    code, *others = re.split("[-_]", tag.lower())
    return "-".join((_LONG_CODES.get(code, code), *others))


@cache
def _load(language: str, own: OwnWords = ()) -> Locale:
    base = find_language(language) or REFERENCE  # own words may be those of a region: `de-at`
    texts = {name: (_FOLDER / f"{name}.toml").read_text(encoding="utf-8") for name in (base, REFERENCE)}
    return parse_locale(texts[base], f"{language}.toml", texts[REFERENCE], dict(own).get(language, ""))


def parse_locale(text: str, name: str, reference: str, own: str = "") -> Locale:
    """Read the text of a TOML file, which ``name`` is for messages, and compare it with that of the reference.

    ``own`` is TOML whose values take the place of those of the same keys. Raises LocaleError for a missing or unknown key, a value of
    another type, an empty text, other braces than those of the reference, and another number of forms than the rule of the plural knows.
    """
    try:
        table = _lay_over(_parse(text), _parse(own))
        plural = str(table.get("plural", ""))
        locale: Locale = _build(Locale, {**table, "language": name.removesuffix(".toml")}, plural)
        for fault in _find_differences(dict(list_texts(table)), dict(list_texts(_parse(reference)))):
            raise LocaleError(fault)
    except (tomllib.TOMLDecodeError, LocaleError) as error:
        raise LocaleError(f"studyguide/locale/{name}: {error}") from error
    return locale


def list_texts(table: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Yield the keys with their tables, ``maths.powers.cubed``, and their values."""
    for key, value in table.items():
        if isinstance(value, dict):
            yield from list_texts(value, f"{prefix}{key}.")
        else:
            yield prefix + key, value


@cache
def list_keys() -> frozenset[str]:
    """Return the keys of all words with their tables: ``headings.contents``."""
    return frozenset(key for key, _ in list_texts(_parse((_FOLDER / f"{REFERENCE}.toml").read_text(encoding="utf-8"))))


@cache
def _compile_rule(plural: str) -> tuple[Callable[[int], int], int]:
    """Return the function that a rule of the plural describes, and the number of its forms.

    Raises LocaleError if it is no rule.
    """
    try:
        rule = gettext.c2py(plural)
        forms = {rule(number) for number in _NUMBERS}
    except (ValueError, ZeroDivisionError) as error:
        raise LocaleError(f"`plural` is no rule as gettext writes it: {error}") from error
    if min(forms) < 0:
        raise LocaleError(f"`plural` is no rule as gettext writes it: the place of a form is {min(forms)}")
    return rule, max(forms) + 1


@cache
def _parse(text: str) -> Mapping[str, Any]:
    return tomllib.loads(text)


def _lay_over(table: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    """Return a table with the values of another in the place of its own."""
    inner = {
        key: _lay_over(table[key], value)
        for key, value in own.items()
        if isinstance(value, dict) and isinstance(table.get(key), dict)
    }
    return {**table, **own, **inner}


def _build(kind: Any, table: Mapping[str, Any], plural: str, prefix: str = "") -> Any:
    """Make a dataclass of a table; hyphens in keys are underscores in fields."""
    names = {each.name.replace("_", "-"): each.name for each in fields(kind)}
    for key in [*names, *table]:
        if key not in table or key not in names:
            raise LocaleError(f"the key `{prefix}{key}` is {'unknown' if key in table else 'missing'}")
    types = get_type_hints(kind)
    values = {names[key]: _convert(types[names[key]], value, plural, prefix + key) for key, value in table.items()}
    return kind(**values)


def _convert(kind: Any, value: Any, plural: str, key: str) -> Any:
    """Return a value of the file as the field's type has it: a dataclass, a mapping, a tuple or a text."""
    if kind is Counted:
        return Counted(_convert(tuple[str, ...], value, plural, key), plural)
    if is_dataclass(kind) or get_origin(kind) is Mapping:
        if not isinstance(value, dict):
            raise LocaleError(f"`{key}` is no table")
        return _build(kind, value, plural, f"{key}.") if is_dataclass(kind) else MappingProxyType(value)
    if get_origin(kind) is tuple:
        if not isinstance(value, list):
            raise LocaleError(f"`{key}` is no list")
        return tuple(value)
    if not isinstance(value, str):
        raise LocaleError(f"`{key}` is no text")
    return value


def _find_differences(values: Mapping[str, Any], reference: Mapping[str, Any]) -> Iterator[str]:
    """Yield what is wrong with a language's values, by their keys."""
    yield from (f"the key `{key}` is missing" for key in reference if key not in values)
    yield from (f"the key `{key}` is unknown" for key in values if key not in reference)
    _, forms = _compile_rule(values["plural"])
    for key, value in values.items():
        texts = value if isinstance(value, list) else [value]
        wanted = _find_placeholders(reference[key])
        if not texts or not all(isinstance(each, str) and each.strip() for each in texts):
            yield f"`{key}` is empty, or no text"
        elif key == "colophon.months" and len(texts) != _MONTHS:
            yield f"`{key}` has {len(texts)} names, and a year has {_MONTHS}"
        elif key == "index.han" and value not in _HAN_ORDERS:
            yield f"`{key}` must be {', '.join(f'`{each}`' for each in _HAN_ORDERS[:-1])} or `{_HAN_ORDERS[-1]}`"
        elif _is_counted(reference[key]):
            yield from _find_wrong_forms(key, texts, forms, sorted(set(wanted)))
        elif _find_placeholders(value) != wanted:
            yield f"`{key}` must have {_join_placeholders(wanted)}"


def _is_counted(value: Any) -> bool:
    """Return True for a list of the forms of one phrase, which has a number in it."""
    return isinstance(value, list) and _COUNT in str(value)


def _find_wrong_forms(key: str, texts: list[str], forms: int, wanted: list[str]) -> Iterator[str]:
    """Yield what is wrong with the forms of a phrase. One may leave the number out, such as a dual."""
    if len(texts) != forms:
        yield f"`{key}` has {len(texts)} forms, and `plural` knows {forms}"
    for text in texts:
        if sorted({*_find_placeholders(text), _COUNT}) != wanted:
            yield f"`{key}` must have {_join_placeholders(wanted)} in each form"


def _join_placeholders(placeholders: list[str]) -> str:
    return " and ".join(placeholders) or "no braces"


def _find_placeholders(value: Any) -> list[str]:
    """Return the braces of a text or of a list of texts, sorted."""
    return sorted(re.findall(r"\{[^{}]*\}|[{}]", str(value)))
