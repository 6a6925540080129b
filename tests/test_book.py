"""The finished books of a guide, as a reader has them: of the sample, and by night of the project's own guide."""

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
from conftest import Built, documents, entries, need, page_texts
from lxml import etree

from studyguide.html_text import strip_tags
from studyguide.model import Guide, Html, Question
from studyguide.text import strip_markdown

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
    """The text of each page, its lines joined; pypdfium2 has a soft hyphen at a line's end as U+FFFE or U+0002."""
    texts = (page.get_textpage().get_text_bounded() for page in pypdfium2.PdfDocument(path))
    return [" ".join(re.sub(r"[\x02\u00ad\ufffe]\s*|(?<=\w-)\r?\n(?=\w)", "", text).split()) for text in texts]


EDITIONS = ("", "workbook", "answers", "teacher")


def test_a_build_makes_five_files(built: Built) -> None:
    assert {path.name for path in built.dist.iterdir()} == {built.book(name).name for name in EDITIONS} | {
        built.epub.name
    }


def test_every_reference_between_question_and_answer_prints_the_page_where_its_target_is(built: Built) -> None:
    path, questions = built.book(), built.guide.questions
    pages, printed = page_text(path), labels(path)
    # Where a text runs from right to left, a reader of the file sees the arrow last.
    found = [each for each in references(path) if re.fullmatch(r"[→←] p\. ?\d+|[. \dp]+[→←]", each.text)]
    assert [re.search(r"\d+", each.text)[0] for each in found] == [printed[each.target - 1] for each in found]
    ahead = [each for each in found if "→" in each.text]
    back = [each for each in found if "←" in each.text]
    assert len(ahead) == len(back) == len(questions) > 10
    # There and back again, question by question.
    assert [(each.page, each.target) for each in ahead] == [(each.target, each.page) for each in back]
    for question, there in zip(questions, ahead, strict=True):
        if is_hebrew(question):
            continue  # a viewer has these words in another order
        title = re.sub(r"<[^>]+>", "", question.title.html).split(" ")
        assert re.search(rf"{question.number} (•+ \w+ )?{title[0]}", pages[there.page - 1])
        assert f"{question.number} {title[0]}" in pages[there.target - 1]


def test_every_page_number_in_the_text_is_that_of_its_target(built: Built) -> None:
    for name in EDITIONS:
        path = built.book(name)
        printed = labels(path)
        found = [each for each in references(path) if (" (p." in each.text or "(p." in each.text)]
        assert found or name == "workbook"
        for each in found:
            assert each.text.endswith(f"{printed[each.target - 1]})"), each
            assert each.page != each.target, each


def test_every_line_of_the_contents_prints_the_page_where_its_title_is(built: Built) -> None:
    path = built.book()
    printed = labels(path)
    first, last = printed.index("v"), printed.index("1")
    lines = [each for each in references(path) if first < each.page <= last]
    others = ("how to use this book", "progress", "index")
    # A question has two pages: its own, and that of its answer; a chapter with questions has a key.
    expected = 2 * len(built.guide.questions) + len(built.guide.chapters) + len(built.question_chapters) + len(others)
    assert len(lines) == expected
    for line in lines:
        words = line.text.split()
        is_to_the_left = "א" <= words[-1][0] <= "ת"
        assert words[0 if is_to_the_left else -1] == printed[line.target - 1], line


def test_the_front_matter_is_numbered_in_roman_and_the_text_begins_on_a_recto(built: Built) -> None:
    printed = labels(built.book())
    front = printed.index("1")
    assert (
        printed[:front]
        == ["i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii", "xiii", "xiv"][:front]
    )
    assert front % 2 == 0
    assert printed[front:] == [str(number) for number in range(1, len(printed) - front + 1)]


def test_the_folio_of_every_page_is_its_label(built: Built) -> None:
    for name in EDITIONS:
        path = built.book(name)
        for place, (label, text) in enumerate(zip(labels(path), page_text(path), strict=True)):
            if place > 3 and text:
                words = text.split()
                assert label in (words[0], words[-1]) or f" {label} " in text, f"{name} page {label}"


