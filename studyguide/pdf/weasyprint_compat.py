"""Change functions of WeasyPrint 70 and read its private attributes; HTML, laid-out document → page boxes, PDF objects.

``tests/test_compat.py`` has a test for each that fails when WeasyPrint changes; constraints.txt pins the version.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from itertools import cycle, islice
from math import inf, isfinite
from typing import Any, NamedTuple
from xml.etree import ElementTree

from studyguide.pdf.strips import draw_slices

Box = Any  # weasyprint.formatting_structure.boxes.Box
Document = Any  # weasyprint.document.Document
Font = Any  # weasyprint.pdf.fonts.Font

_MAX_STOPS = 10_000
_REPEATS = f"a gradient of it repeats so often that it has more than {_MAX_STOPS:,} stops"
_NO_NUMBER = re.compile(rb"(?:^|[\s\[-])(?:nan|inf)(?![\w])")
_MAX_WIDTH_IN_EMS = 4
"""Text of which each character needs more than this share of the measure cannot fit, and is not laid out twice."""


@cache
def patch_layout() -> None:
    """Change how WeasyPrint lays out lines, and how it reads and draws SVG, once for this process."""
    from weasyprint import draw
    from weasyprint.images import SVGImage
    from weasyprint.layout import inline
    from weasyprint.svg import defs
    from weasyprint.text.line_break import Layout

    defs.cycle = _cycle_few
    defs.spread_radial_gradient = _limit_circles(defs.spread_radial_gradient)
    inline.split_first_line = _keep_last_word(inline.split_first_line)
    inline.text_align = _indent_from_right(inline.text_align)
    inline.count_expandable_spaces = _count_letters(inline.count_expandable_spaces)
    inline.justify_line = _justify_if_close(inline.justify_line)
    Layout.set_text = _space_letters(Layout.set_text)
    draw.draw_text = _write_actual_text(draw.draw_text)
    SVGImage.__init__ = _name_drawing(SVGImage.__init__)
    SVGImage.get_intrinsic_size = _name_drawing(SVGImage.get_intrinsic_size)
    SVGImage.draw = _name_drawing(_draw_form)


def _indent_from_right(text_align: Callable[..., Any]) -> Callable[..., Any]:
    """Wrap WeasyPrint's function: a line that runs from right to left is indented at the right.

    WeasyPrint puts it where it would be without an indent.
    """

    def align(context: Any, line: Box, available_width: float, last: bool) -> Any:
        offset = text_align(context, line, available_width, last)
        return offset + line.text_indent if line.style["direction"] == "rtl" else offset

    return align


def _keep_last_word(split_first_line: Callable[..., Any]) -> Callable[..., Any]:
    """Wrap WeasyPrint's function: the last word is not divided, and text that fits but for the space at its end fits.

    WeasyPrint takes the first word of such a text alone, which leaves a line of one word before a link or a bold word.
    """
    from weasyprint.text import line_break

    def split(text: str, style: Any, context: Any, max_width: Any, justification: Any, **more: Any) -> Any:
        line = split_first_line(text, style, context, max_width, justification, **more)
        if _divides_last_word(text, line[2], style):
            undivided = style.copy()
            undivided["hyphens"] = "manual"
            other = split_first_line(text, undivided, context, max_width, justification, **more)
            line = other if other[3] <= max_width else line
        trimmed = text.rstrip(" ")
        is_cut = line[1] < len(trimmed.encode())
        if not is_cut or trimmed == text or max_width in (None, inf):
            return line
        if style["white_space"] not in ("normal", "pre-line"):
            return line
        if len(trimmed) * style["font_size"] > max_width * _MAX_WIDTH_IN_EMS:
            return line
        layout = line_break.create_layout(trimmed, style, context, max_width, justification)
        first, rest = layout.get_first_line()
        if rest is not None or line_break.line_size(first, style)[0] > max_width:
            return line
        end = len(trimmed.encode()) + 1
        return line_break.first_line_metrics(first, text, layout, end, True, style)

    return split


def _divides_last_word(text: str, end: int | None, style: Any) -> bool:
    """True if a line that ends at this byte leaves only the end of a word for the next line."""
    if not end or style["hyphens"] != "auto":
        return False
    data = text.encode()
    before, rest = data[:end].decode(), data[end:].decode()
    return before[-1:].isalpha() and rest[:1].isalpha() and " " not in rest.strip()


_SPACED_LETTERS = re.compile(
    "[\u2e80-\u9fff\uac00-\ud7ff\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef\U00020000-\U000323af]+"
)
"""East Asian letters and signs, between which a justified line is spaced; WeasyPrint widens spaces alone, which they do not have."""
_MAX_SPACING_IN_EMS = 0.25
"""A line that would be spaced more is left as it is: a long Latin word stands at the beginning of the next one."""


def _count_letters(count: Callable[[Box], float]) -> Callable[[Box], float]:
    """Wrap WeasyPrint's function that counts the spaces of a box: the gaps between East Asian letters count too."""

    def count_gaps(box: Box) -> float:
        text = getattr(box, "text", "")
        runs = [match.span() for match in _SPACED_LETTERS.finditer(text)]
        # Pango gives half of the space to either side of a letter, and none to the ends of a text.
        ends = sum((start == 0) + (end == len(text)) for start, end in runs)
        return count(box) + sum(end - start for start, end in runs) - ends / 2

    return count_gaps


