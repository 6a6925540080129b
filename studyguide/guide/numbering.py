"""Chapters → Guide: numbers, identifiers that are unique in the whole book, and links that find them."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from html import escape
from itertools import count
from urllib.parse import unquote

from studyguide.guide.links import CHAPTER_FILE, WIKI, Names, leads_to_file, unlink
from studyguide.model import Chapter, Config, Guide, Html, Passage
from studyguide.text import BOOK_NAMES, escape_url, name_chapter, slugify

_INNER_ADDRESS = re.compile(r' href="#([^"]*)"')


def assemble_guide(config: Config, chapters: Iterable[Chapter]) -> Guide:
    """Return the Guide of the chapters in their order.

    Chapters with questions are numbered from 1, and so are the questions in each. A title or file name that the
    configuration lacks is taken from the first chapter.
    """
    chapters = tuple(chapters)
    names = Names({*BOOK_NAMES, *(name for chapter in chapters for name in (chapter.id, *chapter.added_names))})
    names.taken |= {each.id for chapter in chapters for each in chapter.titled if each.has_own_id}
    numbers = count(1)
    numbered = tuple(
        _number_questions(chapter, str(next(numbers)), names) if chapter.kind == "questions" else chapter
        for chapter in chapters
    )
    names.taken |= {
        name
        for chapter in chapters
        for passage in chapter.passages
        for name, _ in passage.anchors
        if name not in passage.heading_names
    }
    renamed = tuple(_change_passages(chapter, _AnchorNamer(names)) for chapter in numbered)
    title = config.title or (renamed[0].title if renamed else "")
    return Guide(replace(config, title=title, name=config.name or slugify(title)), _find_link_targets(renamed))


def _number_questions(chapter: Chapter, chapter_number: str, names: Names) -> Chapter:
    """Number the chapter and its questions, and take the identifiers of its questions, sections and shared stems."""
    questions = tuple(
        replace(
            question,
            id=question.id if question.has_own_id else names.take(question.id),
            number=f"{chapter_number}.{position}",
        )
        for position, question in enumerate(chapter.questions, 1)
    )
    taken = {each.id: each.id if each.has_own_id else names.take(each.id) for each in chapter.divisions}
    placed = (
        replace(each, section=taken.get(each.section, ""), shared=taken.get(each.shared, "")) for each in questions
    )
    divisions = tuple(replace(each, id=taken[each.id]) for each in chapter.divisions)
    return replace(chapter, number=chapter_number, questions=tuple(placed), divisions=divisions)


# ---------------------------------------------------------------- passages


def _change_passages(chapter: Chapter, change: "_AnchorNamer | _LinkFinder") -> Chapter:
    """Return the chapter with each passage changed; the same object if nothing changed."""
    if not any(map(change.concerns, chapter.passages)):
        return chapter
    return chapter.change_passages(change)


class _AnchorNamer:
    """Gives headings that are alike in several texts names of their own; the first keeps its name."""

    def __init__(self, names: Names) -> None:
        self._names = names

    def concerns(self, passage: Passage) -> bool:
        return bool(passage.heading_names)

    def __call__(self, passage: Passage) -> Passage:
        found = {name: self._names.take(name) for name, _ in passage.anchors if name in passage.heading_names}
        html = str(passage.html)
        for name, free in found.items():
            html = html.replace(f' id="{escape(name)}"', f' id="{escape(free)}"', 1)
        if html == passage.html:
            return passage
        anchors = tuple((found.get(name, name), place) for name, place in passage.anchors)
        return replace(passage, html=Html(html), anchors=anchors, heading_names=frozenset(found.values()))


# ---------------------------------------------------------------- links


def _find_link_targets(chapters: tuple[Chapter, ...]) -> tuple[Chapter, ...]:
    """Return the chapters with links that GitHub would follow leading into the book: ``#2-pointers-how``, ``#gr%C3%B6%C3%9Fe``."""
    known = {name for chapter in chapters for name in _list_names(chapter)}
    by_letters = {_drop_hyphens(name): name for chapter in reversed(chapters) for name in _list_names(chapter)}
    titles = {
        slugify(titled.title.markdown): titled.id
        for chapter in reversed(chapters)
        for titled in reversed(chapter.titled)
    }
    return tuple(_change_passages(chapter, _LinkFinder(chapter.id, known, by_letters, titles)) for chapter in chapters)


