"""Turn study guides in Markdown into books to print and books to read on a tablet.

    disk ─────────→ Project ───────→ Guide ─────────→ Book ──────→ PDF
          reading            guide          compose     │    pdf
                                                        └────────→ EPUB
                                                             epub

Each arrow is a package. Start with ``model``, the values; then ``pipeline``, the
order of the stages; then any one package.

importers                 a Project in another format → a Project in our format, before ``guide``
rules                     Project, Guide → Problems, before ``compose``
cli, app, pipeline        the command line; what a command does; the order of the stages
output                    what a form of book declares; ``pdf`` and ``epub`` are two of them
runtime                   cache, worker processes, fonts, writing files: the machine
locale                    the words that a book prints or speaks, one TOML file for each language
"""

from pathlib import Path

__version__ = "0.2.0"

PROGRAM_ROOT = Path(__file__).resolve().parent.parent
"""The folder that holds build.py, templates/ and styles/."""
