"""Measure other programs with the text of a guide, if they are installed (requirements-bench.txt)."""

import importlib.util
import json
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from benchmarks.runs import PYTHON, ROOT, Run, run_command

WEASYPRINT, PRINCE, EPUB, TYPST = "WeasyPrint, one pass", "Prince", "pandoc, EPUB", "pandoc + Typst"

_WEASYPRINT_SCRIPT = """
import sys
sys.path.insert(0, {root!r})
from studyguide.runtime.fontconfig import use_project_fonts
use_project_fonts()
import weasyprint
weasyprint.HTML({source!r}).write_pdf({target!r}, pdf_variant="pdf/ua-1")
"""
_TYPST_SCRIPT = """
import subprocess, typst
subprocess.run({command!r}, check=True)
typst.compile({source!r}, output={target!r})
"""
# Prints the numbers of the formulas that Typst refuses.
_FORMULAS_SCRIPT = """
import json, sys, typst
from pathlib import Path
source = Path(sys.argv[1])
head, *formulas = json.loads(source.read_text(encoding="utf-8"))
try_out = source.with_suffix(".typ")
refused = []
for number, formula in enumerate(formulas):
    try_out.write_text(head + formula, encoding="utf-8")
    try:
        typst.compile(str(try_out))
    except Exception:
        refused.append(number)
print(json.dumps(refused))
"""
_FORMULA = re.compile(r"\$\$.+?\$\$|(?<![\\$\w])\$(?![\s$])(?:[^$\\]|\\.)+?(?<!\s)\$(?![\d$])", re.DOTALL)
_CODE = re.compile(r"^(`{3,}|~{3,}).*?^\1\s*?$|(?<!`)(`+)(?!`).+?(?<!`)\2(?!`)", re.DOTALL | re.MULTILINE)
_SEPARATOR = "FORMULA SEPARATOR"


@dataclass(frozen=True, slots=True)
class Competitor:
    """A program to compare with."""

    name: str
    run: Callable[[], Run]
    """Raises CommandError."""
    target: Path
    """The file that it makes."""
    note: str = ""
    """Words for the report."""


def find_tool(name: str) -> str | None:
    """Return a program on the path, or from a package of the environment."""
    if found := shutil.which(name) or shutil.which(name, path=str(Path(PYTHON).parent)):
        return found
    packages = ROOT / ".venv" / "lib"
    patterns = (f"python*/site-packages/*/**/bin/{name}", f"python*/site-packages/*/files/{name}")
    return next((str(path) for pattern in patterns for path in sorted(packages.glob(pattern))), None)


def prepare_others(book: Path, folder: Path, wanted: Callable[[str], bool]) -> Iterator[Competitor]:
    """Yield the programs that are installed and wanted by name, each with what it needs in ``folder``."""
    document, target = folder / "book.html", folder / "other.pdf"
    if wanted(WEASYPRINT) or wanted(PRINCE):
        folder.mkdir(parents=True, exist_ok=True)
        subprocess.run([PYTHON, str(ROOT / "benchmarks" / "one_document.py"), str(book), str(document)], check=True)
    if wanted(WEASYPRINT):
        script = folder / "one_pass.py"
        script.write_text(_WEASYPRINT_SCRIPT.format(root=str(ROOT), source=str(document), target=str(target)))
        yield Competitor(WEASYPRINT, lambda: run_command([PYTHON, str(script)], folder), target)
    if wanted(PRINCE) and (prince := find_tool("prince")):
        command = [prince, str(document), "-o", str(target), "--tagged-pdf"]
        yield Competitor(PRINCE, lambda: run_command(command, folder), target)
    pandoc = find_tool("pandoc")
    if pandoc and (wanted(EPUB) or wanted(TYPST)):
        copy = Path(shutil.copytree(book, folder / "pandoc"))
        title = re.search(r'^title = "(.*)"', (book / "guide.toml").read_text(encoding="utf-8"), re.MULTILINE)
        options = ["-f", "markdown-yaml_metadata_block", "--metadata", f"title={title[1] if title else book.name}"]
        text = join_chapters({path.name: path.read_text(encoding="utf-8") for path in sorted(book.glob("*.md"))})
    if pandoc and wanted(EPUB):
        chapters, epub = copy / "epub.md", folder / "other.epub"
        chapters.write_text(text, encoding="utf-8")
        epub_command = [pandoc, *options, str(chapters), "--mathml", "-o", str(epub), f"--resource-path={copy}"]
        yield Competitor(EPUB, lambda: run_command(epub_command, folder), epub)
    if pandoc and wanted(TYPST) and importlib.util.find_spec("typst"):
        chapters, markup, script = copy / "typst.md", copy / "book.typ", folder / "markup.py"
        formulas = find_formulas(text)
        refused = _find_refused(sorted(set(formulas)), copy, pandoc)
        replaced, total = sum(formula in refused for formula in formulas), len(formulas)
        chapters.write_text(substitute_formulas(text, refused), encoding="utf-8")
        to_markup = [pandoc, *options, str(chapters), "-s", "-o", str(markup)]
        script.write_text(_TYPST_SCRIPT.format(command=to_markup, source=str(markup), target=str(target)))
        note = f"Typst refused {replaced} of {total} formulas as pandoc writes them; they are replaced by their source as code."
        yield Competitor(TYPST, lambda: run_command([PYTHON, str(script)], folder), target, note)


