"""Checks of identifiers, links and the glossary: Project, Guide → Problems."""

import re
from collections.abc import Iterator

from studyguide.html_text import read_file_path
from studyguide.model import CHAPTER_ENDINGS, Guide, Link, Passage, Project
from studyguide.problems import NameSuggester, Place, Problem, shorten_quotation
from studyguide.rules.markdown import blank_code_blocks, find_glued_headings
from studyguide.rules.questions import is_cut_short
from studyguide.text import is_book_name, name_chapter

_OTHER_ENTRY = re.compile(r"#{1,3}[ \t]+([^\n]+)|\*\*([^*\n]+)\*\*[ \t]*:[ \t]")
"""An entry of a glossary as other programs write it: below a heading, or behind a bold word."""

_LIKE_TERM = re.compile(r"[^\W_][^\n|<>`]*(?<![.?!:;,])")
_LIKE_MEANING = re.compile(r"(?![a-z])[^\W_][^\n|]*\s\S")
"""The beginning of a sentence: with a small letter, the line would go on with the one above it."""
_MAX_TERM_WORDS = 5  # a line of a paragraph that goes on has more


def duplicate_id(project: Project, guide: Guide) -> Iterator[Problem]:
    """A link, an answer and a bookmark are found by their identifier, so two things cannot share one."""
    first: dict[str, Place] = {}
    answers = {f"answer-{question.id}": question.place for question in guide.questions}
    files = {id(chapter.place) for chapter in guide.chapters}
    terms = {id(term.title.place) for term in guide.terms}
    pages = {name for chapter in guide.chapters for name in chapter.added_names}
    for name, place in _find_identifiers(guide):
        if name in pages or is_book_name(name):
            fix = (
                "give the file another name" if id(place) in files else f"write `{{#{name}-2}}`, or another of your own"
            )
            found = f"the identifier `{name}` is that of a page which the book adds"
            yield Problem(place, "duplicate-id", found, fix)
            continue
        owner = first.setdefault(name, place)
        if owner is not place or name in answers:
            other = owner if owner is not place else answers[name]
            # A question may have the place of its chapter: the beginning of the file. So compare objects, not values.
            where = f" by the name of {other.path}" if id(other) in files else f": {other}"
            own = f"write `{{#{name}-2}}`, or another of your own"
            fix = "give the file another name" if id(place) in files else own
            if id(place) in terms:
                is_twin = id(other) in terms
                fix = "write both meanings below one term" if is_twin else "give the other thing another identifier"
            yield Problem(place, "duplicate-id", f"the identifier `{name}` is taken{where}", fix)


def broken_link(project: Project, guide: Guide) -> Iterator[Problem]:
    """On paper a wrong link is a wrong page number."""
    if not project.is_whole or any(map(is_cut_short, guide.chapters)):
        return  # the target may be in a file that could not be read, or not to its end
    known = {name for name, _ in _find_identifiers(guide)}
    names = NameSuggester(known)
    # `heading_level` reports these.
    known |= {
        heading.id for chapter in guide.chapters for heading in find_glued_headings(project, chapter) if heading.id
    }
    for link in _find_links(guide):
        if link.target.startswith(("http://", "https://", "mailto:")) or _find_term_id(link):
            continue
        name = _find_target_id(link.target)
        leads_nowhere = name not in known or not ("#" in link.target or _is_chapter_file(link.target))
        if leads_nowhere and not _find_file(project, link):
            near = names.suggest(name)
            fix = near.replace("`", "`#", 1) if near.count("`") == 2 else "write `#` and a question's identifier"
            fix = _describe_address(link.target) or fix
            yield Problem(link.place, "broken-link", f"the link `{link.target}` leads nowhere", fix)


def _describe_address(target: str) -> str:
    """Return the remedy for a link that is an address, if not one that a book links to, or an empty text."""
    if target.startswith("www."):
        return f"write `https://{target}`"
    if re.fullmatch(r"[^\s@:/#]+@[^\s@:/#]+\.\w+", target):
        return f"write `mailto:{target}`"
    if scheme := re.match(r"(?!file:)[a-z][a-z0-9+.-]+:", target, re.IGNORECASE):
        return f"a book links to `https:`, `http:` and `mailto:`, not to `{scheme[0]}`: write the words without a link"
    if page := re.fullmatch(r"([^\s:#]+)\.html?(#.*)?", target):
        return f"name the chapter's file, `{page[1]}.md{page[2] or ''}`, or the address of the page on the web"
    return ""


def file_link(project: Project, guide: Guide) -> Iterator[Problem]:
    """A book takes no other file along, so that a link to one is printed as words."""
    known = {name for name, _ in _find_identifiers(guide)}
    for link in _find_links(guide):
        if _find_term_id(link):
            continue  # `missing_term` looks at it
        is_chapter = _is_chapter_file(link.target.partition("#")[0]) and _find_target_id(link.target) in known
        if not is_chapter and (path := _find_file(project, link)):
            found = f"no book takes the file `{path}` along, so that the link to it is words alone"
            fix = "link to its address on the web, or write what it says"
            yield Problem(link.place, "file-link", found, fix)


