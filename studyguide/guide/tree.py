"""Build Python-Markdown's tree from the tokens of ``syntax``: text → ElementTree, with the places of its elements.

``TokenParser`` takes the place of Python-Markdown's own parser, so that its extensions, which work on the tree, go on working. Each
element that stands for something in the text has its place in the attribute ``data-at``: the line, from 0 in the text, and the column.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from copy import copy
from itertools import accumulate
from types import MappingProxyType
from typing import Any
from xml.etree.ElementTree import Element, ElementTree, SubElement

from markdown import Markdown
from markdown.blockparser import BlockParser
from markdown.util import ETX, STX, AtomicString
from markdown_it.token import Token
from pymdownx.highlight import Highlight

from studyguide.guide.classes import OWN_CLASS
from studyguide.guide.fences import ListingStyle, read_directive_style, read_fence_style, remove_annotation_marks
from studyguide.guide.links import REFUSED
from studyguide.guide.places import PLACE
from studyguide.guide.sanitise import URL_SCHEMES
from studyguide.guide.syntax import parse_markdown
from studyguide.text import INVALID_XML_CHARACTER

_BLOCKS = {
    "paragraph": "p",
    "blockquote": "blockquote",
    "bullet_list": "ul",
    "ordered_list": "ol",
    "list_item": "li",
    "table": "table",
    "thead": "thead",
    "tbody": "tbody",
    "tr": "tr",
    "th": "th",
    "td": "td",
    "dl": "dl",
    "dt": "dt",
    "dd": "dd",
}
_MAX_INNER_NOTES = 100  # in one text; notes that call each other twice would be without end
_CLOSED = ("heading", "alert", "alert_title", "container_box", "tab")
_NOTE_CLASSES = {
    "p": "note-paragraph", "li": "note-item", "table": "note-table", "thead": "note-rows", "tbody": "note-rows", "tr": "note-row",
    "td": "note-cell", "th": "note-cell note-head",
}  # fmt: skip
"""The classes of the spans that stand for blocks in a footnote."""
_MARKS = {"em": "em", "strong": "strong", "s": "del", "mark": "mark", "sup": "sup"}
_TAG = re.compile(r"<([a-zA-Z][\w-]*)(?=[\s/>])")
_FORGED_PLACE = re.compile(rf"\s{PLACE}(?=[\s=/>])", re.IGNORECASE)
_DIRECTIVE = re.compile(r"\{(?P<name>[\w:-]+)\}\s*(?P<title>.*)")
_DIRECTIVE_OPTION = re.compile(r"(?::(?P<name>[\w-]+):(?P<value>.*)|---)\n?")
_BOX = re.compile(r"\s*(?P<brace>\{\s*)?\.?(?:callout-)?(?P<kind>[\w-]+)(?P<attributes>[^{}]*)\}?(?P<title>.*)")
_BOX_TITLE = re.compile(
    r"""\b(?:title|name)\s*=\s*(?:"(?P<double>[^"]*)"|'(?P<single>[^']*)')|^\s*\[(?P<bracket>.*)\]\s*$"""
)
_ADMONITION = re.compile(
    r'\s*(?:(?P<kinds>[^"]*?)\s*"(?P<title>.*)"|(?P<kind>[\w-]+(?:\s+(?:inline|end)\b)*)\s*(?P<bare>.*?))\s*'
)
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
_FORMULA_START = re.compile(r"\$`|\${1,2}|\\\(|")
_ALT_WITH_SIZE = re.compile(r"(?P<alt>.+)\|(?P<width>\d{1,4})(?:x\d{1,4})?")
_CODE_LANGUAGE = re.compile(r"^(?:#!|:::)\w+ (?=\S)")
"""The language of code in a line, as pymdownx has it."""
_CALLOUT = re.compile(r"\[!(?P<kind>[\w-]+)(?:\|[^\]\n]*)?\][+-]?[ \t]*(?P<title>[^\n]*)(?:\n|$)")
_EMPTY_LISTING = f'<div {OWN_CLASS}="code"><pre><code></code></pre></div>'
_LISTING_CLASS = re.compile(r'(<\w+) class="')
"""A class as pymdownx writes it; in code that it highlights, ``<`` is an entity."""
_LISTING_DIRECTIVES = ("code-block", "code", "sourcecode", "code-cell")
_QUOTING_DIRECTIVES = ("epigraph", "pull-quote", "highlights", "blockquote")
_PLAIN_DIRECTIVES = ("tab-set", "grid", "div", "container", "only", "table", "glossary")
_BOX_DIRECTIVES = (
    *_QUOTING_DIRECTIVES, *_PLAIN_DIRECTIVES, "admonition", "dropdown", "tab-item", "card", "grid-item-card",
    "grid-item", "sidebar", "margin", "topic", "aside", "versionadded", "versionchanged", "deprecated", "prf:theorem", "prf:proof",
    "prf:lemma", "prf:definition", "exercise", "solution", "details",
)  # fmt: skip
_PICTURE_DIRECTIVES = ("figure", "image")


