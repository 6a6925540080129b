"""Lay a Volume out on pages, with WeasyPrint. The only file that knows it."""

import logging
from typing import Any

from studyguide.model import Artifact, Asset, Volume
from studyguide.problems import ContentError, Place, Problem

# An address that cannot exist: whatever is fetched below it comes from the volume's own assets.
BASE = "studyguide:///"


def bind(volume: Volume) -> Artifact:
    """The volume as a tagged PDF. Raises ContentError for what WeasyPrint cannot lay out."""
    # Imported here because it takes 0.6 s, which a build without pages need not pay.
    import weasyprint
    from weasyprint.urls import URLFetcher, URLFetcherResponse

    assets = {asset.path: asset for asset in volume.assets}

    class Fetcher(URLFetcher):  # type: ignore[misc]
        """Reaches the volume's figures, and neither the disk nor the network."""

        def fetch(self, url: str, headers: Any = None) -> Any:
            asset = assets.get(url.removeprefix(BASE))
            if asset is None:
                raise ValueError(f"{url} is not part of the guide")
            return URLFetcherResponse(url, asset.data, headers={"Content-Type": kind(asset)})

    log = Log()
    logger = logging.getLogger("weasyprint")
    logger.addHandler(log)
    logger.setLevel(logging.WARNING)
    try:
        fetcher = Fetcher()
        style = weasyprint.CSS(string=volume.styles, url_fetcher=fetcher, base_url=BASE)
        source = weasyprint.HTML(string=str(volume.document), base_url=BASE, url_fetcher=fetcher)
        document = source.render(stylesheets=[style])
        data = document.write_pdf(pdf_variant="pdf/ua-1")
    finally:
        logger.removeHandler(log)
    if log.lines:
        place = Place(f"styles/ or templates/, edition {volume.edition.name}")
        raise ContentError([Problem(place, "layout", line, "mend the style or the template") for line in log.lines])
    name = f"{volume.config.name}{volume.edition.suffix}.pdf"
    return Artifact(name, data, volume.edition.name, pages=len(document.pages))


class Log(logging.Handler):
    """Keeps what WeasyPrint says, which would otherwise go unread."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record.getMessage())


def kind(asset: Asset) -> str:
    """The media type, by the file's name."""
    suffix = asset.path.rpartition(".")[2].lower()
    return {"svg": "image/svg+xml", "jpg": "image/jpeg"}.get(suffix, f"image/{suffix}")
