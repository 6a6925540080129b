"""Boxes and folds of other programs: the text of each is the answer of the question that its author wrote it for.

Each is tried alone, in a list item, in a quotation, in another box and without its end.
"""

import time
from collections.abc import Sequence

import pytest

from studyguide.importers import translate
from studyguide.importers.lines import read_lines
from studyguide.importers.report import Report
from studyguide.model import Project, Question, Source
from studyguide.pipeline import read_guide

MAX_SECONDS = 2.0
HOSTILE_CHARACTERS = 200_000
HOSTILE_LINES = 20_000
"""More lines are refused before they are read."""

# An answer folded below its question; `TEXT` stands for the lines of the answer, indented as `TEXT` is.
FOLDS = {
    "obsidian": "> [!success]- Answer\n> TEXT",
    "obsidian with an answer": "> [!answer]\n> TEXT",
    "mkdocs": '??? success "Answer"\n\n    TEXT',
    "mkdocs open": "???+ answer\n    TEXT",
    "vuepress": "::: details Answer\nTEXT\n:::",
    "hackmd": ":::spoiler Answer\nTEXT\n:::",
    "docusaurus": ":::details[Answer]{open}\nTEXT\n:::",
    "myst dropdown": ":::{dropdown} Answer\nTEXT\n:::",
    "myst dropdown of a fence": "```{dropdown} Answer\n:open:\nTEXT\n```",
    "myst dropdown of a long fence": "````{dropdown} Answer\n```text\nscree\n```\nTEXT\n````",
    "myst dropdown of tildes": "~~~{dropdown} Answer\nTEXT\n~~~",
    "myst admonition": ":::{admonition} Answer\n:class: dropdown\n\nTEXT\n:::",
    "myst admonition of a fence": "```{admonition} Answer\n:class: tip, dropdown\nTEXT\n```",
    "myst solution": "```{solution} my-label\n:class: dropdown\nTEXT\n```",
    "quarto title": '::: {.callout-tip collapse="true" title="Answer"}\nTEXT\n:::',
    "quarto heading": '::: {.callout-note collapse="true"}\n## Answer\nTEXT\n:::',
    "pandoc": "::: {.solution}\nTEXT\n:::",
    "sphinx dropdown": ".. dropdown:: Answer\n   :open:\n\n   TEXT",
    "sphinx admonition": ".. admonition:: Answer\n   :class: dropdown\n\n   TEXT",
    "hugo": '{{< details "Answer" >}}\nTEXT\n{{< /details >}}',
    "hugo with a name": '{{% expand open=true title="Answer" %}}\nTEXT\n{{% /expand %}}',
    "hugo spoiler": '{{< spoiler text="Answer" >}}\nTEXT\n{{< /spoiler >}}',
    "jekyll": "{% details Answer %}\nTEXT\n{% enddetails %}",
    "html": "<details>\n<summary>Answer</summary>\nTEXT\n</details>",
    "html attribute": '<details summary="Answer">\nTEXT\n</details>',
    "mdx details": '<Details summary="Answer">\n\nTEXT\n\n</Details>',
    "mdx accordion": "<Accordion title='Answer'>\nTEXT\n</Accordion>",
    "mdx accordion in braces": "<AccordionItem header={`Answer`}>TEXT</AccordionItem>",
    "mdx group": '<AccordionGroup>\n<Accordion title="Answer">\nTEXT\n</Accordion>\n</AccordionGroup>',
    "mdx several lines": '<Accordion\n  title="Answer"\n>\nTEXT\n</Accordion>',
    "toggle": "<toggle>Answer\nTEXT\n</toggle>",
    "spoiler tag": "<spoiler>TEXT</spoiler>",
    "reddit": ">!TEXT!<",
    "reddit with spaces": ">! TEXT\n>! And more of it. !<",
}
# A box whose title asks, and whose text answers.
QUESTIONS = {
    "obsidian": "> [!question]- TITLE\n> TEXT",
    "mkdocs": '??? question "TITLE"\n    TEXT',
    "vuepress": "::: details TITLE\nTEXT\n:::",
    "hackmd": ":::spoiler TITLE\nTEXT\n:::",
    "myst": ":::{dropdown} TITLE\nTEXT\n:::",
    "myst fence": "```{dropdown} TITLE\nTEXT\n```",
    "myst admonition": ":::{admonition} TITLE\n:class: dropdown\nTEXT\n:::",
    "quarto": '::: {.callout-note collapse="true" title="TITLE"}\nTEXT\n:::',
    "quarto heading": '::: {.callout-note collapse="true"}\n## TITLE\n\nTEXT\n:::',
    "sphinx": ".. dropdown:: TITLE\n\n   TEXT",
    "hugo": '{{< details title="TITLE" >}}\nTEXT\n{{< /details >}}',
    "html attribute": '<details summary="TITLE">\nTEXT\n</details>',
    "mdx": '<Accordion title="TITLE">\nTEXT\n</Accordion>',
    "toggle": "<toggle>TITLE\nTEXT\n</toggle>",
}
FACTS = (
    ("What is a cirque?", "A hollow that ice has carved."),
    ("Why is a moraine unsorted?", "Ice carries stones of every size."),
    ("How does a drumlin form?", "Below ice that moves over till."),
)
PAIRED = ("vuepress", "hackmd", "myst dropdown", "quarto title", "myst dropdown of a fence", "pandoc")
"""Folds that need an end, and are closed where it is missing."""


