"""Tests of an EPUB's page list, which must agree with the PDF, its NCX and its metadata."""

import re
from collections import defaultdict
from functools import cache
from pathlib import Path

import pypdfium2
import pytest
from conftest import Built, entries, lay
from lxml import etree

import build
from studyguide.epub.accessibility import _find_faults as faults
from studyguide.epub.accessibility import describe_accessibility as statements
from studyguide.epub.accessibility import take_inventory
from studyguide.epub.page_list import mark_pages
from studyguide.locale import load_locale
from studyguide.page_breaks import BlockAddress, PageBreak, PageStart

XHTML = "{http://www.w3.org/1999/xhtml}"
OPS = "{http://www.idpf.org/2007/ops}"
HEAD = 70
"""Points at the top of a page that its running head has."""


class Epub:
    def __init__(self, path: Path) -> None:
        self.data = entries(path)

    @cache  # noqa: B019
    def tree(self, name: str) -> etree._Element:
        return etree.fromstring(self.data[name])

    @property
    def spine(self) -> list[str]:
        package = self.tree("content.opf")
        names = {item.get("id"): item.get("href") for item in package.iter("{*}item")}
        return [names[item.get("idref")] for item in package.iter("{*}itemref")]

    @property
    def breaks(self) -> list[tuple[str, etree._Element]]:
        """Every page break with its document, in reading order."""
        every = ((name, span) for name in self.spine for span in self.tree(name).iter(f"{XHTML}span"))
        return [(name, span) for name, span in every if span.get(f"{OPS}type") == "pagebreak"]

    @property
    def listed(self) -> list[tuple[str, str]]:
        """The lines of the list of pages: where each leads, and what it says."""
        lists = (nav for nav in self.tree("nav.xhtml").iter(f"{XHTML}nav") if nav.get(f"{OPS}type") == "page-list")
        return [(link.get("href"), link.text) for nav in lists for link in nav.iter(f"{XHTML}a")]

    def read_metadata(self, name: str) -> list[str]:
        return [each.text for each in self.tree("content.opf").iter("{*}meta") if each.get("property") == name]


def letters(text: str) -> str:
    return "".join(filter(str.isalnum, text))


MAX_FIGURE_LETTERS = 400


def following(span: etree._Element) -> str:
    return "".join(span.xpath("following::text()[not(ancestor::*[local-name() = 'svg'])]"))


@pytest.fixture(scope="session")
def book(built: Built) -> Epub:
    return Epub(built.epub)


@pytest.fixture(scope="session")
def paper(built: Built) -> dict[str, pypdfium2.PdfPage]:
    """The pages of the guide by their labels."""
    pdf = pypdfium2.PdfDocument(built.book())
    return {pdf.get_page_label(number): pdf[number] for number in range(len(pdf))}


def test_every_break_is_listed_once_and_the_list_is_in_reading_order(book: Epub) -> None:
    breaks = [(f"{name}#{span.get('id')}", span.get("aria-label")) for name, span in book.breaks]
    assert breaks == book.listed
    assert all(span.get("role") == "doc-pagebreak" for _, span in book.breaks)
    labels = [int(label) for _, label in breaks]
    assert labels == sorted(set(labels))


def test_every_page_of_what_both_books_have_is_there(book: Epub, built: Built) -> None:
    pdf = pypdfium2.PdfDocument(built.book())
    starts = [(entry.get_dest().get_index(), entry.get_title()) for entry in pdf.get_toc() if entry.level == 0]
    listed = {label for _, label in book.listed}
    homes = defaultdict(set)
    for number in range(len(pdf)):
        if (label := pdf.get_page_label(number)).isdecimal():
            homes[max(start for start in starts if start[0] <= number)[1]].add(label in listed)
    assert {title for title, found in homes.items() if found == {False}} == {"Progress", "Index"}
    assert {title for title, found in homes.items() if len(found) > 1} == set()


def test_the_words_behind_a_break_are_the_first_of_its_page(book: Epub, paper: dict[str, pypdfium2.PdfPage]) -> None:
    blank = []
    for name, span in book.breaks:
        label = span.get("aria-label")
        page = paper[label]
        text, height = page.get_textpage(), page.get_height()
        if not letters(text.get_text_range()):
            blank.append(label)
            continue
        # A heading beside a reference is drawn after the notes, so the top of the page is looked at by itself as well.
        tops = [letters(text.get_text_bounded(bottom=foot, top=height - HEAD)) for foot in (0, height - 100)]
        if etree.QName(span.getparent()).localname == "li":
            # The number of an item is no part of its text.
            tops += [top.lstrip("0123456789") for top in tops]
        # Print adds the page to a link, "(p. 57)", which no EPUB has.
        tops += [re.sub(r"p\d+", "", top) for top in tops]
        words = letters(following(span))[:12]
        if any(etree.QName(each).localname == "figure" for each in span.iterancestors()):
            # The letters in a figure are part of the picture there.
            tops = [top[top.find(words) :] for top in tops if words in top[:MAX_FIGURE_LETTERS]]
        assert any(top.startswith(words) for top in tops), f"{name}#page-{label}: {tops}"
    assert blank


