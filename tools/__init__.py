"""Scripts for maintainers, not part of the program: licences, releases, reproducibility, the manual and its pictures.

Each is run from the top of the repository: `make licences`, `make release`, `make verify`, `make docs`, or
`.venv/bin/python -m tools.make_release --help`. What they need stands in requirements-tools.txt.
"""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
"""The top of the repository."""
