"""Whoever writes sees each save become a book, or a message."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT, until
from watchfiles import Change, DefaultFilter

from studyguide.app import _may_go_into_book


def test_watch_rebuilds_what_an_edit_touches_and_survives_broken_content(small: Path, tmp_path: Path) -> None:
    log = tmp_path / "log"
    command = [sys.executable, "-X", "faulthandler", str(ROOT / "build.py"), "watch", "-e", "tablet"]
    # A shell lets what it starts in the background ignore Ctrl-C, and so all that is started there.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    with log.open("w") as file:
        process = subprocess.Popen(command, stdout=file, stderr=file, env={**os.environ, "PYTHONUNBUFFERED": "1"})
    try:
        book, chapter = Path("dist/a-small-guide.epub"), small / "01-first-things.md"
        source = chapter.read_text()
        until(lambda: "watching" in log.read_text())
        first = book.read_bytes()
        edited = source.replace("Zero is less.", "Zero is least.")

        def is_rebuilt() -> bool:
            # Saved again and again: what watches may not have begun at the first time.
            chapter.write_text(edited)
            return book.read_bytes() != first

        until(is_rebuilt, every=0.5)
        chapter.write_text(source.replace("### Pitfalls", "### Pitfals"))
        until(lambda: "there is no part `Pitfals`" in log.read_text())
        chapter.write_text(source)
        until(lambda: "problems: 1 mended, 0 to mend" in log.read_text())
        until(lambda: book.read_bytes() == first)
        process.send_signal(signal.SIGINT)
        until(lambda: process.poll() is not None)
        assert (process.returncode, "Traceback" in log.read_text()) == (0, False)
        assert "01-first-things.md changed" in log.read_text()
    finally:
        process.send_signal(signal.SIGABRT)  # which says where it hangs, if it does
        process.wait()
        sys.stderr.write(log.read_text())


@pytest.mark.parametrize("out", ["guide/dist", "guide", "elsewhere"])
def test_books_in_the_folder_of_the_guide_are_no_edits(out: str, tmp_path: Path) -> None:
    (tmp_path / "guide" / "figures").mkdir(parents=True)
    (tmp_path / "link").symlink_to("guide")

    def is_seen(path: str) -> bool:
        return _may_go_into_book(
            DefaultFilter(), str((tmp_path / out).resolve()), Change.modified, str(tmp_path / path)
        )

    for name in ("a.pdf", "a.epub", ".studyguide-abc.part", ".studyguide-abc.part.old", ".studyguide-moves"):
        assert not is_seen(f"{out}/{name}")
        assert out == "elsewhere" or not is_seen(f"{out}/{name}".replace("guide", "link", 1))
    for name in ("guide/01-a.md", "guide/guide.toml", "guide/figures/a.svg", "link/01-a.md"):
        assert is_seen(name)
    assert not is_seen("guide/01-a.md~")