def _justify_if_close(justify: Callable[..., None]) -> Callable[..., None]:
    """Wrap WeasyPrint's function that justifies a line: one that lacks too much is left as it is."""
    from weasyprint.layout import inline

    def justify_line(context: Any, line: Box, extra_width: float) -> None:
        if extra_width <= inline.count_expandable_spaces(line) * line.style["font_size"] * _MAX_SPACING_IN_EMS:
            justify(context, line, extra_width)

    return justify_line


def _space_letters(set_text: Callable[..., None]) -> Callable[..., None]:
    """Wrap WeasyPrint's method that hands a text to Pango: East Asian letters of a justified line are spaced."""
    from weasyprint.text.ffi import TO_UNITS, ffi, pango

    def set_spaced_text(layout: Any, text: str, justify: bool = False) -> None:
        set_text(layout, text, justify)
        if not justify or not layout.justification_spacing or not _SPACED_LETTERS.search(text):
            return
        attributes = pango.pango_layout_get_attributes(layout.layout)
        if attributes == ffi.NULL:
            attributes = ffi.gc(pango.pango_attr_list_new(), pango.pango_attr_list_unref)
        for match in _SPACED_LETTERS.finditer(text):
            spacing = pango.pango_attr_letter_spacing_new(int(layout.justification_spacing * TO_UNITS))
            spacing.start_index = len(text[: match.start()].encode())
            spacing.end_index = len(text[: match.end()].encode())
            pango.pango_attr_list_change(attributes, spacing)
        pango.pango_layout_set_attributes(layout.layout, attributes)

    return set_spaced_text


JOINED_LETTERS = (0x900, 0x109F)
"""The first and the last code point of letters of India and its neighbours: their glyphs stand in another order than they are typed,
or for several of them."""
_JOINED_LETTER = re.compile("[{}-{}]".format(*map(chr, JOINED_LETTERS)))


def _write_actual_text(draw_text: Callable[..., None]) -> Callable[..., None]:
    """Wrap WeasyPrint's function that draws a text: with letters that are joined, it says what was typed (ISO 32000-1, 14.9.4).

    What is copied of other texts is found glyph by glyph, and each glyph stands for one text.
    """

    def draw(stream: Any, textbox: Box, *rest: Any) -> None:
        if not _JOINED_LETTER.search(textbox.text):
            draw_text(stream, textbox, *rest)
            return
        typed = textbox.text.encode("utf-16-be").hex().encode()
        stream.stream += [b"/Span", b"<</ActualText<feff%b>>>" % typed, b"BDC"]
        draw_text(stream, textbox, *rest)
        stream.stream.append(b"EMC")

    return draw


class FigureError(Exception):
    """WeasyPrint cannot set a drawing; the address is that of its file, and the message is WeasyPrint's own."""

    def __init__(self, address: str, message: str) -> None:
        super().__init__(message)
        self.address = address


_drawing_address = ContextVar("drawing_address", default="")


def get_drawing_address() -> str:
    """Return the address of the drawing that WeasyPrint reads, measures or draws now; empty if it does none of it."""
    return _drawing_address.get()


