"""D6: options with letters or boxes, and the key that says which of them are right."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from studyguide.importers.model import Line
from studyguide.importers.outline import ANSWER

LETTERS = "ABCDEFGHIJ"
TASK = re.compile(r"^(\s*(?:[-*+]|\d{1,3}[.)])\s+)\[([ xX✓✔])\]\s*(?:\W{0,3}[A-Ja-j]\W{0,2}[.):]\s+)?")
OPTION = re.compile(
    r"^(\s*+(?:>\s*+)?(?:[-*+]\s++)?)[*_(\[`]{0,4}(?:[Oo]ption\s+)?([A-Ja-j])[*_`]{0,3}\s*[).:\]–]+[*_`]{0,3}(?:\s+|$)"
)
# A small letter, and an A or I before a word, is a key only where nothing else can be meant.
ENDED = r"(?=[*_`\s]*[).:,;(]|[*_`\s]*[–-](?!\w)|(?![+#])\W*$)"
PICK = rf"(?:[B-HJ](?![\w'’+#]|[-–]\w)|[A-Ja-j]{ENDED})"
PICKS = rf"(?P<key>{PICK}(?:(?:\s*+(?:[,;&/]|\band\b|\bor\b)\s*+|\s++)(?:and\s++)?[A-J](?![\w'’]))*|[A-J](?:\s*(?:,|&|/|and)\s*[A-J])+(?![\w'’+#]|[-–]\w))"
# Possessive, for a line that says `answer` again and again and names no letter.
KEY = re.compile(
    rf"^\W*(?i:(?:{ANSWER}|options?|choices?|letters?)\b(?:\s+(?:is|are|key))?+\s*+(?:\W+(?:option|choice)s?\s+)?+\W*+)++{PICKS}(?P<rest>.*)$"
)
ALONE = re.compile(rf"^\W*(?:\[x\]\s*)?{PICKS}{ENDED}(?P<rest>.*)$")


@dataclass(frozen=True, slots=True)
class Option:
    lines: tuple[Line, ...]
    label: Line
    """Its letter, or the box before it."""
    correct: bool = False


@dataclass(frozen=True, slots=True)
class Options:
    """The options of a question, and what stands before and behind them."""

    before: tuple[Line, ...]
    options: tuple[Option, ...]
    after: tuple[Line, ...]


def read_options(lines: Sequence[Line]) -> Options | None:
    """The options among these lines; none where there are fewer than two."""
    return tasks(lines) or lettered(lines) or lettered(unboxed(lines))


def tasks(lines: Sequence[Line]) -> Options | None:
    starts = [
        at for at, line in enumerate(lines) if line.code in ("", "fence") and TASK.match(line.text) and not line.tag
    ]
    if len(starts) < 2:
        return None
    outer = min(lines[at].indent for at in starts)
    starts = [at for at in starts if lines[at].indent <= outer + 1]
    marks = [TASK.match(lines[at].text) for at in starts]
    found = cut(lines, starts, [mark.end() if mark else 0 for mark in marks], [len(m[1]) if m else 0 for m in marks])
    options = tuple(
        replace(option, correct=mark[2] != " ") for option, mark in zip(found.options, marks, strict=True) if mark
    )
    return Options(found.before, options, found.after)


def lettered(lines: Sequence[Line]) -> Options | None:
    """Options whose letters follow each other from A."""
    starts: list[int] = []
    ends: list[int] = []
    columns: list[int] = []
    for at, line in enumerate(lines):
        found = None if line.code or line.tag else OPTION.match(line.text)
        if not found:
            continue
        letter = found[2].upper()
        if letter == "A" and len(starts) < 2:
            starts, ends, columns = [], [], []
        if letter == LETTERS[len(starts) : len(starts) + 1]:
            starts.append(at)
            ends.append(found.end())
            columns.append(len(found[1]))
    return cut(lines, starts, ends, columns) if len(starts) >= 2 else None


def unboxed(lines: Sequence[Line]) -> Sequence[Line]:
    """The lines without the fence around code that is nothing but options."""
    out: list[Line] = []
    at = 0
    while at < len(lines):
        if lines[at].code == "fence":
            end = next((n for n in range(at + 1, len(lines)) if lines[n].code == "fence"), len(lines) - 1)
            inner = [line for line in lines[at + 1 : end] if line.text.strip()]
            if len(inner) > 1 and all(OPTION.match(line.text) for line in inner):
                out += [Line(line.text, line.origin) for line in inner]
                at = end + 1
                continue
            out += lines[at : end + 1]
            at = end + 1
            continue
        out.append(lines[at])
        at += 1
    return out


def cut(lines: Sequence[Line], starts: Sequence[int], ends: Sequence[int], columns: Sequence[int]) -> Options:
    """The options that begin on these lines; the last one goes on as long as it is indented, or is code."""
    last = starts[-1] + 1
    while last < len(lines):
        line = lines[last]
        blank = not line.text.strip()
        following = next((each for each in lines[last:] if each.text.strip()), None)
        if line.tag or (following is None) or following.tag:
            break
        lazy = (
            not blank
            and not lines[last - 1].code
            and lines[last - 1].text.strip()
            and columns[-1] == lines[starts[-1]].indent
        )
        inside = following.indent > lines[starts[-1]].indent or (
            line.code and lines[last - 1].text.strip() != "" and lines[starts[-1]].text[ends[-1] :].strip() == ""
        )
        if (
            not inside
            and not (lazy and columns[-1] and not re.match(r"\W*(?:ans|correct|sol)", line.text, re.IGNORECASE))
            and not (line.code and last > starts[-1] and lines[last - 1].code == "code")
        ):
            break
        last += 1
    stops = [*starts[1:], last]
    options = []
    for start, stop, end, column in zip(starts, stops, ends, columns, strict=True):
        first = lines[start]
        inner = lines[start + 1 : stop]
        width = max(column, min((each.indent for each in inner if each.text.strip()), default=0))
        below = [Line(each.text[min(each.indent, width) :], each.origin, each.code, each.tag) for each in inner]
        label = Line(first.text[:end], first.origin)
        options.append(Option((Line(first.text[end:].rstrip(), first.origin, first.code), *below), label))
    return Options(tuple(lines[: starts[0]]), tuple(options), tuple(lines[last:]))


@dataclass(frozen=True, slots=True)
class Key:
    letters: frozenset[str]
    rest: str
    """What else the line says."""


def read_key(text: str, count: int) -> Key | None:
    """Which of so many options a line says are right."""
    found = KEY.match(text) or ALONE.match(text)
    if not found:
        return None
    letters = frozenset(re.findall(r"\b[A-J]\b", found["key"].upper()))
    if not letters or not letters <= set(LETTERS[:count]):
        return None
    return Key(letters, found["rest"].strip(" \t*_`.:;,)–-"))
