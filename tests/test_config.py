"""guide.toml is read as a table of known keys; what is wrong in it has a line and a word to write instead."""

import pytest

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


def test_a_file_that_is_no_toml_is_one_problem() -> None:
    (problem,) = read_config("title = ").problems
    assert problem.rule == "broken-toml"
