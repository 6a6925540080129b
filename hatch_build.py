"""Give the package its dependencies: the names of requirements*.txt with the versions of constraints.txt."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hatchling.metadata.plugin.interface import MetadataHookInterface
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

_EXTRAS = ("cluster", "scripts", "spelling")
"""Extras of the package, each of which has a requirements file of its name."""


class DependencyHook(MetadataHookInterface):
    """Pins direct dependencies: the program uses the inside of some of them, and each version prints a book differently."""

    PLUGIN_NAME = "custom"

    def update(self, metadata: dict[str, Any]) -> None:
        """Set ``dependencies`` and ``optional-dependencies`` of the table ``[project]``."""
        root = Path(self.root)
        pins = dict(line.split("==") for line in _read_lines(root / "constraints.txt"))
        versions = {canonicalize_name(name): version for name, version in pins.items()}

        def pin_requirements(path: Path) -> list[str]:
            found = [Requirement(line) for line in _read_lines(path)]
            for each in found:
                name = canonicalize_name(each.name)
                if name not in versions:
                    raise ValueError(
                        f"{path.name}: constraints.txt has no version of `{each.name}`; write `{name}==…` there"
                    )
                each.specifier = SpecifierSet(f"=={versions[name]}")
            return [str(each) for each in found]

        metadata["dependencies"] = pin_requirements(root / "requirements.txt")
        metadata["optional-dependencies"] = {
            extra: pin_requirements(root / f"requirements-{extra}.txt") for extra in _EXTRAS
        }


def _read_lines(path: Path) -> list[str]:
    """Return the lines of a file without comments and empty ones."""
    lines = (line.partition("#")[0].strip() for line in path.read_text(encoding="utf-8").splitlines())
    return [line for line in lines if line]
