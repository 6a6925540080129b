"""Book → EPUB.

documents        a section → an XHTML document, with formulas and figures as e-readers need them
division         large documents → smaller ones, divided between questions
package          the documents, figures and fonts → one file, by EbookLib
accessibility    the metadata that states how accessible the book is
ncx              contents and page list for old readers
page_list        marks the pages of a printed edition
xhtml            text ↔ lxml trees
ebooklib_compat  everything that changes EbookLib
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
    own_stylesheet="ebook.css",
    make_jobs=make_jobs,
    run_job=make_document,
    finish=finish,
    roles_of_finish=("nav",),
    document_ending=".xhtml",
    has_cover_picture=True,
    add_page_breaks=add_page_breaks,
)
