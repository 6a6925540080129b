"""Turn the Markdown of a Chapter into safe HTML that is also well-formed XML.

The only file that knows Python-Markdown, its extensions and the highlighter. Links, figures and headings
are noted with their places on the way, so that ``check`` can judge them.
"""

import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache, lru_cache
from itertools import pairwise
from typing import Any
from xml.etree.ElementTree import Element

from lxml import etree
from lxml import html as lxml_html
from markdown import Markdown
from markdown.extensions import Extension
from markdown.inlinepatterns import InlineProcessor
from markdown.preprocessors import Preprocessor

from studyguide import bidi
from studyguide.guide import maths
from studyguide.guide.sanitise import sanitise_html
from studyguide.limits import LIMITS, check_limit
from studyguide.markdown_blocks import Block, parse_blocks
from studyguide.model import Chapter, Figure, Html, Link, Passage
from studyguide.problems import Place, Problem
from studyguide.text import escape_url, is_language_tag, slugify

# What MkDocs Material users know, without what needs a script.
EXTENSIONS = (
    "abbr",
    "admonition",
    "attr_list",
    "def_list",
    "md_in_html",
    "sane_lists",
    "smarty",
    "tables",
    "pymdownx.arithmatex",
    "pymdownx.highlight",
    "pymdownx.superfences",
    "pymdownx.tasklist",
    "pymdownx.tilde",
)
OPTIONS: dict[str, dict[str, Any]] = {
    "pymdownx.arithmatex": {"generic": True},
    "pymdownx.highlight": {"css_class": "code", "guess_lang": False},
}
MEASURE = 44
"""Characters of code that stand side by side where it is narrowest: six lists deep on A5."""
WHOLE = 10
"""Lines of code that stand on one page."""
KEPT = 4
"""Written lines of longer code that are not parted from its beginning or its end."""
LONGEST = 24
"""Lines of code without a blank one and without a statement at the margin that stand on one page."""
CLAUSE = re.compile(r"(else|elif|except|finally)\b")
MANY_COLUMNS = 6
"""Of a table whose words have to be divided on a small screen."""
CHAPTER_FILE = re.compile(r"^(?:\./)?(?:\d+[-_ ]*)?(?P<name>[^/#:]+)\.md(?:#(?P<id>.+))?$")


def markup(chapter: Chapter) -> Chapter:
    """The same chapter, every passage of it with its HTML."""

    def set_(passage: Passage, inline: bool = False, way: str = "ltr") -> Passage:
        return convert(passage, chapter, inline, way) if passage else passage

    questions = tuple(
        replace(
            question,
            title=set_(question.title, inline=True, way=question.direction),
            stem=set_(question.stem, way=question.direction),
            choices=tuple(
                replace(
                    each, text=set_(each.text, way=question.direction), reason=set_(each.reason, way=question.direction)
                )
                for each in question.choices
            ),
            sections=tuple(replace(each, text=set_(each.text, way=question.direction)) for each in question.sections),
        )
        for question in chapter.questions
    )
    terms = tuple(
        replace(term, title=set_(term.title, inline=True), meaning=set_(term.meaning)) for term in chapter.terms
    )
    return replace(chapter, text=set_(chapter.text), questions=questions, terms=terms)


def convert(passage: Passage, chapter: Chapter, inline: bool = False, way: str = "ltr") -> Passage:
    """The passage with its HTML, and with what it links to, shows and names; ``way`` is the direction of its text."""
    if tangled := list(entangled(passage)):
        return replace(passage, problems=tuple(tangled))
    source = regular(PROVED.sub(r"\1", passage.markdown))
    if chapter.definitions and "[" in source:
        source += "\n\n" + chapter.definitions
    clean, problems = cleaned(source, passage)
    root = lxml_html.fragment_fromstring(clean, create_parent="div")
    if too_deep := list(check_limit("nesting", depth(root), "this text", passage.place)):
        return replace(passage, problems=tuple(too_deep))
    anchors = tuple(name_headings(root, passage, chapter))
    figures = tuple(set_figures(root, passage))
    links = tuple(set_links(root, passage))
    set_tables(root)
    set_lead_ins(root)
    set_code(root, way)
    problems += [*bad_languages(root, passage), *mixed_directions(root, passage, way)]
    text, bad_maths = set_maths(set_lines(serialised(root, inline)), passage)
    problems += bad_maths
    return replace(passage, html=Html(text), anchors=anchors, figures=figures, links=links, problems=tuple(problems))


