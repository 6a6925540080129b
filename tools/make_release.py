"""Put the books of a guide with all that goes along with them into one archive, with its checksum.

The archive holds the books, what one may do with them, what they were made with, and the checksums of all these. Nothing in
it is compressed: books are already, and the bytes do not depend on a compressor.
"""

import hashlib
import io
import re
import subprocess
import tempfile
import zipfile
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

import click

from studyguide import __version__
from studyguide.model import Config
from tools.bill_of_materials import write_bill
from tools.check_licences import list_installed
from tools.licences import OURS
from tools.packages import Package
from tools.program import list_files, read_facts, run_build, take_build_options, write_files

LICENCE, MATERIALS, CHECKSUMS = "LICENCE.txt", "sbom.cdx.json", "SHA256SUMS"


def pack_release(
    config: Config, books: Mapping[str, bytes], packages: Sequence[Package], date: date | None
) -> dict[str, bytes]:
    """`name-1.0.zip` and `name-1.0.zip.sha256` by their names; the same bytes for the same books and packages."""
    stem = "-".join(filter(None, [config.name, re.sub(r"[^\w.-]+", "-", config.version)]))
    files = {
        **books,
        LICENCE: write_licence(config, packages).encode(),
        MATERIALS: write_bill(config, books, packages, date).encode(),
    }
    archive = pack_archive({f"{stem}/{name}": data for name, data in {**files, CHECKSUMS: sum_up(files)}.items()})
    return {f"{stem}.zip": archive, f"{stem}.zip.sha256": sum_up({f"{stem}.zip": archive})}


def pack_archive(files: Mapping[str, bytes]) -> bytes:
    """Return a ZIP archive that says nothing of when and where it was made."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for name, data in files.items():
            entry = zipfile.ZipInfo(name)  # dated 1980-01-01
            entry.external_attr = 0o644 << 16
            entry.create_system = 3  # Unix, on every machine
            archive.writestr(entry, data)
    return target.getvalue()


def sum_up(files: Mapping[str, bytes]) -> bytes:
    """Return checksums as `sha256sum --check` reads them."""
    return "".join(f"{hashlib.sha256(data).hexdigest()}  {name}\n" for name, data in files.items()).encode()


def write_licence(config: Config, packages: Sequence[Package]) -> str:
    """Return the text of the licences: of the books and of what is inside them."""
    who = ", ".join(config.authors)
    owner = " ".join(filter(None, ["©", str(config.date.year) if config.date else "", who])) if who else ""
    terms = f"Licence of the books: {config.licence}" if config.licence else "The authors have named no licence."
    lines = [
        config.title,
        *filter(None, [owner]),
        "",
        terms,
        "",
        "The books hold letters of these faces, whose licence lets a document hold them:",
        *(f"  {each.name} {each.version}: {each.licence}" for each in packages if each.is_typeface),
        "",
        f"They were made by studyguide {__version__}, a free program under {OURS}, which is not in this archive.",
        f"{MATERIALS} lists what it was made with; {CHECKSUMS} has the checksums of the files.",
    ]
    return "\n".join(lines) + "\n"


@click.command()
@take_build_options
@click.option("--out", "-o", default="release", show_default=True, type=click.Path(file_okay=False), help="Where to.")
def main(source: str, dialect: str | None, options: Sequence[str], out: str) -> None:
    """Build one archive of every edition, in release/.

    It has the books with their licence, a bill of materials and checksums. Nothing is written unless all can be made.
    """
    packages = [each for each in list_installed() if not each.is_optional]
    if wrong := [each.name for each in packages if not each.is_compatible]:
        raise click.ClickException(f"`make licences` has something against {', '.join(wrong)}")
    with tempfile.TemporaryDirectory(prefix="studyguide-") as folder:
        run_build(source, Path(folder), options, stdout=subprocess.DEVNULL)
        books = {name: path.read_bytes() for name, path in list_files(Path(folder)).items()}
    config, date = read_facts(source, dialect)
    files = pack_release(config, books, packages, date)
    try:
        write_files(files, Path(out))
    except OSError as error:
        raise click.ClickException(f"{error.filename or out}: {error.strerror}; nothing was replaced") from error
    name, archive = next(iter(files.items()))
    click.echo(f"{Path(out) / name}: {len(books)} books, {len(archive) / 1000:,.0f} kB")


if __name__ == "__main__":
    main()
