"""Turn a foreign guide into our own format: foreign Markdown → Converted.

    Source → lines → tidy → shape → keys → Outline → families → choose → body → canonical → Sources, Report

Each family finds what could open a question in it; ``choose`` judges them together, so a file may mix them or change
half-way. A file in our own format is left alone.
"""

import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import PurePosixPath

from studyguide.dialects import bare, bold, cards, details, headings, items, labelled, tables
from studyguide.dialects.body import Body, anatomy, dedented, trimmed
from studyguide.dialects.canonical import Asked, Draft, Writer, quoted, twins
from studyguide.dialects.choose import Choice, Evidence, choose
from studyguide.dialects.folder import is_index, is_one_each, named, ordered
from studyguide.dialects.keys import keyed
from studyguide.dialects.lines import read_lines
from studyguide.dialects.model import Line, Note
from studyguide.dialects.outline import ANCHOR_LINK, LABEL, Candidate, Outline, asks, read_title, unique
from studyguide.dialects.report import Converted, Report, gaps, left_out, lost, words
from studyguide.dialects.shape import shape
from studyguide.dialects.tidy import tidy
from studyguide.limits import over
from studyguide.model import Project, Source
from studyguide.problems import Place, Problem
from studyguide.text import plain, slug

# `--dialect` takes these names. What two families find belongs to the first of them.
DIALECTS: dict[str, Callable[[Outline], Iterable[Candidate]]] = {
    "labelled": labelled.find,
    "headings": headings.find,
    "details": details.find,
    "cards": cards.find,
    "bold": bold.find,
    "items": items.find,
    "tables": tables.find,
    "bare": bare.find,
}
OUR_PARTS = re.compile(r"^### (?:Hint|Answer|Explanation|Pitfalls|Follow-ups)\s*$", re.MULTILINE)
OUR_CHOICE = re.compile(r"^- \[[xX]\] ", re.MULTILINE)
OUR_KEYS = {"title", "summary", "kind"}
DEEPER = re.compile(r"^(?P<indent>[ \t]*)(?P<marks>(?:(?:[-*+]|\d{1,9}[.)])[ \t]+|>[ \t]?)*)")
WIDE = 10
"""Columns that nobody indents a level by."""


def is_ours(source: Source) -> bool:
    """Whether the file is in our own format already: by its front matter, its identifiers, or an answer of ours below every question."""
    front, _ = front_matter(source.text)
    if front and set(front) <= OUR_KEYS:
        return True
    asked = re.findall(r"^## +(.*)$", source.text, re.MULTILINE)
    if sum("{#" in each for each in asked) >= 0.5 * max(1, len(asked)):
        return True
    pieces = re.split(r"^## .*$", source.text, flags=re.MULTILINE)[1:]
    return (
        bool(asked)
        and all(map(is_answered, pieces))
        and not any(read_title(each).label or LABEL.match(each) for each in asked)
    )


def is_answered(piece: str) -> bool:
    """Whether a part of ours stands below a question, or the right option and no heading."""
    return bool(OUR_PARTS.search(piece)) or ("\n#" not in piece and bool(OUR_CHOICE.search(piece)))


def is_foreign(project: Project) -> bool:
    """Whether a project is of another format: nothing in it is in ours."""
    return not project.config and not any(map(is_ours, project.sources))


def refused(source: Source) -> Problem | None:
    """Why a file is no guide in Markdown, or none that is safe to read."""
    if not source.text.strip():
        place, fix = Place(source.path, 1, 1), "name a file of questions and answers"
        return Problem(place, "not-markdown", "the file is empty", fix)
    if re.match(r"\s*(?:<\?xml[^<>]*>\s*)?(?:<!doctype html|<html)\b", source.text, re.IGNORECASE):
        fix = "name the Markdown file that the page was made from"
        return Problem(Place(source.path, 1, 1), "not-markdown", "this is an HTML page", fix)
    return next(beyond(source), None)


