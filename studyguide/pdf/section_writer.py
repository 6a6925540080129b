"""Write the pages of a section: Galleys, PageLayouts → SectionPages, SectionContent.

Strips are moved to their places, marked content gets its numbers on the page, and the structure trees of the galleys become
one. Lengths become PDF points from the lower left corner of a page.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from studyguide.html_text import make_file_address
from studyguide.output import FAILURE
from studyguide.page_breaks import BlockAddress, PageStart
from studyguide.pdf.blocks import Container
from studyguide.pdf.galley import FACES, Decoration, Element, Galley, GalleyStrip
from studyguide.pdf.jobs import SectionJob
from studyguide.pdf.makeup import PageLayout, Placed, RuledLine
from studyguide.pdf.section_pages import (
    POINTS,
    SEPARATOR,
    Anchor,
    Bookmark,
    Follow,
    Hole,
    LackingLetter,
    Link,
    PageContent,
    Push,
    SectionContent,
    SectionPages,
    Segment,
    SetPage,
    merge_faces,
)
from studyguide.pdf.syntax import write_box, write_string
from studyguide.problems import ContentError, Problem

_MARK = re.compile(rb"/\w+\n<</MCID \d+>>\nBDC")
_TAGS = {"section": b"Sect", "nav": b"NonStruct", "ol": b"L", "ul": b"L", "dl": b"L", "div": b"Div"}
_LINKS, _PAGES = 1 << 30, 1 << 31
"""Numbers that are added to those of links and of pages in references, until the number of parts is known."""
_DOCUMENT, _FACES = (1 << 32), (1 << 32) + 1


class _Spot(NamedTuple):
    """The place of a strip in the section."""

    page: int
    placed: Placed


@dataclass(slots=True)
class _Page:
    """A page that is being written."""

    segments: list[Segment] = field(default_factory=list)
    elements: list[int] = field(default_factory=list)
    links: list[int] = field(default_factory=list)
    anchors: dict[str, Anchor] = field(default_factory=dict)
    bookmarks: list[Bookmark] = field(default_factory=list)
    start: PageStart | None = None
    buffer: list[bytes] = field(default_factory=list)

    def write(self, data: bytes) -> None:
        self.buffer.append(data)

    def add(self, segment: Segment) -> None:
        self.flush()
        self.segments.append(segment)

    def flush(self) -> None:
        if self.buffer:
            self.segments.append(b"".join(self.buffer))
            self.buffer = []


class SectionWriter:
    """The state of a section that is being written."""

    def __init__(
        self,
        job: SectionJob,
        galleys: Sequence[Galley],
        paths: Sequence[tuple[Container, ...]],
        notes: Sequence[Sequence[int]],
        layouts: Sequence[PageLayout],
        specimens: Sequence[Galley],
    ) -> None:
        """Prepare a section: ``galleys`` are those of its blocks, of its footnotes and of the rule above footnotes.

        ``paths`` and ``notes`` have the containers and the footnotes of each block; a footnote is its index in ``galleys``.
        """
        self.job, self.galleys, self.paths, self.notes = job, galleys, paths, notes
        self.layouts, self.specimens = layouts, specimens
        self.spots: dict[tuple[int, int], _Spot] = {
            (placed.galley, placed.strip): _Spot(number, placed)
            for number, layout in enumerate(layouts)
            for placed in layout.placed
            if not placed.is_repeated
        }
        self.parts: list[tuple[bytes, tuple[int, ...]]] = [(b"", ())]
        self.streams: list[tuple[int, bytes]] = []
        self.bases: dict[int, int] = {}
        """The part that is the first element of each galley."""
        self.contents: dict[tuple[int, int], tuple[int, int]] = {}
        """Galley and MCID → page and MCID there."""
        self.links: list[Link] = []
        self.link_places: dict[tuple[int, int], tuple[int, int]] = {}
        """Galley and its link → the link's number in the section, and its page."""
        self.page_of: dict[int, int] = {}
        """The page of each element."""
        self.starts = list(self._find_starts())

    def write(self) -> tuple[SectionPages, SectionContent]:
        """Return the section's pages and their content."""
        self._reserve_elements()
        pages = [self._write_page(number, layout) for number, layout in enumerate(self.layouts)]
        self._check_link_order(pages)
        top = self._write_structure()
        resources = [*self.galleys, *self.specimens]
        self.parts[0] = self._merge_resources(resources)
        count = len(self.parts)
        total = count + len(self.links) + len(pages)

        def localise(reference: int) -> int:
            if reference < _LINKS:
                return reference
            if reference < _PAGES:
                return count + reference - _LINKS
            if reference < _DOCUMENT:
                return count + len(self.links) + reference - _PAGES
            return total + reference - _DOCUMENT

        content = SectionContent(
            pages=tuple(
                PageContent(tuple(page.segments), tuple(page.elements), tuple(count + link for link in page.links))
                for page in pages
            ),
            specimens=tuple(self._write_specimen(specimen) for specimen in self.specimens),
            objects=SEPARATOR.join(head for head, _ in self.parts),
            references=tuple(localise(each) for _, references in self.parts for each in references),
            streams=tuple(self.streams),
            links=tuple(self.links),
            top=top,
            resources=0,
        )
        facts = SectionPages(
            key=self.job.key,
            pages=tuple(
                SetPage(
                    box=self._page_box,
                    anchors=tuple(page.anchors.values()),
                    bookmarks=tuple(page.bookmarks),
                    start=page.start,
                    holes=tuple(each.target for each in page.segments if isinstance(each, Hole)),
                )
                for page in pages
            ),
            faces=merge_faces(face for galley in resources for face in galley.faces),
            overflows=tuple(
                replace(each, block=number) for number, galley in enumerate(self.galleys) for each in galley.overflows
            ),
            lacking=tuple(
                LackingLetter(letter, number) for number, galley in enumerate(resources) for letter in galley.lacking
            ),
            pictures=self._name_pictures(),
            link_targets=frozenset(link.target for link in self.links),
            size=count + len(self.links) + len(pages),
        )
        return facts, content

    @property
    def _page_box(self) -> tuple[float, ...]:
        if self.galleys and self.galleys[0].box and self.job.is_paged:
            return self.galleys[0].box
        return 0.0, 0.0, round(self.job.page.width, 3), round(self.job.page.height, 3)

    def _reserve(self) -> int:
        self.parts.append((b"", ()))
        return len(self.parts) - 1

    def _reserve_elements(self) -> None:
        in_structure = {*range(len(self.paths)), *(note for notes in self.notes for note in notes)}
        for number, galley in enumerate(self.galleys):
            self.bases[number] = len(self.parts)
            if number in in_structure:
                self.parts += [(b"", ())] * len(galley.elements)

    # ------------------------------------------------------------ pages

    def _write_page(self, number: int, layout: PageLayout) -> _Page:
        page = _Page()
        height, width = self._page_box[3], self._page_box[2]
        if layout.is_turned:
            page.write(b"q 0 1 -1 0 %.3f 0 cm\n" % width)
            height = width
        # WeasyPrint's units and origin: pixels from the top left corner.
        page.write(b"1 0 0 -1 0 %b cm\nq\n0.75 0 0 0.75 0 0 cm\n" % (b"%.6f" % height))
        self._write_decorations(page, layout)
        for placed in layout.placed:
            self._write_strip(page, number, placed, height)
        for line in layout.ruled:
            page.write(_write_rule(line))
        page.write(b"\nQ")
        if layout.is_turned:
            page.write(b"\nQ")
        page.flush()
        self._add_places(page, number, layout, height)
        return page

    def _write_strip(self, page: _Page, number: int, placed: Placed, height: float) -> None:
        galley = self.galleys[placed.galley]
        strip = galley.strips[placed.strip]
        if placed.scale != 1:
            move = strip.centre * (1 - placed.scale) + placed.dx, strip.top * (1 - placed.scale) + placed.dy
            page.write(b"q %.4f 0 0 %.4f %.3f %.3f cm\n" % (placed.scale, placed.scale, *move))
        else:
            page.write(b"q 1 0 0 1 %.3f %.3f cm\n" % (placed.dx, placed.dy))
        if placed.dropped:
            # The bar beside code ends with the code.
            bottom = strip.bottom - placed.dropped
            page.write(b"0 %.3f 100000 %.3f re W n\n" % (strip.top - 100, bottom - strip.top + 100))
        if placed.is_repeated:
            page.write(_write_as_artifact(strip))
        else:
            for segment in strip.segments:
                self._write_segment(page, number, placed, segment, height)
        page.write(b"\nQ\n")

    def _write_segment(self, page: _Page, number: int, placed: Placed, segment: Segment | int, height: float) -> None:
        if isinstance(segment, bytes):
            page.write(segment)
        elif isinstance(segment, int):
            mcid = len(page.elements)
            self.contents[placed.galley, segment] = number, mcid
            page.elements.append(self.bases[placed.galley] + self.galleys[placed.galley].content_elements[segment])
            page.write(b"<</MCID %d>>" % mcid)
        else:
            page.add(self._move_segment(segment, placed, height))

    def _move_segment(self, segment: Segment, placed: Placed, height: float) -> Segment:
        """Return a segment with its holes at their places on the page."""

        def move(hole: Hole) -> Hole:
            return hole._replace(
                target=self._find_target(hole.target),
                x=hole.x + placed.dx * POINTS,
                y=height + hole.y - placed.dy * POINTS,
                block=self.bases[placed.galley] + hole.block,
            )

        if isinstance(segment, Hole):
            return move(segment)
        if isinstance(segment, Push):
            return segment._replace(hole=move(segment.hole))
        if isinstance(segment, Follow):
            return segment._replace(holes=tuple(map(move, segment.holes)))
        return segment

    def _find_target(self, target: str) -> str:
        """Return the target of a link in this edition."""
        name = target.removeprefix("#")
        return f"#{self.job.find_target(name)}" if target.startswith("#") else target

    def _write_decorations(self, page: _Page, layout: PageLayout) -> None:
        """Draw this page's part of the backgrounds and borders of boxes that stand on several pages."""
        by_galley: dict[int, list[Placed]] = {}
        for placed in layout.placed:
            if not placed.is_repeated:
                by_galley.setdefault(placed.galley, []).append(placed)
        for number, group in by_galley.items():
            for decoration in self.galleys[number].decorations:
                inside = [each for each in group if decoration.first <= each.strip < decoration.last]
                if inside:
                    page.write(draw_decoration(decoration, inside, self.galleys[number]))

    def _write_specimen(self, galley: Galley) -> tuple[Segment, ...]:
        """Return the content of a specimen: running head, folio and tab."""
        page = _Page()
        page.write(b"1 0 0 -1 0 %.6f cm\nq\n0.75 0 0 0.75 0 0 cm\n" % self.job.page.height)
        for strip in galley.strips:
            for segment in strip.segments:
                if isinstance(segment, bytes):
                    page.write(segment)
                elif not isinstance(segment, int):
                    page.add(segment)
        page.write(b"\nQ")
        page.flush()
        return tuple(page.segments)

    # ------------------------------------------------------------ places with names

    def _add_places(self, page: _Page, number: int, layout: PageLayout, height: float) -> None:
        """Add its anchors, outline entries, links and start to a page; ``height`` is that of the page in points."""

        def find_point(x: float, y: float, placed: Placed) -> tuple[float, float]:
            right, up = (x + placed.dx) * POINTS, height - (y + placed.dy) * POINTS
            if layout.is_turned:
                return round(self._page_box[2] - up, 3), round(right, 3)
            return round(right, 3), round(up, 3)

        text = [placed for placed in layout.placed if not placed.is_repeated]
        for place, placed in enumerate(text):
            galley = self.galleys[placed.galley]
            strip = galley.strips[placed.strip]
            for name in self._find_container_names(placed, is_first=place == 0):
                page.anchors.setdefault(name, Anchor(name, *find_point(self.job.page.left / POINTS, strip.top, placed)))
            for anchor in strip.held if place == 0 else ():
                page.anchors.setdefault(anchor.name, Anchor(anchor.name, *find_point(anchor.x, strip.top, placed)))
            for anchor in strip.anchors:
                page.anchors.setdefault(anchor.name, Anchor(anchor.name, *find_point(anchor.x, anchor.y, placed)))
            page.bookmarks += [
                Bookmark(each.level, each.label, *find_point(each.x, each.y, placed)) for each in strip.bookmarks
            ]
            for link in strip.links:
                each = galley.links[link]
                left, top, right, bottom = each.box
                one, other = find_point(left, bottom, placed), find_point(right, top, placed)
                base = self.bases[placed.galley]
                self.link_places[placed.galley, link] = len(self.links), number
                page.links.append(len(self.links))
                self.links.append(
                    Link(
                        (min(one[0], other[0]), min(one[1], other[1]), max(one[0], other[0]), max(one[1], other[1])),
                        self._find_target(each.target),
                        each.words,
                        base + each.owner,
                        base + each.block,
                    )
                )
            start = self.starts[placed.galley][placed.strip] if placed.galley < len(self.starts) else None
            page.start = page.start or start

    def _find_container_names(self, placed: Placed, *, is_first: bool) -> Iterator[str]:
        """Yield the names of the containers that begin with a strip; at the head of a page, of all containers around it."""
        if placed.galley >= len(self.paths):
            return
        path = self.paths[placed.galley]
        before = self.paths[placed.galley - 1] if placed.galley else ()
        for depth, container in enumerate(path):
            is_new = placed.strip == 0 and (depth >= len(before) or before[depth] != container)
            if container.id and (is_new or is_first):
                yield container.id

    def _find_starts(self) -> Iterator[tuple[PageStart | None, ...]]:
        """Yield the starts of the strips of each block, counted from the anchors of the whole section."""
        anchor, counts = "", dict[str, int]()
        path: tuple[Container, ...] = ()
        for own, galley in zip(self.paths, self.galleys, strict=False):
            for depth, container in enumerate(own):
                if container.id and (depth >= len(path) or path[depth] != container):
                    anchor, counts = container.id, {}
            path = own
            yield tuple(_resolve_start(strip.start, anchor, counts) for strip in galley.strips)
            last, added = galley.end
            if last:
                anchor, counts = last, dict(added)
            else:
                counts = {tag: counts.get(tag, 0) + dict(added).get(tag, 0) for tag in {*counts, *dict(added)}}

    # ------------------------------------------------------------ structure

    def _check_link_order(self, pages: Sequence[_Page]) -> None:
        """Assert that the numbers of links are in the order of their pages."""
        assert [link for page in pages for link in page.links] == list(range(len(self.links)))

    def _write_structure(self) -> tuple[int, ...]:
        """Write the structure elements of the section; return the outermost."""
        if self.job.is_paged:
            top = [self.bases[number] + each for number, galley in enumerate(self.galleys) for each in galley.top]
            for number in range(len(self.galleys)):
                self._write_galley_elements(number, None)
            return tuple(top)
        root = self._reserve()
        kids: dict[int, list[int]] = {root: []}
        heads: dict[int, tuple[bytes, int]] = {root: (b"/S /Sect", -1)}
        open_containers: list[tuple[Container, int]] = []
        for number, path in enumerate(self.paths):
            shared = 0
            while shared < min(len(path), len(open_containers)) and path[shared] == open_containers[shared][0]:
                shared += 1
            open_containers = open_containers[:shared]
            for container in path[shared:]:
                parent = open_containers[-1][1] if open_containers else root
                part = self._reserve()
                kids[parent].append(part)
                kids[part] = []
                heads[part] = _write_container_head(container), parent
                open_containers.append((container, part))
            parent = open_containers[-1][1] if open_containers else root
            for galley in (number, *self.notes[number]):
                kids[parent] += [self.bases[galley] + each for each in self.galleys[galley].top]
                self._write_galley_elements(galley, parent)
        for part in reversed(kids):
            head, parent = heads[part]
            page = next((self.page_of[kid] for kid in kids[part] if kid in self.page_of), 0)
            self.page_of[part] = page
            self._write_element(part, head, [(b"%d 0 R", kid) for kid in kids[part]], page, parent)
        return (root,)

    def _write_galley_elements(self, number: int, parent: int | None) -> None:
        """Write the elements of a galley below a container's element, or below the document if ``parent`` is None.

        Raises ContentError for an element whose content is not on a page.
        """
        galley, base = self.galleys[number], self.bases[number]
        is_note = len(self.paths) <= number
        home = self.spots[number, 0].page if (number, 0) in self.spots else 0
        parents = {
            kid: index for index, each in enumerate(galley.elements) for kind, kid in each.kids if kind == "element"
        }
        # Kids come after their parents.
        for index in range(len(galley.elements) - 1, -1, -1):
            element = galley.elements[index]
            part = base + index
            places = [self.contents.get((number, kid)) for kind, kid in element.kids if kind == "content"]
            inner = [self.page_of[base + kid] for kind, kid in element.kids if kind == "element"]
            page = min([*(place[0] for place in places if place), *inner], default=home)
            self.page_of[part] = page
            kids: list[tuple[bytes, int]] = []
            for kind, kid in element.kids:
                if kind == "element":
                    kids.append((b"%d 0 R", base + kid))
                elif kind == "link":
                    kids.append((b"%d 0 R", self._write_link_pointer(number, kid)))
                elif (number, kid) not in self.contents:
                    fix = "mend the template or the style that draws it"
                    raise ContentError(
                        [Problem(self.job.place, "layout", f"{FAILURE}: a part of it is not drawn", fix)]
                    )
                else:
                    at = self.contents[number, kid]
                    kids.append(
                        (b"%d" % at[1], -1)
                        if at[0] == page
                        else (b"<</Type/MCR/Pg %%d 0 R/MCID %d>>" % at[1], _PAGES + at[0])
                    )
            head = element.head
            if element.figure:
                head += self._write_figure_box(number, element)
            if is_note and index in galley.top and not self.job.is_paged:
                head = head.replace(b"/S /Div", b"/S /Note") + b"/ID (%b-%d)" % (self.job.key[:8].encode(), number)
            above = base + parents[index] if index in parents else parent
            self._write_element(part, head, kids, page, _DOCUMENT if above is None else above)

    def _write_element(self, part: int, head: bytes, kids: Sequence[tuple[bytes, int]], page: int, parent: int) -> None:
        references = [reference for _, reference in kids if reference >= 0]
        inner = b" ".join(text for text, _ in kids)
        data = b"<</Type /StructElem%b/K [%b]/Pg %%d 0 R/P %%d 0 R>>" % (head, inner)
        self.parts[part] = data, (*references, _PAGES + page, _DOCUMENT if parent < 0 else parent)

    def _write_link_pointer(self, number: int, link: int) -> int:
        place, page = self.link_places[number, link]
        part = self._reserve()
        self.parts[part] = b"<</Type /OBJR/Obj %d 0 R/Pg %d 0 R>>", (_LINKS + place, _PAGES + page)
        return part

    def _write_figure_box(self, number: int, element: Element) -> bytes:
        """Return the attribute with the bounding box of a figure (14.8.5.4.3)."""
        content = next((kid for kind, kid in element.kids if kind == "content"), None)
        strip = (
            next((index for index, each in enumerate(self.galleys[number].strips) if content in each.segments), None)
            if content is not None
            else None
        )
        left, top, right, bottom = element.figure
        spot = self.spots.get((number, strip)) if strip is not None else None
        if spot:
            placed, layout = spot.placed, self.layouts[spot.page]
            base = self.galleys[number].strips[placed.strip]
            if placed.scale != 1:
                left, right = (base.centre + (each - base.centre) * placed.scale for each in (left, right))
                top, bottom = (base.top + (each - base.top) * placed.scale for each in (top, bottom))
            left, right, top, bottom = left + placed.dx, right + placed.dx, top + placed.dy, bottom + placed.dy
            if layout.is_turned:
                width = self._page_box[2] / POINTS
                height = self._page_box[2] / POINTS
                low, high = height - bottom, height - top
                box = (width - high, left, width - low, right)
                return b"/A <</O /Layout/BBox [%b]>>" % write_box(each * POINTS for each in box)
        height = self._page_box[3] / POINTS
        box = (left, height - bottom, right, height - top)
        return b"/A <</O /Layout/BBox [%b]>>" % write_box(each * POINTS for each in box)

    # ------------------------------------------------------------ resources

    def _merge_resources(self, galleys: Sequence[Galley]) -> tuple[bytes, tuple[int, ...]]:
        """Write the resources of all galleys, each once, and return their dictionary."""
        entries: dict[bytes, dict[bytes, tuple[bytes, tuple[int, ...]]]] = {
            name: {} for name in (b"ExtGState", b"XObject", b"Pattern", b"Shading", b"ColorSpace")
        }
        for galley in galleys:
            for resource in galley.resources:
                if resource.name in entries[resource.category]:
                    continue
                base = len(self.parts)

                def place(reference: int, base: int = base) -> int:
                    return _FACES if reference == FACES else base + reference

                for part in resource.parts:
                    if part.stream is not None:
                        self.streams.append((len(self.parts), part.stream))
                    self.parts.append((part.head, tuple(map(place, part.references))))
                entries[resource.category][resource.name] = resource.value, tuple(map(place, resource.references))
        text, references = [], list[int]()
        for category, values in entries.items():
            if category == b"ColorSpace":
                for value, named in values.values():
                    text.append(b"/ColorSpace %b" % value)
                    references += named
                continue
            text.append(
                b"/%b <<%b>>" % (category, b"".join(b"/%b %b" % (name, value) for name, (value, _) in values.items()))
            )
            references += [reference for _, named in values.values() for reference in named]
        text.append(b"/Font %d 0 R")
        return b"<<%b>>" % b"".join(text), (*references, _FACES)

    def _name_pictures(self) -> tuple[tuple[str, str], ...]:
        """Return the paths of the figures that are made of pixels, which WeasyPrint names by their addresses."""
        paths = {
            hashlib.md5(make_file_address(asset.path).encode(), usedforsecurity=False).hexdigest(): asset.path
            for asset in self.job.assets
        }
        found = {
            (paths.get(name, self.job.place.path), space) for galley in self.galleys for name, space in galley.pictures
        }
        return tuple(sorted(found))


