"""Write Artifacts into a folder: all of them or none, each of them complete.

A file that has its bytes already stays as it is. Every other is written beside its place under a temporary name and synced to
the disk, all at once, for a disk syncs many files as fast as one; then the journal, a list of the moves, is; then the files are moved, and the journal is deleted. A build that is stopped before the journal is there leaves
the old files. One that is stopped later, other than by a failing disk, leaves the journal, and the next build finishes its
moves before anything else. After an error that the process survives, the old files are put back.

A folder has a list of its files and their digests. What the list of an earlier build names, and the new one does not, is deleted
after the moves, unless somebody has changed it.
"""

import fcntl
import hashlib
import json
import os
import re
import shutil
import stat
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from functools import partial
from itertools import chain, islice
from pathlib import Path
from typing import Any

from studyguide.model import Artifact
from studyguide.runtime.file_stamp import FileStamp, read_file_stamp
from studyguide.runtime.plain_file import read_plain_file

_TEMPORARY_PREFIX = ".studyguide-"
JOURNAL = f"{_TEMPORARY_PREFIX}moves"
"""The name of the journal: a JSON object, temporary name → path in the folder; and ``_DELETED``, the paths that are deleted."""
_DELETED = "deleted"
FILE_LIST = f"{_TEMPORARY_PREFIX}files"
"""The name of the list of a folder's files: a JSON object, path in the folder → SHA-256 in hexadecimal."""
_OLD_SUFFIX = ".old"
_MAX_FILES_AT_ONCE = 8
_MAX_JOURNAL_SIZE = 10_000_000  # bytes; 100,000 files
_MAX_STALE_SIZE = 100_000_000  # bytes; a larger file stays
_TEMPORARY_NAME = re.compile(rf"{re.escape(_TEMPORARY_PREFIX)}\w+\.part")
_BOOK_SUFFIXES = (".pdf", ".epub", ".apkg", ".ics")


def write_artifacts(artifacts: Iterable[Artifact], folder: Path) -> dict[Path, FileStamp]:
    """Write the artifacts and return the stamp of each file, by which a later change of it shows. Raises OSError."""
    artifacts = tuple(artifacts)
    folder.mkdir(parents=True, exist_ok=True)
    with _name_folder(folder), _lock_folder(folder):
        _apply_journal(folder)
        stamps: dict[Path, FileStamp] = {}
        changed: list[tuple[str, bytes]] = []
        for path, data in chain.from_iterable(map(_list_files, artifacts)):
            if stamp := _find_stamp(path, data, folder):
                stamps[folder / path] = stamp
            else:
                changed.append((path, data))
        stale = tuple(chain.from_iterable(_find_stale_files(artifact, folder) for artifact in artifacts))
        try:
            if not changed:
                return stamps
            names = _write_temporary_files([data for _, data in changed], folder)
            moves = {name: path for name, (path, _) in zip(names, changed, strict=True)}
            if existing := [name for name in moves.values() if (folder / name).is_dir()]:
                raise IsADirectoryError(21, "there is a folder of this name", str(folder / existing[0]))
            if special := [name for name in moves.values() if _is_pipe_or_device(folder / name)]:
                raise FileExistsError(17, "there is a pipe or a device of this name", str(folder / special[0]))
            if outside := [name for name in moves.values() if not _is_within(name, folder)]:
                raise PermissionError(1, "this is not in the folder", str(folder / outside[0]))
            parents = _list_parents(moves, folder)
            if files := [path for path in parents if os.path.lexists(path) and not path.is_dir()]:
                raise NotADirectoryError(20, "there is a file of this name, and not a folder", str(files[0]))
            for parent in parents:
                parent.mkdir(parents=True, exist_ok=True)
            stamps |= {folder / name: read_file_stamp(folder / temporary) for temporary, name in moves.items()}
            _sync_folder(folder)  # or a loss of power could leave a journal of files that are not there
            (journal,) = _write_temporary_files([json.dumps({**moves, _DELETED: stale}).encode()], folder)
            os.replace(folder / journal, folder / JOURNAL)
            _sync_folder(folder)
            _move_files(moves, stale, folder)
        finally:
            _delete_temporary_files(folder)
    return stamps


