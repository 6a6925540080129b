"""Parse a file of Markdown into its questions, choices and parts, each with its place: Source → Chapter.

Only a text without a structure to read is refused; everything else is kept as it was written, and ``check`` judges it.
The text stays Markdown; ``markup`` turns it into HTML. Lines are counted from 0 here, and an end is the line after the
last one.
"""

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath
from typing import TypeVar

from studyguide.bidi import show_bidi_controls
from studyguide.guide.front_matter import read_front_matter
from studyguide.guide.links import Names
from studyguide.kinds import KINDS
from studyguide.kinds.items import RawText
from studyguide.kinds.shuffle import LETTERS
from studyguide.markdown_blocks import Block, is_box_end, parse_blocks
from studyguide.model import (
    DIFFICULTIES,
    NOWHERE,
    Chapter,
    Choice,
    Division,
    Item,
    Part,
    Passage,
    Question,
    QuestionPart,
    Source,
    Subquestion,
    Term,
)
from studyguide.problems import Place, Problem
from studyguide.text import name_chapter, slugify, strip_comments, strip_markdown, strip_number

_BRACES = re.compile(r"\s*\{([^{}]*)\}\s*$")
_ATTRIBUTE = re.compile(
    r"""\#(?P<id>[^\s#.="]+) | \.(?P<word>[\w-]+) | (?P<key>[\w-]+)=(?:"(?P<quoted>[^"]*)"|(?P<bare>[^\s"'“”„‘’]+))
    | (?P<other>[\w-]+=["'“”„‘’].* | \S+)""",
    re.VERBOSE,
)
_QUOTED_ATTRIBUTE = re.compile(r"(?:tags|lang|space|marks|questions|time)=")
"""The beginning of an attribute of ours, whatever its quotation marks."""
_LONG_ELEMENTS = ("pre", "script", "style", "textarea")
_LONG_HTML = re.compile(
    rf"\s{{0,3}}(?:<(?P<name>{'|'.join(_LONG_ELEMENTS)})(?=[\s>]|$)|(?P<mark><!--|<\?|<!\[CDATA\[|<![A-Z]+))",
    re.IGNORECASE,
)
"""The beginning of a block of HTML that blank lines do not end (CommonMark 4.6)."""
_LONG_HTML_ENDS = {"<!-": "-->", "<?": "?>", "<![": "]]>"}
"""The end of such a block by the first three characters of its beginning. A block with another beginning ends with ``>``."""
_SUBQUESTION = re.compile(r"\(?(?P<letter>[a-z])\)\s+(?=\S)")
"""The beginning of a heading that asks a question within a question."""
_SHARED = "shared"
"""The mark of a heading whose text the questions below it share."""
_SPEAKING_TIME = re.compile(r'time="?([0-9]{1,18})"?')
"""The mark of an answer that is said in so many seconds."""
_TASK_MARK = re.compile(r"\s*(?:[-*+]|\d+[.)])\s+\[([ xX])\](?:\s+|$)")


@dataclass(frozen=True, slots=True)
class _Heading:
    """A heading at the outermost level of a file."""

    level: int
    start: int
    end: int
    title: str
    attributes: str
    """Text between the braces at its end."""


@dataclass(frozen=True, slots=True)
class _File:
    """A file of a chapter, divided into its blocks."""

    source: Source
    body: Sequence[str]
    """All lines; blank where the front matter, the title or a definition was."""
    first: int
    """First line after the front matter."""
    outermost: Sequence[Block]
    items: Sequence[Block]
    """Items of the outermost lists."""
    headings: Sequence[_Heading]
    """Outermost headings without the title."""
    part_names: Mapping[str, str]
    """Names of the parts by the words that may follow ``###``, in lower case."""

    def passage(self, start: int, end: int) -> Passage:
        return _make_passage(self.source, self.body[start:end], start)

    def place(self, heading: _Heading) -> Place:
        return self.source.at(heading.start + 1, heading.title)