def read_questions(text: str) -> tuple[Sequence[Question], Report]:
    """Return the questions of a foreign guide and the report on it."""
    project, reports = translate(Project("guide.md", None, (Source("guide.md", text),)))
    assert reports, "no question was found"
    return [question for chapter in read_guide(project).chapters for question in chapter.questions], reports[0]


def read_answer(question: Question) -> str:
    return "\n".join(part.text.markdown for part in question.parts if part.name in ("answer", "explanation"))


def list_lost_words(report: Report) -> list[str]:
    return [note.text for note in report.notes if note.kind == "lost-word"]


def check_answers(text: str) -> None:
    """Raise AssertionError unless the guide has the questions and answers of ``FACTS``, and nothing of it is lost."""
    questions, report = read_questions(text)
    assert [question.title.markdown for question in questions] == [title for title, _ in FACTS]
    for question, (_, answer) in zip(questions, FACTS, strict=True):
        assert answer in read_answer(question)
        assert answer not in question.stem.markdown
        assert not {":::", "{{", "{%", "???", "[!", "!<", "dropdown"} & set(read_answer(question).split())
    assert list_lost_words(report) == []


@pytest.mark.parametrize("fold", FOLDS.values(), ids=FOLDS)
def test_a_fold_below_a_question_is_its_answer(fold: str) -> None:
    check_answers(
        "# Ice\n\n" + "\n\n".join(f"## {title}\n\n{fold.replace('TEXT', text)}" for title, text in FACTS) + "\n"
    )


@pytest.mark.parametrize("fold", QUESTIONS.values(), ids=QUESTIONS)
def test_a_fold_whose_title_asks_is_a_question(fold: str) -> None:
    check_answers(
        "# Ice\n\n" + "\n\n".join(fold.replace("TITLE", title).replace("TEXT", text) for title, text in FACTS) + "\n"
    )


@pytest.mark.parametrize("fold", FOLDS.values(), ids=FOLDS)
def test_a_fold_in_a_list_item_is_the_answer_of_the_item(fold: str) -> None:
    items = []
    for number, (title, text) in enumerate(FACTS, 1):
        inside = "\n".join(f"   {line}".rstrip() for line in fold.replace("TEXT", text).splitlines())
        items.append(f"{number}. {title}\n\n{inside}")
    check_answers("# Ice\n\n" + "\n\n".join(items) + "\n")


@pytest.mark.parametrize(
    "name", [name for name in FOLDS if name.startswith(("vue", "hackmd", "myst", "mkdocs", "quarto"))]
)
def test_a_fold_in_a_quotation_is_an_answer(name: str) -> None:
    parts = []
    for title, text in FACTS:
        quoted = "\n".join(f"> {line}".rstrip() for line in FOLDS[name].replace("TEXT", text).splitlines())
        parts.append(f"## {title}\n\n{quoted}")
    check_answers("# Ice\n\n" + "\n\n".join(parts) + "\n")


@pytest.mark.parametrize("name", PAIRED)
def test_a_fold_without_an_end_ends_above_the_next_heading(name: str) -> None:
    whole = "\n\n".join(f"## {title}\n\n{FOLDS[name].replace('TEXT', text)}" for title, text in FACTS)
    first, _, rest = whole.partition("\n\n## Why")
    text = f"# Ice\n\n{first.rpartition(chr(10))[0]}\n\n## Why{rest}\n"
    check_answers(text)
    _, report = read_questions(text)
    assert [note.line for note in report.notes if note.kind == "unclosed-box"] == [5]


def test_boxes_of_several_syntaxes_stand_in_each_other() -> None:
    text = """
:::::{dropdown} What is a cirque?
::::{note}
It has other names.
::::
```{hint}
:class: dropdown
It is round.
```
<details><summary>Answer</summary>

??? note "In short"
    A hollow that ice has carved.

</details>
:::::

::: details Why is a moraine unsorted?
::: tip
Look at its stones.
:::
Ice carries stones of every size.
:::

> [!question]- How does a drumlin form?
> ::: details Answer
> Below ice that moves over till.
> :::
"""
    questions, report = read_questions(text)
    assert [question.title.markdown for question in questions] == [title for title, _ in FACTS]
    for question, (_, answer) in zip(questions, FACTS, strict=True):
        assert answer in read_answer(question)
    assert list_lost_words(report) == []
    assert "It is round." in "".join(part.text.markdown for part in questions[0].parts if part.name == "hint")


