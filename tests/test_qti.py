"""Packages of QTI that other programs wrote are understood, and what a guide cannot have is named."""

import zipfile
from pathlib import Path
from typing import Any

import pytest
from conftest import PIXEL, dump_questions, find_question, lay

import build
from studyguide.importers.quizzes.qti_item import parse_qti
from studyguide.importers.quizzes.qti_package import read_qti_item
from studyguide.importers.quizzes.values import BrokenQuizError
from studyguide.pipeline import read_guide
from studyguide.reading.project import read_project

QTI = "http://www.imsglobal.org/xsd/imsqti_v2p1"
SCORE = '<outcomeDeclaration identifier="SCORE" cardinality="single" baseType="float"/>'
MATCH_CORRECT = '<responseProcessing template="http://www.imsglobal.org/question/qti_v2p1/rptemplates/match_correct"/>'


def write_item(name: str, body: str, answers: str = "", rest: str = "", title: str = "") -> str:
    """Return an item whose elements have a prefix if its name begins with one."""
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<!-- made by hand -->\n<assessmentItem xmlns="{QTI}" identifier="{name}" '
        f'title="{title}" adaptive="false" timeDependent="false">\n{answers}\n<itemBody>{body}</itemBody>\n{rest}\n</assessmentItem>\n'
    )


def declare(kind: str, *right: str, cardinality: str = "single", name: str = "R", more: str = "") -> str:
    values = "".join(f"<value>{each}</value>" for each in right)
    correct = f"<correctResponse>{values}</correctResponse>" if right else ""
    return f'<responseDeclaration identifier="{name}" cardinality="{cardinality}" baseType="{kind}">{correct}{more}</responseDeclaration>'


def write_options(*texts: str, tag: str = "choiceInteraction", prompt: str = "") -> str:
    options = "".join(
        f'<simpleChoice identifier="{letter}">{text}</simpleChoice>'
        for letter, text in zip("ABCD", texts, strict=False)
    )
    prompt = f"<prompt>{prompt}</prompt>" if prompt else ""
    return f'<{tag} responseIdentifier="R" shuffle="true" maxChoices="1">{prompt}{options}</{tag}>'


