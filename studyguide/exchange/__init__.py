"""Write the questions of a guide for other programs: Guide → a file in GIFT, Moodle XML or QTI 2.1, and what it could not hold.

markup      HTML of a passage → HTML that every program takes, its formulas and pictures as a format wants them
gather      Guide → Exercises, the questions as such programs hold them
gift, moodle, qti    Exercises → bytes, and the losses; each is a row of ``FORMATS``
moodle_text, qti_item    the texts of Moodle; one item of QTI
formats     the values: Format, Export, Loss

``importers.quizzes`` reads all three.
"""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from studyguide.exchange import gift, moodle, qti
from studyguide.exchange.formats import Export, Format
from studyguide.exchange.gather import find_other_texts, gather_exercises
from studyguide.model import Guide, Project

FORMATS: Mapping[str, Format] = MappingProxyType({each.name: each for each in (gift.FORMAT, moodle.FORMAT, qti.FORMAT)})
"""The formats by the names that ``--to`` takes."""


def export_guide(guide: Guide, project: Project, form: Format) -> Export:
    """Return the questions of a guide in a format; ``project`` has the pictures that they show."""
    assets = {asset.path: asset for asset in project.assets}
    export = form.write(gather_exercises(guide, form), guide.config.title, assets)
    losses = sorted((*find_other_texts(guide), *export.losses))
    return replace(export, losses=tuple(losses))
