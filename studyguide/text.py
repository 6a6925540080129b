"""Small changes to plain text and to a line of Markdown that several stages agree on: text → text."""

import re
import unicodedata
from functools import lru_cache
from urllib.parse import quote

# The characters that XML cannot hold (XML 1.0, 2.2), so that no EPUB could.
INVALID_XML_CHARACTER = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def slugify(text: str) -> str:
    """Make an identifier of a title: lower case, letters of any script and digits, joined by hyphens."""
    words = re.findall(r"[^\W_]+", unicodedata.normalize("NFKC", text).casefold())
    name = "-".join(words) or "untitled"
    # An XML name starts with a letter, and so must an id of the EPUB.
    return name if name[0].isalpha() else f"n-{name}"


_SCRIPTS = {"cjk": "Chinese", "fullwidth": "Chinese", "ideographic": "Chinese", "kangxi": "Chinese", "hangul": "Korean"}
"""Names of scripts that people know by another name than the first word of the name of a letter in Unicode."""


def name_script(letter: str) -> str:
    """Return the name of the script of a letter: ``Thai``, ``Hiragana``, and ``Chinese`` also for its full-width signs."""
    word = unicodedata.name(letter, "unnamed").split()[0].lower()
    return _SCRIPTS.get(word, word.capitalize())


def strip_number(name: str) -> str:
    """Return the name of a chapter's file without the number that puts it in its place: ``training`` for ``03-training``."""
    return re.sub(r"^\d+[-_ ]*", "", name)


def is_language_tag(text: str) -> bool:
    """Return True if the text has the form of a language tag, such as ``de`` or ``en-GB`` (RFC 5646)."""
    return re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*", text) is not None


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
    return tuple(re.findall(r"[^\W_]+", _NO_WORDS.sub("", strip_comments(markdown)).casefold()))
