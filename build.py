#!/usr/bin/env python3
"""Build books to print and books to read on a tablet from a study guide in Markdown."""

from __future__ import annotations  # any Python 3 is to read this file, and say that it is too old

import gc
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
_ALLOCATIONS_PER_COLLECTION = 100_000
"""Python's own 700 makes a build of one edit 7 % slower: what imports and the cache make is no garbage."""
_STREAMS = (("stdin", "r"), ("stdout", "w"), ("stderr", "w"))
"""Name and mode of each standard stream, in the order of their descriptors."""


def main(args: Sequence[str]) -> int:
    """Run the command line and return the exit code."""
    gc.set_threshold(_ALLOCATIONS_PER_COLLECTION)
    # Imported here because each worker process imports this file, and needs no command line.
    try:
        from studyguide import cli

        return cli.main(args)
    except ImportError as error:
        package = (error.name or "").partition(".")[0]
        if package in ("", "studyguide", *sys.stdlib_module_names):
            raise  # a fault of the program or of Python
        sys.exit(f"build.py: {error}; {_advise_setup()}")


def _advise_setup() -> str:
    """Say what to do about a package that is missing, or that is another version than the program needs."""
    foreign = os.environ.get("VIRTUAL_ENV", "")
    if foreign and VENV.exists() and Path(foreign).resolve() != VENV.resolve():
        return f"run `deactivate` to leave {foreign}"
    return f"run `make setup` in {ROOT}"


def _open_closed_streams() -> None:
    """Open a way to nowhere in place of each standard stream that is closed; other files would take its descriptor."""
    for descriptor, (name, mode) in enumerate(_STREAMS):
        try:
            os.fstat(descriptor)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # takes the lowest free descriptor
            os.set_inheritable(descriptor, True)
            setattr(sys, name, os.fdopen(descriptor, mode))


def _empty_streams() -> None:
    """Write what Python holds back; give up what cannot be written, which would change the exit code to 120."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            with suppress(OSError):
                os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


if __name__ == "__main__":
    _open_closed_streams()
    python = VENV / "bin" / "python"
    if python.exists() and not os.environ.get("VIRTUAL_ENV") and Path(sys.prefix).resolve() != VENV.resolve():
        # Re-exec under the Python of .venv, so that the environment need not be activated.
        os.environ["VIRTUAL_ENV"] = str(VENV)
        os.execv(python, [str(python), *sys.argv])
    if sys.version_info < (3, 11):  # noqa: UP036  (an older one may run this file)
        sys.exit("build.py: Python 3.11 or newer is needed, this is {}.{}".format(*sys.version_info))
    code = main(sys.argv[1:])
    _empty_streams()
    sys.exit(code)
