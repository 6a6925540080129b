"""A build that is stopped at any of its writes leaves old books or new ones, and the next build goes on from there (docs/82-faults.md)."""

import errno
import itertools
import multiprocessing
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT, SMALL, lay, listing, until, visible

import build
from studyguide import app
from studyguide.model import Artifact
from studyguide.pdf.typeset import load_stylesheet
from studyguide.reading import project as reading
from studyguide.runtime import cache, fontconfig, fonts, write
from studyguide.runtime import workers as parallel

OLD = {name: b"old " + name.encode() * 3000 for name in ("a.pdf", "b.pdf", "c.epub")}
NEW = {name: b"new " + name.encode() * 4000 for name in ("a.pdf", "b.pdf", "d.epub")}
BOTH = OLD | NEW
TWO = ["-q", "-j", "1", "-e", "workbook", "-e", "tablet"]


def artifacts(files: dict[str, bytes]) -> list[Artifact]:
    return [Artifact(name, data) for name, data in files.items()]


def books(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if not path.name.startswith(".")}


def hidden(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.name.startswith("."))


# ---------------------------------------------------------------- faults at every write


class NeverError(Exception):
    """No more writes: the one that was to go wrong was never reached."""


@contextmanager
def fault(number: int, strike: Callable[[str], None], again: Callable[[str], bool] = lambda _: False) -> Iterator[None]:
    """At the write of that number ``strike`` is called, and at later ones that go wrong ``again``; every file is written in two."""
    count = itertools.count(1)

    def point(name: str) -> None:
        reached = next(count)
        if reached == number or (reached > number and again(name)):
            strike(name)

    def before(name: str, whole: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **more: Any) -> Any:
            point(name)
            return whole(*args, **more)

        return call

    def opened(handle: int, *args: Any, **more: Any) -> Any:
        file = whole_fdopen(handle, *args, **more)
        if "w" not in "".join(map(str, args)):
            return file
        write_whole = file.raw.write if hasattr(file, "raw") else file.write

        class Halting:
            def __enter__(self) -> "Halting":
                return self

            def __exit__(self, *_: object) -> None:
                file.close()

            def write(self, data: bytes) -> None:
                write_whole(data[: len(data) // 2])
                point("write")
                write_whole(data[len(data) // 2 :])

            def flush(self) -> None:
                file.flush()

            def fileno(self) -> int:
                return int(file.fileno())

        return Halting()

    whole_fdopen = os.fdopen
    with pytest.MonkeyPatch.context() as patch:
        for name in ("replace", "link", "unlink", "fsync", "chmod", "mkdir"):
            patch.setattr(os, name, before(name, getattr(os, name)))
        patch.setattr(tempfile, "mkstemp", before("mkstemp", tempfile.mkstemp))
        patch.setattr(os, "fdopen", opened)
        yield
        if next(count) <= number:
            raise NeverError


def writes_of(work: Callable[[], Any]) -> list[str]:
    """The name of each write of a work, in order: the first is number 1."""
    names: list[str] = []
    with fault(0, names.append, lambda _: True):
        work()
    return names


def killed(work: Callable[[], Any], number: int) -> bool:
    """Return True if a process was killed at that write of its work."""
    child = os.fork()
    if child == 0:
        code = 3
        try:
            with fault(number, lambda _: os.kill(os.getpid(), signal.SIGKILL)):
                work()
        except NeverError:
            code = 0
        finally:
            os._exit(code)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0
    return os.WIFSIGNALED(status)


def settled(folder: Path) -> dict[str, bytes]:
    """The books after what every build does first."""
    write.finish_interrupted_write(folder)
    return books(folder)


def test_files_are_old_or_new_when_their_writer_is_killed_at_any_write(tmp_path: Path) -> None:
    seen = []
    for number in range(1, 400):
        folder = tmp_path / str(number)
        write.write_artifacts(artifacts(OLD), folder)
        struck = killed(lambda folder=folder: write.write_artifacts(artifacts(NEW), folder), number)
        assert all(data in (OLD.get(name), NEW.get(name)) for name, data in books(folder).items())
        moving = write.JOURNAL in hidden(folder)
        assert moving or books(folder) in (OLD, BOTH)
        assert settled(folder) == (BOTH if moving or not struck else books(folder))
        seen.append(books(folder) == BOTH)
        write.write_artifacts(artifacts(NEW), folder)
        assert books(folder) == BOTH
        assert hidden(folder) == []
        if not struck:
            break
    assert len(seen) > 25
    assert seen == sorted(seen)  # old up to a moment, and new from it on


def test_a_build_that_goes_on_where_another_was_killed_may_be_killed_too(tmp_path: Path) -> None:
    for number in range(1, 60):
        moving = tmp_path / f"moving-{number}"
        write.write_artifacts(artifacts(OLD), moving)
        killed(lambda moving=moving: write.write_artifacts(artifacts(NEW), moving), number)
        if books(moving) not in (OLD, BOTH):
            break
    assert number > 20
    for number in range(1, 400):
        folder = tmp_path / str(number)
        shutil.copytree(moving, folder)
        struck = killed(lambda folder=folder: write.finish_interrupted_write(folder), number)
        assert settled(folder) == BOTH
        if not struck:
            break
    assert number > 3


ERRORS = {"full disk": errno.ENOSPC, "permission denied": errno.EACCES, "failing disk": errno.EIO}


@pytest.mark.parametrize("kind", ERRORS)
@pytest.mark.parametrize("lasting", [False, True], ids=["once", "from then on"])
def test_files_are_old_when_a_write_fails(kind: str, lasting: bool, tmp_path: Path) -> None:
    def strike(_: str) -> None:
        raise OSError(ERRORS[kind], os.strerror(ERRORS[kind]))

    # Moves and removals need no room.
    needy = ("mkstemp", "write", "fsync", "mkdir", "link", "chmod")
    for number in range(1, 400):
        folder = tmp_path / str(number)
        write.write_artifacts(artifacts(OLD), folder)
        try:
            with fault(number, strike, lambda name: lasting and name in needy):
                write.write_artifacts(artifacts(NEW), folder)
        except NeverError:
            break
        except OSError:
            assert books(folder) == OLD or write.JOURNAL not in hidden(folder) or settled(folder) == BOTH
        else:
            assert books(folder) == BOTH  # it found another way
        assert books(folder) in (OLD, BOTH)
        write.write_artifacts(artifacts(NEW), folder)
        assert books(folder) == BOTH
        assert hidden(folder) == []
    assert number > 25


def test_files_are_old_when_the_user_stops_it_at_any_write(tmp_path: Path) -> None:
    def strike(_: str) -> None:
        raise KeyboardInterrupt

    for number in range(1, 400):
        folder = tmp_path / str(number)
        write.write_artifacts(artifacts(OLD), folder)
        try:
            with fault(number, strike):
                write.write_artifacts(artifacts(NEW), folder)
        except NeverError:
            break
        except KeyboardInterrupt:
            assert settled(folder) in (OLD, BOTH)
        write.write_artifacts(artifacts(NEW), folder)
        assert books(folder) == BOTH
        assert hidden(folder) == []
    assert number > 25


def test_a_file_that_cannot_be_replaced_leaves_all_the_others(tmp_path: Path) -> None:
    write.write_artifacts(artifacts(OLD), tmp_path)
    (tmp_path / "d.epub").mkdir()
    (tmp_path / "d.epub" / "mine").write_text("x")
    with pytest.raises(IsADirectoryError):
        write.write_artifacts(artifacts(NEW), tmp_path)
    (tmp_path / "d.epub" / "mine").unlink()
    (tmp_path / "d.epub").rmdir()
    assert books(tmp_path) == OLD
    assert hidden(tmp_path) == []


def test_a_file_that_has_its_bytes_already_stays_as_it_is(tmp_path: Path) -> None:
    before = write.write_artifacts(artifacts(OLD), tmp_path)
    mixed = {"a.pdf": OLD["a.pdf"], "b.pdf": NEW["b.pdf"], "c.epub": OLD["c.epub"][:-1] + b"?"}
    after = write.write_artifacts(artifacts(mixed), tmp_path)
    assert books(tmp_path) == mixed
    assert after == {path: write.read_file_stamp(path) for path in after}
    assert [after[path] == before[path] for path in sorted(after)] == [True, False, False]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "replace", pytest.fail)
        assert write.write_artifacts(artifacts(mixed), tmp_path) == after
    assert hidden(tmp_path) == []


# ---------------------------------------------------------------- a loss of power


@dataclass
class Disk:
    """A folder whose names and bytes are safe only when they were synced; it keeps what was done to it in order."""

    folder: Path
    log: list[tuple[Any, ...]] = field(default_factory=list)
    data: dict[int, bytes] = field(default_factory=dict)
    first: dict[str, int] = field(default_factory=dict)

    @contextmanager
    def watched(self) -> Iterator[None]:
        for path in self.folder.iterdir():
            self.first[path.name] = path.stat().st_ino
        real = {name: getattr(os, name) for name in ("replace", "link", "unlink", "fsync")}

        def replaced(one: Any, other: Any) -> None:
            real["replace"](one, other)
            self.log.append(("rename", Path(one).name, Path(other).name))

        def linked(one: Any, other: Any, **more: Any) -> None:
            real["link"](one, other, **more)
            self.log.append(("link", Path(one).name, Path(other).name))

        def unlinked(path: Any, **_: Any) -> None:
            real["unlink"](path)
            self.log.append(("unlink", Path(path).name))

        def synced(handle: int) -> None:
            real["fsync"](handle)
            number = os.fstat(handle).st_ino
            self.log.append(("names",) if number == self.folder.stat().st_ino else ("bytes", number))

        made = tempfile.mkstemp

        def begun(**more: Any) -> tuple[int, str]:
            handle, path = made(**more)
            self.log.append(("create", Path(path).name, os.fstat(handle).st_ino))
            return handle, path

        with pytest.MonkeyPatch.context() as patch:
            for name, other in (("replace", replaced), ("link", linked), ("unlink", unlinked), ("fsync", synced)):
                patch.setattr(os, name, other)
            patch.setattr(tempfile, "mkstemp", begun)
            yield

    def states(self) -> Iterator[tuple[int, dict[str, int], set[int]]]:
        """Return all that may be left when power is lost after so many steps: the names, and the files whose bytes are there."""
        for steps in range(len(self.log) + 1):
            done = self.log[:steps]
            last = max((place for place, step in enumerate(done) if step[0] == "names"), default=-1)
            safe = {step[1] for step in done if step[0] == "bytes"} | set(self.first.values())
            pending = [step for step in done[last + 1 :] if step[0] not in ("names", "bytes")]
            for kept in itertools.product((False, True), repeat=len(pending)):
                names = dict(self.first)
                for step in (*done[: last + 1], *itertools.compress(pending, kept)):
                    self.do(step, names)
                yield steps, names, safe

    @staticmethod
    def do(step: tuple[Any, ...], names: dict[str, int]) -> None:
        match step:
            case ("create", name, number):
                names[name] = number
            case ("rename", one, other) if one in names:
                names[other] = names.pop(one)
            case ("link", one, other) if one in names:
                names[other] = names[one]
            case ("unlink", name):
                names.pop(name, None)


def test_files_are_old_or_new_when_power_is_lost_at_any_moment(tmp_path: Path) -> None:
    folder = tmp_path / "dist"
    write.write_artifacts(artifacts(OLD), folder)
    disk = Disk(folder)
    contents = {path.stat().st_ino: path.read_bytes() for path in folder.iterdir()}
    whole = os.fsync

    with pytest.MonkeyPatch.context() as patch:

        def seen(handle: int) -> None:
            """The bytes of each file at the moment when they are synced, which is before anything is moved."""
            whole(handle)
            path = Path(f"/proc/self/fd/{handle}")
            if path.is_file():
                contents[os.fstat(handle).st_ino] = path.read_bytes()

        patch.setattr(os, "fsync", seen)
        with disk.watched():
            write.write_artifacts(artifacts(NEW), folder)
    states = list(disk.states())
    for _, names, safe in states:
        left = tmp_path / "left"
        shutil.rmtree(left, ignore_errors=True)
        left.mkdir()
        for name, number in names.items():
            data = contents[number]
            (left / name).write_bytes(data if number in safe else data[: len(data) // 3])
        assert settled(left) in (OLD, BOTH)
        write.write_artifacts(artifacts(NEW), left)
        assert books(left) == BOTH
        assert hidden(left) == []
    assert len(states) > 100


def test_an_entry_of_the_cache_is_whole_or_nothing_whenever_its_writer_is_killed(tmp_path: Path) -> None:
    for number in range(1, 400):
        store = cache.DiskStore(tmp_path / str(number))
        struck = killed(lambda store=store: store.put("ab12", "x" * 10_000), number)
        assert store.get("ab12") in (None, "x" * 10_000)
        store.put("ab12", "y")
        assert store.get("ab12") == "y"
        if not struck:
            break
    assert number > 3


def test_entries_of_the_cache_that_lost_their_bytes_are_made_anew(two: "Two") -> None:
    for place, path in enumerate(sorted(path for path in two.cache.rglob("*") if path.is_file())):
        data = path.read_bytes()
        path.write_bytes((b"", data[: len(data) // 2], bytes(len(data)))[place % 3])
    two.edit()
    assert build.main(TWO) == 0
    assert listing(Path("dist")) == two.new


# ---------------------------------------------------------------- whole builds


@dataclass
class Two:
    """A guide built into ./dist, and how its books look when it has been edited, as the cache remembers them."""

    content: Path
    cache: Path
    old: dict[str, str]
    new: dict[str, str]
    before: str
    after: str

    def edit(self) -> None:
        (self.content / "01-first-things.md").write_text(self.after)

    def restore(self) -> None:
        (self.content / "01-first-things.md").write_text(self.before)


@pytest.fixture
def two(small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Two:
    monkeypatch.setenv("STUDYGUIDE_CACHE", str(tmp_path / "cache"))
    before = SMALL["01-first-things.md"]
    after = before.replace("Look at your thumb.", "Look at your other thumb.")
    (small / "01-first-things.md").write_text(after)
    assert build.main([*TWO, "-o", "edited"]) == 0
    (small / "01-first-things.md").write_text(before)
    assert build.main(TWO) == 0
    return Two(small, tmp_path / "cache", listing(Path("dist")), listing(Path("edited")), before, after)


@pytest.fixture(params=["some", pytest.param("all", marks=pytest.mark.nightly)])
def points(request: pytest.FixtureRequest, two: Two) -> list[int]:
    """The writes of a build of the edited guide that go wrong, by their numbers, and one that is never reached.

    By day they are the first, the last, those that move or link a file, and a few others: the tests of `write` and of the cache
    above try every one.
    """
    shutil.copytree("dist", "kept")
    two.edit()
    names = writes_of(lambda: build.main(TWO))
    assert len(names) > 20
    last, beyond = len(names), len(names) + 1
    if request.param == "all":
        return list(range(1, beyond + 1))
    moves = [number for number, name in enumerate(names, 1) if name in ("replace", "link", "unlink")]
    return sorted({1, last, beyond, *moves, *random.Random(last).sample(range(1, beyond), 4)})


def test_books_are_old_or_new_when_a_build_is_killed_at_any_write(two: Two, points: list[int]) -> None:
    met = set()
    for number in points:
        shutil.rmtree("dist")
        shutil.copytree("kept", "dist")
        struck = killed(lambda: build.main(TWO), number)
        moving = Path("dist", write.JOURNAL).exists()
        assert moving or visible(Path("dist")) in (two.old, two.new)
        # The next build finds a guide that cannot be built, and does first what the last one had begun.
        (two.content / "01-first-things.md").write_text("## Broken?\n")
        assert build.main(TWO) == 1
        assert visible(Path("dist")) == (two.new if moving else visible(Path("dist")))
        assert visible(Path("dist")) in (two.old, two.new)
        met.add("moving" if moving else "old" if visible(Path("dist")) == two.old else "new")
        two.edit()
        if not struck:
            break
        if number % 7 == 0:
            assert build.main(TWO) == 0
            assert listing(Path("dist")) == two.new
    assert met == {"old", "moving", "new"}
    assert build.main(TWO) == 0
    assert listing(Path("dist")) == two.new


@pytest.mark.parametrize("kind", ["full disk", "permission denied"])
def test_books_are_old_or_new_when_a_write_of_a_build_fails(
    kind: str, two: Two, points: list[int], capsys: pytest.CaptureFixture[str]
) -> None:
    def strike(_: str) -> None:
        raise OSError(ERRORS[kind], os.strerror(ERRORS[kind]))

    failed = 0
    for number in points:
        shutil.rmtree("dist")
        shutil.copytree("kept", "dist")
        try:
            with fault(number, strike):
                code = build.main(TWO)
        except NeverError:
            break
        said = "".join(capsys.readouterr())
        assert "Traceback" not in said
        if code:
            failed += 1
            assert os.strerror(ERRORS[kind]) in said
            assert said.count("\n") == 1
        assert visible(Path("dist")) == (two.old if code else two.new)
        # A record that was not made, or not taken back, costs time and nothing else.
        if number % 7 == 0:
            assert build.main(TWO) == 0
            assert listing(Path("dist")) == two.new
    assert failed > (15 if len(points) > 20 else 4)


def test_a_disk_with_little_room_leaves_the_old_books(two: Two) -> None:
    two.edit()
    little = "import resource, signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN); resource.setrlimit(resource.RLIMIT_FSIZE, (20000, 20000))"
    command = f"{little}; import sys; sys.path.insert(0, {str(ROOT)!r}); import build; sys.exit(build.main({TWO!r}))"
    done = subprocess.run([sys.executable, "-c", command], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith("./build.py: "), done.stderr
    assert "Traceback" not in done.stderr
    assert listing(Path("dist")) == two.old
    assert build.main(TWO) == 0
    assert listing(Path("dist")) == two.new


@pytest.mark.parametrize(
    "streams",
    [
        ">/dev/full",
        ">/dev/full 2>&1",
        ">&-",
        ">&- 2>&-",
        "<&- >&- 2>&-",
        "2>&1 | head -c0; exit ${PIPESTATUS[0]}",
        "--format github | head -c0; exit ${PIPESTATUS[0]}",
    ],
)
def test_words_that_nobody_can_read_do_not_undo_a_build(streams: str, small: Path) -> None:
    lay(small, {"02-echo.md": "## When is it off?\n\n### Answer\nWhen is it off? Never.\n"})
    command = f"{sys.executable} {ROOT / 'build.py'} build -j 2 -e tablet {streams}"
    done = subprocess.run(["bash", "-c", command], stderr=subprocess.PIPE, text=True, check=False)
    assert (done.returncode, "Traceback" in done.stderr) == (0, False)
    assert list(visible(Path("dist"))) == ["a-small-guide.epub"]


@pytest.mark.parametrize("command", ["explain near-twins", "rules", "dump", "check", "check --format json"])
def test_an_answer_that_cannot_be_written_is_one_message(command: str, small: Path) -> None:
    line = f"{sys.executable} {ROOT / 'build.py'} {command} >/dev/full"
    done = subprocess.run(["bash", "-c", line], stderr=subprocess.PIPE, text=True, check=False)
    message = "./build.py: the output cannot be written: No space left on device\n"
    assert (done.returncode, done.stderr) == (1, message)


def test_a_full_folder_of_temporary_files_is_named(
    small: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(**_: object) -> str:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    load_stylesheet.cache_clear()
    monkeypatch.setattr("weasyprint.text.fonts.mkdtemp", fail)
    assert build.main(["-q", "-e", "guide", "--no-cache"]) == 1
    load_stylesheet.cache_clear()
    assert capsys.readouterr().err == (
        f"./build.py: {tempfile.gettempdir()}: No space left on device: temporary files are written there; make room, "
        "or set TMPDIR to another folder; nothing was replaced\n"
    )
    assert not Path("dist").exists()


def test_a_folder_of_temporary_files_that_is_missing_is_named(
    small: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(small / "nowhere"))
    assert build.main(["-q", "-e", "guide", "--no-cache", "-j", "2"]) == 1
    message = capsys.readouterr().err
    assert message.startswith(f"./build.py: {small / 'nowhere'}/")
    assert message.endswith("or set TMPDIR to another folder; nothing was replaced\n")
    assert "Traceback" not in message


# ---------------------------------------------------------------- faces


@pytest.fixture
def drafts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, bytes]:
    """The names and bytes of faces that take no time to make, for a machine that has none yet."""
    faces = {f"{name}.ttf": name.encode() * 20_000 for name in ("one", "two", "three")}
    monkeypatch.setattr(
        fonts, "_list_recipes", lambda: ((name, lambda data=data: data) for name, data in faces.items())
    )
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "home"))
    return faces


def test_faces_are_whole_or_made_again_whenever_their_writer_is_killed(
    drafts: dict[str, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(1, 400):
        monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / str(number)))
        struck = killed(fonts._keep_static_faces, number)
        left = fonts._read_whole_files(next(iter(tmp_path.glob(f"{number}/studyguide/fonts/*")), tmp_path))
        assert left.items() <= drafts.items()
        folder = fonts._keep_static_faces()
        assert {path.name: path.read_bytes() for path in folder.glob("*.ttf")} == drafts
        assert hidden(folder) in ([], [write.JOURNAL])  # of moves that were all done
        if not struck:
            break
    assert number > 15


@pytest.mark.parametrize("damage", [lambda _: b"", lambda data: data[:-9], lambda data: bytes(len(data)), None])
@pytest.mark.parametrize("file", ["two.ttf", "SHA256SUMS"])
def test_faces_that_lost_their_bytes_are_made_again(
    file: str, damage: Callable[[bytes], bytes] | None, drafts: dict[str, bytes]
) -> None:
    path = fonts._keep_static_faces() / file
    before = path.read_bytes()
    if damage:
        path.write_bytes(damage(before))
    else:
        path.unlink()
    assert fonts._keep_static_faces() == path.parent
    assert path.read_bytes() == before
    assert {path.name: path.read_bytes() for path in path.parent.glob("*.ttf")} == drafts


def test_settings_of_faces_that_lost_their_bytes_are_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fonts, "find_cache_folder", lambda: tmp_path)
    monkeypatch.setattr(
        fonts, "keep_files", lambda files: write.write_artifacts(artifacts(files), tmp_path) and tmp_path
    )
    path = Path(fontconfig._write_settings.__wrapped__(()))
    before = path.read_bytes()
    path.write_bytes(b"")
    assert Path(fontconfig._write_settings.__wrapped__(())) == path
    assert path.read_bytes() == before


def test_faces_that_are_whole_are_not_written(drafts: dict[str, bytes], monkeypatch: pytest.MonkeyPatch) -> None:
    folder = fonts._keep_static_faces()
    monkeypatch.setattr(fonts, "write_artifacts", pytest.fail)
    assert fonts._keep_static_faces() == folder
    assert fonts.keep_files({"one.ttf": drafts["one.ttf"]}, folder.name) == folder


@pytest.mark.parametrize("ending", ["end", "Ctrl-C"])
def test_a_machine_without_a_home_is_left_as_it_was(
    ending: str, small: Path, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """Faces of the real home are copied: to make them takes seconds."""
    (tmp_path / "file").touch()
    # The name of a socket has no more than 107 characters, and that of a test's folder has nearly as many.
    temporary = Path(tempfile.mkdtemp(prefix="home-"))
    request.addfinalizer(lambda: shutil.rmtree(temporary))
    real = fonts.list_face_folders()[-1]
    script = tmp_path / "script.py"
    script.write_text(
        f"import sys; sys.path.insert(0, {str(ROOT)!r})\n"
        "import build, pathlib\n"
        "from studyguide.runtime import fonts\n"
        f"paths = list(pathlib.Path({str(real)!r}).glob('*.ttf'))\n"
        "fonts._list_recipes = lambda: ((path.name, path.read_bytes) for path in paths)\n"
        "if __name__ == '__main__':\n"
        "    sys.exit(build.main(['-q', '-e', 'guide', '-e', 'workbook', '-j', '2', '--no-cache']))\n"
    )
    environment = {"XDG_CACHE_HOME": str(tmp_path / "file" / "home"), "TMPDIR": str(temporary)}
    signal.signal(signal.SIGINT, signal.default_int_handler)
    process = subprocess.Popen(
        [sys.executable, str(script)], env={**os.environ, **environment}, start_new_session=True, stderr=subprocess.PIPE
    )
    if ending == "Ctrl-C":
        until(lambda: any(temporary.glob("studyguide-*/weasyprint-*")) or process.poll() is not None)
        os.killpg(process.pid, signal.SIGINT)
    _, errors = process.communicate()
    assert process.returncode == (130 if ending == "Ctrl-C" else 0), errors
    assert b"Traceback" not in errors
    assert list(temporary.iterdir()) == []


def test_a_cache_that_cannot_be_used_is_a_slower_build(two: Two, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.rmtree(two.cache)
    two.cache.write_text("no folder")
    two.edit()
    assert build.main(TWO) == 0
    assert listing(Path("dist")) == two.new
    assert "nothing was remembered" in capsys.readouterr().err


# ---------------------------------------------------------------- workers, clocks, other builds, editors


def test_a_worker_that_is_killed_is_made_up_for(two: Two, monkeypatch: pytest.MonkeyPatch) -> None:
    run = parallel.WorkerPool.run
    killed_workers = []

    def run_and_kill(pool: parallel.WorkerPool, work: Callable[[Any], Any], jobs: Sequence[Any], /) -> Iterator[Any]:
        for result in run(pool, work, jobs):
            if not killed_workers and len(jobs) > 3:
                worker = multiprocessing.active_children()[0]
                worker.kill()
                killed_workers.append(worker)
            yield result

    monkeypatch.setattr(parallel.WorkerPool, "run", run_and_kill)
    two.edit()
    assert build.main(["-q", "-j", "2", "--no-cache", *TWO[3:]]) == 0
    assert killed_workers
    assert listing(Path("dist")) == two.new


def work_for_ever(folder: Path) -> None:
    (folder / str(os.getpid())).touch()
    time.sleep(3600)


def search_for_ever(folder: Path) -> None:
    """Stay in C code that holds the interpreter's lock, so that no other thread runs."""
    (folder / str(os.getpid())).touch()
    re.match("(a*)*b", "a" * 60)


@pytest.mark.parametrize(("work", "limit"), [("work_for_ever", 3600), ("search_for_ever", 5)])
def test_the_workers_of_a_build_that_is_killed_end_too(work: str, limit: int, tmp_path: Path) -> None:
    command = (
        f"import sys; sys.path[:0] = [{str(ROOT)!r}, {str(ROOT / 'tests')!r}]\n"
        f"from studyguide.runtime import workers as parallel; from test_faults import {work}; import pathlib\n"
        f"with parallel.open_workers(2, seconds={limit}) as run_jobs:\n"
        f"    list(run_jobs({work}, [pathlib.Path({str(tmp_path)!r})] * 2))\n"
    )
    first = subprocess.Popen([sys.executable, "-c", command], stderr=subprocess.DEVNULL)
    assert soon(lambda: any(tmp_path.iterdir()))
    first.kill()
    first.wait()
    workers = [int(path.name) for path in tmp_path.iterdir()]
    assert soon(lambda: not any(map(is_running, workers)))


def is_running(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def soon(found: Callable[[], bool]) -> bool:
    for _ in range(3000):
        if found():
            return True
        time.sleep(0.1)
    return False


FUTURE = 4_000_000_000


def test_a_clock_that_goes_back_hides_no_edit(two: Two) -> None:
    for path in (*two.cache.rglob("*"), *Path("dist").iterdir(), *two.content.rglob("*")):
        os.utime(path, (FUTURE, FUTURE))
    two.edit()
    os.utime(two.content / "01-first-things.md", (1, 1))
    assert build.main(TWO) == 0
    assert listing(Path("dist")) == two.new


def test_a_clock_that_goes_back_hides_no_other_book(two: Two) -> None:
    book = Path("dist/a-small-guide.epub")
    found = book.stat()
    other = Path("other")
    other.write_bytes(bytes(found.st_size))
    os.utime(other, ns=(found.st_atime_ns, found.st_mtime_ns))
    other.replace(book)
    assert build.main(TWO) == 0
    assert listing(Path("dist")) == two.old


def test_entries_of_the_cache_from_the_future_are_used_and_cleared_away(tmp_path: Path) -> None:
    store = cache.DiskStore(tmp_path / "store", max_size=2500)
    for key in ("aa1", "bb2", "cc3"):
        store.put(key, "x" * 1000)
        os.utime(store.path_of(key), (FUTURE, FUTURE))
    assert store.get("bb2") == "x" * 1000  # used now, which by the clock is long before
    store.prune()
    assert sum(path.stat().st_size for path in store.folder.rglob("*") if path.is_file()) <= 2500


def test_writers_at_once_leave_the_files_of_one_of_them(tmp_path: Path) -> None:
    for number in range(30):
        folder = tmp_path / str(number)
        writers = []
        for which in range(4):
            child = os.fork()
            if child == 0:
                try:
                    files = {f"{name}.pdf": b"%d %d" % (which, place) * 9000 for place, name in enumerate("abcde")}
                    write.write_artifacts(artifacts(files), folder)
                    os._exit(0)
                finally:
                    os._exit(3)
            writers.append(child)
        assert [os.waitpid(child, 0)[1] for child in writers] == [0] * 4
        assert len({data.split()[0] for data in books(folder).values()}) == 1
        assert len(books(folder)) == 5
        assert hidden(folder) == []


@pytest.mark.parametrize("rounds", [1, pytest.param(5, marks=pytest.mark.nightly)])
def test_builds_of_two_states_into_one_folder_leave_the_books_of_one(rounds: int, two: Two) -> None:
    shutil.copytree(two.content, "content-2/content")
    (Path("content-2/content") / "01-first-things.md").write_text(two.after)
    out = str(Path("dist").resolve())
    for _ in range(rounds):
        for seen in (two.cache / "last").rglob("*"):
            if seen.is_file():
                seen.unlink()  # or nothing would be written
        command = [sys.executable, str(ROOT / "build.py"), "build", *TWO, "-o", out]
        both = [subprocess.Popen(command, cwd=folder) for folder in (Path.cwd(), Path("content-2"))]
        assert [each.wait() for each in both] == [0, 0]
        assert listing(Path("dist")) in (two.old, two.new)
    two.edit()
    assert build.main(TWO) == 0
    assert listing(Path("dist")) == two.new


def test_an_edit_after_the_reading_is_for_the_next_build(two: Two, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = app.read_project

    def read_and_restore(content: str) -> Any:
        project = whole(content)
        two.restore()
        return project

    two.edit()
    monkeypatch.setattr(app, "read_project", read_and_restore)
    assert build.main(TWO) == 0
    assert listing(Path("dist")) == two.new
    monkeypatch.setattr(app, "read_project", whole)
    assert build.main(TWO) == 0
    assert listing(Path("dist")) == two.old


def test_an_edit_among_the_reading_is_read_as_a_whole(two: Two, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two chapters are saved together when one of them has been read: the book has neither or both."""
    whole = reading.ContentFolder.read_bytes
    saved = []

    def read_bytes(self: reading.ContentFolder, path: Path, limit: int) -> bytes | None:
        if path.name == "01-first-things.md" and not saved:
            saved.append(path)
            lay(two.content, {"00-welcome.md": SMALL["00-welcome.md"].replace("One idea.", "Another idea.")})
            two.edit()
        return whole(self, path, limit)

    monkeypatch.setattr(reading.ContentFolder, "read_bytes", read_bytes)
    project = reading.read_project("content")
    texts = "".join(source.text for source in project.sources)
    assert ("Another idea." in texts, "other thumb" in texts) == (True, True)


def test_files_that_never_stop_changing_are_a_problem(
    two: Two, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    count = itertools.count(1)
    monkeypatch.setattr(reading, "read_file_stamp", lambda _: (next(count), 0, 0))
    assert build.main(TWO) == 1
    assert "content: the files change while they are read [changing-content]" in capsys.readouterr().err
    assert listing(Path("dist")) == two.old


# ---------------------------------------------------------------- folders


def test_files_that_a_folder_has_no_more_are_deleted_after_a_stop_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def is_there() -> tuple[bool, bool, bool]:
        return tuple((tmp_path / "site" / name).exists() for name in ("a.html", "old/b.html", "c.html"))

    old = Artifact("site", b"", inner=(("a.html", b"a"), ("old/b.html", b"b")))
    new = Artifact("site", b"", inner=(("a.html", b"a"), ("c.html", b"c")))
    write.write_artifacts([old], tmp_path)

    def stop(names: Sequence[object], _: Path) -> None:
        if names:
            raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(write, "_delete_files", stop)
        with pytest.raises(KeyboardInterrupt):
            write.write_artifacts([new], tmp_path)
    assert is_there() == (True, True, True)
    assert write.finish_interrupted_write(tmp_path)
    assert is_there() == (True, False, True)
    assert not (tmp_path / "site" / "old").exists()
    assert hidden(tmp_path) == []
