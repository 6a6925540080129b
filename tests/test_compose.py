"""The templates make of a guide what the golden files show: the whole of it, so that every change is read."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from conftest import ROOT

from studyguide.compose.composition import Composition
from studyguide.model import Edition, Project, Section, Source
from studyguide.pipeline import OUTPUTS, check_guide, choose_editions
from studyguide.problems import ContentError
from studyguide.reading.project import read_project

GOLDEN = ROOT / "tests" / "golden"


def composed(edition: Edition, project: Project) -> dict[str, Section]:
    book = Composition(project, check_guide(project), edition, OUTPUTS[edition.output]).compose()
    return {section.name: section for section in book.sections}


def describe(section: Section) -> str:
    """The HTML of a section, and where each of its names leads that leads elsewhere than its words say."""
    targets = "".join(
        f"<!-- #{name} leads to #{anchor} -->\n" for name, anchor in section.targets.items() if name != anchor
    )
    return f"<!-- {section.name} -->\n{section.html}\n{targets}"


@pytest.mark.parametrize("name", ["guide", "workbook", "answers", "teacher", "tablet"])
def test_an_edition_is_composed_as_its_golden_file_shows(name: str, small: Path, accept: bool) -> None:
    project = read_project("content")
    (edition,) = choose_editions(check_guide(project), [name], None)
    sections = composed(edition, project)
    text = "".join(describe(section) for section in sections.values() if section.name != "cover")
    golden = GOLDEN / f"{name}.html"
    if accept:
        golden.write_text(text, encoding="utf-8")
    assert text == golden.read_text(encoding="utf-8")


def test_a_key_at_each_chapters_end_follows_its_chapter(small: Path) -> None:
    project = read_project("content")
    edition = Edition("overleaf", key="chapter-end")
    names = list(composed(edition, project))
    assert names[names.index("chapter-first-things") + 1] == "answers-first-things"


def test_a_link_to_a_question_leads_to_its_answer_where_there_are_only_answers(small: Path) -> None:
    project = read_project("content")
    (edition,) = choose_editions(check_guide(project), ["answers"], None)
    section = composed(edition, project)["answers-first-things"]
    assert 'href="#ref=second" class="crossref">the <span class="nowrap">next' in section.html
    assert section.targets["ref=second"] == "answer-second"


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("<p>\n{{ config.nothing }}</p>", 2, "no attribute 'nothing'"),
        ("<p>\n\n{% if %}</p>", 3, "Expected an expression"),
        ("\n{{ 1 / 0 }}", 2, "division by zero"),
    ],
)
def test_a_broken_template_is_named_with_its_line(text: str, line: int, words: str, small: Path) -> None:
    project = read_project("content")
    templates = tuple(
        Source("colophon.html", text) if each.path == "colophon.html" else each for each in project.templates
    )
    with pytest.raises(ContentError) as caught:
        composed(Edition("guide"), replace(project, templates=templates))
    (problem,) = caught.value.problems
    assert (problem.rule, str(problem.place)) == ("template-error", f"templates/colophon.html:{line}")
    assert words in problem.found


def test_a_page_size_that_lacks_a_measure_is_a_problem_of_its_file(small: Path) -> None:
    project = read_project("content")
    styles = tuple(
        replace(each, text=re.sub(r"--ask:[^;]*;", "", each.text)) if each.path == "pages/a4.css" else each
        for each in project.styles
    )
    with pytest.raises(ContentError, match=r"styles/pages/a4\.css: this style cannot be used: nothing sets `--ask`"):
        composed(Edition("guide"), replace(project, styles=styles))
