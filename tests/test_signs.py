"""Signs that no face of the printed book has are said in letters."""

from itertools import pairwise
from pathlib import Path

import pypdfium2
import pytest
from conftest import lay

import build
from studyguide.locale import load_locale
from studyguide.model import Html, Typecase
from studyguide.pdf.glyph_fallback import find_lacking_letters, replace_unprintable
from studyguide.store import NULL_STORE


def spell(html: str, language: str, allows_boxes: bool = False) -> str:
    return str(
        replace_unprintable(Html(html), Typecase(language), load_locale(language).signs, allows_boxes, NULL_STORE)
    )


@pytest.mark.usefixtures("no_script_faces")
@pytest.mark.parametrize(
    ("html", "printed"),
    [
        ("<p>What is 👶 here?</p>", "<p>What is [baby] here?</p>"),
        ("▶ Why? ✅", "→ Why? ✓"),
        ("👨\u200d👩\u200d👧, 👍🏽 and ❤\ufe0f", "[man][woman][girl], [thumbs up sign] and [heavy black heart]"),
        ("🇬🇧", "[G][B]"),
        ("① 𝗕𝗼𝗹𝗱 ⁉", "(1) Bold !?"),
        ("中文，ไทย", "中文，ไทย"),
        ("√2 → ∞", "√2 → ∞"),
    ],
)
def test_a_sign_without_a_face_is_named(html: str, printed: str) -> None:
    assert spell(html, "en") == printed


def test_a_sign_is_named_in_the_language_of_the_book_where_that_has_a_name_for_it() -> None:
    assert spell("👍🏽 ⚠\ufe0f", "de") == "[Daumen hoch] [Warnung]"
    assert spell("👍🏽 ⚠\ufe0f", "fr") == "[pouce levé] [avertissement]"
    assert spell("🫠", "de") == "[melting face]"


@pytest.mark.usefixtures("no_script_faces")
def test_a_letter_without_a_face_is_a_box_where_the_guide_allows_it() -> None:
    assert spell("ሰaላ 👶", "en", allows_boxes=True) == "▯a▯"
    assert spell("ሰ\u135f a\u0366b e\u0301", "en", allows_boxes=True) == "▯ ▯b e\u0301"


def test_a_box_stands_for_no_letter_of_an_identifier_or_an_address() -> None:
    html = '<h2 id="ሰላ-🔥">ሰላ</h2><a href="#ሰላ-🔥" title="ሰ"><img src="ሰ.png" alt="ላ"/></a>'
    assert (
        spell(html, "en", allows_boxes=True)
        == '<h2 id="ሰላ-🔥">▯▯</h2><a href="#ሰላ-🔥" title="▯"><img src="ሰ.png" alt="▯"/></a>'
    )


@pytest.mark.parametrize(
    ("html", "printed"),
    [
        ("<h2>✨ Why? 🔥🚀</h2>", "<h2>Why?</h2>"),
        (
            '<h2><span class="number">1.3</span> ❓ Why <span class="nowrap">so late? 👶</span></h2>',
            '<h2><span class="number">1.3</span> Why <span class="nowrap">so late?</span></h2>',
        ),
        ("<p>🎉 One<br/>Two ❤\ufe0f</p>", "<p>One<br/>Two</p>"),
        ("<li><strong>👉 One</strong> and</li>", "<li><strong>One</strong> and</li>"),
        ('<section data-running="🔥 Bread">', '<section data-running="Bread">'),
        ("<li><code>🔥</code> burns 🔥</li>", "<li><code>[fire]</code> burns</li>"),
        ("<h1>Answers 1: 🔥 Bread</h1>", "<h1>Answers 1: Bread</h1>"),
        ("<p>🚫 Never</p>", "<p>❌ Never</p>"),
    ],
)
def test_a_sign_that_decorates_the_end_of_a_line_is_left_out(html: str, printed: str) -> None:
    assert spell(html, "en") == printed


