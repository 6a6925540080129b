"""A new user, who has only Python, Pango and the installed program, begins a guide, looks at it, edits it and publishes it."""

import json
import re
import signal
import sqlite3
import subprocess
import urllib.request
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from conftest import Installed, until

pytestmark = pytest.mark.nightly

WEB_AND_DECK = '[editions.web]\noutput = "web"\n\n[editions.cards]\noutput = "anki"\n'


@contextmanager
def previewing(installed: Installed, folder: Path) -> Iterator[tuple[str, Path]]:
    """A preview of the guide in a folder: its address, and the file that holds what it says. Ctrl-C ends it with 130."""
    log = folder / "preview.log"
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's job in the background would ignore Ctrl-C
    with log.open("w") as file:
        command = [str(installed.bin / "studyguide"), "preview", "my-guide", "--no-open"]
        environment = {**installed.environment, "PYTHONUNBUFFERED": "1"}
        process = subprocess.Popen(command, cwd=folder, stdout=file, stderr=file, env=environment)
    try:
        until(lambda: "built in" in log.read_text() or process.poll() is not None)
        address = re.search(r"http://127\.0\.0\.1:\d+/", log.read_text())
        assert address, log.read_text()
        yield address[0], log
    finally:
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == 130


def read_state(address: str) -> Any:
    """The newest state of a preview, as its page reads it."""
    with urllib.request.urlopen(f"{address}events", timeout=60) as stream:
        return next(json.loads(line[6:]) for line in stream if line.startswith(b"data: "))


def test_a_new_user_comes_from_an_empty_folder_to_a_book_a_site_and_a_deck(
    installed: Installed, tmp_path: Path
) -> None:
    said = installed.run(tmp_path, "new", "my-guide", "--title", "Tides", "--author", "Ada Example")
    assert "Next: `studyguide preview my-guide`" in said
    chapter = next((tmp_path / "my-guide").glob("01-*.md"))
    settings = tmp_path / "my-guide" / "guide.toml"
    settings.write_text(
        f"{settings.read_text()}\n{WEB_AND_DECK}".replace('language = "en"', 'language = "en"\ndate = 2026-01-31', 1)
    )

    with previewing(installed, tmp_path) as (address, log):
        before = len(log.read_text())
        chapter.write_text(
            f"{chapter.read_text()}\n## Why is there a second tide? {{#second-tide}}\n\n### Answer\nThe far side bulges, too.\n"
        )
        until(lambda: "built in" in log.read_text()[before:])
        state = read_state(address)
        assert state["problems"] == [], state
        assert "second-tide" in json.dumps(state)

    assert "no problems" in installed.run(tmp_path, "check", "my-guide", "--strict")
    installed.run(tmp_path, "build", "my-guide", "--out", "books")
    books = tmp_path / "books"
    printed = {"tides.pdf", "tides-workbook.pdf", "tides-answers.pdf", "tides-teacher.pdf"}
    assert {path.name for path in books.iterdir()} == printed | {"tides.epub", "tides-web", "tides-cards.apkg"}
    pages = "".join(path.read_text() for path in (books / "tides-web").glob("chapter-*.html")).replace("\xa0", " ")
    assert "second tide?" in pages and "The far side bulges" in pages
    assert (books / "tides-web" / "search" / "pagefind.js").is_file()
    with zipfile.ZipFile(books / "tides-cards.apkg") as deck:
        (tmp_path / "collection").write_bytes(deck.read("collection.anki2"))
    with sqlite3.connect(tmp_path / "collection") as collection:
        notes = [fields.replace("\xa0", " ") for (fields,) in collection.execute("SELECT flds FROM notes")]
    assert len(notes) == 4
    assert any("second tide?" in each and "The far side bulges" in each for each in notes)
