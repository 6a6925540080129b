"""A foreign guide as one tree: Lines → Document, whose nodes are the blocks of Markdown and the containers around them.

A container is whatever has a title and holds blocks: ``<details>``, a box, a fold, a callout. Every node knows its lines.
Headings do not hold what follows them in Markdown; a Scope does, which a heading or a container opens.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache

from studyguide.importers.model import Line, Note
from studyguide.importers.wording import Wording
from studyguide.markdown_blocks import Block, parse_blocks


@dataclass(frozen=True, slots=True, eq=False)
class Node:
    """A block or a container."""

    kind: str
    """A kind of ``markdown_blocks.Block``, or ``container``."""
    start: int
    """First line, from 0."""
    end: int
    """Line after the last."""
    level: int = 0
    """Level of a heading."""
    mark: str = ""
    info: str = ""
    """Number of an ordered list's item."""
    body: int = 0
    """First line below the title of a container."""
    children: "tuple[Node, ...]" = ()

    def walk(self) -> "Iterator[Node]":
        """Yield the node and everything in it."""
        yield self
        for child in self.children:
            yield from child.walk()


@dataclass(frozen=True, slots=True, eq=False)
class Scope:
    """A heading or a container with everything below it up to its end; the whole file, which nothing opens."""

    opener: Node | None
    start: int
    end: int
    nodes: tuple[Node, ...]
    """Nodes that stand in it directly, in no inner scope."""
    inner: "tuple[Scope, ...]"

    def walk(self) -> "Iterator[Scope]":
        """Yield the scope and all scopes in it, in the order of their lines."""
        yield self
        for scope in self.inner:
            yield from scope.walk()


@dataclass(frozen=True, eq=False)
class Document:
    """The lines of a guide and their structure; two are never compared, so that what is found in one can be remembered."""

    lines: tuple[Line, ...]
    wording: Wording
    notes: tuple[Note, ...] = ()
    contents: tuple[str, ...] = ()
    """The entries of its lists of contents, which are no lines any more."""
    contents_targets: tuple[str, ...] = ()
    """The anchor that each of these entries leads to, which may name a title in other words than the entry."""

    @cached_property
    def nodes(self) -> tuple[Node, ...]:
        """The outermost nodes."""
        blocks = _parse("\n".join(line.view for line in self.lines))
        found = [each for each in blocks if each.kind != "definition" and not self.lines[each.start].tag]
        return tuple(_nest([*found, *_find_containers(self.lines)], len(self.lines)))

    @cached_property
    def root(self) -> Scope:
        """The scope of the whole file."""
        return _make_scope(None, 0, len(self.lines), self.nodes)

    @cached_property
    def parents(self) -> Mapping[int, Scope]:
        """The scope around each scope, by the identity of the inner one."""
        return {id(inner): scope for scope in self.root.walk() for inner in scope.inner}

    @cached_property
    def headings(self) -> tuple[Node, ...]:
        """The headings outside of containers."""
        return tuple(node for node in self.nodes if node.kind == "heading")

    @cached_property
    def depths(self) -> tuple[int, ...]:
        """The number of containers that each line is in."""
        depths, depth = [], 0
        for line in self.lines:
            if line.tag == "/details":
                depth = max(0, depth - 1)
            depths.append(depth)
            depth += line.tag == "details"
        return tuple(depths)

    @cached_property
    def has_letter_labels(self) -> bool:
        """True if questions have labels, and half as many lines begin with an `A` as if it were the label of an answer."""
        texts = [line.text for line in self.lines if not line.code]
        bare = (text.strip().lstrip("*_-+#>| 0123456789.)") for text in texts)
        questions = sum(self.wording.find_question_label(text) is not None for text in bare)
        matches = map(self.wording.match_answer_label, texts)
        return questions > 0 and sum(bool(found and found["letter"]) for found in matches) >= 0.5 * questions

    def read_text(self, node: Node) -> str:
        """Return the lines of a node as one."""
        return " ".join(line.text.strip() for line in self.lines[node.start : node.end]).strip()

    def read_title(self, node: Node) -> str:
        """Return the words of a heading, or the title of a container."""
        if node.kind == "container":
            return " ".join(line.text.strip() for line in self.lines[node.start : node.body] if line.tag == "summary")
        lines = self.lines[node.start : node.end - (node.mark in "=-")]
        return strip_heading(" ".join(line.text.strip() for line in lines))


def strip_heading(text: str) -> str:
    """Return a heading without its marks, those of its item included."""
    text = re.sub(r"^\s*(?:[-*+]\s+|\d{1,4}[.)]\s+)?#{1,6}(?=\s|$)", "", text)
    return re.sub(r"(^|\s+)#+\s*$", "", text).strip()


@lru_cache(maxsize=2)
def _parse(text: str) -> tuple[Block, ...]:
    """Return the blocks of a text; several steps look at the same before one changes it."""
    return parse_blocks(text)


def _find_containers(lines: tuple[Line, ...]) -> Iterator[Node]:
    """Yield each container that ends; one that does not is text."""
    opened: list[list[int]] = []
    for at, line in enumerate(lines):
        if line.tag == "details":
            opened.append([at, at + 1])
        elif line.tag in ("summary", "/summary") and opened and opened[-1][1] == opened[-1][0] + 1:
            opened[-1][1] = at + 1
        elif line.tag == "/details" and opened:
            start, body = opened.pop()
            yield Node("container", start, at + 1, body=body)


def _nest(spans: Iterable[Block | Node], end: int) -> list[Node]:
    """Return blocks and containers as a tree by their lines; a node ends where the one around it does."""
    ordered = sorted(spans, key=lambda span: (span.start, -span.end, not isinstance(span, Node)))
    frames: list[tuple[Block | Node | None, int, list[Node]]] = [(None, end, [])]

    def close() -> None:
        span, stop, children = frames.pop()
        if span is None:
            return
        body = span.body if isinstance(span, Node) else 0
        node = Node(span.kind, span.start, stop, span.level, span.mark, span.info, body, tuple(children))
        frames[-1][2].append(node)

    for span in ordered:
        while frames[-1][0] is not None and span.start >= frames[-1][1]:
            close()
        frames.append((span, min(span.end, frames[-1][1]), []))
    while len(frames) > 1:
        close()
    return frames[0][2]


def _make_scope(opener: Node | None, start: int, end: int, nodes: tuple[Node, ...]) -> Scope:
    """Return the scope of these nodes, in which each heading and each container opens one of its own."""
    direct: list[Node] = []
    inner: list[Scope] = []
    at = 0
    while at < len(nodes):
        node = nodes[at]
        at += 1
        if node.kind == "container":
            inner.append(_make_scope(node, node.start, node.end, node.children))
        elif node.kind == "heading":
            stop = at
            while stop < len(nodes) and not (nodes[stop].kind == "heading" and nodes[stop].level <= node.level):
                stop += 1
            last = nodes[stop].start if stop < len(nodes) else end
            inner.append(_make_scope(node, node.start, last, nodes[at:stop]))
            at = stop
        else:
            direct.append(node)
    return Scope(opener, start, end, tuple(direct), tuple(inner))
