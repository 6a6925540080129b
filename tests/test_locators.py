"""Page numbers behind an entry of the index or the glossary stand where one layout of the whole entry would put them."""

import re
from dataclasses import replace

import pytest
from conftest import ROOT

import studyguide.pdf.typeset as typeset_module
from studyguide.compose.look import write_hole_rules
from studyguide.model import Look, PageSize
from studyguide.pdf.galley import Galley
from studyguide.pdf.jobs import BOOK, GalleyJob
from studyguide.pdf.locators import Entry, fill_entry, find_entry, measure_ruler, measure_shape
from studyguide.pdf.section_pages import Hole
from studyguide.pdf.typeset import typeset_batch
from studyguide.problems import Place

PAGE = PageSize(595, 842, 50, 50, 50, 50)
STYLES = write_hole_rules(Look(), ()) + "\n".join(
    (ROOT / "styles" / name).read_text(encoding="utf-8") for name in ("tokens.css", "pages/a4.css", "book.css")
)


def link(target: str, digits: int = 2, title: str = "Page") -> str:
    return f'<a href="{BOOK}#{target}" title="{title}"><span class="hole">{"1" * digits}</span></a>'


def make_locators(*pieces: str) -> str:
    ends = [","] * (len(pieces) - 1) + [""]
    return " ".join(f'<span class="locator">{piece}{end}</span>' for piece, end in zip(pieces, ends, strict=True))


def make_item(name: str, *pieces: str) -> str:
    return f'<li>{name}, <span class="locators">{make_locators(*pieces)}</span>\n</li>'


def typeset(*blocks: str, direction: str = "ltr") -> list[Galley]:
    """Set blocks as items of an index, in a column that is 140 points wide."""
    opening = (
        f'<section class="sheet index" dir="{direction}"><div class="columns" style="width:140pt"><ul>',
        "</ul></div></section>",
    )
    jobs = [GalleyJob(block.join(opening), 3, "en", STYLES, (), PAGE, Place("index.html")) for block in blocks]
    return [galleys[0] for galleys in typeset_batch(jobs)]


def fill(html: str, direction: str = "ltr") -> Galley:
    """Return the galley of an entry whose page numbers are placed."""
    entry = find_entry(html)
    assert isinstance(entry, Entry)
    text, ruler, *shapes = typeset(entry.html, *entry.specimens, direction=direction)
    return fill_entry(entry, text, measure_ruler(ruler), [measure_shape(each) for each in shapes])


def holes_of(galley: Galley) -> list[Hole]:
    return [segment for strip in galley.strips for segment in strip.segments if isinstance(segment, Hole)]


def places_of(galley: Galley) -> list[tuple[str, float, float]]:
    """Return the target and the place of each number."""
    return [(hole.target, round(hole.x, 2), round(hole.y, 2)) for hole in holes_of(galley)]


MANY = [link(f"a{number}", 1 + number % 3) for number in range(14)]
RANGES = [f"{link(f'a{number}')}–{link(f'end=b{number}', 3)}" for number in range(9)]


@pytest.mark.parametrize("direction", ["ltr", "rtl"])
@pytest.mark.parametrize(
    ("name", "pieces"),
    [
        ("Loss", MANY[:1]),
        ("Loss", MANY),
        ("A name that fills more than one line of its column", MANY[:3]),
        ("Loss", RANGES),
        ("Loss function", [*MANY[:6], *RANGES[:3], f"<strong>{link('term-loss', 3, 'Loss')}</strong>"]),
    ],
    ids=["one", "many", "long name", "ranges", "all kinds"],
)
def test_numbers_stand_where_one_layout_puts_them(name: str, pieces: list[str], direction: str) -> None:
    html = make_item(name, *pieces)
    filled, (whole,) = fill(html, direction), typeset(html, direction=direction)
    assert [target for target, *_ in places_of(filled)] == [target for target, *_ in places_of(whole)]
    for (_, *place), (_, *expected) in zip(places_of(filled), places_of(whole), strict=True):
        assert place == pytest.approx(expected, abs=0.05)
    assert filled.height == pytest.approx(whole.height, abs=0.05)
    assert filled.strips[0].bottom == pytest.approx(whole.strips[0].bottom, abs=0.05)
    for own, expected_link in zip(filled.links, whole.links, strict=True):
        assert (own.target, own.words) == (expected_link.target, expected_link.words)
        assert own.box == pytest.approx(expected_link.box, abs=0.05)


def test_the_structure_is_that_of_one_layout() -> None:
    html = make_item("Loss", *MANY[:3], f"<strong>{link('term-loss', 3, 'Loss')}</strong>")
    filled, (whole,) = fill(html), typeset(html)

    def outline(galley: Galley, number: int) -> object:
        element = galley.elements[number]
        inner = [outline(galley, kid) for kind, kid in element.kids if kind == "element"]
        links = [galley.links[kid].target for kind, kid in element.kids if kind == "link"]
        return re.search(rb"/S /(\w+)", element.head)[1], inner, links

    def drop_wrappers(tree: tuple[bytes, list, list]) -> object:
        kind, inner, links = tree
        kids = [drop_wrappers(each) for each in inner]
        flat = [kid for each in kids for kid in (each[1] if each[0] in (b"Span", b"NonStruct") else [each])]
        return kind, flat, links

    assert [drop_wrappers(outline(filled, top)) for top in filled.top] == [
        drop_wrappers(outline(whole, top)) for top in whole.top
    ]
    assert len(filled.content_elements) == max(
        segment + 1 for strip in filled.strips for segment in strip.segments if isinstance(segment, int)
    )


def test_a_locator_is_one_shape_whatever_it_leads_to() -> None:
    one, other = (find_entry(make_item("Loss", link(name), link(f"{name}2"))) for name in ("first", "second"))
    assert one.specimens == other.specimens
    assert [locator.targets for locator in other.locators] == [("second",), ("second2",)]


def test_a_title_in_characters_of_html_is_read_as_text() -> None:
    entry = find_entry(make_item("Loss", link("a&amp;b", title="R&amp;D &gt; 3")))
    assert (entry.locators[0].targets, entry.locators[0].titles) == (("a&b",), ("R&D > 3",))


def test_an_entry_without_pages_is_no_entry_to_fill() -> None:
    assert find_entry("<li>Loss, <em>see</em> Cost</li>") is None


def test_the_frame_of_a_glossary_entry_is_the_paragraph_of_its_pages() -> None:
    html = (
        '<div><dt id="t">T</dt><dd lang="fr"><p>A word.<br/></p>\n'
        f'<p class="pages">p.&#160;<span class="locators">{make_locators(link("a"))}</span></p>\n</dd></div>'
    )
    entry = find_entry(html)
    assert entry.frame == '<div><dd lang="fr"><p class="pages">'
    assert not entry.has_space
    assert replace(entry, html="", frame="").locators[0].targets == ("a",)


def test_two_forms_of_a_block_are_laid_out_as_one_document(monkeypatch: pytest.MonkeyPatch) -> None:
    """They have the same identifiers, of which WeasyPrint warns."""
    documents = []
    lay_out = typeset_module._set_document
    monkeypatch.setattr(typeset_module, "_set_document", lambda *args: documents.append(args) or lay_out(*args))
    typeset('<li id="loss">Loss</li>', '<li id="loss">Loss, and more</li>')
    assert len(documents) == 1
