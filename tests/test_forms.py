"""Tests of the forms of an edition, a screen, paper printed on both sides or a press, and of the standards that each form keeps."""

import io
import re
import subprocess
from pathlib import Path
from xml.etree import ElementTree

import pikepdf
import pypdfium2
import pytest
from conftest import SMALL, Built, judge_pdfs, lay, listing, need
from PIL import Image, ImageCms

import build

MM = 72 / 25.4
FORMS = """
[editions.screen]
form = "screen"

[editions.press]
title = ""
form = "press"
"""
# For the edition that FORMS ends with, and for the guide: short chapters would open on any page, and no page would be blank.
RECTO = """openings = "recto"

[editions.guide]
openings = "recto"
"""
# Every kind of colour, and every way to lay one on, that a figure can ask of WeasyPrint.
COLOURS = """\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 480 60" role="img"><title>Colours</title><defs>
<linearGradient id="l"><stop offset="0" stop-color="#f00" stop-opacity="0.5"/><stop offset="1" stop-color="#00f"/></linearGradient>
<radialGradient id="r"><stop offset="0" stop-color="#0a0"/><stop offset="1" stop-color="#fa0"/></radialGradient>
<pattern id="p" width="9" height="9" patternUnits="userSpaceOnUse"><rect width="5" height="5" fill="#f80"/></pattern>
<mask id="m"><rect x="240" width="50" height="50" fill="#888"/></mask></defs>
<rect width="50" height="50" fill="url(#l)"/><rect x="60" width="50" height="50" fill="url(#r)"/>
<rect x="120" width="50" height="50" fill="url(#p)" stroke="#c00"/><g opacity="0.5"><circle cx="210" cy="25" r="20" fill="#088"/></g>
<rect x="240" width="50" height="50" fill="lab(50% 40 20)" mask="url(#m)"/>
<rect x="300" width="50" height="50" fill="oklch(0.6 0.1 120)"/>
<rect x="360" width="50" height="50" fill="device-cmyk(0 1 0 0.2)"/></svg>
"""
# So many that the table of contents takes two pages, and the text begins on an even one.
MANY = "\n".join(["A chapter.", *(f"## Is this number {number}?\n\n### Answer\nYes.\n" for number in range(40))])
SHOWN = "\n![Every kind of colour.](figures/colours.svg)\n\n![A grey square.](figures/square.png)\n"
COLOURED = re.compile(rb"\b(rg|RG|k|K|cs|CS|sc|SC|scn|SCN|ri)$")


def square(mode: str, file_format: str = "PNG") -> bytes:
    data = io.BytesIO()
    Image.new(mode, (20, 20)).save(data, file_format)
    return data.getvalue()


