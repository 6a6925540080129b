"""Change what EbookLib 0.20 gets wrong, by its private parts; ``tests/test_compat.py`` fails if the library changes them.

EbookLib rewrites XHTML through an HTML parser, dates the entries of the archive by the clock, cannot state the language of
the package and has no way in for text that is compressed already.
"""

import zipfile
from typing import Any

from ebooklib import epub

from studyguide.runtime.zip_archive import Archive

_PACKAGE_PREFIX = "a11y: http://www.idpf.org/epub/vocab/package/a11y/# schema: http://schema.org/"


class Writer(epub.EpubWriter):  # type: ignore[misc]
    """EbookLib's writer with a language and a direction on the package; the option ``deflated`` has compressed entries."""

    def _write_opf_file(self, root: Any) -> None:
        root.set("{http://www.w3.org/XML/1998/namespace}lang", self.book.language)
        root.set("dir", self.book.direction or "ltr")
        root.set("prefix", _PACKAGE_PREFIX)
        super()._write_opf_file(root)

    def write(self) -> None:
        self.out = Archive(self.file_name, zipfile.ZIP_DEFLATED, self.options["deflated"])
        self.out.writestr("mimetype", "application/epub+zip", zipfile.ZIP_STORED)
        self._write_container()
        self._write_opf()
        self._write_items()
        self.out.close()
