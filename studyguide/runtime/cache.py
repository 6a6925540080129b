"""Keep the results of stages on the disk, each under the digest of everything that it was made of.

An entry is a file that is named for its key and begins with the checksum of the rest: it is whole and right, or it is
deleted and made anew. Entries are written beside their places and moved there, so builds may run at once and may be killed
at any time. A cache that cannot be written to makes a build slower and does not end it.
"""

import hashlib
import io
import os
import pickle
import sys
import tempfile
import zlib
from collections import OrderedDict
from collections.abc import Callable, Container, Mapping, Sequence
from contextlib import suppress
from copy import copy
from dataclasses import fields, is_dataclass
from enum import Enum
from functools import cache
from glob import escape, glob
from operator import attrgetter
from pathlib import Path
from typing import Any, ClassVar

from markupsafe import Markup

from studyguide import PACKAGE_FOLDER
from studyguide.problems import Problem
from studyguide.runtime.file_stamp import FileStamp, read_file_stamp
from studyguide.runtime.plain_file import read_plain_file
from studyguide.store import CacheStore, digest

MAX_CACHE_SIZE = 2_000_000_000  # bytes of entries
MAX_MEMORY_SIZE = 120_000_000  # bytes, on the disk, of the entries that a process keeps; in memory they take two to three times as much

# The target of the symbolic link has Pango's version in its name.
_PANGO_LIBRARIES = (
    "/usr/lib/*/libpango-1.0.so.0",
    "/usr/lib*/libpango-1.0.so.0",
    "/opt/homebrew/lib/libpango-1.0.0.dylib",
)
_PLAIN, _COMPRESSED = b"0", b"1"
_SAMPLE_SIZE = 16_384  # bytes; what is smaller is not compressed, and what is larger only if its beginning shrinks
_WORTH_COMPRESSING = 0.6  # share of its size
_CHECKSUM_SIZE = 32  # bytes of SHA-256
_PRUNED_SHARE = 0.9  # of the limit; with less room than this, soon every build would look at every entry
_TOTAL_FILE = "total"
"""The name of the file with the number of bytes of all entries."""
_MAX_TOTAL_FILE_SIZE = 100  # bytes
_PROGRAM_FILES = ("*.py", "*.toml")


@cache
def digest_program() -> str:
    """Return a digest of the program's own files, of all installed packages by version, of Pango and of Python."""
    # A package is described in a folder that has its version in the name; reading all descriptions takes 60 ms.
    packages = {Path(path).name for folder in sys.path for path in glob(f"{escape(folder)}/*-info")}
    pango = sorted(os.path.realpath(path) for pattern in _PANGO_LIBRARIES for path in glob(pattern))
    return digest(digest_program_files(), *sorted(packages), *pango, sys.version)


@cache
def digest_program_files() -> str:
    """Return a digest of the program's own files."""
    paths = sorted(path for each in _PROGRAM_FILES for path in PACKAGE_FOLDER.rglob(each))
    return digest(*(path.read_bytes() for path in paths))


class _ReducerTable(dict[type, Callable[[Any], tuple[Any, ...]]]):
    """For a pickler: writes a value of the program as a call of its class, the only form that ``RestrictedUnpickler`` reads.

    A dataclass is read twice as fast as what dataclasses do themselves.
    """

    def __missing__(self, kind: type) -> Callable[[Any], tuple[Any, ...]]:
        if issubclass(kind, tuple):
            self[kind] = lambda value: (kind, tuple(value))
            return self[kind]
        if not is_dataclass(kind):
            raise KeyError(kind)
        if not all(each.init and not each.kw_only for each in fields(kind)):
            raise TypeError(f"{kind.__name__} cannot be made of the values of its fields")
        names = [each.name for each in fields(kind)]
        read_all = attrgetter(*names) if len(names) > 1 else None  # of one name it would return no tuple

        def reduce(value: Any) -> tuple[Any, ...]:
            return kind, read_all(value) if read_all else tuple(getattr(value, each) for each in names)

        self[kind] = reduce
        return reduce


_REDUCERS = _ReducerTable({Markup: lambda value: (Markup, (str(value),))})


def dump_entry(value: Any) -> bytes:
    """Return the value as ``load_entry`` reads it: after a byte that says whether it is compressed."""
    out = io.BytesIO()
    pickler = pickle.Pickler(out, protocol=5)
    pickler.dispatch_table = _REDUCERS
    pickler.dump(value)
    data = out.getvalue()
    sample = data[:_SAMPLE_SIZE]
    if len(data) > _SAMPLE_SIZE and len(zlib.compress(sample, 1)) < _WORTH_COMPRESSING * len(sample):
        return _COMPRESSED + zlib.compress(data, 1)
    return _PLAIN + data


