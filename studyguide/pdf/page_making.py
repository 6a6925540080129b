"""Choose the page breaks of a section, and the column breaks of an index: Strips → PagePlans.

A strip is a slice of a galley that no page break divides: a line of text, a table row, a figure. Each possible page has a price
in points (``Costs``). Dynamic programming finds the pages with the lowest sum, as TeX breaks a paragraph into lines. A state of
the search is a strip that begins a page, together with the lines of footnotes that are left over from the pages before.

Lengths are pixels of CSS. Positions in the footnotes count the lines of all notes of the section in their order.
"""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum, IntEnum, auto
from itertools import accumulate, pairwise
from typing import NamedTuple

SPARE = 0.01  # px; lengths that differ by less are equal, for they are sums of fractions
_SPARE_POINTS = 1e-9  # the same for sums of prices
LARGE_HOLE = 0.08  # share of a page that may stay empty without being noticed
_HUGE_HOLE = 0.15  # share of a page; only a section's last page may have such a hole
MAX_HOLE_SEARCHED = 0.35  # share of a page; a larger hole is considered only where each fuller page ends with a fault
_MIN_LAST_PAGE_FILL = 0.12  # share of a page
_MIN_NOTE_LINES = 2  # lines of a divided note that stay on a page, and that go overleaf
_MAX_CHOICES = 200  # ends of a page that are considered for each beginning; a page of text has 50 lines
_MAX_REMAINDERS = 8  # lengths of left-over notes that are followed up for each strip, the cheapest


class Break(IntEnum):
    """The kind of a break before a strip."""

    FORCED = -1  # it must
    ALLOWED = 0
    LISTING = 1  # between two statements of a listing: allowed, at a small price
    PARAGRAPH = 2  # between two lines of a paragraph: allowed, at a small price
    AVOID = 3  # CSS break-*: avoid, break-inside: avoid of something that fits a page: a fault
    HEADING = 4  # a heading would stand at the foot: a fault
    WIDOW = 5  # fewer lines of a paragraph on a page than its `orphans` or `widows`: a fault


class Strip(NamedTuple):
    """A slice of a galley."""

    height: float  # without the space before it
    space: float = 0.0
    """The distance to the strip before; falls away at the head of a page, except before the first strip of a section and after
    a FORCED break."""
    break_before: Break = Break.ALLOWED
    notes: tuple[tuple[float, ...], ...] = ()
    """The heights of the lines of each footnote that it calls."""
    head_height: float = 0.0
    """The height of the head row of its table, which is repeated above it where a page begins with it."""
    shrinkable: float = 0.0
    """The part of its height that it may lose, if it is a figure."""
    unit: int = 0
    """The question or answer that it belongs to; 0: none. A page break within a unit divides it."""
    growth: float = 0.0
    """The height of one ruled line that may be added below it, in a workbook; 0: none."""
    trailing: float = 0.0
    """The part of its height that is left out at the foot of a page: blank lines of code."""
    fills_page: bool = False
    """True if it is a page of its own that was laid out before: a cover, a turned table."""
    stretch: float = 0.0
    """The length by which the space before it may grow, unless it begins a page."""


class PageFrame(NamedTuple):
    """The room on a page."""

    height: float  # of the text area
    note_space: float
    """The height of the rule above the footnotes and of the space around it, once for each page that has any."""


class NotePart(NamedTuple):
    """The lines ``first:last`` of a note of a strip."""

    strip: int
    note: int
    first: int
    last: int


class PagePlan(NamedTuple):
    """The content of a page."""

    first: int
    last: int
    """The page has ``strips[first:last]``; none if a long note takes the whole page."""
    loss: float
    """The height that its shrinkable strips lose together, each in proportion to its ``shrinkable``."""
    lines: tuple[tuple[int, int], ...]
    """Each strip with growth, and the number of ruled lines that are added below it."""
    notes: tuple[NotePart, ...]
    """The notes at its foot, in order."""
    hole: float
    """The height that stays empty."""
    gain: float = 0.0
    """The height that its spaces grow together, each in proportion to its ``stretch``."""