# ---------------------------------------------------------------- helpers


def _resolve_start(start: PageStart | None, anchor: str, counts: Mapping[str, int]) -> PageStart | None:
    """Return a start in a block as one in the section: before its first anchor, blocks count from the last anchor before it."""
    if start is None or start.address.anchor:
        return start
    address = start.address
    return start._replace(address=BlockAddress(anchor, address.tag, address.serial + counts.get(address.tag, 0)))


def _write_as_artifact(strip: GalleyStrip) -> bytes:
    """Return the content of a strip as an artifact (14.8.2.2)."""
    content = b"".join(
        b"<</MCID %d>>" % each if isinstance(each, int) else each
        for each in strip.segments
        if isinstance(each, int | bytes)
    )
    return _MARK.sub(b"/Artifact\nBMC", content)


def _write_rule(line: RuledLine) -> bytes:
    """Return the drawing of a line to write on; its ``y`` is that of its lower edge, in pixels."""
    rule = line.rule
    return _fill_rectangle(rule.colour, rule.x, line.y - rule.thickness, rule.width, rule.thickness)


def _fill_rectangle(colour: tuple[float, float, float], x: float, y: float, width: float, height: float) -> bytes:
    """Return a filled rectangle as an artifact; x and y are its upper left corner, lengths are pixels, colours sRGB."""
    return b"/Artifact BMC\nq\n%.4f %.4f %.4f rg\n%.3f %.3f %.3f %.3f re\nf\nQ\nEMC\n" % (*colour, x, y, width, height)