class RestrictedUnpickler(pickle.Unpickler):
    """Reads values of this program only: an entry that names anything else, and so could run code, is refused.

    A class is handed out as a way to call it, and never itself: an entry could set attributes of the class (opcode BUILD).
    """

    _allowed: ClassVar[dict[tuple[str, str], Any]] = {}
    """Calls of the classes that were found so far, by their modules and names."""

    def find_class(self, module: str, name: str) -> Any:
        try:
            return self._allowed[module, name]
        except KeyError:
            found = self._find_value_class(module, name)
            if issubclass(found, Enum):
                found.__setstate__ = staticmethod(_refuse_state)  # type: ignore[attr-defined]  # all entries share its members
            call = self._allowed[module, name] = type.__call__.__get__(found)
            return call

    def _find_value_class(self, module: str, name: str) -> type:
        if (module, name) in {("markupsafe", "Markup"), ("datetime", "date")}:
            library_class: type = super().find_class(module, name)
            return library_class
        # A name with dots would lead through a module of ours to one that it imports.
        if module.startswith("studyguide.") and "." not in name:
            found: type = super().find_class(module, name)
            is_value = isinstance(found, type) and (is_dataclass(found) or issubclass(found, (tuple, Enum)))
            if is_value and found.__module__ == module:
                return found
        raise pickle.UnpicklingError(f"{module}.{name} is no value of this program")


def _refuse_state(_: object) -> None:
    """Keep an entry from changing the attributes of a member of an Enum."""
    raise pickle.UnpicklingError("an entry may not change what others share")


def load_entry(data: bytes) -> Any:
    """Return the value that ``dump_entry`` has written. Raises UnpicklingError and other errors for anything else."""
    kind, rest = data[:1], data[1:]
    if kind not in (_PLAIN, _COMPRESSED):
        raise ValueError("this entry has another form")
    return RestrictedUnpickler(io.BytesIO(zlib.decompress(rest) if kind == _COMPRESSED else rest)).load()


class DiskStore:
    """A folder of entries; results of another version of the program, or of anything that it uses, are never found."""

    def __init__(self, folder: Path, max_size: int = MAX_CACHE_SIZE) -> None:
        self.folder, self.max_size = folder, max_size
        self.complaint = ""
        self.bytes_written = 0
        """Since the store was made, or pruned."""
        self._program = digest_program()

    def path_of(self, key: str) -> Path:
        """Return where the entry of this key is, or would be."""
        name = digest(self._program, key)
        return self.folder / name[:2] / name[2:]

    def get(self, key: str) -> Any:
        found = self.load(key)
        return found[0] if found else None

    def load(self, key: str) -> tuple[Any, int] | None:
        """Return the value of this key and the size of its entry in bytes, or None."""
        path = self.path_of(key)
        try:
            return self._read_entry(path)
        except FileNotFoundError:
            return None
        except Exception:  # damaged bytes can raise any of Python's errors
            with suppress(OSError):
                path.unlink(missing_ok=True)
            return None

    def _read_entry(self, path: Path) -> tuple[Any, int]:
        data = read_plain_file(path, self.max_size)
        if hashlib.sha256(data[_CHECKSUM_SIZE:]).digest() != data[:_CHECKSUM_SIZE]:
            raise ValueError("the checksum is wrong")
        os.utime(path)  # `prune` deletes by the time of last use
        return load_entry(data[_CHECKSUM_SIZE:]), len(data)

    def put(self, key: str, value: Any) -> None:
        self.save(key, dump_entry(value))

    def save(self, key: str, data: bytes) -> None:
        """Keep a value as ``dump_entry`` has written it."""
        path = self.path_of(key)
        temporary = None
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".")
            with os.fdopen(handle, "wb") as file:
                file.write(hashlib.sha256(data).digest())
                file.write(data)
            os.replace(temporary, path)
            self.bytes_written += len(data)
        except OSError as error:
            self.complaint = f"nothing was remembered for the next build: {error.strerror or error}"
            if temporary:
                with suppress(OSError):
                    Path(temporary).unlink(missing_ok=True)

    def prune(self) -> None:
        """Delete the entries that were not used for longest, and temporary files of killed builds, down to the limit."""
        if not self.bytes_written:
            return
        total = self._read_total() + self.bytes_written
        if total > self.max_size:
            total = self._delete_oldest()
        self.bytes_written = 0
        with suppress(OSError):
            (self.folder / _TOTAL_FILE).unlink(
                missing_ok=True
            )  # it may be a link to another file, or a pipe that nobody reads
            (self.folder / _TOTAL_FILE).write_text(str(total))

    def branch(self) -> "DiskStore":
        branch = copy(self)
        branch.complaint, branch.bytes_written = "", 0
        return branch

    def merge(self, branch: CacheStore) -> None:
        assert isinstance(branch, DiskStore)
        self.bytes_written += branch.bytes_written
        self.complaint = self.complaint or branch.complaint

    def _read_total(self) -> int:
        """Return about how many bytes the entries had after the last build; more than allowed if that is not known.

        To look at every entry takes longer than all else that a build of one edit does with the cache. Two builds at once may
        make the number too small, and entries that are replaced too large, until the entries are counted again.
        """
        try:
            return int(read_plain_file(self.folder / _TOTAL_FILE, _MAX_TOTAL_FILE_SIZE))
        except (OSError, ValueError):
            return self.max_size + 1

    def _delete_oldest(self) -> int:
        """Delete the entries that were not used for longest, if all are too large, and return the size of all others."""
        entries: list[tuple[float, int, str]] = []
        inner = f"{escape(str(self.folder))}/??"
        for path in glob(f"{inner}/*") + glob(f"{inner}/.*"):
            try:
                status = os.stat(path)
            except OSError:
                continue  # another build has deleted it
            entries.append((status.st_mtime, status.st_size, path))
        total = sum(size for _, size, _ in entries)
        wanted = _PRUNED_SHARE * self.max_size if total > self.max_size else total
        for _, size, path in sorted(entries):
            if total <= wanted:
                break
            with suppress(OSError):
                Path(path).unlink(missing_ok=True)
            total -= size
        return total


