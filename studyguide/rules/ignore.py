"""Leave out the warnings that guide.toml ignores, and add the ignores that fit none: Guide, Problems → Problems."""

from bisect import bisect
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from studyguide.model import Guide
from studyguide.problems import WARNINGS, Place, Problem


def spared(guide: Guide, problems: Iterable[Problem], asked: bool = True) -> Iterator[Problem]:
    """``asked`` is whether spelling was looked at, for an ignore of what was not looked for may fit or not."""
    spots = Spots(guide)
    fitting, errors = set(), False
    for problem in problems:
        names = spots.names(problem.place)
        fits = [
            ignore
            for ignore in guide.config.ignores
            if problem.severity == "warning" and ignore.rule == problem.rule and ignore.where in names
        ]
        fitting.update(fits)
        errors |= problem.severity == "error"
        if not fits:
            yield problem
    # A file that cannot be read, or is read otherwise than it is meant, may hold what an ignore fits.
    for ignore in () if errors else guide.config.ignores:
        looked_for = ignore.rule in WARNINGS and (asked or ignore.rule != "spelling")
        if looked_for and ignore not in fitting:
            where = f" at `{ignore.where}`" if ignore.where else ""
            found = f"no warning of `{ignore.rule}` is left{where} to ignore"
            yield Problem(ignore.place, "unused-ignore", found, "take the ignore out, or mend its `where`")


class Spots:
    """What stands at a place of the guide."""

    def __init__(self, guide: Guide) -> None:
        self.chapters = {chapter.place.path: chapter.id for chapter in guide.chapters}
        self.starts: dict[str, list[tuple[int, str]]] = defaultdict(list)
        for chapter in guide.chapters:
            named = [(question.place, question.id) for question in chapter.questions]
            named += [(term.title.place, term.id) for term in chapter.terms]
            for place, name in named:
                self.starts[place.path].append((place.line, name))

    def names(self, place: Place) -> Sequence[str]:
        """What an ignore may call it: nothing, which is the whole guide, its chapter, its question or its term."""
        starts = self.starts[place.path]
        before = bisect(starts, place.line, key=lambda start: start[0])
        own = [starts[before - 1][1]] if before else []
        return ["", self.chapters.get(place.path, ""), *own]
