"""Signs that no face of the printed book has are said in letters."""

import pytest

from studyguide.locale import load_locale
from studyguide.model import Html
from studyguide.pdf.glyph_fallback import replace_unprintable
from studyguide.store import NULL_STORE


def spell(html: str, language: str, allows_boxes: bool = False) -> str:
    return str(replace_unprintable(Html(html), load_locale(language).signs, allows_boxes, NULL_STORE))


@pytest.mark.parametrize(
    ("html", "printed"),
    [
        ("<p>What? 👶</p>", "<p>What? [baby]</p>"),
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


def test_a_letter_without_a_face_is_a_box_where_the_guide_allows_it() -> None:
    assert spell("中a文 👶", "en", allows_boxes=True) == "▯a▯ [baby]"
