"""Tests that each save becomes a book, or a message."""

import gc
import os
import re
import shutil
import signal
import weakref
from pathlib import Path

import pytest
import watchfiles
from conftest import lay, save_until_built, until, watching
from test_look import make_face
from watchfiles import Change, DefaultFilter
from watchfiles._rust_notify import WatchfilesRustInternalError

from studyguide import app, cli
from studyguide.runtime import workers
from studyguide.store import MemoryStore
from studyguide.watching import _attempt, _may_go_into_book, defer_collection, wait_for_changes


def test_watch_rebuilds_what_an_edit_touches_and_survives_broken_content(small: Path, tmp_path: Path) -> None:
    book, chapter = Path("dist/a-small-guide.epub"), small / "01-first-things.md"
    source = chapter.read_text()
    with watching(tmp_path) as (_, said):
        first = book.read_bytes()
        save_until_built(chapter, source.replace("Zero is less.", "Zero is least."), said)
        assert book.read_bytes() != first
        lines = [line for line in said().splitlines() if " set anew" in line][1:]
        assert re.fullmatch(r"tablet: question 1\.1; \d+ pieces? set anew, [\d.]+ s", lines[0]), (
            "one line for each build"
        )
        chapter.write_text(source.replace("### Pitfalls", "### Pitfals"))
        until(lambda: "there is no part `Pitfals`" in said())
        chapter.write_text(source)
        until(lambda: "problems: 1 mended, 0 to mend" in said())
        until(lambda: book.read_bytes() == first)
        assert "01-first-things.md changed" in said()


def test_an_edit_of_each_own_file_of_a_look_is_seen(small: Path, tmp_path: Path) -> None:
    settings = small / "guide.toml"
    settings.write_text(f'{settings.read_text()}[look]\ntext = "Breadface"\n\n[editions.tablet]\nfonts = "book"\n')
    lay(small, {"fonts/note.txt": "", "styles/ebook.css": "", "templates/colophon.html": "", "locale/en.toml": ""})
    (small / "fonts" / "a.ttf").write_bytes(make_face("Breadface"))
    block = '{% extends "program/colophon.html" %}{% block more %}<p>Ghent</p>{% endblock %}'
    book = Path("dist/a-small-guide.epub")
    with watching(tmp_path) as (_, said):
        for path, text in (
            ("styles/ebook.css", "p { color: #123456 }"),
            ("templates/colophon.html", block),
            ("locale/en.toml", '[headings]\ncontents = "Inside"'),
            ("fonts/a.ttf", make_face("Breadface", file="FiraSans-Black.ttf")),
        ):
            before = book.read_bytes()
            (small / path).write_bytes(text if isinstance(text, bytes) else text.encode())
            until(lambda path=path, before=before: f"{path} changed" in said() and book.read_bytes() != before)


@pytest.mark.parametrize("is_moved", [False, True], ids=["deleted", "moved"])
def test_a_folder_that_takes_the_place_of_a_watched_one_is_watched(is_moved: bool, small: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(small, tmp_path / "copy")
    with watching(tmp_path) as (_, said):
        if is_moved:
            small.rename(tmp_path / "old")
        else:
            shutil.rmtree(small)
        until(lambda: "[no-content]" in said())
        shutil.copytree(copy, small)
        until(lambda: "problems: 1 mended, 0 to mend" in said())
        chapter = small / "01-first-things.md"
        save_until_built(chapter, chapter.read_text().replace("Zero is less.", "Zero is least."), said)


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


class Waste:
    """Garbage that only the collector finds."""

    def __init__(self) -> None:
        self.own = self


def test_ctrl_c_in_a_callback_of_the_collector_is_not_lost() -> None:
    gc.collect()
    called: list[bool] = []

    def interrupt(dead: object) -> None:
        called.append(True)
        os.kill(os.getpid(), signal.SIGINT)
        for _ in range(1_000):  # here Python looks for signals
            pass

    former = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with pytest.raises(KeyboardInterrupt), defer_collection():
            mark = weakref.ref(Waste(), interrupt)
        assert called and mark() is None
        assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    finally:
        signal.signal(signal.SIGINT, former)


def test_a_fault_of_the_program_does_not_end_a_watch(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*args: object) -> None:
        raise ValueError("nobody thought of this")

    monkeypatch.setattr(app, "build", fail)
    with workers.open_workers(1) as started:
        options = app.BuildOptions(app.ReadingOptions())
        found = _attempt("content", options, started, cli.ConsoleReporter(), MemoryStore(), ())
    assert [each.rule for each in found] == ["program-failed"]
    said = capsys.readouterr().err
    assert "content: the program failed: ValueError: nobody thought of this" in said and "in fail" in said


@pytest.mark.parametrize(
    "error", [OSError("OS file watch limit reached."), WatchfilesRustInternalError("Too many open files (os error 24)")]
)
def test_a_system_that_watches_no_more_files_is_one_message_with_a_remedy(
    error: Exception, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*paths: Path, **options: object) -> None:
        raise error

    monkeypatch.setattr(watchfiles, "watch", fail)
    with pytest.raises(OSError, match=re.escape(f"{error}; end other programs that watch files")) as caught:
        next(wait_for_changes(str(tmp_path)))
    assert str(caught.value).startswith(f"{tmp_path}: ")
