"""Measure how well the pages of finished PDFs are made up: `page_quality.py dist/*.pdf`, or a folder that has them.

Prints a table in Markdown with a row for each PDF; with `--list`, also each page that a number counts. Works from the file alone:
its outline, its named destinations, its structure tree and where things stand on its pages.

- A *hole* is the white between the last thing on a page and the foot of the text area, or the footnotes. It is a share of the height of
  the text area. The last page of a section, and what stands before the first section of the outline, are not counted.
- A *widow* is the last line of a paragraph at the head of a page, an *orphan* the first at the foot of one. A paragraph that goes on is
  one structure element with content on two pages, or the first element of a page that has no beginning: an item without a label, or
  a paragraph after one that ends in the middle of a sentence.
- A *heading at the foot* has nothing of what it announces on its page.
- A question or an answer is *divided* if its content is on more than one page. Below its question, an answer is a part of it.
"""

import argparse
import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

import pikepdf
import pypdfium2
import pypdfium2.raw as pdfium

ROOT = Path(__file__).resolve().parent.parent

POINTS_PER_MM = 72 / 25.4
SMALL_HOLE, LARGE_HOLE = 0.08, 0.15  # of the height of the text area
MIN_LINE_DISTANCE = 7  # points between the baselines of two lines; a superscript stands less above its own
MIN_BODY_SIZE = 0.9  # of the size of the text; footnotes and captions are smaller
SAME_PLACE = 2  # points
MAX_PADDING = 20  # points between the top of a question or an answer and that of its title
PARAGRAPHS = {"P", "LI"}
NOTES = {"Note", "FENote", "NonStruct"}  # a footnote is one of these, outside of all sections or in a paragraph
BLOCKS = {"Table", "Caption", "Code", "Note", "FENote"}  # their paragraphs are no paragraphs of the text
HEADINGS = {"H1", "H2", "H3", "H4", "H5", "H6"}
SENTENCE_ENDS = tuple(".?!:;…")
CLOSING_MARKS = ")]”’\"' \u00a0"

Interval = tuple[float, float]
"""From a lower to a higher place, in points from the foot of the page."""


@dataclass(frozen=True, slots=True)
class TextArea:
    """The area of the text, in points from the left and the foot of the page: wide enough for a recto and for a verso."""

    left: float
    right: float
    foot: float
    head: float

    @property
    def height(self) -> float:
        return self.head - self.foot


@dataclass(frozen=True, slots=True)
class Item:
    """A run of text, or a drawing, on a page. ``content`` is its number as marked content, or None for an artifact."""

    left: float
    right: float
    low: float
    high: float
    baseline: float
    size: float
    text: str
    content: int | None

    @property
    def middle(self) -> float:
        return (self.low + self.high) / 2


