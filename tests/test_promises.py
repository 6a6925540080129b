"""SECURITY.md and docs/82-faults.md name what is tried, all of it, and the limits that hold."""

import re

import pytest
import test_attacks
import test_faults
from conftest import ROOT

from studyguide.guide import sanitise
from studyguide.limits import LIMITS

SECURITY = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
FAULTS = (ROOT / "docs" / "82-faults.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("text", "module"), [(SECURITY, test_attacks), (FAULTS, test_faults)], ids=["attacks", "faults"]
)
def test_the_document_names_each_test_and_no_other(text: str, module: object) -> None:
    named = re.findall(r"`(test_[a-z_]+)`", text)
    assert sorted(named) == sorted(name for name in vars(module) if name.startswith("test_"))


@pytest.mark.parametrize("table", ["FIGURES", "LOOKS", "SCREENS", "FILES", "TEXTS"])
def test_the_document_lists_each_attack_and_what_the_build_says(table: str) -> None:
    attacks = getattr(test_attacks, table)
    test = next(
        name
        for name, each in vars(test_attacks).items()
        if any(mark.args[1] is attacks for mark in getattr(each, "pytestmark", ()))
    )
    section = SECURITY.partition(f"### `{test}`\n")[2].partition("\n###")[0]
    assert re.findall(r"^\| (.+) \| `([a-z0-9-]+)` \|$", section, re.MULTILINE) == [
        (name, rule) for name, (_, rule, *_) in attacks.items()
    ]


def test_the_document_has_the_limits_that_hold() -> None:
    section = SECURITY.partition("## Limits\n")[2].partition("\n## ")[0]
    told = re.findall(r"^\| .+ \| (\d.*) \|$", section, re.MULTILINE)
    assert told == [f"{limit.maximum:,} {limit.unit}" for limit in LIMITS.values()]


def test_the_document_has_the_html_that_is_kept() -> None:
    section = SECURITY.partition("## HTML in Markdown\n")[2].partition("\n## ")[0]
    elements = re.search(r"^Elements: (.*)\.$", section, re.MULTILINE)[1]
    assert elements == ", ".join(f"`{tag}`" for tag in sorted(sanitise.ALLOWED_TAGS))
    rows = dict(re.findall(r"^\| (every element|`\w+`) \| (.*) \|$", section, re.MULTILINE))
    assert rows == {
        "every element" if tag == "*" else f"`{tag}`": ", ".join(f"`{name}`" for name in sorted(names))
        for tag, names in sanitise.ALLOWED_ATTRIBUTES.items()
    }
