"""guide.toml is read as a table of known keys; what is wrong in it has a line and a word to write instead."""

import json
import re
import tomllib
from pathlib import Path

import pytest

import build
from studyguide.model import Config, Source
from studyguide.pipeline import OUTPUTS
from studyguide.reading.config import configure


def read_config(text: str) -> Config:
    return configure(Source("content/guide.toml", text), OUTPUTS, ("a4", "letter"))


def list_problems(text: str) -> list[tuple[str, str, str]]:
    """Return the place, the rule and the offending text of each problem."""
    return [(str(each.place).rpartition("toml:")[2], each.rule, each.found) for each in read_config(text).problems]


def test_without_a_file_there_are_five_editions() -> None:
    config = configure(None, OUTPUTS, ("a4",))
    assert [edition.name for edition in config.editions] == ["guide", "workbook", "answers", "teacher", "tablet"]
    assert config.problems == ()


def test_an_edition_changes_a_built_in_one_or_stands_beside_it() -> None:
    config = read_config('[editions.workbook]\nspace = 9\n[editions.pocket]\npage = "letter"\nkey = "chapter-end"\n')
    editions = {edition.name: edition for edition in config.editions}
    assert list(editions) == ["guide", "workbook", "answers", "teacher", "tablet", "pocket"]
    assert (editions["workbook"].options.space, editions["workbook"].key) == (9, "none")
    assert (editions["pocket"].options.page, editions["pocket"].key, editions["pocket"].suffix) == (
        "letter",
        "chapter-end",
        "-pocket",
    )


@pytest.mark.parametrize(
    ("text", "place", "rule", "found"),
    [
        ('tittle = "T"', "1:1", "unknown-key", "there is no key `tittle` in guide.toml"),
        ('title = "T"\nversion = 3', "2:1", "wrong-value", "`version` is `3`"),
        ("authors = [1]", "1:1", "wrong-value", "`authors` is `[1]`"),
        ('date = "soon"', "1:1", "wrong-value", "`date` is `soon`"),
        ('[editions.guide]\nkye = "none"', "2:1", "unknown-key", "there is no key `kye` in `[editions.guide]`"),
        ('[editions.guide]\nkey = "nowhere"', "2:1", "wrong-value", "`key` is `nowhere`"),
        ('[editions.guide]\npage = "a3"', "2:1", "wrong-value", "`page` is `a3`"),
        ("[editions.guide]\nspace = true", "2:1", "wrong-value", "`space` is `true`"),
        (
            '[editions.guide]\nkey = "none"\n[editions.teacher]\nkey = "nowhere"',
            "4:1",
            "wrong-value",
            "`key` is `nowhere`",
        ),
        ('[editions.guide]\n\nform = "paper"', "3:1", "wrong-value", "`form` is `paper`"),
        (
            '[[ignore]]\nrule = "near-twins"\n[[ignore]]\nreson = "So."',
            "4:1",
            "unknown-key",
            "there is no key `reson` in `[ignore]`",
        ),
    ],
)
def test_what_is_wrong_has_its_line_and_says_what_was_found(text: str, place: str, rule: str, found: str) -> None:
    assert (place, rule, found) in list_problems(text)


@pytest.mark.parametrize(
    ("text", "place", "found"),
    [
        (
            '[[ignore]]\nreason = "So."\n[[ignore]]\nrule = "lone-tag"\nreason = "So."',
            "1:1",
            "this ignore has no `rule`",
        ),
        (
            '[editions.tablet]\ntake = [{ count = 1 }]\n[editions.site]\noutput = "web"',
            "1:1",
            "`tablet` is an exam, and an exam is printed",
        ),
        ('[look]\nink = "red"\n[editions.guide]\nlook.ink = "blue"', "4:6", "`ink` is `blue`"),
        ('[look]\nink = "#000000"\n[editions]\nguide = { look = { ink = "blue" } }', "4:1", "`ink` is `blue`"),
        ('words = [\n  "look"]\n\nlook = 5', "4:1", "`look` is no table"),
        ('[parts.hint]\nlabel = "Clue"\n[parts."a b"]', "3:1", "a table of `parts` is named `a b`"),
        ('[editions.guide]\n[editions."a/b"]', "2:1", "a table of `editions` is named `a/b`"),
        ('[editions.""]', "1:1", "a table of `editions` is named ``"),
    ],
    ids=[
        "an ignore",
        "an exam",
        "a dotted key",
        "a table in braces",
        "the last entry of a list",
        "a part with a bad name",
        "an edition with a bad name",
        "an edition without a name",
    ],
)
def test_a_problem_is_in_its_own_table(text: str, place: str, found: str) -> None:
    assert (place, found) in [(where, what) for where, _, what in list_problems(text)]


