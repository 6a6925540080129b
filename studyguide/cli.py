"""The command line: commands, options, and what is printed. ``app`` does the work.

The order of the commands here is the order of ``--help``: that in which a person needs them.
"""

import errno
import io
import json
import math
import re
import shlex
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import Any, ClassVar

import click
from click.shell_completion import CompletionItem, get_completion_class

from studyguide import COMMAND, __version__, app, authoring
from studyguide.limits import LIMITS
from studyguide.model import Artifact
from studyguide.problems import (
    ContentError,
    LocaleError,
    Problem,
    UnknownNameError,
    format_problems,
    replace_invisible,
)
from studyguide.reading.project import find_source, read_rules
from studyguide.rules.reporting import FORMATS
from studyguide.runtime import workers
from studyguide.text import CONTROL_CHARACTER, count_things

BUILT, PROBLEMS, WRONG_USE, STOPPED = 0, 1, 2, 130
"""Exit codes."""
_DOCUMENT_FORMATS = ("json", "sarif")
"""Formats of problems that are one document: nothing else may be printed with it."""
_TABLE_WIDTH = 120  # characters, where the output is no terminal
_MAX_JOBS = 512  # processes; each needs about 100 MB of memory
_MAX_PORT = 65_535
_MAX_SHEET_TIME = 86_400  # seconds; the system's timers end at about 9e9
_WRITING_COMMANDS = {
    **dict.fromkeys(("build", "import", "export"), "nothing was replaced"),
    "new": "nothing was written: name another folder",
}
"""Commands that write files, and what is said of the files if they cannot."""
_SHELLS = ("bash", "zsh", "fish")
_EXPORT_FORMATS = ("gift", "moodle-xml", "qti")
"""The names in ``exchange.FORMATS``, whose import takes 0.3 s."""


_ERRORS_THAT_ADVISE = (
    app.MissingLibraryError,
    app.NothingToImportError,
    app.UntrustedCodeError,
    authoring.FolderInUseError,
)
"""Errors whose message says what to do."""


class _SystemError(click.ClickException):
    """The machine cannot do what is asked, such as write a file; the message names the file."""

    def show(self, file: Any = None) -> None:
        _report_error(self.message)


class _Command(click.Command):
    """Turns UnknownNameError into a usage error (exit code 2), and prints the message of errors that say what to do."""

    def get_help(self, ctx: click.Context) -> str:
        return _name_command(super().get_help(ctx))

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except UnknownNameError as error:
            raise click.UsageError(_name_command(str(error)), ctx) from error
        except _ERRORS_THAT_ADVISE as error:
            raise click.ClickException(_name_command(str(error))) from error
        except OSError as error:
            if error.errno == errno.EPIPE:
                raise  # click ends the program without a word: nobody reads it
            outcome = f"; {_WRITING_COMMANDS[self.name]}" if self.name in _WRITING_COMMANDS else ""
            raise _SystemError(f"{app.describe_system_error(error)}{outcome}") from error


class _Commands(click.Group):
    """`build` is the command where none is named."""

    command_class = _Command
    _never_suggested: ClassVar[set[str]] = {"prove"}
    """Commands that nobody may start by a slip: they run code of the guide."""

    def get_help(self, ctx: click.Context) -> str:
        return _name_command(super().get_help(ctx))

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        own = {"--help", "-h", "--version"}
        if not args and ctx.resilient_parsing:  # a shell completes the name of a command
            return super().parse_args(ctx, args)
        if not args or (
            args[0] not in own and args[0] not in self.commands and (args[0][:1] in ("", "-") or Path(args[0]).exists())
        ):
            args = ["build", *args]
        return super().parse_args(ctx, args)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        try:
            return super().resolve_command(ctx, args)
        except click.NoSuchCommand as error:
            known = [name for name in self.commands if name not in self._never_suggested]
            raise click.NoSuchCommand(error.command_name, error.message, known, ctx) from error

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.commands)  # click would sort them


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name=COMMAND)
def cli() -> None:
    """Build books to print and books to read on a tablet from a study guide in Markdown.

    Without a command: `build`. SOURCE is a folder of chapters, or one Markdown file. Where it is not named, it is the folder `content`, or else the current folder if that has chapters.

    \b
      studyguide new my-guide             a guide to begin with, in a new folder
      studyguide                          every edition of content/, into dist/
      studyguide my-guide -e guide        one edition of another folder
      studyguide preview my-guide         the book in the browser, again whenever a file is saved
      studyguide watch -e tablet          again whenever a file is saved
      studyguide check                    only look for problems
      studyguide import old.md --to new   chapters made of another format
      studyguide export --to moodle-xml   questions for another program

    Returns 0 when all is built, 1 when the content has errors, 2 when the command was wrong, 130 after Ctrl-C.
    """


