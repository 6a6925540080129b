"""Assemble the stylesheet of an edition: Sources of ``styles/``, Edition → CSS."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from studyguide.bidi import get_direction
from studyguide.compose.look import (
    change_ebook_faces,
    list_look_families,
    list_look_tokens,
    list_screen_tokens,
    write_ebook_colours,
    write_face_rules,
    write_hole_rules,
    write_logo_ground,
    write_web_faces,
)
from studyguide.compose.mirror import mirror_styles
from studyguide.locale import Locale
from studyguide.model import Edition, Look, OwnFace, PageSize, Source
from studyguide.page_size import describe_missing_token, find_tokens, read_page_size, remove_comments
from studyguide.problems import ContentError, Place, Problem
from studyguide.scripts import Script, find_home_script, list_families, name_signs

_TOKEN = re.compile(r"var\(--([\w-]+)\)")
_TOKENS = "tokens.css"
_PAGE_TOKENS = frozenset({"width", "height", "head", "foot", "inner", "outer"})
_MAX_TOKEN_DEPTH = 3  # a token may be made of tokens that are made of others


@dataclass(frozen=True, slots=True)
class StyleSheets:
    """The stylesheets of an edition, and what is laid over them."""

    styles: tuple[Source, ...]
    """All files of ``styles/``, those of the guide last."""
    files: Sequence[str]
    """The paths of those that the edition uses besides ``code.css`` and ``tokens.css``."""
    own: str
    """The path of the guide's own file that follows them, if it is there."""
    look: Look
    faces: tuple[OwnFace, ...]
    """The guide's own faces."""
    has_logo: bool = False


def assemble_stylesheet(
    sheets: StyleSheets, edition: Edition, locale: Locale, language: str, scripts: tuple[Script, ...] = ()
) -> tuple[str, PageSize | None]:
    """Return the CSS, and the size of its pages if it has any. ``scripts`` are those of its text, that of its language first.

    Every ``var(--name)`` is replaced by its value, because old e-readers do not know variables;
    ``--colon`` is what follows a label. Raises ContentError for a variable that has no value or a wrong one.
    """
    sources = {source.path: source for source in sheets.styles}
    texts = {path: source.text for path, source in sources.items()}
    paths = ("code.css", *sheets.files)
    own_css = texts.get(sheets.own, "")
    css = "\n".join(texts[path] for path in paths)
    if sheets.has_logo:
        css += write_logo_ground(edition)
    tokens = {"colon": f'"{locale.labels.colon}"'}
    tokens |= _find_program_tokens(sheets.styles, paths)
    tokens |= find_tokens(texts[_TOKENS], css)
    if "width" in tokens:
        home = find_home_script(language)
        if home:
            own = texts[f"scripts/{home.style}"]
            css += own
            tokens |= find_tokens(own)
        tokens |= list_look_tokens(sheets.look, tokens, sheets.faces)
        tokens |= find_tokens(own_css)
        tokens |= _add_families(tokens, scripts, home, list_look_families(sheets.look, sheets.faces))
        own_faces = sheets.look.choose_faces(sheets.faces)
        css = write_hole_rules(sheets.look, own_faces) + write_face_rules(own_faces) + css
    else:
        tokens |= list_screen_tokens(edition, sheets.look, tokens, sheets.faces)
        tokens |= find_tokens(own_css)
        css = write_web_faces(edition, sheets.look, sheets.faces) + css
        css = change_ebook_faces(css, sheets.look, sheets.faces)
    css = remove_comments(css + write_ebook_colours(edition, sheets.look) + own_css)
    last = sources[paths[-1]]
    place = Place(last.origin or f"styles/{last.path}")
    own_place = next((Place(each.origin) for each in sheets.styles if each.origin and each.path == sheets.own), None)
    sizes_page = own_place and not _PAGE_TOKENS.isdisjoint(find_tokens(own_css))
    size = _read_size(tokens, own_place if sizes_page else None, place) if "width" in tokens else None
    if size and not edition.options.has_spine:
        margin = (size.inner + size.outer) / 2
        size = replace(size, inner=margin, outer=margin)
        tokens |= {"inner": f"{margin}pt", "outer": f"{margin}pt"}
    if missing := next((name for name in _TOKEN.findall(css) if name not in tokens), None):
        raise _describe_own_token(sheets, missing, "nothing sets") or describe_missing_token(missing, place)
    for _ in range(_MAX_TOKEN_DEPTH):
        css = _TOKEN.sub(lambda match: tokens[match[1]], css)
    if endless := _TOKEN.search(css):
        fault = _describe_own_token(sheets, endless[1], "too many others are needed for")
        raise fault or describe_missing_token(endless[1], place)
    css = re.sub(r"\s*(?<![\w-])--[\w-]+:[^;}]+;?", "", css)
    if get_direction(language) == "rtl":
        css, size = mirror_styles(css), size and replace(size, direction="rtl")
    return css, size


def _find_program_tokens(styles: Iterable[Source], paths: Sequence[str]) -> dict[str, str]:
    """Return the variables of the program's files of these paths: a file of the guide that replaces one may leave some out."""
    program = {source.path: source.text for source in styles if not source.origin}
    return find_tokens(*(program.get(path, "") for path in (_TOKENS, *paths)))


def _read_size(tokens: Mapping[str, str], own: Place | None, place: Place) -> PageSize:
    """Return the size of pages; ``own`` is the guide's own style if it sets a part of it. Raises ContentError."""
    try:
        return read_page_size(tokens, own or place)
    except ContentError as error:
        if own is None:
            raise
        raise ContentError(replace(each, rule="broken-style") for each in error.problems) from error


def _describe_own_token(sheets: StyleSheets, name: str, fault: str) -> ContentError | None:
    """Return the error of a variable at its first line in the guide's own styles; None if they do not name it."""
    own = next((each for each in sheets.styles if each.origin and f"--{name}" in each.text), None)
    if own is None:
        return None
    place = replace(own.at(1, f"--{name}"), path=own.origin)
    found = f"this style cannot be used: {fault} `--{name}`"
    return ContentError([Problem(place, "broken-style", found, f"set `--{name}: …;` there, to a value")])


def _add_families(
    tokens: Mapping[str, str], scripts: tuple[Script, ...], home: Script | None, chosen: Mapping[str, str]
) -> dict[str, str]:
    """Return the variables of the families of the printed book, with those of scripts before the families of all letters.

    ``home`` is the script of the book's language: its signs go before all others, except in code. ``chosen`` are the families of the
    guide's look, by the variable; the program's own have the letters that they lack, and each has those that only another has.
    """
    found = {}
    for name in ("text", "sans", "mono"):
        first, _, rest = tokens[name].partition(",")
        families = list(list_families(scripts, is_text=name == "text"))
        signs = [name_signs(families[0])] if home and home.signs and name != "mono" else []
        own = [_quote(chosen[name])] if name in chosen else []
        others = [each for each in dict.fromkeys(map(_quote, chosen.values())) if each not in own]
        found[name] = ", ".join([*map(_quote, signs), *own, first, *map(_quote, families), *others, rest.strip()])
    return found


def _quote(family: str) -> str:
    return f'"{family}"'


def find_token(styles: Iterable[Source], name: str) -> str:
    """Return a variable of the guide's own ``tokens.css``, or of the program's if the guide sets none."""
    return find_tokens(*(source.text for source in styles if source.path == _TOKENS))[name]
