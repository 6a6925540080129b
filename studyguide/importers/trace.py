"""Give problems of an imported guide the lines of the file that it was made from: Problems, Reports → Problems."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from studyguide.importers.drafts import Draft
from studyguide.importers.report import Report
from studyguide.model import Source
from studyguide.problems import Place, Problem

_Places = Sequence[tuple[Place, Place]]
"""(place of a question in the converted chapters, its place in the original file), in the order of the chapters."""


def trace_problems(problems: Sequence[Problem], reports: Sequence[Report]) -> tuple[Problem, ...]:
    """Return the problems, sorted, with every place of a converted chapter replaced by that of its question."""
    places = [place for report in reports for place in report.places]
    if not places:
        return tuple(problems)
    files = "|".join(sorted({re.escape(converted.path) for converted, _ in places}))
    mention = re.compile(rf"(?<!\S)({files}):(\d+)(?::\d+)?")

    def trace_mentions(text: str) -> str:
        return mention.sub(lambda found: str(_find_origin(Place(found[1], int(found[2])), places)), text)

    traced = {
        replace(
            each,
            place=_find_origin(each.place, places),
            found=trace_mentions(each.found),
            fix=trace_mentions(each.fix),
        )
        for each in problems
    }
    return tuple(sorted(traced))


def _find_origin(place: Place, places: _Places) -> Place:
    """Return where the question stands in which a place of a converted chapter is."""
    above = [
        origin for converted, origin in places if converted.path == place.path and converted.line <= max(1, place.line)
    ]
    return above[-1] if above else place


def places(source: Source, drafts: Sequence[Draft], chapters: Sequence[Source]) -> Iterator[tuple[Place, Place]]:
    for draft, chapter in zip(drafts, chapters, strict=True):
        yield Place(chapter.path, 1), Place(source.path, draft.line)
        lines = enumerate(chapter.text.splitlines(), 1)
        # Whatever else begins with two signs stands in code, and has no identifier behind it.
        starts = [at for at, line in lines if re.match(r"## .*\{#[^{}]+\}$", line)]
        yield from (
            (Place(chapter.path, at), Place(source.path, each.line))
            for at, each in zip(starts, draft.questions, strict=False)
        )