def is_written_by_build(path: str) -> bool:
    """True if a file of this path in a folder of books is a book or a part of one, or is there while books are written."""
    is_book = Path(path).suffix in _BOOK_SUFFIXES or Path(path).name.startswith(_TEMPORARY_PREFIX)
    return is_book or any((parent / FILE_LIST).exists() for parent in Path(path).parents)


def finish_interrupted_write(folder: Path) -> bool:
    """Finish the moves of the journal that a stopped build left; return True if there was one. Raises OSError."""
    if not os.path.lexists(folder / JOURNAL):
        return False
    with _name_folder(folder), _lock_folder(folder):
        _apply_journal(folder)
        _delete_temporary_files(folder)
    return True


@contextmanager
def _name_folder(folder: Path) -> Iterator[None]:
    """Name the folder in an error that names no file, such as that of a full disk."""
    try:
        yield
    except OSError as error:
        error.filename = error.filename or str(folder)
        raise


@contextmanager
def _lock_folder(folder: Path) -> Iterator[None]:
    """Keep other builds from writing to the folder meanwhile; the system releases the lock of a killed process."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        with suppress(OSError):  # a file system without locks
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _list_files(artifact: Artifact) -> Iterator[tuple[str, bytes]]:
    """Yield the path and the bytes of each file of an artifact, for a folder with the list of its files."""
    yield from artifact.files
    if artifact.inner:
        digests = {name: hashlib.sha256(data).hexdigest() for name, data in artifact.inner}
        yield f"{artifact.path}/{FILE_LIST}", f"{json.dumps(digests, indent=0, sort_keys=True)}\n".encode()


def _find_stale_files(artifact: Artifact, folder: Path) -> Iterator[str]:
    """Yield the paths of files that an earlier build wrote into the artifact's folder, that it has no more and that nobody has changed."""
    wanted = {name.casefold() for name, _ in artifact.inner}
    listed = _read_json(folder / artifact.path / FILE_LIST) if artifact.inner else {}
    for name, digest in listed.items():
        path = f"{artifact.path}/{name}"
        # The folder may come from a stranger, and the list with it.
        if name.casefold() not in wanted and _is_in_inner_folder(path, folder):
            with suppress(OSError):
                if hashlib.sha256(read_plain_file(folder / path, _MAX_STALE_SIZE)).hexdigest() == digest:
                    yield path


def _find_stamp(name: str, data: bytes, folder: Path) -> FileStamp | None:
    """Return the stamp of a file if it has these bytes already; if it changes later, the stamp shows it."""
    path = folder / name
    try:
        stamp = read_file_stamp(path)
        has_size = path.stat().st_size == len(data) and _is_within(name, folder)
        return stamp if has_size and path.read_bytes() == data else None
    except OSError:
        return None


def _write_temporary_files(contents: Sequence[bytes], folder: Path) -> list[str]:
    """Write the bytes to new files, all at once, sync them to the disk and return their names."""
    # mkstemp makes private files; a book is for everybody who may read the folder. The mask belongs to all threads.
    write_file = partial(_write_temporary_file, folder=folder, mode=0o666 & ~_read_umask())
    with ThreadPoolExecutor(min(len(contents), _MAX_FILES_AT_ONCE)) as executor:
        return list(executor.map(write_file, contents))


def _write_temporary_file(data: bytes, folder: Path, mode: int) -> str:
    """Write the bytes to a new file, sync it to the disk and return its name."""
    handle, path = tempfile.mkstemp(dir=folder, prefix=_TEMPORARY_PREFIX, suffix=".part")
    with os.fdopen(handle, "wb") as file:
        os.chmod(path, mode)
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    return Path(path).name


def _is_within(name: str, folder: Path) -> bool:
    """Return True if a file of this name is in the folder or below it; links are followed, but not the file itself."""
    path = folder / name
    return ".." not in Path(name).parts and path.parent.resolve().is_relative_to(folder.resolve())


def _is_in_inner_folder(path: str, folder: Path) -> bool:
    """Return True if a file of this path, ``site/a.html``, is in the inner folder that it names, and this in the folder."""
    inner, _, name = path.partition("/")
    return bool(name) and _is_file_name(path) and _is_within(path, folder) and _is_within(name, folder / inner)