def test_the_answers_are_where_the_edition_says(built: Built) -> None:
    pages = {name: page_text(built.book(name)) for name in EDITIONS}
    whole = {name: " ".join(texts) for name, texts in pages.items()}
    seen = 0
    for question in built.guide.questions:
        told, hint = first_words(question, "answer"), first_words(question, "hint")
        if not told or question.choices:
            continue  # an option may say what the answer says
        seen += 1
        assert {name for name in EDITIONS if told in whole[name]} == {"", "answers", "teacher"}, question.id
        asked = [place for place, text in enumerate(pages[""]) if hint and hint in text]
        answered = [place for place, text in enumerate(pages[""]) if told in text]
        assert not set(asked) & set(answered), question.id
        assert not asked or max(answered) > max(asked), question.id
    assert seen >= (50 if built.is_large else 8)


def is_hebrew(question: Question) -> bool:
    """True if a reader of the file has its words in another order than the author."""
    return question.lang.startswith("he")


def first_words(question: Question, part: str) -> str:
    """Words that open a part of a question, of those that are printed as they are typed; "" where there are none."""
    sections = question.pick((part,))
    opening = re.match(r"(?:[\w,-]+ ){5}", sections[0].text.markdown) if sections else None
    return opening[0].strip() if opening and not is_hebrew(question) else ""


def test_a_question_that_fits_on_a_page_is_not_broken(built: Built) -> None:
    pages = page_text(built.book())
    for question in built.guide.questions:
        hints = question.pick(("hint",))
        if not hints or is_hebrew(question):
            continue
        title = re.sub(r"<[^>]+>", "", question.title.html)
        hint = strip_markdown(hints[0].text.markdown)
        words = hint[-20:] if "$" not in hint else hint.partition("$")[0].strip()[-20:]
        ends = (f"{question.number} {title[:20]}", words)
        assert any(all(straight(end) in straight(text) for end in ends) for text in pages), question.id


def straight(text: str) -> str:
    """The text with quotation marks as they are typed."""
    return re.sub("[“”]", '"', text.replace("’", "'"))


def test_the_pdf_has_a_title_a_language_bookmarks_and_tags(built: Built) -> None:
    guide = built.guide
    opened = built.question_chapters[0]
    with pikepdf.open(built.book()) as pdf:
        assert str(pdf.docinfo.Title) == guide.config.title
        assert str(pdf.Root.Lang) == guide.config.language
        assert pdf.Root.MarkInfo.Marked
        with pdf.open_outline() as outline:
            titles = [item.title for item in outline.root]
            chapter = next(item for item in outline.root if item.title == f"{opened.number} {opened.title}")
    assert "Contents" in titles
    assert [item.title.split()[0] for item in chapter.children] == [question.number for question in opened.questions]


def test_qpdf_finds_nothing_wrong(built: Built) -> None:
    for path in built.dist.glob("*.pdf"):
        subprocess.run([need("qpdf"), "--check", path], check=True, capture_output=True)


def test_all_faces_are_the_projects_own_and_embedded(built: Built) -> None:
    table = subprocess.run([need("pdffonts"), built.book()], check=True, capture_output=True, text=True).stdout
    rows = [line.split() for line in table.splitlines()[2:]]
    own = {"IBM", "IBMPlexSerif", "IBMPlexSansCondensed", "IBMPlexMono", "Fira"}
    if any(is_hebrew(question) for question in built.guide.questions):
        own.add("Frank")  # Ruhl Libre, for Hebrew
    assert {re.sub(r"^[A-Z]{6}\+", "", row[0]).split("-")[0] for row in rows} <= own, table
    assert all(row[-5] == "yes" for row in rows), table


# ---------------------------------------------------------------- the EPUB


@pytest.fixture(scope="session")
def epub(built: Built) -> dict[str, bytes]:
    return entries(built.epub)


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


