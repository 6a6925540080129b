"""The plan of reviews: every question comes back on its days, in the table of the book and in the calendar beside it."""

import datetime
import re
from pathlib import Path

import pypdfium2
import pytest
from conftest import lay

import build
from studyguide.locale import load_locale
from studyguide.model import Passage, Question
from studyguide.problems import Place
from studyguide.review.calendar import Calendar, write_calendar
from studyguide.review.plan import ReviewDay, plan_reviews

PLACE = Place("content/01-case.md")
NOTHING = Passage("", PLACE)
CHAPTER = "".join(f"## What is {number}? {{#q{number}}}\n\n### Answer\nA number.\n\n" for number in range(1, 8))
SETTINGS = """title = "Sums, and; more"
date = 2026-01-31

[editions.guide]
review = [1, 3]
review-per-day = 3
"""


def make_questions(*numbers: str) -> list[Question]:
    return [Question(f"q{number}", PLACE, NOTHING, NOTHING, number=number) for number in numbers]


def read_calendar(data: bytes) -> list[dict[str, str]]:
    """Return the properties of the events of an iCalendar file, as RFC 5545 has them, and check its lines."""
    assert data.endswith(b"\r\n")
    lines = data.split(b"\r\n")[:-1]
    assert not any(b"\n" in line or b"\r" in line for line in lines)
    assert max(map(len, lines)) <= 75
    assert all(line.decode() for line in lines)  # no character is divided
    whole = data.replace(b"\r\n ", b"").decode().split("\r\n")[:-1]
    assert whole[:2] == ["BEGIN:VCALENDAR", "VERSION:2.0"]
    assert whole[-1] == "END:VCALENDAR"
    events: list[dict[str, str]] = []
    for line in whole:
        name, _, value = line.partition(":")
        assert re.fullmatch(r"[A-Z-]+(?:;[A-Z-]+=[A-Z-]+)*", name)
        if line == "BEGIN:VEVENT":
            events.append({})
        elif events:
            events[-1].setdefault(name, re.sub(r"\\(.)", lambda mark: "\n" if mark[1] == "n" else mark[1], value))
    assert all({"UID", "DTSTAMP", "DTSTART;VALUE=DATE", "SUMMARY"} <= set(event) for event in events)
    return events


def list_days(days: list[ReviewDay[Question]]) -> dict[int, tuple[str, str]]:
    return {
        each.day: (" ".join(run.numbers for run in each.new), " ".join(run.numbers for run in each.again))
        for each in days
    }


def test_every_question_comes_back_after_each_interval() -> None:
    questions = make_questions("1.1", "1.2", "1.3", "2.1", "2.2")
    assert list_days(list(plan_reviews(questions, (3, 1, 1, 0), 2))) == {
        1: ("1.1–1.2", ""),
        2: ("1.3 2.1", "1.1–1.2"),
        3: ("2.2", "1.3 2.1"),
        4: ("", "1.1–1.2 2.2"),
        5: ("", "1.3 2.1"),
        6: ("", "2.2"),
    }


def test_a_run_ends_where_an_edition_leaves_a_question_out() -> None:
    questions = make_questions("1.1", "1.3", "1.9", "1.10", "1.11")
    assert list_days(list(plan_reviews(questions, (), 9))) == {1: ("1.1 1.3 1.9–1.11", "")}


def test_the_table_names_the_page_of_each_question_and_the_calendar_its_day(tmp_path: Path) -> None:
    lay(tmp_path, {"content/01-sums.md": CHAPTER, "content/guide.toml": SETTINGS})
    assert build.main(["build", str(tmp_path / "content"), "-q", "-e", "guide", "-o", str(tmp_path / "dist")]) == 0
    assert sorted(path.name for path in (tmp_path / "dist").iterdir()) == ["sums-and-more.ics", "sums-and-more.pdf"]
    pages = [
        " ".join(page.get_textpage().get_text_range().split())
        for page in pypdfium2.PdfDocument(tmp_path / "dist" / "sums-and-more.pdf")
    ]
    (plan,) = (text for text in pages if "Do the questions of a day" in text)
    rows = "Day Date New Again 1 1.1–1.3 (p. 1) 2 1.4–1.6 (p. 1) 1.1–1.3 (p. 1) 3 1.7 (p. 1) 1.4–1.6 (p. 1)"
    assert rows in plan.replace("\u00a0", " ")
    assert any(re.search(r"Contents.*Review plan \d", text) for text in pages)
    events = read_calendar((tmp_path / "dist" / "sums-and-more.ics").read_bytes())
    assert [each["DTSTART;VALUE=DATE"] for each in events] == [
        f"202602{day:02}" if day else "20260131" for day in range(6)
    ]
    assert events[1]["SUMMARY"] == "Sums, and; more: day 2"
    assert events[1]["DESCRIPTION"] == "New: 1.4–1.6\nAgain: 1.1–1.3"
    assert {each["DTSTAMP"] for each in events} == {"20260131T000000Z"}


def test_an_event_keeps_its_name_when_the_plan_begins_on_another_day() -> None:
    days = list(plan_reviews(make_questions("1.1", "1.2", "1.3"), (1, 3, 7, 16), 1))
    first, later = (
        read_calendar(write_calendar(Calendar("sums", "Ünïcödé " * 20, start, start, load_locale("fr")), days))
        for start in (datetime.date(2026, 1, 31), datetime.date(2027, 2, 1))
    )
    assert [each["UID"] for each in first] == [each["UID"] for each in later]
    assert len({each["UID"] for each in first}) == len(first)
    assert [each["DTSTART;VALUE=DATE"] for each in first] != [each["DTSTART;VALUE=DATE"] for each in later]
    assert first[0]["DESCRIPTION"] == "Nouveau\u00a0: 1.1"


def test_a_plan_at_the_end_of_time_ends_there() -> None:
    days = list(plan_reviews(make_questions("1.1"), (1, 3), 1))
    end = datetime.date.max
    assert len(read_calendar(write_calendar(Calendar("a", "A", end, end, load_locale("en")), days))) == 1


@pytest.mark.parametrize(
    ("settings", "found"),
    [
        ('review = "often"', "write a list of numbers such as `[1, 3, 7]`"),
        ('review = [1, "two"]', "write a list of numbers such as `[1, 3, 7]`"),
        ("review = [1, true]", "write a list of numbers such as `[1, 3, 7]`"),
        ("review = [-1]", "`review` is `-1`"),
        ('output = "epub"\nreview = true', '`review` is a key of editions with `output = "pdf"`'),
    ],
)
def test_a_wrong_plan_is_refused(settings: str, found: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lay(tmp_path, {"content/01-sums.md": CHAPTER, "content/guide.toml": f"[editions.guide]\n{settings}\n"})
    assert build.main(["check", str(tmp_path / "content")]) == 1
    assert found in capsys.readouterr().err


def test_a_guide_without_a_plan_has_neither_table_nor_calendar(tmp_path: Path) -> None:
    settings = SETTINGS.replace("[1, 3]", "false")
    lay(tmp_path, {"content/01-sums.md": CHAPTER, "content/guide.toml": settings})
    assert build.main(["build", str(tmp_path / "content"), "-q", "-e", "guide", "-o", str(tmp_path / "dist")]) == 0
    assert [path.name for path in (tmp_path / "dist").iterdir()] == ["sums-and-more.pdf"]
