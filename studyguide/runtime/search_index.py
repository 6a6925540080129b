"""Index texts for the search of web pages: SearchTexts → the files of the index, by Pagefind, a program that comes with a package."""

import re
import subprocess
import tempfile
from collections.abc import Sequence
from html import escape
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

PACKAGE = "pagefind_bin"
_KEPT = re.compile(r"pagefind(?:-worker)?\.js|pagefind-entry\.json|.*\.pf_\w+|wasm\.\w+\.pagefind")
"""The files that a search needs; the others are interfaces that Pagefind offers."""
_TIMEOUT = 300  # seconds; 10,000 questions take 5
_UNSPACED = re.compile("([\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff])")
"""Letters of scripts that put no spaces between words."""


class SearchText(NamedTuple):
    """A text that a search can find."""

    address: str
    """The address that a result leads to, from the start page: ``chapter-dough.html#fold``."""
    title: str
    text: str


def can_index() -> bool:
    """True if Pagefind is installed, which has no package for some machines."""
    return find_spec(PACKAGE) is not None


def index_texts(texts: Sequence[SearchText], language: str) -> tuple[tuple[str, bytes], ...]:
    """Return the paths and the bytes of the files of an index, the same for the same texts. Raises OSError with what to do."""
    with tempfile.TemporaryDirectory(prefix="studyguide-") as folder:
        site, out = Path(folder) / "site", Path(folder) / "out"
        site.mkdir()
        for number, text in enumerate(texts):
            (site / f"{number:06}.html").write_text(_write_page(text), encoding="utf-8")
        options = ["--site", str(site), "--output-path", str(out), "--silent"]
        _run_pagefind([*options, "--force-language", language.partition("-")[0].lower()], folder)
        files = sorted(path for path in out.rglob("*") if path.is_file() and _KEPT.fullmatch(path.name))
        return tuple((path.relative_to(out).as_posix(), path.read_bytes()) for path in files)


def _run_pagefind(options: Sequence[str], folder: str) -> None:
    """Run Pagefind in a folder. Raises OSError with what to do."""
    from pagefind_bin import get_executable

    try:
        command = [str(get_executable()), *options]
        done = subprocess.run(command, cwd=folder, check=False, capture_output=True, text=True, timeout=_TIMEOUT)  # noqa: S603
    except (OSError, subprocess.TimeoutExpired) as error:
        raise _make_error(str(error)) from error
    if done.returncode:
        raise _make_error(done.stderr.strip() or done.stdout.strip() or f"exit code {done.returncode}")


def _make_error(found: str) -> OSError:
    advice = f"`pip install --force-reinstall {PACKAGE}`, or write `search = false` for the edition"
    return OSError(f"Pagefind, which makes the search of web pages, failed: {found}; {advice}")


def _write_page(text: SearchText) -> str:
    """Return a page of HTML that Pagefind reads the text from."""
    meta = {"title": text.title, "address": text.address}
    head = "".join(
        f'<p data-pagefind-meta="{name}" data-pagefind-ignore>{escape(value)}</p>' for name, value in meta.items()
    )
    # The pages ask for such letters one by one, too (templates/web/search.js).
    title, body = (escape(_UNSPACED.sub(r"\1 ", each)) for each in (text.title, text.text))
    return f"<!DOCTYPE html><html><body>{head}<h1>{title}</h1><p>{body}</p></body></html>"
