"""Measure builds of the guide and of books of several copies of it, beside other programs, and write BENCHMARKS.md.

`make bench` measures everything. `python -m benchmarks.bench --quick` measures the guide once, and prints the tables only; so does
`--only NAME`, for what has NAME in its name, such as `cold`, `sentence`, `watch`, `preview` or `prince`.
"""

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path

from benchmarks import preview, report
from benchmarks.edits import EDITS, Edit
from benchmarks.others import WEASYPRINT, prepare_others
from benchmarks.report import COLD, FIRST_SAVE, FIVE_FILES, NOTHING, PREVIEW, WATCH, Results
from benchmarks.runs import PYTHON, ROOT, CommandError, Run, Watch, Workshop, take_median
from benchmarks.synthetic import count_questions, write_book

SETS: dict[str, tuple[str, ...]] = {FIVE_FILES: (), report.TWO_FILES: ("guide", "tablet")}
"""The editions that are built; all if there are none."""


@dataclass(frozen=True, slots=True)
class Plan:
    """The choice of measurements and the number of runs of each."""

    book: Path
    copies: Sequence[int] = (1, 3, 9)
    runs: int = 3
    """The runs of each edit of the guide; those of books of copies are measured once."""
    cold_runs: int = 1
    only: Sequence[str] = ()
    edits: Sequence[Edit] = EDITS

    def wants(self, name: str) -> bool:
        """True if a measurement of this name is wanted."""
        return not self.only or any(part.casefold() in name.casefold() for part in self.only)

    def for_copies(self, copies: int) -> "Plan":
        """Return the plan of a book of so many copies: books of more than one are measured once, without what takes longest."""
        if copies == 1:
            return self
        return replace(self, runs=1, edits=[edit for edit in self.edits if not edit.sets_all])


def tell(line: str) -> None:
    """Print a line on stderr, with the time."""
    print(f"{time.strftime('%H:%M:%S')} {line}", file=sys.stderr, flush=True)


def repeat(times: int, run: Callable[[int], Run]) -> Run:
    """Return the median of several runs; ``run`` gets their numbers, from 1."""
    return take_median([run(number) for number in range(1, times + 1)])


def measure(plan: Plan) -> Results:
    """Measure everything that is wanted."""
    results = Results()
    for copies in plan.copies:
        own = plan.for_copies(copies)
        with tempfile.TemporaryDirectory(prefix="bench-") as name:
            folder = Path(name)
            book = plan.book if copies == 1 else write_book(folder / "copies", copies, plan.book)
            size = count_questions(book)
            for label, editions in SETS.items():
                if any(plan.wants(f"{size} {label} {row}") for row in report.ROWS):
                    shop = Workshop(folder / f"files-{len(editions)}", book, editions)
                    measure_builds(own, results, size, label, shop)
            if copies == 1:
                if plan.wants(PREVIEW):
                    measure_preview(own, results, book)
                measure_others(own, results, book, folder / "others")
    return results


def measure_builds(plan: Plan, results: Results, size: int, label: str, shop: Workshop) -> None:
    """Measure the builds of a book: cold, of nothing new, and after each edit, in new processes and in one that watches."""

    def wants(row: str) -> bool:
        return plan.wants(f"{size} {label} {row}")

    def add(row: str, run: Run) -> None:
        tell(f"{size:5} {label:12} {row:36} {run.seconds:8.2f} s {run.cpu:8.2f} s of CPU {run.megabytes:6} MB")
        results.builds[size, label, row] = run

    # A cold build is needed in any case.
    cold = repeat(plan.cold_runs if wants(COLD) else 1, lambda _: shop.build_cold())
    if wants(COLD):
        add(COLD, cold)
    results.sizes[size, label] = shop.list_sizes()
    shop.build()
    if wants(NOTHING):
        add(NOTHING, repeat(plan.runs, lambda _: shop.build()))
    shop.save()

    def build_after(edit: Edit, number: int) -> Run:
        shop.restore()
        edit.apply(shop, number)
        return shop.build()

    def time_save(session: Watch, edit: Edit, number: int) -> Run:
        return session.time_save(partial(edit.apply, shop, number))

    def count_runs(edit: Edit) -> int:
        return plan.cold_runs if edit.sets_all else plan.runs

    for edit in plan.edits:
        if wants(edit.name):
            add(edit.name, repeat(count_runs(edit), partial(build_after, edit)))
    watched = [edit for edit in plan.edits if wants(f"{WATCH}{edit.name}")]
    if not watched:
        return
    shop.restore()
    with shop.watch() as session:
        first, *_ = EDITS
        add(FIRST_SAVE, time_save(session, first, plan.runs + 1))
        for edit in watched:
            add(f"{WATCH}{edit.name}", repeat(count_runs(edit), partial(time_save, session, edit)))
    results.watch_megabytes[size, label] = session.megabytes
    tell(f"{size:5} {label:12} {'watch, largest process':36} {session.megabytes:33} MB")


