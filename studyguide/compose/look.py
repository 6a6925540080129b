"""Lay the look of a guide over the styles: Look, tokens of the stylesheets → tokens; Look → CSS of an EPUB."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from studyguide.model import EbookOptions, Edition, Look, OwnFace
from studyguide.runtime.fonts import measure_family, name_family_files
from studyguide.scripts import FAMILIES

_FACE_TOKENS = {"text": "text", "sans": "sans", "code": "mono"}
"""Key of a face in ``Look`` → the token of its families."""
_SCALED_TOKENS = ("small", "title", "heading", "code", "code-lead", "numeral", "mark")
"""Sizes that grow with the text."""
_REGULAR, _BOLD = 400, 600
_BOLDS = (600, 700)
_LENGTH = re.compile(r"([\d.]+)pt")
_EBOOK_FAMILIES = {"text": "Book Serif", "sans": "Book Sans", "code": "Book Mono"}
"""Key of a face in ``Look`` → its family in ``styles/faces.css``."""
_NIGHT = "@media (prefers-color-scheme: dark)"


def list_look_tokens(look: Look, tokens: Mapping[str, str], faces: Sequence[OwnFace]) -> dict[str, str]:
    """Return the tokens that a look changes in the styles of a printed book; ``tokens`` are those without it.

    ``faces`` are those of the guide.
    """
    found = dict(_list_inks(look))
    if look.text:
        found["space"] = f"{measure_face(look.text, faces)[0]:.3f}"
    if look.size is not None and (base := _LENGTH.fullmatch(tokens["size"])):
        scale = look.size / float(base[1])
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
    return _LENGTH.sub(lambda match: f"{round(float(match[1]) * scale, 2):g}pt", length)


def list_look_families(look: Look, faces: Sequence[OwnFace]) -> dict[str, str]:
    """Return the family that a look puts first in each token of families; ``faces`` are those of the guide."""
    return {token: find_family(family, faces) for key, token in _FACE_TOKENS.items() if (family := getattr(look, key))}


def find_family(name: str, faces: Sequence[OwnFace]) -> str:
    """Return the family that an author means: one of the guide, which may be called as one of the program is, or one of the program."""
    return next((face.family for face in faces if face.name == name), name)


def choose_faces(look: Look, faces: Sequence[OwnFace]) -> tuple[OwnFace, ...]:
    """Return the faces of the guide that a look names."""
    wanted = set(list_look_families(look, faces).values())
    return tuple(face for face in faces if face.family in wanted)


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
                f'@font-face {{ font-family: "{role}"; src: url(fonts/{file}); font-weight: {"bold" if weight >= _BOLD else "normal"}; '
                f"font-style: {'italic' if is_italic else 'normal'}; }}\n"
                for (weight, is_italic), file in sorted(files.items())
                if weight in (_REGULAR, *_BOLDS)
            )
            css = new + rules.sub("", css) if new else css
    return css


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
