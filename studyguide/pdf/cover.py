"""Picture the printed cover: Volume → PNG, for an output that shows it to libraries and on shelves."""

import io
from dataclasses import dataclass, field, replace

from studyguide.model import Edition, PrintOptions, Volume
from studyguide.pdf.finish import finish, make_jobs
from studyguide.pdf.typeset import typeset
from studyguide.problems import Place
from studyguide.store import NULL_STORE, digest

WIDTH = 1600  # pixels; the page is 5 : 8
STYLESHEETS = ("cover.css",)
"""Styles of a cover that stands alone, besides those of the edition."""


@dataclass(frozen=True, slots=True)
class CoverJob:
    """A printed cover to be pictured."""

    volume: Volume = field(repr=False)
    """A volume of one sheet."""

    @property
    def key(self) -> str:
        return digest("cover", *(job.key for job in make_jobs(self.volume)))

    @property
    def place(self) -> Place:
        return self.volume.sheets[0].place


def choose_cover_edition(edition: Edition) -> Edition:
    """Return the printed edition whose cover stands for one that is not printed."""
    return replace(edition, output="pdf", options=PrintOptions(page="a5", form="screen"))


def picture_cover(job: CoverJob) -> bytes:
    """Return the first page as a PNG."""
    # Imported here because it takes 0.2 s, which a build of nothing new need not pay.
    import pypdfium2

    gatherings = [typeset(each) for each in make_jobs(job.volume)]
    page = pypdfium2.PdfDocument(finish(job.volume, gatherings, NULL_STORE).data)[0]
    picture = page.render(scale=WIDTH / page.get_width()).to_pil().convert("RGB").quantize(256)
    out = io.BytesIO()
    picture.save(out, "PNG", optimize=True)
    return out.getvalue()
