"""A guide's own look: colours, faces, sizes, templates, styles and words are in the finished PDF and EPUB, and what breaks it is told."""

import ctypes
import io
import re
from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2
import pytest
from anki.collection import Collection, ImportAnkiPackageOptions, ImportAnkiPackageRequest
from conftest import ROOT, SMALL, conforms, entries, judge_pdfs, lay, page_texts
from filelock import FileLock
from fontTools.ttLib import TTFont
from PIL import Image

import build
from studyguide.colours import measure_contrast
from studyguide.compose.judge import POLICY
from studyguide.compose.look import change_ebook_faces
from studyguide.model import Look, OwnFace
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
    family: str,
    weight: int = 400,
    embedding: int = 0,
    file: str = "FiraSans-Light.ttf",
    flavour: str | None = None,
    runes: bool = False,
) -> bytes:
    """A face of another name and other facts, made of one of the program's; with two runes, which look like signs of money, if wanted."""
    (path,) = (folder / file for folder in fonts.list_face_folders() if (folder / file).exists())
    face = TTFont(path)
    for number in (1, 16):
        face["name"].setName(family, number, 3, 1, 0x409)
    face["OS/2"].usWeightClass, face["OS/2"].fsType, face.flavor = weight, embedding, flavour
    for table in face["cmap"].tables if runes else ():
        table.cmap.update({0x16A0: "yen", 0x16A2: "sterling"})
    out = io.BytesIO()
    face.save(out)
    return out.getvalue()


def lay_faces(folder: Path, **faces: bytes) -> None:
    (folder / "fonts").mkdir()
    for name, data in faces.items():
        (folder / "fonts" / name.replace("__", ".")).write_bytes(data)


# ---------------------------------------------------------------- one guide with all of a look

GREEN, VIOLET, GREY = "#205030", "#402060", "#fdf6e3"
LOGO = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 20"><rect width="40" height="20" fill="#ff00ff"/></svg>'
LOOK = f"""logo = "figures/logo.svg"
logo-text = "A bakery"

[look]
accent = "{RED}"
heading = "{GREEN}"
background = "{GREY}"
text = "Breadface"
sans = "Fira Sans"

[editions.tablet]
fonts = "book"
colours = "book"

[editions.tablet.look]
accent = "{VIOLET}"

[editions.web]
output = "web"

[editions.anki]
output = "anki"
"""
GROUND = (
    '.summary::before {{ content: ""; display: inline-block; width: 9pt; height: 9pt; background: url(figures/green.svg); '
    "border: 1pt solid var(--accent); }}\n"
)
DRESS = {
    "guide.toml": f"{SMALL['guide.toml']}{LOOK}",
    "02-more.md": "---\ntitle: More\n---\n## What does ᚠ say, and ᚢ? {#runes}\n\nSee [two](#second).\n\n### Answer\nIt says `ᚠ`.\n",
    "figures/logo.svg": LOGO,
    "figures/green.svg": LOGO.replace("#ff00ff", "#00ff00"),
    "styles/print.css": GROUND.format(),
    "styles/ebook.css": GROUND.format(),
    "styles/web.css": ".summary { background: url(figures/green.svg) }\n",
    "styles/cards.css": '.guide { background: url(figures/green.svg) }\n.x::after { content: "</style><b>" }\n',
    "templates/colophon.html": '{% extends "program/colophon.html" %}\n{% block more %}\n<p>Printed in {{ "Ghent" | upper }}.</p>\n{% endblock %}\n',
    "templates/pdf/how-to-use.html": '{% extends "program/how-to-use.html" %}\n{% block more %}\n<p>For paper.</p>\n{% endblock %}\n',
    "templates/web/nav.html": '{% extends "program/nav.html" %}\n{% block contents %}\n<p><img src="figures/green.svg" alt="Green"/> Ours.</p>\n{{ super() }}\n{% endblock %}\n',
    "templates/web/site.js": "alert(1)\n",
    "templates/anki/card-back.html": '{% include "program/card-back.html" %}\n<p><img src="figures/logo.svg" alt="A bakery"/> {{ "{{Number}}" }}</p>\n',
    "locale/en.toml": '[headings]\ncontents = "What is inside & more"\n[parts]\nhint = "Clue"\n[page-references]\npage = "page {number}"\n',
}  # fmt: skip


