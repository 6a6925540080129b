"""Study guides in Markdown become a book to print and a book to read on a tablet.

    disk → Project → Chapter → Chapter → Guide → Volume → Artifact → disk
       read     parse     markup  assemble  compose  outputs       write

    read      disk → Project: every file as a value, the only reader of the disk
    dialects  Project → Project, Reports: guides in other formats become Sources in ours, a file or a whole folder
                ours: whether a file is ours already, another's, or none that can be read
                lines (fences, gift, boxes, shortcodes, tags), tidy, shape, keys: text → Outline
                a file for each family: Outline → Candidates; choose: Candidates → questions and sections
                drafts (body, choices): what stands below each; canonical: Drafts → Sources; odd, report: what to tell of it
                folder, chapters: the order of the files, whether each is a question, and their chapters' numbers
    parse     Source → Chapter: questions, parts and choices, each with its place
    markup    Chapter → Chapter: its Markdown has become safe HTML
    assemble  Chapters → Guide: numbers and identifiers that hold for the whole book
    check     Project, Guide → Problems: errors that the author must mend, and warnings; spelling, on request: unknown words
    ignore    Guide, Problems → Problems: without the warnings that guide.toml lets stand
    prove     Project → Problems: code that is marked to be run, and sums, against what is written
    compose   Guide, Edition → Volume: a Sheet for each run of pages, made by the templates
                selection: the questions that the edition takes
                glossary: its terms linked where they are used, and the index
    outputs   Volume → Artifact, by jobs that do not know of each other, one for each Sheet
                pdf   typeset, take: Job → Gathering (WeasyPrint), then pages and bind: Gatherings → PDF
                      pagelist: the EPUB's sheets get the page breaks of a PDF
                epub  document: Page → Sheet, then finish: Sheets → EPUB (EbookLib)
                      drawings: a figure becomes a part of the text; cover: the printed cover as an SVG and a PNG
    write     Artifacts → disk, all or none, each whole

    foreign   path → Project, read and in our format; Problems → Problems with the lines of the file that it was made from
    dates     guide.toml, environment, git → the day that the files bear
    verify    Project → the places where two builds of it differ (compare)
    release   Artifacts → one archive of them, with what they were made with (supply, sbom)

``pipeline.py`` has the order of the stages. ``parallel.py`` does the jobs of a stage at once, in processes or on a cluster,
and ``cache.py`` remembers what came of them; a stage knows neither. ``limits.py`` says how large anything may be,
``reporting.py`` writes Problems for people and programs, and docs/rules/ explains them.

Start with ``model.py``, the values that flow; then ``pipeline.py``; then any one stage.
"""

from pathlib import Path

__version__ = "0.2.0"

HOME = Path(__file__).resolve().parent.parent
"""The folder that holds build.py, templates/ and styles/."""
