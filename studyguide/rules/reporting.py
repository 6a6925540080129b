"""Write Problems for a person or a program: Problems, Rules → text."""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from studyguide import __version__
from studyguide.problems import Problem, Rule, format_problems, is_invisible, replace_invisible

JsonObject = dict[str, Any]


def _format_text(problems: Sequence[Problem], rules: Mapping[str, Rule]) -> str:
    """Write the problems for a person."""
    return format_problems(problems)


def _format_json(problems: Sequence[Problem], rules: Mapping[str, Rule]) -> str:
    """Write the problems as a JSON list of objects, for a program of one's own."""
    return _dump_json([_build_json_problem(problem) for problem in problems])


def _dump_json(document: Any) -> str:
    """Write JSON with letters of any script as they are, and invisible characters escaped."""
    lines = json.dumps(document, ensure_ascii=False, indent=1).split("\n")
    return "\n".join("".join(json.dumps(each)[1:-1] if is_invisible(each) else each for each in line) for line in lines)


def _build_json_problem(problem: Problem) -> JsonObject:
    return {
        "path": problem.place.path,
        "line": problem.place.line,
        "column": problem.place.column,
        "severity": problem.severity,
        "rule": problem.rule,
        "found": problem.found,
        "fix": problem.fix,
    }


def _format_github(problems: Sequence[Problem], rules: Mapping[str, Rule]) -> str:
    """Write the problems as commands of a GitHub workflow, which shows them on the lines of a pull request."""
    return "\n".join(map(_format_workflow_command, problems))


def _format_workflow_command(problem: Problem) -> str:
    where = {"file": problem.place.path, "line": problem.place.line, "col": problem.place.column, "title": problem.rule}
    properties = ",".join(
        f"{key}={_escape_for_workflow(replace_invisible(str(value)), ':,')}" for key, value in where.items() if value
    )
    return f"::{problem.severity} {properties}::{_escape_for_workflow(_format_message(problem))}"


def _format_message(problem: Problem) -> str:
    """Return the finding and the fix, for formats that have the place and the rule apart."""
    return f"{replace_invisible(problem.found)}\nfix: {replace_invisible(problem.fix)}"


def _escape_for_workflow(value: str, delimiters: str = "") -> str:
    """Escape a value of a workflow command; ``delimiters`` are the characters that would end it there."""
    for character in "%\r\n" + delimiters:
        value = value.replace(character, f"%{ord(character):02X}")
    return value


def _format_sarif(problems: Sequence[Problem], rules: Mapping[str, Rule]) -> str:
    """Write the problems for code scanning: SARIF 2.1.0, with the page of each rule."""
    used = sorted({problem.rule for problem in problems})
    descriptors = [_build_sarif_rule(rules[name]) for name in used]
    driver = {"name": "studyguide", "version": __version__, "rules": descriptors}
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [_build_sarif_result(problem, used.index(problem.rule)) for problem in problems],
    }
    log = {"$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0", "runs": [run]}
    return _dump_json(log)


def _build_sarif_rule(rule: Rule) -> JsonObject:
    return {
        "id": rule.name,
        "shortDescription": {"text": rule.summary},
        "fullDescription": {"text": rule.summary},
        "help": {"text": rule.page, "markdown": rule.page},
        "defaultConfiguration": {"level": rule.severity},
    }


def _build_sarif_result(problem: Problem, rule_index: int) -> JsonObject:
    place: JsonObject = {"artifactLocation": {"uri": quote(problem.place.path)}}
    if problem.place.line:
        place["region"] = {"startLine": problem.place.line}
    if problem.place.column:
        place["region"]["startColumn"] = problem.place.column
    return {
        "ruleId": problem.rule,
        "ruleIndex": rule_index,
        "level": problem.severity,
        "message": {"text": _format_message(problem)},
        "locations": [{"physicalLocation": place}],
    }


# Values of `--format`.
FORMATS: dict[str, Callable[[Sequence[Problem], Mapping[str, Rule]], str]] = {
    "text": _format_text,
    "json": _format_json,
    "github": _format_github,
    "sarif": _format_sarif,
}
