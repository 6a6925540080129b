"""Checks of Markdown that the parser leaves over: Project, Guide → Problems."""

import html
import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from functools import cached_property
from itertools import accumulate, zip_longest
from typing import NamedTuple

from studyguide.html_text import BLOCK_TAGS, VERBATIM
from studyguide.markdown_blocks import KNOWN_ROLES, find_lost_cells, find_short_rows, parse_blocks
from studyguide.model import Chapter, Guide, Passage, Project
from studyguide.problems import Place, Problem, shorten_quotation
from studyguide.text import count_things

_OPTION_FIX = "write `- [ ] ` or `- [x] ` before an option"
_OWN_FIX = "write it in Markdown, or delete it: only the program that it was written for knows it"
# Remains of Markdown in the HTML of a passage, and the text that its author meant to type.
_REMAINS = (
    (re.compile(r"(?:>|\n)\s*((?:[-*+]\s*)?\[(?: |[xX/>?!~✓✔✗✘-])?\])\s"), _OPTION_FIX),
    (re.compile(r"(?:>|\n)\s*((?:[-*+]\s*)?\([ \u00a0]?\)|[\u2610-\u2612])\s"), _OPTION_FIX),
    (
        re.compile(r"(?:>|\n)([\u2022\u2023\u2043\u25aa\u25cf\u25e6\u00b7\uf0a7\uf0b7](?=[ \t\u00a0])|o(?=\t))"),
        "write `- ` before each item of a list",
    ),
    (
        re.compile(r"(?:>|\n)([-*+]\u00a0)"),
        "write a space before each item of a list, instead of the character U+00A0",
    ),
    (re.compile(r"(\[\^[^\]\s<]+\])"), "write what the note says on a line of its own, behind that and a colon"),
    (re.compile(r"(\$\$)"), "close the formula with `$$`, and leave no blank line in it"),
    (re.compile(r"(?:>|\n)(\|[^\n<]*\|)\n\|[ :|]*[—-][ :|—-]*\|"), "give each row as many columns as this one"),
    (
        re.compile(r"<p>(\|[^|\n<]*\|[^\n<]*\|)(?=\n|<)(?!\n\|[ :|]*[—-][ :|—-]*\|)"),
        "write the line of dashes, `| --- | --- |`, below the head of a table, and no blank line in it",
    ),
    (re.compile(r"(\{[#.](?:[A-Za-z][\w-]*|\}))"), "close the braces, and let nothing stand behind them"),
    (re.compile(r"(\]\s?\((?:https?:|#|figures/))"), "write `](` without a space, and close both brackets"),
    (
        re.compile(r"(\[_{2,}\](?:[ \u00a0]?\()?)"),
        "write a gap and its answer with no space between, `[____](Paris)`, and one with brackets as `[____](<f(x)>)`",
    ),
    (re.compile(r"(!\[[^\[\]\n<]*\]\()"), 'write `![what it shows](name.svg "caption")`'),
    (re.compile(r"(\)\[(?:https?:|#))"), "write `[words](address)`"),
    (
        re.compile(r"((?<![\w\]])\[(?=[^\[\]\n<]*[^\W\d])[^\[\]\n<]+\]\[[^\[\]\n<]*\])"),
        "write the address on a line of its own: `[name]: https://…`",
    ),
    (re.compile(r"(\[@[\w:.-]+)"), "write the source in words, or as a footnote `[^name]`"),
    (re.compile(r"(\{\{(?:%|&lt;)?\s*[\w.]+)"), "write what the template would put here"),
    (re.compile(r"(\{%-?\s*\w+)"), "write what the template would put here"),
    (re.compile(r"(?:>|\n)(:{3,}(?=[\s{<]|$)[^\n<]*)"), "close the box with a line `:::`, or take the line out"),
    (re.compile(r"(?:>|\n)(\[(?:TOC|toc)\]|\[\[(?:_TOC_|toc)\]\])"), "delete it: every book has a table of contents"),
    (
        re.compile(r"((?<![\w.])@(?:fig|tbl|sec|eq|thm|lst|lem|cor)-[\w-]+)"),
        "write the words, as a link to a heading or a question",
    ),
    (re.compile(r"(:(?:material|octicons|fontawesome|simple)-[\w-]+:)"), "delete the icon, or write what it means"),
    (re.compile(r"(\{:\s*[.#][\w-]+)"), "leave no line between this and what it belongs to, or delete it"),
    (re.compile(r"(?:>|\n)(\([\w-]+\)=)"), "give the heading the mark: `{#name}`"),
    (
        re.compile(r"(?:>|\n)(\+\+\+|\+[-=]{3,}\+|///\s?\w*|--8&lt;--|--8<--|% \w[^\n<]{0,30}|#\.\s|\(@\w*\)\s)"),
        _OWN_FIX,
    ),
    (
        re.compile(r"(?:<p>|\n)(: {1,3}\w[^\n<]{0,30})"),
        "put the term on one line, and its meaning on the next, behind `: `",
    ),
    (
        re.compile(r"\s(\^[A-Za-z][\w-]*)(?=</(?:p|li|td|h\d)>)"),
        "delete it, or give the heading above the mark `{#name}`",
    ),
    (re.compile(r"((?:<|&lt;){7})\s"), "choose one of the two texts, and delete the marks"),
)
_OTHER_BLOCKS = re.compile(
    r"^[ \t]*(#\| [\w-]+:|`{3,}\{=\w+\}|[`:]{3,}\{(?:toctree|contents|include|literalinclude|bibliography|eval-rst|raw|index|csv-table|"
    r"list-table|mermaid|dataview|query)\}|:{3,} ?\{[^}]*content-(?:hidden|visible)[^}]*\})",
    re.MULTILINE,
)
"""Blocks that other programs run, fetch, or show to some readers only."""
_DASHED_TABLE = re.compile(r"^[ \t]*(-{3,}(?:[ \t]+-{3,})+)[ \t]*$", re.MULTILINE)
"""The line below the head of a simple table of Pandoc's."""
_WRONG_FENCE = re.compile(r"^(\u201c{3}|\u2018{3}|'{3}|\u00b4{3})", re.MULTILINE)
_ROLE = re.compile(r"(?<!`)(\{[a-z][\w:+-]*\})(?=`[^`\n]+`)")
_BARE_ADDRESS = re.compile(r'<a href="(https?:[^"]*)">\1</a>')
# A heading in some dialects of Markdown, not in this one.
_HEADING_WITHOUT_SPACE = re.compile(r"^#{2,6}(?:[^\W\d]|[^\S \t\n]|[\u200b\u2060\ufeff])[^\n]{0,40}", re.MULTILINE)
_GLUED_HEADING = re.compile(
    r"^(?P<signs>#{2,3})(?P<title>[^\W\d][^\n]*?)\{[^\S\n]*(?:#(?P<id>[^\s{}#.=]+)|\.(?:easy|medium|hard)\b|(?:tags|marks|space|lang)=)"
    r"[^\n{}]*\}[ \t]*$",
    re.MULTILINE,
)
_DIAGRAM_LANGUAGES = frozenset({
    "mermaid", "plantuml", "puml", "graphviz", "dot", "d2", "ditaa", "nomnoml", "vega", "vega-lite", "wavedrom", "geojson",
    "topojson", "stl", "blockdiag", "seqdiag", "flow", "flowchart", "sequence", "excalidraw", "bpmn", "pikchr", "markmap",
})  # fmt: skip
"""The languages of code that a web page draws. Who shows one of them as code writes `text` instead."""
_CODE_BLOCK = re.compile(
    r"^[ \t]*(`{3,}+(?=[^\n`]*$)|~{3,}+)[^\n]*\n.*?^[ \t]*\1[`~]*+[ \t]*$", re.DOTALL | re.MULTILINE
)
_LINE_OF_TEXT = re.compile(r"[^\n]+")
_BLOCK_START = re.compile(rf"<(?:{'|'.join(BLOCK_TAGS)})\b")
_DEFINITION = re.compile(r"^ {0,3}(\[(?:\\.|[^\[\]\\])+\]):", re.MULTILINE)
"""The beginning of a definition of a footnote, ``[^name]:``, or of a link target, ``[name]:``."""
_ABBREVIATION = re.compile(r" {0,3}(\*\[[^\]\\]+\]):(.*)")
CODE_IN_LINE = re.compile(r"(?<!`)(`+)(?!`)[^\n]+?(?<!`)\1(?!`)")
VERBATIM_SIGN = "\N{OBJECT REPLACEMENT CHARACTER}"
"""Stands in the place of code and of drawings, formulas among them."""
NOTE_MARK = re.compile(r"\[\^([^\]\s]+)\]")
NOTE_TEXT = re.compile(r"\[\^([^\]\s]+)\]:")


