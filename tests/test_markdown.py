"""Markdown is read as GitHub reads it, and what other programs add to it is understood or reported."""

import re
from pathlib import Path

import pytest
from conftest import SMALL, lay
from lxml import html as lxml_html

import build
from studyguide.guide import render_markdown
from studyguide.guide.typography import choose_marks
from studyguide.markdown_blocks import find_lost_cells
from studyguide.pipeline import read_guide
from studyguide.reading.project import read_project


def tree(text: str) -> lxml_html.HtmlElement:
    return lxml_html.fragment_fromstring(render_markdown(text), create_parent="div")


def words(text: str) -> str:
    return " ".join("".join(tree(text).itertext()).split())


def shape(text: str) -> str:
    """The elements of a text, without attributes and white space between them."""
    found = re.sub(r"<(\w+)[^<>]*>", r"<\1>", str(render_markdown(text)))
    return re.sub(r"\s*\n\s*", "", found)


# ---------------------------------------------------------------- GitHub


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("7. Knead\n8. Rest", [("7", "counter-reset: list-item 6")]),
        ("1. Knead", [(None, None)]),
        ("1. Knead\n\nText.\n\n2. Rest", [(None, None), ("2", "counter-reset: list-item 1")]),
        ('<ol type="a"><li>x</li></ol>', [(None, "list-style-type: lower-alpha")]),
    ],
    ids=["at seven", "at one", "goes on", "letters"],
)
def test_a_list_counts_as_it_is_written(text: str, expected: list[tuple[str, str]]) -> None:
    assert [(each.get("start"), each.get("style")) for each in tree(text).iter("ol")] == expected


def test_a_bar_with_a_backslash_is_a_bar_in_a_cell_also_in_code() -> None:
    cells = [cell.text_content() for cell in tree("| a | b |\n|---|---|\n| `x \\| y` | p \\| q |").iter("td")]
    assert cells == ["x | y", "p | q"]


def test_tabs_in_code_stay_where_they_are() -> None:
    assert "\n\t" in "".join(tree("-\tGo\n\n\t```go\n\tif a {\n\t\tb()\n\t}\n\t```").itertext())


def test_markdown_between_tags_is_set_after_a_blank_line() -> None:
    details = tree("<details>\n<summary>More</summary>\n\n**Bold** and `code`.\n\n- one\n\n</details>").find("details")
    assert [each.tag for each in details.iter()] == ["details", "summary", "p", "strong", "code", "ul", "li"]


@pytest.mark.parametrize("kind", ["note", "tip", "important", "warning", "caution"])
def test_an_alert_is_a_box_with_its_label(kind: str) -> None:
    box = tree(f"> [!{kind.upper()}]\n> Keep **dry**.").find("div")
    assert box.get("class") == f"admonition {kind}"
    assert [each.text_content() for each in box] == [kind.capitalize(), "Keep dry."]


def test_two_quotations_with_a_blank_line_between_are_two() -> None:
    assert shape("> One.\n\n> Two.") == "<blockquote><p>One.</p></blockquote><blockquote><p>Two.</p></blockquote>"


@pytest.mark.parametrize(
    "info", ["rust,ignore", "rust no_run", "{.rust .numberLines}", 'rust title="main.rs" {1,3}', "{rust}"]
)
def test_marks_behind_a_language_are_no_text(info: str) -> None:
    name = "main.rs" if "title" in info else ""
    assert words(f"```{info}\nlet a = 1;\n```\n\nWords.") == f"{name}let a = 1; Words."


def test_a_backslash_or_two_spaces_break_a_line() -> None:
    assert shape("One\\\ntwo  \nthree") == "<p>One<br>two<br>three</p>"


def test_bare_addresses_are_links() -> None:
    links = [link.get("href") for link in tree("See https://example.org/a?b=1, www.example.org.").iter("a")]
    assert links == ["https://example.org/a?b=1", "http://www.example.org"]


def test_a_hash_without_a_space_is_no_heading() -> None:
    assert shape("#bread #butter") == "<p>#bread #butter</p>"


def test_an_emoji_has_its_name_between_colons_and_other_colons_stay() -> None:
    assert words("Done :tada: at 10:30:00, `:tada:`, a:smile:b") == "Done 🎉 at 10:30:00, :tada:, a:smile:b"


@pytest.mark.parametrize("mark", ["~~", "~"])
def test_words_between_tildes_are_struck(mark: str) -> None:
    assert shape(f"It is {mark}not so{mark}.") == "<p>It is <del>not so</del>.</p>"


def test_a_letter_behind_a_word_between_tildes_stands_low() -> None:
    assert shape("H~2~O") == "<p>H<sub>2</sub>O</p>"