# ---------------------------------------------------------------- options that commands share


class _Name(click.ParamType[Any]):
    """A name that is not empty; what a shell makes of `"$UNSET"` names nothing."""

    name = "name"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if not value:
            alternative = "" if param and param.required else ", or leave it out"
            self.fail(f"it is empty; write a name{alternative}", param, ctx)
        return value


class _Source(_Name):
    """A folder of chapters, or a file."""

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem[Any]]:
        return [CompletionItem(incomplete, type="file")]


class _OutFolder(_Name):
    """A folder that may be made."""

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem[Any]]:
        return [CompletionItem(incomplete, type="dir")]

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        path = Path(super().convert(value, param, ctx))
        if path.exists() and not path.is_dir():
            self.fail(f"`{path}` is a file; write the name of a folder", param, ctx)
        if path.suffix.lower() in (".pdf", ".epub", ".apkg") and not path.exists():
            self.fail(
                f"`{path}` looks like a book, and this is the folder that all books go to; write `{path.parent}`",
                param,
                ctx,
            )
        return value


class _NewFolder(_OutFolder):
    """A folder for a new guide."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        path = Path(super().convert(value, param, ctx))
        shown = replace_invisible(str(path))
        if CONTROL_CHARACTER.search(str(path)):
            self.fail(f"`{shown}` has bytes that are no letters; name another folder", param, ctx)
        if path.is_symlink() and not path.exists():
            self.fail(f"`{shown}` is a link to what is not there; name another folder", param, ctx)
        return value


class _OutFile(_Source):
    """A file that may be written."""

    def __init__(self, example: str) -> None:
        self._example = example

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        path = Path(super().convert(value, param, ctx))
        if path.is_dir():
            self.fail(f"`{path}` is a folder; write the name of a file, such as `{path / self._example}`", param, ctx)
        if path.exists() and not path.is_file():  # such as `/dev/stdout`, which a move would replace
            self.fail(f"`{path}` is no file; write the name of one, such as `{self._example}`", param, ctx)
        return value


class _Seconds(click.FloatRange):
    """A number of seconds, which ``float("nan")`` is not."""

    name = "number of seconds"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        seconds = super().convert(value, param, ctx)
        if math.isnan(seconds):
            self.fail(f"`{value}` is no number; write one of seconds, such as `900`", param, ctx)
        return seconds


_Completer = Callable[[click.Context, click.Parameter, str], list[CompletionItem[Any]]]


def _complete(list_names: Callable[[click.Context], Iterable[str] | Mapping[str, str]]) -> _Completer:
    """Return the completion, for click, of one of these names; a mapping has a help text for each."""

    def list_items(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem[Any]]:
        try:
            names = list_names(ctx)
        except (ContentError, LocaleError, OSError):  # a shell completes nothing, and says nothing
            return []
        helps = names if isinstance(names, Mapping) else {}
        return [CompletionItem(name, help=helps.get(name)) for name in names if name.startswith(incomplete)]

    return list_items


def _list_edition_names(ctx: click.Context) -> Iterable[str]:
    """Return the names of the editions of the guide that the command line names so far."""
    return authoring.list_edition_names(_find_named_source(ctx))


def _list_page_names(ctx: click.Context) -> Iterable[str]:
    """Return the names of the page sizes, with those of the guide that the command line names so far."""
    return authoring.list_page_names(_find_named_source(ctx))


def _find_named_source(ctx: click.Context) -> str:
    # An option without its value, which is to be completed, keeps click from giving the arguments their names.
    return next(iter(ctx.args), ctx.params.get("source")) or find_source()


_SOURCE = click.argument("source", default=find_source, type=_Source())
_STRICT = click.option("--strict", is_flag=True, help="Warnings count as errors.")
_FORMAT = click.option(
    "--format",
    "form",
    type=click.Choice(list(FORMATS)),
    default="text",
    show_default=True,
    help="How problems are told: to a person, a program, the log of a GitHub workflow, or code scanning.",
)
_DIALECT = click.option(
    "--dialect",
    type=_Name(),
    metavar="NAME",
    shell_complete=_complete(lambda ctx: authoring.list_dialects()),
    help="How a file of another format is written, such as `headings`.  [default: what is found]",
)
_ALLOW_MISSING = click.option(
    "--allow-missing-answers", is_flag=True, help="A question without an answer is no problem."
)
_SHEET_TIME = click.option(
    "--sheet-time",
    default=LIMITS["seconds"].maximum,
    show_default=True,
    type=_Seconds(0, _MAX_SHEET_TIME, min_open=True),
    metavar="SECONDS",
    help="How long the work on one chapter, figure or sheet may take.",
)
_EDITIONS = click.option(
    "--edition",
    "-e",
    "editions",
    multiple=True,
    metavar="NAME",
    shell_complete=_complete(_list_edition_names),
    help="Only this edition; may be repeated.",
)
_JOBS = click.option(
    "--jobs",
    "-j",
    type=click.IntRange(1, _MAX_JOBS),
    metavar="N",
    help="Work in N processes.  [default: the cores]",
)
_CACHE = click.option("--cache/--no-cache", default=True, help="Use what earlier builds made.  [default: cache]")
_READING_OPTIONS = (_SOURCE, _DIALECT, _SHEET_TIME)
_CHECKING_OPTIONS = (_SOURCE, _DIALECT, _ALLOW_MISSING)
_BUILDING_OPTIONS = (
    *_CHECKING_OPTIONS,
    _EDITIONS,
    click.option(
        "--page",
        type=_Name(),
        metavar="NAME",
        shell_complete=_complete(_list_page_names),
        help="Another page size for the printed editions, such as `letter`.",
    ),
    click.option(
        "--out", "-o", default="dist", show_default=True, type=_OutFolder(), metavar="FOLDER", help="Where to."
    ),
    _JOBS,
    click.option(
        "--scheduler",
        type=_Name(),
        metavar="ADDRESS",
        help="Work on the Dask cluster whose scheduler listens there.",
    ),
    _SHEET_TIME,
    _CACHE,
    click.option("--quiet", "-q", is_flag=True, help="Say nothing unless something is wrong."),
    _STRICT,
)


@dataclass(frozen=True, slots=True)
class _BuildArguments:
    """The options of a build, as app wants them."""

    options: app.BuildOptions
    jobs: int
    scheduler: str | None
    quiet: bool

    def start_workers(self) -> AbstractContextManager[workers.Workers]:
        return workers.open_workers(self.jobs, self.scheduler, self.options.reading.sheet_time, app.PRELOAD)


def _with_options(*options: Callable[..., Any]) -> Callable[[Callable[..., int]], Callable[..., int]]:
    """Decorate a command with options, in the order in which --help lists them."""

    def decorate(command: Callable[..., int]) -> Callable[..., int]:
        for option in reversed(options):
            command = option(command)
        return command

    return decorate


def _with_building_options(command: Callable[..., int]) -> Callable[..., int]:
    """Decorate a command with the options of every build, which it takes as one ``_BuildArguments``."""

    @wraps(command)
    def gather(
        dialect: str | None,
        allow_missing_answers: bool,
        editions: tuple[str, ...],
        page: str | None,
        out: str,
        jobs: int | None,
        scheduler: str | None,
        sheet_time: float,
        cache: bool,
        quiet: bool,
        strict: bool,
        **others: Any,
    ) -> int:
        reading = app.ReadingOptions(dialect, allow_missing_answers, sheet_time)
        options = app.BuildOptions(reading, editions, page, Path(out), cache, strict)
        return command(arguments=_BuildArguments(options, jobs or workers.count_cores(), scheduler, quiet), **others)

    return _with_options(*_BUILDING_OPTIONS)(gather)


# ---------------------------------------------------------------- what is printed


_started_as: ContextVar[str] = ContextVar("started_as", default=COMMAND)
"""The name by which the program was started."""
_NAMED_COMMAND = re.compile(rf"(^ *|`){COMMAND}(?= )", re.MULTILINE)
"""The program's name at the beginning of a command, after a backtick or on a line of its own."""
_IN_CHECKOUT = (
    (re.compile(rf"`pip install '{COMMAND}\[(\w+)\]'`"), r"`make \1`"),
    (re.compile("`pip install "), "`.venv/bin/pip install -c constraints.txt "),
)
"""The make target of a checkout for each extra of the installed program."""