def _name_drawing(method: Callable[..., Any]) -> Callable[..., Any]:
    """Wrap a method of WeasyPrint's SVGImage: what it raises, but for a lack of memory, becomes a FigureError."""

    def run(image: Any, *arguments: Any) -> Any:
        # The constructor gets the address as its second argument.
        address = image._base_url if hasattr(image, "_base_url") else arguments[1]
        token = _drawing_address.set(address)
        try:
            return method(image, *arguments)
        except MemoryError:
            raise
        except Exception as error:
            raise FigureError(address, f"{type(error).__name__}: {error}") from error
        finally:
            _drawing_address.reset(token)

    return run


def _draw_form(image: Any, stream: Any, width: float, height: float, _: Any) -> None:
    """Draw an SVGImage as a form XObject, which moves with the strip that it stands in.

    Patterns and gradients are anchored to the page or to the form that they are in, never to the current origin
    (ISO 32000-1, 8.7.3.1). WeasyPrint's own function hides all errors, also those of a job whose time is over.
    """
    form = stream.add_group(0, 0, width, height)
    form.extra.pop("Group")
    image._svg.draw(form, width, height, image._base_url, image._context)
    if not _has_good_numbers(form):
        raise ValueError("its sizes and transforms multiply to a number that no page can have")
    stream.draw_x_object(form.id)


def _has_good_numbers(form: Any) -> bool:
    """Return True if all numbers of a drawing are finite, and no pattern or gradient in it is pressed flat."""
    waiting: list[Any] = [form]
    seen: set[int] = set()
    while waiting:
        item = waiting.pop()
        if isinstance(item, float):
            if not isfinite(item):
                return False
        elif id(item) in seen:
            continue
        seen.add(id(item))
        if isinstance(item, dict):
            matrix = item.get("Matrix")
            if matrix and not matrix[0] * matrix[3] - matrix[1] * matrix[2]:
                return False
            waiting += item.values()
        elif isinstance(item, list):
            waiting += item
        elif hasattr(item, "stream"):
            # An image has the bytes of its pixels here, and no operators.
            is_image = item.extra.get("Subtype") == "/Image"
            if not is_image and any(_NO_NUMBER.search(each) for each in item.stream if isinstance(each, bytes)):
                return False
            waiting.append(item.extra)
    return True


def _cycle_few(values: Iterable[Any]) -> Iterator[Any]:
    """Cycle through values, as WeasyPrint does for a gradient that repeats, for a limited number of times."""
    yield from islice(cycle(values), _MAX_STOPS)
    raise ValueError(_REPEATS)


def _limit_circles(spread: Callable[..., Any]) -> Callable[..., Any]:
    """Wrap WeasyPrint's function that repeats the stops of a radial gradient: it takes a limited number of them."""

    def spread_few(kind: str, positions: Any, colors: Any, *circles: Any) -> Any:
        fx, fy, fr, _, _, r, width, height, matrix = circles
        if kind in ("repeat", "reflect"):
            far_x, far_y = matrix.invert.transform_point(width, height)
            reach = abs(fx) + abs(fy) + abs(far_x) + abs(far_y) + abs(fr)
            if reach * len(colors) > abs(r - fr) * _MAX_STOPS:
                raise ValueError(_REPEATS)
        return spread(kind, positions, colors, *circles)

    return spread_few


_FORCED_BREAKS = ("page", "left", "right", "recto", "verso", "column")
GALLEY = "data-galley"
"""The attribute of the elements that begin a page where pages have no end."""


@contextmanager
def lay_out_galleys() -> Iterator[None]:
    """Lay documents out, for a while, so that a page begins only at elements that have the attribute ``GALLEY``.

    Breaks that styles force inside such an element are left to make-up. Margins of pages are left out: they are empty.
    """
    from weasyprint import layout
    from weasyprint.layout import block

    own_break = block.block_level_page_break

    def find_break(before: Box, after: Box) -> str:
        found: str = own_break(before, after)
        if after.element is not None and after.element.get(GALLEY) is not None:
            return "page"
        return "auto" if found in _FORCED_BREAKS else found

    def find_page_name(before: Box, after: Box) -> None:
        """Find no name of another kind of page."""

    def make_no_margins(*_: Any) -> Iterator[Box]:
        return iter(())

    with (
        _swap(block, "block_level_page_break", find_break),
        _swap(block, "block_level_page_name", find_page_name),
        _swap(layout, "make_margin_boxes", make_no_margins),
    ):
        yield