@pytest.mark.parametrize(
    ("html", "printed"),
    [
        ("<td>🔥</td>", "<td>[fire]</td>"),
        ("<li>⭐ is hard</li>", "<li>[white medium star] is hard</li>"),
        ("<li>Press: 🔥</li>", "<li>Press: [fire]</li>"),
        ("<li>Keys: 🔥 burns</li>", "<li>Keys: [fire] burns</li>"),
        ("<li>Press the ⚙.</li>", "<li>Press the [gear].</li>"),
        ("<p>The lock 🔒 or the key 🔑</p>", "<p>The lock [lock] or the key [key]</p>"),
        ("<p>👎 One</p>", "<p>[thumbs down sign] One</p>"),
        ("<p>5 ⭐</p>", "<p>5 [white medium star]</p>"),
        ('<p><a href="#a">🔗</a> One</p>', '<p><a href="#a">[link symbol]</a> One</p>'),
        ("<pre>🔥 = 1\n</pre>", "<pre>[fire] = 1\n</pre>"),
    ],
)
def test_a_sign_that_says_something_is_named(html: str, printed: str) -> None:
    assert spell(html, "en") == printed


@pytest.mark.parametrize(
    "signs", ["∀ ∃ ∄ ∈ ∉ ⊂ ⊆ ∪ ∩ ∅", "⇒ ⇔ ⇐ ⟶ ↦ ∧ ∨ ¬ ⊢ ⊨ □", "ℝ ℕ ℤ ℵ 𝔼 𝟙 𝒪", "≠ ≤ ≥ ≡ ∝ ∥ ⊥ ⊕ ⊗ ∘ ⌈ ⌉ ⟨ ⟩ ★"]
)
def test_a_sign_of_mathematics_is_printed_as_it_is(signs: str) -> None:
    assert spell(signs, "en", allows_boxes=True) == signs


def test_a_page_holds_the_signs_that_were_typed_and_its_lines_stand_no_farther_apart(small: Path) -> None:
    words = "Many words, to fill a line or two of a page, and as many again, so that there is a third one of them. " * 2
    signs = words.replace("Many", "∀ x ∈ ℝ ⇒ x ∉ A ∪ ∅", 1)
    chapter = "---\ntitle: First\n---\n\n## Which signs? {#signs}\n\n### Answer\n"
    for name, text in (("plain", words), ("signs", signs)):
        lay(
            small,
            {
                "00-welcome.md": "---\ntitle: Welcome\nkind: prose\n---\nRead on.\n",
                "01-first-things.md": chapter + text,
            },
        )
        assert build.main(["-q", "-e", "guide", "-o", name]) == 0
    assert "∀ x ∈ ℝ ⇒ x ∉ A ∪ ∅ words" in " ".join(read_page("signs")[1].split())
    assert read_page("signs")[0] == read_page("plain")[0] != set()


def read_page(folder: str) -> tuple[set[float], str]:
    """The distances of the lines of the answer, in points, and the text of its page."""
    (path,) = Path(folder).glob("*.pdf")
    for page in pypdfium2.PdfDocument(path):
        text = page.get_textpage()
        content = text.get_text_range()
        if "fill a line" in content:
            letters = [at for at in range(content.index("to fill"), content.rindex("third one")) if content[at] == "o"]
            lines = sorted({round(text.get_charbox(at, loose=True)[1], 1) for at in letters})
            return {round(above - below, 1) for below, above in pairwise(lines)}, content
    raise AssertionError("no answer")


@pytest.mark.usefixtures("no_script_faces")
@pytest.mark.parametrize(
    ("typed", "lacking"),
    [
        ("e\u0301 and x\u0301", ""),  # as one letter, and as two
        ("a\u0366", "\u0366"),
        ("\u05e9\u05c1", ""),  # Hebrew with a point
        ("1\ufe0f\u20e3 and \u2764\ufe0f", ""),  # marks of form
        ("\u1100\u1161", "\uac00"),  # two pieces of a Korean letter
        ("\u0915\u094d", "\u0915\u094d"),
    ],
)
def test_a_mark_that_no_face_has_is_a_letter_that_is_lacking(typed: str, lacking: str) -> None:
    assert find_lacking_letters(typed, Typecase("en"), NULL_STORE) == lacking