def _name_command(text: str) -> str:
    """Return a text of the program with commands as they are typed where it was started."""
    command = _started_as.get()
    if command == COMMAND:
        return text
    for pattern, replacement in ((_NAMED_COMMAND, rf"\g<1>{command}"), *_IN_CHECKOUT):
        text = pattern.sub(replacement, text)
    return text


def _print(text: str, nl: bool = True) -> None:
    """Print a result. Raises ClickException if it cannot be written."""
    try:
        click.echo(text, nl=nl)
    except OSError as error:
        if error.errno == errno.EPIPE:
            raise
        raise _SystemError(f"the output cannot be written: {error.strerror or error}") from error


def _warn(line: str) -> None:
    """Print a message, if anybody can read it."""
    with suppress(OSError):
        click.echo(_name_command(line), err=True)


def _report_error(message: str) -> None:
    """Print why there is no result."""
    _warn(f"{_started_as.get()}: {message}")


@dataclass(frozen=True, slots=True)
class ConsoleReporter:
    """Prints. Where nobody listens, or the disk has no room for words, the books are there all the same."""

    quiet: bool = False

    def say(self, line: str) -> None:
        if not self.quiet:
            with suppress(OSError):
                click.echo(line)

    def warn(self, line: str) -> None:
        _warn(line)

    def report_error(self, message: str) -> None:
        _report_error(message)

    @contextmanager
    def follow_build(self, editions: Sequence[str]) -> Iterator[tuple[Callable[[], None], Callable[[Artifact], None]]]:
        """Show a bar on a terminal, and a line for each book elsewhere."""
        if self.quiet or not sys.stderr.isatty():
            yield (lambda: None), self._name_book
            return
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

        sections = TextColumn("{task.fields[sections]} pieces set")
        columns = (TextColumn("{task.description}", markup=False), BarColumn(), sections, TimeElapsedColumn())
        with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
            task = bar.add_task(f"building {editions[0]}", total=len(editions), sections=0)

            def count_section() -> None:
                bar.update(task, sections=bar.tasks[0].fields["sections"] + 1)

            def finish_book(artifact: Artifact) -> None:
                rest = editions[editions.index(artifact.edition) + 1 :]
                bar.update(task, advance=1, description=f"building {rest[0]}" if rest else "writing")

            yield count_section, finish_book

    def _name_book(self, artifact: Artifact) -> None:
        if not self.quiet:
            self.warn(f"built {artifact.edition} in {artifact.seconds:.1f} s")

    def tell_build(self, written: app.WrittenBooks) -> None:
        """List the books, and say how much of them is new."""
        self.list_books(written.artifacts, written.folder)
        self.say(f"{count_things(written.pieces, 'piece')} set anew, {written.seconds:.1f} s")

    def list_books(self, artifacts: Sequence[Artifact], folder: Path) -> None:
        """Print a table with a line for each book."""
        if self.quiet:
            return
        from rich.console import Console
        from rich.table import Table

        table = Table(box=None, pad_edge=False)
        table.add_column("file", overflow="fold")
        for name in ("pages", "size", "seconds"):
            table.add_column(name, justify="right", no_wrap=True)
        for artifact in artifacts:
            pages = "" if artifact.pages is None else str(artifact.pages)
            size = f"{artifact.size / 1000:,.0f} kB"
            name = replace_invisible(f"{folder / artifact.path}{'/' * bool(artifact.inner)}")
            table.add_row(name, pages, size, f"{artifact.seconds:.1f}")
        is_terminal = sys.stdout.isatty()
        width = None if is_terminal else _TABLE_WIDTH
        # Rich would end the program if it wrote the table itself and nobody could read it.
        text = io.StringIO()
        console = Console(
            file=text, width=width, force_terminal=is_terminal, highlight=False, markup=False, emoji=False
        )
        console.print(table)
        self.say(text.getvalue().rstrip("\n"))


