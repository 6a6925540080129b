"""Make up the pages of a section: Galleys → PageLayouts, the places of strips on pages.

``page_making`` chooses the page breaks; this module turns galleys into its strips, and its plans into places. Lengths are CSS
pixels from the top left corner of the page.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, groupby, pairwise
from typing import NamedTuple

from studyguide.model import PageSize
from studyguide.pdf.blocks import Block
from studyguide.pdf.galley import Galley, GalleyStrip, Rule
from studyguide.pdf.page_making import Break, PageFrame, PagePlan, Strip, make_columns, make_pages
from studyguide.pdf.section_pages import POINTS

_QUESTION = re.compile(r'<(?:header class="head|section class="question|div class="ask)')
_OPENING = re.compile(r'<(?:header class="opener"|h1\b)')
MAX_STRETCH = 6.5  # px by which a space may grow that is not before a question
STRETCH = 0.55  # share of the space between two blocks by which it may grow, so that a page ends at its foot
_MIN_SPACE = 5.0  # px; a smaller space is one between the items of a list or the rows of a table
_MIN_COLUMN_FILL = 0.15  # share of a page; what is left below a title is left empty if it is less


class Placed(NamedTuple):
    """A strip in its place on a page."""

    galley: int
    strip: int
    dx: float
    dy: float
    """The distance, to the right and down, from its place in the galley."""
    scale: float = 1.0
    """The scale of a figure that is shrunk, around its centre and its top."""
    is_repeated: bool = False
    """True for the repeated head row of a table: it is an artifact."""
    dropped: float = 0.0
    """The height of the blank lines at its end that are cut off."""


class RuledLine(NamedTuple):
    """A line to write on that fills a page."""

    rule: Rule
    y: float


@dataclass(slots=True)
class PageLayout:
    """The strips and the ruled lines of a page, with their places."""

    placed: list[Placed] = field(default_factory=list)
    ruled: list[RuledLine] = field(default_factory=list)
    is_turned: bool = False
    """True if the page is laid out in landscape format, and turned to the left when it is written."""


@dataclass(frozen=True, slots=True)
class Material:
    """The galleys of a section, and the facts that make-up needs."""

    page: PageSize
    blocks: Sequence[Block]
    galleys: Sequence[Galley]
    """The galleys of the blocks, in their order."""
    notes: Sequence[Sequence[int]]
    """For each block the numbers, in ``note_galleys``, of its footnotes."""
    note_galleys: Sequence[Galley]
    note_rule: Galley | None
    """The rule above footnotes."""
    columns: int = 1
    column_pitch: float = 0.0
    """The distance between the left edges of two columns."""

    @property
    def first_note(self) -> int:
        """The number of the first footnote's galley, in a list of all galleys of the section."""
        return len(self.galleys)

    @property
    def rule(self) -> int:
        """The number of the galley of the rule, in that list."""
        return len(self.galleys) + len(self.note_galleys)


class _Item(NamedTuple):
    """A strip with its place in the galleys and its measures for ``page_making``."""

    galley: int
    """A number in the list of all galleys of the section."""
    place: int
    strip: GalleyStrip
    measure: Strip


def lay_out_section(material: Material) -> list[PageLayout]:
    """Return the pages of a section."""
    items = list(_list_items(material))
    layouts: list[PageLayout] = []
    for is_turned, run in groupby(items, lambda item: item.strip.is_turned):
        part = list(run)
        if layouts:
            part[0] = part[0]._replace(measure=part[0].measure._replace(space=0.0))
        if is_turned:
            layouts += _place_pages(material, part, is_turned=True)
        elif material.columns > 1:
            layouts += _place_columns(material, part)
        else:
            layouts += _place_pages(material, part)
    return layouts or [PageLayout()]


# ---------------------------------------------------------------- galleys → strips