def beyond(source: Source) -> Iterator[Problem]:
    """What would keep the readers of lines busy, or let one that calls itself for each level sink."""
    written = 0
    for number, line in enumerate(source.text.splitlines(), 1):
        place = Place(source.path, number, 1)
        written += bool(line) and not line.isspace()
        yield from over("lines", written, "this file", place)
        yield from over("line", len(line), "this line", place)
        prefix = DEEPER.match(line)
        marks = re.findall(r"[-*+>]|\d[.)]", prefix["marks"]) if prefix else []
        deep = len(marks) + (len(prefix["indent"]) // WIDE if prefix and marks else 0)
        yield from over("levels", deep, "this line", place)


def translate(project: Project, dialect: str = "") -> tuple[Project, tuple[Report, ...]]:
    """The project with its foreign files in our own format, and what to say of each of them.

    In a folder without a file of ours the files without questions are chapters of prose, and may be a question each.
    """
    figures = frozenset(asset.path for asset in project.assets)
    refusals = {source.path: refusal for source in project.sources if (refusal := refused(source))}
    sources = [source for source in project.sources if source.path not in refusals]
    foreign = [source for source in sources if dialect or not is_ours(source)]
    many, whole = len(project.sources) > 1, False
    if many and len(foreign) == len(sources) and not project.config:
        sources = foreign = list(ordered(sources))
        whole = is_one_each(sources)
    taken: set[str] = set()
    done: list[tuple[Source, Converted | None]] = []
    for source in sources:
        kind = (
            "" if not many or len(foreign) < len(sources) else "prose" if is_index(source) or not whole else "question"
        )
        base = str(PurePosixPath(source.path).parent.relative_to(project.content)) if kind else "."
        done.append((source, convert(source, dialect, figures, taken, kind, base) if source in foreign else None))
    made, reports = laid([each for each in done if each[1] or many or not dialect], project.content, whole)
    titles = [each.title for _, each in done if each]
    config = project.config
    if reports and not config and titles:
        title = next(
            (each.title for source, each in done if each and is_index(source)),
            titles[0] if not whole else named(project.content),
        )
        config = Source(str(PurePosixPath(project.content).parent / "guide.toml"), f"title = {quoted(title)}\n")
    problems = (*project.problems, *refusals.values())
    return replace(project, sources=made, config=config, problems=problems, foreign=bool(reports)), reports


def laid(
    done: Sequence[tuple[Source, Converted | None]], content: str, whole: bool
) -> tuple[tuple[Source, ...], tuple[Report, ...]]:
    """The chapters of all files, numbered through, and their reports; files that are a question each share chapters."""
    sources: list[Source] = []
    reports: list[Report] = []
    last: PurePosixPath | None = None
    for source, converted in done:
        if converted is None:
            sources.append(source)
            continue
        parent = PurePosixPath(source.path).parent
        chapters, report = converted.chapters, converted.report
        joins = whole and report.questions == 1 and len(chapters) == 1 and not is_index(source)
        if joins and last == parent:
            below = sources[-1].text.rstrip().count("\n") + 1 - head(chapters[0].text).count("\n")
            text = f"{sources[-1].text.rstrip()}\n{chapters[0].text.removeprefix(head(chapters[0].text))}"
            sources[-1] = replace(sources[-1], text=text)
            moved = [
                (replace(made, path=sources[-1].path, line=made.line + below), place) for made, place in report.places
            ]
            reports.append(replace(report, places=tuple(moved[1:]), chapters=0))
            continue
        if joins:
            name = named(str(parent))
            text = f"---\ntitle: {quoted(name)}\n---\n" + chapters[0].text.removeprefix(head(chapters[0].text))
            chapters = (replace(chapters[0], path=f"01-{slug(name)}.md", text=text),)
        last = parent if joins else None
        numbered = (
            tuple(renumbered(chapters, len(sources), content if len(done) > 1 else "")) if len(done) > 1 else chapters
        )
        paths = {old.path: new.path for old, new in zip(converted.chapters, numbered, strict=True)}
        sources += numbered
        reports.append(
            replace(
                report, places=tuple((replace(made, path=paths[made.path]), place) for made, place in report.places)
            )
        )
    return tuple(sources), tuple(reports)


def head(text: str) -> str:
    """The front matter of a chapter as it was written."""
    return text[: text.index("---\n", 4) + 4]


def renumbered(sources: Iterable[Source], before: int, content: str) -> Iterator[Source]:
    for number, source in enumerate(sources, before + 1):
        name = PurePosixPath(source.path).name.partition("-")[2]
        yield replace(source, path=str(PurePosixPath(content) / f"{number:02}-{name}"))


def convert(
    source: Source,
    dialect: str = "",
    figures: frozenset[str] = frozenset(),
    taken: set[str] | None = None,
    kind: str = "",
    base: str = ".",
) -> Converted | None:
    """The guide in our own format; none where no question is found in it, unless it is to be ``prose`` then.

    As a ``question`` the whole file is one. ``taken`` are the identifiers of the files before, and become those of this
    one too; its pictures are named as seen from the folder ``base``.
    """
    front, body = front_matter(source.text)
    lines, notes = read_lines(body)
    outline = shape(tidy(lines, notes))
    answers: Mapping[int, tuple[Line, ...]] = {}
    title = front.get("title", "") or first_title(outline) or named(source.path)
    if kind == "question":
        choice = alone(outline, title)
    else:
        candidates = found_by(outline, dialect)
        outline, answers = keyed(outline, candidates)
        choice = choose(outline, found_by(outline, dialect) if answers else candidates, dialect)
    if not choice.questions and kind != "prose":
        return None
    said: list[Note] = [*outline.notes]
    said += [Note("front-matter", 1, f"{key} {value}") for key, value in front.items() if key != "title"]
    drafts = list(drafted(outline, choice, title, answers, said))
    writer = Writer(drafts, figures, folder(source.path), said, taken, base)
    chapters = tuple(writer.write())
    said += labels(drafts)
    said += lost(source, [title, *(chapter.text for chapter in chapters)], (note.text for note in left_out(said)))
    said += gaps(numbers(choice.questions, outline))
    said += doubles(drafts)
    said += disagreeing(said, drafts)
    open_ = tuple(each.line for draft in drafts for each in draft.questions if not answered(each.body))
    report = Report(
        source.path,
        tuple(choice.evidence),
        sum(len(draft.questions) for draft in drafts),
        open_,
        len(chapters),
        sum(words(source.text).values()),
        tuple(sorted(said, key=lambda note: (note.kind, note.line))),
        tuple(places(source, drafts, chapters)),
    )
    return Converted(title, chapters, report)


def found_by(outline: Outline, dialect: str) -> tuple[Candidate, ...]:
    """What the families find, or one of them."""
    families = [DIALECTS[dialect]] if dialect else DIALECTS.values()
    return tuple(unique(each for find in families for each in find(outline)))


def alone(outline: Outline, title: str) -> Choice:
    """The whole text as one question, whose heading comes first."""
    first = next((each for each in outline.headings if plain(outline.heading(each)) == title), None)
    start, below = (first.start, first.end) if first else (0, 0)
    text = read_title(outline.heading(first) if first else title)
    question = Candidate("files", ("file",), start, below, text.text, text.number, text.label, asks=asks(title))
    return Choice([question], [], [Evidence("files", "a file each", 1, int(question.asks), 0, 1)])


def places(source: Source, drafts: Sequence[Draft], chapters: Sequence[Source]) -> Iterator[tuple[Place, Place]]:
    for draft, chapter in zip(drafts, chapters, strict=True):
        yield Place(chapter.path, 1), Place(source.path, draft.line)
        lines = enumerate(chapter.text.splitlines(), 1)
        # Whatever else begins with two signs stands in code, and has no identifier behind it.
        starts = [at for at, line in lines if re.match(r"## .*\{#[^{}]+\}$", line)]
        yield from (
            (Place(chapter.path, at), Place(source.path, each.line))
            for at, each in zip(starts, draft.questions, strict=False)
        )


def folder(path: str) -> str:
    parent = str(PurePosixPath(path).parent)
    return "" if parent == "." else f"{parent.rstrip('/')}/"


def front_matter(text: str) -> tuple[dict[str, str], str]:
    """The outermost keys of a front matter with what they say, and the text with its lines blanked."""
    found = re.match(r"---[ \t]*\n((?:[\w-]+[ \t]*:.*\n|[ \t#-].*\n|\n)*?)---[ \t]*(?:\n|$)", text)
    if not found:
        return {}, text
    keys: dict[str, str] = {}
    for line in found[1].splitlines():
        key = re.match(r"([\w-]+)[ \t]*:(.*)", line)
        if key:
            keys[key[1]] = key[2].strip().strip("\"'")
        elif keys:
            keys[list(keys)[-1]] += f" {line.strip()}"
    return keys, "\n" * found[0].count("\n") + text[found.end() :]


def first_title(outline: Outline) -> str:
    found = next((each for each in outline.headings if each.level == 1), None)
    return plain(outline.heading(found)) if found else ""


# ---------------------------------------------------------------- chapters


def drafted(
    outline: Outline, choice: Choice, title: str, answers: Mapping[int, tuple[Line, ...]], notes: list[Note]
) -> Iterator[Draft]:
    """The chapters: sections with questions, and what is said between them; some answers stand elsewhere."""
    drafts: list[tuple[int, Draft]] = [(1, Draft(title))]
    questions = {each.start: each for each in choice.questions}
    sections = {each.start: each for each in choice.sections}
    events = sorted({*questions, *sections})
    own = next((each for each in outline.headings if not events and plain(outline.heading(each)) == plain(title)), None)
    drafts[0][1].prose += outline.lines[own.end if own else 0 : events[0] if events else len(outline.lines)]
    for at, stop in zip(events, [*events, len(outline.lines)][1:], strict=True):
        section = sections.get(at)
        if section:
            name = outline.heading(section)
            if section.level == 1 and plain(name) == title and len(drafts) == 1 and not drafts[0][1].questions:
                drafts[0][1].prose += outline.lines[section.end : stop]
                continue
            drafts.append((section.level, Draft(name, outline.lines[at].origin + 1)))
            drafts[-1][1].prose += outline.lines[section.end : stop]
            continue
        found = questions[at]
        end = min(stop, found.end if found.end is not None else stop)
        drafts[-1][1].questions.append(asked(outline, found, end, answers.get(at, ()), notes))
        drafts[-1][1].prose += trimmed(outline.lines[end:stop])
    yield from gathered(drafts, notes)


def gathered(drafts: Sequence[tuple[int, Draft]], notes: list[Note]) -> Iterator[Draft]:
    """The chapters without empty ones; those of prose that follow each other are one."""
    prose: Draft | None = None
    above: list[tuple[int, str]] = []
    for place, (level, draft) in enumerate(drafts):
        draft.prose = list(trimmed(draft.prose))
        above = [each for each in above if each[0] < level]
        said = any(re.search(r"\w", line.text) for line in draft.prose)
        if draft.questions:
            if prose:
                yield prose
                prose = None
            draft.title = ": ".join([*(name for _, name in above), draft.title])
            yield draft
        elif said and prose:
            prose.prose += [
                Line("", draft.line - 1),
                Line(f"{'#' * max(2, level)} {draft.title}", draft.line - 1),
                Line("", draft.line - 1),
                *draft.prose,
            ]
        elif said:
            prose = draft
        elif place and place + 1 < len(drafts) and drafts[place + 1][0] > level:
            above.append((level, draft.title))
        elif place:
            notes.append(Note("empty-section", draft.line, draft.title))
    if prose:
        yield prose


def asked(outline: Outline, found: Candidate, end: int, answer: Sequence[Line], notes: list[Note]) -> Asked:
    """The question with what stands below it up to the line ``end``, and the answer that stands elsewhere."""
    lines = [*found.lead, *outline.lines[found.body : end]]
    lead = len(found.lead)
    lines = [*lines[:lead], *dedented(lines[lead:], found.column)]
    if answer:
        lines += [Line("", answer[0].origin), *answer]
    body = follow_ups(found, lines) or anatomy(lines, below=found.dialect != "tables")
    if body.placeholder:
        notes.append(Note("placeholder", body.placeholder.origin + 1, body.placeholder.text))
    line = outline.lines[found.start].origin + 1
    asking = found.form[-1] == "topic" and asks(" ".join(line.text.strip() for line in body.answer))
    if not body.stem and body.answer and (asking or is_shown(found.title, body.answer)):
        body = replace(body, stem=body.answer, answer=())
    return Asked(found.title, line, body, found.label)


def is_shown(title: str, lines: Sequence[Line]) -> bool:
    """Whether the lines are what the question is about: code and nothing else, to which it points."""
    if not all(line.code in ("code", "fence") for line in lines if line.text.strip()):
        return False
    return title.rstrip("*_ ").endswith(":") or bool(
        re.search(r"\b(?:this|these|following|below|output|outcome|logs?)\b", title)
    )


def follow_ups(found: Candidate, lines: Sequence[Line]) -> Body | None:
    """Questions that are nested below one of a list and are all that stands there."""
    said = [line for line in lines if line.text.strip()]
    marked = [re.match(r"\s*(?:[-*+]|\d+[.)])\s+(.*)", line.text) for line in said]
    if found.form[0] != "item" or not said or not all(mark and asks(mark[1]) for mark in marked):
        return None
    return Body(more=tuple(trimmed(lines)))


def answered(body: Body) -> bool:
    return any(line.text.strip() for line in (*body.answer, *body.explanation)) or any(
        each.correct for each in body.options
    )


# ---------------------------------------------------------------- what looks odd


def numbers(questions: Iterable[Candidate], outline: Outline) -> Iterator[tuple[int, int]]:
    """The numbers that the author gave, and their lines."""
    for each in questions:
        if each.number is not None:
            yield each.number, outline.lines[each.start].origin + 1


def labels(drafts: Iterable[Draft]) -> Iterator[Note]:
    """The words before titles, answers and options that say what these are."""
    for draft in drafts:
        for each in draft.questions:
            found = [(each.label, each.line), *((line.text, line.origin + 1) for line in each.body.labels)]
            yield from (Note("label", line, text.strip()) for text, line in found if re.search(r"\w", text))


def doubles(drafts: Sequence[Draft]) -> Iterator[Note]:
    counts, seen = twins(drafts), set()
    for draft in drafts:
        for each in draft.questions:
            name = plain(each.title).casefold()
            if counts[name] > 1 and name in seen:
                yield Note("twin", each.line, each.title)
            seen.add(name)


def bare_words(title: str) -> str:
    return re.sub(r"[\W_]+", "", plain(title)).casefold()


def begun(start: str, known: Sequence[str]) -> bool:
    """Whether one of these texts, which are in order, begins so."""
    at = bisect_left(known, start)
    return at < len(known) and known[at].startswith(start)


def disagreeing(notes: Iterable[Note], drafts: Sequence[Draft]) -> Iterator[Note]:
    """What a contents list of questions names that no question is called."""
    said = [each.title for draft in drafts for each in draft.questions]
    said += [part for draft in drafts for part in (draft.title, *draft.title.split(": "))]
    said += [line.text for draft in drafts for line in draft.prose if line.text.lstrip().startswith("#")]
    known = sorted({bare_words(each) for each in said})
    for note in list(notes):
        if note.kind != "contents":
            continue
        named = [re.sub(r"^\W*\d+[.):]\s*", "", name) for name, _ in ANCHOR_LINK.findall(note.text)]
        missing = [name for name in named if not begun(bare_words(name), known)]
        if len(missing) < 0.6 * len(named):
            for name in missing:
                yield Note("contents-differ", note.line, plain(name))