class TokenParser(BlockParser):
    """Python-Markdown's parser of blocks and lines, in place of its own."""

    def __init__(self, md: Markdown, box_titles: Mapping[str, str]) -> None:
        super().__init__(md)
        self.box_titles = box_titles
        """The title of each kind of box, for authors who give none."""
        self.abbreviations: dict[str, str] = {}
        """Filled by each text; the extension ``abbr`` reads it."""
        self.is_inline = False
        """True while a line such as a title is read."""

    def parseDocument(self, lines: Iterable[str]) -> Any:
        text = INVALID_XML_CHARACTER.sub("", "\n".join(lines))
        tokens, env = parse_markdown(text, inline=self.is_inline)
        if self.is_inline:
            tokens[0].tag = "p"
        self.abbreviations.clear()
        self.abbreviations.update(env.get("abbreviations", {}))
        self.root = _TreeBuilder(self.md, self.box_titles, text.split("\n")).build(tokens)
        return ElementTree(self.root)


class _TreeBuilder:
    """The state of one text that becomes a tree."""

    def __init__(self, md: Markdown, box_titles: Mapping[str, str], lines: list[str]) -> None:
        self.md, self.box_titles, self.lines = md, box_titles, lines
        self.stack: list[Element] = [Element("div")]
        self.notes: dict[int, list[Token]] = {}
        """The tokens of each footnote, by its number."""
        self.open_notes: set[int] = set()
        """Notes that are being written: a note that calls itself would never end."""
        self.inner_notes = 0
        """The number of notes that were written inside others."""
        self.used_notes: dict[int, int] = {}
        """Notes that were written, by their numbers, and their places among them."""
        self.measured: Token | None = None
        """The block whose lines begin at ``line_starts``, and in their lines of the text at ``indents``."""
        self.line_starts: list[int] = []
        self.indents: list[int] = []

    def build(self, tokens: list[Token]) -> Element:
        """Return the root of the tree."""
        self._add_blocks(self._take_notes(tokens))
        return self.stack[0]

    def _take_notes(self, tokens: list[Token]) -> list[Token]:
        """Return the tokens without the footnotes at the end, which are kept for their calls."""
        text: list[Token] = []
        current: list[Token] | None = None
        for token in tokens:
            if token.type == "footnote_open":
                current = self.notes[token.meta["id"]] = []
            elif token.type == "footnote_close":
                current = None
            elif current is not None:
                current += [token] if token.type != "footnote_anchor" else []
            elif token.type not in ("footnote_block_open", "footnote_block_close"):
                text.append(token)
        return text

    # ------------------------------------------------------------ places

    def _place(self, element: Element, line: int | None, column: int = 1) -> Element:
        if line is not None:
            element.set(PLACE, f"{line}:{column}")
        return element

    def _find_point(self, block: Token, at: int) -> tuple[int, int]:
        """Return the line and the column of a character of a block's text."""
        if block is not self.measured:
            self._measure_block(block)
        number = bisect_right(self.line_starts, at) - 1
        line = (block.map[0] if block.map else 0) + number
        return line, self.indents[number] + at - self.line_starts[number] + 1

    def _measure_block(self, block: Token) -> None:
        """Find out where the lines of a block begin, and at which column its text begins in them."""
        before, end = self.measured, self.line_starts[1] - 1 if self.line_starts else 0
        is_next_cell = before is not None and before.map == block.map
        first = self.indents[0] + end if is_next_cell else 0
        texts, top = block.content.split("\n"), block.map[0] if block.map else 0
        lines = self.lines[top : top + len(texts)] + [""] * len(texts)
        self.indents = [
            max(line.find(text.strip(), 0 if number else first), 0)
            for number, (text, line) in enumerate(zip(texts, lines, strict=False))
        ]
        self.line_starts = [0, *accumulate(len(text) + 1 for text in texts)]
        self.measured = block

    # ------------------------------------------------------------ the tree

    @property
    def _top(self) -> Element:
        return self.stack[-1]

    def _open(
        self, tag: str, token: Token | None = None, attributes: Mapping[str, str] = MappingProxyType({})
    ) -> Element:
        element = SubElement(self._top, tag, dict(attributes))
        if token is not None and token.map:
            self._place(element, token.map[0])
        self.stack.append(element)
        return element

    def _close(self) -> None:
        self.stack.pop()

    def _write(self, text: str) -> None:
        """Add text to the end of the open element."""
        self._append(_escape(text))

    def _append(self, text: str) -> None:
        """Add what Python-Markdown writes as it is, such as its own marks for HTML."""
        top = self._top
        if len(top):
            top[-1].tail = _join(top[-1].tail, text)
        else:
            top.text = _join(top.text, text)

    def _add_atomic(self, tag: str, text: str, class_: str = "") -> Element:
        element = SubElement(self._top, tag, {OWN_CLASS: class_} if class_ else {})
        element.text = AtomicString(_escape(text))
        return element

    # ------------------------------------------------------------ blocks

    def _add_blocks(self, tokens: list[Token]) -> None:
        is_cut = False  # True behind text that has no element of its own
        for token in _name_boxes(tokens):
            kind, _, end = token.type.rpartition("_")
            if end == "close" and (kind in _BLOCKS or kind in _CLOSED):
                if "attributes" in token.meta:
                    self._append(f"\n{token.meta['attributes']}")
                self._close()
                is_cut = token.hidden or kind == "heading"
                continue
            if is_cut:
                self._append("\n")  # or the words of two blocks would be one
            is_cut = False
            if end == "open" and kind in _BLOCKS:
                self._open_block(kind, token)
            else:
                self._add_block(token)

    def _open_block(self, kind: str, token: Token) -> None:
        attributes = {}
        if kind == "ordered_list" and "start" in token.attrs:
            attributes["start"] = str(token.attrs["start"])
        if "type" in token.attrs:
            attributes["type"] = str(token.attrs["type"])
        if "style" in token.attrs:
            attributes["style"] = str(token.attrs["style"]).replace(":", ": ") + ";"
        if kind in ("bullet_list", "ordered_list") and "class" in token.attrs:
            attributes[OWN_CLASS] = "task-list"
        if kind == "list_item" and "checked" in (token.meta or {}):
            attributes[OWN_CLASS] = "task-list-item done" if token.meta["checked"] else "task-list-item"
        if token.hidden:  # the paragraph of a tight list
            self.stack.append(self._top)
        else:
            self._open(_BLOCKS[kind], token, attributes)

    def _add_block(self, token: Token) -> None:
        match token.type:
            case "inline":
                self._add_line(token)
            case "heading_open":
                self._open(token.tag, token)
            case "hr":
                SubElement(self._top, "hr")
            case "code_block":
                self._add_listing(token, token.content, ListingStyle())
            case "fence":
                self._add_fence(token)
            case "html_block":
                self._write_html(token.content, token.map[0] if token.map else 0)
            case "formula_block" | "amsmath":
                self._add_display(token.content, token.map)
            case "alert_open":
                self._open_box(token.meta["kind"].lower(), None, token)
            case "callout_open":
                self._open_box(token.info, token.meta["title"], token)
            case "tab_open":
                self._open_box("", token.info, token)
            case "container_box_open":
                self._open_container(token)
            case "admonition_open":
                self._open_admonition(token)
            case "admonition_close":
                self._close()
            case "alert_title_open" | "admonition_title_open":
                self.stack.append(Element("p"))  # the title was written with the box
            case "admonition_title_close":
                self._close()

    def _add_listing(self, token: Token, code: str, style: ListingStyle) -> None:
        """Add code, highlighted by pymdownx; in a footnote, which stands in a line, as code in a line."""
        if self.open_notes:
            self._open("p")
            self._add_atomic("code", code.strip("\n"), "note-code")
            self._close()
            return
        page = _EMPTY_LISTING
        if code.strip("\n"):
            highlighter = Highlight(self.md, guess_lang=False, stripnl=False)
            page = highlighter.highlight(code.removesuffix("\n"), style.language, "code", title=style.title or None)
            if style.classes:
                page = page.replace("<code>", f'<code class="{style.classes}">', 1)
            page = _LISTING_CLASS.sub(rf'\1 {OWN_CLASS}="', page)
        if token.map:
            page = f'<div {PLACE}="{token.map[0]}:1"{page.removeprefix("<div")}'
        SubElement(self._top, "p").text = self.md.htmlStash.store(page)

    def _add_fence(self, token: Token) -> None:
        directive = _DIRECTIVE.fullmatch(token.info.strip())
        if directive and self._add_directive(directive["name"].lower(), directive["title"], token):
            return
        style = read_fence_style(token.info)
        if style.language == "math":
            self._add_display(token.content, token.map)
        else:
            self._add_listing(token, token.content, style)

    def _add_directive(self, name: str, title: str, token: Token) -> bool:
        """Add what MyST writes as a fence, ```` ```{note} Title````; False if it is code."""
        body, options = token.content, dict[str, str]()
        while option := _DIRECTIVE_OPTION.match(body):
            if option["name"]:
                options[option["name"]] = option["value"].strip()
            body = body[option.end() :]
        if options:
            body = body.removeprefix("\n")
        if name == "math":
            self._add_display(body, token.map)
        elif name in _PICTURE_DIRECTIVES:
            self._add_picture(title.strip(), options, self._parse_body(body, token), token)
        elif name in _LISTING_DIRECTIVES:
            self._add_listing(token, body, read_directive_style(title.partition(" ")[0], options))
        elif token.markup.startswith(":") or name in self.box_titles or name in _BOX_DIRECTIVES:
            self._open_directive(name, title, token)
            self._add_blocks(self._parse_body(body, token))
            self._close()
        else:
            return False
        return True

    def _parse_body(self, body: str, token: Token) -> list[Token]:
        """Return the tokens of the text of a directive, which ends where the directive does."""
        tokens, _ = parse_markdown(body)
        start = (token.map[0] if token.map else 0) + 1 + token.content.count("\n") - body.count("\n")
        for each in tokens:
            if each.map:
                each.map = [each.map[0] + start, each.map[1] + start]
        return tokens

    def _open_directive(self, name: str, title: str, token: Token) -> None:
        """Open the element for the text of a directive: a box, a quotation, or no more than its title."""
        if name in _QUOTING_DIRECTIVES:
            self._open("blockquote", token)
        elif name in _PLAIN_DIRECTIVES:
            self._open("div", token)
        elif name in self.box_titles:
            self._open_box(name, title or None, token)
        else:
            self._open_box("note", title, token)

    def _add_picture(self, path: str, options: Mapping[str, str], caption: list[Token], token: Token) -> None:
        """Add the picture of a directive, and its caption below."""
        look = {name: options[name] for name in ("width", "height", "align") if name in options}
        self._open("figure")
        self._open("p")
        image = {"src": _escape(path), "alt": _escape(options.get("alt", "")), **look}
        self._place(SubElement(self._top, "img", image), token.map[0] if token.map else None)
        self._close()
        if caption:
            self._open("figcaption")
            if caption[0].type == "paragraph_open":
                self._add_line(caption[1])
                caption = caption[3:]
            self._add_blocks(caption)
            self._close()
        self._close()

    def _add_display(self, latex: str, lines: list[int] | None) -> None:
        """Add a formula on lines of its own; its place is that of its first line with LaTeX."""
        first = latex.strip().partition("\n")[0].strip()
        inside = range(*lines) if lines else range(0)
        line = next((number for number in inside if first in self.lines[number]), lines[0] if lines else None)
        column = self.lines[line].find(first) + 1 if line is not None else 1
        self._place(self._add_atomic("div", rf"\[{latex}\]", "arithmatex"), line, max(column, 1))

    def _write_html(self, html: str, line: int) -> None:
        """Add HTML of the author's as it is; its tags get their places, and none that the author may have given them."""
        own = _FORGED_PLACE.sub(" data-", html).split("\n")
        placed = (_place_tags(text, number) for number, text in enumerate(own, line))
        self._append(self.md.htmlStash.store("\n".join(placed)) + "\n")

    # ------------------------------------------------------------ boxes

    def _open_box(self, kinds: str, title: str | None, token: Token) -> None:
        """Open a box with its title; without one of the author's, its kind in the language of the text."""
        kind = kinds.partition(" ")[0]
        classes = ["admonition", *(each for each in kinds.split() if each in self.box_titles)]
        box = self._open("div", token, {OWN_CLASS: " ".join(classes)})
        own = self.box_titles.get(kind, kind.replace("-", " ").capitalize()) if title is None else title
        if own:
            heading = SubElement(box, "p", {OWN_CLASS: "admonition-title"})
            self.stack.append(heading)
            if title is None:
                self._write(own)
            else:
                _, line, *_ = parse_markdown(own, inline=True)[0]
                line.map = token.map
                self._add_line(line)
            self._close()

    def _open_admonition(self, token: Token) -> None:
        """Open ``!!! note "Title"``; an empty title is none, and one without quotation marks may follow the kind."""
        match = _ADMONITION.fullmatch(token.info)
        if not match:
            self._open_box(token.info.strip().lower(), None, token)
        elif match["kind"]:
            self._open_box(match["kind"].lower(), match["bare"] or None, token)
        else:
            self._open_box(match["kinds"].lower(), match["title"], token)

    def _open_container(self, token: Token) -> None:
        """Open ``::: note Title``; one of an unknown kind is no box, and its text stands as it is."""
        match = _BOX.fullmatch(token.info)
        kind = match["kind"].lower() if match else ""
        if not match or kind not in self.box_titles:
            words = "" if not match or match["brace"] else match["attributes"].strip()
            if words:
                self._open_box("note", words, token)
            else:
                self._open("div", token)
            return
        attributes = match["attributes"].strip()
        named = _BOX_TITLE.search(attributes)
        if "title" in token.meta:
            title = token.meta["title"]
        elif named:
            title = named["double"] or named["single"] or named["bracket"]
        else:
            title = match["title"].strip() if match["brace"] else attributes
        self._open_box(kind, title or None, token)

    # ------------------------------------------------------------ lines

    def _add_line(self, block: Token) -> None:
        """Add the text of a paragraph, heading or cell. A formula on lines of its own divides its paragraph."""
        tokens = block.children or []
        for number, token in enumerate(tokens):
            kind, _, end = token.type.rpartition("_")
            if kind == "element":
                if end == "open":
                    self._open(token.tag)
                else:
                    self._close()
            elif end in ("open", "close") and kind in _MARKS:
                if end == "open":
                    tag = "sub" if _is_subscript(tokens, number) else _MARKS[kind]
                    self._place(self._open(tag), *self._find_point(block, token.meta.get("at", 0)))
                else:
                    self._close()
            else:
                self._add_inline(token, block)

    def _add_inline(self, token: Token, block: Token) -> None:
        at = token.meta.get("at") if token.type != "text" else None
        point = self._find_point(block, at + _skip_to_object(token, block.content, at)) if at is not None else (None, 1)
        match token.type:
            case "text":
                self._write(token.content)
            case "text_special":
                # Python-Markdown's own form of a character that has no meaning, until it is written.
                if token.info == "escape" and len(token.content) == 1:
                    self._append(f"{STX}{ord(token.content)}{ETX}" if token.content != "&" else "&amp;")
                elif token.content == "\ufffd":
                    self._append(token.markup)  # a character that no book can have: the sanitiser reports it
                else:
                    self._write(token.content)
            case "softbreak":
                self._write("\n")
            case "hardbreak":
                SubElement(self._top, "br")
            case "code_inline":
                self._add_atomic("code", _CODE_LANGUAGE.sub("", token.content))
            case "html_inline":
                line = point[0] if point[0] is not None else 0
                self._write_inline_html(token.content, line, point[1])
            case "link_open":
                self._open_link(token, point)
            case "link_close":
                self._close()
            case "image":
                self._add_image(token, point)
            case "formula":
                self._place(self._add_atomic("span", rf"\({token.content}\)", "arithmatex"), *point)
            case "formula_display":
                self._place(self._add_atomic("span", rf"\[{token.content}\]", "arithmatex"), *point)
            case "footnote_ref":
                self._add_note(token, point)

    def _write_inline_html(self, html: str, line: int, column: int) -> None:
        html = _FORGED_PLACE.sub(" data-", html)
        self._append(self.md.htmlStash.store(_TAG.sub(rf'<\1 {PLACE}="{line}:{column}"', html)))

    def _open_link(self, token: Token, point: tuple[int | None, int]) -> None:
        """Open a link; an address between angle brackets that no book links to is words."""
        attributes = {name: _escape(str(value)) for name, value in token.attrs.items() if name in ("href", "title")}
        scheme = _SCHEME.match(str(token.attrs.get("href", "")))
        if scheme and scheme[1].lower() not in URL_SCHEMES:
            if token.info == "auto":
                self._open("span")
                return
            attributes[REFUSED] = attributes.pop("href")
        self._place(self._open("a", attributes=attributes), *point)

    def _add_image(self, token: Token, point: tuple[int | None, int]) -> None:
        names = ("src", "title", "width")
        attributes = {name: _escape(str(value)) for name, value in token.attrs.items() if name in names}
        alt = _join_text(token.children or ())
        if size := _ALT_WITH_SIZE.fullmatch(alt):
            alt, attributes["width"] = size["alt"], size["width"]
        image = SubElement(self._top, "img", {"alt": _escape(alt), **attributes})
        self._place(image, *point)

    # ------------------------------------------------------------ footnotes

    def _add_note(self, token: Token, point: tuple[int | None, int]) -> None:
        """Add a footnote where it is called; a second call of the same note leads to the first, and one in a note has its text."""
        number = token.meta["id"]
        is_one_too_many = bool(self.open_notes) and self.inner_notes >= _MAX_INNER_NOTES
        if number in self.open_notes or number not in self.notes or is_one_too_many:
            self._write(f"[^{token.meta.get('label', '')}]")
            return
        if self.open_notes:
            self._add_inner_note(number)
            return
        if number in self.used_notes:
            distance = len(self.used_notes) - self.used_notes[number]
            self._add_atomic("span", str(distance), "note-again")
            return
        note = self._place(self._open("span", attributes={OWN_CLASS: "footnote"}), *point)
        self.open_notes.add(number)
        self.used_notes[number] = len(self.used_notes)
        self._add_blocks(self.notes[number])
        _flatten(note)
        self.open_notes.discard(number)
        self._close()

    def _add_inner_note(self, number: int) -> None:
        """Add the text of a note that another note calls, in parentheses: a note has no notes below it."""
        self.inner_notes += 1
        self.open_notes.add(number)
        self._write("(")
        inner = self._open("span")
        self._add_blocks(self.notes[number])
        _flatten(inner)
        self._close()
        self._write(")")
        self.open_notes.discard(number)


