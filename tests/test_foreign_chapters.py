"""The chapters that importers make: each text knows the lines of its file, and is the same when it was written and read again."""

import random
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT, examples, lay
from hypothesis import given
from hypothesis import strategies as st

import build
from studyguide.guide.parse import parse_chapter
from studyguide.importers import convert, translate, write_chapter
from studyguide.model import Chapter, Passage, Project, Question, Source
from studyguide.reading.config import configure
from tools.foreign_guides import FORMS, LANGUAGES, write_guide

FOLDER = ROOT / "tests" / "dialects"
PARTS = configure(None, {}, ()).parts


def list_guides() -> Iterator[tuple[str, str]]:
    """Yield the name and the text of each guide in ``dialects``."""
    for path in sorted(FOLDER.glob("*.md")):
        yield path.name, path.read_text(encoding="utf-8")
    for name in ("traps.txt", "kinds.txt"):
        text = (FOLDER / name).read_text(encoding="utf-8")
        for piece in re.split(r"^=== ", text, flags=re.MULTILINE)[1:]:
            head, _, rest = piece.partition("\n")
            yield f"{name} {head.split()[0]}", rest.partition("%%%\n")[0]


GUIDES = dict(list_guides())
QUIZ = """// question: 1
::one::Match what belongs together. {
  =a \\= b -> c | d
  =two\\nlines -> [e](https\\://example.org)
}

::two::Put a word into the {=gap =hole#not quite} of this text.

::three::Which is right? {
  =the first#It is.
  ~the second#It is not, as ever.
  ####Look up.
}
"""


def read_foreign(text: str, path: str = "guide.md") -> tuple[Chapter, ...]:
    """Return the chapters of a foreign file."""
    project, _ = translate(Project(path, None, (Source(path, text),)))
    return tuple(chapter for source in project.sources for chapter in source.chapters or ())


def describe_question(question: Question) -> dict[str, Any]:
    """Return what a reader finds in a question."""
    return {
        "attributes": (question.id, question.kind, question.marks, question.difficulty, question.tags),
        "problems": question.unknown,
        "title": question.title.markdown,
        "stem": (question.stem.markdown, question.below.markdown),
        "choices": [(each.letter, each.text.markdown, each.reason.markdown, each.correct) for each in question.choices],
        "items": [(each.text.markdown, each.partner.markdown) for each in question.items],
        "parts": [(each.name, each.heading, each.text.markdown) for each in question.parts],
    }


def describe_chapter(chapter: Chapter) -> dict[str, Any]:
    """Return what a reader finds in a chapter."""
    return {
        "attributes": (chapter.id, chapter.title, chapter.kind),
        "text": chapter.text.markdown,
        "definitions": chapter.definitions,
        "questions": list(map(describe_question, chapter.questions)),
    }


def check_writing(chapters: tuple[Chapter, ...]) -> None:
    """Fail if a chapter is another one after it was written and read again."""
    for chapter in chapters:
        again = parse_chapter(Source(f"01-{chapter.id}.md", write_chapter(chapter)), PARTS)
        assert describe_chapter(again) == describe_chapter(chapter)


@pytest.mark.parametrize("name", GUIDES)
def test_a_chapter_that_is_written_is_read_as_the_same(name: str) -> None:
    check_writing(read_foreign(GUIDES[name]))


@given(form=st.sampled_from(sorted(FORMS)), language=st.sampled_from(LANGUAGES), seed=st.integers(0, 10_000))
@examples(25, 400)
def test_any_chapter_that_is_written_is_read_as_the_same(form: str, language: str, seed: int) -> None:
    chapters = read_foreign(write_guide(form, language, seed).text)
    assert chapters
    check_writing(chapters)


@given(seed=st.integers(0, 100_000))
@examples(25, 400)
def test_a_guide_with_lines_in_disorder_is_written_as_it_was_read(seed: int) -> None:
    chance = random.Random(seed)
    pieces = [piece for text in chance.sample(sorted(GUIDES.values()), 3) for piece in text.split("\n\n")]
    chapters = read_foreign(
        "# Top\n\n### What is first?\n\nThis.\n\n" + "\n\n".join(chance.sample(pieces, min(12, len(pieces))))
    )
    check_writing(chapters)


def test_options_below_a_list_are_written_as_a_list_of_their_own() -> None:
    text = "## Which is blue?\n\nMind these:\n\n- red\n- green\n\nA) Sea\nB) Sand\nC) Snow\n\nAnswer: A\n\n## What is white?\n\nSnow.\n"
    chapters = read_foreign(text)
    assert [len(question.choices) for question in chapters[0].questions] == [3, 0]
    check_writing(chapters)


