"""Compose one edition: Guide, Edition → Book, a Section for each run of pages.

Sections that state pages (glossary, index) are made by ``list_pages``, when all others have theirs.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain, pairwise
from typing import Any

from studyguide.compose.glossary import Vocabulary, make_vocabulary, mark_chapter
from studyguide.compose.index import choose_page_runs, group_uses, make_index
from studyguide.compose.links import LinkResolver
from studyguide.compose.plan import SectionPlan, group_by_tag, make_entries, place_parts, plan_sections
from studyguide.compose.stylesheet import assemble_stylesheet, find_token
from studyguide.compose.templates import TemplateRenderer
from studyguide.compose.typography import add_no_break_spaces
from studyguide.html_text import find_ids, find_sources
from studyguide.locale import Locale, load_locale
from studyguide.model import Asset, Book, Edition, Guide, Html, Pagination, Project, Question, Section, Uses
from studyguide.output import Output
from studyguide.problems import Place
from studyguide.selection import select_questions
from studyguide.store import NULL_STORE, CacheStore, digest


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

        The HTML of a chapter is kept in the store. Raises ContentError for a template that cannot be rendered.
        """
        sections = self._finish_sections([self._make_section(plan) for plan in self.plans if not plan.lists_pages])
        if self.templates.has_template("nav.html"):
            navigation = self.templates.render("nav.html", **self.book_context)
            sections.append(Section("nav", self.locale.headings.contents, "nav", navigation))
        styles, page = assemble_stylesheet(
            self.project.styles, self.edition, self.locale, self.output.stylesheets(self.edition.options)
        )
        return Book(
            config=self.whole_guide.config,
            edition=self.edition,
            sections=tuple(sections),
            styles=styles,
            assets=tuple(_find_assets(self.project.assets, sections)),
            chapters=self.whole_guide.chapters,
            page=page,
            date=self.project.date,
            allows_boxes=self.project.is_imported,
        )

    def compose_cover(self, stylesheets: Iterable[str]) -> Book:
        """Return a book of the cover alone, with these styles besides the edition's own."""
        sections = self._finish_sections([self._make_section(plan) for plan in self.plans if plan.role == "cover"])
        files = [*self.output.stylesheets(self.edition.options), *stylesheets]
        styles, page = assemble_stylesheet(self.project.styles, self.edition, self.locale, files)
        return Book(
            self.whole_guide.config,
            self.edition,
            tuple(sections),
            styles,
            page=page,
            allows_boxes=self.project.is_imported,
       
        )

    def list_pages(self, book: Book, pagination: Pagination) -> tuple[Section, ...]:
        """Return the sections that state the pages of things in the book; they stand at its end."""
        found = [section.uses for section in book.sections]
        uses = group_uses(found, self.guide.questions, self.vocabulary, pagination)
        context = {
            **self.book_context,
            "pages": {term: choose_page_runs(anchors, pagination) for term, anchors in uses.items()},
            "index": make_index(self.guide.terms, uses, group_by_tag(self.guide), pagination),
        }
        sections = [self._to_section(plan, self._render(plan, context)) for plan in self.plans if plan.lists_pages]
        return tuple(self._finish_sections(sections, pagination.anchors))

    # ------------------------------------------------------------ what the templates know

    @cached_property
    def guide(self) -> Guide:
        """The guide with the questions of this edition."""
        return select_questions(self.whole_guide, self.edition)

    @cached_property
    def locale(self) -> Locale:
        return load_locale(self.whole_guide.config.language)

    @cached_property
    def templates(self) -> TemplateRenderer:
        return TemplateRenderer(self.project.templates, self.output.template_folder)

    @cached_property
    def vocabulary(self) -> Vocabulary:
        return make_vocabulary(tuple((term.id, term.names) for term in self.guide.terms))

    @cached_property
    def plans(self) -> tuple[SectionPlan, ...]:
        return tuple(plan_sections(self.guide, self.edition, self.locale, self.output.has_pages))

    @cached_property
    def chapter_context(self) -> dict[str, Any]:
        """The values for the templates of one chapter. The section is cached by them, so they must not depend on other chapters."""
        return {
            "edition": self.edition,
            "language": self.whole_guide.config.language,
            "has_pages": self.output.has_pages,
            "locale": self.locale,
            "parts": place_parts(self.whole_guide, self.edition),
            "labels": {part.name: part.label for part in self.whole_guide.config.parts},
            "hole": self._make_hole("0"),
            "flush": self._make_hole("1"),
            "pushed": self._make_hole("4"),
        }

    @cached_property
    def book_context(self) -> dict[str, Any]:
        """The values for templates that show the whole book."""
        return {
            **self.chapter_context,
            "config": self.whole_guide.config,
            "guide": self.guide,
            "plans": self.plans,
            "subjects": group_by_tag(self.guide),
        }

    @cached_property
    def context_digest(self) -> str:
        """The digest of everything that a chapter's HTML is made of besides the chapter."""
        return digest("sheet", self.templates.texts, self.chapter_context, self.vocabulary.terms)

    @cached_property
    def next_questions(self) -> dict[str, Question]:
        """The question after each but the last, by identifier, in the order in which this edition asks them."""
        asked = [plan.chapter for plan in self.plans if plan.role == "chapter" and plan.chapter]
        order = list(chain.from_iterable(chapter.questions for chapter in asked)) or list(self.guide.questions)
        return {one.id: other for one, other in pairwise(order)}

    def _make_hole(self, kind: str) -> Html:
        """Return room for a page number: ``0`` for a number at its right, ``1`` at its left, ``4`` at its right with the
        text before it moved up to it; see ``pdf.gathering.HOLES``."""
        return Html(f'<span class="hole">{kind * self.digits}</span>')

    # ------------------------------------------------------------ sections

    def _make_section(self, plan: SectionPlan) -> Section:
        chapter = plan.chapter
        if chapter is None or chapter.kind == "glossary":
            return self._to_section(plan, self._render(plan, self.book_context))
        # Paper has no buttons that turn to the next question.
        asked = () if self.output.has_pages else [question.id for question in chapter.questions]
        following = {name: self.next_questions[name] for name in asked if name in self.next_questions}
        next_numbers = [(name, other.id, other.number) for name, other in following.items()]
        key = digest(self.context_digest, plan.name, plan.title, plan.role, chapter.key, chapter.number, next_numbers)
        made: tuple[Html, Uses] | None = self.store.get(key)
        if made is None:
            marked, uses = mark_chapter(chapter, self.vocabulary)
            html = self._render(replace(plan, chapter=marked), {"following": following})
            ids = frozenset(find_ids(html))
            made = html, {anchor: use for anchor, use in uses.items() if anchor in ids}
            self.store.put(key, made)
        return replace(self._to_section(plan, made[0]), uses=made[1])

    def _render(self, plan: SectionPlan, context: Mapping[str, Any]) -> Html:
        values = {**self.chapter_context, **context}
        return self.templates.render(f"{plan.role}.html", **values, section=plan, chapter=plan.chapter)

    def _to_section(self, plan: SectionPlan, html: Html) -> Section:
        has_entries = plan.role in ("chapter", "key") and plan.chapter
        entries = make_entries(self.whole_guide, plan.chapter) if has_entries and plan.chapter else ()
        place = plan.chapter.place if plan.chapter else Place(f"templates/{plan.role}.html")
        return Section(plan.name, plan.title, plan.role, html, place, tuple(entries), plan.recto)

    def _finish_sections(self, sections: list[Section], other_anchors: Iterable[str] = ()) -> list[Section]:
        """Return the sections with their links resolved, each as a document; ``other_anchors`` are those of sections made before."""
        elsewhere = [
            *other_anchors,
            *(term.id for term in self.guide.terms),
            *(plan.anchor for plan in self.plans if plan.lists_pages),
        ]
        section_of = dict.fromkeys(elsewhere, "") | {
            name: section.name for section in sections for name in find_ids(section.html)
        }
        page = f"({self.locale.page_references.page}\u00a0{self._make_hole('1')})" if self.output.has_pages else ""
        resolver = LinkResolver(section_of, self.output.document_ending, page)
        return [self._finish_section(resolver.resolve_links(section)) for section in sections]

    def _finish_section(self, section: Section) -> Section:
        if self.output.has_pages:
            ink = find_token(self.project.styles, "ink")
            # WeasyPrint draws a formula in black, whatever the colour of the text that it stands in.
            html = add_no_break_spaces(Html(section.html.replace("currentColor", ink)))
            section = replace(section, html=html)
        number = next((plan.chapter.number for plan in self.plans if plan.name == section.name and plan.chapter), "")
        titles = [self.whole_guide.config.title, self.edition.title]
        document = self.templates.render(
            "document.html",
            **self.chapter_context,
            section=section,
            number=number,
            book_title=" · ".join(filter(None, titles)),
        )
        return replace(section, html=document)


def _find_assets(assets: tuple[Asset, ...], sections: Iterable[Section]) -> Iterator[Asset]:
    """Yield the figures that the sections show."""
    paths = {path for section in sections for path in find_sources(section.html)}
    return (asset for asset in assets if asset.path in paths)
