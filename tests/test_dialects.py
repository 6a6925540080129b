"""Guides as others write them: what becomes of each, whole, and that nothing is lost.

`dialects/` holds a file for each family, with the traps that it is known for, and beside it what is made of it.
"""

import json
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from conftest import ROOT, examples, find_epub_faults, lay, need
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

import build
from studyguide.importers import FAMILIES, convert, find_refusal, is_ours, translate, write_chapter, write_project
from studyguide.importers.options import read_key
from studyguide.importers.wording import recognise_wording
from studyguide.model import Asset, Guide, Project, Source
from studyguide.pipeline import read_guide
from studyguide.reading.config import configure
from studyguide.rules.check import find_problems
from studyguide.text import strip_markdown

FOLDER = ROOT / "tests" / "dialects"
PARTS = configure(None, {}, ()).parts
GUIDES = sorted(FOLDER.glob("*.md"))


def understood(text: str, dialect: str = "") -> tuple[Project, Guide]:
    project, _ = translate(Project("guide.md", None, (Source("guide.md", text),)), dialect)
    return project, read_guide(project)


@pytest.mark.parametrize("path", GUIDES, ids=[path.stem for path in GUIDES])
def test_a_foreign_guide_becomes_one_of_ours(path: Path, accept: bool) -> None:
    source = Source(f"{path.stem}.md", path.read_text(encoding="utf-8"))
    project, (report,) = translate(Project(source.path, None, (source,)))
    seen = "".join(f">>> {each.path}\n{each.text}" for each in write_project(project)) + f">>> report\n{report}\n"
    expected = path.with_suffix(".expected")
    if accept:
        expected.write_text(seen, encoding="utf-8")
    assert seen == expected.read_text(encoding="utf-8")


@pytest.mark.parametrize("path", GUIDES, ids=[path.stem for path in GUIDES])
def test_our_reader_takes_it_without_problems(path: Path) -> None:
    project, guide = understood(path.read_text(encoding="utf-8"))
    told = {"missing-answer", *(["near-twins"] if path.stem == "headings" else [])}  # it asks one question twice
    assert {problem.rule for problem in find_problems(project, guide)} <= told


def traps() -> list[tuple[str, str, list[str]]]:
    """Name, text and questions of each guide of ``traps.txt``: `+` before a question with an answer, `-` before another."""
    out = []
    for piece in re.split(r"^=== ", (FOLDER / "traps.txt").read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]:
        head, _, rest = piece.partition("\n")
        name, *how = head.split()
        text, _, truth = rest.partition("%%%\n")
        out.append((name, text.replace("\n", "\r\n") if "crlf" in how else text, truth.strip().splitlines()))
    return out


TRAPS = traps()


