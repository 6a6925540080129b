"""The Markdown that a guide is written in: text → markdown-it's tokens, with the places of what stands in lines.

GitHub Flavored Markdown, and what MkDocs Material, Obsidian, Quarto and MyST add to it, as far as a book has an equal. Each rule below
is one construct.
"""

import re
import unicodedata
from functools import cache
from typing import Any
from urllib.parse import quote, unquote

from markdown_it import MarkdownIt
from markdown_it.common.utils import normalizeReference
from markdown_it.parser_inline import ParserInline
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from mdit_py_plugins.admon import admon_plugin
from mdit_py_plugins.amsmath import amsmath_plugin
from mdit_py_plugins.deflist import deflist_plugin
from mdit_py_plugins.footnote import footnote_plugin
from mdit_py_plugins.gfm_autolink import gfm_autolink_plugin
from mdit_py_plugins.superscript import superscript_plugin
from pymdownx import gemoji_db

from studyguide.guide.links import WIKI
from studyguide.guide.lists import use_lists
from studyguide.markdown_blocks import KNOWN_ROLES, find_box_end, get_line, is_indented_code, use_boxes
from studyguide.model import IMAGE_ENDINGS

_MAX_NESTING = 100  # blocks or marks inside each other; deeper ones are plain text
_ABBREVIATION = re.compile(r"\*\[(?P<short>[^\]\\]+)\]:[ \t]*(?P<long>.*)")
_HTML_WITH_MARKDOWN = re.compile(r"<(?P<name>[a-zA-Z][\w-]*)\b[^<>]*\smarkdown\b[^<>]*>[ \t]*$")
_MARKDOWN_ATTRIBUTE = re.compile(r"\smarkdown(?:\s*=\s*(?:\"[^\"]*\"|'[^']*'|[^\s>]+))?(?=[\s>])")
_BLANK = re.compile(
    r"\[(?P<gap>_{2,})\]\((?:<(?P<bracketed>[^<>\n]*)>|(?P<answer>[^()<>\n]*(?:\([^()<>\n]*\)[^()<>\n]*)*))\)"
)
_WIKI_LINK = re.compile(
    r"(?P<embed>!?)\[\[(?P<target>[^\[\]|#\n]*)(?P<part>#[^\[\]|\n]*)?(?:\\?\|(?P<words>[^\[\]\n]*))?\]\]"
)
_COLON_DIRECTIVE = re.compile(r"(?P<colons>:{3,})(?P<info>\{[A-Za-z][\w:-]*\}.*)")
_TAB = re.compile(r"===[+!]?[+!]? +\"(?P<label>[^\"]*)\"")
_TAB_INDENT = 4  # columns
_KEYS = re.compile(r"\+\+(?P<keys>(?:\"[^\"\n]+\"|[A-Za-z0-9-]+)(?:\+(?:\"[^\"\n]+\"|[A-Za-z0-9-]+))*)\+\+(?!\+)")
_CRITIC_MARK = re.compile(
    r"\{(?:(?P<sign>\+\+|--|==|~~|>>)(?P<text>(?:(?!\{(?:\+\+|--|==|~~|>>))[^\n])*?)(?:\+\+|--|==|~~|<<))\}"
)
_ROLE_TAGS = {
    "kbd": "kbd", "sub": "sub", "sup": "sup", "del": "del", "strike": "del", "u": "u", "file": "code", "code": "code",
    "command": "code", "program": "code", "option": "code", "envvar": "code", "guilabel": "strong", "menuselection": "strong",
    "subscript": "sub", "superscript": "sup", "emphasis": "em", "strong": "strong", "literal": "code",
}  # fmt: skip
assert {*_ROLE_TAGS, "math"} == KNOWN_ROLES
_ROLE = re.compile(rf"\{{(?P<name>{'|'.join(sorted(KNOWN_ROLES))})\}}`(?P<text>[^`\n]+)`")
_EMOJI = re.compile(r":[a-z0-9_+-]+:")
_REMARK = re.compile(r"%%.*?%%", re.DOTALL)
_HIGHLIGHT = re.compile(r"==(?=[^\s=])(?P<text>(?:(?!==)[^\n])*[^\s=])==(?!=)")
_CODE_FORMULA = re.compile(r"\$`(?P<latex>[^`\n]+)`\$")
_ROUND_FORMULA = re.compile(r"\\\((?P<latex>(?:(?!\\\)).)+?)\\\)", re.DOTALL)
_SIZE = re.compile(r"\d{1,4}(?:x\d{1,4})?")
_PICTURES = (*IMAGE_ENDINGS, ".webp", ".bmp")
"""The endings of embedded pictures, also of those that no book shows: their author is told."""


