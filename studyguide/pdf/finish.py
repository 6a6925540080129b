"""Bind a printed edition: Book → jobs, one for each section; Book, Gatherings → PDF."""

from collections.abc import Iterator, Sequence

from studyguide.locale import load_locale
from studyguide.model import Artifact, Book, Pagination
from studyguide.page_breaks import PageBreak
from studyguide.pdf import press
from studyguide.pdf.bind import bind
from studyguide.pdf.conformance import Metadata, Profile, strange
from studyguide.pdf.gathering import Gathering
from studyguide.pdf.jobs import SectionJob
from studyguide.pdf.overflow import overflows
from studyguide.pdf.pages import Quire, paginate, pagination, print_options, spoilers
from studyguide.problems import ContentError
from studyguide.runtime import fonts
from studyguide.store import CacheStore, digest

# Sections before the text, whose pages are numbered in roman.
_FRONT_MATTER = ("cover", "half-title", "colophon", "contents", "how-to-use")
# Sections that fill their pages to the edges; their text does not move to the outer side on a verso.
_FULL_BLEED = ("cover",)


def make_jobs(book: Book) -> tuple[SectionJob, ...]:
    """Return what has to be set, a job for each section."""
    assert book.page is not None
    figures = {asset.path: asset for asset in book.assets}
    styles = book.styles + (press.STYLES if print_options(book.edition).form == "press" else "")
    return tuple(
        SectionJob(
            section,
            styles,
            tuple(figures[path] for path in section.sources if path in figures),
            book.page,
        )
        for section in book.sections
    )


def finish(book: Book, gatherings: Sequence[Gathering], store: CacheStore) -> Artifact:
    """Return the PDF; the store keeps faces that were cut to size. Raises ContentError."""

    def subset(face: str, glyphs: tuple[int, ...]) -> bytes:
        key = digest("face", face, glyphs)
        data: bytes = store.get(key)
        if data is None:
            data = fonts.subset_face(face, glyphs)
            store.put(key, data)
        return data

    config, options = book.config, print_options(book.edition)
    problems = [*overflows(book, gatherings), *(each for made in gatherings for each in strange(made, options.form))]
    if options.form == "press":
        gatherings = tuple(map(press.printed, gatherings))
    quires = tuple(_place_gatherings(book, gatherings))
    pages = paginate(quires, book.edition)
    if problems := [*problems, *spoilers(quires, pages, book.edition)]:
        raise ContentError(problems)
    metadata = Metadata(
        title=book.title,
        authors=config.authors,
        description=config.description,
        language=config.language,
        date=f"D:{book.date:%Y%m%d}000000Z" if book.date else "",
        shift=book.page.shift if book.page else 0.0,
        form=options.form,
        profile=press.profile()
        if options.form == "press"
        else Profile("sRGB IEC61966-2.1", 3, fonts.read_srgb_profile()),
        locale=load_locale(config.language),
    )
    path = f"{book.file_stem}.pdf"
    return Artifact(path, bind(quires, pages, metadata, subset), book.edition.name, pages=len(pages))


def find_anchor_pages(book: Book, gatherings: Sequence[Gathering]) -> Pagination:
    """Return the pages of each anchor, as far as the book is set."""
    return pagination(paginate(tuple(_place_gatherings(book, gatherings)), book.edition))


def find_page_breaks(book: Book, gatherings: Sequence[Gathering]) -> dict[str, tuple[PageBreak, ...]]:
    """Return, by the name of each section, its pages with arabic numbers, behind the blank ones before it."""
    quires = tuple(_place_gatherings(book, gatherings))
    names = {id(quire): section.name for section, quire in zip(book.sections, quires, strict=True)}
    found: dict[str, list[PageBreak]] = {name: [] for name in names.values()}
    waiting: list[PageBreak] = []
    for page in paginate(quires, book.edition):
        waiting.append(PageBreak(page.label, page.leaf.start if page.leaf else None))
        if page.quire:
            found[names[id(page.quire)]] += waiting
            waiting = []
    return {name: tuple(each for each in pages if each.label.isdecimal()) for name, pages in found.items()}


def _place_gatherings(book: Book, gatherings: Sequence[Gathering]) -> Iterator[Quire]:
    for section, gathering in zip(book.sections, gatherings, strict=True):
        yield Quire(
            gathering,
            section.place,
            front=section.role in _FRONT_MATTER,
            mirrored=section.role not in _FULL_BLEED,
            recto=section.recto,
            entries=section.entries,
        )
