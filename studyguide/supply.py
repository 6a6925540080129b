"""The packages that the program stands on, with their licences, as they are installed here.

The only file that knows how packages describe themselves. Where one does not say its licence so that a program understands it,
a person has read it, for this version, and it stands in ``STATED``.
"""

import ctypes
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from importlib import metadata
from pathlib import Path
from platform import python_version

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from studyguide import PROGRAM_ROOT
from studyguide.model import Package
from studyguide.runtime.preflight import load_library

REQUIREMENTS = "requirements.txt"
OPTIONAL = ("requirements-cluster.txt", "requirements-spelling.txt")
"""What some options need; listed where it is installed."""

# What may be part of a program under ``OURS``: it asks for nothing that this licence does not ask for or allow.
COMPATIBLE = frozenset(
    {
        "AGPL-3.0-or-later", "GPL-2.0-or-later", "GPL-3.0-or-later", "LGPL-2.0-or-later", "LGPL-2.1-or-later", "LGPL-3.0-or-later",
        "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "BSL-1.0", "FTL", "HPND", "HPND-sell-variant", "ICU", "IJG", "ISC", "MIT", "MIT-0",
        "MIT-CMU", "MIT-Modern-Variant", "MPL-2.0", "PSF-2.0", "Unicode-3.0", "Zlib", "libpng-2.0", "libtiff",
    }
)  # fmt: skip
# What faces may have besides: they stand beside the program, and its own terms let a document hold them.
OF_FACES = frozenset({"OFL-1.1"})

STATED = {
    # Its LICENSE lets one choose.
    "pyphen 0.18.1": "GPL-2.0-or-later OR LGPL-2.1-or-later OR MPL-1.1",
    # Its own code, and Hunspell, which lets one choose.
    "chunspell 2.0.5": "MIT AND (GPL-2.0-or-later OR LGPL-2.1-or-later OR MPL-1.1)",
    # Its own code, PDFium, and what is built into that; the wheel has the texts.
    "pypdfium2 5.15.2": (
        "(Apache-2.0 OR BSD-3-Clause) AND Apache-2.0 AND BSD-2-Clause AND BSD-3-Clause AND BSL-1.0 AND FTL AND HPND"
        " AND IJG AND MIT AND Unicode-3.0 AND Zlib AND libpng-2.0 AND libtiff"
    ),
}
CLASSIFIERS = {
    "Apache Software License": "Apache-2.0",
    "GNU Affero General Public License v3 or later (AGPLv3+)": "AGPL-3.0-or-later",
    "MIT License": "MIT",
}
BSD = "BSD License"
"""The one classifier that means several licences."""
LICENCE_FILE = re.compile(r"licen[cs]e|copying", re.IGNORECASE)


def text_at(name: str) -> Callable[[ctypes.CDLL], str]:
    """How to ask a library whose function of this name returns its version."""

    def version(found: ctypes.CDLL) -> str:
        function = getattr(found, name)
        function.restype = ctypes.c_char_p
        return str(function().decode())

    return version


def glib(found: ctypes.CDLL) -> str:
    return ".".join(
        str(ctypes.c_uint.in_dll(found, f"glib_{part}_version").value) for part in ("major", "minor", "micro")
    )


def fontconfig(found: ctypes.CDLL) -> str:
    number = found.FcGetVersion()
    return f"{number // 10000}.{number // 100 % 100}.{number % 100}"


# The libraries of the machine that WeasyPrint loads: name, file on Linux, file on macOS, licence, version.
NATIVE = (
    ("fontconfig", "libfontconfig.so.1", "libfontconfig.1.dylib", "HPND-sell-variant", fontconfig),
    ("glib", "libglib-2.0.so.0", "libglib-2.0.0.dylib", "LGPL-2.1-or-later", glib),
    ("harfbuzz", "libharfbuzz.so.0", "libharfbuzz.0.dylib", "MIT-Modern-Variant", text_at("hb_version_string")),
    ("pango", "libpango-1.0.so.0", "libpango-1.0.0.dylib", "LGPL-2.0-or-later", text_at("pango_version_string")),
)


def packages() -> tuple[Package, ...]:
    """Everything that the program needs, directly or not, by name; then what its options need, then what is no package.

    Raises PackageNotFoundError for what is not installed.
    """
    needed = closure(required(REQUIREMENTS))
    more: dict[str, Package] = {}
    for name in OPTIONAL:
        try:
            more |= closure(required(name))
        except metadata.PackageNotFoundError:
            continue  # an option that this installation does not have
    optional = (replace(more[name], optional=True) for name in sorted(more.keys() - needed.keys()))
    return (*(needed[name] for name in sorted(needed)), *optional, *machine())


