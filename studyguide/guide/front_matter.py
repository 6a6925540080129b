"""Read the front matter of a chapter: Source → FrontMatter.

It stands at the beginning, YAML between two lines ``---`` or TOML between two lines ``+++``.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from typing import Any

import yaml

from studyguide.limits import check_limit
from studyguide.model import Source
from studyguide.problems import Place, Problem, suggest_names
from studyguide.text import CONTROL_CHARACTER
from studyguide.toml_text import parse_toml

_MAX_DEPTH = 8  # lists and mappings inside each other; some programs keep their settings there
_KINDS = ("questions", "prose", "glossary")
_KEYS = ("title", "summary", "kind")
_ENDS = {"---": ("---", "..."), "+++": ("+++",)}
"""The lines that front matter may end with, by the line that it begins with."""
_SETTING = re.compile(r"(?:title|summary|kind)\s*:")
_KEY = re.compile(r"[\w-]+\s*[:=]")
_LIKENESS = 0.8  # of two words, from 0 to 1; from here on one of them is taken for the other, misspelt
_MAX_SHOWN_KEYS = 8


@dataclass(frozen=True, slots=True)
class FrontMatter:
    line_count: int = 0
    """Number of lines that it takes, those around it included."""
    values: Mapping[str, Any] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()

    def get(self, key: str, default: str = "") -> str:
        return str(self.values.get(key) or default).strip() or default


def read_front_matter(source: Source) -> FrontMatter:
    """Return the front matter of a file; one that is absent or cannot be read has no values."""
    lines = source.text.splitlines()
    start = next((number for number, line in enumerate(lines) if line.strip()), 0)
    mark = lines[start].rstrip() if lines else ""
    if re.fullmatch("----+", mark) and start + 1 < len(lines) and _SETTING.match(lines[start + 1]):
        found = Problem(
            Place(source.path, start + 1, 1), "broken-yaml", f"the front matter begins with `{mark}`", "write `---`"
        )
        count = next((number for number, line in enumerate(lines[start + 1 :], start + 2) if line.rstrip() == mark), 0)
        return FrontMatter(count, problems=(found,))
    if mark not in _ENDS:
        return FrontMatter()
    end = next(
        (number for number, line in enumerate(lines[start + 1 :], start + 1) if line.rstrip() in _ENDS[mark]), None
    )
    if start and (end is None or not _KEY.match(lines[start + 1])):
        return FrontMatter()  # a line across the page
    place = Place(source.path, start + 1, 1)
    if end is None:
        problem = Problem(place, "broken-yaml", "the front matter has no end", f"close it with a line `{mark}`")
        return FrontMatter(problems=(problem,))
    text = "\n".join(lines[start + 1 : end])
    first = place.below(1)
    if problems := list(check_limit("front-matter", len(text), "the front matter", first)):
        return FrontMatter(end + 1, problems=tuple(problems))
    values, problems = (_read_yaml if mark == "---" else _read_toml)(text, first)
    if start:
        fix = "delete the lines above it: it begins in the first line of the file"
        problems = [Problem(place, "broken-yaml", "the front matter stands below a blank line", fix), *problems]
    return FrontMatter(end + 1, values, (*problems, *_check_values(source, values), *_find_second(source, end + 1)))


def _find_second(source: Source, end: int) -> Iterator[Problem]:
    """Report front matter that stands below the line ``end``, where the first has ended."""
    lines = source.text.splitlines()
    start = next((number for number, line in enumerate(lines[end:], end) if line.strip()), end)
    if lines[start : start + 1] == ["---"] and _SETTING.match("\n".join(lines[start + 1 : start + 2])):
        found = "the front matter is there twice"
        yield Problem(Place(source.path, start + 1, 1), "broken-yaml", found, "put its keys into the first")


def _read_yaml(text: str, first: Place) -> tuple[Mapping[str, Any], list[Problem]]:
    """Return the values in YAML that begins at this place of the file, and a Problem where it has no keys and values, or a key twice."""
    try:
        _reject_deep_yaml(text)
        # BaseLoader makes strings alone: no number too long for Python, no thirteenth month.
        values = yaml.load(text, yaml.BaseLoader) or {}  # noqa: S506
    except (
        yaml.YAMLError,
        ValueError,
        OverflowError,
    ) as error:  # the last two for `"\\U00110000"`, which is no character
        mark = getattr(error, "problem_mark", None)
        place = replace(first.below(mark.line), column=mark.column + 1) if mark else replace(first, column=0)
        what = getattr(error, "problem", None) or "it cannot be read"
        fix = "write `key: value` lines, with quotation marks round a value that holds `: ` or `#`"
        return {}, [Problem(place, "broken-yaml", f"the front matter is not YAML: {what}", fix)]
    if not isinstance(values, dict):
        return {}, [Problem(first, "broken-yaml", "the front matter is no list of keys", "write `title: …`")]
    return values, list(_find_repeated_keys(text, first))


def _find_repeated_keys(text: str, first: Place) -> Iterator[Problem]:
    """Find the keys of a YAML mapping that stand there twice; the parser keeps the last."""
    mapping = yaml.compose(text, yaml.BaseLoader)
    names = set()
    for key, _ in mapping.value if isinstance(mapping, yaml.MappingNode) else ():
        if key.value in names:
            place = replace(first.below(key.start_mark.line), column=key.start_mark.column + 1)
            yield Problem(
                place, "broken-yaml", f"the front matter has the key `{key.value}` twice", "leave one of them"
            )
        names.add(key.value)


def _read_toml(text: str, first: Place) -> tuple[Mapping[str, Any], list[Problem]]:
    """Return the values in TOML that begins at this place of the file, or a Problem where it is none."""
    try:
        return parse_toml(text), []
    except ValueError as error:
        line = re.search(r"line (\d+)", str(error))
        place = replace(first.below(int(line[1]) - 1 if line else 0), column=0)
        fix = 'write `key = "value"` lines'
        return {}, [Problem(place, "broken-toml", "the front matter between `+++` is not TOML", fix)]


def _reject_deep_yaml(text: str) -> None:
    """Raise MarkedYAMLError for aliases (they can multiply a text without end) and deep nesting (YAML recurses)."""
    depth = 0
    for event in yaml.parse(text, yaml.BaseLoader):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if isinstance(event, yaml.AliasEvent) or depth > _MAX_DEPTH:
            what = "an alias" if isinstance(event, yaml.AliasEvent) else "a list so deep in others"
            raise yaml.MarkedYAMLError(None, None, f"{what} has no meaning here", event.start_mark)  # type: ignore[arg-type]


def _check_values(source: Source, values: Mapping[str, Any]) -> Iterator[Problem]:
    for key in _KEYS:
        value = values.get(key)
        if CONTROL_CHARACTER.search(str(value)) or isinstance(value, (list, dict)):
            found = f"`{key}` is no text that can be printed"
            yield Problem(source.at(1, key), "broken-yaml", found, "write words, with quotation marks round them")
    others = [str(key) for key in values if key not in _KEYS]
    misspelt = [key for key in others if get_close_matches(key.casefold(), _KEYS, n=1, cutoff=_LIKENESS)]
    for key in misspelt:
        found = f"there is no front matter key `{key}`"
        yield Problem(source.at(1, key), "unknown-key", found, suggest_names(key.casefold(), _KEYS))
    if foreign := [key for key in others if key not in misspelt]:
        shown = ", ".join(f"`{key}`" for key in foreign[:_MAX_SHOWN_KEYS])
        more = f" and {len(foreign) - _MAX_SHOWN_KEYS} others" if len(foreign) > _MAX_SHOWN_KEYS else ""
        found = f"the books make nothing of {shown}{more} in the front matter"
        fix = "take it out, or let it stand for other programs"
        yield Problem(source.at(2, foreign[0]), "foreign-key", found, fix, severity="warning")
    kind = values.get("kind", "questions")
    if kind not in _KINDS:
        found = f"there is no kind of chapter `{kind}`"
        yield Problem(source.at(1, "kind"), "unknown-key", found, suggest_names(str(kind), _KINDS))
