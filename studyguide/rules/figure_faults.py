"""Judge the file of a figure: FigureJob → FigureFaults. A job runs where its time and memory are limited, once for each file."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from studyguide.limits import LIMITS, describe_excess
from studyguide.model import Asset, FigureFault, Guide
from studyguide.problems import Place
from studyguide.rules.drawing_numbers import Declaration, find_number_faults, list_declarations
from studyguide.rules.drawing_size import (
    count_dashes,
    count_tiles,
    measure_attributes,
    measure_depth,
    measure_drawing,
    measure_outlines,
)
from studyguide.rules.drawings import HTML_WORDS, find_dangers, find_embedded_pictures
from studyguide.rules.pictures import BrokenPictureError, count_bits, count_pixels, count_scans, unpack_picture
from studyguide.store import digest
from studyguide.svg import BrokenDrawingError, Element, parse_drawing

_LIGHT_SIZE = 50_000
"""Bytes of a file that a library written in C reads within seconds, whatever is in it."""


@dataclass(frozen=True, slots=True)
class FigureJob:
    """A figure to be judged, and the first place that shows it."""

    asset: Asset
    place: Place

    @property
    def key(self) -> str:
        return digest("figure", self.asset.ending, self.asset.digest)

    @property
    def subject(self) -> str:
        return f"the figure `{self.asset.path}`"

    @property
    def is_light(self) -> bool:
        """True if the job ends within seconds, so that it need not run in a process that can be killed."""
        return len(self.asset.data) <= _LIGHT_SIZE


def list_figure_jobs(guide: Guide, assets: Mapping[str, Asset]) -> dict[str, FigureJob]:
    """Return a job for each figure that the guide shows, by its path; ``assets`` are the files by theirs."""
    jobs: dict[str, FigureJob] = {}
    for figure in guide.figures:
        if figure.path in assets and figure.path not in jobs:
            jobs[figure.path] = FigureJob(assets[figure.path], figure.place)
    return jobs


def judge_figure(job: FigureJob) -> tuple[FigureFault, ...]:
    """Return what is wrong with a figure."""
    return judge_asset(job.asset)


def judge_asset(asset: Asset) -> tuple[FigureFault, ...]:
    """Return what is wrong with the file of a figure."""
    if not asset.is_drawing:
        return tuple(_judge_picture(asset.data, asset.ending))
    try:
        return tuple(_judge_drawing(asset.data))
    except BrokenDrawingError as error:
        return (_make_drawing_fault(str(error)),)
    except RecursionError:
        return (_make_drawing_fault("its parts or its styles are too deep inside each other"),)


def _make_drawing_fault(found: str) -> FigureFault:
    return FigureFault("broken-figure", f"is no drawing: {found}", "save it again as plain SVG, or mend it there")


def _judge_drawing(data: bytes) -> Iterator[FigureFault]:
    """Yield what is wrong with a drawing; if it is too large in one respect, the others are not looked at.

    Raises BrokenDrawingError.
    """
    yield from (found := list(_find_excess("drawing", len(data))))
    if found:
        return
    root = parse_drawing(data)
    yield from (found := list(_find_large_tree(root)))
    if found:
        return
    dangers = dict.fromkeys(find_dangers(data))
    for danger in dangers:
        fix = "save it again as plain SVG, with nothing in it but shapes and words"
        if danger == HTML_WORDS:
            fix = "switch HTML labels off (Mermaid: `htmlLabels: false`) and save it again, or save it as PNG"
        yield FigureFault("unsafe-figure", f"holds {danger}", fix)
    if dangers:
        return
    declarations = list_declarations(root)
    numbers = [_make_drawing_fault(found) for found in find_number_faults(declarations)]
    yield from numbers or _find_large_drawing(root, declarations)
    for ending, picture in find_embedded_pictures(root):
        yield from _judge_picture(picture, ending, "a picture in ")


def _find_large_tree(root: Element) -> Iterator[FigureFault]:
    """Yield what is too large for all that works on the elements of a drawing."""
    yield from _find_excess("attributes", measure_attributes(root), "an element in ")
    yield from _find_excess("nesting", measure_depth(root))
    yield from _find_excess("elements", sum(1 for _ in root.iter("*")))


def _find_large_drawing(root: Element, declarations: Sequence[Declaration]) -> Iterator[FigureFault]:
    """Yield what takes too long to draw. Raises BrokenDrawingError."""
    size = measure_drawing(root, declarations)
    yield from _find_excess("elements", size.elements)
    yield from _find_excess("drawn-bytes", size.bytes)
    yield from _find_excess("outline", measure_outlines(root, size))
    yield from _find_excess("dashes", count_dashes(declarations, size.length))
    yield from _find_excess("tiles", count_tiles(root))


def _judge_picture(data: bytes, ending: str, before: str = "") -> Iterator[FigureFault]:
    """Yield what is wrong with a picture of pixels; one that is small enough is unpacked. ``before`` begins the message."""
    try:
        large = [
            *_find_excess("pixels", count_pixels(data, ending), before),
            *_find_excess("scans", count_scans(data, ending), before),
        ]
        yield from large
        if not large:
            unpack_picture(data, ending)
            if (bits := count_bits(data, ending)) > 8:
                found = f"has {bits} bits for each pixel, which print cannot show"
                yield FigureFault("broken-figure", found, "save it with 8 bits", before)
    except BrokenPictureError as error:
        fix = "save it again as PNG, JPEG, GIF or WebP"
        yield FigureFault("broken-figure", f"is no picture: {error}", fix, before)


def _find_excess(limit: str, number: int, before: str = "") -> Iterator[FigureFault]:
    """Yield a fault if a number exceeds the limit of this name."""
    if excess := describe_excess(limit, number):
        yield FigureFault("over-limit", excess, LIMITS[limit].fix, before)
