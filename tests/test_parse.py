"""A file becomes a chapter, with every place where an editor shows it."""

import pytest

from studyguide.guide.markup import render_chapter
from studyguide.guide.parse import parse_chapter
from studyguide.model import Chapter, Source
from studyguide.reading.config import PARTS


def chapter(text: str, path: str = "content/03-some-name.md") -> Chapter:
    return parse_chapter(Source(path, text), PARTS)


def test_a_chapter_without_front_matter_is_called_by_its_first_heading_or_its_file() -> None:
    assert chapter("# The *title*\n\n## A?").title == "The title"
    assert chapter("## A?").title == "Some name"
    assert chapter("## A?").id == "some-name"


def test_a_heading_inside_a_code_block_is_no_question() -> None:
    found = chapter("## A?\n\n```\n## B?\n### Answer\n```\n\n### Answer\nYes.")
    assert [question.title.markdown for question in found.questions] == ["A?"]
    assert "## B?" in found.questions[0].stem.markdown


def test_the_braces_of_a_heading_are_read() -> None:
    question = chapter('## A `{}` b? {#own .hard tags="x y-z"}\n').questions[0]
    assert (question.id, question.difficulty, question.tags) == ("own", "hard", ("x", "y-z"))
    assert question.title.markdown == "A `{}` b?"


def test_an_identifier_comes_from_the_text_where_none_is_given() -> None:
    assert chapter("## What's **new**, Ünïcode?").questions[0].id == "what-s-new-ünïcode"
    assert chapter("## 2 + 2?").questions[0].id == "n-2-2"


def test_a_task_list_at_the_end_of_the_stem_is_the_choices() -> None:
    question = chapter("## A?\n\nStem.\n\n- [ ] one\n  more\n- [x] two\n\n### Answer\nB.").questions[0]
    assert question.stem.markdown == "Stem."
    assert [(each.letter, each.text.markdown, each.correct) for each in question.choices] == [
        ("A", "one\nmore", False),
        ("B", "two", True),
    ]


def test_a_task_list_in_prose_is_no_choice() -> None:
    assert "- [ ] one" in chapter("---\nkind: prose\n---\n## List\n\n- [ ] one").text.markdown


def test_places_count_lines_as_an_editor_does() -> None:
    question = chapter("---\ntitle: T\n---\n\n## A?\n\n### Hint\n\nLook.\n").questions[0]
    assert str(question.place) == "content/03-some-name.md:5:1"
    assert str(question.parts[0].place) == "content/03-some-name.md:7:5"
    assert str(question.parts[0].text.place) == "content/03-some-name.md:9:1"


def test_definitions_serve_the_whole_file_and_stand_in_no_passage() -> None:
    found = chapter("Intro[^a].\n\n## A?\n\n### Answer\nYes.\n\n[^a]: Note\ngoes on.\n\n[b]: https://example.org\n")
    assert found.definitions == "[^a]: Note\ngoes on.\n\n[b]: https://example.org"
    assert found.questions[0].parts[0].text.markdown == "Yes."


def test_a_part_may_be_named_otherwise() -> None:
    assert chapter("## A?\n\n### common mistakes\nNone.").questions[0].parts[0].name == "pitfalls"


def test_a_line_of_marks_alone_is_no_term_of_a_glossary() -> None:
    found = chapter("---\nkind: glossary\n---\n\nOne (1)\n: Two.\n\n``\n: Three.\n")
    assert [term.names for term in found.terms] == [("One", "1")]
    assert found.terms[0].meaning.markdown == "Two.\n\n``\nThree."


@pytest.mark.parametrize(
    ("path", "name", "title"),
    [
        ("content/03-some-name.md", "some-name", "Some name"),
        ("content/01.md", "n-01", "01"),
        ("content/2_.md", "n-2", "2_"),
        ("content/05-Größe & Maß.MD", "grösse-mass", "Größe & maß"),
        ("content/index.md", "chapter-index", "Index"),
        ("content/09-progress.md", "chapter-progress", "Progress"),
    ],
)
def test_a_chapter_is_named_by_its_file(path: str, name: str, title: str) -> None:
    found = chapter("## A?\n", path)
    assert (found.id, found.title) == (name, title)


@pytest.mark.parametrize(
    "front", ["---\ntitle: T\n---\n", '+++\ntitle = "T"\n+++\n', "---\nkind: prose\ntitle: T\n...\n"]
)
def test_front_matter_below_blank_lines_is_understood_and_told(front: str) -> None:
    found = chapter(f"\n \n{front}## A?\n")
    assert found.title == "T"
    assert [(str(each.place), each.rule) for each in found.problems] == [("content/03-some-name.md:3:1", "broken-yaml")]


def test_a_line_across_the_page_is_no_front_matter() -> None:
    found = chapter("\n---\n\nText.\n\n---\n\n## A?\n")
    assert (found.problems, found.text.markdown) == ((), "---\n\nText.\n\n---")


@pytest.mark.parametrize("key", ["title", "kind", "layout"])
def test_a_key_of_the_front_matter_that_stands_there_twice_is_refused(key: str) -> None:
    found = chapter(f"---\n{key}: prose\nsummary: S\n{key}: prose\n---\n").problems
    assert ("content/03-some-name.md:4:1", "broken-yaml", "leave one of them") in [
        (str(each.place), each.rule, each.fix) for each in found
    ]


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("<!-- to do", "-->"),
        ("  <!-- to do", "-->"),
        ("<!-- to do\n\n<!-- x -->", "-->"),
        ("<pre>", "</pre>"),
        ("<PRE class='x'>", "</PRE>"),
        ("<script>", "</script>"),
        ("<style>", "</style>"),
        ("<textarea>", "</textarea>"),
        ("<?php", "?>"),
        ("<![CDATA[", "]]>"),
        ("<!DOCTYPE", ">"),
    ],
)
def test_html_that_would_take_in_the_next_question_is_refused_where_it_begins(start: str, end: str) -> None:
    found = chapter(f"## A?\n\n### Answer\nYes.\n\n{start}\n\n## B?\n\n### Answer\nNo.\n").problems
    column = len(start) - len(start.lstrip()) + 1
    assert [(each.place.line, each.place.column, each.rule, each.fix) for each in found] == [
        (6, column, "unclosed-html", f"close it with `{end}`")
    ]


@pytest.mark.parametrize(
    "text",
    [
        "<!-- a\n\n## No question\n\nb -->",
        "<!-- a --> <!-- b -->",
        "<!-- a -->\n<!-- b -->",
        "<pre>\na\n\nb\n</pre>",
        "<?php a ?>",
        "<!DOCTYPE html>",
        "<div>\na\n",
        "- <!-- a\n",
    ],
)
def test_html_that_ends_is_accepted(text: str) -> None:
    found = chapter(f"## A?\n\n### Answer\nYes.\n\n{text}\n\n## B?\n\n### Answer\nNo.\n")
    assert ([each.title.markdown for each in found.questions], found.problems) == (["A?", "B?"], ())


def test_the_first_of_two_definitions_holds_in_the_whole_file() -> None:
    found = chapter(
        "## A?\n\n### Answer\n[x]\n\n[x]: https://a.example\n\n## B?\n\n[x]: https://b.example\n\n### Answer\n[x]\n"
    )
    html = [str(part.text.html) for each in render_chapter(found).questions for part in each.parts]
    assert html == ['<p><a href="https://a.example">x</a></p>'] * 2
