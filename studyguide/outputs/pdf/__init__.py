"""Volume → PDF: each sheet is set as a gathering, the gatherings are bound."""

import re
from collections.abc import Sequence
from typing import Any

from studyguide import fonts
from studyguide.cache import digest, program
from studyguide.model import Artifact, Asset, Volume
from studyguide.outputs.pdf import press
from studyguide.outputs.pdf.bind import Quire, bind
from studyguide.outputs.pdf.claims import Metadata, Profile, strange
from studyguide.outputs.pdf.gathering import Gathering, Job
from studyguide.outputs.pdf.typeset import BOOK
from studyguide.problems import ContentError

# The sheets before the text, whose pages are numbered in roman; the others follow them.
FRONT = ("cover", "colophon", "contents", "how-to-use")
# What fills its page to the edges stands where it stands on either side.
FULL_BLEED = ("cover",)


def jobs(volume: Volume) -> tuple[Job, ...]:
    """What has to be set for this volume, a job for each of its sheets."""
    figures = {asset.path: asset for asset in volume.assets}
    styles = volume.styles + (press.STYLES if volume.edition.form == "press" else "")

    def shown(html: str) -> tuple[Asset, ...]:
        return tuple(figures[path] for path in sorted(set(re.findall(r' src="([^"]*)"', html))) if path in figures)

    return tuple(
        Job(
            html=str(sheet.html).replace('href="#', f'href="{BOOK}#'),
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

    config, form = volume.config, volume.edition.form
    if problems := [problem for gathering in gatherings for problem in strange(gathering, form)]:
        raise ContentError(problems)
    if form == "press":
        gatherings = tuple(map(press.printed, gatherings))
    quires = [
        Quire(gathering, sheet.place, sheet.role in FRONT, sheet.role not in FULL_BLEED)
        for sheet, gathering in zip(volume.sheets, gatherings, strict=True)
    ]
    metadata = Metadata(
        title=volume.title,
        authors=config.authors,
        description=config.description,
        language=config.language,
        date=f"D:{config.date:%Y%m%d}000000Z" if config.date else "",
        shift=volume.shift,
        form=form,
        profile=press.profile() if form == "press" else Profile("sRGB IEC61966-2.1", 3, fonts.srgb()),
    )
    bound = bind(quires, metadata, subset)
    path = f"{config.name}{volume.edition.suffix}.pdf"
    return Artifact(path, bound.data, volume.edition.name, pages=len(bound.labels))
