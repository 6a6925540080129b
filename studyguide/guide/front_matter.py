"""Read the front matter of a chapter, the YAML between two lines ``---`` at its beginning: Source → FrontMatter."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml

from studyguide.limits import check_limit
from studyguide.model import Source
from studyguide.problems import Place, Problem, suggest_names
from studyguide.text import INVALID_XML_CHARACTER

_MAX_DEPTH = 2  # lists and mappings inside each other: the keys, and a list
_KINDS = ("questions", "prose", "glossary")
_KEYS = ("title", "summary", "kind")


@dataclass(frozen=True, slots=True)
class FrontMatter:
    line_count: int = 0
    """Number of lines that it takes, both ``---`` included."""
    values: Mapping[str, Any] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()

    def get(self, key: str, default: str = "") -> str:
        return str(self.values.get(key) or default)


def read_front_matter(source: Source) -> FrontMatter:
    """Return the front matter of a file; one that is absent or cannot be read has no values."""
    lines = source.text.splitlines()
    if not lines or lines[0].rstrip() != "---":
        return FrontMatter()
    end = next((number for number, line in enumerate(lines[1:], 1) if line.rstrip() == "---"), None)
    if end is None:
        problem = Problem(
            Place(source.path, 1, 1), "broken-yaml", "the front matter has no end", "close it with a line `---`"
        )
        return FrontMatter(problems=(problem,))
    values, problems = _read_yaml("\n".join(lines[1:end]), source.path)
    return FrontMatter(end + 1, values, (*problems, *_check_values(source, values)))


def _read_yaml(text: str, path: str) -> tuple[Mapping[str, Any], list[Problem]]:
    """Return the values in YAML that begins on line 2 of the file, or a Problem where it has no keys and values."""
    place = Place(path, 2, 1)
    if problems := list(check_limit("front-matter", len(text), "the front matter", place)):
        return {}, problems
    try:
        _reject_deep_yaml(text)
        # BaseLoader makes strings alone: no number too long for Python, no thirteenth month.
        values = yaml.load(text, yaml.BaseLoader) or {}  # noqa: S506
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = Place(path, mark.line + 2, mark.column + 1) if mark else Place(path, 2)
        what = getattr(error, "problem", None) or "it cannot be read"
        fix = "write `key: value` lines, with quotation marks round a value that holds `: ` or `#`"
        return {}, [Problem(place, "broken-yaml", f"the front matter is not YAML: {what}", fix)]
    if not isinstance(values, dict):
        return {}, [Problem(place, "broken-yaml", "the front matter is no list of keys", "write `title: …`")]
    return values, []


def _reject_deep_yaml(text: str) -> None:
    """Raise MarkedYAMLError for aliases (they can multiply a text without end) and deep nesting (YAML recurses)."""
    depth = 0
    for event in yaml.parse(text, yaml.BaseLoader):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if isinstance(event, yaml.AliasEvent) or depth > _MAX_DEPTH:
            what = "an alias" if isinstance(event, yaml.AliasEvent) else "a list in a list"
            raise yaml.MarkedYAMLError(None, None, f"{what} has no meaning here", event.start_mark)  # type: ignore[arg-type]


def _check_values(source: Source, values: Mapping[str, Any]) -> Iterator[Problem]:
    for key, value in values.items():
        place = source.at(1, f"{key}")
        if INVALID_XML_CHARACTER.search(str(value)) or isinstance(value, (list, dict)):
            found = f"`{key}` is no text that can be printed"
            yield Problem(place, "broken-yaml", found, "write words, with quotation marks round them")
        if key not in _KEYS:
            found = f"there is no front matter key `{key}`"
            yield Problem(place, "unknown-key", found, suggest_names(str(key), _KEYS))
    kind = values.get("kind", "questions")
    if kind not in _KINDS:
        found = f"there is no kind of chapter `{kind}`"
        yield Problem(source.at(1, "kind"), "unknown-key", found, suggest_names(str(kind), _KINDS))