@pytest.mark.parametrize("text", ['look = { title = "T" }', 'look.title = "T"', 'parts = { hint = { title = "T" } }'])
def test_a_key_of_the_guide_in_a_table_without_a_line_of_its_own_is_to_be_moved(text: str) -> None:
    (problem,) = read_config(text).problems
    assert "`title` is a key of the guide" in problem.found
    assert problem.fix == "move it above all tables, to a line of its own, and `title` with it if that is the guide's"


@pytest.mark.parametrize(
    ("text", "key", "fix"),
    [
        ('[editions.guide]\nwith_question = ["nothing"]', "with_question", "write `with-question`"),
        ("[editions.guide]\nmarks_each = 2", "marks_each", "write `marks-each`"),
        ("review_start = 2026-01-31", "review_start", "write `review-start`"),
    ],
)
def test_a_key_with_an_underscore_is_unknown(text: str, key: str, fix: str) -> None:
    (problem,) = read_config(text).problems
    assert problem.rule == "unknown-key"
    assert f"there is no key `{key}`" in problem.found
    assert problem.fix == fix


def test_an_output_that_is_no_text_is_a_problem() -> None:
    assert ("2:1", "wrong-value", '`output` is `["pdf"]`') in list_problems('[editions.guide]\noutput = ["pdf"]')


@pytest.mark.parametrize(
    "text",
    [
        f"title = [{'1, ' * 1000}]",
        f"{'k' * 1000} = 1",
        f'[editions.guide]\nkey = "{"k" * 1000}"',
        f'[look]\nink = "{"k" * 1000}"',
        f'name = "{"/" * 1000}"',
        f'[editions.site]\noutput = "web"\nsite-url = "{"k" * 1000}"',
    ],
    ids=["a list", "a key", "a word", "a colour", "a name", "an address"],
)
def test_a_message_quotes_the_beginning_of_what_is_long(text: str) -> None:
    problems = read_config(text).problems
    assert any("…`" in each.found for each in problems)
    assert all(len(each.found) < 200 for each in problems)


@pytest.mark.parametrize(
    "value",
    [
        f"{'[' * 400}{']' * 400}",
        f"{'{ a.a.a.a.a.a.a.a.a.a = ' * 120}1{' }' * 120}",
    ],
    ids=["lists", "tables"],
)
def test_values_that_are_very_deep_are_no_toml(value: str) -> None:
    (problem,) = read_config(f"title = {value}").problems
    assert (problem.rule, problem.found) == (
        "broken-toml",
        "this is not TOML: its lists and tables are too deep inside each other",
    )


def test_a_file_that_is_no_toml_is_one_problem() -> None:
    (problem,) = read_config("title = ").problems
    assert problem.rule == "broken-toml"


@pytest.mark.parametrize(
    ("text", "place", "found", "fix"),
    [
        (
            '[look]\naccent = "#0c4a63"\n\n[look]\n',
            "4:2",
            "the table `[look]` is there twice, first in line 1",
            "move the keys of the second below the first, and take its line out",
        ),
        (
            '[look]\n[editions.a]\npage = "a4"\npage = """\n\n"""',
            "4:1",
            "the key `page` of `[editions.a]` is there twice, first in line 3",
            "leave one of the two that have this name",
        ),
        (
            "[[ignore]]\n[ignore]",
            "2:2",
            "`[ignore]` has the name of `[[ignore]]` in line 1",
            "give both the same brackets",
        ),
        (
            "editions.a = 1\n[editions.a.look]",
            "2:13",
            "the table `[editions.a.look]` has the name of a key, first in line 1",
            "leave one of the two that have this name",
        ),
        (
            '# [look]\ntitle = """\n[look]\n"""\n[look]\n# [look]\n[look]',
            "7:2",
            "the table `[look]` is there twice, first in line 5",
            "move the keys of the second below the first, and take its line out",
        ),
    ],
)
def test_a_name_that_is_there_twice_is_told_with_both_lines(text: str, place: str, found: str, fix: str) -> None:
    (problem,) = read_config(text).problems
    assert (problem.rule, problem.found, problem.fix) == ("broken-toml", found, fix)
    assert str(problem.place) == f"content/guide.toml:{place}"


