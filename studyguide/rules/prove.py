"""Run the code of a guide that is marked to be run, and check its sums: Project → Problems.

``python run`` behind a fence marks code; what it prints is written beside it, as a comment at the end of the line or in comments
below the statement. ``<!-- check: 2 + 2 == 4 -->`` on a line of its own is a sum. What stands in one question shares its names.

It is done in a process of its own, which runs this file; nothing else in the program runs what a guide holds.
"""

import ast
import contextlib
import importlib.util
import io
import json
import math
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from studyguide import HOME
from studyguide.markdown_blocks import RUN_INFO, parse_blocks
from studyguide.model import Project, Source
from studyguide.problems import Place, Problem

CHECK = re.compile(r"^<!-- check: (.*) -->$")
SECONDS = 600
"""After which code is taken to go on for ever."""


@dataclass(frozen=True, slots=True)
class Example:
    """Code, or a sum, of one question."""

    path: str
    line: int
    """Where its first line stands."""
    question: str
    """What it shares its names with."""
    code: str
    claim: bool = False
    """Whether it is a sum, which must come out true."""

    def at(self, line: int = 1) -> Place:
        """The place of a line of the code, counted from 1."""
        return Place(self.path, self.line + line - 1)


@dataclass(frozen=True, slots=True)
class Proof:
    """What came of a project's examples."""

    problems: tuple[Problem, ...]
    held: int
    """How many were right."""
    passed_over: tuple[str, ...]
    """The packages that are not installed, without which some could not be run."""


def prove(project: Project) -> Proof:
    """Run every example of the project in its order."""
    found = [example for source in project.sources for example in examples(source)]
    try:
        done = subprocess.run(
            [sys.executable, "-m", "studyguide.rules.prove"],
            input=json.dumps([asdict(example) for example in found]),
            capture_output=True,
            text=True,
            timeout=SECONDS,
            cwd=HOME,
            check=False,
        )
    except subprocess.TimeoutExpired:
        late = Problem(
            Place(project.content), "failed-code", f"the code runs longer than {SECONDS} s", "make it shorter"
        )
        return Proof((late,), 0, ())
    if done.returncode or not done.stdout:  # `os._exit(0)` ends without a word
        reason = (done.stderr.strip().splitlines() or ["it ended at once"])[-1]
        broken = Problem(Place(project.content), "failed-code", f"the code ends Python: {reason}", "mend it")
        return Proof((broken,), 0, ())
    answer = json.loads(done.stdout)
    problems = tuple(Problem(**{**each, "place": Place(**each["place"])}) for each in answer["problems"])
    return Proof(problems, answer["held"], tuple(answer["passed_over"]))


def examples(source: Source) -> Iterator[Example]:
    """The code that is marked to be run and the sums, in the order in which they stand."""
    lines = source.text.splitlines()
    fences = {block.start: block for block in parse_blocks(source.text) if block.kind == "fence"}
    question, end = source.path, 0
    for number, line in enumerate(lines):
        if number < end:
            continue
        if block := fences.get(number):
            end = block.end
            if " ".join(block.info.split()) == RUN_INFO:
                indent = len(line) - len(line.lstrip())
                code = "\n".join(each[indent:] for each in lines[number + 1 : block.end - 1])
                yield Example(source.path, number + 2, question, code)
        elif line.startswith("## "):
            question = f"{source.path}:{number}"
        elif check := CHECK.match(line):
            yield Example(source.path, number + 1, question, check[1], claim=True)


# ---------------------------------------------------------------- in the process of its own


def proved(found: Sequence[Example]) -> dict[str, Any]:
    """The problems of the examples, how many are right, and which packages are missing."""
    problems: list[Problem] = []
    spaces: dict[str, dict[str, Any]] = {}
    missing: dict[str, str] = {}
    held = 0
    for example in found:
        space = spaces.setdefault(example.question, fresh())
        if example.question in missing:
            continue
        try:
            wrong = list(claimed(example, space) if example.claim else printed(example, space))
        except ModuleNotFoundError as error:
            missing[example.question] = str(error.name)
            continue
        problems += wrong
        held += not wrong
    return {"problems": list(map(asdict, problems)), "held": held, "passed_over": sorted(set(missing.values()))}


def fresh() -> dict[str, Any]:
    """The names that every question has."""
    space: dict[str, Any] = {"math": math}
    if importlib.util.find_spec("numpy"):
        exec("import numpy as np", space)  # noqa: S102
    return space


def claimed(example: Example, space: dict[str, Any]) -> Iterator[Problem]:
    try:
        right = eval(example.code, space)  # noqa: S307
    except ModuleNotFoundError:
        raise
    except (Exception, SystemExit) as error:
        yield Problem(example.at(), "failed-code", f"`{example.code}` raises {named(error)}", "mend the sum")
        return
    if not right:
        fix = "mend the sum, and the text that it is about"
        yield Problem(example.at(), "wrong-claim", f"`{example.code}` is not true", fix)


def printed(example: Example, space: dict[str, Any]) -> Iterator[Problem]:
    """Run code a statement at a time, and compare what each prints with the comments that show it."""
    lines = example.code.splitlines()
    try:
        statements = ast.parse(example.code).body
    except SyntaxError as error:
        place = example.at(error.lineno or 1)
        yield Problem(place, "failed-code", f"this is not Python: {error.msg}", "mend the code")
        return
    for statement in statements:
        out = io.StringIO()
        place = example.at(statement.lineno)
        try:
            with contextlib.redirect_stdout(out):
                exec(compile(ast.Module([statement], []), example.path, "exec"), space)  # noqa: S102
        except ModuleNotFoundError:
            raise
        except (Exception, SystemExit) as error:
            yield Problem(place, "failed-code", f"the code raises {named(error)}", "mend the code")
            return
        got, told = [line.rstrip() for line in out.getvalue().splitlines()], shown(statement, lines)
        if got and got != told:
            found = f"the code prints `{' / '.join(got)}`" + (f", not `{' / '.join(told)}`" if told else "")
            yield Problem(place, "wrong-output", found, "write that as a comment behind it, or mend the code")


def shown(statement: ast.stmt, lines: Sequence[str]) -> list[str]:
    """The comments that tell what a statement prints."""
    last = statement.end_lineno or statement.lineno
    behind = lines[last - 1].encode()[statement.end_col_offset :].decode()
    told = [match[1].rstrip()] if (match := re.match(r"\s*# ?(.*)", behind)) else []
    for line in lines[last:]:
        if not line.startswith("#"):
            break
        told.append(line[1:].removeprefix(" ").rstrip())
    return told


def named(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}"


if __name__ == "__main__":
    # What the code writes past `sys.stdout`, as a process that it starts does, must not come into the answer.
    with os.fdopen(os.dup(1), "w") as output:
        os.dup2(2, 1)
        json.dump(proved([Example(**each) for each in json.load(sys.stdin)]), output)
