"""A bill of materials for a release: Config, Artifacts, Packages → CycloneDX 1.6 as JSON, the same for the same.

What was used by no book stays out of it.
"""

import hashlib
import json
import re
import uuid
from collections.abc import Sequence
from datetime import date
from typing import Any

from studyguide import __version__
from studyguide.model import OURS, Artifact, Config, Package

PROGRAM = Package("studyguide", __version__, OURS, "pkg:generic/studyguide")
MEDIA = {"pdf": "application/pdf", "epub": "application/epub+zip"}


def sbom(config: Config, books: Sequence[Artifact], packages: Sequence[Package], dated: date | None) -> str:
    used = [package for package in packages if not package.optional]
    release = release_of(config)
    files = [book(artifact) for artifact in books]
    asked = {name for package in used for name in package.needs}
    refs = {package.name: ref(package) for package in used}
    edges = {
        release["bom-ref"]: [each["bom-ref"] for each in files],
        **{each["bom-ref"]: [ref(PROGRAM)] for each in files},
        ref(PROGRAM): [refs[package.name] for package in used if package.name not in asked],
        **{refs[package.name]: [refs[name] for name in package.needs] for package in used},
    }
    document: dict[str, Any] = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            **({"timestamp": f"{dated:%Y-%m-%d}T00:00:00Z"} if dated else {}),
            "tools": {"components": [{"type": "application", "name": PROGRAM.name, "version": PROGRAM.version}]},
            "component": release,
        },
        "components": [*files, component(PROGRAM, "application"), *(component(each) for each in used)],
        "dependencies": [{"ref": end, "dependsOn": sorted(others)} for end, others in edges.items()],
    }
    # Made of what it says, so that another release has another.
    serial = uuid.uuid5(uuid.NAMESPACE_URL, json.dumps(document, sort_keys=True))
    return json.dumps({**document, "serialNumber": f"urn:uuid:{serial}"}, ensure_ascii=False, indent=1) + "\n"


def release_of(config: Config) -> dict[str, Any]:
    return {
        "type": "data",
        "bom-ref": f"release:{config.name}",
        "name": config.title,
        **({"version": config.version} if config.version else {}),
        **({"authors": [{"name": author} for author in config.authors]} if config.authors else {}),
        **({"licenses": [{"license": {"name": config.licence}}]} if config.licence else {}),
    }


def book(artifact: Artifact) -> dict[str, Any]:
    return {
        "type": "file",
        "bom-ref": f"file:{artifact.path}",
        "mime-type": MEDIA[artifact.path.rpartition(".")[2]],
        "name": artifact.path,
        "hashes": [{"alg": "SHA-256", "content": hashlib.sha256(artifact.data).hexdigest()}],
    }


def component(package: Package, kind: str = "library") -> dict[str, Any]:
    return {
        "type": kind,
        "bom-ref": ref(package),
        "name": package.name,
        "version": package.version,
        "licenses": [{"expression": package.licence}],
        "purl": ref(package),
    }


def ref(package: Package) -> str:
    """The package URL with the version."""
    return f"{package.purl}@{re.sub(r'[+]', '%2B', package.version)}"
