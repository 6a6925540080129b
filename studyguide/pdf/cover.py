"""Picture the printed cover: Book → PNG, for an output that shows it to libraries and on shelves."""

import io
from dataclasses import dataclass, field, replace

from studyguide.model import Book, Edition, PrintOptions
from studyguide.pdf.finish import finish, make_jobs
from studyguide.pdf.picture import PdfPages
from studyguide.pdf.sections import typeset_section
from studyguide.problems import Place
from studyguide.store import MemoryStore, digest

_WIDTH = 1600  # pixels; the page is 5 : 8
STYLESHEETS = ("cover.css",)
"""Styles of a cover that stands alone, besides those of the edition."""


@dataclass(frozen=True, slots=True)
class CoverJob:
    """A printed cover to be pictured."""

    book: Book = field(repr=False)
    """A book of one section."""

    @property
    def key(self) -> str:
        return digest("cover", *(job.key for job in make_jobs(self.book)))

    @property
    def place(self) -> Place:
        return self.book.sections[0].place


def choose_cover_edition(edition: Edition) -> Edition:
    """Return the printed edition whose cover stands for one that is not printed."""
    return replace(edition, output="pdf", options=PrintOptions(page="a5", form="screen"))


def picture_cover(job: CoverJob) -> bytes:
    """Return the first page as a PNG."""
    store = MemoryStore()
    made_up = [typeset_section(section, store) for section in make_jobs(job.book)]
    picture = PdfPages(finish(job.book, made_up, store).data).render_page(0, _WIDTH).quantize(256)
    out = io.BytesIO()
    picture.save(out, "PNG", optimize=True)
    return out.getvalue()
