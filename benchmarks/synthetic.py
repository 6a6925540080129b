"""Guides as large as wanted, made of copies of a guide, no two chapters of them alike."""

import random
import re
import shutil
from collections.abc import Mapping
from pathlib import Path

from benchmarks.edits import find_glossary

_WITHOUT = re.compile(r"^without = \[(.*)\]$", re.MULTILINE)
_IGNORED = """
[[ignore]]
rule = "near-twins"
reason = "The copies are alike."
"""
_KEPT_LINES = ("```", "---", "title:", "summary:", "kind:", "#", "|", "!", "[^", "$", "<!--")
"""Beginnings of lines whose words stay."""


def count_questions(book: Path) -> int:
    """Return the number of questions of a guide."""
    texts = [path.read_text(encoding="utf-8") for path in book.glob("*.md")]
    return sum(len(re.findall(r"^## .*\{#", text, re.MULTILINE)) for text in texts if "\n### Answer" in text)


def write_book(folder: Path, copies: int, content: Path) -> Path:
    """Write a guide of so many copies of the chapters of ``content``; the same for the same number.

    Each copy has identifiers of its own; the glossary is there once, the editions are the same.
    """
    glossary = find_glossary(content)
    chapters = {
        path.name: path.read_text(encoding="utf-8") for path in sorted(content.glob("*.md")) if path != glossary
    }
    vocabulary = group_by_length(" ".join(chapters.values()))
    folder.mkdir(parents=True)
    shutil.copytree(content / "figures", folder / "figures")
    config = (content / "guide.toml").read_text(encoding="utf-8")
    (folder / "guide.toml").write_text(_copy_editions(config, copies), encoding="utf-8")
    shutil.copy(glossary, folder / f"{copies + 1}00-{glossary.name.partition('-')[2]}")
    for copy in range(1, copies + 1):
        names = {name: f"{copy}{name.removesuffix('.md')}-{copy}.md" for name in chapters}
        for name, text in chapters.items():
            (folder / names[name]).write_text(vary_chapter(text, copy, vocabulary, names), encoding="utf-8")
    return folder


def _copy_editions(config: str, copies: int) -> str:
    """Return guide.toml with the chapters that an edition leaves out named in every copy, and with the warnings of copies ignored."""

    def name_copies(match: re.Match[str]) -> str:
        names = re.findall(r'"([^"]+)"', match[1])
        copied = [f'"{name}-{copy}"' for copy in range(1, copies + 1) for name in names]
        return f"without = [{', '.join(copied)}]"

    return _WITHOUT.sub(name_copies, config.partition("[[ignore]]")[0]) + _IGNORED


def group_by_length(text: str) -> dict[int, list[str]]:
    """Return the words of 4 to 12 letters by their numbers of letters."""
    found: dict[int, list[str]] = {}
    for word in sorted(set(re.findall(r"\b[a-z]{4,12}\b", text))):
        found.setdefault(len(word), []).append(word)
    return found


def vary_chapter(text: str, copy: int, vocabulary: Mapping[int, list[str]], names: Mapping[str, str]) -> str:
    """Return the chapter with every sixth word another one of its length, with identifiers of its own, and with links within the copy.

    ``names`` has the new name of each file.
    """
    chance = random.Random(f"{copy} {text[:80]}")

    def choose_word(match: re.Match[str]) -> str:
        word = match.group()
        is_replaced = chance.random() < 1 / 6 and len(word) in vocabulary
        return chance.choice(vocabulary[len(word)]) if is_replaced else word

    text = re.sub(r"\{#([\w-]+)", rf"{{#\1-{copy}", text)
    text = re.sub(r"\]\(#([\w-]+)\)", rf"](#\1-{copy})", text)
    text = re.sub(r"\]\(([\w-]+\.md)", lambda match: f"]({names.get(match[1], match[1])}", text)
    lines, is_fenced = [], False
    for line in text.splitlines():
        is_fenced ^= line.startswith("```")
        is_kept = is_fenced or line.startswith(_KEPT_LINES) or "$" in line
        lines.append(line if is_kept else re.sub(r"(?<=\s)[a-z]{4,12}(?=\s)", choose_word, line))
    return "\n".join(lines).replace("title: ", f"title: {copy} · ", 1) + "\n"