def test_an_ampersand_of_a_text_is_no_entity() -> None:
    assert words(r"\&copy; `&copy;` &copy; AT&T") == "&copy; &copy; © AT&T"


# ---------------------------------------------------------------- lists of other kinds


@pytest.mark.parametrize(
    ("text", "kind", "start"),
    [
        ("a. Flour\nb. Salt", "a", None),
        ("A)  Flour\nB)  Salt", "A", None),
        ("(1) Flour\n(2) Salt", None, None),
        ("(b) Flour\n(c) Salt", "a", "2"),
        ("i. Flour\nii. Salt", "i", None),
        ("XII. Flour\n\nXIII. Salt", "I", "12"),
        ("i. Flour\nj. Salt", "a", "9"),
        ("#. Flour\n#. Salt", None, None),
    ],
)
def test_letters_roman_numbers_and_brackets_number_a_list(text: str, kind: str | None, start: str | None) -> None:
    (numbered,) = tree(text)
    assert (numbered.tag, numbered.get("type"), numbered.get("start")) == ("ol", kind, start)
    assert [" ".join(item.text_content().split()) for item in numbered] == ["Flour", "Salt"]


def test_a_lettered_list_stands_in_an_item_also_without_a_blank_line_and_has_paragraphs_and_lists() -> None:
    root = tree("1. Mix\n   a. flour\n\n      sifted\n   b. water\n      i. warm\n      ii. soft\n2. Rest")
    assert [(each.get("type"), len(each)) for each in root.iter("ol")] == [(None, 2), ("a", 2), ("i", 2)]
    assert words("1. Mix\n   a. flour\n   b. water\n2. Rest") == "Mix flour water Rest"


@pytest.mark.parametrize(
    "text",
    [
        "A. Turing was here.",
        "A. Turing\nA. Church",
        "As in\n(a) this and\n(b) that.",
        "(see) a\n(also) b",
        "a. Only one",
    ],
)
def test_a_letter_that_begins_a_line_is_no_list_by_itself(text: str) -> None:
    assert [each.tag for each in tree(text)] == ["p"]
    assert words(text) == " ".join(text.split())


def test_what_stands_below_a_list_keeps_its_own_letters() -> None:
    root = tree("iii. Mix\n\n  words\n\niv. Knead\nv. Rest")
    assert [(each.get("type"), each.get("start")) for each in root.iter("ol")] == [("i", "3"), ("i", "4")]


def test_an_item_of_html_may_say_its_number_and_a_list_may_count_backwards() -> None:
    def read(text: str) -> list[tuple[str | None, str | None]]:
        return [(item.get("value"), item.get("style")) for item in tree(text).iter("li")]

    assert read('<ol><li>a</li><li value="5">b</li><li>c</li><li value="x">d</li></ol>') == [
        (None, None),
        ("5", "counter-increment: list-item 4"),
        (None, None),
        (None, None),
    ]
    assert [value for value, _ in read("<ol reversed><li>a</li><li>b</li></ol>")] == ["2", "1"]
    assert [value for value, _ in read('<ol reversed start="9"><li>a</li><li>b</li></ol>')] == ["9", "8"]
    assert read('<ul><li value="3">a</li></ul>') == [(None, None)]


def test_several_terms_share_a_meaning() -> None:
    (found,) = tree("Proof\n: The last rest.\n\nLevain\n*Leaven*\n: Flour and water\n: that ferment.")
    assert [(each.tag, each.text_content()) for each in found] == [
        ("dt", "Proof"), ("dd", "The last rest."), ("dt", "Levain"), ("dt", "Leaven"), ("dd", "Flour and water"),
        ("dd", "that ferment."),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "tags"),
    [
        ("Words\n```\na\n: b\n```", ["p", "div"]),
        ("Words\n- item\n: b", ["p", "ul"]),
        ("Words\n> said\n: b", ["p", "blockquote"]),
        ("Words\nof two lines.\n\nWords: so.", ["p", "p"]),
    ],
)
def test_a_block_between_words_and_a_colon_makes_no_terms_of_them(text: str, tags: list[str]) -> None:
    assert [each.tag for each in tree(text)] == tags


def test_a_verse_keeps_its_lines_and_their_indentation() -> None:
    (verse,) = tree("| Bread *rises*\n|   while we\n  sleep\n|\n| at night")
    assert [each.tag for each in verse] == ["em", "br", "br", "br"]
    assert verse.text_content().split("\n") == ["Bread rises", "\u00a0\u00a0while we sleep", "", "at night"]


@pytest.mark.parametrize("text", ["| one bar", "| a | b\n| c | d", "|x| is\n|y| too"])
def test_bars_of_other_kinds_are_no_verse(text: str) -> None:
    assert words(text) == " ".join(text.split())


