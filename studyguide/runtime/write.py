"""Write Artifacts to the disk: all of them or none, each whole.

New files are put beside their places and made safe there; then a list of the moves is; then they are moved. What stops a
build before the list is there leaves the old files. What stops it later, a failing disk apart, leaves the list, and the
next build does what it says before anything else. An error that can be answered is: the old files are put back.
"""

import fcntl
import json
import os
import re
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from studyguide.model import Artifact
from studyguide.runtime.file_stamp import FileStamp, read_file_stamp

OURS = ".studyguide-"
"""How the names of files begin that are there for a moment only."""
LIST = f"{OURS}moves"
OLD = ".old"
PART = re.compile(rf"{re.escape(OURS)}\w+\.part")


def write(artifacts: Iterable[Artifact], folder: Path) -> dict[Path, FileStamp]:
    """The files written, and what tells whether one is still the same. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    with locked(folder):
        resume(folder)
        moves: dict[str, str] = {}
        try:
            for artifact in artifacts:
                moves[put(artifact.data, folder)] = artifact.path
            if unwanted := [name for name in moves.values() if (folder / name).is_dir()]:
                raise IsADirectoryError(21, "there is a folder of this name", str(folder / unwanted[0]))
            if outside := [name for name in moves.values() if not is_within(name, folder)]:
                raise PermissionError(1, "this is not in the folder", str(folder / outside[0]))
            for parent in parents(moves, folder):
                parent.mkdir(parents=True, exist_ok=True)
            written = {folder / name: read_file_stamp(folder / part) for part, name in moves.items()}
            sync(folder)  # or a loss of power could leave a list of files that are not there
            os.replace(folder / put(json.dumps(moves).encode(), folder), folder / LIST)
            sync(folder)
            move(moves, folder)
        finally:
            clear(folder)
    return written


def recover(folder: Path) -> bool:
    """Do what a list says that a stopped build left; whether there was one. Raises OSError."""
    if not os.path.lexists(folder / LIST):
        return False
    with locked(folder):
        resume(folder)
        clear(folder)
    return True


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """No other build writes there meanwhile; a killed one's lock goes with it."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        with suppress(OSError):  # a file system without locks
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def put(data: bytes, folder: Path) -> str:
    """The name of a new file of these bytes, which a loss of power does not take away."""
    handle, path = tempfile.mkstemp(dir=folder, prefix=OURS, suffix=".part")
    with os.fdopen(handle, "wb") as file:
        # mkstemp makes private files; a book is for everybody who may read the folder.
        os.chmod(path, 0o666 & ~umask())
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    return Path(path).name


def is_within(name: str, folder: Path) -> bool:
    """Whether a file of this name is in the folder, or in one within, when all links but itself are followed."""
    path = folder / name
    return ".." not in Path(name).parts and path.parent.resolve().is_relative_to(folder.resolve())


def parents(moves: Mapping[str, str], folder: Path) -> list[Path]:
    """The folders within that the files have."""
    return sorted({(folder / name).parent for name in moves.values()} - {folder})


def sync(folder: Path) -> None:
    """Make the names in a folder as safe as the bytes of its files."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def move(moves: Mapping[str, str], folder: Path) -> None:
    """Move every file to its place, or put the old ones back where one cannot be."""
    try:
        for part, name in moves.items():
            keep(folder / name, folder / f"{part}{OLD}")
        for part, name in moves.items():
            os.replace(folder / part, folder / name)
        for each in (*parents(moves, folder), folder):
            sync(each)
    except BaseException:
        for part, name in moves.items():
            put_back(folder / part, folder / name)
        sync(folder)
        (folder / LIST).unlink()
        raise
    with suppress(OSError):  # a list of moves that are done moves nothing
        (folder / LIST).unlink()


def keep(path: Path, old: Path) -> None:
    """The file under a second name, where there is one."""
    if os.path.lexists(path):
        try:
            os.link(path, old, follow_symlinks=False)
        except OSError:  # a file system where a file has one name
            shutil.copy2(path, old, follow_symlinks=False)


def put_back(part: Path, path: Path) -> None:
    """Undo a move if it was done; at every moment the list can still be followed."""
    old = part.with_name(f"{part.name}{OLD}")
    if not part.exists():
        os.replace(path, part)
        if os.path.lexists(old):
            os.replace(old, path)


def resume(folder: Path) -> None:
    """Do the moves of a list that is there, as far as they are not done."""
    moves: dict[str, str] = {}
    with suppress(OSError, ValueError, AttributeError):
        moves = dict(json.loads((folder / LIST).read_bytes()).items())
    # A list may have come with somebody's folder: it moves files of ours, inside this folder.
    for part, name in moves.items():
        if PART.fullmatch(part) and isinstance(name, str) and is_within(name, folder) and (folder / part).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            os.replace(folder / part, folder / name)
    sync(folder)
    (folder / LIST).unlink(missing_ok=True)


def clear(folder: Path) -> None:
    """Take away what is there for a moment only, unless a list still needs it."""
    if not os.path.lexists(folder / LIST):
        for path in folder.glob(f"{OURS}*"):
            with suppress(OSError):  # the next build tries again
                path.unlink()


def umask() -> int:
    """The mask for new files, which can only be read by setting it."""
    mask = os.umask(0)
    os.umask(mask)
    return mask
