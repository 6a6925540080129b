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
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass, fields, replace
from functools import wraps
from time import perf_counter
from typing import Any

from studyguide import __version__
from studyguide.foreign import taken, traced, translated
from studyguide.limits import LIMITS
from studyguide.model import Artifact, Config, Package, Project
from studyguide.problems import ContentError, Problem, UnknownNameError, instead
from studyguide.reading.dates import EPOCH, UNDATED
from studyguide.reading.project import read, rules
from studyguide.rules.reporting import FORMATS
from studyguide.runtime import cache, preflight
from studyguide.runtime import workers as parallel
from studyguide.runtime.write import recover, write

# The stages are imported where they are needed: together they take 0.3 s, and a build of nothing new needs none.

BUILT, PROBLEMS, WRONG_USE, STOPPED = 0, 1, 2, 130
"""What the program returns."""
DOCUMENTS = ("json", "sarif")
"""The formats in which problems are a document: nothing else is printed with it."""
CACHE = Path(os.environ.get("STUDYGUIDE_CACHE") or HERE / ".cache")


class Command(click.Command):
    """One that is wrong where a name that it was given stands for nothing."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except UnknownNameError as error:
            raise click.UsageError(str(error), ctx) from error


class Commands(click.Group):
    """`build` is what is meant where no command is named."""

    command_class = Command

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        own = {"--help", "-h", "--version"}
        if not args or (
            args[0] not in own and args[0] not in self.commands and (args[0][0] == "-" or Path(args[0]).exists())
        ):
            args = ["build", *args]
        return super().parse_args(ctx, args)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """In the order in which they are written below: that in which a person needs them."""
        return list(self.commands)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="build.py")
def cli() -> None:
    """Build books to print and books to read on a tablet from a study guide in Markdown.

    Without a command: `build`. SOURCE is a folder of chapters, or one Markdown file; `content` where it is not named.

    \b
      ./build.py                          every edition of content/, into dist/
      ./build.py my-guide -e guide        one edition of another folder
      ./build.py watch -e tablet          again whenever a file is saved
      ./build.py check                    only look for problems
      ./build.py import old.md --to new   chapters made of another format

    Returns 0 when all is built, 1 when the content has errors, 2 when the command was wrong.
    """


SOURCE = click.argument("source", default="content", type=click.Path())
STRICT = click.option("--strict", is_flag=True, help="Warnings count as errors.")
FORMAT = click.option(
    "--format",
    "form",
    type=click.Choice(list(FORMATS)),
    default="text",
    show_default=True,
    help="How problems are told: to a person, a program, the log of a GitHub workflow, or code scanning.",
)
DIALECT = click.option(
    "--dialect",
    metavar="NAME",
    help="How a file of another format is written, such as `headings`.  [default: what is found]",
)
OPEN = click.option("--allow-missing-answers", is_flag=True, help="A question without an answer is no problem.")
SHEET_TIME = click.option(
    "--sheet-time",
    default=LIMITS["seconds"].maximum,
    show_default=True,
    type=click.FloatRange(0, min_open=True),
    metavar="SECONDS",
    help="How long the work on one chapter or one sheet may take.",
)
EDITIONS = click.option(
    "--edition", "-e", "editions", multiple=True, metavar="NAME", help="Only this edition; may be repeated."
)
READING = (SOURCE, DIALECT)
CHECKING = (*READING, OPEN)
OPTIONS = (
    *CHECKING,
    EDITIONS,
    click.option("--page", metavar="NAME", help="Another page size for the printed editions, such as `letter`."),
    click.option("--out", "-o", default="dist", show_default=True, type=click.Path(file_okay=False), help="Where to."),
    click.option(
        "--jobs", "-j", type=click.IntRange(1), metavar="N", help="Work in N processes.  [default: the cores]"
    ),
    click.option("--scheduler", metavar="ADDRESS", help="Work on the Dask cluster whose scheduler listens there."),
    SHEET_TIME,
    click.option("--cache/--no-cache", default=True, help="Use what earlier builds made.  [default: cache]"),
    click.option("--quiet", "-q", is_flag=True, help="Say nothing unless something is wrong."),
    STRICT,
)


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line says of a build, under the names in ``OPTIONS``."""

    dialect: str | None
    allow_missing_answers: bool
    editions: tuple[str, ...]
    page: str | None
    out: str
    jobs: int | None
    scheduler: str | None
    sheet_time: float
    cache: bool
    quiet: bool
    strict: bool

    def workers(self) -> AbstractContextManager[parallel.Each]:
        return parallel.workers(self.jobs or parallel.cores(), self.scheduler, self.sheet_time)