class PlacingParser(ParserInline):
    """markdown-it's parser of lines, which also tells where each token begins: ``token.meta["at"]`` counts characters of the block."""

    def tokenize(self, state: StateInline) -> None:
        """Read the text of a block, or of a link in it, from ``state.pos``."""
        rules = self.ruler.getRules("")
        end, deepest = state.posMax, state.md.options["maxNesting"]
        while state.pos < end:
            before, count = state.pos, len(state.tokens)
            if state.level >= deepest or not any(rule(state, False) for rule in rules):
                state.append_pending(state.src[state.pos])
                state.pos += 1
            for token in state.tokens[count:]:  # asterisks are text until the end, and become emphasis then
                token.meta.setdefault("at", before)
        if state.pending:
            state.pushPending()


@cache
def make_parser() -> MarkdownIt:
    """Return the parser; it has no state of its own."""
    options = {"maxNesting": _MAX_NESTING, "alerts": True, "tasklists": True, "strikethrough_single_tilde": True}
    parser = MarkdownIt("commonmark", options)
    parser.inline = _copy_rules(parser.inline, PlacingParser())
    parser.validateLink = lambda _: True  # type: ignore[assignment, method-assign]  # the sanitiser refuses schemes
    parser.enable(["table", "strikethrough"])
    parser.disable("text_join")  # or what was written with a backslash would no longer be told from marks
    parser.use(gfm_autolink_plugin)
    parser.use(footnote_plugin)
    parser.use(deflist_plugin)
    parser.use(admon_plugin)
    parser.use(amsmath_plugin)
    use_boxes(parser)
    ends = ["paragraph", "reference", "blockquote", "list"]
    parser.block.ruler.before("fence", "formula", _read_formula_block, {"alt": ends})
    parser.block.ruler.before("container_box", "directive", _read_directive, {"alt": ends})
    parser.block.ruler.before("fence", "tab", _read_tab, {"alt": ends})
    parser.block.ruler.before("html_block", "html_with_markdown", _read_html_with_markdown, {"alt": ["paragraph"]})
    parser.block.ruler.before("reference", "abbreviation", _read_abbreviation, {"alt": ["paragraph"]})
    use_lists(parser)
    inline = parser.inline.ruler
    inline.before("escape", "formula", _read_formula)
    inline.before("link", "wiki_link", _read_wiki_link)
    inline.before("link", "blank", _read_blank)
    inline.before("emphasis", "highlight", _read_highlight)
    inline.before("emphasis", "remark", _skip_remark)
    inline.before("emphasis", "emoji", _read_emoji)
    inline.before("emphasis", "keys", _read_keys)
    inline.before("emphasis", "critic_mark", _read_critic_mark)
    inline.before("escape", "role", _read_role)
    parser.use(superscript_plugin)
    for character in "$%=:+{":
        parser.inline.add_terminator_char(character)
    return parser


def _copy_rules(old: ParserInline, new: PlacingParser) -> PlacingParser:
    new.ruler, new.ruler2 = old.ruler, old.ruler2
    new.terminator_re = old.terminator_re
    return new


def parse_markdown(text: str, *, inline: bool = False) -> tuple[list[Token], dict[str, Any]]:
    """Return the tokens of a text and its definitions: ``references``, ``footnotes``, ``abbreviations``.

    ``inline`` is True if the first line is a title or the like: whatever it begins with, it is a heading.
    """
    env: dict[str, Any] = {}
    return make_parser().parse(f"# {text}" if inline else text, env), env