def cleaned(source: str, passage: Passage) -> tuple[str, list[Problem]]:
    """The HTML of Markdown with nothing in it but what a book may hold, and what had to be left out of it."""
    try:
        page = markdown().reset().convert(source)
    except RecursionError:
        return "", list(check_limit("nesting", source.count("\n") + len(source), "this text", passage.place))
    return sanitise_html(page, lambda needle: locate(passage, needle))


def entangled(passage: Passage) -> Iterator[Problem]:
    """The paragraphs that Python-Markdown takes more than linear time for: long ones, and brackets that stay open."""
    text = passage.markdown
    if len(text) <= LIMITS["paragraph"].maximum and text.count("[") <= LIMITS["brackets"].maximum:
        return
    lines = text.split("\n")
    for block in parse_blocks(text):
        if block.kind == "paragraph":
            inside = "\n".join(lines[block.start : block.end])
            place = passage.place.below(block.start)
            yield from check_limit("paragraph", len(inside), "a paragraph", place)
            yield from check_limit("brackets", open_brackets(inside), "a paragraph", place)


def open_brackets(text: str) -> int:
    """How many brackets are open at once, at the most."""
    most = level = 0
    for bracket in re.findall(r"[\[\]]", text):
        level = max(0, level + (1 if bracket == "[" else -1))
        most = max(most, level)
    return most


def depth(root: Any) -> int:
    """How many elements are inside each other, at the most; an element's own method would be a recursion."""
    deepest, level = 0, 0
    for event, _ in etree.iterwalk(root, events=("start", "end")):
        level += 1 if event == "start" else -1
        deepest = max(deepest, level)
    return deepest - 1  # the one that holds them all


@cache
def markdown() -> Markdown:
    return Markdown(extensions=[*EXTENSIONS, Notes()], extension_configs=OPTIONS, output_format="xhtml")


@lru_cache(maxsize=1_000)
def locate(passage: Passage, needle: str, skip: int = 0, last: bool = False) -> Place:
    """Where ``needle`` first or last stands in the passage, its first characters skipped, or the beginning of the passage."""
    at = passage.markdown.rfind(needle) if last else passage.markdown.find(needle)
    if at < 0:
        return passage.place
    line, start = passage.markdown.count("\n", 0, at), passage.markdown.rfind("\n", 0, at) + 1
    indent = 0 if line else passage.place.column - 1
    return replace(passage.place.below(line), column=at - start + skip + 1 + indent)


# ---------------------------------------------------------------- before Python-Markdown


def regular(text: str) -> str:
    """The same text in the form that Python-Markdown reads as CommonMark does.

    It wants nested blocks indented by four columns, a blank line before a list or a table, and ``1.`` for ``1)``.
    """
    if not re.search(r"^\s*([-*+]|\d+[.)]|\|?.+\|)\s*", text, re.MULTILINE):
        return text
    lines = text.splitlines()
    found = unquoted(parse_blocks(text))
    moved = list(lines)
    around: list[Block] = []
    for item in (block for block in found if block.kind == "item"):
        around = [outer for outer in around if outer.depth < item.depth and outer.end >= item.end]
        indent_item(lines, moved, item, 4 * len(around))
        around.append(item)
    gaps = set(gaps_before(found, lines))
    out: list[str] = []
    for number, line in enumerate(moved):
        if number in gaps and out and out[-1].strip():
            out.append("")
        out.append(line)
    return "\n".join(out)


def unquoted(found: tuple[Block, ...]) -> list[Block]:
    """The blocks outside quotations, whose marks would stand before any indentation."""
    quotes = [block for block in found if block.kind == "quote"]
    return [block for block in found if not any(quote.start <= block.start < quote.end for quote in quotes)]


MARK = re.compile(r"(\s*)([-*+]|\d{1,9}[.)])(\s+|$)")


def indent_item(lines: list[str], moved: list[str], item: Block, column: int) -> None:
    """Move an item's mark to ``column`` and its other lines to four columns from there; items inside follow in turn."""
    first, current = MARK.match(lines[item.start]), MARK.match(moved[item.start])
    if not first or not current:
        return
    width = len(first[2]) + (len(first[3]) if len(first[3]) <= 4 else 1)  # more is indented code
    content = len(current[1]) + width
    moved[item.start] = " " * column + current[2].replace(")", ".") + " " + moved[item.start][current.end() :]
    for number in range(item.start + 1, item.end):
        line = moved[number]
        if line.strip() and len(line) - len(line.lstrip()) >= content:
            moved[number] = " " * (column + 4) + line[content:]