@pytest.mark.parametrize(
    "text",
    [
        *(
            "a =",
            "a = 1 2",
            "= 1",
            'a = "',
            "a = [1",
            r'a = "\q"',
            "[a",
            "a",
            'a = """x',
            "a = 'x",
            "a = {b = 1",
            "[]",
            "[[a]",
        ),
        *('a = "\x01"', "a = tru", "]", r'a = "\ud800"', r'a = "\u12"', "a = {b = 1, b = 2}", "a = {b = 1}\na.c = 2"),
        *("[a.b]\n[a]\nb.c = 1", "x = [1]\n[[x]]", "a = 1\na.b = 2", "[a]\nb = 1\n[a.b]"),
    ],
)
def test_no_message_about_a_broken_file_is_in_the_words_of_python(text: str) -> None:
    (problem,) = read_config(text).problems
    with pytest.raises(tomllib.TOMLDecodeError) as caught:
        tomllib.loads(text)
    words = str(caught.value).partition(" (at ")[0]
    assert problem.rule == "broken-toml"
    assert problem.found != "this is not TOML"
    assert words[1:] not in problem.found
    assert not re.search(r"\(['\"]|namespace|declare|mutable", problem.found)


@pytest.mark.parametrize(
    ("text", "found", "fix"),
    [
        (
            'accent = "#0c4a63"',
            "`accent` is a key of `[look]`, and stands above all tables",
            "write it below a line `[look]`",
        ),
        (
            'accent = "#0c4a63"\n# [look]\n[look]',
            "`accent` is a key of `[look]`, and stands above all tables",
            "move it below the line `[look]`",
        ),
        (
            'page = "a5"',
            "`page` is a key of `[editions.…]`, and stands above all tables",
            "write it below a line `[editions.guide]`",
        ),
        (
            'page = "a5"\n[editions.pocket]',
            "`page` is a key of `[editions.…]`, and stands above all tables",
            "move it below the line `[editions.pocket]`",
        ),
        (
            'reveal = "popup"',
            "`reveal` is a key of `[editions.…]`, and stands above all tables",
            "write it below a line `[editions.tablet]`",
        ),
        (
            '[editions.pocket]\naccent = "#0c4a63"',
            "`accent` is a key of `[editions.pocket.look]`, and stands in `[editions.pocket]`",
            "write it below a line `[editions.pocket.look]`",
        ),
        (
            '[look]\npage = "a4"',
            "`page` is a key of `[editions.…]`, and stands in `[look]`",
            "write it below a line `[editions.guide]`",
        ),
        (
            'reason = "So."',
            "`reason` is a key of `[[ignore]]`, and stands above all tables",
            "write it below a line `[[ignore]]`",
        ),
    ],
)
def test_a_key_of_another_table_is_sent_there(text: str, found: str, fix: str) -> None:
    (problem,) = read_config(text).problems
    assert (problem.rule, problem.found, problem.fix) == ("unknown-key", found, fix)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ('# a deck for "anki"\n[editions.cards]\n# output = "anki"\noutput = "anki"', "4:1"),
        ('# "nothing"\n[editions.cards]\ntags = ["nothing"]  # "nothing"', "3:9"),
        ('title = "No # comment"\n# form = "press"\n[editions.cards]\nform = "press"', "4:1"),
        ('# review\n[editions.cards]  # review\noutput = "pdf"\nreview = true', "4:1"),
    ],
)
def test_what_is_wrong_is_placed_at_its_key_and_not_in_a_comment(
    text: str, place: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "01-a.md").write_text('## Why? {tags="x"}\n\n### Answer\nSo.\n', encoding="utf-8")
    (tmp_path / "guide.toml").write_text(text, encoding="utf-8")
    build.main(["check", str(tmp_path), "--format", "json"])
    assert place in [f"{each['line']}:{each['column']}" for each in json.loads(capsys.readouterr().out)]


