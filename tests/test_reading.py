"""A folder's chapters are read, and a warning names each file that an author may take for a chapter and that is not read."""

import re
import shutil
from pathlib import Path

import pytest
from conftest import ROOT, conforms, documents, entries, lay, page_texts

import build
from studyguide.model import NOWHERE, Chapter
from studyguide.pipeline import read_guide
from studyguide.problems import ContentError
from studyguide.reading.project import read_project
from studyguide.rules.check import find_problems
from studyguide.text import BOOK_NAMES

CHAPTER = "## Why?\n\n### Answer\nSo.\n"


def read(folder: Path, *names: str) -> tuple[list[str], list[str]]:
    """Return the names of the chapters in a folder of these files, and those of the files that a warning is about."""
    lay(folder, dict.fromkeys(("01-a.md", *names), CHAPTER))
    project = read_project(str(folder))
    assert {each.rule for each in project.problems} <= {"unread-file"}
    assert {each.severity for each in project.problems} <= {"warning"}
    chapters = [str(Path(each.path).relative_to(folder)) for each in project.sources]
    return chapters, [str(Path(each.place.path).relative_to(folder)) for each in project.problems]


@pytest.mark.parametrize("name", ["02-b.MD", "02-b.Md", "02-b.markdown", "02-b.Mdown", "02-b.mkd", "04-security.md"])
def test_a_chapter_may_have_any_ending_of_markdown(name: str, tmp_path: Path) -> None:
    assert read(tmp_path, name) == (["01-a.md", name], [])


@pytest.mark.parametrize(
    "name",
    [
        "README.md",
        "LICENSE.md",
        "CHANGELOG.markdown",
        "Contributing.md",
        "._01-a.md",
        ".hidden.md",
        "#01-a.md#",
        "01-a.md~",
        "01-a.md.orig",
        "notes.txt",
        ".git/a.md",
        ".venv/lib/a.md",
        "node_modules/x/a.md",
        "_drafts/02-b.md",
        "figures/README.md",
        "figures/LICENSE.md",
    ],
)
def test_a_file_that_nobody_takes_for_a_chapter_is_left_alone(name: str, tmp_path: Path) -> None:
    assert read(tmp_path, name) == (["01-a.md"], [])


@pytest.mark.parametrize(
    "name",
    [
        "part/02-b.md",
        "part/inner/02-b.MD",
        "02-b.mdx",
        "02-b.Rmd",
        "02-b.md.txt",
        "security.md",
        "authors.md",
        "guide.yml",
        "guide.YAML",
        "guide.json",
        ".guide.toml",
        "guide.toml.txt",
    ],
)
def test_a_file_that_is_not_read_is_told(name: str, tmp_path: Path) -> None:
    assert read(tmp_path, name) == (["01-a.md"], [name])


def test_a_lock_of_an_editor_is_no_chapter(tmp_path: Path) -> None:
    (tmp_path / ".#01-a.md").symlink_to("somebody@machine.4711:1")
    assert read(tmp_path) == (["01-a.md"], [])


def test_a_folder_is_told_once_and_a_linked_one_not_at_all(tmp_path: Path) -> None:
    lay(tmp_path / "elsewhere", {"a.md": CHAPTER})
    (tmp_path / "guide").mkdir()
    (tmp_path / "guide/linked").symlink_to(tmp_path / "elsewhere")
    names = ("part/02-b.md", "part/03-c.md", "part/inner/04-d.md", "other/05-e.md")
    assert read(tmp_path / "guide", *names) == (["01-a.md"], ["other/05-e.md", "part/02-b.md"])


@pytest.mark.parametrize("name", ["guide.toml", "pyvenv.cfg"])
def test_another_guide_in_a_folder_and_an_environment_of_python_are_left_alone(name: str, tmp_path: Path) -> None:
    assert read(tmp_path, f"inner/{name}", "inner/lib/02-b.md") == (["01-a.md"], [])