def _list_items(material: Material) -> Iterator[_Item]:
    before, space_below = Break.ALLOWED, 0.0
    has_notes_inside = material.columns > 1
    for number, galley in enumerate(material.galleys):
        unit = _find_unit(material.blocks[number])
        spaces = list(_measure_spaces(galley))
        for index, strip in enumerate(galley.strips):
            notes = (
                ()
                if has_notes_inside
                else tuple(_measure_lines(material.note_galleys[material.notes[number][note]]) for note in strip.notes)
            )
            if index:
                space, kind = strip.top - galley.strips[index - 1].bottom, strip.break_before
            else:
                # Margins of neighbours collapse.
                space, kind = max(strip.top, space_below), _join_breaks(before, strip.break_before)
            white = spaces[index] if index else space
            stretch = _find_stretch(material.blocks[number], index, white) if kind != Break.LISTING else 0.0
            if number and not index and _is_opening(material.blocks[number - 1]):
                stretch = 0.0  # the white below a title is the same in all chapters
            measure = _measure_strip(galley, strip, space, kind, notes, unit)
            yield _Item(number, index, strip, measure._replace(stretch=stretch))
        if galley.strips:
            before, space_below = galley.break_after, galley.height - galley.strips[-1].bottom
        if has_notes_inside:
            for note in material.notes[number]:
                inner = material.note_galleys[note]
                for index, strip in enumerate(inner.strips):
                    measure = _measure_strip(inner, strip, 0.0, Break.ALLOWED if index else Break.AVOID, (), unit)
                    yield _Item(material.first_note + note, index, strip, measure)


def _measure_spaces(galley: Galley) -> Iterator[float]:
    """Yield the height of the white above each strip, across the whole galley; negative where strips stand side by side."""
    strips = galley.strips
    tops = list(accumulate((strip.top for strip in reversed(strips)), min))[::-1]
    bottoms = accumulate((strip.bottom for strip in strips), max, initial=0.0)
    for top, bottom in zip(tops, bottoms, strict=False):
        yield top - bottom


def _measure_strip(
    galley: Galley, strip: GalleyStrip, space: float, kind: Break, notes: tuple[tuple[float, ...], ...], unit: int
) -> Strip:
    return Strip(
        height=strip.bottom - strip.top,
        space=space,
        break_before=kind,
        notes=notes,
        head_height=sum(galley.strips[head].bottom - galley.strips[head].top for head in strip.heads),
        shrinkable=strip.shrinkable,
        unit=unit,
        growth=strip.rule.pitch if strip.rule else 0.0,
        trailing=strip.trailing,
    )


def _join_breaks(after: Break, before: Break) -> Break:
    """Return the break between two blocks: ``after`` is what the first asks for, ``before`` what the second asks for."""
    return Break.FORCED if Break.FORCED in (after, before) else max(after, before)


def _find_stretch(block: Block, index: int, white: float) -> float:
    """Return the pixels by which the white before a strip may grow: more before a question than between paragraphs."""
    if white < _MIN_SPACE or _is_opening(block):
        return 0.0
    is_question = index == 0 and bool(_QUESTION.match(block.html))
    return STRETCH * white if is_question else min(STRETCH * white, MAX_STRETCH)


def _is_opening(block: Block) -> bool:
    """True for the title of a section."""
    return bool(_OPENING.match(block.html))


def _find_unit(block: Block) -> int:
    """Return the number of the question or the answer of a block; 0 if it belongs to none."""
    question = next((container for container in block.path if container.tag == "section"), None)
    return question.serial if question else 0


def _measure_lines(note: Galley) -> tuple[float, ...]:
    """Return the heights of the lines of a footnote."""
    bottoms = [0.0, *(strip.bottom for strip in note.strips)]
    return tuple(bottom - top for top, bottom in pairwise(bottoms))


# ---------------------------------------------------------------- places


def _place_pages(material: Material, items: Sequence[_Item], *, is_turned: bool = False) -> Iterator[PageLayout]:
    page = material.page
    height = (page.turned_height if is_turned else page.text_height) / POINTS
    rule_height = material.note_rule.height if material.note_rule else 0.0
    top = (page.left if is_turned else page.top) / POINTS
    # A turned table begins at the side at which the lines of the text begin, and is longer than these.
    start = page.left + page.text_width - page.turned_width if page.direction == "rtl" else page.left
    dx = (page.bottom - start) / POINTS if is_turned else 0.0
    plans = make_pages([item.measure for item in items], PageFrame(height, rule_height))
    for number, plan in enumerate(plans):
        layout = PageLayout(is_turned=is_turned)
        _place_text(material, items, plan, layout, top, dx, is_first=number == 0)
        _place_notes(material, items, plan, layout, top + height)
        yield layout


