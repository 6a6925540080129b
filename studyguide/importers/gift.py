"""Turn questions in GIFT, the format of Moodle's quizzes, into labels and boxes: Lines → Lines.

::Name:: What … ? { =right #why ~wrong ~wrong }    several lines or one; `{T}` and `{F}` are answers too
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from studyguide.importers.model import Line, Note

# What is possessive here would take a line of nothing but spaces for ever otherwise.
OPENING = re.compile(
    r"(?P<name>::[^:]++::)?+\s*+(?P<form>\[(?:html|markdown|plain|moodle)\])?+(?P<asked>[^{}]++)\{(?P<told>[^{}]*+)(?P<end>\}?)$"
)
FAR = 40
"""So many lines an answer may take; more are no answer."""
ANSWER = re.compile(r"(?<!\\)([=~])\s*(%-?[\d.]+%)?((?:\\.|[^=~#\\])+)(?:#((?:\\.|[^=~\\])*))?")
TRUTH = {"T": "True", "TRUE": "True", "F": "False", "FALSE": "False"}


def unquizzed(lines: Sequence[Line], notes: list[Note]) -> Iterator[Line]:
    """The lines with each question that is in braces as one of Markdown."""
    at = 0
    while at < len(lines):
        end = closing(lines, at)
        found = OPENING.match(" ".join(line.text.strip() for line in lines[at:end]))
        made = list(written(found, lines[at], notes)) if found else []
        end = max(end, at + 1)
        yield from made or lines[at:end]
        at = end


def closing(lines: Sequence[Line], at: int) -> int:
    """One past the line whose brace closes that of this line; this one where there is none."""
    found = None if lines[at].code or "{" not in lines[at].text else OPENING.match(lines[at].text.strip())
    if not found or found["end"]:
        return at + bool(found)
    for end in range(at + 1, min(at + FAR, len(lines))):
        if lines[end].code or "{" in lines[end].text:
            break
        if lines[end].text.rstrip().endswith("}"):
            return end + 1
    return at


def written(found: re.Match[str], first: Line, notes: list[Note]) -> Iterator[Line]:
    """The question with its options, or its answer; nothing where the braces hold neither."""
    told = found["told"].strip()
    answers = [(sign, clean(text), clean(why or "")) for sign, _, text, why in ANSWER.findall(told)]
    truth = TRUTH.get(told.partition("#")[0].strip().upper(), "")
    if not (answers and told[0] in "=~") and not truth:
        return
    labels = [found["name"], found["form"], *(worth for _, worth, *_ in ANSWER.findall(told))]
    labels.append(told.partition("#")[0] if truth else "")
    notes += [Note("label", first.origin + 1, label) for label in labels if label]
    texts = ["", f"**Q: {clean(found['asked'])}**", ""]
    if truth:
        texts += [f"**Answer:** {truth}. {clean(told.partition('#')[2])}".rstrip()]
    elif all(sign == "=" for sign, *_ in answers):
        texts += ["**Answer:** " + "; ".join(filter(None, (part for _, *parts in answers for part in parts)))]
    else:
        for sign, text, why in answers:
            texts += [f"- [{'x' if sign == '=' else ' '}] {text}", *([f"  > {why}"] if why else [])]
    yield from (replace(first, text=text) for text in (*texts, ""))


def clean(text: str) -> str:
    return re.sub(r"\\([=~#{}:])", r"\1", re.sub(r"\s+", " ", text)).strip()
