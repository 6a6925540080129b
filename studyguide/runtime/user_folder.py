"""The folder in which this program keeps for a user what can be made again."""

import atexit
import os
import shutil
import tempfile
from contextlib import suppress
from functools import cache
from pathlib import Path


def find_user_folder() -> Path:
    """Return the folder, which need not exist; a temporary one for a user without a home."""
    base = Path(os.environ.get("XDG_CACHE_HOME", ""))
    if not base.is_absolute():  # such a value counts as none (XDG Base Directory Specification, 0.8)
        with suppress(RuntimeError):  # a user without a home
            base = Path.home() / ".cache"
    return (base if base.is_absolute() else make_temporary_folder()) / "studyguide"


@cache
def make_temporary_folder() -> Path:
    """Make a folder that is the home of caches for this process and those that it starts; it is deleted when this process ends."""
    folder = tempfile.mkdtemp(prefix="studyguide-")
    os.environ["XDG_CACHE_HOME"] = folder
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return Path(folder)