def test_attributes_right_below_a_table_are_no_row() -> None:
    (table,) = tree("| a | b |\n|---|---|\n| 1 | 2 |\n{: #sums .small }")
    assert (table.get("id"), [len(part) for part in table], table.text_content().split()) == (
        "sums", [1, 1], ["a", "b", "1", "2"],
    )  # fmt: skip


@pytest.mark.parametrize("text", ["(c)", "(C)", "(tm)", "(r)", "+-"])
def test_marks_that_github_leaves_as_they_are_stay(text: str) -> None:
    assert words(f"It is {text} so") == f"It is {text} so"


# ---------------------------------------------------------------- formulas


@pytest.mark.parametrize(
    ("text", "formulas"),
    [
        ("It costs $300. The price ($p$) is low.", ["p"]),
        ("From $5 to $10.", []),
        ("$a$, $b$ and $c$.", ["a", "b", "c"]),
        (r"A price of \$3 and $x$.", ["x"]),
        ("$n$임을 보이고, 模型$w$的参数", ["n", "w"]),
        ("`$x$` is code.", []),
        ("$`\\sqrt{2}`$ it is", [r"\sqrt{2}"]),
        (r"\(y\) in round brackets", ["y"]),
        ("```math\na + b\n```", ["a + b"]),
        ("$$\na\n$$", ["a"]),
        ("Then $$b$$ follows.", ["b"]),
        ("\\[\nc\n\\]", ["c"]),
        ("\\begin{equation}\nd\n\\end{equation}", ["\\begin{equation}\nd\n\\end{equation}"]),
    ],
)
def test_formulas_are_found_and_money_stays(text: str, formulas: list[str]) -> None:
    assert [svg.get("data-tex") for svg in tree(text).iter("svg")] == formulas


def test_a_formula_on_lines_of_its_own_divides_its_paragraph() -> None:
    root = tree("Before $$x$$ after.")
    assert [(each.tag, each.get("class")) for each in root] == [("p", None), ("div", "formula"), ("p", None)]


# ---------------------------------------------------------------- footnotes


def test_a_note_may_have_paragraphs_lists_and_code() -> None:
    note = tree("Text.[^n]\n\n[^n]: First.\n\n    Second.\n\n    - item\n\n        code").find(
        ".//span[@class='footnote']"
    )
    assert " ".join("".join(note.itertext()).split()) == "First. Second. item code"
    assert not list(note.iter("p", "ul", "li", "div", "pre"))


def test_a_table_in_a_note_stays_in_it_and_is_a_table() -> None:
    root = tree("Text.[^n]\n\n[^n]: Sums:\n\n    | a | b |\n    |---|---|\n    | 1 | *2* |")
    assert [each.tag for each in root] == ["p"]
    rows = root.xpath(".//span[@class='footnote']//span[@class='note-row']")
    assert [[cell.text_content() for cell in row] for row in rows] == [["a", "b"], ["1", "2"]]


def test_a_note_in_the_line_is_a_note() -> None:
    note = tree("Text.^[A *short* note.] On.").find(".//span[@class='footnote']")
    assert note.text_content() == "A short note."


def test_a_note_that_is_called_twice_is_there_once() -> None:
    root = tree("One.[^n] Two.[^m] Three.[^n]\n\n[^n]: N.\n[^m]: M.")
    assert [each.text_content() for each in root.iter("span") if each.get("class") == "footnote"] == ["N.", "M."]
    assert [each.text for each in root.iter("span") if each.get("class") == "note-again"] == ["2"]


# ---------------------------------------------------------------- MkDocs Material, Obsidian, Quarto, MyST


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("!!! note\n    Keep it dry.", "Note"),
        ('!!! warning "Take **care**"\n    Keep it dry.', "Take care"),
        ('!!! tip ""\n    Keep it dry.', None),
        ("??? example\n    Keep it dry.", "Example"),
        ("::: note\nKeep it dry.\n:::", "Note"),
        (":::{note} Look\nKeep it dry.\n:::", "Look"),
        ('::: {.callout-tip title="By the way"}\nKeep it dry.\n:::', "By the way"),
        ("```{warning}\nKeep it dry.\n```", "Warning"),
        (":::{tip} Look\n:class: dropdown\nKeep it dry.\n:::", "Look"),
        ("> [!note]- Folded\n> Keep it dry.", "Folded"),
        ("> [!abstract]\n> Keep it dry.", "Abstract"),
        ("::: {.callout-warning}\n## Take care\nKeep it dry.\n:::", "Take care"),
        ("::: spoiler Not yet\nKeep it dry.\n:::", "Not yet"),
        ('=== "Python"\n\n    Keep it dry.', "Python"),
        (":::{dropdown} More\n:open:\nKeep it dry.\n:::", "More"),
        ("```{note} Look here\n:class: x\nKeep it dry.\n```", "Look here"),
    ],
)
def test_boxes_of_all_kinds_are_boxes(text: str, label: str | None) -> None:
    box = tree(text).find("div[@class]")
    assert box.get("class").split()[0] == "admonition"
    assert [each.text_content() for each in box] == ([label] if label else []) + ["Keep it dry."]