@pytest.fixture(scope="session")
def dressed(shared: Path) -> Path:
    """The folder with the books of a guide that has all of a look, built by the first process that asks."""
    folder = shared / "dressed"
    with FileLock(shared / "dressed.lock"):
        if not (folder / "dist").exists():
            content = lay(folder / "content", {**SMALL, **DRESS})
            lay_faces(
                content,
                a__ttf=make_face("Breadface", runes=True),
                b__woff2=make_face("Breadface", 700, file="FiraSans-Black.ttf", flavour="woff2"),
                c__ttf=make_face("Breadface", file="FiraSans-LightItalic.ttf"),
            )
            wanted = [word for name in ("guide", "tablet", "web", "anki") for word in ("-e", name)]
            assert build.main(["build", str(content), "-q", "-j", "1", "-o", str(folder / "dist"), *wanted]) == 0
    return folder / "dist"


def test_the_books_of_a_guide_with_a_look_conform(dressed: Path) -> None:
    assert judge_pdfs(dressed / PDF.name) == CONFORMS
    conforms(dressed / EPUB.name)


def test_the_accent_of_a_guide_is_on_its_cover_and_its_numbers_and_the_programs_is_nowhere(dressed: Path) -> None:
    pdf = dressed / PDF.name
    chapter = find_page(pdf, "What comes first.")
    assert count_pixels(pdf, 0, RED) > 500_000
    assert count_pixels(pdf, chapter, RED) > 500  # the tab
    assert count_pixels(pdf, chapter, GREEN) > 100
    assert sum(count_pixels(pdf, page, "#0c4a63") for page in range(len(page_texts(pdf)))) == 0


def test_an_edition_has_a_look_of_its_own(dressed: Path) -> None:
    files = entries(dressed / EPUB.name)
    (name,) = (name for name in files if name.endswith("cover.png"))
    cover = Image.open(io.BytesIO(files[name])).convert("RGB")
    assert cover.getpixel((5, 5)) == tuple(bytes.fromhex(VIOLET[1:]))
    styles = files["style.css"].decode()
    assert VIOLET in styles and RED not in styles
    assert re.search(rf"body {{[^}}]*background: {GREY}", styles)


def test_an_ebook_leaves_colours_to_its_reader_unless_it_takes_those_of_the_book(small: Path) -> None:
    lay(small, settings(f'[look]\naccent = "{RED}"\nbackground = "{GREY}"\n'))
    assert build.main(["build", "-q", "-j", "1", "-e", "tablet"]) == 0
    styles = entries(EPUB)["style.css"].decode()
    assert RED not in styles and GREY not in styles


def test_the_faces_of_a_guide_are_in_its_books_with_the_letters_that_they_show(dressed: Path) -> None:
    pdf = dressed / PDF.name
    embedded = list_embedded_faces(pdf)
    assert {"Breadface", "Breadface-Bold", "Breadface-Italic"} <= embedded
    assert not any(name.startswith("IBM-Plex-Serif") for name in embedded)
    assert "Set in Breadface, Fira Sans, IBM Plex Mono" in " ".join(" ".join(page_texts(pdf)).split())
    styles = entries(dressed / EPUB.name)["style.css"].decode()
    files = re.findall(r'"Book Serif"; src: url\((fonts/[^)]+)\)', styles)
    assert len(files) == 3
    for name in files:
        face = TTFont(io.BytesIO(entries(dressed / EPUB.name)[name]))
        assert face["name"].getDebugName(1) == "Breadface"
        assert len(face.getBestCmap()) < 140


