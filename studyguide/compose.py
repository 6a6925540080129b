"""Turn the Guide and one Edition into a Volume: a Sheet for each run of pages, made by the templates.

The only file that knows Jinja. A template of the medium's own folder, such as ``epub/chapter.html``, stands in for the
shared one of the same name.
"""

import re
import textwrap
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import zip_longest
from typing import Any

import jinja2

from studyguide.cache import Nothing, digest, program
from studyguide.model import Asset, Chapter, Edition, Guide, Html, Part, Project, Question, Sheet, Source, Volume
from studyguide.problems import ContentError, Place, Problem
from studyguide.text import untagged
from studyguide.words import words

NOTHING = Nothing()


@dataclass(frozen=True, slots=True)
class Plan:
    """A sheet to be made: its template and what the template is about."""

    name: str
    title: str
    role: str
    chapter: Chapter | None = None
    listed: bool = True


def compose(project: Project, guide: Guide, edition: Edition, digits: int = 3, store: Any = NOTHING) -> Volume:
    """The edition as sheets, with room for page numbers of so many digits.

    A chapter's sheets are remembered in the store. Raises ContentError for a template that cannot be rendered.
    """
    language = words(guide.config.language)
    studio = Studio(project.templates, edition.output)
    plans = tuple(plan(guide, edition, language))
    hole = Html(f'<span class="hole">{"0" * digits}</span>')
    config = replace(guide.config, problems=())
    # What a chapter's templates know: no more than this, or a chapter could not be remembered by itself.
    near = {
        "config": config,
        "edition": edition,
        "words": language,
        "parts": placed(guide, edition),
        "labels": {part.name: part.label for part in config.parts},
        "hole": hole,
    }
    far = {**near, "guide": guide, "plans": plans, "subjects": subjects(guide)}
    following = {one.id: other for one, other in zip_longest(guide.questions, guide.questions[1:])}
    about = digest("sheet", program(), studio.texts, near)

    def sheet(each: Plan) -> Sheet:
        chapter = each.chapter
        if chapter is None:
            html = studio.render(f"{each.role}.html", **far, sheet=each)
            return Sheet(each.name, each.title, each.role, html, Place(f"templates/{each.role}.html"))
        after = {question.id: following[question.id] for question in chapter.questions}
        marks = [(name, other and (other.id, other.number)) for name, other in after.items()]
        key = digest(about, each.name, each.title, each.role, chapter.key, chapter.number, marks)
        html = store.get(key)
        if html is None:
            html = studio.render(f"{each.role}.html", **near, following=after, sheet=each, chapter=chapter)
            store.put(key, html)
        return Sheet(each.name, each.title, each.role, html, chapter.place)

    bound = linked([sheet(each) for each in plans], edition.output == "epub", language.page_short, hole)
    sheets = [replace(each, html=studio.render("document.html", **near, sheet=each)) for each in bound]
    if studio.has("nav.html"):
        navigation = studio.render("nav.html", **far)
        sheets.append(Sheet("nav", language.contents, "nav", navigation))
    drawn = [Asset(name, studio.render(name, **far).encode()) for name in ["cover.svg"] if studio.has(name)]
    styles, shift = stylesheet(project.styles, edition)
    return Volume(
        config=guide.config,
        edition=edition,
        sheets=tuple(sheets),
        styles=styles,
        assets=(*drawn, *shown(project.assets, sheets)),
        shift=shift,
    )


# ---------------------------------------------------------------- what stands where


def plan(guide: Guide, edition: Edition, language: Any) -> Iterator[Plan]:
    """The sheets of an edition in their order."""
    prose = [chapter for chapter in guide.chapters if chapter.kind == "prose"]
    asked = [chapter for chapter in guide.chapters if chapter.kind == "questions"]
    yield Plan("cover", guide.config.title, "cover", listed=False)
    yield Plan("colophon", guide.config.title, "colophon", listed=False)
    if edition.output != "epub":  # an EPUB has its navigation instead
        yield Plan("contents", language.contents, "contents", listed=False)
    yield Plan("how-to-use", language.how_to_use, "how-to-use")
    if edition.questions:
        for chapter in guide.chapters:
            role = "prose" if chapter in prose else "chapter"
            yield Plan(f"chapter-{chapter.id}", chapter.title, role, chapter)
            if edition.key == "chapter-end" and chapter in asked:
                yield key(chapter, language)
    if edition.key == "book-end":
        for chapter in asked:
            yield key(chapter, language)
    if edition.questions:
        yield Plan("by-subject", language.by_subject, "by-subject")


def key(chapter: Chapter, language: Any) -> Plan:
    return Plan(f"answers-{chapter.id}", f"{language.answers_to} {chapter.number}: {chapter.title}", "key", chapter)


def placed(guide: Guide, edition: Edition) -> dict[str, tuple[str, ...]]:
    """The names of the parts that stand with the question and of those in the key."""
    parts: tuple[Part, ...] = guide.config.parts
    names = {place: tuple(part.name for part in parts if part.place == place) for place in ("question", "key")}
    beside = edition.with_question if edition.with_question is not None else names["question"]
    inside = edition.in_key if edition.in_key is not None else names["key"]
    if edition.key == "inline":
        return {"question": (*beside, *inside), "key": ()}
    # Where the questions are in another book, the key is all that there is of them.
    return {"question": beside, "key": inside if edition.questions else (*beside, *inside)}


