"""Turn study guides in Markdown into books to print and books to read on a tablet.

    disk ─────────→ Project ───────→ Guide ─────────→ Book ──────→ PDF
          reading            guide          compose     │    pdf
                                                        └────────→ EPUB
                                                             epub

Each arrow is a package. Start with ``model``, the values; then ``pipeline``, the order of the stages; then any one package.

importers                 a Project in another format → a Project in our format, before ``guide``
rules                     Project, Guide → Problems, before ``compose``
cli, app, pipeline        the command line; what a command does; the order of the stages
preload                   what worker processes load before their first job
output                    what a form of book declares; ``pdf`` and ``epub`` are two of them
output_jobs               the work of making books, in processes: from the store, or done now
runtime                   cache, worker processes, fonts, writing files: the machine
locale                    the words that a book prints or speaks, one TOML file for each language
problems, limits          Problem and Place, what is wrong and where; how large a guide may be
markdown_blocks, html_text, svg, text, toml_text, bidi, maths, speech   reading and writing of text, for several stages
review                    which questions are looked at again on which day: a table, and a calendar
selection, page_breaks, store   which questions an edition takes; where a page begins; what a stage knows of the cache
"""

from pathlib import Path

__version__ = "0.2.0"

PROGRAM_ROOT = Path(__file__).resolve().parent.parent
"""The folder that holds build.py, templates/ and styles/."""