@contextmanager
def _printing_problems(form: str) -> Iterator[Callable[[Sequence[Problem]], None]]:
    """Yield a function that prints the warnings of a command that succeeded; print the problems of one that fails."""

    def print_problems(problems: Sequence[Problem]) -> None:
        text = FORMATS[form](problems, read_rules())
        if form != "text":
            _print(_name_command(text), nl=bool(text))
        elif text:
            _warn(text)

    try:
        yield print_problems
    except ContentError as error:
        if form == "text":
            raise
        print_problems(error.problems)
        raise click.exceptions.Exit(PROBLEMS) from error


def _print_reports(reports: Sequence[Any]) -> None:
    """Print what was understood of files of another format."""
    _print("\n".join(map(str, reports)), nl=bool(reports))


def count_problems(problems: Sequence[Problem]) -> str:
    """Return words such as `1 problem and 2 warnings`."""
    warnings = sum(problem.severity == "warning" for problem in problems)
    counts = ((len(problems) - warnings, "problem"), (warnings, "warning"))
    return " and ".join(count_things(count, name) for count, name in counts if count)


# ---------------------------------------------------------------- commands


@cli.command()
@click.argument("folder", required=False, type=_NewFolder())
@click.option("--title", type=_Name(), help="The title.  [default: the name of the folder]")
@click.option("--author", type=_Name(), help="The author.  [default: the name that git knows, or that of the login]")
@click.option("--language", type=_Name(), metavar="TAG", help="The language of the books, such as `de`.  [default: en]")
def new(folder: str | None, title: str | None, author: str | None, language: str | None) -> int:
    """Write a guide to begin with into a FOLDER.

    Two chapters that show the format, and a guide.toml with every key. No file is written over. Without a FOLDER, the current one is taken if it is empty.
    """
    path = Path(folder) if folder else authoring.find_free_folder()
    guide = authoring.start_guide(path, title or "", author or "", language or "")
    with suppress(OSError, _SystemError):  # the guide is there all the same if nobody listens
        _print(_name_command("\n".join(_describe_new_guide(guide))))
    return BUILT


