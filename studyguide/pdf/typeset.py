"""Typeset one section: a Job → a Gathering, by WeasyPrint.

A gathering is laid out by itself, in one pass, in any process; nothing in it depends on what stands before or after. So
every page is laid out as a recto, and what binding alone can know is left open: page numbers are holes, set in a face of
their own; links are kept as names; running heads and folios are specimen pages, a verso and a recto.
"""

import atexit
import logging
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any

from studyguide.model import Asset
from studyguide.pdf import weasyprint_compat
from studyguide.pdf.fill import fill
from studyguide.pdf.fit import beyond, mend, overflow
from studyguide.pdf.gathering import Gathering, Job, Overflow
from studyguide.pdf.makeup import make_up
from studyguide.pdf.rotate import upright
from studyguide.pdf.take import Take
from studyguide.problems import ContentError, Place, Problem
from studyguide.runtime import fonts
from studyguide.runtime.fontconfig import use_project_fonts

# An address that cannot exist: what is fetched comes from the job's own figures.
FILES = "studyguide://files/"
HOLE_FILES = {f"{FILES}holes-{weight}.ttf": weight for weight in fonts.HOLE_FACES}
MISSING = re.compile(r'\.notdef glyph .*"(.+)" \((U\+\w+)\)', re.DOTALL)
"""What WeasyPrint says of a character that it found in no face."""


def typeset(job: Job) -> Gathering:
    """Lay the job's document out in one pass. Raises ContentError for what WeasyPrint cannot set."""
    use_project_fonts()
    # Imported here because it takes 0.6 s, which a build of nothing new need not pay.
    import weasyprint

    weasyprint_compat.patch_layout()
    assets = {asset.path: asset for asset in job.assets}
    log = Log()
    logger = logging.getLogger("weasyprint")
    logger.addHandler(log)
    logger.propagate = False
    logger.setLevel(logging.WARNING)
    try:
        style, font_config = stylesheet(job.styles)
        source = weasyprint.HTML(string=job.html, base_url=FILES, url_fetcher=fetcher(assets))
        document, overflows = fitted(lambda: source.render(stylesheets=[style], font_config=font_config))
        raw = weasyprint_compat.generate_pdf(document)
    except Exception as error:  # WeasyPrint lets any of Python's errors through
        raise ContentError([layout_problem(f"{type(error).__name__}: {error}", job, assets)]) from error
    finally:
        logger.removeHandler(log)
    if log.lines:
        raise ContentError(layout_problem(line, job, assets) for line in log.lines)
    return upright(replace(Take(raw, document, job).gathering(), overflows=overflows))


def fitted(render: Callable[[], Any]) -> tuple[Any, tuple[Overflow, ...]]:
    """The document laid out, again and again until all that can be mended fits and its pages are full, and what does not fit."""
    while True:
        document = render()
        pages = weasyprint_compat.get_page_boxes(document)
        found = beyond(pages)
        mended = [each for each in found if mend(each)]
        if not mended and not make_up(document):
            return render() if fill(pages) else document, tuple(map(overflow, found))


def layout_problem(line: str, job: Job, assets: Mapping[str, Asset]) -> Problem:
    """What WeasyPrint said, at the figure or the chapter that it is about."""
    if character := MISSING.match(line):
        found = f"no face of the printed book has the character `{character[1]}` ({character[2]})"
        fix = "write it in letters of a script that the book has"
        return Problem(job.place, "missing-glyph", found, fix, needle=character[1])
    figure = next((path for path in assets if path in line), None)
    place = Place(figure) if figure else job.place
    return Problem(
        place, "layout", line.replace(FILES, "").rstrip(": "), "mend it there, or the template or style that sets it"
    )


class Log(logging.Handler):
    """Keeps what WeasyPrint says, which would otherwise go unread."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record.getMessage())


def fetcher(assets: Mapping[str, Asset]) -> Any:
    """What WeasyPrint may reach: figures, the holes' face and what an address holds itself; no disk and no network."""
    from weasyprint.urls import URLFetcher, URLFetcherResponse

    class Fetcher(URLFetcher):  # type: ignore[misc]
        def fetch(self, url: str, headers: Any = None) -> Any:
            if url in HOLE_FILES:
                return URLFetcherResponse(
                    url, fonts.make_hole_face(HOLE_FILES[url]), headers={"Content-Type": "font/ttf"}
                )
            if url.startswith("data:"):
                return super().fetch(url, headers)
            path = url.removeprefix(FILES)
            if path not in assets:
                raise ValueError(f"{path} is not part of the guide")
            return URLFetcherResponse(url, assets[path].data, headers={"Content-Type": assets[path].media_type})

    return Fetcher()


@lru_cache(maxsize=8)
def stylesheet(styles: str) -> tuple[Any, Any]:
    """The styles as WeasyPrint reads them, once for all sections that a process sets."""
    import weasyprint
    from weasyprint.text.fonts import FontConfiguration

    font_config = FontConfiguration()
    holes = "".join(
        f'@font-face {{ font-family: {fonts.HOLE_FAMILY}; src: url("{url}"); font-weight: {weight}; }}\n'
        for url, weight in HOLE_FILES.items()
    )
    css = weasyprint.CSS(string=holes + styles, font_config=font_config, url_fetcher=fetcher({}), base_url=FILES)
    return css, font_config


# Before the interpreter takes its modules apart, or WeasyPrint fails to remove its temporary files, loudly.
atexit.register(stylesheet.cache_clear)
