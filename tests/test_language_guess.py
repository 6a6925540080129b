"""A guide that states no language is made in the one that its text is in, and the build says so."""

import tomllib
from pathlib import Path

import pytest
from conftest import ROOT, documents, entries, lay

import build
from studyguide.importers.vocabulary import LANGUAGES
from studyguide.language_guess import guess_language, name_language

GERMAN = """\
## Warum rostet Eisen an feuchter Luft, aber nicht im trockenen Raum? {#rost}

### Answer
Das Eisen gibt Elektronen an den Sauerstoff ab, und das Wasser leitet die Ionen. Ohne Wasser ist der Kreis nicht geschlossen.

## Wie schützt eine Schicht aus Zink das Blech, wenn sie einen Kratzer hat? {#zink}

### Answer
Zink ist das unedlere Metall und wird zuerst zersetzt. Es opfert sich für das Eisen, auch wenn die Schicht nicht mehr dicht ist.
"""
FOREIGN_GERMAN = """\
# Fragen zur Chemie

## 1. Warum rostet Eisen an feuchter Luft, aber nicht im trockenen Raum?

Das Eisen gibt Elektronen an den Sauerstoff ab, und das Wasser leitet die Ionen. Ohne Wasser ist der Kreis nicht geschlossen.

## 2. Wie schützt eine Schicht aus Zink das Blech, wenn sie einen Kratzer hat?

Zink ist das unedlere Metall und wird zuerst zersetzt. Es opfert sich für das Eisen, auch wenn die Schicht nicht mehr dicht ist.
"""
SAID = 'language: German, guessed from its text; `language = "…"` in guide.toml states another'
TEXTS = {
    "ar": "ما هو الصدأ؟ هو طبقة تتكون على الحديد عندما يلامس الماء والهواء في وقت واحد.",
    "bg": "Защо желязото ръждясва? Това е така, защото водата и въздухът са заедно на повърхността. Ако е сухо, не се случва, но може да е бавно.",
    "bn": "লোহায় মরিচা পড়ে কেন? কারণ জল আর বাতাস একসঙ্গে লোহার উপর কাজ করে।",
    "cs": "Proč železo rezaví? Protože voda a vzduch jsou na něm zároveň. Když je sucho, není to tak rychlé, ale může to být jen otázka času.",
    "da": "Hvorfor ruster jern? Det er, fordi vand og luft er på det samtidig. Hvad sker der, når det ikke er vådt? Det bliver ikke brunt, men det kan ske efter lang tid.",
    "de": GERMAN,
    "el": "Γιατί σκουριάζει ο σίδηρος; Επειδή το νερό και ο αέρας δρουν μαζί.",
    "en": "Why does iron rust? It is because water and air are on it at the same time.",
    "es": "¿Por qué se oxida el hierro? Porque el agua y el aire están en la superficie al mismo tiempo. Cuando la pieza es seca, no se oxida, pero puede ser lento.",
    "fa": "چرا آهن زنگ می‌زند؟ چون آب و هوا با هم روی سطح آن کار می‌کنند و گرما هم کمک می‌کند.",
    "fi": "Miksi rauta ruostuu? Se johtuu siitä, että vesi ja ilma ovat sen pinnalla. Jos se on kuiva, niin mitä tapahtuu? Se ei ruostu, mutta voi silti tummua, kun aika kuluu.",
    "fr": "Pourquoi le fer rouille-t-il ? Parce que l'eau et l'air sont sur la surface au même moment. Quand il est sec, il ne rouille pas, mais cela peut être une question de temps.",
    "he": "למה ברזל מחליד? כי מים ואוויר פועלים עליו יחד.",
    "hi": "लोहे में जंग क्यों लगती है? क्योंकि पानी और हवा एक साथ उस पर काम करते हैं।",
    "hu": "Miért rozsdásodik a vas? Mert a víz és a levegő egyszerre van jelen. Ha száraz, akkor nem, de az is lehet, hogy csak lassan, mint a réz.",
    "id": "Mengapa besi berkarat? Karena air dan udara ada di permukaan pada saat yang sama. Jika kering, hal ini tidak terjadi, atau dapat lebih lambat dengan lapisan yang baik.",
    "it": "Perché il ferro si arrugginisce? Perché l'acqua e l'aria sono sulla superficie. Quando è secco non succede, ma si può vedere anche una macchia che con il tempo è più grande.",
    "ja": "鉄はなぜ錆びるのですか。水と空気が同時に触れるからです。",
    "ko": "철은 왜 녹이 스는가? 물과 공기가 동시에 닿기 때문이다.",
    "nb": "Hvorfor ruster jern? Det er fordi vann og luft er på det samtidig. Hva skjer når det ikke er vått? Det blir ikke brunt, men det kan skje etter lang tid.",
    "nl": "Waarom roest ijzer? Omdat water en lucht er tegelijk bij zijn. Als het droog is, wordt het niet bruin, maar dat kan ook langzaam gaan door het zout van de zee.",
    "pl": "Dlaczego żelazo rdzewieje? To dlatego, że woda i powietrze są na nim razem. Gdy jest sucho, nie dzieje się to szybko, ale może być tylko kwestią czasu.",
    "pt": "Por que o ferro enferruja? Porque a água e o ar estão na superfície ao mesmo tempo. Quando não há água, isso não acontece, mas pode ser mais lento do que se pensa.",
    "ro": "De ce ruginește fierul? Pentru că apa și aerul sunt pe el în același timp. Când este uscat nu se întâmplă, dar poate fi mai lent din cauza unui strat care este între ele.",
    "ru": "Почему железо ржавеет? Это происходит, когда на нём есть вода и воздух.",
    "sv": "Varför rostar järn? Det är för att vatten och luft är på det samtidigt. Vad händer när det inte är vått? Det blir inte brunt, men det kan ske efter lång tid.",
    "ta": "இரும்பு ஏன் துருப்பிடிக்கிறது? நீரும் காற்றும் ஒன்றாகச் செயல்படுவதால்.",
    "te": "ఇనుము ఎందుకు తుప్పు పడుతుంది? నీరు మరియు గాలి కలిసి పనిచేస్తాయి కాబట్టి.",
    "th": "ทำไมเหล็กจึงเป็นสนิม เพราะน้ำและอากาศทำงานร่วมกัน",
    "tr": "Demir neden paslanır? Çünkü su ve hava bir anda yüzeydedir. Kuru olan bir parça için bu olay çok yavaş olur, ama her şey gibi o da daha sonra var olur ve bu değil ne?",
    "uk": "Чому залізо іржавіє? Це відбувається, коли на ньому є вода і повітря, або якщо воно вологе.",
    "ur": "لوہے کو زنگ کیوں لگتا ہے؟ کیونکہ پانی اور ہوا ایک ساتھ اس پر اثر کرتے ہیں۔",
    "vi": "Tại sao sắt bị gỉ? Vì nước và không khí cùng có ở trên bề mặt. Khi khô thì sắt không bị gỉ, hoặc sẽ gỉ chậm hơn như những gì được nói.",
    "zh-Hans": "铁为什么会生锈？因为水和空气同时与它接触。",
    "zh-Hant": "鐵為什麼會生鏽？因為水和空氣同時與它接觸。",
}  # fmt: skip


