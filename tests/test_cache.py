"""Tests that a stored result is right, or is made anew."""

import hashlib
import os
import pickle
import shutil
import signal
import subprocess
import sys
from contextlib import suppress
from datetime import date
from pathlib import Path

import pytest
from conftest import ROOT, listing, until, visible
from markupsafe import Markup

import build
from studyguide.guide.markup import render_passage
from studyguide.model import Chapter, Passage, Source
from studyguide.page_breaks import PageBreak
from studyguide.pdf.page_making import Break
from studyguide.problems import Place
from studyguide.runtime import cache
from studyguide.runtime.cache import DiskStore, ResidentStore, digest_program
from studyguide.store import digest

TWO = ["-q", "-e", "guide", "-e", "tablet"]


@pytest.fixture
def store(tmp_path: Path) -> DiskStore:
    return DiskStore(tmp_path / "store")


def test_what_was_put_is_got(store: DiskStore) -> None:
    assert store.get("ab12") is None
    store.put("ab12", Source("a.md", "text"))
    assert store.get("ab12") == Source("a.md", "text")


def test_a_passage_with_an_identifier_is_got(store: DiskStore) -> None:
    place = Place("a.md", 1, 1)
    passage = render_passage(Passage('<p id="here">Text.</p>\n\n## Head', place), Chapter("a", place, "A"))
    assert [name for name, _ in passage.anchors] == ["a-head", "here"]
    store.put("ab12", passage)
    assert store.get("ab12") == passage


def test_a_damaged_entry_is_thrown_away(store: DiskStore) -> None:
    store.put("ab12", "text")
    path = store.path_of("ab12")
    data = bytearray(path.read_bytes())
    data[-3] ^= 1
    path.write_bytes(data)
    assert store.get("ab12") is None
    assert not path.exists()


def test_an_entry_cut_short_is_thrown_away(store: DiskStore) -> None:
    store.put("ab12", "text")
    path = store.path_of("ab12")
    path.write_bytes(path.read_bytes()[:20])
    assert store.get("ab12") is None


def test_another_version_of_any_package_remembers_for_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(tmp_path)
    before = digest_program.__wrapped__()
    (tmp_path / "fontpkg_noto_serif-9.0.dist-info").mkdir()
    assert digest_program.__wrapped__() != before


def write_entry(store: DiskStore, data: bytes) -> Path:
    """Write an entry with the right checksum, as somebody could who may write to the cache."""
    path = store.path_of("ab12")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(hashlib.sha256(data).digest() + data)
    return path


def pickle_name(kind: type) -> bytes:
    return f"c{kind.__module__}\n{kind.__name__}\n".encode()


def pickle_bare(value: object) -> bytes:
    """Return the pickle of a value without its beginning and end, to stand within another."""
    return pickle.dumps(value, protocol=2)[2:-1]


def test_an_entry_that_would_run_code_is_not_read(store: DiskStore, tmp_path: Path) -> None:
    class Evil:
        def __reduce__(self) -> tuple[object, ...]:
            return (os.mkdir, (str(tmp_path / "pwned"),))

    path = write_entry(store, b"0" + pickle.dumps(Evil()))
    assert store.get("ab12") is None
    assert not path.exists()
    assert not (tmp_path / "pwned").exists()


@pytest.mark.parametrize("state", [{"changed": 1}, (None, {"changed": 1})], ids=["dictionary", "slots"])
@pytest.mark.parametrize(
    ("kind", "call"),
    [(Markup, b""), (Source, b""), (Break, b""), (Break, pickle_bare((2,)) + b"R"), (PageBreak, b""), (date, b"")],
    ids=["Markup", "dataclass", "Enum", "member of an Enum", "named tuple", "date"],
)
def test_an_entry_changes_nothing_that_others_share(kind: type, call: bytes, state: object, store: DiskStore) -> None:
    path = write_entry(store, b"0\x80\x05" + pickle_name(kind) + call + pickle_bare(state) + b"b.")
    assert store.get("ab12") is None
    assert not path.exists()
    assert not hasattr(kind, "changed")
    assert not hasattr(Break.AVOID, "changed")


@pytest.mark.parametrize(
    "value",
    [
        Break.AVOID,
        Markup("<b>"),
        date(2026, 1, 31),
        PageBreak("1", None),
        Place("a.md", 1),
        {"a": (frozenset({Markup("b")}), [1])},
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_value_is_got_with_its_class(value: object, store: DiskStore) -> None:
    store.put("ab12", value)
    found = store.get("ab12")
    assert (found, type(found)) == (value, type(value))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"0",
        b"2text",
        b"1not compressed",
        b"0\x80\x05\x8d" + b"\xff" * 8,
        b"0\x80\x05\x8e" + b"\xff" * 7 + b"\x0f",
        b"0\x80\x05h\x00.",
        b"0\x80\x05cstudyguide.model\nNothing\n.",
        b"0\x80\x05cstudyguide.nothing\nNothing\n.",
        b"0I" + b"1" * 5000 + b"\n.",
    ],
)
def test_an_entry_of_nonsense_with_the_right_checksum_is_thrown_away(data: bytes, store: DiskStore) -> None:
    path = write_entry(store, data)
    assert store.get("ab12") is None
    assert not path.exists()


