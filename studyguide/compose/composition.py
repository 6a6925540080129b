"""Turn the Guide and one Edition into a Volume: a Sheet for each run of pages, made by the templates.

The only file that knows Jinja. A template of the medium's own folder, such as ``epub/chapter.html``, stands in for the
shared one of the same name.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property, partial
from itertools import chain, zip_longest
from typing import Any

import jinja2

from studyguide.compose import glossary
from studyguide.hypertext import anchors, ended, sources, tied, untagged
from studyguide.model import (
    Asset,
    Chapter,
    Edition,
    Entry,
    Guide,
    Html,
    Pagination,
    Part,
    Project,
    Question,
    Sheet,
    Source,
    Volume,
)
from studyguide.problems import ContentError, Place, Problem
from studyguide.runtime.cache import NOTHING, Memory, digest, program
from studyguide.selection import select_questions, shuffle_questions
from studyguide.words import Words, words


@dataclass(frozen=True, slots=True)
class Plan:
    """A sheet to be made: its template and what the template is about."""

    name: str
    title: str
    role: str
    chapter: Chapter | None = None
    listed: bool = True
    """Whether it is in the table of contents."""
    recto: bool = False
    late: bool = False
    """Whether it says on which pages things are, and so is made when all others have their pages."""

    @property
    def anchor(self) -> str:
        """The identifier of its heading."""
        if self.chapter is None:
            return self.name
        return f"answers-{self.chapter.id}" if self.role == "key" else self.chapter.id


@dataclass(frozen=True)
class Composition:
    """The making of one edition, with room for page numbers of so many digits."""

    project: Project
    whole: Guide
    edition: Edition
    digits: int = 3
    store: Memory = NOTHING

    def volume(self) -> Volume:
        """The edition as sheets, in print without those that list pages.

        A chapter's sheets are remembered in the store. Raises ContentError for a template that cannot be rendered.
        """
        sheets = self.bound([self.sheet(plan) for plan in self.plans if not plan.late])
        if self.studio.has("nav.html"):
            navigation = self.studio.render("nav.html", **self.far)
            sheets.append(Sheet("nav", self.words.contents, "nav", navigation))
        styles, shift = stylesheet(self.project.styles, self.edition)
        return Volume(
            config=self.whole.config,
            edition=self.edition,
            sheets=tuple(sheets),
            styles=styles,
            assets=tuple(shown(self.project.assets, sheets)),
            chapters=self.whole.chapters,
            cover=self.pictured_cover() if self.edition.output == "epub" else None,
            shift=shift,
            dated=self.project.dated,
            foreign=self.project.foreign,
        )

    def pictured_cover(self) -> Volume:
        """The printed cover on a page of the proportions of an EPUB's."""
        edition = replace(self.edition, output="pdf", form="screen", page="a5")
        printed = replace(self, edition=edition)
        sheets = printed.bound([printed.sheet(plan) for plan in printed.plans if plan.role == "cover"])
        styles, _ = stylesheet(self.project.styles, edition, "cover.css")
        return Volume(self.whole.config, edition, tuple(sheets), styles, foreign=self.project.foreign)

    def late(self, volume: Volume, pagination: Pagination) -> tuple[Sheet, ...]:
        """The sheets that list the pages on which the volume has things; they stand at its end."""
        marked = glossary.uses(sheet.html for sheet in volume.sheets)
        used = glossary.asked(marked, self.guide.questions, self.vocabulary, pagination)
        facts = {
            **self.far,
            "pages": {term: glossary.discussed(anchors, pagination) for term, anchors in used.items()},
            "index": glossary.index(self.guide.terms, used, subjects(self.guide), pagination),
        }
        sheets = [self.made(plan, self.render(plan, facts)) for plan in self.plans if plan.late]
        return tuple(self.bound(sheets, pagination.anchors))

    # ------------------------------------------------------------ what the templates know

    @cached_property
    def guide(self) -> Guide:
        return select_questions(self.whole, self.edition)

    @cached_property
    def words(self) -> Words:
        return words(self.whole.config.language)

    @cached_property
    def studio(self) -> "Studio":
        return Studio(self.project.templates, self.edition.output)

    def hole(self, kind: str) -> Html:
        """Room for a page number: ``0`` for one that stands at its right, ``1`` for one at its left; ``4`` for one at its
        right to which the text before it moves up."""
        return Html(f'<span class="hole">{kind * self.digits}</span>')

    @cached_property
    def vocabulary(self) -> glossary.Vocabulary:
        return glossary.Vocabulary(tuple((term.id, term.names) for term in self.guide.terms))

    @cached_property
    def plans(self) -> tuple[Plan, ...]:
        return tuple(plan(self.guide, self.edition, self.words))

    @cached_property
    def near(self) -> dict[str, Any]:
        """What a chapter's templates know: no more than this, or a chapter could not be remembered by itself."""
        return {
            "config": replace(self.whole.config, words=(), ignores=(), problems=()),
            "edition": self.edition,
            "words": self.words,
            "parts": placed(self.whole, self.edition),
            "labels": {part.name: part.label for part in self.whole.config.parts},
            "hole": self.hole("0"),
            "flush": self.hole("1"),
            "pushed": self.hole("4"),
        }

    @cached_property
    def far(self) -> dict[str, Any]:
        return {**self.near, "guide": self.guide, "plans": self.plans, "subjects": subjects(self.guide)}

    @cached_property
    def following(self) -> dict[str, Question | None]:
        """The next question of each, in the order in which this edition asks them."""
        asked = [plan.chapter for plan in self.plans if plan.role == "chapter" and plan.chapter]
        order = list(chain.from_iterable(chapter.questions for chapter in asked)) or list(self.guide.questions)
        return {one.id: other for one, other in zip_longest(order, order[1:])}

    @cached_property
    def about(self) -> str:
        return digest("sheet", program(), self.studio.texts, self.near, self.vocabulary.terms)

    # ------------------------------------------------------------ sheets

    def sheet(self, plan: Plan) -> Sheet:
        chapter = plan.chapter
        if chapter is None or chapter.kind == "glossary":
            return self.made(plan, self.render(plan, self.far))
        after = {question.id: self.following[question.id] for question in chapter.questions}
        marks = [(name, other and (other.id, other.number)) for name, other in after.items()]
        key = digest(self.about, plan.name, plan.title, plan.role, chapter.key, chapter.number, marks)
        html = self.store.get(key)
        if html is None:
            html = glossary.mark(self.render(plan, {"following": after}), self.vocabulary, plan.name)
            self.store.put(key, html)
        return self.made(plan, html)

    def render(self, plan: Plan, facts: Mapping[str, Any]) -> Html:
        return self.studio.render(f"{plan.role}.html", **{**self.near, **facts}, sheet=plan, chapter=plan.chapter)

    def made(self, plan: Plan, html: Html) -> Sheet:
        entries = entries_of(self.whole, plan.chapter) if plan.role in ("chapter", "key") and plan.chapter else ()
        place = plan.chapter.place if plan.chapter else Place(f"templates/{plan.role}.html")
        return Sheet(plan.name, plan.title, plan.role, html, place, tuple(entries), plan.recto)

    def bound(self, sheets: list[Sheet], others: Iterable[str] = ()) -> list[Sheet]:
        """The sheets with their links mended, each a document; ``others`` are anchors of sheets made before."""
        elsewhere = [
            *others,
            *(term.id for term in self.guide.terms),
            *(plan.anchor for plan in self.plans if plan.late),
        ]
        files = self.edition.output == "epub"
        home = dict.fromkeys(elsewhere, "") | {name: sheet.name for sheet in sheets for name in anchors(sheet.html)}
        links = Links(home, files, f"({self.words.page_short}\u00a0{self.hole('1')})")
        mended = (links.mended(sheet) for sheet in sheets)
        if not files:
            ink = token(self.project.styles, "ink")
            # WeasyPrint draws a formula in black, whatever the colour of the text that it stands in.
            mended = (replace(each, html=tied(Html(each.html.replace("currentColor", ink)))) for each in mended)
        numbers = {plan.name: plan.chapter.number for plan in self.plans if plan.chapter}
        return [
            replace(
                sheet,
                html=self.studio.render("document.html", **self.near, sheet=sheet, number=numbers.get(sheet.name, "")),
            )
            for sheet in mended
        ]