@dataclass(frozen=True, slots=True)
class Costs:
    """The prices of flaws of a page, in points.

    A fault costs more than any hole: it is made only where nothing else is possible. The prices of holes and of what is divided
    were chosen by trying them on the guide of content/: of its 612 pages, a page maker that does not look ahead and whose
    spaces do not grow leaves 145 with a large hole, and 41 with a huge one.
    """

    page: float = 2.0  # each page: paper
    hole: float = 400.0  # times the square of the share of the page that stays empty
    large_hole: float = 65.0  # a hole above LARGE_HOLE, in addition
    huge_hole: float = 300.0  # a hole above _HUGE_HOLE, in addition
    huge_hole_share: float = 4_000.0  # times the share of the page by which a hole is above _HUGE_HOLE, in addition
    hole_before_plate: float = 10.0  # instead of the four above: the square of the share, before a page of its own
    ruled: float = 20.0  # instead of a hole, on the last page too: the square of the share that ruled lines fill
    short_last_page: float = 90.0  # fill below _MIN_LAST_PAGE_FILL at the end of a section or before a FORCED break
    divided: float = 10.0  # a question or answer that goes on overleaf
    listing: float = 6.0  # a listing that is divided between two statements
    paragraph: float = 6.0  # a paragraph that is divided between two lines
    shrunk: float = 1.0  # a page with figures that are shrunk
    shrunk_share: float = 6.0  # times the share of their limit
    stretched: float = 2.0  # times the square of the share of their limit that the spaces of a page grow
    note_overleaf: float = 12.0  # a page whose notes go on overleaf
    notes_only: float = 30.0  # a page that has only notes
    avoid: float = 10_000.0  # a fault: a break that CSS avoids
    widow: float = 10_000.0  # a fault: a widow or an orphan
    heading: float = 15_000.0  # a fault: a heading at the foot
    note_apart: float = 15_000.0  # a fault: a note that begins on a later page than its mark
    overlap: float = 100_000.0  # a break between strips that stand side by side: the space between them is negative
    overfull: float = 1_000_000.0  # a strip that is taller than the page
    uneven: float = 100.0  # a column of the last page of an index: times the fourth power of its share of the height

    def price_break(self, kind: Break) -> float:
        """Return the price of a break of this kind between two strips."""
        match kind:
            case Break.LISTING:
                return self.listing
            case Break.PARAGRAPH:
                return self.paragraph
            case Break.AVOID:
                return self.avoid
            case Break.HEADING:
                return self.heading
            case Break.WIDOW:
                return self.widow
            case _:
                return 0.0


COSTS = Costs()


def make_pages(strips: Sequence[Strip], frame: PageFrame, costs: Costs = COSTS) -> tuple[PagePlan, ...]:
    """Return the cheapest pages of a section; none if there is no strip.

    A strip that is taller than a page has a page alone. A note that does not fit on the page of its mark goes on overleaf.
    """
    if not strips:
        return ()
    section = _measure(strips, frame, costs)
    return tuple(_plan_page(section, page) for page in _find_pages(section))


def price_pages(strips: Sequence[Strip], frame: PageFrame, pages: Sequence[PagePlan], costs: Costs = COSTS) -> float:
    """Return what these pages of a section cost, in points."""
    section = _measure(strips, frame, costs)
    price, carried = 0.0, 0
    for page in pages:
        stop = carried + sum(part.last - part.first for part in page.notes)
        over = _measure_excess(section, page.first, page.last, carried, stop)
        price += _price_page(section, page.first, page.last, stop, page.loss, over)
        carried = stop
    return price


class _Close(Enum):
    """The reason for which a page must end before a strip."""

    FORCED = auto()  # the section ends, or a break is forced
    PLATE = auto()  # a page of its own follows


