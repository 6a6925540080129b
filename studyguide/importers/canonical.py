"""Write questions, prose and sections as Markdown in our own format."""

import html
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from urllib.parse import unquote

from studyguide.html_text import make_file_address, read_file_path
from studyguide.importers.drafts import Asked, Draft
from studyguide.importers.folder import within
from studyguide.importers.model import CODE_SPAN, Line, Note
from studyguide.importers.document import strip_heading
from studyguide.importers.vault import BLOCK_NAME, NO_VAULT, WIKI_LINK, Vault, mark_link
from studyguide.kinds.blanks import GAP
from studyguide.markdown_blocks import parse_blocks
from studyguide.model import IMAGE_ENDINGS, Source
from studyguide.text import BOOK_NAMES, slugify, strip_markdown

IMAGE = re.compile(
    r"!\[((?:[^\[\]]|\[[^\[\]]*\])*)\]\(\s*"
    r"(?:<([^<>\n]+)>|<?([^()\s>]*(?:\([^()\s]*\)[^()\s>]*)*)>?)(\s+[\"'][^\"']*[\"'])?\s*\)"
)
LINK = re.compile(
    r"(?<!!)\[((?:[^\[\]]|\[[^\[\]]*\])*)\]\(\s*<?([^()\s>]*(?:\([^()\s]*\)[^()\s>]*)*)>?(\s+[\"'][^\"']*[\"'])?\s*\)"
)
REFERENCE = re.compile(r"^ {0,3}\[(?!\^)[^\]]+\]:\s*<?(\S+?)>?\s*(?:[\"'(].*)?$")
COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
HEADED = re.compile(r"^ {0,3}(?:#|=+ *$|-+ *$)", re.MULTILINE)
"""A sign of a text that may hold headings."""
WEB = ("http://", "https://", "mailto:")