def gaps_before(found: list[Block], lines: list[str]) -> Iterator[int]:
    """The lines that want a blank line above them."""
    items: dict[int, Block] = {}
    last: dict[int, Block] = {}
    for block in found:
        item = items.get(block.depth - 1)
        before = last.get(block.depth)
        if block.kind in ("list", "table"):
            # A list right below the first line of its item makes a tight list, and must stay there.
            tight = (
                block.kind == "list" and item and before and before.start == item.start and before.kind == "paragraph"
            )
            if not tight:
                yield block.start
        if block.kind == "fence":
            yield from (block.start, block.end)
        if block.kind == "item":
            if before and not all(line.strip() for line in lines[before.start : before.end]):
                yield block.start
            items[block.depth] = block
            last.pop(block.depth + 1, None)
        if block.kind == "list":
            last.pop(block.depth + 1, None)
        last[block.depth] = block


class Notes(Extension):
    """``[^name]`` becomes a footnote where it stands: what to do with a note is up to the page or the screen."""

    def extendMarkdown(self, md: Markdown) -> None:
        self.texts: dict[str, str] = {}
        md.registerExtension(self)
        md.preprocessors.register(NoteTexts(md, self), "note-texts", 24)
        # Before code and formulas, which a note may hold: what stands in a note is read by later patterns only.
        md.inlinePatterns.register(NoteMark(r"\[\^([^\]\s]+)\]", md, self), "note-mark", 195)

    def reset(self) -> None:
        self.texts.clear()


class NoteTexts(Preprocessor):
    def __init__(self, md: Markdown, notes: Notes) -> None:
        super().__init__(md)
        self.notes = notes

    def run(self, lines: list[str]) -> list[str]:
        kept: list[str] = []
        name = ""
        for line in lines:
            if found := re.match(r"\[\^([^\]\s]+)\]:\s+(.*)", line):
                name = found[1]
                self.notes.texts[name] = found[2]
            elif (
                name
                and line.strip()
                and (line[0].isspace() or not kept or kept[-1].strip())
                and not line.startswith("[")
            ):
                self.notes.texts[name] += " " + line.strip()
            else:
                name = ""
                kept.append(line)
        return kept


class NoteMark(InlineProcessor):
    def __init__(self, pattern: str, md: Markdown, notes: Notes) -> None:
        super().__init__(pattern, md)
        self.notes = notes

    def handleMatch(self, m: re.Match[str], data: str) -> tuple[Element | None, int | None, int | None]:  # type: ignore[override]
        in_code = data.count("`", 0, m.start()) % 2
        if m[1] not in self.notes.texts or in_code:
            return None, None, None
        note = Element("span", {"class": "footnote"})
        # A mark in a note stays text: one of the note itself would make notes without end.
        note.text = self.notes.texts[m[1]].replace("[^", r"\[^")
        return note, m.start(0), m.end(0)


# ---------------------------------------------------------------- after it


def name_headings(root: Any, passage: Passage, chapter: Chapter) -> Iterator[tuple[str, Place]]:
    """Give every heading an identifier, its author's or one made of its text; that of all that has one, and its place."""
    for heading in root.iter("h1", "h2", "h3", "h4", "h5", "h6"):
        text = "".join(heading.itertext())
        if not heading.get("id"):
            heading.set("id", f"{chapter.id}-{slugify(text)}")
        yield heading.get("id"), locate(passage, text.split(" ")[0])
    names = root.xpath(".//*[not(self::h1|self::h2|self::h3|self::h4|self::h5|self::h6)]/@id")
    for number, name in enumerate(names):
        written = f"#{name}" if f"#{name}" in passage.markdown and f'"{name}"' not in passage.markdown else f'"{name}"'
        yield name, locate(passage, written, 1, last=name in names[:number])


def set_figures(root: Any, passage: Passage) -> Iterator[Figure]:
    """A picture that is a paragraph by itself becomes a figure, its title the caption."""
    for image in list(root.iter("img")):
        path, alt = image.get("src", ""), image.get("alt", "")
        yield Figure(path, alt, locate(passage, f"]({path}", 2))
        image.set("alt", alt)
        paragraph = image.getparent()
        alone = paragraph.tag == "p" and len(paragraph) == 1
        if alone and not (paragraph.text or "").strip() and not (image.tail or "").strip():
            paragraph.tag = "figure"
            paragraph.text = image.tail = None
            if kind := image.attrib.pop("class", None):
                paragraph.set("class", kind)
            if caption := image.attrib.pop("title", None):
                etree.SubElement(paragraph, "figcaption").text = re.sub(r"(?<=\w)'(?=\w)", "’", caption)