def missing_term(project: Project, guide: Guide) -> Iterator[Problem]:
    """A word that is linked to the glossary is looked up there."""
    if not project.is_whole:
        return  # the glossary may be the file that could not be read
    names = NameSuggester(term.id for term in guide.terms)
    known = {name for name, _ in _find_identifiers(guide)}
    for link in _find_links(guide):
        if (name := _find_term_id(link)) and name not in known:
            found = f"the glossary has no entry for the link `{link.target}`"
            near = names.suggest(name)
            other = near.replace("`", "`#", 1) + ", or " if near.startswith("write `") else ""
            yield Problem(link.place, "missing-term", found, f"{other}write the term and its meaning there")


def no_terms(project: Project, guide: Guide) -> Iterator[Problem]:
    """A glossary whose entries are not recognised would print as one paragraph."""
    for chapter in guide.chapters:
        if chapter.kind == "glossary" and not chapter.terms:
            fix = "write a term on a line of its own, and `: ` and its meaning on the next"
            yield Problem(chapter.place, "no-terms", "the glossary has no entries", fix)
        for term in chapter.terms:
            for number, line in enumerate(term.meaning.markdown.split("\n")):
                if other := _OTHER_ENTRY.match(line):
                    found = (
                        f"`{other[1] or other[2]}` is no entry of the glossary, but part of that of `{term.names[0]}`"
                    )
                    fix = "write it on a line of its own, and `: ` and its meaning on the next"
                    yield Problem(term.meaning.find_place(number, 1), "no-terms", found, fix)


def unmarked_meaning(project: Project, guide: Guide) -> Iterator[Problem]:
    """A term whose meaning has no `: ` before it is no entry, and both stand as a paragraph in the text before them."""
    for chapter in guide.chapters:
        for passage in (chapter.text, *(term.meaning for term in chapter.terms)) if chapter.terms else ():
            for number, term in _find_unmarked_meanings(passage):
                found = (
                    f"`{shorten_quotation(term)}` and the line below it are no entry of the glossary, but a paragraph"
                )
                fix = "write `: ` before the meaning, or the paragraph on one line"
                yield Problem(passage.find_place(number, 1), "unmarked-meaning", found, fix)


def _find_unmarked_meanings(passage: Passage) -> Iterator[tuple[int, str]]:
    """Yield the line, from 0, and the text of each term that begins a paragraph of several lines: a short line and a sentence below it."""
    lines = ["", *blank_code_blocks(passage.markdown).split("\n")]
    indents = (0, *passage.indents, *(0 for _ in lines))
    for number, (above, line, below) in enumerate(zip(lines, lines[1:], lines[2:], strict=False)):
        # The first line of a meaning has a `: ` before it.
        is_first = number == 0 and passage.place.column > 1
        if is_first or above.strip() or indents[number] or indents[number + 1]:
            continue
        if _LIKE_TERM.fullmatch(line) and len(line.split()) <= _MAX_TERM_WORDS and _LIKE_MEANING.match(below):
            yield number, line.strip()


def _find_identifiers(guide: Guide) -> Iterator[tuple[str, Place]]:
    """Yield every identifier of the book with the place of the thing that it names."""
    for chapter in guide.chapters:
        yield chapter.id, chapter.place
        for titled in chapter.titled:
            yield titled.id, titled.place
        for term in chapter.terms:
            yield term.id, term.title.place
        for passage in chapter.passages:
            yield from passage.anchors


def _find_links(guide: Guide) -> Iterator[Link]:
    return (link for chapter in guide.chapters for passage in chapter.passages for link in passage.links)


def _find_target_id(target: str) -> str:
    """Return the identifier that a link leads to: of ``#dropout`` in any file, or of the chapter ``03-training.md``."""
    _, mark, name = target.rpartition("#")
    if mark:
        return name
    return name_chapter(target.removeprefix("./").rpartition(".")[0]) if _is_chapter_file(target) else target


def _is_chapter_file(target: str) -> bool:
    return target.lower().endswith(CHAPTER_ENDINGS)


def _find_file(project: Project, link: Link) -> str:
    """Return the path of the file of the guide's folder that a link leads to, or "" if there is none."""
    path = read_file_path(link.target.partition("#")[0])
    return path if path in project.files else ""


def _find_term_id(link: Link) -> str:
    """Return the identifier of the glossary entry that a link leads to, or "" if it leads elsewhere."""
    path, _, name = link.target.rpartition("#")
    return name if name.startswith("term-") and ":" not in path else ""
