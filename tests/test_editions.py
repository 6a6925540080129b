"""Editions: which questions they hold, where the answers are, and what helps to find them, on the finished PDFs."""

import os
import re
import subprocess
import sys
from itertools import cycle, pairwise, product
from pathlib import Path

import pikepdf
import pypdfium2
import pytest
from conftest import ROOT, SMALL, Built, judge_pdfs, lay, listing
from test_book import labels, page_text, references, tree

import build
from studyguide.html_text import strip_tags
from studyguide.model import Guide

MM = 72 / 25.4
LONG = "\n\n".join(["A network is made of layers, and each layer of units that weigh what they are given."] * 12)
CHAPTER = "\n".join(
    f'## Question {letter}? {{#{letter} .{level} tags="{tag}"}}\n\n### Hint\nThink.\n\n### Answer\nThe answer {letter * 3}.\n\n{LONG}\n'
    for letter, level, tag in [("a", "easy", "one"), ("b", "hard", "one"), ("c", "easy", "two"), ("d", "medium", "two")]
)


def books(folder: Path, config: str, *options: str, **files: str) -> dict[str, Path]:
    """The PDFs of a guide of one chapter of four questions, by their edition."""
    lay(folder, {"guide.toml": f'title = "T"\n{config}', "01-letters.md": CHAPTER, **files})
    if not options:
        # The printed guide and what the test declares; the other built-in editions say nothing more.
        options = tuple(
            word for name in ("guide", *re.findall(r"\[editions\.([\w-]+)\]", config)) for word in ("-e", name)
        )
    assert build.main(["build", str(folder), "--out", str(folder / "dist"), "--quiet", *options]) == 0
    return {path.stem.removeprefix("t").strip("-"): path for path in (folder / "dist").glob("*.pdf")}


def asked(path: Path) -> list[str]:
    """The questions of a book in the order in which it asks them."""
    text = " ".join(page_text(path))
    return re.findall(r"(\d\.\d)(?: •+ \w+)? Question \w\? Hint", text)


def pages_of(path: Path) -> dict[str, int]:
    """The page of each named place, counted from 0."""
    with pikepdf.open(path) as file:
        numbers = {page.objgen: number for number, page in enumerate(file.pages)}
        return {name: numbers[place[0].objgen] for name, place in tree(file.Root.Names.Dests, "/Names").items()}


# ---------------------------------------------------------------- which questions, in which order


def test_an_edition_takes_the_chapters_difficulties_and_tags_that_it_names(tmp_path: Path) -> None:
    config = """
[editions.easy]
difficulties = ["easy"]
[editions.one]
tags = ["one"]
[editions.rest]
without = ["hard", "two"]
[editions.letters]
chapters = ["letters"]
without = ["more"]
"""
    more = '## Question e? {#e .easy tags="three"}\n\n### Hint\nThink.\n\n### Answer\nYes.\n'
    made = books(tmp_path, config, **{"02-more.md": more})
    found = {name: asked(path) for name, path in made.items()}
    assert found[""] == ["1.1", "1.2", "1.3", "1.4", "2.1"]
    # A number is the same in every edition.
    assert found["easy"] == ["1.1", "1.3", "2.1"]
    assert found["one"] == ["1.1", "1.2"]
    assert found["rest"] == ["1.1", "2.1"]
    assert found["letters"] == ["1.1", "1.2", "1.3", "1.4"]


def test_an_edition_leaves_out_the_chapters_of_prose_that_it_names(tmp_path: Path) -> None:
    config = '[editions.bare]\nwithout = ["aims"]\n'
    made = books(tmp_path, config, **{"00-aims.md": "---\nkind: prose\ntitle: Aims\n---\nWhat this is for.\n"})
    told = {name: "What this is for." in " ".join(page_text(path)) for name, path in made.items()}
    assert (told[""], told["bare"]) == (True, False)
    assert asked(made["bare"]) == asked(made[""])


