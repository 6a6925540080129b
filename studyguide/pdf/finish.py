"""Bind a printed edition: Volume → jobs, one for each sheet; Volume, Gatherings → PDF."""

import re
from collections.abc import Iterator, Sequence

from studyguide.locale import load_locale
from studyguide.model import Artifact, Asset, Pagination, Volume
from studyguide.page_breaks import PageBreak
from studyguide.pdf import press
from studyguide.pdf.bind import bind
from studyguide.pdf.conformance import Metadata, Profile, strange
from studyguide.pdf.gathering import Gathering, Job
from studyguide.pdf.glyph_fallback import boxed, spelled
from studyguide.pdf.overflow import overflows
from studyguide.pdf.pages import Quire, paginate, pagination, print_options, spoilers
from studyguide.pdf.take import BOOK
from studyguide.problems import ContentError
from studyguide.runtime import fonts
from studyguide.runtime.colour_profile import read_srgb_profile
from studyguide.store import CacheStore, digest

# Sheets before the text, whose pages are numbered in roman.
_FRONT_MATTER = ("cover", "half-title", "colophon", "contents", "how-to-use")
# Sheets that fill their pages to the edges; their text does not move to the outer side on a verso.
_FULL_BLEED = ("cover",)


def make_jobs(volume: Volume) -> tuple[Job, ...]:
    """Return what has to be set, a job for each sheet."""
    figures = {asset.path: asset for asset in volume.assets}
    signs = load_locale(volume.config.language).signs
    styles = volume.styles + (press.STYLES if print_options(volume.edition).form == "press" else "")

    def find_assets(html: str) -> tuple[Asset, ...]:
        return tuple(figures[path] for path in sorted(set(re.findall(r' src="([^"]*)"', html))) if path in figures)

    return tuple(
        Job(
            html=(boxed if volume.foreign else str)(spelled(sheet.html, signs)).replace('href="#', f'href="{BOOK}#'),
            styles=styles,
            assets=find_assets(sheet.html),
            place=sheet.place,
            furnished='class="specimen' in sheet.html,
        )
        for sheet in volume.sheets
    )


def finish(volume: Volume, gatherings: Sequence[Gathering], store: CacheStore) -> Artifact:
    """Return the PDF; the store keeps faces that were cut to size. Raises ContentError."""

    def subset(face: str, glyphs: tuple[int, ...]) -> bytes:
        key = digest("face", face, glyphs)
        data: bytes = store.get(key)
        if data is None:
            data = fonts.subset_face(face, glyphs)
            store.put(key, data)
        return data

    config, options = volume.config, print_options(volume.edition)
    problems = [*overflows(volume, gatherings), *(each for made in gatherings for each in strange(made, options.form))]
    if options.form == "press":
        gatherings = tuple(map(press.printed, gatherings))
    quires = tuple(_place_gatherings(volume, gatherings))
    pages = paginate(quires, volume.edition)
    if problems := [*problems, *spoilers(quires, pages, volume.edition)]:
        raise ContentError(problems)
    metadata = Metadata(
        title=volume.title,
        authors=config.authors,
        description=config.description,
        language=config.language,
        date=f"D:{volume.dated:%Y%m%d}000000Z" if volume.dated else "",
        shift=volume.shift,
        form=options.form,
        profile=press.profile() if options.form == "press" else Profile("sRGB IEC61966-2.1", 3, read_srgb_profile()),
        locale=load_locale(config.language),
    )
    path = f"{volume.file_stem}.pdf"
    return Artifact(path, bind(quires, pages, metadata, subset), volume.edition.name, pages=len(pages))


def find_anchor_pages(volume: Volume, gatherings: Sequence[Gathering]) -> Pagination:
    """Return the pages of each anchor, as far as the volume is set."""
    return pagination(paginate(tuple(_place_gatherings(volume, gatherings)), volume.edition))


def find_page_breaks(volume: Volume, gatherings: Sequence[Gathering]) -> dict[str, tuple[PageBreak, ...]]:
    """Return, by the name of each sheet, its pages with arabic numbers, behind the blank ones before it."""
    quires = tuple(_place_gatherings(volume, gatherings))
    names = {id(quire): sheet.name for sheet, quire in zip(volume.sheets, quires, strict=True)}
    found: dict[str, list[PageBreak]] = {name: [] for name in names.values()}
    waiting: list[PageBreak] = []
    for page in paginate(quires, volume.edition):
        waiting.append(PageBreak(page.label, page.leaf.start if page.leaf else None))
        if page.quire:
            found[names[id(page.quire)]] += waiting
            waiting = []
    return {name: tuple(each for each in pages if each.label.isdecimal()) for name, pages in found.items()}


def _place_gatherings(volume: Volume, gatherings: Sequence[Gathering]) -> Iterator[Quire]:
    for sheet, gathering in zip(volume.sheets, gatherings, strict=True):
        yield Quire(
            gathering,
            sheet.place,
            front=sheet.role in _FRONT_MATTER,
            mirrored=sheet.role not in _FULL_BLEED,
            recto=sheet.recto,
            entries=sheet.entries,
        )