def taking(*options: Callable[..., Any]) -> Callable[[Callable[..., int]], Callable[..., int]]:
    """A command with these options, so that all commands that read content, check it or build take the same."""

    def with_options(command: Callable[..., int]) -> Callable[..., int]:
        for option in reversed(options):
            command = option(command)
        return command

    return with_options


def building(command: Callable[..., int]) -> Callable[..., int]:
    """A command with the options of every build, which it takes as one value."""

    @wraps(command)
    def with_options(**given: Any) -> int:
        options = Options(**{each.name: given.pop(each.name) for each in fields(Options)})
        return command(options=options, **given)

    return taking(*OPTIONS)(with_options)


@cli.command()
@building
@FORMAT
def build(source: str, form: str, options: Options) -> int:
    """Build every edition of the guide into dist/.

    Nothing is written unless everything can be built, and nothing is built where nothing has changed.
    """
    options = replace(options, quiet=options.quiet or form in DOCUMENTS)
    with printed(form) as tell, options.workers() as each:
        warnings = Build(source, each, options).run()
        # Where nobody listens the books are there all the same; but half a document is none.
        with suppress(*() if form in DOCUMENTS else (OSError,)):
            tell(warnings)
    return BUILT


@cli.command()
@building
def watch(source: str, options: Options) -> int:
    """Build again whenever a file is saved.

    A file of the guide, a template or a style; problems are told, and the watch goes on. Ctrl-C ends it.
    """
    from watchfiles import watch as changes

    if not Path(source).exists():
        read(source)  # which says what to name instead
    with options.workers() as each:
        again = Build(source, each, options)
        with suppress(KeyboardInterrupt):
            again.attempt()
            watched = [Path(source), HERE / "templates", HERE / "styles"]
            click.echo(f"watching {', '.join(map(os.path.relpath, watched))}; Ctrl-C ends it", err=True)
            for changed in changes(*watched, raise_interrupt=False, debounce=200, step=20):
                names = sorted({os.path.relpath(path) for _, path in changed})
                click.echo(f"{', '.join(names[:3])}{' and more' if len(names) > 3 else ''} changed", err=True)
                again.attempt()
    return BUILT


def allowed(missing_answers: bool) -> tuple[str, ...]:
    """The rules that may be broken."""
    return ("missing-answer",) if missing_answers else ()


