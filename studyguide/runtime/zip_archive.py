"""ZIP files whose bytes do not depend on when and where they were made.

Uses two private parts of Python's zipfile; ``tests/test_compat.py`` fails if Python changes them.
"""

import zipfile
import zlib
from collections.abc import Mapping
from types import MappingProxyType
from typing import IO, Any, NamedTuple

_TIMESTAMP = (1980, 1, 1, 0, 0, 0)  # the earliest that a ZIP file can hold
_COMPRESSION_LEVEL = 9


class Deflated(NamedTuple):
    """Data as an entry of an archive holds it: to compress takes long, so it is done once and the result kept."""

    data: bytes
    """Compressed, without a header."""
    size: int
    """The size of the data before compression, in bytes."""
    checksum: int
    """CRC-32 of the data that was compressed."""


def deflate(data: bytes) -> Deflated:
    """Return the data compressed."""
    compressor = zlib.compressobj(_COMPRESSION_LEVEL, wbits=-zlib.MAX_WBITS)
    return Deflated(compressor.compress(data) + compressor.flush(), len(data), zlib.crc32(data))


class Archive(zipfile.ZipFile):
    """A ZIP file to be written. ``deflated`` has, by their names, the entries that are compressed already."""

    def __init__(
        self, target: IO[bytes], compression: int, deflated: Mapping[str, Deflated] = MappingProxyType({})
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
        ready = self.deflated.get(entry.filename)
        data = data.encode() if isinstance(data, str) else data
        entry.file_size = ready.size if ready else len(data)
        with self.open(entry, "w") as file:
            if ready:
                # zipfile has no way in for compressed data; it counts and checks the data that it is given.
                file._compressor = _ReadyCompressor(ready.data)  # type: ignore[attr-defined]
                file._file_size, file._crc = ready.size, ready.checksum  # type: ignore[attr-defined]
            else:
                file.write(data)


class _ReadyCompressor:
    """Stands in for a compressor, and returns what was compressed before."""

    def __init__(self, deflated: bytes) -> None:
        self._deflated = deflated

    def compress(self, _data: bytes) -> bytes:
        return b""

    def flush(self) -> bytes:
        return self._deflated
