"""Turn a Source into a Chapter: its front matter, questions, choices and parts, each with its place.

Nothing is refused here but what has no structure to read: the rest is kept as it was written, and ``check`` judges it.
The text stays Markdown; ``markup`` turns it into HTML.
"""

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath
from string import ascii_uppercase
from typing import Any, TypeVar

import yaml

from studyguide.limits import check_limit
from studyguide.markdown_blocks import Block, parse_blocks
from studyguide.model import DIFFICULTIES, Chapter, Choice, Part, Passage, Question, Section, Source, Term
from studyguide.problems import Place, Problem, instead
from studyguide.text import INVALID_XML_CHARACTER, slugify, strip_comments, strip_markdown

DEEPEST = 2
"""How many lists or tables of the front matter are inside each other: the keys, and a list."""
KINDS = ("questions", "prose", "glossary")
FRONT_MATTER = ("title", "summary", "kind")
LETTERS = (*ascii_uppercase, *(first + second for first in ascii_uppercase for second in ascii_uppercase))

ATTRIBUTES = re.compile(r"\s*\{([^{}]*)\}\s*$")
ATTRIBUTE = re.compile(
    r"""\#(?P<id>[^\s#.="]+) | \.(?P<word>[\w-]+) | (?P<key>[\w-]+)=(?:"(?P<quoted>[^"]*)"|(?P<bare>[^\s"'“”„‘’]+))
    | (?P<other>[\w-]+=["'“”„‘’].* | \S+)""",
    re.VERBOSE,
)
TASK = re.compile(r"\s*(?:[-*+]|\d+[.)])\s+\[([ xX])\]\s+")
NOTE = re.compile(r"\[\^[^\]]+\]:\s")


def parse(source: Source, parts: tuple[Part, ...]) -> Chapter:
    """The chapter that the author wrote; ``parts`` are the words that may follow ``###``."""
    front, first, problems = front_matter(source)
    lines = source.text.splitlines()
    # Blanked, not cut off, so that lines are counted as in an editor.
    body = [""] * first + lines[first:]
    outermost = sorted(
        (block for block in parse_blocks("\n".join(body)) if block.depth == 0), key=lambda block: block.start
    )
    problems += unclosed_fences(source, outermost, lines)
    headings = [Heading.read(block, body) for block in outermost if block.kind == "heading"]
    definitions = cut(body, outermost)
    title = str(front.get("title") or "")
    if headings and headings[0].level == 1 and not title:
        title = strip_markdown(headings[0].title)
        body[headings[0].start : headings[0].end] = [""] * (headings[0].end - headings[0].start)
        del headings[0]
    name = re.sub(r"^\d+[-_ ]*", "", PurePosixPath(source.path).stem)
    chapter = Chapter(
        id=slugify(name),
        place=Place(source.path, 1, 1),
        title=title or name.replace("-", " ").capitalize(),
        kind=str(front.get("kind") or "questions"),
        summary=str(front.get("summary") or ""),
        headings=tuple((each.level, source.at(each.start + 1, each.title)) for each in headings),
        definitions=definitions,
        problems=tuple(problems),
    )
    if chapter.kind not in ("questions", "glossary"):
        return replace(chapter, text=passage(source, body[first:], first))
    if chapter.kind == "glossary":
        return glossary(source, chapter, body, first)
    draft = Draft(source, body, outermost, headings, words(parts))
    starts = [heading for heading in headings if heading.level == 2]
    ends = [heading.start for heading in starts[1:]] + [len(body)]
    questions = tuple(question(draft, heading, end) for heading, end in zip(starts, ends, strict=False))
    before = starts[0].start if starts else len(body)
    return replace(chapter, text=passage(source, body[first:before], first), questions=questions)


# ---------------------------------------------------------------- front matter


