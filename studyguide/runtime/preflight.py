"""Say in one line what this machine lacks, before anything else fails.

Runs by itself on any Python 3, before anything is installed: `python3 studyguide/runtime/preflight.py`.
"""

import ctypes.util
import sys

PANGO = (
    "Pango is missing, which lays out the pages. Debian, Ubuntu: apt install libpango-1.0-0 libpangoft2-1.0-0"
    " libharfbuzz-subset0; Fedora: dnf install pango; macOS: brew install pango"
)


def missing() -> str:
    """What to install, or nothing where all is there."""
    if sys.version_info < (3, 11):  # noqa: UP036  (an older one may run this file)
        return "Python 3.11 or newer is needed, this is {}.{}; try PYTHON=python3.12 make book".format(
            *sys.version_info
        )
    if not loads("pango-1.0", "libpango-1.0.so.0", "libpango-1.0.0.dylib") or not loads(
        "pangoft2-1.0", "libpangoft2-1.0.so.0", "libpangoft2-1.0.0.dylib"
    ):
        return PANGO
    return ""


def loads(name: str, *files: str) -> bool:
    """Whether the library can be loaded."""
    return library(name, *files) is not None


def library(name: str, *files: str) -> "ctypes.CDLL | None":
    """The library by the loader's name for it or by one of its file names, or None."""
    for each in (*files, ctypes.util.find_library(name)):
        try:
            if each:
                return ctypes.CDLL(each)
        except OSError:
            continue
    return None


if __name__ == "__main__":
    sys.exit(missing() or 0)
