"""Checks of the look of a guide: its colours, faces and sizes: Project, Guide → Problems."""

from collections.abc import Iterator
from dataclasses import dataclass

from studyguide.colours import is_colour, measure_contrast
from studyguide.model import AnkiOptions, EbookOptions, Edition, Guide, Look, OwnFace, PrintOptions, Project, WebOptions
from studyguide.page_size import find_tokens, read_length, read_page_size
from studyguide.problems import ContentError, Place, Problem, suggest_names
from studyguide.runtime.fonts import measure_family
from studyguide.scripts import FAMILIES
from studyguide.toml_text import find_key

_GUIDE_TABLE = ("look",)
_FACE_KEYS = {"text": "text", "sans": "labels and tables", "code": "code"}
_WHITE = "#ffffff"
_TEXT_CONTRAST, _TITLE_CONTRAST = 4.5, 3.0
"""The least contrast of text, and of text from 18 pt on (WCAG 2.2, 1.4.3)."""
_SMALLEST = 8.0
"""Points of the text size below which most readers hold a book closer."""
_TIGHTEST = 1.15
"""The least distance of lines, in parts of the text size."""
_NARROWEST, _WIDEST = 45, 90
"""Characters of a line, on average."""
_BOLD = 600
_STYLES = {"text": ("bold", "italic"), "sans": ("bold",), "code": ("bold",)}
"""Key of a face → the styles that books print of it."""


def unknown_face(project: Project, guide: Guide) -> Iterator[Problem]:
    """The faces of a machine are hidden, so that a book is the same on each: it has those of the guide and of the program."""
    paths = {asset.path for asset in project.fonts}
    if any(problem.place.path in paths for problem in guide.config.problems):
        return  # it may be the face whose file cannot be used
    known = [*dict.fromkeys(face.name for face in guide.faces), *FAMILIES]
    for table, look in _list_looks(guide):
        for key in _FACE_KEYS:
            name = getattr(look, key)
            if name and name not in known:
                found = f"there is no face `{name}`, in `fonts/` or in the program"
                yield Problem(_find_key(project, table, key), "unknown-face", found, suggest_names(name, known))


def unread_file(project: Project, guide: Guide) -> Iterator[Problem]:
    """A face of the guide is in its books only if a look names it."""
    looks = (guide.config.look, *(edition.look for edition in guide.config.editions))
    named = {name for look in looks for name in (look.text, look.sans, look.code)}
    for path, name in {face.path: face.name for face in guide.faces}.items():
        if name not in named:
            fix = f'write `text = "{name}"`, or `sans` or `code`, into `[look]`, or delete the file'
            yield Problem(Place(path), "unread-file", f"no book has the face `{name}`: `[look]` does not name it", fix)


def missing_style(project: Project, guide: Guide) -> Iterator[Problem]:
    """Bold and italic letters are drawn by the maker of a face; without them, what is stressed looks like the rest."""
    for table, look in _list_looks(guide):
        for key, styles in _STYLES.items():
            faces = [face for face in guide.faces if face.name == getattr(look, key)]
            for style in styles if faces else ():
                has = any(face.weight >= _BOLD if style == "bold" else face.is_italic for face in faces)
                if not has:
                    found = f"the face `{faces[0].name}` has no {style} letters, which {_FACE_KEYS[key]} has"
                    fix = f"put the file of its {style} letters into `fonts/` too"
                    yield Problem(_find_key(project, table, key), "missing-style", found, fix)


def low_contrast(project: Project, guide: Guide) -> Iterator[Problem]:
    """Words in a colour that is too near to that of their ground are hard to read, in poor light and for many readers at all."""
    seen = set()
    for edition, table, look in _list_edition_looks(guide):
        for key, place_of, ink, ground, least in _list_pairs(edition, look, project):
            contrast = measure_contrast(ink, ground)
            owner = table if getattr(edition.look, key.replace("-", "_")) else _GUIDE_TABLE
            if contrast < least and (owner, key, place_of) not in seen:
                seen.add((owner, key, place_of))
                found = f"{place_of} have a contrast of {int(contrast * 100) / 100:g} to 1: `{ink}` on `{ground}`"
                fix = f"take a darker or a lighter colour: {least:g} to 1 is the least that WCAG allows"
                yield Problem(_find_key(project, owner, key), "low-contrast", found, fix)