def test_a_directive_for_a_picture_is_a_figure_with_its_words_size_and_caption() -> None:
    figure = tree("```{figure} a.png\n:alt: Two dots\n:width: 200px\nThe dots.\n```").find("figure")
    image = figure.find(".//img")
    assert (image.get("src"), image.get("alt"), image.get("style")) == ("a.png", "Two dots", "width: 200px")
    assert figure.find("figcaption").text == "The dots."


def test_the_caption_of_a_directive_is_markdown_with_its_places(check) -> None:
    (caption,) = tree("```{figure} a.png\n:alt: x\n\nThe *two* dots.\n\nMore.\n```").iter("figcaption")
    assert [each.tag for each in caption] == ["em", "p"]
    printed = check("## Why? {#w}\n### Answer\n```{figure} a.png\n:alt: x\n\nSee [it](#nowhere).\n```\n")[1]
    assert "02-more.md:6:10: the link `#nowhere`" in printed


@pytest.mark.parametrize("kind", ["tab", "cover", "specimen", "hole"])
def test_a_box_has_no_class_of_the_programs_own_styles(kind: str) -> None:
    boxes = [tree(f"!!! {kind}\n    Words."), tree(f"> [!{kind}]\n> Words."), tree(f'=== "{kind}"\n\n    Words.')]
    assert [box.find("div").get("class") for box in boxes] == ["admonition"] * 3


@pytest.mark.parametrize(
    "text",
    [
        ":::: note\nOuter.\n\n::: tip\nInner.\n:::\n\n::::\nBelow.",
        "::: note\nOuter.\n\n::: tip\nInner.\n:::\n:::\nBelow.",
        "::: note\nOuter.\n\n:::: tip\nInner.\n::::\n\n:::\nBelow.",
        ":::: note\nOuter.\n\n::: tip\nInner.\n\n::::\nBelow.",
        ":::{note}\nOuter.\n\n:::{tip}\nInner.\n:::\n:::\nBelow.",
    ],
)
def test_boxes_stand_in_boxes(text: str) -> None:
    outer, below = tree(text)
    assert (below.tag, below.text) == ("p", "Below.")
    (inner,) = outer.findall("div")
    assert [each.get("class") for each in (outer, inner)] == ["admonition note", "admonition tip"]


def test_colons_in_code_end_no_box() -> None:
    box, below = tree("::: note\n```text\n:::\n```\nInside.\n:::\n\nBelow.")
    assert [each.text_content().strip() for each in box] == ["Note", ":::", "Inside."]
    assert below.text == "Below."


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("!!! note Keep it dry", "Keep it dry"),
        ('!!! note "Dry" or wet', "“Dry” or wet"),
        ('!!! danger highlight "Keep it dry"', "Keep it dry"),
        ("!!! note inline end", "Note"),
        ('!!! note inline end "Dry"', "Dry"),
    ],
)
def test_the_title_of_a_box_of_mkdocs_needs_no_quotation_marks(text: str, title: str) -> None:
    assert tree(f"{text}\n    Words.").findtext("div/p") == title


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("++ctrl+c++", "<p><kbd>Ctrl</kbd>+<kbd>C</kbd></p>"),
        (
            "{--old--}{++new++} {~~a~>b~~} {==c==}{>>d<<}",
            "<p><del>old</del><ins>new</ins> <del>a</del><ins>b</ins> <mark>c</mark></p>",
        ),
        ("2^10^ but x^2 and y^2", "<p>2<sup>10</sup> but x^2 and y^2</p>"),
        ("{kbd}`Esc` {sub}`2`", "<p><kbd>Esc</kbd> <sub>2</sub></p>"),
        ("`#!python range()`", "<p><code>range()</code></p>"),
        ("`++a++` and C++ and i++, j++", "<p><code>++a++</code> and C++ and i++, j++</p>"),
    ],
)
def test_marks_of_other_programs_in_lines(text: str, expected: str) -> None:
    assert shape(text) == expected


@pytest.mark.parametrize(
    "info",
    ['python title="run.py"', "python title=run.py", "{.python filename='run.py'}", "python:run.py", "python [run.py]"],
)
def test_the_name_of_a_file_stands_above_its_code(info: str) -> None:
    root = tree(f"```{info}\nimport x\n```")
    assert root.find(".//span[@class='filename']").text == "run.py"
    assert root.find(".//code/span/span").text == "import"


