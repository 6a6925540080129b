"""The edits that are measured: each changes one file of a guide, or the program's styles, as an author would."""

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from benchmarks.runs import Workshop

_TITLE = re.compile(r"^## (.+?)(\??)( \{#)", re.MULTILINE)
_TAGS = re.compile(r'^(## .*\btags=")([^"]*)(")', re.MULTILINE)
_ADVERBS = ("exactly", "really", "usually", "today", "then")
QUESTIONS_OF_GUIDE = 141
USES_OF_TERM = 12  # by as many questions


def add_sentence(text: str, number: int) -> str:
    """Add a sentence to the end of the first paragraph of the chapter's first answer."""
    return _replace_once(r"(^### Answer\n.+)", rf"\1 One more sentence, number {number}.", text)


def add_page(text: str, number: int) -> str:
    """Add so much text to the chapter's first answer that all later page numbers change."""
    paragraph = f"This paragraph, number {number}, fills lines until the chapter has a page more than before. " * 4
    return _replace_once(r"(^### Answer\n.+\n)", "\\1\n" + f"{paragraph.strip()}\n\n" * 12, text)


def change_title(text: str, number: int) -> str:
    """Add a word to the title of the chapter's first question."""
    return _replace_once(_TITLE, rf"## \1 {_ADVERBS[number % len(_ADVERBS)]}\2\3", text)


def add_tag(text: str, number: int) -> str:
    """Give the chapter's first question a tag that others have."""
    lists = [match[2].split() for match in _TAGS.finditer(text)]
    others = sorted({tag for tags in lists[1:] for tag in tags} - set(lists[0]))
    return _TAGS.sub(rf"\g<1>\g<2> {others[number % len(others)]}\g<3>", text, count=1)


def change_description(text: str, number: int) -> str:
    """Change one word of ``description``."""
    return _replace_once(r'^(description = "[^"]*?)\w+(\W*")', rf"\g<1>{_ADVERBS[number % len(_ADVERBS)]}\g<2>", text)


def change_colour(text: str, number: int) -> str:
    """Change the colour of headings and numbers, so little that nobody sees it."""

    def change(match: re.Match[str]) -> str:
        return f"{match[1]}{(int(match[2], 16) + number) % 0x1000000:06x}"

    return re.sub(r"(--accent:\s*#)([0-9a-fA-F]{6})", change, text, count=1)


def add_term(glossary: str, number: int, chapters: str) -> str:
    """Add a term to the end of the glossary: a word that the chapters have about once for every ten questions."""
    known = set(re.findall(r"[a-z]+", glossary.lower()))
    counts = Counter(re.findall(r"\b[a-z]{6,9}\b", chapters))
    wanted = USES_OF_TERM * max(1, len(re.findall(r"^## .*\{#", chapters, re.MULTILINE)) // QUESTIONS_OF_GUIDE)
    words = sorted((word for word in counts if word not in known), key=lambda word: (abs(counts[word] - wanted), word))
    return f"{glossary.rstrip()}\n\n{words[number].capitalize()}\n: A word that the glossary did not have before.\n"


def _replace_once(pattern: str | re.Pattern[str], new: str, text: str) -> str:
    changed, count = re.subn(pattern, new, text, count=1, flags=re.MULTILINE if isinstance(pattern, str) else 0)
    if not count:
        raise ValueError(f"there is nothing to edit: {pattern}")
    return changed


# ---------------------------------------------------------------- files


def choose_chapter(book: Path) -> Path:
    """Return one of the longest chapters with questions: of several copies of it the one in the middle."""
    chapters = [path for path in sorted(book.glob("*.md")) if "\n### Answer\n" in path.read_text(encoding="utf-8")]
    by_size = sorted(chapters, key=lambda path: -path.stat().st_size)
    longest = sorted(by_size[: max(1, len(chapters) // 8)])
    return longest[len(longest) // 2]


def find_glossary(book: Path) -> Path:
    """Return the chapter of terms."""
    return next(path for path in book.glob("*.md") if "\nkind: glossary\n" in path.read_text(encoding="utf-8"))


@dataclass(frozen=True, slots=True)
class Edit:
    """An edit, and the words for it in the report."""

    name: str
    apply: Callable[[Workshop, int], None]
    """Edits a file; with another number, in another way."""
    sets_all: bool = False
    """True if everything is set anew, which takes as long as a cold build."""


def _edit_file(find: Callable[[Workshop], Path], change: Callable[[str, int], str]) -> Callable[[Workshop, int], None]:
    def apply(workshop: Workshop, number: int) -> None:
        path = find(workshop)
        text = path.read_text(encoding="utf-8")
        changed = change(text, number)
        if changed == text:
            raise ValueError(f"{path.name}: the edit changes nothing")
        path.write_text(changed, encoding="utf-8")

    return apply


def _apply_term(workshop: Workshop, number: int) -> None:
    path = find_glossary(workshop.book)
    chapters = " ".join(each.read_text(encoding="utf-8") for each in sorted(workshop.book.glob("*.md")) if each != path)
    path.write_text(add_term(path.read_text(encoding="utf-8"), number, chapters), encoding="utf-8")


EDITS = (
    Edit("a sentence in an answer", _edit_file(lambda shop: choose_chapter(shop.book), add_sentence)),
    Edit("a page more", _edit_file(lambda shop: choose_chapter(shop.book), add_page)),
    Edit("one word of `description`", _edit_file(lambda shop: shop.book / "guide.toml", change_description)),
    Edit("a word in a title", _edit_file(lambda shop: choose_chapter(shop.book), change_title)),
    Edit("a tag", _edit_file(lambda shop: choose_chapter(shop.book), add_tag)),
    Edit("a glossary term", _apply_term),
    Edit(
        "a colour in tokens.css",
        _edit_file(lambda shop: shop.program / "styles" / "tokens.css", change_colour),
        sets_all=True,
    ),
)
SENTENCE = EDITS[0].name
