"""Turn questions in GIFT, the format of Moodle's quizzes, into labels and options: Lines → Lines.

::Name:: What … ? { =right #why ~wrong ~wrong }    several lines or one; `{T}` and `{F}` are answers too
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from studyguide.importers.model import Line, Note

TRUTH = {"T": "True", "TRUE": "True", "F": "False", "FALSE": "False"}
# Possessive, because a line of spaces takes quadratic time with greedy quantifiers.
_OPENING = re.compile(
    r"(?P<name>::[^:]++::)?+\s*+(?P<form>\[(?:html|markdown|plain|moodle)\])?+(?P<title>[^{}]++)\{(?P<answers>[^{}]*+)(?P<end>\}?)$"
)
_ANSWER = re.compile(r"(?<!\\)([=~])\s*(%-?[\d.]+%)?((?:\\.|[^=~#\\])+)(?:#((?:\\.|[^=~\\])*))?")
_MAX_LINES = 40
"""Lines of an answer; more are no answer."""


def resolve_gift(lines: Sequence[Line], notes: list[Note]) -> Iterator[Line]:
    """Yield the lines, each question with answers in braces as one of Markdown."""
    at = 0
    while at < len(lines):
        end = _find_end(lines, at)
        found = _OPENING.match(" ".join(line.text.strip() for line in lines[at:end]))
        question = list(_write_question(found, lines[at], notes)) if found else []
        end = max(end, at + 1)
        yield from question or lines[at:end]
        at = end


def _find_end(lines: Sequence[Line], at: int) -> int:
    """Return the line below the one whose brace closes that of this line; this line if there is none."""
    found = None if lines[at].code or "{" not in lines[at].text else _OPENING.match(lines[at].text.strip())
    if not found or found["end"]:
        return at + bool(found)
    for end in range(at + 1, min(at + _MAX_LINES, len(lines))):
        if lines[end].code or "{" in lines[end].text:
            break
        if lines[end].text.rstrip().endswith("}"):
            return end + 1
    return at


def _write_question(found: re.Match[str], first: Line, notes: list[Note]) -> Iterator[Line]:
    """Yield the question with its options, or its answer; nothing if the braces hold neither."""
    braces = found["answers"].strip()
    answers = [
        (sign, worth, _unescape(text), _unescape(why or "")) for sign, worth, text, why in _ANSWER.findall(braces)
    ]
    word, _, comment = braces.partition("#")
    truth = TRUTH.get(word.strip().upper(), "")
    if not (answers and braces[0] in "=~") and not truth:
        return
    labels = (found["name"], found["form"], *(worth for _, worth, *_ in answers), word if truth else "")
    notes += [Note("label", first.origin + 1, label) for label in labels if label]
    texts = ["", f"**Q: {_unescape(found['title'])}**", ""]
    if truth:
        texts.append(f"**Answer:** {truth}. {_unescape(comment)}".rstrip())
    elif all(sign == "=" for sign, *_ in answers):
        texts.append("**Answer:** " + "; ".join(part for _, _, *parts in answers for part in parts if part))
    else:
        for sign, _, text, why in answers:
            texts += [f"- [{'x' if sign == '=' else ' '}] {text}", *([f"  > {why}"] if why else [])]
    yield from (replace(first, text=text) for text in (*texts, ""))


def _unescape(text: str) -> str:
    """Return a text with single spaces and without the backslashes of GIFT."""
    return re.sub(r"\\([=~#{}:])", r"\1", re.sub(r"\s+", " ", text)).strip()
