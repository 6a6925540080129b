"""The arrows of studyguide/__init__.py, kept."""

import ast
import sys
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "studyguide"

# From the values that everything knows to the order that knows everything; a module imports from rows above its own.
LAYERS = (
    {"problems", "preflight", "words", "bidi"},
    {"limits"},
    {"model", "messages", "cache", "parallel", "fonts"},
    {"text", "hypertext", "blocks", "selection", "pictures", "dates"},
    {"maths", "sanitise", "glossary", "outputs.drawings", "outputs.xhtml", "dialects.model"},
    {"dialects.fences", "dialects.gift", "dialects.outline", "dialects.shortcodes", "dialects.tags"},
    {
        "dialects.choices",
        "dialects.bold",
        "dialects.boxes",
        "dialects.cards",
        "dialects.details",
        "dialects.folder",
        "dialects.headings",
        "dialects.keys",
        "dialects.ours",
        "dialects.shape",
        "dialects.tables",
        "dialects.tidy",
    },
    {"dialects.bare", "dialects.lines", "dialects.body", "dialects.choose", "dialects.items"},
    {"dialects.drafts", "dialects.labelled", "dialects.report"},
    {"dialects.canonical", "dialects.odd"},
    {"dialects.chapters"},
    {"dialects"},
    {
        "config",
        "read",
        "parse",
        "prove",
        "markup",
        "assemble",
        "check",
        "lint",
        "spelling",
        "ignore",
        "compose",
        "dump",
        "write",
        "outputs",
        "outputs.accessibility",
        "outputs.archive",
        "outputs.ncx",
        "outputs.pdf.fill",
        "outputs.pdf.gathering",
        "outputs.pdf.mends",
        "outputs.pdf.signs",
        "outputs.pdf.syntax",
    },
    {
        "outputs.pdf.claims",
        "outputs.pdf.cut",
        "outputs.pdf.fit",
        "outputs.pdf.makeup",
        "outputs.pdf.opening",
        "outputs.pdf.pages",
        "outputs.pdf.turn",
    },
    {"outputs.pdf.take"},
    {"outputs.pagelist", "outputs.pdf.overflow", "outputs.pdf.press", "outputs.pdf.typeset"},
    {"outputs.pdf.bind"},
    {"outputs.pdf"},
    {"outputs.cover"},
    {"outputs.epub"},
    {"foreign"},
    {"pipeline"},
)
EDGES = {
    "read",
    "foreign",
    "write",
    "fonts",
    "preflight",
    "cache",
    "parallel",
    "prove",
    "spelling",
    "dates",
}
WORLD = {"pathlib", "os", "tempfile", "time", "subprocess", "shutil", "socket", "multiprocessing", "random"}


def modules() -> dict[str, ast.Module]:
    paths = [path for path in PACKAGE.rglob("*.py") if path != PACKAGE / "__init__.py"]
    names = {
        path: ".".join(path.relative_to(PACKAGE).with_suffix("").parts).removesuffix(".__init__") for path in paths
    }
    return {names[path]: ast.parse(path.read_text(encoding="utf-8")) for path in paths}


def imports(tree: ast.Module) -> set[str]:
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            inner = node.module in ("studyguide", "studyguide.outputs", "studyguide.outputs.pdf", "studyguide.dialects")
            found |= {f"{node.module}.{alias.name}" for alias in node.names} if inner else {node.module}
    return found


def test_a_module_imports_only_from_the_layers_above_it() -> None:
    wrong = []
    known = modules()
    for name, tree in known.items():
        row = next(place for place, layer in enumerate(LAYERS) if name in layer)
        above = set().union(*LAYERS[:row])
        ours = {each.removeprefix("studyguide.") for each in imports(tree) if each.startswith("studyguide.")}
        wrong += [f"{name}.py imports {each}" for each in (ours & set(known)) - above]
    assert wrong == []


def test_only_the_edges_touch_the_disk_and_the_clock() -> None:
    # The pipeline reads a clock to say how long an edition took, and a path without a disk is only a name.
    allowed = {
        ("pipeline", "time"),
        ("parse", "pathlib"),
        ("dialects", "pathlib"),
        ("dialects.chapters", "pathlib"),
        ("dialects.folder", "pathlib"),
    }
    used = {
        (name, each.split(".")[0])
        for name, tree in modules().items()
        if name not in EDGES
        for each in imports(tree)
        if each.split(".")[0] in WORLD
    }
    assert used == allowed


def test_each_library_is_imported_in_one_place() -> None:
    homes = defaultdict(set)
    for name, tree in modules().items():
        for each in imports(tree):
            library = each.split(".")[0]
            if library not in sys.stdlib_module_names and library != "studyguide":
                homes[library].add(name)
    # lxml looks through HTML in markup, and through the drawings and documents of the EPUB; what mends WeasyPrint, and
    # what takes its objects apart, stands apart from what uses it.
    assert {library: names for library, names in homes.items() if len(names) > 1} == {
        "lxml": {"markup", "outputs.drawings", "outputs.epub", "outputs.ncx", "outputs.pagelist", "outputs.xhtml"},
        "pydyf": {"outputs.pdf.take", "outputs.pdf.typeset"},
        "weasyprint": {"outputs.pdf.mends", "outputs.pdf.typeset"},
    }