def raw_markdown(project: Project, guide: Guide) -> Iterator[Problem]:
    """Markdown that is not understood is printed as it stands."""
    for chapter in guide.chapters:
        glued = {heading.place.line for heading in find_glued_headings(project, chapter)}
        for passage in chapter.passages:
            text = PassageText(passage)
            for words, fix, place in dict.fromkeys([*_find_remains_in_html(text), *_find_remains_in_markdown(text)]):
                if place.line in glued and words.startswith(("#", "{")):
                    continue  # `heading_level` reports it
                yield Problem(place, "raw-markdown", f"`{words}` would be printed as it stands", fix)


class GluedHeading(NamedTuple):
    """A line that was meant as the heading of a question, as its marks show, and has no blank behind its `#`."""

    place: Place
    level: int
    title: str
    id: str
    """Empty if its marks name none."""


def find_glued_headings(project: Project, chapter: Chapter) -> tuple[GluedHeading, ...]:
    """Return the headings without a blank behind their `#` in a chapter of our own format."""
    if chapter.kind != "questions" or any(
        each.path == chapter.place.path and each.chapters for each in project.sources
    ):
        return ()
    found = []
    for passage in chapter.passages:
        for match in _GLUED_HEADING.finditer(blank_code_blocks(passage.markdown)) if "##" in passage.markdown else ():
            place = passage.find_place(passage.markdown.count("\n", 0, match.start()), 1)
            found.append(GluedHeading(place, len(match["signs"]), match["title"], match["id"] or ""))
    return tuple(found)