def join_chapters(chapters: Mapping[str, str]) -> str:
    """Return one Markdown text of the chapters, by the names of their files: titles as headings, notes by names of their own."""
    texts = []
    for name, chapter in chapters.items():
        _, front_matter, text = re.split(r"^---$", chapter, maxsplit=2, flags=re.MULTILINE)
        title = re.search(r"^title: (.*)$", front_matter, re.MULTILINE)
        anchor = _name_chapter(name)
        text = re.sub(r"\[\^([^\]]+)\]", lambda note, anchor=anchor: f"[^{anchor}-{note[1]}]", text)
        text = re.sub(r"\]\(([\w-]+)\.md(?:#[\w-]+)?\)", lambda link: f"](#{_name_chapter(link[1])})", text)
        text = re.sub(r"^(\s*```\w+) .*$", r"\1", text, flags=re.MULTILINE)  # pandoc knows no words after the language
        texts.append(f"# {title[1] if title else name} {{#{anchor}}}\n\n{text.strip()}\n")
    return "\n".join(texts)


def _name_chapter(name: str) -> str:
    return "chapter-" + name.removesuffix(".md")


def _find_refused(formulas: list[str], folder: Path, pandoc: str) -> set[str]:
    text = f"\n\n{_SEPARATOR}\n\n".join(formulas)
    command = [pandoc, "-f", "markdown", "-t", "typst", "--wrap=none"]
    markup = subprocess.run(command, input=text, capture_output=True, text=True, check=True).stdout.split(_SEPARATOR)
    # The definitions that a standalone document begins with.
    head = subprocess.run([*command, "-s"], input="x", capture_output=True, text=True, check=True).stdout
    source = folder / "formulas.json"
    source.write_text(json.dumps([head, *markup]), encoding="utf-8")
    script = [PYTHON, "-c", _FORMULAS_SCRIPT, str(source)]
    numbers = json.loads(subprocess.run(script, capture_output=True, text=True, check=True).stdout)
    for path in folder.glob("formulas.*"):
        path.unlink()
    return {formulas[number] for number in numbers}


def find_formulas(text: str) -> list[str]:
    """Return the formulas of a chapter with their dollars, those in code left out."""
    return _FORMULA.findall(_CODE.sub("", text))


def substitute_formulas(text: str, refused: set[str]) -> str:
    """Return the chapter with the refused formulas as code."""

    def replace(match: re.Match[str]) -> str:
        formula = match[0]
        if formula not in refused:
            return formula
        return f"`{' '.join(formula.strip('$').split())}`"

    pieces, end = [], 0
    for code in _CODE.finditer(text):
        pieces += [_FORMULA.sub(replace, text[end : code.start()]), code[0]]
        end = code.end()
    return "".join([*pieces, _FORMULA.sub(replace, text[end:])])