@pytest.mark.parametrize("language", sorted(TEXTS))
def test_a_few_sentences_show_their_language(language: str) -> None:
    assert guess_language(TEXTS[language]) == language
    assert name_language(language).istitle() or language.startswith("zh")


def test_every_language_that_has_a_name_is_tried_here_and_every_vocabulary_is_of_one() -> None:
    table = tomllib.loads((ROOT / "studyguide" / "language_guess.toml").read_text(encoding="utf-8"))
    assert set(table) == set(TEXTS)
    assert set(LANGUAGES) <= {tag.partition("-")[0] for tag in table}
    for tag, row in table.items():
        words = row.get("words", ["none"])
        assert len(set(words)) == len(words), tag
        assert [word for word in words if word != word.casefold()] == [], tag


@pytest.mark.parametrize(
    "text",
    [
        "",
        "## 42?\n\n### Answer\n42\n",
        "## Was ist das?\n\n### Answer\nEin Haus.\n",  # two sentences may be an example
        "The words **der, die, das und den dem des** are articles: which of them is used depends on the case, and on that of the noun.\n",
        "A tensor is a map. Its Greek letters, α, β, γ, δ and ε, are the names of the angles that it has in the plane.\n",
        "Four words for a word: λόγος, слово, мило; ἀριθμός, число and מספר. None of them is of the text that speaks about them.\n",
        f'The word <span lang="ru">{"число " * 20}</span> is one of those that state their language.\n',
        f"It prints what it is told to.\n\n```text\n{TEXTS['ru'] * 9}\n```\n\n`{TEXTS['ja']}` and <!-- {TEXTS['de']} --> are no prose.\n",
        f"See [the page](https://example.org/{'ли' * 90}) for more about it, and $\\text{{{'щ' * 90}}}$ for the rest of that.\n",
    ],
)
def test_english_is_the_guess_in_doubt(text: str) -> None:
    assert guess_language(text) == "en"


