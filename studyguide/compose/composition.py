"""Compose one edition: Guide, Edition → Book, a Section for each run of pages.

A section is made in two steps, and the store keeps the result of each. A template makes its *draft*, of a chapter or of what lists
say of the guide; the draft is then *finished*: its links are resolved, for they depend on what else is in the edition, and the
passes over its text are made. Sections that state pages (glossary, index) are made by ``list_pages``, when all others have theirs.
"""

from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from itertools import chain, pairwise
from typing import Any

from markupsafe import escape

from studyguide.compose.completeness import find_missing_texts
from studyguide.compose.glossary import Vocabulary, make_vocabulary, mark_chapter
from studyguide.compose.index import PageLists
from studyguide.compose.judge import Medium
from studyguide.compose.links import LinkResolver, find_links
from studyguide.compose.look import list_look_families
from studyguide.compose.mirror import mirror_holes
from studyguide.compose.outline import GuideOutline, outline_guide, outline_plans
from studyguide.compose.plan import (
    SectionPlan,
    group_by_tag,
    has_answer,
    keep_answered,
    list_answering_parts,
    make_entries,
    place_parts,
    plan_cards,
    plan_cover,
    plan_sections,
)
from studyguide.compose.remember import remember
from studyguide.compose.stylesheet import StyleSheets, assemble_stylesheet, find_token
from studyguide.compose.templates import TemplateRenderer, make_renderer
from studyguide.compose.typography import add_no_break_spaces, label_headings
from studyguide.exams.forms import make_form
from studyguide.html_text import find_ids, find_sources, find_style_sources
from studyguide.locale import Locale, load_locale
from studyguide.model import (
    NOWHERE,
    Asset,
    Book,
    Chapter,
    Edition,
    Guide,
    Html,
    Look,
    PageSize,
    Pagination,
    Project,
    Question,
    Section,
    StoredHtml,
    Typecase,
    Uses,
)
from studyguide.output import Output
from studyguide.problems import ContentError, Place
from studyguide.review.plan import plan_reviews
from studyguide.scripts import BASIC_FACES, Script, find_scripts, list_faces
from studyguide.selection import select_questions
from studyguide.store import NULL_STORE, CacheStore, digest

_DOCUMENTS = ("nav", "not-found")
"""Sections of outputs that have a template for them: the list of the others, and what a server shows in the place of a missing page."""
_TITLE_PAGES = ("cover", "half-title", "colophon")
"""Sections that show nothing but what guide.toml says."""


@dataclass(frozen=True, slots=True)
class DraftFacts:
    """All of a draft that the other sections of its edition need to know."""

    ids: tuple[str, ...]
    """Its identifiers, without the marks of terms, in their order."""
    links: tuple[str, ...]
    """The names that its links lead to, as in ``find_links``."""
    sources: tuple[str, ...]
    uses: Uses
    uses_digest: str


@dataclass(frozen=True, slots=True)
class _Draft:
    """A section with open links."""

    plan: SectionPlan
    facts: DraftFacts
    text: StoredHtml


