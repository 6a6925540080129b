"""Book → EPUB.

jobs      a document of the EPUB for each section: formulas, drawings and notes as e-readers want them
package   the documents, figures and faces in one file, by EbookLib; ncx, accessibility: what stands in it besides
page_list the page numbers of a printed edition
"""

from collections.abc import Sequence

from studyguide.epub.documents import make_document, make_jobs
from studyguide.epub.package import finish
from studyguide.epub.page_list import add_page_breaks
from studyguide.model import EbookOptions
from studyguide.output import Output


def _list_stylesheets(options: EbookOptions) -> Sequence[str]:
    return ["epub.css"] + ["both.css"] * (options.maths == "both") + ["faces.css"] * (options.fonts == "book")


OUTPUT = Output(
    name="epub",
    options=EbookOptions,
    template_folder="epub",
    stylesheets=_list_stylesheets,
    make_jobs=make_jobs,
    run_job=make_document,
    finish=finish,
    document_ending=".xhtml",
    has_cover_picture=True,
    add_page_breaks=add_page_breaks,
)