def _describe_new_guide(guide: authoring.NewGuide) -> Iterator[str]:
    """Yield the lines about a guide that was written: its files, and what to type next."""
    yield f"{replace_invisible(str(guide.folder.resolve().name))}/"
    width = max(len(each.artifact.path) for each in guide.files)
    yield from (f"  {each.artifact.path:{width}}  {each.purpose}" for each in guide.files)
    if not guide.has_program:
        yield "Before the workflow can run, write into it, at `STUDYGUIDE`, what pip installs this program from."
    if not guide.has_author:
        yield 'The guide has no author yet: write `authors = ["Your Name"]` above the tables of guide.toml.'
    if guide.foreign_language:
        yield f'The chapters are in English; for yours in another language write `language = "{guide.foreign_language}"` in guide.toml.'
    name = str(guide.folder)
    # A name that begins with `-` would be an option.
    source = (
        ""
        if guide.folder == Path()
        else f" {shlex.quote(replace_invisible(f'./{name}' if name.startswith('-') else name))}"
    )
    yield f"Next: `{COMMAND} preview{source}` to write and look at it, `{COMMAND} build{source}` to make the books."


@cli.command()
@_with_building_options
@_FORMAT
def build(source: str, form: str, arguments: _BuildArguments) -> int:
    """Build every edition of the guide into dist/.

    Nothing is written unless everything can be built, and nothing is built where nothing has changed.
    """
    is_document = form in _DOCUMENT_FORMATS
    reporter = ConsoleReporter(arguments.quiet or is_document)
    with _printing_problems(form) as print_problems, arguments.start_workers() as started:
        warnings = app.build(source, arguments.options, started, reporter)
        # The books are there all the same if nobody listens; but half a document is none.
        with suppress(*() if is_document else (OSError, _SystemError)):
            print_problems(warnings)
    return BUILT