@dataclass(frozen=True)
class Composition:
    """The making of one edition, with room for page numbers of ``digits`` digits."""

    project: Project
    whole_guide: Guide
    edition: Edition
    output: Output
    digits: int = 3
    store: CacheStore = NULL_STORE

    def compose(self) -> Book:
        """Return the edition without the sections that state pages.

        Raises ContentError for a template that cannot be rendered.
        """
        drafts = [self._make_draft(plan) for plan in self.plans if not plan.lists_pages]
        sections = self._finish_drafts(drafts, self._make_resolver(drafts))
        sections += [self._make_document(name) for name in _DOCUMENTS if self.templates.has_template(f"{name}.html")]
        styles, page = self._assemble_styles()
        return Book(
            config=self.whole_guide.config,
            edition=self.edition,
            sections=tuple(sections),
            styles=styles,
            assets=tuple(_find_assets(self.project.assets, sections, styles)),
            faces=self.typecase.faces,
            page=page,
            scripts=tuple(self._read_scripts()),
            moment=self.project.moment,
            allows_boxes=self.project.is_imported,
        )

    def _read_scripts(self) -> Iterator[tuple[str, str]]:
        """Yield the name and the text of each file of JavaScript."""
        for path in self.output.scripts:
            source = self.templates.find_source(path)
            if source:
                yield path.rpartition("/")[2], source.text

    def compose_cover(self, stylesheets: Iterable[str]) -> Book:
        """Return a book of the cover alone, with these styles besides the edition's own."""
        draft = self._make_draft(plan_cover(self.whole_guide))
        sections = self._finish_drafts([draft], LinkResolver({}, (), self.output.document_ending, ""))
        styles, page = self._assemble_styles(stylesheets)
        return Book(
            self.whole_guide.config,
            self.edition,
            tuple(sections),
            styles,
            tuple(_find_assets(self.project.assets, sections, styles)),
            faces=self.typecase.faces,
            page=page,
            allows_boxes=self.project.is_imported,
        )

    def _assemble_styles(self, others: Iterable[str] = ()) -> tuple[str, PageSize | None]:
        """Return the edition's CSS and the size of its pages; ``others`` are files of styles besides its own."""
        files = [*self.output.stylesheets(self.edition.options), *others]
        sheets = StyleSheets(
            self.project.styles,
            files,
            self.output.own_stylesheet,
            self.look,
            self.whole_guide.faces,
            has_logo=bool(self.whole_guide.config.logo),
        )
        return assemble_stylesheet(sheets, self.edition, self.locale, self._language, self.scripts)

    def list_pages(self, book: Book, pagination: Pagination) -> tuple[Section, ...]:
        """Return the sections that state the pages of things in the book; they stand at its end."""
        uses = [section.uses for section in book.sections]
        lists = PageLists(self.guide, self.vocabulary, uses, pagination, self.locale.index)
        used = [(section.uses_digest, *map(pagination.anchors.get, section.uses)) for section in book.sections]
        key = digest("page lists", self.vocabulary.digest, pagination.labels, used, lists.answer_pages)
        drafts = [
            self._make_draft(plan, key, lambda: {"index": lists.index, "pages": lists.pages})
            for plan in self.plans
            if plan.lists_pages
        ]
        return tuple(self._finish_drafts(drafts, self._make_resolver(drafts, pagination.anchors)))

    # ------------------------------------------------------------ what the edition is made of

    @cached_property
    def guide(self) -> Guide:
        """The guide with the questions of this edition."""
        paper = self.edition.paper
        if paper:
            return make_form(self._selected_guide, self.edition, paper)
        if self.edition.questions and not self.output.card_faces:
            return self._selected_guide
        kept = [keep_answered(each, self.answering_parts) for each in self._selected_guide.chapters]
        return replace(self._selected_guide, chapters=tuple(kept))

    @cached_property
    def _selected_guide(self) -> Guide:
        """The guide with the questions that the settings of the edition take, answered or not."""
        return select_questions(self.whole_guide, self.edition)

    @cached_property
    def answering_parts(self) -> tuple[str, ...]:
        """The names of the parts that answer a question."""
        return list_answering_parts(self.whole_guide, self.edition)

    @cached_property
    def locale(self) -> Locale:
        return load_locale(self._language, own=self.whole_guide.config.own_words)

    @property
    def _language(self) -> str:
        return self.whole_guide.config.language

    @cached_property
    def scripts(self) -> tuple[Script, ...]:
        """The scripts of the texts that are printed from optional packages, that of the language first."""
        return find_scripts(self.project.list_letters(), self._language)

    @cached_property
    def templates(self) -> TemplateRenderer:
        output = self.output
        medium = Medium(bool(output.scripts), tuple(output.card_fields))
        language = self.whole_guide.config.language
        return make_renderer(self.project.templates, output.template_folder, language, medium, tuple(output.card_faces))

    @property
    def look(self) -> Look:
        """The look of the edition: its own, over that of the guide."""
        return self.edition.look.over(self.whole_guide.config.look)

    @cached_property
    def typecase(self) -> Typecase:
        """The facts that decide which letters the edition can print."""
        return Typecase(self._language, self.look.choose_faces(self.whole_guide.faces))

    @property
    def _ink(self) -> str:
        """The colour of the text."""
        return self.look.ink or find_token(self.project.styles, "ink")

    @cached_property
    def vocabulary(self) -> Vocabulary:
        return make_vocabulary(tuple((term.id, term.names) for term in self.guide.terms))

    @cached_property
    def plans(self) -> tuple[SectionPlan, ...]:
        if self.output.card_faces:
            return tuple(plan_cards(self.guide, self.edition, self.output.card_faces))
        return tuple(plan_sections(self.guide, self.edition, self.locale, self.output.has_pages))

    @cached_property
    def next_questions(self) -> dict[str, Question]:
        """The question after each but the last, by identifier, in the order in which this edition asks them."""
        asked = [plan.chapter for plan in self.plans if plan.role == "chapter" and plan.chapter]
        order = list(chain.from_iterable(chapter.questions for chapter in asked)) or list(self.guide.questions)
        return {one.id: other for one, other in pairwise(order)}

    # ------------------------------------------------------------ what the templates know

    @cached_property
    def chapter_context(self) -> dict[str, Any]:
        """The values for the templates of one chapter. The section is cached by them, so they must not depend on other chapters."""
        return {
            "edition": self.edition,
            "language": self._language,
            "has_pages": self.output.has_pages,
            "locale": self.locale,
            "parts": place_parts(self.whole_guide, self.edition),
            "labels": {part.name: part.label for part in self.whole_guide.config.parts},
            "hole": self._make_hole("0"),
            "flush": self._make_hole("1"),
            "pushed": self._make_hole("4"),
        }

    @cached_property
    def title_context(self) -> dict[str, Any]:
        """The values for templates that show what guide.toml says."""
        config = replace(self.whole_guide.config, words=(), ignores=(), problems=(), cover_place=NOWHERE)
        return {**self.chapter_context, "config": config, "faces": self._faces}

    @cached_property
    def _faces(self) -> tuple[str, ...]:
        """The names of the faces that the text is printed in."""
        own = list_look_families(self.look, self.whole_guide.faces)
        chosen = dict(zip(BASIC_FACES, (own.get(token, "") for token in ("text", "sans", "mono")), strict=True))
        names = {face.family: face.name for face in self.whole_guide.faces}
        families = [chosen.get(name) or name for name in list_faces(self.project.list_letters(), self.scripts)]
        return tuple(dict.fromkeys(names.get(family, family) for family in families))

    @cached_property
    def book_context(self) -> dict[str, Any]:
        """The values for templates that list what is in the book. An edit of an answer changes none of them."""
        options = self.edition.options
        return {
            **self.title_context,
            "guide": self.outline,
            "plans": outline_plans(self.plans, self.guide, self.outline, self.answering_parts),
            "unanswered": self._unanswered,
            "subjects": group_by_tag(self.outline.questions, self.locale.index),
            "review": tuple(plan_reviews(self.outline.questions, options.review_days, options.new_per_day)),
        }

    @cached_property
    def outline(self) -> GuideOutline:
        """The facts of the guide, with the questions of this edition, for lists of the whole book."""
        return outline_guide(self.guide, self.answering_parts)

    @cached_property
    def _unanswered(self) -> int:
        """The number of questions that have no answer in an edition with answers."""
        if self.edition.key == "none":
            return 0
        return sum(not has_answer(each, self.answering_parts) for each in self._selected_guide.questions)

    @cached_property
    def context_digest(self) -> str:
        """The digest of everything that all templates know."""
        values = {name: value for name, value in self.chapter_context.items() if name != "locale"}
        return digest(self.templates.digest, _digest_locale(self.locale), values)

    @cached_property
    def chapter_digest(self) -> str:
        """The digest of everything that a chapter's draft is made of besides the chapter."""
        return digest("chapter", self.context_digest, self.vocabulary.digest)

    @cached_property
    def title_digest(self) -> str:
        return digest("title page", self.context_digest, self.title_context["config"], self._faces)

    @cached_property
    def book_digest(self) -> str:
        plans = [(plan.name, plan.title, plan.role, plan.listed) for plan in self.plans]
        # A seed gives the questions of a chapter another order, and stands in the context with the rest of the edition.
        return digest("list", self.title_digest, self.outline.digest, plans, self._unanswered)

    def _make_hole(self, kind: str) -> Html:
        """Return room for a page number: ``0`` for a number at its end, ``1`` at its beginning, ``4`` at its end with the
        text before it moved up to it; see ``pdf.section_pages.HOLES``."""
        digit = mirror_holes(kind) if self.whole_guide.config.direction == "rtl" else kind
        return Html(f'<span class="hole">{digit * self.digits}</span>')

    # ------------------------------------------------------------ drafts

    def _make_draft(
        self, plan: SectionPlan, pages_key: str = "", list_pages: Callable[[], dict[str, Any]] = dict[str, Any]
    ) -> _Draft:
        """Return the draft of a section.

        ``list_pages`` returns values for the template of one that states pages, and ``pages_key`` is the digest of what they are
        made of.
        """
        if plan.chapter and plan.chapter.kind != "glossary":
            return self._make_chapter_draft(plan, plan.chapter)
        is_title_page = plan.role in _TITLE_PAGES
        chapter = plan.chapter and (plan.chapter.key, plan.chapter.number)
        context_digest = self.title_digest if is_title_page else self.book_digest
        key = digest(context_digest, plan.name, plan.title, plan.role, chapter, pages_key)

        def make() -> tuple[DraftFacts, Html]:
            context = self.title_context if is_title_page else self.book_context
            html = self._render(plan, {**context, **list_pages()})
            return _gather_facts(html, {}), html

        return _Draft(plan, *remember(self.store, key, make))

    def _make_chapter_draft(self, plan: SectionPlan, chapter: Chapter) -> _Draft:
        questions = [(question.id, question.number) for question in chapter.questions]
        # Paper has no buttons that turn to the next question.
        following = {} if self.output.has_pages else self.next_questions
        next_questions = {name: following[name] for name, _ in questions if name in following}
        next_numbers = [(other.id, other.number) for other in next_questions.values()]
        key = digest(
            self.chapter_digest, plan.name, plan.title, plan.role, chapter.key, chapter.number, questions, next_numbers
        )

        def make() -> tuple[DraftFacts, Html]:
            marked, uses = mark_chapter(chapter, self.vocabulary)
            values = {**self.chapter_context, "following": next_questions}
            html = self._render(replace(plan, chapter=marked), values)
            # Only books with pages have an index.
            return _gather_facts(html, uses, keeps_uses=self.output.has_pages), html

        return _Draft(plan, *remember(self.store, key, make))

    def _render(self, plan: SectionPlan, values: Mapping[str, Any]) -> Html:
        """Return the HTML of a section. Raises ContentError for a template that fails or leaves a text out."""
        html = self.templates.render(f"{plan.role}.html", **values, section=plan, chapter=plan.chapter)
        if missing := tuple(find_missing_texts(plan, html, self.edition, values["parts"])):
            raise ContentError(missing)
        return html

    # ------------------------------------------------------------ sections

    def _make_resolver(self, drafts: list[_Draft], other_anchors: Container[str] = ()) -> LinkResolver:
        """Return a resolver that knows the anchors of the drafts; ``other_anchors`` are those of sections made before."""
        section_of = {name: draft.plan.name for draft in drafts for name in draft.facts.ids}
        later = {*(term.id for term in self.guide.terms), *(plan.anchor for plan in self.plans if plan.lists_pages)}
        direction = self.whole_guide.config.direction
        return LinkResolver(
            section_of,
            (later, other_anchors),
            self.output.document_ending,
            page=self._refer_to_page("1"),
            still_page=self._refer_to_page("0"),
            direction=direction,
        )

    def _refer_to_page(self, kind: str) -> str:
        """Return what follows a link in the text: "(p. 57)" with a hole of this kind; nothing in an edition without pages."""
        if not self.output.has_pages:
            return ""
        return f"({escape(self.locale.page_references.page).format(number=self._make_hole(kind))})"

    def _finish_drafts(self, drafts: list[_Draft], resolver: LinkResolver) -> list[Section]:
        return [self._finish_draft(draft, resolver) for draft in drafts]

    def _finish_draft(self, draft: _Draft, resolver: LinkResolver) -> Section:
        plan, facts = draft.plan, draft.facts
        targets = resolver.find_targets(facts.links, plan.role)
        has_names = self.output.has_pages  # a document of an EPUB has addresses
        leads = (
            list(targets)
            if has_names
            else [(name, resolver.write_address(each, plan.name)) for name, each in targets.items()]
        )
        number = plan.chapter.number if plan.chapter else ""
        has_entries = plan.role in ("chapter", "key", "cards")
        key = digest(self.finish_digest, draft.text.digest, leads, plan.name, plan.title, plan.role, number)

        def make() -> tuple[None, Html]:
            html = resolver.resolve_links(draft.text.read(), targets, plan.name)
            for change in self._passes:
                html = change(html)
            section = Section(plan.name, plan.title, plan.role, html)
            values = {**self.chapter_context, "section": section, "number": number, "book_title": self._book_title}
            document = self.templates.render_document("document.html", str(html), **values)
            return None, self.output.replace_unprintable(
                document, self.typecase, self.locale.signs, self.project.is_imported, self.store
            )

        _, text = remember(self.store, key, make)
        return Section(
            name=plan.name,
            title=plan.title,
            role=plan.role,
            text=text,
            place=self._find_place(plan),
            entries=tuple(make_entries(self.whole_guide, plan.chapter)) if plan.chapter and has_entries else (),
            recto=plan.recto,
            uses=facts.uses,
            uses_digest=facts.uses_digest,
            targets=targets if has_names or self.output.card_faces else {},
            sources=facts.sources,
        )

    def _find_place(self, plan: SectionPlan) -> Place:
        """Return where the texts of a section are from."""
        if plan.chapter:
            return plan.chapter.place
        if plan.role in _TITLE_PAGES and self.project.config:
            return Place(self.project.config.path, 1, 1)
        return Place(f"templates/{plan.role}.html")

    @property
    def _passes(self) -> tuple[Callable[[Html], Html], ...]:
        """The changes of a section's HTML, in their order.

        They and the links are changed in the text, unlike a passage, which is a tree (``guide.passes``): Jinja makes text, outputs
        divide it, and most of it is drawings. To read the 98 sections of the guide into trees and to write them takes 0.32 s of CPU,
        as long as all these passes, and composing them 1.05 s. Terms are marked in each passage, once for all editions.
        """
        return (label_headings, self._color_formulas, add_no_break_spaces) if self.output.has_pages else ()

    def _color_formulas(self, html: Html) -> Html:
        """Return the HTML with the colour of the text in its formulas, which WeasyPrint would draw in black everywhere."""
        return Html(str(html).replace("currentColor", self._ink))

    @cached_property
    def finish_digest(self) -> str:
        """The digest of everything that all sections of an edition are finished with."""
        return digest(
            "finished",
            self.context_digest,
            self.output.name,
            self.project.is_imported,
            self._book_title,
            self._ink,
            [face.digest for face in self.typecase.faces],
        )

    @property
    def _book_title(self) -> str:
        """The title on each opening."""
        return " · ".join(filter(None, [self.whole_guide.config.title, self.edition.title]))

    def _make_document(self, name: str) -> Section:
        """Return a section whose template makes the whole document."""

        def make() -> tuple[tuple[str, ...], Html]:
            html = self.templates.render_document(f"{name}.html", **self.book_context)
            return tuple(sorted(find_sources(html))), html

        sources, text = remember(self.store, digest(self.book_digest, name), make)
        place = self.templates.find_place(f"{name}.html")
        return Section(name, self.locale.headings.contents, name, text, place, sources=sources)


@lru_cache(maxsize=4)
def _digest_locale(locale: Locale) -> str:
    return digest(locale)


def _gather_facts(html: Html, uses: Uses, keeps_uses: bool = True) -> DraftFacts:
    """Return the facts of a draft; ``uses`` are those in its chapter, of which it may show a part."""
    ids = find_ids(html)
    marks = frozenset(ids)
    shown = {anchor: use for anchor, use in uses.items() if keeps_uses and anchor in marks}
    return DraftFacts(
        ids=tuple(name for name in ids if name not in uses),
        links=find_links(html),
        sources=tuple(sorted(find_sources(html))),
        uses=shown,
        uses_digest=digest(shown),
    )


def _find_assets(assets: tuple[Asset, ...], sections: Iterable[Section], styles: str) -> Iterator[Asset]:
    """Yield the figures that the sections and the styles show."""
    paths = {path for section in sections for path in section.sources} | find_style_sources(styles)
    return (asset for asset in assets if asset.path in paths)
