"""The kinds of question that have a form of their own: marks in the heading, items, and what the key says.

    choices.py      multiple choice: options that are pictures, true or false
    blanks.py       words and numbers to fill in: what may stand in a gap
    matching.py     two columns whose rows belong together
    ordering.py     steps that are to be put in their order
    shuffle.py      the order in which items are printed, the same in every build

A kind that is marked in the heading, such as ``.matching``, is a row of ``KINDS``: it says how the items are read from the author's
Markdown. What a question shows and what its key says is in ``templates/kinds.html``; what an author can get wrong is in
``rules/kinds.py``. Everything here is pure.
"""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from studyguide.kinds import matching, ordering
from studyguide.kinds.items import RawItem


class Kind(NamedTuple):
    """A kind of question."""

    block: str
    """The kind of ``Block`` that its items are written in; the last one of a question counts."""
    read_items: Callable[[Sequence[str]], list[RawItem]]
    """Turns the lines of that block into items."""
    remedy: str
    """The remedy if there is no such block."""


KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        "matching": Kind(
            "table", matching.read_items, "write a table of two columns: what belongs together stands in one row"
        ),
        "ordering": Kind("list", ordering.read_items, "write a list with numbers, `1. `, in the right order"),
    }
)
"""The kinds by the mark that names them in the heading of a question."""