class ResidentStore:
    """Keeps the entries of a ``DiskStore`` that were used last in memory too, for a process that builds again and again.

    A value is handed out each time as it is, and not as a copy: nobody may change it.
    """

    def __init__(self, disk: DiskStore, max_size: int = MAX_MEMORY_SIZE) -> None:
        self._disk, self._max_size = disk, max_size
        self._entries: OrderedDict[str, tuple[Any, int]] = OrderedDict()
        """Value and size on the disk by key, those that were used last at the end."""
        self._size = 0

    @property
    def complaint(self) -> str:
        return self._disk.complaint

    def get(self, key: str) -> Any:
        if found := self._entries.get(key):
            self._entries.move_to_end(key)
        elif found := self._disk.load(key):
            self._keep(key, *found)
        return found[0] if found else None

    def put(self, key: str, value: Any) -> None:
        data = dump_entry(value)
        self._disk.save(key, data)
        self._keep(key, value, len(data))

    def prune(self) -> None:
        self._disk.prune()

    def branch(self) -> DiskStore:
        return self._disk.branch()

    def merge(self, branch: CacheStore) -> None:
        self._disk.merge(branch)

    def _keep(self, key: str, value: Any, size: int) -> None:
        if former := self._entries.pop(key, None):
            self._size -= former[1]
        self._entries[key] = value, size
        self._size += size
        while self._size > self._max_size:
            _, (_, size) = self._entries.popitem(last=False)
            self._size -= size


# ---------------------------------------------------------------- the last build


def find_last_build(folder: Path, request: str, inputs: str) -> dict[str, Any] | None:
    """Return the record of the last build for this request, if it had these inputs and its files are unchanged."""
    last = DiskStore(folder / "last").get(digest(request))
    if not (isinstance(last, dict) and last.keys() >= {"inputs", "files", "warnings"} and last["inputs"] == inputs):
        return None
    try:
        is_same = all(read_file_stamp(path) == stamp for path, stamp in last["files"].items())
    except OSError:
        return None
    return last if is_same else None


def find_leftover_files(folder: Path, request: str, files: Container[Path]) -> tuple[str, ...]:
    """Return the files of the last build for this request that are not among ``files`` and that nobody has changed since."""
    last = DiskStore(folder / "last").get(digest(request))
    stamps: Mapping[str, FileStamp] = last["files"] if isinstance(last, dict) else {}
    return tuple(path for path, stamp in stamps.items() if Path(path) not in files and _has_stamp(path, stamp))


def _has_stamp(path: str, stamp: FileStamp) -> bool:
    """Return True if a file is there and has this stamp."""
    try:
        return read_file_stamp(path) == stamp
    except OSError:
        return False


def record_build(
    folder: Path, request: str, inputs: str, files: Mapping[Path, FileStamp], warnings: Sequence[Problem]
) -> None:
    """Remember a finished build: what was asked for, the digest of its inputs, its files and its warnings."""
    stamps = {str(path): stamp for path, stamp in files.items()}
    store = DiskStore(folder / "last")
    store.put(digest(request), {"inputs": inputs, "files": stamps, "warnings": tuple(warnings)})
