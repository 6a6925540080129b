#!/usr/bin/env python3
"""Build books to print and books to read on a tablet from a study guide in Markdown."""

import os
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
VENV = HERE / ".venv"

if __name__ == "__main__" and (VENV / "bin" / "python").exists() and not os.environ.get("VIRTUAL_ENV"):
    # Whoever types ./build.py after `make book` means the environment that make has made.
    os.environ["VIRTUAL_ENV"] = str(VENV)
    python = str(VENV / "bin" / "python")
    os.execv(python, [python, *sys.argv])

try:
    import click
except ModuleNotFoundError:
    sys.exit(f"build.py: the dependencies are not installed; run `make setup` in {HERE} first")

import json
from collections.abc import Iterable, Sequence
from time import perf_counter
from typing import Any

from studyguide import __version__, preflight
from studyguide.check import check as problems_of
from studyguide.dump import dump as data_of
from studyguide.model import Artifact
from studyguide.pipeline import build as built
from studyguide.pipeline import checked, chosen, page_sizes, understand
from studyguide.problems import ContentError, instead
from studyguide.read import read
from studyguide.write import write

BUILT, PROBLEMS, WRONG_USE, STOPPED = 0, 1, 2, 130
"""What the program returns."""


class Commands(click.Group):
    """`build` is what is meant where no command is named."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        own = {"--help", "-h", "--version"}
        if not args or (
            args[0] not in own and args[0] not in self.commands and (args[0][0] == "-" or Path(args[0]).exists())
        ):
            args = ["build", *args]
        return super().parse_args(ctx, args)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="build.py")
def cli() -> None:
    """Build books to print and books to read on a tablet from a study guide in Markdown.

    Without a command: `build`. SOURCE is a folder of chapters, or one Markdown file; `content` where it is not named.

    Returns 0 when all is built, 1 when the content has problems, 2 when the command was wrong.
    """


SOURCE = click.argument("source", default="content", type=click.Path())


@cli.command()
@SOURCE
@click.option(
    "--edition", "-e", "editions", multiple=True, metavar="NAME", help="Build this edition only; may be repeated."
)
@click.option("--page", metavar="NAME", help="Another page size for the printed editions, such as `letter`.")
@click.option(
    "--out", "-o", default="dist", show_default=True, type=click.Path(file_okay=False), help="The folder for the books."
)
@click.option("--quiet", "-q", is_flag=True, help="Say nothing unless something is wrong.")
def build(source: str, editions: Sequence[str], page: str | None, out: str, quiet: bool) -> int:
    """Build every edition of the guide into dist/.

    Nothing is written unless everything can be built.
    """
    project = read(source)
    guide = checked(project)
    try:
        wanted = chosen(guide, editions, page)
    except LookupError as error:
        raise click.UsageError(str(error.args[0])) from error
    if page and page not in page_sizes(project):
        raise click.UsageError(f"there is no page size `{page}`: {instead(page, page_sizes(project))}")
    if any(edition.output == "pdf" for edition in wanted) and (lack := preflight.missing()):
        raise click.ClickException(lack)
    start = perf_counter()
    artifacts = tuple(watched(built(project, guide, wanted), [edition.name for edition in wanted], quiet))
    write(artifacts, Path(out))
    if not quiet:
        report(artifacts, Path(out), perf_counter() - start)
    return BUILT


@cli.command()
@SOURCE
def check(source: str) -> int:
    """Print every problem of the content and build nothing."""
    guide = checked(read(source))
    click.echo(f"{source}: {len(guide.chapters)} chapters, {len(guide.questions)} questions, no problems")
    return BUILT


@cli.command()
@SOURCE
def dump(source: str) -> int:
    """Print the guide as JSON, its texts as Markdown, problems or not."""
    project = read(source)
    guide = understand(project)
    click.echo(json.dumps(data_of(guide), ensure_ascii=False, indent=1))
    unread = [problem for problem in problems_of(project, guide) if problem.rule == "not-utf8"]
    if unread:
        raise ContentError(unread)
    return BUILT


def watched(artifacts: Iterable[Artifact], names: Sequence[str], quiet: bool) -> Iterable[Artifact]:
    """The same artifacts, with a progress bar on a terminal and a line each elsewhere."""
    if quiet:
        yield from artifacts
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task(f"building {names[0]}", total=len(names))
        for place, artifact in enumerate(artifacts, 1):
            if not console.is_terminal:
                click.echo(f"built {artifact.edition} in {artifact.seconds:.1f} s", err=True)
            progress.update(
                task, advance=1, description=f"building {names[place]}" if place < len(names) else "writing"
            )
            yield artifact


def report(artifacts: Sequence[Artifact], out: Path, seconds: float) -> None:
    """A line for each book."""
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    table.add_column("file", overflow="fold")
    for name in ("pages", "size", "seconds"):
        table.add_column(name, justify="right", no_wrap=True)
    for artifact in artifacts:
        pages = "" if artifact.pages is None else str(artifact.pages)
        table.add_row(
            str(out / artifact.path), pages, f"{len(artifact.data) / 1000:,.0f} kB", f"{artifact.seconds:.1f}"
        )
    console = Console(width=None if sys.stdout.isatty() else 120, highlight=False)
    console.print(table)
    console.print(f"{len(artifacts)} files in {seconds:.1f} s")


def main(args: Sequence[str]) -> int:
    """Run the command line; returns the exit code, and never raises for what the content or the user does."""
    try:
        result: Any = cli.main(list(args), prog_name="build.py", standalone_mode=False)
        return result if isinstance(result, int) else BUILT
    except ContentError as error:
        click.echo(error, err=True)
        count = len(error.problems)
        click.echo(f"{count} problem{'s' if count > 1 else ''}; nothing was written", err=True)
        return PROBLEMS
    except click.ClickException as error:
        error.show()
        return WRONG_USE if isinstance(error, click.UsageError) else PROBLEMS
    except OSError as error:
        click.echo(f"build.py: {error.filename or ''}: {error.strerror or error}; nothing was replaced", err=True)
        return PROBLEMS
    except (KeyboardInterrupt, click.Abort):
        click.echo("stopped; nothing was written", err=True)
        return STOPPED


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
