"""Load the words by which a foreign guide is understood: language tag → Vocabulary.

A language is a file of this folder, ``de.toml``, and nothing else; ``en.toml`` explains the keys. The words by which a
language itself is recognised are in ``studyguide/language_guess.toml``.
"""

import tomllib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cache
from importlib.resources import files
from typing import Any

from studyguide.problems import LocaleError

REFERENCE = "en"
_FOLDER = files(__name__)
LANGUAGES = tuple(sorted(each.name.removesuffix(".toml") for each in _FOLDER.iterdir() if each.name.endswith(".toml")))
"""The languages that there is a file for, as the first part of their tags."""
MAY_BE_EMPTY = frozenset(("question-strings", "task-endings"))
"""The keys whose lists some languages leave empty."""


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The words of one language, each list explained in ``en.toml``: casefolded texts in the form NFC, none twice in a list."""

    language: str
    """The first part of its tags, the name of its file."""
    question_words: tuple[str, ...]
    task_words: tuple[str, ...]
    task_endings: tuple[str, ...]
    question_strings: tuple[str, ...]
    pointing_words: tuple[str, ...]
    question_labels: tuple[str, ...]
    answer_labels: tuple[str, ...]
    explanation_labels: tuple[str, ...]
    hint_labels: tuple[str, ...]
    correct_labels: tuple[str, ...]
    option_labels: tuple[str, ...]
    single_choice: tuple[str, ...]
    count_words: tuple[str, ...]
    show_labels: tuple[str, ...]
    more_labels: tuple[str, ...]
    section_words: tuple[str, ...]
    contents_titles: tuple[str, ...]
    top_links: tuple[str, ...]
    placeholders: tuple[str, ...]
    source_labels: tuple[str, ...]
    level_labels: tuple[str, ...]
    key_titles: tuple[str, ...]
    about_titles: tuple[str, ...]
    follow_up_labels: tuple[str, ...]


def load_vocabulary(tag: str) -> Vocabulary:
    """Return the words of a language tag such as ``pt-BR``, those of English if there is no file for it.

    Raises LocaleError if the language's file is wrong.
    """
    language = tag.lower().replace("_", "-").split("-")[0]
    return _load(language if language in LANGUAGES else REFERENCE)


@cache
def _load(language: str) -> Vocabulary:
    name = f"{language}.toml"
    return parse_vocabulary((_FOLDER / name).read_text(encoding="utf-8"), name)


def parse_vocabulary(text: str, name: str) -> Vocabulary:
    """Read the text of a TOML file, which ``name`` is for messages. Raises LocaleError for a fault of a key or of its value."""
    try:
        table = tomllib.loads(text)
        keys = {each.name.replace("_", "-"): each.name for each in fields(Vocabulary) if each.name != "language"}
        for key in [*keys, *table]:
            if key not in table or key not in keys:
                raise LocaleError(f"the key `{key}` is {'unknown' if key in table else 'missing'}")
        lists = {field: _read_list(table, key) for key, field in keys.items()}
    except (tomllib.TOMLDecodeError, LocaleError) as error:
        raise LocaleError(f"studyguide/importers/vocabulary/{name}: {error}") from error
    return Vocabulary(name.removesuffix(".toml"), **lists)


def _read_list(table: Mapping[str, Any], key: str) -> tuple[str, ...]:
    """Return the texts of a key, casefolded. Raises LocaleError for what is no list of texts, and for a text that is there twice."""
    texts = table[key]
    if not isinstance(texts, list) or not all(isinstance(each, str) and each.strip() for each in texts):
        raise LocaleError(f"`{key}` is no list of texts")
    if not texts and key not in MAY_BE_EMPTY:
        raise LocaleError(f"`{key}` is empty")
    folded = [unicodedata.normalize("NFC", each.casefold()) for each in texts]
    for each in folded:
        if folded.count(each) > 1:
            raise LocaleError(f"`{key}` has `{each}` twice")
    return tuple(folded)