def test_the_package_names_the_book_whose_pages_it_has(book: Epub, built: Built) -> None:
    assert book.read_metadata("pageBreakSource") == [f"{built.book().name}, Version {built.guide.config.version}"]
    assert {"pageBreakMarkers", "pageNavigation"} <= set(book.read_metadata("schema:accessibilityFeature"))


@pytest.mark.parametrize("config", ["", '[editions.tablet]\npages = ""\n'])
def test_without_the_printed_book_there_is_no_list_and_no_claim(small: Path, config: str) -> None:
    guide = small / "guide.toml"
    lay(small, {"guide.toml": guide.read_text() + config})
    assert build.main(["-q", *(["-e", "guide"] if config else []), "-e", "tablet"]) == 0
    epub = Epub(Path("dist/a-small-guide.epub"))
    assert (epub.listed, epub.breaks, epub.read_metadata("pageBreakSource")) == ([], [], [])
    assert not {"pageBreakMarkers", "pageNavigation"} & set(epub.read_metadata("schema:accessibilityFeature"))


def test_an_edition_without_pages_cannot_be_followed(small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    guide = small / "guide.toml"
    lay(small, {"guide.toml": guide.read_text() + '[editions.tablet]\npages = "tablt"\n'})
    assert build.main(["check"]) == 1
    assert "`pages` is `tablt`" in capsys.readouterr().err


def test_a_page_that_begins_inside_a_paragraph_is_marked_there(small: Path) -> None:
    text = " ".join(f"word{number}" for number in range(2000))
    lay(
        small,
        {
            "02-long.md": f"---\ntitle: Long\n---\nSee *[the first](#first)* and $x$. {text}\n\n## Why?\n\n### Answer\nSo.\n"
        },
    )
    assert build.main(["-q", "-e", "tablet", "-e", "guide"]) == 0
    pdf = pypdfium2.PdfDocument("dist/a-small-guide.pdf")
    pages = {pdf.get_page_label(number): pdf[number] for number in range(len(pdf))}
    inside = [
        span for name, span in Epub(Path("dist/a-small-guide.epub")).breaks if re.match(r"word[1-9]", following(span))
    ]
    assert len(inside) > 1
    for span in inside:
        first = following(span).split()[0]
        page = pages[span.get("aria-label")].get_textpage().get_text_range()
        assert page.startswith(first), (first, page[:40])


# ---------------------------------------------------------------- the NCX


def test_old_readers_get_the_same_contents_and_pages_in_reading_order(book: Epub) -> None:
    ncx = book.tree("toc.ncx")
    toc = next(nav for nav in book.tree("nav.xhtml").iter(f"{XHTML}nav") if nav.get(f"{OPS}type") == "toc")
    lines = [(link.get("href"), "".join(link.itertext())) for link in toc.iter(f"{XHTML}a")]

    def points(kind: str) -> list[tuple[str, str]]:
        return [(each.find("{*}content").get("src"), each.findtext("{*}navLabel/{*}text")) for each in ncx.iter(kind)]

    assert points("{*}navPoint") == lines
    assert points("{*}pageTarget") == book.listed
    chapters = ncx.find("{*}navMap")
    assert max(len(chapter.findall("{*}navPoint")) for chapter in chapters) > 1
    assert {each.get("name"): each.get("content") for each in ncx.iter("{*}meta")} == {
        "dtb:uid": book.tree("content.opf").findtext(".//{*}identifier"),
        "dtb:depth": "2",
        "dtb:totalPageCount": str(len(book.listed)),
        "dtb:maxPageNumber": book.listed[-1][1],
    }
    played = {
        each.find("{*}content").get("src"): int(each.get("playOrder")) for each in ncx.iter() if each.get("playOrder")
    }
    assert sorted(played.values()) == list(range(1, len(played) + 1))
    in_order = [target.partition("#") for target in sorted(played, key=played.__getitem__)]
    read = [name for name in book.spine if name in {name for name, _, _ in in_order}]
    assert list(dict.fromkeys(name for name, _, _ in in_order)) == read
    for name in read:
        there = [each.get("id") for each in book.tree(name).iter() if each.get("id")]
        anchors = [there.index(anchor) for other, _, anchor in in_order if other == name and anchor]
        assert anchors == sorted(anchors), name


# ---------------------------------------------------------------- metadata


def test_a_book_that_passes_the_checks_says_that_it_conforms(book: Epub) -> None:
    assert book.read_metadata("dcterms:conformsTo") == ["EPUB Accessibility 1.1 - WCAG 2.1 Level AA"]
    assert len(book.read_metadata("a11y:certifiedBy")) == 1


@pytest.mark.parametrize(
    ("html", "fault"),
    [
        ('<html lang="en">', "html"),
        ('<img src="a.svg" alt=""/>', "img"),
        ('<svg class="formula"></svg>', "svg"),
        ("<svg></svg>", "drawing"),
        ("<h1>One</h1><h3>Two</h3>", "h3"),
    ],
)
def test_what_lacks_a_text_or_its_order_does_not_conform(html: str, fault: str) -> None:
    assert list(faults(html)) == [fault]
    inventories = [take_inventory(html, "chapter")]
    assert not {"dcterms:conformsTo", "a11y:certifiedBy"} & {
        name for name, _ in statements(inventories, load_locale("en"))
    }


def test_a_page_that_is_listed_and_not_marked_does_not_conform() -> None:
    nav = take_inventory('<nav role="doc-pagelist"><a href="one.xhtml#page-1">1</a></nav>', "nav")
    page = take_inventory('<span role="doc-pagebreak" id="page-1"></span>', "chapter")
    assert "dcterms:conformsTo" not in dict(statements([nav], load_locale("en")))
    assert "dcterms:conformsTo" not in dict(statements([nav, page, page], load_locale("en")))
    assert "dcterms:conformsTo" in dict(statements([nav, page], load_locale("en")))


def test_the_summary_is_in_the_language_of_the_book_and_the_series_is_named(small: Path) -> None:
    guide = small / "guide.toml"
    text = guide.read_text().replace('"en"', '"de"')
    lay(small, {"guide.toml": f'series = "Kleine Führer"\n{text}'})
    assert build.main(["-q", "-e", "tablet"]) == 0
    epub = Epub(Path("dist/a-small-guide.epub"))
    assert epub.read_metadata("belongs-to-collection") == ["Kleine Führer"]
    assert epub.read_metadata("collection-type") == ["series"]
    assert epub.read_metadata("schema:accessibilitySummary")[0].startswith("Jede Abbildung hat einen Text")
    assert "Seiten" not in epub.read_metadata("schema:accessibilitySummary")[0]


# ---------------------------------------------------------------- the place of a break

PAGE = """\
<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops"><head><title>x</title></head><body>
<section id="s"><h1>Title</h1><p>One <em>two</em>, <svg viewBox="0 0 1 1"></svg> three and-four.</p><p id="q">Last.</p></section>
</body></html>"""


def broken_at(*breaks: PageBreak) -> str:
    """The second block of the page and what follows, with a bar and a label where a page begins."""
    html = mark_pages(PAGE, breaks)
    text = re.sub(r'<span [^>]*aria-label="(\w+)"[^>]*?(?:/>|></span>)', r"|\1|", html)
    text = re.sub(r"<svg.*?</svg>", "*", text)
    return text.partition("</h1>")[2].partition("</section>")[0]


@pytest.mark.parametrize(
    ("letters", "text"),
    [
        (0, "<p>|7|One <em>two</em>, * three and-four.</p>"),
        (3, "<p>One <em>|7|two</em>, * three and-four.</p>"),
        (6, "<p>One <em>two</em>, |7|* three and-four.</p>"),  # the picture is a letter
        (7, "<p>One <em>two</em>, * |7|three and-four.</p>"),
        (12, "<p>One <em>two</em>, * three |7|and-four.</p>"),
        (14, "<p>One <em>two</em>, * three an|7|d-four.</p>"),  # the word was divided
        (15, "<p>One <em>two</em>, * three and-|7|four.</p>"),
        (99, "<p>One <em>two</em>, * three and-four.|7|</p>"),
    ],
)
def test_a_page_begins_behind_so_many_letters_of_its_block(letters: int, text: str) -> None:
    assert broken_at(PageBreak("7", PageStart(BlockAddress("s", "p", 0), letters))).startswith(text)


def test_a_page_begins_in_the_block_that_follows_its_identifier() -> None:
    assert '<p id="q">|8|Last.' in broken_at(PageBreak("8", PageStart(BlockAddress("q", "p", 0), 0)))


def test_a_blank_page_is_marked_where_the_next_one_begins() -> None:
    assert '<p id="q">|8||9|Last.' in broken_at(
        PageBreak("8", None), PageBreak("9", PageStart(BlockAddress("q", "p", 0), 0))
    )
    assert broken_at(PageBreak("8", None)).endswith("|8|")