def draw_decoration(decoration: Decoration, placed: Sequence[Placed], galley: Galley) -> bytes:
    """Return the background and the borders of a box around its strips on this page."""
    first, last = placed[0], placed[-1]
    is_start, is_end = first.strip == decoration.first, last.strip == decoration.last - 1
    top = (decoration.top if is_start else galley.strips[first.strip].top) + first.dy
    bottom = (decoration.bottom if is_end else galley.strips[last.strip].bottom) + last.dy
    left, right = decoration.left + first.dx, decoration.right + first.dx
    (above, above_colour), (after, after_colour), (below, below_colour), (before, before_colour) = decoration.borders
    areas = []
    if decoration.background:
        areas.append((decoration.background, left, top, right - left, bottom - top))
    if before:
        areas.append((before_colour, left, top, before, bottom - top))
    if after:
        areas.append((after_colour, right - after, top, after, bottom - top))
    if above and is_start:
        areas.append((above_colour, left, top, right - left, above))
    if below and is_end:
        areas.append((below_colour, left, bottom - below, right - left, below))
    return b"".join(_fill_rectangle(*area) for area in areas)


def _write_container_head(container: Container) -> bytes:
    """Return the entries of a container's structure element."""
    language = b"/Lang %b" % write_string(container.lang).replace(b"%", b"%%") if container.lang else b""
    return b"/S /%b%b" % (_TAGS.get(container.tag, b"Div"), language)
