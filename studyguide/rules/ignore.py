"""Apply the ``[[ignore]]`` tables of guide.toml: Guide, Problems → Problems."""

from bisect import bisect
from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Sequence

from studyguide.model import Guide, Ignore
from studyguide.problems import Place, Problem


def find_unknown_rules(guide: Guide, warnings: Container[str]) -> Iterator[Problem]:
    """Report each ignore whose rule is not one of these warnings."""
    for ignore in guide.config.ignores:
        if ignore.rule and ignore.rule not in warnings:
            found = f"`rule` is `{ignore.rule}`, which is no warning"
            yield Problem(
                ignore.place, "wrong-value", found, "write the name of a warning that `studyguide rules` lists"
            )


def drop_ignored(guide: Guide, problems: Iterable[Problem], is_spelling_checked: bool = True) -> Iterator[Problem]:
    """Leave out the warnings that guide.toml ignores, and report each ignore that fits none.

    An ignore of spelling is not reported unless ``is_spelling_checked``.
    """
    index = _PlaceIndex(guide)
    fitting: set[Ignore] = set()
    has_errors = False
    for problem in problems:
        names = index.find_names(problem.place)
        fits = [
            ignore
            for ignore in guide.config.ignores
            if problem.severity == "warning" and ignore.rule == problem.rule and ignore.where in names
        ]
        fitting.update(fits)
        has_errors |= problem.severity == "error"
        if not fits:
            yield problem
    # A file that cannot be read, or is not read as it is meant, may hide the warning that an ignore fits.
    for ignore in () if has_errors else guide.config.ignores:
        if ignore not in fitting and (is_spelling_checked or ignore.rule != "spelling"):
            where = f" at `{ignore.where}`" if ignore.where else ""
            found = f"no warning of `{ignore.rule}` is left{where} to ignore"
            fix = "take the ignore out, or mend its `where`"
            yield Problem(ignore.place, "unused-ignore", found, fix, severity="warning")


class _PlaceIndex:
    """Finds the chapter, and the question or term, at a place of the guide."""

    def __init__(self, guide: Guide) -> None:
        self._chapters: dict[str, list[tuple[int, str]]] = defaultdict(list)
        """By file: first line and identifier of each chapter, in the order of the lines."""
        self._starts: dict[str, list[tuple[int, str]]] = defaultdict(list)
        """By file: first line and identifier of each question and term, in the order of the lines."""
        for chapter in guide.chapters:
            self._chapters[chapter.place.path].append((chapter.place.line, chapter.id))
            named = [(question.place, question.id) for question in chapter.questions]
            named += [(term.title.place, term.id) for term in chapter.terms]
            for place, name in named:
                self._starts[place.path].append((place.line, name))

    def find_names(self, place: Place) -> list[str]:
        """Return the values of ``where`` that fit a place: "" (the whole guide), its chapter, its question or its term."""
        return [
            "",
            *_find_last(self._chapters[place.path], max(1, place.line)),
            *_find_last(self._starts[place.path], place.line),
        ]


def _find_last(starts: Sequence[tuple[int, str]], line: int) -> list[str]:
    """Return the identifier of the last of these that begins at a line or above it, if there is one."""
    before = bisect(starts, line, key=lambda start: start[0])
    return [starts[before - 1][1]] if before else []