def measure_preview(plan: Plan, results: Results, book: Path) -> None:
    """Measure how soon a saved sentence is seen in a browser; a machine without Chromium leaves it out."""
    if not shutil.which("chromium"):
        tell("the preview is not measured: there is no `chromium`")
        return
    results.preview = preview.measure(book, plan.runs)
    middle, least = results.preview["in the reader"]
    tell(f"{'':18} {'preview, in the reader':36} {middle:8.2f} s {least:8.2f} s at least")


def measure_others(plan: Plan, results: Results, book: Path, folder: Path) -> None:
    """Measure other programs with the text of the book. One that fails is reported and left out."""
    for other in prepare_others(book, folder, plan.wants):
        # One pass of WeasyPrint takes as long as all runs of the others.
        times = plan.cold_runs if other.name == WEASYPRINT else plan.runs
        try:
            run = take_median([other.run() for _ in range(times)])
        except CommandError as error:
            tell(str(error))
            continue
        tell(f"{'':18} {other.name:36} {run.seconds:8.2f} s {run.cpu:8.2f} s of CPU {run.megabytes:6} MB {other.note}")
        results.others[other.name] = run, other.target.stat().st_size // 1000
        if other.note:
            results.notes.append(other.note)


def measure_reading() -> str:
    """Return the table of linear.py."""
    command = [PYTHON, str(ROOT / "benchmarks" / "linear.py")]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and write the report."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="the guide only, one run of each; write nothing")
    parser.add_argument(
        "--only", action="append", default=[], metavar="NAME", help="only what has NAME in its name; write nothing"
    )
    parser.add_argument(
        "--runs", type=int, default=3, metavar="N", help="runs of each edit, of which the median counts  [default: 3]"
    )
    parser.add_argument("--cold-runs", type=int, default=1, metavar="N", help="runs of each cold build  [default: 1]")
    parser.add_argument("--copies", type=int, nargs="+", default=[1, 3, 9], metavar="N", help="sizes  [default: 1 3 9]")
    parser.add_argument("--book", type=Path, default=ROOT / "content", help="another guide; write nothing")
    parser.add_argument("--reading", action="store_true", help="also measure reading (linear.py)")
    parser.add_argument("--save", type=Path, metavar="FILE", help="also write all figures as JSON")
    options = parser.parse_args(arguments)
    plan = Plan(options.book, options.copies, options.runs, options.cold_runs, options.only)
    if options.quick:
        plan = Plan(options.book, (1,), 1, 1, options.only)
    results = measure(plan)
    if options.save:
        options.save.write_text(json.dumps(list_figures(results), indent=1) + "\n", encoding="utf-8")
    is_whole = not (options.quick or options.only) and options.book == ROOT / "content"
    if is_whole:
        path = ROOT / "BENCHMARKS.md"
        reading = measure_reading() if options.reading else ""
        path.write_text(
            report.write_report(
                results, plan.runs, plan.cold_runs, plan.copies, path.read_text(encoding="utf-8"), reading
            ),
            encoding="utf-8",
        )
        tell(f"wrote {path.name}")
    else:
        print("\n".join(report.write_tables(results)))


def list_figures(results: Results) -> list[dict[str, object]]:
    """Return each figure of the builds as plain data."""
    builds: Iterable[dict[str, object]] = (
        {"questions": size, "files": label, "name": row, **asdict(run)}
        for (size, label, row), run in results.builds.items()
    )
    return [*builds, *({"name": name, **asdict(run)} for name, (run, _) in results.others.items())]


if __name__ == "__main__":
    main()
