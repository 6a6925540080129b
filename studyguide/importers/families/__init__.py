"""The families of foreign guides: each is a module whose ``find`` yields the candidates of a Document, and a row here.

A family says where a question may begin and what its form already tells: number, label, answer. It judges nothing.
"""

from collections.abc import Callable, Iterable, Iterator

from studyguide.importers.candidates import Candidate
from studyguide.importers.document import Document
from studyguide.importers.families import alternating, bold, cards, folds, headings, items, labelled, lines, tables

FAMILIES: dict[str, Callable[[Document], Iterable[Candidate]]] = {
    "labelled": labelled.find,
    "headings": headings.find,
    "details": folds.find,
    "tables": tables.find,
    "cards": cards.find,
    "alternating": alternating.find,
    "bold": bold.find,
    "items": items.find,
    "bare": lines.find,
}
"""The families by the names that ``--dialect`` takes; a place that two of them find belongs to the first."""


def find_candidates(document: Document, family: str = "") -> Iterator[Candidate]:
    """Yield the candidates of all families, or of one, each line once."""
    seen: set[int] = set()
    for find in [FAMILIES[family]] if family else FAMILIES.values():
        for candidate in find(document):
            if candidate.start not in seen:
                seen.add(candidate.start)
                yield candidate
