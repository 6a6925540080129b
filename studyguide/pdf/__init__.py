"""Book → PDF: each section is typeset alone, as a ``Gathering``; then the gatherings are bound. See docs/printing.md.

finish      Book → Jobs, one for each section; Book and Gatherings → PDF
typeset     Job → Gathering, by WeasyPrint; marks what fits badly and lays the section out again, by these:
            fit (too wide or too tall), makeup (holes, columns, short last pages), fill (ruled lines of a workbook)
take        WeasyPrint's document → Gathering; cut finds the places in a page that binding fills in, page_starts how
            each page begins, rotate turns pages that were laid out sideways
gathering   the values between typesetting and binding
pages       which page of the book each page of a gathering is; blank pages; what is visible at once
bind        pages → the bytes of the file; syntax writes PDF values, conformance states the standards
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
from studyguide.pdf.glyph_fallback import unprinted
from studyguide.pdf.typeset import typeset
from studyguide.runtime.preflight import find_missing_library


def _list_stylesheets(options: PrintOptions) -> Sequence[str]:
    return ["book.css", f"pages/{options.page}.css"]


OUTPUT = Output(
    name="pdf",
    options=PrintOptions,
    template_folder="pdf",
    stylesheets=_list_stylesheets,
    make_jobs=make_jobs,
    run_job=typeset,
    finish=finish,
    paging=Paging(find_anchor_pages, find_page_breaks),
    find_missing_library=find_missing_library,
    find_unprintable=unprinted,
)
