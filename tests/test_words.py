"""No text at all loses a word on its way into a book: from Markdown to HTML, and from there to paper and screen."""

import re
import zipfile
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from io import BytesIO

import pypdfium2
import pytest
from conftest import ROOT, examples
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from studyguide.compose.composition import Composition
from studyguide.model import EbookOptions, Edition, Guide, Html, Passage, Project, Source
from studyguide.pipeline import OUTPUTS, Builder, choose_editions, read_guide
from studyguide.problems import ContentError
from studyguide.reading.project import read_project
from studyguide.rules.check import find_problems
from studyguide.rules.words import lost_word

# What means something to Markdown or HTML, whole and in pieces, but for what hides words on purpose: comments, the targets
# of links, the meanings of abbreviations.
MARKS = [
    *("# ", "## ", "### Answer\n", "### Hint\n", "#### ", "{#a .easy}", "- [x] ", "- [ ] ", "- ", "* ", "+ ", "1. ", "2) ", "> "),
    *("```python\n", "```\n", "~~~\n", "`", "``", "**", "*", "__", "_", "~~", "\\", "|", " | ", "| a | b |\n|---|---|\n| ", " |\n"),
    *("<div>", "</div>", "<p>", "<b>", "</b>", "<int>", "<set>", "<K, V>", "</T>", "<details>", "<summary>", "</summary>"),
    *("</details>", "<br>", "<script>", "<style>", "<svg>", "<title>", "<select>", "<plaintext>", "<a>", "</a>", "<table><tr><td>"),
    *("</td></tr></table>", "<!--", "<!", "<?php ", "<", ">", "&", "&lt;", "&amp;", "[", "]", "(", ")", "![", "[^", "]: ", "{", "}"),
    *("\n\n", "\n", "    ", "  ", "\t", "---\n", "===\n", ": ", '!!! note "t"\n    ', "!!! note\n", "...", "--", "'", '"', "^", "@"),
]  # fmt: skip
WORDS = st.integers(0, 26**3 - 1).map(
    lambda number: "word" + "".join(chr(97 + number // 26**place % 26) for place in range(3))
)
TEXTS = st.lists(st.one_of(st.sampled_from(MARKS), WORDS.map(" {} ".format), WORDS), min_size=2, max_size=30).map(
    "".join
)


@cache
def frame() -> Project:
    """A project with the templates and styles of the program."""
    return read_project(str(ROOT / "tests" / "sample"))


def project(text: str) -> Project:
    ours = frame()
    source = Source("content/01-case.md", f"## Why? {{#why}}\n\n### Answer\nIt is so. {text}\n")
    return Project("content", None, (source,), (), ours.templates, ours.styles)


def words(text: str) -> set[str]:
    """The words of a text, those that stand together each for itself."""
    return set(re.findall(r"word[a-z]{3}", text))


def held(guide: Guide) -> str:
    """All that was made of the Markdown, where nothing is between the letters of a word."""
    return " ".join(str(passage.html) for chapter in guide.chapters for passage in chapter.passages)


def hides(text: str) -> bool:
    """Return True if a pair of marks makes a comment, a target of a link, a note that nothing asks for, or attributes."""
    return bool(re.search(r"<!--.*?-->|\]\s*[(\[:]|\{[^}]*\}|<[^<>]*word[^<>]*>", text, re.DOTALL))


@examples(150, 2000)
@given(text=TEXTS)
def test_every_word_of_any_markdown_is_in_the_html(text: str) -> None:
    assume(not hides(text))
    ours = project(text)
    guide = read_guide(ours)
    told = {problem.rule for problem in find_problems(ours, guide)}
    assert words(text) <= words(held(guide)) or told & {"over-limit", "left-out", "missing-figure"}


@settings(examples(3, 12), suppress_health_check=list(HealthCheck))
@given(texts=st.lists(TEXTS, min_size=20, max_size=20))
def test_every_word_of_any_html_is_in_the_finished_books(texts: list[str]) -> None:
    ours = project("\n\n".join(text for text in texts if not wrong(text)))
    guide = read_guide(ours)
    assume(not any(problem.severity == "error" for problem in find_problems(ours, guide)))
    expected = words(re.sub("<[^>]*>", "", held(guide)))
    printed, shown = Builder(ours, guide).build(
        [Edition("guide"), Edition("tablet", output="epub", options=EbookOptions())]
    )
    pages = pypdfium2.PdfDocument(printed.data)
    text = "".join(page.get_textpage().get_text_bounded() for page in pages)
    # A long run of letters is broken where the line ends, with a mark in code; of a hyphen there pdfium says U+0002 or U+FFFE.
    assert words(re.sub(r"[\s\x02\u00ad\ufffe↩]", "", text)) >= expected
    with zipfile.ZipFile(BytesIO(shown.data)) as archive:
        texts = [archive.read(name).decode() for name in archive.namelist() if name.endswith(".xhtml")]
    assert words(re.sub("<[^>]*>", "", "".join(texts))) >= expected


def wrong(text: str) -> bool:
    """Return True if no book can be made of this."""
    ours = project(text)
    return any(problem.severity == "error" for problem in find_problems(ours, read_guide(ours)))


FILE = """---
title: Loops
---

Preface.

## What is a loop? {#loop .easy}

A stem[^a] with `code`.

- [x] First
  > Because.

### Answer
It *repeats* <b>statements</b>.

[^a]: A note
    of two lines.
"""


def find_lost(read: Callable[[Guide], Guide]) -> list[tuple[int, str]]:
    """Return the line and the words of each warning about ``FILE`` once its chapter is changed by ``read``."""
    ours = replace(frame(), sources=(Source("content/01-case.md", FILE),), config=None)
    return [(each.place.line, each.found) for each in lost_word(ours, read(read_guide(ours)))]


def change_question(**changes: object) -> Callable[[Guide], Guide]:
    def change(guide: Guide) -> Guide:
        (chapter,) = guide.chapters
        (question,) = chapter.questions
        changed = replace(question, **{name: value(question) for name, value in changes.items()})  # type: ignore
        return replace(guide, chapters=(replace(chapter, questions=(changed,)),))

    return change


def without(word: str, passage: Passage) -> Passage:
    return replace(passage, html=Html(str(passage.html).replace(word, "")))


@pytest.mark.parametrize(
    ("read", "found"),
    [
        (lambda guide: guide, []),
        (change_question(stem=lambda of: without("code", of.stem)), [(9, "`code` of this line are in no book")]),
        (change_question(title=lambda of: without("loop", of.title)), [(7, "`loop` of this line are in no book")]),
        (
            change_question(parts=lambda of: (replace(of.parts[0], text=without("statements", of.parts[0].text)),)),
            [(15, "`statements` of this line are in no book")],
        ),
        (
            change_question(parts=lambda of: ()),
            [(15, "`it`, `repeats`, `statements` of this line are in no book")],
        ),
        (
            change_question(choices=lambda of: ()),
            [(11, "`first` of this line are in no book"), (12, "`because` of this line are in no book")],
        ),
        (change_question(stem=lambda of: without("of two", of.stem)), [(18, "`of`, `two` of this line are in no book")]),
    ],
)  # fmt: skip
def test_a_word_that_gets_lost_between_file_and_html_is_reported(
    read: Callable[[Guide], Guide], found: list[tuple[int, str]]
) -> None:
    assert find_lost(read) == found


@examples(150, 2000)
@given(text=TEXTS)
def test_no_word_that_is_in_the_html_is_reported(text: str) -> None:
    ours = project(text)
    assert not list(lost_word(ours, read_guide(ours)))


@pytest.mark.parametrize(
    ("template", "piece", "edition", "lost"),
    [
        ("macros.html", "{{ question.stem.html }}", "guide", {"stem", "with", "code"}),
        ("kinds.html", "{{ choice.text.html }}", "guide", {"first"}),
        ("macros.html", "{{ choice.reason.html }}", "guide", {"because"}),
        ("macros.html", "{{ part.text.html }}", "teacher", {"repeats", "statements"}),
        ("macros.html", "{{ question.title.html | ended }}", "guide", {"what", "loop"}),
        ("chapter.html", "{{ chapter.text.html }}", "workbook", {"preface"}),
        (
            "key.html",
            "{{ show_part(labels, part, question, edition, locale, ours) }}",
            "answers",
            {"repeats", "statements"},
        ),
    ],
)
def test_a_template_that_leaves_a_text_out_is_reported(template: str, piece: str, edition: str, lost: set[str]) -> None:
    ours = frame()
    templates = tuple(
        replace(each, text=each.text.replace(piece, "")) if each.path == template else each for each in ours.templates
    )
    assert templates != ours.templates
    changed = replace(ours, sources=(Source("content/01-case.md", FILE),), config=None, templates=templates)
    guide = read_guide(changed)
    (chosen,) = choose_editions(guide, [edition], None)
    with pytest.raises(ContentError) as error:
        Composition(changed, guide, chosen, OUTPUTS[chosen.output]).compose()
    assert {problem.rule for problem in error.value.problems} == {"template-error"}
    told = " ".join(problem.found for problem in error.value.problems)
    assert lost & set(re.findall(r"`(\w+)`", told))
    assert f"`{edition}`" in told


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("A \u2067word\u2069 in a pair.", []),
        ("A \u2067word in\nno pair.\n\nMore.", [(4, 3)]),
        ("A word\u202c in no pair.", [(4, 7)]),
        ("`a \u202e`", [(4, 4)]),
        ("```python\nif x:\n    # \u202e\n```", [(6, 7)]),
        ("#### A \u2066heading\u2069", [(4, 8), (4, 16)]),
        ("An &#x202e; entity.", [(4, 1)]),
    ],
)
def test_characters_that_turn_the_order_of_letters_are_reported(text: str, places: list[tuple[int, int]]) -> None:
    ours = replace(frame(), sources=(Source("content/01-case.md", f"## Why?\n\n### Answer\n{text}\n"),), config=None)
    found = [problem for problem in find_problems(ours, read_guide(ours)) if problem.rule == "bidi-control"]
    assert [(problem.place.line, problem.place.column) for problem in found] == places
