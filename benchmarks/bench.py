"""Measure builds of small and large books, side by side in one run, and write BENCHMARKS.md.

`make bench`, or `bench.py 1 3` for some sizes only, in copies of the guide's chapters. Every build is a process of its own with a cache of its own.
"""

import datetime
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from linear import KILOBYTES
from linear import rows as reading
from synthetic import questions, write_book

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

SIZES = (1, 3, 9, 30)
ONE_PASS = 9
"""The largest book that is also set in one pass; a larger one takes hours and more memory than many machines have."""
PYTHON = str(ROOT / ".venv" / "bin" / "python")


@dataclass
class Run:
    seconds: float
    peak: int
    """Megabytes of the largest process."""
    sizes: tuple[int, ...] = ()
    """Kilobytes of each file made."""

    def __str__(self) -> str:
        return f"{self.seconds:.2f}"


def measured(command: Sequence[str], cwd: Path, made: Path | None = None) -> Run:
    """Run the command; its seconds of wall time and the most memory that any process of it used."""
    peak = 0
    start = time.perf_counter()
    process = subprocess.Popen(
        command, cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True, text=True
    )

    def look() -> None:
        nonlocal peak
        while process.poll() is None:
            peak = max(peak, largest(process.pid))
            time.sleep(0.05)

    watcher = threading.Thread(target=look)
    watcher.start()
    out, _ = process.communicate()
    seconds = time.perf_counter() - start
    watcher.join()
    if process.returncode:
        raise SystemExit(f"{' '.join(command)} failed:\n{out[-3000:]}")
    files = sorted(made.iterdir()) if made and made.is_dir() else [made] if made else []
    return Run(seconds, peak // 1000, tuple(path.stat().st_size // 1000 for path in files))


def largest(session: int) -> int:
    """Kilobytes of the largest process of the session, as far as there is a /proc."""
    found = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            if int(stat.read_text().rpartition(")")[2].split()[3]) == session:
                status = (stat.parent / "status").read_text()
                found = max(found, int(match[1]) if (match := re.search(r"VmHWM:\s+(\d+)", status)) else 0)
        except OSError:
            continue
    return found


def build(program: Path, book: Path, out: Path, *editions: str) -> Run:
    options = [word for edition in editions for word in ("-e", edition)]
    return measured([PYTHON, "build.py", "build", str(book), "-o", str(out), "-q", *options], program, out)


def edit(book: Path, copy: int, text: str) -> None:
    """Change the first answer of a chapter in the middle of the book."""
    path = sorted(book.glob("*training*"))[copy]
    source = path.read_text(encoding="utf-8")
    path.write_text(source.replace("### Explanation\n", f"### Explanation\n{text}\n\n", 1), encoding="utf-8")


# ---------------------------------------------------------------- the same book by other means

ONE_PASS_STYLES = """
@page { counter-increment: page; }
@page :left { margin: var(--head) var(--inner) var(--foot) var(--outer); @top-left-corner { content: counter(page); } @top-left { content: string(book); } }
@page :right { @top-right { content: string(running); } @top-right-corner { content: counter(page); } }
.sheet + .sheet { break-before: page; }
.hole::after { content: target-counter(attr(href), page); }
"""


def one_document(book: Path, target: Path) -> None:
    """The book's printed edition as one HTML file with its styles, page references left to whoever lays it out."""
    from studyguide.compose.composition import Composition
    from studyguide.pipeline import OUTPUTS, check_guide, choose_editions
    from studyguide.reading.project import read_project

    project = read_project(str(book))
    guide = check_guide(project)
    book = Composition(project, guide, choose_editions(guide, ["guide"], None)[0], OUTPUTS["pdf"], 4).compose()
    bodies = []
    for section in book.sections:
        html = re.sub(r'href="#([^"]*)', lambda link: f'href="#{section.targets[link[1]]}', section.html)  # noqa: B023
        bodies.append(re.search(r"<section class=\"sheet.*</section>", html, re.DOTALL).group())
    body = re.sub(
        r'(<a[^>]*href="(#[^"]*)"[^>]*>)((?:(?!</a>).)*?)<span class="hole">0*</span>((?:(?!</a>).)*?</a>)',
        r'\1\3</a><a class="hole" href="\2"></a>\4', "\n".join(bodies), flags=re.DOTALL,
    ).replace("</a></a>", "</a>")  # fmt: skip
    page = (ROOT / "styles/pages/a4.css").read_text()
    tokens = dict(re.findall(r"--([\w-]+):\s*([^;]+);", page))
    styles = re.sub(r"var\(--([\w-]+)\)", lambda match: tokens[match[1]], ONE_PASS_STYLES)
    head = f"<meta charset='utf-8'><title>{book.title}</title><style>{book.styles}{styles}</style>"
    target.write_text(f"<!DOCTYPE html><html lang='en'><head>{head}</head><body>{body}</body></html>", encoding="utf-8")
    shutil.copytree(book / "figures", target.parent / "figures", dirs_exist_ok=True)


WEASYPRINT = """
import sys
sys.path.insert(0, {root!r})
from studyguide.runtime.fontconfig import use_project_fonts
use_project_fonts()
import weasyprint
weasyprint.HTML({source!r}).write_pdf({target!r}, pdf_variant="pdf/ua-1")
"""


TYPST = """
import subprocess, typst
subprocess.run({command!r}, check=True)
typst.compile({source!r}, output={target!r})
"""


def others(book: Path, folder: Path) -> dict[str, Run]:
    """What other programs take for the same text, where they are installed."""
    runs = {}
    source, target = folder / "book.html", folder / "other.pdf"
    one_document(book, source)
    script = folder / "one_pass.py"
    script.write_text(WEASYPRINT.format(root=str(ROOT), source=str(source), target=str(target)))
    runs["WeasyPrint, one pass"] = measured([PYTHON, str(script)], folder, target)
    chapters = [str(path) for path in sorted(book.glob("*.md"))]
    if prince := tool("prince"):
        runs["Prince"] = measured([prince, str(source), "-o", str(target), "--tagged-pdf"], folder, target)
    if pandoc := tool("pandoc"):
        epub, markup = folder / "other.epub", book / "other.typ"
        runs["pandoc, EPUB"] = measured([pandoc, *chapters, "-o", str(epub), f"--resource-path={book}"], folder, epub)
        script.write_text(
            TYPST.format(command=[pandoc, *chapters, "-s", "-o", str(markup)], source=str(markup), target=str(target))
        )
        if importlib.util.find_spec("typst"):
            try:
                runs["pandoc + Typst"] = measured([PYTHON, str(script)], folder, target)
            except SystemExit as error:  # pandoc writes some formulas that Typst does not know
                print(error)
    return runs


def tool(name: str) -> str | None:
    """A program on the path, or from a package of the environment."""
    if found := shutil.which(name) or shutil.which(name, path=str(Path(PYTHON).parent)):
        return found
    packaged = sorted((ROOT / ".venv" / "lib").glob(f"python*/site-packages/*/**/bin/{name}")) or sorted(
        (ROOT / ".venv" / "lib").glob(f"python*/site-packages/*/files/{name}")
    )
    return str(packaged[0]) if packaged else None


# ---------------------------------------------------------------- the table


def measure(copies: int, folder: Path) -> dict[str, Run]:
    """Every figure for a book of so many copies of the guide's chapters. The program is copied, so that it begins without a cache."""
    program = folder / "program"
    program.mkdir()
    for name in ("build.py", "studyguide", "templates", "styles", "content"):
        source = ROOT / name
        shutil.copytree(source, program / name) if source.is_dir() else shutil.copy(source, program)
    book = write_book(folder / "book", copies) if copies > 1 else shutil.copytree(ROOT / "content", folder / "book")
    runs = {}

    def clear() -> None:
        shutil.rmtree(program / ".cache", ignore_errors=True)

    runs["cold, PDF"] = build(program, book, folder / "pdf", "guide")
    clear()
    runs["cold, PDF + EPUB"] = build(program, book, folder / "both", "guide", "tablet")
    middle = len(list(book.glob("*training*"))) // 2
    edit(book, middle, "One more sentence.")
    runs["a sentence more, PDF + EPUB"] = build(program, book, folder / "both", "guide", "tablet")
    edit(
        book,
        middle,
        "\n\n".join(["This paragraph fills lines until the chapter has a page more than before. " * 4] * 12),
    )
    runs["a page more, PDF + EPUB"] = build(program, book, folder / "both", "guide", "tablet")
    runs["nothing changed"] = build(program, book, folder / "both", "guide", "tablet")
    if copies == 1:
        clear()
        runs["cold, all editions"] = build(program, book, folder / "all")
    if copies <= ONE_PASS:
        runs |= others(book, folder)
    return runs


def main(sizes: Sequence[int]) -> None:
    table: dict[int, dict[str, Run]] = {}
    for copies in sizes:
        size = copies * questions()
        with tempfile.TemporaryDirectory() as name:
            table[size] = measure(copies, Path(name))
        for what, run in table[size].items():
            print(f"{size:5}  {what:30} {run.seconds:8.2f} s {run.peak:6} MB  {run.sizes} kB", flush=True)
    write_table(table)


def rows(heads: Sequence[str], table: Mapping[int, Mapping[str, Run]], cell: Callable[[Run], str]) -> Iterator[str]:
    """A table in Markdown with a row for each thing measured and a column for each size."""
    yield f"| {' | '.join(heads)} |"
    yield "| --- |" + " --: |" * len(table)
    for name in dict.fromkeys(name for runs in table.values() for name in runs):
        cells = [cell(runs[name]) if name in runs else "" for runs in table.values()]
        yield f"| {' | '.join([name, *cells])} |"


def write_table(table: Mapping[int, Mapping[str, Run]]) -> None:
    memory = "megabytes of the largest process, kilobytes of each file"
    lines = [
        *rows(["seconds", *(f"{size:,} questions" for size in table)], table, str),
        "",
        *rows(
            [memory, *(f"{size:,}" for size in table)],
            table,
            lambda run: f"{run.peak}; {', '.join(map(str, run.sizes))}",
        ),
    ]
    text = (ROOT / "benchmarks" / "about.md").read_text(encoding="utf-8")
    stamp = f"{datetime.date.today().isoformat()}, {os.cpu_count()} cores, Python {sys.version.split()[0]}"
    for name, part in (("stamp", stamp), ("table", "\n".join(lines)), ("reading", "\n".join(reading(KILOBYTES)))):
        text = text.replace(f"{{{name}}}", part)
    (ROOT / "BENCHMARKS.md").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main([int(word) for word in sys.argv[1:]] or SIZES)
