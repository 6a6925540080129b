"""Run the program, read a guide and write files in the way of the program itself."""

import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import wraps
from pathlib import Path
from typing import Any

import click

from studyguide.app import ReadingOptions, import_source, read_source
from studyguide.model import Artifact, Config, Project
from studyguide.pipeline import read_guide
from studyguide.problems import ContentError
from studyguide.runtime.write import write_artifacts
from tools import ROOT

_OPTIONS = (
    click.argument("source", default="content", type=click.Path()),
    click.option("--edition", "-e", "editions", multiple=True, metavar="NAME", help="Only this edition; repeatable."),
    click.option("--page", metavar="NAME", help="Another page size for the printed editions, such as `letter`."),
    click.option("--dialect", metavar="NAME", help="How a file of another format is written, such as `headings`."),
    click.option("--allow-missing-answers", is_flag=True, help="A question without an answer is no problem."),
    click.option("--strict", is_flag=True, help="Warnings count as errors."),
)
"""The options of `./build.py build` that decide what is in the books."""


class BuildFailedError(click.exceptions.Exit):
    """`./build.py build`, which has said why it failed, or reprotest; ends the tool with the same exit code."""


def take_build_options(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command SOURCE and the options above, as the values ``source``, ``dialect`` and ``options`` (a list of words)."""

    @wraps(command)
    def with_options(source: str, dialect: str | None, **given: Any) -> None:
        options = [word for edition in given.pop("editions") for word in ("--edition", edition)]
        for name, value in (("--page", given.pop("page")), ("--dialect", dialect)):
            options += [name, value] if value else []
        for name in ("allow_missing_answers", "strict"):
            options += [f"--{name.replace('_', '-')}"] if given.pop(name) else []
        command(source=source, dialect=dialect, options=options, **given)

    decorated: Callable[..., None] = with_options
    for option in reversed(_OPTIONS):
        decorated = option(decorated)
    return decorated


def run_build(
    source: str,
    out: Path,
    options: Sequence[str],
    *,
    program: Path = ROOT,
    environment: Mapping[str, str] | None = None,
    **how: Any,
) -> None:
    """Run `build.py build` of the program in a folder with this very Python; ``how`` goes to ``subprocess.run``.

    Raises BuildFailedError.
    """
    command = [sys.executable, str(program / "build.py"), "build", source, "--out", str(out), *options]
    done = subprocess.run(command, env=environment or set_environment(), check=False, **how)
    if done.returncode:
        raise BuildFailedError(done.returncode)


def set_environment() -> dict[str, str]:
    """Return the environment, with what keeps build.py from changing to another Python."""
    return {**os.environ, "VIRTUAL_ENV": os.environ.get("VIRTUAL_ENV", sys.prefix)}


def read_project(source: str) -> Project:
    """Return every file that a build of SOURCE would read. Raises ClickException if they cannot be read."""
    try:
        return read_source(source)
    except ContentError as error:
        raise click.ClickException(str(error)) from error


def read_facts(source: str, dialect: str | None) -> tuple[Config, date | None]:
    """Return the configuration of a guide that can be built, and the date of its files."""
    project, _ = import_source(read_project(source), ReadingOptions(dialect))
    return read_guide(project).config, project.date


def write_files(files: Mapping[str, bytes], folder: Path) -> None:
    """Write all files into a folder, or none. Raises OSError."""
    write_artifacts([Artifact(name, data) for name, data in files.items()], folder)


def list_files(folder: Path) -> dict[str, Path]:
    """Return the files in a folder and its inner folders, by their paths in it, in the order of these."""
    paths = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    return dict(sorted(paths.items()))
