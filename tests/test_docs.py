"""The manual in docs/ is right: its commands, keys, examples and links, and the books that are made of it."""

import re
import shlex
from functools import cache
from pathlib import Path

import click
import pytest
from conftest import ROOT, conforms, judge_pdfs, lay, page_texts

import build
from studyguide import authoring
from studyguide.cli import cli
from studyguide.limits import LIMITS
from studyguide.marks import MARKS
from studyguide.model import Source
from studyguide.pipeline import OUTPUTS
from studyguide.reading.config import configure
from studyguide.reading.project import read_rules
from tools.make_docs import (
    change_links,
    describe_commands,
    describe_keys,
    describe_limits,
    describe_rules,
    list_limits,
    write_source,
)

DOCS = ROOT / "docs"
CHAPTERS = sorted(DOCS.glob("[0-9]*.md"))
FENCE = re.compile(r"^(`{3,})(\w+)\n(.*?)^\1$", re.DOTALL | re.MULTILINE)


def find_examples(language: str) -> list[pytest.param]:
    return [
        pytest.param(text, id=f"{path.stem}-{number}")
        for path in CHAPTERS
        for number, (_, kind, text) in enumerate(FENCE.findall(path.read_text(encoding="utf-8")), 1)
        if kind == language
    ]


@cache
def find_commands() -> tuple[str, ...]:
    """Return each line of a shell and each `studyguide …` in a line of text."""
    found = []
    for path in CHAPTERS:
        text = path.read_text(encoding="utf-8")
        lines = [line for _, kind, code in FENCE.findall(text) if kind == "sh" for line in code.splitlines()]
        found += [line for line in lines if line.startswith("studyguide ")]
        found += [" ".join(each.split()) for each in re.findall(r"`(studyguide [^`]+)`", FENCE.sub("", text))]
    return tuple(dict.fromkeys(found))


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("manual") / "source"
    write_source(folder)
    return folder