# ---------------------------------------------------------------- what stands where


def plan(guide: Guide, edition: Edition, language: Words) -> Iterator[Plan]:
    """The sheets of an edition in their order."""
    printed = edition.output != "epub"
    asked = [chapter for chapter in guide.chapters if chapter.questions]
    words_of = [chapter for chapter in guide.chapters if chapter.kind == "glossary"]
    title = guide.config.title
    yield Plan("cover", title, "cover", listed=False)
    if printed:
        yield Plan("half-title", title, "half-title", listed=False, recto=True)
    yield Plan("colophon", title, "colophon", listed=False)
    if printed:  # an EPUB has its navigation instead
        yield Plan("contents", language.contents, "contents", listed=False, recto=True)
    yield Plan("how-to-use", language.how_to_use, "how-to-use")
    if edition.questions:
        for chapter in guide.chapters:
            if chapter.kind != "glossary":
                role = "chapter" if chapter.kind == "questions" else "prose"
                yield Plan(
                    f"chapter-{chapter.id}", chapter.title, role, shuffle_questions(chapter, edition.seed), recto=True
                )
            if edition.key == "chapter-end" and chapter in asked:
                yield key(chapter, language)
    if edition.key == "book-end":
        for place, chapter in enumerate(asked):
            yield replace(key(chapter, language), recto=not place)
    if printed and edition.questions and asked:
        yield Plan("progress", language.progress, "progress")
    for chapter in words_of:
        yield Plan(f"chapter-{chapter.id}", chapter.title, "glossary", chapter, late=printed)
    if printed and (words_of or subjects(guide)):
        yield Plan("index", language.index, "index", late=True)
    elif edition.questions and subjects(guide):
        yield Plan("by-subject", language.by_subject, "by-subject")