ITEMS = {
    "planet": write_item(
        "planet",
        f"<p>Look at this: <img src='pics/dot%201.png' alt='A dot'/></p>{write_options('Mars', 'Venus', prompt='Which planet is red?')}",
        declare("identifier", "A"),
        f'{MATCH_CORRECT}<modalFeedback outcomeIdentifier="F" identifier="B" showHide="show">It is white.</modalFeedback>'
        '<modalFeedback outcomeIdentifier="F" identifier="end" showHide="show"><p>Iron rusts.</p></modalFeedback>',
        title="Item 1",
    ),
    "primes": write_item(
        "primes",
        f"<p>Which are primes?</p>{write_options('2', '3', '4', 'about 5')}",
        declare(
            "identifier",
            cardinality="multiple",
            more='<mapping defaultValue="0"><mapEntry mapKey="A" mappedValue="1.5"/><mapEntry mapKey="B" mappedValue="1.5"/>'
            '<mapEntry mapKey="C" mappedValue="-1"/></mapping>',
        ),
        '<responseProcessing template="http://www.imsglobal.org/question/qti_v2p1/rptemplates/map_response"/>',
    ),
    "pi": write_item(
        "pi",
        '<p>The number <math xmlns="http://www.w3.org/1998/Math/MathML"><msup><mi>x</mi><mn>2</mn></msup></math> is '
        '<textEntryInteraction responseIdentifier="R"/> here.</p>',
        declare("float", "3.14"),
        '<responseProcessing><responseCondition><responseIf><equal toleranceMode="relative" tolerance="10 5"><variable identifier="R"/>'
        '<correct identifier="R"/></equal><setOutcomeValue identifier="SCORE"><baseValue baseType="float">4</baseValue>'
        "</setOutcomeValue></responseIf></responseCondition></responseProcessing>",
    ),
    "verb": write_item(
        "verb",
        '<p>They <inlineChoiceInteraction responseIdentifier="R" shuffle="false"><inlineChoice identifier="A">were</inlineChoice>'
        '<inlineChoice identifier="B">wasn</inlineChoice></inlineChoiceInteraction> late.</p>',
        declare("identifier", "A"),
        MATCH_CORRECT,
    ),
    "colour": write_item(
        "colour",
        '<p>Its colour is <textEntryInteraction responseIdentifier="R"/>.</p>',
        declare(
            "string",
            "grey",
            more='<mapping><mapEntry mapKey="grey" mappedValue="2"/><mapEntry mapKey="gray" mappedValue="2"/>'
            '<mapEntry mapKey="silver" mappedValue="1"/></mapping>',
        ),
        '<responseProcessing><setOutcomeValue identifier="SCORE"><mapResponse identifier="R"/></setOutcomeValue></responseProcessing>',
    ),
    "both": write_item(
        "both",
        f"<p>Answer both.</p>{write_options('Yes', 'No', prompt='Is it?')}"
        '<p>And it has <textEntryInteraction responseIdentifier="S"/> legs.</p>',
        declare("identifier", "B") + declare("integer", "4", name="S"),
    ),
    "spot": write_item(
        "spot",
        '<hotspotInteraction responseIdentifier="R" maxChoices="1"><prompt>Where is the heart?</prompt>'
        '<object type="image/png" data="gone.png">Body</object><hotspotChoice identifier="H" shape="circle" coords="1,1,1"/></hotspotInteraction>',
        declare("identifier", "H"),
    ),
    "essay": write_item(
        "essay",
        '<p>Hear <object type="audio/mpeg" data="song.mp3">the song</object>, of year <printedVariable identifier="YEAR"/>. '
        'Why is it sad?</p><extendedTextInteraction responseIdentifier="R"/><rubricBlock view="scorer"><p>It is in minor.</p></rubricBlock>'
        '<infoControl title="Help"><p>Listen twice.</p></infoControl>',
        declare("string"),
    ),
    "order": write_item(
        "order",
        write_options("second", "first", tag="orderInteraction", prompt="Put them in order."),
        declare("identifier", "B", "A", cardinality="ordered"),
    ),
    "match": write_item(
        "match",
        '<matchInteraction responseIdentifier="R" shuffle="true" maxAssociations="2"><prompt>Match them.</prompt><simpleMatchSet>'
        '<simpleAssociableChoice identifier="X" matchMax="1">ex</simpleAssociableChoice>'
        '<simpleAssociableChoice identifier="Y" matchMax="1">why</simpleAssociableChoice></simpleMatchSet><simpleMatchSet>'
        '<simpleAssociableChoice identifier="P" matchMax="1">pea</simpleAssociableChoice>'
        '<simpleAssociableChoice identifier="Q" matchMax="1">queue</simpleAssociableChoice>'
        '<simpleAssociableChoice identifier="U" matchMax="1">you</simpleAssociableChoice></simpleMatchSet></matchInteraction>',
        declare("directedPair", "Y P", "X Q", cardinality="multiple"),
    ),
}
TEST = f"""<assessmentTest xmlns="{QTI}" identifier="t" title="A term">
<testPart identifier="p" navigationMode="linear" submissionMode="simultaneous">
<assessmentSection identifier="s" title="Sky" visible="true"><rubricBlock view="candidate"><p>Take your time.</p></rubricBlock>
<assessmentItemRef identifier="i2" href="primes.xml"><weight identifier="W" value="2"/></assessmentItemRef>
<assessmentItemRef identifier="i1" href="planet.xml"/><assessmentItemRef identifier="i0" href="lost.xml"/></assessmentSection>
<assessmentSection identifier="u" title="Words" visible="true">
{"".join(f'<assessmentItemRef identifier="{name}" href="{name}.xml"/>' for name in list(ITEMS)[2:])}
</assessmentSection></testPart><testFeedback access="atEnd" outcomeIdentifier="O" identifier="x" showHide="show">Well done!</testFeedback>
</assessmentTest>"""
MANIFEST = (
    '<manifest xmlns="http://www.imsglobal.org/xsd/imscp_v1p1" identifier="m"><resources>'
    '<resource identifier="t" type="imsqti_test_xmlv2p1" href="tests/test.xml"/>'
    + "".join(f'<resource identifier="{name}" type="imsqti_item_xmlv2p1" href="tests/{name}.xml"/>' for name in ITEMS)
    + "</resources></manifest>"
)


