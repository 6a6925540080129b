"""Run the examples of a guide in a process of their own: Examples → Run.

The process executes this file, which imports nothing of the program, in a folder that is empty and deleted afterwards. No other
part of the program runs anything that a guide holds.
"""

import ast
import contextlib
import importlib.util
import io
import json
import math
import os
import re
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

TIMEOUT = 600  # seconds, for all examples together
_MOST_SHOWN = 1_000  # characters of what an example prints, or of an error, in a message

Namespace = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Example:
    """Python code, or a sum, of one question."""

    path: str
    line: int
    """Line of the file on which it begins."""
    namespace: str
    """Examples that give the same name here, those of one question, share their variables."""
    code: str
    is_claim: bool = False
    """The code is an expression that must be true."""


@dataclass(frozen=True, slots=True)
class Failure:
    """An example that did not do as it should, or the end of the whole run."""

    kind: Literal["not-python", "raised", "untrue", "wrong-output", "ended", "timed-out"]
    example: int = -1
    """Its position in the list of examples; -1 if the whole run failed."""
    line: int = 1
    """Line of the code, counted from 1."""
    message: str = ""
    """Text of the error."""
    printed: Sequence[str] = ()
    """Lines that a statement printed."""
    expected: Sequence[str] = ()
    """Lines that its comments promise."""


@dataclass(frozen=True, slots=True)
class Run:
    """Results of all examples."""

    failures: tuple[Failure, ...]
    right: int = 0
    """Number of examples without a failure."""
    missing_packages: tuple[str, ...] = ()
    """Packages that are not installed, without which some examples could not be run."""


def run_examples(examples: Sequence[Example]) -> Run:
    """Run every example in its order, for ``TIMEOUT`` seconds at most; end what they leave running."""
    with tempfile.TemporaryDirectory(prefix="studyguide-", ignore_cleanup_errors=True) as folder:
        return _run_examples_in(folder, examples)


def _run_examples_in(folder: str, examples: Sequence[Example]) -> Run:
    process = subprocess.Popen(
        [sys.executable, "-P", __file__],  # without -P, `import cache` would find a module beside this file
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        errors="replace",
        cwd=folder,
        start_new_session=True,
    )
    try:
        output, errors = process.communicate(json.dumps([asdict(each) for each in examples]), TIMEOUT)
    except subprocess.TimeoutExpired:
        return Run((Failure("timed-out"),))
    finally:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    if process.returncode or not output:  # `os._exit(0)` leaves no output
        reason = (errors.strip().splitlines() or ["it ended at once"])[-1]
        return Run((Failure("ended", message=reason),))
    try:
        return _read_answer(json.loads(output), len(examples))
    except (ValueError, KeyError, TypeError, RecursionError):
        return Run((Failure("ended", message="it wrote into the answer of `prove`"),))


def _read_answer(answer: dict[str, Any], count: int) -> Run:
    """Return what the process answered of ``count`` examples. Raises ValueError, KeyError or TypeError if it is no answer."""
    failures = tuple(Failure(**each) for each in answer["failures"])
    for each in failures:
        texts = (each.kind, each.message, *each.printed, *each.expected)
        if each.example not in range(count) or not isinstance(each.line, int) or not all(map(_is_text, texts)):
            raise ValueError
    packages = tuple(answer["missing_packages"])
    if not isinstance(answer["right"], int) or not all(map(_is_text, packages)):
        raise ValueError
    return Run(failures, answer["right"], packages)


def _is_text(value: object) -> bool:
    return isinstance(value, str)


# ---------------------------------------------------------------- in the process of the examples