class _Page(NamedTuple):
    """A page that is considered."""

    first: int
    last: int
    note_first: int
    note_last: int
    """The lines of notes at its foot: positions in the notes of the section."""
    loss: float


@dataclass(frozen=True, slots=True)
class _Section:
    """Sums over the strips of a section, so that a page is measured by subtraction. Index ``i`` is the break before strip i."""

    strips: Sequence[Strip]
    height: float
    note_space: float
    costs: Costs
    tops: list[float]
    """For each break, the top of a page that begins there, with a repeated head row and the space that stays."""
    feet: list[float]
    """For each break, the foot of the text of a page that ends there."""
    shrinkable: list[float]
    """The height that the strips before may lose."""
    growing: list[int]
    """The number of strips before that may grow."""
    stretch: list[float]
    """The height by which the spaces of the strips before may grow."""
    called: list[int]
    """The number of lines of the notes that the strips before call."""
    note_feet: list[float]
    """For each position in the notes: the height of the lines before."""
    note_starts: list[int]
    """The position of each note with lines, then the end of all notes."""
    note_names: list[tuple[int, int]]
    """The strip and the number of each of these notes."""
    begun: list[int]
    """For each position in the notes: the number of notes that begin before it."""
    closes: list[_Close | None]
    """For each break, the reason for which a page must end there, or None."""
    limits: list[int]
    """The first break after this one at which a page must end."""
    break_prices: list[float]
    """The price of a page that ends at this break, apart from what it looks like."""
    reach: list[float]
    """A lower bound, which never falls, of the foot of a page with its notes, if all figures are shrunk."""
    text_reach: list[float]
    """A lower bound, which never falls, of the foot of a page without notes, if no figure is shrunk."""


def _measure(strips: Sequence[Strip], frame: PageFrame, costs: Costs) -> _Section:
    count = len(strips)
    tops, feet = _measure_extents(strips)
    closes: list[_Close | None] = [None] * (count + 1)
    break_prices = [0.0] * (count + 1)
    for place, (before, strip) in enumerate(pairwise(strips), start=1):
        if strip.fills_page:
            closes[place] = _Close.PLATE
        elif strip.break_before == Break.FORCED:
            closes[place] = _Close.FORCED
        elif not before.fills_page:
            is_divided = strip.unit != 0 and strip.unit == before.unit
            break_prices[place] = costs.price_break(strip.break_before) + (costs.divided if is_divided else 0.0)
            if strip.space < -SPARE:
                break_prices[place] += costs.overlap
    closes[count] = _Close.FORCED
    limits = [count] * (count + 1)
    for place in range(count - 1, -1, -1):
        ends_next = strips[place].fills_page or closes[place + 1] is not None
        limits[place] = place + 1 if ends_next else limits[place + 1]

    note_heights: list[float] = []
    note_starts: list[int] = []
    note_names: list[tuple[int, int]] = []
    begun = [0]
    called = [0]
    for number, strip in enumerate(strips):
        for serial, lines in enumerate(strip.notes):
            if lines:
                note_names.append((number, serial))
                note_starts.append(len(note_heights))
                note_heights.extend(lines)
                begun.extend([len(note_names)] * len(lines))
        called.append(len(note_heights))
    note_starts.append(len(note_heights))
    note_feet = list(accumulate(note_heights, initial=0.0))
    shrinkable = list(accumulate((strip.shrinkable for strip in strips), initial=0.0))
    growing = list(accumulate((strip.growth > 0 for strip in strips), initial=0))
    stretch = list(accumulate((strip.stretch for strip in strips), initial=0.0))
    least = (foot + note_feet[line] - loss for foot, line, loss in zip(feet, called, shrinkable, strict=True))
    return _Section(
        strips, frame.height, frame.note_space, costs, tops, feet, shrinkable, growing, stretch, called, note_feet, note_starts,
        note_names, begun, closes, limits, break_prices, list(accumulate(least, max)), list(accumulate(feet, max)),
    )  # fmt: skip


