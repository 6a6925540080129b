"""Book → a deck for Anki.

cards   a section → its Cards: the fields of each question, as Anki shows them
markup  HTML of a field → HTML of Anki, with formulas for MathJax and pictures as media
deck    Cards → one file, by genanki
"""

from collections.abc import Sequence

from studyguide.anki.cards import FIELDS, make_cards, make_jobs
from studyguide.anki.deck import CARD_FACES, finish
from studyguide.model import AnkiOptions
from studyguide.output import Output


def _list_stylesheets(_options: AnkiOptions) -> Sequence[str]:
    return ["anki.css"]


OUTPUT = Output(
    name="anki",
    options=AnkiOptions,
    template_folder="anki",
    stylesheets=_list_stylesheets,
    own_stylesheet="cards.css",
    make_jobs=make_jobs,
    run_job=make_cards,
    finish=finish,
    roles_of_finish=CARD_FACES,
    document_ending=".html",
    card_faces=CARD_FACES,
    card_fields=(*FIELDS, "FrontSide"),
    file_ending="apkg",
    cites_pages=True,
)