@cli.command("watch")
@_with_building_options
def watch_guide(source: str, arguments: _BuildArguments) -> int:
    """Build again whenever a file is saved.

    A file of the guide, a template or a style; problems are told, and the watch goes on. Ctrl-C ends it.
    """
    from studyguide.watching import watch

    with arguments.start_workers() as started:
        watch(source, arguments.options, started, ConsoleReporter(arguments.quiet))
    return BUILT


@cli.command("preview")
@_with_options(*_CHECKING_OPTIONS)
@click.option(
    "--edition",
    "-e",
    type=_Name(),
    metavar="NAME",
    shell_complete=_complete(_list_edition_names),
    help="The printed edition that is shown first.",
)
@click.option(
    "--page",
    type=_Name(),
    metavar="NAME",
    shell_complete=_complete(_list_page_names),
    help="Another page size for it, such as `letter`.",
)
@click.option(
    "--port",
    default=0,
    type=click.IntRange(0, _MAX_PORT),
    metavar="N",
    help="The port of the page.  [default: a free one]",
)
@click.option("--open/--no-open", "opens", default=True, help="Open the page in the browser.  [default: open]")
@_JOBS
@_SHEET_TIME
@_CACHE
def preview_guide(
    source: str,
    dialect: str | None,
    allow_missing_answers: bool,
    edition: str | None,
    page: str | None,
    port: int,
    opens: bool,
    jobs: int | None,
    sheet_time: float,
    cache: bool,
) -> int:
    """Show the book in the browser while you write.

    As a reader sees it, beside the printed pages. After each save both are shown at the question that has changed. No file is written. Ctrl-C ends it.
    """
    from studyguide.preview.server import PortTakenError
    from studyguide.preview.session import PreviewOptions, preview

    reading = app.ReadingOptions(dialect, allow_missing_answers, sheet_time)
    build = app.BuildOptions(reading, (edition,) if edition else (), page, use_cache=cache)
    with workers.open_workers(jobs or workers.count_cores(), None, sheet_time, app.PRELOAD) as started:
        try:
            preview(source, PreviewOptions(build, port, opens), started, ConsoleReporter())
        except PortTakenError as error:
            raise click.ClickException(str(error)) from error
        except KeyboardInterrupt:
            _warn("\nthe preview ended")  # on a line after the ^C of the terminal
    return STOPPED