def _measure_extents(strips: Sequence[Strip], *, keeps_space: bool = True) -> tuple[list[float], list[float]]:
    """Return where a page begins and where it ends for each break, on one endless page."""
    tops, feet, y = [], [0.0], 0.0
    for number, strip in enumerate(strips):
        is_start = number == 0 or strip.break_before == Break.FORCED
        tops.append(y - strip.head_height + (0.0 if is_start and keeps_space else strip.space))
        y += strip.space + strip.height
        # A strip beside another may end before it.
        feet.append(y - strip.trailing if strip.space >= 0 else max(y - strip.trailing, feet[-1]))
    tops.append(y)
    return tops, feet


_Choice = tuple[int, int, float, float]
"""An end of a page: the break, the position in the notes, the loss of its figures, the price."""
_State = tuple[float, int, int, float]
"""The cheapest pages up to a break and a position in the notes: their price, and of the last of them the break and the position
at which it begins, and the loss of its figures."""


def _find_pages(section: _Section) -> list[_Page]:
    """Return the pages with the lowest sum of prices."""
    count, lines = len(section.strips), section.called[-1]
    states: list[dict[int, _State]] = [{} for _ in range(count + 1)]
    states[0][0] = (0.0, 0, 0, 0.0)
    for first in range(count + 1):
        known = states[first]
        if len(known) > _MAX_REMAINDERS and first < count:
            cheapest = sorted(known, key=lambda line: (known[line][0], -line))[:_MAX_REMAINDERS]
            known = states[first] = {line: known[line] for line in cheapest}
        line = min(known, default=None)
        while line is not None and (first < count or line < lines):
            so_far = known[line][0]
            for last, stop, loss, price in _list_choices(section, first, line):
                goal = states[last]
                if stop not in goal or so_far + price < goal[stop][0] - _SPARE_POINTS:
                    goal[stop] = (so_far + price, first, line, loss)
            line = min((other for other in known if other > line), default=None) if len(known) > 1 else None
    pages: list[_Page] = []
    last, stop = count, lines
    while last > 0:
        _, first, line, loss = states[last][stop]
        pages.append(_Page(first, last, line, stop, loss))
        last, stop = first, line
    return pages[::-1]


def _list_choices(section: _Section, first: int, line: int) -> list[_Choice]:
    """Return how a page may end that begins at a break and at a position in the notes; at least one choice.

    The longest page comes first. Holes above MAX_HOLE_SEARCHED, and all after _MAX_CHOICES, are left out if a fuller
    page ends without a fault.
    """
    if first == len(section.strips):
        return [_fill_with_notes(section, first, line)]
    if section.strips[first].fills_page:
        return [(first + 1, line, 0.0, _price_page(section, first, first + 1, line, 0.0, 0.0))]
    feet, called, note_feet, shrinkable = section.feet, section.called, section.note_feet, section.shrinkable
    closes, growing, break_prices = section.closes, section.growing, section.break_prices
    stretch, stretch_before = section.stretch, section.stretch[first + 1]
    costs, height, limit = section.costs, section.height, section.limits[first]
    foot = section.tops[first] + height
    notes_foot = note_feet[line] - section.note_space
    reach = foot + SPARE + note_feet[line] - shrinkable[first]
    last = bisect_right(section.reach, reach, first + 1, limit + 1) - 1
    if called[limit] > line:
        last = max(last, bisect_right(section.text_reach, foot + SPARE, first + 1, limit + 1) - 1)
    fault = min(costs.avoid, costs.widow, costs.heading)
    has_faultless = False
    choices: list[_Choice] = []
    for last in range(last, first, -1):  # noqa: B020
        stop, loss = called[last], 0.0
        over = feet[last] - foot
        if stop > line:
            over += note_feet[stop] - notes_foot
        if over > SPARE:
            if over <= shrinkable[last] - shrinkable[first] + SPARE:
                loss = over
            else:
                stop = _divide_notes(section, line, stop, foot - feet[last] - section.note_space)
                if stop == line:
                    continue
                over = feet[last] - foot + note_feet[stop] - notes_foot
        elif has_faultless and (
            over + stretch[last] - stretch_before < -height * MAX_HOLE_SEARCHED or len(choices) >= _MAX_CHOICES
        ):
            break
        if over < 0 and closes[last] is None and growing[last] == growing[first] and stop == called[last]:
            # Most pages; the same as in _price_page.
            price = costs.page + break_prices[last] + _price_room(costs, height, -over, stretch[last] - stretch_before)
        else:
            price = _price_page(section, first, last, stop, loss, over)
        choices.append((last, stop, loss, price))
        has_faultless = has_faultless or break_prices[last] < fault
    if line < called[first] and all(stop < called[first] for _, stop, _, _ in choices):
        choices.append(_fill_with_notes(section, first, line))
    return choices or [_place_alone(section, first, line)]


