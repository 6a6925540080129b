"""Typeset blocks: GalleyJobs → Galleys, by WeasyPrint.

A block is laid out by itself, on an endless page, in any process; nothing in it depends on the blocks before or after it. Facts
of the book are left open: page numbers are holes, set in a face of their own, and links are kept as names.
"""

import atexit
import gc
import logging
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from functools import lru_cache, partial
from typing import Any

from studyguide.drawing_labels import find_smallest_label
from studyguide.html_text import make_file_address, read_file_path
from studyguide.model import Asset, OwnFace
from studyguide.output import FAILURE, StyleFault
from studyguide.pdf import weasyprint_compat
from studyguide.pdf.columns import even_columns
from studyguide.pdf.extract import Extraction
from studyguide.pdf.fit import Excess, find_excesses, make_overflow, shrink_excess, widen_small_labels
from studyguide.pdf.galley import Galley
from studyguide.pdf.jobs import GalleyJob
from studyguide.pdf.section_pages import POINTS
from studyguide.pdf.strips import Cutter, WholePage
from studyguide.pdf.unprintable import find_unprintable
from studyguide.problems import ContentError, Place, Problem
from studyguide.runtime import fonts
from studyguide.runtime.fontconfig import use_project_fonts
from studyguide.scripts import find_named_scripts
from studyguide.store import digest

# An address that cannot exist: only the figures of the job and the face of holes are fetched.
_FILES = "studyguide://files/"
_HOLE_FILES = f"fonts/{fonts.HOLE_FILE}"
_MISSING_GLYPH = re.compile(r'\.notdef glyph .*"(.+)" \(U\+\w+\)', re.DOTALL)
"""The warning of WeasyPrint about a character that no face has."""
_ANCHOR_TWICE = "Anchor defined twice"
"""The warning of WeasyPrint about a name that two elements of a document have, such as a block and its form in another edition:
links are kept as names, so that it does not matter here."""
_PLACE_IN_STYLE = re.compile(r" at (\d+):(\d+)")
_SELECTOR = re.compile(r"Invalid or unsupported selector, '(.*)'", re.DOTALL)
_ADDRESS = re.compile(r" at 0x[0-9a-f]+")
_ENDLESS = 1_000_000  # points; longer than any block


def prepare_worker() -> None:
    """Load WeasyPrint, which takes 0.6 to 1.0 s."""
    use_project_fonts()
    import weasyprint  # noqa: F401


def find_style_faults(css: str) -> tuple[StyleFault, ...]:
    """Return the declarations and rules of a stylesheet that WeasyPrint ignores, or that cannot be printed, and why."""
    import weasyprint

    with _listen_to_weasyprint() as complaints:
        weasyprint.CSS(string=css, url_fetcher=_make_fetcher({}), base_url=_FILES)
    # The check of styles that reach outside reports these.
    own = (line for line in complaints if not line.startswith(("Failed to load", "@import")))
    return (*(_read_style_complaint(line, css) for line in own), *find_unprintable(css))


def _read_style_complaint(complaint: str, css: str) -> StyleFault:
    """Return a warning of WeasyPrint about a stylesheet with its place; about a selector it gives none."""
    if selector := _SELECTOR.match(complaint):
        words = selector[1].strip()
        line = css.count("\n", 0, max(css.find(words), 0)) + 1
        return StyleFault(line, 1, f"nothing is selected by `{' '.join(words.split())[:80]}`")
    place = _PLACE_IN_STYLE.search(complaint)
    found = " ".join(_PLACE_IN_STYLE.sub("", complaint).removeprefix("Ignored ").rstrip(".").split())
    return StyleFault(int(place[1]) if place else 1, int(place[2]) if place else 1, found[:200])


def typeset_batch(jobs: Sequence[GalleyJob]) -> tuple[tuple[Galley, ...], ...]:
    """Return the galleys of each job: one for a block, one for each page of a document with pages.

    Raises ContentError if WeasyPrint fails, or warns of something else than a letter that no face has.
    """
    try:
        found, lacking = _typeset(jobs)
    except ContentError:
        if len(jobs) == 1:
            raise
    else:
        if not lacking:
            return found
        if len(jobs) == 1:
            (galley, *others), *_ = found
            return ((replace(galley, lacking=lacking), *others),)
    # One after the other, to find the job that has the problem.
    return tuple(galleys for job in jobs for galleys in typeset_batch([job]))


