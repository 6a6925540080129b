"""Turn measurements into BENCHMARKS.md."""

import datetime
import os
import platform
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

from benchmarks.edits import EDITS, SENTENCE
from benchmarks.others import PRINCE, WEASYPRINT
from benchmarks.runs import Run

FIVE_FILES, TWO_FILES = "five files", "guide + EPUB"
COLD, NOTHING = "cold", "nothing changed"
WATCH = "watch: "
PREVIEW = "preview"
FIRST_SAVE = f"{WATCH}the first save"
ROWS = (COLD, NOTHING, *(edit.name for edit in EDITS), FIRST_SAVE, *(f"{WATCH}{edit.name}" for edit in EDITS))
"""The names of all measurements of builds."""
READING = "## Reading"


@dataclass(slots=True)
class Results:
    """All measurements."""

    builds: dict[tuple[int, str, str], Run] = field(default_factory=dict)
    """By number of questions, files that are built and name."""
    watch_megabytes: dict[tuple[int, str], int] = field(default_factory=dict)
    sizes: dict[tuple[int, str], dict[str, int]] = field(default_factory=dict)
    """Kilobytes of each file."""
    preview: dict[str, tuple[float, float]] = field(default_factory=dict)
    """Median and least seconds from a save until it is seen, and of each phase."""
    others: dict[str, tuple[Run, int]] = field(default_factory=dict)
    """The run of another program, and the kilobytes of its file."""
    notes: list[str] = field(default_factory=list)

    def list_sizes(self) -> list[int]:
        """Return the numbers of questions of the books."""
        return sorted({size for size, _, _ in self.builds})

    def find(self, size: int, label: str, row: str) -> Run | None:
        return self.builds.get((size, label, row))


def write_tables(results: Results) -> Iterator[str]:
    """Yield the lines of all tables in Markdown."""
    for size in results.list_sizes():
        yield from (f"## {size:,} questions", "", *_write_builds(results, size), "")
    if results.preview:
        yield from ("## Preview", "", *_write_preview(results), "")
    if results.others:
        yield from ("## Other programs", "", *_write_others(results), "")
    if lines := list(compare(results)):
        yield from ("## Compared", "", *lines, "")


def _write_builds(results: Results, size: int) -> Iterator[str]:
    labels = [label for label in (FIVE_FILES, TWO_FILES) if any(key[:2] == (size, label) for key in results.builds)]
    heads = [f"{label}: {head}" for label in labels for head in ("seconds", "CPU", "MB", "`watch`")]
    yield f"| | {' | '.join(heads)} |"
    yield "| --- |" + " --: |" * len(heads)
    for row in (COLD, NOTHING, *(edit.name for edit in EDITS)):
        cells = [cell for label in labels for cell in _write_cells(results, size, label, row)]
        if any(cells):
            yield f"| {row} | {' | '.join(cells)} |"
    firsts = [results.find(size, label, FIRST_SAVE) for label in labels]
    if any(firsts):
        cells = [cell for run in firsts for cell in ("", "", "", f"{run.seconds:.2f}" if run else "")]
        yield f"| {FIRST_SAVE.removeprefix(WATCH)} after `watch` began | {' | '.join(cells)} |"
    yield ""
    for label in labels:
        files = ", ".join(f"{name} {kilobytes:,}" for name, kilobytes in results.sizes.get((size, label), {}).items())
        megabytes = results.watch_megabytes.get((size, label))
        largest = f" The largest process of `watch` used {megabytes} MB." if megabytes else ""
        yield f"{label[0].upper()}{label[1:]}, kilobytes: {files}.{largest}"
        yield ""


def _write_cells(results: Results, size: int, label: str, row: str) -> tuple[str, str, str, str]:
    fresh, saved = results.find(size, label, row), results.find(size, label, f"{WATCH}{row}")
    watch = f"{saved.seconds:.2f}" if saved else ""
    return (f"{fresh.seconds:.2f}", f"{fresh.cpu:.2f}", str(fresh.megabytes), watch) if fresh else ("", "", "", watch)


def _write_preview(results: Results) -> Iterator[str]:
    yield "| a sentence in an answer, seconds | median | least |"
    yield "| --- | --: | --: |"
    for name, (middle, least) in results.preview.items():
        yield f"| {name} | {middle:.2f} | {least:.2f} |"


def _write_others(results: Results) -> Iterator[str]:
    yield "| | seconds | CPU | MB | kB of the file |"
    yield "| --- | --: | --: | --: | --: |"
    for name, (run, kilobytes) in results.others.items():
        yield f"| {name} | {run.seconds:.2f} | {run.cpu:.2f} | {run.megabytes} | {kilobytes:,} |"
    for note in results.notes:
        yield from ("", note)


def compare(results: Results) -> Iterator[str]:
    """Yield a line for each ratio that the measurements allow."""
    sizes = results.list_sizes()
    if not sizes:
        return
    guide = sizes[0]
    sentence, cold = results.find(guide, FIVE_FILES, SENTENCE), results.find(guide, FIVE_FILES, COLD)
    prince, weasyprint = results.others.get(PRINCE), results.others.get(WEASYPRINT)
    if sentence and prince:
        yield f"- A sentence, five files, new process: {sentence.seconds / prince[0].seconds:.2f} of the time that Prince takes for one PDF."
    if cold and weasyprint:
        seconds, cpu = cold.seconds / weasyprint[0].seconds, cold.cpu / weasyprint[0].cpu
        yield f"- Cold, five files: {seconds:.2f} of the time and {cpu:.2f} of the CPU that one pass of WeasyPrint takes for one PDF."
    if sentence:
        for edit in EDITS[1:]:
            if run := results.find(guide, FIVE_FILES, edit.name):
                yield f"- {edit.name[0].upper()}{edit.name[1:]}, five files: {run.seconds / sentence.seconds:.2f} of the time that a sentence takes."
    for size, larger in pairwise(sizes):
        for label in (FIVE_FILES, TWO_FILES):
            before, after = results.find(size, label, COLD), results.find(larger, label, COLD)
            if before and after:
                yield f"- Cold, {label}, from {size:,} to {larger:,} questions: {after.seconds / before.seconds:.2f} times as long."
    largest = [run.megabytes for run in results.builds.values()] + list(results.watch_megabytes.values())
    yield f"- The largest process of all builds used {max(largest)} MB."


def write_report(results: Results, runs: int, cold_runs: int, copies: Sequence[int], before: str, reading: str) -> str:
    """Return BENCHMARKS.md. ``before`` is the present one, whose part about reading stays if ``reading`` is empty."""
    stamp = f"{datetime.date.today().isoformat()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    text = Path(__file__).with_name("about.md").read_text(encoding="utf-8")
    head, _, about_reading = text.partition(READING)
    parts = {
        "stamp": stamp,
        "tables": "\n".join(write_tables(results)).strip(),
        "runs": _say_runs(runs),
        "cold": _say_runs(cold_runs),
        "copies": " and ".join(str(each) for each in copies if each > 1),
    }
    for name, part in parts.items():
        head = head.replace(f"{{{name}}}", part)
    old = before.partition(READING)[2]
    new = about_reading.replace("{day}", datetime.date.today().isoformat()).replace("{reading}", reading)
    return head + READING + (new if reading or not old else old)


def _say_runs(runs: int) -> str:
    return "one run" if runs == 1 else f"the median of {runs} runs"
