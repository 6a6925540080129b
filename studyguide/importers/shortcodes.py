"""Turn what a site generator would replace into what it means: Lines → Lines.

A name of an emoji becomes the emoji, and a shortcode that folds ``<details>``; a tag that only means something to the
generator is left out.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import replace

from studyguide.importers.model import CODE_SPAN, Line, Note

HIGHLIGHT = re.compile(r"^[ \t]*\{%-?[ \t]*(?:end)?highlight(?:[ \t]+([\w+#-]+))?[^%]*%\}[ \t]*$")
"""How Jekyll marks code."""
EMOJI = re.compile(r"(?<![\w:]):([a-z][a-z0-9_]{1,40}|[+-]1):(?![\w:])")
# The names that GitHub knows and Unicode does not.
EMOJIS = {
    "+1": "👍", "-1": "👎", "thumbsup": "👍", "tada": "🎉", "bulb": "💡", "star": "⭐", "star2": "🌟", "heart": "❤", "memo": "📝",
    "white_check_mark": "✅", "heavy_check_mark": "✔", "x": "❌", "warning": "⚠", "question": "❓", "exclamation": "❗",
    "arrow_up": "⬆", "arrow_double_up": "⏫", "point_right": "👉", "point_up": "☝", "top": "🔝", "zap": "⚡", "fire": "🔥",
    "book": "📖", "computer": "💻", "boom": "💥", "sparkles": "✨", "muscle": "💪", "pushpin": "📌", "link": "🔗", "pencil": "📝",
}  # fmt: skip
FOLD = re.compile(
    r"\{\{[<%]\s*(?:details|expand|spoiler|collapse)\s+(?:\w+=)?[\"“](?P<hugo>[^\"”]*)[\"”][^{}]*[>%]\}\}|"
    r"\{%-?\s*details(?P<jekyll>\s[^%]*)%\}"
)
UNFOLD = re.compile(r"\{\{[<%]\s*/\s*(?:details|expand|spoiler|collapse)\s*[>%]\}\}|\{%-?\s*enddetails\s*-?%\}")
TAG = re.compile(
    r"\{\{[<%][^{}]*[>%]\}\}|^\s*(?:\{%-?[^{}]*%\}\s*)+$|\{%-?\s*(?:end)?raw\s*-?%\}|^\s*\{:[^{}]*\}\s*$|"
    r"^\s*(?:\[\[_?toc_?\]\]|\[toc\]|\$\{toc\}|\{\{\s*toc\s*\}\})\s*$",
    re.IGNORECASE,
)
"""Hugo's, Jekyll's and kramdown's; and where a contents list is to be made."""
SIGNS = re.compile(r"[{\[$]|:[a-z+-]")
"""What each of them has."""


def highlighted(line: Line, notes: list[Note]) -> Line:
    """The line, a fence where Jekyll marks code."""
    if "highlight" not in line.text or not HIGHLIGHT.fullmatch(line.text):
        return line
    notes.append(Note("label", line.origin + 1, line.text.strip()))
    return replace(line, text=HIGHLIGHT.sub(r"```\1", line.text))


def expanded(lines: Iterable[Line], notes: list[Note]) -> Iterator[Line]:
    for line in lines:
        if line.code or not SIGNS.search(line.text):
            yield line
            continue
        pieces, done = [], 0
        for span in CODE_SPAN.finditer(line.text):
            pieces += [replaced(line.text[done : span.start()], line.origin + 1, notes), span[0]]
            done = span.end()
        pieces.append(replaced(line.text[done:], line.origin + 1, notes))
        yield replace(line, text="".join(pieces))


def replaced(text: str, number: int, notes: list[Note]) -> str:
    def left_out(kind: str, found: re.Match[str], instead: str = "") -> str:
        notes.append(Note(kind, number, found[0].strip()))
        return instead

    def folded(found: re.Match[str]) -> str:
        title = (found["hugo"] or found["jekyll"]).strip(" -")
        return left_out("label", found, f"<details><summary>{title}</summary>") if title else found[0]

    def shown(found: re.Match[str]) -> str:
        sign = emoji(found[1])
        return left_out("emoji", found, sign) if sign else found[0]

    text = UNFOLD.sub(lambda found: left_out("label", found, "</details>"), FOLD.sub(folded, text))
    text = TAG.sub(lambda found: left_out("tag", found), text)
    return EMOJI.sub(shown, text)


def emoji(name: str) -> str:
    """The sign of this name, or nothing where it is no emoji's."""
    if name in EMOJIS:
        return EMOJIS[name]
    try:
        sign = unicodedata.lookup(name.replace("_", " "))
    except KeyError:
        return ""
    return sign if unicodedata.category(sign) == "So" else ""
