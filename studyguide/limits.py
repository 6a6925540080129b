"""All limits on the size of a guide, because a guide may come from a stranger: name and number → Problems.

All but the last are far beyond what a book needs; the last depends on the machine, and `--sheet-time` sets it.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from studyguide.problems import Place, Problem


@dataclass(frozen=True, slots=True)
class Limit:
    """The largest number allowed, and the words of the message about a larger one."""

    maximum: int
    unit: str
    fix: str
    """The remedy, in the imperative."""


# SECURITY.md has the same table, and a test compares them.
LIMITS = {
    "file": Limit(4_000_000, "bytes", "divide it into chapters"),
    "guide": Limit(50_000_000, "bytes of Markdown", "make several guides of it"),
    "chapters": Limit(1_000, "chapters", "make several guides of it"),
    "questions": Limit(20_000, "questions", "make several guides of it"),
    "lines": Limit(20_000, "lines with text", "divide it into several files of one folder"),
    "line": Limit(100_000, "characters", "break it into shorter lines"),
    "levels": Limit(25, "lists and quotations inside each other", "take some of them apart"),
    "front-matter": Limit(20_000, "characters", "leave `title`, `summary` and `kind` in it"),
    "title": Limit(500, "characters", "say it in fewer words"),
    "setting": Limit(5_000, "characters", "say it in fewer words"),
    "authors": Limit(100, "authors", "name the others in the text"),
    "words": Limit(20_000, "words", "look up words in a dictionary that has them"),
    "keys": Limit(100, "keys", "delete those that `studyguide` calls unknown"),
    "list": Limit(1_000, "entries", "write fewer"),
    "editions": Limit(50, "editions", "make several guides of it"),
    "parts": Limit(50, "kinds of parts", "use one kind for several purposes"),
    "ignores": Limit(1_000, "ignores", "mend what they ignore"),
    "options": Limit(26, "options", "ask several questions"),
    "items": Limit(26, "items to match or to order", "ask several questions"),
    "blanks": Limit(50, "blanks", "ask several questions"),
    "answers": Limit(50, "answers", "ask another question"),
    "subquestions": Limit(26, "sub-questions", "ask several questions"),
    "marks": Limit(1_000, "marks", "write a smaller number"),
    "paragraph": Limit(100_000, "characters", "divide it by blank lines"),
    "brackets": Limit(50, "brackets open at once", "close them, or put them into backticks"),
    "nesting": Limit(60, "elements inside each other", "take some of its lists, quotations or groups apart"),
    "span": Limit(100, "columns or rows", "let the cell span fewer"),
    "space": Limit(100, "ruled lines", "write a smaller number"),
    "minutes": Limit(10_000, "minutes", "write a smaller number"),
    "takes": Limit(50, "tables of questions", "let one of them take more questions"),
    "forms": Limit(26, "forms", "write fewer"),
    "books": Limit(200, "books, three for each form of an exam", "write fewer forms"),
    "speaking-time": Limit(3_600, "seconds of speaking", "write a smaller number"),
    "speaking-rate": Limit(1_000, "words a minute", "write a smaller number"),
    "reviews": Limit(20, "reviews", "write fewer"),
    "review-day": Limit(3_650, "days", "write a smaller number"),
    "review-per-day": Limit(1_000, "questions a day", "write a smaller number"),
    "formula": Limit(1_000, "characters", "write several formulas"),
    "formula-nesting": Limit(8, "braces inside each other", "name a piece of it, and write that as a formula of its own"),
    "figure": Limit(20_000_000, "bytes", "save it smaller"),
    "figures": Limit(200_000_000, "bytes of figures", "save them smaller"),
    "pixels": Limit(50_000_000, "pixels", "save it smaller"),
    "drawing": Limit(2_000_000, "bytes", "simplify it, or save it as PNG"),
    "elements": Limit(20_000, "elements, repeated ones counted", "simplify it, or save it as PNG"),
    "scans": Limit(100, "scans", "save it again, without `progressive`"),
    "attributes": Limit(200, "attributes", "simplify it, or save it as PNG"),
    "drawn-bytes": Limit(20_000_000, "bytes of lines and words, repeated ones counted", "simplify it, or save it as PNG"),
    "outline": Limit(200_000, "times its own size of lines, repeated ones counted", "leave out what lies outside of it"),
    "dashes": Limit(1_000_000, "dashes", "make the dashes longer"),
    "tiles": Limit(1_000_000, "tiles of a pattern", "make the pattern larger"),
    "code": Limit(2_000, "lines of code", "divide it, or leave out what nobody reads"),
    "own-files": Limit(200, "templates, styles and files of words", "leave out those that are like the program's"),
    "own-file": Limit(200_000, "bytes", "leave out what is like the program's"),
    "face": Limit(10_000_000, "bytes", "save it with fewer letters, as TTF or WOFF2"),
    "faces": Limit(20, "files of faces", "leave out those that `[look]` does not name"),
    "glyphs": Limit(20_000, "glyphs", "save it with fewer letters"),
    "package": Limit(200_000_000, "bytes", "divide it into several packages"),
    "package-files": Limit(50_000, "files", "divide it into several packages"),
    "unpacked": Limit(300_000_000, "bytes when it is unpacked", "divide it into several packages"),
    "packing": Limit(200, "times its own size when it is unpacked", "pack the files anew, and leave out what repeats itself"),
    "memory": Limit(4_000, "megabytes of memory", "simplify it, or divide it"),
    "seconds": Limit(300, "seconds of work", "simplify it, or allow more with `--sheet-time`"),
}  # fmt: skip


def describe_excess(name: str, number: int) -> str:
    """Return the words that say how far ``number`` exceeds the limit of that name; empty if it does not."""
    limit = LIMITS[name]
    if number <= limit.maximum:
        return ""
    return f"has {number:,} {limit.unit}, and {limit.maximum:,} are the most"


def check_limit(name: str, number: int, subject: str, place: Place) -> Iterator[Problem]:
    """Yield a Problem at ``place`` if ``number`` exceeds the limit of that name; ``subject`` begins its message."""
    if excess := describe_excess(name, number):
        yield Problem(place, "over-limit", f"{subject} {excess}", LIMITS[name].fix)
