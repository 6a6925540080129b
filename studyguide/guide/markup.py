"""Render the Markdown of a Chapter as safe HTML that is also well-formed XML: Chapter → Chapter.

Python-Markdown's extensions work on the tree that ``tree`` makes of the tokens of ``syntax``; its HTML is sanitised, and the passes that
follow change one lxml tree in place. Links, figures and identifiers keep their places, for ``rules`` to judge them.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache, partial
from types import MappingProxyType

from lxml import etree
from lxml import html as lxml_html
from lxml.html import HtmlElement
from markdown import Markdown

from studyguide.bidi import get_direction
from studyguide.guide.code import divide_listings
from studyguide.guide.elements import (
    mark_lead_ins,
    number_lists,
    print_titles,
    renew_old_markup,
    set_figures,
    set_tables,
)
from studyguide.guide.formulas import draw_formulas
from studyguide.guide.languages import check_directions, check_languages, set_code_direction
from studyguide.guide.links import find_anchors, identify_headings, resolve_links
from studyguide.guide.nesting import mend_nesting
from studyguide.guide.places import find_place_in, forget_places
from studyguide.guide.reuse import FormerChapter
from studyguide.guide.sanitise import sanitise_html
from studyguide.guide.tree import TokenParser
from studyguide.guide.typography import Typography
from studyguide.guide.wording import ENGLISH, Wording, choose_wording
from studyguide.limits import LIMITS, check_limit
from studyguide.locale import REFERENCE, Locale
from studyguide.markdown_blocks import parse_blocks
from studyguide.model import Chapter, Html, Passage
from studyguide.problems import Problem

_VOID_TAGS = ("br", "hr", "img", "col", "wbr")
# The marks of `prove`: ` run` after the opening of a fence, and comments with sums to check.
_PROVE_MARKS = re.compile(r"^([ \t]*(?:`{3,}|~{3,})[ \t]*python) run(?=[ \t]*$)|^<!-- check: .*? -->$", re.MULTILINE)


def render_chapter(
    chapter: Chapter, language: str = REFERENCE, former: Chapter | None = None, typography: bool = True
) -> Chapter:
    """Return the chapter with the HTML of each of its passages.

    ``language`` is the book's; without ``typography``, quotation marks and dashes stay as they are typed. What is in ``former``, the rendered chapter of an earlier text of the file in a book of the same
    language, is taken from there.
    """
    known = FormerChapter(former, chapter)

    def render(passage: Passage, inline: bool = False, lang: str = "") -> Passage:
        if not passage:
            return passage
        wording = choose_wording(lang or language, language)
        return known.find_passage(passage, inline, lang) or render_passage(
            passage,
            chapter,
            inline,
            (lang or language) if typography else "",
            get_direction(lang),
            wording,
            known.find_formulas(lang),
        )

    return replace(
        chapter,
        text=render(chapter.text),
        questions=tuple(
            question.change_passages(
                lambda each, of=question: render(each, inline=each is of.title, lang=of.lang)  # type: ignore[misc]
            )
            for question in chapter.questions
        ),
        terms=tuple(
            replace(term, title=render(term.title, inline=True), meaning=render(term.meaning)) for term in chapter.terms
        ),
    )


def render_passage(
    passage: Passage,
    chapter: Chapter,
    inline: bool = False,
    language: str = REFERENCE,
    direction: str = "ltr",
    wording: Wording = ENGLISH,
    drawings: Mapping[tuple[str, bool], str] = MappingProxyType({}),
    captions: bool = True,
) -> Passage:
    """Return the passage with its HTML, anchors, links, figures and problems; an empty one as it is.

    ``inline`` is True for a line such as a title; ``language``, empty for marks that stay as they are typed, and ``direction``,
    ``ltr`` or ``rtl``, are those of its text; ``wording`` has the words that the program adds; ``drawings`` are formulas that
    were drawn before. With ``captions``, the titles of pictures are printed.
    """
    if not passage:
        return passage
    if slow := tuple(_find_slow_paragraphs(passage)):
        return replace(passage, problems=slow)
    page, problems = _convert_markdown(passage, chapter.definitions, wording.locale, language, inline)
    root = lxml_html.fragment_fromstring(page, create_parent="div")
    if too_deep := tuple(check_limit("nesting", _measure_depth(root), "this text", passage.place)):
        return replace(passage, problems=too_deep)
    _mend_elements(root)
    heading_names = identify_headings(root, chapter.id)
    anchors = tuple(find_anchors(root, passage))
    figures = set_figures(root, passage)
    problems += print_titles(root, passage) if captions else ()
    links = resolve_links(root, passage, direction)
    _set_blocks(root, direction)
    problems += [*check_languages(root, passage), *check_directions(root, passage, direction)]
    put_drawings, bad_formulas = draw_formulas(root, passage, wording, drawings)
    forget_places(root)
    return replace(
        passage,
        html=Html(put_drawings(divide_listings(_serialise(root, inline)))),
        anchors=anchors,
        heading_names=heading_names,
        figures=figures,
        links=links,
        problems=(*problems, *bad_formulas),
    )


def _mend_elements(root: HtmlElement) -> None:
    """Write what EPUB does not allow in a way in which it does."""
    renew_old_markup(root)
    mend_nesting(root)


def _set_blocks(root: HtmlElement, direction: str) -> None:
    """Prepare tables, lists, code and the paragraphs that introduce them for a page."""
    set_tables(root)
    number_lists(root)
    mark_lead_ins(root)
    set_code_direction(root, direction)


def _find_slow_paragraphs(passage: Passage) -> Iterator[Problem]:
    """Yield Problems for long paragraphs and many open brackets, which take Python-Markdown more than linear time."""
    text = passage.markdown
    if len(text) <= LIMITS["paragraph"].maximum and text.count("[") <= LIMITS["brackets"].maximum:
        return
    lines = text.split("\n")
    for block in parse_blocks(text):
        if block.kind == "paragraph":
            paragraph = "\n".join(lines[block.start : block.end])
            place = passage.place.below(block.start)
            yield from check_limit("paragraph", len(paragraph), "a paragraph", place)
            yield from check_limit("brackets", _count_open_brackets(paragraph), "a paragraph", place)


def _count_open_brackets(text: str) -> int:
    """Return the largest number of brackets that are open at once."""
    most = level = 0
    for bracket in re.findall(r"[\[\]]", text):
        level = max(0, level + (1 if bracket == "[" else -1))
        most = max(most, level)
    return most


def _convert_markdown(
    passage: Passage, definitions: str, locale: Locale, language: str, inline: bool
) -> tuple[str, list[Problem]]:
    """Return the sanitised HTML of a passage, and a Problem for everything that had to be removed.

    ``definitions`` are those of the file, of links and footnotes.
    """
    source = _PROVE_MARKS.sub(r"\1", passage.markdown)
    if definitions and "[" in source:
        source += "\n\n" + definitions
    converter = _make_converter(locale, language)
    parser = converter.parser
    assert isinstance(parser, TokenParser)
    parser.is_inline = inline
    try:
        page = converter.reset().convert(source)
    except RecursionError:
        return "", list(check_limit("nesting", source.count("\n") + len(source), "this text", passage.place))
    return sanitise_html(page, partial(find_place_in, passage=passage))


@cache
def _make_converter(locale: Locale, language: str) -> Markdown:
    """Return Python-Markdown with our parser; it has the extensions that work on its tree."""
    converter = Markdown(output_format="xhtml")
    parser = TokenParser(converter, locale.boxes)
    converter.parser = parser
    for name in ("normalize_whitespace", "html_block"):
        converter.preprocessors.deregister(name)
    converter.treeprocessors.deregister("inline")
    converter.registerExtensions(["abbr", "attr_list"], {})
    if language:
        converter.registerExtensions([Typography(language)], {})
    converter.treeprocessors["abbr"].abbrs = parser.abbreviations  # type: ignore[attr-defined]
    return converter


def _measure_depth(root: HtmlElement) -> int:
    """Return how many elements are inside each other below the root, without recursion."""
    deepest, level = 0, 0
    for event, _ in etree.iterwalk(root, events=("start", "end")):
        level += 1 if event == "start" else -1
        deepest = max(deepest, level)
    return deepest - 1


def _serialise(root: HtmlElement, inline: bool) -> str:
    """Return the content of the root as XML; ``inline`` without the ``<p>`` around it."""
    for element in root.iter():
        # An empty <span/> would swallow the rest of its parent in an HTML parser.
        if isinstance(element.tag, str) and element.tag not in _VOID_TAGS and not len(element):
            element.text = element.text or ""
    text: str = etree.tostring(root, encoding="unicode", method="xml")
    text = text.removeprefix("<div>").removesuffix("</div>").strip()
    return text.removeprefix("<p>").removesuffix("</p>") if inline else text
