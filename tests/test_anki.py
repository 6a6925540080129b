"""The deck for Anki: what a learner gets who imports it with Anki's own library, and what a later version changes."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pypdfium2
import pytest
from anki.collection import Card, Collection, ImportAnkiPackageOptions, ImportAnkiPackageRequest
from conftest import PIXEL, ROOT, commit, lay
from every_kind import EVERY_KIND

import build

SETTINGS = 'title = "Sums::and {{more}}"\nlanguage = "en"\ndate = 2026-01-31\n\n[editions.anki]\noutput = "anki"\n'
DRAWING = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 50" width="100" height="50"><path d="M0 0h100v50"/></svg>'
)
CHAPTER = r"""---
title: Sums
---
## How much is $1 + 1$? {#two .easy tags="adding"}

### Hint
More than one.

### Answer
Two: $$1 + 1 = 2 \tag{1}$$ as [the next](#three) shows.

## How much is 1 + 2? {#three .hard}

### Answer
Three.
"""
TRAPS = r"""
## What does `{{x}}` print, and \\[y\\]? {#traps}

It says [sound:a.mp3], [latex]b[/latex] and `\(c\)`, and 1 < 2 &amp; 3. See [a page](https://example.org/?a=1&b=2).

![A line](<figures/my line.svg> "Its caption")

![A dot](figures/dot.png)

### Answer
$\newcommand{\half}[1]{\frac{#1}{2}} \half{{x}} < 1$ and $\ce{2H2 + O2 -> 2H2O}$.[^note]

```python
print("<b>{{x}}</b>")
```

[^note]: A *note*.
"""


class Learner:
    """Somebody with an Anki of her own."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True)
        self.collection = Collection(str(folder / "collection.anki2"))

    def take(self, deck: Path) -> dict[str, int]:
        """Import a deck as Anki does by itself; return the numbers of its notes that were new, changed and left as they are."""
        request = ImportAnkiPackageRequest(package_path=str(deck), options=ImportAnkiPackageOptions())
        log = self.collection.import_anki_package(request).log
        assert not log.conflicting and not log.missing_notetype and not log.missing_deck and not log.empty_first_field
        return {"new": len(log.new), "changed": len(log.updated), "same": len(log.duplicate)}

    @property
    def cards(self) -> dict[str, Card]:
        """The cards by the identifiers of their questions, in the order in which Anki shows them first."""
        numbers = self.collection.db.list("select id from cards order by due") if self.collection.db else []
        cards = [self.collection.get_card(number) for number in numbers]
        return {card.note()["Id"]: card for card in cards}

    def list_decks(self) -> list[str]:
        return [each.name.replace("\x1f", "::") for each in self.collection.decks.all_names_and_ids()][1:]


@pytest.fixture
def learner(tmp_path: Path) -> Iterator[Learner]:
    one = Learner(tmp_path / "learner")
    yield one
    one.collection.close()


def make_deck(folder: Path, chapter: str = CHAPTER, settings: str = SETTINGS, *options: str) -> Path:
    files = {"guide.toml": settings, "01-sums.md": chapter, "figures/my line.svg": DRAWING}
    (lay(folder / "content", files) / "figures/dot.png").write_bytes(PIXEL)
    options = options or ("-e", "anki")
    assert build.main(["build", str(folder / "content"), "-q", "-o", str(folder / "dist"), *options]) == 0
    (deck,) = (folder / "dist").glob("*.apkg")
    return deck


def strip(markup: str) -> str:
    """Return what a face of a card shows, without the styles."""
    return re.sub(r"\s+", " ", re.sub(r"<style>.*?</style>|<[^>]*>", " ", markup, flags=re.DOTALL)).strip()


def test_each_question_of_the_sample_is_a_card_in_the_deck_of_its_chapter(tmp_path: Path, learner: Learner) -> None:
    content = shutil.copytree(ROOT / "tests/sample", tmp_path / "content")
    with (content / "guide.toml").open("a") as settings:
        settings.write('\n[editions.anki]\noutput = "anki"\nglossary = true\n')
    assert build.main(["build", str(tmp_path / "content"), "-q", "-e", "anki", "-o", str(tmp_path)]) == 0
    chapters = [path.read_text() for path in sorted(content.glob("0*.md")) if "glossary" not in path.name]
    asked = re.findall(r"^## .*\{#([\w-]+) ", "\n".join(chapters), re.MULTILINE)
    assert learner.take(tmp_path / "bread-anki.apkg") == {"new": 26, "changed": 0, "same": 0}
    assert list(learner.cards)[:12] == asked[:12]
    title = "The Sample Guide to Bread"
    assert learner.list_decks() == [
        title, f"{title}::1 Flour and water", f"{title}::2 Dough", f"{title}::3 The oven", f"{title}::Glossary",
    ]  # fmt: skip
    flour = learner.cards["flour"]
    assert learner.collection.decks.name(flour.did) == f"{title}::1 Flour and water"
    assert flour.note().tags == ["chapter::flour-and-water", "difficulty::easy", "flour"]
    assert "Think of what is inside" in flour.note()["Hint"]
    media = learner.collection.media.check()
    assert (list(media.missing), list(media.unused)) == ([], [])
    assert strip(learner.cards["term-gluten"].question()) == "Glossary Gluten"


def test_the_words_of_gaps_stand_on_the_card_at_the_part_of_the_question_that_has_them(
    tmp_path: Path, learner: Learner
) -> None:
    parts = (
        "### (a) One?\n\n#### Answer\nFirstly.\n\n### (b) A [____](gap)\n\n### (c) Three?\n\n#### Answer\nThirdly.\n"
    )
    learner.take(make_deck(tmp_path, f"## Which? {{#which}}\n\n{parts}"))
    back = strip(learner.cards["which"].answer())
    assert "(a) Firstly. (b) gap (c) Thirdly." in back
    assert "Right:" not in back


def test_the_words_of_gaps_are_on_the_card_of_a_deck_without_answers(tmp_path: Path, learner: Learner) -> None:
    chapter = "## Which? {#which}\n\n### (a) One [____](gap)\n\n### (b) Two?\n\n#### Answer\nSecondly.\n"
    learner.take(make_deck(tmp_path, chapter, f'{SETTINGS}in-key = ["explanation"]\n'))
    back = strip(learner.cards["which"].answer())
    assert "(a) gap" in back
    assert "Secondly" not in back


def test_the_back_of_every_kind_of_question_says_what_is_right_and_the_front_does_not(
    tmp_path: Path, learner: Learner
) -> None:
    learner.take(make_deck(tmp_path, EVERY_KIND))
    fronts = {name: strip(card.question()) for name, card in learner.cards.items()}
    backs = {name: strip(card.answer()) for name, card in learner.cards.items()}
    assert fronts["mammals"].endswith("A A whale B A shark C A bat More than one option is right.")
    assert "✓ A A whale ✗ B A shark ✓ C A bat" in backs["mammals"]
    assert "✓ A True ✗ B False" in backs["sun"]
    assert "______" in fronts["capital"]
    assert "Paris" not in fronts["capital"]
    assert "Right: Paris" in backs["capital"]
    assert "Right: (1) hydrogen ; (2) oxygen / O2" in backs["water"]
    assert "19.6 ± 0.1" in backs["stone"]
    pairs = dict(re.findall(r"([A-C]) (Italy|Greece|Peru)", fronts["match"]))
    letters = {country: letter for letter, country in pairs.items()}
    assert f"1 Rome {letters['Italy']} Italy 2 Athens {letters['Greece']} Greece" in backs["match"]
    assert re.search(r"Right order: [A-C] The forward pass [A-C] The loss [A-C] The backward pass", backs["steps"])
    assert not re.search("forward pass.*loss.*backward pass", fronts["steps"])
    assert "She coughs, too." in fronts["first"]
    assert "She coughs, too." in fronts["next"]
    assert "(b) How many biases?" in fronts["net"]
    assert "(a) Twenty. (b) Six." in backs["net"]
    assert "Two matrices." in fronts["net"]  # Anki hides it until somebody asks for it
    assert 'style="display: none"' in learner.cards["net"].question()


def test_a_later_deck_changes_what_was_edited_and_keeps_the_schedule(tmp_path: Path, learner: Learner) -> None:
    assert learner.take(make_deck(tmp_path)) == {"new": 2, "changed": 0, "same": 0}
    scheduler = learner.collection.sched
    scheduler.set_due_date([learner.cards["two"].id], "5")
    before = learner.cards["two"]
    assert (before.ivl, before.queue) == (5, 2)
    added = "\n## How much is 1 + 3? {#four}\n\n### Answer\nFour.\n"
    edited = CHAPTER.replace("More than one.", "Less than three.").replace("# Sums", "# Adding") + added
    later = make_deck(tmp_path, edited, SETTINGS.replace("2026-01-31", "2026-02-01"))
    assert learner.take(later) == {"new": 1, "changed": 2, "same": 0}
    assert list(learner.cards) == ["three", "four", "two"]  # the one that was learnt is due in five days
    after = learner.cards["two"]
    assert "Less than three." in after.note()["Hint"]
    assert (after.id, after.ivl, after.due, after.queue) == (before.id, before.ivl, before.due, before.queue)
    assert learner.take(later) == {"new": 0, "changed": 0, "same": 3}


def test_a_new_question_makes_the_cards_of_its_own_chapter_anew_and_no_others(
    tmp_path: Path, learner: Learner, capsys: pytest.CaptureFixture[str]
) -> None:
    other = "---\ntitle: Others\n---\n## Why? {#why}\n\n### Answer\nAs in [that](#three).\n"
    content = lay(
        tmp_path / "content",
        {"guide.toml": SETTINGS, "01-sums.md": "---\ntitle: A\n---\n## So? {#so}\n\n### Answer\nYes.\n"},
    )
    lay(content, {"02-more.md": CHAPTER, "03-others.md": other})
    order = ["build", str(content), "-o", str(tmp_path / "dist"), "-e", "anki"]
    assert build.main(order) == 0
    assert "3 pieces set anew" in capsys.readouterr().out
    with (content / "01-sums.md").open("a") as chapter:
        chapter.write("\n## And so? {#and}\n\n### Answer\nYes.\n")
    assert build.main(order) == 0
    assert "1 piece set anew" in capsys.readouterr().out
    learner.take(next((tmp_path / "dist").glob("*.apkg")))
    assert "As in that (2.2)" in strip(learner.cards["why"].answer())


@pytest.mark.parametrize("clock", ["SOURCE_DATE_EPOCH", "commit"])
def test_of_two_decks_of_one_day_the_later_changes_what_was_edited_and_the_earlier_nothing(
    clock: str, tmp_path: Path, learner: Learner, monkeypatch: pytest.MonkeyPatch
) -> None:
    undated = SETTINGS.replace("date = 2026-01-31\n", "")
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    monkeypatch.chdir(tmp_path)
    noon = 1_769_860_800

    def hand_out(hint: str, seconds: int) -> Path:
        chapter = CHAPTER.replace("More than one.", hint)
        if clock == "commit":
            lay(tmp_path / "content", {"guide.toml": undated, "01-sums.md": chapter, "figures/my line.svg": DRAWING})
            commit(tmp_path / "content", seconds)
        else:
            monkeypatch.setenv(clock, str(seconds))
        return shutil.copy(make_deck(tmp_path, chapter, undated), tmp_path / f"{hint}.apkg")

    first = hand_out("First.", noon)
    later = hand_out("Later.", noon + 1)
    uncommitted = make_deck(tmp_path, CHAPTER.replace("More than one.", "Uncommitted."), undated)
    assert learner.take(first) == {"new": 2, "changed": 0, "same": 0}
    assert learner.take(later) == {"new": 0, "changed": 2, "same": 0}
    assert "Later." in learner.cards["two"].note()["Hint"]
    for same in (uncommitted, first):
        assert learner.take(same) == {"new": 0, "changed": 0, "same": 2}
    assert "Later." in learner.cards["two"].note()["Hint"]


def test_the_same_content_gives_the_same_deck_and_decks_of_other_guides_stay_apart(
    tmp_path: Path, learner: Learner
) -> None:
    one, same = make_deck(tmp_path / "one"), make_deck(tmp_path / "same")
    assert one.read_bytes() == same.read_bytes()
    other = make_deck(tmp_path / "other", settings=SETTINGS.replace("Sums::and", "Products and"))
    assert learner.take(one) == {"new": 2, "changed": 0, "same": 0}
    assert learner.take(other) == {"new": 2, "changed": 0, "same": 0}
    names = ["Products and {{more}}", "Products and {{more}}::1 Sums", "Sums∷and {{more}}", "Sums∷and {{more}}::1 Sums"]
    assert learner.list_decks() == names


def test_the_back_names_the_page_on_which_the_printed_book_asks(tmp_path: Path, learner: Learner) -> None:
    blank = "\n".join(f"## What is number {number}? {{#n{number}}}\n\n### Answer\nIt.\n" for number in range(1, 40))
    learner.take(make_deck(tmp_path, CHAPTER + blank, SETTINGS, "-e", "anki", "-e", "guide"))
    document = pypdfium2.PdfDocument(next((tmp_path / "dist").glob("*.pdf")))
    pages = {
        document.get_page_label(number): page.get_textpage().get_text_range() for number, page in enumerate(document)
    }
    found = set()
    for number in (1, 20, 39):
        foot = strip(learner.cards[f"n{number}"].answer()).rpartition("It. ")[2]
        label = re.fullmatch(rf"1\.{number + 2} · Sums::and {{{{more}}}}, p\. (\d+)", foot)
        assert label, foot
        assert f"What is number {number}?" in pages[label[1]].replace("\xa0", " ")
        found.add(label[1])
    assert len(found) > 1
    alone = Learner(tmp_path / "another")
    alone.take(make_deck(tmp_path, CHAPTER))
    assert strip(alone.cards["three"].answer()).endswith("Three. 1.2")
    alone.collection.close()


def test_what_would_be_a_command_of_anki_or_mathjax_is_shown_as_it_is(tmp_path: Path, learner: Learner) -> None:
    learner.take(make_deck(tmp_path, CHAPTER + TRAPS))
    card = learner.cards["traps"]
    note = card.note()
    assert not card.question_av_tags()
    front, back = strip(card.question()), strip(card.answer())
    assert "What does {{x}} print" in front
    assert "&#91;sound:a.mp3], &#91;latex]b&#91;/latex] and \\(c\\)" in front
    assert r"<code>\(c\)</code>" in note["Details"]  # MathJax leaves code alone
    assert '<span class="tex2jax_ignore">\\</span>[y' in note["Question"]
    assert '<a href="https://example.org/?a=1&amp;b=2">a page</a>' in note["Details"]
    assert r"\( \frac{{x}}{2}  &lt; 1\)" in note["Answer"]
    assert r"\(\ce{2H2 + O2 -&gt; 2H2O}\)" in note["Answer"]
    assert '<span class="footnote">(A <em>note</em>.)</span>' in note["Answer"]
    assert 'print("&lt;b&gt;{{x}}&lt;/b&gt;")' in note["Answer"]
    assert "{{x}}" in back
    assert r"\[1 + 1 = 2 \tag{1}\]" in learner.cards["two"].note()["Answer"]
    assert 'the next <span class="see">(1.2)</span> shows' in learner.cards["two"].note()["Answer"]
    pictures = re.findall(r'<img src="([0-9a-f]{16}-(?:my-line\.svg|dot\.png))" alt="(A line|A dot)">', note["Details"])
    folder = Path(learner.collection.media.dir())
    assert [(folder / name).read_bytes() for name, _ in pictures] == [DRAWING.encode(), PIXEL]


def test_a_question_without_an_answer_or_outside_the_edition_is_no_card(tmp_path: Path, learner: Learner) -> None:
    unanswered = CHAPTER + "\n## Who knows? {#nobody .hard}\n"
    settings = SETTINGS + 'difficulties = ["hard"]\n'
    learner.take(make_deck(tmp_path, unanswered, settings, "-e", "anki", "--allow-missing-answers"))
    assert list(learner.cards) == ["three"]


def test_a_card_says_its_words_in_the_language_of_the_guide(tmp_path: Path, learner: Learner) -> None:
    first = "## كم يساوي واحد زائد واحد؟ {#two}\n\n### تلميح\nأكثر من واحد.\n\n### الإجابة\nاثنان.\n"
    second = "## Wie viel ist 1 + 2? {#three lang=de}\n\n### الإجابة\nDrei.\n"
    learner.take(make_deck(tmp_path, f"---\ntitle: الجمع\n---\n{first}\n{second}", SETTINGS.replace('"en"', '"ar"')))
    front = learner.cards["two"].question()
    assert '<div class="guide front" dir="rtl" lang="ar">' in front
    assert "تلميح" in front
    assert learner.cards["three"].note()["Answer"] == '<div lang="de" dir="ltr"><p>Drei.</p></div>'


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ('pages = "nowhere"', "`pages` is `nowhere`"),
        ('reveal = "inline"', '`reveal` is a key of editions with `output = "epub"`, and `anki` has `output = "anki"`'),
        ("glossary = 1", "write `true` or `false`"),
        ('[editions.second]\noutput = "anki"\nsuffix = "-anki"', "would be written to one file, `…-anki.apkg`"),
    ],
)
def test_a_wrong_setting_of_a_deck_is_one_message(
    line: str, found: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lay(tmp_path, {"content/guide.toml": f"{SETTINGS}{line}\n", "content/01-sums.md": CHAPTER})
    assert build.main(["check", str(tmp_path / "content")]) == 1
    printed = "".join(capsys.readouterr())
    assert found in printed
    assert printed.count("[wrong-value]") + printed.count("[unknown-key]") == 1