def test_a_listing_goes_on_over_a_page_only_where_it_is_longer_than_one(tmp_path: Path) -> None:
    def divided(lines: int) -> list[int]:
        """The lines of code on each page that begins or ends within a listing."""
        code = "".join(f"step_{number} = {number}\n" for number in range(lines))
        text = CHAPTER.replace(LONG, f"{LONG}\n\n```python\n{code}```\n\n{LONG}")
        found = books(tmp_path / str(lines), "", **{"01-letters.md": text})[""]
        return [count for page in page_text(found) if (count := page.count("step_")) % lines]

    assert divided(10) == divided(40) == []
    assert len(divided(80)) >= 2


def test_a_seed_shuffles_the_questions_and_leaves_the_key_in_order(tmp_path: Path) -> None:
    config = "[editions.mixed]\nseed = 5\n[editions.again]\nseed = 5\n[editions.other]\nseed = 8\n"
    made = books(tmp_path, config)
    mixed = asked(made["mixed"])
    assert sorted(mixed) == ["1.1", "1.2", "1.3", "1.4"] != mixed
    assert asked(made["again"]) == mixed
    assert asked(made["other"]) != mixed
    answers = re.findall(r"answer (\w)\1\1", " ".join(page_text(made["mixed"])))
    assert answers == ["a", "b", "c", "d"]


PAGES = sorted(path.stem for path in (ROOT / "styles" / "pages").glob("*.css"))
KEYS = ("inline", "chapter-end", "book-end", "none")
FORMS = ("duplex", "screen", "press")
# By day each key, each form and each page is there; by night each key meets each form, and each page meets each key and each form,
# for five pages and three forms have no common divisor.
BY_DAY = [((key, page), form) for page, key, form in zip(PAGES, cycle(KEYS), cycle(FORMS), strict=False)]
KEYS_BY_FORMS = [((key, page), form) for (key, form), page in zip(product(KEYS, FORMS), cycle(PAGES), strict=False)]
KEYS_BY_PAGES = list(zip(product(KEYS, PAGES), cycle(FORMS), strict=False))


@pytest.mark.parametrize(
    "rows",
    [
        pytest.param(BY_DAY, id="each"),
        pytest.param(KEYS_BY_FORMS, id="key and form", marks=pytest.mark.nightly),
        pytest.param(KEYS_BY_PAGES, id="key and page", marks=pytest.mark.nightly),
    ],
)
def test_every_combination_of_key_form_and_page_builds_and_keeps_the_standards(
    tmp_path: Path, rows: list[tuple[tuple[str, str], str]]
) -> None:
    pages = PAGES
    config = "date = 2026-01-31\n" + "".join(
        f'[editions.{key}-{page}]\nkey = "{key}"\npage = "{page}"\nform = "{form}"\nspace = 3\nseed = 1\n'
        for (key, page), form in rows
    )
    made = books(tmp_path, config)
    trims: dict[str, set[tuple[float, float]]] = {}
    for (key, page), _ in rows:
        path = made[f"{key}-{page}"]
        text = " ".join(page_text(path))
        assert all(f"Question {letter}?" in text for letter in "abcd"), path
        assert ("answer aaa" in text) == (key != "none"), path
        with pikepdf.open(path) as file:
            trims |= {
                page: trims.get(page, set()) | {(round(each.trimbox[2]), round(each.trimbox[3])) for each in file.pages}
            }
    assert all(len(each) == 1 for each in trims.values())
    assert len({next(iter(each)) for each in trims.values()}) == len(pages) >= 5
    assert [line for line in judge_pdfs(*made.values()) if not line.endswith("conforms")] == []


def rules(page: pypdfium2.PdfPage) -> list[float]:
    """Return the heights of the ruled lines of a page, from its head; the thinner ones above questions go into the side column too."""
    width = page.get_width()
    boxes = [each.get_bounds() for each in page.get_objects() if each.type == pypdfium2.raw.FPDF_PAGEOBJ_PATH]
    return sorted(
        {round(bottom) for left, bottom, right, _ in boxes if width * 0.5 < right - left < width * 0.66}, reverse=True
    )


def runs(lines: list[float]) -> list[int]:
    """Return the number of lines of each group, from the head of the page."""
    gaps = [high - low > 30 for high, low in pairwise(lines)]
    return [len(run) + 1 for run in "".join("x" if gap else "." for gap in gaps).split("x")]