def parse_chapter(source: Source, parts: tuple[Part, ...]) -> Chapter:
    """Return the chapter in the file; ``parts`` have the words that may follow ``###``."""
    front = read_front_matter(source)
    lines = source.text.splitlines()
    # Blank the front matter instead of cutting it off, so that lines are counted as in an editor.
    body = [""] * front.line_count + lines[front.line_count :]
    blocks = parse_blocks("\n".join(body), is_guide=True)
    outermost = sorted((block for block in blocks if block.depth == 0), key=lambda block: block.start)
    items = tuple(block for block in blocks if block.kind == "item" and block.depth == 1)
    headings = [_read_heading(block, body) for block in outermost if block.kind == "heading"]
    definitions, definition_lines = _take_definitions(body, outermost)
    title = show_bidi_controls(front.get("title") or _take_title(body, headings))
    stem = PurePosixPath(source.path).stem
    file = _File(source, body, front.line_count, outermost, items, headings, _map_words_to_names(parts))
    chapter = Chapter(
        id=name_chapter(stem),
        place=Place(source.path, 1, 1),
        title=title or strip_number(stem).replace("-", " ").capitalize(),
        kind=front.get("kind", "questions"),
        summary=show_bidi_controls(front.get("summary")),
        headings=tuple((heading.level, file.place(heading)) for heading in headings),
        definitions=definitions,
        definition_places=tuple(Place(source.path, line, 1) for line in definition_lines),
        problems=(
            *front.problems,
            *_find_unclosed_fences(source, outermost, lines),
            *_find_unclosed_boxes(source, outermost, lines),
            *_find_unclosed_html(source, outermost),
        ),
    )
    if chapter.kind == "questions":
        return _add_questions(chapter, file)
    if chapter.kind == "glossary":
        return _add_terms(chapter, file)
    return replace(chapter, text=file.passage(file.first, len(body)))


# ---------------------------------------------------------------- blocks


def _read_heading(block: Block, body: Sequence[str]) -> _Heading:
    is_underlined = block.mark in "=-"
    text = " ".join(body[block.start : block.end - is_underlined]).strip()
    if not is_underlined:
        text = re.sub(r"(^|\s+)#+$", "", text.lstrip("#").strip())
    braces = _BRACES.search(text)
    if not braces or not _has_attributes(braces[1]):
        return _Heading(block.level, block.start, block.end, text, "")
    return _Heading(block.level, block.start, block.end, text[: braces.start()], braces[1])


def _has_attributes(text: str) -> bool:
    """Return True if what stands in braces at the end of a heading holds a mark of ours; else it is part of the title."""
    return any(
        match["id"] or match["word"] or match["key"] or _QUOTED_ATTRIBUTE.match(match[0]) or match[0] in DIFFICULTIES
        for match in _ATTRIBUTE.finditer(text.lstrip(":"))
    )


def _find_unclosed_fences(source: Source, outermost: Iterable[Block], lines: Sequence[str]) -> Iterator[Problem]:
    for block in outermost:
        if block.kind != "fence":
            continue
        last = lines[block.end - 1].strip() if block.end <= len(lines) else ""
        if block.end - block.start < 2 or not last.startswith(block.mark) or last.strip(block.mark[0]):
            place = source.at(block.start + 1, block.mark)
            yield Problem(place, "unclosed-fence", "this code block has no end", f"close it with a line {block.mark}")


def _find_unclosed_boxes(source: Source, outermost: Iterable[Block], lines: Sequence[str]) -> Iterator[Problem]:
    """Find the boxes that go on to the end of the file, questions included."""
    for block in outermost:
        if block.kind == "box" and not (block.end < len(lines) and is_box_end(lines[block.end])):
            place = source.at(block.start + 1, block.mark)
            yield Problem(place, "unclosed-fence", "this box has no end", f"close it with a line `{block.mark}`")


