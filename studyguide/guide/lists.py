"""Lists and lines as Pandoc has them: rules of blocks for ``syntax``.

Letters, roman numbers and ``#`` number the items of a list, terms may share a meaning, and a bar begins each line of a verse. Text of
GitHub's that only looks like it stays text: a list has two items that follow each other.
"""

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from markdown_it import MarkdownIt
from markdown_it.ruler import RuleOptionsType
from markdown_it.rules_block import StateBlock

from studyguide.markdown_blocks import get_line, is_indented_code

_Rule = Callable[[StateBlock, int, int, bool], bool]
_MARK = re.compile(r"(?P<open>\(?)(?P<sign>[a-z]|[A-Z]|[ivxlc]{2,7}|[IVXLC]{2,7}|#|\d{1,3})(?P<close>[.)])[ \t]+(?=\S)")
_ROMAN = (("c", 100), ("xc", 90), ("l", 50), ("xl", 40), ("x", 10), ("ix", 9), ("v", 5), ("iv", 4), ("i", 1))
_MAX_ROMAN = 199
_VERSE_LINE = re.compile(r"\|(?:[ \t](?P<indent>[ \t]*)(?P<text>(?:\\.|[^|\\])*))?")
_ATTRIBUTES = re.compile(r"\{:?\s*[.#][^{}]*\}")
_NO_BREAK_SPACE = "\u00a0"


class _Mark(NamedTuple):
    """The mark of an item, in one of its readings."""

    shape: str
    """The marks around the sign: ``().`` as far as they are there."""
    kind: str
    """A value of the attribute ``type`` of ``<ol>``, or ``#``."""
    value: int
    """1 for each ``#``."""

    @property
    def next(self) -> "_Mark":
        """The mark of the next item."""
        return self if self.kind == "#" else self._replace(value=self.value + 1)


def use_lists(parser: MarkdownIt) -> None:
    """Add the rules of this module to a parser that has those for lists, tables and definition lists."""
    rules = {rule.name: rule.fn for rule in parser.block.ruler.__rules__}
    ends: RuleOptionsType = {"alt": ["paragraph", "reference", "blockquote"]}
    parser.block.ruler.before("list", "lettered_list", _make_list_rule(rules["list"]), ends)
    parser.block.ruler.before("deflist", "terms", _make_terms_rule(rules["deflist"]))
    parser.block.ruler.before("deflist", "verse", _read_verse)
    parser.block.ruler.at("table", _make_table_rule(rules["table"]), {"alt": ["paragraph", "reference"]})


# ---------------------------------------------------------------- items


def _make_list_rule(read_list: _Rule) -> _Rule:
    """Return the rule for ``a. Item``, ``(1) Item``, ``iv) Item`` and ``#. Item``; ``read_list`` reads ``1. Item``."""

    def read(state: StateBlock, start: int, end: int, silent: bool) -> bool:
        # Only in the text of an item may a list follow without a blank line.
        if is_indented_code(state, start) or (silent and not state.blkIndent):
            return False
        first = _find_first_mark(state, start, end)
        if first is None or silent:
            return first is not None and first.value == 1
        text, count = state.src, len(state.tokens)
        state.src = _write_numbers(state, start, end, first)
        has_list = read_list(state, start, end, False)
        list_end = state.bMarks[state.line]
        state.src = state.src[:list_end] + text[list_end:]
        if not has_list:
            return False
        if first.value != 1:
            state.tokens[count].attrs["start"] = first.value
        if first.kind not in "1#":
            state.tokens[count].attrs["type"] = first.kind
        return True

    return read


def _find_first_mark(state: StateBlock, start: int, end: int) -> _Mark | None:
    """Return the mark of a list's first item, in the reading in which another item follows it; None if none does."""
    readings = list(_read_marks(get_line(state, start)))
    if not readings:
        return None
    for line in range(start + 1, end):
        if state.isEmpty(line) or state.sCount[line] > state.sCount[start]:
            continue
        following = set(_read_marks(get_line(state, line)))
        if state.sCount[line] < state.sCount[start] or following or state.isEmpty(line - 1):
            return next((each for each in readings if each.next in following), None)
    return None


def _write_numbers(state: StateBlock, start: int, end: int, first: _Mark) -> str:
    """Return the text with a number of the same width for each mark of a list, so that the rule for numbers reads it."""
    pieces, done, expected = list[str](), 0, first
    for line in range(start, end):
        if state.isEmpty(line) or state.sCount[line] > state.sCount[start]:
            continue
        text = get_line(state, line)
        match = _MARK.match(text)
        if match and expected in set(_read_marks(text)) and state.sCount[line] == state.sCount[start]:
            at = state.bMarks[line] + state.tShift[line]
            width = match.start("close")
            pieces += [state.src[done:at], "1".zfill(width)]
            done, expected = at + width, expected.next
        elif match or state.isEmpty(line - 1):
            break
    return "".join([*pieces, state.src[done:]])