class Build:
    """A build of a source with the options of one command, once or again and again."""

    def __init__(self, source: str, each: parallel.Each, options: Options) -> None:
        self.source, self.each, self.options = source, each, options
        self.out = Path(options.out)
        self.allowed = allowed(options.allow_missing_answers)
        self.store: cache.Memory = cache.Store(CACHE / "store") if options.cache else cache.NOTHING
        self.warnings: tuple[Problem, ...] = ()
        self.problems: tuple[Problem, ...] = ()
        self.config = Config()
        self.made_anew = 0

    def run(self) -> tuple[Problem, ...]:
        """Build what is not as it should be; the warnings. Raises ContentError, UnknownNameError, OSError and click's errors."""
        start = perf_counter()
        if recover(self.out):
            self.say(f"an earlier build was stopped while it wrote; {self.out} now has all that it made")
        project = taken(self.source)
        target = os.path.realpath(self.out)
        wanted = (self.options.editions, self.options.page, self.options.strict, self.options.dialect, self.allowed)
        request = repr((os.path.realpath(self.source), target, *wanted))
        inputs = fingerprint(project)
        if self.options.cache and (last := cache.unchanged(CACHE, request, inputs)):
            self.say(f"nothing has changed; {self.out} is up to date ({perf_counter() - start:.2f} s)")
            return tuple(last["warnings"])
        self.made_anew, self.warnings = 0, ()
        artifacts = self.books(project)
        files = write(artifacts, self.out)
        if self.options.cache:
            cache.built(CACHE, request, inputs, files, self.warnings)
        self.store.prune()
        if self.store.complaint:
            click.echo(self.store.complaint, err=True)
        with suppress(OSError):  # where nobody listens, or there is no room for words, the books are there all the same
            if not self.options.quiet:
                report(artifacts, self.out)
            if not project.dated:
                self.say(
                    f"{self.source} has no day: no `date` in guide.toml, no {EPOCH}, no git commit; EPUBs say {UNDATED}"
                )
            self.say(f"{self.made_anew} sheets made anew, {perf_counter() - start:.1f} s")
        return self.warnings

    def books(self, project: Project) -> tuple[Artifact, ...]:
        """Every edition that is wanted, not yet on the disk; sets the warnings."""
        project, reports = translated(project, self.options.dialect, self.options.sheet_time)
        if not self.options.quiet:
            click.echo("\n".join(map(str, reports)), err=True, nl=bool(reports))
            self.warn(project)
        try:
            artifacts = tuple(self.made(project))
        except ContentError as error:
            raise ContentError(traced((*self.warnings, *error.problems), reports)) from error
        self.warnings = traced(self.warnings, reports)
        return artifacts

    def made(self, project: Project) -> Iterator[Artifact]:
        from studyguide.pipeline import build as built
        from studyguide.pipeline import checked, chosen, page_sizes

        if self.options.page and self.options.page not in page_sizes(project):
            raise UnknownNameError(
                f"there is no page size `{self.options.page}`: {instead(self.options.page, page_sizes(project))}"
            )
        guide = checked(project, self.each, self.store, self.options.strict, allowed=self.allowed)
        self.config, self.warnings = guide.config, guide.problems
        wanted = chosen(guide, self.options.editions, self.options.page)
        if any(edition.output == "pdf" for edition in wanted) and (lack := preflight.missing()):
            raise click.ClickException(lack)
        with progress([edition.name for edition in wanted], self.options.quiet) as (done, finished):

            def count() -> None:
                self.made_anew += 1
                done()

            for artifact in built(project, guide, wanted, self.each, self.store, count):
                finished(artifact)
                yield artifact

    def warn(self, project: Project) -> None:
        """Say which characters of another's guide are printed as something else."""
        from studyguide.pdf.glyph_fallback import unprinted

        found = unprinted("".join(source.text for source in project.sources)) if project.foreign else ()
        if found:
            click.echo(f"  no face of the printed book has {' '.join(found)}: printed by name, or as a box", err=True)

    def attempt(self) -> None:
        """Build and go on, whatever is wrong; say which problems came and how many went."""
        try:
            found = self.run()
        except ContentError as error:
            found = error.problems
        except (OSError, UnknownNameError, click.ClickException) as error:
            click.echo(f"build.py: {error}", err=True)
            return
        for problem in found:
            if problem not in self.problems:
                click.echo(str(problem), err=True)
        gone = sum(problem not in found for problem in self.problems)
        if found or gone:
            click.echo(f"problems: {gone} mended, {len(found)} to mend", err=True)
        self.problems = found

    def say(self, line: str) -> None:
        if not self.options.quiet:
            click.echo(line)


def fingerprint(project: Project) -> str:
    """A name for everything that goes into a build, this program included."""
    texts = [project.config, *project.sources, *project.templates, *project.styles]
    facts = [fact for each in texts if each for fact in (each.path, each.text)]
    figures = [(asset.path, asset.digest) for asset in project.assets]
    return cache.digest(cache.program(), *facts, figures, project.problems, project.dated)


@contextmanager
def printed(form: str) -> Iterator[Callable[[Sequence[Problem]], None]]:
    """What to call with the warnings of a command that succeeded; the problems of one that fails are told here."""

    def tell(problems: Sequence[Problem]) -> None:
        text = FORMATS[form](problems, rules())
        click.echo(text, nl=bool(text), err=form == "text")

    try:
        yield tell
    except ContentError as error:
        if form == "text":
            raise
        tell(error.problems)
        raise click.exceptions.Exit(PROBLEMS) from error


@cli.command()
@taking(*CHECKING)
@SHEET_TIME
@STRICT
@FORMAT
@click.option("--spelling", is_flag=True, help="Look up the words, as `make spelling` prepares it.")
def check(
    source: str,
    dialect: str | None,
    allow_missing_answers: bool,
    sheet_time: float,
    strict: bool,
    form: str,
    spelling: bool,
) -> int:
    """Print every problem of the content and build nothing."""
    from studyguide.pipeline import checked, configured
    from studyguide.rules.spelling import NoDictionaryError, dictionary

    with printed(form) as tell, parallel.workers(1, seconds=sheet_time) as each:
        project, reports = translated(taken(source), dialect, sheet_time)
        try:
            speller = dictionary(configured(project).language) if spelling else None
        except NoDictionaryError as error:
            raise click.ClickException(str(error)) from error
        try:
            guide = checked(
                project, each, cache.Store(CACHE / "store"), strict, speller, allowed(allow_missing_answers)
            )
        except ContentError as error:
            raise ContentError(traced(error.problems, reports)) from error
        tell(traced(guide.problems, reports))
    if form not in DOCUMENTS:
        found = counted(guide.problems) if guide.problems else "no problems"
        click.echo("\n".join(map(str, reports)), nl=bool(reports))
        click.echo(f"{source}: {len(guide.chapters)} chapters, {len(guide.questions)} questions, {found}")
    return BUILT


