"""Make links and pictures of a foreign guide lead somewhere in the book: Line → text."""

import html
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote

from studyguide.html_text import make_file_address, read_file_path
from studyguide.importers.folder import join_path
from studyguide.importers.model import CODE_SPAN, Line, Note
from studyguide.importers.vault import NO_VAULT, Anchors, Vault
from studyguide.kinds.blanks import GAP
from studyguide.model import IMAGE_ENDINGS

_IMAGE = re.compile(
    r"!\[(?P<alt>(?:[^\[\]]|\[[^\[\]]*\])*)\]\(\s*"
    r"(?:<(?P<bracketed>[^<>\n]+)>|<?(?P<bare>[^()\s>]*(?:\([^()\s]*\)[^()\s>]*)*)>?)(?P<title>\s+[\"'][^\"']*[\"'])?\s*\)"
)
_LINK = re.compile(
    r"(?<!!)\[(?P<words>(?:[^\[\]]|\[[^\[\]]*\])*)\]"
    r"\(\s*<?(?P<target>[^()\s>]*(?:\([^()\s]*\)[^()\s>]*)*)>?(?P<title>\s+[\"'][^\"']*[\"'])?\s*\)"
)
_WIKI_LINK = re.compile(
    r"(?<!\[)(?P<embed>!?)\[\[(?P<target>[^\[\]|#\n]*)(?P<part>#[^\[\]|\n]*)?(?:\\?\|(?P<words>[^\[\]\n]*))?\]\](?![\](])"
)
_BLOCK_NAME = re.compile(r"(?:^|(?<=\s))\^((?=[a-z]*\d)(?=\d*[a-z])[a-z\d]{6})\s*$")
"""A mark that Obsidian writes behind a paragraph that another note links to."""
_REFERENCE = re.compile(r"^ {0,3}\[(?!\^)[^\]]+\]:\s*<?(\S+?)>?\s*(?:[\"'(].*)?$")
_LINKED_PICTURE = re.compile(r"\[!\[([^\[\]]*)\](\[[^\[\]]*\])\]\[[^\[\]]*\]")
_REFERENCE_PICTURE = re.compile(r"!(\[[^\[\]]*\]\[[^\[\]]*\])")
_HIDDEN = re.compile("\ue010(\\d+)\ue011")
_WEB = ("http://", "https://", "mailto:")


@dataclass(frozen=True, slots=True)
class Targets:
    """Everything that the links of a file may lead to."""

    anchors: Anchors = field(default_factory=dict)
    """The anchors of the file itself."""
    figures: frozenset[str] = frozenset()
    base: str = "."
    """The folder of the file, as seen from that of the guide, by which its pictures are named."""
    vault: Vault = NO_VAULT


def make_anchor(title: str) -> str:
    """Return the anchor that GitHub gives a heading."""
    text = re.sub(r"!?\[([^\[\]]*)\]\([^()]*\)", r"\1", strip_tags(title)).casefold().strip()
    return re.sub(r"[^\w\- ]", "", text).replace(" ", "-")


def strip_tags(text: str) -> str:
    """Return a text without tags, its entities as characters."""
    return html.unescape(re.sub(r"</?[a-zA-Z][^<>]*>", " ", text))


