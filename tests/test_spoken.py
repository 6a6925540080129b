"""Answers that are said in a time: the books print it, and an answer with more words than fit is reported."""

import zipfile
from pathlib import Path

import pypdfium2
import pytest
from conftest import lay

import build

TWENTY = " ".join(["word"] * 20)
QUESTIONS = f"""## What is one? {{#one}}

### Answer {{time=10}}
{TWENTY}

### Explanation
More.

## What is two? {{#two}}

### Answer
Two.
"""


def warn(folder: Path, text: str, settings: str, capsys: pytest.CaptureFixture[str]) -> str:
    """Return the messages of a check."""
    lay(folder, {"content/01-a.md": text, "content/guide.toml": settings})
    build.main(["check", str(folder / "content")])
    return capsys.readouterr().err


def test_the_time_of_an_answer_stands_beside_its_label(tmp_path: Path) -> None:
    settings = "speaking-time = 45\n\n[editions.teacher]\nspeaking-time = 0\n"
    lay(tmp_path, {"content/01-sums.md": QUESTIONS, "content/guide.toml": settings})
    names = [word for name in ("guide", "teacher", "tablet") for word in ("-e", name)]
    assert build.main(["build", str(tmp_path / "content"), "-q", *names, "-o", str(tmp_path / "dist")]) == 0
    printed = {}
    for name in ("sums", "sums-teacher"):
        pages = pypdfium2.PdfDocument(tmp_path / "dist" / f"{name}.pdf")
        printed[name] = " ".join(" ".join(page.get_textpage().get_text_range().split()) for page in pages)
    assert "Answer 10 s word word" in printed["sums"]
    assert "Answer 45 s Two." in printed["sums"]
    assert "Explanation More." in printed["sums"]
    assert "Answer 10 s word word" in printed["sums-teacher"]
    assert "Answer Two." in printed["sums-teacher"]
    with zipfile.ZipFile(tmp_path / "dist" / "sums.epub") as archive:
        assert '<span class="time">10\u00a0s</span>' in archive.read("EPUB/answers-sums.xhtml").decode()


@pytest.mark.parametrize(
    ("answer", "settings", "found"),
    [
        (f"{{time=10}}\n{TWENTY} and six more words are too many", "", "27 words, and 25 can be said in 10 s"),
        (f"{{time=10}}\n{TWENTY} one two three four five", "", ""),
        (f"{{time=10}}\n{TWENTY}{TWENTY}", "words-per-minute = 0", ""),
        (f"{{time=10}}\n{TWENTY}", "words-per-minute = 60", "20 words, and 10 can be said in 10 s"),
        (f"\n{TWENTY}", "speaking-time = 4", "20 words, and 10 can be said in 4 s"),
        (f"{{time=0}}\n{TWENTY}", "speaking-time = 4", ""),
        (f"\n{TWENTY}", "[editions.quick]\nspeaking-time = 4", "20 words, and 10 can be said in 4 s"),
        ("{time=2}\nFive – words are just right `x y z` $a + b$ <!-- six seven -->\n\n```\na b c\n```", "", ""),
    ],
)
def test_an_answer_with_more_words_than_its_time_allows_is_reported(
    answer: str, settings: str, found: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    messages = warn(tmp_path, f"## Why?\n\n### Answer {answer}\n", settings, capsys)
    assert (found in messages) if found else "long-speech" not in messages


def test_a_long_answer_with_a_time_is_reported_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = "".join(f"## What is {number}?\n\n### Answer\nA number.\n\n" for number in range(12))
    text += f"## What else?\n\n### Answer {{time=5}}\n{TWENTY} {TWENTY} {TWENTY}\n"
    messages = warn(tmp_path, text, "", capsys)
    assert "[long-speech]" in messages
    assert "[long-answer]" not in messages


@pytest.mark.parametrize(
    ("text", "fix"),
    [
        ("## Why? {time=30}\n\n### Answer\nSo.\n", "behind the answer: `### Answer {time=30}`"),
        ("## Why?\n\n### Answer {time=soon}\nSo.\n", "write the seconds alone: `{time=30}`"),
        ("## Why?\n\n### Answer\nSo.\n\n### Hint {time=30}\nOh.\n", "behind the answer: `### Answer {time=30}`"),
    ],
)
def test_a_time_that_stands_elsewhere_is_refused(
    text: str, fix: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    messages = warn(tmp_path, text, "", capsys)
    assert "[unknown-mark]" in messages
    assert fix in messages
