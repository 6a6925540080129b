"""Write the chapters of a foreign guide in our own format: Chapter → Markdown, which ``guide.parse`` reads as the same chapter.

An importer makes chapters without sections, shared stems, sub-questions and terms, so the writer has no form for them.
"""

import json
import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from studyguide.markdown_blocks import parse_blocks
from studyguide.model import Chapter, Choice, Project, Question, Source


def write_project(project: Project) -> tuple[Source, ...]:
    """Return the files of the chapters in our own format, in their order; a file that was in it is as it was."""
    files: list[Source] = []
    for source in project.sources:
        if source.chapters is None:
            files.append(Source(PurePosixPath(source.path).name, source.text))
        for chapter in source.chapters or ():
            files.append(Source(f"{len(files) + 1:02}-{chapter.id}.md", write_chapter(chapter)))
    return tuple(files)


def write_chapter(chapter: Chapter) -> str:
    """Return the Markdown of a chapter."""
    kind = "" if chapter.kind == "questions" else f"kind: {chapter.kind}\n"
    pieces = [f"---\ntitle: {quote_text(chapter.title)}\n{kind}---", chapter.text.markdown]
    for question in chapter.questions:
        pieces += _write_question(question)
    return "\n\n".join(piece for piece in (*pieces, chapter.definitions) if piece) + "\n"


def quote_text(text: str) -> str:
    """Return a text as a value of YAML or TOML."""
    return json.dumps(text, ensure_ascii=False)


def _write_question(question: Question) -> Iterator[str]:
    yield f"## {question.title.markdown} {{{' '.join(_write_attributes(question))}}}"
    yield question.stem.markdown
    bullet = _choose_bullet(question.stem.markdown) if question.choices else ""
    yield "\n".join(_write_choice(choice, bullet) for choice in question.choices)
    yield _write_table(question) if question.kind == "matching" else "\n".join(_write_list(question))
    for part in question.parts:
        yield f"### {part.heading}"
        yield part.text.markdown


def _write_attributes(question: Question) -> Iterator[str]:
    yield f"#{question.id}"
    if question.kind:
        yield f".{question.kind}"
    if question.difficulty:
        yield f".{question.difficulty}"
    if question.tags:
        yield f'tags="{" ".join(question.tags)}"'
    if question.marks is not None:
        yield f"marks={question.marks}"


def _choose_bullet(stem: str) -> str:
    """Return the bullet of options below a stem: another than that of a list at its end, which they would go on otherwise."""
    outer = [block for block in parse_blocks(stem) if block.depth == 0]
    return "*" if outer and outer[-1].kind == "list" and outer[-1].mark == "-" else "-"


def _write_choice(choice: Choice, bullet: str) -> str:
    reason = "".join(f"\n> {line}".rstrip(" ") for line in choice.reason.markdown.split("\n")) if choice.reason else ""
    return f"{bullet} [{'x' if choice.correct else ' '}] {_indent(choice.text.markdown + reason, 2)}"


def _write_table(question: Question) -> str:
    if not question.items:
        return ""
    rows = (f"| {_write_cell(item.text.markdown)} | {_write_cell(item.partner.markdown)} |" for item in question.items)
    return "\n".join(("|  |  |", "| --- | --- |", *rows))


def _write_cell(text: str) -> str:
    return text.replace("|", "\\|")


def _write_list(question: Question) -> Iterator[str]:
    for number, item in enumerate(question.items, 1):
        yield f"{number}. {_indent(item.text.markdown, len(f'{number}. '))}"


def _indent(text: str, width: int) -> str:
    """Return the text with all lines but the first and blank ones indented."""
    return re.sub(r"\n(?=[^\n])", f"\n{' ' * width}", text)
