"""The books of a guide, with all that goes along with them → one archive, and its checksum.

In the archive are the books, what one may do with them, what they were made with, and the checksums of all these. Nothing
in it is packed, for books are already, and so that it does not depend on who packs.
"""

import hashlib
import io
import re
import zipfile
from collections.abc import Sequence
from datetime import date

from studyguide import __version__
from studyguide.model import OURS, Artifact, Config, Package
from studyguide.runtime.zip_archive import Archive
from studyguide.sbom import sbom

LICENCE, MATERIALS, CHECKSUMS = "LICENCE.txt", "sbom.cdx.json", "SHA256SUMS"


def release(
    config: Config, books: Sequence[Artifact], packages: Sequence[Package], dated: date | None
) -> tuple[Artifact, Artifact]:
    """`name-1.0.zip` and `name-1.0.zip.sha256`, the same bytes for the same books and packages."""
    stem = "-".join(filter(None, [config.name, re.sub(r"[^\w.-]+", "-", config.version)]))
    files = [
        *books,
        Artifact(LICENCE, licence(config, packages).encode()),
        Artifact(MATERIALS, sbom(config, books, packages, dated).encode()),
    ]
    target = io.BytesIO()
    with Archive(target, zipfile.ZIP_STORED) as archive:
        for file in [*files, Artifact(CHECKSUMS, checksums(files))]:
            archive.writestr(f"{stem}/{file.path}", file.data)
    made = Artifact(f"{stem}.zip", target.getvalue())
    return made, Artifact(f"{made.path}.sha256", checksums([made]))


def checksums(files: Sequence[Artifact]) -> bytes:
    """As `sha256sum --check` reads them."""
    return "".join(f"{hashlib.sha256(file.data).hexdigest()}  {file.path}\n" for file in files).encode()


def licence(config: Config, packages: Sequence[Package]) -> str:
    """What one may do with the books, and with what is inside them."""
    who = ", ".join(config.authors)
    owner = " ".join(filter(None, ["©", str(config.date.year) if config.date else "", who])) if who else ""
    terms = f"Licence of the books: {config.licence}" if config.licence else "The authors have named no licence."
    faces = [f"  {each.name} {each.version}: {each.licence}" for each in packages if each.face]
    lines = [
        config.title,
        *filter(None, [owner]),
        "",
        terms,
        "",
        "The books hold letters of these faces, whose licence lets a document hold them:",
        *faces,
        "",
        f"They were made by studyguide {__version__}, a free program under {OURS}, which is not in this archive.",
        f"{MATERIALS} lists what it was made with; {CHECKSUMS} has the checksums of the files.",
    ]
    return "\n".join(lines) + "\n"
