"""Render the templates: names, values → HTML. The only module that knows Jinja.

The templates of a guide may be a stranger's. With them all templates run in Jinja's sandbox: they see the values that they are given
and change none. ``judge`` says what they may print.
"""

import re
from collections.abc import Iterable, Iterator, MutableMapping, Sequence
from dataclasses import replace
from functools import cache, cached_property, lru_cache, partial
from itertools import accumulate, chain, pairwise
from types import CodeType
from typing import Any

import jinja2
from jinja2.exceptions import SecurityError
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import escape

from studyguide.bidi import get_direction
from studyguide.compose.judge import BOOK, POLICY, Danger, Medium, find_danger, is_document
from studyguide.compose.mirror import mirror_holes
from studyguide.compose.plan import has_answer
from studyguide.compose.typography import keep_last_two_words, shorten_title
from studyguide.html_text import drop_names, drop_notes, make_file_address, strip_tags
from studyguide.kinds.choices import are_pictures, is_true_or_false
from studyguide.kinds.shuffle import find_letters, list_printed, write_letter
from studyguide.locale import REFERENCE
from studyguide.maths import write_formulas
from studyguide.model import Edition, Html, Question, Source, Subquestion
from studyguide.problems import ContentError, Place, Problem
from studyguide.store import digest

_DIRECTIONS = {
    "ltr": {"forward": "→", "back": "←", "flush_digit": "1", "turned": ""},
    "rtl": {"forward": "←", "back": "→", "flush_digit": mirror_holes("1"), "turned": Html(' dir="rtl"')},
}
"""Direction of a book → what templates know of it: the arrows of references, the digit of a hole whose number stands at its
beginning, and the attribute of the outermost element."""
PROGRAM = "program/"
"""Before the name of a template: the program's own, also if the guide has one of that name."""
_LONGEST_TEXT = 10_000_000
"""The characters of a text that a guide's template may make of a shorter one at once."""
_HIGHEST_POWER = 64
_WORDS_PER_RULED_LINE = 9  # of handwriting, on a line of 13 cm
_LINES_OF_A_PART = 2  # at the least, for a sub-question with few marks


class TemplateRenderer:
    """The templates of one output: a file in its own folder stands in for the shared one of the same name, and a guide's own for the
    program's.

    ``language`` is that of the book, and ``medium`` says what its documents may hold. ``card_faces`` are the names of templates that
    Anki fills in.
    """

    def __init__(
        self,
        templates: tuple[Source, ...],
        folder: str,
        language: str = REFERENCE,
        medium: Medium = BOOK,
        card_faces: Sequence[str] = (),
    ) -> None:
        self._sources = {source.path: source for source in templates}
        self._program = {source.path: source for source in templates if not source.origin}
        self._folder, self._medium, self._card_faces = folder, medium, card_faces
        self.is_guarded = any(source.origin for source in templates)
        """True if some of the templates are the guide's own."""
        self._environment = _make_environment(_Loader(self), self.is_guarded)
        direction = get_direction(language)
        self._environment.globals.update(_DIRECTIONS[direction], direction=direction, policy=Html(POLICY))
        self._environment.filters["lettered"] = partial(write_letter, language=language)

    def has_template(self, name: str) -> bool:
        return self.find_source(name) is not None

    def find_source(self, name: str) -> Source | None:
        """Return the file that is used for a template, or None."""
        sources = self._program if name.startswith(PROGRAM) else self._sources
        plain = name.removeprefix(PROGRAM)
        return next((sources[path] for path in (f"{self._folder}/{plain}", plain) if path in sources), None)

    @cached_property
    def digest(self) -> str:
        """The digest of all templates."""
        sources = {*self._sources.values(), *self._program.values()}
        return digest(
            self._folder, *chain.from_iterable(sorted((each.path, each.origin, each.text) for each in sources))
        )

    def render(self, name: str, **values: Any) -> Html:
        """Return the HTML. Raises ContentError with the line of the template that cannot be used."""
        try:
            html = Html(self._environment.get_template(name).render(**values))
        except MemoryError:
            raise
        except Exception as error:  # a template may raise anything that Python can
            raise ContentError([self._describe_error(error, name)]) from error
        if self.is_guarded and (
            danger := find_danger(html, self._medium, name.removesuffix(".html") in self._card_faces)
        ):
            raise ContentError([self._describe_danger(danger, name)])
        return html

    def render_document(self, name: str, text: str = "", **values: Any) -> Html:
        """Return the HTML of a whole document, or of what stands for one in an output of cards.

        Raises ContentError as ``render`` does, and for a template of the guide that leaves out the text or the head of a document.
        """
        html = self.render(name, **values)
        if not self.is_guarded:
            return html
        place = self.find_place(name)
        if text not in html:
            found, fix = "it leaves out the text of a section", "print `{{ section.html }}`, without a filter"
        elif not (is_document(html) or self._medium.card_fields):
            found, fix = "it prints a piece of a document", "begin it as the program's does, with `<!DOCTYPE html>`"
        else:
            return html
        raise ContentError([Problem(place, "template-error", f"this template cannot be used: {found}", fix)])

    def find_place(self, name: str) -> Place:
        """Return the file of a template, for messages."""
        source = self.find_source(name)
        return Place(_name_file(source) if source else f"templates/{name}")

    def _describe_error(self, error: Exception, name: str) -> Problem:
        """Find the line of the template in Jinja's own error or in the traceback."""
        place = self.find_place(name)
        if isinstance(error, jinja2.TemplateSyntaxError):
            place = Place(error.filename or place.path, error.lineno)
        else:
            files = {_name_file(each) for each in (*self._sources.values(), *self._program.values())}
            traceback = error.__traceback__
            while traceback:
                path = traceback.tb_frame.f_code.co_filename
                place = Place(path, traceback.tb_lineno) if path in files else place
                traceback = traceback.tb_next
        if isinstance(error, SecurityError):
            found, fix = (
                str(error).rstrip("."),
                "print the values that it is given, and nothing that changes or calls others",
            )
            return Problem(place, "unsafe-template", f"this template does more than print: {found}", fix)
        found = f"this template cannot be used: {_describe_jinja_error(error)}"
        return Problem(place, "template-error", found, "mend the template at that line")

    def _describe_danger(self, danger: Danger, name: str) -> Problem:
        """Return the problem of what the guide's templates have printed, at the line of the one that most likely did."""
        own = [source for source in self._sources.values() if source.origin]
        used = self.find_source(name)
        ordered = sorted(own, key=lambda source: source is not used)
        place = next((source.at(1, danger.sign) for source in ordered if danger.sign in source.text), None)
        found = place and replace(place, path=next(each.origin for each in own if each.path == place.path))
        first = found or Place(ordered[0].origin)
        if danger.is_broken:
            return Problem(first, "template-error", f"this template cannot be used: {danger.found}", danger.fix)
        return Problem(first, "unsafe-template", f"this template prints {danger.found}", danger.fix)


