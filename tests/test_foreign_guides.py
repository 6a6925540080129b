"""The writers of synthetic guides, which tests and the fit of the importers trust, say truly where their questions are."""

import re
from itertools import pairwise

import pytest

from studyguide.language_guess import guess_language
from tools.foreign_guides import FORMS, LANGUAGES, load_texts, write_guide

SEEDS = range(6)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_form_writes_its_questions_in_every_language_where_it_says(form: str, language: str) -> None:
    for seed in SEEDS:
        guide = write_guide(form, language, seed)
        assert guide == write_guide(form, language, seed)
        lines = guide.text.splitlines()
        assert len(guide.questions) >= 6
        for question in guide.questions:
            assert question.title in lines[question.line - 1]
        places = [question.line for question in guide.questions]
        assert sorted(set(places)) == places
        assert guess_language(guide.text).partition("-")[0] == language


def test_what_has_an_answer_has_it_in_the_text() -> None:
    for form in FORMS:
        for language in LANGUAGES:
            texts = load_texts(language)
            full = {title: (short, long) for title, short, long in (*texts.asking, *texts.tasks, *texts.topics)}
            guide = write_guide(form, language, 1)
            answered = {question.title for question in guide.questions if question.has_answer}
            for title in {question.title for question in guide.questions}:
                short, long = full[title]
                is_there = short in guide.text if form.startswith("choices") else long in guide.text
                assert is_there == (title in answered), (form, language, title)


def test_each_kind_of_noise_comes_up_in_some_guides_and_not_in_others() -> None:
    texts = load_texts("en")
    guides = [write_guide("headings", "en", seed).text for seed in range(200)]
    signs = {
        "a list of contents": f"## {texts.contents}",
        "an introduction": texts.introduction,
        "a lead of a section": texts.lead,
        "a link to the top": f"[⬆ {texts.top}]",
        "a source in a title": "[[src](",
        "code with a comment": "```python\n# ",
        "a placeholder": f"\n{texts.placeholder}\n",
        "a closing section": f"## {texts.closing[0]}",
        "a label": f"## {texts.question[0]} 1: ",
        "a short label": f"## {texts.question[1]} 1: ",
        "an emoji": "## ✨",
    }
    for name, sign in signs.items():
        assert 0 < sum(sign in text for text in guides) < len(guides), name
    links = set(re.findall(r"^- \[[^\]]*\]\(#(.*?)\)$", "\n".join(guides), re.MULTILINE))
    assert "which-metal-is-liquid-at-room-temperature" in links
    assert any(re.fullmatch(r"question-\d+-why-does-bread-rise", link) for link in links)
    numbers = [[int(each) for each in re.findall(r"^#+ (\d+)\. ", text, re.MULTILINE)] for text in guides]
    assert any(any(b - a > 1 for a, b in pairwise(each)) for each in numbers)
    assert any(any(b < a for a, b in pairwise(each)) for each in numbers)
    twins = [write_guide("headings", "en", seed).questions for seed in range(200)]
    assert any(len({question.title for question in each}) < len(each) for each in twins)