# ---------------------------------------------------------------- blocks


_FORMULA_ENDS = {"$$": "$$", r"\[": r"\]"}


def _read_formula_block(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    r"""Read ``$$ … $$`` or ``\[ … \]`` on lines of its own; a blank line ends the attempt."""
    if is_indented_code(state, start):
        return False
    first = get_line(state, start)
    mark = first[:2]
    if mark not in _FORMULA_ENDS:
        return False
    close = _FORMULA_ENDS[mark]
    lines, line = [first[2:]], start
    while not lines[-1].rstrip().endswith(close):
        line += 1
        if (
            close in lines[-1]
            or line >= end
            or state.sCount[line] < state.blkIndent
            or not get_line(state, line).strip()
        ):
            return False
        lines.append(get_line(state, line))
    text = "\n".join(lines).rstrip()[: -len(close)]
    if close in text or not text.strip():
        return False
    if silent:
        return True
    token = state.push("formula_block", "div", 0)
    token.content, token.map, token.block = text.strip(), [start, line + 1], True
    state.line = line + 1
    return True


def _read_directive(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Read MyST's ``:::{name} title`` as a fence: what is in it may be options, and is read later."""
    opening = _COLON_DIRECTIVE.match(get_line(state, start))
    if not opening or is_indented_code(state, start):
        return False
    if silent:
        return True
    line = find_box_end(state, start, end)
    token = state.push("fence", "code", 0)
    token.info, token.markup = opening["info"], opening["colons"]
    token.content = state.getLines(start + 1, line, state.sCount[start], True)
    token.map = [start, min(line + 1, end)]
    state.line = min(line + 1, end)
    return True


def _read_tab(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Read ``=== "Label"`` with its text indented by four spaces: a tab of MkDocs Material."""
    opening = _TAB.fullmatch(get_line(state, start).rstrip())
    if not opening or is_indented_code(state, start):
        return False
    if silent:
        return True
    indent, line = state.sCount[start] + _TAB_INDENT, start + 1
    while line < end and (state.isEmpty(line) or state.sCount[line] >= indent):
        line += 1
    token = state.push("tab_open", "div", 1)
    token.map, token.info = [start, line], opening["label"]
    old = state.parentType, state.lineMax, state.blkIndent
    state.parentType, state.lineMax, state.blkIndent = "tab", line, indent
    state.md.block.tokenize(state, start + 1, line)
    state.parentType, state.lineMax, state.blkIndent = old
    state.push("tab_close", "div", -1)
    state.line = line
    return True


def _read_html_with_markdown(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Read an element whose start tag has the attribute ``markdown``: what is in it is Markdown also without blank lines."""
    if is_indented_code(state, start):
        return False
    opening = _HTML_WITH_MARKDOWN.match(get_line(state, start))
    if not opening:
        return False
    name, depth, line = opening["name"], 1, start
    while depth:
        line += 1
        if line >= end:
            return False
        text = get_line(state, line)
        depth += len(re.findall(rf"<{name}\b", text)) - len(re.findall(rf"</{name}\s*>", text))
    if silent:
        return True
    _push_html(state, _MARKDOWN_ATTRIBUTE.sub("", opening[0]), start)
    old_parent, old_end = state.parentType, state.lineMax
    state.parentType, state.lineMax = "html_with_markdown", line
    last = get_line(state, line)
    state.md.block.tokenize(state, start + 1, line)
    state.parentType, state.lineMax = old_parent, old_end
    _push_html(state, last, line)
    state.line = line + 1
    return True


def _push_html(state: StateBlock, text: str, line: int) -> None:
    token = state.push("html_block", "", 0)
    token.content, token.map = text + "\n", [line, line + 1]


def _read_abbreviation(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Read ``*[HTML]: Hypertext Markup Language``."""
    if is_indented_code(state, start):
        return False
    match = _ABBREVIATION.fullmatch(get_line(state, start).rstrip())
    if not match:
        return False
    if not silent:
        state.env.setdefault("abbreviations", {})[match["short"].strip()] = match["long"].strip()
        state.line = start + 1
    return True


# ---------------------------------------------------------------- lines


def _read_formula(state: StateInline, silent: bool) -> bool:
    r"""Read ``$x$``, ``$$x$$``, ``$`x`$`` or ``\(x\)``."""
    text, start = state.src, state.pos
    if text[start] == "\\":
        match = _ROUND_FORMULA.match(text, start, state.posMax)
        return match is not None and _push_formula(state, match["latex"], match.end(), "formula", silent)
    if text[start] != "$":
        return False
    if match := _CODE_FORMULA.match(text, start, state.posMax):
        return _push_formula(state, match["latex"], match.end(), "formula", silent)
    width = 2 if text.startswith("$$", start) else 1
    before = text[start - 1] if start else " "
    first = start + width
    if first >= state.posMax or (width == 1 and (text[first].isspace() or _belongs_to_word(before) or before == "\\")):
        return False
    last = _find_dollars(text, first, state.posMax, width)
    if last < 0 or not text[first:last].strip():
        return False
    after = text[last + width] if last + width < state.posMax else " "
    if width == 1 and (text[last - 1].isspace() or _belongs_to_word(after)):
        return False
    return _push_formula(state, text[first:last], last + width, "formula_display" if width == 2 else "formula", silent)


def _belongs_to_word(character: str) -> bool:
    """Return True for a letter or a digit, as in ``US$5``; False for one as wide as a Chinese character, since no space divides such
    words."""
    return character.isalnum() and unicodedata.east_asian_width(character) not in ("W", "F")


def _find_dollars(text: str, start: int, end: int, width: int) -> int:
    """Return where the closing dollars of a formula stand, or -1: the next ones that are not escaped."""
    position = start
    while (position := text.find("$", position, end)) >= 0:
        backslashes = position - len(text[:position].rstrip("\\"))
        if backslashes % 2 == 0:
            is_wide = text.startswith("$$", position)
            return position if is_wide == (width == 2) else -1
        position += 1
    return -1


def _push_formula(state: StateInline, latex: str, end: int, kind: str, silent: bool) -> bool:
    if not silent:
        token = state.push(kind, "span", 0)
        token.content = latex.strip()
    state.pos = end
    return True


def _read_wiki_link(state: StateInline, silent: bool) -> bool:
    """Read Obsidian's ``[[Page]]``, ``[[Page|words]]`` and ``![[picture.png]]``: a link by its words, an embedded picture."""
    start = state.pos
    match = _WIKI_LINK.match(state.src, start, state.posMax)
    if not match or not (match["target"] or match["part"]):
        return False
    is_nested = state.src[start - 1 : start] == "[" or state.src[match.end() : match.end() + 1] == "]"
    if is_nested or normalizeReference(match["target"]) in state.env.get("references", {}):
        return False  # brackets around a link of Markdown's own
    target, words = match["target"].strip(), (match["words"] or "").strip()
    if not silent:
        if match["embed"] and target.lower().endswith(_PICTURES):
            token = state.push("image", "img", 0)
            name = re.sub(r"\.\w+$", "", target.rpartition("/")[2]).replace("-", " ")
            token.attrs = {"src": target.replace(" ", "%20"), "alt": ""}
            token.children = [_make_text(f"{name}|{words}" if _SIZE.fullmatch(words) else words or name)]
        else:
            state.push("link_open", "a", 1).attrs = {"href": f"{WIKI}{target}{match['part'] or ''}"}
            state.push("text", "", 0).content = words or (match["part"] or "").lstrip("#^") or target
            state.push("link_close", "a", -1)
    state.pos = match.end()
    return True


def _read_blank(state: StateInline, silent: bool) -> bool:
    """Read a gap and its answer, ``[____](Paris; City of Light)``: a link as CommonMark has it, but blanks may stand in its target."""
    match = _BLANK.match(state.src, state.pos, state.posMax)
    if not match:
        return False
    if not silent:
        answer = match["bracketed"] if match["bracketed"] is not None else match["answer"]
        state.push("link_open", "a", 1).attrs = {"href": quote(unquote(answer.strip()), safe="")}
        state.push("text", "", 0).content = match["gap"]
        state.push("link_close", "a", -1)
    state.pos = match.end()
    return True


def _make_text(text: str) -> Token:
    token = Token("text", "", 0)
    token.content = text
    return token


def _read_highlight(state: StateInline, silent: bool) -> bool:
    """Read ``==marked==``."""
    if state.src[state.pos] != "=":
        return False
    match = _HIGHLIGHT.match(state.src, state.pos, state.posMax)
    if not match or (state.pos and state.src[state.pos - 1] == "="):
        return False
    if not silent:
        end = state.posMax
        state.push("mark_open", "mark", 1)
        state.pos, state.posMax = match.start("text"), match.end("text")
        state.md.inline.tokenize(state)
        state.push("mark_close", "mark", -1)
        state.posMax = end
    state.pos = match.end()
    return True


def _read_keys(state: StateInline, silent: bool) -> bool:
    """Read ``++ctrl+c++``: keys of a keyboard."""
    match = _KEYS.match(state.src, state.pos, state.posMax)
    if not match:
        return False
    if not silent:
        for number, key in enumerate(match["keys"].split("+")):
            if number:
                state.push("text", "", 0).content = "+"
            _push_element(state, "kbd", key.strip('"') if '"' in key else key.replace("-", " ").capitalize())
    state.pos = match.end()
    return True


def _push_element(state: StateInline, tag: str, text: str) -> None:
    """Add an element with nothing but text in it."""
    state.push("element_open", tag, 1)
    state.push("text", "", 0).content = text
    state.push("element_close", tag, -1)


def _read_critic_mark(state: StateInline, silent: bool) -> bool:
    """Read Critic Markup: ``{++new++}``, ``{--old--}``, ``{~~old~>new~~}``, ``{==marked==}``; a remark ``{>>so<<}`` is left out."""
    match = _CRITIC_MARK.match(state.src, state.pos, state.posMax)
    if not match:
        return False
    if not silent:
        if match["sign"] == "~~":
            before, _, after = match["text"].partition("~>")
            _push_element(state, "del", before)
            _push_element(state, "ins", after)
        elif match["sign"] != ">>":
            _push_element(state, {"++": "ins", "--": "del", "==": "mark"}[match["sign"]], match["text"])
    state.pos = match.end()
    return True


def _read_role(state: StateInline, silent: bool) -> bool:
    """Read those of MyST's roles that say how something looks, such as ``{kbd}`Ctrl```; ``{math}`` is a formula."""
    match = _ROLE.match(state.src, state.pos, state.posMax)
    if not match:
        return False
    if match["name"] == "math":
        return _push_formula(state, match["text"], match.end(), "formula", silent)
    if not silent:
        _push_element(state, _ROLE_TAGS[match["name"]], match["text"])
    state.pos = match.end()
    return True


def _read_emoji(state: StateInline, silent: bool) -> bool:
    """Read ``:tada:``, GitHub's name of an emoji; other words between colons stay."""
    if state.src[state.pos] != ":":
        return False
    match = _EMOJI.match(state.src, state.pos, state.posMax)
    if not match or (state.pos and state.src[state.pos - 1].isalnum()):
        return False
    known = gemoji_db.emoji.get(gemoji_db.aliases.get(match[0], match[0]))
    if not known or "unicode" not in known:
        return False
    if not silent:
        token = state.push("text", "", 0)
        token.content = "".join(chr(int(code, 16)) for code in known["unicode"].split("-"))
    state.pos = match.end()
    return True


def _skip_remark(state: StateInline, silent: bool) -> bool:
    """Leave out Obsidian's ``%%remark%%``."""
    if state.src[state.pos] != "%":
        return False
    match = _REMARK.match(state.src, state.pos, state.posMax)
    if not match:
        return False
    state.pos = match.end()
    return True
