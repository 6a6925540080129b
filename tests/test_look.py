"""A guide's own look: colours, faces, sizes, templates, styles and words are in the finished PDF and EPUB, and what breaks it is told."""

import io
import re
from pathlib import Path

import pikepdf
import pypdfium2
import pytest
from conftest import ROOT, SMALL, conforms, entries, judge_pdfs, lay, page_texts
from fontTools.ttLib import TTFont
from PIL import Image

import build
from studyguide.colours import measure_contrast
from studyguide.pdf.typeset import find_style_faults
from studyguide.runtime import fonts

RED = "#7a1f2b"
CONFORMS = ["a-small-guide.pdf ua1 conforms", "a-small-guide.pdf 3a conforms"]
BOTH = ["build", "-q", "-j", "1", "-e", "guide", "-e", "tablet"]
PDF, EPUB = Path("dist/a-small-guide.pdf"), Path("dist/a-small-guide.epub")


def settings(text: str) -> dict[str, str]:
    return {"guide.toml": f"{SMALL['guide.toml']}{text}"}


def build_books(*args: str) -> None:
    assert build.main([*BOTH, *args]) == 0


def count_pixels(path: Path, page: int, colour: str) -> int:
    picture = pypdfium2.PdfDocument(path)[page].render(scale=2).to_pil().convert("RGB")
    wanted = tuple(bytes.fromhex(colour[1:]))
    return sum(count for count, found in picture.getcolors(1 << 24) if found == wanted)


def find_page(path: Path, words: str) -> int:
    return next(number for number, text in enumerate(page_texts(path)) if words in " ".join(text.split()))


def list_embedded_faces(path: Path) -> set[str]:
    """The names of the faces in a PDF, without the tags of subsets."""
    with pikepdf.open(path) as pdf:
        fonts = [each for each in pdf.objects if isinstance(each, pikepdf.Dictionary) and "/FontName" in each]
        return {str(each.FontName).partition("+")[2] for each in fonts}


def make_face(
    family: str, weight: int = 400, embedding: int = 0, file: str = "FiraSans-Light.ttf", flavour: str | None = None
) -> bytes:
    """A face of another name and other facts, made of one of the program's."""
    (path,) = (folder / file for folder in fonts.list_face_folders() if (folder / file).exists())
    face = TTFont(path)
    for number in (1, 16):
        face["name"].setName(family, number, 3, 1, 0x409)
    face["OS/2"].usWeightClass, face["OS/2"].fsType, face.flavor = weight, embedding, flavour
    out = io.BytesIO()
    face.save(out)
    return out.getvalue()


def lay_faces(folder: Path, **faces: bytes) -> None:
    (folder / "fonts").mkdir()
    for name, data in faces.items():
        (folder / "fonts" / name.replace("__", ".")).write_bytes(data)


# ---------------------------------------------------------------- colours and sizes


def test_the_accent_of_a_guide_is_on_its_cover_and_its_numbers_and_the_programs_is_nowhere(small: Path) -> None:
    lay(small, settings(f'[look]\naccent = "{RED}"\nheading = "#205030"\n'))
    build_books()
    chapter = find_page(PDF, "What comes first.")
    assert count_pixels(PDF, 0, RED) > 500_000
    assert count_pixels(PDF, chapter, RED) > 500  # the tab
    assert count_pixels(PDF, chapter, "#205030") > 100
    assert sum(count_pixels(PDF, page, "#0c4a63") for page in range(len(page_texts(PDF)))) == 0
    (name,) = (name for name in entries(EPUB) if name.endswith("cover.png"))
    cover = Image.open(io.BytesIO(entries(EPUB)[name])).convert("RGB")
    assert cover.getpixel((5, 5)) == tuple(bytes.fromhex(RED[1:]))


def test_an_edition_has_a_look_of_its_own(small: Path) -> None:
    lay(small, settings(f'[look]\naccent = "{RED}"\n\n[editions.workbook.look]\naccent = "#205030"\n'))
    assert build.main(["build", "-q", "-j", "1", "-e", "guide", "-e", "workbook"]) == 0
    assert count_pixels(PDF, 0, RED) > 500_000
    assert count_pixels(Path("dist/a-small-guide-workbook.pdf"), 0, "#205030") > 500_000


def test_an_ebook_has_colours_only_if_it_takes_those_of_the_book(small: Path) -> None:
    look = f'[look]\naccent = "{RED}"\nbackground = "#fdf6e3"\n'
    lay(small, settings(look))
    build_books()
    assert RED not in entries(EPUB)["style.css"].decode()
    lay(small, settings(f'{look}[editions.tablet]\ncolours = "book"\n'))
    build_books()
    styles = entries(EPUB)["style.css"].decode()
    assert re.search(rf"h1[^{{]*{{[^}}]*color: {RED}", styles)
    assert re.search(r"body {[^}]*background: #fdf6e3", styles)


