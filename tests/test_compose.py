"""The templates make of a guide what the golden files show: the whole of it, so that every change is read."""

import pickle
import re
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT

from studyguide.compose.composition import Composition
from studyguide.compose.remember import remember
from studyguide.compose.templates import TemplateRenderer
from studyguide.html_text import find_ids
from studyguide.model import Edition, Guide, Html, Project, Section, Source
from studyguide.pipeline import OUTPUTS, check_guide, choose_editions
from studyguide.problems import ContentError
from studyguide.reading.project import read_project
from studyguide.store import NullStore

GOLDEN = ROOT / "tests" / "golden"


def composed(edition: Edition, project: Project) -> dict[str, Section]:
    book = Composition(project, check_guide(project), edition, OUTPUTS[edition.output]).compose()
    return {section.name: section for section in book.sections}


@pytest.fixture(scope="module")
def sample() -> tuple[Project, Guide]:
    """The guide of tests/sample/, which has one of everything."""
    project = read_project(str(ROOT / "tests" / "sample"))
    return project, check_guide(project)


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


def find_parts(section: Section) -> dict[str, str]:
    """The HTML of each part of a question in a section, by its identifier."""
    found = {}
    for start in re.finditer(r'<div class="part [^>]*id="([^"]*)">', section.html):
        depth, end = 0, start.start()
        for tag in re.compile(r"<(/?)div\b[^>]*>").finditer(section.html, start.start()):
            depth, end = depth + (-1 if tag[1] else 1), tag.end()
            if not depth:
                break
        found[start[1]] = section.html[start.start() : end]
    return found


def test_a_part_is_the_same_html_in_every_printed_edition_that_has_what_its_links_lead_to(
    sample: tuple[Project, Guide],
) -> None:
    project, guide = sample
    parts: dict[str, dict[str, str]] = {}
    for name in ("guide", "answers", "teacher"):
        (edition,) = choose_editions(guide, [name], None)
        for section in composed(edition, project).values():
            for part, html in find_parts(section).items():
                parts.setdefault(part, {})[name] = html
    answers = {part: found for part, found in parts.items() if part.endswith(".answer")}
    assert len(answers) >= 5
    assert any('class="term"' in html for found in answers.values() for html in found.values())
    for found in answers.values():
        assert list(found) == ["guide", "answers", "teacher"]
        assert len(set(found.values())) == 1


def test_each_identifier_is_in_an_edition_once(sample: tuple[Project, Guide]) -> None:
    project, guide = sample
    for edition in guide.config.editions:
        book = Composition(project, guide, edition, OUTPUTS[edition.output]).compose()
        names = [name for section in book.sections for name in find_ids(section.html)]
        assert len(names) > 30
        assert len(set(names)) == len(names)


class Memory(NullStore):
    """A store that remembers, as long as the test takes."""

    def __init__(self) -> None:
        self.entries: dict[str, Any] = {}

    def get(self, key: str) -> Any:
        return self.entries.get(key)

    def put(self, key: str, value: Any) -> None:
        self.entries[key] = value


@pytest.mark.parametrize(
    "change",
    [
        {"description": "Another."},
        {"version": "9"},
        {"licence": "None"},
        {"subtitle": "Other"},
        {"date": date(1999, 1, 1)},
        {"title": "Other", "name": "other"},
        {"authors": ("Zo",)},
    ],
    ids=lambda change: next(iter(change)),
)
def test_what_the_configuration_says_of_the_book_changes_no_chapter(
    change: dict[str, Any], sample: tuple[Project, Guide], monkeypatch: pytest.MonkeyPatch
) -> None:
    (project, guide), store = sample, Memory()
    rendered: list[str] = []
    render = TemplateRenderer.render
    monkeypatch.setattr(
        TemplateRenderer, "render", lambda self, name, **values: rendered.append(name) or render(self, name, **values)
    )

    def compose(guide: Guide) -> dict[str, str]:
        """The chapters of all editions, by edition and section, without the title of the book in the running head."""
        return {
            f"{edition.name} {section.name}": re.sub('data-book="[^"]*"', "", section.html)
            for edition in guide.config.editions
            for section in Composition(project, guide, edition, OUTPUTS[edition.output], 3, store).compose().sections
            if section.role in ("chapter", "key", "prose")
        }

    before = compose(guide)
    assert {"chapter.html", "key.html", "prose.html", "colophon.html"} <= set(rendered)
    rendered.clear()
    assert compose(replace(guide, config=replace(guide.config, **change))) == before
    assert "colophon.html" in rendered
    assert {"chapter.html", "key.html", "prose.html"}.isdisjoint(rendered)