def list_faces_of(path: Path, page: int, words: str) -> set[str]:
    """The faces of some words of a page."""
    text = pypdfium2.PdfDocument(path)[page].get_textpage()
    at, _ = text.search(words).get_next()
    found = set()
    for place in range(at, at + len(words)):
        name = ctypes.create_string_buffer(99)
        pypdfium2.raw.FPDFText_GetFontInfo(text.raw, place, name, 99, None)
        found.add(name.value.decode().partition("+")[2])
    return found


def test_page_numbers_are_in_the_face_of_the_guide(dressed: Path) -> None:
    pdf = dressed / PDF.name
    texts = page_texts(pdf)
    page = next(number for number, text in enumerate(texts) if "(page" in " ".join(text.split()))
    reference = re.findall(r"\(page\s(\d+)\)", texts[page])[0]
    assert list_faces_of(pdf, page, f"{reference})") == {"Breadface"}
    chapter = find_page(pdf, "What comes first.")
    folio = pypdfium2.PdfDocument(pdf).get_page_label(chapter)
    assert {"Fira-Sans-Semi-Bold", "Fira-Sans"} & list_faces_of(pdf, chapter, folio)
    assert not any("Plex-Sans" in name or "Holes" in name for name in list_embedded_faces(pdf))


def test_letters_that_only_the_face_of_the_guide_has_are_printed(dressed: Path) -> None:
    pdf = dressed / PDF.name
    page = find_page(pdf, "What does ᚠ say")
    assert list_faces_of(pdf, page, "ᚠ") <= {"Breadface", "Breadface-Bold"}
    assert "It says ᚠ" in " ".join(" ".join(page_texts(pdf)).split())  # in the face for code


def test_a_style_of_the_guide_follows_those_of_the_program_and_shows_its_figures(dressed: Path) -> None:
    pdf, epub = dressed / PDF.name, dressed / EPUB.name
    assert count_pixels(pdf, find_page(pdf, "What comes first."), "#00ff00") > 200
    assert "figures/green.svg" in entries(epub)
    assert entries(epub)["style.css"].decode().endswith(GROUND.format().replace("var(--accent)", VIOLET))


def test_a_template_of_the_guide_changes_a_block_and_keeps_the_rest(dressed: Path) -> None:
    pdf = dressed / PDF.name
    assert find_page(pdf, "Printed in GHENT.") == find_page(pdf, "Licence: CC BY 4.0")
    assert "Printed in GHENT." in entries(dressed / EPUB.name)["colophon.xhtml"].decode()


def test_a_template_of_the_guide_for_one_medium_changes_no_other(dressed: Path) -> None:
    assert find_page(dressed / PDF.name, "For paper.") > 0
    assert not any(b"For paper." in data for data in entries(dressed / EPUB.name).values())


def test_words_of_the_guide_take_the_place_of_those_of_its_language_and_of_no_others(dressed: Path) -> None:
    texts = " ".join(" ".join(page_texts(dressed / PDF.name)).split())
    assert "What is inside & more" in texts and "Clue:" in texts and "→ page" in texts
    assert "How to use this book" in texts and "Contents" not in texts
    assert "What is inside &amp; more" in entries(dressed / EPUB.name)["nav.xhtml"].decode()


def test_a_logo_is_on_the_cover_and_with_the_facts_of_the_book(dressed: Path) -> None:
    pdf = dressed / PDF.name
    facts = find_page(pdf, "CC BY 4.0")
    assert [count_pixels(pdf, page, "#ff00ff") > 1_000 for page in (0, facts)] == [True, True]
    ebook = entries(dressed / EPUB.name)
    assert "A bakery" in ebook["colophon.xhtml"].decode()
    ground = re.search(r"\.colophon-logo [^{]*\{[^}]*background: ([^;}]+)", ebook["style.css"].decode())
    assert ground and ground[1].strip() == VIOLET, "a white logo shows on the ground of the cover"


