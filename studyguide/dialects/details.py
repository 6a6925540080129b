"""D3: the question is the summary of a ``<details>`` that holds the answer.

D8, where a heading is the question and the summary only says "Answer", is a matter of headings, whose form it proves.
"""

from collections.abc import Iterator

from studyguide.dialects.outline import HINT, Candidate, Outline, is_answer_summary, make


def find(outline: Outline) -> Iterator[Candidate]:
    lines = outline.lines
    for at, line in enumerate(lines):
        if line.tag != "summary" or outline.hidden[at] != 1 or is_answer_summary(line.text) or HINT.match(line.text):
            continue
        start = next((back for back in range(at, -1, -1) if lines[back].tag == "details"), at)
        end = next((down for down in range(at, len(lines)) if outline.hidden[down] == 0), len(lines))
        if any(each.text.strip() and not each.tag for each in lines[at + 1 : end]):
            found = make(outline, "details", ("details",), start, at + 1, line.text, end=end + 1)
            if found:
                yield found
