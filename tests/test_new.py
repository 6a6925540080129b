"""A guide that `new` writes is built at once; a folder that has none says what to do; a shell completes names."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
import yaml
from click.shell_completion import ShellComplete
from conftest import SMALL, lay

import build
from studyguide import authoring, cli
from studyguide.model import Source
from studyguide.pipeline import OUTPUTS
from studyguide.reading.config import configure
from studyguide.runtime import person

CHAPTER = SMALL["01-first-things.md"]


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working folder of somebody whom git knows."""
    folder = tmp_path / "desk"
    folder.mkdir()
    settings = tmp_path / "gitconfig"
    settings.write_text("[user]\nname = Ada Example\n")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(settings))
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    monkeypatch.chdir(folder)
    return folder


def list_files(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


# ---------------------------------------------------------------- a new guide


def test_a_new_guide_has_a_title_and_an_author_and_no_problems(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert build.main(["new", "my-first_guide"]) == 0
    said = capsys.readouterr().out
    assert "./build.py preview my-first_guide" in said
    assert "./build.py build my-first_guide" in said
    text = (desk / "my-first_guide" / "guide.toml").read_text(encoding="utf-8")
    assert 'title = "My first guide"\nauthors = ["Ada Example"]\nlanguage = "en"\n' in text
    assert build.main(["check", "my-first_guide", "--strict"]) == 0
    assert capsys.readouterr() == ("my-first_guide: 2 chapters, 3 questions, no problems\n", "")


def test_a_new_guide_shows_the_whole_format(desk: Path) -> None:
    assert build.main(["new", "g"]) == 0
    text = "".join(path.read_text(encoding="utf-8") for path in sorted((desk / "g").glob("0*.md")))
    for shown in (
        "kind: prose",
        "### Hint",
        "### Answer",
        "### Explanation",
        "- [x] ",
        "> ",
        "$$",
        "```python",
        "](figures/",
    ):
        assert shown in text, shown


def test_a_new_guide_becomes_a_book_of_its_questions_and_nothing_else(
    desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert build.main(["new", "g", "--title", "Paper"]) == 0
    capsys.readouterr()
    os.chdir("g")
    assert build.main(["-e", "guide", "-e", "tablet"]) == 0
    assert (desk / "g/dist/paper.pdf").read_bytes().startswith(b"%PDF")
    out, err = capsys.readouterr()
    assert "warning" not in out + err
    assert build.main(["-e", "guide", "-e", "tablet"]) == 0  # the books in dist/ are no part of it
    assert "nothing has changed" in capsys.readouterr().out
    text = subprocess.run(["pdftotext", "dist/paper.pdf", "-"], capture_output=True, text=True, check=True).stdout
    assert "Which sheet is twice as large as A4?" in text
    assert "This page is no chapter" not in text


def test_each_key_of_a_new_guide_may_be_set_by_taking_its_mark_away(desk: Path) -> None:
    assert build.main(["new", "g"]) == 0
    lines = (desk / "g" / "guide.toml").read_text(encoding="utf-8").splitlines()
    named = {line.partition(" = ")[0].lstrip("#") for line in lines if re.match(r"#?[a-z-]+ = ", line)}
    assert {key.name for key in authoring.list_keys() if not key.outer and not key.brackets} == named
    together = "\n".join(line.removeprefix("#") if re.match(r"#[a-z\[]", line) else line for line in lines)
    mistakes = [each.found for each in configure(Source("guide.toml", together), OUTPUTS, ("a4",)).problems]
    assert mistakes == []


def test_a_new_guide_takes_what_is_said_for_what_would_be_guessed(desk: Path) -> None:
    words = ["--title", 'Say "hi"', "--author", "Bo Ex\\ample", "--language", "de"]
    assert build.main(["new", "g", *words]) == 0
    text = (desk / "g" / "guide.toml").read_text(encoding="utf-8")
    assert 'title = "Say \\"hi\\""\nauthors = ["Bo Ex\\\\ample"]\nlanguage = "de"\n' in text
    assert build.main(["check", "g", "--strict"]) == 0


@pytest.mark.parametrize(
    ("variable", "tag", "advice"),
    [("en_GB.UTF-8", "en-GB", ""), ("de_AT.UTF-8", "en", 'write `language = "de-AT"`'), ("nl_NL.UTF-8", "en", ""), ("C", "en", "")],
)  # fmt: skip
def test_the_language_of_a_new_guide_is_that_of_its_english_words(
    desk: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    variable: str,
    tag: str,
    advice: str,
) -> None:
    monkeypatch.setenv("LC_ALL", variable)
    assert build.main(["new", "g"]) == 0
    assert f'language = "{tag}"\n' in (desk / "g" / "guide.toml").read_text(encoding="utf-8")
    said = capsys.readouterr().out
    assert advice in said
    assert ("in English" in said) == bool(advice)


def test_somebody_whom_git_does_not_know_is_called_by_the_login(desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("LOGNAME", "ada")
    assert person.find_author() == "ada"


@pytest.mark.parametrize("login", ["root", "nobody", "runner", "user", "Administrator"])
def test_a_login_that_everybody_has_is_no_author_and_a_missing_author_is_reported(
    login: str, desk: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("LOGNAME", login)
    assert build.main(["new", "g"]) == 0
    assert 'write `authors = ["Your Name"]`' in capsys.readouterr().out
    text = (desk / "g" / "guide.toml").read_text(encoding="utf-8")
    assert not re.search("^authors", text, re.MULTILINE)
    assert login not in text.partition("# ")[0]
    assert build.main(["check", "g", "--strict"]) == 0
    assert build.main(["new", "h", "--author", "Ada"]) == 0
    assert "no author" not in capsys.readouterr().out


@pytest.mark.parametrize(
    ("address", "found"),
    [
        ("https://example.org/ada/books.git", "git+https://example.org/ada/books.git"),
        ("https://ada:secret@example.org/books.git", "git+https://example.org/books.git"),
        ("git@example.org:ada/books.git", ""),
        ("/srv/books", ""),
    ],
)
def test_the_workflow_of_a_new_guide_installs_the_program_from_where_it_came(
    desk: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], address: str, found: str
) -> None:
    checkout = desk / "program"
    subprocess.run(["git", "init", "-q", str(checkout)], check=True)
    subprocess.run(["git", "-C", str(checkout), "remote", "add", "origin", address], check=True)
    assert person.find_program_address(checkout) == found
    monkeypatch.setattr(person, "find_program_address", lambda folder: found)
    assert build.main(["new", "g"]) == 0
    text = (desk / "g" / ".github" / "workflows" / "book.yml").read_text(encoding="utf-8")
    settings = yaml.safe_load(text)
    assert settings["env"]["STUDYGUIDE"] == found
    assert ("write into it, at `STUDYGUIDE`" in capsys.readouterr().out) == (not found)
    commands = [step["run"] for step in settings["jobs"]["book"]["steps"] if "run" in step]
    assert commands[-1] == "studyguide build . --out dist"


def test_a_program_installed_from_a_folder_with_a_space_comes_from_the_remote_of_that(
    desk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    checkout = desk / "my programs"
    subprocess.run(["git", "init", "-q", str(checkout)], check=True)
    address = "https://example.org/ada/books.git"
    subprocess.run(["git", "-C", str(checkout), "remote", "add", "origin", address], check=True)
    origin = json.dumps({"url": checkout.as_uri(), "dir_info": {}})
    monkeypatch.setattr(person, "distribution", lambda name: SimpleNamespace(read_text=lambda file: origin))
    assert person.find_program_address(None) == f"git+{address}"


# ---------------------------------------------------------------- nothing is written over


def test_a_new_guide_writes_no_file_over(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lay(desk, {"g/guide.toml": "mine", "g/README.md": "mine"})
    assert build.main(["new", "g"]) == 1
    assert "g/guide.toml is there already, and so is 1 more; nothing was written: name another folder" in capsys.readouterr().err  # fmt: skip
    assert list_files(desk) == ["g/README.md", "g/guide.toml"]
    assert (desk / "g" / "guide.toml").read_text() == "mine"


def test_a_new_guide_is_not_mixed_with_chapters(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lay(desk, {"g/07-mine.md": CHAPTER})
    assert build.main(["new", "g"]) == 1
    assert "g has chapters already; nothing was written" in capsys.readouterr().err
    assert list_files(desk) == ["g/07-mine.md"]


def test_a_new_guide_without_a_name_takes_the_current_folder_if_that_is_empty(
    desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    subprocess.run(["git", "init", "-q"], check=True)
    assert build.main(["new"]) == 0
    assert "`./build.py build`" in capsys.readouterr().out
    assert 'title = "Desk"' in (desk / "guide.toml").read_text(encoding="utf-8")
    assert build.main(["new"]) == 1
    assert "`./build.py new my-guide` writes a guide into a new one" in capsys.readouterr().err


def test_a_name_of_git_that_is_none_is_left_out(desk: Path) -> None:
    (desk.parent / "gitconfig").write_text(f"[user]\nname = {'Ada' * 700}\n")
    assert build.main(["new", "g"]) == 0
    assert "#authors = " in (desk / "g" / "guide.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (["new", "g", "--language", "en_US"], 1, "`en_US` is no language [bad-language]\n  fix: write `en-US`"),
        (["new", "g", "--title", "a\x01b"], 1, "`title` has a character that cannot be printed, U+0001"),
        (["new", ""], 2, "it is empty"),
        (["new", "file"], 2, "`file` is a file"),
    ],
)
def test_what_no_guide_can_have_is_told_and_nothing_is_written(
    desk: Path, capsys: pytest.CaptureFixture[str], words: list[str], code: int, message: str
) -> None:
    lay(desk, {"file": ""})
    assert build.main(words) == code
    assert message in capsys.readouterr().err
    assert list_files(desk) == ["file"]


def test_a_folder_that_nobody_may_write_to_is_one_message(
    desk: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(*args: object) -> None:
        raise PermissionError(13, "Permission denied", "g")

    monkeypatch.setattr(authoring, "write_artifacts", refuse)
    assert build.main(["new", "g"]) == 1
    assert capsys.readouterr().err == "./build.py: g: Permission denied; nothing was written: name another folder\n"


def test_a_link_in_the_way_of_a_new_guide_is_told_and_nothing_is_written(
    desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (desk / "dangling").symlink_to("nowhere")
    assert build.main(["new", "dangling"]) == 2
    assert "`dangling` is a link to what is not there; name another folder" in capsys.readouterr().err
    (desk / "g").mkdir()
    (desk / "g" / ".github").symlink_to(desk.parent)
    assert build.main(["new", "g"]) == 1
    said = capsys.readouterr().err
    assert "g/.github is a link, and the guide wants a folder of its own there; nothing was written: name another folder" in said  # fmt: skip
    assert build.main(["new", "/proc/x"]) == 1
    assert "/proc/x: No such file or directory; nothing was written: name another folder" in capsys.readouterr().err
    assert list_files(desk) == [] and not (desk.parent / "workflows").exists()


def test_a_name_of_bytes_that_are_no_letters_is_refused(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert build.main(["new", os.fsdecode(b"g\xff")]) == 2
    assert "`g\ufffd` has bytes that are no letters; name another folder" in capsys.readouterr().err
    assert list_files(desk) == []


def test_the_next_command_for_a_name_that_begins_with_a_mark_can_be_typed(
    desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert build.main(["new", "--", "-x"]) == 0
    assert "`./build.py build ./-x`" in capsys.readouterr().out
    assert build.main(["check", "./-x"]) == 0


# ---------------------------------------------------------------- a folder without a guide


@pytest.mark.parametrize("command", [[], ["build"], ["check"], ["watch"]], ids=["", "build", "check", "watch"])
def test_where_no_guide_is_the_program_says_how_to_begin(
    desk: Path, capsys: pytest.CaptureFixture[str], command: list[str]
) -> None:
    lay(desk, {"ReadMe.md": "# A list of links\n"})
    assert build.main(command) == 1
    said = capsys.readouterr().err
    assert "content: there is no such folder, and no chapter in the current one [no-content]" in said
    assert "write `./build.py new my-guide` to start a guide" in said
    assert "`./build.py import ReadMe.md --to my-guide` to make a guide of this file" in said
    assert list_files(desk) == ["ReadMe.md"]


def test_the_current_folder_is_built_if_it_is_a_guide(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lay(desk, SMALL)
    assert build.main(["check"]) == 0
    assert capsys.readouterr().out.startswith(".: 2 chapters, 2 questions")
    lay(desk / "content", {"01-other.md": "## Why? {#why}\n\n### Answer\nSo.\n"})
    assert build.main(["check"]) == 0
    assert capsys.readouterr().out.startswith("content: 1 chapter, 1 question,")


def test_a_mistake_in_the_current_folder_has_the_name_that_one_would_type(
    desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lay(desk, {"guide.toml": "", "01-a.md": "## Why?\n\n### Answr\nSo.\n"})
    assert build.main(["check"]) == 1
    assert capsys.readouterr().err.startswith("01-a.md:3:5: there is no part `Answr`")


# ---------------------------------------------------------------- completion


def complete(*words: str) -> list[str]:
    """Return the completions that click offers for the last of the words."""
    items = ShellComplete(cli.cli, {}, "studyguide", "_STUDYGUIDE_COMPLETE").get_completions([*words[:-1]], words[-1])
    return [item.value for item in items]


def test_a_shell_completes_names(desk: Path) -> None:
    lay(desk, {"g/guide.toml": '[editions.pocket]\n[editions.mid]\ntake = [{ count = 1 }]\nforms = ["A"]\n'})
    lay(desk, {"g/01-a.md": CHAPTER})
    assert complete("comp") == ["completion"]
    assert complete("completion", "") == ["bash", "zsh", "fish"]
    assert complete("build", "-e", "te") == ["teacher"]
    assert complete("build", "g", "-e", "po") == ["pocket"]
    assert complete("build", "g", "-e", "mid") == ["mid-A", "mid-A-sheet", "mid-A-key"]
    assert complete("build", "--page", "a") == ["a4", "a5"]
    assert complete("check", "--dialect", "he") == ["headings"]
    assert complete("explain", "near") == ["near-twins"]
    assert complete("explain", "see-th") == ["see-through"]


def test_a_guide_toml_that_is_broken_completes_nothing_and_says_nothing(
    desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lay(desk, {"guide.toml": "title = "})
    (desk / "g").mkdir()
    (desk / "g" / "guide.toml").write_bytes(b"\xff")
    assert complete("build", "-e", "wor") == ["workbook"]
    assert complete("build", "g", "-e", "wor") == ["workbook"]
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_of_a_shell_is_one(shell: str, desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert build.main(["completion", shell]) == 0
    script = capsys.readouterr().out
    assert f"={shell}_complete" in script
    if shutil.which(shell):
        subprocess.run([shell, "-n"], input=script, text=True, check=True)


def test_bash_completes_by_the_script(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert build.main(["completion", "bash"]) == 0
    script = capsys.readouterr().out
    lay(desk, {"build.py": f"#!{sys.executable}\nimport sys\nsys.path.insert(0, {str(Path(build.__file__).parent)!r})\nimport build\nsys.exit(build.main(sys.argv[1:]))\n"})  # fmt: skip
    (desk / "build.py").chmod(0o755)
    asked = "COMP_WORDS=(build.py explain near); COMP_CWORD=2; _buildpy_completion ./build.py; echo ${COMPREPLY[@]}"
    done = subprocess.run(["bash", "-c", f"{script}\n{asked}"], capture_output=True, text=True, check=True)
    assert done.stdout == "near-twins\n"


def test_a_name_that_is_neither_a_rule_nor_a_key_is_answered_with_the_nearest(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert build.main(["explain", "see-trough"]) == 2
    assert "there is no rule, key, mark or part `see-trough`: write `see-through`" in capsys.readouterr().err
    assert build.main(["explain", "near-twin"]) == 2
    assert "write `near-twins`" in capsys.readouterr().err


def test_a_long_name_is_answered_in_short(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert build.main(["explain", "x" * 100_000]) == 2
    said = capsys.readouterr().err
    assert f"`{'x' * 60}…`" in said and len(said) < 2_000


def test_a_schema_that_would_be_a_folder_is_told_its_name(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert build.main(["schema", "--out", "."]) == 2
    assert "such as `guide.schema.json`" in capsys.readouterr().err


def test_a_key_is_explained_with_its_values_and_an_example(capsys: pytest.CaptureFixture[str]) -> None:
    assert build.main(["explain", "editions.NAME.page"]) == 0
    said = capsys.readouterr().out
    assert '`page`: a key of `[editions.NAME]`, for editions with `output = "pdf"`' in said
    assert '  default  `"a4"`\n' in said
    assert '    [editions.NAME]\n    page = "a5"\n' in said


def test_the_schema_that_is_printed_is_the_one_that_is_written(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert build.main(["schema"]) == 0
    printed = capsys.readouterr().out
    assert build.main(["schema", "--out", "g/guide.schema.json"]) == 0
    assert (desk / "g" / "guide.schema.json").read_text(encoding="utf-8") == printed
    assert json.loads(printed) == json.loads(json.dumps(authoring.make_schema()))


def test_the_page_sizes_of_a_guide_are_known_where_it_is_at_hand(
    desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lay(desk / "mine", {"guide.toml": "", "styles/pages/square.css": ""})
    assert complete("build", "mine", "--page", "sq") == ["square"]
    assert complete("build", "--page", "sq") == []
    cli.main(["schema", "--out", "mine/guide.schema.json"])
    assert '"square"' in (desk / "mine" / "guide.schema.json").read_text()
    cli.main(["explain", "page"])
    assert "square" not in capsys.readouterr().out
    os.chdir(desk / "mine")
    cli.main(["explain", "page"])
    assert "square" in capsys.readouterr().out
