"""Report scripts and letters that no face of the printed book has: Project → Problems.

A script that has more than a hundredth of a guide's letters keeps the guide from being printed: its pages would be full of boxes.
"""

import unicodedata
from collections.abc import Container, Iterator, Sequence

from studyguide.html_text import strip_tags
from studyguide.model import Guide, Passage, Project, Source
from studyguide.pdf.glyph_fallback import find_lacking_letters, write_fix
from studyguide.problems import Place, Problem
from studyguide.scripts import find_script
from studyguide.store import NULL_STORE
from studyguide.text import name_script

MAX_LACKING_SHARE = 0.01
"""The share of a guide's letters that may be without a face."""
_MAX_SHOWN_LETTERS = 5


def find_missing_scripts(project: Project, guide: Guide, ebooks: Sequence[str]) -> tuple[Problem, ...]:
    """Return a problem for each script without a face if they have too large a share of the guide's letters, or else none.

    ``ebooks`` are the names of the editions that can be built instead; empty if they are built anyway.
    """
    language = guide.config.language
    if not find_lacking_letters(project.join_texts(), guide.typecase, NULL_STORE):
        return ()
    text = unicodedata.normalize("NFC", "\n".join(_list_printed_texts(guide)))
    lacking = [letter for letter in find_lacking_letters(text, guide.typecase, NULL_STORE) if letter.isalpha()]
    total = sum(map(str.isalpha, text))
    counts = {letter: text.count(letter) for letter in lacking}
    if sum(counts.values()) <= total * MAX_LACKING_SHARE:
        return ()
    scripts: dict[str, list[str]] = {}
    for letter in lacking:
        scripts.setdefault(name_script_of(letter, language), []).append(letter)
    return tuple(
        _make_refusal(name, letters, sum(map(counts.__getitem__, letters)) / total, project, language, ebooks)
        for name, letters in scripts.items()
    )


def _list_printed_texts(guide: Guide) -> Iterator[str]:
    """Yield the texts of a guide without its remarks and its markup."""
    yield from (guide.config.title, guide.config.subtitle, *guide.config.authors)
    for chapter in guide.chapters:
        yield from (chapter.title, chapter.summary, *(strip_tags(each.html) for each in chapter.passages))


def _make_refusal(
    name: str, letters: Sequence[str], share: float, project: Project, language: str, ebooks: Sequence[str]
) -> Problem:
    """Return the problem of a script that keeps a guide from being printed, because it has this share of the letters."""
    written = f"{share:.0%}" if share >= MAX_LACKING_SHARE else f"less than {MAX_LACKING_SHARE:.0%}"
    found = f"the guide cannot be printed: {written} of its letters are {name}, which no face has"
    return Problem(find_first(letters, project), "missing-glyph", found, _write_fix(letters[0], language, ebooks))


def _write_fix(letter: str, language: str, ebooks: Sequence[str]) -> str:
    """Return what helps against the lack of a face for a script."""
    alone = f"build the EPUB alone with `-e {ebooks[0]}`, or " if ebooks else ""
    return f"{alone}{write_fix(letter, language)}"


def name_script_of(letter: str, language: str) -> str:
    """Return the name of the script of a letter in a book of this language."""
    script = find_script(letter, language)
    return script.name if script else name_script(letter)


def make_script_problem(
    name: str, letters: Sequence[str], project: Project, language: str, ebooks: Sequence[str]
) -> Problem:
    """Return the problem of a script of which a few letters have no face; ``ebooks`` are the editions that can show them."""
    shown = " ".join(f"`{letter}`" for letter in letters[:_MAX_SHOWN_LETTERS])
    more = f" and {len(letters) - _MAX_SHOWN_LETTERS} others" if len(letters) > _MAX_SHOWN_LETTERS else ""
    found = f"no face of the printed book has {name} letters: {shown}{more}"
    return Problem(find_first(letters, project), "missing-glyph", found, _write_fix(letters[0], language, ebooks))


def find_first(letters: Sequence[str], project: Project) -> Place:
    """Return the place of the first of these letters in the chapters, or else in guide.toml."""
    places = (place for source in _list_texts(project) for place in _list_places(letters, source))
    return next(places, project.place)


def find_letter(letter: str, paths: Container[str], project: Project) -> Iterator[Place]:
    """Yield the first place of a letter in each line that has it, of the files with these paths or else of all."""
    texts = _list_texts(project)
    for source in [source for source in texts if source.path in paths] or texts:
        yield from _list_places(letter, source)


def _list_texts(project: Project) -> Sequence[Source]:
    return (*project.sources, *([project.config] if project.config else []))


def _list_places(letters: Sequence[str], source: Source) -> Iterator[Place]:
    """Yield the place in each line at which the first of these letters stands."""
    if source.chapters is not None:
        passages = (passage for chapter in source.chapters for passage in chapter.passages)
        yield from dict.fromkeys(place for passage in passages for place in _list_places_in(letters, passage))
        return
    # Letters and their marks are looked for together, as they are printed.
    for number, line in enumerate(unicodedata.normalize("NFC", source.text).splitlines(), 1):
        if columns := [line.index(letter) for letter in letters if letter in line]:
            yield Place(source.path, number, min(columns) + 1)


def _list_places_in(letters: Sequence[str], passage: Passage) -> Iterator[Place]:
    """Yield the line of a text of another format in which one of these letters stands."""
    for number, line in enumerate(unicodedata.normalize("NFC", passage.markdown).split("\n")):
        if any(letter in line for letter in letters):
            yield passage.find_place(number, 1)
