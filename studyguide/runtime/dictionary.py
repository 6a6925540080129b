"""Find and open the spelling dictionary of a language. The only module that knows Hunspell, which is optional."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Hunspell = Any  # hunspell.Hunspell

# Folders in which systems keep dictionaries; DICPATH, Hunspell's own variable, may name more.
FOLDERS = ("/usr/share/hunspell", "/usr/share/myspell/dicts", "/opt/homebrew/share/hunspell", "/Library/Spelling")
# Dictionary of a language that is named without a country.
_DEFAULT_NAMES = {
    "de": "de_DE",
    "en": "en_US",
    "es": "es_ES",
    "fr": "fr_FR",
    "hi": "hi_IN",
    "it": "it_IT",
    "nl": "nl_NL",
    "pt": "pt_BR",
    "ru": "ru_RU",
}
_MAX_SUGGESTIONS = 3


class NoDictionaryError(Exception):
    """Words cannot be looked up; the message says what to install."""


@dataclass(frozen=True, slots=True)
class Dictionary:
    """The words of one language."""

    _hunspell: Hunspell

    def has_word(self, word: str) -> bool:
        try:
            return bool(self._hunspell.spell(word))
        except UnicodeEncodeError:  # old dictionaries can encode only the letters of their own language
            return True

    def suggest_words(self, word: str) -> tuple[str, ...]:
        """Return the words most like this one, the most likely first."""
        return tuple(self._hunspell.suggest(word)[:_MAX_SUGGESTIONS])


def open_dictionary(language: str) -> Dictionary:
    """Open the dictionary of a language such as ``en-GB``. Raises NoDictionaryError."""
    try:
        import hunspell
    except ModuleNotFoundError:
        raise NoDictionaryError(
            "`--spelling` needs Hunspell, which `pip install 'studyguide[spelling]'` installs"
        ) from None
    name = _DEFAULT_NAMES.get(language, language.replace("-", "_"))
    named = filter(None, os.environ.get("DICPATH", "").split(os.pathsep))
    bundled = str(Path(str(hunspell.__file__)).parent / "dictionaries")
    for folder in (*named, *FOLDERS, bundled):
        if (Path(folder) / f"{name}.dic").is_file():
            return Dictionary(hunspell.Hunspell(name, hunspell_data_dir=folder))
    package = f"hunspell-{name.lower().replace('_', '-')}"
    raise NoDictionaryError(
        f"there is no dictionary of `{language}`: install {package}, or name in DICPATH the folder of {name}.dic"
    )