TABLE = """---
title: Tables
---
## Which is the lightest of these three? {#lightest}

| Salt | Mass |
| --- | --- |
| Sodium chloride | 58 |

### Answer
These are the masses in g/mol:

| Salt | Mass |
| --- | --- |
| Sodium chloride | 58 |

So it is that one.
"""


@pytest.mark.parametrize(("edition", "words"), [("guide", "lightest"), ("teacher", "lightest"), ("guide", "These are")])
def test_the_rule_of_a_table_keeps_a_distance_from_the_text_above_it(edition: str, words: str, small: Path) -> None:
    lay(small, {"02-tables.md": TABLE})
    assert build.main(["build", "-q", "-j", "1", "-e", edition]) == 0
    path = next(Path("dist").glob("*.pdf"))
    pages = [page for page in pypdfium2.PdfDocument(path) if "58" in page.get_textpage().get_text_range()]
    page = next(page for page in pages if words in page.get_textpage().get_text_range())
    text = page.get_textpage()
    foot = text.get_charbox(text.get_text_range().find(words))[1]
    left = text.get_charbox(text.get_text_range().find("Salt"))[0]
    picture = page.render(scale=4).to_pil().convert("L")
    top = int((page.get_height() - foot) * 4) + 4
    column = picture.crop((int(left * 4) + 4, top, int(left * 4) + 44, picture.height))
    rule = next(row for row in range(column.height) if column.crop((0, row, 40, row + 1)).getextrema()[1] < 100)
    assert 8 < rule / 4 + 1 < 14, "points from the foot of the letters to the rule"


# ---------------------------------------------------------------- web pages and cards


def test_web_pages_have_the_colours_faces_templates_and_words_of_the_guide(dressed: Path) -> None:
    site = dressed / "a-small-guide-web"
    styles = (site / "style.css").read_text()
    assert f"light-dark({RED}, " in styles and f"light-dark({GREY}, " in styles and f"light-dark({GREEN}, " in styles
    assert styles.endswith(DRESS["styles/web.css"])
    files = re.findall(r'"Breadface"; src: url\((fonts/[^)]+)\)', styles)
    assert len(files) == 3
    for name in files:
        face = TTFont(site / name)
        assert face.flavor == "woff2" and face["name"].getDebugName(1) == "Breadface"
        assert set(map(ord, "aZ09")) <= set(face.getBestCmap()) and len(face.getBestCmap()) < 200
        assert (site / name).stat().st_size < 30_000
    start = (site / "index.html").read_text()
    assert start.index("Ours.") < start.index("What is inside &amp; more") and "Printed in GHENT." in start
    assert (site / "figures/green.svg").exists() and (site / "figures/logo.svg").exists()
    chapter = (site / "chapter-first-things.html").read_text()
    assert ">Clue<" in chapter and re.search("page [0-9]+ in print", chapter)
    assert "alert" not in (site / "site.js").read_text()
    assert all(POLICY in path.read_text() for path in site.glob("*.html"))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_browser_shows_the_look_of_a_guide_by_day_and_at_night(scheme: str, chromium: Any, dressed: Path) -> None:
    page = chromium.new_context(color_scheme=scheme).new_page()
    faults: list[str] = []
    page.on("console", lambda message: faults.append(message.text))
    page.goto((dressed / "a-small-guide-web" / "chapter-first-things.html").as_uri())

    def find(selector: str, name: str) -> str:
        value = page.locator(selector).first.evaluate(f"each => getComputedStyle(each)['{name}']")
        channels = re.findall(r"\d+", value)
        return "#" + "".join(f"{int(each):02x}" for each in channels[:3]) if "rgb" in value else value

    ground, title, accent = find("body", "backgroundColor"), find("h1", "color"), find("h2 ~ details summary", "color")
    assert (ground == GREY, title == GREEN, accent == RED) == (
        (True, True, True) if scheme == "light" else (False, False, False)
    )
    assert min(measure_contrast(ground, title), measure_contrast(ground, accent)) > 4.5
    assert page.evaluate("document.fonts.ready.then(() => document.fonts.check('16px Breadface', 'one'))")
    assert find("body", "fontFamily").startswith("Breadface")
    assert faults == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_titles_of_web_pages_have_the_accent_and_questions_the_ink_as_in_print(
    scheme: str, chromium: Any, small: Path
) -> None:
    sectioned = SMALL["01-first-things.md"].replace("\n## ", "\n# A section\n\n## ", 1)
    lay(
        small,
        {**settings(f'[look]\naccent = "{RED}"\n[editions.web]\noutput = "web"\n'), "01-first-things.md": sectioned},
    )
    assert build.main(["build", "-q", "-j", "1", "-e", "web", "-e", "guide"]) == 0
    page = chromium.new_context(color_scheme=scheme).new_page()
    page.goto(Path("dist/a-small-guide-web/chapter-first-things.html").resolve().as_uri())
    colours = [
        page.locator(each).first.evaluate("each => getComputedStyle(each).color")
        for each in ("h1", ".division h2", "h1 .number", "article h2", "body")
    ]
    assert colours[0] == colours[1] == colours[2] != colours[3] == colours[4]
    assert (colours[0] == "rgb(122, 31, 43)") == (scheme == "light")


