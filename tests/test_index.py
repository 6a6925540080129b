"""Terms are found in a text, and the index gives the pages where each is discussed."""

import re
from dataclasses import replace

import pytest

from studyguide.compose.glossary import Vocabulary, mark_chapter, mark_prose, mark_terms
from studyguide.compose.index import (
    _MAX_RUNS,
    IndexPart,
    PageRun,
    _join_pages,
    choose_page_runs,
    group_uses,
    make_index,
)
from studyguide.locale import load_locale
from studyguide.model import Chapter, Choice, Html, Pagination, Passage, Question, QuestionPart, Term
from studyguide.problems import Place

PLACE = Place("content/01-case.md")
WORDS = Vocabulary(
    (("term-gan", ("GAN",)), ("term-map", ("mAP",)), ("term-net", ("network",)), ("term-dense", ("dense network",)))
)


def term(*names: str) -> Term:
    id = f"term-{names[0].lower().replace(' ', '-')}"
    return Term(id, Passage(names[0], PLACE), names, Passage("A meaning.", PLACE))


def question(id: str, title: str) -> Question:
    return Question(id, PLACE, Passage(title, PLACE), Passage("", PLACE))


def pagination(anchors: dict[str, tuple[int, ...]], front: int = 2, pages: int = 40) -> Pagination:
    """Pages of which the first ones are front matter, numbered in roman."""
    labels = ["i", "ii", "iii", "iv"][:front] + [str(number) for number in range(1, pages - front + 1)]
    return Pagination(tuple(labels), anchors)


# ---------------------------------------------------------------- marks


@pytest.mark.parametrize(
    ("text", "linked"),
    [
        ("A network learns.", ["network"]),
        ("Networks learn.", ["Networks"]),
        ("A dense network learns.", ["dense network"]),
        ("One GAN and two GANs.", ["GAN"]),
        ("No gan and no Gan, but a GAN.", ["GAN"]),
        ("A map of the town, and an mAP of 0.4.", ["mAP"]),
        ("Networking is no term.", []),
        ("<code>network</code> and <pre>GAN</pre>", []),
        ("<h3>A network</h3>", []),
    ],
)
def test_the_first_use_of_a_term_is_linked_in_whatever_number_and_capital(text: str, linked: list[str]) -> None:
    (html,), _ = mark_terms((Html(f"<p>{text}</p>"),), "q", WORDS)
    assert re.findall(r'<a id="use-[^>]*>([^<]*)</a>', html) == linked
    assert re.sub(r"</?a\b[^>]*>", "", html) == f"<p>{text}</p>"


def test_a_term_ends_with_its_vowel_signs_and_begins_no_longer_word() -> None:
    words = Vocabulary((("term-loss", ("हानि",)), ("term-c", ("C++",))))
    (html,), _ = mark_terms((Html("<p>हान, हानियाँ, हानि। C++ C</p>"),), "q", words)
    assert re.findall(r'<a id="use-[^>]*>([^<]*)</a>', html) == ["हानि", "C++"]


def passage(html: str) -> Passage:
    return Passage(html, PLACE, Html(html))


def test_a_term_is_linked_once_in_a_question_and_once_in_each_of_its_parts_whatever_stands_around() -> None:
    text = passage("A network, and a network.")
    part = QuestionPart("Answer", text, PLACE, "answer")
    choices = (Choice(text, True, "A", text), Choice(text, False, "B", text))
    questions = tuple(replace(question(id, "?"), stem=text, choices=choices, parts=(part,)) for id in ("one", "two"))
    marked, uses = mark_chapter(Chapter("case", PLACE, "Case", summary="A <network>.", questions=questions), WORDS)
    assert [anchor.removesuffix(".term-net") for anchor in uses] == [
        "use-case.summary", "use-one", "use-answer-one", "use-one.answer", "use-two", "use-answer-two", "use-two.answer",
    ]  # fmt: skip
    assert {anchor: times for anchor, (_, times) in uses.items() if ".summary" not in anchor} == {
        f"use-{prefix}{id}{part}.term-net": times
        for id in ("one", "two")
        for prefix, part, times in (("", "", 6), ("answer-", "", 4), ("", ".answer", 2))
    }
    assert marked.summary.startswith(
        'A &lt;<a id="use-case.summary.term-net" class="term" href="#term-net">network</a>&gt;'
    )
    assert [choice.text.html.count("<a ") for choice in marked.questions[0].choices] == [0, 0]
    assert [choice.reason.html.count("<a ") for choice in marked.questions[0].choices] == [1, 0]
    answer = marked.questions[0].parts[0].text.html
    assert answer == 'A <a id="use-one.answer.term-net" class="term" href="#term-net">network</a>, and a network.'