@lru_cache(maxsize=8)
def make_renderer(
    templates: tuple[Source, ...], folder: str, language: str, medium: Medium, card_faces: tuple[str, ...]
) -> TemplateRenderer:
    """Return the renderer of these templates, for all editions the same."""
    return TemplateRenderer(templates, folder, language, medium, card_faces)


class _Loader(jinja2.BaseLoader):
    """Loads templates by their names. To compile one takes longer than to render it, so all outputs share the code."""

    def __init__(self, renderer: TemplateRenderer) -> None:
        self._renderer = renderer

    def load(
        self, environment: jinja2.Environment, name: str, globals: MutableMapping[str, Any] | None = None
    ) -> jinja2.Template:
        source = self._renderer.find_source(name)
        if source is None:
            raise jinja2.TemplateNotFound(name)
        code = _compile_template(source.text, name, _name_file(source), self._renderer.is_guarded)
        return jinja2.Template.from_code(environment, code, globals or {}, lambda: True)


class _GuardedEnvironment(ImmutableSandboxedEnvironment):
    """The sandbox of a guide's templates, in which no expression makes a text or a number without an end."""

    intercepted_binops = frozenset({"*", "**", "%"})

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        if operator == "**" and not (_is_small(left) and _is_small(right)):
            raise SecurityError(f"`{operator}` of large numbers")
        if operator == "*" and _measure(left) * _measure(right) > _LONGEST_TEXT:
            raise SecurityError(f"`{operator}` makes something very long")
        if operator == "%" and isinstance(left, str):
            raise SecurityError("`%` of a text; join the texts with `~`")
        return super().call_binop(context, operator, left, right)


def _is_small(number: Any) -> bool:
    return isinstance(number, int | float) and abs(number) <= _HIGHEST_POWER


def _measure(value: Any) -> float:
    """Return the length of a text or a list, and the size of a number."""
    return len(value) if hasattr(value, "__len__") else abs(value) if isinstance(value, int | float) else 1


def _name_file(source: Source) -> str:
    """Return the name of a template's file in messages."""
    return source.origin or f"templates/{source.path}"


@lru_cache(maxsize=128)
def _compile_template(text: str, name: str, file: str, is_guarded: bool) -> CodeType:
    # With the path as the file name, a traceback has the line of the template.
    return _make_compiler(is_guarded).compile(text, name, file)


@cache
def _make_compiler(is_guarded: bool) -> jinja2.Environment:
    return _make_environment(None, is_guarded)


def find_template_faults(templates: Iterable[Source]) -> Iterator[Problem]:
    """Yield a Problem for each of the guide's own templates that is none."""
    for source in (each for each in templates if each.origin):
        try:
            _compile_template(source.text, source.path, source.origin, is_guarded=True)
        except jinja2.TemplateSyntaxError as error:
            found = f"this template cannot be used: {_describe_jinja_error(error)}"
            yield Problem(Place(source.origin, error.lineno), "template-error", found, "mend the template at that line")
        except (RecursionError, SyntaxError, ValueError, OverflowError) as error:
            found = f"this template cannot be used: {type(error).__name__}"
            yield Problem(Place(source.origin), "template-error", found, "make it simpler")


