"""Turn study guides in Markdown into books to print and books to read on a tablet.

    disk ─────────→ Project ───────→ Guide ─────────→ Book ──────→ PDF
          reading            guide          compose     │    pdf
                                                        ├────────→ EPUB
                                                        │    epub
                                                        ├────────→ deck for Anki
                                                        │    anki
                                                        └────────→ web pages
                                                             web

Each arrow is a package. Start with ``model``, the values; then ``pipeline``, the order of the stages; then any one package.

importers                 a Project in another format → its Chapters, which ``guide`` only renders; Chapters → Markdown in our format
exchange, exercises       Guide → questions for programs for quizzes: GIFT, Moodle XML, QTI; the questions as these hold them
rules                     Project, Guide → Problems, before ``compose``
__main__                  the start of the program, the same for `studyguide` and build.py
cli, app, pipeline        the command line; what a command does; the order of the stages
authoring                 what the commands for authors do: a new guide, the keys of guide.toml, names that a shell completes
preview, watching         the book in the browser while it is written; building again when a file is saved
edit                      Guide before, Guide after → the question that its author has changed
preload                   what worker processes load before their first job
output                    what a form of book declares; ``pdf``, ``epub``, ``anki`` and ``web`` are four of them
output_jobs               the work of making books, in processes: from the store, or done now
runtime                   cache, worker processes, fonts, writing files: the machine
locale                    the words that a book prints or speaks, one TOML file for each language
language_guess            the language of a guide that states none
scripts                   the scripts that are printed from optional packages: their letters, languages and faces
problems, limits          Problem and Place, what is wrong and where; how large a guide may be
markdown_blocks, html_text, svg, text, toml_text, bidi, maths, speech   reading and writing of text, for several stages
marks                     the marks behind headings, with their explanations for authors
kinds                     kinds of question: blanks, matching, ordering … : how each is read, and in which order it is printed
page_size, drawing_labels the width of a page, and the smallest words of a drawing, which checks and print both ask for
colours                   the contrast of two colours, and mixtures of them, for looks and their checks
drawings                  an SVG figure → part of the text, for books that are shown on screens
exams                     an edition that is an exam → its books, and the questions of each form
review                    which questions are looked at again on which day: a table, and a calendar
selection, page_breaks, store   which questions an edition takes; where a page begins; what a stage knows of the cache
"""

from pathlib import Path

__version__ = "0.2.0"

COMMAND = "studyguide"
"""The name of the program in texts; ``cli`` prints the one by which it was started."""
PACKAGE_FOLDER = Path(__file__).resolve().parent
_INSTALLED_RESOURCES = PACKAGE_FOLDER / "resources"
CHECKOUT_FOLDER = None if _INSTALLED_RESOURCES.is_dir() else PACKAGE_FOLDER.parent
"""The checkout that the program runs from, with build.py and content/; None for an installed program."""
RESOURCE_FOLDER = CHECKOUT_FOLDER or _INSTALLED_RESOURCES
"""The folder that holds templates/, styles/ and docs/rules/."""
