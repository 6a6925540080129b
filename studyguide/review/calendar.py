"""Write the days of a review plan as a calendar: ReviewDays → an iCalendar file (RFC 5545)."""

import datetime
import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from studyguide.locale import Locale
from studyguide.model import Question
from studyguide.review.plan import ReviewDay, Run

_MAX_LINE = 75  # octets, without the line's end (RFC 5545, 3.1)
_ESCAPED = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n"})  # RFC 5545, 3.3.11


@dataclass(frozen=True, slots=True)
class Calendar:
    """The facts of a calendar that its days have in common."""

    name: str
    """The stem of the book's file: the same in each version of the book."""
    title: str
    start: datetime.date
    """The first day."""
    made: datetime.date
    """The date of the book."""
    locale: Locale


def write_calendar(calendar: Calendar, days: Iterable[ReviewDay[Question]]) -> bytes:
    """Return the file: an event for each day, which lasts the whole day and leaves its owner free."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//studyguide//review plan//EN", _write("NAME", calendar.title)]
    last = (datetime.date.max - calendar.start).days + 1
    for day in days:
        if day.day <= last:
            lines += _write_event(calendar, day)
    lines.append("END:VCALENDAR")
    return b"".join(_fold(line) for line in lines)


def _write_event(calendar: Calendar, day: ReviewDay[Question]) -> Iterator[str]:
    words = calendar.locale.review
    colon = calendar.locale.labels.colon
    date = calendar.start + datetime.timedelta(days=day.day - 1)
    tasks = ((words.new, day.new), (words.again, day.again))
    yield "BEGIN:VEVENT"
    yield f"UID:{_name_event(calendar.name, day)}"
    yield f"DTSTAMP:{calendar.made:%Y%m%d}T000000Z"
    yield f"DTSTART;VALUE=DATE:{date:%Y%m%d}"
    yield _write("SUMMARY", words.event.format(title=calendar.title, day=day.day))
    yield _write("DESCRIPTION", "\n".join(f"{label}{colon}{_list_numbers(runs)}" for label, runs in tasks if runs))
    yield "TRANSP:TRANSPARENT"
    yield "END:VEVENT"


def _list_numbers(runs: Iterable[Run[Question]]) -> str:
    return ", ".join(run.numbers for run in runs)


def _name_event(name: str, day: ReviewDay[Question]) -> str:
    """Return a name that stays while the day has the same questions, so that a calendar replaces the event by its new version."""
    ends = [each.id for run in (*day.new, *day.again) for each in run]
    return hashlib.sha256("\n".join((name, str(day.day), *ends)).encode()).hexdigest()[:32]


def _write(name: str, text: str) -> str:
    """Return a property whose value is text."""
    return f"{name}:{text.translate(_ESCAPED)}"


def _fold(line: str) -> bytes:
    """Return the line with its end, and divided where it is too long, but not inside a character."""
    out, length = bytearray(), 0
    for character in line:
        octets = character.encode()
        if length + len(octets) > _MAX_LINE:
            out += b"\r\n "
            length = 1
        out += octets
        length += len(octets)
    return bytes(out + b"\r\n")