def test_a_question_has_the_ruled_lines_that_it_asks_for_and_the_others_share_the_page(tmp_path: Path) -> None:
    chapter = "## Two? {#two space=2}\n\n### Answer\nNo.\n\n## Few? {#few}\n\n### Answer\nNo.\n\n## Many? {#many}\n\n### Answer\n"
    made = books(tmp_path, "", "-e", "workbook", **{"01-letters.md": chapter + "word " * 70 + "\n"})
    document = pypdfium2.PdfDocument(made["workbook"])
    lines = rules(document[pages_of(made["workbook"])["two"]])
    two, few, many = runs(lines)
    # Five lines are the least of this edition, and 70 words take eight.
    assert two == 2 and few >= 5 and many in (few + 2, few + 3)
    assert 25 * MM <= lines[-1] < (25 + 9 + 1) * MM, "the last line stands at the foot of the page"


CLOSED = """## Which? {#which}

- [x] This
- [ ] That

## Which two? {#two space=3}

- [x] This
- [x] That

## The [____](gap) {#gap}

## Which belongs to which? {#match .matching}

| A | B |
| --- | --- |
| a | b |
| c | d |

## In which order? {#order .ordering}

1. First
2. Second
"""
PARTS = """## Three things {#three}

### (a) One? {marks=2}

#### Answer
Firstly.

### (b) A [____](gap) {marks=1}

### (c) Three? {marks=4}

#### Answer
Thirdly.

## Two things {#things space=6}

### (a) One?

#### Answer
Firstly.

### (b) Two?

#### Answer
Secondly.

## Nothing {#nothing space=0}

### (a) Why?

#### Answer
So.
"""


@pytest.mark.parametrize(
    ("config", "name", "first"),
    # Ten lines for the parts of a workbook, and eight for those of an exam, in proportion to two and four marks.
    [
        ('[editions.workbook]\nwithout-pages = ["progress"]\n', "workbook", [3, 7]),
        ('[editions.exam]\ntake = [{ chapter = "letters" }]\n', "exam", [3, 5]),
    ],
)
def test_there_is_room_to_write_below_each_part_that_wants_writing_and_below_nothing_that_is_ticked(
    config: str, name: str, first: list[int], tmp_path: Path
) -> None:
    made = books(tmp_path, config, "-e", name, **{"01-letters.md": f"{CLOSED}\n{PARTS}"})
    lines = [rules(page) for page in pypdfium2.PdfDocument(made[name])]
    assert [run for each in lines if each for run in runs(each)] == [3, *first, 3, 3]
    assert [line for line in judge_pdfs(*made.values()) if not line.endswith("conforms")] == []


def test_ruling_what_is_left_of_pages_takes_no_further_page(tmp_path: Path) -> None:
    def titles(space: str) -> list[int]:
        chapter = "".join(f"## Q{number}? {{#q{number}{space}}}\n\n### Answer\nNo.\n\n" for number in range(20))
        made = books(tmp_path, "", "-e", "workbook", **{"01-letters.md": chapter})
        pages = pages_of(made["workbook"])
        return [pages[f"q{number}"] for number in range(20)]

    ruled, fixed = titles(""), titles(" space=5")
    assert (ruled[0], ruled[-1]) == (fixed[0], fixed[-1])
    assert ruled == sorted(ruled)


# ---------------------------------------------------------------- questions and answers apart


@pytest.mark.parametrize(("strict", "leaf"), [("", False), ("strict", True)])
def test_no_answer_is_seen_with_its_question(strict: str, leaf: bool, tmp_path: Path) -> None:
    config = f'[editions.ends]\nkey = "chapter-end"\nsee-through = "{strict}"\n'
    chapters = {f"0{number}-part.md": CHAPTER.replace("{#", f"{{#q{number}") for number in (2, 3)}
    chapters["03-part.md"] = chapters["03-part.md"].replace("Think.", "Think.\n\n" + LONG * 2)
    chapters |= {f"0{number}-x{number}.md": chapters.pop(f"0{number}-part.md") for number in (2, 3)}
    path = books(tmp_path, config, "-e", "ends", **chapters)["ends"]
    places = pages_of(path)
    pairs = [
        (places[name.removeprefix("answer-")], page) for name, page in places.items() if name.startswith("answer-")
    ]
    assert len(pairs) == 12
    for question, answer in pairs:
        assert (question + 1) // 2 != (answer + 1) // 2, "the same opening"
        assert not leaf or question // 2 != answer // 2, "the same leaf"


