"""D7: a table with a column of questions and one of answers."""

import re
from collections.abc import Iterator
from dataclasses import replace

from studyguide.importers.model import Line
from studyguide.importers.outline import Candidate, Outline, is_answer_summary, make

QUESTION = re.compile(
    r"\W*(?:(?:\w+\s+)?questions?(?:\s+(?:text|title))?|q|fragen?|preguntas?|perguntas?|вопрос|问题|题目|質問|질문|front|vorderseite)\W*",
    re.IGNORECASE,
)
REPLY = re.compile(
    r"\W*(?:(?:\w+\s+)?answers?|a|ans|(?:\w+\s+)?solution|explanation|antwort|respuesta|resposta|réponse|ответ|答案|回答|答え|답변?|back|rückseite)\W*",
    re.IGNORECASE,
)


def find(outline: Outline) -> Iterator[Candidate]:
    for block in outline.top:
        if block.kind != "table":
            continue
        head, *rows = (cells(line.text) for line in outline.lines[block.start : block.end])
        asked = next((at for at, cell in enumerate(head) if QUESTION.fullmatch(cell)), None)
        told = next((at for at, cell in enumerate(head) if REPLY.fullmatch(cell)), None)
        if asked is None or (told is None and len(rows) < 4):
            continue
        for number, row in enumerate(rows[1:], block.start + 2):
            if asked >= len(row):
                continue
            others = [
                (head[at] if at < len(head) else "", cell) for at, cell in enumerate(row) if at not in (asked, told)
            ]
            notes = [f"{name}: {cell}" for name, cell in others if cell and not re.fullmatch(r"[\d.#]+", cell)]
            reply = row[told] if told is not None and told < len(row) else ""
            origin = outline.lines[number].origin
            said = re.split(r"\s*<br\s*/?>\s*", reply)
            fold = said.pop(0) if len(said) > 1 and is_answer_summary(said[0]) else ""
            parts = [*notes, "", "**Answer:**", *said]
            lead = tuple(Line(text, origin) for text in parts)
            # The head of the table belongs to its first row.
            first = number == block.start + 2
            start = block.start if first else number
            found = make(outline, "tables", ("table",), start, number + 1, row[asked], lead=lead, end=number + 1)
            if found:
                counted = [cell for _, cell in others if cell and re.fullmatch(r"[\d.#]+", cell)]
                label = " ".join([*(head if first else ()), *counted, found.label, fold])
                yield replace(found, label=label, certain=True)


def cells(text: str) -> list[str]:
    """The cells of a row; a bar in code or behind a backslash divides none."""
    bare = re.sub(r"`[^`]*`", lambda span: span[0].replace("|", "\ue002"), text.strip()).replace("\\|", "\ue002")
    return [cell.strip().replace("\ue002", "|") for cell in bare.removeprefix("|").removesuffix("|").split("|")]