def _divide_notes(section: _Section, line: int, end: int, room: float) -> int:
    """Return the position at which the notes from ``line`` to ``end`` go on overleaf; ``line`` if they may not be divided.

    Each note that is called on the page begins on it, so only the last can be divided.
    """
    stop = _fit_notes(section, line, end, room)
    return stop if section.begun[stop] == section.begun[end] else line


def _fit_notes(section: _Section, line: int, end: int, room: float) -> int:
    """Return where the notes from ``line`` to ``end`` are divided so that as much as possible stands in the room."""
    stop = bisect_right(section.note_feet, section.note_feet[line] + room + SPARE, line, end + 1) - 1
    if stop <= line:
        return line
    note = section.begun[stop] - 1
    start, finish = max(section.note_starts[note], line), section.note_starts[note + 1]
    if stop == finish:
        return stop
    stop = min(stop, finish - _MIN_NOTE_LINES)
    return stop if stop - start >= _MIN_NOTE_LINES else start


def _fill_with_notes(section: _Section, first: int, line: int) -> _Choice:
    """Return a page that has only the notes that are left over."""
    room = section.height - section.note_space
    # A line that is taller than the page has a page alone.
    stop = max(_fit_notes(section, line, section.called[first], room), line + 1)
    return (
        first,
        stop,
        0.0,
        _price_page(section, first, first, stop, 0.0, section.note_feet[stop] - section.note_feet[line] - room),
    )


def _place_alone(section: _Section, first: int, line: int) -> _Choice:
    """Return a page of one strip, which is too tall for a page, or has no room for its notes."""
    last = first + 1
    over = _measure_excess(section, first, last, line, section.called[last])
    loss = min(max(over, 0.0), section.shrinkable[last] - section.shrinkable[first])
    room = section.height - (section.feet[last] - section.tops[first] - loss) - section.note_space
    stop = _fit_notes(section, line, section.called[last], room)
    over = _measure_excess(section, first, last, line, stop)
    loss = min(loss, max(over, 0.0))
    return last, stop, loss, _price_page(section, first, last, stop, loss, over)


def _measure_excess(section: _Section, first: int, last: int, line: int, stop: int) -> float:
    """Return by how much a page exceeds its height before figures are shrunk; negative if there is room left."""
    if first < last and section.strips[first].fills_page:
        return 0.0
    text = section.feet[last] - section.tops[first] if last > first else 0.0
    notes = section.note_feet[stop] - section.note_feet[line] + section.note_space if stop > line else 0.0
    return text + notes - section.height