@pytest.mark.parametrize(
    ("opening", "numbers", "marked"),
    [
        ('py linenums="9" hl_lines="2 3"', ["9", "10", "11"], ["b()", "c()"]),
        ("{.python hl_lines=[2]}", [], ["b()"]),
        ('python {hl_lines=[1,"2-3"],linenos=table,linenostart=98}', ["98", "99", "100"], ["a()", "b()", "c()"]),
        ("python{1,3-4}", [], ["a()", "c()"]),
        ("python {2} showLineNumbers", ["1", "2", "3"], ["b()"]),
        ("python:line-numbers=5", ["5", "6", "7"], []),
        ("python showLineNumbers{4}", ["4", "5", "6"], []),
        ('{.python .numberLines startFrom="100"}', ["100", "101", "102"], []),
        ('python linenos=false code-line-numbers="false"', [], []),
        ("{code-block} python\n:lineno-start: 10\n:emphasize-lines: 1,3\n", ["10", "11", "12"], ["a()", "c()"]),
        ('python title="{1}"', [], []),
    ],
)
def test_lines_of_code_have_the_numbers_and_marks_that_are_asked_for(
    opening: str, numbers: list[str], marked: list[str]
) -> None:
    code = tree(f"```{opening}\na()\nb()\nc()\n```").find(".//code")
    assert [each.get("data-number").strip() for each in code.iter("span") if each.get("data-number")] == numbers
    assert [each.text_content() for each in code.iter("mark")] == marked
    assert code.text_content() == "a()\nb()\nc()\n"


def test_code_is_highlighted_in_its_language_whatever_stands_behind_that() -> None:
    keyword = tree('``` py linenums="1"\nimport os\n```').find(".//span[@class='bold']")
    assert keyword.text == "import"


def test_a_long_line_with_a_number_is_continued_behind_the_number() -> None:
    long = tree(f'``` py linenums="10"\n  f("{"word " * 20}")\n```').find(".//span[@class='long']")
    assert long.get("style") == "padding-left:7ch;text-indent:-7ch"


def test_an_annotation_of_code_is_a_comment_with_the_number_of_its_item() -> None:
    code = "```python\nx = 1  # (1)!\ny = f(2)!  # so (2)! (3)!\n```"
    assert words(f"{code}\n\n1. One.\n2. Two.\n3. Three.") == "x = 1 # (1) y = f(2)! # so (2) (3) One. Two. Three."
    assert words(f"{code}\n\nWords.") == "x = 1 # (1)! y = f(2)! # so (2)! (3)! Words."


def test_of_two_pictures_for_light_and_dark_screens_the_light_one_is_printed() -> None:
    root = tree("![a](x.png#gh-dark-mode-only) ![a](y.png#gh-light-mode-only) ![b](z.png#only-dark)")
    assert [image.get("src") for image in root.iter("img")] == ["y.png"]
    assert [image.get("src") for image in tree("![b](z.png#only-dark)").iter("img")] == ["z.png"]


def test_a_place_where_a_word_may_break_holds_nothing() -> None:
    assert shape("<b>long</b><wbr>word") == "<p><b>long</b><wbr>word</p>"


def test_a_line_may_end_before_code_that_begins_with_a_point() -> None:
    assert shape("`.md`, `.pdf`") == "<p><code>.md</code>, <wbr><code>.pdf</code></p>"
    assert shape("`a`, `b`,`.c`") == "<p><code>a</code>, <code>b</code>,<code>.c</code></p>"


def test_a_heading_in_a_box_is_no_question(check) -> None:
    assert check("## Why? {#w}\n### Answer\n::: note\n## Take care\nWords.\n:::\n")[0] == 0


def test_a_note_of_the_file_has_all_of_its_paragraphs(check, small: Path) -> None:
    text = "## Why? {#w}\n### Answer\nSo.[^n]\n\n[^n]: First.\n\n    Second.\n"
    assert check(text)[0] == 0
    from studyguide.guide.markup import render_chapter
    from studyguide.guide.parse import parse_chapter
    from studyguide.model import Source

    answer = render_chapter(parse_chapter(Source("a.md", text), ())).questions[0].parts[0].text
    assert re.sub(r"<[^>]*>", "", answer.html) == "So.First. Second."


def test_an_element_with_the_attribute_markdown_holds_markdown() -> None:
    assert shape('<div class="x" markdown>\n**Bold**\n</div>') == "<div><p><strong>Bold</strong></p></div>"


def test_obsidians_links_are_words_its_pictures_pictures_and_its_remarks_nothing() -> None:
    root = tree("![[my cell.png|120]] and [[Page#Part|the page]], [[Other]], ==marked==. %%remark%%")
    image = root.find(".//img")
    assert (image.get("src"), image.get("alt"), image.get("style")) == ("my%20cell.png", "my cell", "width: 120px")
    assert words("[[Page#Part|the page]], [[Other]], ==marked==. %%remark%%") == "the page, Other, marked."
    assert root.find(".//mark").text == "marked"