@cli.command()
@_with_options(*_CHECKING_OPTIONS)
@_SHEET_TIME
@_STRICT
@_FORMAT
@click.option("--spelling", is_flag=True, help="Look up the words in a dictionary.")
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
    from studyguide.runtime.dictionary import NoDictionaryError

    reading = app.ReadingOptions(dialect, allow_missing_answers, sheet_time)
    with _printing_problems(form) as print_problems, workers.open_workers(1, seconds=sheet_time) as started:
        try:
            report = app.check(source, reading, started, strict, spelling)
        except NoDictionaryError as error:
            raise click.ClickException(_name_command(str(error))) from error
        print_problems(report.warnings)
    if form not in _DOCUMENT_FORMATS:
        guide = report.guide
        found = count_problems(guide.problems) if guide.problems else "no problems"
        _print_reports(report.reports)
        if guess := app.describe_language_guess(guide.config):
            _print(guess)
        _print(
            f"{source}: {count_things(len(guide.chapters), 'chapter')}, {count_things(len(guide.questions), 'question')}, {found}"
        )
    return BUILT


@cli.command()
@click.argument("name", type=_Name(), shell_complete=_complete(lambda ctx: authoring.list_explained_names()))
def explain(name: str) -> int:
    """Say what a rule, a key of guide.toml, a mark or a part of a question means.

    A rule's name stands in brackets behind each problem: `studyguide explain near-twins`. A key is named with its table or without: `studyguide explain editions.NAME.page`, `studyguide explain page`; a mark or a part by its word: `studyguide explain marks`, `studyguide explain Hint`.
    """
    _print(_name_command(authoring.explain(name, ".")))
    return BUILT


@cli.command("schema")
@click.option(
    "--out", "-o", type=_OutFile("guide.schema.json"), metavar="FILE", help="Where to.  [default: it is printed]"
)
def print_schema(out: str | None) -> int:
    """Print the JSON Schema of guide.toml, for editors.

    `studyguide schema -o my-guide/guide.schema.json` writes it beside a guide; the line `#:schema ./guide.schema.json` at the top of guide.toml tells an editor of it. The page sizes of that guide are in it, too.
    """
    text = json.dumps(authoring.make_schema(str(Path(out).parent) if out else "."), ensure_ascii=False, indent=2)
    if out:
        authoring.write_schema(text, Path(out))
    else:
        _print(text)
    return BUILT


@cli.command()
@click.argument("shell", type=click.Choice(_SHELLS))
@click.pass_context
def completion(ctx: click.Context, shell: str) -> int:
    """Print the script that completes commands in a SHELL.

    \b
      bash: studyguide completion bash > ~/.local/share/bash-completion/completions/studyguide
      zsh:  studyguide completion zsh > a file `_studyguide` in a folder of $fpath
      fish: studyguide completion fish > ~/.config/fish/completions/studyguide.fish
    """
    name = ctx.find_root().info_name or COMMAND
    variable = f"_{name.replace('-', '_').replace('.', '_').upper()}_COMPLETE"  # as click makes it of the name
    complete = get_completion_class(shell)
    assert complete is not None
    _print(complete(cli, {}, name, variable).source().strip())
    return BUILT


@cli.command("rules")
def list_rules() -> int:
    """List the rules that a guide is checked by."""
    for rule in read_rules().values():
        _print(f"{rule.name:20} {rule.severity:8} {rule.summary}")
    return BUILT


@cli.command("import")
@click.argument("source", type=_Source())
@click.option("--to", required=True, type=_OutFolder(), metavar="FOLDER", help="The folder of the new chapters.")
@_DIALECT
@_SHEET_TIME
def import_guide(source: str, to: str, dialect: str | None, sheet_time: float) -> int:
    """Turn a guide of another format into chapters.

    SOURCE is a file, or a folder of them: `studyguide import some/README.md --to new-guide`. What was understood, what was left out and what looks odd is said; no file is written over.
    """
    chapters, reports = app.import_guide(source, Path(to), app.ReadingOptions(dialect, sheet_time=sheet_time))
    with suppress(OSError, _SystemError):  # the chapters are there all the same if nobody listens
        _print_reports(reports)
        _print(f"{count_things(chapters, 'chapter')} written to {to}")
    return BUILT