def _price_page(section: _Section, first: int, last: int, stop: int, loss: float, over: float) -> float:
    """Return the price of a page that ends at ``stop`` of the notes, and is ``over`` too high before figures shrink."""
    costs, height, called = section.costs, section.height, section.called[last]
    price = costs.page + section.break_prices[last] if last > first else costs.page + costs.notes_only
    if stop < called:
        late = section.begun[called] - max(section.begun[stop], section.begun[section.called[first]])
        price += costs.note_overleaf + costs.note_apart * max(late, 0)
    if loss > 0:
        price += costs.shrunk + costs.shrunk_share * loss / (section.shrinkable[last] - section.shrinkable[first])
    if over - loss > SPARE:
        return price + costs.overfull
    if first < last and section.strips[first].fills_page:
        return price
    room = max(loss - over, 0.0)
    if section.growing[last] > section.growing[first]:
        return price + costs.ruled * (room / height) ** 2
    close = section.closes[last] if stop == called else None
    if close is _Close.FORCED:
        is_short = height - room < _MIN_LAST_PAGE_FILL * height - SPARE
        return price + costs.short_last_page if is_short else price
    if close is _Close.PLATE:
        return price + costs.hole_before_plate * (room / height) ** 2
    return price + _price_room(costs, height, room, _measure_stretch(section, first, last))


def _measure_stretch(section: _Section, first: int, last: int) -> float:
    """Return how much the spaces of a page may grow together."""
    if last <= first + 1 or section.closes[last] is not None or section.growing[last] > section.growing[first]:
        return 0.0
    return section.stretch[last] - section.stretch[first + 1]


def _price_room(costs: Costs, height: float, room: float, stretch: float) -> float:
    """Return the price of the room that is left on a page before its spaces grow, together by no more than ``stretch``."""
    price = 0.0
    if stretch > SPARE:
        gain = min(room, stretch)
        price = costs.stretched * (gain / stretch) ** 2
        room -= gain
    share = room / height
    price += costs.hole * share * share
    if room > LARGE_HOLE * height + SPARE:
        price += costs.large_hole
    if room > _HUGE_HOLE * height + SPARE:
        price += costs.huge_hole + costs.huge_hole_share * (share - _HUGE_HOLE)
    return price


def _plan_page(section: _Section, page: _Page) -> PagePlan:
    """Return the plan of a page: ruled lines and notes by strip."""
    first, last, line, stop, loss = page
    room = max(loss - _measure_excess(section, first, last, line, stop), 0.0)
    gain = min(room, _measure_stretch(section, first, last))
    lines, hole = _add_ruled_lines(section.strips, first, last, room - gain)
    return PagePlan(first, last, loss, lines, tuple(_list_note_parts(section, line, stop)), hole, gain)


