"""The guide of content/ itself: what it holds, and that its figures, its code and its sums are right.

These tests are of the authors' text, not of the program; no other test depends on a word of it.
"""

import re
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest
from conftest import ROOT

from studyguide.model import Guide
from studyguide.reading.project import read_project
from studyguide.rules.prove import find_examples
from studyguide.runtime.run_examples import run_examples

CONTENT = ROOT / "content"
# The questions that the guide grew from, by chapter.
FIRST = {
    "basic-concepts": "deep-learning neural-network activation-function backpropagation vanishing-gradient shallow-and-deep",
    "network-architecture": "layers fully-connected pooling-purpose dropout",
    "training-and-optimisation": "loss-function gradient-descent learning-rate batch-normalisation transfer-learning",
    "convolutional-networks": "cnn convolutional-layer pooling-in-cnns receptive-field",
    "recurrent-networks": "rnn vanishing-gradient-in-rnns lstm bidirectional-rnn",
    "advanced-architectures": "autoencoder gan attention transformer",
    "practical-scenarios": "image-classification text-generation limited-labels",
    "frameworks-and-libraries": "frameworks tensorflow-and-pytorch save-and-load eval-mode",
}
PARTS = ("hint", "answer", "explanation", "pitfalls", "follow-ups")


def test_the_questions_that_the_guide_grew_from_open_its_chapters(guide: Guide) -> None:
    found = {chapter.id: [each.id for each in chapter.questions] for chapter in guide.chapters if chapter.questions}
    assert sum(len(names.split()) for names in FIRST.values()) == 34
    assert list(found) == list(FIRST)
    for chapter, names in FIRST.items():
        assert found[chapter][: len(names.split())] == names.split()


def test_the_guide_has_a_hundred_questions_twenty_figures_and_eighty_terms(guide: Guide) -> None:
    shown = {figure.path for chapter in guide.chapters for each in chapter.passages for figure in each.figures}
    assert len(guide.questions) >= 100
    assert len(shown) >= 20
    assert len(guide.terms) >= 80


def test_the_guide_has_no_warnings(guide: Guide) -> None:
    assert guide.problems == ()


def test_every_question_of_the_guide_is_told_in_full(guide: Guide) -> None:
    for question in guide.questions:
        assert tuple(part.name for part in question.parts) == PARTS, question.id
        assert question.difficulty, question.id
        assert question.tags, question.id
        if question.choices:
            assert all(choice.reason for choice in question.choices), question.id


def test_an_answer_can_be_said_in_half_a_minute_or_little_more(guide: Guide) -> None:
    for question in guide.questions:
        (answer,) = question.pick(("answer",))
        words = len(re.sub(r"<!--.*?-->", "", answer.text.markdown).split())
        assert 15 <= words <= 125, (question.id, words)


def test_every_figure_is_used_and_tells_its_words(guide: Guide) -> None:
    shown = {
        figure.path: figure.alt for chapter in guide.chapters for each in chapter.passages for figure in each.figures
    }
    assert {f"figures/{path.name}" for path in (CONTENT / "figures").glob("*.svg")} == set(shown)
    assert [path for path, alt in shown.items() if len(alt.split()) < 8] == []


SCRIPTS = sorted((CONTENT / "figures").glob("*.py"))


@pytest.mark.parametrize("script", SCRIPTS, ids=[path.stem for path in SCRIPTS])
def test_a_figure_is_what_its_script_draws(script: Path, tmp_path: Path) -> None:
    shutil.copy(script, tmp_path)
    subprocess.run([sys.executable, script.name], cwd=tmp_path, check=True, capture_output=True)
    assert (tmp_path / f"{script.stem}.svg").read_text() == script.with_suffix(".svg").read_text()


def test_all_code_and_all_sums_of_the_guide_are_right() -> None:
    run = run_examples(find_examples(read_project(str(CONTENT))))
    assert run.failures == ()
    missing = {"torch"} if not find_spec("torch") else set()
    assert set(run.missing_packages) <= missing
    assert run.right > 100