def test_a_term_is_linked_once_below_each_heading_of_prose() -> None:
    html, uses = mark_prose(
        Html('A network.<h2 id="a&amp;b">Network</h2>A network and <h3 id="c">C</h3>'), "tips", WORDS
    )
    assert uses == {"use-tips.term-net": ("term-net", 1), "use-a&b.term-net": ("term-net", 1)}
    assert 'id="use-a&amp;b.term-net"' in html


def test_a_term_in_a_link_is_marked_and_makes_no_link_of_its_own() -> None:
    (html,), uses = mark_terms((Html('<p><a href="#q">a network</a> and a network</p>'),), "q", WORDS)
    assert html == '<p><a href="#q">a <span id="use-q.term-net" class="term">network</span></a> and a network</p>'
    assert uses == {"use-q.term-net": ("term-net", 2)}


# ---------------------------------------------------------------- pages


def name_pages(runs: tuple[PageRun, ...], where: Pagination) -> list[str]:
    """The runs as a reader sees them."""

    def label(anchor: str, place: int) -> str:
        return where.labels[where.anchors[anchor][place]]

    return [f"{label(run.first, 0)}{f'–{label(run.last, -1)}' if run.last else ''}" for run in runs]


def test_pages_without_a_gap_are_one_run_and_the_same_page_counts_once() -> None:
    where = pagination({"a": (2, 3), "b": (3,), "c": (4,), "d": (9,)})
    found = _join_pages(["a", "b", "c", "d"], where)
    assert name_pages(found, where) == ["1–3", "8"]
    assert found == (PageRun("a", "c", 1, 1), PageRun("d"))


def test_runs_do_not_change_where_pages_only_shift() -> None:
    names = ["a", "b", "c", "d"]
    one = _join_pages(names, pagination({"a": (2, 3), "b": (3,), "c": (4,), "d": (9,)}))
    assert one == _join_pages(names, pagination({"a": (4, 5), "b": (5,), "c": (6,), "d": (10,)}))


def test_front_matter_is_left_out_of_the_index() -> None:
    assert _join_pages(["a", "b"], pagination({"a": (0, 1), "b": (2,)})) == (PageRun("b"),)


def test_an_anchor_that_is_on_no_page_is_left_out() -> None:
    assert _join_pages(["nowhere"], pagination({})) == ()


def test_a_term_on_too_many_pages_keeps_those_that_use_it_most() -> None:
    """Every second page: none joins another."""
    anchors = {f"use-{number}": (2 * number + 2,) for number in range(12)}
    often = {f"use-{number}": 5 if number < 3 else 1 for number in range(12)}
    where = pagination(anchors)
    assert name_pages(choose_page_runs(often, where), where) == ["1", "3", "5"]
    few = dict(list(often.items())[:_MAX_RUNS])
    assert len(choose_page_runs(few, pagination(anchors))) == _MAX_RUNS


def test_the_answer_to_a_question_that_names_a_term_outweighs_every_count() -> None:
    anchors = {f"use-{number}": (2 * number + 2,) for number in range(12)} | {"answer-gan": (30,)}
    used = dict.fromkeys(list(anchors)[:12], ("term-gan", 3))
    found = group_uses([used], [question("gan", "What is a GAN?")], WORDS, pagination(anchors))
    where = pagination(anchors)
    assert name_pages(choose_page_runs(found["term-gan"], where), where) == ["29"]


def test_a_book_without_a_key_names_the_page_of_the_question() -> None:
    found = group_uses([], [question("gan", "What is a GAN?")], WORDS, pagination({"gan": (5,)}))
    assert list(found["term-gan"]) == ["gan"]


# ---------------------------------------------------------------- lines

ANCHORS = pagination({"use-1": (2,), "use-2": (5,), "answer-one": (8,), "answer-two": (9,)})


ENGLISH = load_locale("en").index


def entries(parts: tuple[IndexPart, ...]) -> list[tuple[str, str, str]]:
    return [(line.name, ", ".join(name_pages(line.runs, ANCHORS)), line.see) for _, lines in parts for line in lines]


