"""The bill of materials of a release: a CycloneDX 1.6 document, with the same bytes for the same books and packages."""

import hashlib
import uuid
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime

from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model import HashAlgorithm, HashType
from cyclonedx.model.bom import Bom, BomMetaData
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.model.contact import OrganizationalContact
from cyclonedx.model.license import DisjunctiveLicense
from cyclonedx.model.tool import ToolRepository
from cyclonedx.output.json import JsonV1Dot6
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from packageurl import PackageURL

from studyguide import __version__
from studyguide.model import Config
from tools.licences import OURS
from tools.packages import Package


def write_bill(config: Config, books: Mapping[str, bytes], packages: Sequence[Package], date: date | None) -> str:
    """Return the document as JSON: the release is made of books, they were made by the program, and that needs the packages.

    ``books`` maps file names to their bytes. Raises ValueError if the document does not pass the CycloneDX schema.
    """
    release = _describe_release(config)
    files = [_describe_book(name, data) for name, data in books.items()]
    program = _describe_package(Package("studyguide", __version__, OURS), ComponentType.APPLICATION)
    libraries = {each.name: _describe_package(each, ComponentType.LIBRARY) for each in packages}
    maker = Component(type=ComponentType.APPLICATION, name=program.name, version=program.version)
    bom = Bom(
        components=[*files, program, *libraries.values()],
        metadata=BomMetaData(component=release, tools=ToolRepository(components=[maker])),
    )
    bom.register_dependency(release, files)
    for file in files:
        bom.register_dependency(file, [program])
    needed = {name for package in packages for name in package.needs}
    bom.register_dependency(program, [each for name, each in libraries.items() if name not in needed])
    for package in packages:
        bom.register_dependency(libraries[package.name], [libraries[name] for name in package.needs])
    return _serialise(bom, date)


def find_schema_error(document: str) -> str:
    """Return in one line why the document is not valid CycloneDX 1.6; an empty text if it is valid."""
    error = JsonStrictValidator(SchemaVersion.V1_6).validate_str(document)
    return str(error).partition("\n")[0] if error else ""


def _serialise(bom: Bom, date: date | None) -> str:
    """Return the document as JSON, its serial number made of what it says so that the same release has the same."""
    midnight = datetime(date.year, date.month, date.day, tzinfo=UTC) if date else None
    bom.metadata.timestamp = midnight  # None leaves it out; without this line the library asks the clock
    bom.serial_number = uuid.UUID(int=0)
    bom.serial_number = uuid.uuid5(uuid.NAMESPACE_URL, JsonV1Dot6(bom).output_as_string())
    document: str = JsonV1Dot6(bom).output_as_string(indent=1) + "\n"
    if error := find_schema_error(document):
        raise ValueError(f"the bill of materials is no valid CycloneDX: {error}")
    return document


def _describe_release(config: Config) -> Component:
    return Component(
        type=ComponentType.DATA,
        bom_ref=f"release:{config.name}",
        name=config.title,
        version=config.version or None,
        authors=[OrganizationalContact(name=author) for author in config.authors],
        licenses=[DisjunctiveLicense(name=config.licence)] if config.licence else [],
    )


def _describe_book(name: str, data: bytes) -> Component:
    # Without mime_type: cyclonedx-python-lib 11.12.0 writes it as `mimeType`, which the schema does not allow.
    return Component(
        type=ComponentType.FILE,
        bom_ref=f"file:{name}",
        name=name,
        hashes=[HashType(alg=HashAlgorithm.SHA_256, content=hashlib.sha256(data).hexdigest())],
    )


def _describe_package(package: Package, kind: ComponentType) -> Component:
    purl = PackageURL(package.kind, name=package.name, version=package.version)
    return Component(
        type=kind,
        bom_ref=purl.to_string(),
        name=package.name,
        version=package.version,
        licenses=[LicenseFactory().make_from_string(package.licence)],
        purl=purl,
    )
