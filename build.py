#!/usr/bin/env python3
"""Build books to print and books to read on a tablet from a study guide in Markdown."""

import os
import re
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
from dataclasses import replace
from functools import partial
from time import perf_counter
from typing import Any

from studyguide import __version__, cache, parallel, preflight
from studyguide.dates import EPOCH, UNDATED
from studyguide.limits import LIMITS
from studyguide.messages import FORMATS
from studyguide.model import Artifact, Config, Package, Project
from studyguide.problems import ContentError, Place, Problem, instead
from studyguide.read import read, rules
from studyguide.write import recover, write

# The stages are imported where they are needed: together they take 0.3 s, and a build of nothing new needs none.

BUILT, PROBLEMS, WRONG_USE, STOPPED = 0, 1, 2, 130
"""What the program returns."""
DOCUMENTS = ("json", "sarif")
"""The formats in which problems are a document: nothing else is printed with it."""
CACHE = Path(os.environ.get("STUDYGUIDE_CACHE") or HERE / ".cache")


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
    "--dialect", metavar="NAME", help="How a file of another format is written: `headings`.  [default: what is found]"
)
OPEN = click.option("--allow-missing-answers", is_flag=True, help="A question without an answer is no problem.")
SHEET_TIME = click.option(
    "--sheet-time",
    default=LIMITS["seconds"].most,
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


def taking(*options: Callable[..., Any]) -> Callable[..., Any]:
    """A command with these options, so that all commands that read content, check it or build take the same."""

    def with_options(command: Callable[..., Any]) -> Callable[..., Any]:
        for option in reversed(options):
            command = option(command)
        return command

    return with_options


def workers(options: dict[str, Any]) -> AbstractContextManager[parallel.Each]:
    return parallel.workers(options["jobs"] or parallel.cores(), options["scheduler"], options["sheet_time"])


@cli.command()
@taking(*OPTIONS)
@FORMAT
def build(source: str, form: str, **options: Any) -> int:
    """Build every edition of the guide into dist/.

    Nothing is written unless everything can be built, and nothing is built where nothing has changed.
    """
    options["quiet"] |= form in DOCUMENTS
    with printed(form) as tell, workers(options) as each:
        warnings = Build(source, each, **options).run()
        # Where nobody listens the books are there all the same; but half a document is none.
        with suppress(*() if form in DOCUMENTS else (OSError,)):
            tell(warnings)
    return BUILT


@cli.command()
@taking(*OPTIONS)
def watch(source: str, **options: Any) -> int:
    """Build, and build again whenever a file of the guide, a template or a style is saved. Ctrl-C ends it."""
    from watchfiles import watch as changes

    with workers(options) as each:
        again = Build(source, each, **options)
        with suppress(KeyboardInterrupt):
            again.attempt()
            watched = [Path(source), HERE / "templates", HERE / "styles"]
            click.echo(f"watching {', '.join(map(os.path.relpath, watched))}; Ctrl-C ends it", err=True)
            for changed in changes(*watched, raise_interrupt=False, debounce=200, step=20):
                names = sorted({os.path.relpath(path) for _, path in changed})
                click.echo(f"{', '.join(names[:3])}{' and more' if len(names) > 3 else ''} changed", err=True)
                again.attempt()
    return BUILT


def taken(source: str) -> Project:
    """What is on the disk: of a folder without a file of ours everything, of one of ours its chapters."""
    if not Path(source).is_dir() or (Path(source) / "guide.toml").exists():
        return read(source)
    from studyguide.dialects import is_foreign

    with suppress(ContentError):  # its files may stand in folders
        own = read(source)
        if not is_foreign(own):
            return own
    whole = read(source, everything=True)
    return whole if is_foreign(whole) else read(source)


def translated(
    project: Project, dialect: str | None, seconds: float = LIMITS["seconds"].most
) -> tuple[Project, tuple[Any, ...]]:
    """The project, files of another format in ours, and the reports of that.

    Raises ContentError where there is no text to read, or where that takes too long.
    """
    from studyguide.dialects import DIALECTS, is_foreign, translate

    if project.problems or not (dialect or is_foreign(project)):
        return project, ()
    if dialect and dialect not in DIALECTS:
        raise click.UsageError(f"there is no dialect `{dialect}`: {instead(dialect, DIALECTS)}")
    translation: tuple[Project, tuple[Any, ...]] = parallel.Timely(partial(translate, dialect=dialect or ""), seconds)(
        project
    )
    if translation[0].problems:
        raise ContentError(translation[0].problems)
    return translation


def traced(problems: Sequence[Problem], reports: Sequence[Any]) -> tuple[Problem, ...]:
    """Problems of a converted guide with the lines of the file that it was made from."""
    places = [place for report in reports for place in report.places]
    if not places:
        return tuple(problems)
    files = "|".join(sorted({re.escape(made.path) for made, _ in places}))
    other = re.compile(rf"(?<!\S)({files}):(\d+)(?::\d+)?")

    def said(text: str) -> str:
        return other.sub(lambda found: str(origin(Place(found[1], int(found[2])), places)), text)

    moved = {
        replace(each, place=origin(each.place, places), found=said(each.found), fix=said(each.fix)) for each in problems
    }
    return tuple(sorted(moved))


def origin(place: Place, places: Sequence[tuple[Place, Place]]) -> Place:
    """Where the question stands in which a place of a converted guide is."""
    above = [source for made, source in places if made.path == place.path and made.line <= max(1, place.line)]
    return above[-1] if above else place


def allowed(options: dict[str, Any]) -> tuple[str, ...]:
    """The rules that may be broken."""
    return ("missing-answer",) if options["allow_missing_answers"] else ()


class Build:
    """A build of a source with the options of one command, once or again and again."""

    def __init__(self, source: str, each: parallel.Each, **options: Any) -> None:
        self.source, self.each = source, each
        self.editions, self.page, self.out = options["editions"], options["page"], Path(options["out"])
        self.cached, self.quiet, self.strict = options["cache"], options["quiet"], options["strict"]
        self.store: cache.Store | cache.Nothing = cache.Store(CACHE / "store") if self.cached else cache.Nothing()
        self.dialect, self.allowed, self.seconds = options["dialect"], allowed(options), options["sheet_time"]
        self.warnings: tuple[Problem, ...] = ()
        self.problems: tuple[Problem, ...] = ()
        self.config = Config()
        self.made_anew = 0

    def run(self) -> tuple[Problem, ...]:
        """Build what is not as it should be; the warnings. Raises ContentError, OSError and click's errors."""
        start = perf_counter()
        if recover(self.out):
            self.say(f"an earlier build was stopped while it wrote; {self.out} now has all that it made")
        project = taken(self.source)
        target = os.path.realpath(self.out)
        wanted = (self.editions, self.page, self.strict, self.dialect, self.allowed)
        request = repr((os.path.realpath(self.source), target, *wanted))
        inputs = fingerprint(project)
        if self.cached and (last := cache.unchanged(CACHE, request, inputs)):
            self.say(f"nothing has changed; {self.out} is up to date ({perf_counter() - start:.2f} s)")
            return tuple(last["warnings"])
        self.made_anew, self.warnings = 0, ()
        artifacts = self.books(project)
        files = write(artifacts, self.out)
        if self.cached:
            cache.built(CACHE, request, inputs, files, self.warnings)
        self.store.prune()
        if self.store.complaint:
            click.echo(self.store.complaint, err=True)
        with suppress(OSError):  # where nobody listens, or there is no room for words, the books are there all the same
            if not self.quiet:
                report(artifacts, self.out)
            if not project.dated:
                self.say(
                    f"{self.source} has no day: no `date` in guide.toml, no {EPOCH}, no git commit; EPUBs say {UNDATED}"
                )
            self.say(f"{self.made_anew} sheets made anew, {perf_counter() - start:.1f} s")
        return self.warnings

    def books(self, project: Project) -> tuple[Artifact, ...]:
        """Every edition that is wanted, not yet on the disk; sets the warnings."""
        project, reports = translated(project, self.dialect, self.seconds)
        if not self.quiet:
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

        if self.page and self.page not in page_sizes(project):
            raise click.UsageError(f"there is no page size `{self.page}`: {instead(self.page, page_sizes(project))}")
        guide = checked(project, self.each, self.store, self.strict, allowed=self.allowed)
        self.config, self.warnings = guide.config, guide.problems
        try:
            wanted = chosen(guide, self.editions, self.page)
        except LookupError as error:
            raise click.UsageError(str(error.args[0])) from error
        if any(edition.output == "pdf" for edition in wanted) and (lack := preflight.missing()):
            raise click.ClickException(lack)
        with progress([edition.name for edition in wanted], self.quiet) as (done, finished):

            def count() -> None:
                self.made_anew += 1
                done()

            for artifact in built(project, guide, wanted, self.each, self.store, count):
                finished(artifact)
                yield artifact

    def warn(self, project: Project) -> None:
        """Say which characters of another's guide are printed as something else."""
        from studyguide.outputs.pdf.signs import unprinted

        found = unprinted("".join(source.text for source in project.sources)) if project.foreign else ()
        if found:
            click.echo(f"  no face of the printed book has {' '.join(found)}: printed by name, or as a box", err=True)

    def attempt(self) -> None:
        """Build and go on, whatever is wrong; say which problems came and how many went."""
        try:
            found = self.run()
        except ContentError as error:
            found = error.problems
        except (OSError, click.ClickException) as error:
            click.echo(f"build.py: {error}", err=True)
            return
        for problem in found:
            if problem not in self.problems:
                click.echo(str(problem), err=True)
        gone = sum(problem not in found for problem in self.problems)
        if found or gone:
            click.echo(f"{gone} problems mended, {len(found)} to mend", err=True)
        self.problems = found

    def say(self, line: str) -> None:
        if not self.quiet:
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
def check(source: str, sheet_time: float, strict: bool, form: str, spelling: bool, **options: Any) -> int:
    """Print every problem of the content and build nothing."""
    from studyguide.pipeline import checked, configured
    from studyguide.spelling import NoDictionaryError, dictionary

    with printed(form) as tell, parallel.workers(1, seconds=sheet_time) as each:
        project, reports = translated(taken(source), options["dialect"], sheet_time)
        try:
            speller = dictionary(configured(project).language) if spelling else None
        except NoDictionaryError as error:
            raise click.ClickException(str(error)) from error
        try:
            guide = checked(project, each, cache.Store(CACHE / "store"), strict, speller, allowed(options))
        except ContentError as error:
            raise ContentError(traced(error.problems, reports)) from error
        tell(traced(guide.problems, reports))
    if form not in DOCUMENTS:
        found = counted(guide.problems) if guide.problems else "no problems"
        click.echo("\n".join(map(str, reports)), nl=bool(reports))
        click.echo(f"{source}: {len(guide.chapters)} chapters, {len(guide.questions)} questions, {found}")
    return BUILT


@cli.command("rules")
def list_rules() -> int:
    """List the rules that a guide is checked by."""
    for rule in rules().values():
        click.echo(f"{rule.name:20} {rule.severity:8} {rule.summary}")
    return BUILT


@cli.command()
@click.argument("rule")
def explain(rule: str) -> int:
    """Say what a RULE means, with what is wrong and what is right: the name in brackets behind a problem."""
    known = rules()
    if rule not in known:
        raise click.UsageError(f"there is no rule `{rule}`: {instead(rule, known)}")
    click.echo(known[rule].page.strip())
    return BUILT


@cli.command()
@taking(*READING)
@FORMAT
def prove(source: str, form: str, dialect: str | None) -> int:
    """Run the code that is marked `python run`, and check the sums; compare what comes out with what is written.

    This runs whatever the guide holds: do it with guides that you trust.
    """
    from studyguide.prove import prove as proof_of

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


@cli.command()
@taking(*CHECKING, EDITIONS)
def verify(source: str, editions: tuple[str, ...], dialect: str | None, allow_missing_answers: bool) -> int:
    """Build twice, here and under other conditions, and compare byte for byte; build nothing into dist/.

    The other conditions: another folder, home, user, mask, time zone, language, seed of hashes and number of processes, a clock
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
    """List the packages that the program stands on, and whether their licences allow it to be given away with them."""
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


@cli.command(context_settings={"default_map": {"out": "release"}})
@taking(*OPTIONS)
def release(source: str, **options: Any) -> int:
    """Build every edition and put them into one archive, with licence, bill of materials and checksums."""
    from studyguide.release import release as released
    from studyguide.supply import compatible

    found = installed()
    if wrong := [package.name for package in found if not package.optional and not compatible(package)]:
        raise click.ClickException(f"`./build.py licences` has something against {', '.join(wrong)}")
    with printed("text") as tell, workers(options) as each:
        making = Build(source, each, **options)
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
@taking(*READING)
def dump(source: str, **options: Any) -> int:
    """Print the guide as JSON, its texts as Markdown, problems or not."""
    from studyguide.dump import dump as data_of
    from studyguide.pipeline import understand

    project, reports = translated(taken(source), options["dialect"])
    left_out = [note for report in reports for note in report.left_out]
    click.echo(json.dumps(data_of(understand(project), left_out), ensure_ascii=False, indent=1))
    if project.problems:
        raise ContentError(project.problems)
    return BUILT


@cli.command("import")
@click.argument("source", type=click.Path())
@click.option("--to", required=True, type=click.Path(file_okay=False), help="The folder of the new chapters.")
@DIALECT
def import_(source: str, to: str, dialect: str | None) -> int:
    """Turn a guide of another format, a file or a folder of them, into chapters of ours.

    What was understood, what was left out and what looks odd is said; no file is written over.
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
