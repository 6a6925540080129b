"""Put the questions of a folder whose files are a question each into one chapter: Converteds → Converteds."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby
from pathlib import PurePosixPath

from studyguide.importers.folder import is_index, make_title
from studyguide.importers.names import Names
from studyguide.importers.report import Converted
from studyguide.model import Chapter, Source
from studyguide.problems import Place
from studyguide.text import slugify


def join_folders(
    sources: Sequence[Source], converted: Sequence[Converted | None], names: Names
) -> Iterator[Converted | None]:
    """Yield the files with one chapter for the questions of each folder, which belongs to the first of its files."""
    for folder, files in groupby(zip(sources, converted, strict=True), key=_find_shared_folder):
        found = [each for _, each in files]
        if folder is None:
            yield from found
            continue
        first, *others = (each for each in found if each)
        title = make_title(folder)
        chapters = [chapter for each in (first, *others) for chapter in each.chapters]
        yield replace(first, chapters=(_join_chapters(chapters, title, names.take(slugify(title))),))
        yield from (replace(each, chapters=(), report=replace(each.report, chapters=0)) for each in others)


def _find_shared_folder(file: tuple[Source, Converted | None]) -> str | None:
    """Return the folder of a file whose chapter holds nothing but one question; None for another file."""
    source, converted = file
    if converted is None or is_index(source) or not converted.report.questions == len(converted.chapters) == 1:
        return None
    return str(PurePosixPath(source.path).parent)


def _join_chapters(chapters: Sequence[Chapter], title: str, name: str) -> Chapter:
    """Return the questions of several chapters, which have no other text, as one chapter."""
    definitions, places = "", tuple[Place, ...]()
    for chapter in chapters:
        if definitions and chapter.definitions:
            definitions, places = f"{definitions}\n\n", (*places, chapter.definition_places[0])
        definitions, places = definitions + chapter.definitions, (*places, *chapter.definition_places)
    return replace(
        chapters[0],
        id=name,
        title=title,
        questions=tuple(question for chapter in chapters for question in chapter.questions),
        definitions=definitions,
        definition_places=places,
    )
