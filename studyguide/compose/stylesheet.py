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
    ``--colon`` is what follows a label. Raises ContentError for a variable that has no value or a wrong one.
    """
    texts = {source.path: source.text for source in styles}
    paths = ("code.css", *files)
    css = "\n".join(texts[path] for path in paths)
    tokens = {"colon": f'"{locale.labels.colon} "'}
    tokens |= dict(re.findall(r"--([\w-]+):\s*([^;]+);", texts["tokens.css"] + css))
    place = Place(f"styles/{paths[-1]}")
    has_pages = "width" in tokens
    inner, outer = (_read_length(tokens, side, place) if has_pages else 0.0 for side in ("inner", "outer"))
    if not edition.options.has_spine:
        inner = outer = (inner + outer) / 2
        tokens |= {"inner": f"{inner}pt", "outer": f"{outer}pt"}
    if missing := next((name for name in _TOKEN.findall(css) if name not in tokens), None):
        raise _describe_missing(missing, place)
    for _ in range(_MAX_TOKEN_DEPTH):
        css = _TOKEN.sub(lambda match: tokens[match[1]], css)
    css = re.sub(r"/\*.*?\*/|\s*--[\w-]+:[^;]+;", "", css, flags=re.DOTALL)
    return css, _find_page_size(tokens, inner, outer, place) if has_pages else None


def _find_page_size(tokens: Mapping[str, str], inner: float, outer: float, place: Place) -> PageSize:
    width, height, head, foot = (_read_length(tokens, name, place) for name in ("width", "height", "head", "foot"))
    columns = tuple(
        (role, _read_count(tokens, f"{role}-columns", place), _read_length(tokens, f"{role}-gap", place))
        for role in ("glossary", "index")
    )
    return PageSize(width, height, head, foot, inner, outer, columns)


def _read_length(tokens: Mapping[str, str], name: str, place: Place) -> float:
    """Return a variable that is a length such as ``18mm``, in points. Raises ContentError."""
    if name not in tokens:
        raise _describe_missing(name, place)
    try:
        return float(tokens[name][:-2]) * _POINTS[tokens[name][-2:]]
    except (KeyError, ValueError) as error:
        found = f"this style cannot be used: `--{name}: {tokens[name]}` is no length"
        units = ", ".join(_POINTS)
        fix = f"write a number and one of the units {units}, such as `18mm`"
        raise ContentError([Problem(place, "template-error", found, fix)]) from error


def _read_count(tokens: Mapping[str, str], name: str, place: Place) -> int:
    """Return a variable that is a number of columns. Raises ContentError."""
    if name not in tokens:
        raise _describe_missing(name, place)
    if not re.fullmatch("[1-9]", tokens[name]):
        found = f"this style cannot be used: `--{name}: {tokens[name]}` is no number of columns"
        raise ContentError([Problem(place, "template-error", found, "write a number from 1 to 9")])
    return int(tokens[name])


def _describe_missing(name: str, place: Place) -> ContentError:
    found, fix = f"this style cannot be used: nothing sets `--{name}`", f"set `--{name}: …;` there"
    return ContentError([Problem(place, "template-error", found, fix)])


def find_token(styles: Iterable[Source], name: str) -> str:
    """Return a value of styles/tokens.css."""
    text = next(source.text for source in styles if source.path == "tokens.css")
    return str(re.findall(rf"--{name}:\s*([^;]+);", text)[0])
