"""Small changes to plain text and to a line of Markdown that several stages agree on: text → text."""

import html
import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from urllib.parse import quote

# The characters that XML cannot hold (XML 1.0, 2.2), so that no EPUB could.
INVALID_XML_CHARACTER = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")

CONTROL_CHARACTER = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufff9-\ufffb\ufffe\uffff]"
)
"""The characters that XML cannot hold, and those that end a line or have no glyph: no title can hold them."""


COMBINING_MARKS = "".join(chr(code) for code in range(0x300, 0x1E00) if unicodedata.category(chr(code)).startswith("M"))
"""Vowel signs, viramas, points and accents, which are parts of words although `\\w` does not match them: those of living scripts."""
WORD_CHARACTER = rf"[\w{COMBINING_MARKS}]"
"""A pattern of a letter, a mark on a letter, a digit or an underscore."""
_WORD = re.compile(rf"[^\W_]+(?:[{COMBINING_MARKS}]+[^\W_]*)*")
"""A word or a number."""
_NO_LETTERS = re.compile(r"[\W_]+")


def keep_letters(text: str) -> str:
    """Return the letters and digits of a text, in lower case, by which two texts are compared."""
    return _NO_LETTERS.sub("", text).casefold()


def slugify(text: str) -> str:
    """Make an identifier of a title: lower case, letters of any script and digits, joined by hyphens."""
    words = _WORD.findall(unicodedata.normalize("NFKC", text).casefold())
    name = "-".join(words) or "untitled"
    # An XML name starts with a letter, and so must an id of the EPUB.
    return name if name[0].isalpha() else f"n-{name}"


_NAME_CATEGORIES = ("L", "M", "N")
"""The first letters of the Unicode categories of letters, marks and numbers."""
BOOK_NAMES = frozenset({"answer-sheet", "by-subject", "exam-front", "how-to-use", "index", "progress", "review-plan"})
"""The identifiers of the pages that the templates add to a book."""

_ADDED_NAME = re.compile(r"page-(?:[0-9]+|[ivxl]+)|(?:chapter|answers|popups)-.+-note-[0-9]+")
"""The identifiers of the pages of a list, and of footnotes; others have a point, which no identifier of a guide has."""


def is_book_name(name: str) -> bool:
    """Return True if an identifier is one that a book may add to those of its guide."""
    return name in BOOK_NAMES or _ADDED_NAME.fullmatch(name) is not None


def find_foreign_character(name: str) -> str:
    """Return the first character that keeps a text from being an identifier; empty if it is one.

    An identifier has letters of any script, digits, ``-``, ``_`` and ``:``, and begins with a letter or ``_``, as an XML name does.
    """
    for place, character in enumerate(name):
        kind = unicodedata.category(character)[0]
        if not (character == "_" or kind == "L" or (place and (kind in _NAME_CATEGORIES or character in "-:"))):
            return character
    return ""


def name_chapter(file_name: str) -> str:
    """Return the identifier of the chapter in a file whose name, without its ending, this is: ``training`` for ``03-training``."""
    name = slugify(strip_number(file_name))
    return f"chapter-{name}" if is_book_name(name) else name


_SCRIPTS = {"cjk": "Chinese", "fullwidth": "Chinese", "ideographic": "Chinese", "kangxi": "Chinese", "hangul": "Korean"}
"""Names of scripts that people know by another name than the first word of the name of a letter in Unicode."""


def name_script(letter: str) -> str:
    """Return the name of the script of a letter: ``Thai``, ``Hiragana``, and ``Chinese`` also for its full-width signs."""
    word = unicodedata.name(letter, "unnamed").split()[0].lower()
    return _SCRIPTS.get(word, word.capitalize())


def strip_number(name: str) -> str:
    """Return the name of a chapter's file without the number that puts it in its place: ``training`` for ``03-training``.

    A name that is nothing but a number is returned as it is.
    """
    return re.sub(r"^\d+[-_ ]*", "", name) or name


