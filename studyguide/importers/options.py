"""Options of a question, and the key that says which of them are right: Lines → Options.

An option has a box, a letter of any alphabet, or stands in a list of which one item is marked as right.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from studyguide.importers.model import Line
from studyguide.importers.wording import Wording
from studyguide.text import keep_letters

LETTERS = "ABCDEFGHIJ"
_ALPHABETS = (
    "ＡＢＣＤＥＦＧＨＩＪ", "АБВГДЕЖЗИК", "ΑΒΓΔΕΖΗΘΙΚ", "①②③④⑤⑥⑦⑧⑨⑩", "アイウエオカキクケコ", "가나다라마바사아자차",
    "कखगघङचछजझञ", "אבגדהוזחטי", "ابجدهوزحطي",
)  # fmt: skip
"""The letters that options of other alphabets have, in the order of ``LETTERS``."""
_PLACES = {letter: place for alphabet in (LETTERS, *_ALPHABETS) for place, letter in enumerate(alphabet)} | {
    letter.lower(): place
    for alphabet in (LETTERS, "АБВГДЕЖЗИК", "ΑΒΓΔΕΖΗΘΙΚ", "ＡＢＣＤＥＦＧＨＩＪ")
    for place, letter in enumerate(alphabet)
}
_LETTER_CLASS = "".join(sorted(_PLACES))

TASK = re.compile(r"^(\s*(?:[-*+]|\d{1,3}[.)])\s+)\[([ xX✓✔])\]\s*(?:\W{0,3}[A-Ja-j]\W{0,2}[.):]\s+)?")
"""The box before an option, and a letter behind it."""
OPTION = re.compile(
    rf"^(\s*+(?:>\s*+)?(?:[-*+]\s++)?)[*_(\[`]{{0,4}}(?:[Oo]ption\s+)?([{_LETTER_CLASS}])[*_`]{{0,3}}\s*[).:\]–．）、]+[*_`]{{0,3}}(?:\s+|$|(?<=[）．、]))"
)
_CIRCLED = re.compile(r"^(\s*+(?:[-*+]\s++)?)([①-⑩])\s*")
_BARE_BOX = re.compile(r"^(\s*)\[([ xX✓✔])\]\s+(?=\S)")
"""The box of an option that is no item of a list."""
_ITEM = re.compile(r"^(\s*(?:[-*+]|\d{1,3}[.)])\s+)(?=\S)")
_NUMBER = re.compile(r"^(\s*(?:[-*+]\s+)?)\(?(\d{1,2})[.)]\s+(?=\S)")
"""The number of an option."""
_TICK = re.compile(
    r"^[*_]{0,3}(?:[✅✔☑✓]\ufe0f?|\(\s*[xX✓]\s*\)|\[\s*[xX✓]\s*\])[*_]{0,3}\s*|\s*[*_]{0,3}(?:[✅✔☑✓]\ufe0f?)[*_]{0,3}\s*$"
)
"""A tick before or behind an option."""
_CROSS = re.compile(r"^[❌✗✘✖]\ufe0f?\s*|\s*[❌✗✘✖]\ufe0f?\s*$")
_BOLD_WHOLE = re.compile(r"(\*\*|__|==)(?=\S)((?:(?!\1).)+)(?<=\S)\1\s*")
_STAR = re.compile(r"\s*\\?\*\s*$")
"""A star behind an option."""
_MAX_MARKED_OPTIONS = 8
# A small letter, and an A or I before a word, is a key only where nothing else can be meant.
_BOLD = r"(?<=\*\*)(?P<bold>[A-Ja-j])(?=\*\*)"
_ENDED = r"(?=[*_`\s]*[).:,;(）]|[*_`\s]*[–—-](?!\w)|(?![+#])\W*$)"
_FIRST_PICK = re.compile(
    rf"[\s(\[*_`]*(?:{_BOLD}|(?P<sure>[B-HJ](?![\w'’+#]|[-–]\w))|(?P<run>[A-F]{{2,5}})(?=[*_`\s.。]*$)|(?P<letter>[{_LETTER_CLASS}]){_ENDED}|(?P<listed>[AI])(?=\s*(?:[,&/、]|and\s+[A-J]\b)))[)\]*_`）]*"
)
_NEXT_PICK = re.compile(
    rf"\s*(?:[,;&/、]|\b(?:and|or|und|oder|et|ou|y|e|и|или|i|oraz)\b)\s*(?:and\s+)?[(\[]?"
    rf"(?:(?P<sure>[A-J])(?![\w'’])|(?P<letter>[{_LETTER_CLASS}])(?=[)\].:,;]))[)\]*_`）]*"
    r"|\s+(?P<spaced>[A-J])(?=\s*$|(?:\s+[A-J])+\s*$)"
)
_ALONE_END = re.compile(r"[*_`\s]*(?:[).:,;(）&/、]|[–—-](?!\w)|(?:and|or|und|oder|et|ou|y|e|и)\b|(?![+#])\W*$)")
"""The end of a key without a label; a word behind the letter would make it the start of a sentence."""
_BARE_LETTER = re.compile(r"^(\s*+(?:[-*+]\s++)?)([アイウエオカキクケコ])[\s\u3000]+(?=\S)")
"""A letter of kana, behind which a blank is enough."""


@dataclass(frozen=True, slots=True)
class Option:
    lines: tuple[Line, ...]
    label: Line
    """Its letter, or the box before it."""
    correct: bool = False


@dataclass(frozen=True, slots=True)
class Options:
    """The options of a question, and the lines before and behind them."""

    before: tuple[Line, ...]
    options: tuple[Option, ...]
    after: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Key:
    letters: frozenset[str]
    rest: str
    """The words of the line beside the letters and the label."""


def read_letter(text: str) -> str:
    """Return the letter A to J, of whatever alphabet, that an option begins with; empty if the line begins none."""
    found = _match_letter(text)
    return LETTERS[_PLACES[found[2]]] if found else ""


def _match_letter(text: str) -> re.Match[str] | None:
    return OPTION.match(text) or _CIRCLED.match(text) or _BARE_LETTER.match(text)


def name_option(place: int) -> str:
    """Return the letter of an option by its place, from 0; from the 11th option on its number."""
    return LETTERS[place] if place < len(LETTERS) else str(place + 1)


def read_options(lines: Sequence[Line], wording: Wording, has_key: bool = False) -> Options | None:
    """Return the options among these lines; None if there are fewer than two.

    A plain list at the end of the lines is one of options if ``has_key``: if the label of the right one follows.
    """
    return (
        _read_boxes(lines)
        or _read_lettered(lines, wording)
        or _read_lettered(_open_fences(lines), wording)
        or _read_marked(lines, wording)
        or _read_list_above_key(lines, wording, has_key)
    )


def _read_boxes(lines: Sequence[Line]) -> Options | None:
    for box in (TASK, _BARE_BOX):
        starts = [
            at for at, line in enumerate(lines) if line.code in ("", "fence") and box.match(line.text) and not line.tag
        ]
        if len(starts) > 1:
            break
    else:
        return None
    outer = min(lines[at].indent for at in starts)
    starts = [at for at in starts if lines[at].indent <= outer + 1]
    marks = [box.match(lines[at].text) for at in starts]
    found = _cut(lines, starts, [mark.end() if mark else 0 for mark in marks], [len(m[1]) if m else 0 for m in marks])
    options = tuple(
        replace(option, correct=mark[2] != " ") for option, mark in zip(found.options, marks, strict=True) if mark
    )
    return replace(found, options=options)


def _read_lettered(lines: Sequence[Line], wording: Wording) -> Options | None:
    """Return options whose letters follow each other from A; a second run of letters belongs to no option."""
    starts: list[int] = []
    ends: list[int] = []
    columns: list[int] = []
    for at, line in enumerate(lines):
        found = None if line.code or line.tag else _match_letter(line.text)
        if not found:
            continue
        place = _PLACES[found[2]]
        if place == 0:
            if len(starts) > 1:
                break
            starts, ends, columns = [], [], []
        if place == len(starts):
            starts.append(at)
            ends.append(found.end())
            columns.append(len(found[1]))
    return _mark_options(_cut(lines, starts, ends, columns, wording), wording) if len(starts) > 1 else None


def _read_marked(lines: Sequence[Line], wording: Wording) -> Options | None:
    """Return the items of a list as options, if at least one, and not all, is marked as right by a label or a tick."""
    starts = [at for at, line in enumerate(lines) if not line.code and not line.tag and _ITEM.match(line.text)]
    if not starts:
        return None
    outer = lines[starts[0]].indent
    starts = [at for at in starts if lines[at].indent <= outer + 1]
    breaks = [
        place
        for place in range(1, len(starts))
        if any(
            lines[at].text.strip() and lines[at].indent <= outer for at in range(starts[place - 1] + 1, starts[place])
        )
    ]
    starts = starts[: breaks[0]] if breaks else starts
    if not 2 <= len(starts) <= _MAX_MARKED_OPTIONS:
        return None
    ends = _find_text_columns(lines, starts)
    found = _mark_options(_cut(lines, starts, ends, ends, wording), wording)
    right = sum(option.correct for option in found.options)
    return found if 0 < right < len(found.options) else None


def _find_text_columns(lines: Sequence[Line], starts: Sequence[int]) -> list[int]:
    """Return the column in which the text of each of these items begins."""
    marks = (_ITEM.match(lines[at].text) for at in starts)
    return [mark.end() if mark else 0 for mark in marks]


def _read_list_above_key(lines: Sequence[Line], wording: Wording, has_key: bool) -> Options | None:
    """Return the items of a list as options, if the label of the right one stands right below it."""
    labelled = (
        at for at, line in enumerate(lines) if not line.code and wording.correct_label.match(line.text.lstrip())
    )
    return read_last_list(lines[: len(lines) if has_key else next(labelled, 0)], lines)


def read_last_list(lines: Sequence[Line], all_lines: Sequence[Line] = ()) -> Options | None:
    """Return the items of the list that these lines end in as options; lines of ``all_lines`` may follow them.

    None if there are fewer than two, too many, or other lines between them.
    """
    for item in (_ITEM, _NUMBER):
        marks = (None if line.code or line.tag else item.match(line.text) for line in lines)
        found = {at: mark.end() for at, mark in enumerate(marks) if mark}
        starts, ends = list(found), list(found.values())
        if not 2 <= len(starts) <= _MAX_MARKED_OPTIONS:
            continue
        if any(line.text.strip() and at not in found for at, line in enumerate(lines) if at > starts[0]):
            continue
        return _cut(all_lines or lines, starts, ends, ends)
    return None


def _mark_options(found: Options, wording: Wording) -> Options:
    """Return the options, those as right that a label, a tick, a word or a star marks, or that alone are in bold."""
    found = replace(found, options=tuple(map(_close_bold, found.options)))
    texts = [option.lines[0].text for option in found.options]
    labels = [wording.correct_label.match(text) for text in texts]
    if any(labels):
        options = tuple(
            replace(
                option,
                lines=(replace(option.lines[0], text=text[label.end() :] if label else text), *option.lines[1:]),
                label=replace(option.label, text=option.label.text + (label[0] if label else "")),
                correct=label is not None,
            )
            for option, text, label in zip(found.options, texts, labels, strict=True)
        )
        return replace(found, options=options)
    for mark in (_TICK, wording.correct_mark):
        if 0 < sum(bool(mark.search(text)) for text in texts) < len(texts):
            return replace(found, options=tuple(_strip_mark(option, mark) for option in found.options))
    starred = [_has_star(option) for option in found.options]
    if 0 < sum(starred) < len(texts):
        options = tuple(map(_mark_star, found.options, starred))
        return replace(found, options=options)
    bold = [bool(_BOLD_WHOLE.fullmatch(text.rstrip())) for text in texts]
    are_lettered = all(_match_letter(option.label.text) for option in found.options)
    if (sum(bold) == 1 and len(texts) > 2) or (are_lettered and 0 < sum(bold) < len(texts)):
        options = tuple(
            replace(
                option,
                lines=(replace(option.lines[0], text=text.strip(" *_=") if is_bold else text), *option.lines[1:]),
                correct=is_bold,
            )
            for option, text, is_bold in zip(found.options, texts, bold, strict=True)
        )
        return replace(found, options=options)
    return found


def _close_bold(option: Option) -> Option:
    """Return an option that is in bold with its letter, `**a) Wax**`, as one whose text is in bold."""
    first, label = option.lines[0], option.label.text
    opened = re.search(r"(\*\*|__)[^*_]*$", label)
    if not opened or label.count(opened[1]) != 1 or first.text.count(opened[1]) != 1:
        return option
    if not first.text.rstrip().endswith(opened[1]):
        return option
    return replace(option, lines=(replace(first, text=f"{opened[1]}{first.text}"), *option.lines[1:]))


def _has_star(option: Option) -> bool:
    """Return True if a star stands before the letter of an option, or behind its text, that is no sign of Markdown."""
    text, label = option.lines[0].text, option.label.text
    if text.count("*") == 1 and _STAR.search(text) and "*" not in label.lstrip(" *+-"):
        return True
    return bool(re.match(r"\s*\\?\*(?=[^\s*])[^*]*$", label)) and "*" not in text


def _mark_star(option: Option, is_right: bool) -> Option:
    """Return an option without the star behind it, and as right if it has one."""
    first = option.lines[0]
    text = _STAR.sub("", first.text) if is_right else first.text
    return replace(option, lines=(replace(first, text=text), *option.lines[1:]), correct=is_right)


def _strip_mark(option: Option, mark: re.Pattern[str]) -> Option:
    """Return an option without the tick or the word that says that it is right, and without a cross."""
    first = option.lines[0]
    is_right = bool(mark.search(first.text))
    text = _CROSS.sub("", mark.sub("", first.text))
    label = replace(option.label, text=option.label.text + " ".join(found[0] for found in mark.finditer(first.text)))
    return Option((replace(first, text=text), *option.lines[1:]), label, is_right)


def _open_fences(lines: Sequence[Line]) -> Sequence[Line]:
    """Return the lines without the fence around code that is nothing but options."""
    out: list[Line] = []
    at = 0
    while at < len(lines):
        if lines[at].code != "fence":
            out.append(lines[at])
            at += 1
            continue
        end = next((n for n in range(at + 1, len(lines)) if lines[n].code == "fence"), len(lines) - 1)
        inner = [line for line in lines[at + 1 : end] if line.text.strip()]
        if len(inner) > 1 and all(OPTION.match(line.text) for line in inner):
            out += [Line(line.text, line.origin) for line in inner]
        else:
            out += lines[at : end + 1]
        at = end + 1
    return out


def _cut(
    lines: Sequence[Line],
    starts: Sequence[int],
    ends: Sequence[int],
    columns: Sequence[int],
    wording: Wording | None = None,
) -> Options:
    """Return the options that begin on these lines; the last goes on as long as it is indented, or is code."""
    last = starts[-1] + 1
    while last < len(lines) and _continues(lines, starts[-1], last, ends[-1], columns[-1], wording):
        last += 1
    stops = [*starts[1:], last]
    options = []
    for start, stop, end, column in zip(starts, stops, ends, columns, strict=True):
        first = lines[start]
        inner = lines[start + 1 : stop]
        width = max(column, min((each.indent for each in inner if each.text.strip()), default=0))
        below = [Line(each.text[min(each.indent, width) :], each.origin, each.code, each.tag) for each in inner]
        label = Line(first.text[:end], first.origin)
        options.append(Option((Line(first.text[end:].rstrip(), first.origin, first.code), *below), label))
    return Options(tuple(lines[: starts[0]]), tuple(options), tuple(lines[last:]))


def _continues(lines: Sequence[Line], start: int, at: int, end: int, column: int, wording: Wording | None) -> bool:
    """Return True if a line belongs to the option that begins in the line ``start``, whose text begins in the column ``end``."""
    line = lines[at]
    following = next((each for each in lines[at:] if each.text.strip()), None)
    if line.tag or following is None or following.tag:
        return False
    if wording and (
        wording.is_answer_label(following.text, by_letter=False) or wording.correct_label.match(following.text.lstrip())
    ):
        return False
    is_lazy = (
        bool(line.text.strip())
        and not lines[at - 1].code
        and bool(lines[at - 1].text.strip())
        and column == lines[start].indent
    )
    is_inside = following.indent > lines[start].indent or (
        bool(line.code) and lines[at - 1].text.strip() != "" and lines[start].text[end:].strip() == ""
    )
    is_code_going_on = bool(line.code) and at > start and lines[at - 1].code == "code"
    return is_inside or (is_lazy and bool(column)) or is_code_going_on


@lru_cache(maxsize=8)
def _make_key_label(labels: str, options: str) -> re.Pattern[str]:
    """Return the pattern of what stands before the letters of a key; possessive, for a line that says `answer` again and again."""
    return re.compile(
        rf"^\W*(?i:(?:{labels}|{options}|letters?)(?!\w)(?:\s+(?:is|are|key|ist|es|est))?+\s*+(?:\W+(?:option|choice)s?\s+)?+\W*+)++"
    )


def read_key(text: str, count: int, wording: Wording) -> Key | None:
    """Return the right ones of so many options that a line names; None if it names none, or one that there is not."""
    letters, rest = _parse_key(text, wording)
    if not letters or not letters <= set(LETTERS[:count]):
        return None
    return Key(letters, rest)


def find_key_beyond(text: str, count: int, wording: Wording) -> str:
    """Return the letters that a line with the label of a key names, if one of them is that of no option; else an empty text."""
    if not _make_key_label(wording.key_label, wording.option_word).match(text):
        return ""
    letters, _ = _parse_key(text, wording)
    return ", ".join(sorted(letters)) if letters and not letters <= set(LETTERS[:count]) else ""


def _parse_key(text: str, wording: Wording) -> tuple[frozenset[str], str]:
    """Return the letters that a line names, as A to J, and the rest of it; no letters if the line names none."""
    label = _make_key_label(wording.key_label, wording.option_word).match(text)
    start = label.end() if label else len(text) - len(re.sub(r"^\W*(?:\[x\]\s*)?", "", text))
    found = _FIRST_PICK.match(text, start) or (
        _FIRST_PICK.match(text, label.end() - 1) if label and label.end() else None
    )
    if not found:
        return frozenset(), ""
    names = found["run"] or found["bold"] or found["sure"] or found["letter"] or found["listed"]
    letters, end = [*names], found.end()
    while following := _NEXT_PICK.match(text, end):
        letters.append(following["sure"] or following["letter"] or following["spaced"])
        end = following.end()
    if not label and not _ALONE_END.match(text, found.end(found.lastgroup or 0)):
        return frozenset(), ""
    return frozenset(LETTERS[_PLACES[letter]] for letter in letters), text[end:].strip(" \t*_`.:;,)–—-）、。")


def read_number_key(text: str, options: Sequence[Option], wording: Wording) -> Key | None:
    """Return the right ones of options that have numbers, which are those of their places, by the numbers that a text names.

    None if it names none, one that there is not, or one that is the text of an option, so that nobody knows which is meant.
    """
    labels = [_NUMBER.match(option.label.text + "x") for option in options]
    if [int(label[2]) for label in labels if label] != list(range(1, len(options) + 1)):
        return None
    found = re.match(
        rf"[\s*_(\[]*(?:(?:{wording.option_word})\s*)?[\s*_(\[#]*(?P<numbers>\d{{1,2}}(?:\s*(?:,|&|;|and|or|und|y|et|и)\s*\d{{1,2}})*+)[\])*_]*"
        r"(?:[.:,]?\s*$|\s*[.):–—-]+\s+(?P<rest>\D.*)$)",
        text,
        re.IGNORECASE,
    )
    numbers = [int(number) for number in re.findall(r"\d+", found["numbers"])] if found else []
    if not numbers or not all(1 <= number <= len(options) for number in numbers):
        return None
    if any(keep_letters(option.lines[0].text) == str(number) for option in options for number in numbers):
        return None
    return Key(frozenset(name_option(number - 1) for number in numbers), (found["rest"] or "").strip() if found else "")


def match_answer_text(text: str, options: Sequence[Option]) -> frozenset[str]:
    """Return the letters of the options whose text an answer is, word for word, several with commas between them.

    No letters if no option has this text, or two have it.
    """
    texts = [keep_letters(option.lines[0].text) for option in options]

    def find(words: str) -> frozenset[str]:
        bare = keep_letters(words)
        return frozenset(name_option(at) for at, each in enumerate(texts) if bare and each == bare)

    whole = find(text)
    if whole:
        return whole if len(whole) == 1 else frozenset()
    pieces = [
        find(piece)
        for piece in re.split(r"\s*[,;，；、]\s*(?:and\s+)?|\s+(?:and|und|et|y|и)\s+", text)
        if piece.strip()
    ]
    if len(pieces) < 2 or any(len(piece) != 1 for piece in pieces):
        return frozenset()
    return frozenset().union(*pieces)
