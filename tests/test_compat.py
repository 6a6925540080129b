"""Our changes to libraries: each test fails when the library changes, or when it no longer needs the change."""

import io
import subprocess
import sys
import zipfile

import pytest
from conftest import ROOT
from ebooklib import epub
from lxml import etree
from PIL import Image

from studyguide.epub.ebooklib_compat import Writer
from studyguide.pdf import weasyprint_compat
from studyguide.pdf.strips import WholePage
from studyguide.rules.pictures import BrokenPictureError, unpack_picture
from studyguide.runtime.fontconfig import use_project_fonts
from studyguide.runtime.zip_archive import Archive, Deflated, deflate

XML_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"

# Lays a text out in a process of its own, patched or not, and prints the lines of each page. The measure is a little wider
# than `one two three`, and the last space would not fit.
LINES = """
import sys
sys.path.insert(0, {root!r})
from studyguide.runtime.fontconfig import use_project_fonts
use_project_fonts()
from studyguide.pdf.weasyprint_compat import get_page_boxes, patch_layout
if {patched}:
    patch_layout()
import weasyprint
def texts(box):
    if hasattr(box, "text"):
        return box.text
    return "".join(map(texts, getattr(box, "children", ())))
def lines(box):
    if type(box).__name__ == "LineBox":
        yield texts(box)
    else:
        for child in getattr(box, "children", ()):
            yield from lines(child)
for page in get_page_boxes(weasyprint.HTML(string={html!r}).render()):
    print("|".join(line.strip() for line in lines(page)))
"""
ENDS_IN_BOLD = (
    "<style>@page {{ size: 400px 200px; margin: 0 }} body {{ margin: 0; font: 20px serif; width: {width}px }}</style>"
    "<p>one two three <b>incomprehensibilities</b></p>"
)


def lay_out(html: str, patched: bool) -> list[str]:
    code = LINES.format(root=str(ROOT), patched=patched, html=html)
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    return done.stdout.splitlines()


def find_width(text: str) -> float:
    """The width of a text in the face of the tests, in CSS pixels."""
    use_project_fonts()
    import weasyprint

    html = f"<style>body {{ font: 20px serif }} b {{ font-weight: 400; float: left }}</style><b>{text}</b>"
    (page,) = weasyprint_compat.get_page_boxes(weasyprint.HTML(string=html).render())

    def find_float(box: object) -> float | None:
        if getattr(box, "element_tag", "") == "b":
            return float(box.width)  # type: ignore[attr-defined]
        return next((each for child in getattr(box, "children", ()) if (each := find_float(child))), None)

    width = find_float(page)
    assert width
    return width


def test_a_text_that_fits_but_for_its_last_space_stays_on_one_line() -> None:
    html = ENDS_IN_BOLD.format(width=find_width("one two three") + 1)
    assert lay_out(html, patched=True) == ["one two three|incomprehensibilities"]
    assert lay_out(html, patched=False) != ["one two three|incomprehensibilities"], "the patch is needed no more"


def test_objects_have_a_language_and_no_faces() -> None:
    use_project_fonts()
    import weasyprint

    html = '<html lang="en"><body><p>One <span lang="de">zwei</span></p></body></html>'
    document = weasyprint.HTML(string=html).render()
    pdf, uses = weasyprint_compat.generate_pdf(
        document, list(map(WholePage, weasyprint_compat.get_page_boxes(document)))
    )
    elements = [each for each in pdf.objects if getattr(each, "get", lambda _: None)("Type") == "/StructElem"]
    assert elements
    assert {str(each["Lang"]) for each in elements if "Lang" in each} == {"en", "de"}
    assert not [each for each in pdf.objects if getattr(each, "get", lambda _: None)("Type") == "/Font"]
    assert [weasyprint_compat.get_font_key(font) for font in weasyprint_compat.get_fonts(document)]
    assert [sorted("".join(use.characters.values())) for (use,) in uses] == [sorted(set("One zwei"))]


def test_the_annotation_of_each_link_is_known_with_its_element() -> None:
    use_project_fonts()
    import weasyprint

    document = weasyprint.HTML(string='<p><a href="https://example.org">there</a></p>').render()
    pdf, _ = weasyprint_compat.generate_pdf(document, list(map(WholePage, weasyprint_compat.get_page_boxes(document))))
    annotations = weasyprint_compat.map_link_annotations(document)
    assert [element.get("href") for element in annotations.values()] == ["https://example.org"]
    assert all(pdf.objects[number]["Subtype"] == "/Link" for number in annotations)


