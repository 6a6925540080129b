"""Questions leave for programs for quizzes, and come back: the same options, answers, pairs, orders and blanks."""

import io
import re
import zipfile
from pathlib import Path
from typing import Any

import pytest
from conftest import PIXEL, dump_questions, find_question, lay
from lxml import etree

import build
from studyguide import cli
from studyguide.exchange import FORMATS, export_guide
from studyguide.importers.quizzes.html_markdown import convert_html
from studyguide.kinds.blanks import convert_number
from studyguide.pipeline import read_guide
from studyguide.reading.project import read_project

GUIDE = r"""---
title: Every kind
---
An introduction.

# Facts {#facts}

## The capital of France is [____](<Paris; City of Light>). {#capital .easy tags="towns europe"}

### Hint
It has a tower.

## How fast is a stone after 2 s? {#stone marks=2}

It falls with [____](<19.6 ± 0.1>) m/s.

### Explanation
$v = gt$, and $v < c$.

## Water is [____](hydrogen) and [____](<oxygen; O{2}~x/y>), [____](<18.02 ± 0.01>) g/mol. {#water}

## The sun rises in the east. {#sun}

- [x] True
  > It turns to the *east*.
- [ ] False
  > Then it would set there.

## Which one is a mammal? {#mammal}

![A *whale*](whale.png)

- [x] A whale: it = has {milk}
  > Calves drink it.
- [ ] A shark ~ a fish
- [ ] #3

## Which animals are mammals? {#mammals}

- [x] A whale
- [ ] A shark
- [x] A bat

# Order {#order}

## Which capital belongs to which country? {#match .matching}

| Capital | Country |
| --- | --- |
| Rome | Italy |
| Athens | Greece |
| Lima | Peru |
| Oslo | \<i> & Norway = {x} |

## In which order does training go on? {#steps .ordering}

1. The forward pass
2. The loss
3. The backward pass, `{a} = b`: $a < b$

## What is `a_b * c`, and what does this print? {#code}

```python
print("a\nb")

# {done}
```

- one
- two

| a | b |
| --- | --- |
| 1 | $x^2$ |

$$
\frac{a}{b}
$$

### Answer
A sum, **as** [they say](https://example.org/a_b).

### Pitfalls
None.
"""
HELD = {
    "moodle-xml": ["capital", "stone", "water", "sun", "mammal", "mammals", "match", "steps", "code"],
    "gift": ["capital", "stone", "sun", "mammal", "mammals", "match", "steps", "code"],
    "qti": ["capital", "stone", "water", "sun", "mammal", "mammals", "match", "steps", "code"],
}
ENDINGS = {"moodle-xml": "xml", "gift": "gift", "qti": "zip"}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    lay(tmp_path, {"content/01-kinds.md": GUIDE})
    (tmp_path / "content" / "whale.png").write_bytes(PIXEL)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def pick_facts(question: dict[str, Any]) -> dict[str, Any]:
    """Return what a question must not lose on its way."""
    names = ("title", "kind", "choices", "items", "blanks")
    return {name: question[name] for name in names}


@pytest.mark.parametrize("form", HELD)
def test_what_a_format_can_hold_comes_back_from_it(folder: Path, form: str, capsys: pytest.CaptureFixture[str]) -> None:
    file = f"quiz.{ENDINGS[form]}"
    assert build.main(["export", "content", "--to", form, "-o", file]) == 0
    assert build.main(["import", file, "--to", "new"]) == 0
    assert "every one accounted for" in capsys.readouterr().out
    before, after = dump_questions("content"), dump_questions("new")
    assert list(after) == HELD[form]
    for name in HELD[form]:
        assert pick_facts(after[name]) == pick_facts(before[name])
    if form != "qti":
        assert after["capital"]["difficulty"] == "easy"
        assert after["capital"]["tags"] == ["towns", "europe"]
    assert after["capital"]["parts"] == {"hint": "It has a tower."}
    assert after["stone"]["parts"] == {"explanation": "$v = gt$, and $v < c$."}
    assert after["code"]["parts"] == before["code"]["parts"]
    for words in ('print("a\\nb")\n\n# {done}', "- one\n- two", "| 1 | $x^2$ |", "$$\n\\frac{a}{b}\n$$"):
        assert words in after["code"]["stem"]
    reasons = [str(choice.reason.markdown) for choice in find_question("new", "sun").choices]
    assert reasons == ["It turns to the *east*.", "Then it would set there."]
    assert build.main(["check", "new"]) == 0


@pytest.mark.parametrize("form", ["moodle-xml", "qti"])
def test_marks_and_pictures_come_back(folder: Path, form: str) -> None:
    file = f"quiz.{ENDINGS[form]}"
    assert build.main(["export", "content", "--to", form, "-o", file]) == 0
    assert build.main(["import", file, "--to", "new"]) == 0
    assert find_question("new", "stone").marks == 2
    (figure,) = find_question("new", "mammal").stem.figures
    assert (folder / "new" / figure.path).read_bytes() == PIXEL