class LinkMender:
    """Changes the links of a file; what leads nowhere becomes text, and a note."""

    def __init__(self, targets: Targets, notes: list[Note]) -> None:
        self._targets, self._notes = targets, notes
        self._hidden: list[str] = []

    def mend_line(self, line: Line) -> str:
        """Return the text of a line; a tag, which only marks structure, has none."""
        if line.code in ("code", "fence", "formula"):
            return line.text.rstrip()
        if line.tag:
            return ""
        text, number = line.text, line.origin + 1
        if name := None if line.code else _BLOCK_NAME.search(text):
            self._notes.append(Note("block-name", number, name[0].strip()))
            text = text[: name.start()]
        if line.code == "raw" and "<" in text and "](" not in text:
            return text.rstrip()
        return self.mend_text(text, number).rstrip()

    def mend_text(self, text: str, number: int, is_title: bool = False) -> str:
        """Return a text of the line of this number with its links mended; a title has no room for addresses of files."""
        if "[" not in text or "\ue010" in text:  # the sign of a mark, which no author types
            return text
        # Code may stand in the words of a link, so it is hidden rather than cut out; a link that is done is hidden from the next form.
        self._hidden.clear()
        mended = self._mend(CODE_SPAN.sub(lambda span: self._hide(span[0]), text), number, is_title)
        while _HIDDEN.search(mended):
            mended = _HIDDEN.sub(lambda mark: self._hidden[int(mark[1])], mended)
        return mended

    def _hide(self, text: str) -> str:
        """Return a mark that stands for a text."""
        self._hidden.append(text)
        return f"\ue010{len(self._hidden) - 1}\ue011"

    def _link_to_book(self, words: str, name: str) -> str:
        """Return a link to an identifier of the book, hidden; the words alone if there is none."""
        return self._hide(f"[{words}](#{name})") if name else words

    def _mend(self, text: str, number: int, is_title: bool) -> str:
        changes: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], str]], ...] = (
            (_WIKI_LINK, lambda found: self._write_wiki_link(found, number, is_title)),
            (_LINKED_PICTURE, lambda found: f"[{found[1]}]{found[2]}"),
            (_REFERENCE_PICTURE, lambda found: found[1]),
            (_IMAGE, lambda found: self._write_picture(found, number)),
            (_LINK, lambda found: self._write_link(found, number, is_title)),
        )
        for form, change in changes:
            text = form.sub(change, text)
        reference = _REFERENCE.match(text)
        if reference and not reference[1].startswith((*_WEB, "#")):
            self._note("dead-link", number, reference[1])
            return text.replace("]:", "] :", 1)
        return text

    def _note(self, kind: str, number: int, text: str) -> None:
        self._notes.append(Note(kind, number, text))

    def _write_picture(self, found: re.Match[str], number: int) -> str:
        alt, path, title = found["alt"], found["bracketed"] or found["bare"], found["title"] or ""
        shown = read_file_path(path)
        paths = (join_path(self._targets.base, shown), path, shown)
        if name := next((each for each in paths if each in self._targets.figures), ""):
            alt = alt or re.sub(r"[-_]+", " ", name.rpartition("/")[2].rpartition(".")[0])
            return f"![{alt}]({make_file_address(name)}{title})"
        alt = alt or path.rpartition("/")[2] or "picture"
        if path.startswith(_WEB):
            self._note("remote-picture", number, path)
            return f"[{alt}]({path})"
        self._note("missing-picture", number, path)
        return f"{alt} ({path})" if path else alt

    def _write_wiki_link(self, found: re.Match[str], number: int, is_title: bool) -> str:
        """Return the link or the picture that Obsidian makes of `[[…]]`; the text as it is typed where there is no such file."""
        target, part, words = found["target"].strip(), (found["part"] or "").strip("# "), (found["words"] or "").strip()
        if found["embed"] and target.lower().endswith(IMAGE_ENDINGS):
            return self._write_wiki_picture(target, words, number)
        words = words or " > ".join(filter(None, (target.rpartition("/")[2], part.lstrip("^") if not target else "")))
        anchor = make_anchor(part.rpartition("#")[2])
        if not target:
            return self._link_to_book(words, "" if is_title else self._targets.anchors.get(anchor, ""))
        anchors = self._targets.vault.find_file(target)
        if anchors is None:
            if self._targets.vault.anchors:
                self._note("dead-link", number, target)
            return found[0]
        if found["embed"]:
            self._note("embedded-note", number, target)
        return self._link_to_book(words, "" if is_title else _find_name(anchors, anchor))

    def _write_wiki_picture(self, target: str, words: str, number: int) -> str:
        figures = self._targets.figures
        by_depth = sorted(figures, key=lambda each: (each.count("/"), each))
        paths = (join_path(self._targets.base, target), target, *by_depth)
        ending = f"/{target.removeprefix('./')}".casefold()
        name = next((each for each in paths if each in figures and f"/{each}".casefold().endswith(ending)), "")
        if name:
            return f"![[{name}{f'|{words}' if words else ''}]]"
        self._note("missing-picture", number, target)
        if re.search(r"[^\W\d_]", words):
            return words
        if words:
            self._note("label", number, words)  # the width of the picture
        return target

    def _write_link(self, found: re.Match[str], number: int, is_title: bool) -> str:
        words, target, title = found["words"], found["target"], found["title"] or ""
        if GAP.fullmatch(words):
            return found[0]
        if target.startswith(_WEB):
            # A link in a link's text, left of a picture, is none.
            return f"[{words}]({target}{title})" if "](" not in words else f"{words} ({target})"
        if target.startswith("#"):
            name = self._targets.anchors.get(unquote(target[1:]).casefold(), "")
            if not name:
                self._note("dead-link", number, found[0])
            return self._link_to_book(words, name)
        if target.startswith(("www.", "//")):
            return f"[{words}](https://{target.lstrip('/')}{title})"
        file, _, part = unquote(target).partition("#")
        is_guide = file.lower().endswith((".md", ".markdown"))
        anchors = self._targets.vault.find_file(join_path(self._targets.base, file)) if is_guide else None
        if anchors is not None and re.search(r"\w", words):
            return self._link_to_book(words, "" if is_title else _find_name(anchors, part.casefold()))
        self._note("dead-link", number, target)
        if not re.search(r"\w", words):
            return ""
        if is_title:
            return words
        return f"{words} ({target})" if re.search(r"\w", target) else words if target else found[0]


def _find_name(anchors: Mapping[str, str], anchor: str) -> str:
    """Return the identifier of a part of a file, or of the file as a whole; empty for a file in our own format."""
    return anchors.get(anchor) or anchors.get("", "")
