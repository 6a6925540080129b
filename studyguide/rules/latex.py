r"""The check of LaTeX that stands in no formula: Project, Guide → Problems.

A formula stands between two ``$``. Where one of them is missing, or both, its text is printed as it was typed.
"""

import html
import re
from collections.abc import Iterator
from itertools import pairwise

from studyguide.html_text import strip_tags
from studyguide.maths import list_commands
from studyguide.model import Chapter, Guide, Passage, Project
from studyguide.problems import Place, Problem, shorten_quotation
from studyguide.rules.markdown import CODE_IN_LINE, PassageText, blank_code_blocks

_LAYOUT_FIX = "write it in Markdown, or delete it: a book breaks its pages itself"
_FORMULA_FIX = "write it in Markdown, or as a formula between `$` without another `$` in it"
_DOLLAR_FIX = "write `$` right before and right behind the formula, and `\\$` for the sign itself"
_LAYOUT_COMMANDS = frozenset({
    "newpage", "pagebreak", "clearpage", "vspace", "hspace", "noindent", "cite", "citep", "citet", "ref", "label", "footnote",
})  # fmt: skip
_DOCUMENT_COMMANDS = frozenset(
    {"begin", "end", "item", "eqref", "underline", "section", "emph", "textbf", "textit", "texttt"}
)
"""Commands of documents."""
_COMMAND = re.compile(r"\\(?P<name>[A-Za-z]{2,})(?P<brace>\{)?")
_PATH = re.compile(r"\\|(?:[A-Za-z]:|[A-Za-z._%~-]{2,}|[/%])$")
r"""Text before a backslash that divides the folders of a path, as in ``C:\new`` and ``src\text``."""
_TEX = re.compile(r'data-tex="([^"]*)"')
_SENTENCE_END = re.compile(r"[.?!:;](?:\s|$)")
_MATHS = re.compile(
    r"\\[A-Za-z]{2,}|[\w)\]}]\^[\w{(+\-−]|(?<!\w)[A-Za-z]_(?:\{|[A-Za-z0-9](?!\w))|(?:^|[\s(])[A-Za-z] = \S"
)
"""Signs of a formula, which other text hardly has: a command, a power, an index, an equation of one letter."""


def raw_latex(project: Project, guide: Guide) -> Iterator[Problem]:
    """A command of LaTeX without a `$` on both sides is printed as it stands, and so is half a formula."""
    for chapter in guide.chapters:
        for passage in chapter.passages:
            if "\\" in passage.html or "$" in passage.html:
                yield from _find_raw_latex(chapter, passage)


def _find_raw_latex(chapter: Chapter, passage: Passage) -> Iterator[Problem]:
    """Yield a Problem for each block of a passage with LaTeX in its words: at its first command, or at a `$` without a partner."""
    text = PassageText(passage)
    typed_text = _blank_formulas(passage)
    for start, end in pairwise((*text.block_starts, len(text.html))):
        words = html.unescape(strip_tags(text.html[start:end]))
        if ("\\" not in words and "$" not in words) or "$$" in words:  # `raw_markdown` reports those
            continue
        first, last = text.find_block(start + 1)
        typed = typed_text[first:last]
        dollars = _match_dollars(words, typed)
        half = _find_half_formula(words, tuple(dollars))
        if command := next(_find_commands(words), ""):
            fix = _LAYOUT_FIX if command in _LAYOUT_COMMANDS else _FORMULA_FIX
            if fix == _FORMULA_FIX and half is not None and len(dollars) == 1:
                fix = f"{_DOLLAR_FIX}: `{_quote_around(words, half)}` has it on one side"
            # One that was typed with a second backslash is meant to be printed.
            as_typed = re.compile(rf"(?<!\\)\\{command}(?![A-Za-z])")
            if match := as_typed.search(typed):
                place = text.find_place(first + match.start())
            elif match := as_typed.search(chapter.definitions):  # of a footnote
                place = chapter.definition_places[chapter.definitions.count("\n", 0, match.start())]
            else:
                continue
            yield _report(place, f"\\{command}", fix)
        elif half is not None:
            yield _report(text.find_place(first + dollars[half]), _quote_around(words, half), _DOLLAR_FIX)


def _report(place: Place, found: str, fix: str) -> Problem:
    return Problem(place, "raw-latex", f"`{found}` would be printed as it stands", fix)


def _blank_formulas(passage: Passage) -> str:
    """Return the Markdown of a passage with spaces instead of its formulas and code."""
    text = blank_code_blocks(passage.markdown)
    at = 0
    for tex in _TEX.findall(str(passage.html)):
        latex = re.escape(html.unescape(tex))
        formula = re.compile(rf"(?:\$+`?|\\[(\[])\s*{latex}\s*(?:`?\$+|\\[)\]])|(?=\\begin){latex}")
        if match := formula.search(text, at):  # one in a footnote stands elsewhere
            at = match.end()
            text = text[: match.start()] + re.sub("[^\n]", " ", match[0]) + text[at:]
    return CODE_IN_LINE.sub(lambda code: " " * len(code[0]), text)


def _find_commands(words: str) -> Iterator[str]:
    """Yield the names of the commands of LaTeX in the words of a block."""
    for match in _COMMAND.finditer(words):
        name, before = match["name"], words[: match.start()].rpartition(" ")[2].rpartition("\n")[2]
        is_document = name in _LAYOUT_COMMANDS or name in _DOCUMENT_COMMANDS
        if (is_document or match["brace"] or name in list_commands()) and not _PATH.search(before):
            yield name


def _match_dollars(words: str, typed: str) -> dict[int, int]:
    """Return the place in what was typed of each dollar in the words of a block, without those typed with a backslash."""
    printed = [match.start() for match in re.finditer(r"\$", words)]
    places = [match.start() for match in re.finditer(r"\$", typed)]
    if len(printed) != len(places):
        return {}  # an address or a comment has some
    return {
        at: place
        for at, place in zip(printed, places, strict=True)
        if (place - len(typed[:place].rstrip("\\"))) % 2 == 0
    }


def _find_half_formula(words: str, dollars: tuple[int, ...]) -> int | None:
    """Return the place of a dollar with a formula on one of its sides; None if there is none."""
    for before, at, behind in zip((-1, *dollars), dollars, (*dollars[1:], len(words)), strict=False):
        left, right = words[before + 1 : at], words[at + 1 : behind]
        begins = right[:1].strip() and not left[-1:].isalnum()
        ends = left[-1:].strip() and not right[:1].isalnum()
        if begins and _MATHS.search(_SENTENCE_END.split(right)[0]):
            return at
        if ends and _MATHS.search(_SENTENCE_END.split(left)[-1]):
            return at
        if behind < len(words) and right[:1] == " " and _MATHS.search(right) and not _SENTENCE_END.search(right):
            return at  # the first of `$ x^2 $`
    return None


def _quote_around(words: str, at: int) -> str:
    """Return a dollar with the signs around it that no space divides from it."""
    start = max(words.rfind(" ", 0, at), words.rfind("\n", 0, at)) + 1
    return shorten_quotation(words[start:].split(maxsplit=1)[0])
