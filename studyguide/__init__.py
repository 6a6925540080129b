"""Study guides in Markdown become a book to print and a book to read on a tablet.

    disk → Project → Guide → Book → Galleys → PDF
                              └───→ Documents → EPUB
       reading  guide  compose   pdf / epub

Each arrow is a package, and each package explains itself. Start with ``model``, the values that flow; then ``pipeline``, the
order of the stages; then any one package.
"""

from pathlib import Path

__version__ = "0.2.0"

PROGRAM_ROOT = Path(__file__).resolve().parent.parent
"""The folder that holds build.py, templates/ and styles/."""
