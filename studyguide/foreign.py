"""Guides of another format at the edge of the program: path → Project in ours, Reports; Problems → where their author meets them."""

import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from studyguide.limits import LIMITS
from studyguide.model import Project
from studyguide.problems import ContentError, Place, Problem, UnknownNameError, instead
from studyguide.reading.project import read
from studyguide.runtime.workers import Timely

if TYPE_CHECKING:
    # Where it is used it is imported anew: a build of nothing new, from a guide of ours, need not wait 40 ms for it.
    from studyguide.importers.report import Report


def taken(source: str) -> Project:
    """What is on the disk: of a folder without a file of ours everything, of one of ours its chapters."""
    if not Path(source).is_dir() or (Path(source) / "guide.toml").exists():
        return read(source)
    from studyguide.importers import is_foreign

    with suppress(ContentError):  # its files may stand in folders
        own = read(source)
        if not is_foreign(own):
            return own
    whole = read(source, everything=True)
    return whole if is_foreign(whole) else read(source)


def translated(
    project: Project, dialect: str | None, seconds: float = LIMITS["seconds"].maximum
) -> tuple[Project, "tuple[Report, ...]"]:
    """The project, files of another format in ours, and the reports of that.

    Raises UnknownNameError for the dialect, and ContentError where there is no text to read or where that takes too long.
    """
    from studyguide.importers import DIALECTS, is_foreign, translate

    if project.problems or not (dialect or is_foreign(project)):
        return project, ()
    if dialect and dialect not in DIALECTS:
        raise UnknownNameError(f"there is no dialect `{dialect}`: {instead(dialect, DIALECTS)}")
    translation: tuple[Project, tuple[Report, ...]] = Timely(partial(translate, dialect=dialect or ""), seconds)(
        project
    )
    ours, reports = translation
    if ours.problems:
        raise ContentError(ours.problems)
    return ours, reports


def traced(problems: Sequence[Problem], reports: "Sequence[Report]") -> tuple[Problem, ...]:
    """Problems of a converted guide with the lines of the file that it was made from."""
    places = [place for report in reports for place in report.places]
    if not places:
        return tuple(problems)
    files = "|".join(sorted({re.escape(made.path) for made, _ in places}))
    other = re.compile(rf"(?<!\S)({files}):(\d+)(?::\d+)?")

    def said(text: str) -> str:
        return other.sub(lambda found: str(origin(Place(found[1], int(found[2])), places)), text)

    moved = {
        replace(each, place=origin(each.place, places), found=said(each.found), fix=said(each.fix)) for each in problems
    }
    return tuple(sorted(moved))


def origin(place: Place, places: Sequence[tuple[Place, Place]]) -> Place:
    """Where the question stands in which a place of a converted guide is."""
    above = [source for made, source in places if made.path == place.path and made.line <= max(1, place.line)]
    return above[-1] if above else place
