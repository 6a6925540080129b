"""Doubt an importer's own reading of a guide, where its signs are weak: Document, candidates, Choice → Notes.

They are of kind ``misread`` for a guide, and ``unsure-question`` for one question.
"""

from collections import Counter
from collections.abc import Iterator, Sequence

from studyguide.importers.assign import Choice
from studyguide.importers.candidates import Candidate
from studyguide.importers.document import Document, strip_heading
from studyguide.importers.drafts import DraftChapter
from studyguide.importers.model import Note
from studyguide.importers.tidy import normalise_entry
from studyguide.text import strip_markdown

KIND = "misread"
_MIN_SURE_SHARE = 0.5
"""So many of the questions ask, have a label or are answered, if the reading is sure."""
_MIN_QUESTIONS = 4
"""Fewer questions show no share."""
_MIN_SILENT_HEADINGS = 10
"""So many headings of one level, with a text and without a question in it, may be questions that were missed."""
_MAX_MISSING_ENTRIES = 0.3
"""The share of the entries of a list of contents that are no title."""


def find_doubts(
    document: Document, candidates: Sequence[Candidate], choice: Choice, chapters: Sequence[DraftChapter]
) -> Iterator[Note]:
    """Yield a note for each reason why a guide may be misread, with the line to look at and the option that reads it otherwise."""
    questions = choice.questions
    first = document.lines[questions[0].start].origin + 1 if questions else 1
    if choice.is_guessed:
        text = "nothing in it looks like questions, so the parts that are written alike are taken for them"
        yield Note(KIND, first, f"{text}; {_suggest_family(candidates, questions)}")
    elif len(questions) >= _MIN_QUESTIONS:
        sure = sum(each.asks or each.is_labelled or each.is_certain or each.number is not None for each in questions)
        answered = sum(evidence.answered for evidence in choice.evidence)
        if max(sure, answered) < _MIN_SURE_SHARE * len(questions):
            text = f"only {sure} of {len(questions)} questions ask something, or have a label or a number"
            yield Note(KIND, first, f"{text}; {_suggest_family(candidates, questions)}")
    if not choice.is_guessed:
        yield from (
            Note("unsure-question", document.lines[each.start].origin + 1, strip_markdown(each.title))
            for each in choice.unsure
        )
    yield from _find_silent_headings(document, candidates, questions)
    titles = [normalise_entry(title) for title in _list_titles(chapters)]
    known = set(titles)
    missing = [
        entry
        for entry, target in zip(document.contents, document.contents_targets, strict=True)
        if target not in known and not any(_begin_alike(entry, title) for title in titles if title)
    ]
    if questions and document.contents and len(missing) > _MAX_MISSING_ENTRIES * len(document.contents):
        line = next((note.line for note in document.notes if note.kind == "contents"), first)
        text = f"{len(missing)} of {len(document.contents)} entries of its list of contents are the title of no question and no chapter"
        yield Note(KIND, line, f"{text}; {_suggest_family(candidates, questions)}")


def _list_titles(chapters: Sequence[DraftChapter]) -> Iterator[str]:
    """Yield the titles of questions, of chapters and of their parts, and the headings in the text between questions."""
    for chapter in chapters:
        yield from (chapter.title, *chapter.title.split(": "), *(each.title for each in chapter.questions))
        yield from (strip_heading(line.text) for line in chapter.prose if line.text.lstrip().startswith("#"))


def _begin_alike(entry: str, title: str) -> bool:
    return title.startswith(entry) or entry.startswith(title)


def _find_silent_headings(
    document: Document, candidates: Sequence[Candidate], questions: Sequence[Candidate]
) -> Iterator[Note]:
    """Yield a note for each level of which many headings stand outside of answers, with a text and without a question below them."""
    starts = {each.start for each in questions}
    spans = [(each.start, each.end) for each in questions if each.end is not None]
    levels: dict[int, list[Candidate]] = {}
    for each in candidates:
        scope = each.scope
        if not each.level or scope is None or each.start in starts or document.wording.is_about(each.title):
            continue
        holds = any(each.start < start < scope.end for start in starts)
        is_inside = any(start < each.start < end for start, end in spans)
        if scope.nodes and not holds and not is_inside:
            levels.setdefault(each.level, []).append(each)
    for level, members in sorted(levels.items()):
        if len(members) >= _MIN_SILENT_HEADINGS:
            text = f"{len(members)} headings of level {level} are taken for no questions"
            yield Note(
                KIND, document.lines[members[0].start].origin + 1, f"{text}; `--dialect headings` takes headings alone"
            )


def _suggest_family(candidates: Sequence[Candidate], questions: Sequence[Candidate]) -> str:
    """Return which option reads the guide otherwise: that of the family with the most places beside the one that was chosen."""
    used = Counter(each.family for each in questions).most_common(1)
    counts = Counter(each.family for each in candidates if not used or each.family != used[0][0])
    if not counts:
        return "`--dialect` names the way in which its questions are written"
    family, count = counts.most_common(1)[0]
    return f"`--dialect {family}` takes {count} other places"