_LANGUAGE_TAG = re.compile(
    r"(?:[a-z]{2,3})(?:-[a-z]{3}){0,3}(?:-[a-z]{4})?(?:-(?:[a-z]{2}|[0-9]{3}))?"
    r"(?P<variants>(?:-(?:[a-z0-9]{5,8}|[0-9][a-z0-9]{3}))*)"
    r"(?P<extensions>(?:-[0-9a-wyz](?:-[a-z0-9]{2,8})+)*)(?:-x(?:-[a-z0-9]{1,8})+)?",
    re.IGNORECASE | re.ASCII,
)
"""RFC 5646, 2.1, without tags that are private or older than the syntax: no voice and no dictionary knows them."""
_MAX_LANGUAGE_TAG = 100  # characters
_LANGUAGE_NAMES = {
    "arabic": "ar", "chinese": "zh", "czech": "cs", "danish": "da", "deutsch": "de", "dutch": "nl", "english": "en", "español": "es",
    "finnish": "fi", "français": "fr", "french": "fr", "german": "de", "greek": "el", "hebrew": "he", "hindi": "hi", "hungarian": "hu",
    "italian": "it", "italiano": "it", "japanese": "ja", "korean": "ko", "norwegian": "nb", "polish": "pl", "portuguese": "pt",
    "português": "pt", "romanian": "ro", "russian": "ru", "spanish": "es", "swedish": "sv", "turkish": "tr", "ukrainian": "uk",
}  # fmt: skip


def is_language_tag(text: str) -> bool:
    """Return True if the text is a well-formed language tag, such as ``de`` or ``en-GB`` (RFC 5646)."""
    tag = _LANGUAGE_TAG.fullmatch(text.lower()) if len(text) <= _MAX_LANGUAGE_TAG else None
    if not tag:
        return False
    variants = re.findall("[^-]+", tag["variants"])
    singletons = re.findall(r"-(\w)(?=-)", tag["extensions"])
    return len({*variants}) == len(variants) and len({*singletons}) == len(singletons)


def suggest_language_tag(text: str, mark: str = "") -> str:
    """Return in the imperative which tag to write for a text that is none; ``mark`` stands before the tag: ``lang=``."""
    likely = text.strip().partition(".")[0].replace("_", "-")
    tag = _LANGUAGE_NAMES.get(likely.casefold(), likely)
    return f"write `{mark}{tag}`" if is_language_tag(tag) else f"write its tag, such as `{mark}de` or `{mark}en-GB`"


def escape_url(url: str) -> str:
    """Percent-encode the characters that no URL may hold; a ``%`` of an existing code stays."""
    return re.sub(r"%(?![0-9A-Fa-f]{2})|[\s\"<>\\^`{|}\[\]]", lambda sign: quote(sign[0], safe=""), url)


def strip_markdown(line: str) -> str:
    """Remove the marks of a line of Markdown, for a running head or an outline."""
    text = re.sub(r"!?\[([^\]]*)\]\([^)]*\)", r"\1", line)
    text = re.sub(r"(?<!\w)[*_]{1,3}(\S(?:.*?\S)?)[*_]{1,3}(?!\w)", r"\1", text)
    return text.replace("`", "").replace("\\", "").strip()


def strip_comments(markdown: str) -> str:
    """Remove the HTML comments of a Markdown text."""
    first, *others = markdown.split("<!--")
    return first + "".join(each.partition("-->")[2] for each in others)


# Targets of links, attributes in braces, and the apostrophe inside a word.
# Repetition is bounded, or a text that opens a link again and again and closes none would take quadratic time.
_NO_WORDS = re.compile(r"(?<=\])\([^)\s]{0,300}(?: \"[^\"]{0,300}\")?\)|\{[#.:][^}\n]{0,300}\}|(?<=\w)[’'](?=\w)")


@lru_cache(maxsize=20_000)
def split_words(markdown: str) -> tuple[str, ...]:
    """Return the words and numbers of Markdown in lower case, without link targets and attributes, to compare it."""
    return tuple(_WORD.findall(_NO_WORDS.sub("", strip_comments(markdown)).casefold()))


_INVISIBLE = re.compile("[\u00ad\u200b-\u200d\u2060\ufe0e\ufe0f]")
_MAX_SHOWN_WORDS = 3


def list_words(text: str) -> list[str]:
    """Return the words and numbers of a text with entities but without tags, in lower case, without characters that nobody sees."""
    visible = _INVISIBLE.sub("", html.unescape(text))
    return _WORD.findall(unicodedata.normalize("NFKC", visible).casefold())


def quote_words(words: Sequence[str]) -> str:
    """Return the first of some words for a message, and how many more there are."""
    shown = ", ".join(f"`{word}`" for word in dict.fromkeys(words[:_MAX_SHOWN_WORDS]))
    return f"{shown} and {len(words) - _MAX_SHOWN_WORDS} more words" if len(words) > _MAX_SHOWN_WORDS else shown


def count_things(count: int, name: str, names: str = "") -> str:
    """Return words such as `1 question` or `2 questions`; ``names`` is the plural if no `s` makes it."""
    return f"{count:,} {name if count == 1 else names or f'{name}s'}"