def _find_unclosed_html(source: Source, outermost: Iterable[Block]) -> Iterator[Problem]:
    """Find the blocks of HTML that go on to the end of the file, questions included, because what would end them is missing."""
    lines = source.text.splitlines()
    for block in outermost:
        opening = _LONG_HTML.match(lines[block.start]) if block.kind == "html" else None
        if not opening:
            continue
        name = opening["name"]
        ends = [f"</{each}>" for each in _LONG_ELEMENTS] if name else [_LONG_HTML_ENDS.get(opening["mark"][:3], ">")]
        text = "\n".join(lines[block.start : block.end]).lower().strip()
        # Comments are not nested: one that begins in another shows that the end of that is missing.
        is_nested = opening["mark"] == "<!--" and "<!--" in text[len("<!--") :].partition("-->")[0]
        if is_nested or not any(each in text for each in ends):
            what = f"`<{name}>`" if name else "this comment" if opening["mark"] == "<!--" else f"`{opening['mark']}`"
            end = f"</{name}>" if name else ends[0]
            found, fix = f"{what} has no end, so that what follows is part of it", f"close it with `{end}`"
            place = source.at(block.start + 1, opening[0].strip())
            yield Problem(place, "unclosed-html", found, fix, is_shown_as_typed=True)


def _take_definitions(body: list[str], outermost: Iterable[Block]) -> tuple[str, tuple[int, ...]]:
    """Remove the definitions of footnotes and link targets from the body, for any passage to use.

    Returns their text, and the line of the file in which each of its lines stands.
    """
    taken: list[tuple[str, int]] = []
    for block in outermost:
        if block.kind not in ("definition", "note"):
            continue
        lines = body[block.start : block.end]
        while lines and not lines[-1].strip():
            lines.pop()
        # A definition ends at a blank line, a note at a line that is not indented.
        taken += [(line, block.start + number + 1) for number, line in enumerate([*lines, ""])]
        body[block.start : block.start + len(lines)] = [""] * len(lines)
    text = "\n".join(line for line, _ in taken).rstrip("\n")
    return text, tuple(number for _, number in taken[: text.count("\n") + 1])


def _take_title(body: list[str], headings: list[_Heading]) -> str:
    """Remove a first heading of level 1 from the body and the headings, and return its text; empty if there is none."""
    if not headings or headings[0].level != 1:
        return ""
    heading = headings.pop(0)
    body[heading.start : heading.end] = [""] * (heading.end - heading.start)
    return strip_markdown(heading.title)


def _make_passage(source: Source, lines: Sequence[str], first: int, whole_lines: Sequence[str] = ()) -> Passage:
    """Return the lines without blank ones at the beginning and the end; comments alone are no text.

    ``first`` is the number of the first line in the file; ``whole_lines`` are the same lines with what was taken from their
    beginnings.
    """
    filled = [number for number, line in enumerate(lines) if line.strip()]
    start, end = (filled[0], filled[-1] + 1) if filled else (len(lines), 0)
    text = "\n".join(lines[start:end])
    indents = _measure_indents(lines[start:end], whole_lines[start:end]) or (0,)
    place = Place(source.path, first + start + 1, indents[0] + 1)
    return Passage(text if strip_comments(text).strip() else "", place, indents=indents[1:])


def _measure_indents(lines: Sequence[str], whole_lines: Sequence[str]) -> tuple[int, ...]:
    """Return how many characters were taken from the beginning of each line."""
    return tuple(len(whole) - len(line) for line, whole in zip(lines, whole_lines, strict=False))


# ---------------------------------------------------------------- the glossary


def _add_terms(chapter: Chapter, file: _File) -> Chapter:
    """Return the chapter with its definition list as terms, and the text before the first of them."""
    body = file.body
    starts = [
        _find_first_name(body, number, file.first)
        for number in range(file.first, len(body) - 1)
        if _is_term(body[number], body[number + 1])
    ]
    ends = [*starts[1:], len(body)]
    terms = tuple(_read_term(file, start, end) for start, end in zip(starts, ends, strict=False))
    text_end = starts[0] if starts else len(body)
    return replace(chapter, text=file.passage(file.first, text_end), terms=terms)


def _is_term(line: str, next_line: str) -> bool:
    return line[:1] not in ("", ":", " ", "\t") and next_line.startswith(": ") and bool(_split_names(line))


