"""The families of foreign guides: each is a module whose ``find`` yields the candidates of a Document, and a row here.

A family says where a question may begin and what its form already tells: number, label, answer. It judges nothing.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

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


def find_candidates(document: Document, family: str = "") -> tuple[Candidate, ...]:
    """Return the candidates of all families, or of one, in the order of their lines, each line once."""
    found: dict[int, Candidate] = {}
    for find in [FAMILIES[family]] if family else FAMILIES.values():
        for candidate in find(document):
            found.setdefault(candidate.start, _mark_hidden(candidate, document))
    return tuple(_restore_numbers([found[start] for start in sorted(found)], document))


def _mark_hidden(candidate: Candidate, document: Document) -> Candidate:
    """Return a candidate; one in a container, such as an answer that folds, has another form than those outside."""
    is_hidden = not candidate.scope and document.depths[candidate.start] > 0
    return replace(candidate, form=(*candidate.form, "in a container")) if is_hidden else candidate


def _restore_numbers(candidates: list[Candidate], document: Document) -> Iterator[Candidate]:
    """Yield the candidates; a number without a sign behind it is part of its title unless it goes on from one beside it."""
    numbered: dict[tuple[str, ...], list[Candidate]] = defaultdict(list)
    for each in candidates:
        if each.number is not None:
            numbered[each.form].append(each)
    beside_of = {
        each.start: [other.number for other in (*members[max(0, place - 1) : place], *members[place + 1 : place + 2])]
        for members in numbered.values()
        for place, each in enumerate(members)
    }
    for each in candidates:
        beside = beside_of.get(each.start, [])
        is_in_order = each.number is not None and any(number in (each.number - 1, each.number + 1) for number in beside)
        is_in_order = is_in_order or (each.number == 1 and any(number is not None for number in beside))
        if each.bare_number and not is_in_order and not each.is_labelled:
            title = f"{each.bare_number} {each.title}"
            label = each.label.removesuffix(f"{each.bare_number} ").rstrip()
            yield replace(each, title=title, label=label, number=None, asks=document.wording.asks(title))
        else:
            yield each