def test_settings_of_another_case_are_read_where_the_disk_takes_them_for_the_same(tmp_path: Path) -> None:
    is_same = (lay(tmp_path, {"Guide.toml": 'title = "T"\n'}) / "guide.toml").exists()
    assert read(tmp_path)[1] == ([] if is_same else ["Guide.toml"])


def test_a_guide_all_of_whose_chapters_stand_deeper_is_told_where(tmp_path: Path) -> None:
    lay(tmp_path, {"book/part/01-a.md": CHAPTER})
    with pytest.raises(ContentError) as caught:
        read_project(str(tmp_path))
    (problem,) = caught.value.problems
    assert (problem.rule, f"`{tmp_path}/book/part`" in problem.fix) == ("no-content", True)


def test_a_file_that_is_not_read_hides_no_other_problem(small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lay(small, {"part/02-b.md": CHAPTER, "03-c.md": "## Why? {#own}\n\n### Answer\nSee [it](#nowhere).\n"})
    assert build.main(["check"]) == 1
    said = capsys.readouterr().err
    assert "content/part/02-b.md: warning:" in said
    assert "content/03-c.md:4:10: the link `#nowhere` leads nowhere [broken-link]" in said
    lay(small, {"03-c.md": CHAPTER})
    assert build.main(["dump"]) == build.main(["check"]) == 0


# ---------------------------------------------------------------- what an earlier build left


def test_books_of_an_earlier_name_are_told_once(small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert build.main(["-e", "tablet"]) == 0
    config = small / "guide.toml"
    config.write_text('name = "other"\n' + config.read_text())
    capsys.readouterr()
    for is_told in (True, False):
        assert build.main(["-e", "tablet"]) == 0
        line = "dist/a-small-guide.epub is of an earlier build and stays; delete it if you do not need it\n"
        assert (line in capsys.readouterr().out) == is_told
        (small / "01-first-things.md").open("a").write("\nMore.\n")
    assert sorted(path.name for path in Path("dist").glob("*.epub")) == ["a-small-guide.epub", "other.epub"]


# ---------------------------------------------------------------- names


def find_faults(folder: Path, files: dict[str, str]) -> list[tuple[str, str]]:
    """Return place and rule of each problem of a guide of these files."""
    lay(folder, files)
    project = read_project(str(folder))
    return [
        (str(each.place).removeprefix(f"{folder}/"), each.rule)
        for each in sorted(find_problems(project, read_guide(project)))
    ]


@pytest.mark.parametrize(
    ("mark", "found"),
    [
        *((each, []) for each in ("ü", "_a", "a:b", "a-b_2", "कि", "漢字")),
        *((each, ["unknown-mark"]) for each in ("R&D", "a<b", "a>b", "a'b", "a|b", "1", "-a", "²", "a/b", "a😀")),
        *((each, ["unknown-mark"]) for each in ('a"b', "a b", "a.b")),
        *(
            (each, ["duplicate-id"])
            for each in ("index", "progress", "review-plan", "how-to-use", "by-subject", "answers-case")
        ),
        ("x" * 501, ["over-limit"]),
    ],
)
def test_an_identifier_is_one_in_every_book_or_is_refused(mark: str, found: list[str], tmp_path: Path) -> None:
    faults = find_faults(tmp_path, {"01-case.md": f"## Why? {{#{mark}}}\n\n### Answer\nSo.\n"})
    assert faults == [("01-case.md:1:1", rule) for rule in found]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        *(
            (f"## Why? {{{mark}}}\n\n### Answer\nSo.", ["1:1"])
            for mark in ("hard", "tags='a'", "tags=“a b”", "medium #x")
        ),
        ("## Why?\n\n### Answer {.hard}\nSo.", ["3:5"]),
        ("## Why? {#x}\n\n### Hint {#y}\nSo.\n\n### Answer {tags=a}\nSo.", ["3:5", "6:5"]),
        *((f"## Why {{{words}}}\n\n### Answer\nSo.", []) for words in ("x", "0, 1", "a hardship", "")),
    ],
)
def test_marks_are_where_a_question_has_them_or_are_refused(text: str, found: list[str], tmp_path: Path) -> None:
    faults = find_faults(tmp_path, {"01-case.md": f"{text}\n"})
    assert faults == [(f"01-case.md:{place}", "unknown-mark") for place in found]