def subjects(guide: Guide) -> dict[str, tuple[Question, ...]]:
    found: dict[str, list[Question]] = defaultdict(list)
    for question in guide.questions:
        for tag in question.tags:
            found[tag].append(question)
    return {tag: tuple(found[tag]) for tag in sorted(found, key=str.casefold)}


# ---------------------------------------------------------------- links

HREF = re.compile(r'<a\b([^>]*?)\bhref="#([^"]*)"([^>]*)>(.*?)</a>', re.DOTALL)
# A literal beginning, which is searched for five times as fast as a class of characters.
ANCHOR = re.compile(r' id="([^"]*)"')


def linked(sheets: list[Sheet], files: bool, page: str, hole: Html) -> Iterator[Sheet]:
    """The sheets with every link leading to what this edition holds; ``files`` if each sheet is a file of its own.

    A link to a question leads to its answer but where the reader is among the questions; a link to what is not in the
    edition at all becomes plain text. On paper a link in the text is followed by its page, or by the room for it.
    """
    home = {name: sheet.name for sheet in sheets for name in ANCHOR.findall(sheet.html)}

    def retarget(sheet: Sheet) -> Callable[[re.Match[str]], str]:
        def replacement(match: re.Match[str]) -> str:
            before, name, after, text = match.groups()
            in_text = "crossref" in before + after
            answer = f"answer-{name}"
            order = (answer, name) if in_text and sheet.role in ("key", "prose") else (name, answer)
            found = next((each for each in order if each in home), None)
            if found is None:
                return text
            if in_text and not files:
                text += f" ({page}\u00a0{hole})"
            path = f"{home[found]}.xhtml" if files and home[found] != sheet.name else ""
            return f'<a{before}href="{path}#{found}"{after}>{text}</a>'

        return replacement

    for sheet in sheets:
        yield replace(sheet, html=Html(HREF.sub(retarget(sheet), sheet.html)))


# ---------------------------------------------------------------- styles and figures


def stylesheet(styles: tuple[Source, ...], edition: Edition) -> tuple[str, float]:
    """The styles of the medium, and how far a verso's text moves, in points.

    Every ``var(--name)`` is replaced by its value, which old e-readers cannot do.
    """
    known = {source.path: source.text for source in styles}
    files = ["epub.css"] if edition.output == "epub" else ["book.css", f"pages/{edition.page}.css"]
    css = "\n".join(known[path] for path in ("code.css", *files))
    tokens = dict(re.findall(r"--([\w-]+):\s*([^;]+);", known["tokens.css"] + css))
    inner, outer = (points(tokens.get(side, "0mm")) for side in ("inner", "outer"))
    if edition.form == "screen":  # a screen has no spine
        inner = outer = (inner + outer) / 2
        tokens |= {"inner": f"{inner}pt", "outer": f"{outer}pt"}
    for _ in range(3):  # a token may be made of others
        css = re.sub(r"var\(--([\w-]+)\)", lambda match: tokens[match[1]], css)
    css = re.sub(r"/\*.*?\*/|\s*--[\w-]+:[^;]+;", "", css, flags=re.DOTALL)
    return css, outer - inner


def points(length: str) -> float:
    units = {"mm": 72 / 25.4, "cm": 72 / 2.54, "in": 72.0, "pt": 1.0}
    return float(length[:-2]) * units[length[-2:]]


def shown(assets: tuple[Asset, ...], sheets: Iterable[Sheet]) -> Iterator[Asset]:
    paths = {path for sheet in sheets for path in re.findall(r' src="([^"]*)"', sheet.html)}
    return (asset for asset in assets if asset.path in paths)


# ---------------------------------------------------------------- Jinja


class Studio:
    """The templates of one medium."""

    def __init__(self, templates: tuple[Source, ...], medium: str) -> None:
        self.texts = {source.path: source.text for source in templates}
        self.medium = medium
        self.environment = jinja2.Environment(
            loader=jinja2.FunctionLoader(self.load),
            autoescape=True,
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=False,
        )
        self.environment.filters.update(lines=textwrap.wrap, untagged=untagged)

    def path(self, name: str) -> str | None:
        return next((path for path in (f"{self.medium}/{name}", name) if path in self.texts), None)

    def has(self, name: str) -> bool:
        return self.path(name) is not None

    def load(self, name: str) -> tuple[str, str, Callable[[], bool]] | None:
        path = self.path(name)
        # With the path as the file name, a traceback says where in which template.
        return (self.texts[path], f"templates/{path}", lambda: True) if path else None

    def render(self, name: str, **facts: Any) -> Html:
        try:
            return Html(self.environment.get_template(name).render(**facts))
        except Exception as error:  # a template may raise anything that Python can
            raise ContentError([template_problem(error, name)]) from error


def template_problem(error: Exception, name: str) -> Problem:
    """Where in which template, from Jinja's own error or from the traceback."""
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
