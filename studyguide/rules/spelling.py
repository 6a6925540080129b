"""Look up the words of a guide: Project, Guide, Speller → warnings.

The only file that knows Hunspell, which is optional, and where machines keep its dictionaries.
"""

import os
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from studyguide.hypertext import untagged
from studyguide.model import Guide, Passage, Project
from studyguide.problems import Problem
from studyguide.text import split_words

# Where machines keep dictionaries.
FOLDERS = ("/usr/share/hunspell", "/usr/share/myspell/dicts", "/opt/homebrew/share/hunspell", "/Library/Spelling")
# The dictionary of a language that is named without a country.
USUAL = {"de": "de_DE", "en": "en_US", "es": "es_ES", "fr": "fr_FR", "it": "it_IT", "nl": "nl_NL", "pt": "pt_PT"}

# What is not in the language of the text around it.
OTHER = re.compile(r"<(pre|code|svg|kbd|samp|math)\b.*?</\1>|<(\w+)(?=[^>]* lang=)[^>]*>.*?</\2>", re.DOTALL)
BETWEEN = re.compile(r"</?(?:p|li|td|th|h[1-6]|dt|dd|figcaption)\b[^>]*>|<br ?/>|<span class=\"footnote\">")
WORD = re.compile(r"[\w.]*\w(?:[’']\w+)*")
OPENING = re.compile(r"(?:^|(?<!\b[A-Z])[.!?:…])\W*$")
"""What stands before a word that has a capital whatever it is; behind `A. ` stands a name."""
SUGGESTED = 3
SHORTEST = 2
"""Letters of what is a word; a single one is a symbol."""


class Speller(Protocol):
    def knows(self, word: str) -> bool: ...

    def near(self, word: str) -> tuple[str, ...]: ...


class NoDictionaryError(Exception):
    """Words cannot be looked up; says what to install."""


@dataclass(frozen=True, slots=True)
class Dictionary:
    """Hunspell with the words of one language."""

    hunspell: Any

    def knows(self, word: str) -> bool:
        try:
            return bool(self.hunspell.spell(word))
        except UnicodeEncodeError:  # old dictionaries have the letters of their own language only
            return True

    def near(self, word: str) -> tuple[str, ...]:
        return tuple(self.hunspell.suggest(word)[:SUGGESTED])


def dictionary(language: str) -> Dictionary:
    """The dictionary of a language such as ``en-GB``. Raises NoDictionaryError."""
    try:
        import hunspell
    except ModuleNotFoundError:
        raise NoDictionaryError("`--spelling` needs Hunspell, which `make spelling` installs") from None
    name = USUAL.get(language, language.replace("-", "_"))
    own = str(Path(str(hunspell.__file__)).parent / "dictionaries")
    # DICPATH is Hunspell's own.
    for folder in (*filter(None, os.environ.get("DICPATH", "").split(os.pathsep)), *FOLDERS, own):
        if (Path(folder) / f"{name}.dic").is_file():
            return Dictionary(hunspell.Hunspell(name, hunspell_data_dir=folder))
    package = f"hunspell-{name.lower().replace('_', '-')}"
    raise NoDictionaryError(
        f"there is no dictionary of `{language}`: install {package}, or name in DICPATH the folder of {name}.dic"
    )


def misspelt(project: Project, guide: Guide, speller: Speller) -> Iterator[Problem]:
    """Each unknown word, where it stands first."""
    sources = {source.path: source for source in project.sources}
    own = {token for term in guide.terms for name in term.names for token in split_words(name)}
    own |= {token for word in guide.config.words for token in split_words(word)}
    uses: dict[str, list[tuple[str, Passage]]] = defaultdict(list)
    for passage in passages(guide):
        for word in words(passage):
            uses[word.casefold()].append((word, passage))
    for folded, where in uses.items():
        word, passage = where[0]
        if own & forms(folded) or speller.knows(word) or speller.knows(folded):
            continue
        near = ", ".join(f"`{each}`" for each in speller.near(word))
        fix = (f"write {near}, or " if near else "") + f'put `"{folded}"` into the `words` of guide.toml'
        more = f", which stands in {len(where)} places" if len(where) > 1 else ""
        place = sources[passage.place.path].at(passage.place.line, word)
        yield Problem(place, "spelling", f"the dictionary has no `{word}`{more}", fix)


def forms(word: str) -> set[str]:
    """The word, and what it may be a plural or a genitive of."""
    return {word, word.removesuffix("'s"), word.removesuffix("s"), word.removesuffix("es")}


def passages(guide: Guide) -> Iterator[Passage]:
    """All of the guide that is in its language."""
    for chapter in guide.chapters:
        foreign = {passage for question in chapter.questions if question.lang for passage in question.passages}
        yield from (passage for passage in chapter.passages if passage not in foreign)


def words(passage: Passage) -> Iterator[str]:
    """What can be looked up: no code, no formula, no number, no name."""
    text = untagged(BETWEEN.sub(". ", OTHER.sub(" ", passage.html)))
    for match in WORD.finditer(text):
        word = match[0].replace("’", "'").strip(".'_")
        if not word.replace("'", "").isalpha() or len(word) < SHORTEST or word[1:] != word[1:].lower():
            continue
        before = text[max(0, match.start() - 4) : match.start()]
        if word[0].islower() or OPENING.search(before):
            yield word
