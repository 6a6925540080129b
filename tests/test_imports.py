"""The import contracts of pyproject.toml are kept, and each of them notices a violation."""

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

from conftest import ROOT

# By the id of each contract: a module, and an import that it must not have.
VIOLATIONS = {
    "layers": ("guide/parse.py", "import studyguide.compose.plan"),
    "edges": ("compose/plan.py", "import tempfile"),
    "machine": ("pdf/finish.py", "import studyguide.runtime.cache"),
    "click": ("app.py", "import click"),
    "watchfiles": ("cli.py", "import watchfiles"),
    "starlette": ("preview/session.py", "import starlette"),
    "jinja2": ("compose/plan.py", "import jinja2"),
    "weasyprint": ("compose/links.py", "import weasyprint"),
    "ebooklib": ("pdf/finish.py", "import ebooklib"),
    "genanki": ("anki/cards.py", "import genanki"),
    "markdown": ("compose/plan.py", "import markdown"),
    "markdown_it": ("compose/plan.py", "import markdown_it"),
    "ziamath": ("guide/parse.py", "import ziamath"),
    "fontTools": ("pdf/bind.py", "import fontTools"),
    "distributed": ("app.py", "import distributed"),
    "pagefind_bin": ("web/site.py", "import pagefind_bin"),
    "hunspell": ("app.py", "import hunspell"),
    "PIL": ("epub/package.py", "import PIL"),
    "tinycss2": ("compose/stylesheet.py", "import tinycss2"),
    "lxml": ("compose/links.py", "import lxml"),
    "pypinyin": ("compose/plan.py", "import pypinyin"),
}


def read_settings() -> dict[str, object]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]


def lint_imports(folder: Path) -> str:
    command = [
        str(Path(sys.executable).parent / "lint-imports"),
        "--no-cache",
        "--config",
        str(ROOT / "pyproject.toml"),
    ]
    done = subprocess.run(command, cwd=folder, check=False, capture_output=True, text=True)
    assert done.returncode in (0, 1), done.stdout + done.stderr
    return re.sub(r"\s+", " ", done.stdout)


def test_every_import_contract_is_kept() -> None:
    contracts = read_settings()["contracts"]
    assert f"Contracts: {len(contracts)} kept, 0 broken." in lint_imports(ROOT)


def test_every_import_contract_notices_a_violation(tmp_path: Path) -> None:
    contracts = {contract["id"]: contract["name"] for contract in read_settings()["contracts"]}
    assert contracts.keys() == VIOLATIONS.keys()
    shutil.copytree(ROOT / "studyguide", tmp_path / "studyguide", ignore=shutil.ignore_patterns("__pycache__"))
    for name, line in VIOLATIONS.values():
        path = tmp_path / "studyguide" / name
        path.write_text(f"{path.read_text(encoding='utf-8')}\n{line}\n", encoding="utf-8")
    found = lint_imports(tmp_path)
    assert [name for name in contracts.values() if f"{name} BROKEN" not in found] == []
