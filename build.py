#!/usr/bin/env python3
"""Build books to print and books to read on a tablet from a study guide in Markdown."""

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"

if __name__ == "__main__" and (VENV / "bin" / "python").exists() and not os.environ.get("VIRTUAL_ENV"):
    # Re-exec under the Python of .venv, so that the environment need not be activated.
    os.environ["VIRTUAL_ENV"] = str(VENV)
    os.execv(VENV / "bin" / "python", [str(VENV / "bin" / "python"), *sys.argv])

try:
    from studyguide.cli import main
except ModuleNotFoundError:
    sys.exit(f"build.py: the dependencies are not installed; run `make setup` in {ROOT} first")

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
