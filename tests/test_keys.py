"""Every key of guide.toml is described once: for the schema, for `explain` and for the file that `new` writes."""

import datetime
import json
import re
import subprocess
from typing import Any

import pytest
from conftest import ROOT
from jsonschema import Draft202012Validator, FormatChecker

from studyguide import authoring
from studyguide.model import Source
from studyguide.pipeline import OUTPUTS
from studyguide.reading.config import configure
from studyguide.reading.keys import Key, describe_key, find_keys
from studyguide.toml_text import format_toml, parse_toml

KEYS = authoring.list_keys()
SCHEMA = json.loads(json.dumps(authoring.make_schema()))
PAGES = authoring.list_page_names()


def find_schema_mistakes(text: str) -> list[str]:
    """The messages of an editor that has the schema."""
    data = json.loads(json.dumps(parse_toml(text), default=datetime.date.isoformat))
    checker = Draft202012Validator(SCHEMA, format_checker=FormatChecker())
    return [error.message for error in checker.iter_errors(data)]


def find_mistakes(text: str) -> list[str]:
    """The messages of the program."""
    return [str(each) for each in configure(Source("guide.toml", text), OUTPUTS, PAGES).problems]


def write_value(key: Key, value: Any) -> str:
    """A guide.toml with a value for this key, and what the key needs besides."""
    line = f"{key.name} = {format_toml(value)}"
    if not key.table:
        return line
    if key.outer:
        return f"[editions.own]\n{key.outer} = {format_toml([{key.name: value}])}"
    lines = "[[ignore]]" if key.table == "ignore" else f"[{key.table.replace('NAME', 'own')}]"
    if key.owners not in ((), ("exam",)):
        lines += f'\noutput = "{key.owners[0]}"'
    if key.owners == ("exam",) and key.name != "take":
        lines += "\ntake = [{ count = 2 }]"
    if key.table == "ignore":
        lines += "".join(f'\n{name} = "x"' for name in ("rule", "reason") if name != key.name)
    if key.name == "pages":
        line = f"{line}\n[editions.{value}]"
    return f"{lines}\n{line}\n"


@pytest.mark.parametrize("key", KEYS, ids=lambda key: key.path)
def test_every_key_is_described_in_whole_sentences(key: Key) -> None:
    assert re.fullmatch(r"(?:[A-Z0-9].*?[.]\s?)+", key.description), key.description
    assert "``" not in key.description
    assert not re.match("True|False|None", key.description), "an author writes `true`"


@pytest.mark.parametrize("key", [key for key in KEYS if not key.brackets], ids=lambda key: key.path)
def test_every_key_has_an_example_that_the_program_and_the_schema_accept(key: Key) -> None:
    text = write_value(key, key.example)
    assert (find_mistakes(text), find_schema_mistakes(text)) == ([], [])


@pytest.mark.parametrize("key", [key for key in KEYS if key.default is not None and not key.outer], ids=lambda key: key.path)  # fmt: skip
def test_the_default_of_every_key_may_be_written(key: Key) -> None:
    text = write_value(key, key.default)
    assert (find_mistakes(text), find_schema_mistakes(text)) == ([], [])


def test_the_examples_are_keys_that_exist() -> None:
    text = (ROOT / "studyguide" / "reading" / "example.toml").read_text(encoding="utf-8")
    assert (find_mistakes(text), find_schema_mistakes(text)) == ([], [])
    lines = {line.partition(" = ")[0] for line in text.splitlines() if re.match(r"[a-z-]+ = ", line)}
    assert {key.name for key in KEYS if not key.brackets and not key.outer} - lines == set()


# ---------------------------------------------------------------- the schema


