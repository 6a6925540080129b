"""Render the Markdown of a Chapter as safe HTML that is also well-formed XML: Chapter → Chapter.

Python-Markdown's extensions work on the tree that ``tree`` makes of the tokens of ``syntax``; its HTML is sanitised, and the table
``passes.PASSES`` changes one lxml tree in place, which is written once. Links, figures and identifiers keep their places, for ``rules``
to judge them.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import cache
from types import MappingProxyType

from lxml import etree
from lxml import html as lxml_html
from lxml.html import HtmlElement
from markdown import Markdown

from studyguide.bidi import get_direction
from studyguide.guide.blanks import number_blanks
from studyguide.guide.passage_tree import PassageTree
from studyguide.guide.passes import PASSES
from studyguide.guide.places import SourceLines
from studyguide.guide.reuse import FormerChapter
from studyguide.guide.sanitise import sanitise_html
from studyguide.guide.tree import TokenParser
from studyguide.guide.typography import Typography
from studyguide.guide.wording import ENGLISH, Wording, choose_wording
from studyguide.limits import LIMITS, check_limit
from studyguide.locale import REFERENCE, Locale, OwnWords
from studyguide.markdown_blocks import parse_blocks
from studyguide.model import Blank, Chapter, Html, Passage, Question
from studyguide.problems import Problem

# The marks of `prove`: ` run` after the opening of a fence, and comments with sums to check.
_PROVE_MARKS = re.compile(r"^([ \t]*(?:`{3,}|~{3,})[ \t]*python) run(?=[ \t]*$)|^<!-- check: .*? -->$", re.MULTILINE)


def render_chapter(
    chapter: Chapter,
    language: str = REFERENCE,
    former: Chapter | None = None,
    typography: bool = True,
    marks_places: bool = False,
    own_words: OwnWords = (),
) -> Chapter:
    """Return the chapter with the HTML of each of its passages.

    ``language`` is the book's; without ``typography``, quotation marks and dashes stay as they are typed. What is in ``former``, the
    rendered chapter of an earlier text of the file in a book of the same language, is taken from there. With ``marks_places`` the
    HTML has comments with the places of its elements. ``own_words`` are those of the guide.
    """
    known = FormerChapter(former, chapter)

    def render(passage: Passage, inline: bool = False, lang: str = "") -> Passage:
        if not passage:
            return passage
        wording = choose_wording(lang or language, language, own_words)
        return known.find_passage(passage, inline, lang) or render_passage(
            passage,
            chapter,
            inline,
            (lang or language) if typography else "",
            get_direction(lang or language),
            wording,
            known.find_formulas(lang),
            marks_places,
        )

    return replace(
        chapter,
        text=render(chapter.text),
        divisions=tuple(
            replace(each, title=render(each.title, inline=True), text=render(each.text)) for each in chapter.divisions
        ),
        questions=tuple(number_blanks(_render_question(question, render)) for question in chapter.questions),
        terms=tuple(
            replace(term, title=render(term.title, inline=True), meaning=render(term.meaning)) for term in chapter.terms
        ),
    )


def _render_question(question: Question, render: Callable[..., Passage]) -> Question:
    lines = question.find_lines()
    return question.change_passages(lambda each: render(each, inline=id(each) in lines, lang=question.lang))


def render_passage(
    passage: Passage,
    chapter: Chapter,
    inline: bool = False,
    language: str = REFERENCE,
    direction: str = "ltr",
    wording: Wording = ENGLISH,
    drawings: Mapping[tuple[str, bool], str] = MappingProxyType({}),
    marks_places: bool = False,
    has_captions: bool = True,
) -> Passage:
    """Return the passage with its HTML, anchors, links, figures and problems; an empty one as it is.

    ``inline`` is True for a line such as a title; ``language`` and ``direction``, ``ltr`` or ``rtl``, are those of its text,
    an empty language for marks that stay as they are typed; ``wording`` has the words that the program adds; ``drawings`` are
    formulas that were drawn before; with ``marks_places`` the HTML has comments with the places of its elements; with
    ``has_captions`` the titles of pictures are printed.
    """
    if not passage:
        return passage
    if slow := tuple(_find_slow_blocks(passage)):
        return replace(passage, problems=slow)
    source = _PROVE_MARKS.sub(r"\1", passage.markdown)
    if chapter.definitions and "[" in source:
        source += "\n\n" + chapter.definitions
    lines = SourceLines(passage, chapter.definition_places)
    page, problems = _convert_markdown(source, lines, wording.locale, language, inline)
    root = lxml_html.fragment_fromstring(page, create_parent="div")
    tree = PassageTree(root, lines, chapter.id, direction, wording, drawings, marks_places, has_captions, inline)
    if too_deep := tuple(check_limit("nesting", _measure_depth(tree.root), "this text", passage.place)):
        return replace(passage, problems=too_deep)
    for change_tree in PASSES.values():
        change_tree(tree)
    return replace(
        passage,
        html=Html(tree.write_html(inline)),
        anchors=tree.anchors,
        heading_names=tree.heading_names,
        figures=tree.figures,
        links=tree.links,
        block_lines=tree.block_lines,
        blanks=tuple(
            Blank(
                tuple(
                    render_passage(Passage(each, place), chapter, True, language, direction, wording)
                    if number < LIMITS["answers"].maximum  # beyond it nothing is built
                    else Passage(each, place)
                    for number, each in enumerate(answers)
                ),
                place,
            )
            for answers, place in tree.blanks
        ),
        problems=(*problems, *tree.problems),
    )


def _find_slow_blocks(passage: Passage) -> Iterator[Problem]:
    """Yield Problems for long paragraphs, many open brackets and long code, which take more than linear time."""
    text = passage.markdown
    lines = text.split("\n")
    is_short = len(text) <= LIMITS["paragraph"].maximum and text.count("[") <= LIMITS["brackets"].maximum
    if is_short and len(lines) <= LIMITS["code"].maximum:
        return
    for block in parse_blocks(text):
        place = passage.find_place(block.start, 1)
        block_lines = lines[block.start : block.end]
        if block.kind == "paragraph":
            paragraph = "\n".join(block_lines)
            yield from check_limit("paragraph", len(paragraph), "a paragraph", place)
            yield from check_limit("brackets", _count_open_brackets(paragraph), "a paragraph", place)
        elif block.kind in ("fence", "code") or (block.kind == "html" and any("<pre" in line for line in block_lines)):
            yield from check_limit("code", len(block_lines), "a block", place)


def _count_open_brackets(text: str) -> int:
    """Return the largest number of brackets that are open at once."""
    most = level = 0
    for bracket in re.findall(r"[\[\]]", text):
        level = max(0, level + (1 if bracket == "[" else -1))
        most = max(most, level)
    return most


def _convert_markdown(
    source: str, lines: SourceLines, locale: Locale, language: str, inline: bool
) -> tuple[str, list[Problem]]:
    """Return the sanitised HTML of Markdown, and a Problem for everything that had to be removed."""
    converter = _make_converter(locale, language)
    parser = converter.parser
    assert isinstance(parser, TokenParser)
    parser.is_inline = inline
    try:
        page = converter.reset().convert(source)
    except RecursionError:
        return "", list(check_limit("nesting", source.count("\n") + len(source), "this text", lines.passage.place))
    return sanitise_html(page, lines.find_place_in)


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
