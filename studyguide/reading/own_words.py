"""Read the words that a guide has in the place of the program's: Sources → OwnWords, with every mistake as a Problem."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from studyguide.bidi import BIDI_CONTROL
from studyguide.limits import LIMITS, check_limit
from studyguide.locale import REFERENCE, OwnWords, list_keys, list_texts, load_locale, normalise_tag
from studyguide.model import Source
from studyguide.problems import LocaleError, Place, Problem, suggest_names
from studyguide.reading.toml_faults import describe_toml_fault
from studyguide.text import CONTROL_CHARACTER, is_language_tag, suggest_language_tag
from studyguide.toml_text import find_key, parse_toml

_QUOTED = re.compile("`([^`]+)`")
_LONGEST_RULE = 300  # characters
_LINE_OR_TAB = re.compile(r"[\t\n\r\u2028\u2029]")
_MARKUP = re.compile("[<>]")


def read_own_words(sources: Sequence[Source], problems: list[Problem]) -> OwnWords:
    """Return the words of the files without a mistake, and add the mistakes of the others to the problems."""
    words = []
    for source in sources:
        found = list(_find_faults(source))
        problems += found
        if not found:
            words.append((normalise_tag(source.path.removesuffix(".toml")), source.text))
    return tuple(words)


def _find_faults(source: Source) -> Iterator[Problem]:
    """Yield what is wrong with a file of words."""
    language = source.path.removesuffix(".toml")
    if not is_language_tag(language):
        fix = f"name it for its language: {suggest_language_tag(language)}"
        if "/" in source.path:
            fix = f"put it into `locale/` itself, as `{source.path.rpartition('/')[2]}`"
        yield Problem(Place(source.origin), "wrong-words", f"`{source.path}` is no name of a language", fix)
        return
    try:
        table = parse_toml(source.text)
    except ValueError as error:
        yield describe_toml_fault(source, error)
        return
    texts = list(list_texts(table))
    yield from (found := [*_find_unknown_keys(source, texts), *_find_unwritable(source, texts)])
    if found:
        return
    try:
        load_locale(language, own=((normalise_tag(language), source.text),))
    except LocaleError as error:
        fault = str(error.__cause__ or error)
        key = quoted[1] if (quoted := _QUOTED.search(fault)) else ""
        fix = f"write it as the program's file has it: studyguide/locale/{REFERENCE}.toml explains each word"
        yield Problem(_find_place(source, key), "wrong-words", fault, fix)


def _find_unknown_keys(source: Source, texts: Iterable[tuple[str, Any]]) -> Iterator[Problem]:
    known = list_keys()
    for key, _ in texts:
        if key not in known:
            yield Problem(
                _find_place(source, key), "wrong-words", f"no book has a word `{key}`", suggest_names(key, known)
            )


def _find_unwritable(source: Source, texts: Iterable[tuple[str, Any]]) -> Iterator[Problem]:
    """Find what no book may hold: marks of HTML, controls, and texts that are no words."""
    for key, value in texts:
        place = _find_place(source, key)
        for text in value if isinstance(value, list) else [value]:
            if not isinstance(text, str):
                continue  # `load_locale` says that it is no text
            if key == "plural" and len(text) > _LONGEST_RULE:
                yield Problem(place, "wrong-words", f"`{key}` is too long", "write a rule as gettext has it: `n != 1`")
            elif _MARKUP.search(text) and key != "plural":
                yield Problem(
                    place, "wrong-words", f"`{key}` has a `<` or `>`", "write words; a template has their look"
                )
            elif CONTROL_CHARACTER.search(text) or BIDI_CONTROL.search(text) or _LINE_OR_TAB.search(text):
                yield Problem(place, "wrong-words", f"`{key}` has a character that cannot be printed", "delete it")
            elif len(text) > LIMITS["setting"].maximum:
                yield from check_limit("setting", len(text), f"`{key}`", place)


def _find_place(source: Source, key: str) -> Place:
    """Return the line that sets a key, as ``headings.contents``, or that begins its table; the first line if none does."""
    *table, name = key.split(".")
    return Place(source.origin, *find_key(source.text, tuple(table), name))