def _run_all(examples: Sequence[Example]) -> Run:
    """Run the examples in this process."""
    failures: list[Failure] = []
    namespaces: dict[str, Namespace] = {}
    missing: dict[str, str] = {}
    """Package by the namespace that cannot be completed without it."""
    right = 0
    for number, example in enumerate(examples):
        namespace = namespaces.setdefault(example.namespace, _create_namespace())
        if example.namespace in missing:
            continue
        try:
            found = list(_run_example(number, example, namespace))
        except ModuleNotFoundError as error:
            missing[example.namespace] = str(error.name)
            continue
        failures += found
        right += not found
    return Run(tuple(failures), right, tuple(sorted(set(missing.values()))))


def _create_namespace() -> Namespace:
    """Return the names that every question has."""
    namespace: Namespace = {"math": math}
    if importlib.util.find_spec("numpy"):
        exec("import numpy as np", namespace)  # noqa: S102
    return namespace


def _run_example(number: int, example: Example, namespace: Namespace) -> Iterator[Failure]:
    """Run one example until it raises. Raises ModuleNotFoundError."""
    if example.is_claim:
        yield from _evaluate_claim(number, example, namespace)
        return
    try:
        statements = ast.parse(example.code).body
    except SyntaxError as error:
        yield Failure("not-python", number, error.lineno or 1, str(error.msg))
        return
    except (
        ValueError,
        RecursionError,
        MemoryError,
    ) as error:  # of a null character, or of too many signs inside each other
        yield Failure("not-python", number, message=_format_error(error))
        return
    lines = example.code.splitlines()
    for statement in statements:
        output = io.StringIO()
        try:
            with contextlib.redirect_stdout(output):
                exec(compile(ast.Module([statement], []), example.path, "exec"), namespace)  # noqa: S102
        except ModuleNotFoundError:
            raise
        except BaseException as error:
            yield Failure("raised", number, statement.lineno, _format_error(error))
            return
        printed = [line.rstrip() for line in output.getvalue().splitlines()]
        expected = _read_expected_output(statement, lines)
        if printed and printed != expected:
            printed, expected = _shorten_lines(printed), _shorten_lines(expected)
            yield Failure("wrong-output", number, statement.lineno, printed=printed, expected=expected)


def _evaluate_claim(number: int, example: Example, namespace: Namespace) -> Iterator[Failure]:
    try:
        is_true = bool(eval(example.code, namespace))  # noqa: S307
    except ModuleNotFoundError:
        raise
    except BaseException as error:
        yield Failure("raised", number, message=_format_error(error))
        return
    if not is_true:
        yield Failure("untrue", number)


def _read_expected_output(statement: ast.stmt, lines: Sequence[str]) -> list[str]:
    """Return the lines that a statement should print: the comment after it on its line, and the comment lines below it."""
    last = statement.end_lineno or statement.lineno
    # `end_col_offset` counts bytes of UTF-8.
    after = lines[last - 1].encode()[statement.end_col_offset :].decode()
    expected = [match[1].rstrip()] if (match := re.match(r"\s*# ?(.*)", after)) else []
    for line in lines[last:]:
        if not line.startswith("#"):
            break
        expected.append(line[1:].removeprefix(" ").rstrip())
    return expected


def _shorten_lines(lines: Sequence[str]) -> list[str]:
    """Return the first ``_MOST_SHOWN`` characters of some lines, and an ellipsis if there are more."""
    shown: list[str] = []
    room = _MOST_SHOWN
    for line in lines:
        if len(line) > room:
            return [*shown, f"{line[:room]}…"]
        shown.append(line)
        room -= len(line) + 1
    return shown


def _format_error(error: BaseException) -> str:
    try:
        return "\n".join(_shorten_lines([f"{type(error).__name__}: {error}".removesuffix(": ")]))
    except Exception:  # the error is one of the guide, and so is the text of it
        return "an error without a text"


if __name__ == "__main__":
    # Output that bypasses `sys.stdout`, such as that of a process which the code starts, must not get into the answer.
    with os.fdopen(os.dup(1), "w") as answer_file:
        os.dup2(2, 1)
        json.dump(asdict(_run_all([Example(**each) for each in json.load(sys.stdin)])), answer_file)
    os._exit(0)  # a thread of the code may never end