def _typeset(jobs: Sequence[GalleyJob]) -> tuple[tuple[tuple[Galley, ...], ...], tuple[str, ...]]:
    """Return the galleys of each job, and the letters that no face has. Raises ContentError."""
    use_project_fonts(find_named_scripts(jobs[0].styles))
    # Imported here because it takes 0.6 s, which a build of nothing new need not pay.
    import weasyprint  # noqa: F401

    weasyprint_compat.patch_layout()
    first = jobs[0]
    assets = {asset.path: asset for job in jobs for asset in job.assets}
    with _no_garbage_collection(), _listen_to_weasyprint() as complaints:
        try:
            found = _set_document(jobs, assets)
        except MemoryError:
            raise
        except weasyprint_compat.FigureError as error:
            raise ContentError([_make_layout_problem(f"{error.address}: {error}", first, assets)]) from error
        except Exception as error:  # WeasyPrint lets any of Python's errors through
            if isinstance(error, OSError) and error.errno:  # of the disk: WeasyPrint writes temporary files
                raise
            fault = _ADDRESS.sub("", f"{FAILURE}: {type(error).__name__}: {error}")
            raise ContentError([_make_layout_problem(fault, first, assets)]) from error
    lacking = {line: match[1] for line in complaints if (match := _MISSING_GLYPH.match(line))}
    if problems := [_make_layout_problem(line, first, assets) for line in complaints if line not in lacking]:
        raise ContentError(problems)
    return found, tuple(dict.fromkeys(lacking.values()))


def _set_document(jobs: Sequence[GalleyJob], assets: Mapping[str, Asset]) -> tuple[tuple[Galley, ...], ...]:
    first = jobs[0]
    page = first.page
    style, font_config = load_stylesheet(first.styles, first.faces)
    sheets = [style] if first.is_paged else [style, _endless_pages(page.width, page.turned_width)]
    source = weasyprint_compat.make_html(_make_document(jobs), _FILES, _make_fetcher(assets))
    height, turned_measure = page.text_height / POINTS, page.turned_width / POINTS

    def render() -> Any:
        with nullcontext() if first.is_paged else weasyprint_compat.lay_out_galleys():
            return source.render(stylesheets=sheets, font_config=font_config)

    document, found = _fit(render, height, turned_measure, partial(_find_label_share, assets))
    boxes = weasyprint_compat.get_page_boxes(document)
    cutters: list[Any] = [
        WholePage(box) if first.is_paged else Cutter(box, height, page.turned_height / POINTS) for box in boxes
    ]
    extraction = Extraction(*weasyprint_compat.generate_pdf(document, cutters), document)
    galleys = []
    for place, cutter in enumerate(cutters):
        job = first if first.is_paged else jobs[place]
        excesses = [each for each in found if each.placed.page is boxes[place]]
        numbers = _number_elements(source.etree_element, place, job.depth) if excesses else {}
        own = [make_overflow(each, numbers) for each in excesses]
        prefix = digest(job.html)[:8].encode()
        galleys.append(
            extraction.extract_galley(
                place, cutter, job.depth if first.is_paged else job.depth + 1, own, prefix, job.is_furniture
            )
        )
    return (tuple(galleys),) if first.is_paged else tuple((galley,) for galley in galleys)


def _number_elements(root: Any, place: int, depth: int) -> dict[Any, int]:
    """Return the number of each element of the block at a place of a document, from 0; ``depth`` containers are around it."""
    galley = root.find("body")[place]
    return {element: number for number, element in enumerate(galley.iter(), -depth - 1) if number >= 0}


def _make_document(jobs: Sequence[GalleyJob]) -> str:
    """Return a document of well-formed XML with the blocks, each on a page of its own."""
    if jobs[0].is_paged:
        return jobs[0].html
    blocks = "\n".join(f'<div {weasyprint_compat.GALLEY}="">{job.html}</div>' for job in jobs)
    direction = f' dir="{jobs[0].page.direction}"' if jobs[0].page.direction != "ltr" else ""
    return f'<html lang="{jobs[0].language}"{direction}><head><title>Galleys</title></head><body>{blocks}</body></html>'


@lru_cache(maxsize=8)
def _endless_pages(width: float, turned_width: float) -> Any:
    """Return the styles of galleys: a page without an end for each block; a table that is turned is as wide as a lying page."""
    import weasyprint

    return weasyprint.CSS(
        string=f"""@page {{ size: {width}pt {_ENDLESS}pt; margin-top: 0; margin-bottom: 0 }}
body > [{weasyprint_compat.GALLEY}] > .sheet {{ display: flow-root; string-set: none }}
body > [{weasyprint_compat.GALLEY}] * {{ page: auto !important }}
[data-fit~="turned"] {{ width: {turned_width}pt }}
"""
    )