def _find_first_name(body: Sequence[str], term: int, first: int) -> int:
    """Return the line of the first of several names that stand below each other, the last in the line ``term``."""
    start = term
    while start > first and body[start - 1].strip() and body[start - 1][:1] not in (":", " ", "\t"):
        start -= 1
    return start


def _split_names(line: str) -> tuple[str, ...]:
    """Return the names in ``Long name (short name)`` or ``name, other name``; none in a line of nothing but marks."""
    long, _, short = strip_markdown(line).removesuffix(")").partition(" (")
    return tuple(name.strip() for each in (long, short) for name in each.split(", ") if name.strip())


def _read_term(file: _File, start: int, end: int) -> Term:
    """Read the lines of names, and the meaning below them."""
    text = file.body[start:end]
    count = next(number for number, line in enumerate(text) if line.startswith(": "))
    title = ", ".join(line.strip() for line in text[:count])
    names = _split_names(title)
    meaning = [line.removeprefix(": ").removeprefix("  ") for line in text[count:]]
    return Term(
        id=f"term-{slugify(names[0])}",
        title=Passage(title, Place(file.source.path, start + 1, 1)),
        names=names,
        meaning=_make_passage(file.source, meaning, start + count, text[count:]),
    )


# ---------------------------------------------------------------- questions


def _map_words_to_names(parts: Iterable[Part]) -> dict[str, str]:
    return {word.casefold(): part.name for part in parts for word in (part.name, *part.words)}


def _add_questions(chapter: Chapter, file: _File) -> Chapter:
    """Return the chapter with its questions, and the text before the first of them."""
    starts = [heading for heading in file.headings if heading.level <= 2]
    ends = [*(heading.start for heading in starts[1:]), len(file.body)]
    questions: list[Question] = []
    divisions: list[Division] = []
    marks = [_read_attributes(heading.attributes) for heading in starts]
    names = Names({each.id for each in marks if each.id})
    section, shared, left = "", "", 0
    for heading, end, attributes in zip(starts, ends, marks, strict=False):  # a text without any has an end
        if heading.level == 1 or attributes.kind == _SHARED:
            division = _read_division(file, heading, end, attributes, names)
            divisions.append(division)
            section = division.id if heading.level == 1 else section
            shared, left = (division.id, division.count) if heading.level > 1 else ("", 0)
        else:
            question = _read_question(file, heading, end, attributes)
            questions.append(replace(question, section=section, shared=shared if left > 0 else ""))
            left -= 1
    text_end = starts[0].start if starts else len(file.body)
    return replace(
        chapter,
        text=file.passage(file.first, text_end),
        questions=tuple(questions),
        divisions=tuple(divisions),
    )


def _read_division(file: _File, heading: _Heading, end: int, attributes: "_Attributes", names: Names) -> Division:
    """Read a section of the chapter, or a stem that several questions share.

    Questions name it by its identifier, so without one of its own it takes one that no other in the file has.
    """
    place = file.place(heading)
    return Division(
        id=attributes.id or names.take(slugify(strip_markdown(heading.title))),
        has_own_id=bool(attributes.id),
        place=replace(place, column=1),
        title=Passage(heading.title, place),
        text=file.passage(heading.end, end),
        count=int(attributes.questions or 1) if heading.level > 1 else 0,
        unknown=attributes.list_unknown("id", *(("kind", "questions") if heading.level > 1 else ())),
    )