@pytest.mark.parametrize("error", [MemoryError, RecursionError, OverflowError, LookupError])
def test_an_entry_that_cannot_be_read_for_any_reason_is_thrown_away(
    error: type[Exception], store: DiskStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: bytes) -> None:
        raise error

    store.put("ab12", "text")
    monkeypatch.setattr(cache, "load_entry", fail)
    assert store.get("ab12") is None
    assert not store.path_of("ab12").exists()


@pytest.mark.parametrize("record", ["text", {}, {"inputs": "b"}], ids=repr)
def test_a_record_of_another_form_is_no_record_of_the_last_build(record: object, tmp_path: Path) -> None:
    DiskStore(tmp_path / "last").put(digest("a"), record)
    assert cache.find_last_build(tmp_path, "a", "b") is None


def test_a_full_disk_is_said_and_not_fatal(store: DiskStore, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    store.put("ab12", "text")
    assert "No space left" in store.complaint
    assert [path for path in store.folder.rglob("*") if path.is_file()] == []


@pytest.mark.parametrize("folder", ["store", "c[1]", "a*", "?"])
def test_the_least_used_go_first_when_it_is_too_large(folder: str, tmp_path: Path) -> None:
    store = DiskStore(tmp_path / folder, max_size=2500)
    for number, key in enumerate(["aa1", "bb2", "cc3"]):
        store.put(key, "x" * 1000)
        os.utime(store.path_of(key), (number, number))
    store.get("aa1")
    store.prune()
    assert [key for key in ("aa1", "bb2", "cc3") if store.get(key)] == ["aa1", "cc3"]


def test_entries_are_counted_only_when_they_may_be_too_large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "store"
    counted: list[Path] = []
    count = DiskStore._delete_oldest
    monkeypatch.setattr(DiskStore, "_delete_oldest", lambda store: counted.append(store.folder) or count(store))
    for number in range(12):
        store = DiskStore(folder, max_size=4500)
        store.put(f"key-{number}", "x" * 1000)
        os.utime(store.path_of(f"key-{number}"), (number, number))
        store.prune()
    # The first time, when nothing is known of the size, and then whenever a fifth entry is there, of which three stay.
    assert len(counted) == 1 + 4
    assert [number for number in range(12) if store.get(f"key-{number}")] == [8, 9, 10, 11]
    (folder / "total").write_text("no number")
    store.put("more", "x")
    store.prune()
    assert len(counted) == 1 + 4 + 1


def test_memory_has_what_the_disk_has(store: DiskStore) -> None:
    memory = ResidentStore(store)
    assert memory.get("ab12") is None
    store.put("ab12", Source("a.md", "text"))
    assert memory.get("ab12") == Source("a.md", "text")
    memory.put("ab12", Source("a.md", "another text"))
    assert store.get("ab12") == memory.get("ab12") == Source("a.md", "another text")


def test_memory_saves_the_reading_of_entries(store: DiskStore) -> None:
    memory = ResidentStore(store)
    value = Source("a.md", "text")
    memory.put("new", value)
    store.put("old", value)
    assert memory.get("new") is value
    first = memory.get("old")
    store.path_of("old").unlink()
    assert memory.get("old") is first


def test_memory_keeps_what_was_used_last(store: DiskStore) -> None:
    memory = ResidentStore(store, max_size=2500)
    for key in ("one", "two"):
        memory.put(key, "x" * 1000)
    memory.get("one")
    memory.put("three", "x" * 1000)
    memory.put("large", "x" * 3000)
    memory.put("four", "x" * 1000)
    for key in ("one", "two", "three", "large", "four"):
        store.path_of(key).unlink()
    assert [key for key in ("one", "two", "three", "large", "four") if memory.get(key)] == ["four"]


def test_facts_that_only_look_alike_have_other_names() -> None:
    assert digest("ab", "c") != digest("a", "bc")
    assert digest("1", 1) == digest("1", "1") != digest("11")


def run(*args: str, **options: object) -> subprocess.Popen[str]:
    command = [sys.executable, str(ROOT / "build.py"), "build", *args]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **options)