def front_matter(source: Source) -> tuple[dict[str, Any], int, list[Problem]]:
    """What stands between the two ``---`` lines, the number of lines it takes, and what is wrong with it."""
    lines = source.text.splitlines()
    if not lines or lines[0].rstrip() != "---":
        return {}, 0, []
    end = next((number for number, line in enumerate(lines[1:], 1) if line.rstrip() == "---"), None)
    if end is None:
        place = Place(source.path, 1, 1)
        return {}, 0, [Problem(place, "broken-yaml", "the front matter has no end", "close it with a line `---`")]
    text = "\n".join(lines[1:end])
    if problems := list(check_limit("front-matter", len(text), "the front matter", Place(source.path, 2, 1))):
        return {}, end + 1, problems
    try:
        flat(text)
        # BaseLoader makes strings alone: no number too long for Python, no thirteenth month.
        front = yaml.load(text, yaml.BaseLoader) or {}  # noqa: S506
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = Place(source.path, mark.line + 2, mark.column + 1) if mark else Place(source.path, 2)
        what = getattr(error, "problem", None) or "it cannot be read"
        fix = "write `key: value` lines, with quotation marks round a value that holds `: ` or `#`"
        return {}, end + 1, [Problem(place, "broken-yaml", f"the front matter is not YAML: {what}", fix)]
    if not isinstance(front, dict):
        place = Place(source.path, 2, 1)
        return {}, end + 1, [Problem(place, "broken-yaml", "the front matter is no list of keys", "write `title: …`")]
    return front, end + 1, list(front_matter_problems(source, front))


def flat(text: str) -> None:
    """Raises MarkedYAMLError for what is more than keys and their values: aliases, which multiply, and nesting, which sinks."""
    level = 0
    for event in yaml.parse(text, yaml.BaseLoader):
        level += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if isinstance(event, yaml.AliasEvent) or level > DEEPEST:
            what = "an alias" if isinstance(event, yaml.AliasEvent) else "a list in a list"
            raise yaml.MarkedYAMLError(None, None, f"{what} has no meaning here", event.start_mark)  # type: ignore[arg-type]


def front_matter_problems(source: Source, front: dict[str, Any]) -> Iterator[Problem]:
    for key, value in front.items():
        if INVALID_XML_CHARACTER.search(str(value)) or isinstance(value, (list, dict)):
            found = f"`{key}` is no text that can be printed"
            yield Problem(source.at(1, f"{key}"), "broken-yaml", found, "write words, with quotation marks round them")
        if key not in FRONT_MATTER:
            place = source.at(1, f"{key}")
            yield Problem(
                place, "unknown-key", f"there is no front matter key `{key}`", instead(str(key), FRONT_MATTER)
            )
    kind = front.get("kind", "questions")
    if kind not in KINDS:
        place = source.at(1, "kind")
        yield Problem(place, "unknown-key", f"there is no kind of chapter `{kind}`", instead(str(kind), KINDS))