def machine() -> Iterator[Package]:
    """Python and the libraries that are not installed by it."""
    for name, *files, licence, version in NATIVE:
        if found := load_library(name, *files):
            yield Package(name, version(found), licence, f"pkg:generic/{name}")
    yield Package("python", python_version(), "PSF-2.0", "pkg:generic/python")


def required(name: str) -> list[Requirement]:
    """What a file of requirements asks for."""
    lines = (PROGRAM_ROOT / name).read_text(encoding="utf-8").splitlines()
    return [Requirement(line.partition("#")[0]) for line in lines if line.partition("#")[0].strip()]


def closure(wanted: list[Requirement]) -> dict[str, Package]:
    """By their names the packages that are wanted, and those that they need with the extras that are asked for."""
    found: dict[str, Package] = {}
    extras: dict[str, set[str]] = {}
    waiting = list(wanted)
    while waiting:
        requirement = waiting.pop()
        name = canonicalize_name(requirement.name)
        if name in found and requirement.extras <= extras[name]:
            continue
        extras.setdefault(name, set()).update(requirement.extras)
        distribution = metadata.distribution(name)
        needs = [each for each in map(Requirement, distribution.requires or ()) if applies(each, extras[name])]
        waiting += needs
        found[name] = Package(
            name,
            # Wheels of faces write 6.004 for 6.4.
            str(Version(distribution.version)),
            licence(name, distribution),
            f"pkg:pypi/{name}",
            tuple(sorted({canonicalize_name(each.name) for each in needs})),
        )
    return found


def applies(requirement: Requirement, extras: set[str]) -> bool:
    """Whether a package needs this here, with these extras."""
    marker = requirement.marker
    return marker is None or any(marker.evaluate({"extra": extra}) for extra in ("", *extras))


def licence(name: str, distribution: metadata.Distribution) -> str:
    """The SPDX expression of what the package says; what it says itself where that is not understood."""
    about = distribution.metadata.json
    if stated := STATED.get(f"{name} {distribution.version}"):
        return stated
    if expression := about.get("license_expression"):
        return str(expression)
    said = str(about.get("license", ""))
    if ids(said) and ids(said) <= COMPATIBLE:
        return said
    classes = [each.rpartition(" :: ")[2] for each in about.get("classifier", ()) if each.startswith("License ::")]
    meant = [bsd(distribution) if each == BSD else CLASSIFIERS.get(each, each) for each in classes]
    if not meant and said == "BSD":
        meant = [bsd(distribution)]
    return " AND ".join(meant) or said.strip().partition("\n")[0]


def bsd(distribution: metadata.Distribution) -> str:
    """Which of the BSD licences it is, by the text that comes with the package."""
    paths = [Path(str(file.locate())) for file in distribution.files or () if LICENCE_FILE.search(file.name)]
    texts = (path.read_text(encoding="utf-8", errors="replace") for path in paths if path.is_file())
    text = " ".join(" ".join(texts).split())
    if "Redistribution and use in source and binary forms" not in text or "advertising materials" in text:
        return BSD
    return "BSD-3-Clause" if re.search(r"Neither the names? ", text) else "BSD-2-Clause"


# ---------------------------------------------------------------- judging

WORD = re.compile(r"\(|\)|[\w.+-]+")


def ids(expression: str) -> set[str]:
    return set(WORD.findall(expression)) - {"(", ")", "AND", "OR"}


def compatible(package: Package) -> bool:
    """Whether the program may be given away with it: every licence of an AND is allowed, and one of an OR."""
    allowed = COMPATIBLE | OF_FACES if package.face else COMPATIBLE
    words = WORD.findall(package.licence)
    if not words or "".join(words) != re.sub(r"\s", "", package.licence):
        return False
    try:
        verdict, rest = alternatives(words, allowed)
    except IndexError:
        return False
    return verdict and not rest


def alternatives(words: list[str], allowed: frozenset[str]) -> tuple[bool, list[str]]:
    """The verdict on the words up to a closing parenthesis or the end, and the rest of them."""
    verdict, rest = together(words, allowed)
    while rest[:1] == ["OR"]:
        other, rest = together(rest[1:], allowed)
        verdict = verdict or other
    return verdict, rest


def together(words: list[str], allowed: frozenset[str]) -> tuple[bool, list[str]]:
    verdict, rest = single(words, allowed)
    while rest[:1] == ["AND"]:
        other, rest = single(rest[1:], allowed)
        verdict = verdict and other
    return verdict, rest


def single(words: list[str], allowed: frozenset[str]) -> tuple[bool, list[str]]:
    if words[0] == "(":
        verdict, rest = alternatives(words[1:], allowed)
        return verdict and rest[:1] == [")"], rest[1:]
    return words[0] in allowed, words[1:]
