"""Footnotes, an extension of Python-Markdown: ``[^name]`` becomes ``<span class="footnote">`` with the note's text.

The note stays where it is called from; the style of the page or the screen decides where it is shown.
"""

import re
from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.extensions import Extension
from markdown.inlinepatterns import InlineProcessor
from markdown.preprocessors import Preprocessor

_DEFINITION = re.compile(r"\[\^([^\]\s]+)\]:\s+(.*)")
_CALL = r"\[\^([^\]\s]+)\]"


class Footnotes(Extension):
    """Replaces calls of footnotes; ``reset`` forgets the notes of the text before."""

    def extendMarkdown(self, md: Markdown) -> None:
        self.notes: dict[str, str] = {}
        """Text of each note by its name."""
        md.registerExtension(self)
        md.preprocessors.register(_DefinitionCollector(md, self.notes), "note-texts", 24)
        # Before code and formulas, which a note may hold: the text of a note is read by later patterns only.
        md.inlinePatterns.register(_CallReplacer(_CALL, md, self.notes), "note-mark", 195)

    def reset(self) -> None:
        self.notes.clear()


class _DefinitionCollector(Preprocessor):
    """Takes the definitions of notes out of the lines."""

    def __init__(self, md: Markdown, notes: dict[str, str]) -> None:
        super().__init__(md)
        self.notes = notes

    def run(self, lines: list[str]) -> list[str]:
        kept: list[str] = []
        name = ""
        for line in lines:
            after_text = not kept or kept[-1].strip()
            if found := _DEFINITION.match(line):
                name = found[1]
                self.notes[name] = found[2]
            elif name and line.strip() and (line[0].isspace() or after_text) and not line.startswith("["):
                self.notes[name] += " " + line.strip()
            else:
                name = ""
                kept.append(line)
        return kept


class _CallReplacer(InlineProcessor):
    """Replaces a call by its note, unless it is code or no note has the name."""

    def __init__(self, pattern: str, md: Markdown, notes: dict[str, str]) -> None:
        super().__init__(pattern, md)
        self.notes = notes

    def handleMatch(self, m: re.Match[str], data: str) -> tuple[Element | None, int | None, int | None]:  # type: ignore[override]
        is_code = data.count("`", 0, m.start()) % 2
        if m[1] not in self.notes or is_code:
            return None, None, None
        note = Element("span", {"class": "footnote"})
        # A call within a note stays text: a note that calls itself would never end.
        note.text = self.notes[m[1]].replace("[^", r"\[^")
        return note, m.start(0), m.end(0)
