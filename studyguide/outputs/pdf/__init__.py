"""Volume → PDF: each sheet is set as a gathering, the gatherings are bound."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from studyguide import fonts
from studyguide.cache import digest, program
from studyguide.locale import load_locale
from studyguide.model import Artifact, Asset, Pagination, Volume
from studyguide.outputs.pdf import press
from studyguide.outputs.pdf.bind import bind
from studyguide.outputs.pdf.claims import Metadata, Profile, strange
from studyguide.outputs.pdf.gathering import Break, Gathering, Job
from studyguide.outputs.pdf.overflow import overflows
from studyguide.outputs.pdf.pages import Quire, paginate, pagination, spoilers
from studyguide.outputs.pdf.signs import boxed, spelled
from studyguide.outputs.pdf.take import BOOK
from studyguide.problems import ContentError

# The sheets before the text, whose pages are numbered in roman; the others follow them.
FRONT = ("cover", "half-title", "colophon", "contents", "how-to-use")
# What fills its page to the edges stands where it stands on either side.
FULL_BLEED = ("cover",)


def jobs(volume: Volume) -> tuple[Job, ...]:
    """What has to be set for this volume, a job for each of its sheets."""
    figures = {asset.path: asset for asset in volume.assets}
    signs = load_locale(volume.config.language).signs
    styles = volume.styles + (press.STYLES if volume.edition.form == "press" else "")

    def shown(html: str) -> tuple[Asset, ...]:
        return tuple(figures[path] for path in sorted(set(re.findall(r' src="([^"]*)"', html))) if path in figures)

    return tuple(
        Job(
            html=(boxed if volume.foreign else str)(spelled(sheet.html, signs)).replace('href="#', f'href="{BOOK}#'),
            styles=styles,
            assets=shown(sheet.html),
            place=sheet.place,
            furnished='class="specimen' in sheet.html,
        )
        for sheet in volume.sheets
    )


def finish(volume: Volume, gatherings: Sequence[Gathering], store: Any) -> Artifact:
    """The volume's gatherings as one PDF; the store remembers faces cut to size. Raises ContentError."""

    def subset(face: str, glyphs: tuple[int, ...]) -> bytes:
        key = digest("face", program(), face, glyphs)
        data: bytes = store.get(key)
        if data is None:
            data = fonts.subset(face, glyphs)
            store.put(key, data)
        return data

    config, edition = volume.config, volume.edition
    problems = [*overflows(volume, gatherings), *(each for made in gatherings for each in strange(made, edition.form))]
    if edition.form == "press":
        gatherings = tuple(map(press.printed, gatherings))
    quires = tuple(folded(volume, gatherings))
    pages = paginate(quires, edition)
    if problems := [*problems, *spoilers(quires, pages, edition)]:
        raise ContentError(problems)
    metadata = Metadata(
        title=volume.title,
        authors=config.authors,
        description=config.description,
        language=config.language,
        date=f"D:{volume.dated:%Y%m%d}000000Z" if volume.dated else "",
        shift=volume.shift,
        form=edition.form,
        profile=press.profile() if edition.form == "press" else Profile("sRGB IEC61966-2.1", 3, fonts.srgb()),
        locale=load_locale(config.language),
    )
    path = f"{config.name}{edition.suffix}.pdf"
    return Artifact(path, bind(quires, pages, metadata, subset), edition.name, pages=len(pages))


def numbered(volume: Volume, gatherings: Sequence[Gathering]) -> Pagination:
    """The pages of the volume as far as it is set."""
    return pagination(paginate(tuple(folded(volume, gatherings)), volume.edition))


def breaks(volume: Volume, gatherings: Sequence[Gathering]) -> dict[str, tuple[Break, ...]]:
    """By the name of each sheet its pages that are numbered in arabic, after the blank ones before it."""
    quires = tuple(folded(volume, gatherings))
    names = {id(quire): sheet.name for sheet, quire in zip(volume.sheets, quires, strict=True)}
    found: dict[str, list[Break]] = {name: [] for name in names.values()}
    waiting: list[Break] = []
    for page in paginate(quires, volume.edition):
        waiting.append(Break(page.label, page.leaf.opening if page.leaf else None))
        if page.quire:
            found[names[id(page.quire)]] += waiting
            waiting = []
    return {name: tuple(each for each in pages if each.label.isdecimal()) for name, pages in found.items()}


def folded(volume: Volume, gatherings: Sequence[Gathering]) -> Iterator[Quire]:
    for sheet, gathering in zip(volume.sheets, gatherings, strict=True):
        yield Quire(
            gathering,
            sheet.place,
            front=sheet.role in FRONT,
            mirrored=sheet.role not in FULL_BLEED,
            recto=sheet.recto,
            entries=sheet.entries,
        )