class PassageText:
    """The words of a passage: in its HTML, with a sign in the place of code and drawings, and in its Markdown."""

    def __init__(self, passage: Passage) -> None:
        self.markdown, self._passage = passage.markdown, passage
        self.html = _BARE_ADDRESS.sub(r"\1", VERBATIM.sub(VERBATIM_SIGN, f">{passage.html}"))

    @cached_property
    def block_starts(self) -> list[int]:
        """The index in the HTML at which each block begins, that of a text without a block included."""
        return [0, *(match.start() for match in _BLOCK_START.finditer(self.html))]

    @cached_property
    def _lines(self) -> list[int]:
        """The index in the Markdown at which each line begins, and the one behind its end."""
        return [0, *accumulate(len(line) + 1 for line in self.markdown.split("\n"))]

    def find_block(self, at: int) -> tuple[int, int]:
        """Return the span in the Markdown of the block that is around a character of the HTML."""
        lines = (0, *self._passage.block_lines, 0)
        number = min(max(bisect_left(self.block_starts, at) - 1, 0), len(lines) - 2)
        first, following = (min(line, len(self._lines) - 1) for line in lines[number : number + 2])
        return self._lines[first], self._lines[following] if following > first else len(self.markdown)

    def find_line(self, at: int) -> tuple[str, int]:
        """Return the line of the Markdown that is around a character of the HTML, as a message quotes it, and where it begins."""
        start, _ = self.find_block(at)
        block = self.block_starts[max(bisect_left(self.block_starts, at) - 1, 0)]
        number = bisect_right(self._lines, start) - 1 + self.html.count("\n", block, at)
        first, last = self._lines[min(number, len(self._lines) - 2)], self._lines[min(number + 1, len(self._lines) - 1)]
        return shorten_quotation(self.markdown[first:last].strip()), first

    def find_place(self, at: int) -> Place:
        """Return the place of a character of the Markdown."""
        line = bisect_right(self._lines, at) - 1
        return self._passage.find_place(line, at - self._lines[line] + 1)