def test_names_that_come_from_words_avoid_those_of_the_book(tmp_path: Path) -> None:
    files = {
        "index.md": "## Index?\n\n### Answer\nYes.\n\n## Progress?\n\n### Answer\nSee [it](index.md).\n",
        "01.md": CHAPTER,
    }
    assert find_faults(tmp_path, {**files, "02.md": f"{CHAPTER}See [one](01.md), [two](./02.md).\n"}) == []
    guide = read_guide(read_project(str(tmp_path)))
    assert [each.id for each in guide.chapters] == ["n-01", "n-02", "chapter-index"]
    assert [each.id for each in guide.questions] == ["why", "why-2", "index-2", "progress-2"]


def test_every_identifier_of_a_template_is_kept_from_authors() -> None:
    # A card for Anki has no identifiers of the guide; one that begins with a hyphen, as in web pages, no author can write.
    books = [path for path in (ROOT / "templates").rglob("*.html") if path.parent.name != "anki"]
    texts = [path.read_text() for path in books if path.name != "nav.html"]
    assert {name for text in texts for name in re.findall(r' id="(\w[\w-]*)"', text)} == BOOK_NAMES
    beginnings = {name for text in texts for name in re.findall(r' id="([\w-]+)\{\{ chapter\.id', text)}
    assert beginnings == {name.removesuffix("x") for name in Chapter("x", NOWHERE, "").added_names}


@pytest.mark.parametrize(
    ("title", "found"),
    [
        *(
            (each, ["missing-title"])
            for each in ("##", "## ", "## {#x}", "## ****", "## <!-- x -->", "## ?", "## [](#case)")
        ),
        *((each, []) for each in ("## 1?", "## `*`", "## $x$", "## +?", "## 漢?")),
    ],
)
def test_a_question_has_a_title(title: str, found: list[str], tmp_path: Path) -> None:
    faults = find_faults(tmp_path, {"01-case.md": f"{title}\n\n### Answer\nSo.\n"})
    assert [rule for _, rule in faults if rule != "empty-link"] == found


def test_links_identifiers_and_names_of_parts_leave_every_book_whole(small: Path) -> None:
    shutil.rmtree(small)
    parts = "\n".join(f"### {name}\nThe {name} is read.\n" for name in ("Tab", "Verso", "Hole", "Cover"))
    text = f"""\
## Where is <span id="this">it</span>? See [who](#who) and [there](https://example.org)

### Answer
In [its word](#this), <span id="a b">a</span> <a name="1. b">b</a> <em id="R&amp;D">c</em>, [a](#a%20b), [b](<#1. b>), [c](#R&D).

A paragraph.
{{: #p&q }}

{parts}
## Who? {{#who}}

### Answer
They.
"""
    config = "".join(f"[parts.{name}]\n" for name in ("tab", "verso", "hole", "cover"))
    lay(small, {"index.md": text, "guide.toml": f'title = "T"\n{config}'})
    assert build.main(["-q", "-e", "guide", "-e", "answers", "-e", "tablet"]) == 0
    conforms(Path("dist/t.epub"))
    for book in ("dist/t.pdf", "dist/t-answers.pdf"):
        words = " ".join(" ".join(page_texts(book)).split())
        for name in ("Tab", "Verso", "Hole", "Cover"):
            assert f"The {name} is read." in words
    document = documents(entries("dist/t.epub"))["answers-chapter-index.xhtml"]
    leading = {each.get("href") for each in document.iter("{*}a")}
    assert {"#a-b", "#n-1-b", "#r-d", "chapter-chapter-index.xhtml#this"} <= leading