@pytest.mark.parametrize(("text", "truth"), [each[1:] for each in TRAPS], ids=[each[0] for each in TRAPS])
def test_a_trap_is_passed_and_no_word_lost(
    text: str, truth: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("guide.md").write_bytes(b"\xef\xbb\xbf" + text.encode())
    assert build.main(["dump", "guide.md"]) == 0
    chapters = json.loads(capsys.readouterr().out)["chapters"]
    found = [
        f"{'+' if is_answered(each) else '-'} {spaced(each['title'])}"
        for chapter in chapters
        for each in chapter["questions"]
    ]
    assert found == [line[:2] + spaced(strip_markdown(line[2:])) for line in truth]
    assert build.main(["check", "guide.md", "--allow-missing-answers"]) == 0
    assert "words lost" not in capsys.readouterr().out


def is_answered(question: dict[str, Any]) -> bool:
    told = question["parts"].keys() & {"answer", "explanation"}
    return bool(told) or any(choice["correct"] for choice in question["choices"])


def spaced(title: str) -> str:
    return re.sub(r"\s+", " ", title)


def test_a_guide_of_our_own_is_left_alone() -> None:
    text = "## What is one? {#one}\n\n### Answer\nA number.\n"
    assert is_ours(Source("guide.md", text))
    assert understood(text)[0].sources == (Source("guide.md", text),)
    assert is_ours(Source("guide.md", "---\ntitle: Ours\n---\n- What?\n"))
    assert is_ours(Source("guide.md", "## What is two?\n\n- [ ] `1`\n- [x] `2`\n"))


def test_a_text_without_questions_is_left_alone() -> None:
    assert convert(Source("guide.md", "# Title\n\nWords.\n\n- one\n- two\n")) is None


def test_a_dialect_can_be_named() -> None:
    text = "# Words\n\n### Alpha\n\nThe first.\n\n### Omega\n\nThe last.\n"
    converted = convert(Source("guide.md", text), "headings")
    assert converted
    assert "## Alpha {#alpha}\n\n### Answer\n\nThe first." in write_chapter(converted.chapters[0])


def test_pictures_that_are_there_stay_pictures() -> None:
    text = '### What is it?\n\n<img src="./a.png"> ![B](https://example.org/b.png)\n\n### Why is it?\n\nIt is.\n'
    project = Project("guide.md", None, (Source("guide.md", text),), (Asset("./a.png", b""),))
    chapter = write_project(translate(project)[0])[0].text
    assert "![a](./a.png) [B](https://example.org/b.png)" in chapter


BAD = {
    "empty": ("", "the file is empty [not-markdown]"),
    "blank": (" \n\n", "the file is empty [not-markdown]"),
    "binary": ("# Q\n\0\1", "the character U+0000 cannot be printed [control-character]"),
    "page": ("<!DOCTYPE html>\n<html><body>What?</body></html>", "this is an HTML page [not-markdown]"),
    "line": ("# What?\n" + "word [" * 200_000, "characters, and 100,000 are the most [over-limit]"),
    "nested on one line": ("- " * 10_000 + "What?", "inside each other, and 25 are the most [over-limit]"),
    "nested line by line": (
        "".join(f"{' ' * 2 * level}- What?\n" for level in range(600)),
        "inside each other, and 25 are the most [over-limit]",
    ),
    "endless": ("- What?\n" * 200_000, "20,001 lines with text, and 20,000 are the most [over-limit]"),
    "quoted": (">" * 10_000 + " What?", "inside each other, and 25 are the most [over-limit]"),
}


@pytest.mark.parametrize("name", BAD)
def test_what_is_no_guide_is_refused_with_its_place(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    text, found = BAD[name]
    Path("guide.md").write_text(text, encoding="utf-8")
    for command in ("dump", "check", "build"):
        assert build.main([command, "guide.md"]) == 1
        said = capsys.readouterr().err
        assert re.match(
            rf"guide\.md:\d+(:\d+)?: .*{re.escape(found)}\n  fix: .*\n1 problem; nothing was written\n$", said
        )


ODD = {
    "only fences": "```\n" * 500,
    "only brackets": "[" * 90_000,
    "only tags": "<details><summary>" * 4_000,
    "only stars": "**" * 40_000,
    "one unclosed tag": "### What?\n\n<a href='x\n" * 50,
    "only boxes": "".join(f'{" " * 4 * level}??? question "What?"\n' for level in range(300)),
    "only containers": "::: details What?\n" * 9_000,
    "only braces": "::" + " " * 90_000 + "{{\n" + "What? {\n" * 9_000,
    "only colons": "what is :" * 9_000 + ":::\n",
    "only labels": "What?\n\nA. x\nB. y\n\n" + "my answer " * 9_000 + "\n\nA" + " " * 90_000 + ".\n",
    "only shortcodes": "{% details " + " " * 60_000 + "{{< details " * 900,
    "nothing but letters": "A. x\n" * 3_000,
}


@pytest.mark.parametrize("name", ODD)
def test_what_is_odd_never_breaks_the_reader(name: str) -> None:
    source = Source("guide.md", ODD[name])
    assert find_refusal(source) is None
    convert(source)


def test_import_writes_chapters_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("guide.md").write_text((FOLDER / "labelled.md").read_text(encoding="utf-8"), encoding="utf-8")
    assert build.main(["import", "guide.md", "--to", "new"]) == 0
    assert "5 questions, 5 with an answer" in capsys.readouterr().out
    assert sorted(path.name for path in Path("new").iterdir()) == ["01-bridges.md", "02-by-hand.md", "guide.toml"]
    assert build.main(["check", "new"]) == 0
    assert build.main(["import", "guide.md", "--to", "new"]) == 1
    assert "new/01-bridges.md and 2 more would be written over" in capsys.readouterr().err


def test_a_folder_is_imported_in_natural_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("old").mkdir()
    for number in (10, 2):
        Path(f"old/{number}.md").write_text(
            f"# Part {number}\n\n## What is {number}?\n\nIt.\n\n## Why {number}?\n\nSo.\n"
        )
    assert build.main(["import", "old", "--to", "new"]) == 0
    assert [path.name for path in sorted(Path("new").glob("*.md"))] == ["01-part-2.md", "02-part-10.md"]


def test_a_folder_has_the_order_of_its_contents_list(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    chapter = "# {0}\n\n## What is {0}?\n\nIt.\n\n## Why {0}?\n\nSo.\n"
    contents = "# Notes\n\nWelcome.\n\n## Contents\n\n- [Tea](tea.md)\n- [Ale](ale.md)\n"
    lay(Path("old"), {"README.md": contents, "LICENSE.md": "Free."})
    lay(Path("old"), {f"{name}.md": chapter.format(name) for name in ("ale", "tea")})
    assert build.main(["dump", "old"]) == 0
    guide = json.loads(capsys.readouterr().out)
    assert guide["title"] == "Notes"
    found = [(each["title"], len(each["questions"])) for each in guide["chapters"]]
    assert found == [("Notes", 0), ("tea", 2), ("ale", 2)]


def test_a_folder_may_hold_a_question_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    question = "# What is {0}?\n\nIt.\n\n![](way.png)\n\n## More\n\nThat.\n"
    for topic in ("a-road", "way"):
        lay(Path(f"old/{topic}"), {f"{number}.md": question.format(f"{topic} {number}") for number in (2, 10)})
    Image.new("L", (9, 9)).save("old/way/way.png")
    assert build.main(["import", "old", "--to", "new"]) == 0
    assert sorted(path.name for path in Path("new").iterdir()) == ["01-a-road.md", "02-way.md", "guide.toml", "way"]
    text = Path("new/02-way.md").read_text(encoding="utf-8")
    assert re.findall(r"^## .*\?|^!.*", text, re.MULTILINE) == [
        "## What is way 2?",
        "![way](way/way.png)",
        "## What is way 10?",
        "![way](way/way.png)",
    ]
    assert build.main(["check", "new"]) == 0


def test_missing_answers_can_be_allowed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("guide.md").write_text("- What is one?\n- What is two?\n- What is three?\n", encoding="utf-8")
    assert build.main(["check", "guide.md"]) == 1
    assert "guide.md:2: the question `What is two?` has no answer [missing-answer]" in capsys.readouterr().err
    assert build.main(["check", "guide.md", "--allow-missing-answers"]) == 0


def test_warnings_name_the_lines_of_the_file_that_others_wrote(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    asked = "What is the reason that a tree falls in the wood on a quiet night?"
    Path("guide.md").write_text(
        f"# Trees\n\n### {asked}\n\nA storm.\n\n### {asked[:-1]}s?\n\nRain.\n", encoding="utf-8"
    )
    found = f"guide.md:7: warning: this question is nearly `{asked}`, guide.md:3 [near-twins]"
    assert build.main(["check", "guide.md"]) == 0
    assert found in capsys.readouterr().err
    for _ in range(2):
        assert build.main(["build", "guide.md", "--edition", "tablet", "--quiet"]) == 0
        assert found in capsys.readouterr().err
    assert build.main(["check", "guide.md", "--strict", "--allow-missing-answers"]) == 1
    assert found in capsys.readouterr().err


def test_an_unknown_dialect_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "guide.md"
    path.write_text("- What?\n", encoding="utf-8")
    assert build.main(["dump", str(path), "--dialect", "heading"]) == 2
    assert "there is no dialect `heading`: write `headings`" in capsys.readouterr().err


# ---------------------------------------------------------------- what is no label


NO_LABELS = {
    "a formula": "$$\na = \\frac{F}{m}\n- b\n$$",
    "a formula in brackets": "\\[\nA: B\n= C\n\\]",
    "a sum": "A = 3 + 4, as before.",
    "a sum in words": "Answer = 42 is a joke.",
    "a mapping": "A -> B, and A => B.",
    "a ratio": "A:B is two to three.",
    "a name": "A. Lovelace wrote it.",
    "an article": "a - if you will - moment.",
    "a compound": "A-B tests compare.",
    "a compound of words": "Solution-focused talk.",
    "an adjective": "Correct-by-construction code.",
    "a size": "A4 = 210 by 297 mm.",
    "letters of a formula": "where\n\n- a: the acceleration\n- F: the force",
    "names of records": "They are:\n\n- **SOA** - a start\n- **A** - an address\n- **NS** - a server",
}


@pytest.mark.parametrize("answer", NO_LABELS.values(), ids=NO_LABELS)
def test_a_formula_a_sum_and_a_name_are_no_labels(answer: str) -> None:
    converted = convert(Source("guide.md", f"# T\n\n## What is first?\n\n{answer}\n\n## What is last?\n\nThe end.\n"))
    assert converted
    assert f"### Answer\n\n{answer}\n\n## What is last?" in write_chapter(converted.chapters[0])
    assert not [note for note in converted.report.notes if note.kind == "label"]


@pytest.mark.parametrize("label", ["A.", "A)", "A -", "A:", "**A.**", "Ans-", "Answer:-", "Solution –", "a:"])
def test_the_labels_of_answers_to_questions_with_labels_are_left_out(label: str) -> None:
    written = "".join(f"Q. What is {name}?\n\n{label} It is {name}.\n\n" for name in ("ale", "tea", "rye"))
    converted = convert(Source("guide.md", written))
    assert converted
    assert "## What is tea? {#what-is-tea}\n\n### Answer\n\nIt is tea.\n" in write_chapter(converted.chapters[0])


@pytest.mark.parametrize("text", ["B-trees are bushes.", "C++ is no tree.", "A-B tests come later."])
def test_a_name_below_options_is_no_key(text: str) -> None:
    options = "- [ ] Bush\n- [ ] Fern\n- [x] Oak\n"
    converted = convert(
        Source("guide.md", f"### Which is a tree?\n\n{options}\n{text}\n\n### What is wood?\n\nIt burns.\n")
    )
    assert converted
    assert f"{options}\n### Explanation\n\n{text}\n" in write_chapter(converted.chapters[0])
    assert not read_key(text, 3, recognise_wording(text))


# ---------------------------------------------------------------- what must not stop a book of another's


BELOW_OPTIONS = {
    "words": "Choose one.",
    "a note": "Look up.[^1]\n\n[^1]: In a list.",
    "a quotation": "> Mind it.",
    "a list": "It is\n\n- so\n- thus",
    "a picture": "![Dunes](https://example.org/dunes.png)",
}


@pytest.mark.parametrize("below", BELOW_OPTIONS.values(), ids=BELOW_OPTIONS)
def test_options_keep_their_letters_whatever_stands_below_them(below: str) -> None:
    text = f"# Quiz\n\n### Which is dry?\n\n- [x] Sand\n- [ ] Sea\n\n{below}\n\n---\n\n### What is wet?\n\nThe sea.\n"
    _, guide = understood(text)
    first = guide.chapters[0].questions[0]
    assert [(choice.text.markdown, choice.correct) for choice in first.choices] == [("Sand", True), ("Sea", False)]
    assert not first.stem
    assert [part.name for part in first.parts] == ["explanation"]


def test_a_comment_below_options_is_told() -> None:
    text = "### Which is dry?\n\n- [x] Sand\n- [ ] Sea\n\n<!-- of May -->\n\n### What is wet?\n\nThe sea.\n"
    converted = convert(Source("guide.md", text))
    assert converted
    assert "### Explanation" not in write_chapter(converted.chapters[0])
    assert [(note.kind, note.line) for note in converted.report.notes if note.text.startswith("<!--")] == [
        ("comment", 6)
    ]


def test_one_formula_that_cannot_be_set_stops_no_book(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    text = "# Sums\n\n## What is a sum?\n\n$u < v \\nope{w}$ holds.\n\n$$\n\\gone\n$$\n\n## What is two?\n\n$1 + 1$\n"
    Path("guide.md").write_text(text, encoding="utf-8")
    assert build.main(["build", "guide.md", "-e", "guide", "-e", "tablet", "--out", "out", "--jobs", "1"]) == 0
    said = capsys.readouterr().err
    assert (
        "guide.md:5: warning: the formula `u < v \\nope{w}` cannot be set: `\\nope` is not known; it is shown as typed"
        in said
    )
    assert find_text("out/sums.pdf", "$u < v \\nope{w}$ holds.")
    assert find_text("out/sums.pdf", "$$\\gone$$")
    with ZipFile("out/sums.epub") as book:
        pages = "".join(book.read(name).decode() for name in book.namelist() if name.endswith(".xhtml"))
    assert "<code>$u &lt; v \\nope{w}$</code> holds." in pages
    assert "<code>$$\\gone$$</code>" in pages
    assert not find_epub_faults(Path("out/sums.epub"))
    assert build.main(["check", "guide.md", "--strict"]) == 1


def test_a_formula_that_is_too_large_stops_no_book(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    deep = "y_{" * 12 + "z" + "}" * 12
    Path("guide.md").write_text(f"# Sums\n\n## What is deep?\n\n${deep}$\n\n## What is two?\n\nOne and one.\n", "utf-8")
    assert build.main(["build", "guide.md", "-e", "tablet", "--out", "out", "--jobs", "1"]) == 0
    assert "8 are the most; it is shown as typed [over-limit]" in capsys.readouterr().err
    with ZipFile("out/sums.epub") as book:
        assert any(f"<code>${deep}$</code>".encode() in book.read(name) for name in book.namelist())


def find_text(path: str, text: str) -> bool:
    """Return whether the pages of a PDF have this text, whatever stands between its words."""
    pages = subprocess.run([need("pdftotext"), "-layout", path, "-"], capture_output=True, text=True, check=True).stdout
    return " ".join(text.split()) in " ".join(pages.split())


# ---------------------------------------------------------------- flash cards, and notes of Obsidian


def test_a_file_of_code_is_no_deck() -> None:
    names = "std::vector\nstd::map\nstd::set"
    text = f"# C++\n\nThe library has:\n\n{names}\n\nand more, such as these of ours.\n\n- Ours::any\n- Net::cow\n\nUse them.\n\nThey are good.\n\nOr not.\n"
    assert convert(Source("guide.md", text)) is None


VAULT = {
    "Start.md": "# Sea\n\n- [[Tide]]\n- [Wave](notes/Wave.md#how-high-is-a-wave)\n",
    "notes/Tide.md": (
        "---\naliases: [tides, ebb]\n---\n# Tide\n\n## What is a tide?\n\n![[moon rise.png|The moon]]\n\n"
        "See [[Wave#How high is a wave?|height]] and [[#Why is there one?]].\n\n"
        "## Why is there one?\n\n==The moon== pulls. ^a1b2c3\n\n![[Wave]]\n"
    ),
    "notes/Wave.md": "# Wave\n\n## How high is a wave?\n\nNot as [[EBB]], but as [[Shore]].\n\n## Who rides it?\n\nA [[Tide#Why is there one?|rider]].\n",
}


def test_the_notes_of_a_vault_link_to_each_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    lay(Path("vault"), VAULT)
    (Path("vault") / "pictures").mkdir()
    Image.new("L", (9, 9)).save("vault/pictures/moon rise.png")
    assert build.main(["dump", "vault"]) == 0
    guide = json.loads(capsys.readouterr().out)
    text = json.dumps(guide["chapters"])
    assert "- [Tide](#tide)\\n- [Wave](#how-high-is-a-wave)" in text
    assert "![[pictures/moon rise.png|The moon]]" in text
    assert "See [height](#how-high-is-a-wave) and [Why is there one?](#why-is-there-one)." in text
    assert "==The moon== pulls.\\n\\n[Wave](#wave)" in text
    assert "Not as [EBB](#tide), but as [[Shore]]." in text
    assert "A [rider](#why-is-there-one)." in text
    assert {("block-name", "^a1b2c3"), ("dead-link", "Shore")} <= {
        (each["kind"], each["text"]) for each in guide["left_out"]
    }


def test_a_book_of_a_vault_shows_its_pictures_and_no_brackets(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    lay(Path("vault"), {name: text.replace("moon rise", "moon") for name, text in VAULT.items()})
    (Path("vault") / "pictures").mkdir()
    Image.new("L", (9, 9)).save("vault/pictures/moon.png")
    assert build.main(["build", "vault", "-e", "tablet", "--out", "out", "--jobs", "1"]) == 0
    (book,) = Path("out").glob("*.epub")
    with ZipFile(book) as archive:
        pages = "".join(archive.read(name).decode() for name in archive.namelist() if name.endswith(".xhtml"))
        assert [name for name in archive.namelist() if name.endswith(".png")]
    assert 'alt="The moon"' in pages
    assert "[[" not in pages
    assert not find_epub_faults(book)


def test_notes_that_are_named_for_their_questions_are_a_question_each() -> None:
    names = {"What is salt": "Like [[Where is sand|sand]].", "Where is sand": "Here.", "Why is there sea": "So."}
    sources = tuple(Source(f"sea/{name}.md", f"{text}\n") for name, text in names.items())
    project, _ = translate(Project("sea", None, sources))
    (chapter,) = write_project(project)
    assert re.findall(r"^## (.*) \{", chapter.text, re.MULTILINE) == list(names)
    assert "Like [sand](#where-is-sand)." in chapter.text


# ---------------------------------------------------------------- any guide, written in any dialect

Pair = tuple[str, str]
WORDS = st.lists(st.text("abcdefghijklmnopqrstuvwxyz", min_size=2, max_size=8), min_size=2, max_size=6).map(" ".join)
ANSWERS = st.one_of(
    WORDS.map(lambda words: f"It is {words}."),
    st.tuples(WORDS, WORDS).map(lambda two: f"It is {two[0]}.\n\n- {two[1]}\n  - nested"),
    WORDS.map(lambda words: f"So:\n\n```python\n# {words}\nprint(1)\n```"),
)
PAIRS = st.lists(st.tuples(WORDS.map(lambda words: f"What is {words}?"), ANSWERS), min_size=4, max_size=9)


def indented(text: str, width: int) -> str:
    return "\n".join(" " * width + line if line else "" for line in text.split("\n"))


def inline(text: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"```\w*|#", "", text))


WRITERS: dict[str, Callable[[int, Pair], str]] = {
    "labelled": lambda at, pair: f"**Q{at}: {pair[0]}**\n\n**A:** {pair[1]}\n",
    "labelled items": lambda at, pair: f"{at}. **Q: {pair[0]}**\n\n    A: {indented(pair[1], 4).lstrip()}\n",
    "headings": lambda at, pair: f"### {pair[0]}\n\n{pair[1]}\n",
    "numbered headings": lambda at, pair: f"## {at}. {pair[0]}\n\n{pair[1]}\n\n[Back to top](#top)\n",
    "details": lambda at, pair: f"<details>\n<summary><b>{pair[0]}</b></summary>\n\n{pair[1]}\n\n</details>\n",
    "headings with details": lambda at, pair: (
        f"### {pair[0]}\n<details><summary>Answer</summary>\n\n{pair[1]}\n</details>\n"
    ),
    "HTML headings": lambda at, pair: f"<h3>{at}. {pair[0]}</h3>\n\n{pair[1]}\n",
    "labels on their own lines": lambda at, pair: f"**Question:**\n{pair[0]}\n\n**Answer:**\n\n{pair[1]}\n",
    "glued": lambda at, pair: f"**Q{at}. {pair[0]}**\n{pair[1]}",
    "quotations": lambda at, pair: f"> {pair[0]}\n\n{pair[1]}\n",
    "parentheses": lambda at, pair: f"({at}) {pair[0]}\n\n{pair[1]}\n",
    "bold": lambda at, pair: f"**{pair[0]}**\n\n{pair[1]}\n",
    "items": lambda at, pair: f"{at}. ### {pair[0]}\n\n{indented(pair[1], 4)}\n\n**[Back to top](#top)**\n",
    "bold items": lambda at, pair: f"{at}. **{pair[0]}**\n\n{indented(pair[1], 4)}\n",
    "choices": lambda at, pair: f"#### Q{at}. {pair[0]}\n\n- [x] {inline(pair[1])}\n- [ ] none\n",
    "lettered": lambda at, pair: f"### {pair[0]}\n\nA. none\nB. {inline(pair[1])}\n\nAnswer: B\n",
    "tables": lambda at, pair: f"| {at} | {pair[0]} | {inline(pair[1])} |",
}


@pytest.mark.parametrize("name", WRITERS)
@given(pairs=PAIRS)
@examples(15, 200)
def test_whatever_is_written_in_a_dialect_is_read_again(name: str, pairs: list[Pair]) -> None:
    write = WRITERS[name]
    head = "# Top\n\nAn introduction.\n\n" + ("| # | Question | Answer |\n|---|---|---|\n" if name == "tables" else "")
    text = head + "\n".join(write(at, pair) for at, pair in enumerate(pairs, 1)) + "\n"
    converted = convert(Source("guide.md", text))
    assert converted
    assert not [note for note in converted.report.notes if note.kind == "lost-word"]
    questions = [question for each in converted.chapters for question in each.questions]
    assert [question.title.markdown for question in questions] == [asked for asked, _ in pairs]
    for question, (_, answer) in zip(questions, pairs, strict=True):
        told = " ".join(
            [
                *(part.text.markdown for part in question.parts),
                *(each.text.markdown for each in question.choices),
            ]
        )
        assert question.is_answered
        if name in ("choices", "lettered", "tables"):
            assert inline(answer).strip() in told
        else:
            assert told == answer


def test_every_dialect_has_a_guide() -> None:
    assert {path.stem for path in GUIDES} >= set(FAMILIES)
