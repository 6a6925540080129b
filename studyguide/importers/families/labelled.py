"""Question and answer have labels, in a paragraph or an item: ``Q: …`` and ``A: …``."""

from collections.abc import Iterator
from dataclasses import replace

from studyguide.importers.candidates import Candidate, make_candidate
from studyguide.importers.document import Document
from studyguide.importers.families import bold, items
from studyguide.importers.families.flow import walk_flow


def find(document: Document) -> Iterator[Candidate]:
    """Yield a candidate for each paragraph, bold opening or item with the label of a question."""
    for found in (*bold.find(document), *items.find(document)):
        if found.is_labelled:
            yield replace(found, family="labelled", form=("label", found.form[0]))
    for node in walk_flow(document, "paragraph"):
        lines = document.lines[node.start : node.end]
        starts = [at for at, line in enumerate(lines) if document.wording.find_question_label(line.text.strip())]
        for start, stop in zip(starts, [*starts, len(lines)][1:], strict=True):
            by_letter = True
            is_answer = (
                at for at in range(start + 1, stop) if document.wording.is_answer_label(lines[at].text, by_letter)
            )
            answer = next(is_answer, stop)
            title = " ".join(line.text.strip() for line in lines[start:answer])
            at = node.start
            candidate = make_candidate(document, "labelled", ("label", "plain"), at + start, at + answer, title)
            if candidate and candidate.is_labelled:
                yield candidate
