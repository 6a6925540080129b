"""A file becomes a chapter, with every place where an editor shows it."""

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
