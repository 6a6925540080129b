"""Write Artifacts to the disk, each whole or not at all."""

import os
import tempfile
from collections.abc import Iterable
from pathlib import Path

from studyguide.model import Artifact


def write(artifacts: Iterable[Artifact], folder: Path) -> tuple[Path, ...]:
    """Put every file beside its place first and move them all when each is complete. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    waiting: list[tuple[str, Path]] = []
    try:
        for artifact in artifacts:
            (folder / artifact.path).parent.mkdir(parents=True, exist_ok=True)
            handle, temporary = tempfile.mkstemp(dir=folder, prefix=".", suffix=".part")
            waiting.append((temporary, folder / artifact.path))
            with os.fdopen(handle, "wb") as file:
                file.write(artifact.data)
                file.flush()
                os.fsync(file.fileno())
            # mkstemp makes private files; a book is for everybody who may read the folder.
            os.chmod(temporary, 0o666 & ~umask())
        written = tuple(path for _, path in waiting)
        while waiting:
            os.replace(*waiting[0])
            del waiting[0]
        return written
    finally:
        for temporary, _ in waiting:
            Path(temporary).unlink(missing_ok=True)


def umask() -> int:
    """The mask for new files, which can only be read by setting it."""
    mask = os.umask(0)
    os.umask(mask)
    return mask
