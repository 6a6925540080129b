"""A chapter that was read before is read again as if it had not been: only faster."""

import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from conftest import ROOT
from hard import hard

from studyguide.guide import markup
from studyguide.guide.numbering import assemble_guide
from studyguide.model import Chapter, Passage, Project, Source
from studyguide.pipeline import ChapterJob, read_chapter, read_config, read_guide
from studyguide.reading.project import read_project
from studyguide.rules.check import find_problems
from studyguide.runtime.cache import DiskStore, dump_entry, load_entry

TEXT = """\
---
title: First
---
See [two](#two) and $x^2$.[^note]

[^note]: A note with $y^2$.

## One? {#one}

Before the list:

- [ ] a choice
- [x] a [link](#two)
  > because of $x^2$

### Answer

A *first* answer.

$$
x^2
$$

## Two? {#two lang=de}

### Answer

Ein Satz mit $x^2$ und <p id="here">einem Absatz</p>.

### Hint

![A picture](figures/drawing.svg)

Text <blink>that is refused</blink>.
"""


def edits(text: str, seed: int) -> Iterator[str]:
    """Yield the text after edits of many kinds: lines that are put in, left out, moved, written twice, and words that are changed."""
    chance = random.Random(seed)
    for _ in range(8):
        lines = text.splitlines(keepends=True)
        at = chance.randrange(len(lines))
        match chance.randrange(5):
            case 0:
                lines[at:at] = chance.choice(
                    [["\n"], ["Another line.\n"], ["\n", "A *paragraph*.\n", "\n"], ["## New?\n"]]
                )
            case 1:
                del lines[at : at + chance.randrange(1, 4)]
            case 2:
                lines[at:at] = lines[at : at + 5]
            case 3:
                lines[at] = lines[at].replace("e", "E", 1)
            case _:
                lines.insert(chance.randrange(len(lines)), lines.pop(at))
        yield "".join(lines)


def read(project: Project, source: Source, former: Chapter | None = None) -> Chapter:
    config = read_config(project)
    return read_chapter(ChapterJob(source, config.parts, config.language, former))


def own(folder: Path) -> Project:
    return replace(read_project(str(hard(folder / "own"))), sources=(Source("01-first.md", TEXT),))


PROJECTS: dict[str, Callable[[Path], Project]] = {
    "own": own,
    "sample": lambda _: read_project(str(ROOT / "tests" / "sample")),
    "hard": lambda folder: read_project(str(hard(folder / "hard"))),
    "content": lambda _: read_project(str(ROOT / "content")),
}


@pytest.mark.parametrize("name", [*list(PROJECTS)[:-1], pytest.param("content", marks=pytest.mark.nightly)])
def test_an_edited_chapter_is_the_same_with_and_without_the_former_one(name: str, tmp_path: Path) -> None:
    project = PROJECTS[name](tmp_path)
    for number, source in enumerate(project.sources):
        # As the cache gives it back.
        former = load_entry(dump_entry(read(project, source)))
        for text in edits(source.text, number):
            edited = replace(source, text=text)
            anew, again = read(project, edited), read(project, edited, former)
            assert again == anew
            config = read_config(project)
            guides = [assemble_guide(config, [each]) for each in (anew, again)]
            with_edit = replace(project, sources=(edited,))
            assert sorted(find_problems(with_edit, guides[1])) == sorted(find_problems(with_edit, guides[0]))


@pytest.fixture
def rendered(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The Markdown of the passages that are rendered."""
    seen: list[str] = []
    render = markup.render_passage

    def see(passage: Passage, *args: object) -> Passage:
        seen.append(passage.markdown)
        return render(passage, *args)

    monkeypatch.setattr(markup, "render_passage", see)
    return seen


def edit(project: Project, old: str, new: str) -> Project:
    source = project.sources[0]
    return replace(project, sources=(replace(source, text=source.text.replace(old, new)),))


def test_only_the_passage_that_was_edited_is_rendered(tmp_path: Path, rendered: list[str]) -> None:
    project, store = own(tmp_path), DiskStore(tmp_path / "store")
    read_guide(project, store=store)
    for old, new, expected in (
        ("*first*", "*second*", ["A *second* answer.\n\n$$\nx^2\n$$"]),
        ("## One", "\n\n## One", []),
        ("a choice", "one choice", ["one choice"]),
    ):
        rendered.clear()
        project = edit(project, old, new)
        guide = read_guide(project, store=store)
        assert rendered == expected
        assert guide == read_guide(project)


def test_formulas_of_an_edited_passage_are_not_drawn_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project, store = own(tmp_path), DiskStore(tmp_path / "store")
    read_guide(project, store=store)
    edited = edit(project, "first", "second")
    anew = read_guide(edited)
    monkeypatch.setattr("studyguide.maths.set_formula", lambda latex, *_: pytest.fail(f"{latex} is drawn again"))
    assert read_guide(edited, store=store) == anew


def test_a_formula_in_another_language_has_the_words_of_its_own(tmp_path: Path) -> None:
    project = own(tmp_path)
    former = read(project, project.sources[0])
    (source,) = edit(edit(project, "first", "second"), "Ein Satz", "Ein anderer").sources
    again = read(project, source, former)
    assert again == read(project, source)
    answers = [question.parts[0].text.html for question in again.questions]
    assert ["x squared" in answers[0], "x Quadrat" in answers[1]] == [True, True]


def test_another_text_of_a_note_is_in_every_passage_that_may_have_it(tmp_path: Path) -> None:
    project = own(tmp_path)
    (source,) = edit(project, "A note with", "Another note with").sources
    again = read(project, source, read(project, project.sources[0]))
    assert again == read(project, source)
    assert "Another note" in again.text.html
