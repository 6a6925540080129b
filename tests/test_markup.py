"""Markdown becomes safe HTML, as its readers on GitHub expect it."""

import re
from xml.etree import ElementTree

import pytest

from studyguide.guide.code import NARROWEST_MEASURE
from studyguide.guide.markup import render_chapter, render_passage
from studyguide.guide.parse import parse_chapter
from studyguide.model import Chapter, Passage, Source
from studyguide.problems import Place

PLACE = Place("content/01-case.md", 10, 1)


def html(markdown: str, definitions: str = "") -> str:
    chapter = Chapter("case", PLACE, "Case", definitions=definitions)
    return str(render_passage(Passage(markdown, PLACE), chapter).html)


def squeezed(text: str) -> str:
    return re.sub(r"\s*\n\s*", "", text)


@pytest.mark.parametrize("indent", [2, 3, 4])
def test_a_nested_list_may_be_indented_by_two_three_or_four(indent: int) -> None:
    pad = " " * indent
    nested = squeezed(html(f"- a\n{pad}- b\n{pad * 2}- c\n- d"))
    assert nested == "<ul><li>a<ul><li>b<ul><li>c</li></ul></li></ul></li><li>d</li></ul>"


def test_a_fence_inside_a_list_item_stays_in_it() -> None:
    text = html("1. a\n   ```python\n   x = 1\n   ```\n2. b")
    assert squeezed(text).count("<ol>") == 1
    assert '<div class="code">' in text.split("</li>")[0]


def test_a_list_right_below_a_paragraph_is_a_list() -> None:
    assert squeezed(html("These:\n- a\n- b")) == '<p class="lead-in">These:</p><ul><li>a</li><li>b</li></ul>'
    table = "| a |\n| --- |\n| b |"
    assert '<p class="lead-in">Both.</p><table>' in squeezed(html(f"### Head\n\nBoth.\n\n{table}"))
    assert "<p>Two.</p><table>" in squeezed(html(f"### Head\n\nOne.\n\nTwo.\n\n{table}"))


def test_numbers_with_a_bracket_make_a_list() -> None:
    assert squeezed(html("1) a\n2) b")) == "<ol><li>a</li><li>b</li></ol>"


def test_a_code_block_is_left_as_it_was_written() -> None:
    text = html("```text\n- a\n  - b\n\n1) c\n```")
    assert re.sub(r"<[^>]+>", "", text) == "- a\n  - b\n\n1) c\n"


@pytest.mark.parametrize("fence", ["```python\n{}\n```", "    {}"])
def test_a_long_line_of_code_is_a_block_with_the_whole_line_in_it(fence: str) -> None:
    call = "        answer = network.layers.first.weights.gradient.norm(order=2, dim=1)"
    text = f'def f():\n{call}\n    """Of several lines,\n    {"long " * 12}and {"solid" * 12}\n    """'
    found = html(fence.format(text if fence[0] == "`" else text.replace("\n", "\n    ")))
    code = ElementTree.fromstring(found).find(".//code")
    assert code is not None
    assert "".join(code.itertext()) == text + "\n"
    blocks = ["".join(each.itertext()) for each in code.iter("span") if each.get("class") == "long"]
    assert blocks == [line + "\n" for line in text.split("\n") if len(line) > NARROWEST_MEASURE]


def test_a_script_a_handler_and_a_frame_do_not_come_through() -> None:
    text = html(
        '<script>alert(1)</script><b onclick="x()">b</b><iframe src="https://a.b"></iframe>\n\n[x](javascript:x)'
    )
    assert "script" not in text
    assert "onclick" not in text
    assert "iframe" not in text
    assert "<b>b</b>" in text


@pytest.mark.parametrize("typed", [
    '<span class="hole">x</span>',
    '<span data-own="hole" class="">x</span>',
    '<span data-&#1;own="hole">x</span>',
    '<span/data-own=hole>x</span>',
    "**x**{.hole}",
    "**x**{data-own=hole}",
    "x\n{: .hole}",
    "[^a]{.hole}\n\n[^a]: x",
    "$x$ {.hole}\n{: class=hole}",
    "```{.hole}\nx\n```",
    "```python class=hole\nx\n```",
    "::: hole\nx\n:::",
    "!!! hole\n    x",
    "> [!hole]\n> x",
])  # fmt: skip
def test_no_author_gives_a_class_of_the_book(typed: str) -> None:
    text = html(typed)
    assert "x" in text
    assert "hole" not in [name for names in re.findall(r'class="([^"]*)"', text) for name in names.split()]