def key(chapter: Chapter, language: Words) -> Plan:
    return Plan(f"answers-{chapter.id}", f"{language.answers_to} {chapter.number}: {chapter.title}", "key", chapter)


def placed(guide: Guide, edition: Edition) -> dict[str, tuple[str, ...]]:
    """The names of the parts that stand with the question, of those below it, of those in the key, and of those that pop up."""
    parts: tuple[Part, ...] = guide.config.parts
    names = {place: tuple(part.name for part in parts if part.place == place) for place in ("question", "key")}
    beside = edition.with_question if edition.with_question is not None else names["question"]
    inside = edition.in_key if edition.in_key is not None else names["key"]
    if edition.key == "inline":
        return {"question": beside, "inline": inside, "key": (), "popup": ()}
    if edition.output != "epub" or edition.reveal != "popup" or not edition.questions:
        return {"question": beside, "inline": (), "key": inside, "popup": ()}
    told = beside if edition.key == "none" else (*beside, *inside)
    popup = tuple(name for name in ("hint", "answer") if name in told)
    asked = tuple(name for name in beside if name not in popup)
    return {"question": asked, "inline": (), "key": inside, "popup": popup}


def popups(question: Question, names: Iterable[str]) -> tuple[str, ...]:
    """Those of the parts that the question has; where there are choices, the right ones are an answer."""
    return tuple(
        name
        for name in names
        if question.pick((name,)) or (name == "answer" and any(choice.correct for choice in question.choices))
    )


IDENTIFIER = re.compile(r'(<[^<>]*?) id="[^"]*"')


def unnamed(markup: Html) -> Html:
    """A piece of HTML for a second place, without identifiers."""
    return Html(IDENTIFIER.sub(r"\1", str(markup)))


def entries_of(guide: Guide, chapter: Chapter) -> Iterator[Entry]:
    """Where each question of the chapter and whatever tells its answer is to be found."""
    telling = [part.name for part in guide.config.parts if part.place == "key"]
    for question in chapter.questions:
        answer = next(iter(question.pick(("answer", *telling))), None)
        yield Entry(
            number=question.number,
            question=question.id,
            answers=(f"answer-{question.id}", *(f"{question.id}.{name}" for name in telling)),
            place=question.place,
            answer_place=answer.place if answer else question.place,
        )


def subjects(guide: Guide) -> dict[str, tuple[Question, ...]]:
    found: dict[str, list[Question]] = defaultdict(list)
    for question in guide.questions:
        for tag in question.tags:
            found[tag].append(question)
    return {tag: tuple(found[tag]) for tag in sorted(found, key=str.casefold)}


WORDS_TO_A_LINE = 9
"""Of handwriting on a line of 13 cm."""