def test_every_question_of_the_epub_leads_to_its_answer_and_back(epub: dict[str, bytes], built: Built) -> None:
    text = {name: data.decode() for name, data in epub.items() if name.endswith(".xhtml")}
    # A long document is divided, and its later parts have a number behind their names.
    homes = {name: document for document, page in text.items() for name in re.findall(r' id="([^"]*)"', page)}
    for chapter in built.question_chapters:
        for question in chapter.questions:
            asked, answered = homes[question.id], homes[f"answer-{question.id}"]
            assert asked.startswith(f"chapter-{chapter.id}")
            assert answered.startswith(f"answers-{chapter.id}")
            assert f'href="{answered}#answer-{question.id}"' in text[asked]
            assert f'href="{asked}#{question.id}"' in text[answered]


def test_the_epub_has_no_script_and_nothing_to_unfold(epub: dict[str, bytes]) -> None:
    for name, tree in documents(epub).items():
        tags = {etree.QName(each).localname for each in tree.iter(etree.Element)}
        assert not tags & {"script", "details", "summary", "iframe", "form", "input"}, name


def test_the_navigation_lists_every_chapter_and_question_and_the_landmarks(
    epub: dict[str, bytes], built: Built
) -> None:
    guide = built.guide
    nav = etree.fromstring(epub["nav.xhtml"])
    toc, landmarks, _ = nav.iter(f"{XHTML}nav")
    assert (toc.get(f"{OPS}type"), landmarks.get(f"{OPS}type")) == ("toc", "landmarks")
    lines = ["".join(link.itertext()) for link in toc.iter(f"{XHTML}a")]
    for chapter in guide.chapters:
        assert f"{chapter.number} {chapter.title}".strip() in lines
    assert sum(bool(re.match(r"\d+\.\d+ ", line)) for line in lines) == len(guide.questions)
    assert [link.get(f"{OPS}type") for link in landmarks.iter(f"{XHTML}a")] == ["cover", "toc", "bodymatter", "answers"]


def test_the_package_says_its_language_and_how_accessible_it_is(epub: dict[str, bytes], built: Built) -> None:
    guide = built.guide
    package = etree.fromstring(epub["content.opf"])
    assert package.get("{http://www.w3.org/XML/1998/namespace}lang") == guide.config.language
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


def test_no_printed_line_parts_a_number_from_what_it_belongs_to(built: Built) -> None:
    broken = re.compile(r"(\barXiv:|(?<![×·+−=] )(?<![\d,.])\d+ ×(?=\r?\n\d+(?!\d|[,.]\d|\s*[×·+−=/]))|\bpp?\.)\r?\n")
    assert [found[0] for page in page_texts(built.book()) for found in broken.finditer(page)] == []


def words_of(html: str) -> Counter[str]:
    """The words that are set as text, without those of code and formulas; a note stands behind its mark."""
    text = re.sub(r"<(svg|pre|math)\b.*?</\1>", " ", html, flags=re.DOTALL).replace('<span class="footnote">', " ")
    return Counter(re.findall(r"[^\W\d_]{3,}", strip_tags(Html(text)).lower()))


def written_words(guide: Guide) -> Counter[str]:
    passages = (passage.html for chapter in guide.chapters for passage in chapter.passages)
    return sum(map(words_of, passages), Counter())


@pytest.mark.parametrize("edition", ["", "teacher"])
def test_every_word_of_the_guide_is_printed(built: Built, edition: str) -> None:
    path = built.book(edition)
    # A hyphen at the end of a line divides a word, or stands between two: both are counted.
    pages = page_texts(path)
    joined, apart = (
        Counter(re.findall(r"[^\W\d_]{3,}", " ".join(texts).lower())) for texts in (page_text(path), pages)
    )
    missing = written_words(built.guide) - (joined | apart)
    # What is divided at the end of a page is found in two pieces, of which the first ends in a hyphen.
    begun = {found.lower() for page in pages for found in re.findall(r"([^\W\d_]+)[\x02\ufffe]", page)}
    # The letters of a Hebrew word are in the order in which they are drawn.
    missing = Counter({word: count for word, count in missing.items() if not "א" <= word[0] <= "ת"})
    assert missing.total() < len(pages)
    assert [word for word in missing if not any(map(word.startswith, begun))] == []


def test_every_word_of_the_guide_is_in_its_epub(built: Built) -> None:
    pages = (data.decode() for name, data in entries(built.epub).items() if name.endswith(".xhtml"))
    assert written_words(built.guide) - sum(map(words_of, pages), Counter()) == Counter()