class Writer:
    """Writes the chapters of one guide: identifiers are unique in all of it, and links find them."""

    def __init__(
        self,
        drafts: Sequence[Draft],
        figures: frozenset[str],
        folder: str,
        notes: list[Note],
        taken: set[str] | None = None,
        base: str = ".",
        vault: Vault = NO_VAULT,
    ) -> None:
        self.vault = vault
        """The files that links may lead to."""
        self.drafts, self.figures, self.folder, self.notes = drafts, figures, folder, notes
        self.base = base
        """The folder of the file, as seen from that of the guide, by which its pictures are named."""
        self.entitling = False
        """True while a title is written, which has no room for an address."""
        self.taken = set(BOOK_NAMES) if taken is None else taken
        self.copies: Counter[str] = Counter()
        self.ids = {
            id(each): self.unique(each.name or slugify(strip_markdown(strip_tags(each.title))), "answer-")
            for draft in drafts
            for each in draft.questions
        }
        self.names = [self.unique(slugify(strip_markdown(draft.title))) for draft in drafts]
        self.anchors: dict[str, str] = {}
        for draft, name in zip(drafts, self.names, strict=True):
            self.anchors.setdefault(github(draft.title), name)
        for draft in drafts:
            for each in draft.questions:
                for title in (each.label + each.title, each.title):
                    self.anchors.setdefault(github(title), self.ids[id(each)])

    def unique(self, name: str, twin: str = "") -> str:
        """A name that nothing has, and whose answer's has nothing either."""
        name = name[:60].rstrip("-")
        made = name
        while made in self.taken or (twin and twin + made in self.taken):
            self.copies[name] += 1
            made = f"{name}-{self.copies[name] + 1}"
        self.taken |= {made, twin + made}
        return made

    def write(self) -> Iterator[Source]:
        for place, (draft, name) in enumerate(zip(self.drafts, self.names, strict=True), 1):
            yield Source(f"{self.folder}{place:02}-{name}.md", self.chapter(draft, name))

    def chapter(self, draft: Draft, name: str) -> str:
        front = ["---", f"title: {quoted(strip_markdown(draft.title))}"]
        if not draft.questions:
            front.append("kind: prose")
        pieces = ["\n".join([*front, "---"])]
        # Below a chapter's title stand questions, so headings of its introduction do not take part.
        base = 0 if draft.questions else 2
        pieces += self.passage(draft.prose, base, name)
        for each in draft.questions:
            pieces += self.question(each)
        return "\n\n".join(piece for piece in pieces if piece.strip()) + "\n"

    def question(self, asked: Asked) -> Iterator[str]:
        name, body = self.ids[id(asked)], asked.body
        self.entitling = True
        title = re.sub(r"\s+", " ", self.inline(asked.title, asked.line)).strip().rstrip("#").strip()
        self.entitling = False
        yield f"## {title} {{#{name}{asked.marks}}}"
        yield from self.passage(body.stem, 0, name)
        if body.options:
            yield "\n".join(self.option(each.lines, each.correct, name) for each in body.options)
        for heading, lines in (
            ("Hint", body.hint),
            ("Answer", body.answer),
            ("Explanation", body.explanation),
            ("Pitfalls", body.pitfalls),
            ("Follow-ups", body.more),
        ):
            text = list(self.passage(lines, 4, name))
            if any(COMMENT.sub("", each).strip() for each in text):
                yield f"### {heading}"
                yield from text
            elif remark := "\n".join(text).strip():
                self.notes.append(Note("comment", lines[0].origin + 1, remark))

    def option(self, lines: Sequence[Line], correct: bool, name: str) -> str:
        text = "\n".join(self.passage(lines, 0, name)).strip()
        text = re.sub(r"\n{2,}", "\n", text) if "```" not in text else text
        return f"- [{'x' if correct else ' '}] " + text.replace("\n", "\n  ")

    def passage(self, lines: Sequence[Line], base: int, name: str) -> Iterator[str]:
        """The text of these lines, its headings from the level ``base`` down, or in bold where that is 0."""
        text = [self.line(line) for line in lines]
        out: list[str] = []
        last = base - 1
        viewed = "\n".join(line.view for line in lines)
        found = parse_blocks(viewed) if HEADED.search(viewed) else ()
        headings = [block for block in found if block.kind == "heading" and block.depth == 0]
        levels = sorted({block.level for block in headings})
        done = 0
        for block in headings:
            out += text[done : block.start]
            done = block.end
            end = block.end - (block.mark in "=-")
            title = strip_heading(" ".join(each.strip() for each in text[block.start : end])).strip()
            if not re.search(r"\w", title):
                continue
            if base:
                level = min(6, base + levels.index(block.level), last + 1)
                last = level
                mark = self.unique(slugify(f"{name} {strip_markdown(title)}"), "answer-")
                out += ["", f"{'#' * level} {title} {{#{mark}}}", ""]
            else:
                bare = title.strip("*_ ")
                out += ["", f"**{bare}**" if "**" not in bare else title, ""]
        out += text[done:]
        yield squeezed(out)

    def line(self, line: Line) -> str:
        if line.code in ("code", "fence", "formula"):
            return line.text.rstrip()
        if line.tag:
            return ""
        if block := None if line.code else BLOCK_NAME.search(line.text):
            self.notes.append(Note("block-name", line.origin + 1, block[0].strip()))
            line = Line(line.text[: block.start()], line.origin)
        if "[" not in line.text or (line.code == "raw" and "<" in line.text and "](" not in line.text):
            return line.text.rstrip()
        return self.inline(line.text, line.origin + 1).rstrip()

    def inline(self, text: str, number: int) -> str:
        """The line with links that lead somewhere in the book, and pictures that are there or linked to."""
        out, done = [], 0
        for span in CODE_SPAN.finditer(text):
            out += [self.linked(text[done : span.start()], number), span[0]]
            done = span.end()
        if not out:
            return self.linked(text, number)
        # A link may have code in its text, so spans are hidden rather than cut out.
        spans: list[str] = []

        def hide(span: re.Match[str]) -> str:
            spans.append(span[0])
            return f"\ue010{len(spans) - 1}\ue011"

        hidden = CODE_SPAN.sub(hide, text)
        return re.sub("\ue010(\\d+)\ue011", lambda at: spans[int(at[1])], self.linked(hidden, number))

    def linked(self, text: str, number: int) -> str:
        if "[" not in text:
            return text
        text = WIKI_LINK.sub(lambda found: self.wiki_link(found, number), text)
        text = re.sub(r"\[!\[([^\[\]]*)\](\[[^\[\]]*\])\]\[[^\[\]]*\]", r"[\1]\2", text)
        text = re.sub(r"!(\[[^\[\]]*\]\[[^\[\]]*\])", r"\1", text)
        text = IMAGE.sub(lambda found: self.picture(found, number), text)
        text = LINK.sub(lambda found: self.link(found, number), text)
        reference = REFERENCE.match(text)
        if reference and not reference[1].startswith((*WEB, "#")):
            self.notes.append(Note("dead-link", number, reference[1]))
            return text.replace("]:", "] :", 1)
        return text

    def picture(self, found: re.Match[str], number: int) -> str:
        alt, path, title = found[1], found[2] or found[3], found[4] or ""
        shown = read_file_path(path)
        name = next((each for each in (within(self.base, shown), path, shown) if each in self.figures), "")
        if name:
            alt = alt or re.sub(r"[-_]+", " ", name.rpartition("/")[2].rpartition(".")[0])
            return f"![{alt}]({make_file_address(name)}{title})"
        alt = alt or path.rpartition("/")[2] or "picture"
        if path.startswith(WEB):
            self.notes.append(Note("remote-picture", number, path))
            return f"[{alt}]({path})"
        self.notes.append(Note("missing-picture", number, path))
        return f"{alt} ({path})" if path else alt

    def wiki_link(self, found: re.Match[str], number: int) -> str:
        """The link or the picture that Obsidian makes of `[[…]]`; as it is typed where there is no such file."""
        target, part, words = found["target"].strip(), (found["part"] or "").strip("# "), (found["words"] or "").strip()
        if found["embed"] and target.lower().endswith(IMAGE_ENDINGS):
            paths = (within(self.base, target), target, *sorted(self.figures, key=lambda each: each.count("/")))
            ending = f"/{target.removeprefix('./')}".casefold()
            name = next((each for each in paths if each in self.figures and f"/{each}".casefold().endswith(ending)), "")
            if name:
                return f"![[{name}{f'|{words}' if words else ''}]]"
            self.notes.append(Note("missing-picture", number, target))
            return words if re.search(r"[^\W\d_]", words) else target
        words = words or " > ".join(filter(None, (target.rpartition("/")[2], part.lstrip("^") if not target else "")))
        if not target:
            name = self.anchors.get(github(part.rpartition("#")[2]), "")
            return f"[{words}](#{name})" if name and not self.entitling else words
        place = self.vault.find_file(target)
        if place is None:
            if self.vault.names:
                self.notes.append(Note("dead-link", number, target))
            return found[0]
        if found["embed"]:
            self.notes.append(Note("embedded-note", number, target))
        return words if self.entitling else mark_link(place, github(part.rpartition("#")[2]), words)

    def link(self, found: re.Match[str], number: int) -> str:
        text, target, title = found[1], found[2], found[3] or ""
        if GAP.fullmatch(text):
            return found[0]
        if target.startswith(WEB):
            # A link in a link's text, left of a picture, is none.
            return f"[{text}]({target}{title})" if "](" not in text else f"{text} ({target})"
        if target.startswith("#"):
            name = self.anchors.get(unquote(target[1:]).casefold())
            if name:
                return f"[{text}](#{name})"
            self.notes.append(Note("dead-link", number, found[0]))
            return text
        if target.startswith(("www.", "//")):
            return f"[{text}](https://{target.lstrip('/')}{title})"
        file, _, part = unquote(target).partition("#")
        place = self.vault.find_file(within(self.base, file)) if file.lower().endswith((".md", ".markdown")) else None
        if place is not None and re.search(r"\w", text):
            return text if self.entitling else mark_link(place, part.casefold(), text)
        self.notes.append(Note("dead-link", number, target))
        if not re.search(r"\w", text):
            return ""
        if self.entitling:
            return text
        return f"{text} ({target})" if re.search(r"\w", target) else text if target else found[0]


def strip_tags(text: str) -> str:
    return html.unescape(re.sub(r"</?[a-zA-Z][^<>]*>", " ", text))


def github(title: str) -> str:
    """The anchor that GitHub gives a heading."""
    text = re.sub(r"!?\[([^\[\]]*)\]\([^()]*\)", r"\1", strip_tags(title)).casefold().strip()
    return re.sub(r"[^\w\- ]", "", text).replace(" ", "-")


def quoted(text: str) -> str:
    """A title for YAML."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def squeezed(lines: Iterable[str]) -> str:
    """The lines as text, without blank ones at either end and with one at most between, but for code."""
    out: list[str] = []
    fence = ""
    for line in lines:
        opening = re.match(r"\s*(?:[-*+]\s+|\d+[.)]\s+)?(`{3,}|~{3,})", line)
        if fence:
            fence = "" if line.strip().startswith(fence) and not line.strip().strip(fence[0]) else fence
        elif opening:
            fence = opening[1]
        elif not line.strip() and (not out or not out[-1].strip()):
            continue
        out.append(line)
    return "\n".join(out).strip("\n").rstrip()
