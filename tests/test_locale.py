"""The files of languages: complete, alike, and refused where they are not."""

import re
import tomllib
from pathlib import Path

import pytest
from conftest import ROOT

from studyguide.locale import LANGUAGES, load_locale, parse_locale
from studyguide.model import Source
from studyguide.pipeline import ChapterJob
from studyguide.problems import LocaleError, Problem
from studyguide.reading.own_words import read_own_words
from studyguide.runtime import cache

FOLDER = ROOT / "studyguide" / "locale"
FILES = {path.stem: path.read_text(encoding="utf-8") for path in sorted(FOLDER.glob("*.toml"))}


def values(table: object, key: str = "") -> dict[str, list[str]]:
    """The texts of a file by their keys, in their tables."""
    if isinstance(table, dict):
        return {name: texts for part, inner in table.items() for name, texts in values(inner, f"{key}/{part}").items()}
    return {key: table if isinstance(table, list) else [table]}


def braces(texts: list[str]) -> list[str]:
    return sorted(re.findall(r"\{.*?\}", " ".join(texts)))


def test_the_languages_are_those_that_have_a_file() -> None:
    assert tuple(sorted(FILES)) == LANGUAGES
    assert {"ar", "de", "en", "es", "fr", "hi", "it", "ja", "ko", "pt", "ru", "zh", "zh-hant"} <= set(LANGUAGES)


@pytest.mark.parametrize("language", sorted(FILES))
def test_a_language_has_what_english_has(language: str) -> None:
    english, other = values(tomllib.loads(FILES["en"])), values(tomllib.loads(FILES[language]))
    assert set(other) == set(english)
    assert [key for key in english if set(braces(other[key])) != set(braces(english[key]))] == []
    assert [key for key, texts in other.items() if not texts or not all(text.strip() for text in texts)] == []
    assert len(set(other["/colophon/months"])) == 12
    assert load_locale(language).headings.contents == other["/headings/contents"][0]


@pytest.mark.parametrize("language", sorted(set(FILES) - {"en"}))
def test_hardly_anything_is_left_in_english(language: str) -> None:
    english, other = values(tomllib.loads(FILES["en"])), values(tomllib.loads(FILES[language]))
    prose = [key for key, texts in english.items() if max(len(text.split()) for text in texts) > 3]
    assert [key for key in prose if other[key] == english[key]] == []


@pytest.mark.parametrize("language", sorted(FILES))
def test_a_colon_and_a_comma_are_as_wide_as_a_letter_or_have_a_space(language: str) -> None:
    labels = load_locale(language).labels
    assert [
        mark for mark in (labels.colon, labels.comma) if not re.fullmatch(r"\S[ \u00a0]|\u00a0: |[，、：]", mark)
    ] == []


def test_one_thing_and_several_have_phrases_of_their_own() -> None:
    for language in LANGUAGES:
        heads = load_locale(language).running_heads
        assert len({heads.answer, heads.answers}) == 2
        assert len({heads.questions_on_page, heads.questions_on_pages}) == 2


@pytest.mark.parametrize(
    ("language", "counted"),
    [
        ("en", {1: "1 mark", 0: "0 marks", 21: "21 marks"}),
        ("fr", {1: "1 point", 0: "0 point", 2: "2 points"}),
        ("pt", {1: "1 ponto", 0: "0 ponto", 2: "2 pontos"}),
        (
            "ru",
            {
                1: "1 балл",
                2: "2 балла",
                5: "5 баллов",
                11: "11 баллов",
                12: "12 баллов",
                21: "21 балл",
                104: "104 балла",
            },
        ),
        ("zh", {1: "1分", 2: "2分"}),
        ("ar", {1: "درجة واحدة", 2: "درجتان", 3: "3 درجات", 11: "11 درجة", 100: "100 درجة", 103: "103 درجات"}),
    ],
)
def test_a_number_takes_the_form_of_its_language(language: str, counted: dict[int, str]) -> None:
    marks = load_locale(language).labels.marks
    assert {count: marks.choose(count).format(count=count) for count in counted} == counted


