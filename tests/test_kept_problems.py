"""The problems of a chapter that are kept are those that the checks would find again."""

import shlex
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from conftest import ROOT
from hard import hard
from test_cases import cases

from studyguide.importers import translate
from studyguide.model import Asset, Guide, Project
from studyguide.pipeline import read_guide
from studyguide.problems import ContentError, Problem
from studyguide.reading.project import read_project
from studyguide.rules.check import CHAPTER_CHECKS, ERRORS, WARNINGS, find_problems
from studyguide.runtime.cache import DiskStore

DIALECTS = sorted((ROOT / "tests" / "dialects").glob("*.md"))


class CountingStore(DiskStore):
    """Counts what it does not have."""

    misses = 0

    def get(self, key: str) -> object:
        found = super().get(key)
        self.misses += found is None
        return found


@pytest.fixture
def store(tmp_path: Path) -> CountingStore:
    return CountingStore(tmp_path / "store")


def wrong_guides(folder: Path) -> Iterator[Project]:
    """Yield the guides of the pages of the rules that can be read."""
    for number, case in enumerate(cases()):
        case.lay(folder / f"case-{number}")
        words = shlex.split(case.command)
        if "import" not in words and "--scheduler" not in words:
            try:
                yield read_project(str(folder / f"case-{number}"))
            except ContentError:
                continue


def dialect_guides(folder: Path) -> Iterator[Project]:
    for path in DIALECTS:
        yield translate(read_project(str(path)))[0]


PROJECTS: dict[str, Callable[[Path], Iterator[Project]]] = {
    "sample": lambda _: iter([read_project(str(ROOT / "tests" / "sample"))]),
    "content": lambda _: iter([read_project(str(ROOT / "content"))]),
    "hard": lambda folder: iter([read_project(str(hard(folder / "hard")))]),
    "dialects": dialect_guides,
    "pages of the rules": wrong_guides,
}


@pytest.mark.parametrize("name", PROJECTS)
def test_problems_from_the_cache_are_those_that_are_found(name: str, tmp_path: Path, store: CountingStore) -> None:
    seen = 0
    for project in PROJECTS[name](tmp_path):
        guide = read_guide(project)
        found = sorted(find_problems(project, guide))
        assert sorted(find_problems(project, guide, store)) == found
        misses = store.misses
        assert sorted(find_problems(project, guide, store)) == found
        assert store.misses == misses
        seen += len(found)
    assert seen or name in ("sample", "content", "hard")


@pytest.mark.parametrize("name", PROJECTS)
def test_a_check_of_chapters_finds_in_each_alone_what_it_finds_in_all(name: str, tmp_path: Path) -> None:
    for project in PROJECTS[name](tmp_path):
        guide = read_guide(project)
        for check in CHAPTER_CHECKS:
            alone = [replace(guide, chapters=(chapter,)) for chapter in guide.chapters]
            assert sorted(check(project, guide)) == sorted(each for one in alone for each in check(project, one)), check


def test_every_check_of_chapters_is_in_the_table_of_all_checks() -> None:
    assert set(ERRORS) | set(WARNINGS) > CHAPTER_CHECKS


def problems_after(project: Project, store: DiskStore) -> list[Problem]:
    guide: Guide = read_guide(project)
    found = sorted(find_problems(project, guide, store))
    assert found == sorted(find_problems(project, guide))
    return found


def test_another_file_under_the_name_of_a_figure_is_judged_anew(tmp_path: Path, store: CountingStore) -> None:
    project = read_project(str(hard(tmp_path / "hard")))
    before = problems_after(project, store)
    broken, *others = sorted(project.assets, key=lambda each: each.ending != "png")
    after = problems_after(replace(project, assets=(*others, Asset(broken.path, b"no picture"))), store)
    assert {each.rule for each in after} - {each.rule for each in before} == {"broken-figure"}
    gone = problems_after(replace(project, assets=tuple(others)), store)
    assert {each.rule for each in gone} - {each.rule for each in before} == {"missing-figure"}


def test_other_words_for_parts_are_checked_anew(small: Path, store: CountingStore) -> None:
    chapter, config = small / "01-first-things.md", small / "guide.toml"
    chapter.write_text(chapter.read_text().replace("### Pitfalls", "### Trap"))
    assert [each.rule for each in problems_after(read_project("content"), store)] == ["unknown-part"]
    config.write_text(config.read_text() + '[parts.trap]\nlabel = "Trap"\n')
    assert problems_after(read_project("content"), store) == []