def _find_remains_in_html(text: PassageText) -> Iterator[tuple[str, str, Place]]:
    """Yield the remains of Markdown in the HTML of a passage, what to type instead, and their places."""
    for pattern, fix in _REMAINS:
        searched = 0  # the end in the Markdown of what was found last
        for match in pattern.finditer(text.html):
            words = html.unescape(match[1])
            start, end = text.find_block(match.start(1))
            if VERBATIM_SIGN in words:
                words, at = text.find_line(match.start(1))
            else:
                at = text.markdown.find(words, max(start, searched), end)
            if at >= 0:
                searched = at + len(words)
            # What stands in a footnote, or has quotation marks of another form, is reported at its block.
            yield words, fix, text.find_place(start if at < 0 else at)


def _find_remains_in_markdown(text: PassageText) -> Iterator[tuple[str, str, Place]]:
    """Yield what only the Markdown of a passage shows, what to type instead, and its places."""
    prose = blank_code_blocks(text.markdown)
    for match in _OTHER_BLOCKS.finditer(text.markdown):
        yield match[1], _OWN_FIX, text.find_place(match.start(1))
    for match in _DASHED_TABLE.finditer(prose):
        yield (
            match[1],
            "write the table with bars: `| a | b |`, and `| --- | --- |` below it",
            text.find_place(match.start(1)),
        )
    for match in _WRONG_FENCE.finditer(prose):
        yield match[1], "write three backticks around code", text.find_place(match.start(1))
    code = [match.span() for match in CODE_IN_LINE.finditer(prose)]
    for match in _ROLE.finditer(prose):
        if match[1][1:-1] not in KNOWN_ROLES and not any(start < match.start() < end for start, end in code):
            yield match[1], "write a link, or the words themselves", text.find_place(match.start(1))
    for match in _HEADING_WITHOUT_SPACE.finditer(prose):
        sign = match[0].lstrip("#")[0]
        instead = "" if sign.isalpha() else f", instead of the character U+{ord(sign):04X}"
        yield match[0], f"write a space behind `#`{instead}", text.find_place(match.start())


def lost_cell(project: Project, guide: Guide) -> Iterator[Problem]:
    """A table has as many columns as its head, and one whose rows are matched has two; what stands beyond them is left out."""
    for chapter in guide.chapters:
        for left_out in (each for question in chapter.questions for item in question.items for each in item.left_out):
            if left_out:
                found = f"the cell `{left_out.markdown}` is in no book: two columns are matched"
                yield Problem(
                    left_out.place, "lost-cell", found, "take its column out, or ask another question about it"
                )
        for passage in chapter.passages:
            for line, cell in find_lost_cells(passage.markdown) if "|" in passage.markdown else ():
                found = f"the cell `{cell}` is in no book: its row has more cells than the head of the table"
                yield Problem(
                    passage.find_place(line, 1), "lost-cell", found, "give the head as many cells, or delete this one"
                )


def missing_cell(project: Project, guide: Guide) -> Iterator[Problem]:
    """A row with fewer cells than the head of its table is printed with empty ones, and so is a text right below a table."""
    for chapter in guide.chapters:
        for passage in chapter.passages:
            for line, row, count, width in find_short_rows(passage.markdown) if "|" in passage.markdown else ():
                if "|" in row:
                    found = f"the row `{shorten_quotation(row)}` has {count_things(count, 'cell')}, and the head of its table {width}"
                    fix = "write the others, `|` for an empty one too"
                else:
                    found = f"the line `{shorten_quotation(row)}` would be a row of the table above it"
                    fix = "leave a blank line between the table and the text"
                yield Problem(passage.find_place(line, 1), "missing-cell", found, fix)


def diagram_source(project: Project, guide: Guide) -> Iterator[Problem]:
    """A web page draws some blocks of code; a book prints them as they are written."""
    for chapter in guide.chapters:
        for passage in chapter.passages:
            if "```" not in passage.markdown and "~~~" not in passage.markdown:
                continue
            for block in parse_blocks(passage.markdown):
                language = re.match(r"\{?\.?([\w-]*)", block.info.strip())
                if block.kind == "fence" and language and language[1].lower() in _DIAGRAM_LANGUAGES:
                    found = f"this diagram in `{language[1]}` is printed as its source"
                    fix = "save the drawing as SVG or PNG, and name it: `![what it shows](figures/name.svg)`"
                    yield Problem(passage.find_place(block.start, 1), "diagram-source", found, fix)