@pytest.mark.parametrize("plural", ["n == 1 ? 0 - 5 : 1", "n / 0", "no rule"])
def test_a_rule_of_the_plural_without_a_form_for_a_number_is_refused(plural: str) -> None:
    with pytest.raises(LocaleError, match="`plural` is no rule as gettext writes it"):
        load_locale("en", own=(("en", f'plural = "{plural}"'),))


@pytest.mark.parametrize("plural", ["n > 1000 ? 9 : n != 1", "0 / (n != 5000) + (n != 1)"])
def test_a_number_for_which_the_rule_has_no_form_takes_the_last(plural: str) -> None:
    assert load_locale("en", own=(("en", f'plural = "{plural}"'),)).labels.marks.choose(5000) == "{count} marks"


@pytest.mark.parametrize("language", ["de-AT", "de-at", "deu-AT"])
def test_own_words_of_a_region_lie_over_those_of_its_language(language: str) -> None:
    own = '[headings]\ncontents = "Was drin ist"'
    (words,) = read_own_words([Source(f"{language}.toml", own, origin="")], [])
    headings = load_locale("de-AT", own=(words,)).headings
    assert (headings.contents, headings.index) == ("Was drin ist", load_locale("de").headings.index)
    assert load_locale("de", own=(words,)).headings.contents == load_locale("de").headings.contents


def test_own_words_in_an_inner_folder_are_to_be_moved() -> None:
    problems: list[Problem] = []
    assert read_own_words([Source("mine/de.toml", "", origin="content/locale/mine/de.toml")], problems) == ()
    assert [each.fix for each in problems] == ["put it into `locale/` itself, as `de.toml`"]


def test_own_words_of_a_region_come_before_those_of_its_script() -> None:
    own = (("zh-tw", '[headings]\ncontents = "A"'), ("zh-hant", '[headings]\ncontents = "B"'))
    assert load_locale("zh-TW", own=own).headings.contents == "A"
    assert load_locale("zh-HK", own=own).headings.contents == "B"


def test_a_form_may_leave_its_number_out() -> None:
    dual = FILES["en"].replace('"{count} mark", "{count} marks"', '"{count} mark", "both marks"')
    assert parse_locale(dual, "en.toml", FILES["en"]).labels.marks.choose(2) == "both marks"


@pytest.mark.parametrize(
    ("tag", "contents"),
    [
        ("en-GB", "Contents"),
        ("de", "Inhalt"),
        ("DE-at", "Inhalt"),
        ("fr_CA", "Table des matières"),
        ("deu", "Inhalt"),
        ("pt-BR", "Sumário"),
        ("rus", "Оглавление"),
        ("zh-Hans-SG", "目录"),
        ("zh-Hant", "目錄"),
        ("zh_TW", "目錄"),
        ("zh-HK", "目錄"),
        ("jpn", "目次"),
        ("kok-IN", "Contents"),
    ],
)
def test_a_tag_falls_back_to_its_language(tag: str, contents: str) -> None:
    assert load_locale(tag).headings.contents == contents


def test_a_language_without_a_file_falls_back_to_another_and_then_to_english() -> None:
    assert load_locale("fi") is load_locale("en")
    assert load_locale("") is load_locale("en")
    assert load_locale("fi", "fr-CA") is load_locale("fr")
    assert load_locale("de", "fr") is load_locale("de")
    assert load_locale("fi", "nl") is load_locale("en")