@cli.command("export")
@_with_options(*_CHECKING_OPTIONS)
@_SHEET_TIME
@click.option(
    "--to",
    required=True,
    type=click.Choice(_EXPORT_FORMATS),
    help="The format: GIFT, Moodle XML, or a package of QTI 2.1.",
)
@click.option(
    "--out", "-o", type=_OutFile("questions.xml"), metavar="FILE", help="Where to.  [default: a file in dist/]"
)
def export_guide(
    source: str, dialect: str | None, allow_missing_answers: bool, sheet_time: float, to: str, out: str | None
) -> int:
    """Write the questions for a program for quizzes.

    `studyguide export my-guide --to moodle-xml -o quiz.xml`. Every question that the format cannot hold, or not all of, is named.
    """
    options = app.ReadingOptions(dialect, allow_missing_answers, sheet_time)
    with workers.open_workers(1, seconds=sheet_time) as started:
        path, export = app.export_guide(source, to, Path(out) if out else None, options, started)
    with suppress(OSError, _SystemError):  # the file is there all the same if nobody listens
        _print("\n".join(map(str, export.losses)), nl=bool(export.losses))
        _print(
            f"{count_things(export.count, 'question')} written to {path}, {count_things(len(export.losses), 'loss', 'losses')}"
        )
    return BUILT


@cli.command()
@_with_options(*_READING_OPTIONS)
@_FORMAT
@click.option("--yes", "-y", is_flag=True, help="Run the code without a question.")
def prove(source: str, form: str, dialect: str | None, sheet_time: float, yes: bool) -> int:
    """Run the code of the guide, and check its sums.

    What the code marked `python run` prints is compared with what is written beside it. This runs whatever the guide holds: do it with guides that you trust. Of a guide that is not the program's own, it asks the first time.
    """

    def ask(count: int) -> bool:
        if yes:
            return True
        what = f"{source} has code to run (examples and sums: {count})"
        if not (sys.stdin.isatty() and sys.stderr.isatty()):
            raise app.UntrustedCodeError(f"{what}, which may do what you may do; read it, and then add `--yes`")
        _warn(f"{what}. It runs as you: it may read, change and send whatever you can.")
        return click.confirm("Have you read it, and shall it run?", err=True)

    with _printing_problems(form) as print_problems:
        run = app.prove(source, app.ReadingOptions(dialect, sheet_time=sheet_time), ask)
        print_problems(())
    if form not in _DOCUMENT_FORMATS:
        packages = replace_invisible(", ".join(run.missing_packages))
        lacking = f"; not all could be run without {packages}" if packages else ""
        _print(f"{source}: {run.right} examples and sums are right{lacking}")
    return BUILT


@cli.command()
@_with_options(*_READING_OPTIONS)
def dump(source: str, dialect: str | None, sheet_time: float) -> int:
    """Print the guide as JSON, problems or not."""
    data, problems = app.dump(source, app.ReadingOptions(dialect, sheet_time=sheet_time))
    _print(json.dumps(data, ensure_ascii=False, indent=1))
    if problems:
        raise ContentError(problems)
    return BUILT


def main(args: Sequence[str], command: str = COMMAND) -> int:
    """Run the command line and return the exit code. Raises nothing for what the content or the user does.

    ``command`` is the name by which the program was started.
    """
    _started_as.set(command)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a character that the terminal does not have ends no build
            stream.reconfigure(errors="backslashreplace")
    try:
        result: Any = cli.main(list(args), prog_name=command, standalone_mode=False)
        return result if isinstance(result, int) else BUILT
    except ContentError as error:
        _warn(format_problems(error.problems))
        written = "only the EPUB was written" if isinstance(error, app.PrintRefusedError) else "nothing was written"
        _warn(f"{count_problems(error.problems)}; {written}")
        return PROBLEMS
    except LocaleError as error:
        _report_error(str(error))
        return PROBLEMS
    except click.ClickException as error:
        with suppress(OSError):
            error.show()
        return WRONG_USE if isinstance(error, click.UsageError) else PROBLEMS
    except OSError as error:
        _report_error(app.describe_system_error(error))
        return PROBLEMS
    except (KeyboardInterrupt, click.Abort):
        _warn("stopped; nothing was written")
        return STOPPED
