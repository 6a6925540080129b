"""Book → PDF: blocks are set as galleys, sections are made up into pages, the pages are bound. See docs/printing.md.

finish      Book → SectionJobs; Book and SectionPages → PDF
blocks      the HTML of a section → Blocks, which are set one by one; jobs are the work on them as values
typeset     GalleyJobs → Galleys, by WeasyPrint; with fit (too wide or too tall) and columns (tables of one text)
strips      WeasyPrint's boxes → slices of a galley, and the content of each; extract takes galleys out of its document; cut
            finds the places that binding fills in, page_starts how a page begins
galley      the values between typesetting and make-up
makeup      Galleys → PageLayouts; page_making chooses the page breaks
assembly    a SectionJob and its Galleys → SectionPages; section_writer writes them; sections keeps their content
section_pages  the values between make-up and binding
pages       which page of the book each page of a section is; blank pages; what is visible at once
bind        pages → the bytes of the file; bind_section → a section's part of it, which is kept; syntax writes PDF
            values, conformance states the standards
press       one ink, bleed and crop marks, for a printing press
overflow    what runs off a page → Problems with their lines
cover       the printed cover as a PNG
glyph_fallback     characters without a font, as names or boxes
weasyprint_compat  everything that changes WeasyPrint, or uses its private parts
"""

from collections.abc import Sequence

from studyguide.model import PrintOptions
from studyguide.output import Output, Paging
from studyguide.pdf.finish import find_anchor_pages, find_page_breaks, finish, make_jobs
from studyguide.pdf.glyph_fallback import find_unprintable, replace_unprintable
from studyguide.pdf.jobs import batch_jobs
from studyguide.pdf.sections import assemble
from studyguide.pdf.typeset import prepare_worker, typeset_batch
from studyguide.runtime.preflight import find_missing_library


def _list_stylesheets(options: PrintOptions) -> Sequence[str]:
    return ["book.css", f"pages/{options.page}.css"]


OUTPUT = Output(
    name="pdf",
    options=PrintOptions,
    template_folder="pdf",
    stylesheets=_list_stylesheets,
    make_jobs=make_jobs,
    run_job=typeset_batch,
    assemble=assemble,
    batch_jobs=batch_jobs,
    finish=finish,
    paging=Paging(find_anchor_pages, find_page_breaks),
    find_missing_library=find_missing_library,
    prepare_worker=prepare_worker,
    find_unprintable=find_unprintable,
    replace_unprintable=replace_unprintable,
)