def unused_note(project: Project, guide: Guide) -> Iterator[Problem]:
    """A note is printed where its mark is, and nowhere without one."""
    for chapter in guide.chapters:
        marks = find_note_marks(chapter)
        lines = zip(chapter.definitions.split("\n"), chapter.definition_places, strict=False)
        notes: dict[str, Place] = {}
        for text, place in lines:
            if note := NOTE_TEXT.match(text):
                notes.setdefault(note[1], place)
        for name, place in notes.items():
            if name not in marks:
                found = f"no text has the mark `[^{name}]`, so that its note is in no book"
                yield Problem(place, "unused-note", found, f"write `[^{name}]` where the note belongs, or take it out")


def find_note_marks(chapter: Chapter) -> set[str]:
    """Return the names of the notes that the texts of a chapter call, or notes that these call."""
    texts = (passage.markdown for passage in chapter.passages if "[^" in passage.markdown)
    found = {mark for text in texts for mark in _list_note_marks(text)}
    notes: dict[str, list[str]] = {}
    name = ""
    for line in chapter.definitions.split("\n") if found else ():
        if note := NOTE_TEXT.match(line):
            name = note[1]
        notes.setdefault(name, []).append(line[note.end() :] if note else line)
    waiting = list(found)
    while waiting:
        called = _list_note_marks("\n".join(notes.pop(waiting.pop(), ())))
        waiting += [mark for mark in called if mark not in found]
        found.update(called)
    return found


def _list_note_marks(markdown: str) -> list[str]:
    """Return the names of the notes that a text calls; in code, a mark calls none."""
    return NOTE_MARK.findall(CODE_IN_LINE.sub("", blank_code_blocks(markdown)))


def repeated_definition(project: Project, guide: Guide) -> Iterator[Problem]:
    """A book prints one of two definitions with the same name, and loses the other."""
    for chapter in guide.chapters:
        for name, number in _find_repeated(_split_definitions(chapter.definitions)):
            yield _make_definition_problem(name, chapter.definition_places[number])
        for passage in chapter.passages:
            if "*[" in passage.markdown:
                lines = enumerate(blank_code_blocks(passage.markdown).split("\n"))
                found = ((match[1], match[2], number) for number, line in lines if (match := _ABBREVIATION.match(line)))
                for name, number in _find_repeated(found):
                    yield _make_definition_problem(name, passage.find_place(number, 1))


def _make_definition_problem(name: str, place: Place) -> Problem:
    found = f"`{name}:` is defined a second time, and the books take one of the two"
    return Problem(place, "repeated-definition", found, "give it another name, or take one of the two out")


def _find_repeated(definitions: Iterable[tuple[str, str, int]]) -> Iterator[tuple[str, int]]:
    """Yield the name and the line of each definition whose name has another meaning already."""
    meanings: dict[str, str] = {}
    for name, meaning, number in definitions:
        # Of links alone, small and capital letters are the same (CommonMark 4.7).
        key = name if name.startswith(("[^", "*")) else " ".join(name.casefold().split())
        if meanings.setdefault(key, meaning.strip()) != meaning.strip():
            yield name, number


def _split_definitions(text: str) -> Iterator[tuple[str, str, int]]:
    """Yield name, meaning and line, from 0, of each definition of a footnote or of a link target."""
    starts = list(_DEFINITION.finditer(text))
    for start, following in zip_longest(starts, starts[1:]):
        yield start[1], text[start.end() : following.start() if following else None], text.count("\n", 0, start.start())


def blank_code_blocks(markdown: str) -> str:
    """Return Markdown with spaces instead of its fenced code blocks: all else stays where it is."""
    return _CODE_BLOCK.sub(lambda block: _LINE_OF_TEXT.sub(lambda line: " " * len(line[0]), block[0]), markdown)
