"""Read what stands behind the language of a block of code: info string, or the options of a directive → ListingStyle.

Python-Markdown, MkDocs Material, Docusaurus, VitePress, Hugo, Pandoc, Quarto and MyST each have words of their own for the name of
a file, numbers of lines and marked lines.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

_LANGUAGE = re.compile(r"\s*(?:\{\s*\.?)?(?P<language>(?!\d+[\s,}-])[\w+#.-]*)")
_TITLE = re.compile(
    r"""\b(?:title|filename|caption|lst-cap)\s*=\s*(?:"([^"\n]+)"|'([^'\n]+)'|([^\s"'{}]+))
    |^:((?:[\w-]+/)*[\w-]+\.\w+)(?=\s|$)  # ```python:run.py
    |(?<=\s)\[([^\]=\n]*[A-Za-z][^\]=\n]*)\]$  # ```python [run.py]""",
    re.VERBOSE,
)
_NUMBERS = re.compile(
    r"(?<![\w-])(?:linenums|linenos|(?:show|code-)?-?line-?numbers|number-?lines)(?:(?:\s*[=:]\s*[\"']?|\{)(?P<value>[\w|-]+))?",
    re.IGNORECASE,
)
_NO_NUMBERS = ("false", "no", "off", "none")
_FIRST_NUMBER = re.compile(r"\b(?:startFrom|linenostart|lineno-start)\s*=\s*[\"']?(\d{1,6})", re.IGNORECASE)
_MARKED = re.compile(r"\b(?:hl_lines|emphasize-lines)\s*=\s*(?P<lines>\"[^\"]*\"|'[^']*'|\[[^\]]*\]|\d[\d,-]*)")
_MARKED_IN_BRACES = re.compile(r"(?<![=\w])\{\s*(?P<lines>\d[\d\s,-]*)\}")
_RANGE = re.compile(r"(\d{1,6})(?:-(\d{1,6}))?")
_COMMENT = re.compile(r"(?:#|//|--|;|%|/\*|<!--).*")
_ANNOTATION = re.compile(r"(\(\d{1,3}\))!")


@dataclass(frozen=True, slots=True)
class ListingStyle:
    """The look that a block of code asks for."""

    language: str = ""
    title: str = ""
    """Printed above it."""
    first_number: int | None = None
    """The number of its first line; None if its lines have no numbers."""
    marked: tuple[tuple[int, int], ...] = ()
    """The first and last of each run of marked lines, counted from 1."""

    @property
    def classes(self) -> str:
        """The classes that tell ``code`` about numbers and marks."""
        numbers = [] if self.first_number is None else [f"numbered-{self.first_number}"]
        return " ".join([*numbers, *(f"marked-{start}-{end}" for start, end in self.marked)])


def read_fence_style(info: str) -> ListingStyle:
    """Return the style that the info string of a fence asks for."""
    language = _LANGUAGE.match(info)
    name = language["language"] if language else ""
    words = info.strip().removeprefix(name)
    title = _TITLE.search(words)
    return _make_style(name, next(filter(None, title.groups())) if title else "", _TITLE.sub("", words))


def read_directive_style(language: str, options: Mapping[str, str]) -> ListingStyle:
    """Return the style that a directive of MyST asks for."""
    words = " ".join(f'{name}="{value}"' for name, value in options.items())
    return _make_style(language, options.get("caption", options.get("filename", "")), words)


def _make_style(language: str, title: str, words: str) -> ListingStyle:
    """Return a style with the numbers and the marks that ``words`` ask for."""
    marked = _MARKED.search(words) or _MARKED_IN_BRACES.search(words)
    found = ((int(start), int(end or start)) for start, end in _RANGE.findall(marked["lines"] if marked else ""))
    return ListingStyle(
        language, title, _find_first_number(words), tuple((start, end) for start, end in found if 0 < start <= end)
    )


def remove_annotation_marks(code: str) -> str:
    """Return code whose annotations, ``# (1)!``, are comments: the list below says what they mean."""
    return _COMMENT.sub(lambda comment: _ANNOTATION.sub(r"\1", comment[0]), code)


def _find_first_number(words: str) -> int | None:
    """Return the number of the first line, or None if no numbers are asked for."""
    if first := _FIRST_NUMBER.search(words):
        return int(first[1])
    numbers = _NUMBERS.search(words)
    if not numbers or (numbers["value"] or "").lower() in _NO_NUMBERS:
        return None
    return int(numbers["value"]) if re.fullmatch(r"\d{1,6}", numbers["value"] or "") else 1