def _place_text(
    material: Material,
    items: Sequence[_Item],
    plan: PagePlan,
    layout: PageLayout,
    top: float,
    dx: float,
    *,
    is_first: bool,
) -> None:
    lines = dict(plan.lines)
    limit = sum(item.measure.shrinkable for item in items[plan.first : plan.last])
    stretch = sum(item.measure.stretch for item in items[plan.first + 1 : plan.last])
    y = top
    first_ruled = plan.lines[0][0] if plan.lines else -1
    for place in range(plan.first, plan.last):
        item = items[place]
        is_head = place == plan.first
        if place == first_ruled:
            y += max(plan.hole, 0.0)  # so that the last line stands at the foot
        if not is_head or is_first or item.measure.break_before == Break.FORCED:
            y += item.measure.space
        if plan.gain and not is_head:
            y += plan.gain * item.measure.stretch / stretch
        if is_head:
            for head in item.strip.heads:
                strip = material.galleys[item.galley].strips[head]
                layout.placed.append(Placed(item.galley, head, dx, y - strip.top, is_repeated=True))
                y += strip.bottom - strip.top
        scale, loss = 1.0, 0.0
        if plan.loss and item.measure.shrinkable:
            loss = plan.loss * item.measure.shrinkable / limit
            scale = 1 - loss / item.measure.height
        dropped = item.measure.trailing if place == plan.last - 1 else 0.0
        layout.placed.append(Placed(item.galley, item.place, dx, y - item.strip.top, scale, dropped=dropped))
        y += item.measure.height - loss
        if item.strip.rule:
            for _ in range(lines.get(place, 0)):
                y += item.strip.rule.pitch
                layout.ruled.append(RuledLine(item.strip.rule, y))


def _place_notes(material: Material, items: Sequence[_Item], plan: PagePlan, layout: PageLayout, foot: float) -> None:
    if not plan.notes or not material.note_rule:
        return
    parts = []
    for part in plan.notes:
        item = items[part.strip]
        note = material.notes[item.galley][item.strip.notes[part.note]]
        parts.append(
            (note, part.first, part.last, sum(_measure_lines(material.note_galleys[note])[part.first : part.last]))
        )
    y = foot - sum(height for *_, height in parts)
    for index in range(len(material.note_rule.strips)):
        layout.placed.append(Placed(material.rule, index, 0.0, y - material.note_rule.height, is_repeated=True))
    for note, first, last, _ in parts:
        heights = _measure_lines(material.note_galleys[note])
        for index in range(first, last):
            strip = material.note_galleys[note].strips[index]
            layout.placed.append(Placed(material.first_note + note, index, 0.0, y + heights[index] - strip.bottom))
            y += heights[index]


def _place_columns(material: Material, items: Sequence[_Item]) -> Iterator[PageLayout]:
    """Place the blocks above the columns, then the columns."""
    height, top = material.page.text_height / POINTS, material.page.top / POINTS
    blocks = len(material.blocks)
    is_above = [item.galley < blocks and not _is_in_columns(material.blocks[item.galley]) for item in items]
    count = is_above.index(False) if False in is_above else len(items)
    above, rest = items[:count], items[count:]
    *earlier, layout = list(_place_pages(material, above)) or [PageLayout()]
    yield from earlier
    used = 0.0
    if layout.placed:
        last = layout.placed[-1]
        used = last.dy + material.galleys[last.galley].strips[last.strip].bottom - top
        used += rest[0].measure.space if rest else 0.0
    if rest and height - used < _MIN_COLUMN_FILL * height:
        yield layout
        layout, used = PageLayout(), 0.0
    pages = make_columns([item.measure for item in rest], material.columns, height, height - used)
    for number, columns in enumerate(pages, start=1):
        for column, (first, last_strip) in enumerate(columns):
            y = top + used
            room = height - used if number < len(pages) else 0.0
            share = _find_stretch_share([item.measure for item in rest[first:last_strip]], room)
            for place in range(first, last_strip):
                item = rest[place]
                y += item.measure.space + share * item.measure.stretch if place > first else 0.0
                dx = column * material.column_pitch * (-1 if material.page.direction == "rtl" else 1)
                layout.placed.append(Placed(item.galley, item.place, dx, y - item.strip.top))
                y += item.measure.height
        yield layout
        layout, used = PageLayout(), 0.0
    if not pages:
        yield layout


def _find_stretch_share(column: Sequence[Strip], height: float) -> float:
    """Return the share of their stretch, 0 to 1, by which the spaces of a column grow to come near the height."""
    limit = sum(strip.stretch for strip in column[1:])
    room = height - sum(strip.space + strip.height for strip in column) + column[0].space
    return min(max(room, 0.0) / limit, 1.0) if limit else 0.0


def _is_in_columns(block: Block) -> bool:
    """True if a block of an index or a glossary stands in columns."""
    return any(container.classes in ("columns", "glossary") for container in block.path)