def test_terms_and_tags_stand_in_one_alphabet_whatever_their_accents_and_capitals() -> None:
    terms = [term("zeta"), term("Élan"), term("eta")]
    used = {each.id: {"use-1": 1} for each in terms}
    parts = make_index(terms, used, {"data-sets": [question("one", "One?")]}, ANCHORS, ENGLISH)
    assert entries(parts) == [("Data sets", "7", ""), ("Élan", "1", ""), ("Eta", "1", ""), ("Zeta", "1", "")]
    assert [(heading, len(lines)) for heading, lines in parts] == [("D", 1), ("E", 2), ("Z", 1)]


@pytest.mark.parametrize(
    ("language", "sorted_names", "headings"),
    [
        ("en", ["1x1", "eta", "étude", "ñandú", "nasal", "zero", "Ярус"], "#ENZЯ"),
        ("es", ["nasal", "nube", "ñandú", "ópalo", "óxido"], "NÑO"),
        ("ru", ["ёж", "ель", "зебра", "игра", "йод", "клей", "gpu"], "ЕЗИЙКG"),
        ("hi", ["अंक", "अक्ष", "आँकड़ा", "कंप्यूटर", "कब", "कार", "क्रम", "ख़तरा", "खाता"], "अआकख"),
        ("zh", ["安全", "暗", "k近邻", "熵", "损失", "西安", "先"], "AKSX"),
        ("zh-Hant", ["標籤", "編碼", "模型", "熵", "損失", "alpha"], "ㄅㄇㄕㄙA"),
        (
            "ja",
            ["1層", "アルファ", "あん", "ガンマ", "きゅう", "さい", "サーバ", "loss", "学習", "損失"],
            "#あかさL漢字",
        ),
        ("ko", ["가나", "각", "까치", "나무", "학습", "loss"], "ㄱㄴㅎL"),
        ("vi", ["ai", "ăn", "âm", "bé", "da", "đa", "em", "ế", "lớp", "on", "ổ", "ước"], "AĂÂBDĐEÊLOÔƯ"),
        ("bn", ["অতি", "আলো", "কথা", "খাতা", "গ্রাফ", "রঙ"], "অআকখগর"),
        ("ta", ["அடுக்கு", "ஆழம்", "கருத்து", "சார்பு", "நரம்பு", "வலை"], "அஆகசநவ"),
        ("th", ["กราฟ", "เกม", "ขนาด", "ข้อมูล", "ไข่", "แบบ", "มิติ", "โมเดล", "loss"], "กขบมL"),
        ("el", ["Άλφα", "βήτα", "ιδέα", "ίσο", "ομάδα", "όριο", "Ωμέγα", "loss"], "ΑΒΙΟΩL"),
        ("ar", ["أداة", "إدخال", "بيانات", "ثقة", "شبكة", "هدف", "يقين", "loss"], "ابثشهيL"),
    ],
)
def test_names_stand_in_the_order_of_the_alphabet_of_the_language(
    language: str, sorted_names: list[str], headings: str
) -> None:
    terms = [term(name) for name in sorted(sorted_names, reverse=True)]
    parts = make_index(terms, {each.id: {"use-1": 1} for each in terms}, {}, ANCHORS, load_locale(language).index)
    assert [line.name.casefold() for _, lines in parts for line in lines] == [name.casefold() for name in sorted_names]
    assert "".join(heading for heading, _ in parts) == headings


def test_a_tag_that_is_a_terms_name_shares_its_line_in_the_plural_too() -> None:
    lines = make_index(
        [term("network")], {"term-network": {"use-1": 1}}, {"networks": [question("two", "Two?")]}, ANCHORS, ENGLISH
    )
    assert entries(lines) == [("Network", "1, 8", "")]


def test_another_name_of_a_term_says_where_to_look_but_not_beside_it() -> None:
    terms = [term("convolutional network", "CNN", "convolution net")]
    lines = make_index(terms, {terms[0].id: {"use-2": 1}}, {}, ANCHORS, ENGLISH)
    assert entries(lines) == [("CNN", "", "Convolutional network"), ("Convolutional network", "4", "")]


def test_a_term_that_is_used_nowhere_has_no_line() -> None:
    assert make_index([term("unused")], {}, {}, ANCHORS, ENGLISH) == ()


def test_what_begins_with_no_letter_stands_under_a_sign_and_mixed_capitals_are_kept() -> None:
    terms = [term("1x1 layer"), term("mAP")]
    parts = make_index(terms, {each.id: {"use-1": 1} for each in terms}, {}, ANCHORS, ENGLISH)
    assert [(heading, line.name) for heading, lines in parts for line in lines] == [("#", "1x1 layer"), ("M", "mAP")]