def ruled(question: Question, edition: Edition) -> int:
    """How many lines to write on: the author's number, or enough for the answer in handwriting, within limits."""
    if not edition.space:
        return 0
    if question.space is not None:
        return question.space
    if question.choices:
        return 2
    words_of_answer = sum(len(section.text.markdown.split()) for section in question.pick(("answer",)))
    return min(max(edition.space, -(-words_of_answer // WORDS_TO_A_LINE)), 2 * edition.space)


# ---------------------------------------------------------------- links

HREF = re.compile(r'<a\b([^>]*?)\bhref="#([^"]*)"([^>]*)>(.*?)</a>', re.DOTALL)


@dataclass(frozen=True, slots=True)
class Links:
    """The links of an edition: each leads to what the edition holds.

    A link to a question leads to its answer but where the reader is among the questions; a link to what is not in the
    edition at all becomes plain text. On paper a link in the text is followed by its page, or by the room for it.
    """

    home: Mapping[str, str]
    """The sheet of each anchor; nothing for an anchor that no file holds."""
    files: bool
    """Whether each sheet is a file of its own."""
    page: str
    """What follows a link on paper."""

    def mended(self, sheet: Sheet) -> Sheet:
        return replace(sheet, html=Html(HREF.sub(partial(self.link, sheet), sheet.html)))

    def link(self, sheet: Sheet, match: re.Match[str]) -> str:
        before, name, after, text = match.groups()
        in_text = "crossref" in before + after
        names = (name, f"answer-{name}")
        order = reversed(names) if in_text and sheet.role in ("key", "prose") else names
        found = next((each for each in order if each in self.home), None)
        if found is None:
            return text
        if in_text and not self.files:
            direction = ' dir="ltr"' if 'dir="rtl"' in sheet.html else ""
            text = numbered(text, f'<span class="at"{direction}> {self.page}</span>')
        path = f"{self.home[found]}.xhtml" if self.files and self.home[found] != sheet.name else ""
        return f'<a{before}href="{path}#{found}"{after}>{text}</a>'


def numbered(text: str, number: str) -> str:
    """A link's text and its page, which is not parted from the last word: WeasyPrint would go back one word too far."""
    before, space, last = text.rpartition(" ")
    if "<" in last or ">" in last:
        return f"{text}{number}"
    return f'{before}{space}<span class="nowrap">{last}{number}</span>'


# ---------------------------------------------------------------- styles and figures


def stylesheet(styles: tuple[Source, ...], edition: Edition, *more: str) -> tuple[str, float]:
    """The styles of the medium and those of ``more`` files, and how far a verso's text moves, in points.

    Every ``var(--name)`` is replaced by its value, which old e-readers cannot do.
    """
    known = {source.path: source.text for source in styles}
    files = ["epub.css"] if edition.output == "epub" else ["book.css", f"pages/{edition.page}.css"]
    if edition.output == "epub":
        files += ["both.css"] * (edition.maths == "both") + ["faces.css"] * (edition.fonts == "book")
    css = "\n".join(known[path] for path in ("code.css", *files, *more))
    tokens = dict(re.findall(r"--([\w-]+):\s*([^;]+);", known["tokens.css"] + css))
    inner, outer = (points(tokens.get(side, "0mm")) for side in ("inner", "outer"))
    if edition.form == "screen":  # a screen has no spine
        inner = outer = (inner + outer) / 2
        tokens |= {"inner": f"{inner}pt", "outer": f"{outer}pt"}
    for _ in range(3):  # a token may be made of others
        css = re.sub(r"var\(--([\w-]+)\)", lambda match: tokens[match[1]], css)
    css = re.sub(r"/\*.*?\*/|\s*--[\w-]+:[^;]+;", "", css, flags=re.DOTALL)
    return css, outer - inner


def token(styles: Iterable[Source], name: str) -> str:
    """A value of styles/tokens.css."""
    text = next(source.text for source in styles if source.path == "tokens.css")
    return str(re.findall(rf"--{name}:\s*([^;]+);", text)[0])


def points(length: str) -> float:
    units = {"mm": 72 / 25.4, "cm": 72 / 2.54, "in": 72.0, "pt": 1.0}
    return float(length[:-2]) * units[length[-2:]]


def shown(assets: tuple[Asset, ...], sheets: Iterable[Sheet]) -> Iterator[Asset]:
    paths = {path for sheet in sheets for path in sources(sheet.html)}
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
        self.environment.filters.update(ended=ended, untagged=untagged, ruled=ruled, popups=popups, unnamed=unnamed)

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
