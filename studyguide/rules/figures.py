"""Checks of the figures and their files: Project, Guide → Problems."""

from collections.abc import Iterator
from contextlib import suppress

from studyguide.limits import check_limit
from studyguide.model import IMAGE_ENDINGS, Asset, Figure, Guide, Project
from studyguide.problems import Problem, suggest_names
from studyguide.rules.drawings import (
    HTML_WORDS,
    count_drawn_elements,
    find_dangers,
    find_embedded_pictures,
    measure_depth,
)
from studyguide.rules.pictures import BrokenPictureError, count_bits, count_pixels, unpack_picture
from studyguide.svg import BrokenDrawingError, parse_drawing

# An EPUB has its own cover.png beside the guide's figures. EPUBs of earlier versions had a cover.svg too.
_RESERVED_NAMES = ("cover.png", "cover.svg")
_FORBIDDEN_IN_FILE_NAMES = set('\\:*?"<>|')  # EPUB 3.3, "File paths and file names"


def missing_figure(project: Project, guide: Guide) -> Iterator[Problem]:
    """A book is complete when it is made; nothing is fetched later."""
    known = [asset.path for asset in project.assets]
    for figure in _find_figures(guide):
        if not figure.path:
            found, fix = "a figure names no file", "save it in `figures/`, and name it there"
            yield Problem(figure.place, "missing-figure", found, fix)
        elif figure.path not in known and not _is_outside(figure.path):
            fix = suggest_names(figure.path, known) if known else "put the file there, or mend its path"
            if not figure.path.lower().endswith(IMAGE_ENDINGS):
                fix = "save it as SVG, PNG, JPEG, GIF or WebP, and name that file"
            elif "\\" in figure.path:
                fix = f"write `{figure.path.replace(chr(92), '/')}`"
            yield Problem(figure.place, "missing-figure", f"there is no figure `{figure.path}`", fix)


def broken_figure(project: Project, guide: Guide) -> Iterator[Problem]:
    """An EPUB takes drawings into its text, where a fault in one would be a fault of the whole document."""
    for figure, asset in _find_files(project, guide):
        try:
            yield from _check_size(asset, figure)
        except BrokenDrawingError as error:
            found = f"the figure `{figure.path}` is no drawing: {error}"
            yield Problem(figure.place, "broken-figure", found, "save it again as plain SVG, or mend it there")
        except BrokenPictureError as error:
            found = f"the figure `{figure.path}` is no picture: {error}"
            yield Problem(figure.place, "broken-figure", found, "save it again as PNG, JPEG, GIF or WebP")


def unsafe_figure(project: Project, guide: Guide) -> Iterator[Problem]:
    """A drawing is a document, and some readers run and fetch its contents."""
    for figure, asset in _find_files(project, guide):
        if asset.is_drawing:
            with suppress(BrokenDrawingError):  # `broken_figure` reports it
                for danger in dict.fromkeys(find_dangers(asset.data)):
                    found = f"the figure `{figure.path}` holds {danger}"
                    fix = "save it again as plain SVG, with nothing in it but shapes and words"
                    if danger == HTML_WORDS:
                        fix = (
                            "switch HTML labels off (Mermaid: `htmlLabels: false`) and save it again, or save it as PNG"
                        )
                    yield Problem(figure.place, "unsafe-figure", found, fix)


def figure_outside(project: Project, guide: Guide) -> Iterator[Problem]:
    """A guide takes its figures along wherever its folder goes."""
    for figure in _find_figures(guide):
        if _is_outside(figure.path):
            found = f"the figure `{figure.path}` is not in the content folder"
            yield Problem(figure.place, "figure-outside", found, "copy it to `figures/` and name it there")


def figure_name(project: Project, guide: Guide) -> Iterator[Problem]:
    """An EPUB is an archive: its file names must be unique, and possible on every system."""
    for figure, _ in _find_files(project, guide):
        if figure.path.casefold() in _RESERVED_NAMES or set(figure.path) & _FORBIDDEN_IN_FILE_NAMES:
            found = f"the figure `{figure.path}` cannot have this name in an EPUB"
            fix = "name it `figures/` and plain letters, digits and hyphens"
            yield Problem(figure.place, "figure-name", found, fix)


def missing_alt(project: Project, guide: Guide) -> Iterator[Problem]:
    """Readers who cannot see a figure are told its content."""
    for figure in _find_figures(guide):
        if not figure.alt.strip():
            fix = f"write what it shows: `![A network of three layers]({figure.path})`"
            yield Problem(figure.place, "missing-alt", f"the figure `{figure.path}` has no text in its place", fix)


def _check_size(asset: Asset, figure: Figure) -> Iterator[Problem]:
    """Report a picture that would fill the memory, which a few bytes may do.

    Raises BrokenDrawingError and BrokenPictureError.
    """
    what = f"the figure `{asset.path}`"
    if not asset.is_drawing:
        yield from _check_pixels(asset.data, asset.ending, what, figure)
        return
    yield from check_limit("drawing", len(asset.data), what, figure.place)
    root = parse_drawing(asset.data)
    yield from check_limit("nesting", measure_depth(root), what, figure.place)
    yield from check_limit("elements", count_drawn_elements(root), what, figure.place)
    for ending, data in find_embedded_pictures(root):
        yield from _check_pixels(data, ending, f"a picture in {what}", figure)


def _check_pixels(data: bytes, ending: str, what: str, figure: Figure) -> Iterator[Problem]:
    """Report a picture with too many pixels, and unpack one that is small enough. Raises BrokenPictureError."""
    large = list(check_limit("pixels", count_pixels(data, ending), what, figure.place))
    yield from large
    if not large:
        unpack_picture(data, ending)
        if (bits := count_bits(data, ending)) > 8:
            found = f"{what} has {bits} bits for each pixel, which print cannot show"
            yield Problem(figure.place, "broken-figure", found, "save it with 8 bits")


def _find_figures(guide: Guide) -> Iterator[Figure]:
    return (figure for chapter in guide.chapters for passage in chapter.passages for figure in passage.figures)


def _find_files(project: Project, guide: Guide) -> Iterator[tuple[Figure, Asset]]:
    """Yield each figure whose file exists, with the file."""
    known = {asset.path: asset for asset in project.assets}
    return ((figure, known[figure.path]) for figure in _find_figures(guide) if figure.path in known)


def _is_outside(path: str) -> bool:
    """True if a figure's path leads out of the content folder, to the disk or to the web."""
    return "://" in path or path.startswith(("/", "\\", "file:", "data:")) or ".." in path.split("/")
