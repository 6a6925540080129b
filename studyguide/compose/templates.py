"""Render the templates: names, values → HTML. The only module that knows Jinja."""

from collections.abc import Iterable, MutableMapping
from functools import cache, cached_property, lru_cache, partial
from itertools import chain
from types import CodeType
from typing import Any

import jinja2

from studyguide.bidi import get_direction
from studyguide.compose.mirror import mirror_holes
from studyguide.compose.typography import keep_last_two_words
from studyguide.html_text import drop_names, drop_notes, strip_tags
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
_WORDS_PER_RULED_LINE = 9  # of handwriting, on a line of 13 cm
_LINES_FOR_CHOICES = 2  # to justify the option that was ticked


class TemplateRenderer:
    """The templates of one output: a file in its own folder stands in for the shared one of the same name.

    ``language`` is that of the book.
    """

    def __init__(self, templates: tuple[Source, ...], folder: str, language: str = REFERENCE) -> None:
        self.texts = {source.path: source.text for source in templates}
        self._folder = folder
        self._environment = _make_environment(_Loader(self))
        direction = get_direction(language)
        self._environment.globals.update(_DIRECTIONS[direction], direction=direction)
        self._environment.filters["lettered"] = partial(write_letter, language=language)

    def has_template(self, name: str) -> bool:
        return self.find_path(name) is not None

    def find_path(self, name: str) -> str | None:
        """Return the path of the file that is used for a template, or None."""
        return next((path for path in (f"{self._folder}/{name}", name) if path in self.texts), None)

    @cached_property
    def digest(self) -> str:
        """The digest of all templates."""
        return digest(self._folder, *chain.from_iterable(sorted(self.texts.items())))

    def render(self, name: str, **values: Any) -> Html:
        """Return the HTML. Raises ContentError with the line of the template that cannot be used."""
        try:
            return Html(self._environment.get_template(name).render(**values))
        except Exception as error:  # a template may raise anything that Python can
            raise ContentError([_describe_template_error(error, name)]) from error


@lru_cache(maxsize=4)
def make_renderer(templates: tuple[Source, ...], folder: str, language: str) -> TemplateRenderer:
    """Return the renderer of these templates, for all editions the same."""
    return TemplateRenderer(templates, folder, language)


class _Loader(jinja2.BaseLoader):
    """Loads templates by their names. To compile one takes longer than to render it, so all outputs share the code."""

    def __init__(self, renderer: TemplateRenderer) -> None:
        self._renderer = renderer

    def load(
        self, environment: jinja2.Environment, name: str, globals: MutableMapping[str, Any] | None = None
    ) -> jinja2.Template:
        path = self._renderer.find_path(name)
        if path is None:
            raise jinja2.TemplateNotFound(name)
        code = _compile_template(self._renderer.texts[path], name, path)
        return jinja2.Template.from_code(environment, code, globals or {}, lambda: True)


@lru_cache(maxsize=128)
def _compile_template(text: str, name: str, path: str) -> CodeType:
    # With the path as the file name, a traceback has the line of the template.
    return _make_compiler().compile(text, name, f"templates/{path}")


@cache
def _make_compiler() -> jinja2.Environment:
    return _make_environment(None)


def _make_environment(loader: jinja2.BaseLoader | None) -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=loader,
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=False,
    )
    environment.filters.update(
        ended=keep_last_two_words,
        untagged=_write_title,
        ruled=count_ruled_lines,
        ruled_inside=count_inner_lines,
        printed=lambda question: list_printed(len(question.items), question.order_name),
        lettered=str,  # the renderer of a book has that of its language
        letters=lambda question: find_letters(len(question.items), question.order_name),
        has_picture_options=lambda question: are_pictures(question.choices),
        is_true_or_false=lambda question, locale: is_true_or_false(question.choices, locale.labels.true_or_false),
        popups=_pick_popups,
        unnamed=lambda html: Html(drop_names(html)),
        unnoted=lambda title: Html(drop_notes(title)),
    )
    return environment


def _write_title(markup: str) -> str:
    """Return a title as text, its formulas too."""
    return strip_tags(write_formulas(markup))


def count_ruled_lines(question: Question, edition: Edition) -> int:
    """Return the author's number of lines to write on, or enough for the answer in handwriting, within limits."""
    least = edition.options.ruled_lines
    if not least:
        return 0
    if question.space is not None:
        return question.space
    if question.choices or question.items or question.blanks:
        return 0 if edition.paper else _LINES_FOR_CHOICES
    if edition.paper and question.subquestions:
        return 0  # each of them has lines
    return _count_lines_for(question, least)


def count_inner_lines(subquestion: Subquestion, edition: Edition) -> int:
    """Return the number of lines to write on below a sub-question of an exam."""
    least = edition.options.ruled_lines if edition.paper and edition.questions else 0
    if not least or subquestion.title.blanks or subquestion.text.blanks:
        return 0
    return _count_lines_for(subquestion, least)


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


def _describe_template_error(error: Exception, name: str) -> Problem:
    """Find the line of the template in Jinja's own error or in the traceback."""
    if isinstance(error, jinja2.TemplateSyntaxError):
        place = Place(error.filename or f"templates/{name}", error.lineno)
    else:
        place = Place(f"templates/{name}")
        traceback = error.__traceback__
        while traceback:
            path = traceback.tb_frame.f_code.co_filename
            place = Place(path, traceback.tb_lineno) if path.startswith("templates/") else place
            traceback = traceback.tb_next
    return Problem(place, "template-error", f"this template cannot be used: {error}", "mend the template at that line")