def small_text(project: Project, guide: Guide) -> Iterator[Problem]:
    """Text of less than 8 points is read with effort, and captions are smaller still."""
    for table, look in _list_looks(guide):
        if look.size is not None and look.size < _SMALLEST:
            found = f"the text is {look.size:g} pt high, and captions are smaller"
            yield Problem(_find_key(project, table, "size"), "small-text", found, f"write {_SMALLEST:g} or more")


def tight_lines(project: Project, guide: Guide) -> Iterator[Problem]:
    """Lines that are too near to each other are mixed up, and letters touch."""
    for edition, table, look in _list_edition_looks(guide):
        sizes = _measure_lines(project, guide, edition, look)
        if look.leading is not None and sizes and look.leading < _TIGHTEST * sizes.size:
            found = f"the lines are {look.leading:g} pt apart, and the letters {sizes.size:g} pt high"
            fix = f"write {_TIGHTEST * sizes.size:.1f} or more"
            owner = table if edition.look.leading is not None else _GUIDE_TABLE
            yield Problem(_find_key(project, owner, "leading"), "tight-lines", found, fix)


def narrow_measure(project: Project, guide: Guide) -> Iterator[Problem]:
    """In lines of few characters words are divided often, and gaps open."""
    for found, place in _list_measures(project, guide):
        if found.characters < _NARROWEST:
            fix = "make the text smaller or the page wider"
            yield Problem(place, "narrow-measure", found.describe(), fix)


def wide_measure(project: Project, guide: Guide) -> Iterator[Problem]:
    """From the end of a long line the eye does not find the next one."""
    for found, place in _list_measures(project, guide):
        if found.characters > _WIDEST:
            fix = "make the text larger, or `--side`, `--inner` or `--outer` of the page wider"
            yield Problem(place, "wide-measure", found.describe(), fix)


# ---------------------------------------------------------------- looks and their places


_Table = tuple[str, ...]
"""The names of a table of guide.toml: ``look``, or ``editions``, ``pocket`` and ``look``."""


def _list_looks(guide: Guide) -> Iterator[tuple[_Table, Look]]:
    """Yield the look of the guide and those of its editions, with the names of their tables."""
    yield _GUIDE_TABLE, guide.config.look
    for edition in guide.config.editions:
        if edition.paper is None or edition.paper.kind == "questions":
            yield _name_table(edition), edition.look


def _list_edition_looks(guide: Guide) -> Iterator[tuple[Edition, _Table, Look]]:
    """Yield each edition with the names of the table of its own look, and the look that it has."""
    for edition in guide.config.editions:
        yield edition, _name_table(edition), edition.look.over(guide.config.look)


def _name_table(edition: Edition) -> _Table:
    return "editions", edition.table, "look"


def _find_key(project: Project, table: _Table, key: str) -> Place:
    """Return where a key of a table is set, or where the table begins."""
    if project.config is None:
        return project.place
    return Place(project.config.path, *find_key(project.config.text, table, key))


# ---------------------------------------------------------------- colours


_Pair = tuple[str, str, str, str, float]
"""A key of a look, what has its colour, ink and ground, and the least contrast."""


def _list_pairs(edition: Edition, look: Look, project: Project) -> Iterator[_Pair]:
    """Yield the pairs of colours that a look sets."""
    if look == Look():
        return
    tokens = _find_colours(project)
    options = edition.options
    if isinstance(options, EbookOptions):
        if options.colours == "book":
            yield from _list_screen_pairs(look, f"in the e-book `{edition.table}`", tokens["ink"])
    elif isinstance(options, WebOptions | AnkiOptions):
        medium = "on web pages" if isinstance(options, WebOptions) else "on cards"
        yield from _list_screen_pairs(look, medium, tokens["ink"])
        night = look.at_night(tokens["night"])
        for key, place_of, ink, ground, least in _list_screen_pairs(night, f"{medium} at night", tokens["night-ink"]):
            if getattr(look, f"night_{key}"):
                yield f"night-{key}", place_of, ink, ground, least
    else:
        yield from _list_paper_pairs(look)