def _add_ruled_lines(
    strips: Sequence[Strip], first: int, last: int, room: float
) -> tuple[tuple[tuple[int, int], ...], float]:
    """Divide the room left on a page among the strips that may grow; also return what then stays empty."""
    growing = [number for number in range(first, last) if strips[number].growth > 0]
    if not growing:
        return (), room
    share = int((room + SPARE) // sum(strips[number].growth for number in growing))
    room -= share * sum(strips[number].growth for number in growing)
    lines = []
    for number in growing:
        has_one_more = strips[number].growth <= room + SPARE
        room -= strips[number].growth if has_one_more else 0.0
        lines.append((number, share + has_one_more))
    return tuple(lines), max(room, 0.0)


def _list_note_parts(section: _Section, line: int, stop: int) -> Iterator[NotePart]:
    """Yield the parts of notes between two positions in the notes."""
    note = section.begun[line + 1] - 1 if line < stop else 0
    while line < stop:
        start, end = section.note_starts[note], min(section.note_starts[note + 1], stop)
        yield NotePart(*section.note_names[note], line - start, end - start)
        line, note = end, note + 1


# ---------------------------------------------------------------- columns


def make_columns(
    strips: Sequence[Strip], count: int, height: float, first_height: float, costs: Costs = COSTS
) -> tuple[tuple[tuple[int, int], ...], ...]:
    """Return the pages of an index as columns ``(first, last)``, each with ``strips[first:last]``.

    There are ``count`` columns on a page, fewer on the last if it has fewer strips. The first page has ``first_height`` below
    its title. The columns of the last page are even. If it would be nearly empty, all columns of all pages are shorter, by
    the same length. Notes, growth, shrinking and stretch do not count here.
    """
    if not strips:
        return ()
    columns = _Columns(strips, count, height, first_height, costs, *_measure_extents(strips, keeps_space=False))
    pages = _fill_columns(columns, 0.0)
    last_page = _balance_columns(columns, pages)
    least = _MIN_LAST_PAGE_FILL * height
    step = max(min(strip.height for strip in strips), height / 100)
    cut = step
    while len(pages) > 1 and _measure_depth(columns, last_page) < least - SPARE and cut < min(height, first_height) / 2:
        shorter = _fill_columns(columns, cut)
        if len(shorter) > len(pages):
            break
        pages, last_page = shorter, _balance_columns(columns, shorter)
        cut += step
    return (*map(tuple, pages[:-1]), last_page)


@dataclass(frozen=True, slots=True)
class _Columns:
    """Strips that are set in columns."""

    strips: Sequence[Strip]
    count: int
    height: float
    first_height: float
    costs: Costs
    tops: list[float]
    feet: list[float]


def _fill_columns(columns: _Columns, cut: float) -> list[list[tuple[int, int]]]:
    """Fill the columns of page after page to their height less ``cut``; they end before a fault."""
    pages: list[list[tuple[int, int]]] = []
    first, end = 0, len(columns.strips)
    while first < end:
        height = (columns.height if pages else columns.first_height) - cut
        page: list[tuple[int, int]] = []
        while first < end and len(page) < columns.count:
            ends = _list_column_ends(columns, first, height)
            last = next((each for each in ends if _price_column_end(columns, each) < columns.costs.avoid), ends[0])
            page.append((first, last))
            first = last
        pages.append(page)
    return pages


def _list_column_ends(columns: _Columns, first: int, height: float) -> list[int]:
    """Return where a column may end, the longest first; at least one strip stands in it."""
    limit = columns.tops[first] + height + SPARE
    ends = []
    for last in range(first + 1, len(columns.strips) + 1):
        if last > first + 1 and columns.feet[last] > limit:
            break
        ends.append(last)
        if last < len(columns.strips) and columns.strips[last].break_before == Break.FORCED:
            break
    return ends[::-1]


def _price_column_end(columns: _Columns, last: int) -> float:
    return columns.costs.price_break(columns.strips[last].break_before) if last < len(columns.strips) else 0.0


def _balance_columns(columns: _Columns, pages: list[list[tuple[int, int]]]) -> tuple[tuple[int, int], ...]:
    """Return the columns of the last page with lengths that are as even as possible, the longer ones first."""
    height = columns.first_height if len(pages) == 1 else columns.height
    begin, end = pages[-1][0][0], len(columns.strips)
    states: list[dict[int, tuple[float, int]]] = [{begin: (0.0, begin)}]
    for serial in range(columns.count):
        reached: dict[int, tuple[float, int]] = {}
        for first, (price, _) in states[-1].items():
            for last in _list_column_ends(columns, first, height) if first < end else ():
                share = (columns.feet[last] - columns.tops[first]) / columns.height
                # The fourth power, so that the longest column counts most. Of two unequal columns the longer one comes first.
                total = price + columns.costs.uneven * share**4 * (1 + serial / 1000) + _price_column_end(columns, last)
                if last not in reached or total < reached[last][0] - _SPARE_POINTS:
                    reached[last] = total, first
        states.append(reached)
    serial = min(
        (serial for serial, state in enumerate(states) if end in state), key=lambda serial: states[serial][end][0]
    )
    result, last = [], end
    while last > begin:
        first = states[serial][last][1]
        result.append((first, last))
        last, serial = first, serial - 1
    return tuple(result[::-1])


def _measure_depth(columns: _Columns, page: Sequence[tuple[int, int]]) -> float:
    """Return the length of the longest column of a page."""
    return max(columns.feet[last] - columns.tops[first] for first, last in page)
