"""Signs that no face of the printed book has are said in letters."""

import pytest

from studyguide.locale import load_locale
from studyguide.pdf.glyph_fallback import spelled


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
    assert spelled(html, load_locale("en").signs) == printed


def test_a_sign_is_named_in_the_language_of_the_book_where_that_has_a_name_for_it() -> None:
    assert spelled("👍🏽 ⚠\ufe0f", load_locale("de").signs) == "[Daumen hoch] [Warnung]"
    assert spelled("👍🏽 ⚠\ufe0f", load_locale("fr").signs) == "[pouce levé] [avertissement]"
    assert spelled("🫠", load_locale("de").signs) == "[melting face]"