def test_a_deck_has_the_colours_templates_and_words_of_the_guide(dressed: Path, tmp_path: Path) -> None:
    collection = Collection(str(tmp_path / "collection.anki2"))
    request = ImportAnkiPackageRequest(
        package_path=str(dressed / "a-small-guide-anki.apkg"), options=ImportAnkiPackageOptions()
    )
    collection.import_anki_package(request)
    cards = [collection.get_card(number) for number in collection.find_cards("")]
    card = next(card for card in cards if card.note()["Id"] == "first")
    shown = card.answer()
    assert RED in card.render_output().css and GREY in card.render_output().css
    assert card.render_output().css.count("</") == 0  # nothing ends the element that Anki puts the styles into
    media = {path.name for path in Path(collection.media.dir()).iterdir()}
    named = re.findall(r"url\(([^)]+)\)", card.render_output().css) + re.findall(r'<img src="(_[^"]+)"', shown)
    assert len(set(named)) == 2 and set(named) <= media
    assert "1.1</p>" in shown and "Clue" in card.question()
    assert "page " in card.note()["Page"]
    collection.close()


@pytest.mark.parametrize(
    ("night", "contrast"), [("", 7.0), ('night-accent = "#ff8080"\nnight-background = "#000000"\n', 7.0)]
)
def test_every_colour_of_web_pages_can_be_read_at_night(night: str, contrast: float, small: Path) -> None:
    lay(small, settings(f'[look]\naccent = "#101040"\n{night}[editions.web]\noutput = "web"\nsearch = false\n'))
    assert build.main(["build", "-q", "-j", "1", "-e", "web"]) == 0
    styles = Path("dist/a-small-guide-web/style.css").read_text()
    ground = re.findall(r"body {[^}]*background: light-dark\(#\w+, (#\w+)\)", styles)[0]
    accents = re.findall(r"light-dark\(#101040, (#\w+)\)", styles)
    assert accents and all(measure_contrast(each, ground) >= contrast for each in accents)
    assert (set(accents), ground) == ({"#ff8080"}, "#000000") or not night


# ---------------------------------------------------------------- colours and sizes


def measure_heights(path: Path, words: str) -> set[float]:
    """The sizes of the letters of some words of a page, in points."""
    text = pypdfium2.PdfDocument(path)[find_page(path, words)].get_textpage()
    at, _ = text.search(words).get_next()
    return {round(pypdfium2.raw.FPDFText_GetFontSize(text.raw, at + each), 2) for each in range(len(words))}