def test_the_kinds_of_questions_of_a_quiz_are_written_as_they_were_read() -> None:
    (chapter,) = read_foreign(QUIZ, "quiz.gift")
    assert [question.kind for question in chapter.questions] == ["matching", "", ""]
    assert [item.text.markdown for item in chapter.questions[0].items] == ["a = b", "two lines"]
    assert [each.reason.markdown for each in chapter.questions[2].choices] == ["It is.", "It is not, as ever."]
    check_writing((chapter,))


@pytest.mark.parametrize("name", GUIDES)
def test_each_line_of_a_text_stands_where_it_says(name: str) -> None:
    """One word of a line stays on it, whatever an importer does to the others."""
    lines = GUIDES[name].splitlines()
    for passage in (passage for chapter in read_foreign(GUIDES[name]) for passage in chapter.passages if passage):
        for line, text in list_lines(passage):
            words = set(re.findall(r"\w+", text.casefold()))
            if words:
                around = " ".join(lines[line - 1 : line + 1]).casefold()
                assert words & set(re.findall(r"\w+", around)), (line, text)


def list_lines(passage: Passage) -> Iterator[tuple[int, str]]:
    for number, text in enumerate(passage.markdown.split("\n")):
        place = passage.find_place(number, 3)
        assert place.column == 0
        yield place.line, text


FAULTY = """Trees
=====

Text.

### 1. What is a tree?

A plant. It has

- a stem,

  and a [bad link][nowhere],
- leaves[^1].

### 2. What is a bush?

<details><summary>Answer</summary>

It has

    no stem.

And no `leaves`, $\\nope$.

</details>

### 3. What is moss?

Low.

[^1]: Green $\\nope$.
"""


def test_a_problem_names_its_line_in_the_file_of_the_author(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("guide.md").write_text(FAULTY, encoding="utf-8")
    build.main(["check", "guide.md"])
    told = re.findall(r"^guide\.md:([\d:]+): .*\[([\w-]+)\]$", capsys.readouterr().err, re.MULTILINE)
    assert told == [("12", "raw-markdown"), ("23", "bad-maths"), ("31", "bad-maths")]


def test_a_problem_of_a_file_that_shares_its_chapter_names_that_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    note = "It.[^1]\n\n[^1]: See {0}.\n"
    lay(Path("old"), {f"{name}.md": f"# What is {name}?\n\n{note.format(name)}" for name in ("ale", "tea")})
    formula = " + ".join(f"x_{number}" for number in range(10, 90))
    lay(Path("old"), {"rye.md": f"Corn.\n\n# What is rye?\n\nThis:\n\n$$\n{formula}\n$$\n"})
    assert build.main(["build", "old", "-e", "guide", "--out", "out"]) == 1
    assert re.search(r"^old/rye\.md:8: the formula .* wider than the page", capsys.readouterr().err, re.MULTILINE)


def test_an_entry_of_a_contents_list_is_there_if_its_link_leads_to_a_title() -> None:
    entries = "\n".join(f"- [Can you tell what river {each} is?](#what-is-river-{each})" for each in "abcdef")
    questions = "\n\n".join(f"## What is river {each}?\n\nA river." for each in "abcdef")
    converted = convert(Source("guide.md", f"# Rivers\n\n{entries}\n\n{questions}\n"))
    assert converted is not None
    assert {note.kind for note in converted.report.notes} == {"contents"}


def test_the_target_of_a_link_into_the_text_is_no_text_of_it() -> None:
    title = "Why does the river of which everybody in town has heard so much carry less water than the smaller brook"
    link = f"[the same](#{title.lower().replace(' ', '-')})"
    converted = convert(
        Source("guide.md", f"# Rivers\n\n## {title}?\n\nIt is dry.\n\n## Why is it so?\n\nSee {link}.\n")
    )
    assert converted is not None
    assert not converted.report.notes


def test_a_report_speaks_of_one_thing_as_of_one() -> None:
    text = "# Rivers\n\n## What is an ebb?\n\nLow water, see [here](#nowhere).\n"
    converted = convert(Source("guide.md", text))
    assert converted is not None
    report = str(converted.report)
    assert "guide.md: 1 question, 1 with an answer, in 1 chapter\n" in report
    assert "odd: 1 link that leads to no place of the book, kept as text" in report
