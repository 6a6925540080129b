"""Tests that no input of tests/fuzz/finds/, which a fuzzer found, breaks anything any more."""

import sys
import time
from pathlib import Path

import pytest
from conftest import ROOT, examples
from hypothesis import given
from hypothesis import strategies as st

FUZZ = ROOT / "tests" / "fuzz"
sys.path.insert(0, str(FUZZ))

from targets import TARGETS  # noqa: E402

FINDS = sorted(path for path in (FUZZ / "finds").iterdir() if path.name[0] != ".")


@pytest.mark.parametrize("find", FINDS, ids=[path.name for path in FINDS])
def test_a_find_of_the_fuzzer_gives_problems_or_a_guide(find: Path) -> None:
    start = time.process_time()
    TARGETS[find.name.partition("-")[0]](find.read_bytes())
    assert time.process_time() - start < 30  # seconds; the finds that were slow took minutes


@pytest.mark.parametrize("name", TARGETS)
def test_a_target_takes_any_bytes(name: str) -> None:
    for data in (b"", b"\xff\xfe\x00", "## Ä {#a}\n\n### Answer\nb\n".encode()):
        TARGETS[name](data)


# The marks that mean something in one of the languages, and a little between them.
MARKS = [line.encode().decode("unicode_escape")[1:-1] for line in (FUZZ / "markdown.dict").read_text().splitlines()]
TEXTS = st.lists(st.sampled_from(MARKS) | st.text(max_size=8), max_size=30).map("".join)


@pytest.mark.parametrize("name", TARGETS)
@examples(60, 600)
@given(text=TEXTS)
def test_marks_in_any_order_give_problems_or_a_guide(name: str, text: str) -> None:
    TARGETS[name](text.encode("utf-8", "replace"))


@pytest.mark.parametrize("number", [3, 10, 11, 26, 30])
@pytest.mark.parametrize("key", ["**Answer:** C", ""])
def test_a_question_of_another_format_may_have_any_number_of_options(number: int, key: str) -> None:
    options = "\n".join(f"- [ ] Option number {place}" for place in range(number))
    TARGETS["foreign"](f"### 1. Which is it?\n\n{options}\n\n{key}\n\n### 2. And which is that?\n\nThat.\n".encode())
