"""Book → a folder of web pages, which any server can show and which can be read without one.

pages    a section → a page, with its formulas, figures, notes and links to other pages, and the texts for the search
lean     a page → the same page in fewer bytes
site     the pages, the styles, the scripts, the pictures and the index of the search → one folder

What a page does besides showing its text is in ``templates/web/*.js``, and its look in ``styles/site.css``.
"""

from collections.abc import Sequence

from studyguide.model import WebOptions
from studyguide.output import Output
from studyguide.web.pages import make_jobs, make_page
from studyguide.web.site import describe_lack, finish


def _list_stylesheets(options: WebOptions) -> Sequence[str]:
    return ["site.css"]


OUTPUT = Output(
    name="web",
    options=WebOptions,
    template_folder="web",
    stylesheets=_list_stylesheets,
    own_stylesheet="web.css",
    make_jobs=make_jobs,
    run_job=make_page,
    finish=finish,
    document_ending=".html",
    cites_pages=True,
    scripts=("web/site.js", "web/self-test.js", "web/checks.js", "web/search.js"),
    describe_lack=describe_lack,
)