def test_an_edit_of_an_answer_composes_its_chapter_alone(
    sample: tuple[Project, Guide], monkeypatch: pytest.MonkeyPatch
) -> None:
    (project, guide), store = sample, Memory()
    rendered: set[str] = set()
    render = TemplateRenderer.render

    def note_and_render(self: TemplateRenderer, name: str, **values: Any) -> Html:
        rendered.add(f"{name} {values['section'].name}" if "section" in values else name)
        return render(self, name, **values)

    def compose(guide: Guide) -> list[str]:
        """The HTML of all sections of all editions."""
        books = [Composition(project, guide, each, OUTPUTS[each.output], 3, store) for each in guide.config.editions]
        return [str(section.html) for book in books for section in book.compose().sections]

    monkeypatch.setattr(TemplateRenderer, "render", note_and_render)
    before = compose(guide)
    assert {"nav.html", "contents.html contents", "key.html answers-dough", "key.html answers-oven"} <= rendered
    rendered.clear()
    assert compose(guide) == before
    assert not rendered

    chapter = next(each for each in guide.chapters if each.id == "dough")
    source = next(each for each in project.sources if each.path == chapter.place.path)
    edited = replace(source, text=source.text.replace("### Answer\n", "### Answer\nAn edit.\n\n", 1))
    assert edited != source
    changed = replace(project, sources=tuple(edited if each is source else each for each in project.sources))
    after = compose(check_guide(changed))
    assert after != before
    assert {name.partition(" ")[2] for name in rendered} == {"chapter-dough", "answers-dough"}
    assert "An edit." in "".join(after)


@pytest.mark.parametrize("name", ["guide", "tablet"])
def test_a_document_says_its_language_whatever_the_store_remembers_of_its_words(
    name: str, sample: tuple[Project, Guide]
) -> None:
    (project, guide), store = sample, Memory()
    edition = next(each for each in guide.config.editions if each.name == name)
    for language in ("en-GB", "en"):
        config = replace(guide.config, language=language)
        book = Composition(project, replace(guide, config=config), edition, OUTPUTS[edition.output], 3, store).compose()
        assert all(f' lang="{language}"' in section.html.partition("<head>")[0] for section in book.sections)


def test_html_that_the_store_has_lost_is_made_anew() -> None:
    store, made = Memory(), []

    def make() -> tuple[int, Html]:
        made.append(1)
        return 7, Html("<p>Text.</p>")

    first = remember(store, "key", make)
    again = remember(store, "key", make)
    assert (first[0], first[1].digest) == (again[0], again[1].digest)
    assert first[1].read() == again[1].read() == "<p>Text.</p>"
    assert len(made) == 1
    assert pickle.loads(pickle.dumps(again[1])) == "<p>Text.</p>"
    store.entries = {name: value for name, value in store.entries.items() if not isinstance(value, str)}
    assert remember(store, "key", make)[1].read() == "<p>Text.</p>"
    assert len(made) == 2


def test_a_list_of_the_book_cannot_show_what_it_is_not_made_anew_for(small: Path) -> None:
    project = read_project("content")
    templates = tuple(
        Source("contents.html", "{{ plans[4].chapter.questions[0].stem }}") if each.path == "contents.html" else each
        for each in project.templates
    )
    with pytest.raises(ContentError, match="has no attribute"):
        composed(Edition("guide"), replace(project, templates=templates))


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


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("glossary-columns", None, "nothing sets `--glossary-columns`"),
        ("glossary-columns", "none", "`--glossary-columns: none` is no number of columns"),
        ("head", "calc(2cm + 3mm)", r"`--head: calc\(2cm \+ 3mm\)` is no length"),
        ("inner", "wide", "`--inner: wide` is no length"),
    ],
)
def test_a_page_size_with_a_wrong_measure_is_a_problem_of_its_file(
    name: str, value: str | None, words: str, small: Path
) -> None:
    project = read_project("content")
    measure = f"--{name}: {value};" if value else ""
    styles = tuple(
        replace(each, text=re.sub(rf"--{name}:[^;]*;", measure, each.text)) if each.path == "pages/a4.css" else each
        for each in project.styles
    )
    with pytest.raises(ContentError, match=rf"styles/pages/a4\.css: this style cannot be used: {words}"):
        composed(Edition("guide"), replace(project, styles=styles))
