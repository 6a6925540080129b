"""The printed book in memory: a PDF → pictures of its pages, made when they are looked at."""

from collections import OrderedDict
from threading import Lock

from studyguide.edit import Edit
from studyguide.model import Artifact
from studyguide.pdf.picture import AnchorSpot, PdfPages

_MAX_PICTURES = 40
"""Pictures that are kept, of about 200 kB each."""
WIDTHS = (200, 3000)
"""The least and the greatest width of a picture, in pixels."""


class Printed:
    """A printed edition. Its methods may be called by any thread: one does its work, and the others wait."""

    def __init__(self, book: Artifact, lock: Lock, has_versos: bool, direction: str) -> None:
        """``lock`` is held while pdfium works, which serves one thread at a time."""
        self.edition, self.has_versos, self.direction = book.edition, has_versos, direction
        self._pagination, self._lock = book.pagination, lock
        self._pictures: OrderedDict[tuple[int, int], bytes] = OrderedDict()
        with lock:
            self._pages = PdfPages(book.data)
            self.labels = self._pages.list_labels()
            self.width, self.height = self._pages.measure_page(0)

    def close(self) -> None:
        """Free the memory of the book; nobody may ask for its pages afterwards."""
        with self._lock:
            self._pages.close()
            self.labels = []

    def picture_page(self, number: int, width: int) -> bytes | None:
        """Return a PNG of a page, from 0, about ``width`` pixels wide; None if there is no such page."""
        width = min(max(width, WIDTHS[0]), WIDTHS[1])
        with self._lock:
            if not 0 <= number < len(self.labels):
                return None
            picture = self._pictures.get((number, width)) or self._pages.write_png(number, width)
            self._pictures[number, width] = picture
            self._pictures.move_to_end((number, width))
            if len(self._pictures) > _MAX_PICTURES:
                self._pictures.popitem(last=False)
        return picture

    def find_edit(self, edit: Edit) -> AnchorSpot | None:
        """Return the place of an edit, or None if it is not in this edition."""
        page = edit.find_page(self._pagination.anchors) if self._pagination else None
        with self._lock:
            found = [spot for name in edit.anchors if (spot := self._pages.find_anchor(name))]
        if page is None:
            return found[0] if found else None
        # A part of an answer has a page, and its height on the page only if something links to it.
        return next((spot for spot in found if spot.page == page), AnchorSpot(page, 0.0))
