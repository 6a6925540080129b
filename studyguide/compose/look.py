"""Lay the look of a guide over the styles: Look, tokens of the stylesheets → tokens; Look → CSS of an EPUB, of web pages, of cards."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from studyguide.colours import is_colour, lighten_colour, measure_contrast, mix_colours
from studyguide.model import AnkiOptions, EbookOptions, Edition, Look, OwnFace, WebOptions
from studyguide.page_size import LENGTH, read_length
from studyguide.runtime.fonts import HOLE_FACES, HOLE_FAMILY, HOLE_FILE, has_digits, measure_family, name_family_files
from studyguide.scripts import FAMILIES

_FACE_TOKENS = {"text": "text", "sans": "sans", "code": "mono"}
"""Key of a face in ``Look`` → the token of its families."""
_SCALED_TOKENS = ("small", "title", "heading", "code", "code-lead", "numeral", "mark")
"""Sizes that grow with the text."""
_REGULAR, _BOLD = 400, 700
_LIGHTEST_BOLD = 600
"""The weight from which a face is bold (CSS Fonts 4, 2.2)."""
_HOLE_KEYS = {400: ("text", 400), 500: ("sans", 400), 600: ("sans", 600), 700: ("text", 600)}
"""Weight of a hole in the stylesheets → the key of its face in ``Look``, and that face's weight."""
_EBOOK_FAMILIES = {"text": "Book Serif", "sans": "Book Sans", "code": "Book Mono"}
"""Key of a face in ``Look`` → its family in ``styles/faces.css``."""
_NIGHT = "@media (prefers-color-scheme: dark)"
_WEB_TOKENS = {"text": "prose", "sans": "plain", "code": "fixed"}
"""Key of a face in ``Look`` → the token of its families on web pages."""
_PAIR = re.compile(r"light-dark\((#[0-9A-Fa-f]{6}), (#[0-9A-Fa-f]{6})\)")
_WHITE, _BLACK = "#ffffff", "#0d1215"
_NIGHT_CONTRAST = 7.0
"""The contrast at night of a colour that is made of one for the day (WCAG 2.2, 1.4.6)."""
_PAGE_TITLES, _CARD_TITLES = "accent", "ink"
"""The token whose colour titles have without a ``heading``: those of chapters on web pages, and the questions of cards, as in print."""
_DAY_CARD, _NIGHT_CARD = 0.45, 0.04
"""The share of white in the ground of a question, beside that of the page, by day and at night."""
_GREYS = {"quiet": 0.25, "rule": 0.55, "hair": 0.82}
"""Token of a weak ink → the share of the ground in it, beside the ink of the text."""
_WASH = 0.08
"""The share of the accent in the ground of what stands out."""
_CARD_TOKENS = {
    "paper": "night",
    "ink": "night-ink",
    "title-ink": "night-title-ink",
    "accent": "night-accent",
    "quiet": "night-quiet",
    "rule": "night-rule",
}
"""Token of a colour of a card → that of the same at night."""


def list_look_tokens(look: Look, tokens: Mapping[str, str], faces: Sequence[OwnFace]) -> dict[str, str]:
    """Return the tokens that a look changes in the styles of a printed book; ``tokens`` are those without it.

    ``faces`` are those of the guide.
    """
    found = dict(_list_inks(look))
    if look.text:
        found["space"] = f"{measure_face(look.text, faces)[0]:.3f}"
    if look.size is not None and (base := read_length(tokens["size"])):
        scale = look.size / base
        found |= {name: _scale(tokens[name], scale) for name in ("size", "lead", "half", *_SCALED_TOKENS)}
    if look.leading is not None:
        found |= {"lead": f"{look.leading:g}pt", "half": f"{look.leading / 2:g}pt"}
    return found


def _list_inks(look: Look) -> Iterator[tuple[str, str]]:
    """Yield the tokens of the colours that a look has."""
    for token, colour in (("accent", look.accent), ("heading-ink", look.heading), ("ink", look.ink)):
        if colour:
            yield token, colour


def _scale(length: str, scale: float) -> str:
    return LENGTH.sub(lambda match: f"{round(float(match[1]) * scale, 2):g}{match[2]}", length)


def list_look_families(look: Look, faces: Sequence[OwnFace]) -> dict[str, str]:
    """Return the family that a look puts first in each token of families; ``faces`` are those of the guide."""
    return {token: find_family(family, faces) for key, token in _FACE_TOKENS.items() if (family := getattr(look, key))}


def find_family(name: str, faces: Sequence[OwnFace]) -> str:
    """Return the family that an author means: one of the guide, which may be called as one of the program is, or one of the program."""
    return next((face.family for face in faces if face.name == name), name)


def measure_face(name: str, faces: Sequence[OwnFace]) -> tuple[float, float]:
    """Return the width of a space and the mean width of a letter of a family, in parts of the type size."""
    family = find_family(name, faces)
    own = sorted(
        (face.is_italic, abs(face.weight - _REGULAR), face.space, face.letter)
        for face in faces
        if face.family == family
    )
    return own[0][2:] if own else measure_family(family if family in FAMILIES else FAMILIES[0])