def test_what_a_format_cannot_hold_is_said_with_its_place(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert build.main(["export", "content", "--to", "gift", "-o", "quiz.gift"]) == 0
    *lines, last = capsys.readouterr().out.splitlines()
    assert last == "8 questions written to quiz.gift, 4 losses"
    assert lines == [
        "content/01-kinds.md:1:1: the introduction of `Every kind` is not written",
        "content/01-kinds.md:13:1: `How fast is a stone after 2 s?` is written without its marks",
        "content/01-kinds.md:20:1: `Water is ______ and ______, ______ g/mol.` is not written: GIFT has no questions with several blanks; Moodle XML has",
        "content/01-kinds.md:29:1: `Which one is a mammal?` is written without the picture `whale.png`",
    ]


def test_an_answer_that_gift_would_take_for_a_pair_is_not_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    lay(tmp_path, {"content/01-a.md": "## The mapping is [____](<a -%3E b>). {#map}\n\n## 1 + 1 = [____](2) {#sum}\n"})
    monkeypatch.chdir(tmp_path)
    assert build.main(["export", "content", "--to", "gift", "-o", "a.gift"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "content/01-a.md:1:1: `The mapping is ______.` is not written: GIFT takes the `->` in its answer for the sign of a pair",
        "1 question written to a.gift, 1 loss",
    ]


def test_gift_is_written_as_moodle_reads_it(folder: Path) -> None:
    assert build.main(["export", "content", "--to", "gift", "-o", "quiz.gift"]) == 0
    text = (folder / "quiz.gift").read_text(encoding="utf-8")
    assert "::[html]<p>The capital of France is {=Paris =City of Light####" in text
    assert "falls with {#19.6:0.1####" in text
    assert "{TRUE#Then it would set there.#It turns to the <em>east</em>.}" in text
    assert "=A whale\\: it \\= has \\{milk\\}#Calves drink it.\n~A shark \\~ a fish\n~\\#3\n}" in text
    assert "~%50%A whale\n~%-100%A shark\n~%50%A bat\n" in text
    assert "{\n=Rome -> Italy\n=Athens -> Greece\n=Lima -> Peru\n=Oslo -> &lt;i&gt; &amp; Norway \\= \\{x\\}\n}" in text
    assert "{>3 ALL VERTICAL ABSOLUTE_POSITION\nThe forward pass\n" in text
    assert "<code>&#123;a&#125; &#61; b</code>: &#92;(a &lt; b&#92;)\n}" in text
    assert "$CATEGORY: $course$/top/Every kind/Order" in text


def test_a_cloze_of_moodle_has_its_answers_in_its_gaps(folder: Path) -> None:
    assert build.main(["export", "content", "--to", "moodle-xml", "-o", "quiz.xml"]) == 0
    root = etree.parse("quiz.xml").getroot()
    types = [question.get("type") for question in root if question.get("type") != "category"]
    assert types == [
        "shortanswer",
        "numerical",
        "cloze",
        "truefalse",
        "multichoice",
        "multichoice",
        "matching",
        "ordering",
        "essay",
    ]
    (cloze,) = root.xpath("question[@type='cloze']/questiontext/text/text()")
    assert r"{1:SHORTANSWER:=oxygen~=O\{2\}\~x\/y}, {1:NUMERICAL:=18.02:0.01}" in cloze
    assert root.xpath("//file/@name") == ["whale.png"]
    assert root.xpath("question[@type='numerical']/answer/tolerance/text()") == ["0.1"]


# The order of what may stand in an element, from the information model of QTI 2.1, and what must.
CHILDREN = {
    "assessmentItem": "responseDeclaration* outcomeDeclaration* itemBody? responseProcessing? modalFeedback*",
    "responseDeclaration": "correctResponse? mapping?",
    "outcomeDeclaration": "defaultValue?",
    "choiceInteraction": "simpleChoice+",
    "orderInteraction": "simpleChoice+",
    "matchInteraction": "simpleMatchSet simpleMatchSet",
    "simpleMatchSet": "simpleAssociableChoice*",
    "mapping": "mapEntry+",
    "assessmentTest": "testPart+",
    "testPart": "assessmentSection+",
    "assessmentSection": "assessmentItemRef* assessmentSection*",
}
REQUIRED = {
    "assessmentItem": "identifier title adaptive timeDependent",
    "responseDeclaration": "identifier cardinality baseType",
    "choiceInteraction": "responseIdentifier shuffle maxChoices",
    "simpleChoice": "identifier",
    "simpleAssociableChoice": "identifier matchMax",
    "textEntryInteraction": "responseIdentifier",
    "mapEntry": "mapKey mappedValue",
    "equal": "toleranceMode",
    "modalFeedback": "outcomeIdentifier identifier showHide",
    "img": "src alt",
    "assessmentTest": "identifier title",
    "testPart": "identifier navigationMode submissionMode",
    "assessmentSection": "identifier title visible",
    "assessmentItemRef": "identifier href",
}


def check_qti(root: Any) -> None:
    """Hold an item or a test to the order of its elements, their attributes, and the names that they lead to."""
    for element in root.iter("{*}*"):
        name = etree.QName(element).localname
        children = "".join(f"{etree.QName(each).localname} " for each in element)
        if pattern := CHILDREN.get(name):
            model = re.sub(r"(\w+)", r"(?:\1 )", pattern).replace(") ", ")").replace(" (", "(")
            assert re.fullmatch(re.sub(r"(?<=[)*+?]) ", "", model), children), (name, children)
        for attribute in REQUIRED.get(name, "").split():
            assert element.get(attribute) is not None, (name, attribute)
    declared = {each.get("identifier") for each in root.iter("{*}responseDeclaration")}
    used = {each.get("responseIdentifier") for each in root.iter("{*}*")} - {None}
    assert used == declared
    names = [each.get("identifier") for each in root.iter("{*}simpleChoice", "{*}simpleAssociableChoice")]
    assert len({*names}) == len(names)
    for declaration in root.iter("{*}responseDeclaration"):
        if declaration.get("baseType") in ("identifier", "directedPair"):
            right = " ".join(declaration.xpath(".//*[local-name()='value']/text()")).split()
            assert {*right} <= {*names}


def test_a_package_of_qti_has_an_item_for_each_question(folder: Path) -> None:
    assert build.main(["export", "content", "--to", "qti", "-o", "quiz.zip"]) == 0
    with zipfile.ZipFile("quiz.zip") as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    manifest = etree.fromstring(files["imsmanifest.xml"])
    assert {*manifest.xpath("//*[local-name()='file']/@href")} | {"imsmanifest.xml"} >= {
        name.replace("items/../", "") for name in files
    }
    types = manifest.xpath("//*[local-name()='resource']/@type")
    assert types == ["imsqti_test_xmlv2p1", *["imsqti_item_xmlv2p1"] * 9]
    for name, data in files.items():
        if name.endswith(".xml") and name != "imsmanifest.xml":
            check_qti(etree.fromstring(data))
    assert files["pictures/whale.png"] == PIXEL
    assert 'xml:lang="en"' in files["items/sun.xml"].decode()
    water = files["items/water.xml"].decode()
    assert water.count("<textEntryInteraction") == 3
    assert '<equal toleranceMode="absolute" tolerance="0.01">' in water
    assert 'mapKey="oxygen"' in water
    assert "<value>A</value><value>C</value>" in files["items/mammals.xml"].decode()
    assert (
        "<value>A N1</value><value>B N2</value><value>C N3</value><value>D N4</value>"
        in files["items/match.xml"].decode()
    )
    assert '<math xmlns="http://www.w3.org/1998/Math/MathML"' in files["items/stone.xml"].decode()
    assert 'feedbackInline outcomeIdentifier="FEEDBACK" identifier="B"' in files["items/sun.xml"].decode()


def test_an_export_has_the_same_bytes_again(folder: Path) -> None:
    project = read_project("content")
    for form in FORMATS.values():
        first, second = (export_guide(read_guide(project), project, form) for _ in range(2))
        assert first == second


def test_the_command_knows_every_format() -> None:
    assert tuple(FORMATS) == cli._EXPORT_FORMATS


def test_a_guide_with_errors_is_not_exported(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lay(tmp_path, {"content/01-a.md": "## Why? {#why}\n"})
    assert build.main(["export", str(tmp_path / "content"), "--to", "gift", "-o", str(tmp_path / "a.gift")]) == 1
    assert "has no answer" in capsys.readouterr().err
    assert not (tmp_path / "a.gift").exists()


OTHERS = r"""// A quiz that people wrote.
$CATEGORY: $course$/top/Tests/Arithmetic
::Q1:: 1+1=2 {T#No.#Yes.}

What's between orange and green? { =yellow # right ~red # wrong ~%50%lime }

Two plus {=two =2 =%50%too} equals four.

Who's buried in Grant's tomb?{=Grant =Ulysses S. Grant}

$CATEGORY: Tests/Numbers
What is a number from 1 to 5? {#1..5}

When was Grant born? {#=1822:0 =%50%1822:2}

[html]<p>Say <b>why</b> \(x^2 \= 4\) &amp; a_b.</p>{####Because \\(2\\cdot 2\=4\\).}

Grant is {~buried =entombed} in Grant's tomb.

You can use your pencil.
"""


def test_gift_of_others_is_understood(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    lay(tmp_path, {"quiz.gift": OTHERS})
    monkeypatch.chdir(tmp_path)
    assert build.main(["import", "quiz.gift", "--to", "new"]) == 0
    report = capsys.readouterr().out
    assert "answers that count in part, which here count nothing (%50%1822:2, %50%lime, %50%too)" in report
    assert "every one accounted for" in report
    questions = [*dump_questions("new").values()]
    assert [question["title"] for question in questions] == [
        "1+1=2",
        "What's between orange and green?",
        "Two plus _ equals four.",
        "Who's buried in Grant's tomb?",
        "What is a number from 1 to 5?",
        "When was Grant born?",
        "Say why $x^2 = 4$ & a_b.",
        "Grant is __ in Grant's tomb.",
    ]
    assert [question["blanks"] for question in questions[2:6]] == [
        [["two", "2"]],
        [["Grant", "Ulysses S. Grant"]],
        [["3 ± 2"]],
        [["1822"]],
    ]
    assert questions[6]["parts"] == {"answer": "Because $2\\cdot 2=4$."}
    assert [chapter.title for chapter in read_guide(read_project("new")).chapters] == ["Arithmetic", "Numbers"]
    assert "You can use your pencil." in (tmp_path / "new" / "02-numbers.md").read_text(encoding="utf-8")


def test_questions_of_other_kinds_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    text = (
        '<quiz><question type="calculated"><name><text>C</text></name><questiontext format="html"><text>What is {a} + 1?</text>'
        '</questiontext><answer fraction="100"><text>{a}+1</text></answer></question></quiz>'
    )
    lay(tmp_path, {"quiz.xml": text})
    monkeypatch.chdir(tmp_path)
    assert build.main(["import", "quiz.xml", "--to", "new"]) == 0
    assert (
        "question of another kind, kept as an open one without this word (calculated {a}+1)" in capsys.readouterr().out
    )


@pytest.mark.parametrize(
    ("name", "text", "found"),
    [
        ("a.xml", '<!DOCTYPE quiz [<!ENTITY a "b">]>\n<quiz>&a;</quiz>', "a.xml:1:1: this XML has a `<!DOCTYPE`"),
        ("b.xml", "<quiz><question>", "this XML is broken"),
        ("c.xml", "<svg/>", "no quiz of Moodle"),
        ("d.xml", "<quiz></quiz>", "no question is found"),
        ("e.xml", f"<quiz>{'<a>' * 3000}{'</a>' * 3000}</quiz>", "this XML is broken"),
        ("f.gift", "// nothing\n", "no question is found"),
    ],
)
def test_a_quiz_that_cannot_be_read_is_refused(tmp_path: Path, name: str, text: str, found: str, capsys: Any) -> None:
    lay(tmp_path, {name: text})
    assert build.main(["import", str(tmp_path / name), "--to", str(tmp_path / "new")]) == 1
    assert found in capsys.readouterr().err
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize(
    ("markup", "markdown"),
    [
        ("a &lt;b&gt; *c* _d_ e_f $5 [g](h)", r"a \<b> \*c\* \_d\_ e_f \$5 \[g\]\(h)"),
        ("<p>1. one</p><p># two</p><p>- three</p>", "1\\. one\n\n\\# two\n\n\\- three"),
        ("<ol><li>a<ul><li>b</li></ul></li><li>c</li></ol>", "1. a\n\n   - b\n2. c"),
        ("<p>a<br>b</p>", "a\\\nb"),
        ("<pre>x\n\n`y`</pre>", "```\nx\n\n`y`\n```"),
        ("<p>H<sub>2</sub>O <b> bold </b>!</p>", "H<sub>2</sub>O  **bold** !"),
        ("<p>$$a+b$$</p>", "$$\na+b\n$$"),
    ],
)
def test_html_becomes_markdown(markup: str, markdown: str) -> None:
    assert convert_html(markup).replace("  ", " ") == markdown.replace("  ", " ")


@pytest.mark.parametrize(
    ("typed", "language", "number"),
    [
        ("1,234.5", "en", "1234.5"),
        ("3,14", "en", "3.14"),
        ("1.234,5", "de", "1234.5"),
        ("−2 500", "fr", "-2500"),
        ("6.02·10^23", "en", "6.02e23"),
    ],
)
def test_numbers_are_written_as_programs_read_them(typed: str, language: str, number: str) -> None:
    assert convert_number(typed, language) == number


def test_a_package_opens_as_a_zip_file(folder: Path) -> None:
    project = read_project("content")
    data = export_guide(read_guide(project), project, FORMATS["qti"]).data
    assert zipfile.ZipFile(io.BytesIO(data)).testzip() is None
