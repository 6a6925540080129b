"""A book of blocks that are set one by one has the lines that one pass would make, and conforms."""

import re
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

import pikepdf
import pypdfium2
import pytest
from conftest import ROOT, Built, examples, lay
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_book import labels, page_text, references
from test_editions import pages_of

from build import main as build_book
from studyguide.compose.composition import Composition
from studyguide.model import Edition, Project, Section, Source
from studyguide.output import MoreDigitsNeededError
from studyguide.pdf.finish import find_anchor_pages, finish, make_jobs
from studyguide.pdf.pages import format_roman
from studyguide.pdf.sections import typeset_section
from studyguide.pdf.typeset import load_stylesheet
from studyguide.pdf.weasyprint_compat import patch_layout
from studyguide.pipeline import OUTPUTS, Builder, check_guide
from studyguide.problems import ContentError
from studyguide.reading.project import read_project
from studyguide.runtime.fontconfig import use_project_fonts
from studyguide.store import MemoryStore

WORDS = st.sampled_from(
    [
        "network",
        "layer",
        "gradient",
        "of",
        "the",
        "a",
        "loss",
        "falls",
        "under",
        "every",
        "weight",
        "model",
        "learns",
        "it",
        "slowly",
        "and",
        "well",
    ]
)
SENTENCES = st.lists(WORDS, min_size=4, max_size=60).map(lambda words: " ".join(words).capitalize() + ".")


@st.composite
def questions(draw: st.DrawFn, name: str, others: list[str]) -> str:
    """A question with a long or a short answer, code, lists, formulas and links in it."""
    blocks = st.one_of(
        SENTENCES,
        st.sampled_from(others or ["first"]).map(
            lambda other: f"See [that](#{other}), and go on." if others else "See that, and go on."
        ),
        st.just("$$\n\\frac{a}{b} = \\sum_i x_i\n$$"),
        st.integers(1, 12).map(lambda lines: "```python\n" + "x = 1\n" * lines + "```"),
        st.lists(SENTENCES, min_size=1, max_size=5).map(lambda items: "\n".join(f"- {item}" for item in items)),
    )
    answer = "\n\n".join(draw(st.lists(blocks, min_size=1, max_size=9)))
    hint = draw(st.booleans())
    return f"## Why {name}? {{#{name} .easy}}\n\n" + ("### Hint\nLook.\n\n" if hint else "") + f"### Answer\n{answer}\n"


@st.composite
def books(draw: st.DrawFn) -> tuple[Source, ...]:
    sizes = draw(st.lists(st.integers(1, 4), min_size=1, max_size=3))
    sources = []
    for chapter, size in enumerate(sizes):
        # A reference to its own page would have no number.
        others = [f"q{other}x{place}" for other, size in enumerate(sizes) if other != chapter for place in range(size)]
        asked = [draw(questions(f"q{chapter}x{place}", others)) for place in range(size)]
        sources.append(Source(f"content/{chapter:02}-part{chapter}.md", "\n".join([draw(SENTENCES), "", *asked])))
    return tuple(sources)


def point_links(section: Section) -> str:
    """The HTML of a section, its links with the anchors that they lead to."""
    return re.sub(r'href="#([^"]*)', lambda link: f'href="#{section.targets[link[1]]}', section.html)


def typeset_in_one_pass(book_sections: list[str], styles: str, path: Path) -> list[str]:
    """Lay all sections out as one document, write its PDF to the path, and return the names of its anchors."""
    use_project_fonts()
    import weasyprint

    bodies = [re.search(r'<section class="sheet.*</section>', html, re.DOTALL)[0] for html in book_sections]
    breaks = "<style>.sheet + .sheet { break-before: page }</style>"
    source = weasyprint.HTML(
        string=f"<html lang='en'><head><title>x</title>{breaks}</head><body>{''.join(bodies)}</body></html>"
    )
    patch_layout()
    # The room for page numbers has the same face here as there: another's would make its lines higher.
    style, font_config = load_stylesheet(styles)
    document = source.render(stylesheets=[style], font_config=font_config)
    document.write_pdf(path)
    return list(dict.fromkeys(name for page in document.pages for name in page.anchors))


FRONT_MATTER = ("cover", "half-title", "colophon", "contents", "how-to-use")


@dataclass(frozen=True)
class PrintedLine:
    """A line of print, in points."""

    text: str
    """Without white space and digits: page numbers are known only in the bound book."""
    left: float
    foot: float
    page: int


