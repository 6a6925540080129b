"""Tell whether a file is still the one that it was."""

import os
from pathlib import Path

FileStamp = tuple[int, int, int]
"""Inode, size in bytes, time of the last change in nanoseconds; the inode, because a clock that is set back can give two
files the same time."""


def read_file_stamp(path: str | Path) -> FileStamp:
    """Return the stamp of the file. Raises OSError."""
    status = os.stat(path)
    return status.st_ino, status.st_size, status.st_mtime_ns
