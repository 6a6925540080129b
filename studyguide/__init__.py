"""Study guides in Markdown become a book to print and a book to read on a tablet.

    disk → Project → Chapter → Chapter → Guide → Volume → Artifact → disk
       read     parse     markup  assemble  compose  outputs       write

    read      disk → Project: every file as a value, the only reader of the disk
    parse     Source → Chapter: questions, parts and choices, each with its place
    markup    Chapter → Chapter: its Markdown has become safe HTML
    assemble  Chapters → Guide: numbers and identifiers that hold for the whole book
    check     Project, Guide → Problems: what the author should mend
    compose   Guide, Edition → Volume: a Sheet for each run of pages, made by the templates
    outputs   Volume → Artifact: ``pdf`` (WeasyPrint), ``epub`` (EbookLib)
    write     Artifacts → disk, each whole or not at all

Start with ``model.py``, the values that flow; then ``pipeline.py``, their order; then any one stage.
"""

__version__ = "0.1.0"
