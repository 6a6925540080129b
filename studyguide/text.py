"""Small changes to plain text and to a line of Markdown that several stages agree on: text → text."""

import re
import unicodedata
from functools import lru_cache
from urllib.parse import quote

# What XML cannot hold (XML 1.0, 2.2), so that no EPUB could.
UNWRITABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def slug(text: str) -> str:
    """An identifier made of a title: lower case, letters of any script and digits, joined by hyphens."""
    words = re.findall(r"[^\W_]+", unicodedata.normalize("NFKC", text).casefold())
    name = "-".join(words) or "untitled"
    # An XML name starts with a letter, and so must an id of the EPUB.
    return name if name[0].isalpha() else f"n-{name}"


def is_language(tag: str) -> bool:
    """Whether this has the form of a language's tag, such as ``de`` or ``en-GB`` (RFC 5646)."""
    return re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*", tag) is not None


def address(target: str) -> str:
    """The target of a link with what no address may hold written as ``%5C`` and the like."""
    return re.sub(r"%(?![0-9A-Fa-f]{2})|[\s\"<>\\^`{|}\[\]]", lambda sign: quote(sign[0], safe=""), target)


def plain(markdown: str) -> str:
    """A line of Markdown without its marks, for a running head or an outline."""
    text = re.sub(r"!?\[([^\]]*)\]\([^)]*\)", r"\1", markdown)
    text = re.sub(r"(?<!\w)[*_]{1,3}(\S(?:.*?\S)?)[*_]{1,3}(?!\w)", r"\1", text)
    return text.replace("`", "").replace("\\", "").strip()


def uncommented(markdown: str) -> str:
    """Markdown without its comments."""
    first, *others = markdown.split("<!--")
    return first + "".join(each.partition("-->")[2] for each in others)


# Bounded, for text that opens a link again and again and closes none.
UNSPOKEN = re.compile(r"(?<=\])\([^)\s]{0,300}(?: \"[^\"]{0,300}\")?\)|\{[#.:][^}\n]{0,300}\}|(?<=\w)[’'](?=\w)")


@lru_cache(maxsize=20_000)
def tokens(markdown: str) -> tuple[str, ...]:
    """The words and numbers of Markdown in lower case, without links' targets and identifiers: what two texts are compared by."""
    return tuple(re.findall(r"[^\W_]+", UNSPOKEN.sub("", uncommented(markdown)).casefold()))
