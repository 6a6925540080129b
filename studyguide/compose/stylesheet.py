"""Assemble the stylesheet of an edition: Sources of ``styles/``, Edition → CSS."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from studyguide.bidi import get_direction
from studyguide.compose.mirror import mirror_styles
from studyguide.locale import Locale
from studyguide.model import Edition, PageSize, Source
from studyguide.page_size import describe_missing_token, find_tokens, read_page_size
from studyguide.problems import Place
from studyguide.scripts import Script, find_home_script, list_families, name_signs

_TOKEN = re.compile(r"var\(--([\w-]+)\)")
_MAX_TOKEN_DEPTH = 3  # a token may be made of tokens that are made of others


def assemble_stylesheet(
    styles: tuple[Source, ...],
    edition: Edition,
    locale: Locale,
    files: Sequence[str],
    language: str,
    scripts: tuple[Script, ...] = (),
) -> tuple[str, PageSize | None]:
    """Return the CSS, and the size of its pages if it has any. ``scripts`` are those of its text, that of its language first.

    Every ``var(--name)`` is replaced by its value, because old e-readers do not know variables;
    ``--colon`` is what follows a label. Raises ContentError for a variable that has no value or a wrong one.
    """
    texts = {source.path: source.text for source in styles}
    paths = ("code.css", *files)
    css = "\n".join(texts[path] for path in paths)
    tokens = {"colon": f'"{locale.labels.colon}"'}
    tokens |= find_tokens(texts["tokens.css"], css)
    if "width" in tokens:
        home = find_home_script(language)
        if home:
            own = texts[f"scripts/{home.style}"]
            css += own
            tokens |= find_tokens(own)
        tokens |= _add_families(tokens, scripts, home)
    place = Place(f"styles/{paths[-1]}")
    size = read_page_size(tokens, place) if "width" in tokens else None
    if size and not edition.options.has_spine:
        margin = (size.inner + size.outer) / 2
        size = replace(size, inner=margin, outer=margin)
        tokens |= {"inner": f"{margin}pt", "outer": f"{margin}pt"}
    if missing := next((name for name in _TOKEN.findall(css) if name not in tokens), None):
        raise describe_missing_token(missing, place)
    for _ in range(_MAX_TOKEN_DEPTH):
        css = _TOKEN.sub(lambda match: tokens[match[1]], css)
    css = re.sub(r"/\*.*?\*/|\s*--[\w-]+:[^;]+;", "", css, flags=re.DOTALL)
    if get_direction(language) == "rtl":
        css, size = mirror_styles(css), size and replace(size, direction="rtl")
    return css, size


def _add_families(tokens: Mapping[str, str], scripts: tuple[Script, ...], home: Script | None) -> dict[str, str]:
    """Return the variables of the families of the printed book, with those of scripts before the families of all letters.

    ``home`` is the script of the book's language: its signs go before all others, except in code.
    """
    found = {}
    for name in ("text", "sans", "mono"):
        first, _, rest = tokens[name].partition(",")
        families = list(list_families(scripts, is_text=name == "text"))
        signs = [name_signs(families[0])] if home and home.signs and name != "mono" else []
        found[name] = ", ".join([*map(_quote, signs), first, *map(_quote, families), rest.strip()])
    return found


def _quote(family: str) -> str:
    return f'"{family}"'


def find_token(styles: Iterable[Source], name: str) -> str:
    """Return a value of styles/tokens.css."""
    text = next(source.text for source in styles if source.path == "tokens.css")
    return str(re.findall(rf"--{name}:\s*([^;]+);", text)[0])
