"""Find what this machine lacks, and say in one line how to install it, before anything else fails.

Runs by itself on any Python 3, before anything is installed: `python3 studyguide/runtime/preflight.py`.
"""

import ctypes.util
import sys

_PANGO_LIBRARIES = (
    ("pango-1.0", "libpango-1.0.so.0", "libpango-1.0.0.dylib"),
    ("pangoft2-1.0", "libpangoft2-1.0.so.0", "libpangoft2-1.0.0.dylib"),
)
"""The name for the loader, then file names, of each library that WeasyPrint loads."""
_HOW_TO_GET_PANGO = (
    "Pango is missing, which lays out the pages. Debian, Ubuntu: apt install libpango-1.0-0 libpangoft2-1.0-0"
    " libharfbuzz-subset0; Fedora: dnf install pango; macOS: brew install pango"
)


def find_missing_library() -> str:
    """Return what to install, in one line; empty if nothing is missing."""
    if sys.version_info < (3, 11):  # noqa: UP036  (an older one may run this file)
        return "Python 3.11 or newer is needed, this is {}.{}; try PYTHON=python3.12 make book".format(
            *sys.version_info
        )
    return "" if all(load_library(*names) for names in _PANGO_LIBRARIES) else _HOW_TO_GET_PANGO


def load_library(name: str, *files: str) -> "ctypes.CDLL | None":
    """Load the library by one of its file names or by the loader's name for it; return None if that fails."""
    for each in (*files, ctypes.util.find_library(name)):
        try:
            if each:
                return ctypes.CDLL(each)
        except OSError:
            continue
    return None


if __name__ == "__main__":
    sys.exit(find_missing_library() or 0)
