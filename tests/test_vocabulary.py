"""The words by which foreign guides are understood: complete in each language, and refused where a file is wrong."""

import dataclasses
import unicodedata

import pytest
from conftest import ROOT

from studyguide.importers.vocabulary import LANGUAGES, MAY_BE_EMPTY, Vocabulary, load_vocabulary, parse_vocabulary
from studyguide.problems import LocaleError

ENGLISH = (ROOT / "studyguide" / "importers" / "vocabulary" / "en.toml").read_text(encoding="utf-8")


def lists(vocabulary: Vocabulary) -> dict[str, tuple[str, ...]]:
    """The lists of a vocabulary by the names of their fields."""
    table = {each.name: getattr(vocabulary, each.name) for each in dataclasses.fields(vocabulary)}
    return {name: texts for name, texts in table.items() if name != "language"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_list_of_a_language_has_texts_that_casefolded_words_can_equal(language: str) -> None:
    vocabulary = load_vocabulary(language)
    assert vocabulary.language == language
    for name, texts in lists(vocabulary).items():
        assert texts or name.replace("_", "-") in MAY_BE_EMPTY
        assert [each for each in texts if each != unicodedata.normalize("NFC", each.casefold()).strip()] == []


@pytest.mark.parametrize("language", sorted(set(LANGUAGES) - {"en"}))
def test_no_language_is_a_copy_of_english(language: str) -> None:
    english = lists(load_vocabulary("en"))
    for name, texts in lists(load_vocabulary(language)).items():
        assert not texts or set(texts) - set(english[name]), name


def test_a_tag_with_a_region_has_the_words_of_its_language_and_an_unknown_one_those_of_english() -> None:
    assert load_vocabulary("pt-BR") is load_vocabulary("pt")
    assert load_vocabulary("zh-Hant").language == "zh"
    assert load_vocabulary("sw").language == "en"


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (ENGLISH.replace("hint-labels", "hints"), "the key `hint-labels` is missing"),
        (f'{ENGLISH}\ncolours = ["red"]\n', "the key `colours` is unknown"),
        (ENGLISH.replace('"hint", "hints",', '"hint", "Hint",'), "`hint-labels` has `hint` twice"),
        (ENGLISH.replace('hint-labels = ["hint",', 'hint-labels = ["hint", 1,'), "`hint-labels` is no list of texts"),
        (ENGLISH.replace('"hint"', '"hint'), "xx.toml: "),
    ],
)
def test_a_wrong_file_is_refused_with_its_name_and_the_key(text: str, fault: str) -> None:
    with pytest.raises(LocaleError, match=r"studyguide/importers/vocabulary/xx\.toml") as caught:
        parse_vocabulary(text, "xx.toml")
    assert fault in str(caught.value)
