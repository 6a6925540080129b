"""Problems in the words of whoever reads them: Problems → text."""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from studyguide import __version__
from studyguide.problems import Problem, Rule, is_invisible, replace_invisible


def text(problems: Sequence[Problem], rules: Mapping[str, Rule]) -> str:
    """For a person."""
    return "\n".join(map(str, problems))


def as_json(problems: Sequence[Problem], rules: Mapping[str, Rule]) -> str:
    """For a program of one's own: a list of objects."""
    return dumped([facts(problem) for problem in problems])


def dumped(document: Any) -> str:
    """JSON whose letters can be read, and in which nothing moves the cursor of who reads them."""
    lines = json.dumps(document, ensure_ascii=False, indent=1).split("\n")
    return "\n".join("".join(json.dumps(each)[1:-1] if is_invisible(each) else each for each in line) for line in lines)


def facts(problem: Problem) -> dict[str, Any]:
    return {
        "path": problem.place.path,
        "line": problem.place.line,
        "column": problem.place.column,
        "severity": problem.severity,
        "rule": problem.rule,
        "found": problem.found,
        "fix": problem.fix,
    }


def github(problems: Sequence[Problem], rules: Mapping[str, Rule]) -> str:
    """For the log of a GitHub workflow, which shows them on the lines of a pull request."""
    return "\n".join(map(workflow_command, problems))


def workflow_command(problem: Problem) -> str:
    where = {"file": problem.place.path, "line": problem.place.line, "col": problem.place.column, "title": problem.rule}
    given = ",".join(f"{key}={escaped(replace_invisible(str(value)), ':,')}" for key, value in where.items() if value)
    return f"::{problem.severity} {given}::{escaped(message(problem))}"


def message(problem: Problem) -> str:
    """What is wrong and what to do, where the place and the rule are told apart from it."""
    return f"{replace_invisible(problem.found)}\nfix: {replace_invisible(problem.fix)}"


def escaped(value: str, more: str = "") -> str:
    """A value as a workflow command takes it; ``more`` is what would end it there."""
    for sign in "%\r\n" + more:
        value = value.replace(sign, f"%{ord(sign):02X}")
    return value


def sarif(problems: Sequence[Problem], rules: Mapping[str, Rule]) -> str:
    """For code scanning: SARIF 2.1.0, with the page of each rule."""
    used = sorted({problem.rule for problem in problems})
    driver = {"name": "studyguide", "version": __version__, "rules": [descriptor(name, rules) for name in used]}
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [result(problem, used.index(problem.rule)) for problem in problems],
    }
    log = {"$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0", "runs": [run]}
    return dumped(log)


def descriptor(name: str, rules: Mapping[str, Rule]) -> dict[str, Any]:
    rule = rules[name]
    return {
        "id": name,
        "shortDescription": {"text": rule.summary},
        "fullDescription": {"text": rule.summary},
        "help": {"text": rule.page, "markdown": rule.page},
        "defaultConfiguration": {"level": rule.severity},
    }


def result(problem: Problem, index: int) -> dict[str, Any]:
    place: dict[str, Any] = {"artifactLocation": {"uri": quote(problem.place.path)}}
    if problem.place.line:
        place["region"] = {"startLine": problem.place.line}
    if problem.place.column:
        place["region"]["startColumn"] = problem.place.column
    return {
        "ruleId": problem.rule,
        "ruleIndex": index,
        "level": problem.severity,
        "message": {"text": message(problem)},
        "locations": [{"physicalLocation": place}],
    }


# `--format`.
FORMATS: dict[str, Callable[[Sequence[Problem], Mapping[str, Rule]], str]] = {
    "text": text,
    "json": as_json,
    "github": github,
    "sarif": sarif,
}
