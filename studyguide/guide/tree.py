"""Build Python-Markdown's tree from the tokens of ``syntax``: text → ElementTree, with the places of its elements.

``TokenParser`` takes the place of Python-Markdown's own parser, so that its extensions, which work on the tree, go on working. Each
element that stands for something in the text has its place in the attribute ``data-at``: the line, from 0 in the text, and the column.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any
from xml.etree.ElementTree import Element, ElementTree, SubElement

from markdown import Markdown
from markdown.blockparser import BlockParser
from markdown.util import ETX, STX, AtomicString
from markdown_it.token import Token
from pymdownx.highlight import Highlight

from studyguide.guide.links import REFUSED
from studyguide.guide.places import PLACE
from studyguide.guide.sanitise import URL_SCHEMES
from studyguide.guide.syntax import parse_markdown

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
_MARKS = {"em": "em", "strong": "strong", "s": "del", "mark": "mark"}
_TAG = re.compile(r"<([a-zA-Z][\w-]*)(?=[\s/>])")
_FORGED_PLACE = re.compile(rf"\s{PLACE}(?=[\s=/>])", re.IGNORECASE)
_INFO = re.compile(r"\s*(?:\{\s*\.?)?(?P<language>[\w+#.-]*)")
_DIRECTIVE = re.compile(r"\{(?P<name>[\w:-]+)\}\s*(?P<title>.*)")
_DIRECTIVE_OPTION = re.compile(r"(?::[\w-]+:.*|---)\n?")
_BOX = re.compile(r"\s*(?:\{\s*)?\.?(?:callout-)?(?P<kind>[\w-]+)(?P<rest>.*)", re.DOTALL)
_BOX_TITLE = re.compile(
    r"""\b(?:title|name)\s*=\s*(?:"(?P<double>[^"]*)"|'(?P<single>[^']*)')|^\s*\[(?P<bracket>.*)\]\s*$"""
)
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
_EMPTY_LISTING = '<div class="code"><pre><code></code></pre></div>'
_LISTING_DIRECTIVES = ("code-block", "code", "sourcecode", "code-cell")
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
        text = "\n".join(lines).replace(STX, "").replace(ETX, "")
        tokens, env = parse_markdown(text, inline=self.is_inline)
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
        self.used_notes: set[int] = set()

    def build(self, tokens: list[Token]) -> Element:
        """Return the root of the tree."""
        own = self._take_notes(tokens)
        if own and own[0].type == "inline":
            self._open("p")  # Python-Markdown's extensions do not see the text of the root
        self._add_blocks(own)
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
        first = block.map[0] if block.map else 0
        before = block.content[:at]
        line = first + before.count("\n")
        own = block.content.split("\n")[line - first]
        start = self.lines[line].find(own.strip()) if line < len(self.lines) else -1
        return line, max(start, 0) + at - (before.rfind("\n") + 1) + 1

    # ------------------------------------------------------------ the tree

    @property
    def _top(self) -> Element:
        return self.stack[-1]

    def _open(self, tag: str, token: Token | None = None, **attributes: str) -> Element:
        element = SubElement(self._top, tag, attributes)
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

    def _add_atomic(self, tag: str, text: str, **attributes: str) -> Element:
        element = SubElement(self._top, tag, attributes)
        element.text = AtomicString(_escape(text))
        return element

    # ------------------------------------------------------------ blocks

    def _add_blocks(self, tokens: list[Token]) -> None:
        is_cut = False  # True behind text that has no element of its own
        for token in tokens:
            kind, _, end = token.type.rpartition("_")
            if end == "close" and (kind in _BLOCKS or kind in ("heading", "alert", "alert_title", "container_box")):
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
        if "style" in token.attrs:
            attributes["style"] = str(token.attrs["style"]).replace(":", ": ") + ";"
        if kind in ("bullet_list", "ordered_list") and "class" in token.attrs:
            attributes["class"] = "task-list"
        if kind == "list_item" and "checked" in (token.meta or {}):
            attributes["class"] = "task-list-item done" if token.meta["checked"] else "task-list-item"
        if token.hidden:  # the paragraph of a tight list
            self.stack.append(self._top)
        else:
            self._open(_BLOCKS[kind], token, **attributes)

    def _add_block(self, token: Token) -> None:
        match token.type:
            case "inline":
                self._add_line(token)
            case "heading_open":
                self._open(token.tag, token)
            case "hr":
                SubElement(self._top, "hr")
            case "code_block":
                self._add_listing(token.content, "")
            case "fence":
                self._add_fence(token)
            case "html_block":
                self._write_html(token.content, token.map[0] if token.map else 0)
            case "formula_block" | "amsmath":
                self._add_display(token.content, token.map[0] if token.map else None)
            case "alert_open":
                self._open_box(token.meta["kind"].lower(), None, token)
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

    def _add_listing(self, code: str, language: str) -> None:
        """Add code, highlighted by pymdownx."""
        page = _EMPTY_LISTING
        if code.strip("\n"):
            highlighter = Highlight(self.md, guess_lang=False, stripnl=False)
            page = highlighter.highlight(code.removesuffix("\n"), language, "code")
        SubElement(self._top, "p").text = self.md.htmlStash.store(page)

    def _add_fence(self, token: Token) -> None:
        directive = _DIRECTIVE.fullmatch(token.info.strip())
        if directive and self._add_directive(directive["name"].lower(), directive["title"], token):
            return
        info = _INFO.match(token.info)
        language = info["language"] if info else ""
        if language == "math":
            self._add_display(token.content, token.map[0] if token.map else None)
        else:
            self._add_listing(token.content, language)

    def _add_directive(self, name: str, title: str, token: Token) -> bool:
        """Add what MyST writes as a fence, ```` ```{note} Title````; False if it is code."""
        body = token.content
        while option := _DIRECTIVE_OPTION.match(body):
            body = body[option.end() :]
        line = token.map[0] if token.map else 0
        if name == "math":
            self._add_display(body, line)
        elif name in _LISTING_DIRECTIVES:
            self._add_listing(body, title.split(" ", maxsplit=1)[0])
        elif name in self.box_titles or name == "admonition":
            self._open_box(name if name in self.box_titles else "note", title or None, token)
            inner, _ = parse_markdown(body)
            self._shift(inner, line + 1 + token.content.count("\n") - body.count("\n"))
            self._add_blocks(inner)
            self._close()
        else:
            return False
        return True

    def _shift(self, tokens: list[Token], lines: int) -> None:
        for token in tokens:
            if token.map:
                token.map = [token.map[0] + lines, token.map[1] + lines]

    def _add_display(self, latex: str, line: int | None) -> None:
        self._place(self._add_atomic("div", rf"\[{latex}\]", **{"class": "arithmatex"}), line)

    def _write_html(self, html: str, line: int) -> None:
        """Add HTML of the author's as it is; its tags get their places, and none that the author may have given them."""

        def add_place(tag: re.Match[str]) -> str:
            return f'{tag[0]} {PLACE}="{line + html.count(chr(10), 0, tag.start())}:1"'

        html = _FORGED_PLACE.sub(" data-", html)
        self._append(self.md.htmlStash.store(_TAG.sub(add_place, html)) + "\n")

    # ------------------------------------------------------------ boxes

    def _open_box(self, kinds: str, title: str | None, token: Token) -> None:
        """Open a box with its title; without one of the author's, its kind in the language of the text."""
        kind = kinds.split(" ", maxsplit=1)[0]
        box = self._open("div", token, **{"class": f"admonition {kinds}"})
        own = self.box_titles.get(kind, kind.replace("-", " ").capitalize()) if title is None else title
        if own:
            heading = SubElement(box, "p", {"class": "admonition-title"})
            self.stack.append(heading)
            if title is None:
                self._write(own)
            else:
                (line,), _ = parse_markdown(own, inline=True)
                self._add_line(line)
            self._close()

    def _open_admonition(self, token: Token) -> None:
        """Open ``!!! note "Title"``; an empty title is none."""
        match = re.fullmatch(r'\s*(?P<kinds>[^"]*?)\s*(?:"(?P<title>.*)")?\s*', token.info)
        kinds = (match["kinds"] if match else token.info).strip().lower()
        self._open_box(kinds, match["title"] if match else None, token)

    def _open_container(self, token: Token) -> None:
        """Open ``::: note Title``; one of an unknown kind is no box, and its text stands as it is."""
        match = _BOX.fullmatch(token.info)
        kind = match["kind"].lower() if match else ""
        if not match or kind not in self.box_titles:
            self._open("div", token)
            return
        rest = match["rest"].strip().rstrip("}").strip()
        named = _BOX_TITLE.search(rest)
        if named:
            title = named["double"] or named["single"] or named["bracket"]
        else:
            title = rest if rest and "{" not in match[0] else None
        self._open_box(kind, title, token)

    # ------------------------------------------------------------ lines

    def _add_line(self, block: Token) -> None:
        """Add the text of a paragraph, heading or cell. A formula on lines of its own divides its paragraph."""
        for token in block.children or ():
            kind, _, end = token.type.rpartition("_")
            if end in ("open", "close") and kind in _MARKS:
                if end == "open":
                    self._open(_MARKS[kind])
                else:
                    self._close()
            else:
                self._add_inline(token, block)

    def _add_inline(self, token: Token, block: Token) -> None:
        at = (token.meta or {}).get("at")
        point = self._find_point(block, at) if at is not None else (None, 1)
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
                SubElement(self._top, "br").tail = "\n"
            case "code_inline":
                self._add_atomic("code", token.content)
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
                self._place(self._add_atomic("span", rf"\({token.content}\)", **{"class": "arithmatex"}), *point)
            case "formula_display":
                self._place(self._add_atomic("span", rf"\[{token.content}\]", **{"class": "arithmatex"}), *point)
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
        self._place(self._open("a", **attributes), *point)

    def _add_image(self, token: Token, point: tuple[int | None, int]) -> None:
        names = ("src", "title", "width")
        attributes = {name: _escape(str(value)) for name, value in token.attrs.items() if name in names}
        image = SubElement(self._top, "img", {"alt": _escape(_join_text(token.children or ())), **attributes})
        self._place(image, *point)

    # ------------------------------------------------------------ footnotes

    def _add_note(self, token: Token, point: tuple[int | None, int]) -> None:
        """Add a footnote where it is called; a second call of the same note leads to the first."""
        number = token.meta["id"]
        if number in self.open_notes or number not in self.notes:
            self._write(f"[^{token.meta.get('label', '')}]")
            return
        again = {"data-again": str(number)} if number in self.used_notes else {}
        note = self._place(self._open("span", **{"class": "footnote", **again}), *point)
        self.open_notes.add(number)
        self.used_notes.add(number)
        self._add_note_text(self.notes[number], note)
        self.open_notes.discard(number)
        self._close()

    def _add_note_text(self, tokens: list[Token], note: Element) -> None:
        """Add the blocks of a note as the content of a line: paragraphs, items and code one after another."""
        self._add_blocks(tokens)
        _flatten(note)


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
    """Turn the paragraphs and lists of a note into spans, for it stands in a line; the first paragraph is the note itself."""
    for block in list(note.iter())[1:]:
        if block.tag in ("p", "li"):
            block.set("class", "note-item" if block.tag == "li" else "note-paragraph")
            block.tag = "span"
        elif block.tag in ("ul", "ol", "blockquote"):
            block.tag = "span"
    if len(note) and note[0].get("class") == "note-paragraph":
        first = note[0]
        note.text = first.text
        inner = list(first)
        note.remove(first)
        for place, child in enumerate(inner):
            note.insert(place, child)
        if first.tail and first.tail.strip():
            if inner:
                inner[-1].tail = _join(inner[-1].tail, first.tail)
            else:
                note.text = _join(note.text, first.tail)