def test_abbreviations_attributes_and_definition_lists_of_python_markdown_go_on_working() -> None:
    root = tree("The HTML page.\n{: #p .x }\n\n*[HTML]: Hypertext\n\nTerm\n: Meaning.")
    assert root.find("p").get("id") == "p"
    assert root.find(".//abbr").get("title") == "Hypertext"
    assert [each.tag for each in root.find("dl")] == ["dt", "dd"]


@pytest.mark.parametrize(
    ("text", "width"),
    [
        ("![a](b.png){ width=50% }", "width: 50%"),
        ('<img src="b.png" alt="a" width="300">', "width: 300px"),
        ('<img src="b.png" alt="a" style="float: right; width: 9em">', "width: 9em"),
        ('![a](b.png){: style="height:20px; position: fixed" }', "height: 20px"),
        ("![a](b.png){ align=left }", "margin-left: 0"),
        ("![a](b.png){ align=right width=40% }", "margin-right: 0; width: 40%"),
        ("![a](b.png){ loading=lazy }", None),
        ('<img src="b.png" alt="a" style="width: url(x)">', None),
    ],
)
def test_a_picture_has_the_size_and_the_side_that_are_asked_for(text: str, width: str | None) -> None:
    (image,) = tree(text).iter("img")
    assert image.get("style") == width


def test_a_picture_in_a_figure_of_html_has_one_figure_and_one_caption() -> None:
    root = tree("<figure markdown>\n![a](b.png)\n<figcaption>Words</figcaption>\n</figure>")
    assert [len(list(root.iter(tag))) for tag in ("figure", "figcaption", "img")] == [1, 1, 1]


def test_a_title_is_a_caption_in_books_alone() -> None:
    assert words('![a](b.png "Words")') == ""
    assert tree('![a](b.png "Words")').find(".//img").get("title") == "Words"


def test_a_title_that_is_not_printed_is_reported_with_its_line(check) -> None:
    lines = [
        '![Dots](../figures/a.svg "Dots")',
        'So ![Dots](a.png "Dots") it is.',
        "",
        'So ![Dots](a.png "Two dots") it is.',
    ]
    printed = check("## Why? {#w}\n### Answer\n" + "\n".join(lines) + "\n")[1]
    assert re.findall(r":(\d+:\d+): warning: the title `(.*?)`", printed) == [("6:12", "Two dots")]


# ---------------------------------------------------------------- typography


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ("Run it with --force or -v.", "Run it with --force or -v."),
        ("--help helps", "--help helps"),
        ("1990--2000, so -- and word---word", "1990–2000, so – and word—word"),
        ("He said \"so\" and it's 'fine'...", "He said “so” and it’s ‘fine’…"),
        ('`--a "b"`', '--a "b"'),
    ],
)
def test_marks_become_those_of_print_but_commands_stay(typed: str, printed: str) -> None:
    assert words(typed) == printed


@pytest.mark.parametrize(
    ("language", "marks"),
    [
        ("de-AT", "„“‚‘"),
        ("en", "“”‘’"),
        ("ru", "«»„“"),
        ("xx", "\"\"''"),
        ("fi", "””’’"),
        ("ko", "“”‘’"),
        ("zh", "\"\"''"),
    ],
)
def test_marks_are_those_of_the_language(language: str, marks: str) -> None:
    assert "".join(choose_marks(language)) == marks


def test_marks_of_french_stand_apart() -> None:
    assert choose_marks("fr-CA")[:2] == ("«\u202f", "\u202f»")


# ---------------------------------------------------------------- guides


@pytest.fixture
def check(small: Path, capsys: pytest.CaptureFixture[str]) -> object:
    """Check a chapter of this text; return the exit code and what was printed."""

    def run(text: str, **files: str) -> tuple[int, str]:
        lay(small, {"02-more.md": text, **files})
        code = build.main(["check"])
        return code, "".join(capsys.readouterr())

    return run


def test_small_headings_may_be_alike(check) -> None:
    text = "## Why? {#w}\n### Answer\n#### Example\nOne.\n\n#### Example\nTwo.\n\n## How? {#h}\n### Answer\n#### Example\nThree.\n"
    assert check(text)[0] == 0


def test_links_of_github_lead_to_their_headings(check) -> None:
    text = "## 2 pointers: how?\n### Answer\nSee [it](#gr%C3%B6%C3%9Fe) and [so](#example).\n\n#### Example\nx\n\n## Größe\n### Answer\n[so](#2-pointers-how)\n"
    assert check(text)[0] == 0


