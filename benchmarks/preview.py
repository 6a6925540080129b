"""Measure how long a preview takes from the save of a file until the change is on the screen: `python -m benchmarks.preview`.

A sentence is added to an answer. The reader's view is done when its document has the sentence, the print when the new picture of the
page is shown. The phases are what the preview itself measured; *noticed* is the time that none of them accounts for.
"""

import argparse
import json
import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.edits import add_sentence, choose_chapter
from benchmarks.runs import PYTHON, ROOT

_FLAGS = ("--no-sandbox", "--disable-gpu")
_MAX_WAIT = 1800  # seconds
_POLL = 50  # milliseconds
_REST = 1.5  # seconds before each save, in which the page comes to rest
_BOOK = "document.getElementById('book').contentDocument"
_NOTE_MOMENTS = """expressions => {
  const tests = expressions.map(each => new Function(`return ${each}`));
  globalThis.moments = tests.map(() => 0);
  const look = () => {
    tests.forEach((test, at) => { if (!moments[at] && test()) moments[at] = Date.now(); });
    if (!moments.every(Boolean)) requestAnimationFrame(look);
  };
  look();
}"""
"""Notes in ``moments`` when each expression is true for the first time, in milliseconds; the page itself looks at each frame, so that
nothing outside of it takes time."""


def measure(source: Path, runs: int) -> dict[str, tuple[float, float]]:
    """Return the median and the least seconds of several runs, by name."""
    from playwright.sync_api import sync_playwright

    with tempfile.TemporaryDirectory(prefix="preview-") as name, sync_playwright() as play:
        book = Path(name) / "book"
        shutil.copytree(source, book)
        browser = play.chromium.launch(executable_path=shutil.which("chromium"), args=list(_FLAGS))
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        with _start_preview(book, Path(name) / "log") as (address, process):
            page.goto(address)
            _wait(page, "document.documentElement.dataset.state == 'ready' && document.querySelector('.sheet img')")
            chapter, found = choose_chapter(book), []
            for number in range(runs + 1):
                time.sleep(_REST)
                found.append(_time_save(page, chapter, number, process.pid))
        browser.close()
    found = found[1:]  # the first one jumps to another document
    values = {name: [each[name] for each in found] for name in found[0]}
    return {name: (median(each), min(each)) for name, each in values.items()}


@contextmanager
def _start_preview(book: Path, log: Path) -> Iterator[tuple[str, "subprocess.Popen[bytes]"]]:
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell lets what it starts in the background ignore it
    with log.open("w") as file:
        command = [PYTHON, str(ROOT / "build.py"), "preview", str(book), "--no-open"]
        process = subprocess.Popen(command, stdout=file, stderr=file)
    try:
        end = time.monotonic() + _MAX_WAIT
        while "built in" not in log.read_text(encoding="utf-8"):
            if process.poll() is not None or time.monotonic() > end:
                raise SystemExit(log.read_text(encoding="utf-8"))
            time.sleep(0.1)
        match = re.search(r"http://\S+", log.read_text(encoding="utf-8"))
        assert match
        yield match[0], process
    finally:
        process.send_signal(signal.SIGINT)
        process.wait()


def _time_save(page: Any, chapter: Path, number: int, process: int) -> dict[str, float]:
    text = add_sentence(chapter.read_text(encoding="utf-8"), number)
    serial, cpu = page.evaluate("() => printed.state.serial"), _read_cpu(process)
    mark = json.dumps(f"number {number}.")
    page.evaluate(_NOTE_MOMENTS, [f"{_BOOK}?.body?.textContent.includes({mark})", _is_printed_after(serial)])
    start = time.time()
    chapter.write_text(text, encoding="utf-8")
    _wait(page, "moments.every(Boolean)")
    _wait(page, "document.documentElement.dataset.state == 'ready'")
    in_reader, in_print = (moment / 1000 - start for moment in page.evaluate("() => moments"))
    phases = page.evaluate("() => latest.phases")
    return {
        "in the reader": in_reader,
        "in print": in_print,
        **phases,
        "noticed, shown": in_print - sum(phases.values()),
        "CPU": _read_cpu(process) - cpu,
    }


def _is_printed_after(serial: int) -> str:
    """Return the expression that is true as soon as a later picture of the page is shown."""
    picture = "document.querySelector(`.sheet[data-page='${printed.state.place?.page}']`)?.dataset.shown"
    return f"printed.state.serial > {serial} && {picture} == printed.state.serial"


def _wait(page: Any, expression: str) -> None:
    page.wait_for_function(f"() => Boolean({expression})", polling=_POLL, timeout=_MAX_WAIT * 1000)


def _read_cpu(process: int) -> float:
    """Return the seconds of processor time of a process on Linux, without its children; 0 elsewhere."""
    try:
        fields = Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--book", type=Path, default=ROOT / "content")
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args(arguments)
    print(f"{'seconds':16} {'median':>7} {'least':>7}")
    for name, (middle, least) in measure(options.book, options.runs).items():
        print(f"{name:16} {middle:7.2f} {least:7.2f}")


if __name__ == "__main__":
    main()
