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

from studyguide.drawing_labels import MIN_POINTS, find_smallest_label
from studyguide.model import Guide
from studyguide.page_size import find_tokens, read_page_size
from studyguide.problems import Place
from studyguide.reading.project import read_project
from studyguide.rules.prove import find_examples
from studyguide.runtime.run_examples import run_examples

CONTENT = ROOT / "content"
# The questions that the guide grew from, by chapter, as far as another has not taken them in.
FIRST = {
    "basic-concepts": "deep-learning neural-network activation-function backpropagation vanishing-gradient shallow-and-deep",
    "network-architecture": "layers fully-connected dropout",
    "training-and-optimisation": "loss-function gradient-descent learning-rate batch-normalisation transfer-learning",
    "convolutional-networks": "cnn convolutional-layer pooling-in-cnns receptive-field",
    "recurrent-networks": "rnn vanishing-gradient-in-rnns lstm bidirectional-rnn",
    "advanced-architectures": "autoencoder gan attention transformer",
    "practical-scenarios": "image-classification text-generation limited-labels",
    "frameworks-and-libraries": "frameworks tensorflow-and-pytorch save-and-load eval-mode",
    "building-with-language-models": "",
    "coding-round": "",
}
PARTS = ("hint", "answer", "explanation", "pitfalls", "follow-ups")
INTERVIEWERS_PART = "three-answers"
"""The part with three answers to one question, of which each chapter has one."""


def test_the_questions_that_the_guide_grew_from_open_its_chapters(guide: Guide) -> None:
    found = {chapter.id: [each.id for each in chapter.questions] for chapter in guide.chapters if chapter.questions}
    # What pooling is for, and where it stands in a CNN, were two questions and are one.
    assert sum(len(names.split()) for names in FIRST.values()) == 34 - 1
    assert list(found) == list(FIRST)
    for chapter, names in FIRST.items():
        assert found[chapter][: len(names.split())] == names.split()


def test_the_guide_has_its_questions_figures_and_terms(guide: Guide) -> None:
    shown = {figure.path for figure in guide.figures}
    assert len(guide.questions) == 141  # as the welcome and the description say
    assert len(shown) >= 50
    assert len(guide.terms) >= 500


def find_links(guide: Guide, chapter_id: str) -> set[str]:
    """Return the identifiers that the text of a chapter links to; a link to the file of a chapter counts for all its questions."""
    (chapter,) = (each for each in guide.chapters if each.id == chapter_id)
    targets = {link.target for passage in chapter.passages for link in passage.links}
    by_file = {Path(each.place.path).name: each for each in guide.chapters}
    names = {target.removeprefix("#") for target in targets if target.startswith("#")}
    return names | {each.id for target in targets if target in by_file for each in by_file[target].questions}


@pytest.mark.parametrize("chapter", ["study-plan", "what-is-asked"])
def test_every_question_has_its_day_in_the_plan_and_its_row_in_the_count(guide: Guide, chapter: str) -> None:
    linked = find_links(guide, chapter)
    assert [question.id for question in guide.questions if question.id not in linked] == []


WORDS_IN_A_MINUTE = 200  # that a reader takes in
MINUTES_OF_A_DAY = 40  # for new questions
CODING_MINUTES = 20  # for a task of the coding round


def read_plan() -> dict[int, list[str]]:
    """Return the questions of each day of the study plan."""
    rows = re.findall(r"^\| (\d+) \| (.*?) \|", (CONTENT / "13-study-plan.md").read_text(), re.MULTILINE)
    return {int(day): re.findall(r"\(#([\w-]+)\)", new) for day, new in rows}