def test_boxes_in_code_are_code() -> None:
    code = "::: details Not a box\n:::\n??? note\n<Accordion title='Not one'>\n.. dropdown:: Not this\n>! Nor that !<"
    questions, _ = read_questions(
        f"## What is a cirque?\n\n````md\n{code}\n````\n\n## Why is it round?\n\nIce turns.\n"
    )
    assert code in read_answer(questions[0])


def test_a_tag_of_a_component_in_a_sentence_stays_there() -> None:
    questions, report = read_questions(
        "## What is <Toggle> for?\n\nA <Toggle> holds a <Spoiler />.\n\n## Why?\n\nBecause.\n"
    )
    assert "<Toggle>" in questions[0].title.markdown
    assert "`<Spoiler />`" in read_answer(questions[0])
    assert list_lost_words(report) == []


def test_a_remark_keeps_its_words() -> None:
    text = "## What is a cirque?\n\n:::{note} Some say corrie.\n:::\n\n:::{admonition} Look up\nA hollow.\n:::\n\n## Why?\n\nIce.\n"
    questions, report = read_questions(text)
    assert "Some say corrie." in read_answer(questions[0])
    assert "**Look up**" in read_answer(questions[0])
    assert list_lost_words(report) == []


BADGES = (
    '<img src="https://example.org/count.gif" width="1" height="1">',
    '<img height=1px width=1px src="https://example.org/count.gif" alt="">',
    '<p align="center"><img src="https://komarev.com/ghpvc/?username=ice" alt="views"/></p>',
    "![hits](https://hits.seeyoufarm.com/api/count/incr/badge.svg?url=ice)",
    "[![views](https://visitor-badge.laobi.icu/badge?page_id=ice)](https://example.org)",
    "![](https://visitcount.example.org/visitor/ice)",
)


@pytest.mark.parametrize("badge", BADGES)
def test_a_badge_or_a_counter_is_left_out_and_noted(badge: str) -> None:
    questions, report = read_questions(f"{badge}\n\n## What is a cirque?\n\nA hollow. {badge}\n\n## Why?\n\nIce.\n")
    assert read_answer(questions[0]).strip() == "A hollow."
    assert [note.line for note in report.notes if note.kind == "badge"] == [1, 5]


def test_a_paragraph_of_emoji_is_left_out_unless_it_can_be_the_answer() -> None:
    text = "## What is a cirque?\n\n⭐⭐\n\nA hollow.\n\n## Which animal lives there?\n\n🐐\n\n## Is it cold?\n\n✅\n\nMostly.\n"
    text += "\n## Why?\n\n✨\n\n<details><summary>Answer</summary>\n\nIce.\n\n</details>\n"
    questions, report = read_questions(text)
    assert read_answer(questions[0]).strip() == "A hollow."
    assert "🐐" in [line.text for line in read_lines(text)[0]]
    assert "✅" in read_answer(questions[2])
    assert [(note.line, note.text) for note in report.notes if note.kind == "emoji-line"] == [(3, "⭐⭐"), (19, "✨")]


OPENERS = (
    "> [!question]- What?\n",
    "> > [!question]- What?\n",
    "??? question 'What?'\n",
    '??? question "What?"\n    ',
    "::: details What?\n",
    ":::::: details\n:::\n",
    "::: details\n" * 3 + "::::\n",
    "> ::: details What?\n",
    ":::{dropdown} What?\n:class: dropdown\n",
    "```{dropdown} What?\n",
    "```{dropdown}\n~~~{note}\n",
    '::: {.callout-tip collapse="true"}\n## ',
    ".. dropdown:: What?\n   ",
    '{{< details "What?" >}}\n',
    "{{< details ",
    "{% details ",
    "<details><summary>",
    '<details summary="',
    "<Accordion title='What?'>\n",
    "<toggle>What?\n",
    "</toggle><toggle>\n",
    "<pre>\n",
    "<dl><dt>",
    ">!what\n",
    "What? {=a ~b\n",
    "⭐\n\n",
    "+a\n",
    "$$\n",
    "```\n~~~\n",
)


@pytest.mark.parametrize("opener", OPENERS)
@pytest.mark.parametrize(
    "is_nested", [False, pytest.param(True, marks=pytest.mark.nightly)], ids=["in a row", "indented"]
)
def test_a_hostile_file_of_openers_takes_linear_time(opener: str, is_nested: bool) -> None:
    line = "".join(f"{' ' * 4 * (at % 12)}{opener}" for at in range(12)) if is_nested else opener
    characters = (line * HOSTILE_CHARACTERS)[:HOSTILE_CHARACTERS]
    text = "".join(characters.splitlines(keepends=True)[:HOSTILE_LINES])
    start = time.process_time()
    read_lines(text)
    assert time.process_time() - start < MAX_SECONDS