def test_a_link_of_obsidian_leads_to_the_chapter_the_question_or_the_heading_and_else_is_words(
    small: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = "## Why so? {#w}\n### Answer\n[[02-more]] [[02-more#Why so?|that]] [[#Example]] [[Nothing here]]\n\n#### Example\nx\n"
    lay(small, {"02-more.md": text})
    assert build.main(["check"]) == 0
    guide = read_guide(read_project("content"))
    answer = guide.chapters[-1].questions[0].parts[0].text
    assert [link.target for link in answer.links] == ["#more", "#w", "#more-example"]
    assert re.findall(r'href="([^"]*)"', answer.html) == ["#more", "#w", "#more-example"]
    assert "Nothing here" in answer.html


def test_two_broken_links_to_one_target_are_two_problems(check) -> None:
    code, printed = check("## Why? {#w}\n### Answer\nSee [a](#nowhere) and [b](#nowhere).\n")
    assert code == 1
    assert re.findall(r"02-more\.md:(\d+:\d+): the link `#nowhere`", printed) == ["3:9", "3:27"]


def test_a_formula_that_cannot_be_set_has_its_line(check) -> None:
    code, printed = check("## Why? {#w}\n### Answer\nText.\n\n1. One\n   and $\\nosuchcommand{x}$.\n")
    assert (code, "02-more.md:6:9: the formula" in printed) == (1, True)


def test_a_cell_that_is_lost_is_reported_with_its_line(check) -> None:
    code, printed = check("## Why? {#w}\n### Answer\n| a | b |\n|---|---|\n| 1 | 2 | gone |\n")
    assert (code, "02-more.md:5:1: warning: the cell `gone` is in no book" in printed) == (0, True)


def test_bars_in_cells_are_no_further_cells() -> None:
    assert list(find_lost_cells("| a |\n|---|\n| x \\| y |\n| z |")) == []


@pytest.mark.parametrize(
    "raw",
    [
        "\\newpage",
        "\\begin{itemize}",
        "\\textbf{a}",
        "$a \\text{b $c$ d}$",
        "[@knuth]",
        "{{< video x >}}",
        "{% include x %}",
        "[TOC]",
        "{ref}`x`",
        ":::",
        "• one\n• two",
        "\uf0b7 one",
        "o\tone",
        "-\u00a0one",
        "( ) one\n(x) two",
        "- ( ) one\n- (x) two",
        "\u2610 one\n\u2611 two",
        "- [✓] one\n- [ ] two",
        "|---|---|\n| a | b |",
        "| a | b |",
        "![a](b.svg A caption)",
        "![a](b.svg “A caption”)",
        "(words)[https://example.org]",
        "[words][nowhere]",
        "[words][]",
        "“““python\nx = 1\n”””",
        "'''python\nx = 1\n'''",
    ],
)
def test_what_would_be_printed_as_typed_is_reported(check, raw: str) -> None:
    code, printed = check(f"## Why? {{#w}}\n### Answer\nSo.\n\n{raw}\n")
    assert (code, re.findall(r"02-more\.md:(\d+):\d+: warning: `", printed)[:1]) == (0, ["5"]), printed


@pytest.mark.parametrize(
    "text",
    [
        "a · b, f( ) and a o b",
        "`• one` `[a][b]` `\\text` and C:\\guide",
        "| Roses are red\n| Violets are blue",
        "See [1][2], a[i][j] and |x| = 2.",
        "```text\n• one\n--- ---\n[a][b]\n'''\n```",
        "$\\frac{1}{2}$ and $\\text{so}$",
        "- a\n  - b",
    ],
)
def test_what_is_meant_as_typed_is_not_reported(check, text: str) -> None:
    assert check(f"## Why? {{#w}}\n### Answer\nSo.\n\n{text}\n") == (
        0,
        "content: 3 chapters, 3 questions, no problems\n",
    )


@pytest.mark.parametrize(
    ("typed", "column", "found"),
    [
        ("V = n \\cdot V_m = 2.24$ litres.", 7, "\\cdot"),
        ("- one\n- \\ce{NaCl}", 3, "\\ce"),
        ("- one\n- an \\alpha particle", 6, "\\alpha"),
        ("Here $a$ and\n$\\alpha$, b and x^2$ too.", 20, "x^2$"),
        ("So $E = mc^2 and then.", 4, "$E"),
        ("So $ E = mc^2 $ and then.", 4, "$"),
        ("| a | b |\n| - | - |\n| $x$ | \\beta |", 9, "\\beta"),
        ("A note.[^n]\n\n[^n]: It is \\frac{1}{2}.", 1, "\\frac"),
        ("2\\cdot 3 and a\\cdot b", 2, "\\cdot"),
    ],
)
def test_latex_outside_of_a_formula_is_reported_once_with_its_place(check, typed: str, column: int, found: str) -> None:
    code, printed = check(f"## Why? {{#w}}\n### Answer\nSo.\n\n{typed}\n")
    assert (code, re.findall(r":(\d+): warning: `(.*)` would be printed as it stands \[(.*)\]", printed)) == (
        0,
        [(str(column), found, "raw-latex")],
    )


@pytest.mark.parametrize(
    "text",
    [
        "It costs $5 and $10, or 5$, US$ 5 and 1 $ = 0.9 €. It costs $5.",
        "A path: C:\\new\\alpha, C:\\\\text, src\\beta and \\\\\\\\server\\gamma.",
        "Set $HOME and $foo_bar; call $x.",
        "`\\cdot`, `$x^2`, \\\\cdot and \\$x^2 are words.",
        "```text\n\\cdot $x^2\n```",
        "$\\alpha$ and $$\\beta$$ and \\(\\gamma\\).\n\n\\begin{align}\na &= b\n\\end{align}",
    ],
)
def test_prices_paths_and_variables_are_no_latex(check, text: str) -> None:
    code, printed = check(f"## Why? {{#w}}\n### Answer\nSo.\n\n{text}\n")
    assert (code, "raw-latex" in printed) == (0, False), printed


def test_a_simple_table_of_pandoc_is_reported(check) -> None:
    code, printed = check("## Why? {#w}\n### Answer\n  Right     Left\n-------     ------\n     12     cell\n")
    assert (code, "02-more.md:4:1: warning: `-------     ------`" in printed) == (0, True)


@pytest.mark.parametrize("text", ["%%A remark%% Words.", "Words.\n\n%%A remark\nof two lines%%", "![[dots.png|100]]"])
def test_remarks_and_sizes_of_obsidian_are_no_lost_words(check, text: str) -> None:
    assert "[lost-word]" not in check(f"## Why? {{#w}}\n### Answer\nSo.\n\n{text}\n")[1]


@pytest.mark.parametrize(
    "below", ["Choose one.", "[^n] is a note.\n\n[^n]: So.", "<!-- a remark -->", "---", "> Choose."]
)
def test_options_need_not_be_last(check, below: str) -> None:
    code, printed = check(f"## Which? {{#w}}\n- [x] Water\n- [ ] Sand\n\n{below}\n\n### Explanation\nIt flows.\n")
    assert code == 0, printed


def test_braces_that_hold_no_marks_are_part_of_the_title(check) -> None:
    assert check("## What is the type of {}\n### Answer\nA dict.\n\n## What is {x}?\n### Answer\nA set.\n")[0] == 0


def test_typography_can_be_switched_off(small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lay(small, {**SMALL, "02-more.md": '## Why "so"? {#w}\n### Answer\nA--b.\n', "guide.toml": "typography = false\n"})
    assert build.main(["-e", "tablet", "-q"]) == 0


def test_a_term_of_the_glossary_may_have_names_below_each_other(small: Path) -> None:
    lay(
        small,
        {
            "09-words.md": "---\nkind: glossary\n---\nSome words.\n\nProof\n: The last rest.\n\nLevain\nLeaven\n: Flour and water.\n"
        },
    )
    terms = read_guide(read_project("content")).chapters[-1].terms
    assert [(each.names, each.meaning.html) for each in terms] == [
        (("Proof",), "<p>The last rest.</p>"),
        (("Levain", "Leaven"), "<p>Flour and water.</p>"),
    ]


def test_remains_of_markdown_are_reported_at_each_of_their_places_and_not_at_what_is_right(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    text = (
        "# One\n\n## What? {#what}\n\n### Answer\n$$\nx\n$$\n\nCode: `[^1]`.\n\nA note[^1] and\nanother[^1].\n\n"
        "$$\ny\n\n```markdown\n##What\n```\n\n##What\n\n- [ ] One {abc}`x`\n- Two {abc}`y`\n"
    )
    lay(tmp_path / "content", {"01-one.md": text})
    build.main(["check", "content"])
    found = re.findall(r"^content/01-one.md:(\d+:\d+): warning: `(.*)` would be", capsys.readouterr().err, re.MULTILINE)
    assert found == [
        ("12:7", "[^1]"),
        ("13:8", "[^1]"),
        ("15:1", "$$"),
        ("22:1", "##What"),
        ("24:11", "{abc}"),
        ("25:7", "{abc}"),
    ]


def test_code_between_four_marks_may_show_code_between_three(tmp_path: Path) -> None:
    shown = "````markdown\n```text\nx\n````\n\nIt is not closed.\n\n```markdown\n###Hint\n```\n"
    lay(tmp_path / "guide", {"01-a.md": f"---\ntitle: A\nkind: prose\n---\n{shown}"})
    assert build.main(["check", "--strict", str(tmp_path / "guide")]) == 0
