"""Book → PDF: blocks are set as galleys, sections are made up into pages, the pages are bound. See docs/80-printing.md.

glyph_fallback  HTML → HTML with names or boxes for characters that no face has
missing_letters scripts and letters that no face has → Problems
finish          Book → SectionJobs; at the end, Book and SectionPages → PDF
jobs            SectionJob and GalleyJob, the work of typesetting as values
blocks          HTML of a section → Blocks, which are set one by one
locators        page numbers behind an entry: taken out of its block, placed on the lines of its galley
typeset         GalleyJobs → Galleys, by WeasyPrint; uses the next nine modules
weasyprint_compat  changes of WeasyPrint and uses of its private parts
fit             marks what is too wide or too tall, to be set smaller
columns         gives tables of one text the same columns
unprintable     CSS → StyleFaults of what WeasyPrint knows and no page can hold
strips          WeasyPrint's boxes → Slices of a galley with their content
extract         pydyf objects and Slices → Galleys
cut             content → Segments, pieces between the places that binding fills in
page_starts     boxes → PageStarts, for pages that begin with a strip
galley          Galley, GalleyStrip and other values between typesetting and make-up
sections        SectionJob and Galleys → SectionPages; keeps their content
assembly        SectionJob and Galleys → SectionPages and SectionContent; uses locators and the next three modules
makeup          Galleys → PageLayouts, the places of strips
page_making     Strips → PagePlans, with the cheapest page breaks
section_writer  Galleys and PageLayouts → SectionPages and SectionContent
section_pages   SectionPages, SectionContent and other values between make-up and binding
pages           SectionPages → Pages with numbers; blank pages; spoilers
overflow        what runs off a page, and letters that no face has → Problems with their places
conformance     the standards of the file: metadata, output intents, Problems of pictures
press           SectionContent → SectionContent for a printing press: one ink, bleed, crop marks
bind_section    SectionContent → the section's part of the file
bind            Pages → the bytes of the file
syntax          numbers, strings, references and streams → bytes, as PDF writes them
picture         PDF → pictures of its pages
cover           Book → PNG of the printed cover
"""

from collections.abc import Sequence

from studyguide.model import PrintOptions
from studyguide.output import Output, Paging
from studyguide.pdf.finish import find_anchor_pages, find_page_breaks, find_problems, finish, make_jobs
from studyguide.pdf.glyph_fallback import find_lacking_letters, find_unprintable, replace_unprintable
from studyguide.pdf.jobs import batch_jobs
from studyguide.pdf.sections import assemble
from studyguide.pdf.typeset import find_style_faults, prepare_worker, typeset_batch
from studyguide.runtime.preflight import find_missing_library


def _list_stylesheets(options: PrintOptions) -> Sequence[str]:
    return ["book.css", f"pages/{options.page}.css"]


OUTPUT = Output(
    name="pdf",
    options=PrintOptions,
    template_folder="pdf",
    stylesheets=_list_stylesheets,
    own_stylesheet="print.css",
    foreign_stylesheets=("epub.css", "both.css", "faces.css"),
    find_style_faults=find_style_faults,
    make_jobs=make_jobs,
    run_job=typeset_batch,
    assemble=assemble,
    batch_jobs=batch_jobs,
    finish=finish,
    find_problems=find_problems,
    paging=Paging(find_anchor_pages, find_page_breaks),
    find_missing_library=find_missing_library,
    prepare_worker=prepare_worker,
    find_unprintable=find_unprintable,
    find_lacking_letters=find_lacking_letters,
    replace_unprintable=replace_unprintable,
)