def _name_boxes(tokens: list[Token]) -> Iterator[Token]:
    """Yield the tokens; quotations that Obsidian shows as boxes become these, and headings that are titles of boxes part of them.

    Code above a list has its annotations as comments.
    """
    callouts: list[bool] = []
    place = 0
    while place < len(tokens):
        token, used = tokens[place], 1
        if token.type == "blockquote_open":
            box, used = _read_callout(tokens[place : place + 4])
            callouts.append(box is not None)
            token = box or token
        elif token.type == "blockquote_close" and callouts.pop():
            token = _change_token(token, "alert_close", token.info, {})
        elif token.type == "container_box_open" and [each.type for each in tokens[place + 1 : place + 2]] == [
            "heading_open"
        ]:
            token, used = _change_token(token, token.type, token.info, {"title": tokens[place + 2].content}), 4
        elif token.type == "fence" and [each.type for each in tokens[place + 1 : place + 2]] == ["ordered_list_open"]:
            token = copy(token)
            token.content = remove_annotation_marks(token.content)
        yield token
        place += used


def _read_callout(tokens: list[Token]) -> tuple[Token | None, int]:
    """Return the opening of a box for a quotation that begins with ``[!kind] Title``, or None; and the tokens that it replaces."""
    if [each.type for each in tokens[1:3]] != ["paragraph_open", "inline"]:
        return None, 1
    text = tokens[2]
    match = _CALLOUT.match(text.content)
    if not match:
        return None, 1
    box = _change_token(tokens[0], "callout_open", match["kind"].lower(), {"title": match["title"].strip() or None})
    children = text.children or []
    first = next((number for number, each in enumerate(children) if each.type.endswith("break")), None)
    if first is None:
        return box, 4
    text.children = children[first + 1 :]
    return box, 1