def test_an_answer_beside_its_question_is_a_problem_with_both_places(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = '[editions.leaky]\nwith-question = ["hint", "answer"]\n'
    lay(tmp_path, {"guide.toml": f'title = "T"\n{config}', "01-letters.md": CHAPTER})
    assert build.main(["build", str(tmp_path), "-e", "leaky", "--out", str(tmp_path / "dist"), "--quiet"]) == 1
    said = capsys.readouterr().err
    assert said.count("[spoiler]") == 4
    assert f"{tmp_path}/01-letters.md:1:1: in the edition `leaky` the answer to question 1.1 on page 1" in said
    assert f"({tmp_path}/01-letters.md:6:5) is seen with the question on page 1 [spoiler]" in said
    assert not (tmp_path / "dist").exists()


# ---------------------------------------------------------------- finding one's way


def test_the_head_of_every_page_of_the_key_says_what_it_holds(built: Built) -> None:
    path, guide = built.book(), built.guide
    places, printed, texts = pages_of(path), labels(path), page_text(path)
    numbers = {question.id: question.number for question in guide.questions}
    starts = sorted(
        (places[f"answer-{name}"], tuple(map(int, number.split("."))), name) for name, number in numbers.items()
    )
    first, last = starts[0][0], places["progress"]
    chapters = {places[f"answers-{chapter.id}"] for chapter in guide.chapters if chapter.questions}
    for page in range(first, last):
        if not texts[page]:
            continue
        here = [name for start, _, name in starts if start == page]
        before = [name for start, _, name in starts if start < page]
        head = re.search(
            r"Answers? (\d+\.\d+)(?: to (\d+\.\d+))? · questions? on pages? (\d+)(?: to (\d+))?", texts[page]
        )
        assert head, texts[page]
        goes_on = page not in chapters and not texts[page].replace(head[0], "").strip().startswith(
            tuple(numbers.values())
        )
        assert head[2] or head[1] == (numbers[here[-1]] if here else numbers[before[-1]])
        assert not here or (head[2] or head[1]) == numbers[here[-1]]
        assert head[1] in {numbers[each] for each in ([before[-1]] if before and goes_on else []) + here[:1]}
        asked_on = [printed[places[name]] for name, number in numbers.items() if number in (head[1], head[2])]
        assert {head[3], head[4] or head[3]} == {min(asked_on, key=int), max(asked_on, key=int)}


def test_a_chapters_tab_is_as_high_at_its_questions_as_at_its_answers(built: Built) -> None:
    path = built.book()
    places, document = pages_of(path), pypdfium2.PdfDocument(path)
    heights = []
    for chapter in built.question_chapters:
        found = set()
        for name in (chapter.id, f"answers-{chapter.id}"):
            page = document[places[name]]
            width, _ = page.get_size()
            text = page.get_textpage()
            inside = range(text.count_chars())
            size = len(chapter.number)
            boxes = [text.get_charbox(at) for at in inside if text.get_text_range(at, size) == chapter.number]
            found |= {round(box[1]) for box in boxes if box[0] > width - 25 or box[2] < 25}
        assert len(found) == 1, chapter.id
        heights += found
    assert heights == sorted(heights, reverse=True)
    assert len(set(heights)) == len(heights)


def bare(text: str) -> str:
    """Letters only: pypdfium2 drops every hyphen at a line's end, an author's too."""
    return re.sub(r"\W", "", text).lower()


def written_pages(text: str, printed: list[str]) -> list[int]:
    """``31, 57–59`` as pages counted from 0."""
    pages = []
    for first, last in re.findall(r"(\d+)(?:–(\d+))?", text):
        pages += range(printed.index(first), printed.index(last or first) + 1)
    return pages


def answering(names: tuple[str, ...], guide: Guide, places: dict[str, int]) -> set[int]:
    """The pages of the answers to questions whose titles hold one of the names: the term is what they are about."""
    starts = [places[f"answer-{question.id}"] for question in guide.questions] + [places["progress"]]
    asked = [any(bare(name) in bare(question.title.markdown) for name in names) for question in guide.questions]
    return {
        page
        for about, (start, end) in zip(asked, pairwise(starts), strict=True)
        if about
        for page in range(start, end + 1)
    }


def test_the_glossary_gives_the_pages_where_a_term_is_used(built: Built) -> None:
    path, guide = built.book(), built.guide
    printed, texts, places = labels(path), page_text(path), pages_of(path)
    text = " ".join(texts[places["glossary"] : places["index"]])
    checked_terms = 0
    for term, following in pairwise(guide.terms):
        title, after = strip_tags(term.title.html), strip_tags(following.title.html)
        entry = re.search(
            rf"{re.escape(title)} (?:(?!{re.escape(after)} [A-Z]).)*? pp?\. ([\d, –]+) {re.escape(after)}", text
        )
        if entry and len(re.findall(r" pp?\. ", entry[0])) == 1:
            checked_terms += 1
            for page in set(written_pages(entry[1], printed)) - answering(term.names, guide, places):
                assert any(bare(name) in bare(texts[page]) for name in term.names), (title, printed[page])
    assert checked_terms >= (100 if built.is_large else 8)


def test_every_page_in_the_index_holds_what_it_is_listed_for(built: Built) -> None:
    path, guide = built.book(), built.guide
    printed, places = labels(path), pages_of(path)
    tags = {tag.lower() for question in guide.questions for tag in question.tags}
    tags |= {tag.removesuffix("s") for tag in tags}
    names = {term.names[0]: term.names for term in guide.terms}
    document = pypdfium2.PdfDocument(path)
    texts = page_text(path)
    lines: list[str] = []
    for page in range(places["index"], len(printed)):
        lines += document[page].get_textpage().get_text_bounded().splitlines()
    seen = 0
    for line in (line for line in lines if re.search(r", \d", line)):
        name, _, rest = line.partition(", ")
        if name in names and name.lower() not in tags and name.lower().replace(" ", "-") not in tags:
            seen += 1
            for page in set(written_pages(rest, printed)) - answering(names[name], guide, places):
                assert any(bare(each) in bare(texts[page]) for each in names[name]), line
    assert seen >= (100 if built.is_large else 5)


def test_a_term_that_a_title_asks_about_is_indexed_where_that_is_answered(built: Built) -> None:
    path = built.book()
    places, printed = pages_of(path), labels(path)
    text = " ".join(page_text(path)[places["index"] :])
    seen = 0
    for question in built.guide.questions:
        title = question.title.markdown.lower()
        asked_about = [
            term for term in built.guide.terms if re.search(rf"\b{re.escape(term.names[0].lower())}s?\b", title)
        ]
        # Of "batch" and "batch normalisation" a title asks about the longer one.
        for term in sorted(asked_about, key=lambda term: -len(term.names[0]))[:1]:
            entry = re.search(rf"\b{re.escape(term.names[0])}, ([\d–, ]+)", text)
            assert entry, term.names
            seen += 1
            assert places[f"answer-{question.id}"] in written_pages(entry[1], printed), term.names
    assert seen >= (20 if built.is_large else 3)


def test_the_progress_sheet_has_a_row_for_each_question_with_its_page_and_that_of_its_answer(
    built: Built,
) -> None:
    path, guide = built.book(), built.guide
    printed, places = labels(path), pages_of(path)
    last = places["glossary"]
    rows = [
        each for each in references(path) if places["progress"] < each.page <= last and re.fullmatch(r"\d+", each.text)
    ]
    told = [(question.id, f"answer-{question.id}") for question in guide.questions]
    assert [each.text for each in rows] == [printed[places[name]] for pair in told for name in pair]


@pytest.mark.parametrize("edition", ["", "teacher", "answers"])
def test_a_note_stands_at_the_foot_of_the_page_of_its_mark(built: Built, edition: str) -> None:
    pages = [bare(page) for page in page_text(built.book(edition))]
    html = "".join(passage.html for chapter in built.guide.chapters for passage in chapter.passages)
    first, *others = html.split('<span class="footnote">')
    texts = [first.rpartition(">")[2], *(other.rpartition(">")[2] for other in others)]
    # A mark behind a tag has no word before it.
    marks = [(bare(text.split()[-1]), other) for text, other in zip(texts, others, strict=False) if text.split()]
    notes = [(word, bare(strip_tags(other.partition("</span>")[0]))[:30]) for word, other in marks if word]
    assert len(notes) >= (50 if built.is_large else 5)
    for word, note in notes:
        assert any(re.search(rf"{word}\d+.*{note}", page, re.DOTALL) for page in pages), note


# ---------------------------------------------------------------- multiple choice


def test_the_key_of_a_choice_gives_the_letter_and_says_why_the_others_are_wrong(tmp_path: Path) -> None:
    chapter = """\
## Which is two? {#two}

- [ ] `1`
  > That is one.
- [x] `2`
  > It is one
  > more than one.
- [ ] `3`

### Explanation
Count.
"""
    made = books(tmp_path, "", "-e", "guide", **{"01-letters.md": chapter})
    places, texts = pages_of(made[""]), page_text(made[""])
    question, answer = texts[places["two"]], texts[places["answer-two"]]
    assert "A 1 B 2 C 3" in question
    assert "That is one" not in question
    assert "Right: B A 1 That is one. B 2 It is one more than one. Explanation Count." in answer
    # A part that a question does not have leaves no label.
    assert "Hint" not in question
    assert "Pitfalls" not in answer


# ---------------------------------------------------------------- languages, machines


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (
            "de",
            [
                "Inhalt",
                "Wie man dieses Buch benutzt",
                "Antworten 1.1 bis 1.2 · Fragen auf Seite",
                "S. ",
                "31. Januar 2026",
                "Hinweis",
            ],
        ),
        (
            "fr",
            [
                "Table des matières",
                "Comment utiliser ce livre",
                "Réponses 1.1 à 1.2 · questions page",
                "31 janvier 2026",
                "Indice",
            ],
        ),
        (
            "es",
            [
                "Índice",
                "Cómo usar este libro",
                "Respuestas 1.1 a 1.2 · preguntas en la página",
                "31 de enero de 2026",
                "Pista",
            ],
        ),
        (
            "pt-BR",
            [
                "Sumário",
                "Como usar este livro",
                "Respostas 1.1 a 1.2 · perguntas na página",
                "31 de janeiro de 2026",
                "Dica",
            ],
        ),
        (
            "it",
            [
                "Indice",
                "Come usare questo libro",
                "Risposte da 1.1 a 1.2 · domande a pagina",
                "31 gennaio 2026",
                "Suggerimento",
            ],
        ),
        (
            "ru",
            [
                "Оглавление",
                "Как работать с этой книгой",
                "Ответы 1.1–1.2 · вопросы на странице",
                "31 января 2026 г.",
                "Подсказка",
            ],
        ),
    ],
)
def test_a_book_says_its_own_words_in_its_language(language: str, words: list[str], tmp_path: Path) -> None:
    config = SMALL["guide.toml"].replace('"en"', f'"{language}"')
    lay(tmp_path, {**SMALL, "guide.toml": config})
    assert build.main(["build", str(tmp_path), "-e", "guide", "--out", str(tmp_path / "dist"), "--quiet"]) == 0
    text = " ".join(page_text(tmp_path / "dist" / "a-small-guide.pdf")).replace("\u00ad ", "")
    # The author writes `### Hint` in any language.
    assert [word for word in words if word not in text] == []
    assert not re.search(r"\b(Contents|Answer|Hint|on page)\b", text)


@pytest.mark.nightly
def test_another_machines_fonts_and_settings_change_no_byte(tmp_path: Path, small: Path) -> None:
    fonts = tmp_path / "fonts.conf"
    fonts.write_text('<?xml version="1.0"?><fontconfig><dir>/usr/share/fonts</dir></fontconfig>')
    made = []
    for number, more in enumerate(
        [{}, {"FONTCONFIG_FILE": str(fonts), "HOME": str(tmp_path / "home"), "LANG": "tr_TR.UTF-8", "TZ": "Asia/Tokyo"}]
    ):
        out = tmp_path / f"out{number}"
        command = [sys.executable, ROOT / "build.py", "build", "content", "--no-cache", "--quiet", "--out", out]
        env = {**os.environ, "VIRTUAL_ENV": sys.prefix, **more}
        subprocess.run(command, check=True, env=env)
        made.append(listing(out))
    assert made[0] == made[1]
