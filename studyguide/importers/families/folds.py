"""The question is the title of a container, which holds the answer: ``<details><summary>What …?</summary>``.

Where a heading is the question and the title of the container says no more than "Answer", the container is a sign that the
heading is answered.
"""

from collections import Counter
from collections.abc import Iterator

from studyguide.importers.candidates import Candidate, make_candidate
from studyguide.importers.document import Document

_MIN_REPEATED = 3
"""So many containers of one title, which does not ask, are no questions."""


def find(document: Document) -> Iterator[Candidate]:
    """Yield a candidate for each container in the flow whose title announces no answer and no hint."""
    scopes = [scope for scope in document.root.walk() if scope.opener and scope.opener.kind == "container"]
    titles = Counter(document.read_title(scope.opener) for scope in scopes if scope.opener)
    for scope in scopes:
        node = scope.opener
        title = document.read_title(node) if node else ""
        wording = document.wording
        if not node or wording.is_answer_summary(title) or wording.is_hint(title):
            continue
        if titles[title] >= _MIN_REPEATED and not wording.asks(title):
            continue
        found = make_candidate(document, "details", ("fold",), node.start, node.body, title, end=node.end, scope=scope)
        if found:
            yield found