def _describe_jinja_error(error: Exception) -> str:
    """Return what is wrong in one line."""
    if isinstance(error, jinja2.TemplateNotFound):
        return f"there is no template `{error.name}`"
    if isinstance(error, RecursionError):
        return "it asks for itself"
    return re.sub(r"\s+", " ", str(error)).strip().rstrip(".")[:300] or type(error).__name__


def _make_environment(loader: jinja2.BaseLoader | None, is_guarded: bool) -> jinja2.Environment:
    kind = _GuardedEnvironment if is_guarded else jinja2.Environment
    environment = kind(
        loader=loader,
        finalize=_refuse_objects if is_guarded else None,
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=False,
    )
    environment.filters.update(
        ended=keep_last_two_words,
        shortened=lambda title: shorten_title(Html(escape(title))),
        untagged=_write_title,
        ruled=count_ruled_lines,
        ruled_inside=count_inner_lines,
        printed=lambda question: list_printed(len(question.items), question.order_name),
        lettered=str,  # the renderer of a book has that of its language
        letters=lambda question: find_letters(len(question.items), question.order_name),
        has_picture_options=lambda question: are_pictures(question.choices),
        is_true_or_false=lambda question, locale: is_true_or_false(question.choices, locale.labels.true_or_false),
        popups=_pick_popups,
        has_answer=has_answer,
        address=make_file_address,
        unnamed=lambda html: Html(drop_names(html)),
        unnoted=lambda title: Html(drop_notes(title)),
    )
    if is_guarded:
        for name in (
            "format",
            "center",
            "indent",
            "wordwrap",
            "pprint",
            "xmlattr",
            "random",
        ):  # they make long texts of short ones, attributes, or another book each time
            del environment.filters[name]
        for name in ("lipsum", "cycler", "joiner"):
            del environment.globals[name]
    return environment


def _refuse_objects(value: Any) -> Any:
    """Return what a template prints. Raises TypeError for what is no text and no number: its name may be another in each book."""
    # A Passage and the like print their HTML; Jinja's own error says which value is not there.
    if value is None or isinstance(value, str | int | float | jinja2.Undefined) or hasattr(value, "__html__"):
        return value
    raise TypeError("this prints no text")


def _write_title(markup: str) -> str:
    """Return a title as text, its formulas too."""
    return strip_tags(write_formulas(markup))


def count_ruled_lines(question: Question, edition: Edition) -> int:
    """Return the number of lines to write on below a question: the author's, or enough for the answer, within limits.

    There are none where the reader ticks, fills in, matches or orders, nor below sub-questions that have lines of their own.
    """
    least = edition.options.ruled_lines
    if not least or _share_lines(question, edition):
        return 0
    if question.space is not None:
        return question.space
    is_closed = question.choices or question.items or question.blanks
    return 0 if is_closed else _count_lines_for(question, least)


def count_inner_lines(subquestion: Subquestion, edition: Edition, question: Question) -> int:
    """Return the number of lines to write on below a sub-question of a question."""
    return _share_lines(question, edition).get(subquestion.letter, 0)


def _share_lines(question: Question, edition: Edition) -> dict[str, int]:
    """Return the lines of each sub-question that wants writing, by its letter: in proportion to their marks, if all have some.

    An interviewer's notes stand together, below the question.
    """
    least = edition.options.ruled_lines if edition.questions and not edition.has_sheets else 0
    written = [each for each in question.subquestions if not each.blanks]
    if not least or not written:
        return {}
    wanted = [_count_lines_for(each, least) for each in written]
    marks = [each.marks or 0 for each in written]
    weights = marks if all(marks) else wanted
    if question.space is None:
        shares = [max(share, _LINES_OF_A_PART) for share in _divide(sum(wanted), weights)]
    else:
        shares = _divide(question.space, weights)
    return {each.letter: share for each, share in zip(written, shares, strict=True)}


def _divide(total: int, weights: Sequence[int]) -> list[int]:
    """Return whole numbers in proportion to the weights, whose sum is the total."""
    whole = sum(weights)
    ends = [(2 * total * each + whole) // (2 * whole) for each in accumulate(weights, initial=0)]
    return [end - start for start, end in pairwise(ends)]


def _count_lines_for(asked: Question | Subquestion, least: int) -> int:
    """Return the lines that the short answer takes in handwriting, from ``least`` to twice as many."""
    words = sum(len(part.text.markdown.split()) for part in asked.pick(("answer",)))
    return min(max(least, -(-words // _WORDS_PER_RULED_LINE)), 2 * least)


def _pick_popups(question: Question, names: Iterable[str]) -> tuple[str, ...]:
    """Return those of the parts that the question or a question within it has; the right options are an answer too."""
    owners: tuple[Question | Subquestion, ...] = (question, *question.subquestions)
    return tuple(
        name for name in names if any(each.pick((name,)) for each in owners) or (name == "answer" and question.has_key)
    )