def _is_pipe_or_device(path: Path) -> bool:
    """True if what is there is neither a file nor a folder nor a link: a move would delete it, even `/dev/null`."""
    try:
        mode = os.lstat(path).st_mode
    except OSError:
        return False
    return not (stat.S_ISREG(mode) or stat.S_ISDIR(mode) or stat.S_ISLNK(mode))


def _list_parents(moves: Mapping[str, str], folder: Path) -> list[Path]:
    """Return the inner folders that the files go to."""
    return sorted({(folder / name).parent for name in moves.values()} - {folder})


def _sync_folder(folder: Path) -> None:
    """Sync the names in the folder to the disk; ``fsync`` of a file saves its bytes only."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _move_files(moves: Mapping[str, str], stale: Sequence[str], folder: Path) -> None:
    """Move every file to its place, delete stale ones and the journal; if a move fails, put the old files back and raise."""
    try:
        for temporary, name in moves.items():
            _save_old_file(folder / name, folder / f"{temporary}{_OLD_SUFFIX}")
        for temporary, name in moves.items():
            os.replace(folder / temporary, folder / name)
        for each in (*_list_parents(moves, folder), folder):
            _sync_folder(each)
    except BaseException:
        for temporary, name in moves.items():
            _undo_move(folder / temporary, folder / name)
        _sync_folder(folder)
        (folder / JOURNAL).unlink()
        raise
    _delete_files(stale, folder)
    with suppress(OSError):  # a journal of finished moves has no effect
        (folder / JOURNAL).unlink()


def _save_old_file(path: Path, old: Path) -> None:
    """Give the file a second name, or do nothing if there is no file."""
    if os.path.lexists(path):
        try:
            os.link(path, old, follow_symlinks=False)
        except OSError:  # a file system without hard links
            shutil.copy2(path, old, follow_symlinks=False)


def _undo_move(temporary: Path, path: Path) -> None:
    """Undo a move if it was done, in steps between which the journal can still be applied."""
    old = temporary.with_name(f"{temporary.name}{_OLD_SUFFIX}")
    if not temporary.exists():
        os.replace(path, temporary)
        if os.path.lexists(old):
            os.replace(old, path)


def _apply_journal(folder: Path) -> None:
    """Do the moves of the journal that are not done yet, if there is one, and delete it."""
    # The folder may come from a stranger, and the journal with it: only temporary files may move, and only inside the folder.
    journal = _read_json(folder / JOURNAL)
    stale = journal.pop(_DELETED, ())
    for temporary, name in journal.items():
        is_safe = _TEMPORARY_NAME.fullmatch(temporary) and _is_file_name(name) and _is_within(name, folder)
        if is_safe and (folder / temporary).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            os.replace(folder / temporary, folder / name)
    _delete_files(stale if isinstance(stale, list) else (), folder)
    _sync_folder(folder)
    (folder / JOURNAL).unlink(missing_ok=True)


def _delete_files(names: Sequence[object], folder: Path) -> None:
    """Delete files of inner folders, and the folders that are empty then; an error is no reason to fail, for nobody needs the files."""
    for name in names:
        if isinstance(name, str) and _is_in_inner_folder(name, folder):
            with suppress(OSError):
                (folder / name).unlink()
                for parent in islice((folder / name).parents, len(Path(name).parts) - 1):
                    parent.rmdir()


def _read_json(path: Path) -> dict[str, Any]:
    """Return the object that a journal or a list of files holds; an empty one if it is no plain file, or not one that a build has written."""
    with suppress(OSError, ValueError, AttributeError, RecursionError):
        return dict(json.loads(read_plain_file(path, _MAX_JOURNAL_SIZE)).items())
    return {}


def _is_file_name(name: object) -> bool:
    """True if the system could have a file of this name: JSON can write names that none has."""
    try:
        return isinstance(name, str) and b"\0" not in os.fsencode(name)
    except UnicodeEncodeError:
        return False


def _delete_temporary_files(folder: Path) -> None:
    """Delete all temporary files, unless there is a journal that still needs them."""
    if not os.path.lexists(folder / JOURNAL):
        for path in folder.glob(f"{_TEMPORARY_PREFIX}*"):
            with suppress(OSError):  # the next build tries again
                path.unlink()


def _read_umask() -> int:
    """Return the mask for new files, which can only be read by setting it."""
    mask = os.umask(0)
    os.umask(mask)
    return mask
