"""Make the chapters of a foreign guide: DraftGuide → Chapters, each text with the lines of the file that it is made of."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from studyguide.bidi import show_bidi_controls
from studyguide.importers.document import strip_heading
from studyguide.importers.drafts import DraftChapter, DraftGuide, DraftQuestion
from studyguide.importers.links import LinkMender, Targets
from studyguide.importers.model import Line, Note
from studyguide.importers.names import Names
from studyguide.importers.options import Option
from studyguide.kinds.shuffle import LETTERS
from studyguide.markdown_blocks import parse_blocks
from studyguide.model import NOWHERE, Chapter, Choice, Item, Passage, Question, QuestionPart
from studyguide.text import strip_markdown

_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_HEADING = re.compile(r"^ {0,3}(?:#|=+ *$|-+ *$)", re.MULTILINE)
"""A sign of a text that may hold headings."""
_DEFINITION = re.compile(r" {0,3}\[[^\]]+\]:")
"""The beginning of a line that may define a footnote or the target of a link."""
_REASON = re.compile(r"\s*> ?")
_VERBATIM = ("fence", "code", "formula")
"""Kinds of lines among which blank ones are no space between paragraphs."""
_MAX_LEVEL = 6  # of a heading
_PROSE_LEVEL = 2  # of the first heading of a chapter of prose
_PART_LEVEL = 4  # of the first heading in a part of a question


def make_chapters(guide: DraftGuide, names: Names, targets: Targets) -> tuple[Chapter, ...]:
    """Return the chapters of a guide whose questions and chapters have identifiers; what is left out is noted in it."""
    return tuple(_ChapterMaker(guide, names, targets).make_chapter(draft) for draft in guide.chapters)


class _ChapterMaker:
    """Makes one chapter."""

    def __init__(self, guide: DraftGuide, names: Names, targets: Targets) -> None:
        self._guide, self._names = guide, names
        self._links = LinkMender(targets, guide.notes)
        self._definitions: list[Line] = []

    def make_chapter(self, draft: DraftChapter) -> Chapter:
        # Below a chapter's title stand questions, so the headings of its introduction become bold lines.
        text = self._make_passage(draft.prose, draft.id, 0 if draft.questions else _PROSE_LEVEL)
        questions = tuple(map(self._make_question, draft.questions))
        definitions = "\n".join(line.text for line in self._definitions).rstrip("\n")
        lines = self._definitions[: definitions.count("\n") + 1]
        return Chapter(
            id=draft.id,
            place=self._guide.find_place(draft.line),
            title=show_bidi_controls(strip_markdown(draft.title)),
            kind="questions" if draft.questions else "prose",
            text=text,
            questions=questions,
            definitions=definitions,
            definition_places=tuple(self._guide.find_place(line.origin + 1) for line in lines),
        )

    def _make_question(self, draft: DraftQuestion) -> Question:
        place = self._guide.find_place(draft.line)
        body = draft.body
        title = re.sub(r"\s+", " ", self._links.mend_text(draft.title, draft.line, is_title=True)).strip()
        stem = self._make_passage(body.stem, draft.id)
        choices = tuple(
            self._make_choice(option, letter, draft.id) for option, letter in zip(body.options, LETTERS, strict=False)
        )
        texts = {
            "hint": body.hint,
            "answer": body.answer,
            "explanation": body.explanation,
            "pitfalls": body.pitfalls,
            "follow-ups": body.more,
        }
        parts = ((name, self._make_passage(lines, draft.id, _PART_LEVEL)) for name, lines in texts.items())
        return Question(
            id=draft.id,
            place=place,
            title=Passage(re.sub(r"(^|\s+)#+$", "", title), place),
            stem=stem,
            choices=choices,
            kind=draft.kind,
            items=tuple(
                Item(self._make_passage(text, draft.id), self._make_passage(partner, draft.id))
                for text, partner in draft.items
            ),
            parts=tuple(QuestionPart(name.capitalize(), text, text.place, name) for name, text in parts if text),
            marks=draft.marks,
            has_own_id=True,
            difficulty=draft.difficulty,
            tags=draft.tags,
        )

    def _make_choice(self, option: Option, letter: str, owner: str) -> Choice:
        """Return an option; a quotation at its end is the reason why it is right or wrong."""
        lines = self._prepare_lines(option.lines, owner)
        if not any(line.code == "fence" for line in lines):
            lines = [line for line in lines if line.text.strip()]
        end = len(lines)
        while end > 1 and (not lines[end - 1].text.strip() or lines[end - 1].text.lstrip().startswith(">")):
            end -= 1
        reason = [replace(line, text=_REASON.sub("", line.text, count=1)) for line in lines[end:]]
        text = [replace(line, text=line.text.lstrip()) for line in lines[:1]] + lines[1:end]
        return Choice(self._join_lines(text), option.correct, letter, self._join_lines(reason))

    def _make_passage(self, lines: Sequence[Line], owner: str, level: int = 0) -> Passage:
        """Return a text of a chapter or a question with the identifier ``owner``.

        Its headings have levels from ``level`` on; they are bold lines if it is 0.
        """
        return self._join_lines(self._prepare_lines(lines, owner, level))

    def _prepare_lines(self, lines: Sequence[Line], owner: str, level: int = 0) -> list[Line]:
        lines = [replace(line, text=text) for line in lines for text in line.text.split("\n")]
        mended = [Line(self._links.mend_line(line), line.origin, line.code) for line in lines]
        headed = self._write_headings(lines, mended, owner, level)
        return _squeeze_lines(self._take_definitions(headed))

    def _write_headings(self, lines: Sequence[Line], mended: list[Line], owner: str, level: int) -> list[Line]:
        """Return the mended lines with the headings that the lines have; those without a word are left out."""
        view = "\n".join(line.view for line in lines)
        blocks = parse_blocks(view) if _HEADING.search(view) else ()
        headings = [block for block in blocks if block.kind == "heading" and block.depth == 0]
        levels = sorted({block.level for block in headings})
        written: list[Line] = []
        done, last = 0, level - 1
        for block in headings:
            origin = mended[block.start].origin
            written += mended[done : block.start]
            done = block.end
            texts = mended[block.start : block.end - (block.mark in "=-")]
            title = strip_heading(" ".join(line.text.strip() for line in texts))
            if not re.search(r"\w", title):
                continue
            if level:
                last = min(_MAX_LEVEL, level + levels.index(block.level), last + 1)
                heading = f"{'#' * last} {title} {{#{self._names.take_heading(owner, title)}}}"
            else:
                heading = title if "**" in title.strip("*_ ") else f"**{title.strip('*_ ')}**"
            written += [Line(text, origin) for text in ("", heading, "")]
        return [*written, *mended[done:]]

    def _take_definitions(self, lines: list[Line]) -> list[Line]:
        """Return the lines without the definitions of footnotes and link targets, which hold for the whole chapter."""
        if not any(_DEFINITION.match(line.text) for line in lines if not line.code):
            return lines
        blocks = parse_blocks("\n".join(line.view for line in lines), is_guide=True)
        found = (block for block in blocks if block.kind in ("definition", "note") and block.depth == 0)
        for block in sorted(found, key=lambda block: block.start):
            taken = lines[block.start : block.end]
            while taken and not taken[-1].text.strip():
                taken.pop()
            # A definition ends at a blank line, a note at a line that is not indented.
            self._definitions += [*taken, *(Line("", line.origin) for line in taken[-1:])]
            lines[block.start : block.start + len(taken)] = [Line("", line.origin) for line in taken]
        return lines

    def _join_lines(self, lines: Sequence[Line]) -> Passage:
        """Return lines as a text; comments alone are none."""
        text = "\n".join(line.text for line in lines)
        if not _COMMENT.sub("", text).strip():
            if text.strip():
                self._guide.notes.append(Note("comment", lines[0].origin + 1, text.strip()))
            return Passage("", NOWHERE)
        origins = tuple(line.origin + 1 for line in lines) if len(lines) > 1 and not self._guide.files else ()
        return Passage(text, self._guide.find_place(lines[0].origin + 1), lines=origins)


def _squeeze_lines(lines: Iterable[Line]) -> list[Line]:
    """Return the lines without blank ones at either end and with one at most between, but for code."""
    squeezed: list[Line] = []
    for line in lines:
        if line.text.strip() or line.code in _VERBATIM or (squeezed and squeezed[-1].text.strip()):
            squeezed.append(line)
    while squeezed and not squeezed[-1].text.strip():
        squeezed.pop()
    while squeezed and not squeezed[0].text.strip():
        del squeezed[0]
    return squeezed
