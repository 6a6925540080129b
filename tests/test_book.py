"""The finished files of the project's own guide, as a reader has them."""

import re
import subprocess
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pikepdf
import pypdfium2
import pytest
from conftest import documents, entries, need, page_texts
from lxml import etree

from studyguide.html_text import strip_tags
from studyguide.model import Guide, Html
from studyguide.text import strip_markdown

NAME = "deep-learning-interview-guide"
XHTML = "{http://www.w3.org/1999/xhtml}"
OPS = "{http://www.idpf.org/2007/ops}"


@dataclass
class Reference:
    """A link of the finished PDF: the words on it, the page it is on, and where it leads; pages from 1."""

    text: str
    page: int
    target: int


def tree(node: pikepdf.Object, kind: str) -> dict[str, pikepdf.Object]:
    """The entries of a name tree."""
    found = {}
    for kid in node.get("/Kids", []):
        found |= tree(kid, kind)
    entries = list(node.get(kind, []))
    return found | {str(name): value for name, value in zip(entries[::2], entries[1::2], strict=True)}


@cache
def references(path: Path) -> tuple[Reference, ...]:
    return tuple(links(path))


def links(path: Path) -> Iterator[Reference]:
    text = pypdfium2.PdfDocument(path)
    with pikepdf.open(path) as pdf:
        names = tree(pdf.Root.Names.Dests, "/Names")
        numbers = {page.objgen: number for number, page in enumerate(pdf.pages, 1)}
        for number, page in enumerate(pdf.pages, 1):
            written = text[number - 1].get_textpage()
            for link in page.get("/Annots", []):
                if "/Dest" not in link:
                    continue
                left, bottom, right, top = (float(each) for each in link.Rect)
                words = written.get_text_bounded(left, bottom, right, top)
                yield Reference(" ".join(words.split()), number, numbers[names[str(link.Dest)][0].objgen])


def labels(path: Path) -> list[str]:
    """The printed number of each page, as a viewer shows it."""
    with pikepdf.open(path) as pdf:
        return [page.label for page in pdf.pages]


def page_text(path: Path) -> list[str]:
    """The text of each page, its lines joined; pypdfium2 has a soft hyphen at a line's end as U+FFFE."""
    texts = (page.get_textpage().get_text_bounded() for page in pypdfium2.PdfDocument(path))
    return [" ".join(re.sub(r"[\u00ad\ufffe]\s*|(?<=\w-)\r?\n(?=\w)", "", text).split()) for text in texts]


def test_make_book_makes_five_files(dist: Path) -> None:
    names = {"", "-workbook", "-answers", "-teacher"}
    assert {path.name for path in dist.iterdir()} == {f"{NAME}{name}.pdf" for name in names} | {f"{NAME}.epub"}


def test_every_reference_between_question_and_answer_prints_the_page_where_its_target_is(
    dist: Path, guide: Guide
) -> None:
    path = dist / f"{NAME}.pdf"
    pages, printed = page_text(path), labels(path)
    found = [each for each in references(path) if re.fullmatch(r"[→←] p\. ?\d+", each.text)]
    assert [each.text.split()[-1].removeprefix("p.") for each in found] == [printed[each.target - 1] for each in found]
    ahead = [each for each in found if each.text.startswith("→")]
    back = [each for each in found if each.text.startswith("←")]
    assert len(ahead) == len(back) == len(guide.questions) >= 100
    # There and back again, question by question.
    assert [(each.page, each.target) for each in ahead] == [(each.target, each.page) for each in back]
    for question, there in zip(guide.questions, ahead, strict=True):
        title = re.sub(r"<[^>]+>", "", question.title.html).split(" ")
        assert re.search(rf"{question.number} (•+ \w+ )?{title[0]}", pages[there.page - 1])
        assert f"{question.number} {title[0]}" in pages[there.target - 1]


def test_every_page_number_in_the_text_is_that_of_its_target(dist: Path) -> None:
    for name in ("", "-teacher", "-answers", "-workbook"):
        path = dist / f"{NAME}{name}.pdf"
        printed = labels(path)
        found = [each for each in references(path) if (" (p." in each.text or "(p." in each.text)]
        assert found or name == "-workbook"
        for each in found:
            assert each.text.endswith(f"{printed[each.target - 1]})"), each
            assert each.page != each.target, each


def test_every_line_of_the_contents_prints_the_page_where_its_title_is(dist: Path, guide: Guide) -> None:
    path = dist / f"{NAME}.pdf"
    printed = labels(path)
    first, last = printed.index("v"), printed.index("1")
    lines = [each for each in references(path) if first < each.page <= last]
    keys, others = 8, 3  # how to use this book, progress, index
    # A question has two pages: its own, and that of its answer.
    assert len(lines) == 2 * len(guide.questions) + len(guide.chapters) + keys + others
    for line in lines:
        assert line.text.split()[-1] == printed[line.target - 1], line


