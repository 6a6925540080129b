"""Lay the look of a guide over the styles: Look, tokens of the stylesheets → tokens; Look → CSS of an EPUB."""

import re
from collections.abc import Iterator, Mapping

from studyguide.model import EbookOptions, Edition, Look

_FACE_TOKENS = {"text": "text", "sans": "sans", "code": "mono"}
"""Key of a face in ``Look`` → the token of its families."""
_SCALED_TOKENS = ("small", "title", "heading", "code", "code-lead", "numeral", "mark")
"""Sizes that grow with the text."""
_LENGTH = re.compile(r"([\d.]+)pt")
_NIGHT = "@media (prefers-color-scheme: dark)"


def list_look_tokens(look: Look, tokens: Mapping[str, str]) -> dict[str, str]:
    """Return the tokens that a look changes in the styles of a printed book; ``tokens`` are those without it."""
    found = dict(_list_inks(look))
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


def list_own_families(look: Look) -> dict[str, str]:
    """Return the family that a look puts first in each token of families."""
    return {token: family for key, token in _FACE_TOKENS.items() if (family := getattr(look, key))}


def write_ebook_colours(edition: Edition, look: Look) -> str:
    """Return the CSS of an EPUB that takes the book's colours.

    A book that sets its ground sets the ink on it too. Without a ground the reader's own shows, and at night the titles have the
    reader's ink, where readers tell that it is night.
    """
    if not (isinstance(edition.options, EbookOptions) and edition.options.colours == "book"):
        return ""
    title = look.heading or look.accent
    rules = []
    if look.paper:
        rules.append(f"body {{ background: {look.paper}; color: {look.ink or '#16191c'}; }}")
    elif look.ink:
        rules.append(f"body {{ color: {look.ink}; }}")
    if title:
        rules.append(f"h1, .division h2 {{ color: {title}; }}")
    if look.accent:
        rules.append(f".number, .letter, .ref a, .next a {{ color: {look.accent}; }}")
    if rules and not look.paper:
        rules.append(f"{_NIGHT} {{ body, h1, .division h2, .number, .letter, .ref a, .next a {{ color: inherit; }} }}")
    return "\n".join(["", *rules, ""])
