"""Find the examples of a guide, and report those that fail: Project → Examples, and Failures → Problems.

``python run`` after a fence marks code to run; its output is written next to it, in a comment at the end of the line or in comments
below the statement. ``<!-- check: 2 + 2 == 4 -->`` on a line of its own is a sum. The examples of one question share their variables.
`runtime.run_examples` runs them.
"""

import re
from collections.abc import Iterable, Iterator, Sequence

from studyguide.markdown_blocks import RUN_INFO, parse_blocks
from studyguide.model import Project, Source
from studyguide.problems import Place, Problem
from studyguide.runtime.run_examples import TIMEOUT, Example, Failure

_CLAIM = re.compile(r"^<!-- check: (.*) -->$")


def find_examples(project: Project) -> tuple[Example, ...]:
    """Return the marked code and the sums of all files, in their order."""
    return tuple(example for source in project.sources for example in _find_examples_of(source))


def report_failures(project: Project, examples: Sequence[Example], failures: Iterable[Failure]) -> Iterator[Problem]:
    """Turn the failures of a project's examples into Problems with their places."""
    for failure in failures:
        if failure.example < 0:
            yield _report_end(Place(project.content), failure)
        else:
            yield _report_failure(examples[failure.example], failure)


def _find_examples_of(source: Source) -> Iterator[Example]:
    lines = source.text.splitlines()
    fences = {block.start: block for block in parse_blocks(source.text) if block.kind == "fence"}
    starts = None if source.chapters is None else _find_questions(source)
    question, end = source.path, 0
    for number, line in enumerate(lines):
        if starts and number in starts:
            question = f"{source.path}:{number}"
        if number < end:
            continue
        if block := fences.get(number):
            end = block.end
            if " ".join(block.info.split()) == RUN_INFO:
                indent = len(line) - len(line.lstrip())
                code = "\n".join(each[indent:] for each in lines[number + 1 : block.end - 1])
                yield Example(source.path, number + 2, question, code)
        elif starts is None and line.startswith("## "):
            question = f"{source.path}:{number}"
        elif claim := _CLAIM.match(line):
            yield Example(source.path, number + 1, question, claim[1], is_claim=True)


def _find_questions(source: Source) -> set[int]:
    """Return the lines, from 0, at which the questions of a file of another format begin."""
    questions = (question for chapter in source.chapters or () for question in chapter.questions)
    return {question.place.line - 1 for question in questions}


def _report_end(content: Place, failure: Failure) -> Problem:
    """Report that the examples did not run to their end."""
    if failure.kind == "timed-out":
        return Problem(content, "failed-code", f"the code runs longer than {TIMEOUT} s", "make it shorter")
    return Problem(content, "failed-code", f"the code ends Python: {failure.message}", "mend it")


def _report_failure(example: Example, failure: Failure) -> Problem:
    place = Place(example.path, example.line + failure.line - 1)
    if failure.kind == "untrue":
        fix = "mend the sum, and the text that it is about"
        return Problem(place, "wrong-claim", f"`{example.code}` is not true", fix)
    if failure.kind == "wrong-output":
        expected = f", not `{' / '.join(failure.expected)}`" if failure.expected else ""
        found = f"the code prints `{' / '.join(failure.printed)}`{expected}"
        return Problem(place, "wrong-output", found, "write that as a comment behind it, or mend the code")
    if failure.kind == "not-python":
        return Problem(place, "failed-code", f"this is not Python: {failure.message}", "mend the code")
    what, fix = (f"`{example.code}`", "mend the sum") if example.is_claim else ("the code", "mend the code")
    return Problem(place, "failed-code", f"{what} raises {failure.message}", fix)
