"""A book as large as wanted, made of the project's own guide, no two chapters of it alike."""

import random
import re
import shutil
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def chapters() -> dict[str, str]:
    """The guide's chapters of questions, by the names of their files."""
    return {path.name: path.read_text(encoding="utf-8") for path in sorted((ROOT / "content").glob("0[1-8]-*.md"))}


def questions() -> int:
    """How many the guide has, and so each copy of its chapters."""
    return sum(len(re.findall(r"^## .*\{#", text, re.MULTILINE)) for text in chapters().values())


def write_book(folder: Path, copies: int) -> Path:
    """Write a guide of so many copies of the chapters to the folder; the same for the same number."""
    content, sources = ROOT / "content", chapters()
    vocabulary = by_length(" ".join(sources.values()))
    folder.mkdir(parents=True)
    shutil.copytree(content / "figures", folder / "figures")
    # What its editions leave out is not there.
    config = (content / "guide.toml").read_text(encoding="utf-8").partition("\n[")[0]
    (folder / "guide.toml").write_text(config + "\n", encoding="utf-8")
    shutil.copy(content / "12-glossary.md", folder / "999-glossary.md")
    for copy in range(copies):
        for name, text in sources.items():
            (folder / f"{copy + 1:03}{name[1:-3]}-{copy + 1}.md").write_text(
                varied(text, copy, vocabulary), encoding="utf-8"
            )
    return folder


def by_length(text: str) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for word in sorted(set(re.findall(r"\b[a-z]{4,12}\b", text))):
        found.setdefault(len(word), []).append(word)
    return found


def varied(text: str, copy: int, vocabulary: dict[int, list[str]]) -> str:
    """The chapter with every sixth word another one of its length, and with identifiers of its own."""
    chance = random.Random(f"{copy} {text[:80]}")

    def other(match: re.Match[str]) -> str:
        word = match.group()
        return chance.choice(vocabulary[len(word)]) if chance.random() < 1 / 6 and len(word) in vocabulary else word

    text = re.sub(r"\{#([\w-]+)", rf"{{#\1-{copy}", text)
    text = re.sub(r"\]\(#([\w-]+)\)", rf"](#\1-{copy})", text)
    out, fenced = [], False
    for line in text.splitlines():
        fenced ^= line.startswith("```")
        kept = fenced or line.startswith(("```", "---", "title:", "summary:", "#", "|", "!", "[^", "$")) or "$" in line
        out.append(line if kept else re.sub(r"(?<=\s)[a-z]{4,12}(?=\s)", other, line))
    return "\n".join(out).replace("title: ", f"title: {copy + 1} · ") + "\n"