@pytest.mark.parametrize(
    ("text", "place", "rule", "fix"),
    [
        ('language = "en_US"', "1:1", "bad-language", "write `en-US`"),
        ('language = "en_US.UTF-8"', "1:1", "bad-language", "write `en-US`"),
        ('language = "English"', "1:1", "bad-language", "write `en`"),
        ('language = "../x"', "1:1", "bad-language", "write its tag, such as `de` or `en-GB`"),
        ('language = ""', "1:1", "bad-language", "write its tag, such as `de` or `en-GB`"),
        ('language = "x-klingon"', "1:1", "bad-language", "write its tag, such as `de` or `en-GB`"),
        ('language = "de-1901-1901"', "1:1", "bad-language", "write its tag, such as `de` or `en-GB`"),
        ("date = 2026-01-31T10:00:00Z", "1:1", "wrong-value", "write a date such as `2026-01-31`"),
        ('date = "2026-01-31"', "1:1", "wrong-value", "write a date such as `2026-01-31`, without quotation marks"),
        ('[editions.x]\nseed = "5"', "2:1", "wrong-value", "write a number, without quotation marks"),
        ('typography = "false"', "1:1", "wrong-value", "write `true` or `false`, without quotation marks"),
        ('[editions.tablet]\npage = "a4"', "2:1", "unknown-key", 'take it out, or write `output = "pdf"`'),
        (
            '[editions.x]\nwith-question = ["hint"]\nreveal = "popup"',
            "3:1",
            "unknown-key",
            'take it out, or write `output = "epub"`',
        ),
        ('[parts.tip]\nlabel = "Hint"', "2:1", "wrong-value", "write another word"),
        (
            '[parts.a]\n[parts.tip]\nnames = ["solution"]',
            "3:1",
            "wrong-value",
            "write another word, or `names` without it in `[parts.answer]`",
        ),
        ('[parts.hint]\nlabel = "Clue"\nnames = ["Answer"]', "3:1", "wrong-value", "write another word"),
        ('language = "de"\n[parts.tip]\nlabel = "Antwort"', "3:1", "wrong-value", "write another word"),
        ("[parts.Hint]", "1:1", "wrong-value", "write `[parts.hint]`"),
        (
            r'name = "C:\Users"',
            "1:13",
            "broken-toml",
            r"write `\\` for a backslash, or put the text between single quotation marks",
        ),
        (
            r'name = "C:\guide"',
            "1:13",
            "broken-toml",
            r"write `\\` for a backslash, or put the text between single quotation marks",
        ),
        ('title = "T\nU"', "1:11", "broken-toml", "close the quotation mark in the same line"),
        ('title = "T";', "1:12", "broken-toml", 'write `key = "value"`, and nothing behind it'),
        ('authors = ["A" "B"]', "1:16", "broken-toml", "put a comma between the entries, and `]` behind the last"),
        ("date = 10:00:00", "1:1", "wrong-value", "write a date such as `2026-01-31`"),
        ("date = 0999-12-31", "1:1", "wrong-value", "write a date from the year 1000 on"),
        ("[editions.workbook]\nspace = -5", "2:1", "wrong-value", "write a number from 0 to 100"),
        ("[editions.mixed]\nseed = -5", "2:1", "wrong-value", f"write a number from 0 to {2**63 - 1:,}"),
        (f"[editions.mixed]\nseed = {2**63}", "2:1", "wrong-value", f"write a number from 0 to {2**63 - 1:,}"),
        ('authors = ["Ada", " "]', "1:1", "wrong-value", "write its text, or take it out"),
        ('[parts.x]\nlabel = " "', "2:1", "wrong-value", "write the word that the books print, or leave the key out"),
        ("[parts.x]\ndate = 2026-01-31", "2:1", "unknown-key", "move it above `[parts.x]`"),
        (
            '\n[editions.a]\ntitle = "T"\nlanguage = "de"',
            "4:1",
            "unknown-key",
            "move it above `[editions.a]`, and `title` with it if that is the guide's",
        ),
    ],
)
def test_a_value_that_no_book_can_have_is_refused_with_what_to_write(
    text: str, place: str, rule: str, fix: str
) -> None:
    (problem,) = read_config(text).problems
    assert (str(problem.place).rpartition("toml:")[2], problem.rule, problem.fix) == (place, rule, fix)


def test_a_guide_whose_language_is_none_is_read_as_an_english_one() -> None:
    assert read_config('language = "../../de"').language == "en"


@pytest.mark.parametrize(
    "tag", ["de", "EN", "en-GB", "zh-Hant-TW", "zh-cmn-Hans", "es-419", "sl-rozaj-biske", "de-1901", "de-x-own", "grc"]
)
def test_a_tag_that_is_well_formed_is_a_language(tag: str) -> None:
    config = read_config(f'language = "{tag}"')
    assert (config.language, config.problems) == (tag, ())