def measure_heights(path: Path, words: str) -> set[float]:
    """The sizes of the letters of some words of a page, in points."""
    text = pypdfium2.PdfDocument(path)[find_page(path, words)].get_textpage()
    at, _ = text.search(words).get_next()
    return {round(pypdfium2.raw.FPDFText_GetFontSize(text.raw, at + each), 2) for each in range(len(words))}


def test_text_titles_and_captions_grow_together(small: Path) -> None:
    build_books()
    words = ("An introduction.", "First things", "Two dots.")
    before = [max(measure_heights(PDF, each)) for each in words]
    lay(small, settings("[look]\nsize = 12.3\nleading = 18\n"))
    build_books()
    after = [max(measure_heights(PDF, each)) for each in words]
    assert [round(new / old, 2) for old, new in zip(before, after, strict=True)] == [1.2, 1.2, 1.2]


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ('accent = "red"', "content/guide.toml:8:1: `accent` is `red` [wrong-value]\n  fix: write a colour as `#` and six digits"),
        ("size = 60", "content/guide.toml:8:1: `size` is `60` [wrong-value]\n  fix: write a number from 6 to 24"),
        ('size = "10pt"', "content/guide.toml:8:1: `size` is `10pt` [wrong-value]\n  fix: write a number such as `10.5`"),
        ('acent = "#000000"', "there is no key `acent` in `[look]` [unknown-key]\n  fix: write `accent`"),
    ],
)  # fmt: skip
def test_a_value_that_no_look_can_have_has_a_line_and_a_remedy(
    keys: str, said: str, small: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lay(small, settings(f"[look]\n{keys}\n"))
    assert build.main(["check"]) == 1
    assert said in capsys.readouterr().err


def test_the_contrast_of_colours_is_that_of_wcag() -> None:
    assert measure_contrast("#000000", "#ffffff") == pytest.approx(21)
    assert measure_contrast("#777777", "#ffffff") == pytest.approx(4.478, abs=0.001)
    assert measure_contrast("#ffffff", "#0000ff") == pytest.approx(8.592, abs=0.001)


# ---------------------------------------------------------------- faces


def test_the_faces_of_a_guide_are_in_its_books_with_the_letters_that_they_show(small: Path) -> None:
    lay(small, settings('[look]\ntext = "Breadface"\nsans = "Fira Sans"\n\n[editions.tablet]\nfonts = "book"\n'))
    data = make_face("Breadface")
    faces = {
        "a__ttf": data,
        "b__woff2": make_face("Breadface", 700, file="FiraSans-Black.ttf", flavour="woff2"),
        "c__ttf": make_face("Breadface", file="FiraSans-LightItalic.ttf"),
    }
    lay_faces(small, **faces)
    build_books()
    embedded = list_embedded_faces(PDF)
    assert {"Breadface", "Breadface-Bold", "Breadface-Italic"} <= embedded
    assert not any(name.startswith("IBM-Plex-Serif") for name in embedded)
    assert "Set in Breadface, Fira Sans, IBM Plex Mono" in " ".join(" ".join(page_texts(PDF)).split())
    assert judge_pdfs(PDF) == CONFORMS
    styles = entries(EPUB)["style.css"].decode()
    files = re.findall(r'"Book Serif"; src: url\((fonts/[^)]+)\)', styles)
    assert len(files) == 3
    for name in files:
        face = TTFont(io.BytesIO(entries(EPUB)[name]))
        assert face["name"].getDebugName(1) == "Breadface"
        assert len(face.getBestCmap()) < 120 < len(TTFont(io.BytesIO(data)).getBestCmap())
    conforms(EPUB)


def test_a_variable_face_has_a_bold_one_in_itself(small: Path) -> None:
    lay(small, settings('[look]\ntext = "Noto Serif"\n'))
    (path,) = (folder / "NotoSerif[wdth,wght].ttf" for folder in [fonts._find_package_folder("fontpkg_noto_serif")])
    lay_faces(small, serif__ttf=path.read_bytes())
    build_books("-e", "guide")
    names = [name for name in list_embedded_faces(PDF) if name.startswith("Noto-Serif-Own")]
    assert sorted("Semi-Bold" in name for name in names) == [False, True]


@pytest.mark.parametrize(
    ("embedding", "words"),
    [(0x2, "forbids to embed it"), (0x100, "forbids to embed a part of it.*"), (0x200, "pictures of its letters only")],
)
def test_a_face_that_may_not_be_embedded_is_refused(
    embedding: int, words: str, small: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lay(small, settings('[look]\ntext = "Breadface"\n'))
    lay_faces(small, a__ttf=make_face("Breadface", embedding=embedding))
    assert build.main(["check"]) == 1
    said = capsys.readouterr().err
    assert re.search(rf"content/fonts/a\.ttf: .*{words} \[restricted-face\]", said)


def test_a_face_without_bold_and_italic_letters_is_a_warning(small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lay(small, settings('[look]\ntext = "Breadface"\n'))
    lay_faces(small, a__ttf=make_face("Breadface"))
    assert build.main(["check"]) == 0
    said = capsys.readouterr().err
    assert "content/guide.toml:8:1: warning: the face `Breadface` has no bold letters" in said
    assert "content/guide.toml:8:1: warning: the face `Breadface` has no italic letters" in said


# ---------------------------------------------------------------- styles and page sizes

PAGE = (ROOT / "styles/pages/a5.css").read_text(encoding="utf-8")


def test_a_page_size_of_the_guides_own_is_that_of_its_pdf(small: Path) -> None:
    square = PAGE.replace("148mm", "160mm").replace("210mm", "160mm").replace("--step: 14mm", "--step: 10mm")
    lay(small, {**settings('[editions.guide]\npage = "square"\n'), "styles/pages/square.css": square})
    build_books("-e", "guide")
    assert [round(each / 72 * 25.4) for each in pypdfium2.PdfDocument(PDF)[0].get_size()] == [160, 160]


def test_a_style_of_the_guide_follows_those_of_the_program_and_shows_its_figures(small: Path) -> None:
    drawing = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><rect width="9" height="9" fill="#00ff00"/></svg>'
    )
    ground = (
        '.summary::before { content: ""; display: inline-block; width: 9pt; height: 9pt; background: url(figures/green.svg); '
        "border: 1pt solid var(--accent); }\n"
    )
    lay(small, {"styles/print.css": ground, "styles/ebook.css": ground, "figures/green.svg": drawing})
    build_books()
    assert count_pixels(PDF, find_page(PDF, "What comes first."), "#00ff00") > 200
    assert "figures/green.svg" in entries(EPUB)
    styles = entries(EPUB)["style.css"].decode()
    assert styles.endswith(ground.replace("var(--accent)", "#0c4a63"))
    conforms(EPUB)


def test_a_style_with_the_name_of_one_of_the_programs_replaces_it(small: Path) -> None:
    tokens = (ROOT / "styles/tokens.css").read_text(encoding="utf-8").replace("#0c4a63", RED)
    lay(small, {"styles/tokens.css": tokens})
    build_books("-e", "guide")
    assert count_pixels(PDF, 0, RED) > 500_000


def test_every_warning_of_typesetting_about_a_style_has_its_line() -> None:
    css = "p { color: blu }\n\na::nowhere { color: red }\n@nothing { p { color: red } }\n"
    assert [fault.line for fault in find_style_faults(css)] == [1, 3, 4]


# ---------------------------------------------------------------- templates and words


def test_a_template_of_the_guide_changes_a_block_and_keeps_the_rest(small: Path) -> None:
    block = '{% extends "program/colophon.html" %}\n{% block more %}\n<p>Printed in {{ "Ghent" | upper }}.</p>\n{% endblock %}\n'
    lay(small, {"templates/colophon.html": block})
    build_books()
    assert find_page(PDF, "Printed in GHENT.") == find_page(PDF, "Licence: CC BY 4.0")
    assert "Printed in GHENT." in entries(EPUB)["colophon.xhtml"].decode()
    conforms(EPUB)
    assert judge_pdfs(PDF) == CONFORMS


def test_a_template_of_the_guide_for_one_medium_changes_no_other(small: Path) -> None:
    lay(small, {"templates/pdf/colophon.html": "<p>For paper.</p>\n"})
    build_books()
    assert find_page(PDF, "For paper.") > 0
    assert "For paper." not in entries(EPUB)["colophon.xhtml"].decode()


def test_words_of_the_guide_take_the_place_of_those_of_its_language_and_of_no_others(small: Path) -> None:
    words = '[headings]\ncontents = "What is inside & more"\n[parts]\nhint = "Clue"\n[page-references]\npage = "page {number}"\n'
    lay(small, {"locale/en.toml": words})
    build_books()
    texts = " ".join(" ".join(page_texts(PDF)).split())
    assert "What is inside & more" in texts and "Clue:" in texts and "→ page" in texts
    assert "How to use this book" in texts and "Contents" not in texts
    assert "What is inside &amp; more" in entries(EPUB)["nav.xhtml"].decode()
    conforms(EPUB)
    assert judge_pdfs(PDF) == CONFORMS


def test_words_of_a_language_that_the_program_does_not_know_are_enough_for_a_book(
    small: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lay(small, {**settings("").copy(), "locale/nl.toml": '[headings]\ncontents = "Inhoud"\n'})
    lay(small, {"guide.toml": SMALL["guide.toml"].replace('"en"', '"nl"')})
    build_books("-e", "guide")
    assert "english-words" not in capsys.readouterr().err
    assert find_page(PDF, "Inhoud") > 0


def test_a_change_of_each_own_file_changes_the_books(small: Path) -> None:
    def read() -> tuple[bytes, bytes]:
        build_books()
        return PDF.read_bytes(), EPUB.read_bytes()

    seen = [read()]
    for files in (
        {"templates/colophon.html": '{% extends "program/colophon.html" %}{% block more %}<p>One</p>{% endblock %}'},
        {"templates/colophon.html": '{% extends "program/colophon.html" %}{% block more %}<p>Two</p>{% endblock %}'},
        {"styles/print.css": "p { color: #111111 }", "styles/ebook.css": "p { color: #111111 }"},
        {"styles/print.css": "p { color: #222222 }", "styles/ebook.css": "p { color: #222222 }"},
        {"locale/en.toml": '[headings]\ncontents = "One"'},
        {"locale/en.toml": '[headings]\ncontents = "Two"'},
    ):
        lay(small, files)
        seen.append(read())
    assert len({pdf for pdf, _ in seen}) == len({epub for _, epub in seen}) == len(seen)


def test_a_file_that_no_book_uses_is_a_warning(small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lay(small, {"templates/covr.html": "x", "styles/prnt.css": "", "templates/mine.html": "x"})
    lay(small, {"templates/colophon.html": '{% include "mine.html" %}'})
    assert build.main(["check"]) == 0
    said = capsys.readouterr().err
    assert re.findall(r"^content/(\S+): warning: .*\[unread-file\]\n  fix: (.*)$", said, re.MULTILINE) == [
        ("styles/prnt.css", "write `print.css`"),
        ("templates/covr.html", "write `cover.html`"),
    ]


# ---------------------------------------------------------------- covers and logos

LOGO = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 20"><rect width="40" height="20" fill="#ff00ff"/></svg>'


def test_a_logo_is_on_the_cover_and_with_the_facts_of_the_book(small: Path) -> None:
    lay(small, {**settings('logo = "figures/logo.svg"\nlogo-text = "A bakery"\n'), "figures/logo.svg": LOGO})
    build_books()
    facts = find_page(PDF, "CC BY 4.0")
    assert [count_pixels(PDF, page, "#ff00ff") > 1_000 for page in (0, facts)] == [True, True]
    assert "A bakery" in entries(EPUB)["colophon.xhtml"].decode()
    assert judge_pdfs(PDF) == CONFORMS
    conforms(EPUB)


@pytest.mark.parametrize("form", ["png", "svg"])
def test_a_cover_of_the_guides_own_fills_the_page_and_prints_no_words_over_it(form: str, small: Path) -> None:
    lay(small, settings(f'cover = "figures/cover.{form}"\ncover-text = "Bread"\ncover-form = "page"\n'))
    if form == "png":
        Image.new("RGB", (700, 1000), "#ff00ff").save(small / "figures/cover.png")
    else:
        lay(
            small,
            {
                "figures/cover.svg": LOGO.replace("40 20", "70 100").replace(
                    'width="40" height="20"', 'width="70" height="100"'
                )
            },
        )
    build_books()
    pages = pypdfium2.PdfDocument(PDF)
    width, height = (round(2 * each) for each in pages[0].get_size())
    assert count_pixels(PDF, 0, "#ff00ff") > 0.99 * width * height
    assert page_texts(PDF)[0].strip() == ""
    (name,) = (name for name in entries(EPUB) if name.endswith("cover.png"))
    picture = Image.open(io.BytesIO(entries(EPUB)[name])).convert("RGB")
    assert picture.getpixel((picture.width // 2, picture.height // 2)) == (255, 0, 255)


def test_a_logo_without_words_is_a_problem_of_its_key(small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lay(small, {**settings('logo = "figures/logo.svg"\n'), "figures/logo.svg": LOGO})
    assert build.main(["check"]) == 1
    said = capsys.readouterr().err
    assert "content/guide.toml:7:1: the figure `figures/logo.svg` has no text in its place [missing-alt]" in said
    assert "`logo-text = " in said
