"""D1: question and answer have labels, in a paragraph or an item: ``Q: …`` and ``A: …``."""

from collections.abc import Iterator
from dataclasses import replace

from studyguide.importers import bold, items
from studyguide.importers.outline import LABEL, Candidate, Outline, is_answer_label, make


def find(outline: Outline) -> Iterator[Candidate]:
    for found in (*bold.find(outline), *items.find(outline)):
        if found.certain:
            yield replace(found, dialect="labelled", form=("labelled", found.form[0]))
    for block in outline.top:
        if block.kind != "paragraph":
            continue
        lines = outline.lines[block.start : block.end]
        starts = [at for at, line in enumerate(lines) if LABEL.match(line.text.strip())]
        for start, stop in zip(starts, [*starts, len(lines)][1:], strict=True):
            answer = next((at for at in range(start + 1, stop) if is_answer_label(lines[at].text)), stop)
            title = " ".join(line.text.strip() for line in lines[start:answer])
            at = block.start
            candidate = make(outline, "labelled", ("labelled", "plain"), at + start, at + answer, title)
            if candidate:
                yield candidate