@pytest.mark.parametrize("name", ["a b", "1", "a.b", "a&b", "", "-x"])
def test_the_name_of_a_part_is_an_identifier(name: str) -> None:
    (problem,) = read_config(f'[parts."{name}"]\nlabel = "L"').problems
    assert (str(problem.place), problem.rule) == ("content/guide.toml:1:1", "wrong-value")
    assert read_config('[parts."über-uns_2"]').problems == ()


@pytest.mark.parametrize(
    ("text", "place", "names"),
    [
        ('[editions.mine]\nsuffix = ""', "2:1", ("mine", "guide")),
        ('[editions.mine]\nsuffix = "-teacher"', "2:1", ("mine", "teacher")),
        ('[editions.guide]\nsuffix = "-TEACHER"', "2:1", ("guide", "teacher")),
        ('[editions.mine]\noutput = "epub"\nsuffix = ""', "3:1", ("mine", "tablet")),
        ("[editions.pocket]\n[editions.Pocket]", "2:1", ("Pocket", "pocket")),
        ('[editions.one]\nsuffix = "-\u00e5"\n[editions.two]\nsuffix = "-\u212b"', "4:1", ("two", "one")),
    ],
)
def test_two_editions_with_one_file_are_refused(text: str, place: str, names: tuple[str, str]) -> None:
    (problem,) = read_config(text).problems
    assert (str(problem.place).rpartition("toml:")[2], problem.rule) == (place, "wrong-value")
    assert problem.found.startswith("the editions `{}` and `{}` would be written to one file".format(*names))


def test_a_text_of_blanks_is_none() -> None:
    keys = ("title", "subtitle", "series", "version", "licence", "description", "name")
    config = read_config("".join(f'{key} = "  "\n' for key in keys) + '[editions.guide]\ntitle = " "\n')
    assert config.problems == ()
    assert [getattr(config, key) for key in keys] + [config.editions[0].title] == [""] * 8
    assert read_config('title = " Loops "').title == "Loops"


def test_editions_with_files_of_their_own_are_accepted() -> None:
    text = '[editions.mine]\nsuffix = "-mine"\n[editions.screen]\noutput = "epub"\nsuffix = "-teacher"\n'
    assert read_config(text).problems == ()


def list_entries(word: str, number: int) -> str:
    return ", ".join(f'"{word}{each}"' for each in range(number))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (f"authors = [{list_entries('a', 101)}]", "`authors` has 101 authors"),
        (f'authors = ["{"x" * 501}"]', "`authors` has 501 characters"),
        (f"words = [{list_entries('w', 20_001)}]", "`words` has 20,001 words"),
        (f"[parts.x]\nnames = [{list_entries('n', 1001)}]", "`names` has 1,001 entries"),
        (f"[editions.x]\ntags = [{list_entries('t', 1001)}]", "`tags` has 1,001 entries"),
        *((f'{key} = "{"x" * 501}"', f"`{key}` has 501 characters") for key in ("subtitle", "series", "version")),
        *((f'{key} = "{"x" * 5001}"', f"`{key}` has 5,001 characters") for key in ("description", "licence")),
        (f'[editions.x]\ntitle = "{"x" * 501}"', "`title` has 501 characters"),
        (f'[parts.x]\nlabel = "{"x" * 501}"', "`label` has 501 characters"),
        ("".join(f"[editions.e{each}]\n" for each in range(51)), "`editions` has 51 editions"),
        ("".join(f"[parts.p{each}]\n" for each in range(51)), "`parts` has 51 kinds of parts"),
        ('[[ignore]]\nrule = "a"\nreason = "b"\n' * 1001, "`ignore` has 1,001 ignores"),
    ],
)
def test_a_key_has_a_limit(text: str, found: str) -> None:
    (problem,) = read_config(text).problems
    assert (problem.rule, problem.found.partition(", and ")[0]) == ("over-limit", found)


@pytest.mark.parametrize("control", "\u202a\u202e\u2066\u2069")
def test_no_key_has_a_character_that_turns_the_order_of_letters(control: str) -> None:
    found = f"`title` has U+{ord(control):04X}, which turns the order of letters"
    assert [problem.found for problem in read_config(f'title = "a{control}b"').problems] == [found]


def test_a_value_of_blanks_is_none() -> None:
    config = read_config('title = " "\nlicence = "\\t"\nsubtitle = " a "')
    assert (config.title, config.licence, config.subtitle, config.problems) == ("", "", "a", ())