def _change_token(token: Token, kind: str, info: str, meta: dict[str, Any]) -> Token:
    changed = copy(token)
    changed.type, changed.info, changed.meta = kind, info, meta
    return changed


def _is_subscript(tokens: list[Token], number: int) -> bool:
    """True for the opening of ``H~2~O``: a tilde behind a letter, around something without a space."""
    before, inside = tokens[number - 1] if number else None, tokens[number + 1]
    is_behind_word = before is not None and before.type == "text" and before.content[-1:].isalnum()
    return tokens[number].markup == "~" and is_behind_word and not re.search(r"\s", inside.content)


def _skip_to_object(token: Token, text: str, at: int) -> int:
    """Return the characters from the mark of a token to what it is about: the address of a link or a picture, or LaTeX."""
    if token.type in ("formula", "formula_display"):
        return len(_FORMULA_START.match(text, at)[0])  # type: ignore[index]
    if token.type not in ("link_open", "image") or token.info == "auto":
        return 0
    depth, place = 0, at
    while place < len(text):
        character = text[place]
        place += 2 if character == "\\" else 1
        depth += (character == "[") - (character == "]")
        if character == "]" and depth <= 0:
            break
    return place + 1 - at if text[place : place + 1] == "(" else 0


def _place_tags(html: str, line: int) -> str:
    """Return a line of HTML with the places of its tags."""
    return _TAG.sub(lambda tag: f'{tag[0]} {PLACE}="{line}:{tag.start() + 1}"', html)


