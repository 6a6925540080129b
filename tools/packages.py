"""The packages that the program needs, directly or not, as they are installed here."""

import ctypes
from collections.abc import Callable
from dataclasses import dataclass, replace
from importlib import metadata
from platform import python_version

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from studyguide.runtime.preflight import load_library
from tools import ROOT
from tools.licences import COMPATIBLE, COMPATIBLE_TYPEFACES, is_allowed, read_licence

REQUIREMENTS = "requirements.txt"
OPTIONAL_REQUIREMENTS = ("requirements-cluster.txt", "requirements-scripts.txt", "requirements-spelling.txt")
"""Packages that some options of the program need; listed only if installed."""
_TYPEFACES = ("fontpkg-", "justmytype-intl-", "pylopdf-fonts-")
"""The beginnings of the names of packages of font files."""


@dataclass(frozen=True, slots=True)
class Package:
    """A package, a library of the machine, or Python."""

    name: str
    version: str
    licence: str
    """An SPDX expression, or the package's own words if they are not clear."""
    kind: str = "generic"
    """The type of its package URL: ``pypi`` or ``generic``."""
    needs: tuple[str, ...] = ()
    """The names of the packages that it needs directly."""
    is_optional: bool = False
    """True if no book needs it."""

    @property
    def is_typeface(self) -> bool:
        """True if it holds font files and nothing else."""
        return self.name.startswith(_TYPEFACES)

    @property
    def is_compatible(self) -> bool:
        """True if its licence is known to be compatible with the program's."""
        return is_allowed(self.licence, COMPATIBLE_TYPEFACES if self.is_typeface else COMPATIBLE)


def list_packages() -> tuple[Package, ...]:
    """Return all that the program needs, by name; then what its options need; then Python and libraries of the machine.

    Raises PackageNotFoundError if a needed package is not installed.
    """
    needed = _close_over(_read_requirements(REQUIREMENTS))
    more: dict[str, Package] = {}
    for name in OPTIONAL_REQUIREMENTS:
        try:
            more |= _close_over(_read_requirements(name))
        except metadata.PackageNotFoundError:
            continue  # this installation does not have that option
    optional = (replace(more[name], is_optional=True) for name in sorted(more.keys() - needed.keys()))
    return (*(needed[name] for name in sorted(needed)), *optional, *_list_native())


def _read_requirements(name: str) -> list[Requirement]:
    """Return the requirements that a file at the top of the repository lists."""
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    return [Requirement(line.partition("#")[0]) for line in lines if line.partition("#")[0].strip()]


def _close_over(requirements: list[Requirement]) -> dict[str, Package]:
    """Required packages and all that they need, with the extras that are asked for, by canonical name."""
    found: dict[str, Package] = {}
    extras: dict[str, set[str]] = {}
    waiting = list(requirements)
    while waiting:
        requirement = waiting.pop()
        name = canonicalize_name(requirement.name)
        if name in found and requirement.extras <= extras[name]:
            continue
        extras.setdefault(name, set()).update(requirement.extras)
        distribution = metadata.distribution(name)
        needs = [each for each in map(Requirement, distribution.requires or ()) if _applies(each, extras[name])]
        waiting += needs
        found[name] = Package(
            name,
            str(Version(distribution.version)),  # some wheels write 6.004 for 6.4
            read_licence(name, distribution),
            "pypi",
            tuple(sorted({canonicalize_name(each.name) for each in needs})),
        )
    return found


def _applies(requirement: Requirement, extras: set[str]) -> bool:
    """Return True if a package needs this on this machine, with these extras."""
    marker = requirement.marker
    return marker is None or any(marker.evaluate({"extra": extra}) for extra in ("", *extras))


# ---------------------------------------------------------------- not installed by pip


def _call(function: str) -> Callable[[ctypes.CDLL], str]:
    """Return a reader of the version of a library that has a function for it."""

    def read_version(library: ctypes.CDLL) -> str:
        getter = getattr(library, function)
        getter.restype = ctypes.c_char_p
        return str(getter().decode())

    return read_version


def _read_glib_version(library: ctypes.CDLL) -> str:
    parts = (ctypes.c_uint.in_dll(library, f"glib_{part}_version") for part in ("major", "minor", "micro"))
    return ".".join(str(part.value) for part in parts)


def _read_fontconfig_version(library: ctypes.CDLL) -> str:
    number = library.FcGetVersion()  # 21401 is 2.14.1
    return f"{number // 10000}.{number // 100 % 100}.{number % 100}"


# The libraries that WeasyPrint loads: name, file on Linux, file on macOS, licence, reader of the version.
_NATIVE = (
    ("fontconfig", "libfontconfig.so.1", "libfontconfig.1.dylib", "HPND-sell-variant", _read_fontconfig_version),
    ("glib", "libglib-2.0.so.0", "libglib-2.0.0.dylib", "LGPL-2.1-or-later", _read_glib_version),
    ("harfbuzz", "libharfbuzz.so.0", "libharfbuzz.0.dylib", "MIT-Modern-Variant", _call("hb_version_string")),
    ("pango", "libpango-1.0.so.0", "libpango-1.0.0.dylib", "LGPL-2.0-or-later", _call("pango_version_string")),
)


def _list_native() -> tuple[Package, ...]:
    """Return the libraries of the machine that the program loads, and Python."""
    loaded = ((name, load_library(name, *files), licence, read) for name, *files, licence, read in _NATIVE)
    native = (Package(name, read(found), licence) for name, found, licence, read in loaded if found)
    return (*native, Package("python", python_version(), "PSF-2.0"))
