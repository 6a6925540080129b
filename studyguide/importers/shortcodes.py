"""Turn what a site generator replaces into what it means: Lines → Lines.

The name of an emoji becomes the emoji, and a shortcode that folds ``<details>``; a tag that only means something to the
generator is left out, with a note.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import partial

from studyguide.importers.model import CODE_SPAN, Line, Note, find_title, read_attributes

_HIGHLIGHT = re.compile(r"^[ \t]*\{%-?[ \t]*(?:end)?highlight(?:[ \t]+([\w+#-]+))?[^%]*%\}[ \t]*$")
"""Jekyll's marks of code."""
# The names that GitHub knows and Unicode does not.
_EMOJIS = {
    "+1": "👍", "-1": "👎", "thumbsup": "👍", "tada": "🎉", "bulb": "💡", "star": "⭐", "star2": "🌟", "heart": "❤", "memo": "📝",
    "white_check_mark": "✅", "heavy_check_mark": "✔", "x": "❌", "warning": "⚠", "question": "❓", "exclamation": "❗",
    "arrow_up": "⬆", "arrow_double_up": "⏫", "point_right": "👉", "point_up": "☝", "top": "🔝", "zap": "⚡", "fire": "🔥",
    "book": "📖", "computer": "💻", "boom": "💥", "sparkles": "✨", "muscle": "💪", "pushpin": "📌", "link": "🔗", "pencil": "📝",
}  # fmt: skip
_SIGNS = re.compile(r"[{\[$]|:[a-z+-]")
"""A line without these has no shortcode."""
_Writer = Callable[[re.Match[str]], str | None]
"""A function that returns what a shortcode means; None if it is none."""
_FOLD_NAMES = r"(?:details|expand|spoiler|collapse|accordion|dropdown|toggle)"


def replace_highlight(line: Line, notes: list[Note]) -> Line:
    """Return the line; a fence if it is Jekyll's mark of code."""
    if "highlight" not in line.text or not _HIGHLIGHT.fullmatch(line.text):
        return line
    notes.append(Note("label", line.origin + 1, line.text.strip()))
    return replace(line, text=_HIGHLIGHT.sub(r"```\1", line.text))


def replace_shortcodes(lines: Iterable[Line], notes: list[Note]) -> Iterator[Line]:
    """Yield the lines, outside of code with each shortcode replaced, which is noted."""
    for line in lines:
        if line.code or not _SIGNS.search(line.text):
            yield line
            continue
        pieces, done = [], 0
        for span in CODE_SPAN.finditer(line.text):
            pieces += [_replace(line.text[done : span.start()], line.origin + 1, notes), span[0]]
            done = span.end()
        pieces.append(_replace(line.text[done:], line.origin + 1, notes))
        yield replace(line, text="".join(pieces))


def _replace(text: str, number: int, notes: list[Note]) -> str:
    """Return a text without code with each shortcode replaced; ``number`` is that of its line."""
    for kind, pattern, write in _REPLACEMENTS:
        text = pattern.sub(partial(_replace_one, kind, write, number, notes), text)
    return text


def _replace_one(kind: str, write: _Writer, number: int, notes: list[Note], found: re.Match[str]) -> str:
    """Return the meaning of a shortcode, which is noted; the shortcode itself if it is none."""
    result = write(found)
    if result is None:
        return found[0]
    notes.append(Note(kind, number, found[0].strip()))
    return result


def _write_fold(found: re.Match[str]) -> str:
    """Return the opening of a fold with its title."""
    words = found["hugo"] or found["jekyll"]
    quoted = re.search(r"[\"“]([^\"”]*)[\"”]", found["hugo"] or "")
    title = find_title(read_attributes(words)) or (quoted[1] if quoted else found["jekyll"] or "").strip(" -")
    return f"<details><summary>{title}</summary>" if title else "<details>"


def _find_emoji(found: re.Match[str]) -> str | None:
    """Return the emoji of a name; None if it is no emoji's."""
    if found[1] in _EMOJIS:
        return _EMOJIS[found[1]]
    try:
        sign = unicodedata.lookup(found[1].replace("_", " "))
    except KeyError:
        return None
    return sign if unicodedata.category(sign) == "So" else None


_REPLACEMENTS: tuple[tuple[str, re.Pattern[str], _Writer], ...] = (
    (
        "label",
        re.compile(
            rf"\{{\{{[<%]\s*{_FOLD_NAMES}(?P<hugo>\s[^{{}}]*)[>%]\}}\}}|\{{%-?\s*{_FOLD_NAMES}(?P<jekyll>\s[^%]*)%\}}"
        ),
        _write_fold,
    ),
    (
        "label",
        re.compile(rf"\{{\{{[<%]\s*/\s*{_FOLD_NAMES}\s*[>%]\}}\}}|\{{%-?\s*end{_FOLD_NAMES}\s*-?%\}}"),
        lambda _: "</details>",
    ),
    # Hugo's, Jekyll's and kramdown's tags, and the places for a contents list.
    (
        "tag",
        re.compile(
            r"\{\{[<%][^{}]*[>%]\}\}|^\s*(?:\{%-?[^{}]*%\}\s*)+$|\{%-?\s*(?:end)?raw\s*-?%\}|^\s*\{:[^{}]*\}\s*$|"
            r"^\s*(?:\[\[_?toc_?\]\]|\[toc\]|\$\{toc\}|\{\{\s*toc\s*\}\})\s*$",
            re.IGNORECASE,
        ),
        lambda _: "",
    ),
    ("emoji", re.compile(r"(?<![\w:]):([a-z][a-z0-9_]{1,40}|[+-]1):(?![\w:])"), _find_emoji),
)
"""For each shortcode the kind of its note, its pattern, and the function that gives its meaning."""