@cli.command()
@click.argument("rule")
def explain(rule: str) -> int:
    """Say what a RULE means, with examples.

    A rule's name stands in brackets behind each problem: `./build.py explain near-twins`.
    """
    known = rules()
    if rule not in known:
        raise UnknownNameError(f"there is no rule `{rule}`: {instead(rule, known)}")
    click.echo(known[rule].page.strip())
    return BUILT


@cli.command("rules")
def list_rules() -> int:
    """List the rules that a guide is checked by."""
    for rule in rules().values():
        click.echo(f"{rule.name:20} {rule.severity:8} {rule.summary}")
    return BUILT


@cli.command("import")
@click.argument("source", type=click.Path())
@click.option("--to", required=True, type=click.Path(file_okay=False), help="The folder of the new chapters.")
@DIALECT
def import_(source: str, to: str, dialect: str | None) -> int:
    """Turn a guide of another format into chapters.

    SOURCE is a file, or a folder of them: `./build.py import some/README.md --to new-guide`. What was understood, what was left out and what looks odd is said; no file is written over.
    """
    project, reports = translated(taken(source), dialect)
    if project.problems:
        raise ContentError(project.problems)
    if not reports:
        raise click.ClickException(f"{source}: no question of another format is found here; nothing was written")
    files = [Artifact(Path(each.path).name, each.text.encode()) for each in project.sources]
    files += [Artifact(asset.path, asset.data) for asset in project.assets]
    if project.config:
        files.append(Artifact("guide.toml", project.config.text.encode()))
    if there := [each.path for each in files if (Path(to) / each.path).exists()]:
        more = f" and {len(there) - 1} more" if len(there) > 1 else ""
        raise click.ClickException(f"{Path(to) / there[0]}{more} would be written over; name another folder with --to")
    write(files, Path(to))
    click.echo("\n".join([*map(str, reports), f"{len(project.sources)} chapters written to {to}"]))
    return BUILT


@cli.command()
@taking(*READING)
@FORMAT
def prove(source: str, form: str, dialect: str | None) -> int:
    """Run the code of the guide, and check its sums.

    What the code marked `python run` prints is compared with what is written beside it. This runs whatever the guide holds: do it with guides that you trust.
    """
    from studyguide.rules.prove import prove as proof_of

    with printed(form) as tell:
        project, reports = translated(taken(source), dialect)
        proof = proof_of(project)
        if proof.problems:
            raise ContentError(traced(proof.problems, reports))
        tell(())
    if form not in DOCUMENTS:
        lacking = f"; not all could be run without {', '.join(proof.passed_over)}" if proof.passed_over else ""
        click.echo(f"{source}: {proof.held} examples and sums are right{lacking}")
    return BUILT


@cli.command(context_settings={"default_map": {"out": "release"}})
@building
def release(source: str, options: Options) -> int:
    """Build one archive of every edition, in release/.

    It has the books with their licence, a bill of materials and checksums.
    """
    from studyguide.release import release as released
    from studyguide.supply import compatible

    found = installed()
    if wrong := [package.name for package in found if not package.optional and not compatible(package)]:
        raise click.ClickException(f"`./build.py licences` has something against {', '.join(wrong)}")
    with printed("text") as tell, options.workers() as each:
        making = Build(source, each, options)
        project = taken(source)
        books = making.books(project)
        tell(making.warnings)
    artifacts = released(making.config, books, found, project.dated)
    write(artifacts, making.out)
    making.store.prune()
    archive = artifacts[0]
    making.say(f"{making.out / archive.path}: {len(books)} books, {len(archive.data) / 1000:,.0f} kB")
    return BUILT


