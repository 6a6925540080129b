"""A link of an edition leads to what that edition holds, and on paper its page follows it."""

import re
from pathlib import Path

import pytest
from conftest import lay

from studyguide.compose.links import LinkResolver, _append_page_number, find_links
from studyguide.guide.markup import render_passage
from studyguide.model import Chapter, Html, Passage, Section
from studyguide.pipeline import check_guide
from studyguide.problems import Place
from studyguide.reading.project import read_project

HOME = {"q": "chapter-a", "answer-q": "answers-a", "other": "chapter-b", "aim": "welcome"}
ROOM = '(p. <span class="hole">0</span>)'


def resolve(html: str, role: str = "chapter", name: str = "chapter-a", files: bool = False, **home: str) -> Section:
    resolver = LinkResolver(home or HOME, (), ".xhtml" if files else "", "" if files else ROOM)
    targets = resolver.find_targets(find_links(Html(html)), role)
    resolved = resolver.resolve_links(Html(html), targets, name)
    return Section(name, "A", role, resolved, targets={} if files else targets)


def target(section: Section) -> str:
    """The address of the only link of a document, or in print the anchor that its name stands for."""
    address = section.html.partition('href="')[2].partition('"')[0]
    return section.targets[address.removeprefix("#")] if section.targets else address


LINK = '<a href="#q" class="crossref">that question</a>'


@pytest.mark.parametrize(
    ("role", "leads"), [("chapter", "q"), ("key", "answer-q"), ("prose", "answer-q"), ("contents", "q")]
)
def test_a_link_in_the_text_leads_to_the_question_from_among_the_questions_and_to_the_answer_elsewhere(
    role: str, leads: str
) -> None:
    assert target(resolve(LINK, role)) == leads


def test_a_link_leads_to_the_answer_where_an_edition_has_no_questions() -> None:
    assert target(resolve(LINK, "chapter", **{"answer-q": "answers-a"})) == "answer-q"


def test_on_paper_a_link_keeps_its_name_whatever_that_leads_to_in_the_edition() -> None:
    both = LINK + '<a href="#q">1.1</a>'
    assert resolve(both, "chapter").html == resolve(both, "key").html
    assert resolve(both, "chapter").targets == {"ref=q": "q", "q": "q"}
    assert resolve(both, "key").targets == {"ref=q": "answer-q", "q": "q"}


def test_a_name_with_signs_of_html_is_found() -> None:
    section = resolve('<a href="#a&amp;b">it</a>', **{"a&b": "chapter-a"})
    assert (section.html, section.targets) == ('<a href="#a&amp;b">it</a>', {"a&b": "a&b"})


def test_a_link_to_what_is_not_in_the_edition_is_plain_text() -> None:
    assert resolve('See <a href="#gone" class="crossref">that</a>, and go on.').html == "See that, and go on."


def test_in_an_epub_a_link_to_another_sheet_names_its_file_and_has_no_page() -> None:
    assert (
        resolve(LINK, "key", "answers-b", files=True).html
        == '<a href="answers-a.xhtml#answer-q" class="crossref">that question</a>'
    )
    assert target(resolve(LINK, "key", "answers-a", files=True)) == "#answer-q"


def test_on_paper_only_a_link_in_the_text_is_followed_by_its_page() -> None:
    assert ROOM in resolve(LINK).html
    assert ROOM not in resolve('<a href="#q">1.1</a>').html


@pytest.mark.parametrize(
    ("markdown", "direction", "is_rtl"),
    [
        ("[it](#q)", "rtl", True),
        ("[it](#q)", "ltr", False),
        ('<p dir="rtl"><a href="#q">it</a></p>', "ltr", True),
        ('<p dir="rtl"><span dir="ltr"><a href="#q">it</a></span></p>', "ltr", False),
        ('<p dir="rtl">A</p>\n\n[it](#q)', "ltr", False),
    ],
)
def test_the_page_of_a_link_in_a_text_from_right_to_left_keeps_its_own_direction(
    markdown: str, direction: str, is_rtl: bool
) -> None:
    place = Place("content/01-case.md")
    passage = render_passage(Passage(markdown, place), Chapter("case", place, "Case"), direction=direction)
    assert ('<span class="at"> <span dir="ltr">' in resolve(passage.html).html) is is_rtl


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("the next one", 'the next <span class="nowrap">one<span class="at"> N</span></span>'),
        ("one", '<span class="nowrap">one<span class="at"> N</span></span>'),
        ("the <em>next</em>", 'the <em>next</em><span class="at"> N</span>'),
    ],
)
def test_a_page_is_not_parted_from_the_last_word(text: str, printed: str) -> None:
    assert _append_page_number(text, "N") == printed


def test_a_link_finds_a_heading_of_another_chapter_by_its_words(tmp_path: Path) -> None:
    other = "---\nkind: prose\n---\n\n## An example\n\nIt is here.\n\n## What differs from GitHub's\n\nLittle.\n"
    links = "[a](02-b.md#an-example), [b](03-c.md#an-example), [c](#an-example), [d](02-b.md#what-differs-from-githubs)"
    text = f"---\nkind: prose\n---\n\n## An example\n\nIt is there: {links}.\n"
    lay(tmp_path, {"01-a.md": text, "02-b.md": other, "03-c.md": other})
    guide = check_guide(read_project(str(tmp_path)))
    html = str(guide.chapters[0].text.html)
    assert re.findall(r'href="#([^"]*)"', html) == [
        "b-an-example",
        "c-an-example",
        "a-an-example",
        "b-what-differs-from-github-s",
    ]
    assert guide.problems == ()