@pytest.fixture(scope="module")
def forms(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small guide in each form, and one for the press with every kind of colour in it."""
    folder = tmp_path_factory.mktemp("forms")
    lay(folder / "content", {**SMALL, "guide.toml": SMALL["guide.toml"] + FORMS + RECTO, "02-many.md": MANY})
    lay(folder / "colours", coloured())
    (folder / "colours/figures/square.png").write_bytes(square("L"))
    for source, editions in (("content", ["guide", "screen", "press"]), ("colours", ["press"])):
        chosen = [word for name in editions for word in ("-e", name)]
        assert build.main(["build", str(folder / source), "-o", str(folder / "dist"), "-q", *chosen]) == 0
    return folder / "dist"


def coloured() -> dict[str, str]:
    return {
        **SMALL,
        "guide.toml": SMALL["guide.toml"].replace("Small", "Coloured") + FORMS,
        "01-first-things.md": SMALL["01-first-things.md"] + SHOWN,
        "figures/colours.svg": COLOURS,
    }


def pressed(forms: Path) -> list[Path]:
    return sorted(forms.glob("*-press.pdf"))


def contents(file: pikepdf.Pdf) -> list[bytes]:
    """Everything that draws: pages, forms and patterns."""
    forms = (each for each in file.objects if isinstance(each, pikepdf.Stream))
    drawing = [each for each in forms if each.get("/Subtype") == "/Form" or "/PatternType" in each]
    return [page.Contents.read_bytes() for page in file.pages] + [each.read_bytes() for each in drawing]


# ---------------------------------------------------------------- the standards


def test_every_edition_keeps_pdf_ua_and_pdf_a(built: Built, forms: Path) -> None:
    files = [*sorted(built.dist.glob("*.pdf")), *sorted(forms.glob("*.pdf"))]
    assert len(files) == 8
    assert judge_pdfs(*files) == [f"{file.name} {each} conforms" for each in ("ua1", "3a") for file in files]


def test_the_checker_finds_faults_of_either_kind(forms: Path, tmp_path: Path) -> None:
    """Controls: without its structure a file is no PDF/UA, without its output intent no PDF/A, without metadata neither."""
    faults = {"structure": ["StructTreeRoot"], "intent": ["OutputIntents"], "metadata": ["Metadata"]}
    for name, keys in faults.items():
        with pikepdf.open(pressed(forms)[0]) as file:
            for key in keys:
                del file.Root[f"/{key}"]
            file.save(tmp_path / f"{name}.pdf")
    found = judge_pdfs(*(tmp_path / f"{name}.pdf" for name in faults))
    failed = [line.split(" fails ")[0] for line in found if " fails " in line]
    assert failed == [
        "structure.pdf ua1", "metadata.pdf ua1", "structure.pdf 3a", "intent.pdf 3a", "metadata.pdf 3a",
    ]  # fmt: skip


def test_qpdf_finds_nothing_wrong(forms: Path) -> None:
    for path in forms.glob("*.pdf"):
        done = subprocess.run([need("qpdf"), "--check", str(path)], check=False, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr


def test_the_profile_of_the_colours_is_in_the_file_once(forms: Path) -> None:
    for path, components in ((forms / "a-small-guide.pdf", 3), (pressed(forms)[0], 1)):
        with pikepdf.open(path) as file:
            streams = [each for each in file.objects if isinstance(each, pikepdf.Stream)]
            profiles = [each.objgen for each in streams if "/N" in each and each.get("/Type") != "/ObjStm"]
            named = {intent.DestOutputProfile.objgen for intent in file.Root.OutputIntents}
            assert named == set(profiles)
            assert len(profiles) == 1
            assert components == file.Root.OutputIntents[0].DestOutputProfile.N


@pytest.mark.nightly
def test_building_twice_gives_the_same_bytes(forms: Path, tmp_path: Path) -> None:
    content = str(forms.parent / "content")
    chosen = ["-e", "guide", "-e", "screen", "-e", "press"]
    assert build.main(["build", content, "-o", str(tmp_path), "-q", "--no-cache", "-j", "1", *chosen]) == 0
    first = listing(forms)
    assert {name: first[name] for name in listing(tmp_path)} == listing(tmp_path)


# ---------------------------------------------------------------- a screen


def test_a_screen_has_no_blank_page(forms: Path) -> None:
    pages = {path.stem: pypdfium2.PdfDocument(path) for path in forms.glob("*.pdf")}
    blank = {
        name: [place for place, page in enumerate(file) if not page.get_textpage().get_text_bounded().strip()]
        for name, file in pages.items()
    }
    assert blank["a-small-guide"] == blank["a-small-guide-press"] != []
    assert blank["a-small-guide-screen"] == []
    assert len(pages["a-small-guide"]) - len(pages["a-small-guide-screen"]) == len(blank["a-small-guide"])


def test_on_a_screen_every_page_stands_alike_and_in_the_middle(forms: Path) -> None:
    edges = set()
    _, *pages = pypdfium2.PdfDocument(forms / "a-small-guide-screen.pdf")  # the rules of the cover have its margins
    for page in pages:
        bounds = [each.get_bounds() for each in page.get_objects() if each.type == pypdfium2.raw.FPDF_PAGEOBJ_PATH]
        rules = [(left, right) for left, _, right, _ in bounds if 400 < right - left < 550]
        edges |= {(round(left, 1), round(page.get_width() - right, 1)) for left, right in rules}
    ((left, right),) = edges
    assert left == pytest.approx(right, abs=0.1) == pytest.approx(22 * MM, abs=0.1)


def test_on_a_screen_the_folio_is_always_at_the_right(forms: Path) -> None:
    for page in list(pypdfium2.PdfDocument(forms / "a-small-guide-screen.pdf"))[3:]:
        width, height = page.get_size()
        head = page.get_textpage().get_text_bounded(width / 2, height - 60, width, height).split()
        assert head
        assert re.fullmatch(r"\d+|[ivxl]+", head[-1])
        assert not page.get_textpage().get_text_bounded(0, height - 60, 60, height).strip()


# ---------------------------------------------------------------- a press


def test_a_page_for_the_press_has_room_to_be_cut(forms: Path) -> None:
    for path in pressed(forms):
        with pikepdf.open(path) as file:
            for page in file.pages:
                for box, around in ((page.TrimBox, 0), (page.BleedBox, 3), (page.MediaBox, 10)):
                    millimetres = [round(float(each) / MM, 2) for each in box]
                    assert millimetres == [-around, -around, 210 + around, 297 + around]


def test_a_press_prints_one_ink(forms: Path) -> None:
    for path in pressed(forms):
        with pikepdf.open(path) as file:
            drawn = b"\n".join(contents(file)).splitlines()
            assert {line for line in drawn if COLOURED.search(line)} <= {
                b"/Pattern cs",
                b"/p0 scn",
                b"/p1 scn",
                b"/p2 scn",
            }
            for each in file.objects:
                data = repr(each).encode() if isinstance(each, pikepdf.Stream) else each.unparse()
                assert not re.search(rb"/Device(RGB|CMYK)|/Lab\b|/C[01] \[ [^\]]+ [^\]]+ \]", data)


def test_the_text_on_a_press_is_black(forms: Path) -> None:
    seen = []
    for name in ("a-small-guide", "a-small-guide-press"):
        with pikepdf.open(forms / f"{name}.pdf") as file:
            # Formulas and figures are forms of their own.
            forms_drawn = [
                each for each in file.objects if isinstance(each, pikepdf.Stream) and each.get("/Subtype") == "/Form"
            ]
            drawn = b"\n".join(
                [*(page.Contents.read_bytes() for page in file.pages), *(f.read_bytes() for f in forms_drawn)]
            )
            seen.append(re.findall(rb"^([\d. ]+) (?:rg|g)$", drawn, re.MULTILINE))
    inks = dict(zip(*seen, strict=True))
    assert inks[b"0.086275 0.098039 0.109804"] == inks[b"0 0 0"] == b"0"
    assert inks[b"1 1 1"] == b"1"
    assert len(set(inks.values())) > 3


def test_a_grey_is_as_bright_in_print_as_its_colour_on_a_screen(forms: Path) -> None:
    """The cover's ground, which is #0c4a63, by the profile of the press and by that of a screen."""
    lab = ImageCms.createProfile("LAB")
    seen = []
    for path in (forms / "a-small-guide.pdf", forms / "a-small-guide-press.pdf"):
        with pikepdf.open(path) as file:
            content = file.pages[0].Contents.read_bytes()
            values = re.search(rb"^([\d. ]+) (?:rg|g)$", content, re.MULTILINE)[1].split()
            icc = file.Root.OutputIntents[0].DestOutputProfile.read_bytes()
        profile = ImageCms.ImageCmsProfile(io.BytesIO(icc))
        mode = {1: "L", 3: "RGB"}[len(values)]
        pixel = Image.new(mode, (1, 1), tuple(round(255 * float(each)) for each in values))
        transform = ImageCms.buildTransform(profile, lab, mode, "LAB", renderingIntent=1)
        seen.append(ImageCms.applyTransform(pixel, transform).getpixel((0, 0))[0])
    assert abs(seen[0] - seen[1]) <= 2
    assert seen[0] > 60


@pytest.fixture(scope="module")
def cover(forms: Path) -> Image.Image:
    """The cover for the press, at 10 pixels a millimetre."""
    page = pypdfium2.PdfDocument(forms / "a-small-guide-press.pdf")[0]
    return page.render(scale=25.4 / 72 * 10).to_pil().convert("L")


def test_the_ground_of_the_cover_reaches_beyond_the_edge(cover: Image.Image) -> None:
    inside, outside = 7.3, 6.7
    width, height = cover.width / 10, cover.height / 10
    for at, dark in ((inside, True), (outside, False)):
        for x, y in ((at, 50), (width - at, 50), (50, at), (50, height - at)):
            assert (cover.getpixel((round(x * 10), round(y * 10))) < 128) is dark


def test_crop_marks_point_at_the_edge_from_outside_of_the_bleed(cover: Image.Image) -> None:
    dark = cover.point(lambda value: 255 if value < 200 else 0)
    for x in range(0, 70, 5):
        column = dark.crop((x, 0, x + 1, dark.height)).getbbox()
        marked = 10 <= x < 60
        assert (column is not None) is marked
        if marked:
            assert abs(column[1] - 100) <= 2
            assert abs(dark.height - column[3] - 100) <= 2


def test_nothing_but_marks_stands_outside_of_the_bleed(forms: Path) -> None:
    with pikepdf.open(forms / "a-small-guide-press.pdf") as file:
        for page in file.pages:
            content = page.Contents.read_bytes()
            assert re.match(rb"q\n-8\.504 -8\.504 [\d.]+ [\d.]+ re W n\n", content)
            marks = content.rpartition(b"\nQ\n")[2]
            assert re.fullmatch(
                rb"/Artifact <</Type/Page>> BDC\n0 G 0\.25 w\n([-\d. ]+ m [-\d. ]+ l\n){8}S\nEMC", marks
            )


def test_what_is_printed_has_no_links_and_keeps_its_structure(forms: Path) -> None:
    with pikepdf.open(forms / "a-small-guide-press.pdf") as file:
        assert not [page for page in file.pages if "/Annots" in page]
        kinds = {str(each.get("/S")) for each in file.objects if isinstance(each, pikepdf.Dictionary) and "/P" in each}
        assert {"/Document", "/H1", "/P", "/Figure", "/Span"} <= kinds
        assert "/Link" not in kinds
        assert not [each for each in file.objects if isinstance(each, pikepdf.Dictionary) and "/Obj" in each]


def test_a_file_for_the_press_says_so(forms: Path) -> None:
    with pikepdf.open(pressed(forms)[0]) as file:
        assert file.docinfo.Trapped == "/False"
        assert [str(intent.S) for intent in file.Root.OutputIntents] == ["/GTS_PDFX", "/GTS_PDFA1"]
        profile = file.Root.OutputIntents[0].DestOutputProfile.read_bytes()
        said = ElementTree.fromstring(file.Root.Metadata.read_bytes())
    assert (profile[12:16], profile[16:20], len(profile)) == (b"prtr", b"GRAY", int.from_bytes(profile[:4]))
    values = {each.tag.rpartition("}")[2]: each.text for each in said.iter()}
    assert values["GTS_PDFXVersion"] == "PDF/X-4"
    assert values["Trapped"] == "False"
    assert values["CreateDate"] == values["ModifyDate"] == values["MetadataDate"] == "2026-01-31T00:00:00Z"
    assert (values["VersionID"], values["RenditionClass"]) == ("1", "default")
    assert re.fullmatch(r"uuid:[0-9a-f]{32}", values["DocumentID"])


@pytest.mark.parametrize(
    ("name", "data", "edition", "said"),
    [
        ("red.png", square("RGB"), "press", "the picture `figures/red.png` has colours"),
        ("red.jpg", square("RGB", "JPEG"), "press", "magick figures/red.jpg -colorspace Gray figures/red.jpg"),
        ("four.jpg", square("CMYK", "JPEG"), "guide", "magick figures/four.jpg -colorspace sRGB figures/four.jpg"),
    ],
    ids=["RGB as PNG", "RGB as JPEG", "CMYK"],
)
def test_a_picture_whose_colours_the_form_does_not_have_is_a_problem(
    name: str, data: bytes, edition: str, said: str, small: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lay(small, {"guide.toml": SMALL["guide.toml"] + FORMS})
    lay(small, {"01-first-things.md": SMALL["01-first-things.md"] + f"\n![A square.](figures/{name})\n"})
    (small / "figures" / name).write_bytes(data)
    assert build.main(["build", "content", "-q", "-e", edition]) == 1
    error = capsys.readouterr().err
    assert said in error
    assert f"content/01-first-things.md:33:14: the picture `figures/{name}` " in error