def test_the_front_matter_is_numbered_in_roman_and_the_text_begins_on_a_recto(dist: Path) -> None:
    printed = labels(dist / f"{NAME}.pdf")
    assert printed[:7] == ["i", "ii", "iii", "iv", "v", "vi", "vii"]
    assert printed.index("1") % 2 == 0
    assert printed[printed.index("1") :] == [str(number) for number in range(1, len(printed) - printed.index("1") + 1)]


def test_the_folio_of_every_page_is_its_label(dist: Path) -> None:
    for name in ("", "-workbook", "-answers", "-teacher"):
        path = dist / f"{NAME}{name}.pdf"
        for place, (label, text) in enumerate(zip(labels(path), page_text(path), strict=True)):
            if place > 3 and text:
                words = text.split()
                assert label in (words[0], words[-1]) or f" {label} " in text, f"{name} page {label}"


def test_the_answers_are_where_the_edition_says(dist: Path, guide: Guide) -> None:
    answer = "Backpropagation works out how the loss changes"
    assert answer in " ".join(page_text(dist / f"{NAME}-teacher.pdf"))
    assert answer in " ".join(page_text(dist / f"{NAME}-answers.pdf"))
    assert answer not in " ".join(page_text(dist / f"{NAME}-workbook.pdf"))
    pages = page_text(dist / f"{NAME}.pdf")
    asked = next(
        place for place, text in enumerate(pages) if "1.4 How does backpropagation work?" in text and "Hint" in text
    )
    assert answer not in pages[asked]
    assert any(answer in text for text in pages[asked + 1 :])


def test_a_question_that_fits_on_a_page_is_not_broken(dist: Path, guide: Guide) -> None:
    pages = page_text(dist / f"{NAME}.pdf")
    for question in guide.questions:
        title = re.sub(r"<[^>]+>", "", question.title.html)
        hint = strip_markdown(question.pick(("hint",))[0].text.markdown)
        words = hint[-20:] if "$" not in hint else hint.partition("$")[0].strip()[-20:]
        ends = (f"{question.number} {title[:20]}", words)
        assert any(all(straight(end) in straight(text) for end in ends) for text in pages), question.id


def straight(text: str) -> str:
    """The text with quotation marks as they are typed."""
    return re.sub("[“”]", '"', text.replace("’", "'"))


def test_the_pdf_has_a_title_a_language_bookmarks_and_tags(dist: Path, guide: Guide) -> None:
    with pikepdf.open(dist / f"{NAME}.pdf") as pdf:
        assert str(pdf.docinfo.Title) == "The Deep Learning Interview Guide"
        assert str(pdf.Root.Lang) == "en-GB"
        assert pdf.Root.MarkInfo.Marked
        with pdf.open_outline() as outline:
            titles = [item.title for item in outline.root]
            chapter = next(item for item in outline.root if item.title == "1 Basic concepts")
    assert "Contents" in titles
    assert [item.title.split()[0] for item in chapter.children] == [
        question.number for question in guide.chapters[1].questions
    ]


def test_qpdf_finds_nothing_wrong(dist: Path) -> None:
    for path in dist.glob("*.pdf"):
        subprocess.run([need("qpdf"), "--check", path], check=True, capture_output=True)


def test_all_faces_are_the_projects_own_and_embedded(dist: Path) -> None:
    table = subprocess.run([need("pdffonts"), dist / f"{NAME}.pdf"], check=True, capture_output=True, text=True).stdout
    rows = [line.split() for line in table.splitlines()[2:]]
    assert {re.sub(r"^[A-Z]{6}\+", "", row[0]).split("-")[0] for row in rows} <= {
        "IBM", "IBMPlexSerif", "IBMPlexSansCondensed", "IBMPlexMono", "Fira"
    }, table  # fmt: skip
    assert all(row[-5] == "yes" for row in rows), table


# ---------------------------------------------------------------- the EPUB


@pytest.fixture(scope="session")
def epub(dist: Path) -> dict[str, bytes]:
    return entries(dist / f"{NAME}.epub")


def test_every_link_of_the_epub_leads_somewhere(epub: dict[str, bytes]) -> None:
    found = documents(epub)
    ids = {name: {each.get("id") for each in tree.iter() if each.get("id")} for name, tree in found.items()}
    for name, tree in found.items():
        for link in tree.iter(f"{XHTML}a"):
            href = link.get("href")
            if href.startswith(("http", "mailto")):
                continue
            path, _, anchor = href.partition("#")
            path = path or name
            assert path in found, f"{name}: {href}"
            assert not anchor or anchor in ids[path], f"{name}: {href}"


