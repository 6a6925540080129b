"""Choose the identifiers of the chapters and questions of foreign guides, each unique in the whole book: DraftGuide → DraftGuide."""

from collections import Counter
from dataclasses import replace

from studyguide.importers.drafts import DraftChapter, DraftGuide, DraftQuestion
from studyguide.importers.links import make_anchor, strip_tags
from studyguide.text import is_book_name, slugify, strip_markdown

_MAX_LENGTH = 60  # characters
_ANSWER = "answer-"
"""The beginning of the identifier of an answer, which the templates make of that of its question."""


class Names:
    """The identifiers that are taken."""

    def __init__(self) -> None:
        self._taken: set[str] = set()
        self._copies: Counter[str] = Counter()

    def take(self, name: str, twin: str = "") -> str:
        """Return the name, with a number behind it if it, or it with ``twin`` before it, is taken already; both are taken then."""
        name = name[:_MAX_LENGTH].rstrip("-")
        found = name
        while is_book_name(found) or self._taken & {found, twin + found}:
            self._copies[name] += 1
            found = f"{name}-{self._copies[name] + 1}"
        self._taken |= {found, twin + found}
        return found

    def take_heading(self, owner: str, title: str) -> str:
        """Take a name for a heading inside the text of a chapter or a question."""
        return self.take(slugify(f"{owner} {strip_markdown(title)}"), _ANSWER)


def name_drafts(guide: DraftGuide, names: Names) -> DraftGuide:
    """Return the guide with identifiers of all its questions and chapters."""

    def name_question(question: DraftQuestion) -> DraftQuestion:
        wanted = question.id or slugify(strip_markdown(strip_tags(question.title)))
        return replace(question, id=names.take(wanted, _ANSWER))

    chapters = [
        replace(chapter, questions=[name_question(each) for each in chapter.questions]) for chapter in guide.chapters
    ]
    return replace(guide, chapters=[_name_chapter(each, names) for each in chapters])


def _name_chapter(chapter: DraftChapter, names: Names) -> DraftChapter:
    return replace(chapter, id=names.take(slugify(strip_markdown(chapter.title))))


def list_anchors(guide: DraftGuide) -> dict[str, str]:
    """Return the identifier of each heading by its anchor on GitHub, and that of the whole file by an empty text."""
    anchors: dict[str, str] = {}
    for chapter in () if guide.is_question else guide.chapters:  # that question will be in a chapter with others
        anchors.setdefault(make_anchor(chapter.title), chapter.id)
    for question in guide.questions:
        for title in (question.label + question.title, question.title):
            anchors.setdefault(make_anchor(title), question.id)
    whole = guide.questions[:1] if guide.is_question else guide.chapters[:1]
    return {**anchors, "": whole[0].id if whole else ""}