GUIDES = subprocess.run(["git", "ls-files", "*guide.toml"], cwd=ROOT, check=True, capture_output=True, text=True)


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("name", GUIDES.stdout.split())
def test_every_guide_of_the_project_agrees_with_the_schema(name: str) -> None:
    assert find_schema_mistakes((ROOT / name).read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "text",
    [
        'tittle = "T"',
        "version = 3",
        "authors = [1]",
        'authors = ["Ada", " "]',
        'authors = "Ada"',
        'date = "soon"',
        "date = 0999-12-31",
        'language = "en_US"',
        'language = ""',
        'language = "English"',
        'name = "a/b"',
        'name = ".a"',
        f'title = "{"x" * 501}"',
        f"authors = {['A'] * 101}",
        'typography = "false"',
        'parts = "x"',
        "[parts]\nhint = 3",
        '[parts."a b"]',
        '[parts.x]\nlabel = " "',
        '[parts.x]\nplace = "nowhere"',
        '[parts.x]\nwho = "me"',
        '[editions."a/b"]',
        '[editions.guide]\nkye = "none"',
        '[editions.guide]\nkey = "nowhere"',
        '[editions.guide]\npage = "a3"',
        '[editions.guide]\noutput = "docx"',
        "[editions.guide]\nspace = true",
        "[editions.workbook]\nspace = -5",
        "[editions.workbook]\nspace = 101",
        "[editions.x]\nseed = 1.5",
        '[editions.x]\ndifficulties = ["harder"]',
        "[editions.x]\nreview = [5000]",
        '[editions.x]\nreview = "daily"',
        '[editions.x]\nreveal = "popup"',
        '[editions.tablet]\npage = "a4"',
        '[editions.x]\noutput = "epub"\npage = "a4"',
        '[editions.tablet]\noutput = "pdf"\nreveal = "popup"',
        "[editions.x]\ntake = []",
        "[editions.x]\ntake = [{ number = 3 }]",
        '[editions.x]\ntake = [{ difficulty = "harder" }]',
        '[[ignore]]\nrule = "near-twins"',
        '[[ignore]]\nrule = "near-twins"\nreson = "So."',
        'ignore = "near-twins"',
        '[editions.""]',
        "[editions.guide]\nwith_question = []",
        '[look]\naccent = "red"',
        "[look]\nsize = 99",
        '[editions.site]\noutput = "web"\nsite-url = "here"',
        '[editions.site]\noutput = "web"\nsite-url = "https://example.org/?page=1"',
    ],
)
def test_what_the_program_refuses_the_schema_refuses(text: str) -> None:
    assert find_mistakes(text) != []
    assert find_schema_mistakes(text) != []


@pytest.mark.parametrize(
    "text",
    [
        'language = "zh-Hant-TW"',
        'language = "de-x-own"',
        "[editions.x]\nreview = true",
        '[parts."größe"]',
        '[editions."Für Kinder"]',
        '[editions.tablet]\noutput = "pdf"\nsuffix = "-t"\npage = "a5"',
        '[editions.guide]\noutput = "epub"\nsuffix = "-g"\nreveal = "inline"',
        '[editions.site]\noutput = "web"\nsite-url = "https://example.org:8000/guide"',
        '[editions.site]\noutput = "web"\nsite-url = ""',
    ],
)
def test_what_the_program_accepts_the_schema_accepts(text: str) -> None:
    assert (find_mistakes(text), find_schema_mistakes(text)) == ([], [])


# ---------------------------------------------------------------- explain


@pytest.mark.parametrize(
    ("name", "paths"),
    [
        ("page", ["editions.NAME.page"]),
        ("editions.NAME.page", ["editions.NAME.page"]),
        ("editions.pocket.page", ["editions.NAME.page"]),
        ("editions.page", ["editions.NAME.page"]),
        ("title", ["title", "editions.NAME.title"]),
        ("questions", ["editions.NAME.questions", "editions.NAME.take.questions"]),
        ("take.questions", ["editions.NAME.take.questions"]),
        ("parts.hint.label", ["parts.NAME.label"]),
        ("editions", ["editions"]),
        ("ignore.rule", ["ignore.rule"]),
        ("editions.NAME", []),
        ("parts.page", []),
    ],
)
def test_a_key_is_found_by_its_name_with_or_without_that_of_its_table(name: str, paths: list[str]) -> None:
    assert [key.path for key in find_keys(KEYS, name)] == paths


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("look.accent", 'a colour as `#` and six digits from 0 to f, such as `"#0c4a63"`'),
        ("editions.NAME.site-url", 'an address such as `"https://example.org/guide/"`'),
        ("title", "text in quotation marks"),
    ],
)
def test_the_page_of_a_key_says_what_to_write(path: str, words: str) -> None:
    key = next(each for each in KEYS if each.path == path)
    assert f"  write    {words}\n" in describe_key(key)