def set_links(root: Any, passage: Passage) -> Iterator[Link]:
    """Links to a chapter's file, which work where the Markdown is read, become links inside the book."""
    for anchor in list(root.iter("a")):
        target = anchor.get("href", "")
        yield Link(target, locate(passage, f"]({target}", 2))
        if chapter := CHAPTER_FILE.match(target):
            target = "#" + (chapter["id"] or slugify(chapter["name"]))
        anchor.set("href", escape_url(target))
        if target.startswith("#"):
            anchor.set("class", "crossref")


def set_lead_ins(root: Any) -> None:
    """A paragraph that ends in a colon is to stay with what it announces."""
    for paragraph in root.iter("p"):
        if "".join(paragraph.itertext()).rstrip().endswith(":") and paragraph.getnext() is not None:
            paragraph.set("class", "lead-in")


def set_tables(root: Any) -> None:
    for table in root.iter("table"):
        # For e-readers, whose styles cannot count.
        rows = [row for row in table.iter("tr") if len(row)]
        if max(map(len, rows), default=0) >= MANY_COLUMNS:
            table.set("class", "many")
        if rows and all(cell.tag == "th" for cell in rows[0]):
            name_cells(*rows)
    for cell in root.iter("th"):
        cell.set("scope", cell.get("scope", "col"))


def name_cells(head: Any, *rows: Any) -> None:
    """Each cell of a table needs a name, of its column or of its row, where the head has cells without a word."""
    unnamed = [cell for cell in head if cell.find(".//img") is None and not "".join(cell.itertext()).strip()]
    for cell in unnamed:
        cell.text = "–"
    if head[0] in unnamed:
        # Below an empty corner stand the names of rows.
        head[0].tag, head[0].text = "td", ""
        for row in rows:
            row[0].tag = "th"
            row[0].set("scope", "row")
    if len(unnamed) == len(head):
        part = head.getparent()
        part.remove(head)
        if not len(part):
            part.getparent().remove(part)


def set_code(root: Any, way: str) -> None:
    """Code runs from left to right in any text."""
    for code in root.iter("code", "kbd", "pre", "samp"):
        if "rtl" in (way, *(around.get("dir") for around in code.iterancestors())):
            code.set("dir", "ltr")


def bad_languages(root: Any, passage: Passage) -> Iterator[Problem]:
    for element in root.iter():
        tag = element.get("lang")
        if tag is not None and not is_language_tag(tag):
            found = f"`{tag}` is no language"
            yield Problem(locate(passage, f"{tag}"), "bad-language", found, "write its tag, such as `de` or `en-GB`")


def mixed_directions(root: Any, passage: Passage, way: str) -> Iterator[Problem]:
    """Words that would be printed in the wrong order."""
    for before, after in bidi.find_misordered_words(root, way):
        found = f"the order of `{before}` and `{after}`, which run against their paragraph, is not supported in print"
        other = "rtl" if way == "ltr" else "ltr"
        fix = f'put both into one `<span dir="{other}">…</span>`'
        yield Problem(locate(passage, after), "mixed-directions", found, fix)


def serialised(root: Any, inline: bool) -> str:
    for element in root.iter():
        # An empty <span/> would swallow what follows it in an HTML parser.
        if isinstance(element.tag, str) and element.tag not in ("br", "hr", "img", "col", "wbr") and not len(element):
            element.text = element.text or ""
    text: str = etree.tostring(root, encoding="unicode", method="xml")
    text = text.removeprefix("<div>").removesuffix("</div>").strip()
    if inline:
        text = text.removeprefix("<p>").removesuffix("</p>")
    return text


# The highlighter puts an empty element first, which would be a line that stays behind when its listing goes to the next page.
CODE = re.compile(r"(<pre\b[^>]*>)(?:<span></span>)?(<code\b[^>]*>)(.*?)(?=</code>)", re.DOTALL)
TAG = re.compile(r"<(/?)(\w+)[^<>]*(?<!/)>")
RUN = re.compile(r"(?:<[^<>]*>|[^\s<])+")