def _read_question(file: _File, heading: _Heading, end: int, attributes: "_Attributes") -> Question:
    """Read the question that begins with ``heading`` and ends before the line ``end``."""
    inner = [each for each in _starting_between(file.headings, heading.end, end) if each.level == 3]
    ends = [each.start for each in inner] + [end]
    choices, stem_end, choices_end = _read_choices(file, heading.end, ends[0])
    items: tuple[Item, ...] = ()
    if attributes.kind:
        items, stem_end, choices_end = _read_items(file, heading.end, ends[0], attributes.kind)
        choices = ()
    place = file.place(heading)
    sections = list(zip(inner, ends[1:], strict=True))
    return Question(
        id=attributes.id or slugify(strip_markdown(heading.title)),
        has_own_id=bool(attributes.id),
        place=replace(place, column=1),
        title=Passage(heading.title, place),
        stem=file.passage(heading.end, stem_end),
        choices=choices,
        below=file.passage(choices_end, ends[0]),
        kind=attributes.kind or "",
        items=items,
        subquestions=tuple(
            _read_subquestion(file, each, stop, found)
            for each, stop in sections
            if (found := _SUBQUESTION.match(each.title))
        ),
        parts=tuple(_read_section(file, each, stop) for each, stop in sections if not _SUBQUESTION.match(each.title)),
        marks=int(attributes.marks) if attributes.marks else None,
        difficulty=attributes.difficulty or "",
        tags=tuple((attributes.tags or "").split()),
        space=int(attributes.space) if attributes.space else None,
        unknown=attributes.list_unknown("id", "difficulty", "tags", "lang", "space", "kind", "marks"),
        lang=attributes.lang or "",
    )


@dataclass(slots=True)
class _Attributes:
    """The attributes of a question as they are written in the braces of its heading; None where there is none."""

    id: str | None = None
    difficulty: str | None = None
    tags: str | None = None
    lang: str | None = None
    space: str | None = None
    kind: str | None = None
    marks: str | None = None
    questions: str | None = None
    unknown: list[str] = field(default_factory=list)
    """Words that mean nothing, or repeat an attribute."""

    def list_unknown(self, *allowed: str) -> tuple[str, ...]:
        """Return the words that mean nothing where only attributes of these names have a meaning."""
        written = {
            "id": f"#{self.id}", "difficulty": f".{self.difficulty}", "kind": f".{self.kind}", "tags": f'tags="{self.tags}"',
            "lang": f"lang={self.lang}", "space": f"space={self.space}", "marks": f"marks={self.marks}",
            "questions": f"questions={self.questions}",
        }  # fmt: skip
        others = (word for name, word in written.items() if name not in allowed and getattr(self, name) is not None)
        return (*self.unknown, *others)


def _read_attributes(text: str) -> _Attributes:
    """Read ``#dropout .medium tags="regularisation training"``."""
    attributes = _Attributes()
    for match in _ATTRIBUTE.finditer(text):
        name, value = _read_attribute(match)
        if not name or getattr(attributes, name) is not None:
            attributes.unknown.append(match[0])
        else:
            setattr(attributes, name, value)
    return attributes


def _read_attribute(match: re.Match[str]) -> tuple[str, str]:
    """Return the field of ``_Attributes`` and its value; empty strings where the match is no attribute of ours."""
    value = match["bare"] if match["quoted"] is None else match["quoted"]
    if match["id"]:
        return "id", match["id"]
    if match["word"] in DIFFICULTIES:
        return "difficulty", match["word"]
    if match["word"] in (*KINDS, _SHARED):
        return "kind", match["word"]
    if match["key"] in ("tags", "lang"):
        return match["key"], value
    if match["key"] == "space" and re.fullmatch("[0-9]{1,18}", value):
        return match["key"], value
    if match["key"] in ("marks", "questions") and re.fullmatch("[1-9][0-9]{0,17}", value):
        return match["key"], value
    return "", ""


_Starting = TypeVar("_Starting", _Heading, Block)


def _starting_between(items: Sequence[_Starting], start: int, end: int) -> Sequence[_Starting]:
    """Return the items, which are in order, that begin from line ``start`` to before line ``end``."""
    first, last = (bisect_left(items, line, key=lambda item: item.start) for line in (start, end))
    return items[first:last]


def _read_section(file: _File, heading: _Heading, end: int) -> QuestionPart:
    part = QuestionPart(
        heading=heading.title,
        name=file.part_names.get(heading.title.casefold(), ""),
        text=file.passage(heading.end, end),
        place=file.place(heading),
        marks=heading.attributes.strip(),
    )
    time = _SPEAKING_TIME.fullmatch(part.marks) if part.is_answer else None
    return replace(part, seconds=int(time[1]), marks="") if time else part


