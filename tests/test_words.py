"""No text at all loses a word on its way into a book: from Markdown to HTML, and from there to paper and screen."""

import re
import zipfile
from functools import cache
from io import BytesIO

import pypdfium2
from conftest import ROOT, examples
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from studyguide.model import EbookOptions, Edition, Guide, Project, Source
from studyguide.pipeline import Builder, read_guide
from studyguide.reading.project import read_project
from studyguide.rules.check import find_problems

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
    """Whether a pair of marks makes a comment, a target of a link, a note that nothing asks for, or attributes."""
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
    """Whether no book would be made of this."""
    ours = project(text)
    return any(problem.severity == "error" for problem in find_problems(ours, read_guide(ours)))
