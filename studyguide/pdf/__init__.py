"""Book → PDF: each section is set as a gathering by itself, the gatherings are bound.

typeset   Job → Gathering, by WeasyPrint: take and cut take its pages apart; fit, makeup and fill change what looks amiss
finish    Book, Gatherings → PDF: pages says which page is which, bind writes the file, conformance its standards
press     the form for a printing press; cover: the cover as a picture
weasyprint_compat   everything that changes WeasyPrint from outside
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
