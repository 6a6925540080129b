"""D3: the question is the summary of a ``<details>`` that holds the answer.

D8, where a heading is the question and the summary only says "Answer", is a matter of headings, whose form it proves.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator

from studyguide.importers.outline import HINT, Candidate, Outline, asks, is_answer_summary, make

MANY = 3
"""So many summaries that are the same are no questions."""
NEAR = 6
"""So many lines above its summary a ``<details>`` may begin."""


def find(outline: Outline) -> Iterator[Candidate]:
    lines = outline.lines
    ends = [at for at, depth in enumerate(outline.hidden) if depth == 0]
    summaries = Counter(line.text for line in lines if line.tag == "summary")
    for at, line in enumerate(lines):
        if line.tag != "summary" or outline.hidden[at] != 1 or is_answer_summary(line.text) or HINT.match(line.text):
            continue
        if summaries[line.text] >= MANY and not asks(line.text):
            continue
        start = next((back for back in range(at, max(-1, at - NEAR), -1) if lines[back].tag == "details"), at)
        end = ends[bisect_left(ends, at)] if ends and ends[-1] >= at else len(lines)
        found = make(outline, "details", ("details",), start, at + 1, line.text, end=end + 1)
        if found:
            yield found
