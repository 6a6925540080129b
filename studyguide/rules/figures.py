"""Checks of the figures and their files: Project, Guide → Problems."""

from collections.abc import Iterator
from functools import partial
from math import ceil

from studyguide.drawing_labels import MIN_POINTS, find_cut_labels, find_smallest_label
from studyguide.model import IMAGE_ENDINGS, Asset, Config, Figure, FigureFault, Guide, PrintOptions, Project
from studyguide.page_size import find_tokens, read_page_size
from studyguide.problems import ContentError, NameSuggester, Place, Problem
from studyguide.rules.figure_faults import judge_asset
from studyguide.runtime.fonts import measure_words

# An EPUB has its own cover.png beside the guide's figures. EPUBs of earlier versions had a cover.svg too.
_RESERVED_NAMES = ("cover.png", "cover.svg")
_MEASURE = partial(measure_words, family="IBM Plex Sans Condensed")
"""A drawing's face is known in print alone; in another one its words are hardly narrower than in this."""
_FORBIDDEN_IN_FILE_NAMES = set('\\:*?"<>|')  # EPUB 3.3, "File paths and file names"


def missing_figure(project: Project, guide: Guide) -> Iterator[Problem]:
    """A book is complete when it is made; nothing is fetched later."""
    known = {asset.path for asset in project.assets}
    names = [path.replace("%", "%25") for path in sorted({*known, *project.pictures})]
    suggester = NameSuggester(names)
    for figure in guide.figures:
        if not figure.path:
            found, fix = "a figure names no file", "save it in `figures/`, and name it there"
            yield Problem(figure.place, "missing-figure", found, fix)
        elif figure.path not in known and not _is_outside(figure.path):
            fix = suggester.suggest(figure.path) if names else "put the file there, or mend its path"
            if not figure.path.lower().endswith(IMAGE_ENDINGS):
                fix = "save it as SVG, PNG, JPEG, GIF or WebP, and name that file"
            elif "\\" in figure.path:
                fix = f"write `{figure.path.replace(chr(92), '/')}`"
            yield Problem(figure.place, "missing-figure", f"there is no figure `{figure.path}`", fix)


def broken_figure(project: Project, guide: Guide) -> Iterator[Problem]:
    """An EPUB takes drawings into its text, where a fault in one would be a fault of the whole document."""
    for place, found, fix in _find_faults(project, guide, "broken-figure"):
        yield Problem(place, "broken-figure", found, fix)
    for place, found, fix in _find_faults(project, guide, "over-limit"):
        yield Problem(place, "over-limit", found, fix)


def unsafe_figure(project: Project, guide: Guide) -> Iterator[Problem]:
    """A drawing is a document, and some readers run and fetch its contents."""
    for place, found, fix in _find_faults(project, guide, "unsafe-figure"):
        yield Problem(place, "unsafe-figure", found, fix)


def figure_outside(project: Project, guide: Guide) -> Iterator[Problem]:
    """A guide takes its figures along wherever its folder goes."""
    for figure in guide.figures:
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
    for figure in guide.figures:
        if not figure.alt.strip():
            keys = dict.fromkeys(guide.config.cover_figures, "cover") | dict.fromkeys(guide.config.look_figures, "logo")
            key = keys.get(figure)
            typed = (
                f'{key}-text = "A network of three layers"' if key else f"![A network of three layers]({figure.path})"
            )
            fix = f"write what it shows: `{typed}`"
            yield Problem(figure.place, "missing-alt", f"the figure `{figure.path}` has no text in its place", fix)


def small_label(project: Project, guide: Guide) -> Iterator[Problem]:
    """Words in a drawing are there to be read, on the smallest paper that the guide is printed on too."""
    width, page = find_narrowest_page(project, guide.config) or (0.0, "")
    for figure, asset in _find_files(project, guide):
        if not page or not asset.is_drawing or asset.faults or figure in guide.config.look_figures:
            continue  # the words of a logo are there to be looked at
        label = find_smallest_label(asset.data)
        if label and (points := label.share * width) < MIN_POINTS:
            found = (
                f"the words `{label.words}` in the figure `{figure.path}` are {points:.1f} pt high on {page} paper, even over "
                "the side column"
            )
            larger = f"{MIN_POINTS / points:.1f} times as large"
            yield Problem(
                figure.place,
                "small-label",
                found,
                f"draw them {larger}, which makes {MIN_POINTS:g} pt, or the drawing narrower",
            )


def cut_label(project: Project, guide: Guide) -> Iterator[Problem]:
    """The edge of a drawing cuts what goes beyond it, and a browser on the author's machine may have a narrower face."""
    for figure, asset in _find_files(project, guide):
        if not asset.is_drawing or asset.faults:
            continue
        for label in find_cut_labels(asset.data, _MEASURE):
            found = (
                f"the words `{label.words}` in the figure `{figure.path}` go beyond its {label.side} edge, and are cut"
            )
            fix = f"make its `viewBox` {ceil(label.excess):,} units wider at the {label.side}, or move the words"
            yield Problem(figure.place, "cut-label", found, fix)


def find_narrowest_page(project: Project, config: Config) -> tuple[float, str] | None:
    """Return the width of the text on the narrowest page of the printed editions, in points, and the name of its size."""
    texts = {source.path: source.text for source in project.styles}
    sizes = {edition.options.page for edition in config.editions if isinstance(edition.options, PrintOptions)}
    widths = []
    for size in sizes:
        path = f"pages/{size}.css"
        if path in texts:
            try:
                page = read_page_size(find_tokens(texts.get("tokens.css", ""), texts[path]), Place(f"styles/{path}"))
            except ContentError:
                continue  # composing reports it
            widths.append((page.text_width, size))
    return min(widths, default=None)


def _find_faults(project: Project, guide: Guide, rule: str) -> Iterator[tuple[Place, str, str]]:
    """Yield the place, the fault and its remedy, of each fault of a file that breaks this rule, wherever the file is shown."""
    judged: dict[str, tuple[FigureFault, ...]] = {}
    for figure, asset in _find_files(project, guide):
        if asset.path not in judged:
            judged[asset.path] = judge_asset(asset) if asset.faults is None else asset.faults
        for fault in judged[asset.path]:
            if fault.rule == rule:
                yield figure.place, f"{fault.before}the figure `{figure.path}` {fault.found}", fault.fix


def _find_files(project: Project, guide: Guide) -> Iterator[tuple[Figure, Asset]]:
    """Yield each figure whose file exists, with the file."""
    known = {asset.path: asset for asset in project.assets}
    return ((figure, known[figure.path]) for figure in guide.figures if figure.path in known)


def _is_outside(path: str) -> bool:
    """Return True if a figure's path leads out of the content folder, to the disk or to the web."""
    return "://" in path or path.startswith(("/", "\\", "file:", "data:")) or ".." in path.split("/")
