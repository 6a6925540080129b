"""The passes over the tree of a passage: a table of functions, each of which changes a PassageTree in place.

Before them comes the sanitiser, which judges text, as a browser would read it; after them the tree is written, once. The drawings of
formulas stand beside the tree until then: they are as many elements as all the rest, and no pass looks into them. What an edition
changes in a section is not here, but in ``compose.composition``, which says why its passes read text.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from studyguide.guide.blanks import take_blanks
from studyguide.guide.classes import separate_classes
from studyguide.guide.code import divide_listings
from studyguide.guide.elements import (
    allow_breaks_before_code,
    mark_lead_ins,
    number_lists,
    print_titles,
    renew_old_markup,
    set_figures,
    set_tables,
)
from studyguide.guide.formulas import draw_formulas
from studyguide.guide.languages import check_directions, check_languages, set_code_direction, show_controls
from studyguide.guide.links import find_anchors, identify_headings, resolve_links
from studyguide.guide.nesting import mend_nesting
from studyguide.guide.passage_tree import PassageTree

PASSES: Mapping[str, Callable[[PassageTree], None]] = MappingProxyType(
    {
        "classes": separate_classes,  # before all that looks at classes
        "old markup": renew_old_markup,
        "nesting": mend_nesting,  # before all that looks at parents
        "headings": identify_headings,
        "anchors": find_anchors,  # behind the headings, which have identifiers now
        "figures": set_figures,
        "titles": print_titles,  # behind the figures, whose captions they become
        "blanks": take_blanks,  # before the links, one of which each is written as
        "links": resolve_links,
        "tables": set_tables,
        "breaks": allow_breaks_before_code,
        "lists": number_lists,
        "lead-ins": mark_lead_ins,  # behind the figures, which may be what a paragraph introduces
        "controls": show_controls,
        "code direction": set_code_direction,
        "languages": check_languages,
        "directions": check_directions,
        "formulas": draw_formulas,
        "places": PassageTree.settle_places,  # behind all that reports something
        "listings": divide_listings,  # behind the places, or no two tokens would be alike
    }
)
"""The passes by their names, in their order."""