@pytest.mark.nightly
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


@pytest.mark.nightly
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


@pytest.mark.parametrize(
    ("weights", "chosen"),
    [
        ((300, 500, 700), {300: "normal", 700: "bold"}),
        ((500,), {500: "normal"}),
        ((200, 400, 600, 800, 900), {400: "normal", 600: "bold"}),
        ((800,), {800: "bold"}),
    ],
)
def test_an_ebook_has_the_faces_that_are_nearest_to_regular_and_bold(
    weights: tuple[int, ...], chosen: dict[int, str]
) -> None:
    faces = [OwnFace("x", "Breadface", "Breadface", weight, False, bytes([weight // 10])) for weight in weights]
    css = change_ebook_faces(
        '@font-face { font-family: "Book Serif"; src: url(fonts/a.ttf); }\n', Look(text="Breadface"), faces
    )
    files = {face.file_name: face.weight for face in faces}
    rules = re.findall(r"url\(fonts/(.*?)\); font-weight: (\w+)", css)
    assert {files[name]: weight for name, weight in rules} == chosen


def test_a_face_that_no_book_has_is_a_warning(small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lay(small, settings('[editions.tablet.look]\nsans = "Breadface"\n'))
    lay_faces(
        small, a__ttf=make_face("Breadface"), b__ttf=make_face("Cakeface"), c__ttc=b"old", OFL__txt=b"The licence."
    )
    assert build.main(["check"]) == 0
    warnings = [line for line in capsys.readouterr().err.splitlines() if "[unread-file]" in line]
    assert warnings == [
        "content/fonts/b.ttf: warning: no book has the face `Cakeface`: `[look]` does not name it [unread-file]",
        "content/fonts/c.ttc: warning: this file is not read: a face has the ending .ttf, .otf, .woff or .woff2 [unread-file]",
    ]


# ---------------------------------------------------------------- styles and page sizes

PAGE = (ROOT / "styles/pages/a5.css").read_text(encoding="utf-8")


def test_a_page_size_of_the_guides_own_is_that_of_its_pdf(small: Path) -> None:
    square = PAGE.replace("148mm", "160mm").replace("210mm", "160mm").replace("--step: 14mm", "--step: 10mm")
    lay(small, {**settings('[editions.guide]\npage = "square"\n'), "styles/pages/square.css": square})
    build_books("-e", "guide")
    assert [round(each / 72 * 25.4) for each in pypdfium2.PdfDocument(PDF)[0].get_size()] == [160, 160]


@pytest.mark.nightly
def test_a_style_with_the_name_of_one_of_the_programs_replaces_it(small: Path) -> None:
    tokens = (ROOT / "styles/tokens.css").read_text(encoding="utf-8").replace("#0c4a63", RED)
    lay(small, {"styles/tokens.css": tokens})
    build_books("-e", "guide")
    assert count_pixels(PDF, 0, RED) > 500_000


@pytest.mark.parametrize(
    ("css", "size"),
    [
        (":root { --width: 100mm; --height: 160mm }", (100, 160)),
        (":root { --width: 100mm; /* --width: 120mm; var(--nothing) */ }", (100, 210)),
    ],
    ids=["without a last semicolon", "in a comment"],
)
def test_the_variables_of_a_style_are_those_that_a_browser_reads(css: str, size: tuple[int, int], small: Path) -> None:
    lay(small, {**settings('[editions.guide]\npage = "a5"\n'), "styles/print.css": css})
    build_books("-e", "guide")
    assert tuple(round(each / 72 * 25.4) for each in pypdfium2.PdfDocument(PDF)[0].get_size()) == size


def test_a_variable_that_a_replaced_style_leaves_out_is_that_of_the_program(small: Path) -> None:
    look = '[look]\nsize = 9\ntext = "Fira Sans"\nbackground = "#fffaf0"\n[editions.site]\noutput = "web"\n'
    lay(small, {**settings(look), "styles/tokens.css": f":root {{ --accent: {RED}; }}"})
    build_books("-e", "guide", "-e", "site")
    assert count_pixels(PDF, 0, RED) > 500_000


@pytest.mark.parametrize(
    ("name", "css"),
    [
        ("tokens.css", "--ink: black; --night: black; --night-ink: white; --size: 4mm"),
        ("site.css", "--paper: light-dark(#fff, #000); --accent: #zzzzzz"),
        ("anki.css", "--night: rgb(0, 0, 0); --paper: white"),
    ],
)
def test_a_colour_of_another_form_is_not_mixed(name: str, css: str, small: Path) -> None:
    look = '[look]\nbackground = "#fffaf0"\naccent = "#7a1f2b"\nsize = 10\n'
    editions = '[editions.site]\noutput = "web"\n[editions.cards]\noutput = "anki"\n'
    lay(small, {**settings(look + editions), f"styles/{name}": f":root {{ {css} }}"})
    assert build.main(["build", "-q", "-j", "1", "-e", "site", "-e", "cards"]) == 0


@pytest.mark.parametrize(
    ("name", "text", "edition", "found"),
    [
        ("pdf/document.html", "<!DOCTYPE html><html></html>", "guide", "it leaves out the text of a section"),
        (
            "web/document.html",
            '{% from "frame.html" import head %}{{ head("T", language, turned, "T") }}<body><p>x</p></body></html>',
            "site",
            "it leaves out the text of a section",
        ),
        ("epub/document.html", "<p>{{ section.html }}</p>", "tablet", "it prints a piece of a document"),
        ("anki/document.html", "<p>x</p>", "cards", "it leaves out the text of a section"),
        ("epub/nav.html", "<p>x</p>", "tablet", "it prints a piece of a document"),
        (
            "epub/nav.html",
            '<!DOCTYPE html><html xmlns="http://www.w3.org/1999/xhtml"><body><p>x</p></body></html>',
            "tablet",
            "the contents are no list of links to places of the book",
        ),
        (
            "epub/nav.html",
            '<!DOCTYPE html><html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops"><body>'
            '<nav epub:type="toc"><ol><li><a href="nowhere.xhtml">x</a></li></ol></nav></body></html>',
            "tablet",
            "the contents are no list of links to places of the book",
        ),
    ],
)
def test_a_template_of_a_whole_document_leaves_nothing_out(
    name: str, text: str, edition: str, found: str, small: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    editions = '[editions.site]\noutput = "web"\n[editions.cards]\noutput = "anki"\n'
    lay(small, {**settings(editions), f"templates/{name}": text})
    assert build.main(["build", "-q", "-j", "1", "-e", edition]) == 1
    said = capsys.readouterr().err
    assert f"content/templates/{name}: this template cannot be used: {found} [template-error]" in said


@pytest.mark.parametrize(
    ("name", "text", "edition", "fix"),
    [
        ("cover.html", '<p class="hole">x</p>', "guide", "print it as `{{ hole }}`, which has them"),
        ("cover.html", '<p id="a">x</p><p id="a">y</p>', "guide", "give each an `id` of its own"),
        ("cover.html", "<p>" * 200 + "</p>" * 200, "guide", "write fewer elements inside each other"),
        ("cover.html", "<p>x<br></p>", "guide", "close each element, and write each attribute in quotation marks"),
        ("web/document.html", "<!DOCTYPE html><html></html>", "site", "print the head of the program"),
        ("cover.html", "<script>x</script>", "guide", "leave it out: a template prints words, figures and links"),
    ],
)
def test_what_a_template_may_not_print_has_a_remedy_of_its_own(
    name: str, text: str, edition: str, fix: str, small: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lay(small, {**settings('[editions.site]\noutput = "web"\n'), f"templates/{name}": text})
    assert build.main(["build", "-q", "-j", "1", "-e", edition]) == 1
    assert f"\n  fix: {fix}" in capsys.readouterr().err


@pytest.mark.parametrize("length", ["0pt", "1.2.3pt", ".mm"])
def test_a_size_that_is_no_length_has_no_measure(length: str, small: Path) -> None:
    lay(small, {**settings('[look]\ntext = "Fira Sans"\n'), "styles/print.css": f":root {{ --size: {length}; }}"})
    assert build.main(["check"]) == 0


def test_every_warning_of_typesetting_about_a_style_has_its_line() -> None:
    css = "p { color: blu }\n\na::nowhere { color: red }\n@nothing { p { color: red } }\n"
    assert [fault.line for fault in find_style_faults(css)] == [1, 3, 4]


# ---------------------------------------------------------------- templates and words


@pytest.mark.parametrize(
    ("css", "place", "words"),
    [
        ("p { opacity: .5 }", "1:5", "`opacity` is not supported in print; mix the colour with white"),
        ("@media print {\n  p { opacity: 50% }\n}", "2:7", "`opacity` is not supported in print"),
        ("p::before { content: attr(href url) }", "1:13", "write `attr(href)`"),
    ],
)
def test_a_declaration_that_cannot_be_printed_has_its_line(
    css: str, place: str, words: str, small: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lay(small, {"styles/print.css": css})
    assert build.main(["check"]) == 1
    said = capsys.readouterr().err
    assert f"content/styles/print.css:{place}: " in said
    assert words in said
    assert "[broken-style]" in said


@pytest.mark.parametrize(
    "css", ["p { opacity: 1 }", "p { opacity: 100% }", 'p::before { content: attr(title) attr(id string) "x" }']
)
def test_a_style_that_can_be_printed_has_no_faults(css: str) -> None:
    assert find_style_faults(css) == ()


@pytest.mark.parametrize("css", ["p { transform: scale(0) }", "* { display: none !important }"])
def test_a_style_with_which_a_text_cannot_be_laid_out_is_named_in_words(
    css: str, small: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lay(small, {"styles/print.css": css})
    assert build.main(["build", "-q", "-j", "1", "-e", "guide"]) == 1
    said = capsys.readouterr().err
    assert "content/styles/print.css: with this style, the text at " in said
    assert "[layout]" in said
    assert not re.search(r"0x|Error|Iteration|Traceback", said)


@pytest.mark.nightly
def test_words_of_a_language_that_the_program_does_not_know_are_enough_for_a_book(
    small: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lay(small, {**settings("").copy(), "locale/nl.toml": '[headings]\ncontents = "Inhoud"\n'})
    lay(small, {"guide.toml": SMALL["guide.toml"].replace('"en"', '"nl"')})
    build_books("-e", "guide")
    assert "english-words" not in capsys.readouterr().err
    assert find_page(PDF, "Inhoud") > 0


@pytest.mark.nightly
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
    lay(small, {"templates/covr.html": "x", "styles/prnt.css": "", "styles/web.CSS": "", "templates/mine.html": "x"})
    lay(small, {"templates/colophon.html": '{% include "mine.html" %}'})
    assert build.main(["check"]) == 0
    said = capsys.readouterr().err
    assert re.findall(r"^content/(\S+): warning: .*\[unread-file\]\n  fix: (.*)$", said, re.MULTILINE) == [
        ("styles/prnt.css", "write `print.css`"),
        ("styles/web.CSS", "write `web.css`"),
        ("templates/covr.html", "write `cover.html`"),
    ]


# ---------------------------------------------------------------- covers and logos


@pytest.mark.parametrize("form", ["png", pytest.param("svg", marks=pytest.mark.nightly)])
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


def test_spaces_around_the_path_of_a_figure_are_no_part_of_it(small: Path) -> None:
    lay(small, {**settings('logo = " figures/logo.svg "\nlogo-text = "A bakery"\n'), "figures/logo.svg": LOGO})
    assert build.main(["check"]) == 0