def test_the_days_of_the_plan_fit_their_minutes_and_no_question_has_two(guide: Guide) -> None:
    minutes = {}
    for question in guide.questions:
        text = " ".join([question.title.markdown, *(part.text.markdown for part in question.parts)])
        words = len(re.sub(r"<!--.*?-->|```.*?```", "", text, flags=re.DOTALL).split())
        # A minute to say the answer.
        minutes[question.id] = CODING_MINUTES if question.id.startswith("code-") else words / WORDS_IN_A_MINUTE + 1
    days = read_plan()
    assert sorted(days) == list(range(1, 26))
    assert {
        day: sum(minutes[each] for each in found)
        for day, found in days.items()
        if sum(minutes[each] for each in found) > MINUTES_OF_A_DAY
    } == {}
    planned = [each for found in days.values() for each in found]
    assert sorted(planned) == sorted(minutes)


def test_the_plan_for_one_week_holds_what_most_lists_ask() -> None:
    text = (CONTENT / "13-study-plan.md").read_text()
    (listed,) = re.findall(r"Take days ([\d, and]+)\. They hold every question .* \[eight of the twelve lists\]", text)
    chosen = {each for day in re.findall(r"\d+", listed) for each in read_plan()[int(day)]}
    counts = re.findall(
        r"^\| \[.*?\]\(#([\w-]+)\) \| (\d+) \|", (CONTENT / "14-what-is-asked.md").read_text(), re.MULTILINE
    )
    often = {name for name, count in counts if int(count) >= 8}
    assert len(often) >= 10
    assert often <= chosen


def test_each_chapter_shows_three_answers_to_one_of_its_questions(guide: Guide) -> None:
    for chapter in guide.chapters:
        if chapter.questions:
            names = [part.name for question in chapter.questions for part in question.parts]
            assert names.count(INTERVIEWERS_PART) == 1, chapter.id


def test_each_chapter_has_a_mock_interview(guide: Guide) -> None:
    (talks,) = (chapter for chapter in guide.chapters if chapter.id == "mock-interviews")
    names = [name for passage in talks.passages for name, _ in passage.anchors if name.startswith("talk-")]
    assert len(names) == len(FIRST)
    for number, name in enumerate(names, 1):
        assert name.startswith(f"talk-{number:02}-")


def test_the_guide_has_no_warnings(guide: Guide) -> None:
    assert guide.problems == ()


def test_every_question_of_the_guide_is_told_in_full(guide: Guide) -> None:
    for question in guide.questions:
        assert tuple(part.name for part in question.parts if part.name != INTERVIEWERS_PART) == PARTS, question.id
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
    shown = {figure.path: figure.alt for figure in guide.figures}
    assert {f"figures/{path.name}" for path in (CONTENT / "figures").glob("*.svg")} == set(shown)
    assert [path for path, alt in shown.items() if len(alt.split()) < 8] == []


def test_the_words_of_every_figure_can_be_read_on_every_page_size() -> None:
    styles = {source.path: source.text for source in read_project(str(CONTENT)).styles}
    pages = [path for path in styles if path.startswith("pages/")]
    width = min(
        read_page_size(find_tokens(styles["tokens.css"], styles[path]), Place(path)).text_width for path in pages
    )
    labels = {path.name: find_smallest_label(path.read_bytes()) for path in (CONTENT / "figures").glob("*.svg")}
    small = {name: label.words for name, label in labels.items() if label and label.share * width < MIN_POINTS}
    assert len(labels) > 50
    assert small == {}


SCRIPTS = sorted((CONTENT / "figures").glob("*.py"))


@pytest.mark.parametrize("script", SCRIPTS, ids=[path.stem for path in SCRIPTS])
def test_a_figure_is_what_its_script_draws(script: Path, tmp_path: Path) -> None:
    shutil.copy(script, tmp_path)
    subprocess.run([sys.executable, script.name], cwd=tmp_path, check=True, capture_output=True)
    assert (tmp_path / f"{script.stem}.svg").read_text() == script.with_suffix(".svg").read_text()


def test_all_code_and_all_sums_of_the_guide_are_right() -> None:
    run = run_examples(find_examples(read_project(str(CONTENT))), CONTENT)
    assert run.failures == ()
    missing = {"torch"} if not find_spec("torch") else set()
    assert set(run.missing_packages) <= missing
    assert run.right > (300 if missing else 500)  # two in five need PyTorch, which `make torch` installs