def _find_colours(project: Project) -> dict[str, str]:
    """Return the variables of ``tokens.css`` that are colours; the program's where the guide sets one in another form."""
    found: dict[str, str] = {}
    for source in project.styles:
        if source.path == "tokens.css":
            found |= {name: value for name, value in find_tokens(source.text).items() if is_colour(value)}
    return found


def _list_paper_pairs(look: Look) -> Iterator[_Pair]:
    if look.accent:
        yield "accent", "numbers and references", look.accent, _WHITE, _TEXT_CONTRAST
        yield "accent", "the words of the cover and of tabs", _WHITE, look.accent, _TEXT_CONTRAST
    if look.heading:
        yield "heading", "titles", look.heading, _WHITE, _TITLE_CONTRAST
    if look.ink:
        yield "ink", "words of the text", look.ink, _WHITE, _TEXT_CONTRAST


def _list_screen_pairs(look: Look, medium: str, ink: str) -> Iterator[_Pair]:
    """Yield the pairs of a medium whose ground a look may colour; ``ink`` is that of its text without a look."""
    ground = look.background or _WHITE
    if look.accent:
        yield "accent", f"numbers and references {medium}", look.accent, ground, _TEXT_CONTRAST
    if look.heading:
        yield "heading", f"titles {medium}", look.heading, ground, _TITLE_CONTRAST
    if look.ink:
        yield "ink", f"words of the text {medium}", look.ink, ground, _TEXT_CONTRAST
    elif look.background:
        yield "background", f"words of the text {medium}", ink, ground, _TEXT_CONTRAST


# ---------------------------------------------------------------- lines


@dataclass(frozen=True, slots=True)
class _Measure:
    """The lines of a printed edition. Lengths are points."""

    page: str
    width: float
    size: float
    letter: float
    """The mean width of a letter, in parts of the size."""

    @property
    def characters(self) -> int:
        """The characters of a line, on average."""
        return round(self.width / (self.size * self.letter))

    def describe(self) -> str:
        return f"a line on {self.page} paper has about {self.characters} characters, in text of {self.size:g} pt"


def _list_measures(project: Project, guide: Guide) -> Iterator[tuple[_Measure, Place]]:
    """Yield the lines of each edition with a page, a face or a size of the guide's own, and the place that sets them."""
    seen = set()
    own_pages = {source.path: source.origin for source in project.styles if source.origin}
    for edition, table, look in _list_edition_looks(guide):
        page = edition.options.page if isinstance(edition.options, PrintOptions) else ""
        origin = own_pages.get(f"pages/{page}.css")
        if not page or (origin is None and look.size is None and not look.text):
            continue
        measure = _measure_lines(project, guide, edition, look)
        if measure and measure not in seen:
            seen.add(measure)
            key = "size" if look.size is not None else "text"
            owner = table if getattr(edition.look, key) else _GUIDE_TABLE
            yield measure, Place(origin) if origin else _find_key(project, owner, key)


def _measure_lines(project: Project, guide: Guide, edition: Edition, look: Look) -> _Measure | None:
    """Return the lines of an edition; None for one without pages, or if its styles cannot be used."""
    if not isinstance(edition.options, PrintOptions):
        return None
    page = edition.options.page
    paths = ("tokens.css", f"pages/{page}.css", "print.css")
    texts = {source.path: source.text for source in project.styles}
    program = {source.path: source.text for source in project.styles if not source.origin}
    if paths[1] not in texts:
        return None
    tokens = find_tokens(*(each.get(path, "") for each in (program, texts) for path in paths))
    try:
        area = read_page_size(tokens, Place(f"styles/pages/{page}.css"))
    except ContentError:
        return None  # composing reports it
    side, size = read_length(tokens.get("side", "")), read_length(tokens.get("size", ""))
    if side is None or not size:
        return None
    return _Measure(page, area.text_width - side, look.size or size, _measure_letter(look.text, guide.faces))


def _measure_letter(name: str, faces: tuple[OwnFace, ...]) -> float:
    """Return the mean width of a letter of a face, in parts of its size."""
    own = [face.letter for face in faces if face.name == name and not face.is_italic]
    return own[0] if own else measure_family(name if name in FAMILIES else FAMILIES[0])[1]