# ---------------------------------------------------------------- from a laid-out document to PDF objects


def make_html(text: str, base_url: str, url_fetcher: Any) -> Any:
    """Return a weasyprint.HTML of well-formed XML; WeasyPrint's own parser, for any HTML, takes twenty times as long."""
    import cssselect2
    import weasyprint

    html = weasyprint.HTML.__new__(weasyprint.HTML)
    html.base_url, html.url_fetcher, html.media_type = base_url, url_fetcher, "print"
    # Our own element is around the text, so that no document type, which could define entities, may stand in it.
    tree = ElementTree.fromstring(text)  # noqa: S314
    html.wrapper_element = cssselect2.ElementWrapper.from_html_root(tree, content_language=None)
    html.etree_element = html.wrapper_element.etree_element
    return html


class GlyphUse(NamedTuple):
    """The glyphs of a font that one page uses."""

    font: Font
    widths: dict[int, int]
    characters: dict[int, str]


def generate_pdf(document: Document, cutters: Sequence[Any]) -> tuple[Any, list[list[GlyphUse]]]:
    """Return the document as a pydyf.PDF, tagged for PDF/UA-1, without faces and with a language on every element.

    The content of each page is drawn slice by slice; ``cutters`` are those of its pages. Also returns the glyphs of each page:
    WeasyPrint collects those of the document, so that a page would depend on the pages beside it.

    WeasyPrint subsets each document's faces, 0.1 s and more each time; binding does it once for the book.
    """
    import weasyprint.document
    from weasyprint import pdf
    from weasyprint.pdf import tags

    uses: list[list[GlyphUse]] = []

    def draw(page: Box, stream: Any) -> None:
        for font in document.fonts.values():
            font.widths, font.to_unicode = {}, {}
        draw_slices(page, stream, cutters[len(uses)].slices)
        fonts = document.fonts.values()
        uses.append([GlyphUse(font, font.widths, font.to_unicode) for font in fonts if font.widths])

    faces = _swap(pdf, "build_fonts_dictionary", _build_no_fonts)
    structure = _swap(tags, "_build_box_tree", _add_languages(tags._build_box_tree))
    with faces, structure, _swap(weasyprint.document, "draw_page", draw):
        options = {**weasyprint.DEFAULT_OPTIONS, "pdf_variant": "pdf/ua-1", "pdf_version": "1.7"}
        return pdf.generate_pdf(document, None, 1, **options), uses


@contextmanager
def _swap(module: Any, name: str, other: Callable[..., Any]) -> Iterator[None]:
    """Replace a function of a module for a while."""
    own = getattr(module, name)
    setattr(module, name, other)
    try:
        yield
    finally:
        setattr(module, name, own)


def _build_no_fonts(pdf: Any, *_: Any) -> Any:
    """Return an empty dictionary of fonts, which binding fills."""
    import pydyf

    return pydyf.Dictionary()


def _add_languages(build_box_tree: Callable[..., Iterator[Any]]) -> Callable[..., Iterator[Any]]:
    """Wrap WeasyPrint's maker of structure elements, which leaves out their language (ISO 32000-1, 14.9.2)."""

    def build(box: Box, *rest: Any) -> Iterator[Any]:
        for element in build_box_tree(box, *rest):
            element.setdefault("Lang", box.style["lang"])
            yield element

    return build


# ---------------------------------------------------------------- private attributes


def get_page_boxes(document: Document) -> list[Box]:
    """Return the box of each page, below which all others are."""
    return [page._page_box for page in document.pages]


def get_fonts(document: Document) -> Iterable[Font]:
    """Return the fonts that a document has used; known once its PDF is generated."""
    return list(document.fonts.values())


def get_font_key(font: Font) -> str:
    """Return the name of a font in the content of pages."""
    return str(font.hash)


def map_link_annotations(document: Document) -> dict[int, Any]:
    """Return the element of each link by the object number of its annotation."""
    return {
        box.link_annotation.number: box.element
        for page in document.pages
        for _, _, _, box in page.links
        if box.link_annotation is not None
    }