def write_face_rules(faces: Iterable[OwnFace]) -> str:
    """Return the rules by which typesetting finds the guide's own faces."""
    return "".join(
        f'@font-face {{ font-family: "{face.family}"; src: url(fonts/{face.file_name}); font-weight: {face.weight}; '
        f"font-style: {'italic' if face.is_italic else 'normal'}; }}\n"
        for face in faces
    )


def write_hole_rules(look: Look, faces: Sequence[OwnFace]) -> str:
    """Return the rules by which typesetting finds the faces of holes, in which binding writes page numbers."""
    return "".join(
        f"@font-face {{ font-family: {HOLE_FAMILY}; src: url(fonts/{HOLE_FILE}{file}); font-weight: {weight}; }}\n"
        for weight, (_, default) in HOLE_FACES.items()
        for file in [_find_hole_file(getattr(look, _HOLE_KEYS[weight][0]), _HOLE_KEYS[weight][1], faces) or default]
    )


def _find_hole_file(name: str, weight: int, faces: Sequence[OwnFace]) -> str:
    """Return the file of the upright face of a family that is nearest in weight; empty if there is none with digits."""
    family = find_family(name, faces)
    own = [face for face in faces if face.family == family and not face.is_italic and has_digits(face)]
    if own:
        return min(own, key=lambda face: (abs(face.weight - weight), face.weight)).file_name
    return name_family_files(family)[weight, False] if family in FAMILIES else ""


def change_ebook_faces(css: str, look: Look, faces: Sequence[OwnFace]) -> str:
    """Return the styles of an EPUB with the faces of a look in the place of the program's, if they name faces."""
    for key, role in _EBOOK_FAMILIES.items():
        name = getattr(look, key)
        rules = re.compile(rf'@font-face \{{ font-family: "{role}";[^}}]*\}}\n')
        if name and rules.search(css):
            family = find_family(name, faces)
            own = {(face.weight, face.is_italic): face.file_name for face in faces if face.family == family}
            files = own or (name_family_files(family) if family in FAMILIES else {})
            new = "".join(
                f'@font-face {{ font-family: "{role}"; src: url(fonts/{file}); '
                f"font-weight: {'bold' if weight >= _LIGHTEST_BOLD else 'normal'}; "
                f"font-style: {'italic' if is_italic else 'normal'}; }}\n"
                for (weight, is_italic), file in sorted(_choose_ebook_files(files).items())
            )
            css = new + rules.sub("", css) if new else css
    return css


def _choose_ebook_files(files: Mapping[tuple[int, bool], str]) -> dict[tuple[int, bool], str]:
    """Return the file that is nearest to regular and the one that is nearest to bold, upright and italic, of those that there are."""
    chosen = {}
    for is_italic in (False, True):
        weights = [weight for weight, is_slanted in files if is_slanted == is_italic]
        for wanted in (_REGULAR, _BOLD):
            alike = [each for each in weights if (each >= _LIGHTEST_BOLD) == (wanted >= _LIGHTEST_BOLD)]
            if alike:
                nearest = min(alike, key=lambda weight: (abs(weight - wanted), weight))
                chosen[nearest, is_italic] = files[nearest, is_italic]
    return chosen


# ---------------------------------------------------------------- web pages and cards


def list_screen_tokens(
    edition: Edition, look: Look, tokens: Mapping[str, str], faces: Sequence[OwnFace]
) -> dict[str, str]:
    """Return the tokens that a look changes in the styles of an edition without pages; ``tokens`` are those without it."""
    if isinstance(edition.options, WebOptions):
        return _list_web_colours(look, tokens) | _list_web_families(edition.options, look, tokens, faces)
    if isinstance(edition.options, AnkiOptions):
        colours = {name: value for name, value in tokens.items() if is_colour(value)}
        at_night = {name: colours[other] for name, other in _CARD_TOKENS.items() if other in colours}
        night = _make_night(look, at_night, _CARD_TITLES)
        return _make_day(look, colours, _CARD_TITLES) | {
            _CARD_TOKENS[name]: night[name] for name in night.keys() & _CARD_TOKENS
        }
    return {"accent": look.accent} if look.accent else {}


def _list_web_colours(look: Look, tokens: Mapping[str, str]) -> dict[str, str]:
    """Return the colours of web pages, each a pair for the day and for the night."""
    pairs = {name: pair for name, value in tokens.items() if (pair := _PAIR.fullmatch(value))}
    day, night = ({name: pair[number] for name, pair in pairs.items()} for number in (1, 2))
    light, dark = _make_day(look, day, _PAGE_TITLES), _make_night(look, night, _PAGE_TITLES)
    changed = [name for name in pairs if name in light or name in dark]
    found = {name: f"light-dark({(day | light)[name]}, {(night | dark)[name]})" for name in changed}
    return found | ({"ground": look.accent} if look.accent else {})


def _make_day(look: Look, tokens: Mapping[str, str], titles: str) -> dict[str, str]:
    """Return the colours by day that a look changes; ``titles`` is the token whose colour titles have without a ``heading``."""
    return _make_palette(_Inks(look.accent, look.heading, look.ink, look.background), tokens, titles, _DAY_CARD)


