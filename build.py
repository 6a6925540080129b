#!/usr/bin/env python3
"""Build the books of a study guide with this checkout of the program: the command `studyguide`, in the Python of .venv/."""

from __future__ import annotations  # any Python 3 is to read this file, and say that it is too old

import os
import sys
from collections.abc import Sequence
from pathlib import Path

VENV = Path(__file__).resolve().parent / ".venv"
COMMAND = "./build.py"


def main(args: Sequence[str]) -> int:
    """Run the command line and return the exit code."""
    from studyguide import __main__

    return __main__.main(args, COMMAND)


if __name__ == "__main__":
    python = VENV / "bin" / "python"
    if python.exists() and not os.environ.get("VIRTUAL_ENV") and Path(sys.prefix).resolve() != VENV.resolve():
        # Re-exec under the Python of .venv, so that the environment need not be activated.
        os.environ["VIRTUAL_ENV"] = str(VENV)
        os.execv(python, [str(python), *sys.argv])
    if sys.version_info < (3, 11):  # noqa: UP036  (an older one may run this file)
        sys.exit("./build.py: Python 3.11 or newer is needed, this is {}.{}".format(*sys.version_info))
    from studyguide.__main__ import run

    sys.exit(run(COMMAND))
