"""ZIP files whose bytes say nothing of when and where they were made."""

import zipfile
from collections.abc import Mapping
from types import MappingProxyType
from typing import IO, Any

# Every entry is dated alike, or no two builds would have the same bytes.
STAMP = (1980, 1, 1, 0, 0, 0)


class Archive(zipfile.ZipFile):
    """A ZIP file to be written; the entries in ``packed`` come deflated, each under its name."""

    def __init__(self, target: IO[bytes], compression: int, packed: Mapping[str, bytes] = MappingProxyType({})) -> None:
        super().__init__(target, "w", compression)
        self.packed = packed

    def writestr(
        self, name: Any, data: Any, compress_type: int | None = None, compresslevel: int | None = None
    ) -> None:
        entry = zipfile.ZipInfo(name if isinstance(name, str) else name.filename, STAMP)
        entry.compress_type = self.compression if compress_type is None else compress_type
        entry.external_attr = 0o644 << 16
        entry.create_system = 3
        entry._compresslevel = 9  # type: ignore[attr-defined]
        data = data.encode() if isinstance(data, str) else data
        entry.file_size = len(data)
        with self.open(entry, "w") as file:
            if entry.filename in self.packed:
                # zipfile has no way in for what is deflated already; it keeps count and checksum of what it is given.
                file._compressor = Deflated(self.packed[entry.filename])  # type: ignore[attr-defined]
            file.write(data)


class Deflated:
    """Stands in for a compressor whose work is done."""

    def __init__(self, packed: bytes) -> None:
        self.packed = packed

    def compress(self, _data: bytes) -> bytes:
        return b""

    def flush(self) -> bytes:
        return self.packed