def _find_label_share(assets: Mapping[str, Asset], address: str) -> float:
    """Return the size of the smallest words of a drawing as a part of its width; 0 if the figure is none or has no words."""
    asset = assets.get(read_file_path(address))
    label = find_smallest_label(asset.data) if asset and asset.is_drawing else None
    return label.share if label else 0.0


def _fit(
    render: Callable[[], Any], page_height: float, turned_measure: float, find_label_share: Callable[[str], float]
) -> tuple[Any, tuple[Excess, ...]]:
    """Return the document, laid out until everything fits that can be set smaller, and what still does not fit."""
    while True:
        document = render()
        pages = weasyprint_compat.get_page_boxes(document)
        found = find_excesses(pages, page_height, turned_measure)
        marks = [shrink_excess(each) for each in found]
        if not any(marks) and not widen_small_labels(pages, find_label_share) and not even_columns(pages):
            return document, found


@contextmanager
def _no_garbage_collection() -> Iterator[None]:
    """Switch the cyclic garbage collector off: it takes a fifth of the time of a layout, and finds nothing."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


@contextmanager
def _listen_to_weasyprint() -> Iterator[list[str]]:
    """Collect WeasyPrint's warnings, which would otherwise go unread."""
    handler = _ListHandler()
    logger = logging.getLogger("weasyprint")
    logger.addHandler(handler)
    logger.propagate = False
    logger.setLevel(logging.WARNING)
    try:
        yield handler.lines
    finally:
        logger.removeHandler(handler)


class _ListHandler(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        line = record.getMessage()
        if not line.startswith(_ANCHOR_TWICE):
            address = weasyprint_compat.get_drawing_address()
            self.lines.append(f"{address}: {line}" if address else line)


def _make_layout_problem(line: str, job: GalleyJob, assets: Mapping[str, Asset]) -> Problem:
    """Return a warning of WeasyPrint as a problem: of its figure, or else of its section."""
    plain = line.replace(_FILES, "").strip(": ")
    for path in assets:
        for name in (make_file_address(path), path):
            if name in plain:
                return _make_figure_problem(path, plain.removeprefix(f"{name}: "))
    return Problem(job.place, "layout", plain, "mend it there, or the template or style that sets it")


def _make_figure_problem(path: str, found: str) -> Problem:
    """Return the problem of a figure that WeasyPrint cannot set, at its file; ``pipeline`` finds out which line shows it."""
    fix = "save it again as plain SVG, or as PNG"
    return Problem(Place(path), "broken-figure", f"the figure `{path}` cannot be printed: {found}", fix)


def _make_fetcher(assets: Mapping[str, Asset], faces: Sequence[OwnFace] = ()) -> Any:
    """Return a fetcher of figures, faces and ``data:`` addresses; it reads no disk and no network."""
    from weasyprint.urls import URLFetcher, URLFetcherResponse

    own = {f"fonts/{face.file_name}": face.data for face in faces}

    class Fetcher(URLFetcher):  # type: ignore[misc]
        def fetch(self, url: str, headers: Any = None) -> Any:
            if url.startswith("data:"):
                return super().fetch(url, headers)
            path = read_file_path(url.removeprefix(_FILES))
            if path.startswith(_HOLE_FILES):
                hole = fonts.make_hole_face(path.removeprefix(_HOLE_FILES), tuple(faces))
                return URLFetcherResponse(url, hole, headers={"Content-Type": "font/sfnt"})
            if path in own:
                return URLFetcherResponse(url, own[path], headers={"Content-Type": "font/sfnt"})
            if path not in assets:
                raise ValueError(f"{path} is not part of the guide")
            return URLFetcherResponse(url, assets[path].data, headers={"Content-Type": assets[path].media_type})

    return Fetcher()


@lru_cache(maxsize=8)
def load_stylesheet(styles: str, faces: tuple[OwnFace, ...] = ()) -> tuple[Any, Any]:
    """Return the styles as WeasyPrint reads them, once for all blocks that a process sets."""
    import weasyprint
    from weasyprint.text.fonts import FontConfiguration

    font_config = FontConfiguration()
    css = weasyprint.CSS(string=styles, font_config=font_config, url_fetcher=_make_fetcher({}, faces), base_url=_FILES)
    return css, font_config


# Before the interpreter takes its modules apart, or WeasyPrint fails to remove its temporary files, loudly.
atexit.register(load_stylesheet.cache_clear)