def pack(path: Path, files: dict[str, str | bytes]) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)


@pytest.fixture
def report(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> str:
    """Import a package of every kind of item into the folder ``new``; return what is said."""
    monkeypatch.chdir(tmp_path)
    files: dict[str, str | bytes] = {f"quiz/tests/{name}.xml": text for name, text in ITEMS.items()}
    files |= {"quiz/imsmanifest.xml": MANIFEST, "quiz/tests/test.xml": TEST, "quiz/tests/pics/dot 1.png": PIXEL}
    pack(Path("quiz.zip"), files)
    assert build.main(["import", "quiz.zip", "--to", "new"]) == 0
    return str(capsys.readouterr().out)


def read_items(name: str) -> list[tuple[str, str]]:
    return [(str(item.text.markdown), str(item.partner.markdown)) for item in find_question("new", name).items]


def test_the_questions_of_others_are_understood(report: str) -> None:
    questions = dump_questions("new")
    assert list(questions) == ["primes", "planet", *list(ITEMS)[2:]]
    assert [choice["correct"] for choice in questions["primes"]["choices"]] == [True, True, False, False]
    assert questions["planet"]["title"] == "Which planet is red?"
    assert questions["planet"]["parts"] == {"explanation": "Iron rusts."}
    assert [str(choice.reason.markdown) for choice in find_question("new", "planet").choices] == ["", "It is white."]
    assert questions["pi"]["title"] == "The number x² is _ here."
    assert questions["pi"]["blanks"] == [["3.14 ± 0.157"]]
    assert questions["verb"]["blanks"] == [["were"]]
    assert questions["colour"]["blanks"] == [["grey", "gray"]]
    assert read_items("order") == [("first", ""), ("second", "")]
    assert read_items("match") == [("ex", "queue"), ("why", "pea")]
    assert questions["essay"]["parts"] == {"hint": "Listen twice.", "answer": "It is in minor."}
    assert [question["marks"] for question in questions.values()][:5] == [6, None, 4, None, 2]


def test_an_item_that_asks_twice_is_an_open_question_with_its_options(report: str) -> None:
    question = dump_questions("new")["both"]
    assert question["choices"] == []
    assert "Is it?\n\n- Yes\n- No" in question["stem"]
    assert question["blanks"] == [["4"]]
    assert question["parts"] == {"answer": "- No"}


def test_the_sections_of_a_test_are_chapters(report: str) -> None:
    guide = read_guide(read_project("new"))
    assert guide.config.title == "A term"
    assert [chapter.title for chapter in guide.chapters] == ["Sky", "Words"]
    assert "Take your time." in Path("new/01-sky.md").read_text(encoding="utf-8")
    assert Path("new/figures/dot-1.png").read_bytes() == PIXEL


def test_the_report_names_all_that_a_guide_does_not_have(report: str) -> None:
    for words in (
        "file that is not there (quiz/tests/lost.xml)",
        "text about a whole test (Well done!)",
        "answer that counts in part, which here counts nothing (silver)",
        "word that a gap offers beside the right one (wasn)",
        "answer that belongs to nothing (you)",
        "question of another kind, kept as an open one without this word (hotspotInteraction)",
        "question that asks in several ways, kept as an open one with its options as lists, in quiz/tests/both.xml",
        "formula without its LaTeX, kept as words (x²), in quiz/tests/pi.xml",
        "picture that is not there, kept as text (gone.png)",
        "sound, film or other file, kept as its name (song.mp3)",
        "value that a program makes up, kept as its name (YEAR)",
        "every one accounted for",
    ):
        assert words in report, report


def test_one_item_is_imported_with_the_picture_beside_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lay(tmp_path, {"planet.xml": ITEMS["planet"].replace("%201", "")})
    (tmp_path / "pics").mkdir()
    (tmp_path / "pics" / "dot.png").write_bytes(PIXEL)
    monkeypatch.chdir(tmp_path)
    assert build.main(["import", "planet.xml", "--to", "new"]) == 0
    assert find_question("new", "planet").stem.figures[0].path == "pics/dot.png"
    assert Path("new/pics/dot.png").read_bytes() == PIXEL


@pytest.mark.parametrize(
    ("files", "found"),
    [
        ({"a.txt": "a"}, "quiz.zip: this package has no `imsmanifest.xml`"),
        ({"imsmanifest.xml": "<manifest>"}, "quiz.zip/imsmanifest.xml:1:1: this XML is broken"),
        ({"imsmanifest.xml": "<manifest/>"}, "quiz.zip: no question is found"),
        ({"imsmanifest.xml": b"<manifest>\xff</manifest>"}, "this XML is not UTF-8"),
        (
            {"imsmanifest.xml": MANIFEST.replace("imsqti_test_xmlv2p1", "imsqti_xmlv1p2")},
            "this package is one of QTI 1.2",
        ),
        (
            {"imsmanifest.xml": MANIFEST, "tests/pi.xml": "<qti-assessment-item/>"},
            "quiz.zip/tests/pi.xml:1:1: this XML is no `assessmentItem` of QTI 2.1: its outermost element is `qti-assessment-item`",
        ),
        (
            {
                "imsmanifest.xml": MANIFEST,
                "tests/pi.xml": f"<assessmentItem>{'<a>' * 80}{'</a>' * 80}</assessmentItem>",
            },
            "this XML has 81 elements inside each other, and 60 are the most",
        ),
    ],
)
def test_a_package_that_cannot_be_read_is_refused(
    tmp_path: Path, files: dict[str, str | bytes], found: str, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    monkeypatch.chdir(tmp_path)
    pack(Path("quiz.zip"), files)
    assert build.main(["import", "quiz.zip", "--to", "new"]) == 1
    error = capsys.readouterr().err
    assert found in error
    assert "a package of `QTI 2.1`" in error
    assert not Path("new").exists()


def test_an_archive_that_is_broken_is_refused(tmp_path: Path, capsys: Any) -> None:
    for data in (b"", b"PK\x03\x04", b"no archive at all"):
        (tmp_path / "quiz.zip").write_bytes(data)
        assert build.main(["import", str(tmp_path / "quiz.zip"), "--to", str(tmp_path / "new")]) == 1
        assert "this package is broken" in capsys.readouterr().err


def test_a_gap_without_an_answer_is_no_answer(tmp_path: Path, capsys: Any) -> None:
    body = '<p>Your name: <textEntryInteraction responseIdentifier="R"/></p>'
    lay(tmp_path, {"name.xml": write_item("name", body, declare("string"))})
    assert build.main(["import", str(tmp_path / "name.xml"), "--to", str(tmp_path / "new")]) == 0
    assert "1 question, 0 with an answer" in capsys.readouterr().out


@pytest.mark.parametrize(
    "body",
    [
        "",
        "<itemBody><choiceInteraction/><orderInteraction/></itemBody>",
        "<itemBody><matchInteraction/></itemBody>",
        "<itemBody><inlineChoiceInteraction/><math><msup><mi>x</mi></msup><mfrac/></math></itemBody>",
        "<itemBody><a/><img/><object/><rubricBlock/><infoControl/><printedVariable/></itemBody>",
        declare("float", "NaN", "1e999999") + '<outcomeDeclaration identifier="SCORE" normalMaximum="1e90"/>'
        '<itemBody><textEntryInteraction responseIdentifier="R"/></itemBody><responseProcessing><equal toleranceMode="relative" '
        'tolerance="1e90"><variable identifier="R"/><baseValue>1e90</baseValue></equal></responseProcessing>',
    ],
)
def test_an_item_that_lacks_what_it_needs_is_no_fault(body: str) -> None:
    quiz = read_qti_item("a.xml", f'<assessmentItem identifier="a" title="t">{body}</assessmentItem>')
    assert len(quiz.exercises) + len(quiz.prose) == 1


def test_an_item_may_not_declare_anything() -> None:
    with pytest.raises(BrokenQuizError, match="which no file of QTI has"):
        parse_qti('<!DOCTYPE assessmentItem [<!ENTITY a "b">]><assessmentItem>&a;</assessmentItem>', "assessmentItem")
