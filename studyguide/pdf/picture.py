"""Picture the pages of a PDF: bytes → pictures of pages, places of anchors. pdfium serves one thread at a time."""

import io
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class AnchorSpot:
    """A place with a name in a PDF."""

    page: int
    """From 0."""
    top: float
    """The distance from the top of the page, as a share of its height."""


class PdfPages:
    """The pages of a PDF in memory."""

    def __init__(self, data: bytes) -> None:
        # Imported here because it takes 0.2 s, which a build of nothing new need not pay.
        import pypdfium2

        self._raw = pypdfium2.raw
        self._document = pypdfium2.PdfDocument(data)

    def close(self) -> None:
        """Free the memory of the document."""
        self._document.close()

    @property
    def count(self) -> int:
        return len(self._document)

    def list_labels(self) -> list[str]:
        """Return the printed number of each page."""
        return [self._document.get_page_label(number) for number in range(self.count)]

    def measure_page(self, number: int) -> tuple[float, float]:
        """Return the width and the height of a page, from 0, in points."""
        width, height = self._document.get_page_size(number)
        return width, height

    def render_page(self, number: int, width: int) -> Any:
        """Return the picture, of this width in pixels, of a page, from 0, as an image of Pillow in RGB."""
        page = self._document[number]
        picture = page.render(scale=width / page.get_width()).to_pil().convert("RGB")
        page.close()
        return picture

    def write_png(self, number: int, width: int) -> bytes:
        """Return a page as a PNG that is made fast, and not small: the best compression takes ten times as long."""
        out = io.BytesIO()
        self.render_page(number, width).save(out, "PNG", compress_level=1)
        return out.getvalue()

    def find_anchor(self, name: str) -> AnchorSpot | None:
        """Return the place of a destination of this name, or None if the file has none."""
        found = self._raw.FPDF_GetNamedDestByName(self._document, name.encode())
        page = self._raw.FPDFDest_GetDestPageIndex(self._document, found) if found else -1
        if page < 0:
            return None
        flags = [self._raw.FPDF_BOOL() for _ in range(3)]
        x, y, zoom = (self._raw.FS_FLOAT() for _ in range(3))
        is_known = self._raw.FPDFDest_GetLocationInPage(found, *flags, x, y, zoom) and flags[1].value
        height = self.measure_page(page)[1]
        return AnchorSpot(page, min(1.0, max(0.0, 1 - y.value / height)) if is_known else 0.0)