def _make_night(look: Look, tokens: Mapping[str, str], titles: str) -> dict[str, str]:
    """Return the colours at night that a look changes; an accent or a heading without one for the night is made lighter."""
    ground = look.night_background or tokens.get("card") or tokens.get("paper", _BLACK)
    accent, heading = (
        night or (day and lighten_colour(day, ground, _NIGHT_CONTRAST))
        for day, night in ((look.accent, look.night_accent), (look.heading, look.night_heading))
    )
    return _make_palette(_Inks(accent, heading, look.night_ink, look.night_background), tokens, titles, _NIGHT_CARD)


class _Inks(NamedTuple):
    """The colours that a look sets, by day or at night; an empty one is the program's."""

    accent: str
    heading: str
    ink: str
    ground: str


def _make_palette(inks: _Inks, tokens: Mapping[str, str], titles: str, card_share: float) -> dict[str, str]:
    """Return the colours that these change, by their tokens; ``tokens`` are those of the styles.

    ``card_share`` is the share of white in the ground of a question, beside that of the page. What is mixed of a token that is no
    colour, because a style of the guide sets it in another form, stays as it is.
    """
    accent, heading, ink, ground = inks
    named = {"accent": accent, "ink": ink, "paper": ground}
    named["title-ink"] = heading or named[titles]
    found = {name: colour for name, colour in named.items() if colour}
    if ground:
        found["card"] = mix_colours(ground, _WHITE, card_share)
    colours = {**tokens, **found}
    if (ink or ground) and colours.keys() >= {"ink", "paper"}:
        found |= {name: mix_colours(colours["ink"], colours["paper"], share) for name, share in _GREYS.items()}
    if accent:
        found["on-accent"] = max(_WHITE, _BLACK, key=lambda each: measure_contrast(each, accent))
    surface = colours.get("card") or colours.get("paper")
    if (accent or ground) and surface and "accent" in colours:
        found["wash"] = mix_colours(surface, colours["accent"], _WASH)
    return found


def _list_web_families(
    options: WebOptions, look: Look, tokens: Mapping[str, str], faces: Sequence[OwnFace]
) -> dict[str, str]:
    """Return the families of web pages with those of a look before them."""
    return {
        token: f'"{find_family(name, faces)}", {tokens[token]}'
        for key, token in _WEB_TOKENS.items()
        if options.fonts == "book" and (name := getattr(look, key))
    }


def write_web_faces(edition: Edition, look: Look, faces: Sequence[OwnFace]) -> str:
    """Return the rules by which a browser finds the faces of a look; empty for another output than web pages."""
    if not isinstance(edition.options, WebOptions) or edition.options.fonts != "book":
        return ""
    names = dict.fromkeys(filter(None, (getattr(look, key) for key in _WEB_TOKENS)))
    return "".join(_write_web_faces(name, faces) for name in names)


def _write_web_faces(name: str, faces: Sequence[OwnFace]) -> str:
    """Return the rules by which a browser finds the files of a family."""
    family = find_family(name, faces)
    own = {(face.weight, face.is_italic): face.file_name for face in faces if face.family == family}
    files = own or (name_family_files(family) if family in FAMILIES else {})
    return "".join(
        f'@font-face {{ font-family: "{family}"; src: url(fonts/{file}) format("woff2"); font-weight: {weight}; '
        f"font-style: {'italic' if is_italic else 'normal'}; font-display: swap; }}\n"
        for (weight, is_italic), file in sorted(files.items())
    )


# ---------------------------------------------------------------- EPUB


def write_ebook_colours(edition: Edition, look: Look) -> str:
    """Return the CSS of an EPUB that takes the book's colours.

    A book that sets its ground sets the ink on it too. Without a ground the reader's own shows, and at night the titles have the
    reader's ink, where readers tell that it is night.
    """
    if not (isinstance(edition.options, EbookOptions) and edition.options.colours == "book"):
        return ""
    title = look.heading or look.accent
    rules = []
    if look.background:
        rules.append(f"body {{ background: {look.background}; color: {look.ink or '#16191c'}; }}")
    elif look.ink:
        rules.append(f"body {{ color: {look.ink}; }}")
    if title:
        rules.append(f"h1, .division h2 {{ color: {title}; }}")
    if look.accent:
        rules.append(f".number, .letter, .ref a, .next a {{ color: {look.accent}; }}")
    if rules and not look.background:
        rules.append(f"{_NIGHT} {{ body, h1, .division h2, .number, .letter, .ref a, .next a {{ color: inherit; }} }}")
    return "\n".join(["", *rules, ""])


def write_logo_ground(edition: Edition) -> str:
    """Return the CSS of an EPUB that shows the logo on the ground of the cover, because a logo drawn for that may be white."""
    if not isinstance(edition.options, EbookOptions):
        return ""
    return "\n.colophon-logo img, .colophon-logo svg { padding: 0.5em 0.6em; background: var(--accent); }\n"