def test_every_question_of_the_epub_leads_to_its_answer_and_back(epub: dict[str, bytes], guide: Guide) -> None:
    text = {name: data.decode() for name, data in epub.items() if name.endswith(".xhtml")}
    for chapter in guide.chapters:
        for question in chapter.questions:
            there = f'href="answers-{chapter.id}.xhtml#answer-{question.id}"'
            back = f'href="chapter-{chapter.id}.xhtml#{question.id}"'
            assert there in text[f"chapter-{chapter.id}.xhtml"]
            assert back in text[f"answers-{chapter.id}.xhtml"]


def test_the_epub_has_no_script_and_nothing_to_unfold(epub: dict[str, bytes]) -> None:
    for name, tree in documents(epub).items():
        tags = {etree.QName(each).localname for each in tree.iter(etree.Element)}
        assert not tags & {"script", "details", "summary", "iframe", "form", "input"}, name


def test_the_navigation_lists_every_chapter_and_question_and_the_landmarks(
    epub: dict[str, bytes], guide: Guide
) -> None:
    nav = etree.fromstring(epub["nav.xhtml"])
    toc, landmarks, _ = nav.iter(f"{XHTML}nav")
    assert (toc.get(f"{OPS}type"), landmarks.get(f"{OPS}type")) == ("toc", "landmarks")
    lines = ["".join(link.itertext()) for link in toc.iter(f"{XHTML}a")]
    for chapter in guide.chapters:
        assert f"{chapter.number} {chapter.title}".strip() in lines
    assert sum(bool(re.match(r"\d+\.\d+ ", line)) for line in lines) == len(guide.questions)
    assert [link.get(f"{OPS}type") for link in landmarks.iter(f"{XHTML}a")] == ["cover", "toc", "bodymatter", "answers"]


def test_the_package_says_its_language_and_how_accessible_it_is(epub: dict[str, bytes], guide: Guide) -> None:
    package = etree.fromstring(epub["content.opf"])
    assert package.get("{http://www.w3.org/XML/1998/namespace}lang") == "en-GB"
    said = {each.get("property"): each.text for each in package.iter("{*}meta")}
    assert {
        "schema:accessMode",
        "schema:accessibilityFeature",
        "schema:accessibilityHazard",
        "dcterms:modified",
    } <= set(said)
    assert said["dcterms:modified"] == f"{guide.config.date}T00:00:00Z"


def test_every_formula_and_figure_of_the_epub_is_told_in_words(epub: dict[str, bytes]) -> None:
    for name, tree in documents(epub).items():
        for svg in tree.iter("{http://www.w3.org/2000/svg}svg"):
            assert svg.get("aria-label"), name
        for image in tree.iter(f"{XHTML}img"):
            assert image.get("alt"), name


def test_no_printed_line_parts_a_number_from_what_it_belongs_to(dist: Path) -> None:
    broken = re.compile(r"(\barXiv:|(?<![×·+−=] )(?<![\d,.])\d+ ×(?=\r?\n\d+(?!\d|[,.]\d|\s*[×·+−=/]))|\bpp?\.)\r?\n")
    assert [found[0] for page in page_texts(dist / f"{NAME}.pdf") for found in broken.finditer(page)] == []


def words_of(html: str) -> Counter[str]:
    """The words that are set as text, without those of code and formulas; a note stands behind its mark."""
    text = re.sub(r"<(svg|pre|math)\b.*?</\1>", " ", html, flags=re.DOTALL).replace('<span class="footnote">', " ")
    return Counter(re.findall(r"[^\W\d_]{3,}", strip_tags(Html(text)).lower()))


def written_words(guide: Guide) -> Counter[str]:
    passages = (passage.html for chapter in guide.chapters for passage in chapter.passages)
    return sum(map(words_of, passages), Counter())


@pytest.mark.parametrize("edition", ["", "-teacher"])
def test_every_word_of_the_guide_is_printed(dist: Path, guide: Guide, edition: str) -> None:
    path = dist / f"{NAME}{edition}.pdf"
    printed = Counter(re.findall(r"[^\W\d_]{3,}", " ".join(page_text(path)).lower()))
    missing = written_words(guide) - printed
    # What is divided at the end of a page is found in two pieces, of which the first ends in a hyphen.
    pages = page_texts(path)
    begun = {found.lower() for page in pages for found in re.findall(r"([^\W\d_]+)\ufffe", page)}
    assert missing.total() < len(pages)
    assert [word for word in missing if not any(map(word.startswith, begun))] == []


def test_every_word_of_the_guide_is_in_its_epub(dist: Path, guide: Guide) -> None:
    pages = (data.decode() for name, data in entries(dist / f"{NAME}.epub").items() if name.endswith(".xhtml"))
    assert written_words(guide) - sum(map(words_of, pages), Counter()) == Counter()
