"""A link of an edition leads to what that edition holds, and on paper its page follows it."""

import pytest

from studyguide.compose.links import LinkResolver, _append_page_number
from studyguide.model import Html, Section

HOME = {"q": "chapter-a", "answer-q": "answers-a", "other": "chapter-b", "aim": "welcome"}
ROOM = '(p. <span class="hole">0</span>)'


def resolve(html: str, role: str = "chapter", name: str = "chapter-a", files: bool = False, **home: str) -> str:
    resolver = LinkResolver(home or HOME, ".xhtml" if files else "", "" if files else ROOM)
    return str(resolver.resolve_links(Section(name, "A", role, Html(html))).html)


def target(html: str) -> str:
    return html.partition('href="')[2].partition('"')[0]


LINK = '<a href="#q" class="crossref">that question</a>'


@pytest.mark.parametrize(
    ("role", "leads"), [("chapter", "#q"), ("key", "#answer-q"), ("prose", "#answer-q"), ("contents", "#q")]
)
def test_a_link_in_the_text_leads_to_the_question_from_among_the_questions_and_to_the_answer_elsewhere(
    role: str, leads: str
) -> None:
    assert target(resolve(LINK, role)) == leads


def test_a_link_leads_to_the_answer_where_an_edition_has_no_questions() -> None:
    assert target(resolve(LINK, "chapter", **{"answer-q": "answers-a"})) == "#answer-q"


def test_a_link_to_what_is_not_in_the_edition_is_plain_text() -> None:
    assert resolve('See <a href="#gone" class="crossref">that</a>, and go on.') == "See that, and go on."


def test_in_an_epub_a_link_to_another_sheet_names_its_file_and_has_no_page() -> None:
    assert (
        resolve(LINK, "key", "answers-b", files=True)
        == '<a href="answers-a.xhtml#answer-q" class="crossref">that question</a>'
    )
    assert target(resolve(LINK, "key", "answers-a", files=True)) == "#answer-q"


def test_on_paper_only_a_link_in_the_text_is_followed_by_its_page() -> None:
    assert ROOM in resolve(LINK)
    assert ROOM not in resolve('<a href="#q">1.1</a>')


def test_the_page_of_a_link_in_a_text_from_right_to_left_keeps_its_own_direction() -> None:
    assert 'class="at" dir="ltr"' in resolve(f'<p dir="rtl">{LINK}</p>')
    assert 'class="at" dir="ltr"' not in resolve(f"<p>{LINK}</p>")


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("the next one", 'the next <span class="nowrap">oneN</span>'),
        ("one", '<span class="nowrap">oneN</span>'),
        ("the <em>next</em>", "the <em>next</em>N"),
    ],
)
def test_a_page_is_not_parted_from_the_last_word(text: str, printed: str) -> None:
    assert _append_page_number(text, "N") == printed