def test_the_manual_has_neither_errors_nor_warnings(source: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = build.main(["check", "--strict", str(source)])
    assert (code, capsys.readouterr().err) == (0, "")


@pytest.mark.parametrize("command", find_commands())
def test_a_command_of_the_manual_exists_with_its_options(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    words = shlex.split(command, comments=True)[1:]
    name = words.pop(0) if words and not words[0].startswith("-") else "build"
    found = cli.commands[name]
    given = [word for word in words if word.startswith("-")]
    known = {option for param in found.params for option in (*param.opts, *param.secondary_opts)}
    assert set(given) <= known
    if len(words) > len(given) or not any(param.required for param in found.params):
        found.make_context(name, words, parent=click.Context(cli))


@pytest.mark.parametrize("text", find_examples("toml"))
def test_settings_of_the_manual_are_accepted(text: str) -> None:
    config = configure(Source("guide.toml", text), OUTPUTS, ["a4", "a5", "letter"])
    assert config.problems == ()


def read_blocks(path: Path, language: str) -> list[str]:
    return [text for _, kind, text in FENCE.findall(path.read_text(encoding="utf-8")) if kind == language]


def test_who_types_what_the_tutorial_shows_gets_a_guide(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    first, more = read_blocks(DOCS / "10-tutorial.md", "markdown")
    (settings,) = read_blocks(DOCS / "10-tutorial.md", "toml")
    (message,) = [each for each in read_blocks(DOCS / "10-tutorial.md", "text") if "unknown-part" in each]
    lay(tmp_path / "planets", {"01-planets.md": f"{first}\n{more}", "guide.toml": settings})
    assert build.main(["check", "--strict", "planets"]) == 0
    assert capsys.readouterr().out == "planets: 1 chapter, 4 questions, no problems\n"
    chapter = tmp_path / "planets" / "01-planets.md"
    chapter.write_text(chapter.read_text().replace("### Explanation", "### Explanaton", 1))
    assert build.main(["check", "planets"]) == 1
    place = re.compile(r":\d+:\d+:")
    assert place.sub(":", message) in place.sub(":", capsys.readouterr().err)


@pytest.mark.parametrize(
    "text",
    [each for each in find_examples("markdown") if "## " in each.values[0] or "kind: glossary" in each.values[0]],
)
def test_a_chapter_of_the_manual_has_neither_errors_nor_warnings(
    text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    known = "## An example {#venus}\n\n### Answer\nOf what is linked to.\n\n" if "{#venus" not in text else ""
    front, dashes, body = text.rpartition("\n---\n")
    lay(tmp_path / "my-guide", {"01-a.md": f"{front}{dashes}{'' if 'kind:' in front else known}{body}"})
    code = build.main(["check", "--strict", "my-guide"])
    assert (code, capsys.readouterr().err) == (0, "")


def test_the_manual_shows_what_explain_prints(capsys: pytest.CaptureFixture[str]) -> None:
    (shown,) = [each for each in read_blocks(DOCS / "70-editors.md", "text") if each.startswith("`page`")]
    assert build.main(["explain", "page"]) == 0
    assert capsys.readouterr().out == shown


def test_the_manual_says_of_a_mark_what_explain_says() -> None:
    rows = re.findall(
        r"^\| (`[#.\w][^|]*`) \| (.*) \|$", (DOCS / "15-writing.md").read_text(encoding="utf-8"), re.MULTILINE
    )
    descriptions = {name.strip("`#.").partition("=")[0]: text for marks, text in rows for name in marks.split(", ")}
    common = ("id", "easy", "medium", "hard", "tags", "marks", "space", "lang")
    assert {name: descriptions.get(name) for name in common} == {name: MARKS[name].description for name in common}


def list_headings(text: str) -> set[str]:
    """Return the names by which GitHub finds the headings of a page."""
    headings = re.findall(r"^#+ (.+?)(?: \{.*\})?$", FENCE.sub("", text), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("path", [*CHAPTERS, DOCS / "README.md"], ids=lambda path: path.stem)
def test_a_link_of_a_page_leads_somewhere_on_github_too(path: Path) -> None:
    found: list[str] = []
    text = re.sub(r"\[_+\]\(", "(", path.read_text(encoding="utf-8"))  # a gap is no link
    change_links(text, lambda target: found.append(target) or target)
    for target in found:
        name, _, heading = target.partition("#")
        if ":" not in name:
            page = path.parent / name if name else path
            assert page.exists(), target
            assert not heading or heading in list_headings(page.read_text(encoding="utf-8")), target


def test_links_to_the_reference_lead_to_the_chapters_that_are_made(source: Path) -> None:
    text = (source / "35-editions.md").read_text(encoding="utf-8")
    assert "[here](90-keys.md)" in text
    assert "[limits](96-limits.md)" in (source / "60-import.md").read_text(encoding="utf-8")
    for name in ("90-keys.md", "92-commands.md", "94-rules.md", "96-limits.md"):
        assert (source / name).exists()


def test_the_reference_describes_each_key_once() -> None:
    keys = authoring.list_keys()
    text = describe_keys(keys)
    told = re.findall(r"^`(\S+)`\n: ", text, re.MULTILINE)
    own = [key for key in keys if not key.brackets and key.table != "editions.NAME.look"]
    assert sorted(told) == sorted(f"{key.outer}.{key.name}" if key.outer else key.name for key in own)
    section = text.partition('\n## `[editions.NAME]` with `output = "pdf"` ')[2].partition("\n## ")[0]
    entry = section.partition("\n`page`\n: ")[2].partition("\n\n")[0]
    assert entry.startswith("The size of the paper.")
    assert entry.endswith('Values: `7x10`, `a4`, `a5`, `eink`, `letter`. Default: `"a4"`. Example: `page = "a5"`')
    assert '\n## `[editions.NAME]` with `output = "epub"`, `"anki"` or `"web"` {' in text


def test_the_reference_has_each_limit_in_words() -> None:
    limits = list_limits((ROOT / "SECURITY.md").read_text(encoding="utf-8"))
    assert [limit for _, limit in limits] == list(LIMITS.values())
    assert "\n| questions | 20,000 questions | make several guides of it |\n" in describe_limits(limits)


def test_the_reference_describes_each_command_and_option() -> None:
    text = describe_commands(cli)
    assert re.findall(r"^## (\S+)", text, re.MULTILINE) == list(cli.commands)
    section = text.partition("\n## export ")[2].partition("\n## ")[0]
    assert "studyguide export [OPTIONS] [SOURCE]" in section
    assert (
        "`--to [gift|moodle-xml|qti]`\n: The format: GIFT, Moodle XML, or a package of QTI 2.1.  [required]\n"
        in section
    )


def test_the_reference_describes_each_rule_with_its_examples() -> None:
    text = describe_rules(read_rules().values())
    found = re.findall(r"^### (\S+) \{#rule-(\S+)\}$", text, re.MULTILINE)
    assert sorted(found) == [(name, name) for name in sorted(read_rules())]
    errors, warnings = text.partition("\n## Errors\n")[2].split("\n## Warnings\n")
    assert ("\n### broken-link " in errors, "\n### lone-tag " in warnings) == (True, True)
    section = errors.partition("\n### heading-level ")[2].partition("\n### incomplete-ignore")[0]
    assert "\n#### Wrong: a level left out\n" in section
    assert "\n## Why?\n" in section  # an example stays as it is


def test_links_are_changed_and_code_is_not() -> None:
    text = "[a](b.md) and `[a](b.md)`\n\n```\n[a](b.md)\n```\n[`x`](c.md), ![a](b.png)\n"
    assert change_links(text, lambda target: "" if target == "c.md" else f"#{target}") == (
        "[a](#b.md) and `[a](b.md)`\n\n```\n[a](b.md)\n```\n`x`, ![a](b.png)\n"
    )


@pytest.mark.nightly
def test_the_manual_is_a_book_to_print_and_one_to_read(source: Path, tmp_path: Path) -> None:
    assert build.main(["build", "--strict", str(source), "-q", "-e", "guide", "-e", "tablet", "-o", str(tmp_path)]) == 0
    conforms(tmp_path / "studyguide-manual.epub")
    pages = page_texts(tmp_path / "studyguide-manual.pdf")
    assert judge_pdfs(tmp_path / "studyguide-manual.pdf") == [
        "studyguide-manual.pdf ua1 conforms",
        "studyguide-manual.pdf 3a conforms",
    ]
    contents = " ".join(pages[:12])
    for title in ("Your first book in ten", "Check yourself", "Commands", "Rules"):
        assert title in contents
    text = "".join(pages)
    assert all(f"### {name}" not in text and name in text for name in read_rules())