def _read_subquestion(file: _File, heading: _Heading, end: int, found: re.Match[str]) -> Subquestion:
    """Read a question within a question: its heading of level 3, and its parts, whose headings have level 4."""
    inner = [
        each
        for each in _starting_between(file.headings, heading.end, end)
        if each.level == 4 and each.title.casefold() in file.part_names
    ]
    ends = [each.start for each in inner] + [end]
    place = file.place(heading)
    attributes = _read_attributes(heading.attributes)
    return Subquestion(
        letter=found["letter"],
        title=Passage(heading.title[found.end() :], replace(place, column=place.column + found.end())),
        text=file.passage(heading.end, ends[0]),
        parts=tuple(_read_section(file, each, stop) for each, stop in zip(inner, ends[1:], strict=True)),
        marks=int(attributes.marks) if attributes.marks else None,
        unknown=attributes.list_unknown("marks"),
    )


def _read_items(file: _File, start: int, end: int, kind: str) -> tuple[tuple[Item, ...], int, int]:
    """Return the items of a question of a kind, and the lines at which their block begins and ends."""
    inside = _starting_between(file.outermost, start, end)
    blocks = [each for each in inside if each.kind == KINDS[kind].block]
    if not blocks:
        return (), end, end
    top, bottom = blocks[-1].start, min(blocks[-1].end, end)

    def make_passage(raw: RawText | None) -> Passage:
        if raw is None:
            return Passage("", NOWHERE)
        first = top + raw.line
        indents = _measure_indents(raw.lines[1:], file.body[first + 1 : first + len(raw.lines)])
        return Passage(
            "\n".join(raw.lines).strip(), Place(file.source.path, first + 1, raw.column + 1), indents=indents
        )

    found = KINDS[kind].read_items(file.body[top:bottom])
    if not found:
        return (), end, end
    items = (
        Item(make_passage(each.text), make_passage(each.partner), tuple(map(make_passage, each.left_out)))
        for each in found
    )
    return tuple(items), top, bottom


def _read_choices(file: _File, start: int, end: int) -> tuple[tuple[Choice, ...], int, int]:
    """Return the last task list of a stem as choices, and the lines at which the list begins and ends."""
    inside = _starting_between(file.outermost, start, end)
    for block in reversed([each for each in inside if each.kind == "list"]):
        top, bottom = block.start, min(block.end, end)
        starts = (item.start for item in _starting_between(file.items, top, bottom))
        marks = [(number, mark) for number in starts if (mark := _TASK_MARK.match(file.body[number]))]
        if not marks or marks[0][0] != top:
            continue
        ends = [number for number, _ in marks[1:]] + [bottom]
        choices = tuple(
            _read_choice(file, first, last, mark, letter)
            for letter, (first, mark), last in zip(LETTERS, marks, ends, strict=False)
        )
        return choices, top, bottom
    return (), end, end


def _read_choice(file: _File, start: int, end: int, mark: re.Match[str], letter: str) -> Choice:
    """Read an option, which begins with the mark; a quotation at its end is the reason why it is right or wrong."""
    lines = file.body[start:end]
    text_end = len(lines)
    while text_end > 1 and (not lines[text_end - 1].strip() or lines[text_end - 1].lstrip().startswith(">")):
        text_end -= 1
    reason = [re.sub(r"^\s*> ?", "", line) for line in lines[text_end:]]
    text = _dedent(lines[:text_end], mark)
    return Choice(
        Passage(
            "\n".join(text).strip(),
            Place(file.source.path, start + 1, mark.end() + 1),
            indents=_measure_indents(text[1:], lines[1:text_end]),
        ),
        correct=mark.group(1) in "xX",
        letter=letter,
        reason=_make_passage(file.source, reason, start + text_end, lines[text_end:]),
    )


def _dedent(lines: Sequence[str], mark: re.Match[str]) -> list[str]:
    """Return the lines of a list item without its mark and without the indentation of those below it."""
    indent = len(mark.group(0)) - len(mark.group(0).lstrip()) + 2
    below = [line[min(indent, len(line) - len(line.lstrip())) :] for line in lines[1:]]
    return [lines[0][mark.end() :], *below]