# ---------------------------------------------------------------- blocks


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading at the outermost level of a file."""

    level: int
    start: int
    end: int
    title: str
    attributes: str
    """What stands between the braces at its end."""

    @classmethod
    def read(cls, block: Block, body: Sequence[str]) -> "Heading":
        underlined = block.mark in "=-"
        text = " ".join(body[block.start : block.end - underlined]).strip()
        if not underlined:
            text = re.sub(r"(^|\s+)#+$", "", text.lstrip("#").strip())
        braces = ATTRIBUTES.search(text)
        title = text[: braces.start()] if braces else text
        return cls(block.level, block.start, block.end, title, braces.group(1) if braces else "")


def unclosed_fences(source: Source, outermost: Iterable[Block], lines: Sequence[str]) -> Iterator[Problem]:
    for block in outermost:
        if block.kind != "fence":
            continue
        last = lines[block.end - 1].strip() if block.end <= len(lines) else ""
        if block.end - block.start < 2 or not last.startswith(block.mark) or last.strip(block.mark[0]):
            place = source.at(block.start + 1, block.mark)
            yield Problem(place, "unclosed-fence", "this code block has no end", f"close it with a line {block.mark}")


def cut(body: list[str], outermost: Iterable[Block]) -> str:
    """Take the definitions of footnotes and link targets out of the body, so that any passage may use them."""
    taken: list[str] = []
    note_end = -1
    for block in outermost:
        if block.kind not in ("definition", "paragraph"):
            continue
        # To CommonMark a footnote of one word is a link target, and what follows it a paragraph of its own.
        inside = block.kind == "definition" or block.start == note_end
        for number in range(block.start, block.end):
            note = bool(NOTE.match(body[number]))
            inside = inside or note
            if inside:
                taken.append(body[number])
                body[number] = ""
            if note:
                note_end = block.end
    return "\n".join(taken)


def passage(source: Source, lines: Sequence[str], first: int) -> Passage:
    """These lines, of which the first is line ``first`` of the file, counted from 0, without blank ones at either side.

    Comments alone are no text.
    """
    full = [number for number, line in enumerate(lines) if line.strip()]
    start, end = (full[0], full[-1] + 1) if full else (len(lines), 0)
    text = "\n".join(lines[start:end])
    return Passage(text if strip_comments(text).strip() else "", Place(source.path, first + start + 1, 1))


# ---------------------------------------------------------------- the glossary


def glossary(source: Source, chapter: Chapter, body: Sequence[str], first: int) -> Chapter:
    """The chapter with its definition list as terms; what stands before the first of them is its text."""
    starts = [number for number in range(first, len(body) - 1) if is_term(body, number)]
    stops = [*starts[1:], len(body)]
    terms = tuple(read_term(source, body[start:stop], start) for start, stop in zip(starts, stops, strict=False))
    before = starts[0] if starts else len(body)
    return replace(chapter, text=passage(source, body[first:before], first), terms=terms)


def is_term(body: Sequence[str], number: int) -> bool:
    return bool(body[number].strip()) and body[number][0] not in ": \t" and body[number + 1].startswith(": ")


def read_term(source: Source, lines: Sequence[str], first: int) -> Term:
    """``Long name (short name)`` or ``name, other name``, and the meaning below it."""
    long, _, short = strip_markdown(lines[0]).removesuffix(")").partition(" (")
    names = tuple(name.strip() for each in (long, short) for name in each.split(", ") if name.strip())
    below = [line.removeprefix(": ").removeprefix("  ") for line in lines[1:]]
    title = Passage(lines[0].strip(), Place(source.path, first + 1, 1))
    return Term(f"term-{slugify(names[0])}", title, names, passage(source, below, first + 1))


# ---------------------------------------------------------------- questions


@dataclass(frozen=True, slots=True)
class Draft:
    """A file of questions, divided into what they are made of."""

    source: Source
    body: Sequence[str]
    """Its lines, blank where something is taken out."""
    outermost: Sequence[Block]
    headings: Sequence[Heading]
    words: Mapping[str, str]
    """The names of the parts by the words for them, as ``words`` gives them."""

    def passage(self, start: int, end: int) -> Passage:
        return passage(self.source, self.body[start:end], start)


def words(parts: Iterable[Part]) -> dict[str, str]:
    return {word.casefold(): part.name for part in parts for word in (part.name, *part.words)}


def question(draft: Draft, heading: Heading, end: int) -> Question:
    """The question that ``heading`` opens and that goes on to the line ``end``."""
    inner = [each for each in between(draft.headings, heading.end, end) if each.level == 3]
    stops = [each.start for each in inner] + [end]
    choices, stem_end = read_choices(draft, heading.end, stops[0])
    start = draft.source.at(heading.start + 1, heading.title)
    given = read_attributes(heading.attributes)
    return Question(
        id=given.id or slugify(strip_markdown(heading.title)),
        named=bool(given.id),
        place=replace(start, column=1),
        title=Passage(heading.title, start),
        stem=draft.passage(heading.end, stem_end),
        choices=choices,
        sections=tuple(read_section(draft, each, stop) for each, stop in zip(inner, stops[1:], strict=True)),
        difficulty=given.difficulty or "",
        tags=tuple((given.tags or "").split()),
        space=int(given.space) if given.space else None,
        unknown=tuple(given.unknown),
        lang=given.lang or "",
    )


@dataclass(slots=True)
class Attributes:
    """What the braces behind a heading say, as it is written there; None where they say nothing of it."""

    id: str | None = None
    difficulty: str | None = None
    tags: str | None = None
    lang: str | None = None
    space: str | None = None
    unknown: list[str] = field(default_factory=list)


def read_attributes(text: str) -> Attributes:
    """``#dropout .medium tags="regularisation training"``; what says nothing, or again, is unknown."""
    given = Attributes()
    for match in ATTRIBUTE.finditer(text):
        kind, value = read_attribute(match)
        if not kind or getattr(given, kind) is not None:
            given.unknown.append(match[0])
        else:
            setattr(given, kind, value)
    return given