def test_a_note_in_a_note_stands_in_parentheses() -> None:
    text = html("A[^a].", "[^a]: See [^b].\n\n[^b]: Two **words**.")
    assert text == '<p>A<span class="footnote">See (<span>Two <strong>words</strong>.</span>).</span>.</p>'


def test_notes_that_call_each_other_have_an_end() -> None:
    notes = "\n\n".join(f"[^{number}]: Word{number} [^{number + 1}] [^{number + 1}] [^0]" for number in range(30))
    assert html("A[^0].", notes).count("Word") <= 101


def test_a_note_of_the_author_stays_a_note_whatever_it_is_given() -> None:
    text = html('A[^a]{#b .c title="d"}.', "[^a]: Note.")
    assert '<span class="footnote">Note.</span>' in text


CONTROLS = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"


@pytest.mark.parametrize("control", CONTROLS)
def test_code_shows_the_characters_that_turn_its_order(control: str) -> None:
    shown = f"[U+{ord(control):04X}]"
    text = html(f"A {control}word{control}, `code {control}` and\n\n```python\nif x:  # {control} {control}\n```")
    assert text.count(shown) == 3
    assert text.count(control) == 2


def test_a_title_shows_the_characters_that_turn_its_order() -> None:
    chapter = Chapter("case", PLACE, "Case")
    assert "a [U+202E]b" in render_passage(Passage("a \u202eb", PLACE), chapter, inline=True).html
    assert "a [U+202E]b" in render_passage(Passage("a &#x202E;b", PLACE), chapter, inline=True).html
    source = Source("content/01-case.md", "---\ntitle: a\u202eb\nsummary: c\u2066d\n---\n\n## e?\n")
    read = parse_chapter(source, ())
    assert (read.title, read.summary) == ("a[U+202E]b", "c[U+2066]d")


def test_jinja_in_the_content_prints_itself() -> None:
    assert html("{{ 7*7 }} {% raw %}") == "<p>{{ 7*7 }} {% raw %}</p>"


def test_a_picture_by_itself_is_a_figure_and_its_title_the_caption() -> None:
    assert html('![A cat.](cat.svg "The cat")') == (
        '<figure><p><img alt="A cat." src="cat.svg"/></p><figcaption>The cat</figcaption></figure>'
    )


def test_a_footnote_stands_where_it_is_called_from_wherever_it_is_defined() -> None:
    assert html("Text.[^a]", "[^a]: A *note*.") == '<p>Text.<span class="footnote">A <em>note</em>.</span></p>'


def test_a_link_target_defined_elsewhere_in_the_file_is_used() -> None:
    assert html("[a][b]", "[b]: https://example.org/") == '<p><a href="https://example.org/">a</a></p>'


def test_a_link_to_a_chapter_file_leads_into_the_book() -> None:
    assert 'href="#first-things"' in html("[a](01-first-things.md)")
    assert 'href="#second"' in html("[a](01-first-things.md#second)")


def test_a_formula_is_a_picture_with_words_and_stands_on_the_line() -> None:
    text = html("Take $x^2$.")
    assert "<title>x squared</title>" in text
    assert re.search(r"vertical-align:-?[\d.]+em", text)
    assert html("It costs $5 or $6.") == "<p>It costs $5 or $6.</p>"


def test_only_a_heading_with_words_heads_a_column() -> None:
    text = html("|   | b |\n|---|---|\n| 1 | 2 |")
    assert text.count('<th scope="col">') == 1


def test_below_a_corner_without_a_word_stand_the_names_of_rows() -> None:
    assert html("|   | b |\n|---|---|\n| 1 | 2 |").count('<th scope="row">1</th>') == 1
    assert 'scope="row"' not in html("| a | b |\n|---|---|\n| 1 | 2 |")


