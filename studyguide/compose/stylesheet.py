"""Assemble the stylesheet of an edition: Sources of ``styles/``, Edition → CSS."""

import re
from collections.abc import Iterable, Mapping, Sequence

from studyguide.locale import Locale
from studyguide.model import Edition, PageSize, Source
from studyguide.problems import ContentError, Place, Problem

_POINTS = {"mm": 72 / 25.4, "cm": 72 / 2.54, "in": 72.0, "pt": 1.0}
_TOKEN = re.compile(r"var\(--([\w-]+)\)")
_MAX_TOKEN_DEPTH = 3  # a token may be made of tokens that are made of others


def assemble_stylesheet(
    styles: tuple[Source, ...], edition: Edition, locale: Locale, files: Sequence[str]
) -> tuple[str, PageSize | None]:
    """Return the CSS, and the size of its pages if it has any.

    Every ``var(--name)`` is replaced by its value, because old e-readers do not know variables;
    ``--colon`` is what follows a label. Raises ContentError for a variable that has no value.
    """
    texts = {source.path: source.text for source in styles}
    css = "\n".join(texts[path] for path in ("code.css", *files))
    tokens = {"colon": f'"{locale.labels.colon} "'}
    tokens |= dict(re.findall(r"--([\w-]+):\s*([^;]+);", texts["tokens.css"] + css))
    inner, outer = (_to_points(tokens.get(side, "0mm")) for side in ("inner", "outer"))
    if not edition.options.has_spine:
        inner = outer = (inner + outer) / 2
        tokens |= {"inner": f"{inner}pt", "outer": f"{outer}pt"}
    if missing := next((name for name in _TOKEN.findall(css) if name not in tokens), None):
        found, fix = f"this style cannot be used: nothing sets `--{missing}`", f"set `--{missing}: …;` there"
        raise ContentError([Problem(Place(f"styles/{files[-1]}"), "template-error", found, fix)])
    for _ in range(_MAX_TOKEN_DEPTH):
        css = _TOKEN.sub(lambda match: tokens[match[1]], css)
    css = re.sub(r"/\*.*?\*/|\s*--[\w-]+:[^;]+;", "", css, flags=re.DOTALL)
    return css, _find_page_size(tokens, inner, outer) if "width" in tokens else None


def _find_page_size(tokens: Mapping[str, str], inner: float, outer: float) -> PageSize:
    width, height, head, foot = (_to_points(tokens[name]) for name in ("width", "height", "head", "foot"))
    columns = tuple(
        (role, int(tokens[f"{role}-columns"]), _to_points(tokens[f"{role}-gap"])) for role in ("glossary", "index")
    )
    return PageSize(width, height, head, foot, inner, outer, columns)


def find_token(styles: Iterable[Source], name: str) -> str:
    """Return a value of styles/tokens.css."""
    text = next(source.text for source in styles if source.path == "tokens.css")
    return str(re.findall(rf"--{name}:\s*([^;]+);", text)[0])


def _to_points(length: str) -> float:
    """Return a CSS length such as ``18mm`` in points."""
    return float(length[:-2]) * _POINTS[length[-2:]]
