"""Unpack a package of questions, a ZIP file that may come from a stranger: bytes → the files that a guide can use.

Nothing is written: the names in a package are names only. All sizes are judged as the package declares them, before anything is
unpacked; ``zipfile`` reads no more of a file than was declared.
"""

import io
import lzma
import re
import stat
import zipfile
import zlib
from collections.abc import Iterable, Iterator

from studyguide.limits import check_limit
from studyguide.model import IMAGE_ENDINGS, Asset
from studyguide.problems import ContentError, Place, Problem

PACKAGE_ENDING = ".zip"
_TEXT_ENDING = ".xml"
_MIN_JUDGED_BYTES = 1_000_000  # a smaller package unpacks to little, however well it is packed
_ENCRYPTED = 0x1  # in the flags of a file, APPNOTE.TXT 4.4.4
_UNSAFE_NAME = re.compile(r"^/|^[A-Za-z]:|\\|(?:^|/)\.\.(?:/|$)|[\x00-\x1f\x7f]")


def unpack_package(name: str, data: bytes) -> tuple[Asset, ...]:
    """Return the XML files and the pictures of the package ``name``. Raises ContentError."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = [entry for entry in archive.infolist() if not entry.is_dir()]
            if problem := next(_judge_entries(name, entries, len(data)), None):
                raise ContentError([problem])
            used = [entry for entry in entries if entry.filename.lower().endswith((_TEXT_ENDING, *IMAGE_ENDINGS))]
            return tuple(Asset(entry.filename, archive.read(entry)) for entry in used)
    except (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, OSError, ValueError) as error:
        raise ContentError([_refuse(name, "this package is broken", "save or export it again")]) from error
    except (NotImplementedError, RuntimeError) as error:
        fix = "pack the files anew, as other programs do"
        raise ContentError([_refuse(name, "this package is packed in a way that is not read", fix)]) from error


def _judge_entries(name: str, entries: list[zipfile.ZipInfo], size: int) -> Iterator[Problem]:
    """Yield what is wrong with the files of a package of ``size`` bytes."""
    place = Place(name)
    yield from check_limit("package-files", len(entries), "the package", place)
    unpacked = sum(entry.file_size for entry in entries)
    yield from check_limit("unpacked", unpacked, "the package", place)
    if unpacked > _MIN_JUDGED_BYTES:
        yield from check_limit("packing", unpacked // max(1, size), "the package", place)
    yield from _judge_names(name, entries)
    for entry in entries:
        inner = Place(f"{name}/{entry.filename}")
        if entry.flag_bits & _ENCRYPTED:
            yield _refuse(name, f"the file `{entry.filename}` needs a password", "pack the files without a password")
        if entry.filename.lower().endswith(_TEXT_ENDING):
            yield from check_limit("file", entry.file_size, "the file", inner)
        elif entry.filename.lower().endswith(IMAGE_ENDINGS):
            yield from check_limit("figure", entry.file_size, "the figure", inner)


def _judge_names(name: str, entries: Iterable[zipfile.ZipInfo]) -> Iterator[Problem]:
    """Yield the files whose names lead out of the package, that are links, or that are there twice."""
    fix = "delete it from the package"
    seen: set[str] = set()
    for entry in entries:
        if _UNSAFE_NAME.search(entry.filename):
            found = f"the package has a file `{entry.filename}`, whose name leads out of it"
            yield Problem(Place(name), "outside-content", found, fix)
        if stat.S_ISLNK(entry.external_attr >> 16):
            yield Problem(Place(name), "outside-content", f"the package has a link, `{entry.filename}`", fix)
        if entry.filename in seen:
            yield _refuse(name, f"the package has two files `{entry.filename}`", "delete one of them")
        seen.add(entry.filename)


def _refuse(name: str, found: str, fix: str) -> Problem:
    return Problem(Place(name), "not-markdown", found, fix)