def _read_marks(text: str) -> Iterator[_Mark]:
    """Yield the readings of the mark that a line begins with: ``i.`` is a number of Rome or a letter."""
    match = _MARK.match(text)
    if not match or (match["open"] and match["close"] == "."):
        return
    shape, sign = match["open"] + match["close"], match["sign"]
    if sign.isdecimal():
        if match["open"]:
            yield _Mark(shape, "1", int(sign))
    elif sign == "#":
        yield _Mark(shape, "#", 1)
    else:
        if sign.lower() in _ROMAN_NUMBERS:
            yield _Mark(shape, "i" if sign.islower() else "I", _ROMAN_NUMBERS[sign.lower()])
        if len(sign) == 1:
            yield _Mark(shape, "a" if sign.islower() else "A", ord(sign.lower()) - ord("a") + 1)


def _write_roman(value: int) -> str:
    """Return a number as Rome wrote it, in small letters."""
    text = ""
    for sign, size in _ROMAN:
        text += sign * (value // size)
        value %= size
    return text


_ROMAN_NUMBERS = {_write_roman(value): value for value in range(1, _MAX_ROMAN + 1)}


# ---------------------------------------------------------------- terms, verses, tables


def _make_terms_rule(read_definitions: _Rule) -> _Rule:
    """Return the rule for several terms, each on a line, above one meaning; ``read_definitions`` reads one term."""

    def read(state: StateBlock, start: int, end: int, silent: bool) -> bool:
        if silent or is_indented_code(state, start):
            return False
        last, count = _find_last_term(state, start, end), len(state.tokens)
        if last == start or not read_definitions(state, last, end, False):
            return False
        opening = state.tokens[count]
        opening.map = [start, state.line]
        rest = state.tokens[count + 1 :]
        del state.tokens[count + 1 :]
        for line in range(start, last):
            _push_term(state, line)
        state.tokens += rest
        if count and state.tokens[count - 1].type == "dl_close":  # one list with the terms above
            del state.tokens[count - 1 : count + 1]
        return True

    return read


def _find_last_term(state: StateBlock, start: int, end: int) -> int:
    """Return the line above the meaning, or ``start`` if another block begins in between."""
    rules = state.md.block.ruler.getRules("paragraph")
    parent, state.parentType = state.parentType, "paragraph"
    line = start + 1
    while line < end and not state.isEmpty(line) and not get_line(state, line).startswith((": ", "~ ")):
        if state.sCount[line] < state.blkIndent or any(rule(state, line, end, True) for rule in rules):
            line = start + 1
            break
        line += 1
    state.parentType = parent
    return line - 1


def _push_term(state: StateBlock, line: int) -> None:
    state.push("dt_open", "dt", 1).map = [line, line]
    words = state.push("inline", "", 0)
    words.content, words.map, words.children = get_line(state, line).strip(), [line, line], []
    state.push("dt_close", "dt", -1)


def _read_verse(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Read lines that begin with ``| `` and keep their ends and their indentation; two at the least."""
    if silent or is_indented_code(state, start):
        return False
    lines, line = list[str](), start
    while line < end and not state.isEmpty(line) and state.sCount[line] >= state.blkIndent:
        text = get_line(state, line).rstrip()
        if match := _VERSE_LINE.fullmatch(text):
            lines.append(_NO_BREAK_SPACE * len(match["indent"] or "") + (match["text"] or ""))
        elif lines and not text.startswith("|") and state.sCount[line] > state.sCount[start]:
            lines[-1] += f" {text}"
        else:
            return False
        line += 1
    if len(lines) < 2 or not any(lines):
        return False
    state.push("paragraph_open", "p", 1).map = [start, line]
    words = state.push("inline", "", 0)
    words.content, words.map, words.children = "\\\n".join(lines), [start, line], []
    state.push("paragraph_close", "p", -1)
    state.line = line
    return True


def _make_table_rule(read_table: _Rule) -> _Rule:
    """Return the rule for tables whose last line may be attributes, ``{: .name }``; ``read_table`` takes that for a row."""

    def read(state: StateBlock, start: int, end: int, silent: bool) -> bool:
        count = len(state.tokens)
        if not read_table(state, start, end, silent):
            return False
        if silent or not _ATTRIBUTES.fullmatch(attributes := get_line(state, state.line - 1).strip()):
            return True
        tokens = state.tokens
        row = max(place for place in range(count, len(tokens)) if tokens[place].type == "tr_open")
        is_only_row = tokens[row - 1].type == "tbody_open"
        closing = tokens[-1]
        del tokens[row - is_only_row : len(tokens) - 2 + is_only_row]
        closing.meta["attributes"] = attributes
        return True

    return read
