"""Bind a printed edition: Book → SectionJobs; Book, SectionPages → PDF."""

from collections.abc import Iterator, Sequence

from studyguide.html_text import find_style_sources
from studyguide.locale import load_locale
from studyguide.model import Artifact, Book, Pagination
from studyguide.output import EntryLostError
from studyguide.page_breaks import PageBreak
from studyguide.pdf import press
from studyguide.pdf.bind import bind
from studyguide.pdf.bind_section import BoundSection, SectionPlan, bind_section
from studyguide.pdf.conformance import Metadata, Profile, find_unfit_pictures
from studyguide.pdf.jobs import SectionJob
from studyguide.pdf.overflow import report_faults
from studyguide.pdf.pages import PlacedSection, find_pagination, find_spoilers, get_print_options, paginate
from studyguide.pdf.section_pages import SectionPages
from studyguide.pdf.sections import read_content
from studyguide.problems import Problem
from studyguide.runtime import fonts
from studyguide.store import CacheStore, digest

# Sections before the text, whose pages are numbered in roman.
_FRONT_MATTER = ("cover", "half-title", "colophon", "contents", "how-to-use")
# Sections that state pages; they are made after all others have their pages.
_LISTS = ("glossary", "index")
# Sections that fill their pages to the edges; their text does not move to the outer side on a verso.
_FULL_BLEED = ("cover",)


def make_jobs(book: Book) -> tuple[SectionJob, ...]:
    """Return a job for each section."""
    assert book.page is not None
    figures = {asset.path: asset for asset in book.assets}
    styles = book.styles + (press.STYLES if get_print_options(book.edition).form == "press" else "")
    return tuple(
        SectionJob(
            section,
            styles,
            tuple(figures[path] for path in sorted({*section.sources, *find_style_sources(styles)}) if path in figures),
            book.page,
            book.faces,
        )
        for section in book.sections
    )


def find_problems(book: Book, made_up: Sequence[SectionPages]) -> Iterator[Problem]:
    """Yield what runs off a page, pictures that the file cannot have, and answers that are seen with their questions."""
    yield from report_faults(book, made_up)
    for pages in made_up:
        yield from find_unfit_pictures(pages, get_print_options(book.edition).form)
    sections = tuple(_place_sections(book, made_up))
    yield from find_spoilers(sections, paginate(sections, book.edition), book.edition)


def finish(book: Book, made_up: Sequence[SectionPages], store: CacheStore) -> Artifact:
    """Return the PDF; the store keeps bound sections, and faces that were cut to size.

    Raises ContentError; raises EntryLostError if the store has lost the content of a section whose HTML the book does not have.
    """

    def find_job(key: str) -> SectionJob:
        for job in make_jobs(book):
            if job.key == key:
                return job
        raise EntryLostError

    def subset(face: str, glyphs: tuple[int, ...]) -> bytes:
        key = digest("face", face, glyphs)
        data: bytes = store.get(key)
        if data is None:
            data = fonts.subset_face(face, glyphs, book.faces)
            store.put(key, data)
        return data

    def bind_or_recall(section: PlacedSection, plan: SectionPlan) -> BoundSection:
        key = digest("bound", section.made_up.key, repr(plan))
        bound: BoundSection | None = store.get(key)
        if bound is None:
            content = read_content(section.made_up.key, find_job, store)
            bound = bind_section(section.made_up, content, plan, section.place, book.faces)
            store.put(key, bound)
        return bound

    config, options = book.config, get_print_options(book.edition)
    sections = tuple(_place_sections(book, made_up))
    pages = paginate(sections, book.edition)
    metadata = Metadata(
        title=book.title,
        authors=config.authors,
        description=config.description,
        language=config.language,
        date=f"D:{book.date:%Y%m%d}000000Z" if book.date else "",
        shift=book.page.shift if book.page else 0.0,
        direction=config.direction,
        form=options.form,
        profile=press.make_profile()
        if options.form == "press"
        else Profile("sRGB IEC61966-2.1", 3, fonts.read_srgb_profile()),
        locale=load_locale(config.language, own=config.own_words),
    )
    data = bind(sections, pages, metadata, subset, bind_or_recall, book.faces)
    return Artifact(f"{book.file_stem}.pdf", data, book.edition.name, pages=len(pages))


def find_anchor_pages(book: Book, made_up: Sequence[SectionPages]) -> Pagination:
    """Return the pages of each anchor, as far as the book is set."""
    return find_pagination(paginate(tuple(_place_sections(book, made_up)), book.edition))


def find_page_breaks(book: Book, made_up: Sequence[SectionPages]) -> dict[str, tuple[PageBreak, ...]]:
    """Return, by the name of each section, its pages with arabic numbers, behind the blank ones before it."""
    sections = tuple(_place_sections(book, made_up))
    names = {id(placed): section.name for section, placed in zip(book.sections, sections, strict=True)}
    found: dict[str, list[PageBreak]] = {name: [] for name in names.values()}
    waiting: list[PageBreak] = []
    for page in paginate(sections, book.edition):
        waiting.append(PageBreak(page.label, page.facts.start if page.facts else None))
        if page.section:
            found[names[id(page.section)]] += waiting
            waiting = []
    return {name: tuple(each for each in pages if each.label.isdecimal()) for name, pages in found.items()}


def _place_sections(book: Book, made_up: Sequence[SectionPages]) -> Iterator[PlacedSection]:
    for section, pages in zip(book.sections, made_up, strict=True):
        yield PlacedSection(
            pages,
            section.place,
            front=section.role in _FRONT_MATTER,
            mirrored=section.role not in _FULL_BLEED,
            recto=section.recto,
            entries=section.entries,
            lists_pages=section.role in _LISTS,
        )