def test_a_part_whose_name_is_refused_is_known_all_the_same(tmp_path: Path) -> None:
    files = {"guide.toml": '[parts."a b"]\nlabel = "Aside"\n', "01-case.md": f"{CHAPTER}\n### Aside\nBy the way.\n"}
    assert find_faults(tmp_path, files) == [("guide.toml:1:1", "wrong-value")]


# ---------------------------------------------------------------- options


@pytest.mark.parametrize(
    ("options", "found"),
    [
        ("- [ ] a\n- [x] b", []),
        ("- [ ] a\n  - inner\n  - other\n- [x] b\n  > Why.\n", []),
        ("1. [ ] a\n2. [x] b\n", []),
        ("- plain\n- list\n\nChoose:\n\n- [ ] a\n- [x] b", []),
        ("```text\n- [ ] code\n```\n\n- [ ] a\n- [x] b", []),
        ("- [ ] a\n\n  ```text\n  - [ ] code\n  ```\n- [x] b", []),
        ("- [ ] a\n  - [ ] inner\n- [x] b", [("01-case.md:4:3", "unmarked-option")]),
        ("1. [ ] a\n   1. [x] inner\n2. [x] b", [("01-case.md:4:3", "unmarked-option")]),
        ("- [ ] a\n- [x]", [("01-case.md:4:6", "empty-part")]),
        ("- [ ]\n- [x] b", [("01-case.md:3:6", "empty-part")]),
        ("- [ ] a\n- b\n- [x] c", [("01-case.md:4:1", "unmarked-option")]),
        ("- a\n- [x] b", [("01-case.md:4:1", "unmarked-option")]),
        ("- [ ] list\n\nAnd:\n\n- [ ] a\n- [x] b", [("01-case.md:3:1", "unmarked-option")]),
        ("- [ ] a\n- [x]  a", [("01-case.md:4:8", "repeated-option")]),
        ("- [ ] `a+b`\n- [x] `a-b`", []),
        ("- [ ] a\n- [x] A", []),
        ("- [x] a", [("01-case.md:3:7", "single-option")]),
    ],
)
def test_options_are_told_apart(options: str, found: list[tuple[str, str]], tmp_path: Path) -> None:
    assert find_faults(tmp_path, {"01-case.md": f"## Which?\n\n{options}\n\n### Explanation\nSo.\n"}) == found


# ---------------------------------------------------------------- definitions


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("[^a] [^b]\n\n[^a]: One.\n\n[^b]: Two.", []),
        ("[^a] [^A]\n\n[^a]: One.\n\n[^A]: Two.", []),
        ("[^a]\n\n[^a]: One.\n\n[^a]: Two.\n\n    More.\n\n[^a]: Three.", [8, 12]),
        ("[a]\n\n[a]: https://a.example\n[A]: https://b.example", [7]),
        ("[a]\n\n[a]: https://a.example\n[A]: https://a.example", []),
        ("[a b]\n\n[a  b]: https://a.example\n\n[a b]:\n   <https://b.example>", [8]),
        ("HTML\n\n*[HTML]: One\n*[HTML]: Two", [7]),
        ("HTML\n\n*[HTML]: One\n*[HTML]: One\n*[html]: Two", []),
        ("[a]\n\n[a]: https://a.example\n\n```text\n[a]: code\n*[a]: code\n*[a]: other\n```", []),
    ],
)
def test_a_second_definition_of_a_name_is_told_where_it_stands(text: str, lines: list[int], tmp_path: Path) -> None:
    faults = find_faults(tmp_path, {"01-case.md": f"## Why?\n\n### Answer\n{text}\n"})
    told = [fault for fault in faults if fault[1] != "lost-word"]  # which names the words of a note
    assert told == [(f"01-case.md:{line}:1", "repeated-definition") for line in lines]