def read_attribute(match: re.Match[str]) -> tuple[str, str]:
    """The field of the attributes that a mark is for, and what it says; nothing where it is none of ours."""
    value = match["bare"] if match["quoted"] is None else match["quoted"]
    if match["id"]:
        return "id", match["id"]
    if match["word"] in DIFFICULTIES:
        return "difficulty", match["word"]
    if match["key"] in ("tags", "lang") or (match["key"] == "space" and re.fullmatch("[0-9]{1,18}", value)):
        return match["key"], value
    return "", ""


Begun = TypeVar("Begun", Heading, Block)


def between(each: Sequence[Begun], start: int, end: int) -> Sequence[Begun]:
    """Those that begin from line ``start`` to before line ``end``, of some in their order."""
    first, last = (bisect_left(each, line, key=lambda one: one.start) for line in (start, end))
    return each[first:last]


def read_section(draft: Draft, heading: Heading, end: int) -> Section:
    return Section(
        heading=heading.title,
        name=draft.words.get(heading.title.casefold(), ""),
        text=draft.passage(heading.end, end),
        place=draft.source.at(heading.start + 1, heading.title),
    )


def read_choices(draft: Draft, start: int, end: int) -> tuple[tuple[Choice, ...], int]:
    """The task list at the end of a stem as choices, and the line where the stem without it ends."""
    inside = [block for block in between(draft.outermost, start, end) if block.kind != "definition"]
    if not inside or inside[-1].kind != "list":
        return (), end
    top, bottom = inside[-1].start, min(inside[-1].end, end)
    marks = [(number, mark) for number in range(top, bottom) if (mark := TASK.match(draft.body[number]))]
    if not marks or marks[0][0] != top:
        return (), end
    stops = [number for number, _ in marks[1:]] + [bottom]
    return tuple(
        choice(draft.source, draft.body[first:stop], first, mark, letter)
        for letter, (first, mark), stop in zip(LETTERS, marks, stops, strict=False)
    ), top


def choice(source: Source, lines: Sequence[str], first: int, mark: re.Match[str], letter: str) -> Choice:
    """The option on these lines; a quotation at its end is the reason why it is right or wrong."""
    quoted = len(lines)
    while quoted > 1 and (not lines[quoted - 1].strip() or lines[quoted - 1].lstrip().startswith(">")):
        quoted -= 1
    reason = [re.sub(r"^\s*> ?", "", line) for line in lines[quoted:]]
    return Choice(
        Passage(dedent(mark, lines[:quoted]), Place(source.path, first + 1, mark.end() + 1)),
        correct=mark.group(1) in "xX",
        letter=letter,
        reason=passage(source, reason, first + quoted),
    )


def dedent(mark: re.Match[str], lines: Sequence[str]) -> str:
    """The text of a list item without its mark and without the indentation below it."""
    width = len(mark.group(0)) - len(mark.group(0).lstrip()) + 2
    below = [line[min(width, len(line) - len(line.lstrip())) :] for line in lines[1:]]
    return "\n".join([lines[0][mark.end() :], *below]).strip()