@cli.command()
@taking(*CHECKING, EDITIONS)
def verify(source: str, editions: tuple[str, ...], dialect: str | None, allow_missing_answers: bool) -> int:
    """Build twice and compare byte for byte.

    Nothing is built into dist/. The second time everything is different that should not matter: another folder, home, user, mask, time zone, language, seed of hashes and number of processes, a clock
    that is 400 days ahead, and no cache.
    """
    from studyguide.verify import FailedBuildError
    from studyguide.verify import verify as verdict_of

    try:
        options = [word for edition in editions for word in ("--edition", edition)]
        options += ["--dialect", dialect] if dialect else []
        options += ["--allow-missing-answers"] if allow_missing_answers else []
        verdict = verdict_of(taken(source), options, parallel.cores() + 1)
    except FailedBuildError as error:
        raise click.exceptions.Exit(error.code) from error
    for place in verdict.places:
        click.echo(place, err=True)
    if verdict.places:
        raise click.ClickException(f"{source}: the same content does not give the same bytes")
    click.echo(f"{source}: the same bytes twice, in {verdict.files} file{'s' if verdict.files > 1 else ''}")
    return BUILT


@cli.command()
def licences() -> int:
    """List the packages that the program needs, with licences.

    Fails where a licence does not allow the program to be given away with the package.
    """
    from studyguide.model import OURS
    from studyguide.supply import compatible

    found = installed()
    wrong = [package for package in found if not compatible(package)]
    for package in found:
        mark = "optional" if package.optional else ""
        verdict = "NOT KNOWN TO BE COMPATIBLE" if package in wrong else "compatible"
        click.echo(f"{package.name:32} {package.version:10} {verdict:11} {mark:9} {package.licence}")
    if wrong:
        names = ", ".join(package.name for package in wrong)
        raise click.ClickException(f"not known to be compatible with {OURS}: {names}; studyguide/supply.py has what is")
    click.echo(f"{len(found)} packages, all compatible with {OURS}")
    return BUILT


def installed() -> tuple[Package, ...]:
    """The packages that the program stands on. Raises ClickException where one is missing."""
    from importlib.metadata import PackageNotFoundError

    from studyguide.supply import packages

    try:
        return packages()
    except PackageNotFoundError as error:
        raise click.ClickException(f"{error.name} is not installed; run `make setup`") from error


@cli.command()
@taking(*READING)
def dump(source: str, dialect: str | None) -> int:
    """Print the guide as JSON, problems or not."""
    from studyguide.guide.dump import dump_guide
    from studyguide.pipeline import understand

    project, reports = translated(taken(source), dialect)
    left_out = [note for report in reports for note in report.left_out]
    click.echo(json.dumps(dump_guide(understand(project), left_out), ensure_ascii=False, indent=1))
    if project.problems:
        raise ContentError(project.problems)
    return BUILT


@contextmanager
def progress(names: Sequence[str], quiet: bool) -> Iterator[tuple[Callable[[], None], Callable[[Artifact], None]]]:
    """What to call for each sheet done and each book finished: a bar on a terminal, a line for each book elsewhere."""

    def line(artifact: Artifact) -> None:
        if not quiet:
            click.echo(f"built {artifact.edition} in {artifact.seconds:.1f} s", err=True)

    if quiet or not sys.stderr.isatty():
        yield (lambda: None), line
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    sheets = TextColumn("{task.fields[sheets]} sheets set")
    columns = (TextColumn("{task.description}"), BarColumn(), sheets, TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(f"building {names[0]}", total=len(names), sheets=0)

        def done() -> None:
            bar.update(task, sheets=bar.tasks[0].fields["sheets"] + 1)

        def finished(artifact: Artifact) -> None:
            rest = names[names.index(artifact.edition) + 1 :]
            bar.update(task, advance=1, description=f"building {rest[0]}" if rest else "writing")

        yield done, finished


def report(artifacts: Sequence[Artifact], out: Path) -> None:
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


def counted(problems: Sequence[Problem]) -> str:
    """`1 problem and 2 warnings`."""
    warnings = sum(problem.severity == "warning" for problem in problems)
    counts = ((len(problems) - warnings, "problem"), (warnings, "warning"))
    return " and ".join(f"{count} {name}{'s' if count > 1 else ''}" for count, name in counts if count)


def main(args: Sequence[str]) -> int:
    """Run the command line; returns the exit code, and never raises for what the content or the user does."""
    try:
        result: Any = cli.main(list(args), prog_name="build.py", standalone_mode=False)
        return result if isinstance(result, int) else BUILT
    except ContentError as error:
        click.echo(error, err=True)
        click.echo(f"{counted(error.problems)}; nothing was written", err=True)
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