def _escape(text: str) -> str:
    """Return text whose ampersands stay: Python-Markdown takes ``&ouml;`` in a text for an entity."""
    return text.replace("&", "&amp;")


def _join(before: str | None, text: str) -> str:
    return (before or "") + text


def _join_text(tokens: Iterable[Token]) -> str:
    """Return the text of tokens, without marks."""
    return "".join(
        _join_text(token.children) if token.children else " " if token.type.endswith("break") else token.content
        for token in tokens
    )


def _flatten(note: Element) -> None:
    """Turn the blocks of a note into spans, for it stands in a line; the first paragraph is the note itself."""
    for block in list(note.iter())[1:]:
        if block.tag in _NOTE_CLASSES:
            block.set(OWN_CLASS, _NOTE_CLASSES[block.tag])
            block.tag, block.tail = "span", " "
        elif block.tag in ("ul", "ol", "blockquote"):
            block.tag = "span"
    if len(note) and note[0].get(OWN_CLASS) == "note-paragraph":
        first = note[0]
        note.text = first.text
        inner = list(first)
        note.remove(first)
        for place, child in enumerate(inner):
            note.insert(place, child)
        if first.tail:
            if inner:
                inner[-1].tail = _join(inner[-1].tail, first.tail)
            else:
                note.text = _join(note.text, first.tail)
    if len(note):
        note[-1].tail = (note[-1].tail or "").rstrip()
    else:
        note.text = (note.text or "").rstrip()