@pytest.fixture
def fresh(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A cache that begins empty."""
    monkeypatch.setenv("STUDYGUIDE_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def test_nothing_is_touched_where_nothing_changed(small: Path, fresh: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert build.main(TWO) == 0
    before = {path: path.stat().st_mtime_ns for path in Path("dist").iterdir()}
    assert build.main(TWO[1:]) == 0
    assert "nothing has changed" in capsys.readouterr().out
    assert {path: path.stat().st_mtime_ns for path in Path("dist").iterdir()} == before


def test_a_file_that_is_gone_is_made_again(small: Path, fresh: Path) -> None:
    assert build.main(TWO) == 0
    before = listing(Path("dist"))
    Path("dist/a-small-guide.epub").unlink()
    Path("dist/a-small-guide.pdf").write_bytes(b"scribbled over")
    assert build.main(TWO) == 0
    assert listing(Path("dist")) == before


def test_an_edit_changes_what_it_should_and_the_rest_comes_from_the_cache(
    small: Path, fresh: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert build.main(["-q", "-e", "guide"]) == 0
    entries = len(list(fresh.rglob("??/*")))
    path = small / "00-welcome.md"
    path.write_text(path.read_text().replace("One idea.", "Another idea."))
    assert build.main(["-q", "-e", "guide"]) == 0
    warm = listing(Path("dist"))
    # The chapter and its problems; the draft of its section and the section, each with its HTML apart; the letters that no face
    # has; one block; the section's pages, their content, and the section as it is bound.
    assert len(list(fresh.rglob("??/*"))) == entries + 11
    assert build.main(["-q", "-e", "guide", "--no-cache", "-o", "anew"]) == 0
    assert listing(Path("anew")) == warm


def test_the_bytes_are_the_same_whatever_the_number_of_processes(small: Path) -> None:
    for jobs in ("1", "3"):
        assert build.main([*TWO, "--no-cache", "--jobs", jobs, "-o", f"with-{jobs}"]) == 0
    assert listing(Path("with-1")) == listing(Path("with-3"))


def test_a_damaged_cache_gives_the_same_book(small: Path, fresh: Path) -> None:
    assert build.main(TWO) == 0
    before = listing(Path("dist"))
    for place, path in enumerate(sorted((fresh / "store").rglob("??/*"))):
        if place % 2:
            path.write_bytes(path.read_bytes()[:-1] + b"?")
    assert build.main([*TWO, "-o", "again"]) == 0
    assert listing(Path("again")) == before


@pytest.mark.nightly
def test_a_build_that_is_killed_leaves_the_old_books_and_the_next_one_is_right(small: Path, fresh: Path) -> None:
    assert build.main([*TWO, "--no-cache"]) == 0
    old = listing(Path("dist"))
    path = small / "01-first-things.md"
    path.write_text(path.read_text().replace("Zero is less.", "Zero is much less than that."))
    assert build.main([*TWO, "--no-cache", "-o", "anew"]) == 0
    new = listing(Path("anew"))
    assert new != old
    # At three moments: when it remembers the first chapter, in the middle, near the end or when all is written.
    for entries in (1, 8, 14):
        killed = run(*TWO, "-j", "2", cwd=Path.cwd(), start_new_session=True)
        until(lambda done=killed, least=entries: done.poll() is not None or len(list(fresh.rglob("??/*"))) >= least)
        with suppress(ProcessLookupError):  # it was faster
            os.killpg(killed.pid, signal.SIGKILL)
        killed.wait()
        assert visible(Path("dist")) in (old, new)
    done = run(*TWO, "-j", "1", "-o", "dist", cwd=Path.cwd())
    assert done.wait() == 0
    assert visible(Path("dist")) == new


def test_two_builds_at_once_do_not_disturb_each_other(small: Path, fresh: Path) -> None:
    both = [run(*TWO, "-j", "1", "-o", name, cwd=Path.cwd()) for name in ("one", "two")]
    assert [each.wait() for each in both] == [0, 0]
    assert listing(Path("one")) == listing(Path("two"))


def test_an_edit_sets_one_block_anew(small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert build.main(["-e", "guide", "-q"]) == 0
    path = small / "00-welcome.md"
    path.write_text(path.read_text().replace("One idea.", "Another idea."))
    capsys.readouterr()
    assert build.main(["-e", "guide"]) == 0
    assert capsys.readouterr().out.splitlines()[-1].startswith("1 piece set anew")


def test_a_shift_of_pages_sets_no_page_number_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    shutil.copytree(ROOT / "tests" / "sample", "content")
    assert build.main(["-e", "guide", "-q"]) == 0
    path = Path("content") / "00-welcome.md"
    path.write_text(path.read_text() + "\n" + "A paragraph of a page that was not there before.\n\n" * 60)
    capsys.readouterr()
    assert build.main(["-e", "guide"]) == 0
    assert capsys.readouterr().out.splitlines()[-1].startswith("1 piece set anew")
