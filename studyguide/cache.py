"""Remember what a pure stage made, by everything it was made from.

An entry is a file that is named for its key and holds its own checksum: it is whole and right, or it is thrown away and
made anew. Entries are written beside their places and moved there, so builds may run at once and be killed at any time.
A cache that cannot be written to is a slower build, not a failed one.
"""

import hashlib
import io
import os
import pickle
import sys
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import is_dataclass
from functools import cache
from glob import escape, glob
from pathlib import Path
from typing import Any, BinaryIO, Protocol

from studyguide import HOME
from studyguide.problems import Problem

LIMIT = 2_000_000_000
"""Bytes of entries that are kept; the ones that were not used for longest go first."""

# The name of the file that a link leads to tells Pango's version.
PANGO = ("/usr/lib/*/libpango-1.0.so.0", "/usr/lib*/libpango-1.0.so.0", "/opt/homebrew/lib/libpango-1.0.0.dylib")
Mark = tuple[int, int, int]
"""What tells whether a file is still the one that it was."""
CHECKSUM = 32
"""Bytes of SHA-256 before an entry's own bytes."""


def digest(*facts: object) -> str:
    """A name for these facts: strings, bytes, or anything whose ``repr`` tells all of it."""
    found = hashlib.sha256()
    for fact in facts:
        data = fact if isinstance(fact, bytes) else (fact if isinstance(fact, str) else repr(fact)).encode()
        found.update(b"%d:" % len(data))
        found.update(data)
    return found.hexdigest()


@cache
def program() -> str:
    """A name for this program and all that it stands on; another version of anything remembers for itself."""
    code = [path.read_bytes() for path in sorted((HOME / "studyguide").rglob("*.*")) if path.suffix in (".py", ".toml")]
    # A package is described in a folder that is named for its version; to read all of them takes 60 ms.
    packages = {Path(path).name for folder in sys.path for path in glob(f"{escape(folder)}/*-info")}
    pango = sorted(os.path.realpath(path) for pattern in PANGO for path in glob(pattern))
    return digest(*code, *sorted(packages), *pango, sys.version)


class Ours(pickle.Unpickler):
    """Reads values of this program and nothing that could run code, be it this program's own."""

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) in {("markupsafe", "Markup"), ("datetime", "date")}:
            return super().find_class(module, name)
        # A name with dots would lead through a module of ours to one that it imports.
        if module.startswith("studyguide.") and "." not in name:
            found = super().find_class(module, name)
            value = isinstance(found, type) and (is_dataclass(found) or issubclass(found, tuple))
            if value and found.__module__ == module:
                return found
        raise pickle.UnpicklingError(f"{module}.{name} is no value of ours")


class Memory(Protocol):
    """What remembers."""

    complaint: str
    """Why entries could not be written, for the one who builds."""

    def get(self, key: str) -> Any:
        """What is remembered under the key, or None."""

    def put(self, key: str, value: Any) -> None: ...

    def prune(self) -> None:
        """Make it as small as it may be."""


class Store:
    """A folder of entries."""

    def __init__(self, folder: Path, limit: int = LIMIT) -> None:
        self.folder, self.limit = folder, limit
        self.written = 0
        self.complaint = ""

    def place(self, key: str) -> Path:
        return self.folder / key[:2] / key[2:]

    def get(self, key: str) -> Any:
        path = self.place(key)
        try:
            with path.open("rb") as file:
                return self.checked(file)
        except FileNotFoundError:
            return None
        except (OSError, ValueError, EOFError, pickle.UnpicklingError, AttributeError, TypeError, ImportError):
            with suppress(OSError):
                path.unlink(missing_ok=True)  # damaged, or of another time
            return None

    @staticmethod
    def checked(file: BinaryIO) -> Any:
        data = file.read()
        if hashlib.sha256(data[CHECKSUM:]).digest() != data[:CHECKSUM]:
            raise ValueError("damaged")
        os.utime(file.fileno())
        return Ours(io.BytesIO(data[CHECKSUM:])).load()

    def put(self, key: str, value: Any) -> None:
        path = self.place(key)
        data = pickle.dumps(value, protocol=5)
        temporary = None
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".")
            with os.fdopen(handle, "wb") as file:
                file.write(hashlib.sha256(data).digest())
                file.write(data)
            os.replace(temporary, path)
            self.written += 1
        except OSError as error:
            self.complaint = f"nothing was remembered for the next build: {error.strerror or error}"
            if temporary:
                with suppress(OSError):
                    Path(temporary).unlink(missing_ok=True)

    def prune(self) -> None:
        """Take away what was not used for longest, and what a killed build left."""
        if not self.written:
            return
        entries: list[tuple[float, int, str]] = []
        for path in glob(f"{self.folder}/??/*") + glob(f"{self.folder}/??/.*"):
            try:
                found = os.stat(path)
            except OSError:
                continue  # another build was faster
            entries.append((found.st_mtime, found.st_size, path))
        total = sum(size for _, size, _ in entries)
        for _, size, path in sorted(entries):
            if total <= self.limit:
                return
            with suppress(OSError):
                Path(path).unlink(missing_ok=True)
            total -= size


class Nothing:
    """A store that remembers nothing."""

    complaint = ""

    def get(self, key: str) -> Any:
        return None

    def put(self, key: str, value: Any) -> None:
        pass

    def prune(self) -> None:
        pass


NOTHING = Nothing()


# ---------------------------------------------------------------- what was built last


def unchanged(folder: Path, request: str, inputs: str) -> dict[str, Any] | None:
    """What the last build for this request reported, if its inputs were these and its files are as it left them."""
    last = Store(folder / "last").get(digest(request))
    if not isinstance(last, dict) or last["inputs"] != inputs:
        return None
    try:
        same = all(mark(path) == seen for path, seen in last["files"].items())
    except OSError:
        return None
    return last if same else None


def built(folder: Path, request: str, inputs: str, files: Mapping[Path, Mark], warnings: Sequence[Problem]) -> None:
    seen = {str(path): mark for path, mark in files.items()}
    store = Store(folder / "last")
    store.put(digest(request), {"inputs": inputs, "files": seen, "warnings": tuple(warnings)})


def mark(path: str | Path) -> Mark:
    """With the number of the file's node, for a clock that is put back can make two files of the same time."""
    found = os.stat(path)
    return found.st_ino, found.st_size, found.st_mtime_ns