def _list_names(chapter: Chapter) -> Iterable[str]:
    yield chapter.id
    for titled in chapter.titled:
        yield titled.id
    for term in chapter.terms:
        yield term.id
    for passage in chapter.passages:
        yield from (name for name, _ in passage.anchors)


class _LinkFinder:
    """Finds what a link means whose target no thing has as its identifier."""

    def __init__(self, chapter: str, known: set[str], by_letters: Mapping[str, str], titles: Mapping[str, str]) -> None:
        self._chapter, self._known, self._by_letters, self._titles = chapter, known, by_letters, titles

    def concerns(self, passage: Passage) -> bool:
        return any(
            self._find(link.target) or leads_to_file(link.target) or link.target.startswith(WIKI)
            for link in passage.links
        )

    def _find(self, target: str) -> str:
        """Return the identifier that is meant, or nothing if the link is right or means nothing that there is."""
        if target.startswith(WIKI):
            page, _, part = target.removeprefix(WIKI).partition("#")
            chapter = name_chapter(page) if page else self._chapter
            slug = slugify(part)
            names = [self._titles.get(slug, ""), slug, f"{chapter}-{slug}"] if part else []
            names += [chapter, self._titles.get(slugify(page), "")] if page else []
            return next((each for each in names if each in self._known), "")
        path, mark, name = target.rpartition("#")
        if not mark or ":" in path or name in self._known:
            return ""
        plain = unquote(name)
        slug = slugify(plain)
        file = CHAPTER_FILE.match(path)
        heading = f"{name_chapter(file['name']) if file else self._chapter}-{slug}"
        # GitHub numbers headings that are alike from 1, in another way than this program, and writes no hyphen for an apostrophe.
        in_text = (heading, self._by_letters.get(_drop_hyphens(heading), ""))
        in_guide = (plain, slug, self._titles.get(slug, ""))
        return next((each for each in (in_text + in_guide if file else in_guide + in_text) if each in self._known), "")

    def __call__(self, passage: Passage) -> Passage:
        found = {link.target: name for link in passage.links if (name := self._find(link.target))}
        html = str(passage.html)
        lost = {link.target for link in passage.links if link.target.startswith(WIKI)} - found.keys()
        for target in {link.target for link in passage.links if leads_to_file(link.target)} | lost:
            html = unlink(html, target)
        inner = (
            each.target for each in passage.links if each.target.startswith("#") or CHAPTER_FILE.match(each.target)
        )
        html = _change_addresses(html, [(target, found.get(target, "")) for target in inner])
        links = (
            replace(link, target=f"#{found[link.target]}") if link.target in found else link
            for link in passage.links
            if link.target not in lost
        )
        return replace(passage, html=Html(html), links=tuple(links)) if html != passage.html else passage


def _change_addresses(html: str, links: Iterable[tuple[str, str]]) -> str:
    """Return HTML with the identifiers that its links mean, in order, instead of those that their targets name; empty for no change."""
    names: dict[str, list[str]] = {}
    for target, name in links:
        written = escape(escape_url(target.removeprefix("#") if target.startswith(WIKI) else target.rpartition("#")[2]))
        names.setdefault(written, []).append(escape(name))

    def take_name(found: re.Match[str]) -> str:
        # Two links of a text may name the same heading in two files.
        waiting = names.get(found[1], [])
        name = waiting.pop(0) if len(waiting) > 1 else "".join(waiting)
        return f' href="#{name or found[1]}"'

    return _INNER_ADDRESS.sub(take_name, html)


def _drop_hyphens(name: str) -> str:
    return name.replace("-", "")
