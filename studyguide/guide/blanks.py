"""Blanks of a passage: links whose words are a gap, ``[____](Paris)``, become gaps, and what they lead to their answers."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from urllib.parse import unquote

from studyguide.guide.links import REFUSED
from studyguide.guide.passage_tree import PassageTree
from studyguide.kinds.blanks import GAP, SHOWN_GAP, split_answers
from studyguide.model import Html, Passage, Question

_GAP_HTML = re.compile(r'<span class="blank">(?:\(\d+\)\u00a0)?')


def take_blanks(tree: PassageTree) -> None:
    """Turn each link that is a gap into the gap, and keep its answers beside the tree."""
    for anchor in list(tree.root.iter("a")):
        words = "".join(anchor.itertext())
        if not GAP.fullmatch(words.strip()):
            continue
        address = anchor.attrib.pop("href", "") or anchor.attrib.pop(REFUSED, "")
        tree.blanks.append((split_answers(unquote(address)), tree.find_place(anchor)))
        for child in list(anchor):
            anchor.remove(child)
        anchor.tag, anchor.text = "span", SHOWN_GAP
        anchor.set("class", "blank")


def number_blanks(question: Question) -> Question:
    """Return the question with its own blanks numbered, if there are several, and so those of each sub-question."""
    own = (question.title, question.stem, question.below)
    owners = (own, *((each.title, each.text) for each in question.subquestions))
    numbered = {id(passage): new for passages in owners for passage, new in _number_passages(passages)}
    return question.change_passages(lambda passage: numbered.get(id(passage), passage)) if numbered else question


def _number_passages(passages: Sequence[Passage]) -> Iterator[tuple[Passage, Passage]]:
    """Yield each passage that has blanks, and the same with a number at each of them if there are several."""
    count = sum(len(passage.blanks) for passage in passages)
    numbers = iter(range(1, count + 1))

    def write(found: re.Match[str]) -> str:
        return f'<span class="blank">({next(numbers)})\u00a0' if count > 1 else '<span class="blank">'

    for passage in passages:
        if passage.blanks:
            yield passage, replace(passage, html=Html(_GAP_HTML.sub(write, str(passage.html))))
