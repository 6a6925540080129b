"""Problems reach whoever has to mend them: an author, a pull request, a program."""

import json
import re
import sys
from pathlib import Path

import pytest
from conftest import ROOT, SMALL, lay

import build
from studyguide.__main__ import main
from studyguide.pipeline import read_guide
from studyguide.problems import ContentError, Place, Problem, format_problems
from studyguide.reading.project import read_project, read_rules
from studyguide.rules.check import list_warnings
from studyguide.rules.reporting import FORMATS
from studyguide.rules.spelling import find_misspelt_words
from studyguide.runtime import dictionary

ODD = """\
## Is it: 5 % or 10 %? {#odd}

### Answer
Is it: 5 % or 10 %? See [so](#50%).
"""
ECHO = """\
## When is it off? {#off}

### Answer
When is it off? Never.
"""
WARNING = "content/02-echo.md:4:1: warning: the answer repeats its question word for word [echoed-question]"


@pytest.fixture
def echo(small: Path) -> Path:
    """The small guide with a warning in it."""
    return lay(small, {"02-echo.md": ECHO})


def run_program(capsys: pytest.CaptureFixture[str], *args: str) -> tuple[int, str, str]:
    code = build.main(args)
    return (code, *capsys.readouterr())


def test_a_warning_is_told_and_the_books_are_built(echo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run_program(capsys, "check")
    assert (code, out) == (0, "content: 3 chapters, 3 questions, 1 warning\n")
    assert err == f"{WARNING}\n  fix: begin with what is new\n"
    code, _, err = run_program(capsys, "-q", "-e", "tablet")
    assert (code, err.splitlines()[0]) == (0, WARNING)
    assert Path("dist/a-small-guide.epub").exists()


def test_a_build_of_nothing_new_tells_its_warnings_again(echo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert build.main(["-q", "-e", "tablet"]) == 0
    capsys.readouterr()
    code, out, err = run_program(capsys, "-e", "tablet")
    assert (code, err.splitlines()[0]) == (0, WARNING)
    assert out.startswith("nothing has changed")


def test_strict_builds_nothing_where_there_are_warnings(echo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert build.main(["-q", "-e", "tablet"]) == 0
    capsys.readouterr()
    for args in (
        ["check", "--strict"],
        ["--strict", "-q", "-e", "tablet", "-o", "strict"],
        ["--strict", "-e", "tablet"],
    ):
        code, _, err = run_program(capsys, *args)
        assert (code, err.splitlines()[0], err.splitlines()[-1]) == (1, WARNING, "1 warning; nothing was written")
    assert not Path("strict").exists()


def test_errors_and_warnings_are_counted_apart(echo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lay(echo, {"03-open.md": "## Why? {#why}\n\n## Who? {#who}\n"})
    assert run_program(capsys, "check")[2].endswith("\n2 problems and 1 warning; nothing was written\n")


def test_warnings_are_told_beside_what_only_typesetting_finds(echo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lay(echo, {"03-georgian.md": f"## Why? {{#why}}\n\n### Answer\nა {'more words ' * 20}\n"})
    code, _, err = run_program(capsys, "-q", "-e", "guide")
    assert (code, err.count("[missing-glyph]"), err.count(WARNING)) == (1, 1, 1)


@pytest.mark.parametrize("where", ['where = "off"', 'where = "echo"', ""])
def test_an_ignore_fits_a_question_a_chapter_or_the_guide(
    where: str, echo: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lay(echo, {"guide.toml": f'[[ignore]]\nrule = "echoed-question"\n{where}\nreason = "It is a quotation."\n'})
    assert run_program(capsys, "check", "--strict") == (0, "content: 3 chapters, 3 questions, no problems\n", "")


def test_an_ignore_is_not_judged_where_errors_hide_what_it_fits(echo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ignore = '[[ignore]]\nrule = "echoed-question"\nwhere = "off"\nreason = "It is a quotation."\n'
    lay(echo, {"guide.toml": ignore, "02-echo.md": ECHO.replace("Answer", "Answr")})
    assert "[unused-ignore]" not in run_program(capsys, "check")[2]
    lay(echo, {"02-echo.md": ECHO.replace("When is it off? Never.", "Never.")})
    assert "[unused-ignore]" in run_program(capsys, "check")[2]


def test_an_ignore_of_spelling_is_judged_when_words_are_looked_up(
    small: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lay(small, {"guide.toml": '[[ignore]]\nrule = "spelling"\nreason = "It is an old text."\n'})
    assert run_program(capsys, "check", "--strict")[0] == 0
    code, _, err = run_program(capsys, "check", "--strict", "--spelling")
    assert (code, err.splitlines()[0].rpartition(" ")[2]) == (1, "[unused-ignore]")
    lay(small, {"02-old.md": "## Whither? {#whither}\n\n### Answer\nWhithersoeverly.\n"})
    assert run_program(capsys, "check", "--strict", "--spelling")[0] == 0


def test_ignores_and_words_change_no_page(small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert build.main(["-e", "tablet"]) == 0
    with (small / "guide.toml").open("a") as file:
        file.write('words = ["thumbwise"]\n[[ignore]]\nrule = "lone-tag"\nreason = "A small guide has few."\n')
    capsys.readouterr()
    code, out, err = run_program(capsys, "-e", "tablet")
    assert (code, err.count("[unused-ignore]")) == (0, 1)
    assert out.splitlines()[-1].startswith("0 pieces set anew")


# ---------------------------------------------------------------- formats


def make_problems(rule: str, count: int) -> list[Problem]:
    return [Problem(Place("a.md", line), rule, f"this is `{rule}`", "write it") for line in range(1, count + 1)]


def test_a_person_reads_the_first_problems_of_each_rule_and_how_many_more_there_are() -> None:
    problems = [
        *make_problems("near-twins", 30_000),
        *make_problems("broken-link", 100),
        *make_problems("spelling", 102),
    ]
    lines = format_problems(problems).splitlines()
    told = [line for line in lines if not line.startswith("  fix: ")]
    assert len(told) == 100 + 100 + 100 + 2
    assert told[-2:] == [
        "… and 29,900 more [near-twins]; `--format json` lists all",
        "… and 2 more [spelling]; `--format json` lists all",
    ]
    assert str(ContentError(problems)).count("[broken-link]") == 100


@pytest.mark.parametrize("form", ["json", "sarif", "github"])
def test_a_program_reads_all_problems(form: str) -> None:
    text = FORMATS[form](make_problems("near-twins", 150), read_rules())
    assert text.count("this is `near-twins`") == 150


def test_all_problems_are_counted_where_only_some_are_told(small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lay(small, {"02-many.md": "## Why? {#why}\n\n### Answer\n" + "See [it](#no).\n\n" * 150})
    code, _, err = run_program(capsys, "check")
    assert (code, err.count("[broken-link]\n  fix: ")) == (1, 100)
    assert err.splitlines()[-2:] == [
        "… and 50 more [broken-link]; `--format json` lists all",
        "150 problems; nothing was written",
    ]


def test_a_pull_request_shows_each_problem_on_its_line(small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lay(small, {"02-a, b.md": ODD})
    code, out, err = run_program(capsys, "check", "--format", "github")
    assert (code, err) == (1, "")
    assert out.splitlines() == [
        "::warning file=content/02-a%2C b.md,line=4,col=1,title=echoed-question::"
        "the answer repeats its question word for word%0Afix: begin with what is new",
        "::error file=content/02-a%2C b.md,line=4,col=30,title=broken-link::"
        "the link `#50%25` leads nowhere%0Afix: write `#` and a question's identifier",
    ]


def test_a_program_reads_problems_as_json(echo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run_program(capsys, "-e", "tablet", "--format", "json")
    assert (code, err) == (0, "")
    assert json.loads(out) == [
        {
            "path": "content/02-echo.md",
            "line": 4,
            "column": 1,
            "severity": "warning",
            "rule": "echoed-question",
            "found": "the answer repeats its question word for word",
            "fix": "begin with what is new",
        }
    ]


def test_code_scanning_reads_problems_with_the_pages_of_their_rules(
    small: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lay(small, {"02-a, b.md": ODD, "guide.toml": 'titel = "T"'})
    code, out, err = run_program(capsys, "check", "--format", "sarif")
    assert (code, err) == (1, "")
    log = json.loads(out)
    (run,) = log["runs"]
    assert log["version"] == "2.1.0"
    levels = {rule["id"]: rule["defaultConfiguration"]["level"] for rule in run["tool"]["driver"]["rules"]}
    assert levels == {"broken-link": "error", "echoed-question": "warning", "unknown-key": "error"}
    assert all(rule["help"]["markdown"].startswith(f"# {rule['id']}") for rule in run["tool"]["driver"]["rules"])
    results = run["results"]
    assert [each["ruleId"] for each in results] == ["echoed-question", "broken-link", "unknown-key"]
    assert all(run["tool"]["driver"]["rules"][each["ruleIndex"]]["id"] == each["ruleId"] for each in results)
    assert results[0]["locations"] == [
        {
            "physicalLocation": {
                "artifactLocation": {"uri": "content/02-a%2C%20b.md"},
                "region": {"startLine": 4, "startColumn": 1},
            }
        }
    ]


@pytest.mark.parametrize(("form", "empty"), [("json", []), ("sarif", [])])
def test_a_guide_without_problems_is_a_document_too(
    form: str, empty: list[object], small: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for command in ("check", "prove"):
        code, out, err = run_program(capsys, command, "--format", form)
        data = json.loads(out)
        assert (code, err, data["runs"][0]["results"] if form == "sarif" else data) == (0, "", empty)


def test_a_wrong_command_is_told_in_words_whatever_the_format(small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run_program(capsys, "-e", "guid", "--format", "json")
    assert (code, out) == (2, "")
    assert "write `guide`" in err


# ---------------------------------------------------------------- rules


def test_rules_are_listed_with_their_severity(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run_program(capsys, "rules")
    assert code == 0
    listed = {line.split()[0]: line.split()[1] for line in out.splitlines()}
    assert listed == {name: "warning" if name in list_warnings() else "error" for name in read_rules()}
    assert "near-twins           warning  two questions, or their answers, are nearly the same" in out.splitlines()


def test_a_rule_is_explained_by_its_page(capsys: pytest.CaptureFixture[str]) -> None:
    page = (ROOT / "docs" / "rules" / "near-twins.md").read_text(encoding="utf-8")
    assert (main(["explain", "near-twins"]), capsys.readouterr().out) == (0, page)
    code, _, err = run_program(capsys, "explain", "near-twin")
    assert (code, "write `near-twins`" in err) == (2, True)


@pytest.mark.parametrize(
    ("name", "told"),
    [
        (
            "marks",
            "`marks=2`: a mark behind a heading, `## … {marks=2}`\n\n  It says how much a right answer counts.\n",
        ),
        ("{time=30}", "`### Answer {time=30}`"),
        (".easy", "  It states the difficulty."),
        ("matching", "a table of two columns"),
        (
            "hint",
            "`### Hint`: a part of a question\n\n  It is printed beside the question, unless an edition moves it.",
        ),
        ("### Solution", "`### Answer`: a part of a question\n\n  It is printed with the answer, in the key,"),
        ("Source", "`### Source`: a part of a question"),
    ],
)
def test_a_mark_or_a_part_of_a_question_is_explained(
    name: str, told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    lay(tmp_path, {"guide.toml": '[parts.source]\nlabel = "Source"\n'})
    code, out, _ = run_program(capsys, "explain", name)
    assert (code, told in out) == (0, True), out


def test_what_has_no_explanation_is_told_where_the_rules_are(capsys: pytest.CaptureFixture[str]) -> None:
    code, _, err = run_program(capsys, "explain", "nonsense")
    assert (code, err.splitlines()[-1]) == (
        2,
        "Error: there is no rule, key, mark or part `nonsense`: `./build.py rules` lists the rules",
    )


def test_messages_call_the_program_by_the_name_it_was_started_by(
    small: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "hunspell", None)
    ignore = '[[ignore]]\nrule = "x"\nwhere = "x"\nreason = "x"\n'
    lay(small, {"guide.toml": SMALL["guide.toml"] + ignore, "02-x.md": "## What?\n\n### Answer\n`studyguide x`.\n"})
    said = []
    for start in (main, build.main):
        commands = (["check"], ["explain", "near-twins"], ["--help"], ["chekc"])
        codes = [start(args) for args in (*commands, ["check", "--format", "json"], ["check", "--spelling"], ["dump"])]
        assert codes == [1, 0, 0, 2, 1, 1, 0]
        said.append("".join(capsys.readouterr()))
    installed, checkout = said
    parts = (
        "the name of a warning that `{} rules` lists",
        "\n`{} check` prints",
        "  {} watch -e",
        "Usage: {} ",
    )
    for part in parts:
        assert (part.format("studyguide") in installed, part.format("./build.py") in checkout) == (True, True), part
    assert "./build.py" not in installed
    assert ("pip install 'studyguide[spelling]'" in installed, "`make spelling`" in checkout) == (True, True)
    assert "`studyguide x`" in checkout  # words of the guide are its own


# ---------------------------------------------------------------- the linter


def questions(*texts: str) -> str:
    return "\n\n".join(f"## {text}" for text in texts)


@pytest.mark.parametrize(
    "chapter",
    [
        # Alike in form, and not in what they ask.
        questions(
            "What is a recurrent network?\n\n### Answer\nOne that has a memory of what it has read so far.",
            "What is a convolutional network?\n\n### Answer\nOne that slides the same few weights over a picture.",
        ),
        # The same words with other numbers.
        questions(
            "How many weights has it?\n\n`Conv2d(3, 64, 3)`\n\n### Answer\n1728.",
            "How many weights has it?\n\n`Conv2d(64, 128, 5)`\n\n### Answer\n204800.",
        ),
        # A question that names all that it lets choose from, and a right option inside a wrong one.
        questions("Which forgets: an LSTM cell or a dense layer?\n\n- [ ] A dense layer\n- [x] An LSTM cell"),
        questions("Is it linear in pieces?\n\n- [x] Linear in pieces\n- [ ] Not linear in pieces"),
        # A question of one word, and a title that is none.
        questions(
            "Why?\n\n### Answer\nWhy not.", "The vanishing gradient\n\n### Answer\nThe vanishing gradient is small."
        ),
        # Code that has its output in it, and an identifier that is made of the question.
        questions("What is printed?\n\n```python\nprint('two words')\n```\n\n- [ ] Nothing\n- [x] two words"),
        questions("What is a part?\n\n### Answer\nOf a whole.\n\n#### More {#what-is-a-part-more}\nSo."),
        # Answers of all lengths.
        questions(
            *(
                f"What is part{n}?\n\n### Answer\n{' '.join(f'{n}word{each}' for each in range(2**n))}."
                for n in range(10)
            )
        ),
        # Nought needs no unit, and words are no numbers.
        questions(
            "How long?\n\n- [ ] 0\n- [x] 5 ms\n- [ ] 7 ms", "How far?\n\n- [ ] 5 m\n- [x] 7 m\n- [ ] Nobody knows"
        ),
    ],
)
def test_the_linter_leaves_alone_what_only_looks_wrong(
    chapter: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = lay(tmp_path / "content", {"01-a.md": chapter})
    code, _, err = run_program(capsys, "check", str(folder))
    assert (code, err) == (0, "")


def test_twins_are_found_among_many_and_each_is_told_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    many = [
        f"What does part{number} of unit{number % 50} do?\n\n### Answer\nIt is number{number}." for number in range(500)
    ]
    twin = "What, of unit7, does part7 do?\n\n### Answer\nIt makes nothing but noise."
    folder = lay(tmp_path / "content", {"01-a.md": questions(*many), "02-b.md": questions(twin, f"{twin} Or so.")})
    _, _, err = run_program(capsys, "check", str(folder))
    found = [line for line in err.splitlines() if "[near-twins]" in line]
    assert [line.removeprefix(f"{tmp_path}/").split(" ")[0] for line in found] == [
        "content/02-b.md:1:1:",
        "content/02-b.md:6:1:",
    ]
    assert all("`What does part7 of unit7 do?`" in line for line in found)


# ---------------------------------------------------------------- spelling


def test_spelling_passes_over_what_is_not_prose(small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = """\
## Why does Xiuying like `qwrtz`? {#why}

### Answer
As A. Xiuying says: <span lang="de">Schmetterling</span>, $\\mathit{qwrtz}$, ReLUs, Conv2d, nn.Linear and dropouts.[^a]

[^a]: J. Xiuying and others.

## Was ist das? {#was lang=de}

### Answer
Ein Gegenstand, dessen Namen niemand kennt.
"""
    lay(small, {"02-words.md": text, "03-terms.md": "---\nkind: glossary\n---\nDropouts\n: Units that are silent.\n"})
    assert run_program(capsys, "check", "--spelling")[::2] == (0, "")


def test_a_word_is_told_once_at_its_first_place(small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lay(small, {"02-a.md": "## Why? {#why}\n\n### Answer\nThat is teh end.\n\nTeh end of teh book.\n"})
    _, _, err = run_program(capsys, "check", "--spelling")
    assert err.splitlines()[0] == (
        "content/02-a.md:4:9: warning: the dictionary has no `teh`, which stands in 3 places [spelling]"
    )


class Primer:
    """A speller that knows few words, and is near to each other one by two."""

    def has_word(self, word: str) -> bool:
        return word.lower() in {"why", "that", "is", "the", "end"}

    def suggest_words(self, word: str) -> tuple[str, ...]:
        return ("one", "other") if word == "teh" else ()


def test_words_that_are_near_are_suggested_for_one_that_is_unknown(tmp_path: Path) -> None:
    text = "## Why? {#why}\n\n### Answer\nThat is teh end, and the ennd.\n"
    project = read_project(str(lay(tmp_path / "content", {"01-a.md": text})))
    found = {problem.found: problem.fix for problem in find_misspelt_words(project, read_guide(project), Primer())}
    assert found["the dictionary has no `teh`"] == (
        'write `one`, `other`, or put `"teh"` into the `words` of guide.toml'
    )
    assert found["the dictionary has no `ennd`"] == 'put `"ennd"` into the `words` of guide.toml'


def test_a_dictionary_that_is_not_there_is_named(
    small: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dictionary, "FOLDERS", ())
    lay(small, {"guide.toml": 'language = "fr"'})
    code, _, err = run_program(capsys, "check", "--spelling")
    assert (code, "install hunspell-fr-fr" in err) == (1, True)
    monkeypatch.setitem(sys.modules, "hunspell", None)
    code, _, err = run_program(capsys, "check", "--spelling")
    assert (code, "`make spelling`" in err) == (1, True)


def test_a_part_that_nobody_knows_may_be_declared(small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lay(small, {"02-other.md": "## What? {#what}\n\n### Answer\nIt.\n\n### Mis notas\nNo.\n"})
    code, _, err = run_program(capsys, "check")
    assert (code, "or declare it in guide.toml: `[parts.mis-notas]`" in err) == (1, True)


def test_a_tag_where_there_are_none_is_one_message(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    files = {"01-a.md": "## What?\n\n### Answer\nIt.\n", "guide.toml": '[editions.x]\ntags = ["nope"]\n'}
    lay(tmp_path / "content", files)
    assert run_program(capsys, "check") == (
        1,
        "",
        "content/guide.toml:2:9: no question is selected by `nope` [unknown-selection]\n"
        '  fix: give questions tags: `{tags="…"}` behind their headings\n1 problem; nothing was written\n',
    )


@pytest.mark.parametrize(
    ("target", "fix"),
    [
        ("www.example.org", "write `https://www.example.org`"),
        ("a.b@example.org", "write `mailto:a.b@example.org`"),
        ("tel:123", "not to `tel:`: write the words without a link"),
        ("ftp://example.org/a", "not to `ftp:`: write the words without a link"),
        ("02-b.html#c", "name the chapter's file, `02-b.md#c`"),
    ],
)
def test_a_link_to_an_address_of_another_kind_says_what_to_write(
    target: str, fix: str, small: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lay(small, {"02-other.md": f"## What? {{#what}}\n\n### Answer\nSee [this]({target}).\n"})
    code, _, err = run_program(capsys, "check")
    assert (code, f"the link `{target}` leads nowhere [broken-link]" in err, fix in err) == (1, True, True)


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (b"PK\x03\x04\x14\x00", "this file is a document of Word or another archive"),
        (b"\x89PNG\r\n", "this file is a picture"),
        (b"%PDF-1.7\n", "this file is a PDF"),
        ("# A\n".encode("utf-16"), "this file is text in UTF-16"),
    ],
)
def test_a_file_that_is_no_text_is_called_what_it_is(
    data: bytes, found: str, small: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (small / "02-other.md").write_bytes(data)
    code, _, err = run_program(capsys, "check")
    assert (code, f"content/02-other.md:1:1: {found} [not-utf8]" in err) == (1, True)


def test_front_matter_between_lines_of_four_dashes_is_one_mistake(
    small: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lay(small, {"02-other.md": "----\ntitle: Loops\n----\n\n## What? {#what}\n\n### Answer\nSee.\n"})
    code, _, err = run_program(capsys, "check")
    assert (code, err) == (
        1,
        "content/02-other.md:1:1: the front matter begins with `----` [broken-yaml]\n"
        "  fix: write `---`\n1 problem; nothing was written\n",
    )


@pytest.mark.parametrize(("other", "word"), [("## Branch\n\nA choice.", "Branch"), ("**Array**: A row.", "Array")])
def test_an_entry_of_a_glossary_in_another_form_is_reported(
    other: str, word: str, small: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lay(small, {"98-words.md": f"---\nkind: glossary\n---\n\nLoop\n: Repeats.\n\n{other}\n\nCase\n: One of them.\n"})
    code, _, err = run_program(capsys, "check")
    found = f"content/98-words.md:8:1: `{word}` is no entry of the glossary, but part of that of `Loop` [no-terms]"
    assert (code, found in err) == (1, True), err


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("Loop\n: Repeats.\n\nLone pair\nTwo electrons of an atom.\n\nCase\n: One of them.\n", "8:1"),
        ("Loop\n: Repeats.\n\nCase\n: One.\n\nLone pair (LP)\nTwo electrons.\nThey repel.\n", "11:1"),
        ("Lone pair\nTwo electrons.\n\nLoop\n: Repeats.\n", "5:1"),
        ("Words of this book and of others,\nin their order.\n\nLoop\n: Repeats.\n", ""),
        ("Loop\n: Repeats.\n\n  For example\n  The first one.\n\nCase\n: One of them.\n", ""),
        ("Loop\n: Repeats.\n\nA loop may repeat all\nthat stands in it.\n\nCase\n: One of them.\n", ""),
        ("Loop\nWhile\n: Repeats\nSome words.\n\n- a\n- b\n\n| a |\n| - |\n| b |\n", ""),
    ],
)
def test_a_meaning_of_the_glossary_without_its_sign_is_reported(
    text: str, place: str, small: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lay(small, {"98-words.md": f"---\nkind: glossary\n---\n\n{text}"})
    code, _, err = run_program(capsys, "check")
    found = re.findall(r"^content/98-words\.md:(\S+): warning: .* \[unmarked-meaning\]$", err, re.MULTILINE)
    assert (code, found) == (0, [place] if place else []), err


def test_front_matter_that_is_there_twice_is_reported(small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = "---\ntitle: Loops\n---\n\n---\nsummary: Again.\n---\n\n## What? {#what}\n\n### Answer\nSee.\n"
    lay(small, {"02-other.md": text})
    code, _, err = run_program(capsys, "check")
    found = "content/02-other.md:5:1: the front matter is there twice [broken-yaml]\n  fix: put its keys into the first"
    assert (code, found in err) == (1, True), err