@pytest.mark.parametrize(
    ("now", "then", "message"),
    [
        ('contents = "Inhalt"\n', "", "the key `headings.contents` is missing"),
        ("[headings]\n", '[headings]\ncontens = "Inhalt"\n', "the key `headings.contens` is unknown"),
        ('"≤" = "kleiner oder gleich"\n', "", "the key `maths.symbols.≤` is missing"),
        ('"≤" =', '"≦" = "x"\n"≤" =', "the key `maths.symbols.≦` is unknown"),
        ("[index]", "[tables]\n[index]", "the key `tables` is unknown"),
        ('"Inhalt"', '" "', "`headings.contents` is empty, or no text"),
        ('"Inhalt"', "3", "`headings.contents` is no text"),
        ('"⭐" = "Stern"', '"⭐" = 3', "`signs.⭐` is empty, or no text"),
        (
            "Antworten {first} bis {last}",
            "Antworten {frist} bis {last}",
            "`running-heads.answers` must have {first} and {last}",
        ),
        ('"S.\\u00a0{number}"', '"S."', "`page-references.page` must have {number}"),
        ('comma = ", "', 'comma = "{,}"', "`labels.comma` must have no braces"),
        ('han = "number"', 'han = "strokes"', "`index.han` must be `pinyin`, `zhuyin` or `number`"),
        ('  "Dezember",\n', "", "`colophon.months` has 11 names, and a year has 12"),
        ("{base} Quadrat", "Quadrat", "`maths.powers.squared` must have {base}"),
        ("{base} Quadrat", "{base} {Quadrat", "`maths.powers.squared` must have {base}"),
        ('plural = "n != 1"', 'plural = "x"', "`plural` is no rule as gettext writes it: "),
        ('plural = "n != 1"', 'plural = "n > 1 ? 2 : n"', "`labels.marks` has 2 forms, and `plural` knows 3"),
        ("{count} Punkte", "{counts} Punkte", "`labels.marks` must have {count} in each form"),
        (
            "{count} Zeilen: {rows}",
            "{count} Zeilen",
            "`maths.phrases.matrix` must have {count} and {rows} in each form",
        ),
        ("[parts]", "parts", "Expected '=' after a key in a key/value pair (at line "),
    ],
)
def test_a_mistake_in_a_file_is_named_with_its_key(now: str, then: str, message: str) -> None:
    wrong = FILES["de"].replace(now, then, 1)
    assert wrong != FILES["de"]
    with pytest.raises(LocaleError) as caught:
        parse_locale(wrong, "de.toml", FILES["en"])
    assert str(caught.value).startswith(f"studyguide/locale/de.toml: {message}")


@pytest.mark.parametrize("language", ["en", "de"])
def test_a_table_in_the_place_of_a_text_is_refused(language: str) -> None:
    table = FILES[language].replace("[index]\n", "[index]\nsee = 1\n[index.more]\n", 1)
    with pytest.raises(LocaleError, match="index"):
        parse_locale(table, f"{language}.toml", FILES["en"])


def test_a_chapter_and_a_cache_are_of_a_language(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = Source("01-one.md", "# One\n")
    assert ChapterJob(source, (), "de").key != ChapterJob(source, (), "fr").key
    (tmp_path / "studyguide" / "locale").mkdir(parents=True)
    monkeypatch.setattr(cache, "PACKAGE_FOLDER", tmp_path)
    keys = set()
    for text in ("one", "other"):
        (tmp_path / "studyguide" / "locale" / "xx.toml").write_text(text)
        keys.add(cache.digest_program_files.__wrapped__())
    assert len(keys) == 2


INTERVIEWS = re.compile(
    "interview|candidat|colloquio|собесед|кандидат|面试|面試|面接|면접|สัมภาษณ์|phỏng vấn|நேர்காணல்|ఇంటర్వ్యూ|انٹرویو|مصاحب|مقابلة|entrevist|entretien"
    "|ראיון|ראיינ|साक्षात्|সাক্ষাৎ|συνέντευξη|υποψήφι|gespräch",
    re.IGNORECASE,
)


@pytest.mark.parametrize("language", sorted(FILES))
def test_no_language_takes_a_guide_for_one_about_interviews(language: str) -> None:
    table = tomllib.loads(FILES[language])
    texts = values({name: table[name] for name in ("how-to-use", "difficulty-meanings", "sheets")})
    assert [key for key, said in texts.items() if INTERVIEWS.search(" ".join(said))] == []


def test_the_guide_of_the_project_has_the_words_of_interviews() -> None:
    own = (("en", (ROOT / "content" / "locale" / "en.toml").read_text(encoding="utf-8")),)
    said, usual = load_locale("en-GB", own=own), load_locale("en-GB")
    assert "every candidate" in said.difficulty_meanings["easy"]
    assert "mock interview" in said.how_to_use.answers_inline[0]
    assert (said.how_to_use.answers_inline[1], said.how_to_use.numbers) == (
        usual.how_to_use.answers_inline[1],
        usual.how_to_use.numbers,
    )