def read_lines(path: Path) -> list[PrintedLine]:
    """Return the lines below the running heads, from the first page to the last; lines at one height are one."""
    lines: list[PrintedLine] = []
    for number, page in enumerate(pypdfium2.PdfDocument(path)):
        text = page.get_textpage()
        by_foot: dict[float, list[tuple[float, str]]] = {}
        for place in range(text.count_chars()):
            letter = text.get_text_range(place, 1)
            left, bottom, _, top = text.get_charbox(place, loose=True)
            # The tab of a chapter is at the edge of the page.
            if (
                letter.isspace()
                or letter.isdigit()
                or top > page.get_height() - 60
                or not 30 < left < page.get_width() - 30
            ):
                continue
            foot = next((each for each in by_foot if abs(each - bottom) < 3), bottom)
            by_foot.setdefault(foot, []).append((left, letter))
        for foot, letters in sorted(by_foot.items(), reverse=True):
            letters.sort()
            lines.append(PrintedLine("".join(letter for _, letter in letters), letters[0][0], foot, number))
    return lines


@settings(examples(4, 20), suppress_health_check=list(HealthCheck))
@given(sources=books(), key=st.sampled_from(["book-end", "chapter-end", "inline"]))
def test_blocks_set_one_by_one_have_the_lines_of_one_pass(
    sources: tuple[Source, ...], key: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("books")
    ours = read_project(str(ROOT / "tests" / "sample"))
    project = Project("content", None, sources, (), ours.templates, ours.styles)
    guide, edition = check_guide(project), Edition("guide", key=key)
    (artifact,) = Builder(project, guide).build([edition])
    bound = folder / "bound.pdf"
    bound.write_bytes(artifact.data)
    book = Composition(project, guide, edition, OUTPUTS["pdf"], 2).compose()
    whole = folder / "whole.pdf"
    text = [section for section in book.sections if section.role not in FRONT_MATTER]
    anchors = typeset_in_one_pass(list(map(point_links, text)), book.styles, whole)

    first = labels(bound).index("1")
    seen, expected = [line for line in read_lines(bound) if line.page >= first], read_lines(whole)
    assert [line.text for line in seen[: len(expected)]] == [line.text for line in expected]
    with pikepdf.open(bound) as file:
        versos = {number for number, page in enumerate(file.pages) if is_verso(page, number)}
        for name in anchors:
            assert destination(file, name) is not None or name.startswith("use-") or "." in name, name
    assert book.page is not None
    for ours, theirs in zip(seen, expected, strict=False):
        moved = book.page.shift if ours.page in versos else 0.0
        assert ours.left - moved == pytest.approx(theirs.left, abs=0.05), ours
    pairs = zip(pairwise(seen), pairwise(expected), strict=False)
    for (above, below), (first, second) in pairs:
        # Lines of one paragraph: between paragraphs a page may stretch its spaces.
        distance = first.foot - second.foot
        if first.page == second.page and above.page == below.page and 0 < distance < 15:
            assert above.foot - below.foot == pytest.approx(distance, abs=0.05), (above, below)
    printed = labels(bound)
    for reference in references(bound):
        if found := re.search(r"p\. ?(\d+)\)?$", reference.text):
            assert found[1] == printed[reference.target - 1]


def is_verso(page: pikepdf.Page, number: int) -> bool:
    """True if the text of a page is moved to its outer side."""
    return number % 2 == 1 and b" cm\n1 0 0 -1" in page.Contents.read_bytes()[:80]


def destination(file: pikepdf.Pdf, name: str) -> pikepdf.Object | None:
    from test_book import tree

    return tree(file.Root.Names.Dests, "/Names").get(name)


def test_each_face_is_embedded_once(built: Built) -> None:
    with pikepdf.open(built.book("teacher")) as file:
        names = [
            str(each.FontName)[8:]
            for each in file.objects
            if isinstance(each, pikepdf.Dictionary) and each.get("/Type") == "/FontDescriptor"
        ]
    assert len(names) == len(set(names))
    assert not [name for name in names if "Holes" in name]


def test_running_heads_and_folios_are_artifacts(built: Built) -> None:
    path = built.book()
    texts, printed, places = page_text(path), labels(path), pages_of(path)
    openings = {places[chapter.id]: chapter for chapter in built.guide.chapters if chapter.id in places}
    openings |= {places[f"answers-{chapter.id}"]: chapter for chapter in built.question_chapters}
    key = places[f"answers-{built.question_chapters[0].id}"]
    with pikepdf.open(path) as file:
        contents = [page.Contents.read_bytes() for page in file.pages]
    for place in range(printed.index("1"), places["progress"]):
        if texts[place]:
            chapter = openings[max(start for start in openings if start <= place)]
            has_head = place not in openings or place >= key
            expected = 1 + has_head + bool(chapter.number)  # the folio, and a chapter's tab
            assert contents[place].count(b"/Artifact <</Type/Pagination>> BDC") == expected, printed[place]


def test_the_outline_lists_chapters_and_their_questions(built: Built) -> None:
    with pikepdf.open(built.book()) as file, file.open_outline() as outline:
        titles = {item.title: [child.title for child in item.children] for item in outline.root}
    for chapter in built.question_chapters:
        assert len(titles[f"{chapter.number} {chapter.title}"]) == len(chapter.questions)
    assert titles["Contents"] == []


def test_a_number_wider_than_its_room_is_not_printed(small: Path) -> None:
    project = read_project("content")
    guide = check_guide(project)
    composition = Composition(project, guide, Edition("guide"), OUTPUTS["pdf"], 1)
    book = composition.compose()
    store = MemoryStore()
    made_up = [typeset_section(job, store) for job in make_jobs(book)]
    # A first chapter so long that what follows it has numbers of two digits.
    first = next(place for place, section in enumerate(book.sections) if section.role == "prose")
    made_up[first] = replace(made_up[first], pages=made_up[first].pages * 12, key="long")
    late = replace(book, sections=composition.list_pages(book, find_anchor_pages(book, made_up)))
    made_up += [typeset_section(job, store) for job in make_jobs(late)]
    with pytest.raises(MoreDigitsNeededError):
        finish(replace(book, sections=(*book.sections, *late.sections)), made_up, store)


def test_text_stands_close_behind_each_of_several_references_on_a_line(small: Path) -> None:
    lay(
        small,
        {
            "00-welcome.md": "---\ntitle: Welcome\nkind: prose\n---\nSee [a](#first), [b](#second), [c](#first), [d](#second) and [e](#first).\n"
        },
    )
    assert build_book(["-q", "-e", "guide"]) == 0
    page = next(
        each
        for each in pypdfium2.PdfDocument("dist/a-small-guide.pdf")
        if "See a" in each.get_textpage().get_text_bounded()
    )
    text = page.get_textpage()
    words = text.get_text_range()
    ends = [match.end() - 1 for match in re.finditer(r"\(p\.\s\d\)", words)]
    assert len(ends) == 5
    gaps = [text.get_charbox(at, loose=True)[0] - text.get_charbox(at - 1, loose=True)[2] for at in ends]
    assert max(gaps) < 0.5  # points


def test_a_reference_in_a_table_moves_no_other_cell(small: Path) -> None:
    rows = "".join(f"| {first} | column |\n" for first in ("plain", "[a](#first)", "[a](#first), [b](#second)"))
    lay(small, {"00-welcome.md": f"---\ntitle: Welcome\nkind: prose\n---\n| One | Two |\n| --- | --- |\n{rows}"})
    assert build_book(["-q", "-e", "guide"]) == 0
    found = []
    for page in pypdfium2.PdfDocument("dist/a-small-guide.pdf"):
        text = page.get_textpage()
        places = re.finditer("column", text.get_text_range())
        found += [text.get_charbox(each.start())[0] for each in places]
    assert len(found) == 3
    assert max(found) - min(found) < 0.1  # points


def test_a_page_number_has_the_face_of_the_words_beside_it(small: Path) -> None:
    text = "A **bold [step](#second)** and [one](#second).\n\n| Head |\n| --- |\n| A [cell](#second) |\n"
    lay(small, {"00-welcome.md": f"---\ntitle: Welcome\nkind: prose\n---\n{text}"})
    assert build_book(["-q", "-e", "guide"]) == 0
    pdf = pypdfium2.PdfDocument("dist/a-small-guide.pdf")
    page = next(each for each in pdf if "A bold" in each.get_textpage().get_text_range())
    words = page.get_textpage()
    pairs = [
        (words.get_textobj(found.start() + 1).get_font(), words.get_textobj(found.end() - 2).get_font())
        for found in re.finditer(r"\(p\.\s\d\)", words.get_text_range())
    ]
    faces = [tuple(font.get_base_name().partition("+")[2] for font in pair) for pair in pairs]
    assert [number for number, _ in faces] == [number for _, number in faces]
    assert len(set(faces)) == 3


def test_a_reference_to_nothing_is_a_problem(small: Path) -> None:
    project = read_project("content")
    templates = tuple(
        Source(each.path, each.text + '<p class="ref"><a href="#nowhere" id="nowhere">{{ hole }}</a></p>')
        if each.path == "colophon.html"
        else each
        for each in project.templates
    )
    book = Composition(
        replace(project, templates=templates), check_guide(project), Edition("guide"), OUTPUTS["pdf"], 2
    ).compose()
    store = MemoryStore()
    made_up = [typeset_section(job, store) for job in make_jobs(book)]
    nameless = [
        replace(each, pages=tuple(replace(page, anchors=()) for page in each.pages))
        if "#nowhere" in each.link_targets
        else each
        for each in made_up
    ]
    with pytest.raises(ContentError, match="nowhere"):
        finish(book, nameless, store)


def test_roman_numbers_are_those_of_printers() -> None:
    assert [format_roman(number) for number in (1, 4, 9, 14, 40, 99)] == ["i", "iv", "ix", "xiv", "xl", "xcix"]