def test_a_table_without_names_has_no_head_and_a_column_without_one_has_a_dash() -> None:
    assert html("<table></table>") == "<table></table>"
    assert "<thead>" not in html("|   |   |\n|---|---|\n| 1 | 2 |")
    assert '<th scope="col">–</th>' in html("| a |   |\n|---|---|\n| 1 | 2 |")


def test_places_are_those_of_the_file() -> None:
    chapter = Chapter("case", PLACE, "Case")
    passage = render_passage(Passage("one\ntwo [a](#b)\n\n![c](d.svg)", PLACE), chapter)
    assert [str(link.place) for link in passage.links] == ["content/01-case.md:11:9"]
    assert [str(figure.place) for figure in passage.figures] == ["content/01-case.md:13:6"]


def test_what_was_made_is_well_formed() -> None:
    from lxml import etree

    text = html("a<br>b <img src='x.svg' alt='x'>\n\n<p></p>\n\n---\n\n| a |\n|---|\n| & |\n\n`<x>` &nbsp;é")
    etree.fromstring(f"<div>{text}</div>")


def test_a_note_may_hold_code_and_formulas_and_code_may_hold_a_mark() -> None:
    text = "Text.[^a] And `[^a]`.\n\n[^a]: A `note` with $x$."
    marked = html(text)
    assert '<span class="footnote">A <code>note</code> with <svg' in marked
    assert "<code>[^a]</code>" in marked


def test_what_stands_in_a_footnote_has_the_line_of_the_footnote() -> None:
    text = "# Title\n\n[^n]: See [here](#nowhere),\n    or $\\unknown$.\n\n## What? {#q}\n\nText.[^n]\n"
    chapter = parse_chapter(Source("a.md", text), ())
    stem = render_passage(chapter.questions[0].stem, chapter)
    assert [link.place for link in stem.links] == [Place("a.md", 3, 18)]
    assert [problem.place for problem in stem.problems] == [Place("a.md", 4, 9)]


@pytest.mark.parametrize(
    "text",
    [
        "## What? {#q}\n\n- [x] one\n  or [this](#nowhere)\n- [ ] two\n\n### Answer\nYes.\n",
        "## What? {#q}\n\n- [x] one\n  > because\n  > of [this](#nowhere)\n- [ ] two\n",
        "## What? {#q}\n\n- [x] one\n  > of [this](#nowhere)\n- [ ] two\n",
        "---\nkind: glossary\n---\nTerm\n: A [word](#nowhere)\n",
        "---\nkind: glossary\n---\nTerm\n: A word.\n\n  And [more](#nowhere)\n",
    ],
    ids=["option", "second line of a reason", "reason", "meaning", "second paragraph of a meaning"],
)
def test_a_link_has_its_column_in_the_file_whatever_stands_before_its_text(text: str) -> None:
    chapter = render_chapter(parse_chapter(Source("a.md", text), ()))
    (place,) = [link.place for passage in chapter.passages for link in passage.links]
    assert text.split("\n")[place.line - 1][place.column - 1 :].startswith("#nowhere")


@pytest.mark.parametrize(
    "text",
    [
        "| a | b |\n|---|---|\n| [x](#one) | [x](#one) |",
        "> [!note] A title with [a link](#one)\n> and [a text](#one)",
        '!!! note "See [this](#one)"\n    and [that](#one)',
        "Some text.\n\n::: tip See [this](#one)\nand [that](#one)\n:::",
        'Some text.\n\n=== "See [this](#one)"\n\n    and [that](#one)',
        "Some text.\n\n```{note} See [this](#one)\nand [that](#one)\n```",
    ],
    ids=["cells", "callout", "admonition", "container", "tab", "directive"],
)
def test_links_of_cells_and_of_titles_of_boxes_have_places_of_their_own(text: str) -> None:
    passage = render_passage(Passage(text, Place("a.md", 1, 1)), Chapter("a", Place("a.md"), "A"))
    expected = [
        Place("a.md", number, match.start() + 1)
        for number, line in enumerate(text.split("\n"), 1)
        for match in re.finditer("#one", line)
    ]
    assert [link.place for link in passage.links] == expected
