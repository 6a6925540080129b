"""Gather the questions of a foreign guide into chapters: Document, Choice → DraftChapters, whose texts are still lines of the file."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import takewhile

from studyguide.importers.anatomy import Body, dedent, take_apart, trim
from studyguide.importers.assign import Choice, Evidence
from studyguide.importers.candidates import Candidate
from studyguide.importers.document import Document
from studyguide.importers.model import Line, Note
from studyguide.importers.options import read_options
from studyguide.importers.wording import Wording
from studyguide.model import Asset, Source
from studyguide.problems import Place
from studyguide.text import keep_letters, list_words, slugify, strip_markdown

_MIN_TOPICS = 5
"""So many sections of a level with one question each are topics of questions, and no chapters."""
_MIN_TOPIC_SHARE = 0.7
"""The share of such sections among those of their level that have questions."""
_TITLE_KEY = re.compile(
    r"\s*(?P<open>[(（\[])(?P<before>\s*)(?P<label>[^\W\d_][^()（）\[\]:：]*[:：]\s*|)"
    r"(?P<letters>[A-J](?:\s*[,、]?\s*[A-J])*)\s*[)）\]](?=\s*[.。?？]?\s*$)"
)
"""The letters of right options in brackets at the end of a title."""
_MIN_TASK_WORDS = 6
"""A text of fewer words below a title is no task, whatever word it begins with."""

_CODE_COLUMNS = 4
"""Columns that make code of a line that is in no paragraph."""
_FIRST_WORDS = 2
"""A title begins in the line that has so many of its first words."""


@dataclass(frozen=True, slots=True)
class DraftQuestion:
    """A question as its author wrote it, taken apart."""

    title: str
    line: int
    """Counted from 1."""
    body: Body
    label: str = ""
    """The text that stood before the title."""
    id: str = ""
    """The identifier that it had; empty for one that is made of the title."""
    kind: str = ""
    """A key of ``kinds.KINDS``, or empty."""
    items: tuple[tuple[Sequence[Line], Sequence[Line]], ...] = ()
    """The things that it asks to match, each with its partner, or to order, in the right order."""
    difficulty: str = ""
    tags: tuple[str, ...] = ()
    marks: int | None = None
    has_filled_blanks: bool = False
    """True if it has blanks, and the words for all of them."""

    @property
    def is_answered(self) -> bool:
        """True if it has an answer, options with a right one, items or words for its blanks."""
        body = self.body
        has_text = any(line.text.strip() for line in (*body.answer, *body.explanation))
        return has_text or any(each.correct for each in body.options) or bool(self.items) or self.has_filled_blanks


@dataclass(slots=True)
class DraftChapter:
    """A text and the questions below it."""

    title: str
    line: int = 1
    """Counted from 1."""
    prose: list[Line] = field(default_factory=list)
    questions: list[DraftQuestion] = field(default_factory=list)
    id: str = ""
    """Its identifier, once ``names`` has chosen it."""


@dataclass(slots=True)
class DraftGuide:
    """The content of a foreign file, and what is to be told of it."""

    source: Source
    title: str
    chapters: Sequence[DraftChapter]
    notes: list[Note]
    text: str
    """The text whose words are accounted for, on the lines of the file."""
    evidence: tuple[Evidence, ...] = ()
    is_question: bool = False
    """True if the file is one question."""
    pictures: tuple[Asset, ...] = ()
    """The pictures that the file itself holds."""
    files: tuple[str, ...] = ()
    """The files of a package; lines are then their numbers."""

    @property
    def questions(self) -> tuple[DraftQuestion, ...]:
        return tuple(question for chapter in self.chapters for question in chapter.questions)

    def find_place(self, line: int) -> Place:
        """Return the place of a line, counted from 1. It has no column, because texts are changed on their way into a book."""
        return Place(f"{self.source.path}/{self.files[line - 1]}") if self.files else Place(self.source.path, line)


def make_drafts(
    document: Document, choice: Choice, title: str, answers: Mapping[int, tuple[Line, ...]], notes: list[Note]
) -> Iterator[DraftChapter]:
    """Yield the chapters: sections with questions, and the text between them.

    ``answers`` are those that stand elsewhere, by the first line of their question.
    """
    drafts: list[tuple[int, DraftChapter]] = [(1, DraftChapter(title))]
    questions = {each.start: each for each in choice.questions}
    sections = {each.start: each for each in choice.sections}
    events = sorted({*questions, *sections})
    lines = document.lines
    own = next((each for each in document.headings if not events and _is_title(document.read_title(each), title)), None)
    drafts[0][1].prose += lines[own.end if own else 0 : events[0] if events else len(lines)]
    shows_answers = _shows_answers(document, choice.questions)
    for at, stop in zip(events, [*events, len(lines)][1:], strict=True):
        section = sections.get(at)
        if section:
            is_own = section.level == 1 and _is_title(section.title, title)
            if is_own and len(drafts) == 1 and not drafts[0][1].questions:
                drafts[0][1].prose += lines[section.body : stop]
                continue
            level = section.level or drafts[-1][0] + (1 if drafts[-1][1].questions == [] else 0)
            drafts.append((level, DraftChapter(section.title, lines[at].origin + 1)))
            if "](" in section.title:  # a title has no room for an address
                drafts[-1][1].prose += [Line(section.title, lines[at].origin), Line("", lines[at].origin)]
            drafts[-1][1].prose += lines[section.body : stop]
            continue
        found = questions[at]
        end = min(stop, found.end if found.end is not None else stop)
        question = _make_question(document, found, end, answers.get(at, ()), notes, shows_answers=shows_answers)
        drafts[-1][1].questions.append(question)
        drafts[-1][1].prose += trim(lines[end:stop])
    notes += _find_neighbours_keys([each for _, draft in drafts for each in draft.questions])
    yield from _gather_chapters(_join_single_questions(drafts), notes)


def _join_single_questions(drafts: Sequence[tuple[int, DraftChapter]]) -> list[tuple[int, DraftChapter]]:
    """Return the drafts without the sections that are the topic of one question each, where those of a level mostly are.

    The questions join the section above, in their order, and have the topic as their tag.
    """
    sections = [(level, draft) for level, draft in drafts[1:] if draft.questions]
    counts = Counter(level for level, _ in sections)
    singles = Counter(level for level, draft in sections if len(draft.questions) == 1)
    levels = {
        level
        for level, single in singles.items()
        if single >= _MIN_TOPICS and single >= _MIN_TOPIC_SHARE * counts[level]
    }
    joined = list(drafts[:1])
    for place, (level, draft) in enumerate(drafts[1:], 1):
        holds_sections = place + 1 < len(drafts) and drafts[place + 1][0] > level
        if level in levels and len(draft.questions) == 1 and not holds_sections:
            home = next((each for depth, each in reversed(joined) if depth < level), drafts[0][1])
            home.questions.append(_add_topic(draft))
        else:
            joined.append((level, draft))
    return joined


def _add_topic(draft: DraftChapter) -> DraftQuestion:
    """Return the only question of a section, with its title as a tag, and above the stem if it says more than the question.

    A text of the section is the beginning of the stem.
    """
    question = draft.questions[0]
    body, at = question.body, draft.line - 1
    known = set(list_words(question.title))
    title = strip_markdown(draft.title)
    is_shown = known.issuperset(list_words(title)) or (draft.prose and strip_markdown(draft.prose[0].text) == title)
    topic = [] if is_shown else [Line(f"*{title}*", at), Line("", at)]
    prose = [*trim(list(_show_titles(draft.prose))), Line("", at)] if draft.prose else []
    tags = dict.fromkeys((*question.tags, slugify(title)))
    return replace(question, tags=tuple(tags), body=replace(body, stem=tuple(trim([*topic, *prose, *body.stem]))))


def _find_neighbours_keys(questions: Sequence[DraftQuestion]) -> Iterator[Note]:
    """Yield a note on each key whose words are an option of another question, and of none of its own."""
    own = [{keep_letters(option.lines[0].text) for option in each.body.options} for each in questions]
    known = Counter(text for texts in own for text in texts)
    for each, texts in zip(questions, own, strict=True):
        words = each.body.key_words
        text = keep_letters(words.text) if words else ""
        if words and text and known[text] and text not in texts:
            yield Note("two-keys", words.origin + 1, words.text.strip())


def _is_title(text: str, title: str) -> bool:
    return strip_markdown(text) == strip_markdown(title)


def _gather_chapters(drafts: Sequence[tuple[int, DraftChapter]], notes: list[Note]) -> Iterator[DraftChapter]:
    """Yield the chapters without empty ones; those of prose that follow each other are one."""
    prose: DraftChapter | None = None
    above: list[tuple[int, DraftChapter]] = []
    empty: list[DraftChapter] = []
    shown: set[int] = set()
    for place, (level, draft) in enumerate(drafts):
        draft.prose = list(trim(list(_show_titles(draft.prose))))
        above = [each for each in above if each[0] < level]
        path = [each for _, each in above]
        has_words = any(re.search(r"\w", line.text) for line in draft.prose)
        if draft.questions or has_words:
            shown |= {each.line for each in path}
        elif place:
            empty.append(draft)
        if draft.questions:
            if prose:
                yield prose
                prose = None
            draft.title = _join_titles(path, draft)
            yield draft
        elif has_words and prose:
            title = _join_titles(path, draft)
            heading = Line(f"{'#' * max(2, level)} {title}", draft.line - 1)
            prose.prose += [Line("", draft.line - 1), heading, Line("", draft.line - 1), *draft.prose]
            above = []
        elif has_words:
            draft.title = _join_titles(path, draft)
            prose, above = draft, []
        elif place and place + 1 < len(drafts) and drafts[place + 1][0] > level:
            above.append((level, draft))
    if prose:
        yield prose
    notes += [Note("empty-section", each.line, each.title) for each in empty if each.line not in shown]


def _join_titles(above: Sequence[DraftChapter], draft: DraftChapter) -> str:
    """Return the title of a chapter with those of the sections above it that have no text of their own."""
    return ": ".join(each.title for each in (*above, draft))


def _show_titles(lines: Sequence[Line]) -> Iterator[Line]:
    """Yield the lines, the title of a container that is no question as a paragraph in bold."""
    for line in lines:
        if line.tag != "summary" or not line.text.strip():
            yield line
        else:
            words = line.text.strip().strip("*")
            yield from (Line("", line.origin), Line(f"**{words}**", line.origin), Line("", line.origin))


def _shows_answers(document: Document, questions: Sequence[Candidate]) -> bool:
    """Return True if more questions of a file have a text without a fold than have a fold to click, alone or below a text."""
    wording, lines = document.wording, document.lines
    counts: Counter[str] = Counter()
    starts = [each.start for each in questions] + [len(lines)]
    for found, stop in zip(questions, starts[1:], strict=True):
        body = (*found.lead, *lines[found.body : min(stop, found.end if found.end is not None else stop)])
        at = next((place for place, line in enumerate(body) if line.tag == "details"), len(body))
        has_text = any(re.search(r"\w", line.text) for line in body[:at])
        titles = [line.text for line in body[at:] if line.tag == "summary"]
        if not titles and has_text:
            counts["text"] += 1
        elif any(wording.is_answer_summary(title) and not wording.names_answer(title) for title in titles):
            counts["text and fold" if has_text else "fold"] += 1
    return counts["text"] > counts["fold"] and counts["text"] >= counts["text and fold"]


def _make_question(
    document: Document,
    found: Candidate,
    end: int,
    answer: Sequence[Line],
    notes: list[Note],
    *,
    shows_answers: bool = False,
) -> DraftQuestion:
    """Return the question with the text below it up to the line ``end``, and the answer that stands elsewhere."""
    body_lines = document.lines[found.body : end]
    lines = [*found.lead, *_continue_paragraph(document, found, dedent(body_lines, found.column))]
    found, key = _take_title_key(found, lines, document)
    if key:
        lines += [Line("", key.origin), key]
    if answer:
        lines += [Line("", answer[0].origin), *answer]
    body = _read_follow_ups(found, lines, document) or take_apart(
        lines, document.wording, not found.is_certain, document.has_letter_labels, found.title, shows_answers
    )
    if body.placeholder:
        notes.append(Note("placeholder", body.placeholder.origin + 1, body.placeholder.text))
    notes += [Note(kind, line.origin + 1, line.text.strip()) for kind, line in body.faults]
    line = _find_title_line(found, document)
    if body.is_unsure:
        notes.append(Note("unsure-answer", line, strip_markdown(found.title)))
    if sum(option.correct for option in body.options) > 1 and document.wording.single_choice.search(found.title):
        notes.append(Note("two-keys", line, found.title))
    if (
        not body.stem
        and body.answer
        and not body.is_announced
        and _is_shown(document.wording, found.title, body.answer)
    ):
        body = replace(body, stem=body.answer, answer=())
    if (
        not body.stem
        and not body.is_announced
        and (_ends_in_questions(found, body.answer) or _asks_below(found, body.answer, document))
    ):
        body = replace(body, stem=body.answer, answer=())
    if found.source:
        source = Line(found.source, document.lines[found.start].origin)
        body = _append_source(body, source)
    return DraftQuestion(found.title, line, body, found.label)


def _continue_paragraph(document: Document, found: Candidate, lines: Sequence[Line]) -> Sequence[Line]:
    """Return the text below a title; where it goes on in the paragraph of the title, it is no code, however far it is indented."""
    above = document.lines[found.body - 1] if found.body else None
    if found.level or not above or not above.text.strip() or above.tag or above.code:
        return lines
    size = next((at for at, line in enumerate(lines) if line.code or line.tag or not line.text.strip()), len(lines))
    shift = lines[0].indent if size else 0
    if shift < _CODE_COLUMNS:
        return lines
    return [*(replace(line, text=line.text[min(shift, line.indent) :]) for line in lines[:size]), *lines[size:]]


def _take_title_key(found: Candidate, lines: Sequence[Line], document: Document) -> tuple[Candidate, Line | None]:
    """Return the question without the key at the end of its title, `Which is it? (Answer: B)`, and the key as a line of its own.

    Letters without a label are a key in brackets or with blanks around them, and if the options below have no other key.
    """
    mark = _TITLE_KEY.search(found.title)
    if not mark or read_options(lines, document.wording) is None:
        return found, None
    is_labelled = re.fullmatch(rf"(?:{document.wording.key_label})\s*[:：]?", mark["label"].strip(), re.IGNORECASE)
    is_gap = mark["label"] == "" and (mark["open"] in "（[" or mark["before"])
    body = take_apart(lines, document.wording)
    if not (is_labelled or is_gap) or any(option.correct for option in body.options) or body.is_announced:
        return found, None
    line = _find_title_line(found, document) - 1
    title = (found.title[: mark.start()] + found.title[mark.end() :]).strip()
    label = mark["label"].strip(" :：") or "Answer"
    return replace(found, title=title), Line(f"**{label}:** {mark['letters']}", line)


def _find_title_line(found: Candidate, document: Document) -> int:
    """Return the line, counted from 1, at which the title begins; a topic or the head of a table may stand above it."""
    first_words = set(list_words(found.title)[:_FIRST_WORDS])
    lines = document.lines[found.start : max(found.body, found.start + 1)]
    return next((line for line in lines if first_words.issubset(list_words(line.text))), lines[0]).origin + 1


def _append_source(body: Body, source: Line) -> Body:
    """Return the question with the link to its source at the end of the part that it belongs to."""

    def append(lines: tuple[Line, ...]) -> tuple[Line, ...]:
        return (*lines, *([Line("", source.origin)] if lines else []), source)

    if body.explanation:
        return replace(body, explanation=append(body.explanation))
    if body.answer:
        return replace(body, answer=append(body.answer))
    return replace(body, more=append(body.more))


def _is_shown(wording: Wording, title: str, lines: Sequence[Line]) -> bool:
    """Return True for lines of code and nothing else, which the question points to."""
    return wording.points_below(title) and all(line.code in ("code", "fence") for line in lines if line.text.strip())


def _ends_in_questions(found: Candidate, lines: Sequence[Line]) -> bool:
    """Return True if the text below a title that does not ask ends in a list of questions, so that it poses a task."""
    marked = [re.match(r"(?:[-*+]|\d+[.)])\s+(.*)", line.text) for line in lines if line.text.strip() and not line.code]
    ends = list(takewhile(lambda mark: mark is not None, reversed(marked)))
    asking = [mark for mark in ends if mark and mark[1].rstrip("*_ ").endswith(("?", "？"))]
    return not found.asks and len(asking) > 1 and 2 * len(asking) >= len(ends)


def _asks_below(found: Candidate, lines: Sequence[Line], document: Document) -> bool:
    """Return True if the text below a title that does not ask is nothing but the question itself."""
    text = " ".join(line.text.strip() for line in lines)
    is_plain = all(not line.code and re.match(r"\s{0,3}[^\s#|>*+-]", line.text) for line in lines if line.text.strip())
    ends = text.rstrip("*_ ").endswith(("?", "？", "؟"))
    asks = ends or (document.wording.asks(text) and len(text.split()) >= _MIN_TASK_WORDS)
    return (
        found.family == "headings"
        and bool(lines)
        and not found.asks
        and is_plain
        and asks
        and all(line.text.strip() for line in lines)
    )


def _read_follow_ups(found: Candidate, lines: Sequence[Line], document: Document) -> Body | None:
    """Return a question whose text is nothing but further questions in a list; None if it has another text."""
    text = [line for line in lines if line.text.strip()]
    marked = [re.match(r"\s*(?:[-*+]|\d+[.)])\s+(.*)", line.text) for line in text]
    if found.family not in ("items", "bold", "labelled") or not text or not all(marked):
        return None
    titles = [mark[1] for mark in marked if mark]
    are_marked = 2 * sum(title.rstrip("*_ ").endswith(("?", "？")) for title in titles) >= len(titles)
    if not are_marked or not all(map(document.wording.asks, titles)):
        return None
    return Body(more=tuple(trim(lines)))