def test_a_drawing_is_a_form_whose_patterns_move_with_it() -> None:
    use_project_fonts()
    import weasyprint

    weasyprint_compat.patch_layout()
    drawing = (
        '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><title>t</title><defs><linearGradient id="g">'
        '<stop stop-color="red"/><stop offset="1" stop-color="blue"/></linearGradient></defs>'
        '<rect width="9" height="9" fill="url(#g)"/></svg>'
    )
    document = weasyprint.HTML(string=f'<html lang="en"><p>{drawing}</p></html>').render()
    cutters = list(map(WholePage, weasyprint_compat.get_page_boxes(document)))
    weasyprint_compat.generate_pdf(document, cutters)
    content = cutters[0].slices[0].content
    assert content.count(b" Do") == 1
    assert b"scn" not in content, "the pattern would stay where the page was laid out"


def test_the_quick_parser_makes_the_tree_of_the_slow_one() -> None:
    use_project_fonts()
    import weasyprint

    text = (
        '<html lang="en"><head><title>x</title></head><body><p id="a">One &amp; <b>two</b><br/>three</p>'
        '<svg xmlns="http://www.w3.org/2000/svg"><g/></svg><table><tbody><tr><td>1</td></tr></tbody></table></body></html>'
    )
    quick = weasyprint_compat.make_html(text, "studyguide://files/", None).etree_element
    slow = weasyprint.HTML(string=text).etree_element

    def describe(element: object) -> list[tuple[str, dict[str, str], str, str]]:
        # The slow parser keeps the declaration of a namespace as an attribute.
        return [
            (
                each.tag,
                {name: value for name, value in each.attrib.items() if "xmlns" not in name},
                each.text or "",
                each.tail or "",
            )
            for each in element.iter()  # type: ignore[attr-defined]
        ]

    assert describe(quick) == describe(slow)


def test_a_picture_that_is_cut_short_is_found_after_weasyprint_has_been_imported() -> None:
    use_project_fonts()
    import weasyprint  # noqa: F401
    from PIL import ImageFile

    out = io.BytesIO()
    Image.effect_noise((200, 200), 50).save(out, "PNG")
    unpack_picture(out.getvalue(), "png")
    with pytest.raises(BrokenPictureError, match="cut short"):
        unpack_picture(out.getvalue()[:-5000], "png")
    assert ImageFile.LOAD_TRUNCATED_IMAGES, "WeasyPrint leaves Pillow as it is now"


def write_package(writer: type[epub.EpubWriter], deflated: dict[str, Deflated]) -> zipfile.ZipFile:
    book = epub.EpubBook()
    book.set_identifier("urn:one")
    book.set_title("One")
    book.set_language("de")
    book.add_item(epub.EpubItem("one", "one.xhtml", "application/xhtml+xml", b"<html/>"))
    target = io.BytesIO()
    packer = writer(target, book, {"deflated": deflated, "epub3_pages": False, "epub2_guide": False})
    packer.process()
    packer.write()
    return zipfile.ZipFile(target)


def test_the_package_states_its_language_and_takes_compressed_documents() -> None:
    with write_package(Writer, {"EPUB/one.xhtml": deflate(b"<html/>")}) as archive:
        assert archive.testzip() is None
        assert archive.read("EPUB/one.xhtml") == b"<html/>"
        assert archive.namelist()[0] == "mimetype"
        assert etree.fromstring(archive.read("EPUB/content.opf")).get(XML_LANGUAGE) == "de"
    with write_package(epub.EpubWriter, {}) as archive:
        package = etree.fromstring(archive.read("EPUB/content.opf"))
        assert package.get(XML_LANGUAGE) is None, "EbookLib states the language itself now"


@pytest.mark.parametrize("data", [b"", b"text", bytes(range(256)) * 500])
def test_an_entry_that_comes_compressed_is_written_as_it_comes(data: bytes) -> None:
    target = io.BytesIO()
    with Archive(target, zipfile.ZIP_DEFLATED, {"here": deflate(data)}) as archive:
        archive.writestr("here", b"")
        archive.writestr("there", data)
    with zipfile.ZipFile(target) as archive:
        assert archive.testzip() is None
        here, there = archive.infolist()
        assert (here.CRC, here.file_size, here.compress_size) == (there.CRC, len(data), there.compress_size)
        assert archive.read("here") == archive.read("there") == data
