"""ZIP files whose bytes do not depend on when and where they were made.

Uses two private parts of Python's zipfile; ``tests/test_compat.py`` fails if Python changes them.
"""

import zipfile
from collections.abc import Mapping
from types import MappingProxyType
from typing import IO, Any

_TIMESTAMP = (1980, 1, 1, 0, 0, 0)  # the earliest that a ZIP file can hold
_COMPRESSION_LEVEL = 9


class Archive(zipfile.ZipFile):
    """A ZIP file to be written. ``deflated`` has, by their names, the entries that are compressed already."""

    def __init__(
        self, target: IO[bytes], compression: int, deflated: Mapping[str, bytes] = MappingProxyType({})
    ) -> None:
        super().__init__(target, "w", compression)
        self.deflated = deflated

    def writestr(
        self, name: Any, data: Any, compress_type: int | None = None, compresslevel: int | None = None
    ) -> None:
        entry = zipfile.ZipInfo(name if isinstance(name, str) else name.filename, _TIMESTAMP)
        entry.compress_type = self.compression if compress_type is None else compress_type
        entry.external_attr = 0o644 << 16
        entry.create_system = 3  # Unix
        entry._compresslevel = _COMPRESSION_LEVEL  # type: ignore[attr-defined]
        data = data.encode() if isinstance(data, str) else data
        entry.file_size = len(data)
        with self.open(entry, "w") as file:
            if entry.filename in self.deflated:
                # zipfile has no way in for compressed data; it counts and checks the data that it is given.
                file._compressor = _ReadyCompressor(self.deflated[entry.filename])  # type: ignore[attr-defined]
            file.write(data)


class _ReadyCompressor:
    """Stands in for a compressor, and returns what was compressed before."""

    def __init__(self, deflated: bytes) -> None:
        self._deflated = deflated

    def compress(self, _data: bytes) -> bytes:
        return b""

    def flush(self) -> bytes:
        return self._deflated
