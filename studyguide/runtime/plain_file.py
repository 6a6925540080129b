"""Read a file of the program's own that somebody else may have put there."""

import errno
import os
import stat
from pathlib import Path


def read_plain_file(path: Path, most_bytes: int) -> bytes:
    """Return the bytes of a file. Raises OSError if it is a link, no plain file, or larger than ``most_bytes``."""
    # A pipe without a writer would keep `open` waiting.
    handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(handle, "rb") as file:
        status = os.fstat(handle)
        if not stat.S_ISREG(status.st_mode):
            raise OSError(errno.EINVAL, "this is no plain file", str(path))
        if status.st_size > most_bytes:
            raise OSError(errno.EFBIG, f"this is larger than {most_bytes:,} bytes", str(path))
        return file.read()