@dataclass(slots=True)
class Element:
    """A structure element, with the numbers of its marked content by pages."""

    role: str
    has_label: bool = False
    pages: dict[int, list[int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Unit:
    """The beginning of a question or an answer: its page and its height on it."""

    page: int
    top: float
    is_answer: bool
    title: str


@dataclass(slots=True)
class Divisions:
    """The questions, or the answers, of a book that page breaks divide."""

    total: int = 0
    divided: list[Unit] = field(default_factory=list)
    breaks: int = 0

    def __str__(self) -> str:
        return f"{len(self.divided)} of {self.total}; {self.breaks}" if self.total else ""


@dataclass(slots=True)
class PageQuality:
    """The faults of a book; pages are counted from 0."""

    name: str
    pages: int
    blank: list[int] = field(default_factory=list)
    holes: dict[int, float] = field(default_factory=dict)
    continued: int = 0
    """Paragraphs that go on over a page."""
    widows: list[int] = field(default_factory=list)
    orphans: list[int] = field(default_factory=list)
    headings: list[int] = field(default_factory=list)
    questions: Divisions = field(default_factory=Divisions)
    answers: Divisions = field(default_factory=Divisions)

    def count_holes(self, share: float) -> int:
        return sum(hole > share for hole in self.holes.values())

    @property
    def largest_hole(self) -> tuple[float, int]:
        """Its share of the text area, and its page."""
        return max(((hole, page) for page, hole in self.holes.items()), default=(0.0, 0))


# ---------------------------------------------------------------- geometry, without any PDF


def merge_intervals(intervals: Iterable[Interval]) -> list[Interval]:
    """Return the intervals from high to low, with those that touch or overlap as one."""
    merged: list[Interval] = []
    for low, high in sorted(intervals, key=lambda each: -each[1]):
        if merged and high >= merged[-1][0]:
            merged[-1] = (min(low, merged[-1][0]), merged[-1][1])
        else:
            merged.append((low, high))
    return merged


def find_hole(intervals: Iterable[Interval], area: TextArea) -> float:
    """Return the largest white below the first thing on the page, as a share of the height of the text area.

    Where a page has footnotes, the hole is above them.
    """
    merged = merge_intervals(intervals)
    if not merged:
        return 0.0
    gaps = [upper[0] - lower[1] for upper, lower in pairwise(merged)]
    return max(*gaps, merged[-1][0] - area.foot, 0.0) / area.height


def count_lines(baselines: Iterable[float]) -> int:
    """Return the number of lines that have these baselines."""
    lines, last = 0, float("inf")
    for baseline in sorted(baselines, reverse=True):
        if last - baseline > MIN_LINE_DISTANCE:
            lines, last = lines + 1, baseline
    return lines


def ends_sentence(text: str) -> bool:
    """True if a paragraph may end here."""
    return text.rstrip(CLOSING_MARKS).endswith(SENTENCE_ENDS)


def read_areas() -> dict[tuple[float, float], TextArea]:
    """Return the text areas of the page sizes of styles/pages/, by width and height in points."""
    areas = {}
    for path in (ROOT / "styles" / "pages").glob("*.css"):
        found = re.findall(
            r"--(width|height|head|foot|inner|outer):\s*([\d.]+)(mm|in|pt)", path.read_text(encoding="utf-8")
        )
        scale = {"mm": POINTS_PER_MM, "in": 72.0, "pt": 1.0}
        size = {name: float(number) * scale[unit] for name, number, unit in found}
        margin = min(size["inner"], size["outer"])
        areas[size["width"], size["height"]] = TextArea(
            margin, size["width"] - margin, size["foot"], size["height"] - size["head"]
        )
    return areas


def choose_area(areas: dict[tuple[float, float], TextArea], width: float, height: float) -> TextArea:
    """Return the text area of the page size that is nearest to this one."""
    return areas[min(areas, key=lambda size: abs(size[0] - width) + abs(size[1] - height))]


# ---------------------------------------------------------------- reading a PDF


def read_items(page: pypdfium2.PdfPage, shift: tuple[float, float]) -> list[Item]:
    """Return what stands on a page; ``shift`` is the lower left corner of the page as it is trimmed."""
    text = page.get_textpage()
    items = []
    for each in page.get_objects(max_depth=1):
        left, low, right, high = each.get_bounds()
        baseline, size, words = low, 0.0, ""
        if each.type == pdfium.FPDF_PAGEOBJ_TEXT:
            matrix = each.get_matrix()
            baseline, size = matrix.f, each.get_font_size() * abs(matrix.d or matrix.b)
            words = _read_text(each, text)
        items.append(
            Item(
                left - shift[0], right - shift[0], low - shift[1], high - shift[1], baseline - shift[1], size, words,
                pdfium.FPDFPageObj_GetMarkedContentID(each.raw) if _is_marked(each) else None,
            )
        )  # fmt: skip
    return items


def _is_marked(item: pypdfium2.PdfObject) -> bool:
    return bool(pdfium.FPDFPageObj_GetMarkedContentID(item.raw) >= 0)


def _read_text(item: pypdfium2.PdfObject, page: pypdfium2.PdfTextPage) -> str:
    length = pdfium.FPDFTextObj_GetText(item.raw, page.raw, None, 0)
    buffer = (pdfium.FPDF_WCHAR * (length // 2))()
    pdfium.FPDFTextObj_GetText(item.raw, page.raw, buffer, length)
    return bytes(buffer).decode("utf-16-le").rstrip("\0")


def read_name_tree(node: pikepdf.Object) -> dict[str, pikepdf.Object]:
    """Return the entries of a name tree."""
    found: dict[str, pikepdf.Object] = {}
    for kid in node.get("/Kids", []):
        found |= read_name_tree(kid)
    entries = list(node.get("/Names", []))
    return found | {str(name): value for name, value in zip(entries[::2], entries[1::2], strict=True)}


def number_pages(pdf: pikepdf.Pdf) -> dict[tuple[int, int], int]:
    """Return the places of the pages, from 0, by their object numbers."""
    return {page.obj.objgen: place for place, page in enumerate(pdf.pages)}


def list_kids(node: pikepdf.Object) -> list[pikepdf.Object]:
    """Return what is in a structure element."""
    kids = node.get("/K")
    if kids is None:
        return []
    return list(kids) if isinstance(kids, pikepdf.Array) else [kids]


def read_elements(pdf: pikepdf.Pdf) -> dict[int, list[tuple[int, Element]]]:
    """Return the marked content of each page in reading order: its number and its element. Footnotes and labels are left out."""
    pages = number_pages(pdf)
    contents: dict[int, list[tuple[int, Element]]] = {}

    def walk(node: pikepdf.Object, page: int, owner: Element) -> None:
        if isinstance(node, int):
            add(page, node, owner)
            return
        if not isinstance(node, pikepdf.Dictionary) or node.get("/Type") == "/OBJR":
            return
        page = pages.get(node.Pg.objgen, page) if "/Pg" in node else page
        if "/S" not in node:
            add(page, int(node.MCID), owner)
            return
        role = str(node.S)[1:]
        if role == "Lbl":
            owner.has_label = True
            owner = Element("Lbl")
        elif owner.role not in BLOCKS | NOTES and role in PARAGRAPHS | HEADINGS | BLOCKS:
            owner = owner if owner.role == "LI" and role == "P" else Element(role)
        elif owner.role == "":
            owner = Element(role)
        for kid in list_kids(node):
            walk(kid, page, owner)

    def add(page: int, content: int, owner: Element) -> None:
        owner.pages.setdefault(page, []).append(content)
        if owner.role not in {"Lbl", *NOTES}:
            contents.setdefault(page, []).append((content, owner))

    def walk_all(node: pikepdf.Object) -> None:
        for kid in list_kids(node):
            if isinstance(kid, pikepdf.Dictionary) and kid.get("/S") in {"/Document", "/Part"}:
                walk_all(kid)
            else:
                walk(kid, 0, Element(""))

    if "/StructTreeRoot" in pdf.Root:
        walk_all(pdf.Root.StructTreeRoot)
    return contents


def read_units(pdf: pypdfium2.PdfDocument, answers: Sequence[tuple[int, float]]) -> tuple[list[Unit], set[int]]:
    """Return where questions and answers begin, in order, and the pages on which sections begin.

    The outline has the sections, and below them the questions or the answers by their numbers. ``answers`` has the page and the place
    on it of each named destination of an answer.
    """
    units, starts = [], set()
    for entry in pdf.get_toc():
        target = entry.get_dest()
        if target is None:
            continue
        page, top = target.get_index(), target.get_view()[1][1]
        if entry.level == 0:
            starts.add(page)
        elif re.match(r"\d+\.\d+\s", entry.get_title()):
            is_answer = any(place == page and 0 <= above - top < MAX_PADDING for place, above in answers)
            units.append(Unit(page, top, is_answer, entry.get_title()))
    return sorted(units, key=lambda unit: (unit.page, -unit.top)), starts


# ---------------------------------------------------------------- what is wrong with the pages


def measure_book(path: Path) -> PageQuality:
    """Return the faults of a finished PDF."""
    with pikepdf.open(path) as tagged:
        places = number_pages(tagged)
        names = read_name_tree(tagged.Root.Names.Dests) if "/Names" in tagged.Root else {}
        answers = [(places[to[0].objgen], float(to[3])) for name, to in names.items() if name.startswith("answer-")]
        orders = read_elements(tagged)
        trims = [[float(each) for each in page.trimbox] for page in tagged.pages]
        is_turned = ["/Rotate" in page and bool(page.Rotate) for page in tagged.pages]
    pdf, areas = pypdfium2.PdfDocument(path), read_areas()
    units, starts = read_units(pdf, answers)
    starts |= {page for page, order in orders.items() if any(owner.role == "H1" for _, owner in order)}
    pages, contents = [], []
    for page, (left, low, right, high) in zip(pdf, trims, strict=True):
        area = choose_area(areas, right - left, high - low)
        items = read_items(page, (left, low))
        pages.append((area, [each for each in items if _is_inside(each, area)]))
        contents.append(group_by_content(pages[-1][1]))
    quality = PageQuality(path.stem, len(pages))
    quality.blank = [place for place, (_, items) in enumerate(pages) if not items]
    first = min(starts, default=0)
    is_last = [
        place + 1 in starts or place + 1 in quality.blank or place + 1 == len(pages) for place in range(len(pages))
    ]
    for place, (area, items) in enumerate(pages):
        if items and place >= first and not is_last[place] and not is_turned[place]:
            quality.holes[place] = find_hole(find_intervals(items), area)
    body_size = find_body_size(items for _, items in pages)
    _find_lone_lines(quality, orders, contents, starts, body_size)
    _find_headings_at_the_foot(quality, pages, orders, units, is_last)
    _count_page_breaks(quality, pages, units, is_last)
    return quality


def _is_inside(item: Item, area: TextArea) -> bool:
    """True if it stands in the text area, and is neither a running head, a folio nor a tab."""
    return (
        area.foot - SAME_PLACE < item.middle < area.head + SAME_PLACE
        and item.left < area.right
        and item.right > area.left
    )


def group_by_content(items: Iterable[Item]) -> dict[int, list[Item]]:
    """Return the items of a page by the numbers of their marked content."""
    groups: dict[int, list[Item]] = {}
    for item in items:
        if item.content is not None:
            groups.setdefault(item.content, []).append(item)
    return groups


def find_intervals(items: Iterable[Item]) -> Iterator[Interval]:
    """Yield what heights of a page are not white. The white in a drawing belongs to it."""
    drawings: dict[int, Interval] = {}
    for item in items:
        if item.content is None:
            yield item.low, item.high
        else:
            low, high = drawings.get(item.content, (item.low, item.high))
            drawings[item.content] = min(low, item.low), max(high, item.high)
    yield from drawings.values()


def find_body_size(pages: Iterable[Sequence[Item]]) -> float:
    """Return the size in points in which most letters of the book are set."""
    sizes: Counter[float] = Counter()
    for items in pages:
        for item in items:
            sizes[round(item.size, 1)] += len(item.text)
    return sizes.most_common(1)[0][0]


def _find_lone_lines(
    quality: PageQuality,
    orders: dict[int, list[tuple[int, Element]]],
    items: Sequence[dict[int, list[Item]]],
    starts: Collection[int],
    body_size: float,
) -> None:
    """Find widows and orphans."""

    def find_text(element: Element, page: int) -> list[Item]:
        texts = [item for number in element.pages[page] for item in items[page].get(number, []) if item.text.strip()]
        return [item for item in texts if item.size >= MIN_BODY_SIZE * body_size]

    def list_elements(page: int) -> list[Element]:
        visible = [owner for number, owner in orders.get(page, []) if items[page].get(number)]
        return [owner for owner in visible if owner.role not in PARAGRAPHS or find_text(owner, page)]

    for page in range(min(starts, default=0), quality.pages - 1):
        befores, afters = list_elements(page), list_elements(page + 1)
        if page + 1 in starts or not befores or not afters:
            continue
        before, after = befores[-1], afters[0]
        if before.role not in PARAGRAPHS or before.role != after.role:
            continue
        upper, lower = find_text(before, page), find_text(after, page + 1)
        if before is not after:
            text = max(upper, key=lambda item: (-round(item.baseline), item.right)).text
            # A list without labels, such as the contents, does not show which of its items goes on.
            is_new = after.has_label or not before.has_label if after.role == "LI" else ends_sentence(text)
            if is_new:
                continue
        quality.continued += 1
        if count_lines(item.baseline for item in lower) == 1:
            quality.widows.append(page + 1)
        if count_lines(item.baseline for item in upper) == 1:
            quality.orphans.append(page)


def _find_headings_at_the_foot(
    quality: PageQuality,
    pages: Sequence[tuple[TextArea, list[Item]]],
    orders: dict[int, list[tuple[int, Element]]],
    units: Sequence[Unit],
    is_last: Sequence[bool],
) -> None:
    for place, (_, items) in enumerate(pages[:-1]):
        roles = {number: owner.role for number, owner in orders.get(place, [])}
        text = [(item, roles[item.content]) for item in items if item.content is not None and item.content in roles]
        headings = [item for item, role in text if role in HEADINGS]
        if not headings or is_last[place]:
            continue
        lowest = min(headings, key=lambda item: item.low)
        others = [item for item, role in text if role not in HEADINGS]
        is_alone = all(item.low > lowest.low + SAME_PLACE for item in others)
        # A question may be nothing but its title.
        if is_alone and _has_more_above(pages[place + 1][1], [unit for unit in units if unit.page == place + 1]):
            quality.headings.append(place)


def _has_more_above(items: Sequence[Item], units: Sequence[Unit]) -> bool:
    """True if something stands on the page above the first question or answer that begins there."""
    top = max((unit.top for unit in units), default=0.0)
    return any(item.middle > top + MAX_PADDING / 2 for item in items)


def _count_page_breaks(
    quality: PageQuality,
    pages: Sequence[tuple[TextArea, list[Item]]],
    units: Sequence[Unit],
    is_last: Sequence[bool],
) -> None:
    """Count the page breaks in each question and answer, and those that are divided by one."""
    for place, unit in enumerate(units):
        following = units[place + 1 :][:1]
        end = unit.page
        while not is_last[end] and not any(each.page == end for each in following):
            end += 1
        if end > unit.page and following and following[0].page == end and not _has_more_above(pages[end][1], following):
            end -= 1
        counts = quality.answers if unit.is_answer else quality.questions
        counts.total += 1
        counts.breaks += end - unit.page
        if end > unit.page:
            counts.divided.append(unit)


# ---------------------------------------------------------------- the report

COLUMNS = (
    "book", "pages", "blank", "holes > 8 %", "holes > 15 %", "largest hole", "paragraphs divided", "widows", "orphans", "headings at the foot",
    "questions divided; page breaks in them", "answers divided; page breaks in them",
)  # fmt: skip


def write_table(books: Sequence[PageQuality]) -> Iterator[str]:
    """Yield the lines of a table in Markdown."""
    yield f"| {' | '.join(COLUMNS)} |"
    yield "| --- |" + " --: |" * (len(COLUMNS) - 1)
    for book in books:
        hole, page = book.largest_hole
        cells = [
            book.name, book.pages, len(book.blank), book.count_holes(SMALL_HOLE), book.count_holes(LARGE_HOLE),
            f"{hole:.0%}, page {page + 1}" if hole else "", book.continued, len(book.widows), len(book.orphans), len(book.headings),
            book.questions, book.answers,
        ]  # fmt: skip
        yield f"| {' | '.join(map(str, cells))} |"


def list_faults(book: PageQuality) -> Iterator[str]:
    """Yield a line for each kind of fault, with its pages; pages are counted from 1, the cover included."""
    yield f"{book.name}:"
    yield f"  blank: {_count_from_one(book.blank)}"
    holes = sorted((page for page, hole in book.holes.items() if hole > SMALL_HOLE), key=lambda page: -book.holes[page])
    yield f"  holes: {', '.join(f'{page + 1} ({book.holes[page]:.1%})' for page in holes)}"
    for kind, pages in (("widows", book.widows), ("orphans", book.orphans), ("headings at the foot", book.headings)):
        yield f"  {kind}: {_count_from_one(pages)}"
    for kind, counts in (("questions", book.questions), ("answers", book.answers)):
        yield f"  divided {kind}: {', '.join(f'{unit.title.split()[0]} (page {unit.page + 1})' for unit in counts.divided)}"


def _count_from_one(pages: Iterable[int]) -> str:
    return ", ".join(str(page + 1) for page in pages)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("paths", nargs="+", type=Path, help="PDFs, or folders of PDFs")
    parser.add_argument("--list", action="store_true", help="also print the pages of each fault")
    arguments = parser.parse_args()
    files = [file for path in arguments.paths for file in (sorted(path.glob("*.pdf")) if path.is_dir() else [path])]
    books = [measure_book(file) for file in files]
    print(*write_table(books), sep="\n")
    if arguments.list:
        for book in books:
            print("", *list_faults(book), sep="\n")


if __name__ == "__main__":
    main()