def set_lines(text: str) -> str:
    """Code as blocks that a page does not divide, and in them a line that may have to be broken as one that hangs."""
    return CODE.sub(lambda code: code[1] + code[2] + "".join(map(kept, stanzas(list(lines(code[3]))))), text)


def stanzas(code: Sequence[str]) -> Iterator[Sequence[str]]:
    """A listing in pieces: a short one as a whole, a long one divided where its sense allows it."""
    bare = [TAG.sub("", line).rstrip() for line in code]
    starts = [0]
    for place in cuts(bare) if len(code) > WHOLE else ():
        parts = (bare[starts[-1] : place], bare[place:])
        if all(sum(map(bool, part)) >= KEPT for part in parts):
            starts.append(place)
    yield from (code[start:end] for start, end in pairwise([*starts, len(code)]))


def cuts(bare: Sequence[str]) -> Iterator[int]:
    """The lines before which a page may end: those after blank ones, statements in a long run, and any in a very long one."""
    after = [place for place in range(1, len(bare)) if bare[place] and not bare[place - 1]]
    for start, end in pairwise([0, *after, len(bare)]):
        yield from [start] if start else []
        if end - start > WHOLE:
            inside = [place for place in range(start + 1, end) if begins(bare[place], bare[place - 1])]
            yield from inside or (range(start + 1, end) if end - start > LONGEST else ())


def begins(line: str, before: str) -> bool:
    """Whether a statement begins here that neither ends another nor belongs to what stands above it."""
    inner = ("", " ", "\t", ")", "]", "}", "#", "@")
    return line[:1] not in inner and before[:1] not in ("#", "@") and not CLAUSE.match(line)


def kept(code: Sequence[str]) -> str:
    return f'<span class="kept">{"".join(map(hung, code))}</span>'


def lines(code: str) -> Iterator[str]:
    """The lines, each with its own tokens: one that goes over several lines is cut at theirs."""
    tokens: list[str] = []
    for line in re.findall(r".*\n|.+", code):
        before = "".join(tokens)
        for tag in TAG.finditer(line):
            if tag[1]:
                tokens.pop()
            else:
                tokens.append(tag[0])
        yield before + line + "".join(TAG.sub(r"</\2>", tag) for tag in reversed(tokens))


def hung(line: str) -> str:
    plain = html.unescape(TAG.sub("", line)).rstrip().expandtabs()
    if len(plain) <= MEASURE:
        return line
    hang = min(len(plain) - len(plain.lstrip()), MEASURE // 2) + 2
    start = f'<span class="long" style="padding-left:{hang}ch;text-indent:-{hang}ch">'
    return f"{start}{RUN.sub(loosened, line)}</span>"


def loosened(run: re.Match[str]) -> str:
    """WeasyPrint breaks what has no space in it inside an element, but never between two."""
    if len(html.unescape(TAG.sub("", run[0]))) <= MEASURE // 2:
        return run[0]
    return re.sub("(?!^)(?=<span)|(?<=</span>)(?!$)", "<wbr/>", run[0])


# What ``prove`` looks for: code that is run, and sums that are checked.
PROVED = re.compile(r"^([ \t]*(?:`{3,}|~{3,})[ \t]*python) run(?=[ \t]*$)|^<!-- check: .*? -->$", re.MULTILINE)
FORMULA = re.compile(r'<(span|div) class="arithmatex">\\([(\[])(.*?)\\[)\]]</\1>', re.DOTALL)


def set_maths(text: str, passage: Passage) -> tuple[str, list[Problem]]:
    problems: list[Problem] = []

    def formula(match: re.Match[str]) -> str:
        display = match[2] == "["
        latex = html.unescape(match[3]).strip()
        place = locate(passage, latex.splitlines()[0]) if latex else passage.place
        large = [
            *check_limit("formula", len(latex), "the formula", place),
            *check_limit("formula-nesting", maths.nesting(latex), "the formula", place),
        ]
        if large:
            problems.extend(large)
            return ""
        try:
            svg = maths.typeset(latex, display)
        except maths.MathsError as error:
            fix = "write LaTeX that needs no package, such as `\\frac{1}{2}`"
            problems.append(Problem(place, "bad-maths", f"the formula `{latex}` cannot be set: {error}", fix))
            return ""
        return f'<div class="formula">{svg}</div>' if display else svg

    return FORMULA.sub(formula, text), problems
