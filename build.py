#!/usr/bin/env python3
"""Build books to print and books to read on a tablet from a study guide in Markdown."""

import gc
import os
import sys
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
_ALLOCATIONS_PER_COLLECTION = 100_000
"""Python's own 700 makes a build of one edit 7 % slower: what imports and the cache make is no garbage."""


def main(args: Sequence[str]) -> int:
    """Run the command line and return the exit code."""
    gc.set_threshold(_ALLOCATIONS_PER_COLLECTION)
    # Imported here because each worker process imports this file, and needs no command line.
    try:
        from studyguide import cli
    except ModuleNotFoundError:
        sys.exit(f"build.py: the dependencies are not installed; run `make setup` in {ROOT} first")
    return cli.main(args)


if __name__ == "__main__":
    python = VENV / "bin" / "python"
    if python.exists() and not os.environ.get("VIRTUAL_ENV") and Path(sys.prefix).resolve() != VENV.resolve():
        # Re-exec under the Python of .venv, so that the environment need not be activated.
        os.environ["VIRTUAL_ENV"] = str(VENV)
        os.execv(python, [str(python), *sys.argv])
    sys.exit(main(sys.argv[1:]))