def test_technical_words_in_latin_letters_and_code_do_not_hide_the_language() -> None:
    assert (
        guess_language("## React Hooks 是什么？\n\nuseState 和 useEffect 是 React 16.8 的新特性 (feature)。\n")
        == "zh-Hans"
    )
    assert (
        guess_language(
            f"{GERMAN}\n```python\n{'for the_item in a_list: print(the_item)  # it is the item' * 50}\n```\n"
        )
        == "de"
    )


def build_tablet(capsys: pytest.CaptureFixture[str], source: str = "content") -> list[str]:
    """Build the EPUB of a source and return the lines of messages."""
    assert build.main(["build", source, "-q", "-j", "1", "-e", "tablet"]) == 0
    return capsys.readouterr().err.splitlines()


def read_epub(folder: Path) -> tuple[str, str]:
    """Return the package document and the table of contents of the one EPUB in a folder."""
    (path,) = (folder / "dist").glob("*.epub")
    found = entries(path)
    package = next(data.decode() for name, data in found.items() if name.endswith(".opf"))
    return package, "".join(documents(found)["nav.xhtml"].itertext())


@pytest.mark.parametrize(("name", "text"), [("01-a.md", GERMAN), ("README.md", FOREIGN_GERMAN)])
def test_a_guide_without_a_language_gets_that_of_its_text_and_the_build_says_so_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], name: str, text: str
) -> None:
    monkeypatch.chdir(tmp_path)
    lay(tmp_path / "content", {name: text})
    said = build_tablet(capsys, f"content/{name}" if name == "README.md" else "content")
    assert said.count(SAID) == 1
    package, contents = read_epub(tmp_path)
    assert "<dc:language>de</dc:language>" in package
    assert "Inhalt" in contents


def test_the_language_of_guide_toml_is_taken_and_nothing_is_said_of_a_guess(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    lay(tmp_path / "content", {"guide.toml": 'title = "Eisen"\nlanguage = "fr"\n', "01-a.md": GERMAN})
    assert not any("guessed" in line for line in build_tablet(capsys))
    assert "<dc:language>fr</dc:language>" in read_epub(tmp_path)[0]


def test_a_language_without_words_of_a_book_is_guessed_too_and_the_line_says_which_words_it_has(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    question, _, answer = TEXTS["sv"].partition("? ")
    lay(tmp_path / "content", {"01-a.md": f"## {question}? {{#rost}}\n\n### Answer\n{answer}\n"})
    assert build_tablet(capsys)[0] == (
        "language: Swedish, guessed from its text, contents and labels are in English; "
        '`language = "…"` in guide.toml states another'
    )
    assert "<dc:language>sv</dc:language>" in read_epub(tmp_path)[0]


def test_questions_that_state_their_language_do_not_count_for_that_of_the_book(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    english = "## What does this German text say? {#what}\n\n### Answer\nIt says why iron rusts.\n\n"
    lay(
        tmp_path / "content",
        {"01-a.md": english + GERMAN.replace("#rost", "#rost lang=de").replace("#zink", "#zink lang=de")},
    )
    assert not any("guessed" in line for line in build_tablet(capsys))
    assert "<dc:language>en</dc:language>" in read_epub(tmp_path)[0]


def test_an_import_writes_down_the_language_that_was_guessed_and_check_says_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    lay(tmp_path, {"README.md": FOREIGN_GERMAN})
    assert build.main(["check", "README.md"]) == 0
    assert SAID in "".join(capsys.readouterr()).splitlines()
    assert build.main(["import", "README.md", "--to", "content"]) == 0
    config = tomllib.loads((tmp_path / "content" / "guide.toml").read_text(encoding="utf-8"))
    assert config == {"title": "Fragen zur Chemie", "language": "de"}
